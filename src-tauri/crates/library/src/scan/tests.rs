//! Scans of folders that change, move, vanish, break and loop, and scans that are killed.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use lofty::tag::{ItemKey, TagType};

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
fn a_moved_file_is_the_same_track() {
    let place = place();
    let [one, two, _] = three(&place);
    place.scan();
    let before = all(&place.library);
    let id_of = |path: &Path| before.iter().find(|track| track.path == path).unwrap().id;
    // Renamed; moved and re-tagged at once; found again by the watcher's way.
    let (one_new, two_new) = (
        place.music.join("A/uno.mp3"),
        place.music.join("C/D/two.flac"),
    );
    fs::rename(&one, &one_new).unwrap();
    fs::create_dir_all(two_new.parent().unwrap()).unwrap();
    fs::rename(&two, &two_new).unwrap();
    retag(
        &two_new,
        TagType::VorbisComments,
        &[(ItemKey::TrackTitle, "Two")],
        0,
    );
    assert_eq!(numbers(&place.scan()), [3, 0, 0, 1, 2, 0]);
    assert_eq!(
        place.library.track_by_path(&one_new).unwrap().unwrap().id,
        id_of(&one)
    );
    assert_eq!(
        place.library.track_by_path(&two_new).unwrap().unwrap().id,
        id_of(&two)
    );
    fs::rename(&one_new, &one).unwrap();
    let report = place.library.scan_paths(&[one_new, one.clone()]).unwrap();
    assert_eq!((report.moved, report.missing, report.added), (1, 0, 0));
    assert_eq!(
        place.library.track_by_path(&one).unwrap().unwrap().id,
        id_of(&one)
    );
    // A copy is another track of the same recording.
    copy("mp3-a.mp3", &place.music.join("copy.mp3"));
    assert_eq!(numbers(&place.scan()), [4, 1, 0, 3, 0, 0]);
    let copies = place
        .library
        .tracks_of(all(&place.library)[0].audio)
        .unwrap();
    assert_eq!(copies.len(), 2);
}

/// The `n`-th recording: a WAV of which a few samples differ.
fn recording(n: u8, to: &Path) {
    let mut bytes = fs::read(crate::fixtures::fixture("wav-a.wav")).unwrap();
    let at = bytes.len() / 2;
    bytes[at..at + 4].copy_from_slice(&[n, 1, n, 2]);
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::write(to, bytes).unwrap();
}

/// Puts recordings 0, 1, 2 … at `before`, scans, does `change`, scans again, and holds against `after` which of the first
/// ids (from 1) are there and which are missing. A third scan has nothing to do.
fn check(before: &[&str], change: impl FnOnce(&Path), after: &[(&str, u64)], missing: &[u64]) {
    let place = place();
    for (n, name) in before.iter().enumerate() {
        recording(n as u8, &place.music.join(name));
    }
    place.scan();
    change(&place.music);
    place.scan();
    let tracks = all(&place.library);
    let there: Vec<(String, u64)> = tracks
        .iter()
        .filter(|track| !track.missing)
        .map(|track| {
            let below = track.path.strip_prefix(&place.music).unwrap();
            (below.to_string_lossy().into_owned(), track.id.0 as u64)
        })
        .collect();
    let expected: Vec<_> = after.iter().map(|(p, id)| ((*p).to_owned(), *id)).collect();
    assert_eq!(there, expected, "{before:?}");
    let is_missing = |id: &u64| {
        let track = place.library.track(segue_core::TrackId(*id as i64));
        track.unwrap().is_some_and(|track| track.missing)
    };
    let gone: BTreeSet<u64> = (1..=before.len() as u64).filter(is_missing).collect();
    assert_eq!(gone, missing.iter().copied().collect(), "{before:?}");
    let report = place.scan();
    assert_eq!((report.added, report.updated, report.moved), (0, 0, 0));
}

fn rename(music: &Path, from: &str, to: &str) {
    let to = music.join(to);
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::rename(music.join(from), to).unwrap();
}

