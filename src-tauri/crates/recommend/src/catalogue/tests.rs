//! What a catalogue knows of its recordings, and which of them it takes for one song.

use super::*;
use crate::test_support;

#[test]
fn copies_spellings_and_foreign_vectors_are_sorted_out() {
    let mut a = test_support::item(1, "Song", "The Beatles");
    a.vector = Embedding::new(ModelId("here@1".into()), vec![1.0, 0.0]).ok();
    let mut b = test_support::item(2, "song!", "Beatles");
    b.vector = Embedding::new(ModelId("elsewhere@1".into()), vec![1.0, 0.0]).ok();
    let mut c = test_support::item(3, "Track 1", "Unknown Artist");
    c.vector = Embedding::new(ModelId("here@1".into()), vec![1.0, 0.0, 0.0]).ok();
    let d = test_support::item(4, "Track 1", "Unknown Artist");
    let catalogue = Catalogue::new(Some(ModelId("here@1".into())), [a.clone(), a, b, c, d]);
    assert_eq!((catalogue.len(), catalogue.vector_count()), (4, 1));
    assert_eq!(catalogue.song(0), catalogue.song(1));
    assert_ne!(catalogue.song(2), catalogue.song(3));
    assert_eq!(catalogue.artists(1).collect::<Vec<_>>(), ["The Beatles"]);
    assert_eq!(catalogue.artists(2).count(), 0);
}

#[test]
fn a_play_finds_its_recording_again() {
    let catalogue = Catalogue::new(
        None,
        [
            test_support::item(1, "Halo", "Ann"),
            test_support::item(2, "Dusk", "Ann"),
        ],
    );
    let found = |audio, artist: &str, title: &str| {
        let mut play = test_support::play(0, test_support::audio(audio), 1.0);
        play.subject.artist = Some(artist.into());
        play.subject.title = Some(title.into());
        catalogue.find(&play)
    };
    assert_eq!(found(2, "", ""), Some(Found::Item(1)));
    assert_eq!(found(9, "ANN", "halo"), Some(Found::Item(0)));
    assert_eq!(found(9, "ann", "gone"), Some(Found::Artist(0)));
    assert_eq!(found(9, "bob", "halo"), None);
}

/// Recordings of one title and artist: length, album and place on it; which are one song, by the number of the first.
fn check(recordings: &[(f64, Option<i64>, Option<u32>)], expected: &[u32]) {
    let items = recordings.iter().enumerate().map(|(n, recording)| {
        let (duration_s, album_id, place) = *recording;
        Item {
            duration_s,
            album_id,
            album: album_id.map(|id| format!("Concerto {id}")),
            place,
            ..test_support::item(n, "I. Allegro", "Old Master")
        }
    });
    let catalogue = Catalogue::new(None, items);
    let songs: Vec<u32> = (0..catalogue.len()).map(|at| catalogue.song(at)).collect();
    assert_eq!(songs, expected, "{recordings:?}");
}

#[test]
fn pieces_of_one_name_are_two_and_copies_of_one_piece_are_one() {
    let of = |duration_s| (duration_s, None, None);
    let on = |album, duration_s| (duration_s, Some(album), Some(1));
    // Six movements of six concertos.
    let movements = [4.0, 10.0, 16.0, 22.0, 28.0, 34.0];
    let all: Vec<_> = (0..6).map(|n| on(n, movements[n as usize])).collect();
    check(&all, &[0, 1, 2, 3, 4, 5]);
    // A song on its album and on a collection, in another mastering, and of unknown length.
    check(
        &[on(1, 200.0), on(2, 202.0), of(206.0), of(0.0)],
        &[0, 0, 0, 0],
    );
    check(&[on(1, 200.0), on(2, 205.0), of(208.0)], &[0, 1, 1]);
    // Two interludes of one album; two copies of one.
    check(
        &[
            (60.0, Some(1), Some(2)),
            (61.0, Some(1), Some(9)),
            (61.0, Some(1), Some(2)),
            (61.0, Some(1), None),
        ],
        &[0, 1, 0, 0],
    );
}

#[test]
fn pieces_of_one_name_and_length_are_two_where_they_sound_unlike() {
    let mut items = test_support::library(7, 8, 12, 16);
    for (item, (n, vector)) in items.iter_mut().take(3).zip([(0, 5), (1, 6), (2, 5)]) {
        item.title = "I. Allegro".into();
        item.artists = vec!["Old Master".into()];
        item.album_id = Some(1000 + n);
        item.vector = Some(test_support::vector(7, 0, vector, 16, 0.0));
    }
    let catalogue = Catalogue::new(Some(test_support::model()), items);
    let songs: Vec<u32> = (0..3).map(|at| catalogue.song(at)).collect();
    assert_eq!(songs, [0, 1, 0]);
}

#[test]
fn a_play_of_a_name_that_several_songs_bear_is_told_by_its_length() {
    let items = [180.0, 300.0].map(|duration_s| Item {
        duration_s,
        ..test_support::item(duration_s as usize, "I. Allegro", "Old Master")
    });
    let catalogue = Catalogue::new(None, items);
    for (duration_s, expected) in [
        (Some(301.0), Found::Item(1)),
        (Some(182.0), Found::Item(0)),
        (Some(240.0), Found::Artist(0)),
        (None, Found::Artist(0)),
    ] {
        let mut play = test_support::play(0, test_support::audio(9), 1.0);
        play.subject.artist = Some("Old Master".into());
        play.subject.title = Some("I. Allegro".into());
        play.subject.duration_s = duration_s;
        assert_eq!(catalogue.find(&play), Some(expected), "{duration_s:?}");
    }
}

#[test]
fn names_are_suggested_without_their_signs() {
    let names = ["AC/DC", "P!nk", "R.E.M.", "C++"];
    let items = (0..)
        .zip(names)
        .map(|(n, name)| test_support::item(n, "Song", name));
    let catalogue = Catalogue::new(None, items);
    for (text, expected) in [
        ("acdc", "AC/DC"),
        ("pink", "P!nk"),
        ("rem", "R.E.M."),
        ("c++", "C++"),
    ] {
        let found = catalogue.names_with(text, 9);
        let found: Vec<&str> = found.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(found, [expected], "{text}");
    }
}
