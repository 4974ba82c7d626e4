//! One network as a manifest describes it: its files, its front end, its input and outputs by name.

use serde::Deserialize;

use super::bounds::{at_most, within};
use super::front_end::FrontEnd;

/// A network with all that it takes to run it.
#[derive(Clone, Debug)]
pub(crate) struct NetworkSpec {
    /// What parts and tags call it. None: the manifest has one network, in `[network]`.
    pub(crate) name: Option<String>,
    pub(crate) onnx: ModelFile,
    /// The one file with its external data, where it has some.
    pub(crate) weights: Option<ModelFile>,
    pub(crate) front_end: FrontEnd,
    pub(crate) ports: Ports,
    /// Length of the tags' output.
    pub(crate) tags_size: usize,
}

/// A file's name inside the model's folder, and the SHA-256 of its bytes in hexadecimal. A manifest from elsewhere may
/// leave the hash out; importing writes it.
#[derive(Clone, Debug)]
pub(crate) struct ModelFile {
    pub(crate) name: String,
    pub(crate) sha256: Option<String>,
}

/// The network's input and outputs by name: `[network]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ports {
    pub(crate) input: String,
    pub(crate) layout: AxisOrder,
    pub(crate) embedding: String,
    pub(crate) embedding_size: usize,
    /// The output with the tags, where it has one.
    pub(crate) tags: Option<String>,
    /// Length of that output; by default one value for each tag listed.
    pub(super) tags_size: Option<usize>,
    #[serde(default)]
    pub(crate) tags_activation: Activation,
}

/// One of `[[networks]]`: what `[files]`, `[front_end]` and `[network]` say where there is one only.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NetworkEntry {
    pub(super) name: String,
    onnx: String,
    onnx_sha256: Option<String>,
    weights: Option<String>,
    weights_sha256: Option<String>,
    front_end: FrontEnd,
    input: String,
    layout: AxisOrder,
    embedding: String,
    embedding_size: usize,
    tags: Option<String>,
    tags_size: Option<usize>,
    #[serde(default)]
    tags_activation: Activation,
}

impl NetworkEntry {
    /// With `tags_listed` for it, should it not say itself how many it gives.
    pub(super) fn spec(self, tags_listed: usize) -> NetworkSpec {
        let file = |name, sha256| ModelFile { name, sha256 };
        NetworkSpec {
            name: Some(self.name),
            onnx: file(self.onnx, self.onnx_sha256),
            weights: self.weights.map(|name| file(name, self.weights_sha256)),
            front_end: self.front_end,
            ports: Ports {
                input: self.input,
                layout: self.layout,
                embedding: self.embedding,
                embedding_size: self.embedding_size,
                tags: self.tags,
                tags_size: self.tags_size,
                tags_activation: self.tags_activation,
            },
            tags_size: self.tags_size.unwrap_or(tags_listed),
        }
    }
}

impl NetworkSpec {
    pub(super) fn check(&self) -> Result<(), String> {
        self.front_end.check()?;
        within(
            &self.key("embedding_size"),
            self.ports.embedding_size as f64,
            1.0..=16_384.0,
        )?;
        at_most(&self.key("tags_size"), self.tags_size as f64, 65_536.0)
    }

    /// A key of what is in `[network]`, or in its entry of `[[networks]]`.
    pub(super) fn key(&self, key: &str) -> String {
        match self.name {
            None => format!("network.{key}"),
            Some(_) => key.to_owned(),
        }
    }

    /// `reason` with the name of the network, where it has one.
    pub(crate) fn named(&self, reason: String) -> String {
        match &self.name {
            None => reason,
            Some(name) => format!("network {name:?}: {reason}"),
        }
    }
}

/// The order of the input's axes: `b` batch, `1` of length one, `m` mel bands, `t` time; `b1mt` is
/// `[batch, 1, mel_bands, patch_frames]`. Without `b` the network takes one patch only.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct AxisOrder(Vec<u8>);

impl TryFrom<String> for AxisOrder {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let count = |letter| text.bytes().filter(|byte| *byte == letter).count();
        let known = text.bytes().all(|byte| b"b1mt".contains(&byte));
        if !known || text.len() > 6 || count(b'm') != 1 || count(b't') != 1 || count(b'b') > 1 {
            return Err(format!(
                "layout is {text:?}; m and t once each, perhaps b, and any 1 are expected, such as \"b1mt\""
            ));
        }
        if count(b'b') == 1 && !text.starts_with('b') {
            return Err(format!("layout is {text:?}; b is expected to come first"));
        }
        Ok(Self(text.into_bytes()))
    }
}

impl AxisOrder {
    /// The input's shape for so many patches.
    pub(crate) fn shape(&self, batch: usize, bands: usize, frames: usize) -> Vec<usize> {
        let length = |axis: &u8| match axis {
            b'b' => batch,
            b'm' => bands,
            b't' => frames,
            _ => 1,
        };
        self.0.iter().map(length).collect()
    }

    /// Whether a patch lies in memory frame by frame, not band by band.
    pub(crate) fn time_first(&self) -> bool {
        let at = |axis| self.0.iter().position(|byte| *byte == axis);
        at(b't') < at(b'm')
    }

    /// Whether several patches fit in one run.
    pub(crate) fn has_batch(&self) -> bool {
        self.0.contains(&b'b')
    }
}

/// What makes probabilities of the tags' output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Activation {
    /// They are probabilities.
    #[default]
    None,
    /// Each logit by itself.
    Sigmoid,
    /// All logits together.
    Softmax,
}
