//! What Segue itself puts into the queue: the station that keeps it going, mixes and ways, and what the guest DJ threads in.
//!
//! All planning runs on a thread of its own (`segue-station`), since it may take longer than a track's end may wait; a plan
//! that comes too late is told by the station's number and dropped. What was planned is known by its reasons: it is what
//! may be planned anew, where what the listener put there may not.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use segue_core::{AudioHash, Heard, Leaving, Play, PlaySource, PlayedFrom, Track, TrackId};
use segue_playback::{Command, Edit, Entry, EntryId, Item};
use segue_recommend::Pick;
use serde::{Deserialize, Serialize};

use super::{Placement, Player, Shared, chance};
use crate::AppError;
use crate::convert::reason_row;
use crate::dto::{AppEvent, DjMode, PickRef, Station, StationRequest};
use crate::lock::lock;
use crate::stations::{DISCOVERY, Next};

/// A station is planned on when fewer tracks than this are to come, so many at a time.
const STATION_AHEAD: usize = 10;
const STATION_STEP: usize = 15;
/// Tracks that a station remembers, so as not to repeat itself.
const STATION_MEMORY: usize = 500;
/// So many stations may come back with their queues.
const PAST_STATIONS: usize = 50;
/// The guest DJ looks so many songs ahead.
const DJ_AHEAD: usize = 4;

/// Where the listener wants no guest.
#[derive(Clone, Default)]
pub(super) struct LeftAlone {
    /// Nothing is threaded in after these.
    gaps: HashSet<EntryId>,
    /// What was taken out of the queue.
    songs: Vec<AudioHash>,
}

/// A running station.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OnAir {
    request: StationRequest,
    /// As the window shows it.
    pub(super) shown: Station,
    /// As the log names it.
    from: PlayedFrom,
    /// Tells this station from the one before, so that a late plan is dropped.
    number: u64,
    /// What it planned rests on what holds no more.
    #[serde(default)]
    stale: bool,
}

impl Player {
    /// Plays a station. If songs are among its seeds, the first of them sounds first, or sounds on; else its first pick.
    pub(crate) fn start_radio(&self, request: &StationRequest) -> Result<(), AppError> {
        let shared = &self.shared;
        shared.segue.check_seeds(request)?;
        let on_air = shared.on_air(request)?;
        match request.songs().first().copied() {
            Some(first) => {
                let queue = shared.engine.queue();
                let current = queue
                    .current()
                    .and_then(|entry| lock(&shared.placements).get(entry.item.key).cloned());
                let sounds = current.is_some_and(|placement| placement.track == first);
                shared.leave_station();
                if self.is_playing() && sounds {
                    shared.engine.send(Command::KeepCurrent);
                } else {
                    let from = Some(on_air.from.clone());
                    self.replace_queue(shared.place(&[first], PlaySource::Radio, from)?);
                }
            }
            None => {
                let picks = shared.segue.station(&Next {
                    request,
                    count: STATION_STEP,
                    rng_seed: on_air.number,
                    recent: Vec::new(),
                })?;
                if picks.is_empty() {
                    return Err(AppError::Invalid(
                        "the library holds nothing for this station".into(),
                    ));
                }
                shared.leave_station();
                self.replace_queue(shared.place_picks(&picks, PlaySource::Radio, &on_air.from, 0));
            }
        }
        *lock(&shared.station) = Some(on_air);
        shared.want_plan();
        shared.tell_state();
        Ok(())
    }

    /// Plays these from the first on, once they are in the queue: what is planned next must know of them.
    fn replace_queue(&self, items: Vec<Arc<Item>>) {
        let last = items.last().map(|item| item.key);
        self.set_queue(items, 0, false);
        await_that(|| last.is_none_or(|key| self.shared.is_placed(key)));
    }

    /// Plays picks in their order, each with its reasons.
    pub(crate) fn play_picks(
        &self,
        picks: &[(Track, Pick)],
        from: &PlayedFrom,
    ) -> Result<(), AppError> {
        if picks.is_empty() {
            return Err(AppError::Invalid("there is nothing to play".into()));
        }
        self.shared.leave_station();
        let items = self.shared.place_picks(picks, PlaySource::Mix, from, 0);
        self.set_queue(items, 0, false);
        Ok(())
    }

