//! The window's contract: what every command of the page answers, over one small library.
//!
//! `ui/src/ipc/contract/contract.json` describes the library and a script of commands; `recorded.json` beside it holds the
//! answers. Here they come from the real thing; there `contract.test.ts` asks the page's fake twin the same. Answers are
//! compared as both sides see them: ids by what they name, times and learned numbers by their kind alone.

mod library;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::Desktop;
use crate::testing::{desktop, real, until};
use crate::{AlbumSort, AppError, AppEvent, CommandError};
use library::Described;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../ui/src/ipc/contract/");
/// Commands that change nothing: they are asked until what was asked for before has come about.
const QUESTIONS: &[&str] = &[
    "status",
    "failures",
    "songs",
    "albums",
    "albumOf",
    "waveform",
    "player",
    "queue",
    "sound",
    "outputs",
    "playlists",
    "playlist",
    "feedback",
    "taste",
];

#[derive(Deserialize)]
struct Contract {
    library: Described,
    /// Of what stands under these keys only the kind is compared: times, numbers of edits, what was learned.
    kinds_only: Vec<String>,
    /// Refusals that end in the words of a system or a crate.
    told_in_own_words: Vec<String>,
    /// What depends on the machine.
    left_out: Vec<String>,
    script: Vec<ScriptStep>,
}

#[derive(Deserialize)]
struct ScriptStep {
    /// A command, as the page calls it.
    #[serde(rename = "do")]
    call: String,
    #[serde(default)]
    with: Vec<Value>,
    /// Names the answer for later steps.
    #[serde(rename = "as")]
    name: Option<String>,
    /// Only what stands under this key is compared.
    only: Option<String>,
    /// `shape`: of songs that were chosen, which keys there are and of which kinds.
    hold: Option<String>,
    /// Events that it must tell.
    #[serde(default)]
    tells: Vec<String>,
    /// Whether folders are read behind it.
    #[serde(default)]
    scans: bool,
}

/// The kinds of what stands at each path of an answer.
type Shape = BTreeMap<String, BTreeSet<String>>;

/// A desktop over the described library, and what the script has come to know.
struct Run {
    contract: Contract,
    desktop: Desktop,
    told: std::sync::Arc<Mutex<Vec<AppEvent>>>,
    folder: tempfile::TempDir,
    songs: HashMap<i64, String>,
    albums: HashMap<i64, String>,
    answers: HashMap<String, Value>,
}

#[test]
fn the_window_is_answered_as_the_contract_records() {
    let path = format!("{FOLDER}recorded.json");
    let read = |path: &str| fs::read_to_string(path).unwrap();
    let mut run =
        Run::begin(serde_json::from_str(&read(&format!("{FOLDER}contract.json"))).unwrap());
    let blessing = std::env::var_os("SEGUE_BLESS").is_some();
    let recorded: Vec<Value> = match blessing {
        true => Vec::new(),
        false => serde_json::from_str(&read(&path)).unwrap(),
    };
    let script = std::mem::take(&mut run.contract.script);
    let mut made = Vec::new();
    let mut unlike = Vec::new();
    for (place, step) in script.iter().enumerate() {
        let expected = recorded.get(place);
        let got = run.step(step, expected);
        let named = json!([step.call, step.with]).to_string();
        match expected {
            Some(expected) if !run.admits(step, expected, &got) => {
                unlike.push(format!(
                    "{place} {named}\n  recorded {expected}\n  answered {got}"
                ));
                // What follows rests on it.
                if unlike.len() == 3 {
                    break;
                }
            }
            _ => {}
        }
        made.push(got);
    }
    run.desktop.close();
    if blessing {
        let lines: Vec<String> = made.iter().map(Value::to_string).collect();
        fs::write(&path, format!("[\n{}\n]\n", lines.join(",\n"))).unwrap();
    } else {
        assert!(
            recorded.len() == script.len() && unlike.is_empty(),
            "{} answers are recorded of {}; `SEGUE_BLESS=1 cargo test -p segue-app` records them anew. Unlike:\n{}",
            recorded.len(),
            script.len(),
            unlike.join("\n")
        );
    }
}

impl Run {
    /// The described library behind a window, once it was read.
    fn begin(contract: Contract) -> Self {
        let (folder, desktop, told) = desktop(contract.library.make());
        let mut run = Self {
            contract,
            desktop,
            told,
            folder,
            songs: HashMap::new(),
            albums: HashMap::new(),
            answers: HashMap::new(),
        };
        run.until_told("playlists");
        run.learn_names();
        run
    }

