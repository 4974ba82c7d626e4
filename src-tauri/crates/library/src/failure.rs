//! What could not be dealt with, as it is told to the listener.

use std::path::PathBuf;

use serde::Serialize;

/// A file that could not be dealt with, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The file or folder.
    pub path: PathBuf,
    /// Why, for people.
    pub reason: String,
}
