//! Journeys with the `segue` command, as a person or a script makes them: the contract of `cli.md` on the
//! demo library and on sounds made on the spot.

use std::collections::BTreeSet;
use std::fs;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::world::{World, demo, glide, read_wav, write_wav};

#[test]
fn a_folder_goes_in_and_a_radio_that_tells_styles_apart_comes_out() {
    let world = World::new();
    let scan = world.json(&["scan", &demo()]);
    assert_eq!(
        (&scan["files"], &scan["added"]),
        (&24.into(), &24.into()),
        "{scan}"
    );
    assert_eq!(scan["failures"], Value::Array(vec![]));

    // Before any vector exists, radio works from tags and says so.
    let tracks = world.json(&["tracks", "--limit", "100"]);
    assert_eq!(tracks["total"], 24);
    let tracks = tracks["tracks"].as_array().unwrap();
    let first = tracks[0]["id"].to_string();
    let early = world.json(&["radio", &first, "--count", "5"]);
    assert_eq!(early["tracks"].as_array().unwrap().len(), 5);
    for pick in early["tracks"].as_array().unwrap() {
        assert!(
            pick["reasons"]
                .as_array()
                .unwrap()
                .iter()
                .all(|reason| reason["kind"] != "sound"),
            "{pick}"
        );
    }

    let analysis = world.json(&["analyze"]);
    assert_eq!(
        (&analysis["analyzed"], &analysis["measured"]),
        (&24.into(), &24.into()),
        "{analysis}"
    );
    let again = world.json(&["analyze"]);
    assert_eq!(
        (&again["already"], &again["measured"]),
        (&24.into(), &0.into()),
        "{again}"
    );
    // The demo library is mastered to -16 LUFS, and limited below full scale.
    for track in world.json(&["tracks", "--limit", "100"])["tracks"]
        .as_array()
        .unwrap()
    {
        let lufs = track["loudness_lufs"].as_f64().unwrap();
        assert!((lufs + 16.0).abs() < 0.7, "{track}");
        assert!(track["true_peak_dbtp"].as_f64().unwrap() < 0.5, "{track}");
    }

    // What was heard can be asked for, and asked away.
    let heard = world.json(&["tracks", "--limit", "100"]);
    let heard = heard["tracks"].as_array().unwrap();
    let has = |track: &Value, tag: &Value| track["tags"].as_array().unwrap().contains(tag);
    let tags: BTreeSet<String> = heard
        .iter()
        .flat_map(|track| track["tags"].as_array().unwrap())
        .map(|tag| tag.as_str().unwrap().to_owned())
        .collect();
    assert!(tags.len() >= 6, "{tags:?}");
    for tag in &tags {
        let expected = heard
            .iter()
            .filter(|track| has(track, &tag.as_str().into()))
            .count();
        let found = world.json(&["tracks", &format!("tag:\"{tag}\""), "--limit", "100"]);
        assert_eq!(found["total"], expected, "{tag}");
        let others = world.json(&["tracks", "--", &format!("-tag:\"{tag}\"")]);
        assert_eq!(others["total"], 24 - expected, "not {tag}");
    }

    for seed in tracks {
        let style = &seed["genres"][0];
        let mates = tracks
            .iter()
            .filter(|track| track["genres"][0] == *style)
            .count()
            - 1;
        let radio = world.json(&["radio", &seed["id"].to_string(), "--count", "5"]);
        let picks = radio["tracks"].as_array().unwrap();
        let found = picks
            .iter()
            .filter(|pick| pick["track"]["genres"][0] == *style)
            .count();
        assert!(
            3 * found >= 2 * mates,
            "{} ({style}): {found} of {mates} in the first five",
            seed["title"]
        );
        for pick in picks {
            assert_ne!(
                pick["track"]["id"], seed["id"],
                "a seed is not among its picks"
            );
            let weights: f64 = pick["reasons"]
                .as_array()
                .unwrap()
                .iter()
                .map(|r| r["weight"].as_f64().unwrap())
                .sum();
            assert!(
                weights.is_finite() && !pick["reasons"].as_array().unwrap().is_empty(),
                "{pick}"
            );
        }
    }
}

