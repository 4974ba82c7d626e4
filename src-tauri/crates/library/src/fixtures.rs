//! Files and libraries for the tests of this crate.

use std::fs;
use std::path::{Path, PathBuf};

use lofty::config::WriteOptions;
use lofty::picture::{MimeType, Picture, PictureType};
use lofty::tag::{ItemKey, Tag, TagExt, TagType};
use tempfile::TempDir;

use crate::{Library, ScanReport};

/// A file of `tests_data`.
pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests_data")
        .join(name)
}

/// Copies a fixture to `to`, making its folder.
pub(crate) fn copy(name: &str, to: &Path) -> PathBuf {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(fixture(name), to).unwrap();
    to.to_owned()
}

/// Writes a tag of `kind` with these fields, and what begins like a JPEG, of `picture_len` bytes if that is not 0.
pub(crate) fn retag(path: &Path, kind: TagType, fields: &[(ItemKey, &str)], picture_len: usize) {
    let mut tag = Tag::new(kind);
    for (key, text) in fields {
        tag.push(lofty::tag::TagItem::new(
            *key,
            lofty::tag::ItemValue::Text((*text).to_owned()),
        ));
    }
    if picture_len > 0 {
        let mut data: Vec<u8> = (0..picture_len).map(|i| (i * 31 % 251) as u8).collect();
        data.iter_mut()
            .zip([0xff, 0xd8, 0xff, 0xe0])
            .for_each(|(to, from)| *to = from);
        let picture = Picture::unchecked(data)
            .pic_type(PictureType::CoverFront)
            .mime_type(MimeType::Jpeg)
            .build();
        tag.push_picture(picture);
    }
    tag.save_to_path(path, WriteOptions::default()).unwrap();
}

/// An empty library beside an empty music folder.
pub(crate) struct Place {
    pub(crate) dir: TempDir,
    pub(crate) music: PathBuf,
    pub(crate) library: Library,
}

pub(crate) fn place() -> Place {
    let dir = tempfile::tempdir().unwrap();
    let music = dir.path().canonicalize().unwrap().join("music");
    fs::create_dir(&music).unwrap();
    let library = Library::open(&dir.path().join("data")).unwrap();
    Place {
        dir,
        music,
        library,
    }
}

impl Place {
    pub(crate) fn scan(&self) -> ScanReport {
        self.library
            .scan(std::slice::from_ref(&self.music), &mut |_| true)
            .unwrap()
    }
}
