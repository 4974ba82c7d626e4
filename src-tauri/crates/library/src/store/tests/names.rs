//! Names: found without their signs, kept apart where another sign makes another word, and made anew when a database
//! was written by another version of the folding.

use super::*;
use crate::tags::credits::{Credit, Role};

fn tagged(path: &str, n: u8, tags: Tags) -> (AudioFile, ReadTrack) {
    let file = AudioFile {
        path: path.as_bytes().to_vec(),
        size: 1000,
        mtime_ns: i64::from(n),
        ctime_ns: 6,
        sidecar: false,
        sheet: None,
    };
    let tags = Tags {
        duration_s: 30.0,
        codec: "flac".into(),
        ..tags
    };
    let track = ReadTrack {
        span: FileSpan::WHOLE,
        audio: audio(n),
        tags,
    };
    (file, track)
}

fn put(library: &Library, files: Vec<(AudioFile, ReadTrack)>) {
    library
        .write(LibraryAction::SaveScan, Durability::Process, |db| {
            let mut changes = changes::Changes::default();
            for (file, track) in &files {
                let mut moves = identity::Moves::new(0, Vec::new());
                rows::put(db, file, track, &mut moves, true, at(0), &mut changes)?;
            }
            changes::follow(db, changes)?;
            bump(db)
        })
        .unwrap();
}

fn songs(library: &Library, names: &[(&str, &str)]) {
    let files = names.iter().enumerate().map(|(n, (artist, title))| {
        let tags = Tags {
            title: Some((*title).into()),
            artists: vec![(*artist).into()],
            ..Tags::default()
        };
        tagged(&format!("/m/{n}.flac"), n as u8, tags)
    });
    put(library, files.collect());
}

#[test]
fn names_are_found_without_their_signs_and_told_apart_by_them() {
    let place = place();
    let library = &place.library;
    songs(
        library,
        &[
            ("AC/DC", "t00"),
            ("R.E.M.", "t01"),
            ("P!nk", "t02"),
            ("A$AP Rocky", "t03"),
            ("Guns N' Roses", "t04"),
            ("Mötley Crüe", "t05"),
            ("Run-D.M.C.", "t06"),
            ("Pink", "t07"),
            ("ACDC", "t08"),
            ("REM", "t09"),
            ("!!!", "t10"),
            ("C++", "t11"),
            ("C#", "t12"),
            ("C", "t13"),
            ("M/A/R/R/S", "t14"),
            ("ガ", "t15"),
            ("カ", "t16"),
            ("मेरा", "t17"),
            ("मेरी", "t18"),
            ("ที่", "t19"),
            ("ท", "t20"),
            ("$uicideboy$", "t21"),
            ("Sinéad O’Connor", "t22"),
            ("Jay-Z", "t23"),
            ("+/-", "t24"),
            ("한글", "t25"),
        ],
    );
    for (text, expected) in [
        ("acdc", &["t00", "t08"][..]),
        ("AC/DC", &["t00", "t08"]),
        ("ac dc", &["t00"]),
        ("rem", &["t01", "t09"]),
        ("r.e.m.", &["t01", "t09"]),
        ("pink", &["t02", "t07"]),
        ("p!nk", &["t02", "t07"]),
        ("asap", &["t03"]),
        ("a$ap roc", &["t03"]),
        ("guns n roses", &["t04"]),
        ("motley crue", &["t05"]),
        ("run dmc", &["t06"]),
        ("rundmc", &["t06"]),
        ("!!!", &["t10"]),
        ("c++", &["t11"]),
        ("c#", &["t12"]),
        ("marrs", &["t14"]),
        ("ガ", &["t15"]),
        ("カ", &["t16"]),
        ("मेरा", &["t17"]),
        ("मेरी", &["t18"]),
        ("ที่", &["t19"]),
        ("suicide", &["t21"]),
        ("oconnor", &["t22"]),
        ("jayz", &["t23"]),
        ("jay z", &["t23"]),
        ("+/-", &["t24"]),
        ("한", &["t25"]),
    ] {
        let query = TrackQuery {
            query: Query::parse(text).unwrap(),
            sort: Sort::Title,
            ..TrackQuery::default()
        };
        assert_eq!(titles(library, &query), expected, "{text:?}");
    }
}

