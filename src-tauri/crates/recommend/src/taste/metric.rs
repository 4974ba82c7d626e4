//! What sounds alike to this listener: a metric learned from what was listened to right after what.
//!
//! Similarity is `s(x, y) = x . y + Ux . Uy` over centred unit vectors: the plain cosine and a few directions that count
//! more. `U` is learned by Bayesian personalised ranking (Rendle et al. 2009): what followed a recording in one session
//! shall be likelier than something listened to in another; McFee and Lanckriet (2010) learn metrics from rankings in
//! the same spirit. The prior holds it to the identity. It is kept only if it orders the last pairs better than the plain
//! cosine does, by more than chance: where both order them equally well, the cosine stays.

use super::history::{Followed, ListeningHistory};
use super::parts::{AblationResult, held_out_from};
use crate::catalogue::Catalogue;
use crate::counter_rng;
use crate::index::dot;
use crate::sound_clusters::centred;
use crate::tuning::Learning;

/// Directions that may count more.
const RANK: usize = 8;

/// Pairs below which nothing is learned, and the latest that are looked at.
const PAIRS_MIN: usize = 100;
const PAIRS_MAX: usize = 20_000;
/// Seeds the draw of negatives.
const NEGATIVES: u64 = 0xb9;

/// Passes over the triplets.
const PASSES: usize = 3;

/// The directions that count more.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Metric {
    /// `[RANK][dim]`.
    directions: Vec<Vec<f32>>,
}

/// Anchor, positive and negative: recordings listened to in turn, and one that was listened to in another session; rows
/// of the index.
type Triplet = [usize; 3];

impl Metric {
    /// Learned from the log so far; `None` if that is too little, or predicts no better than the cosine.
    pub(super) fn learn(
        catalogue: &Catalogue,
        history: &ListeningHistory,
    ) -> (Option<Self>, AblationResult) {
        let (triplets, tuning) = (triplets(catalogue, history), &history.tuning);
        if triplets.len() < PAIRS_MIN {
            return (None, AblationResult::default());
        }
        let cut = held_out_from(triplets.len());
        let trained = Self::trained(catalogue, tuning, &triplets[..cut]);
        let plain = Self {
            directions: Vec::new(),
        };
        let losses = |metric: &Self| -> Vec<f64> {
            let held_out = triplets[cut..].iter();
            held_out
                .map(|triplet| f64::from(metric.margin(catalogue, triplet)))
                .map(|margin| (-tuning.metric_slope * margin).exp().ln_1p())
                .collect()
        };
        let ablation = AblationResult::earned(&losses(&trained), &losses(&plain));
        let kept = ablation
            .kept
            .then(|| Self::trained(catalogue, tuning, &triplets));
        (kept, ablation)
    }

    fn trained(catalogue: &Catalogue, tuning: &Learning, triplets: &[Triplet]) -> Self {
        let (slope, shrink) = (tuning.metric_slope as f32, tuning.metric_shrink as f32);
        let dim = catalogue.index().dim();
        let start = |place: usize| {
            0.1 * counter_rng::normal(0x3e7, place as u64) as f32 / (dim as f32).sqrt()
        };
        let mut directions: Vec<Vec<f32>> = (0..RANK)
            .map(|rank| (0..dim).map(|d| start(rank * dim + d)).collect())
            .collect();
        for pass in 0..PASSES {
            let step = tuning.metric_step as f32 / (1 + pass) as f32;
            for triplet in triplets {
                let [from, to, other] = triplet.map(|row| centred(catalogue.index(), row));
                let apart: Vec<f32> = to.iter().zip(&other).map(|(a, b)| a - b).collect();
                let mut margin = dot(&from, &apart);
                let seen: Vec<(f32, f32)> = directions
                    .iter()
                    .map(|u| (dot(u, &from), dot(u, &apart)))
                    .collect();
                margin += seen.iter().map(|(a, b)| a * b).sum::<f32>();
                let pull = slope / (1.0 + (slope * margin).exp());
                for (u, (a, b)) in directions.iter_mut().zip(seen) {
                    for ((u, from), apart) in u.iter_mut().zip(&from).zip(&apart) {
                        *u += step * (pull * (b * from + a * apart) - shrink * *u);
                    }
                }
            }
        }
        Self { directions }
    }

