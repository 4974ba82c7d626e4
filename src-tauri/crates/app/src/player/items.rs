//! What the queue's places mean: the track that stands there, what was known of it, where it came from and why.
//!
//! The engine knows paths and opaque keys. A key names a [`QueueItem`] as long as anything holds it: the queue, an edit that
//! can be taken back, a play under way.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use segue_core::{FileSpan, PlaySource, PlaySubject, PlayedFrom, Track, TrackId};
use segue_playback::{Entry, MediaItem};
use serde::{Deserialize, Serialize};

use crate::plays::subject;
use crate::wire::{QueueSource, ReasonRow};

/// One place of the queue, beside the path that the engine knows.
#[derive(Clone, Debug)]
pub(super) struct QueueItem {
    pub(super) track: TrackId,
    /// As it was known when it was put there: a play outlives its track.
    pub(super) subject: PlaySubject,
    /// Which stretch of its file.
    pub(super) span: FileSpan,
    pub(super) placed: Placed,
}

/// How a song came into the queue.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Placed {
    pub(super) source: PlaySource,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) reasons: Vec<ReasonRow>,
    /// The list it came from, and its place in it, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) from: Option<Arc<PlayedFrom>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<u32>,
}

impl Placed {
    /// Put there by the listener, as part of no list.
    pub(super) fn by_hand() -> Self {
        Self::from_list(PlaySource::Queue, None, 0)
    }

    /// The song at `place` of a list that the listener plays.
    pub(super) fn from_list(source: PlaySource, from: Option<Arc<PlayedFrom>>, place: u32) -> Self {
        Self {
            source,
            reasons: Vec::new(),
            place: from.is_some().then_some(place),
            from,
        }
    }

    /// The source as the window shows it.
    pub(super) fn shown(&self) -> QueueSource {
        if let Some(PlayedFrom::Dj { .. }) = self.from.as_deref() {
            return QueueSource::Dj;
        }
        match self.source {
            PlaySource::Radio => QueueSource::Radio,
            PlaySource::Mix => QueueSource::Mix,
            PlaySource::Album => QueueSource::Album,
            PlaySource::Search => QueueSource::Search,
            PlaySource::Shuffle => QueueSource::Shuffle,
            PlaySource::Playlist => QueueSource::Playlist,
            PlaySource::Queue => QueueSource::Queue,
            PlaySource::Import => QueueSource::Import,
        }
    }

    pub(super) fn is_from(&self, list: &PlayedFrom) -> bool {
        self.from.as_deref() == Some(list)
    }

    /// Whether Segue chose it and not the listener.
    pub(super) fn is_own_choice(&self) -> bool {
        !self.reasons.is_empty() || self.source == PlaySource::Shuffle
    }
}

/// The items of a queue, by the engine's keys.
#[derive(Default)]
pub(super) struct Items {
    by_key: HashMap<u64, (Weak<MediaItem>, Arc<QueueItem>)>,
    next_key: u64,
}

impl Items {
    pub(super) fn get(&self, item: &MediaItem) -> Option<&Arc<QueueItem>> {
        self.by_key.get(&item.key).map(|(_, item)| item)
    }

    pub(super) fn of(&self, entry: &Entry) -> Option<&Arc<QueueItem>> {
        self.get(&entry.item)
    }

    /// Whether an entry was placed in a way that the test accepts.
    pub(super) fn is_placed_so(&self, entry: &Entry, so: impl Fn(&Placed) -> bool) -> bool {
        self.of(entry).is_some_and(|item| so(&item.placed))
    }

    /// Makes an item of a track for the engine.
    pub(super) fn place(&mut self, track: &Track, placed: Placed) -> Arc<MediaItem> {
        self.insert(QueueItem {
            track: track.id,
            subject: subject(track),
            span: track.span,
            placed,
        })
    }

    pub(super) fn insert(&mut self, queued: QueueItem) -> Arc<MediaItem> {
        let item = Arc::new(MediaItem {
            path: queued.subject.path.clone().unwrap_or_default(),
            span: queued.span,
            key: self.next_key,
            audio: queued.subject.audio,
        });
        self.next_key += 1;
        let known = (Arc::downgrade(&item), Arc::new(queued));
        self.by_key.insert(item.key, known);
        item
    }

    /// Forgets what nothing holds any more.
    pub(super) fn prune(&mut self) {
        self.by_key.retain(|_, (item, _)| item.strong_count() > 0);
    }

    /// The next place in a list of which some songs were placed already.
    pub(super) fn next_place(&self, list: &PlayedFrom) -> u32 {
        let placed = self.by_key.values().map(|(_, item)| &item.placed);
        let placed = placed.filter(|placed| placed.is_from(list));
        let last = placed.filter_map(|placed| placed.place).max();
        last.map_or(0, |place| place + 1)
    }
}
