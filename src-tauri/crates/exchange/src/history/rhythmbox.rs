//! Rhythmbox's library, `rhythmdb.xml`: per song its plays, when it was last played (seconds since 1970), and its stars,
//! a number that older versions wrote with the decimal comma of the country. It knows no other moments.

use std::collections::HashMap;

use segue_core::{PlaySubject, Tally};

use super::record::{Broken, COUNT_MAX, Record, TakeOne, instant, length, name, path_of, stars};
use super::source::BoundedReader;
use super::xml::{Token, Tokens};

/// Elements of an entry that say something here.
const WANTED: &[&str] = &[
    "title",
    "artist",
    "album",
    "duration",
    "location",
    "play-count",
    "last-played",
    "first-seen",
    "rating",
];

pub(super) fn read(source: BoundedReader, take: TakeOne) -> Result<(), Broken> {
    let mut tokens = Tokens::new(source);
    let mut number = 0;
    loop {
        let broken = |reason| Broken::File(number + 1, reason);
        match tokens.next().map_err(broken)? {
            Token::Open(element, kind) if element == "entry" => {
                number += 1;
                let broken = |reason| Broken::File(number, reason);
                let fields = entry(&mut tokens).map_err(broken)?;
                // Stations, podcasts and files that are no music have other types.
                if kind.as_deref() == Some("song")
                    && let Some(record) = song(&fields)
                {
                    take(number, record)?;
                }
            }
            Token::End => return Ok(()),
            _ => {}
        }
    }
}

fn entry(tokens: &mut Tokens) -> Result<HashMap<String, String>, String> {
    let (mut fields, depth) = (HashMap::new(), tokens.depth);
    loop {
        match tokens.next()? {
            Token::Open(element, _) if WANTED.contains(&element.as_str()) => {
                let text = tokens.text()?;
                fields.insert(element, text);
            }
            Token::Close if tokens.depth < depth => return Ok(fields),
            Token::End => return Err("elements are left open".into()),
            _ => {}
        }
    }
}

/// `None` for a song of which nothing is told.
fn song(fields: &HashMap<String, String>) -> Option<Result<Record, String>> {
    let number = |key: &str| {
        fields
            .get(key)?
            .trim()
            .replace(',', ".")
            .parse::<f64>()
            .ok()
    };
    let text = |key: &str| fields.get(key).and_then(|text| name(text));
    let plays = number("play-count")
        .unwrap_or_default()
        .clamp(0.0, f64::from(COUNT_MAX)) as u32;
    let rating = stars(number("rating").unwrap_or_default());
    if plays == 0 && rating.is_none() {
        return None;
    }
    let subject = PlaySubject {
        audio: None,
        path: fields
            .get("location")
            .and_then(|location| path_of(location)),
        artist: text("artist"),
        title: text("title"),
        album: text("album"),
        duration_s: number("duration").and_then(length),
    };
    if subject.path.is_none() && (subject.artist.is_none() || subject.title.is_none()) {
        return Some(Err(
            "it has neither a file nor an artist with a title".into()
        ));
    }
    Some(Ok(Record::Tally(Box::new(Tally {
        origin: "rhythmbox".into(),
        subject,
        plays,
        skips: 0,
        since: number("first-seen").and_then(|seconds| instant(seconds).ok()),
        last: number("last-played")
            .and_then(|seconds| instant(seconds).ok())
            .filter(|_| plays > 0),
        rating,
    }))))
}
