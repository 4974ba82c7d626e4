//! Opening the library of a data folder: its database is made, brought up to date, or opened for reading alone.

use std::path::Path;

use rusqlite::Connection;
use segue_core::{DataDirFault, LibraryAction, LibraryError};

use super::connection::connect;
use super::migrations::DatabaseHeader;
use super::{Library, explain, folded, migrations, read_only, revision};
use crate::paths::shown;

/// The database file's name in the data folder.
pub(super) const FILE_NAME: &str = "segue.db";
impl Library {
    /// Opens or creates the library in `data_dir`, and brings an older database up to date. One that cannot be written
    /// is opened for reading alone, and [`read_only`](Self::read_only) tells why.
    pub fn open(data_dir: &Path) -> Result<Self, LibraryError> {
        Self::open_to_write(data_dir).or_else(|error| {
            if !matches!(
                error,
                LibraryError::DataDir { .. } | LibraryError::Database { .. }
            ) {
                return Err(error);
            }
            let data_dir = crate::paths::absolute(data_dir);
            let path = data_dir.join(FILE_NAME);
            let Some(way) = read_only::ReadOnlyMode::find(&path) else {
                return Err(error);
            };
            // Nothing is written with it; a place in memory for the one that would.
            let writer = Connection::open_in_memory()
                .map_err(|error| explain(error, &path, LibraryAction::OpenDatabase))?;
            Ok(Self::of(data_dir, path, writer, Some((way, error))))
        })
    }

    fn open_to_write(data_dir: &Path) -> Result<Self, LibraryError> {
        let data_dir = crate::paths::absolute(data_dir);
        let unwritable = |error: std::io::Error| LibraryError::DataDir {
            action: LibraryAction::OpenDatabase,
            path: shown(&data_dir),
            why: DataDirFault::Unwritable {
                detail: error.to_string(),
            },
        };
        std::fs::create_dir_all(&data_dir).map_err(unwritable)?;
        let path = data_dir.join(FILE_NAME);
        match migrations::peek(&path).map_err(unwritable)? {
            Some(DatabaseHeader::Foreign) => {
                return Err(LibraryError::Damaged {
                    path: shown(&path),
                    detail: None,
                });
            }
            Some(DatabaseHeader::Version(found)) if found > migrations::LATEST => {
                return Err(LibraryError::Newer {
                    path: shown(&path),
                    found,
                    known: migrations::LATEST,
                });
            }
            _ => {}
        }
        let explain = |error| explain(error, &path, LibraryAction::OpenDatabase);
        let mut writer = connect(&path).map_err(explain)?;
        if writer.is_readonly("main").map_err(explain)? {
            return Err(LibraryError::DataDir {
                action: LibraryAction::OpenDatabase,
                path: shown(&path),
                why: DataDirFault::WriteProtected,
            });
        }
        writer
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(explain)?;
        migrations::migrate(&mut writer).map_err(explain)?;
        // A newer Segue may run right now, its migration still in the write-ahead log.
        let found = migrations::version(&writer).map_err(explain)?;
        if found > migrations::LATEST {
            return Err(LibraryError::Newer {
                path: shown(&path),
                found,
                known: migrations::LATEST,
            });
        }
        folded::renew(&mut writer).map_err(explain)?;
        let library = Self::of(data_dir, path, writer, None);
        library.read(LibraryAction::OpenDatabase, revision)?;
        Ok(library)
    }
}
