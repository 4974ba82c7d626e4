//! A model, loaded and verified, and a track heard by it.

use std::fs;
use std::path::{Path, PathBuf};

use ort::session::Session;
use ort::value::TensorRef;
use segue_core::{Descriptors, Embedding, ModelId, TagScore};
use segue_decode::mono_windows;
use sha2::{Digest, Sha256};

use crate::manifest::{Manifest, Part};
use crate::mel::{Mel, MelMaker};
use crate::projection::Projection;
use crate::{AnalysisError, Provider, Runtime, TagInfo, key, tempo, windows};

/// Under this peak (−80 dBFS) in all windows a track counts as silent.
const SILENCE_PEAK: f32 = 1e-4;

/// A model ready to listen. Owns its network: one per thread.
pub struct Model {
    id: ModelId,
    manifest: Manifest,
    mel: MelMaker,
    projection: Projection,
    session: Session,
    provider: Provider,
}

/// What a model heard in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Analyzed {
    /// The track's vector, stamped with the model.
    pub embedding: Embedding,
    /// Every tag of the model with its probability, in the manifest's order.
    pub tags: Vec<TagScore>,
    /// Tempo and key.
    pub descriptors: Descriptors,
    /// Seconds of sound that were decoded and heard.
    pub audio_seconds: f64,
}

impl Model {
    /// Reads the model in `folder`, checks the files against the hashes in its manifest, and makes its network
    /// ready on `provider`.
    pub fn load(
        runtime: &Runtime,
        folder: &Path,
        provider: Provider,
    ) -> Result<Model, AnalysisError> {
        let Files {
            id,
            manifest,
            onnx_path,
            onnx,
            projection,
        } = Files::read(folder)?;
        let (session, provider) = open_session(runtime, &onnx_path, &onnx, provider)?;
        let mut model = Self {
            id,
            mel: MelMaker::new(&manifest.front_end),
            manifest,
            projection,
            session,
            provider,
        };
        // Silence through the network finds out now whether names and shapes are as the manifest says.
        let size = model.manifest.front_end.mel_bands * model.manifest.front_end.patch_frames;
        model
            .run(&vec![0.0; size])
            .map_err(|reason| refuse(&onnx_path, reason))?;
        Ok(model)
    }

    /// The stamp on its vectors.
    pub fn id(&self) -> &ModelId {
        &self.id
    }

    /// Where its network runs; never `Auto`.
    pub fn active_provider(&self) -> Provider {
        self.provider
    }

    /// The tags that it hears.
    pub fn tags(&self) -> &[TagInfo] {
        &self.manifest.tags
    }

    /// Listens to the file at `path`.
    pub fn analyze_file(&mut self, path: &Path) -> Result<Analyzed, AnalysisError> {
        let rate_hz = self.manifest.front_end.sample_rate_hz;
        let chosen = &self.manifest.windows;
        let heard = mono_windows(path, rate_hz, |duration_s| {
            windows::choose(chosen, duration_s)
        })?;
        let heard = self.worth_hearing(heard);
        let samples: usize = heard.iter().map(Vec::len).sum();
        if samples == 0 {
            return Err(AnalysisError::Truncated {
                path: path.to_owned(),
            });
        }
        if heard
            .iter()
            .flatten()
            .all(|sample| sample.abs() < SILENCE_PEAK)
        {
            return Err(AnalysisError::Silent {
                path: path.to_owned(),
            });
        }
        let (vector, tags) = self.hear(&heard).map_err(|reason| AnalysisError::Network {
            path: path.to_owned(),
            reason,
        })?;
        let embedding =
            Embedding::new(self.id.clone(), vector).map_err(|source| AnalysisError::Vector {
                path: path.to_owned(),
                source,
            })?;
        let tags = self.manifest.tags.iter().zip(tags);
        let tags = tags
            .map(|(tag, p)| TagScore {
                name: tag.name.clone(),
                p,
            })
            .collect();
        Ok(Analyzed {
            embedding,
            tags,
            descriptors: Descriptors {
                bpm: tempo::tempo(&heard, rate_hz),
                key: key::key(&heard, rate_hz),
            },
            audio_seconds: samples as f64 / f64::from(rate_hz),
        })
    }

    /// Windows that a damaged file cut short are left out when they fill no patch; the longest stays.
    fn worth_hearing(&self, mut heard: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
        let front = &self.manifest.front_end;
        let patch = front.n_fft + (front.patch_frames - 1) * front.hop;
        let longest = heard.iter().map(Vec::len).max().unwrap_or(0);
        heard.retain(|window| window.len() >= patch.min(longest));
        heard
    }

