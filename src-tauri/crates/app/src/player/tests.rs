//! The account of plays, what is kept, and undoing edits of the queue through the window's door.

use super::*;
use crate::dto::{QueueEditKind, SeedRef, StationRequest};
use crate::testing::{desktop, heard, until};

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
    let mut account = Account::new(Timestamp::UNIX_EPOCH, 10.0, false, false);
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
