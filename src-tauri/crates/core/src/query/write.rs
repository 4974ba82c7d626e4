//! From a query to the text that means it.

use std::fmt::{self, Display, Formatter};

use super::day::{Age, AgeUnit, Day};
use super::expression::{Bound, Condition, DateTest, NumberTest, Query, TextTest};
use super::field::{QueryField, TextField};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => separated(f, parts, " "),
            Self::Any(parts) => separated(f, parts, " OR "),
            Self::Not(inner) => {
                f.write_str("-")?;
                match **inner {
                    Self::Not(_) => write!(f, "({inner})"),
                    _ => bracketed(f, inner),
                }
            }
            Self::Is(condition) => condition.fmt(f),
        }
    }
}

fn separated(f: &mut Formatter<'_>, parts: &[Query], separator: &str) -> fmt::Result {
    for (n, part) in parts.iter().enumerate() {
        if n > 0 {
            f.write_str(separator)?;
        }
        bracketed(f, part)?;
    }
    Ok(())
}

/// A part of another query.
fn bracketed(f: &mut Formatter<'_>, part: &Query) -> fmt::Result {
    match part {
        // Several words are several conditions to what stands before them.
        Query::Is(Condition::Words(words)) if words.split_whitespace().count() == 1 => {
            write!(f, "{part}")
        }
        Query::Is(Condition::Words(_)) | Query::All(_) | Query::Any(_) => {
            write!(f, "({part})")
        }
        Query::Is(_) | Query::Not(_) => write!(f, "{part}"),
    }
}

impl Display for Condition {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => f.write_str(words),
            Self::Phrase(phrase) => write!(f, "\"{phrase}\""),
            Self::Text(field, test) => {
                write!(f, "{}:", QueryField::Text(*field).name())?;
                text_test(f, *field, test)
            }
            Self::Number(field, test) => {
                write!(f, "{}:{test}", QueryField::Number(*field).name())
            }
            Self::Date(field, test) => write!(f, "{}:{test}", QueryField::Date(*field).name()),
            Self::Flag(flag) => write!(f, "{}:{}", flag.field().name(), flag.name()),
        }
    }
}

fn text_test(f: &mut Formatter<'_>, field: TextField, test: &TextTest) -> fmt::Result {
    match test {
        TextTest::Words(words) => f.write_str(words),
        TextTest::Phrase(phrase) => write!(f, "\"{phrase}\""),
        TextTest::Is(text) if field == TextField::Key => write!(f, "\"{text}\""),
        TextTest::Is(text) => write!(f, "=\"{text}\""),
        TextTest::Begins(text) => whole(f, &format!("{text}*")),
        TextTest::Ends(text) => whole(f, &format!("*{text}")),
        TextTest::Contains(text) => whole(f, &format!("*{text}*")),
        TextTest::Absent => f.write_str("none"),
        TextTest::Present => f.write_str("any"),
    }
}

/// A value that may hold spaces or brackets.
fn whole(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    match text.contains(|c: char| c.is_whitespace() || c == '(' || c == ')') {
        true => write!(f, "\"{text}\""),
        false => f.write_str(text),
    }
}

impl Display for NumberTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("none"),
            Self::Present => f.write_str("any"),
            Self::Between(Bound::Closed(from), Bound::Closed(to)) if from == to => {
                write!(f, "{from}")
            }
            // One and the same number, rounded.
            Self::Between(Bound::Closed(from), Bound::Open(to)) if to - from == 1.0 => {
                let whole = from.fract() == 0.0;
                write!(f, "{}", if whole { *from } else { from + 0.5 })
            }
            Self::Between(Bound::Closed(from), Bound::Closed(to)) => write!(f, "{from}..{to}"),
            Self::Between(Bound::Closed(from), _) => write!(f, ">={from}"),
            Self::Between(Bound::Open(from), _) => write!(f, ">{from}"),
            Self::Between(Bound::None, Bound::Closed(to)) => write!(f, "<={to}"),
            Self::Between(Bound::None, Bound::Open(to)) => write!(f, "<{to}"),
            Self::Between(Bound::None, Bound::None) => f.write_str("any"),
        }
    }
}

impl Display for DateTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("never"),
            Self::Present => f.write_str("ever"),
            Self::Between(Some(from), Some(to)) if from == to => write!(f, "{from}"),
            Self::Between(Some(from), Some(to)) => write!(f, "{from}..{to}"),
            Self::Between(Some(from), None) => write!(f, ">={from}"),
            Self::Between(None, Some(to)) => write!(f, "<={to}"),
            Self::Ago(Some(from), Some(to)) => write!(f, "{from}..{to}"),
            Self::Ago(Some(from), None) => write!(f, ">{from}"),
            Self::Ago(None, Some(to)) => write!(f, "<{to}"),
            Self::Between(None, None) | Self::Ago(None, None) => f.write_str("ever"),
        }
    }
}

impl Display for Day {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.parts();
        write!(f, "{year:04}")?;
        for part in [month, day].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

impl Display for Age {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            AgeUnit::Hours => "h",
            AgeUnit::Days => "d",
            AgeUnit::Weeks => "w",
            AgeUnit::Months => "mo",
            AgeUnit::Years => "y",
        };
        write!(f, "{}{unit}", self.count)
    }
}
