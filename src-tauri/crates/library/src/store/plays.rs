//! The log of plays and the log of opinions. Both are append-only; counts and ratings are a fold over them.
//!
//! A play keeps a snapshot of its subject and is matched to a recording of today: by audio, by path, or by artist
//! and title. A play whose recording is not known yet is matched again after each scan that brought new tracks.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use segue_core::{AudioHash, Heard, Play, PlaySource, PlaySubject, Rating, Timestamp, similar_key};

use super::rows::recording;
use super::tracks::{id_at, rating_name, rating_named};
use super::{Durability, Library, bump, instant, micros};
use crate::tags::split;
use crate::{LibraryError, paths};

/// An entry of the log of opinions.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinion {
    /// When it was given.
    pub at: Timestamp,
    /// On which recording.
    pub audio: AudioHash,
    /// The opinion; `None` takes the former one back.
    pub rating: Option<Rating>,
}

impl Library {
    /// Appends a play. `false`: the log has it already, that is a play of the same subject in the same second.
    pub fn add_play(&self, play: &Play) -> Result<bool, LibraryError> {
        self.add_plays(std::slice::from_ref(play))
            .map(|added| added == 1)
    }

    /// Appends plays, all or none. Returns how many were not there already.
    pub fn add_plays(&self, plays: &[Play]) -> Result<usize, LibraryError> {
        self.write("save the plays", Durability::Power, |db| {
            let mut added = 0;
            for play in plays {
                added += usize::from(append(db, play)?);
            }
            if added > 0 {
                bump(db)?;
            }
            Ok(added)
        })
    }

    /// The whole log in the order of time. `subject.audio` is today's match where the play did not know it.
    pub fn plays(&self) -> Result<Vec<Play>, LibraryError> {
        self.read("read the plays", |db| {
            let mut statement = db.prepare_cached(
                "SELECT p.at, r.audio, p.path, p.artist, p.title, p.album, p.duration_s, p.listened_s, p.source,
                        p.skipped, p.rating
                 FROM plays p LEFT JOIN recordings r ON r.id = p.recording_id ORDER BY p.at, p.id",
            )?;
            statement.query_map([], play)?.collect()
        })
    }

    /// The log of opinions in the order of time; opinions that came with plays are in [`plays`](Self::plays).
    pub fn opinions(&self) -> Result<Vec<Opinion>, LibraryError> {
        self.read("read the opinions", |db| {
            let mut statement = db.prepare_cached(
                "SELECT o.at, r.audio, o.rating FROM ratings o JOIN recordings r ON r.id = o.recording_id
                 ORDER BY o.at, o.id",
            )?;
            let rows = statement.query_map([], |row| {
                let rating: Option<String> = row.get(2)?;
                Ok(Opinion {
                    at: instant(row.get(0)?),
                    audio: AudioHash(row.get(1)?),
                    rating: rating.as_deref().and_then(rating_named),
                })
            })?;
            rows.collect()
        })
    }

    /// The opinion that holds on a recording.
    pub fn rating(&self, audio: AudioHash) -> Result<Option<Rating>, LibraryError> {
        self.read("read a rating", |db| {
            let name = db
                .prepare_cached("SELECT rating FROM recordings WHERE audio = ?")?
                .query_row([audio.0.as_slice()], |row| row.get::<_, Option<String>>(0))
                .optional()?;
            Ok(name.flatten().as_deref().and_then(rating_named))
        })
    }

    /// Appends an opinion; `None` takes the former one back.
    pub fn rate(
        &self,
        audio: AudioHash,
        rating: Option<Rating>,
        at: Timestamp,
    ) -> Result<(), LibraryError> {
        self.write("save a rating", Durability::Power, |db| {
            let recording = recording(db, audio)?;
            let name = rating.map(rating_name);
            db.prepare_cached("INSERT INTO ratings (at, recording_id, rating) VALUES (?, ?, ?)")?
                .execute(params![micros(at), recording, name])?;
            opine(db, recording, name, at)?;
            bump(db)
        })
    }

