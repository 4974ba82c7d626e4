//! What a listener types into a search, taken apart: words for the index, and tags to ask for.
//!
//! Text is folded ([`segue_core::fold`]), cut into runs of letters and digits, and each Chinese or Japanese
//! character stands by itself, since those scripts put no spaces between words. A search finds the tracks in
//! which every word of the query begins some word, in whatever field.
//!
//! `tag:jazz` and `tag:"female vocals"` ask for what the network heard, `-tag:rock` for what it did not hear.

use segue_core::fold;

/// No one types more; a pasted page should not become a query of ten thousand terms.
const QUERY_WORDS_MAX: usize = 16;

/// The mark of a tag.
const TAG: &str = "tag:";

/// A query, taken apart. Nothing in it is syntax but the marks of tags.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Query {
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

impl Query {
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
/// `text` as the index wants it: folded words with single spaces between.
pub(crate) fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut gap = false;
    for c in fold(text).chars() {
        if !c.is_alphanumeric() {
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

/// The FTS5 expression that finds `text`, or `None` if it holds no word. Nothing in `text` is syntax.
pub(crate) fn expression(text: &str) -> Option<String> {
    let words = words(text);
    let terms: Vec<String> = words
        .split(' ')
        .filter(|word| !word.is_empty())
        .take(QUERY_WORDS_MAX)
        .map(|word| format!("\"{word}\"*"))
        .collect();
    (!terms.is_empty()).then(|| terms.join(" "))
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
            ("beat abb", Some(r#""beat"* "abb"*"#)),
            ("  Björk ", Some(r#""bjork"*"#)),
            ("don't", Some(r#""don"* "t"*"#)),
            ("久石譲", Some(r#""久"* "石"* "譲"*"#)),
            ("a\" OR NEAR(b*)", Some(r#""a"* "or"* "near"* "b"*"#)),
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
            let query = Query::parse(text);
            assert_eq!((query.text.as_str(), query.tags), (words, tags), "{text:?}");
        }
    }
}
