//! Samples to log-mel frames, as the manifest's `front_end` says.
//!
//! Frame `i` covers samples `[hop·i, hop·i + n_fft)`; nothing is centred or padded, except that fewer samples
//! than one frame are filled up with silence.

use std::f64::consts::TAU;
use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;

use crate::manifest::{FrontEnd, MelNorm, MelScale};

/// Log-mel frames of one window.
pub(crate) struct Mel {
    /// `[frames][bands]`.
    pub(crate) frames: Vec<Vec<f32>>,
}

/// Computes log-mel frames and cuts patches out of them.
pub(crate) struct MelMaker {
    fft: Arc<dyn RealToComplex<f32>>,
    window: Vec<f32>,
    hop: usize,
    bands: Vec<Band>,
    scale: f32,
    patch_frames: usize,
    patch_hop_frames: usize,
}

/// One triangle, over the bins where it is not zero.
struct Band {
    first_bin: usize,
    weights: Vec<f32>,
}

impl MelMaker {
    pub(crate) fn new(front: &FrontEnd) -> Self {
        let length = front.window_length;
        let hann = |n: usize| (0.5 - 0.5 * (TAU * n as f64 / length as f64).cos()) as f32;
        Self {
            fft: RealFftPlanner::new().plan_fft_forward(front.n_fft),
            window: (0..length).map(hann).collect(),
            hop: front.hop,
            bands: bands(front),
            scale: (front.log_scale * front.power_scale) as f32,
            patch_frames: front.patch_frames,
            patch_hop_frames: front.patch_hop_frames,
        }
    }

    /// Log-mel frames of `samples` (mono, at the front end's rate).
    pub(crate) fn log_mel(&self, samples: &[f32]) -> Mel {
        let length = self.window.len();
        let mut padded = Vec::new();
        let samples = if samples.len() < length {
            padded.extend_from_slice(samples);
            padded.resize(length, 0.0);
            &padded
        } else {
            samples
        };
        let mut input = self.fft.make_input_vec();
        let mut spectrum = self.fft.make_output_vec();
        let mut scratch = self.fft.make_scratch_vec();
        let frames = samples.windows(length).step_by(self.hop).map(|frame| {
            for ((input, sample), window) in input.iter_mut().zip(frame).zip(&self.window) {
                *input = sample * window;
            }
            self.fft
                .process_with_scratch(&mut input, &mut spectrum, &mut scratch)
                .expect("the plan made these buffers");
            self.bands
                .iter()
                .map(|band| band.log_power(&spectrum, self.scale))
                .collect()
        });
        Mel {
            frames: frames.collect(),
        }
    }

    /// Patches for the network, each `[bands, patch_frames]` in one row after the other. Frames that fill no
    /// patch are left out, but fewer frames than one patch are repeated from their start until they fill it.
    pub(crate) fn patches(&self, mel: &Mel) -> Vec<Vec<f32>> {
        let patch = |at: usize| {
            let frame = |time: usize| &mel.frames[(at + time) % mel.frames.len()];
            let row = |band: usize| (0..self.patch_frames).map(move |time| frame(time)[band]);
            (0..self.bands.len()).flat_map(row).collect()
        };
        let last = mel.frames.len().saturating_sub(self.patch_frames);
        (0..=last)
            .step_by(self.patch_hop_frames)
            .map(patch)
            .collect()
    }
}

impl Band {
    fn log_power(&self, spectrum: &[Complex<f32>], scale: f32) -> f32 {
        let bins = &spectrum[self.first_bin..self.first_bin + self.weights.len()];
        let power: f32 = bins
            .iter()
            .zip(&self.weights)
            .map(|(bin, weight)| bin.norm_sqr() * weight)
            .sum();
        (scale * power).ln_1p()
    }
}

