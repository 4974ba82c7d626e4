//! The engine's middle: commands and the passing of samples in, events and samples out.
//!
//! It owns the queue, the decks and the account of what sounded; threads and clocks are the rim's
//! (`engine.rs`), so tests drive it frame by frame. One rule explains most of it: **what is decoded runs
//! ahead of what sounds.** The ring holds up to most of a second; the current entry, positions and listened
//! time follow the index that the output has consumed, never the decoder.
//!
//! # The grammar of events
//!
//! ```text
//! events = { note | play }
//! play   = Started { note | Position | Paused | Resumed } Ended
//! note   = QueueChanged | EditUndone | Failed | OutputLost | OutputChanged | Written
//! ```
//!
//! and beside it, outside of plays, `QueueEnded` (nothing is left to play) and `Stopped` (by the listener,
//! or because the output wanted no more). Further:
//!
//! - Plays never overlap. `Started` comes with the first frame that sounds, so an entry that is loaded but
//!   never sounds has no events of its own, and `listened_s` of an `Ended` is above 0.
//! - Within a play `Paused` and `Resumed` alternate, `Paused` first. `Ended` may follow either: leaving a
//!   paused track ends its play; the next one, paused too, begins with `Started` when it sounds.
//! - `Position` names the entry of its play. It comes about four times a second of sound, and after a seek.
//! - `Failed` names an entry that will not play, or not to its end: then `Ended` with [`End::Failed`] follows.
//! - `OutputLost` while playing is followed by `Paused` if a play is under way. `Command::Play` tries again
//!   and gives `OutputChanged` if it succeeds.
//! - `Written` comes once a WAV file is whole, before the `QueueEnded` or `Stopped` that closed it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use segue_decode::{AudioFormat, DecodeError, Decoder};
use serde::{Deserialize, Serialize};

use crate::deck::Deck;
use crate::output::{DeviceNews, Drive, Output, OutputError};
use crate::queue::{Edit, Entry, EntryId, Item, Place, Queue, QueueSnapshot, Repeat, Undone};
use crate::ring::{Feed, Frame};

/// What the engine is asked to do. What makes no sense at the moment does nothing.
#[derive(Clone, Debug)]
pub enum Command {
    /// Plays on; from the first entry if the queue has run out; on a reopened output if it was lost.
    Play,
    /// Holds, keeping the place.
    Pause,
    /// Pauses what plays, plays what does not.
    Toggle,
    /// Ends the play and forgets the place in the track; the entry stays current.
    Stop,
    /// Moves within the current track, in seconds from its start. Beyond its end, the next one follows.
    Seek(f64),
    /// Leaves the current track for the next one. Keeps a pause.
    Next,
    /// Back to the start of the track; within its first three seconds, to what was heard before. Keeps a
    /// pause.
    Previous,
    /// Plays this entry.
    Jump(EntryId),
    /// Replaces the queue; `items[start]` becomes current, and plays if `play`.
    SetQueue {
        /// What the queue holds from now on.
        items: Vec<Arc<Item>>,
        /// Place of the first to play.
        start: usize,
        /// Whether to play at once, or stand stopped.
        play: bool,
        /// Shuffles them by this seed.
        shuffle: Option<u64>,
    },
    /// Adds at the queue's end.
    Append(Vec<Arc<Item>>),
    /// Adds after the current entry.
    InsertNext(Vec<Arc<Item>>),
    /// Takes an entry out; if it is current, the next one follows.
    Remove(EntryId),
    /// Moves an entry to a place in the order of play.
    Move(EntryId, usize),
    /// Takes all but the current entry out of the queue, for another queue to grow from it.
    KeepCurrent,
    /// Empties the queue and stops.
    Clear,
    /// Takes the last edit of the queue back ([`State::undo`]): entries, order and, if the edit ended what was current, what
    /// was current, at its place, and sounding if it sounded.
    Undo,
    /// Makes the edit again that was taken back last ([`State::redo`]).
    Redo,
    /// Adds at the queue's end what the program itself chose. No edit of the listener's: it is not undone.
    Extend(Vec<Arc<Item>>),
    /// The same after an entry; nothing happens if it is gone.
    InsertAfter(EntryId, Vec<Arc<Item>>),
    /// Takes entries out that the program put there. No edit of the listener's.
    Withdraw(Vec<EntryId>),
    /// Volume in `0..=1`, on a cubic curve, which is about as even as the ear; 1 leaves samples untouched.
    SetVolume(f64),
    /// What follows an entry.
    SetRepeat(Repeat),
    /// Shuffles what is to come by this seed, or puts the order back.
    SetShuffle(Option<u64>),
    /// Takes up what [`Engine::saved`](crate::Engine::saved) gave, paused at its place.
    Restore(Box<Saved>),
}

