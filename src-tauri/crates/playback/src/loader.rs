//! Bringing files to where they shall sound from: opening them, seeking in them, and decoding their first samples. That may
//! take as long as a disk sleeps, or for ever where a share does not answer, and the thread that decodes and answers commands
//! must not wait for it.
//!
//! While a file is brought, it has a thread of its own, so that one which never answers holds up no other. What else is
//! wanted of the same file meanwhile waits for that thread: however often a stuck file is chosen, one thread hangs on it, which
//! ends by itself. Once the file is brought, its thread goes on to decode it ahead of what is read (`read_ahead.rs`).

use std::collections::VecDeque;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, unbounded};
use segue_core::{Crossfade, FailedFile, TrackProfile};

use crate::blend::{Before, Blend};
use crate::deck::Deck;
use crate::queue::{Entry, MediaItem};

/// A request to a loader.
pub(crate) struct Wanted {
    /// Names it.
    pub(crate) number: u64,
    /// Whose file.
    pub(crate) entry: Entry,
    /// Where in it, in seconds.
    pub(crate) at_s: f64,
    /// The entry's file, where it is open already.
    pub(crate) deck: Option<Box<Deck>>,
    /// What stands before and after it in the order of play.
    pub(crate) beside: [Option<Arc<MediaItem>>; 2],
    /// What it will follow, if that may fade into it, and how.
    pub(crate) after: Option<(Arc<MediaItem>, Crossfade)>,
}

/// What came of it.
pub(crate) type Brought = Result<Box<Deck>, FailedFile>;

/// Brings files.
pub(crate) trait Loader {
    /// Begins to bring a file.
    fn ask(&mut self, wanted: Wanted);
    /// Cancels the request of this number.
    fn forget(&mut self, number: u64);
    /// The next that was brought, and its number.
    fn answer(&mut self) -> Option<(u64, Brought)>;
}

/// Brings a file, however long it takes.
pub(crate) fn bring(wanted: Wanted) -> Brought {
    match wanted.deck {
        Some(mut deck) => deck.seek(wanted.at_s).map(|()| deck),
        None => Deck::open(&wanted.entry, wanted.at_s).map(Box::new),
    }
}

/// The same, and tells each file that was opened what is known of its loudness, and how the track before it fades into it.
pub(crate) fn bring_known(
    wanted: Wanted,
    profile_of: &dyn Fn(&MediaItem) -> TrackProfile,
    bring: &dyn Fn(Wanted) -> Brought,
) -> Brought {
    let item = Arc::clone(&wanted.entry.item);
    let (is_open, beside) = (wanted.deck.is_some(), wanted.beside.clone());
    let after = wanted.after.clone();
    let mut deck = bring(wanted)?;
    if !is_open {
        let profile = profile_of(&item);
        let loudness = profile.loudness;
        if let Some((before, crossfade)) = &after {
            let before = Before {
                item: before,
                profile: profile_of(before),
                crossfade: *crossfade,
            };
            match Blend::plan(&before, &item, &profile) {
                Ok(Some(blend)) => deck.blend_in(blend)?,
                Ok(None) => {}
                // Whichever file it is, it shows that where it is played.
                Err(error) => tracing::debug!(%error, "it fades into nothing"),
            }
        }
        let [before, after] = beside.map(|item| item.map(|item| profile_of(&item).loudness));
        let in_order = before.is_some_and(|before| before.leads_to(&loudness))
            || after.is_some_and(|after| loudness.leads_to(&after));
        deck.know_loudness(loudness, in_order);
    }
    Ok(deck)
}

/// Brings files at once, for outputs that wait.
pub(crate) struct AtOnce<B> {
    bring: B,
    brought: VecDeque<(u64, Brought)>,
}

impl<B: Fn(Wanted) -> Brought> AtOnce<B> {
    pub(crate) fn new(bring: B) -> Self {
        Self {
            bring,
            brought: VecDeque::new(),
        }
    }
}

