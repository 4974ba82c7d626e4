//! What must be there before anything can be built: system packages, npm packages, ONNX Runtime.
//!
//! On Debian and its kin all is installed, with apt, after saying so. On other systems what is missing is
//! named. Each part looks first and does nothing when there is nothing to do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::shell::{Failure, Outcome, has_program, npm, root, run, say, step, target};

/// What the set-up is for: tests and evaluations need a few programs more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum For {
    Running,
    Testing,
    Evaluating,
}

/// Packages to build and run the player with, on Debian and Ubuntu.
const APT_RUNNING: &[&str] = &[
    "build-essential",
    "pkg-config",
    "file",
    "cmake", // libopus
    "libwebkit2gtk-4.1-dev",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libxdo-dev",
    "libssl-dev",
    "libasound2-dev",
    "libdbus-1-dev",
];

/// Packages that the tests need beside them: a display, a WebDriver, a session bus and a hand on its media keys for the real
/// window.
const APT_TESTING: &[&str] = &[
    "xvfb",
    "xauth",
    "webkit2gtk-driver",
    "dbus",
    "dbus-x11",
    "playerctl",
];

/// Packages that evaluations need beside them: a decoder for the training music, and Python's environments.
const APT_EVALUATING: &[&str] = &["ffmpeg", "python3-venv"];

pub(crate) fn everything(purpose: For) -> Outcome {
    system_packages(purpose)?;
    npm_packages()?;
    onnx_runtime()?;
    beside_release_builds()
}

/// A release build looks for what comes with it where packages put it, never in the repository above. The folders of the
/// repository are laid beside the ones that are built here.
fn beside_release_builds() -> Outcome {
    let beside = target().join("release");
    fs::create_dir_all(&beside)
        .map_err(|error| Failure::new(format!("cannot make {}: {error}", beside.display())))?;
    for name in ["models", "assets"] {
        let link = beside.join(name);
        if link.exists() {
            continue;
        }
        // A link that leads nowhere any more is in the way.
        _ = fs::remove_file(&link);
        link_folder(&root().join(name), &link)
            .map_err(|error| Failure::new(format!("cannot lay {}: {error}", link.display())))?;
    }
    Ok(())
}

#[cfg(unix)]
fn link_folder(folder: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(folder, link)
}

/// A junction: symbolic links take a privilege on Windows.
#[cfg(windows)]
fn link_folder(folder: &Path, link: &Path) -> std::io::Result<()> {
    let made = Command::new("cmd")
        .args(["/C", "mklink", "/J"])
        .args([link, folder])
        .stdout(Stdio::null())
        .status()?;
    match made.success() {
        true => Ok(()),
        false => Err(std::io::Error::other("mklink failed")),
    }
}

fn system_packages(purpose: For) -> Outcome {
    if has_program("apt-get") {
        let mut wanted = APT_RUNNING.to_vec();
        match purpose {
            For::Running => {}
            For::Testing => wanted.extend(APT_TESTING),
            For::Evaluating => wanted.extend(APT_EVALUATING),
        }
        return apt(&wanted);
    }
    let (programs, advice): (&[&str], &str) = if cfg!(target_os = "macos") {
        (
            &["cc", "cmake"],
            "xcode-select --install; brew install cmake",
        )
    } else if cfg!(windows) {
        (
            &["cmake"],
            "the Visual Studio build tools with C++ and CMake; WebView2 is part of Windows 11",
        )
    } else {
        (
            &["cc", "pkg-config", "cmake"],
            "a C compiler, pkg-config, CMake and the development files of webkit2gtk-4.1, \
             ayatana-appindicator3, librsvg2, libxdo, openssl, alsa and dbus",
        )
    };
    let missing: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|name| !has_program(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "missing on this system: {}\nplease install {advice}",
        missing.join(", ")
    )))
}

