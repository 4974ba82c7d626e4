//! Artists, and what they did for each track, as the tags credit them.

use rusqlite::{Connection, OptionalExtension, params};
use segue_core::similar_key;

use crate::tags::credits::Credit;

/// Writes who is credited with a track, in place of who was. Whether it is `new`: then nobody was.
pub(super) fn put(
    db: &Connection,
    track: i64,
    credits: &[Credit],
    new: bool,
) -> rusqlite::Result<()> {
    if !new {
        db.prepare_cached("DELETE FROM credits WHERE track_id = ?")?
            .execute([track])?;
    }
    let mut insert = db.prepare_cached(
        "INSERT INTO credits (track_id, role, place, artist_id) VALUES (?, ?, ?, ?)",
    )?;
    let (mut role, mut place) = (None, 0);
    for credit in credits {
        place = if role == Some(credit.role) {
            place + 1
        } else {
            0
        };
        role = Some(credit.role);
        insert.execute(params![
            track,
            credit.role.as_str(),
            place,
            artist(db, credit)?
        ])?;
    }
    Ok(())
}

/// The artist whom a credit names, made if there is none yet. A sort name that is told once holds.
fn artist(db: &Connection, credit: &Credit) -> rusqlite::Result<i64> {
    let key = similar_key(&credit.name);
    let musicbrainz_id = credit.musicbrainz_id.as_deref().unwrap_or_default();
    let known: Option<(i64, bool)> = db
        .prepare_cached(
            "SELECT id, sort_name NOTNULL FROM artists WHERE key = ? AND musicbrainz_id = ?",
        )?
        .query_row([key.as_str(), musicbrainz_id], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    match known {
        Some((id, is_sorted)) => {
            if let Some(sort_name) = credit.sort_name.as_ref().filter(|_| !is_sorted) {
                db.prepare_cached("UPDATE artists SET sort_name = ? WHERE id = ?")?
                    .execute(params![sort_name, id])?;
            }
            Ok(id)
        }
        None => {
            db.prepare_cached(
                "INSERT INTO artists (key, musicbrainz_id, name, sort_name) VALUES (?, ?, ?, ?)",
            )?
            .execute(params![key, musicbrainz_id, credit.name, credit.sort_name])?;
            Ok(db.last_insert_rowid())
        }
    }
}

/// Writes the words that are sung.
pub(super) fn put_lyrics(
    db: &Connection,
    track: i64,
    lyrics: Option<&str>,
    new: bool,
) -> rusqlite::Result<()> {
    match lyrics {
        Some(text) => db
            .prepare_cached("INSERT OR REPLACE INTO lyrics (track_id, text) VALUES (?, ?)")?
            .execute(params![track, text])
            .map(drop),
        None if new => Ok(()),
        None => db
            .prepare_cached("DELETE FROM lyrics WHERE track_id = ?")?
            .execute([track])
            .map(drop),
    }
}
