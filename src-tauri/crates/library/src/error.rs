//! What can go wrong in the library, and what the window should do about it.

use std::io;
use std::path::PathBuf;

use segue_core::ErrorCode;

/// A failure of a whole operation. Files that fail one by one are named in the reports instead.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// A folder that was to be added cannot be used.
    #[error("cannot use {path} as a music folder: {reason}", path = .path.display())]
    Folder {
        /// The folder as it was given.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A file cannot be read.
    #[error("cannot read {path}: {source}", path = .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The folder for Segue's own data cannot be written.
    #[error(
        "cannot {action}: the data folder cannot be written at {path}: {reason}; choose another with --data-dir",
        path = .path.display()
    )]
    DataDir {
        /// What was attempted.
        action: &'static str,
        /// The folder or the file in it.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// The database was written by a newer Segue. It was left as it is.
    #[error(
        "the database {path} is of version {found} and this Segue knows up to {known}; use the newer Segue, or another data folder",
        path = .path.display()
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The database cannot be read as one.
    #[error(
        "the database {path} is damaged: {reason}; move it away and scan again, or restore it from a backup",
        path = .path.display()
    )]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        reason: String,
    },
    /// SQLite refused.
    #[error("cannot {action}: {source}")]
    Database {
        /// What was attempted.
        action: &'static str,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A stored value is not what it should be.
    #[error("the stored value of {what} cannot be read: {reason}")]
    Value {
        /// Which value.
        what: String,
        /// Why not.
        reason: String,
    },
    /// The folders cannot be watched.
    #[error("cannot watch {path}: {reason}", path = .path.display())]
    Watch {
        /// The folder.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
}

impl LibraryError {
    /// What the window does about it.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Folder { .. } => ErrorCode::NotFound,
            Self::File { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                ErrorCode::NotFound
            }
            Self::DataDir { .. }
            | Self::Newer { .. }
            | Self::Damaged { .. }
            | Self::Database { .. } => ErrorCode::Database,
            Self::File { .. } | Self::Value { .. } | Self::Watch { .. } => ErrorCode::Other,
        }
    }
}
