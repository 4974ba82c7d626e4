//! Stored databases, one of each version: all that they held is there when today's Segue opens them.

use super::*;

#[test]
fn a_database_of_version_3_opens_with_all_it_held() {
    let (_dir, library) = stored("segue-0003.db");
    let log = library.plays().unwrap();
    assert!(
        log.iter()
            .all(|play| play.context == PlayContext::default())
    );
    assert!(library.feedback().unwrap().is_empty() && library.tallies().unwrap().is_empty());
    // Titles that were written down before are found as histories tell them.
    let told = named("Beatles", "Come Together - Remastered 2009", None);
    assert_eq!(
        library.match_subject(&told).unwrap(),
        Some((audio(1), MatchedBy::LooseNames))
    );
}

/// What versions since 4 hold beside: circumstances of the play of "Nothing", a count, and sayings, of which the first
/// was taken back. Those since 5 hold three playlists too, of which one was deleted, those since 6 a file that was refused,
/// and those since 9 a queue.
fn circumstances() -> PlayContext {
    PlayContext {
        ended_at: Some(at(12)),
        completion: Some(0.25),
        from: Some(PlayedFrom::Search {
            query: "nothing".into(),
        }),
        place: Some(3),
        end_reason: Some(EndReason::Next),
        ..PlayContext::default()
    }
}

/// The same play in those since 6.
fn among_guests() -> PlayContext {
    PlayContext {
        guest: true,
        within_s: Some(60),
        ..circumstances()
    }
}

/// A queue of two songs, shuffled, as databases since version 10 hold it.
fn queued() -> QueueChange {
    let song = |entry: u64, title: &str| QueuedSong {
        entry,
        track: TrackId(entry as i64 + 1),
        subject: named("Björk", title, Some(102.0)),
        span: FileSpan {
            start_ns: entry * 60_000_000_000,
            end_ns: Some(160_000_000_000),
        },
        placed: serde_json::json!({"source": "queue"}),
    };
    QueueChange {
        anew: true,
        added: vec![song(0, "Jóga"), song(1, "Unravel")],
        places: vec![(1, 0), (0, 5)],
        unshuffled: vec![(0, Some(0)), (1, Some(5))],
        ..QueueChange::default()
    }
}

