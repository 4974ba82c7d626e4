//! Files that are slow to open, or never do: what plays goes on, commands are answered, and the latest wish counts.

use std::collections::HashMap;
use std::sync::{Condvar, Mutex};

use segue_core::{FailedFile, FileFault};

use super::*;
use crate::deck::Deck;
use crate::loader::OnThreads;
use crate::stream::Stream;

#[test]
fn a_file_that_opens_slowly_starves_nothing_and_blocks_no_command() {
    let (_folder, items) = shelf();
    let slow = Slow::default();
    slow.brings.set(1);
    let mut bench = Bench::with(Box::new(slow.clone()), RATE_HZ);
    bench.send(set(&items, &[0, 1, 3, 0]));
    assert_eq!(bench.pull(900), level(0.25, 900));
    bench.send(EngineCommand::SetVolume(0.0));
    bench.send(EngineCommand::SetVolume(1.0));
    assert!(slow.wanted() == [1], "it was asked for");
    bench.pull(500);
    let state = bench.state();
    let current = state.current.map(|entry| entry.item.key);
    assert_eq!(
        (state.status, current, state.position_s),
        (Status::Playing, Some(1), 0.0)
    );
    assert_eq!(bench.told(), ["started 0", "ended 0 Finished"]);
    bench.send(EngineCommand::Pause);
    bench.pull(100);
    bench.send(EngineCommand::Play);
    slow.brings.set(usize::MAX);
    assert_eq!(
        bench.pull(2_000),
        [level(0.5, 300), level(0.25, 1000)].concat()
    );
    let told = bench.told();
    assert_eq!(
        told,
        [
            "failed 3",
            "started 1",
            "ended 1 Finished",
            "started 0",
            "ended 0 Finished",
            "QueueEnded"
        ]
    );

    // It opens in time, but is not what follows any more.
    let slow = Slow::default();
    slow.brings.set(1);
    let mut bench = Bench::with(Box::new(slow.clone()), RATE_HZ);
    bench.send(set(&items, &[0, 1]));
    bench.pull(300);
    bench.send(EngineCommand::InsertNext(pick(&items, &[2])));
    slow.brings.set(usize::MAX);
    let sound = bench.pull(6_500);
    assert!(sound == [level(0.25, 1000), level(0.75, 5000), level(0.5, 300)].concat()[300..]);
}

#[test]
fn while_the_next_file_opens_it_may_still_come_in_without_a_seam() {
    let (_folder, items) = shelf();
    let slow = Slow::default();
    slow.brings.set(1);
    let mut bench = Bench::with(Box::new(slow.clone()), RATE_HZ);
    bench.send(set(&items, &[0, 1]));
    let mut sound = bench.pull(800);
    slow.brings.set(usize::MAX);
    sound.extend(bench.pull(1_000));
    assert_eq!(sound, [level(0.25, 1000), level(0.5, 300)].concat());
    assert_eq!(bench.state().underruns, 0);
}

#[test]
fn a_jump_falls_silent_at_once_and_only_the_latest_wish_is_heard() {
    let (_folder, items) = shelf();
    let slow = Slow::default();
    slow.brings.set(1);
    let mut bench = Bench::with(Box::new(slow.clone()), RATE_HZ);
    bench.send(set(&items, &[2, 0, 1]));
    bench.pull(300);
    let (second, third) = (bench.entry(0), bench.entry(1));
    let answer = bench.ask(EngineCommand::Jump(second), Some(EndReason::Chosen));
    assert_eq!(
        (answer.state.status, answer.state.position_s),
        (Status::Playing, 0.0)
    );
    assert_eq!(bench.pull(500).len(), FADE);
    assert_eq!(slow.wanted(), [0]);
    bench.ask(EngineCommand::Jump(third), Some(EndReason::Chosen));
    assert_eq!(slow.wanted(), [1], "the other is forgotten");
    assert!(bench.pull(500).is_empty());
    bench.bring(&slow, 1);
    assert_eq!(bench.pull(100), level(0.5, 100));
    assert_eq!(bench.told(), ["started 2", "ended 2 Skipped", "started 1"]);
    assert_eq!(bench.state().underruns, 0, "that silence is meant");
}

