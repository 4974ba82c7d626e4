//! What crosses the border to the window and to scripts: plain data, serialised as JSON.
//!
//! The command line prints these shapes (`cli.md` fixes them: adding fields is free, changing them is not);
//! the window receives them over IPC, with TypeScript types made from this file (`typescript`, committed as
//! `ui/src/ipc/types.ts` and held against it by a test). Unknown is `null`. Times are RFC 3339.

use segue_core::{ErrorCode, Rating, TrackId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
    #[ts(as = "Option<RatingName>")]
    pub rating: Option<Rating>,
    pub added_at: String,
    /// Its file is not there now: deleted, or on a folder that is offline. Lists hold only the latter.
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
    /// How well it matches the text, best first; without text as `artist`.
    Relevance,
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
    /// Names what the reason rests on, to be turned down with; `null` where there is nothing to turn.
    pub term: Option<String>,
}

/// A recommended track with what put it there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PickRow {
    pub track: TrackRow,
    pub score: f64,
    pub reasons: Vec<ReasonRow>,
}

/// A pick as the window shows it, to be played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PickRef {
    /// The track.
    pub id: i64,
    pub reasons: Vec<ReasonRow>,
}

/// One place in the queue. The same track may stand in it twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QueueRow {
    /// Names this place, not the track.
    pub entry: u64,
    pub track: TrackRow,
    /// `radio`, `album`, `search`, `queue` …: see `PlaySource`; `dj` for what the guest DJ threaded in.
    pub source: String,
    /// Why Segue put it here; empty otherwise.
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

/// Something that a station may start from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum SeedRef {
    Track {
        id: i64,
    },
    Album {
        id: i64,
    },
    Artist {
        name: String,
    },
    Genre {
        name: String,
    },
    /// A tag that the network hears.
    Tag {
        name: String,
    },
    Playlist {
        id: i64,
    },
    /// A wish in words, such as "calm piano, no vocals".
    Words {
        text: String,
    },
}

/// A station that is asked for. Without seeds it starts from what the listener likes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct StationRequest {
    pub seeds: Vec<SeedRef>,
    /// To be kept away from: alchemy's other pan.
    pub less: Vec<SeedRef>,
    /// 0 familiar .. 1 new; `null` for the middle.
    pub discovery: Option<f32>,
}

impl StationRequest {
    /// The songs among the seeds.
    pub(crate) fn songs(&self) -> Vec<TrackId> {
        let songs = self.seeds.iter().filter_map(|seed| match seed {
            SeedRef::Track { id } => Some(TrackId(*id)),
            _ => None,
        });
        songs.collect()
    }
}

/// A seed as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct SeedRow {
    pub seed: SeedRef,
    pub name: String,
    /// The artist of a song or an album; how many songs an artist has; what was understood of words.
    pub detail: String,
    /// The track whose cover stands for it.
    pub cover_track: Option<i64>,
}

/// A wish in words, as it was understood.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct WishRow {
    pub wanted: Vec<WishTermRow>,
    pub unwanted: Vec<WishTermRow>,
    /// Words that mean nothing to Segue.
    pub unknown: Vec<String>,
}

/// A part of a wish.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct WishTermRow {
    /// `tag`, `genre`, `artist`, `era`, `tempo`.
    pub kind: String,
    pub name: String,
}

/// A running radio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Station {
    /// What it grew from, in a few words.
    pub name: String,
    pub seeds: Vec<SeedRow>,
    pub less: Vec<SeedRow>,
    /// 0 familiar .. 1 new.
    pub discovery: f32,
}

/// A mix that can be had now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct MixRow {
    /// `for-you`, `daily:2`, `decade:1990` …
    pub id: String,
    /// `for-you`, `daily`, `decade` …
    pub kind: String,
    pub name: String,
    /// What it is made of, in a few words.
    pub about: String,
    /// Up to four tracks whose covers stand for it.
    pub cover_tracks: Vec<i64>,
}

/// A mix with its tracks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct MixFound {
    pub mix: MixRow,
    pub tracks: Vec<PickRow>,
}

