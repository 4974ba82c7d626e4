//! The engine's rim: one thread that owns a [`Transport`], commands in, events out.
//!
//! The thread sleeps until a command comes, or a file was brought, or, while sound flows, until the ring wants more.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, ThreadId};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded, unbounded};

use segue_core::{EndReason, FileSpan, OutputFault, TrackProfile};

use crate::card::Card;
use crate::host::{DeviceNews, Host, OutputDevice};
use crate::loader::{self, AtOnce, Brought, Loader, OnThreads, Wanted};
use crate::output::{NotifyDevice, Null, Output, OutputKind, Wav};
use crate::protocol::{Answer, EngineCommand, EngineState, Saved, TimedEvent};
use crate::queue::{MediaItem, QueueSnapshot};
use crate::system::SystemHost;
use crate::transport::{Pace, Published, Transport};

/// Interval at which is looked whether a card has come or gone.
const LOOK_EVERY: Duration = Duration::from_secs(3);

/// A playing engine. Dropped, it ends the play under way (with its `Ended` event) and waits for its thread.
pub struct Engine {
    messages: Sender<EngineMessage>,
    published: Arc<Mutex<Published>>,
    thread: Option<JoinHandle<()>>,
}

enum EngineMessage {
    Command(EngineCommand, Option<EndReason>, Sender<Answer>),
    Device(u64, DeviceNews),
    /// These cards are there now.
    Devices(Vec<OutputDevice>),
    /// The loader has brought something.
    Brought,
    Quit,
}

impl Engine {
    /// Opens the output and starts the engine with an empty queue, stopped, at full volume. A card that is not there
    /// is told of by [`Event::OutputLost`](crate::Event::OutputLost) when something is to be played.
    ///
    /// `events` is called on the engine's thread, in the order of the [grammar](crate::Event); sound waits for it, so
    /// it should pass them on and return. The state and queue that the engine shows are never older than
    /// the event being told. `events` must not drop the engine.
    ///
    /// `profile_of` tells what is known of an item when its file is opened; it may wait for a disk.
    pub fn start(
        kind: OutputKind,
        profile_of: impl Fn(&MediaItem) -> TrackProfile + Send + Sync + 'static,
        events: impl FnMut(TimedEvent) + Send + 'static,
    ) -> Result<Self, OutputFault> {
        let bring = move |wanted| loader::bring_known(wanted, &profile_of, &loader::bring);
        Self::start_with(kind, bring, events)
    }

    /// The same, where files are brought in a way of one's own.
    pub(crate) fn start_with(
        kind: OutputKind,
        bring: impl Fn(Wanted) -> Brought + Send + Sync + 'static,
        events: impl FnMut(TimedEvent) + Send + 'static,
    ) -> Result<Self, OutputFault> {
        let (messages, inbox) = unbounded();
        let (opened, opening) = bounded(1);
        let news = messages.clone();
        let run = move || {
            // Made here, because a card's stream may not leave its thread on every system.
            match open(kind, bring, news) {
                Ok((output, loader)) => {
                    let transport =
                        Transport::new(output, loader, Box::new(events), Instant::now());
                    // Whoever started the engine waits for this.
                    if opened.send(Ok(transport.published())).is_ok() {
                        serve(transport, &inbox);
                    }
                }
                Err(error) => _ = opened.send(Err(error)),
            }
        };
        let thread = std::thread::Builder::new()
            .name("segue-playback".to_owned())
            .spawn(run)
            .map_err(|error| OutputFault::NoThread {
                detail: error.to_string(),
            })?;
        let published = opening.recv().map_err(|_| OutputFault::Panicked)??;
        Ok(Self {
            messages,
            published,
            thread: Some(thread),
        })
    }

    /// Hands a command over; it is carried out in its turn. Who wants to see what came of it waits for the answer; who does
    /// not drops it.
    pub fn send(&self, command: EngineCommand) -> Pending {
        self.post(command, None)
    }

    /// The same, with the reason that is told of the play that the command ends, if it ends one.
    pub fn send_because(&self, command: EngineCommand, cause: EndReason) -> Pending {
        self.post(command, Some(cause))
    }

    /// Plays these files, or stretches of files, one after the other, from `start_s` of the first on. Their keys are their
    /// places.
    pub fn play_files(&self, files: impl IntoIterator<Item = (PathBuf, FileSpan)>, start_s: f64) {
        let items = files.into_iter().zip(0..).map(|((path, span), key)| {
            Arc::new(MediaItem {
                path,
                span,
                key,
                audio: None,
            })
        });
        self.send(EngineCommand::SetQueue {
            items: items.collect(),
            start: 0,
            play: false,
            shuffle: None,
        });
        self.send(EngineCommand::Seek(start_s));
        self.send(EngineCommand::Play);
    }

    fn post(&self, command: EngineCommand, cause: Option<EndReason>) -> Pending {
        let (answer, answered) = bounded(1);
        let message = EngineMessage::Command(command, cause, answer);
        if self.messages.send(message).is_err() {
            tracing::error!("the playback thread is gone; a command was lost");
        }
        Pending {
            answered,
            engine: self.thread.as_ref().map(|thread| thread.thread().id()),
        }
    }

