//! Playlists, and what became of their files.

use segue_app::{
    PlaylistExported, PlaylistImported, PlaylistPage, PlaylistRow, PlaylistsListed, SongsLimit,
    SongsQuery,
};

use super::out::{line, name, put, spoken, time};
use crate::words;

pub(crate) fn playlists(found: &PlaylistsListed, json: bool) {
    if json {
        return spoken(found);
    }
    let rows = found.playlists.iter().map(playlist_line);
    put(&rows.collect::<String>());
}

pub(crate) fn playlist(page: &PlaylistPage, json: bool) {
    if json {
        return spoken(page);
    }
    let mut text = playlist_line(&page.playlist);
    for (place, row) in page.rows.iter().enumerate() {
        let missing = if row.track.missing { "  not there" } else { "" };
        text.push_str(&format!(
            "{:>5}. {}  [{}]{missing}\n",
            place + 1,
            name(&row.track),
            time(row.track.duration_s)
        ));
    }
    put(&text);
}

/// The rules of a living playlist.
pub(crate) fn playlist_rules(songs: &SongsQuery, limit: Option<SongsLimit>, json: bool) {
    if json {
        return line(&serde_json::json!({"query": songs, "limit": limit}));
    }
    let rules = words::search(&songs.text, None, songs.sort, songs.descending, limit);
    put(&format!("{rules}\n"));
}

/// A playlist that was made or changed.
pub(crate) fn playlist_kept(row: &PlaylistRow, json: bool) {
    if json {
        return spoken(row);
    }
    put(&playlist_line(row));
}

pub(crate) fn playlist_imported(done: &PlaylistImported, json: bool) {
    if json {
        return spoken(done);
    }
    const EACH: usize = 30;
    let mut text = format!(
        "{} songs read as {}, {} of them in the library\n{}",
        done.read,
        done.format,
        done.matched,
        playlist_line(&done.playlist)
    );
    for song in done.unmatched.iter().take(EACH) {
        let names: Vec<&str> = song
            .artist
            .iter()
            .chain(&song.title)
            .map(String::as_str)
            .collect();
        let name = if names.is_empty() {
            song.path.clone().unwrap_or_default()
        } else {
            names.join(" – ")
        };
        text.push_str(&format!("not in the library: {:>3}. {name}\n", song.place));
    }
    let unmatched = (done.read - done.matched) as usize;
    if unmatched > EACH {
        text.push_str(&format!("not in the library: {} more\n", unmatched - EACH));
    }
    put(&text);
}

pub(crate) fn playlist_exported(done: &PlaylistExported, json: bool) {
    if json {
        return line(done);
    }
    put(&format!(
        "{} songs in {} ({})\n",
        done.written, done.path, done.format
    ));
}

fn playlist_line(row: &PlaylistRow) -> String {
    let mut line = format!(
        "{:>4}  {}  {} songs [{}]",
        row.id,
        row.name,
        row.tracks,
        time(row.duration_s)
    );
    if row.missing > 0 {
        line.push_str(&format!(", {} not there", row.missing));
    }
    if let Some(origin) = &row.origin {
        let origin = words::playlist_origin(origin);
        line.push_str(&format!("; living: {origin}"));
    }
    line.push('\n');
    line
}
