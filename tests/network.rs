//! Nothing leaves the machine: every command that reads, listens or plays runs in a cage where a socket to the internet is
//! the end of the program (`cage.rs`), in a home that is empty, and leaves nothing there. The
//! window's visits run in the same cage (`window.rs`).

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::world::{demo, root, segue};

/// The cage, as cargo built it for this test.
pub(crate) const CAGE: &str = env!("CARGO_BIN_EXE_segue-cage");

/// The signal that the kernel kills with over a forbidden call (man 7 signal).
const SIGSYS: i32 = 31;

/// A home of nobody's: empty, and all that a program takes for its user's folders lies in it.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "tmp", "out"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs a program in the cage, in this home.
    fn run(&self, program: &Path, arguments: &[&str]) -> Output {
        let home = self.path("home");
        let mut command = Command::new(CAGE);
        command
            .arg(program)
            .args(arguments)
            .current_dir(&home)
            .stdin(Stdio::null())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home)
            .env("TMPDIR", self.path("tmp"));
        for (name, folder) in [
            ("XDG_CONFIG_HOME", ".config"),
            ("XDG_DATA_HOME", ".local/share"),
            ("XDG_STATE_HOME", ".local/state"),
            ("XDG_CACHE_HOME", ".cache"),
            ("XDG_RUNTIME_DIR", "run"),
        ] {
            command.env(name, home.join(folder));
        }
        if let Some(library) = std::env::var_os("ORT_DYLIB_PATH") {
            command.env("ORT_DYLIB_PATH", library);
        }
        command.output().unwrap()
    }

    /// `segue`, with its data where it puts it by itself.
    fn segue(&self, arguments: &[&str]) -> Value {
        let all = [&["--json"], arguments].concat();
        let output = self.run(segue(), &all);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_ne!(
            output.status.signal(),
            Some(SIGSYS),
            "segue {arguments:?} reached for the internet: {said}"
        );
        assert!(output.status.success(), "segue {arguments:?}: {said}");
        let last = output
            .stdout
            .split(|byte| *byte == b'\n')
            .rfind(|line| !line.is_empty());
        serde_json::from_slice(last.unwrap_or_default()).unwrap_or_default()
    }

    /// Every file that lies in it, by its path in it.
    fn files(&self) -> Vec<String> {
        files(self.folder.path())
    }
}

/// Every file below a folder, by its path in it, sorted.
pub(crate) fn files(folder: &Path) -> Vec<String> {
    fn walk(folder: &Path, top: &Path, into: &mut Vec<String>) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                walk(&path, top, into);
            } else {
                into.push(
                    path.strip_prefix(top)
                        .unwrap()
                        .to_string_lossy()
                        .into_owned(),
                );
            }
        }
    }
    let mut found = Vec::new();
    walk(folder, folder, &mut found);
    found.sort();
    found
}

#[test]
fn the_cage_kills_who_reaches_out() {
    let home = Home::new();
    let check = |program: &str, arguments: &[&str], killed: bool| {
        let output = home.run(Path::new(program), arguments);
        assert_eq!(
            output.status.signal() == Some(SIGSYS),
            killed,
            "{program} {arguments:?}: {output:?}"
        );
    };
    check("true", &[], false);
    check("bash", &["-c", "exec 3<>/dev/tcp/127.0.0.1/9"], true);
    check("bash", &["-c", "exec 3<>/dev/udp/127.0.0.1/9"], true);
    check("getent", &["ahosts", "nobody.invalid"], true);
    // A driven window may speak to its driver, and look up nothing.
    let driven = |arguments: &[&str], killed: bool| {
        let mut command = Command::new(CAGE);
        let output = command.arg("--driven").args(arguments).output().unwrap();
        assert_eq!(
            output.status.signal() == Some(SIGSYS),
            killed,
            "{arguments:?}: {output:?}"
        );
    };
    driven(&["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9"], false);
    driven(&["bash", "-c", "exec 3<>/dev/udp/127.0.0.1/9"], true);
    driven(&["bash", "-c", "exec 3<>/dev/tcp/::1/9"], true);
    driven(&["getent", "ahosts", "nobody.invalid"], true);
    // A child is in the cage as well.
    let child = home.run(
        Path::new("bash"),
        &["-c", "(exec 3<>/dev/tcp/127.0.0.1/9); echo $?"],
    );
    assert_eq!(child.stdout, format!("{}\n", 128 + SIGSYS).into_bytes());
}

#[test]
fn no_command_reaches_out_or_leaves_a_file_outside_its_data_folder() {
    let home = Home::new();
    let music = demo();
    let song = |name: &str| {
        root()
            .join("assets/demo")
            .join(name)
            .to_str()
            .unwrap()
            .to_owned()
    };
    let one = song("Slow Weather/01 - Estuary Light.opus");
    let two = song("Slow Weather/03 - Salt Glass.opus");
    let wav = home.path("out/seam.wav");
    let wav = format!("wav:{}", wav.display());

    assert_eq!(home.segue(&["scan", &music])["added"], 24);
    assert_eq!(home.segue(&["analyze", "--jobs", "2"])["analyzed"], 24);
    assert!(home.segue(&["embed", &one, &two])["vector"].is_array());
    assert!(home.segue(&["radio", &one, "--count", "3"])["tracks"][2].is_object());
    home.segue(&["radio", "words:calm piano", "--count", "3"]);
    home.segue(&["mix", "--list"]);
    home.segue(&["play", &one, "--length", "1", "--output", "null"]);
    home.segue(&["play", &one, &two, "--length", "2", "--output", &wav]);
    assert!(home.segue(&["output", "list"])["devices"].is_array());
    home.segue(&["models", "list"]);
    home.segue(&["taste", "show"]);
    assert_eq!(
        home.segue(&["doctor"])["onnxruntime"]["has_uploader"],
        false
    );

    let outside: Vec<String> = home
        .files()
        .into_iter()
        .filter(|file| !file.starts_with("home/.local/share/segue/"))
        .collect();
    assert_eq!(outside, ["out/seam.wav"]);
}