/// Made once for each version; see tests_data/README.md.
#[test]
#[ignore = "writes the stored example of the latest version, which is made once"]
fn make_the_stored_database() {
    let dir = tempfile::tempdir().unwrap();
    {
        let library = Library::open(dir.path()).unwrap();
        fill(&library, ROWS);
        let model = ModelId("m@1".into());
        let embedding = Embedding::new(model.clone(), vec![0.5; 16]).unwrap();
        let tags = [TagScore {
            name: "calm".into(),
            p: 0.5,
            present: true,
        }];
        let heard = Descriptors {
            bpm: Some(98.5),
            key: Some(Key::new(2, Mode::Major)),
        };
        library
            .put_analysis(audio(1), &embedding, &ends_of(&embedding), &tags, &heard)
            .unwrap();
        library.put_measures(audio(1), &as_long_as(130.0)).unwrap();
        library
            .put_measure_failure(audio(4), &in_words("it is damaged"))
            .unwrap();
        library
            .put_analysis_failure(audio(2), &model, &in_words("too short"))
            .unwrap();
        library
            .add_play(&play(
                0,
                named("The Beatles", "Something", Some(101.0)),
                95.0,
            ))
            .unwrap();
        let told = Play {
            context: among_guests(),
            ..play(9, named("Nobody", "Nothing", None), 3.0)
        };
        library.add_play(&told).unwrap();
        library
            .write(LibraryAction::SaveScan, Durability::Process, |db| {
                db.execute(
                    "UPDATE tracks SET release_id = 'r' WHERE album = 'Hits'",
                    [],
                )?;
                db.execute_batch(
                    "INSERT INTO queue_songs VALUES (1, 1, NULL, X'2F6D', 'Ann', 'Hey', NULL, 104.0, '{}', 0, NULL);
                     INSERT INTO queue_order VALUES (1, 0, NULL)",
                )?;
                rows::put_failure(db, b"/m/broken.mp3", &in_words("it is damaged"), at(40))
            })
            .unwrap();
        library.rate(audio(3), Some(Rating::Like), at(5)).unwrap();
        library.file_tallies(&[counted()]).unwrap();
        let said: Vec<FeedbackId> = sayings()
            .iter()
            .map(|said| library.record_feedback(said, at(20)).unwrap())
            .collect();
        library.undo_feedback(said[0], at(21)).unwrap();
        library.record_feedback(&turned(), at(22)).unwrap();
        library.forget(Some(at(1)), at(23)).unwrap();
        let song = |subject: PlaySubject| NewEntry {
            subject,
            reasons: Some(serde_json::json!([])),
        };
        let known = PlaySubject {
            audio: Some(audio(3)),
            ..named("Björk", "Jóga", Some(102.0))
        };
        let songs = [song(known), song(named("Nobody", "Nothing", None))];
        let source = serde_json::json!({"of": "search", "query": {}});
        for (name, source) in [("fixed", None), ("living", Some(&source)), ("gone", None)] {
            let id = library
                .create_playlist(name, source, &songs, at(30))
                .unwrap();
            if name == "gone" {
                library.delete_playlist(id, at(31)).unwrap();
            }
        }
        library
            .put_setting("volume", &serde_json::json!(0.5))
            .unwrap();
        let session = ("player", &serde_json::json!({"next_entry": 2}));
        library.keep_queue(&queued(), session).unwrap();
    }
    let db = rusqlite::Connection::open(dir.path().join(FILE_NAME)).unwrap();
    db.execute_batch(
        "PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM; PRAGMA journal_mode = WAL",
    )
    .unwrap();
    drop(db);
    let name = format!("segue-{:04}.db", migrations::LATEST);
    fs::copy(dir.path().join(FILE_NAME), fixture(&name)).unwrap();
}

/// A stored database holds what `make_the_stored_database` put in since version 1.
fn stored(name: &str) -> (tempfile::TempDir, Library) {
    let dir = tempfile::tempdir().unwrap();
    copy(name, &dir.path().join(FILE_NAME));
    let library = Library::open(dir.path()).unwrap();
    assert_eq!(library.check().unwrap(), "ok");
    let counts = library.counts().unwrap();
    assert_eq!(
        (
            counts.tracks,
            counts.albums,
            counts.recordings,
            counts.plays
        ),
        (8, 3, 8, 2)
    );
    assert_eq!(
        titles(
            &library,
            &TrackQuery {
                query: Query::words("beat abb"),
                ..TrackQuery::default()
            }
        )
        .len(),
        2
    );
    let track = library.tracks_of(audio(2)).unwrap().remove(0);
    assert_eq!((track.title.as_str(), track.plays), ("Something", 1));
    assert_eq!(library.rating(audio(3)).unwrap(), Some(Rating::Like));
    let mut vectors = Vec::new();
    library
        .recordings(Some(&ModelId("m@1".into())), |audio, recording| {
            vectors.extend(recording.vector.map(|vector| (audio, vector.len())));
        })
        .unwrap();
    assert_eq!(vectors, [(audio(1), 16)]);
    assert_eq!(
        library.setting("volume").unwrap(),
        Some(serde_json::json!(0.5))
    );
    assert_eq!(library.roots().unwrap().len(), 1);
    // And it is written to as any other.
    library.rate(audio(3), None, at(100)).unwrap();
    assert_eq!(library.rating(audio(3)).unwrap(), None);
    (dir, library)
}

