//! The tempo of a track, from the mono windows that the network hears too.
//!
//! Onset strength is the rise of log power in four groups of bands, so that a kick drum and the hi-hats between its
//! strokes are counted apart (Scheirer, "Tempo and beat analysis of acoustic musical signals", JASA 103, 1998). Its
//! autocorrelation, over all windows together, is summed at one to four times each candidate's period and weighted by
//! how likely people are to tap at that rate: a Gaussian over the logarithm of tempo around 122 BPM (Moelants,
//! "Preferred tempo reconsidered", ICMPC 2002; Ellis, "Beat tracking by dynamic programming", JNMR 36, 2007). The
//! winner is refined at all multiples of its period up to six seconds.
//!
//! The octave: the reported tempo is the one people most likely tap. Where every other beat of it would do as well as
//! itself, that is between strokes all alike, it is the rate of the strokes, up to 210 BPM.

use realfft::RealFftPlanner;

/// Onset strength per second.
const ONSETS_HZ: f64 = 62.5;
/// Mel-spaced bands, in groups that are counted apart.
const GROUPS: usize = 4;
const BANDS_PER_GROUP: usize = 6;
const BANDS_HZ: (f64, f64) = (40.0, 7_800.0);
/// Power is weighed as `ln(1 + COMPRESSION · power / mean power)`, so that loudness does not matter.
const COMPRESSION: f32 = 100.0;
/// Half of the stretch whose mean onset strength is taken off, in frames: half a second.
const MEAN_FRAMES: usize = 31;
/// Under this root mean square of every group's onset strength nothing begins: tones are held, or there is silence.
const ONSET_RMS_MIN: f64 = 0.15;
/// Lags up to 6.4 s: four beats at 40 BPM, with room.
const LAG_MAX: usize = 400;
/// A window shorter than this has no lags worth looking at: 4 s.
const WINDOW_FRAMES_MIN: usize = 250;
const BPM: (f64, f64) = (40.0, 220.0);
const BPM_STEPS: usize = 720;
const MULTIPLES: usize = 4;
const PREFERRED_BPM: f64 = 122.0;
const PREFERENCE_OCTAVES: f64 = 0.9;
/// Strokes are all alike if half the period correlates so well, compared with the whole.
const ALIKE: f64 = 0.9;
const BPM_DOUBLED_MAX: f64 = 210.0;
/// Mean autocorrelation at the multiples of the period from which on there is a pulse; noise and speech stay at half of it.
const PULSE_MIN: f64 = 0.1;

