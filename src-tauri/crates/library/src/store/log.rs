//! The rows of the log of plays: how a play is put down, told apart from what the log has, matched and counted.

use rusqlite::{Connection, Row, Transaction, params};
use segue_core::{
    EndReason, ListenOutcome, Play, PlayContext, PlaySource, PlaySubject, similar_key, title_key,
};

use super::matching::{Match, MatchedBy, matched};
use super::reading::{rating_name, rating_named, subject};
use super::recording::{opine, recording};
use super::superseded::current;
use super::{instant, micros};
use crate::paths;

/// What [`play`] reads; `r` is the recording.
pub(super) const COLUMNS: &str = "p.at, r.audio, p.path, p.artist, p.title, p.album, p.duration_s, p.listened_s, p.source,
    p.skipped, p.rating, p.ended_at, p.completion, p.silent_s, p.paused_s, p.from_list, p.place, p.utc_offset_s,
    p.leaving, p.guest, p.within_s";

/// Plays are read so many at a time.
pub(super) const PAGE: i64 = 10_000;

/// How coarse the coarsest histories are, in seconds.
const MINUTE_S: i64 = 60;

pub(super) fn match_one(db: &Connection, id: i64) -> rusqlite::Result<()> {
    let play = db
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM plays p JOIN (SELECT NULL AS audio) r WHERE p.id = ?"
        ))?
        .query_row([id], play)?;
    if let Match::Found(recording, _) = matched(db, &play.subject)?
        && !logged(db, &play, recording)?
    {
        db.prepare_cached("UPDATE plays SET recording_id = ? WHERE id = ?")?
            .execute([recording, id])?;
        count(db, recording, &play)?;
    }
    Ok(())
}

/// The key by which a new track finds what has no recording yet.
pub(super) fn waiting_title(subject: &PlaySubject, found: Match) -> Option<String> {
    let waits = found.recording().is_none();
    subject.title.as_deref().filter(|_| waits).map(title_key)
}

/// What became, or would become, of a play that was handed to the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FiledPlay {
    /// Whether the log had it already.
    pub known: bool,
    /// How its recording was recognised; `None` if it was not.
    pub by: Option<MatchedBy>,
    /// A number for its recording, good for telling whether two plays are of the same one.
    pub recording: Option<i64>,
}

pub(super) fn append(db: &Transaction, play: &Play) -> rusqlite::Result<FiledPlay> {
    let subject = &play.subject;
    let found = match subject.audio {
        Some(audio) => Match::Found(recording(db, audio)?, MatchedBy::Audio),
        None => matched(db, subject)?,
    };
    let filed = |known| FiledPlay {
        known,
        by: found.by(),
        recording: found.recording(),
    };
    if let Some(recording) = found.recording()
        && logged(db, play, recording)?
    {
        return Ok(filed(true));
    }
    if let Some(known) = told_otherwise(db, play)? {
        supersede(db, &known, play)?;
        return Ok(filed(true));
    }
    let path = subject.path.as_deref().and_then(paths::to_bytes);
    let context = &play.context;
    let list = context
        .from
        .as_ref()
        .and_then(|from| serde_json::to_string(from).ok());
    let share = |value: Option<f64>| value.filter(|value| value.is_finite());
    let added = db
        .prepare_cached(
            "INSERT OR IGNORE INTO plays (at, at_s, identity, recording_id, path, artist, title, album, duration_s,
                 listened_s, source, skipped, rating, ended_at, completion, silent_s, paused_s, from_list, place,
                 utc_offset_s, leaving, guest, within_s, title_match) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        )?
        .execute(params![
            micros(play.at),
            play.at.as_second(),
            identity(subject),
            found.recording(),
            path,
            subject.artist,
            subject.title,
            subject.album,
            share(subject.duration_s),
            share(Some(play.listened_s)).unwrap_or_default().max(0.0),
            play.source.as_str(),
            play.skipped,
            play.rating.map(rating_name),
            context.ended_at.map(micros),
            share(context.completion),
            share(context.silent_s),
            share(context.paused_s),
            list,
            context.place,
            context.utc_offset_s,
            context.end_reason.map(EndReason::as_str),
            context.guest,
            context.within_s,
            waiting_title(subject, found),
        ])?;
    if added == 1
        && let Some(recording) = found.recording()
    {
        count(db, recording, play)?;
    }
    Ok(filed(added == 0))
}

