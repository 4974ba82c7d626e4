//! What an edit of a queue did.

/// What an edit did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditKind {
    /// Another queue came in its place.
    Replaced,
    /// It was emptied.
    Cleared,
    /// An entry was taken out.
    Removed,
    /// An entry was moved.
    Moved,
    /// Entries were added.
    Added,
    /// It was shuffled, or put in order again.
    Shuffled,
}

impl EditKind {
    /// Whether the queue after it is another one.
    pub fn replaces(self) -> bool {
        matches!(self, Self::Replaced | Self::Cleared)
    }
}

/// An edit that can be taken back, or made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Counts the edits since the program started, from 1.
    pub number: u64,
    /// What it did.
    pub kind: EditKind,
    /// How many entries it took out, moved, added or shuffled.
    pub songs: usize,
}

/// Where the current track is, for an edit that may have to bring it back there.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct PlaybackPosition {
    /// Seconds from its start.
    pub(crate) position_s: f64,
    /// Whether it sounds.
    pub(crate) playing: bool,
}