#[test]
fn a_history_means_no_song_that_differs_in_a_vowel_or_a_voice() {
    let place = place();
    let library = &place.library;
    let own = [
        ("राम बैंड", "मेरी"),
        ("かげつ", "かぎ"),
        ("วงทดสอบ", "ที่"),
        ("Müller", "Müde"),
        ("Simon", "Alone"),
    ];
    songs(library, &own);
    for (artist, title, expected) in [
        ("राम बैंड", "मेरा", false),
        ("रोम बैंड", "मेरी", false),
        ("かけつ", "かぎ", false),
        ("かげつ", "かき", false),
        ("วงทดสอบ", "ท", false),
        ("Simon & Garfunkel", "Alone", false),
        ("Muller", "Mude", true),
        ("राम बैंड", "मेरी", true),
        ("かけ\u{3099}つ", "かき\u{3099}", true),
    ] {
        let found = library
            .match_subject(&named(artist, title, Some(30.0)))
            .unwrap();
        assert_eq!(found.is_some(), expected, "{artist} – {title}");
    }
}

/// A track as an album sees it: folder, title, album artist, year, disc, MusicBrainz number.
type Disc<'a> = (
    &'a str,
    &'a str,
    Option<&'a str>,
    Option<i32>,
    Option<u32>,
    Option<&'a str>,
);

fn parted(files: &[Disc], expected: &[(&str, Option<i32>, u32)]) {
    // In whichever order the files come, and however they are cut into batches.
    for turned in [false, true] {
        for batch in [1, 3, files.len()] {
            let place = place();
            let mut all: Vec<_> = files.iter().enumerate().collect();
            if turned {
                all.reverse();
            }
            for files in all.chunks(batch) {
                let files =
                    files
                        .iter()
                        .map(|(n, (folder, album, artist, year, disc, release))| {
                            let tags = Tags {
                                album: Some((*album).into()),
                                album_artist: artist.map(str::to_owned),
                                artists: vec![artist.unwrap_or("Guest").to_owned()],
                                year: *year,
                                disc: *disc,
                                release_id: release.map(str::to_owned),
                                ..Tags::default()
                            };
                            tagged(&format!("/m/{folder}/{n}.flac"), *n as u8, tags)
                        });
                put(&place.library, files.collect());
            }
            let page = place.library.albums("", AlbumSort::Title, false, 0, None);
            let mut found: Vec<(String, Option<i32>, u32)> = page
                .unwrap()
                .albums
                .into_iter()
                .map(|album| (album.title, album.year, album.tracks))
                .collect();
            found.sort();
            let expected: Vec<(String, Option<i32>, u32)> = expected
                .iter()
                .map(|(title, year, tracks)| ((*title).to_owned(), *year, *tracks))
                .collect();
            assert_eq!(found, expected, "turned {turned}, {batch} at a time");
        }
    }
}

