//! The item list of MP4 files. An item that cannot be read costs that item.
//!
//! Sources: Apple QuickTime File Format Specification, "Metadata"; ISO 14496-12 8.10 (`udta`) and 8.11 (`meta`); the
//! items' names and forms as iTunes writes them.

use std::io::{self, BufRead, Seek};

use lofty::picture::PictureType;
use lofty::tag::{ItemKey, TagType};

use super::chapters::{Chapter, child, nero, sample_title, text_samples};
use super::found::{BLOCK_MAX, FoundTags, key_of, mime, picture, push};
use super::text::{utf8_or_1252, utf16};
use crate::bytes::{be, box_lengths, read_at};

/// So much of a track is read to see which it is; what says so stands before its tables.
const TRACK_MAX: u64 = 64 << 10;
/// The longest name of a chapter that is read, in bytes.
const TITLE_MAX: u64 = 4096;
/// Boxes walked over before a file is taken for a trap.
const STEPS_MAX: usize = 10_000;

/// Reads the item lists (`ilst`) of the file that begins at `start`.
pub(super) fn read(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
    found: &mut FoundTags,
) -> io::Result<()> {
    let (mut at, mut ends) = (start, vec![file_len]);
    let (mut tracks, mut listed) = (Vec::new(), Vec::new());
    for _ in 0..STEPS_MAX {
        while ends.last().is_some_and(|end| at + 8 > *end) {
            at = at.max(ends.pop().unwrap_or_default());
        }
        let Some(&end) = ends.last() else { break };
        let head = read_at(file, at, 16)?;
        if head.len() < 8 {
            break;
        }
        let (header, len) = box_lengths(&head, end - at);
        let (body, next) = (at + header, at.saturating_add(len).min(end));
        if next < body {
            // A box of false length: what holds it goes on behind its own end.
            at = end;
            continue;
        }
        at = match &head[4..8] {
            b"moov" | b"udta" => {
                ends.push(next);
                body
            }
            b"meta" => {
                ends.push(next);
                // Four bytes of version and flags, which QuickTime leaves out.
                let plain = read_at(file, body + 4, 4)? == b"hdlr";
                if plain { body } else { body + 4 }
            }
            b"chpl" => {
                found
                    .marks
                    .offer(nero(&read_at(file, body, (next - body).min(BLOCK_MAX))?));
                next
            }
            b"trak" => {
                let track = read_at(file, body, (next - body).min(TRACK_MAX))?;
                let list = child(&track, b"tref").and_then(|refers| child(refers, b"chap"));
                listed.extend(list.unwrap_or_default().chunks_exact(4).map(be));
                tracks.extend(number(&track).map(|number| (number, body, next)));
                next
            }
            b"ilst" => {
                items(&read_at(file, body, (next - body).min(BLOCK_MAX))?, found);
                next
            }
            _ => next,
        };
    }
    for (_, body, end) in tracks.iter().filter(|(track, ..)| listed.contains(track)) {
        let track = read_at(file, *body, (end - body).min(BLOCK_MAX))?;
        let mut chapters = Vec::new();
        for (start_ns, at, len) in text_samples(&track) {
            let title = sample_title(&read_at(file, at, len.min(TITLE_MAX))?);
            chapters.push(Chapter { start_ns, title });
        }
        found.marks.offer(chapters);
    }
    Ok(())
}

/// The number that a track has in its header.
fn number(track: &[u8]) -> Option<u64> {
    let header = child(track, b"tkhd")?;
    let at = match header.first()? {
        1 => 20,
        _ => 12,
    };
    header.get(at..at + 4).map(be)
}

/// A box in memory: its name, its body, and where it ends.
fn atom(bytes: &[u8], at: usize) -> Option<([u8; 4], usize, usize)> {
    let head = bytes.get(at..at.checked_add(8)?)?;
    let end = at.checked_add(be(&head[..4]) as usize)?;
    (end >= at + 8 && end <= bytes.len())
        .then(|| ([head[4], head[5], head[6], head[7]], at + 8, end))
}

