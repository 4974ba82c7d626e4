//! The front end as a manifest describes it: how samples become patches of log-mel.

use serde::Deserialize;

use super::bounds::{at_most, within};

/// Values of one patch.
const PATCH_VALUES_MAX: f64 = 4e6;

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
    level: LevelRule,
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
enum LevelRule {
    /// It stays.
    #[default]
    Keep,
    /// Every value is divided by the mean over all bands and frames of the track's windows, or by `level_floor`
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
        self.level_floor.filter(|_| self.level == LevelRule::Mean)
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

    pub(super) fn check(&self) -> Result<(), String> {
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
            (LevelRule::Keep, None) => {}
            (LevelRule::Keep, Some(_)) => {
                return Err(
                    "front_end.level_floor means nothing without level = \"mean\"".to_owned(),
                );
            }
            (LevelRule::Mean, None) => return Err("front_end.level_floor is missing".to_owned()),
            (LevelRule::Mean, Some(floor)) => within("front_end.level_floor", floor, 1e-12..=1e12)?,
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
