//! What can go wrong in the library as a whole, as it leaves that room: an error for programs, and plain data for whoever
//! finds the words.

use serde::{Deserialize, Serialize};

use crate::ErrorCode;

/// A failure of a whole operation. Files that fail one by one are named in the reports instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum LibraryError {
    /// A folder that was to be added cannot be used.
    #[error("no music folder: {path}: {why}")]
    Folder {
        /// The folder as it was given.
        path: String,
        /// Why not.
        why: FolderFault,
    },
    /// The folder for Segue's own data cannot be written.
    #[error("{action}: data folder not writable: {path}: {why}")]
    DataDir {
        /// What was attempted.
        action: LibraryAction,
        /// The folder or the file in it.
        path: String,
        /// Why not.
        why: DataDirFault,
    },
    /// The database was written by a newer Segue. It was left as it is.
    #[error("database newer: {path}: version {found}, known {known}")]
    Newer {
        /// The database.
        path: String,
        /// Its version.
        found: i64,
        /// The newest version known here.
        known: i64,
    },
    /// The database cannot be read as one.
    #[error("database damaged: {path}: {}", detail.as_deref().unwrap_or("not sqlite"))]
    Damaged {
        /// The database.
        path: String,
        /// What SQLite said; `None` where the file is none of SQLite's.
        detail: Option<String>,
    },
    /// SQLite refused.
    #[error("{action}: {detail}")]
    Database {
        /// What was attempted.
        action: LibraryAction,
        /// What SQLite said.
        detail: String,
    },
    /// A stored value is not what it should be.
    #[error("stored value {what}: {detail}")]
    Value {
        /// Which value.
        what: String,
        /// Why not.
        detail: String,
    },
    /// The folders cannot be watched.
    #[error("cannot watch {path}: {detail}")]
    Watch {
        /// The folder.
        path: String,
        /// What the system said.
        detail: String,
    },
}

impl LibraryError {
    /// What the window does about it.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Folder { .. } => ErrorCode::NotFound,
            Self::DataDir { .. }
            | Self::Newer { .. }
            | Self::Damaged { .. }
            | Self::Database { .. } => ErrorCode::Database,
            Self::Value { .. } | Self::Watch { .. } => ErrorCode::Other,
        }
    }
}

/// Why a folder is no music folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum FolderFault {
    /// It cannot be looked at.
    #[error("{detail}")]
    Unreadable {
        /// What the system said.
        detail: String,
    },
    /// It is a file.
    #[error("not a folder")]
    NotAFolder,
    /// Its name is not valid Unicode.
    #[error("name not unicode")]
    NameNotUnicode,
    /// It is hidden in a folder of the library, and what is hidden there is passed over.
    #[error("hidden in {root}")]
    Hidden {
        /// The folder of the library.
        root: String,
    },
}

/// Why the data folder cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum DataDirFault {
    /// The system does not let it.
    #[error("{detail}")]
    Unwritable {
        /// What the system said.
        detail: String,
    },
    /// The disk is full.
    #[error("disk full: {detail}")]
    DiskFull {
        /// What SQLite said.
        detail: String,
    },
    /// The disk is read-only.
    #[error("read-only: {detail}")]
    ReadOnly {
        /// What SQLite said.
        detail: String,
    },
    /// Files cannot be made there, as on a disk that is read-only.
    #[error("no new files: {detail}")]
    NoNewFiles {
        /// What SQLite said.
        detail: String,
    },
    /// The disk does not take what is written, as one that is full.
    #[error("disk failed: {detail}")]
    DiskFailed {
        /// What SQLite said.
        detail: String,
    },
    /// The database file is write-protected.
    #[error("write-protected")]
    WriteProtected,
    /// The database file was taken away while it was in use.
    #[error("database taken away")]
    TakenAway,
    /// The library was opened for reading alone.
    #[error("opened read-only: {cause}")]
    OpenedReadOnly {
        /// Why it could not be opened for writing.
        cause: Box<LibraryError>,
    },
}

/// What the library attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum LibraryAction {
    OpenDatabase,
    CheckDatabase,
    ReadRevision,
    AddFolders,
    RemoveFolder,
    ReadFolders,
    SaveScan,
    ReadFailures,
    ReadTracks,
    ForgetMissing,
    ReadAlbums,
    FindCover,
    RecognizeSong,
    ReadPlays,
    SavePlays,
    MatchPlays,
    ReadCounts,
    SaveCounts,
    ReadRatings,
    SaveRating,
    ReadFeedback,
    SaveFeedback,
    UndoFeedback,
    ReadForgotten,
    ForgetLearned,
    LearnAgain,
    ReadAnalyses,
    SaveAnalyses,
    ForgetAnalyses,
    ReadMeasures,
    SaveMeasures,
    ForgetMeasures,
    ReadPlaylists,
    SavePlaylist,
    ChangePlaylist,
    DeletePlaylist,
    RestorePlaylist,
    MatchPlaylists,
    ReadQueue,
    SaveQueue,
    ReadSettings,
    SaveSettings,
}

impl std::fmt::Display for LibraryAction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}
