//! Rules as they are written. Navidrome has no rule that turns a group round, so that *not* goes down to the single rules.

use segue_core::query::{
    Age, AgeUnit, Bound, Condition, DateField, DateTest, NumberField, NumberTest, Query,
    QueryField, TextField, TextTest,
};
use serde_json::{Value, json};

use super::names::{DATES, FLAGS, NUMBERS, SORTS, TEXT};
use super::playlist::SmartPlaylist;

/// Where words without a field are looked for.
const ANYWHERE: [TextField; 4] = [
    TextField::Title,
    TextField::Artist,
    TextField::Album,
    TextField::Genre,
];

pub(super) fn text(playlist: &SmartPlaylist) -> Result<String, String> {
    let mut file = serde_json::Map::new();
    if let Some(name) = &playlist.name {
        file.insert("name".into(), json!(name));
    }
    let (group, rules) = match &playlist.query {
        Query::Any(parts) => ("any", each(parts, true)?),
        Query::All(parts) => ("all", each(parts, true)?),
        query => ("all", vec![rule(query, true)?]),
    };
    let rules = match rules.is_empty() {
        // Everything, which a list of rules cannot say.
        true => vec![json!({"gt": {"playcount": -1}})],
        false => rules,
    };
    file.insert(group.into(), Value::Array(rules));
    if let Some(sort) = playlist.sort {
        let known = SORTS.iter().find(|(own, _)| *own == sort);
        let (_, name) = known.ok_or("its order has no like in Navidrome")?;
        let order = if playlist.descending { "desc" } else { "asc" };
        file.insert("sort".into(), json!(name));
        file.insert("order".into(), json!(order));
    }
    if let Some(limit) = playlist.limit {
        file.insert("limit".into(), json!(limit));
    }
    let text = serde_json::to_string_pretty(&file).map_err(|error| error.to_string())?;
    Ok(text + "\n")
}

fn each(parts: &[Query], wanted: bool) -> Result<Vec<Value>, String> {
    parts.iter().map(|part| rule(part, wanted)).collect()
}

/// A rule that is so, or, where it is not `wanted`, one that is so where it is not.
fn rule(query: &Query, wanted: bool) -> Result<Value, String> {
    Ok(match query {
        Query::All(parts) if wanted => json!({"all": each(parts, true)?}),
        Query::Any(parts) if wanted => json!({"any": each(parts, true)?}),
        Query::All(parts) => json!({"any": each(parts, false)?}),
        Query::Any(parts) => json!({"all": each(parts, false)?}),
        Query::Not(inner) => rule(inner, !wanted)?,
        Query::Is(condition) => self::condition(condition, wanted)?,
    })
}

/// Rules of which all, or any, are so; turned round with `wanted`.
fn group(rules: Vec<Value>, all: bool, wanted: bool) -> Value {
    match all == wanted {
        true => json!({ "all": rules }),
        false => json!({ "any": rules }),
    }
}

fn condition(condition: &Condition, wanted: bool) -> Result<Value, String> {
    match condition {
        Condition::Words(words) => {
            let words = words.split_whitespace();
            let rules = words.map(|word| anywhere(word, wanted)).collect();
            Ok(group(rules, true, wanted))
        }
        Condition::Phrase(phrase) => Ok(anywhere(phrase, wanted)),
        Condition::Text(field, test) => text_rule(*field, test, wanted),
        Condition::Number(field, test) => number_rule(*field, *test, wanted),
        Condition::Date(field, test) => date_rule(*field, *test, wanted),
        Condition::Flag(flag) => {
            let known = FLAGS.iter().find(|(own, _)| own == flag);
            let (_, name) = known
                .ok_or_else(|| no_like(&format!("{}:{}", flag.field().name(), flag.name())))?;
            Ok(json!({"is": {*name: wanted}}))
        }
    }
}

fn no_like(what: &str) -> String {
    format!("“{what}” cannot be asked for in Navidrome")
}

fn contains(name: &str, text: &str, wanted: bool) -> Value {
    match wanted {
        true => json!({"contains": {name: text}}),
        false => json!({"notContains": {name: text}}),
    }
}

fn anywhere(text: &str, wanted: bool) -> Value {
    let names = ANYWHERE.map(|field| QueryField::Text(field).name());
    let rules = names.map(|name| contains(name, text, wanted));
    group(rules.into(), false, wanted)
}

fn text_rule(field: TextField, test: &TextTest, wanted: bool) -> Result<Value, String> {
    let name = TEXT.iter().find(|(own, _)| *own == field);
    let (_, name) = name.ok_or_else(|| no_like(QueryField::Text(field).name()))?;
    let rule = |positive: &str, text: &str| match wanted {
        true => Ok(json!({positive: {*name: text}})),
        false => Err(no_like(&format!(
            "-{}:{text}",
            QueryField::Text(field).name()
        ))),
    };
    match test {
        TextTest::Words(words) => {
            let words = words.split_whitespace();
            let rules = words.map(|word| contains(name, word, wanted)).collect();
            Ok(group(rules, true, wanted))
        }
        TextTest::Phrase(text) | TextTest::Contains(text) => Ok(contains(name, text, wanted)),
        TextTest::Is(text) if !wanted => Ok(json!({"isNot": {*name: text}})),
        TextTest::Is(text) => rule("is", text),
        TextTest::Begins(text) => rule("startsWith", text),
        TextTest::Ends(text) => rule("endsWith", text),
        TextTest::Absent => Ok(json!({"isMissing": {*name: wanted}})),
        TextTest::Present => Ok(json!({"isMissing": {*name: !wanted}})),
    }
}

