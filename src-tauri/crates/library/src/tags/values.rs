//! Values that stand in texts: genres by name and number, numbers, years and dates.

/// The genres that a text names; ID3 has numbers for them: `17`, `(17)`, `(17)(6)Refinement`, `(RX)` and `(CR)` for remix
/// and cover, and `((` where a name begins with a bracket (id3v2.3.0 4.2.1). A number without a genre, such as 255, is none.
pub(super) fn genres_of(text: String) -> Vec<String> {
    let named = |word: &str| match word {
        "RX" => Some("Remix".to_owned()),
        "CR" => Some("Cover".to_owned()),
        number => {
            let number = number.parse::<u8>().ok()?;
            let name = lofty::id3::v1::GENRES.get(usize::from(number));
            Some(name.map_or_else(String::new, |name| (*name).to_owned()))
        }
    };
    let mut names = Vec::new();
    let mut rest = text.as_str();
    while let Some((word, behind)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        let Some(name) = named(word) else { break };
        names.push(name);
        rest = behind;
    }
    let rest = rest.trim();
    names.push(match named(rest) {
        Some(name) => name,
        None if rest.starts_with("((") => rest[1..].to_owned(),
        None => rest.to_owned(),
    });
    names.retain(|name| !name.is_empty());
    names
}

/// The number a text begins with, such as 3 in "3/12"; 0 means unknown.
pub(super) fn leading_number(text: &str, max: u32) -> Option<u32> {
    let digits = text
        .trim_start()
        .split(|c: char| !c.is_ascii_digit())
        .next()?;
    digits.parse().ok().filter(|n| (1..=max).contains(n))
}

/// The first four digits in a row: "1999-05-03", "03.05.1999", "©1999".
pub(super) fn year(text: &str) -> Option<i32> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() == 4 || run.len() == 8)
        .find_map(|run| {
            run[..4]
                .parse()
                .ok()
                .filter(|year| (1000..=2999).contains(year))
        })
}

/// A date as it is written in ISO 8601, as much of it as is said: "1969-09-26", "1969-09"; else the year alone.
pub(super) fn date(text: &str) -> Option<String> {
    let year = year(text)?;
    let digits = |text: &str, max: u32| {
        let number: u32 = text.parse().ok()?;
        (text.len() == 2 && (1..=max).contains(&number)).then_some(number)
    };
    let day = text.trim().get(..10).unwrap_or(text.trim());
    let mut parts = day.split('-');
    let date = match (parts.next(), parts.next(), parts.next()) {
        (Some(first), Some(month), rest) if first.parse() == Ok(year) => {
            digits(month, 12).map(|month| match rest.and_then(|day| digits(day, 31)) {
                Some(day) => format!("{year}-{month:02}-{day:02}"),
                None => format!("{year}-{month:02}"),
            })
        }
        _ => None,
    };
    Some(date.unwrap_or_else(|| format!("{year:04}")))
}

/// A number with an optional unit behind it: "-7.25 dB", "0,98".
pub(super) fn decimal(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    let end = text
        .find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-'))
        .unwrap_or(text.len());
    text[..end].parse().ok().filter(|n: &f64| n.is_finite())
}
