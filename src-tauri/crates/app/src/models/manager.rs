//! The model manager: which model analyses music, and on which provider its network runs.
//!
//! What was chosen and measured is stored in `models/state.json` in the data folder, beside the imported models. It bears
//! a version; a file that cannot be read counts as absent, and all is chosen and measured again.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use segue_analysis::{Fallen, Model, Provider, Runtime, describe, model_id, provider_report};
use segue_core::ModelId;
use segue_recommend::TagAbout;
use serde::{Deserialize, Serialize};

use crate::lock::lock;
use crate::places::{ShippedModel, ShippedModels};
use crate::wire::FileAttempt;
use crate::{AppError, places};

const STATE_VERSION: u32 = 1;
/// Warm-ups kept: models and runtimes come and go.
const WARM_UPS_MAX: usize = 16;

/// The models, by their ids at once and by their networks when first needed.
pub(crate) struct ModelManager {
    /// `models` in the data folder.
    models: PathBuf,
    /// Those that came with Segue.
    shipped: Result<ShippedModels, AppError>,
    /// The last id found in each folder, with the manifest that it was found for.
    ids: Mutex<HashMap<PathBuf, (Vec<u8>, ModelId)>>,
    /// What is known of the tags of models whose vectors were asked for, by their names.
    tags: Mutex<HashMap<ModelId, Arc<TagNotes>>>,
    active: Mutex<Option<Provider>>,
    /// What `auto` chose in this process, for which model.
    chosen: Mutex<Option<(ModelId, Provider)>>,
}

/// What is known of a model's tags, by their names.
pub(crate) type TagNotes = HashMap<String, TagAbout>;

/// The contents of `models/state.json`.
#[derive(Debug, Default, Serialize, Deserialize)]
struct StoredModelState {
    version: u32,
    /// The model that analyses; none: the shipped one.
    current: Option<String>,
    warm_ups: Vec<WarmUp>,
    /// The provider that failed last.
    fallen: Option<Failed>,
}

/// What was measured once, for this model, this ONNX Runtime and these providers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WarmUp {
    model: String,
    runtime: String,
    available: Vec<String>,
    pub(crate) speeds: Vec<Speed>,
    chosen: String,
}

/// A provider's speed with a model, or why it is not used.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Speed {
    pub(crate) provider: String,
    pub(crate) patches_per_s: Option<f64>,
    pub(crate) reason: Option<String>,
}

/// A provider that was left for the processor.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Failed {
    pub(crate) provider: String,
    pub(crate) reason: String,
    pub(crate) at: jiff::Timestamp,
}

impl ModelManager {
    pub(crate) fn new(data_dir: &Path, shipped: Result<ShippedModels, AppError>) -> Self {
        Self {
            models: data_dir.join("models"),
            shipped,
            ids: Mutex::default(),
            tags: Mutex::default(),
            active: Mutex::default(),
            chosen: Mutex::default(),
        }
    }

    /// The folder of the imported models.
    pub(crate) fn models(&self) -> &Path {
        &self.models
    }

    /// The models that came with Segue.
    pub(crate) fn shipped(&self) -> Result<&ShippedModels, AppError> {
        self.shipped.as_ref().map_err(Clone::clone)
    }

    /// The shipped model that listens more closely. None comes after a model that the listener chose.
    pub(crate) fn fine(&self) -> Option<&ShippedModel> {
        let fine = self.shipped.as_ref().ok()?.fine.as_ref();
        fine.filter(|_| self.current().is_none())
    }

    /// The name of the current model; none: the shipped quick one.
    pub(crate) fn current(&self) -> Option<String> {
        self.state().current
    }

    /// Makes a model the current one; none: the shipped quick one.
    pub(crate) fn set_current(&self, name: Option<String>) -> Result<(), AppError> {
        let mut state = self.state();
        state.current = name;
        self.keep(&state)
    }

    /// The current model's folder.
    pub(crate) fn folder(&self) -> Result<PathBuf, AppError> {
        let Some(name) = self.current() else {
            return Ok(self.shipped()?.quick.folder.clone());
        };
        let fine = self.shipped.as_ref().ok().and_then(|it| it.fine.as_ref());
        Ok(match fine.filter(|fine| fine.name == name) {
            Some(fine) => fine.folder.clone(),
            None => self.models.join(name),
        })
    }

    /// The stamp on the current model's vectors.
    pub(crate) fn model_id(&self) -> Result<ModelId, AppError> {
        self.id_of(&self.folder()?)
    }

    /// The stamp on the vectors of the model in `folder`. Reads and hashes the model's files once, and again when its
    /// manifest is another; needs no runtime.
    pub(crate) fn id_of(&self, folder: &Path) -> Result<ModelId, AppError> {
        let manifest = fs::read(folder.join("manifest.toml")).unwrap_or_default();
        let mut known = lock(&self.ids);
        if let Some((by, id)) = known.get(folder)
            && *by == manifest
        {
            return Ok(id.clone());
        }
        let id = model_id(folder)?;
        known.insert(folder.to_owned(), (manifest, id.clone()));
        Ok(id)
    }

