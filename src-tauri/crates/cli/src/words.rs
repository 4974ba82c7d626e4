//! What Segue says, in English: sentences made of the typed reasons and names that the rooms answer with.
//!
//! Scripts read sentences too: beside each typed value of a JSON document stands its sentence, under the key that the
//! contract of the command line names.

mod closely;
mod names;
mod problems;
mod reasons;
mod sound;

use segue_app::AppError;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) use closely::closely;
pub(crate) use names::{
    interest_name, mix_content, mix_title, playlist_origin, search, seed_detail, term_name,
    unknown_words,
};
pub(crate) use problems::{error, file, notice, output};
pub(crate) use reasons::because;
pub(crate) use sound::{band, crossfade, loudness, signal_path};

/// A typed value within a document: its key, the key of its sentence, and the sentence, if the value is of that type: `null`
/// where there is none.
type Spoken = (&'static str, &'static str, fn(&Value) -> Option<Value>);

/// Everything that is said. One key may hold values of several types, which no sentence confuses: their tags differ.
const SPOKEN: &[Spoken] = &[
    ("because", "text", |value| said(value, because)),
    ("title", "name", |value| {
        said(value, |title| mix_title(*title))
    }),
    ("title", "name", |value| said(value, interest_name)),
    ("content", "about", |value| said(value, mix_content)),
    ("about", "detail", |value| said(value, names::seed_detail)),
    // Of a playlist that stays as it is there is nothing to say.
    ("origin", "about", |value| {
        let origin: Option<_> = read(value)?;
        Some(
            origin
                .map_or_else(String::new, |origin| playlist_origin(&origin))
                .into(),
        )
    }),
    ("turned", "about", |value| said(value, term_name)),
    ("why", "reason", |value| said(value, file)),
    ("problem", "error", said_if_any),
    ("read_only_problem", "read_only", said_if_any),
    ("open_problem", "integrity", |value| said(value, error)),
    ("fault", "detail", |value| said(value, output)),
];

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    serde_json::from_value(value.clone()).ok()
}

fn said<T: DeserializeOwned>(value: &Value, sentence: fn(&T) -> String) -> Option<Value> {
    Some(sentence(&read(value)?).into())
}

/// What is wrong; where nothing is, scripts find `null`.
fn said_if_any(problem: &Value) -> Option<Value> {
    let problem: Option<AppError> = read(problem)?;
    Some(problem.as_ref().map(error).into())
}

/// Puts the sentence of each typed value beside it, all through a document.
pub(crate) fn speak(document: &mut Value) {
    match document {
        Value::Array(values) => values.iter_mut().for_each(speak),
        Value::Object(fields) => {
            fields.values_mut().for_each(speak);
            for (typed, key, sentence) in SPOKEN {
                if let Some(text) = fields.get(*typed).and_then(sentence) {
                    fields.insert((*key).to_owned(), text);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(mut document: Value, spoken: Value) {
        let typed = document.clone();
        speak(&mut document);
        for (key, text) in spoken.as_object().unwrap() {
            assert_eq!(document[key], *text, "{typed}");
        }
        // What was typed stays, and nothing else comes.
        for (key, value) in typed.as_object().unwrap() {
            assert_eq!(document[key], *value);
        }
        let added = spoken.as_object().unwrap().len();
        assert_eq!(
            document.as_object().unwrap().len(),
            typed.as_object().unwrap().len() + added
        );
    }

    #[test]
    fn scripts_find_the_sentences_where_they_always_were() {
        check(
            json!({"kind": "new", "because": {"is": "new-to-you"}, "weight": 0.1, "term": null}),
            json!({"text": "New to you"}),
        );
        check(
            json!({"id": "daily:2", "title": {"is": "daily", "number": 2},
                "content": {"is": "alike", "tags": ["calm"], "artists": ["Ann"]}}),
            json!({"name": "Daily mix 2", "about": "calm · Ann"}),
        );
        check(
            json!({"number": 1, "title": {"is": "tags", "names": ["calm", "piano"]}}),
            json!({"name": "calm, piano"}),
        );
        check(
            json!({"name": "Ann", "about": {"is": "songs", "count": 1}}),
            json!({"detail": "1 song"}),
        );
        check(
            json!({"name": "Mine", "living": true, "origin": {"is": "path"}}),
            json!({"about": "a path from one song to another"}),
        );
        check(
            json!({"name": "Mine", "living": false, "origin": null}),
            json!({"about": ""}),
        );
        check(
            json!({"kind": "less", "turned": {"is": "era", "decade": 1990}, "term": "era:1990"}),
            json!({"about": "the 1990s"}),
        );
        check(
            json!({"path": "/m/a.flac", "why": {"is": "cut-off"}}),
            json!({"reason": "it is cut off before its sound begins"}),
        );
        check(
            json!({"path": "/m/a.flac", "problem": {"is": "no-such-track", "track": "7"}}),
            json!({"error": "no track 7 in the library; `segue tracks` lists what there is, `segue scan FOLDER` adds more"}),
        );
        check(
            json!({"read_only_problem": {"is": "library", "error": {"is": "newer", "path": "/d", "found": 12, "known": 10}}}),
            json!({"read_only": "the database /d is of version 12 and this Segue knows up to 10; use the newer Segue, or another data folder"}),
        );
        check(
            json!({"available": false, "fault": {"is": "stalled"}}),
            json!({"detail": "the sound card takes no more sound"}),
        );
        // Of songs nothing is typed, and a leaning's turns are a number.
        check(json!({"title": "On repeat", "turned": 2}), json!({}));
    }

    #[test]
    fn sentences_are_added_at_any_depth() {
        let reason = json!({"because": {"is": "path-start"}});
        let mut document = json!({"tracks": [{"reasons": [reason]}]});
        speak(&mut document);
        let text = &document["tracks"][0]["reasons"][0]["text"];
        assert_eq!(text, "The path starts here");
    }
}
