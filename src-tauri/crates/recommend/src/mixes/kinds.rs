//! The kinds of mixes and their names.

use std::fmt;

/// A mood that a mix can have, as a wish in words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mood {
    /// The name in ids.
    pub name: &'static str,
    /// As it is shown.
    pub shown: &'static str,
    /// The wish.
    pub words: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
}

/// The moods.
pub(super) const MOODS: &[Mood] = &[
    Mood {
        name: "calm",
        shown: "Calm",
        words: "calm, peaceful",
        about: "Mellow, tender, slow",
    },
    Mood {
        name: "happy",
        shown: "Happy",
        words: "happy, not sad, not dark",
        about: "Bright and light-hearted",
    },
    Mood {
        name: "energetic",
        shown: "Energetic",
        words: "energetic, not mellow",
        about: "Exciting and fast",
    },
    Mood {
        name: "melancholy",
        shown: "Melancholy",
        words: "sad, not party",
        about: "For rain on the window",
    },
    Mood {
        name: "dark",
        shown: "Dark",
        words: "dark, not happy",
        about: "Sinister and heavy",
    },
    Mood {
        name: "dreamy",
        shown: "Dreamy",
        words: "dreamy, not metal",
        about: "Ambient, hazy, beautiful",
    },
    Mood {
        name: "party",
        shown: "Party",
        words: "party, dance",
        about: "To move to",
    },
    Mood {
        name: "focus",
        shown: "Focus",
        words: "focus, no vocals, not exciting",
        about: "Without words, without hurry",
    },
];

/// A kind of mix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
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
    Daily(u32),
    /// By a mood's name.
    Mood(&'static str),
    /// Of the ten years from this one.
    Decade(i32),
    /// What was played in this year.
    TimeTravel(i32),
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
            Self::Daily(_) => "daily",
            Self::Mood(_) => "mood",
            Self::Decade(_) => "decade",
            Self::TimeTravel(_) => "time-travel",
            Self::OnThisDay => "on-this-day",
            Self::RandomAlbum => "random-album",
        }
    }

    /// The name under which it is shown.
    pub fn shown(self) -> String {
        match self {
            Self::ForYou => "For you".into(),
            Self::Discover => "Discover".into(),
            Self::Rediscover => "Rediscover".into(),
            Self::OnRepeat => "On repeat".into(),
            Self::DeepCuts => "Deep cuts".into(),
            Self::Daily(number) => format!("Daily mix {number}"),
            Self::Mood(name) => {
                let mood = MOODS.iter().find(|mood| mood.name == name);
                mood.map_or(name, |mood| mood.shown).into()
            }
            Self::Decade(year) => format!("The {year}s"),
            Self::TimeTravel(year) => format!("Back to {year}"),
            Self::OnThisDay => "On this day".into(),
            Self::RandomAlbum => "Random album".into(),
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
            ("daily", Some(number)) => number.parse().ok().filter(|n| *n > 0).map(Self::Daily),
            ("mood", Some(name)) => {
                let mood = MOODS.iter().find(|mood| mood.name == name)?;
                Some(Self::Mood(mood.name))
            }
            ("decade", Some(year)) => {
                let year: i32 = year.strip_suffix('s').unwrap_or(year).parse().ok()?;
                (0..3000)
                    .contains(&year)
                    .then_some(Self::Decade(year / 10 * 10))
            }
            ("time-travel", Some(year)) => {
                let year: i32 = year.parse().ok()?;
                (1900..3000)
                    .contains(&year)
                    .then_some(Self::TimeTravel(year))
            }
            _ => None,
        }
    }
}

impl fmt::Display for MixKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        match self {
            Self::Daily(number) => write!(f, ":{number}"),
            Self::Mood(name) => write!(f, ":{name}"),
            Self::Decade(year) | Self::TimeTravel(year) => write!(f, ":{year}"),
            _ => Ok(()),
        }
    }
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
            MixKind::Daily(3),
            MixKind::Decade(1990),
            MixKind::TimeTravel(2019),
            MixKind::OnThisDay,
            MixKind::RandomAlbum,
        ];
        kinds.extend(MOODS.iter().map(|mood| MixKind::Mood(mood.name)));
        for kind in kinds {
            assert_eq!(MixKind::parse(&kind.to_string()), Some(kind));
        }
        assert_eq!(MixKind::parse("decade:1994s"), Some(MixKind::Decade(1990)));
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
