//! The window's shell: starts the use cases of `segue-app`, hands them the page's commands and the page their
//! events. It decides nothing: each command is one line.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod covers;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use clap::Parser;
use segue_app::{AppEvent, Desktop, Output, Segue};
use tauri::webview::PlatformWebview;
use tauri::{AppHandle, Emitter, Manager, RunEvent};

/// Segue: plays the music you own.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folders to add to the library
    folders: Vec<PathBuf>,
    /// Where all that Segue writes lies [default: the platform's data folder]
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Where sound goes: `default` (the sound card) or `null` (nowhere, in real time)
    #[arg(long, default_value = "default")]
    output: Output,
}

#[expect(
    unsafe_code,
    reason = "the one way to change the environment, which a library that is loaded later reads"
)]
fn main() {
    // SAFETY: nothing ran before this, so there is no other thread that could read the environment meanwhile.
    for (name, value) in segue_app::OPT_OUTS {
        unsafe { std::env::set_var(name, value) };
    }
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    if let Err(sentence) = run(&arguments) {
        tracing::error!("{sentence}");
        std::process::exit(1);
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    // The page asks for everything when it opens, so events from before there is a window may go unheard.
    let window: Arc<OnceLock<AppHandle>> = Arc::default();
    let hearing = Arc::clone(&window);
    let tell = move |event: AppEvent| {
        if let Some(Err(error)) = hearing.get().map(|app| app.emit("app", event)) {
            tracing::warn!(%error, "an event did not reach the window");
        }
    };
    let desktop = Segue::open(arguments.data_dir.as_deref())
        .and_then(|segue| Desktop::open(segue, arguments.output.clone(), tell))
        .map_err(|error| error.sentence())?;
    for folder in &arguments.folders {
        desktop
            .add_folder(folder)
            .map_err(|error| error.sentence())?;
    }
    let builder = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(
            |app, _arguments, _folder| {
                if let Some(window) = app.get_webview_window("main") {
                    let _ = window.unminimize();
                    let _ = window.set_focus();
                }
            },
        ))
        .plugin(tauri_plugin_dialog::init())
        .manage(desktop)
        .setup(move |app| {
            if let Some(main) = app.get_webview_window("main") {
                main.with_webview(quiet)?;
            }
            let _ = window.set(app.handle().clone());
            Ok(())
        });
    let app = commands::register(covers::serve(builder))
        .build(tauri::generate_context!())
        .map_err(|error| error.to_string())?;
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            app.state::<Desktop>().close();
        }
    });
    Ok(())
}

/// Takes from the web view what could ask a network by itself. WebKitGTK knows no safe browsing, and checks no spelling
/// unless told to; WebView2 gets its switches in `tauri.conf.json` (`additionalBrowserArgs`); WKWebView has none to take.
fn quiet(view: PlatformWebview) {
    #[cfg(target_os = "linux")]
    {
        use webkit2gtk::{SettingsExt, WebContextExt, WebViewExt};
        let view = view.inner();
        if let Some(settings) = view.settings() {
            settings.set_enable_dns_prefetching(false);
            settings.set_enable_hyperlink_auditing(false);
        }
        if let Some(context) = view.context() {
            context.set_spell_checking_enabled(false);
        }
    }
    #[cfg(not(target_os = "linux"))]
    drop(view);
}
