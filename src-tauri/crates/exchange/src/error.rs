//! Why a file could not be read or written as a whole. What is wrong with one entry of a file is told with the entry.

use std::path::{Path, PathBuf};

/// A file that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {reason}", path.display())]
pub struct FileError {
    /// What was attempted.
    pub action: &'static str,
    /// On what.
    pub path: PathBuf,
    /// Why not.
    pub reason: String,
}

impl FileError {
    /// How attempts at one file fail: it wants the reason.
    pub(crate) fn of(action: &'static str, path: &Path) -> impl Fn(String) -> Self {
        move |reason| Self {
            action,
            path: path.to_owned(),
            reason,
        }
    }
}
