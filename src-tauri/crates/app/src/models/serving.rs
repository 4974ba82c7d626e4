//! Whose vectors serve while a library is analysed anew, or more closely.
//!
//! The *current* model analyses; the *serving* one's vectors are used for radio, similarity and tags. They differ after a
//! switch, until the current model has analysed all that the serving one had; and once the fine model has heard all that the
//! current one has, it serves.

use std::time::Instant;

use segue_core::ModelId;

use super::manager::Coverage;
use crate::lock::lock;
use crate::taste::STALE_FACTOR;
use crate::{AppError, Segue};

/// The setting that says whose vectors serve.
const SERVING: &str = "serving-model";
/// The fine model goes on serving while it has yet to hear up to this share of what it has heard: each change of the
/// serving model has the taste learned anew, and a new record would do that twice.
const MISSING_SHARE_MAX: f64 = 0.02;

impl Segue {
    /// The model whose vectors are used. The current one takes over here, once it has analysed all that the serving one
    /// had: recordings whose files are there, except those that failed. So does the fine one after it, if it is to listen; and
    /// it gives way, when much came that only the current one has heard.
    pub(crate) fn serving(&self) -> Result<Option<ModelId>, AppError> {
        let kept = self.library.setting(SERVING)?;
        let kept = kept.and_then(|id| Some(ModelId(id.as_str()?.to_owned())));
        let Ok(current) = self.model_manager.model_id() else {
            return Ok(kept);
        };
        let fine = self.fine_id()?;
        let serves = match kept {
            Some(kept) if Some(&kept) == fine.as_ref() => {
                let (missing, heard) = self.coverage(&kept, &current)?;
                match missing as f64 <= heard as f64 * MISSING_SHARE_MAX {
                    true => return Ok(Some(kept)),
                    false => current,
                }
            }
            Some(kept) if kept != current => match self.coverage(&current, &kept)? {
                (0, _) => current,
                _ => return Ok(Some(kept)),
            },
            kept => match fine {
                Some(fine) if matches!(self.coverage(&fine, &current)?, (0, 1..)) => fine,
                _ => return Ok(Some(kept.unwrap_or(current))),
            },
        };
        // Where the setting cannot be written it is worked out again each time.
        if let Err(error) = self.keep_serving(&serves) {
            tracing::debug!(%error, "which model serves is not kept");
        }
        Ok(Some(serves))
    }

    /// How many recordings `new` has still to analyse of those that `old` has, and how many it has. Every page of songs asks,
    /// and comparing walks the library: so the answer is kept until the library changes, and for a while beyond, since during
    /// an analysis every vector changes it.
    pub(super) fn coverage(&self, new: &ModelId, old: &ModelId) -> Result<(u64, u64), AppError> {
        let mut remembered = lock(&self.coverage);
        let revision = self.library.revision();
        if let Some(last) = &*remembered
            && (&last.new, &last.old) == (new, old)
            && (last.revision == revision || last.asked.elapsed() < last.took * STALE_FACTOR)
        {
            return Ok((last.missing, last.heard));
        }
        let begun = Instant::now();
        let missing = self.library.uncovered(new, old)?;
        let heard = self.library.analyzed_count(new)?;
        *remembered = Some(Coverage {
            new: new.clone(),
            old: old.clone(),
            missing,
            heard,
            revision,
            asked: Instant::now(),
            took: begun.elapsed(),
        });
        Ok((missing, heard))
    }

    /// Has the model that has now heard all serve, if the analysis that has just ended completed it.
    pub(crate) fn hand_over(&self) -> Result<(), AppError> {
        *lock(&self.coverage) = None;
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
