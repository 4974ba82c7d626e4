//! What Segue itself puts into the queue: the station that keeps it going, mixes and paths, and what the guest DJ inserts.
//!
//! The player's thread decides what is to be planned and what becomes of a plan; the planning itself runs on a thread of its
//! own (`segue-station`), one plan at a time, since it may take longer than a track's end may wait. A plan whose
//! station has ended or whose queue has changed meanwhile is dropped and made again. Planned songs are told from the listener's own
//! by their reasons: Segue may take out what it planned, and never what the listener put there.

use std::collections::HashSet;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};
use segue_core::{AudioHash, EndReason, ListenOutcome, Play, PlaySource, PlayedFrom, Track};
use segue_playback::{Edit, EngineCommand, Entry, EntryId, MediaItem};
use segue_recommend::Pick;

use super::chance::chance;
use super::items::Placed;
use super::owner::{Owner, PlayerMessage};
use super::plan::{ActiveStation, Autoplay, Plan, PlanRequest, Suppressed};
use crate::convert::reason_row;
use crate::wire::{DjMode, Notice};
use crate::{AppError, Segue};

/// The next songs of a station are planned when fewer tracks than this are left in the queue.
const STATION_AHEAD: usize = 10;
/// The latest tracks of the queue that a station does not repeat.
const STATION_MEMORY: usize = 500;
/// How many stations that ended are kept, to come back if their queues do by undo.
const PAST_STATIONS: usize = 50;

/// How many songs ahead the guest DJ plans.
const DJ_AHEAD: usize = 4;

/// The planning thread. It ends when nobody can ask any more.
pub(super) fn make_plans(
    segue: &Segue,
    requests: &Receiver<PlanRequest>,
    player: &Sender<PlayerMessage>,
) {
    for request in requests {
        // Fails only when the player is gone.
        _ = player.send(PlayerMessage::Planned(request.make(segue)));
    }
}

impl Owner {
    pub(super) fn begin_with_song(&mut self, station: ActiveStation, first: &Track) {
        let current = self.queue.current().and_then(|entry| self.items.of(entry));
        let sounds = self.is_playing() && current.is_some_and(|item| item.track == first.id);
        self.leave_station();
        if sounds {
            self.order(EngineCommand::KeepCurrent, None);
        } else {
            let from = Some(Arc::clone(&station.from));
            let placed = Placed::from_list(PlaySource::Radio, from, 0);
            let item = self.items.place(first, placed);
            self.set_queue(vec![item], 0, false);
        }
        self.autoplay.station = Some(station);
        self.notify_state();
    }

    pub(super) fn begin_with_picks(&mut self, station: ActiveStation, picks: &[(Track, Pick)]) {
        self.leave_station();
        let items = self.place_picks(picks, PlaySource::Radio, &station.from, 0);
        self.set_queue(items, 0, false);
        self.autoplay.station = Some(station);
        self.notify_state();
    }

    /// Items of picks, from the place `first` of their list on.
    pub(super) fn place_picks(
        &mut self,
        picks: &[(Track, Pick)],
        source: PlaySource,
        from: &Arc<PlayedFrom>,
        first: u32,
    ) -> Vec<Arc<MediaItem>> {
        let picks = picks.iter().zip(first..);
        let place_one = |((track, pick), place): (&(Track, Pick), u32)| {
            let placed = Placed {
                reasons: pick.reasons.iter().map(reason_row).collect(),
                ..Placed::from_list(source, Some(Arc::clone(from)), place)
            };
            self.items.place(track, placed)
        };
        picks.map(place_one).collect()
    }

    /// Ends the station because its queue is replaced, and keeps it: undo may bring the queue back, and then the station must
    /// go on in it.
    pub(super) fn leave_station(&mut self) {
        let Some(station) = self.autoplay.station.take() else {
            return;
        };
        let past = &mut self.autoplay.past;
        past.retain(|other| other.from != station.from);
        past.push(station);
        if past.len() > PAST_STATIONS {
            past.remove(0);
        }
    }

    /// The same, if undoing or redoing this edit replaces the queue.
    pub(super) fn leave_station_with(&mut self, edit: Option<Edit>) {
        if edit.is_some_and(|edit| edit.kind.replaces()) {
            self.leave_station();
        }
    }

