//! Random numbers by counting: the draw belongs to its place, whatever the order of asking.
//!
//! SplitMix64 (Steele, Lea, Flood 2014) over a seed and a position, so that one sample of the posterior
//! over a hundred thousand effects need not be stored: each effect's draw is computed when it is met.

/// 64 well-mixed bits for `place` under `seed`.
pub(crate) fn bits(seed: u64, place: u64) -> u64 {
    let mut z = seed ^ place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for factor in [0xbf58_476d_1ce4_e5b9_u64, 0x94d0_49bb_1331_11eb] {
        z = (z ^ (z >> 30)).wrapping_mul(factor);
    }
    let mut y = (z ^ (z >> 31)).wrapping_add(seed.rotate_left(17));
    for factor in [0xff51_afd7_ed55_8ccd_u64, 0xc4ce_b9fe_1a85_ec53] {
        y = (y ^ (y >> 33)).wrapping_mul(factor);
    }
    y ^ (y >> 33)
}

/// Uniform in the open interval `(0, 1)`.
pub(crate) fn uniform(seed: u64, place: u64) -> f64 {
    ((bits(seed, place) >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
}

/// Standard normal (Box and Muller 1958).
pub(crate) fn normal(seed: u64, place: u64) -> f64 {
    let radius = (-2.0 * uniform(seed, place.wrapping_mul(2)).ln()).sqrt();
    radius * (std::f64::consts::TAU * uniform(seed, place.wrapping_mul(2).wrapping_add(1))).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_standard_normal_and_repeat() {
        let draws: Vec<f64> = (0..20_000).map(|place| normal(7, place)).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!(
            mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05,
            "{mean} {variance}"
        );
        assert_eq!(normal(7, 3).to_bits(), normal(7, 3).to_bits());
        assert_ne!(normal(7, 3).to_bits(), normal(8, 3).to_bits());
    }
}
