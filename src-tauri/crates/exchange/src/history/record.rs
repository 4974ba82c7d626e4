//! What every format gives, an entry of a history, and what they share in reading one: names, instants, lengths.

use std::path::PathBuf;

use jiff::Timestamp;
use segue_core::{Play, PlayContext, PlaySource, PlaySubject, Rating, Tally};

use super::source::BoundedReader;
use crate::text::one_line;

/// What an entry of a history is.
#[derive(Clone, Debug, PartialEq)]
pub enum Record {
    /// A play.
    Play(Box<Play>),
    /// A count without times.
    Tally(Box<Tally>),
    /// Nothing to be remembered: a podcast, a private session, what is playing just now.
    LeftOut,
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordPlace<'a> {
    /// The file's name within its folder or archive; empty if it stands alone.
    pub file: &'a str,
    /// Line, row or entry, from 1.
    pub number: u64,
}

/// Whoever takes the entries wants no more of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stop;

/// Takes entries: where each stands, and what it is or why it is refused.
pub(super) type Take<'a> =
    &'a mut dyn FnMut(RecordPlace, Result<Record, String>) -> Result<(), Stop>;

/// Takes the entries of one file: number, and what it is or why it is refused.
pub(super) type TakeOne<'a> = &'a mut dyn FnMut(u64, Result<Record, String>) -> Result<(), Stop>;

/// Why the reading of one file ended early.
pub(super) enum Broken {
    /// The file is damaged behind this entry.
    File(u64, String),
    /// Whoever takes the entries wants no more.
    Stopped,
}

impl From<Stop> for Broken {
    fn from(_: Stop) -> Self {
        Self::Stopped
    }
}

/// Reads line by line; each that is not blank is an entry.
pub(super) fn lines(
    mut source: BoundedReader,
    take: TakeOne,
    read: impl Fn(&[u8]) -> Result<Record, String>,
) -> Result<(), Broken> {
    let broken = |number, error: std::io::Error| Broken::File(number, error.to_string());
    source.skip_mark().map_err(|error| broken(1, error))?;
    for number in 1.. {
        let Some(line) = source.line().map_err(|error| broken(number, error))? else {
            break;
        };
        let line = line.trim_ascii();
        if !line.is_empty() {
            take(number, read(line))?;
        }
    }
    Ok(())
}

/// A name as it is kept: without control characters and marks that turn the direction of writing, not endless.
/// `None` if nothing is left.
pub(super) fn name(text: &str) -> Option<String> {
    one_line(
        text,
        |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'),
    )
}

/// A subject known by its names; both artist and title must be there.
pub(super) fn named(
    artist: Option<String>,
    title: Option<String>,
    album: Option<String>,
) -> Result<PlaySubject, String> {
    match (artist, title) {
        (None, _) => Err("it names no artist".into()),
        (_, None) => Err("it names no title".into()),
        (artist, title) => Ok(PlaySubject {
            artist,
            title,
            album,
            ..PlaySubject::default()
        }),
    }
}

/// A play of which only is known that it counted, as scrobbles are: sent once half of a track, or four minutes, sounded.
pub(super) fn scrobble(at: Timestamp, subject: PlaySubject) -> Play {
    Play {
        at,
        listened_s: Play::counted_s(subject.duration_s),
        subject,
        source: PlaySource::Import,
        skipped: false,
        rating: None,
        context: PlayContext::default(),
    }
}

/// An instant from seconds since 1970. Players without a clock wrote 0.
pub(super) fn instant(seconds: f64) -> Result<Timestamp, String> {
    if !(1.0..=1e12).contains(&seconds) {
        return Err(format!("{seconds} is no time"));
    }
    Timestamp::from_second(seconds.floor() as i64).map_err(|_| format!("{seconds} is no time"))
}

/// A length in seconds, if it can be one.
pub(super) fn length(seconds: f64) -> Option<f64> {
    (seconds.is_finite() && seconds > 0.0 && seconds < 864_000.0).then_some(seconds)
}

/// The path that a file URL names.
pub(super) fn path_of(location: &str) -> Option<PathBuf> {
    url::Url::parse(location).ok()?.to_file_path().ok()
}

/// Counts beyond this are a mistake or a jest.
pub(super) const COUNT_MAX: u32 = 1_000_000;

/// What stars of one to five say: four and five a like, one a dislike. Two and three are used too unlike.
pub(super) fn stars(stars: f64) -> Option<Rating> {
    if stars >= 3.5 {
        Some(Rating::Like)
    } else if (0.5..1.5).contains(&stars) {
        Some(Rating::Dislike)
    } else {
        None
    }
}