    /// The engine as it stands, at most some hundredths of a second ago while playing.
    pub fn state(&self) -> EngineState {
        self.published().state.clone()
    }

    /// The queue as it stands.
    pub fn queue(&self) -> Arc<QueueSnapshot> {
        Arc::clone(&self.published().queue)
    }

    /// What to keep for [`EngineCommand::Restore`] after a restart.
    pub fn saved(&self) -> Saved {
        let published = self.published();
        Saved {
            queue: Arc::clone(&published.queue),
            position_s: published.state.position_s,
            volume: published.state.volume,
        }
    }

    fn published(&self) -> std::sync::MutexGuard<'_, Published> {
        self.published
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer that is on its way. Dropped, it is not missed.
#[derive(Debug)]
pub struct Pending {
    answered: Receiver<Answer>,
    engine: Option<ThreadId>,
}

impl Pending {
    /// Waits until the command was carried out and all its events were told. None if the engine ended before.
    ///
    /// On the engine's own thread, where events are told, it is none at once: the command can only be carried out after the
    /// event's turn, so that waiting there would never end.
    pub fn wait(self) -> Option<Answer> {
        if self.engine == Some(std::thread::current().id()) {
            return None;
        }
        self.answered.recv().ok()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Fails only if the thread is gone already, which join reports.
        _ = self.messages.send(EngineMessage::Quit);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the playback thread panicked");
        }
    }
}

/// An output, and what brings files for it.
type OutputAndLoader = (Box<dyn Output>, Box<dyn Loader>);

fn open(
    kind: OutputKind,
    bring: impl Fn(Wanted) -> Brought + Send + Sync + 'static,
    news: Sender<EngineMessage>,
) -> Result<OutputAndLoader, OutputFault> {
    // These fail only when the engine is being dropped.
    let brought = news.clone();
    let tell_brought = move || _ = brought.send(EngineMessage::Brought);
    let look = news.clone();
    let tell: NotifyDevice = Arc::new(move |generation, what| {
        _ = news.send(EngineMessage::Device(generation, what));
    });
    Ok(match kind {
        OutputKind::Device(settings) => {
            let watch =
                watch_devices(move |devices| _ = look.send(EngineMessage::Devices(devices)));
            let card = Card::new(Box::new(SystemHost::new()), settings, tell, watch);
            (
                Box::new(card),
                Box::new(OnThreads::new(bring, tell_brought)),
            )
        }
        OutputKind::Null => (
            Box::new(Null::new()),
            Box::new(OnThreads::new(bring, tell_brought)),
        ),
        // A file waits, and its seams must not depend on the disk.
        OutputKind::Wav { path, length_s } => (
            Box::new(Wav::new(path, length_s)?),
            Box::new(AtOnce::new(bring)),
        ),
    })
}

/// All sound cards, as the system names them.
pub fn output_devices() -> Result<Vec<OutputDevice>, OutputFault> {
    SystemHost::new().devices()
}

/// Tells which cards there are whenever that changes, until what it returns is dropped. No system tells this of itself everywhere,
/// and asking may take its time: it has a thread of its own.
fn watch_devices(tell: impl Fn(Vec<OutputDevice>) + Send + 'static) -> Sender<()> {
    let (stop, stopped) = bounded(0);
    let watch = move || {
        let mut host = SystemHost::new();
        let mut known = host.devices().ok();
        while stopped.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
            match host.devices() {
                Ok(devices) if known.as_ref() != Some(&devices) => {
                    known = Some(devices.clone());
                    tell(devices);
                }
                Ok(_) => {}
                // A sound server that was started anew is another one.
                Err(_) => host = SystemHost::new(),
            }
        }
    };
    let thread = std::thread::Builder::new()
        .name("segue-devices".to_owned())
        .spawn(watch);
    if let Err(error) = thread {
        tracing::warn!(%error, "it will go unseen when a sound card comes or goes");
    }
    stop
}

fn serve(mut transport: Transport, inbox: &Receiver<EngineMessage>) {
    loop {
        let message = match transport.pump(Instant::now()) {
            Pace::Busy => match inbox.try_recv() {
                Ok(message) => message,
                Err(TryRecvError::Empty) => continue,
                Err(TryRecvError::Disconnected) => EngineMessage::Quit,
            },
            Pace::Within(time) => match inbox.recv_timeout(time) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => EngineMessage::Quit,
            },
            Pace::Idle => inbox.recv().unwrap_or(EngineMessage::Quit),
        };
        match message {
            EngineMessage::Command(command, cause, answer) => {
                let answered = transport.handle(command, cause, Instant::now());
                // Fails where nobody waits for it.
                _ = answer.send(answered);
            }
            // The next pump looks.
            EngineMessage::Brought => {}
            EngineMessage::Device(generation, news) => {
                transport.device_news(generation, news, Instant::now());
            }
            EngineMessage::Devices(devices) => transport.devices_seen(&devices, Instant::now()),
            EngineMessage::Quit => return transport.close(Instant::now()),
        }
    }
}
