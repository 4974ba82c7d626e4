//! How things sound.

use segue_core::LoudnessSettings;

use super::out::{line, put};
use crate::words;

pub(crate) fn loudness(settings: &LoudnessSettings, json: bool) {
    if json {
        return line(settings);
    }
    put(&words::loudness(settings));
}
