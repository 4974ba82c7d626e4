//! The log of plays and the log of opinions. Both are append-only; counts and ratings are a fold over them.
//!
//! A play keeps a snapshot of its subject and is matched to a recording of today (`matching.rs`). A play whose
//! recording is not known yet is matched again when a track comes that may be its own.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use segue_core::{AudioHash, LibraryAction, LibraryError, Play, Rating, Timestamp};

use super::log::{COLUMNS, FiledPlay, append, known, match_one, play};
use super::matching::matched;
use super::reading::{rating_name, rating_named};
use super::recording::{opine, recording};
use super::{Durability, Library, bump, instant, micros, tallies};

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
        let filed = self.file_plays(plays)?;
        Ok(filed.iter().filter(|filed| !filed.known).count())
    }

    /// Appends plays, all or none, and says what became of each.
    pub fn file_plays(&self, plays: &[Play]) -> Result<Vec<FiledPlay>, LibraryError> {
        self.write(LibraryAction::SavePlays, Durability::Power, |db| {
            let filed = plays
                .iter()
                .map(|play| append(db, play))
                .collect::<Result<Vec<_>, _>>()?;
            if filed.iter().any(|filed| !filed.known) {
                bump(db)?;
            }
            Ok(filed)
        })
    }

    /// What [`file_plays`](Self::file_plays) would make of these plays, one by one; nothing is written.
    pub fn look_plays_up(&self, plays: &[Play]) -> Result<Vec<FiledPlay>, LibraryError> {
        self.read(LibraryAction::ReadPlays, |db| {
            plays
                .iter()
                .map(|play| {
                    let found = matched(db, &play.subject)?;
                    Ok(FiledPlay {
                        known: known(db, play, found.recording())?,
                        by: found.by(),
                        recording: found.recording(),
                    })
                })
                .collect()
        })
    }

    /// The whole log in the order of time. `subject.audio` is today's match where the play did not know it.
    pub fn plays(&self) -> Result<Vec<Play>, LibraryError> {
        self.plays_since(Timestamp::MIN)
    }

    /// The log of plays from an instant on, in the order of time.
    pub fn plays_since(&self, since: Timestamp) -> Result<Vec<Play>, LibraryError> {
        self.read(LibraryAction::ReadPlays, |db| {
            let mut statement = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM plays p LEFT JOIN recordings o ON o.id = p.recording_id
                     LEFT JOIN recordings r ON r.id = coalesce(o.superseded_by, o.id)
                 WHERE p.at >= ? ORDER BY p.at, p.id"
            ))?;
            statement.query_map([micros(since)], play)?.collect()
        })
    }

    /// Whether anything was ever played, or counted elsewhere.
    pub fn has_plays(&self) -> Result<bool, LibraryError> {
        self.read(LibraryAction::ReadPlays, |db| {
            db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM plays) OR EXISTS (SELECT 1 FROM tallies)",
            )?
            .query_row([], |row| row.get(0))
        })
    }

    /// The log of opinions in the order of time; opinions that came with plays are in [`plays`](Self::plays).
    pub fn opinions(&self) -> Result<Vec<Opinion>, LibraryError> {
        self.read(LibraryAction::ReadRatings, |db| {
            let mut statement = db.prepare_cached(
                "SELECT o.at, r.audio, o.rating FROM ratings o JOIN recordings of ON of.id = o.recording_id
                     JOIN recordings r ON r.id = coalesce(of.superseded_by, of.id)
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
        self.read(LibraryAction::ReadRatings, |db| {
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
        self.write(LibraryAction::SaveRating, Durability::Power, |db| {
            let recording = recording(db, audio)?;
            let name = rating.map(rating_name);
            db.prepare_cached("INSERT INTO ratings (at, recording_id, rating) VALUES (?, ?, ?)")?
                .execute(params![micros(at), recording, name])?;
            opine(db, recording, name, at)?;
            bump(db)
        })
    }

    /// The recording that a subject means today, and how it was recognised.
    #[cfg(test)]
    pub(crate) fn match_subject(
        &self,
        subject: &segue_core::PlaySubject,
    ) -> Result<Option<(AudioHash, crate::MatchedBy)>, LibraryError> {
        self.read(LibraryAction::MatchPlays, |db| {
            match matched(db, subject)? {
                super::matching::Match::Found(id, by) => db
                    .prepare_cached("SELECT audio FROM recordings WHERE id = ?")?
                    .query_row([id], |row| Ok(Some((AudioHash(row.get(0)?), by)))),
                super::matching::Match::Ambiguous | super::matching::Match::None => Ok(None),
            }
        })
    }
}

/// Matches plays and tallies whose recording was not known before and may be that of one of these tracks: only a new
/// title, or a file at a path that was told, can be what they wait for.
pub(super) fn match_waiting(db: &Connection, tracks: &[i64]) -> rusqlite::Result<()> {
    for table in ["plays", "tallies"] {
        let waits = format!("SELECT 1 FROM {table} WHERE recording_id IS NULL");
        if !db.prepare_cached(&waits)?.exists([])? {
            continue;
        }
        let mut statement = db.prepare_cached(&format!(
            "SELECT w.id FROM tracks t JOIN {table} w ON w.recording_id IS NULL AND w.title_match = t.title_match
             WHERE t.id = ?1
             UNION SELECT w.id FROM tracks t JOIN {table} w ON w.recording_id IS NULL AND w.path = t.path WHERE t.id = ?1"
        ))?;
        let mut waiting = BTreeSet::new();
        for track in tracks {
            let rows = statement.query_map([track], |row| row.get::<_, i64>(0))?;
            for id in rows {
                waiting.insert(id?);
            }
        }
        for id in waiting {
            match table {
                "plays" => match_one(db, id)?,
                _ => tallies::match_one(db, id)?,
            }
        }
    }
    Ok(())
}
