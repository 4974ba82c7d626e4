//! `cargo xtask eval ear`: what the shipped ears are worth beside the networks that they are made of. `cargo xtask eval taste`: what
//! simulated listeners teach the recommender, and how fast.
//!
//! The ear's measuring is Python's (`models/train/evaluate.py` and `robust.py`, beside the fitting that they judge), the
//! taste's is Rust's (`crates/recommend/examples/eval_taste`), on what `models/train/judge.py` heard. Here the Python
//! environment is made, the player built, and the model before this one taken out of the history. Both need the
//! training music with its judge, which is not part of the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::setup;
use crate::shell::{
    Failure, Outcome, built, cargo, has_program, output, root, run, say, step, target,
};

/// Where the training music lies if nothing else is said, seen from the repository.
const TRAINING: &str = "../shared/training";

/// The ears that ship, below the folder of models.
const QUICK: &str = "segue-ear-4";
const FINE: &str = "segue-ear-4-fine";

/// Where things lie, and what is passed on.
struct EvalArguments {
    training: PathBuf,
    cache: PathBuf,
    /// Options of the evaluation itself, by name.
    options: Vec<(String, String)>,
}

/// Reads the options that every evaluation has, and those named in `more`.
fn read_arguments(arguments: &[String], more: &[&str], usage: &str) -> Outcome<EvalArguments> {
    let mut asked = EvalArguments {
        training: root().join(TRAINING),
        cache: target().join("train-cache"),
        options: Vec::new(),
    };
    let mut left = arguments.iter();
    while let Some(argument) = left.next() {
        let value = left.next().ok_or_else(|| Failure::usage(usage))?;
        match argument.as_str() {
            "--training" => asked.training = absolute(value)?,
            "--cache" => asked.cache = absolute(value)?,
            name if more.contains(&name) => asked.options.push((name.into(), value.clone())),
            other => return Err(Failure::usage(&format!("eval: no option {other}; {usage}"))),
        }
    }
    if !asked.training.join("index.jsonl").is_file() {
        return Err(Failure::new(format!(
            "there is no training music at {}: name its folder with --training",
            asked.training.display()
        )));
    }
    setup::everything(setup::For::Evaluating)?;
    if !has_program("ffmpeg") {
        return Err(Failure::new(
            "ffmpeg is missing: it decodes the training music and makes the copies to compare",
        ));
    }
    fs::create_dir_all(&asked.cache)
        .map_err(|error| Failure::new(format!("cannot make {}: {error}", asked.cache.display())))?;
    Ok(asked)
}

/// A folder as it is named from here: the programs below run elsewhere.
fn absolute(folder: &str) -> Outcome<PathBuf> {
    std::path::absolute(folder)
        .map_err(|error| Failure::new(format!("cannot tell where {folder} is: {error}")))
}

/// A Python program of `models/train`, with the player built for it to ask.
fn script(python: &Path, name: &str) -> Command {
    let train = root().join("models/train");
    let mut command = Command::new(python);
    command.arg(train.join(name)).current_dir(&train);
    command
}

fn player() -> Outcome<PathBuf> {
    step(
        "building the segue command for release",
        &mut cargo(&["build", "--release", "-p", "segue-cli"]),
    )?;
    Ok(built("release", "segue"))
}

pub(crate) fn taste(arguments: &[String]) -> Outcome {
    let asked = read_arguments(
        arguments,
        &["--seeds", "--listeners", "--sizes", "--parts"],
        "usage: cargo xtask eval taste [--training FOLDER] [--cache FOLDER] [--seeds 11,12,…] [--listeners PER_SEED] [--sizes 0,20,…] [--parts ranking,worlds,controls,online,session,stations,mixes,flow,reasons,sensitivity]",
    )?;
    let segue = player()?;
    let features = asked.cache.join("taste.jsonl");
    step(
        "the judge and the player listen to what they have not heard yet (a second a piece)",
        script(&python()?, "judge.py")
            .arg("--training")
            .arg(&asked.training)
            .arg("--cache")
            .arg(&asked.cache)
            .arg("--segue")
            .arg(&segue)
            .arg("--out")
            .arg(&features),
    )?;
    let mut listeners = cargo(&["run", "--release", "-p", "segue-recommend", "--example"]);
    listeners
        .args(["eval_taste", "--", "--features"])
        .arg(&features);
    for (name, value) in &asked.options {
        listeners.args([name, value]);
    }
    step("simulated listeners", &mut listeners)
}

pub(crate) fn ear(arguments: &[String]) -> Outcome {
    let EvalArguments {
        training, cache, ..
    } = read_arguments(
        arguments,
        &[],
        "usage: cargo xtask eval ear [--training FOLDER] [--cache FOLDER]",
    )?;
    let segue = player()?;
    let python = python()?;
    let script = |name: &str| script(&python, name);
    let models = root().join("models");
    step(
        "the networks listen to what they have not heard yet (a third of a second an excerpt)",
        script("data.py")
            .arg("--networks")
            .arg(models.join(FINE))
            .arg("--training")
            .arg(&training)
            .arg("--cache")
            .arg(&cache),
    )?;
    let mut evaluate = script("evaluate.py");
    for ear in [QUICK, FINE] {
        evaluate.arg("--ear").arg(models.join(ear));
    }
    evaluate
        .arg("--training")
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
    step(
        "our ears beside the networks that they are made of",
        &mut evaluate,
    )?;
    step(
        "the same music in other clothes",
        script("robust.py")
            .arg("--training")
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
    // The commit before the one that brought today's ear.
    let first = format!("models/{QUICK}/manifest.toml");
    let parents = git(&["log", "--diff-filter=A", "--format=%P", "--", &first])?;
    let Some(commit) = parents.split_whitespace().next() else {
        return Ok(None);
    };
    let files = git(&["ls-tree", "-r", "--name-only", commit, "models"])?;
    let Some(model) = files.lines().find(|file| file.ends_with("/manifest.toml")) else {
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
