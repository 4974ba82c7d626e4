//! The log of feedback: *not now*, *never again*, *wrong after that one*, *less* and *more*, and their being taken back.
//! Append-only.

use rusqlite::{OptionalExtension, params};
use segue_core::{
    AudioHash, Feedback, FeedbackEvent, FeedbackId, FeedbackTarget, LibraryAction, LibraryError,
    Term, Timestamp,
};

use super::recording::recording;
use super::{Durability, Library, bump, instant, micros};

impl Library {
    /// Appends feedback of the listener.
    pub fn record_feedback(
        &self,
        feedback: &Feedback,
        at: Timestamp,
    ) -> Result<FeedbackId, LibraryError> {
        self.write(LibraryAction::SaveFeedback, Durability::Power, |db| {
            let (kind, about, earlier, term) = match feedback {
                Feedback::NotNow(about) => ("not-now", Some(about.clone()), None, None),
                Feedback::Never(about) => ("never", Some(about.clone()), None, None),
                Feedback::WrongAfter { earlier, later } => {
                    let earlier = recording(db, *earlier)?;
                    ("wrong-after", Some(FeedbackTarget::Recording(*later)), Some(earlier), None)
                }
                Feedback::Adjusted { term, up } => {
                    (if *up { "more" } else { "less" }, None, None, Some(term.to_string()))
                }
            };
            let (of, artist) = match about {
                Some(FeedbackTarget::Recording(audio)) => (Some(recording(db, audio)?), None),
                Some(FeedbackTarget::Artist(name)) => (None, Some(name)),
                None => (None, None),
            };
            db.prepare_cached(
                "INSERT INTO feedback (at, kind, recording_id, artist, earlier_id, term) VALUES (?,?,?,?,?,?)",
            )?
            .execute(params![micros(at), kind, of, artist, earlier, term])?;
            let id = FeedbackId(db.last_insert_rowid());
            bump(db)?;
            Ok(id)
        })
    }

    /// All feedback that was not undone, the latest last. *Not now* is included after its session has ended.
    pub fn feedback(&self) -> Result<Vec<FeedbackEvent>, LibraryError> {
        self.read(LibraryAction::ReadFeedback, |db| {
            let mut statement = db.prepare_cached(
                "SELECT f.id, f.at, f.kind, r.audio, f.artist, e.audio, f.term FROM feedback f
                 LEFT JOIN recordings o ON o.id = f.recording_id
                 LEFT JOIN recordings r ON r.id = coalesce(o.superseded_by, o.id)
                 LEFT JOIN recordings b ON b.id = f.earlier_id
                 LEFT JOIN recordings e ON e.id = coalesce(b.superseded_by, b.id)
                 WHERE f.kind != 'undo' AND f.id NOT IN (SELECT undoes FROM feedback WHERE undoes IS NOT NULL)
                 ORDER BY f.id",
            )?;
            let mut rows = statement.query([])?;
            let mut events = Vec::new();
            while let Some(row) = rows.next()? {
                let audio: Option<AudioHash> = row.get::<_, Option<[u8; 16]>>(3)?.map(AudioHash);
                let earlier: Option<AudioHash> = row.get::<_, Option<[u8; 16]>>(5)?.map(AudioHash);
                let about = match (audio, row.get::<_, Option<String>>(4)?) {
                    (Some(audio), _) => Some(FeedbackTarget::Recording(audio)),
                    (None, name) => name.map(FeedbackTarget::Artist),
                };
                let term: Option<String> = row.get(6)?;
                let term = term.as_deref().and_then(Term::parse);
                let feedback = match (row.get_ref(2)?.as_str()?, about, earlier, term) {
                    ("not-now", Some(about), ..) => Feedback::NotNow(about),
                    ("never", Some(about), ..) => Feedback::Never(about),
                    ("wrong-after", Some(FeedbackTarget::Recording(later)), Some(earlier), _) => {
                        Feedback::WrongAfter { earlier, later }
                    }
                    ("less", .., Some(term)) => Feedback::Adjusted { term, up: false },
                    ("more", .., Some(term)) => Feedback::Adjusted { term, up: true },
                    _ => continue,
                };
                events.push(FeedbackEvent {
                    id: FeedbackId(row.get(0)?),
                    at: instant(row.get(1)?),
                    feedback,
                });
            }
            Ok(events)
        })
    }

    /// Undoes an event. `false`: there is none of this number, or it was undone before.
    pub fn undo_feedback(&self, id: FeedbackId, at: Timestamp) -> Result<bool, LibraryError> {
        self.write(LibraryAction::UndoFeedback, Durability::Power, |db| {
            let holds = db
                .prepare_cached(
                    "SELECT 1 FROM feedback f WHERE id = ? AND kind != 'undo'
                         AND NOT EXISTS (SELECT 1 FROM feedback u WHERE u.undoes = f.id)",
                )?
                .query_row([id.0], |_| Ok(()))
                .optional()?
                .is_some();
            if holds {
                db.prepare_cached("INSERT INTO feedback (at, kind, undoes) VALUES (?, 'undo', ?)")?
                    .execute(params![micros(at), id.0])?;
                bump(db)?;
            }
            Ok(holds)
        })
    }
}
