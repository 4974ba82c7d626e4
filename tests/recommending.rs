//! Journeys with stations, mixes, ways and taste, as a person or a script makes them with the `segue` command.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::world::{World, demo};

/// The demo library, listened to.
fn analyzed() -> World {
    let world = World::new();
    world.json(&["scan", &demo()]);
    world.json(&["analyze"]);
    world
}

fn tracks(world: &World) -> Vec<Value> {
    let found = world.json(&["tracks", "--limit", "100"]);
    found["tracks"].as_array().unwrap().clone()
}

/// Plays every song four times over as many days: one genre to its end, the others for twelve seconds.
fn live(world: &World, loved: &Value) {
    let tracks = tracks(world);
    let log: String = (0..4)
        .flat_map(|day| {
            tracks
                .iter()
                .enumerate()
                .map(move |(n, track)| (day, n, track))
        })
        .map(|(day, n, track)| {
            let whole = track["genres"][0] == *loved;
            let line = json!({
                "at": format!("2026-01-{:02}T20:{n:02}:00Z", day + 1),
                "path": track["path"],
                "listened_s": if whole { track["duration_s"].as_f64().unwrap() } else { 12.0 },
                "duration_s": track["duration_s"],
                "source": "radio",
            });
            format!("{line}\n")
        })
        .collect();
    let file = world.path("plays.jsonl");
    fs::write(&file, log).unwrap();
    world.json(&["plays", "import", file.to_str().unwrap()]);
}

/// The picks of what was printed, none twice, each with reasons that sum to its score.
fn picks(printed: &Value) -> Vec<Value> {
    let picks = printed["tracks"].as_array().unwrap().clone();
    let ids: BTreeSet<String> = picks
        .iter()
        .map(|pick| pick["track"]["id"].to_string())
        .collect();
    assert_eq!(ids.len(), picks.len(), "nothing comes twice: {printed}");
    for pick in &picks {
        let reasons = pick["reasons"].as_array().unwrap();
        let sum: f64 = reasons
            .iter()
            .map(|reason| reason["weight"].as_f64().unwrap())
            .sum();
        assert!(
            (sum - pick["score"].as_f64().unwrap()).abs() < 1e-9,
            "{pick}"
        );
    }
    picks
}

fn genres(picks: &[Value]) -> Vec<&str> {
    picks
        .iter()
        .map(|pick| pick["track"]["genres"][0].as_str().unwrap())
        .collect()
}

