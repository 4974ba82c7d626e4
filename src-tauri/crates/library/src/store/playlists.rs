//! Playlists: their names, and their places in order. They are the listener's own work, so every change is safe from a
//! power cut once it returned, and what is deleted can be brought back.
//!
//! A place keeps a snapshot of its song and finds it again as plays do (`matching.rs`): by its recording, so that moves,
//! re-tags and folders taken out and back in change nothing; by path or names where the recording itself is gone, as
//! when files were replaced by better ones. A song that is not there keeps its place.
//!
//! Places are named by number and never by index, and each change reads the order in the transaction that writes it:
//! two programs may edit one playlist. Playlists do not count as changes of the library, since whatever was read of the
//! library still holds; [`Library::playlists_changed`] tells of theirs.

mod resolving;

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, params_from_iter, types};
use segue_core::{LibraryAction, LibraryError, PlaySubject, Timestamp, Track, TrackId};
use serde_json::Value;

use self::resolving::{COPY, copy, resolve};
use super::reading::{by_id, id_at, subject};
use super::recording::recording;
use super::selection::sort_key;
use super::{Durability, Library, instant, micros};
use crate::paths;

/// Covers that stand for a playlist.
const COVERS: usize = 4;
/// Between the numbers of two places there is room for so many moves; when it is used up, all are numbered anew.
const GAP: i64 = 1 << 20;

/// What [`subject`] reads.
const SUBJECT: &str = "e.audio, e.path, e.artist, e.title, e.album, e.duration_s";

/// The number of a playlist; never given to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaylistId(pub i64);

/// The number of a place in a playlist; never given to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaylistEntryId(pub i64);

/// A playlist without its places.
#[derive(Clone, Debug, PartialEq)]
pub struct Playlist {
    /// Its number.
    pub id: PlaylistId,
    /// Its name; others may bear it too.
    pub name: String,
    /// What an auto-updating one is made from, whose meaning is the app's affair; `None` for one that stays as it is.
    pub source: Option<Value>,
    /// When it was last changed, in whatever way.
    pub changed_at: Timestamp,
    /// When an auto-updating one was last made.
    pub made_at: Option<Timestamp>,
    /// Number of places.
    pub entries: u32,
    /// Of these, songs without a file that is there.
    pub missing: u32,
    /// Length of all songs together in seconds, as far as it is known.
    pub duration_s: f64,
    /// Tracks with covers, of up to four albums, in the playlist's order.
    pub cover_tracks: Vec<TrackId>,
}

/// A place in a playlist.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaylistEntry {
    /// Its number.
    pub id: PlaylistEntryId,
    /// The track that it means today; `None` if the library has none. Its file may be missing.
    pub track: Option<Track>,
    /// What was known of the song when it was put here.
    pub subject: PlaySubject,
    /// Why Segue put it here, whose shape is the app's affair.
    pub reasons: Option<Value>,
}

/// A song to be put into a playlist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewEntry {
    /// What is known of it.
    pub subject: PlaySubject,
    /// Why Segue puts it there.
    pub reasons: Option<Value>,
}

/// A playlist's places as they were before an edit, for [`Library::take_back_playlist_edit`].
#[derive(Clone, Debug, PartialEq)]
pub struct PlaylistBefore {
    id: PlaylistId,
    made_at: Option<i64>,
    /// The rows, as [`ROW`] names their columns.
    rows: Vec<[types::Value; 10]>,
    /// The places right after the edit.
    after: Vec<(i64, i64)>,
}

/// A place whole. Its recording may have left the library since.
const ROW: &str = "id, place, recording_id, audio, path, artist, title, album, duration_s, reasons";

impl Library {
    /// All playlists by name, deleted ones left out.
    pub fn playlists(&self) -> Result<Vec<Playlist>, LibraryError> {
        let mut playlists = self.read(LibraryAction::ReadPlaylists, |db| {
            listed(db, "deleted_at IS NULL ORDER BY id")
        })?;
        playlists.sort_by_cached_key(|playlist| sort_key(&playlist.name));
        Ok(playlists)
    }