/// What the engine tells. The module's doc says what may follow what.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A track begins to sound.
    Started {
        /// The entry.
        entry: EntryId,
        /// What it plays.
        item: Arc<Item>,
        /// Its length, where known.
        duration_s: Option<f64>,
        /// Where in the track it began.
        from_s: f64,
    },
    /// How far it has come.
    Position {
        /// The entry.
        entry: EntryId,
        /// Seconds from the track's start.
        position_s: f64,
    },
    /// The track holds.
    Paused {
        /// The entry.
        entry: EntryId,
    },
    /// The track goes on.
    Resumed {
        /// The entry.
        entry: EntryId,
    },
    /// The track sounds no more.
    Ended {
        /// The entry.
        entry: EntryId,
        /// What it played.
        item: Arc<Item>,
        /// Where in the track it began.
        from_s: f64,
        /// Where in the track it ended.
        position_s: f64,
        /// Seconds that sounded: pauses excluded, repeated passages included.
        listened_s: f64,
        /// The track's length, where known.
        duration_s: Option<f64>,
        /// Why.
        how: End,
    },
    /// An entry cannot be played, or not to its end; the engine goes on with another.
    Failed {
        /// The entry.
        entry: EntryId,
        /// What it should have played.
        item: Arc<Item>,
        /// A sentence that names the file.
        reason: String,
    },
    /// Entries, order, the current entry, repeat or shuffle changed.
    QueueChanged {
        /// As in [`QueueSnapshot::revision`].
        revision: u64,
    },
    /// An edit of the queue was taken back, or made again.
    EditUndone {
        /// The edit.
        edit: Edit,
    },
    /// Nothing is left to play.
    QueueEnded,
    /// The engine stands still, because it was told to or because the output wanted no more.
    Stopped,
    /// The output failed; the engine pauses.
    OutputLost {
        /// A sentence that says what to do.
        reason: String,
    },
    /// The sound goes to another card, or again to one.
    OutputChanged,
    /// A WAV file is complete.
    Written {
        /// The file.
        path: std::path::PathBuf,
        /// Its length.
        frames: u64,
        /// Frames per second.
        sample_rate_hz: u32,
        /// Bits a sample.
        bits: u16,
    },
}

/// Why a play ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The track sounded to its end.
    Finished,
    /// The listener went to something else.
    Skipped,
    /// The listener, or the program's end, stopped it.
    Stopped,
    /// The file could not be decoded to its end.
    Failed,
}

/// Whether sound flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// No, and no place in a track is kept.
    #[default]
    Stopped,
    /// Yes.
    Playing,
    /// No, and the place is kept.
    Paused,
}

/// The engine as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// Whether sound flows.
    pub status: Status,
    /// The current entry.
    pub current: Option<Entry>,
    /// Seconds from the start of the current track.
    pub position_s: f64,
    /// Its length, once known.
    pub duration_s: Option<f64>,
    /// In `0..=1`.
    pub volume: f64,
    /// What follows an entry.
    pub repeat: Repeat,
    /// Whether the order is a shuffled one.
    pub shuffled: bool,
    /// Number of entries.
    pub queue_len: usize,
    /// As in [`QueueSnapshot::revision`].
    pub queue_revision: u64,
    /// The edit of the queue that [`Command::Undo`] would take back.
    pub undo: Option<Edit>,
    /// The edit that [`Command::Redo`] would make again.
    pub redo: Option<Edit>,
}

/// The version of [`Saved`] written by this program.
pub const SAVED_VERSION: u32 = 1;

/// What survives a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// [`SAVED_VERSION`].
    pub version: u32,
    /// The queue.
    pub queue: QueueSnapshot,
    /// Place in the current track, in seconds.
    pub position_s: f64,
    /// In `0..=1`.
    pub volume: f64,
}

/// What other threads may look at.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) state: State,
    pub(crate) queue: Arc<QueueSnapshot>,
}

/// How soon the transport wants to be pumped again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// At once.
    Busy,
    /// After this time.
    Within(Duration),
    /// After the next command.
    Idle,
}

/// *Previous* goes back to the start of the track once this much has passed.
const PREVIOUS_RESTARTS_S: f64 = 3.0;
/// The next file is opened so long before the current one ends, for disks that must spin up.
const AHEAD_S: f64 = 10.0;
/// A card that takes nothing for so long is dead, though it did not say so.
const STALLED: Duration = Duration::from_secs(3);
/// Positions are told so many times a second.
const POSITIONS_PER_S: u64 = 4;
/// Frames decoded at a time.
const BLOCK: usize = 2048;

