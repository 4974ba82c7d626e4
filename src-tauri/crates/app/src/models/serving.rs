//! Whose vectors serve while a library is analysed anew.
//!
//! *Current* is the model that listens; *serving* the one whose vectors answer radio, likeness and heard tags. They
//! differ after a switch, until the current model has heard what the serving one had.

use std::time::Instant;

use segue_core::ModelId;

use super::manager::Uncovered;
use crate::lock::lock;
use crate::taste::STALE_FACTOR;
use crate::{AppError, Segue};

/// The setting that says whose vectors serve.
const SERVING: &str = "serving-model";

impl Segue {
    /// The model whose vectors answer. The current one takes over here, once it has heard all that the serving one
    /// had: recordings whose files are there, those that it refused excepted.
    pub(crate) fn serving(&self) -> Result<Option<ModelId>, AppError> {
        let current = self.ear.model_id().ok();
        let kept = self.library.setting(SERVING)?;
        let kept = kept.and_then(|id| Some(ModelId(id.as_str()?.to_owned())));
        match (kept, current) {
            (Some(kept), Some(current)) if kept != current => {
                if self.is_uncovered(&current, &kept)? {
                    return Ok(Some(kept));
                }
                // Where nothing can be written it is found out anew each time.
                if let Err(error) = self.keep_serving(&current) {
                    tracing::debug!(error = %error.sentence(), "which model serves is not kept");
                }
                Ok(Some(current))
            }
            (kept, current) => Ok(current.or(kept)),
        }
    }

    /// Whether `current` has still to hear what `kept` had. Every page of songs asks, and comparing walks the library:
    /// the answer holds while the library does, and for a while beyond, as every vector changes it.
    fn is_uncovered(&self, current: &ModelId, kept: &ModelId) -> Result<bool, AppError> {
        let mut remembered = lock(&self.uncovered);
        let revision = self.library.revision();
        if let Some(last) = &*remembered
            && (&last.current, &last.kept) == (current, kept)
            && (last.revision == revision || last.asked.elapsed() < last.took * STALE_FACTOR)
        {
            return Ok(true);
        }
        let begun = Instant::now();
        let uncovered = !self.library.covers(current, kept)?;
        *remembered = uncovered.then(|| Uncovered {
            current: current.clone(),
            kept: kept.clone(),
            revision,
            asked: Instant::now(),
            took: begun.elapsed(),
        });
        Ok(uncovered)
    }

    /// Hands over to the current model, if an analysis that has just ended brought all that lacked.
    pub(crate) fn hand_over(&self) -> Result<(), AppError> {
        *lock(&self.uncovered) = None;
        self.serving().map(drop)
    }

    /// Remembers whose vectors serve, so that they go on when another model comes.
    pub(crate) fn keep_serving(&self, model: &ModelId) -> Result<(), AppError> {
        let value = serde_json::Value::from(model.0.as_str());
        if self.library.setting(SERVING)?.as_ref() != Some(&value) {
            self.library.put_setting(SERVING, &value)?;
        }
        Ok(())
    }
}
