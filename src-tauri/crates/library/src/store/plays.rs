//! The log of plays and the log of opinions. Both are append-only; counts and ratings are a fold over them.
//!
//! A play keeps a snapshot of its subject and is matched to a recording of today (`matching.rs`). A play whose
//! recording is not known yet is matched again when a track comes that may be its own.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use segue_core::{
    AudioHash, Heard, Leaving, Play, PlayContext, PlaySource, PlaySubject, Rating, Timestamp,
    similar_key, title_key,
};

use super::matching::{Match, MatchedBy, matched};
use super::rows::recording;
use super::superseded::current;
use super::tracks::{rating_name, rating_named};
use super::{Durability, Library, bump, instant, micros, tallies};
use crate::{LibraryError, paths};

/// What [`play`] reads; `r` is the recording.
const COLUMNS: &str = "p.at, r.audio, p.path, p.artist, p.title, p.album, p.duration_s, p.listened_s, p.source,
    p.skipped, p.rating, p.ended_at, p.completion, p.silent_s, p.paused_s, p.from_list, p.place, p.utc_offset_s,
    p.leaving, p.guest, p.within_s";

/// Plays are read so many at a time.
const PAGE: i64 = 10_000;

/// How coarse the coarsest histories are, in seconds.
const MINUTE_S: i64 = 60;

/// An entry of the log of opinions.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinion {
    /// When it was given.
    pub at: Timestamp,
    /// On which recording.
    pub audio: AudioHash,
    /// The opinion; `None` takes the former one back.
    pub rating: Option<Rating>,
}

impl Library {
    /// Appends a play. `false`: the log has it already, that is a play of the same subject in the same second.
    pub fn add_play(&self, play: &Play) -> Result<bool, LibraryError> {
        self.add_plays(std::slice::from_ref(play))
            .map(|added| added == 1)
    }

    /// Appends plays, all or none. Returns how many were not there already.
    pub fn add_plays(&self, plays: &[Play]) -> Result<usize, LibraryError> {
        let filed = self.file_plays(plays)?;
        Ok(filed.iter().filter(|filed| !filed.known).count())
    }

    /// Appends plays, all or none, and says what became of each.
    pub fn file_plays(&self, plays: &[Play]) -> Result<Vec<Filed>, LibraryError> {
        self.write("save the plays", Durability::Power, |db| {
            let filed = plays
                .iter()
                .map(|play| append(db, play))
                .collect::<Result<Vec<_>, _>>()?;
            if filed.iter().any(|filed| !filed.known) {
                bump(db)?;
            }
            Ok(filed)
        })
    }

    /// What [`file_plays`](Self::file_plays) would make of these plays, one by one; nothing is written.
    pub fn look_plays_up(&self, plays: &[Play]) -> Result<Vec<Filed>, LibraryError> {
        self.read("look the plays up", |db| {
            plays
                .iter()
                .map(|play| {
                    let found = matched(db, &play.subject)?;
                    Ok(Filed {
                        known: known(db, play, found.recording())?,
                        by: found.by(),
                        recording: found.recording(),
                    })
                })
                .collect()
        })
    }

    /// The whole log in the order of time. `subject.audio` is today's match where the play did not know it.
    pub fn plays(&self) -> Result<Vec<Play>, LibraryError> {
        self.plays_since(Timestamp::MIN)
    }

    /// The log of plays from an instant on, in the order of time.
    pub fn plays_since(&self, since: Timestamp) -> Result<Vec<Play>, LibraryError> {
        self.read("read the plays", |db| {
            let mut statement = db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM plays p LEFT JOIN recordings o ON o.id = p.recording_id
                     LEFT JOIN recordings r ON r.id = coalesce(o.superseded_by, o.id)
                 WHERE p.at >= ? ORDER BY p.at, p.id"
            ))?;
            statement.query_map([micros(since)], play)?.collect()
        })
    }

    /// Whether anything was ever played, or counted elsewhere.
    pub fn has_plays(&self) -> Result<bool, LibraryError> {
        self.read("look for plays", |db| {
            db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM plays) OR EXISTS (SELECT 1 FROM tallies)",
            )?
            .query_row([], |row| row.get(0))
        })
    }

    /// The log of opinions in the order of time; opinions that came with plays are in [`plays`](Self::plays).
    pub fn opinions(&self) -> Result<Vec<Opinion>, LibraryError> {
        self.read("read the opinions", |db| {
            let mut statement = db.prepare_cached(
                "SELECT o.at, r.audio, o.rating FROM ratings o JOIN recordings of ON of.id = o.recording_id
                     JOIN recordings r ON r.id = coalesce(of.superseded_by, of.id)
                 ORDER BY o.at, o.id",
            )?;
            let rows = statement.query_map([], |row| {
                let rating: Option<String> = row.get(2)?;
                Ok(Opinion {
                    at: instant(row.get(0)?),
                    audio: AudioHash(row.get(1)?),
                    rating: rating.as_deref().and_then(rating_named),
                })
            })?;
            rows.collect()
        })
    }

    /// The opinion that holds on a recording.
    pub fn rating(&self, audio: AudioHash) -> Result<Option<Rating>, LibraryError> {
        self.read("read a rating", |db| {
            let name = db
                .prepare_cached("SELECT rating FROM recordings WHERE audio = ?")?
                .query_row([audio.0.as_slice()], |row| row.get::<_, Option<String>>(0))
                .optional()?;
            Ok(name.flatten().as_deref().and_then(rating_named))
        })
    }

    /// Appends an opinion; `None` takes the former one back.
    pub fn rate(
        &self,
        audio: AudioHash,
        rating: Option<Rating>,
        at: Timestamp,
    ) -> Result<(), LibraryError> {
        self.write("save a rating", Durability::Power, |db| {
            let recording = recording(db, audio)?;
            let name = rating.map(rating_name);
            db.prepare_cached("INSERT INTO ratings (at, recording_id, rating) VALUES (?, ?, ?)")?
                .execute(params![micros(at), recording, name])?;
            opine(db, recording, name, at)?;
            bump(db)
        })
    }

    /// The recording that a subject means today, and how it was recognised.
    #[cfg(test)]
    pub(crate) fn match_subject(
        &self,
        subject: &PlaySubject,
    ) -> Result<Option<(AudioHash, MatchedBy)>, LibraryError> {
        self.read("match a play", |db| match matched(db, subject)? {
            Match::Found(id, by) => db
                .prepare_cached("SELECT audio FROM recordings WHERE id = ?")?
                .query_row([id], |row| Ok(Some((AudioHash(row.get(0)?), by)))),
            Match::Ambiguous | Match::None => Ok(None),
        })
    }
}