#[test]
fn a_database_of_version_1_opens_with_all_it_held() {
    let (_dir, library) = stored("segue-0001.db");
    // What version 1 did not know is unknown, and found when it is next looked for.
    let track = library.tracks_of(audio(1)).unwrap().remove(0);
    assert_eq!(
        (track.bpm, track.key, track.loudness_lufs),
        (None, None, None)
    );
    assert_eq!(library.measures(track.id).unwrap(), None);
    assert!(library.measure_failures().unwrap().is_empty());
    library.put_measures(audio(1), &measured()).unwrap();
    assert_eq!(library.measures(track.id).unwrap(), Some(measured()));
}

#[test]
fn a_database_of_version_2_opens_with_all_it_held() {
    let (_dir, library) = stored("segue-0002.db");
    let track = library.tracks_of(audio(1)).unwrap().remove(0);
    assert_eq!(
        (track.bpm, track.key.as_deref(), track.loudness_lufs),
        (Some(98.5), Some("D major"), Some(-14.25))
    );
    assert_eq!(library.measures(track.id).unwrap(), Some(measured()));
    assert_eq!(
        library.measure_failures().unwrap()[0].why,
        in_words("it is damaged")
    );
}

#[test]
fn a_database_of_version_4_opens_with_all_it_held() {
    let (_dir, library) = stored("segue-0004.db");
    let log = library.plays().unwrap();
    assert_eq!(log[1].context, circumstances());
    let known = library.tallies().unwrap().remove(0);
    assert_eq!((known.tally.origin.as_str(), known.unlogged), ("itunes", 7));
    let counted = library.tracks_of(audio(4)).unwrap().remove(0);
    assert_eq!(
        (counted.plays, counted.skips, counted.rating),
        (7, 2, Some(Rating::Dislike))
    );
    // The log of sayings was copied into a new table: its numbers stand, and so does what was taken back.
    let held = library.feedback().unwrap();
    let said: Vec<&Feedback> = held.iter().map(|event| &event.feedback).collect();
    assert_eq!(said, sayings()[1..].iter().collect::<Vec<_>>());
    assert_eq!(
        held.iter().map(|event| event.id.0).collect::<Vec<_>>(),
        [2, 3]
    );
    assert!(!library.undo_feedback(FeedbackId(1), at(30)).unwrap());
    assert!(library.undo_feedback(held[0].id, at(30)).unwrap());
    assert_eq!(
        library.record_feedback(&sayings()[0], at(31)).unwrap(),
        FeedbackId(6)
    );
    let broken = library.read(LibraryAction::CheckDatabase, |db| {
        db.prepare("PRAGMA foreign_key_check")?.exists([])
    });
    assert!(!broken.unwrap());
}

#[test]
fn a_database_of_version_5_opens_with_all_it_held() {
    let (_dir, library) = stored("segue-0005.db");
    let held = library.feedback().unwrap();
    let said: Vec<Feedback> = held.into_iter().map(|event| event.feedback).collect();
    let [_, never, wrong] = sayings();
    assert_eq!(said, [never, wrong, turned()]);
    let forgotten = library.forgotten().unwrap();
    assert_eq!(
        (forgotten.len(), forgotten[0].at, forgotten[0].since),
        (1, at(23), Some(at(1)))
    );
    let lists = library.playlists().unwrap();
    let names: Vec<(&str, bool)> = lists
        .iter()
        .map(|list| (list.name.as_str(), list.source.is_some()))
        .collect();
    assert_eq!(names, [("fixed", false), ("living", true)]);
    assert_eq!(library.deleted_playlists().unwrap()[0].name, "gone");
    let (_, songs) = library.playlist_page(lists[0].id, 0, 10).unwrap().unwrap();
    let songs: Vec<Option<&str>> = songs
        .iter()
        .map(|entry| entry.track.as_ref().map(|track| track.title.as_str()))
        .collect();
    assert_eq!(songs, [Some("Jóga"), None]);
}

