//! What other players counted of recordings without saying when.
//!
//! Such a count cannot stand in the log of plays, which is a log of moments. What is known of a moment becomes a play:
//! the last one. The rest stays a number that adds to the recording's count. A count that has grown since it was last
//! brought in adds what it grew by, one that has shrunk (a player set up anew) adds nothing.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use segue_core::{
    AudioHash, LibraryAction, LibraryError, ListenOutcome, Play, PlayContext, PlaySource,
    PlaySubject, Tally, similar_key, title_key,
};

use super::log::{append, waiting_title};
use super::matching::{Match, MatchedBy, matched};
use super::reading::{rating_name, rating_named, subject};
use super::recording::opine;
use super::{Durability, Library, bump, instant, micros};
use crate::paths;

/// What became, or would become, of a tally that was handed to the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TallyFiled {
    /// Plays that were not counted before.
    pub plays: u32,
    /// Skips that were not counted before.
    pub skips: u32,
    /// Whether the last of the plays went into the log.
    pub logged: bool,
    /// How its recording was recognised; `None` if it was not.
    pub by: Option<MatchedBy>,
}

/// A tally with what of it is not in the log of plays.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownTally {
    /// As it was told last.
    pub tally: Tally,
    /// Plays that do not stand in the log.
    pub unlogged: u32,
}

struct Former {
    id: i64,
    plays: u32,
    skips: u32,
    rating: Option<String>,
    last: Option<i64>,
}

impl Library {
    /// Takes tallies in, all or none, and says what became of each.
    pub fn file_tallies(&self, tallies: &[Tally]) -> Result<Vec<TallyFiled>, LibraryError> {
        self.write(LibraryAction::SaveCounts, Durability::Power, |db| {
            let filed = tallies
                .iter()
                .map(|tally| file(db, tally))
                .collect::<Result<Vec<_>, _>>()?;
            if filed
                .iter()
                .any(|filed| filed.plays + filed.skips > 0 || filed.logged)
            {
                bump(db)?;
            }
            Ok(filed)
        })
    }

    /// What [`file_tallies`](Self::file_tallies) would make of these, one by one; nothing is written.
    pub fn look_tallies_up(&self, tallies: &[Tally]) -> Result<Vec<TallyFiled>, LibraryError> {
        self.read(LibraryAction::ReadCounts, |db| {
            tallies
                .iter()
                .map(|tally| {
                    let found = matched(db, &tally.subject)?;
                    Ok(grown(tally, former(db, tally)?.as_ref(), found))
                })
                .collect()
        })
    }

    /// Every tally, with today's recording in `subject.audio`.
    pub fn tallies(&self) -> Result<Vec<KnownTally>, LibraryError> {
        self.read(LibraryAction::ReadCounts, |db| {
            let mut statement = db.prepare_cached(
                "SELECT r.audio, t.path, t.artist, t.title, t.album, t.duration_s, t.origin, t.plays, t.skips, t.since,
                        t.last, t.rating, t.logged
                 FROM tallies t LEFT JOIN recordings o ON o.id = t.recording_id
                     LEFT JOIN recordings r ON r.id = coalesce(o.superseded_by, o.id) ORDER BY t.id",
            )?;
            let rows = statement.query_map([], |row| {
                let tally = tally(row)?;
                let logged: u32 = row.get(12)?;
                Ok(KnownTally {
                    unlogged: tally.plays.saturating_sub(logged),
                    tally,
                })
            })?;
            rows.collect()
        })
    }
}

fn tally(row: &Row) -> rusqlite::Result<Tally> {
    let rating: Option<String> = row.get(11)?;
    Ok(Tally {
        subject: subject(row, 0)?,
        origin: row.get(6)?,
        plays: row.get(7)?,
        skips: row.get(8)?,
        since: row.get::<_, Option<i64>>(9)?.map(instant),
        last: row.get::<_, Option<i64>>(10)?.map(instant),
        rating: rating.as_deref().and_then(rating_named),
    })
}

/// What a tally adds to what the same origin told before.
fn grown(tally: &Tally, former: Option<&Former>, found: Match) -> TallyFiled {
    let (plays, skips) = former.map_or((0, 0), |former| (former.plays, former.skips));
    let plays = tally.plays.saturating_sub(plays);
    TallyFiled {
        plays,
        skips: tally.skips.saturating_sub(skips),
        logged: plays > 0 && tally.last.is_some(),
        by: found.by(),
    }
}

