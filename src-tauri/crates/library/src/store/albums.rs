//! Albums: tracks that share an album title and an album artist, or a title and a folder.
//!
//! The row is derived from its tracks and refreshed with them, so that a page of albums is one index scan.

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use segue_core::{TrackId, similar_key};
use serde::{Deserialize, Serialize};

use super::Library;
use crate::tags::Tags;
use crate::{LibraryError, search};

/// A row of the albums. Stable while the album keeps its title and artist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlbumId(pub i64);

/// An album as a list shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Album {
    /// The row.
    pub id: AlbumId,
    /// Title.
    pub title: String,
    /// Album artist, else the artist that all its tracks share; `None` for a compilation.
    pub artist: Option<String>,
    /// The earliest year among its tracks.
    pub year: Option<i32>,
    /// Number of tracks.
    pub tracks: u32,
    /// Length of all tracks together in seconds.
    pub duration_s: f64,
    /// A track that has a cover.
    pub cover_track: Option<TrackId>,
}

/// Some albums out of all that match.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlbumPage {
    /// How many match in all.
    pub total: u64,
    /// Those of the page.
    pub albums: Vec<Album>,
}

/// What albums are ordered by. Ties fall to artist, then title.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlbumSort {
    /// Title.
    Title,
    /// Artist, then year.
    #[default]
    Artist,
    /// Year.
    Year,
    /// When it came into the library.
    Added,
}

impl Library {
    /// A page of the albums whose title or artists match `text` (all albums if it is blank).
    pub fn albums(
        &self,
        text: &str,
        sort: AlbumSort,
        descending: bool,
        offset: u32,
        limit: Option<u32>,
    ) -> Result<AlbumPage, LibraryError> {
        let words = search::expression(text)
            .map(|words| format!("{{album album_artist artists}} : ({words})"));
        if words.is_none() && !text.trim().is_empty() {
            return Ok(AlbumPage::default());
        }
        let filter = match words {
            Some(_) => {
                "id IN (SELECT t.album_id FROM search s JOIN tracks t ON t.id = s.rowid WHERE search MATCH :words)"
            }
            None => "1",
        };
        let columns: &[&str] = match sort {
            AlbumSort::Title => &["title_sort", "artist_sort"],
            AlbumSort::Artist => &["artist_sort", "year", "title_sort"],
            AlbumSort::Year => &["year", "artist_sort", "title_sort"],
            AlbumSort::Added => &["added_at"],
        };
        let order = super::selection::order(columns, "id", descending);
        self.read("list the albums", |db| {
            let words: &[(&str, &dyn ToSql)] = match &words {
                Some(words) => &[(":words", words)],
                None => &[],
            };
            let total: i64 = db
                .prepare_cached(&format!("SELECT count(*) FROM albums WHERE {filter}"))?
                .query_row(words, |row| row.get(0))?;
            let limit = limit.map_or(-1, i64::from);
            let mut statement = db.prepare_cached(&format!(
                "SELECT id, title, artist, year, tracks, duration_s, cover_track FROM albums
                 WHERE {filter} ORDER BY {order} LIMIT {limit} OFFSET {offset}"
            ))?;
            let albums = statement
                .query_map(words, album)?
                .collect::<Result<_, _>>()?;
            Ok(AlbumPage {
                total: total as u64,
                albums,
            })
        })
    }

    /// One album.
    pub fn album(&self, id: AlbumId) -> Result<Option<Album>, LibraryError> {
        self.read("read an album", |db| {
            db.prepare_cached(
                "SELECT id, title, artist, year, tracks, duration_s, cover_track FROM albums WHERE id = ?",
            )?
            .query_row([id.0], album)
            .optional()
        })
    }

    /// The album a track stands on.
    pub fn album_of(&self, track: TrackId) -> Result<Option<AlbumId>, LibraryError> {
        self.read("find an album", |db| {
            db.prepare_cached("SELECT album_id FROM tracks WHERE id = ?")?
                .query_row([track.0], |row| row.get::<_, Option<i64>>(0))
                .optional()
                .map(|id| id.flatten().map(AlbumId))
        })
    }
}

