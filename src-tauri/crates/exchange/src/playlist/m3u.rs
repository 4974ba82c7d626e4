//! M3U: a path on each line; what is known of it on lines before it, that begin with `#EXT`.
//!
//! A place whose file is not known has no line of its own here: other players pass over it, Segue keeps it.

use std::path::Path;

use super::entry::{Broken, ENTRIES_MAX, FileEntry, JOIN, PlaylistFile, join, part, too_many};
use super::location::{self, Base, LocationForm};
use super::text::{TextLine, lines};

/// What was told of the place to come.
#[derive(Default)]
struct Coming {
    entry: FileEntry,
    /// The line of its `#EXTINF`.
    told: Option<usize>,
    /// Artist and title, or, where an `#EXTART` stands, the title alone, perhaps with that artist before it.
    line: Option<String>,
    artist: Option<String>,
}

pub(super) fn read(decoded: &[u8], folder: &Path) -> Result<PlaylistFile, Broken> {
    let mut playlist = PlaylistFile::default();
    let mut coming = Coming::default();
    for line in lines(decoded) {
        let TextLine { number, text, raw } = line;
        if let Some(info) = directive(&text, "#EXTINF:") {
            // Two in a row: the first has no path.
            if let Some(told) = coming.told {
                push(&mut playlist.entries, coming.named(), told)?;
                coming = Coming::default();
            }
            coming.told = Some(number);
            coming.info(info);
        } else if let Some(name) = directive(&text, "#PLAYLIST:") {
            playlist.name = Some(name.into());
        } else if let Some(artist) = directive(&text, "#EXTART:") {
            coming.artist = Some(artist.into());
        } else if let Some(album) = directive(&text, "#EXTALB:") {
            coming.entry.album = Some(album.into());
        } else if directive(&text, "#EXT-X-").is_some() {
            let reason = "this is a stream in pieces (HLS), not a list of songs";
            return Err(Broken::at(number, reason));
        } else if !text.starts_with('#') {
            let mut entry = std::mem::take(&mut coming).named();
            entry.paths = location::paths(&text, raw, LocationForm::PathOrFileUri, folder)
                .map_err(|reason| Broken::at(number, reason))?;
            push(&mut playlist.entries, entry, number)?;
        }
    }
    if let Some(told) = coming.told {
        push(&mut playlist.entries, coming.named(), told)?;
    }
    Ok(playlist)
}

/// `latin`: readers would take the file for Latin-1, if it did not say otherwise.
pub(super) fn write(playlist: &PlaylistFile, base: &Base, latin: bool) -> String {
    let mut text = String::from("#EXTM3U\n");
    if latin {
        text.push_str("#EXTENC:UTF-8\n");
    }
    if let Some(name) = &playlist.name {
        text.push_str(&format!("#PLAYLIST:{name}\n"));
    }
    for entry in &playlist.entries {
        let path = entry.paths.first();
        let line = join(entry);
        // Also where nothing is known: it ends what a place without a path began.
        let length_s = entry
            .duration_s
            .map_or(-1, |duration_s| duration_s.round() as i64);
        text.push_str(&format!(
            "#EXTINF:{length_s},{}\n",
            line.as_deref().unwrap_or_default()
        ));
        let mut alone = FileEntry::default();
        if let Some(line) = &line {
            part(&mut alone, line);
        }
        if (&alone.artist, &alone.title) != (&entry.artist, &entry.title) {
            text.push_str(&format!(
                "#EXTART:{}\n",
                entry.artist.as_deref().unwrap_or_default()
            ));
        }
        if let Some(album) = &entry.album {
            text.push_str(&format!("#EXTALB:{album}\n"));
        }
        if let Some(path) = path {
            text.push_str(&location::plain(path, base));
            text.push('\n');
        }
    }
    text
}

impl Coming {
    /// Takes in what follows `#EXTINF:`: seconds, perhaps attributes, a comma, and the names.
    fn info(&mut self, info: &str) {
        let end = info.find([',', ' ', '\t']).unwrap_or(info.len());
        let (seconds, mut rest) = info.split_at(end);
        self.entry.duration_s = seconds.parse().ok();
        // Attributes may hold commas in quotes.
        let mut quoted = false;
        let comma = rest.find(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        // An odd quote: the names are behind the first comma.
        rest = match comma.or_else(|| rest.find(',')) {
            Some(comma) => &rest[comma + 1..],
            None => "",
        };
        self.line = Some(rest.trim().to_owned()).filter(|line| !line.is_empty());
    }

    /// The place without its path.
    fn named(self) -> FileEntry {
        let mut entry = self.entry;
        match (self.artist, self.line) {
            (None, Some(line)) => part(&mut entry, &line),
            (None, None) => {}
            (Some(artist), line) => {
                let prefix = format!("{artist}{JOIN}");
                let title = line
                    .as_deref()
                    .map(|line| line.strip_prefix(&prefix).unwrap_or(line));
                entry.title = title.map(str::to_owned);
                entry.artist = Some(artist).filter(|artist| !artist.is_empty());
            }
        }
        entry
    }
}

/// What follows a directive on its line.
fn directive<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let begin = line.get(..name.len())?;
    begin
        .eq_ignore_ascii_case(name)
        .then(|| line[name.len()..].trim())
}

/// The next place, unless there are too many.
fn push(entries: &mut Vec<FileEntry>, entry: FileEntry, line: usize) -> Result<(), Broken> {
    if entries.len() == ENTRIES_MAX {
        return Err(Broken::at(line, too_many()));
    }
    entries.push(entry);
    Ok(())
}
