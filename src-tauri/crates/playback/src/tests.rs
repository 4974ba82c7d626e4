//! The engine, driven frame by frame by a scripted output, and through its thread into WAV files and nothing.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, unbounded};
use proptest::prelude::*;
use segue_decode::{AudioFormat, StereoStream};
use tempfile::TempDir;

use crate::loader::{AtOnce, Loader};
use crate::output::{DeviceNews, Drive, Output, Written};
use crate::ring::{Feed, Frame, Tap, ring};
use crate::transport::Transport;
use crate::wav::{WavFormat, WavWriter};
use crate::*;

mod asking;
mod seams;

const RATE_HZ: u32 = 8_000;
const FADE: usize = 40;

fn item(path: &Path, key: u64) -> Arc<Item> {
    Arc::new(Item {
        path: path.to_owned(),
        key,
        audio: None,
    })
}

/// A WAV file of `frames`.
fn synth(folder: &TempDir, name: &str, rate_hz: u32, frames: &[Frame]) -> PathBuf {
    let path = folder.path().join(name);
    let mut writer = WavWriter::create(&path).unwrap();
    writer.begin(WavFormat { rate_hz, bits: 16 }).unwrap();
    writer.write(frames).unwrap();
    writer.finish().unwrap();
    path
}

/// Holds every event against the grammar in the transport's doc.
#[derive(Default)]
struct Grammar {
    play: Option<(EntryId, bool)>,
    listened_s: f64,
}

impl Grammar {
    fn check(&mut self, event: &Event) {
        let playing = self.play.map(|(entry, _)| entry);
        match event {
            Event::Started { entry, .. } => {
                assert_eq!(playing, None, "{event:?}");
                self.play = Some((*entry, false));
            }
            Event::Position { entry, position_s } => {
                assert_eq!(playing, Some(*entry), "{event:?}");
                assert!(*position_s >= 0.0);
            }
            Event::Paused { entry } => {
                assert_eq!(self.play, Some((*entry, false)), "{event:?}");
                self.play = Some((*entry, true));
            }
            Event::Resumed { entry } => {
                assert_eq!(self.play, Some((*entry, true)), "{event:?}");
                self.play = Some((*entry, false));
            }
            Event::Ended {
                entry, listened_s, ..
            } => {
                assert_eq!(playing, Some(*entry), "{event:?}");
                assert!(*listened_s > 0.0, "{event:?}");
                self.listened_s += listened_s;
                self.play = None;
            }
            Event::QueueEnded | Event::Stopped => assert_eq!(playing, None, "{event:?}"),
            Event::Failed { reason, .. } | Event::OutputLost { reason } => {
                assert!(!reason.is_empty())
            }
            Event::StateChanged { .. }
            | Event::QueueChanged { .. }
            | Event::EditUndone { .. }
            | Event::OutputChanged
            | Event::Written { .. } => {}
        }
    }
}

/// An output that takes frames when the test says so.
struct Script {
    tap: Rc<RefCell<Option<Tap>>>,
    rate_hz: u32,
}

impl Output for Script {
    fn open(&mut self, _: &AudioFormat) -> Result<Feed, OutputError> {
        let (feed, tap) = ring(self.rate_hz, 600);
        *self.tap.borrow_mut() = Some(tap);
        Ok(feed)
    }

    fn drive(&mut self) -> Result<Drive, OutputError> {
        Ok(Drive::Paced)
    }

    fn finish(&mut self) -> Result<Option<Written>, OutputError> {
        Ok(None)
    }
}

/// A transport with its output and the events it told.
struct Bench {
    transport: Transport,
    tap: Rc<RefCell<Option<Tap>>>,
    events: Rc<RefCell<Vec<Event>>>,
}

impl Bench {
    fn new() -> Self {
        Self::with(Box::new(AtOnce::default()), RATE_HZ)
    }