#[test]
fn ids_follow_the_audio_when_files_take_each_others_paths() {
    let four = ["1.wav", "2.wav", "3.wav", "4.wav"];
    // Two swap their names.
    check(
        &four,
        |m| {
            rename(m, "1.wav", "t");
            rename(m, "2.wav", "1.wav");
            rename(m, "t", "2.wav");
        },
        &[("1.wav", 2), ("2.wav", 1), ("3.wav", 3), ("4.wav", 4)],
        &[],
    );
    // All go round.
    check(
        &four,
        |m| {
            rename(m, "4.wav", "t");
            rename(m, "3.wav", "4.wav");
            rename(m, "2.wav", "3.wav");
            rename(m, "1.wav", "2.wav");
            rename(m, "t", "1.wav");
        },
        &[("1.wav", 4), ("2.wav", 1), ("3.wav", 2), ("4.wav", 3)],
        &[],
    );
    // All are renumbered by one, up and down, and one comes new in front.
    check(
        &four,
        |m| {
            for n in (1..=4).rev() {
                rename(m, &format!("{n}.wav"), &format!("{}.wav", n + 1));
            }
            recording(9, &m.join("1.wav"));
        },
        &[
            ("1.wav", 5),
            ("2.wav", 1),
            ("3.wav", 2),
            ("4.wav", 3),
            ("5.wav", 4),
        ],
        &[],
    );
    check(
        &four,
        |m| {
            fs::remove_file(m.join("1.wav")).unwrap();
            for n in 2..=4 {
                rename(m, &format!("{n}.wav"), &format!("{}.wav", n - 1));
            }
        },
        &[("1.wav", 2), ("2.wav", 3), ("3.wav", 4)],
        &[1],
    );
    // One is moved onto another.
    check(
        &four,
        |m| rename(m, "1.wav", "3.wav"),
        &[("2.wav", 2), ("3.wav", 1), ("4.wav", 4)],
        &[3],
    );
    // One is put aside, and another takes its name.
    check(
        &four,
        |m| {
            rename(m, "1.wav", "old/1.wav");
            recording(9, &m.join("1.wav"));
        },
        &[
            ("1.wav", 5),
            ("2.wav", 2),
            ("3.wav", 3),
            ("4.wav", 4),
            ("old/1.wav", 1),
        ],
        &[],
    );
    // Other audio in place is an edit.
    check(
        &["1.wav"],
        |m| recording(9, &m.join("1.wav")),
        &[("1.wav", 1)],
        &[],
    );
    // Two folders swap their names.
    check(
        &["a/1.wav", "a/2.wav", "b/1.wav", "b/2.wav"],
        |m| {
            rename(m, "a", "t");
            rename(m, "b", "a");
            rename(m, "t", "b");
        },
        &[
            ("a/1.wav", 3),
            ("a/2.wav", 4),
            ("b/1.wav", 1),
            ("b/2.wav", 2),
        ],
        &[],
    );
}

#[test]
fn of_equal_copies_the_nearest_is_the_one_that_moved() {
    let copies: Vec<String> = (0..12).map(|n| format!("{n:02}.wav")).collect();
    let place = place();
    recording(0, &place.music.join(&copies[0]));
    set_age(&place.music.join(&copies[0]), 0);
    for copy in &copies[1..] {
        fs::copy(place.music.join(&copies[0]), place.music.join(copy)).unwrap();
        set_age(&place.music.join(copy), 0);
    }
    place.scan();
    rename(&place.music, "11.wav", "new/11.wav");
    assert_eq!(numbers(&place.scan()), [12, 0, 0, 11, 1, 0]);
    // Of two that went, the one that was there at the last scan and has the name.
    fs::remove_file(place.music.join("03.wav")).unwrap();
    assert_eq!(
        place.scan().missing,
        0,
        "a copy that came just now leaves no row"
    );
    rename(&place.music, "05.wav", "x/05.wav");
    rename(&place.music, "06.wav", "x/06.wav");
    let id = |name: &str| {
        place
            .library
            .track_by_path(&place.music.join(name))
            .unwrap()
            .unwrap()
            .id
    };
    let before = (id("05.wav"), id("06.wav"));
    assert_eq!(place.scan().moved, 2);
    assert_eq!((id("x/05.wav"), id("x/06.wav")), before);
}

