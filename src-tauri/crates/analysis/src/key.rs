//! The key of a track, from the mono windows that the network hears too.
//!
//! Peaks of half-second spectra give their strength to the pitch classes whose harmonics they may be (Gómez, "Tonal
//! description of polyphonic audio for music content processing", INFORMS J. on Computing 18, 2006), after the tuning
//! of the whole has been found from where the peaks stand between the semitones. The mean over all frames, each scaled
//! to its strongest class, is correlated with the 24 rotations of the key profiles of Albrecht and Shanahan ("The use
//! of large corpora to train a new type of key-finding algorithm", Music Perception 31, 2013).

use std::f64::consts::{FRAC_PI_2, TAU};

use realfft::RealFftPlanner;
use segue_core::{Key, Mode};

/// Length of a spectrum; the FFT takes the next power of two.
const FRAME_S: f64 = 0.4;
const PEAKS_HZ: (f64, f64) = (60.0, 1_500.0);
/// Concert pitch.
const A4_HZ: f64 = 440.0;
/// Semitones from C0 to A4.
const A4_PITCH: f64 = 57.0;
/// A peak counts from this share of its frame's strongest on.
const PEAK_MIN: f32 = 0.01;
/// A frame is silent if no bin reaches this amplitude (full scale is 1).
const SILENCE: f32 = 1e-5;
/// Harmonics that a peak may be, and how much less likely each is than the one before.
const HARMONICS: u32 = 4;
const HARMONIC_DECAY: f64 = 0.6;
/// A peak counts for the pitch classes that are nearer than this, in semitones.
const REACH_SEMITONES: f64 = 0.7;
/// Correlation with the best profile from which on a key is clear …
const CORRELATION_MIN: f64 = 0.6;
/// … and the standard deviation of the pitch classes' strengths, relative to their mean: noise and drums strike all alike.
const CONTRAST_MIN: f64 = 0.19;

/// Albrecht and Shanahan 2013: share of each scale degree in major …
const MAJOR: [f64; 12] = [
    0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081,
];
/// … and in minor.
const MINOR: [f64; 12] = [
    0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052,
];

/// The key of `windows` (mono at `rate_hz`), or `None` where none is clear.
pub(crate) fn key(windows: &[Vec<f32>], rate_hz: u32) -> Option<Key> {
    let chroma = chroma(windows, rate_hz)?;
    let mean = chroma.iter().sum::<f64>() / 12.0;
    let variance = chroma.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 12.0;
    if variance.sqrt() < CONTRAST_MIN * mean {
        return None;
    }
    let modes = [(Mode::Major, MAJOR), (Mode::Minor, MINOR)];
    let keys = modes
        .iter()
        .flat_map(|(mode, profile)| (0..12_u8).map(move |tonic| (Key::new(tonic, *mode), profile)));
    let (correlation, key) = keys
        .map(|(key, profile)| (correlation(&chroma, profile, usize::from(key.tonic())), key))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    (correlation >= CORRELATION_MIN).then_some(key)
}

/// A partial: in which frame, where in semitones above the C below 16.4 Hz at concert pitch, how strong.
struct Partial {
    /// Its spectrum, counted from 1.
    frame: usize,
    /// Semitones above C0, so that pitch modulo 12 is the pitch class, C first.
    pitch: f64,
    strength: f64,
}

/// Strength of each pitch class, C first; `None` where nothing sounds.
fn chroma(windows: &[Vec<f32>], rate_hz: u32) -> Option<[f64; 12]> {
    let partials = partials(windows, rate_hz);
    // The mean direction of the peaks on the circle of one semitone: how far the instruments are off concert pitch.
    let (sine, cosine) = partials.iter().fold((0.0, 0.0), |(sine, cosine), partial| {
        let (s, c) = (TAU * partial.pitch).sin_cos();
        (sine + partial.strength * s, cosine + partial.strength * c)
    });
    let tuning = f64::atan2(sine, cosine) / TAU;
    let harmonics: Vec<(f64, f64)> = (1..=HARMONICS)
        .map(|n| {
            (
                12.0 * f64::from(n).log2(),
                HARMONIC_DECAY.powi(n as i32 - 1),
            )
        })
        .collect();
    let mut sum = [0.0; 12];
    for frame in partials.chunk_by(|a, b| a.frame == b.frame) {
        let mut classes = [0.0; 12];
        for partial in frame {
            for (interval, share) in &harmonics {
                let pitch = partial.pitch - tuning - interval;
                for class in [pitch.floor(), pitch.floor() + 1.0] {
                    let distance = (pitch - class).abs();
                    if distance < REACH_SEMITONES {
                        let weight = (FRAC_PI_2 * distance / REACH_SEMITONES).cos().powi(2);
                        classes[class.rem_euclid(12.0) as usize % 12] +=
                            share * weight * partial.strength;
                    }
                }
            }
        }
        let strongest = classes.iter().copied().fold(0.0, f64::max);
        if strongest > 0.0 {
            sum.iter_mut()
                .zip(classes)
                .for_each(|(sum, class)| *sum += class / strongest);
        }
    }
    sum.iter().any(|class| *class > 0.0).then_some(sum)
}

