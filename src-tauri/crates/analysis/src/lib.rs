//! PCM to log-mel to network to vector and tags, and what signal processing tells beside it: tempo, key, loudness,
//! waveform. The only room with a machine-learning runtime.
//!
//! A model is a folder: `manifest.toml` says how sound becomes its networks' input and how their
//! outputs become one vector; an ONNX file is a network; a projection may turn a track's statistics into the vector, and a
//! readout them into tags.
//! Nothing about a model stands in this code, so another model needs no other program. Models come from strangers:
//! what is in their files costs at most the model ([`ModelSource::stage`], [`Model::try_out`]).
//!
//! Words: a *window* is a stretch of a track that is listened to; a *segment* a part of it that is framed by itself
//! (often the whole window); a *frame* one column of the log-mel; a *patch* the frames that the network takes at once.
//!
//! Tempo and key come from the windows that are decoded for the network anyway ([`Model::analyze_file`]); what takes the
//! whole of a file is a pass by itself ([`measure_file`]) and needs no model. Where the windows are the whole of a short
//! file, the first pass measures too ([`Analyzed::measures`]).
//!
//! The same file gives the same bits of a vector on the same machine's processor, however many tracks are analysed at
//! a time: one thread per model, networks and patches one by one. Scheduling is left to the caller: one [`Model`] per thread.

mod files;
mod key;
mod listener;
mod loudness;
mod manifest;
mod measure;
mod mel;
mod model;
mod network;
mod noise;
mod onnx;
mod projection;
mod provider;
mod runtime;
mod tempo;
mod uploader;
mod warm_up;
mod waveform;
mod windows;

pub use files::{ModelCard, ModelSource, NetworkFile, Staged, describe, model_id};
pub use manifest::{ModelRole, TagInfo, TagKind};
pub use measure::measure_file;
pub use model::{Analyzed, Model};
pub use network::Fallen;
pub use provider::Provider;
pub use runtime::{OPT_OUTS, ProviderStatus, Runtime, provider_report};
pub use warm_up::Measured;

#[cfg(test)]
mod tests;