fn apt(wanted: &[&str]) -> Outcome {
    let installed = Command::new("dpkg-query")
        .args(["-W", "-f", "${Package} ${Status}\n"])
        .args(wanted)
        .stderr(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("cannot ask dpkg what is installed: {error}")))?;
    let installed = String::from_utf8_lossy(&installed.stdout).into_owned();
    let missing: Vec<&str> = wanted
        .iter()
        .copied()
        .filter(|name| {
            !installed.lines().any(|line| {
                line.strip_prefix(name)
                    .is_some_and(|status| status.trim() == "install ok installed")
            })
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let user = Command::new("id").arg("-u").output();
    let is_root = user.is_ok_and(|user| user.stdout.trim_ascii() == b"0");
    if !is_root && !has_program("sudo") {
        return Err(Failure::new(format!(
            "system packages are missing and there is no sudo; as root, run\n  apt-get install {}",
            missing.join(" ")
        )));
    }
    let how = if is_root { "apt-get" } else { "sudo apt-get" };
    say(&format!(
        "installing system packages with {how}: {}",
        missing.join(" ")
    ));
    let apt_get = |arguments: &[&str]| {
        let mut command = Command::new(if is_root { "env" } else { "sudo" });
        command.args(if is_root { &[][..] } else { &["env"] });
        command
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get"])
            .args(arguments);
        command
    };
    run(
        "refreshing the list of packages",
        &mut apt_get(&["update", "-qq"]),
    )?;
    let mut install = apt_get(&["install", "-y", "-qq", "--no-install-recommends"]);
    run("installing system packages", install.args(missing))
}

fn npm_packages() -> Outcome {
    if !has_program("npm") {
        return Err(Failure::new(
            "npm is missing: please install Node.js 20 or newer",
        ));
    }
    let ui = root().join("ui");
    let stamp = ui.join("node_modules/.segue-lock");
    if is_copy(&ui.join("package-lock.json"), &stamp) {
        return Ok(());
    }
    let mut install = npm("ui", &["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
    step(
        "installing the window's npm packages, by their lock file",
        &mut install,
    )?;
    copy(&ui.join("package-lock.json"), &stamp)
}

/// Whether two files hold the same; a missing one does not.
fn is_copy(a: &Path, b: &Path) -> bool {
    fs::read(a).is_ok_and(|a| fs::read(b).is_ok_and(|b| a == b))
}

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::copy(from, to).map(|_| ()).map_err(|error| {
        Failure::new(format!(
            "cannot copy {} to {}: {error}",
            from.display(),
            to.display()
        ))
    })
}

/// The ONNX Runtime library for this system, from the npm package that `models/runtime` locks. The lock names a release
/// without an uploader: another one that is there already gives way.
fn onnx_runtime() -> Outcome {
    let folder = root().join("models/runtime");
    let (inside, names): (&str, &[(&str, &str)]) =
        match (std::env::consts::OS, std::env::consts::ARCH) {
            ("linux", "x86_64") => ("linux/x64", &[("libonnxruntime.so.1", "libonnxruntime.so")]),
            ("linux", "aarch64") => (
                "linux/arm64",
                &[("libonnxruntime.so.1", "libonnxruntime.so")],
            ),
            ("macos", "aarch64") => (
                "darwin/arm64",
                &[("libonnxruntime.1.dylib", "libonnxruntime.dylib")],
            ),
            ("windows", "x86_64") => (
                "win32/x64",
                &[
                    ("onnxruntime.dll", "onnxruntime.dll"),
                    ("DirectML.dll", "DirectML.dll"),
                ],
            ),
            ("windows", "aarch64") => (
                "win32/arm64",
                &[
                    ("onnxruntime.dll", "onnxruntime.dll"),
                    ("DirectML.dll", "DirectML.dll"),
                ],
            ),
            (os, arch) => {
                say(&format!(
                    "no ONNX Runtime package for {os} on {arch}: Segue will run without listening; \
                 a library of your own can be named in ORT_DYLIB_PATH"
                ));
                return Ok(());
            }
        };
    let lock = folder.join("package-lock.json");
    let stamp = folder.join(".installed-lock");
    if is_copy(&lock, &stamp) && names.iter().all(|(_, name)| folder.join(name).is_file()) {
        return Ok(());
    }
    // The package's own script would fetch CUDA from elsewhere; the library itself lies in the package.
    let mut install = npm(
        "models/runtime",
        &[
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--loglevel=error",
        ],
    );
    step(
        "installing ONNX Runtime (npm package onnxruntime-node, by its lock file)",
        &mut install,
    )?;
    let packages = folder.join("node_modules");
    let library: PathBuf = packages.join("onnxruntime-node/bin/napi-v6").join(inside);
    for (packaged, name) in names {
        // Never written over: a program that is running may have the old one loaded.
        _ = fs::remove_file(folder.join(name));
        copy(&library.join(packaged), &folder.join(name))?;
    }
    fs::remove_dir_all(&packages)
        .map_err(|error| Failure::new(format!("cannot clear {}: {error}", packages.display())))?;
    copy(&lock, &stamp)
}
