//! Running other programs: each is announced, and its failure is a sentence.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a command ended early.
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) code: u8,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: 1,
        }
    }

    pub(crate) fn usage(message: &str) -> Self {
        Self {
            message: message.to_owned(),
            code: 2,
        }
    }
}

pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("xtask lies two folders below the root")
        .to_owned()
}

/// Where cargo puts what it builds, honouring CARGO_TARGET_DIR.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root().join("target"), |folder| root().join(folder))
}

/// A program that cargo built in `profile` (`debug` or `release`).
pub(crate) fn built(profile: &str, name: &str) -> PathBuf {
    target()
        .join(profile)
        .join(name)
        .with_extension(env::consts::EXE_EXTENSION)
}

/// Cargo as this process was started by, in the repository's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// npm in a folder of the repository. On Windows it is a script, which only the shell finds.
pub(crate) fn npm(folder: &str, arguments: &[&str]) -> Command {
    let mut command = if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.args(["/C", "npm"]);
        shell
    } else {
        Command::new("npm")
    };
    command.args(arguments).current_dir(root().join(folder));
    command
}

/// Announces a step and runs it, its output going where ours goes.
pub(crate) fn step(what: &str, command: &mut Command) -> Outcome {
    say(what);
    run(what, command)
}

/// Runs a program to its end.
pub(crate) fn run(what: &str, command: &mut Command) -> Outcome {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!(
            "{what}: {program} ended with {status}"
        ))),
        Err(error) => Err(Failure::new(format!(
            "{what}: cannot start {program}: {error}"
        ))),
    }
}

/// What a program prints on standard output; its errors go where ours go.
pub(crate) fn output(what: &str, command: &mut Command) -> Outcome<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Failure::new(format!("{what}: cannot start {program}: {error}")))?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "{what}: {program} ended with {}",
            output.status
        )));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program is on the path.
pub(crate) fn has_program(name: &str) -> bool {
    let Some(path) = env::var_os("PATH") else {
        return false;
    };
    env::split_paths(&path).any(|folder| {
        let plain = folder.join(name);
        plain.is_file()
            || plain.with_extension("exe").is_file()
            || plain.with_extension("cmd").is_file()
    })
}

/// Says what happens next.
#[expect(
    clippy::print_stderr,
    reason = "speaking to the person at the terminal is what this is for"
)]
pub(crate) fn say(what: &str) {
    eprintln!("\n==> {what}");
}

/// Says what went wrong.
#[expect(
    clippy::print_stderr,
    reason = "speaking to the person at the terminal is what this is for"
)]
pub(crate) fn complain(what: &str) {
    eprintln!("\n{what}");
}

/// Prints a result.
#[expect(clippy::print_stdout, reason = "printing results is what this is for")]
pub(crate) fn print(text: &str) {
    println!("{text}");
}
