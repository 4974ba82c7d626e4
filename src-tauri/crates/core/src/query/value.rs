//! What stands behind a field's colon.

use super::day::{Age, AgeUnit, Day};
use super::expression::{Bound, Condition, DateTest, NumberTest, TextTest};
use super::fault::QueryFaultKind;
use super::field::{DateField, Flag, NumberField, QueryField, TextField};
use crate::{Key, fold};

/// A value as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FieldValue<'a> {
    /// `<`, `<=`, `>`, `>=`, `=` or nothing.
    sign: &'a str,
    /// Without its quotes.
    pub(super) text: &'a str,
    pub(super) quoted: bool,
}

/// Takes the value from the beginning of `text`, and says how many bytes it is long.
pub(super) fn written(text: &str, in_brackets: bool) -> (FieldValue<'_>, usize) {
    let signs = ["<=", ">=", "<", ">", "="];
    let sign = signs.iter().find(|sign| text.starts_with(**sign));
    let sign = sign.map_or("", |sign| &text[..sign.len()]);
    let value = &text[sign.len()..];
    if let Some(quoted) = value.strip_prefix('"') {
        // A quote that is still open holds all that follows: somebody is typing.
        let end = quoted.find('"').unwrap_or(quoted.len());
        let written = FieldValue {
            sign,
            text: quoted[..end].trim(),
            quoted: quoted.len() > end,
        };
        return (written, (sign.len() + 1 + end + 1).min(text.len()));
    }
    let len = unbalanced(value, in_brackets);
    let written = FieldValue {
        sign,
        text: &value[..len],
        quoted: false,
    };
    (written, sign.len() + len)
}

/// How many bytes of `text` come before a space or, within brackets, before one that closes what was opened before.
pub(super) fn unbalanced(text: &str, in_brackets: bool) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            ')' if in_brackets => return at,
            c if c.is_whitespace() => return at,
            _ => {}
        }
    }
    text.len()
}

/// The condition that a value means; `None` where there is no value yet.
pub(super) fn condition(
    field: QueryField,
    value: FieldValue,
) -> Result<Option<Condition>, QueryFaultKind> {
    if value.text.is_empty() {
        return Ok(None);
    }
    Ok(Some(match field {
        QueryField::Text(TextField::Key) => key(value)?,
        QueryField::Text(field) => Condition::Text(field, text_test(value)),
        QueryField::Number(field) => Condition::Number(field, number_test(field, value)?),
        QueryField::Date(field) => Condition::Date(field, date_test(field, value)?),
        QueryField::Is | QueryField::Has => Condition::Flag(flag(field, value)?),
    }))
}

fn text_test(FieldValue { sign, text, quoted }: FieldValue) -> TextTest {
    if sign == "=" {
        return TextTest::Is(text.to_owned());
    }
    match (quoted, fold(text).as_str()) {
        (false, "none") => return TextTest::Absent,
        (false, "any") => return TextTest::Present,
        _ => {}
    }
    let (begins, ends) = (text.strip_prefix('*'), text.strip_suffix('*'));
    let held = text.trim_matches('*');
    match (held.is_empty(), begins, ends) {
        // Stars alone are a name, of stars.
        (true, ..) | (_, None, None) => match quoted || text.contains(char::is_whitespace) {
            true => TextTest::Phrase(text.to_owned()),
            false => TextTest::Words(text.to_owned()),
        },
        (_, Some(_), Some(_)) => TextTest::Contains(held.to_owned()),
        (_, Some(_), None) => TextTest::Ends(held.to_owned()),
        (_, None, Some(_)) => TextTest::Begins(held.to_owned()),
    }
}

fn key(value: FieldValue) -> Result<Condition, QueryFaultKind> {
    let test = match text_test(value) {
        test @ (TextTest::Absent | TextTest::Present) => test,
        _ => match Key::parse(value.text) {
            Some(key) => TextTest::Is(key.to_string()),
            None => {
                return Err(QueryFaultKind::NotAKey {
                    text: value.text.to_owned(),
                });
            }
        },
    };
    Ok(Condition::Text(TextField::Key, test))
}

