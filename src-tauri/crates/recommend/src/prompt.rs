//! A text prompt: "calm piano, no vocals", "fast punk from the 90s", "like Nina Simone but calmer", "for running, 160 bpm".
//!
//! Words are looked up among the tags of the library's songs, its genres and artists, the list of moods and occasions
//! ([`scenes`]), and a small dictionary of synonyms. Years, tempos and keys are read as they are said; *like* a song, an album
//! or an artist names what to stay near to, and *calmer*, *louder*, *less electronic* move on from there.
//! *No*, *not*, *without*, *less* negate what follows, up to the next comma or *but*. What cannot be looked up is reported, with
//! known words that are spelt like it, and not guessed at; what no song has is simply left out, and reported if it is wanted.
//! How well a recording matches is said in [`names`].

mod comparatives;
mod feature;
mod names;
mod scenes;
mod spelling;
mod tempo;
#[cfg(test)]
mod tests;
mod vocabulary;
mod years;

use segue_core::{BpmRange, UnknownWord, WishPart, WishTerm, YearRange, similar_key};

use crate::catalogue::Catalogue;
use comparatives::{Comparative, Compared};
use feature::{Axis, Comparison, Feature, Means, Mixture};
use names::with_narrower;
pub use names::{Names, PromptPart};
use scenes::Trait;
use tempo::Tonality;
use vocabulary::{FILLERS, NEGATIONS, SYNONYMS};

/// Words of one name at most.
const WORDS_MAX: usize = 8;

/// Words that say that what follows is to be like something.
const LIKE: &[&[&str]] = &[
    &["sounds", "like"],
    &["similar", "to"],
    &["ähnlich", "wie"],
    &["like"],
    &["wie"],
];

/// Parts that name years, tempos, keys or artists stand for others of their kind: no song is of two decades.
const ERAS: usize = 1_000;
const TEMPOS: usize = 1_001;
const KEYS: usize = 1_002;
const ARTISTS: usize = 1_003;

/// A prompt as it was parsed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextPrompt {
    /// What shall be there.
    pub wanted: Names,
    /// What shall not.
    pub unwanted: Names,
    /// What it shall be near to.
    pub like: Vec<Like>,
    /// What is wanted as it was understood, part by part: the names, and what it shall be near to.
    pub wanted_terms: Vec<WishPart>,
    /// And what is not.
    pub unwanted_terms: Vec<WishPart>,
    /// Words that mean nothing here, or nothing that is here.
    pub unknown: Vec<UnknownWord>,
}

/// A song, an album or an artist of the library.
#[derive(Clone, Debug, PartialEq)]
pub struct Like {
    /// Positions in the catalogue.
    pub songs: Vec<usize>,
    /// Whether they may come themselves: an artist's may.
    pub may_come: bool,
}

impl TextPrompt {
    /// Whether nothing was understood.
    pub fn is_empty(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty() && self.like.is_empty()
    }
}

/// A word of a prompt.
#[derive(Clone, Copy)]
struct Word<'a> {
    /// Without the signs around it, but for a minus before it; a slice of the prompt.
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
    let mut parser = Parser {
        catalogue,
        text,
        words,
        at: 0,
        negated: false,
        or: false,
        anchor: None,
        prompt: TextPrompt::default(),
        read: Vec::new(),
    };
    while parser.at < parser.words.len() {
        parser.step();
    }
    parser.finish()
}

/// A part that was understood: its name, whether it is unwanted, and the words that it takes.
struct Understood {
    term: WishTerm,
    against: bool,
    from: usize,
    to: usize,
}

struct Parser<'a> {
    catalogue: &'a Catalogue,
    text: &'a str,
    words: Vec<Word<'a>>,
    at: usize,
    negated: bool,
    /// Whether the word before was "or".
    or: bool,
    /// What comparisons start from: its name, and its songs.
    anchor: Option<(String, Vec<usize>)>,
    prompt: TextPrompt,
    read: Vec<Understood>,
}

