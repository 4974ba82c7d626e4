//! Covers from inside and beside the file, and pictures that mean harm.

use std::fs;

use lofty::tag::{ItemKey, TagType};

use super::*;
use crate::fixtures::{copy, fixture, place, retag};

#[test]
fn a_cover_is_found_in_the_file_and_beside_it() {
    let place = place();
    let one = copy("mp3-a.mp3", &place.music.join("A/one.mp3"));
    let two = copy("flac-a.flac", &place.music.join("A/two.flac"));
    let bare = copy("flac-b.flac", &place.music.join("B/bare.flac"));
    copy("cover.png", &place.music.join("A/Front.PNG"));
    copy("cover.jpg", &place.music.join("A/cover.jpg"));
    let picture = lofty::picture::Picture::unchecked(fs::read(fixture("cover.png")).unwrap())
        .pic_type(lofty::picture::PictureType::CoverFront)
        .mime_type(lofty::picture::MimeType::Jpeg)
        .build();
    let mut tag = lofty::tag::Tag::new(TagType::Id3v2);
    tag.push_picture(picture);
    lofty::tag::TagExt::save_to_path(&tag, &one, lofty::config::WriteOptions::default()).unwrap();
    place.scan();
    let cover = |path: &Path| {
        let track = place.library.track_by_path(path).unwrap().unwrap();
        let cover = place.library.cover(track.id).unwrap();
        assert_eq!(track.has_cover, cover.is_some());
        cover.map(|cover| (cover.mime, cover.bytes))
    };
    assert_eq!(
        cover(&one),
        Some(("image/png", fs::read(fixture("cover.png")).unwrap()))
    );
    assert_eq!(
        cover(&two),
        Some(("image/jpeg", fs::read(fixture("cover.jpg")).unwrap()))
    );
    assert_eq!(cover(&bare), None);

    let id = place.library.track_by_path(&two).unwrap().unwrap().id;
    let small = place.library.thumbnail(id, 50).unwrap().unwrap();
    let decoded = image::load_from_memory(&small).unwrap();
    assert_eq!((decoded.width(), decoded.height()), (64, 43));
    // Kept: the second time it comes from the cache, as long as the cover is the same.
    assert_eq!(place.library.thumbnail(id, 64).unwrap().unwrap(), small);
    let id = place.library.track_by_path(&one).unwrap().unwrap().id;
    let unlike = place.library.thumbnail(id, 4000).unwrap().unwrap();
    assert_eq!(image::load_from_memory(&unlike).unwrap().width(), 40);
    assert_eq!(
        place
            .library
            .thumbnail(segue_core::TrackId(999), 64)
            .unwrap(),
        None
    );
}

#[test]
fn a_hostile_picture_is_no_cover() {
    let place = place();
    let one = copy("mp3-a.mp3", &place.music.join("one.mp3"));
    retag(&one, TagType::Id3v2, &[(ItemKey::TrackTitle, "x")], 5000);
    // A PNG that claims 60,000 x 60,000 pixels.
    let mut bomb = fs::read(fixture("cover.png")).unwrap();
    bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let two = copy("flac-a.flac", &place.music.join("B/two.flac"));
    fs::write(place.music.join("B/cover.png"), bomb).unwrap();
    place.scan();
    for path in [one, two] {
        let id = place.library.track_by_path(&path).unwrap().unwrap().id;
        assert!(place.library.cover(id).unwrap().is_some());
        assert_eq!(place.library.thumbnail(id, 256).unwrap(), None);
        assert_eq!(place.library.thumbnail(id, 256).unwrap(), None);
    }
}
