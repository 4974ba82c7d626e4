//! The list of words for moods, weather, times, places and occasions (`words/scenes.txt`), as it is looked up.
//!
//! A word is found as it stands, else by its stem. What a line means is text until a library is asked what of it is there.

use std::collections::HashMap;
use std::sync::LazyLock;

use segue_core::{Mode, similar_key};

use super::feature::Feature;

const LIST: &str = include_str!("../../words/scenes.txt");

/// What a line of the list means.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scene {
    pub(super) traits: Vec<(Trait, f64)>,
}

/// One thing that a line names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Trait {
    /// A tag, by its name.
    Tag(&'static str),
    /// What needs no looking up.
    Plain(Feature),
}

struct Scenes {
    lines: Vec<Scene>,
    /// Words as they are spelt, with their lines.
    words: Vec<(&'static str, usize)>,
    by_key: HashMap<String, usize>,
    by_stem: HashMap<String, usize>,
}

static SCENES: LazyLock<Scenes> = LazyLock::new(|| read(LIST));

/// What a word means, in any common ending.
pub(super) fn scene(name: &str) -> Option<&'static Scene> {
    let key = similar_key(name);
    let line = SCENES.by_key.get(&key);
    let line = line.or_else(|| SCENES.by_stem.get(stem(&key)));
    line.map(|line| &SCENES.lines[*line])
}

/// All words of the list.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    SCENES.words.iter().map(|(word, _)| *word)
}

fn read(list: &'static str) -> Scenes {
    let mut scenes = Scenes {
        lines: Vec::new(),
        words: Vec::new(),
        by_key: HashMap::new(),
        by_stem: HashMap::new(),
    };
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    for (words, traits) in lines.filter_map(|line| line.split_once('=')) {
        let number = scenes.lines.len();
        let traits = traits.split(',').filter_map(read_trait).collect();
        scenes.lines.push(Scene { traits });
        for word in words.split(',').map(str::trim) {
            let key = similar_key(word);
            scenes.words.push((word, number));
            // The first line that has a stem keeps it: "night" is nearer to "nights" than "night drive" is to anything.
            let stem = stem(&key).to_owned();
            scenes.by_stem.entry(stem).or_insert(number);
            scenes.by_key.entry(key).or_insert(number);
        }
    }
    scenes
}

/// `mellow .8`, `bpm 90-120 .4`, `title xmas`, `-party .5`.
fn read_trait(text: &'static str) -> Option<(Trait, f64)> {
    let text = text.trim();
    let (text, sign) = match text.strip_prefix('-') {
        Some(text) => (text, -1.0),
        None => (text, 1.0),
    };
    if let Some(words) = text.strip_prefix("title ") {
        return Some((Trait::Plain(Feature::Title(words)), sign));
    }
    let (name, weight) = match text.rsplit_once(' ') {
        Some((name, weight)) if matches!(weight.as_bytes(), [b'.', ..] | b"1") => {
            (name, weight.parse().ok()?)
        }
        _ => (text, 1.0),
    };
    if let Some((from, to)) = name.strip_prefix("bpm ").and_then(|t| t.split_once('-')) {
        let range = Feature::Bpm(from.parse().ok()?, to.parse().ok()?);
        return Some((Trait::Plain(range), sign * weight));
    }
    let meant = match name {
        "" => return None,
        "slow" => Trait::Plain(Feature::Slow),
        "fast" => Trait::Plain(Feature::Fast),
        "quiet" => Trait::Plain(Feature::Quiet),
        "loud" => Trait::Plain(Feature::Loud),
        "minor" => Trait::Plain(Feature::Mode(Mode::Minor)),
        "major" => Trait::Plain(Feature::Mode(Mode::Major)),
        tag => Trait::Tag(tag),
    };
    Some((meant, sign * weight))
}

/// The commonest endings of English and German words, the longest first.
const ENDINGS: [&str; 14] = [
    "enden", "ende", "ings", "ing", "ern", "est", "es", "en", "em", "er", "ed", "e", "n", "s",
];

/// Letters of a stem at least: what is shorter is another word too often.
const STEM_MIN: usize = 4;

/// A key without its ending.
pub(super) fn stem(key: &str) -> &str {
    let bare = ENDINGS.iter().find_map(|ending| key.strip_suffix(ending));
    bare.filter(|bare| bare.chars().count() >= STEM_MIN)
        .unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tags of the shipped models; a word of the list that none of them has is a slip of the pen.
    fn shipped_tags() -> Vec<String> {
        let manifest = include_str!("../../../../../models/segue-ear-4/manifest.toml");
        let tags = manifest.split("[[tags]]").skip(1);
        tags.filter_map(|tag| Some(tag.split('"').nth(1)?.to_owned()))
            .collect()
    }

    #[test]
    fn every_line_of_the_list_is_read_whole() {
        let tags = shipped_tags();
        assert!(tags.len() > 100, "{}", tags.len());
        let lines = LIST
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let mut count = 0;
        for line in lines {
            let (words, traits) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
            let read = scene(words.split(',').next().unwrap().trim()).unwrap();
            assert_eq!(traits.split(',').count(), read.traits.len(), "{line}");
            assert!(
                read.traits.iter().any(|(_, weight)| *weight > 0.0),
                "{line}"
            );
            for (meant, weight) in &read.traits {
                assert!((0.1..=1.0).contains(&weight.abs()), "{line}");
                if let Trait::Tag(tag) = meant {
                    assert!(tags.iter().any(|other| other == tag), "{tag}: {line}");
                }
            }
            count += 1;
        }
        assert!((240..400).contains(&count), "{count} lines");
        assert!(words().count() > 1_000);
    }

    #[test]
    fn no_word_stands_in_two_lines() {
        let mut lines: HashMap<String, (&str, usize)> = HashMap::new();
        for (word, line) in &SCENES.words {
            let before = lines.insert(similar_key(word), (word, *line));
            assert!(
                before.is_none_or(|(_, other)| other == *line),
                "{word} stands in two lines"
            );
        }
    }

    #[test]
    fn words_are_found_in_their_common_forms() {
        let same = |typed: &str, listed: &str| {
            let (typed_as, listed_as) = (scene(typed), scene(listed));
            assert!(listed_as.is_some(), "{listed}");
            assert_eq!(typed_as, listed_as, "{typed} is not {listed}");
        };
        same("Cooked", "cooking");
        same("regnerischen", "regnerisch");
        same("FRÖHLICHE", "fröhlich");
        same("melancholischer", "melancholisch");
        same("weddings", "wedding");
        same("can’t sleep", "can't sleep");
        same("traurigen", "sad");
        assert!(scene("zydeco").is_none() && scene("").is_none());
    }
}
