//! ID3v2.2, 2.3 and 2.4. A frame that cannot be read costs that frame.
//!
//! Sources: id3.org/id3v2-00, id3.org/id3v2.3.0, id3.org/id3v2.4.0-structure and -frames. Read as well is what common
//! writers get wrong: plain frame sizes in 2.4 (iTunes) and syncsafe ones in 2.3, names of 2.2 in 2.3, UTF-16 without its
//! mark, UTF-8 that is called Latin-1.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::ZlibDecoder;
use lofty::id3::v2::{upgrade_v2, upgrade_v3};
use lofty::picture::PictureType;
use lofty::tag::{ItemKey, Tag, TagType};
use segue_core::TagFault;

use super::chapters::Chapter;
use super::credits::field_of;
use super::found::{FoundTags, key_of, mime, picture, push};
use super::text::{utf8_or_1252, utf16};
use crate::bytes::be;

/// The most that a compressed frame may unpack to, in bytes.
const UNPACKED_MAX: u64 = 32 << 20;
/// So many zeros behind a frame are padding and not a header that was wiped out.
const PADDING_MIN: usize = 33;

/// Reads the tag that `bytes` begin with; they may end early.
pub(super) fn read(bytes: &[u8], found: &mut FoundTags) {
    let &[
        b'I',
        b'D',
        b'3',
        version @ 2..=4,
        _,
        flags,
        s0,
        s1,
        s2,
        s3,
        ref rest @ ..,
    ] = bytes
    else {
        return;
    };
    let size = syncsafe(&[s0, s1, s2, s3]);
    let body = &rest[..size.min(rest.len())];
    let body = match version {
        // In 2.4 each frame is unsynchronised by itself.
        2 | 3 if flags & 0x80 != 0 => Cow::Owned(resynchronised(body)),
        _ => Cow::Borrowed(body),
    };
    let frames = Frames {
        body: &body,
        version,
    };
    let mut tag = Texts::default();
    for frame in frames.list(if version > 2 && flags & 0x40 != 0 {
        frames.extended_header()
    } else {
        0
    }) {
        if let Err(fault) = tag.add(&frame, version, flags & 0x80 != 0, found) {
            found.lose(&frame.name, Some(fault));
        }
    }
    tag.finish(version, found);
}

/// A number of seven bits a byte.
fn syncsafe(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .fold(0, |n, byte| n << 7 | usize::from(byte & 0x7f))
}

/// Undoes the unsynchronisation: the zero behind each 0xff goes.
fn resynchronised(bytes: &[u8]) -> Vec<u8> {
    let mut before = 0;
    let kept = bytes.iter().filter(|byte| {
        let stays = before != 0xff || **byte != 0;
        before = **byte;
        stays
    });
    kept.copied().collect()
}

/// Whether nothing in `bytes` looks like the beginning of an MPEG frame, as it must not after unsynchronisation.
fn unsynchronised(bytes: &[u8]) -> bool {
    bytes.last() != Some(&0xff)
        && !bytes
            .windows(2)
            .any(|pair| pair[0] == 0xff && pair[1] >= 0xe0)
}

struct Id3Frame<'a> {
    /// As in 2.4, where the frame is known there.
    name: String,
    /// The flags of its format.
    flags: u8,
    data: &'a [u8],
}

/// The frames of a tag, found by their sizes and, where these lie, by the next header.
struct Frames<'a> {
    body: &'a [u8],
    version: u8,
}

impl<'a> Frames<'a> {
    fn header_len(&self) -> usize {
        if self.version == 2 { 6 } else { 10 }
    }

    /// The length of the extended header: some writers set its flag and write none.
    fn extended_header(&self) -> usize {
        let len = match self.body.get(..4) {
            Some(size) if self.version == 3 => be(size) as usize + 4,
            Some(size) => syncsafe(size),
            None => 0,
        };
        if self.named(0) || len > self.body.len() {
            0
        } else {
            len
        }
    }

    /// Whether a frame's name stands here.
    fn named(&self, at: usize) -> bool {
        let len = if self.version == 2 { 3 } else { 4 };
        let Some(name) = self.body.get(at..at + len) else {
            return false;
        };
        let in_name = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        let all = |name: &[u8]| name[0].is_ascii_uppercase() && name.iter().all(in_name);
        // A name of 2.2 with a blank behind it, as iTunes once wrote them.
        let old = |name: &[u8]| {
            let known = std::str::from_utf8(&name[..3]).ok().and_then(upgrade_v2);
            self.version == 3 && matches!(name[3], 0 | b' ') && known.is_some()
        };
        all(name) || old(name)
    }

