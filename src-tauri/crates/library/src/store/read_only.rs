//! Opening a database that cannot be written: on a full disk, in a write-protected folder, on a medium that is read-only.
//! What is in it can still be read, listed and exported.
//!
//! In write-ahead logging SQLite needs a file of shared memory beside the database, which is what cannot be made there.
//! Source: <https://www.sqlite.org/wal.html>, sections "Use of WAL Without Shared-Memory" and "Read-Only Databases".

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::connection::prepare;
use super::migrations;

/// A way to read without writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadOnlyMode {
    /// The shared memory is there already.
    Shared,
    /// All is in the database file, which nobody writes: there is no log of changes beside it.
    Whole,
    /// There is a log of changes, and the index of it is kept in this process' own memory.
    Alone,
    /// There is a log of changes that cannot be read: the latest changes are not seen.
    WithoutLog,
}

impl ReadOnlyMode {
    /// Connects to `path`.
    pub(super) fn connect(self, path: &Path) -> rusqlite::Result<Connection> {
        let reading = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = match self {
            Self::Shared => Connection::open_with_flags(path, reading)?,
            Self::Whole | Self::WithoutLog => {
                let uri = format!("file:{}?immutable=1", escaped(path));
                Connection::open_with_flags(uri, reading | OpenFlags::SQLITE_OPEN_URI)?
            }
            Self::Alone => {
                let db = Connection::open(path)?;
                db.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
                db
            }
        };
        prepare(&db)?;
        db.pragma_update(None, "query_only", true)?;
        Ok(db)
    }

    /// The first way by which a database of this Segue's version can be read.
    pub(super) fn find(path: &Path) -> Option<Self> {
        let log = path.with_extension("db-wal").metadata();
        let has_log = log.is_ok_and(|log| log.len() > 0);
        let ways: &[Self] = match has_log {
            false => &[Self::Shared, Self::Whole],
            true => &[Self::Shared, Self::Alone, Self::WithoutLog],
        };
        let reads = |way: &&Self| {
            let version = way.connect(path).and_then(|db| migrations::version(&db));
            version.is_ok_and(|version| version == migrations::LATEST)
        };
        ways.iter().find(reads).copied()
    }
}

/// A path as it stands in a URI.
fn escaped(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let escaped = text
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23");
    // `C:/…` needs a slash in front.
    if escaped.starts_with('/') {
        escaped
    } else {
        format!("/{escaped}")
    }
}
