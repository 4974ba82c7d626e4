//! From all of the library to the picks of one list, in two stages: a cheap score of everything, the full score of a few
//! hundred, and the choice among them.

use std::collections::HashSet;

use segue_core::{Because, Facet, ReasonKind};

use super::anchor::{Anchor, Avoided, anchors, metadata_scale, near_by_sound};
use super::spacing::{ARTIST_GAP, Spacing};
use super::{Pick, StationSpec};
use crate::Recommender;
use crate::catalogue::Catalogue;
use crate::counter_rng;
use crate::facets::Rhythm;
use crate::index::{SimilarityStats, dot};
use crate::reason::Reason;
use crate::taste::{Draw, Taste};

/// For every six that are wanted one more is picked, so that sequencing can choose.
const SPARE: usize = 6;

/// A station's specification with all that is looked up once.
pub(super) struct StationScorer<'a> {
    pub(super) recommender: &'a Recommender<'a>,
    pub(super) catalogue: &'a Catalogue,
    pub(super) taste: Option<&'a Taste>,
    pub(super) spec: &'a StationSpec,
    pub(super) anchors: Vec<Anchor>,
    pub(super) avoided: Avoided,
    /// The cosine of two recordings drawn at random.
    pub(super) chance_cosine: f32,
    /// What nearness by names counts.
    pub(super) metadata_scale: f64,
    /// Songs that must not come.
    excluded: HashSet<u32>,
    pub(super) draw: Option<Draw<'a>>,
    /// The anchors' rhythms, where more of the rhythm is asked for.
    pub(super) rhythms: Vec<Rhythm>,
}

/// A recording that may be picked.
pub(super) struct Candidate {
    pub(super) item: usize,
    pub(super) score: f64,
    nearness: f64,
    /// Excess of nearness to an earlier pick, and which.
    excess: Option<(f64, usize)>,
    taken: bool,
}

/// How near a recording is to the anchors; all nearness in `0..=1`.
pub(super) struct Near {
    nearness: f64,
    /// The nearest anchor's number, and how near it is.
    pub(super) nearest: Option<(usize, f64)>,
    /// To all of them, by their shares.
    pub(super) mean: f64,
}

impl<'a> StationScorer<'a> {
    pub(super) fn new(recommender: &'a Recommender<'a>, spec: &'a StationSpec) -> Self {
        let catalogue = recommender.catalogue;
        let taste = recommender.taste();
        let mean = catalogue.index().mean();
        let chance_cosine = dot(mean, mean);
        let excluded = spec.excluded.iter().map(|at| catalogue.song(*at)).collect();
        let anchors = anchors(
            catalogue,
            &recommender.tuning.scoring,
            taste.and_then(Taste::metric),
            &spec.near,
        );
        let rhythms = match spec.more {
            Some(Facet::Rhythm) => anchors
                .iter()
                .map(|anchor| Rhythm::new(catalogue, anchor.position))
                .collect(),
            _ => Vec::new(),
        };
        Self {
            recommender,
            catalogue,
            taste,
            spec,
            anchors,
            rhythms,
            avoided: Avoided::new(catalogue, &spec.away, chance_cosine),
            chance_cosine,
            metadata_scale: metadata_scale(catalogue, chance_cosine),
            excluded,
            draw: taste
                .filter(|_| spec.dial < 1.0)
                .map(|taste| taste.draw(catalogue, recommender.rng_seed)),
        }
    }

    /// All that may come, each with its first-stage score, in no order: a large library is never sorted as a whole.
    pub(super) fn first_stage(&self) -> Vec<(f32, u32)> {
        let allowed = |item: &usize| {
            !self.recommender.is_excluded(*item)
                && !self.excluded.contains(&self.catalogue.song(*item))
        };
        let first_stage_score = |item: usize| (self.first_stage_score(item) as f32, item as u32);
        match &self.spec.among {
            Some(among) => among
                .iter()
                .copied()
                .filter(allowed)
                .map(first_stage_score)
                .collect(),
            None => (0..self.catalogue.len())
                .filter(allowed)
                .map(first_stage_score)
                .collect(),
        }
    }

