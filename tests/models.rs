//! Networks that people bring, with the `segue` command: taken in or refused, chosen, heard with, removed; and radio
//! that goes by one model's vectors at any moment.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::world::{World, glide, root, write_wav};

fn strangers() -> PathBuf {
    root().join("src-tauri/crates/analysis/tests_data")
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The row of a model in `models list`.
fn row(world: &World, name: &str) -> Value {
    let list = world.json(&["models", "list"]);
    let rows = list["models"].as_array().unwrap().clone();
    let found = rows.into_iter().find(|row| row["name"] == name);
    found.unwrap_or(Value::Null)
}

/// Names in the data folder's `models`, hidden ones too.
fn kept(world: &World) -> Vec<String> {
    let entries = fs::read_dir(world.path("data/models"))
        .into_iter()
        .flatten()
        .flatten();
    let mut names: Vec<String> = entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn old_vectors_serve_until_another_model_has_heard_the_library() {
    let world = World::new();
    let music = world.path("music");
    fs::create_dir(&music).unwrap();
    for seed in 1..=3 {
        write_wav(
            &music.join(format!("{seed}.wav")),
            16_000,
            &glide(16_000, 2.0, seed),
        );
    }
    world.json(&["scan", text(&music)]);
    let first = world.json(&["analyze"])["model"].clone();
    let song = text(&music.join("1.wav")).to_owned();
    let scores = |world: &World| -> Vec<Value> {
        let found = world.json(&["similar", &song]);
        let tracks = found["tracks"].as_array().unwrap();
        tracks.iter().map(|track| track["score"].clone()).collect()
    };
    let before = scores(&world);
    assert_eq!(before.len(), 2);

    let source = strangers().join("librosa-like");
    let taken = world.json(&["models", "import", text(&source)]);
    assert_eq!(taken["name"], "librosa-like");
    assert_eq!(
        world.json(&["models", "import", text(&source)]),
        taken,
        "twice is once"
    );
    assert_eq!(kept(&world), ["librosa-like"]);
    let used = world.json(&["models", "use", "librosa-like"]);
    assert_eq!(
        (&used["current"], &used["serving"], &used["to_hear"]),
        (&taken["id"], &first, &3.into())
    );

    // A song that cannot be heard yet keeps the old vectors in service; the doctor says so.
    fs::rename(music.join("3.wav"), world.path("3.wav")).unwrap();
    let analysis = world.json(&["analyze"]);
    assert_eq!(
        (&analysis["analyzed"], &analysis["model"]),
        (&2.into(), &taken["id"])
    );
    fs::rename(world.path("3.wav"), music.join("3.wav")).unwrap();
    assert_eq!(scores(&world), before, "the old vectors serve");
    let doctor = world.json(&["doctor"]);
    assert_eq!(
        (
            &doctor["model"]["id"],
            &doctor["model"]["serving"],
            &doctor["model"]["to_hear"]
        ),
        (&taken["id"], &first, &1.into())
    );
    let (old, new) = (row(&world, "segue-ear-4"), row(&world, "librosa-like"));
    assert_eq!(
        (&old["current"], &old["serving"]),
        (&false.into(), &true.into())
    );
    assert_eq!(
        (&new["current"], &new["serving"]),
        (&true.into(), &false.into())
    );
    assert_eq!((&new["heard"], &new["to_hear"]), (&2.into(), &1.into()));

    // Heard whole, the new ones serve, and only they.
    assert_eq!(world.json(&["analyze"])["analyzed"], 1);
    let after = scores(&world);
    assert_ne!(after, before);
    assert_eq!(row(&world, "librosa-like")["serving"], true);
    let heard = world.json(&["embed", &song]);
    assert_eq!(heard["vector"].as_array().unwrap().len(), 12);
    assert_eq!(heard["model"], taken["id"]);

    // What is in use stays; back to the shipped one costs nothing, its vectors are still there.
    for name in ["librosa-like", "segue-ear-4", "nobody"] {
        assert_eq!(
            world.run(&["models", "remove", name]).status.code(),
            Some(1),
            "{name}"
        );
    }
    let back = world.json(&["models", "use", "segue-ear-4"]);
    assert_eq!((&back["serving"], &back["to_hear"]), (&first, &0.into()));
    assert_eq!(scores(&world), before);
    world.json(&["models", "remove", "librosa-like"]);
    assert_eq!(row(&world, "librosa-like"), Value::Null);
    assert_eq!(kept(&world), ["state.json"]);
}

#[test]
fn a_hostile_model_is_refused_and_leaves_nothing() {
    let world = World::new();
    let folder = world.path("model");
    fs::create_dir(&folder).unwrap();
    let manifest = fs::read_to_string(strangers().join("kaldi-like/manifest.toml")).unwrap();
    let refuse = |manifest: &str, onnx: &Path, words: &str| {
        fs::write(folder.join("manifest.toml"), manifest).unwrap();
        let output = world.run(&["models", "import", text(&folder), "--onnx", text(onnx)]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{}: {said}", onnx.display());
        assert!(said.contains(words), "{}: {said}", onnx.display());
        assert_eq!(kept(&world), [""; 0], "{}", onnx.display());
    };
    let hostile = |name: &str| strangers().join("hostile").join(name);
    let good = strangers().join("kaldi-like/model.onnx");
    refuse(&manifest, &hostile("nan.onnx"), "not finite");
    refuse(&manifest, &hostile("fixed-batch.onnx"), "model.onnx");
    refuse(&manifest, &hostile("outside.onnx"), "etc/passwd");
    refuse(&manifest, &hostile("huge-claim.onnx"), "claim");
    if cfg!(target_os = "linux") {
        // 200 GB, which the trial's process may not have.
        refuse(&manifest, &hostile("vast.onnx"), "ConstantOfShape");
    }
    refuse(&manifest, &strangers().join("make.py"), "not an ONNX file");
    refuse(&manifest, &world.path("nowhere.onnx"), "nowhere.onnx");
    for (from, to, words) in [
        ("\"kaldi-like\"", "\"../kaldi-like\"", "name is"),
        ("\"kaldi-like\"", "\"segue-ear-4\"", "shipped"),
        ("\"model.onnx\"", "\"../../model.onnx\"", "files names"),
        ("seconds = 5.0", "seconds = 600.0\ncount = 3", "count"),
        (
            "patch_frames = 50",
            "patch_frames = 99999999",
            "patch_frames",
        ),
        ("layout = \"b1mt\"", "layout = \"b1tm\"", "model.onnx"),
        (
            "embedding_size = 8",
            "embedding_size = 9",
            "9 values a patch",
        ),
        (
            "onnx = \"model.onnx\"",
            "onnx = \"model.onnx\"\nonnx_sha256 = \"00\"",
            "SHA-256",
        ),
    ] {
        assert!(manifest.contains(from), "{from}");
        refuse(&manifest.replace(from, to), &good, words);
    }
    assert_eq!(
        world.run(&["models", "use", "kaldi-like"]).status.code(),
        Some(1)
    );
}

/// Each file goes to the network whose name it bears, and what all of them hear together is the song's vector.
#[test]
fn several_networks_are_taken_in_under_one_manifest() {
    let world = World::new();
    let table = |name: &str, table: &str| {
        let text = fs::read_to_string(strangers().join(name).join("manifest.toml")).unwrap();
        let begins = text.find(&format!("[{table}]\n")).unwrap() + table.len() + 3;
        let length = text[begins..].find("\n[").unwrap_or(text.len() - begins);
        text[begins..begins + length].to_owned()
    };
    let mut manifest = "name = \"both\"\ndescription = \"\"\n[track_vector]\n\
        parts = [\"b.embedding_mean\", \"a.embedding_mean\"]\n[windows]\n"
        .to_owned();
    manifest += &table("kaldi-like", "windows");
    for (name, of) in [("a", "kaldi-like"), ("b", "librosa-like")] {
        let (network, front_end) = (table(of, "network"), table(of, "front_end"));
        manifest +=
            &format!("\n[[networks]]\nname = {name:?}\nonnx = \"{name}.onnx\"\ntags_size = 9\n");
        let lines = network.lines().filter(|line| !line.starts_with("tags"));
        manifest += &lines.collect::<Vec<_>>().join("\n");
        manifest += &format!("\n[networks.front_end]\n{front_end}\n");
    }
    let path = world.path("both.toml");
    fs::write(&path, manifest).unwrap();
    let onnx = |name: &str, of: &str| {
        let path = strangers().join(of).join("model.onnx");
        format!("{name}={}", path.display())
    };
    let (a, b) = (onnx("a", "kaldi-like"), onnx("b", "librosa-like"));
    let import =
        |a: &str, b: &str| world.run(&["models", "import", text(&path), "--onnx", a, "--onnx", b]);
    for (a, b, words) in [
        (&a, &onnx("c", "librosa-like"), "networks.c.onnx"),
        (&a, &onnx("b", "decibel"), "network \"b\""),
    ] {
        let output = import(a, b);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{said}");
        assert_eq!(kept(&world), [""; 0]);
    }
    let output = import(&b, &a);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    world.json(&["models", "use", "both"]);
    let music = world.path("music");
    fs::create_dir(&music).unwrap();
    let song = music.join("song.wav");
    write_wav(&song, 16_000, &glide(16_000, 2.0, 1));
    world.json(&["scan", text(&music)]);
    world.json(&["analyze"]);
    let heard = world.json(&["embed", text(&song)]);
    assert_eq!(heard["vector"].as_array().unwrap().len(), 12 + 8);
}

/// Two small networks stand for those that come with Segue. The fine one listens when it is asked to, and then serves; what it
/// heard is kept while it is turned off.
#[test]
fn a_fine_model_that_came_along_listens_more_closely_and_serves() {
    let world = World::new();
    let (shipped, elsewhere) = (world.path("shipped"), World::new());
    for (name, role) in [("kaldi-like", ""), ("librosa-like", "role = \"fine\"\n")] {
        elsewhere.json(&["models", "import", text(&strangers().join(name))]);
        let (from, to) = (elsewhere.path("data/models").join(name), shipped.join(name));
        fs::create_dir_all(&to).unwrap();
        fs::copy(from.join("model.onnx"), to.join("model.onnx")).unwrap();
        let manifest = fs::read_to_string(from.join("manifest.toml")).unwrap();
        fs::write(to.join("manifest.toml"), format!("{role}{manifest}")).unwrap();
    }
    let run = |arguments: &[&str]| -> Value {
        let mut command = world.command(&[&["--json"], arguments].concat());
        let output = command.env("SEGUE_MODELS", &shipped).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {said}");
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let states = || -> Vec<[Value; 4]> {
        let rows = run(&["models", "list"])["models"]
            .as_array()
            .unwrap()
            .clone();
        let keys = ["name", "current", "closely", "serving"];
        rows.iter()
            .map(|row| keys.map(|key| row[key].clone()))
            .collect()
    };
    let music = world.path("music");
    fs::create_dir(&music).unwrap();
    for seed in 1..=3 {
        let file = music.join(format!("{seed}.wav"));
        write_wav(&file, 16_000, &glide(16_000, 2.0, seed));
    }
    run(&["scan", text(&music)]);
    let done = run(&["analyze"]);
    assert_eq!(
        (&done["analyzed"], &done["analyzed_closely"]),
        (&3.into(), &0.into())
    );
    let quick = |serves: bool| -> [Value; 4] {
        [
            "kaldi-like".into(),
            true.into(),
            false.into(),
            serves.into(),
        ]
    };
    let fine = |listens: bool, serves: bool| -> [Value; 4] {
        [
            "librosa-like".into(),
            false.into(),
            listens.into(),
            serves.into(),
        ]
    };
    assert_eq!(states(), [quick(true), fine(true, false)]);
    let closely = &run(&["doctor"])["model"]["closely"];
    assert_eq!(
        (&closely["to_hear"], &closely["left_s"]),
        (&3.into(), &Value::Null)
    );

    let done = run(&["analyze", "--closely"]);
    assert_eq!(
        (&done["analyzed"], &done["analyzed_closely"]),
        (&0.into(), &3.into())
    );
    assert_eq!(states(), [quick(false), fine(true, true)]);
    let off = run(&["models", "closely", "off"]);
    assert_eq!((&off["on"], &off["heard"]), (&false.into(), &3.into()));
    assert_eq!(states(), [quick(true), fine(false, false)]);
    let on = run(&["models", "closely", "on"]);
    assert_eq!((&on["serving"], &on["to_hear"]), (&true.into(), &0.into()));

    // Where none came along, it is said.
    fs::remove_dir_all(shipped.join("librosa-like")).unwrap();
    for arguments in [&["models", "closely", "on"][..], &["analyze", "--closely"]] {
        let mut command = world.command(arguments);
        let output = command.env("SEGUE_MODELS", &shipped).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("listens more closely"), "{said}");
    }
}