#[test]
fn a_seek_shows_its_target_until_it_sounds_from_there() {
    let (_folder, items) = shelf();
    let slow = Slow::default();
    slow.brings.set(1);
    let mut bench = Bench::with(Box::new(slow.clone()), RATE_HZ);
    bench.send(set(&items, &[2, 1]));
    bench.pull(300);
    for to_s in [0.5, 0.25] {
        let answer = bench.ask(EngineCommand::Seek(to_s), None);
        assert_eq!(answer.state.position_s, to_s);
        bench.pull(300);
        assert_eq!(bench.state().position_s, to_s);
    }
    assert_eq!(slow.wanted(), [1, 2], "what follows, and the latest wish");
    bench.bring(&slow, 2);
    assert_eq!(bench.pull(400).len(), 400);
    assert_eq!(bench.state().position_s, 0.25 + 400.0 / 8000.0);
    let told = bench.told();
    assert_eq!(told, ["started 2"], "it is one play");
}

#[test]
fn what_is_paused_while_it_is_brought_waits_for_play() {
    let (_folder, items) = shelf();
    let slow = Slow::default();
    let mut bench = Bench::with(Box::new(slow.clone()), RATE_HZ);
    bench.send(set(&items, &[1, 3]));
    bench.send(EngineCommand::Pause);
    slow.brings.set(usize::MAX);
    assert!(bench.pull(300).is_empty());
    assert_eq!(bench.state().status, Status::Paused);
    bench.send(EngineCommand::Play);
    assert_eq!(bench.pull(400), level(0.5, 300));
    // The same with a wish that is dropped meanwhile.
    slow.brings.set(0);
    bench.send(set(&items, &[0]));
    bench.send(EngineCommand::Stop);
    assert!(slow.wanted().is_empty());
    slow.brings.set(usize::MAX);
    assert!(bench.pull(300).is_empty());
    assert_eq!(
        bench.told(),
        [
            "failed 3",
            "started 1",
            "ended 1 Finished",
            "QueueEnded",
            "Stopped"
        ]
    );
}

#[test]
fn a_card_that_is_not_there_once_the_file_is_brought_pauses() {
    let (_folder, items) = shelf();
    let slow = Slow::default();
    let mut bench = Bench::with(Box::new(slow.clone()), RATE_HZ);
    bench.refuses.set(true);
    bench.send(set(&items, &[1]));
    bench.pull(100);
    slow.brings.set(usize::MAX);
    bench.events();
    bench.pull(100);
    let told = bench.events();
    let held = |told: &TimedEvent| match &told.event {
        Event::StateChanged { state } => state.status == Status::Paused,
        _ => false,
    };
    assert!(told.iter().any(held), "{told:?}");
    bench.refuses.set(false);
    bench.send(EngineCommand::Play);
    assert_eq!(bench.pull(400), level(0.5, 300));
}

/// A door before each file.
#[derive(Clone, Default)]
struct Doors(Arc<(Mutex<HashMap<PathBuf, Door>>, Condvar)>);

#[derive(Default)]
struct Door {
    shut: bool,
    waiting: usize,
    passed: usize,
}

impl Doors {
    fn set(&self, path: &Path, shut: bool) {
        self.0
            .0
            .lock()
            .unwrap()
            .entry(path.to_owned())
            .or_default()
            .shut = shut;
        self.0.1.notify_all();
    }

    /// What a loader does that has to pass.
    fn bring(&self, wanted: Wanted) -> Brought {
        self.pass(&wanted.entry.item.path);
        bring(wanted)
    }

