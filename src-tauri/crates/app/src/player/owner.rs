//! The player's thread. It alone owns the player's state: what the queue's places mean, the account of the current play,
//! station and guest DJ, and what was stored of all that. Everything reaches it as a message, in order: the window's
//! commands, the engine's events, finished plans. It never waits for a disk or for the library, else a command would wait
//! with it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use segue_core::OutputFault;
use segue_core::{EndReason, Play, PlaySource, PlayedFrom, Track, TrackId};
use segue_playback::{
    Engine, EngineCommand, EngineState, Entry, EntryId, Event, MediaItem, OutputInUse, PlayId,
    QueueSnapshot, Repeat, Status, TimedEvent,
};

use super::account::{Account, PlayEnd};
use super::chance::chance;
use super::items::{Items, Placed, QueueItem};
use super::plan::{Autoplay, Plan};
use super::session::{Keeper, Restored, SavedSession, SessionPlace, Write};
use super::window::{Snapshot, WindowUpdate};
use crate::wire::{AppEvent, Notice, PlayerCommand, RepeatMode, StopAfter};

/// The delay between a change of the queue and storing it, and between two times that the position is stored.
const KEEP_AFTER: Duration = Duration::from_secs(2);
const KEEP_EVERY: Duration = Duration::from_secs(10);

/// What reaches the player's thread.
pub(super) enum PlayerMessage {
    /// A command of another thread, which waits for the answer.
    Ask(Box<dyn FnOnce(&mut Owner) + Send>),
    /// An event of the engine.
    Engine(TimedEvent),
    /// A plan is finished.
    Planned(Plan),
    /// A play is in the log, and the taste has learned from it.
    Logged(Box<Play>),
    /// Storing the queue or the position failed.
    NotKept,
    Quit,
}

/// See the file's promise.
pub(super) struct Owner {
    engine: Engine,
    /// The engine as of its last answer or event.
    state: EngineState,
    pub(super) queue: Arc<QueueSnapshot>,
    pub(super) items: Items,
    /// The plays under way, each with its name, the oldest first: two while one song fades into the other.
    accounts: VecDeque<(PlayId, Account)>,
    /// Whether the engine was paused, and at volume zero, by its last event.
    held: (bool, bool),
    pub(super) autoplay: Autoplay,
    /// A guest session: its plays are logged, and the taste does not learn from them.
    guest: bool,
    output_error: Option<OutputFault>,
    keeper: Keeper,
    queue_kept: Instant,
    place: Option<SessionPlace>,
    place_kept: Instant,
    writer: Sender<Write>,
    window: Sender<WindowUpdate>,
}

impl Owner {
    pub(super) fn new(
        engine: Engine,
        autoplay: Autoplay,
        writer: Sender<Write>,
        window: Sender<WindowUpdate>,
    ) -> Self {
        Self {
            state: engine.state(),
            queue: engine.queue(),
            engine,
            items: Items::default(),
            accounts: VecDeque::new(),
            held: (false, false),
            autoplay,
            guest: false,
            output_error: None,
            keeper: Keeper::default(),
            queue_kept: Instant::now(),
            place: None,
            place_kept: Instant::now(),
            writer,
            window,
        }
    }

    /// Restores the stored queue, paused at its position.
    pub(super) fn take_up(&mut self, restored: Restored, items: Items) {
        let Restored { saved, session } = restored;
        self.items = items;
        (self.autoplay.station, self.autoplay.dj) = (session.station, session.dj);
        self.guest = session.guest;
        self.order(EngineCommand::Restore(Box::new(saved)), None);
    }

