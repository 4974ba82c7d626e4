//! Known words that are spelt like an unknown one.

use segue_core::similar_key;

/// Words that are offered at most.
const OFFERED: usize = 3;

/// Of `known`, those that a slip of the pen or two makes of `word`, the nearest first; of equally near ones the first.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let key: Vec<char> = similar_key(word).chars().collect();
    let most = match key.len() {
        0..=2 => return Vec::new(),
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let mut found: Vec<(usize, &str)> = Vec::new();
    for name in known {
        let other: Vec<char> = similar_key(name).chars().collect();
        if other.len().abs_diff(key.len()) > most {
            continue;
        }
        let slips = distance(&key, &other);
        if slips <= most && found.iter().all(|(_, known)| *known != name) {
            found.push((slips, name));
        }
    }
    found.sort_by_key(|(slips, _)| *slips);
    // Two slips are worth offering only where nothing is nearer.
    let least = found.first().map_or(0, |(slips, _)| *slips);
    found.retain(|(slips, _)| *slips == least);
    found.truncate(OFFERED);
    found.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// Letters to change, add, leave out or swap with the next (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let (mut before, mut last): (Vec<usize>, Vec<usize>) = (Vec::new(), (0..=b.len()).collect());
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let differs = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + differs);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        (before, last) = (last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misspelt_is_offered_as_it_is_spelt() {
        let known = ["calm", "candlelight", "piano", "party", "pirate", "Jazz"];
        let check = |word: &str, expected: &[&str]| {
            assert_eq!(nearest(word, known.into_iter()), expected, "{word}");
        };
        check("clam", &["calm"]);
        check("paino", &["piano"]);
        check("candelight", &["candlelight"]);
        check("jazzz", &["Jazz"]);
        check("prty", &["party"]);
        check("zydeco", &[]);
        check("of", &[]);
        check("", &[]);
    }

    #[test]
    fn distances_are_those_of_the_book() {
        let check = |a: &str, b: &str, expected| {
            let chars = |text: &str| text.chars().collect::<Vec<char>>();
            assert_eq!(distance(&chars(a), &chars(b)), expected, "{a} {b}");
            assert_eq!(distance(&chars(b), &chars(a)), expected, "{b} {a}");
        };
        check("", "", 0);
        check("", "abc", 3);
        check("kitten", "sitting", 3);
        check("abcd", "acbd", 1);
        check("ca", "abc", 3);
    }
}