impl<'a> Parser<'a> {
    /// Reads what begins at the next word.
    fn step(&mut self) {
        let before = self.at;
        let understood = self.years() || self.bpm() || self.comparison() || self.like();
        if !understood {
            let name = self.name();
            let longer = name.as_ref().is_some_and(|(count, ..)| *count > 1);
            if (longer || !self.key()) && !name.is_some_and(|name| self.take_name(name)) {
                self.word();
            }
        }
        // A word that was split into its pieces is read again.
        if self.at > before {
            self.negated &= !self.words[self.at - 1].last;
        }
    }

    /// The words from here to the end of the clause, and whether a minus stood before the first.
    fn clause(&self) -> (Vec<&'a str>, bool) {
        let words = &self.words[self.at..];
        let end = words.iter().position(|word| word.last);
        let clause = &words[..end.map_or(words.len(), |last| last + 1)];
        let mut texts: Vec<&str> = clause.iter().map(|word| word.text).collect();
        let bare = texts.first().and_then(|first| first.strip_prefix('-'));
        if let Some(bare) = bare {
            texts[0] = bare;
        }
        (texts, bare.is_some())
    }

    /// Years, with the two signs that can stand before them: `-90s`, `nothing after 1990`.
    fn years(&mut self) -> bool {
        let (texts, minus) = self.clause();
        let nothing = usize::from(!minus && texts[0].eq_ignore_ascii_case("nothing"));
        let Some((count, years)) = years::read(&texts[nothing..]) else {
            return false;
        };
        let (count, against) = (count + nothing, minus || nothing > 0 || self.negated);
        match years {
            Some((from, to, years)) => {
                let mut part = Names::years(from, to, years);
                let bounded = !matches!(
                    years,
                    YearRange::Before { .. }
                        | YearRange::Until { .. }
                        | YearRange::After { .. }
                        | YearRange::Since { .. }
                );
                part.either = if bounded { ERAS } else { self.next_either() };
                self.add(part, against, count);
            }
            None => {
                let texts = texts[..count].iter();
                let unknown = texts.map(|word| unknown_word(word, Vec::new()));
                self.prompt.unknown.extend(unknown);
            }
        }
        self.at += count;
        true
    }

    fn bpm(&mut self) -> bool {
        let (texts, minus) = self.clause();
        let Some((count, range)) = tempo::read(&texts) else {
            return false;
        };
        let (from, to) = tempo::bounds(range);
        let bounded = !matches!(range, BpmRange::AtLeast { .. } | BpmRange::AtMost { .. });
        let part = PromptPart {
            term: WishTerm::Bpm { range },
            means: Means::Any(vec![Feature::Bpm(from, to)]),
            either: if bounded { TEMPOS } else { self.next_either() },
        };
        self.add(part, minus || self.negated, count);
        self.at += count;
        true
    }

    fn key(&mut self) -> bool {
        let (texts, minus) = self.clause();
        let Some((count, tonality)) = tempo::read_key(&texts) else {
            return false;
        };
        let (term, feature) = match tonality {
            Tonality::Key(key) => (
                WishTerm::Key {
                    name: key.to_string(),
                },
                Feature::Key(key),
            ),
            Tonality::Mode(mode) => (WishTerm::Mode { mode }, Feature::Mode(mode)),
        };
        let part = PromptPart {
            term,
            means: Means::Any(vec![feature]),
            either: KEYS,
        };
        self.add(part, minus || self.negated, count);
        self.at += count;
        true
    }

