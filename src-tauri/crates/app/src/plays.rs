//! The play log's use cases: adding a play, bringing in a history, taking the log out, opinions. What histories look
//! like is segue-exchange's business.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use segue_core::{Play, PlayContext, PlaySource, PlaySubject, Rating, Tally, Track};
use segue_exchange::history::{self, HistoryFormat, Record, RecordPlace};
use segue_library::MatchedBy;

use crate::wire::{LineFailure, MatchedCounts, PlaysImported, Unmatched};
use crate::{AppError, Segue};

/// Plays written at a time: a kill in the middle of an import loses nothing, for the next one adds the rest.
const BATCH: usize = 1000;
/// Subjects without a recording that are counted one by one, and those of them that are reported, the most played first.
const SUBJECTS_MAX: usize = 200_000;
const UNMATCHED_MAX: usize = 1000;
/// What Spotify's account data does not tell.
const LIMITS: &str = "Spotify's account data tells times to the minute, only the last year, no album, and not why a song ended: \
    what sounded for less than 30 s is taken for a skip; the extended streaming history, which Spotify sends on request, \
    takes the place of these plays when it is imported";

/// Entries that failed and are reported with their reasons.
const FAILURES_MAX: usize = 1000;

impl Segue {
    /// Appends one play of a file. Without `at` it ended just now.
    pub fn add_play(
        &self,
        file: impl AsRef<OsStr>,
        listened_s: f64,
        at: Option<Timestamp>,
        source: &str,
    ) -> Result<(), AppError> {
        let track = self.find(file)?;
        let source = PlaySource::parse(source).ok_or_else(|| AppError::NoSuchPlaySource {
            source_name: source.to_owned(),
        })?;
        if !(0.0..=864_000.0).contains(&listened_s) {
            return Err(AppError::PlayLength { listened_s });
        }
        if at.is_some_and(|at| at > Timestamp::now()) {
            return Err(AppError::FuturePlay);
        }
        let at = at.unwrap_or_else(|| ago(listened_s));
        let mut play = Play {
            at,
            subject: subject(&track),
            listened_s,
            source,
            skipped: false,
            rating: None,
            context: PlayContext::default(),
        };
        play.skipped = play.left_early();
        self.log_play(&play)
    }

    /// Brings a history in; without `format` its content tells which it is. Plays of music that is not in the library
    /// are kept: they find it when it comes. A dry run says what would happen and changes nothing.
    pub fn import_plays(
        &self,
        file: &Path,
        format: Option<HistoryFormat>,
        dry_run: bool,
    ) -> Result<PlaysImported, AppError> {
        let begun = Instant::now();
        let mut import = Import::new(self, dry_run);
        let read = import.read(file, format);
        if !dry_run {
            // What was written before a failure is in the log too.
            self.request_refit();
        }
        Ok(import.report(read?, begun))
    }

    /// Writes the whole log as JSON lines, oldest first. ListenBrainz gets what it wants: what was listened to, by name.
    pub fn export_plays(
        &self,
        format: HistoryFormat,
        out: &mut impl Write,
    ) -> Result<(), AppError> {
        let refuse = |error: std::io::Error| AppError::PlaysNotWritten {
            detail: error.to_string(),
        };
        for play in self.library.plays()? {
            let line = match format {
                HistoryFormat::Segue => Some(history::segue::line(play)),
                HistoryFormat::ListenBrainz => history::listenbrainz::line(&play),
                other => {
                    return Err(AppError::PlaysFormat {
                        format: other.as_str().to_owned(),
                    });
                }
            };
            let Some(line) = line else { continue };
            match writeln!(out, "{line}") {
                Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
                written => written.map_err(refuse)?,
            }
        }
        Ok(())
    }

    /// Gives an opinion on a recording, or takes it back.
    pub fn rate(&self, file: impl AsRef<OsStr>, rating: Option<Rating>) -> Result<(), AppError> {
        let track = self.find(file)?;
        self.library.rate(track.audio, rating, Timestamp::now())?;
        self.request_refit();
        Ok(())
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

/// An import under way.
struct Import<'a> {
    segue: &'a Segue,
    dry_run: bool,
    plays: Vec<Play>,
    tallies: Vec<Tally>,
    /// In a dry run: what the plays so far would have put into the log.
    seen: HashSet<u64>,
    unmatched: HashMap<(String, String), u64>,
    unmatched_plays: u64,
    done: Counted,
}

#[derive(Default)]
struct Counted {
    read: u64,
    added: u64,
    already: u64,
    left_out: u64,
    matched_by: MatchedCounts,
    known_plays: u64,
    known_skips: u64,
    /// Plays whose time is told only roughly.
    coarse: u64,
    refused: u64,
    failures: Vec<LineFailure>,
}

impl<'a> Import<'a> {
    fn new(segue: &'a Segue, dry_run: bool) -> Self {
        Self {
            segue,
            dry_run,
            plays: Vec::new(),
            tallies: Vec::new(),
            seen: HashSet::new(),
            unmatched: HashMap::new(),
            unmatched_plays: 0,
            done: Counted::default(),
        }
    }

    /// Files all that the history holds, and returns its format.
    fn read(
        &mut self,
        file: &Path,
        format: Option<HistoryFormat>,
    ) -> Result<HistoryFormat, AppError> {
        let format = history::read(file, format, Timestamp::now(), |place, record| {
            self.take(place, record)
        })?;
        self.write_plays()?;
        self.write_tallies()?;
        Ok(format)
    }

