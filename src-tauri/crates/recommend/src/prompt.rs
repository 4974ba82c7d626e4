//! A text prompt: "calm piano, no vocals", "fast punk from the 90s", "something by Nina Simone without drums".
//!
//! Words are looked up among the tags of the library's songs, its genres and artists, and a small dictionary of synonyms.
//! *No*, *not*, *without*, *less* negate what follows, up to the next comma or *but*. What cannot be looked up is reported
//! and not guessed at; what no song has is simply left out, and reported if it is wanted. Every part of a prompt matches a
//! recording to a degree; of what is wanted the mean counts, of what is not wanted the highest.

mod vocabulary;
mod years;

use segue_core::{Because, WishTerm, YearRange, similar_key};

use crate::catalogue::Catalogue;
use vocabulary::{FILLERS, NEGATIONS, SYNONYMS};

/// Words of one name at most.
const WORDS_MAX: usize = 8;

/// A feature that a part of a prompt looks for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Feature {
    Tag(u32),
    Genre(u32),
    Artist(u32),
    /// Years, both included.
    Years(i32, i32),
    Slow,
    Fast,
}

/// A part of a prompt: any of some features.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptPart {
    /// What it is called.
    pub term: WishTerm,
    any: Vec<Feature>,
}

/// Names that recordings shall match, or shall not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    parts: Vec<PromptPart>,
}

/// A prompt as it was parsed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextPrompt {
    /// What shall be there.
    pub wanted: Names,
    /// What shall not.
    pub unwanted: Names,
    /// Words that mean nothing here, or nothing that is here.
    pub unknown: Vec<String>,
}

impl Feature {
    /// How well a recording has it, in `0..=1`.
    fn matching(self, catalogue: &Catalogue, position: usize) -> f64 {
        let yes = |is: bool| f64::from(u8::from(is));
        match self {
            Self::Tag(number) => {
                let mut tags = catalogue.tag_numbers(position).iter();
                let found = tags.find(|tag| tag.number() == number);
                found.map_or(0.0, |tag| tag.clear())
            }
            Self::Genre(number) => yes(catalogue.genre_numbers(position).contains(&number)),
            Self::Artist(number) => yes(catalogue.artist_numbers(position).contains(&number)),
            Self::Years(from, to) => {
                let year = catalogue.year(position);
                yes(year.is_some_and(|year| (from..=to).contains(&year)))
            }
            Self::Slow => tempo(catalogue, position, 110.0, 80.0),
            Self::Fast => tempo(catalogue, position, 110.0, 140.0),
        }
    }
}

/// 0 at one tempo, 1 at another and beyond; a recording without a pulse is neither slow nor fast.
fn tempo(catalogue: &Catalogue, position: usize, none: f64, whole: f64) -> f64 {
    let share = |bpm: f64| ((bpm - none) / (whole - none)).clamp(0.0, 1.0);
    catalogue.bpm(position).map_or(0.0, share)
}

impl PromptPart {
    fn matching(&self, catalogue: &Catalogue, position: usize) -> f64 {
        let any = self
            .any
            .iter()
            .map(|feature| feature.matching(catalogue, position));
        any.fold(0.0, f64::max)
    }
}

/// A match above this is a clear one.
const CLEAR: f64 = 0.5;

impl Catalogue {
    /// The recordings that match names clearly, in the catalogue's order.
    pub fn matching(&self, names: &Names) -> Vec<usize> {
        (0..self.len())
            .filter(|position| names.matching(self, *position) > CLEAR)
            .collect()
    }
}

impl Names {
    /// A tag, where some recording has it.
    pub fn tag(catalogue: &Catalogue, name: &str) -> Option<Self> {
        let number = catalogue.tag_names().find(name)?;
        let name = catalogue.tag_names().show(number).to_owned();
        Some(Self::one(WishTerm::Tag { name }, Feature::Tag(number)))
    }

