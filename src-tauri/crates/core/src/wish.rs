//! The parts of a wish in words, as they were understood: names that somebody typed or tags bear, and stretches of years.

#![expect(
    missing_docs,
    reason = "a field means what its name and the line above its variant say"
)]

use serde::{Deserialize, Serialize};

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
