//! Vorbis comments and the pictures beside them, in FLAC and in Ogg. A comment that cannot be read costs that comment.
//!
//! Sources: Xiph.org "Ogg Vorbis I format specification: comment field and header specification"; RFC 9639 8 (FLAC's
//! metadata blocks) and 10.1 (FLAC in Ogg); RFC 3533 6 (Ogg pages); RFC 7845 5.2 (Opus).

use std::io::{self, BufRead, Seek};

use lofty::config::ParsingMode;
use lofty::picture::{Picture, PictureType};
use lofty::tag::{ItemKey, Tag, TagType};
use segue_core::TagFault;

use super::chapters::{ChapterComments, flac_sheet};
use super::found::{BLOCK_MAX, FoundTags, mime, picture, push};
use super::text::utf8_or_1252;
use crate::bytes::{be, le, read_at};

/// Blocks or pages walked over before a file is taken for a trap.
const STEPS_MAX: usize = 10_000;

/// Reads the metadata blocks of the FLAC stream at `start`.
pub(super) fn flac(
    file: &mut (impl BufRead + Seek),
    start: u64,
    found: &mut FoundTags,
) -> io::Result<()> {
    let mut at = start + 4;
    let mut pictures = Vec::new();
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 4)?;
        let &[kind, a, b, c] = head.as_slice() else {
            break;
        };
        let len = be(&[a, b, c]);
        if matches!(kind & 0x7f, 4..=6) {
            block(kind, &read_at(file, at + 4, len)?, &mut pictures, found);
        }
        at += 4 + len;
        if kind & 0x80 != 0 {
            break;
        }
    }
    put_pictures(pictures, found);
    Ok(())
}

/// Reads the header packets of the first stream in an Ogg file that has comments.
pub(super) fn ogg(
    file: &mut (impl BufRead + Seek),
    start: u64,
    found: &mut FoundTags,
) -> io::Result<()> {
    let mut serial = None;
    let mut packet = Vec::new();
    let mut packets = 0;
    let mut native_flac = false;
    let mut pictures = Vec::new();
    let mut at = start;
    'pages: for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 27 + 255)?;
        let Some(lacing) = head
            .get(26)
            .filter(|_| head.starts_with(b"OggS\0"))
            .and_then(|n| head.get(27..27 + usize::from(*n)))
        else {
            break;
        };
        let body_at = at + 27 + lacing.len() as u64;
        let body_len: u64 = lacing.iter().map(|len| u64::from(*len)).sum();
        at = body_at + body_len;
        let begins_stream = head[5] & 2 != 0;
        if serial.is_none() && !begins_stream || serial.is_some_and(|serial| serial != head[14..18])
        {
            continue;
        }
        let body = read_at(file, body_at, body_len)?;
        if serial.is_none() {
            native_flac = body.starts_with(b"\x7fFLAC");
            let known: [&[u8]; 3] = [b"\x01vorbis", b"OpusHead", b"Speex   "];
            if !native_flac && !known.iter().any(|mark| body.starts_with(mark)) {
                continue;
            }
            serial = Some([head[14], head[15], head[16], head[17]]);
        }
        let mut rest = body.as_slice();
        for len in lacing {
            let (piece, behind) = rest.split_at(usize::from(*len).min(rest.len()));
            rest = behind;
            packet.extend_from_slice(piece);
            if *len == 255 {
                continue;
            }
            let whole = std::mem::take(&mut packet);
            packets += 1;
            match packets {
                1 => {}
                _ if native_flac => {
                    let &[kind, _, _, _, ref body @ ..] = whole.as_slice() else {
                        break 'pages;
                    };
                    // A frame of sound: the headers are over.
                    if kind == 0xff {
                        break 'pages;
                    }
                    block(kind, body, &mut pictures, found);
                    if kind & 0x80 != 0 {
                        break 'pages;
                    }
                }
                _ => {
                    let marks: [&[u8]; 2] = [b"\x03vorbis", b"OpusTags"];
                    let body = marks.iter().find_map(|mark| whole.strip_prefix(*mark));
                    comments(body.unwrap_or(&whole), &mut pictures, found);
                    break 'pages;
                }
            }
        }
        if packet.len() as u64 > BLOCK_MAX {
            found.lose("VORBIS_COMMENT", Some(TagFault::TooLong));
            break;
        }
    }
    put_pictures(pictures, found);
    Ok(())
}