    /// The cheap score by which a few hundred candidates are chosen.
    fn first_stage_score(&self, item: usize) -> f64 {
        let spec = self.spec;
        let mut score = self.sound_weight() * self.near(item, false).nearness;
        score += self.facet(item).map_or(0.0, |near| near.weight);
        // Where there are no seeds, taste is what looks for songs, and not only shades what was found.
        if spec.weights.near < 1.0
            && let Some(taste) = self.taste
        {
            let odds = taste.odds(self.catalogue, item, self.recommender.now);
            score += spec.weights.taste * taste.weight_in_ranking() * odds.lasting();
        }
        score += self.explicit_score(item);
        if let Some(extra) = spec.extras.get(&item) {
            score += extra.weight;
        }
        if score == 0.0 {
            // No term says anything: a random order, so that it is not always the same one.
            score = 1e-3 * counter_rng::uniform(self.recommender.rng_seed, item as u64);
        }
        score
    }

    /// The first `size`, and half as many familiar ones if the dial asks for them, with their full scores, the best first,
    /// one per song. Ties by position.
    pub(super) fn pool(&self, near: &mut [(f32, u32)], size: usize) -> Vec<Candidate> {
        let nearer = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if size < near.len() {
            near.select_nth_unstable_by(size, nearer);
        }
        let (first, farther) = near.split_at_mut(size.min(near.len()));
        first.sort_unstable_by(nearer);
        let mut items: Vec<usize> = first.iter().map(|(_, item)| *item as usize).collect();
        if let Some(taste) = self.taste.filter(|_| self.spec.dial > 0.0) {
            let familiar: HashSet<usize> = taste.listened().collect();
            let mut farther: Vec<(f32, u32)> = farther
                .iter()
                .copied()
                .filter(|(_, item)| familiar.contains(&(*item as usize)))
                .collect();
            farther.sort_unstable_by(nearer);
            let more = farther.iter().take(size / 2);
            items.extend(more.map(|(_, item)| *item as usize));
        }
        let mut pool: Vec<Candidate> = items.into_iter().map(|item| self.candidate(item)).collect();
        // A stable sort: where scores are equal the nearer stays first.
        pool.sort_by(|a, b| b.score.total_cmp(&a.score));
        let mut songs = HashSet::new();
        pool.retain(|candidate| songs.insert(self.catalogue.song(candidate.item)));
        pool
    }

    fn candidate(&self, item: usize) -> Candidate {
        let near = self.near(item, true);
        let terms = self.terms(item, &near);
        Candidate {
            item,
            score: terms.iter().map(|term| term.weight).sum(),
            nearness: near.nearness,
            excess: None,
            taken: false,
        }
    }

    /// A recording with the terms of its score.
    pub(super) fn pick_of(&self, item: usize) -> Pick {
        self.pick(&self.candidate(item))
    }

    /// How near an item is to the anchors, with hubs corrected or not.
    pub(super) fn near(&self, item: usize, hubs_corrected: bool) -> Near {
        let index = self.catalogue.index();
        let row = self.catalogue.row(item);
        let stats = row
            .filter(|_| hubs_corrected && !self.anchors.is_empty())
            .map(|row| index.similarity_stats(&index.vector(row)));
        let mut nearest: Option<(usize, f64)> = None;
        let mut mean = 0.0;
        for (number, anchor) in self.anchors.iter().enumerate() {
            let near = self.nearness(anchor, item, row, stats);
            if nearest.is_none_or(|(_, best)| near > best) {
                nearest = Some((number, near));
            }
            mean += near * anchor.share;
        }
        let near = nearest.map_or(0.0, |(_, near)| near);
        let nearness = if self.anchors.len() > 1 {
            let share = self.recommender.tuning.scoring.nearest_share;
            share * near + (1.0 - share) * mean
        } else {
            near
        };
        Near {
            nearness,
            nearest,
            mean,
        }
    }

    /// Nearness in `0..=1` to one anchor; hubs are corrected where the item's `stats` are given.
    fn nearness(
        &self,
        anchor: &Anchor,
        item: usize,
        row: Option<usize>,
        stats: Option<SimilarityStats>,
    ) -> f64 {
        if anchor.position == item {
            return near_by_sound(anchor.own, self.chance_cosine);
        }
        match (&anchor.sound, row) {
            (Some(sound), Some(row)) => {
                let cosine = sound.cosines[row];
                let cosine = match stats {
                    Some(other) => {
                        let scoring = &self.recommender.tuning.scoring;
                        let index = self.catalogue.index();
                        index.hub_corrected(scoring, cosine, sound.stats, other)
                    }
                    None => cosine,
                };
                near_by_sound(cosine, self.chance_cosine)
            }
            _ => self.metadata_scale * anchor.metadata.nearness(self.catalogue, item),
        }
    }

