//! The library: what lies on disk, what its tags say, and all that Segue remembers about it.
//!
//! This crate owns the walk over the folders, the reading of tags and covers, the identity of recordings
//! ([`audio_hash`]), the watcher, and the one SQLite database with its migrations: tracks, albums, search,
//! vectors, the log of plays, settings. It decodes no audio, judges no taste and keeps no clock in its
//! decisions: instants arrive as arguments, save for "when was this file first seen".
//!
//! # What is kept, and when
//!
//! - A **track** is a file with its tags, or a stretch of one that a cue sheet or a chapter names. Its [`TrackId`](segue_core::TrackId) survives re-tagging, renaming and
//!   moving. A **recording** is its audio ([`AudioHash`](segue_core::AudioHash)): vectors, plays and ratings hang
//!   on it, and survive the removal of the file and of the folder.
//! - A folder that is **not there** is offline, and so is one that is there but **holds nothing at all** although
//!   it had tracks: that is what the mount point of an unplugged disk looks like. Nothing changes for its tracks.
//! - A file that is gone from a folder that is there is marked `missing`, and its row kept.
//! - If a new file has the audio of a track whose old path is gone, it is that track at a new path, be the old
//!   folder there or not: a music folder that was renamed is found again under its new name. So it is if another file
//!   has taken its old path: files that are swapped or renumbered keep their ids. Other audio at a known path, which
//!   nothing else explains, is an edit, and keeps the path's id.
//! - Rows of copies that come and go within an hour, as taggers make them on the way, are taken away again.
//! - Rows of tracks go only when the listener removes the folder ([`Library::remove_root`]).
//!
//! Several threads and several processes may use one database: writes take their turn, reads never wait.

mod audio_hash;
mod buffered;
mod bytes;
mod containers;
mod cover;
mod cue;
mod dsd;
#[cfg(test)]
mod fixtures;
mod parts;
mod paths;
mod playable;
mod scan;
mod search;
mod sheets;
mod store;
mod tag_text;
mod tags;
mod walk;
mod watch;

pub use audio_hash::audio_hash;
pub use cover::Cover;
pub use paths::leads_away;
pub use scan::{ScanProgress, ScanReport};
pub use segue_core::query::Sort;
#[cfg(any(test, feature = "failing"))]
pub use store::Failing;
pub use store::Library;
pub use store::albums::{Album, AlbumPage, AlbumSort};
pub use store::log::FiledPlay;
pub use store::matching::MatchedBy;
pub use store::playlists::{
    NewEntry, Playlist, PlaylistBefore, PlaylistEntry, PlaylistEntryId, PlaylistId,
};
pub use store::plays::Opinion;
pub use store::query::{AlbumId, TrackQuery};
pub use store::queue::{QueueChange, QueuedSong};
pub use store::recordings::Recording;
pub use store::tallies::{KnownTally, TallyFiled};
pub use store::tracks::{Counts, Root, TrackPage};
pub use store::vectors::Unanalyzed;
pub use watch::{Watched, Watcher, watch};
