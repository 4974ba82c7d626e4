//! The networks that Segue can listen with: which listens, whose vectors serve, and taking in those of other people.

mod imported;
mod manager;
mod serving;
mod trial;

pub(crate) use manager::{ModelManager, Uncovered, default_jobs};
pub use trial::try_model;
