//! Tempos and keys in a prompt: `120 bpm`, `around 90 bpm`, `faster than 120`, `in A minor`, `a-moll`, `major`.
//!
//! Read whole or not at all, like years ([`super::years`]): a bound without its number would mean nothing.

use segue_core::{BpmRange, Key, Mode};

/// Numbers that can be beats per minute.
const BPM: std::ops::RangeInclusive<u16> = 30..=300;

/// How far "around" reaches.
const AROUND: f64 = 0.04;

#[derive(Clone, Copy)]
enum TempoBound {
    Around,
    AtLeast,
    AtMost,
}

/// What stands before a tempo and bounds it: how many words, how, and whether it speaks of nothing but tempo.
fn bound_before(words: &[&str]) -> (usize, TempoBound, bool) {
    match words {
        ["faster" | "quicker", "than", ..] | ["schneller", "als", ..] => {
            (2, TempoBound::AtLeast, true)
        }
        ["slower", "than", ..] | ["langsamer", "als", ..] => (2, TempoBound::AtMost, true),
        ["more", "than", ..] | ["at", "least", ..] | ["mehr", "als", ..] => {
            (2, TempoBound::AtLeast, false)
        }
        ["less" | "fewer", "than", ..] | ["at", "most", ..] | ["up", "to", ..] => {
            (2, TempoBound::AtMost, false)
        }
        ["over" | "above" | "from" | "über" | "ab" | "mindestens", ..] => {
            (1, TempoBound::AtLeast, false)
        }
        ["under" | "below" | "unter" | "bis" | "höchstens", ..] => (1, TempoBound::AtMost, false),
        [
            "around" | "about" | "circa" | "ca" | "um" | "etwa" | "at",
            ..,
        ] => (1, TempoBound::Around, false),
        _ => (0, TempoBound::Around, false),
    }
}

/// Reads a tempo that stands at the beginning of a clause: how many of its words it takes, and the tempo.
pub(super) fn read(clause: &[&str]) -> Option<(usize, BpmRange)> {
    let words: Vec<String> = clause.iter().map(|word| word.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.first() == Some(&"between") || words.first() == Some(&"zwischen") {
        let (from, to) = (number(words.get(1)?)?, words.get(3)?);
        let joined = matches!(*words.get(2)?, "and" | "to" | "und");
        let (to, taken) = with_unit(to, &words[4..])?;
        return joined.then(|| (4 + taken, between(from, to)));
    }
    let (before, bound, plainly) = bound_before(&words);
    let rest = &words[before..];
    let first = *rest.first()?;
    if let Some((from, to)) = first.split_once(['-', '–']) {
        let (to, taken) = with_unit(to, &rest[1..])?;
        return Some((before + 1 + taken, between(number(from)?, to)));
    }
    if let ["to" | "bis", to, ..] = &rest[1..]
        && let Some((to, taken)) = with_unit(to, &rest[3..])
    {
        return Some((before + 3 + taken, between(number(first)?, to)));
    }
    let (bpm, taken) = match with_unit(first, &rest[1..]) {
        Some(found) => found,
        None if plainly => (number(first)?, 0),
        None => return None,
    };
    let range = match bound {
        TempoBound::Around => BpmRange::Around { bpm },
        TempoBound::AtLeast => BpmRange::AtLeast { bpm },
        TempoBound::AtMost => BpmRange::AtMost { bpm },
    };
    Some((before + 1 + taken, range))
}

fn between(a: u16, b: u16) -> BpmRange {
    BpmRange::Between {
        from: a.min(b),
        to: a.max(b),
    }
}

fn number(word: &str) -> Option<u16> {
    word.parse().ok().filter(|bpm| BPM.contains(bpm))
}

/// A number with its unit, in the same word or the next: and how many more words that takes.
fn with_unit(word: &str, after: &[&str]) -> Option<(u16, usize)> {
    if let Some(bare) = word.strip_suffix("bpm") {
        return Some((number(bare)?, 0));
    }
    let bpm = number(word)?;
    match after {
        ["bpm", ..] => Some((bpm, 1)),
        ["beats", "per", "minute", ..] => Some((bpm, 3)),
        _ => None,
    }
}

/// The beats per minute of a stretch, from one to another.
pub(super) fn bounds(range: BpmRange) -> (f64, f64) {
    match range {
        BpmRange::Around { bpm } => {
            let bpm = f64::from(bpm);
            (bpm * (1.0 - AROUND), bpm * (1.0 + AROUND))
        }
        BpmRange::AtLeast { bpm } => (f64::from(bpm), f64::INFINITY),
        BpmRange::AtMost { bpm } => (0.0, f64::from(bpm)),
        BpmRange::Between { from, to } => (f64::from(from), f64::from(to)),
    }
}

/// What a wish says of the key.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Tonality {
    Key(Key),
    Mode(Mode),
}

/// Words that may follow a mode and say nothing more.
const KEYS: [&str; 5] = ["key", "keys", "mode", "tonart", "tonarten"];

