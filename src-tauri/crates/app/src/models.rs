//! The models that Segue can analyse with: which one analyses, whose vectors serve, and importing others.

mod closely;
mod idle;
mod imported;
mod manager;
mod serving;
mod trial;

pub(crate) use closely::why_not_now;
pub(crate) use manager::{Coverage, ModelManager, default_jobs};
pub use trial::try_model;
