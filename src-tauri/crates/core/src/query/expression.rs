//! What a query is made of.

use super::day::{Age, Day};
use super::field::{DateField, Flag, NumberField, TextField};

/// A query that was understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// All of these; of none: everything.
    All(Vec<Query>),
    /// At least one of these.
    Any(Vec<Query>),
    /// What this does not ask for.
    Not(Box<Query>),
    /// One thing.
    Is(Condition),
}

/// One thing that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Words that each begin some word of title, artists, album, genres or file name.
    Words(String),
    /// The same, in this order and beside each other, in one of them.
    Phrase(String),
    /// A field that holds text.
    Text(TextField, TextTest),
    /// A field that holds a number.
    Number(NumberField, NumberTest),
    /// A field that holds a time.
    Date(DateField, DateTest),
    /// Something that is so, or is not.
    Flag(Flag),
}

/// What is asked of a text. Texts are compared folded ([`crate::fold`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextTest {
    /// Each of these words begins some word of it.
    Words(String),
    /// It holds this, from the beginning of a word on.
    Phrase(String),
    /// It is this.
    Is(String),
    /// It begins with this.
    Begins(String),
    /// It ends with this.
    Ends(String),
    /// It holds this.
    Contains(String),
    /// There is none.
    Absent,
    /// There is one.
    Present,
}

/// What is asked of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NumberTest {
    /// It is at least and at most so much.
    Between(Bound<f64>, Bound<f64>),
    /// It is not known.
    Absent,
    /// It is known.
    Present,
}

/// An end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound<T> {
    /// There is none on this side.
    None,
    /// This, and it belongs to the range.
    Closed(T),
    /// This, and it does not belong to the range.
    Open(T),
}

/// What is asked of a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateTest {
    /// It lies on these days or between them, in the listener's time zone.
    Between(Option<Day>, Option<Day>),
    /// It lies so long ago at least, and at most.
    Ago(Option<Age>, Option<Age>),
    /// It never was.
    Absent,
    /// It was.
    Present,
}

impl Default for Query {
    /// Everything.
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Query {
    /// Words alone, and nothing of the language.
    pub fn words(text: &str) -> Self {
        match text.trim() {
            "" => Self::default(),
            text => Self::Is(Condition::Words(text.to_owned())),
        }
    }

    /// Whether it asks for nothing, and so for everything.
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }

    /// The words that all that is found must hold, as a ranking of what is found needs them.
    pub fn wanted_words(&self) -> Option<&str> {
        match self {
            Self::Is(Condition::Words(words) | Condition::Phrase(words)) => Some(words),
            Self::All(parts) => parts.iter().find_map(|part| match part {
                Self::Is(_) => part.wanted_words(),
                _ => None,
            }),
            _ => None,
        }
    }

    /// The same with other words in the place of those that were typed, and whether there were any.
    pub fn with_words(mut self, mut replace: impl FnMut(&str) -> Option<String>) -> (Self, bool) {
        let replaced = self.replace_words(&mut replace);
        (self, replaced)
    }

    fn replace_words(&mut self, replace: &mut impl FnMut(&str) -> Option<String>) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => {
                let mut any = false;
                for part in parts {
                    any |= part.replace_words(replace);
                }
                any
            }
            // What is not wanted and nowhere found is no misspelling.
            Self::Not(_) => false,
            Self::Is(
                Condition::Words(words)
                | Condition::Phrase(words)
                | Condition::Text(_, TextTest::Words(words) | TextTest::Phrase(words)),
            ) => match replace(words) {
                Some(other) => {
                    *words = other;
                    true
                }
                None => false,
            },
            Self::Is(_) => false,
        }
    }
}
