//! The desktop's media controls: media keys, headsets, lock screens and panels see through them what plays, and steer it.
//!
//! This room is a skin of the player beside the window and the command: it tells MPRIS 2.2 (on Linux, over the session's bus),
//! Windows' transport controls and macOS' now playing what [`NowPlaying`](segue_app::NowPlaying) says, and hands on what they ask. It decides nothing
//! about either. Where there is no bus, or no desktop that listens, there is nothing to see and no error to show.

mod media_player;
#[cfg(target_os = "linux")]
mod mpris;
mod playhead;
#[cfg(any(windows, target_os = "macos"))]
mod system;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::Builder;
use std::time::Instant;

use segue_app::PlayerStatus;

pub use media_player::MediaPlayer;

#[cfg(target_os = "linux")]
use mpris::Controls;
use playhead::Playhead;
#[cfg(any(windows, target_os = "macos"))]
use system::Controls;

/// What may have changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    Player,
    Position,
}

/// The media controls, shown as long as the program runs.
#[derive(Debug)]
pub struct MediaControls {
    changes: Sender<News>,
}

impl MediaControls {
    /// Shows the player to the desktop. `window` is the handle of the program's window: on Windows the controls are a window's.
    /// To be called on the main thread, where macOS wants its handlers.
    pub fn start(player: Arc<dyn MediaPlayer>, window: Option<isize>) -> Self {
        let (changes, seen) = channel();
        match Controls::connect(Arc::clone(&player), window) {
            Ok(controls) => {
                let follow = move || follow(controls, &*player, &seen);
                let thread = Builder::new()
                    .name("segue-controls".to_owned())
                    .spawn(follow);
                if let Err(error) = thread {
                    tracing::warn!(%error, "the desktop's media controls are not kept up to date");
                }
                _ = changes.send(News::Player);
            }
            // A server, a container, a bare window manager: nobody there would look.
            Err(error) => tracing::debug!(error, "no media controls on this desktop"),
        }
        Self { changes }
    }

    /// The player may have changed.
    pub fn changed(&self) {
        // Fails only where nobody looks.
        _ = self.changes.send(News::Player);
    }

    /// The song has gone on, or its position was set.
    pub fn moved(&self) {
        _ = self.changes.send(News::Position);
    }
}

/// Keeps the controls up to date. Of changes that wait, one look serves all.
fn follow(mut controls: Controls, player: &dyn MediaPlayer, changes: &Receiver<News>) {
    let mut playhead = Playhead::default();
    let mut song = (None, false);
    while let Ok(first) = changes.recv() {
        let mut changed = first == News::Player;
        changed |= changes.try_iter().any(|change| change == News::Player);
        if changed {
            let Some(now) = player.now_playing() else {
                return;
            };
            let entry = now.song.as_ref().map(|song| song.entry);
            song = (entry, now.status == PlayerStatus::Playing);
            controls.show(now);
        }
        let position_s = player.position_s();
        let (entry, playing) = song;
        let jumped = playhead.jumped(entry, playing, position_s, Instant::now());
        controls.place(position_s, jumped);
    }
}
