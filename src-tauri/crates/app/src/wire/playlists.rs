//! Playlists and what they are made of.

use segue_core::{MixKind, StationTitle};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::library::{SongSort, SongsQuery, TrackRow};
use super::recommend::{ReasonRow, StationRequest};

/// What a playlist is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum PlaylistSource {
    Tracks {
        ids: Vec<i64>,
    },
    /// What a search finds.
    Search {
        query: SongsQuery,
        /// The first of them alone.
        #[serde(default)]
        limit: Option<SongsLimit>,
    },
    Mix {
        id: String,
        count: u32,
    },
    Station {
        request: StationRequest,
        count: u32,
    },
    /// A way from one song to another, both included.
    Path {
        from: i64,
        to: i64,
        count: u32,
    },
    /// The queue as it stands.
    Queue,
}

/// How much of what a search finds a playlist holds: songs in their order, until the next would be too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum SongsLimit {
    Songs { most: u32 },
    Seconds { most: u32 },
    Megabytes { most: u32 },
}

/// What a living playlist is made from, by name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum PlaylistOrigin {
    /// All songs that match a text, on an album or anywhere, in an order.
    Search {
        text: String,
        /// The album's title.
        album: Option<String>,
        sort: SongSort,
        descending: bool,
        limit: Option<SongsLimit>,
    },
    /// Songs that were chosen one by one.
    Chosen,
    Mix {
        mix: MixKind,
    },
    Station {
        title: StationTitle,
    },
    Path,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaylistRow {
    pub id: i64,
    pub name: String,
    /// Made anew each day from its source, instead of staying as it is.
    pub living: bool,
    /// What a living one is made from; `null` where that cannot be told any more.
    pub origin: Option<PlaylistOrigin>,
    pub tracks: u32,
    /// Of these, songs that are not here now: out of the library, or their files away. Their places are kept.
    pub missing: u32,
    pub duration_s: f64,
    pub cover_tracks: Vec<i64>,
    pub changed_at: String,
}

/// A place in a playlist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaylistEntryRow {
    /// Names this place, not the track.
    pub entry: i64,
    /// Of a song that is not in the library: what was known of it, with `id` 0.
    pub track: TrackRow,
    pub reasons: Vec<ReasonRow>,
}

/// Rows of a playlist in its order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaylistPage {
    pub playlist: PlaylistRow,
    pub offset: u32,
    pub rows: Vec<PlaylistEntryRow>,
}
