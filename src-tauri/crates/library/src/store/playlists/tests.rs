//! Playlists against a plain list, under two programs at once, and how their places find their songs again.

use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::fixtures::{Place, copy, place};
use crate::store::tests::{ROWS, at, audio, fill, filled, named};

/// A song of which only the title is known, by which the tests tell places apart.
fn called(title: &str) -> NewEntry {
    NewEntry {
        subject: PlaySubject {
            title: Some(title.into()),
            ..PlaySubject::default()
        },
        reasons: None,
    }
}

fn of(subject: PlaySubject) -> NewEntry {
    NewEntry {
        subject,
        reasons: None,
    }
}

/// A place made of the track of recording `n`.
fn song(library: &Library, n: u8) -> NewEntry {
    let track = library.tracks_of(audio(n)).unwrap().remove(0);
    of(PlaySubject {
        audio: Some(track.audio),
        path: Some(track.path),
        artist: track.artists.first().cloned(),
        title: Some(track.title),
        album: track.album,
        duration_s: Some(track.duration_s),
    })
}

fn whole(library: &Library, id: PlaylistId) -> Vec<PlaylistEntry> {
    let (playlist, entries) = library.playlist_page(id, 0, u32::MAX).unwrap().unwrap();
    assert_eq!(playlist.entries as usize, entries.len());
    let missing = |entry: &&PlaylistEntry| entry.track.as_ref().is_none_or(|track| track.missing);
    assert_eq!(
        playlist.missing as usize,
        entries.iter().filter(missing).count()
    );
    entries
}

/// Each place's title, of the track where there is one.
fn titles(library: &Library, id: PlaylistId) -> Vec<String> {
    let title = |entry: PlaylistEntry| match entry.track {
        Some(track) => track.title,
        None => format!("({})", entry.subject.title.unwrap_or_default()),
    };
    whole(library, id).into_iter().map(title).collect()
}

