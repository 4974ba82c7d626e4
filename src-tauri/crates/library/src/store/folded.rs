//! What the database keeps of names in folded form: sort keys, keys that titles and albums are matched by, the words of
//! the search, the identities of plays. They are made by the program's folding ([`segue_core::fold`]) and bear its
//! version; when that is another one, all of them are made anew, in one transaction, before anybody reads.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use segue_core::{similar_key, title_key};

use super::changes::{self, SearchFields};
use super::selection::sort_key;
use super::{albums, bump, credits, log, tallies};
use crate::paths;
use crate::tag_text::split;
use crate::tags::credits::{Credit, Role};

/// To be raised with every change of what folding, keys, search words or albums make of a name.
const VERSION: i64 = 3;

/// Tracks that are read at a time.
const PAGE: i64 = 1000;

/// Makes anew what another version of the folding has made.
pub(super) fn renew(db: &mut Connection) -> rusqlite::Result<()> {
    if version(db)? == VERSION {
        return Ok(());
    }
    let step = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Two processes may have opened the database at once.
    if version(&step)? != VERSION {
        artists(&step)?;
        tracks(&step)?;
        log::fold_anew(&step)?;
        tallies::fold_anew(&step)?;
        for table in ["plays", "tallies"] {
            let keys = format!(
                "UPDATE {table} SET title_match = title_key(title) WHERE recording_id IS NULL AND title NOTNULL"
            );
            step.execute(&keys, [])?;
        }
        step.execute("UPDATE folded SET version = ?", [VERSION])?;
        bump(&step)?;
    }
    step.commit()
}

fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.query_row("SELECT version FROM folded", [], |row| row.get(0))
}

struct Row {
    id: i64,
    album_id: Option<i64>,
    missing: bool,
    path: Vec<u8>,
    title: String,
    artists: Vec<String>,
    album: Option<String>,
    album_artist: Option<String>,
    compilation: bool,
    genres: Vec<String>,
    composer: Option<String>,
    is_credited: bool,
}

/// Keys of artists. Those that have become one are one.
fn artists(db: &Connection) -> rusqlite::Result<()> {
    // Out of the way: an old key may be another's new one.
    db.execute("UPDATE artists SET key = char(0) || id", [])?;
    let mut statement = db.prepare("SELECT id, name, musicbrainz_id FROM artists ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let all: Vec<(i64, String, String)> = rows.collect::<Result<_, _>>()?;
    for (id, name, musicbrainz_id) in all {
        let key = similar_key(&name);
        let same: Option<i64> = db
            .prepare_cached("SELECT id FROM artists WHERE key = ? AND musicbrainz_id = ?")?
            .query_row([&key, &musicbrainz_id], |row| row.get(0))
            .optional()?;
        if let Some(same) = same {
            db.execute(
                "UPDATE credits SET artist_id = ? WHERE artist_id = ?",
                [same, id],
            )?;
            db.execute("DELETE FROM artists WHERE id = ?", [id])?;
        } else {
            db.execute("UPDATE artists SET key = ? WHERE id = ?", params![key, id])?;
        }
    }
    Ok(())
}

/// Whom a track's own columns credit.
fn known_credits(row: &Row) -> Vec<Credit> {
    let credit = |role: Role| {
        move |name: &String| Credit {
            role,
            name: name.clone(),
            sort_name: None,
            musicbrainz_id: None,
        }
    };
    let artists = row.artists.iter().map(credit(Role::Artist));
    let album_artist = row.album_artist.iter().map(credit(Role::AlbumArtist));
    let composer = row.composer.iter().map(credit(Role::Composer));
    artists.chain(album_artist).chain(composer).collect()
}

/// Keys and words of every track, and the albums, whose rows stay with the tracks that had them.
fn tracks(db: &Connection) -> rusqlite::Result<()> {
    db.execute("INSERT INTO search (search) VALUES ('delete-all')", [])?;
    // Out of the way: an old key may be another album's new one.
    db.execute("UPDATE albums SET key = CAST(x'00' || id AS BLOB)", [])?;
    let mut claimed: HashSet<i64> = HashSet::new();
    let mut after = 0;
    loop {
        let page = page(db, after)?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for row in &page {
            let title = row.album.as_deref();
            let key = title.map(|title| {
                albums::key(
                    title,
                    row.album_artist.as_deref(),
                    row.compilation,
                    &row.path,
                )
            });
            let album = match (key, row.album_id) {
                (None, _) => None,
                (Some(key), former) => {
                    if let Some(former) = former.filter(|former| !claimed.contains(former)) {
                        let took = db
                            .prepare_cached("UPDATE OR IGNORE albums SET key = ? WHERE id = ?")?
                            .execute(params![key, former])?;
                        if took > 0 {
                            claimed.insert(former);
                        }
                    }
                    let id = albums::by_key(db, &key, title.unwrap_or_default())?;
                    claimed.insert(id);
                    Some(id)
                }
            };
            write(db, row, album)?;
        }
        // Apart from the rows, for which the index would be put in order one by one.
        for row in page.iter().filter(|row| !row.missing) {
            index(db, row)?;
        }
    }
    let mut statement = db.prepare("SELECT id FROM albums")?;
    let all: Vec<i64> = statement
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    all.into_iter()
        .try_for_each(|album| albums::refresh(db, album))
}

fn page(db: &Connection, after: i64) -> rusqlite::Result<Vec<Row>> {
    let mut statement = db.prepare_cached(
        "SELECT id, album_id, path, title, artists, album, album_artist, genres, missing, compilation, composer,
             EXISTS (SELECT 1 FROM credits WHERE track_id = tracks.id) FROM tracks
         WHERE id > ? ORDER BY id LIMIT ?",
    )?;
    let rows = statement.query_map([after, PAGE], |row| {
        Ok(Row {
            id: row.get(0)?,
            album_id: row.get(1)?,
            path: row.get(2)?,
            title: row.get(3)?,
            artists: split(row.get_ref(4)?.as_str()?),
            album: row.get(5)?,
            album_artist: row.get(6)?,
            genres: split(row.get_ref(7)?.as_str()?),
            missing: row.get(8)?,
            compilation: row.get(9)?,
            composer: row.get(10)?,
            is_credited: row.get(11)?,
        })
    })?;
    rows.collect()
}

fn write(db: &Connection, row: &Row, album: Option<i64>) -> rusqlite::Result<()> {
    let artist = row.artists.first().or(row.album_artist.as_ref());
    db.prepare_cached(
        "UPDATE tracks SET title_sort = ?, artist_sort = ?, album_sort = ?, title_match = ?, album_id = ? WHERE id = ?",
    )?
    .execute(params![
        sort_key(&row.title),
        sort_key(artist.map_or("", String::as_str)),
        sort_key(row.album.as_deref().unwrap_or_default()),
        title_key(&row.title),
        album,
        row.id
    ])?;
    if row.is_credited {
        return Ok(());
    }
    // From before there were credits: all that is known until the file is read again.
    credits::put(db, row.id, &known_credits(row), true)
}

fn index(db: &Connection, row: &Row) -> rusqlite::Result<()> {
    let path = paths::from_bytes(&row.path);
    let names = SearchFields {
        title: &row.title,
        artists: &row.artists,
        album: row.album.as_deref(),
        album_artist: row.album_artist.as_deref(),
        genres: &row.genres,
        file_name: &path.file_stem().unwrap_or_default().to_string_lossy(),
    };
    changes::index(db, row.id, &names.words())
}
