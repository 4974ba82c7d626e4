//! Playlists as the window and the command use them, on a copy of the demo library.

use std::collections::HashSet;
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use jiff::ToSpan;
use segue_core::{Because, SeedName, StationTitle};
use serde_json::json;

use super::*;
use crate::wire::{
    AppEvent, EnqueueAt, PlayerCommand, QueueSource, SeedRef, SongSort, SongsQuery, StationRequest,
};
use crate::{AudioOutput, Desktop};

use crate::testing::{World, copy, heard, refused, world};

fn titles(segue: &Segue, id: i64) -> Vec<String> {
    let page = segue.playlist(id, 0, u32::MAX).unwrap();
    assert_eq!(page.playlist.tracks as usize, page.rows.len());
    let missing = page.rows.iter().filter(|row| row.track.missing).count();
    assert_eq!(page.playlist.missing as usize, missing);
    page.rows.into_iter().map(|row| row.track.title).collect()
}

fn search(text: &str) -> PlaylistSource {
    PlaylistSource::Search {
        query: SongsQuery {
            text: text.into(),
            ..SongsQuery::default()
        },
        limit: None,
    }
}

/// A station from one seed.
fn around(seed: SeedName) -> PlaylistOrigin {
    let (seeds, less) = (vec![seed], Vec::new());
    PlaylistOrigin::Station {
        title: StationTitle::Around { seeds, less },
    }
}

#[test]
fn each_source_makes_a_playlist_or_says_why_not() {
    let world = world();
    let segue = &world.segue;
    let ids = world.ids();
    let chosen = PlaylistSource::Tracks {
        ids: vec![ids[3], ids[0], ids[3]],
    };
    let row = segue
        .create_playlist("  Two\nlines ", &chosen, false)
        .unwrap();
    assert_eq!(
        (row.name.as_str(), row.living, row.origin),
        ("Two lines", false, None)
    );
    let all = world.tracks();
    let expected = [3, 0, 3].map(|n: usize| all[n].title.clone());
    assert_eq!(titles(segue, row.id), expected);
    assert_eq!(
        row.duration_s,
        [3, 0, 3]
            .map(|n: usize| all[n].duration_s)
            .iter()
            .sum::<f64>()
    );

    let artist = all[0].artists[0].clone();
    let found = segue
        .create_playlist("found", &search(&format!(" {artist} ")), true)
        .unwrap();
    let origin = PlaylistOrigin::Search {
        text: artist,
        album: None,
        sort: SongSort::Artist,
        descending: false,
        limit: None,
    };
    assert_eq!((found.living, found.origin), (true, Some(origin)));
    assert!(found.tracks > 0 && found.missing == 0);

    let station = PlaylistSource::Station {
        request: StationRequest {
            seeds: vec![SeedRef::Track { id: ids[0] }],
            ..StationRequest::default()
        },
        count: 3,
    };
    let station = segue.create_playlist("station", &station, true).unwrap();
    let origin = around(SeedName::Song {
        title: all[0].title.clone(),
    });
    assert_eq!(station.origin, Some(origin));
    let page = segue.playlist(station.id, 0, 10).unwrap();
    assert_eq!(page.rows.len(), 3);
    assert!(
        page.rows
            .iter()
            .all(|row| !row.reasons.is_empty() && row.track.id != ids[0])
    );

    refused(
        segue.create_playlist("", &chosen, false),
        "no playlist name",
    );
    refused(
        segue.create_playlist("x", &chosen, true),
        "source never changes",
    );
    refused(
        segue.create_playlist("x", &PlaylistSource::Queue, false),
        "no queue",
    );
    let unknown = PlaylistSource::Tracks {
        ids: vec![ids[0], 4242],
    };
    refused(
        segue.create_playlist("x", &unknown, false),
        "no track: 4242",
    );
    assert_eq!(segue.playlists().unwrap().playlists.len(), 3);
}