    /// The playlists that can be brought back, the one deleted last first.
    pub fn deleted_playlists(&self) -> Result<Vec<Playlist>, LibraryError> {
        self.read(LibraryAction::ReadPlaylists, |db| {
            listed(
                db,
                "deleted_at IS NOT NULL ORDER BY deleted_at DESC, id DESC",
            )
        })
    }

    /// One playlist; `None` if there is none of this number, or it was deleted.
    pub fn playlist(&self, id: PlaylistId) -> Result<Option<Playlist>, LibraryError> {
        self.read(LibraryAction::ReadPlaylists, |db| one(db, id))
    }

    /// A playlist with the places `offset..offset + limit` of its order.
    pub fn playlist_page(
        &self,
        id: PlaylistId,
        offset: u32,
        limit: u32,
    ) -> Result<Option<(Playlist, Vec<PlaylistEntry>)>, LibraryError> {
        self.read(LibraryAction::ReadPlaylists, |db| match one(db, id)? {
            Some(playlist) => Ok(Some((playlist, page(db, id, offset, limit)?))),
            None => Ok(None),
        })
    }

    /// Makes a playlist; with a source, an auto-updating one, made at `now`.
    pub fn create_playlist(
        &self,
        name: &str,
        source: Option<&Value>,
        entries: &[NewEntry],
        now: Timestamp,
    ) -> Result<PlaylistId, LibraryError> {
        self.write(LibraryAction::SavePlaylist, Durability::Power, |db| {
            let made_at = source.is_some().then(|| micros(now));
            db.prepare_cached(
                "INSERT INTO playlists (name, source, created_at, changed_at, made_at) VALUES (?1, ?2, ?3, ?3, ?4)",
            )?
            .execute(params![name, source.map(Value::to_string), micros(now), made_at])?;
            let id = PlaylistId(db.last_insert_rowid());
            append(db, id, entries)?;
            Ok(id)
        })
    }

    /// Renames a playlist. `false`: there is none of this number.
    pub fn rename_playlist(
        &self,
        id: PlaylistId,
        name: &str,
        now: Timestamp,
    ) -> Result<bool, LibraryError> {
        self.write(LibraryAction::ChangePlaylist, Durability::Power, |db| {
            let change =
                "UPDATE playlists SET name = ?, changed_at = ? WHERE id = ? AND deleted_at IS NULL";
            let changed = db
                .prepare_cached(change)?
                .execute(params![name, micros(now), id.0])?;
            Ok(changed == 1)
        })
    }

    /// Deletes a playlist, so that it can be brought back. `false`: there is none of this number.
    pub fn delete_playlist(&self, id: PlaylistId, now: Timestamp) -> Result<bool, LibraryError> {
        self.write(LibraryAction::DeletePlaylist, Durability::Power, |db| {
            let change = "UPDATE playlists SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL";
            let changed = db.prepare_cached(change)?.execute([micros(now), id.0])?;
            Ok(changed == 1)
        })
    }

    /// Brings a deleted playlist back. `false`: none of this number was deleted.
    pub fn undelete_playlist(&self, id: PlaylistId, now: Timestamp) -> Result<bool, LibraryError> {
        self.write(LibraryAction::RestorePlaylist, Durability::Power, |db| {
            let change = "UPDATE playlists SET deleted_at = NULL, changed_at = ? WHERE id = ? AND deleted_at IS NOT NULL";
            let changed = db.prepare_cached(change)?.execute([micros(now), id.0])?;
            Ok(changed == 1)
        })
    }

    /// Puts songs at the end of a playlist. What it was before; `None`: there is none of this number.
    pub fn add_to_playlist(
        &self,
        id: PlaylistId,
        entries: &[NewEntry],
        now: Timestamp,
    ) -> Result<Option<PlaylistBefore>, LibraryError> {
        self.edit(id, now, |db| append(db, id, entries))
    }

