//! What the engine is asked, what it tells, and what may be seen of it.
//!
//! # The grammar of events
//!
//! A *play* is one sounding of an entry. Its events bear its [`PlayId`], and follow each other so:
//!
//! ```text
//! play = Started { Position | Paused | Resumed } Ended
//! note = StateChanged | QueueChanged | EditUndone | Failed | OutputLost | OutputChanged | Written
//! ```
//!
//! Notes come at any time, and beside them, outside of plays, `QueueEnded` (nothing is left to play) and `Stopped` (by the
//! listener, or because the output wanted no more). Further:
//!
//! - `Started` comes with the first frame that sounds, so an entry that is loaded but never sounds has no
//!   events of its own, and `listened_s` of an `Ended` is above 0. Plays are numbered as they start, from 1.
//! - At most two plays are under way, and two only while one fades into the other. The older one ends first, and has no
//!   `Position` any more once the newer one has started; pauses hold both. The newer one is current from its start. Whatever cuts the
//!   fade short ends the older one with [`End::Finished`], since it was at its end.
//! - Within a play `Paused` and `Resumed` alternate, `Paused` first. `Ended` may follow either: leaving a
//!   paused track ends its play; the next one, paused too, begins with `Started` when it sounds.
//! - `Position` comes about four times a second of sound, and after a seek. It tells, as the state does, what is heard: what a
//!   card has taken and not sounded yet is not counted. The accounts of `Ended` go by what was taken.
//! - What is done to one track's samples, such as its gain, belongs to the play, stays from `Started` to `Ended` unless the listener
//!   changes how loud tracks are played, and is done before tracks meet. What is done to all sound (volume,
//!   equaliser, limiter) is done behind the ring, where it is heard at once; no event and no account knows of it.
//! - Each event bears the instant at which it happened, and none is before the one told before it. What sounds happens when
//!   the output takes the frame, however late that is looked at.
//! - Each command is followed by one `StateChanged` with all of the state, after the other events of the command. It comes too
//!   when the output lets go.
//! - While a file is opened or sought in, commands are answered and nothing is told of it: what sounded before has fallen
//!   silent, the state shows the place from which it will sound, and another wish takes its place at once.
//! - `Failed` names an entry that will not play, or not to its end: then `Ended` with [`End::Failed`] follows.
//! - `OutputLost` while playing is followed by `Paused` if a play is under way. `EngineCommand::Play` tries again
//!   and gives `OutputChanged` if it succeeds.
//! - `Written` comes once a WAV file is whole, before the `QueueEnded` or `Stopped` that closed it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use segue_core::{
    Crossfade, EndReason, Equalizer, FileFault, Gain, LoudnessSettings, OutputFault,
    OutputSettings, SignalPath,
};
use serde::{Deserialize, Serialize};

use crate::output::OutputInUse;
use crate::queue::{Edit, Entry, EntryId, MediaItem, QueueSnapshot, Repeat};

