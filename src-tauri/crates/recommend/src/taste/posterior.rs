//! How sure the taste is: Laplace's approximation at the maximum, draws from it, and one more play learned by it.

use segue_core::Play;

use super::evidence::{CONTEXT, Observation, ObservationKind};
use super::fit::{Subjects, each_name, sigmoid};
use super::history::SubjectIndex;
use super::sound::SoundWeights;
use super::{BACKGROUND_ONE, Taste, favourites};
use crate::catalogue::{Catalogue, Found};
use crate::counter_rng;
use crate::linear::Cholesky;

impl Taste {
    /// One draw from the posterior, for a whole ranking.
    ///
    /// Thompson sampling (Thompson 1933; Chapelle, Li 2011) would rank by the draw alone. A station ranks by the most probable
    /// taste and adds a part of the draw's difference from it: the posterior made narrower, which explores less.
    pub(crate) fn draw(&self, catalogue: &Catalogue, rng_seed: u64) -> Draw<'_> {
        let sampled_weights = self.dense.as_ref().map(|factor| {
            let noise: Vec<f64> = (0..self.layout.dense())
                .map(|place| counter_rng::normal(rng_seed, place as u64))
                .collect();
            let drawn = factor.solve_transposed(&noise);
            self.sound.weights(catalogue, &drawn[CONTEXT..])
        });
        Draw {
            taste: self,
            rng_seed,
            sampled_weights,
        }
    }

    /// Laplace's approximation at the maximum.
    pub(super) fn fit_posterior(
        &mut self,
        subjects: &Subjects,
        observations: &[Observation],
        scores: &[f64],
    ) {
        let layout = &self.layout;
        let size = layout.dense();
        let mut precision = vec![0.0; size * size];
        let mut sparse: Vec<f64> = (size..layout.size)
            .map(|at| 1.0 / layout.prior(at))
            .collect();
        let mut curvature = vec![0.0; subjects.count()];
        let mut context = vec![[0.0; CONTEXT]; subjects.count()];
        for observation in observations {
            let p = sigmoid(scores[observation.subject] + observation.context(&self.means));
            let weight = observation.weight * p * (1.0 - p);
            curvature[observation.subject] += weight;
            let here = observation.context_features();
            for row in 0..CONTEXT {
                context[observation.subject][row] += weight * here[row];
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
                let matrix_row = &mut precision[(CONTEXT + row) * size..];
                for (sum, c) in matrix_row.iter_mut().zip(context[subject]) {
                    *sum += c * value;
                }
                let weight = curvature[subject] * value;
                matrix_row[CONTEXT..]
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

    /// One more play, the posterior so far being its prior. [`refresh`](Self::refresh) must follow the last one, else the
    /// sound's weights and the favourites are those before it.
    pub(super) fn learn_one(&mut self, catalogue: &Catalogue, play: &Play, found: Found) {
        let mut subjects = Subjects::new(catalogue, self.sound);
        let mut subject_index = SubjectIndex::default();
        let (subject, slot) =
            self.history
                .subject_of_play(found, &mut subject_index, &mut subjects, &self.layout);
        let mut observations = Vec::new();
        self.history.read(
            catalogue,
            play,
            found,
            slot,
            subject,
            1.0,
            &mut observations,
        );
        if !self.parts.hours {
            observations
                .iter_mut()
                .for_each(|observation| observation.hour = 0.0);
        }
        let (history, layout) = (&self.history, &self.layout);
        history.background(
            catalogue,
            false,
            BACKGROUND_ONE,
            self.plays as u64,
            |history, position| {
                history.subject(position, &mut subject_index, &mut subjects, layout)
            },
            &mut observations,
        );
        self.layout.size = self.layout.recordings + self.history.recordings.len();
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
        for observation in &observations {
            let mut x: Vec<f64> = observation.context_features().to_vec();
            match subjects.sound(observation.subject) {
                Some(sound) => x.extend(sound.iter().map(|x| f64::from(*x))),
                None => x.resize(size, 0.0),
            }
            let names = subjects.features(observation.subject);
            let reach = dense.solve(&x);
            let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
            let (mut mean, mut variance) = (product(&x, &self.means[..size]), product(&x, &reach));
            for (at, x) in names {
                let deviation = self.deviations[*at as usize - size];
                mean += x * self.means[*at as usize];
                variance += (x * deviation).powi(2);
            }
            // The maximum lies at means + pull * reach, where pull = weight (y - sigmoid(mean + pull variance)).
            let y = f64::from(u8::from(observation.listened));
            let mut pull = 0.0;
            for _ in 0..20 {
                let p = sigmoid(mean + pull * variance);
                let slope = 1.0 + observation.weight * p * (1.0 - p) * variance;
                pull -= (pull - observation.weight * (y - p)) / slope;
            }
            let p = sigmoid(mean + pull * variance);
            let bend = observation.weight * p * (1.0 - p);
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
            if observation.kind != ObservationKind::Background {
                self.evidence += observation.weight;
            }
        }
        self.plays += 1;
    }

    /// Derives from the parameters what is kept beside them for speed.
    pub(super) fn refresh(&mut self, catalogue: &Catalogue) {
        let dense = CONTEXT..self.layout.dense();
        self.sound_weights = self.sound.weights(catalogue, &self.means[dense]);
        self.favourites = favourites(&self.history);
    }
}

/// A draw from the posterior, as a difference from the most probable taste.
pub(crate) struct Draw<'a> {
    taste: &'a Taste,
    rng_seed: u64,
    sampled_weights: Option<SoundWeights>,
}

impl Draw<'_> {
    /// By how much the draw's log odds of the recording exceed those of the most probable taste.
    pub(crate) fn sampled_deviation(&self, catalogue: &Catalogue, position: usize) -> f64 {
        let Self {
            taste,
            rng_seed,
            sampled_weights,
        } = self;
        let Some(sampled_weights) = sampled_weights else {
            return 0.0;
        };
        let layout = &taste.layout;
        let mut sum = 0.0;
        each_name(catalogue, position, layout, |parameter, x| {
            let deviation = taste.deviations[parameter - layout.dense()];
            sum += x * deviation * counter_rng::normal(*rng_seed, parameter as u64);
        });
        if let Some(row) = catalogue.row(position) {
            sum += sampled_weights.score(catalogue, row);
        }
        sum
    }
}