/// Whether an item stands here, whatever its length: it begins with a box of those that items hold.
fn is_item(bytes: &[u8], at: usize) -> bool {
    matches!(
        bytes.get(at + 12..at + 16),
        Some(b"data" | b"mean" | b"name")
    )
}

fn items(bytes: &[u8], found: &mut FoundTags) {
    let mut at = 0;
    while at + 8 <= bytes.len() {
        let follows =
            |end: usize| end + 8 > bytes.len() || atom(bytes, end).is_some() || is_item(bytes, end);
        let here = atom(bytes, at);
        let sound = here.filter(|(.., end)| follows(*end));
        let next = match sound {
            Some((.., end)) => end,
            None => (at + 1..bytes.len())
                .find(|at| is_item(bytes, *at))
                .unwrap_or(bytes.len()),
        };
        let name = &bytes[at + 4..at + 8];
        if !item(name, &bytes[at + 8..next.max(at + 8)], found) && is_wanted(name) {
            found.lose(&utf8_or_1252(name), None);
        }
        at = next;
    }
}

fn is_wanted(name: &[u8]) -> bool {
    name[0] == 0xa9 || matches!(name, b"aART" | b"trkn" | b"disk" | b"gnre" | b"covr")
}

/// Reads an item's values; `false` if it has none.
fn item(name: &[u8], body: &[u8], found: &mut FoundTags) -> bool {
    let tag = found.tag(TagType::Mp4Ilst);
    let (mut mean, mut own_name) = (String::new(), String::new());
    let (mut read, mut sheet) = (false, None);
    let mut at = 0;
    while let Some(head) = body.get(at..at + 8) {
        // A box of false length holds what is there.
        let (part, from, end) =
            atom(body, at).unwrap_or(([head[4], head[5], head[6], head[7]], at + 8, body.len()));
        at = end;
        let part_body = &body[from..end];
        match &part {
            b"mean" => mean = utf8_or_1252(part_body.get(4..).unwrap_or_default()),
            b"name" => own_name = utf8_or_1252(part_body.get(4..).unwrap_or_default()),
            b"data" => {
                let Some((kind, value)) = part_body.split_at_checked(8) else {
                    continue;
                };
                read = true;
                let kind = be(&kind[..4]) & 0xff_ffff;
                if name == b"covr" {
                    match mime(value) {
                        Some(_) => {
                            tag.push_picture(picture(PictureType::CoverFront, value.to_vec()))
                        }
                        None => read = value.is_empty(),
                    }
                    continue;
                }
                if name == b"----" && own_name.eq_ignore_ascii_case("CUESHEET") {
                    sheet = Some(utf8_or_1252(value));
                    continue;
                }
                let key = match name {
                    b"----" => key_of(TagType::Mp4Ilst, &format!("----:{mean}:{own_name}")),
                    b"gnre" => Some(ItemKey::Genre),
                    _ => key_of(TagType::Mp4Ilst, &utf8_or_1252(name)),
                };
                if let (Some(key), Some(text)) = (key, text(name, kind, value)) {
                    push(tag, key, text);
                }
            }
            _ => {}
        }
    }
    found.marks.cue_sheet = found.marks.cue_sheet.take().or(sheet);
    read
}

/// An item's value, by its name where that says what it is, else by its type.
fn text(name: &[u8], kind: u64, value: &[u8]) -> Option<String> {
    match (name, kind) {
        // Two empty bytes, number, total.
        (b"trkn" | b"disk", _) => {
            let number = be(value.get(2..4)?);
            Some(match value.get(4..6).map(be) {
                Some(total) if total > 0 => format!("{number}/{total}"),
                _ => number.to_string(),
            })
        }
        // ID3v1's number and one.
        (b"gnre", _) => {
            let number = (be(value.get(..2)?) as usize).checked_sub(1)?;
            lofty::id3::v1::GENRES
                .get(number)
                .map(|genre| (*genre).to_owned())
        }
        (b"cpil" | b"tmpo" | b"pgap", _) | (_, 21 | 22) if (1..=8).contains(&value.len()) => {
            Some(be(value).to_string())
        }
        (_, 2) => Some(utf16(value, Some(true))),
        (_, 13 | 14 | 27) => None,
        _ => Some(utf8_or_1252(value)),
    }
}
