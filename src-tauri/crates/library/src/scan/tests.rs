//! Scans of folders that change, move, vanish, break and loop, and scans that are killed.

mod killed;
mod moving;
mod sheets;
mod superseding;

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use lofty::tag::{ItemKey, TagType};
use segue_core::FailedFile;
use segue_core::query::Query;

use super::*;
use crate::fixtures::{Place, copy, place, retag};
use crate::{Sort, TrackQuery};

fn all(library: &Library) -> Vec<segue_core::Track> {
    library
        .tracks(&TrackQuery {
            sort: Sort::Path,
            ..TrackQuery::default()
        })
        .unwrap()
        .tracks
}

/// What the report says, as `[files, added, updated, unchanged, moved, missing]`.
fn numbers(report: &ScanReport) -> [u64; 6] {
    [
        report.files,
        report.added,
        report.updated,
        report.unchanged,
        report.moved,
        report.missing,
    ]
}

fn set_age(path: &Path, seconds: u64) {
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_600_000_000 + seconds))
        .unwrap();
}

fn three(place: &Place) -> [PathBuf; 3] {
    [
        copy("mp3-a.mp3", &place.music.join("A/one.mp3")),
        copy("flac-a.flac", &place.music.join("A/two.FLAC")),
        copy("opus-a.opus", &place.music.join("B/three.opus")),
    ]
}

fn many(music: &Path, n: usize) {
    let names = [
        "mp3-a.mp3",
        "flac-a.flac",
        "opus-b.opus",
        "vorbis-a.ogg",
        "aac-b.m4a",
    ];
    for i in 0..n {
        let name = names[i % names.len()];
        copy(name, &music.join(format!("{:02}/{i:04}-{name}", i / 50)));
    }
}

#[test]
fn a_second_scan_reads_nothing_and_a_change_is_read() {
    let place = place();
    let [one, ..] = three(&place);
    copy("mp3-b.mp3", &place.music.join(".hidden/x.mp3"));
    copy("mp3-b.mp3", &place.music.join("A/._one.mp3"));
    fs::write(place.music.join("A/notes.txt"), "no music").unwrap();
    assert_eq!(numbers(&place.scan()), [3, 3, 0, 0, 0, 0]);
    assert_eq!(numbers(&place.scan()), [3, 0, 0, 3, 0, 0]);
    let revision = place.library.revision();
    let before = place.library.track_by_path(&one).unwrap().unwrap();
    retag(
        &one,
        TagType::Id3v2,
        &[(ItemKey::TrackTitle, "New"), (ItemKey::TrackArtist, "Who")],
        2000,
    );
    assert_eq!(numbers(&place.scan()), [3, 0, 1, 2, 0, 0]);
    let after = place.library.track_by_path(&one).unwrap().unwrap();
    assert_eq!(
        (after.id, after.audio, after.title.as_str()),
        (before.id, before.audio, "New")
    );
    assert!(after.has_cover && !before.has_cover);
    assert!(place.library.revision() > revision);
    assert_eq!(before.title, "one");
}

#[test]
fn a_file_that_is_gone_is_missing_until_it_is_back() {
    let place = place();
    let [one, ..] = three(&place);
    place.scan();
    let id = place.library.track_by_path(&one).unwrap().unwrap().id;
    let aside = place.dir.path().join("aside.mp3");
    fs::rename(&one, &aside).unwrap();
    assert_eq!(numbers(&place.scan()), [2, 0, 0, 2, 0, 1]);
    assert_eq!(numbers(&place.scan()), [2, 0, 0, 2, 0, 1]);
    assert!(place.library.track(id).unwrap().unwrap().missing);
    fs::rename(&aside, &one).unwrap();
    assert_eq!(numbers(&place.scan()), [3, 0, 1, 2, 0, 0]);
    assert!(!place.library.track(id).unwrap().unwrap().missing);
    // Missing, and then found elsewhere.
    fs::rename(&one, &aside).unwrap();
    place.scan();
    fs::rename(&aside, place.music.join("elsewhere.mp3")).unwrap();
    assert_eq!(numbers(&place.scan()), [3, 0, 0, 2, 1, 0]);
    assert_eq!(
        place.library.track(id).unwrap().unwrap().path,
        place.music.join("elsewhere.mp3")
    );
}