fn flag(field: QueryField, value: FieldValue) -> Result<Flag, QueryFaultKind> {
    let found = Flag::of(field).find(|flag| flag.name().eq_ignore_ascii_case(value.text));
    found.ok_or_else(|| QueryFaultKind::UnknownFlag {
        field: field.name().to_owned(),
        text: value.text.to_owned(),
        known: Flag::of(field).map(|flag| flag.name().to_owned()).collect(),
    })
}

fn number_test(field: NumberField, value: FieldValue) -> Result<NumberTest, QueryFaultKind> {
    match fold(value.text).as_str() {
        "none" => return Ok(NumberTest::Absent),
        "any" => return Ok(NumberTest::Present),
        _ => {}
    }
    let not = || QueryFaultKind::NotANumber {
        field: QueryField::Number(field).name().to_owned(),
        text: value.text.to_owned(),
    };
    let read = |text: &str| number(field, text).ok_or_else(not);
    let (from, to) = match (value.sign, range(value.text)) {
        ("", Some((from, to))) => {
            let end = |text: &str| match text {
                "" => Ok(Bound::None),
                text => read(text).map(Bound::Closed),
            };
            (end(from)?, end(to)?)
        }
        ("<", _) => (Bound::None, Bound::Open(read(value.text)?)),
        ("<=", _) => (Bound::None, Bound::Closed(read(value.text)?)),
        (">", _) => (Bound::Open(read(value.text)?), Bound::None),
        (">=", _) => (Bound::Closed(read(value.text)?), Bound::None),
        _ => match decade(field, value.text) {
            Some((from, to)) => (Bound::Closed(from), Bound::Closed(to)),
            None => equal(field, read(value.text)?),
        },
    };
    if let (Bound::Closed(from), Bound::Closed(to)) = (from, to)
        && from > to
    {
        return Err(QueryFaultKind::EmptyRange {
            text: value.text.to_owned(),
        });
    }
    Ok(NumberTest::Between(from, to))
}

/// Both ends of `a..b`; one may be missing.
fn range(text: &str) -> Option<(&str, &str)> {
    let (from, to) = text.split_once("..")?;
    (!from.is_empty() || !to.is_empty()).then_some((from, to))
}

/// What is measured is never just so: as much is meant as rounds to the number.
fn equal(field: NumberField, number: f64) -> (Bound<f64>, Bound<f64>) {
    match field {
        NumberField::Bpm | NumberField::Loudness => {
            (Bound::Closed(number - 0.5), Bound::Open(number + 0.5))
        }
        NumberField::Length => (Bound::Closed(number), Bound::Open(number + 1.0)),
        _ => (Bound::Closed(number), Bound::Closed(number)),
    }
}

/// The years of `1990s` or `90s`; two digits are of the last century, but for the first two decades of this one.
fn decade(field: NumberField, text: &str) -> Option<(f64, f64)> {
    if !matches!(field, NumberField::Year | NumberField::OriginalYear) {
        return None;
    }
    let digits = text.strip_suffix(['s', 'S'])?;
    let decade: u32 = digits.parse().ok().filter(|n| n % 10 == 0)?;
    let from = match (digits.len(), decade) {
        (4, decade) => decade,
        (2, 0 | 10) => 2000 + decade,
        (2, decade) => 1900 + decade,
        _ => return None,
    };
    Some((f64::from(from), f64::from(from) + 9.0))
}

fn number(field: NumberField, text: &str) -> Option<f64> {
    if field == NumberField::Length {
        return seconds(text);
    }
    let lower = text.to_ascii_lowercase();
    let units: &[(&str, f64)] = match field {
        NumberField::Bitrate => &[("kbit/s", 1.0), ("kbps", 1.0), ("k", 1.0)],
        NumberField::SampleRate => &[("khz", 1000.0), ("hz", 1.0), ("k", 1000.0)],
        NumberField::Loudness => &[("lufs", 1.0), ("db", 1.0)],
        NumberField::Bpm => &[("bpm", 1.0)],
        _ => &[],
    };
    let unit = units
        .iter()
        .find_map(|(unit, factor)| Some((lower.strip_suffix(unit)?, *factor)));
    let (digits, factor) = unit.unwrap_or((&lower, 1.0));
    plain(digits).map(|number| number * factor)
}

