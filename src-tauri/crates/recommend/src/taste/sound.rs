//! What of a vector the regression sees: its dimensions, centred and brought to one scale.

use crate::catalogue::Catalogue;
use crate::index::dot;

/// How vectors become features.
#[derive(Clone, Debug, Default)]
pub(super) struct Sound {
    /// Features; 0 where vectors are left out of account.
    size: usize,
    /// Inverse of the vectors' spread.
    scale: f32,
}

/// A vector less the library's mean, of unit length.
pub(super) fn centred(catalogue: &Catalogue, row: usize) -> Vec<f32> {
    let index = catalogue.index();
    let row = index.row(row);
    let mut centred: Vec<f32> = row.iter().zip(index.mean()).map(|(x, m)| x - m).collect();
    let scale = dot(&centred, &centred).sqrt().max(1e-6).recip();
    centred.iter_mut().for_each(|x| *x *= scale);
    centred
}

impl Sound {
    /// Features of the catalogue's vectors, or none if they are not `heard`.
    pub(super) fn new(catalogue: &Catalogue, heard: bool) -> Self {
        Self {
            size: if heard { catalogue.index().dim() } else { 0 },
            scale: (1.0 / catalogue.index().spread()) as f32,
        }
    }

    /// Number of features.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The features of a row of the index, `[size]`.
    pub(super) fn features(&self, catalogue: &Catalogue, row: usize) -> Vec<f32> {
        let index = catalogue.index();
        let row = index.row(row);
        let centred = row.iter().zip(index.mean()).take(self.size);
        centred.map(|(x, m)| self.scale * (x - m)).collect()
    }

    /// Parameters, `[size]`, in the form in which many recordings are scored.
    pub(super) fn reading(&self, catalogue: &Catalogue, parameters: &[f64]) -> Reading {
        let weights: Vec<f32> = parameters.iter().map(|w| *w as f32 * self.scale).collect();
        Reading {
            middle: if self.size == 0 {
                0.0
            } else {
                dot(&weights, catalogue.index().mean())
            },
            weights,
        }
    }
}

/// Parameters of the sound, ready to score.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    weights: Vec<f32>,
    middle: f32,
}

impl Reading {
    /// Log odds of a row of the index, against the average recording.
    pub(super) fn score(&self, catalogue: &Catalogue, row: usize) -> f64 {
        if self.weights.is_empty() {
            return 0.0;
        }
        f64::from(dot(&self.weights, catalogue.index().row(row)) - self.middle)
    }
}
