//! The queue: what plays next, what played before, and in which order. A pure state machine.
//!
//! It owns entries, their order, the place of the current one, repeat and shuffle. It knows no files, clock
//! or sound: whether an entry was really heard is told to it by the engine, and chance arrives as a seed.
//!
//! Edits of the listener's can be taken back, and made again, step by step (`queue/steps.rs`); how an order of play is
//! edited is in `queue/order.rs`.
//!
//! Words: an *entry* is one appearance of a track in the queue; the *order* is the one in which entries
//! play; the *cursor* is the place of the current entry in it, and stands behind the last entry once the
//! queue has run out, so that whatever is appended then becomes current; the *history* holds the entries
//! that really sounded, most recent last.

mod edit;
mod entry;
mod order;
mod steps;

use std::collections::HashSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub(crate) use edit::PlaybackPosition;
pub use edit::{Edit, EditKind};
pub use entry::{Entry, EntryId, MediaItem};
use order::{Order, Shuffled};
use steps::{UndoHistory, UndoStep};

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

/// All that a queue must remember to survive a restart.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct QueueSnapshot {
    /// In the order of play.
    pub entries: Vec<Entry>,
    /// The order before shuffling, while shuffled.
    pub unshuffled: Option<Vec<EntryId>>,
    /// The seed of the shuffle, while shuffled.
    pub shuffle_seed: Option<u64>,
    /// Index of the current entry in `entries`; their number when the queue has run out.
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

    /// Whether there is something to go to when the listener asks for the next one: repeating goes round, since it is
    /// a single track that repeats only when it ends by itself.
    pub fn has_next(&self) -> bool {
        let round = self.repeat != Repeat::Off && !self.entries.is_empty();
        self.cursor + 1 < self.entries.len() || round
    }
}

/// What came of taking an edit back, or of making it again.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Undone {
    /// The edit.
    pub(crate) edit: Edit,
    /// If another entry is current now: where it was.
    pub(crate) resume: Option<PlaybackPosition>,
}

/// The state machine. Every change advances [`revision`](Self::revision).
#[derive(Clone, Debug, Default)]
pub struct Queue {
    order: Order,
    repeat: Repeat,
    next_entry: u64,
    revision: u64,
    place: PlaybackPosition,
    steps: UndoHistory,
}

impl Queue {
    /// The current entry; none when the queue is empty or has run out.
    pub fn current(&self) -> Option<&Entry> {
        self.order.current()
    }

    /// All entries, in the order of play.
    pub fn entries(&self) -> &[Entry] {
        &self.order.entries
    }

    /// What follows.
    pub fn repeat(&self) -> Repeat {
        self.repeat
    }

    /// Whether the order is a shuffled one.
    pub fn is_shuffled(&self) -> bool {
        self.order.shuffled.is_some()
    }

    /// Counts changes.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The edit that [`undo`](Self::undo) would take back.
    pub fn undoable(&self) -> Option<Edit> {
        self.steps.done.back().map(|step| step.edit)
    }

    /// The edit that [`redo`](Self::redo) would make again.
    pub fn redoable(&self) -> Option<Edit> {
        self.steps.undone.last().map(|step| step.edit)
    }

