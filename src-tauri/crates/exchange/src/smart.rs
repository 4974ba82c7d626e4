//! Smart playlists as files: Navidrome's `.nsp`, JSON of rules that are all, or any of them, so.
//!
//! Its rules are those of <https://www.navidrome.org/docs/usage/smartplaylists/>, with the fields and operators of its `model/criteria`.
//! A rule that means nothing here, or that cannot be written there, is refused by name: a list without it would be another one.
//! What Navidrome compares as text it compares by letters; here letters are folded, which finds the same and more.

mod read;
mod write;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use segue_core::query::{Query, Sort};

use crate::{FileError, replace};

/// A thousand rules are smaller.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// The ending of its files.
const ENDING: &str = "nsp";

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

/// Fields of text and what Navidrome calls them.
const TEXT: &[(segue_core::query::TextField, &str)] = {
    use segue_core::query::TextField as T;
    &[
        (T::Title, "title"),
        (T::Artist, "artist"),
        (T::AlbumArtist, "albumartist"),
        (T::Album, "album"),
        (T::Genre, "genre"),
        (T::Composer, "composer"),
        (T::Lyricist, "lyricist"),
        (T::Conductor, "conductor"),
        (T::Performer, "performer"),
        (T::Arranger, "arranger"),
        (T::Remixer, "remixer"),
        (T::Producer, "producer"),
        (T::Engineer, "engineer"),
        (T::Mixer, "mixer"),
        (T::Label, "recordlabel"),
        (T::Comment, "comment"),
        (T::Lyrics, "lyrics"),
        (T::Path, "filepath"),
        (T::Key, "key"),
    ]
};

/// Fields of numbers, what Navidrome calls them, and whether they are whole there.
const NUMBERS: &[(segue_core::query::NumberField, &str, bool)] = {
    use segue_core::query::NumberField as N;
    &[
        (N::Year, "year", true),
        (N::OriginalYear, "originalyear", true),
        (N::Track, "tracknumber", true),
        (N::Disc, "discnumber", true),
        (N::Length, "duration", false),
        (N::Bpm, "bpm", true),
        (N::Plays, "playcount", true),
        (N::Rating, "rating", true),
        (N::Bitrate, "bitrate", true),
        (N::SampleRate, "samplerate", true),
    ]
};

/// Fields of times.
const DATES: &[(segue_core::query::DateField, &str)] = {
    use segue_core::query::DateField as D;
    &[
        (D::Added, "dateadded"),
        (D::Played, "lastplayed"),
        (D::Changed, "datemodified"),
    ]
};

/// Flags.
const FLAGS: &[(segue_core::query::Flag, &str)] = {
    use segue_core::query::Flag as F;
    &[
        (F::Liked, "loved"),
        (F::Compilation, "compilation"),
        (F::HasCover, "hascoverart"),
    ]
};

/// Orders.
const SORTS: &[(Sort, &str)] = &[
    (Sort::Title, "title"),
    (Sort::Artist, "artist"),
    (Sort::Album, "album"),
    (Sort::Year, "year"),
    (Sort::Duration, "duration"),
    (Sort::Plays, "playcount"),
    (Sort::Added, "dateadded"),
    (Sort::Path, "filepath"),
    (Sort::Rating, "rating"),
    (Sort::Played, "lastplayed"),
    (Sort::Bpm, "bpm"),
    (Sort::Random, "random"),
];

#[cfg(test)]
mod tests;
