//! Journeys with playlists, as a person makes them with the `segue` command.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Instant;

use serde_json::Value;

use crate::world::{World, demo};

/// Every kind of file that a playlist is written into.
const ENDINGS: [&str; 5] = ["m3u8", "m3u", "pls", "xspf", "jspf"];

/// A world with a copy of the demo library in `music`, scanned.
fn with_music() -> (World, PathBuf) {
    let world = World::new();
    let music = world.path("music");
    copy(Path::new(&demo()), &music);
    world.json(&["scan", music.to_str().unwrap()]);
    (world, music)
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Of each song of a playlist, `field`.
pub(crate) fn songs(world: &World, playlist: &str, field: &str) -> Vec<Value> {
    let page = world.json(&["playlist", "show", playlist]);
    let rows = page["rows"].as_array().unwrap();
    rows.iter().map(|row| row["track"][field].clone()).collect()
}

#[test]
fn a_playlist_survives_every_kind_of_file_and_the_move_of_its_music() {
    let (world, music) = with_music();
    let made = world.json(&["playlist", "create", "All of it", "--query", ""]);
    assert_eq!(
        (&made["tracks"], &made["missing"]),
        (&24.into(), &0.into()),
        "{made}"
    );
    let (ids, titles) = (
        songs(&world, "All of it", "id"),
        songs(&world, "All of it", "title"),
    );
    assert_eq!(songs(&world, &made["id"].to_string(), "id"), ids);

    // Into the music folder, and beside it.
    let lists = world.path("lists");
    fs::create_dir(&lists).unwrap();
    for folder in [&music, &lists] {
        for ending in ENDINGS {
            let file = folder.join("all").with_extension(ending);
            let done = world.json(&["playlist", "export", "All of it", file.to_str().unwrap()]);
            assert_eq!(
                (&done["written"], done["path"].as_str()),
                (&24.into(), file.to_str()),
                "{done}"
            );
            let text = fs::read_to_string(&file).unwrap();
            let whole = text.contains("/music/") || text.contains("\\music\\");
            assert_eq!(whole, folder == &lists, "{}", file.display());
        }
    }

    // The folder moves, and the library hears of it. The playlist itself has lost nothing.
    let moved = world.path("elsewhere");
    fs::rename(&music, &moved).unwrap();
    let scan = world.json(&["scan", moved.to_str().unwrap()]);
    assert_eq!(
        (&scan["moved"], &scan["added"]),
        (&24.into(), &0.into()),
        "{scan}"
    );
    assert_eq!(songs(&world, "All of it", "id"), ids);
    assert!(
        songs(&world, "All of it", "missing")
            .iter()
            .all(|missing| missing == false)
    );

    // Each file brings the same songs in again, here and into a new database.
    let fresh = World::new();
    fresh.json(&["scan", moved.to_str().unwrap()]);
    for folder in [&moved, &lists] {
        for ending in ENDINGS {
            let file = folder.join("all").with_extension(ending);
            let file = file.to_str().unwrap();
            let done = world.json(&["playlist", "import", file]);
            assert_eq!(
                (&done["read"], &done["matched"]),
                (&24.into(), &24.into()),
                "{done}"
            );
            assert_eq!(done["playlist"]["name"], "All of it", "{file}");
            assert_eq!(
                songs(&world, &done["playlist"]["id"].to_string(), "id"),
                ids,
                "{file}"
            );
            let done = fresh.json(&["playlist", "import", file]);
            assert_eq!(done["unmatched"], Value::Array(vec![]), "{file}");
            assert_eq!(
                songs(&fresh, &done["playlist"]["id"].to_string(), "title"),
                titles,
                "{file}"
            );
        }
    }
}

#[test]
fn songs_that_come_later_find_their_places() {
    let (world, music) = with_music();
    let playlist = world.path("some.m3u8");
    let album = fs::read_dir(&music)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir());
    let album = album.unwrap();
    world.json(&["playlist", "create", "All", "--query", ""]);
    world.json(&["playlist", "export", "All", playlist.to_str().unwrap()]);
    // Another library has only one album of it, and later all.
    let other = World::new();
    other.json(&["scan", album.to_str().unwrap()]);
    let done = other.json(&["playlist", "import", playlist.to_str().unwrap()]);
    let few = done["matched"].as_u64().unwrap();
    assert!(0 < few && few < 24, "{done}");
    assert_eq!(done["unmatched"].as_array().unwrap().len() as u64, 24 - few);
    assert_eq!(songs(&other, "All", "title"), songs(&world, "All", "title"));
    other.json(&["scan", music.to_str().unwrap()]);
    assert_eq!(songs(&other, "All", "path"), songs(&world, "All", "path"));
    assert_eq!(
        other.json(&["playlist", "list"])["playlists"][0]["missing"],
        0
    );
}