    fn pass(&self, path: &Path) {
        let (doors, changed) = &*self.0;
        let mut doors = doors.lock().unwrap();
        doors.entry(path.to_owned()).or_default().waiting += 1;
        changed.notify_all();
        while doors[path].shut {
            let waited;
            (doors, waited) = changed
                .wait_timeout(doors, Duration::from_secs(30))
                .unwrap();
            assert!(
                !waited.timed_out(),
                "who waits here keeps the test from going on"
            );
        }
        let door = doors.entry(path.to_owned()).or_default();
        (door.waiting, door.passed) = (door.waiting - 1, door.passed + 1);
    }

    fn bringing(&self) -> impl Fn(Wanted) -> Brought + Send + Sync + 'static {
        let doors = self.clone();
        move |wanted| doors.bring(wanted)
    }

    /// Waits until somebody stands before a shut door; how many do.
    fn wait_at(&self, path: &Path) -> usize {
        let (doors, changed) = &*self.0;
        let mut doors = doors.lock().unwrap();
        loop {
            let waiting = doors.get(path).map_or(0, |door| door.waiting);
            if waiting > 0 {
                return waiting;
            }
            doors = changed.wait(doors).unwrap();
        }
    }

    fn passed(&self, path: &Path) -> usize {
        self.0
            .0
            .lock()
            .unwrap()
            .get(path)
            .map_or(0, |door| door.passed)
    }
}

/// Two files for an output of 48 kHz: of a second and a half, and of a quarter.
fn two(folder: &TempDir) -> [Arc<MediaItem>; 2] {
    [("a.wav", 0.25, 72_000), ("b.wav", 0.5, 12_000)].map(|(name, loud, count)| {
        let path = synth(folder, name, 48_000, &level(loud, count));
        item(&path, u64::from(name == "b.wav"))
    })
}

fn start_key(event: &Event) -> Option<u64> {
    match event {
        Event::Started { item, .. } => Some(item.key),
        _ => None,
    }
}

#[test]
fn while_the_next_file_is_stuck_what_plays_has_no_gap_and_commands_are_answered() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = two(&folder);
    let doors = Doors::default();
    doors.set(&b.path, true);
    let mut live = Live::start_with(doors.bringing());
    live.engine.send(EngineCommand::SetQueue {
        items: vec![a, Arc::clone(&b)],
        start: 0,
        play: true,
        shuffle: None,
    });
    assert_eq!(doors.wait_at(&b.path), 1);
    // Nobody opens the door before the answers are there.
    for _ in 0..20 {
        let answer = live
            .engine
            .send(EngineCommand::SetVolume(1.0))
            .wait()
            .unwrap();
        assert_eq!(answer.state.current.unwrap().item.key, 0);
    }
    let far = |event: &Event| match event {
        Event::Position { position_s, .. } => (*position_s >= 1.0).then_some(()),
        _ => None,
    };
    live.wait(far);
    assert_eq!(live.engine.state().underruns, 0);
    doors.set(&b.path, false);
    let mut heard = Vec::new();
    live.wait(|event| match event {
        Event::Ended { listened_s, .. } => {
            heard.push((listened_s * 48_000.0).round() as usize);
            None
        }
        Event::QueueEnded => Some(()),
        _ => None,
    });
    assert_eq!(heard, [72_000, 12_000]);
    assert_eq!(live.engine.state().underruns, 0);
}

#[test]
fn a_file_that_is_slow_to_open_leaves_no_trace_in_a_wav_file() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = two(&folder);
    let wav = folder.path().join("out.wav");
    let doors = Doors::default();
    doors.set(&b.path, true);
    let (tell, told) = unbounded();
    let kind = OutputKind::Wav {
        path: wav.clone(),
        length_s: None,
    };
    let engine =
        Engine::start_with(kind, doors.bringing(), move |told| _ = tell.send(told)).unwrap();
    engine.play_files([&a, &b, &a].map(|item| (item.path.clone(), item.span)), 0.0);
    assert_eq!(doors.wait_at(&b.path), 1);
    doors.set(&b.path, false);
    let ended = |told: TimedEvent| matches!(told.event, Event::QueueEnded);
    assert!(told.into_iter().any(ended));
    let parts = [level(0.25, 72_000), level(0.5, 12_000), level(0.25, 72_000)];
    assert!(decode(&wav, 48_000) == parts.concat());
}