    /// What the maker of the model of that stamp says of its tags; nothing where the model is gone, whose tags are then taken at
    /// their word. Looked for once.
    pub(crate) fn tags_of(&self, id: &ModelId) -> Arc<TagNotes> {
        if let Some(known) = lock(&self.tags).get(id) {
            return Arc::clone(known);
        }
        let shipped = self.shipped.as_ref().ok();
        let shipped = shipped.map(|it| [Some(&it.quick), it.fine.as_ref()]);
        let mut folders: Vec<PathBuf> = shipped
            .into_iter()
            .flatten()
            .flatten()
            .map(|model| model.folder.clone())
            .collect();
        let named = id.0.split('@').next().unwrap_or_default();
        folders.push(self.models.join(named));
        let is_it = |folder: &&PathBuf| {
            let card = describe(folder).is_ok_and(|card| card.name == named);
            card && self.id_of(folder).is_ok_and(|other| other == *id)
        };
        let card = folders
            .iter()
            .find(is_it)
            .and_then(|folder| describe(folder).ok());
        let tags = card.into_iter().flat_map(|card| card.tags);
        let notes = tags.map(|tag| {
            let about = TagAbout {
                name: tag.name.clone(),
                parent: tag.parent,
                trust: tag.trust,
            };
            (tag.name, about)
        });
        let notes = Arc::new(notes.collect());
        lock(&self.tags).insert(id.clone(), Arc::clone(&notes));
        notes
    }

    /// Where a network ran last.
    pub(crate) fn active_provider(&self) -> Option<Provider> {
        *lock(&self.active)
    }

    /// The current model, loaded: one for each thread.
    pub(crate) fn open(&self, provider: Provider) -> Result<Model, AppError> {
        self.open_in(&self.folder()?, provider)
    }

    /// The model in `folder`, loaded. If the provider that `auto` chose does not start after all, the processor is used.
    pub(crate) fn open_in(&self, folder: &Path, provider: Provider) -> Result<Model, AppError> {
        let runtime = Runtime::load(&places::runtime()?)?;
        let first = match provider {
            Provider::Auto => self.choose(&runtime, folder)?,
            named => named,
        };
        let model = match Model::load(&runtime, folder, first) {
            Err(error) if provider == Provider::Auto && first != Provider::Cpu => {
                self.note_fallen(&Fallen {
                    provider: first,
                    reason: error.to_string(),
                });
                Model::load(&runtime, folder, Provider::Cpu)?
            }
            outcome => outcome?,
        };
        *lock(&self.active) = Some(model.active_provider());
        Ok(model)
    }

    /// The fastest provider for a model: measured when first asked, remembered for as long as model, ONNX
    /// Runtime and the providers it offers stay the same.
    fn choose(&self, runtime: &Runtime, folder: &Path) -> Result<Provider, AppError> {
        let model = self.id_of(folder)?;
        let mut chosen = lock(&self.chosen);
        if let Some((of, provider)) = &*chosen
            && *of == model
        {
            return Ok(*provider);
        }
        let provider = self.measure(runtime, folder, &model)?;
        *chosen = Some((model, provider));
        Ok(provider)
    }

    fn measure(
        &self,
        runtime: &Runtime,
        folder: &Path,
        model: &ModelId,
    ) -> Result<Provider, AppError> {
        let report = provider_report(runtime).into_iter();
        let available: Vec<String> = report
            .filter(|status| status.available)
            .map(|status| status.provider.as_str().into())
            .collect();
        if available.len() < 2 {
            // There is nothing to choose from.
            return Ok(Provider::Cpu);
        }
        let runtime_name = format!("{} {}", runtime.version(), runtime.path().display());
        if let Some(known) = self.warm_up(model)
            && known.runtime == runtime_name
            && known.available == available
        {
            return Ok(Provider::parse(&known.chosen).unwrap_or(Provider::Cpu));
        }
        // The processor has a network in every job, a card one in all.
        let weight = |provider| match provider {
            Provider::Cpu => default_jobs() as f64,
            _ => 1.0,
        };
        let measured = Model::warm_up(runtime, folder)?;
        let speeds = measured.iter().filter_map(|one| {
            let speed = one.patches_per_s.as_ref().ok()?;
            Some((one.provider, speed * weight(one.provider)))
        });
        let chosen = speeds
            .max_by(|a, b| a.1.total_cmp(&b.1))
            .map_or(Provider::Cpu, |(provider, _)| provider);
        let warm_up = WarmUp {
            model: model.to_string(),
            runtime: runtime_name,
            available,
            speeds: measured
                .into_iter()
                .map(|one| Speed {
                    provider: one.provider.as_str().into(),
                    reason: one.patches_per_s.as_ref().err().cloned(),
                    patches_per_s: one.patches_per_s.ok(),
                })
                .collect(),
            chosen: chosen.as_str().into(),
        };
        let mut state = self.state();
        state.warm_ups.retain(|other| other.model != warm_up.model);
        state.warm_ups.insert(0, warm_up);
        state.warm_ups.truncate(WARM_UPS_MAX);
        if let Err(error) = self.keep(&state) {
            tracing::warn!(%error, "the warm-up will be measured again");
        }
        Ok(chosen)
    }

