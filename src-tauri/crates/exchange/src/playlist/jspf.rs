//! JSPF: XSPF in JSON. Lengths are milliseconds, locations are lists of URIs; some write one URI, or numbers as text.
//!
//! `serde_json` refuses nesting beyond 128 levels.

use std::fmt;
use std::path::Path;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::entry::{Broken, ENTRIES_MAX, FileEntry, LOCATIONS_MAX, PlaylistFile, too_many};
use super::location::{self, Base, LocationForm};

#[derive(Deserialize, Serialize)]
struct Document {
    playlist: List,
}

#[derive(Deserialize, Serialize)]
struct List {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, deserialize_with = "bounded")]
    track: Vec<JspfTrack>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct JspfTrack {
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<OneOrMany>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    album: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<Value>,
}

#[derive(Deserialize, Serialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

pub(super) fn read(text: &str, folder: &Path) -> Result<PlaylistFile, Broken> {
    let document: Document = serde_json::from_str(text).map_err(|error| {
        // The line stands before the sentence, as with the other formats.
        let sentence = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        Broken::at(
            error.line().max(1),
            sentence.strip_suffix(&place).unwrap_or(&sentence),
        )
    })?;
    let mut entries = Vec::with_capacity(document.playlist.track.len());
    for (track, number) in document.playlist.track.into_iter().zip(1..) {
        let told = match track.location {
            None => Vec::new(),
            Some(OneOrMany::One(location)) => vec![location],
            Some(OneOrMany::Many(locations)) => locations,
        };
        let mut paths = Vec::new();
        for location in told
            .iter()
            .map(|told| told.trim())
            .filter(|told| !told.is_empty())
        {
            let meant = location::paths(location, None, LocationForm::UriReference, folder);
            paths.extend(meant.map_err(|reason| Broken {
                line: None,
                reason: format!("song {number}: {reason}"),
            })?);
            if paths.len() >= LOCATIONS_MAX {
                break;
            }
        }
        let duration_ms = match track.duration {
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) => text.trim().parse().ok(),
            _ => None,
        };
        entries.push(FileEntry {
            paths,
            artist: track.creator,
            title: track.title,
            album: track.album,
            duration_s: duration_ms.map(|ms| ms / 1000.0),
            joined: None,
        });
    }
    Ok(PlaylistFile {
        name: document.playlist.title,
        entries,
    })
}

pub(super) fn write(playlist: &PlaylistFile, base: &Base) -> String {
    let track = |entry: &FileEntry| JspfTrack {
        location: entry
            .paths
            .first()
            .map(|path| OneOrMany::Many(vec![location::uri_reference(path, base)])),
        title: entry.title.clone(),
        creator: entry.artist.clone(),
        album: entry.album.clone(),
        duration: entry
            .duration_s
            .map(|s| ((s * 1000.0).round() as i64).into()),
    };
    let document = Document {
        playlist: List {
            title: playlist.name.clone(),
            track: playlist.entries.iter().map(track).collect(),
        },
    };
    let mut text =
        serde_json::to_string_pretty(&document).expect("texts and numbers have a form in JSON");
    text.push('\n');
    text
}

/// Reads a list that ends.
fn bounded<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<JspfTrack>, D::Error> {
    struct Tracks;

    impl<'de> Visitor<'de> for Tracks {
        type Value = Vec<JspfTrack>;

        fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str("a list of songs")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<JspfTrack>, A::Error> {
            let mut tracks = Vec::new();
            while let Some(track) = items.next_element()? {
                if tracks.len() == ENTRIES_MAX {
                    return Err(A::Error::custom(too_many()));
                }
                tracks.push(track);
            }
            Ok(tracks)
        }
    }

    from.deserialize_seq(Tracks)
}
