//! The player of the window: the engine, what each place of the queue means, and the log of plays. What Segue itself puts
//! into the queue is in `programme.rs`.
//!
//! The engine knows paths and opaque keys. Here a key is a [`Placement`]: which track stands there, where it came
//! from and why. A thread of its own hears the engine's events, writes the log, keeps the queue for the next start
//! and tells the window; another plans what a station plays next, since planning may take longer than a track's end
//! may wait.

mod programme;

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use segue_core::{Leaving, Play, PlayContext, PlaySource, PlaySubject, PlayedFrom, Track, TrackId};
use segue_playback::{
    Command, Edit, EditKind, End, Engine, Entry, EntryId, Event, Item, OutputKind, QueueSnapshot,
    Repeat, Saved, Status, Told,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use crate::dto::{
    AppEvent, DjMode, EnqueueAt, PlayerCommand, PlayerState, PlayerStatus, QueueEdit,
    QueueEditKind, QueuePage, QueueRow, ReasonRow, RepeatMode, TrackRow,
};
use crate::feedback::unbarred;
use crate::lock::lock;
use crate::plays::{ago, subject};
use crate::{AppError, Segue};
use programme::{LeftAlone, OnAir};

/// The setting under which queue and station are kept, written when they changed.
const KEPT: &str = "player";
/// The setting under which the place in them is kept, which moves all the time.
const KEPT_PLACE: &str = "player-place";
/// The queue is kept so long after it changed, and the position so often while playing.
const KEEP_AFTER: Duration = Duration::from_secs(2);
const KEEP_EVERY: Duration = Duration::from_secs(10);
/// So often the library is looked at for changes by others: the command line may work on it too.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Tells the window.
pub(crate) type Tell = Arc<dyn Fn(AppEvent) + Send + Sync>;

/// One place of the queue, beside the path that the engine knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Placement {
    track: TrackId,
    source: PlaySource,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reasons: Vec<ReasonRow>,
    /// The list it came from, and its place in it, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<PlayedFrom>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<u32>,
}

impl Placement {
    /// The source as the window shows it.
    fn shown(&self) -> &'static str {
        match self.from {
            Some(PlayedFrom::Dj { .. }) => "dj",
            _ => self.source.as_str(),
        }
    }
}

/// What each place means, by the key of its item, as long as anything holds the item: the queue, an edit that can be taken
/// back, a play under way.
#[derive(Default)]
struct Placements(HashMap<u64, (Weak<Item>, Placement)>);

impl Placements {
    fn get(&self, key: u64) -> Option<&Placement> {
        self.0.get(&key).map(|(_, placement)| placement)
    }

    fn insert(&mut self, item: &Arc<Item>, placement: Placement) {
        self.0.insert(item.key, (Arc::downgrade(item), placement));
    }

    fn all(&self) -> impl Iterator<Item = &Placement> {
        self.0.values().map(|(_, placement)| placement)
    }

    /// Forgets what nothing holds any more.
    fn prune(&mut self) {
        self.0.retain(|_, (item, _)| item.strong_count() > 0);
    }
}

/// The account of one play under way, beside what the engine keeps: pauses, and what ran at volume zero.
#[derive(Clone, Debug, PartialEq)]
struct Account {
    began: Timestamp,
    /// Seconds on a clock that never goes back, when last noted.
    noted_s: f64,
    paused: bool,
    silent: bool,
    paused_s: f64,
    silent_s: f64,
    /// Begun in a guest session.
    guest: bool,
    /// What is played, as it was known when it began: the play outlives its track.
    subject: PlaySubject,
}

impl Account {
    fn new(began: Timestamp, now_s: f64, silent: bool, guest: bool, subject: PlaySubject) -> Self {
        Self {
            began,
            noted_s: now_s,
            paused: false,
            silent,
            paused_s: 0.0,
            silent_s: 0.0,
            guest,
            subject,
        }
    }

