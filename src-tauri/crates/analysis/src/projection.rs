//! From a track's statistics to its vector, `(x − mean) · matrix`, or to the logits of its tags, where `bias` is added.

use safetensors::{Dtype, SafeTensors};

/// The affine map learned with the model.
pub(crate) struct Projection {
    /// `[inputs]`.
    mean: Vec<f32>,
    /// `[inputs, outputs]`, row by row.
    matrix: Vec<f32>,
    /// `[outputs]`, for tags.
    bias: Option<Vec<f32>>,
    outputs: usize,
}

impl Projection {
    /// Reads `mean` and `matrix`; their shapes must be as asked for.
    pub(crate) fn read(bytes: &[u8], inputs: usize, outputs: usize) -> Result<Self, String> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
        Ok(Self {
            mean: tensor(&tensors, "mean", &[inputs])?,
            matrix: tensor(&tensors, "matrix", &[inputs, outputs])?,
            bias: None,
            outputs,
        })
    }

    /// Reads `bias` too.
    pub(crate) fn with_bias(bytes: &[u8], inputs: usize, outputs: usize) -> Result<Self, String> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
        Ok(Self {
            bias: Some(tensor(&tensors, "bias", &[outputs])?),
            ..Self::read(bytes, inputs, outputs)?
        })
    }

    /// Projects `statistics`, of the length that was asked for.
    pub(crate) fn apply(&self, statistics: &[f32]) -> Vec<f32> {
        let mut vector = vec![0.0_f64; self.outputs];
        for (sum, bias) in vector.iter_mut().zip(self.bias.iter().flatten()) {
            *sum = f64::from(*bias);
        }
        let rows = self.matrix.chunks_exact(self.outputs);
        for ((value, mean), row) in statistics.iter().zip(&self.mean).zip(rows) {
            let centred = f64::from(*value) - f64::from(*mean);
            for (sum, weight) in vector.iter_mut().zip(row) {
                *sum += centred * f64::from(*weight);
            }
        }
        vector.into_iter().map(|value| value as f32).collect()
    }
}

/// The values of an `f32` tensor of exactly this shape.
fn tensor(tensors: &SafeTensors<'_>, name: &str, shape: &[usize]) -> Result<Vec<f32>, String> {
    let view = tensors.tensor(name).map_err(|e| format!("{name}: {e}"))?;
    if view.dtype() != Dtype::F32 || view.shape() != shape {
        let found = format!("{:?} {:?}", view.dtype(), view.shape());
        return Err(format!("{name} is {found}; F32 {shape:?} is expected"));
    }
    let values: Vec<f32> = view
        .data()
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    if values.iter().all(|value| value.is_finite()) {
        Ok(values)
    } else {
        Err(format!("{name} is not finite"))
    }
}
