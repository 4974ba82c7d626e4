//! Plays: what was listened to, for how long, and where it came from.
//!
//! The log of plays is append-only and outlives tracks, so a play carries a snapshot of its subject and of its
//! circumstances: from which list, where in it, how far it came and why it was left. Which session it belongs to is
//! not kept but follows from the log (`session.rs`), since histories are brought in out of order.
//! The thresholds below are the listening statistics of Brost et al., "The Music Streaming Sessions
//! Dataset" (WWW 2019), and Lamere's analysis of skips: 24 % of plays end within 5 s, 35 % within 30 s.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{AudioHash, StationTitle, typed_or_told_if_any};

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
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "RatingName"))]
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
    /// Seconds that sounded (pauses and volume zero excluded, repeats of a passage included).
    pub listened_s: f64,
    /// Where it came from.
    pub source: PlaySource,
    /// Whether the listener left the track before its end by choice.
    pub skipped: bool,
    /// An opinion given with the play.
    pub rating: Option<Rating>,
    /// What else is known of it.
    pub context: PlayContext,
}

/// The circumstances of a play, each where it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlayContext {
    /// When it ended; with pauses that is later than its begin and its seconds say.
    pub ended_at: Option<Timestamp>,
    /// How far into the track it came, as a share of the track's length in `0..=1`.
    pub completion: Option<f64>,
    /// Seconds that ran at volume zero; they are not in `listened_s`.
    pub silent_s: Option<f64>,
    /// Seconds that it was paused.
    pub paused_s: Option<f64>,
    /// The list it was played from.
    pub from: Option<PlayedFrom>,
    /// Its place in that list, from 0.
    pub place: Option<u32>,
    /// The listener's clock: seconds east of UTC.
    pub utc_offset_s: Option<i32>,
    /// Why it ended.
    pub end_reason: Option<EndReason>,
    /// Played in a guest session: it teaches nothing.
    pub guest: bool,
    /// The play's instant is known only to so many seconds, from `at` on; `None` where it is known to the second.
    pub within_s: Option<u32>,
}

/// The list that a play came from, as far as it can be named for longer than the queue lasts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "list", rename_all = "kebab-case")]
pub enum PlayedFrom {
    /// An album.
    Album {
        /// Its title.
        title: String,
        /// Its artist.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        artist: Option<String>,
    },
    /// A playlist.
    Playlist {
        /// Its name.
        name: String,
    },
    /// A station.
    Station {
        /// The songs that it was started from.
        seeds: Vec<AudioHash>,
        /// What it was called after.
        #[serde(
            default,
            alias = "name",
            deserialize_with = "typed_or_told_if_any",
            skip_serializing_if = "Option::is_none"
        )]
        title: Option<StationTitle>,
    },
    /// What the guest DJ threaded into the queue.
    Dj {
        /// How, such as `bridge`.
        mode: String,
    },
    /// A way from one song to another.
    Path {
        /// Where it begins.
        from: AudioHash,
        /// Where it ends.
        to: AudioHash,
    },
    /// One of the mixes.
    Mix {
        /// Which, such as `discover`.
        kind: String,
    },
    /// What a search found.
    Search {
        /// The words.
        query: String,
    },
}

/// Why a play ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// It sounded to its end.
    Finished,
    /// *Next* was pressed.
    Next,
    /// *Next* was pressed, and nothing was left to follow.
    ListEnded,
    /// *Previous* was pressed.
    Previous,
    /// Another song was chosen.
    Chosen,
    /// It was taken out of the queue.
    Removed,
    /// It was stopped.
    Stopped,
    /// The player was quit.
    Quit,
    /// The file could not be played to its end.
    Failed,
}

impl EndReason {
    const ALL: [Self; 9] = [
        Self::Finished,
        Self::Next,
        Self::ListEnded,
        Self::Previous,
        Self::Chosen,
        Self::Removed,
        Self::Stopped,
        Self::Quit,
        Self::Failed,
    ];

