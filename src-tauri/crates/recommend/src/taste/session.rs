//! What the listener is in the mood for: a direction in the model's space that every play changes.
//!
//! A play that was listened to pulls the direction towards its vector, one that was left pushes it away, a little more
//! strongly; each further play fades what came before. How much this mood counts is learned from the log like any
//! other effect: it is one feature of the regression.

use segue_core::{ListenOutcome, Play, Timestamp, ends_session};

use crate::tuning::Learning;

/// The plays of one session, as one direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// Over centred unit vectors, `[dim]`; empty before the first.
    direction: Vec<f32>,
    /// The latest end of a play.
    ended: Option<Timestamp>,
}

impl Session {
    /// Whether a play at `now` would belong to this session.
    pub(super) fn lasts(&self, now: Timestamp) -> bool {
        self.ended.is_some_and(|ended| !ends_session(ended, now))
    }

    /// How well a centred unit vector fits the mood at `now`.
    pub(super) fn fit(&self, centred: &[f32], now: Timestamp) -> f64 {
        if self.lasts(now) && self.direction.len() == centred.len() {
            f64::from(crate::index::dot(&self.direction, centred))
        } else {
            0.0
        }
    }

    /// Adds a play. `centred` is absent for a recording without a vector.
    pub(super) fn update(&mut self, tuning: &Learning, play: &Play, centred: Option<&[f32]>) {
        if !self.lasts(play.at) {
            *self = Self::default();
        }
        self.ended = self.ended.max(Some(play.ended_at()));
        let pull = if play.outcome() == ListenOutcome::Listened {
            tuning.session_listened
        } else {
            -tuning.session_left
        } as f32;
        let kept = (1.0 - tuning.session_fade) as f32;
        self.direction.iter_mut().for_each(|x| *x *= kept);
        if let Some(centred) = centred {
            self.direction.resize(centred.len(), 0.0);
            for (sum, x) in self.direction.iter_mut().zip(centred) {
                *sum += pull * x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{audio, play};

    /// Plays as their begin, their seconds and their end where it is kept.
    fn check(plays: &[(i64, f64, Option<i64>)], now_s: i64, lasts: bool) {
        let mut session = Session::default();
        let origin = play(0, audio(0), 0.0).at;
        let instant = |second: i64| Timestamp::from_second(origin.as_second() + second).unwrap();
        for (at_s, listened_s, ended_s) in plays {
            let mut play = play(*at_s, audio(0), *listened_s);
            play.context.ended_at = ended_s.map(instant);
            session.update(&Learning::DEFAULT, &play, None);
        }
        assert_eq!(session.lasts(instant(now_s)), lasts, "{plays:?} {now_s}");
    }

    #[test]
    fn a_session_lasts_until_half_an_hour_after_the_last_end() {
        check(&[], 0, false);
        check(&[(0, 200.0, None)], 1999, true);
        check(&[(0, 200.0, None)], 2000, false);
        // Paused for 35 minutes in the middle of a song.
        check(&[(0, 200.0, Some(2300))], 2300, true);
        // A long play may outlast a short one that began after it.
        check(&[(0, 4000.0, None), (60, 30.0, None)], 4500, true);
        check(&[(0, 200.0, None), (3000, 30.0, None)], 4830, false);
    }
}
