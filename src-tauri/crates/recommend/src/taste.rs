//! What a listener likes, learned from what they finish and leave.
//!
//! A Bayesian logistic regression: the probability that a play is listened to is
//! `sigmoid(intercepts + context + sound + artists + genres + tags + recording)`. Every part is linear with a
//! Gaussian prior around zero, the maximum is found by L-BFGS, and Laplace's approximation gives the
//! posterior: in full for intercepts, context and the vector's dimensions, per effect for the many names.
//! Being additive, it explains itself; being Bayesian, it knows what it does not know yet.
//!
//! Evidence follows [`Play::heard`]: leaving after 5–30 s speaks against a recording, leaving later a little,
//! leaving at once hardly (mood or browsing). An album played through says little about each of its songs.
//! Plays the listener chose by hand are hardly ever skipped, so there the *choice* is the evidence: each is
//! contrasted with the average recording, under an intercept of its own.
//!
//! Taste is a fold over the log: same catalogue, log and time give the same bits. It is refitted, not updated.

mod evidence;
mod fit;
mod validation;

use std::collections::HashMap;

use segue_core::{Heard, Play, Rating, Timestamp};
use serde::Serialize;

use crate::catalogue::{Catalogue, Found, Names};
use crate::chance;
use crate::linear::Cholesky;
use evidence::{
    Line, LineKind, contrast, evidence, familiar, fresh, reliability, seconds_between, sounded,
};
use fit::{
    AVERAGE, CONTEXT, FAMILIAR, Layout, RECENT, Subjects, dot, each_name, fit_lines, sigmoid,
};
pub use validation::Validation;
use validation::{SLOPE, SLOPE_DEVIATION, validate};

/// Evidence loses half its weight in this time.
const HALF_LIFE_S: f64 = 365.0 * 86_400.0;

/// Weight of an opinion, in plays.
const RATING_WEIGHT: f64 = 3.0;

/// Held out at the end of the log for validation.
const HELD_OUT: f64 = 0.2;

/// Plays below which nothing is held out.
const VALIDATION_PLAYS_MIN: usize = 20;

/// Effective plays at which taste speaks with half its voice.
const EVIDENCE_HALF: f64 = 30.0;

/// Liked recordings kept for explanations and for stations without a seed.
const FAVOURITES_MAX: usize = 200;

/// Marks a recording that was never played.
const NO_SLOT: u32 = u32::MAX;

/// A listener's taste over one [`Catalogue`].
#[derive(Clone, Debug)]
pub struct Taste {
    edition: u64,
    plays: usize,
    evidence: f64,
    trust: f64,
    layout: Layout,
    /// Most probable parameters: dense ones first, then artists, genres, tags, recordings.
    means: Vec<f64>,
    /// Posterior precision of the dense ones, factored.
    dense: Option<Cholesky>,
    /// Posterior deviations of the others.
    deviations: Vec<f64>,
    /// Per position: where `known` speaks of it.
    slots: Vec<u32>,
    known: Vec<Known>,
    favourites: Vec<Favourite>,
    validation: Option<Validation>,
}

/// A learned effect of a name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// Artist, genre or tag.
    pub name: String,
    /// Log odds of being listened to, against the average.
    pub weight: f64,
    /// Posterior standard deviation of `weight`.
    pub deviation: f64,
}

/// A taste in words and numbers. The strongest effects come first in every list.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TasteSummary {
    /// Plays that taught something.
    pub plays: usize,
    /// Names these very numbers: `taste@` and 16 hex digits.
    pub version: String,
    /// How much of itself the taste brings into a ranking, in `0..=1`.
    pub voice: f64,
    /// Artists listened to.
    pub liked_artists: Vec<Effect>,
    /// Artists left.
    pub disliked_artists: Vec<Effect>,
    /// Genres listened to.
    pub liked_genres: Vec<Effect>,
    /// Genres left.
    pub disliked_genres: Vec<Effect>,
    /// Heard tags listened to.
    pub liked_tags: Vec<Effect>,
    /// Heard tags left.
    pub disliked_tags: Vec<Effect>,
    /// Absent for short logs.
    pub validation: Option<Validation>,
}