    /// The name used in files and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Next => "next",
            Self::ListEnded => "list-ended",
            Self::Previous => "previous",
            Self::Chosen => "chosen",
            Self::Removed => "removed",
            Self::Stopped => "stopped",
            Self::Quit => "quit",
            Self::Failed => "failed",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// What another player counted of a recording without saying when: its plays and skips so far, and its stars.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// The player, such as `rhythmbox`.
    pub origin: String,
    /// What was counted.
    pub subject: PlaySubject,
    /// Plays in all.
    pub plays: u32,
    /// Skips in all.
    pub skips: u32,
    /// When it came into that player.
    pub since: Option<Timestamp>,
    /// When it was last played there.
    pub last: Option<Timestamp>,
    /// The opinion there.
    pub rating: Option<Rating>,
}

/// How much of a song a play came to: what it says of the listener's taste.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenOutcome {
    /// Left within five seconds: a sign of mood or browsing, weak evidence of taste.
    Glimpsed,
    /// Left after five to thirty seconds: the strongest sign of dislike among skips.
    Refused,
    /// Left later, before half of it had played: a weak sign of dislike.
    Abandoned,
    /// At least half of it, or four minutes, sounded.
    Listened,
}

/// A play of at least this many seconds counts however long the track is (the scrobbling rule).
const LISTENED_S_ENOUGH: f64 = 240.0;

impl Play {
    /// The seconds to record for a play that another player counted without a duration: the track's length, or, where
    /// that is unknown, the scrobbling limit, so that the play counts whatever length the track turns out to have.
    pub fn counted_s(duration_s: Option<f64>) -> f64 {
        duration_s
            .filter(|duration_s| *duration_s > 0.0)
            .unwrap_or(LISTENED_S_ENOUGH)
    }

    /// When it ended, by the best evidence; never before it began. Listening time is capped at a day: a corrupt import
    /// would otherwise stretch one session over years.
    pub fn ended_at(&self) -> Timestamp {
        let ended = self.context.ended_at.unwrap_or_else(|| {
            let heard_s = self.listened_s.clamp(0.0, 86_400.0);
            let heard = SignedDuration::try_from_secs_f64(heard_s).unwrap_or_default();
            self.at.checked_add(heard).unwrap_or(self.at)
        });
        ended.max(self.at)
    }

    /// Whether the listener left before the end. The last ten seconds are ignored, because players and crossfades cut them.
    pub fn left_early(&self) -> bool {
        self.subject
            .duration_s
            .is_some_and(|duration_s| self.listened_s < duration_s - 10.0)
    }

    /// How much of the song was listened to.
    pub fn outcome(&self) -> ListenOutcome {
        let half_s = self
            .subject
            .duration_s
            .map_or(30.0, |duration_s| duration_s / 2.0);
        if self.listened_s >= half_s.min(LISTENED_S_ENOUGH) {
            ListenOutcome::Listened
        } else if self.listened_s < 5.0 {
            ListenOutcome::Glimpsed
        } else if self.listened_s < 30.0 {
            ListenOutcome::Refused
        } else {
            ListenOutcome::Abandoned
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(listened_s: f64, duration_s: Option<f64>, expected: ListenOutcome) {
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
            context: PlayContext::default(),
        };
        assert_eq!(play.outcome(), expected, "{listened_s} s of {duration_s:?}");
    }

    #[test]
    fn a_play_reads_as_the_listener_meant_it() {
        check(2.0, Some(200.0), ListenOutcome::Glimpsed);
        check(12.0, Some(200.0), ListenOutcome::Refused);
        check(60.0, Some(200.0), ListenOutcome::Abandoned);
        check(120.0, Some(200.0), ListenOutcome::Listened);
        check(240.0, Some(3600.0), ListenOutcome::Listened);
        check(5.0, Some(8.0), ListenOutcome::Listened);
        check(29.0, None, ListenOutcome::Refused);
        check(30.0, None, ListenOutcome::Listened);
    }

    #[test]
    fn a_source_reads_back_its_name() {
        for name in [
            "radio", "mix", "album", "search", "shuffle", "playlist", "queue", "import",
        ] {
            assert_eq!(PlaySource::parse(name).map(PlaySource::as_str), Some(name));
        }
        assert_eq!(PlaySource::parse("telepathy"), None);
        for reason in EndReason::ALL {
            assert_eq!(EndReason::parse(reason.as_str()), Some(reason));
            let name = format!("{:?}", reason.as_str());
            assert_eq!(serde_json::to_string(&reason).unwrap(), name);
        }
    }
}