    /// Has a step done, and says what came of it as it is compared.
    fn step(&mut self, step: &ScriptStep, expected: Option<&Value>) -> Value {
        let with: Vec<Value> = step.with.iter().map(|value| self.resolve(value)).collect();
        self.told.lock().unwrap().clear();
        let (mut raw, mut seen) = self.ask(step, &with);
        let begun = Instant::now();
        let mut calm = 0;
        // What was asked for comes about on threads of its own; without a recording, it has once nothing moves any more.
        while QUESTIONS.contains(&&*step.call) && begun.elapsed() < Duration::from_secs(20) {
            match expected {
                Some(expected) if self.admits(step, expected, &seen) => break,
                None if calm == 3 => break,
                _ => std::thread::sleep(Duration::from_millis(if expected.is_some() {
                    10
                } else {
                    60
                })),
            }
            let again = self.ask(step, &with);
            calm = if again.1 == seen { calm + 1 } else { 0 };
            (raw, seen) = again;
        }
        for event in &step.tells {
            self.until_told(event);
        }
        if step.scans {
            self.until_told("playlists");
            self.learn_names();
        }
        if let (Some(name), Ok(raw)) = (&step.name, raw) {
            self.answers.insert(name.clone(), raw);
        }
        seen
    }

    /// What ids name. Those of songs that left the library are kept.
    fn learn_names(&mut self) {
        let query = crate::SongsQuery::default();
        let songs = self.desktop.songs(&query, 0, 1000).unwrap().rows;
        let by_title = AlbumSort::Title;
        let albums = self.desktop.albums("", by_title, false, 0, 1000).unwrap();
        let songs = songs.into_iter().map(|row| (row.id, row.title));
        self.songs.extend(songs);
        let albums = albums.rows.into_iter().map(|row| (row.id, row.title));
        self.albums.extend(albums);
    }

    fn ask(&self, step: &ScriptStep, with: &[Value]) -> (Result<Value, Value>, Value) {
        let raw = self.call(&step.call, with);
        let seen = match &raw {
            Ok(answer) => {
                let answer = match &step.only {
                    Some(key) => {
                        let mut found = Vec::new();
                        under(answer, key, &mut found);
                        found.into()
                    }
                    None => answer.clone(),
                };
                let answer = self.normal(&answer);
                match &step.hold {
                    Some(_) => {
                        let mut shape = Shape::new();
                        shape_of(&answer, "", &mut shape);
                        json!({ "shape": shape })
                    }
                    None => json!({ "answer": answer }),
                }
            }
            Err(error) => json!({ "error": self.normal(error) }),
        };
        (raw, seen)
    }

    fn until_told(&self, name: &str) {
        until(&format!("{name} is told"), || {
            let told = self.told.lock().unwrap();
            told.iter()
                .any(|event| serde_json::to_value(event).unwrap()["event"] == name)
        });
    }

    /// Whether an answer is as recorded, or of the shape that is.
    fn admits(&self, step: &ScriptStep, expected: &Value, got: &Value) -> bool {
        if step.hold.is_none() || got.get("shape").is_none() {
            return expected == got;
        }
        let shape = |value: &Value| -> Shape {
            serde_json::from_value(value["shape"].clone()).unwrap_or_default()
        };
        let (expected, got) = (shape(expected), shape(got));
        let known = got
            .iter()
            .all(|(path, kinds)| kinds.iter().all(|kind| may_be(&expected, path, kind)));
        known
            && expected
                .keys()
                .all(|path| got.contains_key(path) || !has_parent(&got, path))
    }

