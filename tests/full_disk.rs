//! The `segue` command on a disk that becomes full, sooner and later: it ends with a sentence and status 1, and what is
//! done again when there is room comes out as if nothing had failed.
//!
//! The disk is a bound on the size of any file that the process writes (`ulimit -f`), whose signal is ignored: what
//! goes beyond is refused, as it is where no room is left.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::playlists::{copy, songs};
use crate::world::{World, demo, segue};

/// No command here takes so long: one that does hangs.
const WATCHDOG: Duration = Duration::from_secs(120);

/// Runs the command where no file may be longer than so many blocks. How it ended, and what it said.
fn run_within(world: &World, blocks: usize, arguments: &[&str]) -> (ExitStatus, String) {
    let mut child = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\""])
        .arg(blocks.to_string())
        .arg(segue())
        .arg("--data-dir")
        .arg(world.path("data"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        // A pipe is no file, and is not bounded.
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begun.elapsed() > WATCHDOG {
            child.kill().unwrap();
            panic!("segue {arguments:?} hangs within {blocks} blocks");
        }
        thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    (
        output.status,
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

/// All that a listener would miss.
fn told(world: &World) -> Vec<Value> {
    let mut told = Vec::new();
    let found = world.json(&["tracks", "--limit", "1000", "--sort", "path"]);
    for track in found["tracks"].as_array().unwrap() {
        told.extend(
            ["path", "title", "album", "plays", "rating"].map(|field| track[field].clone()),
        );
    }
    let plays = world.run(&["plays", "export"]).stdout;
    told.push(String::from_utf8(plays).unwrap().into());
    for list in world.json(&["playlist", "list"])["playlists"]
        .as_array()
        .unwrap()
    {
        told.push(list["name"].clone());
        told.extend(songs(world, &list["id"].to_string(), "path"));
    }
    told
}

/// Runs a command within more and more blocks, each time in a copy of the library that `prepare` made, until it succeeds.
fn check(step: usize, prepare: impl FnOnce(&World) -> Vec<String>) {
    let template = World::new();
    let arguments = prepare(&template);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let fresh = || {
        let world = World::new();
        if template.path("data").exists() {
            copy(&template.path("data"), &world.path("data"));
        }
        world
    };
    let undisturbed = fresh();
    assert!(undisturbed.run(&arguments).status.success());
    let after = told(&undisturbed);

    let mut failed = 0;
    for blocks in (0..).step_by(step) {
        let world = fresh();
        let (status, said) = run_within(&world, blocks, &arguments);
        let when = format!("segue {arguments:?} within {blocks} blocks: {said}");
        if !status.success() {
            failed += 1;
            assert_eq!(status.code(), Some(1), "{when}");
            let complaint = said.lines().last().unwrap_or_default();
            assert!(complaint.starts_with("segue: cannot "), "{when}");
            assert!(complaint.contains("data"), "{when}");
            let again = world.run(&arguments);
            assert!(again.status.success(), "again, {when}: {again:?}");
        }
        assert_eq!(told(&world), after, "after {when}");
        assert_eq!(
            world.json(&["doctor"])["database"]["integrity"],
            "ok",
            "{when}"
        );
        if status.success() {
            break;
        }
    }
    assert!(failed >= 3, "{arguments:?} failed {failed} times");
}

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments
        .iter()
        .map(|argument| (*argument).to_owned())
        .collect()
}

#[test]
fn a_scan_goes_on_when_there_is_room() {
    check(128, |_| owned(&["scan", &demo()]));
}

#[test]
fn a_history_comes_in_when_there_is_room() {
    check(64, |world| {
        world.json(&["scan", &demo()]);
        let line = |n: usize| {
            let at = format!(
                "2024-01-{:02}T{:02}:{:02}:00Z",
                n / 1440 + 1,
                n / 60 % 24,
                n % 60
            );
            serde_json::json!({"at": at, "artist": "Ann", "title": format!("Song {n}"), "listened_s": 180}).to_string()
        };
        let lines: Vec<String> = (0..2500).map(line).collect();
        let file = world.path("plays.jsonl");
        fs::write(&file, lines.join("\n")).unwrap();
        owned(&["plays", "import", file.to_str().unwrap()])
    });
}

#[test]
fn a_playlist_and_a_like_are_kept_when_there_is_room() {
    check(16, |world| {
        world.json(&["scan", &demo()]);
        let file = world.path("list.m3u8");
        let folder = Path::new(&demo()).join("Slow Weather");
        let mut songs: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        songs.sort();
        let lines: Vec<String> = songs
            .iter()
            .map(|path| path.to_str().unwrap().to_owned())
            .collect();
        fs::write(&file, lines.join("\n")).unwrap();
        owned(&["playlist", "import", file.to_str().unwrap()])
    });
    check(16, |world| {
        world.json(&["scan", &demo()]);
        let first = world.json(&["tracks", "--sort", "path"])["tracks"][0]["id"].to_string();
        owned(&["like", &first])
    });
}
