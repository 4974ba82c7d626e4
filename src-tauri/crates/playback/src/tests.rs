//! What the tests of the engine share: files to play, an output that is driven frame by frame, and the grammar of events.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, unbounded};
use proptest::prelude::*;
use segue_core::{
    Crossfade, EndReason, FailedFile, FileFault, FileSpan, OutputFault, OutputFormat,
    TrackLoudness, TrackProfile,
};
use segue_decode::{AudioFormat, StereoStream};
use tempfile::TempDir;

use crate::host::DeviceNews;
use crate::loader::{AtOnce, Brought, Loader, Wanted, bring, bring_known};
use crate::output::{Drive, Output, WrittenFile};
use crate::ring::{Feed, StereoFrame, Tap, ring};
use crate::transport::{Pace, Transport};
use crate::wav::{WavFormat, WavWriter};
use crate::*;

mod asking;
mod cards;
mod clean_room;
mod crossfade;
mod equalizer;
mod loading;
mod loudness;
mod outputs;
mod playing;
mod seams;
mod sequences;
mod stretches;
mod until;

const RATE_HZ: u32 = 8_000;
const FADE: usize = 40;

fn item(path: &Path, key: u64) -> Arc<MediaItem> {
    Arc::new(MediaItem {
        path: path.to_owned(),
        span: FileSpan::WHOLE,
        key,
        audio: None,
    })
}

/// These files, each of them all of it.
fn all_of(paths: &[PathBuf]) -> Vec<(PathBuf, FileSpan)> {
    paths
        .iter()
        .map(|path| (path.clone(), FileSpan::WHOLE))
        .collect()
}

/// A WAV file of `frames`.
fn synth(folder: &TempDir, name: &str, rate_hz: u32, frames: &[StereoFrame]) -> PathBuf {
    let path = folder.path().join(name);
    let mut writer = WavWriter::create(&path).unwrap();
    writer.begin(WavFormat { rate_hz, bits: 16 }).unwrap();
    writer.write(frames).unwrap();
    writer.finish().unwrap();
    path
}

/// Holds every event against the grammar in `protocol.rs`.
#[derive(Default)]
struct Grammar {
    /// Under way, the oldest first.
    plays: Vec<Play>,
    started: u64,
    last: Option<Instant>,
    listened_s: f64,
}

struct Play {
    id: PlayId,
    entry: EntryId,
    paused: bool,
}

impl Grammar {
    fn check(&mut self, told: &TimedEvent) {
        let TimedEvent { at, event } = told;
        assert!(self.last.is_none_or(|last| last <= *at), "{told:?}");
        self.last = Some(*at);
        match event {
            Event::Started { play, entry, .. } => {
                self.started += 1;
                assert_eq!(play.0, self.started, "{event:?}");
                assert!(self.plays.len() < 2, "{event:?}");
                self.plays.push(Play {
                    id: *play,
                    entry: *entry,
                    paused: false,
                });
            }
            Event::Position {
                play,
                entry,
                position_s,
            } => {
                let newest = self.plays.last().map(|play| (play.id, play.entry));
                assert_eq!(newest, Some((*play, *entry)), "{event:?}");
                assert!(*position_s >= 0.0);
            }
            Event::Paused { play, entry } => self.hold(*play, *entry, true),
            Event::Resumed { play, entry } => self.hold(*play, *entry, false),
            Event::Ended {
                play,
                entry,
                listened_s,
                ..
            } => {
                let oldest = (!self.plays.is_empty()).then(|| self.plays.remove(0));
                let oldest = oldest.map(|play| (play.id, play.entry));
                assert_eq!(oldest, Some((*play, *entry)), "{event:?}");
                assert!(*listened_s > 0.0, "{event:?}");
                self.listened_s += listened_s;
            }
            Event::QueueEnded | Event::Stopped => assert!(self.plays.is_empty(), "{event:?}"),
            Event::StateChanged { state } => {
                for play in &self.plays {
                    assert_eq!(play.paused, state.status == Status::Paused, "{event:?}");
                }
            }
            Event::Failed { .. }
            | Event::OutputLost { .. }
            | Event::QueueChanged { .. }
            | Event::EditUndone { .. }
            | Event::OutputChanged
            | Event::Written { .. } => {}
        }
    }

    fn hold(&mut self, id: PlayId, entry: EntryId, paused: bool) {
        let mut plays = self.plays.iter_mut();
        let play = plays.find(|play| (play.id, play.entry, play.paused) == (id, entry, !paused));
        play.expect("it is under way, and was not told so already")
            .paused = paused;
    }
}

