//! The log of feedback: *not now*, *never again*, *wrong after that one*, and their being taken back. Append-only.

use rusqlite::{OptionalExtension, params};
use segue_core::{About, AudioHash, Feedback, FeedbackEvent, FeedbackId, Timestamp};

use super::rows::recording;
use super::{Durability, Library, bump, instant, micros};
use crate::LibraryError;

impl Library {
    /// Appends what the listener said.
    pub fn say(&self, said: &Feedback, at: Timestamp) -> Result<FeedbackId, LibraryError> {
        self.write("save what was said", Durability::Power, |db| {
            let (kind, about, earlier) = match said {
                Feedback::NotNow(about) => ("not-now", about.clone(), None),
                Feedback::Never(about) => ("never", about.clone(), None),
                Feedback::WrongAfter { earlier, later } => {
                    ("wrong-after", About::Recording(*later), Some(recording(db, *earlier)?))
                }
            };
            let (of, artist) = match about {
                About::Recording(audio) => (Some(recording(db, audio)?), None),
                About::Artist(name) => (None, Some(name)),
            };
            db.prepare_cached(
                "INSERT INTO feedback (at, kind, recording_id, artist, earlier_id) VALUES (?,?,?,?,?)",
            )?
            .execute(params![micros(at), kind, of, artist, earlier])?;
            let id = FeedbackId(db.last_insert_rowid());
            bump(db)?;
            Ok(id)
        })
    }

    /// What was said and not taken back, the latest last. *Not now* is among it after its session too.
    pub fn feedback(&self) -> Result<Vec<FeedbackEvent>, LibraryError> {
        self.read("read what was said", |db| {
            let mut statement = db.prepare_cached(
                "SELECT f.id, f.at, f.kind, r.audio, f.artist, e.audio FROM feedback f
                 LEFT JOIN recordings r ON r.id = f.recording_id
                 LEFT JOIN recordings e ON e.id = f.earlier_id
                 WHERE f.kind != 'undo' AND f.id NOT IN (SELECT undoes FROM feedback WHERE undoes IS NOT NULL)
                 ORDER BY f.id",
            )?;
            let mut rows = statement.query([])?;
            let mut events = Vec::new();
            while let Some(row) = rows.next()? {
                let audio: Option<AudioHash> = row.get::<_, Option<[u8; 16]>>(3)?.map(AudioHash);
                let earlier: Option<AudioHash> = row.get::<_, Option<[u8; 16]>>(5)?.map(AudioHash);
                let about = match (audio, row.get(4)?) {
                    (Some(audio), _) => About::Recording(audio),
                    (None, Some(name)) => About::Artist(name),
                    (None, None) => continue,
                };
                let said = match (row.get_ref(2)?.as_str()?, about, earlier) {
                    ("not-now", about, _) => Feedback::NotNow(about),
                    ("never", about, _) => Feedback::Never(about),
                    (_, About::Recording(later), Some(earlier)) => {
                        Feedback::WrongAfter { earlier, later }
                    }
                    _ => continue,
                };
                events.push(FeedbackEvent {
                    id: FeedbackId(row.get(0)?),
                    at: instant(row.get(1)?),
                    said,
                });
            }
            Ok(events)
        })
    }

    /// Takes an event back. `false`: there is none of this number, or it was taken back before.
    pub fn take_back(&self, id: FeedbackId, at: Timestamp) -> Result<bool, LibraryError> {
        self.write("take back what was said", Durability::Power, |db| {
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
