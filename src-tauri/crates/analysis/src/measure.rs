//! What takes the whole of a file: loudness, true peak, silence at both ends, and the waveform.
//!
//! Loudness and true peak are those of EBU R128 / ITU-R BS.1770-4, over the file's own channels at its own rate: nothing
//! is mixed or resampled. The file streams by; memory does not grow with its length, save for 80 bytes a second that the
//! gate needs.
//!
//! The same file gives the same bits, whatever else the machine does.

use std::path::Path;

use ebur128::{EbuR128, Mode};
use segue_core::{FailedFile, FileFault, FileSpan, Measures};
use segue_decode::Decoder;

use crate::loudness::{Loudness, step_frames};
use crate::waveform::{BIN_FRAMES, WaveformBuilder};

/// A sample is heard from this amplitude on: -60 dBFS.
const AUDIBLE: f32 = 1e-3;
/// Length of what counts as intro and outro, in steps of 100 ms.
const EDGE_STEPS: usize = 100;
/// Frames of the past that the true-peak interpolation needs: the longest of its filters has 24 taps.
const CONTEXT_FRAMES: usize = 24;

/// Measures the file at `path`, or a stretch of it, from its first to its last sample.
pub fn measure_file(path: &Path, span: FileSpan) -> Result<Measures, FailedFile> {
    let mut decoder = Decoder::open(path, span)?;
    let mut meter = FileMeter::new(path, &decoder)?;
    while let Some(block) = decoder.next_block()? {
        meter.add(block)?;
    }
    meter.finish()
}

/// Hears a file while somebody decodes it.
pub(crate) struct FileMeter<'a> {
    path: &'a Path,
    meter: Meter,
}

impl<'a> FileMeter<'a> {
    pub(crate) fn new(path: &'a Path, decoder: &Decoder) -> Result<Self, FailedFile> {
        let rate_hz = decoder.format().sample_rate_hz;
        let meter = Meter::new(&decoder.loudness_weights(), rate_hz);
        Ok(Self {
            path,
            meter: meter.map_err(|error| refused(path, &error))?,
        })
    }

    /// Hears interleaved samples, as the decoder gives them.
    pub(crate) fn add(&mut self, block: &[f32]) -> Result<(), FailedFile> {
        let heard = self.meter.add(block);
        heard.map_err(|error| refused(self.path, &error))
    }

    /// What all of it came to.
    pub(crate) fn finish(self) -> Result<Measures, FailedFile> {
        let measures = self.meter.finish();
        measures.map_err(|error| refused(self.path, &error))
    }
}

fn refused(path: &Path, error: &ebur128::Error) -> FailedFile {
    let detail = error.to_string();
    FailedFile::new(path, FileFault::Loudness { detail })
}

/// Hears a stream in steps of 100 ms.
struct Meter {
    rate_hz: u32,
    channels: usize,
    loudness: Loudness,
    peaks: PeakMeter,
    waveform: WaveformBuilder,
    /// The last frames of the step before, then this step so far.
    step: Vec<f32>,
    step_frames: usize,
    /// Frames in steps already heard.
    frames: u64,
    first_audible: Option<u64>,
    last_audible: u64,
}

impl Meter {
    /// For channels of these weights in BS.1770-4, table 4: 0 is left out, above 1 surround.
    fn new(weights: &[f64], rate_hz: u32) -> Result<Self, ebur128::Error> {
        let channels = weights.len();
        Ok(Self {
            loudness: Loudness::new(weights, rate_hz),
            peaks: PeakMeter::new(channels, rate_hz)?,
            rate_hz,
            channels,
            waveform: WaveformBuilder::new(),
            step: vec![0.0; CONTEXT_FRAMES * channels],
            step_frames: step_frames(rate_hz),
            frames: 0,
            first_audible: None,
            last_audible: 0,
        })
    }

    /// Hears interleaved samples.
    fn add(&mut self, mut samples: &[f32]) -> Result<(), ebur128::Error> {
        let full = (CONTEXT_FRAMES + self.step_frames) * self.channels;
        while !samples.is_empty() {
            let taken = samples.len().min(full - self.step.len());
            self.step.extend_from_slice(&samples[..taken]);
            samples = &samples[taken..];
            if self.step.len() == full {
                self.loudness
                    .add_step(&self.step[CONTEXT_FRAMES * self.channels..]);
                self.hear()?;
            }
        }
        Ok(())
    }

