//! An order of play: entries, the place of the current one, what was heard, and the order before shuffling. All edits are
//! made here, so that the queue as it stands and the queues that an undo would bring back are edited alike.

use std::collections::{HashMap, HashSet};

use super::{Entry, EntryId};

/// How far back *previous* can go.
const HISTORY_MAX: usize = 1000;

/// See the module's doc.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    pub(super) entries: Vec<Entry>,
    pub(super) shuffled: Option<Shuffled>,
    pub(super) cursor: usize,
    pub(super) history: Vec<EntryId>,
}

/// While entries are shuffled.
#[derive(Clone, Debug)]
pub(super) struct Shuffled {
    pub(super) seed: u64,
    pub(super) unshuffled: Vec<EntryId>,
}

impl Order {
    pub(super) fn current(&self) -> Option<&Entry> {
        self.entries.get(self.cursor)
    }

    pub(super) fn current_id(&self) -> Option<EntryId> {
        self.current().map(|e| e.entry)
    }

    pub(super) fn place(&self, entry: EntryId) -> Option<usize> {
        self.entries.iter().position(|e| e.entry == entry)
    }

    pub(super) fn append(&mut self, added: &[Entry]) {
        if let Some(shuffled) = &mut self.shuffled {
            shuffled.unshuffled.extend(added.iter().map(|e| e.entry));
        }
        self.entries.extend_from_slice(added);
    }

    pub(super) fn insert_next(&mut self, added: &[Entry]) {
        let at = (self.cursor + 1).min(self.entries.len());
        self.insert(at, self.current_id(), added);
    }

    /// Whether `entry` was there.
    pub(super) fn insert_after(&mut self, entry: EntryId, added: &[Entry]) -> bool {
        let Some(place) = self.place(entry) else {
            return false;
        };
        self.insert(place + 1, Some(entry), added);
        true
    }

    /// Adds at a place in the order of play; in the order before shuffling right `after` an entry.
    fn insert(&mut self, at: usize, after: Option<EntryId>, added: &[Entry]) {
        if let Some(Shuffled { unshuffled, .. }) = &mut self.shuffled {
            let place = unshuffled.iter().position(|id| Some(*id) == after);
            let at = place.map_or(unshuffled.len(), |at| at + 1);
            unshuffled.splice(at..at, added.iter().map(|e| e.entry));
        }
        // A queue that has run out goes on with what is added at its end.
        if at < self.cursor || (at == self.cursor && self.current().is_some()) {
            self.cursor += added.len();
        }
        self.entries.splice(at..at, added.iter().cloned());
    }

    /// Takes out all that does not stay. If the current one is among it, the next that stays becomes current.
    pub(super) fn retain(&mut self, stays: impl Fn(EntryId) -> bool) {
        let before = &self.entries[..self.cursor];
        self.cursor = before.iter().filter(|e| stays(e.entry)).count();
        self.entries.retain(|e| stays(e.entry));
        if let Some(shuffled) = &mut self.shuffled {
            shuffled.unshuffled.retain(|id| stays(*id));
        }
        self.history.retain(|id| stays(*id));
    }

    pub(super) fn keep_current(&mut self) {
        let kept = self.current_id();
        self.retain(|id| Some(id) == kept);
    }

    /// Moves what stands at `from`; the current entry stays current.
    pub(super) fn move_to(&mut self, from: usize, index: usize) {
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
    }

    /// Makes an entry current that the listener chose. Whether it was there.
    pub(super) fn jump(&mut self, entry: EntryId, heard: bool) -> bool {
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
        true
    }

    /// Goes to a place in the order of play.
    pub(super) fn advance(&mut self, place: usize, heard: bool) {
        self.leave(heard);
        self.cursor = place;
    }

    fn leave(&mut self, heard: bool) {
        if let Some(current) = self.current_id().filter(|_| heard) {
            if self.history.len() >= HISTORY_MAX {
                self.history.remove(0);
            }
            self.history.push(current);
        }
    }

    /// Whether there was something to go back to.
    pub(super) fn previous(&mut self) -> bool {
        let current = self.current_id();
        let mut back = None;
        while back.is_none() {
            let Some(id) = self.history.pop() else { break };
            back = self.place(id).filter(|_| Some(id) != current);
        }
        let Some(place) = back.or_else(|| self.cursor.checked_sub(1)) else {
            return false;
        };
        self.cursor = place;
        true
    }

    /// Heard entries of this round in their order, then the current one, then the others by chance.
    ///
    /// Heard in this round are those that stand before the cursor and are in the history; what stands before
    /// it unheard (the queue was started in its middle) has its turn still to come.
    pub(super) fn shuffle(&mut self, seed: u64) {
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

    /// Puts the order back as it was before shuffling; the current entry stays current.
    pub(super) fn unshuffle(&mut self) {
        let Some(Shuffled { unshuffled, .. }) = self.shuffled.take() else {
            return;
        };
        let current = self.current_id();
        let places: HashMap<_, _> = unshuffled
            .iter()
            .enumerate()
            .map(|(at, id)| (*id, at))
            .collect();
        self.entries
            .sort_by_key(|e| places.get(&e.entry).copied().unwrap_or(usize::MAX));
        self.cursor = current
            .and_then(|id| self.place(id))
            .unwrap_or(self.entries.len());
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
