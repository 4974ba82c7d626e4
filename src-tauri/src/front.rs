//! The window in front of the others, when somebody asks for it from outside.

use tauri::{AppHandle, Manager};

/// Brings the window to the front.
pub(crate) fn to_front(app: &AppHandle) {
    if let Some(window) = app.get_webview_window("main") {
        let _ = window.unminimize();
        let _ = window.set_focus();
    }
}
