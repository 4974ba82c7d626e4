//! What a listener types into a search, taken apart: words for the index, and tags to ask for.
//!
//! Text is folded ([`segue_core::fold`]), cut into runs of letters and digits, and each Chinese or Japanese
//! character stands by itself, since those scripts put no spaces between words. A search finds the tracks in
//! which every word of the query begins some word, in whatever field. Names with signs in them are found without them
//! too: AC/DC as acdc, R.E.M. as rem, P!nk as pink; and C# is not C.
//!
//! `tag:jazz` and `tag:"female vocals"` ask for what the network heard, `-tag:rock` for what it did not hear.

use segue_core::{fold, is_word, similar_key};

/// No one types more; a pasted page should not become a query of ten thousand terms.
const QUERY_WORDS_MAX: usize = 16;

/// Longest word, in bytes, that is looked through for signs.
const WORD_BYTES_MAX: usize = 64;

/// The mark of a tag.
const TAG: &str = "tag:";

/// A query, taken apart. Nothing in it is syntax but the marks of tags.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct ParsedQuery {
    /// What stands beside the tags.
    pub(crate) text: String,
    /// The tags asked for.
    pub(crate) tags: Vec<TagTerm>,
}

/// A tag asked for, or asked away.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TagTerm {
    /// Its folded name, or the beginning of it.
    pub(crate) name: String,
    /// Whether the name is complete: it stood in quotes.
    pub(crate) whole: bool,
    /// `false`: tracks with this tag are not wanted.
    pub(crate) wanted: bool,
}

impl ParsedQuery {
    pub(crate) fn parse(text: &str) -> Self {
        let mut query = Self::default();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let unmarked = rest.strip_prefix('-').unwrap_or(rest);
            let marked = unmarked
                .get(..TAG.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(TAG));
            let end = |text: &str| text.find(char::is_whitespace).unwrap_or(text.len());
            if !marked {
                let (word, after) = rest.split_at(end(rest));
                query.text.push_str(word);
                query.text.push(' ');
                rest = after.trim_start();
                continue;
            }
            let name = &unmarked[TAG.len()..];
            // A quote that is still open holds all that follows: the listener is typing.
            let (name, whole, after) = match name.strip_prefix('"') {
                Some(quoted) => match quoted.split_once('"') {
                    Some((name, after)) => (name, true, after),
                    None => (quoted, false, ""),
                },
                None => {
                    let (name, after) = name.split_at(end(name));
                    (name, false, after)
                }
            };
            let name = fold(name.trim());
            if !name.is_empty() && query.tags.len() < QUERY_WORDS_MAX {
                query.tags.push(TagTerm {
                    name,
                    whole,
                    wanted: unmarked.len() == rest.len(),
                });
            }
            rest = after.trim_start();
        }
        query
    }
}

/// `text` as the index wants it: folded words with single spaces between, and behind them what those with signs in them
/// are also called.
pub(crate) fn words(text: &str) -> String {
    let folded = fold(text);
    let mut words = plain(&folded);
    for chunk in folded.split_whitespace() {
        for name in other_names(chunk) {
            words.push(' ');
            words.push_str(&name);
        }
    }
    words
}

/// The words of folded text, parted at every sign.
fn plain(folded: &str) -> String {
    let mut words = String::with_capacity(folded.len());
    let mut gap = false;
    for c in folded.chars() {
        if !is_word(c) {
            gap = true;
            continue;
        }
        let alone = stands_alone(c);
        if (gap || alone) && !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
        words.push(c);
        gap = alone;
    }
    words
}

/// What a folded word with signs in it is also called: without them, with the letters they stand for, and a row of
/// single letters in it as one word (Run-D.M.C.).
fn other_names(chunk: &str) -> Vec<String> {
    let mut names = Vec::new();
    if chunk.chars().all(is_word) || chunk.len() > WORD_BYTES_MAX || chunk.chars().any(stands_alone)
    {
        return names;
    }
    let plain = plain(chunk);
    let pieces: Vec<&str> = plain.split(' ').collect();
    let mut add = |name: String| {
        if !name.is_empty() && !pieces.contains(&name.as_str()) && !names.contains(&name) {
            names.push(name);
        }
    };
    add(pieces.concat());
    add(marked(&similar_key(chunk)));
    for letters in pieces.split(|piece| piece.chars().nth(1).is_some()) {
        if letters.len() > 1 {
            add(letters.concat());
        }
    }
    names
}

