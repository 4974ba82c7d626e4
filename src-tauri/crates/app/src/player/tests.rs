//! The account of plays, what is kept, and undoing edits of the queue through the window's door.

use super::*;
use crate::dto::{QueueEditKind, SeedRef, StationRequest};
use crate::testing::{desktop, heard, until};
use crate::{Desktop, Output};

#[test]
fn a_station_of_another_version_does_not_cost_the_queue() {
    let queue = serde_json::json!({
        "version": 1, "entries": [], "unshuffled": null, "shuffle_seed": null, "cursor": 0, "history": [],
        "repeat": Repeat::Off, "next_entry": 1, "revision": 1,
    });
    let kept = |station: serde_json::Value| {
        let engine =
            serde_json::json!({"version": 1, "queue": queue, "position_s": 0.0, "volume": 1.0});
        let kept = serde_json::json!({"engine": engine, "placements": [], "station": station});
        serde_json::from_value::<Kept>(kept).unwrap().station
    };
    assert!(kept(serde_json::json!({"seeds": [], "number": 7})).is_none());
    assert!(kept(serde_json::Value::Null).is_none());
    let request = crate::dto::StationRequest::default();
    let shown = serde_json::json!({"name": "x", "seeds": [], "less": [], "discovery": 0.5});
    let from = PlayedFrom::Station {
        seeds: Vec::new(),
        name: None,
    };
    let today = serde_json::json!({"request": request, "shown": shown, "from": from, "number": 7});
    assert!(kept(today).is_some());
}

#[test]
fn pauses_and_silence_are_told_apart() {
    let mut account = Account::new(
        Timestamp::UNIX_EPOCH,
        10.0,
        false,
        false,
        PlaySubject::default(),
    );
    account.note(20.0, false, true);
    account.note(25.0, true, true);
    account.note(125.0, false, true);
    account.note(128.0, false, false);
    account.note(130.0, false, false);
    // A clock that stands still, or seems to go back, adds nothing.
    account.note(129.0, true, true);
    assert_eq!((account.silent_s, account.paused_s), (8.0, 100.0));
}

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
    desktop.play_tracks(&ids[3..6], "queue").unwrap();
    until("it is replaced", || rows().len() == 3);
    let second = entries();
    desktop.play_tracks(&ids[6..8], "queue").unwrap();
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
fn a_killed_player_comes_back_where_it_was_and_writes_its_queue_only_when_that_changed() {
    let world = heard();
    let ids = world.ids();
    let data = world.folder.path().join("data");
    let (_folder, first, _) = desktop(world);
    first.play_tracks(&ids[..3], "queue").unwrap();
    let library = Segue::open(Some(&data)).unwrap().library;
    let kept = |key: &str| library.setting(key).unwrap();
    until("the queue is kept", || kept(KEPT).is_some());
    let queue = kept(KEPT);
    let second = first.queue(0, 3).unwrap().rows[1].entry;
    first.command(&PlayerCommand::Next).unwrap();
    first
        .command(&PlayerCommand::Seek { position_s: 20.0 })
        .unwrap();
    first
        .command(&PlayerCommand::Volume { volume: 0.5 })
        .unwrap();
    let position_s = || kept(KEPT_PLACE).and_then(|place| place["position_s"].as_f64());
    until("the place is kept", || {
        position_s().is_some_and(|position_s| position_s > 19.0)
    });
    assert_eq!(kept(KEPT), queue, "it did not change");

    // The first is not closed: it was killed.
    let again = Desktop::open(Segue::open(Some(&data)).unwrap(), Output::Null, |_| ()).unwrap();
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
fn a_place_of_another_queue_is_none() {
    let place = |entry: Option<u64>, next_entry: u64| KeptPlace {
        entry: entry.map(EntryId),
        position_s: 5.0,
        volume: 0.3,
        history: vec![EntryId(7)],
        next_entry,
    };
    let queue = serde_json::json!({
        "version": 1, "unshuffled": null, "shuffle_seed": null, "cursor": 0, "history": [],
        "entries": [{"entry": 7, "item": {"path": "a", "key": 1, "audio": null}}],
        "repeat": Repeat::Off, "next_entry": 8, "revision": 1,
    });
    let saved = serde_json::json!({"version": 1, "queue": queue, "position_s": 1.0, "volume": 1.0});
    for (place, expected) in [
        (place(Some(7), 8), (0, 5.0, 0.3)),
        (place(None, 8), (1, 5.0, 0.3)),
        (place(Some(6), 8), (0, 1.0, 1.0)),
        (place(Some(7), 9), (0, 1.0, 1.0)),
    ] {
        let mut kept: Saved = serde_json::from_value(saved.clone()).unwrap();
        place.apply(&mut kept);
        assert_eq!((kept.queue.cursor, kept.position_s, kept.volume), expected);
    }
}

#[test]
fn a_play_outlives_its_track() {
    let world = heard();
    let (ids, music) = (world.ids(), world.music());
    let (_folder, desktop, _) = desktop(world);
    let plays = || desktop.taste().unwrap().plays;
    let sounds = || desktop.player().unwrap().position_s > 0.0;
    desktop.play_tracks(&ids[..2], "queue").unwrap();
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
    desktop.play_tracks(&[id], "album").unwrap();
    until("it is told", || {
        told.lock().unwrap().iter().any(|event| {
            matches!(event, AppEvent::Notice { message }
                if message.starts_with("Of “he.m4a”: it is HE-AAC"))
        })
    });
}