    fn with(loader: Box<dyn Loader>, rate_hz: u32) -> Self {
        let (tap, events) = (Rc::default(), Rc::<RefCell<Vec<Event>>>::default());
        let heard = Rc::clone(&events);
        let output = Box::new(Script {
            tap: Rc::clone(&tap),
            rate_hz,
        });
        let transport = Transport::new(
            output,
            loader,
            Box::new(move |event| heard.borrow_mut().push(event)),
        );
        Self {
            transport,
            tap,
            events,
        }
    }

    fn send(&mut self, command: Command) {
        self.transport.handle(command, None);
        self.transport.pump(Instant::now());
    }

    /// Lets the output take `count` frames, in small steps; returns those that were sound.
    fn pull(&mut self, count: usize) -> Vec<Frame> {
        self.pull_in(count, 97)
    }

    fn pull_in(&mut self, count: usize, block: usize) -> Vec<Frame> {
        let mut all = Vec::new();
        let mut left = count;
        while left > 0 {
            let step = left.min(block);
            let mut out = vec![[0.0; 2]; step];
            let sound = self
                .tap
                .borrow_mut()
                .as_mut()
                .map_or(0, |tap| tap.fill(&mut out));
            all.extend_from_slice(&out[..sound]);
            left -= step;
            self.transport.pump(Instant::now());
        }
        all
    }

    fn state(&self) -> State {
        self.transport.published().lock().unwrap().state.clone()
    }

    fn current(&self) -> Option<u64> {
        self.state().current.map(|e| e.item.key)
    }

    fn entry(&self, key: u64) -> EntryId {
        let published = self.transport.published();
        let queue = Arc::clone(&published.lock().unwrap().queue);
        queue
            .entries
            .iter()
            .find(|e| e.item.key == key)
            .unwrap()
            .entry
    }

    /// The events since the last look, without changes of the queue and positions.
    fn told(&self) -> Vec<String> {
        let key = |item: &Arc<Item>| item.key;
        let events = std::mem::take(&mut *self.events.borrow_mut());
        let brief = |event: Event| {
            Some(match event {
                Event::StateChanged { .. }
                | Event::QueueChanged { .. }
                | Event::Position { .. } => return None,
                Event::EditUndone { edit } => format!("undone {:?}", edit.kind),
                Event::Started { item, .. } => format!("started {}", key(&item)),
                Event::Paused { .. } => "paused".to_owned(),
                Event::Resumed { .. } => "resumed".to_owned(),
                Event::Ended { item, how, .. } => format!("ended {} {how:?}", key(&item)),
                Event::Failed { item, .. } => format!("failed {}", key(&item)),
                other => format!("{other:?}")
                    .split([' ', '{'])
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            })
        };
        events.into_iter().filter_map(brief).collect()
    }
}

/// `count` frames of a level that tells tracks apart.
fn level(level: f32, count: usize) -> Vec<Frame> {
    vec![[level; 2]; count]
}

/// Three tracks of 1,000, 300 and 5,000 frames at 1/4, 1/2 and 3/4, a broken and a missing file: keys 0 to 4.
fn shelf() -> (TempDir, Vec<Arc<Item>>) {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = vec![
        synth(&folder, "a.wav", RATE_HZ, &level(0.25, 1000)),
        synth(&folder, "b.wav", RATE_HZ, &level(0.5, 300)),
        synth(&folder, "c.wav", RATE_HZ, &level(0.75, 5000)),
    ];
    let broken = folder.path().join("broken.flac");
    fs::write(&broken, b"fLaC but no more").unwrap();
    paths.extend([broken, folder.path().join("missing.mp3")]);
    let items = paths
        .iter()
        .zip(0..)
        .map(|(path, key)| item(path, key))
        .collect();
    (folder, items)
}

fn pick(items: &[Arc<Item>], keys: &[usize]) -> Vec<Arc<Item>> {
    keys.iter().map(|key| items[*key].clone()).collect()
}

