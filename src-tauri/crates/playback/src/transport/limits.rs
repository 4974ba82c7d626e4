//! What ends playing that would go on by itself.

use std::time::Instant;

use crate::queue::EntryId;

/// For how long it plays on; what is done about it stands in `until`.
#[derive(Default)]
pub(super) struct Until {
    /// Playing stops once this entry has ended.
    pub(super) stop_after: Option<EntryId>,
    pub(super) sleep_at: Option<Instant>,
    /// Which entry is played round and round, from where to where in seconds.
    pub(super) stretch: Option<(EntryId, [f64; 2])>,
}