/// Matches plays and tallies whose recording was not known before and may be that of one of these tracks: only a new
/// title, or a file at a path that was told, can be what they wait for.
pub(super) fn match_waiting(db: &Connection, tracks: &[i64]) -> rusqlite::Result<()> {
    for table in ["plays", "tallies"] {
        let waits = format!("SELECT 1 FROM {table} WHERE recording_id IS NULL");
        if !db.prepare_cached(&waits)?.exists([])? {
            continue;
        }
        let mut statement = db.prepare_cached(&format!(
            "SELECT w.id FROM tracks t JOIN {table} w ON w.recording_id IS NULL AND w.title_match = t.title_match
             WHERE t.id = ?1
             UNION SELECT w.id FROM tracks t JOIN {table} w ON w.recording_id IS NULL AND w.path = t.path WHERE t.id = ?1"
        ))?;
        let mut waiting = BTreeSet::new();
        for track in tracks {
            let rows = statement.query_map([track], |row| row.get::<_, i64>(0))?;
            for id in rows {
                waiting.insert(id?);
            }
        }
        for id in waiting {
            match table {
                "plays" => match_one(db, id)?,
                _ => tallies::match_one(db, id)?,
            }
        }
    }
    Ok(())
}

fn match_one(db: &Connection, id: i64) -> rusqlite::Result<()> {
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
pub struct Filed {
    /// Whether the log had it already.
    pub known: bool,
    /// How its recording was recognised; `None` if it was not.
    pub by: Option<MatchedBy>,
    /// A number for its recording, good for telling whether two plays are of the same one.
    pub recording: Option<i64>,
}

pub(super) fn append(db: &Transaction, play: &Play) -> rusqlite::Result<Filed> {
    let subject = &play.subject;
    let found = match subject.audio {
        Some(audio) => Match::Found(recording(db, audio)?, MatchedBy::Audio),
        None => matched(db, subject)?,
    };
    let filed = |known| Filed {
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
            context.leaving.map(Leaving::as_str),
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
fn known(db: &Connection, play: &Play, recording: Option<i64>) -> rusqlite::Result<bool> {
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
struct Known {
    id: i64,
    recording: Option<i64>,
    play: Play,
}

/// The play that a service's two histories both tell, one to the minute and one to the second: of the same names, heard
/// to the same millisecond, at instants that may be the same; the nearest of several. `None` where both are equally
/// precise.
fn told_otherwise(db: &Connection, play: &Play) -> rusqlite::Result<Option<Known>> {
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
        let known = Known {
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
fn supersede(db: &Transaction, known: &Known, play: &Play) -> rusqlite::Result<()> {
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
    let listened = play.heard() == Heard::Listened;
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
        let rows: Vec<(Known, Vec<u8>)> = statement
            .query_map([after], |row| {
                let known = Known {
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
    let listened = play.heard() == Heard::Listened;
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

/// The latest opinion holds, in whichever order they arrive; of the recording, and of the one in its place.
pub(super) fn opine(
    db: &Connection,
    recording: i64,
    rating: Option<&str>,
    at: Timestamp,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE recordings SET rating = ?1, rated_at = ?2
         WHERE id IN (?3, (SELECT superseded_by FROM recordings WHERE id = ?3)) AND coalesce(rated_at, ?2) <= ?2",
    )?
    .execute(params![rating, micros(at), recording])
    .map(drop)
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
fn play(row: &Row) -> rusqlite::Result<Play> {
    let path: Option<Vec<u8>> = row.get(2)?;
    let source: String = row.get(8)?;
    let rating: Option<String> = row.get(10)?;
    Ok(Play {
        at: instant(row.get(0)?),
        subject: PlaySubject {
            audio: row.get::<_, Option<[u8; 16]>>(1)?.map(AudioHash),
            path: path.map(|bytes| paths::from_bytes(&bytes)),
            artist: row.get(3)?,
            title: row.get(4)?,
            album: row.get(5)?,
            duration_s: row.get(6)?,
        },
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
            leaving: row
                .get::<_, Option<String>>(18)?
                .as_deref()
                .and_then(Leaving::parse),
            guest: row.get(19)?,
            within_s: row.get(20)?,
        },
    })
}
