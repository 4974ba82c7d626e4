//! What a recommendation may rest on, and a listener may turn up or down.
//!
//! A term has a name of one line, `artist:Ann` or `era:1990`, under which it travels to the window and back and lies in
//! the log of feedback. Names are kept as they were shown; whoever reads them folds them
//! ([`similar_key`](crate::similar_key)).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AudioHash, ReasonKind};

/// Something that reasons name and taste learns of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Term {
    /// An artist.
    Artist(String),
    /// A genre, as tags tell it.
    Genre(String),
    /// A tag that the network hears.
    Tag(String),
    /// An album.
    Album {
        /// Its title.
        title: String,
        /// The first artist of its songs, where one is known.
        artist: Option<String>,
    },
    /// The decade that begins with this year.
    Era(i32),
    /// What sounds like this recording.
    Sound(AudioHash),
    /// One kind of reason as a whole, such as `familiar` or `mood`.
    Kind(String),
}

/// What a term is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum TermName {
    /// An artist.
    Artist {
        /// As it is shown.
        name: String,
    },
    /// A genre.
    Genre {
        /// As it is shown.
        name: String,
    },
    /// A tag that the network hears.
    Tag {
        /// As it is shown.
        name: String,
    },
    /// An album.
    Album {
        /// Its title.
        title: String,
        /// The first artist of its songs, where one is known.
        artist: Option<String>,
    },
    /// A decade.
    Era {
        /// Its first year.
        decade: i32,
    },
    /// What sounds like a song.
    Sound {
        /// The song's title.
        title: String,
    },
    /// What sounds like a song that is not in the library any more.
    SoundOfGone,
    /// One kind of reason as a whole.
    Kind {
        /// Which.
        kind: ReasonKind,
    },
    /// A kind of reason of a newer Segue.
    OtherKind {
        /// The name under which it lies in the log.
        name: String,
    },
}

/// Parts an album's title from its artist; no cleaned tag holds it.
const BETWEEN: char = '\u{1f}';

impl Term {
    /// Reads back what [`Display`](fmt::Display) wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        let own = || Some(name.to_owned()).filter(|name| !name.is_empty());
        match kind {
            "artist" => own().map(Self::Artist),
            "genre" => own().map(Self::Genre),
            "tag" => own().map(Self::Tag),
            "album" => {
                let (title, artist) = match name.split_once(BETWEEN) {
                    Some((title, artist)) => (title, Some(artist.to_owned())),
                    None => (name, None),
                };
                (!title.is_empty()).then(|| Self::Album {
                    title: title.to_owned(),
                    artist,
                })
            }
            "era" => name.parse().ok().map(Self::Era),
            "sound" => name.parse().ok().map(Self::Sound),
            "kind" => own().map(Self::Kind),
            _ => None,
        }
    }

    /// What it is called; `title` is that of the song that it means, where it means one that is there.
    pub fn named(&self, title: Option<String>) -> TermName {
        match self {
            Self::Artist(name) => TermName::Artist { name: name.clone() },
            Self::Genre(name) => TermName::Genre { name: name.clone() },
            Self::Tag(name) => TermName::Tag { name: name.clone() },
            Self::Album { title, artist } => TermName::Album {
                title: title.clone(),
                artist: artist.clone(),
            },
            Self::Era(decade) => TermName::Era { decade: *decade },
            Self::Sound(_) => match title {
                Some(title) => TermName::Sound { title },
                None => TermName::SoundOfGone,
            },
            Self::Kind(name) => match ReasonKind::parse(name) {
                Some(kind) => TermName::Kind { kind },
                None => TermName::OtherKind { name: name.clone() },
            },
        }
    }
}

impl ReasonKind {
    /// The kind as something that can be turned up and down.
    pub fn term(self) -> Term {
        Term::Kind(self.as_str().into())
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Artist(name) => write!(f, "artist:{name}"),
            Self::Genre(name) => write!(f, "genre:{name}"),
            Self::Tag(name) => write!(f, "tag:{name}"),
            Self::Album {
                title,
                artist: None,
            } => write!(f, "album:{title}"),
            Self::Album {
                title,
                artist: Some(artist),
            } => write!(f, "album:{title}{BETWEEN}{artist}"),
            Self::Era(year) => write!(f, "era:{year}"),
            Self::Sound(audio) => write!(f, "sound:{audio}"),
            Self::Kind(name) => write!(f, "kind:{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_names_nothing_is_no_term() {
        for text in [
            "",
            "artist",
            "artist:",
            "album:\u{1f}Ann",
            "era:soon",
            "sound:12",
            "mood:calm",
        ] {
            assert_eq!(Term::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_term_reads_back(kind in 0..7_usize, name in "[^\u{1f}]{1,20}", other in prop::option::of("[^\u{1f}]{0,9}"), year: i32, audio: [u8; 16]) {
            let term = match kind {
                0 => Term::Artist(name),
                1 => Term::Genre(name),
                2 => Term::Tag(name),
                3 => Term::Album { title: name, artist: other },
                4 => Term::Era(year),
                5 => Term::Sound(AudioHash(audio)),
                _ => Term::Kind(name),
            };
            prop_assert_eq!(Term::parse(&term.to_string()), Some(term));
        }
    }
}
