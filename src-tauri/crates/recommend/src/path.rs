//! A path from one sound to another, both ends included, in even steps.
//!
//! The steps lie on the great circle between the two vectors (Shoemake 1985, for quaternions). For each the nearest
//! recordings are looked up; beam search chooses one for each step, so that all lie near their steps and the transitions are
//! smooth, songs of one artist keep their distance, and nothing comes twice.

use std::collections::HashSet;

use segue_core::{Because, ReasonKind};

use crate::Recommender;
use crate::index::{VectorQuery, dot};
use crate::reason::Reason;
use crate::sequencing::TransitionProfile;
use crate::station::{ARTIST_GAP, Pick, near_by_sound};

/// Candidates for each step, and the width of the beam.
const CANDIDATES: usize = 40;
const BEAM: usize = 24;

/// What the distance from a step costs, against what transitions cost; what songs of one artist too close together cost,
/// and two songs that the listener called wrong after one another.
const OFF_THE_PATH: f64 = 2.0;
const TOO_SOON: f64 = 10.0;
const WRONG: f64 = 1000.0;

/// Steps with candidates of their own; on a very long path those between share them.
const STEPS_MAX: usize = 48;

/// The beginning of a path.
#[derive(Clone)]
struct PartialPath {
    cost: f64,
    steps: Vec<usize>,
}

