//! The house rules that no compiler holds: which room may import which, which crate belongs to one room alone,
//! that every file opens with its promise, and that no type name means two things. A new edge is a decision, made by editing the table here and in
//! ARCHITECTURE.md. The page holds its own rules in `ui/src/house.test.ts`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::world::root;

/// Which of our packages each may depend upon, in any kind of dependency.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("segue-core", &[]),
    ("segue-library", &["segue-core"]),
    ("segue-decode", &["segue-core"]),
    ("segue-exchange", &["segue-core"]),
    ("segue-analysis", &["segue-core", "segue-decode"]),
    ("segue-playback", &["segue-core", "segue-decode"]),
    ("segue-recommend", &["segue-core"]),
    (
        "segue-app",
        &[
            "segue-core",
            "segue-library",
            "segue-decode",
            "segue-exchange",
            "segue-analysis",
            "segue-playback",
            "segue-recommend",
        ],
    ),
    ("segue-cli", &["segue-app", "segue-core"]),
    ("segue-controls", &["segue-app"]),
    (
        "segue-window",
        &["segue-app", "segue-controls", "segue-core"],
    ),
    ("segue-tests", &[]),
    ("xtask", &[]),
];

/// Crates that only one room may name, because keeping them there is why the room exists.
const KEPT_IN: &[(&str, &str)] = &[
    ("ort", "segue-analysis"),
    ("rusqlite", "segue-library"),
    ("lofty", "segue-library"),
    ("notify", "segue-library"),
    ("csv", "segue-exchange"),
    ("quick-xml", "segue-exchange"),
    ("zip", "segue-exchange"),
    ("symphonia", "segue-decode"),
    ("rubato", "segue-decode"),
    ("rodio", "segue-playback"),
    ("tauri", "segue-window"),
    ("souvlaki", "segue-controls"),
    ("zbus", "segue-controls"),
];

#[test]
fn rooms_import_only_what_the_table_allows() {
    let allowed: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    let packages = packages();
    let names: BTreeSet<&str> = packages.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        allowed.keys().copied().collect(),
        "the table and the workspace list the same packages"
    );
    for (name, dependencies) in &packages {
        for dependency in dependencies
            .iter()
            .filter(|dependency| names.contains(dependency.as_str()))
        {
            assert!(
                allowed[name.as_str()].contains(&dependency.as_str()),
                "{name} must not import {dependency}: see ARCHITECTURE.md"
            );
        }
        for (kept, room) in KEPT_IN {
            assert!(
                name == room || !dependencies.contains(*kept),
                "{kept} belongs to {room} alone, yet {name} names it"
            );
        }
    }
}

/// Crates that speak HTTP or TLS, or look up names, for themselves. No shipped program has a use for them. (`soup3` binds the
/// library that is part of WebKitGTK, for its types; no tab of it is ever opened on an address.)
const CLIENTS: &[&str] = &[
    "attohttpc",
    "awc",
    "curl",
    "curl-sys",
    "domain",
    "h2",
    "h3",
    "hickory-client",
    "hickory-resolver",
    "http-req",
    "hyper",
    "hyper-util",
    "isahc",
    "minreq",
    "native-tls",
    "openssl",
    "openssl-sys",
    "quinn",
    "reqwest",
    "rustls",
    "schannel",
    "security-framework",
    "sentry",
    "surf",
    "tauri-plugin-http",
    "tauri-plugin-updater",
    "tauri-plugin-websocket",
    "tiny_http",
    "tokio-native-tls",
    "tokio-rustls",
    "trust-dns-resolver",
    "tungstenite",
    "ureq",
    "webpki",
];

#[test]
fn no_shipped_program_has_a_client_in_its_tree() {
    for program in ["segue-cli", "segue-window"] {
        let tree = Command::new(env!("CARGO"))
            .args(["tree", "--locked", "--edges", "normal", "--prefix", "none"])
            .args(["--format", "{p}", "--package", program])
            .current_dir(root())
            .output()
            .unwrap();
        let words = String::from_utf8_lossy(&tree.stderr);
        assert!(tree.status.success(), "cargo tree of {program}: {words}");
        let tree = String::from_utf8(tree.stdout).unwrap();
        let crates: BTreeSet<&str> = tree
            .lines()
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        assert!(
            crates.contains("segue-app") && crates.contains("ort"),
            "{tree}"
        );
        let clients: Vec<_> = CLIENTS
            .iter()
            .filter(|name| crates.contains(**name))
            .collect();
        assert!(clients.is_empty(), "{program} is built upon {clients:?}");
    }
}