    /// A genre of the library.
    pub fn genre(catalogue: &Catalogue, name: &str) -> Option<Self> {
        let number = catalogue.genre_names().find(name)?;
        let name = catalogue.genre_names().show(number).to_owned();
        Some(Self::one(WishTerm::Genre { name }, Feature::Genre(number)))
    }

    /// Years from one to another, both included.
    fn years(from: i32, to: i32, years: YearRange) -> Self {
        Self::one(WishTerm::Era { years }, Feature::Years(from, to))
    }

    fn one(term: WishTerm, feature: Feature) -> Self {
        Self {
            parts: vec![PromptPart {
                term,
                any: vec![feature],
            }],
        }
    }

    /// The parts.
    pub fn parts(&self) -> &[PromptPart] {
        &self.parts
    }

    /// Whether there is nothing to match.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Adds the parts that are not here yet.
    fn extend_new(&mut self, other: Self) {
        for part in other.parts {
            if !self.parts.contains(&part) {
                self.parts.push(part);
            }
        }
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        self.parts.extend_from_slice(&other.parts);
    }

    /// How well a recording matches all names together, in `0..=1`.
    pub(crate) fn matching(&self, catalogue: &Catalogue, position: usize) -> f64 {
        let all = self
            .parts
            .iter()
            .map(|part| part.matching(catalogue, position));
        all.sum::<f64>() / self.parts.len().max(1) as f64
    }

    /// How well a recording matches the name that it matches best, in `0..=1`.
    pub(crate) fn clearest(&self, catalogue: &Catalogue, position: usize) -> f64 {
        let all = self
            .parts
            .iter()
            .map(|part| part.matching(catalogue, position));
        all.fold(0.0, f64::max)
    }

    /// How well a recording matches them, in `0..=1`, and which: all together where they are `wanted`, else the one that it
    /// matches best. `None` where it matches none.
    pub(crate) fn explain(
        &self,
        catalogue: &Catalogue,
        position: usize,
        wanted: bool,
    ) -> Option<(f64, Because)> {
        let mut matched: Vec<(f64, &WishTerm)> = self
            .parts
            .iter()
            .map(|part| (part.matching(catalogue, position), &part.term))
            .filter(|(matching, _)| *matching > 0.0)
            .collect();
        matched.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (most, clearest) = *matched.first()?;
        if !wanted {
            let term = clearest.clone();
            return Some((most, Because::AskedToLeaveOut { term }));
        }
        let terms = matched.into_iter().map(|(_, term)| term.clone()).collect();
        Some((self.matching(catalogue, position), Because::Asked { terms }))
    }
}

/// A word of a prompt.
struct Word<'a> {
    /// Without the signs around it, but for a minus before it.
    text: &'a str,
    /// Whether its clause ends with it.
    last: bool,
}

/// Parses a prompt with the names that a library holds.
pub fn parse_prompt(catalogue: &Catalogue, text: &str) -> TextPrompt {
    let mut words: Vec<Word> = Vec::new();
    for line in text.lines() {
        line.split_whitespace()
            .for_each(|word| push(word, &mut words));
        end_clause(&mut words);
    }
    let mut prompt = TextPrompt::default();
    let (mut at, mut negated) = (0, false);
    while at < words.len() {
        if let Some((count, years, against)) = asked_years(&words[at..], negated) {
            let names = if against {
                &mut prompt.unwanted
            } else {
                &mut prompt.wanted
            };
            let taken = &words[at..at + count];
            match years {
                Some((from, to, years)) => names.extend_new(Names::years(from, to, years)),
                None => prompt
                    .unknown
                    .extend(taken.iter().map(|word| word.text.to_owned())),
            }
            at += count;
            negated &= !words[at - 1].last;
            continue;
        }
        // Names may bear any signs ("Godspeed You! Black Emperor"), so they are looked for across clauses.
        let longest = WORDS_MAX.min(words.len() - at);
        let found = (1..=longest).rev().find_map(|count| {
            let name: Vec<&str> = words[at..at + count].iter().map(|word| word.text).collect();
            let name = name.join(" ");
            let (name, minus) = match name.strip_prefix('-') {
                Some(rest) => (rest.to_owned(), true),
                None => (name, false),
            };
            Some((count, meaning(catalogue, &name)?, name, minus))
        });
        if let Some((count, part, name, minus)) = found {
            let against = negated || minus;
            let names = if against {
                &mut prompt.unwanted
            } else {
                &mut prompt.wanted
            };
            if part.any.is_empty() && !against {
                prompt.unknown.push(name.to_lowercase());
            } else {
                names.extend_new(Names { parts: vec![part] });
            }
            at += count;
        } else {
            let Word { text, last } = words[at];
            let mut pieces: Vec<Word> = Vec::new();
            let parts = text.split(['/', '+', ',', ';']);
            parts.for_each(|piece| push(piece, &mut pieces));
            if pieces.len() > 1 {
                let count = pieces.len();
                for (piece, number) in pieces.iter_mut().zip(1..) {
                    piece.last = number < count || last;
                }
                words.splice(at..=at, pieces);
                continue;
            }
            let word = text.to_lowercase();
            match word.as_str() {
                "but" | "with" => negated = false,
                word if NEGATIONS.contains(&word) => negated = true,
                word if FILLERS.contains(&word) => {}
                _ => prompt.unknown.push(text.to_owned()),
            }
            at += 1;
        }
        negated &= !words[at - 1].last;
    }
    prompt
}

