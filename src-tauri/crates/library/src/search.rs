//! Words as the index of words keeps them, and as they are looked for.
//!
//! Text is folded ([`segue_core::fold`]), cut into runs of letters and digits, and each Chinese or Japanese
//! character stands by itself, since those scripts put no spaces between words. A search finds the tracks in
//! which every word of the query begins some word, in whatever field. Names with signs in them are found without them
//! too: AC/DC as acdc, R.E.M. as rem, P!nk as pink; and C# is not C.

use segue_core::{fold, is_word, similar_key};

/// No one types more; a pasted page should not become a query of ten thousand terms.
const QUERY_WORDS_MAX: usize = 16;

/// Longest word, in bytes, that is looked through for signs.
const WORD_BYTES_MAX: usize = 64;

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

/// `text` as one line in which [`phrase`] finds phrases: its words, and itself, for names of nothing but signs.
pub(crate) fn phrased(text: &str) -> String {
    let folded = fold(text);
    format!(" {} {folded}", plain(&folded))
}

/// What of [`phrased`] text is looked for: words in this order, the last of which may go on.
pub(crate) fn phrase(text: &str) -> String {
    let folded = fold(text.trim());
    match plain(&folded) {
        words if words.is_empty() => folded,
        words => format!(" {words}"),
    }
}

/// Whether each word of `wanted` begins some word of `held`, as the index would find it.
pub(crate) fn holds(held: &str, wanted: &str) -> bool {
    let held = words(held);
    let wanted = plain(&fold(wanted));
    let mut wanted = wanted.split(' ').filter(|word| !word.is_empty());
    wanted.all(|word| held.split(' ').any(|own| own.starts_with(word)))
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
    fn words_and_phrases_are_found_in_text() {
        let line = phrased("Kind of Blue: So What");
        for (text, found) in [
            ("of blue so", true),
            ("KIND", true),
            ("ind of", false),
            ("so kind", false),
        ] {
            assert_eq!(line.contains(&phrase(text)), found, "{text}");
        }
        assert!(phrased("!!!").contains(&phrase("!!!")));
        assert!(holds("Blue Note, A.B.C.", "not abc"));
        assert!(!holds("Blue Note", "otes"));
    }
}