    /// From now on it is paused or not, and at volume zero or not.
    fn note(&mut self, now_s: f64, paused: bool, silent: bool) {
        let passed_s = (now_s - self.noted_s).max(0.0);
        if self.paused {
            self.paused_s += passed_s;
        } else if self.silent {
            self.silent_s += passed_s;
        }
        (self.noted_s, self.paused, self.silent) = (self.noted_s.max(now_s), paused, silent);
    }
}

/// The end of a play, as the engine told it.
struct Ended {
    item: Arc<Item>,
    sounded_s: f64,
    position_s: f64,
    duration_s: Option<f64>,
    how: End,
    leaving: Leaving,
    at: Instant,
}

/// Why a play ended: the engine says how, and what the listener asked for.
fn why(how: End, asked: Option<Leaving>) -> Leaving {
    match (how, asked) {
        (End::Finished, _) => Leaving::Finished,
        (End::Failed, _) => Leaving::Failed,
        (End::Stopped, Some(Leaving::Quit)) => Leaving::Quit,
        (End::Stopped, _) => Leaving::Stopped,
        (End::Skipped, asked) => asked.unwrap_or(Leaving::Chosen),
    }
}

/// When an instant was, on the wall clock.
fn then(at: Instant) -> Timestamp {
    let ago = SignedDuration::try_from(at.elapsed()).unwrap_or_default();
    Timestamp::now()
        .checked_sub(ago)
        .unwrap_or_else(|_| Timestamp::now())
}

/// The place in the kept queue. Of another queue's entry, it is none.
#[derive(Serialize, Deserialize)]
struct KeptPlace {
    /// The current entry; none once the queue has run out.
    entry: Option<EntryId>,
    position_s: f64,
    volume: f64,
    history: Vec<EntryId>,
    /// Of the queue that it is in.
    next_entry: u64,
}

impl KeptPlace {
    /// Puts what is kept at this place, if it is in that queue.
    fn apply(self, kept: &mut Saved) {
        let queue = Arc::make_mut(&mut kept.queue);
        let cursor = match self.entry {
            Some(entry) => queue.entries.iter().position(|other| other.entry == entry),
            None => Some(queue.entries.len()),
        };
        if let Some(cursor) = cursor.filter(|_| queue.next_entry == self.next_entry) {
            (queue.cursor, queue.history) = (cursor, self.history);
            (kept.position_s, kept.volume) = (self.position_s, self.volume);
        }
    }
}

/// Whether two queues differ in nothing but the place in them.
fn same_but_for_the_place(one: &QueueSnapshot, other: &QueueSnapshot) -> bool {
    let rest = |queue: &QueueSnapshot| (queue.repeat, queue.shuffle_seed, queue.next_entry);
    let mut entries = one.entries.iter().zip(&other.entries);
    rest(one) == rest(other)
        && one.unshuffled == other.unshuffled
        && one.entries.len() == other.entries.len()
        && entries.all(|(one, other)| one.entry == other.entry)
}

/// What is kept for the next start.
#[derive(Serialize, Deserialize)]
struct Kept {
    engine: Saved,
    placements: Vec<(u64, Placement)>,
    /// Of another version, it is none: the queue shall not be lost for it.
    #[serde(default, deserialize_with = "or_none")]
    station: Option<OnAir>,
    #[serde(default)]
    dj: Option<DjMode>,
    #[serde(default)]
    guest: bool,
}

fn or_none<'de, T: DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    Ok(serde_json::from_value(value).ok())
}

struct Shared {
    segue: Arc<Segue>,
    engine: Engine,
    tell: Tell,
    placements: Mutex<Placements>,
    /// The play under way.
    account: Mutex<Option<Account>>,
    /// Whether the engine was paused, and at volume zero, by what it told last.
    held: Mutex<(bool, bool)>,
    /// Where clocks that never go back began.
    start: Instant,
    next_key: AtomicU64,
    station: Mutex<Option<OnAir>>,
    /// Stations whose queues were replaced or cleared, and may come back with them.
    past_stations: Mutex<Vec<OnAir>>,
    dj: Mutex<Option<DjMode>>,
    left_alone: Mutex<LeftAlone>,
    /// What was said bars something that may be in the queue.
    barred_anew: AtomicBool,
    /// Whether what is played shall teach nothing.
    guest: AtomicBool,
    output_error: Mutex<Option<String>>,
    dirty: AtomicBool,
    /// The queue could not be kept when that was last tried.
    unkept: AtomicBool,
    /// The queue, and what surrounds it, as they were last kept.
    kept: Mutex<Option<(Arc<QueueSnapshot>, serde_json::Value)>>,
    plans: Sender<()>,
}

