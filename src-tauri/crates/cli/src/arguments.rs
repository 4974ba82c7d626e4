//! The command line's grammar: the contract of `cli.md`, no more.

mod playlists;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use segue_app::{AudioOutput, HistoryFormat, NetworkFile, Provider, TrackSort};
use segue_core::{Crossfade, EqualizerPreset, Facet, LoudnessMode, Timestamp};

pub(crate) use playlists::PlaylistCommand;

/// Segue on the command line: scans, listens, recommends and plays. Nothing leaves this machine.
#[derive(Parser)]
#[command(name = "segue", version, max_term_width = 100)]
pub(crate) struct Arguments {
    /// Where all that Segue writes lies [default: the platform's data folder]
    #[arg(long, global = true, allow_hyphen_values = true)]
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
        /// Then listen more closely, with the slower model that came with Segue
        #[arg(long)]
        closely: bool,
    },
    /// Tidy the library
    #[command(subcommand)]
    Library(LibraryCommand),
    /// List tracks
    #[command(after_long_help = QUERY_HELP)]
    Tracks {
        /// Words, and fields such as artist:coltrane year:1957..1965 -genre:live plays:0 added:<30d tag:"female vocals"; see --help
        query: Vec<String>,
        /// Print at most this many
        #[arg(long, default_value_t = 100)]
        limit: u32,
        /// Skip this many at the beginning
        #[arg(long, default_value_t = 0)]
        offset: u32,
        /// title, artist, album, year, duration, plays, added or path
        #[arg(long, default_value = "artist")]
        sort: TrackSort,
        /// In descending order
        #[arg(long)]
        descending: bool,
    },
    /// Print the vectors and tags of files, one JSON document a line
    Embed {
        /// Paths or track ids
        #[arg(required = true)]
        files: Vec<OsString>,
    },
    /// Find what is alike: by sound alone, by rhythm (tempo and groove) or by harmony (key)
    Similar {
        /// A path or track id
        #[arg(allow_hyphen_values = true)]
        file: OsString,
        /// By what
        #[arg(long, value_name = "SIDE", value_parser = facet, default_value = "sound")]
        by: Facet,
        /// Number of tracks
        #[arg(long, default_value_t = 10)]
        count: u32,
    },
    /// The first tracks of an endless station, each with its reasons
    Radio {
        /// Paths, track ids, artist:NAME, album:TITLE, genre:NAME, tag:NAME, playlist:NAME, or a wish such as words:"calm piano, no vocals", words:"like NAME but calmer", words:"rainy sunday, before 1980"
        #[arg(required = true, value_name = "SEED")]
        seeds: Vec<OsString>,
        /// What it shall keep away from, named like a seed; as often as you like
        #[arg(long, value_name = "SEED", allow_hyphen_values = true)]
        less: Vec<OsString>,
        /// Number of tracks
        #[arg(long, default_value_t = 25)]
        count: u32,
        /// 0 familiar .. 1 new
        #[arg(long, default_value_t = 0.5)]
        discovery: f32,
        /// Nearer to its seeds by one side of music than by the others: sound, rhythm ("same groove") or harmony
        #[arg(long, value_name = "SIDE", value_parser = facet)]
        more: Option<Facet>,
        /// Seed of the random choices: the same seed gives the same tracks
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
        #[arg(allow_hyphen_values = true)]
        from: OsString,
        /// A path or track id
        #[arg(allow_hyphen_values = true)]
        to: OsString,
        /// Number of tracks
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
        /// Number of tracks; albums are not cut short
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
        #[arg(allow_hyphen_values = true)]
        file: OsString,
    },
    /// Not for me
    Dislike {
        /// A path or track id
        #[arg(allow_hyphen_values = true)]
        file: OsString,
    },
    /// Take an opinion back
    Unrate {
        /// A path or track id
        #[arg(allow_hyphen_values = true)]
        file: OsString,
    },
    /// Not now, never again, wrong after that one: what is said of Segue's choices
    #[command(subcommand)]
    Feedback(FeedbackCommand),
    /// Play files, through the real engine
    Play {
        /// Paths or track ids
        #[arg(required = true)]
        files: Vec<OsString>,
        /// default (the sound card), null (nowhere, in real time) or wav:PATH
        #[arg(long, default_value = "default", value_parser = OsStringValueParser::new().try_map(|text| AudioOutput::parse(&text)))]
        output: AudioOutput,
        /// Seconds into the first file
        #[arg(long, default_value_t = 0.0)]
        start: f64,
        /// Seconds in all
        #[arg(long)]
        length: Option<f64>,
        /// Whose loudness decides: off, track, album or auto [default: as it is set]
        #[arg(long, value_parser = loudness)]
        loudness: Option<LoudnessMode>,
        /// The equaliser: off, a preset, or a file of Equalizer APO or AutoEQ [default: as it is set]
        #[arg(long, value_name = "PRESET-OR-FILE", allow_hyphen_values = true)]
        eq: Option<OsString>,
        /// How songs fade into each other: off, auto or seconds [default: as it is set]
        #[arg(long, value_name = "off|auto|SECONDS", value_parser = crossfade)]
        crossfade: Option<Crossfade>,
        /// Become quieter and end after so many minutes
        #[arg(long, value_name = "MINUTES")]
        sleep: Option<f64>,
        /// Tell what is done to each file's sound on its way to the output
        #[arg(long)]
        path: bool,
    },
    /// How things sound
    #[command(subcommand)]
    Output(OutputCommand),
    /// The networks that listen: Segue's own, and yours
    #[command(subcommand)]
    Models(ModelsCommand),
    /// What is installed, what works, and what does not; a database that is not whole is a failure
    Doctor,
}

