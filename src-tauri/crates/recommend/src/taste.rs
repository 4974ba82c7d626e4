//! What a listener likes, learned from what they finish and leave.
//!
//! A Bayesian logistic regression: the probability that a play is listened to is
//! `sigmoid(intercepts + context + session + sound + artists + genres + tags + album + recording)`. Every part is
//! linear with a Gaussian prior, the maximum is found by L-BFGS, and Laplace's approximation gives the posterior: in
//! full for intercepts, context and sound, per effect for the many names. Being additive, it explains itself; being
//! Bayesian, it knows what it does not know yet. [`session`] says what a mood is.
//!
//! Evidence follows [`Play::heard`]: leaving after 5–30 s speaks against a recording, leaving later a little,
//! leaving at once hardly (mood or browsing). An album played through says little about each of its songs.
//! Plays the listener chose by hand are hardly ever skipped, so there the *choice* is the evidence: each is
//! contrasted with the average recording, under an intercept of its own.
//!
//! Taste is a fold over the log: same catalogue and log, same bits. The log is learned anew at *checkpoints*, whose
//! distances grow with it ([`checkpoint`]); in between each play is learned as it comes ([`Taste::learn`]), by one step
//! of assumed-density filtering: the posterior so far is the prior of the next play.

mod evidence;
mod fit;
mod memory;
mod session;
mod sound;
mod validation;

use segue_core::{Play, PlaySource, Timestamp};
use serde::Serialize;

use crate::catalogue::{Catalogue, Found, Names};
use crate::chance;
use crate::linear::Cholesky;
use evidence::{Line, LineKind, contrast, familiar, seconds_between};
use fit::{CONTEXT, FAMILIAR, Layout, RECENT, SESSION, Subjects, each_name, fit_lines, sigmoid};
use memory::{Known, Memory};
use sound::{Reading, Sound, centred};
pub use validation::Validation;
use validation::{Belief, validate};

/// Evidence loses half its weight in this time.
const HALF_LIFE_S: f64 = 365.0 * 86_400.0;

/// Held out at the end of the log for validation.
const HELD_OUT: f64 = 0.2;

/// Plays below which nothing is held out.
const VALIDATION_PLAYS_MIN: usize = 20;

/// Effective plays at which taste speaks with half its voice.
const EVIDENCE_HALF: f64 = 30.0;

/// Liked recordings kept for explanations and for stations without a seed.
const FAVOURITES_MAX: usize = 200;

/// Evidence, in plays, from which a recording counts as liked.
const FAVOUR_MIN: f64 = 0.1;

/// Recordings that stand for all that could have been chosen: for a whole log, and for one play.
const BACKGROUND: usize = 400;
const BACKGROUND_ONE: usize = 4;

/// Steps of the search at most; fewer where the result is only judged.
const STEPS_MAX: usize = 60;
const TRIAL_STEPS_MAX: usize = 30;

/// A listener's taste over one [`Catalogue`].
#[derive(Clone, Debug)]
pub struct Taste {
    edition: u64,
    plays: usize,
    evidence: f64,
    belief: Belief,
    layout: Layout,
    sound: Sound,
    /// Most probable parameters: dense ones first, then artists, genres, tags, albums, recordings.
    means: Vec<f64>,
    /// Those of the sound, ready to score.
    reading: Reading,
    /// Posterior precision of the dense ones, factored.
    dense: Option<Cholesky>,
    /// Posterior deviations of the others.
    deviations: Vec<f64>,
    memory: Memory,
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
    pub(crate) album: f64,
    pub(crate) recording: f64,
    pub(crate) context: f64,
    pub(crate) session: f64,
}

impl Odds {
    /// What holds tomorrow as well: all but the mood of the session.
    pub(crate) fn lasting(&self) -> f64 {
        self.sound
            + self.artist
            + self.genre
            + self.tag
            + self.album
            + self.recording
            + self.context
    }
}

/// The number of plays, of `plays`, up to which the log was learned as a whole: all of a few, then a number whose
/// first four binary digits count, so that what is learned play by play is never more than an eighth.
fn checkpoint(plays: usize) -> usize {
    let rest = (usize::BITS - plays.leading_zeros()).saturating_sub(4);
    plays >> rest << rest
}