#[test]
fn a_stuck_file_is_given_up_when_another_is_chosen_and_one_thread_hangs_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = two(&folder);
    let doors = Doors::default();
    doors.set(&b.path, true);
    let mut live = Live::start_with(doors.bringing());
    let queue = EngineCommand::SetQueue {
        items: vec![a, Arc::clone(&b)],
        start: 0,
        play: true,
        shuffle: None,
    };
    let queue = live.engine.send(queue).wait().unwrap().queue;
    let [first, second] = [0, 1].map(|at| queue.entries[at].entry);
    assert_eq!(live.wait(start_key), 0);
    for _ in 0..3 {
        let stuck = live
            .engine
            .send(EngineCommand::Jump(second))
            .wait()
            .unwrap()
            .state;
        assert_eq!((stuck.status, stuck.position_s), (Status::Playing, 0.0));
        assert_eq!(stuck.current.unwrap().entry, second);
        assert_eq!(doors.wait_at(&b.path), 1);
        let seek = live
            .engine
            .send(EngineCommand::Seek(0.1))
            .wait()
            .unwrap()
            .state;
        assert_eq!(seek.position_s, 0.1);
        live.engine.send(EngineCommand::Jump(first));
        assert_eq!(live.wait(start_key), 0);
    }
    live.engine.send(EngineCommand::Jump(second));
    live.engine.send(EngineCommand::Seek(0.1)).wait().unwrap();
    assert_eq!(doors.wait_at(&b.path), 1);
    doors.set(&b.path, false);
    let from_s = live.wait(|event| match event {
        Event::Started { from_s, item, .. } => (item.key == 1).then_some(*from_s),
        _ => None,
    });
    assert_eq!(from_s, 0.1, "the latest wish");
    assert_eq!(
        doors.passed(&b.path),
        2,
        "the file was opened, and sought in"
    );
}

#[test]
fn each_wish_for_a_file_that_is_still_wanted_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    let [a, _] = two(&folder);
    let doors = Doors::default();
    doors.set(&a.path, true);
    let (tell, told) = unbounded();
    let mut loader = OnThreads::new(doors.bringing(), move || tell.send(()).unwrap());
    let entry = |id: u64| Entry {
        entry: EntryId(id),
        item: Arc::clone(&a),
    };
    let ask = |loader: &mut dyn Loader, number: u64, at_s: f64| {
        loader.ask(Wanted {
            number,
            entry: entry(number % 2),
            at_s,
            deck: None,
            beside: [None, None],
            after: None,
        });
    };
    for (number, at_s) in [(1, 0.0), (2, 0.5), (3, 0.25), (4, 0.0)] {
        ask(&mut loader, number, at_s);
    }
    loader.forget(1);
    loader.forget(2);
    assert!(loader.answer().is_none());
    doors.set(&a.path, false);
    let mut answers = Vec::new();
    while answers.len() < 2 {
        told.recv().unwrap();
        let answer = loader.answer();
        answers.extend(answer.map(|(number, deck)| {
            (
                number,
                (deck.unwrap().position_s() * 48_000.0).round() as usize,
            )
        }));
    }
    assert_eq!(answers, [(3, 12_000), (4, 0)]);
    assert_eq!(
        doors.passed(&a.path),
        3,
        "the forgotten one was not brought"
    );
}

#[test]
fn a_seek_while_its_file_is_stuck_is_answered_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let [a, _] = two(&folder);
    let doors = Doors::default();
    let mut live = Live::start_with(doors.bringing());
    live.engine.play_files([(a.path.clone(), a.span)], 0.0);
    assert_eq!(live.wait(start_key), 0);
    doors.set(&a.path, true);
    for to_s in [1.0, 0.5, 0.75] {
        let answer = live.engine.send(EngineCommand::Seek(to_s)).wait().unwrap();
        assert_eq!(answer.state.position_s, to_s);
    }
    assert_eq!(doors.wait_at(&a.path), 1);
    // Told by the commands; what comes after sounds.
    for expected in [1.0, 0.5, 0.75] {
        live.wait(|event| match event {
            Event::Position { position_s, .. } => (*position_s == expected).then_some(()),
            _ => None,
        });
    }
    doors.set(&a.path, false);
    let next = live.wait(|event| match event {
        Event::Position { position_s, .. } => Some(*position_s),
        _ => None,
    });
    assert!(next > 0.75, "{next}");
    live.wait(|event| matches!(event, Event::QueueEnded).then_some(()));
    assert_eq!(doors.passed(&a.path), 3, "opened once, and sought in twice");
}

