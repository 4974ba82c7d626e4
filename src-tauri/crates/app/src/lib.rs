//! The use cases of Segue: what a person or a script can ask of it.
//!
//! This room wires the others. It owns the clock, the seeds of chance, the threads of long work with their progress,
//! and the shapes that leave the process. [`Segue`] is what the command line and the window share; [`Desktop`] adds
//! what lives only as long as a window does: the player, the jobs in the background and the watcher.

mod analysis;
mod convert;
mod desktop;
mod doctor;
mod lock;
mod models;
mod output;
mod places;
mod player;
mod playlists;
mod plays;
mod recommend;
mod render;
mod segue;
mod sound;
mod taste;
#[cfg(test)]
mod testing;
mod thread;
#[expect(
    missing_docs,
    reason = "the contract's names speak; what they do not say is documented"
)]
mod wire;

pub use analysis::{AnalyzeProgress, AnalyzeRequest};
pub use desktop::Desktop;
pub use models::try_model;
pub use player::{MediaRequest, NowPlaying, NowPlayingSong};
pub use recommend::RadioRequest;
pub use render::{AudioOutput, PlayReport, PlayRequest, Playing};
pub use segue::{Segue, TrackSort};
pub use segue_analysis::{ModelSource, NetworkFile, OPT_OUTS, Provider};
pub use segue_core::{
    ChosenDevice, Crossfade, Equalizer, EqualizerPreset, LoudnessMode, LoudnessSettings,
    OutputSettings, PlaySource, Rating,
};
pub use segue_exchange::history::HistoryFormat;
pub use segue_library::ScanProgress;
pub use wire::*;
