//! What sounds, and what is told of it: joins, repeats, pauses, seeks, skips, restarts.

use super::*;

#[test]
fn tracks_join_without_a_gap_and_a_failure_costs_only_itself() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[3, 0, 4, 1]));
    assert_eq!(
        bench.pull(2000),
        [level(0.25, 1000), level(0.5, 300)].concat()
    );
    let told = bench.told();
    let expected = [
        "failed 3",
        "failed 4",
        "started 0",
        "ended 0 Finished",
        "started 1",
        "ended 1 Finished",
        "QueueEnded",
    ];
    assert_eq!(told, expected);
    assert_eq!(
        (bench.state().status, bench.current()),
        (Status::Stopped, None)
    );
    bench.send(EngineCommand::Append(pick(&items, &[2])));
    bench.send(EngineCommand::Play);
    bench.pull(10);
    assert_eq!(bench.told(), ["started 2"]);
}

#[test]
fn a_queue_of_failures_stops_however_it_repeats() {
    let (_folder, items) = shelf();
    for repeat in [Repeat::Off, Repeat::All, Repeat::One] {
        let mut bench = Bench::new();
        bench.send(EngineCommand::SetRepeat(repeat));
        bench.send(set(&items, &[3, 4, 3]));
        assert!(bench.pull(10).is_empty());
        assert_eq!(
            bench.told(),
            ["failed 3", "failed 4", "failed 3", "QueueEnded"],
            "{repeat:?}"
        );
    }
}

#[test]
fn a_last_file_that_fails_is_told_once() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[1, 3, 4]));
    assert_eq!(bench.pull(400), level(0.5, 300));
    let expected = [
        "failed 3",
        "failed 4",
        "started 1",
        "ended 1 Finished",
        "QueueEnded",
    ];
    assert_eq!(bench.told(), expected);
}

#[test]
fn repeating_goes_round_without_a_seam() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(EngineCommand::SetRepeat(Repeat::All));
    bench.send(set(&items, &[1, 3, 0]));
    let round = [level(0.5, 300), level(0.25, 1000)].concat();
    assert_eq!(bench.pull(2600), [round.clone(), round].concat());
    bench.send(EngineCommand::SetRepeat(Repeat::One));
    let sound = bench.pull(1200);
    assert_eq!(sound, level(0.5, 1200));
}

#[test]
fn an_edit_shortly_before_the_end_changes_what_follows_without_a_seam() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[0, 1]));
    bench.pull(900);
    // Here the second track is in the ring already.
    bench.send(EngineCommand::InsertNext(pick(&items, &[2])));
    let sound = bench.pull(5500);
    assert_eq!(sound[..100], level(0.25, 100));
    assert_eq!(sound[100..5100], level(0.75, 5000));
    assert_eq!(sound[5100..], level(0.5, 300));
    let mut bench = Bench::new();
    bench.send(set(&items, &[0, 1]));
    bench.pull(900);
    let second = bench.entry(1);
    bench.send(EngineCommand::Remove(second));
    assert_eq!(bench.pull(500), level(0.25, 100));
    assert_eq!(
        bench.told(),
        ["started 0", "ended 0 Finished", "QueueEnded"]
    );
}

#[test]
fn pauses_seeks_and_skips_are_faded_and_accounted_for() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[2, 0]));
    bench.pull(800);
    bench.send(EngineCommand::Pause);
    let tail = bench.pull(400);
    assert_eq!(tail.len(), FADE);
    assert!(tail.windows(2).all(|w| w[1][0] < w[0][0]));
    assert_eq!(bench.state().position_s, 840.0 / 8000.0);
    bench.send(EngineCommand::Toggle);
    assert!(bench.pull(160)[0][0] < 0.05, "fades in");
    bench.send(EngineCommand::Seek(0.5));
    assert_eq!(bench.state().position_s, 0.5);
    let sound = bench.pull(400);
    assert!(
        sound.windows(2).all(|w| (w[1][0] - w[0][0]).abs() < 0.03),
        "no click"
    );
    assert_eq!(bench.state().position_s, 0.5 + (400 - FADE) as f64 / 8000.0);
    bench.send(EngineCommand::Next);
    let sound = bench.pull(200);
    assert_eq!(
        sound[FADE..],
        level(0.25, 200 - FADE),
        "a track's own beginning is not faded"
    );
    let ended = bench
        .events
        .borrow()
        .iter()
        .find_map(|told| match &told.event {
            Event::Ended {
                listened_s,
                duration_s,
                how,
                from_s,
                ..
            } => Some((
                (listened_s * 8000.0).round() as usize,
                *duration_s,
                *how,
                *from_s,
            )),
            _ => None,
        });
    assert_eq!(
        ended,
        Some((1000 + 400 - FADE, Some(0.625), End::Skipped, 0.0))
    );
    assert_eq!(
        bench.told(),
        [
            "started 2",
            "paused",
            "resumed",
            "ended 2 Skipped",
            "started 0"
        ]
    );
}

