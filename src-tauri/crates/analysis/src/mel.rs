//! Samples to log-mel frames and patches, as the manifest's `front_end` says.
//!
//! A window of a track is cut into segments (or is one), each framed by itself. Without padding, frame `i` covers
//! samples `[hop·i, hop·i + n_fft)`, and fewer samples than one frame are filled up with silence; with padding it is
//! centred at sample `hop·i`.

use std::borrow::Borrow;
use std::f64::consts::TAU;
use std::sync::Arc;

use realfft::{RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;

use crate::manifest::{
    FrontEnd, LastPatch, Law, MelNorm, MelScale, Padding, Spectrum, Triangles, WindowFunction,
};

/// Log-mel frames of one segment.
pub(crate) struct Mel {
    /// `[frames][bands]`.
    pub(crate) frames: Vec<Vec<f32>>,
}

/// Computes log-mel frames and cuts patches out of them.
pub(crate) struct MelMaker {
    fft: Arc<dyn RealToComplex<f32>>,
    /// `n_fft` long: a shorter window has zeros beside it.
    window: Vec<f32>,
    hop: usize,
    padding: Padding,
    pre_emphasis: f32,
    /// Length of a segment and samples from one to the next.
    segments: Option<(usize, usize)>,
    bands: Vec<Band>,
    spectrum: Spectrum,
    scale: f32,
    /// The floor of the mean power that a track is divided by, if it is.
    level_floor: Option<f64>,
    law: Law,
    offset: f32,
    divisor: f32,
    patch_frames: usize,
    patch_hop_frames: usize,
    last_patch: LastPatch,
    time_first: bool,
}

/// One triangle, over the bins where it is not zero.
struct Band {
    first_bin: usize,
    weights: Vec<f32>,
}

impl MelMaker {
    /// `time_first`: whether a patch lies in memory frame by frame, or band by band.
    pub(crate) fn new(front: &FrontEnd, time_first: bool) -> Self {
        Self {
            fft: RealFftPlanner::new().plan_fft_forward(front.n_fft),
            window: window(front),
            hop: front.hop,
            padding: front.padding,
            pre_emphasis: front.pre_emphasis as f32,
            segments: front.segment().zip(front.segment_hop()),
            bands: bands(front),
            spectrum: front.spectrum,
            scale: front.scale() as f32,
            level_floor: front.level_floor(),
            law: front
                .law()
                .expect("a manifest is checked before it is used"),
            offset: front.log_offset as f32,
            divisor: front.log_divisor as f32,
            patch_frames: front.patch_frames,
            patch_hop_frames: front.patch_hop_frames,
            last_patch: front.last_patch,
            time_first,
        }
    }

    /// Log-mel frames of all that is heard of a track (mono windows at the front end's rate), segment by segment.
    pub(crate) fn log_mels<W: Borrow<Vec<f32>>>(&self, windows: &[W]) -> Vec<Mel> {
        let windows = windows.iter().map(Borrow::borrow);
        let mut segments: Vec<Mel> = windows.flat_map(|w| self.segments(w)).collect();
        self.take_level_out(&mut segments);
        for segment in &mut segments {
            self.compress(&mut segment.frames);
        }
        segments
    }

    /// The segments of a window, each with its own frames, not yet logarithms. The last may be short, unless it can be
    /// aligned with the window's end.
    fn segments(&self, window: &[f32]) -> Vec<Mel> {
        let Some((length, hop)) = self.segments else {
            return vec![self.mel(window)];
        };
        let mut all = Vec::new();
        let mut start = 0;
        loop {
            let stop = (start + length).min(window.len());
            let aligned = match self.last_patch {
                LastPatch::Align => stop.saturating_sub(length),
                _ => start,
            };
            all.push(self.mel(&window[aligned..stop]));
            start += hop;
            if stop == window.len() || start >= window.len() {
                return all;
            }
        }
    }

    /// Scaled mel frames of one segment.
    fn mel(&self, samples: &[f32]) -> Mel {
        let length = self.window.len();
        let mut emphasised = Vec::new();
        let samples = if self.pre_emphasis == 0.0 {
            samples
        } else {
            let pairs = samples.windows(2);
            emphasised.extend(pairs.map(|pair| pair[1] - self.pre_emphasis * pair[0]));
            &emphasised
        };
        let mut padded = self.pad(samples);
        if padded.len() < length {
            padded.resize(length, 0.0);
        }
        let mut input = self.fft.make_input_vec();
        let mut spectrum = self.fft.make_output_vec();
        let mut scratch = self.fft.make_scratch_vec();
        let frames = padded.windows(length).step_by(self.hop).map(|frame| {
            for ((input, sample), window) in input.iter_mut().zip(frame).zip(&self.window) {
                *input = sample * window;
            }
            self.fft
                .process_with_scratch(&mut input, &mut spectrum, &mut scratch)
                .expect("the plan made these buffers");
            let value = |band: &Band| self.scale * band.sum(&spectrum, self.spectrum);
            self.bands.iter().map(value).collect()
        });
        Mel {
            frames: frames.collect(),
        }
    }

    /// Divides by the mean over all bands and frames, so that a quiet master and a loud one come to the same.
    fn take_level_out(&self, segments: &mut [Mel]) {
        let Some(floor) = self.level_floor else {
            return;
        };
        let values = || segments.iter().flat_map(|mel| mel.frames.iter().flatten());
        let sum: f64 = values().map(|value| f64::from(*value)).sum();
        let mean = sum / values().count().max(1) as f64;
        let gain = (1.0 / mean.max(floor * f64::from(self.scale))) as f32 * self.scale;
        for value in segments
            .iter_mut()
            .flat_map(|mel| mel.frames.iter_mut().flatten())
        {
            *value *= gain;
        }
    }

    /// The segment with what stands beside it.
    fn pad(&self, samples: &[f32]) -> Vec<f32> {
        let beside = self.window.len() / 2;
        match self.padding {
            Padding::None => samples.to_vec(),
            Padding::Zero => {
                let silence = || std::iter::repeat_n(0.0, beside);
                silence()
                    .chain(samples.iter().copied())
                    .chain(silence())
                    .collect()
            }
            Padding::Reflect => {
                // To and fro, as often as a short segment needs; a single sample stays what it is.
                let period = (2 * samples.len().saturating_sub(1)).max(1) as isize;
                let at = |index: isize| {
                    let place = index.rem_euclid(period) as usize;
                    let place = place.min(period as usize - place);
                    samples.get(place).copied().unwrap_or(0.0)
                };
                let beside = beside as isize;
                (-beside..samples.len() as isize + beside).map(at).collect()
            }
        }
    }

    /// The logarithm, in place. A reference or a range that hangs on the maximum takes the segment's.
    fn compress(&self, frames: &mut [Vec<f32>]) {
        let values = || frames.iter().flatten();
        let floor = match self.law {
            Law::Db { epsilon, .. } => epsilon as f32,
            _ => 0.0,
        };
        let loudest = values().fold(floor, |max, value| max.max(*value));
        for value in frames.iter_mut().flatten() {
            *value = self.log(*value, loudest);
        }
    }

    /// One scaled value's logarithm; `loudest` is the segment's greatest.
    fn log(&self, x: f32, loudest: f32) -> f32 {
        let log = match self.law {
            Law::Ln1p => x.ln_1p(),
            Law::Log10OnePlus => x.ln_1p() * std::f32::consts::LOG10_E,
            Law::Ln { epsilon } => (x + epsilon as f32).ln(),
            Law::Log10 { epsilon } => (x + epsilon as f32).log10(),
            Law::Db {
                factor,
                epsilon,
                reference,
                range,
            } => {
                let level = |x: f64| factor * x.max(epsilon).log10();
                let zero = level(reference.unwrap_or(f64::from(loudest)));
                let lowest = range.map_or(f64::NEG_INFINITY, |range| {
                    level(f64::from(loudest)) - zero - range
                });
                (level(f64::from(x)) - zero).max(lowest) as f32
            }
            Law::Linear => x,
        };
        (log + self.offset) / self.divisor
    }

    /// Patches for the network, in the layout's order of bands and time.
    pub(crate) fn patches(&self, segments: &[Mel]) -> Vec<Vec<f32>> {
        let mut all = Vec::new();
        for mel in segments {
            self.cut(mel, &mut all);
        }
        if all.is_empty()
            && let Some(longest) = segments.iter().max_by_key(|mel| mel.frames.len())
        {
            all.push(self.patch(|time| &longest.frames[time % longest.frames.len()]));
        }
        all
    }

    /// The patches of one segment.
    fn cut(&self, mel: &Mel, all: &mut Vec<Vec<f32>>) {
        let frames = &mel.frames;
        let (mut start, mut heard) = (0, 0);
        while start + self.patch_frames <= frames.len() {
            all.push(self.patch(|time| &frames[start + time]));
            heard = start + self.patch_frames;
            start += self.patch_hop_frames;
        }
        // What is left begins where the next patch would, and is worth one if no patch has held it.
        if heard == frames.len() || start >= frames.len() {
            return;
        }
        let rest = &frames[start..];
        match self.last_patch {
            LastPatch::Drop => {}
            LastPatch::Repeat => all.push(self.patch(|time| &rest[time % rest.len()])),
            LastPatch::Silence => {
                let silence = vec![self.silence(frames); self.bands.len()];
                all.push(self.patch(|time| rest.get(time).unwrap_or(&silence)));
            }
            LastPatch::Align => {
                if let Some(start) = frames.len().checked_sub(self.patch_frames) {
                    all.push(self.patch(|time| &frames[start + time]));
                }
            }
        }
    }

    /// What silence beside these frames would come to.
    fn silence(&self, frames: &[Vec<f32>]) -> f32 {
        match self.law {
            // The maximum is not known any more; no value lies lower than the quietest.
            Law::Db {
                reference, range, ..
            } if reference.is_none() || range.is_some() => {
                let values = frames.iter().flatten();
                values.fold(f32::INFINITY, |min, value| min.min(*value))
            }
            _ => self.log(0.0, 0.0),
        }
    }

    fn patch<'a>(&self, frame: impl Fn(usize) -> &'a Vec<f32>) -> Vec<f32> {
        let (times, bands) = (self.patch_frames, self.bands.len());
        if self.time_first {
            return (0..times)
                .flat_map(|time| frame(time).iter().copied())
                .collect();
        }
        let mut patch = vec![0.0; times * bands];
        for time in 0..times {
            for (band, value) in frame(time).iter().enumerate() {
                patch[band * times + time] = *value;
            }
        }
        patch
    }
}

