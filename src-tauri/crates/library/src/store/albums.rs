//! Albums: tracks that share an album title and an album artist, or, without one, a title and that they are of a compilation, or a
//! title and a folder.
//!
//! Two albums may share both: artists name several after themselves, and editions come out again. MusicBrainz' numbers
//! part them, and so do other years in other folders; discs of one set stay together.
//!
//! The row is derived from its tracks and refreshed with them, so that a page of albums is one index scan.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use segue_core::{LibraryAction, LibraryError, TrackId, similar_key};
use serde::{Deserialize, Serialize};

use super::Library;
use super::query::AlbumId;
use crate::search;

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
                "tracks > 0 AND id IN (SELECT t.album_id FROM search s JOIN tracks t ON t.id = s.rowid WHERE search MATCH :words)"
            }
            None => "tracks > 0",
        };
        let columns: &[&str] = match sort {
            AlbumSort::Title => &["title_sort", "artist_sort"],
            AlbumSort::Artist => &["artist_sort", "year", "title_sort"],
            AlbumSort::Year => &["year", "artist_sort", "title_sort"],
            AlbumSort::Added => &["added_at"],
        };
        let order = super::selection::order(columns, "id", descending);
        self.read(LibraryAction::ReadAlbums, |db| {
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
                 WHERE {filter} ORDER BY {order} LIMIT :limit OFFSET :offset"
            ))?;
            let page: [(&str, &dyn ToSql); 2] = [(":limit", &limit), (":offset", &offset)];
            let parameters = [words, &page].concat();
            let albums = statement
                .query_map(&*parameters, album)?
                .collect::<Result<_, _>>()?;
            Ok(AlbumPage {
                total: total as u64,
                albums,
            })
        })
    }

    /// One album.
    pub fn album(&self, id: AlbumId) -> Result<Option<Album>, LibraryError> {
        self.read(LibraryAction::ReadAlbums, |db| {
            db.prepare_cached(
                "SELECT id, title, artist, year, tracks, duration_s, cover_track FROM albums WHERE id = ?",
            )?
            .query_row([id.0], album)
            .optional()
        })
    }

    /// The album a track stands on.
    pub fn album_of(&self, track: TrackId) -> Result<Option<AlbumId>, LibraryError> {
        self.read(LibraryAction::ReadAlbums, |db| {
            db.prepare_cached("SELECT album_id FROM tracks WHERE id = ?")?
                .query_row([track.0], |row| row.get::<_, Option<i64>>(0))
                .optional()
                .map(|id| id.flatten().map(AlbumId))
        })
    }
}

/// Between an album's key and what parts it from others of one name; the first of them has the key alone.
const PART: &[u8] = b"\x1fpart\x1f";

/// What the tracks of an album share.
pub(super) fn key(
    title: &str,
    album_artist: Option<&str>,
    compilation: bool,
    path: &[u8],
) -> Vec<u8> {
    let mut key = similar_key(title).into_bytes();
    match album_artist {
        Some(artist) => {
            key.extend(b"\x1fartist\x1f");
            key.extend(similar_key(artist).as_bytes());
        }
        // Its songs may lie in the folders of their artists.
        None if compilation => key.extend(b"\x1fcompilation\x1f"),
        None => {
            key.extend(b"\x1ffolder\x1f");
            key.extend(album_folder(path));
        }
    }
    key
}

/// The album of a key, made if there is none yet.
pub(super) fn by_key(db: &Connection, key: &[u8], title: &str) -> rusqlite::Result<i64> {
    let known = db
        .prepare_cached("SELECT id FROM albums WHERE key = ?")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    match known {
        Some(id) => Ok(id),
        None => {
            db.prepare_cached(
                "INSERT INTO albums (key, title, title_sort, artist_sort) VALUES (?, ?, '', '')",
            )?
            .execute(params![key, title])?;
            Ok(db.last_insert_rowid())
        }
    }
}

/// Derives an album's row from its tracks whose files are not gone, or removes it with the last row of them; first parts
/// what only shares its name. An album of which nothing but rows is left has 0 tracks, and stands in no list.
pub(crate) fn refresh(db: &Connection, id: i64) -> rusqlite::Result<()> {
    let key: Option<Vec<u8>> = db
        .prepare_cached("SELECT key FROM albums WHERE id = ?")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    let Some(mut key) = key else {
        return Ok(());
    };
    if let Some(at) = key.windows(PART.len()).position(|part| part == PART) {
        key.truncate(at);
    }
    for id in part(db, &key)? {
        derive(db, id)?;
    }
    Ok(())
}

/// Tracks of one folder with one release number, or none.
#[derive(Default)]
struct Bundle {
    tracks: Vec<(i64, i64)>,
    folder: Vec<u8>,
    releases: BTreeSet<String>,
    years: BTreeMap<i32, usize>,
    discs: BTreeSet<u32>,
    /// Disc and number of each track that has a number.
    numbers: BTreeSet<(u32, u32)>,
    /// Whether all say that they are of a compilation.
    compilation: bool,
}

