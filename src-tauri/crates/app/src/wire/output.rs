//! Sound cards.

use segue_core::OutputSettings;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A sound card, or what the system's mixer takes for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutputDeviceRow {
    /// The system's name of it.
    pub id: String,
    pub name: String,
    /// Where the system plays if nobody chooses.
    pub is_default: bool,
    /// Whether the listener chose it.
    pub chosen: bool,
}

/// The sound cards that there are, and how they are used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutputPage {
    pub devices: Vec<OutputDeviceRow>,
    pub settings: OutputSettings,
    /// The card that plays now; `null` where none is open.
    pub in_use: Option<String>,
    /// Frames per second that it is given.
    pub rate_hz: Option<u32>,
}