fn set(items: &[Arc<Item>], keys: &[usize]) -> Command {
    Command::SetQueue {
        items: pick(items, keys),
        start: 0,
        play: true,
        shuffle: None,
    }
}

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
    bench.send(Command::Append(pick(&items, &[2])));
    bench.send(Command::Play);
    bench.pull(10);
    assert_eq!(bench.told(), ["started 2"]);
}

#[test]
fn a_queue_of_failures_stops_however_it_repeats() {
    let (_folder, items) = shelf();
    for repeat in [Repeat::Off, Repeat::All, Repeat::One] {
        let mut bench = Bench::new();
        bench.send(Command::SetRepeat(repeat));
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
fn repeating_goes_round_without_a_seam() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(Command::SetRepeat(Repeat::All));
    bench.send(set(&items, &[1, 3, 0]));
    let round = [level(0.5, 300), level(0.25, 1000)].concat();
    assert_eq!(bench.pull(2600), [round.clone(), round].concat());
    bench.send(Command::SetRepeat(Repeat::One));
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
    bench.send(Command::InsertNext(pick(&items, &[2])));
    let sound = bench.pull(5500);
    assert_eq!(sound[..100], level(0.25, 100));
    assert_eq!(sound[100..5100], level(0.75, 5000));
    assert_eq!(sound[5100..], level(0.5, 300));
    let mut bench = Bench::new();
    bench.send(set(&items, &[0, 1]));
    bench.pull(900);
    let second = bench.entry(1);
    bench.send(Command::Remove(second));
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
    bench.send(Command::Pause);
    let tail = bench.pull(400);
    assert_eq!(tail.len(), FADE);
    assert!(tail.windows(2).all(|w| w[1][0] < w[0][0]));
    assert_eq!(bench.state().position_s, 840.0 / 8000.0);
    bench.send(Command::Toggle);
    assert!(bench.pull(160)[0][0] < 0.05, "fades in");
    bench.send(Command::Seek(0.5));
    assert_eq!(bench.state().position_s, 0.5);
    let sound = bench.pull(400);
    assert!(
        sound.windows(2).all(|w| (w[1][0] - w[0][0]).abs() < 0.03),
        "no click"
    );
    assert_eq!(bench.state().position_s, 0.5 + (400 - FADE) as f64 / 8000.0);
    bench.send(Command::Next);
    let sound = bench.pull(200);
    assert_eq!(
        sound[FADE..],
        level(0.25, 200 - FADE),
        "a track's own beginning is not faded"
    );
    let ended = bench.events.borrow().iter().find_map(|event| match event {
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
    bench.send(Command::SetQueue {
        items,
        start: 0,
        play: true,
        shuffle: None,
    });
    bench.pull(100);
    bench.send(Command::Next);
    bench.pull(25_000);
    bench.send(Command::Previous);
    assert_eq!((bench.current(), bench.state().position_s), (Some(1), 0.0));
    bench.pull(1000);
    bench.send(Command::Previous);
    assert_eq!((bench.current(), bench.state().position_s), (Some(0), 0.0));
    bench.send(Command::Previous);
    assert_eq!((bench.current(), bench.state().position_s), (Some(0), 0.0));
}

#[test]
fn skipping_while_paused_stays_silent_until_play() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[2, 0, 1]));
    bench.pull(100);
    bench.send(Command::Pause);
    bench.send(Command::Next);
    bench.send(Command::Next);
    assert!(bench.pull(300).len() <= FADE);
    assert_eq!(bench.told(), ["started 2", "paused", "ended 2 Skipped"]);
    bench.send(Command::Play);
    assert_eq!(bench.pull(400), level(0.5, 300));
    assert_eq!(
        bench.told(),
        ["started 1", "ended 1 Finished", "QueueEnded"]
    );
}

