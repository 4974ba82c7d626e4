//! Backtest: the last part of a listener's history is held out and predicted. Is the taste better than no taste?

use segue_core::{ListenOutcome, Play};

use crate::catalogue::{Catalogue, Found};
use crate::taste::{held_out_from, sounded};
use crate::{LocalTime, Taste};

/// Held-out plays that are predicted, evenly spaced.
const PREDICTED_MAX: usize = 300;

/// How well one ranking method predicted what was listened to.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// `taste`, `similarity`, `most-played` or `shuffle`.
    pub way: &'static str,
    /// Mean share of the library that was ranked below what was listened to; 0.5 is chance.
    pub rank: f64,
    /// Share of what was listened to that stood among the first 50.
    pub hit_50: f64,
    /// Probability that a listened play is ranked above one that was left; 0.5 is chance, `None` if all went one way.
    pub auc: Option<f64>,
}

/// What the replay found.
#[derive(Clone, Debug, PartialEq)]
pub struct Replay {
    /// Plays learned from.
    pub learned: usize,
    /// Plays predicted.
    pub foretold: usize,
    /// The ranking methods.
    pub ways: Vec<Ranked>,
}

/// The ranks that a method gave to what was played.
#[derive(Default)]
struct RankingTally {
    ranks: Vec<f64>,
    hits: f64,
    scored: Vec<(f64, bool)>,
}

/// Learns the first four fifths of the log and ranks the whole library before each play of the rest. `None` if there are
/// fewer than 50 plays of recordings that the catalogue holds.
pub fn replay(catalogue: &Catalogue, plays: &[Play]) -> Option<Replay> {
    let mut order: Vec<(&Play, usize)> = plays
        .iter()
        .filter(|play| sounded(play))
        .filter_map(|play| match catalogue.find(play)? {
            Found::Item(position) => Some((play, position)),
            Found::Artist(_) => None,
        })
        .collect();
    order.sort_by_key(|(play, _)| play.at);
    if order.len() < 50 {
        return None;
    }
    let (before, after) = order.split_at(held_out_from(order.len()));
    let earlier: Vec<Play> = before.iter().map(|(play, _)| (*play).clone()).collect();
    let taste = Taste::fit(catalogue, &earlier);
    let mut counts = vec![0_u32; catalogue.len()];
    let mut last = None;
    for (_, position) in before
        .iter()
        .filter(|(play, _)| play.outcome() == ListenOutcome::Listened)
    {
        counts[*position] += 1;
        last = Some(*position);
    }
    let mut tallies: [RankingTally; 3] = Default::default();
    let step = after.len().div_ceil(PREDICTED_MAX);
    let mut foretold = 0;
    for (number, (play, position)) in after.iter().enumerate() {
        let listened = play.outcome() == ListenOutcome::Listened;
        if number % step == 0 {
            foretold += 1;
            let now = LocalTime::of(play);
            let like = |item: usize| {
                last.and_then(|last| catalogue.cosine(last, item))
                    .unwrap_or(0.0)
            };
            tallies[0].note(catalogue, *position, listened, |item| {
                taste.score(catalogue, item, now)
            });
            tallies[1].note(catalogue, *position, listened, |item| f64::from(like(item)));
            tallies[2].note(catalogue, *position, listened, |item| {
                f64::from(counts[item])
            });
        }
        if listened {
            last = Some(*position);
        }
    }
    let [own, similarity, most_played] = tallies;
    let shuffle = Ranked {
        way: "shuffle",
        rank: 0.5,
        hit_50: (50.0 / catalogue.len() as f64).min(1.0),
        auc: Some(0.5),
    };
    Some(Replay {
        learned: before.len(),
        foretold,
        ways: vec![
            own.ranked("taste"),
            similarity.ranked("similarity"),
            most_played.ranked("most-played"),
            shuffle,
        ],
    })
}

impl RankingTally {
    fn note(
        &mut self,
        catalogue: &Catalogue,
        played: usize,
        listened: bool,
        score: impl Fn(usize) -> f64,
    ) {
        let own = score(played);
        self.scored.push((own, listened));
        if !listened {
            return;
        }
        let (mut below, mut above, mut level) = (0, 0, 0);
        for other in (0..catalogue.len()).filter(|other| *other != played) {
            match score(other).total_cmp(&own) {
                std::cmp::Ordering::Less => below += 1,
                std::cmp::Ordering::Greater => above += 1,
                std::cmp::Ordering::Equal => level += 1,
            }
        }
        let others = (catalogue.len() - 1).max(1) as f64;
        self.ranks
            .push((f64::from(below) + 0.5 * f64::from(level)) / others);
        // Expected hits, with ties broken at random.
        let places = f64::from(50 - above).clamp(0.0, f64::from(level) + 1.0);
        self.hits += places / (f64::from(level) + 1.0);
    }

    fn ranked(self, way: &'static str) -> Ranked {
        let count = self.ranks.len().max(1) as f64;
        Ranked {
            way,
            rank: self.ranks.iter().sum::<f64>() / count,
            hit_50: self.hits / count,
            auc: crate::taste::auc(&self.scored),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support;

    #[test]
    fn a_listener_with_taste_is_predicted_better_than_by_similarity() {
        let catalogue = test_support::catalogue(test_support::library(5, 8, 30, 32));
        let log = test_support::log(1, 240, 600, |item| if item % 8 < 3 { 0.9 } else { 0.1 });
        let found = replay(&catalogue, &log).unwrap();
        assert_eq!((found.learned, found.foretold), (480, 120));
        let way = |name: &str| found.ways.iter().find(|ranked| ranked.way == name).unwrap();
        assert!(
            way("taste").rank > 0.7 && way("taste").auc.unwrap() > 0.75,
            "{found:?}"
        );
        let others = way("similarity").rank.max(way("most-played").rank);
        assert!(way("taste").rank > others, "{found:?}");
        assert!(replay(&catalogue, &log[..40]).is_none());
    }

    #[test]
    fn without_taste_nothing_is_predicted() {
        let catalogue = test_support::catalogue(test_support::library(5, 8, 30, 32));
        let aucs: Vec<f64> = (0..6)
            .filter_map(|seed| {
                replay(&catalogue, &test_support::log(seed, 240, 600, |_| 0.6))?.ways[0].auc
            })
            .collect();
        let mean = aucs.iter().sum::<f64>() / aucs.len() as f64;
        assert!((mean - 0.5).abs() < 0.07, "{aucs:?}");
    }
}
