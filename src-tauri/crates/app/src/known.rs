//! What a recommendation is made from: library, taste and what the listener said, as they were at one moment. How it is
//! learned, and when anew, is `learning.rs`'s business.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use segue_core::{FeedbackTarget, AudioHash, Feedback, FeedbackEvent, ModelId, Play, TrackId, similar_key};
use segue_recommend::{Bars, Catalogue, Taste};

/// Library and taste as they were at one moment.
pub(crate) struct Known {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) taste: Taste,
    /// Per position of the catalogue: the copy to play, and whether its file is there.
    pub(crate) copies: Arc<[(TrackId, bool)]>,
    /// Recordings by an artist whom only their albums name, as positions, by the artist's key.
    pub(crate) by_album_artist: Arc<HashMap<String, Vec<usize>>>,
    /// Plays in the log, and those of them that taught: of music that is here, by no guest, not forgotten.
    pub(crate) plays: usize,
    pub(crate) taught: usize,
}

/// The last [`Known`], and what it was made from.
pub(crate) struct Remembered {
    pub(crate) known: Arc<Known>,
    pub(crate) revision: u64,
    pub(crate) serving: Option<ModelId>,
    pub(crate) made: Instant,
    pub(crate) took: Duration,
    /// It lacks something that only the whole log tells: an opinion, or a play out of order.
    pub(crate) lacking: bool,
}

/// What is remembered, and who learns anew.
#[derive(Default)]
pub(crate) struct Memory {
    pub(crate) last: Mutex<Option<Remembered>>,
    /// Held while learning anew: two at once would both read the whole library.
    pub(crate) making: Mutex<()>,
    /// Plays since the view in the making was begun.
    pub(crate) meanwhile: Mutex<Vec<Play>>,
    /// Raised when what was read of the log so far may serve no more.
    pub(crate) epoch: AtomicU64,
    /// Who learns anew in the background.
    pub(crate) learner: Mutex<Option<Sender<()>>>,
}

/// A stale view serves until it is so many times as old as it took to make: while the analysis runs, every second
/// brings a vector, and a large library must not be read anew for each.
pub(crate) const STALE_FACTOR: u32 = 20;

impl Known {
    /// Learns one more play. Returns whether the whole log should be learned anew.
    pub(crate) fn learn(&mut self, play: &Play) -> bool {
        // What was read of the log may hold a play of its own time already.
        self.plays += 1;
        if !self.taste.precedes(play) {
            return true;
        }
        self.taught += usize::from(self.catalogue.knows(play));
        self.taste.learn(&self.catalogue, play)
    }

    /// The recordings that an artist plays on, or whose album is by them.
    pub(crate) fn recordings_by(&self, artist: &str) -> impl Iterator<Item = AudioHash> {
        let named = self.by_album_artist.get(&similar_key(artist));
        let songs = self.catalogue.songs_by(artist);
        songs
            .into_iter()
            .chain(named.into_iter().flatten().copied())
            .map(|position| self.catalogue.audio(position))
    }

    /// The copies of these positions that are to be played.
    pub(crate) fn tracks_at(&self, positions: &[usize]) -> Vec<TrackId> {
        positions
            .iter()
            .map(|position| self.copies[*position].0)
            .collect()
    }
}
/// What these sayings bar.
pub(crate) fn bars_of(holding: &[FeedbackEvent], known: Option<&Known>) -> Bars {
    let mut barred = Bars::default();
    for event in holding {
        match &event.feedback {
            Feedback::NotNow(FeedbackTarget::Recording(audio))
            | Feedback::Never(FeedbackTarget::Recording(audio)) => {
                barred.recordings.insert(*audio);
            }
            Feedback::NotNow(FeedbackTarget::Artist(name)) | Feedback::Never(FeedbackTarget::Artist(name)) => {
                let theirs = known.map(|known| known.recordings_by(name));
                barred.recordings.extend(theirs.into_iter().flatten());
            }
            Feedback::WrongAfter { earlier, later } => {
                barred.wrong_after.insert((*earlier, *later));
            }
            Feedback::Adjusted { .. } => {}
        }
    }
    barred
}