/// A number in digits; nothing like `inf` or `1e9`.
fn plain(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let written = !digits.is_empty()
        && digits.len() <= 12
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.');
    written.then(|| text.parse().ok()).flatten()
}

/// Seconds, of `3:30`, `1:02:03`, `210`, `210s`, `3m`, `3m30s` or `1h`.
fn seconds(text: &str) -> Option<f64> {
    if text.contains(':') {
        let parts: Vec<&str> = text.split(':').collect();
        if parts.len() > 3 {
            return None;
        }
        return parts.iter().try_fold(0.0, |sum, part| {
            let number = plain(part).filter(|number| *number >= 0.0)?;
            Some(sum * 60.0 + number)
        });
    }
    let lower = text.to_ascii_lowercase();
    if let Some(number) = plain(&lower) {
        return Some(number);
    }
    let mut sum = 0.0;
    let mut rest = lower.as_str();
    for (unit, factor) in [("h", 3600.0), ("m", 60.0), ("s", 1.0)] {
        if let Some((digits, behind)) = rest.split_once(unit) {
            sum += plain(digits)? * factor;
            rest = behind.strip_prefix("in").unwrap_or(behind);
        }
    }
    rest.is_empty().then_some(sum)
}

fn date_test(field: DateField, value: FieldValue) -> Result<DateTest, QueryFaultKind> {
    let not = || QueryFaultKind::NotADate {
        field: QueryField::Date(field).name().to_owned(),
        text: value.text.to_owned(),
    };
    let empty = || QueryFaultKind::EmptyRange {
        text: value.text.to_owned(),
    };
    match fold(value.text).as_str() {
        "none" | "never" => return Ok(DateTest::Absent),
        "any" | "ever" => return Ok(DateTest::Present),
        "today" => return Ok(DateTest::Ago(None, Some(days(0)))),
        "yesterday" => return Ok(DateTest::Ago(Some(days(1)), Some(days(1)))),
        _ => {}
    }
    if let Some((from, to)) = range(value.text) {
        let end = |text: &str| match text {
            "" => Ok(None),
            text => Day::parse(text).map(Some).ok_or_else(not),
        };
        if let (Ok(from), Ok(to)) = (end(from), end(to)) {
            if let (Some(from), Some(to)) = (from, to)
                && to.after().is_some_and(|after| after <= from.first())
            {
                return Err(empty());
            }
            return Ok(DateTest::Between(from, to));
        }
        let end = |text: &str| match text {
            "" => Ok(None),
            text => age(text).map(Some).ok_or_else(not),
        };
        return Ok(DateTest::Ago(end(from)?, end(to)?));
    }
    if let Some(age) = age(value.text) {
        // Younger than a month lies within it.
        return Ok(match value.sign {
            ">" | ">=" => DateTest::Ago(Some(age), None),
            _ => DateTest::Ago(None, Some(age)),
        });
    }
    let day = Day::parse(value.text).ok_or_else(not)?;
    Ok(match value.sign {
        "<" => DateTest::Between(None, Some(day.before().ok_or_else(not)?)),
        "<=" => DateTest::Between(None, Some(day)),
        ">" => DateTest::Between(Some(day.next().ok_or_else(not)?), None),
        ">=" => DateTest::Between(Some(day), None),
        _ => DateTest::Between(Some(day), Some(day)),
    })
}

fn days(count: u32) -> Age {
    Age {
        count,
        unit: AgeUnit::Days,
    }
}

/// `30d`, `2w`, `6mo`, `1y`, `12h`.
fn age(text: &str) -> Option<Age> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let count: u32 = text[..digits].parse().ok().filter(|count| *count <= 9999)?;
    let unit = match text[digits..].to_ascii_lowercase().as_str() {
        "h" | "hour" | "hours" => AgeUnit::Hours,
        "d" | "day" | "days" => AgeUnit::Days,
        "w" | "week" | "weeks" => AgeUnit::Weeks,
        "m" | "mo" | "month" | "months" => AgeUnit::Months,
        "y" | "year" | "years" => AgeUnit::Years,
        _ => return None,
    };
    Some(Age { count, unit })
}
