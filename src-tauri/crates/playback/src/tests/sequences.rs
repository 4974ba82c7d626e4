//! Whatever is asked, in whatever order: the grammar and the account hold, and an undo brings back what played.

use super::*;

/// The third track plays in a queue of three, then the queue is edited: an undo brings it back, and so much of the third
/// track sounds on from its place.
fn check_undo(edit: impl FnOnce(&mut Bench, &[Arc<MediaItem>]), paused: bool, expected: Status) {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[0, 2, 1]));
    bench.send(EngineCommand::Next);
    bench.pull(800);
    if paused {
        bench.send(EngineCommand::Pause);
        bench.pull(100);
    }
    let place_s = bench.state().position_s;
    edit(&mut bench, &items);
    bench.pull(200);
    bench.send(EngineCommand::Undo);
    let state = bench.state();
    assert_eq!((state.status, bench.current()), (expected, Some(2)));
    assert_eq!(state.position_s, place_s);
    assert_eq!(state.queue_len, 3);
    let left = 5000 - (place_s * 8000.0).round() as usize;
    bench.send(EngineCommand::Play);
    let sound = bench.pull(6000);
    let third: Vec<&StereoFrame> = sound[FADE..].iter().skip_while(|f| f[0] != 0.75).collect();
    let third = third.iter().take_while(|f| f[0] == 0.75).count();
    assert!(left - third <= 2 * FADE, "{third} of {left}");
    assert_eq!(bench.told().last().unwrap(), "QueueEnded");
}

#[test]
fn an_undo_brings_back_what_played_at_its_place() {
    use Status::{Paused, Playing};
    let clear = |bench: &mut Bench, _: &[Arc<MediaItem>]| bench.send(EngineCommand::Clear);
    check_undo(clear, false, Playing);
    check_undo(clear, true, Paused);
    let replace = |bench: &mut Bench, items: &[Arc<MediaItem>]| bench.send(set(items, &[1, 0]));
    check_undo(replace, false, Playing);
    check_undo(replace, true, Paused);
    let remove = |bench: &mut Bench, _: &[Arc<MediaItem>]| {
        let current = bench.entry(2);
        bench.send(EngineCommand::Remove(current));
    };
    check_undo(remove, false, Playing);
    let hold = |bench: &mut Bench, items: &[Arc<MediaItem>]| {
        bench.send(set(items, &[1, 0]));
        bench.send(EngineCommand::Pause);
    };
    check_undo(hold, false, Paused);
}

#[derive(Clone, Debug)]
enum Step {
    Send(EngineCommand),
    /// Commands on the entry at a place.
    Jump(usize),
    Remove(usize),
    Move(usize, usize),
    Pull(usize),
    Lose,
    /// Stops after the entry at a place.
    StopAfter(usize),
    /// The loader brings so many.
    Bring(usize),
}

fn step(items: Vec<Arc<MediaItem>>) -> impl Strategy<Value = Step> {
    let some = prop::collection::vec(prop::sample::select(items), 0..5).boxed();
    let repeat = prop::sample::select(vec![Repeat::Off, Repeat::All, Repeat::One]);
    let plain = vec![
        EngineCommand::Play,
        EngineCommand::Pause,
        EngineCommand::Toggle,
        EngineCommand::Stop,
        EngineCommand::Next,
        EngineCommand::Next,
        EngineCommand::Previous,
        EngineCommand::Previous,
        EngineCommand::Undo,
        EngineCommand::Undo,
        EngineCommand::Redo,
        EngineCommand::Clear,
        EngineCommand::KeepCurrent,
        EngineCommand::SetShuffle(Some(5)),
        EngineCommand::SetShuffle(None),
    ];
    prop_oneof![
        6 => prop::sample::select(plain).prop_map(Step::Send),
        8 => (1..1500_usize).prop_map(Step::Pull),
        2 => (-1.0..1.0_f64).prop_map(|to_s| Step::Send(EngineCommand::Seek(to_s))),
        2 => (some.clone(), 0..5_usize, any::<bool>())
            .prop_map(|(items, start, play)| Step::Send(EngineCommand::SetQueue { items, start, play, shuffle: None })),
        2 => some.clone().prop_map(|items| Step::Send(EngineCommand::Append(items))),
        1 => some.clone().prop_map(|items| Step::Send(EngineCommand::Extend(items))),
        2 => some.prop_map(|items| Step::Send(EngineCommand::InsertNext(items))),
        1 => repeat.prop_map(|repeat| Step::Send(EngineCommand::SetRepeat(repeat))),
        2 => (0..8_usize).prop_map(Step::Jump),
        2 => (0..8_usize).prop_map(Step::Remove),
        1 => (0..8_usize, 0..8_usize).prop_map(|(from, to)| Step::Move(from, to)),
        1 => (0..8_usize).prop_map(Step::StopAfter),
        1 => (1..900_u64).prop_map(|ms| Step::Send(EngineCommand::Sleep(Some(Duration::from_millis(ms))))),
        1 => (0.0..0.5_f64, 0.0..0.5_f64)
            .prop_map(|(from_s, length_s)| Step::Send(EngineCommand::LoopStretch(Some([from_s, from_s + length_s])))),
        1 => Just(Step::Send(EngineCommand::LoopStretch(None))),
        1 => Just(Step::Lose),
        6 => (1..3_usize).prop_map(Step::Bring),
    ]
}