/// The player. Dropped or closed, it ends the play under way, logs it and keeps the queue.
pub(crate) struct Player {
    shared: Arc<Shared>,
    heard: Sender<Heard>,
    /// Of the thread that logs what was played; none once it was waited for.
    hearing: Mutex<Option<JoinHandle<()>>>,
}

enum Heard {
    /// What the engine told, and when.
    Engine(Event, Instant),
    Quit,
}

impl Player {
    pub(crate) fn start(
        segue: Arc<Segue>,
        output: OutputKind,
        tell: Tell,
    ) -> Result<Self, AppError> {
        let (heard, hears) = unbounded();
        let (plans, planned) = unbounded();
        let events = heard.clone();
        let engine = Engine::start(output, move |Told { at, event }| {
            // Fails only when the player is gone.
            _ = events.send(Heard::Engine(event, at));
        })?;
        let shared = Arc::new(Shared {
            segue,
            engine,
            tell,
            placements: Mutex::default(),
            account: Mutex::default(),
            held: Mutex::default(),
            start: Instant::now(),
            next_key: AtomicU64::new(1),
            station: Mutex::default(),
            past_stations: Mutex::default(),
            dj: Mutex::default(),
            left_alone: Mutex::default(),
            barred_anew: AtomicBool::new(false),
            guest: AtomicBool::new(false),
            output_error: Mutex::default(),
            dirty: AtomicBool::new(false),
            unkept: AtomicBool::new(false),
            kept: Mutex::default(),
            plans,
        });
        shared.restore();
        let spawn = |name: &str, run: Box<dyn FnOnce() + Send>| {
            std::thread::Builder::new()
                .name(name.into())
                .spawn(run)
                .map_err(|error| {
                    AppError::Invalid(format!(
                        "the system gives no thread for the player: {error}"
                    ))
                })
        };
        let (hearing, planning) = (Arc::clone(&shared), Arc::downgrade(&shared));
        let logs = spawn("segue-player", Box::new(move || hearing.hear(&hears)))?;
        // Ends by itself, once nobody can ask for a plan any more.
        spawn(
            "segue-station",
            Box::new(move || {
                for () in planned {
                    let Some(shared) = planning.upgrade() else {
                        return;
                    };
                    shared.plan();
                }
            }),
        )?;
        Ok(Self {
            shared,
            heard,
            hearing: Mutex::new(Some(logs)),
        })
    }

    /// Ends what plays, with its place in the log, and keeps the queue.
    pub(crate) fn close(&self) {
        if let Some(hearing) = lock(&self.hearing).take() {
            self.shared.keep();
            self.shared
                .engine
                .send_because(Command::Stop, Leaving::Quit);
            _ = self.heard.send(Heard::Quit);
            if hearing.join().is_err() {
                tracing::error!("the player's thread panicked");
            }
        }
    }

    pub(crate) fn is_playing(&self) -> bool {
        self.shared.engine.state().status == Status::Playing
    }

    /// Replaces the queue and plays from `start` on.
    pub(crate) fn play(
        &self,
        tracks: &[TrackId],
        start: usize,
        source: PlaySource,
        from: Option<PlayedFrom>,
    ) -> Result<(), AppError> {
        self.shared.leave_station();
        let (mut tracks, mut start) = (tracks.to_vec(), start);
        if source == PlaySource::Shuffle {
            // Shuffling is choosing, and what is barred is not chosen, not even to begin with.
            let chosen = tracks.get(start).copied();
            tracks = unbarred(&self.shared.segue, &tracks)?;
            let kept = tracks.iter().position(|id| Some(*id) == chosen);
            start = kept.unwrap_or(start % tracks.len().max(1));
        }
        let items = self.shared.place(&tracks, source, from)?;
        self.set_queue(items, start, source == PlaySource::Shuffle);
        Ok(())
    }

