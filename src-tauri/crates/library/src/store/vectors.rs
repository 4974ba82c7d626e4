//! What was heard: vectors and tags by recording and model, tempo and key by recording, and what is still to be heard.

use std::collections::HashMap;
use std::path::PathBuf;

use half::f16;
use rusqlite::{Connection, OptionalExtension, Rows, params};
use segue_core::{
    AudioHash, Descriptors, Embedding, FailedFile, FileFault, FileSpan, LibraryAction,
    LibraryError, ModelId, TagScore, Timestamp, Track, TrackId,
};

use super::reading::{failed_file, root_paths, span};
use super::recording::recording;
use super::{Durability, Library, bump, micros};
use crate::paths;

/// Set in a stored tag's id if the tag is heard plainly.
const PRESENT: u16 = 1 << 15;

/// A recording that waits to be heard or measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanalyzed {
    /// The recording.
    pub audio: AudioHash,
    /// One of its tracks.
    pub track: TrackId,
    /// Where that track lies.
    pub path: PathBuf,
    /// Which stretch of the file it is.
    pub span: FileSpan,
}

impl Unanalyzed {
    /// The first file of each recording among rows of `(audio, track, path, span)` in the recordings' order, without those
    /// beneath `offline`.
    pub(super) fn first_files(
        mut rows: Rows,
        offline: &[Vec<u8>],
        limit: u32,
    ) -> rusqlite::Result<Vec<Self>> {
        let mut found: Vec<Self> = Vec::new();
        while found.len() < limit as usize
            && let Some(row) = rows.next()?
        {
            let audio = AudioHash(row.get(0)?);
            let path = row.get_ref(2)?.as_blob()?;
            let again = found.last().is_some_and(|last| last.audio == audio);
            if !again && !offline.iter().any(|root| paths::within(path, root)) {
                found.push(Self {
                    audio,
                    track: TrackId(row.get(1)?),
                    path: paths::from_bytes(path),
                    span: span(row, 3)?,
                });
            }
        }
        Ok(found)
    }
}

impl Library {
    /// Keeps what was heard in a recording: by a model, and of tempo and key.
    pub fn put_analysis(
        &self,
        audio: AudioHash,
        embedding: &Embedding,
        ends: &[Embedding; 2],
        tags: &[TagScore],
        descriptors: &Descriptors,
    ) -> Result<(), LibraryError> {
        let half = |embedding: &Embedding| -> Vec<u8> {
            let values = embedding.values().iter();
            values
                .flat_map(|v| f16::from_f32(*v).to_le_bytes())
                .collect()
        };
        let (value, ends) = (half(embedding), ends.each_ref().map(half).concat());
        self.write(LibraryAction::SaveAnalyses, Durability::Process, |db| {
            let model = model(db, embedding.model())?;
            let recording = recording(db, audio)?;
            db.prepare_cached("DELETE FROM tagged WHERE model_id = ? AND recording_id = ?")?
                .execute([model, recording])?;
            let mut heard = Vec::with_capacity(tags.len() * 4);
            let mut sorted: Vec<&TagScore> = tags.iter().collect();
            sorted.sort_by(|a, b| b.p.total_cmp(&a.p));
            for tag in sorted {
                // Names are a model's vocabulary, some hundreds; what did not fit could not be read back.
                let id = tag_name(db, &tag.name)?;
                let Some(short) = u16::try_from(id).ok().filter(|short| *short < PRESENT) else {
                    continue;
                };
                let mark = if tag.present { PRESENT } else { 0 };
                heard.extend((short | mark).to_le_bytes());
                heard.extend(f16::from_f32(tag.p).to_le_bytes());
                if tag.present {
                    db.prepare_cached("INSERT OR IGNORE INTO tagged VALUES (?, ?, ?)")?
                        .execute([model, id, recording])?;
                }
            }
            db.prepare_cached("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)")?
                .execute(params![model, recording, value, heard])?;
            db.prepare_cached("INSERT OR REPLACE INTO ends VALUES (?, ?, ?)")?
                .execute(params![model, recording, ends])?;
            db.prepare_cached(
                "UPDATE recordings SET bpm = ?, musical_key = ?, described = ? WHERE id = ?",
            )?
            .execute(params![
                descriptors.bpm,
                descriptors.key.map(|key| key.to_string()),
                Descriptors::VERSION,
                recording
            ])?;
            db.prepare_cached(
                "DELETE FROM analysis_failures WHERE model_id = ? AND recording_id = ?",
            )?
            .execute([model, recording])?;
            bump(db)
        })
    }

