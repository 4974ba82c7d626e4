//! What was measured over whole recordings, and what is still to be measured.

use rusqlite::{Connection, Row, params};
use segue_core::{
    AudioHash, FailedFile, FileFault, LibraryAction, LibraryError, Measures, Timestamp, TrackId,
    Waveform,
};

use super::reading::failed_file;
use super::recording::{LENGTH_NEAR_S, recording};
use super::vectors::Unanalyzed;
use super::{Durability, Library, albums, bump, micros, plays};

impl Library {
    /// Keeps what was measured over a recording. Its counted length takes the place of one that a header only guessed, and
    /// plays that waited for a song of this length find it.
    pub fn put_measures(&self, audio: AudioHash, measures: &Measures) -> Result<(), LibraryError> {
        let waveform = [&measures.waveform.peak[..], &measures.waveform.rms[..]].concat();
        self.write(LibraryAction::SaveMeasures, Durability::Process, |db| {
            let recording = recording(db, audio)?;
            db.prepare_cached(
                "INSERT OR REPLACE INTO measures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )?
            .execute(params![
                recording,
                Measures::VERSION,
                measures.loudness_lufs,
                measures.true_peak_dbtp,
                measures.intro_lufs,
                measures.outro_lufs,
                measures.leading_silence_s,
                measures.trailing_silence_s,
                waveform,
                measures.duration_s
            ])?;
            if let Some(counted_s) = measures.duration_s {
                correct_length(db, recording, counted_s)?;
            }
            db.prepare_cached("UPDATE recordings SET loudness_lufs = ? WHERE id = ?")?
                .execute(params![measures.loudness_lufs, recording])?;
            db.prepare_cached("DELETE FROM measure_failures WHERE recording_id = ?")?
                .execute([recording])?;
            bump(db)
        })
    }

    /// Notes that a recording could not be measured, so that it is not tried again and again.
    pub fn put_measure_failure(
        &self,
        audio: AudioHash,
        why: &FileFault,
    ) -> Result<(), LibraryError> {
        self.write(LibraryAction::SaveMeasures, Durability::Process, |db| {
            let recording = recording(db, audio)?;
            let values = params![
                recording,
                Measures::VERSION,
                why.to_stored(),
                micros(Timestamp::now())
            ];
            db.prepare_cached("INSERT OR REPLACE INTO measure_failures VALUES (?, ?, ?, ?)")?
                .execute(values)?;
            bump(db)
        })
    }

    /// Forgets all that was measured, and what was refused: everything is to be measured anew.
    pub fn clear_measures(&self) -> Result<(), LibraryError> {
        self.write(LibraryAction::ForgetMeasures, Durability::Process, |db| {
            db.execute_batch(
                "DELETE FROM measures; DELETE FROM measure_failures; UPDATE recordings SET loudness_lufs = NULL",
            )?;
            bump(db)
        })
    }

    /// Up to `limit` recordings that were neither measured nor refused by this Segue's way of measuring, one present
    /// file each. Files on folders that are offline are left out.
    pub fn unmeasured(&self, limit: u32) -> Result<Vec<Unanalyzed>, LibraryError> {
        let offline = self.offline()?;
        self.read(LibraryAction::ReadMeasures, |db| {
            let mut statement = db.prepare_cached(
                "SELECT r.audio, t.id, t.path, t.span_start_ns, t.span_end_ns FROM recordings r CROSS JOIN tracks t ON t.recording_id = r.id
                 WHERE NOT t.missing
                   AND NOT EXISTS (SELECT 1 FROM measures m WHERE m.recording_id = r.id AND m.version >= ?1)
                   AND NOT EXISTS (SELECT 1 FROM measure_failures f WHERE f.recording_id = r.id AND f.version >= ?1)
                 ORDER BY r.id, t.id",
            )?;
            Unanalyzed::first_files(statement.query([Measures::VERSION])?, &offline, limit)
        })
    }

    /// The recordings that could not be measured, each by its first file.
    pub fn measure_failures(&self) -> Result<Vec<FailedFile>, LibraryError> {
        self.read(LibraryAction::ReadFailures, |db| {
            let mut statement = db.prepare_cached(
                "SELECT t.path, f.reason, min(t.id) FROM measure_failures f JOIN tracks t USING (recording_id)
                 GROUP BY f.recording_id ORDER BY 1",
            )?;
            statement.query_map([], failed_file)?.collect()
        })
    }

    /// What was measured over a track's recording, if it was.
    pub fn measures(&self, track: TrackId) -> Result<Option<Measures>, LibraryError> {
        self.read(LibraryAction::ReadMeasures, |db| {
            let mut statement = db.prepare_cached(
                "SELECT m.loudness_lufs, m.true_peak_dbtp, m.intro_lufs, m.outro_lufs, m.leading_silence_s,
                        m.trailing_silence_s, m.waveform, m.duration_s
                 FROM measures m JOIN tracks t USING (recording_id) WHERE t.id = ?",
            )?;
            statement.query_map([track.0], measures)?.next().transpose()
        })
    }
}

fn measures(row: &Row) -> rusqlite::Result<Measures> {
    let waveform = row.get_ref(6)?.as_blob()?;
    let (peak, rms) = waveform.split_at(waveform.len() / 2);
    Ok(Measures {
        loudness_lufs: row.get(0)?,
        true_peak_dbtp: row.get(1)?,
        intro_lufs: row.get(2)?,
        outro_lufs: row.get(3)?,
        leading_silence_s: row.get(4)?,
        trailing_silence_s: row.get(5)?,
        duration_s: row.get(7)?,
        waveform: Waveform {
            peak: peak.to_vec(),
            rms: rms.to_vec(),
        },
    })
}

/// Gives the tracks of a recording the length that was counted, where they state another.
fn correct_length(db: &Connection, recording: i64, counted_s: f64) -> rusqlite::Result<()> {
    let mut corrected = db.prepare_cached(
        "UPDATE tracks SET duration_s = ?2 WHERE recording_id = ?1 AND abs(duration_s - ?2) > ?3
         RETURNING id, album_id",
    )?;
    let tracks = corrected
        .query_map(params![recording, counted_s, LENGTH_NEAR_S], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<Vec<(i64, Option<i64>)>>>()?;
    let ids: Vec<i64> = tracks.iter().map(|(id, _)| *id).collect();
    for album in tracks.iter().filter_map(|(_, album)| *album) {
        albums::refresh(db, album)?;
    }
    plays::match_waiting(db, &ids)
}
