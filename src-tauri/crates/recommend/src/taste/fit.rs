//! The regression itself: its parameters, what they multiply, and the search for the most probable ones.

use super::evidence::{Line, LineKind};
use crate::catalogue::{Catalogue, Found};
use crate::linear::minimise;

/// Prior variances, in squared logits per unit of the feature.
pub(super) const PRIOR_INTERCEPT: f64 = 4.0;
pub(super) const PRIOR_CONTEXT: f64 = 1.0;
pub(super) const PRIOR_SOUND: f64 = 3.0;
pub(super) const PRIOR_ARTIST: f64 = 0.6;
pub(super) const PRIOR_GENRE: f64 = 0.4;
pub(super) const PRIOR_TAG: f64 = 0.5;
pub(super) const PRIOR_RECORDING: f64 = 0.5;

/// The dense parameters before the vector's dimensions.
pub(super) const ALWAYS: usize = 0;
pub(super) const CHOSEN: usize = 1;
pub(super) const FAMILIAR: usize = 2;
pub(super) const RECENT: usize = 3;
pub(super) const CONTEXT: usize = 4;

/// Where each kind of parameter stands.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub(super) dim: usize,
    pub(super) artists: usize,
    pub(super) genres: usize,
    pub(super) tags: usize,
    pub(super) recordings: usize,
    pub(super) size: usize,
}

/// The unlike things that lines speak of, and their features.
pub(super) struct Subjects<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) rows: Vec<Option<usize>>,
    pub(super) ends: Vec<usize>,
    pub(super) features: Vec<(u32, f64)>,
    /// The vectors' mean `[dim]` and the inverse of their spread.
    pub(super) centre: Vec<f64>,
    pub(super) scale: f64,
}

impl Layout {
    pub(super) fn new(catalogue: &Catalogue, recordings: usize) -> Self {
        let dim = catalogue.index().dim();
        let artists = CONTEXT + dim;
        let genres = artists + catalogue.artist_names().len();
        let tags = genres + catalogue.genre_names().len();
        let first_recording = tags + catalogue.tag_names().len();
        Self {
            dim,
            artists,
            genres,
            tags,
            recordings: first_recording,
            size: first_recording + recordings,
        }
    }

    /// Number of parameters with a full posterior.
    pub(super) fn dense(&self) -> usize {
        CONTEXT + self.dim
    }

    /// Prior variance of a parameter.
    pub(super) fn prior(&self, parameter: usize) -> f64 {
        match parameter {
            ALWAYS | CHOSEN => PRIOR_INTERCEPT,
            FAMILIAR | RECENT => PRIOR_CONTEXT,
            at if at < self.artists => PRIOR_SOUND,
            at if at < self.genres => PRIOR_ARTIST,
            at if at < self.tags => PRIOR_GENRE,
            at if at < self.recordings => PRIOR_TAG,
            _ => PRIOR_RECORDING,
        }
    }
}

/// The subject of contrasts: the average recording.
pub(super) const AVERAGE: usize = 0;

impl<'a> Subjects<'a> {
    /// Only the average recording: no vector, for vectors are centred, and the usual shares of names.
    pub(super) fn new(catalogue: &'a Catalogue, layout: &Layout) -> Self {
        let index = catalogue.index();
        let mut shares = vec![0.0; layout.recordings];
        for position in 0..catalogue.len() {
            each_name(catalogue, position, layout, |parameter, x| {
                shares[parameter] += x
            });
        }
        let per_item = 1.0 / catalogue.len().max(1) as f64;
        let features: Vec<(u32, f64)> = shares
            .iter()
            .enumerate()
            .skip(layout.genres)
            .filter(|(_, share)| **share > 0.0)
            .map(|(parameter, share)| (parameter as u32, share * per_item))
            .collect();
        Self {
            catalogue,
            rows: vec![None],
            ends: vec![features.len()],
            features,
            centre: index.mean().iter().map(|m| f64::from(*m)).collect(),
            scale: 1.0 / index.spread(),
        }
    }

