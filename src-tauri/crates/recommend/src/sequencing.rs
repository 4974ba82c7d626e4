//! One song into the next: what a transition costs, and an order in which all of them cost little.
//!
//! A transition is what happens between the *end* of one recording and the *start* of the next (Flexer et al. 2008): how
//! they sound, octave-folded tempo, steps on the circle of fifths, loudness. Parts that are not known cost an average.
//!
//! The order is sought by beam search. The cost of a next song is that of the transition, and how far its score lies below the
//! best that is left, so that the best still come early. Songs of one artist keep their distance, and two songs that the
//! listener called wrong after one another are never neighbours.

use std::collections::HashMap;

use segue_core::{AudioHash, Key};

use crate::Recommender;
use crate::catalogue::Catalogue;
use crate::index::dot;
use crate::station::ARTIST_GAP;

/// Weights of the parts of a transition.
const SOUND: f64 = 1.0;
const TEMPO: f64 = 0.3;
const KEY: f64 = 0.3;
const LOUDNESS: f64 = 0.3;

/// Where the parts are at their worst: octaves between tempos, steps of fifths, loudness units.
const TEMPO_WORST: f64 = 0.15;
const KEY_WORST: f64 = 6.0;
const LOUDNESS_WORST: f64 = 12.0;

/// What an unknown part costs of its whole weight.
const UNKNOWN: f64 = 0.5;

/// How many of the best that are left may come next. At most 64, since a mask of 64 bits holds which are taken.
const REACH: usize = 40;

/// Width of the beam.
const BEAM: usize = 24;

/// What breaking a rule costs, far beyond any transition.
const TOO_SOON: f64 = 100.0;
const WRONG: f64 = 1e6;

/// What of a recording its transitions depend on.
#[derive(Clone, Debug)]
pub(crate) struct TransitionProfile {
    /// Unit vectors; the whole recording's where intro and outro were not analysed, `None` where nothing was.
    begin: Option<Vec<f32>>,
    end: Option<Vec<f32>>,
    bpm: Option<f64>,
    key: Option<Key>,
    edges_lufs: [Option<f64>; 2],
}

impl TransitionProfile {
    fn new(catalogue: &Catalogue, position: usize, ends: Option<Vec<f32>>) -> Self {
        let dim = catalogue.index().dim();
        let (begin, end) = match ends.filter(|ends| ends.len() == 2 * dim) {
            Some(ends) => (Some(ends[..dim].to_vec()), Some(ends[dim..].to_vec())),
            None => (catalogue.vector(position), catalogue.vector(position)),
        };
        Self {
            begin,
            end,
            bpm: catalogue.bpm(position),
            key: catalogue.key(position),
            edges_lufs: catalogue.edges_lufs(position),
        }
    }

    /// What it costs to go from this one to the next, from 0 to some 2.
    pub(crate) fn cost_to(&self, next: &Self) -> f64 {
        let part = |weight: f64, cost: Option<f64>| weight * cost.unwrap_or(UNKNOWN).min(1.0);
        let sound = match (&self.end, &next.begin) {
            (Some(end), Some(begin)) => SOUND * (1.0 - f64::from(dot(end, begin))),
            _ => SOUND * UNKNOWN,
        };
        let tempo = self.bpm.zip(next.bpm).map(|(a, b)| {
            let octaves = (b / a).log2();
            (octaves - octaves.round()).abs() / TEMPO_WORST
        });
        let key = self.key.zip(next.key).map(|(a, b)| {
            let steps = a.fifths().abs_diff(b.fifths());
            f64::from(steps.min(12 - steps)) / KEY_WORST
        });
        let loudness = self.edges_lufs[1]
            .zip(next.edges_lufs[0])
            .map(|(a, b)| (a - b).abs() / LOUDNESS_WORST);
        sound + part(TEMPO, tempo) + part(KEY, key) + part(LOUDNESS, loudness)
    }
}

