//! Recordings whose place another one took: a better copy of the same song, or the same file encoded or cut anew.
//!
//! The logs of plays and opinions stay as they were written. Which recording they are told of today is derived:
//! `recordings.superseded_by`, set while the older recording has no file that is there. The
//! counts and the opinion of the newer one hold those of the older ones, and give them back when a file of theirs is back.

use std::collections::{BTreeSet, HashSet};

use rusqlite::{Connection, OptionalExtension, Row, params};
use segue_core::{WantedArtist, artist_key, similar_key, title_key};

use super::instant;
use super::matching::is_one_of;
use super::reading::rating_named;
use super::recording::opine;
use crate::tag_text::split;

/// Copies of one song differ in length by what encoders pad, and by how players round.
const SAME_COPY_S: f64 = 3.0;

/// What tells whether two files are copies of one song.
pub(crate) struct Copy {
    recording: i64,
    title: String,
    artists: Vec<String>,
    album: Option<String>,
    disc: Option<u32>,
    track: Option<u32>,
    duration_s: f64,
}

impl Copy {
    /// What [`Copy::of`] reads.
    pub(crate) const COLUMNS: &str = "recording_id, title, artists, album, disc, track, duration_s";

    /// Reads [`COLUMNS`](Self::COLUMNS).
    pub(crate) fn of(row: &Row) -> rusqlite::Result<Self> {
        Ok(Self {
            recording: row.get("recording_id")?,
            title: row.get("title")?,
            artists: split(row.get_ref("artists")?.as_str()?),
            album: row.get("album")?,
            disc: row.get("disc")?,
            track: row.get("track")?,
            duration_s: row.get("duration_s")?,
        })
    }

    /// The track with this id.
    pub(crate) fn read(db: &Connection, track: i64) -> rusqlite::Result<Option<Self>> {
        let columns = Self::COLUMNS;
        db.prepare_cached(&format!("SELECT {columns} FROM tracks WHERE id = ?"))?
            .query_row([track], Self::of)
            .optional()
    }

    /// The row of its recording.
    pub(crate) fn recording(&self) -> i64 {
        self.recording
    }

    fn far_s(&self, other: &Self) -> f64 {
        (self.duration_s - other.duration_s).abs()
    }

    /// Whether the other bears the same names, stands at the same place, and is as long.
    fn same_song(&self, other: &Self) -> bool {
        let either = |a: Option<u32>, b: Option<u32>| a.is_none() || b.is_none() || a == b;
        let album = |copy: &Self| copy.album.as_deref().map(title_key);
        let by_same = |a: &Self, b: &Self| {
            let keys: Vec<String> = b.artists.iter().map(|name| artist_key(name)).collect();
            let names = |artist: &String| is_one_of(&WantedArtist::new(artist), &keys);
            a.artists.iter().all(names)
        };
        similar_key(&self.title) == similar_key(&other.title)
            && self.duration_s > 0.0
            && self.far_s(other) <= SAME_COPY_S
            && album(self) == album(other)
            && either(self.disc, other.disc)
            && either(self.track, other.track)
            && self.artists.is_empty() == other.artists.is_empty()
            && (by_same(self, other) || by_same(other, self))
    }
}

/// Brings up to date who supersedes whom, after these tracks came, changed, came back or went. What they were before
/// stands in `replaced`, where a file took another's path.
pub(crate) fn settle(
    db: &Connection,
    tracks: &[i64],
    replaced: &[(Copy, i64)],
) -> rusqlite::Result<()> {
    // Mostly nothing is gone and nobody stands for another, and then there is nothing to be asked of each track.
    let any = "SELECT EXISTS (SELECT 1 FROM tracks WHERE missing = 1)
         OR EXISTS (SELECT 1 FROM recordings WHERE superseded_by NOTNULL)";
    let any: bool = db.prepare_cached(any)?.query_row([], |row| row.get(0))?;
    if !any && replaced.is_empty() {
        return Ok(());
    }
    let mut recordings = HashSet::new();
    for track in tracks {
        recordings.extend(
            db.prepare_cached("SELECT recording_id FROM tracks WHERE id = ?")?
                .query_row([track], |row| row.get::<_, i64>(0))
                .optional()?,
        );
    }
    recordings.extend(replaced.iter().map(|(before, _)| before.recording));
    // Whoever has a file again is itself again.
    let mut without_a_file = BTreeSet::new();
    for recording in recordings {
        if is_there(db, recording)? {
            detach(db, recording)?;
        } else {
            without_a_file.insert(recording);
        }
    }
    for (before, track) in replaced {
        let after = Copy::read(db, *track)?;
        if let Some(after) = after.filter(|after| after.same_song(before))
            && without_a_file.remove(&before.recording)
        {
            attach(db, before.recording, after.recording)?;
        }
    }
    for track in tracks {
        without_a_file.extend(gone_with_the_title_of(db, *track)?);
    }
    for older in without_a_file {
        if let Some(newer) = better_copy(db, older)? {
            attach(db, older, newer)?;
        }
    }
    Ok(())
}

/// Whether a file of this recording is there, or on a folder that is offline.
fn is_there(db: &Connection, recording: i64) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM tracks WHERE recording_id = ? AND missing = 0")?
        .exists([recording])
}

