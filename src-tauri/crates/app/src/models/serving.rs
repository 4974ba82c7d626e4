//! Whose vectors serve while a library is analysed anew.
//!
//! The *current* model analyses; the *serving* one's vectors are used for radio, similarity and tags. They differ after a
//! switch, until the current model has analysed all that the serving one had.

use std::time::Instant;

use segue_core::ModelId;

use super::manager::Uncovered;
use crate::lock::lock;
use crate::taste::STALE_FACTOR;
use crate::{AppError, Segue};

/// The setting that says whose vectors serve.
const SERVING: &str = "serving-model";

impl Segue {
    /// The model whose vectors are used. The current one takes over here, once it has analysed all that the serving one
    /// had: recordings whose files are there, except those that failed.
    pub(crate) fn serving(&self) -> Result<Option<ModelId>, AppError> {
        let current = self.model_manager.model_id().ok();
        let kept = self.library.setting(SERVING)?;
        let kept = kept.and_then(|id| Some(ModelId(id.as_str()?.to_owned())));
        match (kept, current) {
            (Some(kept), Some(current)) if kept != current => {
                if self.is_uncovered(&current, &kept)? {
                    return Ok(Some(kept));
                }
                // Where the setting cannot be written it is worked out again each time.
                if let Err(error) = self.keep_serving(&current) {
                    tracing::debug!(%error, "which model serves is not kept");
                }
                Ok(Some(current))
            }
            (kept, current) => Ok(current.or(kept)),
        }
    }

    /// Whether `current` has still to analyse what `kept` had. Every page of songs asks, and comparing walks the library: so
    /// the answer is kept until the library changes, and for a while beyond, since during an analysis every vector changes
    /// it.
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

    /// Has the current model serve, if the analysis that has just ended completed it.
    pub(crate) fn hand_over(&self) -> Result<(), AppError> {
        *lock(&self.uncovered) = None;
        self.serving().map(drop)
    }

    /// Stores whose vectors serve: without it the next model would serve at once, with no vectors yet.
    pub(crate) fn keep_serving(&self, model: &ModelId) -> Result<(), AppError> {
        let value = serde_json::Value::from(model.0.as_str());
        if self.library.setting(SERVING)?.as_ref() != Some(&value) {
            self.library.put_setting(SERVING, &value)?;
        }
        Ok(())
    }
}