impl Recommender<'_> {
    /// What the transitions of recordings depend on.
    pub(crate) fn transition_profiles(&self, positions: &[usize]) -> Vec<TransitionProfile> {
        let audio: Vec<AudioHash> = positions
            .iter()
            .map(|at| self.catalogue.audio(*at))
            .collect();
        let mut ends = (self.ends)(&audio);
        ends.resize(positions.len(), None);
        let transition_profiles = positions.iter().zip(ends);
        transition_profiles
            .map(|(position, ends)| TransitionProfile::new(self.catalogue, *position, ends))
            .collect()
    }

    /// What all transitions of a list cost together.
    pub fn transitions_cost(&self, positions: &[usize]) -> f64 {
        let transition_profiles = self.transition_profiles(positions);
        transition_profiles
            .windows(2)
            .map(|two| two[0].cost_to(&two[1]))
            .sum()
    }

    /// An order of up to `count` of `items` (positions and scores, the best first) after what played `before`: indices into
    /// `items`. A song that may not come where it would have to is left out. `score_cost` is what lying below the best that is
    /// left costs, per unit of score: without it good songs would be put off for ever.
    pub(crate) fn sequence(
        &self,
        items: &[(usize, f64)],
        count: usize,
        score_cost: f64,
        before: &[usize],
    ) -> Vec<usize> {
        let count = count.min(items.len());
        let last = before.last().copied();
        let songs: Vec<usize> = items.iter().map(|(item, _)| *item).collect();
        let all: Vec<usize> = last.into_iter().chain(songs.iter().copied()).collect();
        let mut sequence = SequenceSearch {
            recommender: self,
            scores: items.iter().map(|(_, score)| score_cost * score).collect(),
            transition_profiles: self.transition_profiles(&all),
            costs: HashMap::new(),
            items: songs,
            before,
        };
        let given: Vec<usize> = (0..count).collect();
        let found = sequence.search(count);
        // A beam may lose the orders that keep the rules; if the given order breaks fewer, it is taken instead.
        let better = sequence.broken(&found) <= sequence.broken(&given);
        let mut order = if better { found } else { given };
        let mut sounded = last;
        order.retain(|place| {
            let item = sequence.items[*place];
            let fits = sounded.is_none_or(|last| !self.is_wrong_after(last, item));
            if fits {
                sounded = Some(item);
            }
            fits
        });
        order
    }
}

/// Songs to put in order.
struct SequenceSearch<'a> {
    recommender: &'a Recommender<'a>,
    items: Vec<usize>,
    /// In the costs' unit.
    scores: Vec<f64>,
    before: &'a [usize],
    /// Of what sounded last, if anything did, then of the items.
    transition_profiles: Vec<TransitionProfile>,
    costs: HashMap<(usize, usize), f64>,
}

/// The beginning of an order.
#[derive(Clone)]
struct Path {
    cost: f64,
    /// The first place of the given order that is not taken, and which of the following 64 are.
    base: usize,
    taken: u64,
    /// Where this step stands in the arena.
    step: usize,
    length: usize,
}

/// A step of a path: the one before it, and the place taken.
#[derive(Clone, Copy)]
struct Step {
    before: Option<usize>,
    place: usize,
}

