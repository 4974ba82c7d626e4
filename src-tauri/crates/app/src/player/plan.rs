//! Plans: the station that is on and the guest DJ, as far as what comes next is planned by them, and the planning itself, which
//! may take its time.

use std::collections::HashSet;
use std::sync::Arc;

use crossbeam_channel::Sender;
use segue_core::{AudioHash, PlayedFrom, Track};
use segue_playback::EntryId;
use segue_recommend::Pick;
use serde::{Deserialize, Serialize};

use super::chance::chance;
use crate::recommend::{DISCOVERY, Next};
use crate::wire::{DjMode, Station, StationRequest};
use crate::{AppError, Segue};

/// Tracks of a station that are planned at a time.
const STATION_STEP: usize = 15;

/// A running station.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ActiveStation {
    pub(super) request: StationRequest,
    /// As the window shows it.
    pub(super) shown: Station,
    /// As the log names it.
    pub(super) from: Arc<PlayedFrom>,
    /// Identifies the plan: a new station or a replan gets another number, so that a plan still being made is dropped.
    pub(super) number: u64,
    /// Its plan rests on something that has changed since.
    #[serde(default)]
    pub(super) stale: bool,
}

/// What plays by itself.
pub(super) struct Autoplay {
    pub(super) station: Option<ActiveStation>,
    /// Stations whose queues were replaced or cleared, and may come back with them.
    pub(super) past: Vec<ActiveStation>,
    pub(super) dj: Option<DjMode>,
    pub(super) suppressed: Suppressed,
    /// Between these the guest DJ found nothing, or has just been asked.
    pub(super) tried: HashSet<(EntryId, Option<EntryId>)>,
    /// The station and the queue for which nothing was found.
    pub(super) exhausted: Option<(u64, u64)>,
    pub(super) plans: Sender<PlanRequest>,
    /// Whether a plan is being made.
    pub(super) planning: bool,
}

/// Where the guest DJ must insert nothing.
#[derive(Default)]
pub(super) struct Suppressed {
    /// Nothing is inserted after these.
    pub(super) gaps: HashSet<EntryId>,
    /// What was taken out of the queue.
    pub(super) songs: Vec<AudioHash>,
}

/// What the planning thread is asked for.
pub(super) enum PlanRequest {
    Station {
        station: Box<ActiveStation>,
        /// The queue's, for which it is planned.
        revision: u64,
        /// Recordings that must not come again, the latest last.
        recent: Vec<AudioHash>,
    },
    /// What goes between two songs.
    Insertion {
        mode: DjMode,
        gap: (EntryId, Option<EntryId>),
        before: AudioHash,
        after: Option<AudioHash>,
        /// Recordings that must not come again.
        queued: Vec<AudioHash>,
    },
}

/// What it answers.
pub(super) enum Plan {
    Station {
        number: u64,
        revision: u64,
        picks: Result<Vec<(Track, Pick)>, AppError>,
    },
    Insertion {
        mode: DjMode,
        gap: (EntryId, Option<EntryId>),
        pick: Result<Option<Box<(Track, Pick)>>, AppError>,
    },
}

impl PlanRequest {
    pub(super) fn make(self, segue: &Segue) -> Plan {
        match self {
            Self::Station {
                station,
                revision,
                recent,
            } => Plan::Station {
                number: station.number,
                revision,
                picks: station.picks(segue, revision, recent),
            },
            Self::Insertion {
                mode,
                gap,
                before,
                after,
                queued,
            } => Plan::Insertion {
                mode,
                gap,
                pick: segue
                    .thread(mode, before, after, &queued)
                    .map(|pick| pick.map(Box::new)),
            },
        }
    }
}

impl ActiveStation {
    pub(super) fn new(segue: &Segue, request: &StationRequest) -> Result<Self, AppError> {
        let songs = segue.library.tracks_by_id(&request.songs())?;
        let from = PlayedFrom::Station {
            seeds: songs.iter().map(|track| track.audio).collect(),
            title: Some(segue.station_title(request)?),
        };
        Ok(Self {
            shown: Station {
                title: segue.station_title(request)?,
                seeds: segue.seed_rows(&request.seeds)?,
                less: segue.seed_rows(&request.less)?,
                discovery: request.discovery.unwrap_or(DISCOVERY).clamp(0.0, 1.0),
                more: request.more,
            },
            from: Arc::new(from),
            request: request.clone(),
            number: chance(),
            stale: false,
        })
    }

    /// Its next picks for a queue of this revision, without `recent`.
    pub(super) fn picks(
        &self,
        segue: &Segue,
        revision: u64,
        recent: Vec<AudioHash>,
    ) -> Result<Vec<(Track, Pick)>, AppError> {
        segue.station(&Next {
            request: &self.request,
            count: STATION_STEP,
            rng_seed: self.number.wrapping_add(revision),
            recent,
        })
    }
}

impl Autoplay {
    pub(super) fn new(plans: Sender<PlanRequest>) -> Self {
        Self {
            station: None,
            past: Vec::new(),
            dj: None,
            suppressed: Suppressed::default(),
            tried: HashSet::new(),
            exhausted: None,
            plans,
            planning: false,
        }
    }

    /// Another song has begun: what could not be found before may be found now.
    pub(super) fn look_again(&mut self) {
        self.tried.clear();
        self.exhausted = None;
    }
}