    /// Puts what is meant in the place of `{"$song": TITLE}`, `{"$album": TITLE}`, `{"$folder": NAME}` and `{"$": PLACE IN AN ANSWER}`.
    fn resolve(&self, value: &Value) -> Value {
        match value {
            Value::Object(fields) => {
                let named = |names: &HashMap<i64, String>, title: &Value| {
                    let found = names.iter().find(|(_, name)| title == name.as_str());
                    json!(found.unwrap_or_else(|| panic!("there is no {title}")).0)
                };
                if let Some(title) = fields.get("$song") {
                    return named(&self.songs, title);
                }
                if let Some(title) = fields.get("$album") {
                    return named(&self.albums, title);
                }
                if let Some(name) = fields.get("$folder") {
                    let music = real(self.folder.path()).join("music");
                    return match name.as_str().unwrap() {
                        "" => json!(music),
                        name => json!(music.join(name)),
                    };
                }
                if let Some(Value::String(place)) = fields.get("$") {
                    let (name, rest) = place.split_once('.').unwrap_or((place, ""));
                    let pointer: String = rest
                        .split('.')
                        .filter(|part| !part.is_empty())
                        .map(|part| format!("/{part}"))
                        .collect();
                    let answer = self
                        .answers
                        .get(name)
                        .unwrap_or_else(|| panic!("no answer is called {name}"));
                    return answer
                        .pointer(&pointer)
                        .unwrap_or_else(|| panic!("{place} is not there"))
                        .clone();
                }
                fields
                    .iter()
                    .map(|(key, value)| (key.clone(), self.resolve(value)))
                    .collect::<Map<_, _>>()
                    .into()
            }
            Value::Array(values) => values.iter().map(|value| self.resolve(value)).collect(),
            other => other.clone(),
        }
    }

    /// An answer as both sides can give it.
    fn normal(&self, value: &Value) -> Value {
        match value {
            Value::Object(fields) => {
                let named = |id: &Value| self.id_in(fields, id);
                let mut normal = Map::new();
                for (key, value) in fields {
                    if self.contract.left_out.contains(key) {
                        continue;
                    }
                    let value = match &**key {
                        "id" => named(value),
                        "cover_track" => self.song(value),
                        "cover_tracks" => value
                            .as_array()
                            .unwrap()
                            .iter()
                            .map(|id| self.song(id))
                            .collect(),
                        key if self.contract.kinds_only.iter().any(|only| only == key) => {
                            match value {
                                Value::Array(values) => format!("{} of these", values.len()).into(),
                                value => kind(value).into(),
                            }
                        }
                        _ => self.normal(value),
                    };
                    normal.insert(key.clone(), value);
                }
                normal.into()
            }
            Value::Array(values) => values.iter().map(|value| self.normal(value)).collect(),
            Value::Number(number) => match number.as_f64() {
                Some(number) if number.fract() != 0.0 => json!((number * 100.0).round() / 100.0),
                Some(number) => json!(number as i64),
                None => value.clone(),
            },
            Value::String(text) => {
                let music = real(self.folder.path()).join("music");
                let text = text
                    .replace(&*music.to_string_lossy(), "/music")
                    .replace('\\', "/");
                let own = self
                    .contract
                    .told_in_own_words
                    .iter()
                    .any(|words| text.contains(words));
                let text = match text.split_once(": ").filter(|_| own) {
                    Some((attempt, _)) => format!("{attempt}: …"),
                    None => text,
                };
                match text.rsplit_once(" number ") {
                    Some((before, number)) if number.parse::<u64>().is_ok() => {
                        format!("{before} number …").into()
                    }
                    _ => text.into(),
                }
            }
            other => other.clone(),
        }
    }

    fn song(&self, id: &Value) -> Value {
        let title = id.as_i64().and_then(|id| self.songs.get(&id));
        title.map_or_else(|| id.clone(), |title| format!("song {title}").into())
    }

    /// What an id names, told from what stands beside it.
    fn id_in(&self, fields: &Map<String, Value>, id: &Value) -> Value {
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        let album = || {
            let title = id.as_i64().and_then(|id| self.albums.get(&id));
            title.map_or_else(|| id.clone(), |title| format!("album {title}").into())
        };
        match text("of") {
            Some("track") => return self.song(id),
            Some("album") => return album(),
            _ if id.is_string() => return id.clone(),
            _ => {}
        }
        if fields.contains_key("artists") {
            self.song(id)
        } else if fields.contains_key("cover_track") {
            album()
        } else {
            kind(id).into()
        }
    }

