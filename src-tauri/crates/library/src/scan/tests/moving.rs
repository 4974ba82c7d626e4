//! Files that move, are copied, take each other's paths or are overwritten: which track is which afterwards.

use super::*;

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
