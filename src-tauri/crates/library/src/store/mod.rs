//! The one SQLite database: opening it, one writer, a few readers, and the count of changes.
//!
//! Write-ahead logging with `synchronous = NORMAL`: a killed process loses nothing that was committed, a power
//! cut at most the last batches of a scan, which the next scan does again. What cannot be made again — plays,
//! opinions, settings, the queue — is committed with `synchronous = FULL`, that is with an fsync.

pub(crate) mod albums;
pub(crate) mod changes;
mod conditions;
mod connection;
mod credits;
#[cfg(any(test, feature = "failing"))]
mod failing;
mod feedback;
mod folded;
mod forgotten;
mod functions;
pub(crate) mod identity;
pub(crate) mod log;
mod loudness;
pub(crate) mod matching;
mod measures;
mod migrations;
mod opening;
pub(crate) mod playlists;
pub(crate) mod plays;
pub(crate) mod query;
pub(crate) mod queue;
mod read_only;
pub(crate) mod reading;
mod recording;
pub(crate) mod recordings;
pub(crate) mod rows;
mod selection;
mod settings;
mod spelling;
pub(crate) mod superseded;
pub(crate) mod tallies;
pub(crate) mod tracks;
pub(crate) mod vectors;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, ErrorCode as SqliteCode, Transaction, TransactionBehavior};
use segue_core::{DataDirFault, LibraryAction, LibraryError, Timestamp, with_causes};

use crate::paths::shown;
use connection::{CACHE_KIB, connect};

/// The same of a writer that writes much: the indexes of 50,000 tracks, each of which is put at a place of its own.
const CACHE_MUCH_KIB: i64 = 48 * 1024;
/// Pages that gather in the write-ahead log before they are carried over: SQLite's own number, and that of a writer that
/// writes much, as the same pages of the indexes are written again and again.
const GATHERED: i64 = 1000;
const GATHERED_MUCH: i64 = 8000;
/// Idle read connections kept for the next reader.
const READERS_MAX: usize = 4;

/// The library of one data folder. Shared between threads by reference; opening it twice is fine too.
pub struct Library {
    data_dir: PathBuf,
    path: PathBuf,
    /// How it is read where it cannot be written, and why not.
    read_only: Option<(read_only::ReadOnlyMode, LibraryError)>,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
    revision_seen: AtomicU64,
    /// Held by a scan: two at once would read every file twice.
    pub(crate) scanning: Mutex<()>,
    /// Whether tracks changed since the places of playlists were matched; a new process does not know.
    pub(crate) places_due: AtomicBool,
}

/// How safely a change is committed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Survives the death of the process.
    Process,
    /// Survives a power cut.
    Power,
}

impl Library {
    /// Why the library can be read and not changed, if that is so.
    pub fn read_only(&self) -> Option<&LibraryError> {
        self.read_only.as_ref().map(|(_, reason)| reason)
    }

    fn of(
        data_dir: PathBuf,
        path: PathBuf,
        writer: Connection,
        read_only: Option<(read_only::ReadOnlyMode, LibraryError)>,
    ) -> Self {
        Self {
            data_dir,
            path,
            read_only,
            writer: Mutex::new(writer),
            readers: Mutex::new(Vec::new()),
            revision_seen: AtomicU64::new(0),
            scanning: Mutex::new(()),
            places_due: AtomicBool::new(true),
        }
    }

    /// The folder this library lives in.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// A number that grows with each change of what the library shows, whichever process made it.
    pub fn revision(&self) -> u64 {
        match self.read(LibraryAction::ReadRevision, revision) {
            Ok(now) => {
                self.revision_seen.store(now, Ordering::Relaxed);
                now
            }
            Err(_) => self.revision_seen.load(Ordering::Relaxed),
        }
    }

    /// SQLite's integrity check of the whole file: `ok`, or what is wrong. Takes seconds on a large library.
    pub fn check(&self) -> Result<String, LibraryError> {
        // A connection of its own: the check of the search index believes what a used connection remembers of the index,
        // and calls it damaged once another connection has written.
        let check = || {
            // The only one that a library alone may have is in use, or idle.
            lock(&self.readers).clear();
            let db = self.reader()?;
            let mut statement = db.prepare("PRAGMA integrity_check(20)")?;
            let lines = statement.query_map([], |row| row.get::<_, String>(0))?;
            Ok(lines.collect::<rusqlite::Result<Vec<_>>>()?.join("; "))
        };
        check().map_err(|error| explain(error, &self.path, LibraryAction::CheckDatabase))
    }

    fn reader(&self) -> rusqlite::Result<Connection> {
        match &self.read_only {
            Some((way, _)) => way.connect(&self.path),
            None => {
                let db = connect(&self.path)?;
                db.pragma_update(None, "query_only", true)?;
                Ok(db)
            }
        }
    }

