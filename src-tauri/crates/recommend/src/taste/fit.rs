//! The regression itself: its parameters, what they multiply, and the search for the most probable ones.

use super::evidence::{
    ALWAYS, CHOICE, CHOSEN, CONTEXT, FAMILIAR, HOUR, Observation, RECENT, SESSION,
};
use super::sound::Sound;
use crate::catalogue::{Catalogue, Found};
use crate::linear::minimise;
use crate::tuning::Learning;

/// The parts that are left out where a listener's own plays are predicted better without them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// The vectors.
    pub(super) sound: bool,
    /// An effect per cluster of the library.
    pub(super) clusters: bool,
    /// What is listened to at which hour.
    pub(super) hours: bool,
}

/// Where each kind of parameter stands.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) tuning: Learning,
    pub(super) artists: usize,
    pub(super) genres: usize,
    pub(super) tags: usize,
    pub(super) clusters: usize,
    pub(super) albums: usize,
    pub(super) recordings: usize,
    pub(super) size: usize,
}

/// The distinct recordings and artists of the observations, and their features.
pub(super) struct Subjects<'a> {
    catalogue: &'a Catalogue,
    sound: Sound,
    /// Whether there is a vector.
    has_vector: Vec<bool>,
    /// Features of the sound, `[subjects, sound.size()]`, zero where there is no vector.
    dense: Vec<f32>,
    ends: Vec<usize>,
    features: Vec<(u32, f64)>,
}

impl Layout {
    pub(super) fn new(
        catalogue: &Catalogue,
        tuning: &Learning,
        sound: &Sound,
        clusters: bool,
        recordings: usize,
    ) -> Self {
        let artists = CONTEXT + sound.size();
        let genres = artists + catalogue.artist_names().len();
        let tags = genres + catalogue.genre_names().len();
        let first_corner = tags + catalogue.tag_names().len();
        let albums = first_corner
            + if clusters {
                catalogue.cluster_count()
            } else {
                0
            };
        let first_recording = albums + catalogue.albums();
        Self {
            tuning: *tuning,
            artists,
            genres,
            tags,
            clusters: first_corner,
            albums,
            recordings: first_recording,
            size: first_recording + recordings,
        }
    }

    /// Number of parameters with a full posterior.
    pub(super) fn dense(&self) -> usize {
        self.artists
    }

    /// Prior variance of a parameter.
    pub(super) fn prior(&self, parameter: usize) -> f64 {
        let tuning = &self.tuning;
        match parameter {
            ALWAYS | CHOSEN | CHOICE => tuning.prior_intercept,
            FAMILIAR | RECENT | SESSION | HOUR => tuning.prior_context,
            at if at < self.artists => tuning.prior_sound,
            at if at < self.genres => tuning.prior_artist,
            at if at < self.tags => tuning.prior_genre,
            at if at < self.clusters => tuning.prior_tag,
            at if at < self.albums => tuning.prior_cluster,
            at if at < self.recordings => tuning.prior_album,
            _ => tuning.prior_recording,
        }
    }

    /// The parameters before anything was played.
    pub(super) fn expected(&self) -> Vec<f64> {
        let mut expected = vec![0.0; self.size];
        expected[ALWAYS] = self.tuning.expected_always;
        expected[SESSION] = self.tuning.expected_session;
        expected[HOUR] = self.tuning.expected_hour;
        expected[CHOICE] = -self.tuning.choices.ln();
        expected
    }
}

