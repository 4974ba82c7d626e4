//! How the rows of roots, tracks and failures are written by a scan.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, params};
use segue_core::{AudioHash, Timestamp, title_key};

use super::selection::sort_key;
use super::{albums, bump, micros};
use crate::scan::FoundFile;
use crate::tags::{Tags, join};
use crate::{paths, search};

/// The paths of all roots.
pub(crate) fn root_paths(db: &Connection) -> rusqlite::Result<Vec<Vec<u8>>> {
    let mut statement = db.prepare_cached("SELECT path FROM roots ORDER BY path")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

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

/// What the store knows of a file, as far as the walk needs it.
pub(crate) struct Known {
    /// The row.
    pub(crate) id: i64,
    /// Bytes.
    pub(crate) size: i64,
    /// Time of the last change in nanoseconds since 1970.
    pub(crate) mtime_ns: i64,
    /// Time of the last change of the file's entry, 0 where there is none.
    pub(crate) ctime_ns: i64,
    /// Whether it was gone.
    pub(crate) missing: bool,
    /// Whether a cover lay beside it.
    pub(crate) sidecar: bool,
}

impl Known {
    /// Whether the file looks as it did when it was read.
    pub(crate) fn as_before(&self, file: &FoundFile) -> bool {
        (self.size, self.mtime_ns, self.ctime_ns) == (file.size, file.mtime_ns, file.ctime_ns)
    }
}

/// Adds the tracks at `start` or beneath it to `known`.
pub(crate) fn known(
    db: &Connection,
    start: &[u8],
    known: &mut HashMap<Vec<u8>, Known>,
) -> rusqlite::Result<()> {
    let (from, to) = paths::beneath(start);
    let mut statement = db.prepare_cached(
        "SELECT path, id, size, mtime_ns, ctime_ns, missing, sidecar FROM tracks WHERE path = ? OR (path >= ? AND path < ?)",
    )?;
    let rows = statement.query_map(params![start, from, to], |row| {
        Ok((
            row.get(0)?,
            Known {
                id: row.get(1)?,
                size: row.get(2)?,
                mtime_ns: row.get(3)?,
                ctime_ns: row.get(4)?,
                missing: row.get(5)?,
                sidecar: row.get(6)?,
            },
        ))
    })?;
    for row in rows {
        let (path, row) = row?;
        known.insert(path, row);
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

/// Writes what was read of a file. `before`: only tracks up to this id can have been moved. Albums that gain or
/// lose the track are added to `touched`, for [`albums::refresh`].
pub(crate) fn put(
    db: &Connection,
    file: &FoundFile,
    audio: AudioHash,
    tags: &Tags,
    before: i64,
    now: Timestamp,
    touched: &mut Vec<i64>,
) -> rusqlite::Result<Outcome> {
    let recording = recording(db, audio)?;
    let at_path = db
        .prepare_cached("SELECT id, album_id FROM tracks WHERE path = ?")?
        .query_row([&file.path], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Option<i64>>(1)?))
        })
        .optional()?;
    let (id, outcome) = match at_path {
        Some((id, album)) => {
            touched.extend(album);
            (Some(id), Outcome::Updated)
        }
        None => match moved_from(db, file, recording, before)? {
            Some((id, album)) => {
                touched.extend(album);
                (Some(id), Outcome::Moved)
            }
            None => (None, Outcome::Added),
        },
    };
    let album = albums::album_for(db, tags, &file.path)?;
    touched.extend(album);
    let path = paths::from_bytes(&file.path);
    let file_name = path.file_stem().unwrap_or_default().to_string_lossy();
    let title = tags
        .title
        .clone()
        .unwrap_or_else(|| crate::tags::title_of(&file_name));
    let artist = tags
        .artists
        .first()
        .or(tags.album_artist.as_ref())
        .map_or("", String::as_str);
    let values = params![
        id,
        recording,
        album,
        file.path,
        file.size,
        file.mtime_ns,
        file.ctime_ns,
        micros(now),
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
        tags.duration_s,
        tags.codec,
        tags.sample_rate_hz,
        tags.bitrate_kbps,
        tags.replay_gain.track_gain_db,
        tags.replay_gain.track_peak,
        tags.replay_gain.album_gain_db,
        tags.replay_gain.album_peak,
        tags.cover_hash,
        file.sidecar,
        tags.warning,
        sort_key(&title),
        sort_key(artist),
        sort_key(tags.album.as_deref().unwrap_or_default()),
        title_key(&title),
    ];
    db.prepare_cached(
        "INSERT INTO tracks (id, recording_id, album_id, path, size, mtime_ns, ctime_ns, added_at, title, artists, album,
             album_artist, genres, composer, year, track, disc, compilation, bpm, musical_key, duration_s, codec,
             sample_rate_hz, bitrate_kbps, track_gain_db, track_peak, album_gain_db, album_peak, cover_hash, sidecar,
             warning, title_sort, artist_sort, album_sort, title_match)
         VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
         ON CONFLICT (id) DO UPDATE SET
             recording_id = excluded.recording_id, album_id = excluded.album_id, path = excluded.path,
             size = excluded.size, mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, missing = 0, title = excluded.title,
             artists = excluded.artists, album = excluded.album, album_artist = excluded.album_artist,
             genres = excluded.genres, composer = excluded.composer, year = excluded.year, track = excluded.track,
             disc = excluded.disc, compilation = excluded.compilation, bpm = excluded.bpm,
             musical_key = excluded.musical_key, duration_s = excluded.duration_s, codec = excluded.codec,
             sample_rate_hz = excluded.sample_rate_hz, bitrate_kbps = excluded.bitrate_kbps,
             track_gain_db = excluded.track_gain_db, track_peak = excluded.track_peak,
             album_gain_db = excluded.album_gain_db, album_peak = excluded.album_peak,
             cover_hash = excluded.cover_hash, sidecar = excluded.sidecar, warning = excluded.warning,
             title_sort = excluded.title_sort, artist_sort = excluded.artist_sort,
             album_sort = excluded.album_sort, title_match = excluded.title_match",
    )?
    .execute(values)?;
    let id = id.unwrap_or_else(|| db.last_insert_rowid());
    if outcome != Outcome::Added {
        db.prepare_cached("DELETE FROM search WHERE rowid = ?")?
            .execute([id])?;
    }
    db.prepare_cached(
        "INSERT INTO search (rowid, title, artists, album, album_artist, genres, file) VALUES (?,?,?,?,?,?,?)",
    )?
    .execute(params![
        id,
        search::words(&title),
        search::words(&tags.artists.join(" ")),
        search::words(tags.album.as_deref().unwrap_or_default()),
        search::words(tags.album_artist.as_deref().unwrap_or_default()),
        search::words(&tags.genres.join(" ")),
        search::words(&file_name),
    ])?;
    forget_failure(db, &file.path)?;
    Ok(outcome)
}

