//! Models: which there are, taking one in, choosing, removing; and whose vectors serve while a library is heard anew.
//!
//! *Current* is the model that listens; *serving* the one whose vectors answer radio, likeness and heard tags. They
//! differ after a switch, until the current model has heard what the serving one had.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use segue_analysis::{Model, ModelSource, Runtime, describe, model_id};
use segue_core::ModelId;

use crate::ear::Uncovered;
use crate::lock::lock;
use crate::reports::{ModelImported, ModelRow, ModelUsed, ModelsListed};
use crate::snapshot::STALE_FACTOR;
use crate::{AppError, Segue, places};

/// The setting that says whose vectors serve.
const SERVING: &str = "serving-model";
/// Time limit of the trial of an imported network.
const TRIAL: Duration = Duration::from_secs(60);
/// Memory that a trial may ask for, where the system can hold it to that.
const TRIAL_BYTES: u64 = 6 << 30;
/// What a trial said is read no further than this.
const SAID_MAX: u64 = 16 << 10;
/// Folders of imports that were killed are cleared away after so long.
const STALE: Duration = Duration::from_secs(3600);

impl Segue {
    /// All models, the shipped one first.
    pub fn models(&self) -> Result<ModelsListed, AppError> {
        let current = self.ear.current();
        let serving = self.serving()?;
        let mut models = Vec::new();
        let shipped = places::model();
        if let Ok(folder) = &shipped {
            models.push(self.model_row(folder, true, current.is_none(), serving.as_ref())?);
        }
        for name in self.imported()? {
            let is_current = current.as_deref() == Some(name.as_str());
            let folder = self.ear.models().join(&name);
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
        let (name, description) = describe(folder).unwrap_or((folder_name.into(), String::new()));
        let id = model_id(folder);
        let mut row = ModelRow {
            name,
            description,
            folder: folder.to_string_lossy().into_owned(),
            shipped,
            current,
            serving: id.as_ref().ok().is_some_and(|id| Some(id) == serving),
            heard: 0,
            to_hear: 0,
            id: None,
            error: None,
        };
        match id {
            Ok(id) => {
                row.heard = self.library.analyzed_count(&id)?;
                row.to_hear = self.library.unanalyzed(&id, u32::MAX)?.len() as u64;
                row.id = Some(id.to_string());
            }
            Err(error) => row.error = Some(AppError::from(error).sentence()),
        }
        Ok(row)
    }

    /// Takes a stranger's model in: copied, hashed, and tried out in a process of its own, which `program`, the
    /// `segue` command, is started for. What is refused leaves nothing behind.
    pub fn import_model(
        &self,
        source: &ModelSource,
        program: &Path,
    ) -> Result<ModelImported, AppError> {
        let models = self.ear.models();
        let staging = Staging::new(models)?;
        let staged = source.stage(&staging.0)?;
        let name = staged.name;
        let taken = places::model()
            .ok()
            .and_then(|folder| describe(&folder).ok());
        if taken.is_some_and(|(shipped, _)| shipped.eq_ignore_ascii_case(&name)) {
            return Err(AppError::Invalid(format!(
                "{name} is the shipped model's name: give yours another in its manifest"
            )));
        }
        for other in self.imported()? {
            if other.eq_ignore_ascii_case(&name) {
                if model_id(&models.join(&other)).ok() == Some(staged.id.clone()) {
                    return Ok(imported(name, staged.id, &models.join(other)));
                }
                return Err(AppError::Invalid(format!(
                    "there is another model named {other}: `segue models remove {other}` first, or change the name in \
                     the manifest"
                )));
            }
        }
        try_in_a_process(program, &staging.0)?;
        let folder = models.join(&name);
        fs::rename(&staging.0, &folder).map_err(|error| AppError::File {
            action: "keep the model in",
            path: folder.clone(),
            reason: error.to_string(),
        })?;
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
        self.ear.set_current(current)?;
        let serving = self.serving()?.unwrap_or_else(|| id.clone());
        Ok(ModelUsed {
            to_hear: self.library.unanalyzed(&id, u32::MAX)?.len() as u64,
            current: id.to_string(),
            serving: serving.to_string(),
        })
    }

    /// Removes a model that was taken in, with its vectors. The current one and the serving one stay.
    pub fn remove_model(&self, name: &str) -> Result<(), AppError> {
        let (folder, imported) = self.named(name)?;
        let refuse = |why: &str| Err(AppError::Invalid(format!("{name} {why}")));
        if imported.is_none() {
            return refuse("is the shipped model, and stays");
        }
        if self.ear.current() == imported {
            return refuse("is the current model: `segue models use` another first");
        }
        // A damaged model has no id any more; its vectors are then out of reach, and only its folder goes.
        let id = model_id(&folder).ok();
        if id.is_some() && self.serving()? == id {
            return refuse(
                "serves until the current model has heard the library: `segue analyze` first",
            );
        }
        // The vectors first: without the folder nobody would know any more whose they are.
        if let Some(id) = id {
            self.library.clear_analyses(&id)?;
        }
        fs::remove_dir_all(&folder).map_err(|error| AppError::File {
            action: "remove",
            path: folder,
            reason: error.to_string(),
        })
    }

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

    /// The names of the models that were taken in, in order.
    fn imported(&self) -> Result<Vec<String>, AppError> {
        let mut names = Vec::new();
        for entry in fs::read_dir(self.ear.models())
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

    /// The folder of the model `name`, and the name if it is not the shipped one.
    fn named(&self, name: &str) -> Result<(PathBuf, Option<String>), AppError> {
        let imported = self.imported()?;
        if imported.iter().any(|other| other == name) {
            return Ok((self.ear.models().join(name), Some(name.to_owned())));
        }
        let shipped = places::model()?;
        match describe(&shipped)?.0 == name {
            true => Ok((shipped, None)),
            false => Err(AppError::Invalid(format!(
                "there is no model named {name:?}; `segue models list` names them"
            ))),
        }
    }
}

/// The trial itself: loads the model in `folder` and listens to noise with it. Run it in a process of its own: ONNX
/// Runtime may crash over a hostile file, and the memory of this process is bounded.
pub fn try_model(folder: &Path) -> Result<(), AppError> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = Rlimit {
            current: Some(TRIAL_BYTES),
            maximum: getrlimit(Resource::As).maximum,
        };
        if let Err(error) = setrlimit(Resource::As, limit) {
            tracing::debug!(%error, "the trial's memory is not bounded");
        }
    }
    let runtime = Runtime::load(&places::runtime()?)?;
    Model::try_out(&runtime, folder)?;
    Ok(())
}