    /// Plays picks as the window shows them, from a place on.
    pub(crate) fn play_shown(
        &self,
        picks: &[PickRef],
        index: usize,
        from: &PlayedFrom,
    ) -> Result<(), AppError> {
        let ids: Vec<TrackId> = picks.iter().map(|pick| TrackId(pick.id)).collect();
        let tracks = self.shared.segue.by_id(&ids)?;
        let shown = picks.iter().zip(0..).filter_map(|(pick, place)| {
            let track = tracks.get(&TrackId(pick.id))?;
            let (reasons, from) = (pick.reasons.clone(), Some(from.clone()));
            let item = self
                .shared
                .place_one(track, PlaySource::Mix, reasons, from, Some(place));
            Some((place as usize, item))
        });
        let (places, items): (Vec<usize>, Vec<Arc<Item>>) = shown.unzip();
        if items.is_empty() {
            return Err(AppError::Invalid(
                "none of these songs is in the library any more".into(),
            ));
        }
        // Of songs that are gone, the next one that is there.
        let start = places.partition_point(|place| *place < index);
        self.shared.leave_station();
        self.set_queue(items, start, false);
        Ok(())
    }

    /// Turns the dial of the running station: what it had planned is planned anew.
    pub(crate) fn tune(&self, discovery: f32) {
        if let Some(station) = lock(&self.shared.station).as_mut() {
            station.request.discovery = Some(discovery);
            station.shown.discovery = discovery;
        }
        self.shared.plan_anew();
        self.shared.tell_state();
    }

    /// Ends the station, and leaves its queue.
    pub(crate) fn stop_radio(&self) {
        *lock(&self.shared.station) = None;
        self.shared.dirty.store(true, Ordering::Relaxed);
        self.shared.tell_state();
    }

    /// Lets the guest DJ in, in some way, or out.
    pub(super) fn set_dj(&self, mode: Option<DjMode>) {
        *lock(&self.shared.dj) = mode;
        *lock(&self.shared.left_alone) = LeftAlone::default();
        self.shared.wake_planner();
        self.shared.dirty.store(true, Ordering::Relaxed);
        self.shared.tell_state();
    }

    /// What the guest DJ put in this place, if it did, shall not come again, nor anything else there.
    pub(super) fn leave_alone(&self, entry: EntryId) {
        let shared = &self.shared;
        let queue = shared.engine.queue();
        let at = queue.entries.iter().position(|other| other.entry == entry);
        let Some(at) = at.filter(|at| shared.is_thread(&queue.entries[*at])) else {
            return;
        };
        let mut left_alone = lock(&shared.left_alone);
        left_alone.songs.extend(queue.entries[at].item.audio);
        left_alone
            .gaps
            .extend(at.checked_sub(1).map(|before| queue.entries[before].entry));
    }

    /// Heeds what was just said: what it bars leaves the plan, and, if Segue chose it, the ear.
    pub(crate) fn heed_feedback(&self) -> Result<(), AppError> {
        let shared = &self.shared;
        let barred = shared.segue.barred()?.recordings;
        if let Some(current) = shared.engine.queue().current()
            && shared.is_barred(current, &barred)
        {
            let withdraw = Command::Withdraw(vec![current.entry]);
            shared.engine.send_because(withdraw, Leaving::Removed);
        }
        shared.barred_anew.store(true, Ordering::Relaxed);
        shared.wake_planner();
        Ok(())
    }

    /// What a station rests on was turned, a step was called wrong, or taste was told to forget: what was planned is
    /// planned anew.
    pub(crate) fn heed_turn(&self) {
        self.shared.plan_anew();
    }
}

impl Shared {
    fn on_air(&self, request: &StationRequest) -> Result<OnAir, AppError> {
        let songs = self.segue.library.tracks_by_id(&request.songs())?;
        let name = self.segue.station_name(request)?;
        Ok(OnAir {
            shown: Station {
                name: self.segue.station_title(request)?,
                seeds: self.segue.seed_rows(&request.seeds)?,
                less: self.segue.seed_rows(&request.less)?,
                discovery: request.discovery.unwrap_or(DISCOVERY).clamp(0.0, 1.0),
            },
            from: PlayedFrom::Station {
                seeds: songs.iter().map(|track| track.audio).collect(),
                name: Some(name),
            },
            request: request.clone(),
            number: chance(),
            stale: false,
        })
    }

    /// Items of picks, from the place `first` of their list on.
    fn place_picks(
        &self,
        picks: &[(Track, Pick)],
        source: PlaySource,
        from: &PlayedFrom,
        first: u32,
    ) -> Vec<Arc<Item>> {
        picks
            .iter()
            .zip(first..)
            .map(|((track, pick), place)| {
                let reasons = pick.reasons.iter().map(reason_row).collect();
                self.place_one(track, source, reasons, Some(from.clone()), Some(place))
            })
            .collect()
    }

