//! What the window is told without asking, and why a command failed.

use segue_core::{ErrorCode, FileFault};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::jobs::JobProgress;
use super::player::PlayerState;
use super::problem::AppError;

/// A failed command: a code the window acts on, and what it tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CommandError {
    pub code: ErrorCode,
    pub problem: AppError,
}

impl From<AppError> for CommandError {
    fn from(problem: AppError) -> Self {
        Self {
            code: problem.code(),
            problem,
        }
    }
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
    Notice { notice: Notice },
}

/// What the user should read once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Notice {
    /// There are more folders than the system lets a program watch: changes show within half a minute.
    Polling,
    /// Changes on disk are not taken up yet.
    ChangesNotTakenUp { problem: AppError },
    /// A play was not logged.
    PlayNotLogged { problem: AppError },
    /// The queue is not saved.
    QueueNotKept { problem: AppError },
    /// A file plays, and something of it is missing.
    FileIncomplete { name: String, why: FileFault },
    /// A file does not play, and the next one does.
    FilePassedOver { name: String, why: FileFault },
    /// The radio cannot go on.
    RadioEnds { problem: AppError },
    /// The guest DJ cannot go on.
    DjStops { problem: AppError },
    /// A folder named at another start of Segue was not added.
    FolderNotAdded { problem: AppError },
    /// Folders named at another start of Segue were not added, as this one is still starting.
    StillStarting,
}
