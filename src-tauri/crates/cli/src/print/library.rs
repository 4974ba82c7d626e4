//! What a scan, an analysis and a look into the library found.

use segue_app::{
    AnalyzeDone, Embedded, FailureRow, MissingForgotten, ScanDone, TrackRow, TracksFound,
};

use super::out::{line, name, put, say, spoken, time};
use crate::words;

pub(crate) fn scan(done: &ScanDone, json: bool) {
    if json {
        return spoken(done);
    }
    let mut text = format!(
        "{} files: {} added, {} updated, {} unchanged, {} moved, {} missing, {} failed ({:.1} s)\n",
        done.files,
        done.added,
        done.updated,
        done.unchanged,
        done.moved,
        done.missing,
        done.failures.len(),
        done.seconds
    );
    for root in &done.offline_roots {
        text.push_str(&format!("offline, kept as it was: {root}\n"));
    }
    failed_files(&mut text, &done.failures);
    put(&text);
}

pub(crate) fn missing_forgotten(done: &MissingForgotten, json: bool) {
    if json {
        return line(done);
    }
    let mut text = format!("{} tracks forgotten\n", done.forgotten);
    if done.kept > 0 {
        text.push_str(&format!(
            "{} kept: their folder is offline, or their file is back\n",
            done.kept
        ));
    }
    put(&text);
}

pub(crate) fn analysis(done: &AnalyzeDone, json: bool) {
    if json {
        return spoken(done);
    }
    let mut text = format!(
        "{} analysed, {} known before, {} measured, {} failed; {:.0} s of audio in {:.1} s with {} on {}, whole files in {:.1} s\n",
        done.analyzed,
        done.already,
        done.measured,
        done.failures.len(),
        done.audio_seconds,
        done.listening_seconds,
        done.model,
        done.provider,
        done.measuring_seconds
    );
    if done.analyzed_closely > 0 {
        text.push_str(&format!("{} heard more closely\n", done.analyzed_closely));
    }
    if let Some(reason) = &done.fell_back {
        text.push_str(&format!("went on on the processor after {reason}\n"));
    }
    failed_files(&mut text, &done.failures);
    put(&text);
}

pub(super) fn failed_files(text: &mut String, failures: &[FailureRow]) {
    for failure in failures {
        text.push_str(&format!(
            "failed {}: {}\n",
            failure.path,
            words::file(&failure.why)
        ));
    }
}

pub(crate) fn tracks(found: &TracksFound, json: bool) {
    if json {
        return line(found);
    }
    let mut text = String::new();
    if let Some(corrected) = &found.corrected {
        say(&format!(
            "nothing is called so; this is what “{corrected}” finds"
        ));
    }
    for track in &found.tracks {
        text.push_str(&format!(
            "{:>7}  {}  [{}]{}\n",
            track.id,
            name(track),
            time(track.duration_s),
            heard(track)
        ));
    }
    let shown = found.tracks.len() as u64;
    if shown < found.total {
        text.push_str(&format!("{shown} of {}\n", found.total));
    }
    put(&text);
}

/// Tempo, key and loudness, as far as they are known.
fn heard(track: &TrackRow) -> String {
    let facts = [
        track.bpm.map(|bpm| format!("{bpm:.0} BPM")),
        track.key.clone(),
        track.loudness_lufs.map(|lufs| format!("{lufs:.1} LUFS")),
    ];
    facts
        .into_iter()
        .flatten()
        .map(|fact| format!("  {fact}"))
        .collect()
}

pub(crate) fn embedded(embedded: &Embedded, json: bool) {
    if json {
        return match embedded {
            // Through a document, the numbers of a vector would gain digits that say nothing.
            Embedded::Done { .. } => line(embedded),
            Embedded::Refused { .. } => spoken(embedded),
        };
    }
    put(&match embedded {
        Embedded::Done {
            path, model, tags, ..
        } => {
            let tags: Vec<String> = tags
                .iter()
                .take(5)
                .map(|tag| format!("{} {:.0} %", tag.name, tag.p * 100.0))
                .collect();
            format!("{path}\n    {model}: {}\n", tags.join(", "))
        }
        Embedded::Refused { path, problem } => {
            format!("{path}\n    failed: {}\n", words::error(problem))
        }
    });
}