#[test]
fn any_sequence_of_commands_keeps_to_the_grammar_and_the_account() {
    let (folder, mut items) = shelf();
    let blip = synth(&folder, "blip.wav", RATE_HZ, &level(0.5, 3));
    items.push(item(&blip, 5));
    // About 10,000 commands; more with `PROPTEST_CASES`.
    let usual = ProptestConfig::default();
    let config = ProptestConfig {
        cases: usual.cases.max(400),
        failure_persistence: None,
        ..usual
    };
    proptest!(config, |(steps in prop::collection::vec(step(items.clone()), 1..50), waits: bool, fades: bool)| {
        let slow = Slow::default();
        slow.brings.set(if waits { 0 } else { usize::MAX });
        let mut bench = Bench::with(Box::new(slow.clone()), RATE_HZ);
        if fades {
            bench.send(EngineCommand::SetCrossfade(Crossfade::Fixed { seconds: 0.5 }));
        }
        let most = if fades { 2 } else { 1 };
        let mut grammar = Grammar::default();
        let mut pulled = 0;
        let interruptions = steps.len();
        bench.send(set(&items, &[0, 1, 2]));
        for step in steps {
            let published = bench.transport.published();
            let queue = Arc::clone(&published.lock().unwrap().queue);
            let entry = |at: usize| queue.entries.get(at).map_or(EntryId(u64::MAX), |e| e.entry);
            match step {
                Step::Send(command) => bench.send(command),
                Step::Jump(at) => bench.send(EngineCommand::Jump(entry(at))),
                Step::Remove(at) => bench.send(EngineCommand::Remove(entry(at))),
                Step::StopAfter(at) => bench.send(EngineCommand::StopAfter(Some(entry(at)))),
                Step::Move(from, to) => bench.send(EngineCommand::Move(entry(from), to)),
                Step::Pull(count) => pulled += bench.pull(count).len(),
                Step::Bring(count) => bench.bring(&slow, count),
                Step::Lose => bench.transport.device_news(0, DeviceNews::Lost("gone".to_owned()), bench.now),
            }
            for told in bench.events() {
                grammar.check(&told);
                prop_assert!(grammar.plays.len() <= most);
            }
            let state = bench.state();
            let queue = Arc::clone(&published.lock().unwrap().queue);
            prop_assert_eq!(state.current.as_ref(), queue.current());
            prop_assert_eq!(state.queue_revision, queue.revision);
            prop_assert!(state.position_s >= 0.0 && state.position_s.is_finite());
            if let (Some(play), true) = (grammar.plays.last(), state.status != Status::Stopped) {
                prop_assert_eq!(Some(play.entry), state.current.map(|e| e.entry));
                prop_assert_eq!(play.paused, state.status == Status::Paused);
            }
        }
        bench.transport.close(bench.now);
        for told in bench.events() {
                grammar.check(&told);
                prop_assert!(grammar.plays.len() <= most);
            }
        prop_assert!(grammar.plays.is_empty());
        // What sounded is what was listened to, but for the fades after interruptions.
        let listened = (grammar.listened_s * f64::from(RATE_HZ)).round() as usize;
        // Where songs overlap, both are.
        prop_assert!(listened <= most * pulled, "{} of {}", listened, pulled);
        prop_assert!(pulled.saturating_sub(listened) <= interruptions * FADE, "{} of {}", listened, pulled);
    });
}
