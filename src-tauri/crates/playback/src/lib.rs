//! Queue and engine: what plays, and playing it without a gap.
//!
//! This room owns the queue's state machine, the one engine behind every output, and the outputs: the
//! sound card, nothing at the pace of a card, and a WAV file. It leaves files' insides to `decode`, and
//! what a play means to whoever listens to its [`Event`]s. It knows no library, taste or wall clock: plays
//! are measured in frames that really sounded.
//!
//! The way of a sample: [`Queue`](queue::Queue) names a file, a *loader* opens and decodes it on a thread that may wait for the
//! disk, a *deck* has what is done to one track, the engine's fill joins decks at the output's rate, or fades one into the next (the mixing stage), the *ring*
//! carries frames to the *output*, what is done to all sound (*dsp*) is done where they come out, and a *card* takes them in its
//! *callback*.

mod blend;
mod callback;
mod card;
mod deck;
mod dsp;
mod engine;
mod frame;
mod host;
mod join;
mod loader;
mod output;
mod protocol;
pub mod queue;
mod read_ahead;
mod render;
mod ring;
mod stream;
mod system;
mod transport;
mod wav;

pub use engine::{Engine, Pending, output_devices};
pub use host::OutputDevice;
pub use output::{OutputInUse, OutputKind};
pub use protocol::{
    Answer, End, EngineCommand, EngineState, Equalizers, Event, PlayId, Saved, Status, TimedEvent,
};
pub use queue::{Edit, EditKind, Entry, EntryId, MediaItem, QueueSnapshot, Repeat};
pub use render::{RenderError, Rendered, render};
pub use system::probe_device;

#[cfg(test)]
mod tests;
