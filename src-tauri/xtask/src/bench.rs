//! `cargo xtask bench`: what the release build costs in time and memory.
//!
//! Whole processes, three runs each, the median printed; the peer is ffmpeg decoding the same files in the
//! same run, so that the ratio holds on any machine. Figures inside a process come from the recommend room's
//! own example, which prints `name value unit` lines.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::setup;
use crate::shell::{Failure, Outcome, built, cargo, has_program, print, root, step, target};

const RUNS: usize = 3;

pub(crate) fn bench() -> Outcome {
    setup::everything(setup::For::Running)?;
    step(
        "building the segue command for release",
        &mut cargo(&["build", "--release", "-p", "segue-cli"]),
    )?;
    let example = [
        "run",
        "--release",
        "-p",
        "segue-recommend",
        "--example",
        "bench_recommend",
    ];
    step("the recommend room, in one thread", &mut cargo(&example))?;

    let demo = root().join("assets/demo");
    let data = target().join("bench-data");
    let segue = |arguments: &[&str]| {
        let mut command = Command::new(built("release", "segue"));
        command.arg("--data-dir").arg(&data).args(arguments);
        command
    };
    let scan = median(|| {
        let _ = fs::remove_dir_all(&data);
        measure(segue(&["scan"]).arg(&demo))
    })?;
    let rescan = median(|| measure(&mut segue(&["scan"])))?;
    let analyze = median(|| measure(&mut segue(&["analyze", "--again", "--jobs", "1"])))?;
    print(&format!("scan of the demo library        {scan}"));
    print(&format!("rescan, nothing changed         {rescan}"));
    print(&format!("analysis, both passes, one job  {analyze}"));
    if has_program("ffmpeg") {
        let files = audio(&demo);
        let decode = median(|| {
            let mut ffmpeg = Command::new("ffmpeg");
            ffmpeg.args(["-nostdin", "-v", "error", "-threads", "1"]);
            for file in &files {
                ffmpeg.arg("-i").arg(file);
            }
            for index in 0..files.len() {
                ffmpeg.args(["-map", &format!("{index}:a"), "-f", "null", "-"]);
            }
            measure(&mut ffmpeg)
        })?;
        print(&format!("ffmpeg decoding the same files  {decode}"));
        print(&format!(
            "analysis / ffmpeg decode        {:.2}",
            analyze.wall.as_secs_f64() / decode.wall.as_secs_f64()
        ));
    }
    let _ = fs::remove_dir_all(&data);
    Ok(())
}

/// What one run of a program cost.
struct Cost {
    wall: Duration,
    /// Highest resident memory in KiB, where the system tells it.
    peak_kib: Option<u64>,
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:8.3} s", self.wall.as_secs_f64())?;
        match self.peak_kib {
            Some(kib) => write!(f, "  {:7.1} MiB", kib as f64 / 1024.0),
            None => Ok(()),
        }
    }
}

fn median(mut run: impl FnMut() -> Outcome<Cost>) -> Outcome<Cost> {
    let mut costs = (0..RUNS).map(|_| run()).collect::<Outcome<Vec<_>>>()?;
    costs.sort_by_key(|cost| cost.wall);
    Ok(costs.swap_remove(RUNS / 2))
}

fn measure(command: &mut Command) -> Outcome<Cost> {
    let begun = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            Failure::new(format!("cannot start {:?}: {error}", command.get_program()))
        })?;
    let status = format!("/proc/{}/status", child.id());
    let mut peak_kib = None;
    let ended = loop {
        // The high-water mark only grows, so the last reading before the end is the peak.
        peak_kib = high_water_kib(&status).or(peak_kib);
        match child.try_wait() {
            Ok(Some(ended)) => break ended,
            Ok(None) => std::thread::sleep(Duration::from_millis(2)),
            Err(error) => {
                return Err(Failure::new(format!(
                    "lost a program under measurement: {error}"
                )));
            }
        }
    };
    if !ended.success() {
        return Err(Failure::new(format!(
            "{:?} ended with {ended}",
            command.get_program()
        )));
    }
    Ok(Cost {
        wall: begun.elapsed(),
        peak_kib,
    })
}

fn high_water_kib(status: &str) -> Option<u64> {
    let status = fs::read_to_string(status).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn audio(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(audio(&path));
        } else if path.extension().is_some_and(|ending| ending == "opus") {
            found.push(path);
        }
    }
    found.sort();
    found
}
