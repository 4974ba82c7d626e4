//! Rounding to the bits that an output takes, with noise before it: without, the error of what was made quieter would follow the
//! music, as distortion.
//!
//! The noise is triangular, of two least significant bits peak to peak (Lipshitz, Wannamaker and Vanderkooy, *Quantization and
//! Dither: A Theoretical Survey*, 1992). Samples that are whole numbers of the output's bits already, such as an untouched file's of no
//! more bits, or silence, pass as they are.

use crate::frame::StereoFrame;

pub(super) struct Dither {
    full: f64,
    state: u64,
}

impl Dither {
    pub(super) fn new(bits: u32) -> Self {
        Self {
            full: f64::from(1_u32 << (bits - 1)),
            state: 0x9e37_79b9_7f4a_7c15,
        }
    }

    pub(super) fn round(&mut self, frames: &mut [StereoFrame]) {
        for sample in frames.as_flattened_mut() {
            let exact = f64::from(*sample) * self.full;
            if exact != exact.round() {
                let rounded = (exact + self.noise() - self.noise()).round();
                *sample = (rounded.clamp(-self.full, self.full - 1.0) / self.full) as f32;
            }
        }
    }

    /// Evenly within 0 and 1 (Marsaglia, *Xorshift RNGs*, 2003).
    fn noise(&mut self) -> f64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    #[test]
    fn whole_numbers_pass_and_others_come_out_whole() {
        let exact: Vec<StereoFrame> = (-300..300).map(|n| [n as f32 / 32_768.0; 2]).collect();
        let mut passed = exact.clone();
        Dither::new(16).round(&mut passed);
        assert_eq!(passed, exact);
        let mut between: Vec<StereoFrame> = exact.iter().map(|[x, _]| [x * 0.37; 2]).collect();
        Dither::new(16).round(&mut between);
        let whole = |sample: &f32| (sample * 32_768.0).fract() == 0.0;
        assert!(between.as_flattened().iter().all(whole));
    }

    #[test]
    fn a_tone_below_the_last_bit_is_still_there_and_undistorted() {
        let tone = |n: usize| (TAU * 1000.0 * n as f64 / 48_000.0).sin();
        let quiet = |n: usize| (0.3 * tone(n) / 32_768.0) as f32;
        let mut frames: Vec<StereoFrame> = (0..480_000).map(|n| [quiet(n); 2]).collect();
        Dither::new(16).round(&mut frames);
        let part_of = |of: &dyn Fn(usize) -> f64| {
            let parts = frames.iter().enumerate();
            let sum: f64 = parts.map(|(n, frame)| f64::from(frame[0]) * of(n)).sum();
            sum * 2.0 / 480_000.0 * 32_768.0
        };
        let found = part_of(&tone);
        assert!((found - 0.3).abs() < 0.01, "{found}");
        let third = |n: usize| (TAU * 3000.0 * n as f64 / 48_000.0).sin();
        let distortion = part_of(&third);
        assert!(distortion.abs() < 0.01, "{distortion}");
    }
}
