//! Small values by key: settings, what surrounds the queue. What they mean is the app's affair.

use rusqlite::{Connection, OptionalExtension};
use serde_json::Value;

use segue_core::{LibraryAction, LibraryError};

use super::{Durability, Library};

impl Library {
    /// The value under `key`, if there is one.
    pub fn setting(&self, key: &str) -> Result<Option<Value>, LibraryError> {
        let text = self.read(LibraryAction::ReadSettings, |db| {
            db.prepare_cached("SELECT value FROM settings WHERE key = ?")?
                .query_row([key], |row| row.get::<_, String>(0))
                .optional()
        })?;
        text.map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| LibraryError::Value {
                what: key.to_owned(),
                detail: error.to_string(),
            })
    }

    /// Keeps `value` under `key`; null forgets the key.
    pub fn put_setting(&self, key: &str, value: &Value) -> Result<(), LibraryError> {
        self.write(LibraryAction::SaveSettings, Durability::Power, |db| {
            put(db, key, value)
        })
    }
}

/// Keeps `value` under `key`; null forgets the key.
pub(super) fn put(db: &Connection, key: &str, value: &Value) -> rusqlite::Result<()> {
    if value.is_null() {
        db.prepare_cached("DELETE FROM settings WHERE key = ?")?
            .execute([key])
    } else {
        db.prepare_cached("INSERT OR REPLACE INTO settings VALUES (?, ?)")?
            .execute([key, &value.to_string()])
    }
    .map(drop)
}
