//! Last.fm: what its exporters write, and what portable players kept for it.
//!
//! - Pages of `user.getRecentTracks` in JSON (<https://www.last.fm/api/show/user.getRecentTracks>): one, several in an
//!   array, or one after the other; tracks without their pages; the `scrobbles` of lastfmstats.com.
//! - CSV, also with semicolons or tabs, in UTF-8, UTF-16 or Windows-1252: without a head artist, album, track, date as benjaminbenben.com/lastfm-to-csv writes them, in UTC to the
//!   minute; with a head, columns by their names.
//! - `.scrobbler.log` (<http://www.audioscrobbler.net/wiki/Portable_Player_Logging>).
//!
//! What is playing just now has no date and is left out.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use segue_core::Rating;
use serde_json::Value;

use super::json::{self, Object};
use super::record::{Broken, Record, TakeOne, instant, length, name, named, scrobble};
use super::source::BoundedReader;
use crate::text::utf8_or_1252;

/// A skip in a player's log was before the half; that is all it tells. At most so many seconds are put down, which
/// reads as a weak refusal.
const SKIPPED_S: f64 = 30.0;

pub(super) fn read(mut source: BoundedReader, take: TakeOne) -> Result<(), Broken> {
    let broken = |error: std::io::Error| Broken::File(1, error.to_string());
    source.skip_mark().map_err(broken)?;
    let head = source.head().map_err(broken)?;
    match head.trim_ascii_start().first() {
        Some(b'{' | b'[') => {
            json::entries(source, &["recenttracks", "track", "scrobbles"], take, track)
        }
        Some(b'#') => portable(source, take),
        _ => table(source, &head, take),
    }
}

/// Whether text looks like the CSV file of an exporter: a head that names an artist, or rows that end with a date.
pub(super) fn is_csv(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(delimiter(line.as_bytes()))
        .from_reader(line.as_bytes());
    let Some(Ok(row)) = reader.records().next() else {
        return false;
    };
    let cells: Vec<&str> = row.iter().map(str::trim).collect();
    let Some(last) = cells.last().filter(|_| cells.len() >= 3) else {
        return false;
    };
    column(&cells, ARTIST).is_some() || last.is_empty() || time(last).is_ok()
}

fn track(object: &Object) -> Result<Record, String> {
    let now = object
        .get("@attr")
        .and_then(|attributes| attributes.get("nowplaying"));
    if now.is_some_and(|now| now == "true" || now == true) {
        return Ok(Record::LeftOut);
    }
    let title = json::name(object, "name").or_else(|| json::name(object, "track"));
    let subject = named(
        json::name(object, "artist"),
        title,
        json::name(object, "album"),
    )?;
    let at = match object.get("date") {
        Some(Value::Object(date)) => match json::number(date, "uts") {
            Some(seconds) => instant(seconds),
            None => time(
                date.get("#text")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
            ),
        },
        Some(Value::String(text)) => time(text),
        Some(_) => json::number(object, "date").map_or(Err("it has no date".into()), from_number),
        None => json::number(object, "uts").map_or(Err("it has no date".into()), from_number),
    }?;
    let mut play = scrobble(at, subject);
    let loved = object
        .get("loved")
        .is_some_and(|loved| loved == "1" || loved == 1 || loved == true);
    play.rating = loved.then_some(Rating::Like);
    Ok(Record::Play(Box::new(play)))
}

const ARTIST: &[&str] = &["artist", "artist_name", "artist name"];
const TITLE: &[&str] = &["track", "title", "track_name", "track name", "name", "song"];
const ALBUM: &[&str] = &["album", "release_name", "album_name", "album name"];
const TIME: &[&str] = &[
    "uts",
    "timestamp",
    "date",
    "utc_time",
    "time",
    "datetime",
    "played_at",
];

fn column(cells: &[&str], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| {
        // lastfmstats.com adds the user's name: `Date#somebody`.
        let is = |cell: &&str| {
            cell.split('#')
                .next()
                .unwrap_or_default()
                .trim()
                .eq_ignore_ascii_case(name)
        };
        cells.iter().position(is)
    })
}

