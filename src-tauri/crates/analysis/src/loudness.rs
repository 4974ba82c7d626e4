//! Loudness by ITU-R BS.1770-4 and EBU R128: the K-weighting, power in steps of 100 ms, and the gate over them.
//!
//! Any run of steps has a loudness of its own, so that one filtering of a recording tells of the whole, its intro and its
//! outro. `ebur128` filters one channel after the other and squares every sample four times, which cost as much as
//! decoding; here two channels go side by side, once. True peak is left to that crate.

use std::f64::consts::PI;
use std::ops::{Add, Mul, Sub};

/// Steps in a gating block, which begin 100 ms apart.
const BLOCK_STEPS: usize = 4;
/// Blocks quieter than this have no say, in LUFS …
const GATE_LUFS: f64 = -70.0;
/// … and then those that stay so far under the mean of the others.
const GATE_LU: f64 = -10.0;
/// A filter's state under this is emptied before it gets so small that processors slow down over it.
const MEMORY_MIN: f64 = 1e-30;

/// The rate for which the recommendation states its coefficients.
const STATED_HZ: f64 = 48_000.0;
/// BS.1770-4, table 1: the head as a sphere.
const SHELF: Biquad = Biquad {
    b: [
        1.535_124_859_586_97,
        -2.691_696_189_406_38,
        1.198_392_810_852_85,
    ],
    a: [-1.690_659_293_182_41, 0.732_480_774_215_85],
};
/// BS.1770-4, table 2: the high-pass. Its numerator stands for every rate.
const HIGH_PASS: Biquad = Biquad {
    b: [1.0, -2.0, 1.0],
    a: [-1.990_047_454_833_98, 0.990_072_250_366_21],
};

/// Frames in a step at `rate_hz`.
pub(crate) fn step_frames(rate_hz: u32) -> usize {
    (rate_hz as usize + 5) / 10
}

/// A filter of second order, `a0` being 1.
#[derive(Clone, Copy)]
struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
}

impl Biquad {
    /// The analogue filter behind this one, which is for [`STATED_HZ`], made anew for another rate.
    ///
    /// By the bilinear transform with `K = tan(π f0 / rate)`, a filter `(vh s² + vb s/q + vl) / (s² + s/q + 1)` has
    ///
    /// ```text
    /// d = 1 + K/q + K²      a1 = 2 (K² - 1) / d      a2 = (1 - K/q + K²) / d
    /// b0 = (vh + vb K/q + vl K²) / d    b1 = 2 (vl K² - vh) / d    b2 = (vh - vb K/q + vl K²) / d
    /// ```
    ///
    /// Sums and differences of the coefficients at the stated rate give back K, q, vh, vb and vl.
    fn at(self, rate_hz: f64) -> Self {
        let ([b0, b1, b2], [a1, a2]) = (self.b, self.a);
        let d = 4.0 / (1.0 - a1 + a2);
        let k = ((1.0 + a1 + a2) / (1.0 - a1 + a2)).sqrt();
        let k_by_q = (1.0 - a2) * d / 2.0;
        let vh = (b0 - b1 + b2) * d / 4.0;
        let vl = (b0 + b1 + b2) * d / (4.0 * k * k);
        let vb = (b0 - b2) * d / (2.0 * k_by_q);

        let scaled = (k.atan() * STATED_HZ / rate_hz).min(0.49 * PI).tan();
        let (k_by_q, k) = (k_by_q / k * scaled, scaled);
        let d = 1.0 + k_by_q + k * k;
        Self {
            b: [
                (vh + vb * k_by_q + vl * k * k) / d,
                2.0 * (vl * k * k - vh) / d,
                (vh - vb * k_by_q + vl * k * k) / d,
            ],
            a: [2.0 * (k * k - 1.0) / d, (1.0 - k_by_q + k * k) / d],
        }
    }
}

/// Two channels side by side: one register.
#[derive(Clone, Copy, Default)]
struct Pair([f64; 2]);

impl Pair {
    /// What is too small for the ear by far becomes nothing.
    fn settled(self) -> Self {
        Self(self.0.map(|value| match value.abs() < MEMORY_MIN {
            true => 0.0,
            false => value,
        }))
    }
}

impl Add for Pair {
    type Output = Self;
    #[inline(always)]
    fn add(self, other: Self) -> Self {
        Self([self.0[0] + other.0[0], self.0[1] + other.0[1]])
    }
}

