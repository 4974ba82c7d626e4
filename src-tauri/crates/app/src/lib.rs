//! The use cases of Segue: what a person or a script can ask of it.
//!
//! This room wires the others. It owns the clock, the seeds of chance, the threads of long work with their progress,
//! and the shapes that leave the process. [`Segue`] is what the command line and the window share; [`Desktop`] adds
//! what lives only as long as a window does: the player, the jobs in the background and the watcher.

#[cfg(test)]
mod agreement;
mod analyze;
mod convert;
mod desktop;
mod doctor;
#[expect(
    missing_docs,
    reason = "the contract's names speak; what they do not say is documented"
)]
mod dto;
mod ear;
mod error;
#[cfg(test)]
mod failing;
mod feedback;
mod job;
mod kept_source;
mod learning;
mod listen;
mod lock;
mod mixes;
mod models;
mod places;
mod player;
mod playlists;
mod plays;
mod recommended;
mod render;
mod reports;
mod segue;
mod snapshot;
mod stations;
mod taste;
#[cfg(test)]
mod testing;
mod thread;

pub use analyze::{AnalyzeProgress, AnalyzeRequest};
pub use desktop::Desktop;
pub use dto::*;
pub use error::AppError;
pub use models::try_model;
pub use render::{AudioOutput, PlayReport, Playing};
pub use reports::*;
pub use segue::{Segue, TrackSort};
pub use segue_analysis::{ModelSource, OPT_OUTS, Provider};
pub use segue_exchange::history::HistoryFormat;
pub use segue_library::ScanProgress;
pub use stations::RadioRequest;