    /// If this edit brought an earlier queue back, resumes the station that played in it.
    pub(super) fn take_station_up_with(&mut self, edit: Option<Edit>) {
        if !edit.is_some_and(|edit| edit.kind.replaces()) {
            return;
        }
        let past = &mut self.autoplay.past;
        let placed = self.queue.entries.iter().rev();
        let from = placed
            .filter_map(|entry| self.items.of(entry)?.placed.from.as_ref())
            .find_map(|from| past.iter().position(|station| station.from == *from));
        if let Some(at) = from {
            let station = past.remove(at);
            self.autoplay.station.get_or_insert(station);
        }
    }

    /// Has the station's songs that have not played yet withdrawn and planned again.
    pub(super) fn replan(&mut self) {
        if let Some(station) = self.autoplay.station.as_mut() {
            (station.number, station.stale) = (chance(), true);
        }
    }

    /// Replans the station if one of its songs was skipped: its plan rests on the mood of before the skip.
    pub(super) fn replan_after_skip(&mut self, play: &Play) {
        let of_station = self
            .autoplay
            .station
            .as_ref()
            .is_some_and(|station| play.context.from.as_ref() == Some(&*station.from));
        let left = play.context.end_reason == Some(EndReason::Next)
            && play.outcome() != ListenOutcome::Listened;
        if of_station && left {
            self.replan();
        }
    }

    /// Switches the guest DJ to a mode, or off. What it inserted in another mode is withdrawn.
    pub(super) fn set_dj(&mut self, mode: Option<DjMode>) {
        self.autoplay.dj = mode;
        self.autoplay.suppressed = Suppressed::default();
        self.autoplay.look_again();
        let stays = mode.map(DjMode::as_str);
        self.withdraw_ahead(|placed| match placed.from.as_deref() {
            Some(PlayedFrom::Dj { mode }) => stays != Some(mode),
            _ => false,
        });
    }

    /// If the guest DJ put this entry here, keeps it from proposing that song again, or any other for this gap: else what
    /// the listener removes would come back with the next plan.
    pub(super) fn suppress(&mut self, entry: EntryId) {
        let entries = &self.queue.entries;
        let at = entries.iter().position(|other| other.entry == entry);
        let Some(at) = at.filter(|at| self.is_insertion(&entries[*at])) else {
            return;
        };
        let suppressed = &mut self.autoplay.suppressed;
        suppressed.songs.extend(entries[at].item.audio);
        let before = at.checked_sub(1).map(|before| entries[before].entry);
        suppressed.gaps.extend(before);
    }

    /// Takes out of the queue what is excluded and was Segue's choice, even the song that plays.
    pub(super) fn withdraw_excluded(&mut self, excluded: &HashSet<AudioHash>) {
        let ahead = &self.queue.entries[self.queue.cursor.min(self.queue.entries.len())..];
        let excluded = ahead.iter().filter(|entry| {
            let audio = entry.item.audio.as_ref();
            audio.is_some_and(|audio| excluded.contains(audio))
                && self.items.is_placed_so(entry, Placed::is_own_choice)
        });
        let excluded: Vec<EntryId> = excluded.map(|entry| entry.entry).collect();
        if !excluded.is_empty() {
            self.order(EngineCommand::Withdraw(excluded), Some(EndReason::Removed));
        }
    }

    /// Takes out of the queue what is still to come and was placed in a way that `matches`.
    fn withdraw_ahead(&mut self, matches: impl Fn(&Placed) -> bool) {
        let ahead = self.queue.entries.iter().skip(self.queue.cursor + 1);
        let withdrawn = ahead.filter(|entry| self.items.is_placed_so(entry, &matches));
        let withdrawn: Vec<EntryId> = withdrawn.map(|entry| entry.entry).collect();
        if !withdrawn.is_empty() {
            self.order(EngineCommand::Withdraw(withdrawn), None);
        }
    }

    /// Whether the guest DJ put it there.
    fn is_insertion(&self, entry: &Entry) -> bool {
        let is_dj = |placed: &Placed| matches!(placed.from.as_deref(), Some(PlayedFrom::Dj { .. }));
        self.items.is_placed_so(entry, is_dj)
    }

    // Planning

    /// Asks the planning thread for what station or guest DJ play next, unless enough is planned or a plan is being made.
    pub(super) fn plan(&mut self) {
        if self.autoplay.planning {
            return;
        }
        let request = self.station_request().or_else(|| self.insertion_request());
        if let Some(request) = request {
            self.autoplay.planning = true;
            // Fails only when the program ends.
            _ = self.autoplay.plans.send(request);
        }
    }

