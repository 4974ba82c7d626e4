//! Smart playlists as files: Navidrome's `.nsp`, JSON of rules that are all, or any of them, so.
//!
//! Its rules are those of <https://www.navidrome.org/docs/usage/smartplaylists/>, with the fields and operators of its `model/criteria`.
//! A rule that means nothing here, or that cannot be written there, is refused by name: a list without it would be another one.
//! What Navidrome compares as text it compares by letters; here letters are folded, which finds the same and more.

mod names;
mod playlist;
mod read;
mod write;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::{FileError, replace};
pub use playlist::SmartPlaylist;

/// A thousand rules are smaller.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// The ending of its files.
const ENDING: &str = "nsp";

/// Whether a path's ending is that of smart playlists.
pub fn is_smart(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING))
}

/// Reads one.
pub fn read(path: &Path) -> Result<SmartPlaylist, FileError> {
    let refuse = FileError::of("read the smart playlist", path);
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .map_err(|error| refuse(error.to_string()))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(refuse("it is too large for rules".into()));
    }
    read::parse(&bytes).map_err(refuse)
}

/// Writes one.
pub fn write(path: &Path, playlist: &SmartPlaylist) -> Result<(), FileError> {
    let refuse = FileError::of("write the smart playlist", path);
    let text = write::text(playlist).map_err(&refuse)?;
    let whole = std::path::absolute(path).map_err(|error| refuse(error.to_string()))?;
    replace(&whole, text.as_bytes()).map_err(|error| refuse(error.to_string()))
}

#[cfg(test)]
mod tests;
