//! The watcher: says which paths changed, some time after they stopped changing.
//!
//! The system's own notification is used where there is one. Where it has run out of watches (`inotify` allows some
//! 65,000 folders), the folders are polled. A network share tells this machine nothing about what another one does
//! there: such folders need a scan from time to time.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use notify::{
    Config, Event, EventKind, PollWatcher, RecommendedWatcher, RecursiveMode, Watcher as _,
};

use crate::{LibraryError, walk};

/// Changes are told after this long without another one …
const QUIET: Duration = Duration::from_millis(500);
/// … or when the first is this old: a long copy should show as it goes.
const OLD: Duration = Duration::from_secs(3);
/// Time between two looks at folders that must be polled.
const POLL_EVERY: Duration = Duration::from_secs(30);

/// Watches until it is dropped. After that `on_change` is not called any more.
pub struct Watcher {
    notifier: Option<Box<dyn notify::Watcher + Send>>,
    teller: Option<JoinHandle<()>>,
    polling: bool,
}

impl Watcher {
    /// Whether folders are looked at every half minute, as the system has no more watches to give.
    pub fn polling(&self) -> bool {
        self.polling
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        // Its end closes the channel, and that ends the thread.
        self.notifier = None;
        if let Some(teller) = self.teller.take()
            && teller.thread().id() != std::thread::current().id()
        {
            let _ = teller.join();
        }
    }
}

/// Watches folders and all beneath them. `on_change` gets files of music that came, changed or went, and folders in
/// which something else did; it is called on a thread of the watcher's own. Folders that are not there are passed over.
pub fn watch(
    roots: &[PathBuf],
    on_change: impl FnMut(Vec<PathBuf>) + Send + 'static,
) -> Result<Watcher, LibraryError> {
    let roots: Vec<PathBuf> = roots.iter().filter(|root| root.is_dir()).cloned().collect();
    let (tell, told) = channel();
    let send = {
        let tell = tell.clone();
        move |event| drop(tell.send(event))
    };
    let failed = |path: &Path, error: &notify::Error| LibraryError::Watch {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    let native = RecommendedWatcher::new(send, Config::default())
        .and_then(|watcher| watch_all(watcher, &roots));
    let (notifier, polling): (Box<dyn notify::Watcher + Send>, bool) = match native {
        Ok(watcher) => (Box::new(watcher), false),
        Err(error) if is_limit(&error) => {
            let config = Config::default().with_poll_interval(POLL_EVERY);
            let watcher = PollWatcher::new(move |event| drop(tell.send(event)), config)
                .and_then(|watcher| watch_all(watcher, &roots))
                .map_err(|error| {
                    failed(
                        roots.first().map_or(Path::new(""), PathBuf::as_path),
                        &error,
                    )
                })?;
            (Box::new(watcher), true)
        }
        Err(error) => {
            let path = error
                .paths
                .first()
                .or(roots.first())
                .cloned()
                .unwrap_or_default();
            return Err(failed(&path, &error));
        }
    };
    let teller = std::thread::Builder::new()
        .name("library watcher".into())
        .spawn(move || tell_changes(&told, &roots, on_change))
        .map_err(|error| LibraryError::Watch {
            path: PathBuf::new(),
            reason: error.to_string(),
        })?;
    Ok(Watcher {
        notifier: Some(notifier),
        teller: Some(teller),
        polling,
    })
}

fn watch_all<W: notify::Watcher>(mut watcher: W, roots: &[PathBuf]) -> notify::Result<W> {
    for root in roots {
        watcher.watch(root, RecursiveMode::Recursive)?;
    }
    Ok(watcher)
}

/// Whether the system has no more watches or instances to give (ENOSPC, EMFILE), or none at all (ENOSYS).
fn is_limit(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::MaxFilesWatch => true,
        notify::ErrorKind::Io(error) => {
            error.kind() == io::ErrorKind::Unsupported
                || matches!(error.raw_os_error(), Some(24 | 28 | 38))
        }
        _ => false,
    }
}

/// Gathers events and tells them when they have calmed down.
fn tell_changes(
    events: &Receiver<notify::Result<Event>>,
    roots: &[PathBuf],
    mut on_change: impl FnMut(Vec<PathBuf>),
) {
    while let Ok(first) = events.recv() {
        let mut changed: BTreeSet<PathBuf> = BTreeSet::new();
        gather(&mut changed, first, roots);
        if changed.is_empty() {
            continue;
        }
        let began = Instant::now();
        loop {
            let patience = QUIET.min(OLD.saturating_sub(began.elapsed()));
            match events.recv_timeout(patience) {
                Ok(event) => gather(&mut changed, event, roots),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if began.elapsed() >= OLD {
                break;
            }
        }
        on_change(changed.into_iter().collect());
    }
}

/// Adds the paths of an event that may concern the library.
fn gather(changed: &mut BTreeSet<PathBuf>, event: notify::Result<Event>, roots: &[PathBuf]) {
    match event {
        Ok(event) if event.need_rescan() => changed.extend(roots.iter().cloned()),
        Ok(event) if matches!(event.kind, EventKind::Access(_)) => {}
        Ok(event) => {
            let concerned = |path| concerned(path, roots);
            changed.extend(event.paths.into_iter().filter_map(concerned));
        }
        // What was lost is not known, so all is looked at.
        Err(_) => changed.extend(roots.iter().cloned()),
    }
}

/// The path to look at because of a change at `path`: music itself, the folder of a cover, or a folder.
fn concerned(path: PathBuf, roots: &[PathBuf]) -> Option<PathBuf> {
    if roots.iter().any(|root| walk::is_hidden(&path, root)) {
        None
    } else if walk::is_audio(&path) {
        Some(path)
    } else if walk::is_sidecar(&path) {
        path.parent().map(Path::to_owned)
    } else {
        // What is gone may have been a folder.
        (path.is_dir() || !path.exists()).then_some(path)
    }
}

#[cfg(test)]
mod tests;