#[test]
fn places_are_changed_by_their_numbers() {
    let world = world();
    let segue = &world.segue;
    let ids = world.ids();
    let id = segue
        .create_playlist("list", &PlaylistSource::Tracks { ids: Vec::new() }, false)
        .unwrap()
        .id;
    segue.add_to_playlist(id, &ids[..3]).unwrap();
    segue.add_to_playlist(id, &ids[..1]).unwrap();
    let entries = |segue: &Segue| -> Vec<i64> {
        let page = segue.playlist(id, 0, 10).unwrap();
        page.rows.iter().map(|row| row.entry).collect()
    };
    let before = entries(segue);
    segue.move_in_playlist(id, before[3], 0).unwrap();
    segue.remove_from_playlist(id, &[before[1]]).unwrap();
    assert_eq!(entries(segue), [before[3], before[0], before[2]]);
    let page = segue.playlist(id, 1, 1).unwrap();
    assert_eq!((page.offset, page.rows[0].entry), (1, before[0]));
    refused(segue.add_to_playlist(id, &[ids[0], 4242]), "no track: 4242");
    refused(segue.add_to_playlist(99, &ids), "no playlist: 99");
    refused(segue.move_in_playlist(99, 1, 0), "no playlist: 99");
    refused(segue.playlist(99, 0, 1), "no playlist: 99");
    assert_eq!(entries(segue).len(), 3);

    // By name or number; names go first.
    let number = id.to_string();
    assert_eq!(segue.find_playlist("list").unwrap(), id);
    assert_eq!(segue.find_playlist(&number).unwrap(), id);
    let other = segue
        .create_playlist(&number, &search(""), false)
        .unwrap()
        .id;
    assert_eq!(segue.find_playlist(&number).unwrap(), other);
    refused(segue.find_playlist("nothing"), "no playlist: nothing");
    segue.rename_playlist(other, "list").unwrap();
    refused(
        segue.find_playlist("list"),
        &format!("playlists called list: [{id}, {other}]"),
    );
    segue.delete_playlist(id).unwrap();
    segue.delete_playlist(other).unwrap();
    refused(
        segue.delete_playlist(other),
        &format!("no playlist: {other}"),
    );
    assert_eq!(segue.find_deleted_playlist("list").unwrap(), other);
    assert_eq!(segue.find_deleted_playlist(&number).unwrap(), id);
    refused(
        segue.find_deleted_playlist("nothing"),
        "no deleted playlist: nothing",
    );
    assert_eq!(segue.undelete_playlist(id).unwrap().tracks, 3);
    refused(segue.undelete_playlist(id), "no deleted playlist");
}

#[test]
fn a_living_search_follows_the_library_and_is_never_lost() {
    let world = world();
    let segue = &world.segue;
    let all = world.ids().len() as u32;
    let row = segue.create_playlist("all", &search(""), true).unwrap();
    assert_eq!(row.tracks, all);
    let open = |id: i64, offset: u32, now: &Zoned| segue.open_playlist(id, offset, 5, now).unwrap();
    let today = Zoned::now();
    let tomorrow = today.checked_add(1.day()).unwrap();

    // More music comes in.
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/demo");
    let known: HashSet<_> = fs::read_dir(world.music())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    let new = fs::read_dir(demo)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir() && !known.contains(path.file_name().unwrap()))
        .unwrap();
    copy(&new, &world.music().join(new.file_name().unwrap()));
    world.scan();
    let more = world.ids().len() as u32;
    assert!(more > all);
    // A later page belongs to what the first one showed.
    let (page, made) = open(row.id, 5, &tomorrow);
    assert_eq!((page.playlist.tracks, made), (all, false));
    let (page, made) = open(row.id, 0, &today);
    assert_eq!((page.playlist.tracks, made), (more, true));
    assert!(!open(row.id, 0, &today).1);
    assert!(open(row.id, 0, &tomorrow).1);
    assert!(!open(row.id, 0, &tomorrow).1);

    // By hand nothing is changed, and a list that does not live is not made anew.
    let words = "renewing playlist: all";
    refused(segue.add_to_playlist(row.id, &world.ids()), words);
    refused(segue.remove_from_playlist(row.id, &[1]), words);
    refused(segue.move_in_playlist(row.id, 1, 0), words);
    segue.refresh_playlist(row.id).unwrap();
    let fixed = segue.create_playlist("fixed", &search(""), false).unwrap();
    refused(segue.refresh_playlist(fixed.id), "fixed playlist");
    assert!(!open(fixed.id, 0, &tomorrow).1);

    // Of an album that is gone, the last that was known stays.
    let mut gone = search("");
    if let PlaylistSource::Search { query, .. } = &mut gone {
        query.album = Some(4242);
    }
    refused(segue.create_playlist("gone", &gone, true), "album gone");

    // What a newer Segue made it from is not understood: it stays as it was.
    let entries = [song(&world.tracks()[0], &[]).unwrap()];
    let source = json!({"of": "telepathy"});
    let odd = segue
        .library
        .create_playlist("odd", Some(&source), &entries, Timestamp::now())
        .unwrap();
    let (page, made) = open(odd.0, 0, &tomorrow);
    assert_eq!(
        (page.rows.len(), made, page.playlist.living),
        (1, false, true)
    );
    refused(segue.refresh_playlist(odd.0), "source of odd");
}

