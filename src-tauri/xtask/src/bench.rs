//! `cargo xtask bench [FOLDER]`: what the release build costs in time and memory, on the demo library or a folder of
//! one's own music.
//!
//! Whole processes, three runs each. Of wall time the median is printed; of processor time the least, because what
//! others do on the machine only adds to it. Peers run in turn with us, so that the ratios hold on any machine: MPD makes
//! its database of the same folder, and ffmpeg decodes the same files whole. Where the system does not tell a child's processor time (all but Linux), they are of
//! wall time. Figures inside a process come from the recommend room's own example, which prints `name value unit` lines.

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
    let peer = has_program("mpd").then(|| target().join("bench-mpd"));
    let (mut scans, mut mpd) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        let _ = fs::remove_dir_all(&data);
        scans.push(measure(segue(&["scan"]).arg(&music))?);
        if let Some(home) = &peer {
            mpd.push(mpd_scan(home, &music)?);
        }
    }
    let rescan = median(|| measure(&mut segue(&["scan"])))?;
    // Loudness and outline take the whole of a file; radio waits for the first pass alone.
    let mut passes = Vec::new();
    let analyze = median(|| {
        let mut analyze = segue(&["--json", "analyze", "--again", "--jobs", "1"]);
        let cost = measure(&mut analyze)?;
        passes.push(Passes::of(&cost.said)?);
        Ok(cost)
    })?;
    let two = median(|| measure(&mut segue(&["analyze", "--again", "--jobs", "2"])))?;
    let cpu = [&scans, &mpd].map(|costs| least(costs.iter().map(|cost| cost.cpu_s)));
    print(&format!(
        "scan                            {}",
        middle(scans)
    ));
    if peer.is_some() {
        // MPD scans when nothing else wants the processor, so that its wall time says little.
        print(&format!("scan, mpd                       {}", middle(mpd)));
        if let [Some(ours_s), Some(mpd_s)] = cpu {
            print(&format!(
                "scan / mpd, processor time      {ours_s:8.2} / {mpd_s:.2} s  {:5.2}",
                ours_s / mpd_s
            ));
        }
    }
    print(&format!("rescan, nothing changed         {rescan}"));
    print(&format!("analysis, one job               {analyze}"));
    print(&format!("analysis, two jobs              {two}"));
    print(&format!(
        "one job / two jobs              {:.2}",
        analyze.wall.as_secs_f64() / two.wall.as_secs_f64()
    ));
    if has_program("ffmpeg") {
        let files = audio(&music);
        let mut decodings = Vec::new();
        for _ in 0..RUNS {
            let mut total = Cost::default();
            for file in &files {
                let mut ffmpeg = Command::new("ffmpeg");
                ffmpeg.args(["-nostdin", "-v", "error", "-threads", "1", "-i"]);
                ffmpeg.arg(file).args(["-map", "0:a", "-f", "null", "-"]);
                total.add(&measure(&mut ffmpeg)?);
            }
            decodings.push(total);
        }
        compare(&passes, &decodings, files.len());
    }
    let _ = fs::remove_dir_all(&data);
    Ok(())
}

/// Prints what a track costs: the pass over windows, both passes, and ffmpeg.
fn compare(passes: &[Passes], decodings: &[Cost], files: usize) {
    let cpu = [
        least(passes.iter().map(|passes| passes.listening_cpu_s)),
        least(passes.iter().map(|passes| passes.measuring_cpu_s)),
        least(decodings.iter().map(|cost| cost.cpu_s)),
    ];
    let (what, [listening_s, measuring_s, ffmpeg_s]) = match cpu {
        [Some(listening_s), Some(measuring_s), Some(ffmpeg_s)] => {
            ("processor time", [listening_s, measuring_s, ffmpeg_s])
        }
        _ => {
            let wall = [
                least(passes.iter().map(|passes| Some(passes.listening_s))),
                least(passes.iter().map(|passes| Some(passes.measuring_s))),
                least(decodings.iter().map(|cost| Some(cost.wall.as_secs_f64()))),
            ];
            ("wall time", wall.map(Option::unwrap_or_default))
        }
    };
    let tracks = passes
        .iter()
        .map(|passes| passes.tracks)
        .fold(1.0, f64::max);
    let both_s = listening_s + measuring_s;
    print(&format!(
        "{what} a track, one job: {tracks} tracks here, {files} files for ffmpeg"
    ));
    let line = |name: &str, seconds: f64, count: f64| {
        let ratio = seconds / ffmpeg_s;
        print(&format!(
            "  {name:<30}{:8.1} ms  {ratio:5.2} of ffmpeg",
            1_000.0 * seconds / count
        ));
    };
    line("windows", listening_s, tracks);
    line("windows and whole files", both_s, tracks);
    line("ffmpeg, whole files", ffmpeg_s, files.max(1) as f64);
}

/// The least of values that are all known.
fn least(mut values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    values.try_fold(f64::MAX, |least, value| Some(least.min(value?)))
}

/// What `analyze --json` tells of its two passes.
struct Passes {
    tracks: f64,
    listening_s: f64,
    measuring_s: f64,
    listening_cpu_s: Option<f64>,
    measuring_cpu_s: Option<f64>,
}