#[test]
fn albums_of_one_name_are_parted_by_number_year_and_folder() {
    let (w, b) = (Some("Wheezy"), Some("Boxer"));
    let (n1, n2) = (Some("aaaa"), Some("bbbb"));
    // Two albums named after the artist.
    parted(
        &[
            ("Blue", "Wheezy", w, Some(1994), None, n1),
            ("Blue", "Wheezy", w, Some(1994), None, n1),
            ("Green", "Wheezy", w, Some(2001), None, n2),
            ("Green", "Wheezy", w, Some(2001), None, n2),
        ],
        &[("Wheezy", Some(1994), 2), ("Wheezy", Some(2001), 2)],
    );
    // By numbers alone, in one folder; by years and folders alone.
    parted(
        &[
            ("All", "Wheezy", w, None, None, n1),
            ("All", "Wheezy", w, None, None, n2),
            ("All", "Wheezy", w, None, None, n2),
        ],
        &[("Wheezy", None, 1), ("Wheezy", None, 2)],
    );
    parted(
        &[
            ("Blue", "Wheezy", w, Some(1994), None, None),
            ("Green", "Wheezy", w, Some(2001), None, None),
            ("Green", "Wheezy", w, Some(2001), None, None),
        ],
        &[("Wheezy", Some(1994), 1), ("Wheezy", Some(2001), 2)],
    );
    // One that is numbered and one that is not; the same numbers in two folders.
    parted(
        &[
            ("Blue", "Wheezy", w, Some(1994), None, n1),
            ("Green", "Wheezy", w, Some(2001), None, None),
            ("Blue again", "Wheezy", w, Some(1999), None, n1),
        ],
        &[("Wheezy", Some(1994), 2), ("Wheezy", Some(2001), 1)],
    );
    // A set in several folders; songs of many years in one folder; a folder without years.
    parted(
        &[
            ("Box/CD1", "Box", b, Some(1990), Some(1), None),
            ("Box/CD2", "Box", b, Some(1991), Some(2), None),
            ("Best", "Hits", b, Some(1971), None, None),
            ("Best", "Hits", b, Some(1980), None, None),
            ("Best", "Hits", b, Some(1999), None, None),
            ("Here", "Plain", b, Some(1980), None, None),
            ("There", "Plain", b, None, None, None),
            ("One", "Set", b, Some(1980), Some(1), None),
            ("Two", "Set", b, Some(1981), Some(2), None),
        ],
        &[
            ("Box", Some(1990), 2),
            ("Hits", Some(1971), 3),
            ("Plain", Some(1980), 2),
            ("Set", Some(1980), 2),
        ],
    );
    // Words that differ in a vowel sign or a voicing mark.
    parted(
        &[
            ("h", "मेरा", b, None, None, None),
            ("h", "मेरी", b, None, None, None),
            ("h", "かき", b, None, None, None),
            ("h", "かぎ", b, None, None, None),
        ],
        &[
            ("मेरा", None, 1),
            ("मेरी", None, 1),
            ("かき", None, 1),
            ("かぎ", None, 1),
        ],
    );
}

#[test]
fn a_compilation_in_the_folders_of_its_artists_is_one_album() {
    // Folder, artist, album artist, year, number.
    type Song<'a> = (&'a str, &'a str, Option<&'a str>, i32, u32);
    let check = |songs: &[Song], expected: &[(Option<&str>, u32)]| {
        for turned in [false, true] {
            let place = place();
            let mut files: Vec<_> = songs
                .iter()
                .enumerate()
                .map(|(n, (folder, artist, album_artist, year, number))| {
                    let tags = Tags {
                        album: Some("Hits".into()),
                        artists: vec![(*artist).into()],
                        album_artist: album_artist.map(str::to_owned),
                        year: Some(*year),
                        track: Some(*number),
                        compilation: true,
                        ..Tags::default()
                    };
                    tagged(&format!("/m/{folder}/{n}.flac"), n as u8, tags)
                })
                .collect();
            if turned {
                files.reverse();
            }
            for file in files {
                put(&place.library, vec![file]);
            }
            let page = place.library.albums("", AlbumSort::Added, false, 0, None);
            let albums = page.unwrap().albums;
            let mut found: Vec<(Option<&str>, u32)> = albums
                .iter()
                .map(|album| (album.artist.as_deref(), album.tracks))
                .collect();
            found.sort_unstable();
            assert_eq!(found, expected, "turned {turned}");
        }
    };
    let various = Some("Various Artists");
    for album_artist in [None, various] {
        // In three folders, of three years.
        check(
            &[
                ("Ann", "Ann", album_artist, 1971, 1),
                ("Bob", "Bob", album_artist, 1980, 2),
                ("Cid", "Cid", album_artist, 1999, 3),
                ("Cid", "Cid", album_artist, 1999, 4),
            ],
            &[(album_artist, 4)],
        );
        // Two of one name, each in its folder.
        check(
            &[
                ("Hits 1", "Ann", album_artist, 1971, 1),
                ("Hits 1", "Bob", album_artist, 1971, 2),
                ("Hits 2", "Ann", album_artist, 1990, 1),
                ("Hits 2", "Cid", album_artist, 1990, 2),
            ],
            &[(album_artist, 2), (album_artist, 2)],
        );
    }
}

