//! The play log read as evidence: what a play says, and how surely.

use segue_core::{ListenOutcome, Play, PlaySource, Timestamp};

use crate::tuning::Learning;

pub(super) const DAY_S: f64 = 86_400.0;

/// The dense parameters before those of the sound, in the order of [`Observation::context_features`].
pub(super) const ALWAYS: usize = 0;
pub(super) const CHOSEN: usize = 1;
pub(super) const CHOICE: usize = 2;
pub(super) const FAMILIAR: usize = 3;
pub(super) const RECENT: usize = 4;
pub(super) const SESSION: usize = 5;
pub(super) const HOUR: usize = 6;
pub(super) const CONTEXT: usize = 7;

/// What one play, opinion or choice says of a recording: a weighted outcome with the features of its context.
#[derive(Clone, Copy)]
pub(super) struct Observation {
    pub(super) subject: usize,
    pub(super) listened: bool,
    /// Certainty, in plays, faded by age.
    pub(super) weight: f64,
    /// What age has left of the weight, in `0..=1`.
    pub(super) decay: f64,
    pub(super) chosen: bool,
    pub(super) familiar: f64,
    pub(super) recent: f64,
    /// Fit to the mood of the session.
    pub(super) session: f64,
    /// Fit to the hour of the day.
    pub(super) hour: f64,
    /// Whether it is of what was chosen, not of how much was listened to: choices have an intercept of their own.
    pub(super) choice: bool,
    pub(super) kind: ObservationKind,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum ObservationKind {
    /// A play, and whether half of it was listened to.
    Outcome,
    /// A like or a dislike.
    Rating,
    /// Put on by hand, out of the whole library.
    Choice,
    /// A recording of the library that could have been chosen.
    Background,
}

impl Observation {
    pub(super) fn context_features(&self) -> [f64; CONTEXT] {
        let (outcome, choice) = if self.choice { (0.0, 1.0) } else { (1.0, 0.0) };
        [
            outcome,
            outcome * f64::from(u8::from(self.chosen)),
            choice,
            self.familiar,
            self.recent,
            self.session,
            self.hour,
        ]
    }

    pub(super) fn context(&self, parameters: &[f64]) -> f64 {
        self.context_features()
            .iter()
            .zip(parameters)
            .map(|(x, w)| x * w)
            .sum()
    }

    pub(super) fn sign(&self) -> f64 {
        if self.listened { 1.0 } else { -1.0 }
    }
}

/// Whether a log entry is a play at all, not only an opinion.
pub(crate) fn sounded(play: &Play) -> bool {
    play.rating.is_none() || play.listened_s > 0.0
}

/// What a play says of its recording, and how surely.
pub(super) fn evidence(tuning: &Learning, play: &Play) -> (bool, f64) {
    match play.outcome() {
        ListenOutcome::Glimpsed => (false, tuning.glimpsed),
        ListenOutcome::Refused => (false, 1.0),
        ListenOutcome::Abandoned => (false, tuning.abandoned),
        ListenOutcome::Listened => (true, 1.0),
    }
}

/// How much a play from a source says of the single recording.
pub(super) fn reliability(tuning: &Learning, source: PlaySource) -> f64 {
    match source {
        PlaySource::Radio | PlaySource::Mix | PlaySource::Shuffle => 1.0,
        PlaySource::Queue | PlaySource::Search => 1.0,
        PlaySource::Playlist => tuning.reliability_playlist,
        PlaySource::Import => tuning.reliability_import,
        PlaySource::Album => tuning.reliability_album,
    }
}

/// Whether the listener chose, and not Segue.
pub(super) fn chosen(source: PlaySource) -> bool {
    !matches!(
        source,
        PlaySource::Radio | PlaySource::Mix | PlaySource::Shuffle
    )
}

/// How much the choice itself says, in plays: nothing where Segue chose.
pub(super) fn contrast(tuning: &Learning, source: PlaySource) -> f64 {
    match source {
        PlaySource::Radio | PlaySource::Mix | PlaySource::Shuffle => 0.0,
        PlaySource::Queue | PlaySource::Search | PlaySource::Import => 1.0,
        PlaySource::Playlist => tuning.contrast_playlist,
        PlaySource::Album => tuning.contrast_album,
    }
}

/// Familiarity: 0 for unheard, 1 after some twenty plays.
pub(super) fn familiar(listened: u32) -> f64 {
    f64::from(listened).ln_1p() / 3.0
}

/// 1 for just now, fading with `recent_days`.
pub(super) fn fresh(tuning: &Learning, age_s: f64) -> f64 {
    (-age_s / (tuning.recent_days * DAY_S)).exp()
}

/// Seconds from `earlier` to `later`, 0 if the clock ran backwards.
pub(super) fn seconds_between(earlier: Timestamp, later: Timestamp) -> f64 {
    (later.as_second() as f64 - earlier.as_second() as f64).max(0.0)
}