    /// The entries that would play after this one, nearest first, each at most once; after the current one where none is
    /// asked for, or one that is gone.
    ///
    /// By itself (`natural`) an entry repeats under [`Repeat::One`]; when the listener asks for the next, it
    /// moves on and goes round the end. The entry itself is last among those that follow in a round.
    pub fn following_after(
        &self,
        entry: Option<EntryId>,
        natural: bool,
    ) -> impl Iterator<Item = &Entry> {
        let place = entry.and_then(|entry| self.order.place(entry));
        let place = place.unwrap_or(self.order.cursor);
        let (before, rest) = self.order.entries.split_at(place);
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

    // The listener's edits

    /// Says where the current track is, so that what is edited next can be brought back there.
    pub(crate) fn stand(&mut self, place: PlaybackPosition) {
        self.place = place;
    }

    /// Replaces everything; `items[start]` becomes current (the first one if there is no such place). With a seed the
    /// order is a shuffled one.
    pub fn set(&mut self, items: Vec<Arc<MediaItem>>, start: usize, shuffle: Option<u64>) {
        let what = match (self.order.entries.len(), items.len()) {
            (0, added) => (EditKind::Added, added),
            (replaced, _) => (EditKind::Replaced, replaced),
        };
        let entries = self.admit(items);
        self.edit(what, |order| {
            *order = Order {
                cursor: if start < entries.len() { start } else { 0 },
                entries,
                ..Order::default()
            };
            if let Some(seed) = shuffle {
                order.shuffle(seed);
            }
        });
    }

    /// Adds `items` at the end.
    pub fn append(&mut self, items: Vec<Arc<MediaItem>>) {
        let added = self.admit(items);
        self.edit((EditKind::Added, added.len()), |order| order.append(&added));
    }

    /// Adds `items`, in their order, right after the current entry.
    pub fn insert_next(&mut self, items: Vec<Arc<MediaItem>>) {
        let added = self.admit(items);
        self.edit((EditKind::Added, added.len()), |order| {
            order.insert_next(&added)
        });
    }

    /// Takes an entry out. If it was current, the one after it becomes current. Whether it was there.
    pub fn remove(&mut self, entry: EntryId) -> bool {
        let there = self.order.place(entry).is_some();
        if there {
            self.edit((EditKind::Removed, 1), |order| {
                order.retain(|id| id != entry)
            });
        }
        there
    }

    /// Moves an entry to `index` in the order of play (to the end if there is no such place); the current
    /// entry stays current. While shuffled, the order before shuffling is left alone. Whether it was there.
    pub fn move_to(&mut self, entry: EntryId, index: usize) -> bool {
        let Some(from) = self.order.place(entry) else {
            return false;
        };
        self.edit((EditKind::Moved, 1), |order| order.move_to(from, index));
        true
    }

    /// Takes everything out. What is added later is shuffled if this was.
    pub fn clear(&mut self) {
        let songs = self.order.entries.len();
        self.edit((EditKind::Cleared, songs), |order| order.retain(|_| false));
    }

    /// Takes all but the current entry out: what comes after it is to be another queue.
    pub fn keep_current(&mut self) {
        let others = self.order.entries.len() - self.current().iter().count();
        self.edit((EditKind::Replaced, others), Order::keep_current);
    }

    /// Shuffles what was not heard in this round, the current entry first, so that nothing repeats until all
    /// have played. The same seed gives the same order.
    pub fn shuffle(&mut self, seed: u64) {
        let songs = self.order.entries.len();
        if songs == 0 {
            // Nothing to take back, but what is added from now on is shuffled too.
            self.order.shuffle(seed);
            return self.touch();
        }
        self.edit((EditKind::Shuffled, songs), |order| order.shuffle(seed));
    }

    /// Puts the order back as it was before shuffling; the current entry stays current.
    pub fn unshuffle(&mut self) {
        if !self.is_shuffled() {
            return;
        }
        let songs = self.order.entries.len();
        if songs == 0 {
            self.order.unshuffle();
            return self.touch();
        }
        self.edit((EditKind::Shuffled, songs), Order::unshuffle);
    }

    /// Takes the last edit back, if there is one. What plays now plays on if it is in that queue and was reached by
    /// playing; else what was current then is current again.
    pub(crate) fn undo(&mut self) -> Option<Undone> {
        let step = self.steps.done.pop_back()?;
        let (undone, inverse) = self.step_to(step);
        self.steps.undone.push(inverse);
        Some(undone)
    }

    /// Makes the edit again that was taken back last, if none was made since.
    pub(crate) fn redo(&mut self) -> Option<Undone> {
        let step = self.steps.undone.pop()?;
        let (redone, inverse) = self.step_to(step);
        self.steps.done.push_back(inverse);
        Some(redone)
    }

    fn step_to(&mut self, step: UndoStep) -> (Undone, UndoStep) {
        let now = self.order.current_id();
        let mut inverse = UndoStep {
            edit: step.edit,
            order: std::mem::replace(&mut self.order, step.order),
            place: self.place,
            after: None,
        };
        if now != step.after {
            // It has played on since.
            let run_out = now.is_none() && !step.edit.kind.replaces();
            let stays = match now {
                Some(entry) => self.order.place(entry),
                None => Some(self.order.entries.len()).filter(|_| run_out),
            };
            if let Some(cursor) = stays {
                self.order.cursor = cursor;
                let there: HashSet<EntryId> = self.order.entries.iter().map(|e| e.entry).collect();
                self.order.history.clone_from(&inverse.order.history);
                self.order.history.retain(|id| there.contains(id));
            }
        }
        let current = self.order.current_id();
        inverse.after = current;
        self.touch();
        let undone = Undone {
            edit: step.edit,
            resume: (current != now).then_some(step.place),
        };
        (undone, inverse)
    }

    fn edit(&mut self, what: (EditKind, usize), change: impl FnOnce(&mut Order)) {
        if what.1 > 0 {
            let before = self.order.clone();
            change(&mut self.order);
            let after = self.order.current_id();
            self.steps.push(what, before, self.place, after);
        } else {
            change(&mut self.order);
        }
        self.touch();
    }

    // The program's own edits, which are no steps

    /// Adds `items` at the end.
    pub fn extend(&mut self, items: Vec<Arc<MediaItem>>) {
        let added = self.admit(items);
        self.order.append(&added);
        self.steps.kin().for_each(|order| order.append(&added));
        self.touch();
    }

    /// Adds `items`, in their order, right after an entry. Whether it was there.
    pub fn insert_after(&mut self, entry: EntryId, items: Vec<Arc<MediaItem>>) -> bool {
        if self.order.place(entry).is_none() {
            return false;
        }
        let added = self.admit(items);
        self.order.insert_after(entry, &added);
        for order in self.steps.kin() {
            order.insert_after(entry, &added);
        }
        self.touch();
        true
    }

    /// Takes entries out. If the current one is among them, the next that stays becomes current.
    pub fn withdraw(&mut self, entries: &[EntryId]) {
        let gone: HashSet<EntryId> = entries.iter().copied().collect();
        let before = self.order.entries.len();
        self.order.retain(|id| !gone.contains(&id));
        for order in self.steps.kin() {
            order.retain(|id| !gone.contains(&id));
        }
        if self.order.entries.len() < before {
            self.touch();
        }
    }

    // Playing on

    /// Makes an entry current because the listener chose it. While shuffled it is drawn forward to the
    /// current place, so that nothing in between is lost. `heard` tells whether the current entry sounded.
    /// Whether the entry was there.
    pub fn jump(&mut self, entry: EntryId, heard: bool) -> bool {
        let there = self.order.jump(entry, heard);
        if there {
            self.touch();
        }
        there
    }

    /// Makes an entry current because the order reached it, or has run out with `None`. `heard` tells
    /// whether the current entry sounded. Whether the entry was there.
    pub fn advance(&mut self, to: Option<EntryId>, heard: bool) -> bool {
        let place = match to {
            Some(entry) => self.order.place(entry),
            None => Some(self.order.entries.len()),
        };
        let Some(place) = place else { return false };
        self.order.advance(place, heard);
        self.touch();
        true
    }

    /// Goes back to what was heard before; without such a memory, to the entry before in the order. False
    /// when there is none.
    pub fn previous(&mut self) -> bool {
        let moved = self.order.previous();
        if moved {
            self.touch();
        }
        moved
    }

    /// Back to the first entry after the queue has run out.
    pub fn rewind(&mut self) {
        self.order.cursor = 0;
        self.touch();
    }

    /// Sets what follows.
    pub fn set_repeat(&mut self, repeat: Repeat) {
        self.repeat = repeat;
        self.touch();
    }

    // Keeping

    /// What must be remembered to survive a restart.
    pub fn snapshot(&self) -> QueueSnapshot {
        let Order {
            entries,
            shuffled,
            cursor,
            history,
        } = &self.order;
        QueueSnapshot {
            entries: entries.clone(),
            unshuffled: shuffled.as_ref().map(|s| s.unshuffled.clone()),
            shuffle_seed: shuffled.as_ref().map(|s| s.seed),
            cursor: *cursor,
            history: history.clone(),
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
            order: Order {
                cursor: snapshot.cursor.min(entries.len()),
                entries,
                shuffled,
                history,
            },
            repeat: snapshot.repeat,
            next_entry: snapshot.next_entry.max(past_all),
            revision: snapshot.revision,
            place: PlaybackPosition::default(),
            steps: UndoHistory::default(),
        }
    }

    fn touch(&mut self) {
        self.revision = self.revision.wrapping_add(1);
    }

    fn admit(&mut self, items: Vec<Arc<MediaItem>>) -> Vec<Entry> {
        items
            .into_iter()
            .map(|item| {
                let entry = EntryId(self.next_entry);
                self.next_entry = self.next_entry.wrapping_add(1);
                Entry { entry, item }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
