//! What is asked for and what is told of it: causes, answers, instants, and sound that comes too late.

use super::*;

#[test]
fn what_ended_a_play_is_told_with_it_however_late_it_is_heard() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[2, 2, 2, 1]));
    let ask = |bench: &mut Bench, command: EngineCommand, cause: EndReason| {
        bench.ask(command, Some(cause));
        bench.pull(100);
    };
    bench.pull(100);
    ask(&mut bench, EngineCommand::Next, EndReason::Next);
    ask(&mut bench, EngineCommand::Next, EndReason::Next);
    let first = bench.entry(2);
    ask(&mut bench, EngineCommand::Jump(first), EndReason::Chosen);
    ask(&mut bench, EngineCommand::Remove(first), EndReason::Removed);
    ask(&mut bench, EngineCommand::Next, EndReason::Next);
    ask(&mut bench, EngineCommand::Next, EndReason::Next);
    ask(&mut bench, EngineCommand::Next, EndReason::Next);
    let causes: Vec<Option<EndReason>> = bench
        .events()
        .into_iter()
        .filter_map(|told| match told.event {
            Event::Ended { cause, .. } => Some(cause),
            _ => None,
        })
        .collect();
    let expected = [
        EndReason::Next,
        EndReason::Next,
        EndReason::Chosen,
        EndReason::Removed,
        EndReason::Next,
        EndReason::Next,
        EndReason::ListEnded,
    ];
    assert_eq!(causes, expected.map(Some));
}

#[test]
fn each_command_is_answered_by_the_state_it_made() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    let mut answer = |command: EngineCommand| {
        let Answer { state, queue } = bench.ask(command, None);
        let (status, volume) = (state.status, state.volume);
        assert_eq!(state.queue_revision, queue.revision);
        assert_eq!(state.current.as_ref(), queue.current());
        (status, volume, queue.entries.len())
    };
    assert_eq!(answer(set(&items, &[2])), (Status::Playing, 1.0, 1));
    assert_eq!(
        answer(EngineCommand::SetVolume(0.0)),
        (Status::Playing, 0.0, 1)
    );
    assert_eq!(answer(EngineCommand::Pause), (Status::Paused, 0.0, 1));
    let more = EngineCommand::Append(pick(&items, &[0, 1]));
    assert_eq!(answer(more), (Status::Paused, 0.0, 3));
    assert_eq!(answer(EngineCommand::Seek(0.1)), (Status::Paused, 0.0, 3));
    assert_eq!(
        answer(EngineCommand::SetVolume(0.5)),
        (Status::Paused, 0.5, 3)
    );
    assert_eq!(answer(EngineCommand::Clear), (Status::Stopped, 0.5, 0));
}

#[test]
fn an_answer_comes_once_and_after_the_events_of_its_command() {
    let live = Live::start();
    let (_folder, items) = shelf();
    for expected in 1..20 {
        let append = EngineCommand::Append(pick(&items, &[0]));
        let answer = live.engine.send(append).wait().unwrap();
        assert_eq!(answer.queue.entries.len(), expected);
        let told: Vec<Event> = live.events.try_iter().map(|told| told.event).collect();
        assert!(
            matches!(
                told[..],
                [Event::QueueChanged { .. }, Event::StateChanged { .. }]
            ),
            "{told:?}"
        );
    }
}

#[test]
fn who_asks_on_the_engines_own_thread_is_not_kept_waiting() {
    let (give, given) = crossbeam_channel::bounded::<Pending>(1);
    let (tell, told) = unbounded();
    let engine = Engine::start(
        OutputKind::Null,
        |_| TrackProfile::default(),
        move |told| {
            if matches!(told.event, Event::QueueChanged { .. }) {
                let pending = given.recv().unwrap();
                tell.send(pending.wait().is_none()).unwrap();
            }
        },
    )
    .unwrap();
    let (_folder, items) = shelf();
    let append = engine.send(EngineCommand::Append(pick(&items, &[0])));
    give.send(engine.send(EngineCommand::SetVolume(0.5)))
        .unwrap();
    assert!(told.recv_timeout(Duration::from_secs(5)).unwrap());
    assert_eq!(append.wait().unwrap().queue.entries.len(), 1);
    // What was asked there is done all the same.
    assert_eq!(
        engine
            .send(EngineCommand::Pause)
            .wait()
            .unwrap()
            .state
            .volume,
        0.5
    );
}

