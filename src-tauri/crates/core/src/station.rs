//! What stations grow from, by name and without a word of any language.

#![expect(
    missing_docs,
    reason = "a field means what its name and the line above its variant say"
)]

use serde::{Deserialize, Serialize};

use crate::{UnknownWord, WishTerm};

/// What a seed is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum SeedName {
    Song {
        title: String,
    },
    Album {
        title: String,
    },
    Artist {
        name: String,
    },
    Genre {
        name: String,
    },
    /// What the network hears.
    Tag {
        name: String,
    },
    Playlist {
        name: String,
    },
    /// A wish in the listener's own words.
    Words {
        text: String,
    },
}

/// What tells a seed from others of its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum SeedDetail {
    /// The artists of a song or an album; none where they differ.
    By { artists: Vec<String> },
    /// So many songs bear the name, or stand in the playlist.
    Songs { count: u32 },
    /// What was understood of words.
    Understood {
        wanted: Vec<WishTerm>,
        unwanted: Vec<WishTerm>,
        /// What was not. Older stations did not keep it.
        #[serde(default)]
        unknown: Vec<UnknownWord>,
    },
    /// In the words of an older Segue, which kept sentences.
    Told { text: String },
}

impl From<String> for SeedDetail {
    fn from(text: String) -> Self {
        Self::Told { text }
    }
}

/// What a station is called after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum StationTitle {
    /// After what the listener likes, for want of seeds.
    Liked { less: Vec<SeedName> },
    /// After its seeds, and what it keeps away from.
    Around {
        seeds: Vec<SeedName>,
        less: Vec<SeedName>,
    },
    /// After seeds of which none is in the library any more.
    Gone { less: Vec<SeedName> },
    /// In the words of an older Segue, which kept sentences.
    Told { text: String },
}

impl From<String> for StationTitle {
    fn from(text: String) -> Self {
        Self::Told { text }
    }
}

/// A side of music by which songs can be near to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Facet {
    /// What the network hears, all in all.
    Sound,
    /// Tempo and groove.
    Rhythm,
    /// Key.
    Harmony,
}

impl Facet {
    /// The facet of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "sound" => Self::Sound,
            "rhythm" => Self::Rhythm,
            "harmony" => Self::Harmony,
            _ => return None,
        })
    }
}
