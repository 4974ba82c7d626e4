//! How things sound.

use segue_core::{LoudnessMode, LoudnessSettings, REFERENCE_LUFS};

pub(crate) fn loudness(settings: &LoudnessSettings) -> String {
    let mode = settings.mode.as_str();
    let about = match settings.mode {
        LoudnessMode::Off => "songs are played as loud as they are",
        LoudnessMode::Track => "each song is as loud as the others",
        LoudnessMode::Album => "each album is as loud as the others, with its quiet songs",
        LoudnessMode::Auto => {
            "an album in its order is as loud as the others, and so is each song from anywhere"
        }
    };
    let mut text = format!("{mode}: {about}\n");
    if settings.mode != LoudnessMode::Off {
        text.push_str(&format!(
            "target    {:.1} LUFS ({REFERENCE_LUFS:.0} and a preamp of {:+.1} dB)\n",
            REFERENCE_LUFS + settings.preamp_db,
            settings.preamp_db
        ));
        text.push_str(&format!(
            "fallback  {:+.1} dB for songs of unknown loudness\n",
            settings.fallback_db
        ));
    }
    text
}