    /// Hears the step that is there, the last of a file perhaps shorter than the others.
    fn hear(&mut self) -> Result<(), ebur128::Error> {
        let channels = self.channels;
        let context = CONTEXT_FRAMES * channels;
        let heard = &self.step[context..];
        for (number, stretch) in heard.chunks(BIN_FRAMES * channels).enumerate() {
            let (peak, squares) = peak_and_squares(stretch);
            self.waveform.add(peak, squares, stretch.len());
            let at = number * BIN_FRAMES * channels;
            self.peaks
                .hear(peak, &self.step[at..context + at + stretch.len()], context)?;
            if peak >= AUDIBLE {
                let index = |sample: usize| self.frames + ((at + sample) / channels) as u64;
                let loud = |sample: &f32| sample.abs() >= AUDIBLE;
                if self.first_audible.is_none() {
                    self.first_audible = stretch.iter().position(loud).map(index);
                }
                self.last_audible = stretch
                    .iter()
                    .rposition(loud)
                    .map_or(self.last_audible, index);
            }
        }
        self.frames += (heard.len() / channels) as u64;
        let from = self.step.len() - context;
        self.step.copy_within(from.., 0);
        self.step.truncate(context);
        Ok(())
    }

    /// What was heard. The gate knows whole steps only, as the recommendation has it; intro and outro begin and end with
    /// the steps that hold the first and the last audible sample.
    fn finish(mut self) -> Result<Measures, ebur128::Error> {
        if self.step.len() > CONTEXT_FRAMES * self.channels {
            self.hear()?;
        }
        let rate_hz = f64::from(self.rate_hz);
        let seconds = |frames: u64| frames as f64 / rate_hz;
        let leading = self.first_audible.unwrap_or(self.frames);
        let trailing = match self.first_audible {
            Some(_) => self.frames - self.last_audible - 1,
            None => 0,
        };
        let steps = self.loudness.steps();
        let step_of = |frame: u64| (frame / self.step_frames as u64) as usize;
        let first = step_of(leading).min(steps);
        let end = match self.first_audible {
            Some(_) => (step_of(self.last_audible) + 1).min(steps),
            None => first,
        };
        let integrated = |steps| self.loudness.integrated(steps);
        Ok(Measures {
            loudness_lufs: integrated(0..steps),
            true_peak_dbtp: (self.peaks.highest > 0.0)
                .then(|| 20.0 * f64::from(self.peaks.highest).log10()),
            intro_lufs: integrated(first..(first + EDGE_STEPS).min(end)),
            outro_lufs: integrated(end.saturating_sub(EDGE_STEPS).max(first)..end),
            leading_silence_s: seconds(leading),
            trailing_silence_s: seconds(trailing),
            duration_s: Some(seconds(self.frames)),
            waveform: self.waveform.finish(),
        })
    }
}

/// The highest absolute sample and the sum of squares. Eight lanes side by side, so that the compiler may use them.
fn peak_and_squares(samples: &[f32]) -> (f32, f64) {
    let (mut peaks, mut squares) = ([0.0_f32; 8], [0.0_f32; 8]);
    let chunks = samples.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        for lane in 0..8 {
            let sample = chunk[lane];
            peaks[lane] = if sample.abs() > peaks[lane] {
                sample.abs()
            } else {
                peaks[lane]
            };
            squares[lane] += sample * sample;
        }
    }
    for (lane, sample) in rest.iter().enumerate() {
        peaks[lane] = peaks[lane].max(sample.abs());
        squares[lane] += sample * sample;
    }
    (
        peaks.into_iter().fold(0.0, f32::max),
        squares.into_iter().map(f64::from).sum(),
    )
}

/// True peak of all channels together. Interpolating every sample costs more than decoding it, so stretches that cannot
/// raise the peak are left out; the result is the same.
struct PeakMeter {
    meter: EbuR128,
    /// No interpolated sample exceeds this multiple of the samples around it.
    overshoot: f32,
    highest: f32,
    /// Peak of the frames before that the longest filter still holds, or of a few more, and whether the meter heard the
    /// stretch before.
    before: f32,
    heard_before: bool,
}

impl PeakMeter {
    fn new(channels: usize, rate_hz: u32) -> Result<Self, ebur128::Error> {
        Ok(Self {
            meter: EbuR128::new(channels as u32, rate_hz, Mode::TRUE_PEAK)?,
            overshoot: overshoot(rate_hz),
            highest: 0.0,
            before: 0.0,
            heard_before: true,
        })
    }

