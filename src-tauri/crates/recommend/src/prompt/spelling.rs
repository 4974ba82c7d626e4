//! Known words that are spelt like an unknown one.

use segue_core::similar_key;

/// Words that are offered at most.
const OFFERED: usize = 3;

/// Of `known`, those that a slip of the pen or two makes of `word`, the nearest first; of equally near ones the first.
pub(super) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Vec<String> {
    let key = similar_key(word);
    let letters = key.chars().count();
    let most = match letters {
        0..=2 => return Vec::new(),
        3..=4 => 1,
        5..=8 => 2,
        _ => 3,
    };
    let mut found: Vec<(usize, &str)> = Vec::new();
    for name in known {
        let other = similar_key(name);
        if other.chars().count().abs_diff(letters) > most {
            continue;
        }
        // Letters to change, add, leave out or swap with the next.
        let slips = strsim::osa_distance(&key, &other);
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
            assert_eq!(strsim::osa_distance(a, b), expected, "{a} {b}");
            assert_eq!(strsim::osa_distance(b, a), expected, "{b} {a}");
        };
        check("", "", 0);
        check("", "abc", 3);
        check("kitten", "sitting", 3);
        check("abcd", "acbd", 1);
        check("ca", "abc", 3);
    }
}
