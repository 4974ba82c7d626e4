//! The edits of playlists that the window can take back.

use std::collections::VecDeque;

use segue_library::PlaylistBefore;

/// The last edits of playlists' places, by number, the latest last.
#[derive(Default)]
pub(super) struct PlaylistEdits {
    pub(super) kept: VecDeque<(u64, PlaylistBefore)>,
    pub(super) made: u64,
}