    fn call(&self, name: &str, with: &[Value]) -> Result<Value, Value> {
        let desktop = &self.desktop;
        let file = |name: &str| self.folder.path().join(name);
        match name {
            "status" => told(desktop.status()),
            // The system's own dialog: nobody is there to answer it.
            "chooseFolder" => Ok(json!("/music")),
            "addFolder" => told(desktop.add_folder(arg::<String>(with, 0).as_ref())),
            "removeFolder" => told(desktop.remove_folder(arg::<String>(with, 0).as_ref())),
            "rescan" => told(desktop.rescan()),
            "forgetMissing" => told(desktop.forget_missing()),
            "setClosely" => told(desktop.set_closely(arg(with, 0))),
            "failures" => told(desktop.failures()),
            "songs" => told(desktop.songs(&arg(with, 0), arg(with, 1), arg(with, 2))),
            "albums" => {
                let query = &with[0];
                let sort = serde_json::from_value(query["sort"].clone()).unwrap();
                let (text, down) = (query["text"].as_str().unwrap(), query["descending"] == true);
                told(desktop.albums(text, sort, down, arg(with, 1), arg(with, 2)))
            }
            "albumOf" => told(desktop.album_of(arg(with, 0))),
            "waveform" => told(desktop.waveform(arg(with, 0))),
            "playSongs" => told(desktop.play_songs(&arg(with, 0), arg(with, 1), arg(with, 2))),
            "playTracks" => told(desktop.play_tracks(&arg::<Vec<_>>(with, 0), arg(with, 1))),
            "enqueue" => told(desktop.enqueue(&arg::<Vec<_>>(with, 0), arg(with, 1))),
            "radio" => told(desktop.radio(&arg(with, 0), arg(with, 1))),
            "startRadio" => told(desktop.start_radio(&arg(with, 0))),
            "seeds" => told(desktop.seeds(&arg::<Vec<_>>(with, 0))),
            "findSeeds" => told(desktop.find_seeds(&arg::<String>(with, 0), arg(with, 1))),
            "understand" => told(desktop.understand(&arg::<String>(with, 0))),
            "tune" => told(desktop.tune(arg(with, 0))),
            "stopRadio" => told(desktop.stop_radio()),
            "mixes" => told(desktop.mixes()),
            "mix" => told(desktop.mix(&arg::<String>(with, 0), arg(with, 1))),
            "playMix" => told(desktop.play_mix(&arg::<String>(with, 0), arg(with, 1))),
            "path" => told(desktop.path(arg(with, 0), arg(with, 1), arg(with, 2))),
            "playPath" => told(desktop.play_path(arg(with, 0), arg(with, 1), arg(with, 2))),
            "playPicks" => {
                told(desktop.play_picks(&arg(with, 0), &arg::<Vec<_>>(with, 1), arg(with, 2)))
            }
            "playlists" => told(desktop.playlists()),
            "playlist" => told(desktop.playlist(arg(with, 0), arg(with, 1), arg(with, 2))),
            "createPlaylist" => {
                told(desktop.create_playlist(&arg::<String>(with, 0), &arg(with, 1), arg(with, 2)))
            }
            "renamePlaylist" => {
                told(desktop.rename_playlist(arg(with, 0), &arg::<String>(with, 1)))
            }
            "deletePlaylist" => told(desktop.delete_playlist(arg(with, 0))),
            "undeletePlaylist" => told(desktop.undelete_playlist(arg(with, 0))),
            "addToPlaylist" => told(desktop.add_to_playlist(arg(with, 0), &arg::<Vec<_>>(with, 1))),
            "removeFromPlaylist" => {
                told(desktop.remove_from_playlist(arg(with, 0), &arg::<Vec<_>>(with, 1)))
            }
            "moveInPlaylist" => {
                told(desktop.move_in_playlist(arg(with, 0), arg(with, 1), arg(with, 2)))
            }
            "refreshPlaylist" => told(desktop.refresh_playlist(arg(with, 0))),
            "undoPlaylistEdit" => told(desktop.undo_playlist_edit(arg(with, 0))),
            "importPlaylist" => {
                let path = file("Road trip 2019.m3u8");
                fs::write(
                    &path,
                    "#EXTM3U\nmusic/Night Sampler/01 Equinox.wav\nmusic/nowhere.wav\n",
                )
                .unwrap();
                told(desktop.import_playlist(&path))
            }
            "exportPlaylist" => told(desktop.export_playlist(arg(with, 0), &file("exported.m3u8"))),
            "playPlaylist" => told(desktop.play_playlist(arg(with, 0), arg(with, 1))),
            "player" => told(desktop.player()),
            "command" => told(desktop.command(&arg(with, 0))),
            "sound" => told(desktop.sound()),
            "setLoudness" => told(desktop.set_loudness(arg(with, 0))),
            "setCrossfade" => told(desktop.set_crossfade(arg(with, 0))),
            "outputs" => told(desktop.outputs()),
            "setOutput" => told(desktop.set_output(arg(with, 0))),
            "setEqualizer" => told(desktop.set_equalizer(arg(with, 0))),
            // The system's own dialog: nobody is there to answer it.
            "importEqualizer" => {
                let file = file("headphones.txt");
                let text = "Preamp: -6.2 dB\nFilter 1: ON PK Fc 105 Hz Gain -3.1 dB Q 0.70\n";
                fs::write(&file, text).unwrap();
                told(desktop.import_equalizer(&file))
            }
            "queue" => told(desktop.queue(arg(with, 0), arg(with, 1))),
            "rate" => told(desktop.rate(arg(with, 0), arg(with, 1))),
            "say" => told(desktop.say(arg(with, 0), arg(with, 1), arg(with, 2))),
            "sayWrongAfter" => told(desktop.say_wrong_after(arg(with, 0), arg(with, 1))),
            "feedback" => told(desktop.feedback()),
            "undoFeedback" => told(desktop.undo_feedback(arg(with, 0))),
            "turn" => told(desktop.turn(&arg::<String>(with, 0), arg(with, 1))),
            "taste" => told(desktop.taste()),
            "forget" => told(desktop.forget(arg::<Option<String>>(with, 0).as_deref())),
            "remember" => told(desktop.remember(arg(with, 0))),
            "exportTaste" => {
                let path = file("segue-taste.json");
                told(desktop.export_taste(&path).map(|()| path))
            }
            "firstChoice" => told(desktop.first_choice()),
            "endFirstChoice" => told(desktop.end_first_choice()),
            "job" => told(desktop.job(arg(with, 0), arg(with, 1))),
            other => panic!("the window has no command {other}"),
        }
    }
}

