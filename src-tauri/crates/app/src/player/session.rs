//! What is kept of the player for the next start: the queue, what surrounds it, and the place in it.
//!
//! The queue lies in a table and is written by difference, since it may hold the whole library and changes while it plays. The
//! place moves all the time and is a setting of its own.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use segue_core::LibraryError;
use segue_core::{Play, PlaySubject, TrackId};
use segue_library::{Library, QueueChange, QueuedSong};
use segue_playback::{Entry, EntryId, MediaItem, QueueSnapshot, Repeat, Saved};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::items::{Items, Placed, QueueItem};
use super::plan::ActiveStation;
use crate::plays::subject;
use crate::wire::DjMode;

/// The setting that holds what surrounds the queue.
pub(super) const SESSION: &str = "player";
/// The setting that holds the place in the queue.
pub(super) const PLACE: &str = "player-place";
/// Between the numbers of two neighbours there is room for so many moves; when it is used up, all are numbered anew.
const GAP: i64 = 1 << 32;

/// What surrounds the queue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct SavedSession {
    #[serde(default)]
    repeat: Repeat,
    #[serde(default)]
    shuffle_seed: Option<u64>,
    #[serde(default)]
    next_entry: u64,
    /// Of another version, it is none: the queue shall not be lost for it.
    #[serde(default, deserialize_with = "or_none")]
    pub(super) station: Option<ActiveStation>,
    #[serde(default, deserialize_with = "or_none")]
    pub(super) dj: Option<DjMode>,
    #[serde(default)]
    pub(super) guest: bool,
}

impl SavedSession {
    /// What surrounds a queue, whatever that is.
    pub(super) fn around(station: Option<ActiveStation>, dj: Option<DjMode>, guest: bool) -> Self {
        Self {
            station,
            dj,
            guest,
            ..Self::default()
        }
    }
}

/// The place in the kept queue. Of another queue's entry, it is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct SessionPlace {
    /// The current entry; none once the queue has run out.
    entry: Option<EntryId>,
    position_s: f64,
    volume: f64,
    history: Vec<EntryId>,
    /// Of the queue that it is in.
    next_entry: u64,
}

impl SessionPlace {
    pub(super) fn of(saved: &Saved) -> Self {
        Self {
            entry: saved.queue.current().map(|entry| entry.entry),
            position_s: saved.position_s,
            volume: saved.volume,
            history: saved.queue.history.clone(),
            next_entry: saved.queue.next_entry,
        }
    }

    /// Puts what is kept at this place, if it is in that queue.
    fn apply(self, saved: &mut Saved) {
        saved.volume = self.volume;
        let queue = Arc::make_mut(&mut saved.queue);
        let cursor = match self.entry {
            Some(entry) => queue.entries.iter().position(|other| other.entry == entry),
            None => Some(queue.entries.len()),
        };
        if let Some(cursor) = cursor.filter(|_| queue.next_entry == self.next_entry) {
            (queue.cursor, queue.history) = (cursor, self.history);
            saved.position_s = self.position_s;
        }
    }
}

/// The queue's order as it was last written.
#[derive(Clone, Debug, Default, PartialEq)]
struct SavedOrder {
    order: Vec<(EntryId, i64)>,
    /// Empty while it is not shuffled.
    unshuffled: Vec<(EntryId, i64)>,
    session: SavedSession,
}

/// Knows what was written, and so what is to be written.
#[derive(Default)]
pub(super) struct Keeper {
    /// None where that is not known: then all is written.
    written: Option<SavedOrder>,
    /// The queue when it was last looked at.
    seen: Option<Arc<QueueSnapshot>>,
}

