//! What the window asks of stations, mixes and paths: to be begun, played and turned.

use std::sync::Arc;

use segue_core::{PlaySource, PlayedFrom, Track};
use segue_recommend::Pick;

use super::Player;
use super::items::Placed;
use super::owner::Owner;
use super::plan::ActiveStation;
use crate::AppError;
use crate::wire::{PickRef, StationRequest};

impl Player {
    /// Plays a station. If songs are among its seeds, the first of them sounds first, or sounds on; else its first pick.
    pub(crate) fn start_radio(&self, request: &StationRequest) -> Result<(), AppError> {
        let segue = &self.segue;
        segue.check_seeds(request)?;
        let station = ActiveStation::new(segue, request)?;
        if let Some(first) = request.songs().first() {
            let first = segue.library.track(*first)?;
            let first = first.ok_or(AppError::SongsGone)?;
            return self.ask(move |owner| owner.begin_with_song(station, &first));
        }
        let picks = station.picks(segue, 0, Vec::new())?;
        if picks.is_empty() {
            return Err(AppError::EmptyStation);
        }
        self.ask(move |owner| owner.begin_with_picks(station, &picks))
    }

    /// Plays picks in their order, each with its reasons.
    pub(crate) fn play_picks(
        &self,
        picks: Vec<(Track, Pick)>,
        from: PlayedFrom,
    ) -> Result<(), AppError> {
        if picks.is_empty() {
            return Err(AppError::NothingToPlay);
        }
        self.ask(move |owner| {
            owner.leave_station();
            let items = owner.place_picks(&picks, PlaySource::Mix, &Arc::new(from), 0);
            owner.set_queue(items, 0, false);
        })
    }

    /// Plays picks as the window shows them, from a place on.
    pub(crate) fn play_shown(
        &self,
        picks: &[PickRef],
        index: usize,
        from: PlayedFrom,
    ) -> Result<(), AppError> {
        let ids: Vec<_> = picks
            .iter()
            .map(|pick| segue_core::TrackId(pick.id))
            .collect();
        let tracks = self.segue.by_id(&ids)?;
        let shown = picks.iter().zip(0..).zip(ids);
        let shown: Vec<(Track, Vec<_>, u32)> = shown
            .filter_map(|((pick, place), id)| {
                Some((tracks.get(&id)?.clone(), pick.reasons.clone(), place))
            })
            .collect();
        if shown.is_empty() {
            return Err(AppError::SongsGone);
        }
        self.ask(move |owner| {
            // Of songs that are gone, the next one that is there.
            let start = shown.partition_point(|(_, _, place)| (*place as usize) < index);
            let from = Arc::new(from);
            let items = shown.into_iter().map(|(track, reasons, place)| {
                let placed = Placed {
                    reasons,
                    ..Placed::from_list(PlaySource::Mix, Some(Arc::clone(&from)), place)
                };
                owner.items.place(&track, placed)
            });
            let items = items.collect();
            owner.leave_station();
            owner.set_queue(items, start, false);
        })
    }

    /// Sets the dial of the running station and replans it.
    pub(crate) fn tune(&self, discovery: f32) -> Result<(), AppError> {
        self.ask(move |owner| {
            if let Some(station) = owner.autoplay.station.as_mut() {
                station.request.discovery = Some(discovery);
                station.shown.discovery = discovery;
            }
            owner.replan();
            owner.notify_state();
        })
    }

    /// Ends the station, and leaves its queue.
    pub(crate) fn stop_radio(&self) -> Result<(), AppError> {
        self.ask(|owner| {
            owner.autoplay.station = None;
            owner.notify_state();
        })
    }

    /// Applies feedback that was just recorded: what it excludes and Segue had chosen is withdrawn, even the song that plays.
    pub(crate) fn apply_feedback(&self) -> Result<(), AppError> {
        let excluded = self.segue.excluded()?.recordings;
        self.ask(move |owner| owner.withdraw_excluded(&excluded))
    }

    /// Replans the station after anything that its plan rests on has changed: an adjustment, a step called wrong, plays
    /// forgotten.
    pub(crate) fn replan(&self) -> Result<(), AppError> {
        self.ask(Owner::replan)
    }
}
