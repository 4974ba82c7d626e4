//! A limiter that looks ahead, and holds what a converter makes of the samples below the ceiling, not the samples alone.
//!
//! The peak between samples is estimated as in ITU-R BS.1770-5, annex 2: four times oversampled with its filter of 48 taps. What
//! is wanted of the gain is held for as long as the look-ahead (a sliding minimum), recovers slowly, and is averaged over the same
//! time, so that the gain has come down, without a corner, when the peak comes. Sound is late by the look-ahead and half the filter.

use segue_core::CEILING_DBTP;

use crate::frame::StereoFrame;

/// The time in which the gain comes down.
const LOOK_AHEAD_S: f64 = 0.0015;
/// The time in which most of it comes back.
const RECOVERY_S: f64 = 0.15;
/// The estimate misses up to so much of a peak (BS.1770-5, annex 2, of four times oversampling).
const MISSED_DB: f64 = 0.7;
/// Frames by which the estimate of a peak is late, rounded up.
const ESTIMATE: usize = 6;
/// Taps of each phase.
const TAPS: usize = 12;

/// The phases of the filter of BS.1770-5, annex 2; the other two are these backwards.
const PHASES: [[f32; TAPS]; 2] = [
    [
        0.001_708_984_4,
        0.010_986_328,
        -0.019_653_32,
        0.033_203_125,
        -0.059_448_242,
        0.137_329_1,
        0.972_167_97,
        -0.102_294_92,
        0.047_607_422,
        -0.026_611_328,
        0.014_892_578,
        -0.008_300_781,
    ],
    [
        -0.029_174_805,
        0.029_296_875,
        -0.051_757_812,
        0.089_111_33,
        -0.166_503_9,
        0.465_087_9,
        0.779_785_16,
        -0.200_317_38,
        0.101_562_5,
        -0.058_227_54,
        0.033_081_055,
        -0.018_920_898,
    ],
];

/// See the module's doc. All it needs is allocated when it is made.
pub(crate) struct Limiter {
    ceiling: f64,
    recovery: f64,
    /// The last frames, twice in a row, so that any [`TAPS`] of them lie beside each other.
    recent: [[f32; 2 * TAPS]; 2],
    recent_at: usize,
    /// Frames on their way.
    delayed: Vec<[f64; 2]>,
    delayed_at: usize,
    /// The gains that were wanted of late, rising, each with its frame: a queue in a circle.
    minima: Vec<(u64, f64)>,
    first: usize,
    held: usize,
    /// The gain before it is averaged, and the last of them.
    gain: f64,
    averaged: Vec<f64>,
    averaged_at: usize,
    sum: f64,
    frame: u64,
}

impl Limiter {
    pub(crate) fn new(rate_hz: u32) -> Self {
        let ahead = ((f64::from(rate_hz) * LOOK_AHEAD_S) as usize).max(8);
        Self {
            ceiling: 10_f64.powf((CEILING_DBTP - MISSED_DB) / 20.0),
            recovery: 1.0 - (-1.0 / (RECOVERY_S * f64::from(rate_hz))).exp(),
            recent: [[0.0; 2 * TAPS]; 2],
            recent_at: 0,
            delayed: vec![[0.0; 2]; ahead + ESTIMATE],
            delayed_at: 0,
            minima: vec![(0, 1.0); ahead + 3],
            first: 0,
            held: 0,
            gain: 1.0,
            averaged: vec![1.0; ahead],
            averaged_at: 0,
            sum: ahead as f64,
            frame: 0,
        }
    }

    /// Frames by which sound comes out later.
    pub(crate) fn latency(&self) -> usize {
        self.delayed.len()
    }

    /// Takes a frame in, and gives one out. Where it is not `wanted`, the gain goes back to 1.
    pub(crate) fn limit(&mut self, sound: [f64; 2], wanted: bool) -> StereoFrame {
        let late = std::mem::replace(&mut self.delayed[self.delayed_at], sound);
        self.delayed_at = (self.delayed_at + 1) % self.delayed.len();
        let peak = self.peak(sound);
        let needed = match wanted && peak > self.ceiling {
            true => self.ceiling / peak,
            false => 1.0,
        };
        let lowest = self.lowest_of_late(needed);
        // Down at once, and back slowly.
        let back = self.gain + (1.0 - self.gain) * self.recovery;
        self.gain = if back > 1.0 - 1e-9 { 1.0 } else { back }.min(lowest);
        let old = std::mem::replace(&mut self.averaged[self.averaged_at], self.gain);
        self.averaged_at = (self.averaged_at + 1) % self.averaged.len();
        self.sum += self.gain - old;
        if self.averaged_at == 0 {
            // Rounding would add up over hours.
            self.sum = self.averaged.iter().sum();
        }
        let gain = self.sum / self.averaged.len() as f64;
        self.frame += 1;
        match gain >= 1.0 {
            true => late.map(|sample| sample as f32),
            false => late.map(|sample| (sample * gain) as f32),
        }
    }

