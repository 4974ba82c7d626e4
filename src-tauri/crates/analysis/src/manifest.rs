//! `manifest.toml`: what input a model takes and what its output means. Read and checked as a whole; an error names the key.
//!
//! It describes any network that takes log-mel patches; `models/manifests/README.md` documents every key for people.
//! What a manifest asks for is bounded here, so that no later code has to fear its numbers.

mod front_end;

use std::ops::RangeInclusive;

use serde::Deserialize;

pub(crate) use front_end::{
    FrontEnd, LastPatch, Law, MelNorm, MelScale, Padding, Spectrum, Triangles, WindowFunction,
};

/// Samples of a track that are analysed at most (80 MB as `f32`).
const SAMPLES_MAX: f64 = 20e6;
/// Values of log-mel that a track may come to (80 MB).
const MEL_VALUES_MAX: f64 = 20e6;
/// Runs of the network for one track.
const PATCHES_MAX: f64 = 2_000.0;
/// The manifest as written. Unknown keys are refused: a model that asks for something this program does not
/// know would otherwise get wrong input.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) files: Files,
    pub(crate) front_end: FrontEnd,
    pub(crate) windows: Windows,
    pub(crate) network: Network,
    #[serde(default)]
    pub(crate) track_vector: TrackVector,
    #[serde(default)]
    pub(crate) tags: Vec<TagInfo>,
}

/// File names inside the model's folder, and the SHA-256 of their bytes in hexadecimal. A manifest from elsewhere
/// may leave the hashes out; importing writes them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Files {
    pub(crate) onnx: String,
    pub(crate) onnx_sha256: Option<String>,
    /// The one file with the network's external data, where it has some.
    pub(crate) weights: Option<String>,
    pub(crate) weights_sha256: Option<String>,
    pub(crate) projection: Option<String>,
    pub(crate) projection_sha256: Option<String>,
}

/// Which parts of a track are analysed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Windows {
    pub(crate) count_max: usize,
    pub(crate) seconds: f64,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

/// The network's input and outputs by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Network {
    pub(crate) input: String,
    pub(crate) layout: AxisOrder,
    pub(crate) embedding: String,
    pub(crate) embedding_size: usize,
    /// The output with the tags, where it has one.
    pub(crate) tags: Option<String>,
    /// Length of that output; by default one value for each tag listed.
    pub(crate) tags_size: Option<usize>,
    #[serde(default)]
    pub(crate) tags_activation: Activation,
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

/// What the track's vector is made of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrackVector {
    pub(crate) parts: Vec<Statistic>,
    /// Its length; without a projection that of the parts.
    pub(crate) size: Option<usize>,
}

impl Default for TrackVector {
    fn default() -> Self {
        Self {
            parts: vec![Statistic::EmbeddingMean],
            size: None,
        }
    }
}

/// A statistic of a track.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Statistic {
    /// Mean of the patches' embeddings: `[embedding_size]`.
    EmbeddingMean,
    /// Mean of all log-mel frames: `[mel_bands]`.
    MelMean,
    /// Population standard deviation of all log-mel frames: `[mel_bands]`.
    MelStd,
}

/// A tag that the model gives.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TagInfo {
    /// Lower-case name, such as `female vocals`.
    pub name: String,
    /// What it speaks of.
    pub kind: TagKind,
    /// Probability from which on it is worth showing.
    pub threshold: f32,
    /// Its place in the network's output; by default its place in the list.
    #[serde(default)]
    pub index: Option<usize>,
}

/// What a tag speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TagKind {
    /// A style of music.
    Genre,
    /// A mood or occasion.
    Mood,
    /// An instrument.
    Instrument,
    /// Voices, or their absence.
    Voice,
}

impl Manifest {
    /// Reads and checks a manifest. The refusal names the key.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let manifest: Self =
            toml::from_str(text).map_err(|e| e.to_string().trim().replace('\n', " "))?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Length of the track's statistics.
    pub(crate) fn statistics_size(&self) -> usize {
        let size = |part: &Statistic| match part {
            Statistic::EmbeddingMean => self.network.embedding_size,
            Statistic::MelMean | Statistic::MelStd => self.front_end.mel_bands,
        };
        self.track_vector.parts.iter().map(size).sum()
    }

    /// Length of the track's vector.
    pub(crate) fn vector_size(&self) -> usize {
        self.track_vector
            .size
            .unwrap_or_else(|| self.statistics_size())
    }

    /// Length of the network's tag output.
    pub(crate) fn tags_size(&self) -> usize {
        self.network.tags_size.unwrap_or(self.tags.len())
    }