    /// Takes places out of a playlist; those that were taken out before are passed over. What it was before; `None`: there is
    /// no playlist of this number.
    pub fn remove_from_playlist(
        &self,
        id: PlaylistId,
        entries: &[PlaylistEntryId],
        now: Timestamp,
    ) -> Result<Option<PlaylistBefore>, LibraryError> {
        self.edit(id, now, |db| {
            let mut remove =
                db.prepare_cached("DELETE FROM playlist_entries WHERE id = ? AND playlist_id = ?")?;
            for entry in entries {
                remove.execute([entry.0, id.0])?;
            }
            Ok(())
        })
    }

    /// Moves a place, so that `index` places stand before it; an index beyond the end means the end. A place that was
    /// taken out before is passed over. What it was before; `None`: there is no playlist of this
    /// number.
    pub fn move_in_playlist(
        &self,
        id: PlaylistId,
        entry: PlaylistEntryId,
        index: u32,
        now: Timestamp,
    ) -> Result<Option<PlaylistBefore>, LibraryError> {
        self.edit(id, now, |db| {
            let there = db
                .prepare_cached("SELECT 1 FROM playlist_entries WHERE id = ? AND playlist_id = ?")?
                .exists([entry.0, id.0])?;
            if !there {
                return Ok(());
            }
            let place = match between(db, id, entry, index)? {
                Some(place) => place,
                None => {
                    renumber(db, id)?;
                    between(db, id, entry, index)?.unwrap_or_default()
                }
            };
            db.prepare_cached("UPDATE playlist_entries SET place = ? WHERE id = ?")?
                .execute([place, entry.0])
                .map(drop)
        })
    }

    /// Replaces all places of an auto-updating playlist by what it was made of at `now`. What it was before; `None`: there is none of this number.
    pub fn remake_playlist(
        &self,
        id: PlaylistId,
        entries: &[NewEntry],
        now: Timestamp,
    ) -> Result<Option<PlaylistBefore>, LibraryError> {
        self.edit(id, now, |db| {
            db.prepare_cached("UPDATE playlists SET made_at = ? WHERE id = ?")?
                .execute([micros(now), id.0])?;
            db.prepare_cached("DELETE FROM playlist_entries WHERE playlist_id = ?")?
                .execute([id.0])?;
            append(db, id, entries)
        })
    }

    /// Gives a playlist another source, from which it is to be made anew. `false`: there is none of this number.
    pub fn set_playlist_source(
        &self,
        id: PlaylistId,
        source: &Value,
        now: Timestamp,
    ) -> Result<bool, LibraryError> {
        self.write(LibraryAction::SavePlaylist, Durability::Power, |db| {
            let sql = "UPDATE playlists SET source = ?, made_at = NULL, changed_at = ? WHERE id = ? AND deleted_at IS NULL";
            let changed = db
                .prepare_cached(sql)?
                .execute(params![source.to_string(), micros(now), id.0])?;
            Ok(changed > 0)
        })
    }

    /// Takes an edit back: places, their numbers and their order are as they were before it. `false`, and nothing done: the
    /// playlist is gone, or its places were changed since, by whomever.
    pub fn take_back_playlist_edit(
        &self,
        edit: &PlaylistBefore,
        now: Timestamp,
    ) -> Result<bool, LibraryError> {
        self.write(LibraryAction::RestorePlaylist, Durability::Power, |db| {
            let id = edit.id.0;
            if places(db, edit.id)? != edit.after {
                return Ok(false);
            }
            let mark = "UPDATE playlists SET changed_at = ?, made_at = ? WHERE id = ? AND deleted_at IS NULL";
            if db.prepare_cached(mark)?.execute(params![micros(now), edit.made_at, id])? == 0 {
                return Ok(false);
            }
            db.prepare_cached("DELETE FROM playlist_entries WHERE playlist_id = ?")?
                .execute([id])?;
            let mut insert = db.prepare_cached(&format!(
                "INSERT INTO playlist_entries (playlist_id, {ROW})
                 VALUES (?,?,?, (SELECT id FROM recordings WHERE id = ?), ?,?,?,?,?,?,?)"
            ))?;
            for row in &edit.rows {
                let playlist = types::Value::Integer(id);
                insert.execute(params_from_iter(std::iter::once(&playlist).chain(row)))?;
            }
            Ok(true)
        })
    }

