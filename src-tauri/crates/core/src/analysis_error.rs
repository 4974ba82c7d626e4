//! Why nothing can be analysed: the runtime or the model is missing or refused. What is wrong with one file is a
//! [`FileFault`](crate::FileFault).

use serde::{Deserialize, Serialize};

/// An analysis that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum AnalysisError {
    /// The ONNX Runtime library is not there.
    #[error("no ONNX Runtime: {path}")]
    RuntimeMissing {
        /// Where it was looked for.
        path: String,
    },
    /// The file is not an ONNX Runtime that works here.
    #[error("ONNX Runtime refused: {path}: {why}")]
    RuntimeRefused {
        /// The library.
        path: String,
        /// What is wrong with it.
        why: RuntimeFault,
    },
    /// The library, or one that it would load, carries an uploader; it was not loaded.
    #[error("ONNX Runtime uploads: {path}: {mark}")]
    RuntimeUploads {
        /// The file that carries it.
        path: String,
        /// What gave it away.
        mark: String,
    },
    /// A file of the model cannot be read.
    #[error("model file unreadable: {path}: {detail}")]
    ModelMissing {
        /// The file.
        path: String,
        /// What the system said.
        detail: String,
    },
    /// A file of the model cannot be written.
    #[error("model file unwritable: {path}: {detail}")]
    ModelWrite {
        /// The file.
        path: String,
        /// What the system said.
        detail: String,
    },
    /// A file of the model is there, but not as it should be.
    #[error("model file refused: {path}: {why}")]
    ModelRefused {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: ModelFault,
    },
    /// The execution provider that was asked for does not work on this machine.
    #[error("provider {provider}: {detail}")]
    Provider {
        /// Its name.
        provider: String,
        /// What ONNX Runtime said.
        detail: String,
    },
}

/// What is wrong with a file that should be an ONNX Runtime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum RuntimeFault {
    /// This process has loaded another, and can hold one.
    #[error("loaded already: {path}")]
    AnotherLoaded {
        /// The other.
        path: String,
    },
    /// It is none, or of a kind that is not known here.
    #[error("unknown library")]
    Unknown,
    /// It cannot be looked into, which is done before it is loaded.
    #[error("unreadable: {detail}")]
    Unreadable {
        /// What the system said.
        detail: String,
    },
    /// What the loader said.
    #[error("{detail}")]
    Said {
        /// Its words.
        detail: String,
    },
}

/// What is wrong with a file of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum ModelFault {
    /// The manifest has no SHA-256 of a file, as one that was imported has.
    #[error("no sha-256 of {name}")]
    NoHash {
        /// The file.
        name: String,
    },
    /// Its SHA-256 is another than the manifest's.
    #[error("sha-256 {found}, expected {expected}")]
    OtherHash {
        /// Its own.
        found: String,
        /// The manifest's.
        expected: String,
    },
    /// A file was given that the manifest does not name.
    #[error("no {key} in manifest")]
    NotInManifest {
        /// Its key in the manifest.
        key: String,
    },
    /// It is not text.
    #[error("not text")]
    NotText,
    /// The network wants weights from a file that the manifest does not name.
    #[error("weights in {wanted}, manifest: {}", named.as_deref().unwrap_or("none"))]
    OtherWeights {
        /// The file that it wants.
        wanted: String,
        /// The file that the manifest names.
        named: Option<String>,
    },
    /// It is larger than what is read.
    #[error("over {max_bytes} bytes")]
    TooLarge {
        /// What is read.
        max_bytes: u64,
    },
    /// What should be probabilities of tags are none, as where the manifest lacks `network.tags_activation`.
    #[error("tags no probabilities")]
    NotProbabilities,
    /// What its reader said.
    #[error("{detail}")]
    Said {
        /// The reader's words.
        detail: String,
    },
}

impl From<String> for ModelFault {
    fn from(detail: String) -> Self {
        Self::Said { detail }
    }
}
