//! Writes that fail, as on a full disk: each operation ends with an error, nothing is half done, nothing stays locked,
//! and what is done again afterwards comes out as if nothing had failed.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::json;

use super::*;
use crate::PlaylistId;

/// No operation here takes so long: one that does hangs.
const WATCHDOG: Duration = Duration::from_secs(120);

/// An operation of the listener's. `path` is the music folder.
type Act = fn(&Library, &Path) -> Result<(), LibraryError>;

/// Everything that a listener would miss, a line each; no numbers of rows, no instants of now.
fn state(library: &Library) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let query = TrackQuery {
        sort: Sort::Path,
        ..TrackQuery::default()
    };
    for track in library.tracks(&query).unwrap().tracks {
        lines.insert(format!(
            "track {:?} {} {:?}",
            track.path, track.audio, track.title
        ));
        lines.insert(format!(
            "counts {} {} {} {:?}",
            track.audio, track.plays, track.skips, track.rating
        ));
    }
    lines.insert(format!("missing {}", library.counts().unwrap().missing));
    let mut numbered = |what: &str, all: Vec<String>| {
        lines.extend(
            all.iter()
                .enumerate()
                .map(|(n, line)| format!("{what} {n} {line}")),
        );
    };
    fn told<T: std::fmt::Debug>(all: Vec<T>) -> Vec<String> {
        all.iter().map(|one| format!("{one:?}")).collect()
    }
    numbered("play", told(library.plays().unwrap()));
    numbered("opinion", told(library.opinions().unwrap()));
    numbered("tally", told(library.tallies().unwrap()));
    let said = library.feedback().unwrap().into_iter();
    numbered(
        "said",
        told(said.map(|event| (event.at, event.feedback)).collect()),
    );
    let forgotten = library.forgotten().unwrap().into_iter();
    numbered(
        "forgotten",
        told(
            forgotten
                .map(|stretch| (stretch.at, stretch.since))
                .collect(),
        ),
    );
    numbered("setting", told(vec![library.setting("k").unwrap()]));
    for playlist in library.playlists().unwrap() {
        let (_, entries) = library.playlist_page(playlist.id, 0, 99).unwrap().unwrap();
        let entries = entries.into_iter().map(|entry| {
            let track = entry.track.map(|track| track.path);
            format!(
                "{} {} {:?} {track:?}",
                playlist.name, playlist.duration_s, entry.subject.title
            )
        });
        numbered("place", entries.collect());
    }
    lines
}

/// What is derived is derived from what is there.
fn is_consistent(library: &Library, when: &str) {
    let fresh = Library::open(library.data_dir()).unwrap();
    let (here, there) = (library.check().unwrap(), fresh.check().unwrap());
    assert_eq!((here.as_str(), there.as_str()), ("ok", "ok"), "{when}");
    let wrong: i64 = library
        .read(LibraryAction::ReadAlbums, |db| {
            db.query_row(
                "SELECT count(*) FROM albums a
                 WHERE tracks != (SELECT count(*) FROM tracks t WHERE t.album_id = a.id AND NOT t.missing)",
                [],
                |row| row.get(0),
            )
        })
        .unwrap();
    assert_eq!(wrong, 0, "{when}");
}

/// Runs `act` on a thread of its own. A hang is told as one.
fn watched(name: &str, place: &Arc<Place>, act: Act) -> Result<(), LibraryError> {
    let (done, outcome) = mpsc::channel();
    let running = Arc::clone(place);
    std::thread::spawn(move || done.send(act(&running.library, &running.music)));
    outcome
        .recv_timeout(WATCHDOG)
        .unwrap_or_else(|_| panic!("{name} hangs"))
}

