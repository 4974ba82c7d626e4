//! What a transaction changes of tracks, and what follows from it: the search, albums, who stands for whom, plays that wait.

use rusqlite::{Connection, params};

use super::superseded::{self, Copy};
use super::{albums, plays};
use crate::tag_text::split;
use crate::tags::Tags;
use crate::{paths, search};

/// What a transaction changed of tracks, for [`follow`].
#[derive(Default)]
pub(crate) struct Changes {
    /// Albums that gained or lost a track.
    pub(super) albums: Vec<i64>,
    /// Tracks that came, changed, came back or went.
    pub(super) tracks: Vec<i64>,
    /// What stood in a track's place before its file was exchanged for another recording.
    pub(super) replaced: Vec<(Copy, i64)>,
    /// What becomes of tracks in the search, in this order.
    pub(super) searched: Vec<(i64, Searched)>,
    /// Key and row of the album met last: the next file is mostly of the same one.
    album: Option<(Vec<u8>, i64)>,
    /// Whether any failure was noted before; asked once, for mostly there is none to forget.
    failures: Option<bool>,
}

/// What becomes of a track in the search.
pub(super) enum Searched {
    /// It comes in.
    New(Words),
    /// It may be in there under other words.
    Anew(Words),
    /// It goes out.
    Gone,
}

impl Changes {
    /// Notes a track whose file is gone.
    pub(crate) fn gone(&mut self, id: i64, album: Option<i64>) {
        self.searched.push((id, Searched::Gone));
        self.albums.extend(album);
        self.tracks.push(id);
    }

    /// The album that a file with these tags belongs to, made if there is none yet; [`follow`] parts those of one name.
    pub(super) fn album(
        &mut self,
        db: &Connection,
        tags: &Tags,
        path: &[u8],
    ) -> rusqlite::Result<Option<i64>> {
        let Some(title) = tags.album.as_deref() else {
            return Ok(None);
        };
        let key = albums::key(title, tags.album_artist.as_deref(), tags.compilation, path);
        let id = match &self.album {
            Some((last, id)) if *last == key => *id,
            _ => albums::by_key(db, &key, title)?,
        };
        self.album = Some((key, id));
        self.albums.push(id);
        Ok(Some(id))
    }

    /// Forgets the failure of a file that is well now.
    pub(super) fn forget_failure(&mut self, db: &Connection, path: &[u8]) -> rusqlite::Result<()> {
        let any = match self.failures {
            Some(any) => any,
            None => db
                .prepare_cached("SELECT 1 FROM failures LIMIT 1")?
                .exists([])?,
        };
        self.failures = Some(any);
        if any {
            forget_failure(db, path)
        } else {
            Ok(())
        }
    }
}

/// Brings up to date what is derived from tracks, in the transaction that changed them: a scan that ends at whatever
/// point leaves nothing undone that the next one would not see.
pub(crate) fn follow(db: &Connection, mut changes: Changes) -> rusqlite::Result<()> {
    // All at once: whatever is written in between that could fail halfway has the index put what it gathered into a
    // segment, and a segment for each track, merged again and again, costs more than all else about it.
    for (id, searched) in changes.searched {
        if !matches!(searched, Searched::New(_)) {
            db.prepare_cached("DELETE FROM search WHERE rowid = ?")?
                .execute([id])?;
        }
        if let Searched::New(words) | Searched::Anew(words) = searched {
            index(db, id, &words)?;
        }
    }
    changes.albums.sort_unstable();
    changes.albums.dedup();
    for album in changes.albums {
        albums::refresh(db, album)?;
    }
    plays::match_waiting(db, &changes.tracks)?;
    superseded::settle(db, &changes.tracks, &changes.replaced)
}
/// What a track is searched by.
pub(super) struct SearchFields<'a> {
    pub(super) title: &'a str,
    pub(super) artists: &'a [String],
    pub(super) album: Option<&'a str>,
    pub(super) album_artist: Option<&'a str>,
    pub(super) genres: &'a [String],
    pub(super) file_name: &'a str,
}

/// What the index holds of a track, a text for each of its columns.
pub(super) type Words = [String; 6];

impl SearchFields<'_> {
    pub(super) fn words(&self) -> Words {
        [
            search::words(self.title),
            search::words(&self.artists.join(" ")),
            search::words(self.album.unwrap_or_default()),
            search::words(self.album_artist.unwrap_or_default()),
            search::words(&self.genres.join(" ")),
            search::words(self.file_name),
        ]
    }
}

/// Puts a track's words into the index, where they are not yet.
pub(super) fn index(db: &Connection, id: i64, words: &Words) -> rusqlite::Result<()> {
    let [title, artists, album, album_artist, genres, file] = words;
    db.prepare_cached(
        "INSERT INTO search (rowid, title, artists, album, album_artist, genres, file) VALUES (?,?,?,?,?,?,?)",
    )?
    .execute(params![id, title, artists, album, album_artist, genres, file])
    .map(drop)
}

/// The words of a track as its row has them.
pub(super) fn words_of(db: &Connection, id: i64) -> rusqlite::Result<Option<Words>> {
    let mut statement = db.prepare_cached(
        "SELECT title, artists, album, album_artist, genres, path FROM tracks WHERE id = ?",
    )?;
    let mut rows = statement.query([id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let path = paths::from_bytes(row.get_ref(5)?.as_blob()?);
    let names = SearchFields {
        title: row.get_ref(0)?.as_str()?,
        artists: &split(row.get_ref(1)?.as_str()?),
        album: row.get_ref(2)?.as_str_or_null()?,
        album_artist: row.get_ref(3)?.as_str_or_null()?,
        genres: &split(row.get_ref(4)?.as_str()?),
        file_name: &path.file_stem().unwrap_or_default().to_string_lossy(),
    };
    Ok(Some(names.words()))
}
/// Forgets the failure of a file that is well now, or gone.
pub(crate) fn forget_failure(db: &Connection, path: &[u8]) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM failures WHERE path = ?")?
        .execute([path])
        .map(drop)
}