    pub(super) fn push(&mut self, found: Found, slot: Option<usize>, layout: &Layout) -> usize {
        match found {
            Found::Item(position) => {
                self.rows.push(self.catalogue.row(position));
                let features = &mut self.features;
                each_name(self.catalogue, position, layout, |at, x| {
                    features.push((at as u32, x))
                });
                self.features
                    .extend(slot.map(|slot| ((layout.recordings + slot) as u32, 1.0)));
            }
            Found::Artist(artist) => {
                self.rows.push(None);
                self.features
                    .push(((layout.artists + artist as usize) as u32, 1.0));
            }
        }
        self.ends.push(self.features.len());
        self.rows.len() - 1
    }

    pub(super) fn features(&self, subject: usize) -> &[(u32, f64)] {
        let start = if subject == 0 {
            0
        } else {
            self.ends[subject - 1]
        };
        &self.features[start..self.ends[subject]]
    }

    /// The subject's centred and scaled vector, `[dim]`, zero where there is none.
    pub(super) fn vector(&self, subject: usize) -> Vec<f64> {
        match self.rows[subject] {
            Some(row) => {
                let row = self.catalogue.index().row(row).iter();
                row.zip(&self.centre)
                    .map(|(x, m)| self.scale * (f64::from(*x) - m))
                    .collect()
            }
            None => vec![0.0; self.centre.len()],
        }
    }

    /// Log odds of every subject without context, `[subjects]`.
    pub(super) fn scores(&self, parameters: &[f64], layout: &Layout) -> Vec<f64> {
        let weights = &parameters[CONTEXT..layout.dense()];
        let middle: f64 = weights.iter().zip(&self.centre).map(|(w, m)| w * m).sum();
        let score = |subject: usize| {
            let names: f64 = self
                .features(subject)
                .iter()
                .map(|(at, x)| parameters[*at as usize] * x)
                .sum();
            let sound = self.rows[subject].map_or(0.0, |row| {
                self.scale * (dot(weights, self.catalogue.index().row(row)) - middle)
            });
            names + sound
        };
        (0..self.rows.len()).map(score).collect()
    }

    /// Adds the subjects' pulls, `[subjects]`, to the gradient of their parameters.
    pub(super) fn pull(&self, pulls: &[f64], layout: &Layout, gradient: &mut [f64]) {
        let mut total = 0.0;
        for (subject, pull) in pulls.iter().enumerate().filter(|(_, pull)| **pull != 0.0) {
            for (at, x) in self.features(subject) {
                gradient[*at as usize] += pull * x;
            }
            if let Some(row) = self.rows[subject] {
                let pull = pull * self.scale;
                total += pull;
                let sound = gradient[CONTEXT..layout.dense()].iter_mut();
                sound
                    .zip(self.catalogue.index().row(row))
                    .for_each(|(g, x)| *g += pull * f64::from(*x));
            }
        }
        let sound = gradient[CONTEXT..layout.dense()].iter_mut();
        sound.zip(&self.centre).for_each(|(g, m)| *g -= total * m);
    }
}

/// Calls `visit` with each artist, genre and tag parameter of a recording and its feature.
///
/// Each kind has unit length, so that three genres do not weigh more than one.
pub(super) fn each_name(
    catalogue: &Catalogue,
    position: usize,
    layout: &Layout,
    mut visit: impl FnMut(usize, f64),
) {
    let artists = catalogue.artist_numbers(position);
    let share = 1.0 / (artists.len().max(1) as f64).sqrt();
    artists
        .iter()
        .for_each(|artist| visit(layout.artists + *artist as usize, share));
    let genres = catalogue.genre_numbers(position);
    let share = 1.0 / (genres.len().max(1) as f64).sqrt();
    genres
        .iter()
        .for_each(|genre| visit(layout.genres + *genre as usize, share));
    let tags = catalogue.tag_numbers(position);
    let length = tags
        .iter()
        .map(|tag| f64::from(tag.p).powi(2))
        .sum::<f64>()
        .sqrt()
        .max(1e-6);
    tags.iter()
        .for_each(|tag| visit(layout.tags + tag.number as usize, f64::from(tag.p) / length));
}