/// A track in the account of what sounds, from its loading to its end.
struct Track {
    entry: Entry,
    duration_s: Option<f64>,
    /// Where in the track the play began.
    from_s: f64,
    /// Seconds that sounded in earlier stretches. A stretch lasts until a seek or a loss of the output.
    listened_s: f64,
    started: bool,
    paused_told: bool,
    stretch: Option<Stretch>,
}

/// A run of frames in the ring that belong to one track without a jump.
struct Stretch {
    /// Ring index of the first frame, and its position in the track.
    from: u64,
    from_s: f64,
    /// Ring index behind the last frame, once decoded, and the error that cut it short.
    end: Option<u64>,
    failure: Option<DecodeError>,
    /// Ring index of the last position told.
    told: u64,
}

impl Track {
    fn new(deck: &Deck, from: u64) -> Self {
        let from_s = deck.position_s();
        Self {
            entry: deck.entry().clone(),
            duration_s: deck.duration_s(),
            from_s,
            listened_s: 0.0,
            started: false,
            paused_told: false,
            stretch: Some(Stretch {
                from,
                from_s,
                end: None,
                failure: None,
                told: from,
            }),
        }
    }
}

impl Stretch {
    /// Seconds of it that have sounded.
    fn sounded_s(&self, consumed: u64, rate_hz: u32) -> f64 {
        let to = consumed.min(self.end.unwrap_or(u64::MAX));
        to.saturating_sub(self.from) as f64 / f64::from(rate_hz)
    }
}

/// The entry after the current one, opened ahead.
enum Ahead {
    /// Not looked for yet.
    Unknown,
    /// There is none that plays.
    Nothing,
    /// Ready.
    Ready(Box<Deck>),
}

/// The state machine; see the module's doc.
pub(crate) struct Transport {
    output: Box<dyn Output>,
    /// The way to the output, while it is open.
    feed: Option<Feed>,
    output_lost: bool,
    queue: Queue,
    status: Status,
    volume: f64,
    /// Where the current track will go on, while no stretch of it is in the ring.
    cue_s: f64,
    /// What is being decoded: `sounding`'s file, or `coming`'s once that one is decoded.
    deck: Option<Box<Deck>>,
    /// The sounding track's deck, put aside at a seek or pause.
    spare: Option<Box<Deck>>,
    ahead: Ahead,
    sounding: Option<Track>,
    /// Follows `sounding` in the ring without a seam.
    coming: Option<Track>,
    /// Entries that failed since a track last sounded to its end, so that nothing is tried in circles.
    failed: HashSet<EntryId>,
    block: Vec<Frame>,
    watch: (u64, Option<Instant>),
    emit: Box<dyn FnMut(Event)>,
    published: Arc<Mutex<Published>>,
    published_revision: u64,
}

impl Transport {
    pub(crate) fn new(output: Box<dyn Output>, emit: Box<dyn FnMut(Event)>) -> Self {
        let queue = Queue::default();
        let state = State {
            volume: 1.0,
            ..State::default()
        };
        let published = Arc::new(Mutex::new(Published {
            state,
            queue: Arc::new(queue.snapshot()),
        }));
        Self {
            output,
            feed: None,
            output_lost: false,
            published_revision: queue.revision(),
            queue,
            status: Status::Stopped,
            volume: 1.0,
            cue_s: 0.0,
            deck: None,
            spare: None,
            ahead: Ahead::Unknown,
            sounding: None,
            coming: None,
            failed: HashSet::new(),
            block: vec![[0.0; 2]; BLOCK],
            watch: (0, None),
            emit,
            published,
        }
    }

    pub(crate) fn published(&self) -> Arc<Mutex<Published>> {
        Arc::clone(&self.published)
    }