fn number_rule(field: NumberField, test: NumberTest, wanted: bool) -> Result<Value, String> {
    let known = NUMBERS.iter().find(|(own, ..)| *own == field);
    let (_, name, whole) = known.ok_or_else(|| no_like(QueryField::Number(field).name()))?;
    // Of whole numbers "more than 3" is "at least 4"; of others a little more.
    let step = if *whole { 1.0 } else { 0.001 };
    let number = |number: f64| match number.fract() == 0.0 {
        true => json!(number as i64),
        false => json!(number),
    };
    let gt = |bound: f64| json!({"gt": {*name: number(bound)}});
    let lt = |bound: f64| json!({"lt": {*name: number(bound)}});
    let (from, to) = match test {
        // A song without stars has none there.
        NumberTest::Absent if field == NumberField::Rating => {
            let operator = if wanted { "is" } else { "isNot" };
            return Ok(json!({operator: {*name: 0}}));
        }
        NumberTest::Absent => return Ok(json!({"isMissing": {*name: wanted}})),
        NumberTest::Present => return Ok(json!({"isMissing": {*name: !wanted}})),
        NumberTest::Between(from, to) => (from, to),
    };
    if let (Bound::Closed(from), Bound::Closed(to)) = (from, to) {
        if from == to {
            let operator = if wanted { "is" } else { "isNot" };
            return Ok(json!({operator: {*name: number(from)}}));
        }
        if wanted {
            return Ok(json!({"inTheRange": {*name: [number(from), number(to)]}}));
        }
    }
    let below = match (from, wanted) {
        (Bound::None, _) => None,
        (Bound::Closed(from), true) => Some(gt(from - step)),
        (Bound::Open(from), true) => Some(gt(from)),
        (Bound::Closed(from), false) => Some(lt(from)),
        (Bound::Open(from), false) => Some(lt(from + step)),
    };
    let above = match (to, wanted) {
        (Bound::None, _) => None,
        (Bound::Closed(to), true) => Some(lt(to + step)),
        (Bound::Open(to), true) => Some(lt(to)),
        (Bound::Closed(to), false) => Some(gt(to)),
        (Bound::Open(to), false) => Some(gt(to - step)),
    };
    let mut rules: Vec<Value> = below.into_iter().chain(above).collect();
    Ok(match rules.len() {
        0 => json!({"isMissing": {*name: !wanted}}),
        1 => rules.remove(0),
        _ => group(rules, true, wanted),
    })
}

fn date_rule(field: DateField, test: DateTest, wanted: bool) -> Result<Value, String> {
    let known = DATES.iter().find(|(own, _)| *own == field);
    let (_, name) = known.ok_or_else(|| no_like(QueryField::Date(field).name()))?;
    let last = |age: Age, within: bool| {
        let days = match age.unit {
            AgeUnit::Hours => {
                return Err(no_like(&format!(
                    "{}:<{age}",
                    QueryField::Date(field).name()
                )));
            }
            AgeUnit::Days => age.count,
            AgeUnit::Weeks => age.count * 7,
            AgeUnit::Months => age.count * 30,
            AgeUnit::Years => age.count * 365,
        };
        let operator = if within { "inTheLast" } else { "notInTheLast" };
        Ok(json!({operator: {*name: days}}))
    };
    let mut rules = Vec::new();
    match test {
        DateTest::Absent => return Ok(json!({"isMissing": {*name: wanted}})),
        DateTest::Present => return Ok(json!({"isMissing": {*name: !wanted}})),
        DateTest::Ago(from, to) => {
            if let Some(from) = from {
                rules.push(last(from, !wanted)?);
                // Never is not long ago.
                rules.push(json!({"isMissing": {*name: !wanted}}));
            }
            if let Some(to) = to {
                rules.push(last(to, wanted)?);
            }
        }
        DateTest::Between(from, to) => {
            let end = || no_like(&format!("{}:{test}", QueryField::Date(field).name()));
            if let Some(from) = from {
                let first = from.whole().ok_or_else(end)?;
                rules.push(match wanted {
                    true => json!({"after": {*name: first.before().ok_or_else(end)?.to_string()}}),
                    false => json!({"before": {*name: first.to_string()}}),
                });
            }
            if let Some(to) = to {
                let after = to.next().ok_or_else(end)?;
                rules.push(match wanted {
                    true => json!({"before": {*name: after.to_string()}}),
                    false => json!({"after": {*name: after.before().ok_or_else(end)?.to_string()}}),
                });
            }
        }
    }
    Ok(match rules.len() {
        0 => json!({"isMissing": {*name: !wanted}}),
        1 => rules.remove(0),
        _ => group(rules, true, wanted),
    })
}