#[test]
fn previous_restarts_or_goes_back() {
    let folder = tempfile::tempdir().unwrap();
    let long = synth(&folder, "long.wav", RATE_HZ, &level(0.5, 40_000));
    let mut bench = Bench::new();
    let items = vec![item(&long, 0), item(&long, 1)];
    bench.send(EngineCommand::SetQueue {
        items,
        start: 0,
        play: true,
        shuffle: None,
    });
    bench.pull(100);
    bench.send(EngineCommand::Next);
    bench.pull(25_000);
    bench.send(EngineCommand::Previous);
    assert_eq!((bench.current(), bench.state().position_s), (Some(1), 0.0));
    bench.pull(1000);
    bench.send(EngineCommand::Previous);
    assert_eq!((bench.current(), bench.state().position_s), (Some(0), 0.0));
    bench.send(EngineCommand::Previous);
    assert_eq!((bench.current(), bench.state().position_s), (Some(0), 0.0));
}

#[test]
fn skipping_while_paused_stays_silent_until_play() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[2, 0, 1]));
    bench.pull(100);
    bench.send(EngineCommand::Pause);
    bench.send(EngineCommand::Next);
    bench.send(EngineCommand::Next);
    assert!(bench.pull(300).len() <= FADE);
    assert_eq!(bench.told(), ["started 2", "paused", "ended 2 Skipped"]);
    bench.send(EngineCommand::Play);
    assert_eq!(bench.pull(400), level(0.5, 300));
    assert_eq!(
        bench.told(),
        ["started 1", "ended 1 Finished", "QueueEnded"]
    );
}

#[test]
fn a_restart_takes_up_where_it_left() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[0, 2, 1]));
    bench.send(EngineCommand::Next);
    bench.send(EngineCommand::SetVolume(0.5));
    bench.pull(800);
    let (state, queue) = (
        bench.state(),
        bench.transport.published().lock().unwrap().queue.clone(),
    );
    let (position_s, volume) = (state.position_s, state.volume);
    let saved = Saved {
        queue,
        position_s,
        volume,
    };
    let mut bench = Bench::new();
    bench.send(EngineCommand::Restore(Box::new(saved)));
    assert_eq!(
        bench.state(),
        EngineState {
            status: Status::Paused,
            duration_s: None,
            undo: None,
            path: None,
            ..state
        }
    );
    bench.send(EngineCommand::Play);
    let sound = bench.pull(4400);
    assert_eq!(sound.len(), 4400);
    assert_eq!(
        sound[100],
        [0.75 * 0.125; 2],
        "half the volume is an eighth of the amplitude"
    );
    assert_eq!(bench.told(), ["started 2", "ended 2 Finished", "started 1"]);
}

#[test]
fn stopping_forgets_the_place_and_keeps_the_entry() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[0, 2]));
    bench.send(EngineCommand::Next);
    bench.pull(500);
    bench.send(EngineCommand::Stop);
    bench.pull(100);
    assert_eq!(
        (
            bench.state().status,
            bench.state().position_s,
            bench.current()
        ),
        (Status::Stopped, 0.0, Some(2))
    );
    bench.send(EngineCommand::Play);
    bench.pull(100);
    bench.transport.close(bench.now);
    let expected = [
        "started 2",
        "ended 2 Stopped",
        "Stopped",
        "started 2",
        "ended 2 Stopped",
    ];
    assert_eq!(bench.told(), expected);
}
