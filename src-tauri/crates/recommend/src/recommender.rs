//! All that a recommendation depends on, so that the same inputs give the same picks.

use std::collections::HashSet;

use segue_core::AudioHash;

use crate::tuning::Ranking;
use crate::{Adjustments, Catalogue, LocalTime, Taste};

/// What must not be picked.
#[derive(Clone, Debug, Default)]
pub struct Exclusions {
    /// These recordings: never again, not now, or not at hand.
    pub recordings: HashSet<AudioHash>,
    /// Recordings of which the second must not follow the first.
    pub wrong_after: HashSet<(AudioHash, AudioHash)>,
}

/// Looks up the embeddings of recordings' intros and outros: for each both, one after the other, `[2 dim]`, where known.
pub type IntroOutroEmbeddings<'a> = &'a dyn Fn(&[AudioHash]) -> Vec<Option<Vec<f32>>>;

/// Library, taste and decisions, from which stations, mixes and paths are made.
#[derive(Clone, Copy)]
pub struct Recommender<'a> {
    /// What there is.
    pub catalogue: &'a Catalogue,
    /// What is liked. One of another catalogue ([`Taste::fits`]) is left out of account.
    pub taste: &'a Taste,
    /// What was adjusted by hand.
    pub adjustments: &'a Adjustments,
    /// What must not be picked.
    pub exclusions: &'a Exclusions,
    /// Embeddings of intros and outros.
    pub ends: IntroOutroEmbeddings<'a>,
    /// What the terms of a score count for.
    pub tuning: &'a Ranking,
    /// When.
    pub now: LocalTime,
    /// Seed of the exploration and of all random choices, and of nothing else.
    pub rng_seed: u64,
}

impl<'a> Recommender<'a> {
    /// The taste, if it learned anything, and of this catalogue.
    pub(crate) fn taste(&self) -> Option<&'a Taste> {
        Some(self.taste).filter(|taste| taste.plays() > 0 && taste.fits(self.catalogue))
    }

    /// Positions of recordings, each once, at its last mention; unknown ones are left out.
    pub(crate) fn positions(&self, audio: &[AudioHash]) -> Vec<usize> {
        let mut seen = HashSet::new();
        let known = audio.iter().rev();
        let known = known.filter_map(|audio| self.catalogue.position(audio));
        let mut found: Vec<usize> = known.filter(|position| seen.insert(*position)).collect();
        found.reverse();
        found
    }

    pub(crate) fn is_excluded(&self, position: usize) -> bool {
        !self.exclusions.recordings.is_empty()
            && self
                .exclusions
                .recordings
                .contains(&self.catalogue.audio(position))
    }

    pub(crate) fn is_wrong_after(&self, earlier: usize, later: usize) -> bool {
        let pair = || (self.catalogue.audio(earlier), self.catalogue.audio(later));
        !self.exclusions.wrong_after.is_empty() && self.exclusions.wrong_after.contains(&pair())
    }

    /// What is wrong right after one recording, or right before another.
    pub(crate) fn wrong_between(&self, earlier: usize, later: Option<usize>) -> Vec<usize> {
        let (earlier, later) = (
            self.catalogue.audio(earlier),
            later.map(|later| self.catalogue.audio(later)),
        );
        let wrong = self
            .exclusions
            .wrong_after
            .iter()
            .filter_map(|(first, second)| {
                if *first == earlier {
                    self.catalogue.position(second)
                } else if Some(*second) == later {
                    self.catalogue.position(first)
                } else {
                    None
                }
            });
        wrong.collect()
    }

    pub(crate) fn share_artist(&self, a: usize, b: usize) -> bool {
        let theirs = self.catalogue.artist_numbers(b);
        let mine = self.catalogue.artist_numbers(a).iter();
        mine.into_iter().any(|artist| theirs.contains(artist))
    }
}