impl Bundle {
    /// The year of most of its tracks.
    fn year(&self) -> Option<i32> {
        let most = self
            .years
            .iter()
            .max_by_key(|(year, count)| (**count, -**year));
        most.map(|(year, _)| *year)
    }

    /// Whether both may be of one album, told by their releases' numbers, then their years, then as discs of a set or
    /// songs of a compilation.
    fn belongs_to(&self, other: &Self) -> bool {
        if !self.releases.is_empty() && !other.releases.is_empty() {
            return !self.releases.is_disjoint(&other.releases);
        }
        let discs = !self.discs.is_empty()
            && !other.discs.is_empty()
            && self.discs.is_disjoint(&other.discs);
        // The songs of a compilation may be of any year, and lie in the folders of their artists.
        let compilation = self.compilation
            && other.compilation
            && !self.numbers.is_empty()
            && !other.numbers.is_empty()
            && self.numbers.is_disjoint(&other.numbers);
        match (self.year(), other.year()) {
            (Some(a), Some(b)) => a == b || self.folder == other.folder || discs || compilation,
            _ => true,
        }
    }

    fn take_in(&mut self, other: Self) {
        self.tracks.extend(other.tracks);
        self.releases.extend(other.releases);
        for (year, count) in other.years {
            *self.years.entry(year).or_default() += count;
        }
        self.discs.extend(other.discs);
        self.numbers.extend(other.numbers);
        self.compilation &= other.compilation;
    }
}

