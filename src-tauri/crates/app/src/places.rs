//! Where things lie: what Segue writes, what came with it, and where people keep their music.
//!
//! What came with Segue (models, the ONNX Runtime library, the demo library) is looked for, in this order: where
//! the environment says, beside the program, in the folders where packages put resources, and, for debug builds alone, in
//! the repository that they were built in. A release build may lie anywhere, and what is loaded is run: whoever can put a
//! folder somewhere above it must not choose what that is.

use std::env;
use std::path::{Path, PathBuf};

use directories::{ProjectDirs, UserDirs};

use crate::AppError;
use crate::wire::shown;

/// The folder of the shipped model, below the folder of models.
const MODEL: &str = "segue-ear-4";

/// The ONNX Runtime library's file name on this system.
const RUNTIME: &str = if cfg!(windows) {
    "onnxruntime.dll"
} else if cfg!(target_os = "macos") {
    "libonnxruntime.dylib"
} else {
    "libonnxruntime.so"
};

/// The platform's data folder for Segue.
pub(crate) fn data_dir() -> Result<PathBuf, AppError> {
    ProjectDirs::from("org", "Segue", "Segue")
        .map(|dirs| dirs.data_dir().to_owned())
        .ok_or(AppError::NoHomeFolder)
}

/// The folder of the shipped model.
pub(crate) fn model() -> Result<PathBuf, AppError> {
    let named = env::var_os("SEGUE_MODELS").map(PathBuf::from);
    find(named, &format!("models/{MODEL}"), Some(MODEL), Path::is_dir)
}

/// The ONNX Runtime library.
pub(crate) fn runtime() -> Result<PathBuf, AppError> {
    if let Some(named) = env::var_os("ORT_DYLIB_PATH") {
        return Ok(named.into());
    }
    find(
        None,
        &format!("models/runtime/{RUNTIME}"),
        Some(RUNTIME),
        Path::is_file,
    )
}

/// The demo library, where it came along.
pub(crate) fn demo() -> Option<PathBuf> {
    find(None, "assets/demo", Some("demo"), Path::is_dir).ok()
}

/// The user's music folder, if it is there.
pub(crate) fn music() -> Option<PathBuf> {
    let user = UserDirs::new()?;
    let named = user.audio_dir().map(Path::to_owned);
    named
        .into_iter()
        .chain([user.home_dir().join("Music")])
        .find(|folder| folder.is_dir())
}

/// Looks for `inside` (and for `bare`, directly) in every folder where Segue's own things may lie.
fn find(
    named: Option<PathBuf>,
    inside: &str,
    bare: Option<&str>,
    there: fn(&Path) -> bool,
) -> Result<PathBuf, AppError> {
    let program = env::current_exe().unwrap_or_default();
    let in_repository = cfg!(debug_assertions);
    let looked = candidates(&program, named.as_deref(), inside, bare, in_repository);
    match looked.iter().find(|path| there(path)) {
        Some(path) => Ok(path.clone()),
        None => Err(AppError::NotInstalled {
            what: inside.to_owned(),
            looked: looked.iter().map(|path| shown(path)).collect(),
        }),
    }
}

/// Every place for `inside` (and `bare`), in order.
fn candidates(
    program: &Path,
    named: Option<&Path>,
    inside: &str,
    bare: Option<&str>,
    in_repository: bool,
) -> Vec<PathBuf> {
    let beside = program.parent().unwrap_or(Path::new(""));
    let mut all = Vec::new();
    for folder in named.into_iter().chain([beside]) {
        all.push(folder.join(inside));
        all.extend(bare.map(|bare| folder.join(bare)));
    }
    for resources in [
        "../lib/segue",
        "../lib/Segue",
        "../Resources",
        "../share/segue",
    ] {
        all.push(beside.join(resources).join(inside));
    }
    if in_repository {
        // `target/debug/segue` and its like: the repository is some folders above.
        let above = program.ancestors().skip(2).take(4);
        all.extend(above.map(|above| above.join(inside)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_build_looks_nowhere_above_itself() {
        let check = |named: Option<&str>, in_repository: bool, expected: &[&str]| {
            let found = candidates(
                Path::new("/home/ann/Downloads/segue"),
                named.map(Path::new),
                "models/runtime/lib.so",
                Some("lib.so"),
                in_repository,
            );
            let expected: Vec<PathBuf> = expected.iter().map(PathBuf::from).collect();
            assert_eq!(found, expected);
        };
        let packaged = [
            "/home/ann/Downloads/models/runtime/lib.so",
            "/home/ann/Downloads/lib.so",
            "/home/ann/Downloads/../lib/segue/models/runtime/lib.so",
            "/home/ann/Downloads/../lib/Segue/models/runtime/lib.so",
            "/home/ann/Downloads/../Resources/models/runtime/lib.so",
            "/home/ann/Downloads/../share/segue/models/runtime/lib.so",
        ];
        let above = [
            "/home/ann/models/runtime/lib.so",
            "/home/models/runtime/lib.so",
            "/models/runtime/lib.so",
        ];
        check(None, false, &packaged);
        check(None, true, &[&packaged[..], &above].concat());
        let named = ["/opt/mine/models/runtime/lib.so", "/opt/mine/lib.so"];
        check(Some("/opt/mine"), false, &[&named[..], &packaged].concat());
        check(
            Some("/opt/mine"),
            true,
            &[&named[..], &packaged, &above].concat(),
        );
    }
}