/// What the engine is asked to do. What makes no sense at the moment does nothing.
#[derive(Clone, Debug)]
pub enum EngineCommand {
    /// Plays on; from the first entry if the queue has run out; on a reopened output if it was lost.
    Play,
    /// Holds, keeping the place.
    Pause,
    /// Pauses what plays, plays what does not.
    Toggle,
    /// Ends the play and forgets the place in the track; the entry stays current.
    Stop,
    /// Moves within the current track, in seconds from its start. Beyond its end, the next one follows.
    Seek(f64),
    /// Leaves the current track for the next one. Keeps a pause.
    Next,
    /// Back to the start of the track; within its first three seconds, to what was heard before. Keeps a
    /// pause.
    Previous,
    /// Plays this entry.
    Jump(EntryId),
    /// Replaces the queue; `items[start]` becomes current, and plays if `play`.
    SetQueue {
        /// What the queue holds from now on.
        items: Vec<Arc<MediaItem>>,
        /// Place of the first to play.
        start: usize,
        /// Whether to play at once, or stand stopped.
        play: bool,
        /// Shuffles them by this seed.
        shuffle: Option<u64>,
    },
    /// Adds at the queue's end.
    Append(Vec<Arc<MediaItem>>),
    /// Adds after the current entry.
    InsertNext(Vec<Arc<MediaItem>>),
    /// Takes an entry out; if it is current, the next one follows.
    Remove(EntryId),
    /// Moves an entry to a place in the order of play.
    Move(EntryId, usize),
    /// Takes all but the current entry out of the queue, for another queue to grow from it.
    KeepCurrent,
    /// Empties the queue and stops.
    Clear,
    /// Takes the last edit of the queue back ([`EngineState::undo`]): entries, order and, if the edit ended what was current, what
    /// was current, at its place, and sounding if it sounded.
    Undo,
    /// Makes the edit again that was taken back last ([`EngineState::redo`]).
    Redo,
    /// Adds at the queue's end what the program itself chose. No edit of the listener's: it is not undone.
    Extend(Vec<Arc<MediaItem>>),
    /// The same after an entry; nothing happens if it is gone.
    InsertAfter(EntryId, Vec<Arc<MediaItem>>),
    /// Takes entries out that the program put there. No edit of the listener's.
    Withdraw(Vec<EntryId>),
    /// Volume in `0..=1`, on a cubic curve, which is about as even as the ear; 1 leaves samples untouched.
    SetVolume(f64),
    /// How loud tracks are played.
    SetLoudness(LoudnessSettings),
    /// How songs fade into each other, from the next one on.
    SetCrossfade(Crossfade),
    /// How all sound is equalised.
    SetEqualizers(Box<Equalizers>),
    /// What follows an entry.
    SetRepeat(Repeat),
    /// Shuffles what is to come by this seed, or puts the order back.
    SetShuffle(Option<u64>),
    /// Stops once this entry has ended by itself; the one after it is current then. Forgotten when the listener leaves it before.
    StopAfter(Option<EntryId>),
    /// Becomes quieter and pauses after this time.
    Sleep(Option<Duration>),
    /// Plays the current entry from the second of these places, in seconds, on from the first, until another one is current.
    LoopStretch(Option<[f64; 2]>),
    /// Plays to the card that the listener chose, and as they chose.
    UseOutput(OutputSettings),
    /// Takes up what [`Engine::saved`](crate::Engine::saved) gave, paused at its place.
    Restore(Box<Saved>),
}

/// Equalisers of several outputs, of which one is in use.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Equalizers {
    /// By the system's names of the outputs ([`OutputInUse::id`]).
    pub by_output: BTreeMap<String, Equalizer>,
    /// Of all others.
    pub otherwise: Equalizer,
}

/// One sounding of an entry. Counts them since the engine started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlayId(pub u64);

/// What the engine tells, and when it happened.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedEvent {
    /// When it happened.
    pub at: Instant,
    /// What.
    pub event: Event,
}

