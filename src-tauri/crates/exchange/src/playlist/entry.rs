//! What every format of a playlist tells, and what they share: bounds, and artist and title in one line.

use std::path::PathBuf;

/// Places that are read of one file.
pub(super) const ENTRIES_MAX: usize = 500_000;
/// No system has longer paths.
pub(super) const LOCATION_BYTES_MAX: usize = 1 << 15;
/// Paths that are looked at for one place.
pub(super) const LOCATIONS_MAX: usize = 16;

/// What a file tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlaylistFile {
    /// The playlist's name.
    pub name: Option<String>,
    /// Its places in order.
    pub entries: Vec<FileEntry>,
}

/// What a file tells of a place; unknown is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileEntry {
    /// Where the song may lie, the likeliest first: one text may be meant as several paths.
    pub paths: Vec<PathBuf>,
    /// Its artist.
    pub artist: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its album.
    pub album: Option<String>,
    /// Its length in seconds.
    pub duration_s: Option<f64>,
    /// Artist and title in one, where the file does not part them: `artist` and `title` are a guess then.
    pub joined: Option<String>,
}

/// Why a file makes no sense, and on which of its lines, where that can be told.
#[derive(Debug, PartialEq)]
pub(super) struct Broken {
    pub(super) line: Option<usize>,
    pub(super) reason: String,
}

impl Broken {
    pub(super) fn at(line: usize, reason: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            reason: reason.into(),
        }
    }
}

/// Between artist and title, where a format has one line for both.
pub(super) const JOIN: &str = " - ";

/// Artist and title in one line.
pub(super) fn join(entry: &FileEntry) -> Option<String> {
    match (&entry.artist, &entry.title) {
        (Some(artist), Some(title)) => Some(format!("{artist}{JOIN}{title}")),
        (None, title) => title.clone(),
        (Some(_), None) => None,
    }
}

/// Takes a line of artist and title apart, as most write it; the line itself is kept for other guesses.
pub(super) fn part(entry: &mut FileEntry, line: &str) {
    let parts = line
        .split_once(JOIN)
        .map(|(artist, title)| (artist.trim(), title.trim()))
        .filter(|(artist, title)| !artist.is_empty() && !title.is_empty());
    match parts {
        Some((artist, title)) => {
            (entry.artist, entry.title) = (Some(artist.into()), Some(title.into()));
            entry.joined = Some(line.into());
        }
        None => entry.title = Some(line.into()),
    }
}

pub(super) fn too_many() -> String {
    format!("it lists more than {ENTRIES_MAX} songs")
}
