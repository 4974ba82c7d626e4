//! The terms of an item's score.

use segue_core::{Because, Rating, ReasonKind, Term};

use super::Extra;
use super::choice::{Near, StationScorer};
use crate::metadata_similarity::SharedMetadata;

/// Weights of what is said by hand, at its strongest.
/// What was asked for by name counts more than all of taste.
const WANTED: f64 = 2.0;
const UNWANTED: f64 = 2.5;
const AWAY: f64 = 0.8;
const ADJUSTED: f64 = 0.25;
const LIKED: f64 = 0.1;
const DISLIKED: f64 = 1.5;

/// One term of a score before it is explained.
pub(super) struct ScoreTerm {
    pub(super) kind: ReasonKind,
    pub(super) weight: f64,
    pub(super) about: TermSubject,
}

pub(super) enum TermSubject {
    /// An anchor, near by sound.
    Anchor(usize),
    /// An anchor, near by its rhythm or its key.
    Facet(usize),
    /// An anchor itself.
    Itself,
    /// What is shared with an anchor.
    Shared(usize, SharedMetadata),
    /// The mean of all anchors.
    AllAnchors,
    /// A recording to keep away from.
    Away(usize),
    /// A part of taste.
    Odds,
    /// A term that was adjusted by hand.
    Adjusted(Term),
    /// Explained already.
    Explained(Because),
    /// Nothing to add.
    Plain,
}

