//! What the audio network heard: a vector and tags, stamped with the model that made them.

use serde::{Deserialize, Serialize};

use crate::ModelId;

/// A track's place in a model's space: a finite vector of unit length.
///
/// Cosine similarity of two embeddings of one model is their dot product.
#[derive(Clone, Debug, PartialEq)]
pub struct Embedding {
    model: ModelId,
    values: Vec<f32>,
}

/// A vector that cannot be an embedding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmbeddingError {
    /// Some component is NaN or infinite.
    #[error("value not finite: {0}")]
    NotFinite(ModelId),
    /// The vector has no direction.
    #[error("vector empty or zero: {0}")]
    Zero(ModelId),
}

impl Embedding {
    /// Scales `values` to unit length.
    pub fn new(model: ModelId, mut values: Vec<f32>) -> Result<Self, EmbeddingError> {
        let length = values
            .iter()
            .map(|v| f64::from(*v).powi(2))
            .sum::<f64>()
            .sqrt();
        if !length.is_finite() {
            return Err(EmbeddingError::NotFinite(model));
        }
        if length < 1e-12 {
            return Err(EmbeddingError::Zero(model));
        }
        for value in &mut values {
            *value = (f64::from(*value) / length) as f32;
        }
        Ok(Self { model, values })
    }

    /// The model whose space this is.
    pub fn model(&self) -> &ModelId {
        &self.model
    }

    /// The components, of unit length together.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

/// A tag heard in a track, with the model's probability in `0..=1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TagScore {
    /// Lower-case name, such as `female vocals`.
    pub name: String,
    /// Probability in `0..=1`.
    pub p: f32,
    /// Whether it is heard plainly: the probability reaches the height from which the model's maker would show it.
    pub present: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_directions_are_embeddings() {
        let model = ModelId("m@0".into());
        let unit = Embedding::new(model.clone(), vec![3.0, 4.0]).unwrap();
        assert_eq!(unit.values(), [0.6, 0.8]);
        assert!(Embedding::new(model.clone(), vec![0.0; 4]).is_err());
        assert!(Embedding::new(model.clone(), vec![]).is_err());
        assert!(Embedding::new(model.clone(), vec![f32::NAN, 1.0]).is_err());
        assert!(Embedding::new(model, vec![f32::INFINITY, 1.0]).is_err());
    }
}