    /// When playlists were last changed, by whichever process; `None` before the first.
    pub fn playlists_changed(&self) -> Result<Option<Timestamp>, LibraryError> {
        self.read(LibraryAction::ReadPlaylists, |db| {
            let last = "SELECT max(max(changed_at, coalesce(deleted_at, 0))) FROM playlists";
            let last: Option<i64> = db.query_row(last, [], |row| row.get(0))?;
            Ok(last.map(instant))
        })
    }

    /// The track that several candidates of one song mean: the first that lies at a path that is told; else what the first
    /// of them means by its names, or, where it tells no title, by how its path ends.
    pub fn recognise(&self, candidates: &[PlaySubject]) -> Result<Option<Track>, LibraryError> {
        self.read(LibraryAction::RecognizeSong, |db| {
            let mut found = None;
            for path in candidates
                .iter()
                .filter_map(|candidate| candidate.path.as_deref())
            {
                found = id_at(db, path)?;
                if found.is_some() {
                    break;
                }
            }
            for candidate in candidates {
                if found.is_none()
                    && let Some(recording) = resolve(db, None, candidate)?
                {
                    found = copy(db, recording, candidate)?;
                }
            }
            match found {
                Some(id) => Ok(by_id(db, &[id])?.pop()),
                None => Ok(None),
            }
        })
    }

    /// Looks up again what places mean whose song is not there, or is another file's. Returns how many changed.
    pub(crate) fn match_playlists(&self) -> Result<usize, LibraryError> {
        // Mostly there is nothing to write, and nobody need wait for that.
        let found = self.read(LibraryAction::MatchPlaylists, changed_places)?;
        if found.is_empty() {
            return Ok(0);
        }
        self.write(LibraryAction::MatchPlaylists, Durability::Process, |db| {
            put_places(db, &found)
        })?;
        Ok(found.len())
    }

    /// Changes the places of a playlist that is there. `None`: there is none of this number.
    fn edit(
        &self,
        id: PlaylistId,
        now: Timestamp,
        change: impl FnOnce(&Transaction) -> rusqlite::Result<()>,
    ) -> Result<Option<PlaylistBefore>, LibraryError> {
        self.write(LibraryAction::ChangePlaylist, Durability::Power, |db| {
            let made_at = "SELECT made_at FROM playlists WHERE id = ? AND deleted_at IS NULL";
            let made_at: Option<Option<i64>> = db
                .prepare_cached(made_at)?
                .query_row([id.0], |row| row.get(0))
                .optional()?;
            let Some(made_at) = made_at else {
                return Ok(None);
            };
            let rows = rows(db, id)?;
            db.prepare_cached("UPDATE playlists SET changed_at = ? WHERE id = ?")?
                .execute([micros(now), id.0])?;
            change(db)?;
            Ok(Some(PlaylistBefore {
                id,
                made_at,
                rows,
                after: places(db, id)?,
            }))
        })
    }
}

/// The same as [`Library::match_playlists`], as a part of what took the tracks away.
pub(crate) fn match_again(db: &Connection) -> rusqlite::Result<()> {
    put_places(db, &changed_places(db)?)
}

/// The places that mean another recording than they did, and which.
fn changed_places(db: &Connection) -> rusqlite::Result<Vec<(i64, i64)>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {SUBJECT}, e.id, e.recording_id, o.id FROM playlist_entries e
         LEFT JOIN recordings o ON o.audio = e.audio
         WHERE e.recording_id IS NULL OR o.id != e.recording_id
             OR (SELECT superseded_by FROM recordings WHERE id = e.recording_id) NOTNULL
             OR NOT EXISTS (SELECT 1 FROM tracks t WHERE t.recording_id = e.recording_id)"
    ))?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (entry, now): (i64, Option<i64>) = (row.get(6)?, row.get(7)?);
        if let Some(resolved) = resolve(db, row.get(8)?, &subject(row, 0)?)?
            && now != Some(resolved)
        {
            found.push((entry, resolved));
        }
    }
    Ok(found)
}

