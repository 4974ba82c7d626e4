//! The watcher: says which paths changed, some time after they stopped changing, and only once a file is whole.
//!
//! The system's own notification is used where there is one. What it does not tell is looked at from time to time: a disk
//! that comes back or comes late, what a link leads to, folders for which there is no watch left (`inotify` allows some
//! 65,000), and folders on other machines.

mod reach;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use notify::event::{AccessKind, AccessMode, CreateKind, EventKind, ModifyKind, RenameMode};
use notify::{Config, Event, RecommendedWatcher, Watcher as _};

use self::reach::Reach;
use segue_core::LibraryError;

use crate::sheets::is_sheet;
use crate::walk;

/// Changes are told after this long without another one …
const QUIET: Duration = Duration::from_millis(500);
/// … or when the first is this old: a long work on many files should show as it goes.
const OLD: Duration = Duration::from_secs(3);
/// A file that somebody writes is waited for until it is closed, or looks the same for this long.
const WRITTEN: Duration = Duration::from_secs(if cfg!(target_os = "linux") { 5 } else { 2 });
/// A file of which no event has told, for it came with its folder, is waited for until it looks the same for this long.
const CAME: Duration = Duration::from_secs(1);
/// Time between two looks at what waits to be told.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// Time between two looks at disks and links.
const PLACES_EVERY: Duration = Duration::from_secs(2);

/// What a watcher tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Files of music that came, changed or went, and folders in which something else did.
    Changed(Vec<PathBuf>),
    /// The system has no more watches to give, so some folders are polled every half minute from now on. Sent once.
    Polling,
}

/// Watches until it is dropped. After that nothing is told any more.
pub struct Watcher {
    tell: Sender<WatchMessage>,
    ended: Arc<AtomicBool>,
    teller: Option<JoinHandle<()>>,
}

/// What the watching thread is told.
enum WatchMessage {
    Event(notify::Result<Event>),
    Roots(Vec<PathBuf>),
    End,
}

impl Watcher {
    /// Watches these folders from now on, and no others. Those that are watched already are not begun anew; a new one is
    /// told as changed once it is watched.
    pub fn follow(&self, roots: &[PathBuf]) {
        // Fails only if the thread has died.
        _ = self.tell.send(WatchMessage::Roots(roots.to_vec()));
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
        _ = self.tell.send(WatchMessage::End);
        if let Some(teller) = self.teller.take()
            && teller.thread().id() != std::thread::current().id()
        {
            let _ = teller.join();
        }
    }
}

/// Watches folders and all beneath them that is not hidden. A folder that is not there is watched, and told as changed,
/// once it is. `tell` is called on a thread of the watcher's own.
pub fn watch(
    roots: &[PathBuf],
    tell: impl FnMut(Watched) + Send + 'static,
) -> Result<Watcher, LibraryError> {
    let (send, told) = channel();
    let on_event = {
        let send = send.clone();
        move |event| drop(send.send(WatchMessage::Event(event)))
    };
    let failed = |detail: String| LibraryError::Watch {
        path: roots
            .first()
            .map_or_else(String::new, |root| crate::paths::shown(root)),
        detail,
    };
    let notifier = match RecommendedWatcher::new(on_event, Config::default()) {
        Ok(notifier) => Some(Box::new(notifier) as Box<dyn notify::Watcher + Send>),
        Err(error) if reach::is_limit(&error) => None,
        Err(error) => return Err(failed(error.to_string())),
    };
    let mut reach = Reach::new(notifier);
    reach.follow(roots);
    let ended = Arc::new(AtomicBool::new(false));
    let mut teller = Teller {
        reach,
        tell,
        ended: Arc::clone(&ended),
        waiting: BTreeMap::new(),
        stirred: Instant::now(),
        said_polling: false,
    };
    let teller = std::thread::Builder::new()
        .name("library watcher".into())
        .spawn(move || teller.run(&told))
        .map_err(|error| failed(error.to_string()))?;
    Ok(Watcher {
        tell: send,
        ended,
        teller: Some(teller),
    })
}

/// The watching thread's own.
struct Teller<F> {
    reach: Reach,
    tell: F,
    ended: Arc<AtomicBool>,
    /// What changed and was not told yet.
    waiting: BTreeMap<PathBuf, Waiting>,
    /// When something changed last that is not being written.
    stirred: Instant,
    said_polling: bool,
}

/// A changed path that was not told yet.
struct Waiting {
    first: Instant,
    last: Instant,
    /// How long it must be left alone.
    patience: Duration,
    /// How the file looked when it last changed, while it is being written.
    look: Option<Look>,
}

type Look = (u64, Option<SystemTime>);

impl<F: FnMut(Watched)> Teller<F> {
    fn run(&mut self, told: &Receiver<WatchMessage>) {
        let mut look_at_places = Instant::now() + PLACES_EVERY;
        loop {
            let next = match self.waiting.is_empty() {
                true => look_at_places.saturating_duration_since(Instant::now()),
                false => LOOK_EVERY,
            };
            let mut message = told.recv_timeout(next);
            loop {
                match message {
                    Ok(WatchMessage::Event(event)) => self.take(event),
                    Ok(WatchMessage::Roots(roots)) => {
                        for root in self.reach.follow(&roots) {
                            self.wait(root, QUIET);
                        }
                    }
                    Ok(WatchMessage::End) | Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => break,
                }
                message = told.try_recv().map_err(|_| RecvTimeoutError::Timeout);
            }
            let begun = Instant::now();
            if begun >= look_at_places {
                for changed in self.reach.look() {
                    self.wait(changed, QUIET);
                }
                // However many links there are, a hundredth of the time is spent on them.
                look_at_places = Instant::now() + PLACES_EVERY.max(begun.elapsed() * 100);
            }
            if self.reach.polls() && !self.said_polling {
                self.said_polling = true;
                self.say(Watched::Polling);
            }
            self.tell_what_is_due();
        }
    }

