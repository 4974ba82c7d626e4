//! What signal processing finds in a recording, beside what a network hears in it.

use crate::Key;

/// Tempo and key, from the stretches of a recording that are listened to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Descriptors {
    /// Beats per minute; `None` without a pulse.
    pub bpm: Option<f64>,
    /// Key; `None` where none is clear.
    pub key: Option<Key>,
}

impl Descriptors {
    /// Raised when tempo or key are found otherwise, or more is heard beside them (2: how a recording begins and ends):
    /// recordings described by an older version are heard anew.
    pub const VERSION: u32 = 2;
}

/// What is measured over the whole of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct Measures {
    /// Integrated loudness (EBU R128, ITU-R BS.1770-4) in LUFS; `None` where nothing passes the gate of -70 LUFS.
    pub loudness_lufs: Option<f64>,
    /// Highest true peak of any channel (BS.1770-4, annex 2) in dBTP; `None` for digital silence.
    pub true_peak_dbtp: Option<f64>,
    /// Loudness of the first 10 s after the leading silence.
    pub intro_lufs: Option<f64>,
    /// Loudness of the last 10 s before the trailing silence.
    pub outro_lufs: Option<f64>,
    /// Seconds before the first sample above -60 dBFS; all of them if there is none.
    pub leading_silence_s: f64,
    /// Seconds after the last such sample; 0 if there is none.
    pub trailing_silence_s: f64,
    /// Seconds of sound, counted; `None` where an older Segue measured.
    pub duration_s: Option<f64>,
    /// The overview for a seek bar.
    pub waveform: Waveform,
}

impl Measures {
    /// Raised when something is measured otherwise, or more beside it (3: how long a recording is): recordings measured by
    /// an older version are measured anew.
    pub const VERSION: u32 = 3;
}

/// A recording's outline: peak and root mean square in [`BINS`](Self::BINS) equal stretches of its length, of all channels
/// together.
///
/// A value `v` is `round(255 · sqrt(amplitude))`, amplitude 1.0 being full scale: quiet music keeps its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waveform {
    /// Highest absolute sample, `[BINS]`.
    pub peak: Vec<u8>,
    /// Root mean square, `[BINS]`.
    pub rms: Vec<u8>,
}

impl Waveform {
    /// Stretches of every outline.
    pub const BINS: usize = 1000;
}
