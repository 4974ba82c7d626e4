//! The database's versions. A migration is frozen once released: a mistake is mended by the next one.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

/// `MIGRATIONS[n]` leads from version `n` to `n + 1`.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001.sql"),
    include_str!("../../migrations/0002.sql"),
    include_str!("../../migrations/0003.sql"),
    include_str!("../../migrations/0004.sql"),
    include_str!("../../migrations/0005.sql"),
    include_str!("../../migrations/0006.sql"),
    include_str!("../../migrations/0007.sql"),
    include_str!("../../migrations/0008.sql"),
    include_str!("../../migrations/0009.sql"),
    include_str!("../../migrations/0010.sql"),
    include_str!("../../migrations/0011.sql"),
];

/// The version this Segue writes.
pub(super) const LATEST: i64 = MIGRATIONS.len() as i64;

/// What a file is by its header.
#[derive(Debug, PartialEq)]
pub(super) enum DatabaseHeader {
    /// A database of this version.
    Version(i64),
    /// No file of SQLite's.
    Foreign,
}

/// The version in the header of a database file, without opening it as a database: a newer one must not be
/// touched, and SQLite leaves files beside what it opens. `None` if there is no file yet, or an empty one.
///
/// Source: <https://www.sqlite.org/fileformat.html>, section 1.3: `user_version` at offset 60, big endian.
pub(super) fn peek(path: &Path) -> std::io::Result<Option<DatabaseHeader>> {
    let mut header = Vec::with_capacity(100);
    match File::open(path) {
        Ok(file) => file.take(100).read_to_end(&mut header)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if header.is_empty() {
        return Ok(None);
    }
    if header.len() < 100 || !header.starts_with(b"SQLite format 3\0") {
        return Ok(Some(DatabaseHeader::Foreign));
    }
    let version = u32::from_be_bytes([header[60], header[61], header[62], header[63]]);
    Ok(Some(DatabaseHeader::Version(version.into())))
}

/// The version of an open database.
pub(super) fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings the database to [`LATEST`]; each step is one transaction, and two processes do not do it at once.
pub(super) fn migrate(db: &mut Connection) -> rusqlite::Result<()> {
    while version(db)? < LATEST {
        let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let from = version(&step)?;
        if let Some(sql) = usize::try_from(from)
            .ok()
            .and_then(|from| MIGRATIONS.get(from))
        {
            step.execute_batch(sql)?;
            step.pragma_update(None, "user_version", from + 1)?;
        }
        step.commit()?;
    }
    Ok(())
}
