//! A model's files: reading them checked against the manifest's hashes, and taking in a stranger's.
//!
//! Bytes that were hashed are the bytes that are used: files are read once, and ONNX Runtime never opens one itself.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use segue_core::{AnalysisError, ModelFault, ModelId};
use sha2::{Digest, Sha256};

use crate::manifest::{Manifest, ModelFile, ModelRole, TagInfo, TagSource};
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
    /// Of each network, in the manifest's order.
    pub(crate) networks: Vec<NetworkFiles>,
    pub(crate) projection: Option<Projection>,
    /// From statistics to the tags' logits, where the manifest has one.
    pub(crate) readout: Option<Projection>,
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
    /// Networks that do not lie beside the manifest under the manifest's names for them.
    pub onnx: Vec<NetworkFile>,
    /// Their external weights, likewise.
    pub weights: Vec<NetworkFile>,
}

/// A network's file that lies elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkFile {
    /// The manifest's name for the network, where it has several.
    pub network: Option<String>,
    /// Where the file lies.
    pub path: PathBuf,
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
        let checked = |file: &ModelFile, max| {
            let path = folder.join(&file.name);
            let bytes = read(&path, max)?;
            let Some(hash) = &file.sha256 else {
                let name = file.name.clone();
                return Err(refuse(&manifest_path, ModelFault::NoHash { name }));
            };
            check_hash(&path, &bytes, hash)?;
            Ok(bytes)
        };
        let mut hash = Sha256::new();
        heard_by(&manifest_bytes).for_each(|line| hash.update(line));
        let mut networks = Vec::new();
        for network in &manifest.networks {
            let path = folder.join(&network.onnx.name);
            let onnx = checked(&network.onnx, ONNX_BYTES_MAX)?;
            hash.update(&onnx);
            let weights = match &network.weights {
                Some(file) => Some((file.name.clone(), checked(file, WEIGHTS_BYTES_MAX)?)),
                None => None,
            };
            hash.update(weights.as_ref().map_or(&[][..], |(_, bytes)| bytes));
            check_external(&path, &onnx, network.weights.as_ref())?;
            networks.push(NetworkFiles {
                path,
                onnx: onnx.into(),
                weights: weights.map(|(name, bytes)| (name, Arc::from(bytes))),
            });
        }
        let mut map = |file: &ModelFile, read: ReadProjection, parts, outputs| {
            let bytes = checked(file, PROJECTION_BYTES_MAX)?;
            hash.update(&bytes);
            let read = read(&bytes, manifest.parts_size(parts), outputs);
            read.map_err(|reason| refuse(&folder.join(&file.name), reason))
        };
        let projection = manifest.projection.as_ref().map(|file| {
            let outputs = manifest.vector_size;
            map(file, Projection::read, &manifest.parts, outputs)
        });
        let projection = projection.transpose()?;
        let readout = match &manifest.tag_source {
            TagSource::Readout { parts, file } => {
                let tags = manifest.tags.len();
                Some(map(file, Projection::with_bias, parts, tags)?)
            }
            TagSource::Networks(_) => None,
        };
        let id = ModelId(format!(
            "{}@{}",
            manifest.name,
            &hex(&hash.finalize())[..12]
        ));
        Ok(Self {
            id,
            networks,
            projection,
            readout,
            manifest,
        })
    }
}

type ReadProjection = fn(&[u8], usize, usize) -> Result<Projection, String>;

/// A file that a manifest names, as it is taken in.
struct SourceFile<'a> {
    /// Its key in the manifest, and the network's entry that the key is in.
    key: &'static str,
    network: Option<usize>,
    file: &'a ModelFile,
    /// The file of external weights that a network may ask for.
    weights: Option<&'a ModelFile>,
    /// Where it lies, if not beside the manifest.
    elsewhere: Option<&'a Path>,
    max: u64,
}

