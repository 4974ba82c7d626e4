//! The play log and what was learned from it.

use segue_app::{
    FeedbackKind, FeedbackRow, ForgottenRow, PlaysImported, TasteJudged, TastePart, TasteShown,
    TasteTrained, TrackRow,
};

use super::out::{line, name, put, spoken};
use crate::words::{interest_name, term_name};

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
            "{file}line {} failed: {}\n",
            failure.line, failure.reason
        ));
    }
    if done.refused as usize > EACH {
        text.push_str(&format!("{} more failed\n", done.refused as usize - EACH));
    }
    put(&text);
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

fn part_name(part: TastePart) -> &'static str {
    match part {
        TastePart::Sound => "sound",
        TastePart::Corners => "corners",
        TastePart::Hours => "hours",
        TastePart::Followed => "followed",
    }
}
