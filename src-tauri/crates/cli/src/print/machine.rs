//! What plays, which models there are, and what works on this machine.

use segue_app::{
    AppError, CloselyStatus, Diagnosis, ModelImported, ModelUsed, ModelsListed, OutputPage,
    PlayReport,
};

use super::library::failed_files;
use super::out::{line, put, say, spoken};
use crate::words;

pub(crate) fn played(done: &PlayReport, with_path: bool, json: bool) {
    for notice in &done.notices {
        say(&format!("{}: {}", notice.path, words::file(&notice.why)));
    }
    if json {
        return spoken(done);
    }
    let mut text = match &done.wav {
        Some(wav) => format!(
            "{:.3} s at {} Hz in {wav}\n",
            done.seconds, done.sample_rate_hz
        ),
        None => format!("{:.1} s played\n", done.seconds),
    };
    for played in done.signals.iter().filter(|_| with_path) {
        let way = words::signal_path(&played.signal);
        text.push_str(&format!("{}\n{way}", played.path));
    }
    failed_files(&mut text, &done.failures);
    put(&text);
}

pub(crate) fn outputs(found: &OutputPage, json: bool) {
    if json {
        return line(found);
    }
    let mut text = String::new();
    for device in &found.devices {
        let mark = if device.chosen { "*" } else { " " };
        let default = if device.is_default {
            "  (the system's default)"
        } else {
            ""
        };
        text.push_str(&format!(
            "{mark} {}{default}\n    {}\n",
            device.name, device.id
        ));
    }
    if found.devices.is_empty() {
        text.push_str("no sound card\n");
    }
    let chosen = found.settings.device.as_ref();
    let there = found.devices.iter().any(|device| device.chosen);
    text.push_str(&match chosen {
        None => "played to: the system's default\n".to_owned(),
        Some(chosen) if there => format!("played to: {}\n", chosen.name),
        Some(chosen) => format!("played to: {}, which is not there now\n", chosen.name),
    });
    put(&text);
}

pub(crate) fn models(found: &ModelsListed, json: bool) {
    if json {
        return spoken(found);
    }
    let fine_serves = found
        .models
        .iter()
        .any(|model| model.closely && model.serving);
    let mut text = String::new();
    for model in &found.models {
        let state = match (model.current, model.serving) {
            (true, false) if fine_serves => "current, hears all first",
            (false, true) if model.closely => "listens more closely, and serves",
            (false, false) if model.closely => "listens more closely, not serving yet",
            (true, true) => "current",
            (true, false) => "current, not serving yet",
            (false, true) => "serving until the current has analysed the library",
            (false, false) => "",
        };
        let problem = model.problem.as_ref().map(words::error);
        let id = model.id.as_ref().or(problem.as_ref());
        text.push_str(&format!(
            "{:<24} {}\n{:>24} {} recordings analysed, {} to analyse  {state}\n",
            model.name,
            id.map_or("", String::as_str),
            "",
            model.heard,
            model.to_hear
        ));
    }
    put(&text);
}

pub(crate) fn model_imported(done: &ModelImported, json: bool) {
    if json {
        return line(done);
    }
    put(&format!(
        "took in {}; `segue models use {}` listens with it\n",
        done.id, done.name
    ));
}

pub(crate) fn model_used(done: &ModelUsed, json: bool) {
    if json {
        return line(done);
    }
    let mut text = format!(
        "{} listens from now on; {} recordings to hear",
        done.current, done.to_hear
    );
    if done.serving != done.current {
        text.push_str(&format!("; {} serves until then", done.serving));
    }
    put(&format!("{text}\n"));
}

pub(crate) fn closely(done: &CloselyStatus, json: bool) {
    if json {
        return spoken(done);
    }
    put(&format!("{}\n", words::closely(done)));
}

pub(crate) fn doctor(found: &Diagnosis, json: bool) {
    if json {
        return spoken(found);
    }
    let or = |value: &Option<String>, problem: Option<&AppError>| {
        let problem = problem.map(words::error);
        value.clone().or(problem).unwrap_or_default()
    };
    let mut text = format!("Segue {}\n", found.version);
    text.push_str(&format!("data folder   {}\n", found.data_dir));
    text.push_str(&format!(
        "database      {}; {} tracks, {} of them analysed\n",
        or(
            &found.database.integrity,
            found.database.open_problem.as_ref()
        ),
        found.database.tracks,
        found.database.analyzed
    ));
    if let Some(problem) = &found.database.read_only_problem {
        let why = words::error(problem);
        text.push_str(&format!("              reading only: {why}\n"));
    }
    text.push_str(&format!(
        "model         {}\n",
        or(&found.model.id, found.model.problem.as_ref())
    ));
    if found.model.to_hear > 0 {
        text.push_str(&format!(
            "              {} serves until it has analysed {} more\n",
            found.model.serving.as_deref().unwrap_or("none"),
            found.model.to_hear
        ));
    }
    if let Some(closely) = &found.model.closely {
        text.push_str(&format!("              {}\n", words::closely(closely)));
    }
    text.push_str(&format!(
        "ONNX Runtime  {}\n",
        or(
            &found.onnxruntime.version,
            found.onnxruntime.problem.as_ref()
        )
    ));
    if found.onnxruntime.has_uploader == Some(false) {
        let path = found.onnxruntime.path.as_deref().unwrap_or_default();
        let opted_out = match found.onnxruntime.opted_out {
            true => "telemetry is opted out of besides",
            false => "but telemetry is not opted out of",
        };
        text.push_str(&format!(
            "              {path}\n              no uploader in it; {opted_out}\n"
        ));
    }
    for provider in &found.onnxruntime.providers {
        let state = match (provider.active, provider.available) {
            (true, _) => "active",
            (_, true) => "available",
            _ => "not here",
        };
        let speed = provider.patches_per_s;
        let speed = speed.map_or(String::new(), |speed| format!(", {speed:.0} patches/s"));
        text.push_str(&format!(
            "  {:<10}  {state}: {}{speed}\n",
            provider.name, provider.detail
        ));
    }
    if let Some(fallen) = &found.onnxruntime.fell_back {
        text.push_str(&format!("              {fallen}\n"));
    }
    let card = found.audio.detail.clone();
    let card = card.or(found.audio.fault.as_ref().map(words::output));
    text.push_str(&format!("sound card    {}\n", card.unwrap_or_default()));
    put(&text);
}
