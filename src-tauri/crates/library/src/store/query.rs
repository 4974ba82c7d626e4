//! What tracks are asked for.

use jiff::Zoned;
use segue_core::ModelId;
use segue_core::query::{Query, Sort};
use serde::{Deserialize, Serialize};

/// Which tracks, in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrackQuery {
    /// What is asked for.
    pub query: Query,
    /// Whose heard tags are meant.
    pub heard_by: Option<ModelId>,
    /// The time that ages are counted from, in the listener's time zone.
    pub now: Zoned,
    /// Only tracks of this album.
    pub album: Option<AlbumId>,
    /// Order.
    pub sort: Sort,
    /// Whether the order is turned round.
    pub descending: bool,
    /// What chance depends on, where the order is by chance: the same gives the same.
    pub seed: u32,
    /// At most this many; `None` for all.
    pub limit: Option<u32>,
    /// Leave out this many first.
    pub offset: u32,
}

/// A row of the albums. Stable while the album keeps its title and artist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlbumId(pub i64);
