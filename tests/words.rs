//! The house rule of words: the rooms answer with types, and sentences for people are made at the rim, in `ui/src/words` and
//! `src-tauri/crates/cli/src/words`. So no text in the source of a room is a sentence.
//!
//! A sentence is a string literal with three or more words in lower-case letters beside its placeholders and lists: proper names
//! ("Windows Media Audio") and codes are none. What only programs and their makers read may be one: documentation, SQL (known
//! by its keywords), the arguments of `tracing`'s and panicking macros and of `expect`, and tests. How an error shows itself
//! in logs (`#[error("…")]`) is terse instead: at most five words beside its placeholders, and no advice, which is known by a
//! semicolon, a question mark or a command in back quotes.
//!
//! Not held to it yet: what is wrong with the files of a model (`analysis/src/manifest.rs`, `onnx.rs`, `projection.rs`, `network.rs`),
//! which is told to whoever makes a model, as a parser tells of a line; and a provider's detail in the doctor's list.

use std::fs;
use std::iter::Peekable;
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree, token_stream};

use crate::world::root;

const ROOMS: &[&str] = &["analysis", "decode", "library", "playback", "recommend"];
/// Files, and texts in files, that are no matter of this rule.
const LEFT: &[(&str, &str)] = &[
    ("analysis/src/manifest.rs", ""),
    ("analysis/src/manifest/bounds.rs", ""),
    ("analysis/src/manifest/front_end.rs", ""),
    ("analysis/src/manifest/network.rs", ""),
    ("analysis/src/onnx.rs", ""),
    ("analysis/src/projection.rs", ""),
    ("analysis/src/network.rs", ""),
    (
        "analysis/src/warm_up.rs",
        "its embeddings are not the processor",
    ),
    ("analysis/src/runtime.rs", "not made for this system"),
    // A folder's name.
    ("library/src/walk.rs", "system volume information"),
    // What a listener may wish for, in the words of wishes, and a genre's name.
    ("recommend/src/facets.rs", "drum and bass"),
    ("recommend/src/facets.rs", "rock and roll"),
    ("recommend/src/mixes/moods.rs", ""),
    ("recommend/src/prompt/vocabulary.rs", "drum and bass"),
    ("recommend/src/prompt/vocabulary.rs", "video game music"),
];
/// What programs and their makers read, as macros and methods.
const UNREAD: &[&str] = &[
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "panic",
    "unreachable",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "expect",
];
const SQL: &[&str] = &[
    "SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "PRAGMA", "WHERE", "ORDER", "JOIN", "FROM",
    "AND", "NOT", "NULL", "OR",
];
/// A sentence has so many words.
const SENTENCE_WORDS: usize = 3;
/// An error shows itself in at most so many.
const TERSE_WORDS: usize = 5;

#[test]
fn rooms_hold_no_sentences() {
    let mut told = Vec::new();
    for room in ROOMS {
        let folder = root().join("src-tauri/crates").join(room).join("src");
        files(&folder, &mut |path, text| {
            let named = path.strip_prefix(root().join("src-tauri/crates")).unwrap();
            let named = named.to_string_lossy().replace('\\', "/");
            for sentence in sentences(text) {
                let is_left =
                    |(file, begins): &(&str, &str)| named == *file && sentence.starts_with(begins);
                if !LEFT.iter().any(is_left) {
                    told.push(format!("{named}: {sentence:?}"));
                }
            }
        });
    }
    assert!(
        told.is_empty(),
        "these sentences stand within rooms:\n{}",
        told.join("\n")
    );
}

#[test]
fn errors_show_themselves_tersely() {
    let mut told = Vec::new();
    for room in ROOMS.iter().chain(&["core"]) {
        let folder = root().join("src-tauri/crates").join(room).join("src");
        files(&folder, &mut |path, text| {
            let loud = errors(text).into_iter().filter(|text| !is_terse(text));
            told.extend(loud.map(|text| format!("{}: {text:?}", path.display())));
        });
    }
    assert!(told.is_empty(), "these errors talk:\n{}", told.join("\n"));
}

#[test]
fn a_planted_sentence_is_found() {
    let check = |code: &str, expected: &[&str]| {
        assert_eq!(sentences(code), expected, "{code}");
    };
    let said = "it is cut off before its sound";
    for code in [
        format!("fn f() -> String {{ \"{said}\".into() }}"),
        format!("fn f() -> String {{ g(h(format!(\"{said}\"))) }}"),
        format!("const WHY: &str = r#\"{said}\"#;"),
        format!("enum E {{ #[serde(skip)] A }} fn f() {{ let x = [\"{said}\"]; }}"),
        format!("#[cfg(test)] mod tests; const WHY: &str = \"{said}\";"),
        format!("#[cfg(test)] fn t() {{}} const WHY: &str = \"{said}\";"),
    ] {
        check(&code, &[said]);
    }
    check(
        "fn f(n: u8) { g(format!(\"the {n} songs are {n} gone\")) }",
        &["the {n} songs are {n} gone"],
    );
    for code in [
        "/// This says what it is for.\nfn f() { /* and this why it is so */ }",
        "fn f() { tracing::warn!(%error, \"a cover could not be kept\") }",
        "fn f() { x.expect(\"a page is plain data\"); assert!(y, \"it was not so\") }",
        "fn f() { db.read(\"SELECT id of those FROM all which are there\") }",
        "#[cfg(test)] mod tests { fn f() { g(\"this is only a test\") } }",
        "const NAME: &str = \"Windows Media Audio\"; const MARK: &[u8] = b\"one two three four\";",
        "#[error(\"not found in all of this\")] struct E; const KEY: &str = \"deep cuts\";",
    ] {
        check(code, &[]);
    }
}