    /// The station ends because its queue does. It comes back if the queue does.
    pub(super) fn leave_station(&self) {
        let Some(station) = lock(&self.station).take() else {
            return;
        };
        let mut past = lock(&self.past_stations);
        past.retain(|other| other.from != station.from);
        past.push(station);
        if past.len() > PAST_STATIONS {
            past.remove(0);
        }
    }

    /// The same, if this edit is taken back or made again: what the station plans must not come into the queue then.
    pub(super) fn leave_station_with(&self, edit: Option<Edit>) {
        if edit.is_some_and(|edit| edit.kind.replaces()) {
            self.leave_station();
        }
    }

    /// Another queue is back: so is the station that played in it.
    pub(super) fn take_station_up(&self) {
        let queue = self.engine.queue();
        let mut past = lock(&self.past_stations);
        let placements = lock(&self.placements);
        let placed = queue.entries.iter().rev();
        let from = placed
            .filter_map(|entry| placements.get(entry.item.key)?.from.as_ref())
            .find_map(|from| past.iter().position(|station| station.from == *from));
        if let Some(at) = from {
            let station = past.remove(at);
            lock(&self.station).get_or_insert(station);
        }
    }

    pub(super) fn want_plan(&self) {
        if lock(&self.station).is_some() || lock(&self.dj).is_some() {
            self.wake_planner();
        }
    }

    fn wake_planner(&self) {
        // Fails only when the player is gone.
        _ = self.plans.send(());
    }

    /// Has planned anew what the station planned and has not sounded yet.
    fn plan_anew(&self) {
        if let Some(station) = lock(&self.station).as_mut() {
            (station.number, station.stale) = (chance(), true);
        }
        self.want_plan();
    }

    /// Takes out of the queue what is to come and was put there so. Only the planning thread may: what another plan has
    /// sent and nobody sees yet would stay.
    fn take_out(&self, which: impl Fn(&Entry) -> bool) {
        let doomed = || {
            let queue = self.engine.queue();
            let ahead = queue.entries.iter().skip(queue.cursor + 1);
            let doomed = ahead.filter(|entry| which(entry));
            doomed.map(|entry| entry.entry).collect::<Vec<_>>()
        };
        let entries = doomed();
        if entries.is_empty() {
            return;
        }
        self.engine.send(Command::Withdraw(entries));
        await_that(|| doomed().is_empty());
    }

    /// A station turns when one of its songs is left: what it had planned is planned anew.
    pub(super) fn heed_play(&self, play: &Play) {
        let of_station = lock(&self.station)
            .as_ref()
            .is_some_and(|station| play.context.from.as_ref() == Some(&station.from));
        let left = play.context.leaving == Some(Leaving::Next) && play.heard() != Heard::Listened;
        if of_station && left {
            self.plan_anew();
        }
    }

    /// Adds to the queue what station and guest DJ play next.
    pub(super) fn plan(&self) {
        if self.barred_anew.swap(false, Ordering::Relaxed) {
            match self.segue.barred() {
                Ok(barred) => self.take_out(|entry| self.is_barred(entry, &barred.recordings)),
                Err(error) => tracing::warn!(%error, "what is barred could not be read"),
            }
        }
        self.plan_station();
        self.plan_threads();
    }

    /// The station's next songs, if too little is to come.
    fn plan_station(&self) {
        let Some(station) = lock(&self.station).as_mut().map(|on_air| {
            let now = on_air.clone();
            on_air.stale = false;
            now
        }) else {
            return;
        };
        if station.stale {
            // The reasons tell what the station planned from what the listener put there.
            self.take_out(|entry| {
                self.is_placed_so(entry, |placement| {
                    !placement.reasons.is_empty() && placement.from.as_ref() == Some(&station.from)
                })
            });
        }
        let queue = self.engine.queue();
        if queue.entries.len().saturating_sub(queue.cursor + 1) >= STATION_AHEAD {
            return;
        }
        let from = queue.entries.len().saturating_sub(STATION_MEMORY);
        let next = Next {
            request: &station.request,
            count: STATION_STEP,
            rng_seed: station.number.wrapping_add(queue.revision),
            recent: queue.entries[from..]
                .iter()
                .filter_map(|entry| entry.item.audio)
                .collect(),
        };
        let picks = match self.segue.station(&next) {
            Ok(picks) => picks,
            Err(error) => {
                let mut current = lock(&self.station);
                // A plan that comes too late ends nothing: the one after it finds the same, or better.
                if current
                    .take_if(|now| now.number == station.number)
                    .is_some()
                {
                    drop(current);
                    (self.tell)(AppEvent::Notice {
                        message: format!("The radio ends here: {}", error.sentence()),
                    });
                    self.tell_state();
                }
                return;
            }
        };
        if self.engine.queue().revision != queue.revision {
            // It was planned for another queue.
            return self.want_plan();
        }
        let planned = lock(&self.placements)
            .all()
            .filter(|placement| placement.from.as_ref() == Some(&station.from))
            .filter_map(|placement| placement.place)
            .max();
        let first = planned.map_or(0, |place| place + 1);
        let items = self.place_picks(&picks, PlaySource::Radio, &station.from, first);
        let current = lock(&self.station);
        let still_on = current
            .as_ref()
            .is_some_and(|now| now.number == station.number);
        if let Some(last) = items.last().filter(|_| still_on) {
            let key = last.key;
            self.engine.send(Command::Extend(items));
            drop(current);
            await_that(|| self.is_placed(key));
        }
    }

