//! Plays: what was listened to, for how long, and where it came from.
//!
//! The log of plays is append-only and outlives tracks, so a play carries a snapshot of its subject.
//! The thresholds below are the listening statistics of Brost et al., "The Music Streaming Sessions
//! Dataset" (WWW 2019), and Lamere's analysis of skips: 24 % of plays end within 5 s, 35 % within 30 s.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::AudioHash;

/// Where a play came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaySource {
    /// A radio station.
    Radio,
    /// One of the mixes.
    Mix,
    /// An album played in its order.
    Album,
    /// A search result.
    Search,
    /// Shuffled songs.
    Shuffle,
    /// A playlist.
    Playlist,
    /// Chosen by hand into the queue, or from a list of songs.
    Queue,
    /// A history brought in from elsewhere.
    Import,
}

impl PlaySource {
    /// The name used in files, in the database and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Radio => "radio",
            Self::Mix => "mix",
            Self::Album => "album",
            Self::Search => "search",
            Self::Shuffle => "shuffle",
            Self::Playlist => "playlist",
            Self::Queue => "queue",
            Self::Import => "import",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Radio,
            Self::Mix,
            Self::Album,
            Self::Search,
            Self::Shuffle,
            Self::Playlist,
            Self::Queue,
            Self::Import,
        ]
        .into_iter()
        .find(|source| source.as_str() == name)
    }
}

/// An explicit opinion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rating {
    /// "More like this."
    Like,
    /// "Not for me."
    Dislike,
}

/// What a play was of, as it was known at the time. Enough to find the recording again in a new database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaySubject {
    /// The recording, where the file was known to the library.
    pub audio: Option<AudioHash>,
    /// Where the file lay.
    pub path: Option<PathBuf>,
    /// First artist.
    pub artist: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Album.
    pub album: Option<String>,
    /// Length of the whole track in seconds.
    pub duration_s: Option<f64>,
}

/// One entry of the play log.
#[derive(Clone, Debug, PartialEq)]
pub struct Play {
    /// When the play began.
    pub at: Timestamp,
    /// What was played.
    pub subject: PlaySubject,
    /// Seconds that sounded (pauses excluded, repeats of a passage included).
    pub listened_s: f64,
    /// Where it came from.
    pub source: PlaySource,
    /// Whether the listener left the track before its end by choice.
    pub skipped: bool,
    /// An opinion given with the play.
    pub rating: Option<Rating>,
}

/// How a play reads as evidence of taste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Left within five seconds: a matter of mood or of browsing, hardly of taste.
    Glimpsed,
    /// Left after five to thirty seconds: heard and refused.
    Refused,
    /// Left later, before half of it had sounded: a weak refusal.
    Abandoned,
    /// At least half of it, or four minutes, sounded.
    Listened,
}

/// A play of at least this many seconds counts however long the track is (the scrobbling rule).
const LISTENED_S_ENOUGH: f64 = 240.0;

impl Play {
    /// Reads the play as evidence.
    pub fn heard(&self) -> Heard {
        let half_s = self
            .subject
            .duration_s
            .map_or(30.0, |duration_s| duration_s / 2.0);
        if self.listened_s >= half_s.min(LISTENED_S_ENOUGH) {
            Heard::Listened
        } else if self.listened_s < 5.0 {
            Heard::Glimpsed
        } else if self.listened_s < 30.0 {
            Heard::Refused
        } else {
            Heard::Abandoned
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(listened_s: f64, duration_s: Option<f64>, expected: Heard) {
        let play = Play {
            at: Timestamp::UNIX_EPOCH,
            subject: PlaySubject {
                duration_s,
                ..PlaySubject::default()
            },
            listened_s,
            source: PlaySource::Radio,
            skipped: true,
            rating: None,
        };
        assert_eq!(play.heard(), expected, "{listened_s} s of {duration_s:?}");
    }

    #[test]
    fn a_play_reads_as_the_listener_meant_it() {
        check(2.0, Some(200.0), Heard::Glimpsed);
        check(12.0, Some(200.0), Heard::Refused);
        check(60.0, Some(200.0), Heard::Abandoned);
        check(120.0, Some(200.0), Heard::Listened);
        check(240.0, Some(3600.0), Heard::Listened);
        check(5.0, Some(8.0), Heard::Listened);
        check(29.0, None, Heard::Refused);
        check(30.0, None, Heard::Listened);
    }

    #[test]
    fn a_source_reads_back_its_name() {
        for name in [
            "radio", "mix", "album", "search", "shuffle", "playlist", "queue", "import",
        ] {
            assert_eq!(PlaySource::parse(name).map(PlaySource::as_str), Some(name));
        }
        assert_eq!(PlaySource::parse("telepathy"), None);
    }
}
