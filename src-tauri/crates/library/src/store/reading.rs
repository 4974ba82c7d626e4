//! Rows of the database read as the nouns that they are kept for.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row};
use segue_core::{AudioHash, FailedFile, FileFault, FileSpan, PlaySubject, Rating, Track, TrackId};

use super::instant;
use crate::paths;
use crate::tag_text::split;

/// The paths of all roots.
pub(crate) fn root_paths(db: &Connection) -> rusqlite::Result<Vec<Vec<u8>>> {
    let mut statement = db.prepare_cached("SELECT path FROM roots ORDER BY path")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// The rows of `ids`, in that order.
pub(super) fn by_id(db: &Connection, ids: &[TrackId]) -> rusqlite::Result<Vec<Track>> {
    let mut statement = db.prepare_cached(
        "SELECT t.id, r.audio, t.path, t.title, t.artists, t.album, t.album_artist, t.genres, t.year, t.track,
                t.disc, t.duration_s, t.codec, t.sample_rate_hz, t.bitrate_kbps, coalesce(t.bpm, r.bpm),
                coalesce(t.musical_key, r.musical_key), r.loudness_lufs, t.cover_hash NOTNULL OR t.sidecar,
                r.plays, r.skips, r.rating, t.added_at, t.missing, m.true_peak_dbtp, m.intro_lufs, m.outro_lufs,
                m.leading_silence_s, m.trailing_silence_s, t.span_start_ns, t.span_end_ns
         FROM tracks t JOIN recordings r ON r.id = t.recording_id LEFT JOIN measures m USING (recording_id)
         WHERE t.id = ?",
    )?;
    let mut tracks = Vec::with_capacity(ids.len());
    for id in ids {
        tracks.extend(statement.query_row([id.0], track).optional()?);
    }
    Ok(tracks)
}

fn track(row: &Row) -> rusqlite::Result<Track> {
    let rating: Option<String> = row.get(21)?;
    Ok(Track {
        id: TrackId(row.get(0)?),
        audio: AudioHash(row.get(1)?),
        path: paths::from_bytes(row.get_ref(2)?.as_blob()?),
        span: span(row, 29)?,
        title: row.get(3)?,
        artists: split(row.get_ref(4)?.as_str()?),
        album: row.get(5)?,
        album_artist: row.get(6)?,
        genres: split(row.get_ref(7)?.as_str()?),
        year: row.get(8)?,
        track: row.get(9)?,
        disc: row.get(10)?,
        duration_s: row.get(11)?,
        codec: row.get(12)?,
        sample_rate_hz: row.get(13)?,
        bitrate_kbps: row.get(14)?,
        bpm: row.get(15)?,
        key: row.get(16)?,
        loudness_lufs: row.get(17)?,
        true_peak_dbtp: row.get(24)?,
        intro_lufs: row.get(25)?,
        outro_lufs: row.get(26)?,
        leading_silence_s: row.get(27)?,
        trailing_silence_s: row.get(28)?,
        has_cover: row.get(18)?,
        plays: row.get(19)?,
        skips: row.get(20)?,
        rating: rating.as_deref().and_then(rating_named),
        added_at: instant(row.get(22)?),
        missing: row.get(23)?,
    })
}

/// Reads where a stretch begins and ends, in columns from `first` on.
pub(super) fn span(row: &Row, first: usize) -> rusqlite::Result<FileSpan> {
    let ns = |ns: i64| u64::try_from(ns).unwrap_or_default();
    Ok(FileSpan {
        start_ns: ns(row.get(first)?),
        end_ns: row.get::<_, Option<i64>>(first + 1)?.map(ns),
    })
}

/// The columns of a stretch, as [`span`] reads them.
pub(super) fn span_columns(span: FileSpan) -> (i64, Option<i64>) {
    let ns = |ns: u64| i64::try_from(ns).unwrap_or(i64::MAX);
    (ns(span.start_ns), span.end_ns.map(ns))
}

/// Reads what was known of a song: recording, path, artist, title, album and length, in columns from `first` on.
pub(super) fn subject(row: &Row, first: usize) -> rusqlite::Result<PlaySubject> {
    let path: Option<Vec<u8>> = row.get(first + 1)?;
    Ok(PlaySubject {
        audio: row.get::<_, Option<[u8; 16]>>(first)?.map(AudioHash),
        path: path.map(|bytes| paths::from_bytes(&bytes)),
        artist: row.get(first + 2)?,
        title: row.get(first + 3)?,
        album: row.get(first + 4)?,
        duration_s: row.get(first + 5)?,
    })
}

pub(super) fn rating_named(name: &str) -> Option<Rating> {
    match name {
        "like" => Some(Rating::Like),
        "dislike" => Some(Rating::Dislike),
        _ => None,
    }
}

pub(super) fn rating_name(rating: Rating) -> &'static str {
    match rating {
        Rating::Like => "like",
        Rating::Dislike => "dislike",
    }
}

pub(super) fn failed_file(row: &Row) -> rusqlite::Result<FailedFile> {
    Ok(FailedFile {
        path: paths::from_bytes(row.get_ref(0)?.as_blob()?),
        why: FileFault::from_stored(row.get_ref(1)?.as_str()?),
    })
}

/// The track that is all that lies at `path`: where several do, the path alone names none of them.
pub(super) fn id_at(db: &Connection, path: &Path) -> rusqlite::Result<Option<TrackId>> {
    let ids = ids_at(db, path)?;
    Ok(match ids[..] {
        [id] => Some(id),
        _ => None,
    })
}

/// The tracks at `path`, in the file's order, looked for as given and with the links in its folder resolved.
pub(super) fn ids_at(db: &Connection, path: &Path) -> rusqlite::Result<Vec<TrackId>> {
    let mut statement =
        db.prepare_cached("SELECT id FROM tracks WHERE path = ? ORDER BY span_start_ns")?;
    let given = paths::absolute(path);
    // The index may be asked about any path, the disk not about one to another machine, unless the library is there.
    let is_own =
        |root: &Vec<u8>| paths::to_bytes(&given).is_some_and(|given| paths::within(&given, root));
    let looked_at = !paths::leads_away(&given) || root_paths(db)?.iter().any(is_own);
    let resolved = looked_at.then(|| paths::resolved(path));
    for path in std::iter::once(given.clone()).chain(resolved) {
        let Some(bytes) = paths::to_bytes(&path) else {
            continue;
        };
        let ids: Vec<TrackId> = statement
            .query_map([bytes], |row| row.get(0).map(TrackId))?
            .collect::<rusqlite::Result<_>>()?;
        if !ids.is_empty() {
            return Ok(ids);
        }
    }
    Ok(Vec::new())
}