impl Recommender<'_> {
    /// A path of `count` songs from one recording to another. Shorter if the library has no more songs between them;
    /// `None` if either end has no vector.
    pub fn path(&self, from: usize, to: usize, count: usize) -> Option<Vec<Pick>> {
        let (start, end) = (self.catalogue.vector(from)?, self.catalogue.vector(to)?);
        if from == to || count < 2 {
            return Some(vec![self.end(from, Because::PathStart)]);
        }
        let inner = count - 2;
        let waypoints: Vec<Vec<f32>> = (1..=inner.min(STEPS_MAX))
            .map(|step| step as f32 / (inner.min(STEPS_MAX) + 1) as f32)
            .map(|share| between(&start, &end, share))
            .collect();
        let queries: Vec<VectorQuery> = waypoints
            .iter()
            .map(|point| VectorQuery::new(point))
            .collect();
        let near = self.catalogue.index().similarities(&queries);
        let at = |step: usize| step * waypoints.len() / inner.max(1);
        let wanted = CANDIDATES + inner.div_ceil(STEPS_MAX) * 4;
        let candidates: Vec<Vec<(usize, f64)>> = near
            .iter()
            .map(|similarities| self.nearest(similarities, wanted, [from, to]))
            .collect();
        let all: HashSet<usize> = candidates
            .iter()
            .flatten()
            .map(|(position, _)| *position)
            .collect();
        let mut known: Vec<usize> = all.into_iter().chain([from, to]).collect();
        known.sort_unstable();
        known.dedup();
        let transition_profiles = self.transition_profiles(&known);
        let link = |position: usize| -> &TransitionProfile {
            &transition_profiles[known.binary_search(&position).unwrap_or(0)]
        };
        let mut paths = vec![PartialPath {
            cost: 0.0,
            steps: vec![from],
        }];
        for step in 0..inner {
            let mut next: Vec<(f64, usize, usize)> = Vec::new();
            for (number, path) in paths.iter().enumerate() {
                let last = path.steps[path.steps.len() - 1];
                let songs = || path.steps.iter().map(|other| self.catalogue.song(*other));
                for (position, off) in &candidates[at(step)] {
                    let song = self.catalogue.song(*position);
                    let leads_on = step + 1 < inner || !self.is_wrong_after(*position, to);
                    if songs().any(|other| other == song)
                        || self.is_wrong_after(last, *position)
                        || !leads_on
                    {
                        continue;
                    }
                    let cost = path.cost
                        + OFF_THE_PATH * off
                        + link(last).cost_to(link(*position))
                        + self.too_soon(*position, &path.steps, inner - step, to);
                    next.push((cost, number, *position));
                }
            }
            if next.is_empty() {
                // No more songs here: the path is shorter by a step.
                continue;
            }
            next.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
            next.truncate(BEAM);
            paths = next
                .into_iter()
                .map(|(cost, number, position)| {
                    let mut steps = paths[number].steps.clone();
                    steps.push(position);
                    PartialPath { cost, steps }
                })
                .collect();
        }
        let arrived = paths.into_iter().map(|path| {
            let last = path.steps[path.steps.len() - 1];
            let wrong = if self.is_wrong_after(last, to) {
                WRONG
            } else {
                0.0
            };
            (path.cost + link(last).cost_to(link(to)) + wrong, path.steps)
        });
        let (_, steps) = arrived.reduce(|a, b| if b.0 < a.0 { b } else { a })?;
        Some(self.path_picks(&steps, to))
    }

    /// The recordings nearest to a waypoint, one per song, and how far from it each lies.
    fn nearest(&self, similarities: &[f32], count: usize, ends: [usize; 2]) -> Vec<(usize, f64)> {
        let mut rows: Vec<usize> = (0..similarities.len()).collect();
        let nearer =
            |a: &usize, b: &usize| similarities[*b].total_cmp(&similarities[*a]).then(a.cmp(b));
        let look = (count * 4).min(rows.len());
        if look < rows.len() {
            rows.select_nth_unstable_by(look, nearer);
            rows.truncate(look);
        }
        rows.sort_unstable_by(nearer);
        let mut songs: HashSet<u32> = ends.iter().map(|end| self.catalogue.song(*end)).collect();
        rows.into_iter()
            .map(|row| {
                (
                    self.catalogue.item_of_row(row),
                    1.0 - f64::from(similarities[row]),
                )
            })
            .filter(|(position, _)| {
                !self.is_excluded(*position) && songs.insert(self.catalogue.song(*position))
            })
            .take(count)
            .collect()
    }

    /// What it costs if a song's artist was heard a moment ago, or will be at the end, `left` steps on.
    fn too_soon(&self, position: usize, steps: &[usize], left: usize, to: usize) -> f64 {
        let earlier = steps.iter().rev().take(ARTIST_GAP as usize);
        let mut close = earlier
            .filter(|other| self.share_artist(position, **other))
            .count();
        close += usize::from(left <= ARTIST_GAP as usize && self.share_artist(position, to));
        TOO_SOON * close as f64
    }

    /// One end of the path.
    fn end(&self, position: usize, because: Because) -> Pick {
        let reason = Reason {
            kind: ReasonKind::Bridge,
            because,
            weight: 1.0,
            term: None,
        };
        Pick {
            item: position,
            score: 1.0,
            reasons: vec![reason],
        }
    }

    /// The path with its reasons: how near each song is to both ends.
    fn path_picks(&self, steps: &[usize], to: usize) -> Vec<Pick> {
        let from = steps[0];
        let mean = self.catalogue.index().mean();
        let chance = dot(mean, mean);
        let near =
            |a: usize, b: usize| near_by_sound(self.catalogue.cosine(a, b).unwrap_or(-1.0), chance);
        let title = |position: usize| self.catalogue.title(position).to_owned();
        let mut picks = vec![self.end(from, Because::PathStart)];
        for (number, position) in steps.iter().enumerate().skip(1) {
            let left = steps.len() - number;
            let reasons = vec![
                Reason {
                    kind: ReasonKind::Bridge,
                    because: Because::StepsFrom {
                        steps: number as u32,
                        title: title(from),
                    },
                    weight: near(*position, from),
                    term: None,
                },
                Reason {
                    kind: ReasonKind::Bridge,
                    because: Because::StepsTo {
                        steps: left as u32,
                        title: title(to),
                    },
                    weight: near(*position, to),
                    term: None,
                },
            ];
            picks.push(Pick {
                item: *position,
                score: reasons.iter().map(|reason| reason.weight).sum(),
                reasons,
            });
        }
        picks.push(self.end(to, Because::PathEnd));
        picks
    }
}