    /// The track's vector (not yet of unit length) and the tags' probabilities, from mono windows.
    fn hear(&mut self, windows: &[Vec<f32>]) -> Result<(Vec<f32>, Vec<f32>), String> {
        let mels: Vec<Mel> = windows
            .iter()
            .map(|window| self.mel.log_mel(window))
            .collect();
        let mut embeddings = Vec::new();
        let mut tags = Vec::new();
        for patch in mels
            .iter()
            .flat_map(|mel| self.mel.patches(mel))
            .collect::<Vec<_>>()
        {
            let (embedding, probabilities) = self.run(&patch)?;
            embeddings.push(embedding);
            tags.push(probabilities);
        }
        let embedding_mean = mean(embeddings.iter());
        let mel_mean = mean(mels.iter().flat_map(|mel| &mel.frames));
        let mel_std = std(mels.iter().flat_map(|mel| &mel.frames), &mel_mean);
        let mut statistics = Vec::with_capacity(self.manifest.statistics_size());
        for part in &self.manifest.track_vector.parts {
            let part = match part {
                Part::EmbeddingMean => &embedding_mean,
                Part::MelMean => &mel_mean,
                Part::MelStd => &mel_std,
            };
            statistics.extend(part.iter().map(|value| *value as f32));
        }
        let tags = mean(tags.iter())
            .into_iter()
            .map(|p| (p as f32).clamp(0.0, 1.0))
            .collect();
        Ok((self.projection.apply(&statistics), tags))
    }

    /// One patch through the network: its embedding and its tags' probabilities. Patches go one by one: a
    /// batch gains nothing on one thread, and could round otherwise.
    fn run(&mut self, patch: &[f32]) -> Result<(Vec<f32>, Vec<f32>), String> {
        let Manifest {
            front_end,
            network,
            tags,
            ..
        } = &self.manifest;
        let shape = [1, 1, front_end.mel_bands, front_end.patch_frames];
        let input = TensorRef::from_array_view((shape, patch)).map_err(|e| e.to_string())?;
        let outputs = self
            .session
            .run(ort::inputs![network.input.as_str() => input])
            .map_err(|e| e.to_string())?;
        let output = |name: &str, size: usize| {
            let value = outputs
                .get(name)
                .ok_or_else(|| format!("it has no output {name:?}"))?;
            let (_, values) = value
                .try_extract_tensor::<f32>()
                .map_err(|e| e.to_string())?;
            if values.len() != size {
                return Err(format!(
                    "its output {name:?} has {} values; {size} are expected",
                    values.len()
                ));
            }
            Ok(values.to_vec())
        };
        Ok((
            output(&network.embedding, network.embedding_size)?,
            output(&network.tags, tags.len())?,
        ))
    }
}

/// The stamp on the vectors of the model in `folder`, without a runtime: its files are read and checked.
pub fn model_id(folder: &Path) -> Result<ModelId, AnalysisError> {
    Ok(Files::read(folder)?.id)
}

/// A model's files, checked against the hashes in its manifest.
struct Files {
    id: ModelId,
    manifest: Manifest,
    onnx_path: PathBuf,
    onnx: Vec<u8>,
    projection: Projection,
}

impl Files {
    fn read(folder: &Path) -> Result<Self, AnalysisError> {
        let manifest_path = folder.join("manifest.toml");
        let manifest_bytes = read(&manifest_path)?;
        let text = std::str::from_utf8(&manifest_bytes)
            .map_err(|_| refuse(&manifest_path, "it is not text"))?;
        let manifest = Manifest::parse(text).map_err(|reason| refuse(&manifest_path, reason))?;

        let onnx_path = folder.join(&manifest.files.onnx);
        let onnx = read(&onnx_path)?;
        check_hash(&onnx_path, &onnx, &manifest.files.onnx_sha256)?;
        let projection_path = folder.join(&manifest.files.projection);
        let projection_bytes = read(&projection_path)?;
        check_hash(
            &projection_path,
            &projection_bytes,
            &manifest.files.projection_sha256,
        )?;

        let id = Sha256::new()
            .chain_update(&manifest_bytes)
            .chain_update(&onnx)
            .chain_update(&projection_bytes)
            .finalize();
        let id = ModelId(format!("{}@{}", manifest.name, &hex(&id)[..12]));
        let projection = Projection::read(
            &projection_bytes,
            manifest.statistics_size(),
            manifest.track_vector.size,
        )
        .map_err(|reason| refuse(&projection_path, reason))?;
        Ok(Self {
            id,
            manifest,
            onnx_path,
            onnx,
            projection,
        })
    }
}

