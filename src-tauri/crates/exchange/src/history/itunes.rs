//! The library that iTunes and Music export, `Library.xml`: a property list whose `Tracks` have plays, skips, when they
//! were last, stars (0 to 100), and hearts. It knows no other moments.
//!
//! Stars that are `Rating Computed` are the album's, and no opinion on the song. Podcasts, films and books are left out.

use std::collections::HashMap;

use jiff::Timestamp;
use segue_core::{PlaySubject, Rating, Tally};

use super::record::{Broken, COUNT_MAX, Record, TakeOne, length, name, path_of, stars};
use super::source::BoundedReader;
use super::xml::{Token, Tokens};

/// Keys that say something here.
const WANTED: &[&str] = &[
    "Name",
    "Artist",
    "Album Artist",
    "Album",
    "Total Time",
    "Location",
    "Play Count",
    "Play Date UTC",
    "Skip Count",
    "Date Added",
    "Rating",
    "Rating Computed",
    "Loved",
    "Favorited",
    "Disliked",
    "Podcast",
    "Movie",
    "TV Show",
    "Has Video",
    "Audiobook",
    "iTunesU",
];

/// Depth of the `dict` that holds the tracks (`plist`, `dict`, `dict`), and of a track's.
const TRACKS: usize = 3;
const TRACK: usize = 4;

pub(super) fn read(source: BoundedReader, take: TakeOne) -> Result<(), Broken> {
    let mut tokens = Tokens::new(source);
    let (mut number, mut key, mut among_tracks) = (0, String::new(), false);
    loop {
        let broken = |reason| Broken::File(number + 1, reason);
        match tokens.next().map_err(broken)? {
            Token::Open(element, _) if element == "key" => key = tokens.text().map_err(broken)?,
            Token::Open(element, _) if element == "dict" && tokens.depth == TRACKS => {
                among_tracks = key == "Tracks";
            }
            Token::Open(element, _)
                if element == "dict" && tokens.depth == TRACK && among_tracks =>
            {
                number += 1;
                let broken = |reason| Broken::File(number, reason);
                let fields = fields(&mut tokens).map_err(broken)?;
                if let Some(record) = track(&fields) {
                    take(number, record)?;
                }
            }
            Token::Close if tokens.depth < TRACKS => among_tracks = false,
            Token::End => return Ok(()),
            _ => {}
        }
    }
}

/// Keys and values of the `dict` that was opened last; `true` and `false` are values by their names.
fn fields(tokens: &mut Tokens) -> Result<HashMap<String, String>, String> {
    let (mut fields, mut key, depth) = (HashMap::new(), String::new(), tokens.depth);
    loop {
        match tokens.next()? {
            Token::Open(element, _) => {
                let text = tokens.text()?;
                if element == "key" {
                    key = text;
                } else if WANTED.contains(&key.as_str()) {
                    let flag = element == "true" || element == "false";
                    fields.insert(std::mem::take(&mut key), if flag { element } else { text });
                }
            }
            Token::Close if tokens.depth < depth => return Ok(fields),
            Token::End => return Err("elements are left open".into()),
            _ => {}
        }
    }
}

/// `None` for a track of which nothing is told.
fn track(fields: &HashMap<String, String>) -> Option<Result<Record, String>> {
    let number = |key: &str| fields.get(key)?.trim().parse::<f64>().ok();
    let count = |key: &str| {
        number(key)
            .unwrap_or_default()
            .clamp(0.0, f64::from(COUNT_MAX)) as u32
    };
    let is = |key: &str| fields.get(key).is_some_and(|value| value == "true");
    let time = |key: &str| fields.get(key)?.trim().parse::<Timestamp>().ok();
    let (plays, skips) = (count("Play Count"), count("Skip Count"));
    let own = number("Rating").filter(|_| !is("Rating Computed"));
    let rating = if is("Loved") || is("Favorited") {
        Some(Rating::Like)
    } else if is("Disliked") {
        Some(Rating::Dislike)
    } else {
        stars(own.unwrap_or_default() / 20.0)
    };
    if plays == 0 && skips == 0 && rating.is_none() {
        return None;
    }
    if [
        "Podcast",
        "Movie",
        "TV Show",
        "Has Video",
        "Audiobook",
        "iTunesU",
    ]
    .into_iter()
    .any(is)
    {
        return Some(Ok(Record::LeftOut));
    }
    let text = |key: &str| fields.get(key).and_then(|text| name(text));
    let subject = PlaySubject {
        audio: None,
        path: fields
            .get("Location")
            .and_then(|location| path_of(location)),
        artist: text("Artist").or_else(|| text("Album Artist")),
        title: text("Name"),
        album: text("Album"),
        duration_s: number("Total Time").and_then(|ms| length(ms / 1000.0)),
    };
    if subject.path.is_none() && (subject.artist.is_none() || subject.title.is_none()) {
        return Some(Err(
            "it has neither a file nor an artist with a title".into()
        ));
    }
    Some(Ok(Record::Tally(Box::new(Tally {
        origin: "itunes".into(),
        subject,
        plays,
        skips,
        since: time("Date Added"),
        last: time("Play Date UTC").filter(|_| plays > 0),
        rating,
    }))))
}