#[test]
fn a_day_ends_at_midnight_of_the_listeners_clock() {
    let check = |made: &str, now: &str, expected: bool| {
        let now: Zoned = now.parse().unwrap();
        let made: Timestamp = made.parse().unwrap();
        assert_eq!(is_due(Some(made), &now), expected, "{made} {now}");
        assert!(is_due(None, &now));
    };
    check(
        "2026-03-01T22:30:00Z",
        "2026-03-02T00:10:00+01:00[Europe/Berlin]",
        true,
    );
    check(
        "2026-03-01T22:30:00Z",
        "2026-03-01T23:50:00+01:00[Europe/Berlin]",
        false,
    );
    check(
        "2026-03-01T22:30:00Z",
        "2026-03-02T00:10:00+00:00[UTC]",
        true,
    );
    check(
        "2026-03-02T04:59:00Z",
        "2026-03-02T00:01:00-05:00[America/New_York]",
        true,
    );
    // A clock that was set back.
    check(
        "2026-03-02T10:00:00Z",
        "2026-03-01T10:00:00+00:00[UTC]",
        false,
    );
}

#[test]
fn a_line_of_artist_and_title_is_parted_in_every_way() {
    let mut entry = FileEntry {
        paths: vec!["/a".into(), "/b".into()],
        artist: Some("A".into()),
        title: Some("B - C".into()),
        duration_s: Some(9.0),
        ..FileEntry::default()
    };
    let names = |entry: &FileEntry| -> Vec<String> {
        candidates(entry)
            .into_iter()
            .map(|told| match (told.path, told.artist, told.title) {
                (Some(path), None, title) => format!("{} {title:?}", path.display()),
                (None, Some(artist), Some(title)) => format!("{artist}|{title}"),
                other => panic!("{other:?}"),
            })
            .collect()
    };
    let paths = ["/a Some(\"B - C\")", "/b Some(\"B - C\")"];
    assert_eq!(names(&entry), [&paths[..], &["A|B - C"]].concat());
    entry.joined = Some("A - B - C".into());
    let parted = ["A|B - C", "A - B|C", "B - C|A", "C|A - B"];
    assert_eq!(names(&entry), [&paths[..], &parted].concat());
}

