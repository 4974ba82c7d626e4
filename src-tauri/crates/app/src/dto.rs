//! What crosses the border to the window and to scripts: plain data, serialised as JSON.
//!
//! The command line prints these shapes (`cli.md` fixes them: adding fields is free, changing them is not);
//! the window receives them over IPC, with TypeScript types made from this file (`typescript`, committed as
//! `ui/src/ipc/types.ts` and held against it by a test). Unknown is `null`. Times are RFC 3339.

use segue_core::{ErrorCode, Rating};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// TRACK of the command-line contract.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct TrackRow {
    pub id: i64,
    /// Absolute path.
    pub path: String,
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
    #[ts(as = "Option<RatingName>")]
    pub rating: Option<Rating>,
    pub added_at: String,
    pub missing: bool,
    pub has_cover: bool,
}

/// The listener's opinion of a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum RatingName {
    Like,
    Dislike,
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
}

/// Which songs, in which order. The window holds no library: it asks for pages of this.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SongsQuery {
    /// Words that must all occur somewhere; empty for all songs.
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

/// One term of a recommendation's score, in words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ReasonRow {
    /// `sound`, `genre`, `tag`, `artist`, `taste`, `familiar`, `new`, `era` …
    pub kind: String,
    pub text: String,
    /// The term itself, in the score's own unit.
    pub weight: f64,
}

/// A recommended track with what put it there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PickRow {
    pub track: TrackRow,
    pub score: f64,
    pub reasons: Vec<ReasonRow>,
}

/// One place in the queue. The same track may stand in it twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QueueRow {
    /// Names this place, not the track.
    pub entry: u64,
    pub track: TrackRow,
    /// `radio`, `album`, `search`, `queue` …: see `PlaySource`.
    pub source: String,
    /// Why a radio put it here; empty otherwise.
    pub reasons: Vec<ReasonRow>,
}

/// Rows of the queue in playing order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QueuePage {
    pub total: u32,
    pub offset: u32,
    /// Index of what plays or would play, in playing order.
    pub current: Option<u32>,
    pub rows: Vec<QueueRow>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PlayerStatus {
    Stopped,
    Playing,
    Paused,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum RepeatMode {
    #[default]
    Off,
    All,
    One,
}

/// A running radio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Station {
    pub seeds: Vec<TrackRow>,
    /// 0 familiar .. 1 new.
    pub discovery: f32,
}

/// The player bar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlayerState {
    pub status: PlayerStatus,
    pub current: Option<QueueRow>,
    pub position_s: f64,
    pub duration_s: f64,
    /// 0..1, as the slider shows it.
    pub volume: f32,
    pub repeat: RepeatMode,
    pub shuffle: bool,
    pub station: Option<Station>,
    /// Changes whenever the queue does.
    pub queue_revision: u64,
    /// Why there is no sound, if there is none.
    pub output_error: Option<String>,
}

/// What the player shall do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum PlayerCommand {
    Play,
    Pause,
    Toggle,
    Next,
    Previous,
    Seek {
        position_s: f64,
    },
    Volume {
        volume: f32,
    },
    Repeat {
        mode: RepeatMode,
    },
    Shuffle {
        on: bool,
    },
    /// Plays this place of the queue.
    Jump {
        entry: u64,
    },
    Remove {
        entry: u64,
    },
    /// Moves a place to an index in playing order.
    Move {
        entry: u64,
        index: u32,
    },
    Clear,
}

/// Where songs enter the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum EnqueueAt {
    /// After what plays.
    Next,
    /// At the end.
    Last,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum JobKind {
    Scan,
    Analysis,
}

/// What an analysis is about, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum JobStage {
    /// Vectors, tags, tempo and key.
    Listening,
    /// Loudness, silence and outline of whole files.
    Measuring,
}

/// What to do with long work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum JobAction {
    Pause,
    Resume,
    Cancel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum JobStatus {
    Idle,
    Running,
    Paused,
    Failed,
}

