//! Covers from inside and beside the file, and pictures that mean harm.

use std::fs;
use std::time::UNIX_EPOCH;

use lofty::tag::{ItemKey, TagType};

use super::*;
use crate::fixtures::{copy, fixture, place, retag};

/// In the past, so that nothing that is written here is old.
const NOW: SystemTime = UNIX_EPOCH;

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
    let small = place.library.thumbnail(id, 50, NOW).unwrap().unwrap();
    let decoded = image::load_from_memory(&small).unwrap();
    assert_eq!((decoded.width(), decoded.height()), (64, 43));
    let file = place.library.thumbnail_file(id, 50, NOW).unwrap().unwrap();
    assert_eq!(fs::read(file).unwrap(), small);
    // Kept: the second time it comes from the cache, as long as the cover is the same.
    assert_eq!(
        place.library.thumbnail(id, 64, NOW).unwrap().unwrap(),
        small
    );
    let id = place.library.track_by_path(&one).unwrap().unwrap().id;
    let unlike = place.library.thumbnail(id, 4000, NOW).unwrap().unwrap();
    assert_eq!(image::load_from_memory(&unlike).unwrap().width(), 40);
    assert_eq!(
        place
            .library
            .thumbnail(segue_core::TrackId(999), 64, NOW)
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
        assert_eq!(place.library.thumbnail(id, 256, NOW).unwrap(), None);
        assert_eq!(place.library.thumbnail(id, 256, NOW).unwrap(), None);
    }
}

#[test]
fn a_thumbnail_that_is_not_seen_for_long_goes() {
    let place = place();
    let paths = ["A/one.flac", "B/two.flac"].map(|name| {
        let path = copy("flac-a.flac", &place.music.join(name));
        copy("cover.png", &path.with_file_name("cover.png"));
        path
    });
    copy("cover.jpg", &place.music.join("B/cover.jpg"));
    fs::remove_file(place.music.join("B/cover.png")).unwrap();
    place.scan();
    let ids = paths.map(|path| place.library.track_by_path(&path).unwrap().unwrap().id);
    let see = |n: usize, at: SystemTime| {
        let seen = place.library.thumbnail(ids[n], 64, at).unwrap();
        assert!(seen.is_some());
    };
    let made = SystemTime::now();
    let day = |day: u64| made + Duration::from_secs(day * 24 * 3600);
    see(0, made);
    see(1, made);
    assert_eq!(place.library.prune_covers(day(59)), 0);
    see(0, day(50));
    assert_eq!(place.library.prune_covers(day(61)), 1);
    assert_eq!(place.library.prune_covers(day(109)), 0);
    assert_eq!(place.library.prune_covers(day(111)), 1);
    // And both are made again.
    see(0, day(111));
    see(1, day(111));
}

#[test]
fn a_cover_that_cannot_be_kept_is_shown_all_the_same() {
    let place = place();
    let path = copy("flac-a.flac", &place.music.join("A/one.flac"));
    copy("cover.png", &path.with_file_name("cover.png"));
    place.scan();
    fs::write(place.library.data_dir().join("covers"), "no folder").unwrap();
    let id = place.library.track_by_path(&path).unwrap().unwrap().id;
    assert!(place.library.thumbnail(id, 64, NOW).unwrap().is_some());
}
