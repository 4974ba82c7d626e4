//! Why a file gave no samples. Every reason names its path, and says by its kind what the caller can do:
//! look again ([`NotFound`](DecodeError::NotFound), [`Io`](DecodeError::Io)) or skip the file (the others).

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use symphonia::core::errors::Error as CodecError;

/// A file that could not be decoded.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// There is no such file.
    #[error("there is no file {}", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// The file is there but cannot be read: permissions, a folder, a failing or unplugged disk.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not audio, or of a kind that nobody here decodes.
    #[error("cannot decode {}: {reason}", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// What about it is unknown.
        reason: String,
    },
    /// Audio of a known kind, damaged beyond use.
    #[error("{} is damaged: {reason}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What was found.
        reason: String,
    },
    /// The file holds no audio at all.
    #[error("{} holds no audio", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The codec gave up by a panic.
    #[error("the decoder panicked on {}: {reason}", path.display())]
    Panicked {
        /// The file.
        path: PathBuf,
        /// The panic's message.
        reason: String,
    },
}

impl DecodeError {
    /// The file in question.
    pub fn path(&self) -> &Path {
        match self {
            Self::NotFound { path }
            | Self::Io { path, .. }
            | Self::Unsupported { path, .. }
            | Self::Broken { path, .. }
            | Self::Empty { path }
            | Self::Panicked { path, .. } => path,
        }
    }

    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound {
                path: path.to_owned(),
            },
            _ => Self::Io {
                path: path.to_owned(),
                source,
            },
        }
    }

    pub(crate) fn broken(path: &Path, reason: impl Into<String>) -> Self {
        Self::Broken {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    pub(crate) fn unsupported(path: &Path, reason: impl Into<String>) -> Self {
        Self::Unsupported {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    /// Reads what symphonia said. An end of file where data was promised is damage, not an I/O failure.
    pub(crate) fn codec(path: &Path, error: CodecError) -> Self {
        match error {
            CodecError::IoError(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
                Self::broken(path, "it ends too early")
            }
            CodecError::IoError(e) => Self::io(path, e),
            CodecError::Unsupported(what) => Self::unsupported(path, what),
            other => Self::broken(path, other.to_string()),
        }
    }
}

/// Runs `work` on a codec; a panic inside becomes [`DecodeError::Panicked`].
///
/// Callers drop or disown the codec afterwards, so its torn state is never seen (hence `AssertUnwindSafe`).
pub(crate) fn guarded<T>(path: &Path, work: impl FnOnce() -> T) -> Result<T, DecodeError> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let reason = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "no message".to_owned());
        DecodeError::Panicked {
            path: path.to_owned(),
            reason,
        }
    })
}
