//! What can go wrong in a use case: an error for programs, plain data for window and command, which find the words, and a
//! code where the window acts on it.

use std::path::PathBuf;

use segue_core::query::QueryFault;
use segue_core::{AnalysisError, ErrorCode, FailedFile, FileFault, LibraryError, OutputFault};
use segue_exchange::FileError;
use segue_playback::RenderError;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::failures::{FailureRow, shown};

/// A use case that could not be done. `Problem` for the window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "is", rename_all = "kebab-case")]
#[ts(rename = "Problem")]
pub enum AppError {
    /// The store refused.
    #[error(transparent)]
    Library {
        #[from]
        error: LibraryError,
    },
    /// The model or ONNX Runtime refused.
    #[error(transparent)]
    Analysis {
        #[from]
        error: AnalysisError,
    },
    /// There is no sound.
    #[error(transparent)]
    Output {
        #[from]
        error: OutputFault,
    },
    /// A file that cannot be played or analysed.
    #[error("{path}: {why}")]
    Unplayable { path: String, why: FileFault },
    /// Nothing sounded, for a WAV file where one was to be written; the first file that failed, if one did.
    #[error("nothing sounded")]
    NothingSounded {
        wav: Option<String>,
        first: Option<FailureRow>,
    },
    /// Something that comes with Segue is not where it should be.
    #[error("not installed: {what}: {}", looked.join(", "))]
    NotInstalled { what: String, looked: Vec<String> },
    /// A query that says something which means nothing.
    #[error("query: {text}: {fault:?}")]
    BadQuery { text: String, fault: QueryFault },
    /// A track that the library does not have.
    #[error("no track: {track}")]
    NoSuchTrack { track: String },
    /// A playlist that is not there.
    #[error("no playlist: {playlist}")]
    NoSuchPlaylist { playlist: String },
    /// A file or folder that cannot be read or written.
    #[error("{attempt}: {path}: {detail}")]
    File {
        attempt: FileAttempt,
        path: String,
        detail: String,
    },
    /// A file of another program's that cannot be read or written.
    #[error("{action}: {path}: {reason}")]
    Exchange {
        action: String,
        path: String,
        reason: String,
    },
    /// The system gives no thread.
    #[error("no thread: {detail}")]
    NoThread { detail: String },
    /// The thread that holds the player has ended.
    #[error("player ended")]
    PlayerEnded,
    /// The user has no home folder to keep data in.
    #[error("no home folder")]
    NoHomeFolder,
    /// What should be kept cannot be put into JSON.
    #[error("not serialised: {detail}")]
    NotSerialized { detail: String },
    /// This program's own file cannot be found.
    #[error("no program: {detail}")]
    NoProgram { detail: String },
    /// SQLite's check found the database damaged.
    #[error("database not whole: {detail}")]
    DatabaseNotWhole { detail: String },

    /// Windows do not play into files.
    #[error("window plays no file")]
    WindowPlaysNoFile,
    /// Not one of the folders of the library.
    #[error("not a root: {path}")]
    NoSuchRoot { path: String },
    /// No source of plays has this name.
    #[error("no play source: {source_name}")]
    NoSuchPlaySource { source_name: String },
    /// The edit is no longer kept, so that it cannot be taken back.
    #[error("edit not kept")]
    TooLateToUndo,
    /// Only mixes and paths between songs are played as they are shown.
    #[error("source not shown")]
    NotPlayedAsShown,
    /// No instant in RFC 3339.
    #[error("no instant: {text}: {detail}")]
    NotAnInstant { text: String, detail: String },

    /// The track names no artist.
    #[error("no artist: {path}")]
    NoArtist { path: String },
    /// This kind of feedback is about something else than one song.
    #[error("feedback not of a song")]
    FeedbackNotOfASong,
    /// Both are the same recording.
    #[error("same recording")]
    SameRecording,
    /// No feedback that holds has this number.
    #[error("no feedback: {id}")]
    NoSuchFeedback { id: i64 },

