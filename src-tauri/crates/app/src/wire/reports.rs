//! What the command line prints with `--json`, beside the shapes it shares with the window. `cli.md` fixes
//! these: adding fields is free, changing them is not.

use segue_core::{OutputFault, TagScore};
use serde::Serialize;

use crate::wire::{
    AppError, CloselyStatus, FailureRow, InterestRow, MixRow, PickRow, PlaylistRow, SeedRow,
    TastePartRow, TrackRow,
};

/// `scan`
#[derive(Clone, Debug, Serialize)]
pub struct ScanDone {
    /// Audio files found.
    pub files: u64,
    /// New tracks.
    pub added: u64,
    /// Tracks whose file changed.
    pub updated: u64,
    /// Tracks that needed no reading.
    pub unchanged: u64,
    /// Tracks found at another path.
    pub moved: u64,
    /// Tracks whose file is gone from a folder that is there.
    pub missing: u64,
    /// Folders that are not there: their tracks are kept as they are.
    pub offline_roots: Vec<String>,
    /// Files refused, one by one.
    pub failures: Vec<FailureRow>,
    /// Files that came in although something about them could not be read.
    pub warnings: Vec<FailureRow>,
    /// False when it was stopped before its end.
    pub finished: bool,
    /// Wall time.
    pub seconds: f64,
}

/// `library forget-missing`
#[derive(Clone, Debug, Serialize)]
pub struct MissingForgotten {
    /// Tracks forgotten.
    pub forgotten: u64,
    /// Tracks without a file that are kept: their folder is offline, or their file is back.
    pub kept: u64,
}

/// `analyze`
#[derive(Clone, Debug, Serialize)]
pub struct AnalyzeDone {
    /// Recordings embedded now.
    pub analyzed: u64,
    /// Recordings that had a vector of this model.
    pub already: u64,
    /// Recordings measured now, from end to end, in either pass.
    pub measured: u64,
    /// Recordings that the fine model heard now, if it was asked to.
    pub analyzed_closely: u64,
    /// Files refused, one by one.
    pub failures: Vec<FailureRow>,
    /// False when it was stopped before its end.
    pub finished: bool,
    /// Wall time.
    pub seconds: f64,
    /// Wall time of the first pass: vectors, tags, tempo and key, and the measures of short files.
    pub listening_seconds: f64,
    /// Wall time of the second pass: loudness, silence and outline.
    pub measuring_seconds: f64,
    /// Processor time of the process in the first pass, all threads, where the system tells it.
    pub listening_cpu_seconds: Option<f64>,
    /// The same of the second pass.
    pub measuring_cpu_seconds: Option<f64>,
    /// Seconds of audio decoded for the first pass.
    pub audio_seconds: f64,
    /// The execution provider that was active at the end.
    pub provider: String,
    /// The provider that failed in the middle, and why; the work went on on the processor.
    pub fell_back: Option<String>,
    /// The model's id.
    pub model: String,
}

/// `tracks`
#[derive(Clone, Debug, Serialize)]
pub struct TracksFound {
    /// How many there are beyond this page.
    pub total: u64,
    /// What was asked for instead, where nothing was found and a word is nearly one of the library.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected: Option<String>,
    /// The page.
    pub tracks: Vec<TrackRow>,
}

/// A line of `embed`.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Embedded {
    /// The file was heard.
    Done {
        /// Absolute path.
        path: String,
        /// The model's id.
        model: String,
        /// Unit vector.
        vector: Vec<f32>,
        /// Every tag with its probability, likeliest first.
        tags: Vec<TagScore>,
        /// Beats per minute.
        bpm: Option<f64>,
        /// Key, such as `A minor`.
        key: Option<String>,
        /// Unit vectors of how it begins and how it ends.
        ends: [Vec<f32>; 2],
        /// Loudness of how it begins and how it ends, in LUFS, where the file was short enough to be heard whole.
        edges_lufs: [Option<f64>; 2],
    },
    /// The file was refused.
    Refused {
        /// Absolute path.
        path: String,
        /// Why.
        problem: AppError,
    },
}

/// `similar`
#[derive(Clone, Debug, Serialize)]
pub struct SimilarFound {
    /// What was asked about.
    pub seed: TrackRow,
    /// Nearest first.
    pub tracks: Vec<Scored>,
}

