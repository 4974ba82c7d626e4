//! How things sound.

use segue_app::EqualizerSetting;
use segue_core::{ChosenDevice, Crossfade, LoudnessSettings};
use serde_json::json;

use super::out::{line, put};
use crate::words;

pub(crate) fn loudness(settings: &LoudnessSettings, json: bool) {
    if json {
        return line(settings);
    }
    put(&words::loudness(settings));
}

pub(crate) fn crossfade(crossfade: Crossfade, json: bool) {
    if json {
        return line(&crossfade);
    }
    put(&words::crossfade(crossfade));
}

pub(crate) fn equalizer(setting: &EqualizerSetting, outputs: &[ChosenDevice], json: bool) {
    if json {
        let mut document = json!(setting);
        document["outputs"] = json!(outputs);
        return line(&document);
    }
    let curve = &setting.equalizer;
    let mut text = format!(
        "{}{}, preamp {:+.1} dB\n",
        if setting.on { "on" } else { "off" },
        setting
            .preset
            .map_or_else(String::new, |preset| format!(": {}", preset.as_str())),
        curve.preamp_db
    );
    for band in &curve.bands {
        text.push_str(&words::band(band));
    }
    for output in outputs {
        text.push_str(&format!(
            "with its own: {}\n    {}\n",
            output.name, output.id
        ));
    }
    put(&text);
}
