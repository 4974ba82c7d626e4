//! The account of plays, what is kept, and undoing edits of the queue through the window's door.

use std::path::Path;

use segue_core::{Because, EndReason, FileFault, ListenOutcome, Play, PlaySource};

use super::session::{PLACE, SESSION};
use super::*;
use crate::testing::{desktop, heard, until};
use crate::wire::{
    AppEvent, LoopStretch, Notice, PlayerStatus, QueueEditKind, QueueRow, QueueSource, SeedRef,
    StationRequest, StopAfter,
};
use crate::{AudioOutput, Desktop};

#[test]
fn an_undo_brings_back_the_queue_with_its_reasons_and_its_station() {
    let world = heard();
    let ids = world.ids();
    let request = StationRequest {
        seeds: vec![SeedRef::Track { id: ids[0] }],
        ..StationRequest::default()
    };
    let (_folder, desktop, _) = desktop(world);
    let rows = || desktop.queue(0, 1000).unwrap().rows;
    let entries = || rows().iter().map(|row| row.entry).collect::<Vec<_>>();
    let state = || desktop.player().unwrap();
    desktop.start_radio(&request).unwrap();
    until("the station has planned", || rows().len() > 10);
    until("it sounds", || state().position_s > 0.0);
    // What was counted of a song's plays may change.
    let placed = |row: &QueueRow| {
        let QueueRow {
            entry,
            track,
            source,
            reasons,
        } = row.clone();
        (entry, track.id, source, reasons)
    };
    let before = rows();
    let back = |what: &str| {
        until(what, || rows().len() >= before.len());
        let now = rows();
        assert!(
            now.iter()
                .map(placed)
                .take(before.len())
                .eq(before.iter().map(placed)),
            "{what}"
        );
        until("the station is back", || state().station.is_some());
        let state = state();
        assert_eq!(state.current.unwrap().entry, before[0].entry);
        assert_eq!(state.status, PlayerStatus::Playing);
        assert!(state.position_s > 0.0, "{what}");
    };
    let undo = |kind: QueueEditKind| {
        until("the edit is told", || {
            state().undo.is_some_and(|edit| edit.kind == kind)
        });
        desktop.command(&PlayerCommand::Undo).unwrap();
    };

    desktop.command(&PlayerCommand::Clear).unwrap();
    until("it is cleared", || rows().is_empty());
    assert!(state().station.is_none());
    undo(QueueEditKind::Cleared);
    back("cleared and back");

    // Another list in its place, and, before either is undone, one more.
    desktop.play_tracks(&ids[3..6], PlaySource::Queue).unwrap();
    until("it is replaced", || rows().len() == 3);
    let second = entries();
    desktop.play_tracks(&ids[6..8], PlaySource::Queue).unwrap();
    until("it is replaced again", || rows().len() == 2);
    undo(QueueEditKind::Replaced);
    until("the one before is back", || entries() == second);
    undo(QueueEditKind::Replaced);
    back("replaced and back");
    desktop.command(&PlayerCommand::Redo).unwrap();
    until("it is replaced anew", || entries() == second);
    until("its station is not there", || state().station.is_none());

    let entry = second[1];
    desktop.command(&PlayerCommand::Remove { entry }).unwrap();
    until("it is out", || rows().len() == 2);
    undo(QueueEditKind::Removed);
    until("it is in", || entries() == second);
    desktop
        .command(&PlayerCommand::Move { entry, index: 0 })
        .unwrap();
    until("it is moved", || entries()[0] == entry);
    undo(QueueEditKind::Moved);
    until("it is where it was", || entries() == second);
    desktop.close();
}