/// A track with its cosine similarity.
#[derive(Clone, Debug, Serialize)]
pub struct Scored {
    /// The track.
    pub track: TrackRow,
    /// Cosine, -1..1.
    pub score: f64,
}

/// `radio`
#[derive(Clone, Debug, Serialize)]
pub struct RadioFound {
    /// The songs that it starts from.
    pub seeds: Vec<TrackRow>,
    /// All that it starts from: songs, artists, words …
    pub from: Vec<SeedRow>,
    /// The station's first tracks, in order.
    pub tracks: Vec<PickRow>,
    /// Wall time.
    pub seconds: f64,
}

/// `plays import`
#[derive(Clone, Debug, Serialize)]
pub struct PlaysImported {
    /// What the file was read as.
    pub format: String,
    /// Plays in the file; of players that only count, songs.
    pub read: u64,
    /// Those of recordings that are in the library.
    pub matched: u64,
    /// How they were recognised.
    pub matched_by: MatchedCounts,
    /// Plays that went into the log, or in a dry run would.
    pub added: u64,
    /// Those that were known before.
    pub already: u64,
    /// Plays that only a count tells of, and that were not counted before.
    pub known_plays: u64,
    /// Skips likewise.
    pub known_skips: u64,
    /// Podcasts, private sessions, what is playing just now.
    pub left_out: u64,
    /// What no recording was found for, the most played first, at most a thousand. Their plays are kept all the same.
    pub unmatched: Vec<Unmatched>,
    /// How many such subjects there are.
    pub unmatched_subjects: u64,
    /// Entries that could not be read, at most a thousand.
    pub failures: Vec<LineFailure>,
    /// How many such entries there are.
    pub refused: u64,
    /// What the history does not tell, and where it could be had; `null` for one that tells all.
    pub limits: Option<String>,
    /// Wall time.
    pub seconds: f64,
}

/// How plays were recognised.
#[derive(Clone, Debug, Default, Serialize)]
pub struct MatchedCounts {
    /// By the recording's identity.
    pub audio: u64,
    /// By the file's path.
    pub path: u64,
    /// By artist and title.
    pub names: u64,
    /// By artist and title without guests and remarks on the mastering.
    pub loose_names: u64,
}

/// A subject of a history that no recording was found for.
#[derive(Clone, Debug, Serialize)]
pub struct Unmatched {
    /// Artist; empty if unknown.
    pub artist: String,
    /// Title, else path, else the recording's identity.
    pub title: String,
    /// Plays of it in the file.
    pub plays: u64,
}

/// A line of a history that could not be read.
#[derive(Clone, Debug, Serialize)]
pub struct LineFailure {
    /// The file within a folder or an archive.
    pub file: Option<String>,
    /// Line or entry, from 1.
    pub line: u64,
    /// Why.
    pub reason: String,
}

/// `mix --list`
#[derive(Clone, Debug, Serialize)]
pub struct MixesListed {
    /// Those that can be had now.
    pub mixes: Vec<MixRow>,
}

/// `mix`: the shape of `radio`, and which mix it is.
#[derive(Clone, Debug, Serialize)]
pub struct MixTold {
    /// The mix.
    pub mix: MixRow,
    /// None: a mix needs no seeds.
    pub seeds: Vec<TrackRow>,
    /// Its tracks, in order.
    pub tracks: Vec<PickRow>,
    /// Wall time.
    pub seconds: f64,
}

/// `path`: the shape of `radio`.
#[derive(Clone, Debug, Serialize)]
pub struct PathFound {
    /// Both ends.
    pub seeds: Vec<TrackRow>,
    /// The way, both ends included.
    pub tracks: Vec<PickRow>,
    /// Wall time.
    pub seconds: f64,
}

/// `taste train`
#[derive(Clone, Debug, Serialize)]
pub struct TasteTrained {
    /// Plays in the log.
    pub plays: u64,
    /// Those that taught something.
    pub taught: u64,
    /// Wall time.
    pub seconds: f64,
    /// A hash over what was learned: the same log gives the same.
    pub model_version: String,
    /// The optional parts of the model, and whether the held-out plays kept them.
    pub parts: Vec<TastePartRow>,
    /// How well the taste of the earlier plays foretold the later ones; `null` with too few plays.
    pub validation: Option<TasteValidation>,
}

