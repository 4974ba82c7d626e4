//! What a listener says of a recommendation beside like and dislike: *not now*, *never again*, *wrong after that one*, and
//! *less because of this*.
//!
//! Different things. *Not now* speaks of the moment and holds until the session ends. *Never again* speaks of
//! Segue's choices and holds until it is taken back; the music stays in the library. *Wrong after that one* speaks of
//! neither song, only of their order. *Less* and *more* speak of what a reason rested on, and weigh beside what was learned. Each is an event in an append-only log, and so is its being taken back.

use crate::session::ends_session;
use crate::{AudioHash, Play, Term, Timestamp};

/// The number of an event in the log of feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedbackId(pub i64);

/// What *not now* and *never again* speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// One recording.
    Recording(AudioHash),
    /// All that an artist plays on.
    Artist(String),
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feedback {
    /// Not for the rest of this session.
    NotNow(About),
    /// By no station, mix or shuffle.
    Never(About),
    /// Not one right after the other.
    WrongAfter {
        /// What had sounded.
        earlier: AudioHash,
        /// What should not have followed.
        later: AudioHash,
    },
    /// More, or less, of what this names.
    Turned {
        /// What a reason rested on, or taste learned of.
        term: Term,
        /// More of it.
        up: bool,
    },
}

/// An entry of the log of feedback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedbackEvent {
    /// Its number.
    pub id: FeedbackId,
    /// When it was said.
    pub at: Timestamp,
    /// What was said.
    pub said: Feedback,
}

impl FeedbackEvent {
    /// Whether it still holds at `now`. `plays` is the log in the order of time: *not now* ends with its session.
    pub fn holds(&self, plays: &[Play], now: Timestamp) -> bool {
        if !matches!(self.said, Feedback::NotNow(_)) {
            return true;
        }
        let after = plays.partition_point(|play| play.at <= self.at);
        let before = plays[..after].iter().map(Play::ended_at).max();
        let mut sounding = before.map_or(self.at, |ended| ended.max(self.at));
        for play in &plays[after..] {
            if ends_session(sounding, play.at) {
                return false;
            }
            sounding = sounding.max(play.ended_at());
        }
        !ends_session(sounding, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PlayContext, PlaySource, PlaySubject, SESSION_GAP_S};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn play(second: i64, listened_s: f64) -> Play {
        Play {
            at: at(second),
            subject: PlaySubject::default(),
            listened_s,
            source: PlaySource::Radio,
            skipped: false,
            rating: None,
            context: PlayContext::default(),
        }
    }

    fn check(said_s: i64, plays: &[Play], now_s: i64, expected: bool) {
        let event = |said| FeedbackEvent {
            id: FeedbackId(1),
            at: at(said_s),
            said,
        };
        let about = About::Artist("Ann".into());
        let not_now = event(Feedback::NotNow(about.clone()));
        assert_eq!(
            not_now.holds(plays, at(now_s)),
            expected,
            "said at {said_s}, now {now_s}"
        );
        assert!(event(Feedback::Never(about)).holds(plays, at(now_s)));
    }

    #[test]
    fn not_now_ends_with_its_session() {
        let log = [play(0, 200.0), play(200, 300.0), play(5000, 100.0)];
        check(210, &log[..2], 500 + SESSION_GAP_S - 1, true);
        check(210, &log[..2], 500 + SESSION_GAP_S, false);
        check(210, &log, 5000, false);
        check(210, &[], 210 + SESSION_GAP_S, false);
        check(210, &[], 220, true);
        check(5010, &log, 5200, true);
    }
}