#[test]
fn songs_are_recognised_in_foreign_files_and_the_others_keep_their_places() {
    let world = world();
    let segue = &world.segue;
    let tracks = world.tracks();
    let [a, b, c, d] = [0, 1, 2, 3].map(|n: usize| &tracks[n]);
    let names = |track: &Track| format!("{} - {}", track.artists.join(", "), track.title);
    let turned = |track: &Track| format!("{} - {}", track.title, track.artists.join(", "));
    let seconds = |track: &Track| track.duration_s.round() as i64;
    let relative = a
        .path
        .strip_prefix(world.music())
        .unwrap()
        .display()
        .to_string();
    let ending = d.path.components().rev().take(3).collect::<Vec<_>>();
    let ending: Vec<String> = ending
        .iter()
        .rev()
        .map(|name| name.as_os_str().to_string_lossy().to_uppercase())
        .collect();
    let m3u = format!(
        "#EXTM3U\n\
         {}\n\
         #EXTINF:{},{}\nD:\\gone\\b.mp3\n\
         #EXTINF:{},{}\nc.mp3\n\
         #EXTINF:{},{}\nc.mp3\n\
         #EXTINF:77,Nobody - Knows - This\n../odd/x.mp3\n\
         Z:\\Backup\\{}\n\
         odd/y.opus\n",
        relative.replace('/', "\\"),
        seconds(b),
        names(b),
        seconds(c),
        turned(c),
        seconds(c) + 60,
        names(c),
        ending.join("\\"),
    );
    let file = world.music().join("Foreign list.m3u");
    fs::write(&file, m3u).unwrap();
    let done = segue.import_playlist(&file).unwrap();
    assert_eq!(
        (
            done.playlist.name.as_str(),
            done.format.as_str(),
            done.read,
            done.matched
        ),
        ("Foreign list", "m3u", 7, 4)
    );
    let expected = [
        &a.title,
        &b.title,
        &c.title,
        &c.title,
        "Knows - This",
        &d.title,
        "y",
    ];
    assert_eq!(titles(segue, done.playlist.id), expected.map(str::to_owned));
    let places: Vec<u64> = done.unmatched.iter().map(|song| song.place).collect();
    assert_eq!(
        places,
        [4, 5, 7],
        "a length that contradicts is not the song"
    );
    assert_eq!(done.unmatched[1].artist.as_deref(), Some("Nobody"));
    let late = world.music().join("odd").join("y.opus");
    assert_eq!(done.unmatched[2].path.as_deref(), late.to_str());
    let page = segue.playlist(done.playlist.id, 4, 1).unwrap();
    let row = &page.rows[0].track;
    assert_eq!((row.id, row.missing, row.duration_s), (0, true, 77.0));
    assert_eq!(row.artists, ["Nobody"]);

    // The file that was told comes in after all.
    fs::create_dir(late.parent().unwrap()).unwrap();
    fs::copy(&a.path, &late).unwrap();
    world.scan();
    let page = segue.playlist(done.playlist.id, 6, 1).unwrap();
    assert_eq!(page.playlist.missing, 2);
    assert_eq!(Path::new(&page.rows[0].track.path), late);

    fs::write(&file, "#EXTM3U\nfile:///a%00").unwrap();
    let before = segue.playlists().unwrap().playlists.len();
    refused(
        segue.import_playlist(&file),
        "Foreign list.m3u: line 2: a path with a NUL",
    );
    assert_eq!(segue.playlists().unwrap().playlists.len(), before);
}

#[test]
fn what_is_written_comes_back_as_the_same_songs() {
    let world = world();
    let segue = &world.segue;
    let ids = world.ids();
    let source = PlaylistSource::Tracks {
        ids: vec![ids[2], ids[0], ids[1], ids[2]],
    };
    let id = segue
        .create_playlist("Out: and / back", &source, false)
        .unwrap()
        .id;
    segue
        .library
        .add_to_playlist(
            PlaylistId(id),
            &[NewEntry {
                subject: PlaySubject {
                    path: Some(r"D:\gone\x.mp3".into()),
                    artist: Some("Nobody".into()),
                    title: Some("Nothing".into()),
                    duration_s: Some(61.0),
                    ..PlaySubject::default()
                },
                reasons: None,
            }],
            Timestamp::now(),
        )
        .unwrap();
    let rows = |id: i64| -> Vec<(i64, String, String)> {
        let page = segue.playlist(id, 0, 10).unwrap();
        page.rows
            .into_iter()
            .map(|row| (row.track.id, row.track.title, row.track.path))
            .collect()
    };
    for folder in [world.music(), world.folder.path().to_owned()] {
        for ending in ["m3u8", "m3u", "pls", "xspf", "jspf"] {
            let file = folder.join("list").with_extension(ending);
            let done = segue.export_playlist(id, &file).unwrap();
            assert_eq!((done.written, Path::new(&done.path)), (5, &*file));
            let back = segue.import_playlist(&file).unwrap();
            assert_eq!(
                (back.matched, back.playlist.name.as_str()),
                (4, "Out: and / back"),
                "{ending}"
            );
            assert_eq!(rows(back.playlist.id), rows(id), "{ending}");
            assert_eq!(
                back.playlist.duration_s.round(),
                segue
                    .playlist(id, 0, 0)
                    .unwrap()
                    .playlist
                    .duration_s
                    .round()
            );
        }
    }
    refused(
        segue.export_playlist(id, &world.music().join("list.txt")),
        "its ending must say how",
    );
    refused(
        segue.export_playlist(99, &world.music().join("list.pls")),
        "no playlist: 99",
    );
}

