//! How the rows of roots, tracks and failures are written by a scan.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use segue_core::{FileFault, FileSpan, Timestamp, title_key};

use super::changes::{Changes, SearchFields, Searched, words_of};
use super::identity::Moves;
use super::reading::{root_paths, span, span_columns};
use super::recording::{LENGTH_NEAR_S, recording_or_new};
use super::selection::sort_key;
use super::superseded::Copy;
use super::{bump, credits, micros};
use crate::paths;
use crate::tag_text::{join, title_of};
use crate::tags::ReadTrack;
use crate::walk::AudioFile;

/// Makes `folder` a root, unless one holds it already; roots inside it are taken into it.
pub(crate) fn add_root(db: &Connection, folder: &[u8], now: Timestamp) -> rusqlite::Result<()> {
    if root_paths(db)?
        .iter()
        .any(|root| paths::within(folder, root))
    {
        return Ok(());
    }
    let (from, to) = paths::beneath(folder);
    db.execute("DELETE FROM roots WHERE path >= ? AND path < ?", [from, to])?;
    db.execute(
        "INSERT INTO roots (path, added_at) VALUES (?, ?)",
        params![folder, micros(now)],
    )?;
    bump(db)
}

/// A file as the last scan stored it: enough to tell whether it has changed.
pub(crate) struct IndexedFile {
    /// The rows of its tracks, and whether each was gone.
    pub(crate) tracks: Vec<(i64, bool)>,
    /// Bytes.
    pub(crate) size: i64,
    /// Time of the last change in nanoseconds since 1970.
    pub(crate) mtime_ns: i64,
    /// Time of the last change of the file's entry, 0 where there is none.
    pub(crate) ctime_ns: i64,
    /// Whether a cover lay beside it.
    pub(crate) sidecar: bool,
    /// The number of the cue sheet beside it.
    pub(crate) sheet: i64,
}

impl IndexedFile {
    /// Whether the file looks as it did when it was read.
    pub(crate) fn as_before(&self, file: &AudioFile) -> bool {
        (self.size, self.mtime_ns, self.ctime_ns) == (file.size, file.mtime_ns, file.ctime_ns)
            && self.sheet == file.sheet_number()
    }
}

/// Adds the tracks at `start` or beneath it to `known`.
pub(crate) fn known(
    db: &Connection,
    start: &[u8],
    known: &mut HashMap<Vec<u8>, IndexedFile>,
) -> rusqlite::Result<()> {
    let (from, to) = paths::beneath(start);
    let mut statement = db.prepare_cached(
        "SELECT path, id, missing, size, mtime_ns, ctime_ns, sidecar, sheet FROM tracks
         WHERE path = ? OR (path >= ? AND path < ?) ORDER BY path, span_start_ns",
    )?;
    let rows = statement.query_map(params![start, from, to], |row| {
        let track = (row.get(1)?, row.get(2)?);
        let file = IndexedFile {
            tracks: Vec::new(),
            size: row.get(3)?,
            mtime_ns: row.get(4)?,
            ctime_ns: row.get(5)?,
            sidecar: row.get(6)?,
            sheet: row.get(7)?,
        };
        Ok((row.get(0)?, track, file))
    })?;
    for row in rows {
        let (path, track, file): (Vec<u8>, _, _) = row?;
        known.entry(path).or_insert(file).tracks.push(track);
    }
    Ok(())
}

/// What writing a file's row came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A new track.
    Added,
    /// A known track at its known path, read anew.
    Updated,
    /// A known track at a new path.
    Moved,
}

/// The highest id given so far: tracks above it are new since.
pub(crate) fn newest(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("SELECT coalesce(max(id), 0) FROM tracks", [], |row| {
        row.get(0)
    })
}

/// What is read of a file, as [`put`] binds it.
macro_rules! columns {
    () => {
        "recording_id, album_id, path, span_start_ns, span_end_ns, size, mtime_ns, ctime_ns, sheet, title, artists, album, album_artist, genres, composer,
         year, track, disc, compilation, bpm, musical_key, duration_s, codec, sample_rate_hz, bitrate_kbps,
         track_gain_db, track_peak, album_gain_db, album_peak, cover_hash, sidecar, warning, title_sort, artist_sort,
         album_sort, title_match, release_id, release_group_id, release_types, date, original_date, track_total,
         disc_total, disc_subtitle, label, comment"
    };
}

/// Makes room for the tracks that a file has now: those that it had, and has not in the same form (all of it, or a stretch from
/// this place on), leave its path. They may be met elsewhere, and they are there again when the sheet is that named them.
pub(crate) fn make_room(
    db: &Connection,
    file: &AudioFile,
    tracks: &[ReadTrack],
    moves: &mut Moves,
) -> rusqlite::Result<()> {
    let mut statement =
        db.prepare_cached("SELECT span_start_ns, span_end_ns, id FROM tracks WHERE path = ?")?;
    let known = statement
        .query_map([&file.path], |row| Ok((span(row, 0)?, row.get(2)?)))?
        .collect::<rusqlite::Result<Vec<(FileSpan, i64)>>>()?;
    for (before, id) in known {
        let stays = tracks.iter().any(|track| {
            (track.span.start_ns, track.span.is_whole()) == (before.start_ns, before.is_whole())
        });
        if !stays {
            moves.displace(db, file, id)?;
        }
    }
    Ok(())
}