/// The peaks of all spectra, frame by frame.
fn partials(windows: &[Vec<f32>], rate_hz: u32) -> Vec<Partial> {
    let length = ((FRAME_S * f64::from(rate_hz)) as usize).next_power_of_two();
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(length);
    let hann: Vec<f32> = (0..length)
        .map(|n| (0.5 - 0.5 * (TAU * n as f64 / length as f64).cos()) as f32)
        .collect();
    let mut input = fft.make_input_vec();
    let mut spectrum = fft.make_output_vec();
    let mut scratch = fft.make_scratch_vec();
    let bin_hz = f64::from(rate_hz) / length as f64;
    let first = ((PEAKS_HZ.0 / bin_hz) as usize).max(1);
    let last = ((PEAKS_HZ.1 / bin_hz) as usize).min(length / 2 - 1);
    // A sine of amplitude a makes a bin of a · length / 4 under this window.
    let silence = SILENCE * length as f32 / 4.0;
    let (mut found, mut number) = (Vec::new(), 0);
    let mut powers = vec![0.0_f32; last + 2];
    for window in windows {
        // A window shorter than a frame is heard with silence behind it.
        let last_start = window.len().saturating_sub(length);
        for start in (0..=last_start).step_by(length / 2) {
            let frame = &window[start..window.len().min(start + length)];
            input.fill(0.0);
            for ((input, sample), hann) in input.iter_mut().zip(frame).zip(&hann) {
                *input = sample * hann;
            }
            fft.process_with_scratch(&mut input, &mut spectrum, &mut scratch)
                .expect("the plan made these buffers");
            for (power, bin) in powers.iter_mut().zip(&spectrum) {
                *power = bin.norm_sqr();
            }
            let loudest = powers[first..=last].iter().copied().fold(0.0, f32::max);
            number += 1;
            if loudest < silence * silence {
                continue;
            }
            let least = loudest * PEAK_MIN * PEAK_MIN;
            for bin in first..=last {
                let (before, here, after) = (powers[bin - 1], powers[bin], powers[bin + 1]);
                if here > least && here > before && here >= after {
                    let (offset, strength) = summit(before, here, after);
                    let hz = (bin as f64 + offset) * bin_hz;
                    found.push(Partial {
                        frame: number,
                        pitch: 12.0 * (hz / A4_HZ).log2() + A4_PITCH,
                        strength,
                    });
                }
            }
        }
    }
    found
}

/// Where between the bins a peak stands, and its amplitude: the parabola through three logarithms of power (Smith and
/// Serra, "PARSHL", ICMC 1987).
fn summit(before: f32, here: f32, after: f32) -> (f64, f64) {
    let log = |power: f32| 0.5 * f64::from(power.max(1e-30)).ln();
    let (a, b, c) = (log(before), log(here), log(after));
    let bend = a - 2.0 * b + c;
    if bend > -1e-9 {
        return (0.0, b.exp());
    }
    let offset = (0.5 * (a - c) / bend).clamp(-0.5, 0.5);
    (offset, (b - 0.25 * (a - c) * offset).exp())
}