#[test]
fn it_plays_on_until_what_the_listener_named() {
    let world = heard();
    let ids = world.ids();
    let (_folder, desktop, _) = desktop(world);
    desktop.play_tracks(&ids[..6], PlaySource::Queue).unwrap();
    let rows = desktop.queue(0, 10).unwrap().rows;
    let state = || desktop.player().unwrap();
    let stop_after = |what: Option<StopAfter>| {
        let command = PlayerCommand::StopAfter { what };
        desktop.command(&command).unwrap();
        state().stop_after
    };
    assert_eq!(
        stop_after(Some(StopAfter::Song)),
        Some(StopAfter::Song),
        "{rows:?}"
    );
    let goes_on = rows[0].track.album.is_some() && rows[1].track.album == rows[0].track.album;
    let expected = match goes_on {
        true => StopAfter::Album,
        false => StopAfter::Song,
    };
    assert_eq!(stop_after(Some(StopAfter::Album)), Some(expected));
    assert_eq!(stop_after(None), None);

    let sleep = |minutes: Option<f64>| {
        desktop.command(&PlayerCommand::Sleep { minutes }).unwrap();
        state().sleeps_in_s
    };
    assert!(sleep(Some(30.0)).is_some_and(|left_s| (1700.0..=1800.0).contains(&left_s)));
    assert_eq!((sleep(Some(-1.0)), sleep(None)), (None, None));

    let stretch = LoopStretch {
        from_s: 0.1,
        to_s: 0.4,
    };
    let command = PlayerCommand::Loop {
        stretch: Some(stretch),
    };
    desktop.command(&command).unwrap();
    assert_eq!(state().stretch, Some(stretch));
    desktop.command(&PlayerCommand::Next).unwrap();
    assert_eq!(state().stretch, None);
    desktop.close();
}

#[test]
fn a_killed_player_comes_back_where_it_was_and_writes_its_queue_only_when_that_changed() {
    let world = heard();
    let ids = world.ids();
    let data = world.folder.path().join("data");
    let (_folder, first, _) = desktop(world);
    first.play_tracks(&ids[..3], PlaySource::Queue).unwrap();
    let library = Segue::open(Some(&data)).unwrap().library;
    let kept = |key: &str| library.setting(key).unwrap();
    until("the queue is kept", || kept(SESSION).is_some());
    let queue = (kept(SESSION), library.kept_queue().unwrap());
    let second = first.queue(0, 3).unwrap().rows[1].entry;
    first.command(&PlayerCommand::Next).unwrap();
    first
        .command(&PlayerCommand::Seek { position_s: 20.0 })
        .unwrap();
    first
        .command(&PlayerCommand::Volume { volume: 0.5 })
        .unwrap();
    let position_s = || kept(PLACE).and_then(|place| place["position_s"].as_f64());
    until("the place is kept", || {
        position_s().is_some_and(|position_s| position_s > 19.0)
    });
    let now = (kept(SESSION), library.kept_queue().unwrap());
    assert_eq!(now, queue, "it did not change");

    // The first is not closed: it was killed.
    let again =
        Desktop::open(Segue::open(Some(&data)).unwrap(), AudioOutput::Null, |_| ()).unwrap();
    until("it is back", || again.player().unwrap().current.is_some());
    let state = again.player().unwrap();
    assert_eq!(state.current.unwrap().entry, second);
    assert!(state.position_s > 19.0);
    assert_eq!((state.status, state.volume), (PlayerStatus::Paused, 0.5));
    assert_eq!(again.queue(0, 9).unwrap().total, 3);
    again.close();
    first.close();
}