    /// Picks greedily from `pool`, some more than are wanted, to choose from. `None` if the pool is not the `whole` library
    /// and more of it may help.
    pub(super) fn choose(&self, pool: &[Candidate], whole: bool) -> Option<Vec<Pick>> {
        let wanted = self.spec.count.saturating_add(self.spec.count / SPARE);
        if !whole && pool.len() < wanted {
            return None;
        }
        let count = wanted.min(pool.len());
        let items = pool.iter().map(|candidate| candidate.item).collect();
        let mut spacing = Spacing::new(self.catalogue, &self.spec.before, items);
        let mut keep = spacing.possible(count);
        if !whole && !keep {
            return None;
        }
        let mut pool: Vec<Candidate> = pool.iter().map(Candidate::fresh).collect();
        let mut picks = Vec::with_capacity(count);
        for left in (0..count).rev() {
            let mut open: Vec<(f64, usize)> = (0..pool.len())
                .filter(|at| !pool[*at].taken)
                .map(|at| (self.score_now(&pool[at]), at))
                .collect();
            let better =
                |a: &(f64, usize), b: &(f64, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
            open.sort_unstable_by(better);
            let open: Vec<usize> = open.into_iter().map(|(_, at)| at).collect();
            let free = open
                .iter()
                .copied()
                .filter(|at| spacing.distance(*at) > ARTIST_GAP)
                .collect::<Vec<usize>>()
                .into_iter();
            let kept = if keep {
                free.clone().find(|at| spacing.possible_after(*at, left))
            } else {
                None
            };
            keep &= kept.is_some();
            // Out of songs by others: the artist who has been away longest, among the free the one with most left.
            let most = |spacing: &Spacing, a, b| {
                if spacing.left(b) > spacing.left(a) {
                    b
                } else {
                    a
                }
            };
            let farthest = |spacing: &Spacing, a, b| {
                if spacing.distance(b) > spacing.distance(a) {
                    b
                } else {
                    a
                }
            };
            let at = kept
                .or_else(|| free.reduce(|a, b| most(&spacing, a, b)))
                .or_else(|| open.into_iter().reduce(|a, b| farthest(&spacing, a, b)))?;
            spacing.take(at);
            pool[at].taken = true;
            picks.push(self.pick(&pool[at]));
            let chosen = pool[at].item;
            for candidate in pool.iter_mut().filter(|candidate| !candidate.taken) {
                self.see(candidate, chosen);
            }
        }
        Some(picks)
    }

    fn score_now(&self, candidate: &Candidate) -> f64 {
        let excess = candidate.excess.map_or(0.0, |(excess, _)| excess);
        candidate.score - self.spec.weights.variety * excess
    }

    /// Updates how much nearer a candidate is to an earlier pick than to the seeds.
    fn see(&self, candidate: &mut Candidate, chosen: usize) {
        if let Some(cosine) = self.catalogue.cosine(candidate.item, chosen) {
            let excess = near_by_sound(cosine, self.chance_cosine) - candidate.nearness;
            if excess > candidate.excess.map_or(0.0, |(excess, _)| excess) {
                candidate.excess = Some((excess, chosen));
            }
        }
    }

    fn pick(&self, candidate: &Candidate) -> Pick {
        let item = candidate.item;
        let mut reasons: Vec<Reason> = self
            .terms(item, &self.near(item, true))
            .into_iter()
            .map(|term| self.explain(item, term))
            .collect();
        if let Some((excess, earlier)) = candidate.excess {
            let title = self.catalogue.title(earlier).to_owned();
            reasons.push(Reason {
                kind: ReasonKind::Variety,
                because: Because::CloseToEarlier { title },
                weight: -self.spec.weights.variety * excess,
                term: None,
            });
        }
        reasons.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        Pick {
            item,
            score: reasons.iter().map(|reason| reason.weight).sum(),
            reasons,
        }
    }
}

impl Candidate {
    fn fresh(&self) -> Self {
        Self {
            excess: None,
            taken: false,
            ..*self
        }
    }
}