#[test]
fn a_lost_card_pauses_and_play_opens_it_again() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[2]));
    bench.pull(800);
    bench
        .transport
        .device_news(7, DeviceNews::Lost("an older card".to_owned()));
    assert_eq!(bench.state().status, Status::Playing);
    bench
        .transport
        .device_news(0, DeviceNews::Lost("unplugged".to_owned()));
    assert_eq!(
        (bench.state().status, bench.state().position_s),
        (Status::Paused, 0.1)
    );
    bench.send(Command::Play);
    assert_eq!(bench.pull(5000).len(), 4200);
    let expected = [
        "started 2",
        "OutputLost",
        "paused",
        "OutputChanged",
        "resumed",
        "ended 2 Finished",
    ];
    assert_eq!(bench.told()[..6], expected);
}

#[test]
fn a_card_that_takes_nothing_is_given_up() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[2]));
    bench.pull(50);
    bench.transport.pump(Instant::now());
    bench
        .transport
        .pump(Instant::now() + Duration::from_secs(4));
    assert_eq!(bench.told(), ["started 2", "OutputLost", "paused"]);
}

#[test]
fn a_restart_takes_up_where_it_left() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[0, 2, 1]));
    bench.send(Command::Next);
    bench.send(Command::SetVolume(0.5));
    bench.pull(800);
    let (state, queue) = (
        bench.state(),
        bench.transport.published().lock().unwrap().queue.clone(),
    );
    let (position_s, volume) = (state.position_s, state.volume);
    let saved = Saved {
        version: SAVED_VERSION,
        queue,
        position_s,
        volume,
    };
    let mut bench = Bench::new();
    bench.send(Command::Restore(Box::new(saved)));
    assert_eq!(
        bench.state(),
        State {
            status: Status::Paused,
            duration_s: None,
            undo: None,
            ..state
        }
    );
    bench.send(Command::Play);
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
    bench.send(Command::Next);
    bench.pull(500);
    bench.send(Command::Stop);
    bench.pull(100);
    assert_eq!(
        (
            bench.state().status,
            bench.state().position_s,
            bench.current()
        ),
        (Status::Stopped, 0.0, Some(2))
    );
    bench.send(Command::Play);
    bench.pull(100);
    bench.transport.close();
    let expected = [
        "started 2",
        "ended 2 Stopped",
        "Stopped",
        "started 2",
        "ended 2 Stopped",
    ];
    assert_eq!(bench.told(), expected);
}

/// The third track plays in a queue of three, then the queue is edited: an undo brings it back, and so much of the third
/// track sounds on from its place.
fn check_undo(edit: impl FnOnce(&mut Bench, &[Arc<Item>]), paused: bool, expected: Status) {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[0, 2, 1]));
    bench.send(Command::Next);
    bench.pull(800);
    if paused {
        bench.send(Command::Pause);
        bench.pull(100);
    }
    let place_s = bench.state().position_s;
    edit(&mut bench, &items);
    bench.pull(200);
    bench.send(Command::Undo);
    let state = bench.state();
    assert_eq!((state.status, bench.current()), (expected, Some(2)));
    assert_eq!(state.position_s, place_s);
    assert_eq!(state.queue_len, 3);
    let left = 5000 - (place_s * 8000.0).round() as usize;
    bench.send(Command::Play);
    let sound = bench.pull(6000);
    let third: Vec<&Frame> = sound[FADE..].iter().skip_while(|f| f[0] != 0.75).collect();
    let third = third.iter().take_while(|f| f[0] == 0.75).count();
    assert!(left - third <= 2 * FADE, "{third} of {left}");
    assert_eq!(bench.told().last().unwrap(), "QueueEnded");
}

#[test]
fn an_undo_brings_back_what_played_at_its_place() {
    use Status::{Paused, Playing};
    let clear = |bench: &mut Bench, _: &[Arc<Item>]| bench.send(Command::Clear);
    check_undo(clear, false, Playing);
    check_undo(clear, true, Paused);
    let replace = |bench: &mut Bench, items: &[Arc<Item>]| bench.send(set(items, &[1, 0]));
    check_undo(replace, false, Playing);
    check_undo(replace, true, Paused);
    let remove = |bench: &mut Bench, _: &[Arc<Item>]| {
        let current = bench.entry(2);
        bench.send(Command::Remove(current));
    };
    check_undo(remove, false, Playing);
    let hold = |bench: &mut Bench, items: &[Arc<Item>]| {
        bench.send(set(items, &[1, 0]));
        bench.send(Command::Pause);
    };
    check_undo(hold, false, Paused);
}

