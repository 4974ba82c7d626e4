//! What is shown to the desktop and steered by it, as this room sees it.

use segue_app::{MediaRequest, NowPlaying};

/// The player that is shown and steered, and the window that it is in.
pub trait MediaPlayer: Send + Sync {
    /// What plays; none of a player that has ended.
    fn now_playing(&self) -> Option<NowPlaying>;
    /// Where the current song is at this instant, in seconds.
    fn position_s(&self) -> f64;
    /// Does what was asked, and returns once it is done.
    fn request(&self, request: &MediaRequest);
    /// Brings the window to the front.
    fn raise(&self);
    /// Ends the program.
    fn quit(&self);
}
