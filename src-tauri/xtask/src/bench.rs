//! `cargo xtask bench [FOLDER]`: what the release build costs in time and memory, on the demo library or a folder of
//! one's own music.
//!
//! Whole processes, three runs each, the median printed; the peer is ffmpeg decoding the same files in the
//! same run, so that the ratio holds on any machine. Figures inside a process come from the recommend room's
//! own example, which prints `name value unit` lines.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::setup;
use crate::shell::{Failure, Outcome, built, cargo, has_program, print, root, step, target};

const RUNS: usize = 3;

/// Files that ffmpeg is asked to decode beside us.
const ENDINGS: &[&str] = &["flac", "m4a", "mp3", "ogg", "opus", "wav"];

pub(crate) fn bench(folder: Option<&str>) -> Outcome {
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

    let music = match folder {
        Some(folder) => std::path::absolute(folder)
            .map_err(|error| Failure::new(format!("cannot find {folder}: {error}")))?,
        None => root().join("assets/demo"),
    };
    let data = target().join("bench-data");
    let segue = |arguments: &[&str]| {
        let mut command = Command::new(built("release", "segue"));
        command.arg("--data-dir").arg(&data).args(arguments);
        command
    };
    let scan = median(|| {
        let _ = fs::remove_dir_all(&data);
        measure(segue(&["scan"]).arg(&music))
    })?;
    let rescan = median(|| measure(&mut segue(&["scan"])))?;
    // Loudness and outline take the whole of a file; radio waits for the first pass alone.
    let mut listening_s = Vec::new();
    let analyze = median(|| {
        let mut analyze = segue(&["--json", "analyze", "--again", "--jobs", "1"]);
        let cost = measure(&mut analyze)?;
        listening_s.push(field(&cost.said, "listening_seconds")?);
        Ok(cost)
    })?;
    listening_s.sort_by(f64::total_cmp);
    let listening_s = listening_s[RUNS / 2];
    let two = median(|| measure(&mut segue(&["analyze", "--again", "--jobs", "2"])))?;
    print(&format!("scan                            {scan}"));
    print(&format!("rescan, nothing changed         {rescan}"));
    print(&format!("analysis, one job               {analyze}"));
    print(&format!(
        "  of this by windows            {listening_s:8.3} s"
    ));
    print(&format!("analysis, two jobs              {two}"));
    print(&format!(
        "one job / two jobs              {:.2}",
        analyze.wall.as_secs_f64() / two.wall.as_secs_f64()
    ));
    if has_program("ffmpeg") {
        let files = audio(&music);
        let decode = median(|| {
            let mut total = Duration::ZERO;
            for file in &files {
                let mut ffmpeg = Command::new("ffmpeg");
                ffmpeg.args(["-nostdin", "-v", "error", "-threads", "1", "-i"]);
                ffmpeg.arg(file).args(["-map", "0:a", "-f", "null", "-"]);
                total += measure(&mut ffmpeg)?.wall;
            }
            Ok(Cost {
                wall: total,
                peak_kib: None,
                said: String::new(),
            })
        })?;
        let ratio = |seconds: f64| seconds / decode.wall.as_secs_f64();
        print(&format!("ffmpeg decoding the same files  {decode}"));
        print(&format!(
            "windows / ffmpeg                {:.2}",
            ratio(listening_s)
        ));
        print(&format!(
            "analysis / ffmpeg               {:.2}",
            ratio(analyze.wall.as_secs_f64())
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
    /// What it printed.
    said: String,
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
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            Failure::new(format!("cannot start {:?}: {error}", command.get_program()))
        })?;
    // Read as it comes: a pipe that fills up would hold the program.
    let said = child.stdout.take().map(|mut stdout| {
        std::thread::spawn(move || {
            let mut said = String::new();
            _ = stdout.read_to_string(&mut said);
            said
        })
    });
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
    let wall = begun.elapsed();
    let said = said.map_or_else(String::new, |said| said.join().unwrap_or_default());
    Ok(Cost {
        wall,
        peak_kib,
        said,
    })
}

/// A number out of a line of JSON.
fn field(json: &str, name: &str) -> Outcome<f64> {
    let value = json.split_once(&format!("\"{name}\":"));
    let digits = value.map(|(_, rest)| {
        rest.split(|c: char| c != '.' && !c.is_ascii_digit())
            .next()
            .unwrap_or_default()
    });
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| Failure::new(format!("no {name} was told: {json}")))
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
        } else if path.extension().is_some_and(|ending| {
            ENDINGS.contains(&&*ending.to_string_lossy().to_ascii_lowercase())
        }) {
            found.push(path);
        }
    }
    found.sort();
    found
}