/// Whether the log has this play, of which `recording` is today's match.
pub(super) fn known(
    db: &Connection,
    play: &Play,
    recording: Option<i64>,
) -> rusqlite::Result<bool> {
    if let Some(recording) = recording
        && logged(db, play, recording)?
    {
        return Ok(true);
    }
    if told_otherwise(db, play)?.is_some() {
        return Ok(true);
    }
    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM plays WHERE at_s = ? AND identity = ?)")?
        .query_row(
            params![play.at.as_second(), identity(&play.subject)],
            |row| row.get(0),
        )
}

/// Whether the log has a play of this recording in this second, or of one that it took the place of.
fn logged(db: &Connection, play: &Play, recording: i64) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM plays WHERE at_s = ?2 AND recording_id IN
             (SELECT id FROM recordings WHERE id = ?1 OR superseded_by = ?1))",
    )?
    .query_row([current(db, recording)?, play.at.as_second()], |row| {
        row.get(0)
    })
}

/// A play in the log that this one tells again, to another precision.
struct LoggedPlay {
    id: i64,
    recording: Option<i64>,
    play: Play,
}

/// The play that a service's two histories both tell, one to the minute and one to the second: of the same names, heard
/// to the same millisecond, at instants that may be the same; the nearest of several. `None` where both are equally
/// precise.
fn told_otherwise(db: &Connection, play: &Play) -> rusqlite::Result<Option<LoggedPlay>> {
    let at_s = play.at.as_second();
    // Which of the two is coarse decides where the other may lie; a minute more for services that round.
    let (coarse, from, to) = match play.context.within_s {
        Some(within_s) => {
            let within_s = i64::from(within_s);
            ("p.within_s IS NULL", at_s - within_s, at_s + 2 * within_s)
        }
        None => ("p.within_s NOTNULL", at_s - 2 * MINUTE_S, at_s + MINUTE_S),
    };
    if play.source != PlaySource::Import && play.context.within_s.is_none() {
        return Ok(None);
    }
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS}, p.id, p.recording_id FROM plays p LEFT JOIN recordings r ON r.id = p.recording_id
         WHERE {coarse} AND p.at_s >= ? AND p.at_s <= ? AND abs(p.listened_s - ?) < 0.0015
         ORDER BY abs(p.at_s - ?), p.id"
    ))?;
    let mut rows = statement.query(params![from, to, play.listened_s, at_s])?;
    let names = |subject: &PlaySubject| {
        let key = |name: &Option<String>| similar_key(name.as_deref().unwrap_or_default());
        (key(&subject.artist), key(&subject.title))
    };
    let wanted = names(&play.subject);
    while let Some(row) = rows.next()? {
        let known = LoggedPlay {
            id: row.get("id")?,
            recording: row.get("recording_id")?,
            play: self::play(row)?,
        };
        if names(&known.play.subject) == wanted {
            return Ok(Some(known));
        }
    }
    Ok(None)
}

/// Puts a play that is told better in the place of the one in the log; what is told worse changes nothing.
fn supersede(db: &Transaction, known: &LoggedPlay, play: &Play) -> rusqlite::Result<()> {
    if play.context.within_s.is_some() {
        return Ok(());
    }
    if let Some(recording) = known.recording {
        uncount(db, recording, &known.play)?;
    }
    // Nothing hangs on the row: it stands for the same play.
    db.prepare_cached("DELETE FROM plays WHERE id = ?")?
        .execute([known.id])?;
    append(db, play).map(drop)
}

/// Takes a play out of the counts of its recording; an opinion that came with it stays.
fn uncount(db: &Connection, recording: i64, play: &Play) -> rusqlite::Result<()> {
    let listened = play.outcome() == ListenOutcome::Listened;
    db.prepare_cached(
        "UPDATE recordings SET plays = max(plays - ?1, 0), skips = max(skips - ?2, 0)
         WHERE id IN (?3, (SELECT superseded_by FROM recordings WHERE id = ?3))",
    )?
    .execute(params![
        i64::from(listened),
        i64::from(play.skipped),
        recording
    ])
    .map(drop)
}