impl<'a> Subjects<'a> {
    pub(super) fn new(catalogue: &'a Catalogue, sound: Sound) -> Self {
        Self {
            catalogue,
            sound,
            has_vector: Vec::new(),
            dense: Vec::new(),
            ends: Vec::new(),
            features: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, found: Found, slot: Option<usize>, layout: &Layout) -> usize {
        let row = match found {
            Found::Item(position) => {
                let features = &mut self.features;
                each_name(self.catalogue, position, layout, |at, x| {
                    features.push((at as u32, x))
                });
                self.features
                    .extend(slot.map(|slot| ((layout.recordings + slot) as u32, 1.0)));
                self.catalogue.row(position)
            }
            Found::Artist(artist) => {
                self.features
                    .push(((layout.artists + artist as usize) as u32, 1.0));
                None
            }
        };
        self.has_vector.push(row.is_some());
        match row {
            Some(row) => self.dense.extend(self.sound.features(self.catalogue, row)),
            None => self.dense.resize(self.dense.len() + self.sound.size(), 0.0),
        }
        self.ends.push(self.features.len());
        self.ends.len() - 1
    }

    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn features(&self, subject: usize) -> &[(u32, f64)] {
        let start = if subject == 0 {
            0
        } else {
            self.ends[subject - 1]
        };
        &self.features[start..self.ends[subject]]
    }

    /// Features of the sound, absent where there is no vector.
    pub(super) fn sound(&self, subject: usize) -> Option<&[f32]> {
        let size = self.sound.size();
        self.has_vector[subject].then(|| &self.dense[subject * size..(subject + 1) * size])
    }

    /// Log odds of every subject without context, `[subjects]`.
    pub(super) fn scores(&self, parameters: &[f64], layout: &Layout) -> Vec<f64> {
        let weights = &parameters[CONTEXT..layout.dense()];
        let score = |subject: usize| {
            let names: f64 = self
                .features(subject)
                .iter()
                .map(|(at, x)| parameters[*at as usize] * x)
                .sum();
            names + self.sound(subject).map_or(0.0, |sound| dot(weights, sound))
        };
        (0..self.count()).map(score).collect()
    }

    /// Adds the subjects' pulls, `[subjects]`, to the gradient of their parameters.
    pub(super) fn pull(&self, pulls: &[f64], layout: &Layout, gradient: &mut [f64]) {
        for (subject, pull) in pulls.iter().enumerate().filter(|(_, pull)| **pull != 0.0) {
            for (at, x) in self.features(subject) {
                gradient[*at as usize] += pull * x;
            }
            if let Some(sound) = self.sound(subject) {
                let gradient = gradient[CONTEXT..layout.dense()].iter_mut();
                gradient
                    .zip(sound)
                    .for_each(|(g, x)| *g += pull * f64::from(*x));
            }
        }
    }
}

/// Calls `visit` with each artist, genre, tag, cluster and album parameter of a recording and its feature.
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
        .map(|tag| tag.p().powi(2))
        .sum::<f64>()
        .sqrt()
        .max(1e-6);
    tags.iter()
        .for_each(|tag| visit(layout.tags + tag.number() as usize, tag.p() / length));
    if layout.clusters < layout.albums
        && let Some(cluster) = catalogue.cluster(position)
    {
        visit(layout.clusters + cluster, 1.0);
    }
    if let Some(album) = catalogue.album(position) {
        visit(layout.albums + album as usize, 1.0);
    }
}

/// The most probable parameters given `observations`, sought from `start` in at most `steps_max` steps.
pub(super) fn fit_observations(
    start: Vec<f64>,
    layout: &Layout,
    subjects: &Subjects,
    observations: &[Observation],
    steps_max: usize,
) -> Vec<f64> {
    let priors: Vec<f64> = (0..layout.size)
        .map(|parameter| layout.prior(parameter))
        .collect();
    let expected = layout.expected();
    // Inverse curvature: a quarter of the weight that bears on a parameter, and its prior.
    let mut scale: Vec<f64> = priors.iter().map(|prior| 1.0 / prior).collect();
    let mut weights = vec![0.0; subjects.count()];
    for observation in observations {
        weights[observation.subject] += 0.25 * observation.weight;
        for (sum, x) in scale.iter_mut().zip(observation.context_features()) {
            *sum += 0.25 * observation.weight * x * x;
        }
    }
    for (subject, weight) in weights
        .iter()
        .enumerate()
        .filter(|(_, weight)| **weight > 0.0)
    {
        subjects
            .features(subject)
            .iter()
            .for_each(|(at, x)| scale[*at as usize] += weight * x * x);
        let sound = subjects.sound(subject).unwrap_or_default();
        scale[CONTEXT..layout.dense()]
            .iter_mut()
            .zip(sound)
            .for_each(|(sum, x)| *sum += weight * f64::from(x * x));
    }
    scale.iter_mut().for_each(|sum| *sum = sum.recip());
    minimise(start, &scale, steps_max, |parameters, gradient| {
        let scores = subjects.scores(parameters, layout);
        let mut pulls = vec![0.0; scores.len()];
        let mut value = 0.0;
        for (at, g) in gradient.iter_mut().enumerate() {
            let away = parameters[at] - expected[at];
            *g = away / priors[at];
            value += 0.5 * away * away / priors[at];
        }
        for observation in observations {
            let margin = observation.sign()
                * (scores[observation.subject] + observation.context(parameters));
            value += observation.weight * softplus(-margin);
            let pull = -observation.weight * observation.sign() * sigmoid(-margin);
            pulls[observation.subject] += pull;
            for (g, x) in gradient.iter_mut().zip(observation.context_features()) {
                *g += pull * x;
            }
        }
        subjects.pull(&pulls, layout, gradient);
        value
    })
}

pub(super) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// `ln(1 + e^x)` without overflow.
pub(super) fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
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
