//! The log: which recording a play is of, importing, counts, feedback.

use super::*;

#[test]
fn a_play_finds_its_recording() {
    let place = filled();
    let copies: &[Row] = &[(
        "/m/live/1.flac",
        "Come Together",
        &["The Beatles"],
        "Live",
        None,
        20,
    )];
    fill(&place.library, copies);
    let path = |path: &str| PlaySubject {
        path: Some(path.into()),
        ..PlaySubject::default()
    };
    for (subject, expected) in [
        (path("/m/bjork/a.mp3"), Some(3)),
        (path("/m/bjork/zz.mp3"), None),
        (
            PlaySubject {
                path: Some("/old/a.mp3".into()),
                ..named("bjork", "JOGA", None)
            },
            Some(3),
        ),
        (named("Beatles", "Come together", Some(101.5)), Some(1)),
        (named("Bob", "hey", None), Some(5)),
        (named("Bob", "Ho", None), None),
        (named("", "", None), None),
        (
            PlaySubject {
                audio: Some(audio(6)),
                ..PlaySubject::default()
            },
            Some(6),
        ),
        (
            PlaySubject {
                audio: Some(audio(99)),
                ..named("Cy", "Ho", None)
            },
            Some(6),
        ),
        (PlaySubject::default(), None),
    ] {
        assert_eq!(
            place
                .library
                .match_subject(&subject)
                .unwrap()
                .map(|(audio, _)| audio),
            expected.map(audio),
            "{subject:?}"
        );
    }
}

#[test]
fn importing_twice_adds_nothing_and_counts_follow_the_log() {
    let place = filled();
    let library = &place.library;
    let plays = [
        play(
            0,
            PlaySubject {
                audio: Some(audio(1)),
                duration_s: Some(100.0),
                ..named("The Beatles", "Come Together", None)
            },
            90.0,
        ),
        play(200, named("Björk", "Jóga", Some(102.0)), 100.0),
        play(400, named("Nobody", "Yet", Some(100.0)), 60.0),
        Play {
            rating: Some(Rating::Like),
            ..play(600, named("björk", "joga", Some(102.0)), 7.0)
        },
    ];
    assert_eq!(library.add_plays(&plays).unwrap(), 4);
    assert_eq!(library.add_plays(&plays).unwrap(), 0);
    // The same plays as an export tells them: by path, or by names alone, and to the second.
    assert!(
        !library
            .add_play(&play(
                0,
                PlaySubject {
                    path: Some("/m/abbey/01.flac".into()),
                    ..PlaySubject::default()
                },
                90.0
            ))
            .unwrap()
    );
    assert!(
        !library
            .add_play(&play(0, named("beatles", "come together", None), 90.0))
            .unwrap()
    );
    let log = library.plays().unwrap();
    assert_eq!(
        log.iter()
            .map(|play| play.subject.audio)
            .collect::<Vec<_>>(),
        [Some(audio(1)), Some(audio(3)), None, Some(audio(3))]
    );
    assert_eq!(log[2].subject.artist.as_deref(), Some("Nobody"));

    let numbers = |n: u8| {
        let track = &library.tracks_of(audio(n)).unwrap()[0];
        (track.plays, track.skips, track.rating)
    };
    library
        .rate(audio(1), Some(Rating::Dislike), at(50))
        .unwrap();
    library.rate(audio(3), None, at(10)).unwrap();
    let expected = [(1, 0, Some(Rating::Dislike)), (1, 1, Some(Rating::Like))];
    assert_eq!([numbers(1), numbers(3)], expected);
    assert_eq!(library.rating(audio(3)).unwrap(), Some(Rating::Like));
    assert_eq!(library.opinions().unwrap().len(), 2);

    // A recording that comes later finds its plays.
    fill(
        library,
        &[("/m/new.flac", "Yet", &["Nobody"], "", None, 40)],
    );
    assert_eq!(numbers(40), (1, 0, None));
    // And a recording whose folder is taken out keeps them.
    library.remove_root(std::path::Path::new("/m")).unwrap();
    assert_eq!(library.plays().unwrap()[0].subject.audio, Some(audio(1)));
    assert_eq!(library.rating(audio(1)).unwrap(), Some(Rating::Dislike));
}

