//! The play log's use cases: adding a play, bringing in a history, taking the log out, opinions.
//!
//! The file format is JSON lines, as `cli.md` gives it:
//! `{"at": "2026-01-31T20:15:00Z", "path": "…" | "artist": "…", "title": "…", "listened_s": 201.5,
//! "duration_s": 214.0, "source": "radio", "liked": true|false|null}`. Written files also carry `audio`, the
//! recording's hash, `album` and `skipped`, so that a log finds its recordings in another library.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use segue_core::{AudioHash, Play, PlaySource, PlaySubject, Rating, Track};
use serde::{Deserialize, Serialize};

use crate::reports::{LineFailure, PlaysImported};
use crate::{AppError, Segue};

/// Longest line of a history that is read, in bytes: no play is longer, and a hostile file may be one line.
const LINE_BYTES_MAX: u64 = 1 << 16;

/// Plays written at a time: a kill in the middle of an import loses nothing, for the next one adds the rest.
const BATCH: usize = 1000;

#[derive(Serialize, Deserialize)]
struct Line {
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audio: Option<AudioHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    path: Option<PathBuf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    artist: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    album: Option<String>,
    listened_s: f64,
    #[serde(default)]
    duration_s: Option<f64>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    skipped: Option<bool>,
    #[serde(default)]
    liked: Option<bool>,
}

impl Segue {
    /// Appends one play of a file. Without `at` it ended just now.
    pub fn add_play(
        &self,
        file: &str,
        listened_s: f64,
        at: Option<Timestamp>,
        source: &str,
    ) -> Result<(), AppError> {
        let track = self.find(file)?;
        let source = PlaySource::parse(source)
            .ok_or_else(|| AppError::Invalid(format!("{source:?} is no source of plays")))?;
        if !(0.0..=864_000.0).contains(&listened_s) {
            return Err(AppError::Invalid(format!(
                "nobody listens for {listened_s} seconds"
            )));
        }
        let at = at.unwrap_or_else(|| ago(listened_s));
        let mut play = Play {
            at,
            subject: subject(&track),
            listened_s,
            source,
            skipped: false,
            rating: None,
        };
        play.skipped = left_early(&play);
        self.log_play(&play)
    }

    /// Brings a history in. Plays of music that is not in the library are kept: they find it when it comes.
    pub fn import_plays(&self, file: &Path, dry_run: bool) -> Result<PlaysImported, AppError> {
        let begun = Instant::now();
        let refuse = |error: std::io::Error| AppError::File {
            action: "read the history",
            path: file.to_owned(),
            reason: error.to_string(),
        };
        let mut lines = BufReader::new(File::open(file).map_err(refuse)?);
        let mut known: BTreeSet<_> = self.library.plays()?.iter().flat_map(identities).collect();
        let mut done = PlaysImported {
            read: 0,
            matched: 0,
            already: 0,
            unmatched: Vec::new(),
            failures: Vec::new(),
            seconds: 0.0,
        };
        let mut unmatched = BTreeSet::new();
        let mut batch = Vec::new();
        for number in 1.. {
            let Some(text) = read_line(&mut lines).map_err(refuse)? else {
                break;
            };
            let text = text.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let mut play = match read_play(text) {
                Ok(play) => play,
                Err(reason) => {
                    done.failures.push(LineFailure {
                        line: number,
                        reason,
                    });
                    continue;
                }
            };
            done.read += 1;
            match self.library.match_subject(&play.subject)? {
                Some(audio) => {
                    done.matched += 1;
                    play.subject.audio = Some(audio);
                }
                None => {
                    unmatched.insert(describe(&play.subject));
                }
            }
            if identities(&play)
                .iter()
                .any(|identity| known.contains(identity))
            {
                done.already += 1;
                continue;
            }
            known.extend(identities(&play));
            if !dry_run {
                batch.push(play);
                if batch.len() == BATCH {
                    self.library.add_plays(&batch)?;
                    batch.clear();
                }
            }
        }
        self.library.add_plays(&batch)?;
        done.unmatched = unmatched.into_iter().collect();
        done.seconds = begun.elapsed().as_secs_f64();
        Ok(done)
    }

    /// Writes the whole log as JSON lines, oldest first.
    pub fn export_plays(&self, out: &mut impl Write) -> Result<(), AppError> {
        let refuse = |error: std::io::Error| AppError::File {
            action: "write the plays to",
            path: "standard output".into(),
            reason: error.to_string(),
        };
        for play in self.library.plays()? {
            let line = Line {
                at: play.at,
                audio: play.subject.audio,
                // A path that is not Unicode cannot stand in JSON; the audio hash says the same.
                path: play.subject.path.filter(|path| path.to_str().is_some()),
                artist: play.subject.artist,
                title: play.subject.title,
                album: play.subject.album,
                listened_s: play.listened_s,
                duration_s: play.subject.duration_s,
                source: Some(play.source.as_str().into()),
                skipped: Some(play.skipped),
                liked: play.rating.map(|rating| rating == Rating::Like),
            };
            let text = serde_json::to_string(&line).expect("a line holds nothing that JSON cannot");
            match writeln!(out, "{text}") {
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
                written => written.map_err(refuse)?,
            }
        }
        Ok(())
    }

    /// Gives an opinion on a recording, or takes it back.
    pub fn rate(&self, file: &str, rating: Option<Rating>) -> Result<(), AppError> {
        let track = self.find(file)?;
        Ok(self.library.rate(track.audio, rating, Timestamp::now())?)
    }
}