    /// Whether nothing is held back, and nothing will be of what is on its way.
    pub(crate) fn at_rest(&self) -> bool {
        self.gain >= 1.0 && self.averaged.iter().all(|gain| *gain >= 1.0)
    }

    /// The frames on their way, the next one first, as they are.
    pub(crate) fn on_their_way(&self) -> impl Iterator<Item = StereoFrame> {
        let (newest, oldest) = self.delayed.split_at(self.delayed_at);
        let frames = oldest.iter().chain(newest);
        frames.map(|frame| frame.map(|sample| sample as f32))
    }

    /// The lowest of the gains that were needed within the look-ahead.
    fn lowest_of_late(&mut self, needed: f64) -> f64 {
        let room = self.minima.len();
        while self.held > 0 && self.minima[(self.first + self.held - 1) % room].1 >= needed {
            self.held -= 1;
        }
        self.minima[(self.first + self.held) % room] = (self.frame, needed);
        self.held += 1;
        // An estimate is of what lies between two frames: both must be covered, at both ends of the average.
        if self.minima[self.first].0 + self.averaged.len() as u64 + 2 <= self.frame {
            self.first = (self.first + 1) % room;
            self.held -= 1;
        }
        self.minima[self.first].1
    }

    /// The highest of the samples and of what lies between them, of both channels, some frames ago.
    fn peak(&mut self, sound: [f64; 2]) -> f64 {
        self.recent_at = (self.recent_at + 1) % TAPS;
        let mut peak = 0.0_f32;
        for (recent, sample) in self.recent.iter_mut().zip(sound) {
            recent[self.recent_at] = sample as f32;
            recent[self.recent_at + TAPS] = sample as f32;
            let window = &recent[self.recent_at + 1..=self.recent_at + TAPS];
            peak = peak
                .max(window[TAPS / 2].abs())
                .max(window[TAPS / 2 - 1].abs());
            for phase in &PHASES {
                let forwards: f32 = phase.iter().zip(window).map(|(tap, x)| tap * x).sum();
                let backwards = phase.iter().rev().zip(window);
                let backwards: f32 = backwards.map(|(tap, x)| tap * x).sum();
                peak = peak.max(forwards.abs()).max(backwards.abs());
            }
        }
        f64::from(peak)
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use ebur128::{EbuR128, Mode};

    use super::*;

    fn limited(sound: impl Iterator<Item = f64>) -> (Vec<f32>, usize) {
        let mut limiter = Limiter::new(48_000);
        let out = sound.map(|sample| limiter.limit([sample; 2], true)[0]);
        (out.collect(), limiter.latency())
    }

    fn true_peak_db(sound: &[f32]) -> f64 {
        let mut meter = EbuR128::new(1, 48_000, Mode::TRUE_PEAK).unwrap();
        meter.add_frames_f32(sound).unwrap();
        20.0 * meter.true_peak(0).unwrap().log10()
    }

    #[test]
    fn what_is_below_the_ceiling_is_only_late() {
        let tone = |n: usize| 0.8 * (TAU * 997.0 * n as f64 / 48_000.0).sin();
        let (out, late) = limited((0..20_000).map(tone));
        assert!((late..out.len()).all(|n| out[n] == tone(n - late) as f32));
    }

    #[test]
    fn no_true_peak_goes_over_the_ceiling() {
        let mut state = 7_u32;
        let mut noise = move || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            f64::from((state >> 16) as i16) / 32_768.0
        };
        let bursts = (0..96_000).map(move |n| {
            let loud = if n / 4800 % 2 == 0 { 0.2 } else { 3.0 };
            // A tone at a quarter of the rate, between whose samples the peaks lie.
            let between = (TAU * 12_000.0 * f64::from(n) / 48_000.0 + TAU / 8.0).sin();
            loud * (0.7 * between + 0.3 * noise())
        });
        let (out, _) = limited(bursts);
        let peak_db = true_peak_db(&out);
        assert!((-2.5..=CEILING_DBTP + 0.05).contains(&peak_db), "{peak_db}");
    }

    #[test]
    fn the_gain_moves_without_a_corner_and_comes_back() {
        let (tone, from) = (|n: usize| (TAU * 400.0 * n as f64 / 48_000.0).sin(), 4_800);
        let sound =
            (0..96_000).map(|n| tone(n) * if (from..9_600).contains(&n) { 2.0 } else { 0.5 });
        let (out, late) = limited(sound);
        let steps = out.windows(2).map(|pair| (pair[1] - pair[0]).abs());
        // The tone itself rises by 0.047 a frame at full scale; what comes at once at the burst's edges starts from zero.
        assert!(steps.fold(0.0, f32::max) < 0.11);
        let last = out.len() - 1;
        assert!((f64::from(out[last]) - 0.5 * tone(last - late)).abs() < 1e-3);
    }
}
