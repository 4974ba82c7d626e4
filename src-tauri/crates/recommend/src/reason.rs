//! Why a recording was picked: the terms of its score, in words.

use segue_core::Term;
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
    /// An album: the seed's, or one the listener finishes or leaves.
    Album,
    /// The seed's decade.
    Era,
    /// What was asked for in words: tags, genres, tempo, years.
    Wish,
    /// Near to what there shall be less of.
    Away,
    /// Sounds like what the listener finishes or leaves.
    Taste,
    /// Fits what was listened to in this session, or what was left.
    Mood,
    /// Fits what is listened to at this hour.
    Hour,
    /// Known from earlier plays.
    Familiar,
    /// Loved once, and not heard for long.
    Missed,
    /// Played at the time that the list is about.
    Then,
    /// Not heard before.
    New,
    /// Heard only lately.
    Recent,
    /// The listener's own opinion of this very recording.
    Opinion,
    /// Turned up or down by hand.
    Turned,
    /// A guess worth trying, where taste is still unsure.
    Explore,
    /// Leads from the song before to the song after.
    Bridge,
    /// Too close to an earlier pick.
    Variety,
}

impl ReasonKind {
    const ALL: [Self; 21] = [
        Self::Sound,
        Self::Genre,
        Self::Tag,
        Self::Artist,
        Self::Album,
        Self::Era,
        Self::Wish,
        Self::Away,
        Self::Taste,
        Self::Mood,
        Self::Hour,
        Self::Familiar,
        Self::Missed,
        Self::Then,
        Self::New,
        Self::Recent,
        Self::Opinion,
        Self::Turned,
        Self::Explore,
        Self::Bridge,
        Self::Variety,
    ];

    /// The kind of that [name](Self::as_str).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether it can be turned up and down. What was said by hand is taken back instead.
    pub(crate) fn is_turnable(self) -> bool {
        !matches!(self, Self::Wish | Self::Away | Self::Opinion | Self::Turned)
    }

    /// The name used on the command line and in the window.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Genre => "genre",
            Self::Tag => "tag",
            Self::Artist => "artist",
            Self::Album => "album",
            Self::Era => "era",
            Self::Wish => "wish",
            Self::Away => "away",
            Self::Taste => "taste",
            Self::Mood => "mood",
            Self::Hour => "hour",
            Self::Familiar => "familiar",
            Self::Missed => "missed",
            Self::Then => "then",
            Self::New => "new",
            Self::Recent => "recent",
            Self::Opinion => "opinion",
            Self::Turned => "turned",
            Self::Explore => "explore",
            Self::Bridge => "bridge",
            Self::Variety => "variety",
        }
    }

    /// What has its say where reasons of a kind speak, in words; a kind of a newer program is called by its name.
    pub fn about(name: &str) -> &str {
        match name {
            "sound" => "what is close by sound",
            "taste" => "what sounds like what you finish",
            "mood" => "what goes with what you just listened to",
            "hour" => "what goes with the time of day",
            "familiar" => "what you know well",
            "missed" => "what you have not heard for long",
            "then" => "what you played at a certain time",
            "new" => "what is new to you",
            "recent" => "what you played lately",
            "explore" => "guesses",
            name => name,
        }
    }

    /// The kind as something that can be turned up and down.
    pub(crate) fn term(self) -> Term {
        Term::Kind(self.as_str().into())
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
    /// What to turn to have less because of this.
    pub term: Option<Term>,
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
