//! XSPF: XML with a `trackList` of `track`s. Lengths are milliseconds, locations are URIs, relative to the nearest `xml:base`
//! (<https://www.w3.org/TR/xmlbase/>, RFC 3986 5.1.1), else to the file.
//!
//! Document types are passed over and no entity is known but the five of XML itself: nothing expands, nothing is fetched.

use std::path::Path;

use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::Event;
use quick_xml::{Reader, XmlVersion};
use url::Url;

use super::entry::{
    Broken, ENTRIES_MAX, FileEntry, LOCATION_BYTES_MAX, LOCATIONS_MAX, PlaylistFile, too_many,
};
use super::location::{self, Base, LocationForm};
use super::text::line_of;

/// Deeper than any list of songs.
const DEPTH_MAX: usize = 64;

pub(super) fn read(text: &str, folder: &Path) -> Result<PlaylistFile, Broken> {
    let mut playlist = PlaylistFile::default();
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut inside: Vec<String> = Vec::new();
    // For each open element: where its references begin, if it or one around it says so.
    let mut bases: Vec<Option<Url>> = Vec::new();
    let (mut entry, mut said, mut opened) = (FileEntry::default(), String::new(), false);
    loop {
        let begins = reader.buffer_position() as usize;
        let broken = |reason: String| Broken::at(line_of(text.as_bytes(), begins), reason);
        let event = reader.read_event().map_err(|error| {
            let at = reader.error_position() as usize;
            Broken::at(line_of(text.as_bytes(), at), error.to_string())
        })?;
        match event {
            Event::Start(element) => {
                let name = element.local_name().as_ref().to_owned();
                if inside.is_empty() && name != "playlist" {
                    return Err(broken(format!(
                        "the outermost element is <{name}>, not <playlist>"
                    )));
                }
                if inside.len() == DEPTH_MAX {
                    return Err(broken(format!(
                        "more than {DEPTH_MAX} elements in one another"
                    )));
                }
                let around = bases.last().cloned().flatten();
                let told = element
                    .try_get_attribute("xml:base")
                    .ok()
                    .flatten()
                    .and_then(|told| {
                        Some(
                            told.normalized_value(XmlVersion::Implicit1_0)
                                .ok()?
                                .trim()
                                .to_owned(),
                        )
                    });
                bases.push(match told.filter(|told| told.len() <= LOCATION_BYTES_MAX) {
                    Some(told) => based(&told, around, folder),
                    None => around,
                });
                inside.push(name);
                opened = true;
                said.clear();
                if names(&inside) == ["playlist", "trackList", "track"] {
                    entry = FileEntry::default();
                }
            }
            Event::End(_) => {
                let said = std::mem::take(&mut said);
                let said = said.trim();
                let told = (!said.is_empty()).then(|| said.to_owned());
                match names(&inside)[..] {
                    ["playlist", "title"] => playlist.name = playlist.name.or(told),
                    ["playlist", "trackList", "track"] => {
                        if playlist.entries.len() == ENTRIES_MAX {
                            return Err(broken(too_many()));
                        }
                        playlist.entries.push(std::mem::take(&mut entry));
                    }
                    ["playlist", "trackList", "track", field] => match field {
                        "location" if entry.paths.len() < LOCATIONS_MAX && !said.is_empty() => {
                            let base = bases.last().and_then(Option::as_ref);
                            let meant = base.and_then(|base| base.join(said).ok());
                            // Beside the list too: many write a base and paths that know nothing of it.
                            for told in meant.as_ref().map(Url::as_str).into_iter().chain([said]) {
                                let paths =
                                    location::paths(told, None, LocationForm::UriReference, folder);
                                for path in paths.map_err(&broken)? {
                                    if !entry.paths.contains(&path) {
                                        entry.paths.push(path);
                                    }
                                }
                            }
                        }
                        "title" => entry.title = entry.title.or(told),
                        "creator" => entry.artist = entry.artist.or(told),
                        "album" => entry.album = entry.album.or(told),
                        "duration" => {
                            entry.duration_s = said.parse().ok().map(|ms: f64| ms / 1000.0)
                        }
                        _ => {}
                    },
                    _ => {}
                }
                inside.pop();
                bases.pop();
            }
            Event::Text(text) => said.push_str(&text.xml10_content()),
            Event::CData(text) => said.push_str(&text.xml10_content()),
            Event::GeneralRef(entity) => {
                let c = entity
                    .resolve_char_ref()
                    .map_err(|error| broken(error.to_string()))?;
                match (c, resolve_predefined_entity(&entity)) {
                    (Some(c), _) => said.push(c),
                    (None, Some(text)) => said.push_str(text),
                    (None, None) => {
                        let name = entity.into_inner();
                        return Err(broken(format!("the entity &{name}; is not known")));
                    }
                }
            }
            Event::Eof => {
                return match inside.pop() {
                    Some(open) => Err(broken(format!("the file ends within <{open}>"))),
                    None if !opened => Err(broken("there is no <playlist>".into())),
                    None => Ok(playlist),
                };
            }
            Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
        // Longer than the longest name and path that is kept, it is neither.
        if said.len() > 4 * LOCATION_BYTES_MAX {
            return Err(broken("a text without end".into()));
        }
    }
}

/// Where the references within an element begin that tells a base: an address, or a reference to one.
fn based(told: &str, around: Option<Url>, folder: &Path) -> Option<Url> {
    let around = around.or_else(|| Url::from_directory_path(folder).ok());
    around.and_then(|around| around.join(told).ok())
}

pub(super) fn write(playlist: &PlaylistFile, base: &Base) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n",
    );
    if let Some(name) = &playlist.name {
        text.push_str(&format!("  <title>{}</title>\n", escape(name)));
    }
    text.push_str("  <trackList>\n");
    for entry in &playlist.entries {
        text.push_str("    <track>\n");
        let location = entry
            .paths
            .first()
            .map(|path| location::uri_reference(path, base));
        let duration_ms = entry
            .duration_s
            .map(|s| ((s * 1000.0).round() as i64).to_string());
        for (field, said) in [
            ("location", &location),
            ("title", &entry.title),
            ("creator", &entry.artist),
            ("album", &entry.album),
            ("duration", &duration_ms),
        ] {
            if let Some(said) = said {
                text.push_str(&format!("      <{field}>{}</{field}>\n", escape(said)));
            }
        }
        text.push_str("    </track>\n");
    }
    text.push_str("  </trackList>\n</playlist>\n");
    text
}

fn names(inside: &[String]) -> Vec<&str> {
    inside.iter().map(String::as_str).collect()
}
