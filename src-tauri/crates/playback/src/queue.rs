//! The queue: what plays next, what played before, and in which order. A pure state machine.
//!
//! It owns entries, their order, the place of the current one, repeat and shuffle. It knows no files, clock
//! or sound: whether an entry was really heard is told to it by the engine, and chance arrives as a seed.
//!
//! Words: an *entry* is one appearance of a track in the queue; the *order* is the one in which entries
//! play; the *cursor* is the place of the current entry in it, and stands behind the last entry once the
//! queue has run out, so that whatever is appended then becomes current; the *history* holds the entries
//! that really sounded, most recent last.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use segue_core::AudioHash;
use serde::{Deserialize, Serialize};

/// One appearance of a track in a queue. Never used twice within a queue's life, restarts included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub u64);

/// What to play.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The file.
    pub path: PathBuf,
    /// The caller's name for it, such as a track id; handed back untouched.
    pub key: u64,
    /// The recording, where known; handed back untouched.
    pub audio: Option<AudioHash>,
}

/// An item with its place in the queue's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its identity.
    pub entry: EntryId,
    /// What it plays.
    pub item: Arc<Item>,
}

/// What follows the last entry, and each one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// The queue runs out.
    #[default]
    Off,
    /// The first entry follows the last. A shuffled order is kept from round to round.
    All,
    /// Each entry follows itself until the listener moves on.
    One,
}

/// The version of [`QueueSnapshot`] written by this program.
pub const QUEUE_SNAPSHOT_VERSION: u32 = 1;

/// All that a queue must remember to survive a restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueSnapshot {
    /// [`QUEUE_SNAPSHOT_VERSION`].
    pub version: u32,
    /// In the order of play.
    pub entries: Vec<Entry>,
    /// The order before shuffling, while shuffled.
    pub unshuffled: Option<Vec<EntryId>>,
    /// The seed of the shuffle, while shuffled.
    pub shuffle_seed: Option<u64>,
    /// Place of the current entry in `entries`; their number when the queue has run out.
    pub cursor: usize,
    /// Entries that were heard, most recent last.
    pub history: Vec<EntryId>,
    /// What follows.
    pub repeat: Repeat,
    /// The next identity to give out.
    pub next_entry: u64,
    /// Counts changes.
    pub revision: u64,
}

impl QueueSnapshot {
    /// The current entry.
    pub fn current(&self) -> Option<&Entry> {
        self.entries.get(self.cursor)
    }
}

/// How far back *previous* can go.
const HISTORY_MAX: usize = 1000;

/// The state machine. Every change advances [`revision`](Self::revision).
#[derive(Clone, Debug, Default)]
pub struct Queue {
    entries: Vec<Entry>,
    shuffled: Option<Shuffled>,
    cursor: usize,
    history: Vec<EntryId>,
    repeat: Repeat,
    next_entry: u64,
    revision: u64,
    undo: Option<Box<Before>>,
}

#[derive(Clone, Debug)]
struct Shuffled {
    seed: u64,
    unshuffled: Vec<EntryId>,
}

/// The queue before its last edit.
#[derive(Clone, Debug)]
struct Before {
    entries: Vec<Entry>,
    shuffled: Option<Shuffled>,
    cursor: usize,
    history: Vec<EntryId>,
}

impl Queue {
    /// The current entry; none when the queue is empty or has run out.
    pub fn current(&self) -> Option<&Entry> {
        self.entries.get(self.cursor)
    }

    /// All entries, in the order of play.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What follows.
    pub fn repeat(&self) -> Repeat {
        self.repeat
    }

    /// Whether the order is a shuffled one.
    pub fn is_shuffled(&self) -> bool {
        self.shuffled.is_some()
    }

    /// Counts changes.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The entries that would play after the current one, nearest first, each at most once.
    ///
    /// By itself (`natural`) an entry repeats under [`Repeat::One`]; when the listener asks for the next, it
    /// moves on and goes round the end. The current entry is last among those that follow in a round.
    pub fn following(&self, natural: bool) -> impl Iterator<Item = &Entry> {
        let (before, rest) = self.entries.split_at(self.cursor);
        let (current, after) = rest.split_at(rest.len().min(1));
        let again = natural && self.repeat == Repeat::One;
        let round = match self.repeat {
            Repeat::Off => false,
            Repeat::All => true,
            Repeat::One => !natural,
        };
        let first = if again { current } else { &[] };
        let (start, last) = if round {
            (before, current)
        } else {
            Default::default()
        };
        first.iter().chain(after).chain(start).chain(last)
    }

