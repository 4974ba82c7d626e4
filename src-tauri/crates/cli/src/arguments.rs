//! The command line's grammar: the contract of `cli.md`, no more.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use segue_app::{HistoryFormat, Output, Provider, TrackSort};
use segue_core::Timestamp;

/// Segue on the command line: scans, listens, recommends and plays. Nothing leaves this machine.
#[derive(Parser)]
#[command(name = "segue", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// Where all that Segue writes lies [default: the platform's data folder]
    #[arg(long, global = true)]
    pub(crate) data_dir: Option<PathBuf>,
    /// One JSON document on standard output
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// More about what happens, on standard error
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Add folders to the library and bring it up to date
    Scan {
        /// Folders to add; none: all that are in the library
        folders: Vec<PathBuf>,
        /// Stay and follow changes
        #[arg(long)]
        watch: bool,
    },
    /// Listen to what has no vector of the current model, and measure what was not measured
    Analyze {
        /// Tracks at the same time [default: all cores but one]
        #[arg(long)]
        jobs: Option<usize>,
        /// Where the network runs: auto, cpu, cuda, directml or coreml
        #[arg(long, default_value = "auto", value_parser = provider)]
        provider: Provider,
        /// Listen to and measure everything anew
        #[arg(long)]
        again: bool,
    },
    /// Tidy the library
    #[command(subcommand)]
    Library(LibraryCommand),
    /// List tracks
    Tracks {
        /// Words that must all occur; tag:jazz, tag:"female vocals", -tag:rock ask for what was heard
        query: Vec<String>,
        /// At most so many
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// Leave out the first so many
        #[arg(long, default_value_t = 0)]
        offset: u32,
        /// title, artist, album, year, duration, plays, added or path
        #[arg(long, default_value = "artist")]
        sort: TrackSort,
        /// Last first
        #[arg(long)]
        descending: bool,
    },
    /// Print the vectors and tags of files, one JSON document a line
    Embed {
        /// Paths or track ids
        #[arg(required = true)]
        files: Vec<String>,
    },
    /// Find what sounds alike, by sound alone
    Similar {
        /// A path or track id
        file: String,
        /// So many
        #[arg(long, default_value_t = 10)]
        count: u32,
    },
    /// The first tracks of an endless station, each with its reasons
    Radio {
        /// Paths, track ids, artist:NAME, album:TITLE, genre:NAME, tag:NAME, playlist:NAME or words:"calm piano, no vocals"
        #[arg(required = true, value_name = "SEED")]
        seeds: Vec<String>,
        /// What it shall keep away from, named like a seed; as often as you like
        #[arg(long, value_name = "SEED")]
        less: Vec<String>,
        /// So many
        #[arg(long, default_value_t = 25)]
        count: u32,
        /// 0 familiar .. 1 new
        #[arg(long, default_value_t = 0.5)]
        discovery: f32,
        /// Chance, to be repeated
        #[arg(long, default_value_t = 0, conflicts_with = "save")]
        seed_rng: u64,
        /// Begin with the seeds themselves
        #[arg(long, conflicts_with = "save")]
        with_seed: bool,
        #[command(flatten)]
        save: Save,
    },
    /// A way from one sound to another, both ends included
    Path {
        /// A path or track id
        from: String,
        /// A path or track id
        to: String,
        /// So many
        #[arg(long, default_value_t = 12)]
        count: u32,
        #[command(flatten)]
        save: Save,
    },
    /// A mix, each track with its reasons: for-you, discover, rediscover, on-repeat, deep-cuts, daily:1, mood:calm …
    Mix {
        /// Which
        #[arg(required_unless_present = "list", value_name = "KIND")]
        kind: Option<String>,
        /// Name those that can be had now
        #[arg(long, conflicts_with_all = ["kind", "save"])]
        list: bool,
        /// So many; an album comes whole
        #[arg(long, default_value_t = 25)]
        count: u32,
        #[command(flatten)]
        save: Save,
    },
    /// Playlists, and their files
    #[command(subcommand)]
    Playlist(PlaylistCommand),
    /// The log of plays
    #[command(subcommand)]
    Plays(PlaysCommand),
    /// What was learned from the plays
    #[command(subcommand)]
    Taste(TasteCommand),
    /// More like this
    Like {
        /// A path or track id
        file: String,
    },
    /// Not for me
    Dislike {
        /// A path or track id
        file: String,
    },
    /// Take an opinion back
    Unrate {
        /// A path or track id
        file: String,
    },
    /// Not now, never again, wrong after that one: what is said of Segue's choices
    #[command(subcommand)]
    Feedback(FeedbackCommand),
    /// Play files, through the real engine
    Play {
        /// Paths or track ids
        #[arg(required = true)]
        files: Vec<String>,
        /// default (the sound card), null (nowhere, in real time) or wav:PATH
        #[arg(long, default_value = "default")]
        output: Output,
        /// Seconds into the first file
        #[arg(long, default_value_t = 0.0)]
        start: f64,
        /// Seconds in all
        #[arg(long)]
        length: Option<f64>,
    },
    /// The networks that listen: Segue's own, and yours
    #[command(subcommand)]
    Models(ModelsCommand),
    /// What is installed, what works, and what does not
    Doctor,
}

