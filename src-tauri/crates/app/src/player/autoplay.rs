//! What Segue itself puts into the queue: the station that keeps it going, mixes and paths, and what the guest DJ inserts.
//!
//! The player's thread decides what is to be planned and what becomes of a plan; the planning itself runs on a thread of its
//! own (`segue-station`), one plan at a time, since it may take longer than a track's end may wait. A plan for a station or a queue
//! that is no more is dropped, and made anew. What was planned is known by its reasons: it is what may be taken out again, where
//! what the listener put there may not.

use std::collections::HashSet;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender};
use segue_core::{AudioHash, Heard, Leaving, Play, PlaySource, PlayedFrom, Track};
use segue_playback::{Command, Edit, Entry, EntryId, Item};
use segue_recommend::Pick;
use serde::{Deserialize, Serialize};

use super::items::Placed;
use super::owner::{Message, Owner};
use super::{Player, chance};
use crate::convert::reason_row;
use crate::dto::{DjMode, PickRef, Station, StationRequest};
use crate::stations::{DISCOVERY, Next};
use crate::{AppError, Segue};

/// A station is planned on when fewer tracks than this are to come, so many at a time.
const STATION_AHEAD: usize = 10;
const STATION_STEP: usize = 15;
/// Tracks that a station remembers, so as not to repeat itself.
const STATION_MEMORY: usize = 500;
/// So many stations may come back with their queues.
const PAST_STATIONS: usize = 50;
/// The guest DJ looks so many songs ahead.
const DJ_AHEAD: usize = 4;

/// A running station.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ActiveStation {
    request: StationRequest,
    /// As the window shows it.
    pub(super) shown: Station,
    /// As the log names it.
    from: Arc<PlayedFrom>,
    /// Tells this station from the one before, and what it planned since the listener turned it from what it had planned.
    number: u64,
    /// What it planned rests on what holds no more.
    #[serde(default)]
    stale: bool,
}

/// What plays by itself.
pub(super) struct Autoplay {
    pub(super) station: Option<ActiveStation>,
    /// Stations whose queues were replaced or cleared, and may come back with them.
    past: Vec<ActiveStation>,
    pub(super) dj: Option<DjMode>,
    suppressed: Suppressed,
    /// Between these the guest DJ found nothing, or has just been asked.
    tried: HashSet<(EntryId, Option<EntryId>)>,
    /// The station and the queue for which nothing was found.
    exhausted: Option<(u64, u64)>,
    plans: Sender<PlanRequest>,
    /// Whether a plan is being made.
    planning: bool,
}

/// Where the listener wants no guest.
#[derive(Default)]
struct Suppressed {
    /// Nothing is inserted after these.
    gaps: HashSet<EntryId>,
    /// What was taken out of the queue.
    songs: Vec<AudioHash>,
}

