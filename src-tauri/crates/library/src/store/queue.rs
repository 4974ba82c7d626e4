//! The queue as it was left, for the next start. It is written by difference: a queue may hold the whole library, and
//! changes while it plays.
//!
//! What a queue is, and how its songs came there, is the app's affair; here are songs with numbers and their order. A change
//! and the setting that goes with it are one transaction.

use rusqlite::{Row, params};
use segue_core::{FileSpan, LibraryAction, LibraryError, PlaySubject, TrackId};
use serde_json::Value;

use super::reading::{span, span_columns, subject};
use super::settings::put;
use super::{Durability, Library};
use crate::paths;

/// A song of the queue.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuedSong {
    /// Its number in the queue.
    pub entry: u64,
    /// The track that it was put there as.
    pub track: TrackId,
    /// What was known of it then: it outlives its track.
    pub subject: PlaySubject,
    /// Which stretch of its file it is.
    pub span: FileSpan,
    /// How it came there, in the app's own form.
    pub placed: Value,
}

/// What became of the queue since it was last written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueChange {
    /// Whether nothing stays of what was written before.
    pub anew: bool,
    /// Songs that left.
    pub removed: Vec<u64>,
    /// Songs that came. Each has a place among `places`.
    pub added: Vec<QueuedSong>,
    /// Where songs stand in the order of play that came or moved, by numbers that grow along it.
    pub places: Vec<(u64, i64)>,
    /// The same in the order before shuffling; none of a song that stands in no such order any more.
    pub unshuffled: Vec<(u64, Option<i64>)>,
}

impl Library {
    /// The queue as it was last written, in the order of play, each song with its number in the order before shuffling. A
    /// track that is at another path by now is there.
    pub fn kept_queue(&self) -> Result<Vec<(QueuedSong, Option<i64>)>, LibraryError> {
        self.read(LibraryAction::ReadQueue, |db| {
            db.prepare_cached(
                "SELECT s.audio, coalesce(t.path, s.path), s.artist, s.title, s.album, s.duration_s,
                     iif(t.id ISNULL, s.span_start_ns, t.span_start_ns), iif(t.id ISNULL, s.span_end_ns, t.span_end_ns),
                     s.entry, s.track_id, s.placed, o.unshuffled
                 FROM queue_order o JOIN queue_songs s USING (entry)
                 LEFT JOIN tracks t ON t.id = s.track_id AND t.missing = 0
                 ORDER BY o.place",
            )?
            .query_map([], kept)?
            .collect()
        })
    }

    /// Writes what became of the queue, and the setting that goes with it.
    pub fn keep_queue(
        &self,
        change: &QueueChange,
        setting: (&str, &Value),
    ) -> Result<(), LibraryError> {
        self.write(LibraryAction::SaveQueue, Durability::Power, |db| {
            if change.anew {
                db.execute_batch("DELETE FROM queue_songs; DELETE FROM queue_order")?;
            }
            let mut forget = db.prepare_cached("DELETE FROM queue_songs WHERE entry = ?")?;
            let mut displace = db.prepare_cached("DELETE FROM queue_order WHERE entry = ?")?;
            for entry in &change.removed {
                forget.execute([*entry as i64])?;
                displace.execute([*entry as i64])?;
            }
            let mut add = db.prepare_cached(
                "INSERT OR REPLACE INTO queue_songs
                     (entry, track_id, audio, path, artist, title, album, duration_s, placed, span_start_ns, span_end_ns)
                 VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            )?;
            for song in &change.added {
                let subject = &song.subject;
                let (start_ns, end_ns) = span_columns(song.span);
                add.execute(params![
                    song.entry as i64,
                    song.track.0,
                    subject.audio.map(|audio| audio.0),
                    subject.path.as_deref().and_then(paths::to_bytes),
                    subject.artist,
                    subject.title,
                    subject.album,
                    subject.duration_s,
                    song.placed.to_string(),
                    start_ns,
                    end_ns,
                ])?;
            }
            let mut place = db.prepare_cached(
                "INSERT INTO queue_order (entry, place) VALUES (?,?)
                 ON CONFLICT (entry) DO UPDATE SET place = excluded.place",
            )?;
            for (entry, number) in &change.places {
                place.execute(params![*entry as i64, number])?;
            }
            let mut unshuffled =
                db.prepare_cached("UPDATE queue_order SET unshuffled = ?2 WHERE entry = ?1")?;
            for (entry, number) in &change.unshuffled {
                unshuffled.execute(params![*entry as i64, number])?;
            }
            put(db, setting.0, setting.1)
        })
    }
}

fn kept(row: &Row) -> rusqlite::Result<(QueuedSong, Option<i64>)> {
    let placed: String = row.get("placed")?;
    let song = QueuedSong {
        entry: row.get::<_, i64>("entry")? as u64,
        track: TrackId(row.get("track_id")?),
        subject: subject(row, 0)?,
        span: span(row, 6)?,
        // What cannot be read does not cost the song.
        placed: serde_json::from_str(&placed).unwrap_or_default(),
    };
    Ok((song, row.get("unshuffled")?))
}