    /// Carries a command out.
    pub(crate) fn handle(&mut self, command: Command) {
        self.observe();
        self.queue.stand(Place {
            position_s: self.position_s(),
            playing: self.status == Status::Playing,
        });
        match command {
            Command::Play => self.play(),
            Command::Pause => self.pause(),
            Command::Toggle if self.status == Status::Playing => self.pause(),
            Command::Toggle => self.play(),
            Command::Stop => self.stop(End::Stopped),
            Command::Seek(to_s) => self.seek(to_s),
            Command::Next => {
                let next = self.next_entry(false).map(|e| e.entry);
                self.depart(|queue, heard| queue.advance(next, heard));
            }
            Command::Previous => {
                let early = self.position_s() < PREVIOUS_RESTARTS_S;
                let back = |queue: &mut Queue, _| queue.previous();
                if !(early && self.depart(back)) {
                    self.seek(0.0);
                }
            }
            Command::Jump(entry) => {
                self.failed.clear();
                if self.depart(|queue, heard| queue.jump(entry, heard))
                    && self.status != Status::Playing
                {
                    self.play();
                }
            }
            Command::SetQueue {
                items,
                start,
                play,
                shuffle,
            } => {
                if !play {
                    self.stop(End::Skipped);
                }
                self.edit(End::Skipped, |queue| queue.set(items, start, shuffle));
                if play && self.status != Status::Playing {
                    self.play();
                }
            }
            Command::Append(items) => self.edit(End::Skipped, |queue| queue.append(items)),
            Command::InsertNext(items) => self.edit(End::Skipped, |queue| queue.insert_next(items)),
            Command::Remove(entry) => self.edit(End::Skipped, |queue| _ = queue.remove(entry)),
            Command::Move(entry, to) => {
                self.edit(End::Skipped, |queue| _ = queue.move_to(entry, to))
            }
            Command::KeepCurrent => self.edit(End::Skipped, Queue::keep_current),
            Command::Clear => {
                self.stop(End::Stopped);
                self.edit(End::Stopped, Queue::clear);
            }
            Command::Undo => self.undo(Queue::undo),
            Command::Redo => self.undo(Queue::redo),
            Command::Extend(items) => self.edit(End::Skipped, |queue| queue.extend(items)),
            Command::InsertAfter(entry, items) => {
                self.edit(End::Skipped, |queue| _ = queue.insert_after(entry, items))
            }
            Command::Withdraw(entries) => self.edit(End::Skipped, |queue| queue.withdraw(&entries)),
            Command::SetVolume(volume) => self.set_volume(volume),
            Command::SetRepeat(repeat) => self.edit(End::Skipped, |queue| queue.set_repeat(repeat)),
            Command::SetShuffle(Some(seed)) => self.edit(End::Skipped, |queue| queue.shuffle(seed)),
            Command::SetShuffle(None) => self.edit(End::Skipped, Queue::unshuffle),
            Command::Restore(saved) => self.restore(*saved),
        }
        self.publish();
    }

    /// Takes account of what has sounded and decodes what finds room.
    pub(crate) fn pump(&mut self, now: Instant) -> Pace {
        self.observe();
        self.fill();
        let mut pace = match self.status {
            Status::Playing => Pace::Within(Duration::from_millis(10)),
            // The fade of a pause is still taken into account.
            Status::Paused if self.feed.is_some() => Pace::Within(Duration::from_millis(200)),
            Status::Paused | Status::Stopped => Pace::Idle,
        };
        match self.output.drive() {
            Ok(Drive::Paced) => self.watch_for_a_stall(now),
            Ok(Drive::Took) if self.status == Status::Playing => pace = Pace::Busy,
            Ok(Drive::Took) => pace = Pace::Idle,
            Ok(Drive::Full) => {
                self.observe();
                if self.status != Status::Stopped {
                    self.stop(End::Stopped);
                }
            }
            Err(error) => self.lose_output(error.to_string()),
        }
        self.observe();
        self.publish();
        pace
    }

    /// Heeds what a card said, if it is the one in use.
    pub(crate) fn device_news(&mut self, generation: u64, news: DeviceNews) {
        if generation != self.output.generation() {
            return;
        }
        self.observe();
        match news {
            DeviceNews::Lost(reason) => self.lose_output(format!(
                "the sound card is gone ({reason}); press play once it or another is connected"
            )),
            DeviceNews::Rerouted => self.tell(Event::OutputChanged),
        }
        self.publish();
    }

    /// Ends what is under way, for the program's end.
    pub(crate) fn close(&mut self) {
        self.observe();
        self.finish(End::Stopped);
        self.publish();
    }

    // Playing, holding, stopping

    fn play(&mut self) {
        match self.status {
            Status::Playing => return,
            Status::Stopped => self.failed.clear(),
            Status::Paused => {}
        }
        if self.queue.current().is_none() {
            if self.queue.entries().is_empty() {
                return;
            }
            self.queue.rewind();
            self.cue_s = 0.0;
        }
        self.status = Status::Playing;
        if !self.is_loaded() {
            return self.load();
        }
        if let Some(feed) = &self.feed {
            feed.run(true);
        }
        self.watch.1 = None;
        self.tell_resumed();
    }

    fn pause(&mut self) {
        if self.status != Status::Playing {
            return;
        }
        self.status = Status::Paused;
        if let Some(feed) = &self.feed {
            feed.run(false);
        }
        self.tell_paused();
    }

    fn stop(&mut self, how: End) {
        if self.status == Status::Stopped {
            self.cue_s = 0.0;
            return;
        }
        self.status = Status::Stopped;
        self.finish(how);
        self.unload();
        self.cue_s = 0.0;
        self.let_go();
        self.close_output();
        self.tell(Event::Stopped);
    }

