//! Text of tags: bytes in whatever encoding become a string, and a string becomes fit to be shown.

use encoding_rs::WINDOWS_1252;

/// The longest text kept of a field, in bytes. The longest real title known has some 1,000.
pub(super) const TEXT_MAX: usize = 1024;

/// What is valid UTF-8 is UTF-8, all else is Windows-1252: Latin-1, ID3's and RIFF's own encoding, with signs where that has
/// control characters, as it is really written. Tags that call themselves Latin-1 are read so too: writers that
/// put UTF-8 there are far more common than words in which Latin-1's capitals and signs happen to make valid UTF-8.
pub(crate) fn utf8_or_1252(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252
            .decode_without_bom_handling(bytes)
            .0
            .into_owned(),
    }
}

/// UTF-16 in pieces that end with a null each, with a byte order mark or without. Halves of a pair become U+FFFD.
pub(super) fn utf16(bytes: &[u8], big_endian: Option<bool>) -> String {
    let marked = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let printable = |byte: &u8| matches!(byte, 0x20..=0x7e);
    if !marked && bytes.len() >= 3 && bytes.iter().all(printable) {
        // One byte a letter, whatever the tag says.
        return utf8_or_1252(bytes);
    }
    let mut big = big_endian.unwrap_or_else(|| {
        // Without a mark: letters of most scripts in use have their zeros, or their small bytes, in the upper half.
        let zeros = |from| {
            bytes
                .iter()
                .skip(from)
                .step_by(2)
                .filter(|b| **b == 0)
                .count()
        };
        zeros(0) > zeros(1)
    });
    let mut units = Vec::with_capacity(bytes.len() / 2);
    let mut piece_begins = true;
    for pair in bytes.chunks_exact(2) {
        let unit = |big| match big {
            true => u16::from_be_bytes([pair[0], pair[1]]),
            false => u16::from_le_bytes([pair[0], pair[1]]),
        };
        let begins = std::mem::replace(&mut piece_begins, false);
        match unit(big) {
            0xfeff if begins => {}
            0xfffe if begins => big = !big,
            0 => {
                units.push(0);
                piece_begins = true;
            }
            other => units.push(other),
        }
    }
    String::from_utf16_lossy(&units)
}

/// `text` without what steers its display, trimmed, at most [`TEXT_MAX`] bytes; `None` if nothing is left to see.
///
/// Control characters and line breaks become blanks. Taken out are marks that reorder what stands around them (Unicode
/// Technical Report 36, 2.8.1) and those that are not seen; kept are the joiners that scripts and emoji need (U+200C,
/// U+200D), and, but at both ends, the marks of direction (U+200E, U+200F, U+061C), which move nothing but themselves.
pub(crate) fn clean(text: &str) -> Option<String> {
    let mut cleaned = String::new();
    for c in text.chars() {
        let c = match c {
            '\u{2028}' | '\u{2029}' => ' ',
            c if c.is_control() => ' ',
            '\u{ad}'
            | '\u{200b}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{fffe}'
            | '\u{ffff}'
            | '\u{e0001}' => continue,
            c => c,
        };
        if cleaned.is_empty() && is_blank(c) {
            continue;
        }
        if cleaned.len() + c.len_utf8() > TEXT_MAX {
            break;
        }
        cleaned.push(c);
    }
    cleaned.truncate(cleaned.trim_end_matches(is_blank).len());
    let seen = |c: char| !is_blank(c) && !matches!(c, '\u{200c}' | '\u{200d}' | '\u{fffd}');
    cleaned.contains(seen).then_some(cleaned)
}

/// The longest text of many lines kept, in bytes.
const LINES_MAX: usize = 64 << 10;

/// Each line of `text` cleaned, with the empty ones between; `None` if nothing is left to see.
pub(super) fn clean_lines(text: &str) -> Option<String> {
    let mut cleaned = String::new();
    let text = text.replace("\r\n", "\n");
    for line in text.split(['\n', '\r', '\0', '\u{2028}']) {
        let line = clean(line).unwrap_or_default();
        if cleaned.len() + line.len() > LINES_MAX {
            break;
        }
        cleaned.push_str(&line);
        cleaned.push('\n');
    }
    let cleaned = cleaned.trim();
    (!cleaned.is_empty()).then(|| cleaned.to_owned())
}

/// A blank, or a mark of direction: at an end it says nothing.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}')
}