/// One edit, by places in the list as it is then.
#[derive(Clone, Debug)]
enum Edit {
    Add(Vec<u8>),
    Remove(Vec<prop::sample::Index>),
    Move(prop::sample::Index, u32),
    /// Again and again between the same two, until their numbers meet.
    Wedge(prop::sample::Index),
    Replace(Vec<u8>),
    /// Takes back the last edit that was not taken back.
    TakeBack,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let names = prop::collection::vec(any::<u8>(), 0..6);
    let index = any::<prop::sample::Index>;
    let edit = prop_oneof![
        4 => names.clone().prop_map(Edit::Add),
        2 => prop::collection::vec(index(), 0..3).prop_map(Edit::Remove),
        6 => (index(), 0..14u32).prop_map(|(entry, to)| Edit::Move(entry, to)),
        1 => index().prop_map(Edit::Wedge),
        1 => names.prop_map(Edit::Replace),
        4 => Just(Edit::TakeBack),
    ];
    prop::collection::vec(edit, 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_edits_by_two_programs_keep_the_order_and_lose_nothing(edits in edits()) {
        let place = place();
        let other = Library::open(place.library.data_dir()).unwrap();
        let id = place.library.create_playlist("list", None, &[], at(0)).unwrap();
        let mut model: Vec<(PlaylistEntryId, String)> = Vec::new();
        let mut steps: Vec<(PlaylistBefore, Vec<(PlaylistEntryId, String)>)> = Vec::new();
        for (n, edit) in edits.into_iter().enumerate() {
            let library = if n % 2 == 0 { &place.library } else { &other };
            let new = |names: &[u8]| -> Vec<NewEntry> { names.iter().map(|name| called(&name.to_string())).collect() };
            let was = model.clone();
            let before = match edit {
                Edit::Add(names) => {
                    let before = library.add_to_playlist(id, &new(&names), at(1)).unwrap();
                    for (entry, name) in whole(library, id)[model.len()..].iter().zip(&names) {
                        model.push((entry.id, name.to_string()));
                    }
                    before
                }
                Edit::Replace(names) => {
                    let before = library.remake_playlist(id, &new(&names), at(1)).unwrap();
                    model = whole(library, id).iter().zip(&names).map(|(entry, name)| (entry.id, name.to_string())).collect();
                    prop_assert_eq!(model.len(), names.len());
                    before
                }
                Edit::TakeBack => {
                    if let Some((before, list)) = steps.pop() {
                        prop_assert!(library.take_back_playlist_edit(&before, at(2)).unwrap());
                        model = list;
                    }
                    None
                }
                _ if model.is_empty() => None,
                Edit::Remove(places) => {
                    let gone: Vec<PlaylistEntryId> = places.iter().map(|place| place.get(&model).0).collect();
                    model.retain(|(entry, _)| !gone.contains(entry));
                    library.remove_from_playlist(id, &gone, at(1)).unwrap()
                }
                Edit::Move(entry, to) => {
                    let from = entry.index(model.len());
                    let moved = model.remove(from);
                    let before = library.move_in_playlist(id, moved.0, to, at(1)).unwrap();
                    model.insert((to as usize).min(model.len()), moved);
                    before
                }
                Edit::Wedge(entry) => {
                    for _ in 0..25 {
                        let from = entry.index(model.len());
                        let list = model.clone();
                        let moved = model.remove(from);
                        let before = library.move_in_playlist(id, moved.0, 1, at(1)).unwrap();
                        steps.push((before.unwrap(), list));
                        model.insert(1.min(model.len()), moved);
                    }
                    None
                }
            };
            steps.extend(before.map(|before| (before, was)));
            let found: Vec<(PlaylistEntryId, String)> = whole(library, id)
                .into_iter()
                .map(|entry| (entry.id, entry.subject.title.unwrap()))
                .collect();
            prop_assert_eq!(&found, &model);
        }
        let paged: Vec<PlaylistEntryId> = (0..model.len() as u32)
            .step_by(3)
            .flat_map(|offset| other.playlist_page(id, offset, 3).unwrap().unwrap().1)
            .map(|entry| entry.id)
            .collect();
        prop_assert_eq!(paged, model.iter().map(|(entry, _)| *entry).collect::<Vec<_>>());
    }
}

#[test]
fn programs_that_edit_at_once_lose_nothing_of_each_other() {
    const EACH: usize = 25;
    let place = place();
    let library = &place.library;
    let id = library.create_playlist("list", None, &[], at(0)).unwrap();
    std::thread::scope(|threads| {
        for n in 0..4 {
            let data = library.data_dir();
            threads.spawn(move || {
                let library = Library::open(data).unwrap();
                for k in 0..EACH {
                    let new = [called(&format!("{n}:{k}")), called("gone")];
                    library.add_to_playlist(id, &new, at(1)).unwrap();
                    let there = whole(&library, id);
                    let mine = |title: &str| {
                        let named =
                            |entry: &&PlaylistEntry| entry.subject.title.as_deref() == Some(title);
                        there.iter().rfind(named).map(|entry| entry.id)
                    };
                    library
                        .move_in_playlist(
                            id,
                            mine(&format!("{n}:{k}")).unwrap(),
                            (k * 7 % 11) as u32,
                            at(2),
                        )
                        .unwrap();
                    // Perhaps another's, and perhaps taken out by it meanwhile.
                    let gone: Vec<PlaylistEntryId> = mine("gone").into_iter().collect();
                    library.remove_from_playlist(id, &gone, at(3)).unwrap();
                }
                let left: Vec<PlaylistEntryId> = whole(&library, id)
                    .iter()
                    .filter(|entry| entry.subject.title.as_deref() == Some("gone"))
                    .map(|entry| entry.id)
                    .collect();
                library.remove_from_playlist(id, &left, at(4)).unwrap();
            });
        }
    });
    let mut found: Vec<String> = whole(library, id)
        .into_iter()
        .filter_map(|entry| entry.subject.title)
        .filter(|title| title != "gone")
        .collect();
    let mut expected: Vec<String> = (0..4)
        .flat_map(|n| (0..EACH).map(move |k| format!("{n}:{k}")))
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_is_deleted_comes_back_as_it_was() {
    let place = filled();
    let library = &place.library;
    let songs = [song(library, 1), called("Nowhere"), song(library, 3)];
    let first = library
        .create_playlist("The Zoo", None, &songs, at(1))
        .unwrap();
    let second = library.create_playlist("Älter", None, &[], at(2)).unwrap();
    let source = serde_json::json!({"of": "search"});
    let third = library
        .create_playlist("mine", Some(&source), &songs[..1], at(3))
        .unwrap();
    let names = |playlists: Vec<Playlist>| -> Vec<(PlaylistId, String)> {
        playlists
            .into_iter()
            .map(|playlist| (playlist.id, playlist.name))
            .collect()
    };
    let [zoo, aelter, mine] = [(first, "The Zoo"), (second, "Älter"), (third, "mine")]
        .map(|(id, name)| (id, name.to_owned()));
    assert_eq!(
        names(library.playlists().unwrap()),
        [aelter.clone(), mine, zoo.clone()]
    );
    assert_eq!(library.playlists_changed().unwrap(), Some(at(3)));

    assert!(library.delete_playlist(first, at(4)).unwrap());
    assert!(library.delete_playlist(second, at(5)).unwrap());
    assert_eq!(library.playlists_changed().unwrap(), Some(at(5)));
    assert_eq!(names(library.deleted_playlists().unwrap()), [aelter, zoo]);
    // Nothing is done to what was deleted.
    assert!(!library.delete_playlist(first, at(6)).unwrap());
    assert!(!library.rename_playlist(first, "x", at(6)).unwrap());
    assert!(
        library
            .add_to_playlist(first, &songs, at(6))
            .unwrap()
            .is_none()
    );
    assert!(
        library
            .remake_playlist(first, &songs, at(6))
            .unwrap()
            .is_none()
    );
    assert!(
        library
            .remove_from_playlist(first, &[PlaylistEntryId(1)], at(6))
            .unwrap()
            .is_none()
    );
    assert!(
        library
            .move_in_playlist(first, PlaylistEntryId(1), 0, at(6))
            .unwrap()
            .is_none()
    );
    assert_eq!(library.playlist(first).unwrap(), None);
    assert_eq!(library.playlist_page(first, 0, 5).unwrap(), None);

    assert!(library.undelete_playlist(first, at(7)).unwrap());
    assert!(!library.undelete_playlist(first, at(7)).unwrap());
    assert!(!library.undelete_playlist(PlaylistId(99), at(7)).unwrap());
    assert_eq!(
        titles(library, first),
        ["Come Together", "(Nowhere)", "Jóga"]
    );
    let back = library.playlist(first).unwrap().unwrap();
    assert_eq!((back.entries, back.missing, back.duration_s), (3, 1, 202.0));
    assert_eq!(
        (back.source, back.made_at, back.changed_at),
        (None, None, at(7))
    );

    let living = library.playlist(third).unwrap().unwrap();
    assert_eq!((living.source, living.made_at), (Some(source), Some(at(3))));
    assert!(
        library
            .remake_playlist(third, &songs[1..], at(8))
            .unwrap()
            .is_some()
    );
    let living = library.playlist(third).unwrap().unwrap();
    assert_eq!((living.entries, living.made_at), (2, Some(at(8))));
    assert!(library.rename_playlist(third, "ours", at(9)).unwrap());
    let again = Library::open(library.data_dir()).unwrap();
    assert_eq!(again.playlist(third).unwrap().unwrap().name, "ours");
}

#[test]
fn an_edit_is_taken_back_whole_or_not_at_all() {
    let place = filled();
    let library = &place.library;
    let reasons = serde_json::json!([{"kind": "sound", "weight": 0.5}]);
    let songs = [
        NewEntry {
            reasons: Some(reasons),
            ..song(library, 1)
        },
        called("Nowhere"),
        song(library, 3),
    ];
    let id = library
        .create_playlist("list", None, &songs, at(0))
        .unwrap();
    let entries = whole(library, id);
    let gone = [entries[0].id, entries[1].id];
    let edit = library.remove_from_playlist(id, &gone, at(1)).unwrap();
    let edit = edit.unwrap();
    assert!(library.take_back_playlist_edit(&edit, at(2)).unwrap());
    assert_eq!(whole(library, id), entries);
    let changed = library.playlist(id).unwrap().unwrap().changed_at;
    assert_eq!(changed, at(2));

    // What was changed since stays as it is, and so does what was deleted.
    let edit = library.remove_from_playlist(id, &gone, at(3)).unwrap();
    let edit = edit.unwrap();
    library
        .add_to_playlist(id, &[called("New")], at(4))
        .unwrap();
    assert!(!library.take_back_playlist_edit(&edit, at(5)).unwrap());
    assert_eq!(titles(library, id), ["Jóga", "(New)"]);
    let edit = library
        .move_in_playlist(id, entries[2].id, 1, at(6))
        .unwrap();
    library.delete_playlist(id, at(7)).unwrap();
    assert!(
        !library
            .take_back_playlist_edit(&edit.unwrap(), at(8))
            .unwrap()
    );
}

#[test]
fn places_of_other_playlists_are_not_touched() {
    let place = filled();
    let library = &place.library;
    let [one, two] = ["one", "two"].map(|name| {
        library
            .create_playlist(name, None, &[called("a"), called("b")], at(0))
            .unwrap()
    });
    let theirs = whole(library, one)[0].id;
    assert!(
        library
            .remove_from_playlist(two, &[theirs], at(1))
            .unwrap()
            .is_some()
    );
    assert!(
        library
            .move_in_playlist(two, theirs, 9, at(1))
            .unwrap()
            .is_some()
    );
    assert_eq!(titles(library, one), ["(a)", "(b)"]);
    assert_eq!(titles(library, two), ["(a)", "(b)"]);
}

#[test]
fn reasons_come_back_and_odd_lengths_do_no_harm() {
    let place = filled();
    let library = &place.library;
    let reasons = serde_json::json!([{"kind": "sound", "weight": 0.5}]);
    let mut odd = NewEntry {
        reasons: Some(reasons.clone()),
        ..song(library, 1)
    };
    odd.subject.duration_s = Some(f64::NAN);
    let id = library.create_playlist("odd", None, &[odd], at(0)).unwrap();
    let entry = whole(library, id).remove(0);
    assert_eq!(
        (entry.reasons, entry.subject.duration_s),
        (Some(reasons), None)
    );
}

/// What a candidate is recognised as, by recording.
#[track_caller]
fn check(place: &Place, candidate: PlaySubject, expected: Option<u8>) {
    let found = place
        .library
        .recognise(std::slice::from_ref(&candidate))
        .unwrap();
    let found = found.map(|track| track.audio);
    assert_eq!(found, expected.map(audio), "{candidate:?}");
    // And so it is in a playlist.
    let id = place
        .library
        .create_playlist("", None, &[of(candidate.clone())], at(0))
        .unwrap();
    let entry = whole(&place.library, id).remove(0);
    assert_eq!(
        entry.track.map(|track| track.audio),
        expected.map(audio),
        "{candidate:?}"
    );
}

#[test]
fn a_told_song_is_recognised_by_path_by_names_or_by_how_its_path_ends() {
    let place = filled();
    fill(
        &place.library,
        &[
            (
                "/m/Cafe\u{301}/Best of/CD1/01 Intro.mp3",
                "One",
                &["X"],
                "",
                None,
                30,
            ),
            (
                "/m/Other/Best of/CD1/01 Intro.mp3",
                "Two",
                &["Y"],
                "",
                None,
                31,
            ),
            (
                "/m/Other/Best of/CD1/02 Outro.mp3",
                "Three",
                &["Y"],
                "",
                None,
                32,
            ),
        ],
    );
    let path = |path: &str| PlaySubject {
        path: Some(path.into()),
        ..PlaySubject::default()
    };
    check(&place, path("/m/bjork/a.mp3"), Some(3));
    check(&place, path("/m/bjork/../bjork/b.mp3"), Some(4));
    check(&place, named("Björk", "Joga", Some(101.0)), Some(3));
    check(&place, named("Björk", "Joga", Some(150.0)), None);
    check(
        &place,
        PlaySubject {
            path: Some("/gone/a.mp3".into()),
            ..named("Cy", "Ho", None)
        },
        Some(6),
    );
    for told in [
        r"D:\Musik\CAFÉ\Best Of\cd1\01 intro.flac",
        r"\Music\Café\Best of\CD1\01 Intro.mp3",
        "/home/me/Café/Best of/CD1/01 Intro.opus",
    ] {
        check(&place, path(told), Some(30));
    }
    // Three names may belong to two files, and two are too few.
    check(&place, path("/home/me/Best of/CD1/01 Intro.mp3"), None);
    check(&place, path("/home/me/Best of/CD1/02 Outro.mp3"), Some(32));
    check(&place, path("CD1/02 Outro.mp3"), None);
    check(&place, path("/"), None);
    check(&place, path("..."), None);
    // Names that are told outvote the end of a path.
    check(
        &place,
        PlaySubject {
            title: Some("Else".into()),
            ..path("/home/me/Best of/CD1/02 Outro.mp3")
        },
        None,
    );
    let candidates = [
        named("Nobody", "Ho", None),
        named("Cy", "Ho", None),
        named("Björk", "Joga", None),
    ];
    let second = place.library.recognise(&candidates).unwrap().unwrap();
    assert_eq!(second.audio, audio(6));
}

#[test]
fn a_place_keeps_to_its_copy_as_long_as_that_is_there() {
    let place = filled();
    let library = &place.library;
    fill(
        library,
        &[(
            "/m/hits/1.mp3",
            "Come Together",
            &["The Beatles"],
            "Hits of 69",
            None,
            1,
        )],
    );
    let copies = library.tracks_of(audio(1)).unwrap();
    let mut told = song(library, 1);
    told.subject.path = Some(copies[1].path.clone());
    told.subject.album = copies[1].album.clone();
    let id = library
        .create_playlist("copies", None, &[told], at(0))
        .unwrap();
    let copy = || {
        whole(library, id)[0]
            .track
            .as_ref()
            .map(|track| (track.id, track.missing))
    };
    let write = |sql: &str| {
        library
            .write(LibraryAction::SaveScan, Durability::Process, |db| {
                db.execute_batch(sql)
            })
            .unwrap();
    };
    assert_eq!(copy(), Some((copies[1].id, false)));
    // Moved, it is still known by its album.
    write(
        "UPDATE tracks SET path = CAST('/m/new/1.mp3' AS BLOB) WHERE path = CAST('/m/hits/1.mp3' AS BLOB)",
    );
    assert_eq!(copy(), Some((copies[1].id, false)));
    write("UPDATE tracks SET missing = 1 WHERE path = CAST('/m/new/1.mp3' AS BLOB)");
    assert_eq!(copy(), Some((copies[0].id, false)));
    write("UPDATE tracks SET missing = 1");
    assert_eq!(copy(), Some((copies[1].id, true)));
}

#[test]
fn places_find_their_songs_again_after_moves_tags_folders_and_better_files() {
    let place = place();
    let library = &place.library;
    let [one, two] = ["a", "b"].map(|name| {
        copy(
            &format!("mp3-{name}.mp3"),
            &place.music.join(format!("{name}.mp3")),
        )
    });
    place.scan();
    let entry = |path: &Path| {
        let track = library.track_by_path(path).unwrap().unwrap();
        of(PlaySubject {
            audio: Some(track.audio),
            path: Some(track.path),
            artist: Some("Ann".into()),
            title: Some(track.title),
            album: track.album,
            duration_s: Some(track.duration_s),
        })
    };
    let songs = [entry(&one), called("Nowhere"), entry(&two)];
    let id = library
        .create_playlist("list", None, &songs, at(0))
        .unwrap();
    let unknown = [of(PlaySubject {
        path: Some(place.music.join("late.flac")),
        ..PlaySubject::default()
    })];
    library.add_to_playlist(id, &unknown, at(0)).unwrap();
    let places: Vec<PlaylistEntryId> = whole(library, id).iter().map(|entry| entry.id).collect();
    let names = || -> Vec<Option<String>> {
        let entries = whole(library, id);
        assert_eq!(
            entries.iter().map(|entry| entry.id).collect::<Vec<_>>(),
            places
        );
        let name = |path: &Path| {
            path.strip_prefix(&place.music)
                .unwrap_or(path)
                .to_string_lossy()
                .into_owned()
        };
        entries
            .into_iter()
            .map(|entry| {
                entry
                    .track
                    .filter(|track| !track.missing)
                    .map(|track| name(&track.path))
            })
            .collect()
    };
    let check = |expected: [Option<&str>; 4]| {
        assert_eq!(names(), expected.map(|name| name.map(str::to_owned)));
    };
    check([Some("a.mp3"), None, Some("b.mp3"), None]);

    // Moved and re-tagged; and what was waited for comes in.
    std::fs::rename(&one, place.music.join("moved.mp3")).unwrap();
    crate::fixtures::retag(
        &two,
        lofty::tag::TagType::Id3v2,
        &[(lofty::tag::ItemKey::TrackTitle, "Quite another name")],
        0,
    );
    copy("flac-a.flac", &place.music.join("late.flac"));
    place.scan();
    check([Some("moved.mp3"), None, Some("b.mp3"), Some("late.flac")]);

    // The folder is taken out, and comes back.
    library.remove_root(&place.music).unwrap();
    check([None, None, None, None]);
    place.scan();
    check([Some("moved.mp3"), None, Some("b.mp3"), Some("late.flac")]);

    // A better file at the same path, as long as the one before; then another song there, of another length.
    copy("flac-b.flac", &two.with_extension("flac"));
    std::fs::rename(two.with_extension("flac"), &two).unwrap();
    place.scan();
    check([Some("moved.mp3"), None, Some("b.mp3"), Some("late.flac")]);
    let wanted = library.track_by_path(&two).unwrap().unwrap().audio;
    assert_eq!(
        whole(library, id)[2]
            .track
            .as_ref()
            .map(|track| track.audio),
        Some(wanted)
    );
    // The first file comes back, elsewhere: it is meant again.
    copy("mp3-b.mp3", &place.music.join("back.mp3"));
    place.scan();
    check([Some("moved.mp3"), None, Some("back.mp3"), Some("late.flac")]);
    assert_eq!(library.match_playlists().unwrap(), 0);
}

#[test]
fn a_song_of_another_length_at_an_old_path_is_another_song() {
    let place = filled();
    let library = &place.library;
    let id = library
        .create_playlist("list", None, &[song(library, 3), song(library, 2)], at(0))
        .unwrap();
    library.remove_root(Path::new("/m")).unwrap();
    assert_eq!(titles(library, id), ["(Jóga)", "(Something)"]);
    // In their stead: at the path of the first a song half as long, and the second elsewhere, encoded anew.
    fill(
        library,
        &[
            ("/m/bjork/a.mp3", "Else", &["Björk"], "", None, 50),
            (
                "/m/again/02.opus",
                "Something (Remastered)",
                &["Beatles"],
                "",
                None,
                51,
            ),
        ],
    );
    library
        .write(LibraryAction::SaveScan, Durability::Process, |db| {
            db.execute("UPDATE tracks SET duration_s = 50 WHERE title = 'Else'", [])
        })
        .unwrap();
    assert_eq!(library.match_playlists().unwrap(), 1);
    assert_eq!(titles(library, id), ["(Jóga)", "Something (Remastered)"]);
    // What was there before is meant again as soon as it is back.
    fill(library, &ROWS[..3]);
    assert_eq!(library.match_playlists().unwrap(), 1);
    assert_eq!(titles(library, id), ["Jóga", "Something"]);
}

#[test]
fn covers_are_of_different_albums_in_the_order_of_the_list() {
    let place = filled();
    let library = &place.library;
    library
        .write(LibraryAction::SaveScan, Durability::Process, |db| {
            db.execute("UPDATE tracks SET sidecar = 1 WHERE title != 'Hey'", [])
        })
        .unwrap();
    let songs = [4, 3, 5, 6, 1, 2, 7, 8].map(|n| song(library, n));
    let id = library
        .create_playlist("covers", None, &songs, at(0))
        .unwrap();
    let covers = library.playlist(id).unwrap().unwrap().cover_tracks;
    let ids = [4, 6, 1, 7].map(|n| library.tracks_of(audio(n)).unwrap()[0].id);
    assert_eq!(covers, ids);
}