/// `act` fails at each of its transactions, one after the other, in a library that `prepare` made.
fn check(name: &str, prepare: Act, act: Act) {
    let prepared = || {
        let place = Arc::new(place());
        prepare(&place.library, &place.music).unwrap();
        place
    };
    // Paths tell of the place that they are in.
    let told = |place: &Place| -> BTreeSet<String> {
        let here = place.music.to_string_lossy().into_owned();
        state(&place.library)
            .into_iter()
            .map(|line| line.replace(&here, "music"))
            .collect()
    };
    let place = prepared();
    let before = told(&place);
    let tried = place.library.fail_writes(None);
    watched(name, &place, act).unwrap();
    let transactions = tried.load(Ordering::SeqCst);
    let after = told(&place);
    assert!(transactions > 0 && after != before, "{name} writes nothing");
    drop(place);

    // At the n-th transaction; and once where there is room for a few pages only, in the middle of a transaction.
    let places = (0..transactions).map(Some).chain([None]);
    for nth in places {
        let place = prepared();
        match nth {
            Some(n) => drop(place.library.fail_writes(Some(Failing::From(n)))),
            None => place.library.fill_the_disk(Some(0)),
        }
        let outcome = watched(name, &place, act);
        if nth.is_some() {
            assert!(outcome.is_err(), "{name} fails silently at {nth:?}");
        }
        is_consistent(&place.library, &format!("{name} failed at {nth:?}"));
        let now = told(&place);
        if outcome.is_err() {
            for line in &now {
                assert!(
                    before.contains(line) || after.contains(line),
                    "{name} at {nth:?}: {line}"
                );
            }
            if transactions == 1 {
                assert_eq!(now, before, "{name} at {nth:?}");
            }
            place.library.fail_writes(None);
            place.library.fill_the_disk(None);
            watched(name, &place, act).unwrap();
        }
        assert_eq!(told(&place), after, "{name} after {nth:?}");
        is_consistent(&place.library, &format!("{name} after {nth:?}"));
    }
}

fn scan(library: &Library, music: &Path) -> Result<(), LibraryError> {
    library.scan(&[music.to_owned()], &mut |_| true).map(drop)
}

/// More files than all queues between the threads of a scan hold.
fn many(music: &Path) {
    for i in 0..1100 {
        copy(
            "mp3-a.mp3",
            &music.join(format!("{:02}/{i:04}.mp3", i / 64)),
        );
    }
}

fn history() -> Vec<Play> {
    (0..5)
        .map(|n| {
            play(
                n,
                named(
                    "The Beatles",
                    ["Something", "Nothing"][n as usize % 2],
                    None,
                ),
                100.0,
            )
        })
        .collect()
}

fn filled_by(library: &Library, _: &Path) -> Result<(), LibraryError> {
    fill(library, ROWS);
    Ok(())
}

fn with_a_playlist(library: &Library, music: &Path) -> Result<(), LibraryError> {
    filled_by(library, music)?;
    make_playlist(library, music)
}

fn make_playlist(library: &Library, _: &Path) -> Result<(), LibraryError> {
    let entries: Vec<NewEntry> = ["Come Together", "Something", "Nothing"]
        .map(|title| NewEntry {
            subject: named("The Beatles", title, None),
            reasons: None,
        })
        .into();
    library
        .create_playlist("List", Some(&json!({"a": 1})), &entries, at(1))
        .map(drop)
}

/// The playlist of [`with_a_playlist`].
fn list(library: &Library) -> PlaylistId {
    library.playlists().unwrap()[0].id
}

fn places(library: &Library) -> Vec<crate::PlaylistEntryId> {
    let (_, entries) = library.playlist_page(list(library), 0, 9).unwrap().unwrap();
    entries.into_iter().map(|entry| entry.id).collect()
}

#[test]
fn a_scan_that_cannot_write_ends() {
    check(
        "a first scan",
        |_, music| {
            many(music);
            Ok(())
        },
        scan,
    );
    check(
        "a scan of changes",
        |library, music| {
            many(music);
            library.file_plays(&[play(1, named("Ann", "New", None), 50.0)])?;
            scan(library, music)
        },
        |library, music| {
            // Gone, new, re-tagged, broken; a play finds its song.
            let _ = fs::remove_dir_all(music.join("03"));
            copy("flac-a.flac", &music.join("new.flac"));
            let fields = [
                (lofty::tag::ItemKey::TrackTitle, "New"),
                (lofty::tag::ItemKey::TrackArtist, "Ann"),
            ];
            crate::fixtures::retag(
                &music.join("00/0000.mp3"),
                lofty::tag::TagType::Id3v2,
                &fields,
                9000,
            );
            fs::write(music.join("01/0064.mp3"), "no music").unwrap();
            scan(library, music)
        },
    );
}

