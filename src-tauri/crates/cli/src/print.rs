//! What goes to standard output: one JSON document, or text for people.
//!
//! A closed pipe (`segue tracks | head`) ends the program quietly, as it does with every other command.

#![expect(
    clippy::print_stderr,
    reason = "speaking on the terminal is what this is for"
)]

use std::io::{self, Write};

use segue_app::{
    AnalyzeDone, AppError, Diagnosis, Embedded, FailureRow, FeedbackKind, FeedbackRow,
    ForgottenRow, MissingForgotten, MixRow, MixTold, MixesListed, ModelImported, ModelUsed,
    ModelsListed, PathFound, PickRow, PlayReport, PlaylistExported, PlaylistImported, PlaylistPage,
    PlaylistRow, PlaylistsListed, PlaysImported, RadioFound, ScanDone, Scored, SimilarFound,
    TasteJudged, TastePart, TasteShown, TasteTrained, TrackRow, TracksFound,
};
use serde::Serialize;

use crate::words::{self, because, interest_name, mix_content, mix_title, term_name};

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

pub(crate) fn scan(done: &ScanDone, json: bool) {
    if json {
        return spoken(done);
    }
    let mut text = format!(
        "{} files: {} added, {} updated, {} unchanged, {} moved, {} missing, {} refused ({:.1} s)\n",
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
    refused(&mut text, &done.failures);
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
        "{} listened to, {} known before, {} measured, {} refused; {:.0} s of audio in {:.1} s with {} on {}, whole files in {:.1} s\n",
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
    if let Some(reason) = &done.fell_back {
        text.push_str(&format!("went on on the processor after {reason}\n"));
    }
    refused(&mut text, &done.failures);
    put(&text);
}

fn refused(text: &mut String, failures: &[FailureRow]) {
    for failure in failures {
        text.push_str(&format!(
            "refused {}: {}\n",
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
            format!("{path}\n    refused: {}\n", words::error(problem))
        }
    });
}

pub(crate) fn similar(found: &SimilarFound, json: bool) {
    if json {
        return line(found);
    }
    let mut text = format!("sounds like {}:\n", name(&found.seed));
    for Scored { track, score } in &found.tracks {
        text.push_str(&format!("{score:6.3}  {}\n", name(track)));
    }
    put(&text);
}

pub(crate) fn radio(found: &RadioFound, json: bool) {
    if json {
        return spoken(found);
    }
    let seeds: Vec<&str> = found.from.iter().map(|seed| seed.name.as_str()).collect();
    put(&format!(
        "radio from {}\n{}",
        seeds.join("; "),
        picks(&found.tracks)
    ));
}

pub(crate) fn path(found: &PathFound, json: bool) {
    if json {
        return spoken(found);
    }
    put(&picks(&found.tracks));
}

pub(crate) fn mix(found: &MixTold, json: bool) {
    if json {
        return spoken(found);
    }
    put(&format!(
        "{}: {}\n{}",
        mix_title(found.mix.title),
        mix_content(&found.mix.content),
        picks(&found.tracks)
    ));
}

pub(crate) fn mixes(found: &MixesListed, json: bool) {
    if json {
        return spoken(found);
    }
    let row = |mix: &MixRow| {
        let (title, content) = (mix_title(mix.title), mix_content(&mix.content));
        format!("{:20} {title}: {content}\n", mix.id)
    };
    put(&found.mixes.iter().map(row).collect::<String>());
}

/// Tracks with what speaks for them; the whole sum is in the JSON.
fn picks(rows: &[PickRow]) -> String {
    let mut text = String::new();
    for (place, pick) in rows.iter().enumerate() {
        let speak = pick
            .reasons
            .iter()
            .filter(|reason| reason.weight > 0.01)
            .take(3);
        let reasons: Vec<String> = speak.map(|reason| because(&reason.because)).collect();
        text.push_str(&format!(
            "{:>3}. {}  [{}]\n",
            place + 1,
            name(&pick.track),
            time(pick.track.duration_s)
        ));
        if !reasons.is_empty() {
            text.push_str(&format!("       {}\n", reasons.join(" · ")));
        }
    }
    text
}

pub(crate) fn imported(done: &PlaysImported, dry_run: bool, json: bool) {
    if json {
        return line(done);
    }
    const EACH: usize = 30;
    let by = &done.matched_by;
    let mut text = format!(
        "{} read as {}, {} of music in the library ({} by recording, {} by path, {} by name, {} by name but for guests \
         and remasters)\n{} {}, {} known before",
        done.read,
        done.format,
        done.matched,
        by.audio,
        by.path,
        by.names,
        by.loose_names,
        done.added,
        if dry_run {
            "plays would be added"
        } else {
            "plays added"
        },
        done.already,
    );
    if done.known_plays + done.known_skips > 0 {
        text.push_str(&format!(
            ", {} plays and {} skips counted without their times",
            done.known_plays, done.known_skips
        ));
    }
    if done.left_out > 0 {
        text.push_str(&format!(
            ", {} left out (podcasts, private sessions)",
            done.left_out
        ));
    }
    text.push_str(if dry_run {
        "; a dry run, nothing was kept\n"
    } else {
        "\n"
    });
    if let Some(limits) = &done.limits {
        text.push_str(&format!("note: {limits}\n"));
    }
    for subject in done.unmatched.iter().take(EACH) {
        let name = if subject.artist.is_empty() {
            subject.title.clone()
        } else {
            format!("{} – {}", subject.artist, subject.title)
        };
        text.push_str(&format!("not in the library: {name} ({})\n", subject.plays));
    }
    if done.unmatched_subjects as usize > EACH {
        text.push_str(&format!(
            "not in the library: {} more\n",
            done.unmatched_subjects as usize - EACH
        ));
    }
    for failure in done.failures.iter().take(EACH) {
        let file = failure
            .file
            .as_deref()
            .map(|file| format!("{file}, "))
            .unwrap_or_default();
        text.push_str(&format!(
            "{file}line {} refused: {}\n",
            failure.line, failure.reason
        ));
    }
    if done.refused as usize > EACH {
        text.push_str(&format!("{} more refused\n", done.refused as usize - EACH));
    }
    put(&text);
}

pub(crate) fn playlists(found: &PlaylistsListed, json: bool) {
    if json {
        return spoken(found);
    }
    let rows = found.playlists.iter().map(playlist_line);
    put(&rows.collect::<String>());
}

pub(crate) fn playlist(page: &PlaylistPage, json: bool) {
    if json {
        return spoken(page);
    }
    let mut text = playlist_line(&page.playlist);
    for (place, row) in page.rows.iter().enumerate() {
        let missing = if row.track.missing { "  not there" } else { "" };
        text.push_str(&format!(
            "{:>5}. {}  [{}]{missing}\n",
            place + 1,
            name(&row.track),
            time(row.track.duration_s)
        ));
    }
    put(&text);
}

/// A playlist that was made or changed.
pub(crate) fn playlist_kept(row: &PlaylistRow, json: bool) {
    if json {
        return spoken(row);
    }
    put(&playlist_line(row));
}

pub(crate) fn playlist_imported(done: &PlaylistImported, json: bool) {
    if json {
        return spoken(done);
    }
    const EACH: usize = 30;
    let mut text = format!(
        "{} songs read as {}, {} of them in the library\n{}",
        done.read,
        done.format,
        done.matched,
        playlist_line(&done.playlist)
    );
    for song in done.unmatched.iter().take(EACH) {
        let names: Vec<&str> = song
            .artist
            .iter()
            .chain(&song.title)
            .map(String::as_str)
            .collect();
        let name = if names.is_empty() {
            song.path.clone().unwrap_or_default()
        } else {
            names.join(" – ")
        };
        text.push_str(&format!("not in the library: {:>3}. {name}\n", song.place));
    }
    let unmatched = (done.read - done.matched) as usize;
    if unmatched > EACH {
        text.push_str(&format!("not in the library: {} more\n", unmatched - EACH));
    }
    put(&text);
}

pub(crate) fn playlist_exported(done: &PlaylistExported, json: bool) {
    if json {
        return line(done);
    }
    put(&format!(
        "{} songs in {} ({})\n",
        done.written, done.path, done.format
    ));
}

fn playlist_line(row: &PlaylistRow) -> String {
    let mut line = format!(
        "{:>4}  {}  {} songs [{}]",
        row.id,
        row.name,
        row.tracks,
        time(row.duration_s)
    );
    if row.missing > 0 {
        line.push_str(&format!(", {} not there", row.missing));
    }
    if let Some(origin) = &row.origin {
        let origin = words::playlist_origin(origin);
        line.push_str(&format!("; living: {origin}"));
    }
    line.push('\n');
    line
}

pub(crate) fn trained(done: &TasteTrained, json: bool) {
    if json {
        return line(done);
    }
    let mut text = format!(
        "learned from {} of {} plays in {:.2} s: {}\n",
        done.taught, done.plays, done.seconds, done.model_version
    );
    if let Some(validation) = &done.validation {
        text.push_str(&format!(
            "on the {} latest plays, unseen: AUC {:.2}, log loss {:.2}, calibration error {:.3}\n",
            validation.plays, validation.auc, validation.log_loss, validation.calibration_error
        ));
    }
    for part in &done.parts {
        if let Some(gain) = part.gain {
            let kept = if part.kept { "kept" } else { "left out" };
            text.push_str(&format!(
                "{}: {kept}, {gain:+.4} nats a play\n",
                part_name(part.part)
            ));
        }
    }
    put(&text);
}

pub(crate) fn taste(shown: &TasteShown, json: bool) {
    if json {
        return spoken(shown);
    }
    if shown.plays == 0 {
        return put(
            "nothing is known yet: play something, or bring in a history with `segue plays import`\n",
        );
    }
    let mut text = format!(
        "from {} of {} plays ({})\n",
        shown.taught, shown.plays, shown.model_version
    );
    for interest in &shown.interests {
        text.push_str(&format!(
            "interest {}: {} ({:.0} %), such as {}\n",
            interest.number,
            interest_name(&interest.title),
            100.0 * interest.share,
            interest
                .examples
                .iter()
                .map(name)
                .collect::<Vec<_>>()
                .join("; ")
        ));
    }
    for (what, leanings) in [
        ("you like", &shown.liked),
        ("you pass over", &shown.disliked),
    ] {
        for leaning in leanings {
            text.push_str(&format!(
                "{what} {} {} ({:+.2})\n",
                leaning.kind, leaning.name, leaning.weight
            ));
        }
    }
    put(&text);
}

pub(crate) fn judged(done: &TasteJudged, json: bool) {
    if json {
        return line(done);
    }
    let mut text = format!(
        "learned {} plays, ranked the library before {} later ones\n{:14}{:>18}{:>14}{:>10}\n",
        done.learned, done.foretold, "", "ranked above", "in first 50", "skip AUC"
    );
    for way in &done.ways {
        text.push_str(&format!(
            "{:14}{:>16.1} %{:>12.1} %{:>10}\n",
            way.way,
            100.0 * way.rank,
            100.0 * way.hit_50,
            way.auc
                .map_or_else(|| "–".into(), |auc| format!("{auc:.3}"))
        ));
    }
    put(&text);
}

pub(crate) fn forgotten(rows: &[ForgottenRow], json: bool) {
    if json {
        return line(&serde_json::json!({ "forgotten": rows }));
    }
    let mut text = String::new();
    for row in rows {
        let since = row.since.as_deref().unwrap_or("the beginning");
        text.push_str(&format!(
            "{}  {} plays from {since} to {} teach nothing any more; `segue taste remember {}` takes that back\n",
            row.id, row.plays, row.at, row.id
        ));
    }
    put(&text);
}

pub(crate) fn choice(rows: &[TrackRow], json: bool) {
    if json {
        return line(&serde_json::json!({ "tracks": rows }));
    }
    let song = |row: &TrackRow| format!("{:>6}  {}\n", row.id, name(row));
    let songs: String = rows.iter().map(song).collect();
    put(&format!(
        "{songs}`segue like ID` and `segue dislike ID` answer; those that say nothing to you say nothing\n"
    ));
}

pub(crate) fn played(done: &PlayReport, json: bool) {
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
    refused(&mut text, &done.failures);
    put(&text);
}

pub(crate) fn models(found: &ModelsListed, json: bool) {
    if json {
        return spoken(found);
    }
    let mut text = String::new();
    for model in &found.models {
        let state = match (model.current, model.serving) {
            (true, true) => "current",
            (true, false) => "current, not serving yet",
            (false, true) => "serving until the current has heard the library",
            (false, false) => "",
        };
        let problem = model.problem.as_ref().map(words::error);
        let id = model.id.as_ref().or(problem.as_ref());
        text.push_str(&format!(
            "{:<24} {}\n{:>24} {} recordings heard, {} to hear  {state}\n",
            model.name,
            id.map_or("", String::as_str),
            "",
            model.heard,
            model.to_hear
        ));
    }
    put(&text);
}

pub(crate) fn feedback(rows: &[FeedbackRow], json: bool) {
    if json {
        return spoken(&serde_json::json!({ "feedback": rows }));
    }
    let title = |track: &Option<TrackRow>| match track {
        Some(track) => format!("{} – {}", track.artists.join(", "), track.title),
        None => "music that is not in the library any more".into(),
    };
    let mut text = String::new();
    for row in rows {
        let subject = row
            .artist
            .as_ref()
            .map_or_else(|| title(&row.track), |name| format!("all by {name}"));
        let turned = || row.turned.as_ref().map(term_name).unwrap_or_default();
        let said = match row.kind {
            FeedbackKind::NotNow => format!("not now: {subject}"),
            FeedbackKind::Never => format!("never: {subject}"),
            FeedbackKind::WrongAfter => format!("wrong after {}: {subject}", title(&row.earlier)),
            FeedbackKind::Less => format!("less: {}", turned()),
            FeedbackKind::More => format!("more: {}", turned()),
        };
        text.push_str(&format!("{}  {said}\n", row.id));
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
        "database      {}; {} tracks, {} of them listened to\n",
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
            "              {} serves until it has heard {} more\n",
            found.model.serving.as_deref().unwrap_or("none"),
            found.model.to_hear
        ));
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

fn name(track: &TrackRow) -> String {
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

fn time(duration_s: f64) -> String {
    let seconds = duration_s.round() as u64;
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// A document whose typed values are said besides.
fn spoken(document: &impl Serialize) {
    let mut document =
        serde_json::to_value(document).expect("reports hold nothing that JSON cannot");
    words::speak(&mut document);
    line(&document);
}

fn line(document: &impl Serialize) {
    let text = serde_json::to_string(document).expect("reports hold nothing that JSON cannot");
    put(&format!("{text}\n"));
}

fn put(text: &str) {
    let mut out = io::stdout().lock();
    if out
        .write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .is_err()
    {
        std::process::exit(0);
    }
}

fn part_name(part: TastePart) -> &'static str {
    match part {
        TastePart::Sound => "sound",
        TastePart::Corners => "corners",
        TastePart::Hours => "hours",
        TastePart::Followed => "followed",
    }
}