    /// Replaces everything; `items[start]` becomes current (the first one if there is no such place).
    pub fn set(&mut self, items: Vec<Item>, start: usize) {
        self.remember();
        self.entries = self.admit(items);
        self.cursor = if start < self.entries.len() { start } else { 0 };
        self.history.clear();
        if let Some(Shuffled { seed, .. }) = self.shuffled.take() {
            self.mix(seed.wrapping_add(self.revision));
        }
        self.touch();
    }

    /// Adds `items` at the end.
    pub fn append(&mut self, items: Vec<Item>) {
        self.remember();
        let added = self.admit(items);
        if let Some(shuffled) = &mut self.shuffled {
            shuffled.unshuffled.extend(added.iter().map(|e| e.entry));
        }
        self.entries.extend(added);
        self.touch();
    }

    /// Adds `items`, in their order, right after the current entry.
    pub fn insert_next(&mut self, items: Vec<Item>) {
        let at = (self.cursor + 1).min(self.entries.len());
        self.insert(at, self.current().map(|e| e.entry), items);
    }

    /// Adds `items`, in their order, right after an entry. Whether it was there.
    pub fn insert_after(&mut self, entry: EntryId, items: Vec<Item>) -> bool {
        let Some(place) = self.place(entry) else {
            return false;
        };
        self.insert(place + 1, Some(entry), items);
        true
    }

    /// Adds `items` at a place in the order of play; in the order before shuffling right `after` an entry.
    fn insert(&mut self, at: usize, after: Option<EntryId>, items: Vec<Item>) {
        self.remember();
        let added = self.admit(items);
        if let Some(Shuffled { unshuffled, .. }) = &mut self.shuffled {
            let place = unshuffled.iter().position(|id| Some(*id) == after);
            let at = place.map_or(unshuffled.len(), |at| at + 1);
            unshuffled.splice(at..at, added.iter().map(|e| e.entry));
        }
        // A queue that has run out goes on with what is added at its end.
        if at < self.cursor || (at == self.cursor && self.current().is_some()) {
            self.cursor += added.len();
        }
        self.entries.splice(at..at, added);
        self.touch();
    }

    /// Takes an entry out. If it was current, the one after it becomes current. Whether it was there.
    pub fn remove(&mut self, entry: EntryId) -> bool {
        let Some(at) = self.place(entry) else {
            return false;
        };
        self.remember();
        self.entries.remove(at);
        if at < self.cursor {
            self.cursor -= 1;
        }
        if let Some(shuffled) = &mut self.shuffled {
            shuffled.unshuffled.retain(|id| *id != entry);
        }
        self.history.retain(|id| *id != entry);
        self.touch();
        true
    }

    /// Moves an entry to `index` in the order of play (to the end if there is no such place); the current
    /// entry stays current. While shuffled, the order before shuffling is left alone. Whether it was there.
    pub fn move_to(&mut self, entry: EntryId, index: usize) -> bool {
        let Some(from) = self.place(entry) else {
            return false;
        };
        self.remember();
        let to = index.min(self.entries.len() - 1);
        let moved = self.entries.remove(from);
        self.entries.insert(to, moved);
        let cursor = self.cursor;
        if cursor == from {
            self.cursor = to;
        } else if cursor < self.entries.len() {
            self.cursor =
                cursor - usize::from(from < cursor) + usize::from(reaches(from, to, cursor));
        }
        self.touch();
        true
    }

    /// Takes everything out.
    pub fn clear(&mut self) {
        self.set(Vec::new(), 0);
    }

    /// Takes all but the current entry out, in one edit.
    pub fn keep_current(&mut self) {
        self.remember();
        let kept = self.current().map(|e| e.entry);
        self.entries.retain(|e| Some(e.entry) == kept);
        self.cursor = 0;
        if let Some(shuffled) = &mut self.shuffled {
            shuffled.unshuffled.retain(|id| Some(*id) == kept);
        }
        self.history.retain(|id| Some(*id) == kept);
        self.touch();
    }