impl SequenceSearch<'_> {
    fn search(&mut self, count: usize) -> Vec<usize> {
        let mut arena: Vec<Step> = Vec::new();
        let mut paths = vec![Path {
            cost: 0.0,
            base: 0,
            taken: 0,
            step: usize::MAX,
            length: 0,
        }];
        for _ in 0..count {
            let mut next: Vec<(f64, usize, usize)> = Vec::new();
            for (number, path) in paths.iter().enumerate() {
                let sounded = recent(&arena, path);
                for place in path.base..(path.base + REACH).min(self.items.len()) {
                    if path.taken >> (place - path.base) & 1 == 0 {
                        let cost = path.cost + self.step_cost(&sounded, place, path.base);
                        next.push((cost, number, place));
                    }
                }
            }
            next.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
            next.truncate(BEAM);
            paths = next
                .into_iter()
                .map(|(cost, number, place)| {
                    let from = &paths[number];
                    arena.push(Step {
                        before: (from.length > 0).then_some(from.step),
                        place,
                    });
                    let mut taken = from.taken | 1 << (place - from.base);
                    let shift = taken.trailing_ones();
                    taken = taken.checked_shr(shift).unwrap_or(0);
                    Path {
                        cost,
                        base: from.base + shift as usize,
                        taken,
                        step: arena.len() - 1,
                        length: from.length + 1,
                    }
                })
                .collect();
        }
        let Some(best) = paths.first().filter(|best| best.length > 0) else {
            return Vec::new();
        };
        let mut order = Vec::with_capacity(count);
        let mut step = Some(best.step);
        while let Some(at) = step {
            order.push(arena[at].place);
            step = arena[at].before;
        }
        order.reverse();
        order
    }

    /// What it costs to put `place` next, after the places `sounded`, the latest first, `base` being the best that is left.
    fn step_cost(&mut self, sounded: &[usize], place: usize, base: usize) -> f64 {
        let item = self.items[place];
        let earlier = sounded.iter().map(|place| self.items[*place]);
        let mut cost = (self.scores[base] - self.scores[place]).max(0.0);
        cost += TOO_SOON * self.too_soon(item, earlier);
        let last = sounded.first().map(|place| self.items[*place]);
        if let Some(last) = last.or(self.before.last().copied())
            && self.recommender.is_wrong_after(last, item)
        {
            cost += WRONG;
        }
        let first = self.transition_profiles.len() - self.items.len();
        let from = match sounded.first() {
            Some(place) => Some(first + place),
            None => first.checked_sub(1),
        };
        cost + from.map_or(0.0, |from| self.transition(from, first + place))
    }

    fn transition(&mut self, from: usize, to: usize) -> f64 {
        let transition_profiles = &self.transition_profiles;
        *self
            .costs
            .entry((from, to))
            .or_insert_with(|| transition_profiles[from].cost_to(&transition_profiles[to]))
    }

    /// By how many songs the gap to the last songs of its artists is too short.
    fn too_soon(&self, item: usize, earlier: impl Iterator<Item = usize>) -> f64 {
        let before = self.before.iter().rev().copied();
        let sounded = earlier.chain(before).take(ARTIST_GAP as usize);
        let lacking = sounded.enumerate().map(|(ago, other)| {
            let lacks = ARTIST_GAP as usize - ago;
            if self.recommender.share_artist(item, other) {
                lacks as f64
            } else {
                0.0
            }
        });
        lacking.sum()
    }

    /// How badly an order breaks the rules.
    fn broken(&self, order: &[usize]) -> f64 {
        let mut broken = 0.0;
        for (at, place) in order.iter().enumerate() {
            let earlier = order[..at].iter().rev().map(|place| self.items[*place]);
            broken += TOO_SOON * self.too_soon(self.items[*place], earlier.clone());
            let last = earlier.chain(self.before.iter().rev().copied()).next();
            if last.is_some_and(|last| self.recommender.is_wrong_after(last, self.items[*place])) {
                broken += WRONG;
            }
        }
        broken
    }
}