    fn check(&self) -> Result<(), String> {
        if !is_plain(&self.name) {
            return Err(format!(
                "name is {:?}; up to 64 letters, digits, dots, dashes are expected, and no dot first",
                self.name
            ));
        }
        let files = &self.files;
        let names = [
            Some(&files.onnx),
            files.weights.as_ref(),
            files.projection.as_ref(),
        ];
        let names: Vec<&String> = names.into_iter().flatten().collect();
        for (index, file) in names.iter().enumerate() {
            if !is_plain(file) || *file == "manifest.toml" || names[..index].contains(file) {
                return Err(format!(
                    "files names {file:?}; a file of its own in the model's folder is expected"
                ));
            }
        }
        self.front_end.check()?;
        within(
            "windows.count_max",
            self.windows.count_max as f64,
            1.0..=1_000.0,
        )?;
        within("windows.seconds", self.windows.seconds, 0.1..=600.0)?;
        within("windows.to", self.windows.to, 0.0..=1.0)?;
        within("windows.from", self.windows.from, 0.0..=self.windows.to)?;
        self.check_amounts()?;
        within(
            "network.embedding_size",
            self.network.embedding_size as f64,
            1.0..=16_384.0,
        )?;
        if self.track_vector.parts.is_empty() || self.track_vector.parts.len() > 8 {
            return Err("track_vector.parts: one to eight parts are expected".to_owned());
        }
        within(
            "track_vector.size",
            self.vector_size() as f64,
            1.0..=65_536.0,
        )?;
        if self.files.projection.is_none() && self.vector_size() != self.statistics_size() {
            return Err(format!(
                "track_vector.size is {}, but without a projection the parts' {} values are the vector",
                self.vector_size(),
                self.statistics_size()
            ));
        }
        self.check_tags()
    }

    /// Bounds what a track can cost, whatever the single numbers are.
    fn check_amounts(&self) -> Result<(), String> {
        let front = &self.front_end;
        let heard_s = self.windows.count_max as f64 * self.windows.seconds;
        let samples = heard_s * f64::from(front.sample_rate_hz);
        at_most(
            "what windows and sample_rate_hz ask for, in samples,",
            samples,
            SAMPLES_MAX,
        )?;
        // Segments may overlap, and each has its own frames.
        let overlap = match (front.segment(), front.segment_hop()) {
            (Some(length), Some(hop)) => (length as f64 / hop as f64).max(1.0),
            _ => 1.0,
        };
        let frames = samples * overlap / front.hop as f64;
        at_most(
            "what windows, hop and mel_bands ask for, in values of log-mel,",
            frames * front.mel_bands as f64,
            MEL_VALUES_MAX,
        )?;
        let patches = frames / front.patch_hop_frames as f64;
        at_most("the number of patches of a track", patches, PATCHES_MAX)
    }

    fn check_tags(&self) -> Result<(), String> {
        at_most("the number of tags", self.tags.len() as f64, 4_096.0)?;
        at_most("network.tags_size", self.tags_size() as f64, 65_536.0)?;
        if self.network.tags.is_none() && !self.tags.is_empty() {
            return Err("tags are listed, but network.tags names no output".to_owned());
        }
        for (place, tag) in self.tags.iter().enumerate() {
            within("a tag's threshold", f64::from(tag.threshold), 0.0..=1.0)?;
            let length = tag.name.chars().count();
            if !(1..=64).contains(&length) || tag.name.chars().any(char::is_control) {
                return Err(format!(
                    "a tag is named {:?}; up to 64 characters are expected",
                    tag.name
                ));
            }
            if self.tags[..place]
                .iter()
                .any(|other| other.name == tag.name)
            {
                return Err(format!("the tag {:?} is listed twice", tag.name));
            }
            let index = tag.index.unwrap_or(place);
            if index >= self.tags_size() {
                return Err(format!(
                    "the tag {:?} is value {index} of {} of the network's output",
                    tag.name,
                    self.tags_size()
                ));
            }
        }
        Ok(())
    }
}

/// Whether a name can stand for a file or folder on every system, and leads nowhere else.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    (1..=64).contains(&name.len()) && !name.starts_with('.') && name.chars().all(plain)
}

fn within(key: &str, value: f64, range: RangeInclusive<f64>) -> Result<(), String> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(format!(
        "{key} is {value}; between {} and {} is expected",
        range.start(),
        range.end()
    ))
}

fn at_most(what: &str, value: f64, max: f64) -> Result<(), String> {
    if value <= max {
        return Ok(());
    }
    Err(format!(
        "{what} is {value:.0}; at most {max:.0} is expected"
    ))
}
