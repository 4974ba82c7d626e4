//! The row of a recording: found or made, and the opinion that holds.

use rusqlite::{Connection, OptionalExtension, params};
use segue_core::{AudioHash, Timestamp};

use super::micros;

/// A stated length that is nearer to the counted one than this, in seconds, stands: formats differ in what they count.
pub(super) const LENGTH_NEAR_S: f64 = 0.05;

/// The row of a recording, made if there is none yet.
pub(super) fn recording(db: &Connection, audio: AudioHash) -> rusqlite::Result<i64> {
    recording_or_new(db, audio).map(|(id, _)| id)
}

/// The row of a recording, and whether it was made just now.
pub(super) fn recording_or_new(db: &Connection, audio: AudioHash) -> rusqlite::Result<(i64, bool)> {
    let found = db
        .prepare_cached("SELECT id FROM recordings WHERE audio = ?")?
        .query_row([audio.0.as_slice()], |row| row.get(0))
        .optional()?;
    match found {
        Some(id) => Ok((id, false)),
        None => {
            db.prepare_cached("INSERT INTO recordings (audio) VALUES (?)")?
                .execute([audio.0.as_slice()])?;
            Ok((db.last_insert_rowid(), true))
        }
    }
}

/// The latest opinion holds, in whichever order they arrive; of the recording, and of the one in its place.
pub(super) fn opine(
    db: &Connection,
    recording: i64,
    rating: Option<&str>,
    at: Timestamp,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE recordings SET rating = ?1, rated_at = ?2
         WHERE id IN (?3, (SELECT superseded_by FROM recordings WHERE id = ?3)) AND coalesce(rated_at, ?2) <= ?2",
    )?
    .execute(params![rating, micros(at), recording])
    .map(drop)
}
