//! The database: old and newer versions, damage, two processes, plays, opinions, pages and search.

mod asking;
mod failing;
mod migrating;
mod names;
mod opening;
mod plays;
mod searching;
mod stored;
mod vectors;
mod writing;

use std::fs;

use proptest::prelude::*;
use segue_core::query::Query;
use segue_core::{
    AudioHash, Descriptors, Embedding, EndReason, Feedback, FeedbackId, FeedbackTarget, FileFault,
    FileSpan, Key, Measures, Mode, ModelId, Play, PlayContext, PlaySource, PlaySubject, PlayedFrom,
    Rating, SeedName, StationTitle, TagScore, Tally, Term, TrackId, Waveform,
};

use super::migrations::DatabaseHeader;
use super::opening::FILE_NAME;
use super::queue::{QueueChange, QueuedSong};
use super::*;
use crate::fixtures::{Place, copy, fixture, place};
use crate::tags::{ReadTrack, Tags};
use crate::walk::AudioFile;
use crate::{AlbumSort, MatchedBy, NewEntry, Sort, TrackQuery};

/// A track without a file: `(path, title, artists, album, album artist)`, and the number of its recording.
pub(super) type Row<'a> = (
    &'a str,
    &'a str,
    &'a [&'a str],
    &'a str,
    Option<&'a str>,
    u8,
);

pub(super) const ROWS: &[Row] = &[
    (
        "/m/abbey/01.flac",
        "Come Together",
        &["The Beatles"],
        "Abbey Road",
        Some("The Beatles"),
        1,
    ),
    (
        "/m/abbey/02.flac",
        "Something",
        &["The Beatles"],
        "Abbey Road",
        Some("Beatles"),
        2,
    ),
    ("/m/bjork/a.mp3", "Jóga", &["Björk"], "Homogenic", None, 3),
    (
        "/m/bjork/b.mp3",
        "Unravel",
        &["Björk"],
        "Homogenic",
        None,
        4,
    ),
    ("/m/mix/CD1/1.mp3", "Hey", &["Ann", "Bob"], "Hits", None, 5),
    ("/m/mix/CD2/1.mp3", "Ho", &["Cy"], "Hits", None, 6),
    ("/m/x/shout.ogg", "!!!", &["???"], "", None, 7),
    ("/m/x/久石譲.ogg", "海の見える街", &["久石譲"], "", None, 8),
];

pub(super) fn audio(n: u8) -> AudioHash {
    AudioHash([n; 16])
}

pub(super) fn fill(library: &Library, rows: &[Row]) {
    library
        .write(LibraryAction::SaveScan, Durability::Process, |db| {
            rows::add_root(db, b"/m", Timestamp::UNIX_EPOCH)?;
            let mut changes = changes::Changes::default();
            for (n, (path, title, artists, album, album_artist, recording)) in
                rows.iter().enumerate()
            {
                let file = AudioFile {
                    path: path.as_bytes().to_vec(),
                    size: 1000 + n as i64,
                    mtime_ns: 5,
                    ctime_ns: 6,
                    sidecar: false,
                    sheet: None,
                };
                let tags = Tags {
                    title: Some((*title).to_owned()),
                    artists: artists.iter().map(|artist| (*artist).to_owned()).collect(),
                    album: Some((*album).to_owned()).filter(|album| !album.is_empty()),
                    album_artist: album_artist.map(str::to_owned),
                    genres: vec!["Rock".into(), "Trip-Hop".into()],
                    year: Some(1990 + n as i32),
                    track: Some(n as u32 + 1),
                    duration_s: 100.0 + n as f64,
                    codec: "flac".into(),
                    ..Tags::default()
                };
                let now = Timestamp::from_second(1_700_000_000 + n as i64).unwrap();
                let mut moves = identity::Moves::new(0, Vec::new());
                let track = ReadTrack {
                    span: FileSpan::WHOLE,
                    audio: audio(*recording),
                    tags,
                };
                rows::put(db, &file, &track, &mut moves, true, now, &mut changes)?;
            }
            changes::follow(db, changes)?;
            bump(db)
        })
        .unwrap();
}

pub(super) fn filled() -> Place {
    let place = place();
    fill(&place.library, ROWS);
    place
}

fn titles(library: &Library, query: &TrackQuery) -> Vec<String> {
    let page = library.tracks(query).unwrap();
    let ids = library.track_ids(query).unwrap();
    assert_eq!(
        page.tracks.iter().map(|track| track.id).collect::<Vec<_>>(),
        ids
    );
    page.tracks.into_iter().map(|track| track.title).collect()
}