/// Keeping what was found.
#[derive(Args)]
pub(crate) struct Save {
    /// Keep it as a playlist of this name
    #[arg(long, value_name = "NAME")]
    pub(crate) save: Option<String>,
    /// Make that playlist anew each day
    #[arg(long, requires = "save")]
    pub(crate) living: bool,
}

#[derive(Subcommand)]
pub(crate) enum ModelsCommand {
    /// List the models: which one listens, and whose vectors serve
    List,
    /// Take a model in: a manifest and the ONNX file it speaks of (see models/manifests)
    Import {
        /// A manifest, or the folder it lies in
        source: PathBuf,
        /// The ONNX file, where it does not lie beside the manifest
        #[arg(long, value_name = "FILE")]
        onnx: Option<PathBuf>,
        /// The ONNX file's external weights, where they do not lie beside the manifest
        #[arg(long, value_name = "FILE")]
        weights: Option<PathBuf>,
    },
    /// Listen with this model from now on; what the last one heard serves until the library is heard anew
    Use {
        /// Its name
        name: String,
    },
    /// Remove a model that was taken in, and its vectors
    Remove {
        /// Its name
        name: String,
    },
    /// The trial of a model that is being taken in
    #[command(hide = true)]
    Try {
        /// Its folder
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum PlaysCommand {
    /// Append one play
    Add {
        /// A path or track id
        file: String,
        /// Seconds that sounded
        #[arg(long)]
        listened: f64,
        /// When it began, such as 2026-01-31T20:15:00Z [default: so long ago that it ends now]
        #[arg(long)]
        at: Option<Timestamp>,
        /// radio, mix, album, search, shuffle, queue, playlist or import
        #[arg(long, default_value = "queue")]
        source: String,
    },
    /// Bring in a history; importing twice adds nothing
    Import {
        /// A file, or a service's folder or archive
        file: PathBuf,
        /// segue, listenbrainz, lastfm, spotify, rhythmbox or itunes [default: what the content shows]
        #[arg(long, value_parser = history)]
        format: Option<HistoryFormat>,
        /// Only say what would happen
        #[arg(long)]
        dry_run: bool,
    },
    /// Print the log as JSON lines
    Export {
        /// segue, or listenbrainz: what was listened to, by name
        #[arg(long, default_value = "segue", value_parser = export)]
        format: HistoryFormat,
    },
}

#[derive(Subcommand)]
pub(crate) enum LibraryCommand {
    /// Forget tracks whose files were deleted; plays, likes and playlists stay with the recordings
    ForgetMissing,
}

#[derive(Subcommand)]
pub(crate) enum PlaylistCommand {
    /// List the playlists
    List,
    /// Show the songs of one
    Show {
        /// Its name or number
        #[arg(value_name = "NAME-OR-ID")]
        playlist: String,
    },
    /// Make one of what a search finds
    Create {
        /// Its name
        name: String,
        /// Words that must all occur, as in `segue tracks`
        #[arg(long)]
        query: String,
        /// Made anew each day from what the search finds then
        #[arg(long)]
        living: bool,
    },
    /// Make one of a file: M3U, PLS, XSPF or JSPF
    Import {
        /// The file
        file: PathBuf,
    },
    /// Write one into a file
    Export {
        /// Its name or number
        #[arg(value_name = "NAME-OR-ID")]
        playlist: String,
        /// The file; its ending says how: .m3u8, .m3u, .pls, .xspf or .jspf
        file: PathBuf,
    },
    /// Give one another name
    Rename {
        /// Its name or number
        #[arg(value_name = "NAME-OR-ID")]
        playlist: String,
        /// Its new name
        name: String,
    },
    /// Delete one; it can be brought back
    Delete {
        /// Its name or number
        #[arg(value_name = "NAME-OR-ID")]
        playlist: String,
    },
    /// Bring a deleted one back
    Undelete {
        /// Its name or number
        #[arg(value_name = "NAME-OR-ID")]
        playlist: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum FeedbackCommand {
    /// Not for the rest of this session
    NotNow {
        /// A path or track id
        file: String,
        /// All by its artist
        #[arg(long)]
        artist: bool,
    },
    /// By no station, mix or shuffle; it stays in the library
    Never {
        /// A path or track id
        file: String,
        /// All by its artist
        #[arg(long)]
        artist: bool,
    },
    /// Not one right after the other
    WrongAfter {
        /// What sounded: a path or track id
        earlier: String,
        /// What should not have followed
        later: String,
    },
    /// What was said and holds, the latest first
    List,
    /// Take the latest back
    Undo,
    /// Take one back
    Remove {
        /// Its number
        id: i64,
    },
}

#[derive(Subcommand)]
pub(crate) enum TasteCommand {
    /// Learn from the log of plays
    Train,
    /// Say what was learned
    Show,
    /// Replay your own held-out plays, against shuffle, plain likeness and what is played most
    Eval,
    /// Forget what was learned; the plays stay
    #[command(group = clap::ArgGroup::new("what").required(true).args(["since", "all"]))]
    Forget {
        /// From this instant on, such as 2026-01-31T20:15:00Z
        #[arg(long)]
        since: Option<Timestamp>,
        /// Everything
        #[arg(long)]
        all: bool,
    },
    /// What was forgotten, the latest first
    Forgotten,
    /// Learn again what was forgotten
    Remember {
        /// Its number
        id: i64,
    },
    /// Less because of this: a term that `taste show` or a reason names, such as artist:NAME or tag:calm
    Less {
        /// The term
        term: String,
    },
    /// More because of this
    More {
        /// The term
        term: String,
    },
    /// A dozen songs as unlike as the library has, to like or dislike for a start
    Choose,
    /// Write what was learned into a file, as JSON
    Export {
        /// Where to
        file: PathBuf,
    },
}

fn provider(name: &str) -> Result<Provider, String> {
    Provider::parse(name).ok_or_else(|| "not one of auto, cpu, cuda, directml, coreml".into())
}

fn history(name: &str) -> Result<HistoryFormat, String> {
    HistoryFormat::parse(name)
        .ok_or_else(|| "not one of segue, listenbrainz, lastfm, spotify, rhythmbox, itunes".into())
}

fn export(name: &str) -> Result<HistoryFormat, String> {
    match HistoryFormat::parse(name) {
        Some(format @ (HistoryFormat::Segue | HistoryFormat::ListenBrainz)) => Ok(format),
        _ => Err("not one of segue, listenbrainz".into()),
    }
}