fn put_places(db: &Connection, found: &[(i64, i64)]) -> rusqlite::Result<()> {
    let mut update =
        db.prepare_cached("UPDATE playlist_entries SET recording_id = ? WHERE id = ?")?;
    for (entry, recording) in found {
        update.execute([recording, entry])?;
    }
    Ok(())
}

/// All places of a playlist whole.
fn rows(db: &Connection, id: PlaylistId) -> rusqlite::Result<Vec<[types::Value; 10]>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {ROW} FROM playlist_entries WHERE playlist_id = ? ORDER BY id"
    ))?;
    let mut found = statement.query([id.0])?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let mut values = [const { types::Value::Null }; 10];
        for (column, value) in values.iter_mut().enumerate() {
            *value = row.get(column)?;
        }
        rows.push(values);
    }
    Ok(rows)
}

/// The numbers of a playlist's places, and the numbers that order them.
fn places(db: &Connection, id: PlaylistId) -> rusqlite::Result<Vec<(i64, i64)>> {
    db.prepare_cached("SELECT id, place FROM playlist_entries WHERE playlist_id = ? ORDER BY id")?
        .query_map([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn listed(db: &Connection, filter: &str) -> rusqlite::Result<Vec<Playlist>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT id, name, source, changed_at, made_at FROM playlists WHERE {filter}"
    ))?;
    let mut rows = statement.query([])?;
    let mut playlists = Vec::new();
    while let Some(row) = rows.next()? {
        playlists.push(playlist(db, row)?);
    }
    Ok(playlists)
}

fn one(db: &Connection, id: PlaylistId) -> rusqlite::Result<Option<Playlist>> {
    let mut statement = db.prepare_cached(
        "SELECT id, name, source, changed_at, made_at FROM playlists WHERE id = ? AND deleted_at IS NULL",
    )?;
    let mut rows = statement.query([id.0])?;
    rows.next()?.map(|row| playlist(db, row)).transpose()
}

fn playlist(db: &Connection, row: &Row) -> rusqlite::Result<Playlist> {
    let id: i64 = row.get(0)?;
    let source: Option<String> = row.get(2)?;
    let (entries, missing, duration_s) = db
        .prepare_cached(&format!(
            "SELECT count(*), coalesce(sum(t.id IS NULL OR t.missing), 0), total(coalesce(t.duration_s, e.duration_s))
             FROM playlist_entries e LEFT JOIN tracks t ON t.id = {COPY} WHERE e.playlist_id = ?"
        ))?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(Playlist {
        id: PlaylistId(id),
        name: row.get(1)?,
        // An auto-updating playlist whose source cannot be read goes on as it is.
        source: source.and_then(|source| serde_json::from_str(&source).ok()),
        changed_at: instant(row.get(3)?),
        made_at: row.get::<_, Option<i64>>(4)?.map(instant),
        entries,
        missing,
        duration_s,
        cover_tracks: covers(db, id)?,
    })
}

fn covers(db: &Connection, playlist: i64) -> rusqlite::Result<Vec<TrackId>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT t.id, coalesce(t.album_id, -t.id) FROM playlist_entries e JOIN tracks t ON t.id = {COPY}
         WHERE e.playlist_id = ? AND (t.cover_hash NOTNULL OR t.sidecar) ORDER BY e.place, e.id"
    ))?;
    let mut rows = statement.query([playlist])?;
    let (mut covers, mut albums) = (Vec::new(), HashSet::new());
    while covers.len() < COVERS
        && let Some(row) = rows.next()?
    {
        if albums.insert(row.get::<_, i64>(1)?) {
            covers.push(TrackId(row.get(0)?));
        }
    }
    Ok(covers)
}