impl Band {
    fn sum(&self, spectrum: &[Complex<f32>], kind: Spectrum) -> f32 {
        let bins = &spectrum[self.first_bin..self.first_bin + self.weights.len()];
        let weighted = bins.iter().zip(&self.weights);
        match kind {
            Spectrum::Power => weighted.map(|(bin, weight)| bin.norm_sqr() * weight).sum(),
            Spectrum::Magnitude => weighted.map(|(bin, weight)| bin.norm() * weight).sum(),
        }
    }
}

/// The window in the middle of `n_fft` samples.
fn window(front: &FrontEnd) -> Vec<f32> {
    let length = front.window_length;
    let around = match front.window {
        WindowFunction::HannPeriodic
        | WindowFunction::HammingPeriodic
        | WindowFunction::BlackmanPeriodic => length,
        _ => length - 1,
    };
    let value = |n: usize| {
        let turn = TAU * n as f64 / around as f64;
        match front.window {
            WindowFunction::HannPeriodic | WindowFunction::HannSymmetric => 0.5 - 0.5 * turn.cos(),
            WindowFunction::HammingPeriodic | WindowFunction::HammingSymmetric => {
                0.54 - 0.46 * turn.cos()
            }
            WindowFunction::BlackmanPeriodic | WindowFunction::BlackmanSymmetric => {
                0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos()
            }
            WindowFunction::Povey => (0.5 - 0.5 * turn.cos()).powf(0.85),
            WindowFunction::Rectangular => 1.0,
        }
    };
    let mut whole = vec![0.0; front.n_fft];
    let side = (front.n_fft - length) / 2;
    for (n, slot) in whole[side..side + length].iter_mut().enumerate() {
        *slot = value(n) as f32;
    }
    whole
}