#[test]
fn a_folder_that_is_not_there_is_offline_and_so_is_an_empty_one() {
    let place = place();
    three(&place);
    place.scan();
    let before = all(&place.library);
    let aside = place.dir.path().join("unplugged");
    fs::rename(&place.music, &aside).unwrap();
    for empty_mount_point in [false, true] {
        if empty_mount_point {
            fs::create_dir(&place.music).unwrap();
        }
        for report in [
            place.scan(),
            place.library.scan(&[], &mut |_| true).unwrap(),
            place.library.scan_paths(&[place.music.join("A")]).unwrap(),
        ] {
            assert_eq!(
                report,
                ScanReport {
                    offline_roots: vec![place.music.clone()],
                    ..ScanReport::default()
                }
            );
        }
        assert!(!place.library.roots().unwrap()[0].online);
        assert_eq!(all(&place.library), before);
        assert!(
            place
                .library
                .unanalyzed(&segue_core::ModelId("m@0".into()), 9)
                .unwrap()
                .is_empty()
        );
    }
    fs::remove_dir(&place.music).unwrap();
    fs::rename(&aside, &place.music).unwrap();
    assert_eq!(numbers(&place.scan()), [3, 0, 0, 3, 0, 0]);
    assert!(place.library.roots().unwrap()[0].online);
}

#[test]
fn a_folder_inside_another_is_no_second_root() {
    let place = place();
    three(&place);
    let inner = place.music.join("A");
    let scan = |folder: &Path| {
        place
            .library
            .scan(&[folder.to_owned()], &mut |_| true)
            .unwrap()
    };
    assert_eq!(scan(&inner).added, 2);
    assert_eq!(scan(&place.music).added, 1);
    let roots = || {
        place
            .library
            .roots()
            .unwrap()
            .into_iter()
            .map(|root| (root.path, root.tracks))
            .collect::<Vec<_>>()
    };
    assert_eq!(roots(), [(place.music.clone(), 3)]);
    assert_eq!(numbers(&scan(&inner)), [2, 0, 0, 2, 0, 0]);
    assert_eq!(
        numbers(&scan(&place.music.join("../music/./A"))),
        [2, 0, 0, 2, 0, 0]
    );
    assert_eq!(roots().len(), 1);
    assert!(!place.library.remove_root(&inner).unwrap());
    assert!(place.library.remove_root(&place.music).unwrap());
    assert_eq!(
        (
            all(&place.library).len(),
            place.library.counts().unwrap().albums
        ),
        (0, 0)
    );
    assert_eq!(place.library.counts().unwrap().recordings, 3);
    assert!(
        place
            .library
            .scan(&[place.music.join("nowhere")], &mut |_| true)
            .is_err()
    );
    assert!(
        place
            .library
            .scan(&[place.music.join("A/one.mp3")], &mut |_| true)
            .is_err()
    );
}

#[test]
fn bad_files_are_named_and_the_rest_comes_in() {
    let place = place();
    three(&place);
    let write = |name: &str, bytes: &[u8]| fs::write(place.music.join(name), bytes).unwrap();
    write("empty.mp3", b"");
    write(
        "text.flac",
        b"this is not music at all, just some words in a file with the wrong ending",
    );
    write("old.wma", b"x");
    write(
        "cut.m4a",
        &fs::read(crate::fixtures::fixture("aac-a.m4a")).unwrap()[..300],
    );
    let report = place.scan();
    assert_eq!(
        (report.added, report.failures.len()),
        (3, 4),
        "{:?}",
        report.failures
    );
    // What is told and what is kept is the same.
    let by_path = |mut failures: Vec<FailedFile>| {
        failures.sort_by(|a, b| a.path.cmp(&b.path));
        failures
    };
    let kept = by_path(place.library.failures().unwrap());
    assert_eq!(kept, by_path(report.failures));
    // Mended, removed, still broken.
    copy("mp3-b.mp3", &place.music.join("empty.mp3"));
    fs::remove_file(place.music.join("text.flac")).unwrap();
    let report = place.scan();
    assert_eq!((report.added, report.failures.len()), (1, 2));
    assert_eq!(place.library.failures().unwrap().len(), 2);
}