fn block(kind: u8, body: &[u8], pictures: &mut Vec<Picture>, found: &mut FoundTags) {
    match kind & 0x7f {
        4 => comments(body, pictures, found),
        5 => found.marks.samples = flac_sheet(body),
        6 => match flac_picture(body) {
            Some(picture) => pictures.push(picture),
            None => found.lose("PICTURE", None),
        },
        _ => {}
    }
}

fn put_pictures(pictures: Vec<Picture>, found: &mut FoundTags) {
    if !pictures.is_empty() {
        let tag = found.tag(TagType::VorbisComments);
        pictures
            .into_iter()
            .for_each(|picture| tag.push_picture(picture));
    }
}

/// Reads the body of a comment header: vendor, count, then length and `KEY=value` of each.
fn comments(bytes: &[u8], pictures: &mut Vec<Picture>, found: &mut FoundTags) {
    let number = |at: usize| {
        let bytes = bytes.get(at..at.checked_add(4)?)?;
        Some(le(bytes) as usize)
    };
    // Where the comment here ends, by its length.
    let end_of = |at: usize| {
        at.checked_add(4)?
            .checked_add(number(at)?)
            .filter(|end| *end <= bytes.len())
    };
    let is_comment = |at: usize| {
        end_of(at).is_some_and(|end| {
            let text = &bytes[at + 4..end];
            let key = text.iter().take(64).position(|byte| *byte == b'=');
            key.is_some_and(|len| len > 0 && text[..len].iter().all(|b| matches!(b, 0x20..=0x7d)))
        })
    };
    let vendor_end = end_of(0);
    let count = vendor_end.and_then(number).unwrap_or(usize::MAX);
    let mut at = vendor_end.map_or(4, |end| end + 4);
    let tag = found.tag(TagType::VorbisComments);
    let (mut lost, mut chapters, mut sheet) = (Vec::new(), ChapterComments::default(), None);
    let mut seen = 0;
    while seen < count && at + 4 <= bytes.len() {
        // Up to the last comment, another follows; one without a key is no comment, yet its length may be right.
        let sound = end_of(at).filter(|end| {
            seen + 1 == count || end + 4 > bytes.len() || is_comment(*end) || is_comment(at)
        });
        let next = sound.or_else(|| (at + 1..bytes.len()).find(|at| is_comment(*at)));
        let text = &bytes[at + 4..next.unwrap_or(bytes.len()).max(at + 4)];
        if sound.is_none() {
            lost.push(("", Some(TagFault::Length)));
        }
        // With a length that lies, what follows it up to the next comment.
        if !is_mark(text, &mut chapters, &mut sheet) {
            put(text, tag, pictures, &mut lost);
        }
        seen += 1;
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    lost.iter().for_each(|(name, why)| found.lose(name, *why));
    found.marks.cue_sheet = found.marks.cue_sheet.take().or(sheet);
    found.marks.offer(chapters.chapters());
}

/// Takes a comment up that names places in the file. Whether it is one.
fn is_mark(text: &[u8], chapters: &mut ChapterComments, sheet: &mut Option<String>) -> bool {
    let Some(at) = text.iter().position(|byte| *byte == b'=') else {
        return false;
    };
    let (key, value) = (&text[..at], &text[at + 1..]);
    if key.eq_ignore_ascii_case(b"CUESHEET") {
        *sheet = Some(utf8_or_1252(value));
        return true;
    }
    std::str::from_utf8(key).is_ok_and(|key| chapters.take(key, value))
}

/// What a comment that cannot be read is called, and why where that is known.
type LostComment = (&'static str, Option<TagFault>);

fn put(text: &[u8], tag: &mut Tag, pictures: &mut Vec<Picture>, lost: &mut Vec<LostComment>) {
    let Some(at) = text.iter().position(|byte| *byte == b'=') else {
        return;
    };
    let (key, value) = (String::from_utf8_lossy(&text[..at]), &text[at + 1..]);
    if key.eq_ignore_ascii_case("METADATA_BLOCK_PICTURE") {
        match base64(value).as_deref().and_then(flac_picture) {
            Some(picture) => pictures.push(picture),
            None => lost.push(("METADATA_BLOCK_PICTURE", None)),
        }
    } else if key.eq_ignore_ascii_case("COVERART") {
        // The form before METADATA_BLOCK_PICTURE: the picture alone.
        let bytes = base64(value).filter(|bytes| mime(bytes).is_some());
        pictures.extend(bytes.map(|bytes| picture(PictureType::Other, bytes)));
    } else if let Some(key) = ItemKey::from_key(TagType::VorbisComments, &key) {
        push(tag, key, utf8_or_1252(value));
    }
}

/// A FLAC picture block (RFC 9639 8.8), if it holds a picture and no link.
fn flac_picture(bytes: &[u8]) -> Option<Picture> {
    let (picture, _) = Picture::from_flac_bytes(bytes, false, ParsingMode::Relaxed).ok()?;
    mime(picture.data()).map(|_| picture)
}

/// The six bits of each letter of Base64, [`BLANK`] for what may stand between, [`NO_LETTER`] for all else. A picture has
/// tens of thousands of letters, and a comparison for each of them would take longer than all else about its file.
const LETTERS: [u8; 256] = {
    let mut letters = [NO_LETTER; 256];
    let all = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut six = 0;
    while six < all.len() {
        letters[all[six] as usize] = six as u8;
        six += 1;
    }
    let blanks = b"=\r\n \0";
    let mut at = 0;
    while at < blanks.len() {
        letters[blanks[at] as usize] = BLANK;
        at += 1;
    }
    letters
};
const BLANK: u8 = 64;
const NO_LETTER: u8 = 65;

/// Base64 (RFC 4648 4), with or without padding and line breaks.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut bits, mut held) = (0u32, 0);
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        // Four letters are three bytes, unless something stands between them.
        if held == 0
            && let Some((four, behind)) = rest.split_first_chunk::<4>()
        {
            let sixes = four.map(|byte| LETTERS[usize::from(byte)]);
            if sixes.iter().all(|six| *six < BLANK) {
                let bits = sixes
                    .iter()
                    .fold(0, |bits, six| bits << 6 | u32::from(*six));
                bytes.extend_from_slice(&bits.to_be_bytes()[1..]);
                rest = behind;
                continue;
            }
        }
        rest = behind;
        match LETTERS[usize::from(*first)] {
            BLANK => {}
            NO_LETTER => return None,
            six => {
                bits = bits << 6 | u32::from(six);
                held += 6;
            }
        }
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_however_it_is_broken_into_lines() {
        for (text, expected) in [
            ("", Some(b"".as_slice())),
            ("Zg==", Some(b"f")),
            ("Zm8=", Some(b"fo")),
            ("Zm8", Some(b"fo")),
            ("Zm9vYmFy", Some(b"foobar")),
            ("Zm9v\r\nYmFy\n", Some(b"foobar")),
            ("Z m9\0vYm\nFy", Some(b"foobar")),
            ("+/+/AAAA", Some(b"\xfb\xff\xbf\0\0\0")),
            ("Zm9v-mFy", None),
            ("Zm9\u{e9}", None),
        ] {
            assert_eq!(base64(text.as_bytes()).as_deref(), expected, "{text:?}");
        }
    }
}
