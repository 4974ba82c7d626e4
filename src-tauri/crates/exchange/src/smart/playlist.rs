//! A smart playlist, whichever file it lies in.

use segue_core::query::{Query, Sort};

/// A smart playlist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SmartPlaylist {
    /// Its name, where the file tells one.
    pub name: Option<String>,
    /// What is in it.
    pub query: Query,
    /// Its order.
    pub sort: Option<Sort>,
    /// Whether the order is turned round.
    pub descending: bool,
    /// At most so many songs.
    pub limit: Option<u32>,
}