#[test]
fn formats_without_readable_tags_come_in_under_their_name() {
    let place = place();
    copy("caf-a.caf", &place.music.join("01 - Some_thing.caf"));
    copy("matroska-a.mka", &place.music.join("02. Other.mka"));
    copy("oggflac-a.oga", &place.music.join("Third.oga"));
    let report = place.scan();
    assert_eq!((report.added, &report.failures), (3, &vec![]));
    let tracks: Vec<_> = all(&place.library)
        .into_iter()
        .map(|t| (t.title, t.codec, (t.duration_s * 10.0).round()))
        .collect();
    let expected = [
        ("Some thing", "alac", 5.0),
        ("Other", "opus", 5.0),
        ("Third", "flac", 5.0),
    ];
    assert_eq!(
        tracks,
        expected.map(|(title, codec, tenths)| (title.to_owned(), codec.to_owned(), tenths))
    );
}

#[cfg(unix)]
#[test]
fn names_that_are_not_unicode_and_links_in_circles_are_no_trouble() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let place = place();
    let odd = copy(
        "mp3-a.mp3",
        &place.music.join(OsStr::from_bytes(b"caf\xe9/na\xefve.mp3")),
    );
    std::os::unix::fs::symlink(&place.music, place.music.join("loop")).unwrap();
    std::os::unix::fs::symlink("/nowhere/at/all", place.music.join("dangling")).unwrap();
    let report = place.scan();
    assert_eq!((report.files, report.added), (1, 1));
    let track = place.library.track_by_path(&odd).unwrap().unwrap();
    assert_eq!(track.path, odd);
    assert_eq!(numbers(&place.scan())[3], 1);
}

#[test]
fn what_is_moved_to_the_trash_is_gone_and_what_comes_back_is_the_same_track() {
    let place = place();
    let [one, ..] = three(&place);
    place.scan();
    let id = place.library.track_by_path(&one).unwrap().unwrap().id;
    let trash = place.music.join(".Trash-1000/files/one.mp3");
    fs::create_dir_all(trash.parent().unwrap()).unwrap();
    fs::rename(&one, &trash).unwrap();
    let report = place.library.scan_paths(&[one.clone(), trash.clone()]);
    assert_eq!(numbers(&report.unwrap()), [0, 0, 0, 0, 0, 1]);
    assert!(place.library.track(id).unwrap().unwrap().missing);
    fs::rename(&trash, &one).unwrap();
    place.library.scan_paths(&[trash, one.clone()]).unwrap();
    let back = place.library.track_by_path(&one).unwrap().unwrap();
    assert_eq!((back.id, back.missing), (id, false));
    // Hidden music is no folder of the library's, unless the library begins there.
    let hidden = place.music.join(".private");
    copy("mp3-b.mp3", &hidden.join("x.mp3"));
    assert!(place.library.scan(&[hidden], &mut |_| true).is_err());
}

/// Where a folder may not be looked into, which is nowhere for one who may do anything.
#[cfg(unix)]
#[test]
fn what_cannot_be_looked_at_is_not_missing() {
    use std::os::unix::fs::PermissionsExt;
    let place = place();
    let [one, ..] = three(&place);
    place.scan();
    let before = all(&place.library);
    let folder = one.parent().unwrap();
    let allow = |mode| fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
    for mode in [0o444, 0o000] {
        allow(mode);
        if one.symlink_metadata().is_ok() {
            allow(0o755);
            return;
        }
        for starts in [
            vec![place.music.clone()],
            vec![folder.to_owned()],
            vec![one.clone()],
        ] {
            let report = place.library.scan_paths(&starts).unwrap();
            assert_eq!((report.missing, report.failures.is_empty()), (0, false));
            assert_eq!(all(&place.library), before);
        }
    }
    allow(0o755);
    assert_eq!(numbers(&place.scan()), [3, 0, 0, 3, 0, 0]);
    assert!(place.library.failures().unwrap().is_empty());
}

/// What cannot be looked at for other reasons than rights: a link in a circle stands for a disk's error.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_looked_at_is_not_missing() {
    let place = place();
    let [one, ..] = three(&place);
    place.scan();
    let before = all(&place.library);
    fs::remove_file(&one).unwrap();
    std::os::unix::fs::symlink("one.mp3", &one).unwrap();
    for starts in [place.music.clone(), one.clone()] {
        let report = place.library.scan_paths(&[starts]).unwrap();
        assert_eq!((report.missing, report.failures.len()), (0, 1));
        assert_eq!(all(&place.library), before);
    }
}

