//! `cargo xtask test`: everything that CI runs, in the order that finds mistakes soonest.

use std::process::Command;

use crate::run::build_window;
use crate::setup;
use crate::shell::{Outcome, cargo, has_program, npm, root, say, step};

pub(crate) fn test() -> Outcome {
    setup::everything(setup::For::Testing)?;
    step("formatting", &mut cargo(&["fmt", "--all", "--check"]))?;
    for (what, script) in [
        ("style of the page", "lint"),
        ("types of the page", "check"),
        ("tests of the page", "test"),
    ] {
        step(what, &mut npm("ui", &["run", "--silent", script]))?;
    }
    build_window()?;
    let lints = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--features",
        "segue-window/custom-protocol",
    ];
    step("lints", cargo(&lints).args(["--", "-D", "warnings"]))?;
    // The command was built beside the window: built alone, its dependencies would be compiled once more.
    step(
        "tests of the rooms",
        cargo(&["test"]).env("SEGUE_BUILT", "1"),
    )?;
    real_window()?;
    if has_program("cargo-deny") {
        let check = ["deny", "check", "bans", "licenses", "sources"];
        step(
            "licences and sources of what we build upon",
            &mut cargo(&check),
        )
    } else {
        say("cargo-deny is not installed here: licences and sources are checked by the workflow");
        Ok(())
    }
}

/// The window under a display, a session bus and a WebDriver of its own.
fn real_window() -> Outcome {
    if !cfg!(target_os = "linux") {
        say("the real window is driven on Linux only: WebKitWebDriver is part of WebKitGTK");
        return Ok(());
    }
    let cargo = cargo(&[
        "test",
        "-p",
        "segue-tests",
        "--",
        "--ignored",
        "--test-threads",
        "1",
        "window::",
    ]);
    let mut display = Command::new("dbus-run-session");
    display.args(["--", "xvfb-run", "-a", "-s", "-screen 0 1280x800x24"]);
    display
        .arg(cargo.get_program())
        .args(cargo.get_args())
        .current_dir(root());
    step("tests of the real window", &mut display)
}
