//! The ear: which model listens, and listening to single files.

use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};

use segue_analysis::{Model, Provider, Runtime, model_id};
use segue_core::ModelId;

use crate::lock::lock;
use crate::reports::Embedded;
use crate::{AppError, Segue, places};

/// The shipped model, by its id at once and by its network when first needed.
#[derive(Default)]
pub(crate) struct Ear {
    id: OnceLock<ModelId>,
    active: Mutex<Option<Provider>>,
}

impl Ear {
    /// The stamp on the current model's vectors. Reads and hashes the model's files once, and needs no runtime.
    pub(crate) fn model_id(&self) -> Result<ModelId, AppError> {
        if let Some(id) = self.id.get() {
            return Ok(id.clone());
        }
        let id = model_id(&places::model()?)?;
        Ok(self.id.get_or_init(|| id).clone())
    }

    /// Where a network ran last.
    pub(crate) fn active_provider(&self) -> Option<Provider> {
        *lock(&self.active)
    }

    /// A model of one's own, ready to listen: one for each thread.
    pub(crate) fn open(&self, provider: Provider) -> Result<Model, AppError> {
        let runtime = Runtime::load(&places::runtime()?)?;
        let model = Model::load(&runtime, &places::model()?, provider)?;
        *lock(&self.active) = Some(model.active_provider());
        Ok(model)
    }
}

impl Segue {
    /// Listens to files, in the library or not, and tells of each in the given order. Fails at the end if every
    /// file was refused.
    pub fn embed(&self, files: &[String], tell: &mut dyn FnMut(&Embedded)) -> Result<(), AppError> {
        let mut model = self.ear.open(Provider::Auto)?;
        let mut refused = 0;
        for file in files {
            let embedded = match self.embed_one(&mut model, file) {
                Ok(embedded) => embedded,
                Err((path, error)) => {
                    refused += 1;
                    Embedded::Refused {
                        path: path.to_string_lossy().into_owned(),
                        error: error.sentence(),
                    }
                }
            };
            tell(&embedded);
        }
        if refused == files.len() {
            return Err(AppError::Invalid(
                "none of these files could be listened to".into(),
            ));
        }
        Ok(())
    }

    fn embed_one(&self, model: &mut Model, file: &str) -> Result<Embedded, (PathBuf, AppError)> {
        let path = self.file(file).map_err(|error| (file.into(), error))?;
        let heard = model
            .analyze_file(&path)
            .map_err(|error| (path.clone(), error.into()))?;
        let mut tags = heard.tags;
        tags.sort_by(|a, b| b.p.total_cmp(&a.p));
        Ok(Embedded::Done {
            path: path.to_string_lossy().into_owned(),
            model: model.id().to_string(),
            vector: heard.embedding.values().to_vec(),
            tags,
            bpm: heard.descriptors.bpm,
            key: heard.descriptors.key.map(|key| key.to_string()),
        })
    }
}