    /// `calmer than X`, or `calmer` where X was named before.
    fn comparison(&mut self) -> bool {
        let (texts, _) = self.clause();
        let lower: Vec<String> = texts.iter().map(|word| word.to_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let Some(Comparative { taken, what, up }) = comparatives::read(&lower) else {
            return false;
        };
        let word = texts[..taken].join(" ").to_lowercase();
        let mut count = taken;
        if matches!(lower.get(taken), Some(&("than" | "als"))) {
            let Some((more, name, songs, may_come)) = self.named(self.at + taken + 1) else {
                return false;
            };
            count += 1 + more;
            self.prompt.like.push(Like {
                songs: songs.clone(),
                may_come,
            });
            self.anchor = Some((name, songs));
        }
        let Some((name, songs)) = self.anchor.clone() else {
            // By itself it is a wish for what is so.
            return match comparatives::plain(lower[taken - 1]) {
                Some(plain) if taken == 1 => {
                    let Some((_, means)) = self.meaning(plain) else {
                        return false;
                    };
                    let either = self.next_either();
                    let term = WishTerm::Scene { name: word };
                    let part = PromptPart {
                        term,
                        means,
                        either,
                    };
                    self.add(part, self.negated, count);
                    self.at += count;
                    true
                }
                _ => false,
            };
        };
        let axis = match what {
            Compared::Tempo => Axis::Tempo,
            Compared::Loudness => Axis::Loudness,
            Compared::Year => Axis::Year,
            Compared::Word(word) => match self.meaning(&word) {
                Some((_, Means::Mixture(mixture))) => Axis::Mixture(mixture),
                Some((_, Means::Any(features))) if !features.is_empty() => {
                    let features = features.into_iter().map(|feature| (feature, 1.0));
                    Axis::Mixture(Mixture::new(self.catalogue, features.collect()))
                }
                _ => return false,
            },
        };
        let Some(comparison) = Comparison::new(self.catalogue, axis, up, &songs) else {
            return false;
        };
        let part = PromptPart {
            term: WishTerm::Than { word, name },
            means: Means::Comparison(comparison),
            either: self.next_either(),
        };
        self.add(part, false, count);
        self.at += count;
        true
    }

    /// `like X`: what to stay near to.
    fn like(&mut self) -> bool {
        let (texts, _) = self.clause();
        let begins = |words: &&&[&str]| {
            let mut pairs = words.iter().zip(&texts);
            texts.len() >= words.len() && pairs.all(|(word, text)| text.to_lowercase() == **word)
        };
        if self.negated {
            return false;
        }
        let Some(words) = LIKE.iter().find(begins) else {
            return false;
        };
        let Some((more, name, songs, may_come)) = self.named(self.at + words.len()) else {
            return false;
        };
        let count = words.len() + more;
        self.read.push(Understood {
            term: WishTerm::Like { name: name.clone() },
            against: false,
            from: self.at,
            to: self.at + count,
        });
        self.prompt.like.push(Like {
            songs: songs.clone(),
            may_come,
        });
        self.anchor = Some((name, songs));
        self.at += count;
        true
    }

    /// The artist, album or song that is named from a word on: how many words, its name, its songs, and whether they may come.
    fn named(&self, from: usize) -> Option<(usize, String, Vec<usize>, bool)> {
        let words = self.words.get(from..).filter(|words| !words.is_empty())?;
        let longest = WORDS_MAX.min(words.len());
        let names: Vec<String> = (1..=longest)
            .rev()
            .map(|count| joined(&words[..count]))
            .collect();
        let (which, name, songs, may_come) = self.catalogue.meant_by(&names)?;
        Some((longest - which, name, songs, may_come))
    }

    /// The longest name that begins here: how many words, what it means, itself, and whether a minus stands before it.
    fn name(&self) -> Option<(usize, WishTerm, Means, String, bool)> {
        let longest = WORDS_MAX.min(self.words.len() - self.at);
        // Names may bear any signs ("Godspeed You! Black Emperor"), so they are looked for across clauses.
        (1..=longest).rev().find_map(|count| {
            let name = joined(&self.words[self.at..self.at + count]);
            let (name, minus) = match name.strip_prefix('-') {
                Some(rest) => (rest.to_owned(), true),
                None => (name, false),
            };
            let (term, means) = self.meaning(&name)?;
            Some((count, term, means, name, minus))
        })
    }

    fn take_name(&mut self, name: (usize, WishTerm, Means, String, bool)) -> bool {
        let (count, term, means, name, minus) = name;
        let against = self.negated || minus;
        if means.is_nothing() && !against {
            let near = Vec::new();
            let word = name.to_lowercase();
            self.prompt.unknown.push(UnknownWord { word, near });
        } else {
            if let (WishTerm::Artist { name }, Means::Any(any), false) = (&term, &means, against)
                && matches!(any.as_slice(), [Feature::Artist(_)])
            {
                self.anchor = Some((name.clone(), self.catalogue.songs_by(name)));
            }
            let either = match &term {
                WishTerm::Artist { .. } => ARTISTS,
                _ => self.next_either(),
            };
            let part = PromptPart {
                term,
                means,
                either,
            };
            self.add(part, against, count);
        }
        self.at += count;
        true
    }

    /// A word that is part of no name.
    fn word(&mut self) {
        let Word { text, last } = self.words[self.at];
        let mut pieces: Vec<Word> = Vec::new();
        let parts = text.split(['/', '+', ',', ';']);
        parts.for_each(|piece| push(piece, &mut pieces));
        if pieces.len() > 1 {
            let count = pieces.len();
            for (piece, number) in pieces.iter_mut().zip(1..) {
                piece.last = number < count || last;
            }
            self.words.splice(self.at..=self.at, pieces);
            return;
        }
        self.at += 1;
        let word = text.to_lowercase();
        match word.as_str() {
            "but" | "with" | "aber" | "mit" => self.negated = false,
            "or" | "oder" => self.or = true,
            _ if is_one_of(NEGATIONS, text) => self.negated = true,
            _ if is_one_of(FILLERS, text) => {}
            _ => {
                let near = self.spelt_like(text);
                self.prompt.unknown.push(unknown_word(text, near));
            }
        }
    }

    fn next_either(&self) -> usize {
        self.read.len()
    }

    fn add(&mut self, mut part: PromptPart, against: bool, count: usize) {
        let term = part.term.clone();
        let names = match against {
            true => &mut self.prompt.unwanted,
            false => &mut self.prompt.wanted,
        };
        if std::mem::take(&mut self.or)
            && let Some(before) = names.last_mut()
        {
            part.either = before.either;
        }
        if names.add(part) {
            self.read.push(Understood {
                term,
                against,
                from: self.at,
                to: self.at + count,
            });
        }
    }

    fn finish(mut self) -> TextPrompt {
        self.prompt.wanted.has_examples = !self.prompt.like.is_empty();
        for number in 0..self.read.len() {
            let rest = self.without(number);
            let Understood { term, against, .. } = &self.read[number];
            let term = term.clone();
            let terms = match against {
                true => &mut self.prompt.unwanted_terms,
                false => &mut self.prompt.wanted_terms,
            };
            terms.push(WishPart { term, rest });
        }
        self.prompt
    }

    /// The prompt without a part, and without the negation that spoke of nothing else.
    fn without(&self, number: usize) -> String {
        let Understood { from, to, .. } = self.read[number];
        let mut first = from;
        let alone = self.words[to - 1].last;
        while first > 0
            && alone
            && !self.words[first - 1].last
            && (is_one_of(NEGATIONS, self.words[first - 1].text)
                || is_one_of(FILLERS, self.words[first - 1].text))
        {
            first -= 1;
        }
        let place = |text: &str| text.as_ptr() as usize - self.text.as_ptr() as usize;
        let begin = place(self.words[first].text);
        let last = self.words[to - 1].text;
        let (before, after) = (&self.text[..begin], &self.text[place(last) + last.len()..]);
        // Of two signs between clauses one stays.
        let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '-' | '/' | '+');
        let before = before.trim_end_matches(if alone { ends } else { char::is_whitespace });
        let after = match before.is_empty() {
            true => after.trim_start_matches(ends),
            false => after.trim_start(),
        };
        let space = match after.chars().next() {
            Some(c) if c.is_alphanumeric() && !before.is_empty() => " ",
            _ => "",
        };
        format!("{before}{space}{after}").trim().to_owned()
    }

