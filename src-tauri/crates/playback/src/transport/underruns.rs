//! What is counted of sound that came too late.

use std::time::{Duration, Instant};

/// Underruns closer together than this count as one burst.
pub(super) const BURST: Duration = Duration::from_secs(5);

/// Times that the output wanted sound and there was none.
#[derive(Default)]
pub(super) struct Underruns {
    pub(super) counted: u64,
    /// Of this opening of the output.
    pub(super) seen: u64,
    /// When the last one was seen.
    pub(super) burst: Option<Instant>,
}
