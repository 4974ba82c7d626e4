//! Tags behind the audio: APEv2, ID3v1, and ID3v2 with a footer.
//!
//! Sources: wiki.hydrogenaud.io APEv2 specification; id3.org/ID3v1; id3.org/id3v2.4.0-structure 3.4.

use lofty::picture::PictureType;
use lofty::tag::{ItemKey, Tag, TagType};

use super::found::{FoundTags, key_of, mime, picture, push};
use super::id3v2;
use super::text::utf8_or_1252;

/// Reads the tag that `bytes` are, whichever it is.
pub(super) fn read(bytes: &[u8], found: &mut FoundTags) {
    if bytes.starts_with(b"TAG") {
        id3v1(bytes, found);
    } else if bytes.starts_with(b"ID3") {
        id3v2::read(bytes, found);
    } else if bytes
        .len()
        .checked_sub(32)
        .is_some_and(|at| bytes[at..].starts_with(b"APETAGEX"))
    {
        ape(bytes, found);
    }
}

/// Reads an ID3v1 tag. A genre above the list's end is none.
fn id3v1(tag_bytes: &[u8], found: &mut FoundTags) {
    let Some(tag_bytes) = tag_bytes.get(..128) else {
        return;
    };
    let mut tag = Tag::new(TagType::Id3v1);
    let mut take = |key, from: usize, to: usize| {
        let field = &tag_bytes[from..to];
        let end = field
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(field.len());
        push(&mut tag, key, utf8_or_1252(&field[..end]));
    };
    take(ItemKey::TrackTitle, 3, 33);
    take(ItemKey::TrackArtist, 33, 63);
    take(ItemKey::AlbumTitle, 63, 93);
    take(ItemKey::RecordingDate, 93, 97);
    if tag_bytes[125] == 0 && tag_bytes[126] != 0 {
        push(&mut tag, ItemKey::TrackNumber, tag_bytes[126].to_string());
    }
    if let Some(genre) = lofty::id3::v1::GENRES.get(usize::from(tag_bytes[127])) {
        push(&mut tag, ItemKey::Genre, (*genre).to_owned());
    }
    found.add(tag);
}

/// Reads an APE tag, from its header, or its first item, to its footer. An item that cannot be read costs that item.
pub(super) fn ape(bytes: &[u8], found: &mut FoundTags) {
    let items = bytes
        .strip_prefix(b"APETAGEX")
        .map_or(bytes, |_| bytes.get(32..).unwrap_or_default());
    let items = match items.len().checked_sub(32) {
        Some(footer) if items[footer..].starts_with(b"APETAGEX") => &items[..footer],
        _ => items,
    };
    let mut tag = Tag::new(TagType::Ape);
    let mut lost = Vec::new();
    let mut sheet = None;
    let lands = |end: usize| {
        end == items.len() || ApeItem::at(items, end).is_some_and(|next| next.end <= items.len())
    };
    let mut at = 0;
    while at < items.len() {
        let here = ApeItem::at(items, at);
        let sound = here.as_ref().is_some_and(|item| lands(item.end));
        let next = match &here {
            Some(item) if sound => item.end,
            _ => (at + 1..items.len())
                .find(|at| ApeItem::at(items, *at).is_some_and(|item| lands(item.end)))
                .unwrap_or(items.len()),
        };
        match here {
            Some(item) => {
                let value = &items[item.value_at.min(next)..item.end.min(next)];
                if item.key.eq_ignore_ascii_case("CUESHEET") {
                    sheet = Some(utf8_or_1252(value));
                } else if !item.put(value, &mut tag) && !sound {
                    lost.push(item.key);
                }
            }
            None => lost.push(String::new()),
        }
        at = next;
    }
    lost.iter().for_each(|name| found.lose(name, None));
    found.marks.cue_sheet = found.marks.cue_sheet.take().or(sheet);
    found.add(tag);
}

struct ApeItem {
    flags: u32,
    key: String,
    value_at: usize,
    /// Where its length says that it ends.
    end: usize,
}

impl ApeItem {
    /// The item that begins here: length, flags, key, null, value.
    fn at(bytes: &[u8], at: usize) -> Option<Self> {
        let head = bytes.get(at..at + 8)?;
        let number = |from: usize| {
            u32::from_le_bytes([head[from], head[from + 1], head[from + 2], head[from + 3]])
        };
        let key = &bytes[at + 8..];
        let len = key.iter().take(256).position(|byte| *byte == 0)?;
        let is_key = len >= 2 && key[..len].iter().all(|byte| matches!(byte, 0x20..=0x7e));
        let value_at = at + 8 + len + 1;
        is_key.then(|| Self {
            flags: number(4),
            key: String::from_utf8_lossy(&key[..len]).into_owned(),
            value_at,
            end: value_at.saturating_add(number(0) as usize),
        })
    }

    /// Puts the item into the tag. `false`: it is of no use.
    fn put(&self, value: &[u8], tag: &mut Tag) -> bool {
        if self.key.to_ascii_lowercase().starts_with("cover art (") {
            let front = self.key.eq_ignore_ascii_case("Cover Art (Front)");
            let kind = if front {
                PictureType::CoverFront
            } else {
                PictureType::Other
            };
            // A file name stands before the picture.
            let behind = value
                .iter()
                .position(|byte| *byte == 0)
                .map_or(0, |at| at + 1);
            let at = [behind, 0]
                .into_iter()
                .find(|at| mime(&value[*at..]).is_some());
            at.map(|at| tag.push_picture(picture(kind, value[at..].to_vec())))
                .is_some()
        } else {
            // Bits 1 and 2: text, and not bytes or a link.
            let key = key_of(TagType::Ape, &self.key).filter(|_| self.flags >> 1 & 3 == 0);
            key.map(|key| push(tag, key, utf8_or_1252(value))).is_some()
        }
    }
}