    /// Where the frame here may end, the likelier first: sizes are plain up to 2.3 and syncsafe from 2.4 on, by the rules.
    fn ends(&self, at: usize) -> [Option<usize>; 2] {
        let start = at + self.header_len();
        let end = |len: usize| {
            let end = start.checked_add(len)?;
            (end <= self.body.len()).then_some(end)
        };
        if self.version == 2 {
            return [
                self.body
                    .get(at + 3..at + 6)
                    .and_then(|size| end(be(size) as usize)),
                None,
            ];
        }
        let Some(size) = self.body.get(at + 4..at + 8) else {
            return [None; 2];
        };
        let plain = end(be(size) as usize);
        let safe = size
            .iter()
            .all(|byte| *byte < 0x80)
            .then(|| end(syncsafe(size)))
            .flatten();
        if self.version == 3 {
            [plain, safe]
        } else {
            [safe, plain]
        }
    }

    /// How well what stands at `at` can follow a frame: 3 the end, a frame or padding up to the end; 2 a frame that itself
    /// has no sound end; 1 a frame without a name but with a sound end, or zeros; 0 nothing of the kind.
    fn follows(&self, at: usize, padding: usize) -> u8 {
        let sound = |end: &Option<usize>| end.is_some_and(|end| self.is_next(end, padding));
        if at >= padding {
            3
        } else if self.named(at) && self.ends(at).iter().any(Option::is_some) {
            if self.ends(at).iter().any(sound) {
                3
            } else {
                2
            }
        } else {
            let zeros = self.body[at..]
                .iter()
                .take(self.header_len())
                .all(|byte| *byte == 0);
            // Without a name to go by, not anywhere in the padding: texts end with two zeros at most.
            let exact = |end: &usize| *end <= padding + 2 && self.is_next(*end, padding);
            u8::from(zeros || self.ends(at).iter().flatten().any(exact))
        }
    }

    /// Whether a frame stands here beyond doubt.
    fn is_frame(&self, at: usize, padding: usize) -> bool {
        let whole = self.version == 2 || !matches!(self.body.get(at + 3), Some(0 | b' '));
        whole && self.named(at) && self.follows(at, padding) == 3
    }

    fn is_next(&self, at: usize, padding: usize) -> bool {
        at >= padding || self.named(at) && self.ends(at).iter().any(Option::is_some)
    }

    fn list(&self, from: usize) -> Vec<Id3Frame<'a>> {
        let header = self.header_len();
        // From here on there are zeros only.
        let padding = self
            .body
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |at| at + 1);
        let mut frames = Vec::new();
        let mut at = from;
        while at + header < self.body.len() && at < padding {
            let zeros = self.body[at..]
                .iter()
                .take(PADDING_MIN)
                .take_while(|byte| **byte == 0)
                .count();
            if zeros == PADDING_MIN {
                break;
            }
            let ends = self.ends(at);
            let best = ends
                .iter()
                .rev()
                .flatten()
                .map(|end| (self.follows(*end, padding), *end))
                .max_by_key(|(how_well, _)| *how_well)
                .filter(|(how_well, end)| {
                    // What follows has no name: not so if a frame that has one begins before that would end.
                    let to = self.ends(*end)[0].unwrap_or(*end).min(*end + 4096);
                    let overlooked = || {
                        (end.saturating_sub(4096).max(at + 1)..to)
                            .any(|at| self.is_frame(at, padding))
                    };
                    *how_well > 0 && zeros < header && (*how_well > 1 || !overlooked())
                });
            let next = match best {
                Some((_, end)) => Some(end),
                // The size lies, or what follows does: on to what is a frame beyond doubt.
                None => (at + 1..self.body.len()).find(|at| self.is_frame(*at, padding)),
            };
            let start = at + header;
            let said = best.map(|(_, end)| end).or(ends[0]);
            let end = match (said, next) {
                (Some(said), Some(next)) => said.min(next),
                (Some(end), None) | (None, Some(end)) => end,
                (None, None) => padding,
            };
            if self.named(at) && start < end {
                frames.push(self.frame(at, &self.body[start..end]));
            }
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        frames
    }

    fn frame(&self, at: usize, data: &'a [u8]) -> Id3Frame<'a> {
        let name = |len: usize| String::from_utf8_lossy(&self.body[at..at + len]).into_owned();
        let old = |name: String| upgrade_v2(&name).map_or(name, str::to_owned);
        if self.version == 2 {
            return Id3Frame {
                name: old(name(3)),
                flags: 0,
                data,
            };
        }
        let short = matches!(self.body[at + 3], 0 | b' ');
        let name = if short { old(name(3)) } else { name(4) };
        Id3Frame {
            name: upgrade_v3(&name).map_or(name, str::to_owned),
            flags: self.body[at + 9],
            data,
        }
    }
}