/// Parts the albums of a key, and returns the rows of all that bear it.
fn part(db: &Connection, key: &[u8]) -> rusqlite::Result<Vec<i64>> {
    let parts = [key, PART].concat();
    let mut behind = parts.clone();
    if let Some(last) = behind.last_mut() {
        *last += 1;
    }
    let mut statement =
        db.prepare_cached("SELECT id FROM albums WHERE key = ? OR (key >= ? AND key < ?)")?;
    let mut albums: Vec<i64> = statement
        .query_map(params![key, parts, behind], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    if let [only] = albums[..] {
        let alike: bool = db
            .prepare_cached(
                "SELECT count(DISTINCT year) < 2 AND count(DISTINCT release_id) < 2 FROM tracks WHERE album_id = ?",
            )?
            .query_row([only], |row| row.get(0))?;
        if alike {
            return Ok(albums);
        }
    }
    for (n, bundle) in bundles(db, &albums)?.into_iter().enumerate() {
        let own = match n {
            0 => key.to_vec(),
            _ => {
                let release = bundle.releases.first().map(String::as_bytes);
                [&parts, release.unwrap_or(&bundle.folder)].concat()
            }
        };
        let id = by_key(db, &own, "")?;
        if !albums.contains(&id) {
            albums.push(id);
        }
        for (track, _) in bundle.tracks.iter().filter(|(_, album)| *album != id) {
            db.prepare_cached("UPDATE tracks SET album_id = ? WHERE id = ?")?
                .execute([id, *track])?;
        }
    }
    Ok(albums)
}

/// The tracks of these albums, parted into albums; that of the track which came first is the first.
fn bundles(db: &Connection, albums: &[i64]) -> rusqlite::Result<Vec<Bundle>> {
    let mut tracks = Vec::new();
    for album in albums {
        let mut statement = db.prepare_cached(
            "SELECT id, path, release_id, year, disc, track, compilation FROM tracks WHERE album_id = ?",
        )?;
        let mut rows = statement.query([album])?;
        while let Some(row) = rows.next()? {
            let release: Option<String> = row.get(2)?;
            let (disc, number): (Option<u32>, Option<u32>) = (row.get(4)?, row.get(5)?);
            tracks.push(Bundle {
                tracks: vec![(row.get(0)?, *album)],
                folder: album_folder(row.get_ref(1)?.as_blob()?).to_vec(),
                releases: release.into_iter().collect(),
                years: row
                    .get::<_, Option<i32>>(3)?
                    .map(|year| (year, 1))
                    .into_iter()
                    .collect(),
                discs: disc.into_iter().collect(),
                numbers: number
                    .map(|number| (disc.unwrap_or(1), number))
                    .into_iter()
                    .collect(),
                compilation: row.get(6)?,
            });
        }
    }
    tracks.sort_by_key(|track| track.tracks[0].0);
    // What shares a number is one album, and so is what lies without one in one folder.
    let mut firm: Vec<Bundle> = Vec::new();
    for track in tracks {
        let same = |known: &&mut Bundle| match track.releases.first() {
            Some(release) => known.releases.contains(release),
            None => known.releases.is_empty() && known.folder == track.folder,
        };
        match firm.iter_mut().find(same) {
            Some(known) => known.take_in(track),
            None => firm.push(track),
        }
    }
    let mut parted: Vec<Bundle> = Vec::new();
    // Those with numbers first, so that no bundle without one joins two of them.
    firm.sort_by_key(|bundle| bundle.releases.is_empty());
    for bundle in firm {
        let in_folder = parted
            .iter()
            .position(|known| known.folder == bundle.folder && bundle.belongs_to(known));
        let known = in_folder.or_else(|| parted.iter().position(|known| bundle.belongs_to(known)));
        match known {
            Some(known) => parted[known].take_in(bundle),
            None => parted.push(bundle),
        }
    }
    parted.sort_by_key(|bundle| bundle.tracks.iter().map(|(id, _)| *id).min());
    Ok(parted)
}

fn derive(db: &Connection, id: i64) -> rusqlite::Result<()> {
    let (rows, tracks): (i64, i64) = db
        .prepare_cached("SELECT count(*), total(missing = 0) FROM tracks WHERE album_id = ?")?
        .query_row([id], |row| Ok((row.get(0)?, row.get::<_, f64>(1)? as i64)))?;
    if rows == 0 {
        db.prepare_cached("DELETE FROM albums WHERE id = ?")?
            .execute([id])?;
        return Ok(());
    }
    if tracks == 0 {
        db.prepare_cached("UPDATE albums SET tracks = 0, cover_track = NULL WHERE id = ?")?
            .execute([id])?;
        return Ok(());
    }
    let (title, album_artist, first_artist, artists): (String, Option<String>, String, i64) = db
        .prepare_cached(
            "SELECT min(album), min(album_artist), min(artists), count(DISTINCT artist_sort)
             FROM tracks WHERE album_id = ? AND missing = 0",
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
             (SELECT min(year), total(duration_s), min(added_at) FROM tracks WHERE album_id = ?1 AND missing = 0),
             cover_track = (SELECT id FROM tracks
                            WHERE album_id = ?1 AND missing = 0 AND (cover_hash IS NOT NULL OR sidecar)
                            ORDER BY disc, track LIMIT 1),
             tracks = ?2, title = ?3, artist = ?4, title_sort = ?5, artist_sort = ?6
         WHERE id = ?1",
    )?
    .execute(params![id, tracks, title, artist, title_sort, artist_sort])?;
    Ok(())
}

/// The folder of a file, or the one above it where the folder is one disc of a set ("CD 1", "Disc2"), or its name
/// without the disc ("Album (CD 1)").
fn album_folder(path: &[u8]) -> &[u8] {
    let separator = std::path::MAIN_SEPARATOR as u8;
    let parent = |path: &[u8]| path.iter().rposition(|&b| b == separator).unwrap_or(0);
    let folder = &path[..parent(path)];
    let above = parent(folder);
    let start = (above + 1).min(folder.len());
    let name = &folder[start..];
    let bare = name.trim_ascii_end();
    let bare = bare
        .strip_suffix(b")")
        .or(bare.strip_suffix(b"]"))
        .unwrap_or(bare);
    let digits = bare.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    if !(1..=2).contains(&digits) {
        return folder;
    }
    let between = |b: &u8| matches!(b, b' ' | b'.' | b'-' | b'_' | b'#' | b'(' | b'[' | b',');
    let trim = |text: &[u8]| {
        text.iter()
            .rposition(|b| !between(b))
            .map_or(0, |at| at + 1)
    };
    let word_end = trim(&bare[..bare.len() - digits]);
    let word = bare[..word_end]
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_alphabetic())
        .count();
    let word_start = word_end - word;
    let is_disc = ["cd", "disc", "disk", "volume", "vol"]
        .iter()
        .any(|disc| bare[word_start..word_end].eq_ignore_ascii_case(disc.as_bytes()));
    // "ABCD1" is no disc, and "Greatest Hits Vol. 2" no disc of "Greatest Hits".
    let alone = word_start == 0;
    let volume = bare[word_start..word_end]
        .to_ascii_lowercase()
        .starts_with(b"vol");
    let apart = alone || (!volume && between(&bare[word_start - 1]));
    if !is_disc || !apart {
        return folder;
    }
    match trim(&bare[..word_start]) {
        0 => &folder[..above],
        album => &folder[..start + album],
    }
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
            ("/m/Album (CD 1)/01.mp3", "/m/Album"),
            ("/m/Album [Disc 2]/01.mp3", "/m/Album"),
            ("/m/Album - cd3/01.mp3", "/m/Album"),
            ("/m/ABCD1/01.mp3", "/m/ABCD1"),
            ("/m/Album 2/01.mp3", "/m/Album 2"),
            ("/m/Hits Vol. 2/01.mp3", "/m/Hits Vol. 2"),
            ("/m/Album/Vol. 2/01.mp3", "/m/Album"),
            ("/m/Album/CD 1999/01.mp3", "/m/Album/CD 1999"),
            ("/a.mp3", ""),
        ] {
            assert_eq!(album_folder(path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }
}
