//! Years in a prompt: `1994`, `90s`, `early nineties`, `before 1990`, `since the 80s`, `from 1970 to 1975`, `1990 or later`.
//!
//! A word that bounds the years and the year that it bounds are read together or not at all: half of "before 1990" would
//! be nearly its opposite.

use segue_core::{Period, YearRange};

/// Decades that are written out.
const DECADES: &[(&str, i32)] = &[
    ("twenties", 1920),
    ("thirties", 1930),
    ("forties", 1940),
    ("fifties", 1950),
    ("sixties", 1960),
    ("seventies", 1970),
    ("eighties", 1980),
    ("nineties", 1990),
    ("zwanziger", 1920),
    ("dreißiger", 1930),
    ("vierziger", 1940),
    ("fünfziger", 1950),
    ("sechziger", 1960),
    ("siebziger", 1970),
    ("achtziger", 1980),
    ("neunziger", 1990),
];

/// Words between a bound and its year that say nothing.
const BESIDE: &[&str] = &[
    "the", "year", "years", "about", "around", "circa", "den", "der", "dem", "jahr", "jahre",
    "jahren", "ca",
];

/// What joins two years to a range.
const TO: &[&str] = &["to", "until", "till", "through", "bis"];

/// Years to each side that "around" takes in.
const AROUND: i32 = 2;

#[derive(Clone, Copy)]
enum YearBound {
    Before,
    Until,
    After,
    Since,
    Around,
}

/// What stands before a year and bounds it: how many words, and how.
fn bound_before(words: &[&str]) -> Option<(usize, YearBound)> {
    Some(match words {
        ["earlier" | "older", "than", ..] | ["älter", "als", ..] | ["prior", "to", ..] => {
            (2, YearBound::Before)
        }
        ["before" | "pre" | "vor", ..] => (1, YearBound::Before),
        ["up", "to", ..] => (2, YearBound::Until),
        ["through" | "until" | "till" | "bis", ..] => (1, YearBound::Until),
        ["later" | "newer" | "younger", "than", ..] | ["neuer" | "jünger", "als", ..] => {
            (2, YearBound::After)
        }
        ["after" | "past" | "post" | "nach", ..] => (1, YearBound::After),
        ["as", "of", ..] | ["starting", "from" | "in", ..] => (2, YearBound::Since),
        ["since" | "seit" | "ab", ..] => (1, YearBound::Since),
        ["about" | "around" | "circa" | "um", ..] => (1, YearBound::Around),
        _ => return None,
    })
}

/// What stands behind a year and bounds it: how many words, and how.
fn bound_behind(words: &[&str]) -> Option<(usize, YearBound)> {
    Some(match words {
        ["onwards" | "onward", ..] => (1, YearBound::Since),
        ["or" | "and", "later" | "newer" | "after", ..] | ["and", "up", ..] => {
            (2, YearBound::Since)
        }
        ["or" | "and", "earlier" | "older" | "before", ..] => (2, YearBound::Until),
        _ => return None,
    })
}

/// Years, both included, and what they were asked for as.
pub(super) type Years = (i32, i32, YearRange);

/// The same of a single period.
type PeriodYears = (i32, i32, Period);

/// Reads years that stand at the beginning of `clause`: how many of its words they take, and the years; without years where
/// the words bound them in a way that means nothing. `None` where there is no year.
pub(super) fn read(clause: &[&str]) -> Option<(usize, Option<Years>)> {
    let (texts, ends) = pieces(clause);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let (taken, years) = range(&texts)?;
    // Pieces of one word are read together or not at all.
    let words = ends[taken - 1] + 1;
    let whole = ends.get(taken).is_none_or(|word| *word >= words);
    whole.then_some((words, years))
}

/// The words in lower case, parted at the dashes around years; and which word each piece is of.
fn pieces(clause: &[&str]) -> (Vec<String>, Vec<usize>) {
    let (mut texts, mut words) = (Vec::new(), Vec::new());
    for (number, word) in clause.iter().enumerate() {
        let word = word.to_lowercase();
        let parts: Vec<&str> = word.split(['-', '–', '—']).collect();
        match parts.as_slice() {
            [from, to] if !from.is_empty() && one(to).is_some() => {
                texts.push((*from).to_owned());
                if one(from).is_some() {
                    texts.push("to".into());
                }
                texts.push((*to).to_owned());
            }
            _ => texts.push(word),
        }
        words.resize(texts.len(), number);
    }
    (texts, words)
}