fn try_in_a_process(program: &Path, folder: &Path) -> Result<(), AppError> {
    let refuse = |reason: String| AppError::Invalid(format!("refused the model: {reason}"));
    let mut child = Command::new(program)
        .args(["models", "try"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| AppError::File {
            action: "start",
            path: program.to_owned(),
            reason: error.to_string(),
        })?;
    let stderr = child.stderr.take();
    let reader = std::thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(mut stderr) = stderr {
            // What goes beyond is read on, so that the child is not held up, and forgotten.
            _ = stderr.by_ref().take(SAID_MAX).read_to_end(&mut said);
            _ = std::io::copy(&mut stderr, &mut std::io::sink());
        }
        said
    });
    let begun = Instant::now();
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if begun.elapsed() < TRIAL => std::thread::sleep(Duration::from_millis(15)),
            _ => {
                _ = child.kill();
                _ = child.wait();
                break None;
            }
        }
    };
    let said = String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned();
    // The complaint comes last, after whatever was logged.
    let last = said.rfind("segue: ").map_or(&*said, |at| &said[at..]);
    let last = last.split_whitespace().collect::<Vec<_>>().join(" ");
    let last = Some(last).filter(|last| !last.is_empty());
    let folder = format!("{}{}", folder.display(), std::path::MAIN_SEPARATOR);
    let last = last.map(|line| line.trim_start_matches("segue: ").replace(&folder, ""));
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) if status.code() == Some(1) => Err(match last {
            Some(complaint) => AppError::Invalid(complaint),
            None => refuse("its trial failed".into()),
        }),
        Some(status) => Err(refuse(format!(
            "ONNX Runtime did not survive it ({status}{})",
            last.map(|line| format!("; it said: {line}"))
                .unwrap_or_default()
        ))),
        None => Err(refuse(format!(
            "its trial was not over after {} seconds",
            TRIAL.as_secs()
        ))),
    }
}

fn imported(name: String, id: ModelId, folder: &Path) -> ModelImported {
    ModelImported {
        name,
        id: id.to_string(),
        folder: folder.to_string_lossy().into_owned(),
    }
}

/// A folder for a model on its way in, gone unless it is renamed.
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
        fs::create_dir_all(&folder).map_err(|error| AppError::File {
            action: "make the folder",
            path: folder.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self(folder))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}
