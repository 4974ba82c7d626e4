//! The database: old and newer versions, damage, two processes, plays, opinions, pages and search.

mod failing;
mod migrating;
mod names;
mod opening;
mod plays;
mod searching;
mod writing;

use std::fs;

use proptest::prelude::*;
use segue_core::{
    AudioHash, Descriptors, Embedding, EndReason, Feedback, FeedbackId, FeedbackTarget, FileFault,
    Key, Measures, Mode, ModelId, Play, PlayContext, PlaySource, PlaySubject, PlayedFrom, Rating,
    SeedName, StationTitle, TagScore, Tally, Term, TrackId, Waveform,
};

use super::migrations::DatabaseHeader;
use super::opening::FILE_NAME;
use super::queue::{QueueChange, QueuedSong};
use super::*;
use crate::fixtures::{Place, copy, fixture, place};
use crate::tags::Tags;
use crate::walk::AudioFile;
use crate::{AlbumSort, MatchedBy, NewEntry, Sort, TrackQuery};

/// A track without a file: `(path, title, artists, album, album artist)`, and the number of its recording.
pub(super) type Row<'a> = (
    &'a str,
    &'a str,
    &'a [&'a str],
    &'a str,
    Option<&'a str>,
    u8,
);

pub(super) const ROWS: &[Row] = &[
    (
        "/m/abbey/01.flac",
        "Come Together",
        &["The Beatles"],
        "Abbey Road",
        Some("The Beatles"),
        1,
    ),
    (
        "/m/abbey/02.flac",
        "Something",
        &["The Beatles"],
        "Abbey Road",
        Some("Beatles"),
        2,
    ),
    ("/m/bjork/a.mp3", "Jóga", &["Björk"], "Homogenic", None, 3),
    (
        "/m/bjork/b.mp3",
        "Unravel",
        &["Björk"],
        "Homogenic",
        None,
        4,
    ),
    ("/m/mix/CD1/1.mp3", "Hey", &["Ann", "Bob"], "Hits", None, 5),
    ("/m/mix/CD2/1.mp3", "Ho", &["Cy"], "Hits", None, 6),
    ("/m/x/shout.ogg", "!!!", &["???"], "", None, 7),
    ("/m/x/久石譲.ogg", "海の見える街", &["久石譲"], "", None, 8),
];

pub(super) fn audio(n: u8) -> AudioHash {
    AudioHash([n; 16])
}

pub(super) fn fill(library: &Library, rows: &[Row]) {
    library
        .write(LibraryAction::SaveScan, Durability::Process, |db| {
            rows::add_root(db, b"/m", Timestamp::UNIX_EPOCH)?;
            let mut changes = changes::Changes::default();
            for (n, (path, title, artists, album, album_artist, recording)) in
                rows.iter().enumerate()
            {
                let file = AudioFile {
                    path: path.as_bytes().to_vec(),
                    size: 1000 + n as i64,
                    mtime_ns: 5,
                    ctime_ns: 6,
                    sidecar: false,
                };
                let tags = Tags {
                    title: Some((*title).to_owned()),
                    artists: artists.iter().map(|artist| (*artist).to_owned()).collect(),
                    album: Some((*album).to_owned()).filter(|album| !album.is_empty()),
                    album_artist: album_artist.map(str::to_owned),
                    genres: vec!["Rock".into(), "Trip-Hop".into()],
                    year: Some(1990 + n as i32),
                    track: Some(n as u32 + 1),
                    duration_s: 100.0 + n as f64,
                    codec: "flac".into(),
                    ..Tags::default()
                };
                let now = Timestamp::from_second(1_700_000_000 + n as i64).unwrap();
                let mut moves = identity::Moves::new(0, Vec::new());
                rows::put(
                    db,
                    &file,
                    audio(*recording),
                    &tags,
                    &mut moves,
                    true,
                    now,
                    &mut changes,
                )?;
            }
            changes::follow(db, changes)?;
            bump(db)
        })
        .unwrap();
}

pub(super) fn filled() -> Place {
    let place = place();
    fill(&place.library, ROWS);
    place
}

fn titles(library: &Library, query: &TrackQuery) -> Vec<String> {
    let page = library.tracks(query).unwrap();
    let ids = library.track_ids(query).unwrap();
    assert_eq!(
        page.tracks.iter().map(|track| track.id).collect::<Vec<_>>(),
        ids
    );
    page.tracks.into_iter().map(|track| track.title).collect()
}

