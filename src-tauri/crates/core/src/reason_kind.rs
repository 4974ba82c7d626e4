//! The kinds of reasons: what a term of a score rests on. Whole kinds can be turned up and down.

use serde::{Deserialize, Serialize};

/// What a term of the score rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum ReasonKind {
    /// Nearness to a seed by sound.
    Sound,
    /// Nearness to a seed by tempo and groove.
    Rhythm,
    /// Nearness to a seed by key.
    Harmony,
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
    /// All of them.
    pub const ALL: [Self; 23] = [
        Self::Sound,
        Self::Rhythm,
        Self::Harmony,
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
    pub fn is_turnable(self) -> bool {
        !matches!(self, Self::Wish | Self::Away | Self::Opinion | Self::Turned)
    }

    /// The name under which it lies in the log of feedback.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Rhythm => "rhythm",
            Self::Harmony => "harmony",
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_the_names_that_they_are_stored_under() {
        for kind in ReasonKind::ALL {
            assert_eq!(ReasonKind::parse(kind.as_str()), Some(kind));
            let sent = serde_json::to_value(kind).unwrap();
            assert_eq!(sent, kind.as_str(), "{kind:?}");
        }
        assert_eq!(ReasonKind::parse("nothing"), None);
    }
}
