//! `cargo xtask run`: the player on one's own music, or on the demo library; without a display, the tour.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::setup;
use crate::shell::{
    Failure, Outcome, built, cargo, npm, output, print, root, run as execute, say, step, target,
};

pub(crate) fn run(arguments: &[String]) -> Outcome {
    setup::everything(setup::For::Running)?;
    if has_display() {
        window(arguments)
    } else {
        tour()
    }
}

fn has_display() -> bool {
    !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| env::var_os(name).is_some_and(|v| !v.is_empty()))
}

/// Builds the window as it ships: the page inside the program, no development server. The command is built beside it.
pub(crate) fn build_window() -> Outcome {
    step(
        "building the window's page",
        &mut npm("ui", &["run", "--silent", "build"]),
    )?;
    let both = [
        "build",
        "-p",
        "segue-window",
        "-p",
        "segue-cli",
        "--features",
        "segue-window/custom-protocol",
    ];
    step(
        "building the player and the segue command",
        &mut cargo(&both),
    )
}

fn window(arguments: &[String]) -> Outcome {
    build_window()?;
    let mut player = Command::new(built("debug", "segue-window"));
    player.args(arguments);
    if arguments.is_empty() {
        match music_folder() {
            Some(music) => {
                say(&format!("opening Segue on {}", music.display()));
                player.arg(music);
            }
            None => {
                let data = target().join("demo-data");
                say(&format!(
                    "no music folder found: opening the demo library (data in {})",
                    data.display()
                ));
                player
                    .arg("--data-dir")
                    .arg(data)
                    .arg(root().join("assets/demo"));
            }
        }
    }
    execute("playing", &mut player)
}

/// The user's music folder, if there is music in it.
fn music_folder() -> Option<PathBuf> {
    let home = PathBuf::from(env::var_os(if cfg!(windows) {
        "USERPROFILE"
    } else {
        "HOME"
    })?);
    let named = Command::new("xdg-user-dir").arg("MUSIC").output().ok();
    let named = named.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    [named, Some(home.join("Music"))]
        .into_iter()
        .flatten()
        .find(|folder| *folder != home && holds_music(folder, 4))
}

fn holds_music(folder: &Path, depth: u32) -> bool {
    const ENDINGS: [&str; 9] = [
        "mp3", "flac", "m4a", "ogg", "opus", "wav", "aif", "aiff", "aac",
    ];
    let Ok(entries) = folder.read_dir() else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path = entry.path();
        let ending = path
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase());
        let is_music = ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()));
        is_music || (depth > 0 && path.is_dir() && holds_music(&path, depth - 1))
    })
}

/// The demo tour: scan, analysis, a radio with its reasons, and the sound of its first seam.
fn tour() -> Outcome {
    step(
        "building the segue command",
        &mut cargo(&["build", "-p", "segue-cli"]),
    )?;
    let data = target().join("demo-data");
    let segue = |arguments: &[&str]| {
        let mut command = Command::new(built("debug", "segue"));
        command.arg("--data-dir").arg(&data).args(arguments);
        command
    };
    let demo = root().join("assets/demo");
    let demo = demo
        .to_str()
        .ok_or_else(|| Failure::new("the path of this folder is not Unicode"))?;
    say("no display here: a tour of the demo library on the command line");
    step("segue scan assets/demo", &mut segue(&["scan", demo]))?;
    step("segue analyze", &mut segue(&["analyze"]))?;
    let seed = &json(&mut segue(&["--json", "tracks", "--limit", "1"]))?["tracks"][0];
    let id = seed["id"].to_string();
    step(
        &format!("segue radio {id} --count 8"),
        &mut segue(&["radio", &id, "--count", "8"]),
    )?;
    let words = "words:calm piano, no drums";
    step(
        &format!("segue radio \"{words}\" --count 4"),
        &mut segue(&["radio", words, "--count", "4"]),
    )?;
    step("segue mix --list", &mut segue(&["mix", "--list"]))?;
    let radio = json(&mut segue(&["--json", "radio", &id, "--count", "1"]))?;
    let (Some(from), Some(to)) = (
        seed["path"].as_str(),
        radio["tracks"][0]["track"]["path"].as_str(),
    ) else {
        return Err(Failure::new("the radio of the demo library is empty"));
    };
    let start = format!(
        "{:.3}",
        (seed["duration_s"].as_f64().unwrap_or(0.0) - 8.0).max(0.0)
    );
    let seam = target().join("demo-seam.wav");
    let wav = format!("wav:{}", seam.display());
    step(
        "rendering the first seam: the last 8 s of the seed, the first 8 s of what follows",
        &mut segue(&[
            "play", from, to, "--start", &start, "--length", "16", "--output", &wav,
        ]),
    )?;
    print(&format!("the seam is in {}", seam.display()));
    Ok(())
}

fn json(command: &mut Command) -> Outcome<Value> {
    serde_json::from_str(&output("asking segue", command)?)
        .map_err(|error| Failure::new(format!("segue printed no JSON: {error}")))
}