    fn set_queue(&self, items: Vec<Arc<Item>>, start: usize, shuffle: bool) {
        let start = start.min(items.len().saturating_sub(1));
        let queue = Command::SetQueue {
            items,
            start,
            play: true,
            shuffle: shuffle.then(chance),
        };
        self.shared.engine.send_because(queue, Leaving::Chosen);
    }

    pub(crate) fn enqueue(&self, tracks: &[TrackId], at: EnqueueAt) -> Result<(), AppError> {
        let items = self.shared.place(tracks, PlaySource::Queue, None)?;
        self.shared.engine.send(match at {
            EnqueueAt::Next => Command::InsertNext(items),
            EnqueueAt::Last => Command::Append(items),
        });
        Ok(())
    }

    pub(crate) fn command(&self, command: &PlayerCommand) {
        let engine = &self.shared.engine;
        let (asked, cause) = match command {
            PlayerCommand::Play => (Command::Play, None),
            PlayerCommand::Pause => (Command::Pause, None),
            PlayerCommand::Toggle => (Command::Toggle, None),
            PlayerCommand::Next => (Command::Next, Some(Leaving::Next)),
            PlayerCommand::Previous => (Command::Previous, Some(Leaving::Previous)),
            PlayerCommand::Seek { position_s } => (Command::Seek(*position_s), None),
            PlayerCommand::Volume { volume } => (Command::SetVolume(f64::from(*volume)), None),
            PlayerCommand::Repeat { mode } => {
                let repeat = match mode {
                    RepeatMode::Off => Repeat::Off,
                    RepeatMode::All => Repeat::All,
                    RepeatMode::One => Repeat::One,
                };
                (Command::SetRepeat(repeat), None)
            }
            PlayerCommand::Shuffle { on } => (Command::SetShuffle(on.then(chance)), None),
            PlayerCommand::Jump { entry } => {
                (Command::Jump(EntryId(*entry)), Some(Leaving::Chosen))
            }
            PlayerCommand::Remove { entry } => {
                self.leave_alone(EntryId(*entry));
                (Command::Remove(EntryId(*entry)), Some(Leaving::Removed))
            }
            PlayerCommand::Move { entry, index } => {
                (Command::Move(EntryId(*entry), *index as usize), None)
            }
            PlayerCommand::Clear => {
                self.shared.leave_station();
                (Command::Clear, Some(Leaving::Stopped))
            }
            PlayerCommand::Undo => {
                self.shared.leave_station_with(engine.state().undo);
                (Command::Undo, Some(Leaving::Chosen))
            }
            PlayerCommand::Redo => {
                self.shared.leave_station_with(engine.state().redo);
                (Command::Redo, Some(Leaving::Chosen))
            }
            PlayerCommand::Dj { mode } => return self.set_dj(*mode),
            PlayerCommand::Guest { on } => {
                self.shared.guest.store(*on, Ordering::Relaxed);
                self.shared.dirty.store(true, Ordering::Relaxed);
                return self.shared.tell_state();
            }
        };
        // The engine answers with its state, and that is told.
        match cause {
            Some(cause) => engine.send_because(asked, cause),
            None => engine.send(asked),
        };
    }

    pub(crate) fn state(&self) -> PlayerState {
        self.shared.state()
    }

