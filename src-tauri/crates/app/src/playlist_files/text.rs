//! From a file's bytes to text: byte order marks, UTF-16, and lines that are no UTF-8.
//!
//! M3U and PLS say nothing of their encoding. What is valid UTF-8 is UTF-8; any other line is Windows-1252, which is what
//! "Latin-1" means in practice (<https://encoding.spec.whatwg.org/#names-and-labels>), or the bytes of a file name.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

use super::Broken;

/// A line of a file.
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: usize,
    /// Its text without white space at both ends.
    pub(super) text: Cow<'a, str>,
    /// Its bytes, if they are no UTF-8.
    pub(super) raw: Option<&'a [u8]>,
}

/// A file's bytes without marks: UTF-8, or something of one byte a letter. NUL is in no text.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Broken> {
    let decoded = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        // Without a mark the NULs tell: every list begins with a letter or a sign of ASCII.
        [1..=255, 0, 1..=255, 0, ..] => Cow::Owned(utf16(bytes, u16::from_le_bytes)?),
        [0, 1..=255, 0, 1..=255, ..] => Cow::Owned(utf16(bytes, u16::from_be_bytes)?),
        _ => Cow::Borrowed(bytes),
    };
    match decoded.iter().position(|byte| *byte == 0) {
        Some(at) => Err(Broken::at(line_of(&decoded, at), "a NUL; this is no text")),
        None => Ok(decoded),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Vec<u8>, Broken> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for c in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match c {
            Ok(c) => text.push(c),
            Err(_) => {
                let line = line_of(text.as_bytes(), text.len());
                return Err(Broken::at(line, "half of a letter of UTF-16"));
            }
        }
    }
    if !rest.is_empty() {
        let line = line_of(text.as_bytes(), text.len());
        return Err(Broken::at(line, "UTF-16 that breaks off within a letter"));
    }
    Ok(text.into_bytes())
}

/// The line, from 1, on which the byte `at` stands. Lines end in CR, LF or both.
pub(super) fn line_of(bytes: &[u8], at: usize) -> usize {
    let before = &bytes[..at.min(bytes.len())];
    let ends = |(i, byte): (usize, &u8)| {
        *byte == b'\n' || (*byte == b'\r' && bytes.get(i + 1) != Some(&b'\n'))
    };
    1 + before.iter().enumerate().filter(|each| ends(*each)).count()
}

/// The lines that are not blank.
pub(super) fn lines(decoded: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let (mut rest, mut number) = (Some(decoded), 0);
    let all = std::iter::from_fn(move || {
        let text = rest?;
        number += 1;
        let end = text.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let line = &text[..end.unwrap_or(text.len())];
        rest = end.map(|end| match &text[end..] {
            [b'\r', b'\n', after @ ..] => after,
            ends => &ends[1..],
        });
        Some((number, line))
    });
    all.filter_map(|(number, line)| {
        let (text, raw) = match std::str::from_utf8(line) {
            Ok(text) => (Cow::Borrowed(text.trim()), None),
            Err(_) => {
                let text = windows_1252(line).trim().to_owned();
                (Cow::Owned(text), Some(line.trim_ascii()))
            }
        };
        (!text.is_empty()).then_some(Line { number, text, raw })
    })
}

/// A document that must be UTF-8.
pub(super) fn utf8(decoded: &[u8]) -> Result<Cow<'_, str>, Broken> {
    std::str::from_utf8(decoded)
        .map(Cow::Borrowed)
        .map_err(|error| {
            let line = line_of(decoded, error.valid_up_to());
            Broken::at(line, "bytes that are no UTF-8")
        })
}

/// An XML document: UTF-8, unless it declares that it has a byte for each letter.
pub(super) fn xml(decoded: &[u8]) -> Result<Cow<'_, str>, Broken> {
    let head = String::from_utf8_lossy(&decoded[..decoded.len().min(200)]).to_lowercase();
    let declared = head
        .split_once("?>")
        .map_or("", |(declaration, _)| declaration);
    let of_bytes = ["iso-8859-1", "windows-1252", "latin1"]
        .iter()
        .any(|name| declared.contains(name));
    match utf8(decoded) {
        Err(_) if of_bytes => Ok(Cow::Owned(windows_1252(decoded))),
        text => text,
    }
}

/// Windows-1252: Latin-1, with signs where that has control characters.
fn windows_1252(bytes: &[u8]) -> String {
    WINDOWS_1252
        .decode_without_bom_handling(bytes)
        .0
        .into_owned()
}