/// Makes the identities of plays anew, after a change of the folding. What was taken for another song's by its names
/// is matched again.
pub(super) fn fold_anew(db: &Connection) -> rusqlite::Result<()> {
    let mut after = 0;
    loop {
        let mut statement = db.prepare_cached(&format!(
            "SELECT {COLUMNS}, p.id, p.recording_id, p.identity
             FROM (SELECT *, NULL AS audio FROM plays) p JOIN (SELECT NULL AS audio) r
             WHERE p.id > ? AND substr(p.identity, 1, 5) = CAST('name:' AS BLOB) ORDER BY p.id LIMIT {PAGE}"
        ))?;
        let rows: Vec<(LoggedPlay, Vec<u8>)> = statement
            .query_map([after], |row| {
                let known = LoggedPlay {
                    id: row.get("id")?,
                    recording: row.get("recording_id")?,
                    play: play(row)?,
                };
                Ok((known, row.get("identity")?))
            })?
            .collect::<Result<_, _>>()?;
        let Some((last, _)) = rows.last() else {
            return Ok(());
        };
        after = last.id;
        for (known, former) in rows {
            let identity = identity(&known.play.subject);
            if identity == former {
                continue;
            }
            db.prepare_cached("UPDATE OR IGNORE plays SET identity = ? WHERE id = ?")?
                .execute(params![identity, known.id])?;
            let found = matched(db, &known.play.subject)?.recording();
            if found == known.recording {
                continue;
            }
            if let Some(recording) = known.recording {
                uncount(db, recording, &known.play)?;
            }
            db.prepare_cached("UPDATE plays SET recording_id = ? WHERE id = ?")?
                .execute(params![found, known.id])?;
            if let Some(recording) = found {
                count(db, recording, &known.play)?;
            }
        }
    }
}

/// Adds a play to the counts of its recording, and of the one in its place.
fn count(db: &Connection, recording: i64, play: &Play) -> rusqlite::Result<()> {
    let listened = play.outcome() == ListenOutcome::Listened;
    db.prepare_cached(
        "UPDATE recordings SET plays = plays + ?1, skips = skips + ?2
         WHERE id IN (?3, (SELECT superseded_by FROM recordings WHERE id = ?3))",
    )?
    .execute(params![
        i64::from(listened),
        i64::from(play.skipped),
        recording
    ])?;
    match play.rating {
        Some(rating) => opine(db, recording, Some(rating_name(rating)), play.at),
        None => Ok(()),
    }
}

/// What makes a play's subject the same as another's, where both know equally much.
pub(super) fn identity(subject: &PlaySubject) -> Vec<u8> {
    if let Some(audio) = subject.audio {
        return [b"audio:".as_slice(), &audio.0].concat();
    }
    if let Some(path) = subject.path.as_deref().and_then(paths::to_bytes) {
        return [b"path:".as_slice(), &path].concat();
    }
    let key = |name: &Option<String>| similar_key(name.as_deref().unwrap_or_default());
    format!("name:{}\x1f{}", key(&subject.artist), key(&subject.title)).into_bytes()
}

/// Reads [`COLUMNS`].
pub(super) fn play(row: &Row) -> rusqlite::Result<Play> {
    let source: String = row.get(8)?;
    let rating: Option<String> = row.get(10)?;
    Ok(Play {
        at: instant(row.get(0)?),
        subject: subject(row, 1)?,
        listened_s: row.get(7)?,
        // A name this version does not know can only come from a newer one that was used in between.
        source: PlaySource::parse(&source).unwrap_or(PlaySource::Import),
        skipped: row.get(9)?,
        rating: rating.as_deref().and_then(rating_named),
        context: PlayContext {
            ended_at: row.get::<_, Option<i64>>(11)?.map(instant),
            completion: row.get(12)?,
            silent_s: row.get(13)?,
            paused_s: row.get(14)?,
            from: row
                .get::<_, Option<String>>(15)?
                .and_then(|list| serde_json::from_str(&list).ok()),
            place: row.get(16)?,
            utc_offset_s: row.get(17)?,
            end_reason: row
                .get::<_, Option<String>>(18)?
                .as_deref()
                .and_then(EndReason::parse),
            guest: row.get(19)?,
            within_s: row.get(20)?,
        },
    })
}
