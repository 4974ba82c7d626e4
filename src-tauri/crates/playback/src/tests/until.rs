//! Playing that ends by itself: after a song, when it is time to sleep, and never within a stretch that is played round.

use super::*;

fn playing(keys: &[usize]) -> (TempDir, Bench) {
    let (folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, keys));
    (folder, bench)
}

#[test]
fn it_stops_after_the_song_that_was_named_and_the_next_one_waits() {
    // Before the next one is joined, and after.
    for pulled in [100, 700, 990] {
        let (_folder, mut bench) = playing(&[0, 2, 1]);
        let mut sound = bench.pull(pulled);
        let first = bench.entry(0);
        bench.send(EngineCommand::StopAfter(Some(first)));
        assert_eq!(bench.state().stop_after, Some(first));
        sound.extend(bench.pull(3_000));
        // What was joined ahead may have to be cut out with a fade.
        assert!(sound.len().abs_diff(1_000) <= 2 * FADE, "{}", sound.len());
        assert_eq!(bench.told(), ["started 0", "ended 0 Finished", "Stopped"]);
        let state = bench.state();
        assert_eq!((state.status, state.stop_after), (Status::Stopped, None));
        assert_eq!(bench.current(), Some(2));
        bench.send(EngineCommand::Play);
        bench.pull(5_500);
        assert_eq!(bench.told()[..2], ["started 2", "ended 2 Finished"]);
    }
}

#[test]
fn it_may_stop_after_a_later_song_and_what_is_left_before_is_forgotten() {
    let (_folder, mut bench) = playing(&[0, 1, 2]);
    let second = bench.entry(1);
    bench.send(EngineCommand::StopAfter(Some(second)));
    assert_eq!(bench.pull(9_000).len(), 1_300);
    assert_eq!(bench.told().last().unwrap(), "Stopped");
    bench.send(EngineCommand::Jump(second));
    bench.send(EngineCommand::StopAfter(Some(second)));
    bench.send(EngineCommand::Next);
    assert_eq!(bench.state().stop_after, None);
    bench.send(EngineCommand::StopAfter(Some(second)));
    bench.send(EngineCommand::Remove(second));
    assert_eq!(bench.state().stop_after, None);
    // After the last one there is nothing to wait.
    let third = bench.entry(2);
    bench.send(EngineCommand::StopAfter(Some(third)));
    bench.pull(6_000);
    let told = bench.told();
    assert_eq!(told[told.len() - 2..], ["ended 2 Finished", "QueueEnded"]);
}

#[test]
fn it_becomes_quieter_and_pauses_when_it_is_time_to_sleep() {
    let folder = tempfile::tempdir().unwrap();
    let frames = level(0.5, 30 * RATE_HZ as usize);
    let item = item(&synth(&folder, "a.wav", RATE_HZ, &frames), 0);
    let mut bench = Bench::new();
    bench.send(set(&[item], &[0]));
    bench.send(EngineCommand::Sleep(Some(Duration::from_secs(22))));
    let sound = bench.pull(26 * RATE_HZ as usize);
    assert!(
        sound.len().abs_diff(22 * RATE_HZ as usize) < 200,
        "{}",
        sound.len()
    );
    assert!(
        sound[..RATE_HZ as usize]
            .iter()
            .all(|frame| frame[0] == 0.5)
    );
    let falls = sound[2 * RATE_HZ as usize..].chunks(RATE_HZ as usize);
    let falls: Vec<f32> = falls.map(|second| second[0][0]).collect();
    assert!(falls.is_sorted_by(|a, b| a > b), "{falls:?}");
    assert!(falls[10] < 0.1 && falls[19] < 1e-3, "{falls:?}");
    assert_eq!(bench.told(), ["started 0", "paused"]);
    assert_eq!(
        (bench.state().status, bench.state().sleeps_in_s),
        (Status::Paused, None)
    );
    bench.send(EngineCommand::Play);
    let sound = bench.pull(1_000);
    assert_eq!(sound[2 * FADE], [0.5; 2]);
    // Taken back, it is as loud as before.
    bench.send(EngineCommand::Sleep(Some(Duration::from_secs(4))));
    bench.pull(1_000);
    bench.send(EngineCommand::Sleep(None));
    let sound = bench.pull(2_000);
    assert!((sound[1_000][0] - 0.5).abs() < 1e-3);
}

#[test]
fn a_stretch_is_played_round_within_one_play_until_another_song_is_chosen() {
    let (_folder, mut bench) = playing(&[2, 1]);
    bench.send(EngineCommand::LoopStretch(Some([0.25, 0.5])));
    assert_eq!(bench.state().stretch, Some([0.25, 0.5]));
    bench.pull(3_000);
    for _ in 0..80 {
        bench.pull(200);
        let position_s = bench.state().position_s;
        assert!((0.25..0.53).contains(&position_s), "{position_s}");
    }
    assert_eq!(bench.told(), ["started 2"]);
    // One that reaches beyond the end goes round too.
    bench.send(EngineCommand::LoopStretch(Some([0.5, 9.0])));
    bench.pull(4_000);
    assert_eq!(bench.told(), [""; 0]);
    bench.send(EngineCommand::LoopStretch(Some([0.3, 0.3])));
    assert_eq!(bench.state().stretch, None);
    bench.send(EngineCommand::LoopStretch(Some([0.0, 0.2])));
    bench.send(EngineCommand::Next);
    assert_eq!(bench.state().stretch, None);
    bench.pull(1_000);
    let told = bench.told();
    assert_eq!(
        told,
        [
            "ended 2 Skipped",
            "started 1",
            "ended 1 Finished",
            "QueueEnded"
        ]
    );
}
