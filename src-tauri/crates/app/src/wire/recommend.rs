//! What Segue recommends, from what, and why.

use segue_core::{
    Because, Facet, MixContent, MixKind, ReasonKind, SeedDetail, StationTitle, TrackId,
    UnknownWord, WishPart, typed_or_told,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::library::TrackRow;

/// One term of a recommendation's score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ReasonRow {
    pub kind: ReasonKind,
    /// What it says. Older playlists and queues kept the sentence itself, as `text`.
    #[serde(alias = "text", deserialize_with = "typed_or_told")]
    pub because: Because,
    /// The term itself, in the score's own unit.
    pub weight: f64,
    /// Names what the reason rests on, to be turned down with; `null` where there is nothing to turn.
    pub term: Option<String>,
}

/// A recommended track with what put it there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PickRow {
    pub track: TrackRow,
    pub score: f64,
    pub reasons: Vec<ReasonRow>,
}

/// A pick as the window shows it, to be played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PickRef {
    /// The track.
    pub id: i64,
    pub reasons: Vec<ReasonRow>,
}

/// Something that a station may start from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum SeedRef {
    Track {
        id: i64,
    },
    Album {
        id: i64,
    },
    Artist {
        name: String,
    },
    Genre {
        name: String,
    },
    /// A tag that the network hears.
    Tag {
        name: String,
    },
    Playlist {
        id: i64,
    },
    /// A wish in words, such as "calm piano, no vocals".
    Words {
        text: String,
    },
}

/// A station that is asked for. Without seeds it starts from what the listener likes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct StationRequest {
    pub seeds: Vec<SeedRef>,
    /// What the station keeps away from.
    pub less: Vec<SeedRef>,
    /// 0 familiar .. 1 new; `null` for the middle.
    pub discovery: Option<f32>,
    /// By which side of music it shall be nearer to its seeds than by the others.
    pub more: Option<Facet>,
}

impl StationRequest {
    /// The songs among the seeds.
    pub(crate) fn songs(&self) -> Vec<TrackId> {
        let songs = self.seeds.iter().filter_map(|seed| match seed {
            SeedRef::Track { id } => Some(TrackId(*id)),
            _ => None,
        });
        songs.collect()
    }
}

/// A seed as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SeedRow {
    pub seed: SeedRef,
    pub name: String,
    /// Beside its name. Older stations kept the words, as `detail`.
    #[serde(alias = "detail", deserialize_with = "typed_or_told")]
    pub about: SeedDetail,
    /// The track whose cover stands for it.
    pub cover_track: Option<i64>,
}

/// A wish in words, as it was understood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct WishRow {
    pub wanted: Vec<WishPart>,
    pub unwanted: Vec<WishPart>,
    /// Words that mean nothing to Segue.
    pub unknown: Vec<UnknownWord>,
}

/// A running radio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Station {
    /// What it grew from. Older stations kept the words, as `name`.
    #[serde(alias = "name", deserialize_with = "typed_or_told")]
    pub title: StationTitle,
    pub seeds: Vec<SeedRow>,
    pub less: Vec<SeedRow>,
    /// 0 familiar .. 1 new.
    pub discovery: f32,
    /// By which side of music it is nearer to its seeds than by the others.
    #[serde(default)]
    pub more: Option<Facet>,
}

/// A mix that can be had now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct MixRow {
    /// `for-you`, `daily:2`, `decade:1990` …
    pub id: String,
    /// `for-you`, `daily`, `decade` …
    pub kind: String,
    /// What it is called after.
    pub title: MixKind,
    /// What it is made of.
    pub content: MixContent,
    /// Up to four tracks whose covers stand for it.
    pub cover_tracks: Vec<i64>,
}

/// A mix with its tracks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct MixFound {
    pub mix: MixRow,
    pub tracks: Vec<PickRow>,
}
