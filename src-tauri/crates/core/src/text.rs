//! How names are compared: case, accents and width folded away, so that "Bjork" finds "Björk".

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Folds `text` for searching and matching: compatibility decomposition (Unicode NFKD), combining marks
/// removed, lower case, a few letters that do not decompose (ø, ł, ß, æ …) spelled out.
///
/// Word characters and spacing stay as they are; folding twice changes nothing.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            '’' | '‘' => folded.push('\''),
            c if is_combining_mark(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

/// Folds a name further, to decide whether two spellings mean the same artist or album: punctuation and
/// spacing dropped, a leading "the" dropped, "&" read as "and". A name of nothing but signs keeps them.
pub fn similar_key(name: &str) -> String {
    let folded = fold(name).replace('&', " and ");
    let words: Vec<String> = folded
        .split_whitespace()
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    let rest = match words.as_slice() {
        [the, rest @ ..] if the == "the" && !rest.is_empty() => rest,
        all => all,
    };
    if rest.is_empty() {
        folded.trim().to_owned()
    } else {
        rest.concat()
    }
}

/// The key under which spellings of one recording's title meet: [`similar_key`] of the title without what services
/// and shops add to it — guests ("feat. …", "(with …)") and the notes that name the same recording anew ("2011
/// Remaster", "Album Version", "Explicit"). What names another recording stays: live, remix, edit, demo, mono.
pub fn title_key(title: &str) -> String {
    let folded = fold(title);
    let mut bare = without_guests(&without_notes_in_brackets(&folded));
    while let Some(at) = bare.rfind(" - ").filter(|at| is_note(&bare[at + 3..])) {
        bare.truncate(at);
    }
    let key = similar_key(&bare);
    if key.is_empty() || bare.trim().is_empty() {
        similar_key(title)
    } else {
        key
    }
}

/// Whether a history's `artist` means the artists of a track: one of `names` (each artist by itself, and the album's),
/// or several of them in one string ("Ann & Bob", "Ann, Bob"), guests left out on both sides.
pub fn same_artist(artist: &str, names: &[&str]) -> bool {
    let key = |name: &str| similar_key(&without_guests(&fold(name)));
    let wanted = key(artist);
    let known: Vec<String> = names.iter().map(|name| key(name)).collect();
    if wanted.is_empty() {
        return false;
    }
    if known.contains(&wanted) || known.concat() == wanted {
        return true;
    }
    let folded = without_guests(&fold(artist))
        .replace(" and ", "&")
        .replace(" x ", "&");
    let pieces: Vec<String> = folded
        .split([',', ';', '&', '/'])
        .map(key)
        .filter(|piece| !piece.is_empty())
        .collect();
    pieces.len() > 1
        && (pieces.iter().all(|piece| known.contains(piece))
            || (known.len() > 1 && known.iter().all(|name| pieces.contains(name))))
}

/// `folded` up to where it begins to name guests.
fn without_guests(folded: &str) -> String {
    let mut end = folded.len();
    for word in [" feat. ", " feat ", " ft. ", " ft ", " featuring "] {
        // A title does not begin with its guests.
        if let Some(at) = folded.find(word).filter(|at| *at > 0) {
            end = end.min(at);
        }
    }
    folded[..end].to_owned()
}

/// `folded` without the bracketed parts that are notes.
fn without_notes_in_brackets(folded: &str) -> String {
    let mut kept = String::with_capacity(folded.len());
    let mut rest = folded;
    while let Some(open) = rest.find(['(', '[']) {
        let close = if rest[open..].starts_with('(') {
            ')'
        } else {
            ']'
        };
        let Some(length) = rest[open..].find(close) else {
            break;
        };
        kept.push_str(&rest[..open]);
        let inside = &rest[open + 1..open + length];
        let guests = ["feat", "ft.", "ft ", "with "]
            .iter()
            .any(|word| inside.trim_start().starts_with(word));
        if !guests && !is_note(inside) {
            kept.push_str(&rest[open..=open + length]);
        }
        rest = &rest[open + length + 1..];
    }
    kept.push_str(rest);
    kept
}

/// Whether folded words only say that this is the recording one knows: a remaster, or the version of the album.
fn is_note(words: &str) -> bool {
    let mut telling = false;
    for word in words
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        let number = word.starts_with(|c: char| c.is_ascii_digit());
        match word {
            "remaster" | "remastered" | "remastering" | "explicit" | "bonus" => telling = true,
            "album" => telling |= words.contains("version"),
            "version" | "digital" | "digitally" | "anniversary" | "edition" | "track" | "the"
            | "in" | "from" => {}
            _ if number => {}
            _ => return false,
        }
    }
    telling
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_found_however_they_are_typed() {
        for (text, expected) in [
            ("Björk", "bjork"),
            ("SIGUR RÓS", "sigur ros"),
            ("Mø", "mo"),
            ("Straße", "strasse"),
            ("ＡＢＣ", "abc"),
            ("Дмитрий", "дмитрии"),
            ("久石", "久石"),
            ("İstanbul", "istanbul"),
            ("Don’t", "don't"),
        ] {
            assert_eq!(fold(text), expected);
        }
    }

    #[test]
    fn spellings_of_one_artist_share_a_key() {
        for (a, b) in [
            ("The Beatles", "beatles"),
            ("Simon & Garfunkel", "Simon and Garfunkel"),
            ("AC/DC", "ACDC"),
            ("Guns N' Roses", "Guns N’ Roses"),
        ] {
            assert_eq!(similar_key(a), similar_key(b));
        }
        assert_ne!(similar_key("!!!"), similar_key("???"));
        assert_eq!(similar_key("The The"), "the");
        assert_eq!(similar_key("The"), "the");
    }

    #[test]
    fn spellings_of_one_title_share_a_key() {
        for (a, b) in [
            ("Come Together - Remastered 2009", "Come Together"),
            ("Come Together (2019 Digital Remaster)", "come  together"),
            ("Heroes - 2017 Remastered Version", "\u{201c}Heroes\u{201d}"),
            ("Umbrella (feat. JAY-Z)", "Umbrella"),
            ("Umbrella ft. Jay-Z", "Umbrella"),
            ("Stay (with Justin Bieber)", "Stay"),
            ("Alive [Explicit]", "Alive"),
            ("Song 2 (Album Version)", "Song 2"),
            ("Jóga", "JOGA"),
            ("Cafe\u{301}", "Café"),
            ("The Chain", "Chain"),
        ] {
            assert_eq!(title_key(a), title_key(b), "{a} and {b}");
        }
        for (a, b) in [
            ("Come Together (Live)", "Come Together"),
            ("Come Together - Live / Remastered", "Come Together"),
            ("Blue Monday (12\" Remix)", "Blue Monday"),
            ("Sugar - Radio Edit", "Sugar"),
            ("Help! (Mono)", "Help!"),
            ("Version", "Album"),
            ("(Remastered)", "!!!"),
            ("1999", "1979"),
        ] {
            assert_ne!(title_key(a), title_key(b), "{a} and {b}");
        }
    }

    #[test]
    fn one_string_may_name_several_artists() {
        for (artist, names, expected) in [
            ("Beatles", &["The Beatles"][..], true),
            ("Ann & Bob", &["Ann", "Bob"], true),
            ("Ann, Bob", &["Ann", "Bob"], true),
            ("Rihanna feat. JAY-Z", &["Rihanna"], true),
            ("Rihanna", &["Rihanna ft. JAY-Z"], true),
            ("Bob", &["Ann", "Bob"], true),
            ("Earth, Wind & Fire", &["Earth"], false),
            ("Simon & Garfunkel", &["Simon"], false),
            ("Nobody", &["Ann"], false),
            ("", &[""], false),
        ] {
            assert_eq!(
                same_artist(artist, names),
                expected,
                "{artist} of {names:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_title_is_too_odd_for_a_key(title in "(\\PC|[()\\[\\] -]|feat\\. |remaster){0,24}", artist in "\\PC{0,12}") {
            let key = title_key(&title);
            prop_assert!(!key.is_empty() || similar_key(&title).is_empty());
            same_artist(&artist, &[&title]);
        }
    }

    proptest! {
        #[test]
        fn folding_is_settled_after_once(text in "\\PC{0,24}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
