//! A model's files: reading them checked against the manifest's hashes, and taking in a stranger's.
//!
//! Bytes that were hashed are the bytes that are used: files are read once, and ONNX Runtime never opens one itself.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use segue_core::{AnalysisError, ModelFault, ModelId};
use sha2::{Digest, Sha256};

use crate::manifest::Manifest;
use crate::onnx::external_files;
use crate::projection::Projection;

const MANIFEST: &str = "manifest.toml";
const MANIFEST_BYTES_MAX: u64 = 4 << 20;
const ONNX_BYTES_MAX: u64 = 512 << 20;
const WEIGHTS_BYTES_MAX: u64 = 1 << 30;
const PROJECTION_BYTES_MAX: u64 = 256 << 20;

/// A model's files, read and checked.
pub(crate) struct Files {
    pub(crate) id: ModelId,
    pub(crate) manifest: Manifest,
    pub(crate) network: NetworkFiles,
    pub(crate) projection: Option<Projection>,
}

/// What ONNX Runtime gets.
#[derive(Clone)]
pub(crate) struct NetworkFiles {
    pub(crate) path: PathBuf,
    pub(crate) onnx: Arc<[u8]>,
    /// The file of external weights by the name that the network calls it.
    pub(crate) weights: Option<(String, Arc<[u8]>)>,
}

/// What a stranger's model is made of.
#[derive(Clone, Debug, Default)]
pub struct ModelSource {
    /// The manifest, or the folder that it lies in.
    pub manifest: PathBuf,
    /// The network, where it does not lie beside the manifest under the manifest's name for it.
    pub onnx: Option<PathBuf>,
    /// Its external weights, likewise.
    pub weights: Option<PathBuf>,
}

/// A model that was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// The manifest's name for it.
    pub name: String,
    /// The stamp on its vectors.
    pub id: ModelId,
}

impl Files {
    pub(crate) fn read(folder: &Path) -> Result<Self, AnalysisError> {
        let manifest_path = folder.join(MANIFEST);
        let manifest_bytes = read(&manifest_path, MANIFEST_BYTES_MAX)?;
        let manifest = parse(&manifest_path, &manifest_bytes)?;
        let files = &manifest.files;
        let checked = |name: &str, hash: Option<&String>, max| {
            let path = folder.join(name);
            let bytes = read(&path, max)?;
            let Some(hash) = hash else {
                let name = name.to_owned();
                return Err(refuse(&manifest_path, ModelFault::NoHash { name }));
            };
            check_hash(&path, &bytes, hash)?;
            Ok(bytes)
        };
        let onnx = checked(&files.onnx, files.onnx_sha256.as_ref(), ONNX_BYTES_MAX)?;
        let weights = match &files.weights {
            Some(name) => Some(checked(
                name,
                files.weights_sha256.as_ref(),
                WEIGHTS_BYTES_MAX,
            )?),
            None => None,
        };
        let projection = match &files.projection {
            Some(name) => Some(checked(
                name,
                files.projection_sha256.as_ref(),
                PROJECTION_BYTES_MAX,
            )?),
            None => None,
        };
        let onnx_path = folder.join(&files.onnx);
        check_external(&onnx_path, &onnx, files.weights.as_deref())?;

        let mut hash = Sha256::new().chain_update(&manifest_bytes);
        for bytes in [Some(&onnx), weights.as_ref(), projection.as_ref()] {
            hash.update(bytes.map_or(&[][..], |bytes| bytes));
        }
        let id = ModelId(format!(
            "{}@{}",
            manifest.name,
            &hex(&hash.finalize())[..12]
        ));
        let projection = projection
            .map(|bytes| {
                let (inputs, outputs) = (manifest.statistics_size(), manifest.vector_size());
                let path = folder.join(files.projection.as_deref().unwrap_or_default());
                Projection::read(&bytes, inputs, outputs).map_err(|reason| refuse(&path, reason))
            })
            .transpose()?;
        let network = NetworkFiles {
            path: onnx_path,
            onnx: onnx.into(),
            weights: files.weights.clone().zip(weights.map(Arc::from)),
        };
        Ok(Self {
            id,
            network,
            projection,
            manifest,
        })
    }
}