    /// What was measured for a model.
    pub(crate) fn warm_up(&self, model: &ModelId) -> Option<WarmUp> {
        let warm_ups = self.state().warm_ups;
        warm_ups.into_iter().find(|one| one.model == model.0)
    }

    /// Notes that a provider failed: this process leaves it, the next measures anew, and `doctor` tells.
    pub(crate) fn note_fallen(&self, fallen: &Fallen) {
        tracing::warn!(provider = fallen.provider.as_str(), reason = %fallen.reason, "left for the processor");
        if let Some((_, provider)) = &mut *lock(&self.chosen) {
            *provider = Provider::Cpu;
        }
        *lock(&self.active) = Some(Provider::Cpu);
        let mut state = self.state();
        state.warm_ups.clear();
        state.fallen = Some(Failed {
            provider: fallen.provider.as_str().into(),
            reason: fallen.reason.clone(),
            at: jiff::Timestamp::now(),
        });
        if let Err(error) = self.keep(&state) {
            tracing::warn!(%error, "the failure could not be noted");
        }
    }

    /// The provider that failed last, in any process.
    pub(crate) fn last_failure(&self) -> Option<Failed> {
        self.state().fallen
    }

    fn state(&self) -> StoredModelState {
        let Ok(text) = fs::read(self.models.join("state.json")) else {
            return StoredModelState::default();
        };
        match serde_json::from_slice::<StoredModelState>(&text) {
            Ok(state) if state.version == STATE_VERSION => state,
            Ok(state) => {
                tracing::warn!(
                    version = state.version,
                    "models/state.json is not of this Segue"
                );
                StoredModelState::default()
            }
            Err(error) => {
                tracing::warn!(%error, "models/state.json cannot be read");
                StoredModelState::default()
            }
        }
    }

    fn keep(&self, state: &StoredModelState) -> Result<(), AppError> {
        let path = self.models.join("state.json");
        let versioned = StoredModelState {
            version: STATE_VERSION,
            current: state.current.clone(),
            warm_ups: state.warm_ups.clone(),
            fallen: state.fallen.clone(),
        };
        let text = serde_json::to_vec_pretty(&versioned).expect("a state is plain data");
        fs::create_dir_all(&self.models)
            .and_then(|()| segue_exchange::replace(&path, &text))
            .map_err(AppError::file(FileAttempt::Write, path))
    }
}

/// Networks that run at once on the processor, where nobody says how many.
pub(crate) fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| cores.get().saturating_sub(1).max(1))
}

/// What a model had not heard of what another had, when it was last asked.
pub(crate) struct Coverage {
    pub(crate) new: ModelId,
    pub(crate) old: ModelId,
    /// Recordings that the new one lacks.
    pub(crate) missing: u64,
    /// Recordings that the new one has heard.
    pub(crate) heard: u64,
    pub(crate) revision: u64,
    pub(crate) asked: Instant,
    pub(crate) took: Duration,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_kept_and_what_cannot_be_read_is_chosen_again() {
        let folder = tempfile::tempdir().unwrap();
        let manager = ModelManager::new(folder.path(), places::models());
        assert_eq!(manager.current(), None);
        manager.set_current(Some("mine".into())).unwrap();
        // Another process sees it.
        let other = ModelManager::new(folder.path(), places::models());
        assert_eq!(other.current().as_deref(), Some("mine"));
        assert_eq!(other.folder().unwrap(), folder.path().join("models/mine"));
        for text in [
            "",
            "{",
            "{\"version\": 9, \"current\": \"mine\", \"warm_ups\": []}",
        ] {
            fs::write(folder.path().join("models/state.json"), text).unwrap();
            assert_eq!(manager.current(), None, "{text}");
        }
    }

    /// Needs the shipped model and ONNX Runtime (`cargo xtask setup`). A machine without CUDA stands for one whose
    /// card went since it was chosen.
    #[test]
    fn a_chosen_card_that_does_not_start_gives_way_to_the_processor() {
        let folder = tempfile::tempdir().unwrap();
        let manager = ModelManager::new(folder.path(), places::models());
        *lock(&manager.chosen) = Some((manager.model_id().unwrap(), Provider::Cuda));
        let model = manager.open(Provider::Auto).unwrap();
        assert_eq!(manager.active_provider(), Some(model.active_provider()));
        if model.active_provider() == Provider::Cpu {
            let failed = ModelManager::new(folder.path(), places::models())
                .last_failure()
                .unwrap();
            assert_eq!(failed.provider, "cuda");
            assert!(!failed.reason.is_empty());
            let again = manager.open(Provider::Auto).unwrap();
            assert_eq!(again.active_provider(), Provider::Cpu);
        }
        // Asked for by name, it is refused by name.
        if let Err(error) = manager.open(Provider::Cuda) {
            assert!(error.to_string().contains("cuda"), "{error}");
        }
    }
}