/// A file whose disk falls asleep after its first second: from there on each read passes the file's door.
struct Sleepy {
    stream: StereoStream,
    doors: Doors,
    path: PathBuf,
}

impl Stream for Sleepy {
    fn format(&self) -> &AudioFormat {
        self.stream.format()
    }

    fn notice(&self) -> Option<FileFault> {
        self.stream.notice()
    }

    fn duration_s(&self) -> Option<f64> {
        self.stream.duration_s()
    }

    fn position_s(&self) -> f64 {
        self.stream.position_s()
    }

    fn seek(&mut self, to_s: f64) -> Result<(), FailedFile> {
        self.stream.seek(to_s)
    }

    fn read(&mut self, out: &mut [StereoFrame]) -> Result<usize, FailedFile> {
        if self.position_s() >= 1.0 {
            self.doors.pass(&self.path);
        }
        self.stream.read(out)
    }
}

#[test]
fn a_disk_that_falls_asleep_in_the_middle_of_a_song_blocks_no_command() {
    let folder = tempfile::tempdir().unwrap();
    let [a, b] = two(&folder);
    let doors = Doors::default();
    doors.set(&a.path, true);
    let sleepy = doors.clone();
    let mut live = Live::start_with(move |wanted: Wanted| {
        let path = wanted.entry.item.path.clone();
        if wanted.deck.is_some() {
            return bring(wanted);
        }
        let stream = Sleepy {
            stream: StereoStream::open(&path, FileSpan::WHOLE)?,
            doors: sleepy.clone(),
            path,
        };
        Deck::new(&wanted.entry, Box::new(stream), wanted.at_s).map(Box::new)
    });
    let queue = EngineCommand::SetQueue {
        items: vec![Arc::clone(&a), b],
        start: 0,
        play: true,
        shuffle: None,
    };
    let queue = live.engine.send(queue).wait().unwrap().queue;
    let [first, second] = [0, 1].map(|at| queue.entries[at].entry);
    let far = |event: &Event| match event {
        Event::Position { position_s, .. } => (*position_s >= 0.7).then_some(()),
        _ => None,
    };
    live.wait(far);
    assert_eq!(doors.wait_at(&a.path), 1);
    // All that was decoded sounds, and then silence, which is counted.
    while live.engine.state().underruns == 0 {
        std::thread::yield_now();
        let answer = live
            .engine
            .send(EngineCommand::SetVolume(1.0))
            .wait()
            .unwrap();
        assert_eq!(answer.state.status, Status::Playing);
    }
    assert!((live.engine.state().position_s - 1.0).abs() < 0.1);
    // Back in the same file: the thread that waits for the disk has the stream.
    let seek = live.engine.send(EngineCommand::Seek(0.25)).wait().unwrap();
    assert_eq!(seek.state.position_s, 0.25);
    live.engine.send(EngineCommand::Jump(second));
    assert_eq!(live.wait(start_key), 1);
    live.engine.send(EngineCommand::Jump(first));
    live.engine.send(EngineCommand::Seek(0.5)).wait().unwrap();
    doors.set(&a.path, false);
    let from_s = live.wait(|event| match event {
        Event::Started { from_s, .. } => Some(*from_s),
        _ => None,
    });
    assert_eq!((from_s * 48_000.0).round() as usize, 24_000);
    live.wait(|event| matches!(event, Event::QueueEnded).then_some(()));
}
