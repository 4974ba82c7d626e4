//! What comes after the last track that is joined, as far as it is looked for.

use crate::deck::Deck;
use crate::queue::{Entry, EntryId};

/// The entry after the last one joined.
pub(super) enum Ahead {
    /// Not looked for yet.
    Unknown,
    /// There is none that plays.
    Nothing,
    /// Being opened, under a number.
    Opening(Entry, u64),
    /// Ready.
    Ready(Box<Deck>),
}

impl Ahead {
    pub(super) fn entry(&self) -> Option<EntryId> {
        match self {
            Self::Opening(entry, _) => Some(entry.entry),
            Self::Ready(deck) => Some(deck.entry().entry),
            Self::Unknown | Self::Nothing => None,
        }
    }
}