impl SourceFile<'_> {
    /// The table that names it.
    fn table<'a>(&self, manifest: &'a mut toml::Table) -> Option<&'a mut toml::Table> {
        match self.network {
            None => manifest.get_mut("files")?.as_table_mut(),
            Some(place) => {
                let networks = manifest.get_mut("networks")?.as_array_mut()?;
                networks.get_mut(place)?.as_table_mut()
            }
        }
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
        for wanted in self.wanted(&manifest)? {
            let name = &wanted.file.name;
            let path = match wanted.elsewhere {
                Some(path) => path.to_owned(),
                None => beside.join(name),
            };
            let bytes = read(&path, wanted.max)?;
            if let Some(hash) = &wanted.file.sha256 {
                check_hash(&path, &bytes, hash)?;
            }
            if wanted.key == "onnx" {
                check_external(&path, &bytes, wanted.weights)?;
            }
            write(&folder.join(name), &bytes)?;
            if let Some(entries) = wanted.table(&mut table) {
                let hash = hex(&Sha256::digest(&bytes));
                entries.insert(format!("{}_sha256", wanted.key), toml::Value::String(hash));
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

    /// All files that the manifest names. A file that was given for a network that is not there is refused.
    fn wanted<'a>(&'a self, manifest: &'a Manifest) -> Result<Vec<SourceFile<'a>>, AnalysisError> {
        let mut all = Vec::new();
        let mut taken = Vec::new();
        let mut elsewhere = |given: &'a [NetworkFile], network: &Option<String>| {
            let found = given.iter().find(|file| file.network == *network);
            taken.extend(found);
            found.map(|file| &*file.path)
        };
        for (place, network) in manifest.networks.iter().enumerate() {
            let weights = network.weights.as_ref();
            let entry = network.name.as_ref().map(|_| place);
            all.push(SourceFile {
                key: "onnx",
                network: entry,
                file: &network.onnx,
                weights,
                elsewhere: elsewhere(&self.onnx, &network.name),
                max: ONNX_BYTES_MAX,
            });
            if let Some(file) = weights {
                all.push(SourceFile {
                    key: "weights",
                    network: entry,
                    file,
                    weights: None,
                    elsewhere: elsewhere(&self.weights, &network.name),
                    max: WEIGHTS_BYTES_MAX,
                });
            }
        }
        for (key, given) in [("onnx", &self.onnx), ("weights", &self.weights)] {
            if let Some(file) = given.iter().find(|file| !taken.contains(file)) {
                let key = match &file.network {
                    None => format!("files.{key}"),
                    Some(network) => format!("networks.{network}.{key}"),
                };
                return Err(refuse(&file.path, ModelFault::NotInManifest { key }));
            }
        }
        let readout = match &manifest.tag_source {
            TagSource::Readout { file, .. } => Some(file),
            TagSource::Networks(_) => None,
        };
        for (key, file) in [
            ("projection", manifest.projection.as_ref()),
            ("readout", readout),
        ] {
            all.extend(file.map(|file| SourceFile {
                key,
                network: None,
                file,
                weights: None,
                elsewhere: None,
                max: PROJECTION_BYTES_MAX,
            }));
        }
        Ok(all)
    }
}

/// What a manifest says of its model.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCard {
    /// What people call it.
    pub name: String,
    /// Its words on itself.
    pub description: String,
    /// What it is for, where it comes with Segue.
    pub role: ModelRole,
    /// The tags that it hears.
    pub tags: Vec<TagInfo>,
}

/// What the manifest in `folder` says of its model. No other file is read.
pub fn describe(folder: &Path) -> Result<ModelCard, AnalysisError> {
    let path = folder.join(MANIFEST);
    let manifest = parse(&path, &read(&path, MANIFEST_BYTES_MAX)?)?;
    Ok(ModelCard {
        name: manifest.name,
        description: manifest.description,
        role: manifest.role,
        tags: manifest.tags,
    })
}

/// What of a manifest decides what is heard: its lines without those that say how far a tag can be trusted. Trust is measured
/// again and again, and all music would be heard anew each time if it were part of the stamp.
fn heard_by(manifest: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = manifest.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| !line.starts_with(b"trust = "))
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

fn check_external(
    path: &Path,
    onnx: &[u8],
    weights: Option<&ModelFile>,
) -> Result<(), AnalysisError> {
    let weights = weights.map(|file| file.name.as_str());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_is_no_part_of_what_is_heard() {
        let heard = |text: &str| heard_by(text.as_bytes()).collect::<Vec<_>>().concat();
        let plain = "[[tags]]\nname = \"jazz\"\nthreshold = 0.5\n";
        for trust in ["trust = 0.66\n", "trust = 1.0\n"] {
            assert_eq!(heard(&format!("{plain}{trust}")), plain.as_bytes());
        }
        // What is spelt otherwise is part of it: the stamp changes, and nothing is mistaken for what was heard before.
        let inline = "tags = [{ name = \"jazz\", trust = 0.66 }]\n";
        assert_eq!(heard(inline), inline.as_bytes());
        assert_eq!(heard(plain), plain.as_bytes());
    }
}