    /// None of the files that were given could be analysed.
    #[error("nothing analysed")]
    NothingAnalyzed,
    /// The track was not analysed yet.
    #[error("not analysed: {path}")]
    NotAnalyzed { path: String },

    /// There is too little music or listening for the mix.
    #[error("mix too small: {mix}")]
    MixTooSmall { mix: String },
    /// No mix has this id.
    #[error("no mix: {mix}")]
    NoSuchMix { mix: String },
    /// Discovery goes from 0 to 1.
    #[error("discovery beyond 0 to 1")]
    DiscoveryRange,
    /// No album has this title.
    #[error("no album: {title}")]
    NoSuchAlbum { title: String },
    /// No seed of this kind and name is in the library.
    #[error("no {kind:?}: {name}")]
    NoSuchSeed { kind: SeedKind, name: String },
    /// None of the words means anything in this library.
    #[error("no known words: {text}")]
    NoKnownWords { text: String },
    /// The library holds nothing for the station.
    #[error("empty station")]
    EmptyStation,
    /// There is nothing to play.
    #[error("nothing to play")]
    NothingToPlay,
    /// The songs have left the library.
    #[error("songs gone")]
    SongsGone,

    /// A model that is imported bears the shipped model's name.
    #[error("shipped model's name: {model}")]
    ShippedModelName { model: String },
    /// Another imported model bears the name.
    #[error("model name taken: {model}")]
    ModelNameTaken { model: String },
    /// The shipped model cannot be removed.
    #[error("shipped model: {model}")]
    ModelShipped { model: String },
    /// No model that listens more closely came with this Segue, or another was chosen.
    #[error("no fine model")]
    NoFineModel,
    /// The model is in use.
    #[error("current model: {model}")]
    ModelCurrent { model: String },
    /// The model's vectors serve until the current one has analysed the library.
    #[error("serving model: {model}")]
    ModelServing { model: String },
    /// No model has this name.
    #[error("no model: {model}")]
    NoSuchModel { model: String },
    /// No sound card has this name, or several have this part of it.
    #[error("no sound card: {name}")]
    NoSuchOutput { name: String },
    /// A model's trial refused it.
    #[error("trial refused: {said}")]
    TrialRefused { said: String },
    /// A model's trial ended without a word.
    #[error("trial failed")]
    TrialFailed,
    /// ONNX Runtime crashed over a model.
    #[error("trial crashed: {status}")]
    TrialCrashed {
        status: String,
        said: Option<String>,
    },
    /// A model's trial was not over in time.
    #[error("trial over {limit_s} s")]
    TrialTimeout { limit_s: u64 },

    /// A playlist of songs that do not change cannot renew itself.
    #[error("source never changes")]
    SourceNeverChanges,
    /// No deleted playlist has this number or name.
    #[error("no deleted playlist: {playlist}")]
    NoDeletedPlaylist { playlist: String },
    /// The playlist was changed since, or deleted.
    #[error("playlist changed since")]
    PlaylistChangedSince,
    /// The playlist does not renew itself.
    #[error("fixed playlist: {playlist}")]
    PlaylistFixed { playlist: String },
    /// The playlist renews itself each day; changes by hand would be lost.
    #[error("renewing playlist: {playlist}")]
    PlaylistRenewed { playlist: String },
    /// The album of the playlist's source has left the library.
    #[error("album gone")]
    AlbumGone,
    /// There is a queue only where there is a window.
    #[error("no queue")]
    NoQueue,
    /// A playlist needs a name.
    #[error("no playlist name")]
    NoPlaylistName,
    /// Several playlists have the name.
    #[error("playlists called {name}: {ids:?}")]
    AmbiguousPlaylist { name: String, ids: Vec<i64> },
    /// The stored source of a playlist cannot be read.
    #[error("source of {playlist}: {detail}")]
    PlaylistSourceUnreadable { playlist: String, detail: String },

