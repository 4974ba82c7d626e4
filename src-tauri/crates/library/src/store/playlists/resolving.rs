//! Which recording a place in a playlist means today.

use std::collections::HashSet;
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};
use segue_core::{PlaySubject, SAME_LENGTH_S, TrackId, fold};

use crate::store::matching::matched;
use crate::store::reading::id_at;
use crate::store::superseded::current;
use crate::{paths, search};

/// Names at the end of a path, the file's own among them, that must agree before two paths mean one file: artist, album
/// and song, as folders go. Two are not enough: `CD1/01.mp3` is everywhere.
const ENDING_NAMES: usize = 3;
/// So many files of one name are compared by their folders.
const ENDING_CANDIDATES: i64 = 1000;

/// The copy that a place `e` stands for today: one that is there, if possible where and on the album it was put from.
pub(super) const COPY: &str = "(SELECT c.id FROM tracks c WHERE c.recording_id = e.recording_id
      ORDER BY c.missing, c.path IS NOT e.path, c.album IS NOT e.album, c.id LIMIT 1)";

/// The recording that a song means today. `own` is the row of `song.audio`: it is meant, or what took its place, as long as
/// it has a track, and if nothing else can be.
pub(super) fn resolve(
    db: &Connection,
    own: Option<i64>,
    song: &PlaySubject,
) -> rusqlite::Result<Option<i64>> {
    if let Some(own) = own {
        let newer = current(db, own)?;
        let there = db
            .prepare_cached("SELECT 1 FROM tracks WHERE recording_id = ?")?
            .exists([own])?;
        if there || newer != own {
            return Ok(Some(newer));
        }
    }
    let path = song.path.as_deref();
    let mut told = PlaySubject {
        audio: None,
        ..song.clone()
    };
    if own.is_some() {
        if let Some(replaced) = replaced(db, path, song.duration_s)? {
            return Ok(Some(replaced));
        }
        told.path = None;
    }
    let mut found = matched(db, &told)?.recording();
    if found.is_none()
        && song.title.is_none()
        && let Some(path) = path
    {
        found = ending(db, path)?;
    }
    match found {
        Some(found) => current(db, found).map(Some),
        None => Ok(own),
    }
}

/// The recording that lies at `path` today, if it is as long as the one that was there: a better copy of the song. What
/// has another length is another song.
fn replaced(
    db: &Connection,
    path: Option<&Path>,
    duration_s: Option<f64>,
) -> rusqlite::Result<Option<i64>> {
    let (Some(path), Some(wanted_s)) = (path, duration_s) else {
        return Ok(None);
    };
    let Some(id) = id_at(db, path)? else {
        return Ok(None);
    };
    db.prepare_cached(
        "SELECT recording_id FROM tracks WHERE id = ?1 AND abs(duration_s - ?2) <= ?3",
    )?
    .query_row(params![id.0, wanted_s, SAME_LENGTH_S], |row| row.get(0))
    .optional()
}

/// The recording of the one file whose path ends as `path` does: how a list means it that was written on another machine,
/// or before the music moved. Spelling, case and the kind of file do not count.
fn ending(db: &Connection, path: &Path) -> rusqlite::Result<Option<i64>> {
    let told = names_from_the_end(path);
    let Some(words) = told.first().and_then(|name| search::expression(name)) else {
        return Ok(None);
    };
    let mut statement = db.prepare_cached(
        "SELECT t.path, t.recording_id FROM search s JOIN tracks t ON t.id = s.rowid WHERE search MATCH ? LIMIT ?",
    )?;
    let mut rows = statement.query(params![format!("{{file}} : ({words})"), ENDING_CANDIDATES])?;
    let (mut best, mut found) = (ENDING_NAMES, HashSet::new());
    while let Some(row) = rows.next()? {
        let names = names_from_the_end(&paths::from_bytes(row.get_ref(0)?.as_blob()?));
        let alike = told.iter().zip(&names).take_while(|(a, b)| a == b).count();
        if alike > best {
            (best, found) = (alike, HashSet::new());
        }
        if alike == best {
            found.insert(row.get::<_, i64>(1)?);
        }
    }
    Ok(match found.len() {
        1 => found.into_iter().next(),
        _ => None,
    })
}

/// The names in a path from its end, folded, the file's own without its ending. Lists of other systems part them otherwise.
fn names_from_the_end(path: &Path) -> Vec<String> {
    let text = path.to_string_lossy();
    let mut names = text.rsplit(['/', '\\']).filter(|name| !name.is_empty());
    let file = names.next().unwrap_or_default();
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    std::iter::once(stem).chain(names).map(fold).collect()
}

/// A copy of a recording, as [`COPY`] chooses it.
pub(super) fn copy(
    db: &Connection,
    recording: i64,
    song: &PlaySubject,
) -> rusqlite::Result<Option<TrackId>> {
    db.prepare_cached(&format!(
        "SELECT {COPY} FROM (SELECT ?1 AS recording_id, NULL AS path, ?2 AS album) e"
    ))?
    .query_row(params![recording, song.album], |row| {
        Ok(row.get::<_, Option<i64>>(0)?.map(TrackId))
    })
}
