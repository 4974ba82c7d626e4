//! The undo history of the queue: the listener's edits, which can be undone one after the other, and redone.
//!
//! Each step keeps the whole queue as it was before, and the place in the track that was current. What the program itself
//! puts into the queue or takes out of it (a station, the guest DJ) is no step: it is done to the kept queues as well, back
//! to the last time that the queue was replaced, or an undo would take away songs that nobody asked it to.

use std::collections::VecDeque;

use super::order::Order;
use super::{Edit, EditKind, EntryId, PlaybackPosition};

/// Steps kept at most.
const STEPS_MAX: usize = 50;
/// All kept queues together have no more entries than this, but the last step is always kept.
const ENTRIES_MAX: usize = 500_000;

/// One edit.
#[derive(Clone, Debug)]
pub(super) struct UndoStep {
    pub(super) edit: Edit,
    /// The queue on the other side of the edit.
    pub(super) order: Order,
    /// Where the current track was there.
    pub(super) place: PlaybackPosition,
    /// What was current on this side, right after the edit.
    pub(super) after: Option<EntryId>,
}

/// The steps on both sides of the queue as it stands.
#[derive(Clone, Debug, Default)]
pub(super) struct UndoHistory {
    pub(super) done: VecDeque<UndoStep>,
    pub(super) undone: Vec<UndoStep>,
    made: u64,
}

impl UndoHistory {
    /// A new edit was made: what had been taken back cannot be made again.
    pub(super) fn push(
        &mut self,
        (kind, songs): (EditKind, usize),
        order: Order,
        place: PlaybackPosition,
        after: Option<EntryId>,
    ) {
        self.undone.clear();
        self.made += 1;
        let edit = Edit {
            number: self.made,
            kind,
            songs,
        };
        self.done.push_back(UndoStep {
            edit,
            order,
            place,
            after,
        });
        let size = |step: &UndoStep| step.order.entries.len();
        let mut entries: usize = self.done.iter().map(size).sum();
        while self.done.len() > STEPS_MAX || (entries > ENTRIES_MAX && self.done.len() > 1) {
            entries -= self.done.pop_front().as_ref().map_or(0, size);
        }
    }

    /// The kept queues that are this queue but for single entries.
    pub(super) fn kin(&mut self) -> impl Iterator<Item = &mut Order> {
        let same = |step: &&mut UndoStep| !step.edit.kind.replaces();
        let done = self.done.iter_mut().rev().take_while(same);
        let undone = self.undone.iter_mut().rev().take_while(same);
        done.chain(undone).map(|step| &mut step.order)
    }
}
