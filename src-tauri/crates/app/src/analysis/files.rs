//! Listening to single files.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use segue_analysis::{Model, Provider};

use crate::wire::Embedded;
use crate::{AppError, Segue};

impl Segue {
    /// Listens to files, in the library or not, and tells of each in the given order. Fails at the end if every
    /// file was refused.
    pub fn embed(
        &self,
        files: &[OsString],
        tell: &mut dyn FnMut(&Embedded),
    ) -> Result<(), AppError> {
        let mut model = self.model_manager.open(Provider::Auto)?;
        let mut refused = 0;
        for file in files {
            let embedded = match self.embed_one(&mut model, file) {
                Ok(embedded) => embedded,
                Err((path, error)) => {
                    refused += 1;
                    Embedded::Refused {
                        path: path.to_string_lossy().into_owned(),
                        problem: *error,
                    }
                }
            };
            tell(&embedded);
        }
        if refused == files.len() {
            return Err(AppError::NothingAnalyzed);
        }
        Ok(())
    }

    fn embed_one(
        &self,
        model: &mut Model,
        file: &OsStr,
    ) -> Result<Embedded, (PathBuf, Box<AppError>)> {
        let (path, span) = self
            .file(file)
            .map_err(|error| (file.into(), Box::new(error)))?;
        let heard = model
            .analyze_file(&path, span)
            .map_err(|failed| (path.clone(), Box::new(failed.into())))?;
        let mut tags = heard.tags;
        tags.sort_by(|a, b| b.p.total_cmp(&a.p));
        Ok(Embedded::Done {
            path: path.to_string_lossy().into_owned(),
            model: model.id().to_string(),
            vector: heard.embedding.values().to_vec(),
            tags,
            bpm: heard.descriptors.bpm,
            key: heard.descriptors.key.map(|key| key.to_string()),
            ends: heard.ends.map(|end| end.values().to_vec()),
            edges_lufs: match heard.measures {
                Some(measures) => [measures.intro_lufs, measures.outro_lufs],
                None => [None, None],
            },
        })
    }
}
