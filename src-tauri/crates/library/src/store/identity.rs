//! Which track a file is: an id follows its audio, whatever paths the files of a scan take from each other.
//!
//! A file with other audio at a known path is an edit only if nothing else explains it: a track whose file is gone, or
//! whose path another file has taken, is at its new place. The disk decides that, not the order of reading, so files
//! may be swapped, renumbered and put in place of each other in one scan or in several.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};
use segue_core::{AudioHash, FileSpan};

use super::changes::Changes;
use super::reading::span;
use crate::audio_hash::{audio_hash, hash_of_stretch};
use crate::paths;
use crate::walk;
use crate::walk::AudioFile;

/// The tracks of one library whose files are not where they were, as one scan finds out.
pub(crate) struct Moves {
    /// The newest track before the scan: a newer one was not moved.
    before: i64,
    /// Folders that are not there. A track in one of them is moved only if no other can be.
    offline: Vec<Vec<u8>>,
    /// For each recording that was asked for: its rows. Each is looked up on the disk once, so that a thousand copies
    /// of one recording cost a thousand looks.
    rows: HashMap<i64, Vec<Row>>,
    /// Tracks whose path was taken in this scan.
    displaced: Vec<i64>,
}

/// A track that may have been moved.
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) album: Option<i64>,
    path: Vec<u8>,
    size: i64,
    mtime_ns: i64,
    missing: bool,
    /// Whether its file is not where it was.
    free: bool,
}

impl Moves {
    /// What a scan that begins with `before` as its newest track, and without `offline`, goes by.
    pub(crate) fn new(before: i64, offline: Vec<Vec<u8>>) -> Self {
        Self {
            before,
            offline,
            rows: HashMap::new(),
            displaced: Vec::new(),
        }
    }

    /// Takes the track that `file`, which holds `recording`, was until now at another path.
    pub(crate) fn take(
        &mut self,
        db: &Connection,
        file: &AudioFile,
        recording: i64,
        audio: AudioHash,
    ) -> rusqlite::Result<Option<Row>> {
        if self.before == 0 {
            return Ok(None);
        }
        if !self.rows.contains_key(&recording) {
            let rows = read(db, recording, self.before, audio)?;
            if rows.is_empty() {
                return Ok(None);
            }
            self.rows.insert(recording, rows);
        }
        let Some(rows) = self.rows.get_mut(&recording) else {
            return Ok(None);
        };
        let path = paths::from_bytes(&file.path);
        let best = (0..rows.len())
            .filter(|i| {
                let row = &rows[*i];
                row.path != file.path && (row.free || row.is_otherwise_spelled(file, &path))
            })
            .max_by_key(|i| {
                let row = &rows[*i];
                let offline = self
                    .offline
                    .iter()
                    .any(|root| paths::within(&row.path, root));
                (!offline, row.nearness(file, &path), row.id)
            });
        Ok(best.map(|i| rows.swap_remove(i)))
    }

    /// Makes room at `file`'s path, where the track `id` of another recording was: its file may be met elsewhere.
    pub(crate) fn displace(
        &mut self,
        db: &Connection,
        file: &AudioFile,
        id: i64,
    ) -> rusqlite::Result<()> {
        db.prepare_cached("UPDATE tracks SET path = ? WHERE id = ?")?
            .execute(params![paths::displaced(&file.path, id), id])?;
        let recording = db
            .prepare_cached("SELECT recording_id FROM tracks WHERE id = ?")?
            .query_row([id], |row| row.get(0))?;
        // Whatever was known of the recording is asked anew, with this row.
        self.rows.remove(&recording);
        self.displaced.push(id);
        Ok(())
    }

    /// Marks the tracks whose path was taken and whose file was met nowhere else. Returns how many there are.
    pub(crate) fn mark_displaced(
        &self,
        db: &Connection,
        changes: &mut Changes,
    ) -> rusqlite::Result<u64> {
        let mut marked = 0;
        for id in &self.displaced {
            let album = db
                .prepare_cached(
                    "UPDATE tracks SET missing = 1 WHERE id = ? AND missing = 0 AND instr(path, x'00') > 0
                     RETURNING album_id",
                )?
                .query_row([id], |row| row.get::<_, Option<i64>>(0))
                .optional()?;
            if let Some(album) = album {
                changes.gone(*id, album);
                marked += 1;
            }
        }
        Ok(marked)
    }

    /// Whether a path was taken in this scan.
    pub(crate) fn any_displaced(&self) -> bool {
        !self.displaced.is_empty()
    }
}

impl Row {
    /// Whether `file` is this row's file, although the path is another one: on disks that do not tell `A` from `a`,
    /// and behind another link.
    fn is_otherwise_spelled(&self, file: &AudioFile, path: &Path) -> bool {
        if (self.size, self.mtime_ns) != (file.size, file.mtime_ns) {
            return false;
        }
        let known = paths::from_bytes(&self.path);
        let is_one = |a: Option<PathBuf>, b: Option<PathBuf>| a.is_some() && a == b;
        is_one(paths::real(&known), paths::real(path))
            || (same_but_for_case(&known, path) && walk::is_one_file(&known, path))
    }

    /// How probable it is that the row's file is now at `path`: the greater, the nearer.
    fn nearness(&self, file: &AudioFile, path: &Path) -> impl Ord + use<> {
        let known = paths::from_bytes(&self.path);
        let shared = known
            .components()
            .zip(path.components())
            .take_while(|(a, b)| a == b)
            .count();
        (
            // What was there at the last scan went just now.
            !self.missing,
            (self.size, self.mtime_ns) == (file.size, file.mtime_ns),
            known.file_name() == path.file_name(),
            same_but_for_case(&known, path),
            shared,
        )
    }
}

fn same_but_for_case(a: &Path, b: &Path) -> bool {
    a.to_string_lossy().to_lowercase() == b.to_string_lossy().to_lowercase()
}

/// The rows of a recording up to `before`, with what the disk says of their files.
fn read(
    db: &Connection,
    recording: i64,
    before: i64,
    audio: AudioHash,
) -> rusqlite::Result<Vec<Row>> {
    let mut statement = db.prepare_cached(
        "SELECT id, album_id, path, size, mtime_ns, missing, ctime_ns, span_start_ns, span_end_ns FROM tracks
         WHERE recording_id = ? AND id <= ?",
    )?;
    let rows = statement.query_map([recording, before], |row| {
        let mut known = Row {
            id: row.get(0)?,
            album: row.get(1)?,
            path: row.get(2)?,
            size: row.get(3)?,
            mtime_ns: row.get(4)?,
            missing: row.get(5)?,
            free: false,
        };
        known.free = is_elsewhere(&known, row.get(6)?, span(row, 7)?, audio);
        Ok(known)
    })?;
    rows.collect()
}

/// Whether a row's file, which held `audio`, is not where it was: gone, or another file is there.
fn is_elsewhere(row: &Row, ctime_ns: i64, span: FileSpan, audio: AudioHash) -> bool {
    if paths::is_displaced(&row.path) {
        return true;
    }
    let path = paths::from_bytes(&row.path);
    match path.symlink_metadata() {
        Err(error) => paths::is_gone(&error),
        // What cannot be looked at is not gone; what looks as before is there; of the rest the audio tells.
        Ok(_) => path.metadata().is_ok_and(|metadata| {
            walk::look(&metadata) != (row.size, row.mtime_ns, ctime_ns)
                && audio_hash(&path).is_ok_and(|now| hash_of_stretch(now, span) != audio)
        }),
    }
}