impl Taste {
    /// Learns from `plays`, in any order; those of recordings and artists unknown to the catalogue are passed
    /// over. Of several opinions of one recording the last counts. The evidence is dated by the log's own end.
    pub fn fit(catalogue: &Catalogue, plays: &[Play]) -> Self {
        let mut order: Vec<(&Play, Found)> = plays
            .iter()
            .filter_map(|play| Some((play, catalogue.find(play)?)))
            .collect();
        order.sort_by_key(|(play, _)| play.at);
        let opinions = order.iter().rposition(|(play, _)| play.rating.is_some());
        let cut = checkpoint(order.len()).max(opinions.map_or(0, |last| last + 1));
        let mut taste = Self::untaught(catalogue);
        taste.learn_whole(catalogue, &order[..cut]);
        for (play, found) in &order[cut..] {
            taste.learn_one(catalogue, play, *found);
        }
        taste
    }

    /// Learns from one more play, at once. Returns whether the log should be learned anew by [`fit`](Self::fit): at
    /// checkpoints, after an opinion, and where the play is older than one before.
    ///
    /// A taste that never asked for that has the same bits as `fit` over the same log.
    pub fn learn(&mut self, catalogue: &Catalogue, play: &Play) -> bool {
        if !self.fits(catalogue) {
            return true;
        }
        let Some(found) = catalogue.find(play) else {
            return false;
        };
        let in_order = self.memory.last_at.is_none_or(|last| last <= play.at);
        self.learn_one(catalogue, play, found);
        checkpoint(self.plays) == self.plays || play.rating.is_some() || !in_order
    }

    fn untaught(catalogue: &Catalogue) -> Self {
        let sound = Sound::new(catalogue, true);
        let layout = Layout::new(catalogue, &sound, 0);
        let means = layout.expected();
        Self {
            edition: catalogue.edition(),
            plays: 0,
            evidence: 0.0,
            belief: Belief::default(),
            reading: sound.reading(catalogue, &means[CONTEXT..layout.dense()]),
            dense: None,
            deviations: Vec::new(),
            memory: Memory::new(catalogue),
            favourites: Vec::new(),
            validation: None,
            means,
            layout,
            sound,
        }
    }

    fn learn_whole(&mut self, catalogue: &Catalogue, order: &[(&Play, Found)]) {
        let Some((last, _)) = order.last() else {
            return;
        };
        let ages = |play: &Play| 0.5_f64.powf(seconds_between(play.at, last.at) / HALF_LIFE_S);
        let mut kept: Option<(Self, Vec<f64>)> = None;
        for with_sound in [true, false] {
            let sound = Sound::new(catalogue, with_sound);
            let mut memory = Memory::new(catalogue);
            let names = Layout::new(catalogue, &sound, 0);
            let mut subjects = Subjects::new(catalogue, &sound);
            let mut lines = Vec::with_capacity(order.len() * 2);
            let mut places = memory::Places::default();
            for (play, found) in order {
                let (subject, slot) = memory.place(*found, &mut places, &mut subjects, &names);
                let decay = ages(play);
                memory.read(catalogue, play, *found, slot, subject, decay, &mut lines);
            }
            lines.retain(|line| line.weight > 0.0);
            let layout = Layout::new(catalogue, &sound, memory.known.len());
            let cut = ((lines.len() as f64) * (1.0 - HELD_OUT)) as usize;
            let mut with_background = |lines: &[Line]| {
                let mut lines = lines.to_vec();
                memory.background(
                    catalogue,
                    true,
                    BACKGROUND,
                    0,
                    |memory, position| memory.subject(position, &mut places, &mut subjects, &names),
                    &mut lines,
                );
                lines
            };
            let taught = with_background(&lines[..cut]);
            let all = with_background(&lines);
            let heard = lines.iter().filter(|line| line.kind == LineKind::Heard);
            let trial = (heard.count() >= VALIDATION_PLAYS_MIN).then(|| {
                let start = layout.expected();
                let fitted = fit_lines(start, &layout, &subjects, &taught, TRIAL_STEPS_MAX);
                let (belief, validation) = validate(&fitted, &layout, &subjects, &lines, cut);
                (fitted, belief, validation)
            });
            // The sound stays unless the last plays are surely foretold better without it.
            let losses = trial.as_ref().map(|(_, belief, _)| belief.losses.clone());
            let last = losses.is_none() || !with_sound;
            let better = match (&kept, &losses) {
                (Some((_, with)), Some(without)) => surely_less(without, with),
                _ => true,
            };
            if better {
                let (start, belief, validation) =
                    trial.unwrap_or_else(|| (layout.expected(), Belief::default(), None));
                let means = fit_lines(start, &layout, &subjects, &all, STEPS_MAX);
                let scores = subjects.scores(&means, &layout);
                let mut taste = Self {
                    edition: self.edition,
                    plays: order.len(),
                    evidence: lines
                        .iter()
                        .filter(|line| line.kind != LineKind::Background)
                        .map(|line| line.weight)
                        .sum(),
                    belief: belief.settled(&means, &scores, &lines),
                    reading: sound.reading(catalogue, &means[CONTEXT..layout.dense()]),
                    dense: None,
                    deviations: Vec::new(),
                    favourites: favourites(&memory),
                    memory,
                    validation,
                    means,
                    layout,
                    sound: sound.clone(),
                };
                taste.spread(&subjects, &all, &scores);
                kept = Some((taste, losses.unwrap_or_default()));
            }
            if last {
                break;
            }
        }
        if let Some((taste, _)) = kept {
            *self = taste;
        }
    }

