//! Tracks as they are asked for: pages by query and order, single ones, roots, failures, counts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, params};
use segue_core::{AudioHash, FailedFile, FileSpan, LibraryAction, LibraryError, Track, TrackId};
use serde::Serialize;

use super::query::TrackQuery;
use super::reading::{by_id, failed_file, id_at, ids_at, root_paths};
use super::selection::Selection;
use super::{Durability, Library, albums, bump, playlists};
use crate::paths;

/// Some tracks out of all that match.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackPage {
    /// How many match in all.
    pub total: u64,
    /// Those of the page.
    pub tracks: Vec<Track>,
}

/// A folder of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// Absolute path.
    pub path: PathBuf,
    /// Whether it is there, and not an empty mount point.
    pub online: bool,
    /// Tracks known beneath it.
    pub tracks: u64,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Files that are there, or on a folder that is offline.
    pub tracks: u64,
    /// Files that were gone when last looked for, in a folder that was there.
    pub missing: u64,
    /// Albums.
    pub albums: u64,
    /// Recordings known, whether or not a file of theirs is.
    pub recordings: u64,
    /// Entries of the play log.
    pub plays: u64,
    /// Length of all tracks together in whole seconds.
    pub duration_s: u64,
}

impl Library {
    /// A page of tracks.
    pub fn tracks(&self, query: &TrackQuery) -> Result<TrackPage, LibraryError> {
        self.read(LibraryAction::ReadTracks, |db| {
            let selection = Selection::of(db, query)?;
            let total: i64 = db
                .prepare_cached(&selection.count)?
                .query_row(&*selection.parameters(), |row| row.get(0))?;
            let tracks = by_id(db, &selection.ids(db)?)?;
            Ok(TrackPage {
                total: total as u64,
                tracks,
            })
        })
    }

    /// The ids of the tracks that `query` selects, in its order.
    pub fn track_ids(&self, query: &TrackQuery) -> Result<Vec<TrackId>, LibraryError> {
        self.read(LibraryAction::ReadTracks, |db| {
            Selection::of(db, query)?.ids(db)
        })
    }