/// The most probable parameters given `lines`, sought from `start`.
pub(super) fn fit_lines(
    start: Vec<f64>,
    layout: &Layout,
    subjects: &Subjects,
    lines: &[Line],
) -> Vec<f64> {
    let priors: Vec<f64> = (0..layout.size)
        .map(|parameter| layout.prior(parameter))
        .collect();
    // Inverse curvature: a quarter of the weight that bears on a parameter, and its prior.
    let mut scale: Vec<f64> = priors.iter().map(|prior| 1.0 / prior).collect();
    let mut weights = vec![0.0; subjects.rows.len()];
    for line in lines {
        weights[line.subject] += 0.25 * line.weight;
        for (sum, x) in scale.iter_mut().zip(line.context_features()) {
            *sum += 0.25 * line.weight * x * x;
        }
    }
    for (subject, weight) in weights.iter().enumerate() {
        subjects
            .features(subject)
            .iter()
            .for_each(|(at, x)| scale[*at as usize] += weight * x * x);
    }
    let sound = weights.iter().sum::<f64>() / layout.dim.max(1) as f64;
    scale[CONTEXT..layout.dense()]
        .iter_mut()
        .for_each(|sum| *sum += sound);
    scale.iter_mut().for_each(|sum| *sum = sum.recip());
    let mut fitted = minimise(start, &scale, 100, |parameters, gradient| {
        let scores = subjects.scores(parameters, layout);
        let mut pulls = vec![0.0; scores.len()];
        let mut value = 0.0;
        for ((g, w), prior) in gradient.iter_mut().zip(parameters).zip(&priors) {
            *g = w / prior;
            value += 0.5 * w * w / prior;
        }
        for line in lines {
            let margin = line.sign() * (scores[line.subject] + line.context(parameters));
            value += line.weight * softplus(-margin);
            let pull = -line.weight * line.sign() * sigmoid(-margin);
            pulls[line.subject] += pull;
            for (g, x) in gradient.iter_mut().zip(line.context_features()) {
                *g += pull * x;
            }
        }
        subjects.pull(&pulls, layout, gradient);
        value
    });
    settle_intercepts(&mut fitted, layout, subjects, lines);
    fitted
}

/// Refits the two intercepts to real plays alone: contrasts teach what is chosen, not how often plays end.
pub(super) fn settle_intercepts(
    parameters: &mut [f64],
    layout: &Layout,
    subjects: &Subjects,
    lines: &[Line],
) {
    let scores = subjects.scores(parameters, layout);
    for _ in 0..20 {
        let mut gradient = [
            parameters[ALWAYS] / PRIOR_INTERCEPT,
            parameters[CHOSEN] / PRIOR_INTERCEPT,
        ];
        let mut curve = [1.0 / PRIOR_INTERCEPT, 0.0, 1.0 / PRIOR_INTERCEPT];
        for line in lines.iter().filter(|line| line.kind == LineKind::Heard) {
            let p = sigmoid(scores[line.subject] + line.context(parameters));
            let pull = line.weight * (p - f64::from(u8::from(line.listened)));
            let bend = line.weight * p * (1.0 - p);
            let chosen = f64::from(u8::from(line.chosen));
            gradient = [gradient[0] + pull, gradient[1] + pull * chosen];
            curve = [
                curve[0] + bend,
                curve[1] + bend * chosen,
                curve[2] + bend * chosen,
            ];
        }
        let step = solve_two(curve, gradient);
        parameters[ALWAYS] -= step[0].clamp(-1.0, 1.0);
        parameters[CHOSEN] -= step[1].clamp(-1.0, 1.0);
    }
}

pub(super) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln(1 + e^x)` without overflow.
pub(super) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// Solves the symmetric system `[[a, b], [b, c]] x = g`.
pub(super) fn solve_two([a, b, c]: [f64; 3], g: [f64; 2]) -> [f64; 2] {
    let determinant = (a * c - b * b).max(1e-12);
    [
        (c * g[0] - b * g[1]) / determinant,
        (a * g[1] - b * g[0]) / determinant,
    ]
}

/// Dot product of double and single precision in eight lanes.
pub(super) fn dot(a: &[f64], b: &[f32]) -> f64 {
    let mut lanes = [0.0_f64; 8];
    let (a_chunks, b_chunks) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f64 = a_chunks
        .remainder()
        .iter()
        .zip(b_chunks.remainder())
        .map(|(x, y)| x * f64::from(*y))
        .sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..8 {
            lanes[lane] += x[lane] * f64::from(y[lane]);
        }
    }
    lanes.iter().sum::<f64>() + rest
}