#[test]
fn the_architecture_page_names_every_room() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for name in packages().keys() {
        assert!(
            page.contains(&format!("`{name}`")),
            "ARCHITECTURE.md does not name `{name}`"
        );
    }
}

#[test]
fn every_file_opens_with_its_promise() {
    let mut silent = Vec::new();
    for file in files(&root().join("src-tauri"), "rs")
        .into_iter()
        .chain(files(&root().join("tests"), "rs"))
    {
        let text = fs::read_to_string(&file).unwrap();
        if !text.starts_with("//!") && !text.starts_with("///") {
            silent.push(file);
        }
    }
    assert!(
        silent.is_empty(),
        "these files do not say what they are for: {silent:#?}"
    );
}

/// Type names that two rooms may both define, and why.
const SHARED_TYPE_NAMES: &[(&str, &str)] = &[
    (
        "AlbumSort",
        "app's is the DTO of library's: same meaning, other serialisation",
    ),
    (
        "DjMode",
        "app's is the DTO of recommend's: same meaning, other serialisation",
    ),
];

/// A reader who meets one name in two rooms takes both for the same thing. Types inside of functions, modules and tests
/// are seen by their own file only, and may be called what they like.
#[test]
fn no_type_name_means_two_things() {
    let mut rooms: BTreeMap<String, BTreeMap<String, PathBuf>> = BTreeMap::new();
    let crates = root().join("src-tauri/crates");
    for file in files(&crates, "rs") {
        let path = file.strip_prefix(&crates).unwrap();
        let mut parts = path.iter().map(|part| part.to_str().unwrap());
        let room = parts.next().unwrap();
        if parts.next() != Some("src")
            || parts.any(|part| part == "tests" || part == "tests.rs" || part == "fixtures.rs")
        {
            continue;
        }
        for name in fs::read_to_string(&file)
            .unwrap()
            .lines()
            .filter_map(type_name)
        {
            let places = rooms.entry(name.to_owned()).or_default();
            places.insert(room.to_owned(), path.to_owned());
        }
    }
    assert!(
        rooms.contains_key("Track"),
        "the types of the rooms were not found"
    );
    for (name, _) in SHARED_TYPE_NAMES {
        assert!(
            rooms.get(*name).is_some_and(|places| places.len() > 1),
            "no two rooms define {name} any more: take it off the list"
        );
    }
    rooms.retain(|name, places| {
        places.len() > 1 && !SHARED_TYPE_NAMES.iter().any(|(shared, _)| shared == name)
    });
    assert!(
        rooms.is_empty(),
        "these names are defined in more than one room: {rooms:#?}"
    );
}

/// The name that a line at the top level of a file defines.
fn type_name(line: &str) -> Option<&str> {
    let line = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(") ")?.1,
        Some(rest) => rest.strip_prefix(' ')?,
        None => line,
    };
    let name = ["struct ", "enum ", "type ", "trait "]
        .iter()
        .find_map(|keyword| line.strip_prefix(keyword))?;
    name.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
}

/// Each package of the workspace with the names of all it depends upon.
fn packages() -> BTreeMap<String, BTreeSet<String>> {
    let mut manifests = vec![
        root().join("src-tauri"),
        root().join("src-tauri/xtask"),
        root().join("tests"),
    ];
    manifests.extend(
        fs::read_dir(root().join("src-tauri/crates"))
            .unwrap()
            .map(|entry| entry.unwrap().path()),
    );
    manifests
        .into_iter()
        .map(|folder| {
            let text = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
            let manifest: toml::Table = text.parse().unwrap();
            let name = manifest["package"]["name"].as_str().unwrap().to_owned();
            let mut dependencies = BTreeSet::new();
            collect_dependencies(&manifest, &mut dependencies);
            (name, dependencies)
        })
        .collect()
}

fn collect_dependencies(table: &toml::Table, into: &mut BTreeSet<String>) {
    for (key, value) in table {
        let Some(value) = value.as_table() else {
            continue;
        };
        if key.ends_with("dependencies") {
            for (name, dependency) in value {
                let renamed = dependency
                    .get("package")
                    .and_then(|package| package.as_str());
                into.insert(renamed.unwrap_or(name).to_owned());
            }
        } else if key == "target" || key.starts_with("cfg(") {
            collect_dependencies(value, into);
        }
    }
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if !["target", "node_modules", "gen", "vendor"].contains(&name.as_str()) {
                found.extend(files(&path, ending));
            }
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found
}