fn file(db: &Transaction, tally: &Tally) -> rusqlite::Result<TallyFiled> {
    let subject = &tally.subject;
    let found = matched(db, subject)?;
    let former = former(db, tally)?;
    let mut filed = grown(tally, former.as_ref(), found);
    if filed.logged
        && let Some(at) = tally.last
    {
        let play = Play {
            at,
            // A path that leads nowhere here would keep the play from being known again once the music has moved.
            subject: PlaySubject {
                path: None,
                ..subject.clone()
            },
            listened_s: Play::counted_s(subject.duration_s),
            source: PlaySource::Import,
            skipped: false,
            rating: None,
            context: PlayContext::default(),
        };
        debug_assert_eq!(play.outcome(), ListenOutcome::Listened);
        let in_log = match found.recording() {
            // By its row: names may be missing, or fit several.
            Some(recording) => {
                let audio = db
                    .prepare_cached("SELECT audio FROM recordings WHERE id = ?")?
                    .query_row([recording], |row| row.get(0))?;
                let mut play = play;
                play.subject.audio = Some(AudioHash(audio));
                append(db, &play)?
            }
            None => append(db, &play)?,
        };
        filed.logged = !in_log.known;
    }
    let unlogged = i64::from(filed.plays) - i64::from(filed.logged);
    if let Some(recording) = found.recording() {
        add(db, recording, unlogged, filed.skips)?;
    }
    let rating = tally.rating.map(rating_name);
    // Stars have no date. As old as the song there, they give way to every opinion given here.
    let told_at = tally.since.unwrap_or_default();
    let opinion_new = former
        .as_ref()
        .is_none_or(|former| former.rating.as_deref() != rating);
    if let (Some(recording), Some(_), true) = (found.recording(), rating, opinion_new) {
        opine(db, recording, rating, told_at)?;
    }
    let path = subject.path.as_deref().and_then(paths::to_bytes);
    match former {
        Some(former) => {
            let last = former.last.max(tally.last.map(micros));
            db.prepare_cached(
                "UPDATE tallies SET plays = max(plays, ?), skips = max(skips, ?), logged = logged + ?, last = ?,
                     rating = coalesce(?, rating), recording_id = coalesce(recording_id, ?) WHERE id = ?",
            )?
            .execute(params![
                tally.plays,
                tally.skips,
                filed.logged,
                last,
                rating,
                found.recording(),
                former.id
            ])?;
        }
        None => {
            db.prepare_cached(
                "INSERT INTO tallies (origin, identity, recording_id, path, artist, title, album, duration_s, plays,
                     skips, logged, since, last, rating, title_match) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            )?
            .execute(params![
                tally.origin,
                identity(subject),
                found.recording(),
                path,
                subject.artist,
                subject.title,
                subject.album,
                subject.duration_s,
                tally.plays,
                tally.skips,
                filed.logged,
                tally.since.map(micros),
                tally.last.map(micros),
                rating,
                waiting_title(subject, found),
            ])?;
        }
    }
    Ok(filed)
}

/// Matches a tally whose recording was not known before.
pub(super) fn match_one(db: &Connection, id: i64) -> rusqlite::Result<()> {
    let (logged, tally): (u32, Tally) = db
        .prepare_cached(
            "SELECT NULL, path, artist, title, album, duration_s, origin, plays, skips, since, last, rating, logged
             FROM tallies WHERE id = ?",
        )?
        .query_row([id], |row| Ok((row.get(12)?, tally(row)?)))?;
    let Match::Found(recording, _) = matched(db, &tally.subject)? else {
        return Ok(());
    };
    db.prepare_cached("UPDATE tallies SET recording_id = ? WHERE id = ?")?
        .execute([recording, id])?;
    add(
        db,
        recording,
        i64::from(tally.plays) - i64::from(logged),
        tally.skips,
    )?;
    if let Some(rating) = tally.rating {
        let told_at = tally.since.unwrap_or_default();
        opine(db, recording, Some(rating_name(rating)), told_at)?;
    }
    Ok(())
}

/// Makes the identities anew, after a change of the folding.
pub(super) fn fold_anew(db: &Connection) -> rusqlite::Result<()> {
    let mut statement = db.prepare(
        "SELECT NULL, path, artist, title, album, duration_s, origin, plays, skips, since, last, rating, id FROM tallies",
    )?;
    let rows: Vec<(i64, Tally)> = statement
        .query_map([], |row| Ok((row.get(12)?, tally(row)?)))?
        .collect::<Result<_, _>>()?;
    for (id, tally) in rows {
        db.prepare_cached("UPDATE OR IGNORE tallies SET identity = ? WHERE id = ?")?
            .execute(params![identity(&tally.subject), id])?;
    }
    Ok(())
}

fn add(db: &Connection, recording: i64, plays: i64, skips: u32) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE recordings SET plays = max(plays + ?1, 0), skips = skips + ?2
         WHERE id IN (?3, (SELECT superseded_by FROM recordings WHERE id = ?3))",
    )?
    .execute(params![plays, skips, recording])
    .map(drop)
}

fn former(db: &Connection, tally: &Tally) -> rusqlite::Result<Option<Former>> {
    db.prepare_cached(
        "SELECT id, plays, skips, rating, last FROM tallies WHERE origin = ? AND identity = ?",
    )?
    .query_row(params![tally.origin, identity(&tally.subject)], |row| {
        Ok(Former {
            id: row.get(0)?,
            plays: row.get(1)?,
            skips: row.get(2)?,
            rating: row.get(3)?,
            last: row.get(4)?,
        })
    })
    .optional()
}

/// What makes a song of one origin the same as before. Its names and length rather than its path: a library that was
/// moved must not be counted twice.
fn identity(subject: &PlaySubject) -> Vec<u8> {
    let key = |name: &Option<String>| similar_key(name.as_deref().unwrap_or_default());
    let (artist, title) = (key(&subject.artist), key(&subject.title));
    if title.is_empty() {
        let path = subject
            .path
            .as_deref()
            .and_then(paths::to_bytes)
            .unwrap_or_default();
        return [b"path:".as_slice(), &path].concat();
    }
    let album = title_key(subject.album.as_deref().unwrap_or_default());
    let length_s = subject.duration_s.unwrap_or_default().round() as i64;
    format!("name:{artist}\x1f{title}\x1f{album}\x1f{length_s}").into_bytes()
}