impl<B: Fn(Wanted) -> Brought> Loader for AtOnce<B> {
    fn ask(&mut self, wanted: Wanted) {
        let number = wanted.number;
        self.brought.push_back((number, (self.bring)(wanted)));
    }

    fn forget(&mut self, number: u64) {
        self.brought.retain(|(other, _)| *other != number);
    }

    fn answer(&mut self) -> Option<(u64, Brought)> {
        self.brought.pop_front()
    }
}

/// Brings files on threads.
pub(crate) struct OnThreads<B, T> {
    bring: Arc<B>,
    /// Called after each answer.
    tell: Arc<T>,
    jobs: Vec<LoadJob>,
    give: Sender<(u64, Brought)>,
    brought: Receiver<(u64, Brought)>,
}

/// A file that is being brought on a thread.
struct LoadJob {
    number: u64,
    entry: Entry,
    forgotten: bool,
    /// Wanted of the same file.
    then: VecDeque<Wanted>,
}

impl<B, T> OnThreads<B, T>
where
    B: Fn(Wanted) -> Brought + Send + Sync + 'static,
    T: Fn() + Send + Sync + 'static,
{
    pub(crate) fn new(bring: B, tell: T) -> Self {
        let (give, brought) = unbounded();
        Self {
            bring: Arc::new(bring),
            tell: Arc::new(tell),
            jobs: Vec::new(),
            give,
            brought,
        }
    }

    fn start(&mut self, wanted: Wanted, then: VecDeque<Wanted>) {
        let (number, entry) = (wanted.number, wanted.entry.clone());
        let path = entry.item.path.clone();
        self.jobs.push(LoadJob {
            number,
            entry,
            forgotten: false,
            then,
        });
        let (bring, tell) = (Arc::clone(&self.bring), Arc::clone(&self.tell));
        let give = self.give.clone();
        // The thread is not joined: it may be blocked on a disk, and the engine would block with it.
        let run = move || {
            let mut brought = bring(wanted);
            let decoding = brought.as_mut().ok().and_then(|deck| deck.part());
            // Fails only once the engine is gone.
            let hand_over = move || _ = give.send((number, brought)).map(|()| tell());
            match decoding {
                Some(decoding) => decoding.run(hand_over),
                None => hand_over(),
            }
        };
        let thread = std::thread::Builder::new()
            .name("segue-loader".to_owned())
            .spawn(run);
        if let Err(error) = thread {
            let failed = FailedFile::new(&path, error);
            _ = self.give.send((number, Err(failed)));
        }
    }
}

impl<B, T> Loader for OnThreads<B, T>
where
    B: Fn(Wanted) -> Brought + Send + Sync + 'static,
    T: Fn() + Send + Sync + 'static,
{
    fn ask(&mut self, wanted: Wanted) {
        let path = &wanted.entry.item.path;
        match self
            .jobs
            .iter_mut()
            .find(|job| job.entry.item.path == *path)
        {
            Some(job) => job.then.push_back(wanted),
            None => self.start(wanted, VecDeque::new()),
        }
    }

    fn forget(&mut self, number: u64) {
        for job in &mut self.jobs {
            job.forgotten |= job.number == number;
            job.then.retain(|wanted| wanted.number != number);
        }
    }

    fn answer(&mut self) -> Option<(u64, Brought)> {
        loop {
            let (number, brought) = self.brought.try_recv().ok()?;
            let Some(at) = self.jobs.iter().position(|job| job.number == number) else {
                continue;
            };
            let LoadJob {
                entry,
                forgotten,
                mut then,
                ..
            } = self.jobs.swap_remove(at);
            let next = then.pop_front();
            if !forgotten {
                if let Some(next) = next {
                    self.start(next, then);
                }
                return Some((number, brought));
            }
            if let Some(mut next) = next {
                // A cancelled request's open file is kept for the next request, which then need not open it again.
                if next.deck.is_none() && next.entry == entry {
                    next.deck = brought.ok();
                }
                self.start(next, then);
            }
        }
    }
}