#[cfg(unix)]
#[test]
fn what_lies_behind_a_linked_folder_is_known_by_the_link() {
    let place = place();
    three(&place);
    let other = place.dir.path().canonicalize().unwrap().join("other");
    copy("mp3-b.mp3", &other.join("x.mp3"));
    std::os::unix::fs::symlink(&other, place.music.join("link")).unwrap();
    assert_eq!(place.scan().added, 4);
    let behind = place.music.join("link/y.mp3");
    copy("aac-a.m4a", &behind);
    let report = place.library.scan_paths(std::slice::from_ref(&behind));
    assert_eq!(numbers(&report.unwrap()), [1, 1, 0, 0, 0, 0]);
    assert!(place.library.track_by_path(&behind).unwrap().is_some());
    assert_eq!(numbers(&place.scan()), [5, 0, 0, 5, 0, 0]);
}

#[test]
fn a_cover_that_comes_later_is_noticed() {
    let place = place();
    let [one, ..] = three(&place);
    place.scan();
    let cover = copy("cover.jpg", &place.music.join("A/Folder.JPG"));
    assert_eq!(numbers(&place.scan()), [3, 0, 2, 1, 0, 0]);
    assert!(
        place
            .library
            .track_by_path(&one)
            .unwrap()
            .unwrap()
            .has_cover
    );
    // A single file is seen with its folder's cover.
    assert_eq!(
        place
            .library
            .scan_paths(std::slice::from_ref(&one))
            .unwrap()
            .unchanged,
        1
    );
    fs::remove_file(cover).unwrap();
    assert_eq!(
        place
            .library
            .scan_paths(&[place.music.join("A")])
            .unwrap()
            .updated,
        2
    );
}

#[test]
fn a_file_with_the_same_length_is_read_even_if_its_time_was_put_back() {
    let place = place();
    let one = copy("mp3-a.mp3", &place.music.join("one.mp3"));
    set_age(&one, 0);
    place.scan();
    let before = place.library.track_by_path(&one).unwrap().unwrap();
    copy("mp3-b.mp3", &one);
    set_age(&one, if cfg!(unix) { 0 } else { 1 });
    assert_eq!(place.scan().updated, 1);
    let after = place.library.track_by_path(&one).unwrap().unwrap();
    assert_eq!(after.id, before.id);
    assert_ne!(after.audio, before.audio);
}

#[test]
fn the_observer_can_stop_and_the_next_scan_goes_on() {
    let place = place();
    many(&place.music, 600);
    let report = place
        .library
        // The observer hears of the very first file; later it is asked by the clock, which no test may wait for.
        .scan(std::slice::from_ref(&place.music), &mut |_| false)
        .unwrap();
    assert!(report.stopped);
    assert_eq!(report.missing, 0);
    let report = place.scan();
    assert_eq!(
        (
            report.files,
            report.added + report.unchanged,
            report.missing
        ),
        (600, 600, 0)
    );
}

#[test]
fn what_is_read_together_is_numbered_by_path() {
    let place = place();
    place.scan();
    let mut scan = Scan {
        library: &place.library,
        report: ScanReport::default(),
        progress: ScanProgress::default(),
        moves: Moves::new(0, Vec::new()),
        waiting: Vec::new(),
    };
    // The readers were done with the last file first.
    let mut batch: Vec<ScanEvent> = three(&place)
        .iter()
        .rev()
        .map(|path| {
            let file = AudioFile {
                path: paths::to_bytes(path).unwrap().into_owned(),
                size: 1,
                mtime_ns: 1,
                ctime_ns: 0,
                sidecar: false,
                sheet: None,
            };
            ScanEvent::Read(file, tags::read(path, None, &mut Room::default()))
        })
        .collect();
    scan.write_batch(&mut batch, true).unwrap();
    let ids: Vec<_> = all(&place.library).iter().map(|track| track.id).collect();
    assert!(ids.is_sorted() && ids.len() == 3, "{ids:?}");
}

