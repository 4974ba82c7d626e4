//! A stretch of a file: what a track is when a cue sheet or a chapter names it.

use serde::{Deserialize, Serialize};

/// From where to where in a file, in nanoseconds: fine enough to name every sample of every rate, and a frame of a CD
/// (1/75 s, 588 samples) to the sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileSpan {
    /// Where it begins.
    pub start_ns: u64,
    /// Where it ends; `None`: with the file.
    pub end_ns: Option<u64>,
}

impl FileSpan {
    /// All of a file.
    pub const WHOLE: Self = Self {
        start_ns: 0,
        end_ns: None,
    };

    /// Whether it is all of the file.
    pub fn is_whole(&self) -> bool {
        *self == Self::WHOLE
    }

    /// The first frame of it, at this rate.
    pub fn start_frame(&self, rate_hz: u32) -> u64 {
        nearest_frame(self.start_ns, rate_hz)
    }

    /// The first frame behind it.
    pub fn end_frame(&self, rate_hz: u32) -> Option<u64> {
        self.end_ns.map(|ns| nearest_frame(ns, rate_hz))
    }

    /// How long it lasts in a file of this length, in seconds.
    pub fn duration_s(&self, file_s: f64) -> f64 {
        let seconds = |ns: u64| ns as f64 / 1e9;
        let end_s = match self.end_ns {
            // A file of unknown length has 0.
            Some(end_ns) if file_s > 0.0 => seconds(end_ns).min(file_s),
            Some(end_ns) => seconds(end_ns),
            None => file_s,
        };
        (end_s - seconds(self.start_ns)).max(0.0)
    }
}

fn nearest_frame(ns: u64, rate_hz: u32) -> u64 {
    const SECOND_NS: u128 = 1_000_000_000;
    let frames = (u128::from(ns) * u128::from(rate_hz) + SECOND_NS / 2) / SECOND_NS;
    u64::try_from(frames).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_frame_of_a_cd_is_named_to_the_sample() {
        // 80 minutes of frames: 1/75 s has no whole number of nanoseconds.
        for cd_frame in 0..80 * 60 * 75u64 {
            let span = FileSpan {
                start_ns: (cd_frame * 1_000_000_000 + 37) / 75,
                end_ns: None,
            };
            assert_eq!(span.start_frame(44_100), cd_frame * 588);
            assert_eq!(span.start_frame(192_000), cd_frame * 2_560);
        }
    }

    #[test]
    fn a_stretch_lasts_as_long_as_the_file_has_sound() {
        let span = |start_ns, end_ns| FileSpan { start_ns, end_ns };
        for (span, file_s, expected) in [
            (FileSpan::WHOLE, 12.5, 12.5),
            (span(2_000_000_000, Some(5_000_000_000)), 12.5, 3.0),
            (span(2_000_000_000, Some(5_000_000_000)), 4.0, 2.0),
            (span(2_000_000_000, Some(5_000_000_000)), 0.0, 3.0),
            (span(2_000_000_000, None), 12.5, 10.5),
            (span(20_000_000_000, None), 12.5, 0.0),
        ] {
            assert_eq!(span.duration_s(file_s), expected, "{span:?} of {file_s} s");
        }
    }
}