/// What a playlist is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "of", rename_all = "kebab-case")]
pub enum PlaylistSource {
    Tracks {
        ids: Vec<i64>,
    },
    /// What a search finds.
    Search {
        query: SongsQuery,
    },
    Mix {
        id: String,
        count: u32,
    },
    Station {
        request: StationRequest,
        count: u32,
    },
    /// A way from one song to another, both included.
    Path {
        from: i64,
        to: i64,
        count: u32,
    },
    /// The queue as it stands.
    Queue,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaylistRow {
    pub id: i64,
    pub name: String,
    /// Made anew each day from its source, instead of staying as it is.
    pub living: bool,
    /// What a living one is made from, in words.
    pub about: String,
    pub tracks: u32,
    /// Of these, songs that are not here now: out of the library, or their files away. Their places are kept.
    pub missing: u32,
    pub duration_s: f64,
    pub cover_tracks: Vec<i64>,
    pub changed_at: String,
}

/// A place in a playlist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaylistEntryRow {
    /// Names this place, not the track.
    pub entry: i64,
    /// Of a song that is not in the library: what was known of it, with `id` 0.
    pub track: TrackRow,
    pub reasons: Vec<ReasonRow>,
}

/// Rows of a playlist in its order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PlaylistPage {
    pub playlist: PlaylistRow,
    pub offset: u32,
    pub rows: Vec<PlaylistEntryRow>,
}

/// How the guest DJ threads songs into the listener's own queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum DjMode {
    /// After each song what sounds most like it.
    Nearest,
    /// After each song another by the same artist.
    SameArtist,
    /// Between two songs one that leads from the first to the second.
    Bridge,
}

impl DjMode {
    /// The name under which plays are logged.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nearest => "nearest",
            Self::SameArtist => "same-artist",
            Self::Bridge => "bridge",
        }
    }
}

/// What an edit of the queue did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum QueueEditKind {
    /// Another list was played in its place.
    Replaced,
    Cleared,
    Removed,
    Moved,
    Added,
    /// It was shuffled, or put in order again.
    Shuffled,
}

/// An edit of the queue that can be taken back, or made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct QueueEdit {
    /// Grows with each edit while the program runs: a number not seen before is a new edit.
    pub number: u64,
    pub kind: QueueEditKind,
    /// How many songs it replaced, took out, moved, added or shuffled.
    pub songs: u32,
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
    pub dj: Option<DjMode>,
    /// A guest session: what is played teaches nothing.
    pub guest: bool,
    /// Changes whenever the queue does.
    pub queue_revision: u64,
    /// What `undo` would take back; `null` if there is nothing.
    pub undo: Option<QueueEdit>,
    /// What `redo` would do again.
    pub redo: Option<QueueEdit>,
    /// Why there is no sound, if there is none.
    pub output_error: Option<String>,
    /// How often, since the start, sound was not ready in time.
    pub underruns: u64,
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
    /// Empties the queue and stops.
    Clear,
    /// Takes the last edit of the queue back: songs, order, reasons, and, where the edit ended what played, that song at its
    /// place.
    Undo,
    /// Makes the edit again that was taken back last.
    Redo,
    /// Lets the guest DJ into the queue; `null` takes what it threaded in, and has not played yet, out again.
    Dj {
        mode: Option<DjMode>,
    },
    /// Begins or ends a guest session.
    Guest {
        on: bool,
    },
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
    /// A reason was turned down.
    Less,
    /// Something of taste was turned up.
    More,
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
    /// Of *less* and *more*: what was turned, in words and by name.
    pub about: Option<String>,
    pub term: Option<String>,
}

/// Something learned of a name: an artist, a genre, a tag, an album.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LeaningRow {
    pub name: String,
    /// Log odds of being listened to, against the average recording.
    pub weight: f64,
    /// Standard deviation of `weight`, all else being as it is: the least that it can be.
    pub deviation: f64,
    /// Times listened to.
    pub plays: u32,
    /// Names it, to be turned with.
    pub term: String,
    /// How often it was turned up less how often down.
    pub turned: i32,
}

