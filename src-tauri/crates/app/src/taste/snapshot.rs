//! The snapshot that recommendations are made from: library, taste and feedback at one moment. `learning.rs` fits it and
//! decides when to refit.

use std::collections::HashMap;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crossbeam_channel::Sender;
use segue_core::{
    AudioHash, Feedback, FeedbackEvent, FeedbackTarget, ModelId, Play, TrackId, similar_key,
};
use segue_recommend::{Catalogue, Exclusions, Taste};

/// Library and taste at one moment.
pub(crate) struct RecommenderSnapshot {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) taste: Taste,
    /// Per position of the catalogue: the copy to play, and whether its file is there.
    pub(crate) copies: Arc<[(TrackId, bool)]>,
    /// Recordings by an artist whom only their albums name, as positions, by the artist's key.
    pub(crate) by_album_artist: Arc<HashMap<String, Vec<usize>>>,
    /// Plays in the log, and how many of them trained the taste: plays of music in the library, by no guest, not forgotten.
    pub(crate) plays: usize,
    pub(crate) taught: usize,
}

/// The last [`RecommenderSnapshot`], and what it was fitted from.
pub(crate) struct CachedSnapshot {
    pub(crate) known: Arc<RecommenderSnapshot>,
    pub(crate) revision: u64,
    pub(crate) serving: Option<ModelId>,
    pub(crate) made: Instant,
    pub(crate) took: Duration,
    /// Something happened that only a fit over the whole log can take in: an opinion, or a play out of order.
    pub(crate) needs_refit: bool,
}

/// The cached snapshot, and the state of its refits.
#[derive(Default)]
pub(crate) struct SnapshotCache {
    pub(crate) last: Mutex<Option<CachedSnapshot>>,
    /// Held during a fit: two at once would both read the whole library.
    pub(crate) fitting: Mutex<()>,
    /// Plays logged since the current fit began. The fit has read the log before them, so it must learn them at its end.
    pub(crate) plays_during_fit: Mutex<Vec<Play>>,
    /// Raised to invalidate a fit in progress.
    pub(crate) epoch: AtomicU64,
    /// Asks the background thread for a refit, where there is one.
    pub(crate) learner: Mutex<Option<Sender<()>>>,
}

/// A stale view serves until it is so many times as old as it took to make: while the analysis runs, every second
/// brings a vector, and a large library must not be read anew for each.
pub(crate) const STALE_FACTOR: u32 = 20;

impl RecommenderSnapshot {
    /// Learns one more play. Returns whether the whole log should be refitted.
    pub(crate) fn learn(&mut self, play: &Play) -> bool {
        // Counted even if the fit is to be repeated: the log has the play in any case.
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
/// What this feedback excludes.
pub(crate) fn exclusions_of(
    holding: &[FeedbackEvent],
    known: Option<&RecommenderSnapshot>,
) -> Exclusions {
    let mut excluded = Exclusions::default();
    for event in holding {
        match &event.feedback {
            Feedback::NotNow(FeedbackTarget::Recording(audio))
            | Feedback::Never(FeedbackTarget::Recording(audio)) => {
                excluded.recordings.insert(*audio);
            }
            Feedback::NotNow(FeedbackTarget::Artist(name))
            | Feedback::Never(FeedbackTarget::Artist(name)) => {
                let theirs = known.map(|known| known.recordings_by(name));
                excluded.recordings.extend(theirs.into_iter().flatten());
            }
            Feedback::WrongAfter { earlier, later } => {
                excluded.wrong_after.insert((*earlier, *later));
            }
            Feedback::Adjusted { .. } => {}
        }
    }
    excluded
}