/// What is remembered of one recording.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    position: u32,
    /// Times listened to.
    pub(crate) listened: u32,
    /// When last played at all.
    last: Option<Timestamp>,
    pub(crate) rating: Option<Rating>,
}

/// A liked recording.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Favourite {
    pub(crate) position: usize,
    pub(crate) listened: u32,
}

/// The parts of a recording's log odds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Odds {
    pub(crate) sound: f64,
    pub(crate) artist: f64,
    pub(crate) genre: f64,
    pub(crate) tag: f64,
    pub(crate) recording: f64,
    pub(crate) context: f64,
}

impl Odds {
    pub(crate) fn sum(&self) -> f64 {
        self.sound + self.artist + self.genre + self.tag + self.recording + self.context
    }
}

impl Taste {
    /// Learns from `plays`, in any order; those of recordings and artists unknown to the catalogue are passed
    /// over. Of several opinions of one recording the last counts. `now` dates the evidence.
    pub fn fit(catalogue: &Catalogue, plays: &[Play], now: Timestamp) -> Self {
        let mut order: Vec<(&Play, Found)> = plays
            .iter()
            .filter_map(|play| Some((play, catalogue.find(play)?)))
            .collect();
        order.sort_by_key(|(play, _)| play.at);
        let mut taste = Self::untaught(catalogue);
        if order.is_empty() {
            return taste;
        }
        taste.remember(&order);
        taste.layout = Layout::new(catalogue, taste.known.len());
        let mut subjects = Subjects::new(catalogue, &taste.layout);
        let lines = taste.read(&order, now, &mut subjects);
        let heard = |lines: &[Line]| {
            lines
                .iter()
                .filter(|line| line.kind == LineKind::Heard)
                .count()
        };
        taste.plays = order.len();
        taste.evidence = lines
            .iter()
            .filter(|line| line.kind != LineKind::Contrast)
            .map(|line| line.weight)
            .sum();
        let mut start = vec![0.0; taste.layout.size];
        if heard(&lines) >= VALIDATION_PLAYS_MIN {
            let cut = ((lines.len() as f64) * (1.0 - HELD_OUT)) as usize;
            start = fit_lines(start, &taste.layout, &subjects, &lines[..cut]);
            (taste.trust, taste.validation) =
                validate(&start, &taste.layout, &subjects, &lines, cut);
        }
        taste.means = fit_lines(start, &taste.layout, &subjects, &lines);
        taste.spread(&subjects, &lines);
        taste.favourites = favourites(&taste.known, &lines, &subjects, &taste.layout);
        taste
    }

    fn untaught(catalogue: &Catalogue) -> Self {
        let layout = Layout::new(catalogue, 0);
        Self {
            edition: catalogue.edition(),
            plays: 0,
            evidence: 0.0,
            trust: SLOPE - SLOPE_DEVIATION,
            means: vec![0.0; layout.size],
            layout,
            dense: None,
            deviations: Vec::new(),
            slots: vec![NO_SLOT; catalogue.len()],
            known: Vec::new(),
            favourites: Vec::new(),
            validation: None,
        }
    }

    /// Plays that taught something.
    pub fn plays(&self) -> usize {
        self.plays
    }

    /// How well the taste foretold its own last plays; `None` for short logs or all plays alike.
    pub fn validation(&self) -> Option<&Validation> {
        self.validation.as_ref()
    }

    /// Whether this taste was learned over this very catalogue. Over another one it has no voice.
    pub fn fits(&self, catalogue: &Catalogue) -> bool {
        self.edition == catalogue.edition() && self.slots.len() == catalogue.len()
    }

    /// Log odds that the recording at `position` is listened to, against the average recording.
    pub fn score(&self, catalogue: &Catalogue, position: usize, now: Timestamp) -> f64 {
        if self.fits(catalogue) {
            self.odds(catalogue, position, now).sum()
        } else {
            0.0
        }
    }