#[test]
fn a_queue_that_was_kept_before_it_had_a_table_is_taken_up() {
    let world = heard();
    let tracks = world.tracks();
    let reason =
        serde_json::json!({"kind": "sound", "text": "sounds alike", "weight": 0.5, "term": null});
    let item = |key: u64, path: &Path| serde_json::json!({"path": path, "key": key, "audio": null});
    let gone = Path::new("/nowhere/gone.flac");
    let entries = [
        (7, item(3, &tracks[0].path)),
        (9, item(4, gone)),
        (8, item(5, &tracks[1].path)),
    ]
    .map(|(entry, item)| serde_json::json!({"entry": entry, "item": item}));
    let queue = serde_json::json!({
        "version": 1, "entries": entries, "unshuffled": [7, 8, 9], "shuffle_seed": 5, "cursor": 1, "history": [7],
        "repeat": "all", "next_entry": 10, "revision": 4,
    });
    let kept = serde_json::json!({
        "engine": {"version": 1, "queue": queue, "position_s": 2.0, "volume": 0.25},
        "placements": [
            [3, {"track": tracks[0].id, "source": "mix", "reasons": [reason], "from": {"list": "mix", "kind": "discover"}, "place": 0}],
            [4, {"track": 999, "source": "queue"}],
            [5, {"track": tracks[1].id, "source": "album"}],
        ],
        "station": {"of": "another version"}, "guest": true,
    });
    let library = &world.segue.library;
    library.put_setting(SESSION, &kept).unwrap();
    let (folder, first, _) = desktop(world);
    let check = |desktop: &Desktop| {
        let state = desktop.player().unwrap();
        assert_eq!((state.volume, state.guest), (0.25, true));
        assert!(state.shuffle && state.station.is_none());
        let page = desktop.queue(0, 9).unwrap();
        let shown = page.rows.iter().map(|row| {
            (
                row.entry,
                row.track.title.as_str(),
                row.source,
                row.reasons.iter().map(|row| &row.because).collect(),
            )
        });
        // It was kept by a Segue that kept sentences.
        let told = Because::Told {
            text: "sounds alike".into(),
        };
        let (one, two) = (tracks[0].title.as_str(), tracks[1].title.as_str());
        let expected = [
            (7, one, QueueSource::Mix, vec![&told]),
            (9, "gone", QueueSource::Queue, vec![]),
            (8, two, QueueSource::Album, vec![]),
        ];
        assert!(shown.eq(expected), "{:?}", page.rows);
        assert_eq!(page.current, Some(1));
        assert_eq!(state.current.unwrap().entry, 9);
    };
    check(&first);
    first.close();
    // By now it lies in the table, and that says the same.
    let data = folder.path().join("data");
    let again =
        Desktop::open(Segue::open(Some(&data)).unwrap(), AudioOutput::Null, |_| ()).unwrap();
    check(&again);
    again
        .command(&PlayerCommand::Shuffle { on: false })
        .unwrap();
    let entries = |desktop: &Desktop| {
        let rows = desktop.queue(0, 9).unwrap().rows;
        rows.iter().map(|row| row.entry).collect::<Vec<_>>()
    };
    assert_eq!(entries(&again), [7, 8, 9]);
    again.close();
}

#[test]
fn a_queue_follows_its_songs_to_other_paths() {
    let world = heard();
    let (ids, music) = (world.ids(), world.music());
    let (folder, first, _) = desktop(world);
    first.play_tracks(&ids[..2], PlaySource::Queue).unwrap();
    first.close();
    let old = first.queue(0, 2);
    assert!(old.is_err(), "it has ended");
    let data = folder.path().join("data");
    let segue = Segue::open(Some(&data)).unwrap();
    let path = segue.library.track(TrackId(ids[0])).unwrap().unwrap().path;
    let moved = music.join("moved to another place.wav");
    std::fs::rename(&path, &moved).unwrap();
    segue.library.scan(&[], &mut |_| true).unwrap();
    let again = Desktop::open(segue, AudioOutput::Null, |_| ()).unwrap();
    let rows = again.queue(0, 2).unwrap().rows;
    assert_eq!(rows[0].track.path, moved.to_string_lossy());
    again.command(&PlayerCommand::Play).unwrap();
    until("it sounds", || again.player().unwrap().position_s > 0.0);
    assert_eq!(
        again.player().unwrap().current.unwrap().entry,
        rows[0].entry
    );
    again.close();
}

#[test]
fn the_log_says_what_happened() {
    let world = heard();
    let ids = world.ids();
    let data = world.folder.path().join("data");
    let (_folder, desktop, _) = desktop(world);
    let library = Segue::open(Some(&data)).unwrap().library;
    let plays = || library.plays().unwrap();
    let position_s = || desktop.player().unwrap().position_s;
    let current = || desktop.player().unwrap().current.unwrap().track.id;
    let sounds = |id: i64| {
        until("it sounds", || current() == id && position_s() > 0.05);
    };
    let left = |play: &Play| play.context.end_reason;

    // A second *next* while the first is still being logged.
    desktop.play_tracks(&ids[..6], PlaySource::Album).unwrap();
    sounds(ids[0]);
    desktop.command(&PlayerCommand::Next).unwrap();
    sounds(ids[1]);
    desktop.command(&PlayerCommand::Next).unwrap();
    sounds(ids[2]);
    until("both are logged", || plays().len() == 2);
    for play in plays() {
        assert_eq!((left(&play), play.skipped), (Some(EndReason::Next), true));
        assert_eq!(play.outcome(), ListenOutcome::Glimpsed);
    }

    // Muted in the middle, and liked in the middle: one play of one song.
    let volume = |volume: f32| {
        desktop.command(&PlayerCommand::Volume { volume }).unwrap();
        let from_s = position_s();
        until("it plays on", || position_s() > from_s + 0.3);
    };
    volume(1.0);
    volume(0.0);
    desktop.rate(ids[2], Some(crate::Rating::Like)).unwrap();
    volume(0.5);
    desktop
        .command(&PlayerCommand::Jump {
            entry: desktop.queue(5, 1).unwrap().rows[0].entry,
        })
        .unwrap();
    until("it is logged", || plays().len() == 3);
    let play = plays().remove(2);
    let silent_s = play.context.silent_s.unwrap();
    assert!((0.2..3.0).contains(&silent_s), "{silent_s}");
    assert!(play.listened_s > 0.5, "{}", play.listened_s);
    assert_eq!(left(&play), Some(EndReason::Chosen));

    // Paused, and ended with the program.
    sounds(ids[5]);
    desktop.command(&PlayerCommand::Pause).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    desktop.close();
    let play = plays().remove(3);
    assert_eq!(left(&play), Some(EndReason::Quit));
    assert!(play.context.paused_s.unwrap() > 0.2);
}

