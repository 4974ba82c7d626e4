//! How sure the taste is: Laplace's approximation at the maximum, draws from it, and one more play learned by it.

use segue_core::Play;

use super::evidence::{CONTEXT, Line, LineKind};
use super::fit::{Subjects, each_name, sigmoid};
use super::memory::Places;
use super::sound::Reading;
use super::{BACKGROUND_ONE, Taste, favourites};
use crate::catalogue::{Catalogue, Found};
use crate::chance;
use crate::linear::Cholesky;

impl Taste {
    /// One draw from the posterior, for a whole ranking.
    ///
    /// Thompson sampling (Thompson 1933; Chapelle, Li 2011) would rank by the draw alone. A station ranks by the most probable
    /// taste and adds a part of the draw's difference from it: the posterior made narrower, which explores less.
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
    pub(super) fn spread(&mut self, subjects: &Subjects, lines: &[Line], scores: &[f64]) {
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

    /// One more play, the posterior so far being its prior. [`settle`](Self::settle) must follow upon the last one.
    pub(super) fn learn_one(&mut self, catalogue: &Catalogue, play: &Play, found: Found) {
        let mut subjects = Subjects::new(catalogue, self.sound);
        let mut places = Places::default();
        let (subject, slot) = self
            .memory
            .place(found, &mut places, &mut subjects, &self.layout);
        let mut lines = Vec::new();
        self.memory
            .read(catalogue, play, found, slot, subject, 1.0, &mut lines);
        if !self.parts.hours {
            lines.iter_mut().for_each(|line| line.hour = 0.0);
        }
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
        self.plays += 1;
    }

    /// Draws from the parameters what is read off them, once the last play is learned.
    pub(super) fn settle(&mut self, catalogue: &Catalogue) {
        let dense = CONTEXT..self.layout.dense();
        self.reading = self.sound.reading(catalogue, &self.means[dense]);
        self.favourites = favourites(&self.memory);
    }
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
