//! The parts of a wish in words, as they were understood: names that somebody typed or tags bear, stretches of years and tempos,
//! keys, and what shall be nearer to something than something else; and the words that were not.

#![expect(
    missing_docs,
    reason = "a field means what its name and the line above its variant say"
)]

use serde::{Deserialize, Serialize};

use crate::Mode;

/// A part of a wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum WishTerm {
    /// What a network hears, in the listener's own word for it.
    Tag { name: String },
    /// A genre.
    Genre { name: String },
    /// An artist, as the library spells the name.
    Artist { name: String },
    /// A tempo, in the listener's own word for it.
    Tempo { name: String },
    /// Years.
    Era { years: YearRange },
    /// Beats per minute.
    Bpm { range: BpmRange },
    /// A key, such as `A minor`.
    Key { name: String },
    /// Any key of a mode.
    Mode { mode: Mode },
    /// A word of Segue's own list for a mood, a place, a time or an occasion, as it was typed.
    Scene { name: String },
    /// A word that titles and genres bear, such as `live`.
    Title { name: String },
    /// Near to a song, an album or an artist of the library.
    Like { name: String },
    /// More or less of something than a song, an album or an artist has; `word` as it was typed, such as `calmer`.
    Than { word: String, name: String },
}

/// A part of a wish, and what is left of the wish without it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct WishPart {
    pub term: WishTerm,
    pub rest: String,
}

/// A word of a wish that means nothing here, and known words that are spelt like it, the likest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UnknownWord {
    pub word: String,
    pub near: Vec<String>,
}

/// A stretch of tempos in beats per minute, as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum BpmRange {
    Around { bpm: u16 },
    AtLeast { bpm: u16 },
    AtMost { bpm: u16 },
    Between { from: u16, to: u16 },
}

/// A year, a decade or a third of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Period {
    Year {
        year: i32,
    },
    /// The ten years from this one.
    Decade {
        decade: i32,
    },
    /// The first years of a decade.
    Early {
        decade: i32,
    },
    /// The middle years of a decade.
    Mid {
        decade: i32,
    },
    /// The last years of a decade.
    Late {
        decade: i32,
    },
}

/// A stretch of years, as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum YearRange {
    /// All of a period.
    In { period: Period },
    /// What came before it began.
    Before { period: Period },
    /// What came before it ended.
    Until { period: Period },
    /// What came after it ended.
    After { period: Period },
    /// What came after it began.
    Since { period: Period },
    /// It, and a few years to each side.
    Around { period: Period },
    /// From the beginning of one to the end of another.
    Between { first: Period, last: Period },
}
