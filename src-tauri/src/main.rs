//! The window's shell: starts the use cases of `segue-app`, hands them the page's commands and the page their
//! events. It decides nothing: each command is one line.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod commands;
mod controls;
mod covers;
mod front;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use clap::Parser;
use clap::builder::{OsStringValueParser, TypedValueParser};
use segue_app::{AppError, AppEvent, AudioOutput, Desktop, Notice, Segue};
use segue_controls::MediaControls;
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
    #[arg(long, default_value = "default", value_parser = OsStringValueParser::new().try_map(|text| AudioOutput::parse(&text)))]
    output: AudioOutput,
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
    // Where there is no graphics card, WebKit would put its layers together as if there were one, in software: the whole
    // window for each change of a line in it. Without that, only what changed is painted. (A WebDriver's key presses are then
    // never answered, so that a window which is driven keeps its layers.)
    #[cfg(target_os = "linux")]
    if !has_graphics() && std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_none() {
        // SAFETY: as above.
        unsafe { std::env::set_var("WEBKIT_DISABLE_DMABUF_RENDERER", "1") };
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
    let media: Arc<OnceLock<MediaControls>> = Arc::default();
    let (hearing, showing) = (Arc::clone(&window), Arc::clone(&media));
    let tell = move |event: AppEvent| {
        if let Some(media) = showing.get() {
            controls::heed(media, &event);
        }
        if let Some(Err(error)) = hearing.get().map(|app| app.emit("app", event)) {
            tracing::warn!(%error, "an event did not reach the window");
        }
    };
    let builder = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(started_again))
        .plugin(tauri_plugin_dialog::init())
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
    // Only now: had another Segue been running, it would have been told of this start, and this process be gone. Before
    // that nothing may be opened, scanned or played. The page comes up in `run`.
    let desktop = Segue::open(arguments.data_dir.as_deref())
        .and_then(|segue| Desktop::open(segue, arguments.output.clone(), tell))
        .map_err(|error| error.to_string())?;
    add_folders(&desktop, &arguments.folders).map_err(|error| error.to_string())?;
    app.manage(desktop);
    let _ = media.set(controls::start(app.handle()));
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            app.state::<Desktop>().close();
        }
    });
    Ok(())
}

fn add_folders(desktop: &Desktop, folders: &[PathBuf]) -> Result<(), AppError> {
    folders
        .iter()
        .try_for_each(|folder| desktop.add_folder(folder))
}

/// Somebody started Segue once more: its window comes to the front, and the folders named are added here.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the plugin hands its arguments over"
)]
fn started_again(app: &AppHandle, arguments: Vec<String>, folder: String) {
    front::to_front(app);
    let told = match Arguments::try_parse_from(&arguments) {
        Ok(told) => told,
        Err(error) => return tracing::warn!(%error, "another start was not understood"),
    };
    let folders: Vec<PathBuf> = told
        .folders
        .iter()
        .map(|named| Path::new(&folder).join(named))
        .collect();
    let app = app.clone();
    // This is the thread that messages come in by, and a folder that sleeps takes its time.
    std::thread::spawn(move || {
        let added = match app.try_state::<Desktop>() {
            Some(desktop) => add_folders(&desktop, &folders)
                .map_err(|problem| Notice::FolderNotAdded { problem }),
            None if folders.is_empty() => Ok(()),
            None => Err(Notice::StillStarting),
        };
        if let Err(notice) = added {
            tracing::warn!(?notice, "a folder was not added");
            let _ = app.emit("app", AppEvent::Notice { notice });
        }
    });
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
        }
        if let Some(context) = view.context() {
            context.set_spell_checking_enabled(false);
        }
    }
    #[cfg(not(target_os = "linux"))]
    drop(view);
}

/// Whether there is a graphics card to paint with: the kernel shows each as a render node.
#[cfg(target_os = "linux")]
fn has_graphics() -> bool {
    std::fs::read_dir("/dev/dri").is_ok_and(|nodes| {
        nodes
            .flatten()
            .any(|node| node.file_name().to_string_lossy().starts_with("renderD"))
    })
}
