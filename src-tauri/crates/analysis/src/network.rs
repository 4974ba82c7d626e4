//! The network in a session of ONNX Runtime: where it runs, patches in, embeddings and tags out.
//!
//! On the processor patches go one by one: a batch gains nothing on one thread, and could round otherwise. Elsewhere
//! the patches of a file go as one batch. Whatever goes wrong elsewhere moves the network to the processor for good,
//! and the same patches run there again.

use std::time::{Duration, Instant};

use ort::session::Session;
use ort::value::TensorRef;
use segue_core::AnalysisError;

use crate::files::{NetworkFiles, refuse};
use crate::manifest::{Activation, Manifest};
use crate::{Provider, Runtime};

/// Patches of one run away from the processor, at most.
const BATCH_MAX: usize = 64;
/// A warm-up measures for so long, after one batch that is not counted.
const MEASURE: Duration = Duration::from_millis(250);
/// A provider whose embeddings are further (in cosine) from the processor's would put vectors where they do not belong.
const LIKENESS_MIN: f64 = 0.999;

/// A network ready to run.
pub(crate) struct Network {
    runtime: Runtime,
    files: NetworkFiles,
    shape: NetworkShape,
    session: Session,
    provider: Provider,
    fallen: Option<Fallen>,
}

/// A provider that was left in the middle of the work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fallen {
    /// Which one.
    pub provider: Provider,
    /// What went wrong there.
    pub reason: String,
}

/// What the network says of one patch.
pub(crate) struct NetworkOutput {
    /// `[embedding_size]`.
    pub(crate) embedding: Vec<f32>,
    /// Probabilities of the manifest's tags, in its order.
    pub(crate) tags: Vec<f32>,
}

/// What goes in and out, from the manifest.
struct NetworkShape {
    network: crate::manifest::Network,
    bands: usize,
    frames: usize,
    tags_size: usize,
    /// Place of each tag in the output.
    tags: Vec<usize>,
}

impl NetworkShape {
    fn new(manifest: &Manifest) -> Self {
        let tags = manifest.tags.iter().enumerate();
        Self {
            network: manifest.network.clone(),
            bands: manifest.front_end.mel_bands,
            frames: manifest.front_end.patch_frames,
            tags_size: manifest.tags_size(),
            tags: tags
                .map(|(place, tag)| tag.index.unwrap_or(place))
                .collect(),
        }
    }
}

impl Network {
    /// Opens the network on `provider`, or for `Auto` on the first that takes it. Silence goes through it, which
    /// finds out whether names and shapes are as the manifest says.
    pub(crate) fn open(
        runtime: &Runtime,
        files: NetworkFiles,
        manifest: &Manifest,
        wanted: Provider,
    ) -> Result<Self, AnalysisError> {
        let mut reason = String::new();
        for provider in wanted.candidates() {
            match session(runtime, &files, provider) {
                Ok(session) => {
                    let mut network = Self {
                        runtime: runtime.clone(),
                        files,
                        shape: NetworkShape::new(manifest),
                        session,
                        provider,
                        fallen: None,
                    };
                    let silence = vec![0.0; network.shape.bands * network.shape.frames];
                    network
                        .run(&[silence])
                        .map_err(|reason| refuse(&network.files.path, reason))?;
                    return Ok(network);
                }
                Err(refusal) if provider == Provider::Cpu => {
                    return Err(refuse(&files.path, refusal));
                }
                Err(refusal) => {
                    tracing::debug!(provider = provider.as_str(), %refusal, "provider not available");
                    reason = refusal;
                }
            }
        }
        Err(AnalysisError::Provider {
            provider: wanted.as_str().to_owned(),
            detail: reason,
        })
    }

    /// Where it runs; never `Auto`.
    pub(crate) fn provider(&self) -> Provider {
        self.provider
    }

    /// The provider that it had to leave.
    pub(crate) fn fallen(&self) -> Option<&Fallen> {
        self.fallen.as_ref()
    }

    /// All patches of a track through the network, in their order. What fails away from the processor is done again
    /// on it, all of it: a track is heard by one arithmetic.
    pub(crate) fn run(&mut self, patches: &[Vec<f32>]) -> Result<Vec<NetworkOutput>, String> {
        match self.attempt(patches) {
            Err(reason) if self.provider != Provider::Cpu => {
                self.session = session(&self.runtime, &self.files, Provider::Cpu)?;
                let provider = std::mem::replace(&mut self.provider, Provider::Cpu);
                tracing::warn!(provider = provider.as_str(), %reason, "the network goes on on the processor");
                self.fallen = Some(Fallen { provider, reason });
                self.attempt(patches)
            }
            outcome => outcome,
        }
    }

    fn attempt(&mut self, patches: &[Vec<f32>]) -> Result<Vec<NetworkOutput>, String> {
        let at_once = self.batch();
        let mut outputs = Vec::with_capacity(patches.len());
        for batch in patches.chunks(at_once) {
            self.run_batch(batch, &mut outputs)?;
        }
        Ok(outputs)
    }

    /// How many patches go in one run.
    fn batch(&self) -> usize {
        let free = self.session.inputs().iter().any(|input| {
            let shape = input.dtype().tensor_shape();
            input.name() == self.shape.network.input
                && shape.is_some_and(|shape| shape.first().is_some_and(|length| *length < 0))
        });
        match self.provider {
            Provider::Cpu => 1,
            _ if free && self.shape.network.layout.has_batch() => BATCH_MAX,
            _ => 1,
        }
    }

