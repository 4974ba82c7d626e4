//! How names are compared: case, accents and width folded away, so that "Bjork" finds "Björk".

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{compose, is_combining_mark};

/// Folds `text` for searching and matching: compatibility decomposition (Unicode NFKD), accents removed, lower case, a
/// few letters that do not decompose (ø, ł, ß, æ …) spelled out.
///
/// An accent is a mark without which readers still know the word: those on Latin, Greek and Cyrillic letters, Hebrew
/// and Arabic vowel points, which are mostly left unwritten, and hamza and madda on alef, as Lucene's `ArabicNormalizer`
/// has it. Marks that make another word stay: the vowel signs and nuktas of the Indic scripts, Thai vowels and tones,
/// the voicing of kana. Signs without width or sound (joiners, directions of writing) go.
///
/// Word characters and spacing stay as they are; folding twice changes nothing.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().flat_map(char::to_lowercase) {
        match c {
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ς' => folded.push('σ'),
            '’' | '‘' => folded.push('\''),
            '♯' => folded.push('#'),
            '♭' => folded.push('b'),
            '\u{3099}' | '\u{309a}' => voice(&mut folded, c),
            // Hamza on another letter than alef makes another letter.
            '\u{654}' | '\u{655}' if folded.ends_with('ا') => {}
            c if is_accent(c) || is_unseen(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

/// Puts a voicing mark on the kana before it, as one character, so that a search for か does not begin が.
fn voice(folded: &mut String, mark: char) {
    let kana = folded.chars().next_back();
    match kana.and_then(|kana| compose(kana, mark)) {
        Some(voiced) => {
            folded.pop();
            folded.push(voiced);
        }
        None => folded.push(mark),
    }
}

/// Whether a combining mark may be left out without making another word. By Unicode's blocks and, for Hebrew and
/// Arabic, its points and Quranic signs.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}' // accents of any letter
        | '\u{483}'..='\u{489}' | '\u{2de0}'..='\u{2dff}' | '\u{a66f}'..='\u{a672}' | '\u{a674}'..='\u{a67d}' // Cyrillic
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' // Hebrew
        | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{653}' | '\u{656}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}' // Arabic
    )
}

/// Variation selectors, joiners, soft hyphens and directions of writing.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// Whether a folded character belongs to a word: a letter, a digit, or a mark that folding left, which makes the word.
pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || (!c.is_ascii() && is_combining_mark(c))
}

/// Folds a name further, to decide whether two spellings mean the same artist or album: punctuation and
/// spacing dropped, a leading "the" dropped, "&" read as "and". A name of nothing but signs
/// keeps them, and so does a word its sharps and plusses (C, C# and C++); "$" beside a letter and "!" between two are
/// the letters they stand for (A$AP, P!nk).
pub fn similar_key(name: &str) -> String {
    let folded = fold(name);
    let mut key = String::with_capacity(folded.len());
    // Where the second word begins in `key`.
    let (mut words, mut second) = (0, 0);
    for chunk in folded.split_whitespace() {
        for (at, piece) in chunk.split('&').enumerate() {
            for word in [if at > 0 { "and" } else { "" }, piece] {
                let before = key.len();
                push_word(&mut key, word);
                if key.len() > before {
                    words += 1;
                    second = if words == 2 { before } else { second };
                }
            }
        }
    }
    if words == 0 {
        return folded.trim().to_owned();
    }
    if words > 1 && &key[..second] == "the" {
        key.drain(..second);
    }
    key
}