#[test]
fn a_copy_on_the_way_leaves_no_row_and_a_late_copy_keeps_the_date() {
    let place = place();
    let [one, ..] = three(&place);
    place.scan();
    let before = place.library.track_by_path(&one).unwrap().unwrap();
    // A tagger writes beside, and puts that in place.
    let beside = copy("mp3-a.mp3", &place.music.join("A/tmp12345.mp3"));
    retag(&beside, TagType::Id3v2, &[(ItemKey::TrackTitle, "New")], 0);
    assert_eq!(
        place
            .library
            .scan_paths(std::slice::from_ref(&beside))
            .unwrap()
            .added,
        1
    );
    fs::rename(&beside, &one).unwrap();
    let report = place.library.scan_paths(&[beside, one.clone()]).unwrap();
    assert_eq!(numbers(&report), [1, 0, 1, 0, 0, 0]);
    let tracks = all(&place.library);
    assert_eq!(tracks.len(), 3);
    assert_eq!((tracks[0].id, tracks[0].title.as_str()), (before.id, "New"));
    // A move to another disk that was seen when the copy was there and the source still was.
    let there = place.music.join("other/one.mp3");
    fs::create_dir_all(there.parent().unwrap()).unwrap();
    fs::copy(&one, &there).unwrap();
    place.scan();
    fs::remove_file(&one).unwrap();
    assert_eq!(place.scan().missing, 1);
    let moved = place.library.track_by_path(&there).unwrap().unwrap();
    assert_eq!(moved.added_at, before.added_at);
}

#[test]
fn what_was_overwritten_can_be_forgotten() {
    let place = place();
    for n in 0..2 {
        recording(n, &place.music.join(format!("{n}.wav")));
    }
    place.scan();
    rename(&place.music, "0.wav", "1.wav");
    assert_eq!(numbers(&place.scan()), [1, 0, 0, 0, 1, 1]);
    assert_eq!(place.library.forget_missing().unwrap(), 1);
    assert_eq!(all(&place.library).len(), 1);
}

/// What is done to files between two scans; each number chooses among the files or paths that there are.
#[derive(Clone, Debug)]
enum Change {
    Move(usize, usize),
    Swap(usize, usize),
    Copy(usize, usize),
    Replace(usize),
    Delete(usize),
}