/// What the planning thread is asked for.
pub(super) enum PlanRequest {
    Station {
        station: Box<ActiveStation>,
        /// The queue's, for which it is planned.
        revision: u64,
        /// What is not to come again, the latest last.
        recent: Vec<AudioHash>,
    },
    /// What goes between two songs.
    Insertion {
        mode: DjMode,
        gap: (EntryId, Option<EntryId>),
        before: AudioHash,
        after: Option<AudioHash>,
        /// What is not to come again.
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
    fn make(self, segue: &Segue) -> Plan {
        match self {
            Self::Station {
                station,
                revision,
                recent,
            } => Plan::Station {
                number: station.number,
                revision,
                picks: segue.station(&Next {
                    request: &station.request,
                    count: STATION_STEP,
                    rng_seed: station.number.wrapping_add(revision),
                    recent,
                }),
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

/// The planning thread. It ends when nobody can ask any more.
pub(super) fn make_plans(
    segue: &Segue,
    requests: &Receiver<PlanRequest>,
    player: &Sender<Message>,
) {
    for request in requests {
        // Fails only when the player is gone.
        _ = player.send(Message::Planned(request.make(segue)));
    }
}

impl Player {
    /// Plays a station. If songs are among its seeds, the first of them sounds first, or sounds on; else its first pick.
    pub(crate) fn start_radio(&self, request: &StationRequest) -> Result<(), AppError> {
        let segue = &self.segue;
        segue.check_seeds(request)?;
        let station = ActiveStation::new(segue, request)?;
        if let Some(first) = request.songs().first() {
            let first = segue.library.track(*first)?;
            let first = first.ok_or_else(|| AppError::Invalid(GONE.into()))?;
            return self.ask(move |owner| owner.begin_with_song(station, &first));
        }
        let picks = segue.station(&Next {
            request,
            count: STATION_STEP,
            rng_seed: station.number,
            recent: Vec::new(),
        })?;
        if picks.is_empty() {
            return Err(AppError::Invalid(
                "the library holds nothing for this station".into(),
            ));
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
            return Err(AppError::Invalid("there is nothing to play".into()));
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
            return Err(AppError::Invalid(GONE.into()));
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

    /// Turns the dial of the running station: what it had planned is planned anew.
    pub(crate) fn tune(&self, discovery: f32) -> Result<(), AppError> {
        self.ask(move |owner| {
            if let Some(station) = owner.autoplay.station.as_mut() {
                station.request.discovery = Some(discovery);
                station.shown.discovery = discovery;
            }
            owner.plan_anew();
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

    /// What was just said is followed: what it bars leaves the plan, and, if Segue chose it, the ear.
    pub(crate) fn apply_feedback(&self) -> Result<(), AppError> {
        let barred = self.segue.barred()?.recordings;
        self.ask(move |owner| owner.withdraw_barred(&barred))
    }

    /// What a station rests on was turned, a step was called wrong, or taste was told to forget: what was planned is
    /// planned anew.
    pub(crate) fn plan_anew(&self) -> Result<(), AppError> {
        self.ask(Owner::plan_anew)
    }
}

/// Said where songs were asked for that have left the library.
pub(super) const GONE: &str = "none of these songs is in the library any more";

impl ActiveStation {
    fn new(segue: &Segue, request: &StationRequest) -> Result<Self, AppError> {
        let songs = segue.library.tracks_by_id(&request.songs())?;
        let from = PlayedFrom::Station {
            seeds: songs.iter().map(|track| track.audio).collect(),
            name: Some(segue.station_name(request)?),
        };
        Ok(Self {
            shown: Station {
                name: segue.station_title(request)?,
                seeds: segue.seed_rows(&request.seeds)?,
                less: segue.seed_rows(&request.less)?,
                discovery: request.discovery.unwrap_or(DISCOVERY).clamp(0.0, 1.0),
            },
            from: Arc::new(from),
            request: request.clone(),
            number: chance(),
            stale: false,
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

impl Owner {
    fn begin_with_song(&mut self, station: ActiveStation, first: &Track) {
        let current = self.queue.current().and_then(|entry| self.items.of(entry));
        let sounds = self.is_playing() && current.is_some_and(|item| item.track == first.id);
        self.leave_station();
        if sounds {
            self.order(Command::KeepCurrent, None);
        } else {
            let from = Some(Arc::clone(&station.from));
            let placed = Placed::from_list(PlaySource::Radio, from, 0);
            let item = self.items.place(first, placed);
            self.set_queue(vec![item], 0, false);
        }
        self.autoplay.station = Some(station);
        self.notify_state();
    }

    fn begin_with_picks(&mut self, station: ActiveStation, picks: &[(Track, Pick)]) {
        self.leave_station();
        let items = self.place_picks(picks, PlaySource::Radio, &station.from, 0);
        self.set_queue(items, 0, false);
        self.autoplay.station = Some(station);
        self.notify_state();
    }

    /// Items of picks, from the place `first` of their list on.
    fn place_picks(
        &mut self,
        picks: &[(Track, Pick)],
        source: PlaySource,
        from: &Arc<PlayedFrom>,
        first: u32,
    ) -> Vec<Arc<Item>> {
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

    /// The station ends because its queue does. It comes back if the queue does.
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

    /// The same, if this edit is taken back or made again.
    pub(super) fn leave_station_with(&mut self, edit: Option<Edit>) {
        if edit.is_some_and(|edit| edit.kind.replaces()) {
            self.leave_station();
        }
    }

    /// Another queue may be back with this edit: then so is the station that played in it.
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

    /// What the station planned and has not sounded yet is planned anew.
    pub(super) fn plan_anew(&mut self) {
        if let Some(station) = self.autoplay.station.as_mut() {
            (station.number, station.stale) = (chance(), true);
        }
    }

    /// A station turns when one of its songs is left: what it had planned is planned anew.
    pub(super) fn turn_station(&mut self, play: &Play) {
        let of_station = self
            .autoplay
            .station
            .as_ref()
            .is_some_and(|station| play.context.from.as_ref() == Some(&*station.from));
        let left = play.context.leaving == Some(Leaving::Next) && play.heard() != Heard::Listened;
        if of_station && left {
            self.plan_anew();
        }
    }

    /// Lets the guest DJ in, in some way, or out. What it inserted in another way leaves.
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

    /// What the guest DJ put in this place, if it did, shall not come again, nor anything else there.
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

    /// Takes out of the queue what is barred and was Segue's choice, what sounds too.
    fn withdraw_barred(&mut self, barred: &HashSet<AudioHash>) {
        let ahead = &self.queue.entries[self.queue.cursor.min(self.queue.entries.len())..];
        let barred = ahead.iter().filter(|entry| {
            let audio = entry.item.audio.as_ref();
            audio.is_some_and(|audio| barred.contains(audio))
                && self.items.is_placed_so(entry, Placed::is_own_choice)
        });
        let barred: Vec<EntryId> = barred.map(|entry| entry.entry).collect();
        if !barred.is_empty() {
            self.order(Command::Withdraw(barred), Some(Leaving::Removed));
        }
    }

    /// Takes out of the queue what is to come and was put there so.
    fn withdraw_ahead(&mut self, so: impl Fn(&Placed) -> bool) {
        let ahead = self.queue.entries.iter().skip(self.queue.cursor + 1);
        let doomed = ahead.filter(|entry| self.items.is_placed_so(entry, &so));
        let doomed: Vec<EntryId> = doomed.map(|entry| entry.entry).collect();
        if !doomed.is_empty() {
            self.order(Command::Withdraw(doomed), None);
        }
    }

    /// Whether the guest DJ put it there.
    fn is_insertion(&self, entry: &Entry) -> bool {
        let is_dj = |placed: &Placed| matches!(placed.from.as_deref(), Some(PlayedFrom::Dj { .. }));
        self.items.is_placed_so(entry, is_dj)
    }

    // Planning

    /// Has planned what station and guest DJ play next, if they lack anything.
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

    /// The station's next songs, if too little is to come.
    fn station_request(&mut self) -> Option<PlanRequest> {
        let station = self.autoplay.station.as_mut()?;
        if std::mem::take(&mut station.stale) {
            let from = Arc::clone(&station.from);
            // The reasons tell what the station planned from what the listener put there.
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

    /// What the guest DJ plays after one of the next few songs.
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

    /// A plan is made. What it is for may be no more.
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
                self.notify(format!("The radio ends here: {}", error.sentence()));
                self.notify_state();
            }
            Ok(picks) if picks.is_empty() => self.autoplay.exhausted = Some((number, revision)),
            Ok(picks) if self.queue.revision == revision => {
                let from = Arc::clone(&station.from);
                let first = self.items.next_place(&from);
                let items = self.place_picks(&picks, PlaySource::Radio, &from, first);
                self.order(Command::Extend(items), None);
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
                    self.order(Command::InsertAfter(gap.0, items), None);
                }
            }
            Ok(None) => {}
            Err(error) => {
                self.autoplay.dj = None;
                self.notify(format!("The guest DJ cannot go on: {}", error.sentence()));
                self.notify_state();
            }
        }
    }
}
