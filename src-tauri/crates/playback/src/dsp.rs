//! What is done to all sound, behind the ring and in the output's callback: equaliser, limiter and dither.
//!
//! `design.rs` makes digital filters of what the listener set, on the engine's thread; `bank.rs`, `limiter.rs` and `dither.rs`
//! work on samples; `chain.rs` puts them together and changes from one setting to the next without a click.

mod bank;
mod chain;
mod design;
mod dither;
mod limiter;

pub(crate) use chain::{Chain, Remote, chain};
pub(crate) use design::Design;
pub(crate) use limiter::Limiter;
