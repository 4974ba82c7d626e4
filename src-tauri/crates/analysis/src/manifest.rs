//! `manifest.toml`: what a model wants to hear and what it says. Read once, checked whole, refused in words.

use std::ops::RangeInclusive;

use serde::Deserialize;

/// The manifest as written. Unknown keys are refused: a model that asks for something this program does not
/// know would otherwise be heard wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) name: String,
    #[serde(rename = "description")]
    _description: String,
    pub(crate) files: Files,
    pub(crate) front_end: FrontEnd,
    pub(crate) windows: Windows,
    pub(crate) network: Network,
    pub(crate) track_vector: TrackVector,
    pub(crate) tags: Vec<TagInfo>,
}

/// File names inside the model's folder, and the SHA-256 of their bytes in hexadecimal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Files {
    pub(crate) onnx: String,
    pub(crate) onnx_sha256: String,
    pub(crate) projection: String,
    pub(crate) projection_sha256: String,
}

/// How samples become log-mel frames.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FrontEnd {
    pub(crate) sample_rate_hz: u32,
    pub(crate) n_fft: usize,
    #[serde(rename = "window")]
    _window: Window,
    pub(crate) window_length: usize,
    pub(crate) hop: usize,
    pub(crate) mel_bands: usize,
    pub(crate) mel_scale: MelScale,
    pub(crate) mel_norm: MelNorm,
    pub(crate) f_min_hz: f64,
    pub(crate) f_max_hz: f64,
    pub(crate) power_scale: f64,
    #[serde(rename = "log_law")]
    _log_law: LogLaw,
    pub(crate) log_scale: f64,
    pub(crate) patch_frames: usize,
    pub(crate) patch_hop_frames: usize,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Window {
    /// `0.5 − 0.5 cos(2πn/N)`.
    #[serde(rename = "hann-periodic")]
    HannPeriodic,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MelScale {
    /// `2595 log10(1 + f/700)`.
    Htk,
    /// Linear to 1 kHz, logarithmic above (Slaney, Auditory Toolbox, 1998).
    Slaney,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MelNorm {
    /// Every triangle peaks at 1.
    None,
    /// Every triangle has the same area in hertz.
    Slaney,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LogLaw {
    /// `ln(1 + log_scale · power_scale · power)`.
    Ln1p,
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
    #[serde(rename = "layout")]
    _layout: Layout,
    pub(crate) embedding: String,
    pub(crate) embedding_size: usize,
    pub(crate) tags: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
enum Layout {
    /// `[batch, 1, mel_bands, patch_frames]`.
    #[serde(rename = "b1mt")]
    BatchOneMelTime,
}

/// What the projection is applied to.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrackVector {
    pub(crate) parts: Vec<Part>,
    pub(crate) size: usize,
}

/// A statistic of a track.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
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

    /// Length of the statistics that the projection takes.
    pub(crate) fn statistics_size(&self) -> usize {
        let size = |part: &Part| match part {
            Part::EmbeddingMean => self.network.embedding_size,
            Part::MelMean | Part::MelStd => self.front_end.mel_bands,
        };
        self.track_vector.parts.iter().map(size).sum()
    }

    fn check(&self) -> Result<(), String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if self.name.is_empty() || !self.name.chars().all(plain) {
            return Err(format!(
                "name is {:?}; letters, digits, dots, dashes are expected",
                self.name
            ));
        }
        for file in [&self.files.onnx, &self.files.projection] {
            if file.is_empty() || file.starts_with('.') || !file.chars().all(plain) {
                return Err(format!(
                    "files names {file:?}; a file in the model's folder is expected"
                ));
            }
        }
        let front = &self.front_end;
        within(
            "front_end.sample_rate_hz",
            f64::from(front.sample_rate_hz),
            4_000.0..=192_000.0,
        )?;
        within("front_end.n_fft", front.n_fft as f64, 16.0..=65_536.0)?;
        if front.window_length != front.n_fft {
            return Err(
                "front_end.window_length differs from n_fft, which this Segue cannot do".to_owned(),
            );
        }
        within("front_end.hop", front.hop as f64, 1.0..=front.n_fft as f64)?;
        within("front_end.mel_bands", front.mel_bands as f64, 1.0..=1_024.0)?;
        within(
            "front_end.f_max_hz",
            front.f_max_hz,
            1.0..=f64::from(front.sample_rate_hz) / 2.0,
        )?;
        within(
            "front_end.f_min_hz",
            front.f_min_hz,
            0.0..=front.f_max_hz - 1.0,
        )?;
        within("front_end.power_scale", front.power_scale, 1e-12..=1e12)?;
        within("front_end.log_scale", front.log_scale, 1e-12..=1e12)?;
        within(
            "front_end.patch_frames",
            front.patch_frames as f64,
            1.0..=10_000.0,
        )?;
        within(
            "front_end.patch_hop_frames",
            front.patch_hop_frames as f64,
            1.0..=10_000.0,
        )?;
        within(
            "windows.count_max",
            self.windows.count_max as f64,
            1.0..=1_000.0,
        )?;
        within("windows.seconds", self.windows.seconds, 0.1..=600.0)?;
        within("windows.to", self.windows.to, 0.0..=1.0)?;
        within("windows.from", self.windows.from, 0.0..=self.windows.to)?;
        within(
            "network.embedding_size",
            self.network.embedding_size as f64,
            1.0..=65_536.0,
        )?;
        within(
            "track_vector.size",
            self.track_vector.size as f64,
            1.0..=65_536.0,
        )?;
        if self.track_vector.parts.is_empty() {
            return Err("track_vector.parts is empty".to_owned());
        }
        for tag in &self.tags {
            within("a tag's threshold", f64::from(tag.threshold), 0.0..=1.0)?;
        }
        Ok(())
    }
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