    /// The recording that a subject means today: by its audio, its path, or its artist and title, where of several
    /// that with the nearest length is taken.
    pub fn match_subject(&self, subject: &PlaySubject) -> Result<Option<AudioHash>, LibraryError> {
        self.read("match a play", |db| match matched(db, subject)? {
            Some(id) => db
                .prepare_cached("SELECT audio FROM recordings WHERE id = ?")?
                .query_row([id], |row| Ok(Some(AudioHash(row.get(0)?)))),
            None => Ok(None),
        })
    }

    /// Matches plays whose recording was not known before. Returns how many found theirs.
    pub(crate) fn match_plays(&self) -> Result<usize, LibraryError> {
        let waiting: bool = self.read("match the plays", |db| {
            db.query_row(
                "SELECT EXISTS (SELECT 1 FROM plays WHERE recording_id IS NULL)",
                [],
                |row| row.get(0),
            )
        })?;
        if !waiting {
            return Ok(0);
        }
        self.write("match the plays", Durability::Process, |db| {
            let mut statement = db.prepare(
                "SELECT p.at, NULL, p.path, p.artist, p.title, p.album, p.duration_s, p.listened_s, p.source,
                        p.skipped, p.rating, p.id
                 FROM plays p WHERE p.recording_id IS NULL",
            )?;
            let rows: Vec<(i64, Play)> =
                statement.query_map([], |row| Ok((row.get(11)?, play(row)?)))?.collect::<Result<_, _>>()?;
            let mut found = 0;
            for (id, play) in rows {
                if let Some(recording) = matched(db, &play.subject)?
                    && !logged(db, &play, recording)?
                {
                    db.prepare_cached("UPDATE plays SET recording_id = ? WHERE id = ?")?
                        .execute([recording, id])?;
                    count(db, recording, &play)?;
                    found += 1;
                }
            }
            if found > 0 {
                bump(db)?;
            }
            Ok(found)
        })
    }
}

fn append(db: &Transaction, play: &Play) -> rusqlite::Result<bool> {
    let subject = &play.subject;
    let recording = match subject.audio {
        Some(audio) => Some(recording(db, audio)?),
        None => matched(db, subject)?,
    };
    if let Some(recording) = recording
        && logged(db, play, recording)?
    {
        return Ok(false);
    }
    let path = subject.path.as_deref().and_then(paths::to_bytes);
    let added = db
        .prepare_cached(
            "INSERT OR IGNORE INTO plays (at, at_s, identity, recording_id, path, artist, title, album, duration_s,
                 listened_s, source, skipped, rating) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        )?
        .execute(params![
            micros(play.at),
            play.at.as_second(),
            identity(subject),
            recording,
            path,
            subject.artist,
            subject.title,
            subject.album,
            subject.duration_s.filter(|s| s.is_finite()),
            if play.listened_s.is_finite() { play.listened_s.max(0.0) } else { 0.0 },
            play.source.as_str(),
            play.skipped,
            play.rating.map(rating_name),
        ])?;
    if added == 1
        && let Some(recording) = recording
    {
        count(db, recording, play)?;
    }
    Ok(added == 1)
}

/// Whether the log has a play of this recording in this second.
fn logged(db: &Connection, play: &Play, recording: i64) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM plays WHERE recording_id = ? AND at_s = ?)")?
        .query_row([recording, play.at.as_second()], |row| row.get(0))
}

/// Adds a play to the counts of its recording.
fn count(db: &Connection, recording: i64, play: &Play) -> rusqlite::Result<()> {
    let listened = play.heard() == Heard::Listened;
    db.prepare_cached("UPDATE recordings SET plays = plays + ?, skips = skips + ? WHERE id = ?")?
        .execute(params![
            i64::from(listened),
            i64::from(play.skipped),
            recording
        ])?;
    match play.rating {
        Some(rating) => opine(db, recording, Some(rating_name(rating)), play.at),
        None => Ok(()),
    }
}