    pub(crate) fn queue(&self, offset: u32, limit: u32) -> Result<QueuePage, AppError> {
        let queue = self.shared.engine.queue();
        let rows = queue
            .entries
            .iter()
            .skip(offset as usize)
            .take(limit as usize);
        Ok(QueuePage {
            total: queue.entries.len() as u32,
            offset,
            current: (queue.cursor < queue.entries.len()).then_some(queue.cursor as u32),
            rows: self.shared.rows(rows)?,
        })
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    /// Makes items of tracks, remembering what each place means.
    fn place(
        &self,
        tracks: &[TrackId],
        source: PlaySource,
        from: Option<PlayedFrom>,
    ) -> Result<Vec<Arc<Item>>, AppError> {
        let found = self.segue.library.tracks_by_id(tracks)?;
        if found.is_empty() {
            return Err(AppError::Invalid(
                "none of these songs is in the library any more".into(),
            ));
        }
        Ok(found
            .iter()
            .zip(0..)
            .map(|(track, place)| {
                let place = from.is_some().then_some(place);
                self.place_one(track, source, Vec::new(), from.clone(), place)
            })
            .collect())
    }

    fn place_one(
        &self,
        track: &Track,
        source: PlaySource,
        reasons: Vec<ReasonRow>,
        from: Option<PlayedFrom>,
        place: Option<u32>,
    ) -> Arc<Item> {
        let item = Arc::new(Item {
            path: track.path.clone(),
            key: self.next_key.fetch_add(1, Ordering::Relaxed),
            audio: Some(track.audio),
        });
        lock(&self.placements).insert(
            &item,
            Placement {
                track: track.id,
                source,
                reasons,
                from,
                place,
            },
        );
        item
    }

    fn rows<'a>(
        &self,
        entries: impl Iterator<Item = &'a Entry>,
    ) -> Result<Vec<QueueRow>, AppError> {
        let entries: Vec<&Entry> = entries.collect();
        let placed: Vec<Option<Placement>> = {
            let placements = lock(&self.placements);
            entries
                .iter()
                .map(|entry| placements.get(entry.item.key).cloned())
                .collect()
        };
        let ids: Vec<TrackId> = placed
            .iter()
            .flatten()
            .map(|placement| placement.track)
            .collect();
        let tracks = self.segue.library.tracks_by_id(&ids)?;
        let rows: HashMap<i64, TrackRow> = self
            .segue
            .track_rows(&tracks)?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        Ok(entries
            .into_iter()
            .zip(placed)
            .map(|(entry, placement)| QueueRow {
                entry: entry.entry.0,
                track: placement
                    .as_ref()
                    .and_then(|placement| rows.get(&placement.track.0))
                    .cloned()
                    .unwrap_or_else(|| gone(&entry.item.path)),
                source: placement.as_ref().map_or("queue", Placement::shown).into(),
                reasons: placement
                    .map(|placement| placement.reasons)
                    .unwrap_or_default(),
            })
            .collect())
    }

    fn state(&self) -> PlayerState {
        let state = self.engine.state();
        let current = state.current.as_ref().and_then(|entry| {
            self.rows(std::iter::once(entry))
                .ok()
                .and_then(|mut rows| rows.pop())
        });
        let duration_s = state
            .duration_s
            .or(current.as_ref().map(|row| row.track.duration_s))
            .unwrap_or_default();
        let station = lock(&self.station)
            .as_ref()
            .map(|station| station.shown.clone());
        PlayerState {
            status: match state.status {
                Status::Stopped => PlayerStatus::Stopped,
                Status::Playing => PlayerStatus::Playing,
                Status::Paused => PlayerStatus::Paused,
            },
            current,
            position_s: state.position_s,
            duration_s,
            volume: state.volume as f32,
            repeat: match state.repeat {
                Repeat::Off => RepeatMode::Off,
                Repeat::All => RepeatMode::All,
                Repeat::One => RepeatMode::One,
            },
            shuffle: state.shuffled,
            station,
            dj: *lock(&self.dj),
            guest: self.guest.load(Ordering::Relaxed),
            queue_revision: state.queue_revision,
            undo: state.undo.map(queue_edit),
            redo: state.redo.map(queue_edit),
            output_error: lock(&self.output_error).clone(),
            underruns: state.underruns,
        }
    }

    fn tell_state(&self) {
        (self.tell)(AppEvent::Player {
            state: Box::new(self.state()),
        });
    }