    /// One more play, the posterior so far being its prior.
    fn learn_one(&mut self, catalogue: &Catalogue, play: &Play, found: Found) {
        let sound = std::mem::take(&mut self.sound);
        let mut subjects = Subjects::new(catalogue, &sound);
        let mut places = memory::Places::default();
        let (subject, slot) = self
            .memory
            .place(found, &mut places, &mut subjects, &self.layout);
        let mut lines = Vec::new();
        self.memory
            .read(catalogue, play, found, slot, subject, 1.0, &mut lines);
        let (memory, layout) = (&self.memory, &self.layout);
        memory.background(
            catalogue,
            false,
            BACKGROUND_ONE,
            self.plays as u64,
            |memory, position| memory.subject(position, &mut places, &mut subjects, layout),
            &mut lines,
        );
        self.layout.size = self.layout.recordings + self.memory.known.len();
        self.means.resize(self.layout.size, 0.0);
        let dense = self.dense.get_or_insert_with(|| {
            let size = self.layout.dense();
            let mut precision = vec![0.0; size * size];
            (0..size).for_each(|at| precision[at * size + at] = 1.0 / self.layout.prior(at));
            Cholesky::new(size, precision)
        });
        for at in self.layout.dense() + self.deviations.len()..self.layout.size {
            self.deviations.push(self.layout.prior(at).sqrt());
        }
        let size = self.layout.dense();
        for line in &lines {
            let mut x: Vec<f64> = line.context_features().to_vec();
            match subjects.sound(line.subject) {
                Some(sound) => x.extend(sound.iter().map(|x| f64::from(*x))),
                None => x.resize(size, 0.0),
            }
            let names = subjects.features(line.subject);
            let reach = dense.solve(&x);
            let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let (mut mean, mut variance) = (product(&x, &self.means[..size]), product(&x, &reach));
            for (at, x) in names {
                let deviation = self.deviations[*at as usize - size];
                mean += x * self.means[*at as usize];
                variance += (x * deviation).powi(2);
            }
            // The maximum lies at means + pull * reach, where pull = weight (y - sigmoid(mean + pull variance)).
            let y = f64::from(u8::from(line.listened));
            let mut pull = 0.0;
            for _ in 0..20 {
                let p = sigmoid(mean + pull * variance);
                let slope = 1.0 + line.weight * p * (1.0 - p) * variance;
                pull -= (pull - line.weight * (y - p)) / slope;
            }
            let p = sigmoid(mean + pull * variance);
            let bend = line.weight * p * (1.0 - p);
            for (mean, reach) in self.means.iter_mut().zip(&reach) {
                *mean += pull * reach;
            }
            for (at, x) in names {
                let deviation = &mut self.deviations[*at as usize - size];
                self.means[*at as usize] += pull * x * *deviation * *deviation;
                *deviation = (deviation.powi(-2) + bend * x * x).sqrt().recip();
            }
            x.iter_mut().for_each(|x| *x *= bend.sqrt());
            dense.update(x);
            if line.kind != LineKind::Background {
                self.evidence += line.weight;
            }
        }
        self.reading = sound.reading(catalogue, &self.means[CONTEXT..size]);
        self.sound = sound;
        self.favourites = favourites(&self.memory);
        self.plays += 1;
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
        self.edition == catalogue.edition() && self.memory.slots.len() == catalogue.len()
    }

    /// Log odds that the recording at `position` is listened to, against the average recording.
    pub fn score(&self, catalogue: &Catalogue, position: usize, now: Timestamp) -> f64 {
        if self.fits(catalogue) {
            let odds = self.odds(catalogue, position, now);
            odds.lasting() + odds.session
        } else {
            0.0
        }
    }

    /// The probability that at least half of a recording is heard if it is played now, from `source`.
    pub fn chance(
        &self,
        catalogue: &Catalogue,
        position: usize,
        source: PlaySource,
        now: Timestamp,
    ) -> f64 {
        let score = self.score(catalogue, position, now);
        self.belief.chance(contrast(source) > 0.0, score)
    }

