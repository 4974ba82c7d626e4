//! The engine's middle: commands and the passing of samples in, events and samples out.
//!
//! It owns the queue, the decks and the account of what sounded; threads and clocks are the rim's
//! (`engine.rs`), so tests drive it frame by frame. One rule explains most of it: **what is decoded runs
//! ahead of what sounds.** The ring holds up to most of a second; the current entry, positions and listened
//! time follow the index that the output has consumed, never the decoder. What is asked and told is in `protocol.rs`;
//! the account of what sounds in `account.rs`, the way from the queue into the ring in `fill.rs`.

mod account;
mod ahead;
mod fill;
mod limits;
mod output;
mod sound;
mod track;
mod underruns;
mod until;

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use segue_core::{Crossfade, EndReason, LoudnessSettings, OutputFault};

use crate::deck::Deck;
use crate::host::{DeviceNews, OutputDevice};
use crate::join::Join;
use crate::loader::Loader;
use crate::output::{DeviceChange, Drive, Output};
use crate::protocol::{
    Answer, End, EngineCommand, EngineState, Equalizers, Event, Saved, Status, TimedEvent,
};
use crate::queue::{EntryId, PlaybackPosition, Queue, QueueSnapshot, Undone};
use crate::ring::{Feed, StereoFrame};
use ahead::Ahead;
use limits::Until;
use track::TrackAccount;
use underruns::Underruns;

/// What other threads may look at.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) state: EngineState,
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
/// Frames decoded at a time.
const BLOCK: usize = 2048;

/// The state machine; see the module's doc.
pub(crate) struct Transport {
    output: Box<dyn Output>,
    /// The writing end of the ring, while the output is open.
    feed: Option<Feed>,
    output_lost: bool,
    queue: Queue,
    status: Status,
    volume: f64,
    loudness: LoudnessSettings,
    crossfade: Crossfade,
    equalizers: Equalizers,
    /// Where the current track will go on, while no range of it is in the ring.
    cue_s: f64,
    loader: Box<dyn Loader>,
    /// Number of the last request to the loader.
    asked: u64,
    /// What the loader brings of the current entry, to sound as soon as it is there.
    awaited: Option<u64>,
    join: Join,
    /// What is being decoded: the file of the last of `coming`, or, without any, of `sounding`.
    deck: Option<Box<Deck>>,
    /// What fades out into it.
    fading_deck: Option<Box<Deck>>,
    /// Will sound through another opening of the output, as soon as what this one was given has been heard.
    held: Option<Box<Deck>>,
    /// The sounding track's deck, put aside at a seek or pause.
    spare: Option<Box<Deck>>,
    ahead: Ahead,
    sounding: Option<TrackAccount>,
    /// Fades out while `sounding` fades in.
    leaving: Option<TrackAccount>,
    /// Follow `sounding` in the ring: without a seam, or the first of them overlaps it.
    coming: VecDeque<TrackAccount>,
    until: Until,
    /// Entries that failed since a track last sounded to its end, so that nothing is tried in circles.
    failed: HashSet<EntryId>,
    block: Vec<StereoFrame>,
    watch: (u64, Option<Instant>),
    /// Why the command under way is given.
    cause: Option<EndReason>,
    underruns: Underruns,
    /// The instant that emitted events bear.
    now: Instant,
    /// Plays that have started.
    plays: u64,
    emit: Box<dyn FnMut(TimedEvent)>,
    published: Arc<Mutex<Published>>,
    published_revision: u64,
}

impl Transport {
    pub(crate) fn new(
        output: Box<dyn Output>,
        loader: Box<dyn Loader>,
        emit: Box<dyn FnMut(TimedEvent)>,
        now: Instant,
    ) -> Self {
        let queue = Queue::default();
        let state = EngineState {
            volume: 1.0,
            ..EngineState::default()
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
            loudness: LoudnessSettings::default(),
            crossfade: Crossfade::default(),
            equalizers: Equalizers::default(),
            cue_s: 0.0,
            loader,
            asked: 0,
            awaited: None,
            join: Join::default(),
            deck: None,
            fading_deck: None,
            held: None,
            spare: None,
            ahead: Ahead::Unknown,
            sounding: None,
            leaving: None,
            coming: VecDeque::new(),
            until: Until::default(),
            failed: HashSet::new(),
            block: vec![[0.0; 2]; BLOCK],
            watch: (0, None),
            cause: None,
            underruns: Underruns::default(),
            now,
            plays: 0,
            emit,
            published,
        }
    }

    pub(crate) fn published(&self) -> Arc<Mutex<Published>> {
        Arc::clone(&self.published)
    }