fn range(texts: &[&str]) -> Option<(usize, Option<Years>)> {
    if matches!(texts.first(), Some(&("between" | "zwischen"))) {
        let (first, from) = year(&texts[1..])?;
        let at = 1 + first;
        let joined = texts
            .get(at)
            .is_some_and(|word| matches!(*word, "and" | "to" | "und"));
        let Some((second, to)) = joined.then(|| year(&texts[at + 1..])).flatten() else {
            return Some((at, None));
        };
        return Some((at + 1 + second, Some(joint(from, to))));
    }
    if let Some((words, bound)) = bound_before(texts) {
        let (taken, years) = year(&texts[words..])?;
        return Some((words + taken, Some(bound.of(years))));
    }
    let from = usize::from(matches!(texts.first(), Some(&("from" | "aus" | "von"))));
    let (taken, years) = year(&texts[from..])?;
    let at = from + taken;
    let rest = &texts[at..];
    if rest.first().is_some_and(|word| TO.contains(word))
        && let Some((second, to)) = year(&rest[1..])
    {
        return Some((at + 1 + second, Some(joint(years, to))));
    }
    if let Some((words, bound)) = bound_behind(rest)
        && year(&rest[words..]).is_none()
    {
        return Some((at + words, Some(bound.of(years))));
    }
    if from == 1 && rest == ["on"] {
        return Some((at + 1, Some(YearBound::Since.of(years))));
    }
    let (from, to, period) = years;
    Some((at, Some((from, to, YearRange::In { period }))))
}

/// A year or a decade, or a third of one.
fn year(texts: &[&str]) -> Option<(usize, PeriodYears)> {
    let mut at = texts
        .iter()
        .take_while(|word| BESIDE.contains(word))
        .count();
    let part = match *texts.get(at)? {
        "early" => Some(Part::Early),
        "mid" => Some(Part::Mid),
        "late" => Some(Part::Late),
        _ => None,
    };
    at += usize::from(part.is_some());
    let (from, to) = one(texts.get(at)?)?;
    let span = match part {
        _ if from == to => (from, to, Period::Year { year: from }),
        Some(Part::Early) => (from, from + 3, Period::Early { decade: from }),
        Some(Part::Mid) => (from + 3, from + 6, Period::Mid { decade: from }),
        Some(Part::Late) => (from + 6, from + 9, Period::Late { decade: from }),
        None => (from, to, Period::Decade { decade: from }),
    };
    Some((at + 1, span))
}

/// A third of a decade.
enum Part {
    Early,
    Mid,
    Late,
}

impl YearBound {
    fn of(self, (from, to, period): PeriodYears) -> Years {
        match self {
            Self::Before => (i32::MIN, from - 1, YearRange::Before { period }),
            Self::Until => (i32::MIN, to, YearRange::Until { period }),
            Self::After => (to + 1, i32::MAX, YearRange::After { period }),
            Self::Since => (from, i32::MAX, YearRange::Since { period }),
            Self::Around => (from - AROUND, to + AROUND, YearRange::Around { period }),
        }
    }
}

/// From the earlier to the later of two.
fn joint(a: PeriodYears, b: PeriodYears) -> Years {
    let (earlier, later) = if a.0 <= b.0 { (a, b) } else { (b, a) };
    let years = YearRange::Between {
        first: earlier.2,
        last: later.2,
    };
    (earlier.0, later.1.max(earlier.1), years)
}

/// `1994`, `1990s`, `90s`, `nineties`.
fn one(word: &str) -> Option<(i32, i32)> {
    // "den Achtzigern", "der 80er"
    let named = word.strip_suffix('n').filter(|word| word.ends_with("er"));
    let named = named.unwrap_or(word);
    if let Some((_, from)) = DECADES.iter().find(|(name, _)| *name == named) {
        return Some((*from, from + 9));
    }
    let (digits, decade) = match named.strip_suffix("er").or(word.strip_suffix('s')) {
        Some(digits) => (digits, true),
        None => (word, false),
    };
    let number: i32 = digits
        .parse()
        .ok()
        .filter(|_| digits.bytes().all(|b| b.is_ascii_digit()))?;
    match (digits.len(), decade) {
        (4, false) if (1900..2100).contains(&number) => Some((number, number)),
        (4, true) if (1900..2100).contains(&number) => {
            let from = number / 10 * 10;
            Some((from, from + 9))
        }
        (2, true) if number % 10 == 0 => {
            let from = if number <= 20 {
                2000 + number
            } else {
                1900 + number
            };
            Some((from, from + 9))
        }
        _ => None,
    }
}