fn change() -> impl proptest::strategy::Strategy<Value = Change> {
    use proptest::prelude::*;
    prop_oneof![
        3 => (0..9_usize, 0..9_usize).prop_map(|(a, b)| Change::Move(a, b)),
        3 => (0..9_usize, 0..9_usize).prop_map(|(a, b)| Change::Swap(a, b)),
        1 => (0..9_usize, 0..9_usize).prop_map(|(a, b)| Change::Copy(a, b)),
        1 => (0..9_usize).prop_map(Change::Replace),
        1 => (0..9_usize).prop_map(Change::Delete),
    ]
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]
    /// Whatever files do to each other: each recording's files have the ids that it had, as far as they reach; a file
    /// that stayed keeps its own; and a second scan has nothing to do.
    #[test]
    fn ids_follow_the_audio_whatever_files_do(
        rounds in proptest::collection::vec(proptest::collection::vec(change(), 1..4), 1..4)
    ) {
        let place = place();
        let path = |n: usize| place.music.join(format!("{}/{n}.wav", n % 2));
        let mut next = 0_u8;
        let mut fresh = |to: &Path| { next += 1; recording(next, to); next };
        let mut files: std::collections::BTreeMap<usize, u8> = (0..5).map(|n| (n, fresh(&path(n)))).collect();
        let stays = place.music.join("stays.wav");
        recording(0, &stays);
        place.scan();
        // Which recording each row held last.
        let mut held: HashMap<i64, (usize, u8)> = HashMap::new();
        for (round, changes) in std::iter::once(&Vec::new()).chain(&rounds).enumerate() {
            for change in changes {
                let nth = |n: usize| files.keys().copied().nth(n % files.len().max(1));
                match *change {
                    Change::Move(a, to) => if let Some(a) = nth(a) && a != to {
                        fs::rename(path(a), path(to)).unwrap();
                        let audio = files.remove(&a).unwrap();
                        files.insert(to, audio);
                    },
                    Change::Swap(a, b) => if let (Some(a), Some(b)) = (nth(a), nth(b)) && a != b {
                        let aside = place.music.join("aside");
                        fs::rename(path(a), &aside).unwrap();
                        fs::rename(path(b), path(a)).unwrap();
                        fs::rename(&aside, path(b)).unwrap();
                        let (of_a, of_b) = (files[&a], files[&b]);
                        files.extend([(a, of_b), (b, of_a)]);
                    },
                    Change::Copy(a, to) => if let Some(a) = nth(a) && a != to {
                        fs::copy(path(a), path(to)).unwrap();
                        files.insert(to, files[&a]);
                    },
                    Change::Replace(a) => if let Some(a) = nth(a) {
                        let audio = fresh(&path(a));
                        files.insert(a, audio);
                    },
                    Change::Delete(a) => if let Some(a) = nth(a) {
                        fs::remove_file(path(a)).unwrap();
                        files.remove(&a);
                    },
                }
            }
            place.scan();
            let tracks = all(&place.library);
            let mut now: HashMap<i64, (usize, u8)> = HashMap::new();
            for (n, audio) in &files {
                let track = tracks.iter().find(|t| !t.missing && t.path == path(*n));
                now.insert(track.expect("each file has a track").id.0, (*n, *audio));
            }
            let there = tracks.iter().filter(|track| !track.missing).count();
            proptest::prop_assert_eq!(there, files.len() + 1);
            for audio in files.values() {
                let ids = |of: &HashMap<i64, (usize, u8)>| -> BTreeSet<i64> {
                    of.iter().filter(|(_, (_, a))| a == audio).map(|(id, _)| *id).collect()
                };
                let rows: BTreeSet<i64> = tracks.iter().map(|track| track.id.0).collect();
                let (old, new) = (ids(&held), ids(&now));
                let old_left: BTreeSet<i64> = old.intersection(&rows).copied().collect();
                let unknown = new.difference(&old).count();
                let room = new.len().saturating_sub(old_left.len());
                proptest::prop_assert!(unknown <= room, "round {}: ids {:?} became {:?}", round, old, new);
                for id in &old {
                    if let Some(n) = held.get(id).map(|(n, _)| n) && files.get(n) == Some(audio) {
                        proptest::prop_assert!(now.get(id).is_some_and(|(m, _)| m == n), "{} stayed", n);
                    }
                }
            }
            held.retain(|id, _| tracks.iter().any(|track| track.id.0 == *id));
            held.extend(now);
            let again = place.scan();
            proptest::prop_assert_eq!((again.added, again.updated, again.moved), (0, 0, 0));
        }
    }
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
    assert!(
        report
            .failures
            .iter()
            .all(|failure| !failure.reason.is_empty())
    );
    assert_eq!(place.library.failures().unwrap().len(), 4);
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

/// Not a test of its own: what [`a_killed_scan_loses_nothing`] runs in a process that dies.
#[test]
fn child_that_scans_until_it_dies() {
    let (Some(music), Some(data)) = (
        std::env::var_os("SEGUE_TEST_MUSIC"),
        std::env::var_os("SEGUE_TEST_DATA"),
    ) else {
        return;
    };
    let die_at: u64 = std::env::var("SEGUE_TEST_DIE_AT").unwrap().parse().unwrap();
    let library = Library::open(Path::new(&data)).unwrap();
    let _ = library.scan(&[PathBuf::from(music)], &mut |progress| {
        if progress.done >= die_at {
            std::process::abort();
        }
        true
    });
}