/// Years at the beginning of `words`: how many words they take, the years, and whether they are unwanted. The two signs
/// that can stand before them are read here as well: `-90s`, `nothing after 1990`.
fn asked_years(words: &[Word], negated: bool) -> Option<(usize, Option<years::Years>, bool)> {
    let end = words.iter().position(|word| word.last);
    let clause = &words[..end.map_or(words.len(), |last| last + 1)];
    let mut texts: Vec<&str> = clause.iter().map(|word| word.text).collect();
    let first = texts.first_mut()?;
    if let Some(rest) = first.strip_prefix('-') {
        *first = rest;
        let (count, years) = years::read(&texts)?;
        return Some((count, years, true));
    }
    if first.eq_ignore_ascii_case("nothing") {
        let (count, years) = years::read(&texts[1..])?;
        return Some((count + 1, years, true));
    }
    let (count, years) = years::read(&texts)?;
    Some((count, years, negated))
}

/// Adds a word, and what the punctuation around it says of clauses.
fn push<'a>(word: &'a str, words: &mut Vec<Word<'a>>) {
    if word.starts_with('(') {
        end_clause(words);
    }
    // Which is a word: "and".
    let is_sign = |c: char| !c.is_alphanumeric() && c != '&';
    let text = word.trim_end_matches(is_sign);
    let text = match text.trim_start_matches(is_sign) {
        bare if text.ends_with(&format!("-{bare}")) && !bare.is_empty() => {
            &text[text.len() - bare.len() - 1..]
        }
        bare => bare,
    };
    if !text.is_empty() {
        words.push(Word { text, last: false });
    }
    if word.ends_with([',', ';', '.', '!', '?', ')', '/', '+']) {
        end_clause(words);
    }
}

fn end_clause(words: &mut [Word]) {
    if let Some(word) = words.last_mut() {
        word.last = true;
    }
}