/// The filterbank: triangles through points that are even in mel, evaluated at the bins' frequencies.
fn bands(front: &FrontEnd) -> Vec<Band> {
    let to_mel = |hz: f64| match front.mel_scale {
        MelScale::Htk => 2595.0 * (1.0 + hz / 700.0).log10(),
        MelScale::Kaldi => 1127.0 * (1.0 + hz / 700.0).ln(),
        MelScale::Slaney if hz < 1_000.0 => hz * 3.0 / 200.0,
        MelScale::Slaney => 15.0 + 27.0 * (hz / 1_000.0).ln() / 6.4_f64.ln(),
    };
    let to_hz = |mel: f64| match front.mel_scale {
        MelScale::Htk => 700.0 * (10.0_f64.powf(mel / 2595.0) - 1.0),
        MelScale::Kaldi => 700.0 * ((mel / 1127.0).exp() - 1.0),
        MelScale::Slaney if mel < 15.0 => mel * 200.0 / 3.0,
        MelScale::Slaney => 1_000.0 * ((mel - 15.0) * 6.4_f64.ln() / 27.0).exp(),
    };
    let (low, high) = (to_mel(front.f_min_hz), to_mel(front.f_max_hz));
    let step = (high - low) / (front.mel_bands + 1) as f64;
    let bin_hz = |bin: usize| bin as f64 * f64::from(front.sample_rate_hz) / front.n_fft as f64;
    let bins = front.n_fft / 2 + usize::from(front.nyquist);
    (0..front.mel_bands)
        .map(|band| {
            let edge = |offset: usize| low + step * (band + offset) as f64;
            let gain = match front.mel_norm {
                MelNorm::None => 1.0,
                MelNorm::Slaney => 2.0 / (to_hz(edge(2)) - to_hz(edge(0))),
            };
            let weight = |bin: usize| {
                let side = match front.mel_triangles {
                    Triangles::Mel => {
                        let mel = to_mel(bin_hz(bin));
                        (mel - edge(0)).min(edge(2) - mel) / step
                    }
                    Triangles::Hertz => {
                        let [left, peak, right] = [0, 1, 2].map(|offset| to_hz(edge(offset)));
                        let hz = bin_hz(bin);
                        ((hz - left) / (peak - left)).min((right - hz) / (right - peak))
                    }
                };
                gain * side.clamp(0.0, 1.0)
            };
            let inside: Vec<usize> = (0..bins).filter(|bin| weight(*bin) > 0.0).collect();
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
    use crate::manifest::Manifest;
    use crate::tests::{MANIFEST, front_end};

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
            let mel = log_mel(&front_end("htk", "none"), &sine(hz, 16_000, 16_000));
            assert_eq!(mel.frames.len(), (16_000 - 1_024) / 320 + 1);
            for frame in &mel.frames {
                let loudest = (0..frame.len()).max_by(|a, b| frame[*a].total_cmp(&frame[*b]));
                assert_eq!(loudest, Some(expected), "{hz} Hz");
            }
        }
    }

    #[test]
    fn frames_fill_patches_and_few_frames_are_repeated() {
        let maker = MelMaker::new(&front_end("htk", "none"), false);
        let check = |samples: usize, frames: usize, patches: usize| {
            let mel = maker.log_mels(&[sine(333.0, 16_000, samples)]).remove(0);
            let cut = maker.patches(std::slice::from_ref(&mel));
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
        for front in [front_end("htk", "none"), levelled()] {
            let mel = log_mel(&front, &[0.0; 4_000]);
            assert!(mel.frames.iter().flatten().all(|value| *value == 0.0));
        }
    }

    /// Of a track at half the amplitude every frame is the same, and what was quiet beside what is loud stays so.
    #[test]
    fn a_quiet_master_and_a_loud_one_come_to_the_same() {
        let maker = MelMaker::new(&levelled(), false);
        let heard = |gain: f32| {
            let windows = [(440.0, 1.0), (523.0, 0.1)].map(|(hz, amplitude)| {
                let window = sine(hz, 16_000, 16_000);
                let scaled = window.iter().map(|x| gain * amplitude * x);
                scaled.collect::<Vec<f32>>()
            });
            maker.log_mels(&windows)
        };
        let (loud, quiet) = (heard(1.0), heard(0.25));
        let frames = |mels: &[Mel]| -> Vec<f32> {
            let frames = mels.iter().flat_map(|mel| mel.frames.iter().flatten());
            frames.copied().collect()
        };
        for (a, b) in frames(&loud).iter().zip(frames(&quiet)) {
            assert!((a - b).abs() < 1e-4, "{a} {b}");
        }
        // The mean power over 64 bands is that of the louder sine, but for the quieter one's hundredth.
        let peak = |mel: &Mel| {
            mel.frames
                .iter()
                .flatten()
                .fold(0.0_f32, |max, x| max.max(*x))
        };
        assert!((peak(&loud[0]) - peak(&loud[1]) - 100.0_f32.ln()).abs() < 0.3);
        let mean = frames(&loud).iter().map(|x| x.exp_m1()).sum::<f32>() / 64.0 / 94.0;
        assert!((mean / 1e6 - 1.0).abs() < 1e-3, "{mean}");
    }

    /// Under the floor near silence stays near silence.
    #[test]
    fn near_silence_is_not_lifted_to_music() {
        let near = sine(440.0, 16_000, 16_000);
        let near: Vec<f32> = near.iter().map(|x| 1e-5 * x).collect();
        let peak = log_mel(&levelled(), &near).frames.concat();
        assert!(peak.iter().all(|x| *x < 10.0), "music peaks near 17");
    }

    fn log_mel(front: &FrontEnd, samples: &[f32]) -> Mel {
        MelMaker::new(front, false)
            .log_mels(&[samples.to_vec()])
            .remove(0)
    }

    fn levelled() -> FrontEnd {
        let text = MANIFEST.replace(
            "log_scale = 10000.0",
            "level = \"mean\"\nlevel_floor = 1e-4\nlog_scale = 1e6",
        );
        Manifest::parse(&text).unwrap().networks.remove(0).front_end
    }
}