/// Keeping what was found.
#[derive(Args)]
pub(crate) struct Save {
    /// Keep it as a playlist of this name
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
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
        #[arg(allow_hyphen_values = true)]
        source: PathBuf,
        /// The ONNX file, where it does not lie beside the manifest; of several networks, each with its name before it
        #[arg(long, value_name = "[NETWORK=]FILE", allow_hyphen_values = true, value_parser = OsStringValueParser::new().map(network_file))]
        onnx: Vec<NetworkFile>,
        /// The ONNX file's external weights, where they do not lie beside the manifest
        #[arg(long, value_name = "[NETWORK=]FILE", allow_hyphen_values = true, value_parser = OsStringValueParser::new().map(network_file))]
        weights: Vec<NetworkFile>,
    },
    /// Use this model from now on; what the last one analysed serves until the library is analysed again
    Use {
        /// Its name
        #[arg(allow_hyphen_values = true)]
        name: String,
    },
    /// Listen more closely when the machine is idle, with the slower model that came with Segue: `on` or `off`
    Closely {
        /// `on` or `off`
        #[arg(value_parser = on_or_off, action = clap::ArgAction::Set)]
        on: bool,
    },
    /// Remove an imported model, and its vectors
    Remove {
        /// Its name
        #[arg(allow_hyphen_values = true)]
        name: String,
    },
    /// The trial of a model that is being imported
    #[command(hide = true)]
    Try {
        /// Its folder
        #[arg(allow_hyphen_values = true)]
        folder: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum OutputCommand {
    /// List the sound cards
    List,
    /// Play to this one from now on; a window that is open follows within half a minute
    Use {
        /// Its name, a part of it that no other has, or the system's name of it
        name: String,
    },
    /// Play to the system's default, whichever that is
    Default,
    /// Play all songs equally loud, at -18 LUFS (ReplayGain 2); without options, show how it is set
    Loudness {
        /// off; track: each song as loud as the others; album: each album, with its quiet songs; auto: the album where it is
        /// played in its order, else the song
        #[arg(value_parser = loudness)]
        mode: Option<LoudnessMode>,
        /// Decibels louder or quieter
        #[arg(long, value_name = "DB", allow_hyphen_values = true)]
        preamp: Option<f64>,
        /// Decibels for songs whose loudness is neither tagged nor measured yet
        #[arg(long, value_name = "DB", allow_hyphen_values = true)]
        fallback: Option<f64>,
    },
    /// Fade songs into each other, but never within an album that is played in its order; without a length, show how it is set
    Crossfade {
        /// off; auto: for as long as the one dies away and the other builds up; or 0.5 to 12 seconds
        #[arg(value_name = "off|auto|SECONDS", value_parser = crossfade)]
        length: Option<Crossfade>,
    },
    /// The equaliser; without a command, show it
    Eq {
        /// That of one sound card, named as for `use` [default: all that have none of their own]
        #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
        device: Option<String>,
        #[command(subcommand)]
        change: Option<EqCommand>,
    },
}

#[derive(Subcommand)]
pub(crate) enum EqCommand {
    /// Off; the curve is kept
    Off,
    /// On again
    On,
    /// A curve that is often asked for
    Preset {
        /// flat, acoustic, bass-boost, bass-cut, classical, dance, electronic, hip-hop, jazz, latin, loudness, pop, rock,
        /// small-speakers, spoken-word, treble-boost, treble-cut or vocal
        #[arg(value_parser = preset)]
        name: EqualizerPreset,
    },
    /// Ten gains in decibels, for 31.5, 63, 125, 250 and 500 Hz, and 1, 2, 4, 8 and 16 kHz
    Set {
        /// From the lowest to the highest
        #[arg(
            num_args = 10,
            required = true,
            allow_negative_numbers = true,
            value_name = "DB"
        )]
        gains: Vec<f64>,
        /// Decibels for all of them
        #[arg(
            long,
            value_name = "DB",
            default_value_t = 0.0,
            allow_hyphen_values = true
        )]
        preamp: f64,
    },
    /// The curve of a file of Equalizer APO, as AutoEQ publishes for headphones
    Import {
        /// The file
        #[arg(allow_hyphen_values = true)]
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum PlaysCommand {
    /// Append one play
    Add {
        /// A path or track id
        #[arg(allow_hyphen_values = true)]
        file: OsString,
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
        #[arg(allow_hyphen_values = true)]
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
        /// segue, or listenbrainz: what was played, by name
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
pub(crate) enum FeedbackCommand {
    /// Not for the rest of this session
    NotNow {
        /// A path or track id
        #[arg(allow_hyphen_values = true)]
        file: OsString,
        /// All by its artist
        #[arg(long)]
        artist: bool,
    },
    /// By no station, mix or shuffle; it stays in the library
    Never {
        /// A path or track id
        #[arg(allow_hyphen_values = true)]
        file: OsString,
        /// All by its artist
        #[arg(long)]
        artist: bool,
    },
    /// Not one right after the other
    WrongAfter {
        /// What sounded: a path or track id
        #[arg(allow_hyphen_values = true)]
        earlier: OsString,
        /// What should not have followed
        #[arg(allow_hyphen_values = true)]
        later: OsString,
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
        #[arg(allow_hyphen_values = true)]
        term: String,
    },
    /// More because of this
    More {
        /// The term
        #[arg(allow_hyphen_values = true)]
        term: String,
    },
    /// A dozen songs as unlike as the library has, to like or dislike for a start
    Choose,
    /// Write what was learned into a file, as JSON
    Export {
        /// Where to
        #[arg(allow_hyphen_values = true)]
        file: PathBuf,
    },
}

impl Arguments {
    /// Reads the command line. `-tag:rock` is a word of a query, not an option, wherever it stands.
    pub(crate) fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let is_tag = |argument: &OsString| {
            let text = argument.to_str().unwrap_or_default();
            text.get(..5)
                .is_some_and(|start| start.eq_ignore_ascii_case("-tag:"))
        };
        // A blank before a word means nothing to a query.
        let arguments = arguments
            .into_iter()
            .map(|argument| match is_tag(&argument) {
                true => OsString::from_iter([OsString::from(" "), argument]),
                false => argument,
            });
        Self::try_parse_from(arguments)
    }
}

fn provider(name: &str) -> Result<Provider, String> {
    Provider::parse(name).ok_or_else(|| "not one of auto, cpu, cuda, directml, coreml".into())
}

/// `NETWORK=FILE` or `FILE`. A path with a `=` in it is told from a network's name by the `/` before it, such as in `./a=b.onnx`.
fn network_file(given: OsString) -> NetworkFile {
    let named = given.to_str().and_then(|text| text.split_once('='));
    match named {
        Some((network, path)) if !network.contains(['/', '\\']) => NetworkFile {
            network: Some(network.to_owned()),
            path: path.into(),
        },
        _ => NetworkFile {
            network: None,
            path: given.into(),
        },
    }
}

fn preset(name: &str) -> Result<EqualizerPreset, String> {
    EqualizerPreset::parse(name).ok_or_else(|| {
        let names = EqualizerPreset::ALL.map(EqualizerPreset::as_str);
        format!("not one of {}", names.join(", "))
    })
}

fn crossfade(text: &str) -> Result<Crossfade, String> {
    Crossfade::parse(text).ok_or_else(|| "not one of off, auto, 0.5 to 12".into())
}

fn facet(name: &str) -> Result<Facet, String> {
    Facet::parse(name).ok_or_else(|| "not one of sound, rhythm, harmony".into())
}

fn loudness(name: &str) -> Result<LoudnessMode, String> {
    LoudnessMode::parse(name).ok_or_else(|| "not one of off, track, album, auto".into())
}

fn on_or_off(word: &str) -> Result<bool, String> {
    match word {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("not one of on, off".into()),
    }
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

/// The query language, for those who ask at length.
const QUERY_HELP: &str = include_str!("query_help.txt");

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &[&str]) -> Result<Command, String> {
        let line = std::iter::once(&"segue").chain(line);
        Arguments::read(line.map(OsString::from))
            .map(|arguments| arguments.command)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_tag_asked_away_is_a_word_of_the_query() {
        for (line, words, limit) in [
            (&["tracks", "-tag:rock"][..], " -tag:rock", 100),
            (&["tracks", "-tag:rock", "--limit", "5"], " -tag:rock", 5),
            (
                &["--json", "tracks", "--limit", "5", "night", "-TAG:rock"],
                "night  -TAG:rock",
                5,
            ),
            (
                &["tracks", "-tag:female vocals", "tag:jazz"],
                " -tag:female vocals tag:jazz",
                100,
            ),
            (&["tracks", "--", "-x"], "-x", 100),
        ] {
            match read(line) {
                Ok(Command::Tracks {
                    query,
                    limit: found,
                    ..
                }) => {
                    assert_eq!(
                        (query.join(" ").as_str(), found),
                        (words, limit),
                        "{line:?}"
                    );
                }
                Ok(_) => panic!("{line:?} is another command"),
                Err(error) => panic!("{line:?}: {error}"),
            }
        }
        for line in [["tracks", "--limt", "5"], ["tracks", "-x", "y"]] {
            assert!(read(&line).is_err(), "{line:?}");
        }
    }

    #[test]
    fn networks_files_may_bear_their_names() {
        for (given, network, path) in [
            ("model.onnx", None, "model.onnx"),
            ("mn04=a/b.onnx", Some("mn04"), "a/b.onnx"),
            ("mn04=a=b.onnx", Some("mn04"), "a=b.onnx"),
            ("./a=b.onnx", None, "./a=b.onnx"),
            ("/a/b=c/d.onnx", None, "/a/b=c/d.onnx"),
        ] {
            let line = [
                "models", "import", "x.toml", "--onnx", given, "--onnx", "y=z",
            ];
            match read(&line) {
                Ok(Command::Models(ModelsCommand::Import { onnx, .. })) => {
                    let network = network.map(str::to_owned);
                    let path = PathBuf::from(path);
                    assert_eq!(onnx[0], NetworkFile { network, path }, "{given}");
                    assert_eq!(onnx.len(), 2);
                }
                _ => panic!("{given} is not taken"),
            }
        }
    }

    #[test]
    fn names_and_files_may_begin_with_a_hyphen() {
        for line in [
            &["playlist", "create", "q", "--query", "-tag:rock"][..],
            &["playlist", "create", "-q-", "--query", "-x", "--living"],
            &["playlist", "show", "-q-"],
            &["playlist", "rename", "-q-", "-r-"],
            &["playlist", "export", "-q-", "-q-.m3u8"],
            &["playlist", "import", "-q-.m3u8"],
            &["like", "-song.mp3", "--json"],
            &["similar", "--count", "3", "-song.mp3"],
            &["path", "-a.mp3", "-b.mp3", "--count", "3"],
            &["plays", "add", "-a.mp3", "--listened", "3"],
            &["plays", "import", "-a.csv", "--dry-run"],
            &["feedback", "never", "-a.mp3", "--artist"],
            &["taste", "less", "-a-"],
            &["radio", "7", "--less", "-a.mp3", "--save", "-n-"],
            &["play", "--", "-a.mp3", "-b.mp3"],
        ] {
            assert!(
                read(line).is_ok(),
                "{line:?}: {}",
                read(line).err().unwrap_or_default()
            );
        }
        assert!(matches!(
            read(&["feedback", "never", "-a.mp3", "--artist"]),
            Ok(Command::Feedback(FeedbackCommand::Never {
                artist: true,
                ..
            }))
        ));
    }

    #[cfg(unix)]
    #[test]
    fn file_names_need_not_be_unicode() {
        use std::os::unix::ffi::OsStringExt;
        let raw = || OsString::from_vec(b"caf\xe9.mp3".to_vec());
        let commands: &[&[&str]] = &[
            &["scan"],
            &["embed"],
            &["similar"],
            &["radio"],
            &["radio", "7", "--less"],
            &["path", "7"],
            &["like"],
            &["dislike"],
            &["unrate"],
            &["play"],
            &["plays", "import"],
            &["plays", "add", "--listened", "3"],
            &["playlist", "import"],
            &["playlist", "export", "name"],
            &["feedback", "not-now"],
            &["feedback", "never"],
            &["feedback", "wrong-after", "7"],
            &["models", "import"],
            &["taste", "export"],
        ];
        for command in commands {
            let line = std::iter::once(&"segue")
                .chain(*command)
                .map(OsString::from);
            let read = Arguments::read(line.chain([raw()]));
            assert!(read.is_ok(), "{command:?}: {}", read.err().unwrap());
        }
        let wav = OsString::from_vec(b"wav:caf\xe9.wav".to_vec());
        let line = ["segue", "play", "7", "--output"].map(OsString::from);
        let Command::Play { output, .. } = Arguments::read(line.into_iter().chain([wav]))
            .unwrap()
            .command
        else {
            panic!("another command")
        };
        assert_eq!(
            output,
            AudioOutput::Wav(OsString::from_vec(b"caf\xe9.wav".to_vec()).into())
        );
    }
}