/// One of the corners of music that the listener likes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct InterestRow {
    /// From 1; the daily mix of this number is made from it.
    pub number: u32,
    pub name: String,
    /// Share of what is liked, in 0..1.
    pub share: f64,
    pub tags: Vec<String>,
    pub artists: Vec<String>,
    /// Songs that stand for it, the best liked first.
    pub examples: Vec<TrackRow>,
    /// Share of its plays by hour on the listener's clock, `[24]`.
    pub hours: Vec<f64>,
    pub term: String,
    pub turned: i32,
}

/// A part of the taste model, and whether the listener's own held-out plays kept it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TastePartRow {
    /// `sound`, `corners`, `hours`, `followed`.
    pub part: String,
    pub kept: bool,
    /// Nats per held-out play that it wins; negative where it loses. `null` without enough plays to tell.
    pub gain: Option<f64>,
}

/// How well the taste of the earlier plays foretold the later ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ForetoldRow {
    pub plays: u64,
    /// Area under the ROC curve; 0.5 is chance.
    pub auc: f64,
    /// Mean logarithmic loss in nats, and that of foretelling without taste.
    pub log_loss: f64,
    pub log_loss_baseline: f64,
    /// Mean distance between foretold and found shares.
    pub calibration_error: f64,
}

/// A stretch of time whose plays teach nothing any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ForgottenRow {
    pub id: i64,
    /// When it was said.
    pub at: String,
    /// `null` for everything before `at`.
    pub since: Option<String>,
    /// Plays that lie in it.
    pub plays: u64,
}

/// What was learned, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TastePage {
    /// Plays in the log.
    pub plays: u64,
    /// Those of them that taught: of music that is here, by no guest, not forgotten.
    pub taught: u64,
    pub first_play: Option<String>,
    pub version: String,
    /// How much of itself the taste brings into a ranking, in 0..1.
    pub voice: f64,
    pub foretold: Option<ForetoldRow>,
    pub parts: Vec<TastePartRow>,
    pub interests: Vec<InterestRow>,
    pub liked_artists: Vec<LeaningRow>,
    pub disliked_artists: Vec<LeaningRow>,
    pub liked_genres: Vec<LeaningRow>,
    pub disliked_genres: Vec<LeaningRow>,
    pub liked_tags: Vec<LeaningRow>,
    pub disliked_tags: Vec<LeaningRow>,
    pub liked_albums: Vec<LeaningRow>,
    /// Share of all listening by hour on the listener's clock, `[24]`.
    pub hours: Vec<f64>,
    /// What was turned by hand and holds, the latest first.
    pub turned: Vec<FeedbackRow>,
    pub forgotten: Vec<ForgottenRow>,
    /// Plays of guest sessions, which taught nothing.
    pub guest_plays: u64,
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
    pub model_error: Option<String>,
    /// After a switch the model whose fingerprints serve until the current one has heard the library; else `null`.
    pub serving: Option<String>,
    /// Songs that the current model must hear until then.
    pub to_hear: u64,
    pub provider: Option<String>,
    pub jobs: Vec<JobProgress>,
    /// Whether to offer the first choice among a dozen songs: enough was heard, nothing was played, nothing was chosen.
    pub first_choice: bool,
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
    /// Playlists changed: ask again.
    Playlists,
    /// What was learned changed: ask again.
    Taste,
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
    PickRef,
    QueueRow,
    QueuePage,
    PlayerStatus,
    RepeatMode,
    SeedRef,
    StationRequest,
    SeedRow,
    WishRow,
    WishTermRow,
    Station,
    MixRow,
    MixFound,
    PlaylistSource,
    PlaylistRow,
    PlaylistEntryRow,
    PlaylistPage,
    DjMode,
    QueueEditKind,
    QueueEdit,
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
    LeaningRow,
    InterestRow,
    TastePartRow,
    ForetoldRow,
    ForgottenRow,
    TastePage,
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