/// Writes what was read of a track, unless its path is known with other audio and nothing tells yet what became of
/// that: then `None`, and it is to be put again when all else is, as one of the `last`.
pub(crate) fn put(
    db: &Connection,
    file: &AudioFile,
    track: &ReadTrack,
    moves: &mut Moves,
    last: bool,
    now: Timestamp,
    changes: &mut Changes,
) -> rusqlite::Result<Option<Outcome>> {
    let ReadTrack { span, audio, tags } = track;
    let (span, audio) = (*span, *audio);
    let (start_ns, end_ns) = span_columns(span);
    let (recording, recording_is_new) = recording_or_new(db, audio)?;
    let at_path = db
        .prepare_cached(
            "SELECT id, album_id, recording_id FROM tracks WHERE path = ? AND span_start_ns = ?",
        )?
        .query_row(params![file.path, start_ns], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, Option<i64>>(1)?,
                row.get::<_, i64>(2)?,
            ))
        })
        .optional()?;
    changes
        .albums
        .extend(at_path.and_then(|(_, album, _)| album));
    let known = at_path.filter(|(_, _, before)| *before == recording);
    let (id, outcome) = match (known, at_path) {
        (Some((id, ..)), _) => (Some(id), Outcome::Updated),
        (None, at_path) => match (moves.take(db, file, recording, audio)?, at_path) {
            (Some(row), at_path) => {
                changes.albums.extend(row.album);
                if let Some((id, ..)) = at_path {
                    moves.displace(db, file, id)?;
                }
                (Some(row.id), Outcome::Moved)
            }
            (None, Some(_)) if !last => return Ok(None),
            (None, Some((id, ..))) => (Some(id), Outcome::Updated),
            (None, None) => (None, Outcome::Added),
        },
    };
    let album = changes.album(db, tags, &file.path)?;
    if let (Some(id), Outcome::Updated) = (id, outcome)
        && let Some(before) = Copy::read(db, id)?.filter(|before| before.recording() != recording)
    {
        changes.replaced.push((before, id));
    }
    let path = paths::from_bytes(&file.path);
    let file_name = path.file_stem().unwrap_or_default().to_string_lossy();
    let title = tags.title.clone().unwrap_or_else(|| title_of(&file_name));
    let artist = tags
        .artists
        .first()
        .or(tags.album_artist.as_ref())
        .map_or("", String::as_str);
    // What was counted over the same audio is truer than what its header says once more.
    let counted_s: Option<f64> = match recording_is_new {
        true => None,
        false => db
            .prepare_cached("SELECT duration_s FROM measures WHERE recording_id = ?")?
            .query_row([recording], |row| row.get(0))
            .optional()?
            .flatten(),
    };
    let duration_s = counted_s
        .filter(|counted_s| (counted_s - tags.duration_s).abs() > LENGTH_NEAR_S)
        .unwrap_or(tags.duration_s);
    let values = params![
        recording,
        album,
        file.path,
        start_ns,
        end_ns,
        file.size,
        file.mtime_ns,
        file.ctime_ns,
        file.sheet_number(),
        title,
        join(&tags.artists),
        tags.album,
        tags.album_artist,
        join(&tags.genres),
        tags.composer,
        tags.year,
        tags.track,
        tags.disc,
        tags.compilation,
        tags.bpm,
        tags.key,
        duration_s,
        tags.codec,
        tags.sample_rate_hz,
        tags.bitrate_kbps,
        tags.replay_gain.track_gain_db,
        tags.replay_gain.track_peak,
        tags.replay_gain.album_gain_db,
        tags.replay_gain.album_peak,
        tags.cover_hash,
        file.sidecar,
        tags.warning.as_ref().map(FileFault::to_stored),
        sort_key(&title),
        sort_key(artist),
        sort_key(tags.album.as_deref().unwrap_or_default()),
        title_key(&title),
        tags.release_id,
        tags.release_group_id,
        join(&tags.release_types),
        tags.date,
        tags.original_date,
        tags.track_total,
        tags.disc_total,
        tags.disc_subtitle,
        tags.label,
        tags.comment,
        // The row of a known track, or when a new one came.
        id.unwrap_or_else(|| micros(now)),
    ];
    let id = match id {
        Some(id) => {
            db.prepare_cached(UPDATE)?.execute(values)?;
            id
        }
        None => {
            db.prepare_cached(INSERT)?.execute(values)?;
            db.last_insert_rowid()
        }
    };
    let is_new = outcome == Outcome::Added;
    credits::put(db, id, &tags.credits, is_new)?;
    credits::put_lyrics(db, id, tags.lyrics.as_deref(), is_new)?;
    changes.tracks.push(id);
    let names = SearchFields {
        title: &title,
        artists: &tags.artists,
        album: tags.album.as_deref(),
        album_artist: tags.album_artist.as_deref(),
        genres: &tags.genres,
        file_name: &file_name,
    };
    let searched = match outcome {
        Outcome::Added => Searched::New(names.words()),
        Outcome::Updated | Outcome::Moved => Searched::Anew(names.words()),
    };
    changes.searched.push((id, searched));
    changes.forget_failure(db, &file.path)?;
    Ok(Some(outcome))
}