/// The latest opinion holds, in whichever order they arrive.
fn opine(
    db: &Connection,
    recording: i64,
    rating: Option<&str>,
    at: Timestamp,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE recordings SET rating = ?1, rated_at = ?2 WHERE id = ?3 AND coalesce(rated_at, ?2) <= ?2",
    )?
    .execute(params![rating, micros(at), recording])
    .map(drop)
}

/// What makes a play's subject the same as another's, where both know equally much.
fn identity(subject: &PlaySubject) -> Vec<u8> {
    if let Some(audio) = subject.audio {
        return [b"audio:".as_slice(), &audio.0].concat();
    }
    if let Some(path) = subject.path.as_deref().and_then(paths::to_bytes) {
        return [b"path:".as_slice(), &path].concat();
    }
    let key = |name: &Option<String>| similar_key(name.as_deref().unwrap_or_default());
    format!("name:{}\x1f{}", key(&subject.artist), key(&subject.title)).into_bytes()
}

/// The recording that `subject` means today.
fn matched(db: &Connection, subject: &PlaySubject) -> rusqlite::Result<Option<i64>> {
    if let Some(audio) = subject.audio {
        let known = db
            .prepare_cached("SELECT id FROM recordings WHERE audio = ?")?
            .query_row([audio.0.as_slice()], |row| row.get(0))
            .optional()?;
        if known.is_some() {
            return Ok(known);
        }
    }
    if let Some(path) = &subject.path
        && let Some(recording) = recording_at(db, path)?
    {
        return Ok(Some(recording));
    }
    let (Some(artist), Some(title)) = (&subject.artist, &subject.title) else {
        return Ok(None);
    };
    let (artist, title) = (similar_key(artist), similar_key(title));
    if artist.is_empty() || title.is_empty() {
        return Ok(None);
    }
    let mut statement = db.prepare_cached(
        "SELECT recording_id, artists, album_artist, duration_s FROM tracks WHERE title_match = ? ORDER BY missing, id",
    )?;
    let mut rows = statement.query([&title])?;
    let mut best: Option<(f64, i64)> = None;
    while let Some(row) = rows.next()? {
        let artists = split(row.get_ref(1)?.as_str()?);
        let album_artist: Option<String> = row.get(2)?;
        let mut names = artists.iter().chain(&album_artist);
        if !names.any(|name| similar_key(name) == artist)
            && similar_key(&artists.concat()) != artist
        {
            continue;
        }
        let far_s = subject
            .duration_s
            .map_or(0.0, |wanted_s| (wanted_s - row.get(3).unwrap_or(0.0)).abs());
        // Within three seconds lengths are the same: services round and trim.
        let far_s = if far_s <= 3.0 { 0.0 } else { far_s };
        if best.is_none_or(|(best_s, _)| far_s < best_s) {
            best = Some((far_s, row.get(0)?));
        }
    }
    Ok(best.map(|(_, recording)| recording))
}

fn recording_at(db: &Connection, path: &Path) -> rusqlite::Result<Option<i64>> {
    match id_at(db, path)? {
        Some(id) => db
            .prepare_cached("SELECT recording_id FROM tracks WHERE id = ?")?
            .query_row([id.0], |row| row.get(0))
            .optional(),
        None => Ok(None),
    }
}

/// Reads columns 0 to 10 as the queries above name them.
fn play(row: &Row) -> rusqlite::Result<Play> {
    let path: Option<Vec<u8>> = row.get(2)?;
    let source: String = row.get(8)?;
    let rating: Option<String> = row.get(10)?;
    Ok(Play {
        at: instant(row.get(0)?),
        subject: PlaySubject {
            audio: row.get::<_, Option<[u8; 16]>>(1)?.map(AudioHash),
            path: path.map(|bytes| paths::from_bytes(&bytes)),
            artist: row.get(3)?,
            title: row.get(4)?,
            album: row.get(5)?,
            duration_s: row.get(6)?,
        },
        listened_s: row.get(7)?,
        // A name this version does not know can only come from a newer one that was used in between.
        source: PlaySource::parse(&source).unwrap_or(PlaySource::Import),
        skipped: row.get(9)?,
        rating: rating.as_deref().and_then(rating_named),
    })
}
