//! The waveform of a recording for a seek bar, drawn while it streams by and before its length is known.
//!
//! Bins begin short. Whenever there are too many, neighbours are joined, so that memory stays the same however long
//! the recording is, and there are always more bins than the waveform shows.

use segue_core::Waveform;

/// Frames of the shortest bin; callers add bins of this length.
pub(crate) const BIN_FRAMES: usize = 64;
/// Bins kept before neighbours are joined.
const BINS_MAX: usize = 8 * Waveform::BINS;

/// A bin: highest absolute sample, sum of squares and number of samples.
#[derive(Clone, Copy, Default)]
struct WaveformBin {
    peak: f32,
    squares: f64,
    samples: u64,
}

impl WaveformBin {
    fn join(self, other: Self) -> Self {
        Self {
            peak: self.peak.max(other.peak),
            squares: self.squares + other.squares,
            samples: self.samples + other.samples,
        }
    }
}

/// Builds a waveform while the recording streams by.
pub(crate) struct WaveformBuilder {
    bins: Vec<WaveformBin>,
    /// Bins that were added to the last one, and how many make it full.
    filled: usize,
    full: usize,
}

impl WaveformBuilder {
    pub(crate) fn new() -> Self {
        Self {
            bins: Vec::with_capacity(BINS_MAX),
            filled: 0,
            full: 1,
        }
    }

    /// Adds the next [`BIN_FRAMES`] frames, or fewer at the end: their peak, sum of squares and number of samples.
    pub(crate) fn add(&mut self, peak: f32, squares: f64, samples: usize) {
        let added = WaveformBin {
            peak,
            squares,
            samples: samples as u64,
        };
        if self.filled > 0 && self.filled < self.full {
            if let Some(last) = self.bins.last_mut() {
                *last = last.join(added);
            }
            self.filled += 1;
            return;
        }
        if self.bins.len() == BINS_MAX {
            for n in 0..BINS_MAX / 2 {
                self.bins[n] = self.bins[2 * n].join(self.bins[2 * n + 1]);
            }
            self.bins.truncate(BINS_MAX / 2);
            self.full *= 2;
        }
        self.bins.push(added);
        self.filled = 1;
    }

    /// The waveform of all that was added.
    pub(crate) fn finish(&self) -> Waveform {
        let quantize = |amplitude: f64| (255.0 * amplitude.clamp(0.0, 1.0).sqrt()).round() as u8;
        let count = self.bins.len();
        let mut waveform = Waveform {
            peak: Vec::with_capacity(Waveform::BINS),
            rms: Vec::with_capacity(Waveform::BINS),
        };
        for bin in 0..Waveform::BINS {
            // Every bin has at least the bin in which it begins.
            let from = bin * count / Waveform::BINS;
            let to = ((bin + 1) * count / Waveform::BINS)
                .max(from + 1)
                .min(count);
            let all = self.bins[from.min(to)..to]
                .iter()
                .fold(WaveformBin::default(), |all, bin| all.join(*bin));
            waveform.peak.push(quantize(f64::from(all.peak)));
            waveform
                .rms
                .push(quantize((all.squares / all.samples.max(1) as f64).sqrt()));
        }
        waveform
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The waveform of `bins` bins whose amplitude is `amplitude(share of the whole)`.
    fn waveform(bins: usize, amplitude: impl Fn(f64) -> f64) -> Waveform {
        let mut waveform = WaveformBuilder::new();
        for n in 0..bins {
            let value = amplitude(n as f64 / bins as f64);
            waveform.add(value as f32, value * value * 0.5 * 128.0, 128);
        }
        waveform.finish()
    }

    #[test]
    fn the_outline_keeps_its_shape_at_any_length() {
        for bins in [
            1, 2, 7, 999, 1_000, 1_001, 7_999, 8_000, 8_001, 50_000, 165_375,
        ] {
            let drawn = waveform(bins, |share| share);
            assert_eq!(
                (drawn.peak.len(), drawn.rms.len()),
                (Waveform::BINS, Waveform::BINS)
            );
            for bin in 0..Waveform::BINS {
                let share = (bin as f64 + 0.5) / Waveform::BINS as f64;
                let (peak, rms) = (
                    f64::from(drawn.peak[bin]) / 255.0,
                    f64::from(drawn.rms[bin]) / 255.0,
                );
                // Off by one bin of those there are, or two bins where they are many, beside the rounding.
                let off = 1.0 / bins as f64 + 0.002;
                let bounds = |value: f64| {
                    (
                        (value - off).max(0.0).sqrt() - 0.003,
                        (value + off).sqrt() + 0.003,
                    )
                };
                let (low, high) = bounds(share);
                assert!(
                    low <= peak && peak <= high,
                    "{bins} bins, bin {bin}: {peak} for {share}"
                );
                let half = 0.5_f64.sqrt().sqrt();
                assert!(
                    low * half - 0.003 <= rms && rms <= high * half + 0.003,
                    "{bins}, bin {bin}: {rms}"
                );
            }
        }
    }

    #[test]
    fn nothing_is_a_flat_line_and_more_than_full_scale_is_full_scale() {
        let nothing = WaveformBuilder::new().finish();
        assert!(
            nothing
                .peak
                .iter()
                .chain(&nothing.rms)
                .all(|value| *value == 0)
        );
        assert_eq!(nothing.peak.len(), Waveform::BINS);
        let clipped = waveform(5_000, |_| 4.0);
        assert!(
            clipped
                .peak
                .iter()
                .chain(&clipped.rms)
                .all(|value| *value == 255)
        );
    }
}