impl Sub for Pair {
    type Output = Self;
    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        Self([self.0[0] - other.0[0], self.0[1] - other.0[1]])
    }
}

impl Mul for Pair {
    type Output = Self;
    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        Self([self.0[0] * other.0[0], self.0[1] * other.0[1]])
    }
}

impl Mul<f64> for Pair {
    type Output = Self;
    #[inline(always)]
    fn mul(self, factor: f64) -> Self {
        Self([self.0[0] * factor, self.0[1] * factor])
    }
}

/// The two filters' state, in direct form II.
#[derive(Clone, Copy, Default)]
struct FilterState {
    shelf: [Pair; 2],
    high_pass: [Pair; 2],
}

/// K-weighted power of a stream, step by step.
pub(crate) struct Loudness {
    weights: Vec<f64>,
    shelf: Biquad,
    high_pass: Biquad,
    /// For every two channels.
    states: Vec<FilterState>,
    /// Mean square of all channels, weighted, in each step.
    powers: Vec<f64>,
}

impl Loudness {
    /// For channels of these weights in BS.1770-4, table 4; 0 leaves one out.
    pub(crate) fn new(weights: &[f64], rate_hz: u32) -> Self {
        Self {
            shelf: SHELF.at(f64::from(rate_hz)),
            high_pass: Biquad {
                b: HIGH_PASS.b,
                ..HIGH_PASS.at(f64::from(rate_hz))
            },
            states: vec![FilterState::default(); weights.len().div_ceil(2)],
            weights: weights.to_vec(),
            powers: Vec::new(),
        }
    }

    /// Hears the next step: [`step_frames`] interleaved frames.
    pub(crate) fn add_step(&mut self, samples: &[f32]) {
        let channels = self.weights.len();
        let frames = samples.len() / channels;
        let mut power = 0.0;
        for (number, weights) in self.weights.chunks(2).enumerate() {
            if weights.iter().all(|weight| *weight == 0.0) {
                continue;
            }
            let (first, state) = (2 * number, &mut self.states[number]);
            let filters = (&self.shelf, &self.high_pass);
            let squares = match (channels, weights.len()) {
                (2, _) => {
                    let pairs = samples.chunks_exact(2).map(|frame| [frame[0], frame[1]]);
                    squares(filters, state, pairs)
                }
                (_, 1) => {
                    let singles = samples.chunks_exact(channels);
                    squares(filters, state, singles.map(|frame| [frame[first], 0.0]))
                }
                _ => {
                    let all = samples.chunks_exact(channels);
                    let pairs = all.map(|frame| [frame[first], frame[first + 1]]);
                    squares(filters, state, pairs)
                }
            };
            let weighted = weights.iter().zip(squares);
            power += weighted
                .map(|(weight, squares)| weight * squares)
                .sum::<f64>();
        }
        self.powers.push(power / frames.max(1) as f64);
    }

    /// Steps heard.
    pub(crate) fn steps(&self) -> usize {
        self.powers.len()
    }

    /// Integrated loudness of a run of steps in LUFS; `None` where nothing passes the gate.
    pub(crate) fn integrated(&self, steps: std::ops::Range<usize>) -> Option<f64> {
        let to_lufs = |power: f64| 10.0 * power.log10() - 0.691;
        let to_power = |lufs: f64| 10.0_f64.powf((lufs + 0.691) / 10.0);
        let blocks = self.powers[steps].windows(BLOCK_STEPS);
        let powers = blocks.map(|block| block.iter().sum::<f64>() / BLOCK_STEPS as f64);
        let mean_from = |least: f64| {
            let (count, sum) = powers
                .clone()
                .filter(|power| *power >= least)
                .fold((0_u64, 0.0), |(count, sum), power| (count + 1, sum + power));
            (count > 0).then(|| sum / count as f64)
        };
        let absolute = to_power(GATE_LUFS);
        let relative = mean_from(absolute)? * 10.0_f64.powf(GATE_LU / 10.0);
        mean_from(relative.max(absolute)).map(to_lufs)
    }
}