    fn run_out(&mut self, heard: bool) {
        self.status = Status::Stopped;
        self.unload();
        self.queue.advance(None, heard);
        self.cue_s = 0.0;
        self.let_go();
        self.close_output();
        self.tell(Event::QueueEnded);
    }

    fn seek(&mut self, to_s: f64) {
        if self.queue.current().is_none() || to_s.is_nan() {
            return;
        }
        let end_s = self
            .sounding
            .as_ref()
            .and_then(|t| t.duration_s)
            .unwrap_or(f64::MAX);
        self.unload();
        self.cue_s = to_s.clamp(0.0, end_s.max(0.0));
        if let Some(track) = self.sounding.as_ref().filter(|t| t.started) {
            let entry = track.entry.entry;
            self.tell(Event::Position {
                entry,
                position_s: self.cue_s,
            });
        }
        if self.status == Status::Playing {
            self.load();
        }
    }

    fn set_volume(&mut self, volume: f64) {
        if !volume.is_nan() {
            self.volume = volume.clamp(0.0, 1.0);
        }
        if let Some(feed) = &self.feed {
            feed.set_level(self.level());
        }
    }

    fn level(&self) -> f32 {
        self.volume.powi(3) as f32
    }

    fn restore(&mut self, saved: Saved) {
        self.stop(End::Stopped);
        self.queue = Queue::restore(saved.queue);
        self.published_revision = self.queue.revision().wrapping_sub(1);
        self.failed.clear();
        self.set_volume(saved.volume);
        if self.queue.current().is_some() {
            self.status = Status::Paused;
            self.cue_s = if saved.position_s.is_finite() {
                saved.position_s.max(0.0)
            } else {
                0.0
            };
        }
    }

    // The queue

    /// Changes the queue by an edit. If the current entry is another one afterwards, its play is over.
    fn edit(&mut self, how: End, change: impl FnOnce(&mut Queue)) {
        let before = self.queue.current().map(|e| e.entry);
        change(&mut self.queue);
        if self.queue.current().map(|e| e.entry) == before {
            self.reconsider_next();
        } else {
            self.finish(how);
            self.go_on_with_current();
        }
    }

    /// Goes to the other side of an edit. Where that makes another entry current, it is taken up at its place.
    fn undo(&mut self, change: impl FnOnce(&mut Queue) -> Option<Undone>) {
        let Some(Undone { edit, resume }) = change(&mut self.queue) else {
            return;
        };
        match resume {
            None => self.reconsider_next(),
            Some(place) => {
                self.finish(End::Skipped);
                self.unload();
                if self.queue.current().is_none() {
                    self.cue_s = 0.0;
                    if self.status != Status::Stopped {
                        self.run_out(false);
                    }
                } else {
                    self.cue_s = place.position_s;
                    self.status = match (self.status, place.playing) {
                        (Status::Paused, _) => Status::Paused,
                        (_, true) => Status::Playing,
                        (Status::Stopped, false) if place.position_s == 0.0 => Status::Stopped,
                        (_, false) => Status::Paused,
                    };
                    if self.status == Status::Playing {
                        self.failed.clear();
                        self.load();
                    } else if let Some(feed) = &self.feed {
                        feed.run(false);
                    }
                }
            }
        }
        self.tell(Event::EditUndone { edit });
    }

    /// Leaves the current track because the listener wants another. Whether that came to pass.
    fn depart(&mut self, change: impl FnOnce(&mut Queue, bool) -> bool) -> bool {
        let heard = self.sounding.as_ref().is_some_and(|t| t.started);
        if !change(&mut self.queue, heard) {
            return false;
        }
        self.finish(End::Skipped);
        self.go_on_with_current();
        true
    }

    /// Another entry is current: plays it, or keeps it for later.
    fn go_on_with_current(&mut self) {
        self.unload();
        self.cue_s = 0.0;
        match self.status {
            Status::Stopped => {}
            _ if self.queue.current().is_none() => self.run_out(false),
            Status::Playing => self.load(),
            Status::Paused => {}
        }
    }

    /// The first entry that may follow and has not failed.
    fn next_entry(&self, natural: bool) -> Option<Entry> {
        self.queue
            .following(natural)
            .find(|e| !self.failed.contains(&e.entry))
            .cloned()
    }

    /// The queue has changed: what is opened or even written ahead may not be what follows.
    fn reconsider_next(&mut self) {
        let next = self.next_entry(true).map(|e| e.entry);
        let ready = match &self.ahead {
            Ahead::Ready(deck) => Some(deck.entry().entry),
            Ahead::Unknown | Ahead::Nothing => None,
        };
        if ready != next {
            self.ahead = Ahead::Unknown;
        }
        let end = self
            .sounding
            .as_ref()
            .and_then(|t| t.stretch.as_ref())
            .and_then(|s| s.end);
        let (Some(end), Some(feed)) = (end, &self.feed) else {
            return;
        };
        match &self.coming {
            Some(coming) if Some(coming.entry.entry) == next => {}
            None => _ = self.join_next(),
            Some(_) if feed.withdraw(end) => {
                // The tap steps from `end` to what is written from now on.
                (self.coming, self.deck, self.ahead) = (None, None, Ahead::Unknown);
                self.join_next();
            }
            Some(_) => {
                self.unload();
                if self.status == Status::Playing {
                    self.load();
                }
            }
        }
    }