    /// Names these very numbers: `taste@` and 16 hex digits.
    pub fn version(&self) -> String {
        let mut hash = chance::bits(self.edition, self.plays as u64);
        for number in self
            .means
            .iter()
            .chain(&self.deviations)
            .chain([&self.belief.slope])
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
        self.belief.trust() * self.confidence()
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
        self.memory.known(position)
    }

    /// Positions of all that was listened to.
    pub(crate) fn listened(&self) -> impl Iterator<Item = usize> {
        self.memory
            .known
            .iter()
            .filter(|known| known.listened > 0)
            .map(|known| known.position as usize)
    }

    /// How lately the recording was heard: 1 just now, fading within days; 0 never.
    pub(crate) fn lately(&self, position: usize, now: Timestamp) -> f64 {
        self.memory.lately(position, now)
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
            } else if parameter < layout.albums {
                &mut odds.tag
            } else {
                &mut odds.album
            };
            *part += self.means[parameter] * x;
        });
        if let Some(row) = catalogue.row(position) {
            odds.sound = self.reading.score(catalogue, row);
            if self.memory.session.lasts(now) {
                let fit = self.memory.session.fit(&centred(catalogue, row), now);
                odds.session = self.means[SESSION] * fit;
            }
        }
        if let Some(known) = self.known(position) {
            let slot = self.memory.slots[position] as usize;
            odds.recording = self.means[layout.recordings + slot];
            odds.context = self.means[FAMILIAR] * familiar(known.listened)
                + self.means[RECENT] * self.lately(position, now);
        }
        odds
    }

    /// One draw from the posterior, for a whole ranking (Thompson 1933).
    pub(crate) fn draw(&self, catalogue: &Catalogue, rng_seed: u64) -> Draw<'_> {
        let reading = self.dense.as_ref().map(|factor| {
            let noise: Vec<f64> = (0..self.layout.dense())
                .map(|place| chance::normal(rng_seed, place as u64))
                .collect();
            let drawn = factor.solve_transposed(&noise);
            self.sound.reading(catalogue, &drawn[CONTEXT..])
        });
        Draw {
            taste: self,
            rng_seed,
            reading,
        }
    }

    /// Laplace's approximation at the maximum.
    fn spread(&mut self, subjects: &Subjects, lines: &[Line], scores: &[f64]) {
        let layout = &self.layout;
        let size = layout.dense();
        let mut precision = vec![0.0; size * size];
        let mut sparse: Vec<f64> = (size..layout.size)
            .map(|at| 1.0 / layout.prior(at))
            .collect();
        let mut curvature = vec![0.0; subjects.count()];
        let mut context = vec![[0.0; CONTEXT]; subjects.count()];
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
        for subject in 0..subjects.count() {
            for (parameter, x) in subjects.features(subject) {
                sparse[*parameter as usize - size] += curvature[subject] * x * x;
            }
            let Some(x) = subjects.sound(subject).filter(|_| curvature[subject] > 0.0) else {
                continue;
            };
            for (row, value) in x.iter().enumerate() {
                let value = f64::from(*value);
                let line = &mut precision[(CONTEXT + row) * size..];
                for (sum, c) in line.iter_mut().zip(context[subject]) {
                    *sum += c * value;
                }
                let weight = curvature[subject] * value;
                line[CONTEXT..]
                    .iter_mut()
                    .zip(&x[..=row])
                    .for_each(|(sum, other)| *sum += weight * f64::from(*other));
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

/// Whether `a` lies below `b` by more than the error of the mean difference; both in the same order.
fn surely_less(a: &[f64], b: &[f64]) -> bool {
    let count = a.len().min(b.len()).max(1) as f64;
    let differences = || a.iter().zip(b).map(|(a, b)| b - a);
    let mean = differences().sum::<f64>() / count;
    let variance = differences().map(|d| (d - mean).powi(2)).sum::<f64>() / count;
    mean > (variance / count).sqrt()
}

/// A draw from the posterior, as a difference from the most probable taste.
pub(crate) struct Draw<'a> {
    taste: &'a Taste,
    rng_seed: u64,
    reading: Option<Reading>,
}

impl Draw<'_> {
    /// How much better the draw thinks of the recording than the most probable taste does, in log odds.
    pub(crate) fn surprise(&self, catalogue: &Catalogue, position: usize) -> f64 {
        let Self {
            taste,
            rng_seed,
            reading,
        } = self;
        let Some(reading) = reading else {
            return 0.0;
        };
        let layout = &taste.layout;
        let mut sum = 0.0;
        each_name(catalogue, position, layout, |parameter, x| {
            let deviation = taste.deviations[parameter - layout.dense()];
            sum += x * deviation * chance::normal(*rng_seed, parameter as u64);
        });
        if let Some(row) = catalogue.row(position) {
            sum += reading.score(catalogue, row);
        }
        sum
    }
}

/// The recordings with the most evidence in their favour, best first.
fn favourites(memory: &Memory) -> Vec<Favourite> {
    let mut order: Vec<&Known> = memory
        .known
        .iter()
        .filter(|k| k.favour > FAVOUR_MIN)
        .collect();
    order.sort_by(|a, b| {
        b.favour
            .total_cmp(&a.favour)
            .then(a.position.cmp(&b.position))
    });
    order.truncate(FAVOURITES_MAX);
    order.into_iter().map(Favourite::from).collect()
}

impl From<&Known> for Favourite {
    fn from(known: &Known) -> Self {
        Self {
            position: known.position as usize,
            listened: known.listened,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{self, audio, now, play};
    use crate::{Catalogue, Item};
    use proptest::prelude::*;
    use segue_core::Rating;

    /// 8 styles of 30 recordings; the artist and tags of each follow its style.
    fn library() -> Catalogue {
        world::catalogue(world::library(5, 8, 30, 32))
    }

    fn all_finite(taste: &Taste, catalogue: &Catalogue) -> bool {
        let scores =
            (0..catalogue.len()).all(|item| taste.score(catalogue, item, now()).is_finite());
        let draw = taste.draw(catalogue, 3);
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
            let taste = Taste::fit(&catalogue, &log);
            let validation = *taste.validation().unwrap();
            assert!(
                validation.log_loss < validation.log_loss_baseline,
                "{validation:?}"
            );
            assert!(validation.calibration_error < 0.2, "{validation:?}");
            taught.push(taste.voice());
            with.push(validation.auc);
            let log = world::log(seed + 100, 240, 600, |_| 0.6);
            let taste = Taste::fit(&catalogue, &log);
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
        let taste = Taste::fit(&catalogue, &log);
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
        let taste = Taste::fit(&catalogue, &log);
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
        let score = |log: &[Play], item| Taste::fit(&catalogue, log).score(&catalogue, item, now());
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
            Taste::fit(&catalogue, &log).score(&catalogue, 0, now())
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
            let taste = Taste::fit(&catalogue, log);
            assert_eq!((taste.plays(), taste.voice()), (0, 0.0));
            assert_eq!(taste.means, taste.layout.expected());
            assert!(taste.summary(&catalogue, 5).liked_artists.is_empty());
        }
        assert!(!Taste::fit(&catalogue, &[]).fits(&world::catalogue(vec![])));
    }

    #[test]
    fn an_artist_is_learned_from_recordings_the_library_lacks() {
        let catalogue = library();
        let mut entry = play(0, audio(9999), 200.0);
        entry.subject.artist = Some("artist 2.0".into());
        entry.subject.title = Some("lost".into());
        let taste = Taste::fit(&catalogue, &[entry]);
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

    #[test]
    fn checkpoints_leave_an_eighth_at_most_to_single_steps() {
        for plays in 0..100_000 {
            let whole = checkpoint(plays);
            assert!(whole <= plays && (plays - whole) * 8 <= plays, "{plays}");
            assert_eq!(checkpoint(whole), whole);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn learning_play_by_play_is_learning_the_log(log in prop::collection::vec(any_play(), 1..60)) {
            let catalogue = world::catalogue(world::library(9, 2, 6, 8));
            let mut taste = Taste::fit(&catalogue, &[]);
            for (number, play) in log.iter().enumerate() {
                let anew = taste.learn(&catalogue, play);
                prop_assert!(all_finite(&taste, &catalogue));
                let folded = Taste::fit(&catalogue, &log[..=number]);
                if anew {
                    taste = folded;
                } else {
                    prop_assert_eq!(taste.version(), folded.version());
                }
            }
        }

        #[test]
        fn any_log_gives_the_same_finite_taste_twice(log in prop::collection::vec(any_play(), 0..60)) {
            let mut items: Vec<Item> = world::library(9, 2, 6, 8);
            items[3].vector = None;
            items[4].duration_s = f64::NAN;
            let catalogue = world::catalogue(items);
            let doubled: Vec<Play> = log.iter().chain(&log).cloned().collect();
            for log in [&log, &doubled] {
                let taste = Taste::fit(&catalogue, log);
                prop_assert!(all_finite(&taste, &catalogue));
                prop_assert_eq!(taste.version(), Taste::fit(&catalogue, log).version());
            }
        }
    }
}
