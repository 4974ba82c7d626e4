//! ListenBrainz: the lines of the export (`listens/YEAR/MONTH.jsonl`), and the pages of `/1/user/NAME/listens`.
//!
//! Shapes: <https://listenbrainz.readthedocs.io/en/latest/users/json.html>. `listened_at` is when the track began, in
//! seconds since 1970; `additional_info` has the length as `duration_ms` or `duration` (seconds), and, from players that
//! know, `ms_played`. Also written here: the lines of `plays export --format listenbrainz`.

use segue_core::{ListenOutcome, Play};
use serde_json::{Value, json};

use super::json::{self, Object};
use super::record::{Broken, Record, TakeOne, instant, length, lines, named, scrobble};
use super::source::BoundedReader;

pub(super) fn read(mut source: BoundedReader, take: TakeOne) -> Result<(), Broken> {
    let head = source
        .head()
        .map_err(|error| Broken::File(1, error.to_string()))?;
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = first
        .trim_ascii_start()
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(first);
    // Lines stand for themselves: a bad one costs nothing else.
    if first.len() < head.len() && serde_json::from_slice::<Object>(first).is_ok() {
        return lines(source, take, |line| {
            let object = serde_json::from_slice(line).map_err(|error| error.to_string())?;
            listen(&object)
        });
    }
    json::entries(source, &["payload", "listens"], take, listen)
}

fn listen(object: &Object) -> Result<Record, String> {
    let track = match object.get("track_metadata") {
        Some(Value::Object(track)) => track,
        _ => return Err("it has no track_metadata".into()),
    };
    if object.get("playing_now") == Some(&Value::Bool(true)) {
        return Ok(Record::LeftOut);
    }
    let at = json::number(object, "listened_at").ok_or("it has no listened_at")?;
    let empty = Object::new();
    let info = track
        .get("additional_info")
        .and_then(Value::as_object)
        .unwrap_or(&empty);
    let mut subject = named(
        json::name(track, "artist_name"),
        json::name(track, "track_name"),
        json::name(track, "release_name"),
    )?;
    let duration_s = json::number(info, "duration_ms").map(|ms| ms / 1000.0);
    subject.duration_s = duration_s
        .or_else(|| json::number(info, "duration"))
        .and_then(length);
    let mut play = scrobble(instant(at)?, subject);
    if let Some(listened_s) = json::number(info, "ms_played").and_then(|ms| length(ms / 1000.0)) {
        play.listened_s = listened_s;
    }
    Ok(Record::Play(Box::new(play)))
}

/// The line of a play; `None` for one that ListenBrainz would not have: it wants what was listened to, by name.
pub fn line(play: &Play) -> Option<String> {
    let (artist, title) = (play.subject.artist.as_ref()?, play.subject.title.as_ref()?);
    if play.outcome() != ListenOutcome::Listened {
        return None;
    }
    let mut info = json!({
        "media_player": "Segue",
        "submission_client": "Segue",
        "submission_client_version": env!("CARGO_PKG_VERSION"),
        "ms_played": (play.listened_s * 1000.0).round() as u64,
    });
    if let Some(duration_s) = play.subject.duration_s {
        info["duration_ms"] = ((duration_s * 1000.0).round() as u64).into();
    }
    let mut track = json!({"artist_name": artist, "track_name": title, "additional_info": info});
    if let Some(album) = &play.subject.album {
        track["release_name"] = album.clone().into();
    }
    Some(json!({"listened_at": play.at.as_second(), "track_metadata": track}).to_string())
}
