//! Words that ask for more or less of something than something else has: `calmer`, `less electronic`, `ruhiger`.

/// What is compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Compared {
    Tempo,
    Loudness,
    Year,
    /// What a word of the list, a tag or a genre means.
    Word(String),
}

/// A comparison as it was typed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparative {
    /// How many words it takes.
    pub(super) taken: usize,
    pub(super) what: Compared,
    /// More of it, or less.
    pub(super) up: bool,
}

/// Words with what they compare; without a mark more of it, with a minus less.
const WORDS: &[(&[&str], &str)] = &[
    (&["faster", "quicker", "speedier", "schneller"], "+tempo"),
    (&["slower", "langsamer"], "-tempo"),
    (&["louder", "lauter"], "+loudness"),
    (&["quieter", "leiser"], "-loudness"),
    (&["newer", "younger", "neuer", "jünger"], "+year"),
    (&["older", "earlier", "älter"], "-year"),
    (&["calmer", "ruhiger", "entspannter"], "calm"),
    (
        &["softer", "gentler", "sanfter", "weicher", "zarter"],
        "gentle",
    ),
    (&["mellower"], "mellow"),
    (&["livelier", "lebhafter"], "lively"),
    (&["wilder"], "wild"),
    (&["darker", "gloomier", "dunkler", "düsterer"], "dark"),
    (&["brighter", "sunnier", "lighter", "heller"], "bright"),
    (&["happier", "cheerier", "fröhlicher", "heiterer"], "happy"),
    (&["sadder", "trauriger"], "sad"),
    (&["angrier", "wütender"], "angry"),
    (&["heavier", "harder", "härter", "schwerer"], "heavy"),
    (&["dreamier", "verträumter"], "dreamy"),
    (&["funkier", "groovier"], "groovy"),
    (&["jazzier", "jazziger"], "jazz"),
    (&["rockier", "rockiger"], "rock"),
    (&["folkier"], "folk"),
    (&["poppier", "poppiger"], "pop"),
    (&["warmer", "wärmer", "cosier", "cozier"], "warm"),
    (&["colder", "cooler", "kälter"], "cold"),
    (&["weirder", "stranger", "seltsamer"], "weird"),
    (&["simpler", "sparser", "minimaler"], "minimal"),
    (&["deeper", "tiefer"], "deep"),
    (&["rougher", "rawer", "rauer"], "raw"),
    (&["smoother"], "smooth"),
    (&["sexier"], "sensual"),
];

/// A comparison at the beginning of `words`, which are in lower case.
pub(super) fn read(words: &[&str]) -> Option<Comparative> {
    let (before, up) = match words {
        ["a", "bit" | "little" | "lot", ..] => (2, true),
        [
            "much" | "even" | "still" | "slightly" | "etwas" | "viel" | "noch" | "deutlich",
            ..,
        ] => (1, true),
        ["less" | "weniger", _, ..] => return by_word(words, 1, false),
        ["not", "as" | "so", _, ..] | ["nicht", "so", _, ..] => return by_word(words, 2, false),
        ["more" | "mehr", _, ..] => return by_word(words, 1, true),
        _ => (0, true),
    };
    let rest = &words[before..];
    if before > 0
        && let Some(found) = read(rest)
    {
        return Some(Comparative {
            taken: before + found.taken,
            ..found
        });
    }
    let word = rest.first().filter(|_| up)?;
    let (_, what) = WORDS.iter().find(|(words, _)| words.contains(word))?;
    let (what, up) = axis(what);
    Some(Comparative {
        taken: before + 1,
        what,
        up,
    })
}

/// "less acoustic": a word that is not a comparative by itself.
fn by_word(words: &[&str], before: usize, up: bool) -> Option<Comparative> {
    let word = *words.get(before)?;
    let (what, more) = match word {
        "fast" | "schnell" => (Compared::Tempo, true),
        "slow" | "langsam" => (Compared::Tempo, false),
        "loud" | "laut" => (Compared::Loudness, true),
        "quiet" | "leise" => (Compared::Loudness, false),
        "modern" | "recent" | "new" | "neu" => (Compared::Year, true),
        "old" | "alt" => (Compared::Year, false),
        "than" | "als" => return None,
        word => (Compared::Word(word.to_owned()), true),
    };
    Some(Comparative {
        taken: before + 1,
        what,
        up: up == more,
    })
}

fn axis(what: &str) -> (Compared, bool) {
    let (name, up) = match what.strip_prefix('-') {
        Some(name) => (name, false),
        None => (what.strip_prefix('+').unwrap_or(what), true),
    };
    let what = match (name, name == what) {
        ("tempo", false) => Compared::Tempo,
        ("loudness", false) => Compared::Loudness,
        ("year", false) => Compared::Year,
        (word, _) => Compared::Word(word.to_owned()),
    };
    (what, up)
}

/// The word of the list that a comparative is more of, where it compares with nothing: a wish for what is *calmer* is one for calm.
pub(super) fn plain(word: &str) -> Option<&'static str> {
    let (_, what) = WORDS.iter().find(|(words, _)| words.contains(&word))?;
    Some(match *what {
        "+tempo" => "fast",
        "-tempo" => "slow",
        "+loudness" => "loud",
        "-loudness" => "quiet",
        "+year" | "-year" => return None,
        word => word,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons_are_read_with_what_stands_before_them() {
        let check = |text: &str, expected: Option<(usize, Compared, bool)>| {
            let words: Vec<&str> = text.split_whitespace().collect();
            let found = read(&words).map(|it| (it.taken, it.what, it.up));
            assert_eq!(found, expected, "{text}");
        };
        let word = |word: &str| Compared::Word(word.into());
        check("calmer", Some((1, word("calm"), true)));
        check("a bit faster", Some((3, Compared::Tempo, true)));
        check("much older", Some((2, Compared::Year, false)));
        check("less acoustic", Some((2, word("acoustic"), false)));
        check("not as loud", Some((3, Compared::Loudness, false)));
        check("nicht so schnell", Some((3, Compared::Tempo, false)));
        check("more modern", Some((2, Compared::Year, true)));
        check("etwas ruhiger", Some((2, word("calm"), true)));
        for text in ["calm", "more", "a piano", "less than 120 bpm", ""] {
            check(text, None);
        }
    }
}
