//! *Not now*, *never again*, *wrong after that one*: saying it, taking it back, and what it bars.
//!
//! What is barred, no station, mix or shuffle picks; the listener may still play it. None of it speaks of taste:
//! for that there is like and dislike.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use segue_core::{About, AudioHash, Feedback, FeedbackEvent, FeedbackId, Track, TrackId};
use segue_library::TrackQuery;

use crate::dto::{FeedbackKind, FeedbackRow, TrackRow};
use crate::{AppError, Segue};

/// No session lasts longer: *not now* of earlier days need not be asked about.
const SESSION_MAX: SignedDuration = SignedDuration::from_hours(48);

/// What must not be picked now.
#[derive(Default)]
pub(crate) struct Barred {
    pub(crate) recordings: HashSet<AudioHash>,
    /// Recordings of which the second must not follow the first.
    pub(crate) pairs: HashSet<(AudioHash, AudioHash)>,
}

impl Segue {
    /// Says it of a recording, or of all by its first artist. `kind` is *not now* or *never*.
    pub fn say(
        &self,
        kind: FeedbackKind,
        file: &str,
        artist: bool,
    ) -> Result<FeedbackRow, AppError> {
        let track = self.find(file)?;
        let about = if artist {
            let name = track.artists.first().ok_or_else(|| {
                AppError::Invalid(format!("{} names no artist", track.path.display()))
            })?;
            About::Artist(name.clone())
        } else {
            About::Recording(track.audio)
        };
        let said = match kind {
            FeedbackKind::NotNow => Feedback::NotNow(about),
            FeedbackKind::Never => Feedback::Never(about),
            FeedbackKind::WrongAfter => {
                return Err(AppError::Invalid(
                    "this speaks of two songs, one after the other".into(),
                ));
            }
        };
        self.say_it(said)
    }

    /// Says that `later` is wrong right after `earlier`.
    pub fn say_wrong_after(&self, earlier: &str, later: &str) -> Result<FeedbackRow, AppError> {
        let (earlier, later) = (self.find(earlier)?.audio, self.find(later)?.audio);
        if earlier == later {
            return Err(AppError::Invalid("these are the same recording".into()));
        }
        self.say_it(Feedback::WrongAfter { earlier, later })
    }

    fn say_it(&self, said: Feedback) -> Result<FeedbackRow, AppError> {
        let at = Timestamp::now();
        let id = self.library.say(&said, at)?;
        self.feedback_row(&FeedbackEvent { id, at, said })
    }

    /// What was said and not taken back, the latest first; *not now* only while its session lasts.
    pub fn feedback(&self) -> Result<Vec<FeedbackRow>, AppError> {
        let mut holding = self.holding(Timestamp::now())?;
        holding.reverse();
        holding
            .iter()
            .map(|event| self.feedback_row(event))
            .collect()
    }

    /// Takes the latest that holds back, and returns it; `None` if nothing holds.
    pub fn undo_feedback(&self) -> Result<Option<FeedbackRow>, AppError> {
        let now = Timestamp::now();
        let Some(latest) = self.holding(now)?.pop() else {
            return Ok(None);
        };
        self.library.take_back(latest.id, now)?;
        self.feedback_row(&latest).map(Some)
    }

    /// Takes back what was said under this number.
    pub fn remove_feedback(&self, id: i64) -> Result<(), AppError> {
        if !self.library.take_back(FeedbackId(id), Timestamp::now())? {
            return Err(AppError::Invalid(format!(
                "nothing that holds was said under number {id}"
            )));
        }
        Ok(())
    }

    fn holding(&self, now: Timestamp) -> Result<Vec<FeedbackEvent>, AppError> {
        let mut events = self.library.feedback()?;
        events.retain(|event| {
            !matches!(event.said, Feedback::NotNow(_)) || now.duration_since(event.at) < SESSION_MAX
        });
        let timely = events
            .iter()
            .any(|event| matches!(event.said, Feedback::NotNow(_)));
        let plays = if timely {
            self.library.plays()?
        } else {
            Vec::new()
        };
        events.retain(|event| event.holds(&plays, now));
        Ok(events)
    }

    pub(crate) fn barred(&self, now: Timestamp) -> Result<Barred, AppError> {
        let mut barred = Barred::default();
        for event in self.holding(now)? {
            match event.said {
                Feedback::NotNow(About::Recording(audio))
                | Feedback::Never(About::Recording(audio)) => {
                    barred.recordings.insert(audio);
                }
                Feedback::NotNow(about @ About::Artist(_))
                | Feedback::Never(about @ About::Artist(_)) => {
                    barred.recordings.extend(self.by_artist(&about)?);
                }
                Feedback::WrongAfter { earlier, later } => {
                    _ = barred.pairs.insert((earlier, later))
                }
            }
        }
        Ok(barred)
    }

