//! Opening the next file while the current one sounds: on a thread of its own, since a disk that sleeps or a share that
//! does not answer takes seconds, and the thread that decodes must not wait for them.

use crossbeam_channel::{Receiver, Sender, unbounded};
use segue_decode::DecodeError;

use crate::deck::Deck;
use crate::output::OutputError;
use crate::queue::Entry;

/// What came of opening an entry from its start.
pub(crate) type Opened = Result<Box<Deck>, DecodeError>;

/// Opens files ahead, one after the other. Numbers tell the answers to what is no longer wanted.
pub(crate) trait Loader {
    /// Begins to open an entry.
    fn ask(&mut self, number: u64, entry: &Entry);
    /// The next answer, if there is one.
    fn answer(&mut self) -> Option<(u64, Opened)>;
}

/// Opens at once, for outputs that wait.
#[derive(Default)]
pub(crate) struct AtOnce(Option<(u64, Opened)>);

impl Loader for AtOnce {
    fn ask(&mut self, number: u64, entry: &Entry) {
        self.0 = Some((number, Deck::open(entry, 0.0).map(Box::new)));
    }

    fn answer(&mut self) -> Option<(u64, Opened)> {
        self.0.take()
    }
}

/// Opens on a thread.
pub(crate) struct OnThread {
    wanted: Sender<(u64, Entry)>,
    opened: Receiver<(u64, Opened)>,
}

impl OnThread {
    /// Starts the thread; `tell` is called after each answer.
    pub(crate) fn start(tell: impl Fn() + Send + 'static) -> Result<Self, OutputError> {
        let (wanted, wants) = unbounded::<(u64, Entry)>();
        let (open, opened) = unbounded();
        let run = move || {
            while let Ok(mut want) = wants.recv() {
                // Only the latest is still wanted.
                while let Ok(later) = wants.try_recv() {
                    want = later;
                }
                let (number, entry) = want;
                let deck = Deck::open(&entry, 0.0).map(Box::new);
                if open.send((number, deck)).is_err() {
                    return;
                }
                tell();
            }
        };
        // It ends when nobody asks any more, and is not waited for, since it may wait for a disk.
        std::thread::Builder::new()
            .name("segue-loader".to_owned())
            .spawn(run)
            .map_err(OutputError::Thread)?;
        Ok(Self { wanted, opened })
    }
}

impl Loader for OnThread {
    fn ask(&mut self, number: u64, entry: &Entry) {
        if self.wanted.send((number, entry.clone())).is_err() {
            tracing::error!("the thread that opens files is gone");
        }
    }

    fn answer(&mut self) -> Option<(u64, Opened)> {
        self.opened.try_recv().ok()
    }
}