    pub(super) fn run(mut self, messages: &Receiver<PlayerMessage>) {
        loop {
            match messages.recv_timeout(KEEP_AFTER) {
                Ok(PlayerMessage::Quit) => return self.quit(messages),
                Ok(message) => self.handle(message),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if self.queue_kept.elapsed() >= KEEP_AFTER {
                self.queue_kept = Instant::now();
                self.keep_queue();
            }
            let often = if self.is_playing() {
                KEEP_EVERY
            } else {
                KEEP_AFTER
            };
            if self.place_kept.elapsed() >= often {
                self.place_kept = Instant::now();
                self.keep_place();
            }
        }
    }

    fn handle(&mut self, message: PlayerMessage) {
        match message {
            PlayerMessage::Ask(ask) => ask(self),
            PlayerMessage::Engine(told) => self.follow(told),
            PlayerMessage::Planned(plan) => self.planned(plan),
            PlayerMessage::Logged(play) => self.replan_after_skip(&play),
            PlayerMessage::NotKept => {
                self.keeper.forget();
                self.place = None;
                // Without this wait a full disk would have the whole queue written again at once, and fail again.
                self.queue_kept = Instant::now() + KEEP_EVERY;
            }
            PlayerMessage::Quit => {}
        }
        self.plan();
    }

    /// Ends the current play, has it logged, and stores the queue as it was before.
    fn quit(mut self, messages: &Receiver<PlayerMessage>) {
        self.keep_queue();
        self.keep_place();
        self.order(EngineCommand::Stop, Some(EndReason::Quit));
        // Events that came before the answer: the end of the last play is among them, and would not be logged otherwise.
        while let Ok(message) = messages.try_recv() {
            if let PlayerMessage::Engine(told) = message {
                self.follow(told);
            }
        }
    }

    // Commands

    /// Sends the engine a command and takes up its answer.
    pub(super) fn order(&mut self, command: EngineCommand, cause: Option<EndReason>) {
        let pending = match cause {
            Some(cause) => self.engine.send_because(command, cause),
            None => self.engine.send(command),
        };
        // None only of an engine that has ended.
        if let Some(answer) = pending.wait() {
            (self.state, self.queue) = (answer.state, answer.queue);
        }
    }

    pub(super) fn is_playing(&self) -> bool {
        self.state.status == Status::Playing
    }

    pub(super) fn set_queue(&mut self, items: Vec<Arc<MediaItem>>, start: usize, shuffle: bool) {
        let start = start.min(items.len().saturating_sub(1));
        let queue = EngineCommand::SetQueue {
            items,
            start,
            play: true,
            shuffle: shuffle.then(chance),
        };
        self.order(queue, Some(EndReason::Chosen));
    }

    /// Replaces the queue and plays from `start` on.
    pub(super) fn play(
        &mut self,
        tracks: &[Track],
        start: usize,
        source: PlaySource,
        from: Option<PlayedFrom>,
    ) {
        self.leave_station();
        let from = from.map(Arc::new);
        let tracks = tracks.iter().zip(0..);
        let items = tracks.map(|(track, place)| {
            let placed = Placed::from_list(source, from.clone(), place);
            self.items.place(track, placed)
        });
        let items = items.collect();
        self.set_queue(items, start, source == PlaySource::Shuffle);
    }

    /// Puts songs into the queue that the listener chose.
    pub(super) fn enqueue(
        &mut self,
        tracks: &[Track],
        put: impl FnOnce(Vec<Arc<MediaItem>>) -> EngineCommand,
    ) {
        let tracks = tracks.iter();
        let items = tracks.map(|track| self.items.place(track, Placed::by_hand()));
        let items = items.collect();
        self.order(put(items), None);
    }

    pub(super) fn command(&mut self, command: &PlayerCommand) {
        match *command {
            PlayerCommand::Play => self.order(EngineCommand::Play, None),
            PlayerCommand::Pause => self.order(EngineCommand::Pause, None),
            PlayerCommand::Toggle => self.order(EngineCommand::Toggle, None),
            PlayerCommand::Next => self.order(EngineCommand::Next, Some(EndReason::Next)),
            PlayerCommand::Previous => {
                self.order(EngineCommand::Previous, Some(EndReason::Previous))
            }
            PlayerCommand::Seek { position_s } => self.order(EngineCommand::Seek(position_s), None),
            PlayerCommand::Volume { volume } => {
                self.order(EngineCommand::SetVolume(f64::from(volume)), None)
            }
            PlayerCommand::Repeat { mode } => {
                let repeat = match mode {
                    RepeatMode::Off => Repeat::Off,
                    RepeatMode::All => Repeat::All,
                    RepeatMode::One => Repeat::One,
                };
                self.order(EngineCommand::SetRepeat(repeat), None);
            }
            PlayerCommand::Shuffle { on } => {
                self.order(EngineCommand::SetShuffle(on.then(chance)), None)
            }
            PlayerCommand::StopAfter { what } => {
                let entry = what.and_then(|what| self.last_before_stop(what));
                self.order(EngineCommand::StopAfter(entry), None);
            }
            PlayerCommand::Sleep { minutes } => {
                let after = minutes.and_then(|m| Duration::try_from_secs_f64(60.0 * m).ok());
                self.order(EngineCommand::Sleep(after), None);
            }
            PlayerCommand::Loop { stretch } => {
                let stretch = stretch.map(|stretch| [stretch.from_s, stretch.to_s]);
                self.order(EngineCommand::LoopStretch(stretch), None);
            }
            PlayerCommand::Jump { entry } => {
                self.order(EngineCommand::Jump(EntryId(entry)), Some(EndReason::Chosen))
            }
            PlayerCommand::Remove { entry } => {
                self.suppress(EntryId(entry));
                self.order(
                    EngineCommand::Remove(EntryId(entry)),
                    Some(EndReason::Removed),
                );
            }
            PlayerCommand::Move { entry, index } => {
                self.order(EngineCommand::Move(EntryId(entry), index as usize), None)
            }
            PlayerCommand::Clear => {
                self.leave_station();
                self.order(EngineCommand::Clear, Some(EndReason::Stopped));
            }
            PlayerCommand::Undo => {
                let edit = self.state.undo;
                self.leave_station_with(edit);
                self.order(EngineCommand::Undo, Some(EndReason::Chosen));
                self.take_station_up_with(edit);
            }
            PlayerCommand::Redo => {
                let edit = self.state.redo;
                self.leave_station_with(edit);
                self.order(EngineCommand::Redo, Some(EndReason::Chosen));
                self.take_station_up_with(edit);
            }
            PlayerCommand::Dj { mode } => self.set_dj(mode),
            PlayerCommand::Guest { on } => self.guest = on,
        }
        self.notify_state();
    }

    /// The entry after which playing is to stop: the current one, or the last of its album that follows it without another between.
    fn last_before_stop(&self, what: StopAfter) -> Option<EntryId> {
        let from_current = self.queue.entries.get(self.queue.cursor..)?;
        let album = |entry: &Entry| self.shown(entry).1.subject.album.clone();
        let current = from_current.first()?;
        let of_album = album(current);
        let mut last = current.entry;
        if what == StopAfter::Album && of_album.is_some() {
            let follow = from_current.iter();
            let follow = follow.take_while(|entry| album(entry) == of_album);
            last = follow.last().map_or(last, |entry| entry.entry);
        }
        Some(last)
    }

    /// Ends what plays and forgets its place, as a media key may ask.
    pub(super) fn stop(&mut self) {
        self.order(EngineCommand::Stop, Some(EndReason::Stopped));
        self.notify_state();
    }

    /// The card that is played to, once it is open.
    pub(super) fn output(&self) -> Option<OutputInUse> {
        self.engine.state().output
    }

    /// Where the current song is now: events of it come only a few times a second.
    pub(super) fn position_s(&self) -> f64 {
        self.engine.state().position_s
    }

    /// The player as it stands.
    pub(super) fn snapshot(&self) -> Snapshot {
        let current = self.state.current.as_ref();
        let state = self.engine.state();
        let stops = |entry: EntryId| match current.is_some_and(|now| now.entry == entry) {
            true => StopAfter::Song,
            false => StopAfter::Album,
        };
        Snapshot {
            stop_after: state.stop_after.map(stops),
            state,
            current: current.map(|entry| self.shown(entry)),
            station: self.autoplay.station.as_ref().map(|now| now.shown.clone()),
            dj: self.autoplay.dj,
            guest: self.guest,
            output_error: self.output_error.clone(),
        }
    }

    /// An entry of the queue with what it means.
    pub(super) fn shown(&self, entry: &Entry) -> (EntryId, Arc<QueueItem>) {
        let item = self.items.of(entry).cloned();
        let unknown = || {
            Arc::new(QueueItem {
                track: TrackId(0),
                subject: segue_core::PlaySubject {
                    path: Some(entry.item.path.clone()),
                    ..segue_core::PlaySubject::default()
                },
                span: entry.item.span,
                placed: Placed::by_hand(),
            })
        };
        (entry.entry, item.unwrap_or_else(unknown))
    }

    // Events

    /// Takes up an event of the engine at its own instant: events may arrive late, and the log must have the true times.
    fn follow(&mut self, TimedEvent { at, event }: TimedEvent) {
        if let Event::Position {
            entry, position_s, ..
        } = event
        {
            let entry = entry.0;
            return self.tell(AppEvent::Position { entry, position_s });
        }
        (self.state, self.queue) = (self.engine.state(), self.engine.queue());
        match event {
            Event::Started {
                play, item, notice, ..
            } => {
                if let Some(notice) = notice {
                    self.notify(Notice::FileIncomplete {
                        name: file_name(&item),
                        why: notice,
                    });
                }
                let (_, silent) = self.held;
                if let Some(item) = self.items.get(&item) {
                    let account = Account::new(Arc::clone(item), at, silent, self.guest);
                    self.accounts.push_back((play, account));
                }
                self.hold(at, false, silent);
                self.output_error = None;
                self.autoplay.look_again();
            }
            Event::Ended {
                play,
                position_s,
                listened_s,
                duration_s,
                how,
                cause,
                ..
            } => {
                let ended = PlayEnd {
                    sounded_s: listened_s,
                    position_s,
                    duration_s,
                    how,
                    cause,
                    at,
                };
                self.log(play, &ended);
            }
            Event::StateChanged { state } => {
                self.hold(at, state.status == Status::Paused, state.volume <= 0.0)
            }
            Event::Paused { .. } => self.hold(at, true, self.held.1),
            Event::Resumed { .. } => {
                self.hold(at, false, self.held.1);
                self.output_error = None;
            }
            Event::Failed { item, why, .. } => {
                tracing::warn!(path = %item.path.display(), %why, "a file was passed over");
                self.notify(Notice::FilePassedOver {
                    name: file_name(&item),
                    why,
                });
            }
            Event::OutputLost { why } => self.output_error = Some(why),
            _ => {}
        }
        self.notify_state();
    }

    /// Notes in the accounts of what plays that from this instant on it is paused or not, silent or not.
    fn hold(&mut self, at: Instant, paused: bool, silent: bool) {
        self.held = (paused, silent);
        for (_, account) in &mut self.accounts {
            account.note(at, paused, silent);
        }
    }

    /// Has a play written into the log.
    fn log(&mut self, play: PlayId, ended: &PlayEnd) {
        let place = self.accounts.iter().position(|(id, _)| *id == play);
        if let Some((_, account)) = place.and_then(|place| self.accounts.remove(place)) {
            let play = account.close(ended, self.guest);
            self.have_written(Write::Log(Box::new(play)));
        }
    }

    // Storing

    /// Has the queue stored, if it or the station and guest DJ changed.
    fn keep_queue(&mut self) {
        let station = self.autoplay.station.clone();
        let around = SavedSession::around(station, self.autoplay.dj, self.guest);
        if let Some((change, session)) = self.keeper.change(&self.queue, around, &self.items) {
            self.items.prune();
            self.have_written(Write::KeepQueue(Box::new(change), Box::new(session)));
        }
    }

    /// Has the position stored, if it moved.
    fn keep_place(&mut self) {
        let place = SessionPlace::of(&self.engine.saved());
        if self.place.as_ref() != Some(&place) {
            self.place = Some(place.clone());
            self.have_written(Write::KeepPlace(Box::new(place)));
        }
    }

    fn have_written(&self, write: Write) {
        // Fails only when the program ends.
        _ = self.writer.send(write);
    }

    // Notifying

    pub(super) fn notify(&self, notice: Notice) {
        _ = self.window.send(WindowUpdate::notice(notice));
    }

    pub(super) fn notify_state(&self) {
        _ = self
            .window
            .send(WindowUpdate::Player(Box::new(self.snapshot())));
    }

    fn tell(&self, event: AppEvent) {
        _ = self.window.send(WindowUpdate::Event(event));
    }
}

fn file_name(item: &MediaItem) -> String {
    let name = item.path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
