//! What goes to standard output: one JSON document, or text for people.
//!
//! A closed pipe (`segue tracks | head`) ends the program quietly, as it does with every other command.

mod library;
mod machine;
mod out;
mod playlists;
mod recommending;
mod sound;
mod taste;

pub(crate) use library::{analysis, embedded, missing_forgotten, scan, tracks};
pub(crate) use machine::{closely, doctor, model_imported, model_used, models, outputs, played};
pub(crate) use out::{complain, done, say};
pub(crate) use playlists::{
    playlist, playlist_exported, playlist_imported, playlist_kept, playlist_rules, playlists,
};
pub(crate) use recommending::{mix, mixes, path, radio, similar};
pub(crate) use sound::{crossfade, equalizer, loudness};
pub(crate) use taste::{choice, feedback, forgotten, imported, judged, taste, trained};
