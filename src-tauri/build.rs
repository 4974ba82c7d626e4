//! Compiles the shell's configuration in, and declares every command, so that the window's capability must
//! name each one it may call.

include!("src/command_names.rs");

fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest))
        .expect("the shell's configuration is read");
}