// Any sequence of commands

#[derive(Clone, Debug)]
enum Step {
    Send(Command),
    /// Commands on the entry at a place.
    Jump(usize),
    Remove(usize),
    Move(usize, usize),
    Pull(usize),
    Lose,
}

fn step(items: Vec<Arc<Item>>) -> impl Strategy<Value = Step> {
    let some = prop::collection::vec(prop::sample::select(items), 0..5).boxed();
    let repeat = prop::sample::select(vec![Repeat::Off, Repeat::All, Repeat::One]);
    let plain = vec![
        Command::Play,
        Command::Pause,
        Command::Toggle,
        Command::Stop,
        Command::Next,
        Command::Next,
        Command::Previous,
        Command::Previous,
        Command::Undo,
        Command::Undo,
        Command::Redo,
        Command::Clear,
        Command::KeepCurrent,
        Command::SetShuffle(Some(5)),
        Command::SetShuffle(None),
    ];
    prop_oneof![
        6 => prop::sample::select(plain).prop_map(Step::Send),
        8 => (1..1500_usize).prop_map(Step::Pull),
        2 => (-1.0..1.0_f64).prop_map(|to_s| Step::Send(Command::Seek(to_s))),
        2 => (some.clone(), 0..5_usize, any::<bool>())
            .prop_map(|(items, start, play)| Step::Send(Command::SetQueue { items, start, play, shuffle: None })),
        2 => some.clone().prop_map(|items| Step::Send(Command::Append(items))),
        1 => some.clone().prop_map(|items| Step::Send(Command::Extend(items))),
        2 => some.prop_map(|items| Step::Send(Command::InsertNext(items))),
        1 => repeat.prop_map(|repeat| Step::Send(Command::SetRepeat(repeat))),
        2 => (0..8_usize).prop_map(Step::Jump),
        2 => (0..8_usize).prop_map(Step::Remove),
        1 => (0..8_usize, 0..8_usize).prop_map(|(from, to)| Step::Move(from, to)),
        1 => Just(Step::Lose),
    ]
}

#[test]
fn any_sequence_of_commands_keeps_to_the_grammar_and_the_account() {
    let (_folder, items) = shelf();
    let config = ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(steps in prop::collection::vec(step(items.clone()), 1..50))| {
        let mut bench = Bench::new();
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
                Step::Jump(at) => bench.send(Command::Jump(entry(at))),
                Step::Remove(at) => bench.send(Command::Remove(entry(at))),
                Step::Move(from, to) => bench.send(Command::Move(entry(from), to)),
                Step::Pull(count) => pulled += bench.pull(count).len(),
                Step::Lose => bench.transport.device_news(0, DeviceNews::Lost("gone".to_owned())),
            }
            bench.events.borrow_mut().drain(..).for_each(|event| grammar.check(&event));
            let state = bench.state();
            let queue = Arc::clone(&published.lock().unwrap().queue);
            prop_assert_eq!(state.current.as_ref(), queue.current());
            prop_assert_eq!(state.queue_revision, queue.revision);
            prop_assert!(state.position_s >= 0.0 && state.position_s.is_finite());
            if let (Some((entry, paused)), true) = (grammar.play, state.status != Status::Stopped) {
                prop_assert_eq!(Some(entry), state.current.map(|e| e.entry));
                prop_assert_eq!(paused, state.status == Status::Paused);
            }
        }
        bench.transport.close();
        bench.events.borrow_mut().drain(..).for_each(|event| grammar.check(&event));
        prop_assert_eq!(grammar.play, None);
        // What sounded is what was listened to, but for the fades after interruptions.
        let listened = (grammar.listened_s * f64::from(RATE_HZ)).round() as usize;
        prop_assert!(listened <= pulled, "{} of {}", listened, pulled);
        prop_assert!(pulled - listened <= interruptions * FADE, "{} of {}", listened, pulled);
    });
}