/// Appends what of a folded word tells it from others.
fn push_word(key: &mut String, word: &str) {
    let mut before = None;
    let mut rest = word.chars().peekable();
    let letter = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    while let Some(c) = rest.next() {
        let after = rest.peek().copied();
        let follows = before.is_some_and(|before| is_word(before) || before == c);
        let kept = match c {
            '#' if follows && !after.is_some_and(|after| after.is_ascii_digit()) => Some('#'),
            '+' if follows && !after.is_some_and(is_word) => Some('+'),
            '$' if letter(before) || letter(after) => Some('s'),
            '!' if letter(before) && letter(after) => Some('i'),
            c => Some(c).filter(|c| is_word(*c)),
        };
        key.extend(kept);
        before = if kept.is_some() { Some(c) } else { None };
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

/// The key under which spellings of one artist meet, guests left out.
pub fn artist_key(name: &str) -> String {
    similar_key(&without_guests(&fold(name)))
}

/// The artist that a history names, to be asked of many tracks.
#[derive(Clone, Debug)]
pub struct WantedArtist {
    key: String,
    /// The artists that the name may be made of ("Ann & Bob", "Ann, Bob").
    pieces: Vec<String>,
}

impl WantedArtist {
    /// For an artist as a history names it.
    pub fn new(artist: &str) -> Self {
        let bare = without_guests(&fold(artist));
        let parted = bare.replace(" and ", "&").replace(" x ", "&");
        let pieces = parted.split([',', ';', '&', '/']).map(similar_key);
        Self {
            key: similar_key(&bare),
            pieces: pieces.filter(|piece| !piece.is_empty()).collect(),
        }
    }

    /// Whether a track's artists are meant, each given by its [`artist_key`]: one of them, or several in one string.
    pub fn is(&self, known: &[&str]) -> bool {
        if self.key.is_empty() {
            return false;
        }
        // The album's artist is mostly the track's: a name told twice is one artist.
        let mut known: Vec<&str> = known.to_vec();
        let mut at = 0;
        while at < known.len() {
            if known[at].is_empty() || known[..at].contains(&known[at]) {
                known.remove(at);
            } else {
                at += 1;
            }
        }
        let among = |piece: &String| known.contains(&piece.as_str());
        let named = |name: &&str| self.pieces.iter().any(|piece| piece == name);
        known.contains(&self.key.as_str())
            || known.concat() == self.key
            || (self.pieces.len() > 1
                && (self.pieces.iter().all(among) || (known.len() > 1 && known.iter().all(named))))
    }
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
            ("Đặng Thái Sơn", "dang thai son"),
            ("ΟΔΥΣΣΕΎΣ", "οδυσσευσ"),
            ("Ελλάς", "ελλασ"),
            ("Ёлка", "елка"),
            ("שָׁלוֹם", "שלום"),
            ("מֹשֶׁה", "משה"),
            ("مُحَمَّد", "محمد"),
            ("أُمّ كلثوم", "ام كلثوم"),
            ("آمال", "امال"),
            ("می\u{200c}خواهم", "میخواهم"),
            ("ｶﾞｷﾞ", "ガギ"),
            ("か\u{3099}", "が"),
            ("F♯ B♭", "f# bb"),
            ("❤\u{fe0f}", "❤"),
            ("So\u{ad}lo\u{202e}", "solo"),
        ] {
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn words_that_differ_in_a_mark_are_other_words() {
        for (a, b) in [
            ("मेरा", "मेरी"),
            ("राम", "रोम"),
            ("राज", "राज़"),
            ("কর", "কার"),
            ("கல", "கால"),
            ("తల", "తాల"),
            ("ਸਤ", "ਸੱਤ"),
            ("かき", "かぎ"),
            ("カス", "ガス"),
            ("はん", "ぱん"),
            ("ท", "ที่"),
            ("ที", "ที่"),
            ("ໄກ", "ໄກ່"),
            ("ကမ", "ကာမ"),
            ("កប", "កាប"),
            ("سال", "سائل"),
            ("한", "하"),
            ("ދަ", "ދި"),
        ] {
            assert_ne!(fold(a), fold(b), "{a} and {b}");
            assert_ne!(similar_key(a), similar_key(b), "{a} and {b}");
            assert_ne!(title_key(a), title_key(b), "{a} and {b}");
            let of_b = artist_key(b);
            assert!(!WantedArtist::new(a).is(&[&of_b]), "{a} and {b}");
        }
    }

    #[test]
    fn signs_that_make_another_name_stay() {
        for (a, b) in [
            ("C", "C++"),
            ("C", "C#"),
            ("C++", "C#"),
            ("F#m", "Fm"),
            ("Prelude in F♯", "Prelude in F"),
            ("Prelude in B♭", "Prelude in B"),
            ("A+", "A"),
            ("+", "++"),
            ("!!!", "!"),
            ("+/-", "-"),
        ] {
            assert_ne!(similar_key(a), similar_key(b), "{a} and {b}");
            assert_ne!(title_key(a), title_key(b), "{a} and {b}");
        }
        for (a, b) in [
            ("A$AP Rocky", "ASAP Rocky"),
            ("P!nk", "Pink"),
            ("Ke$ha", "KESHA"),
            ("$uicideboy$", "Suicideboys"),
            ("Too $hort", "Too Short"),
            ("Florence + the Machine", "Florence The Machine"),
            ("Help!", "Help"),
            ("Track #1", "Track 1"),
            ("F♯m", "F#m"),
            ("R.E.M.", "REM"),
            ("Love+Hate", "lovehate"),
            ("$100 Bill", "100 Bill"),
            ("R&B", "R & B"),
            ("Movement +", "Movement"),
        ] {
            assert_eq!(similar_key(a), similar_key(b), "{a} and {b}");
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
            let keys: Vec<String> = names.iter().map(|name| artist_key(name)).collect();
            let mut known: Vec<&str> = keys.iter().map(String::as_str).collect();
            let wanted = WantedArtist::new(artist);
            assert_eq!(wanted.is(&known), expected, "{artist} of {names:?}");
            // A name told twice is one artist.
            known.extend(known.clone());
            assert_eq!(wanted.is(&known), expected, "{artist} of {names:?}, twice");
        }
    }

    proptest! {
        #[test]
        fn no_title_is_too_odd_for_a_key(title in "(\\PC|[()\\[\\] -]|feat\\. |remaster){0,24}", artist in "\\PC{0,12}") {
            let key = title_key(&title);
            prop_assert!(!key.is_empty() || similar_key(&title).is_empty());
            WantedArtist::new(&artist).is(&[&title]);
        }

        #[test]
        fn a_name_told_again_is_one_artist(
            artist in "(Ann|Bob|Simon|[&,/ x]| and | feat\\. ){1,6}",
            names in prop::collection::vec("(Ann|Bob|Simon|Ann & Bob|Simon, Bob|)", 0..4),
            again in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        ) {
            let keys: Vec<String> = names.iter().map(|name| artist_key(name)).collect();
            let once: Vec<&str> = keys.iter().map(String::as_str).collect();
            let mut more = once.clone();
            if !once.is_empty() {
                more.extend(again.iter().map(|index| once[index.index(once.len())]));
            }
            let wanted = WantedArtist::new(&artist);
            prop_assert_eq!(wanted.is(&once), wanted.is(&more));
        }

        #[test]
        fn an_artist_is_itself(artist in "\\PC{0,16}") {
            let key = artist_key(&artist);
            prop_assert_eq!(WantedArtist::new(&artist).is(&[&key]), !key.is_empty());
        }
    }

    proptest! {
        #[test]
        fn folding_is_settled_after_once(text in "\\PC{0,24}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn kana_and_points_settle_too(text in "[かがば゚\u{3099}\u{309a}ا\u{654}\u{64e}सा़ー]{0,12}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
