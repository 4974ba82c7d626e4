//! Why there is no vector: the runtime or the model is missing or refused (nothing can be analysed, the reason
//! says what to do), or one file gave none (skip it).

use std::path::PathBuf;

use segue_core::EmbeddingError;
use segue_decode::DecodeError;

use crate::Provider;

/// An analysis that could not be done.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The ONNX Runtime library is not there.
    #[error("there is no ONNX Runtime at {}; `cargo xtask setup` installs it, or set ORT_DYLIB_PATH", path.display())]
    RuntimeMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file is not an ONNX Runtime that works here.
    #[error("cannot load ONNX Runtime from {}: {reason}", path.display())]
    RuntimeRefused {
        /// The library.
        path: PathBuf,
        /// What the loader said.
        reason: String,
    },
    /// The library, or one that it would load, carries an uploader; it was not loaded.
    #[error("{} carries Microsoft's telemetry uploader (`{mark}` stands in it) and was not loaded: Segue sends nothing to anybody; \
             `cargo xtask setup` installs ONNX Runtime 1.27.0, which has none (the official libraries have it since 1.29), \
             or set ORT_DYLIB_PATH to one that has none", path.display())]
    RuntimeUploads {
        /// The file that carries it.
        path: PathBuf,
        /// What gave it away.
        mark: &'static str,
    },
    /// A file of the model cannot be read.
    #[error("cannot read the model file {}: {source}; is the model installed?", path.display())]
    ModelMissing {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the model cannot be written.
    #[error("cannot write the model file {}: {source}", path.display())]
    ModelWrite {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file of the model is there, but not as it should be.
    #[error("refused the model file {}: {reason}", path.display())]
    ModelRefused {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The execution provider that was asked for does not work on this machine.
    #[error("the provider {} is not available: {reason}; `auto` takes the best that is", provider.as_str())]
    Provider {
        /// Which one.
        provider: Provider,
        /// What ONNX Runtime said.
        reason: String,
    },
    /// The file gave no samples.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// The file is silent wherever it was listened to: there is nothing to compare.
    #[error("{} is silent", path.display())]
    Silent {
        /// The file.
        path: PathBuf,
    },
    /// The file ends before the first place that is listened to, though it claims to be longer.
    #[error("{} ends long before the length it states", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
    },
    /// The network failed on a file.
    #[error("the network failed on {}: {reason}", path.display())]
    Network {
        /// The file.
        path: PathBuf,
        /// What ONNX Runtime said.
        reason: String,
    },
    /// The loudness meter refused a file.
    #[error("cannot measure {}: {reason}", path.display())]
    Loudness {
        /// The file.
        path: PathBuf,
        /// What the meter said.
        reason: String,
    },
    /// The network's answer is no direction in space.
    #[error("no vector for {}: {source}", path.display())]
    Vector {
        /// The file.
        path: PathBuf,
        /// Why it is none.
        source: EmbeddingError,
    },
}
