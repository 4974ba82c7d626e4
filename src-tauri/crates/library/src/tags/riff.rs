//! The chunks of WAV and AIFF that hold tags: `LIST` of kind `INFO`, AIFF's text chunks, and ID3v2 in a chunk of its own.
//!
//! Sources: Microsoft RIFF MCI 1.0, 2-14 (INFO); Apple AIFF 1.3, "Text Chunks". INFO has no encoding where no `CSET` names
//! one, and those that do name Windows-1252 or UTF-8, which are told apart anyhow.

use std::io::{self, BufRead, Seek};

use lofty::tag::{ItemKey, TagType};

use super::found::{BLOCK_MAX, FoundTags, push};
use super::id3v2;
use super::text::utf8_or_1252;
use crate::bytes::{be, le, read_at};

/// Chunks walked over before a file is taken for a trap.
const STEPS_MAX: usize = 10_000;

/// Reads the chunks of the `RIFF`, `RIFX` or `FORM` file at `start`. ID3v2 speaks before the older texts.
pub(super) fn read(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
    found: &mut FoundTags,
) -> io::Result<()> {
    let form = read_at(file, start, 4)?;
    let big_endian = form == b"FORM" || form == b"RIFX";
    let aiff = form == b"FORM";
    let mut texts = FoundTags::default();
    let mut at = start + 12;
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 8)?;
        let &[k0, k1, k2, k3, a, b, c, d] = head.as_slice() else {
            break;
        };
        let len = if big_endian {
            be(&[a, b, c, d])
        } else {
            le(&[a, b, c, d])
        };
        let body = at + 8;
        let bytes = |file: &mut _| read_at(file, body, len.min(BLOCK_MAX));
        match &[k0, k1, k2, k3] {
            b"id3 " | b"ID3 " => id3v2::read(&bytes(file)?, found),
            b"LIST" if !aiff => {
                if let Some(items) = bytes(file)?.strip_prefix(b"INFO") {
                    info(items, big_endian, &mut texts);
                }
            }
            name @ (b"NAME" | b"AUTH") if aiff => {
                let key = if name == b"NAME" {
                    ItemKey::TrackTitle
                } else {
                    ItemKey::TrackArtist
                };
                push(
                    texts.tag(TagType::AiffText),
                    key,
                    utf8_or_1252(&bytes(file)?),
                );
            }
            // A length that was never filled in: what lies behind cannot be found.
            b"data" | b"SSND" if len == 0 || len == 0xffff_ffff => break,
            _ => {}
        }
        at = body + len + (len & 1);
        if at >= file_len {
            break;
        }
    }
    found.append(texts);
    Ok(())
}

/// Reads the items of an INFO list. One that cannot be read costs that item.
fn info(bytes: &[u8], big_endian: bool, found: &mut FoundTags) {
    let end_of = |at: usize| {
        let head = bytes.get(at..at.checked_add(8)?)?;
        let is_name = head[..4]
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        let len = if big_endian {
            be(&head[4..])
        } else {
            le(&head[4..])
        };
        let end = at.checked_add(8)?.checked_add(len as usize)?;
        (is_name && end <= bytes.len()).then_some(end)
    };
    let mut at = 0;
    while at + 8 <= bytes.len() {
        // Items have even lengths; some writers leave the byte out that makes them so. A known name is enough: what
        // follows may be broken itself.
        let known = |at: usize| {
            let name = bytes
                .get(at..at + 4)
                .and_then(|name| std::str::from_utf8(name).ok());
            name.is_some_and(|name| ItemKey::from_key(TagType::RiffInfo, name).is_some())
        };
        let follows = |end: usize| end + 8 > bytes.len() || end_of(end).is_some() || known(end);
        let end = end_of(at);
        let sound =
            end.and_then(|end| [end + (end & 1), end].into_iter().find(|end| follows(*end)));
        let next = sound.unwrap_or_else(|| {
            (at + 1..bytes.len())
                .find(|at| known(*at) || end_of(*at).is_some_and(follows))
                .unwrap_or(bytes.len())
        });
        let name = utf8_or_1252(&bytes[at..at + 4]);
        let text = &bytes[at + 8..end.unwrap_or(next).min(next).max(at + 8)];
        match ItemKey::from_key(TagType::RiffInfo, &name) {
            Some(key) => push(found.tag(TagType::RiffInfo), key, utf8_or_1252(text)),
            None if sound.is_none() => found.lose(&name, None),
            None => {}
        }
        at = next.max(at + 8);
    }
}
