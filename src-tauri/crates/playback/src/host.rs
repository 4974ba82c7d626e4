//! Through what a card is reached: the cards that there are, and a stream to one of them. `system.rs` asks the system; the tests
//! have one that is plugged in and out by a script.

use std::sync::Arc;

use segue_core::OutputFault;

use crate::ring::Feed;

/// A card, or what the system's mixer takes for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputDevice {
    /// Names it for as long as it exists, even when it is plugged in again.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether the system plays there if nobody chooses.
    pub is_default: bool,
}

/// What a stream says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DeviceNews {
    /// It is gone.
    Lost(String),
    /// The sound goes elsewhere now, without a break.
    Rerouted,
    /// It wanted sound before it was given any.
    Underrun,
}

/// Takes news of a stream, on whatever thread it has.
pub(crate) type HeedStream = Arc<dyn Fn(DeviceNews) + Send + Sync>;

/// A stream that plays what the feed is given, as long as it lives.
pub(crate) struct OpenedStream {
    /// The card it goes to.
    pub(crate) device: OutputDevice,
    /// Bits of the samples that it takes; none where they are floating point.
    pub(crate) bits: Option<u32>,
    pub(crate) feed: Feed,
    pub(crate) stream: Box<dyn CardStream>,
}

/// The card's end of a stream. The card may rest while it is paused.
pub(crate) trait CardStream {
    fn play(&self) -> Result<(), String>;
    fn pause(&self) -> Result<(), String>;
}

/// See the file's promise.
pub(crate) trait Host {
    /// All cards, in the system's order.
    fn devices(&mut self) -> Result<Vec<OutputDevice>, OutputFault>;
    /// Opens a stream to this card, or to the system's default, at this rate if the card has it, else at its own.
    fn open(
        &mut self,
        device: Option<&str>,
        rate_hz: Option<u32>,
        heed: HeedStream,
    ) -> Result<OpenedStream, OutputFault>;
}