#[test]
fn an_album_that_is_tagged_well_at_last_is_whole_again() {
    let place = place();
    let file = |n: u8, folder: &str, year| {
        let tags = Tags {
            album: Some("Wheezy".into()),
            album_artist: Some("Wheezy".into()),
            year: Some(year),
            ..Tags::default()
        };
        tagged(&format!("/m/{folder}/{n}.flac"), n, tags)
    };
    let albums = || {
        let page = place.library.albums("", AlbumSort::Year, false, 0, None);
        let all = page.unwrap().albums.into_iter();
        all.map(|album| (album.year, album.tracks))
            .collect::<Vec<_>>()
    };
    put(
        &place.library,
        vec![file(1, "a", 1994), file(2, "b", 2001), file(3, "b", 2001)],
    );
    assert_eq!(albums(), [(Some(1994), 1), (Some(2001), 2)]);
    put(&place.library, vec![file(1, "a", 2001)]);
    assert_eq!(albums(), [(Some(2001), 3)]);
}

#[test]
fn a_database_of_another_folding_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    copy("segue-0005.db", &dir.path().join(FILE_NAME));
    let db = rusqlite::Connection::open(dir.path().join(FILE_NAME)).unwrap();
    // Names as version 5 folded them: without vowel signs, voicing marks and signs of any kind.
    db.execute_batch(
        "UPDATE tracks SET title = 'मेरी', title_match = 'मर', title_sort = 'मर', artists = 'राम',
             album = 'मेरा', album_sort = 'मर', album_artist = 'राम' WHERE id = 1;
         UPDATE tracks SET title = 'मेरा', title_match = 'मर', title_sort = 'मर', artists = 'राम',
             album = 'मेरी', album_sort = 'मर', album_artist = 'राम' WHERE id = 2;
         UPDATE albums SET key = CAST('मर' || x'1f' || 'artist' || x'1f' || 'रम' AS BLOB)
             WHERE id = (SELECT album_id FROM tracks WHERE id = 1);
         UPDATE tracks SET title = 'AC/DC' WHERE id = 3;
         INSERT INTO plays (at, at_s, identity, recording_id, artist, title, listened_s, source, skipped)
             VALUES (1700000000000000, 1700000000, CAST('name:रम' || x'1f' || 'मर' AS BLOB), 1, 'राम', 'मेरा', 200.0, 'import', 0);
         UPDATE recordings SET plays = 1, skips = 0 WHERE id = 1;
         UPDATE recordings SET plays = 0, skips = 0 WHERE id = 2;",
    )
    .unwrap();
    drop(db);
    for _ in 0..2 {
        let library = Library::open(dir.path()).unwrap();
        assert_eq!(library.check().unwrap(), "ok");
        let found = |text: &str| {
            let query = TrackQuery {
                query: Query::parse(text).unwrap(),
                sort: Sort::Path,
                ..TrackQuery::default()
            };
            titles(&library, &query)
        };
        assert_eq!(found("मेरी")[..1], ["मेरी"]);
        assert_eq!(found("acdc"), ["AC/DC"]);
        assert_eq!(found("bjork"), ["AC/DC", "Unravel"]);
        assert_eq!(found("見える"), ["海の見える街"]);
        let page = library.albums("राम", AlbumSort::Title, false, 0, None);
        let albums: Vec<(String, u32)> = page
            .unwrap()
            .albums
            .into_iter()
            .map(|album| (album.title, album.tracks))
            .collect();
        assert_eq!(albums, [("मेरा".into(), 1), ("मेरी".into(), 1)]);
        // The play was of मेरा, and another history's play of it is known.
        let plays = |n: i64| {
            let track = library.track(TrackId(n)).unwrap().unwrap();
            track.plays
        };
        assert_eq!((plays(1), plays(2)), (0, 1));
        let again = Play {
            source: PlaySource::Import,
            ..play(0, named("राम", "मेरा", None), 200.0)
        };
        assert!(!library.add_play(&again).unwrap());
    }
}

