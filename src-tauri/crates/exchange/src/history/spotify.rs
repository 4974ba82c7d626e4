//! Spotify's two histories. The extended one: arrays of streams in `Streaming_History_Audio_*.json`, in older packages
//! `endsong_*.json`. The account data, which one gets at once: a year of streams in `StreamingHistory_music_*.json`, in
//! older packages `StreamingHistory*.json`.
//!
//! Shapes: the ReadMeFirst document of the package, and <https://support.spotify.com/article/understanding-my-data/>.
//! `ts` is when the stream *ended*, in UTC; it began `ms_played` earlier, pauses aside. Podcasts, audiobooks and videos
//! without a track name are left out, and so are private sessions, which were not to be remembered, and streams of which
//! nothing sounded.
//!
//! The account data tells less: `endTime` to the minute, no album, no length, and nothing of why a stream ended. Streams
//! below 30 s, which Spotify does not count as plays, are put down as skips. The extended history, whenever it comes,
//! takes their place (`within_s`).

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use segue_core::{EndReason, Play, PlayContext, PlaySource};
use serde_json::Value;

use super::json::{self, Object};
use super::record::{Broken, Record, TakeOne, length, named};
use super::source::BoundedReader;

/// The account data's times are those of the minute in which a stream ended.
const MINUTE_S: u32 = 60;
/// What Spotify counts as a play, in seconds.
const COUNTED_S: f64 = 30.0;

pub(super) fn read(source: BoundedReader, take: TakeOne) -> Result<(), Broken> {
    json::entries(source, &[], take, |object| {
        if object.contains_key("endTime") {
            brief_stream(object)
        } else {
            stream(object)
        }
    })
}

/// A stream as the account data tells it.
fn brief_stream(object: &Object) -> Result<Record, String> {
    let text = object.get("endTime").and_then(Value::as_str);
    let text = text.unwrap_or_default().trim();
    let ended_at = DateTime::strptime("%Y-%m-%d %H:%M", text)
        .and_then(|clock| TimeZone::UTC.to_timestamp(clock))
        .map_err(|error| format!("endTime: {error}"))?;
    let played_ms = json::number(object, "msPlayed").ok_or("it has no msPlayed")?;
    if object.contains_key("podcastName")
        || object.contains_key("audiobookName")
        || played_ms <= 0.0
    {
        return Ok(Record::LeftOut);
    }
    let listened_s =
        length(played_ms / 1000.0).ok_or_else(|| format!("msPlayed is {played_ms}"))?;
    let subject = named(
        json::name(object, "artistName"),
        json::name(object, "trackName"),
        None,
    )?;
    let at = ended_at
        .checked_sub(SignedDuration::from_secs_f64(listened_s))
        .map_err(|error| format!("endTime: {error}"))?;
    Ok(Record::Play(Box::new(Play {
        at,
        subject,
        listened_s,
        source: PlaySource::Import,
        skipped: listened_s < COUNTED_S,
        rating: None,
        context: PlayContext {
            within_s: Some(MINUTE_S),
            ..PlayContext::default()
        },
    })))
}

fn stream(object: &Object) -> Result<Record, String> {
    let ended_at = object
        .get("ts")
        .and_then(Value::as_str)
        .ok_or("it has no ts")?;
    let ended_at: Timestamp = ended_at.parse().map_err(|error| format!("ts: {error}"))?;
    let played_ms = json::number(object, "ms_played").ok_or("it has no ms_played")?;
    let told = |key: &str| object.get(key).is_some_and(|value| !value.is_null());
    let nameless = !told("master_metadata_track_name");
    if nameless || told("spotify_episode_uri") || told("audiobook_uri") {
        return Ok(Record::LeftOut);
    }
    if object.get("incognito_mode") == Some(&Value::Bool(true)) || played_ms <= 0.0 {
        return Ok(Record::LeftOut);
    }
    let listened_s =
        length(played_ms / 1000.0).ok_or_else(|| format!("ms_played is {played_ms}"))?;
    let subject = named(
        json::name(object, "master_metadata_album_artist_name"),
        json::name(object, "master_metadata_track_name"),
        json::name(object, "master_metadata_album_album_name"),
    )?;
    let at = ended_at
        .checked_sub(SignedDuration::from_secs_f64(listened_s))
        .map_err(|error| format!("ts: {error}"))?;
    let end = object
        .get("reason_end")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let end_reason = match end {
        "trackdone" => Some(EndReason::Finished),
        "fwdbtn" => Some(EndReason::Next),
        "backbtn" => Some(EndReason::Previous),
        "clickrow" | "clickside" | "playbtn" | "endplay" => Some(EndReason::Chosen),
        "logout" | "unexpected-exit" | "unexpected-exit-while-paused" => Some(EndReason::Quit),
        "trackerror" => Some(EndReason::Failed),
        _ => None,
    };
    // `skipped` is null in older streams, and false in some that *next* ended.
    let flagged = object
        .get("skipped")
        .and_then(Value::as_bool)
        .unwrap_or(false);
    let left = matches!(
        end_reason,
        Some(EndReason::Next | EndReason::Previous | EndReason::Chosen)
    );
    let shuffled = object.get("shuffle") == Some(&Value::Bool(true));
    Ok(Record::Play(Box::new(Play {
        at,
        subject,
        listened_s,
        source: if shuffled {
            PlaySource::Shuffle
        } else {
            PlaySource::Import
        },
        skipped: end_reason != Some(EndReason::Finished) && (flagged || left),
        rating: None,
        context: PlayContext {
            ended_at: Some(ended_at),
            completion: (end_reason == Some(EndReason::Finished)).then_some(1.0),
            end_reason,
            ..PlayContext::default()
        },
    })))
}
