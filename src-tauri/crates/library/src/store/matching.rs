//! Which recording of today a play's subject means: by its audio, by its path, or by its names.
//!
//! Names are compared by keys in which spelling, guests and remarks on the mastering do not count ([`title_key`],
//! [`WantedArtist`]). Lengths that contradict each other part what the names would join, and where names alone leave
//! several recordings of unlike length, none of them is guessed.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};
use segue_core::{PlaySubject, SAME_LENGTH_S, WantedArtist, artist_key, similar_key, title_key};

use super::reading::ids_at;
use crate::tag_text::split;

/// How a play's recording was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchedBy {
    /// The recording's own identity.
    Audio,
    /// The file's path.
    Path,
    /// Artist and title, but for spelling.
    Names,
    /// Artist and title, once guests and remarks on the mastering were set aside.
    LooseNames,
}

/// The outcome of matching; recordings by their rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Found(i64, MatchedBy),
    /// Several recordings bear these names, and nothing says which.
    Ambiguous,
    None,
}

impl Match {
    pub(super) fn recording(self) -> Option<i64> {
        match self {
            Self::Found(recording, _) => Some(recording),
            Self::Ambiguous | Self::None => None,
        }
    }

    pub(super) fn by(self) -> Option<MatchedBy> {
        match self {
            Self::Found(_, by) => Some(by),
            Self::Ambiguous | Self::None => None,
        }
    }
}

struct MatchCandidate {
    recording: i64,
    /// Whether the title is the same to the letter, but for spelling.
    plain: bool,
    same_album: bool,
    duration_s: f64,
}

/// The recording that `subject` means today.
pub(super) fn matched(db: &Connection, subject: &PlaySubject) -> rusqlite::Result<Match> {
    if let Some(audio) = subject.audio {
        let known = db
            .prepare_cached("SELECT id FROM recordings WHERE audio = ?")?
            .query_row([audio.0.as_slice()], |row| row.get(0))
            .optional()?;
        if let Some(known) = known {
            return Ok(Match::Found(known, MatchedBy::Audio));
        }
    }
    if let Some(path) = &subject.path
        && let Some(recording) = recording_at(db, path, subject)?
    {
        return Ok(Match::Found(recording, MatchedBy::Path));
    }
    let (Some(artist), Some(title)) = (&subject.artist, &subject.title) else {
        return Ok(Match::None);
    };
    if similar_key(artist).is_empty() || similar_key(title).is_empty() {
        return Ok(Match::None);
    }
    Ok(choose(
        candidates(db, subject, artist, title)?,
        subject.duration_s,
    ))
}

fn candidates(
    db: &Connection,
    subject: &PlaySubject,
    artist: &str,
    title: &str,
) -> rusqlite::Result<Vec<MatchCandidate>> {
    let plain = similar_key(title);
    let wanted = WantedArtist::new(artist);
    let album = subject.album.as_deref();
    let album_key = album.map(title_key);
    let mut statement = db.prepare_cached(
        "SELECT recording_id, artists, album_artist, title, album, duration_s FROM tracks
         WHERE title_match = ? ORDER BY missing, id",
    )?;
    let mut rows = statement.query([title_key(title)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let artists = split(row.get_ref(1)?.as_str()?);
        let mut keys: Vec<String> = artists.iter().map(|name| artist_key(name)).collect();
        if !is_one_of(&wanted, &keys) {
            let album_artist = row.get_ref(2)?.as_str_or_null()?;
            keys.extend(album_artist.map(artist_key));
            if album_artist.is_none() || !is_one_of(&wanted, &keys) {
                continue;
            }
        }
        let told = row.get_ref(3)?.as_str()?;
        let on = row.get_ref(4)?.as_str_or_null()?;
        found.push(MatchCandidate {
            recording: row.get(0)?,
            // Common titles have thousands of tracks, mostly spelled alike.
            plain: told == title || similar_key(told) == plain,
            same_album: album.is_some() && (on == album || on.map(title_key) == album_key),
            duration_s: row.get(5)?,
        });
    }
    Ok(found)
}

pub(super) fn is_one_of(wanted: &WantedArtist, keys: &[String]) -> bool {
    wanted.is(&keys.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The one that is meant, of those that bear the names.
fn choose(mut candidates: Vec<MatchCandidate>, wanted_s: Option<f64>) -> Match {
    if let Some(wanted_s) = wanted_s {
        let near = |candidate: &MatchCandidate| {
            candidate.duration_s <= 0.0 || (candidate.duration_s - wanted_s).abs() <= SAME_LENGTH_S
        };
        candidates.retain(near);
    }
    for better in [
        |c: &MatchCandidate| c.plain,
        |c: &MatchCandidate| c.same_album,
    ] {
        if candidates.iter().any(better) {
            candidates.retain(better);
        }
    }
    // Within three seconds lengths are the same: of such, the first in the library.
    let far_s = |candidate: &MatchCandidate| {
        let far_s = wanted_s.map_or(0.0, |wanted_s| (candidate.duration_s - wanted_s).abs());
        if far_s <= 3.0 { 0.0 } else { far_s }
    };
    let Some(best) = candidates
        .iter()
        .min_by(|a, b| far_s(a).total_cmp(&far_s(b)))
    else {
        return Match::None;
    };
    let unlike = |other: &MatchCandidate| {
        other.recording != best.recording
            && (other.duration_s - best.duration_s).abs() > SAME_LENGTH_S
    };
    if wanted_s.is_none() && candidates.iter().any(unlike) {
        return Match::Ambiguous;
    }
    let by = if best.plain {
        MatchedBy::Names
    } else {
        MatchedBy::LooseNames
    };
    Match::Found(best.recording, by)
}

/// The recording at `path`; of several, which are stretches of one file, the one that bears the title.
fn recording_at(
    db: &Connection,
    path: &Path,
    subject: &PlaySubject,
) -> rusqlite::Result<Option<i64>> {
    let ids = ids_at(db, path)?;
    let wanted = subject.title.as_deref().map(title_key);
    let mut found = Vec::new();
    for id in &ids {
        let (recording, title): (i64, String) = db
            .prepare_cached("SELECT recording_id, title_match FROM tracks WHERE id = ?")?
            .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
        if ids.len() == 1 || wanted.as_ref() == Some(&title) {
            found.push(recording);
        }
    }
    Ok(match found[..] {
        [recording] => Some(recording),
        _ => None,
    })
}