impl ModelSource {
    /// Copies the model into `folder`, which must be empty: its manifest with the hashes of what was copied (those
    /// that it came with must agree), and the files that the manifest names. Nothing is run.
    pub fn stage(&self, folder: &Path) -> Result<Staged, AnalysisError> {
        let manifest_path = match self.manifest.is_dir() {
            true => self.manifest.join(MANIFEST),
            false => self.manifest.clone(),
        };
        let beside = manifest_path.parent().unwrap_or(Path::new(""));
        let manifest_bytes = read(&manifest_path, MANIFEST_BYTES_MAX)?;
        let manifest = parse(&manifest_path, &manifest_bytes)?;
        let text = String::from_utf8_lossy(&manifest_bytes);
        let mut table: toml::Table =
            toml::from_str(&text).map_err(|error| refuse(&manifest_path, error.to_string()))?;
        let files = &manifest.files;
        let parts = [
            (
                "onnx",
                Some(&files.onnx),
                &self.onnx,
                &files.onnx_sha256,
                ONNX_BYTES_MAX,
            ),
            (
                "weights",
                files.weights.as_ref(),
                &self.weights,
                &files.weights_sha256,
                WEIGHTS_BYTES_MAX,
            ),
            (
                "projection",
                files.projection.as_ref(),
                &None,
                &files.projection_sha256,
                PROJECTION_BYTES_MAX,
            ),
        ];
        for (key, name, elsewhere, hash, max) in parts {
            let Some(name) = name else {
                if let Some(path) = elsewhere {
                    let key = key.to_owned();
                    return Err(refuse(path, ModelFault::NotInManifest { key }));
                }
                continue;
            };
            let path = elsewhere.clone().unwrap_or_else(|| beside.join(name));
            let bytes = read(&path, max)?;
            if let Some(hash) = hash {
                check_hash(&path, &bytes, hash)?;
            }
            if key == "onnx" {
                check_external(&path, &bytes, files.weights.as_deref())?;
            }
            write(&folder.join(name), &bytes)?;
            if let Some(toml::Value::Table(files)) = table.get_mut("files") {
                let hash = hex(&Sha256::digest(&bytes));
                files.insert(format!("{key}_sha256"), toml::Value::String(hash));
            }
        }
        let text =
            toml::to_string(&table).map_err(|error| refuse(&manifest_path, error.to_string()))?;
        write(&folder.join(MANIFEST), text.as_bytes())?;
        Ok(Staged {
            name: manifest.name.clone(),
            id: Files::read(folder)?.id,
        })
    }
}

/// What the manifest in `folder` says of its model: name and description. No other file is read.
pub fn describe(folder: &Path) -> Result<(String, String), AnalysisError> {
    let path = folder.join(MANIFEST);
    let manifest = parse(&path, &read(&path, MANIFEST_BYTES_MAX)?)?;
    Ok((manifest.name, manifest.description))
}

/// The stamp on the vectors of the model in `folder`, without a runtime: its files are read and checked.
pub fn model_id(folder: &Path) -> Result<ModelId, AnalysisError> {
    Ok(Files::read(folder)?.id)
}

pub(crate) fn refuse(path: &Path, why: impl Into<ModelFault>) -> AnalysisError {
    AnalysisError::ModelRefused {
        path: shown(path),
        why: why.into(),
    }
}

/// A path as it is told to people.
pub(crate) fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Manifest, AnalysisError> {
    let text = std::str::from_utf8(bytes).map_err(|_| refuse(path, ModelFault::NotText))?;
    Manifest::parse(text).map_err(|reason| refuse(path, reason))
}

fn check_external(path: &Path, onnx: &[u8], weights: Option<&str>) -> Result<(), AnalysisError> {
    let external = external_files(onnx).map_err(|reason| refuse(path, reason))?;
    match external.iter().find(|name| Some(name.as_str()) != weights) {
        None => Ok(()),
        Some(name) => Err(refuse(
            path,
            ModelFault::OtherWeights {
                wanted: name.clone(),
                named: weights.map(str::to_owned),
            },
        )),
    }
}

/// The file's bytes, unless there are more than `max`: it is not read further than that.
fn read(path: &Path, max: u64) -> Result<Vec<u8>, AnalysisError> {
    let missing = |error: io::Error| AnalysisError::ModelMissing {
        path: shown(path),
        detail: error.to_string(),
    };
    let file = File::open(path).map_err(missing)?;
    let mut bytes = Vec::new();
    file.take(max + 1)
        .read_to_end(&mut bytes)
        .map_err(missing)?;
    if bytes.len() as u64 > max {
        return Err(refuse(path, ModelFault::TooLarge { max_bytes: max }));
    }
    Ok(bytes)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), AnalysisError> {
    fs::write(path, bytes).map_err(|error| AnalysisError::ModelWrite {
        path: shown(path),
        detail: error.to_string(),
    })
}

fn check_hash(path: &Path, bytes: &[u8], expected: &str) -> Result<(), AnalysisError> {
    let found = hex(&Sha256::digest(bytes));
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    let expected = expected.to_owned();
    Err(refuse(path, ModelFault::OtherHash { found, expected }))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