fn table(source: BoundedReader, head: &[u8], take: TakeOne) -> Result<(), Broken> {
    let first = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = delimiter(first);
    // Tables with tabs mostly know no quotes, and titles begin with them.
    let quoting = delimiter != b'\t' || first.contains(&b'"');
    let mut columns = [Some(0), Some(1), Some(2), Some(3)];
    rows(source, delimiter, quoting, &mut |number, cells| {
        if number == 1
            && let (Some(artist), Some(title)) = (column(cells, ARTIST), column(cells, TITLE))
        {
            columns = [
                Some(artist),
                column(cells, ALBUM),
                Some(title),
                column(cells, TIME),
            ];
            return Ok(());
        }
        let cell = |column: Option<usize>| cells.get(column?).copied();
        let [artist, album, title, date] = columns.map(cell);
        let record = (|| {
            let subject = named(
                artist.and_then(name),
                title.and_then(name),
                album.and_then(name),
            )?;
            match date.map(str::trim) {
                None => Err(format!(
                    "it has {} columns, and none of a date",
                    cells.len()
                )),
                Some("") => Ok(Record::LeftOut),
                Some(date) => Ok(Record::Play(Box::new(scrobble(time(date)?, subject)))),
            }
        })();
        take(number, record).map_err(Broken::from)
    })
}

/// What parts the cells of a table, by its first line.
fn delimiter(line: &[u8]) -> u8 {
    let count = |sign: u8| line.iter().filter(|byte| **byte == sign).count();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|sign| (count(*sign), *sign == b','))
        .unwrap_or(b',')
}

/// The log of a portable player. Without a time zone its clock is read as this machine's, as the page says.
fn portable(source: BoundedReader, take: TakeOne) -> Result<(), Broken> {
    let mut utc = false;
    rows(source, b'\t', false, &mut |number, cells| {
        if let Some(remark) = cells.first().and_then(|cell| cell.strip_prefix('#')) {
            utc |= remark.trim().eq_ignore_ascii_case("TZ/UTC");
            return Ok(());
        }
        take(number, logged(cells, utc)).map_err(Broken::from)
    })
}

fn logged(cells: &[&str], utc: bool) -> Result<Record, String> {
    let &[artist, album, title, _, duration, rating, at, ..] = cells else {
        return Err(format!("it has {} columns of seven", cells.len()));
    };
    let mut subject = named(name(artist), name(title), name(album))?;
    subject.duration_s = duration.trim().parse().ok().and_then(length);
    let mut at = instant(
        at.trim()
            .parse()
            .map_err(|_| format!("{at:?} is no time"))?,
    )?;
    if !utc {
        let clock = TimeZone::UTC.to_datetime(at);
        at = TimeZone::system()
            .to_timestamp(clock)
            .map_err(|error| error.to_string())?;
    }
    let mut play = scrobble(at, subject);
    match rating.trim() {
        "L" => {}
        "S" => {
            let below_half = |duration_s: f64| SKIPPED_S.min(0.4 * duration_s);
            play.listened_s = play.subject.duration_s.map_or(SKIPPED_S - 1.0, below_half);
            play.skipped = true;
        }
        other => return Err(format!("{other:?} is neither L (listened) nor S (skipped)")),
    }
    Ok(Record::Play(Box::new(play)))
}

/// Takes the number of a row's line, and its cells.
type EachRow<'a> = &'a mut dyn FnMut(u64, &[&str]) -> Result<(), Broken>;

/// Reads the rows of a table.
fn rows(source: BoundedReader, delimiter: u8, quoting: bool, each: EachRow) -> Result<(), Broken> {
    let entries = source.entries();
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .quoting(quoting)
        .from_reader(source);
    let mut record = csv::ByteRecord::new();
    loop {
        let number = reader.position().line();
        entries.next();
        match reader.read_byte_record(&mut record) {
            Ok(true) => {
                // What is not UTF-8 is Windows-1252, as spreadsheets on Windows write it.
                let cells: Vec<Cow<str>> = record.iter().map(utf8_or_1252).collect();
                let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
                each(number, &cells)?;
            }
            Ok(false) => return Ok(()),
            Err(error) => return Err(Broken::File(number, error.to_string())),
        }
    }
}

/// A time as exporters write it: seconds or milliseconds since 1970, `31 Jan 2026 20:15`, RFC 2822 or ISO 8601; UTC unless
/// it says otherwise.
fn time(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return from_number(number);
    }
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    if let Ok(at) = jiff::fmt::rfc2822::parse(text) {
        return Ok(at.timestamp());
    }
    let formats = [
        "%d %b %Y %H:%M",
        "%d %b %Y, %H:%M",
        "%d %b %Y %H:%M:%S",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y/%m/%d %H:%M:%S",
        "%Y/%m/%d %H:%M",
    ];
    formats
        .iter()
        .find_map(|format| DateTime::strptime(format, text).ok())
        .or_else(|| text.parse::<DateTime>().ok())
        .and_then(|clock| TimeZone::UTC.to_timestamp(clock).ok())
        .ok_or_else(|| format!("{text:?} is no time"))
}

fn from_number(number: f64) -> Result<Timestamp, String> {
    // Seconds reached 1e11 in the year 5138; milliseconds in 1973.
    instant(if number >= 1e11 {
        number / 1000.0
    } else {
        number
    })
}