#[test]
fn broken_files_are_named_and_cost_nothing_else() {
    let world = World::new();
    let music = world.path("music");
    fs::create_dir(&music).unwrap();
    write_wav(&music.join("good.wav"), 44_100, &glide(44_100, 1.0, 1));
    fs::write(music.join("empty.mp3"), b"").unwrap();
    fs::write(music.join("text.flac"), b"this is not a FLAC file").unwrap();
    fs::write(music.join("notes.txt"), b"not music, not ours").unwrap();
    let scan = world.json(&["scan", music.to_str().unwrap()]);
    assert_eq!(
        (&scan["files"], &scan["added"]),
        (&3.into(), &1.into()),
        "{scan}"
    );
    let refused: BTreeSet<&str> = scan["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|failure| {
            assert!(!failure["reason"].as_str().unwrap().is_empty());
            failure["path"]
                .as_str()
                .unwrap()
                .rsplit(['/', '\\'])
                .next()
                .unwrap()
        })
        .collect();
    assert_eq!(refused, BTreeSet::from(["empty.mp3", "text.flac"]));

    // A file that goes is kept as missing; one that moves keeps its id.
    let id = world.json(&["tracks"])["tracks"][0]["id"].clone();
    fs::rename(music.join("good.wav"), music.join("renamed.wav")).unwrap();
    let scan = world.json(&["scan"]);
    assert_eq!(
        (&scan["moved"], &scan["added"], &scan["missing"]),
        (&1.into(), &0.into(), &0.into()),
        "{scan}"
    );
    assert_eq!(world.json(&["tracks"])["tracks"][0]["id"], id);

    // A folder that is not there is offline, not empty: nothing changes about its songs.
    let before = world.json(&["tracks"]);
    fs::rename(&music, world.path("unplugged")).unwrap();
    let scan = world.json(&["scan"]);
    assert_eq!(scan["offline_roots"].as_array().unwrap().len(), 1, "{scan}");
    assert_eq!(world.json(&["tracks"])["tracks"], before["tracks"]);
    fs::rename(world.path("unplugged"), &music).unwrap();

    // What was deleted is in no list, and is forgotten when asked.
    fs::write(
        music.join("other.txt"),
        "so that the folder is no empty mount point",
    )
    .unwrap();
    fs::remove_file(music.join("renamed.wav")).unwrap();
    assert_eq!(world.json(&["scan"])["missing"], 1);
    assert_eq!(world.json(&["tracks"])["total"], 0);
    let done = world.json(&["library", "forget-missing"]);
    assert_eq!((&done["forgotten"], &done["kept"]), (&1.into(), &0.into()));
    assert_eq!(world.json(&["library", "forget-missing"])["forgotten"], 0);
    assert_eq!(world.json(&["scan"])["missing"], 0);
}

#[test]
fn exit_codes_and_sentences() {
    let world = World::new();
    for (arguments, code, words) in [
        (vec!["frobnicate"], 2, "frobnicate"),
        (vec!["radio"], 2, "SEED"),
        (vec!["scan", "/no/such/folder"], 1, "/no/such/folder"),
        (vec!["radio", "424242"], 1, "424242"),
        (
            vec!["play", "/no/such/file.flac", "--output", "null"],
            1,
            "/no/such/file.flac",
        ),
        (
            vec!["plays", "import", "/no/such/plays.jsonl"],
            1,
            "/no/such/plays.jsonl",
        ),
    ] {
        world.refuses(&arguments, code, words);
    }
}

