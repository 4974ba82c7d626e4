//! What the journeys stand on: the repository, the `segue` command, a data folder that vanishes afterwards,
//! and sounds made on the spot.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// A program that cargo built beside this test.
pub(crate) fn program(name: &str) -> PathBuf {
    let here = std::env::current_exe().unwrap();
    let folder = here.ancestors().nth(2).unwrap();
    folder
        .join(name)
        .with_extension(std::env::consts::EXE_EXTENSION)
}

/// The `segue` command: as `cargo xtask test` built it beside the window, or built here when tests are run alone.
pub(crate) fn segue() -> &'static Path {
    static SEGUE: OnceLock<PathBuf> = OnceLock::new();
    SEGUE.get_or_init(|| {
        if std::env::var_os("SEGUE_BUILT").is_none() {
            let mut build = Command::new(env!("CARGO"));
            build
                .args(["build", "--quiet", "-p", "segue-cli"])
                .current_dir(root());
            // This test may itself run under cargo, whose settings for this package are not for that one.
            for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME"] {
                build.env_remove(name);
            }
            assert!(
                build.status().unwrap().success(),
                "the segue command does not build"
            );
        }
        program("segue")
    })
}

/// A data folder of its own, gone at the end.
pub(crate) struct World {
    folder: tempfile::TempDir,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A path in the world's folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// `segue --data-dir …` with these arguments, not yet run.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(segue());
        command
            .arg("--data-dir")
            .arg(self.path("data"))
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    /// Runs the command to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs the command with `--json`, expects success, and reads what it printed.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[&["--json"], arguments].concat());
        assert!(
            output.status.success(),
            "segue {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!(
                "segue {arguments:?} printed no JSON: {error}\n{}",
                String::from_utf8_lossy(&output.stdout)
            )
        })
    }

    /// Runs the command, and expects it to end with this code, to say these words, and to print nothing else.
    pub(crate) fn refuses(&self, arguments: &[&str], code: i32, words: &str) {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(
            output.status.code(),
            Some(code),
            "segue {arguments:?}: {said}"
        );
        assert!(said.contains(words), "segue {arguments:?} said {said:?}");
        assert!(
            output.stdout.is_empty(),
            "segue {arguments:?} prints errors on standard error only"
        );
    }
}

/// The demo library's folder.
pub(crate) fn demo() -> String {
    root().join("assets/demo").to_str().unwrap().to_owned()
}

/// Writes a 16-bit stereo WAV file of these frames.
pub(crate) fn write_wav(path: &Path, rate_hz: u32, frames: &[[i16; 2]]) {
    let bytes = frames.len() as u32 * 4;
    let mut wav = Vec::with_capacity(44 + bytes as usize);
    wav.extend(b"RIFF");
    wav.extend((36 + bytes).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    for half in [1u16, 2] {
        wav.extend(half.to_le_bytes());
    }
    wav.extend(rate_hz.to_le_bytes());
    wav.extend((rate_hz * 4).to_le_bytes());
    for half in [4u16, 16] {
        wav.extend(half.to_le_bytes());
    }
    wav.extend(b"data");
    wav.extend(bytes.to_le_bytes());
    for sample in frames.iter().flatten() {
        wav.extend(sample.to_le_bytes());
    }
    fs::write(path, wav).unwrap();
}

/// The sample frames of a 16-bit stereo WAV file.
pub(crate) fn read_wav(path: &Path) -> (u32, Vec<[i16; 2]>) {
    let wav = fs::read(path).unwrap();
    let rate_hz = u32::from_le_bytes(wav[24..28].try_into().unwrap());
    assert_eq!(wav[22..24], [2, 0], "two channels");
    assert_eq!(wav[34..36], [16, 0], "16 bits");
    let data = wav.windows(4).position(|word| word == b"data").unwrap() + 8;
    let sample = |bytes: &[u8]| i16::from_le_bytes([bytes[0], bytes[1]]);
    let frames = wav[data..]
        .chunks_exact(4)
        .map(|frame| [sample(&frame[..2]), sample(&frame[2..])])
        .collect();
    (rate_hz, frames)
}

/// A sound without repetition: a glide with a little noise, from a fixed seed.
pub(crate) fn glide(rate_hz: u32, seconds: f64, seed: u32) -> Vec<[i16; 2]> {
    let mut noise = seed.wrapping_mul(2_654_435_761) | 1;
    let mut phase = 0.0f64;
    (0..(seconds * f64::from(rate_hz)) as usize)
        .map(|frame| {
            let t = frame as f64 / f64::from(rate_hz);
            phase += (200.0 + 40.0 * f64::from(seed % 7) + 300.0 * t) / f64::from(rate_hz);
            noise ^= noise << 13;
            noise ^= noise >> 17;
            noise ^= noise << 5;
            let tone = (phase * std::f64::consts::TAU).sin() * 9000.0;
            [
                (tone + f64::from(noise % 997)) as i16,
                (tone * 0.5 - f64::from(noise % 499)) as i16,
            ]
        })
        .collect()
}