#[test]
fn databases_of_versions_since_6_open_with_all_they_held() {
    for version in 6..=migrations::LATEST {
        let (_dir, library) = stored(&format!("segue-{version:04}.db"));
        let log = library.plays().unwrap();
        assert_eq!(log[1].context, among_guests(), "{version}");
        let failures = library.failures().unwrap();
        assert_eq!(failures[0].why, in_words("it is damaged"), "{version}");
        let track = library.tracks_of(audio(1)).unwrap().remove(0);
        let (measures, length_s) = match version {
            ..8 => (measured(), 100.0),
            8.. => (as_long_as(130.0), 130.0),
        };
        assert_eq!(library.measures(track.id).unwrap(), Some(measures));
        assert_eq!(track.duration_s, length_s, "{version}");
        let numbers = |sql: &'static str| -> i64 {
            let counted = library.read(LibraryAction::CheckDatabase, |db| {
                db.query_row(sql, [], |row| row.get(0))
            });
            counted.unwrap()
        };
        let broken = "SELECT count(*) FROM pragma_foreign_key_check";
        assert_eq!(numbers(broken), 0, "{version}");
        let released = "SELECT count(*) FROM tracks WHERE release_id = 'r'";
        assert_eq!(numbers(released), 2, "{version}");
        let queue = library.kept_queue().unwrap();
        let titles: Vec<_> = queue
            .iter()
            .map(|(song, number)| (song.subject.title.as_deref(), *number))
            .collect();
        match version {
            ..9 => assert!(titles.is_empty(), "{version}"),
            9 => assert_eq!(titles, [(Some("Hey"), None)]),
            10.. => assert_eq!(
                titles,
                [(Some("Unravel"), Some(5)), (Some("Jóga"), Some(0))]
            ),
        }
    }
}

#[test]
fn every_version_has_a_stored_database() {
    for version in 1..=migrations::LATEST {
        let path = fixture(&format!("segue-{version:04}.db"));
        let found = migrations::peek(&path).unwrap();
        assert_eq!(found, Some(DatabaseHeader::Version(version)), "{path:?}");
    }
}

#[test]
fn what_was_measured_before_lengths_were_counted_is_measured_anew() {
    let place = place();
    copy("mp3-a.mp3", &place.music.join("a.mp3"));
    place.scan();
    let library = &place.library;
    let waiting = library.unmeasured(10).unwrap();
    // As the version before left it, which counted no lengths, and a file that it refused.
    library.put_measures(waiting[0].audio, &measured()).unwrap();
    library
        .write(LibraryAction::SaveScan, Durability::Process, |db| {
            db.execute("UPDATE measures SET version = 2", [])
        })
        .unwrap();
    assert_eq!(library.unmeasured(10).unwrap(), waiting);
    // What it found serves meanwhile; then the length is put right.
    let track = waiting[0].track;
    assert_eq!(library.measures(track).unwrap(), Some(measured()));
    library
        .put_measures(waiting[0].audio, &as_long_as(30.0))
        .unwrap();
    assert!(library.unmeasured(10).unwrap().is_empty());
    assert_eq!(library.track(track).unwrap().unwrap().duration_s, 30.0);
}

#[test]
fn a_recording_with_a_vector_but_without_tempo_and_key_is_heard_anew() {
    let place = place();
    copy("mp3-a.mp3", &place.music.join("a.mp3"));
    place.scan();
    let library = &place.library;
    let model = ModelId("m@1".into());
    let waiting = library.unanalyzed(&model, 10).unwrap();
    let embedding = Embedding::new(model.clone(), vec![1.0, 0.0]).unwrap();
    library
        .put_analysis(
            waiting[0].audio,
            &embedding,
            &ends_of(&embedding),
            &[],
            &Descriptors::default(),
        )
        .unwrap();
    assert!(library.unanalyzed(&model, 10).unwrap().is_empty());
    // As version 1 left it.
    library
        .write(LibraryAction::SaveScan, Durability::Process, |db| {
            db.execute("UPDATE recordings SET described = NULL", [])
        })
        .unwrap();
    assert_eq!(library.unanalyzed(&model, 10).unwrap(), waiting);
    assert_eq!(library.analyzed_count(&model).unwrap(), 1);
}