#[test]
fn plays_go_in_once_and_taste_follows_them() {
    let world = World::new();
    world.json(&["scan", &demo()]);
    world.json(&["analyze"]);
    let tracks = world.json(&["tracks", "--limit", "100"]);
    let tracks = tracks["tracks"].as_array().unwrap();
    let style = tracks[0]["genres"][0].clone();
    let mut log = String::new();
    for round in 0..4 {
        for (index, track) in tracks.iter().enumerate() {
            let loved = track["genres"][0] == style;
            let duration_s = track["duration_s"].as_f64().unwrap();
            let line = serde_json::json!({
                "at": format!("2026-01-{:02}T20:{index:02}:00Z", round + 1),
                "path": track["path"],
                "listened_s": if loved { duration_s } else { 12.0 },
                "duration_s": duration_s,
                "source": "radio",
            });
            log.push_str(&format!("{line}\n"));
        }
    }
    log.push_str("{\"at\": \"2026-02-01T00:00:00Z\", \"artist\": \"Nobody\", \"title\": \"Nothing\", \"listened_s\": 3}\n");
    let file = world.path("plays.jsonl");
    fs::write(&file, &log).unwrap();
    let file = file.to_str().unwrap();

    let dry = world.json(&["plays", "import", file, "--dry-run"]);
    assert_eq!(
        (&dry["read"], &dry["matched"]),
        (&97.into(), &96.into()),
        "{dry}"
    );
    assert_eq!(
        world.run(&["plays", "export"]).stdout,
        b"",
        "a dry run writes nothing"
    );
    let first = world.json(&["plays", "import", file]);
    assert_eq!(
        (&first["read"], &first["already"]),
        (&97.into(), &0.into()),
        "{first}"
    );
    let again = world.json(&["plays", "import", file]);
    assert_eq!(
        again["already"], 97,
        "importing twice adds nothing: {again}"
    );
    let exported = String::from_utf8(world.run(&["plays", "export"]).stdout).unwrap();
    assert_eq!(exported.lines().count(), 97);
    for line in exported.lines() {
        serde_json::from_str::<Value>(line).unwrap();
    }

    let trained = world.json(&["taste", "train"]);
    assert_eq!(trained["plays"], 97, "{trained}");
    assert_eq!(
        trained["model_version"],
        world.json(&["taste", "train"])["model_version"],
        "same log, same bits"
    );
    let shown = world.run(&["taste", "show"]);
    assert!(shown.status.success() && !shown.stdout.is_empty());
    let loved = &world.json(&["tracks", "--limit", "100"])["tracks"][0];
    assert_eq!(loved["plays"], 4, "{loved}");

    // From a seed that is not of the loved style, the loved style still comes sooner than it did. The seed is
    // named by its path: another library may number the same file otherwise.
    let seed = tracks
        .iter()
        .find(|track| track["genres"][0] != style)
        .and_then(|track| track["path"].as_str())
        .unwrap();
    let first_loved = |world: &World| {
        let radio = world.json(&["radio", seed, "--count", "23"]);
        let picks = radio["tracks"].as_array().unwrap();
        let places = picks
            .iter()
            .enumerate()
            .filter(|(_, pick)| pick["track"]["genres"][0] == style);
        places.map(|(place, _)| place).sum::<usize>()
    };
    let naive = World::new();
    naive.json(&["scan", &demo()]);
    naive.json(&["analyze"]);
    assert!(
        first_loved(&world) < first_loved(&naive),
        "what is finished comes sooner than what is skipped"
    );
}

#[test]
fn a_history_killed_in_the_middle_comes_in_once_and_whole() {
    let world = World::new();
    world.json(&["scan", &demo()]);
    let tracks = world.json(&["tracks", "--limit", "100"]);
    let tracks = tracks["tracks"].as_array().unwrap();
    let streams: Vec<Value> = (0..6000)
        .map(|n| {
            let track = &tracks[n % tracks.len()];
            let known = n % 3 != 0;
            serde_json::json!({
                "ts": format!("20{:02}-{:02}-{:02}T{:02}:{:02}:{:02}Z", 10 + n / 1000, n / 100 % 10 + 1, n % 28 + 1, n % 24, n % 60, n / 60 % 60),
                "ms_played": 61_000,
                "master_metadata_track_name": if known { track["title"].clone() } else { format!("Unknown {n}").into() },
                "master_metadata_album_artist_name": track["artists"][0],
                "reason_end": "trackdone",
            })
        })
        .collect();
    let file = world.path("Streaming_History_Audio_2010-2016_0.json");
    fs::write(&file, serde_json::to_string(&streams).unwrap()).unwrap();
    let file = file.to_str().unwrap();
    let dry = world.json(&["plays", "import", file, "--dry-run"]);
    for delay_ms in [20, 60, 120, 250, 400] {
        let mut child = world
            .command(&["plays", "import", file])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_millis(delay_ms));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = world.json(&["plays", "import", file]);
    let plays = String::from_utf8(world.run(&["plays", "export"]).stdout).unwrap();
    assert_eq!(
        plays.lines().count() as u64,
        dry["added"].as_u64().unwrap(),
        "{last}"
    );
    assert_eq!(
        last["already"].as_u64().unwrap() + last["added"].as_u64().unwrap(),
        6000
    );
    let again = world.json(&["plays", "import", file]);
    assert_eq!(
        (&again["added"], &again["already"]),
        (&0.into(), &6000.into())
    );
    assert_eq!(again["format"], "spotify");
    assert_eq!(world.json(&["doctor"])["database"]["integrity"], "ok");
}

