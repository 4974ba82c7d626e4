//! What Segue recommends when it is asked: stations and neighbours, mixes, and ways from one song to another.

mod mixes;
mod stations;

pub(crate) use mixes::{no_mix, today};
pub use stations::RadioRequest;
pub(crate) use stations::{DISCOVERY, Next};