    fn run_batch(
        &mut self,
        patches: &[Vec<f32>],
        per_patch: &mut Vec<NetworkOutput>,
    ) -> Result<(), String> {
        let NetworkShape {
            network,
            bands,
            frames,
            tags_size,
            tags,
        } = &self.shape;
        let joined;
        let values = match patches {
            [one] => one,
            many => {
                joined = many.concat();
                &joined
            }
        };
        let shape = network.layout.shape(patches.len(), *bands, *frames);
        let input =
            TensorRef::from_array_view((shape, values.as_slice())).map_err(|e| e.to_string())?;
        let outputs = self
            .session
            .run(ort::inputs![network.input.as_str() => input])
            .map_err(|e| e.to_string())?;
        let output = |name: &str, size: usize| {
            let value = outputs
                .get(name)
                .ok_or_else(|| format!("it has no output {name:?}"))?;
            let (shape, values) = value
                .try_extract_tensor::<f32>()
                .map_err(|e| format!("its output {name:?}: {e}"))?;
            if values.len() != size * patches.len() {
                return Err(format!(
                    "its output {name:?} is {shape:?}; {size} values a patch are expected"
                ));
            }
            if !values.iter().all(|value| value.is_finite()) {
                return Err(format!(
                    "its output {name:?} holds values that are not finite"
                ));
            }
            Ok(values)
        };
        let embeddings = output(&network.embedding, network.embedding_size)?;
        let mut heard = Vec::new();
        if let Some(name) = &network.tags {
            for values in output(name, *tags_size)?.chunks_exact((*tags_size).max(1)) {
                heard.push(probabilities(values, network.tags_activation));
            }
        }
        for (patch, embedding) in embeddings.chunks_exact(network.embedding_size).enumerate() {
            let all = heard.get(patch).map_or(&[][..], Vec::as_slice);
            per_patch.push(NetworkOutput {
                embedding: embedding.to_vec(),
                tags: tags
                    .iter()
                    .filter_map(|index| all.get(*index).copied())
                    .collect(),
            });
        }
        Ok(())
    }
}

/// A provider tried with a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Which one.
    pub provider: Provider,
    /// Patches in a second through one session, or why it is not to be used.
    pub patches_per_s: Result<f64, String>,
}

/// Lets every provider that this build knows run a few batches, the processor first.
pub(crate) fn measure(
    runtime: &Runtime,
    files: &NetworkFiles,
    manifest: &Manifest,
    patches: &[Vec<f32>],
) -> Result<Vec<Measured>, AnalysisError> {
    let mut cpu = Network::open(runtime, files.clone(), manifest, Provider::Cpu)?;
    let refused = |reason: String| refuse(&files.path, reason);
    let expected = cpu.run(patches).map_err(refused)?;
    let mut all = vec![Measured {
        provider: Provider::Cpu,
        patches_per_s: cpu.speed(patches),
    }];
    for provider in Provider::Auto.candidates() {
        if provider != Provider::Cpu {
            let open = Network::open(runtime, files.clone(), manifest, provider);
            let speed = open.map_err(|error| match error {
                AnalysisError::Provider { detail, .. } => detail,
                other => other.to_string(),
            });
            all.push(Measured {
                provider,
                patches_per_s: speed.and_then(|mut network| network.check(patches, &expected)),
            });
        }
    }
    Ok(all)
}

impl Network {
    /// Its speed, if it says what the processor says.
    fn check(&mut self, patches: &[Vec<f32>], expected: &[NetworkOutput]) -> Result<f64, String> {
        let outputs = self.run(patches)?;
        for (answer, expected) in outputs.iter().zip(expected) {
            let likeness = cosine(&answer.embedding, &expected.embedding);
            if likeness < LIKENESS_MIN {
                return Err(format!(
                    "its embeddings are not the processor's (cosine {likeness:.4})"
                ));
            }
        }
        self.speed(patches)
    }

    fn speed(&mut self, patches: &[Vec<f32>]) -> Result<f64, String> {
        let begun = Instant::now();
        let mut count = 0;
        while begun.elapsed() < MEASURE {
            count += self.run(patches)?.len();
        }
        match &self.fallen {
            Some(fallen) => Err(fallen.reason.clone()),
            None => Ok(count as f64 / begun.elapsed().as_secs_f64()),
        }
    }
}

fn session(runtime: &Runtime, files: &NetworkFiles, provider: Provider) -> Result<Session, String> {
    let mut builder = runtime.session_builder(provider)?;
    if let Some((name, weights)) = &files.weights {
        builder = builder
            .with_external_initializer_file_in_memory(name, weights.clone())
            .map_err(|e| e.to_string())?;
    }
    builder
        .commit_from_memory(&files.onnx)
        .map_err(|e| e.to_string())
}

fn probabilities(values: &[f32], activation: Activation) -> Vec<f32> {
    match activation {
        Activation::None => values.to_vec(),
        Activation::Sigmoid => values.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect(),
        Activation::Softmax => {
            let greatest = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let shares: Vec<f32> = values.iter().map(|x| (x - greatest).exp()).collect();
            let sum: f32 = shares.iter().sum();
            shares.into_iter().map(|share| share / sum).collect()
        }
    }
}

pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b));
        products.sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(1e-30)
}

#[cfg(test)]
impl Network {
    /// Takes the session for one of `provider`, and runs another network there if one is given.
    pub(crate) fn pretend(&mut self, provider: Provider, onnx: Option<&[u8]>) {
        if let Some(onnx) = onnx {
            let files = NetworkFiles {
                onnx: onnx.into(),
                ..self.files.clone()
            };
            self.session = session(&self.runtime, &files, Provider::Cpu).unwrap();
        }
        self.provider = provider;
    }
}