    // Decoding

    fn is_loaded(&self) -> bool {
        self.sounding.as_ref().is_some_and(|t| t.stretch.is_some())
    }

    /// Drops what is on its way to the output, keeping the place in the track.
    fn unload(&mut self) {
        self.cue_s = self.position_s();
        let deck = self.deck.take();
        if self.coming.take().is_some() {
            self.ahead = Ahead::Unknown;
        } else if deck.is_some() {
            self.spare = deck;
        }
        let Some(feed) = &self.feed else { return };
        feed.flush();
        if let Some(track) = &mut self.sounding
            && let Some(stretch) = track.stretch.take()
        {
            track.listened_s += stretch.sounded_s(feed.consumed(), feed.rate_hz());
        }
    }

    /// Closes files that are kept open for later. They are bound to the output's rate, and whoever writes
    /// tags may want to replace them.
    fn let_go(&mut self) {
        (self.spare, self.ahead) = (None, Ahead::Unknown);
    }

    /// Begins to decode the current entry at the cue, or the first one after it that plays.
    fn load(&mut self) {
        let mut heard = false;
        while let Some(entry) = self.queue.current().cloned() {
            match self.open_current(&entry) {
                Ok(Some(deck)) => return self.take_up(deck),
                Ok(None) => return,
                Err(error) => {
                    self.fail(&entry, &error);
                    heard |= self.finish(End::Failed);
                    self.cue_s = 0.0;
                    let next = self.next_entry(false).map(|e| e.entry);
                    self.queue.advance(next, heard);
                    heard = false;
                }
            }
        }
        self.run_out(heard);
    }

    /// A deck at the cue of the current entry; `None` if the output is lost.
    fn open_current(&mut self, entry: &Entry) -> Result<Option<Box<Deck>>, DecodeError> {
        if self.feed.is_none() {
            let format = Decoder::open(&entry.item.path)?.format().clone();
            if !self.open_output(&format) {
                return Ok(None);
            }
        }
        let Some(rate_hz) = self.feed.as_ref().map(Feed::rate_hz) else {
            return Ok(None);
        };
        let cue_s = self.cue_s;
        if let Some(mut deck) = self
            .spare
            .take()
            .filter(|d| d.entry() == entry && self.sounding.is_some())
        {
            deck.seek(cue_s)?;
            return Ok(Some(deck));
        }
        match std::mem::replace(&mut self.ahead, Ahead::Unknown) {
            Ahead::Ready(deck) if deck.entry() == entry && cue_s == 0.0 => Ok(Some(deck)),
            _ => Ok(Some(Box::new(Deck::open(entry, rate_hz, cue_s)?))),
        }
    }

    fn take_up(&mut self, deck: Box<Deck>) {
        let Some(feed) = &self.feed else { return };
        let fresh = Track::new(&deck, feed.written());
        match &mut self.sounding {
            Some(track) if track.entry == fresh.entry => {
                track.stretch = fresh.stretch;
                track.duration_s = fresh.duration_s;
            }
            _ => self.sounding = Some(fresh),
        }
        self.deck = Some(deck);
        self.ahead = Ahead::Unknown;
        feed.run(true);
        self.watch.1 = None;
        self.tell_resumed();
    }

    /// Decodes into the ring: the mixing stage. Tracks meet here, one frame after the other without a seam;
    /// crossfading will have two decks read at once, and the equaliser stands behind them.
    fn fill(&mut self) {
        loop {
            let Some(feed) = &mut self.feed else { return };
            let room = feed.room().min(self.block.len());
            if room == 0 {
                return;
            }
            let Some(deck) = &mut self.deck else {
                if self.join_next() {
                    continue;
                }
                return;
            };
            match deck.read(&mut self.block[..room]) {
                Ok(0) => self.end_deck(None),
                Ok(count) => {
                    feed.write(&self.block[..count]);
                    let left_s = deck
                        .duration_s()
                        .map(|duration_s| duration_s - deck.position_s());
                    if left_s.is_some_and(|left_s| left_s < AHEAD_S) && self.coming.is_none() {
                        self.look_ahead();
                    }
                }
                Err(error) => self.end_deck(Some(error)),
            }
        }
    }