fn page(
    db: &Connection,
    id: PlaylistId,
    offset: u32,
    limit: u32,
) -> rusqlite::Result<Vec<PlaylistEntry>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {SUBJECT}, e.id, e.reasons, {COPY} FROM playlist_entries e WHERE e.playlist_id = ?
         ORDER BY e.place, e.id LIMIT ? OFFSET ?"
    ))?;
    let rows = statement.query_map(params![id.0, limit, offset], |row| {
        let reasons: Option<String> = row.get(7)?;
        let copy: Option<i64> = row.get(8)?;
        let entry = PlaylistEntry {
            id: PlaylistEntryId(row.get(6)?),
            track: None,
            subject: subject(row, 0)?,
            reasons: reasons.and_then(|reasons| serde_json::from_str(&reasons).ok()),
        };
        Ok((entry, copy.map(TrackId)))
    })?;
    let mut entries = rows.collect::<Result<Vec<_>, _>>()?;
    let copies: Vec<TrackId> = entries.iter().filter_map(|(_, copy)| *copy).collect();
    let mut tracks = by_id(db, &copies)?.into_iter();
    for (entry, copy) in &mut entries {
        entry.track = copy.and_then(|_| tracks.next());
    }
    Ok(entries.into_iter().map(|(entry, _)| entry).collect())
}

/// Puts songs behind the last place, with room between them for later moves. What each means today is looked up here once, and
/// again whenever the library changes.
fn append(db: &Transaction, id: PlaylistId, entries: &[NewEntry]) -> rusqlite::Result<()> {
    let last: Option<i64> = db
        .prepare_cached("SELECT max(place) FROM playlist_entries WHERE playlist_id = ?")?
        .query_row([id.0], |row| row.get(0))?;
    let mut place = last.unwrap_or(-GAP);
    let mut insert = db.prepare_cached(
        "INSERT INTO playlist_entries (playlist_id, place, recording_id, audio, path, artist, title, album, duration_s,
             reasons) VALUES (?,?,?,?,?,?,?,?,?,?)",
    )?;
    for NewEntry { subject, reasons } in entries {
        place += GAP;
        let own = subject
            .audio
            .map(|audio| recording(db, audio))
            .transpose()?;
        let path = subject.path.as_deref().and_then(paths::to_bytes);
        insert.execute(params![
            id.0,
            place,
            resolve(db, own, subject)?,
            subject.audio.map(|audio| audio.0),
            path,
            subject.artist,
            subject.title,
            subject.album,
            subject
                .duration_s
                .filter(|duration_s| duration_s.is_finite()),
            reasons.as_ref().map(Value::to_string),
        ])?;
    }
    Ok(())
}

/// A number between those of the places that shall stand around `entry`; `None` if there is none left.
fn between(
    db: &Connection,
    id: PlaylistId,
    entry: PlaylistEntryId,
    index: u32,
) -> rusqlite::Result<Option<i64>> {
    let mut others = db.prepare_cached(
        "SELECT place FROM playlist_entries WHERE playlist_id = ? AND id != ? ORDER BY place, id LIMIT 2 OFFSET ?",
    )?;
    let mut around = |offset: u32| {
        others
            .query_map(params![id.0, entry.0, offset], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<i64>>>()
    };
    if index == 0 {
        let first = around(0)?.first().copied();
        return Ok(Some(first.map_or(0, |first| first - GAP)));
    }
    Ok(match around(index - 1)?[..] {
        [before, after] => Some(before + (after - before) / 2).filter(|place| *place > before),
        [last] => Some(last + GAP),
        // Beyond the end.
        _ => {
            let last = "SELECT max(place) FROM playlist_entries WHERE playlist_id = ? AND id != ?";
            let last: Option<i64> = db
                .prepare_cached(last)?
                .query_row([id.0, entry.0], |row| row.get(0))?;
            Some(last.map_or(0, |last| last + GAP))
        }
    })
}

/// Numbers all places anew, a [`GAP`] apart.
fn renumber(db: &Connection, id: PlaylistId) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE playlist_entries SET place = n.n * ?2 FROM
             (SELECT id, row_number() OVER (ORDER BY place, id) AS n FROM playlist_entries WHERE playlist_id = ?1) n
         WHERE playlist_entries.id = n.id",
    )?
    .execute([id.0, GAP])
    .map(drop)
}

#[cfg(test)]
mod tests;
