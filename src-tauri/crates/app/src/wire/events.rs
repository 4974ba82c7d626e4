//! What the window is told without asking, and why a command failed.

use segue_core::ErrorCode;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::jobs::JobProgress;
use super::player::PlayerState;

/// A failed command: a code the window acts on, a sentence for the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CommandError {
    #[ts(as = "ErrorCodeName")]
    pub code: ErrorCode,
    pub message: String,
}

/// See `segue_core::ErrorCode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCodeName {
    NotFound,
    Unplayable,
    NoDevice,
    NoModel,
    Database,
    Invalid,
    Other,
}

/// What the window is told without asking. Each supersedes what was known before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum AppEvent {
    /// The player changed: anything but the mere passing of time.
    Player { state: Box<PlayerState> },
    /// Time passed in this place of the queue.
    Position { entry: u64, position_s: f64 },
    /// Songs, albums or folders changed: ask again.
    Library { revision: u64 },
    /// Playlists changed: ask again.
    Playlists,
    /// What was learned changed: ask again.
    Taste,
    /// Long work moved on.
    Job { progress: JobProgress },
    /// Something the user should read once.
    Notice { message: String },
}
