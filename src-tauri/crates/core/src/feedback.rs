//! What a listener says of a recommendation beside like and dislike: *not now*, *never again*, *wrong after that one*, and
//! *less because of this*.
//!
//! *Not now* is active until the session ends. *Never again* keeps a song out of what Segue chooses until it is undone;
//! the music stays in the library. *Wrong after that one* is about the order of two songs, not about either of them. *Less* and
//! *more* adjust what a reason rested on, beside what was learned. Each is an event in an append-only log, and so is its undo.

use crate::session::ends_session;
use crate::{AudioHash, Play, Term, Timestamp};

/// The number of an event in the log of feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedbackId(pub i64);

/// What *not now* and *never again* apply to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedbackTarget {
    /// One recording.
    Recording(AudioHash),
    /// Every recording of an artist.
    Artist(String),
}

/// One statement of the listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feedback {
    /// Do not play it for the rest of this session.
    NotNow(FeedbackTarget),
    /// No station, mix or shuffle may choose it.
    Never(FeedbackTarget),
    /// These two may not follow one another directly.
    WrongAfter {
        /// What played before.
        earlier: AudioHash,
        /// What should not have followed.
        later: AudioHash,
    },
    /// More, or less, of what this names.
    Adjusted {
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
    /// When it was recorded.
    pub at: Timestamp,
    /// What the listener stated.
    pub feedback: Feedback,
}

impl FeedbackEvent {
    /// Whether it still applies at `now`. `plays` must be the log in order of time, because *not now* ends with the session
    /// that it was recorded in.
    pub fn is_active(&self, plays: &[Play], now: Timestamp) -> bool {
        if !matches!(self.feedback, Feedback::NotNow(_)) {
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
        let event = |feedback| FeedbackEvent {
            id: FeedbackId(1),
            at: at(said_s),
            feedback,
        };
        let about = FeedbackTarget::Artist("Ann".into());
        let not_now = event(Feedback::NotNow(about.clone()));
        assert_eq!(
            not_now.is_active(plays, at(now_s)),
            expected,
            "said at {said_s}, now {now_s}"
        );
        assert!(event(Feedback::Never(about)).is_active(plays, at(now_s)));
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
