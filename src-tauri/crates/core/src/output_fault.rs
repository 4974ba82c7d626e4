//! Why there is no sound, or no file of it: what an output that plays into a card or a file fails for.

use serde::{Deserialize, Serialize};

/// What is wrong with an output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum OutputFault {
    /// The system names no sound card.
    #[error("no sound card")]
    NoDevice,
    /// The sound card that the listener chose, or that was played to, is not there.
    #[error("no sound card {device}")]
    NotThere {
        /// What people call it.
        device: String,
    },
    /// There is a sound card, and it cannot be opened.
    #[error("sound card not opened: {detail}")]
    NotOpened {
        /// What the system said.
        detail: String,
    },
    /// The sound card is gone.
    #[error("sound card lost: {detail}")]
    Lost {
        /// What the system said.
        detail: String,
    },
    /// The sound card takes no more sound.
    #[error("sound card stalled")]
    Stalled,
    /// The file cannot be written.
    #[error("cannot write {path}: {detail}")]
    File {
        /// The file.
        path: String,
        /// What the system said.
        detail: String,
    },
    /// The system gives no thread to play in.
    #[error("no playback thread: {detail}")]
    NoThread {
        /// What the system said.
        detail: String,
    },
    /// The thread that opens the output panicked.
    #[error("playback thread panicked")]
    Panicked,
}
