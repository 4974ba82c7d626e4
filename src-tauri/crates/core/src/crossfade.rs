//! Whether songs fade into each other, and what must be known of a song to decide where.

use serde::{Deserialize, Serialize};

use crate::TrackLoudness;

/// What the listener wants between two songs. An album that is played in its order is never faded, whatever is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "mode", rename_all = "kebab-case")]
pub enum Crossfade {
    /// One begins where the other ends.
    #[default]
    Off,
    /// They overlap for so long.
    Fixed {
        /// In seconds.
        seconds: f64,
    },
    /// They overlap for as long as the one dies away and the other one builds up.
    Auto,
}

impl Crossfade {
    /// The shortest and the longest overlap, in seconds.
    pub const RANGE_S: [f64; 2] = [0.5, 12.0];

    /// The same with a number that makes sense.
    pub fn within_range(self) -> Self {
        let [least, most] = Self::RANGE_S;
        match self {
            Self::Fixed { seconds } if seconds.is_finite() => Self::Fixed {
                seconds: seconds.clamp(least, most),
            },
            Self::Fixed { .. } => Self::Off,
            other => other,
        }
    }

    /// Reads `off`, `auto` or a number of seconds.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "off" => Some(Self::Off),
            "auto" => Some(Self::Auto),
            number => {
                let seconds: f64 = number.parse().ok()?;
                let [least, most] = Self::RANGE_S;
                let sensible = (least..=most).contains(&seconds);
                sensible.then_some(Self::Fixed { seconds })
            }
        }
    }
}

/// What is known of a track that decides how it is played.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrackProfile {
    /// How loud it is, and where on its album it stands.
    pub loudness: TrackLoudness,
    /// Its tempo, where it has a pulse.
    pub bpm: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_within_its_range() {
        let check = |text: &str, expected: Option<Crossfade>| {
            assert_eq!(Crossfade::parse(text), expected, "{text}");
        };
        check("off", Some(Crossfade::Off));
        check("auto", Some(Crossfade::Auto));
        check("6", Some(Crossfade::Fixed { seconds: 6.0 }));
        check("0.5", Some(Crossfade::Fixed { seconds: 0.5 }));
        check("0.1", None);
        check("13", None);
        check("nan", None);
        check("soft", None);
        let wild = Crossfade::Fixed { seconds: 900.0 };
        assert_eq!(wild.within_range(), Crossfade::Fixed { seconds: 12.0 });
        let none = Crossfade::Fixed { seconds: f64::NAN };
        assert_eq!(none.within_range(), Crossfade::Off);
    }
}
