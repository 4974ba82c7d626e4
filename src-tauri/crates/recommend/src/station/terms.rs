//! The terms of an item's score.

use segue_core::{Because, Rating, ReasonKind, Term};

use super::Extra;
use super::choice::{Near, StationScorer};
use crate::kinship::InCommon;

/// Weights of what is said by hand, at its strongest.
/// What was asked for in so many words goes before all that taste would rather hear.
const WANTED: f64 = 2.0;
const UNWANTED: f64 = 2.5;
const AWAY: f64 = 0.8;
const TURN: f64 = 0.25;
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
    /// An anchor itself.
    Itself,
    /// What is shared with an anchor.
    Shared(usize, InCommon),
    /// The mean of all anchors.
    AllAnchors,
    /// A recording to keep away from.
    Away(usize),
    /// A part of taste.
    Odds,
    /// Something that was turned by hand.
    Turned(Term),
    /// Explained already.
    Explained(Because),
    /// Nothing to add.
    Plain,
}

impl StationScorer<'_> {
    /// The terms of an item's score, all but variety. Those of a kind that was turned count for more or less.
    pub(super) fn terms(&self, item: usize, near: &Near) -> Vec<ScoreTerm> {
        let mut terms = self.nearness_terms(item, near);
        self.wish_terms(item, &mut terms);
        self.taste_terms(item, &mut terms);
        for turned in self.desk.turns.of(self.catalogue, item, self.chance_cosine) {
            terms.push(ScoreTerm {
                kind: ReasonKind::Turned,
                weight: TURN * self.brief.weights.said * turned.turns,
                about: TermSubject::Turned(turned.term),
            });
        }
        if let Some(Extra {
            kind,
            weight,
            because,
        }) = self.brief.extras.get(&item).cloned()
        {
            terms.push(ScoreTerm {
                kind,
                weight,
                about: TermSubject::Explained(because),
            });
        }
        for term in &mut terms {
            term.weight *= self.desk.turns.factor(term.kind);
        }
        // What weighs nothing is no reason.
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
        let weight = self.brief.weights.near;
        let nearest_share = self.desk.tuning.scoring.nearest_share;
        let share = weight * if several { nearest_share } else { 1.0 };
        let mut terms: Vec<ScoreTerm> = if anchor.position == item {
            vec![ScoreTerm {
                kind: ReasonKind::Sound,
                weight: share * near,
                about: TermSubject::Itself,
            }]
        } else if anchor.sound.is_some() && self.catalogue.is_heard(item) {
            vec![ScoreTerm {
                kind: ReasonKind::Sound,
                weight: share * near,
                about: TermSubject::Anchor(best),
            }]
        } else {
            let parts = anchor.kin.parts(self.catalogue, item).into_iter();
            parts
                .map(|part| ScoreTerm {
                    kind: part.shared.kind(),
                    weight: share * self.kin_scale * part.nearness,
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
        let brief = self.brief;
        for (names, weight) in [(&brief.wanted, WANTED), (&brief.unwanted, -UNWANTED)] {
            if let Some((matching, because)) = names.explain(self.catalogue, item, weight > 0.0) {
                terms.push(ScoreTerm {
                    kind: ReasonKind::Wish,
                    weight: weight * brief.weights.said * matching,
                    about: TermSubject::Explained(because),
                });
            }
        }
        if let Some((near, other)) = self.shunned.near(self.catalogue, item) {
            terms.push(ScoreTerm {
                kind: ReasonKind::Away,
                weight: -AWAY * brief.weights.said * near,
                about: TermSubject::Away(other),
            });
        }
    }

    /// All that is said by hand of an item, without words.
    pub(super) fn said(&self, item: usize) -> f64 {
        let (brief, catalogue) = (self.brief, self.catalogue);
        let mut sum = TURN * self.desk.turns.sum(catalogue, item, self.chance_cosine);
        if !brief.wanted.is_empty() {
            sum += WANTED * brief.wanted.matching(catalogue, item);
        }
        if !brief.unwanted.is_empty() {
            sum -= UNWANTED * brief.unwanted.clearest(catalogue, item);
        }
        if let Some((near, _)) = self.shunned.near(catalogue, item) {
            sum -= AWAY * near;
        }
        brief.weights.said * sum
    }

    fn taste_terms(&self, item: usize, terms: &mut Vec<ScoreTerm>) {
        let Some(taste) = self.taste else {
            return;
        };
        let (weights, dial) = (&self.brief.weights, self.brief.dial);
        let scoring = &self.desk.tuning.scoring;
        let mut push = |kind, weight: f64, about| {
            terms.push(ScoreTerm {
                kind,
                weight,
                about,
            });
        };
        let odds = taste.odds(self.catalogue, item, self.desk.now);
        let bound = (weights.odds_max / odds.lasting().abs().max(1e-9)).min(1.0);
        let voice = weights.taste * taste.voice() * bound;
        push(
            ReasonKind::Taste,
            voice * (odds.sound + odds.corner),
            TermSubject::Odds,
        );
        push(ReasonKind::Artist, voice * odds.artist, TermSubject::Odds);
        push(ReasonKind::Genre, voice * odds.genre, TermSubject::Odds);
        push(ReasonKind::Tag, voice * odds.tag, TermSubject::Odds);
        push(ReasonKind::Album, voice * odds.album, TermSubject::Odds);
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
        // Turned to what is new, the dial leaves what is known of the song itself out of account.
        let own_voice = voice * weights.own * (1.0 + dial.min(0.0));
        push(ReasonKind::Familiar, own_voice * own, TermSubject::Odds);
        let known = taste.known(item);
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
        let lately = taste.lately(item, self.desk.now);
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