impl Keeper {
    /// What is to be written so that this queue and what surrounds it are kept; `None` where they are.
    pub(super) fn change(
        &mut self,
        queue: &Arc<QueueSnapshot>,
        around: SavedSession,
        items: &Items,
    ) -> Option<(QueueChange, SavedSession)> {
        let session = SavedSession {
            repeat: queue.repeat,
            shuffle_seed: queue.shuffle_seed,
            next_entry: queue.next_entry,
            ..around
        };
        let same_queue = self
            .seen
            .as_ref()
            .is_some_and(|seen| Arc::ptr_eq(seen, queue));
        self.seen = Some(Arc::clone(queue));
        let known = self.written.as_ref();
        if same_queue && known.is_some_and(|written| written.session == session) {
            return None;
        }
        let empty = SavedOrder::default();
        let before = known.unwrap_or(&empty);
        let ids: Vec<EntryId> = queue.entries.iter().map(|entry| entry.entry).collect();
        let order = numbered(&before.order, &ids);
        let unshuffled = numbered(
            &before.unshuffled,
            queue.unshuffled.as_deref().unwrap_or_default(),
        );
        let change = difference(before, known.is_none(), &order, &unshuffled, queue, items);
        let is_same = change == QueueChange::default() && before.session == session;
        self.written = Some(SavedOrder {
            order,
            unshuffled,
            session: session.clone(),
        });
        (!is_same).then_some((change, session))
    }

    /// What was to be written was not.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

fn difference(
    before: &SavedOrder,
    anew: bool,
    order: &[(EntryId, i64)],
    unshuffled: &[(EntryId, i64)],
    queue: &QueueSnapshot,
    items: &Items,
) -> QueueChange {
    let mut change = QueueChange {
        anew,
        ..QueueChange::default()
    };
    let (was, is, start) = unlike(&before.order, order);
    let known: HashMap<EntryId, i64> = was.iter().copied().collect();
    for (entry, (id, place)) in queue.entries[start..].iter().zip(is) {
        match known.get(id) {
            None => change.added.extend(items.of(entry).map(|item| QueuedSong {
                entry: id.0,
                track: item.track,
                subject: item.subject.clone(),
                span: item.span,
                placed: serde_json::to_value(&item.placed).unwrap_or_default(),
            })),
            Some(known) if known == place => continue,
            Some(_) => {}
        }
        change.places.push((id.0, *place));
    }
    let now: HashSet<EntryId> = is.iter().map(|(id, _)| *id).collect();
    let removed: HashSet<EntryId> = known.into_keys().filter(|id| !now.contains(id)).collect();

    let (was, is, _) = unlike(&before.unshuffled, unshuffled);
    let known: HashMap<EntryId, i64> = was.iter().copied().collect();
    let now: HashSet<EntryId> = is.iter().map(|(id, _)| *id).collect();
    let renumbered = is
        .iter()
        .filter(|(id, number)| known.get(id) != Some(number));
    let renumbered = renumbered.map(|(id, number)| (id.0, Some(*number)));
    let unnumbered = was.iter().map(|(id, _)| id);
    let unnumbered = unnumbered.filter(|id| !now.contains(id) && !removed.contains(id));
    change.unshuffled = renumbered
        .chain(unnumbered.map(|id| (id.0, None)))
        .collect();
    change.removed = removed.into_iter().map(|id| id.0).collect();
    change.removed.sort_unstable();
    change
}

/// Two orders without what is the same at their beginnings and ends, and how much that is at the beginning.
fn unlike<'a, T: PartialEq<U>, U>(was: &'a [T], is: &'a [U]) -> (&'a [T], &'a [U], usize) {
    let head = was.iter().zip(is).take_while(|(was, is)| was == is).count();
    let (was, is) = (&was[head..], &is[head..]);
    let ends = was.iter().rev().zip(is.iter().rev());
    let tail = ends.take_while(|(was, is)| was == is).count();
    (&was[..was.len() - tail], &is[..is.len() - tail], head)
}