#[test]
fn a_broken_file_is_refused_where_it_breaks_and_makes_nothing() {
    let (world, _) = with_music();
    for (name, content, words) in [
        (
            "a.xspf",
            "<?xml version=\"1.0\"?>\n<playlist>\n<trackList>\n<track><title>A</titel>",
            "line 4: ",
        ),
        (
            "bomb.xspf",
            "<!DOCTYPE p [<!ENTITY a \"aaa\"><!ENTITY b \"&a;&a;\">]>\n<playlist><title>&b;</title>",
            "line 2: the entity &b;",
        ),
        (
            "b.jspf",
            "{\"playlist\": {\n\"track\": [{}, 7]}}",
            "line 2: invalid type",
        ),
        (
            "c.pls",
            "[playlist]\nFile1=a.mp3\nFile2 b.mp3\n",
            "line 3: neither KEY=VALUE",
        ),
        ("d.m3u8", "#EXTM3U\na.mp3\nb\0.mp3\n", "line 3: a NUL"),
        (
            "e.txt",
            "once upon a time",
            "neither its content nor its ending",
        ),
    ] {
        let file = world.path(name);
        fs::write(&file, content).unwrap();
        let output = world.run(&["--json", "playlist", "import", file.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{name}: {said}");
        assert!(
            said.contains(name) && said.contains(words),
            "{name}: {said}"
        );
        assert!(output.stdout.is_empty());
    }
    let gone = world.run(&["playlist", "import", "/no/such/list.m3u"]);
    assert!(String::from_utf8_lossy(&gone.stderr).contains("/no/such/list.m3u"));
    assert_eq!(
        world.json(&["playlist", "list"])["playlists"],
        Value::Array(vec![])
    );
}

#[test]
fn playlists_are_named_deleted_and_brought_back() {
    let (world, _) = with_music();
    let living = world.json(&["playlist", "create", "Living", "--query", "", "--living"]);
    assert_eq!(living["living"], true, "{living}");
    assert_eq!(living["about"], "all songs, by artist");
    world.json(&[
        "playlist",
        "create",
        "Fixed",
        "--query",
        "tag:nothing-hears-this",
    ]);
    let names = || -> Vec<String> {
        let list = world.json(&["playlist", "list"]);
        let rows = list["playlists"].as_array().unwrap();
        rows.iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(), ["Fixed", "Living"]);
    assert_eq!(
        world.json(&["playlist", "rename", "Fixed", "Z"])["name"],
        "Z"
    );
    world.json(&["playlist", "delete", "Living"]);
    assert_eq!(names(), ["Z"]);
    assert_eq!(
        world.json(&["playlist", "undelete", "Living"])["tracks"],
        24
    );
    assert_eq!(names(), ["Living", "Z"]);
    for (arguments, code, words) in [
        (
            vec!["playlist", "show", "Nothing"],
            1,
            "no playlist Nothing; `segue playlist list`",
        ),
        (
            vec!["playlist", "undelete", "Z"],
            1,
            "no playlist Z was deleted",
        ),
        (
            vec!["playlist", "create", " ", "--query", "x"],
            1,
            "needs a name",
        ),
        (
            vec!["playlist", "export", "Z", "/no/such/folder/z.pls"],
            1,
            "/no/such/folder/z.pls",
        ),
        (
            vec!["playlist", "export", "Z", "z.mp3"],
            1,
            "its ending must say how",
        ),
        (vec!["playlist", "create", "x"], 2, "--query"),
    ] {
        world.refuses(&arguments, code, words);
    }
    let text = |arguments: &[&str]| String::from_utf8(world.run(arguments).stdout).unwrap();
    let list = text(&["playlist", "list"]);
    assert!(
        list.contains("Living  24 songs [") && list.contains("; living: all songs, by artist"),
        "{list}"
    );
    assert_eq!(text(&["playlist", "show", "Living"]).lines().count(), 25);
}

#[test]
fn a_playlist_killed_on_its_way_in_is_there_whole_or_not_at_all() {
    const SONGS: usize = 6000;
    let (world, music) = with_music();
    let mut m3u = String::from("#EXTM3U\n#PLAYLIST:Long\n");
    for n in 0..SONGS {
        m3u.push_str(&format!(
            "#EXTINF:{},Somebody - Song {n}\n{}/{n}.mp3\n",
            n % 300,
            music.display()
        ));
    }
    let file = world.path("long.m3u8");
    fs::write(&file, m3u).unwrap();
    let file = file.to_str().unwrap();
    let begun = Instant::now();
    let whole = world.json(&["playlist", "import", file]);
    let took = begun.elapsed();
    assert_eq!(whole["read"], SONGS, "{took:?}");
    let mut there = 1;
    for share in [0.1, 0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0] {
        let mut child = world
            .command(&["playlist", "import", file])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(took.mul_f64(share));
        child.kill().unwrap();
        child.wait().unwrap();
        let list = world.json(&["playlist", "list"]);
        let rows = list["playlists"].as_array().unwrap();
        assert!(rows.iter().all(|row| row["tracks"] == SONGS), "{list}");
        assert!((there..=there + 1).contains(&rows.len()), "{list}");
        there = rows.len();
    }
    // The program that writes a file may be killed too: the old one stands, or the new one.
    let out = world.path("out.xspf");
    world.json(&[
        "playlist",
        "export",
        &whole["playlist"]["id"].to_string(),
        out.to_str().unwrap(),
    ]);
    let good = fs::read(&out).unwrap();
    for delay_ms in [5, 20, 40, 60, 80, 120] {
        let mut child = world
            .command(&[
                "playlist",
                "export",
                &whole["playlist"]["id"].to_string(),
                out.to_str().unwrap(),
            ])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(std::time::Duration::from_millis(delay_ms));
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(fs::read(&out).unwrap(), good);
    }
    assert_eq!(world.json(&["doctor"])["database"]["integrity"], "ok");
}
