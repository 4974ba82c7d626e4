//! Words for the index and words from the listener, made alike.
//!
//! Text is folded ([`segue_core::fold`]), cut into runs of letters and digits, and each Chinese or Japanese
//! character stands by itself, since those scripts put no spaces between words. A search finds the tracks in
//! which every word of the query begins some word, in whatever field.

use segue_core::fold;

/// No one types more; a pasted page should not become a query of ten thousand terms.
const QUERY_WORDS_MAX: usize = 16;

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
}
