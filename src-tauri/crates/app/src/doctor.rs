//! `doctor`: what is installed, what works, and what does not, without stopping at the first trouble.

use std::path::Path;

use segue_analysis::{OPT_OUTS, Provider, Runtime, provider_report};
use segue_core::AnalysisError;
use segue_core::ModelId;
use segue_playback::probe_device;

use crate::models::ModelManager;
use crate::wire::{
    AudioHealth, DatabaseHealth, Diagnosis, ModelHealth, ProviderHealth, RuntimeHealth,
};
use crate::{AppError, Segue, places};

impl Segue {
    /// Looks at everything in a data folder, by default the platform's: at the rest too where its database cannot be
    /// opened.
    pub fn doctor(data_dir: Option<&Path>) -> Result<Diagnosis, AppError> {
        let data_dir = match data_dir {
            Some(folder) => folder.to_owned(),
            None => places::data_dir()?,
        };
        match Self::open(Some(&data_dir)) {
            Ok(segue) => Ok(segue.diagnosis()),
            Err(AppError::Library { error }) => {
                let database = DatabaseHealth {
                    integrity: None,
                    open_problem: Some(error.into()),
                    read_only_problem: None,
                    tracks: 0,
                    analyzed: 0,
                };
                Ok(diagnosis(
                    &data_dir,
                    &ModelManager::new(&data_dir, places::models()),
                    database,
                    None,
                    0,
                ))
            }
            Err(error) => Err(error),
        }
    }

    fn diagnosis(&self) -> Diagnosis {
        let id = self.model_manager.model_id().ok();
        let serving = self.serving().ok().flatten();
        let to_hear = id.as_ref().zip(serving.as_ref());
        let to_hear = to_hear.and_then(|(id, serving)| self.library.uncovered(id, serving).ok());
        let analyzed = id
            .as_ref()
            .and_then(|id| self.library.heard_tracks(id).ok());
        let (integrity, open_problem) = match self.library.check() {
            Ok(found) => (Some(found), None),
            Err(error) => (None, Some(error.into())),
        };
        let database = DatabaseHealth {
            integrity,
            open_problem,
            read_only_problem: self.read_only(),
            tracks: self
                .library
                .counts()
                .map(|counts| counts.tracks)
                .unwrap_or_default(),
            analyzed: analyzed.unwrap_or_default(),
        };
        let found = diagnosis(
            self.library.data_dir(),
            &self.model_manager,
            database,
            serving,
            to_hear.unwrap_or_default(),
        );
        Diagnosis {
            model: ModelHealth {
                closely: self.closely().ok().flatten(),
                ..found.model
            },
            ..found
        }
    }
}

/// All that is looked at beside the database.
fn diagnosis(
    data_dir: &Path,
    model_manager: &ModelManager,
    database: DatabaseHealth,
    serving: Option<ModelId>,
    to_hear: u64,
) -> Diagnosis {
    let id = model_manager.model_id();
    let folder = model_manager.folder().ok();
    Diagnosis {
        version: env!("CARGO_PKG_VERSION").into(),
        data_dir: data_dir.to_string_lossy().into_owned(),
        database,
        model: ModelHealth {
            serving: serving.map(|id| id.to_string()),
            to_hear,
            closely: None,
            folder: folder.map(|folder| folder.to_string_lossy().into_owned()),
            id: id.as_ref().ok().map(ToString::to_string),
            problem: id.err(),
        },
        onnxruntime: runtime_health(model_manager),
        audio: audio_health(),
    }
}

fn audio_health() -> AudioHealth {
    match probe_device() {
        Ok(name) => AudioHealth {
            available: true,
            detail: Some(name),
            fault: None,
        },
        Err(error) => AudioHealth {
            available: false,
            detail: None,
            fault: Some(error),
        },
    }
}

fn runtime_health(model_manager: &ModelManager) -> RuntimeHealth {
    let path = places::runtime();
    let mut health = RuntimeHealth {
        version: None,
        path: path
            .as_ref()
            .ok()
            .map(|path| path.to_string_lossy().into_owned()),
        has_uploader: None,
        opted_out: OPT_OUTS
            .iter()
            .all(|(name, value)| std::env::var_os(name).is_some_and(|set| set == *value)),
        problem: None,
        fell_back: model_manager.last_failure().map(|failed| {
            format!(
                "{} failed on {}: {}",
                failed.provider, failed.at, failed.reason
            )
        }),
        providers: Vec::new(),
    };
    let runtime = path.and_then(|path| Ok(Runtime::load(&path)?));
    health.has_uploader = match &runtime {
        Ok(_) => Some(false),
        Err(AppError::Analysis {
            error: AnalysisError::RuntimeUploads { .. },
        }) => Some(true),
        Err(_) => None,
    };
    match runtime {
        Ok(runtime) => {
            health.version = Some(runtime.version());
            let active = model_manager
                .open(Provider::Auto)
                .ok()
                .map(|model| model.active_provider());
            let speeds = model_manager.model_id().ok();
            let speeds = speeds.and_then(|id| model_manager.warm_up(&id));
            let speeds = speeds.map(|warm_up| warm_up.speeds).unwrap_or_default();
            health.providers = provider_report(&runtime)
                .into_iter()
                .map(|status| {
                    let name = status.provider.as_str();
                    let speed = speeds.iter().find(|speed| speed.provider == name);
                    ProviderHealth {
                        name: name.into(),
                        available: status.available,
                        active: active == Some(status.provider),
                        patches_per_s: speed.and_then(|speed| speed.patches_per_s),
                        detail: speed
                            .and_then(|speed| speed.reason.clone())
                            .filter(|_| status.available)
                            .unwrap_or(status.detail),
                    }
                })
                .collect();
        }
        Err(error) => health.problem = Some(error),
    }
    health
}
