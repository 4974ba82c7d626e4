//! What stands in a queue.

use std::path::PathBuf;
use std::sync::Arc;

use segue_core::{AudioHash, FileSpan};
use serde::{Deserialize, Serialize};

/// One appearance of a track in a queue. Never used twice within a queue's life, restarts included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub u64);

/// What to play.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MediaItem {
    /// The file.
    pub path: PathBuf,
    /// Which stretch of it.
    #[serde(default)]
    pub span: FileSpan,
    /// The caller's name for it, such as a track id; handed back untouched.
    pub key: u64,
    /// The recording, where known; handed back untouched.
    pub audio: Option<AudioHash>,
}

/// An item with its place in the queue's life.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Entry {
    /// Its identity.
    pub entry: EntryId,
    /// What it plays.
    pub item: Arc<MediaItem>,
}