/// A window without sound, whose analysis rests.
fn desktop(world: World) -> (tempfile::TempDir, Desktop, Arc<Mutex<u32>>) {
    let World { folder, segue } = world;
    segue
        .library
        .put_setting("analysis-paused", &true.into())
        .unwrap();
    let told: Arc<Mutex<u32>> = Arc::default();
    let candidate = Arc::clone(&told);
    let desktop = Desktop::open(segue, AudioOutput::Null, move |event| {
        if event == AppEvent::Playlists {
            *candidate.lock().unwrap() += 1;
        }
    })
    .unwrap();
    (folder, desktop, told)
}

fn until(mut done: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !done() {
        assert!(Instant::now() < end, "it does not come to be");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn the_window_is_told_of_each_change_and_plays_what_is_there() {
    let world = world();
    let ids = world.ids();
    let (folder, desktop, told) = desktop(world);
    // The scan at the start may have found songs.
    until(|| std::mem::take(&mut *told.lock().unwrap()) > 0);
    let changes = |expected: u32| {
        assert_eq!(std::mem::take(&mut *told.lock().unwrap()), expected);
    };
    let source = PlaylistSource::Tracks {
        ids: ids[..3].to_vec(),
    };
    let id = desktop.create_playlist("list", &source, false).unwrap().id;
    desktop.rename_playlist(id, "a/b: “c”").unwrap();
    desktop.add_to_playlist(id, &ids[3..5]).unwrap();
    changes(3);
    let page = desktop.playlist(id, 0, 10).unwrap();
    changes(0);
    desktop.move_in_playlist(id, page.rows[4].entry, 0).unwrap();
    desktop
        .remove_from_playlist(id, &[page.rows[0].entry])
        .unwrap();
    changes(2);
    let now = desktop.playlist(id, 0, 10).unwrap().rows;
    let gone: Vec<i64> = now[..2].iter().map(|row| row.entry).collect();
    let moved = desktop.move_in_playlist(id, now[2].entry, 0).unwrap();
    let removed = desktop.remove_from_playlist(id, &gone).unwrap();
    changes(2);
    refused(desktop.undo_playlist_edit(moved), "playlist changed since");
    desktop.undo_playlist_edit(removed).unwrap();
    desktop.undo_playlist_edit(moved).unwrap();
    changes(2);
    refused(desktop.undo_playlist_edit(moved), "edit not kept");
    assert_eq!(desktop.playlist(id, 0, 10).unwrap().rows, now);
    assert_eq!(desktop.playlist_file_name(id).unwrap(), "a_b_ “c”.m3u8");
    let file = folder.path().join("out.m3u8");
    assert_eq!(
        desktop.export_playlist(id, &file).unwrap(),
        file.to_str().unwrap()
    );
    changes(0);
    desktop.delete_playlist(id).unwrap();
    desktop.undelete_playlist(id).unwrap();
    changes(2);
    // A song that is not there, in front of all others.
    let foreign = fs::read_to_string(&file).unwrap();
    let foreign = foreign.replace("#PLAYLIST", "#EXTINF:5,No - Body\nnowhere.mp3\n#PLAYLIST");
    fs::write(&file, foreign).unwrap();
    let back = desktop.import_playlist(&file).unwrap();
    changes(1);
    assert_eq!((back.tracks, back.missing), (5, 1));
    refused(desktop.refresh_playlist(id), "fixed playlist");
    changes(0);

    // Played from the third place: of the songs that are there, that is the second.
    desktop.play_playlist(back.id, 2).unwrap();
    until(|| desktop.queue(0, 10).unwrap().rows.len() == 4);
    let queue = desktop.queue(0, 10).unwrap();
    assert!(
        queue
            .rows
            .iter()
            .all(|row| row.source == QueueSource::Playlist)
    );
    assert_eq!(queue.current, Some(1));
    let played: Vec<i64> = queue.rows.iter().map(|row| row.track.id).collect();
    assert_eq!(played, [ids[4], ids[1], ids[2], ids[3]]);

    // The queue as it stands becomes a playlist.
    desktop.command(&PlayerCommand::Pause).unwrap();
    desktop.enqueue(&ids[..1], EnqueueAt::Last).unwrap();
    until(|| desktop.queue(0, 10).unwrap().rows.len() == 5);
    let queued = desktop
        .create_playlist("queue", &PlaylistSource::Queue, false)
        .unwrap();
    changes(1);
    let page = desktop.playlist(queued.id, 0, 10).unwrap();
    let kept: Vec<i64> = page.rows.iter().map(|row| row.track.id).collect();
    assert_eq!(kept, [&played[..], &ids[..1]].concat());
    refused(
        desktop.create_playlist("queue", &PlaylistSource::Queue, true),
        "source never changes",
    );
    desktop.close();
}

#[test]
fn a_living_mix_is_kept_by_its_whole_name() {
    let world = heard();
    world.live("Funk");
    let segue = &world.segue;
    let daily = PlaylistSource::Mix {
        id: "daily".into(),
        count: 5,
    };
    let kept = segue.create_playlist("mine", &daily, true).unwrap();
    let mix = MixKind::Daily { number: 1 };
    let origin = Some(PlaylistOrigin::Mix { mix });
    assert_eq!(kept.origin, origin);
    segue.refresh_playlist(kept.id).unwrap();
    // A mix that a later program knows no more breaks no list.
    let lost = serde_json::json!({"of": "mix", "id": "mood:polka", "count": 5});
    segue
        .library
        .create_playlist("lost", Some(&lost), &[], Timestamp::now())
        .unwrap();
    let rows = segue.playlists().unwrap().playlists;
    let origins = rows.into_iter().map(|row| (row.living, row.origin));
    assert!(origins.eq([(true, None), (true, origin)]));
}

#[test]
fn a_living_playlist_means_the_same_songs_once_a_folder_was_out_and_is_back() {
    let world = heard();
    let segue = &world.segue;
    let tracks = world.tracks();
    let title = &tracks[23].title;
    let album = segue.library.album_of(tracks[23].id).unwrap().unwrap();
    let station = |seed| PlaylistSource::Station {
        request: StationRequest {
            seeds: vec![seed],
            ..StationRequest::default()
        },
        count: 5,
    };
    let way = PlaylistSource::Path {
        from: tracks[23].id.0,
        to: tracks[0].id.0,
        count: 4,
    };
    let song = station(SeedRef::Track {
        id: tracks[23].id.0,
    });
    let whole = station(SeedRef::Album { id: album.0 });
    for (name, source) in [("1", &song), ("2", &whole), ("3", &way)] {
        segue.create_playlist(name, source, true).unwrap();
    }
    let seen = || -> Vec<(Option<PlaylistOrigin>, Vec<String>)> {
        let rows = segue.playlists().unwrap().playlists;
        let one = |row: crate::PlaylistRow| {
            segue.refresh_playlist(row.id).unwrap();
            let page = segue.playlist(row.id, 0, 10).unwrap();
            let titles = page.rows.into_iter().map(|row| row.track.title);
            (row.origin, titles.collect())
        };
        rows.into_iter().map(one).collect()
    };
    let before = seen();
    let title = title.clone();
    assert_eq!(before[0].0, Some(around(SeedName::Song { title })));
    segue.library.remove_root(&world.music()).unwrap();
    // Other music takes the numbers.
    let other = world.music().join("Slow Weather");
    segue.scan(&[other], &mut |_| true).unwrap();
    world.scan();
    assert_ne!(
        world.ids(),
        tracks.iter().map(|track| track.id.0).collect::<Vec<_>>()
    );
    assert_eq!(seen(), before);
}

#[test]
fn reasons_of_an_older_segue_are_shown_in_its_words() {
    let world = world();
    let segue = &world.segue;
    let told =
        json!([{"kind": "sound", "text": "sounds like “Salt”", "weight": 0.5, "term": null}]);
    let entry = NewEntry {
        subject: subject(&world.tracks()[0]),
        reasons: Some(told),
    };
    let id = segue
        .library
        .create_playlist("old", None, &[entry], Timestamp::now())
        .unwrap();
    let rows = segue.playlist(id.0, 0, 10).unwrap().rows;
    let text = "sounds like “Salt”".to_owned();
    assert_eq!(rows[0].reasons[0].because, Because::Told { text });
}