    /// Takes the last edit back (set, append, insert, remove, keep, move, clear); once more does it again. The
    /// current entry stays current where it still is in the queue. Whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.undo.take() else {
            return false;
        };
        let current = self.current().map(|e| e.entry);
        self.remember();
        let Before {
            entries,
            shuffled,
            cursor,
            history,
        } = *before;
        self.entries = entries;
        self.shuffled = shuffled;
        self.cursor = current.and_then(|id| self.place(id)).unwrap_or(cursor);
        self.history = history;
        self.touch();
        true
    }

    /// Makes an entry current because the listener chose it. While shuffled it is drawn forward to the
    /// current place, so that nothing in between is lost. `heard` tells whether the current entry sounded.
    /// Whether the entry was there.
    pub fn jump(&mut self, entry: EntryId, heard: bool) -> bool {
        let Some(at) = self.place(entry) else {
            return false;
        };
        self.leave(heard);
        if self.shuffled.is_none() || at == self.cursor {
            self.cursor = at;
        } else {
            let chosen = self.entries.remove(at);
            let to = if at < self.cursor {
                self.cursor
            } else {
                self.cursor + 1
            }
            .min(self.entries.len());
            self.entries.insert(to, chosen);
            self.cursor = to;
        }
        self.touch();
        true
    }

    /// Makes an entry current because the order reached it, or has run out with `None`. `heard` tells
    /// whether the current entry sounded. Whether the entry was there.
    pub fn advance(&mut self, to: Option<EntryId>, heard: bool) -> bool {
        let place = match to {
            Some(entry) => self.place(entry),
            None => Some(self.entries.len()),
        };
        let Some(place) = place else { return false };
        self.leave(heard);
        self.cursor = place;
        self.touch();
        true
    }

    /// Goes back to what was heard before; without such a memory, to the entry before in the order. False
    /// when there is none.
    pub fn previous(&mut self) -> bool {
        let current = self.current().map(|e| e.entry);
        let mut back = None;
        while back.is_none() {
            let Some(id) = self.history.pop() else { break };
            back = self.place(id).filter(|_| Some(id) != current);
        }
        let Some(place) = back.or_else(|| self.cursor.checked_sub(1)) else {
            return false;
        };
        self.cursor = place;
        self.touch();
        true
    }

    /// Back to the first entry after the queue has run out.
    pub fn rewind(&mut self) {
        self.cursor = 0;
        self.touch();
    }

    /// Sets what follows.
    pub fn set_repeat(&mut self, repeat: Repeat) {
        self.repeat = repeat;
        self.touch();
    }

    /// Shuffles what was not heard in this round, the current entry first, so that nothing repeats until all
    /// have played. The same seed gives the same order.
    pub fn shuffle(&mut self, seed: u64) {
        self.undo = None;
        self.mix(seed);
        self.touch();
    }

    /// Puts the order back as it was before shuffling; the current entry stays current.
    pub fn unshuffle(&mut self) {
        let Some(Shuffled { unshuffled, .. }) = self.shuffled.take() else {
            return;
        };
        self.undo = None;
        let current = self.current().map(|e| e.entry);
        let places: std::collections::HashMap<_, _> = unshuffled
            .iter()
            .enumerate()
            .map(|(at, id)| (*id, at))
            .collect();
        self.entries
            .sort_by_key(|e| places.get(&e.entry).copied().unwrap_or(usize::MAX));
        self.cursor = current
            .and_then(|id| self.place(id))
            .unwrap_or(self.entries.len());
        self.touch();
    }

    /// What must be remembered to survive a restart.
    pub fn snapshot(&self) -> QueueSnapshot {
        QueueSnapshot {
            version: QUEUE_SNAPSHOT_VERSION,
            entries: self.entries.clone(),
            unshuffled: self.shuffled.as_ref().map(|s| s.unshuffled.clone()),
            shuffle_seed: self.shuffled.as_ref().map(|s| s.seed),
            cursor: self.cursor,
            history: self.history.clone(),
            repeat: self.repeat,
            next_entry: self.next_entry,
            revision: self.revision,
        }
    }

    /// Takes a snapshot up again. It comes from a file and may be damaged: doubled entries are dropped, a
    /// shuffle whose former order does not fit is forgotten, and a cursor beyond the end stands at the end.
    pub fn restore(snapshot: QueueSnapshot) -> Self {
        let mut seen = HashSet::new();
        let mut entries = snapshot.entries;
        entries.retain(|e| seen.insert(e.entry));
        let fits = |ids: &Vec<EntryId>| {
            ids.len() == seen.len() && ids.iter().collect::<HashSet<_>>() == seen.iter().collect()
        };
        let shuffled = match (snapshot.shuffle_seed, snapshot.unshuffled.filter(fits)) {
            (Some(seed), Some(unshuffled)) => Some(Shuffled { seed, unshuffled }),
            _ => None,
        };
        let mut history = snapshot.history;
        history.retain(|id| seen.contains(id));
        let past_all = entries
            .iter()
            .map(|e| e.entry.0.saturating_add(1))
            .max()
            .unwrap_or(0);
        Self {
            cursor: snapshot.cursor.min(entries.len()),
            entries,
            shuffled,
            history,
            repeat: snapshot.repeat,
            next_entry: snapshot.next_entry.max(past_all),
            revision: snapshot.revision,
            undo: None,
        }
    }

    fn place(&self, entry: EntryId) -> Option<usize> {
        self.entries.iter().position(|e| e.entry == entry)
    }

    fn touch(&mut self) {
        self.revision = self.revision.wrapping_add(1);
    }

    fn admit(&mut self, items: Vec<Item>) -> Vec<Entry> {
        items
            .into_iter()
            .map(|item| {
                let entry = EntryId(self.next_entry);
                self.next_entry = self.next_entry.wrapping_add(1);
                Entry {
                    entry,
                    item: Arc::new(item),
                }
            })
            .collect()
    }

    fn leave(&mut self, heard: bool) {
        if let Some(current) = self.current().filter(|_| heard).map(|e| e.entry) {
            if self.history.len() >= HISTORY_MAX {
                self.history.remove(0);
            }
            self.history.push(current);
        }
    }

    fn remember(&mut self) {
        self.undo = Some(Box::new(Before {
            entries: self.entries.clone(),
            shuffled: self.shuffled.clone(),
            cursor: self.cursor,
            history: self.history.clone(),
        }));
    }

    /// Heard entries of this round in their order, then the current one, then the others by chance.
    ///
    /// Heard in this round are those that stand before the cursor and are in the history; what stands before
    /// it unheard (the queue was started in its middle) has its turn still to come.
    fn mix(&mut self, seed: u64) {
        let unshuffled = match self.shuffled.take() {
            Some(shuffled) => shuffled.unshuffled,
            None => self.entries.iter().map(|e| e.entry).collect(),
        };
        let history: HashSet<EntryId> = self.history.iter().copied().collect();
        let (mut order, mut rest) = (Vec::with_capacity(self.entries.len()), Vec::new());
        let mut current = None;
        for (at, entry) in std::mem::take(&mut self.entries).into_iter().enumerate() {
            if at == self.cursor {
                current = Some(entry);
            } else if at < self.cursor && history.contains(&entry.entry) {
                order.push(entry);
            } else {
                rest.push(entry);
            }
        }
        self.cursor = order.len();
        let run_out = current.is_none();
        order.extend(current);
        let mut chance = seed;
        for last in (1..rest.len()).rev() {
            rest.swap(last, below(&mut chance, last + 1));
        }
        order.extend(rest);
        if run_out {
            self.cursor = order.len();
        }
        self.entries = order;
        self.shuffled = Some(Shuffled { seed, unshuffled });
    }
}