#[test]
fn stations_mixes_and_ways_from_whatever_can_be_named() {
    let world = analyzed();
    let all = tracks(&world);
    let by_genre = |genre: &str| {
        all.iter()
            .find(|track| track["genres"][0] == genre)
            .unwrap()
    };
    let piano = by_genre("Classical Piano");
    let artist = format!("artist:{}", piano["artists"][0].as_str().unwrap());
    for seed in [
        "genre:classical piano",
        "album:Felt & Lamplight",
        &artist,
        "words:calm piano, no drums",
    ] {
        let radio = world.json(&["radio", seed, "--count", "6"]);
        let found = picks(&radio);
        let like = genres(&found)
            .iter()
            .filter(|genre| **genre == "Classical Piano")
            .count();
        // The songs of an album seed do not come themselves, and here they are all of their genre.
        assert!(
            seed.starts_with("album:") || like >= 3,
            "{seed}: {:?}",
            genres(&found)
        );
        assert_eq!(found.len(), 6);
    }
    let both = world.json(&[
        "radio",
        "genre:Techno",
        &piano["id"].to_string(),
        "--count",
        "6",
    ]);
    let both = picks(&both);
    assert!(
        genres(&both).contains(&"Techno") && genres(&both).contains(&"Classical Piano"),
        "a station of two seeds reaches both: {:?}",
        genres(&both)
    );
    let less = world.json(&[
        "radio",
        "genre:Techno",
        &piano["id"].to_string(),
        "--less",
        "genre:Classical Piano",
        "--count",
        "6",
    ]);
    let piano_left = |picks: &[Value]| {
        genres(picks)
            .iter()
            .filter(|genre| **genre == "Classical Piano")
            .count()
    };
    assert!(piano_left(&picks(&less)) < piano_left(&both));
    // The same wish, the same station.
    let again = |seed: &str| picks(&world.json(&["radio", "genre:Funk", "--seed-rng", seed]));
    assert_eq!(again("7"), again("7"));

    let (from, to) = (all[0]["id"].to_string(), all[23]["id"].to_string());
    let way = picks(&world.json(&["path", &from, &to, "--count", "7"]));
    assert_eq!(way.len(), 7);
    assert_eq!(
        (&way[0]["track"]["id"], &way[6]["track"]["id"]),
        (&all[0]["id"], &all[23]["id"])
    );

    // Before any play there is a first look, what is to be discovered, and an album, beside moods, which need no play.
    let offered = |world: &World| -> Vec<String> {
        let mixes = world.json(&["mix", "--list"]);
        let ids = mixes["mixes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|mix| mix["id"].as_str().unwrap().to_owned());
        ids.collect()
    };
    let mut at_first = offered(&world);
    at_first.retain(|id| !id.starts_with("mood:"));
    assert_eq!(at_first, ["for-you", "discover", "random-album"]);
    let album = picks(&world.json(&["mix", "random-album"]));
    let numbers: Vec<&Value> = album.iter().map(|pick| &pick["track"]["track"]).collect();
    assert_eq!(
        numbers,
        [1, 2, 3, 4],
        "an album plays whole and in its order"
    );
    live(&world, &"Funk".into());
    let mixes = offered(&world);
    assert!(mixes.iter().any(|id| id == "daily:1"), "{mixes:?}");
    for id in mixes {
        let mix = world.json(&["mix", &id, "--count", "5"]);
        assert!(!picks(&mix).is_empty() && mix["mix"]["id"] == *id, "{mix}");
    }
    let mine = picks(&world.json(&["mix", "for-you", "--count", "4"]));
    assert_eq!(genres(&mine), ["Funk"; 4]);

    // What is kept can be shown as every playlist; what lives is made anew by the day, not by the call.
    let kept = world.json(&[
        "radio",
        &from,
        "--count",
        "9",
        "--save",
        "Around it",
        "--living",
    ]);
    assert_eq!(
        (&kept["living"], &kept["tracks"]),
        (&true.into(), &9.into()),
        "{kept}"
    );
    let shown = world.json(&["playlist", "show", "Around it"]);
    assert_eq!(shown["rows"].as_array().unwrap().len(), 9);
    assert_eq!(shown, world.json(&["playlist", "show", "Around it"]));
    world.json(&["path", &from, &to, "--save", "There"]);
    world.json(&["mix", "for-you", "--count", "3", "--save", "Mine"]);
    let lists = world.json(&["playlist", "list"]);
    assert_eq!(lists["playlists"].as_array().unwrap().len(), 3);

    for (arguments, words) in [
        (vec!["radio", "genre:Polka"], "Polka"),
        (vec!["radio", "words:flurble"], "flurble"),
        (vec!["radio", "1", "--less", "artist:Nobody"], "Nobody"),
        (vec!["path", "1", "4242"], "4242"),
        (vec!["mix", "polka"], "polka"),
        (vec!["mix", "decade:1920"], "decade:1920"),
    ] {
        world.refuses(&arguments, 1, words);
    }
}

#[test]
fn taste_is_shown_judged_turned_and_forgotten() {
    let world = analyzed();
    live(&world, &"Funk".into());
    let shown = world.json(&["taste", "show"]);
    let liked = |shown: &Value| -> Vec<String> {
        let rows = shown["liked"].as_array().unwrap().iter();
        let terms = rows.map(|row| row["term"].as_str().unwrap().to_owned());
        terms.collect()
    };
    assert!(liked(&shown).contains(&"genre:Funk".to_owned()), "{shown}");
    assert_eq!(shown["interests"][0]["examples"][0]["genres"][0], "Funk");
    let judged = world.json(&["taste", "eval"]);
    let rank = |way: &str| {
        let ways = judged["ways"].as_array().unwrap();
        ways.iter().find(|row| row["way"] == way).unwrap()["rank"]
            .as_f64()
            .unwrap()
    };
    assert!(rank("taste") > rank("shuffle"), "{judged}");

    let funk = |world: &World| {
        let mine = picks(&world.json(&["mix", "for-you", "--count", "24"]));
        let places = genres(&mine)
            .into_iter()
            .enumerate()
            .filter(|(_, genre)| *genre == "Funk");
        places.map(|(place, _)| place).sum::<usize>()
    };
    let before = funk(&world);
    // All that was ever heard to its end is of this genre: turned down once it still comes first, but not for ever.
    for _ in 0..3 {
        world.json(&["taste", "less", "genre:Funk"]);
    }
    assert!(funk(&world) > before, "what is turned down comes later");
    for _ in 0..3 {
        world.json(&["feedback", "undo"]);
    }
    assert_eq!(funk(&world), before);

    let version = |world: &World| world.json(&["taste", "train"])["model_version"].clone();
    let learned = version(&world);
    let forgot = world.json(&["taste", "forget", "--since", "2026-01-03T00:00:00Z"]);
    assert_eq!(forgot["forgotten"][0]["plays"], 48, "{forgot}");
    world.json(&["taste", "forget", "--all"]);
    assert_ne!(version(&world), learned);
    assert!(liked(&world.json(&["taste", "show"])).is_empty());
    // What is forgotten is still in the log, and can be learned again, bit by bit the same.
    let exported = String::from_utf8(world.run(&["plays", "export"]).stdout).unwrap();
    assert_eq!(exported.lines().count(), 96);
    for row in world.json(&["taste", "forgotten"])["forgotten"]
        .as_array()
        .unwrap()
    {
        world.json(&["taste", "remember", &row["id"].to_string()]);
    }
    assert_eq!(version(&world), learned);

    let file = world.path("taste.json");
    world.json(&["taste", "export", file.to_str().unwrap()]);
    let kept: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert!(kept.is_object());
    for (arguments, code, words) in [
        (vec!["taste", "less", "polka"], 1, "polka"),
        (vec!["taste", "forget"], 2, "--all"),
        (
            vec!["taste", "forget", "--since", "yesterday-ish"],
            2,
            "yesterday-ish",
        ),
        (vec!["taste", "remember", "42"], 1, "42"),
        (
            vec!["taste", "export", "/no/such/folder/taste.json"],
            1,
            "/no/such/folder",
        ),
    ] {
        world.refuses(&arguments, code, words);
    }
}