/// Writes a new track. Not one statement with [`UPDATE`]: whatever it turns out to do, SQLite would have to be able to take
/// half of it back, and would copy each page before it changes it.
const INSERT: &str = concat!(
    "INSERT INTO tracks (",
    columns!(),
    ", added_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
);

/// Writes a known track anew.
const UPDATE: &str = concat!(
    "UPDATE tracks SET missing = 0, (",
    columns!(),
    ") = (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) WHERE id = ?"
);

/// Notes that an unchanged file is there, and whether a cover lies beside it.
pub(crate) fn touch(
    db: &Connection,
    id: i64,
    sidecar: bool,
    changes: &mut Changes,
) -> rusqlite::Result<()> {
    let before = db
        .prepare_cached("SELECT missing, album_id FROM tracks WHERE id = ?")?
        .query_row([id], |row| {
            Ok((row.get::<_, bool>(0)?, row.get::<_, Option<i64>>(1)?))
        })
        .optional()?;
    let Some((was_missing, album)) = before else {
        return Ok(());
    };
    db.prepare_cached("UPDATE tracks SET missing = 0, sidecar = ? WHERE id = ?")?
        .execute(params![sidecar, id])?;
    if was_missing {
        let words = words_of(db, id)?;
        changes
            .searched
            .extend(words.map(|words| (id, Searched::New(words))));
        changes.tracks.push(id);
    }
    changes.albums.extend(album);
    Ok(())
}

/// A copy that comes and goes within this time was made on the way: by a tagger, which writes beside and renames, or by
/// a move to another disk.
const PASSING: i64 = 3_600 * 1_000_000;
/// The longest time between the coming of a moved file and the going of its source.
const MOVE_MAX: i64 = 24 * 3_600 * 1_000_000;

/// Notes that the file of a track is gone, unless it has been found elsewhere meanwhile. A copy that came later keeps
/// the date that the track was added at. It leaves lists, search and albums; its row stays, so that it is the same track if it
/// comes back.
pub(crate) fn mark_missing(
    db: &Connection,
    id: i64,
    path: &[u8],
    now: Timestamp,
    changes: &mut Changes,
) -> rusqlite::Result<bool> {
    let album = db
        .prepare_cached(
            "UPDATE tracks SET missing = 1 WHERE id = ? AND path = ? RETURNING album_id",
        )?
        .query_row(params![id, path], |row| row.get::<_, Option<i64>>(0))
        .optional()?;
    let Some(album) = album else {
        return Ok(false);
    };
    changes.gone(id, album);
    let mut statement = db.prepare_cached(
        "UPDATE tracks SET added_at = gone.added_at FROM tracks gone
         WHERE gone.id = ?1 AND tracks.recording_id = gone.recording_id AND tracks.missing = 0
           AND tracks.id > gone.id AND tracks.added_at > gone.added_at AND tracks.added_at > ?2
         RETURNING tracks.album_id",
    )?;
    let albums = statement.query_map([id, micros(now) - MOVE_MAX], |row| {
        row.get::<_, Option<i64>>(0)
    })?;
    for album in albums {
        changes.albums.extend(album?);
    }
    Ok(true)
}

/// Takes the row of a missing file away that came just now and whose audio is there in another file: no listener knows
/// it. Returns whether it did.
pub(crate) fn forget_passing(
    db: &Connection,
    id: i64,
    now: Timestamp,
    changes: &mut Changes,
) -> rusqlite::Result<bool> {
    let album = db
        .prepare_cached(
            "DELETE FROM tracks WHERE id = ?1 AND missing = 1 AND added_at > ?2 AND EXISTS (
                 SELECT 1 FROM tracks other
                 WHERE other.recording_id = tracks.recording_id AND other.missing = 0 AND other.id < ?1
             ) RETURNING album_id",
        )?
        .query_row([id, micros(now) - PASSING], |row| row.get::<_, Option<i64>>(0))
        .optional()?;
    let Some(album) = album else {
        return Ok(false);
    };
    changes.albums.extend(album);
    Ok(true)
}

/// Notes that a file could not be read.
pub(crate) fn put_failure(
    db: &Connection,
    path: &[u8],
    why: &FileFault,
    now: Timestamp,
) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO failures VALUES (?, ?, ?)")?
        .execute(params![path, why.to_stored(), micros(now)])
        .map(drop)
}

/// The failures at `start` or beneath it.
pub(crate) fn failures_within(db: &Connection, start: &[u8]) -> rusqlite::Result<Vec<Vec<u8>>> {
    let (from, to) = paths::beneath(start);
    let mut statement =
        db.prepare_cached("SELECT path FROM failures WHERE path = ? OR (path >= ? AND path < ?)")?;
    statement
        .query_map(params![start, from, to], |row| row.get(0))?
        .collect()
}