    /// How much more similar the anchor is to the positive than to the negative.
    fn margin(&self, catalogue: &Catalogue, triplet: &Triplet) -> f32 {
        let [from, to, other] = triplet.map(|row| centred(catalogue.index(), row));
        let from = self.transformed(&from);
        dot(&from, &to) - dot(&from, &other)
    }

    /// The vector whose dot product with any centred vector is that one's similarity to `centred`.
    pub(crate) fn transformed(&self, centred: &[f32]) -> Vec<f32> {
        let mut transformed = centred.to_vec();
        for u in &self.directions {
            let weight = dot(u, centred);
            let sums = transformed.iter_mut().zip(u);
            sums.for_each(|(sum, x)| *sum += weight * x);
        }
        transformed
    }

    /// Mixes all numbers into `hash`.
    pub(super) fn mix_into(&self, hash: u64) -> u64 {
        let numbers = self.directions.iter().flatten();
        numbers.fold(hash, |hash, x| {
            counter_rng::bits(hash, u64::from(x.to_bits()))
        })
    }
}

/// Rows of what was listened to, of what followed it in the same session, and of something from another session. Of the latest
/// pairs only, and of those whose three recordings have vectors and are unlike.
fn triplets(catalogue: &Catalogue, history: &ListeningHistory) -> Vec<Triplet> {
    let listened = &history.listened;
    let pairs = &history.followed;
    let pairs = &pairs[pairs.len().saturating_sub(PAIRS_MAX)..];
    let triplet = |(number, Followed { from, to, session }): (usize, &Followed)| {
        // The negative is drawn from what was listened to before the session and after it, since within one session all
        // may go together.
        let begin = listened.partition_point(|listen| listen.session < *session);
        let end = listened.partition_point(|listen| listen.session <= *session);
        let others = (listened.len() - (end - begin)).max(1) as u64;
        let drawn = (counter_rng::bits(NEGATIVES, number as u64) % others) as usize;
        let negative = listened.get(if drawn < begin {
            drawn
        } else {
            drawn + end - begin
        })?;
        let row = |position: u32| catalogue.row(position as usize);
        let triplet = [row(*from)?, row(*to)?, row(negative.position)?];
        let apart = triplet[2] != triplet[0] && triplet[2] != triplet[1];
        (triplet[0] != triplet[1] && apart).then_some(triplet)
    };
    pairs.iter().enumerate().filter_map(triplet).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Taste;
    use crate::test_support::{self, audio, play};

    /// Sessions of recordings listened to in turn; what each pair is told apart from lies outside its session.
    fn check(sessions: &[&[usize]], expected: usize) {
        let catalogue = test_support::catalogue(test_support::library(5, 8, 30, 32));
        let mut log = Vec::new();
        for (number, session) in sessions.iter().enumerate() {
            let at_s = |place: usize| number as i64 * 86_400 + place as i64 * 200;
            let listened = session.iter().enumerate();
            log.extend(listened.map(|(place, item)| play(at_s(place), audio(*item), 200.0)));
        }
        let taste = Taste::fit(&catalogue, &log);
        let found = triplets(&catalogue, &taste.history);
        assert_eq!(found.len(), expected, "{found:?}");
        for triplet in found {
            let [from, _, other] = triplet;
            let row = |item: &usize| {
                let position = catalogue.position(&audio(*item)).unwrap();
                catalogue.row(position).unwrap()
            };
            let mut with = sessions
                .iter()
                .filter(|s| s.iter().any(|item| row(item) == from));
            let session = with.next().unwrap();
            assert!(
                !session.iter().any(|item| row(item) == other),
                "{triplet:?}"
            );
        }
    }

    #[test]
    fn what_followed_is_paired_with_what_was_listened_to_in_another_session() {
        check(&[&[0, 1, 2, 3]], 0);
        check(&[&[0, 1, 2, 3, 4, 5, 6, 7], &[8, 9, 10]], 9);
        check(&[&[20], &[0, 1, 2, 3, 4, 5, 6, 7, 8], &[21]], 8);
    }
}