/// Makes the network ready on the first candidate that takes it.
fn open_session(
    runtime: &Runtime,
    path: &Path,
    onnx: &[u8],
    wanted: Provider,
) -> Result<(Session, Provider), AnalysisError> {
    let mut reason = String::new();
    for provider in wanted.candidates() {
        let session = runtime
            .session_builder(provider)
            .and_then(|mut builder| builder.commit_from_memory(onnx).map_err(|e| e.to_string()));
        match session {
            Ok(session) => return Ok((session, provider)),
            Err(refusal) if provider == Provider::Cpu => return Err(refuse(path, refusal)),
            Err(refusal) => {
                tracing::debug!(provider = provider.as_str(), %refusal, "provider not available");
                reason = refusal;
            }
        }
    }
    Err(AnalysisError::Provider {
        provider: wanted,
        reason,
    })
}

fn read(path: &Path) -> Result<Vec<u8>, AnalysisError> {
    fs::read(path).map_err(|source| AnalysisError::ModelMissing {
        path: path.to_owned(),
        source,
    })
}

fn refuse(path: &Path, reason: impl Into<String>) -> AnalysisError {
    AnalysisError::ModelRefused {
        path: PathBuf::from(path),
        reason: reason.into(),
    }
}

fn check_hash(path: &Path, bytes: &[u8], expected: &str) -> Result<(), AnalysisError> {
    let found = hex(&Sha256::digest(bytes));
    if found.eq_ignore_ascii_case(expected) {
        return Ok(());
    }
    Err(refuse(
        path,
        format!("its SHA-256 is {found}, the manifest says {expected}; install the model again"),
    ))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Mean of rows of one length.
fn mean<'a>(rows: impl Iterator<Item = &'a Vec<f32>>) -> Vec<f64> {
    let mut sum = Vec::new();
    let mut count = 0.0;
    for row in rows {
        sum.resize(row.len(), 0.0);
        sum.iter_mut()
            .zip(row)
            .for_each(|(sum, value)| *sum += f64::from(*value));
        count += 1.0;
    }
    sum.iter_mut().for_each(|sum| *sum /= count);
    sum
}

/// Population standard deviation of rows around their mean.
fn std<'a>(rows: impl Iterator<Item = &'a Vec<f32>>, mean: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; mean.len()];
    let mut count = 0.0;
    for row in rows {
        for ((sum, value), mean) in sum.iter_mut().zip(row).zip(mean) {
            *sum += (f64::from(*value) - mean).powi(2);
        }
        count += 1.0;
    }
    sum.into_iter().map(|sum| (sum / count).sqrt()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{model_folder, runtime};
    use safetensors::SafeTensors;

    fn floats(tensors: &SafeTensors<'_>, name: &str) -> Vec<f32> {
        let data = tensors.tensor(name).unwrap().data().to_vec();
        data.chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect()
    }

    fn worst(a: &[f32], b: &[f32]) -> f32 {
        assert_eq!(a.len(), b.len());
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max)
    }

    /// The export's own examples: the training code and this code must hear the same.
    #[test]
    fn golden_sounds_give_golden_vectors() {
        let mut model = Model::load(&runtime(), &model_folder(), Provider::Cpu).unwrap();
        let bytes = fs::read(model_folder().join("golden.safetensors")).unwrap();
        let golden = SafeTensors::deserialize(&bytes).unwrap();
        for example in 0..2 {
            let of = |name: &str| floats(&golden, &format!("{name}{example}"));
            let pcm = golden
                .tensor(&format!("pcm{example}"))
                .unwrap()
                .data()
                .to_vec();
            let pcm: Vec<f32> = pcm
                .chunks_exact(2)
                .map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0)
                .collect();

            let mel = model.mel.log_mel(&pcm);
            let bands = model.manifest.front_end.mel_bands;
            let rows: Vec<f32> = (0..bands)
                .flat_map(|band| mel.frames.iter().map(move |frame| frame[band]))
                .collect();
            let distance = worst(&rows, &of("mel"));
            assert!(distance < 1e-3, "mel {example}: {distance}");

            let runs: Vec<_> = model
                .mel
                .patches(&mel)
                .iter()
                .map(|patch| model.run(patch).unwrap())
                .collect();
            let embedding: Vec<f32> = runs
                .iter()
                .flat_map(|(embedding, _)| embedding.clone())
                .collect();
            let distance = worst(&embedding, &of("embedding"));
            assert!(distance < 1e-2, "embedding {example}: {distance}");
            let tags: Vec<f32> = runs.iter().flat_map(|(_, tags)| tags.clone()).collect();
            assert!(worst(&tags, &of("tags")) < 1e-3, "tags {example}");

            let (vector, _) = model.hear(std::slice::from_ref(&pcm)).unwrap();
            let vector = Embedding::new(model.id().clone(), vector).unwrap();
            let expected = Embedding::new(model.id().clone(), of("vector")).unwrap();
            let cosine: f32 = vector
                .values()
                .iter()
                .zip(expected.values())
                .map(|(a, b)| a * b)
                .sum();
            assert!(cosine > 0.9999, "vector {example}: {cosine}");
        }
    }
}
