//! Taste: learned from the log, taken as a snapshot for recommendations, corrected by feedback, and shown.

mod feedback;
mod learning;
mod page;
mod snapshot;

pub(crate) use feedback::without_excluded;
pub(crate) use snapshot::{RecommenderSnapshot, STALE_FACTOR, SnapshotCache};