    /// How many bytes these tracks' files are long, of the stretch of a file its share; unknown ids are none.
    pub fn sizes(&self, ids: &[TrackId]) -> Result<Vec<u64>, LibraryError> {
        self.read(LibraryAction::ReadTracks, |db| {
            let mut statement = db.prepare_cached(
                "SELECT CAST(size * min(1.0, t.duration_s /
                     (SELECT total(o.duration_s) FROM tracks o WHERE o.path = t.path)) AS INTEGER)
                 FROM tracks t WHERE id = ? AND duration_s > 0",
            )?;
            let size = |id: &TrackId| {
                let size: Option<i64> = statement.query_row([id.0], |row| row.get(0)).optional()?;
                Ok(size.unwrap_or_default() as u64)
            };
            ids.iter().map(size).collect()
        })
    }

    /// One track.
    pub fn track(&self, id: TrackId) -> Result<Option<Track>, LibraryError> {
        self.read(LibraryAction::ReadTracks, |db| Ok(by_id(db, &[id])?.pop()))
    }

    /// The track that is a stretch of the file at `path`.
    pub fn track_at(&self, path: &Path, span: FileSpan) -> Result<Option<Track>, LibraryError> {
        self.read(LibraryAction::ReadTracks, |db| {
            let tracks = by_id(db, &ids_at(db, path)?)?;
            Ok(tracks.into_iter().find(|track| track.span == span))
        })
    }

    /// The track that is all that lies at `path`.
    pub fn track_by_path(&self, path: &Path) -> Result<Option<Track>, LibraryError> {
        self.read(LibraryAction::ReadTracks, |db| match id_at(db, path)? {
            Some(id) => Ok(by_id(db, &[id])?.pop()),
            None => Ok(None),
        })
    }

    /// The tracks with these ids, in the given order; unknown ids are left out.
    pub fn tracks_by_id(&self, ids: &[TrackId]) -> Result<Vec<Track>, LibraryError> {
        self.read(LibraryAction::ReadTracks, |db| by_id(db, ids))
    }

    /// The copies of one recording, and of what took its place; those that are there first.
    pub fn tracks_of(&self, audio: AudioHash) -> Result<Vec<Track>, LibraryError> {
        self.read(LibraryAction::ReadTracks, |db| {
            let mut statement = db.prepare_cached(
                "SELECT t.id FROM recordings r JOIN tracks t ON t.recording_id IN (r.id, r.superseded_by)
                 WHERE r.audio = ? ORDER BY t.missing, t.id",
            )?;
            let ids = statement
                .query_map([audio.0.as_slice()], |row| row.get(0).map(TrackId))?
                .collect::<Result<Vec<_>, _>>()?;
            by_id(db, &ids)
        })
    }

    /// The folders of the library.
    pub fn roots(&self) -> Result<Vec<Root>, LibraryError> {
        let counted = self.read(LibraryAction::ReadFolders, |db| {
            let mut roots = Vec::new();
            for path in root_paths(db)? {
                let (from, to) = paths::beneath(&path);
                let tracks: i64 = db
                    .prepare_cached("SELECT count(*) FROM tracks WHERE path >= ? AND path < ?")?
                    .query_row([from, to], |row| row.get(0))?;
                roots.push((paths::from_bytes(&path), tracks as u64));
            }
            Ok(roots)
        })?;
        Ok(counted
            .into_iter()
            .map(|(path, tracks)| Root {
                online: crate::walk::online(&path, tracks > 0),
                path,
                tracks,
            })
            .collect())
    }

    /// Takes a folder out of the library with the rows of its tracks; vectors, plays and opinions stay.
    /// Returns whether it was one.
    pub fn remove_root(&self, path: &Path) -> Result<bool, LibraryError> {
        let Some(bytes) = paths::to_bytes(path) else {
            return Ok(false);
        };
        let (from, to) = paths::beneath(&bytes);
        let _no_scan = super::lock(&self.scanning);
        self.write(LibraryAction::RemoveFolder, Durability::Process, |db| {
            if db.execute("DELETE FROM roots WHERE path = ?", [&bytes])? == 0 {
                return Ok(false);
            }
            let range = [&from, &to];
            let mut touched = db.prepare("SELECT DISTINCT album_id FROM tracks WHERE path >= ? AND path < ? AND album_id NOTNULL")?;
            let touched = touched.query_map(range, |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
            db.execute("DELETE FROM search WHERE rowid IN (SELECT id FROM tracks WHERE path >= ? AND path < ?)", range)?;
            db.execute("DELETE FROM tracks WHERE path >= ? AND path < ?", range)?;
            db.execute("DELETE FROM failures WHERE path >= ? AND path < ?", range)?;
            for album in touched {
                albums::refresh(db, album)?;
            }
            playlists::match_again(db)?;
            bump(db)?;
            Ok(true)
        })
    }

    /// Forgets the tracks whose files are gone from folders that are there: their rows go, and with them their numbers.
    /// Plays, opinions, vectors and playlists stay with the recordings, so all is there again with the music. Returns
    /// how many tracks were forgotten.
    pub fn forget_missing(&self) -> Result<u64, LibraryError> {
        let _no_scan = super::lock(&self.scanning);
        let offline = self.offline()?;
        let missing: Vec<(i64, Option<i64>, Vec<u8>)> =
            self.read(LibraryAction::ReadTracks, |db| {
                db.prepare_cached("SELECT id, album_id, path FROM tracks WHERE missing = 1")?
                    .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
                    .collect()
            })?;
        // What is back, or out of reach, is for the next scan to tell.
        let gone: Vec<_> = missing
            .into_iter()
            .filter(|(.., path)| !offline.iter().any(|root| paths::within(path, root)))
            .filter(|(.., path)| {
                let looked_at = paths::from_bytes(path).symlink_metadata();
                paths::is_displaced(path) || looked_at.is_err_and(|error| paths::is_gone(&error))
            })
            .collect();
        if gone.is_empty() {
            return Ok(0);
        }
        self.write(LibraryAction::ForgetMissing, Durability::Process, |db| {
            let mut forgotten = 0;
            let mut touched = BTreeSet::new();
            for (id, album, path) in &gone {
                let gone = db
                    .prepare_cached("DELETE FROM tracks WHERE id = ? AND path = ? AND missing = 1")?
                    .execute(params![id, path])?;
                forgotten += gone as u64;
                touched.extend(album.filter(|_| gone > 0));
            }
            for album in touched {
                albums::refresh(db, album)?;
            }
            playlists::match_again(db)?;
            bump(db)?;
            Ok(forgotten)
        })
    }

    /// Files that the last scans could not read.
    pub fn failures(&self) -> Result<Vec<FailedFile>, LibraryError> {
        self.read(LibraryAction::ReadFailures, |db| {
            let mut statement =
                db.prepare_cached("SELECT path, reason FROM failures ORDER BY path")?;
            statement.query_map([], failed_file)?.collect()
        })
    }

    /// Files that are in the library although something about them could not be read.
    pub fn warnings(&self) -> Result<Vec<FailedFile>, LibraryError> {
        self.read(LibraryAction::ReadFailures, |db| {
            let mut statement = db.prepare_cached(
                "SELECT path, warning FROM tracks WHERE warning NOTNULL AND missing = 0 ORDER BY path",
            )?;
            statement.query_map([], failed_file)?.collect()
        })
    }

    /// How much there is.
    pub fn counts(&self) -> Result<Counts, LibraryError> {
        self.read(LibraryAction::CheckDatabase, |db| {
            let (tracks, missing, duration_s): (i64, i64, f64) = db
                .prepare_cached(
                    "SELECT count(*), (SELECT count(*) FROM tracks WHERE missing = 1), total(duration_s)
                     FROM tracks WHERE missing = 0",
                )?
                .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            let count = |table: &str| -> rusqlite::Result<u64> {
                db.prepare_cached(&format!("SELECT count(*) FROM {table}"))?
                    .query_row([], |row| row.get::<_, i64>(0))
                    .map(|n| n as u64)
            };
            Ok(Counts {
                tracks: tracks as u64,
                missing: missing as u64,
                albums: count("albums WHERE tracks > 0")?,
                recordings: count("recordings")?,
                plays: count("plays")?,
                duration_s: duration_s as u64,
            })
        })
    }
}
