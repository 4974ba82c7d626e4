//! The player of the window, as other threads reach it: each request is a message to the one thread that holds what the
//! player is (`player/owner.rs`), and waits for its answer. What is read of the library for it is read here, before.
//!
//! Beside that thread there are three more, each fed by it and none of them asked for anything by another: one plans what plays by itself
//! (`autoplay.rs`), one writes log and queue (`writer.rs`), one tells the window (`window.rs`).

mod account;
mod autoplay;
mod chance;
mod items;
mod media;
mod owner;
mod plan;
mod radio;
mod session;
mod window;
mod writer;

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use crossbeam_channel::{Sender, bounded, unbounded};
use segue_core::{OutputSettings, PlaySource, PlayedFrom, Track, TrackId};
use segue_library::NewEntry;
use segue_playback::{Engine, EngineCommand, MediaItem, OutputInUse, OutputKind};

use crate::lock::lock;
use crate::playlists::song;
use crate::taste::without_excluded;
use crate::thread::spawn;
use crate::wire::{EnqueueAt, PlayerCommand, PlayerState, QueuePage};
use crate::{AppError, Segue};
use items::Items;
pub use media::{MediaRequest, NowPlaying, NowPlayingSong};
use owner::{Owner, PlayerMessage};
use plan::Autoplay;
pub(crate) use window::Notify;

/// The player. Dropped or closed, it ends the play under way, logs it and keeps the queue.
pub(crate) struct Player {
    segue: Arc<Segue>,
    owner: Sender<PlayerMessage>,
    /// The player's thread and the one that writes; none once they were waited for.
    threads: Mutex<Option<[JoinHandle<()>; 2]>>,
}

impl Player {
    /// Starts the engine, and takes up what was kept.
    pub(crate) fn start(
        segue: Arc<Segue>,
        output: OutputKind,
        tell: Notify,
    ) -> Result<Self, AppError> {
        let (to_owner, messages) = unbounded();
        let (to_planner, requests) = unbounded();
        let (to_writer, writes) = unbounded();
        let (to_window, news) = unbounded();
        let events = to_owner.clone();
        let library = Arc::clone(&segue);
        let profile_of = move |item: &MediaItem| library.profile_of(item);
        let engine = Engine::start(output, profile_of, move |told| {
            // Fails only when the player is gone.
            _ = events.send(PlayerMessage::Engine(told));
        })?;
        for command in segue.sound_commands(None, None, None)? {
            engine.send(command);
        }
        let autoplay = Autoplay::new(to_planner);
        let mut owner = Owner::new(engine, autoplay, to_writer, to_window.clone());
        let mut items = Items::default();
        match session::restore(&segue.library, &mut items) {
            Ok(Some(restored)) => owner.take_up(restored, items),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the queue could not be read back"),
        }

        let (library, player) = (Arc::clone(&segue), to_owner.clone());
        spawn("segue-station", move || {
            autoplay::make_plans(&library, &requests, &player);
        })?;
        let library = Arc::clone(&segue);
        spawn("segue-news", move || {
            window::tell_all(&library, &news, &tell)
        })?;
        let (library, player) = (Arc::clone(&segue), to_owner.clone());
        let writing = spawn("segue-log", move || {
            writer::write_all(&library, &writes, &player, &to_window);
        })?;
        let owning = spawn("segue-player", move || owner.run(&messages))?;
        Ok(Self {
            segue,
            owner: to_owner,
            threads: Mutex::new(Some([owning, writing])),
        })
    }