#[test]
fn a_killed_scan_loses_nothing() {
    const FILES: usize = 700;
    let dir = tempfile::tempdir().unwrap();
    let music = dir.path().canonicalize().unwrap().join("music");
    many(&music, FILES);
    let data = dir.path().join("data");
    // First by its own hand at some progress, then by the system's at some time.
    for (die_at, kill_after_ms) in [
        (1, 0),
        (200, 0),
        (u64::MAX, 40),
        (u64::MAX, 90),
        (u64::MAX, 160),
        (520, 0),
    ] {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "scan::tests::child_that_scans_until_it_dies"])
            .env("SEGUE_TEST_MUSIC", &music)
            .env("SEGUE_TEST_DATA", &data)
            .env("SEGUE_TEST_DIE_AT", die_at.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        if kill_after_ms > 0 {
            std::thread::sleep(Duration::from_millis(kill_after_ms));
            let _ = child.kill();
        }
        child.wait().unwrap();
        let library = Library::open(&data).unwrap();
        assert_eq!(library.check().unwrap(), "ok");
    }
    let library = Library::open(&data).unwrap();
    let report = library.scan(&[music], &mut |_| true).unwrap();
    assert_eq!(
        (report.files, report.added + report.unchanged),
        (FILES as u64, FILES as u64)
    );
    assert_eq!(
        (report.missing, report.moved, report.failures.len()),
        (0, 0, 0)
    );
    let tracks = all(&library);
    let paths: BTreeSet<_> = tracks.iter().map(|track| &track.path).collect();
    assert_eq!((tracks.len(), paths.len()), (FILES, FILES));
    let found = library
        .tracks(&TrackQuery {
            text: "0042".into(),
            ..TrackQuery::default()
        })
        .unwrap();
    assert_eq!(found.total, 1);
    assert_eq!(library.check().unwrap(), "ok");
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
            };
            ScanEvent::Read(file, Box::new(tags::read(path, &mut Room::default())))
        })
        .collect();
    scan.write_batch(&mut batch, true).unwrap();
    let ids: Vec<_> = all(&place.library).iter().map(|track| track.id).collect();
    assert!(ids.is_sorted() && ids.len() == 3, "{ids:?}");
}