    /// What a name means, if anything; nothing that is here where it is known and no recording has it.
    fn meaning(&self, name: &str) -> Option<(WishTerm, Means)> {
        let catalogue = self.catalogue;
        let key = similar_key(name);
        if key.is_empty() || is_one_of(FILLERS, &key) || is_one_of(NEGATIONS, &key) {
            return None;
        }
        let typed = name.to_lowercase();
        let genre = catalogue.genre_names().find(name).map(Feature::Genre);
        let tag = tag_named(catalogue, name);
        if genre.is_none()
            && let Some(scene) = scenes::scene(name)
        {
            return Some(self.scene(scene, typed));
        }
        let mut any = tag.map_or(Vec::new(), |tag| with_narrower(catalogue, tag));
        any.extend(genre);
        if !any.is_empty() {
            let term = match tag {
                Some(_) => WishTerm::Tag { name: typed },
                None => WishTerm::Genre { name: typed },
            };
            return Some((term, Means::Any(any)));
        }
        let synonym = SYNONYMS.iter().find(|(said, _)| similar_key(said) == key);
        if let Some((_, means)) = synonym {
            let tags = means.iter().filter_map(|name| tag_named(catalogue, name));
            let any: Vec<Feature> = tags.map(Feature::Tag).collect();
            if !any.is_empty() {
                return Some((WishTerm::Tag { name: typed }, Means::Any(any)));
            }
        }
        if let Some(artist) = catalogue.artist_names().find(name) {
            let name = catalogue.artist_names().show(artist).to_owned();
            let any = vec![Feature::Artist(artist)];
            return Some((WishTerm::Artist { name }, Means::Any(any)));
        }
        let mut names = SYNONYMS.iter().flat_map(|(_, means)| means.iter());
        let is_known = synonym.is_some() || names.any(|name| similar_key(name) == key);
        is_known.then(|| (WishTerm::Tag { name: typed }, Means::Any(Vec::new())))
    }

