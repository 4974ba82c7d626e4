//! `cargo xtask eval ear`: what the shipped model is worth, on music it was not trained on.
//!
//! The measuring itself is Python's (`models/train/evaluate.py` and `robust.py`, beside the training that they judge);
//! here its environment is made, the player built, and the model before this one taken out of the history. Needs the
//! training music with its teachers, which is not part of the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::setup;
use crate::shell::{
    Failure, Outcome, built, cargo, has_program, output, root, run, say, step, target,
};

/// Where the training music lies if nothing else is said, seen from the repository.
const TRAINING: &str = "../shared/training";

pub(crate) fn eval(arguments: &[String]) -> Outcome {
    let mut training = root().join(TRAINING);
    let mut cache = target().join("train-cache");
    let mut split = "test".to_owned();
    let mut left = arguments.iter();
    while let Some(argument) = left.next() {
        let value = left.next().ok_or_else(|| {
            Failure::usage(
                "usage: cargo xtask eval ear [--training FOLDER] [--cache FOLDER] [--split test|validation]",
            )
        })?;
        match argument.as_str() {
            "--training" => training = PathBuf::from(value),
            "--cache" => cache = PathBuf::from(value),
            "--split" => split.clone_from(value),
            other => return Err(Failure::usage(&format!("eval ear: no option {other}"))),
        }
    }
    if !training.join("index.jsonl").is_file() {
        return Err(Failure::new(format!(
            "there is no training music at {}: name its folder with --training",
            training.display()
        )));
    }
    if !has_program("ffmpeg") {
        return Err(Failure::new(
            "ffmpeg is missing: it decodes the training music and makes the copies to compare",
        ));
    }
    setup::everything(setup::For::Running)?;
    step(
        "building the segue command for release",
        &mut cargo(&["build", "--release", "-p", "segue-cli"]),
    )?;
    let python = python()?;
    let train = root().join("models/train");
    let script = |name: &str| {
        let mut command = Command::new(&python);
        command.arg(train.join(name)).current_dir(&train);
        command
    };
    fs::create_dir_all(&cache)
        .map_err(|error| Failure::new(format!("cannot make {}: {error}", cache.display())))?;
    step(
        "the teachers listen to what they have not heard yet (about a second an excerpt)",
        script("data.py")
            .arg("prepare")
            .arg("--training")
            .arg(&training)
            .arg("--cache")
            .arg(&cache),
    )?;
    let segue = built("release", "segue");
    let mut evaluate = script("evaluate.py");
    evaluate
        .args(["--split", &split, "--training"])
        .arg(&training)
        .arg("--cache")
        .arg(&cache)
        .arg("--segue")
        .arg(&segue);
    match previous()? {
        Some(folder) => {
            evaluate.arg("--previous").arg(folder);
        }
        None => say("the history here holds no model before this one"),
    }
    step("the ear against its teachers", &mut evaluate)?;
    step(
        "the same music in other clothes",
        script("robust.py")
            .args(["--split", &split, "--training"])
            .arg(&training)
            .arg("--segue")
            .arg(&segue),
    )
}

/// Python with what the measuring needs, in an environment of its own.
fn python() -> Outcome<PathBuf> {
    let folder = target().join("eval-env");
    let inside = if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    };
    let python = folder.join(inside);
    let wanted = root().join("models/train/requirements.txt");
    let stamp = folder.join("requirements.txt");
    if fs::read(&wanted).is_ok_and(|wanted| fs::read(&stamp).is_ok_and(|made| made == wanted)) {
        return Ok(python);
    }
    let system = ["python3", "python"]
        .into_iter()
        .find(|name| has_program(name))
        .ok_or_else(|| Failure::new("Python 3 is missing"))?;
    step(
        "making a Python environment in target/eval-env",
        Command::new(system).args(["-m", "venv"]).arg(&folder),
    )?;
    run(
        "installing Python packages",
        Command::new(&python)
            .args(["-m", "pip", "install", "--quiet", "-r"])
            .arg(&wanted),
    )?;
    fs::copy(&wanted, &stamp)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", stamp.display())))?;
    Ok(python)
}

/// The model that shipped before this one, out of git's history.
fn previous() -> Outcome<Option<PathBuf>> {
    let git = |arguments: &[&str]| {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(root());
        output("asking git for the model before", &mut command)
    };
    let commits = git(&[
        "log",
        "--diff-filter=AM",
        "--format=%H",
        "--",
        "models/*/model.onnx",
    ])?;
    let Some(commit) = commits.lines().nth(1) else {
        return Ok(None);
    };
    let files = git(&["ls-tree", "-r", "--name-only", commit, "models"])?;
    let Some(model) = files.lines().find(|file| file.ends_with("/model.onnx")) else {
        return Ok(None);
    };
    let Some(folder) = Path::new(model).parent() else {
        return Ok(None);
    };
    let out = target().join("previous-model");
    let _ = fs::remove_dir_all(&out);
    fs::create_dir_all(&out)
        .map_err(|error| Failure::new(format!("cannot make {}: {error}", out.display())))?;
    let archive = out.join("model.tar");
    git(&[
        "archive",
        "-o",
        &archive.to_string_lossy(),
        commit,
        &folder.to_string_lossy(),
    ])?;
    run(
        "unpacking the model before",
        Command::new("tar")
            .arg("-xf")
            .arg(&archive)
            .arg("-C")
            .arg(&out),
    )?;
    Ok(Some(out.join(folder)))
}