/// A taste fitted to the earlier plays, judged by the later ones.
#[derive(Clone, Debug, Serialize)]
pub struct TasteValidation {
    /// Later plays that were judged.
    pub plays: u64,
    /// Area under the ROC curve; 0.5 is chance.
    pub auc: f64,
    /// Mean logarithmic loss, in nats.
    pub log_loss: f64,
    /// Expected calibration error.
    pub calibration_error: f64,
}

/// `taste eval`
#[derive(Clone, Debug, Serialize)]
pub struct TasteJudged {
    /// Plays learned from: the first four fifths.
    pub learned: u64,
    /// Plays of the last fifth before which the library was ranked.
    pub foretold: u64,
    /// The ways of ranking: `taste`, `similarity`, `most-played`, `shuffle`.
    pub ways: Vec<RankedRow>,
    /// Wall time.
    pub seconds: f64,
}

/// How well a way of ranking foretold what was listened to.
#[derive(Clone, Debug, Serialize)]
pub struct RankedRow {
    /// The way.
    pub way: String,
    /// Mean share of the library that was ranked below what was listened to; 0.5 is chance.
    pub rank: f64,
    /// Share of what was listened to that stood among the first 50.
    pub hit_50: f64,
    /// Probability that a listened play is ranked above one that was left; `null` if all went one way.
    pub auc: Option<f64>,
}

/// `taste show`
#[derive(Clone, Debug, Serialize)]
pub struct TasteShown {
    /// Plays in the log.
    pub plays: u64,
    /// Those that taught something.
    pub taught: u64,
    /// How much of itself the taste brings into a ranking, in 0..1.
    pub voice: f64,
    /// A hash over what was learned.
    pub model_version: String,
    /// What is liked, strongest first.
    pub liked: Vec<Leaning>,
    /// What is not, strongest first.
    pub disliked: Vec<Leaning>,
    /// The corners of music that are liked, the greatest first.
    pub interests: Vec<InterestRow>,
    /// Share of all listening by hour on the listener's clock, `[24]`.
    pub hours: Vec<f64>,
}

/// One thing that taste leans to or from.
#[derive(Clone, Debug, Serialize)]
pub struct Leaning {
    /// `artist`, `genre`, `tag` or `album`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Change of the log-odds of listening to half of it.
    pub weight: f64,
    /// Standard deviation of `weight`, all else being as it is: the least that it can be.
    pub deviation: f64,
    /// What `taste less` and `taste more` call it.
    pub term: String,
}

/// `models list`
#[derive(Clone, Debug, Serialize)]
pub struct ModelsListed {
    /// The shipped one first.
    pub models: Vec<ModelRow>,
}

/// A model.
#[derive(Clone, Debug, Serialize)]
pub struct ModelRow {
    /// What `models use` calls it.
    pub name: String,
    /// Its manifest's words.
    pub description: String,
    /// Name and hash, the stamp on its vectors; `null` when its files are not as they should be.
    pub id: Option<String>,
    /// Where it lies.
    pub folder: String,
    /// Whether it came with Segue.
    pub shipped: bool,
    /// Whether it listens.
    pub current: bool,
    /// Whether it hears once more what the current one has heard.
    pub closely: bool,
    /// Whether radio, likeness and heard tags go by its vectors.
    pub serving: bool,
    /// Recordings that it heard.
    pub heard: u64,
    /// Recordings at hand that it has neither heard nor refused.
    pub to_hear: u64,
    /// Why it cannot listen.
    pub problem: Option<AppError>,
}

/// `models import`
#[derive(Clone, Debug, Serialize)]
pub struct ModelImported {
    /// What `models use` calls it.
    pub name: String,
    /// The stamp on its vectors.
    pub id: String,
    /// Where it lies now.
    pub folder: String,
}

/// `models use`
#[derive(Clone, Debug, Serialize)]
pub struct ModelUsed {
    /// The model that listens from now on.
    pub current: String,
    /// The model whose vectors serve for now.
    pub serving: String,
    /// Recordings at hand that the current model has not heard.
    pub to_hear: u64,
}

/// `playlist list`. `playlist show` prints a [`PlaylistPage`](crate::PlaylistPage) of all places; `create`, `rename` and
/// `undelete` print the [`PlaylistRow`].
#[derive(Clone, Debug, Serialize)]
pub struct PlaylistsListed {
    /// By name.
    pub playlists: Vec<PlaylistRow>,
}