impl Passes {
    fn of(said: &str) -> Outcome<Self> {
        let json: serde_json::Value = serde_json::from_str(said)
            .map_err(|error| Failure::new(format!("analyze told no JSON: {error}: {said}")))?;
        let number = |name: &str| {
            let value = json[name].as_f64();
            value.ok_or_else(|| Failure::new(format!("analyze told no {name}: {said}")))
        };
        Ok(Self {
            tracks: number("analyzed")?,
            listening_s: number("listening_seconds")?,
            measuring_s: number("measuring_seconds")?,
            listening_cpu_s: json["listening_cpu_seconds"].as_f64(),
            measuring_cpu_s: json["measuring_cpu_seconds"].as_f64(),
        })
    }
}

/// What one run of a program cost.
struct Cost {
    wall: Duration,
    /// Processor time, user and system, where the system tells it.
    cpu_s: Option<f64>,
    /// Highest resident memory in KiB, where the system tells it.
    peak_kib: Option<u64>,
    /// What it printed.
    said: String,
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            wall: Duration::ZERO,
            cpu_s: Some(0.0),
            peak_kib: None,
            said: String::new(),
        }
    }
}

impl Cost {
    /// Adds another program's time.
    fn add(&mut self, other: &Cost) {
        self.wall += other.wall;
        self.cpu_s = self.cpu_s.zip(other.cpu_s).map(|(a, b)| a + b);
    }
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:8.3} s", self.wall.as_secs_f64())?;
        if let Some(cpu_s) = self.cpu_s {
            write!(f, "  {cpu_s:8.2} s of processor")?;
        }
        match self.peak_kib {
            Some(kib) => write!(f, "  {:7.1} MiB", kib as f64 / 1024.0),
            None => Ok(()),
        }
    }
}

fn median(mut run: impl FnMut() -> Outcome<Cost>) -> Outcome<Cost> {
    (0..RUNS)
        .map(|_| run())
        .collect::<Outcome<Vec<_>>>()
        .map(middle)
}

/// The run of the median wall time.
fn middle(mut costs: Vec<Cost>) -> Cost {
    costs.sort_by_key(|cost| cost.wall);
    costs.swap_remove(costs.len() / 2)
}

/// What MPD's first look at `music` costs, in a new `home`: it writes its database when it has seen everything.
fn mpd_scan(home: &Path, music: &Path) -> Outcome<Cost> {
    let failed = |error| Failure::new(format!("cannot prepare {}: {error}", home.display()));
    let _ = fs::remove_dir_all(home);
    fs::create_dir_all(home).map_err(failed)?;
    let database = home.join("database");
    let config = home.join("mpd.conf");
    let at = |name: &str| home.join(name).display().to_string();
    let text = format!(
        "music_directory \"{}\"\ndb_file \"{}\"\nlog_file \"{}\"\nbind_to_address \"{}\"\n\
         zeroconf_enabled \"no\"\naudio_output {{\n type \"null\"\n name \"none\"\n}}\n",
        music.display(),
        database.display(),
        at("log"),
        at("socket"),
    );
    fs::write(&config, text).map_err(failed)?;
    let mut mpd = Command::new("mpd");
    let cost = measure_until(mpd.arg("--no-daemon").arg(&config), || database.exists());
    let _ = fs::remove_dir_all(home);
    cost
}

fn measure(command: &mut Command) -> Outcome<Cost> {
    measure_until(command, || false)
}

/// Measures a program up to its end, or until it is `done`, when it is ended.
fn measure_until(command: &mut Command, done: impl Fn() -> bool) -> Outcome<Cost> {
    let (begun, cpu_before) = (Instant::now(), children_cpu_s());
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
    let mut is_done = false;
    let ended = loop {
        // The high-water mark only grows, so the last reading before the end is the peak.
        peak_kib = high_water_kib(&status).or(peak_kib);
        match child.try_wait() {
            Ok(Some(ended)) => break ended,
            Ok(None) if !is_done && done() => {
                is_done = true;
                let _ = child.kill();
            }
            Ok(None) => std::thread::sleep(Duration::from_millis(2)),
            Err(error) => {
                return Err(Failure::new(format!(
                    "lost a program under measurement: {error}"
                )));
            }
        }
    };
    if !is_done && !ended.success() {
        return Err(Failure::new(format!(
            "{:?} ended with {ended}",
            command.get_program()
        )));
    }
    let wall = begun.elapsed();
    let said = said.map_or_else(String::new, |said| said.join().unwrap_or_default());
    let cpu = children_cpu_s().zip(cpu_before);
    Ok(Cost {
        wall,
        cpu_s: cpu.map(|(after, before)| after - before),
        peak_kib,
        said,
    })
}

/// Processor time of all children that ended, from `/proc` (proc_pid_stat(5): fields 16 and 17, in hundredths of a
/// second). Differences round to a hundredth, sums of them no worse.
fn children_cpu_s() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, the program's name, stands in parentheses and may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks = rest.split_whitespace().skip(13).take(2);
    let ticks: Vec<f64> = ticks.map_while(|field| field.parse().ok()).collect();
    (ticks.len() == 2).then(|| ticks.iter().sum::<f64>() / 100.0)
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