    /// Notes that a recording could not be analysed, so that it is not tried again and again.
    pub fn put_analysis_failure(
        &self,
        audio: AudioHash,
        model_id: &ModelId,
        why: &FileFault,
    ) -> Result<(), LibraryError> {
        self.write(LibraryAction::SaveAnalyses, Durability::Process, |db| {
            let model = model(db, model_id)?;
            let recording = recording(db, audio)?;
            db.prepare_cached("INSERT OR REPLACE INTO analysis_failures VALUES (?, ?, ?, ?)")?
                .execute(params![
                    model,
                    recording,
                    why.to_stored(),
                    micros(Timestamp::now())
                ])?;
            bump(db)
        })
    }

    /// Forgets all that a model heard, and what it refused: everything is to be heard anew.
    pub fn clear_analyses(&self, model_id: &ModelId) -> Result<(), LibraryError> {
        self.write(LibraryAction::ForgetAnalyses, Durability::Process, |db| {
            for table in ["vectors", "ends", "analysis_failures", "tagged"] {
                let sql = format!(
                    "DELETE FROM {table} WHERE model_id = (SELECT id FROM models WHERE name = ?)"
                );
                db.execute(&sql, [&model_id.0])?;
            }
            bump(db)
        })
    }

    /// Up to `limit` recordings that have neither a vector of this model nor a failure, or whose tempo and key were not
    /// sought by this Segue's way; one present file each. Files on folders that are offline are left out.
    pub fn unanalyzed(
        &self,
        model_id: &ModelId,
        limit: u32,
    ) -> Result<Vec<Unanalyzed>, LibraryError> {
        let offline = self.offline()?;
        self.read(LibraryAction::ReadAnalyses, |db| {
            let mut statement = db.prepare_cached(
                "WITH model AS (SELECT id FROM models WHERE name = ?1)
                 SELECT r.audio, t.id, t.path, t.span_start_ns, t.span_end_ns FROM recordings r CROSS JOIN tracks t ON t.recording_id = r.id
                 WHERE NOT t.missing
                   AND (coalesce(r.described, 0) < ?2
                     OR NOT EXISTS (SELECT 1 FROM vectors v WHERE v.model_id = (SELECT id FROM model) AND v.recording_id = r.id))
                   AND NOT EXISTS (SELECT 1 FROM analysis_failures f WHERE f.model_id = (SELECT id FROM model) AND f.recording_id = r.id)
                 ORDER BY r.id, t.id",
            )?;
            Unanalyzed::first_files(statement.query(params![&model_id.0, Descriptors::VERSION])?, &offline, limit)
        })
    }

    /// Tracks whose recording has a vector of this model: copies count one by one.
    pub fn heard_tracks(&self, model_id: &ModelId) -> Result<u64, LibraryError> {
        self.read(LibraryAction::ReadAnalyses, |db| {
            db.prepare_cached(
                "SELECT count(*) FROM tracks t JOIN vectors v ON v.recording_id = t.recording_id
                 WHERE v.model_id = (SELECT id FROM models WHERE name = ?)",
            )?
            .query_row([&model_id.0], |row| row.get::<_, i64>(0))
            .map(|count| count as u64)
        })
    }