    /// No play lasts so long.
    #[error("play of {listened_s} s")]
    PlayLength { listened_s: f64 },
    /// A play in the future.
    #[error("play in the future")]
    FuturePlay,
    /// Plays cannot be written to standard output.
    #[error("plays not written: {detail}")]
    PlaysNotWritten { detail: String },
    /// Plays are not written in this format.
    #[error("no plays as {format}")]
    PlaysFormat { format: String },
    /// Start and length are seconds from 0.
    #[error("negative stretch")]
    NegativeStretch,

    /// Too few plays of songs in the library to hold some out.
    #[error("under {least} plays")]
    TooFewPlays { least: u32 },
    /// Nothing that is learned of is named so.
    #[error("no term: {term}")]
    NotATerm { term: String },
    /// Eras are decades.
    #[error("no decade: {year}")]
    NotADecade { year: i32 },
    /// No kind of reason that can be turned up or down has this name.
    #[error("no reason kind: {kind}")]
    NoSuchReasonKind { kind: String },
    /// Nothing in the library bears the term.
    #[error("not in library: {term}")]
    TermNotInLibrary { term: String },
    /// What is to be forgotten lies in the future.
    #[error("forgetting the future")]
    ForgetFuture,
    /// What was forgotten was learned again at once.
    #[error("learned again")]
    LearnedAgain,
    /// Nothing was forgotten under this number.
    #[error("nothing forgotten: {id}")]
    NoSuchForgotten { id: i64 },
}

/// What was attempted with a file or folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FileAttempt {
    ReadFolder,
    MakeFolder,
    Find,
    Write,
    Remove,
    Start,
    KeepModel,
}

impl std::fmt::Display for FileAttempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

/// What a station may begin from, beside a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SeedKind {
    Album,
    Artist,
    Genre,
    Tag,
}

impl AppError {
    /// What the window should do about it.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Library { error } => error.code(),
            Self::Analysis { .. } | Self::NotInstalled { .. } => ErrorCode::NoModel,
            Self::Output { .. } => ErrorCode::NoDevice,
            Self::NothingSounded { wav, .. } => match wav {
                Some(_) => ErrorCode::Other,
                None => ErrorCode::NoDevice,
            },
            Self::Unplayable { why, .. } => match why {
                FileFault::NotFound => ErrorCode::NotFound,
                _ => ErrorCode::Unplayable,
            },
            Self::NoSuchTrack { .. }
            | Self::NoSuchPlaylist { .. }
            | Self::File { .. }
            | Self::Exchange { .. }
            | Self::PlaysNotWritten { .. } => ErrorCode::NotFound,
            _ => ErrorCode::Invalid,
        }
    }

    /// No track has this number, or lies at this path.
    pub(crate) fn no_track(track: impl ToString) -> Self {
        Self::NoSuchTrack {
            track: track.to_string(),
        }
    }

    /// An attempt at a file, as it fails: it wants what the system said.
    pub(crate) fn file<E: std::fmt::Display>(
        attempt: FileAttempt,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(E) -> Self {
        let path = shown(&path.into());
        move |error| Self::File {
            attempt,
            path,
            detail: error.to_string(),
        }
    }
}

impl From<FailedFile> for AppError {
    fn from(failed: FailedFile) -> Self {
        Self::Unplayable {
            path: shown(&failed.path),
            why: failed.why,
        }
    }
}

impl From<RenderError> for AppError {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Output(error) => error.into(),
            RenderError::Silent { wav, failures } => Self::NothingSounded {
                wav: Some(shown(&wav)),
                first: failures.first().map(FailureRow::from),
            },
        }
    }
}

impl From<FileError> for AppError {
    fn from(error: FileError) -> Self {
        Self::Exchange {
            action: error.action.to_owned(),
            path: shown(&error.path),
            reason: error.reason,
        }
    }
}