// Into WAV files

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests_data")
        .join(name)
}

fn decode(path: &Path, rate_hz: u32) -> Vec<Frame> {
    let mut stream = StereoStream::open(path).unwrap();
    assert_eq!(stream.format().sample_rate_hz, rate_hz);
    let mut all = Vec::new();
    let mut block = vec![[0.0; 2]; 1000];
    loop {
        match stream.read(&mut block).unwrap() {
            0 => return all,
            count => all.extend_from_slice(&block[..count]),
        }
    }
}

#[test]
fn a_split_recording_renders_as_if_it_were_whole() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("out.wav");
    let whole = decode(&data("whole.flac"), 44_100);
    assert_eq!(whole.len(), 22_050);
    let parts = [data("first.flac"), data("second.flac")];
    let rendered = render(&parts, 0.0, None, &wav).unwrap();
    assert_eq!(
        rendered,
        Rendered {
            frames: 22_050,
            sample_rate_hz: 44_100,
            failures: vec![],
            notices: vec![]
        }
    );
    assert_eq!(decode(&wav, 44_100), whole);
    assert_eq!(
        fs::metadata(&wav).unwrap().len(),
        44 + 22_050 * 4,
        "16 bits stay 16 bits"
    );

    let rendered = render(&parts, 0.2, Some(0.1), &wav).unwrap();
    assert_eq!(rendered.frames, 4410);
    let found = decode(&wav, 44_100);
    assert_eq!(
        found[221..],
        whole[8820 + 221..8820 + 4410],
        "the first 5 ms fade in, the join is bare"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn tracks_of_unlike_rates_meet_at_the_rate_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("out.wav");
    let slow = synth(&folder, "slow.wav", 22_050, &level(0.5, 2205));
    let broken = folder.path().join("broken.mp3");
    fs::write(&broken, b"no music").unwrap();
    let rendered = render(&[data("first.flac"), broken.clone(), slow], 0.0, None, &wav).unwrap();
    assert_eq!(
        (rendered.sample_rate_hz, rendered.frames),
        (44_100, 9973 + 4410)
    );
    assert_eq!(rendered.failures.len(), 1);
    assert_eq!(rendered.failures[0].0, broken);
    let found = decode(&wav, 44_100);
    assert_eq!(found[..9973], decode(&data("first.flac"), 44_100));
    assert!((found[9973 + 2000][0] - 0.5).abs() < 0.001);
}