impl Id3Frame<'_> {
    /// The frame's content, unpacked.
    fn content(&self, version: u8, all_unsynchronised: bool) -> Result<Cow<'_, [u8]>, TagFault> {
        let (packed, skipped, unsynchronisation) = match (version, self.flags) {
            (2, _) | (_, 0) => (false, 0, false),
            (3, flags) if flags & 0x40 != 0 => return Err(TagFault::Encrypted),
            (3, flags) => {
                let packed = flags & 0x80 != 0;
                (
                    packed,
                    4 * usize::from(packed) + usize::from(flags & 0x20 != 0),
                    false,
                )
            }
            (_, flags) if flags & 0x04 != 0 => return Err(TagFault::Encrypted),
            (_, flags) => {
                let skipped = usize::from(flags & 0x40 != 0) + 4 * usize::from(flags & 0x01 != 0);
                (flags & 0x08 != 0, skipped, flags & 0x02 != 0)
            }
        };
        let mut data = Cow::Borrowed(self.data.get(skipped..).ok_or(TagFault::TooShort)?);
        if version == 4 && (unsynchronisation || all_unsynchronised) && unsynchronised(&data) {
            data = Cow::Owned(resynchronised(&data));
        }
        if packed {
            let unpack = |packed: &[u8]| {
                let mut bytes = Vec::new();
                let read = ZlibDecoder::new(packed)
                    .take(UNPACKED_MAX)
                    .read_to_end(&mut bytes);
                read.is_ok().then_some(bytes)
            };
            // The length before the content is often there without its flag.
            let unpacked = unpack(&data).or_else(|| unpack(data.get(4..)?));
            data = Cow::Owned(unpacked.ok_or(TagFault::Compressed)?);
        }
        Ok(data)
    }
}

/// A string of a frame: a byte for the encoding, and the text, its pieces separated by nulls.
fn text(data: &[u8]) -> Result<String, TagFault> {
    let Some((encoding, text)) = data.split_first() else {
        return Ok(String::new());
    };
    Ok(match encoding {
        0 if text.starts_with(&[0xff, 0xfe]) || text.starts_with(&[0xfe, 0xff]) => {
            utf16(text, None)
        }
        0 | 3 => utf8_or_1252(text),
        1 => utf16(text, None),
        2 => utf16(text, Some(true)),
        // The byte was left out.
        0x20.. => utf8_or_1252(data),
        _ => return Err(TagFault::Encoding),
    })
}

/// Description and text of a frame: encoding, language, description, a null of one byte or two, text.
fn described(content: &[u8]) -> Result<(String, String), TagFault> {
    let (Some(encoding), Some(rest)) = (content.first(), content.get(4..)) else {
        return Err(TagFault::TooShort);
    };
    let end = match encoding {
        1 | 2 => {
            let pairs = rest.chunks_exact(2);
            let mut pairs = pairs.enumerate();
            let end = pairs.find(|(_, pair)| *pair == [0, 0]);
            end.map(|(n, _)| (2 * n, 2 * n + 2))
        }
        _ => {
            let end = rest.iter().position(|byte| *byte == 0);
            end.map(|end| (end, end + 1))
        }
    };
    // Some writers leave the description out, and its null with it.
    let (end, start) = end.unwrap_or((0, 0));
    let with_encoding = |bytes: &[u8]| text(&[&[*encoding], bytes].concat());
    let description = with_encoding(&rest[..end])?;
    let description = description.trim_matches(['\0', '\u{feff}']).to_owned();
    Ok((description, with_encoding(&rest[start..])?))
}

/// What a tag says.
#[derive(Default)]
struct Texts {
    items: Vec<(ItemKey, String)>,
    pictures: Vec<(PictureType, Vec<u8>)>,
    chapters: Vec<Chapter>,
}