    /// Names these very numbers: `taste@` and 16 hex digits.
    pub fn version(&self) -> String {
        let mut hash = chance::bits(self.edition, self.plays as u64);
        for number in self
            .means
            .iter()
            .chain(&self.deviations)
            .chain([&self.trust])
        {
            hash = chance::bits(hash, number.to_bits());
        }
        format!("taste@{hash:016x}")
    }

    /// What was learned, in words and numbers: at most `count` effects of each kind.
    pub fn summary(&self, catalogue: &Catalogue, count: usize) -> TasteSummary {
        let effects = |names: &Names, first: usize, sign: f64| {
            if !self.fits(catalogue) || self.deviations.is_empty() {
                return Vec::new();
            }
            let effect = |number: usize| Effect {
                name: names.show(number as u32).to_owned(),
                weight: self.means[first + number],
                deviation: self.deviations[first + number - self.layout.dense()],
            };
            let sure = |effect: &Effect| sign * effect.weight > 0.1;
            let mut found: Vec<Effect> = (0..names.len()).map(effect).filter(sure).collect();
            found.sort_by(|a, b| (sign * b.weight).total_cmp(&(sign * a.weight)));
            found.truncate(count);
            found
        };
        let (artists, genres, tags) = (
            catalogue.artist_names(),
            catalogue.genre_names(),
            catalogue.tag_names(),
        );
        TasteSummary {
            plays: self.plays,
            version: self.version(),
            voice: self.voice(),
            liked_artists: effects(artists, self.layout.artists, 1.0),
            disliked_artists: effects(artists, self.layout.artists, -1.0),
            liked_genres: effects(genres, self.layout.genres, 1.0),
            disliked_genres: effects(genres, self.layout.genres, -1.0),
            liked_tags: effects(tags, self.layout.tags, 1.0),
            disliked_tags: effects(tags, self.layout.tags, -1.0),
            validation: self.validation,
        }
    }

    /// How much of itself the taste brings into a ranking, in `0..=1`: evidence times trust.
    pub(crate) fn voice(&self) -> f64 {
        self.trust * self.confidence()
    }

    /// Grows from 0 towards 1 with the evidence.
    pub(crate) fn confidence(&self) -> f64 {
        self.evidence / (self.evidence + EVIDENCE_HALF)
    }

    /// Log odds of a tag.
    pub(crate) fn tag_effect(&self, tag: u32) -> f64 {
        self.means[self.layout.tags + tag as usize]
    }

    pub(crate) fn favourites(&self) -> &[Favourite] {
        &self.favourites
    }

    pub(crate) fn known(&self, position: usize) -> Option<&Known> {
        match self.slots.get(position) {
            Some(slot) if *slot != NO_SLOT => self.known.get(*slot as usize),
            _ => None,
        }
    }

    /// Positions of all that was listened to.
    pub(crate) fn listened(&self) -> impl Iterator<Item = usize> {
        self.known
            .iter()
            .filter(|known| known.listened > 0)
            .map(|known| known.position as usize)
    }

    /// How lately the recording was heard: 1 just now, fading within days; 0 never.
    pub(crate) fn lately(&self, position: usize, now: Timestamp) -> f64 {
        let last = self.known(position).and_then(|known| known.last);
        last.map_or(0.0, |last| fresh(seconds_between(last, now)))
    }

    /// The parts of [`score`](Self::score).
    pub(crate) fn odds(&self, catalogue: &Catalogue, position: usize, now: Timestamp) -> Odds {
        if self.plays == 0 {
            return Odds::default();
        }
        let layout = &self.layout;
        let mut odds = Odds::default();
        each_name(catalogue, position, layout, |parameter, x| {
            let part = if parameter < layout.genres {
                &mut odds.artist
            } else if parameter < layout.tags {
                &mut odds.genre
            } else {
                &mut odds.tag
            };
            *part += self.means[parameter] * x;
        });
        if let Some(vector) = catalogue.vector(position) {
            let scale = 1.0 / catalogue.index().spread();
            let weights = &self.means[CONTEXT..layout.dense()];
            odds.sound = scale * (dot(weights, vector) - dot(weights, catalogue.index().mean()));
        }
        if let Some(known) = self.known(position) {
            odds.recording = self.means[layout.recordings + self.slots[position] as usize];
            odds.context = self.means[FAMILIAR] * familiar(known.listened)
                + self.means[RECENT] * self.lately(position, now);
        }
        odds
    }

