//! The window as the desktop's media controls know it: their requests go to the player or to the window, one line each.

use std::sync::Arc;

use segue_app::{AppError, AppEvent, Desktop, MediaRequest, NowPlaying};
use segue_controls::{MediaControls, MediaPlayer};
use tauri::{AppHandle, Manager};

struct WindowPlayer(AppHandle);

impl MediaPlayer for WindowPlayer {
    fn now_playing(&self) -> Option<NowPlaying> {
        told(self.0.state::<Desktop>().now_playing())
    }

    fn position_s(&self) -> f64 {
        told(self.0.state::<Desktop>().position_s()).unwrap_or_default()
    }

    fn request(&self, request: &MediaRequest) {
        told(self.0.state::<Desktop>().media_request(request));
    }

    fn raise(&self) {
        crate::front::to_front(&self.0);
    }

    fn quit(&self) {
        self.0.exit(0);
    }
}

fn told<T>(answer: Result<T, AppError>) -> Option<T> {
    answer
        .inspect_err(|error| tracing::debug!(%error, "the desktop's media controls got no answer"))
        .ok()
}

/// Shows the player to the desktop. It must be managed by then.
pub(crate) fn start(app: &AppHandle) -> MediaControls {
    MediaControls::start(Arc::new(WindowPlayer(app.clone())), handle(app))
}

/// Has the controls look again where an event says that what they show may have changed.
pub(crate) fn heed(controls: &MediaControls, event: &AppEvent) {
    match event {
        AppEvent::Player { .. } => controls.changed(),
        AppEvent::Position { .. } => controls.moved(),
        _ => {}
    }
}

#[cfg(windows)]
fn handle(app: &AppHandle) -> Option<isize> {
    let window = app.get_webview_window("main")?;
    Some(window.hwnd().ok()?.0 as isize)
}

#[cfg(not(windows))]
fn handle(_: &AppHandle) -> Option<isize> {
    None
}
