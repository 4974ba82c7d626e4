//! What a listener wants forgotten: a stretch of the log of plays that teaches nothing any more. The plays stay.

use crate::{Play, Timestamp};

/// The number of a forgetting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForgottenId(pub i64);

/// A forgetting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forgotten {
    /// Its number.
    pub id: ForgottenId,
    /// When it was said: what is played later is learned as ever.
    pub at: Timestamp,
    /// From when on; `None` for all before.
    pub since: Option<Timestamp>,
}

impl Forgotten {
    /// Whether the play lies in the stretch.
    pub fn covers(&self, play: &Play) -> bool {
        play.at <= self.at && self.since.is_none_or(|since| play.at >= since)
    }
}
