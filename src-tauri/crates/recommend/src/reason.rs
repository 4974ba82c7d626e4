//! Why a recording was picked: the terms of its score, in words.

use serde::{Deserialize, Serialize};

/// What a term of the score rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonKind {
    /// Nearness to a seed by sound.
    Sound,
    /// A genre: shared with the seed, or one the listener finishes or leaves.
    Genre,
    /// Tags the network heard: shared with the seed, or ones the listener finishes or leaves.
    Tag,
    /// An artist: the seed's, or one the listener finishes or leaves.
    Artist,
    /// The seed's album.
    Album,
    /// The seed's decade.
    Era,
    /// Sounds like what the listener finishes or leaves.
    Taste,
    /// Fits what was listened to in this session, or what was left.
    Mood,
    /// Known from earlier plays.
    Familiar,
    /// Not heard before.
    New,
    /// Heard only lately.
    Recent,
    /// The listener's own opinion of this very recording.
    Opinion,
    /// A guess worth trying, where taste is still unsure.
    Explore,
    /// Too close to an earlier pick.
    Variety,
}

impl ReasonKind {
    /// The name used on the command line and in the window.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Genre => "genre",
            Self::Tag => "tag",
            Self::Artist => "artist",
            Self::Album => "album",
            Self::Era => "era",
            Self::Taste => "taste",
            Self::Mood => "mood",
            Self::Familiar => "familiar",
            Self::New => "new",
            Self::Recent => "recent",
            Self::Opinion => "opinion",
            Self::Explore => "explore",
            Self::Variety => "variety",
        }
    }
}

/// One additive term of a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// What the term rests on.
    pub kind: ReasonKind,
    /// The term in plain words, such as `sounds like “Title”`.
    pub text: String,
    /// What the term adds to the score; negative where it speaks against the pick.
    pub weight: f64,
}

/// `once`, `twice`, `three times` … for sentences.
pub(crate) fn times(count: u32) -> String {
    const WORDS: [&str; 10] = [
        "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ];
    match count {
        0 | 1 => "once".into(),
        2 => "twice".into(),
        n => match WORDS.get(n as usize - 3) {
            Some(word) => format!("{word} times"),
            None => format!("{n} times"),
        },
    }
}