/// Numbers that grow along `order`, as few of them as may be unlike those `before`.
///
/// What keeps its number is the longest stretch of the order, with gaps, whose numbers grow already: the longest increasing
/// subsequence (Fredman 1975), at both ends of which whatever is the same needs no looking.
fn numbered(before: &[(EntryId, i64)], order: &[EntryId]) -> Vec<(EntryId, i64)> {
    let ids: Vec<EntryId> = before.iter().map(|(id, _)| *id).collect();
    let (was, middle, head) = unlike(&ids, order);
    let (first, rest) = before.split_at(head);
    let (was, last) = rest.split_at(was.len());
    let known: HashMap<EntryId, i64> = was.iter().copied().collect();
    let numbers: Vec<Option<i64>> = middle.iter().map(|id| known.get(id).copied()).collect();
    let kept = increasing(&numbers);

    let mut all = Vec::with_capacity(order.len());
    all.extend_from_slice(first);
    let mut at = 0;
    while at < middle.len() {
        if let Some(number) = numbers[at].filter(|_| kept[at]) {
            all.push((middle[at], number));
            at += 1;
            continue;
        }
        // A run of songs between two that keep their numbers.
        let run = kept[at..].iter().take_while(|kept| !**kept).count();
        let below = all.last().map(|(_, number)| *number);
        let above = numbers.get(at + run).copied().flatten();
        let above = above.or(last.first().map(|(_, number)| *number));
        let Some(run_numbers) = between(below, above, run) else {
            return order.iter().copied().zip((0..).map(|n| n * GAP)).collect();
        };
        all.extend(middle[at..at + run].iter().copied().zip(run_numbers));
        at += run;
    }
    all.extend_from_slice(last);
    all
}

/// `count` numbers between two, evenly; `None` where there is no room.
fn between(below: Option<i64>, above: Option<i64>, count: usize) -> Option<Vec<i64>> {
    let count = i64::try_from(count).ok()?;
    let (start, step) = match (below, above) {
        (None, None) => (0, GAP),
        (Some(below), None) => (below.checked_add(GAP)?, GAP),
        (None, Some(above)) => (above.checked_sub(GAP.checked_mul(count)?)?, GAP),
        (Some(below), Some(above)) => {
            let step = above.checked_sub(below)? / (count + 1);
            if step == 0 {
                return None;
            }
            (below + step, step)
        }
    };
    start.checked_add(step.checked_mul(count)?)?;
    Some((0..count).map(|n| start + n * step).collect())
}