/// The titles of all tracks, of those that a search finds, and of what the albums count.
fn shown(library: &Library) -> (Vec<String>, usize, Vec<u32>) {
    let found = TrackQuery {
        query: Query::words("song"),
        ..TrackQuery::default()
    };
    let albums = library
        .albums("", crate::AlbumSort::Title, false, 0, None)
        .unwrap();
    (
        all(library).into_iter().map(|track| track.title).collect(),
        library.tracks(&found).unwrap().total as usize,
        albums.albums.iter().map(|album| album.tracks).collect(),
    )
}

fn tagged(path: &Path, kind: TagType, fields: [&str; 3]) {
    let [title, artist, album] = fields;
    let fields = [
        (ItemKey::TrackTitle, title),
        (ItemKey::TrackArtist, artist),
        (ItemKey::AlbumTitle, album),
    ];
    retag(path, kind, &fields, 0);
}

#[test]
fn what_is_deleted_leaves_lists_search_totals_and_albums_and_is_forgotten_when_asked() {
    let place = place();
    let [one, two, _] = three(&place);
    tagged(&one, TagType::Id3v2, ["Song one", "Ann", "Al"]);
    tagged(&two, TagType::VorbisComments, ["Song two", "Ann", "Al"]);
    place.scan();
    let library = &place.library;
    let whole = (
        vec!["Song one".into(), "Song two".into(), "three".into()],
        2,
        vec![2],
    );
    assert_eq!(shown(library), whole);
    let before = library.track_by_path(&one).unwrap().unwrap();
    library
        .rate(
            before.audio,
            Some(segue_core::Rating::Like),
            segue_core::Timestamp::UNIX_EPOCH,
        )
        .unwrap();
    let aside = place.dir.path().join("aside.mp3");
    fs::rename(&one, &aside).unwrap();
    place.scan();
    let rest = (vec!["Song two".into(), "three".into()], 1, vec![1]);
    assert_eq!(shown(library), rest);
    let counts = library.counts().unwrap();
    assert_eq!((counts.tracks, counts.missing, counts.albums), (2, 1, 1));
    // It comes back as it was; a folder that is offline takes nothing away, and nothing of it is forgotten.
    fs::rename(&aside, &one).unwrap();
    place.scan();
    assert_eq!(shown(library), whole);
    assert_eq!(
        library.track(before.id).unwrap().unwrap().rating,
        Some(segue_core::Rating::Like)
    );
    fs::remove_file(&one).unwrap();
    fs::remove_file(&two).unwrap();
    place.scan();
    assert_eq!(shown(library), (vec!["three".into()], 0, vec![]));
    let unplugged = place.dir.path().join("unplugged");
    fs::rename(&place.music, &unplugged).unwrap();
    place.scan();
    assert_eq!(library.forget_missing().unwrap(), 0);
    assert_eq!(shown(library).0, ["three"]);
    fs::rename(&unplugged, &place.music).unwrap();
    assert_eq!(library.forget_missing().unwrap(), 2);
    assert_eq!(library.forget_missing().unwrap(), 0);
    let counts = library.counts().unwrap();
    assert_eq!((counts.tracks, counts.missing, counts.albums), (1, 0, 0));
    // What was said of the recording outlives its row.
    assert_eq!(
        library.rating(before.audio).unwrap(),
        Some(segue_core::Rating::Like)
    );
    copy("mp3-a.mp3", &one);
    tagged(&one, TagType::Id3v2, ["Song one", "Ann", "Al"]);
    place.scan();
    let back = library.track_by_path(&one).unwrap().unwrap();
    assert_eq!(
        (back.rating, library.check().unwrap().as_str()),
        (Some(segue_core::Rating::Like), "ok")
    );
}

#[test]
fn an_album_without_its_cover_song_shows_another() {
    let place = place();
    let (one, two) = (place.music.join("1.mp3"), place.music.join("2.mp3"));
    for (path, fixture) in [(&one, "mp3-a.mp3"), (&two, "mp3-b.mp3")] {
        copy(fixture, path);
        let fields = [(ItemKey::AlbumTitle, "Al")];
        retag(path, TagType::Id3v2, &fields, 2000);
    }
    place.scan();
    let cover = || {
        let page = place
            .library
            .albums("", crate::AlbumSort::Title, false, 0, None);
        let of = page.unwrap().albums[0].cover_track.unwrap();
        place.library.track(of).unwrap().unwrap().path
    };
    let first = cover();
    fs::remove_file(&first).unwrap();
    place.scan();
    assert_eq!(cover(), if first == one { two } else { one });
}
