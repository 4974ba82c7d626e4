//! `manifest.toml`: what a model wants to hear and what it says. Read once, checked whole, refused in words.
//!
//! It describes any network that takes log-mel patches; `models/manifests/README.md` documents every key for people.
//! What a manifest asks for is bounded here, so that no later code has to fear its numbers.

use std::ops::RangeInclusive;

use serde::Deserialize;

/// Samples of a track that are heard at most (80 MB as `f32`).
const SAMPLES_MAX: f64 = 20e6;
/// Values of log-mel that a track may come to (80 MB).
const MEL_VALUES_MAX: f64 = 20e6;
/// Runs of the network for one track.
const PATCHES_MAX: f64 = 2_000.0;
/// Values of one patch.
const PATCH_VALUES_MAX: f64 = 4e6;

/// The manifest as written. Unknown keys are refused: a model that asks for something this program does not
/// know would otherwise be heard wrong.
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

/// How samples become log-mel frames.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrontEnd {
    pub(crate) sample_rate_hz: u32,
    /// Seconds that are framed by themselves; without it a whole window is.
    pub(crate) segment_s: Option<f64>,
    /// Seconds between the beginnings of segments; without it they follow each other.
    pub(crate) segment_hop_s: Option<f64>,
    /// `a` of `y[n] = x[n + 1] − a · x[n]` over each segment, which gets one sample shorter; 0 leaves it as it is.
    #[serde(default)]
    pub(crate) pre_emphasis: f64,
    pub(crate) n_fft: usize,
    pub(crate) window: WindowFunction,
    /// At most `n_fft`; a shorter one sits in its middle.
    pub(crate) window_length: usize,
    pub(crate) hop: usize,
    #[serde(default)]
    pub(crate) padding: Padding,
    #[serde(default)]
    pub(crate) spectrum: Spectrum,
    pub(crate) mel_bands: usize,
    pub(crate) mel_scale: MelScale,
    /// The axis on which the triangles' sides are straight.
    #[serde(default)]
    pub(crate) mel_triangles: Triangles,
    pub(crate) mel_norm: MelNorm,
    /// Whether the highest bin counts; Kaldi leaves it out.
    #[serde(default = "yes")]
    pub(crate) nyquist: bool,
    pub(crate) f_min_hz: f64,
    pub(crate) f_max_hz: f64,
    #[serde(default = "one")]
    pub(crate) power_scale: f64,
    #[serde(default)]
    level: Level,
    level_floor: Option<f64>,
    log_law: LogLaw,
    #[serde(default = "one")]
    log_scale: f64,
    log_epsilon: Option<f64>,
    db_reference: Option<DbReference>,
    db_range: Option<f64>,
    /// Added to every logarithm.
    #[serde(default)]
    pub(crate) log_offset: f64,
    /// Then divides it.
    #[serde(default = "one")]
    pub(crate) log_divisor: f64,
    pub(crate) patch_frames: usize,
    pub(crate) patch_hop_frames: usize,
    #[serde(default)]
    pub(crate) last_patch: LastPatch,
}

fn yes() -> bool {
    true
}

fn one() -> f64 {
    1.0
}

/// The window over a frame. *Periodic* ones divide by their length `N`, *symmetric* ones by `N − 1`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WindowFunction {
    /// `0.5 − 0.5 cos(2πn/N)`.
    HannPeriodic,
    HannSymmetric,
    /// `0.54 − 0.46 cos(2πn/N)`.
    HammingPeriodic,
    HammingSymmetric,
    /// `0.42 − 0.5 cos(2πn/N) + 0.08 cos(4πn/N)`.
    BlackmanPeriodic,
    BlackmanSymmetric,
    /// A symmetric Hann to the power of 0.85 (Kaldi).
    Povey,
    Rectangular,
}

/// What stands beside a segment: without any, frame `i` begins at sample `hop · i`; with any, it is centred there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Padding {
    #[default]
    None,
    /// `n_fft / 2` zeros on either side.
    Zero,
    /// The segment mirrored about its first and its last sample.
    Reflect,
}

/// What of the spectrum the bands sum up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Spectrum {
    /// `|X|²`.
    #[default]
    Power,
    /// `|X|`.
    Magnitude,
}

