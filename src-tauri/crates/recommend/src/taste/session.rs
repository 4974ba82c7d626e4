//! What the listener is in the mood for: a direction in the model's space that turns with every play.
//!
//! A play that was listened to pulls the direction towards its vector, one that was left pushes it away, a little more
//! strongly; each further play fades what came before. How much this mood counts is learned from the log like any
//! other effect: it is one feature of the regression.

use segue_core::{Heard, Play, SESSION_GAP_S, Timestamp};

use super::evidence::seconds_between;

/// What one more play leaves of those before.
const KEPT: f64 = 0.85;

/// What listening to half of a piece adds, and what leaving it before takes: the sum over usual plays is nothing.
const LISTENED: f64 = 0.41;
const LEFT: f64 = -0.59;

/// The plays of a sitting, as one direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// Over centred unit vectors, `[dim]`; empty before the first.
    direction: Vec<f32>,
    /// When the last play ended.
    ended: Option<Timestamp>,
    /// Plays so far.
    plays: u32,
}

impl Session {
    /// Whether a play at `now` would belong to this session.
    pub(super) fn lasts(&self, now: Timestamp) -> bool {
        self.plays > 0
            && self
                .ended
                .is_some_and(|ended| seconds_between(ended, now) < SESSION_GAP_S as f64)
    }

    /// How well a centred unit vector fits the mood at `now`.
    pub(super) fn fit(&self, centred: &[f32], now: Timestamp) -> f64 {
        if self.lasts(now) && self.direction.len() == centred.len() {
            f64::from(crate::index::dot(&self.direction, centred))
        } else {
            0.0
        }
    }

    /// Takes a play in. `centred` is absent for a recording without a vector.
    pub(super) fn see(&mut self, play: &Play, centred: Option<&[f32]>) {
        if !self.lasts(play.at) {
            *self = Self::default();
        }
        let listened_s = if play.listened_s.is_finite() {
            play.listened_s.clamp(0.0, 86_400.0)
        } else {
            0.0
        };
        let ended = play.at.as_second().saturating_add(listened_s as i64);
        self.ended = Timestamp::from_second(ended).ok().or(Some(play.at));
        self.plays += 1;
        let pull = if play.heard() == Heard::Listened {
            LISTENED
        } else {
            LEFT
        } as f32;
        self.direction.iter_mut().for_each(|x| *x *= KEPT as f32);
        if let Some(centred) = centred {
            self.direction.resize(centred.len(), 0.0);
            for (sum, x) in self.direction.iter_mut().zip(centred) {
                *sum += pull * x;
            }
        }
    }
}