#[test]
fn what_cannot_be_rendered_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("out.wav");
    let missing = folder.path().join("missing.flac");
    let error = render(std::slice::from_ref(&missing), 0.0, None, &wav).unwrap_err();
    assert!(error.to_string().contains("missing.flac"), "{error}");
    assert!(matches!(
        render(&[], 0.0, None, &wav),
        Err(RenderError::Silent { .. })
    ));
    let nowhere = folder.path().join("no/such/folder/out.wav");
    let error = render(&[data("first.flac")], 0.0, None, &nowhere).unwrap_err();
    assert!(error.to_string().contains("no/such/folder"), "{error}");
    {
        let engine = Engine::start(
            OutputKind::Wav {
                path: wav.clone(),
                length_s: None,
            },
            |_| {},
        )
        .unwrap();
        engine.send(Command::Append(vec![item(&data("whole.flac"), 0)]));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

// Through the thread, at the pace of a card

struct Live {
    engine: Engine,
    events: Receiver<Event>,
    grammar: Grammar,
}

impl Live {
    fn start() -> Self {
        let (tell, events) = unbounded();
        let engine =
            Engine::start(OutputKind::Null, move |event| tell.send(event).unwrap()).unwrap();
        Self {
            engine,
            events,
            grammar: Grammar::default(),
        }
    }

    /// Waits for the first event that `wanted` knows.
    fn wait<T>(&mut self, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        loop {
            let event = self
                .events
                .recv_timeout(Duration::from_secs(5))
                .expect("an event");
            self.grammar.check(&event);
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
    }
}

#[test]
fn nothing_is_played_at_the_pace_of_a_card() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..2)
        .map(|n| synth(&folder, &format!("{n}.wav"), 8000, &level(0.5, 80_000)))
        .collect();
    let items = paths
        .iter()
        .zip(0..)
        .map(|(path, key)| item(path, key))
        .collect();
    let mut live = Live::start();
    let begun = Instant::now();
    live.engine.send(Command::SetQueue {
        items,
        start: 0,
        play: true,
        shuffle: None,
    });
    let reached = |least_s: f64| {
        move |event: &Event| match event {
            Event::Position { position_s, .. } if *position_s >= least_s => Some(*position_s),
            _ => None,
        }
    };
    live.wait(reached(0.5));
    assert!(
        begun.elapsed() > Duration::from_millis(400),
        "{:?}",
        begun.elapsed()
    );

    live.engine.send(Command::Pause);
    live.wait(|event| matches!(event, Event::Paused { .. }).then_some(()));
    std::thread::sleep(Duration::from_millis(100));
    live.engine.send(Command::Pause);
    std::thread::sleep(Duration::from_millis(50));
    let held_s = live.engine.state().position_s;
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(live.engine.state().position_s, held_s);

    live.engine.send(Command::Seek(5.0));
    live.engine.send(Command::Play);
    let position_s = live.wait(reached(5.1));
    assert!(position_s < 6.0, "{position_s}");
    live.engine.send(Command::Next);
    let (listened_s, how) = live.wait(|event| match event {
        Event::Ended {
            listened_s, how, ..
        } => Some((*listened_s, *how)),
        _ => None,
    });
    assert_eq!(how, End::Skipped);
    assert!(
        listened_s > 0.6 && listened_s < begun.elapsed().as_secs_f64(),
        "{listened_s}"
    );
    let key = live.wait(|event| match event {
        Event::Started { item, .. } => Some(item.key),
        _ => None,
    });
    assert_eq!(key, 1);
    live.engine.send(Command::Previous);
    let key = live.wait(|event| match event {
        Event::Started { item, .. } => Some(item.key),
        _ => None,
    });
    assert_eq!(key, 0);
    let Live {
        engine,
        events,
        mut grammar,
    } = live;
    let saved = engine.saved();
    assert_eq!(saved.queue, engine.queue());
    drop(engine);
    let last: Vec<Event> = events.iter().collect();
    last.iter().for_each(|event| grammar.check(event));
    assert!(
        matches!(
            last.last(),
            Some(Event::Ended {
                how: End::Stopped,
                ..
            })
        ),
        "{last:?}"
    );
}

#[test]
fn what_is_missing_of_a_file_is_told_once_it_sounds() {
    let folder = tempfile::tempdir().unwrap();
    let plain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../decode/tests_data/aac.m4a");
    let mut bytes = fs::read(&plain).unwrap();
    // The configuration of an AAC; then the same core, announced as that of HE-AAC by object type 5.
    let config = [0x12, 0x10, 0x56, 0xe5, 0x00];
    let at = bytes.windows(5).position(|five| five == config).unwrap();
    bytes[at..at + 5].copy_from_slice(&[0x2a, 0x10, 0x88, 0, 0]);
    let he_aac = folder.path().join("he.m4a");
    fs::write(&he_aac, &bytes).unwrap();
    let wav = folder.path().join("out.wav");
    let rendered = render(&[plain, he_aac.clone()], 0.0, None, &wav).unwrap();
    let [(path, notice)] = &rendered.notices[..] else {
        panic!("{:?}", rendered.notices);
    };
    assert_eq!(*path, he_aac);
    assert!(notice.starts_with("it is HE-AAC"), "{notice}");
}
