//! What tracks are asked for.

use jiff::Zoned;
use segue_core::ModelId;
use segue_core::query::Query;
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
    /// At most this many; `None` for all.
    pub limit: Option<u32>,
    /// Leave out this many first.
    pub offset: u32,
}

/// What tracks are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    /// Title, then artist.
    Title,
    /// First artist, then album, disc and number.
    #[default]
    Artist,
    /// Album title, then disc and number: the order of an album.
    Album,
    /// Year, then artist and album.
    Year,
    /// Length.
    Duration,
    /// Times listened to.
    Plays,
    /// When it came into the library.
    Added,
    /// Path.
    Path,
    /// How well it matches the words, best first; without words, as [`Artist`](Self::Artist).
    Relevance,
}

/// A row of the albums. Stable while the album keeps its title and artist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlbumId(pub i64);