    /// What a line of the list means in this library.
    fn scene(&self, scene: &scenes::Scene, typed: String) -> (WishTerm, Means) {
        let here = scene.traits.iter().filter_map(|(meant, weight)| {
            let feature = match meant {
                Trait::Tag(name) => Feature::Tag(tag_named(self.catalogue, name)?),
                Trait::Plain(feature) => *feature,
            };
            Some((feature, *weight))
        });
        let here: Vec<(Feature, f64)> = here.collect();
        let titles = |feature: &Feature| matches!(feature, Feature::Title(_));
        match here.as_slice() {
            [(feature @ (Feature::Slow | Feature::Fast | Feature::Bpm(..)), _)]
                if scene.traits.len() == 1 =>
            {
                let means = Means::Any(vec![*feature]);
                (WishTerm::Tempo { name: typed }, means)
            }
            all if !all.is_empty() && all.iter().all(|(feature, _)| titles(feature)) => {
                let any = all.iter().map(|(feature, _)| *feature).collect();
                (WishTerm::Title { name: typed }, Means::Any(any))
            }
            _ => {
                let means = Means::Mixture(Mixture::new(self.catalogue, here));
                (WishTerm::Scene { name: typed }, means)
            }
        }
    }

    /// Known words that are spelt like one.
    fn spelt_like(&self, word: &str) -> Vec<String> {
        let catalogue = self.catalogue;
        let names = [catalogue.tag_names(), catalogue.genre_names()];
        let names = names.into_iter().flat_map(|names| names.all());
        let mut known: Vec<&str> = scenes::words().collect();
        known.extend(SYNONYMS.iter().map(|(said, _)| *said));
        known.extend(names);
        spelling::nearest(word, known.into_iter())
    }
}

/// A tag that some recording has, in the singular too.
fn tag_named(catalogue: &Catalogue, name: &str) -> Option<u32> {
    let tags = catalogue.tag_names();
    tags.find(name)
        .or_else(|| tags.find(name.strip_suffix('s')?))
}

fn is_one_of(list: &[&str], word: &str) -> bool {
    let key = similar_key(word);
    list.iter().any(|other| *other == word || *other == key)
}

fn joined(words: &[Word]) -> String {
    let texts: Vec<&str> = words.iter().map(|word| word.text).collect();
    texts.join(" ")
}

fn unknown_word(word: &str, near: Vec<String>) -> UnknownWord {
    UnknownWord {
        word: word.to_owned(),
        near,
    }
}

/// Adds a word, and what the punctuation around it says of clauses.
fn push<'a>(word: &'a str, words: &mut Vec<Word<'a>>) {
    if word.starts_with('(') {
        end_clause(words);
    }
    // Which is a word: "and".
    let is_sign = |c: char| !c.is_alphanumeric() && c != '&';
    // Those that make another word of a letter: F♯.
    let is_end = |c: char| is_sign(c) && !matches!(c, '#' | '♯' | '♭');
    let text = word.trim_end_matches(is_end);
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