#[test]
fn albums_are_one_by_title_and_artist_or_by_folder() {
    let place = filled();
    let list = |text: &str, sort| place.library.albums(text, sort, false, 0, None).unwrap();
    let page = list("", AlbumSort::Title);
    let short: Vec<_> = page
        .albums
        .iter()
        .map(|album| (album.title.as_str(), album.artist.as_deref(), album.tracks))
        .collect();
    assert_eq!(
        short,
        [
            ("Abbey Road", Some("Beatles"), 2),
            ("Hits", None, 2),
            ("Homogenic", Some("Björk"), 2)
        ]
    );
    assert_eq!(page.total, 3);
    assert_eq!(
        (page.albums[0].year, page.albums[0].duration_s),
        (Some(1990), 201.0)
    );
    assert_eq!(list("bjor", AlbumSort::Year).albums, page.albums[2..]);
    assert_eq!(list("come", AlbumSort::Year).total, 0);
    let hits = page.albums[1].id;
    assert_eq!(
        place.library.album(hits).unwrap().as_ref(),
        Some(&page.albums[1])
    );
    let query = TrackQuery {
        album: Some(hits),
        sort: Sort::Album,
        ..TrackQuery::default()
    };
    assert_eq!(titles(&place.library, &query), ["Hey", "Ho"]);
    assert_eq!(
        titles(
            &place.library,
            &TrackQuery {
                text: "cy".into(),
                ..query.clone()
            }
        ),
        ["Ho"]
    );
    let track = place.library.tracks(&query).unwrap().tracks[0].id;
    assert_eq!(place.library.album_of(track).unwrap(), Some(hits));
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn play(second: i64, subject: PlaySubject, listened_s: f64) -> Play {
    let skipped = listened_s < 30.0;
    Play {
        at: at(second),
        subject,
        listened_s,
        source: PlaySource::Radio,
        skipped,
        rating: None,
        context: PlayContext::default(),
    }
}

pub(super) fn named(artist: &str, title: &str, duration_s: Option<f64>) -> PlaySubject {
    PlaySubject {
        artist: Some(artist.into()),
        title: Some(title.into()),
        duration_s,
        ..PlaySubject::default()
    }
}

#[test]
fn circumstances_come_back_and_odd_numbers_do_no_harm() {
    let place = filled();
    let context = PlayContext {
        ended_at: Some(at(400)),
        completion: Some(0.5),
        silent_s: Some(3.0),
        paused_s: Some(100.0),
        from: Some(PlayedFrom::Station {
            seeds: vec![audio(1), audio(2)],
            title: Some(StationTitle::Around {
                seeds: vec![SeedName::Song {
                    title: "Come Together".into(),
                }],
                less: Vec::new(),
            }),
        }),
        place: Some(7),
        utc_offset_s: Some(-3600),
        end_reason: Some(EndReason::Next),
        guest: false,
        within_s: None,
    };
    let told = Play {
        context: context.clone(),
        ..play(0, named("Björk", "Jóga", None), 50.0)
    };
    let odd = Play {
        context: PlayContext {
            completion: Some(f64::NAN),
            ..PlayContext::default()
        },
        ..play(900, named("Björk", "Jóga", None), f64::INFINITY)
    };
    assert_eq!(place.library.add_plays(&[told, odd]).unwrap(), 2);
    let log = place.library.plays().unwrap();
    assert_eq!(log[0].context, context);
    assert_eq!((log[1].context.completion, log[1].listened_s), (None, 0.0));
}

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

/// Ends like the whole.
fn ends_of(embedding: &Embedding) -> [Embedding; 2] {
    [embedding.clone(), embedding.clone()]
}

#[test]
fn vectors_come_back_by_their_model() {
    let place = place();
    copy("mp3-a.mp3", &place.music.join("a.mp3"));
    copy("mp3-a.mp3", &place.music.join("copy.mp3"));
    copy("mp3-b.mp3", &place.music.join("b.mp3"));
    place.scan();
    let library = &place.library;
    let (model, other) = (ModelId("m@1".into()), ModelId("m@2".into()));
    let waiting = library.unanalyzed(&model, 10).unwrap();
    assert_eq!(waiting.len(), 2);
    assert_eq!(library.unanalyzed(&model, 1).unwrap(), waiting[..1]);
    let tag = |name: &str, p| TagScore {
        name: name.into(),
        p,
        present: p >= 0.5,
    };
    let embedding = Embedding::new(model.clone(), vec![3.0, 4.0, 0.0]).unwrap();
    let end = |x| Embedding::new(model.clone(), vec![x, 1.0, 0.0]).unwrap();
    let ends = [end(0.0), end(1.0)];
    library
        .put_analysis(
            waiting[0].audio,
            &embedding,
            &ends,
            &[tag("calm", 0.25), tag("jazz", 0.5)],
            &Descriptors {
                bpm: Some(120.5),
                key: Some(Key::new(9, Mode::Minor)),
            },
        )
        .unwrap();
    library
        .put_analysis_failure(waiting[1].audio, &model, &FileFault::Silent)
        .unwrap();
    assert!(library.unanalyzed(&model, 10).unwrap().is_empty());
    assert_eq!(library.unanalyzed(&other, 10).unwrap(), waiting);
    assert_eq!(
        (
            library.analyzed_count(&model).unwrap(),
            library.analyzed_count(&other).unwrap()
        ),
        (1, 0)
    );
    let both = [waiting[1].audio, waiting[0].audio];
    let told = library.ends(&model, &both).unwrap();
    let close = |told: &[f32]| {
        let ends = ends.iter().flat_map(|end| end.values());
        told.len() == 6 && told.iter().zip(ends).all(|(a, b)| (a - b).abs() < 1e-3)
    };
    assert!(told[0].is_none() && told[1].as_deref().is_some_and(close));
    assert_eq!(library.ends(&other, &both).unwrap(), [None, None]);
    let heard = |model: Option<&ModelId>| {
        let mut all = Vec::new();
        library
            .recordings(model, |audio, recording| all.push((audio, recording)))
            .unwrap();
        all
    };
    let all = heard(Some(&model));
    let (one, two) = (&all[0], &all[1]);
    // Two copies are one recording.
    assert_eq!(
        (all.len(), one.0, two.0),
        (2, waiting[0].audio, waiting[1].audio)
    );
    assert_eq!(
        one.1.vector,
        Some(
            [0.6, 0.8, 0.0]
                .map(|v| half::f16::from_f32(v).to_f32())
                .to_vec()
        )
    );
    assert_eq!(one.1.tags, [tag("jazz", 0.5), tag("calm", 0.25)]);
    assert_eq!(
        (one.1.bpm, one.1.key.as_deref()),
        (Some(120.5), Some("A minor"))
    );
    assert!(one.1.there && one.1.track == waiting[0].track && two.1.vector.is_none());
    assert!(
        heard(None)
            .iter()
            .chain(&heard(Some(&other)))
            .all(|(_, one)| one.vector.is_none() && one.tags.is_empty())
    );
    let failures = library.analysis_failures(&model).unwrap();
    assert_eq!(
        (failures.len(), &failures[0].why, &failures[0].path),
        (1, &FileFault::Silent, &waiting[1].path)
    );
    let copies = library.tracks_of(waiting[0].audio).unwrap();
    assert!(
        copies
            .iter()
            .all(|track| (track.bpm, track.key.as_deref()) == (Some(120.5), Some("A minor")))
    );
    let copies = copies.len() as u64;
    assert_eq!(library.heard_tracks(&model).unwrap(), copies);
    library.clear_analyses(&model).unwrap();
    assert_eq!(library.unanalyzed(&model, 10).unwrap(), waiting);
    assert_eq!(library.heard_tracks(&model).unwrap(), 0);
    // The copy to play is one that is there.
    std::fs::remove_file(place.music.join("a.mp3")).unwrap();
    place.scan();
    let copy = &heard(None)[0].1;
    assert!(copy.there && copy.track != waiting[0].track);
}

fn measured() -> Measures {
    Measures {
        loudness_lufs: Some(-14.25),
        true_peak_dbtp: Some(0.5),
        intro_lufs: Some(-20.0),
        outro_lufs: None,
        leading_silence_s: 0.25,
        trailing_silence_s: 2.5,
        duration_s: None,
        waveform: Waveform {
            peak: (0..Waveform::BINS).map(|n| n as u8).collect(),
            rms: vec![7; Waveform::BINS],
        },
    }
}

fn as_long_as(duration_s: f64) -> Measures {
    Measures {
        duration_s: Some(duration_s),
        ..measured()
    }
}

#[test]
fn a_length_that_was_guessed_gives_way_to_the_one_that_was_counted() {
    let place = filled();
    let library = &place.library;
    let length = || library.tracks_of(audio(3)).unwrap()[0].duration_s;
    let stated_s = length();
    // What a header states is kept where the count differs by no more than an encoder's padding.
    library
        .put_measures(audio(3), &as_long_as(stated_s + 0.04))
        .unwrap();
    assert_eq!(length(), stated_s);
    // A history's play of that name and the true length waits for it.
    let long_s = stated_s + 30.0;
    let subject = PlaySubject {
        title: Some("Jóga".into()),
        artist: Some("Björk".into()),
        duration_s: Some(long_s),
        ..PlaySubject::default()
    };
    assert_eq!(library.match_subject(&subject).unwrap(), None);
    library.put_measures(audio(3), &as_long_as(long_s)).unwrap();
    assert_eq!(length(), long_s);
    let found = library.match_subject(&subject).unwrap().unwrap();
    assert_eq!(found.0, audio(3));
}

#[test]
fn a_file_that_is_read_once_more_does_not_bring_a_guessed_length_back() {
    let place = place();
    copy("mp3-a.mp3", &place.music.join("a.mp3"));
    place.scan();
    let library = &place.library;
    let all = || library.tracks(&TrackQuery::default()).unwrap().tracks;
    library
        .put_measures(all()[0].audio, &as_long_as(30.0))
        .unwrap();
    copy("mp3-a.mp3", &place.music.join("b.mp3"));
    place.scan();
    let lengths: Vec<f64> = all().iter().map(|track| track.duration_s).collect();
    assert_eq!(lengths, [30.0, 30.0]);
}

#[test]
fn measures_come_back_and_what_was_refused_is_not_tried_again() {
    let place = place();
    copy("mp3-a.mp3", &place.music.join("a.mp3"));
    copy("mp3-a.mp3", &place.music.join("copy.mp3"));
    copy("mp3-b.mp3", &place.music.join("b.mp3"));
    place.scan();
    let library = &place.library;
    let waiting = library.unmeasured(10).unwrap();
    assert_eq!(waiting.len(), 2);
    assert_eq!(library.unmeasured(1).unwrap(), waiting[..1]);
    assert_eq!(library.measures(waiting[0].track).unwrap(), None);
    let before = library.revision();
    library.put_measures(waiting[0].audio, &measured()).unwrap();
    assert!(library.revision() > before);
    library
        .put_measure_failure(waiting[1].audio, &in_words("it is damaged"))
        .unwrap();
    assert!(library.unmeasured(10).unwrap().is_empty());
    // Every copy of the recording has them.
    for track in library.tracks_of(waiting[0].audio).unwrap() {
        assert_eq!(library.measures(track.id).unwrap(), Some(measured()));
        assert_eq!(
            (track.loudness_lufs, track.true_peak_dbtp),
            (Some(-14.25), Some(0.5))
        );
        assert_eq!((track.intro_lufs, track.outro_lufs), (Some(-20.0), None));
        assert_eq!(
            (track.leading_silence_s, track.trailing_silence_s),
            (Some(0.25), Some(2.5))
        );
    }
    assert_eq!(library.measures(TrackId(99)).unwrap(), None);
    let failures = library.measure_failures().unwrap();
    assert_eq!(
        (failures.len(), &failures[0].why, &failures[0].path),
        (1, &in_words("it is damaged"), &waiting[1].path)
    );
    library.clear_measures().unwrap();
    assert_eq!(library.unmeasured(10).unwrap(), waiting);
    assert_eq!(
        library.tracks_of(waiting[0].audio).unwrap()[0].loudness_lufs,
        None
    );
    assert!(library.measure_failures().unwrap().is_empty());
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

fn counted() -> Tally {
    Tally {
        origin: "itunes".into(),
        subject: named("Björk", "Unravel", Some(103.0)),
        plays: 7,
        skips: 2,
        since: Some(at(0)),
        last: None,
        rating: Some(Rating::Dislike),
    }
}

fn sayings() -> [Feedback; 3] {
    [
        Feedback::NotNow(FeedbackTarget::Recording(audio(1))),
        Feedback::Never(FeedbackTarget::Artist("Björk".into())),
        Feedback::WrongAfter {
            earlier: audio(1),
            later: audio(2),
        },
    ]
}

fn turned() -> Feedback {
    Feedback::Adjusted {
        term: Term::Genre("Jazz".into()),
        up: false,
    }
}

/// A queue of two songs, shuffled, as databases since version 10 hold it.
fn queued() -> QueueChange {
    let song = |entry: u64, title: &str| QueuedSong {
        entry,
        track: TrackId(entry as i64 + 1),
        subject: named("Björk", title, Some(102.0)),
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
                    "INSERT INTO queue_songs VALUES (1, 1, NULL, X'2F6D', 'Ann', 'Hey', NULL, 104.0, '{}');
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
                text: "beat abb".into(),
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

/// A fault in a sentence, as the versions of the stored databases kept them.
fn in_words(text: &str) -> FileFault {
    FileFault::Told { text: text.into() }
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