    fn say(&mut self, what: Watched) {
        if !self.ended.load(Ordering::Relaxed) {
            (self.tell)(what);
        }
    }

    /// Takes an event up.
    fn take(&mut self, event: notify::Result<Event>) {
        let event = match event {
            Ok(event) if !event.need_rescan() => event,
            // What was lost is not known, so all is looked at, and watched anew where that was lost.
            _ => {
                for root in self.reach.roots().to_vec() {
                    self.reach.leave(&root);
                }
                return;
            }
        };
        let is_file_made = matches!(
            event.kind,
            EventKind::Create(CreateKind::File | CreateKind::Any)
        );
        let patience = match event.kind {
            EventKind::Access(AccessKind::Close(AccessMode::Write)) => QUIET,
            // The two halves of a renaming are told by themselves; what a renamed folder says of itself comes late.
            EventKind::Modify(ModifyKind::Name(RenameMode::Both)) | EventKind::Access(_) => return,
            EventKind::Modify(ModifyKind::Name(RenameMode::From))
                if event.tracker().is_none()
                    && cfg!(target_os = "linux")
                    && !event
                        .paths
                        .iter()
                        .any(|path| self.reach.roots().contains(path)) =>
            {
                return;
            }
            EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Any) => WRITTEN,
            _ if is_file_made => WRITTEN,
            _ => QUIET,
        };
        let is_only_metadata = matches!(event.kind, EventKind::Modify(ModifyKind::Metadata(_)));
        for path in event.paths {
            self.stir(path, patience, is_only_metadata);
        }
    }

    /// Something happened at `path`.
    fn stir(&mut self, path: PathBuf, patience: Duration, is_only_metadata: bool) {
        if self
            .reach
            .roots()
            .iter()
            .any(|root| walk::is_hidden(&path, root))
        {
            return;
        }
        let is_link = path.is_symlink();
        if is_link || path.is_dir() || !path.exists() {
            if !is_only_metadata {
                self.reach.leave(&path);
            }
            let mut files = Vec::new();
            if is_link || path.is_dir() {
                self.reach.enter(&path, &mut |file| files.push(file));
            }
            for file in files {
                if !is_told(&file) || self.waiting.contains_key(&file) {
                    continue;
                }
                let is_young = file.metadata().and_then(|m| m.modified()).is_ok_and(|at| {
                    SystemTime::now()
                        .duration_since(at)
                        .is_ok_and(|age| age < WRITTEN)
                });
                self.wait(file, if is_young { CAME } else { QUIET });
            }
            if !path.exists() {
                self.wait(path, QUIET);
            }
        } else if is_told(&path) {
            match self.waiting.get_mut(&path) {
                // Rights and times that are set while the file is written say nothing of its end.
                Some(waiting) if is_only_metadata && waiting.look.is_some() => {
                    waiting.last = Instant::now();
                }
                _ => self.wait(path, patience),
            }
        } else if walk::is_sidecar(&path)
            && let Some(folder) = path.parent()
        {
            for entry in folder.read_dir().into_iter().flatten().flatten() {
                let file = entry.path();
                if walk::is_audio(&file) && !self.waiting.contains_key(&file) {
                    self.wait(file, QUIET);
                }
            }
        }
    }

    /// Has `path` told once it is left alone for `patience`.
    fn wait(&mut self, path: PathBuf, patience: Duration) {
        let now = Instant::now();
        let look = (patience > QUIET).then(|| look(&path)).flatten();
        if look.is_none() {
            self.stirred = now;
        }
        let waiting = self.waiting.entry(path).or_insert(Waiting {
            first: now,
            last: now,
            patience,
            look: None,
        });
        waiting.last = now;
        waiting.patience = patience;
        waiting.look = look;
    }

    fn tell_what_is_due(&mut self) {
        let now = Instant::now();
        let is_quiet = now.duration_since(self.stirred) >= QUIET;
        let mut due = Vec::new();
        for (path, waiting) in &mut self.waiting {
            let left_alone = now.duration_since(waiting.last);
            let is_due = match waiting.look {
                None => {
                    is_quiet || (left_alone >= QUIET && now.duration_since(waiting.first) >= OLD)
                }
                Some(before) if left_alone >= waiting.patience => match look(path) {
                    Some(present) if present != before => {
                        (waiting.last, waiting.look) = (now, Some(present));
                        false
                    }
                    _ => true,
                },
                Some(_) => false,
            };
            if is_due {
                due.push(path.clone());
            }
        }
        if !due.is_empty() {
            for path in &due {
                self.waiting.remove(path);
            }
            self.say(Watched::Changed(due));
        }
    }
}

/// Whether a file is told of by itself: music, and cue sheets.
fn is_told(path: &Path) -> bool {
    walk::is_audio(path) || is_sheet(path)
}

fn look(path: &Path) -> Option<Look> {
    let metadata = path.metadata().ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}

#[cfg(test)]
mod tests;
