//! The player and its queue.

use segue_core::{Gain, OutputFault, SignalPath};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::library::TrackRow;
use super::recommend::{ReasonRow, Station};

/// Where a song of the queue came from: as [`PlaySource`](segue_core::PlaySource), and `dj` for what the guest DJ inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum QueueSource {
    Radio,
    Mix,
    Album,
    Search,
    Shuffle,
    Playlist,
    /// Chosen by hand.
    Queue,
    /// A history that was imported.
    Import,
    Dj,
}

/// One place in the queue. The same track may stand in it twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct QueueRow {
    /// Names this place, not the track.
    pub entry: u64,
    pub track: TrackRow,
    pub source: QueueSource,
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

/// After what playing stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum StopAfter {
    /// The song that plays.
    Song,
    /// The songs of its album that follow it.
    Album,
}

/// A stretch of a song, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LoopStretch {
    pub from_s: f64,
    pub to_s: f64,
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
    /// What the song's samples are multiplied by, so that it is as loud as the others.
    pub gain: Gain,
    /// The way of the sound; `null` while nothing sounds.
    pub signal: Option<SignalPath>,
    pub repeat: RepeatMode,
    pub shuffle: bool,
    /// After what it stops; `null`: it plays on.
    pub stop_after: Option<StopAfter>,
    /// Seconds until it pauses by itself; `null`: it does not.
    pub sleeps_in_s: Option<f64>,
    /// What is played round and round of the song; `null`: all of it, once.
    pub stretch: Option<LoopStretch>,
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
    pub output_error: Option<OutputFault>,
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
    /// Stops after the song or its album; `null` plays on.
    StopAfter {
        what: Option<StopAfter>,
    },
    /// Becomes quieter and pauses after so many minutes; `null` plays on.
    Sleep {
        minutes: Option<f64>,
    },
    /// Plays a stretch of the song round and round; `null` plays on.
    Loop {
        stretch: Option<LoopStretch>,
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