    /// Runs `query` on a read connection.
    pub(crate) fn read<T>(
        &self,
        action: LibraryAction,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, LibraryError> {
        let idle = lock(&self.readers).pop();
        let run = || {
            let db = match idle {
                Some(db) => db,
                None => self.reader()?,
            };
            // One snapshot for all the statements of one question.
            let answer = {
                let snapshot = db.unchecked_transaction()?;
                query(&snapshot)?
            };
            let mut readers = lock(&self.readers);
            if readers.len() < READERS_MAX {
                readers.push(db);
            }
            Ok(answer)
        };
        run().map_err(|error| explain(error, &self.path, action))
    }

    /// Runs `change` in a write transaction: all of it happens, or nothing.
    pub(crate) fn write<T>(
        &self,
        action: LibraryAction,
        durability: Durability,
        change: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
    ) -> Result<T, LibraryError> {
        if let Some((_, cause)) = &self.read_only {
            return Err(LibraryError::DataDir {
                action,
                path: shown(&self.path),
                why: DataDirFault::OpenedReadOnly {
                    cause: Box::new(cause.clone()),
                },
            });
        }
        // A database that was taken away would swallow what is written.
        if !self.path.exists() {
            return Err(LibraryError::DataDir {
                action,
                path: shown(&self.path),
                why: DataDirFault::TakenAway,
            });
        }
        let mut db = lock(&self.writer);
        let run = |db: &mut Connection| {
            if durability == Durability::Power {
                db.pragma_update(None, "synchronous", "FULL")?;
            }
            let outcome = (|| {
                let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
                let answer = change(&transaction)?;
                transaction.commit()?;
                Ok(answer)
            })();
            if durability == Durability::Power {
                db.pragma_update(None, "synchronous", "NORMAL")?;
            }
            outcome
        };
        run(&mut db).map_err(|error| explain(error, &self.path, action))
    }
}

/// As long as it lives, the writer is set to write much.
pub(crate) struct WritingMuch<'a>(&'a Library);

impl Library {
    /// Sets the writer to write much. It only becomes faster, so that a failure changes nothing.
    pub(crate) fn write_much(&self) -> WritingMuch<'_> {
        self.set_writer(CACHE_MUCH_KIB, GATHERED_MUCH);
        WritingMuch(self)
    }

    fn set_writer(&self, cache_kib: i64, gathered: i64) {
        let db = lock(&self.writer);
        for (name, value) in [("cache_size", -cache_kib), ("wal_autocheckpoint", gathered)] {
            if let Err(error) = db.pragma_update(None, name, value) {
                tracing::debug!(%error, name, "the writer stays as it is");
            }
        }
    }
}

impl Drop for WritingMuch<'_> {
    fn drop(&mut self) {
        self.0.set_writer(CACHE_KIB, GATHERED);
    }
}

/// Marks that what the library shows has changed.
pub(crate) fn bump(db: &Connection) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE revision SET n = n + 1")?
        .execute([])
        .map(drop)
}

/// A lock whose holder panicked still guards consistent data: a transaction is rolled back when dropped.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Microseconds since 1970, as instants are stored.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// Reads [`micros`] back.
pub(crate) fn instant(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn revision(db: &Connection) -> rusqlite::Result<u64> {
    db.prepare_cached("SELECT n FROM revision")?
        .query_row([], |row| row.get::<_, i64>(0))
        .map(|n| n as u64)
}

/// What the disk is like where SQLite says this.
fn disk_fault(code: SqliteCode, detail: &str) -> Option<DataDirFault> {
    let detail = detail.to_owned();
    match code {
        SqliteCode::DiskFull => Some(DataDirFault::DiskFull { detail }),
        SqliteCode::ReadOnly => Some(DataDirFault::ReadOnly { detail }),
        SqliteCode::CannotOpen => Some(DataDirFault::NoNewFiles { detail }),
        SqliteCode::SystemIoFailure => Some(DataDirFault::DiskFailed { detail }),
        _ => None,
    }
}

/// Tells a damaged or write-protected database from all else that SQLite may say.
fn explain(error: rusqlite::Error, path: &Path, action: LibraryAction) -> LibraryError {
    let (path, detail) = (shown(path), with_causes(&error));
    match error.sqlite_error_code() {
        Some(SqliteCode::DatabaseCorrupt | SqliteCode::NotADatabase) => LibraryError::Damaged {
            path,
            detail: Some(detail),
        },
        code => match code.and_then(|code| disk_fault(code, &detail)) {
            Some(why) => LibraryError::DataDir { action, path, why },
            None => LibraryError::Database { action, detail },
        },
    }
}

#[cfg(any(test, feature = "failing"))]
pub use failing::Failing;

#[cfg(test)]
mod tests;