/// A play's snapshot of its track.
pub(crate) fn subject(track: &Track) -> PlaySubject {
    PlaySubject {
        audio: Some(track.audio),
        path: Some(track.path.clone()),
        artist: track.artists.first().cloned(),
        title: Some(track.title.clone()),
        album: track.album.clone(),
        duration_s: (track.duration_s > 0.0).then_some(track.duration_s),
    }
}

/// The instant `seconds` ago.
pub(crate) fn ago(seconds: f64) -> Timestamp {
    let now = Timestamp::now();
    now.checked_sub(SignedDuration::from_secs_f64(seconds))
        .unwrap_or(now)
}

/// Whether so little of a track sounded that it was left rather than ended: the last ten seconds do not count.
fn left_early(play: &Play) -> bool {
    play.subject
        .duration_s
        .is_some_and(|duration_s| play.listened_s < duration_s - 10.0)
}

fn read_play(text: &[u8]) -> Result<Play, String> {
    let line: Line = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    let named = line.artist.is_some() && line.title.is_some();
    if line.audio.is_none() && line.path.is_none() && !named {
        return Err("neither a path nor an artist with a title".into());
    }
    if !(0.0..=864_000.0).contains(&line.listened_s) {
        return Err(format!("listened_s is {}", line.listened_s));
    }
    let source = match &line.source {
        None => PlaySource::Import,
        Some(name) => {
            PlaySource::parse(name).ok_or_else(|| format!("{name:?} is no source of plays"))?
        }
    };
    let mut play = Play {
        at: line.at,
        subject: PlaySubject {
            audio: line.audio,
            path: line.path,
            artist: line.artist,
            title: line.title,
            album: line.album,
            duration_s: line
                .duration_s
                .filter(|duration_s| duration_s.is_finite() && *duration_s > 0.0),
        },
        listened_s: line.listened_s,
        source,
        skipped: false,
        rating: line
            .liked
            .map(|liked| if liked { Rating::Like } else { Rating::Dislike }),
    };
    play.skipped = line.skipped.unwrap_or_else(|| left_early(&play));
    Ok(play)
}

/// What makes two entries the same play: the second it began in, and its subject, by audio or by name. A play that
/// came in before its music did is known by name only, one whose music is gone perhaps by audio only.
fn identities(play: &Play) -> Vec<(i64, String)> {
    let by_audio = play.subject.audio.map(|audio| audio.to_string());
    by_audio
        .into_iter()
        .chain([describe(&play.subject)])
        .map(|name| (play.at.as_second(), name))
        .collect()
}

fn describe(subject: &PlaySubject) -> String {
    match (&subject.artist, &subject.title, &subject.path) {
        (Some(artist), Some(title), _) => format!("{artist} – {title}"),
        (_, _, Some(path)) => path.display().to_string(),
        _ => subject
            .audio
            .map(|audio| audio.to_string())
            .unwrap_or_default(),
    }
}

/// The next line without its end, `None` at the end of the file. A line that is too long is returned cut, which
/// no JSON document survives, and the rest of it is passed over.
fn read_line(mut lines: &mut impl BufRead) -> std::io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if Read::by_ref(&mut lines)
        .take(LINE_BYTES_MAX)
        .read_until(b'\n', &mut line)?
        == 0
    {
        return Ok(None);
    }
    if line.len() as u64 == LINE_BYTES_MAX && line.last() != Some(&b'\n') {
        lines.skip_until(b'\n')?;
    }
    Ok(Some(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Result<(f64, bool), &str>) {
        match (read_play(line.as_bytes()), expected) {
            (Ok(play), Ok((listened_s, skipped))) => {
                assert_eq!(
                    (play.listened_s, play.skipped),
                    (listened_s, skipped),
                    "{line}"
                );
            }
            (Err(reason), Err(words)) => assert!(reason.contains(words), "{line}: {reason}"),
            (read, _) => panic!("{line}: {read:?}"),
        }
    }

    #[test]
    fn a_line_is_a_play_or_refused_with_a_reason() {
        let at = r#""at": "2026-01-31T20:15:00Z""#;
        check(
            &format!(r#"{{{at}, "path": "/a", "listened_s": 20, "duration_s": 200}}"#),
            Ok((20.0, true)),
        );
        check(
            &format!(r#"{{{at}, "path": "/a", "listened_s": 195, "duration_s": 200}}"#),
            Ok((195.0, false)),
        );
        check(
            &format!(r#"{{{at}, "artist": "A", "title": "T", "listened_s": 3}}"#),
            Ok((3.0, false)),
        );
        check(
            &format!(r#"{{{at}, "artist": "A", "listened_s": 3}}"#),
            Err("neither a path"),
        );
        check(
            &format!(r#"{{{at}, "path": "/a", "listened_s": -1}}"#),
            Err("listened_s is -1"),
        );
        check(
            &format!(r#"{{{at}, "path": "/a", "listened_s": 1e300}}"#),
            Err("listened_s is"),
        );
        check(
            &format!(r#"{{{at}, "path": "/a", "listened_s": 1, "source": "x"}}"#),
            Err("no source"),
        );
        check(
            r#"{"at": "yesterday", "path": "/a", "listened_s": 1}"#,
            Err("failed to parse"),
        );
        check("[]", Err("invalid"));
        check("\u{feff}{", Err("expected"));
    }

    #[test]
    fn one_endless_line_does_not_swallow_the_next() {
        let text = format!("{}\nnext\n", "x".repeat(LINE_BYTES_MAX as usize * 2));
        let mut lines = std::io::Cursor::new(text);
        assert_eq!(
            read_line(&mut lines).unwrap().unwrap().len() as u64,
            LINE_BYTES_MAX
        );
        assert_eq!(read_line(&mut lines).unwrap().unwrap(), b"next\n");
        assert!(read_line(&mut lines).unwrap().is_none());
    }
}
