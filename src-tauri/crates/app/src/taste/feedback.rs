//! Feedback: *not now*, *never again*, *wrong after that one*, *less* and *more*. Records and undoes it, and tells what it
//! excludes.
//!
//! No station, mix or shuffle picks what is excluded; the listener may still play it. Feedback is no opinion (like and dislike
//! are), so it does not train the taste: *less* and *more* adjust the score beside it.

use jiff::{SignedDuration, Timestamp};
use segue_core::{AudioHash, Feedback, FeedbackEvent, FeedbackId, FeedbackTarget, TrackId};
use segue_recommend::Exclusions;
use std::ffi::OsStr;

use super::snapshot::exclusions_of;
use crate::wire::{FeedbackKind, FeedbackRow, TrackRow, shown};
use crate::{AppError, Segue};

/// No session lasts longer than this, so an older *not now* has ended without looking at the plays.
const SESSION_MAX: SignedDuration = SignedDuration::from_hours(48);

impl Segue {
    /// Records feedback on a recording, or on all by its first artist. `kind` is *not now* or *never*.
    pub fn say(
        &self,
        kind: FeedbackKind,
        file: impl AsRef<OsStr>,
        artist: bool,
    ) -> Result<FeedbackRow, AppError> {
        let track = self.find(file)?;
        let about = if artist {
            let name = track.artists.first().ok_or_else(|| AppError::NoArtist {
                path: shown(&track.path),
            })?;
            FeedbackTarget::Artist(name.clone())
        } else {
            FeedbackTarget::Recording(track.audio)
        };
        let said = match kind {
            FeedbackKind::NotNow => Feedback::NotNow(about),
            FeedbackKind::Never => Feedback::Never(about),
            FeedbackKind::WrongAfter | FeedbackKind::Less | FeedbackKind::More => {
                return Err(AppError::FeedbackNotOfASong);
            }
        };
        self.record_feedback(said)
    }

    /// Records that `later` is wrong right after `earlier`.
    pub fn say_wrong_after(
        &self,
        earlier: impl AsRef<OsStr>,
        later: impl AsRef<OsStr>,
    ) -> Result<FeedbackRow, AppError> {
        let (earlier, later) = (self.find(earlier)?.audio, self.find(later)?.audio);
        if earlier == later {
            return Err(AppError::SameRecording);
        }
        self.record_feedback(Feedback::WrongAfter { earlier, later })
    }

    pub(crate) fn record_feedback(&self, feedback: Feedback) -> Result<FeedbackRow, AppError> {
        let at = Timestamp::now();
        let id = self.library.record_feedback(&feedback, at)?;
        self.feedback_row(&FeedbackEvent { id, at, feedback })
    }

    /// The active feedback, the latest first; *not now* only while its session lasts.
    pub fn feedback(&self) -> Result<Vec<FeedbackRow>, AppError> {
        let mut active = self.active_feedback_events(Timestamp::now())?;
        active.reverse();
        active
            .iter()
            .map(|event| self.feedback_row(event))
            .collect()
    }

    /// Undoes the latest active feedback and returns it; `None` if there is none.
    pub fn undo_feedback(&self) -> Result<Option<FeedbackRow>, AppError> {
        let now = Timestamp::now();
        let Some(latest) = self.active_feedback_events(now)?.pop() else {
            return Ok(None);
        };
        self.library.undo_feedback(latest.id, now)?;
        self.feedback_row(&latest).map(Some)
    }

    /// Undoes the feedback of this number.
    pub fn remove_feedback(&self, id: i64) -> Result<(), AppError> {
        if !self
            .library
            .undo_feedback(FeedbackId(id), Timestamp::now())?
        {
            return Err(AppError::NoSuchFeedback { id });
        }
        Ok(())
    }

    pub(crate) fn active_feedback_events(
        &self,
        now: Timestamp,
    ) -> Result<Vec<FeedbackEvent>, AppError> {
        let mut events = self.library.feedback()?;
        events.retain(|event| {
            !matches!(event.feedback, Feedback::NotNow(_))
                || now.duration_since(event.at) < SESSION_MAX
        });
        let timely = events.iter();
        let earliest = timely
            .filter(|event| matches!(event.feedback, Feedback::NotNow(_)))
            .map(|event| event.at)
            .min();
        // From before the session began in which it was recorded: a session is read off the plays around it.
        let plays = match earliest {
            Some(at) => self
                .library
                .plays_since(at.saturating_sub(SESSION_MAX).unwrap_or(at))?,
            None => Vec::new(),
        };
        events.retain(|event| event.is_active(&plays, now));
        Ok(events)
    }

    /// What is excluded now.
    pub(crate) fn excluded(&self) -> Result<Exclusions, AppError> {
        let active = self.active_feedback_events(Timestamp::now())?;
        let of_artist = |event: &FeedbackEvent| {
            matches!(
                event.feedback,
                Feedback::NotNow(FeedbackTarget::Artist(_))
                    | Feedback::Never(FeedbackTarget::Artist(_))
            )
        };
        // Only an excluded artist needs the snapshot; a recording names itself, and a fit may be slow.
        let known = match active.iter().any(of_artist) {
            true => Some(self.known()?),
            false => None,
        };
        Ok(exclusions_of(&active, known.as_deref()))
    }

    fn feedback_row(&self, event: &FeedbackEvent) -> Result<FeedbackRow, AppError> {
        let row = |audio: &AudioHash| -> Result<Option<TrackRow>, AppError> {
            let mut tracks = self.library.tracks_of(*audio)?;
            tracks.truncate(1);
            Ok(self.track_rows(&tracks)?.pop())
        };
        let (kind, about, earlier) = match &event.feedback {
            Feedback::NotNow(about) => (FeedbackKind::NotNow, Some(about.clone()), None),
            Feedback::Never(about) => (FeedbackKind::Never, Some(about.clone()), None),
            Feedback::WrongAfter { earlier, later } => (
                FeedbackKind::WrongAfter,
                Some(FeedbackTarget::Recording(*later)),
                row(earlier)?,
            ),
            Feedback::Adjusted { up: true, .. } => (FeedbackKind::More, None, None),
            Feedback::Adjusted { up: false, .. } => (FeedbackKind::Less, None, None),
        };
        let turned = match &event.feedback {
            Feedback::Adjusted { term, .. } => Some((self.name_of(term)?, term.to_string())),
            _ => None,
        };
        let (track, artist) = match about {
            Some(FeedbackTarget::Recording(audio)) => (row(&audio)?, None),
            Some(FeedbackTarget::Artist(name)) => (None, Some(name)),
            None => (None, None),
        };
        Ok(FeedbackRow {
            id: event.id.0,
            at: event.at.to_string(),
            kind,
            track,
            artist,
            earlier,
            turned: turned.as_ref().map(|(name, _)| name.clone()),
            term: turned.map(|(_, term)| term),
        })
    }
}

/// The tracks among `ids` that are not excluded; all of them if every one is.
pub(crate) fn without_excluded(segue: &Segue, ids: &[TrackId]) -> Result<Vec<TrackId>, AppError> {
    let excluded = segue.excluded()?.recordings;
    if excluded.is_empty() {
        return Ok(ids.to_vec());
    }
    let mut kept = segue.library.tracks_by_id(ids)?;
    kept.retain(|track| !excluded.contains(&track.audio));
    if kept.is_empty() {
        return Ok(ids.to_vec());
    }
    Ok(kept.iter().map(|track| track.id).collect())
}