#[test]
fn sound_that_comes_too_late_is_counted_and_silence_that_is_meant_is_not() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[2, 1]));
    bench.pull(300);
    bench.send(EngineCommand::Seek(0.1));
    bench.pull(300);
    bench.send(EngineCommand::Pause);
    bench.pull(300);
    bench.send(EngineCommand::Play);
    bench.pull(300);
    assert_eq!(bench.state().underruns, 0);
    // The engine is kept from feeding for a while, twice.
    for expected in [1, 2] {
        for _ in 0..20 {
            let mut out = vec![[0.0; 2]; 97];
            bench.take(&mut out);
        }
        bench.pull(200);
        assert_eq!(bench.state().underruns, expected);
    }
    bench.pull(6_000);
    assert_eq!(bench.state().status, Status::Stopped);
    assert_eq!(bench.state().underruns, 2, "the queue's end is no underrun");
    bench.send(EngineCommand::Play);
    bench.pull(100);
    bench
        .transport
        .device_news(0, DeviceNews::Underrun, bench.now);
    bench.pull(100);
    assert_eq!(bench.state().underruns, 3, "the card's own");
}

/// The events of plays, in frames after `begin`.
fn moments(bench: &Bench, begin: Instant) -> Vec<(String, i64)> {
    let frames = |at: Instant| {
        let later = at.saturating_duration_since(begin).as_secs_f64();
        let earlier = begin.saturating_duration_since(at).as_secs_f64();
        ((later - earlier) * f64::from(RATE_HZ)).round() as i64
    };
    let brief = |told: TimedEvent| {
        let name = match told.event {
            Event::Started { item, .. } => format!("started {}", item.key),
            Event::Ended { item, .. } => format!("ended {}", item.key),
            Event::Paused { .. } => "paused".to_owned(),
            Event::Resumed { .. } => "resumed".to_owned(),
            Event::QueueEnded => "the queue ended".to_owned(),
            _ => return None,
        };
        Some((name, frames(told.at)))
    };
    bench.events().into_iter().filter_map(brief).collect()
}

fn check_moments(bench: &Bench, begin: Instant, expected: &[(&str, i64)]) {
    let expected: Vec<(String, i64)> = (expected.iter())
        .map(|(name, at)| ((*name).to_owned(), *at))
        .collect();
    assert_eq!(moments(bench, begin), expected);
}

#[test]
fn what_sounds_happened_when_its_frame_was_taken_however_late_it_is_looked_at() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    let begin = bench.now;
    bench.send(set(&items, &[0, 1, 2]));
    bench.pull(900);
    // The engine sleeps over an end, and over a whole track.
    let mut out = vec![[0.0; 2]; 450];
    assert_eq!(bench.take(&mut out), 450);
    bench.now += Duration::from_secs(3);
    bench.transport.pump(bench.now);
    bench.pull(1_000);
    let late = 24_000;
    bench.send(EngineCommand::Pause);
    bench.pull(400);
    bench.send(EngineCommand::Play);
    bench.pull(100);
    bench.send(EngineCommand::Next);
    check_moments(
        &bench,
        begin,
        &[
            ("started 0", 0),
            ("ended 0", 1_000),
            ("started 1", 1_000),
            ("ended 1", 1_300),
            ("started 2", 1_300),
            ("paused", late + 2_350),
            ("resumed", late + 2_750),
            ("ended 2", late + 2_850),
            ("the queue ended", late + 2_850),
        ],
    );
}

#[test]
fn the_instant_of_an_end_is_known_though_what_followed_was_taken_back() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    let begin = bench.now;
    bench.send(set(&items, &[0, 1]));
    bench.pull(950);
    let second = bench.entry(1);
    bench.send(EngineCommand::Remove(second));
    bench.pull_in(60, 60);
    let moments = moments(&bench, begin);
    let [_, (_, ended), (_, queue_ended)] = &moments[..] else {
        panic!("{moments:?}");
    };
    // To a block: the output did not take what was taken back.
    assert!((950..=1_010).contains(ended), "{moments:?}");
    assert_eq!(queue_ended, ended);
}