/// Sums of squares of two filtered channels.
///
/// The shelf's `b0` is taken out of the loop, and of the high-pass's numerator two differences remain.
#[inline(always)]
fn squares(
    (shelf, high_pass): (&Biquad, &Biquad),
    state: &mut FilterState,
    frames: impl Iterator<Item = [f32; 2]>,
) -> [f64; 2] {
    let [b0, b1, b2] = shelf.b;
    let (b1, b2) = (b1 / b0, b2 / b0);
    let [[a1, a2], [c1, c2]] = [shelf.a, high_pass.a];
    let [mut v1, mut v2] = state.shelf;
    let [mut w1, mut w2] = state.high_pass;
    let mut sums = Pair::default();
    for frame in frames {
        let v = Pair(frame.map(f64::from)) - v2 * a2 - v1 * a1;
        let y = v + v1 * b1 + v2 * b2;
        let w = y - w2 * c2 - w1 * c1;
        let z = (w - w1) - (w1 - w2);
        sums = sums + z * z;
        (v2, v1) = (v1, v);
        (w2, w1) = (w1, w);
    }
    state.shelf = [v1.settled(), v2.settled()];
    state.high_pass = [w1.settled(), w2.settled()];
    (sums * (b0 * b0)).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::noise;
    use ebur128::{Channel, EbuR128, Mode};
    use proptest::prelude::*;

    /// Loudness of interleaved samples by this file and by `ebur128`.
    fn both(weights: &[f64], rate_hz: u32, samples: &[f32]) -> (Option<f64>, Option<f64>) {
        let mut ours = Loudness::new(weights, rate_hz);
        for step in samples.chunks_exact(step_frames(rate_hz) * weights.len()) {
            ours.add_step(step);
        }
        let mut theirs = EbuR128::new(weights.len() as u32, rate_hz, Mode::I).unwrap();
        let map: Vec<Channel> = weights
            .iter()
            .map(|weight| match *weight {
                0.0 => Channel::Unused,
                1.0 => Channel::Center,
                _ => Channel::LeftSurround,
            })
            .collect();
        theirs.set_channel_map(&map).unwrap();
        theirs.add_frames_f32(samples).unwrap();
        let theirs = theirs.loudness_global().unwrap();
        (
            ours.integrated(0..ours.steps()),
            theirs.is_finite().then_some(theirs),
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn another_meter_finds_the_same(
            weights in prop::collection::vec(prop::sample::select(vec![0.0, 1.0, 1.0, 1.41]), 1..9),
            rate_hz in prop::sample::select(vec![8_000_u32, 22_050, 44_100, 48_000, 96_000, 192_000]),
            level in -70.0..6.0_f64,
            seed: u64,
        ) {
            let (mut rustle, mut swell) = (noise(seed), noise(seed ^ 1));
            let frames = rate_hz as usize * 5 / 2;
            // Another level every 0.3 s, over 40 dB, so that the gates have something to do; some hum and an offset.
            let mut gain = 0.0;
            let mut hum = 0.0_f64;
            let mut samples = Vec::with_capacity(frames * weights.len());
            for frame in 0..frames {
                if frame % (rate_hz as usize * 3 / 10) == 0 {
                    gain = 10.0_f64.powf((level - 20.0 + 20.0 * swell()) / 20.0);
                }
                hum += 2.0 * PI * 50.0 / f64::from(rate_hz);
                for _ in &weights {
                    samples.push((gain * (0.5 * rustle() + 0.3 * hum.sin() + 0.1)) as f32);
                }
            }
            let (ours, theirs) = both(&weights, rate_hz, &samples);
            match (ours, theirs) {
                (Some(ours), Some(theirs)) => prop_assert!((ours - theirs).abs() < 0.01, "{} {}", ours, theirs),
                _ => prop_assert_eq!(ours, theirs),
            }
        }
    }

    #[test]
    fn the_filters_are_the_stated_ones_at_the_stated_rate() {
        for stated in [SHELF, HIGH_PASS] {
            let made = stated.at(STATED_HZ);
            let pairs = made.a.iter().zip(&stated.a);
            for (made, stated) in pairs.chain(made.b.iter().zip(&stated.b)) {
                assert!((made - stated).abs() < 1e-12, "{made} {stated}");
            }
        }
    }

    #[test]
    fn silence_after_sound_is_forgotten() {
        let mut meter = Loudness::new(&[1.0, 1.0], 44_100);
        let step = step_frames(44_100) * 2;
        meter.add_step(&vec![1.0; step]);
        for _ in 0..100 {
            meter.add_step(&vec![0.0; step]);
        }
        assert!(meter.states.iter().all(|state| {
            let values = state.shelf.iter().chain(&state.high_pass);
            values.flat_map(|pair| pair.0).all(|value| value == 0.0)
        }));
    }
}
