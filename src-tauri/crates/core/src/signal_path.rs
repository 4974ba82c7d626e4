//! The way of a sound: what the file holds, each step that alters it, and what the output gets.

use serde::{Deserialize, Serialize};

use crate::Gain;

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SourceFormat {
    /// `flac`, `mp3` …
    pub codec: String,
    /// Samples per second.
    pub sample_rate_hz: u32,
    /// Bits per sample, where the codec knows such a thing.
    pub bits: Option<u32>,
    /// Samples per frame.
    pub channels: u32,
    /// Whether the samples are those that were encoded.
    pub lossless: bool,
}

/// What the output is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OutputFormat {
    /// What the system calls it.
    pub name: Option<String>,
    /// Samples per second.
    pub sample_rate_hz: u32,
    /// Bits per sample; none: floating point, which holds 24.
    pub bits: Option<u32>,
    /// Whether the system mixes other sounds in, or may change what it is given.
    pub shared: bool,
}

/// A step that alters samples, in the order in which they are done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum SignalStep {
    /// Several channels become two.
    Downmix {
        /// So many.
        channels: u32,
    },
    /// The track is made as loud as others.
    Gain {
        /// By so much.
        gain: Gain,
    },
    /// Another sample rate.
    Resample {
        /// The file's.
        from_hz: u32,
        /// The output's.
        to_hz: u32,
    },
    /// It fades in while the song before it fades out.
    Crossfade,
    /// The volume.
    Volume {
        /// In decibels; none: silence.
        db: Option<f64>,
    },
    /// The equaliser.
    Equalizer {
        /// So many bands that lift or lower.
        bands: u32,
        /// Decibels for all frequencies.
        preamp_db: f64,
    },
    /// What would go beyond full scale is held back.
    Limiter,
    /// Noise that makes rounding harmless.
    Dither {
        /// To so many bits.
        bits: u32,
    },
}

/// See the file's promise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SignalPath {
    /// What the file holds.
    pub source: SourceFormat,
    /// What is done to it.
    pub steps: Vec<SignalStep>,
    /// What the output gets.
    pub output: OutputFormat,
    /// Whether the output gets every bit of the file and no other.
    pub bit_perfect: bool,
}

impl SignalPath {
    /// The path through these steps.
    pub fn new(source: SourceFormat, mut steps: Vec<SignalStep>, output: OutputFormat) -> Self {
        // What was decoded of a lossy file has no last bit, and floating point holds one of 24 at most.
        let needed_bits = source.bits.filter(|_| source.lossless);
        let fits = needed_bits.is_some_and(|bits| bits <= output.bits.unwrap_or(24));
        if let Some(bits @ ..=16) = output.bits
            && !(steps.is_empty() && fits)
        {
            steps.push(SignalStep::Dither { bits });
        }
        Self {
            bit_perfect: steps.is_empty() && fits && !output.shared,
            source,
            steps,
            output,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        (bits, lossless): (Option<u32>, bool),
        steps: Vec<SignalStep>,
        (out_bits, shared): (Option<u32>, bool),
        (steps_in_all, bit_perfect): (usize, bool),
    ) {
        let source = SourceFormat {
            codec: "flac".into(),
            sample_rate_hz: 44_100,
            bits,
            channels: 2,
            lossless,
        };
        let output = OutputFormat {
            sample_rate_hz: 44_100,
            bits: out_bits,
            shared,
            ..OutputFormat::default()
        };
        let path = SignalPath::new(source, steps, output);
        assert_eq!(
            (path.steps.len(), path.bit_perfect),
            (steps_in_all, bit_perfect)
        );
    }

    #[test]
    fn a_path_is_bit_perfect_only_where_every_bit_arrives() {
        let cd = (Some(16), true);
        check(cd, vec![], (Some(16), false), (0, true));
        check(cd, vec![], (None, false), (0, true));
        check(cd, vec![], (None, true), (0, false));
        check((Some(24), true), vec![], (None, false), (0, true));
        check((Some(24), true), vec![], (Some(16), false), (1, false));
        check((Some(32), true), vec![], (None, false), (0, false));
        check((None, false), vec![], (None, false), (0, false));
        check((None, false), vec![], (Some(16), false), (1, false));
        let half = || vec![SignalStep::Volume { db: Some(-6.0) }];
        check(cd, half(), (None, false), (1, false));
        check(cd, half(), (Some(16), false), (2, false));
    }
}
