//! The outline of a recording for a seek bar, drawn while it streams by and before its length is known.
//!
//! Stretches begin short. Whenever there are too many, neighbours are joined, so that memory stays the same however long
//! the recording is, and there are always more stretches than the outline shows.

use segue_core::Waveform;

/// Frames of the shortest stretch; callers add stretches of this length.
pub(crate) const STRETCH_FRAMES: usize = 64;
/// As many stretches are kept before neighbours are joined.
const STRETCHES_MAX: usize = 8 * Waveform::BINS;

/// A stretch: highest absolute sample, sum of squares and number of samples.
#[derive(Clone, Copy, Default)]
struct Stretch {
    peak: f32,
    squares: f64,
    samples: u64,
}

impl Stretch {
    fn join(self, other: Self) -> Self {
        Self {
            peak: self.peak.max(other.peak),
            squares: self.squares + other.squares,
            samples: self.samples + other.samples,
        }
    }
}

/// An outline under way.
pub(crate) struct Outline {
    stretches: Vec<Stretch>,
    /// Stretches that were added to the last one, and how many make it full.
    filled: usize,
    full: usize,
}

impl Outline {
    pub(crate) fn new() -> Self {
        Self {
            stretches: Vec::with_capacity(STRETCHES_MAX),
            filled: 0,
            full: 1,
        }
    }

    /// Adds the next [`STRETCH_FRAMES`] frames, or fewer at the end: their peak, sum of squares and number of samples.
    pub(crate) fn add(&mut self, peak: f32, squares: f64, samples: usize) {
        let added = Stretch {
            peak,
            squares,
            samples: samples as u64,
        };
        if self.filled > 0 && self.filled < self.full {
            if let Some(last) = self.stretches.last_mut() {
                *last = last.join(added);
            }
            self.filled += 1;
            return;
        }
        if self.stretches.len() == STRETCHES_MAX {
            for n in 0..STRETCHES_MAX / 2 {
                self.stretches[n] = self.stretches[2 * n].join(self.stretches[2 * n + 1]);
            }
            self.stretches.truncate(STRETCHES_MAX / 2);
            self.full *= 2;
        }
        self.stretches.push(added);
        self.filled = 1;
    }

    /// The outline of all that was added.
    pub(crate) fn finish(&self) -> Waveform {
        let quantize = |amplitude: f64| (255.0 * amplitude.clamp(0.0, 1.0).sqrt()).round() as u8;
        let count = self.stretches.len();
        let mut waveform = Waveform {
            peak: Vec::with_capacity(Waveform::BINS),
            rms: Vec::with_capacity(Waveform::BINS),
        };
        for bin in 0..Waveform::BINS {
            // Every bin has at least the stretch in which it begins.
            let from = bin * count / Waveform::BINS;
            let to = ((bin + 1) * count / Waveform::BINS)
                .max(from + 1)
                .min(count);
            let all = self.stretches[from.min(to)..to]
                .iter()
                .fold(Stretch::default(), |all, stretch| all.join(*stretch));
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

    /// The outline of `stretches` stretches whose amplitude is `amplitude(share of the whole)`.
    fn outline(stretches: usize, amplitude: impl Fn(f64) -> f64) -> Waveform {
        let mut outline = Outline::new();
        for n in 0..stretches {
            let value = amplitude(n as f64 / stretches as f64);
            outline.add(value as f32, value * value * 0.5 * 128.0, 128);
        }
        outline.finish()
    }

    #[test]
    fn the_outline_keeps_its_shape_at_any_length() {
        for stretches in [
            1, 2, 7, 999, 1_000, 1_001, 7_999, 8_000, 8_001, 50_000, 165_375,
        ] {
            let drawn = outline(stretches, |share| share);
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
                // Off by one stretch of those there are, or two bins where they are many, beside the rounding.
                let off = 1.0 / stretches as f64 + 0.002;
                let bounds = |value: f64| {
                    (
                        (value - off).max(0.0).sqrt() - 0.003,
                        (value + off).sqrt() + 0.003,
                    )
                };
                let (low, high) = bounds(share);
                assert!(
                    low <= peak && peak <= high,
                    "{stretches} stretches, bin {bin}: {peak} for {share}"
                );
                let half = 0.5_f64.sqrt().sqrt();
                assert!(
                    low * half - 0.003 <= rms && rms <= high * half + 0.003,
                    "{stretches}, bin {bin}: {rms}"
                );
            }
        }
    }

    #[test]
    fn nothing_is_a_flat_line_and_more_than_full_scale_is_full_scale() {
        let nothing = Outline::new().finish();
        assert!(
            nothing
                .peak
                .iter()
                .chain(&nothing.rms)
                .all(|value| *value == 0)
        );
        assert_eq!(nothing.peak.len(), Waveform::BINS);
        let clipped = outline(5_000, |_| 4.0);
        assert!(
            clipped
                .peak
                .iter()
                .chain(&clipped.rms)
                .all(|value| *value == 255)
        );
    }
}