    /// Carries a command out. `cause` is told with the play that it ends.
    pub(crate) fn handle(
        &mut self,
        command: EngineCommand,
        cause: Option<EndReason>,
        now: Instant,
    ) -> Answer {
        self.observe();
        self.pass_to(now);
        self.cause = cause;
        let before = self.queue.current().map(|entry| entry.entry);
        self.queue.stand(PlaybackPosition {
            position_s: self.position_s(),
            playing: self.status == Status::Playing,
        });
        match command {
            EngineCommand::Play => self.play(),
            EngineCommand::Pause => self.pause(),
            EngineCommand::Toggle if self.status == Status::Playing => self.pause(),
            EngineCommand::Toggle => self.play(),
            EngineCommand::Stop => self.stop(End::Stopped),
            EngineCommand::Seek(to_s) => self.seek(to_s),
            EngineCommand::Next => {
                let next = self.next_after(None, false).map(|e| e.entry);
                self.depart(|queue, heard| queue.advance(next, heard));
            }
            EngineCommand::Previous => {
                let early = self.position_s() < PREVIOUS_RESTARTS_S;
                let back = |queue: &mut Queue, _| queue.previous();
                if !(early && self.depart(back)) {
                    self.seek(0.0);
                }
            }
            EngineCommand::Jump(entry) => {
                self.failed.clear();
                if self.depart(|queue, heard| queue.jump(entry, heard))
                    && self.status != Status::Playing
                {
                    self.play();
                }
            }
            EngineCommand::SetQueue {
                items,
                start,
                play,
                shuffle,
            } => {
                if !play {
                    self.stop(End::Skipped);
                }
                self.edit(|queue| queue.set(items, start, shuffle));
                if play && self.status != Status::Playing {
                    self.play();
                }
            }
            EngineCommand::Append(items) => self.edit(|queue| queue.append(items)),
            EngineCommand::InsertNext(items) => self.edit(|queue| queue.insert_next(items)),
            EngineCommand::Remove(entry) => self.edit(|queue| _ = queue.remove(entry)),
            EngineCommand::Move(entry, to) => self.edit(|queue| _ = queue.move_to(entry, to)),
            EngineCommand::KeepCurrent => self.edit(Queue::keep_current),
            EngineCommand::Clear => {
                self.stop(End::Stopped);
                self.edit(Queue::clear);
            }
            EngineCommand::Undo => self.undo(Queue::undo),
            EngineCommand::Redo => self.undo(Queue::redo),
            EngineCommand::Extend(items) => self.edit(|queue| queue.extend(items)),
            EngineCommand::InsertAfter(entry, items) => {
                self.edit(|queue| _ = queue.insert_after(entry, items))
            }
            EngineCommand::Withdraw(entries) => self.edit(|queue| queue.withdraw(&entries)),
            EngineCommand::SetVolume(volume) => self.set_volume(volume),
            EngineCommand::SetLoudness(settings) => self.set_loudness(settings),
            EngineCommand::SetCrossfade(crossfade) => {
                if std::mem::replace(&mut self.crossfade, crossfade) != crossfade {
                    self.forget_ahead();
                }
            }
            EngineCommand::SetEqualizers(equalizers) => {
                self.equalizers = *equalizers;
                self.equalize();
            }
            EngineCommand::SetRepeat(repeat) => self.edit(|queue| queue.set_repeat(repeat)),
            EngineCommand::SetShuffle(Some(seed)) => self.edit(|queue| queue.shuffle(seed)),
            EngineCommand::SetShuffle(None) => self.edit(Queue::unshuffle),
            EngineCommand::StopAfter(entry) => self.set_stop_after(entry),
            EngineCommand::Sleep(after) => self.set_sleep(after),
            EngineCommand::LoopStretch(stretch) => self.set_stretch(stretch),
            EngineCommand::UseOutput(settings) => self.use_output(settings),
            EngineCommand::Restore(saved) => self.restore(*saved),
        }
        self.heed_departure(before);
        self.cause = None;
        self.tell_state();
        let published = self.look();
        Answer {
            state: published.state.clone(),
            queue: Arc::clone(&published.queue),
        }
    }