#[test]
fn what_was_said_bars_until_it_is_taken_back() {
    let world = World::new();
    world.json(&["scan", &demo()]);
    let radio = || -> Vec<String> {
        let radio = world.json(&["radio", "1", "--count", "20"]);
        let picks = radio["tracks"].as_array().unwrap();
        picks
            .iter()
            .map(|pick| pick["track"]["id"].to_string())
            .collect()
    };
    let before = radio();
    world.json(&["feedback", "never", &before[0]]);
    world.json(&["feedback", "not-now", &before[1]]);
    world.json(&["feedback", "wrong-after", &before[2], &before[3]]);
    let barred = radio();
    assert!(
        !barred.contains(&before[0]) && !barred.contains(&before[1]),
        "{barred:?}"
    );
    assert!(
        !barred.windows(2).any(|two| two == &before[2..4]),
        "{barred:?}"
    );
    assert_eq!(
        world.json(&["tracks"])["total"],
        24,
        "it stays in the library"
    );
    let list = world.json(&["feedback", "list"]);
    let kinds: Vec<&Value> = list["feedback"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["kind"])
        .collect();
    assert_eq!(kinds, ["wrong-after", "not-now", "never"]);
    world.json(&["feedback", "undo"]);
    world.json(&["feedback", "undo"]);
    let first = list["feedback"][2]["id"].to_string();
    world.json(&["feedback", "remove", &first]);
    assert_eq!(radio(), before);
    assert_eq!(
        world.run(&["feedback", "remove", &first]).status.code(),
        Some(1)
    );
}

#[test]
fn two_halves_play_as_the_whole() {
    let world = World::new();
    let whole = glide(44_100, 2.0, 5);
    let (a, b, out) = (
        world.path("a.wav"),
        world.path("b.wav"),
        world.path("out.wav"),
    );
    write_wav(&a, 44_100, &whole[..50_001]);
    write_wav(&b, 44_100, &whole[50_001..]);
    let wav = format!("wav:{}", out.display());
    let played = world.run(&[
        "play",
        a.to_str().unwrap(),
        b.to_str().unwrap(),
        "--output",
        &wav,
    ]);
    assert!(
        played.status.success(),
        "{}",
        String::from_utf8_lossy(&played.stderr)
    );
    let (rate_hz, frames) = read_wav(&out);
    assert_eq!(rate_hz, 44_100);
    assert!(
        frames == whole,
        "{} frames of {} came out, or some differ",
        frames.len(),
        whole.len()
    );
}

/// What signal processing found in every track of a data folder.
fn descriptors(world: &World) -> Vec<Value> {
    let tracks = world.json(&["tracks", "--limit", "1000", "--sort", "title"]);
    let fields = [
        "path",
        "bpm",
        "key",
        "loudness_lufs",
        "true_peak_dbtp",
        "intro_lufs",
        "outro_lufs",
    ];
    let tracks = tracks["tracks"].as_array().unwrap();
    tracks
        .iter()
        .map(|track| fields.iter().map(|field| track[field].clone()).collect())
        .collect()
}

/// Every vector of a data folder, in the only way that a stranger can see them: all similarities.
fn similarities(world: &World) -> Vec<Value> {
    let tracks = world.json(&["tracks", "--limit", "1000", "--sort", "title"]);
    let tracks = tracks["tracks"].as_array().unwrap();
    tracks
        .iter()
        .map(|track| {
            let similar = world.json(&["similar", &track["id"].to_string(), "--count", "30"]);
            let rows = similar["tracks"].as_array().unwrap();
            rows.iter()
                .map(|row| serde_json::json!([row["track"]["path"], row["score"]]))
                .collect()
        })
        .collect()
}