/// What becomes of a track's level before the logarithm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// It stays.
    #[default]
    Keep,
    /// Every value is divided by the mean over all bands and frames that are heard of the track, or by `level_floor`
    /// where that is greater.
    Mean,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MelScale {
    /// `2595 log10(1 + f/700)`.
    Htk,
    /// Linear to 1 kHz, logarithmic above (Slaney, Auditory Toolbox, 1998).
    Slaney,
    /// `1127 ln(1 + f/700)`: HTK's scale in another unit, so the bands are the same.
    Kaldi,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Triangles {
    /// HTK, Kaldi.
    #[default]
    Mel,
    /// librosa, Essentia.
    Hertz,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MelNorm {
    /// Every triangle peaks at 1.
    None,
    /// Every triangle has the same area in hertz.
    Slaney,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum LogLaw {
    Ln1p,
    #[serde(rename = "log10-1p")]
    Log10OnePlus,
    Ln,
    Log10,
    Db,
    Linear,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
enum DbReference {
    Value(f64),
    Named(DbReferenceName),
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DbReferenceName {
    Max,
}

/// The logarithm with its constants; `x` is the band's value times `power_scale · log_scale`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Law {
    /// `ln(1 + x)`.
    Ln1p,
    /// `log10(1 + x)`.
    Log10OnePlus,
    /// `ln(x + epsilon)`.
    Ln { epsilon: f64 },
    /// `log10(x + epsilon)`.
    Log10 { epsilon: f64 },
    /// `factor · log10(max(x, epsilon) / max(reference, epsilon))`, not further than `range` under its maximum.
    Db {
        /// 10 for power, 20 for magnitude.
        factor: f64,
        epsilon: f64,
        /// None: the segment's own maximum.
        reference: Option<f64>,
        range: Option<f64>,
    },
    /// `x`.
    Linear,
}

/// What becomes of frames at a segment's end that fill no patch. Where there is no other patch, `drop` and `align`
/// repeat the frames from their start until they fill one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LastPatch {
    /// They are left out.
    #[default]
    Drop,
    /// They are repeated until they fill one.
    Repeat,
    /// They are filled up with silence.
    Silence,
    /// The last patch begins earlier and ends with the last frame.
    Align,
}

/// Which stretches of a track are heard.
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

/// A tag that the model hears.
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

impl FrontEnd {
    /// The logarithm with its constants; refuses constants that the law does not have.
    pub(crate) fn law(&self) -> Result<Law, String> {
        let needs_epsilon = || {
            let epsilon = self.log_epsilon.ok_or("front_end.log_epsilon is missing")?;
            within("front_end.log_epsilon", epsilon, 1e-30..=1e12)?;
            Ok::<_, String>(epsilon)
        };
        let law = match self.log_law {
            LogLaw::Ln1p => Law::Ln1p,
            LogLaw::Log10OnePlus => Law::Log10OnePlus,
            LogLaw::Linear => Law::Linear,
            LogLaw::Ln => Law::Ln {
                epsilon: needs_epsilon()?,
            },
            LogLaw::Log10 => Law::Log10 {
                epsilon: needs_epsilon()?,
            },
            LogLaw::Db => Law::Db {
                factor: match self.spectrum {
                    Spectrum::Power => 10.0,
                    Spectrum::Magnitude => 20.0,
                },
                epsilon: needs_epsilon()?,
                reference: match self.db_reference {
                    None => Some(1.0),
                    Some(DbReference::Value(value)) => Some(value),
                    Some(DbReference::Named(DbReferenceName::Max)) => None,
                },
                range: self.db_range,
            },
        };
        let takes_epsilon = matches!(self.log_law, LogLaw::Ln | LogLaw::Log10 | LogLaw::Db);
        for (key, given, belongs) in [
            ("log_epsilon", self.log_epsilon.is_some(), takes_epsilon),
            (
                "db_reference",
                self.db_reference.is_some(),
                self.log_law == LogLaw::Db,
            ),
            (
                "db_range",
                self.db_range.is_some(),
                self.log_law == LogLaw::Db,
            ),
        ] {
            if given && !belongs {
                return Err(format!("front_end.{key} means nothing with this log_law"));
            }
        }
        if let Law::Db {
            reference: Some(reference),
            ..
        } = law
        {
            within("front_end.db_reference", reference, 1e-30..=1e30)?;
        }
        within(
            "front_end.db_range",
            self.db_range.unwrap_or(80.0),
            1.0..=1_000.0,
        )?;
        Ok(law)
    }

    /// What a band's value is multiplied with before the logarithm.
    pub(crate) fn scale(&self) -> f64 {
        self.log_scale * self.power_scale
    }

    /// The floor of the mean that a track's values are divided by; None: they keep their level.
    pub(crate) fn level_floor(&self) -> Option<f64> {
        self.level_floor.filter(|_| self.level == Level::Mean)
    }

    /// Samples of a segment.
    pub(crate) fn segment(&self) -> Option<usize> {
        self.segment_s.map(|seconds| self.samples(seconds))
    }

    /// Samples between the beginnings of segments.
    pub(crate) fn segment_hop(&self) -> Option<usize> {
        self.segment_hop_s
            .or(self.segment_s)
            .map(|seconds| self.samples(seconds))
    }

    fn samples(&self, seconds: f64) -> usize {
        (seconds * f64::from(self.sample_rate_hz)).round() as usize
    }

    /// Samples that fill one patch.
    pub(crate) fn patch_samples(&self) -> usize {
        let beside = match self.padding {
            Padding::None => 0,
            Padding::Zero | Padding::Reflect => self.n_fft / 2 * 2,
        };
        let emphasis = usize::from(self.pre_emphasis != 0.0);
        (self.n_fft + (self.patch_frames - 1) * self.hop + emphasis)
            .saturating_sub(beside)
            .max(1)
    }

    fn check(&self) -> Result<(), String> {
        let rate_hz = f64::from(self.sample_rate_hz);
        within("front_end.sample_rate_hz", rate_hz, 4_000.0..=192_000.0)?;
        if let Some(segment_s) = self.segment_s {
            within("front_end.segment_s", segment_s, 0.01..=600.0)?;
            let hop_s = self.segment_hop_s.unwrap_or(segment_s);
            within("front_end.segment_hop_s", hop_s, 0.01..=600.0)?;
        } else if self.segment_hop_s.is_some() {
            return Err("front_end.segment_hop_s means nothing without segment_s".to_owned());
        }
        within("front_end.pre_emphasis", self.pre_emphasis, 0.0..=1.0)?;
        within("front_end.n_fft", self.n_fft as f64, 16.0..=65_536.0)?;
        within(
            "front_end.window_length",
            self.window_length as f64,
            2.0..=self.n_fft as f64,
        )?;
        within("front_end.hop", self.hop as f64, 1.0..=65_536.0)?;
        within("front_end.mel_bands", self.mel_bands as f64, 1.0..=1_024.0)?;
        within("front_end.f_max_hz", self.f_max_hz, 1.0..=rate_hz / 2.0)?;
        within(
            "front_end.f_min_hz",
            self.f_min_hz,
            0.0..=self.f_max_hz - 1.0,
        )?;
        within("front_end.power_scale", self.power_scale, 1e-12..=1e12)?;
        match (self.level, self.level_floor) {
            (Level::Keep, None) => {}
            (Level::Keep, Some(_)) => {
                return Err(
                    "front_end.level_floor means nothing without level = \"mean\"".to_owned(),
                );
            }
            (Level::Mean, None) => return Err("front_end.level_floor is missing".to_owned()),
            (Level::Mean, Some(floor)) => within("front_end.level_floor", floor, 1e-12..=1e12)?,
        }
        within("front_end.log_scale", self.log_scale, 1e-12..=1e12)?;
        within("front_end.log_offset", self.log_offset, -1e6..=1e6)?;
        within("front_end.log_divisor", self.log_divisor, 1e-6..=1e6)?;
        self.law()?;
        within(
            "front_end.patch_frames",
            self.patch_frames as f64,
            1.0..=100_000.0,
        )?;
        within(
            "front_end.patch_hop_frames",
            self.patch_hop_frames as f64,
            1.0..=100_000.0,
        )?;
        at_most(
            "a patch of front_end.mel_bands · front_end.patch_frames values",
            (self.mel_bands * self.patch_frames) as f64,
            PATCH_VALUES_MAX,
        )
    }
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