#[test]
fn albums_are_one_by_title_and_artist_or_by_folder() {
    let place = filled();
    let list = |text: &str, sort| place.library.albums(text, sort, false, 0, None).unwrap();
    let page = list("", AlbumSort::Title);
    let short: Vec<_> = page
        .albums
        .iter()
        .map(|album| (album.title.as_str(), album.artist.as_deref(), album.tracks))
        .collect();
    assert_eq!(
        short,
        [
            ("Abbey Road", Some("Beatles"), 2),
            ("Hits", None, 2),
            ("Homogenic", Some("Björk"), 2)
        ]
    );
    assert_eq!(page.total, 3);
    assert_eq!(
        (page.albums[0].year, page.albums[0].duration_s),
        (Some(1990), 201.0)
    );
    assert_eq!(list("bjor", AlbumSort::Year).albums, page.albums[2..]);
    assert_eq!(list("come", AlbumSort::Year).total, 0);
    let hits = page.albums[1].id;
    assert_eq!(
        place.library.album(hits).unwrap().as_ref(),
        Some(&page.albums[1])
    );
    let query = TrackQuery {
        album: Some(hits),
        sort: Sort::Album,
        ..TrackQuery::default()
    };
    assert_eq!(titles(&place.library, &query), ["Hey", "Ho"]);
    assert_eq!(
        titles(
            &place.library,
            &TrackQuery {
                query: Query::words("cy"),
                ..query.clone()
            }
        ),
        ["Ho"]
    );
    let track = place.library.tracks(&query).unwrap().tracks[0].id;
    assert_eq!(place.library.album_of(track).unwrap(), Some(hits));
}

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn play(second: i64, subject: PlaySubject, listened_s: f64) -> Play {
    let skipped = listened_s < 30.0;
    Play {
        at: at(second),
        subject,
        listened_s,
        source: PlaySource::Radio,
        skipped,
        rating: None,
        context: PlayContext::default(),
    }
}

pub(super) fn named(artist: &str, title: &str, duration_s: Option<f64>) -> PlaySubject {
    PlaySubject {
        artist: Some(artist.into()),
        title: Some(title.into()),
        duration_s,
        ..PlaySubject::default()
    }
}

#[test]
fn circumstances_come_back_and_odd_numbers_do_no_harm() {
    let place = filled();
    let context = PlayContext {
        ended_at: Some(at(400)),
        completion: Some(0.5),
        silent_s: Some(3.0),
        paused_s: Some(100.0),
        from: Some(PlayedFrom::Station {
            seeds: vec![audio(1), audio(2)],
            title: Some(StationTitle::Around {
                seeds: vec![SeedName::Song {
                    title: "Come Together".into(),
                }],
                less: Vec::new(),
            }),
        }),
        place: Some(7),
        utc_offset_s: Some(-3600),
        end_reason: Some(EndReason::Next),
        guest: false,
        within_s: None,
    };
    let told = Play {
        context: context.clone(),
        ..play(0, named("Björk", "Jóga", None), 50.0)
    };
    let odd = Play {
        context: PlayContext {
            completion: Some(f64::NAN),
            ..PlayContext::default()
        },
        ..play(900, named("Björk", "Jóga", None), f64::INFINITY)
    };
    assert_eq!(place.library.add_plays(&[told, odd]).unwrap(), 2);
    let log = place.library.plays().unwrap();
    assert_eq!(log[0].context, context);
    assert_eq!((log[1].context.completion, log[1].listened_s), (None, 0.0));
}

fn counted() -> Tally {
    Tally {
        origin: "itunes".into(),
        subject: named("Björk", "Unravel", Some(103.0)),
        plays: 7,
        skips: 2,
        since: Some(at(0)),
        last: None,
        rating: Some(Rating::Dislike),
    }
}

fn sayings() -> [Feedback; 3] {
    [
        Feedback::NotNow(FeedbackTarget::Recording(audio(1))),
        Feedback::Never(FeedbackTarget::Artist("Björk".into())),
        Feedback::WrongAfter {
            earlier: audio(1),
            later: audio(2),
        },
    ]
}

fn turned() -> Feedback {
    Feedback::Adjusted {
        term: Term::Genre("Jazz".into()),
        up: false,
    }
}

/// A fault in a sentence, as the versions of the stored databases kept them.
fn in_words(text: &str) -> FileFault {
    FileFault::Told { text: text.into() }
}

/// Ends like the whole.
fn ends_of(embedding: &Embedding) -> [Embedding; 2] {
    [embedding.clone(), embedding.clone()]
}

fn measured() -> Measures {
    Measures {
        loudness_lufs: Some(-14.25),
        true_peak_dbtp: Some(0.5),
        intro_lufs: Some(-20.0),
        outro_lufs: None,
        leading_silence_s: 0.25,
        trailing_silence_s: 2.5,
        duration_s: None,
        waveform: Waveform {
            peak: (0..Waveform::BINS).map(|n| n as u8).collect(),
            rms: vec![7; Waveform::BINS],
        },
    }
}

fn as_long_as(duration_s: f64) -> Measures {
    Measures {
        duration_s: Some(duration_s),
        ..measured()
    }
}