/// What happened. The top of `protocol.rs` says what may follow what.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A track begins to sound.
    Started {
        /// The play.
        play: PlayId,
        /// The entry.
        entry: EntryId,
        /// What it plays.
        item: Arc<MediaItem>,
        /// Its length, where known.
        duration_s: Option<f64>,
        /// Where in the track it began.
        from_s: f64,
        /// What is missing of what the file holds, where the listener should know.
        notice: Option<FileFault>,
        /// The way of its sound, as it is now.
        path: Option<Box<SignalPath>>,
    },
    /// How far it has come.
    Position {
        /// The play.
        play: PlayId,
        /// The entry.
        entry: EntryId,
        /// Seconds from the track's start.
        position_s: f64,
    },
    /// The track holds.
    Paused {
        /// The play.
        play: PlayId,
        /// The entry.
        entry: EntryId,
    },
    /// The track goes on.
    Resumed {
        /// The play.
        play: PlayId,
        /// The entry.
        entry: EntryId,
    },
    /// The track sounds no more.
    Ended {
        /// The play.
        play: PlayId,
        /// The entry.
        entry: EntryId,
        /// What it played.
        item: Arc<MediaItem>,
        /// Where in the track it began.
        from_s: f64,
        /// Where in the track it ended.
        position_s: f64,
        /// Seconds that sounded: pauses excluded, repeated passages included.
        listened_s: f64,
        /// The track's length, where known.
        duration_s: Option<f64>,
        /// Why.
        how: End,
        /// What was asked for that ended it, where it was [`End::Skipped`] or [`End::Stopped`].
        cause: Option<EndReason>,
    },
    /// An entry cannot be played, or not to its end; the engine goes on with another.
    Failed {
        /// The entry.
        entry: EntryId,
        /// What it should have played.
        item: Arc<MediaItem>,
        /// The file's fault.
        why: FileFault,
    },
    /// A command was carried out, or the output let go.
    StateChanged {
        /// The engine as it stands.
        state: Box<EngineState>,
    },
    /// Entries, order, the current entry, repeat or shuffle changed.
    QueueChanged {
        /// As in [`QueueSnapshot::revision`].
        revision: u64,
    },
    /// An edit of the queue was taken back, or made again.
    EditUndone {
        /// The edit.
        edit: Edit,
    },
    /// Nothing is left to play.
    QueueEnded,
    /// The engine stands still, because it was told to or because the output wanted no more.
    Stopped,
    /// The output failed; the engine pauses.
    OutputLost {
        /// Its fault.
        why: OutputFault,
    },
    /// The sound goes to another card, or again to one.
    OutputChanged,
    /// A WAV file is complete.
    Written {
        /// The file.
        path: std::path::PathBuf,
        /// Its length.
        frames: u64,
        /// Frames per second.
        sample_rate_hz: u32,
        /// Bits a sample.
        bits: u16,
    },
}

/// Why a play ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The track sounded to its end.
    Finished,
    /// The listener went to something else.
    Skipped,
    /// The listener, or the program's end, stopped it.
    Stopped,
    /// The file could not be decoded to its end.
    Failed,
}

/// Whether sound flows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// No, and no place in a track is kept.
    #[default]
    Stopped,
    /// Yes.
    Playing,
    /// No, and the place is kept.
    Paused,
}

/// The engine as it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EngineState {
    /// Whether sound flows.
    pub status: Status,
    /// The current entry.
    pub current: Option<Entry>,
    /// Seconds from the start of the current track.
    pub position_s: f64,
    /// Its length, once known.
    pub duration_s: Option<f64>,
    /// In `0..=1`.
    pub volume: f64,
    /// That of the track that sounds.
    pub gain: Gain,
    /// The way of its sound; none while nothing sounds.
    pub path: Option<Box<SignalPath>>,
    /// What follows an entry.
    pub repeat: Repeat,
    /// Whether the order is a shuffled one.
    pub shuffled: bool,
    /// The entry after whose end it stops.
    pub stop_after: Option<EntryId>,
    /// Seconds until it falls asleep.
    pub sleeps_in_s: Option<f64>,
    /// The stretch of the current track that is played round and round, in seconds.
    pub stretch: Option<[f64; 2]>,
    /// Number of entries.
    pub queue_len: usize,
    /// As in [`QueueSnapshot::revision`].
    pub queue_revision: u64,
    /// The edit of the queue that [`EngineCommand::Undo`] would take back.
    pub undo: Option<Edit>,
    /// The edit that [`EngineCommand::Redo`] would make again.
    pub redo: Option<Edit>,
    /// How often, since the engine started, the output wanted sound that was not there in time.
    pub underruns: u64,
    /// The card that it plays to, once it is open.
    pub output: Option<OutputInUse>,
}

/// What came of a command: the engine right after it, before anything else happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// As it stands.
    pub state: EngineState,
    /// The queue as it stands.
    pub queue: Arc<QueueSnapshot>,
}

/// What survives a restart. It is read from what was once written of it whole; today its owner writes its parts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Saved {
    /// The queue.
    pub queue: Arc<QueueSnapshot>,
    /// Place in the current track, in seconds.
    pub position_s: f64,
    /// In `0..=1`.
    pub volume: f64,
}
