//! The log of forgetting: stretches of time whose plays teach nothing any more, until that is taken back. Append-only;
//! the plays themselves stay.

use rusqlite::{OptionalExtension, params};
use segue_core::{Forgotten, ForgottenId, LibraryAction, LibraryError, Timestamp};

use super::{Durability, Library, bump, instant, micros};

impl Library {
    /// Forgets what plays taught from `since` on, or all of it, up to `at`.
    pub fn forget(
        &self,
        since: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<ForgottenId, LibraryError> {
        self.write(LibraryAction::ForgetLearned, Durability::Power, |db| {
            db.prepare_cached("INSERT INTO forgotten (at, since) VALUES (?, ?)")?
                .execute(params![micros(at), since.map(micros)])?;
            let id = ForgottenId(db.last_insert_rowid());
            bump(db)?;
            Ok(id)
        })
    }

    /// What was forgotten and not learned again, the latest last.
    pub fn forgotten(&self) -> Result<Vec<Forgotten>, LibraryError> {
        self.read(LibraryAction::ReadForgotten, |db| {
            let mut statement = db.prepare_cached(
                "SELECT id, at, since FROM forgotten f WHERE undoes IS NULL
                   AND NOT EXISTS (SELECT 1 FROM forgotten u WHERE u.undoes = f.id) ORDER BY id",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(Forgotten {
                    id: ForgottenId(row.get(0)?),
                    at: instant(row.get(1)?),
                    since: row.get::<_, Option<i64>>(2)?.map(instant),
                })
            })?;
            rows.collect()
        })
    }

    /// Learns again what was forgotten under this number. `false`: nothing is.
    pub fn remember(&self, id: ForgottenId, at: Timestamp) -> Result<bool, LibraryError> {
        self.write(LibraryAction::LearnAgain, Durability::Power, |db| {
            let holds = db
                .prepare_cached(
                    "SELECT 1 FROM forgotten f WHERE id = ? AND undoes IS NULL
                         AND NOT EXISTS (SELECT 1 FROM forgotten u WHERE u.undoes = f.id)",
                )?
                .query_row([id.0], |_| Ok(()))
                .optional()?
                .is_some();
            if holds {
                db.prepare_cached("INSERT INTO forgotten (at, undoes) VALUES (?, ?)")?
                    .execute(params![micros(at), id.0])?;
                bump(db)?;
            }
            Ok(holds)
        })
    }
}
