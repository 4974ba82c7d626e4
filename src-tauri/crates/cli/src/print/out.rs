//! Where words and documents go: standard output for results, standard error for all else.

#![expect(
    clippy::print_stderr,
    reason = "speaking on the terminal is what this is for"
)]

use std::io::{self, Write};

use segue_app::{AppError, TrackRow};
use serde::Serialize;

use crate::words;

pub(crate) fn complain(error: &AppError) {
    eprintln!("segue: {}", words::error(error));
}

pub(crate) fn say(message: &str) {
    eprintln!("{message}");
}

pub(crate) fn done(json: bool) {
    if json {
        line(&serde_json::json!({}));
    }
}

pub(super) fn name(track: &TrackRow) -> String {
    let artists = if track.artists.is_empty() {
        "unknown artist".to_owned()
    } else {
        track.artists.join(", ")
    };
    match &track.album {
        Some(album) => format!("{artists} – {} ({album})", track.title),
        None => format!("{artists} – {}", track.title),
    }
}

pub(super) fn time(duration_s: f64) -> String {
    let seconds = duration_s.round() as u64;
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// A document whose typed values are said besides.
pub(super) fn spoken(document: &impl Serialize) {
    let mut document =
        serde_json::to_value(document).expect("reports hold nothing that JSON cannot");
    words::speak(&mut document);
    line(&document);
}

pub(super) fn line(document: &impl Serialize) {
    let text = serde_json::to_string(document).expect("reports hold nothing that JSON cannot");
    put(&format!("{text}\n"));
}

pub(super) fn put(text: &str) {
    let mut out = io::stdout().lock();
    if out
        .write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .is_err()
    {
        std::process::exit(0);
    }
}
