//! Rules as they are read.

use segue_core::query::{
    Age, AgeUnit, Bound, Condition, DateTest, Day, NumberTest, Query, TextField, TextTest,
};
use serde_json::{Map, Value};

use super::names::{DATES, FLAGS, NUMBERS, SORTS, TEXT};
use super::playlist::SmartPlaylist;
use crate::playlist::clean;

/// Rules within rules.
const DEPTH_MAX: usize = 16;

pub(super) fn parse(bytes: &[u8]) -> Result<SmartPlaylist, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let value: Value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let Value::Object(file) = value else {
        return Err("it is no JSON object".into());
    };
    let query = match (rules(&file, "all"), rules(&file, "any")) {
        (Some(all), None) => Query::All(each(all, 0)?),
        (None, Some(any)) => Query::Any(each(any, 0)?),
        (Some(_), Some(_)) => return Err("it has rules both in “all” and in “any”".into()),
        (None, None) => return Err("it has no rules: neither “all” nor “any”".into()),
    };
    let text = |key: &str| get(&file, key).and_then(Value::as_str);
    let (sort, descending) = match text("sort") {
        Some(sort) => order(sort, text("order"))?,
        None => (None, false),
    };
    let limit = match get(&file, "limit") {
        None | Some(Value::Null) => None,
        Some(limit) => Some(
            limit
                .as_u64()
                .and_then(|limit| u32::try_from(limit).ok())
                .ok_or("its limit is no number of songs")?,
        )
        .filter(|limit| *limit > 0),
    };
    if get(&file, "limitPercent").is_some_and(|limit| limit.as_u64().is_some_and(|n| n > 0)) {
        return Err("a limit in percent (“limitPercent”) has no like here".into());
    }
    Ok(SmartPlaylist {
        name: text("name").and_then(clean),
        query,
        sort,
        descending,
        limit,
    })
}

/// A value by its key, in any case.
fn get<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    let mut entries = object.iter();
    let found = entries.find(|(own, _)| own.eq_ignore_ascii_case(key));
    found.map(|(_, value)| value)
}

fn rules<'a>(object: &'a Map<String, Value>, key: &str) -> Option<&'a Vec<Value>> {
    get(object, key).and_then(Value::as_array)
}

/// The first of its orders, of which Navidrome takes several: `-year,title` is descending by year.
fn order(
    sort: &str,
    order: Option<&str>,
) -> Result<(Option<segue_core::query::Sort>, bool), String> {
    let first = sort.split(',').next().unwrap_or_default().trim();
    let turned = first.starts_with('-');
    let name = first.trim_start_matches(['-', '+']);
    let known = SORTS.iter().find(|(_, own)| own.eq_ignore_ascii_case(name));
    let (sort, _) =
        known.ok_or_else(|| format!("it is sorted by “{name}”, which has no like here"))?;
    let descending = order.is_some_and(|order| order.eq_ignore_ascii_case("desc"));
    Ok((Some(*sort), turned != descending))
}

fn each(rules: &[Value], depth: usize) -> Result<Vec<Query>, String> {
    if depth > DEPTH_MAX {
        return Err("its rules are nested too deeply".into());
    }
    let mut queries = Vec::new();
    for rule in rules {
        let Value::Object(rule) = rule else {
            return Err(format!("{rule} is no rule"));
        };
        for (operator, operand) in rule {
            queries.push(one(
                &operator.to_ascii_lowercase(),
                operator,
                operand,
                depth,
            )?);
        }
    }
    Ok(queries)
}

fn one(operator: &str, written: &str, operand: &Value, depth: usize) -> Result<Query, String> {
    if let ("all" | "any", Value::Array(rules)) = (operator, operand) {
        let mut rules = each(rules, depth + 1)?;
        // A group of one is that one.
        return Ok(match operator {
            _ if rules.len() == 1 => rules.remove(0),
            "all" => Query::All(rules),
            _ => Query::Any(rules),
        });
    }
    let of = operand.as_object().filter(|of| of.len() == 1);
    let Some((field, value)) = of.and_then(|of| of.iter().next()) else {
        return Err(format!("“{written}” names no single field"));
    };
    let not = |query: Query| Query::Not(Box::new(query));
    Ok(match operator {
        "isnot" => not(condition("is", field, value)?),
        "notcontains" => not(condition("contains", field, value)?),
        "notinthelast" => not(condition("inthelast", field, value)?),
        "inplaylist" | "notinplaylist" => {
            return Err(format!("“{written}” names a playlist of Navidrome's own"));
        }
        _ => condition(operator, field, value)?,
    })
}