    /// A request for the station's next songs, if fewer than [`STATION_AHEAD`] are left.
    fn station_request(&mut self) -> Option<PlanRequest> {
        let station = self.autoplay.station.as_mut()?;
        if std::mem::take(&mut station.stale) {
            let from = Arc::clone(&station.from);
            // Only what bears reasons: without them the listener put it there, and withdrawing it would undo their choice.
            self.withdraw_ahead(|placed| !placed.reasons.is_empty() && placed.is_from(&from));
        }
        let (station, queue) = (self.autoplay.station.as_ref()?, &self.queue);
        let is_enough = queue.entries.len().saturating_sub(queue.cursor + 1) >= STATION_AHEAD;
        if is_enough || self.autoplay.exhausted == Some((station.number, queue.revision)) {
            return None;
        }
        let from = queue.entries.len().saturating_sub(STATION_MEMORY);
        let recent = queue.entries[from..].iter();
        Some(PlanRequest::Station {
            station: Box::new(station.clone()),
            revision: queue.revision,
            recent: recent.filter_map(|entry| entry.item.audio).collect(),
        })
    }

    /// A request for what the guest DJ plays after the first of the next few songs that has nothing of its after it.
    fn insertion_request(&self) -> Option<PlanRequest> {
        let (mode, queue) = (self.autoplay.dj?, &self.queue);
        let Autoplay {
            suppressed, tried, ..
        } = &self.autoplay;
        let places = queue.cursor..queue.entries.len().min(queue.cursor + 2 * DJ_AHEAD);
        places.into_iter().find_map(|at| {
            let (entry, after) = (&queue.entries[at], queue.entries.get(at + 1));
            let gap = (entry.entry, after.map(|after| after.entry));
            let is_taken = self.is_insertion(entry)
                || after.is_some_and(|after| self.is_insertion(after))
                || suppressed.gaps.contains(&entry.entry)
                || tried.contains(&gap);
            let before = entry.item.audio.filter(|_| !is_taken)?;
            let queued = queue.entries.iter().filter_map(|entry| entry.item.audio);
            Some(PlanRequest::Insertion {
                mode,
                gap,
                before,
                after: after.and_then(|after| after.item.audio),
                queued: queued.chain(suppressed.songs.iter().copied()).collect(),
            })
        })
    }

    /// Takes up a plan, unless what it was made for has changed meanwhile.
    pub(super) fn planned(&mut self, plan: Plan) {
        self.autoplay.planning = false;
        match plan {
            Plan::Station {
                number,
                revision,
                picks,
            } => self.station_planned(number, revision, picks),
            Plan::Insertion { mode, gap, pick } => self.insertion_planned(mode, gap, pick),
        }
    }

    fn station_planned(
        &mut self,
        number: u64,
        revision: u64,
        picks: Result<Vec<(Track, Pick)>, AppError>,
    ) {
        let station = self.autoplay.station.as_ref();
        let Some(station) = station.filter(|station| station.number == number) else {
            return;
        };
        match picks {
            Err(error) => {
                self.autoplay.station = None;
                self.notify(Notice::RadioEnds { problem: error });
                self.notify_state();
            }
            Ok(picks) if picks.is_empty() => self.autoplay.exhausted = Some((number, revision)),
            Ok(picks) if self.queue.revision == revision => {
                let from = Arc::clone(&station.from);
                let first = self.items.next_place(&from);
                let items = self.place_picks(&picks, PlaySource::Radio, &from, first);
                self.order(EngineCommand::Extend(items), None);
            }
            Ok(_) => {}
        }
    }

    fn insertion_planned(
        &mut self,
        mode: DjMode,
        gap: (EntryId, Option<EntryId>),
        pick: Result<Option<Box<(Track, Pick)>>, AppError>,
    ) {
        if self.autoplay.dj != Some(mode) {
            return;
        }
        self.autoplay.tried.insert(gap);
        match pick {
            Ok(Some(pick)) => {
                let queue = &self.queue;
                let at = queue.entries.iter().position(|entry| entry.entry == gap.0);
                let after = at.map(|at| queue.entries.get(at + 1).map(|entry| entry.entry));
                if after == Some(gap.1) {
                    let mode = mode.as_str().into();
                    let from = Arc::new(PlayedFrom::Dj { mode });
                    let items = self.place_picks(&[*pick], PlaySource::Mix, &from, 0);
                    self.order(EngineCommand::InsertAfter(gap.0, items), None);
                }
            }
            Ok(None) => {}
            Err(error) => {
                self.autoplay.dj = None;
                self.notify(Notice::DjStops { problem: error });
                self.notify_state();
            }
        }
    }
}
