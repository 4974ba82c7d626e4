//! PLS: an INI file with `File1=`, `Title1=`, `Length1=` and so on, in the order of their numbers.

use std::collections::BTreeMap;
use std::path::Path;

use super::entry::{Broken, ENTRIES_MAX, FileEntry, PlaylistFile, join, part, too_many};
use super::location::{self, Base, LocationForm};
use super::text::lines;

/// The section that holds the list.
const SECTION: &str = "[playlist]";
/// The list's name, as GNOME's players write it.
const NAME: &str = "X-GNOME-Title";

pub(super) fn read(decoded: &[u8], folder: &Path) -> Result<PlaylistFile, Broken> {
    let mut name = None;
    let mut entries: BTreeMap<u32, FileEntry> = BTreeMap::new();
    let mut within = None;
    for line in lines(decoded) {
        let broken = |reason: String| Broken::at(line.number, reason);
        if line.text.starts_with([';', '#']) {
            continue;
        }
        if line.text.starts_with('[') {
            within = Some(line.text.eq_ignore_ascii_case(SECTION));
            continue;
        }
        let Some((key, value)) = line.text.split_once('=') else {
            return Err(broken("neither KEY=VALUE nor [SECTION]".into()));
        };
        match within {
            Some(true) => {}
            Some(false) => continue,
            None => return Err(broken(format!("{SECTION} does not stand before it"))),
        }
        let (key, value) = (key.trim(), value.trim());
        if key.eq_ignore_ascii_case(NAME) {
            name = Some(value.to_owned());
            continue;
        }
        let Some((field, number)) = numbered(key) else {
            continue;
        };
        if entries.len() == ENTRIES_MAX && !entries.contains_key(&number) {
            return Err(broken(too_many()));
        }
        let entry = entries.entry(number).or_default();
        if value.is_empty() {
            continue;
        }
        match field {
            Field::File => {
                // The value's own bytes, where they are no UTF-8.
                let raw = line.raw.and_then(|raw| {
                    let equals = raw.iter().position(|byte| *byte == b'=')?;
                    Some(raw[equals + 1..].trim_ascii())
                });
                entry.paths = location::paths(value, raw, LocationForm::PathOrFileUri, folder)
                    .map_err(broken)?;
            }
            Field::Title => part(entry, value),
            Field::Length => entry.duration_s = value.parse().ok(),
        }
    }
    if within.is_none() {
        return Err(Broken::at(1, format!("{SECTION} does not stand here")));
    }
    Ok(PlaylistFile {
        name,
        entries: entries.into_values().collect(),
    })
}

pub(super) fn write(playlist: &PlaylistFile, base: &Base) -> String {
    let mut text = format!("{SECTION}\n");
    if let Some(name) = &playlist.name {
        text.push_str(&format!("{NAME}={name}\n"));
    }
    for (entry, number) in playlist.entries.iter().zip(1..) {
        // A key without a value keeps a place of which nothing is known.
        let file = entry.paths.first().map(|path| location::plain(path, base));
        text.push_str(&format!("File{number}={}\n", file.unwrap_or_default()));
        if let Some(title) = join(entry).or_else(|| entry.artist.clone()) {
            text.push_str(&format!("Title{number}={title}\n"));
        }
        let length_s = entry
            .duration_s
            .map_or(-1, |duration_s| duration_s.round() as i64);
        text.push_str(&format!("Length{number}={length_s}\n"));
    }
    text.push_str(&format!(
        "NumberOfEntries={}\nVersion=2\n",
        playlist.entries.len()
    ));
    text
}

#[derive(Clone, Copy)]
enum Field {
    File,
    Title,
    Length,
}

fn numbered(key: &str) -> Option<(Field, u32)> {
    let digits = key.find(|c: char| c.is_ascii_digit())?;
    let (name, number) = key.split_at(digits);
    let field = match name.to_ascii_lowercase().as_str() {
        "file" => Field::File,
        "title" => Field::Title,
        "length" => Field::Length,
        _ => return None,
    };
    Some((field, number.parse().ok()?))
}