    /// The player's thread.
    fn hear(&self, hears: &Receiver<Heard>) {
        let (mut kept, mut looked) = (Instant::now(), Instant::now());
        let mut revision = self.segue.library.revision();
        loop {
            let heard = match hears.recv_timeout(KEEP_AFTER) {
                Ok(heard) => Some(heard),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return,
            };
            match heard {
                Some(Heard::Engine(event, at)) => self.heed(event, at),
                Some(Heard::Quit) => {
                    // What the engine said while it stopped: the last play's end.
                    let until = Instant::now() + Duration::from_secs(2);
                    while self.engine.state().status != Status::Stopped && Instant::now() < until {
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    while let Ok(Heard::Engine(event, at)) = hears.try_recv() {
                        self.heed(event, at);
                    }
                    return;
                }
                None => {}
            }
            let playing = self.engine.state().status == Status::Playing;
            let due = (self.dirty.load(Ordering::Relaxed) && kept.elapsed() >= KEEP_AFTER)
                || (playing && kept.elapsed() >= KEEP_EVERY);
            if due {
                self.keep();
                kept = Instant::now();
            }
            if looked.elapsed() >= LOOK_EVERY {
                looked = Instant::now();
                let now = self.segue.library.revision();
                if now != revision {
                    revision = now;
                    (self.tell)(AppEvent::Library { revision });
                }
            }
        }
    }

    /// Heeds what the engine told at that instant: what is heard of late happened then all the same.
    fn heed(&self, event: Event, at: Instant) {
        match event {
            Event::Position {
                entry, position_s, ..
            } => {
                return (self.tell)(AppEvent::Position {
                    entry: entry.0,
                    position_s,
                });
            }
            Event::Ended {
                item,
                position_s,
                listened_s,
                duration_s,
                how,
                cause,
                ..
            } => {
                let ended = Ended {
                    item,
                    sounded_s: listened_s,
                    position_s,
                    duration_s,
                    how,
                    leaving: why(how, cause),
                    at,
                };
                self.log(&ended);
            }
            Event::StateChanged { state } => {
                self.note(at, state.status == Status::Paused, state.volume <= 0.0);
                self.dirty.store(true, Ordering::Relaxed);
            }
            Event::Paused { .. } => {
                let (_, silent) = *lock(&self.held);
                self.note(at, true, silent);
            }
            Event::Failed { item, reason, .. } => {
                tracing::warn!(%reason, "a file was passed over");
                (self.tell)(AppEvent::Notice {
                    message: format!("“{}” was passed over: {reason}", file_name(&item)),
                });
            }
            Event::OutputLost { reason } => *lock(&self.output_error) = Some(reason),
            Event::Started { .. } | Event::Resumed { .. } => {
                let (_, silent) = *lock(&self.held);
                if let Event::Started { item, notice, .. } = &event {
                    if let Some(notice) = notice {
                        (self.tell)(AppEvent::Notice {
                            message: format!("Of “{}”: {notice}", file_name(item)),
                        });
                    }
                    let guest = self.guest.load(Ordering::Relaxed);
                    let (began, began_s, subject) =
                        (then(at), self.seconds_at(at), self.subject_of(item));
                    let account = Account::new(began, began_s, silent, guest, subject);
                    *lock(&self.account) = Some(account);
                }
                self.note(at, false, silent);
                *lock(&self.output_error) = None;
                self.want_plan();
            }
            Event::EditUndone { edit } => {
                if edit.kind.replaces() {
                    self.take_station_up();
                }
                self.want_plan();
            }
            Event::QueueChanged { .. } => {
                self.dirty.store(true, Ordering::Relaxed);
                self.want_plan();
            }
            _ => {}
        }
        self.tell_state();
    }

    /// On a clock that never goes back.
    fn seconds_at(&self, at: Instant) -> f64 {
        at.saturating_duration_since(self.start).as_secs_f64()
    }

    /// Takes pause and volume, as they are from that instant on, into the account of the play under way.
    fn note(&self, at: Instant, paused: bool, silent: bool) {
        *lock(&self.held) = (paused, silent);
        if let Some(account) = lock(&self.account).as_mut() {
            account.note(self.seconds_at(at), paused, silent);
        }
    }

    /// What an item plays, as the library knows it, or, if its track has left the library, as the queue does.
    fn subject_of(&self, item: &Item) -> PlaySubject {
        let track = lock(&self.placements)
            .get(item.key)
            .map(|placement| placement.track);
        let track = track.and_then(|track| self.segue.library.track(track).ok().flatten());
        track.as_ref().map_or_else(
            || PlaySubject {
                audio: item.audio,
                path: Some(item.path.clone()),
                ..PlaySubject::default()
            },
            subject,
        )
    }

    /// Writes a play into the log.
    fn log(&self, ended: &Ended) {
        let Ended {
            item,
            sounded_s,
            position_s,
            duration_s,
            how,
            leaving,
            at,
        } = ended;
        let (paused, silent) = *lock(&self.held);
        self.note(*at, paused, silent);
        let account = lock(&self.account).take();
        let placement = lock(&self.placements).get(item.key).cloned();
        let Some(placement) = placement else { return };
        let subject = match &account {
            Some(account) => account.subject.clone(),
            None => self.subject_of(item),
        };
        // What ran at volume zero was not listened to. The wall clock may run ahead of the card's.
        let silent_s = account
            .as_ref()
            .map_or(0.0, |account| account.silent_s)
            .min(*sounded_s);
        let length_s = duration_s.or(subject.duration_s).unwrap_or_default();
        let share = (length_s > 0.0).then(|| (position_s / length_s).clamp(0.0, 1.0));
        let ended_at = then(*at).to_zoned(TimeZone::system());
        let play = Play {
            at: account
                .as_ref()
                .map_or_else(|| ago(*sounded_s), |account| account.began),
            subject,
            listened_s: sounded_s - silent_s,
            source: placement.source,
            skipped: *how == End::Skipped,
            rating: None,
            context: PlayContext {
                ended_at: Some(ended_at.timestamp()),
                completion: if *how == End::Finished {
                    Some(1.0)
                } else {
                    share
                },
                silent_s: Some(silent_s),
                paused_s: account.as_ref().map(|account| account.paused_s),
                from: placement.from,
                place: placement.place,
                utc_offset_s: Some(ended_at.offset().seconds()),
                leaving: Some(*leaving),
                // Guests may come in the middle of a song, and may be the ones who leave it.
                guest: account.is_some_and(|account| account.guest)
                    || self.guest.load(Ordering::Relaxed),
                within_s: None,
            },
        };
        if let Err(error) = self.segue.log_play(&play) {
            tracing::error!(%error, "a play could not be logged");
            return (self.tell)(AppEvent::Notice {
                message: format!("The play was not logged: {error}"),
            });
        }
        (self.tell)(AppEvent::Taste);
        self.heed_play(&play);
    }

    /// Keeps queue, position and station for the next start.
    fn keep(&self) {
        self.dirty.store(false, Ordering::Relaxed);
        let engine = self.engine.saved();
        let place = KeptPlace {
            entry: engine.queue.current().map(|entry| entry.entry),
            position_s: engine.position_s,
            volume: engine.volume,
            history: engine.queue.history.clone(),
            next_entry: engine.queue.next_entry,
        };
        self.keep_queue(engine);
        self.put(KEPT_PLACE, &place);
    }

    /// Keeps the queue, if it or what surrounds it changed since: it may be long.
    fn keep_queue(&self, engine: Saved) {
        lock(&self.placements).prune();
        let (station, dj) = (lock(&self.station).clone(), *lock(&self.dj));
        let guest = self.guest.load(Ordering::Relaxed);
        let around = serde_json::json!([station, dj, guest]);
        let mut last = lock(&self.kept);
        if last.as_ref().is_some_and(|(queue, other)| {
            let same =
                Arc::ptr_eq(queue, &engine.queue) || same_but_for_the_place(queue, &engine.queue);
            same && *other == around
        }) {
            return;
        }
        let queue = Arc::clone(&engine.queue);
        let keys = queue.entries.iter().map(|entry| entry.item.key);
        let placements = lock(&self.placements);
        let placed = keys.filter_map(|key| Some((key, placements.get(key)?.clone())));
        let kept = Kept {
            placements: placed.collect(),
            station,
            dj,
            guest,
            engine,
        };
        drop(placements);
        if self.put(KEPT, &kept) {
            *last = Some((queue, around));
        }
    }

    /// Keeps a setting. Whether it is kept.
    fn put(&self, key: &str, value: &impl Serialize) -> bool {
        // A path that is not Unicode has no form in JSON: such a queue lasts only as long as the window.
        let value = match serde_json::to_value(value) {
            Ok(value) => value,
            Err(error) => {
                tracing::warn!(%error, key, "the queue could not be kept");
                return false;
            }
        };
        let put = self.segue.library.put_setting(key, &value);
        // Told once, and not at every step of a long evening on a full disk.
        let was_unkept = self.unkept.swap(put.is_err(), Ordering::Relaxed);
        if let Err(error) = &put {
            tracing::warn!(%error, key, "the queue could not be kept");
            if !was_unkept {
                (self.tell)(AppEvent::Notice {
                    message: format!("The queue is not kept: {error}"),
                });
            }
        }
        put.is_ok()
    }

    fn restore(&self) {
        let kept = match self.segue.library.setting(KEPT) {
            Ok(Some(kept)) => kept,
            Ok(None) => return,
            Err(error) => return tracing::warn!(%error, "the queue could not be read back"),
        };
        let place = self.segue.library.setting(KEPT_PLACE).ok().flatten();
        match serde_json::from_value::<Kept>(kept) {
            Ok(mut kept) => {
                if let Some(place) = place.and_then(|place| serde_json::from_value(place).ok()) {
                    KeptPlace::apply(place, &mut kept.engine);
                }
                let newest = kept
                    .placements
                    .iter()
                    .map(|(key, _)| key + 1)
                    .max()
                    .unwrap_or(1);
                self.next_key.store(newest, Ordering::Relaxed);
                let mut placed: HashMap<u64, Placement> = kept.placements.into_iter().collect();
                let mut placements = lock(&self.placements);
                for entry in &kept.engine.queue.entries {
                    if let Some(placement) = placed.remove(&entry.item.key) {
                        placements.insert(&entry.item, placement);
                    }
                }
                drop(placements);
                *lock(&self.station) = kept.station;
                *lock(&self.dj) = kept.dj;
                self.guest.store(kept.guest, Ordering::Relaxed);
                self.engine.send(Command::Restore(Box::new(kept.engine)));
            }
            Err(error) => {
                tracing::warn!(%error, "the kept queue is of another version and was left")
            }
        }
    }
}

fn queue_edit(edit: Edit) -> QueueEdit {
    QueueEdit {
        number: edit.number,
        kind: match edit.kind {
            EditKind::Replaced => QueueEditKind::Replaced,
            EditKind::Cleared => QueueEditKind::Cleared,
            EditKind::Removed => QueueEditKind::Removed,
            EditKind::Moved => QueueEditKind::Moved,
            EditKind::Added => QueueEditKind::Added,
            EditKind::Shuffled => QueueEditKind::Shuffled,
        },
        songs: edit.songs as u32,
    }
}

fn file_name(item: &Item) -> String {
    let name = item.path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// A row for a place whose track has left the library.
fn gone(path: &Path) -> TrackRow {
    TrackRow {
        id: 0,
        path: path.to_string_lossy().into_owned(),
        title: path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        missing: true,
        ..TrackRow::default()
    }
}

/// A number that nobody can foretell, from the clock: chance enters the program here.
fn chance() -> u64 {
    let now = Timestamp::now().as_nanosecond() as u64;
    // Mixes the clock's slow high digits into all (Steele, Lea, Flood 2014: SplitMix64's finaliser).
    let mut z = now.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests;