/// Reads a key or a mode that stands at the beginning of a clause: how many of its words it takes, and which.
pub(super) fn read_key(clause: &[&str]) -> Option<(usize, Tonality)> {
    let lower: Vec<String> = clause.iter().map(|word| word.to_lowercase()).collect();
    let words: Vec<&str> = lower.iter().map(String::as_str).collect();
    let before = match words.as_slice() {
        ["in", "the", "key", "of", ..] => 4,
        ["in", "key", "of", ..] | ["the", "key", "of", ..] => 3,
        ["key", "of", ..] => 2,
        ["in", ..] => 1,
        _ => 0,
    };
    let (rest, first) = (&words[before..], *words.get(before)?);
    if let Some(mode) = mode(first) {
        let more = usize::from(rest.get(1).is_some_and(|word| KEYS.contains(word)));
        return Some((before + 1 + more, Tonality::Mode(mode)));
    }
    if let Some((note, second)) = first.split_once('-')
        && let (Some(tonic), Some(mode)) = (tonic(note, second), mode(second))
    {
        return Some((before + 1, Tonality::Key(Key::new(tonic, mode))));
    }
    if let Some(second) = rest.get(1)
        && let (Some(tonic), Some(mode)) = (tonic(first, second), mode(second))
    {
        // "a minor key" is any of them.
        let any = first == "a" && rest.get(2).is_some_and(|word| KEYS.contains(word));
        let found = match any {
            true => Tonality::Mode(mode),
            false => Tonality::Key(Key::new(tonic, mode)),
        };
        return Some((before + 2 + usize::from(any), found));
    }
    // A letter by itself is a key only where the words before say so: "in Am", "in F#".
    let key = Key::parse(clause[before]).filter(|_| before > 0 && first != "a")?;
    Some((before + 1, Tonality::Key(key)))
}

fn mode(word: &str) -> Option<Mode> {
    Some(match word {
        "minor" | "moll" => Mode::Minor,
        "major" | "dur" => Mode::Major,
        _ => return None,
    })
}

/// A note's name in English or, where the mode is named in German, in German: whose B is English B flat.
fn tonic(note: &str, mode: &str) -> Option<u8> {
    if matches!(mode, "moll" | "dur") {
        let german = match note {
            "h" => Some(11),
            "b" => Some(10),
            "cis" => Some(1),
            "dis" | "es" => Some(3),
            "des" => Some(1),
            "fis" => Some(6),
            "ges" => Some(6),
            "gis" | "as" => Some(8),
            "ais" => Some(10),
            _ => None,
        };
        if german.is_some() {
            return german;
        }
    }
    let letters = note.chars().count();
    let key = Key::parse(note).filter(|key| letters <= 2 && key.mode() == Mode::Major)?;
    Some(key.tonic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tempos_are_read_as_they_are_said() {
        let check = |text: &str, expected: Option<(usize, BpmRange)>| {
            let words: Vec<&str> = text.split_whitespace().collect();
            assert_eq!(read(&words), expected, "{text}");
        };
        check("120 bpm", Some((2, BpmRange::Around { bpm: 120 })));
        check("120bpm techno", Some((1, BpmRange::Around { bpm: 120 })));
        check("around 90 BPM", Some((3, BpmRange::Around { bpm: 90 })));
        check("faster than 120", Some((3, BpmRange::AtLeast { bpm: 120 })));
        check(
            "slower than 80 bpm",
            Some((4, BpmRange::AtMost { bpm: 80 })),
        );
        check("over 140 bpm", Some((3, BpmRange::AtLeast { bpm: 140 })));
        check("unter 100 bpm", Some((3, BpmRange::AtMost { bpm: 100 })));
        let range = BpmRange::Between { from: 90, to: 120 };
        check("90-120 bpm", Some((2, range)));
        check("90 to 120 bpm", Some((4, range)));
        check("between 120 and 90 bpm", Some((5, range)));
        for text in [
            "120",
            "over 140",
            "bpm",
            "before 1990",
            "around 1994",
            "5 bpm",
            "faster than light",
            "",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn keys_are_read_as_they_are_said() {
        let check = |text: &str, expected: Option<(usize, &str)>| {
            let words: Vec<&str> = text.split_whitespace().collect();
            let found = read_key(&words).map(|(taken, tonality)| {
                let name = match tonality {
                    Tonality::Key(key) => key.to_string(),
                    Tonality::Mode(Mode::Minor) => "minor".into(),
                    Tonality::Mode(Mode::Major) => "major".into(),
                };
                (taken, name)
            });
            let expected = expected.map(|(taken, name)| (taken, name.to_owned()));
            assert_eq!(found, expected, "{text}");
        };
        check("in A minor", Some((3, "A minor")));
        check("A minor piano", Some((2, "A minor")));
        check("in Am", Some((2, "A minor")));
        check("key of F#", Some((3, "F# major")));
        check("in the key of E♭ major", Some((6, "Eb major")));
        check("a-moll", Some((1, "A minor")));
        check("H-Moll", Some((1, "B minor")));
        check("B Dur", Some((2, "Bb major")));
        check("fis-moll", Some((1, "F# minor")));
        check("minor key", Some((2, "minor")));
        check("in a minor key", Some((4, "minor")));
        check("major", Some((1, "major")));
        for text in ["in a", "a piano", "in the evening", "ab", "in", "as", ""] {
            check(text, None);
        }
    }
}
