//! Where things lie: what Segue writes, what came with it, and where people keep their music.
//!
//! What came with Segue (models, the ONNX Runtime library, the demo library) is looked for, in this order: where
//! the environment says, beside the program, in the folders where packages put resources, and, for debug builds alone, in
//! the repository that they were built in. A release build may lie anywhere, and what is loaded is run: whoever can put a
//! folder somewhere above it must not choose what that is.

use std::env;
use std::path::{Path, PathBuf};

use directories::{ProjectDirs, UserDirs};
use segue_analysis::{ModelRole, describe};

use crate::AppError;
use crate::wire::shown;

/// A model that came with Segue.
#[derive(Clone, Debug)]
pub(crate) struct ShippedModel {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
}

/// The models that came with Segue.
#[derive(Clone, Debug)]
pub(crate) struct ShippedModels {
    /// It hears everything first.
    pub(crate) quick: ShippedModel,
    /// It takes its time, and hears once more what the quick one has heard.
    pub(crate) fine: Option<ShippedModel>,
}

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

/// The shipped models: those in the first folder of models in which one lies. What each is for says its manifest; of two for the
/// same, the last by name.
pub(crate) fn models() -> Result<ShippedModels, AppError> {
    let named = env::var_os("SEGUE_MODELS").map(PathBuf::from);
    let program = env::current_exe().unwrap_or_default();
    let in_repository = cfg!(debug_assertions);
    let mut looked: Vec<PathBuf> = named.iter().cloned().collect();
    looked.extend(candidates(
        &program,
        named.as_deref(),
        "models",
        None,
        in_repository,
    ));
    match looked.iter().find_map(|folder| models_in(folder)) {
        Some(models) => Ok(models),
        None => Err(AppError::NotInstalled {
            what: "models".to_owned(),
            looked: looked.iter().map(|path| shown(path)).collect(),
        }),
    }
}

fn models_in(folder: &Path) -> Option<ShippedModels> {
    let entries = folder.read_dir().ok()?.flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.retain(|folder| folder.join("manifest.toml").is_file());
    folders.sort();
    let (mut quick, mut fine) = (None, None);
    for folder in folders {
        // A manifest that cannot be read is told where its model is opened.
        let card = describe(&folder).ok();
        let place = match card.as_ref().map(|card| card.role) {
            Some(ModelRole::Fine) => &mut fine,
            Some(ModelRole::Quick) | None => &mut quick,
        };
        let named = folder.file_name().unwrap_or_default().to_string_lossy();
        let name = card.map_or(named.into_owned(), |card| card.name);
        *place = Some(ShippedModel { name, folder });
    }
    Some(ShippedModels {
        quick: quick?,
        fine,
    })
}

/// The ONNX Runtime library.
pub(crate) fn runtime() -> Result<PathBuf, AppError> {
    if let Some(named) = env::var_os("ORT_DYLIB_PATH") {
        return Ok(named.into());
    }
    find(
        &format!("models/runtime/{RUNTIME}"),
        Some(RUNTIME),
        Path::is_file,
    )
}

/// The demo library, where it came along.
pub(crate) fn demo() -> Option<PathBuf> {
    find("assets/demo", Some("demo"), Path::is_dir).ok()
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
fn find(inside: &str, bare: Option<&str>, there: fn(&Path) -> bool) -> Result<PathBuf, AppError> {
    let program = env::current_exe().unwrap_or_default();
    let in_repository = cfg!(debug_assertions);
    let looked = candidates(&program, None, inside, bare, in_repository);
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
    fn each_shipped_model_is_for_what_its_manifest_says() {
        let folder = tempfile::tempdir().unwrap();
        let tests_data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../analysis/tests_data");
        let ship = |name: &str, head: &str| {
            let text =
                std::fs::read_to_string(tests_data.join("kaldi-like/manifest.toml")).unwrap();
            let text = text.replace("name = \"kaldi-like\"", head);
            std::fs::create_dir(folder.path().join(name)).unwrap();
            std::fs::write(folder.path().join(name).join("manifest.toml"), text).unwrap();
        };
        let found = || {
            let models = models_in(folder.path())?;
            Some((models.quick.name, models.fine.map(|fine| fine.name)))
        };
        assert!(found().is_none());
        std::fs::create_dir(folder.path().join("runtime")).unwrap();
        ship("slow", "name = \"fine-1\"\nrole = \"fine\"");
        assert!(found().is_none(), "a fine model alone hears nothing");
        ship("ear-1", "name = \"ear-1\"");
        let fine = Some("fine-1".to_owned());
        assert_eq!(found(), Some(("ear-1".into(), fine.clone())));
        ship("ear-2", "name = \"ear-2\"\nrole = \"quick\"");
        assert_eq!(found(), Some(("ear-2".into(), fine.clone())));
        // One that cannot be read is told where it is opened.
        ship("ear-3", "nome = \"ear-3\"");
        assert_eq!(found(), Some(("ear-3".into(), fine)));
    }

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