/// Where long work stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct JobProgress {
    pub job: JobKind,
    pub status: JobStatus,
    /// Of an analysis under way; the numbers below are this stage's.
    pub stage: Option<JobStage>,
    pub done: u64,
    /// 0 while not known yet.
    pub total: u64,
    pub failures: u64,
    /// What is being worked on.
    pub current: Option<String>,
    /// Seconds left, once they can be told.
    pub left_s: Option<f64>,
    /// Why it failed.
    pub message: Option<String>,
}

/// A file that was refused, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FailureRow {
    pub path: String,
    pub reason: String,
}

/// What is said of a song that came at the wrong time, or at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FeedbackKind {
    /// Not for the rest of this session.
    NotNow,
    /// By no station, mix or shuffle.
    Never,
    /// Not right after another song.
    WrongAfter,
}

/// What was said, and holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FeedbackRow {
    pub id: i64,
    /// ISO 8601, UTC.
    pub at: String,
    pub kind: FeedbackKind,
    /// The song it was said of; `null` if it has left the library, or if an artist was meant.
    pub track: Option<TrackRow>,
    /// The artist it was said of.
    pub artist: Option<String>,
    /// Of *wrong after*: the song before.
    pub earlier: Option<TrackRow>,
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
    pub model_error: Option<String>,
    /// After a switch the model whose fingerprints serve until the current one has heard the library; else `null`.
    pub serving: Option<String>,
    /// Songs that the current model must hear until then.
    pub to_hear: u64,
    pub provider: Option<String>,
    pub jobs: Vec<JobProgress>,
    /// Changes whenever songs, albums or folders do.
    pub revision: u64,
}

/// A failed command: a code the window acts on, a sentence for the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CommandError {
    #[ts(as = "ErrorCodeName")]
    pub code: ErrorCode,
    pub message: String,
}

/// See `segue_core::ErrorCode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCodeName {
    NotFound,
    Unplayable,
    NoDevice,
    NoModel,
    Database,
    Invalid,
    Other,
}

/// What the window is told without asking. Each supersedes what was known before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum AppEvent {
    /// The player changed: anything but the mere passing of time.
    Player { state: Box<PlayerState> },
    /// Time passed in this place of the queue.
    Position { entry: u64, position_s: f64 },
    /// Songs, albums or folders changed: ask again.
    Library { revision: u64 },
    /// Long work moved on.
    Job { progress: JobProgress },
    /// Something the user should read once.
    Notice { message: String },
}

macro_rules! declarations {
    ($($name:ident),* $(,)?) => {
        /// The TypeScript types of everything in this file.
        pub fn typescript() -> String {
            let config = ts_rs::Config::new().with_large_int("number");
            let mut text = String::from(
                "// Made from src-tauri/crates/app/src/dto.rs; do not edit. `SEGUE_BLESS=1 cargo test -p segue-app` writes it anew.\n",
            );
            $(
                text.push_str("\nexport ");
                text.push_str(&<$name as TS>::decl(&config));
                text.push('\n');
            )*
            text
        }
    };
}

declarations!(
    TrackRow,
    RatingName,
    SongSort,
    SongsQuery,
    SongsPage,
    WaveformRow,
    AlbumSort,
    AlbumRow,
    AlbumsPage,
    ReasonRow,
    PickRow,
    QueueRow,
    QueuePage,
    PlayerStatus,
    RepeatMode,
    Station,
    PlayerState,
    PlayerCommand,
    EnqueueAt,
    JobKind,
    JobStage,
    JobAction,
    JobStatus,
    JobProgress,
    FailureRow,
    FeedbackKind,
    FeedbackRow,
    RootRow,
    LibraryStatus,
    CommandError,
    ErrorCodeName,
    AppEvent,
);

#[cfg(test)]
mod tests {
    #[test]
    fn the_windows_types_are_those_of_this_file() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/src/ipc/types.ts");
        let made = super::typescript();
        if std::env::var_os("SEGUE_BLESS").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        let committed = std::fs::read_to_string(path)
            .unwrap_or_default()
            .replace("\r\n", "\n");
        assert!(
            committed == made,
            "{path} is stale: run `SEGUE_BLESS=1 cargo test -p segue-app`"
        );
    }
}