    /// One draw from the posterior, for a whole ranking (Thompson 1933).
    pub(crate) fn draw(&self, rng_seed: u64) -> Draw<'_> {
        let dense = self.dense.as_ref().map_or(Vec::new(), |factor| {
            let noise: Vec<f64> = (0..self.layout.dense())
                .map(|place| chance::normal(rng_seed, place as u64))
                .collect();
            factor.solve_transposed(&noise)
        });
        Draw {
            taste: self,
            rng_seed,
            dense,
        }
    }

    /// First pass over the log: which recordings it speaks of, and what is remembered of them at its end.
    fn remember(&mut self, order: &[(&Play, Found)]) {
        for (play, found) in order {
            let Found::Item(position) = *found else {
                continue;
            };
            if self.slots[position] == NO_SLOT {
                self.slots[position] = self.known.len() as u32;
                self.known.push(Known {
                    position: position as u32,
                    listened: 0,
                    last: None,
                    rating: None,
                });
            }
            let known = &mut self.known[self.slots[position] as usize];
            known.rating = play.rating.or(known.rating);
            if sounded(play) {
                known.last = Some(play.at);
                known.listened += u32::from(play.heard() == Heard::Listened);
            }
        }
    }

    /// Second pass: the log as lines of evidence, in its order.
    fn read(&self, order: &[(&Play, Found)], now: Timestamp, subjects: &mut Subjects) -> Vec<Line> {
        let mut lines = Vec::with_capacity(order.len() * 2);
        let mut places: HashMap<(bool, usize), usize> = HashMap::new();
        let mut past: Vec<(u32, Option<Timestamp>)> = vec![(0, None); self.known.len()];
        for (play, found) in order {
            let (key, slot) = match *found {
                Found::Item(position) => ((true, position), Some(self.slots[position] as usize)),
                Found::Artist(artist) => ((false, artist as usize), None),
            };
            let subject = *places
                .entry(key)
                .or_insert_with(|| subjects.push(*found, slot, &self.layout));
            let age_s = seconds_between(play.at, now);
            let decay = 0.5_f64.powf(age_s / HALF_LIFE_S);
            let (listened_before, last) = slot.map_or((0, None), |slot| past[slot]);
            let line = Line {
                subject,
                listened: true,
                weight: 0.0,
                decay,
                chosen: contrast(play.source) > 0.0,
                familiar: familiar(listened_before),
                recent: last.map_or(0.0, |last| fresh(seconds_between(last, play.at))),
                kind: LineKind::Heard,
            };
            let last_opinion = |slot: usize| self.known[slot].rating == play.rating;
            if let Some(rating) = play.rating.filter(|_| slot.is_none_or(last_opinion)) {
                let weight = RATING_WEIGHT * decay;
                lines.push(Line {
                    listened: rating == Rating::Like,
                    weight,
                    kind: LineKind::Rated,
                    ..line
                });
            }
            if !sounded(play) {
                continue;
            }
            let (listened, certainty) = evidence(play, subjects.catalogue, *found);
            let weight = decay * certainty * reliability(play.source);
            if listened && line.chosen {
                let weight = weight * contrast(play.source);
                let kind = LineKind::Contrast;
                lines.push(Line {
                    subject: AVERAGE,
                    listened: false,
                    weight,
                    kind,
                    ..line
                });
            }
            lines.push(Line {
                listened,
                weight,
                ..line
            });
            if let Some(slot) = slot {
                past[slot] = (
                    past[slot].0 + u32::from(play.heard() == Heard::Listened),
                    Some(play.at),
                );
            }
        }
        lines
    }

    /// Laplace's approximation at the maximum.
    fn spread(&mut self, subjects: &Subjects, lines: &[Line]) {
        let layout = &self.layout;
        let (size, dim) = (layout.dense(), layout.dim);
        let scores = subjects.scores(&self.means, layout);
        let mut precision = vec![0.0; size * size];
        let mut sparse: Vec<f64> = (size..layout.size)
            .map(|at| 1.0 / layout.prior(at))
            .collect();
        let mut curvature = vec![0.0; subjects.rows.len()];
        let mut context = vec![[0.0; CONTEXT]; subjects.rows.len()];
        for line in lines {
            let p = sigmoid(scores[line.subject] + line.context(&self.means));
            let weight = line.weight * p * (1.0 - p);
            curvature[line.subject] += weight;
            let here = line.context_features();
            for row in 0..CONTEXT {
                context[line.subject][row] += weight * here[row];
                for column in 0..=row {
                    precision[row * size + column] += weight * here[row] * here[column];
                }
            }
        }
        for subject in 0..subjects.rows.len() {
            for (parameter, x) in subjects.features(subject) {
                sparse[*parameter as usize - size] += curvature[subject] * x * x;
            }
            if subjects.rows[subject].is_none() || curvature[subject] == 0.0 {
                continue;
            }
            let x = subjects.vector(subject);
            for row in 0..dim {
                let line = &mut precision[(CONTEXT + row) * size..];
                for (sum, c) in line.iter_mut().zip(context[subject]) {
                    *sum += c * x[row];
                }
                let weight = curvature[subject] * x[row];
                line[CONTEXT..]
                    .iter_mut()
                    .zip(&x[..=row])
                    .for_each(|(sum, other)| *sum += weight * other);
            }
        }
        for at in 0..size {
            precision[at * size + at] += 1.0 / layout.prior(at);
        }
        self.dense = Some(Cholesky::new(size, precision));
        self.deviations = sparse
            .into_iter()
            .map(|precision| precision.sqrt().recip())
            .collect();
    }
}