    /// Ends what plays, with its place in the log, and keeps the queue.
    pub(crate) fn close(&self) {
        let Some(threads) = lock(&self.threads).take() else {
            return;
        };
        _ = self.owner.send(PlayerMessage::Quit);
        // The second ends with the first.
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the player panicked");
            }
        }
    }

    /// Has the player's thread do something, and waits for what came of it.
    fn ask<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Owner) -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let (answer, answered) = bounded(1);
        let ask = Box::new(move |owner: &mut Owner| _ = answer.send(what(owner)));
        let sent = self.owner.send(PlayerMessage::Ask(ask)).ok();
        sent.and_then(|()| answered.recv().ok())
            .ok_or(AppError::PlayerEnded)
    }

    pub(crate) fn is_playing(&self) -> bool {
        self.ask(|owner| owner.is_playing()).unwrap_or(false)
    }

    /// Replaces the queue and plays from `start` on.
    pub(crate) fn play(
        &self,
        tracks: &[TrackId],
        start: usize,
        source: PlaySource,
        from: Option<PlayedFrom>,
    ) -> Result<(), AppError> {
        let (mut ids, mut start) = (tracks.to_vec(), start);
        if source == PlaySource::Shuffle {
            // Shuffling is choosing, and what is excluded is not chosen, not even to begin with.
            let chosen = ids.get(start).copied();
            ids = without_excluded(&self.segue, &ids)?;
            let kept = ids.iter().position(|id| Some(*id) == chosen);
            start = kept.unwrap_or(start % ids.len().max(1));
        }
        let tracks = self.tracks(&ids)?;
        self.ask(move |owner| owner.play(&tracks, start, source, from))
    }

    /// Puts songs into the queue.
    pub(crate) fn enqueue(&self, tracks: &[TrackId], at: EnqueueAt) -> Result<(), AppError> {
        let tracks = self.tracks(tracks)?;
        let put = match at {
            EnqueueAt::Next => EngineCommand::InsertNext,
            EnqueueAt::Last => EngineCommand::Append,
        };
        self.ask(move |owner| owner.enqueue(&tracks, put))
    }

    fn tracks(&self, ids: &[TrackId]) -> Result<Vec<Track>, AppError> {
        let tracks = self.segue.library.tracks_by_id(ids)?;
        match tracks.is_empty() {
            true => Err(AppError::SongsGone),
            false => Ok(tracks),
        }
    }

    /// Does what the listener commands.
    pub(crate) fn command(&self, command: &PlayerCommand) -> Result<(), AppError> {
        let command = command.clone();
        self.ask(move |owner| owner.command(&command))
    }

    /// Has things sound otherwise.
    pub(crate) fn set_sound(&self, command: EngineCommand) -> Result<(), AppError> {
        self.ask(move |owner| {
            owner.order(command, None);
            owner.notify_state();
        })
    }

    /// The card that it plays to.
    pub(crate) fn output(&self) -> Result<Option<OutputInUse>, AppError> {
        self.ask(|owner| owner.output())
    }

    /// Plays to another card, or otherwise.
    pub(crate) fn use_output(&self, settings: OutputSettings) -> Result<(), AppError> {
        self.ask(move |owner| {
            owner.order(EngineCommand::UseOutput(settings), None);
            owner.notify_state();
        })
    }

    /// The player as it stands.
    pub(crate) fn state(&self) -> Result<PlayerState, AppError> {
        let snapshot = self.ask(|owner| owner.snapshot())?;
        Ok(snapshot.shown(&self.segue))
    }

    /// Rows of the queue, in the order of play.
    pub(crate) fn queue(&self, offset: u32, limit: u32) -> Result<QueuePage, AppError> {
        let (total, current, places) = self.ask(move |owner| {
            let entries = &owner.queue.entries;
            let page = entries.iter().skip(offset as usize).take(limit as usize);
            let places: Vec<_> = page.map(|entry| owner.shown(entry)).collect();
            let current = (owner.queue.cursor < entries.len()).then_some(owner.queue.cursor as u32);
            (entries.len() as u32, current, places)
        })?;
        Ok(QueuePage {
            total,
            offset,
            current,
            rows: window::queue_rows(&self.segue, &places)?,
        })
    }

    /// All songs of the queue as places of a playlist: as the library knows them today, or, of those that have left it, as the
    /// queue does.
    pub(crate) fn playlist_entries(&self) -> Result<Vec<NewEntry>, AppError> {
        let items = self.ask(|owner| {
            let entries = owner.queue.entries.iter();
            let items = entries.map(|entry| owner.shown(entry).1);
            items.collect::<Vec<_>>()
        })?;
        let ids: Vec<TrackId> = items.iter().map(|item| item.track).collect();
        let tracks = self.segue.by_id(&ids)?;
        let entries = items.iter().map(|item| match tracks.get(&item.track) {
            Some(track) => song(track, &item.placed.reasons),
            None => Ok(NewEntry {
                subject: item.subject.clone(),
                reasons: None,
            }),
        });
        entries.collect()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests;
