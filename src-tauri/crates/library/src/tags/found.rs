//! What the parsers of the formats find in a file, before it is cleaned.

use image::ImageFormat;
use lofty::picture::{Picture, PictureType};
use lofty::tag::{ItemKey, ItemValue, Tag, TagItem, TagType};
use segue_core::{FileFault, LostTag, TagFault};

use super::chapters::Marks;
use super::text::clean;

/// The longest tag, or block of one, that is read, in bytes: they hold covers.
pub(super) const BLOCK_MAX: u64 = 64 << 20;
/// Items that could not be read and are named.
const LOST_MAX: usize = 8;
/// What a file is, as sound.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AudioProperties {
    pub(crate) codec: String,
    /// In seconds; 0 where nothing tells.
    pub(crate) duration_s: f64,
    pub(crate) sample_rate_hz: Option<u32>,
    pub(crate) bitrate_kbps: Option<u32>,
}

/// The tags of a file, and what was lost of them.
#[derive(Default)]
pub(crate) struct FoundTags {
    /// Those that speak first first.
    pub(super) tags: Vec<Tag>,
    /// Places that the file names.
    pub(crate) marks: Marks,
    lost: Vec<LostTag>,
}

impl FoundTags {
    /// The tag of this kind, made if there is none.
    pub(crate) fn tag(&mut self, kind: TagType) -> &mut Tag {
        let at = self.tags.iter().position(|tag| tag.tag_type() == kind);
        let at = at.unwrap_or_else(|| {
            self.tags.push(Tag::new(kind));
            self.tags.len() - 1
        });
        &mut self.tags[at]
    }

    /// Puts a tag behind the others.
    pub(crate) fn add(&mut self, tag: Tag) {
        self.tags.push(tag);
    }

    /// Notes an item that could not be read, by the name that the format gives it, and why where that is known.
    pub(super) fn lose(&mut self, name: &str, why: Option<TagFault>) {
        let name = clean(name);
        self.note(LostTag { name, why });
    }

    fn note(&mut self, lost: LostTag) {
        if self.lost.len() < LOST_MAX && !self.lost.contains(&lost) {
            self.lost.push(lost);
        }
    }

    /// Puts other tags behind these.
    pub(super) fn append(&mut self, mut other: Self) {
        self.tags.append(&mut other.tags);
        self.marks.append(other.marks);
        other.lost.into_iter().for_each(|lost| self.note(lost));
    }

    pub(super) fn warning(&self) -> Option<FileFault> {
        let lost = self.lost.clone();
        (!lost.is_empty()).then_some(FileFault::TagsLost { lost })
    }

    /// The cover: the front, else the first picture.
    pub(super) fn cover(&self) -> Option<&Picture> {
        let all = || self.tags.iter().flat_map(Tag::pictures);
        all()
            .find(|picture| picture.pic_type() == PictureType::CoverFront)
            .or_else(|| all().next())
    }
}

/// The field that a format calls `name`.
pub(super) fn key_of(kind: TagType, name: &str) -> Option<ItemKey> {
    match ItemKey::from_key(kind, name)? {
        // Where number and total share a field.
        ItemKey::TrackTotal => Some(ItemKey::TrackNumber),
        ItemKey::DiscTotal => Some(ItemKey::DiscNumber),
        key => Some(key),
    }
}

/// Puts a text into a tag.
pub(crate) fn push(tag: &mut Tag, key: ItemKey, text: String) {
    tag.push_unchecked(TagItem::new(key, ItemValue::Text(text)));
}

/// A picture of a tag; only what [`mime`] knows is one.
pub(crate) fn picture(kind: PictureType, bytes: Vec<u8>) -> Picture {
    Picture::unchecked(bytes).pic_type(kind).build()
}

/// The kind of the picture that these bytes begin, by its signature; `None`: they are no picture that is shown.
pub(crate) fn mime(bytes: &[u8]) -> Option<&'static str> {
    match image::guess_format(bytes).ok()? {
        ImageFormat::Jpeg => Some("image/jpeg"),
        ImageFormat::Png => Some("image/png"),
        ImageFormat::WebP => Some("image/webp"),
        ImageFormat::Gif => Some("image/gif"),
        // Two letters are little; four bytes behind the size are zero.
        ImageFormat::Bmp => (bytes.get(6..10) == Some(&[0; 4])).then_some("image/bmp"),
        _ => None,
    }
}