#[test]
fn a_listeners_word_is_kept_whole_or_not_at_all() {
    check("an import of plays", filled_by, |library, _| {
        library.file_plays(&history()).map(drop)
    });
    check("an import of counts", filled_by, |library, _| {
        library.file_tallies(&[counted()]).map(drop)
    });
    check("a like", filled_by, |library, _| {
        library.rate(audio(1), Some(Rating::Like), at(1))
    });
    check("less of something", filled_by, |library, _| {
        library.record_feedback(&turned(), at(1)).map(drop)
    });
    check("never again", filled_by, |library, _| {
        library.record_feedback(&sayings()[1], at(1)).map(drop)
    });
    check(
        "taking it back",
        |library, music| {
            filled_by(library, music)?;
            library.record_feedback(&sayings()[0], at(1)).map(drop)
        },
        |library, _| {
            let first = library.feedback()?[0].id;
            library.undo_feedback(first, at(2)).map(drop)
        },
    );
    check("forgetting", filled_by, |library, _| {
        library.forget(None, at(1)).map(drop)
    });
    check(
        "remembering",
        |library, music| {
            filled_by(library, music)?;
            library.forget(None, at(1)).map(drop)
        },
        |library, _| {
            let first = library.forgotten()?[0].id;
            library.remember(first, at(2)).map(drop)
        },
    );
    check("a setting", filled_by, |library, _| {
        library.put_setting("k", &json!("x".repeat(9000)))
    });
}

#[test]
fn a_playlist_is_changed_whole_or_not_at_all() {
    check("an import of a playlist", filled_by, make_playlist);
    check("adding", with_a_playlist, |library, _| {
        let entries = vec![
            NewEntry {
                subject: named("Björk", "Jóga", None),
                reasons: None
            };
            20
        ];
        library
            .add_to_playlist(list(library), &entries, at(2))
            .map(drop)
    });
    check("taking out", with_a_playlist, |library, _| {
        library
            .remove_from_playlist(list(library), &places(library)[..2], at(2))
            .map(drop)
    });
    check("moving", with_a_playlist, |library, _| {
        library
            .move_in_playlist(list(library), places(library)[0], 2, at(2))
            .map(drop)
    });
    check("making anew", with_a_playlist, |library, _| {
        let entries = [NewEntry {
            subject: named("Björk", "Jóga", None),
            reasons: None,
        }];
        library
            .remake_playlist(list(library), &entries, at(2))
            .map(drop)
    });
    check("renaming", with_a_playlist, |library, _| {
        library
            .rename_playlist(list(library), "Other", at(2))
            .map(drop)
    });
    check("deleting", with_a_playlist, |library, _| {
        library.delete_playlist(list(library), at(2)).map(drop)
    });
}

/// A song on two albums, each in a folder of its own, and a playlist that means the first.
fn two_copies(library: &Library, music: &Path) -> Result<(), LibraryError> {
    let folders = ["one", "two"].map(|name| music.join(name));
    for (folder, name) in folders.iter().zip(["mp3-a.mp3", "mp3-b.mp3"]) {
        fs::create_dir(folder).unwrap();
        let album = folder.to_string_lossy();
        let fields = [
            (lofty::tag::ItemKey::TrackTitle, "Song"),
            (lofty::tag::ItemKey::TrackArtist, "Ann"),
            (lofty::tag::ItemKey::AlbumTitle, &*album),
        ];
        let path = folder.join("song.mp3");
        copy(name, &path);
        crate::fixtures::retag(&path, lofty::tag::TagType::Id3v2, &fields, 0);
    }
    copy("flac-a.flac", &folders[0].join("other.flac"));
    library.scan(&folders, &mut |_| true)?;
    let track = library
        .track_by_path(&folders[0].join("song.mp3"))?
        .unwrap();
    let subject = PlaySubject {
        audio: Some(track.audio),
        path: Some(track.path),
        ..named("Ann", "Song", Some(track.duration_s))
    };
    let entry = NewEntry {
        subject,
        reasons: None,
    };
    library
        .create_playlist("List", None, &[entry], at(1))
        .map(drop)
}

fn one_is_missing(library: &Library, music: &Path) -> Result<(), LibraryError> {
    two_copies(library, music)?;
    fs::remove_file(music.join("one/song.mp3")).unwrap();
    library.scan(&[], &mut |_| true).map(drop)
}

#[test]
fn what_is_taken_out_is_taken_out_whole_or_not_at_all() {
    let out: Act = |library, music| library.remove_root(&music.join("one")).map(drop);
    let forget: Act = |library, _| library.forget_missing().map(drop);
    check("taking a folder out", two_copies, out);
    check("forgetting what is missing", one_is_missing, forget);
    // A place means the other copy from then on.
    for (prepare, act) in [(two_copies as Act, out), (one_is_missing, forget)] {
        let place = place();
        prepare(&place.library, &place.music).unwrap();
        act(&place.library, &place.music).unwrap();
        let (_, entries) = place
            .library
            .playlist_page(list(&place.library), 0, 9)
            .unwrap()
            .unwrap();
        let meant = entries[0].track.as_ref().map(|track| track.path.clone());
        assert_eq!(meant, Some(place.music.join("two/song.mp3")));
    }
}