    /// Recordings that have a vector of this model.
    pub fn analyzed_count(&self, model_id: &ModelId) -> Result<u64, LibraryError> {
        self.read(LibraryAction::ReadAnalyses, |db| {
            db.prepare_cached(
                "SELECT count(*) FROM vectors WHERE model_id = (SELECT id FROM models WHERE name = ?)",
            )?
            .query_row([&model_id.0], |row| row.get::<_, i64>(0))
            .map(|n| n as u64)
        })
    }

    /// Recordings with a vector of the `old` model and a file at hand that the `new` one has neither heard nor
    /// refused. Files on folders that are offline are left out: they cannot be heard, nor played.
    pub fn uncovered(&self, new: &ModelId, old: &ModelId) -> Result<u64, LibraryError> {
        self.count_uncovered(new, old, u64::MAX)
    }

    /// Whether nothing is [uncovered](Self::uncovered); ends at the first recording that is.
    pub fn covers(&self, new: &ModelId, old: &ModelId) -> Result<bool, LibraryError> {
        Ok(self.count_uncovered(new, old, 1)? == 0)
    }

    fn count_uncovered(
        &self,
        new: &ModelId,
        old: &ModelId,
        enough: u64,
    ) -> Result<u64, LibraryError> {
        let offline = self.offline()?;
        self.read(LibraryAction::ReadAnalyses, |db| {
            let mut statement = db.prepare_cached(
                "WITH new AS (SELECT id FROM models WHERE name = ?1)
                 SELECT v.recording_id, t.path FROM vectors v JOIN tracks t ON t.recording_id = v.recording_id
                 WHERE v.model_id = (SELECT id FROM models WHERE name = ?2) AND NOT t.missing
                   AND NOT EXISTS (SELECT 1 FROM vectors n WHERE n.model_id = (SELECT id FROM new) AND n.recording_id = v.recording_id)
                   AND NOT EXISTS (SELECT 1 FROM analysis_failures f WHERE f.model_id = (SELECT id FROM new) AND f.recording_id = v.recording_id)
                 ORDER BY v.recording_id",
            )?;
            let mut rows = statement.query([&new.0, &old.0])?;
            let (mut count, mut last) = (0, None);
            while count < enough
                && let Some(row) = rows.next()?
            {
                let recording: i64 = row.get(0)?;
                let path = row.get_ref(1)?.as_blob()?;
                if last != Some(recording) && !offline.iter().any(|root| paths::within(path, root)) {
                    (count, last) = (count + 1, Some(recording));
                }
            }
            Ok(count)
        })
    }