/// Beats per minute in `windows` (mono at `rate_hz`), or `None` without a pulse.
pub(crate) fn tempo(windows: &[Vec<f32>], rate_hz: u32) -> Option<f64> {
    let hop = (f64::from(rate_hz) / ONSETS_HZ).round().max(1.0) as usize;
    let frames_per_minute = 60.0 * f64::from(rate_hz) / hop as f64;
    let correlation = Correlation::of(&onset_groups(windows, rate_hz, hop))?;
    let period = |bpm: f64| frames_per_minute / bpm;

    let step = (BPM.1 / BPM.0).ln() / (BPM_STEPS - 1) as f64;
    let candidates = (0..BPM_STEPS).map(|n| BPM.0 * (step * n as f64).exp());
    let (_, pulse, mut bpm) = candidates
        .map(|bpm| {
            let octaves = (bpm / PREFERRED_BPM).log2() / PREFERENCE_OCTAVES;
            let pulse = correlation.comb(period(bpm), MULTIPLES);
            (pulse * (-0.5 * octaves * octaves).exp(), pulse, bpm)
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    if pulse < PULSE_MIN {
        return None;
    }
    if 2.0 * bpm <= BPM_DOUBLED_MAX {
        let best_near = |bpm: f64| {
            (-10..=10)
                .map(|n| correlation.comb(period(bpm * (1.0 + 0.002 * f64::from(n))), MULTIPLES))
                .fold(f64::MIN, f64::max)
        };
        if best_near(2.0 * bpm) >= ALIKE * best_near(bpm) {
            bpm *= 2.0;
        }
    }
    // The further the multiple, the finer it tells the period.
    let multiples = ((LAG_MAX - 1) as f64 / (1.04 * period(bpm))) as usize;
    let (_, refined) = (-140..=140)
        .map(|n| period(bpm) * (1.0 + 0.00025 * f64::from(n)))
        .map(|period| (correlation.comb(period, multiples), period))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    Some(frames_per_minute / refined)
}

/// Onset strength around its local mean, `[groups][windows][frames]`.
fn onset_groups(windows: &[Vec<f32>], rate_hz: u32, hop: usize) -> [Vec<Vec<f32>>; GROUPS] {
    let length = ((f64::from(rate_hz) * 0.03) as usize).next_power_of_two();
    let edges = band_edges(rate_hz, length);
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(length);
    let hann: Vec<f32> = (0..length)
        .map(|n| (0.5 - 0.5 * (std::f64::consts::TAU * n as f64 / length as f64).cos()) as f32)
        .collect();
    let mut input = fft.make_input_vec();
    let mut spectrum = fft.make_output_vec();
    let mut scratch = fft.make_scratch_vec();
    let bands = edges.len() - 1;
    // Band powers of each window, `[windows][frames · bands]`.
    let mut powers: Vec<Vec<f32>> = Vec::new();
    for window in windows {
        let mut rows = Vec::with_capacity(window.len() / hop * bands);
        for frame in window.windows(length).step_by(hop) {
            for ((input, sample), hann) in input.iter_mut().zip(frame).zip(&hann) {
                *input = sample * hann;
            }
            fft.process_with_scratch(&mut input, &mut spectrum, &mut scratch)
                .expect("the plan made these buffers");
            for edge in edges.windows(2) {
                rows.push(
                    spectrum[edge[0]..edge[1]]
                        .iter()
                        .map(|bin| bin.norm_sqr())
                        .sum(),
                );
            }
        }
        if rows.len() / bands >= WINDOW_FRAMES_MIN {
            powers.push(rows);
        }
    }
    let count: usize = powers.iter().map(Vec::len).sum();
    let sum: f64 = powers.iter().flatten().map(|power| f64::from(*power)).sum();
    let scale = COMPRESSION / ((sum / count.max(1) as f64) as f32).max(1e-20);
    let mut groups: [Vec<Vec<f32>>; GROUPS] = Default::default();
    for rows in &mut powers {
        rows.iter_mut()
            .for_each(|power| *power = (*power * scale).ln_1p());
        for (number, group) in groups.iter_mut().enumerate() {
            let (from, to) = (number * bands / GROUPS, (number + 1) * bands / GROUPS);
            let frames: Vec<&[f32]> = rows.chunks_exact(bands).map(|row| &row[from..to]).collect();
            let rises: Vec<f32> = frames
                .windows(2)
                .map(|two| {
                    two[1]
                        .iter()
                        .zip(two[0])
                        .map(|(now, before)| (now - before).max(0.0))
                        .sum()
                })
                .collect();
            group.push(smooth(&above_mean(&rises)));
        }
    }
    groups
}

/// First bins of mel-spaced bands, each of at least one bin, and the end of the last.
fn band_edges(rate_hz: u32, length: usize) -> Vec<usize> {
    let bin_hz = f64::from(rate_hz) / length as f64;
    let to_mel = |hz: f64| 2595.0 * (1.0 + hz / 700.0).log10();
    let to_hz = |mel: f64| 700.0 * (10.0_f64.powf(mel / 2595.0) - 1.0);
    let bands = GROUPS * BANDS_PER_GROUP;
    let (low, high) = (
        to_mel(BANDS_HZ.0),
        to_mel(BANDS_HZ.1.min(f64::from(rate_hz) * 0.49)),
    );
    let mut edges: Vec<usize> = Vec::with_capacity(bands + 1);
    for n in 0..=bands {
        let hz = to_hz(low + (high - low) * n as f64 / bands as f64);
        let bin = ((hz / bin_hz).round() as usize).max(1);
        edges.push(edges.last().map_or(bin, |last| bin.max(last + 1)));
    }
    // Only a spectrum with fewer bins than bands could overrun it.
    edges
        .iter_mut()
        .for_each(|edge| *edge = (*edge).min(length / 2 + 1));
    edges
}

/// What stands out from the mean of the surroundings.
fn above_mean(values: &[f32]) -> Vec<f32> {
    let mut sums = vec![0.0_f64];
    sums.extend(values.iter().scan(0.0, |sum, value| {
        *sum += f64::from(*value);
        Some(*sum)
    }));
    let above = |(n, value): (usize, &f32)| {
        let (from, to) = (
            n.saturating_sub(MEAN_FRAMES),
            (n + MEAN_FRAMES + 1).min(values.len()),
        );
        (f64::from(*value) - (sums[to] - sums[from]) / (to - from) as f64).max(0.0) as f32
    };
    values.iter().enumerate().map(above).collect()
}

/// Broadens strokes by a frame, so that a lag between two frames still finds them; the mean becomes zero.
fn smooth(values: &[f32]) -> Vec<f32> {
    let at = |n: usize| values.get(n).copied().unwrap_or(0.0);
    let mut smoothed: Vec<f32> = (0..values.len())
        .map(|n| 0.25 * at(n.wrapping_sub(1)) + 0.5 * at(n) + 0.25 * at(n + 1))
        .collect();
    let mean = smoothed.iter().map(|v| f64::from(*v)).sum::<f64>() / smoothed.len().max(1) as f64;
    smoothed.iter_mut().for_each(|value| *value -= mean as f32);
    smoothed
}

/// Autocorrelation of onset strength by lag in frames, 1.0 at lag 0.
struct Correlation {
    values: Vec<f64>,
}

impl Correlation {
    /// Over all windows; groups weigh as their onsets are strong. `None` where nothing begins.
    fn of(groups: &[Vec<Vec<f32>>; GROUPS]) -> Option<Self> {
        let mut planner = RealFftPlanner::<f32>::new();
        let mut values = vec![0.0; LAG_MAX + 1];
        let (mut weights, mut strongest) = (0.0, 0.0_f64);
        for group in groups {
            let frames: usize = group.iter().map(Vec::len).sum();
            let energy: f64 = group.iter().flatten().map(|v| f64::from(*v).powi(2)).sum();
            if frames == 0 {
                return None;
            }
            let power = energy / frames as f64;
            strongest = strongest.max(power.sqrt());
            if power < 1e-9 {
                continue;
            }
            let (mut products, mut counts) = (vec![0.0; LAG_MAX + 1], vec![0_usize; LAG_MAX + 1]);
            for window in group {
                // Zeros behind the window keep its end from meeting its beginning.
                let size = (window.len() + LAG_MAX + 1).next_power_of_two();
                let (forward, inverse) = (
                    planner.plan_fft_forward(size),
                    planner.plan_fft_inverse(size),
                );
                let mut input = forward.make_input_vec();
                let mut spectrum = forward.make_output_vec();
                input[..window.len()].copy_from_slice(window);
                forward
                    .process(&mut input, &mut spectrum)
                    .expect("the plan made these buffers");
                spectrum
                    .iter_mut()
                    .for_each(|bin| *bin = bin.norm_sqr().into());
                inverse
                    .process(&mut spectrum, &mut input)
                    .expect("the plan made these buffers");
                // A lag that leaves less than a quarter of the window says little.
                for lag in 0..=LAG_MAX.min(window.len() * 3 / 4) {
                    products[lag] += f64::from(input[lag]) / size as f64;
                    counts[lag] += window.len() - lag;
                }
            }
            let weight = power.sqrt();
            weights += weight;
            for ((value, product), count) in values.iter_mut().zip(products).zip(counts) {
                *value += weight * product / count.max(1) as f64 / power;
            }
        }
        if strongest < ONSET_RMS_MIN {
            return None;
        }
        values.iter_mut().for_each(|value| *value /= weights);
        Some(Self { values })
    }

    /// At a lag between two frames.
    fn at(&self, lag: f64) -> f64 {
        let below = lag as usize;
        match self.values.get(below..below + 2) {
            Some(two) => two[0] + (two[1] - two[0]) * (lag - below as f64),
            None => 0.0,
        }
    }

    /// Mean at the first multiples of `period`.
    fn comb(&self, period: f64, multiples: usize) -> f64 {
        (1..=multiples)
            .map(|k| self.at(period * k as f64))
            .sum::<f64>()
            / multiples as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{noise, odd_windows};
    use proptest::prelude::*;
    use std::f64::consts::TAU;

    const RATE_HZ: u32 = 16_000;

    /// A stroke: what sounds, from its beginning on, at a second.
    fn stroke(kind: char, second: f64, rustle: f64) -> f64 {
        match kind {
            'c' => (TAU * 1_000.0 * second).sin() * (-200.0 * second).exp(),
            'k' => {
                (TAU * (50.0 * second + 2.0 * (1.0 - (-30.0 * second).exp()))).sin()
                    * (-20.0 * second).exp()
            }
            's' => (0.5 * rustle + 0.5 * (TAU * 190.0 * second).sin()) * (-28.0 * second).exp(),
            'h' => 0.3 * rustle * (-90.0 * second).exp(),
            // A hi-hat together with the drum.
            'K' => stroke('k', second, rustle) + stroke('h', second, rustle),
            'S' => stroke('s', second, rustle) + stroke('h', second, rustle),
            _ => 0.0,
        }
    }

    /// Six windows of 12 s of a pattern: each word is a beat, each of its letters an equal part of the beat.
    fn drums(pattern: &str, bpm: f64, rate_hz: u32) -> Vec<Vec<f32>> {
        let beats: Vec<Vec<char>> = pattern
            .split(' ')
            .map(|beat| beat.chars().collect())
            .collect();
        let mut rustle = noise(7);
        let length = 72 * rate_hz as usize;
        let mut sound = vec![0.0_f64; length];
        let beat_s = 60.0 / bpm;
        for beat in 0..(72.0 / beat_s) as usize {
            let parts = &beats[beat % beats.len()];
            for (part, kind) in parts.iter().enumerate() {
                let at_s = (beat as f64 + part as f64 / parts.len() as f64) * beat_s;
                let at = (at_s * f64::from(rate_hz)).round() as usize;
                let room = length.saturating_sub(at);
                for n in 0..room.min(rate_hz as usize / 6) {
                    sound[at + n] += 0.5 * stroke(*kind, n as f64 / f64::from(rate_hz), rustle());
                }
            }
        }
        let window = 12 * rate_hz as usize;
        sound
            .chunks(window)
            .map(|window| window.iter().map(|sample| *sample as f32).collect())
            .collect()
    }

    #[test]
    fn click_tracks_measure_what_they_are() {
        for rate_hz in [8_000, 16_000, 22_050, 32_000] {
            for tenths in (600..=2_000).step_by(if rate_hz == RATE_HZ { 35 } else { 350 }) {
                let bpm = f64::from(tenths) / 10.0;
                let found = tempo(&drums("c", bpm, rate_hz), rate_hz).unwrap();
                assert!(
                    (found / bpm - 1.0).abs() < 0.005,
                    "{bpm} BPM at {rate_hz} Hz: {found}"
                );
            }
        }
    }

    /// Where a pattern divides its beats, people may tap twice or half as fast. Of all patterns and tempi together, 95 in
    /// 100 must come out as they are or an octave off; what is plain must come out as it is.
    #[test]
    fn drum_patterns_measure_what_they_are_or_an_octave_of_it() {
        let (mut count, mut wrong) = (0, Vec::new());
        for (pattern, octave_at_most) in [
            ("kh", 0.1),
            ("k s s", 0.15),
            ("Kh Sh", 0.5),
            ("Kh Sh -h Sh", 1.0),
            ("Khhh Shhh Khkh Shhh", 1.0),
            ("c - c c", 1.0),
        ] {
            let tempi: Vec<f64> = (60..=200).step_by(7).map(f64::from).collect();
            let mut octaves = 0.0;
            for bpm in &tempi {
                let found = tempo(&drums(pattern, *bpm, RATE_HZ), RATE_HZ).unwrap();
                let near = |factor: f64| (found / (bpm * factor) - 1.0).abs() < 0.04;
                octaves += if near(1.0) { 0.0 } else { 1.0 };
                if ![0.5, 1.0, 2.0].into_iter().any(near) {
                    wrong.push((pattern, *bpm, found));
                }
            }
            count += tempi.len();
            assert!(
                octaves <= octave_at_most * tempi.len() as f64,
                "{pattern:?}: {octaves} not as they are"
            );
        }
        assert!(20 * wrong.len() <= count, "of {count}: {wrong:?}");
    }

    #[test]
    fn loudness_does_not_matter_and_one_short_window_suffices() {
        let loud = drums("kh sh", 113.0, RATE_HZ);
        let quiet: Vec<Vec<f32>> = loud
            .iter()
            .map(|window| window.iter().map(|sample| sample * 0.01).collect())
            .collect();
        assert!((tempo(&loud, RATE_HZ).unwrap() - 113.0).abs() < 0.2);
        assert!((tempo(&quiet, RATE_HZ).unwrap() - 113.0).abs() < 0.2);
        let short = vec![loud[0][..6 * RATE_HZ as usize].to_vec()];
        assert!((tempo(&short, RATE_HZ).unwrap() - 113.0).abs() < 0.5);
    }

    #[test]
    fn without_a_pulse_there_is_no_tempo() {
        let windows = |sample: &mut dyn FnMut(f64) -> f64| -> Vec<Vec<f32>> {
            (0..4)
                .map(|window| {
                    (0..12 * RATE_HZ)
                        .map(|n| {
                            sample(f64::from(window * 12) + f64::from(n) / f64::from(RATE_HZ))
                                as f32
                        })
                        .collect()
                })
                .collect()
        };
        let mut rustle = noise(1);
        // Bursts of noise and tone at moments without order, as speech and rain have them.
        let mut chance = noise(2);
        let mut starts = vec![0.0];
        while let Some(last) = starts.last().filter(|last| **last < 48.0) {
            starts.push(last + 0.06 + 0.5 * chance().abs());
        }
        let since = |second: f64| {
            let next = starts.partition_point(|start| *start <= second);
            second - starts[next.max(1) - 1]
        };
        let mut murmur = noise(3);
        let silence = windows(&mut |_| 0.0);
        let drone = windows(&mut |s| {
            [110.0, 165.0, 220.5]
                .iter()
                .map(|hz| 0.2 * (TAU * hz * s).sin())
                .sum()
        });
        let hiss = windows(&mut |_| 0.1 * rustle());
        let rain = windows(&mut |s| 0.5 * stroke('c', since(s), 0.0));
        let speech =
            windows(&mut |s| 0.3 * ((TAU * 140.0 * s).sin() + murmur()) * (-9.0 * since(s)).exp());
        for (name, windows) in [
            ("silence", silence),
            ("a drone", drone),
            ("hiss", hiss),
            ("rain", rain),
            ("speech", speech),
        ] {
            assert_eq!(tempo(&windows, RATE_HZ), None, "{name}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn any_sound_gives_a_sane_tempo_or_none(
            rate_hz in prop::sample::select(vec![8_000_u32, 16_000, 44_100]),
            windows in odd_windows(120_000),
        ) {
            if let Some(bpm) = tempo(&windows, rate_hz) {
                prop_assert!((38.0..=220.0).contains(&bpm), "{}", bpm);
            }
        }
    }
}
