//! Songs, albums, folders and what could not be read of them.

use segue_analysis::Provider;
use segue_core::Rating;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::jobs::{CloselyStatus, JobProgress};
use super::problem::AppError;

/// TRACK of the command-line contract.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct TrackRow {
    pub id: i64,
    /// Absolute path.
    pub path: String,
    /// The path as a `file:` URL, there only where it is not Unicode and `path` has lost something of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub path_url: Option<String>,
    pub title: String,
    pub artists: Vec<String>,
    pub album: Option<String>,
    pub album_artist: Option<String>,
    pub genres: Vec<String>,
    pub year: Option<i32>,
    pub track: Option<u32>,
    pub disc: Option<u32>,
    pub duration_s: f64,
    pub codec: String,
    pub sample_rate_hz: Option<u32>,
    pub bitrate_kbps: Option<u32>,
    /// Beats per minute, from the tag, else heard.
    pub bpm: Option<f64>,
    /// Key, from the tag, else heard: `A minor`.
    pub key: Option<String>,
    /// The key's place on the Camelot wheel: `8A`.
    pub camelot: Option<String>,
    /// Integrated loudness (EBU R128).
    pub loudness_lufs: Option<f64>,
    /// What the network hears plainly in it, the surest first; `null` before it was heard.
    pub tags: Option<Vec<String>>,
    pub true_peak_dbtp: Option<f64>,
    /// Loudness of the first 10 s after the leading silence.
    pub intro_lufs: Option<f64>,
    /// Loudness of the last 10 s before the trailing silence.
    pub outro_lufs: Option<f64>,
    pub leading_silence_s: Option<f64>,
    pub trailing_silence_s: Option<f64>,
    pub plays: u32,
    pub skips: u32,
    pub rating: Option<Rating>,
    pub added_at: String,
    /// Its file is not there now: deleted, or on a folder that is offline. Lists hold only the latter.
    pub missing: bool,
    pub has_cover: bool,
}

/// The order of a list of songs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SongSort {
    Title,
    #[default]
    Artist,
    Album,
    Year,
    Duration,
    Plays,
    Added,
    /// Stars.
    Rating,
    /// When it was last played.
    Played,
    Bpm,
    /// By chance, another one each day.
    Random,
    /// How well it matches the text, best first; without text as `artist`.
    Relevance,
}

/// Which songs, in which order. The window holds no library: it asks for pages of this.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SongsQuery {
    /// What is asked for, in the query language; empty for all songs.
    pub text: String,
    /// Songs of this album only.
    pub album: Option<i64>,
    pub sort: SongSort,
    pub descending: bool,
}

/// Rows `offset..offset + rows.len()` of a list of `total`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SongsPage {
    pub total: u64,
    pub offset: u32,
    /// What was asked for instead, where nothing was found and a word is nearly one of the library.
    pub corrected: Option<String>,
    pub rows: Vec<TrackRow>,
}

/// The outline of a recording: peak and root mean square of equal stretches of its length. A value is
/// `round(255 · sqrt(amplitude))`, amplitude 1 being full scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct WaveformRow {
    pub peak: Vec<u8>,
    pub rms: Vec<u8>,
}

/// The order of a list of albums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum AlbumSort {
    Title,
    #[default]
    Artist,
    Year,
    Added,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AlbumRow {
    pub id: i64,
    pub title: String,
    /// Album artist; `null` where the tracks' artists differ and none is named.
    pub artist: Option<String>,
    pub year: Option<i32>,
    pub tracks: u32,
    pub duration_s: f64,
    /// The track whose cover stands for the album.
    pub cover_track: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AlbumsPage {
    pub total: u64,
    pub offset: u32,
    pub rows: Vec<AlbumRow>,
}

/// A folder of the library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RootRow {
    pub path: String,
    /// False while the folder is not there: its tracks are kept.
    pub online: bool,
    pub tracks: u64,
}

/// The library as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LibraryStatus {
    pub version: String,
    pub roots: Vec<RootRow>,
    pub tracks: u64,
    /// Songs whose files were deleted: in no list, and kept until they are forgotten (`forget_missing`).
    pub missing: u64,
    pub albums: u64,
    /// Tracks whose sound is known to the current model.
    pub analyzed: u64,
    pub failures: u64,
    /// The user's music folder, to offer on the first run.
    pub suggested_folder: Option<String>,
    /// The demo library that came with Segue.
    pub demo_folder: Option<String>,
    /// The audio network's id; `null` when there is none, and `model_error` says why.
    pub model: Option<String>,
    pub model_error: Option<AppError>,
    /// After a switch the model whose fingerprints serve until the current one has heard the library; else `null`.
    pub serving: Option<String>,
    /// Songs that the current model must hear until then.
    pub to_hear: u64,
    /// Where its network runs, once it was opened.
    pub provider: Option<Provider>,
    /// The fine model; `null` where none came with Segue.
    pub closely: Option<CloselyStatus>,
    pub jobs: Vec<JobProgress>,
    /// Whether to offer the first choice among a dozen songs: enough was heard, nothing was played, nothing was chosen.
    pub first_choice: bool,
    /// Changes whenever songs, albums or folders do.
    pub revision: u64,
}
