//! Models: which there are, importing one, choosing, removing.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use segue_analysis::{ModelSource, describe, model_id};
use segue_core::ModelId;

use super::trial::try_in_a_process;
use crate::wire::{FileAttempt, ModelImported, ModelRow, ModelUsed, ModelsListed};
use crate::{AppError, Segue};

/// Age from which a staging folder is taken for the rest of an import that was killed, and removed.
const STALE: Duration = Duration::from_secs(3600);

impl Segue {
    /// All models, the shipped one first.
    pub fn models(&self) -> Result<ModelsListed, AppError> {
        let current = self.model_manager.current();
        let serving = self.serving()?;
        let mut models = Vec::new();
        if let Ok(shipped) = self.model_manager.shipped() {
            let quick = &shipped.quick.folder;
            models.push(self.model_row(quick, true, current.is_none(), serving.as_ref())?);
            if let Some(fine) = &shipped.fine {
                let is_current = current.as_ref() == Some(&fine.name);
                let mut row = self.model_row(&fine.folder, true, is_current, serving.as_ref())?;
                row.closely = !is_current && self.listens_closely()?;
                models.push(row);
            }
        }
        for name in self.imported()? {
            let is_current = current.as_deref() == Some(name.as_str());
            let folder = self.model_manager.models().join(&name);
            models.push(self.model_row(&folder, false, is_current, serving.as_ref())?);
        }
        Ok(ModelsListed { models })
    }

    fn model_row(
        &self,
        folder: &Path,
        shipped: bool,
        current: bool,
        serving: Option<&ModelId>,
    ) -> Result<ModelRow, AppError> {
        let folder_name = folder.file_name().unwrap_or_default().to_string_lossy();
        let (name, description) = describe(folder)
            .map_or((folder_name.into(), String::new()), |card| {
                (card.name, card.description)
            });
        let id = model_id(folder);
        let mut row = ModelRow {
            name,
            description,
            folder: folder.to_string_lossy().into_owned(),
            shipped,
            current,
            closely: false,
            serving: id.as_ref().ok().is_some_and(|id| Some(id) == serving),
            heard: 0,
            to_hear: 0,
            id: None,
            problem: None,
        };
        match id {
            Ok(id) => {
                row.heard = self.library.analyzed_count(&id)?;
                row.to_hear = self.library.unanalyzed(&id, u32::MAX)?.len() as u64;
                row.id = Some(id.to_string());
            }
            Err(error) => row.problem = Some(error.into()),
        }
        Ok(row)
    }

    /// Imports a model: copied, hashed, and tried out in a process of its own, for which `program`, the `segue` command, is
    /// started. A model that fails leaves nothing behind.
    pub fn import_model(
        &self,
        source: &ModelSource,
        program: &Path,
    ) -> Result<ModelImported, AppError> {
        let models = self.model_manager.models();
        let staging = Staging::new(models)?;
        let staged = source.stage(&staging.0)?;
        let name = staged.name;
        let shipped = self.model_manager.shipped().ok();
        let shipped = shipped.map(|shipped| [Some(&shipped.quick), shipped.fine.as_ref()]);
        let mut shipped = shipped.into_iter().flatten().flatten();
        if shipped.any(|model| model.name.eq_ignore_ascii_case(&name)) {
            return Err(AppError::ShippedModelName { model: name });
        }
        for other in self.imported()? {
            if other.eq_ignore_ascii_case(&name) {
                if model_id(&models.join(&other)).ok() == Some(staged.id.clone()) {
                    return Ok(imported(name, staged.id, &models.join(other)));
                }
                return Err(AppError::ModelNameTaken { model: other });
            }
        }
        try_in_a_process(program, &staging.0)?;
        let folder = models.join(&name);
        fs::rename(&staging.0, &folder).map_err(AppError::file(FileAttempt::KeepModel, &folder))?;
        Ok(imported(name, staged.id, &folder))
    }

    /// Makes a model the current one. The vectors of the one before serve until the new ones cover the library.
    pub fn use_model(&self, name: &str) -> Result<ModelUsed, AppError> {
        // The serving model is stored before the switch: otherwise the new model would serve at once, with no vectors yet, and
        // radio and search by sound would be empty until the analysis is done.
        if let Some(serving) = self.serving()? {
            self.keep_serving(&serving)?;
        }
        let (folder, current) = self.named(name)?;
        let id = model_id(&folder)?;
        self.model_manager.set_current(current)?;
        let serving = self.serving()?.unwrap_or_else(|| id.clone());
        Ok(ModelUsed {
            to_hear: self.library.unanalyzed(&id, u32::MAX)?.len() as u64,
            current: id.to_string(),
            serving: serving.to_string(),
        })
    }

    /// Removes an imported model with its vectors; fails for the current and the serving one.
    pub fn remove_model(&self, name: &str) -> Result<(), AppError> {
        let (folder, current) = self.named(name)?;
        let model = name.to_owned();
        if !folder.starts_with(self.model_manager.models()) {
            return Err(AppError::ModelShipped { model });
        }
        if self.model_manager.current() == current {
            return Err(AppError::ModelCurrent { model });
        }
        // A damaged model has no id any more, and without it its vectors cannot be found: only its folder is removed.
        let id = model_id(&folder).ok();
        if id.is_some() && self.serving()? == id {
            return Err(AppError::ModelServing { model });
        }
        // The vectors first: the id that names them is computed from the folder.
        if let Some(id) = id {
            self.library.clear_analyses(&id)?;
        }
        fs::remove_dir_all(&folder).map_err(AppError::file(FileAttempt::Remove, &folder))
    }

    /// The names of the imported models, in order.
    fn imported(&self) -> Result<Vec<String>, AppError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.model_manager.models())
            .into_iter()
            .flatten()
            .flatten()
        {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') && entry.path().is_dir() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    /// The folder of the model `name`, and the name if it is not the shipped quick one.
    fn named(&self, name: &str) -> Result<(PathBuf, Option<String>), AppError> {
        let imported = self.imported()?;
        if imported.iter().any(|other| other == name) {
            return Ok((
                self.model_manager.models().join(name),
                Some(name.to_owned()),
            ));
        }
        let shipped = self.model_manager.shipped()?;
        match &shipped.fine {
            _ if shipped.quick.name == name => Ok((shipped.quick.folder.clone(), None)),
            Some(fine) if fine.name == name => Ok((fine.folder.clone(), Some(name.to_owned()))),
            _ => Err(AppError::NoSuchModel {
                model: name.to_owned(),
            }),
        }
    }
}

fn imported(name: String, id: ModelId, folder: &Path) -> ModelImported {
    ModelImported {
        name,
        id: id.to_string(),
        folder: folder.to_string_lossy().into_owned(),
    }
}

/// A folder for a model being imported, removed on drop unless it was renamed.
struct Staging(PathBuf);

impl Staging {
    fn new(models: &Path) -> Result<Self, AppError> {
        for entry in fs::read_dir(models).into_iter().flatten().flatten() {
            let is_old = |at: SystemTime| at.elapsed().is_ok_and(|age| age > STALE);
            let changed = entry.metadata().and_then(|metadata| metadata.modified());
            if entry.file_name().to_string_lossy().starts_with(".import-")
                && changed.is_ok_and(is_old)
            {
                _ = fs::remove_dir_all(entry.path());
            }
        }
        let folder = models.join(format!(".import-{}", std::process::id()));
        _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).map_err(AppError::file(FileAttempt::MakeFolder, &folder))?;
        Ok(Self(folder))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}
