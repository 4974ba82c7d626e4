//! Databases of every version, filled at random, opened by today's Segue: nothing that the listener made, and nothing that was
//! read of a file, is another thing afterwards.

use proptest::prelude::*;
use rusqlite::types::Value;

use super::*;
use crate::store::migrations::MIGRATIONS;

/// What a column holds.
#[derive(Clone, Copy)]
enum Kind {
    /// A number that names a row of its table.
    Id,
    /// A number of a row of the recordings, or of the albums.
    Row,
    Text,
    Number,
    Real,
    Flag,
    Rating,
    Path,
    Audio,
    Blob,
}

use Kind::*;

/// A column, the version it came with, and what it holds.
type Column = (&'static str, usize, Kind);

/// Tables, the version they came with, and their columns. Left out is what is derived of the rest.
const TABLES: &[(&str, usize, &[Column])] = &[
    (
        "roots",
        1,
        &[("id", 1, Id), ("path", 1, Path), ("added_at", 1, Number)],
    ),
    (
        "recordings",
        1,
        &[
            ("id", 1, Id),
            ("audio", 1, Audio),
            ("bpm", 1, Real),
            ("musical_key", 1, Text),
        ],
    ),
    (
        "tracks",
        1,
        &[
            ("id", 1, Id),
            ("recording_id", 1, Row),
            ("path", 1, Path),
            ("size", 1, Number),
            ("mtime_ns", 1, Number),
            ("missing", 1, Flag),
            ("added_at", 1, Number),
            ("title", 1, Text),
            ("artists", 1, Text),
            ("album", 1, Text),
            ("album_artist", 1, Text),
            ("genres", 1, Text),
            ("composer", 1, Text),
            ("year", 1, Number),
            ("track", 1, Number),
            ("disc", 1, Number),
            ("compilation", 1, Flag),
            ("bpm", 1, Real),
            ("musical_key", 1, Text),
            ("duration_s", 1, Real),
            ("codec", 1, Text),
            ("sample_rate_hz", 1, Number),
            ("bitrate_kbps", 1, Number),
            ("track_gain_db", 1, Real),
            ("album_peak", 1, Real),
            ("cover_hash", 1, Blob),
            ("sidecar", 1, Flag),
            ("warning", 1, Text),
            ("release_id", 6, Text),
        ],
    ),
    (
        "plays",
        1,
        &[
            ("id", 1, Id),
            ("at", 1, Number),
            ("path", 1, Path),
            ("artist", 1, Text),
            ("title", 1, Text),
            ("album", 1, Text),
            ("duration_s", 1, Real),
            ("listened_s", 1, Real),
            ("skipped", 1, Flag),
            ("rating", 1, Rating),
            ("completion", 4, Real),
            ("place", 4, Number),
            ("guest", 5, Flag),
        ],
    ),
    (
        "ratings",
        1,
        &[
            ("id", 1, Id),
            ("at", 1, Number),
            ("recording_id", 1, Row),
            ("rating", 1, Rating),
        ],
    ),
    ("settings", 1, &[("key", 1, Path), ("value", 1, Text)]),
    (
        "measures",
        2,
        &[
            ("recording_id", 2, Id),
            ("version", 2, Number),
            ("loudness_lufs", 2, Real),
            ("leading_silence_s", 2, Real),
            ("trailing_silence_s", 2, Real),
            ("waveform", 2, Blob),
            ("duration_s", 8, Real),
        ],
    ),
    (
        "feedback",
        4,
        &[
            ("id", 4, Id),
            ("at", 4, Number),
            ("recording_id", 4, Row),
            ("artist", 4, Text),
        ],
    ),
    (
        "forgotten",
        5,
        &[("id", 5, Id), ("at", 5, Number), ("since", 5, Number)],
    ),
    (
        "playlists",
        5,
        &[
            ("id", 5, Id),
            ("name", 5, Text),
            ("source", 5, Text),
            ("created_at", 5, Number),
            ("changed_at", 5, Number),
            ("deleted_at", 5, Number),
        ],
    ),
    (
        "playlist_entries",
        5,
        &[
            ("id", 5, Id),
            ("playlist_id", 5, Row),
            ("place", 5, Number),
            ("path", 5, Path),
            ("artist", 5, Text),
            ("title", 5, Text),
            ("reasons", 5, Text),
        ],
    ),
    (
        "queue_songs",
        9,
        &[
            ("entry", 9, Id),
            ("track_id", 9, Row),
            ("path", 9, Path),
            ("title", 9, Text),
            ("placed", 9, Text),
            ("span_start_ns", 11, Number),
            ("span_end_ns", 11, Number),
        ],
    ),
    ("queue_order", 9, &[("entry", 9, Id), ("place", 9, Number)]),
];

/// Columns that a row must have, which are derived: whatever stands there is made anew or means nothing.
fn derived(table: &str, version: usize, n: i64) -> Vec<(&'static str, Value)> {
    let text = |text: &str| Value::Text(text.into());
    match table {
        "tracks" => vec![
            ("ctime_ns", Value::Integer(7)),
            ("title_sort", text("")),
            ("artist_sort", text("")),
            ("album_sort", text("")),
            ("title_match", text("")),
        ],
        "plays" => vec![
            ("at_s", Value::Integer(n)),
            ("identity", Value::Blob(n.to_be_bytes().to_vec())),
            ("source", text("album")),
        ],
        "feedback" if version >= 4 => vec![("kind", text("never"))],
        _ => Vec::new(),
    }
}

/// A value for the `n`-th row, out of a seed.
fn value(kind: Kind, n: i64, rows: i64, seed: u64) -> Value {
    let words = [
        "",
        "Jóga",
        "मेरी",
        "feat. Ann",
        "a\u{1f}b",
        "ß",
        "100%",
        "[]",
        "日本",
    ];
    let word = words[(seed % words.len() as u64) as usize];
    match kind {
        Id => Value::Integer(n),
        Row => Value::Integer(1 + (seed % rows as u64) as i64),
        Text => Value::Text(word.into()),
        Number => Value::Integer((seed % 5000) as i64),
        Real => Value::Real((seed % 1000) as f64 / 8.0),
        Flag => Value::Integer((seed % 2) as i64),
        Rating => match seed % 3 {
            0 => Value::Null,
            1 => Value::Text("like".into()),
            _ => Value::Text("dislike".into()),
        },
        Path => Value::Blob(format!("/music/{word}/{n}.flac").into_bytes()),
        Audio => Value::Blob([&n.to_be_bytes()[..], &[0; 8]].concat()),
        Blob => Value::Blob(seed.to_be_bytes().to_vec()),
    }
}

fn columns(all: &[Column], version: usize) -> Vec<(&'static str, Kind)> {
    let there = all.iter().filter(|(_, since, _)| *since <= version);
    there.map(|(name, _, kind)| (*name, *kind)).collect()
}

fn rows_of(db: &rusqlite::Connection, table: &str, names: &[&str]) -> Vec<Vec<Value>> {
    let sql = format!("SELECT {} FROM {table} ORDER BY 1", names.join(", "));
    let mut statement = db.prepare(&sql).unwrap();
    let rows = statement.query_map([], |row| (0..names.len()).map(|n| row.get(n)).collect());
    rows.unwrap().collect::<Result<_, _>>().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_database_of_any_version_loses_nothing(
        version in 1..=MIGRATIONS.len(),
        rows in 1..6_i64,
        mut seed in any::<u64>(),
    ) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        let db = rusqlite::Connection::open(&path).unwrap();
        // What is written here needs to survive nothing.
        db.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF").unwrap();
        crate::store::functions::register(&db).unwrap();
        for (n, migration) in MIGRATIONS[..version].iter().enumerate() {
            db.execute_batch(migration).unwrap();
            db.pragma_update(None, "user_version", n as i64 + 1).unwrap();
        }
        let mut written = Vec::new();
        for (table, since, all) in TABLES {
            if *since > version {
                continue;
            }
            let columns = columns(all, version);
            for n in 1..=rows {
                let mut names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
                let mut values: Vec<Value> = Vec::new();
                for (name, kind) in &columns {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    let text_key = (*table, *name) == ("settings", "key");
                    values.push(match value(*kind, n, rows, seed >> 33) {
                        Value::Blob(bytes) if text_key => {
                            Value::Text(String::from_utf8(bytes).unwrap())
                        }
                        // Whoever holds nothing lies in no album of no name.
                        Value::Text(text) if *name == "album" && text.is_empty() => Value::Null,
                        value => value,
                    });
                }
                for (name, value) in derived(table, version, n) {
                    names.push(name);
                    values.push(value);
                }
                let places = vec!["?"; names.len()].join(",");
                let sql = format!("INSERT INTO {table} ({}) VALUES ({places})", names.join(", "));
                db.execute(&sql, rusqlite::params_from_iter(values)).unwrap();
            }
            let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
            written.push((*table, names.clone(), rows_of(&db, table, &names)));
        }
        // A track was removed: its number is given to no other.
        db.execute("UPDATE sqlite_sequence SET seq = 77 WHERE name = 'tracks'", []).unwrap();
        drop(db);

        let library = Library::open(dir.path()).unwrap();
        prop_assert_eq!(library.check().unwrap(), "ok");
        let db = rusqlite::Connection::open(&path).unwrap();
        for (table, names, before) in written {
            prop_assert_eq!(rows_of(&db, table, &names), before, "{} of version {}", table, version);
        }
        let next: i64 = db
            .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'tracks'", [], |row| row.get(0))
            .unwrap();
        prop_assert_eq!(next, 77);
        // Whoever is named by a track is credited with it, once the version knows credits.
        let named: i64 = db
            .query_row("SELECT count(*) FROM tracks WHERE replace(artists, char(31), '') <> ''", [], |row| row.get(0))
            .unwrap();
        let credited: i64 = db
            .query_row("SELECT count(DISTINCT track_id) FROM credits WHERE role = 'artist'", [], |row| row.get(0))
            .unwrap();
        prop_assert_eq!(credited, named);
    }
}