/// Whether moving an entry from `from` to `to` puts it at or before what stood at `cursor`.
fn reaches(from: usize, to: usize, cursor: usize) -> bool {
    let cursor_without = cursor - usize::from(from < cursor);
    to <= cursor_without
}

/// A number below `bound`, by SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014) and multiplication instead of a remainder.
fn below(state: &mut u64, bound: usize) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^= z >> 31;
    ((u128::from(z) * bound as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(key: u64) -> Item {
        Item {
            path: format!("/music/{key}.flac").into(),
            key,
            audio: None,
        }
    }

    fn items(count: u64) -> Vec<Item> {
        (0..count).map(item).collect()
    }

    fn keys(queue: &Queue) -> Vec<u64> {
        queue.entries().iter().map(|e| e.item.key).collect()
    }

    fn current(queue: &Queue) -> Option<u64> {
        queue.current().map(|e| e.item.key)
    }

    fn id(queue: &Queue, key: u64) -> EntryId {
        queue
            .entries()
            .iter()
            .find(|e| e.item.key == key)
            .unwrap()
            .entry
    }

    /// Plays on, by itself or because the listener asked.
    fn next(queue: &mut Queue, natural: bool) {
        let to = queue.following(natural).next().map(|e| e.entry);
        queue.advance(to, true);
    }

    fn queue(count: u64, start: usize) -> Queue {
        let mut queue = Queue::default();
        queue.set(items(count), start);
        queue
    }

    #[test]
    fn repeat_decides_what_follows() {
        for (repeat, natural, expected) in [
            (Repeat::Off, true, vec![2, 3]),
            (Repeat::Off, false, vec![2, 3]),
            (Repeat::All, true, vec![2, 3, 0, 1]),
            (Repeat::One, true, vec![1, 2, 3]),
            (Repeat::One, false, vec![2, 3, 0, 1]),
        ] {
            let mut queue = queue(4, 1);
            queue.set_repeat(repeat);
            let found: Vec<u64> = queue.following(natural).map(|e| e.item.key).collect();
            assert_eq!(found, expected, "{repeat:?} {natural}");
        }
    }

    #[test]
    fn previous_goes_back_through_what_was_heard() {
        let mut queue = queue(20, 2);
        queue.jump(id(&queue, 10), true);
        queue.jump(id(&queue, 15), false);
        queue.previous();
        assert_eq!(current(&queue), Some(2), "10 was chosen but never sounded");
        queue.previous();
        assert_eq!(current(&queue), Some(1), "without a memory, the one before");

        queue.shuffle(7);
        let mut heard = vec![current(&queue)];
        for _ in 0..6 {
            next(&mut queue, true);
            heard.push(current(&queue));
        }
        let mut back = vec![current(&queue)];
        for _ in 0..6 {
            assert!(queue.previous());
            back.push(current(&queue));
        }
        heard.reverse();
        assert_eq!(back, heard);
        next(&mut queue, false);
        assert_eq!(current(&queue), heard[5], "and forward again the same way");
    }

    #[test]
    fn shuffle_plays_all_before_any_again() {
        let mut queue = queue(50, 20);
        next(&mut queue, true);
        queue.shuffle(3);
        let mut heard = vec![20, 21];
        assert_eq!(current(&queue), Some(21));
        while queue.current().is_some() {
            next(&mut queue, true);
            heard.extend(current(&queue));
        }
        assert_ne!(heard[2..10], [22, 23, 24, 25, 26, 27, 28, 29]);
        heard.sort_unstable();
        assert_eq!(heard, (0..50).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_appended_after_the_end_plays_next() {
        let mut queue = queue(2, 1);
        next(&mut queue, true);
        assert_eq!(current(&queue), None);
        queue.append(vec![item(7)]);
        assert_eq!(current(&queue), Some(7));
    }

    #[test]
    fn an_edit_can_be_taken_back_and_done_again() {
        let mut queue = queue(3, 1);
        queue.clear();
        assert_eq!(keys(&queue), []);
        assert!(queue.undo());
        assert_eq!((keys(&queue), current(&queue)), (vec![0, 1, 2], Some(1)));
        assert!(queue.undo());
        assert_eq!(keys(&queue), []);
    }

    #[test]
    fn a_damaged_snapshot_is_repaired() {
        let mut queue = queue(4, 1);
        queue.shuffle(1);
        let mut snapshot = queue.snapshot();
        snapshot.entries.push(snapshot.entries[0].clone());
        snapshot.cursor = 99;
        snapshot.next_entry = 0;
        snapshot.unshuffled = Some(vec![EntryId(5)]);
        snapshot.history = vec![EntryId(77)];
        let mut queue = Queue::restore(snapshot);
        assert_eq!(
            (queue.entries().len(), current(&queue), queue.is_shuffled()),
            (4, None, false)
        );
        queue.append(vec![item(9)]);
        let ids: HashSet<_> = queue.entries().iter().map(|e| e.entry).collect();
        assert_eq!(ids.len(), 5);
    }

    #[derive(Clone, Debug)]
    enum Step {
        Set(u64, usize),
        Append(u64),
        InsertNext(u64),
        InsertAfter(usize, u64),
        Remove(usize),
        Move(usize, usize),
        Clear,
        KeepCurrent,
        Undo,
        Jump(usize, bool),
        Next(bool, bool),
        Previous,
        Rewind,
        Repeat(Repeat),
        Shuffle(u64),
        Unshuffle,
    }

    fn step() -> impl Strategy<Value = Step> {
        let repeat = prop_oneof![Just(Repeat::Off), Just(Repeat::All), Just(Repeat::One)];
        prop_oneof![
            1 => (0..9_u64, 0..10_usize).prop_map(|(n, at)| Step::Set(n, at)),
            3 => (0..4_u64).prop_map(Step::Append),
            3 => (0..4_u64).prop_map(Step::InsertNext),
            3 => (0..12_usize, 0..4_u64).prop_map(|(at, n)| Step::InsertAfter(at, n)),
            3 => (0..12_usize).prop_map(Step::Remove),
            3 => (0..12_usize, 0..14_usize).prop_map(|(from, to)| Step::Move(from, to)),
            1 => Just(Step::Clear),
            1 => Just(Step::KeepCurrent),
            2 => Just(Step::Undo),
            3 => (0..12_usize, any::<bool>()).prop_map(|(at, heard)| Step::Jump(at, heard)),
            6 => any::<(bool, bool)>().prop_map(|(natural, heard)| Step::Next(natural, heard)),
            3 => Just(Step::Previous),
            1 => Just(Step::Rewind),
            1 => repeat.prop_map(Step::Repeat),
            2 => any::<u64>().prop_map(Step::Shuffle),
            2 => Just(Step::Unshuffle),
        ]
    }

    /// The same queue as a bare list in its unshuffled order, with the current entry by name.
    #[derive(Clone, Default)]
    struct Model {
        list: Vec<u64>,
        before: Option<Vec<u64>>,
    }

    impl Model {
        fn edit(&mut self, change: impl FnOnce(&mut Vec<u64>)) {
            self.before = Some(self.list.clone());
            change(&mut self.list);
        }
    }

    proptest! {
        #[test]
        fn any_sequence_of_commands_keeps_the_queue_whole(steps in prop::collection::vec(step(), 0..60)) {
            let mut queue = Queue::default();
            let mut model = Model::default();
            let mut key = 0;
            let mut fresh = |count: u64| -> Vec<Item> {
                (0..count).map(|_| { key += 1; item(key) }).collect()
            };
            for step in steps {
                let was = current(&queue);
                let pick = |at: usize| queue.entries().get(at).map_or(EntryId(u64::MAX), |e| e.entry);
                match step.clone() {
                    Step::Set(count, start) => {
                        let items = fresh(count);
                        model.edit(|list| *list = items.iter().map(|i| i.key).collect());
                        queue.set(items, start);
                    }
                    Step::Append(count) => {
                        let items = fresh(count);
                        model.edit(|list| list.extend(items.iter().map(|i| i.key)));
                        queue.append(items);
                    }
                    Step::InsertNext(count) => {
                        let items = fresh(count);
                        model.edit(|list| {
                            let at = list.iter().position(|k| Some(*k) == was).map_or(list.len(), |at| at + 1);
                            list.splice(at..at, items.iter().map(|i| i.key));
                        });
                        queue.insert_next(items);
                    }
                    Step::InsertAfter(at, count) => {
                        let items = fresh(count);
                        let entry = queue.entries().get(at).map(|e| (e.entry, e.item.key));
                        let keys: Vec<u64> = items.iter().map(|i| i.key).collect();
                        prop_assert_eq!(queue.insert_after(pick(at), items), entry.is_some());
                        if let Some((entry, key)) = entry {
                            model.edit(|list| {
                                let at = list.iter().position(|k| *k == key).map_or(list.len(), |at| at + 1);
                                list.splice(at..at, keys.iter().copied());
                            });
                            // They stand right after it in the order of play too.
                            let place = queue.entries().iter().position(|e| e.entry == entry).unwrap();
                            let at_the_end = place + 1 + keys.len() == queue.entries().len();
                            let goes_on = keys.first().copied().filter(|_| at_the_end);
                            prop_assert_eq!(current(&queue), was.or(goes_on));
                            let after = queue.entries()[place + 1..].iter().map(|e| e.item.key);
                            prop_assert!(after.take(keys.len()).eq(keys.iter().copied()));
                        }
                    }
                    Step::Remove(at) => {
                        let entry = pick(at);
                        let gone = queue.entries().get(at).map(|e| e.item.key);
                        prop_assert_eq!(queue.remove(entry), gone.is_some());
                        if let Some(gone) = gone {
                            model.edit(|list| list.retain(|k| *k != gone));
                            if Some(gone) != was {
                                prop_assert_eq!(current(&queue), was);
                            }
                        }
                    }
                    Step::Move(from, to) => {
                        let entry = pick(from);
                        let shuffled = queue.is_shuffled();
                        if queue.move_to(entry, to) {
                            model.edit(|list| if !shuffled {
                                let moved = list.remove(from);
                                list.insert(to.min(list.len()), moved);
                            });
                        }
                        prop_assert_eq!(current(&queue), was);
                    }
                    Step::Clear => {
                        model.edit(Vec::clear);
                        queue.clear();
                    }
                    Step::KeepCurrent => {
                        model.edit(|list| list.retain(|k| Some(*k) == was));
                        queue.keep_current();
                        prop_assert_eq!(current(&queue), was);
                    }
                    Step::Undo => {
                        if queue.undo() {
                            let before = model.before.clone().unwrap();
                            model.edit(|list| *list = before);
                        }
                    }
                    Step::Jump(at, heard) => {
                        let chosen = queue.entries().get(at).map(|e| e.item.key);
                        let entry = pick(at);
                        queue.jump(entry, heard);
                        prop_assert_eq!(current(&queue), chosen.or(was));
                    }
                    Step::Next(natural, heard) => {
                        let to = queue.following(natural).next().map(|e| (e.entry, e.item.key));
                        queue.advance(to.map(|t| t.0), heard);
                        prop_assert_eq!(current(&queue), to.map(|t| t.1));
                    }
                    Step::Previous => {
                        let moved = queue.previous();
                        prop_assert!(moved || current(&queue) == was);
                    }
                    Step::Rewind => queue.rewind(),
                    Step::Repeat(repeat) => queue.set_repeat(repeat),
                    Step::Shuffle(seed) => {
                        queue.shuffle(seed);
                        model.before = None;
                        prop_assert_eq!(current(&queue), was);
                    }
                    Step::Unshuffle => {
                        if queue.is_shuffled() {
                            model.before = None;
                        }
                        queue.unshuffle();
                        prop_assert_eq!(current(&queue), was);
                    }
                }
                // Nothing lost, nothing doubled; unshuffled, the order is the model's.
                let mut found = keys(&queue);
                let mut expected = model.list.clone();
                if queue.is_shuffled() {
                    found.sort_unstable();
                    expected.sort_unstable();
                }
                prop_assert_eq!(&found, &expected, "after {:?}", step);
                let ids: HashSet<_> = queue.entries().iter().map(|e| e.entry).collect();
                prop_assert_eq!(ids.len(), found.len());
                prop_assert!(queue.cursor <= queue.entries.len());
                let follows: Vec<_> = queue.following(true).map(|e| e.entry).collect();
                prop_assert_eq!(follows.len(), follows.iter().collect::<HashSet<_>>().len());
                let snapshot = queue.snapshot();
                prop_assert_eq!(Queue::restore(snapshot.clone()).snapshot(), snapshot);
                let mut straight = queue.clone();
                straight.unshuffle();
                prop_assert_eq!(keys(&straight), model.list.clone());
            }
        }
    }
}