#[test]
fn a_planted_error_that_talks_is_found() {
    let code = "enum E { #[error(\"cannot read {path}: {detail}\")] A, #[error(transparent)] B }";
    assert_eq!(errors(code), ["cannot read {path}: {detail}"]);
    for (text, expected) in [
        ("cannot read {path}: {detail}", true),
        (
            "database newer: {path}: version {found}, known {known}",
            true,
        ),
        ("no thread", true),
        ("no track {0} in the library that anybody knows", false),
        ("no playlist {0}; list them", false),
        ("no runtime: `cargo xtask setup`", false),
        ("cannot read {path}: installed?", false),
    ] {
        assert_eq!(is_terse(text), expected, "{text}");
    }
}

/// All Rust files of a folder that are no tests.
fn files(folder: &Path, each: &mut dyn FnMut(&Path, &str)) {
    let mut entries: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        if matches!(&*stem, "tests" | "fixtures" | "failing") {
            continue;
        }
        if path.is_dir() {
            files(&path, each);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            each(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}

/// The sentences in code.
fn sentences(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    walk(parsed(code), &mut |text| {
        let is_sql = text
            .split(|c: char| !c.is_ascii_alphabetic())
            .any(|word| SQL.contains(&word));
        if !is_sql && words(text) >= SENTENCE_WORDS {
            found.push(text.to_owned());
        }
    });
    found
}

/// What errors show of themselves.
fn errors(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for attribute in walk(parsed(code), &mut |_| {}) {
        let mut tokens = attribute.into_iter();
        let is_error = matches!(tokens.next(), Some(TokenTree::Ident(name)) if name == "error");
        if is_error
            && let Some(TokenTree::Group(arguments)) = tokens.next()
            && let Some(TokenTree::Literal(text)) = arguments.stream().into_iter().next()
        {
            found.extend(text_of(&text.to_string()));
        }
    }
    found
}

fn is_terse(text: &str) -> bool {
    words(text) <= TERSE_WORDS && !beside(text).contains([';', '?', '`'])
}

/// How many words of lower-case letters stand beside the placeholders of a text.
fn words(text: &str) -> usize {
    beside(text)
        .split_whitespace()
        // Items of a list: columns of a table.
        .filter(|word| !word.ends_with(','))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '\'')
        })
        .count()
}

/// A text without its placeholders.
fn beside(text: &str) -> String {
    let (mut beside, mut depth) = (String::new(), 0_u32);
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            c if depth == 0 => beside.push(c),
            _ => {}
        }
    }
    beside
}

fn parsed(code: &str) -> TokenStream {
    code.parse()
        .unwrap_or_else(|error| panic!("{error}: {code}"))
}

type Tokens = Peekable<token_stream::IntoIter>;

/// Calls `each` for the texts of code that may be read by people, and returns all attributes.
fn walk(code: TokenStream, each: &mut dyn FnMut(&str)) -> Vec<TokenStream> {
    let mut attributes = Vec::new();
    let mut tokens = code.into_iter().peekable();
    let mut unread = false;
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(sign) if sign.as_char() == '#' => {
                let Some(attribute) = attribute(&mut tokens) else {
                    continue;
                };
                if is_test(&attribute) {
                    skip_item(&mut tokens);
                }
                attributes.push(attribute);
            }
            TokenTree::Ident(name) => unread = UNREAD.contains(&name.to_string().as_str()),
            // Between the name of a macro and what it takes.
            TokenTree::Punct(sign) if sign.as_char() == '!' => {}
            TokenTree::Punct(_) => unread = false,
            TokenTree::Group(group) => {
                if !std::mem::take(&mut unread) {
                    attributes.extend(walk(group.stream(), each));
                }
            }
            TokenTree::Literal(literal) => {
                if let Some(text) = text_of(&literal.to_string()) {
                    each(&text);
                }
            }
        }
    }
    attributes
}

/// What stands in the brackets of an attribute whose `#` was read.
fn attribute(tokens: &mut Tokens) -> Option<TokenStream> {
    if matches!(tokens.peek(), Some(TokenTree::Punct(sign)) if sign.as_char() == '!') {
        tokens.next();
    }
    match tokens.peek() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Bracket => {
            let inside = group.stream();
            tokens.next();
            Some(inside)
        }
        _ => None,
    }
}

fn is_test(attribute: &TokenStream) -> bool {
    let text = attribute.to_string().replace(' ', "");
    text == "test" || text.starts_with("cfg(test)") || text.starts_with("cfg(any(test")
}

/// Passes over the item that an attribute is about.
fn skip_item(tokens: &mut Tokens) {
    for token in tokens.by_ref() {
        match token {
            TokenTree::Punct(sign) if sign.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            _ => {}
        }
    }
}

/// The text of a string literal; bytes and characters are none.
fn text_of(literal: &str) -> Option<String> {
    let inner = literal.strip_prefix('r').unwrap_or(literal);
    let inner = inner.trim_matches('#');
    let text = inner.strip_prefix('"')?.strip_suffix('"')?;
    Some(text.to_owned())
}