/// The row of a recording, made if there is none yet.
pub(super) fn recording(db: &Connection, audio: AudioHash) -> rusqlite::Result<i64> {
    let found = db
        .prepare_cached("SELECT id FROM recordings WHERE audio = ?")?
        .query_row([audio.0.as_slice()], |row| row.get(0))
        .optional()?;
    match found {
        Some(id) => Ok(id),
        None => {
            db.prepare_cached("INSERT INTO recordings (audio) VALUES (?)")?
                .execute([audio.0.as_slice()])?;
            Ok(db.last_insert_rowid())
        }
    }
}

/// A track of this recording whose file is gone: what is now at a new path.
///
/// A move keeps size and time of change, so that is asked first, then for tracks already marked missing, then for
/// any. A few of each suffice; a recording may have thousands of copies, and each candidate costs a look at the disk.
fn moved_from(
    db: &Connection,
    file: &FoundFile,
    recording: i64,
    before: i64,
) -> rusqlite::Result<Option<(i64, Option<i64>)>> {
    if before == 0 {
        return Ok(None);
    }
    for filter in ["size = ?3 AND mtime_ns = ?4", "missing = 1", "1"] {
        let mut statement = db.prepare_cached(&format!(
            "SELECT id, album_id, path FROM tracks
             WHERE recording_id = ?1 AND id <= ?2 AND ?3 = ?3 AND ?4 = ?4 AND {filter} LIMIT 8"
        ))?;
        let mut rows = statement.query(params![recording, before, file.size, file.mtime_ns])?;
        while let Some(row) = rows.next()? {
            let path = paths::from_bytes(row.get_ref(2)?.as_blob()?);
            let gone = matches!(path.symlink_metadata(), Err(error) if error.kind() == std::io::ErrorKind::NotFound
                || error.kind() == std::io::ErrorKind::NotADirectory);
            if gone {
                return Ok(Some((row.get(0)?, row.get(1)?)));
            }
        }
    }
    Ok(None)
}

/// Notes that an unchanged file is there, and whether a cover lies beside it.
pub(crate) fn touch(
    db: &Connection,
    id: i64,
    sidecar: bool,
    touched: &mut Vec<i64>,
) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE tracks SET missing = 0, sidecar = ? WHERE id = ?")?
        .execute(params![sidecar, id])?;
    touched.extend(
        db.prepare_cached("SELECT album_id FROM tracks WHERE id = ?")?
            .query_row([id], |row| row.get::<_, Option<i64>>(0))
            .optional()?
            .flatten(),
    );
    Ok(())
}

/// Notes that the file of a track is gone, unless it has been found elsewhere meanwhile.
pub(crate) fn mark_missing(db: &Connection, id: i64, path: &[u8]) -> rusqlite::Result<bool> {
    db.prepare_cached("UPDATE tracks SET missing = 1 WHERE id = ? AND path = ?")?
        .execute(params![id, path])
        .map(|rows| rows > 0)
}

/// Notes that a file could not be read.
pub(crate) fn put_failure(
    db: &Connection,
    path: &[u8],
    reason: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO failures VALUES (?, ?, ?)")?
        .execute(params![path, reason, micros(now)])
        .map(drop)
}

/// Forgets the failure of a file that is well now, or gone.
pub(crate) fn forget_failure(db: &Connection, path: &[u8]) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM failures WHERE path = ?")?
        .execute([path])
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