/// Sharps and plusses as characters that the index takes for letters.
fn marked(key: &str) -> String {
    key.replace('#', "\u{e023}").replace('+', "\u{e02b}")
}

/// The FTS5 expression that finds any word of `text`, which holds one.
pub(crate) fn any_word(text: &str) -> String {
    let plain = plain(&fold(text));
    let words = plain.split(' ').filter(|word| !word.is_empty());
    let begins: Vec<String> = words
        .take(QUERY_WORDS_MAX)
        .map(|word| format!("\"{word}\"*"))
        .collect();
    begins.join(" OR ")
}

/// The FTS5 expression that finds `text`, or `None` if it holds no word. Nothing in `text` is syntax.
pub(crate) fn expression(text: &str) -> Option<String> {
    let begins = |word: &str| format!("\"{word}\"*");
    let mut terms: Vec<String> = Vec::new();
    let mut left = QUERY_WORDS_MAX;
    for chunk in fold(text).split_whitespace() {
        let plain = plain(chunk);
        let pieces: Vec<String> = plain
            .split(' ')
            .filter(|word| !word.is_empty())
            .take(left)
            .map(begins)
            .collect();
        left -= pieces.len();
        if pieces.is_empty() {
            continue;
        }
        let key = similar_key(chunk);
        // The sign is all of the name's worth: C++ is not C.
        if key.contains(['#', '+']) && plain.chars().filter(|c| *c != ' ').count() <= 2 {
            terms.push(begins(&marked(&key)));
            continue;
        }
        let together = pieces.join(" AND ");
        let others = other_names(chunk);
        if others.is_empty() {
            terms.push(together);
            continue;
        }
        let mut ways = vec![together];
        ways.extend(others.iter().map(|name| begins(name)));
        terms.push(format!("({})", ways.join(" OR ")));
    }
    (!terms.is_empty()).then(|| terms.join(" AND "))
}

/// Han, Hiragana and Katakana.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_words_and_nothing_else() {
        for (text, expected) in [
            ("beat abb", Some(r#""beat"* AND "abb"*"#)),
            ("  Björk ", Some(r#""bjork"*"#)),
            ("don't", Some(r#"("don"* AND "t"* OR "dont"*)"#)),
            (
                "p!nk x",
                Some(r#"("p"* AND "nk"* OR "pnk"* OR "pink"*) AND "x"*"#),
            ),
            ("C#", Some("\"c\u{e023}\"*")),
            ("久石譲", Some(r#""久"* AND "石"* AND "譲"*"#)),
            ("がか", Some(r#""が"* AND "か"*"#)),
            ("ที่", Some(r#""ที่"*"#)),
            ("क्षत्रिय", Some(r#""क्षत्रिय"*"#)),
            (
                "a\" OR NEAR(b*)",
                Some(r#""a"* AND "or"* AND ("near"* AND "b"* OR "nearb"*)"#),
            ),
            ("\"*-^:(){}", None),
            ("\0", None),
            ("", None),
        ] {
            assert_eq!(expression(text).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn tags_are_taken_out_of_the_words() {
        let tag = |name: &str, whole, wanted| TagTerm {
            name: name.into(),
            whole,
            wanted,
        };
        for (text, words, tags) in [
            (
                "tag:\"female vocals\" -tag:rock",
                "",
                vec![tag("female vocals", true, true), tag("rock", false, false)],
            ),
            (
                "night TAG:Jazz drive",
                "night drive ",
                vec![tag("jazz", false, true)],
            ),
            ("tag:\"female v", "", vec![tag("female v", false, true)]),
            ("-tag:\"r&b\"x", "x ", vec![tag("r&b", true, false)]),
            ("tag: tag:\"\" -tag:", "", vec![]),
            ("-tags:a tagging", "-tags:a tagging ", vec![]),
            ("ta", "ta ", vec![]),
            ("é-tag:x", "é-tag:x ", vec![]),
        ] {
            let query = ParsedQuery::parse(text);
            assert_eq!((query.text.as_str(), query.tags), (words, tags), "{text:?}");
        }
    }
}
