//! Segue's own JSON lines, as `plays export` writes them and `plays import` reads them back:
//! `{"at": "2026-01-31T20:15:00Z", "path": "…" | "artist": "…", "title": "…", "listened_s": 201.5,
//! "duration_s": 214.0, "source": "radio", "liked": true|false|null}`.
//!
//! Written lines also carry `audio`, the recording's hash, `album`, `skipped`, and the circumstances as far as they are
//! known, so that a log finds its recordings, and loses nothing, in another library.

use std::path::PathBuf;

use jiff::Timestamp;
use segue_core::{
    AudioHash, EndReason, Play, PlayContext, PlaySource, PlaySubject, PlayedFrom, Rating,
};
use serde::{Deserialize, Serialize};

use super::record::{Broken, Record, TakeOne, length, lines, name};
use super::source::BoundedReader;

#[derive(Serialize, Deserialize)]
struct HistoryLine {
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audio: Option<AudioHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artist: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    album: Option<String>,
    listened_s: f64,
    #[serde(default)]
    duration_s: Option<f64>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    skipped: Option<bool>,
    #[serde(default)]
    liked: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    completion: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    silent_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paused_s: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<PlayedFrom>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    utc_offset_s: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    leaving: Option<EndReason>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    guest: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    within_s: Option<u32>,
}

pub(super) fn read(source: BoundedReader, take: TakeOne) -> Result<(), Broken> {
    lines(source, take, |text| {
        read_play(text).map(|play| Record::Play(Box::new(play)))
    })
}

/// The line of a play.
pub fn line(play: Play) -> String {
    let context = play.context;
    let line = HistoryLine {
        at: play.at,
        audio: play.subject.audio,
        // A path that is not Unicode cannot stand in JSON; the audio hash says the same.
        path: play.subject.path.filter(|path| path.to_str().is_some()),
        artist: play.subject.artist,
        title: play.subject.title,
        album: play.subject.album,
        listened_s: play.listened_s,
        duration_s: play.subject.duration_s,
        source: Some(play.source.as_str().into()),
        skipped: Some(play.skipped),
        liked: play.rating.map(|rating| rating == Rating::Like),
        ended_at: context.ended_at,
        completion: context.completion,
        silent_s: context.silent_s,
        paused_s: context.paused_s,
        from: context.from,
        place: context.place,
        utc_offset_s: context.utc_offset_s,
        leaving: context.end_reason,
        guest: context.guest,
        within_s: context.within_s,
    };
    serde_json::to_string(&line).expect("a line holds nothing that JSON cannot")
}

fn read_play(text: &[u8]) -> Result<Play, String> {
    let line: HistoryLine = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let clean = |text: Option<String>| text.and_then(|text| name(&text));
    let (artist, title) = (clean(line.artist), clean(line.title));
    if line.audio.is_none() && line.path.is_none() && (artist.is_none() || title.is_none()) {
        return Err("neither a path nor an artist with a title".into());
    }
    if !(0.0..=864_000.0).contains(&line.listened_s) {
        return Err(format!("listened_s is {}", line.listened_s));
    }
    let source = match &line.source {
        None => PlaySource::Import,
        Some(name) => {
            PlaySource::parse(name).ok_or_else(|| format!("{name:?} is no source of plays"))?
        }
    };
    let seconds = |value: Option<f64>| value.filter(|value| (0.0..=864_000.0).contains(value));
    let mut play = Play {
        at: line.at,
        subject: PlaySubject {
            audio: line.audio,
            path: line.path,
            artist,
            title,
            album: clean(line.album),
            duration_s: line.duration_s.and_then(length),
        },
        listened_s: line.listened_s,
        source,
        skipped: false,
        rating: line
            .liked
            .map(|liked| if liked { Rating::Like } else { Rating::Dislike }),
        context: PlayContext {
            ended_at: line.ended_at.filter(|ended_at| *ended_at >= line.at),
            completion: line.completion.filter(|share| (0.0..=1.0).contains(share)),
            silent_s: seconds(line.silent_s),
            paused_s: seconds(line.paused_s),
            from: line.from,
            place: line.place,
            utc_offset_s: line
                .utc_offset_s
                .filter(|offset_s| offset_s.abs() <= 86_400),
            end_reason: line.leaving,
            guest: line.guest,
            within_s: line.within_s.filter(|within_s| (1..=60).contains(within_s)),
        },
    };
    play.skipped = line.skipped.unwrap_or_else(|| play.left_early());
    Ok(play)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Result<(f64, bool), &str>) {
        match (read_play(line.as_bytes()), expected) {
            (Ok(play), Ok((listened_s, skipped))) => {
                assert_eq!(
                    (play.listened_s, play.skipped),
                    (listened_s, skipped),
                    "{line}"
                );
            }
            (Err(reason), Err(words)) => assert!(reason.contains(words), "{line}: {reason}"),
            (read, _) => panic!("{line}: {read:?}"),
        }
    }

    #[test]
    fn a_line_is_a_play_or_refused_with_a_reason() {
        let at = r#""at": "2026-01-31T20:15:00Z""#;
        check(
            &format!(r#"{{{at}, "path": "/a", "listened_s": 20, "duration_s": 200}}"#),
            Ok((20.0, true)),
        );
        check(
            &format!(r#"{{{at}, "path": "/a", "listened_s": 195, "duration_s": 200}}"#),
            Ok((195.0, false)),
        );
        check(
            &format!(r#"{{{at}, "artist": "A", "title": "T", "listened_s": 3}}"#),
            Ok((3.0, false)),
        );
        check(
            &format!(r#"{{{at}, "artist": "A", "listened_s": 3}}"#),
            Err("neither a path"),
        );
        check(
            &format!(r#"{{{at}, "path": "/a", "listened_s": -1}}"#),
            Err("listened_s is -1"),
        );
        check(
            &format!(r#"{{{at}, "path": "/a", "listened_s": 1e300}}"#),
            Err("listened_s is"),
        );
        check(
            &format!(r#"{{{at}, "path": "/a", "listened_s": 1, "source": "x"}}"#),
            Err("no source"),
        );
        check(
            r#"{"at": "yesterday", "path": "/a", "listened_s": 1}"#,
            Err("failed to parse"),
        );
        check("[]", Err("invalid"));
        check("\u{feff}{", Err("expected"));
    }
}