/// An output that takes frames when the test says so.
struct Script {
    tap: Rc<RefCell<Option<Tap>>>,
    rate_hz: u32,
    refuses: Rc<Cell<bool>>,
}

impl Output for Script {
    fn open(&mut self, _: &AudioFormat) -> Result<Feed, OutputFault> {
        if self.refuses.get() {
            return Err(OutputFault::NoDevice);
        }
        let (feed, tap) = ring(self.rate_hz, 600);
        *self.tap.borrow_mut() = Some(tap);
        Ok(feed)
    }

    fn format(&self) -> OutputFormat {
        OutputFormat {
            name: Some("the script".to_owned()),
            ..OutputFormat::default()
        }
    }

    fn in_use(&self) -> Option<OutputInUse> {
        Some(OutputInUse {
            id: "script".to_owned(),
            name: "the script".to_owned(),
            rate_hz: self.rate_hz,
        })
    }

    fn drive(&mut self) -> Result<Drive, OutputFault> {
        Ok(Drive::Paced)
    }

    fn finish(&mut self) -> Result<Option<WrittenFile>, OutputFault> {
        Ok(None)
    }
}

/// Brings a file that nothing is known of.
fn bring_unknown(wanted: Wanted) -> Brought {
    bring_known(wanted, &|_| TrackProfile::default(), &bring)
}

/// A loader that brings when the test says so.
#[derive(Clone, Default)]
struct Slow {
    wanted: Rc<RefCell<VecDeque<Wanted>>>,
    /// How many it may bring yet.
    brings: Rc<Cell<usize>>,
}

impl Slow {
    /// The keys of what it is asked for.
    fn wanted(&self) -> Vec<u64> {
        let wanted = self.wanted.borrow();
        wanted.iter().map(|one| one.entry.item.key).collect()
    }
}

impl Loader for Slow {
    fn ask(&mut self, wanted: Wanted) {
        self.wanted.borrow_mut().push_back(wanted);
    }

    fn forget(&mut self, number: u64) {
        self.wanted.borrow_mut().retain(|one| one.number != number);
    }

    fn answer(&mut self) -> Option<(u64, Brought)> {
        let left = self.brings.get().checked_sub(1)?;
        let wanted = self.wanted.borrow_mut().pop_front()?;
        self.brings.set(left);
        Some((wanted.number, bring_unknown(wanted)))
    }
}

/// A transport with its output and the events it told.
struct Bench {
    transport: Transport,
    tap: Rc<RefCell<Option<Tap>>>,
    events: Rc<RefCell<Vec<TimedEvent>>>,
    /// Passes as the output takes frames.
    now: Instant,
    rate_hz: u32,
    /// Whether there is no output to open.
    refuses: Rc<Cell<bool>>,
}

impl Bench {
    fn new() -> Self {
        Self::with(Box::new(AtOnce::new(bring_unknown)), RATE_HZ)
    }

    fn with(loader: Box<dyn Loader>, rate_hz: u32) -> Self {
        let tap = Rc::default();
        let refuses = Rc::<Cell<bool>>::default();
        let output = Box::new(Script {
            tap: Rc::clone(&tap),
            rate_hz,
            refuses: Rc::clone(&refuses),
        });
        let bench = Self::on(output, tap, loader, rate_hz);
        Self { refuses, ..bench }
    }

    /// On an output that lays its tap there.
    fn on(
        output: Box<dyn Output>,
        tap: Rc<RefCell<Option<Tap>>>,
        loader: Box<dyn Loader>,
        rate_hz: u32,
    ) -> Self {
        // Rings note times from when they are made on: all of them later than this begins.
        let now = Instant::now() + Duration::from_secs(60);
        let events = Rc::<RefCell<Vec<TimedEvent>>>::default();
        let heard = Rc::clone(&events);
        let transport = Transport::new(
            output,
            loader,
            Box::new(move |told| heard.borrow_mut().push(told)),
            now,
        );
        Self {
            transport,
            tap,
            events,
            now,
            rate_hz,
            refuses: Rc::default(),
        }
    }

    fn send(&mut self, command: EngineCommand) {
        self.ask(command, None);
    }

