//! What can go wrong in a use case: a sentence for the user, and a code where the window acts on it.

use std::path::PathBuf;

use segue_analysis::AnalysisError;
use segue_core::{ErrorCode, with_causes};
use segue_exchange::FileError;
use segue_library::LibraryError;
use segue_playback::{OutputError, RenderError};

use crate::CommandError;

/// A use case that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The store refused.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// The model, ONNX Runtime or a file's analysis refused.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// There is no sound.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A WAV file was not made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// Sound broke off, or never came.
    #[error("{0}")]
    Silent(String),
    /// Something that comes with Segue is not where it should be.
    #[error("{what} is not installed; looked in {}", looked.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
    NotInstalled {
        /// What was looked for.
        what: String,
        /// Every place, in order.
        looked: Vec<PathBuf>,
    },
    /// A track that the library does not have.
    #[error(
        "no track {0} in the library; `segue tracks` lists what there is, `segue scan FOLDER` adds more"
    )]
    NoSuchTrack(String),
    /// A playlist that is not there.
    #[error("no playlist {0}; `segue playlist list` shows what there is")]
    NoSuchPlaylist(String),
    /// A file or folder that cannot be read.
    #[error("cannot {action} {}: {reason}", path.display())]
    File {
        /// What was attempted.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A request without sense.
    #[error("{0}")]
    Invalid(String),
}

impl AppError {
    /// What the window should do about it.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Library(error) => error.code(),
            Self::Analysis(_) | Self::NotInstalled { .. } => ErrorCode::NoModel,
            Self::Output(_) | Self::Silent(_) => ErrorCode::NoDevice,
            Self::Render(_) => ErrorCode::Other,
            Self::NoSuchTrack(_) | Self::NoSuchPlaylist(_) | Self::File { .. } => {
                ErrorCode::NotFound
            }
            Self::Invalid(_) => ErrorCode::Invalid,
        }
    }

    /// The error with all its causes, as one sentence.
    pub fn sentence(&self) -> String {
        with_causes(self)
    }
}

impl From<FileError> for AppError {
    fn from(error: FileError) -> Self {
        Self::File {
            action: error.action,
            path: error.path,
            reason: error.reason,
        }
    }
}

impl From<AppError> for CommandError {
    fn from(error: AppError) -> Self {
        Self {
            code: error.code(),
            message: error.sentence(),
        }
    }
}
