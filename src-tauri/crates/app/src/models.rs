//! The models that Segue can analyse with: which one analyses, whose vectors serve, and importing others.

mod imported;
mod manager;
mod serving;
mod trial;

pub(crate) use manager::{ModelManager, Uncovered, default_jobs};
pub use trial::try_model;