    fn ask(&mut self, command: EngineCommand, cause: Option<EndReason>) -> Answer {
        let before = self.events.borrow().len();
        let answer = self.transport.handle(command, cause, self.now);
        let states: Vec<(usize, TimedEvent)> =
            (self.events.borrow().iter().enumerate().skip(before))
                .filter(|(_, told)| matches!(told.event, Event::StateChanged { .. }))
                .map(|(n, told)| (n + 1, told.clone()))
                .collect();
        let state = TimedEvent {
            at: self.now,
            event: Event::StateChanged {
                state: Box::new(answer.state.clone()),
            },
        };
        assert_eq!(states, [(self.events.borrow().len(), state)]);
        self.transport.pump(self.now);
        answer
    }

    /// Lets the output take `count` frames, in small steps; returns those that were sound.
    fn pull(&mut self, count: usize) -> Vec<StereoFrame> {
        self.pull_in(count, 97)
    }

    fn pull_in(&mut self, count: usize, block: usize) -> Vec<StereoFrame> {
        let mut all = Vec::new();
        let mut left = count;
        while left > 0 {
            let step = left.min(block);
            let mut out = vec![[0.0; 2]; step];
            let sound = self.take(&mut out);
            all.extend_from_slice(&out[..sound]);
            left -= step;
            self.transport.pump(self.now);
        }
        all
    }

    /// Lets the loader bring so many files more, and the engine look.
    fn bring(&mut self, slow: &Slow, count: usize) {
        slow.brings.set(slow.brings.get().saturating_add(count));
        self.transport.pump(self.now);
    }

    /// Lets the output take frames, and the engine not look.
    fn take(&mut self, out: &mut [StereoFrame]) -> usize {
        self.now += Duration::from_secs_f64(out.len() as f64 / f64::from(self.rate_hz));
        let mut tap = self.tap.borrow_mut();
        tap.as_mut().map_or(0, |tap| tap.fill(out, self.now))
    }

    /// The events since the last look.
    fn events(&self) -> Vec<TimedEvent> {
        std::mem::take(&mut *self.events.borrow_mut())
    }

    fn state(&self) -> EngineState {
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
        let key = |item: &Arc<MediaItem>| item.key;
        let brief = |told: TimedEvent| {
            Some(match told.event {
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
        self.events().into_iter().filter_map(brief).collect()
    }
}

/// `count` frames of a level that tells tracks apart.
fn level(level: f32, count: usize) -> Vec<StereoFrame> {
    vec![[level; 2]; count]
}

/// Three tracks of 1,000, 300 and 5,000 frames at 1/4, 1/2 and 3/4, a broken and a missing file: keys 0 to 4.
fn shelf() -> (TempDir, Vec<Arc<MediaItem>>) {
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

fn pick(items: &[Arc<MediaItem>], keys: &[usize]) -> Vec<Arc<MediaItem>> {
    keys.iter().map(|key| items[*key].clone()).collect()
}

fn set(items: &[Arc<MediaItem>], keys: &[usize]) -> EngineCommand {
    EngineCommand::SetQueue {
        items: pick(items, keys),
        start: 0,
        play: true,
        shuffle: None,
    }
}

/// All frames of a file.
fn decode(path: &Path, rate_hz: u32) -> Vec<StereoFrame> {
    let mut stream = StereoStream::open(path, FileSpan::WHOLE).unwrap();
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

/// Files into a WAV file, as they are.
fn render(
    items: &[(PathBuf, FileSpan)],
    start_s: f64,
    length_s: Option<f64>,
    wav: &Path,
) -> Result<Rendered, RenderError> {
    let unknown = |_: &MediaItem| TrackProfile::default();
    crate::render(items, start_s, length_s, Vec::new(), unknown, wav)
}

/// An engine on its thread, at the pace of a card.
struct Live {
    engine: Engine,
    events: Receiver<TimedEvent>,
    grammar: Grammar,
}

impl Live {
    fn start() -> Self {
        Self::start_with(bring)
    }

    fn start_with(bring: impl Fn(Wanted) -> Brought + Send + Sync + 'static) -> Self {
        let (tell, events) = unbounded();
        let tell = move |told| tell.send(told).unwrap();
        let engine = Engine::start_with(OutputKind::Null, bring, tell).unwrap();
        Self {
            engine,
            events,
            grammar: Grammar::default(),
        }
    }

    /// Waits for the first event that `wanted` knows.
    fn wait<T>(&mut self, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
        loop {
            let told = self
                .events
                .recv_timeout(Duration::from_secs(5))
                .expect("an event");
            self.grammar.check(&told);
            if let Some(found) = wanted(&told.event) {
                return found;
            }
        }
    }
}
