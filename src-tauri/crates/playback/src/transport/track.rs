//! A track in the account of what sounds.

use std::sync::Arc;

use segue_core::{FailedFile, FileFault, Gain, TrackLoudness};
use segue_decode::AudioFormat;

use crate::deck::Deck;
use crate::protocol::PlayId;
use crate::queue::Entry;

/// A track in the account of what sounds, from its loading to its end.
pub(super) struct TrackAccount {
    pub(super) entry: Entry,
    /// What its file holds.
    pub(super) format: Arc<AudioFormat>,
    pub(super) duration_s: Option<f64>,
    pub(super) notice: Option<FileFault>,
    /// Where in the track the play began.
    pub(super) from_s: f64,
    /// What is known of its loudness, and whether it is played among its album's tracks in their order.
    pub(super) loudness: (TrackLoudness, bool),
    /// The play's gain.
    pub(super) gain: Gain,
    /// Seconds that sounded in earlier ranges. A range lasts until a seek or a loss of the output.
    pub(super) listened_s: f64,
    /// Once it has sounded.
    pub(super) play: Option<PlayId>,
    pub(super) paused_told: bool,
    pub(super) range: Option<TrackRange>,
}

/// A run of frames in the ring that belong to one track without a jump.
pub(super) struct TrackRange {
    /// Ring index of the first frame, and its position in the track.
    pub(super) from: u64,
    pub(super) from_s: f64,
    /// Ring index behind the last frame, once decoded, and the error that cut it short.
    pub(super) end: Option<u64>,
    pub(super) failure: Option<FailedFile>,
    /// Ring index of the last position told.
    pub(super) told: u64,
}

impl TrackAccount {
    pub(super) fn new(deck: &Deck, from: u64, gain: Gain) -> Self {
        let from_s = deck.position_s();
        Self {
            entry: deck.entry().clone(),
            format: Arc::new(deck.format().clone()),
            duration_s: deck.duration_s(),
            notice: deck.notice().cloned(),
            from_s,
            loudness: deck.loudness(),
            gain,
            listened_s: 0.0,
            play: None,
            paused_told: false,
            range: Some(TrackRange {
                from,
                from_s,
                end: None,
                failure: None,
                told: from,
            }),
        }
    }

    /// Ring index of its first frame.
    pub(super) fn from(&self) -> Option<u64> {
        self.range.as_ref().map(|range| range.from)
    }

    /// Ring index behind its last frame, once decoded.
    pub(super) fn end(&self) -> Option<u64> {
        self.range.as_ref().and_then(|range| range.end)
    }

    /// Whether its file broke off.
    pub(super) fn broke_off(&self) -> bool {
        let failure = |range: &TrackRange| range.failure.is_some();
        self.range.as_ref().is_some_and(failure)
    }
}

impl TrackRange {
    /// Seconds of it that have sounded.
    pub(super) fn sounded_s(&self, consumed: u64, rate_hz: u32) -> f64 {
        let to = consumed.min(self.end.unwrap_or(u64::MAX));
        to.saturating_sub(self.from) as f64 / f64::from(rate_hz)
    }
}