/// The album that a file with these tags belongs to; made if there is none yet.
pub(crate) fn album_for(
    db: &Connection,
    tags: &Tags,
    path: &[u8],
) -> rusqlite::Result<Option<i64>> {
    let Some(title) = &tags.album else {
        return Ok(None);
    };
    let mut key = similar_key(title).into_bytes();
    match &tags.album_artist {
        Some(artist) => {
            key.extend(b"\x1fartist\x1f");
            key.extend(similar_key(artist).as_bytes());
        }
        None => {
            key.extend(b"\x1ffolder\x1f");
            key.extend(album_folder(path));
        }
    }
    if let Some(id) = db
        .prepare_cached("SELECT id FROM albums WHERE key = ?")?
        .query_row([&key], |row| row.get(0))
        .optional()?
    {
        return Ok(Some(id));
    }
    db.prepare_cached(
        "INSERT INTO albums (key, title, title_sort, artist_sort) VALUES (?, ?, '', '')",
    )?
    .execute(params![key, title])?;
    Ok(Some(db.last_insert_rowid()))
}

/// Derives an album's row from its tracks, or removes it with the last of them.
pub(crate) fn refresh(db: &Connection, id: i64) -> rusqlite::Result<()> {
    let tracks: i64 = db
        .prepare_cached("SELECT count(*) FROM tracks WHERE album_id = ?")?
        .query_row([id], |row| row.get(0))?;
    if tracks == 0 {
        db.prepare_cached("DELETE FROM albums WHERE id = ?")?
            .execute([id])?;
        return Ok(());
    }
    let (title, album_artist, first_artist, artists): (String, Option<String>, String, i64) = db
        .prepare_cached(
            "SELECT min(album), min(album_artist), min(artists), count(DISTINCT artist_sort)
             FROM tracks WHERE album_id = ?",
        )?
        .query_row([id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
    let artist = album_artist.or_else(|| {
        let first = first_artist.split('\x1f').next().unwrap_or_default();
        (artists == 1 && !first.is_empty()).then(|| first.to_owned())
    });
    let title_sort = super::selection::sort_key(&title);
    let artist_sort = super::selection::sort_key(artist.as_deref().unwrap_or_default());
    db.prepare_cached(
        "UPDATE albums SET (year, duration_s, added_at) =
             (SELECT min(year), total(duration_s), min(added_at) FROM tracks WHERE album_id = ?1),
             cover_track = (SELECT id FROM tracks WHERE album_id = ?1 AND (cover_hash IS NOT NULL OR sidecar)
                            ORDER BY missing, disc, track LIMIT 1),
             tracks = ?2, title = ?3, artist = ?4, title_sort = ?5, artist_sort = ?6
         WHERE id = ?1",
    )?
    .execute(params![id, tracks, title, artist, title_sort, artist_sort])?;
    Ok(())
}

/// The folder of a file, or the one above it where the folder is one disc of a set ("CD 1", "Disc2").
fn album_folder(path: &[u8]) -> &[u8] {
    let separator = std::path::MAIN_SEPARATOR as u8;
    let parent = |path: &[u8]| path.iter().rposition(|&b| b == separator).unwrap_or(0);
    let folder = &path[..parent(path)];
    let above = parent(folder);
    let name = String::from_utf8_lossy(&folder[above..]).to_lowercase();
    let name = name.trim_start_matches(std::path::MAIN_SEPARATOR);
    let disc = ["cd", "disc", "disk", "volume", "vol"].iter().any(|word| {
        name.strip_prefix(word)
            .map(|rest| rest.trim_matches([' ', '.', '-', '_', '#']))
            .is_some_and(|number| {
                !number.is_empty()
                    && number.len() <= 2
                    && number.bytes().all(|b| b.is_ascii_digit())
            })
    });
    if disc { &folder[..above] } else { folder }
}

fn album(row: &Row) -> rusqlite::Result<Album> {
    Ok(Album {
        id: AlbumId(row.get(0)?),
        title: row.get(1)?,
        artist: row.get(2)?,
        year: row.get(3)?,
        tracks: row.get(4)?,
        duration_s: row.get(5)?,
        cover_track: row.get::<_, Option<i64>>(6)?.map(TrackId),
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn discs_of_a_set_share_their_folder() {
        for (path, expected) in [
            ("/m/Album/01.mp3", "/m/Album"),
            ("/m/Album/CD 1/01.mp3", "/m/Album"),
            ("/m/Album/disc2/01.mp3", "/m/Album"),
            ("/m/Album/Discovery/01.mp3", "/m/Album/Discovery"),
            ("/a.mp3", ""),
        ] {
            assert_eq!(album_folder(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }
}