/// Which of these numbers are in a longest increasing subsequence; what has none is not.
fn increasing(numbers: &[Option<i64>]) -> Vec<bool> {
    // `ends[n]`: where the subsequence of length n + 1 ends whose end is least.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; numbers.len()];
    for (at, number) in numbers.iter().enumerate() {
        let Some(number) = number else { continue };
        let length = ends.partition_point(|end| numbers[*end].is_some_and(|end| end < *number));
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut kept = vec![false; numbers.len()];
    let mut at = ends.last().copied();
    while let Some(place) = at {
        kept[place] = true;
        at = before[place];
    }
    kept
}

/// What is to be written.
pub(super) enum Write {
    Log(Box<Play>),
    KeepQueue(Box<QueueChange>, Box<SavedSession>),
    KeepPlace(Box<SessionPlace>),
}

/// A player's session, read back.
pub(super) struct Restored {
    pub(super) saved: Saved,
    pub(super) session: SavedSession,
}

/// Reads back what was kept, if anything was.
pub(super) fn restore(
    library: &Library,
    items: &mut Items,
) -> Result<Option<Restored>, LibraryError> {
    let Some(kept) = library.setting(SESSION)? else {
        return Ok(None);
    };
    let restored = match kept.get("engine") {
        Some(_) => from_before_the_table(library, kept, items)?,
        None => Some(from_table(library, kept, items)?),
    };
    let Some(mut restored) = restored else {
        return Ok(None);
    };
    let place = library.setting(PLACE)?;
    if let Some(place) = place.and_then(|place| serde_json::from_value(place).ok()) {
        SessionPlace::apply(place, &mut restored.saved);
    }
    Ok(Some(restored))
}

fn from_table(library: &Library, kept: Value, items: &mut Items) -> Result<Restored, LibraryError> {
    let session: SavedSession = serde_json::from_value(kept).unwrap_or_else(|error| {
        tracing::warn!(%error, "what surrounds the kept queue is of another version and was left");
        SavedSession::default()
    });
    let (mut entries, mut unshuffled) = (Vec::new(), Vec::new());
    for (song, number) in library.kept_queue()? {
        let placed = serde_json::from_value(song.placed).unwrap_or_else(|_| Placed::by_hand());
        let item = items.insert(QueueItem {
            track: song.track,
            subject: song.subject,
            span: song.span,
            placed,
        });
        let entry = EntryId(song.entry);
        entries.push(Entry { entry, item });
        unshuffled.extend(number.map(|number| (number, entry)));
    }
    unshuffled.sort_unstable();
    let is_shuffled = session.shuffle_seed.is_some();
    let queue = QueueSnapshot {
        entries,
        unshuffled: is_shuffled.then(|| unshuffled.into_iter().map(|(_, entry)| entry).collect()),
        shuffle_seed: session.shuffle_seed,
        cursor: 0,
        history: Vec::new(),
        repeat: session.repeat,
        next_entry: session.next_entry,
        revision: 0,
    };
    let saved = Saved {
        queue: Arc::new(queue),
        position_s: 0.0,
        volume: 1.0,
    };
    Ok(Restored { saved, session })
}

/// What databases up to version 8 held: the whole queue in the setting.
#[derive(Deserialize)]
struct BeforeTheTable {
    engine: Saved,
    placements: Vec<(u64, PlacementBefore)>,
}

#[derive(Deserialize)]
struct PlacementBefore {
    track: TrackId,
    #[serde(flatten)]
    placed: Placed,
}

fn from_before_the_table(
    library: &Library,
    kept: Value,
    items: &mut Items,
) -> Result<Option<Restored>, LibraryError> {
    let around: SavedSession = serde_json::from_value(kept.clone()).unwrap_or_default();
    let BeforeTheTable {
        mut engine,
        placements,
    } = match serde_json::from_value(kept) {
        Ok(kept) => kept,
        Err(error) => {
            tracing::warn!(%error, "the kept queue is of another version and was left");
            return Ok(None);
        }
    };
    let placed: HashMap<u64, PlacementBefore> = placements.into_iter().collect();
    let ids: Vec<TrackId> = placed.values().map(|placement| placement.track).collect();
    let tracks = library.tracks_by_id(&ids)?.into_iter();
    let tracks: HashMap<TrackId, PlaySubject> =
        tracks.map(|track| (track.id, subject(&track))).collect();
    let queue = Arc::make_mut(&mut engine.queue);
    for entry in &mut queue.entries {
        let MediaItem {
            path,
            span,
            key,
            audio,
        } = &*entry.item;
        let (track, placed) = match placed.get(key) {
            Some(PlacementBefore { track, placed }) => (*track, placed.clone()),
            None => (TrackId(0), Placed::by_hand()),
        };
        let subject = tracks.get(&track).cloned().unwrap_or_else(|| PlaySubject {
            audio: *audio,
            path: Some(path.clone()),
            ..PlaySubject::default()
        });
        entry.item = items.insert(QueueItem {
            track,
            subject,
            span: *span,
            placed,
        });
    }
    let session = SavedSession {
        repeat: queue.repeat,
        shuffle_seed: queue.shuffle_seed,
        next_entry: queue.next_entry,
        ..around
    };
    Ok(Some(Restored {
        saved: engine,
        session,
    }))
}

fn or_none<'de, T: DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(from)?;
    Ok(serde_json::from_value(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use segue_core::{FileSpan, PlayedFrom, SeedDetail, StationTitle};

    use super::*;

    /// Any order after any other: all are numbered, the numbers grow, and few are new.
    fn check(before: &[(EntryId, i64)], after: &[u64], new_max: usize) -> Vec<(EntryId, i64)> {
        let ids: Vec<EntryId> = after.iter().copied().map(EntryId).collect();
        let now = numbered(before, &ids);
        assert!(now.iter().map(|(id, _)| *id).eq(ids));
        assert!(now.is_sorted_by(|a, b| a.1 < b.1), "{now:?}");
        let unlike = now.iter().filter(|pair| !before.contains(pair)).count();
        assert!(unlike <= new_max, "{unlike} of {new_max}: {now:?}");
        now
    }

    #[test]
    fn little_is_numbered_anew() {
        let first = check(&[], &[0, 1, 2, 3, 4, 5], 6);
        check(&first, &[0, 1, 2, 3, 4, 5], 0);
        // One moved from the top to the bottom and back, one inserted, one appended, one gone.
        check(&first, &[1, 2, 3, 4, 5, 0], 1);
        check(&first, &[5, 0, 1, 2, 3, 4], 1);
        check(&first, &[0, 1, 9, 2, 3, 4, 5], 1);
        check(&first, &[0, 1, 2, 3, 4, 5, 9], 1);
        check(&first, &[0, 1, 2, 4, 5], 0);
        check(&first, &[9], 1);
        check(&first, &[], 0);
        // Where no number is left between two, all are new.
        let tight = [(EntryId(0), 0), (EntryId(1), 1)];
        check(&tight, &[0, 2, 1], 3);
        let edge = [(EntryId(0), i64::MAX - 5)];
        check(&edge, &[0, 1], 2);
    }

    #[test]
    fn a_station_of_another_version_does_not_cost_the_queue() {
        let station = |station: Value| {
            let session = serde_json::json!({"repeat": "one", "next_entry": 7, "station": station});
            serde_json::from_value::<SavedSession>(session)
                .unwrap()
                .station
        };
        assert!(station(serde_json::json!({"seeds": [], "number": 7})).is_none());
        assert!(station(Value::Null).is_none());
        let request = crate::wire::StationRequest::default();
        let shown = serde_json::json!({"name": "x", "seeds": [], "less": [], "discovery": 0.5});
        let from = serde_json::json!({"list": "station", "seeds": []});
        let today =
            serde_json::json!({"request": request, "shown": shown, "from": from, "number": 7});
        let today = station(today).unwrap();
        // It was called by words once.
        let told = StationTitle::Told { text: "x".into() };
        assert_eq!(today.shown.title, told);
        let seed = serde_json::json!({"seed": {"of": "artist", "name": "Ann"}, "name": "Ann", "detail": "3 songs", "cover_track": null});
        let shown =
            serde_json::json!({"name": "Ann", "seeds": [seed], "less": [], "discovery": 0.5});
        let from = serde_json::json!({"list": "station", "seeds": [], "name": "Radio around Ann"});
        let named =
            serde_json::json!({"request": request, "shown": shown, "from": from, "number": 7});
        let named = station(named).unwrap();
        let text = "3 songs".to_owned();
        assert_eq!(named.shown.seeds[0].about, SeedDetail::Told { text });
        assert!(
            matches!(&*named.from, PlayedFrom::Station { title: Some(StationTitle::Told { text }), .. } if text == "Radio around Ann")
        );
    }

    #[test]
    fn a_place_of_another_queue_is_none_but_its_volume_stands() {
        let place = |entry: Option<u64>, next_entry: u64| SessionPlace {
            entry: entry.map(EntryId),
            position_s: 5.0,
            volume: 0.3,
            history: vec![EntryId(7)],
            next_entry,
        };
        for (place, expected) in [
            (place(Some(7), 8), (0, 5.0)),
            (place(None, 8), (1, 5.0)),
            (place(Some(6), 8), (0, 1.0)),
            (place(Some(7), 9), (0, 1.0)),
        ] {
            let mut items = Items::default();
            let queue = queue(&[7], None, &mut items);
            let mut saved = Saved {
                queue: Arc::new(QueueSnapshot {
                    next_entry: 8,
                    ..queue
                }),
                position_s: 1.0,
                volume: 1.0,
            };
            place.apply(&mut saved);
            assert_eq!((saved.queue.cursor, saved.position_s), expected);
            assert_eq!(saved.volume, 0.3);
        }
    }

    /// A queue of these entries; each is a track of its own.
    fn queue(order: &[u64], unshuffled: Option<&[u64]>, items: &mut Items) -> QueueSnapshot {
        let entries = order.iter().map(|id| {
            let path = format!("/music/{id}.flac").into();
            let item = items.insert(QueueItem {
                track: TrackId(*id as i64),
                subject: PlaySubject {
                    path: Some(path),
                    title: Some(format!("song {id}")),
                    ..PlaySubject::default()
                },
                span: FileSpan::WHOLE,
                placed: Placed::by_hand(),
            });
            let entry = EntryId(*id);
            Entry { entry, item }
        });
        let entries = entries.collect();
        let ids = |order: &[u64]| order.iter().copied().map(EntryId).collect();
        QueueSnapshot {
            entries,
            unshuffled: unshuffled.map(ids),
            shuffle_seed: unshuffled.map(|_| 5),
            cursor: 0,
            history: Vec::new(),
            repeat: Repeat::Off,
            next_entry: 100,
            revision: 0,
        }
    }

    fn songs() -> impl Strategy<Value = Vec<u64>> {
        let all = Just((0..12_u64).collect::<Vec<_>>()).prop_shuffle();
        (all, 0..12_usize).prop_map(|(all, n)| all[..n].to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// Whatever queue follows whatever other, what is written by difference is read back as it was, also where a write
        /// failed before.
        #[test]
        fn what_is_kept_is_what_was(
            queues in prop::collection::vec((songs(), any::<bool>(), any::<prop::sample::Index>(), 0..5_u8), 1..6)
        ) {
            let folder = tempfile::tempdir().unwrap();
            let library = Library::open(folder.path()).unwrap();
            let (mut keeper, mut items) = (Keeper::default(), Items::default());
            for (order, is_shuffled, turn, luck) in queues {
                let mut before = order.clone();
                before.rotate_left(turn.index(order.len().max(1)).min(order.len()));
                let shown = queue(&order, is_shuffled.then_some(&before), &mut items);
                let queue = Arc::new(shown);
                if luck == 0 {
                    // It is said to be written, and is not.
                    _ = keeper.change(&queue, SavedSession::default(), &items);
                    keeper.forget();
                }
                if let Some((change, session)) = keeper.change(&queue, SavedSession::default(), &items) {
                    let session = serde_json::to_value(session).unwrap();
                    library.keep_queue(&change, (SESSION, &session)).unwrap();
                }
                let kept = restore(&library, &mut Items::default()).unwrap().unwrap().saved.queue;
                prop_assert_eq!(&kept.unshuffled, &queue.unshuffled);
                let shown = |queue: &QueueSnapshot| -> Vec<_> {
                    let entries = queue.entries.iter();
                    entries.map(|entry| (entry.entry, entry.item.path.clone())).collect()
                };
                prop_assert_eq!(shown(&kept), shown(&queue));
            }
        }

        #[test]
        fn orders_follow_one_another(
            orders in prop::collection::vec(
                Just((0..20_u64).collect::<Vec<_>>()).prop_shuffle().prop_flat_map(|all| {
                    (0..=all.len()).prop_map(move |n| all[..n].to_vec())
                }),
                1..12,
            )
        ) {
            let mut now = Vec::new();
            for order in orders {
                now = check(&now, &order, order.len());
            }
        }
    }
}
