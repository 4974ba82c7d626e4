//! From a file's bytes to text: byte order marks, UTF-16, and lines that are no UTF-8.
//!
//! M3U and PLS say nothing of their encoding. What is valid UTF-8 is UTF-8; any other line is Windows-1252, or the bytes of
//! a file name.

use std::borrow::Cow;

use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::entry::Broken;
use crate::text::utf8_or_1252;

/// A line of a file.
pub(super) struct TextLine<'a> {
    /// From 1.
    pub(super) number: usize,
    /// Its text without white space at both ends.
    pub(super) text: Cow<'a, str>,
    /// Its bytes, if they are no UTF-8.
    pub(super) raw: Option<&'a [u8]>,
}

/// A file's bytes without marks: UTF-8, or something of one byte a letter. NUL is in no text.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Broken> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or(match bytes {
        // Without a mark the NULs tell: every list begins with a letter or a sign of ASCII.
        [1..=255, 0, 1..=255, 0, ..] => (UTF_16LE, 0),
        [0, 1..=255, 0, 1..=255, ..] => (UTF_16BE, 0),
        _ => (UTF_8, 0),
    });
    let text = &bytes[mark..];
    let decoded = if encoding == UTF_8 {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(utf16(text, encoding)?)
    };
    match decoded.iter().position(|byte| *byte == 0) {
        Some(at) => Err(Broken::at(line_of(&decoded, at), "a NUL; this is no text")),
        None => Ok(decoded),
    }
}

fn utf16(bytes: &[u8], encoding: &'static Encoding) -> Result<Vec<u8>, Broken> {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
    let mut text = String::with_capacity(room.unwrap_or(0));
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text.into_bytes()),
        _ => {
            let line = line_of(text.as_bytes(), text.len());
            Err(Broken::at(line, "half of a letter of UTF-16"))
        }
    }
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
pub(super) fn lines(decoded: &[u8]) -> impl Iterator<Item = TextLine<'_>> {
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
        let (text, raw) = match utf8_or_1252(line) {
            Cow::Borrowed(text) => (Cow::Borrowed(text.trim()), None),
            Cow::Owned(text) => (Cow::Owned(text.trim().to_owned()), Some(line.trim_ascii())),
        };
        (!text.is_empty()).then_some(TextLine { number, text, raw })
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

/// An XML document: UTF-8, unless it declares another encoding and is no UTF-8.
pub(super) fn xml(decoded: &[u8]) -> Result<Cow<'_, str>, Broken> {
    utf8(decoded).or_else(|broken| {
        declared(decoded)
            .and_then(|encoding| {
                encoding.decode_without_bom_handling_and_without_replacement(decoded)
            })
            .ok_or(broken)
    })
}

/// The encoding that an XML document's declaration names.
fn declared(decoded: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&decoded[..decoded.len().min(200)]);
    let (declaration, _) = head.split_once("?>")?;
    let (_, named) = declaration.split_once("encoding")?;
    let quoted = named.trim_start().strip_prefix('=')?.trim_start();
    let quote = quoted.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (label, _) = quoted[1..].split_once(quote)?;
    Encoding::for_label(label.as_bytes())
}