/// A draw from the posterior, as a difference from the most probable taste.
pub(crate) struct Draw<'a> {
    taste: &'a Taste,
    rng_seed: u64,
    dense: Vec<f64>,
}

impl Draw<'_> {
    /// How much better the draw thinks of the recording than the most probable taste does, in log odds.
    pub(crate) fn surprise(&self, catalogue: &Catalogue, position: usize) -> f64 {
        let Self {
            taste,
            rng_seed,
            dense,
        } = self;
        if dense.is_empty() {
            return 0.0;
        }
        let layout = &taste.layout;
        let mut sum = 0.0;
        each_name(catalogue, position, layout, |parameter, x| {
            let deviation = taste.deviations[parameter - layout.dense()];
            sum += x * deviation * chance::normal(*rng_seed, parameter as u64);
        });
        if let Some(vector) = catalogue.vector(position) {
            let weights = &dense[CONTEXT..];
            let scale = 1.0 / catalogue.index().spread();
            sum += scale * (dot(weights, vector) - dot(weights, catalogue.index().mean()));
        }
        sum
    }
}

/// The recordings with the most evidence in their favour, best first.
fn favourites(
    known: &[Known],
    lines: &[Line],
    subjects: &Subjects,
    layout: &Layout,
) -> Vec<Favourite> {
    let mut favour = vec![0.0; known.len()];
    for line in lines {
        let slot = subjects
            .features(line.subject)
            .last()
            .map(|(at, _)| *at as usize);
        if let Some(slot) = slot.and_then(|at| at.checked_sub(layout.recordings)) {
            favour[slot] += line.weight * if line.listened { 1.0 } else { -1.5 };
        }
    }
    let mut order: Vec<usize> = (0..known.len())
        .filter(|slot| favour[*slot] > 0.1)
        .collect();
    order.sort_by(|a, b| favour[*b].total_cmp(&favour[*a]).then(a.cmp(b)));
    order.truncate(FAVOURITES_MAX);
    order
        .into_iter()
        .map(|slot| Favourite {
            position: known[slot].position as usize,
            listened: known[slot].listened,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{self, audio, now, play};
    use crate::{Catalogue, Item};
    use proptest::prelude::*;
    use segue_core::PlaySource;

    /// 8 styles of 30 recordings; the artist and tags of each follow its style.
    fn library() -> Catalogue {
        world::catalogue(world::library(5, 8, 30, 32))
    }

    fn all_finite(taste: &Taste, catalogue: &Catalogue) -> bool {
        let scores =
            (0..catalogue.len()).all(|item| taste.score(catalogue, item, now()).is_finite());
        let draw = taste.draw(3);
        let drawn = (0..catalogue.len()).all(|item| draw.surprise(catalogue, item).is_finite());
        scores
            && drawn
            && taste
                .means
                .iter()
                .chain(&taste.deviations)
                .all(|x| x.is_finite())
            && taste.voice() >= 0.0
    }

    #[test]
    fn a_listener_with_taste_is_foretold_and_one_without_is_not() {
        let catalogue = library();
        let listens = |style: usize| if style < 3 { 0.85 } else { 0.15 };
        let (mut with, mut without) = (Vec::new(), Vec::new());
        let (mut taught, mut voices) = (Vec::new(), Vec::new());
        for seed in 0..8 {
            let log = world::log(seed, 240, 600, |item| listens(item % 8));
            let taste = Taste::fit(&catalogue, &log, now());
            let validation = *taste.validation().unwrap();
            assert!(
                validation.log_loss < validation.log_loss_baseline,
                "{validation:?}"
            );
            assert!(validation.calibration_error < 0.2, "{validation:?}");
            taught.push(taste.voice());
            with.push(validation.auc);
            let log = world::log(seed + 100, 240, 600, |_| 0.6);
            let taste = Taste::fit(&catalogue, &log, now());
            without.push(taste.validation().unwrap().auc);
            voices.push(taste.voice());
        }
        let mean = |aucs: &[f64]| aucs.iter().sum::<f64>() / aucs.len() as f64;
        assert!(mean(&with) > 0.75, "{with:?}");
        assert!((mean(&without) - 0.5).abs() < 0.05, "{without:?}");
        assert!(
            mean(&taught) > 0.5 && mean(&voices) < 0.2,
            "{taught:?} against noise {voices:?}"
        );
    }

    #[test]
    fn taste_without_vectors_is_learned_from_artists_genres_and_tags() {
        let items = world::library(5, 8, 30, 32)
            .into_iter()
            .enumerate()
            .map(|(n, mut item)| {
                item.vector = None;
                item.genres = vec![format!("Style {}", n % 8)];
                item
            });
        let catalogue = world::catalogue(items.collect());
        let log = world::log(1, 240, 400, |item| if item % 8 < 3 { 0.85 } else { 0.15 });
        let taste = Taste::fit(&catalogue, &log, now());
        assert!(taste.validation().unwrap().auc > 0.75);
        let summary = taste.summary(&catalogue, 3);
        let names = |effects: &[Effect]| {
            let mut names: Vec<String> = effects.iter().map(|effect| effect.name.clone()).collect();
            names.sort();
            names
        };
        assert_eq!(
            names(&summary.liked_genres),
            ["Style 0", "Style 1", "Style 2"]
        );
        assert!(
            summary
                .disliked_genres
                .iter()
                .all(|effect| effect.weight < 0.0 && effect.deviation > 0.0)
        );
        assert_eq!(summary.version, taste.version());
    }

    #[test]
    fn an_imported_history_without_skips_teaches_by_what_was_chosen() {
        let catalogue = library();
        let mut log = world::log(2, 30, 200, |_| 1.0);
        for entry in &mut log {
            let chosen = catalogue.position(&entry.subject.audio.unwrap()).unwrap();
            entry.subject.audio = Some(audio(chosen * 8 + 1));
            entry.source = PlaySource::Import;
        }
        let taste = Taste::fit(&catalogue, &log, now());
        let mean = |style: usize| {
            (0..30)
                .map(|n| taste.score(&catalogue, n * 8 + style, now()))
                .sum::<f64>()
                / 30.0
        };
        assert!(
            (0..8)
                .filter(|style| *style != 1)
                .all(|style| mean(1) > mean(style) + 0.5)
        );
        assert_eq!(taste.validation(), None);
    }

    #[test]
    fn opinions_weigh_more_than_plays_and_the_last_one_counts() {
        let catalogue = library();
        let rate = |at_s, item: usize, rating| {
            let mut entry = play(at_s, audio(item), 0.0);
            entry.rating = Some(rating);
            entry
        };
        let score =
            |log: &[Play], item| Taste::fit(&catalogue, log, now()).score(&catalogue, item, now());
        let (liked, played) = (
            [rate(0, 3, Rating::Like)],
            [play(0, audio(3), 200.0), play(1, audio(4), 12.0)],
        );
        assert!(score(&liked, 3) > score(&played, 3) && score(&played, 3) > score(&played, 4));
        assert!(score(&[rate(0, 3, Rating::Dislike)], 3) < -score(&played, 3));
        let turned = [rate(0, 3, Rating::Like), rate(1, 3, Rating::Dislike)];
        assert_eq!(
            score(&turned, 3).to_bits(),
            score(&[rate(1, 3, Rating::Dislike)], 3).to_bits()
        );
    }

    #[test]
    fn leaving_at_once_is_mood_and_leaving_soon_is_dislike() {
        let catalogue = library();
        let both = |listened_s: f64| {
            let log = [play(0, audio(0), listened_s), play(1, audio(7), 200.0)];
            Taste::fit(&catalogue, &log, now()).score(&catalogue, 0, now())
        };
        let (refused, abandoned, glimpsed, listened) =
            (both(12.0), both(60.0), both(2.0), both(200.0));
        assert!(refused < abandoned && abandoned < glimpsed && glimpsed < listened);
    }

    #[test]
    fn nothing_played_is_nothing_known() {
        let catalogue = library();
        let stranger = play(0, audio(9999), 200.0);
        for log in [&[][..], &[stranger][..]] {
            let taste = Taste::fit(&catalogue, log, now());
            assert_eq!((taste.plays(), taste.voice()), (0, 0.0));
            assert!(taste.means.iter().all(|mean| *mean == 0.0));
            assert!(taste.summary(&catalogue, 5).liked_artists.is_empty());
        }
        assert!(!Taste::fit(&catalogue, &[], now()).fits(&world::catalogue(vec![])));
    }

    #[test]
    fn an_artist_is_learned_from_recordings_the_library_lacks() {
        let catalogue = library();
        let mut entry = play(0, audio(9999), 200.0);
        entry.subject.artist = Some("artist 2.0".into());
        entry.subject.title = Some("lost".into());
        let taste = Taste::fit(&catalogue, &[entry], now());
        assert!(taste.score(&catalogue, 2, now()) > taste.score(&catalogue, 3, now()));
    }

    fn any_play() -> impl Strategy<Value = Play> {
        let seconds = prop_oneof![
            Just(0.0),
            Just(-5.0),
            Just(f64::NAN),
            Just(f64::INFINITY),
            Just(1e300),
            0.0..400.0
        ];
        let rating = prop_oneof![
            Just(None),
            Just(Some(Rating::Like)),
            Just(Some(Rating::Dislike))
        ];
        let sources = [
            "radio", "mix", "album", "search", "shuffle", "playlist", "queue", "import",
        ];
        let source = prop::sample::select(sources.to_vec());
        (
            seconds.clone(),
            prop::option::of(seconds),
            rating,
            source,
            0_usize..14,
            -4_i64..40,
        )
            .prop_map(|(listened_s, duration_s, rating, source, item, at)| {
                let mut entry = play(at * 5_000_000, audio(item), listened_s);
                entry.subject.duration_s = duration_s;
                entry.rating = rating;
                entry.source = PlaySource::parse(source).unwrap();
                entry
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_log_gives_the_same_finite_taste_twice(log in prop::collection::vec(any_play(), 0..60)) {
            let mut items: Vec<Item> = world::library(9, 2, 6, 8);
            items[3].vector = None;
            items[4].duration_s = f64::NAN;
            let catalogue = world::catalogue(items);
            let doubled: Vec<Play> = log.iter().chain(&log).cloned().collect();
            for log in [&log, &doubled] {
                let taste = Taste::fit(&catalogue, log, now());
                prop_assert!(all_finite(&taste, &catalogue));
                prop_assert_eq!(taste.version(), Taste::fit(&catalogue, log, now()).version());
            }
        }
    }
}