/// Pearson's correlation of the classes from `tonic` upward with a profile.
fn correlation(chroma: &[f64; 12], profile: &[f64; 12], tonic: usize) -> f64 {
    let (mean, profile_mean) = (
        chroma.iter().sum::<f64>() / 12.0,
        profile.iter().sum::<f64>() / 12.0,
    );
    let (mut both, mut squares, mut profile_squares) = (0.0, 0.0, 0.0);
    for (degree, share) in profile.iter().enumerate() {
        let (x, y) = (chroma[(tonic + degree) % 12] - mean, share - profile_mean);
        both += x * y;
        squares += x * x;
        profile_squares += y * y;
    }
    both / (squares * profile_squares).sqrt().max(1e-30)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{noise, odd_windows};
    use proptest::prelude::*;

    const RATE_HZ: u32 = 16_000;

    /// Chords of a second each, every one as MIDI pitches, with eight harmonics; `cents` off concert pitch.
    fn chords(progression: &[Vec<i32>], cents: f64) -> Vec<Vec<f32>> {
        let chord = |pitches: &Vec<i32>| {
            (0..RATE_HZ)
                .map(|n| {
                    let second = f64::from(n) / f64::from(RATE_HZ);
                    let tone = |pitch: &i32| {
                        let hz =
                            440.0 * 2.0_f64.powf((f64::from(*pitch) - 69.0 + cents / 100.0) / 12.0);
                        (1..=8)
                            .map(|h| (TAU * hz * f64::from(h) * second).sin() / f64::from(h))
                            .sum::<f64>()
                    };
                    (0.05 * pitches.iter().map(tone).sum::<f64>() * (-1.5 * second).exp()) as f32
                })
                .collect::<Vec<f32>>()
        };
        vec![progression.iter().flat_map(chord).collect()]
    }

    /// I IV V7 I, with the third of the mode and the major dominant; each over its bass.
    fn cadence(tonic: i32, mode: Mode) -> Vec<Vec<i32>> {
        let third = if mode == Mode::Major { 4 } else { 3 };
        let home = vec![tonic - 12, tonic, tonic + third, tonic + 7];
        let fourth = vec![tonic - 7, tonic, tonic + 5, tonic + 5 + third];
        let fifth = vec![tonic - 5, tonic - 1, tonic + 2, tonic + 5, tonic + 7];
        vec![home.clone(), fourth, fifth, home]
    }

    #[test]
    fn cadences_are_heard_in_all_keys_and_tunings() {
        for cents in [0.0, -35.0, 20.0, 45.0] {
            for tonic in 0..12 {
                for mode in [Mode::Major, Mode::Minor] {
                    let expected = Key::new(tonic, mode);
                    let found = key(
                        &chords(&cadence(54 + (i32::from(tonic) + 6) % 12, mode), cents),
                        RATE_HZ,
                    );
                    assert_eq!(found, Some(expected), "{cents} cents");
                }
            }
        }
    }

    #[test]
    fn the_rate_of_the_windows_does_not_matter() {
        // Read at twice the rate, the same samples sound an octave higher.
        let windows = chords(&cadence(57, Mode::Minor), 0.0);
        for rate_hz in [8_000, 16_000, 32_000] {
            assert_eq!(
                key(&windows, rate_hz),
                Some(Key::new(9, Mode::Minor)),
                "{rate_hz} Hz"
            );
        }
    }

    #[test]
    fn what_has_no_key_gets_none() {
        let seconds = |sample: &mut dyn FnMut(f64) -> f64| -> Vec<Vec<f32>> {
            vec![
                (0..12 * RATE_HZ)
                    .map(|n| sample(f64::from(n) / f64::from(RATE_HZ)) as f32)
                    .collect(),
            ]
        };
        let mut rustle = noise(4);
        let mut hiss = noise(5);
        for (name, windows) in [
            ("silence", seconds(&mut |_| 0.0)),
            ("hiss", seconds(&mut |_| 0.3 * hiss())),
            (
                "clicks",
                seconds(&mut |s| rustle() * (-60.0 * s.fract()).exp()),
            ),
            (
                "all twelve tones",
                chords(&[(48..60).collect(), (60..72).collect()], 0.0),
            ),
            ("nothing", vec![]),
        ] {
            assert_eq!(key(&windows, RATE_HZ), None, "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn no_sound_is_too_odd(
            rate_hz in prop::sample::select(vec![8_000_u32, 16_000, 44_100]),
            windows in odd_windows(40_000),
        ) {
            key(&windows, rate_hz);
        }
    }
}