    /// The track being decoded has no more to give.
    fn end_deck(&mut self, failure: Option<DecodeError>) {
        self.deck = None;
        let written = self.feed.as_ref().map(Feed::written);
        let joined = self.coming.is_some();
        let Some(track) = self.coming.as_mut().or(self.sounding.as_mut()) else {
            return;
        };
        if failure.is_some() && !joined {
            self.failed.insert(track.entry.entry);
        }
        if let Some(stretch) = &mut track.stretch {
            (stretch.end, stretch.failure) = (written, failure);
        }
    }

    /// Opens what follows the sounding track.
    fn look_ahead(&mut self) {
        let Some(rate_hz) = self.feed.as_ref().map(Feed::rate_hz) else {
            return;
        };
        while matches!(self.ahead, Ahead::Unknown) {
            let Some(entry) = self.next_entry(true) else {
                self.ahead = Ahead::Nothing;
                return;
            };
            match Deck::open(&entry, rate_hz, 0.0) {
                Ok(deck) => self.ahead = Ahead::Ready(Box::new(deck)),
                Err(error) => self.fail(&entry, &error),
            }
        }
    }

    /// Once the sounding track is decoded, lets what follows it join on. Whether something did. Only one
    /// track is written ahead, so that the queue is asked again after each.
    fn join_next(&mut self) -> bool {
        let decoded = self
            .sounding
            .as_ref()
            .and_then(|t| t.stretch.as_ref())
            .is_some_and(|s| s.end.is_some());
        if !decoded || self.coming.is_some() {
            return false;
        }
        self.look_ahead();
        match (
            std::mem::replace(&mut self.ahead, Ahead::Unknown),
            &self.feed,
        ) {
            (Ahead::Ready(deck), Some(feed)) => {
                self.coming = Some(Track::new(&deck, feed.written()));
                self.deck = Some(deck);
                true
            }
            (other, _) => {
                self.ahead = other;
                false
            }
        }
    }

    fn fail(&mut self, entry: &Entry, error: &DecodeError) {
        self.failed.insert(entry.entry);
        let (entry, item) = (entry.entry, Arc::clone(&entry.item));
        self.tell(Event::Failed {
            entry,
            item,
            reason: error.to_string(),
        });
    }

    // The account of what sounded

    /// Seconds from the start of the current track.
    fn position_s(&self) -> f64 {
        match (
            self.sounding.as_ref().and_then(|t| t.stretch.as_ref()),
            &self.feed,
        ) {
            (Some(stretch), Some(feed)) => {
                stretch.from_s + stretch.sounded_s(feed.consumed(), feed.rate_hz())
            }
            _ => self.cue_s,
        }
    }

    /// Follows the output's index: tells what has begun, come along and ended since.
    fn observe(&mut self) {
        loop {
            let Some((consumed, rate_hz)) = self.feed.as_ref().map(|f| (f.consumed(), f.rate_hz()))
            else {
                return;
            };
            let Some(track) = &mut self.sounding else {
                return;
            };
            let Some(stretch) = &mut track.stretch else {
                return;
            };
            let entry = track.entry.entry;
            let position_s = stretch.from_s + stretch.sounded_s(consumed, rate_hz);
            let due = consumed >= stretch.told + u64::from(rate_hz) / POSITIONS_PER_S;
            let ended = stretch.end.is_some_and(|end| consumed >= end);
            if !track.started && consumed > stretch.from && stretch.end != Some(stretch.from) {
                track.started = true;
                stretch.told = consumed;
                let (item, duration_s, from_s) = (
                    Arc::clone(&track.entry.item),
                    track.duration_s,
                    track.from_s,
                );
                self.tell(Event::Started {
                    entry,
                    item,
                    duration_s,
                    from_s,
                });
                if self.status == Status::Paused {
                    self.tell_paused();
                }
                continue;
            }
            if ended {
                self.pass_end();
                continue;
            }
            if due && track.started {
                stretch.told = consumed;
                self.tell(Event::Position { entry, position_s });
            }
            return;
        }
    }

    /// The sounding track's last frame has sounded.
    fn pass_end(&mut self) {
        let failure = self
            .sounding
            .as_mut()
            .and_then(|t| t.stretch.as_mut())
            .and_then(|s| s.failure.take());
        let failed = failure.is_some();
        if let (Some(error), Some(entry)) =
            (failure, self.sounding.as_ref().map(|t| t.entry.clone()))
        {
            self.fail(&entry, &error);
        }
        let coming = self.coming.take();
        let heard = self.finish(if failed { End::Failed } else { End::Finished });
        match coming {
            Some(next) => {
                if next.stretch.as_ref().is_some_and(|s| s.failure.is_some()) {
                    self.failed.insert(next.entry.entry);
                }
                self.queue.advance(Some(next.entry.entry), heard);
                self.sounding = Some(next);
            }
            None => self.run_out(heard),
        }
    }