impl Texts {
    fn add(
        &mut self,
        frame: &Id3Frame,
        version: u8,
        all_unsynchronised: bool,
        found: &mut FoundTags,
    ) -> Result<(), TagFault> {
        let content = || frame.content(version, all_unsynchronised);
        match frame.name.as_str() {
            "APIC" => {
                let content = content()?;
                if let Some(picture) = attached(&content, version) {
                    self.pictures.push(picture);
                } else if content.len() > 64 && !content.windows(4).any(|mark| mark == b"-->\0") {
                    found.lose("APIC", Some(TagFault::NoPicture));
                }
            }
            "TXXX" => {
                let text = text(&content()?)?;
                let (name, value) = text.split_once('\0').unwrap_or((&text, ""));
                if name.eq_ignore_ascii_case("CUESHEET") {
                    found.marks.cue_sheet = Some(value.to_owned());
                }
                if let Some(key) = key_of(TagType::Id3v2, name) {
                    self.items.push((key, value.to_owned()));
                }
            }
            list @ ("TIPL" | "TMCL") => {
                let text = text(&content()?)?;
                let people: Vec<&str> = text.split('\0').collect();
                for pair in people.chunks_exact(2) {
                    if let Some(key) = field_of(list, pair[0]) {
                        self.items.push((key, pair[1].to_owned()));
                    }
                }
            }
            // What has a description is a tagger's own, such as iTunes' gains.
            "COMM" => {
                let (description, text) = described(&content()?)?;
                if description.is_empty() {
                    self.items.push((ItemKey::Comment, text));
                }
            }
            "USLT" => {
                let (_, text) = described(&content()?)?;
                self.items.push((ItemKey::UnsyncLyrics, text));
            }
            "CHAP" => self.chapters.extend(chapter(&content()?, version)),
            name if name.starts_with('T') => {
                if let Some(key) = key_of(TagType::Id3v2, name) {
                    self.items.push((key, text(&content()?)?));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn finish(mut self, version: u8, found: &mut FoundTags) {
        if version < 4 {
            self.part_artists();
        }
        let mut tag = Tag::new(TagType::Id3v2);
        for (key, text) in self.items {
            push(&mut tag, key, text);
        }
        for (kind, bytes) in self.pictures {
            tag.push_picture(picture(kind, bytes));
        }
        found.add(tag);
        found.marks.offer(self.chapters);
    }

    /// Lists of artists are joined by "/" before 2.4 (id3v2.3.0 4.2.1), a sign that names have too. It parts names where
    /// the credit, `TPE1`, holds the parts and not the whole: "Ann/AC/DC" beside "Ann feat. AC/DC" is two.
    fn part_artists(&mut self) {
        let credit = self
            .items
            .iter()
            .find(|(key, text)| *key == ItemKey::TrackArtist && !text.is_empty())
            .map(|(_, text)| text.to_lowercase());
        for (key, list) in &mut self.items {
            if *key != ItemKey::TrackArtists || !list.contains('/') {
                continue;
            }
            let Some(credit) = &credit else { continue };
            let pieces: Vec<&str> = list.split('/').map(str::trim).collect();
            let mut parted = Vec::new();
            let mut from = 0;
            while from < pieces.len() {
                let known = (from + 1..=pieces.len())
                    .rev()
                    .map(|to| (to, pieces[from..to].join("/")))
                    .find(|(_, name)| !name.is_empty() && credit.contains(&name.to_lowercase()));
                let Some((to, name)) = known else { break };
                parted.push(name);
                from = to;
            }
            // Where a part is not found in the credit, the credit itself is all that is sure.
            *list = if from < pieces.len() {
                String::new()
            } else {
                parted.join("\0")
            };
        }
    }
}

/// A chapter (id3v2-chapters-1.0, 3.1): its element's name, four times, and frames, among them its title.
fn chapter(content: &[u8], version: u8) -> Option<Chapter> {
    let name = content.iter().position(|byte| *byte == 0)?;
    let times = content.get(name + 1..name + 17)?;
    let frames = Frames {
        body: &content[name + 17..],
        version,
    };
    let title = frames
        .list(0)
        .into_iter()
        .find(|frame| frame.name == "TIT2");
    Some(Chapter {
        start_ns: be(&times[..4]) * 1_000_000,
        title: title.and_then(|title| text(title.data).ok()),
    })
}

/// The picture of an `APIC` (or, in 2.2, `PIC`) frame, if it holds one: a link is none.
fn attached(content: &[u8], version: u8) -> Option<(PictureType, Vec<u8>)> {
    let (encoding, rest) = content.split_first()?;
    let kind_at = match version {
        2 => 3,
        _ => rest.iter().position(|byte| *byte == 0)? + 1,
    };
    let kind = PictureType::from_u8(*rest.get(kind_at)?);
    let rest = &rest[kind_at + 1..];
    // Behind a description whose end is marked in one byte or two; some writers take the wrong one.
    let wide = matches!(encoding, 1 | 2);
    let end = if wide {
        rest.chunks_exact(2)
            .position(|pair| pair == [0, 0])
            .map(|at| 2 * at + 2)
    } else {
        rest.iter().position(|byte| *byte == 0).map(|at| at + 1)
    };
    let is_picture = |at: &usize| mime(&rest[*at..]).is_some();
    let at = end
        .filter(is_picture)
        .or_else(|| (0..rest.len().min(256)).find(is_picture))?;
    Some((kind, rest[at..].to_vec()))
}