fn condition(operator: &str, field: &str, value: &Value) -> Result<Query, String> {
    let name = field.to_ascii_lowercase();
    let no_like = || format!("“{operator}” of “{field}” with {value} has no like here");
    let missing = value.as_bool().unwrap_or(true);
    if let Some((flag, _)) = FLAGS.iter().find(|(_, own)| *own == name) {
        let wanted = match (operator, value) {
            ("is", Value::Bool(wanted)) => *wanted,
            ("is", Value::String(text)) => text == "true",
            _ => return Err(no_like()),
        };
        let is = Query::Is(Condition::Flag(*flag));
        return Ok(if wanted { is } else { Query::Not(Box::new(is)) });
    }
    if let Some((field, ..)) = NUMBERS.iter().find(|(_, own, _)| *own == name) {
        let test = match operator {
            "ismissing" if missing => NumberTest::Absent,
            "ismissing" => NumberTest::Present,
            _ => number_test(operator, value).ok_or_else(no_like)?,
        };
        // A song without stars has none there.
        if name == "rating" && test == NumberTest::Between(Bound::Closed(0.0), Bound::Closed(0.0)) {
            return Ok(Query::Is(Condition::Number(*field, NumberTest::Absent)));
        }
        return Ok(Query::Is(Condition::Number(*field, test)));
    }
    if let Some((field, _)) = DATES.iter().find(|(_, own)| *own == name) {
        let test = match operator {
            "ismissing" if missing => DateTest::Absent,
            "ismissing" => DateTest::Present,
            _ => date_test(operator, value).ok_or_else(no_like)?,
        };
        return Ok(Query::Is(Condition::Date(*field, test)));
    }
    let text = match value {
        Value::String(text) => text.replace('"', ""),
        Value::Number(number) => number.to_string(),
        Value::Bool(_) if operator == "ismissing" => String::new(),
        _ => return Err(no_like()),
    };
    if name == "filetype" && operator == "is" {
        let ends = TextTest::Ends(format!(".{text}"));
        return Ok(Query::Is(Condition::Text(TextField::Path, ends)));
    }
    let known = TEXT.iter().find(|(_, own)| *own == name);
    let (field, _) = known.ok_or_else(|| format!("there is no field “{field}” here"))?;
    let test = match operator {
        "is" => TextTest::Is(text),
        "contains" => TextTest::Contains(text),
        "startswith" => TextTest::Begins(text),
        "endswith" => TextTest::Ends(text),
        "ismissing" if missing => TextTest::Absent,
        "ismissing" => TextTest::Present,
        _ => return Err(no_like()),
    };
    let empty = |text: &str| text.trim().is_empty();
    if let TextTest::Is(text)
    | TextTest::Contains(text)
    | TextTest::Begins(text)
    | TextTest::Ends(text) = &test
        && empty(text)
    {
        return Err(no_like());
    }
    Ok(Query::Is(Condition::Text(*field, test)))
}

fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_f64(),
    };
    number.filter(|number: &f64| number.abs() < 1e9)
}

fn number_test(operator: &str, value: &Value) -> Option<NumberTest> {
    let (from, to) = match operator {
        "is" => (Bound::Closed(number(value)?), Bound::Closed(number(value)?)),
        "gt" => (Bound::Open(number(value)?), Bound::None),
        "lt" => (Bound::None, Bound::Open(number(value)?)),
        "intherange" => match value.as_array()?.as_slice() {
            [from, to] => (Bound::Closed(number(from)?), Bound::Closed(number(to)?)),
            _ => return None,
        },
        _ => return None,
    };
    Some(NumberTest::Between(from, to))
}

fn date_test(operator: &str, value: &Value) -> Option<DateTest> {
    let day = |value: &Value| Day::parse(value.as_str()?);
    Some(match operator {
        "is" => DateTest::Between(Some(day(value)?), Some(day(value)?)),
        "before" | "lt" => DateTest::Between(None, Some(day(value)?.before()?)),
        "after" | "gt" => DateTest::Between(Some(day(value)?.next()?), None),
        "intherange" => match value.as_array()?.as_slice() {
            [from, to] => DateTest::Between(Some(day(from)?), Some(day(to)?)),
            _ => return None,
        },
        "inthelast" => {
            let count = number(value).filter(|days| (0.0..10_000.0).contains(days))?;
            let unit = AgeUnit::Days;
            DateTest::Ago(
                None,
                Some(Age {
                    count: count as u32,
                    unit,
                }),
            )
        }
        _ => return None,
    })
}
