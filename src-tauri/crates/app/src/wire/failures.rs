//! Files that could not be dealt with, as they are listed.

use std::path::Path;

use segue_core::{FailedFile, FileFault};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A file that was refused, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FailureRow {
    pub path: String,
    pub why: FileFault,
}

impl From<&FailedFile> for FailureRow {
    fn from(failed: &FailedFile) -> Self {
        Self {
            path: shown(&failed.path),
            why: failed.why.clone(),
        }
    }
}

/// A path as it is told to people.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