#[test]
fn vectors_do_not_depend_on_the_number_of_jobs_nor_on_being_killed() {
    let (one, killed) = (World::new(), World::new());
    one.json(&["scan", &demo()]);
    one.json(&["analyze", "--jobs", "1"]);
    // Killed again and again in the middle of scan and analysis, the library still comes out whole.
    for delay_ms in [30, 80, 200, 500, 900, 1500] {
        for arguments in [vec!["scan", &demo()], vec!["analyze", "--jobs", "2"]] {
            let mut child = killed
                .command(&arguments)
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap();
            thread::sleep(Duration::from_millis(delay_ms));
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
    killed.json(&["scan", &demo()]);
    killed.json(&["analyze", "--jobs", "3"]);
    assert_eq!(killed.json(&["tracks"])["total"], 24);
    assert_eq!(killed.json(&["analyze"])["already"], 24);
    assert_eq!(similarities(&one), similarities(&killed));
    assert_eq!(descriptors(&one), descriptors(&killed));
}

#[test]
fn the_doctor_tells_of_a_damaged_database_and_of_all_else() {
    let world = World::new();
    fs::create_dir_all(world.path("ruin")).unwrap();
    fs::write(
        world.path("ruin").join("segue.db"),
        "no database".repeat(100),
    )
    .unwrap();
    let ruin = world.path("ruin");
    let arguments = ["--json", "--data-dir", ruin.to_str().unwrap(), "doctor"];
    let mut command = std::process::Command::new(world.command(&[]).get_program());
    let told = command.args(arguments).output().unwrap();
    assert_eq!(told.status.code(), Some(1));
    let doctor: Value = serde_json::from_slice(&told.stdout).unwrap();
    let integrity = doctor["database"]["integrity"].as_str().unwrap();
    assert!(integrity.contains("not an SQLite database"), "{doctor}");
    assert!(doctor["audio"]["detail"].is_string(), "{doctor}");
}

#[test]
fn a_library_with_an_uploader_is_refused_by_name_and_the_doctor_says_so() {
    let world = World::new();
    let library = world.path("libonnxruntime.so");
    fs::write(&library, "\x7fELF mobile.events.data.microsoft.com").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = world.command(arguments);
        command.env("ORT_DYLIB_PATH", &library).output().unwrap()
    };
    let song = format!("{}/Slow Weather/01 - Estuary Light.opus", demo());
    let refused = run(&["embed", &song]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(1), "{said}");
    for words in [library.to_str().unwrap(), "uploader", "cargo xtask setup"] {
        assert!(said.contains(words), "{said}");
    }
    let doctor: Value = serde_json::from_slice(&run(&["--json", "doctor"]).stdout).unwrap();
    assert_eq!(doctor["onnxruntime"]["has_uploader"], true, "{doctor}");
    assert_eq!(doctor["onnxruntime"]["version"], Value::Null, "{doctor}");
    let words = String::from_utf8(run(&["doctor"]).stdout).unwrap();
    assert!(words.contains("uploader"), "{words}");
}

#[test]
fn the_doctor_names_the_model_and_its_runtime() {
    let world = World::new();
    let doctor = world.json(&["doctor"]);
    assert_eq!(doctor["database"]["integrity"], "ok", "{doctor}");
    assert!(
        doctor["model"]["id"]
            .as_str()
            .unwrap()
            .starts_with("segue-ear-"),
        "{doctor}"
    );
    let runtime = &doctor["onnxruntime"];
    assert_eq!(runtime["has_uploader"], false, "{doctor}");
    assert_eq!(runtime["opted_out"], true, "{doctor}");
    let path = runtime["path"].as_str().unwrap();
    let words = String::from_utf8(world.run(&["doctor"]).stdout).unwrap();
    for said in [path, "no uploader in it"] {
        assert!(words.contains(said), "{words}");
    }
    let providers = runtime["providers"].as_array().unwrap();
    assert!(
        providers
            .iter()
            .any(|provider| provider["name"] == "cpu" && provider["available"] == true)
    );
}

#[test]
fn the_sound_card_is_chosen_by_its_name_and_to_have_none_is_no_error() {
    let world = World::new();
    let page = world.json(&["output", "list"]);
    assert!(page["devices"].is_array(), "{page}");
    assert_eq!(page["settings"]["device"], Value::Null, "{page}");
    let strange = ["output", "use", "No card of this name"];
    world.refuses(&strange, 1, "`segue output list` names them");
    let page = world.json(&["output", "default"]);
    assert_eq!(page["settings"]["when_lost"], "pause", "{page}");
    let words = String::from_utf8(world.run(&["output", "list"]).stdout).unwrap();
    assert!(words.contains("played to: the system's default"), "{words}");
}
