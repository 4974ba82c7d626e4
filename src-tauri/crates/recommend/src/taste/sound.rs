//! What of a vector the regression sees: its dimensions, centred and brought to one scale.

use crate::catalogue::Catalogue;
use crate::index::{VectorQuery, dot, numbers};

/// How vectors become features.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sound {
    /// Features; 0 where vectors are left out of account.
    size: usize,
    /// Inverse of the vectors' spread.
    scale: f32,
}

impl Sound {
    /// Features of the catalogue's vectors, or none if they are not `used`.
    pub(super) fn new(catalogue: &Catalogue, used: bool) -> Self {
        Self {
            size: if used { catalogue.index().dim() } else { 0 },
            scale: (1.0 / catalogue.index().spread()) as f32,
        }
    }

    /// Number of features.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The features of a row of the index, `[size]`.
    pub(super) fn features(&self, catalogue: &Catalogue, row: usize) -> impl Iterator<Item = f32> {
        let index = catalogue.index();
        let numbers = numbers(index.row(row)).zip(index.mean());
        numbers.take(self.size).map(|(x, m)| self.scale * (x - m))
    }

    /// Parameters, `[size]`, in the form in which many recordings are scored.
    pub(super) fn weights(&self, catalogue: &Catalogue, parameters: &[f64]) -> SoundWeights {
        if self.size == 0 {
            return SoundWeights::default();
        }
        let weights: Vec<f32> = parameters.iter().map(|w| *w as f32 * self.scale).collect();
        SoundWeights {
            at_mean: dot(&weights, catalogue.index().mean()),
            weights: VectorQuery::new(&weights),
        }
    }
}

/// Parameters of the sound, ready to score.
#[derive(Clone, Debug, Default)]
pub(super) struct SoundWeights {
    weights: VectorQuery,
    at_mean: f32,
}

impl SoundWeights {
    /// Log odds of a row of the index, against the average recording.
    pub(super) fn score(&self, catalogue: &Catalogue, row: usize) -> f64 {
        f64::from(self.weights.dot(catalogue.index().row(row)) - self.at_mean)
    }
}