fn arg<T: DeserializeOwned>(with: &[Value], place: usize) -> T {
    let value = with.get(place).cloned().unwrap_or_default();
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn told<T: serde::Serialize>(answer: Result<T, AppError>) -> Result<Value, Value> {
    match answer {
        Ok(answer) => Ok(serde_json::to_value(answer).unwrap()),
        Err(error) => Err(serde_json::to_value(CommandError::from(error)).unwrap()),
    }
}

/// All that stands under a key, in order.
fn under(value: &Value, key: &str, found: &mut Vec<Value>) {
    match value {
        Value::Object(fields) => match fields.get(key) {
            Some(value) => found.push(json!({ key: value })),
            None => fields.values().for_each(|value| under(value, key, found)),
        },
        Value::Array(values) => values.iter().for_each(|value| under(value, key, found)),
        _ => {}
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "list",
        Value::Object(_) => "object",
    }
}

/// The kinds of what stands at each path; of a list's elements together.
fn shape_of(value: &Value, path: &str, shape: &mut Shape) {
    shape
        .entry(path.to_owned())
        .or_default()
        .insert(kind(value).to_owned());
    match value {
        // One of several words: which one it is, and so which fields it has, depends on the songs.
        Value::Object(fields) if fields.contains_key("is") => {}
        Value::Object(fields) => {
            for (key, value) in fields {
                shape_of(value, &format!("{path}.{key}"), shape);
            }
        }
        Value::Array(values) => values
            .iter()
            .for_each(|value| shape_of(value, &format!("{path}[]"), shape)),
        _ => {}
    }
}

/// Whether a recorded shape has room for this kind at a path. Which songs are chosen decides what of them is `null`, and whether
/// a list holds any: of what was not seen nothing can be said.
fn may_be(shape: &Shape, path: &str, kind: &str) -> bool {
    if let Some(kinds) = shape.get(path) {
        let chosen = path.contains("[]") || path.contains(".track.");
        let of_one = chosen && (kind == "null" || kinds.iter().all(|kind| kind == "null"));
        return of_one || kinds.contains(kind);
    }
    let above = |c: char| c == '.' || c == '[';
    let parents = std::iter::successors(Some(path), |path| Some(&path[..path.rfind(above)?]));
    let seen = parents
        .skip(1)
        .find_map(|parent| Some((parent, shape.get(parent)?)));
    seen.is_some_and(|(parent, kinds)| {
        path[parent.len()..].starts_with('[') || kinds.iter().all(|kind| kind == "null")
    })
}

/// Whether the object that a path is a key of is in a shape.
fn has_parent(shape: &Shape, path: &str) -> bool {
    let parent = path.rsplit_once('.').filter(|(_, key)| !key.contains('['));
    parent.is_some_and(|(parent, _)| {
        shape
            .get(parent)
            .is_some_and(|kinds| kinds.contains("object"))
    })
}