fn superseded_by(db: &Connection, newer: i64) -> rusqlite::Result<Vec<i64>> {
    db.prepare_cached("SELECT id FROM recordings WHERE superseded_by = ?")?
        .query_map([newer], |row| row.get(0))?
        .collect()
}

/// Recordings without a file, and without one in their place, that bear the title of this track, which is there.
fn gone_with_the_title_of(db: &Connection, track: i64) -> rusqlite::Result<Vec<i64>> {
    db.prepare_cached(
        "SELECT DISTINCT g.recording_id FROM tracks t JOIN tracks g ON g.missing = 1 AND g.title_match = t.title_match
         JOIN recordings r ON r.id = g.recording_id
         WHERE t.id = ? AND t.missing = 0 AND r.superseded_by IS NULL
           AND NOT EXISTS (SELECT 1 FROM tracks o WHERE o.recording_id = g.recording_id AND o.missing = 0)",
    )?
    .query_map([track], |row| row.get(0))?
    .collect()
}

/// The recording with a file that is the same song as this one, whose files are gone; of several the nearest in length.
/// Names alone do not tell two songs without an artist apart.
fn better_copy(db: &Connection, older: i64) -> rusqlite::Result<Option<i64>> {
    let columns = Copy::COLUMNS;
    let gone = db
        .prepare_cached(&format!(
            "SELECT {columns} FROM tracks WHERE recording_id = ? AND missing = 1 ORDER BY id DESC LIMIT 8"
        ))?
        .query_map([older], Copy::of)?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut best: Option<(f64, i64)> = None;
    for gone in gone.iter().filter(|gone| !gone.artists.is_empty()) {
        let mut statement = db.prepare_cached(&format!(
            "SELECT {columns} FROM tracks WHERE title_match = ? AND missing = 0 ORDER BY id"
        ))?;
        let mut rows = statement.query([title_key(&gone.title)])?;
        while let Some(row) = rows.next()? {
            let copy = Copy::of(row)?;
            let far_s = copy.far_s(gone);
            if best.is_none_or(|(best_s, _)| far_s < best_s) && copy.same_song(gone) {
                best = Some((far_s, copy.recording));
            }
        }
    }
    Ok(best.map(|(_, newer)| newer))
}

/// From now on `newer` stands for `older`, and for all that `older` stood for.
fn attach(db: &Connection, older: i64, newer: i64) -> rusqlite::Result<()> {
    let mut all = superseded_by(db, older)?;
    all.push(older);
    for older in all {
        detach(db, older)?;
        if older == newer {
            continue;
        }
        db.prepare_cached("UPDATE recordings SET superseded_by = ?2 WHERE id = ?1")?
            .execute([older, newer])?;
        let (plays, skips, rating, rated_at): (i64, i64, Option<String>, Option<i64>) = db
            .prepare_cached("SELECT plays, skips, rating, rated_at FROM recordings WHERE id = ?")?
            .query_row([older], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
            })?;
        db.prepare_cached(
            "UPDATE recordings SET plays = plays + ?, skips = skips + ? WHERE id = ?",
        )?
        .execute([plays, skips, newer])?;
        if let Some(rated_at) = rated_at {
            opine(db, newer, rating.as_deref(), instant(rated_at))?;
        }
    }
    Ok(())
}

/// From now on nobody stands for `older`.
fn detach(db: &Connection, older: i64) -> rusqlite::Result<()> {
    let (newer, plays, skips): (Option<i64>, i64, i64) = db
        .prepare_cached("SELECT superseded_by, plays, skips FROM recordings WHERE id = ?")?
        .query_row([older], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let Some(newer) = newer else {
        return Ok(());
    };
    db.prepare_cached("UPDATE recordings SET superseded_by = NULL WHERE id = ?")?
        .execute([older])?;
    // The opinion that holds is the latest of the logs.
    let latest: Option<(Option<String>, i64)> = db
        .prepare_cached(
            "WITH those AS (SELECT id FROM recordings WHERE id = ?1 OR superseded_by = ?1)
             SELECT rating, at FROM (
                 SELECT rating, at, 2 AS source, id FROM ratings WHERE recording_id IN those
                 UNION ALL SELECT rating, at, 1, id FROM plays WHERE recording_id IN those AND rating NOTNULL
                 UNION ALL SELECT rating, coalesce(since, 0), 0, id FROM tallies WHERE recording_id IN those AND rating NOTNULL)
             ORDER BY at DESC, source DESC, id DESC LIMIT 1",
        )?
        .query_row([newer], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (rating, rated_at) = latest.unzip();
    let rating = rating.flatten().filter(|name| rating_named(name).is_some());
    db.prepare_cached(
        "UPDATE recordings SET plays = max(plays - ?, 0), skips = max(skips - ?, 0), rating = ?, rated_at = ? WHERE id = ?",
    )?
    .execute(params![plays, skips, rating, rated_at, newer])
    .map(drop)
}

/// The recording that stands for this one today: itself, unless another took its place.
pub(super) fn current(db: &Connection, recording: i64) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT coalesce(superseded_by, id) FROM recordings WHERE id = ?")?
        .query_row([recording], |row| row.get(0))
}
