//! What the network hears: of the library, in the background or at a command, and of single files.

mod files;
mod library;

pub(crate) use library::Limit;
pub use library::{AnalyzeProgress, AnalyzeRequest};
