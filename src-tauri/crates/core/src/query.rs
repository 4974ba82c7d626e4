//! What songs are asked for: one language for the search field, the command line and smart playlists.
//!
//! ```text
//! any       = all { "or" all }
//! all       = { condition }
//! condition = [ "-" ] ( "(" any ")" | FIELD ":" value | word | '"' phrase '"' )
//! ```
//!
//! `artist:coltrane year:1957..1965 -genre:live plays:0 added:<30d (codec:flac or codec:alac)` asks for six things at once.
//! Text that uses none of this is words, whatever signs are in it, so that any title can be typed as it is. What is not
//! finished yet (an open quote or bracket, a field without a value at the end) is read as far as it goes: somebody is typing.

mod fault;
mod field;
mod read;
mod sort;
mod typing;
mod value;
mod write;

pub use fault::{QueryFault, QueryFaultKind};
pub use field::{DateField, Field, Flag, NumberField, TextField};
pub use sort::Sort;
pub use typing::{Spot, SpotKind};

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

/// A day, a month or a year, as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub(crate) year: i16,
    pub(crate) month: Option<i8>,
    pub(crate) day: Option<i8>,
}

/// A length of time in one unit, as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: AgeUnit,
}

/// What ages are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "units are what their names say")]
pub enum AgeUnit {
    Hours,
    Days,
    Weeks,
    Months,
    Years,
}

impl Default for Query {
    /// Everything.
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl Query {
    /// Reads what somebody typed.
    ///
    /// # Errors
    ///
    /// Where something is written as the language has it and means nothing: an unlikely field, a value that is no number.
    pub fn parse(text: &str) -> Result<Self, QueryFault> {
        read::query(text)
    }

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

impl Day {
    /// Reads `2025`, `2025-03` or `2025-03-01`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let number = |part: &str, len: usize| {
            let written =
                (1..=len).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
            written.then(|| part.parse::<i16>().ok()).flatten()
        };
        let year = parts.next().filter(|year| year.len() == 4)?;
        let small = |part: Option<&str>| match part {
            Some(part) => Some(Some(i8::try_from(number(part, 2)?).ok()?)),
            None => Some(None),
        };
        let read = Self {
            year: number(year, 4)?,
            month: small(parts.next())?,
            day: small(parts.next())?,
        };
        let (year, month, day) = read.first();
        jiff::civil::Date::new(year, month, day).ok()?;
        parts.next().is_none().then_some(read)
    }

    /// The last day before what is meant.
    pub fn before(self) -> Option<Self> {
        let (year, month, day) = self.first();
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        Some(Self::of(date.yesterday().ok()?))
    }

    /// The first day after what is meant.
    pub fn next(self) -> Option<Self> {
        let (year, month, day) = self.after()?;
        Some(Self::of(jiff::civil::Date::new(year, month, day).ok()?))
    }

    /// The first day of what is meant, written as a day.
    pub fn whole(self) -> Option<Self> {
        let (year, month, day) = self.first();
        Some(Self::of(jiff::civil::Date::new(year, month, day).ok()?))
    }

    fn of(date: jiff::civil::Date) -> Self {
        Self {
            year: date.year(),
            month: Some(date.month()),
            day: Some(date.day()),
        }
    }

    /// The first day that is meant, as year, month and day.
    pub fn first(self) -> (i16, i8, i8) {
        (self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }

    /// The first day after those that are meant; `None` at the end of time.
    pub fn after(self) -> Option<(i16, i8, i8)> {
        let (year, month, day) = self.first();
        let first = jiff::civil::Date::new(year, month, day).ok()?;
        let span = match (self.month, self.day) {
            (_, Some(_)) => jiff::Span::new().days(1),
            (Some(_), None) => jiff::Span::new().months(1),
            (None, None) => jiff::Span::new().years(1),
        };
        let after = first.checked_add(span).ok()?;
        Some((after.year(), after.month(), after.day()))
    }
}

#[cfg(test)]
mod tests;