/// What a name means, if anything; a part of nothing where it is known and no recording has it.
fn meaning(catalogue: &Catalogue, name: &str) -> Option<PromptPart> {
    let key = similar_key(name);
    if key.is_empty() || FILLERS.contains(&key.as_str()) || NEGATIONS.contains(&key.as_str()) {
        return None;
    }
    let tags = catalogue.tag_names();
    let tag = |name: &str| {
        tags.find(name)
            .or_else(|| tags.find(name.strip_suffix('s')?))
    };
    let genres = catalogue.genre_names();
    let mut any: Vec<Feature> = tag(name).map(Feature::Tag).into_iter().collect();
    any.extend(genres.find(name).map(Feature::Genre));
    let typed = name.to_lowercase();
    let mut term = match any.first() {
        Some(Feature::Tag(_)) => WishTerm::Tag { name: typed },
        _ => WishTerm::Genre { name: typed },
    };
    if any.is_empty()
        && let Some((_, means)) = SYNONYMS.iter().find(|(said, _)| similar_key(said) == key)
    {
        any.extend(means.iter().filter_map(|means| match *means {
            "+slow" => Some(Feature::Slow),
            "+fast" => Some(Feature::Fast),
            name => tags.find(name).map(Feature::Tag),
        }));
        let name = name.to_lowercase();
        term = match any.as_slice() {
            [Feature::Slow | Feature::Fast] => WishTerm::Tempo { name },
            _ => WishTerm::Tag { name },
        };
    }
    if any.is_empty() {
        if let Some(artist) = catalogue.artist_names().find(name) {
            return Some(PromptPart {
                term: WishTerm::Artist {
                    name: catalogue.artist_names().show(artist).to_owned(),
                },
                any: vec![Feature::Artist(artist)],
            });
        }
        let mut names = SYNONYMS
            .iter()
            .flat_map(|(said, means)| means.iter().chain([said]));
        if !names.any(|name| similar_key(name) == key) {
            return None;
        }
    }
    Some(PromptPart { term, any })
}

#[cfg(test)]
mod tests {
    use segue_core::{Period, TagScore};

    use super::*;
    use crate::test_support;

    fn library() -> Catalogue {
        let heard = |n: usize, tags: &[&str], year, bpm| {
            let mut item =
                test_support::item(n, &format!("Song {n}"), ["Nina Simone", "Piano"][n % 2]);
            let tag = |name: &&str| TagScore {
                name: (*name).into(),
                p: 0.8,
                present: true,
            };
            item.tags = tags.iter().map(tag).collect();
            item.genres = vec![["Post-Rock", "Jazz"][n % 2].into()];
            (item.year, item.bpm) = (Some(year), Some(bpm));
            item
        };
        test_support::catalogue(vec![
            heard(0, &["piano", "mellow", "instrumental"], 1994, 70.0),
            heard(1, &["piano", "jazz", "female vocals"], 1961, 120.0),
            heard(2, &["electric guitar", "female vocals", "rap"], 1999, 150.0),
        ])
    }

    /// Years as tests write them.
    fn spelt(years: YearRange) -> String {
        let spelt = |period: Period| match period {
            Period::Year { year } => year.to_string(),
            Period::Decade { decade } => format!("{decade}s"),
            Period::Early { decade } => format!("early {decade}s"),
            Period::Mid { decade } => format!("mid {decade}s"),
            Period::Late { decade } => format!("late {decade}s"),
        };
        match years {
            YearRange::In { period } => spelt(period),
            YearRange::Before { period } => format!("before {}", spelt(period)),
            YearRange::Until { period } => format!("until {}", spelt(period)),
            YearRange::After { period } => format!("after {}", spelt(period)),
            YearRange::Since { period } => format!("since {}", spelt(period)),
            YearRange::Around { period } => format!("around {}", spelt(period)),
            YearRange::Between { first, last } => format!("{}–{}", spelt(first), spelt(last)),
        }
    }

    fn check(text: &str, wanted: &[(&str, &str)], unwanted: &[&str], unknown: &[&str]) {
        let found = parse_prompt(&library(), text);
        let named = |names: &Names| -> Vec<(String, String)> {
            let parts = names.parts.iter().map(|part| match part.term.clone() {
                WishTerm::Tag { name } => ("tag", name),
                WishTerm::Genre { name } => ("genre", name),
                WishTerm::Artist { name } => ("artist", name),
                WishTerm::Tempo { name } => ("tempo", name),
                WishTerm::Era { years } => ("era", spelt(years)),
            });
            parts.map(|(kind, name)| (kind.to_owned(), name)).collect()
        };
        let expected: Vec<(String, String)> = wanted
            .iter()
            .map(|(kind, name)| ((*kind).to_owned(), (*name).to_owned()))
            .collect();
        assert_eq!(named(&found.wanted), expected, "{text}");
        let names: Vec<String> = named(&found.unwanted)
            .into_iter()
            .map(|(_, name)| name)
            .collect();
        assert_eq!(names, unwanted, "{text}");
        assert_eq!(found.unknown, unknown, "{text}");
    }

