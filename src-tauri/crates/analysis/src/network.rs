//! The network in a session of ONNX Runtime: where it runs, patches in, embeddings and tags out.
//!
//! On the processor patches go one by one: a batch gains nothing on one thread, and could round otherwise. Elsewhere
//! the patches of a file go as one batch. Whatever goes wrong elsewhere moves the network to the processor for good,
//! and the same patches run there again.

use ort::session::Session;
use ort::value::TensorRef;

use crate::files::NetworkFiles;
use crate::manifest::{Activation, NetworkSpec};
use crate::{Provider, Runtime};

/// Patches of one run away from the processor, at most.
const BATCH_MAX: usize = 64;

/// A network ready to run.
pub(crate) struct Network {
    runtime: Runtime,
    files: NetworkFiles,
    spec: NetworkSpec,
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

/// Why a network was not opened.
pub(crate) enum NotOpened {
    /// The provider does not take it; another may.
    Provider(String),
    /// It does not do what the manifest says.
    Network(String),
}

/// What the network says of one patch.
pub(crate) struct NetworkOutput {
    /// `[embedding_size]`.
    pub(crate) embedding: Vec<f32>,
    /// `[tags_size]`, after the activation; none without an output for tags.
    pub(crate) tags: Vec<f32>,
}

impl Network {
    /// Opens the network on `provider`. Silence goes through it, which finds out whether names and shapes are as the
    /// manifest says.
    pub(crate) fn open(
        runtime: &Runtime,
        files: NetworkFiles,
        spec: &NetworkSpec,
        provider: Provider,
    ) -> Result<Self, NotOpened> {
        let session = session(runtime, &files, provider).map_err(NotOpened::Provider)?;
        let front = &spec.front_end;
        let silence = vec![0.0; front.mel_bands * front.patch_frames];
        let mut network = Self {
            runtime: runtime.clone(),
            files,
            spec: spec.clone(),
            session,
            provider,
            fallen: None,
        };
        network.run(&[silence]).map_err(NotOpened::Network)?;
        Ok(network)
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
            input.name() == self.spec.ports.input
                && shape.is_some_and(|shape| shape.first().is_some_and(|length| *length < 0))
        });
        match self.provider {
            Provider::Cpu => 1,
            _ if free && self.spec.ports.layout.has_batch() => BATCH_MAX,
            _ => 1,
        }
    }

    fn run_batch(
        &mut self,
        patches: &[Vec<f32>],
        per_patch: &mut Vec<NetworkOutput>,
    ) -> Result<(), String> {
        let (ports, front) = (&self.spec.ports, &self.spec.front_end);
        let joined;
        let values = match patches {
            [one] => one,
            many => {
                joined = many.concat();
                &joined
            }
        };
        let shape = ports
            .layout
            .shape(patches.len(), front.mel_bands, front.patch_frames);
        let input =
            TensorRef::from_array_view((shape, values.as_slice())).map_err(|e| e.to_string())?;
        let outputs = self
            .session
            .run(ort::inputs![ports.input.as_str() => input])
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
        let embeddings = output(&ports.embedding, ports.embedding_size)?;
        let mut tags = Vec::new();
        if let Some(name) = &ports.tags {
            let size = self.spec.tags_size;
            for values in output(name, size)?.chunks_exact(size.max(1)) {
                tags.push(probabilities(values, ports.tags_activation));
            }
        }
        let mut tags = tags.into_iter();
        for embedding in embeddings.chunks_exact(ports.embedding_size) {
            per_patch.push(NetworkOutput {
                embedding: embedding.to_vec(),
                tags: tags.next().unwrap_or_default(),
            });
        }
        Ok(())
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