#[test]
fn two_histories_of_one_service_tell_a_play_once() {
    let coarse = |minute: i64, title: &str, listened_s: f64| {
        let mut play = play(minute * 60, named("Björk", title, None), listened_s);
        play.source = PlaySource::Import;
        play.context.within_s = Some(60);
        play
    };
    let fine = |second: i64, title: &str, listened_s: f64| {
        let mut play = play(second, named("Bjork", title, None), listened_s);
        play.source = PlaySource::Import;
        play.subject.album = Some("Homogenic".into());
        play.context.end_reason = Some(EndReason::Next);
        play
    };
    let minutes = [
        coarse(0, "Jóga", 200.5),
        coarse(10, "Jóga", 12.25),
        coarse(20, "Unheard", 99.0),
    ];
    let seconds = [
        fine(30, "Joga", 200.5),
        fine(659, "Joga", 12.25),
        fine(1201, "Unheard", 99.0),
        // Another one: longer, later, of another song.
        fine(40, "Joga", 201.5),
        fine(900, "Joga", 12.25),
        fine(1202, "Unravel", 99.0),
    ];
    let told = |first: &[Play], second: &[Play]| {
        let place = filled();
        let library = &place.library;
        for plays in [first, second, first, second] {
            assert!(library.file_plays(plays).is_ok());
        }
        for plays in [first, second] {
            assert!(
                library
                    .look_plays_up(plays)
                    .unwrap()
                    .iter()
                    .all(|filed| filed.known)
            );
        }
        let log = library.plays().unwrap();
        let track = library.tracks_of(audio(3)).unwrap().remove(0);
        let log: Vec<(Timestamp, f64, Option<EndReason>, Option<u32>)> = log
            .iter()
            .map(|play| {
                (
                    play.at,
                    play.listened_s,
                    play.context.end_reason,
                    play.context.within_s,
                )
            })
            .collect();
        (log, track.plays, track.skips)
    };
    let (log, plays, skips) = told(&minutes, &seconds);
    assert_eq!(log.len(), 6);
    assert!(
        log.iter()
            .all(|(_, _, reason, within)| reason.is_some() && within.is_none())
    );
    assert_eq!((plays, skips), (2, 2));
    assert_eq!(told(&seconds, &minutes), (log, plays, skips));
}

fn credit(role: Role, name: &str, sort_name: Option<&str>, id: Option<&str>) -> Credit {
    Credit {
        role,
        name: name.into(),
        sort_name: sort_name.map(str::to_owned),
        musicbrainz_id: id.map(str::to_owned),
    }
}

#[test]
fn who_made_a_track_is_known_as_its_tags_say_it_now() {
    let place = place();
    let song = |n: u8, credits: Vec<Credit>, lyrics: Option<&str>| {
        let tags = Tags {
            title: Some(format!("Song {n}")),
            credits,
            lyrics: lyrics.map(str::to_owned),
            ..Tags::default()
        };
        put(
            &place.library,
            vec![tagged(&format!("/m/{n}.flac"), n, tags)],
        );
    };
    let db = rusqlite::Connection::open(place.library.data_dir().join("segue.db")).unwrap();
    let list = |sql: &str| -> Vec<String> {
        let mut statement = db.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    };
    let credited = || {
        list(
            "SELECT track_id || ' ' || role || ' ' || place || ' ' || name FROM credits JOIN artists a ON a.id = artist_id
             ORDER BY track_id, role, place",
        )
    };
    let artists =
        || list("SELECT name || ' ' || coalesce(sort_name, '-') FROM artists ORDER BY id");
    let (artist, composer) = (Role::Artist, Role::Composer);
    song(
        1,
        vec![
            credit(artist, "Björk", None, None),
            credit(artist, "Ann", None, None),
            credit(composer, "BJORK", None, None),
        ],
        Some("la"),
    );
    song(
        2,
        vec![credit(artist, "Björk", Some("Guðmundsdóttir, Björk"), None)],
        None,
    );
    // Two of one name, told apart by numbers.
    song(3, vec![credit(artist, "Ann", None, Some("x"))], None);
    assert_eq!(
        credited(),
        [
            "1 artist 0 Björk",
            "1 artist 1 Ann",
            "1 composer 0 Björk",
            "2 artist 0 Björk",
            "3 artist 0 Ann"
        ]
    );
    assert_eq!(artists(), ["Björk Guðmundsdóttir, Björk", "Ann -", "Ann -"]);
    assert_eq!(list("SELECT text FROM lyrics"), ["la"]);
    song(1, vec![credit(artist, "Ann", None, None)], None);
    assert_eq!(
        credited(),
        ["1 artist 0 Ann", "2 artist 0 Björk", "3 artist 0 Ann"]
    );
    assert!(list("SELECT text FROM lyrics").is_empty());
    db.execute("DELETE FROM tracks", []).unwrap();
    assert!(credited().is_empty());
}
