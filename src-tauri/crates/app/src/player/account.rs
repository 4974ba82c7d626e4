//! The account of one play, from its first frame to its entry in the log: when it began, how long it was paused, and how long it
//! ran at volume zero. How much of it was played comes from the engine.

use std::sync::Arc;
use std::time::Instant;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use segue_core::{EndReason, Play, PlayContext};
use segue_playback::End;

use super::items::QueueItem;

/// A play that has not ended.
#[derive(Clone, Debug)]
pub(super) struct Account {
    item: Arc<QueueItem>,
    began: Timestamp,
    noted: Instant,
    paused: bool,
    silent: bool,
    paused_s: f64,
    silent_s: f64,
    /// Begun in a guest session.
    guest: bool,
}

/// The end of a play, as the engine reported it.
pub(super) struct PlayEnd {
    pub(super) sounded_s: f64,
    pub(super) position_s: f64,
    pub(super) duration_s: Option<f64>,
    pub(super) how: End,
    pub(super) cause: Option<EndReason>,
    pub(super) at: Instant,
}

impl Account {
    /// The play of an item that began to sound at that instant.
    pub(super) fn new(item: Arc<QueueItem>, at: Instant, silent: bool, guest: bool) -> Self {
        Self {
            item,
            began: on_the_wall(at),
            noted: at,
            paused: false,
            silent,
            paused_s: 0.0,
            silent_s: 0.0,
            guest,
        }
    }

    /// From that instant on it is paused or not, and at volume zero or not.
    pub(super) fn note(&mut self, at: Instant, paused: bool, silent: bool) {
        let passed_s = at.saturating_duration_since(self.noted).as_secs_f64();
        if self.paused {
            self.paused_s += passed_s;
        } else if self.silent {
            self.silent_s += passed_s;
        }
        (self.noted, self.paused, self.silent) = (self.noted.max(at), paused, silent);
    }

    /// The play for the log. `guest`: whether it ended in a guest session; guests may come in the middle of a song, and
    /// may be the ones who leave it.
    pub(super) fn close(mut self, ended: &PlayEnd, guest: bool) -> Play {
        self.note(ended.at, self.paused, self.silent);
        let QueueItem {
            subject, placed, ..
        } = &*self.item;
        // What ran at volume zero was not listened to. The wall clock may run ahead of the card's.
        let silent_s = self.silent_s.min(ended.sounded_s);
        let length_s = ended.duration_s.or(subject.duration_s).unwrap_or_default();
        let share = (length_s > 0.0).then(|| (ended.position_s / length_s).clamp(0.0, 1.0));
        let ended_at = on_the_wall(ended.at).to_zoned(TimeZone::system());
        Play {
            at: self.began,
            subject: subject.clone(),
            listened_s: ended.sounded_s - silent_s,
            source: placed.source,
            skipped: ended.how == End::Skipped,
            rating: None,
            context: PlayContext {
                ended_at: Some(ended_at.timestamp()),
                completion: match ended.how {
                    End::Finished => Some(1.0),
                    _ => share,
                },
                silent_s: Some(silent_s),
                paused_s: Some(self.paused_s),
                from: placed.from.as_deref().cloned(),
                place: placed.place,
                utc_offset_s: Some(ended_at.offset().seconds()),
                end_reason: Some(why(ended.how, ended.cause)),
                guest: self.guest || guest,
                within_s: None,
            },
        }
    }
}

/// Why a play ended: the engine says how, and what the listener asked for.
fn why(how: End, asked: Option<EndReason>) -> EndReason {
    match (how, asked) {
        (End::Finished, _) => EndReason::Finished,
        (End::Failed, _) => EndReason::Failed,
        (End::Stopped, Some(EndReason::Quit)) => EndReason::Quit,
        (End::Stopped, _) => EndReason::Stopped,
        (End::Skipped, asked) => asked.unwrap_or(EndReason::Chosen),
    }
}

/// When an instant was, on the wall clock.
fn on_the_wall(at: Instant) -> Timestamp {
    let ago = SignedDuration::try_from(at.elapsed()).unwrap_or_default();
    let now = Timestamp::now();
    now.checked_sub(ago).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use segue_core::{PlaySubject, TrackId};

    use super::super::items::Placed;
    use super::*;

    #[test]
    fn pauses_and_silence_are_told_apart() {
        let item = QueueItem {
            track: TrackId(1),
            subject: PlaySubject::default(),
            span: segue_core::FileSpan::WHOLE,
            placed: Placed::by_hand(),
        };
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut account = Account::new(Arc::new(item), at(10), false, false);
        account.note(at(20), false, true);
        account.note(at(25), true, true);
        account.note(at(125), false, true);
        account.note(at(128), false, false);
        account.note(at(130), false, false);
        // An instant from before adds nothing.
        account.note(at(129), true, true);
        assert_eq!((account.silent_s, account.paused_s), (8.0, 100.0));
    }
}