/// The titles of all tracks, of those that a search finds, and of what the albums count.
fn shown(library: &Library) -> (Vec<String>, usize, Vec<u32>) {
    let found = TrackQuery {
        text: "song".into(),
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

/// What is known of the song in `music`: `(plays, skips, rating)`, and those of the log, with where its playlist leads.
fn known_of(place: &Place, path: &Path) -> (u32, Option<segue_core::Rating>, usize, usize, bool) {
    let library = &place.library;
    let track = library.track_by_path(path).unwrap().unwrap();
    let of = |audio: Option<AudioHash>| audio == Some(track.audio);
    let playlist = library.playlists().unwrap()[0].id;
    let (_, entries) = library.playlist_page(playlist, 0, 9).unwrap().unwrap();
    (
        track.plays,
        track.rating,
        library
            .plays()
            .unwrap()
            .iter()
            .filter(|play| of(play.subject.audio))
            .count(),
        library
            .opinions()
            .unwrap()
            .iter()
            .filter(|opinion| opinion.audio == track.audio)
            .count(),
        entries[0]
            .track
            .as_ref()
            .is_some_and(|there| there.id == track.id),
    )
}

#[test]
fn a_better_copy_takes_over_what_was_said_and_played_of_the_old_one() {
    use segue_core::{Play, PlayContext, PlaySource, PlaySubject, Rating};
    let place = place();
    let (old, new) = (place.music.join("song.mp3"), place.music.join("song.flac"));
    copy("mp3-a.mp3", &old);
    copy("opus-b.opus", &place.music.join("other.opus"));
    tagged(&old, TagType::Id3v2, ["Song", "Ann", "Al"]);
    place.scan();
    let library = &place.library;
    let audio = library.track_by_path(&old).unwrap().unwrap().audio;
    let at = |second: i64| segue_core::Timestamp::from_second(1_700_000_000 + second).unwrap();
    let subject = PlaySubject {
        audio: Some(audio),
        path: Some(old.clone()),
        artist: Some("Ann".into()),
        title: Some("Song".into()),
        album: Some("Al".into()),
        duration_s: None,
    };
    let play = |second| Play {
        at: at(second),
        subject: subject.clone(),
        listened_s: 300.0,
        source: PlaySource::Album,
        skipped: false,
        rating: None,
        context: PlayContext::default(),
    };
    library.add_plays(&[play(1), play(2), play(3)]).unwrap();
    library.rate(audio, Some(Rating::Like), at(4)).unwrap();
    let entry = crate::NewEntry {
        subject: subject.clone(),
        reasons: None,
    };
    library
        .create_playlist("List", None, &[entry], at(5))
        .unwrap();
    let all = (3, Some(Rating::Like), 3, 1, true);
    assert_eq!(known_of(&place, &old), all);

    // Beside the old one it is another recording.
    copy("flac-a.flac", &new);
    tagged(&new, TagType::VorbisComments, ["Song", "Ann", "Al"]);
    place.scan();
    assert_eq!(known_of(&place, &new), (0, None, 0, 0, false));
    // In its place it is that song. What is told of the old one later is told of it; nothing counts twice.
    let aside = place.dir.path().join("aside.mp3");
    fs::rename(&old, &aside).unwrap();
    place.scan();
    assert_eq!(known_of(&place, &new), all);
    assert_eq!(library.add_plays(&[play(3), play(6)]).unwrap(), 1);
    assert_eq!(known_of(&place, &new), (4, Some(Rating::Like), 4, 1, true));
    let newer = library.track_by_path(&new).unwrap().unwrap().audio;
    library.rate(newer, Some(Rating::Dislike), at(7)).unwrap();
    // The old one is itself again when its file is back, with what was ever said and played of it.
    fs::rename(&aside, &old).unwrap();
    place.scan();
    assert_eq!(known_of(&place, &old), (4, Some(Rating::Like), 4, 1, true));
    assert_eq!(
        known_of(&place, &new),
        (0, Some(Rating::Dislike), 0, 1, false)
    );
    // And gone for good: forgotten by its row, not by what was said of it.
    fs::remove_file(&old).unwrap();
    place.scan();
    assert_eq!(library.forget_missing().unwrap(), 1);
    assert_eq!(
        known_of(&place, &new),
        (4, Some(Rating::Dislike), 4, 2, true)
    );
    // A newer one still.
    let newest = place.music.join("song.wav");
    fs::remove_file(&new).unwrap();
    copy("vorbis-a.ogg", &place.music.join("song.ogg"));
    let newest = newest.with_extension("ogg");
    tagged(&newest, TagType::VorbisComments, ["Song", "Ann", "Al"]);
    place.scan();
    assert_eq!(
        known_of(&place, &newest),
        (4, Some(Rating::Dislike), 4, 2, true)
    );
}

#[test]
fn a_file_encoded_anew_in_its_place_is_the_same_song_and_another_song_is_not() {
    use segue_core::Rating;
    for (title, expected) in [("Song", Some(Rating::Like)), ("Other", None)] {
        let place = place();
        let path = copy("mp3-a.mp3", &place.music.join("song.mp3"));
        tagged(&path, TagType::Id3v2, ["Song", "Ann", "Al"]);
        place.scan();
        let before = place.library.track_by_path(&path).unwrap().unwrap();
        let at = segue_core::Timestamp::UNIX_EPOCH;
        place
            .library
            .rate(before.audio, Some(Rating::Like), at)
            .unwrap();
        copy("mp3-b.mp3", &path);
        tagged(&path, TagType::Id3v2, [title, "Ann", "Al"]);
        place.scan();
        let after = place.library.track_by_path(&path).unwrap().unwrap();
        assert_ne!(after.audio, before.audio);
        assert_eq!(after.rating, expected, "{title}");
    }
}
