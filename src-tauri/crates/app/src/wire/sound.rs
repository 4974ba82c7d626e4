//! How things sound.

use segue_core::{Crossfade, Equalizer, EqualizerPreset, LoudnessSettings, SignalPath};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What the listener set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SoundPage {
    pub loudness: LoudnessSettings,
    pub crossfade: Crossfade,
    /// What the system calls the output that the equaliser is of; `null`: all that have none of their own.
    pub output: Option<String>,
    pub equalizer: EqualizerSetting,
}

/// An output's equaliser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct EqualizerSetting {
    /// Off, its curve is kept.
    pub on: bool,
    /// What it was chosen as; `null` for a curve of the listener's.
    pub preset: Option<EqualizerPreset>,
    pub equalizer: Equalizer,
}

impl Default for EqualizerSetting {
    fn default() -> Self {
        Self {
            on: false,
            preset: Some(EqualizerPreset::Flat),
            equalizer: EqualizerPreset::Flat.equalizer(),
        }
    }
}

impl EqualizerSetting {
    /// What is done to sound.
    pub(crate) fn applied(self) -> Equalizer {
        match self.on {
            true => self.equalizer,
            false => Equalizer::default(),
        }
    }
}

/// What becomes of an equaliser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "set", rename_all = "kebab-case")]
pub enum EqualizerChange {
    Off,
    On,
    Preset { preset: EqualizerPreset },
    Curve { equalizer: Equalizer },
}

/// The way of a file's sound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileSignal {
    pub path: String,
    pub signal: SignalPath,
}
