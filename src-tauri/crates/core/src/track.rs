//! A track as the library knows it.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::{AudioHash, FileSpan, Rating, TrackId};

/// Lengths further apart than this, in seconds, are of different recordings. Services round to seconds, and masterings
/// differ in the silence at both ends; AcoustID draws the line at 7 s too (`FINGERPRINT_MAX_LENGTH_DIFF` of acoustid-server).
pub const SAME_LENGTH_S: f64 = 7.0;

/// One file of the library, or a stretch of one, with its tags. What is unknown is `None` or empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// The row.
    pub id: TrackId,
    /// The recording it is a copy of.
    pub audio: AudioHash,
    /// Absolute path.
    pub path: PathBuf,
    /// Which stretch of the file it is.
    pub span: FileSpan,
    /// From the tag, else the file's name without its ending.
    pub title: String,
    /// Every artist by itself, in the tag's order.
    pub artists: Vec<String>,
    /// Album title.
    pub album: Option<String>,
    /// Album artist.
    pub album_artist: Option<String>,
    /// Genres, in the tag's order.
    pub genres: Vec<String>,
    /// Year of release.
    pub year: Option<i32>,
    /// Number on the disc, from 1.
    pub track: Option<u32>,
    /// Disc, from 1.
    pub disc: Option<u32>,
    /// Length in seconds.
    pub duration_s: f64,
    /// Codec in lower case: `flac`, `mp3`, `aac`, `alac`, `vorbis`, `opus`, `pcm` …
    pub codec: String,
    /// Samples per second.
    pub sample_rate_hz: Option<u32>,
    /// Average bit rate of the audio.
    pub bitrate_kbps: Option<u32>,
    /// Beats per minute, from tag or analysis.
    pub bpm: Option<f64>,
    /// Musical key, from tag or analysis, such as `F#m` or `F# minor`.
    pub key: Option<String>,
    /// Integrated loudness (EBU R128).
    pub loudness_lufs: Option<f64>,
    /// Highest true peak in dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// Loudness of the first 10 s of sound.
    pub intro_lufs: Option<f64>,
    /// Loudness of the last 10 s of sound.
    pub outro_lufs: Option<f64>,
    /// Seconds of silence before the first sound.
    pub leading_silence_s: Option<f64>,
    /// Seconds of silence after the last.
    pub trailing_silence_s: Option<f64>,
    /// Whether a cover is embedded or lies beside the file.
    pub has_cover: bool,
    /// Times the recording was listened to.
    pub plays: u32,
    /// Times it was skipped.
    pub skips: u32,
    /// The listener's opinion.
    pub rating: Option<Rating>,
    /// When it came into the library.
    pub added_at: Timestamp,
    /// Whether the file was gone when last looked for, though its folder was there.
    pub missing: bool,
}