    #[test]
    fn wishes_are_understood() {
        check(
            "calm piano, no vocals",
            &[("tag", "calm"), ("tag", "piano")],
            &["vocals"],
            &[],
        );
        check(
            "Play me some PIANO music without rap or guitars",
            &[("tag", "piano")],
            &["rap", "guitars"],
            &[],
        );
        check(
            "fast jazz from the 90s",
            &[("tempo", "fast"), ("tag", "jazz"), ("era", "1990s")],
            &[],
            &[],
        );
        check(
            "post rock but not slow",
            &[("genre", "post rock")],
            &["slow"],
            &[],
        );
        check(
            "something by Nina Simone, -jazz",
            &[("artist", "Nina Simone")],
            &["jazz"],
            &[],
        );
        check(
            "no vocals with piano",
            &[("tag", "piano")],
            &["vocals"],
            &[],
        );
        check(
            "sixties, 1999, the 2000s",
            &[("era", "1960s"), ("era", "1999"), ("era", "2000s")],
            &[],
            &[],
        );
        check("no drum kit, no R&B", &[], &["drum kit", "r&b"], &[]);
        check("piano, no choir", &[("tag", "piano")], &["choir"], &[]);
        check(
            "choir singing, -women",
            &[("tag", "singing")],
            &["women"],
            &["choir"],
        );
        check(
            "no drums, sad, jazz",
            &[("tag", "jazz")],
            &["drums"],
            &["sad"],
        );
        check("zydeco for my flurble", &[], &[], &["zydeco", "flurble"]);
        check("", &[], &[], &[]);
        check(" ,;- ++ \u{202e}\u{0}", &[], &[], &[]);
    }

    #[test]
    fn years_are_bounded_by_what_stands_beside_them() {
        let wanted = |text: &str, shown: &str| check(text, &[("era", shown)], &[], &[]);
        check(
            "calm piano, no vocals, before 1990",
            &[("tag", "calm"), ("tag", "piano"), ("era", "before 1990")],
            &["vocals"],
            &[],
        );
        for text in [
            "before 1990",
            "older than 1990",
            "pre-1990",
            "from before the year 1990",
        ] {
            wanted(text, "before 1990");
        }
        for text in ["until the 80s", "up to the eighties", "1980s and earlier"] {
            wanted(text, "until 1980s");
        }
        for text in ["after 1999", "newer than 1999", "post-1999"] {
            wanted(text, "after 1999");
        }
        for text in [
            "since 1999",
            "1999 or later",
            "from 1999 onwards",
            "from 1999 on",
        ] {
            wanted(text, "since 1999");
        }
        for text in [
            "from 1970 to 1975",
            "between 1970 and 1975",
            "between 1975 and 1970",
            "1970-1975",
            "1970–1975",
            "1970 to 1975",
        ] {
            wanted(text, "1970–1975");
        }
        wanted("from the seventies to the 80s", "1970s–1980s");
        wanted("early 90s", "early 1990s");
        wanted("around 1994", "around 1994");
        check(
            "jazz not before the 90s",
            &[("tag", "jazz")],
            &["before 1990s"],
            &[],
        );
        check(
            "jazz, nothing after 1990",
            &[("tag", "jazz")],
            &["after 1990"],
            &[],
        );
        check("no later than 1990", &[], &["after 1990"], &[]);
        check("-90s jazz", &[("tag", "jazz")], &["1990s"], &[]);
        // A bound that bounds nothing is not understood, and the year with it.
        check("between 1990", &[], &[], &["between", "1990"]);
        check("before, jazz", &[("tag", "jazz")], &[], &["before"]);
        check(
            "80s and 90s",
            &[("era", "1980s"), ("era", "1990s")],
            &[],
            &[],
        );
    }

