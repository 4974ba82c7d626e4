//! Ranges of the play log that the listener wants forgotten: their plays stay in the log, but train nothing.

use crate::{Play, Timestamp};

/// The number of a forgotten range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForgottenId(pub i64);

/// A forgotten range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// Its number.
    pub id: ForgottenId,
    /// When it was recorded, and the end of the range: later plays train as usual.
    pub at: Timestamp,
    /// The start of the range; `None` for everything before `at`.
    pub since: Option<Timestamp>,
}

impl Forgotten {
    /// Whether the play is in the range.
    pub fn covers(&self, play: &Play) -> bool {
        play.at <= self.at && self.since.is_none_or(|since| play.at >= since)
    }
}
