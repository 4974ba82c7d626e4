//! A recommender to whom nothing was said but plays.

use segue_core::{AudioHash, Timestamp};
use segue_recommend::{Adjustments, Exclusions, LocalTime, Ranking, Recommender, Taste};

use crate::music::Music;

/// The listeners live by UTC.
pub(crate) fn moment(at: Timestamp) -> LocalTime {
    LocalTime {
        at,
        utc_offset_s: 0,
    }
}

/// Calls `ask` with a recommender at `at`.
pub(crate) fn ask<T>(
    music: &Music,
    taste: &Taste,
    at: Timestamp,
    rng_seed: u64,
    ask: impl FnOnce(Recommender) -> T,
) -> T {
    ask_by(&Ranking::DEFAULT, music, taste, at, rng_seed, ask)
}

/// The same by other constants than the player's.
pub(crate) fn ask_by<T>(
    tuning: &Ranking,
    music: &Music,
    taste: &Taste,
    at: Timestamp,
    rng_seed: u64,
    ask: impl FnOnce(Recommender) -> T,
) -> T {
    let ends = |recordings: &[AudioHash]| {
        let ends = recordings
            .iter()
            .map(|audio| music.ends.get(audio).cloned());
        ends.collect()
    };
    ask(Recommender {
        catalogue: &music.catalogue,
        taste,
        adjustments: &Adjustments::default(),
        exclusions: &Exclusions::default(),
        ends: &ends,
        tuning,
        now: moment(at),
        rng_seed,
    })
}