    /// The recordings that an artist plays on.
    fn by_artist(&self, about: &About) -> Result<Vec<AudioHash>, AppError> {
        let About::Artist(name) = about else {
            return Ok(Vec::new());
        };
        let query = TrackQuery {
            text: name.clone(),
            ..TrackQuery::default()
        };
        let means = |track: &Track| {
            let artists: Vec<&str> = track
                .artists
                .iter()
                .chain(&track.album_artist)
                .map(String::as_str)
                .collect();
            about.means(&track.audio, &artists)
        };
        let found = self.library.tracks(&query)?.tracks;
        Ok(found
            .iter()
            .filter(|track| means(track))
            .map(|track| track.audio)
            .collect())
    }

    fn feedback_row(&self, event: &FeedbackEvent) -> Result<FeedbackRow, AppError> {
        let row = |audio: &AudioHash| -> Result<Option<TrackRow>, AppError> {
            let mut tracks = self.library.tracks_of(*audio)?;
            tracks.truncate(1);
            Ok(self.track_rows(&tracks)?.pop())
        };
        let (kind, about, earlier) = match &event.said {
            Feedback::NotNow(about) => (FeedbackKind::NotNow, about.clone(), None),
            Feedback::Never(about) => (FeedbackKind::Never, about.clone(), None),
            Feedback::WrongAfter { earlier, later } => (
                FeedbackKind::WrongAfter,
                About::Recording(*later),
                row(earlier)?,
            ),
        };
        let (track, artist) = match about {
            About::Recording(audio) => (row(&audio)?, None),
            About::Artist(name) => (None, Some(name)),
        };
        Ok(FeedbackRow {
            id: event.id.0,
            at: event.at.to_string(),
            kind,
            track,
            artist,
            earlier,
        })
    }
}

impl Barred {
    /// Puts `order` so that no pair that was called wrong stands together, `before` being what sounds before it: what
    /// does not fit changes places with the next that does; at the very end it is left out.
    pub(crate) fn mend<T>(
        &self,
        before: Option<AudioHash>,
        mut order: Vec<T>,
        audio: impl Fn(&T) -> AudioHash,
    ) -> Vec<T> {
        let mut last = before;
        let mut place = 0;
        while place < order.len() {
            let fits =
                |item: &T| last.is_none_or(|last| !self.pairs.contains(&(last, audio(item))));
            match (place..order.len()).find(|other| fits(&order[*other])) {
                Some(other) => {
                    let moved = order.remove(other);
                    order.insert(place, moved);
                    last = Some(audio(&order[place]));
                    place += 1;
                }
                None => order.truncate(place),
            }
        }
        order
    }
}

/// The tracks among `ids` that are not barred; all of them if every one is.
pub(crate) fn unbarred(segue: &Segue, ids: &[TrackId]) -> Result<Vec<TrackId>, AppError> {
    let barred = segue.barred(Timestamp::now())?.recordings;
    if barred.is_empty() {
        return Ok(ids.to_vec());
    }
    let mut kept = segue.library.tracks_by_id(ids)?;
    kept.retain(|track| !barred.contains(&track.audio));
    if kept.is_empty() {
        return Ok(ids.to_vec());
    }
    Ok(kept.iter().map(|track| track.id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(u8, u8)], before: Option<u8>, order: &[u8], expected: &[u8]) {
        let audio = |n: u8| AudioHash([n; 16]);
        let barred = Barred {
            pairs: pairs.iter().map(|(a, b)| (audio(*a), audio(*b))).collect(),
            ..Barred::default()
        };
        let mended = barred.mend(before.map(audio), order.to_vec(), |n| audio(*n));
        assert_eq!(mended, expected);
        let sounds: Vec<u8> = before.into_iter().chain(mended).collect();
        assert!(
            sounds
                .windows(2)
                .all(|two| !pairs.contains(&(two[0], two[1])))
        );
    }

    #[test]
    fn wrong_neighbours_are_parted() {
        check(&[], Some(9), &[1, 2, 3], &[1, 2, 3]);
        check(&[(1, 2)], None, &[1, 2, 3], &[1, 3, 2]);
        check(&[(9, 1)], Some(9), &[1, 2, 3], &[2, 1, 3]);
        check(&[(1, 2), (3, 2)], None, &[1, 2, 3], &[1, 3]);
        check(&[(2, 1)], None, &[1, 2, 3], &[1, 2, 3]);
    }
}