    /// Hears a stretch of this peak; `samples` begins with `context` samples of what was before it.
    fn hear(&mut self, peak: f32, samples: &[f32], context: usize) -> Result<(), ebur128::Error> {
        let matters = peak.max(self.before) * self.overshoot > self.highest;
        if matters {
            if !self.heard_before {
                self.meter.seed_frames_f32(&samples[..context])?;
            }
            self.meter.add_frames_f32(&samples[context..])?;
            for channel in 0..self.meter.channels() {
                self.highest = self.highest.max(self.meter.true_peak(channel)? as f32);
            }
        }
        // A stretch shorter than the filter leaves some of what was before it in there.
        let is_whole = samples.len() - context >= context;
        self.before = if is_whole {
            peak
        } else {
            peak.max(self.before)
        };
        self.heard_before = matters;
        Ok(())
    }
}

/// The sum of the magnitudes of the interpolation filter's taps, the largest of all phases, rounded up: `ebur128` has a
/// sinc of 48 taps under a Hann window, four-fold below 96 kHz, two-fold below 192 kHz, and none from there on.
fn overshoot(rate_hz: u32) -> f32 {
    match rate_hz {
        ..96_000 => 1.87,
        96_000..192_000 => 2.31,
        _ => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{noise, wav};
    use proptest::prelude::*;
    use std::f64::consts::TAU;
    use std::fs;

    const RATE_HZ: u32 = 48_000;

    /// Measures interleaved samples, handed over in odd blocks.
    fn measure(weights: &[f64], rate_hz: u32, samples: &[f32]) -> Measures {
        let mut meter = Meter::new(weights, rate_hz).unwrap();
        for block in samples.chunks(weights.len() * 1_153) {
            meter.add(block).unwrap();
        }
        meter.finish().unwrap()
    }

    /// A tone in parts of so many seconds, each with its level in dBFS for every channel.
    fn tone(hz: f64, rate_hz: u32, parts: &[(f64, &[f64])]) -> Vec<f32> {
        let mut samples = Vec::new();
        let mut frame = 0_u32;
        for (length_s, levels) in parts {
            for _ in 0..(length_s * f64::from(rate_hz)).round() as usize {
                let wave = (TAU * hz * f64::from(frame) / f64::from(rate_hz)).sin();
                samples.extend(
                    levels
                        .iter()
                        .map(|db| (wave * 10.0_f64.powf(db / 20.0)) as f32),
                );
                frame += 1;
            }
        }
        samples
    }

    const NOTHING: f64 = f64::NEG_INFINITY;
    const STEREO: [f64; 2] = [1.0, 1.0];

    /// EBU Tech 3341, table 1, cases 1 to 6: stereo (5.1 in the last) tones of 1 kHz, -23.0 ± 0.1 LUFS unless said.
    #[test]
    fn loudness_is_that_of_ebu_tech_3341() {
        let check = |name: &str, weights: &[f64], parts: &[(f64, &[f64])], expected: f64| {
            for rate_hz in [44_100, 48_000, 96_000] {
                let found = measure(weights, rate_hz, &tone(1_000.0, rate_hz, parts))
                    .loudness_lufs
                    .unwrap();
                assert!(
                    (found - expected).abs() <= 0.1,
                    "{name} at {rate_hz} Hz: {found}"
                );
            }
        };
        check("1", &STEREO, &[(20.0, &[-23.0; 2])], -23.0);
        check("2", &STEREO, &[(20.0, &[-33.0; 2])], -33.0);
        check(
            "3",
            &STEREO,
            &[
                (10.0, &[-36.0; 2]),
                (60.0, &[-23.0; 2]),
                (10.0, &[-36.0; 2]),
            ],
            -23.0,
        );
        let gated: [(f64, &[f64]); 5] = [
            (10.0, &[-72.0; 2]),
            (10.0, &[-36.0; 2]),
            (60.0, &[-23.0; 2]),
            (10.0, &[-36.0; 2]),
            (10.0, &[-72.0; 2]),
        ];
        check("4", &STEREO, &gated, -23.0);
        check(
            "5",
            &STEREO,
            &[
                (20.0, &[-26.0; 2]),
                (20.1, &[-20.0; 2]),
                (20.0, &[-26.0; 2]),
            ],
            -23.0,
        );
        let surround = [1.0, 1.0, 1.0, 0.0, 1.41, 1.41];
        check(
            "6",
            &surround,
            &[(20.0, &[-28.0, -28.0, -24.0, 0.0, -30.0, -30.0])],
            -23.0,
        );
        // One channel alone counts once, as in ffmpeg: 3.01 dB less than the same on two.
        check("mono", &[1.0], &[(20.0, &[-20.0])], -23.01);
    }

    /// EBU Tech 3341, table 1, cases 15 to 19: tones whose samples miss the crest, within +0.2 and -0.4 dB.
    #[test]
    fn true_peak_is_that_of_ebu_tech_3341() {
        for (part_of_rate, amplitude, phase, expected) in [
            (4.0, 0.5, 0.0, -6.0),
            (4.0, 0.5, 45.0, -6.0),
            (6.0, 0.5, 60.0, -6.0),
            (8.0, 0.5, 67.5, -6.0),
            (4.0, 1.41, 45.0, 3.0),
        ] {
            let sample = |n: usize| {
                let turns = n as f64 / part_of_rate + phase / 360.0;
                // The ends fade: a tone switched on has crests of its own.
                let fade = (n.min(RATE_HZ as usize * 2 - n) as f64 / 2_000.0).min(1.0);
                (amplitude * fade * (TAU * turns).sin()) as f32
            };
            let samples: Vec<f32> = (0..RATE_HZ as usize * 2)
                .flat_map(|n| [sample(n), 0.0])
                .collect();
            let found = measure(&STEREO, RATE_HZ, &samples).true_peak_dbtp.unwrap();
            assert!(
                (expected - 0.4..=expected + 0.2).contains(&found),
                "rate / {part_of_rate}, {phase} degrees: {found}"
            );
        }
    }

    #[test]
    fn leaving_out_what_cannot_raise_the_true_peak_changes_nothing() {
        for (seed, rate_hz) in [(1, 44_100), (2, 96_000), (3, 192_000), (4, 8_000)] {
            let mut rustle = noise(seed);
            let samples: Vec<f32> = (0..400_000)
                .map(|n| {
                    // Bursts that rise and fall, and the loudest not last.
                    let swell = (n as f64 / 7_000.0).sin().powi(4) * (1.0 - n as f64 / 600_000.0);
                    (rustle() * swell) as f32
                })
                .collect();
            let mut whole = EbuR128::new(2, rate_hz, Mode::TRUE_PEAK).unwrap();
            whole.add_frames_f32(&samples).unwrap();
            let expected = whole.true_peak(0).unwrap().max(whole.true_peak(1).unwrap());
            let found = measure(&STEREO, rate_hz, &samples).true_peak_dbtp.unwrap();
            assert!(
                (found - 20.0 * expected.log10()).abs() < 1e-5,
                "{rate_hz} Hz: {found}"
            );
        }
    }

    #[test]
    fn a_peak_between_samples_is_found_at_the_end_of_a_step_of_any_length() {
        // A step of 100 ms ends with a stretch of 4 frames at these rates. The loud samples stand before it, and are at
        // the filter's middle in the step after.
        for (rate_hz, loud_frames) in [(37_800, 2), (96_040, 8)] {
            let step = rate_hz as usize / 10;
            let last = step - step % BIN_FRAMES;
            let samples: Vec<f32> = (0..4 * step)
                .flat_map(|frame| {
                    let loud = (last - loud_frames..last).contains(&(frame % step));
                    let wave = [0.5, 0.5, -0.5, -0.5][frame % step % 4];
                    [if loud { wave } else { 0.0 }; 2]
                })
                .collect();
            let mut whole = EbuR128::new(2, rate_hz, Mode::TRUE_PEAK).unwrap();
            whole.add_frames_f32(&samples).unwrap();
            let expected = 20.0 * whole.true_peak(0).unwrap().log10();
            let found = measure(&STEREO, rate_hz, &samples).true_peak_dbtp.unwrap();
            assert!(
                (found - expected).abs() < 1e-5,
                "{rate_hz} Hz: {found} for {expected}"
            );
        }
    }

    #[test]
    fn silence_at_the_ends_is_measured_and_left_out_of_intro_and_outro() {
        let hush = -70.0;
        let parts: [(f64, &[f64]); 6] = [
            (1.5, &[NOTHING; 2]),
            (0.5, &[hush; 2]),
            (10.0, &[-30.0; 2]),
            (30.0, &[-20.0; 2]),
            (10.0, &[-40.0; 2]),
            (12.25, &[hush; 2]),
        ];
        let found = measure(&STEREO, RATE_HZ, &tone(1_000.0, RATE_HZ, &parts));
        let near = |found: f64, expected: f64, within: f64| {
            assert!(
                (found - expected).abs() <= within,
                "{found} is not {expected}"
            );
        };
        near(found.leading_silence_s, 2.0, 1e-3);
        near(found.trailing_silence_s, 12.25, 1e-3);
        near(found.intro_lufs.unwrap(), -30.0, 0.1);
        near(found.outro_lufs.unwrap(), -40.0, 0.1);
        near(found.true_peak_dbtp.unwrap(), -20.0, 0.2);
        // A pause within is not the end, however long.
        let paused: [(f64, &[f64]); 3] = [
            (3.0, &[-30.0; 2]),
            (25.0, &[NOTHING; 2]),
            (6.0, &[-20.0; 2]),
        ];
        let found = measure(&STEREO, RATE_HZ, &tone(1_000.0, RATE_HZ, &paused));
        assert_eq!(
            (found.leading_silence_s, found.trailing_silence_s),
            (1.0 / 48_000.0, 0.0)
        );
        near(found.outro_lufs.unwrap(), -20.0, 0.3);
        // Shorter than an intro, the whole is intro and outro.
        let short = measure(
            &STEREO,
            RATE_HZ,
            &tone(1_000.0, RATE_HZ, &[(4.0, &[-23.0; 2])]),
        );
        near(
            short.intro_lufs.unwrap(),
            short.loudness_lufs.unwrap(),
            0.05,
        );
        near(
            short.outro_lufs.unwrap(),
            short.loudness_lufs.unwrap(),
            0.05,
        );
    }

    #[test]
    fn a_file_is_measured_to_its_end_or_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.wav");
        let sine = |second: f64, _: u16| 0.1 * (TAU * 1_000.0 * second).sin();
        wav(&path, 44_100, 2, 15.0, sine);
        let found = measure_file(&path, FileSpan::WHOLE).unwrap();
        assert!(
            (found.loudness_lufs.unwrap() + 20.0).abs() < 0.1,
            "{found:?}"
        );
        assert_eq!(
            found,
            measure_file(&path, FileSpan::WHOLE).unwrap(),
            "not the same bits twice"
        );
        assert!(
            found
                .waveform
                .peak
                .iter()
                .all(|value| (80..=81).contains(value))
        );

        wav(&path, 44_100, 2, 5.0, |_, _| 0.0);
        let silent = measure_file(&path, FileSpan::WHOLE).unwrap();
        assert_eq!(
            (
                silent.loudness_lufs,
                silent.true_peak_dbtp,
                silent.intro_lufs,
                silent.outro_lufs
            ),
            (None, None, None, None)
        );
        assert_eq!(
            (silent.leading_silence_s, silent.trailing_silence_s),
            (5.0, 0.0)
        );
        assert!(silent.waveform.peak.iter().all(|value| *value == 0));

        for (bytes, why) in [
            (b"".to_vec(), FileFault::Empty),
            (vec![0; 50_000], FileFault::UnknownFormat),
        ] {
            fs::write(&path, bytes).unwrap();
            let refusal = measure_file(&path, FileSpan::WHOLE).unwrap_err();
            assert_eq!(refusal, FailedFile::new(&path, why));
        }
        fs::remove_file(&path).unwrap();
        assert!(measure_file(&path, FileSpan::WHOLE).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn any_samples_give_finite_measures_whatever_the_blocks(
            channels in 1..9_usize,
            rate_hz in prop::sample::select(vec![1_000_u32, 8_000, 44_100, 192_000, 384_000]),
            frames in 0..30_000_usize,
            block in 1..5_000_usize,
            kind in 0..4,
            seed: u64,
        ) {
            let mut rustle = noise(seed);
            let samples: Vec<f32> = (0..frames * channels).map(|n| match kind {
                0 => 0.0,
                1 => 1.0,
                2 => if n % 60 < 30 { 3.0 } else { -3.0 },
                _ => rustle() as f32,
            }).collect();
            let weights = vec![1.0; channels];
            let found = measure(&weights, rate_hz, &samples);
            for value in [found.loudness_lufs, found.true_peak_dbtp, found.intro_lufs, found.outro_lufs].into_iter().flatten() {
                prop_assert!(value.is_finite());
            }
            prop_assert_eq!(found.waveform.peak.len(), segue_core::Waveform::BINS);
            prop_assert!(found.waveform.peak.iter().zip(&found.waveform.rms).all(|(peak, rms)| rms <= peak));
            let seconds = frames as f64 / f64::from(rate_hz);
            prop_assert!(found.leading_silence_s + found.trailing_silence_s <= seconds + 1e-9);
            let mut meter = Meter::new(&weights, rate_hz).unwrap();
            for block in samples.chunks(block * channels) {
                meter.add(block).unwrap();
            }
            prop_assert_eq!(meter.finish().unwrap(), found);
        }
    }
}