/// `playlist import`
#[derive(Clone, Debug, Serialize)]
pub struct PlaylistImported {
    /// The playlist that was made.
    pub playlist: PlaylistRow,
    /// What the file was read as: `m3u`, `pls`, `xspf`, `jspf`.
    pub format: String,
    /// Songs in the file.
    pub read: u64,
    /// Of these, songs of the library.
    pub matched: u64,
    /// The others, whose places are kept; the first thousand.
    pub unmatched: Vec<UnmatchedSong>,
}

/// A song of a playlist file that the library does not have.
#[derive(Clone, Debug, Serialize)]
pub struct UnmatchedSong {
    /// Its place in the list, from 1.
    pub place: u64,
    /// Artist; `null` if unknown.
    pub artist: Option<String>,
    /// Title; `null` if unknown.
    pub title: Option<String>,
    /// Where it should lie; `null` if unknown.
    pub path: Option<String>,
}

/// `playlist export`
#[derive(Clone, Debug, Serialize)]
pub struct PlaylistExported {
    /// The file that was written.
    pub path: String,
    /// `m3u`, `pls`, `xspf`, `jspf`.
    pub format: String,
    /// Songs in it.
    pub written: u64,
}

/// `doctor`
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// Segue's version.
    pub version: String,
    /// Where all that Segue writes lies.
    pub data_dir: String,
    /// The store.
    pub database: DatabaseHealth,
    /// The audio network.
    pub model: ModelHealth,
    /// The library that runs it.
    pub onnxruntime: RuntimeHealth,
    /// Where sound may go.
    pub audio: AudioHealth,
}

/// The store's health.
#[derive(Clone, Debug, Serialize)]
pub struct DatabaseHealth {
    /// `ok`, or what SQLite found wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integrity: Option<String>,
    /// Why the database could not be looked at.
    pub open_problem: Option<AppError>,
    /// Why it can be read and not changed; `null` where it can be changed.
    pub read_only_problem: Option<AppError>,
    /// Tracks.
    pub tracks: u64,
    /// Tracks with a vector of the current model.
    pub analyzed: u64,
}

/// The model's health.
#[derive(Clone, Debug, Serialize)]
pub struct ModelHealth {
    /// The current model's name and hash; `null` when there is none.
    pub id: Option<String>,
    /// The model whose vectors serve; another one after a switch, until the current has heard the library.
    pub serving: Option<String>,
    /// Recordings that the serving model knows and the current is still to hear.
    pub to_hear: u64,
    /// Its folder.
    pub folder: Option<String>,
    /// The fine model; `null` where none came with Segue.
    pub closely: Option<CloselyStatus>,
    /// Why there is none.
    pub problem: Option<AppError>,
}

/// The runtime's health.
#[derive(Clone, Debug, Serialize)]
pub struct RuntimeHealth {
    /// Its version; `null` when it cannot be loaded.
    pub version: Option<String>,
    /// Where it was looked for.
    pub path: Option<String>,
    /// Whether an uploader's marks stand in it or in a library beside it that it would load (it is refused then); `null`
    /// where there was no library to look into.
    pub has_uploader: Option<bool>,
    /// Whether the environment forbids uploaders to start ([`OPT_OUTS`](crate::OPT_OUTS)).
    pub opted_out: bool,
    /// Why it cannot be loaded.
    pub problem: Option<AppError>,
    /// The provider that failed last in the middle of the work, when and why.
    pub fell_back: Option<String>,
    /// Each execution provider.
    pub providers: Vec<ProviderHealth>,
}

/// One execution provider.
#[derive(Clone, Debug, Serialize)]
pub struct ProviderHealth {
    /// `cpu`, `cuda`, `directml`, `coreml`.
    pub name: String,
    /// Whether a model can run on it here.
    pub available: bool,
    /// Whether `auto` chooses it.
    pub active: bool,
    /// Patches of the current model in a second, where a warm-up measured it.
    pub patches_per_s: Option<f64>,
    /// The library's version, or why not.
    pub detail: String,
}

/// The outputs' health.
#[derive(Clone, Debug, Serialize)]
pub struct AudioHealth {
    /// Whether there is a sound card.
    pub available: bool,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Why there is none.
    pub fault: Option<OutputFault>,
}