    /// The vectors of how each of these recordings begins and ends, one after the other, `[2 dim]`; `None` where the model
    /// did not hear them.
    pub fn ends(
        &self,
        model_id: &ModelId,
        recordings: &[AudioHash],
    ) -> Result<Vec<Option<Vec<f32>>>, LibraryError> {
        self.read(LibraryAction::ReadAnalyses, |db| {
            let mut statement = db.prepare_cached(
                "SELECT value FROM ends
                 WHERE model_id = (SELECT id FROM models WHERE name = ?)
                   AND recording_id = (SELECT id FROM recordings WHERE audio = ?)",
            )?;
            let ends = recordings.iter().map(|audio| {
                let stored: Option<Vec<u8>> = statement
                    .query_row(params![model_id.0, audio.0.as_slice()], |row| row.get(0))
                    .optional()?;
                Ok(stored.map(|stored| {
                    let halves = stored.chunks_exact(2);
                    halves
                        .map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32())
                        .collect()
                }))
            });
            ends.collect()
        })
    }

    /// The tags that a model hears plainly in each of these recordings, the most probable first; `None` for one that it
    /// has not heard.
    pub fn plain_tags(
        &self,
        model_id: &ModelId,
        recordings: &[AudioHash],
    ) -> Result<Vec<Option<Vec<String>>>, LibraryError> {
        self.read(LibraryAction::ReadAnalyses, |db| {
            let names = tag_names(db)?;
            let mut statement = db.prepare_cached(
                "SELECT v.tags FROM vectors v
                 WHERE v.model_id = (SELECT id FROM models WHERE name = ?)
                   AND v.recording_id = (SELECT id FROM recordings WHERE audio = ?)",
            )?;
            let plain = recordings.iter().map(|audio| {
                let stored: Option<Vec<u8>> = statement
                    .query_row(params![model_id.0, audio.0.as_slice()], |row| row.get(0))
                    .optional()?;
                Ok(stored.map(|stored| {
                    let tags = stored_tags(&names, &stored).filter(|tag| tag.present);
                    tags.map(|tag| tag.name).collect()
                }))
            });
            plain.collect()
        })
    }

    /// The recordings that could not be analysed, each by its first file, as in [`unanalyzed`](Self::unanalyzed).
    pub fn analysis_failures(&self, model_id: &ModelId) -> Result<Vec<FailedFile>, LibraryError> {
        self.read(LibraryAction::ReadFailures, |db| {
            let mut statement = db.prepare_cached(
                "SELECT t.path, f.reason, min(t.id) FROM analysis_failures f JOIN tracks t USING (recording_id)
                 WHERE f.model_id = (SELECT id FROM models WHERE name = ?) GROUP BY f.recording_id ORDER BY 1",
            )?;
            statement.query_map([&model_id.0], failed_file)?.collect()
        })
    }

    /// Of the folders that hold one of these tracks, those that are not there now. The others are not looked at: a share
    /// that does not answer holds up no page of songs that lie elsewhere.
    pub fn offline_roots(&self, tracks: &[Track]) -> Result<Vec<PathBuf>, LibraryError> {
        let roots = self.read(LibraryAction::ReadFolders, root_paths)?;
        Ok(roots
            .iter()
            .map(|root| paths::from_bytes(root))
            .filter(|root| tracks.iter().any(|track| track.path.starts_with(root)))
            .filter(|root| !crate::walk::online(root, true))
            .collect())
    }

    /// The roots that are not there now.
    pub(crate) fn offline(&self) -> Result<Vec<Vec<u8>>, LibraryError> {
        let roots = self.read(LibraryAction::ReadFolders, root_paths)?;
        Ok(roots
            .into_iter()
            .filter(|root| !crate::walk::online(&paths::from_bytes(root), true))
            .collect())
    }
}

pub(super) fn tag_names(db: &Connection) -> rusqlite::Result<HashMap<u16, String>> {
    db.prepare_cached("SELECT id, name FROM tag_names")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// The tags of a stored list, in its order.
pub(super) fn stored_tags<'a>(
    names: &'a HashMap<u16, String>,
    stored: &'a [u8],
) -> impl Iterator<Item = TagScore> + 'a {
    stored.chunks_exact(4).filter_map(|b| {
        let id = u16::from_le_bytes([b[0], b[1]]);
        Some(TagScore {
            name: names.get(&(id & !PRESENT))?.clone(),
            p: f16::from_le_bytes([b[2], b[3]]).to_f32(),
            present: id & PRESENT != 0,
        })
    })
}

fn model(db: &Connection, id: &ModelId) -> rusqlite::Result<i64> {
    named(db, "models", &id.0)
}

fn tag_name(db: &Connection, name: &str) -> rusqlite::Result<i64> {
    named(db, "tag_names", name)
}

/// The id of a name in a table of names, which learns it.
fn named(db: &Connection, table: &str, name: &str) -> rusqlite::Result<i64> {
    let found = db
        .prepare_cached(&format!("SELECT id FROM {table} WHERE name = ?"))?
        .query_row([name], |row| row.get(0))
        .optional()?;
    match found {
        Some(id) => Ok(id),
        None => {
            db.prepare_cached(&format!("INSERT INTO {table} (name) VALUES (?)"))?
                .execute([name])?;
            Ok(db.last_insert_rowid())
        }
    }
}
