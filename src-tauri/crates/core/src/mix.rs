//! The mixes that Segue makes by itself: which there are, and what each is made of, without a word of any language.

#![expect(
    missing_docs,
    reason = "a field means what its name and the line above its variant say"
)]

use std::fmt;

use serde::{Deserialize, Serialize};

/// A mood that a mix can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Mood {
    Calm,
    Happy,
    Energetic,
    Melancholy,
    Dark,
    Dreamy,
    Party,
    Focus,
}

impl Mood {
    /// All of them, in the order to show them.
    pub const ALL: [Self; 8] = [
        Self::Calm,
        Self::Happy,
        Self::Energetic,
        Self::Melancholy,
        Self::Dark,
        Self::Dreamy,
        Self::Party,
        Self::Focus,
    ];

    /// The name in ids of mixes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Calm => "calm",
            Self::Happy => "happy",
            Self::Energetic => "energetic",
            Self::Melancholy => "melancholy",
            Self::Dark => "dark",
            Self::Dreamy => "dreamy",
            Self::Party => "party",
            Self::Focus => "focus",
        }
    }
}

/// A kind of mix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum MixKind {
    /// What is liked, for right now.
    #[default]
    ForYou,
    /// Owned, never or hardly heard, likely liked.
    Discover,
    /// Loved, and long unheard.
    Rediscover,
    /// Played over and over of late.
    OnRepeat,
    /// Hardly heard songs by artists who are liked.
    DeepCuts,
    /// Around one of the interests, from 1.
    Daily { number: u32 },
    /// Of one mood.
    Mood { mood: Mood },
    /// Of the ten years from this one.
    Decade { decade: i32 },
    /// What was played in this year.
    TimeTravel { year: i32 },
    /// What was played on this day in other years.
    OnThisDay,
    /// A whole album, drawn by lot.
    RandomAlbum,
}

impl MixKind {
    /// The kind without which one: `daily` of `daily:2`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::ForYou => "for-you",
            Self::Discover => "discover",
            Self::Rediscover => "rediscover",
            Self::OnRepeat => "on-repeat",
            Self::DeepCuts => "deep-cuts",
            Self::Daily { .. } => "daily",
            Self::Mood { .. } => "mood",
            Self::Decade { .. } => "decade",
            Self::TimeTravel { .. } => "time-travel",
            Self::OnThisDay => "on-this-day",
            Self::RandomAlbum => "random-album",
        }
    }

    /// Reads an id as [`Display`](fmt::Display) writes it.
    pub fn parse(id: &str) -> Option<Self> {
        let (kind, which) = match id.split_once(':') {
            Some((kind, which)) => (kind, Some(which)),
            None => (id, None),
        };
        match (kind, which) {
            ("for-you", None) => Some(Self::ForYou),
            ("discover", None) => Some(Self::Discover),
            ("rediscover", None) => Some(Self::Rediscover),
            ("on-repeat", None) => Some(Self::OnRepeat),
            ("deep-cuts", None) => Some(Self::DeepCuts),
            ("on-this-day", None) => Some(Self::OnThisDay),
            ("random-album", None) => Some(Self::RandomAlbum),
            ("daily", Some(number)) => {
                let number: u32 = number.parse().ok()?;
                (number > 0).then_some(Self::Daily { number })
            }
            ("mood", Some(name)) => {
                let mood = Mood::ALL.into_iter().find(|mood| mood.as_str() == name)?;
                Some(Self::Mood { mood })
            }
            ("decade", Some(year)) => {
                let year: i32 = year.strip_suffix('s').unwrap_or(year).parse().ok()?;
                (0..3000).contains(&year).then_some(Self::Decade {
                    decade: year / 10 * 10,
                })
            }
            ("time-travel", Some(year)) => {
                let year: i32 = year.parse().ok()?;
                (1900..3000)
                    .contains(&year)
                    .then_some(Self::TimeTravel { year })
            }
            _ => None,
        }
    }
}

impl fmt::Display for MixKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Self::Daily { number } => write!(f, ":{number}"),
            Self::Mood { mood } => write!(f, ":{}", mood.as_str()),
            Self::Decade { decade: year } | Self::TimeTravel { year } => write!(f, ":{year}"),
            _ => Ok(()),
        }
    }
}

/// What a mix is made of. Titles, names and tags are as they are shown, never quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum MixContent {
    /// What the listener likes, for right now.
    Liked,
    /// A look around the library of somebody who has played nothing yet.
    FirstLook,
    /// Songs that are hardly known, and likely to be liked.
    Unheard,
    /// Hardly heard songs by artists who are played.
    DeepCuts,
    /// Songs that were loved and not heard for long.
    LongUnheard,
    /// What was played over and over this month.
    OnRepeat,
    /// Music that sounds alike: what is heard in it more than elsewhere, and who made most of it.
    Alike {
        tags: Vec<String>,
        artists: Vec<String>,
    },
    /// Music of a mood.
    Mood { mood: Mood },
    /// So many songs of a decade.
    Decade { songs: u32, decade: i32 },
    /// What was played in a year.
    PlayedIn { year: i32 },
    /// What was played on this day in other years.
    OnThisDay,
    /// An album, and whose it is where one artist is named.
    Album {
        title: String,
        artist: Option<String>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back() {
        let mut kinds = vec![
            MixKind::ForYou,
            MixKind::Discover,
            MixKind::Rediscover,
            MixKind::OnRepeat,
            MixKind::DeepCuts,
            MixKind::Daily { number: 3 },
            MixKind::Decade { decade: 1990 },
            MixKind::TimeTravel { year: 2019 },
            MixKind::OnThisDay,
            MixKind::RandomAlbum,
        ];
        kinds.extend(Mood::ALL.map(|mood| MixKind::Mood { mood }));
        for kind in kinds {
            assert_eq!(MixKind::parse(&kind.to_string()), Some(kind));
            assert_eq!(serde_json::to_value(kind).unwrap()["is"], kind.kind());
        }
        assert_eq!(
            MixKind::parse("decade:1994s"),
            Some(MixKind::Decade { decade: 1990 })
        );
        for id in [
            "",
            "daily",
            "daily:0",
            "daily:-1",
            "mood:odd",
            "decade:x",
            "time-travel:12",
            "for-you:1",
        ] {
            assert_eq!(MixKind::parse(id), None, "{id}");
        }
    }
}