    #[test]
    fn bounded_years_match_what_lies_within() {
        let catalogue = library();
        let matching = |text: &str, expected: [f64; 3]| {
            let found = parse_prompt(&catalogue, text).wanted;
            let found = [0, 1, 2].map(|at| found.matching(&catalogue, at));
            assert_eq!(found, expected, "{text}");
        };
        // Of 1994, 1961 and 1999.
        matching("before 1994", [0.0, 1.0, 0.0]);
        matching("until 1994", [1.0, 1.0, 0.0]);
        matching("after 1994", [0.0, 0.0, 1.0]);
        matching("since 1994", [1.0, 0.0, 1.0]);
        matching("before the 90s", [0.0, 1.0, 0.0]);
        matching("until the 90s", [1.0; 3]);
        matching("after the 90s", [0.0; 3]);
        matching("from 1961 to 1994", [1.0, 1.0, 0.0]);
        matching("late 90s", [0.0, 0.0, 1.0]);
    }

    #[test]
    fn matching_says_how_well() {
        let catalogue = library();
        let calm = parse_prompt(&catalogue, "calm piano, no vocals");
        let wanted = |at| calm.wanted.matching(&catalogue, at);
        assert!(wanted(0) > wanted(1) && wanted(1) > wanted(2));
        let tag = |name: &str| WishTerm::Tag { name: name.into() };
        let terms = vec![tag("calm"), tag("piano")];
        let explained = calm.wanted.explain(&catalogue, 0, true).unwrap().1;
        assert_eq!(explained, Because::Asked { terms });
        assert!(calm.unwanted.explain(&catalogue, 0, false).is_none());
        let (vocals, because) = calm.unwanted.explain(&catalogue, 1, false).unwrap();
        let term = tag("vocals");
        assert!(vocals > 0.5);
        assert_eq!(because, Because::AskedToLeaveOut { term });
        let eras = parse_prompt(&catalogue, "nineties");
        assert_eq!(
            [0, 1, 2].map(|at| eras.wanted.matching(&catalogue, at)),
            [1.0, 0.0, 1.0]
        );
    }

    #[test]
    fn artists_are_found_whatever_signs_they_bear() {
        const ARTISTS: [&str; 8] = [
            "AC/DC",
            "Queens of the Stone Age",
            "St. Vincent",
            "Dr. Dre",
            "P!nk",
            "Florence + The Machine",
            "Godspeed You! Black Emperor",
            "Earth, Wind & Fire",
        ];
        let items = ARTISTS.iter().enumerate();
        let catalogue = test_support::catalogue(
            items
                .map(|(n, artist)| test_support::item(n, &format!("S{n}"), artist))
                .collect(),
        );
        for artist in ARTISTS {
            let found = parse_prompt(&catalogue, &format!("no P!nk, but some {artist}; zydeco"));
            let names: Vec<&str> = found
                .wanted
                .parts()
                .iter()
                .map(|part| match &part.term {
                    WishTerm::Artist { name } => name.as_str(),
                    _ => "",
                })
                .collect();
            assert_eq!((names, found.unknown.len()), (vec![artist], 1), "{found:?}");
            assert_eq!(found.unwanted.parts().len(), 1);
        }
    }

    #[test]
    fn signs_end_clauses_where_they_are_not_part_of_a_name() {
        check("no rap/jazz", &[("tag", "jazz")], &["rap"], &[]);
        check("no rap + jazz", &[("tag", "jazz")], &["rap"], &[]);
        check("no rap (jazz)", &[("tag", "jazz")], &["rap"], &[]);
        check("no rap\njazz!", &[("tag", "jazz")], &["rap"], &[]);
        check("no rap jazz", &[], &["rap", "jazz"], &[]);
        check("“jazz”,-rap", &[("tag", "jazz")], &["rap"], &[]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,80}") {
            let catalogue = library();
            let found = parse_prompt(&catalogue, &text);
            for at in 0..3 {
                for names in [&found.wanted, &found.unwanted] {
                    proptest::prop_assert!((0.0..=1.0).contains(&names.matching(&catalogue, at)));
                }
            }
        }
    }
}