    /// Takes account of what has sounded and decodes what finds room.
    pub(crate) fn pump(&mut self, now: Instant) -> Pace {
        self.observe();
        self.pass_to(now);
        let status = self.status;
        self.heed_time(now);
        self.receive();
        self.take_up_held();
        if (status, self.status) == (Status::Playing, Status::Paused) {
            // There is no output for it.
            self.tell_state();
        }
        self.fill();
        self.watch_underruns(now);
        let mut pace = match self.status {
            Status::Playing => Pace::Within(Duration::from_millis(10)),
            // The fade of a pause is still taken into account.
            Status::Paused if self.feed.is_some() => Pace::Within(Duration::from_millis(200)),
            Status::Paused | Status::Stopped => Pace::Idle,
        };
        if self.status != Status::Playing
            && let Some(rests_in) = self.output.rest(now)
            && pace == Pace::Idle
        {
            pace = Pace::Within(rests_in);
        }
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
            Err(error) => self.lose_output(error),
        }
        self.observe();
        self.publish();
        pace
    }

    /// Heeds what a card said, if it is the one in use.
    pub(crate) fn device_news(&mut self, generation: u64, news: DeviceNews, now: Instant) {
        if generation != self.output.generation() {
            return;
        }
        self.observe();
        self.pass_to(now);
        match news {
            DeviceNews::Lost(detail) => {
                self.output.lost();
                match self.output.goes_on_elsewhere() {
                    true => self.reopen_output(),
                    false => self.lose_output(OutputFault::Lost { detail }),
                }
            }
            DeviceNews::Rerouted => {
                self.output.rerouted();
                self.equalize();
                self.tell(Event::OutputChanged);
            }
            DeviceNews::Underrun => {
                if let Some(feed) = self
                    .feed
                    .as_ref()
                    .filter(|_| self.status == Status::Playing)
                {
                    feed.count_underrun();
                    self.watch_underruns(now);
                }
            }
        }
        self.publish();
    }

    /// Heeds which cards there are.
    pub(crate) fn devices_seen(&mut self, devices: &[OutputDevice], now: Instant) {
        self.observe();
        self.pass_to(now);
        match self.output.devices_seen(devices) {
            DeviceChange::None => {}
            DeviceChange::Reopen => self.reopen_output(),
            DeviceChange::Lost(why) => {
                self.output.lost();
                self.lose_output(why);
            }
        }
        self.publish();
    }

    /// Ends what is under way, for the program's end.
    pub(crate) fn close(&mut self, now: Instant) {
        self.observe();
        self.pass_to(now);
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
        if let Some(feed) = &self.feed {
            // It may have fallen asleep.
            feed.set_level(self.level());
        }
        if self.is_loaded() {
            if self.output.wake().is_err() {
                self.reopen_output();
            } else if let Some(feed) = &self.feed {
                feed.run(true);
            }
            self.watch.1 = None;
        } else if self.awaited.is_none() && self.held.is_none() {
            self.load();
        }
        if self.status == Status::Playing {
            self.tell_resumed();
        }
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
        if let Some((play, entry)) = self.play_under_way() {
            let position_s = self.cue_s;
            self.tell(Event::Position {
                play,
                entry,
                position_s,
            });
        }
        if self.status == Status::Playing {
            self.load();
        }
    }

    fn restore(&mut self, saved: Saved) {
        self.stop(End::Stopped);
        self.queue = Queue::restore(Arc::unwrap_or_clone(saved.queue));
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
    fn edit(&mut self, change: impl FnOnce(&mut Queue)) {
        let before = self.queue.current().map(|e| e.entry);
        change(&mut self.queue);
        if self.queue.current().map(|e| e.entry) == before {
            self.reconsider_next();
        } else {
            self.finish(End::Skipped);
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
        let heard = self.play_under_way().is_some();
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

    // Telling

    fn tell_state(&mut self) {
        self.publish();
        let state = Box::new(self.look().state.clone());
        self.emit(Event::StateChanged { state });
    }

    fn tell(&mut self, event: Event) {
        self.publish();
        self.emit(event);
    }

    fn emit(&mut self, event: Event) {
        let at = self.now;
        (self.emit)(TimedEvent { at, event });
    }

    /// What is told from here on happens at that instant, or, where something later was told or looked for, then.
    fn pass_to(&mut self, instant: Instant) {
        self.now = self.now.max(instant);
    }

    fn look(&self) -> MutexGuard<'_, Published> {
        self.published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets other threads see the state, before they hear of it.
    fn publish(&mut self) {
        let state = EngineState {
            status: self.status,
            current: self.queue.current().cloned(),
            position_s: self.heard_s(),
            duration_s: self.sounding.as_ref().and_then(|t| t.duration_s),
            volume: self.volume,
            path: self.sounding.as_ref().and_then(|track| self.path_of(track)),
            gain: self
                .sounding
                .as_ref()
                .map(|track| track.gain)
                .unwrap_or_default(),
            repeat: self.queue.repeat(),
            shuffled: self.queue.is_shuffled(),
            stop_after: self.until.stop_after,
            sleeps_in_s: self.sleeps_in_s(),
            stretch: self.stretch(),
            queue_len: self.queue.entries().len(),
            queue_revision: self.queue.revision(),
            undo: self.queue.undoable(),
            redo: self.queue.redoable(),
            underruns: self.underruns.counted,
            output: self.output.in_use(),
        };
        let revision = self.queue.revision();
        let changed = revision != self.published_revision;
        let snapshot = changed.then(|| Arc::new(self.queue.snapshot()));
        {
            let mut published = self.look();
            published.state = state;
            if let Some(queue) = snapshot {
                published.queue = queue;
            }
        }
        if changed {
            self.published_revision = revision;
            self.emit(Event::QueueChanged { revision });
        }
    }
}