    /// Closes the account of the sounding track. Whether it sounded.
    fn finish(&mut self, how: End) -> bool {
        let position_s = self.position_s();
        let Some(mut track) = self.sounding.take() else {
            return false;
        };
        if let (Some(stretch), Some(feed)) = (&track.stretch, &self.feed) {
            track.listened_s += stretch.sounded_s(feed.consumed(), feed.rate_hz());
        }
        if track.started {
            self.failed.clear();
            self.tell(Event::Ended {
                entry: track.entry.entry,
                item: track.entry.item,
                from_s: track.from_s,
                position_s,
                listened_s: track.listened_s,
                duration_s: track.duration_s,
                how,
            });
        }
        track.started
    }

    // The output

    fn open_output(&mut self, first: &AudioFormat) -> bool {
        match self.output.open(first) {
            Ok(feed) => {
                feed.set_level(self.level());
                self.feed = Some(feed);
                if std::mem::take(&mut self.output_lost) {
                    self.tell(Event::OutputChanged);
                }
                true
            }
            Err(error) => {
                self.status = Status::Paused;
                self.output_lost = true;
                self.tell(Event::OutputLost {
                    reason: error.to_string(),
                });
                false
            }
        }
    }

    /// The run of sound is over.
    fn close_output(&mut self) {
        if let Some(feed) = &self.feed {
            feed.run(false);
        }
        match self.output.finish() {
            Ok(None) => {}
            Ok(Some(written)) => {
                self.feed = None;
                self.tell(Event::Written {
                    path: written.path,
                    frames: written.frames,
                    sample_rate_hz: written.rate_hz,
                    bits: written.bits,
                });
            }
            Err(OutputError::File { path, source }) => {
                self.feed = None;
                self.output_lost = true;
                let error = OutputError::File { path, source };
                self.tell(Event::OutputLost {
                    reason: error.to_string(),
                });
            }
            Err(error) => self.tell(Event::OutputLost {
                reason: error.to_string(),
            }),
        }
    }

    fn lose_output(&mut self, reason: String) {
        self.unload();
        self.feed = None;
        self.let_go();
        self.output_lost = true;
        self.tell(Event::OutputLost { reason });
        if self.status == Status::Playing {
            self.status = Status::Paused;
            self.tell_paused();
        }
    }

    fn watch_for_a_stall(&mut self, now: Instant) {
        let Some(feed) = self
            .feed
            .as_ref()
            .filter(|f| self.status == Status::Playing && f.written() > 0)
        else {
            self.watch.1 = None;
            return;
        };
        let consumed = feed.consumed();
        match self.watch {
            (seen, Some(since)) if seen == consumed && feed.written() > consumed => {
                if now.saturating_duration_since(since) > STALLED {
                    self.watch.1 = None;
                    self.lose_output(
                        "the sound card takes no more sound; press play to open it again"
                            .to_owned(),
                    );
                }
            }
            _ => self.watch = (consumed, Some(now)),
        }
    }

    // Telling

    fn tell_paused(&mut self) {
        if let Some(track) = self
            .sounding
            .as_mut()
            .filter(|t| t.started && !t.paused_told)
        {
            track.paused_told = true;
            let entry = track.entry.entry;
            self.tell(Event::Paused { entry });
        }
    }

    fn tell_resumed(&mut self) {
        if let Some(track) = self.sounding.as_mut().filter(|t| t.paused_told) {
            track.paused_told = false;
            let entry = track.entry.entry;
            self.tell(Event::Resumed { entry });
        }
    }

    fn tell(&mut self, event: Event) {
        self.publish();
        (self.emit)(event);
    }

    /// Lets other threads see the state, before they hear of it.
    fn publish(&mut self) {
        let state = State {
            status: self.status,
            current: self.queue.current().cloned(),
            position_s: self.position_s(),
            duration_s: self.sounding.as_ref().and_then(|t| t.duration_s),
            volume: self.volume,
            repeat: self.queue.repeat(),
            shuffled: self.queue.is_shuffled(),
            queue_len: self.queue.entries().len(),
            queue_revision: self.queue.revision(),
            undo: self.queue.undoable(),
            redo: self.queue.redoable(),
        };
        let revision = self.queue.revision();
        let changed = revision != self.published_revision;
        let snapshot = changed.then(|| Arc::new(self.queue.snapshot()));
        {
            let mut published = self
                .published
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            published.state = state;
            if let Some(queue) = snapshot {
                published.queue = queue;
            }
        }
        if changed {
            self.published_revision = revision;
            (self.emit)(Event::QueueChanged { revision });
        }
    }
}