    /// What the guest DJ plays after the next few songs; what it threaded in in another way leaves.
    fn plan_threads(&self) {
        let now = (*lock(&self.dj)).map(DjMode::as_str);
        self.take_out(|entry| {
            self.is_placed_so(
                entry,
                |placement| matches!(&placement.from, Some(PlayedFrom::Dj { mode }) if now != Some(mode)),
            )
        });
        let LeftAlone { gaps, songs } = lock(&self.left_alone).clone();
        let mut tried = gaps;
        loop {
            let Some(mode) = *lock(&self.dj) else {
                return;
            };
            let queue = self.engine.queue();
            let ahead = queue
                .entries
                .iter()
                .enumerate()
                .skip(queue.cursor)
                .take(2 * DJ_AHEAD);
            let mut gaps = ahead.filter(|(at, entry)| {
                let after = queue.entries.get(at + 1);
                !self.is_thread(entry)
                    && !after.is_some_and(|after| self.is_thread(after))
                    && !tried.contains(&entry.entry)
            });
            let Some((at, before)) = gaps.next() else {
                return;
            };
            tried.insert(before.entry);
            let after = queue.entries.get(at + 1).and_then(|after| after.item.audio);
            let queued = queue.entries.iter().filter_map(|entry| entry.item.audio);
            let recordings: Vec<AudioHash> = queued.chain(songs.iter().copied()).collect();
            let threaded = match before.item.audio {
                Some(before) => self.segue.thread(mode, before, after, &recordings),
                None => Ok(None),
            };
            match threaded {
                Ok(Some(pick)) if *lock(&self.dj) == Some(mode) => {
                    let from = PlayedFrom::Dj {
                        mode: mode.as_str().into(),
                    };
                    let items = self.place_picks(&[pick], PlaySource::Mix, &from, 0);
                    let keys: Vec<u64> = items.iter().map(|item| item.key).collect();
                    self.engine.send(Command::InsertAfter(before.entry, items));
                    // Where the song before has gone meanwhile, it does not come.
                    await_that(|| {
                        keys.iter().all(|key| self.is_placed(*key))
                            || !self.is_placed(before.item.key)
                    });
                }
                Ok(_) => {}
                Err(error) => {
                    return (self.tell)(AppEvent::Notice {
                        message: format!("The guest DJ cannot go on: {}", error.sentence()),
                    });
                }
            }
        }
    }

    /// Whether the guest DJ put it there.
    fn is_thread(&self, entry: &Entry) -> bool {
        let is_dj = |from: &PlayedFrom| matches!(from, PlayedFrom::Dj { .. });
        self.is_placed_so(entry, |placement| {
            placement.from.as_ref().is_some_and(is_dj)
        })
    }

    /// Whether it was put there so.
    fn is_placed_so(&self, entry: &Entry, so: impl Fn(&Placement) -> bool) -> bool {
        lock(&self.placements).get(entry.item.key).is_some_and(so)
    }

    /// Whether it is barred, and was Segue's choice and not the listener's.
    fn is_barred(&self, entry: &Entry, barred: &HashSet<AudioHash>) -> bool {
        let audio = entry.item.audio.as_ref();
        audio.is_some_and(|audio| barred.contains(audio))
            && self.is_placed_so(entry, |placement| {
                !placement.reasons.is_empty() || placement.source == PlaySource::Shuffle
            })
    }

    /// Whether it stands in the queue. The next plan must see there what this one put there, or it would pick it again; that
    /// the queue changed does not say it, for the listener changes it too.
    fn is_placed(&self, key: u64) -> bool {
        let queue = self.engine.queue();
        queue.entries.iter().any(|entry| entry.item.key == key)
    }
}

/// Waits until the engine did what it was asked to, but not for long: it may have stopped.
fn await_that(so: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(1);
    while !so() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(2));
    }
}