    fn take(&mut self, place: RecordPlace, record: Result<Record, String>) -> Result<(), AppError> {
        match record {
            Ok(Record::Play(play)) => {
                self.done.read += 1;
                self.done.coarse += u64::from(play.context.within_s.is_some());
                self.plays.push(*play);
                if self.plays.len() == BATCH {
                    self.write_plays()?;
                }
            }
            Ok(Record::Tally(tally)) => {
                self.done.read += 1;
                self.tallies.push(*tally);
                if self.tallies.len() == BATCH {
                    self.write_tallies()?;
                }
            }
            Ok(Record::LeftOut) => self.done.left_out += 1,
            Err(reason) => {
                self.done.refused += 1;
                if self.done.failures.len() < FAILURES_MAX {
                    self.done.failures.push(LineFailure {
                        file: (!place.file.is_empty()).then(|| place.file.to_owned()),
                        line: place.number,
                        reason,
                    });
                }
            }
        }
        Ok(())
    }

    fn write_plays(&mut self) -> Result<(), AppError> {
        if self.plays.is_empty() {
            return Ok(());
        }
        let plays = std::mem::take(&mut self.plays);
        let filed = if self.dry_run {
            self.segue.library.look_plays_up(&plays)?
        } else {
            self.segue.library.file_plays(&plays)?
        };
        for (play, filed) in plays.iter().zip(filed) {
            let again = self.dry_run && {
                let mut hasher = DefaultHasher::new();
                let name = filed.recording.is_none().then(|| describe(&play.subject));
                (play.at.as_second(), filed.recording, name).hash(&mut hasher);
                !self.seen.insert(hasher.finish())
            };
            if filed.known || again {
                self.done.already += 1;
            } else {
                self.done.added += 1;
            }
            self.recognise(&play.subject, filed.by, 1);
        }
        Ok(())
    }

    fn write_tallies(&mut self) -> Result<(), AppError> {
        if self.tallies.is_empty() {
            return Ok(());
        }
        let tallies = std::mem::take(&mut self.tallies);
        let filed = if self.dry_run {
            self.segue.library.look_tallies_up(&tallies)?
        } else {
            self.segue.library.file_tallies(&tallies)?
        };
        for (tally, filed) in tallies.iter().zip(filed) {
            if filed.plays + filed.skips == 0 {
                self.done.already += 1;
            } else {
                self.done.added += u64::from(filed.logged);
            }
            self.done.known_plays += u64::from(filed.plays) - u64::from(filed.logged);
            self.done.known_skips += u64::from(filed.skips);
            self.recognise(&tally.subject, filed.by, u64::from(tally.plays));
        }
        Ok(())
    }

    /// Counts by what an entry was recognised, or what it was of.
    fn recognise(&mut self, subject: &PlaySubject, by: Option<MatchedBy>, plays: u64) {
        let counts = &mut self.done.matched_by;
        match by {
            Some(MatchedBy::Audio) => counts.audio += 1,
            Some(MatchedBy::Path) => counts.path += 1,
            Some(MatchedBy::Names) => counts.names += 1,
            Some(MatchedBy::LooseNames) => counts.loose_names += 1,
            None => {
                self.unmatched_plays += 1;
                let key = (
                    subject.artist.clone().unwrap_or_default(),
                    describe_title(subject),
                );
                if self.unmatched.len() < SUBJECTS_MAX || self.unmatched.contains_key(&key) {
                    *self.unmatched.entry(key).or_default() += plays;
                }
            }
        }
    }

    fn report(self, format: HistoryFormat, begun: Instant) -> PlaysImported {
        let mut unmatched: Vec<Unmatched> = self
            .unmatched
            .into_iter()
            .map(|((artist, title), plays)| Unmatched {
                artist,
                title,
                plays,
            })
            .collect();
        unmatched.sort_by(|a, b| {
            b.plays
                .cmp(&a.plays)
                .then_with(|| (&a.artist, &a.title).cmp(&(&b.artist, &b.title)))
        });
        let subjects = unmatched.len() as u64;
        unmatched.truncate(UNMATCHED_MAX);
        let done = self.done;
        PlaysImported {
            format: format.as_str().into(),
            read: done.read,
            matched: done.read - self.unmatched_plays,
            matched_by: done.matched_by,
            added: done.added,
            already: done.already,
            known_plays: done.known_plays,
            known_skips: done.known_skips,
            left_out: done.left_out,
            unmatched,
            unmatched_subjects: subjects,
            failures: done.failures,
            refused: done.refused,
            limits: (format == HistoryFormat::Spotify && done.coarse > 0)
                .then(|| LIMITS.to_owned()),
            seconds: begun.elapsed().as_secs_f64(),
        }
    }
}

fn describe(subject: &PlaySubject) -> String {
    format!(
        "{}\u{1f}{}",
        subject.artist.as_deref().unwrap_or_default(),
        describe_title(subject)
    )
}

/// The title, or what else names the subject.
fn describe_title(subject: &PlaySubject) -> String {
    match (&subject.title, &subject.path) {
        (Some(title), _) => title.clone(),
        (None, Some(path)) => path.display().to_string(),
        (None, None) => subject
            .audio
            .map(|audio| audio.to_string())
            .unwrap_or_default(),
    }
}