/// The unit vector at a share of the arc from one unit vector to another.
fn between(a: &[f32], b: &[f32], share: f32) -> Vec<f32> {
    let angle = dot(a, b).clamp(-1.0, 1.0).acos();
    let (mut from, mut to) = (1.0 - share, share);
    // Close by, the chord is the arc; opposite, no arc is shorter than another.
    if (1e-3..std::f32::consts::PI - 1e-3).contains(&angle) {
        from = (from * angle).sin() / angle.sin();
        to = (to * angle).sin() / angle.sin();
    }
    a.iter().zip(b).map(|(a, b)| from * a + to * b).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::test_support;
    use crate::{Catalogue, Exclusions, Taste};

    fn way(catalogue: &Catalogue, from: usize, to: usize, count: usize) -> Option<Vec<usize>> {
        let taste = Taste::fit(catalogue, &[]);
        let picks = test_support::with_recommender(catalogue, &taste, |recommender| {
            recommender.path(from, to, count)
        })?;
        for pick in &picks {
            let sum: f64 = pick.reasons.iter().map(|reason| reason.weight).sum();
            assert!((sum - pick.score).abs() < 1e-9);
        }
        Some(picks.iter().map(|pick| pick.item).collect())
    }

    #[test]
    fn the_way_goes_from_one_style_to_the_other() {
        let catalogue = test_support::catalogue(test_support::library(3, 4, 60, 64));
        let steps = way(&catalogue, 0, 1, 12).unwrap();
        assert_eq!((steps.len(), steps[0], steps[11]), (12, 0, 1));
        let unlike: HashSet<usize> = steps.iter().copied().collect();
        assert_eq!(unlike.len(), 12);
        // The first half lies nearer to the beginning than the second half does, and the other way round.
        let near = |half: &[usize], end: usize| -> f32 {
            half.iter()
                .filter_map(|step| catalogue.cosine(*step, end))
                .sum()
        };
        let (first, second) = (&steps[1..6], &steps[6..11]);
        assert!(near(first, 0) > near(second, 0) + 0.5 && near(second, 1) > near(first, 1) + 0.5);
        let clash = (0..12).any(|at| {
            (at + 1..12.min(at + 6)).any(|other| {
                let artists = catalogue.artist_numbers(steps[other]);
                catalogue
                    .artist_numbers(steps[at])
                    .iter()
                    .any(|artist| artists.contains(artist))
            })
        });
        assert!(!clash, "{steps:?}");
    }

    #[test]
    fn no_step_is_taken_that_was_called_wrong() {
        let catalogue = test_support::catalogue(test_support::library(3, 4, 60, 64));
        let taste = Taste::fit(&catalogue, &[]);
        let steps = way(&catalogue, 0, 1, 6).unwrap();
        for two in steps.windows(2) {
            let exclusions = Exclusions {
                wrong_after: [(test_support::audio(two[0]), test_support::audio(two[1]))].into(),
                ..Exclusions::default()
            };
            let again = test_support::with_recommender(&catalogue, &taste, |recommender| {
                Recommender {
                    exclusions: &exclusions,
                    ..recommender
                }
                .path(0, 1, 6)
                .unwrap()
            });
            assert_eq!(again.len(), 6);
            let wrong = |pair: &[Pick]| [pair[0].item, pair[1].item] == two;
            assert!(!again.windows(2).any(wrong), "{two:?}");
        }
    }

    #[test]
    fn ends_that_were_not_heard_have_no_way_between_them() {
        let mut library = test_support::library(3, 2, 20, 16);
        library[5].vector = None;
        let catalogue = test_support::catalogue(library);
        assert_eq!(way(&catalogue, 5, 1, 8), None);
        assert_eq!(way(&catalogue, 1, 5, 8), None);
        assert_eq!(way(&catalogue, 1, 1, 8), Some(vec![1]));
        assert_eq!(way(&catalogue, 1, 2, 2), Some(vec![1, 2]));
        assert_eq!(way(&catalogue, 1, 2, 0), Some(vec![1]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_way_keeps_its_promises(seed: u64, styles in 1_usize..4, each in 1_usize..12, from in 0_usize..40, to in 0_usize..40, count in 0_usize..70) {
            let catalogue = test_support::catalogue(test_support::library(seed, styles, each, 8));
            let (from, to) = (from % catalogue.len(), to % catalogue.len());
            let steps = way(&catalogue, from, to, count).unwrap();
            prop_assert_eq!(steps[0], from);
            let unlike: HashSet<usize> = steps.iter().copied().collect();
            prop_assert_eq!(unlike.len(), steps.len());
            if from != to && count >= 2 {
                prop_assert_eq!(steps[steps.len() - 1], to);
                prop_assert!(steps.len() <= count);
            }
        }
    }
}