#[test]
fn names_are_matched_as_histories_tell_them_and_never_against_their_length() {
    let place = filled();
    let more: &[Row] = &[
        (
            "/m/live/1.flac",
            "Something",
            &["The Beatles"],
            "Live",
            None,
            20,
        ),
        (
            "/m/re/1.flac",
            "Hunter - 2015 Remaster",
            &["Björk"],
            "Homogenic",
            None,
            21,
        ),
        (
            "/m/du/1.flac",
            "Duet (feat. Bob)",
            &["Ann"],
            "Duets",
            None,
            22,
        ),
    ];
    fill(&place.library, more);
    let write = |sql: &str| {
        place
            .library
            .write(LibraryAction::SaveScan, Durability::Process, |db| {
                db.execute(sql, [])
            })
            .unwrap()
    };
    write("UPDATE tracks SET duration_s = 300 WHERE path = CAST('/m/live/1.flac' AS BLOB)");
    let on = |album: &str, subject: PlaySubject| PlaySubject {
        album: Some(album.into()),
        ..subject
    };
    let check = |subject: PlaySubject, expected: Option<(u8, MatchedBy)>| {
        let found = place.library.match_subject(&subject).unwrap();
        assert_eq!(found, expected.map(|(n, by)| (audio(n), by)), "{subject:?}");
    };
    let loose = MatchedBy::LooseNames;
    check(named("Bjork", "Hunter", None), Some((21, loose)));
    check(
        named("Björk", "Hunter (Remastered)", None),
        Some((21, loose)),
    );
    check(named("Ann & Bob", "Duet", None), None);
    check(named("Ann feat. Bob", "Duet", None), Some((22, loose)));
    check(
        named("Beatles", "Come Together - Remastered 2009", None),
        Some((1, loose)),
    );
    check(named("Beatles", "Come Together - Live", None), None);
    // Two recordings of unlike length bear these names: the length or the album says which, or nothing does.
    check(named("Beatles", "Something", None), None);
    check(
        named("Beatles", "Something", Some(104.0)),
        Some((2, MatchedBy::Names)),
    );
    check(
        named("Beatles", "Something", Some(296.0)),
        Some((20, MatchedBy::Names)),
    );
    check(named("Beatles", "Something", Some(200.0)), None);
    check(
        on(
            "Abbey Road (Remastered)",
            named("Beatles", "Something", None),
        ),
        Some((2, MatchedBy::Names)),
    );
    check(
        on("Abbey Road", named("Beatles", "Something", Some(300.0))),
        Some((20, MatchedBy::Names)),
    );
}

#[test]
fn a_count_adds_what_it_grew_by_and_one_play_when_it_was_last() {
    let place = filled();
    let library = &place.library;
    let tally = |plays: u32, skips: u32, last: Option<i64>| Tally {
        origin: "itunes".into(),
        subject: PlaySubject {
            path: Some("/elsewhere/02.flac".into()),
            ..named("The Beatles", "Something", Some(101.0))
        },
        plays,
        skips,
        since: Some(at(0)),
        last: last.map(at),
        rating: Some(Rating::Like),
    };
    let counts = |n: u8| {
        let track = &library.tracks_of(audio(n)).unwrap()[0];
        (track.plays, track.skips, track.rating)
    };
    let check = |told: Tally, grown: (u32, u32, bool), counted: (u32, u32), logged: usize| {
        let looked = library
            .look_tallies_up(std::slice::from_ref(&told))
            .unwrap();
        let filed = library.file_tallies(std::slice::from_ref(&told)).unwrap();
        assert_eq!(looked, filed);
        assert_eq!(
            (filed[0].plays, filed[0].skips, filed[0].logged),
            grown,
            "{told:?}"
        );
        assert_eq!(
            counts(2),
            (counted.0, counted.1, Some(Rating::Like)),
            "{told:?}"
        );
        assert_eq!(library.plays().unwrap().len(), logged);
        let known = &library.tallies().unwrap()[0];
        assert_eq!(known.unlogged as usize, counted.0 as usize - logged);
    };
    check(tally(12, 3, Some(1000)), (12, 3, true), (12, 3), 1);
    check(tally(12, 3, Some(1000)), (0, 0, false), (12, 3), 1);
    check(tally(14, 3, Some(2000)), (2, 0, true), (14, 3), 2);
    check(tally(2, 0, Some(3000)), (0, 0, false), (14, 3), 2);
    // The library was moved there: still the same song.
    let mut moved = tally(14, 3, Some(2000));
    moved.subject.path = Some("/new/02.flac".into());
    check(moved, (0, 0, false), (14, 3), 2);

    // Music that comes later finds its count, and its stars.
    let mut coming = tally(5, 1, Some(500));
    coming.subject = named("Nobody", "Yet", Some(100.0));
    library.file_tallies(&[coming.clone()]).unwrap();
    fill(
        library,
        &[("/m/new.flac", "Yet", &["Nobody"], "", None, 40)],
    );
    assert_eq!(counts(40), (5, 1, Some(Rating::Like)));
    assert_eq!(library.file_tallies(&[coming]).unwrap()[0].plays, 0);
    assert_eq!(counts(40), (5, 1, Some(Rating::Like)));
}

#[test]
fn what_was_said_is_taken_back_once() {
    let place = filled();
    let library = &place.library;
    let said = [
        Feedback::NotNow(FeedbackTarget::Recording(audio(1))),
        Feedback::Never(FeedbackTarget::Artist("Björk".into())),
        Feedback::WrongAfter {
            earlier: audio(1),
            later: audio(2),
        },
    ];
    let ids: Vec<_> = said
        .iter()
        .map(|said| library.record_feedback(said, at(5)).unwrap())
        .collect();
    let holding = || -> Vec<Feedback> {
        library
            .feedback()
            .unwrap()
            .into_iter()
            .map(|event| event.feedback)
            .collect()
    };
    assert_eq!(holding(), said);
    assert!(library.undo_feedback(ids[1], at(6)).unwrap());
    assert!(!library.undo_feedback(ids[1], at(7)).unwrap());
    assert!(!library.undo_feedback(FeedbackId(99), at(7)).unwrap());
    assert_eq!(holding(), [said[0].clone(), said[2].clone()]);
    // What takes back is itself no saying that could be taken back.
    assert!(
        !library
            .undo_feedback(FeedbackId(ids[2].0 + 1), at(8))
            .unwrap()
    );
    // It outlives the folder, and is there in the next program.
    library.remove_root(std::path::Path::new("/m")).unwrap();
    let again = Library::open(library.data_dir()).unwrap();
    assert_eq!(again.feedback().unwrap().len(), 2);
}