#[test]
fn a_play_outlives_its_track() {
    let world = heard();
    let (ids, music) = (world.ids(), world.music());
    let (_folder, desktop, _) = desktop(world);
    let plays = || desktop.taste().unwrap().plays;
    let sounds = || desktop.player().unwrap().position_s > 0.0;
    desktop.play_tracks(&ids[..2], PlaySource::Queue).unwrap();
    until("it sounds", sounds);
    desktop.remove_folder(&music).unwrap();
    desktop.command(&PlayerCommand::Next).unwrap();
    until("the play is logged", || plays() == 1);
    // This one had left before it began.
    until("the next sounds", sounds);
    desktop.command(&PlayerCommand::Next).unwrap();
    until("it is logged too", || plays() == 2);
    desktop.close();
}

#[test]
fn a_queue_kept_as_a_playlist_names_songs_that_have_left_the_library() {
    let world = heard();
    let (ids, music) = (world.ids(), world.music());
    let names: Vec<String> = (world.tracks().iter().take(3))
        .map(|track| track.title.clone())
        .collect();
    let artists: Vec<String> = (world.tracks().iter().take(3))
        .map(|track| track.artists[0].clone())
        .collect();
    let (_folder, desktop, _) = desktop(world);
    desktop.play_tracks(&ids[..3], PlaySource::Queue).unwrap();
    desktop.remove_folder(&music).unwrap();
    let source = crate::PlaylistSource::Queue;
    let kept = desktop.create_playlist("kept", &source, false).unwrap();
    let library = &desktop.segue.library;
    let id = segue_library::PlaylistId(kept.id);
    let (_, entries) = library.playlist_page(id, 0, 9).unwrap().unwrap();
    let subjects = entries.into_iter().map(|entry| entry.subject);
    let (titles, told): (Vec<_>, Vec<_>) = subjects
        .map(|subject| (subject.title.unwrap(), subject.artist.unwrap()))
        .unzip();
    assert_eq!((titles, told), (names, artists));
    desktop.close();
}

#[test]
fn what_is_missing_of_a_song_is_told_when_it_begins() {
    let world = crate::testing::world();
    let plain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../decode/tests_data/aac.m4a");
    let mut bytes = std::fs::read(plain).unwrap();
    // The configuration of a plain AAC, then of the same sound announced as the core of HE-AAC (object type 5).
    let config = [0x12, 0x10, 0x56, 0xe5, 0x00];
    let at = bytes.windows(5).position(|five| five == config).unwrap();
    bytes[at..at + 5].copy_from_slice(&[0x2a, 0x10, 0x88, 0, 0]);
    std::fs::write(world.music().join("he.m4a"), &bytes).unwrap();
    world.scan();
    let tracks = world.tracks();
    let he_aac = tracks.iter().find(|track| track.path.ends_with("he.m4a"));
    let id = he_aac.unwrap().id.0;
    let (_folder, desktop, told) = desktop(world);
    desktop.play_tracks(&[id], PlaySource::Album).unwrap();
    until("it is told", || {
        told.lock().unwrap().iter().any(|event| {
            matches!(event, AppEvent::Notice {
                notice: Notice::FileIncomplete { name, why: FileFault::HeAac { .. } },
            } if name == "he.m4a")
        })
    });
}