/// The filterbank: triangles linear in mel, evaluated at the bins' frequencies.
fn bands(front: &FrontEnd) -> Vec<Band> {
    let to_mel = |hz: f64| match front.mel_scale {
        MelScale::Htk => 2595.0 * (1.0 + hz / 700.0).log10(),
        MelScale::Slaney if hz < 1_000.0 => hz * 3.0 / 200.0,
        MelScale::Slaney => 15.0 + 27.0 * (hz / 1_000.0).ln() / 6.4_f64.ln(),
    };
    let to_hz = |mel: f64| match front.mel_scale {
        MelScale::Htk => 700.0 * (10.0_f64.powf(mel / 2595.0) - 1.0),
        MelScale::Slaney if mel < 15.0 => mel * 200.0 / 3.0,
        MelScale::Slaney => 1_000.0 * ((mel - 15.0) * 6.4_f64.ln() / 27.0).exp(),
    };
    let (low, high) = (to_mel(front.f_min_hz), to_mel(front.f_max_hz));
    let step = (high - low) / (front.mel_bands + 1) as f64;
    let bin_mel =
        |bin: usize| to_mel(bin as f64 * f64::from(front.sample_rate_hz) / front.n_fft as f64);
    (0..front.mel_bands)
        .map(|band| {
            let edge = |offset: usize| low + step * (band + offset) as f64;
            let gain = match front.mel_norm {
                MelNorm::None => 1.0,
                MelNorm::Slaney => 2.0 / (to_hz(edge(2)) - to_hz(edge(0))),
            };
            let weight = |bin: usize| {
                let mel = bin_mel(bin);
                gain * ((mel - edge(0)).min(edge(2) - mel) / step).clamp(0.0, 1.0)
            };
            let inside: Vec<usize> = (0..=front.n_fft / 2)
                .filter(|bin| weight(*bin) > 0.0)
                .collect();
            Band {
                first_bin: inside.first().copied().unwrap_or(0),
                weights: inside.iter().map(|bin| weight(*bin) as f32).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::front_end;

    fn sine(hz: f64, rate_hz: u32, frames: usize) -> Vec<f32> {
        (0..frames)
            .map(|n| (0.5 * (TAU * hz * n as f64 / f64::from(rate_hz)).sin()) as f32)
            .collect()
    }

    /// Reference: numpy, `clip(min((b − p[k]) / (p[k+1] − p[k]), (p[k+2] − b) / (p[k+2] − p[k+1])), 0, 1)` with
    /// `p = linspace(mel(30), mel(7800), 66)` and `b = mel(arange(513) · 16000 / 1024)`. By hand: band 0 reaches
    /// from 30 Hz over 58.1 Hz to 87.3 Hz, so bins 2 to 5 (31.25, 46.9, 62.5, 78.1 Hz) lie in it.
    #[test]
    fn triangles_stand_where_they_should() {
        for (scale, norm, band, first_bin, expected) in [
            (
                "htk",
                "none",
                0,
                2,
                &[0.045_301_95, 0.605_132_2, 0.846_629_1, 0.309_511_6][..],
            ),
            ("htk", "none", 20, 55, &BAND_20),
            ("slaney", "slaney", 5, 17, &SLANEY_BAND_5),
        ] {
            let bank = bands(&front_end(scale, norm));
            assert_eq!(
                bank[band].first_bin, first_bin,
                "{scale} {norm} band {band}"
            );
            assert_eq!(
                bank[band].weights.len(),
                expected.len(),
                "{scale} {norm} band {band}"
            );
            for (found, expected) in bank[band].weights.iter().zip(expected) {
                assert!(
                    (found - expected).abs() < 1e-6,
                    "{scale} {norm} band {band}: {found} {expected}"
                );
            }
        }
    }

    const BAND_20: [f32; 8] = [
        0.097_439_3,
        0.361_439_3,
        0.622_833_2,
        0.881_671_9,
        0.861_995_2,
        0.608_12,
        0.356_655_7,
        0.107_557_1,
    ];
    const SLANEY_BAND_5: [f32; 6] = [
        0.003_752_919,
        0.011_278_28,
        0.018_803_65,
        0.017_562_82,
        0.010_037_46,
        0.002_512_092,
    ];

    #[test]
    fn a_sine_is_loudest_in_the_band_that_contains_it() {
        for (hz, expected) in [
            (100.0, 1),
            (440.0, 11),
            (1_000.0, 21),
            (4_000.0, 48),
            (7_500.0, 63),
        ] {
            let mel = MelMaker::new(&front_end("htk", "none")).log_mel(&sine(hz, 16_000, 16_000));
            assert_eq!(mel.frames.len(), (16_000 - 1_024) / 320 + 1);
            for frame in &mel.frames {
                let loudest = (0..frame.len()).max_by(|a, b| frame[*a].total_cmp(&frame[*b]));
                assert_eq!(loudest, Some(expected), "{hz} Hz");
            }
        }
    }

    #[test]
    fn frames_fill_patches_and_few_frames_are_repeated() {
        let maker = MelMaker::new(&front_end("htk", "none"));
        let check = |samples: usize, frames: usize, patches: usize| {
            let mel = maker.log_mel(&sine(333.0, 16_000, samples));
            let cut = maker.patches(&mel);
            assert_eq!(
                (mel.frames.len(), cut.len()),
                (frames, patches),
                "{samples} samples"
            );
            assert!(cut.iter().all(|patch| patch.len() == 64 * 150));
            // Row `band`, column `time`; columns begin again where the frames end.
            assert_eq!(cut[0][3 * 150 + 149], mel.frames[149 % frames][3]);
            assert_eq!(cut[0][63 * 150], mel.frames[0][63]);
        };
        check(1, 1, 1);
        check(1_024, 1, 1);
        check(1_344, 2, 1);
        check(16_000, 47, 1);
        check(1_024 + 149 * 320, 150, 1);
        check(1_024 + 299 * 320 - 1, 299, 1);
        check(1_024 + 299 * 320, 300, 2);
        check(192_000, 597, 3);
    }

    #[test]
    fn silence_is_zero_and_finite() {
        let mel = MelMaker::new(&front_end("htk", "none")).log_mel(&[0.0; 4_000]);
        assert!(mel.frames.iter().flatten().all(|value| *value == 0.0));
    }
}