/// The last steps of a path, as many as the gap between songs of one artist spans, the latest first.
fn recent(arena: &[Step], path: &Path) -> Vec<usize> {
    let mut places = Vec::with_capacity(ARTIST_GAP as usize);
    let mut step = (path.length > 0).then_some(path.step);
    while let Some(at) = step.filter(|_| places.len() < ARTIST_GAP as usize) {
        places.push(arena[at].place);
        step = arena[at].before;
    }
    places
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use segue_core::Mode;

    use super::*;
    use crate::test_support::{self, audio};
    use crate::{Catalogue, Exclusions, Item, Taste};

    fn link(
        bpm: Option<f64>,
        key: Option<(u8, Mode)>,
        edges_lufs: [Option<f64>; 2],
    ) -> TransitionProfile {
        TransitionProfile {
            begin: None,
            end: None,
            bpm,
            key: key.map(|(tonic, mode)| Key::new(tonic, mode)),
            edges_lufs,
        }
    }

    #[test]
    fn what_fits_costs_less() {
        let cost = |a: &TransitionProfile, b: &TransitionProfile| a.cost_to(b);
        let tempo = |bpm| link(Some(bpm), None, [None, None]);
        let at_120 = tempo(120.0);
        // Twice as fast is the same beat.
        assert_eq!(cost(&at_120, &tempo(60.0)), cost(&at_120, &tempo(120.0)));
        assert!(cost(&at_120, &tempo(122.0)) < cost(&at_120, &tempo(127.0)));
        assert!(cost(&at_120, &tempo(127.0)) < cost(&at_120, &tempo(170.0)));
        let key = |tonic, mode| link(None, Some((tonic, mode)), [None, None]);
        let c = key(0, Mode::Major);
        // A minor shares all of C major's notes, G major all but one; F sharp lies opposite.
        assert_eq!(cost(&c, &key(9, Mode::Minor)), cost(&c, &c));
        assert!(cost(&c, &c) < cost(&c, &key(7, Mode::Major)));
        assert_eq!(
            cost(&c, &key(7, Mode::Major)),
            cost(&c, &key(5, Mode::Major))
        );
        assert!(cost(&c, &key(7, Mode::Major)) < cost(&c, &key(6, Mode::Major)));
        // How the one ends and the other begins, and not the other way round.
        let loud = link(None, None, [Some(-30.0), Some(-10.0)]);
        let quiet = link(None, None, [Some(-30.0), Some(-30.0)]);
        assert!(cost(&quiet, &loud) < cost(&loud, &quiet));
    }

    /// Songs in two keys and tempos of two styles, none near its like.
    fn library() -> Catalogue {
        let items = test_support::library(3, 4, 30, 32).into_iter().enumerate();
        let item = |(n, mut item): (usize, Item)| {
            item.artists = vec![format!("A{n}")];
            item.bpm = Some([90.0, 128.0][n / 3 % 2]);
            item.key = Some(Key::new([0, 6][n / 5 % 2], Mode::Major));
            item
        };
        test_support::catalogue(items.map(item).collect())
    }

    #[test]
    fn an_ordered_list_has_far_smoother_transitions_than_a_shuffled_one() {
        let catalogue = library();
        let taste = Taste::fit(&catalogue, &[]);
        test_support::with_recommender(&catalogue, &taste, |recommender| {
            let (mut flowing, mut shuffled) = (0.0, 0.0);
            for start in 0..10 {
                let items: Vec<(usize, f64)> =
                    (0..30).map(|n| ((start + 7 * n) % 120, 1.0)).collect();
                let order = recommender.sequence(&items, 30, 2.0, &[]);
                let found: Vec<usize> = order.iter().map(|place| items[*place].0).collect();
                flowing += recommender.transitions_cost(&found);
                shuffled += recommender
                    .transitions_cost(&items.iter().map(|item| item.0).collect::<Vec<_>>());
            }
            assert!(flowing < 0.7 * shuffled, "{flowing} against {shuffled}");
        });
    }

    #[test]
    fn songs_are_joined_where_they_meet() {
        // Two songs end as a third begins, by their ends alone.
        let mut items = test_support::library(3, 1, 4, 2);
        items
            .iter_mut()
            .enumerate()
            .for_each(|(n, item)| item.artists = vec![format!("A{n}")]);
        let catalogue = test_support::catalogue(items);
        let taste = Taste::fit(&catalogue, &[]);
        let unit = |quarter: usize| [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]][quarter % 4];
        // Song 0 ends as song 2 begins, 2 as 1, 1 as 3.
        let (begins, ends) = ([3, 1, 0, 2], [0, 2, 1, 3]);
        let known = |audio: &[AudioHash]| -> Vec<Option<Vec<f32>>> {
            let of = |audio: &AudioHash| {
                let at = catalogue.position(audio)?;
                Some([unit(begins[at]), unit(ends[at])].concat())
            };
            audio.iter().map(of).collect()
        };
        test_support::with_recommender(&catalogue, &taste, |recommender| {
            let recommender = Recommender {
                ends: &known,
                ..recommender
            };
            let alike = |songs: &[usize]| songs.iter().map(|song| (*song, 1.0)).collect::<Vec<_>>();
            assert_eq!(
                recommender.sequence(&alike(&[0, 1, 2, 3]), 4, 2.0, &[]),
                [0, 2, 1, 3]
            );
            // After song 2, song 1 comes first.
            assert_eq!(recommender.sequence(&alike(&[3, 0, 1]), 3, 2.0, &[2])[0], 2);
            // What is far better comes first all the same, and what is far worse not at all.
            let unlike = [(0, 9.0), (1, 8.0), (2, 1.0), (3, 0.0)];
            assert_eq!(recommender.sequence(&unlike, 3, 2.0, &[]), [0, 1, 2]);
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_order_keeps_the_rules(
            artists in prop::collection::vec(0_usize..12, 1..60),
            wrong in prop::collection::hash_set((0_usize..60, 0_usize..60), 0..40),
            before in prop::collection::vec(0_usize..60, 0..6),
            wanted in 1_usize..60,
            seed: u64,
        ) {
            let count = artists.len();
            let items = artists.iter().enumerate().map(|(n, artist)| {
                let mut item = test_support::item(n, &format!("T{n}"), &format!("A{artist}"));
                item.vector = (n % 4 > 0).then(|| test_support::vector(seed, n, n % 3, 6, 1.0));
                item
            });
            let catalogue = test_support::catalogue(items.collect());
            let taste = Taste::fit(&catalogue, &[]);
            let exclusions = Exclusions {
                wrong_after: wrong.iter().map(|(a, b)| (audio(*a), audio(*b))).collect(),
                ..Exclusions::default()
            };
            let before: Vec<usize> = before.into_iter().filter(|n| *n < count).collect();
            let songs: Vec<usize> = (0..count).filter(|n| !before.contains(n)).collect();
            test_support::with_recommender(&catalogue, &taste, |recommender| {
                let recommender = Recommender { exclusions: &exclusions, ..recommender };
                let items: Vec<(usize, f64)> = songs.iter().map(|song| (*song, -(*song as f64) / 30.0)).collect();
                let count = wanted.min(items.len());
                let order = recommender.sequence(&items, wanted, 2.0, &before);
                let unlike: HashSet<usize> = order.iter().copied().collect();
                prop_assert_eq!(unlike.len(), order.len());
                let line: Vec<usize> = before.iter().copied().chain(order.iter().map(|at| songs[*at])).collect();
                let bad = |two: &[usize]| recommender.is_wrong_after(two[0], two[1]);
                let first = before.len().saturating_sub(1);
                prop_assert!(!line[first..].windows(2).any(bad));
                prop_assert!(order.len() <= count);
                if wrong.is_empty() {
                    prop_assert_eq!(order.len(), count);
                    let soon = |line: &[usize]| -> usize {
                        let lacks = |at: usize| {
                            let earlier = &line[at.saturating_sub(ARTIST_GAP as usize)..at];
                            earlier.iter().rev().enumerate().map(|(ago, other)| {
                                if recommender.share_artist(*other, line[at]) { ARTIST_GAP as usize - ago } else { 0 }
                            }).sum::<usize>()
                        };
                        (before.len()..line.len()).map(lacks).sum()
                    };
                    let given: Vec<usize> = before.iter().chain(&songs[..count]).copied().collect();
                    prop_assert!(soon(&line) <= soon(&given));
                }
                Ok(())
            })?;
        }
    }
}