impl StationScorer<'_> {
    /// The terms of an item's score, all but variety. Those of a kind that was adjusted count for more or less.
    pub(super) fn terms(&self, item: usize, near: &Near) -> Vec<ScoreTerm> {
        let mut terms = self.nearness_terms(item, near);
        if let Some(near) = self.facet(item) {
            terms.push(ScoreTerm {
                kind: near.kind,
                weight: near.weight,
                about: TermSubject::Facet(near.anchor),
            });
        }
        self.wish_terms(item, &mut terms);
        self.taste_terms(item, &mut terms);
        for adjustment in self
            .recommender
            .adjustments
            .of(self.catalogue, item, self.chance_cosine)
        {
            terms.push(ScoreTerm {
                kind: ReasonKind::Turned,
                weight: ADJUSTED * self.spec.weights.said * adjustment.steps,
                about: TermSubject::Adjusted(adjustment.term),
            });
        }
        if let Some(Extra {
            kind,
            weight,
            because,
        }) = self.spec.extras.get(&item).cloned()
        {
            terms.push(ScoreTerm {
                kind,
                weight,
                about: TermSubject::Explained(because),
            });
        }
        for term in &mut terms {
            term.weight *= self.recommender.adjustments.factor(term.kind);
        }
        // A term of no weight would be shown as a reason that had no effect.
        terms.retain(|term| term.weight.abs() > 1e-6);
        terms
    }

    fn nearness_terms(&self, item: usize, near: &Near) -> Vec<ScoreTerm> {
        let Near { nearest, mean, .. } = *near;
        let Some((best, near)) = nearest else {
            return Vec::new();
        };
        let anchor = &self.anchors[best];
        let several = self.anchors.len() > 1;
        let weight = self.sound_weight();
        let nearest_share = self.recommender.tuning.scoring.nearest_share;
        let share = weight * if several { nearest_share } else { 1.0 };
        let mut terms: Vec<ScoreTerm> = if anchor.position == item {
            vec![ScoreTerm {
                kind: ReasonKind::Sound,
                weight: share * near,
                about: TermSubject::Itself,
            }]
        } else if anchor.sound.is_some() && self.catalogue.has_vector(item) {
            vec![ScoreTerm {
                kind: ReasonKind::Sound,
                weight: share * near,
                about: TermSubject::Anchor(best),
            }]
        } else {
            let parts = anchor.metadata.parts(self.catalogue, item).into_iter();
            parts
                .map(|part| ScoreTerm {
                    kind: part.shared.kind(),
                    weight: share * self.metadata_scale * part.nearness,
                    about: TermSubject::Shared(best, part.shared),
                })
                .collect()
        };
        if several {
            terms.push(ScoreTerm {
                kind: ReasonKind::Sound,
                weight: weight * (1.0 - nearest_share) * mean,
                about: TermSubject::AllAnchors,
            });
        }
        terms
    }

    /// What was asked for in words, and what there shall be less of.
    fn wish_terms(&self, item: usize, terms: &mut Vec<ScoreTerm>) {
        let spec = self.spec;
        for (names, weight) in [(&spec.wanted, WANTED), (&spec.unwanted, -UNWANTED)] {
            if let Some((matching, because)) = names.explain(self.catalogue, item, weight > 0.0) {
                terms.push(ScoreTerm {
                    kind: ReasonKind::Wish,
                    weight: weight * spec.weights.said * matching,
                    about: TermSubject::Explained(because),
                });
            }
        }
        if let Some((near, other)) = self.avoided.near(self.catalogue, item) {
            terms.push(ScoreTerm {
                kind: ReasonKind::Away,
                weight: -AWAY * spec.weights.said * near,
                about: TermSubject::Away(other),
            });
        }
    }

    /// The sum of what was asked for and adjusted by hand, without the reasons.
    pub(super) fn explicit_score(&self, item: usize) -> f64 {
        let (spec, catalogue) = (self.spec, self.catalogue);
        let mut sum = ADJUSTED
            * self
                .recommender
                .adjustments
                .sum(catalogue, item, self.chance_cosine);
        if !spec.wanted.is_empty() {
            sum += WANTED * spec.wanted.matching(catalogue, item);
        }
        if !spec.unwanted.is_empty() {
            sum -= UNWANTED * spec.unwanted.clearest(catalogue, item);
        }
        if let Some((near, _)) = self.avoided.near(catalogue, item) {
            sum -= AWAY * near;
        }
        spec.weights.said * sum
    }

    fn taste_terms(&self, item: usize, terms: &mut Vec<ScoreTerm>) {
        let Some(taste) = self.taste else {
            return;
        };
        let (weights, dial) = (&self.spec.weights, self.spec.dial);
        let scoring = &self.recommender.tuning.scoring;
        let mut push = |kind, weight: f64, about| {
            terms.push(ScoreTerm {
                kind,
                weight,
                about,
            });
        };
        let odds = taste.odds(self.catalogue, item, self.recommender.now);
        let bound = (weights.odds_max / odds.lasting().abs().max(1e-9)).min(1.0);
        let weight_of_taste = weights.taste * taste.weight_in_ranking() * bound;
        push(
            ReasonKind::Taste,
            weight_of_taste * (odds.sound + odds.cluster),
            TermSubject::Odds,
        );
        push(
            ReasonKind::Artist,
            weight_of_taste * odds.artist,
            TermSubject::Odds,
        );
        push(
            ReasonKind::Genre,
            weight_of_taste * odds.genre,
            TermSubject::Odds,
        );
        push(
            ReasonKind::Tag,
            weight_of_taste * odds.tag,
            TermSubject::Odds,
        );
        push(
            ReasonKind::Album,
            weight_of_taste * odds.album,
            TermSubject::Odds,
        );
        push(
            ReasonKind::Mood,
            weights.mood * odds.session,
            TermSubject::Plain,
        );
        push(
            ReasonKind::Hour,
            scoring.hour * taste.confidence() * odds.hour,
            TermSubject::Plain,
        );
        let own = odds.recording + odds.context;
        // At the new end of the dial, what is known of the song itself does not count.
        let weight_of_own = weight_of_taste * weights.own * (1.0 + dial.min(0.0));
        push(ReasonKind::Familiar, weight_of_own * own, TermSubject::Odds);
        let known = taste.stats(item);
        let listened = known.map_or(0, |known| known.listened);
        let familiar = f64::from(listened) / (f64::from(listened) + 1.0);
        if dial > 0.0 {
            push(
                ReasonKind::Familiar,
                scoring.dial * dial * familiar,
                TermSubject::Plain,
            );
        } else {
            push(
                ReasonKind::New,
                -scoring.dial * dial * (1.0 - familiar),
                TermSubject::Plain,
            );
        }
        let lately = taste.lately(item, self.recommender.now);
        push(
            ReasonKind::Recent,
            -weights.just_heard * lately,
            TermSubject::Plain,
        );
        match known.and_then(|known| known.rating) {
            Some(Rating::Like) => push(ReasonKind::Opinion, LIKED, TermSubject::Plain),
            Some(Rating::Dislike) => push(ReasonKind::Opinion, -DISLIKED, TermSubject::Plain),
            None => {}
        }
        if let Some(draw) = &self.draw {
            let surprise = draw.sampled_deviation(self.catalogue, item);
            // As wide as the posterior is: what narrows it is evidence, and nothing else must.
            let share = (1.0 - dial) / 2.0;
            push(
                ReasonKind::Explore,
                weights.explore * share * surprise,
                TermSubject::Plain,
            );
        }
    }
}
