//! How things sound.

use segue_core::LoudnessSettings;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the listener set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SoundPage {
    pub loudness: LoudnessSettings,
}
