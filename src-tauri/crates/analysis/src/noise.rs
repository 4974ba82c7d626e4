//! Sound to try a model with.

/// Noise between −0.5 and 0.5, the same for the same seed (xorshift, Marsaglia 2003).
pub(crate) fn noise(samples: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32 - 0.5
    };
    (0..samples).map(|_| next()).collect()
}
