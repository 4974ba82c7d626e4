//! Which sound card is played to, and how.

use serde::{Deserialize, Serialize};

/// A card that the listener chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChosenDevice {
    /// The system's name of it, the same when it is plugged in again.
    pub id: String,
    /// What people call it, to be told where it is not there.
    pub name: String,
}

/// What becomes of the sound when its card is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum WhenLost {
    /// It holds: what was in the headphones shall not come out of the loudspeakers.
    #[default]
    Pause,
    /// It goes on through the system's default, until the card is back.
    Default,
}

/// The listener's choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OutputSettings {
    /// The card; none is the system's default, whichever that is.
    #[serde(default)]
    pub device: Option<ChosenDevice>,
    /// What becomes of the sound when its card is gone.
    #[serde(default)]
    pub when_lost: WhenLost,
    /// Whether the card is opened anew, at the file's rate, where files of unlike rates follow each other.
    #[serde(default)]
    pub match_rate: bool,
}
