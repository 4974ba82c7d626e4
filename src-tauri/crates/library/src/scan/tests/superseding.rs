//! Better copies and new encodings of a song: what was said and played of the old file is the new one's.

use segue_core::AudioHash;

use super::*;

/// What is known of the song in `music`: `(plays, skips, rating)`, and those of the log, with where its playlist leads.
fn known_of(place: &Place, path: &Path) -> (u32, Option<segue_core::Rating>, usize, usize, bool) {
    let library = &place.library;
    let track = library.track_by_path(path).unwrap().unwrap();
    let of = |audio: Option<AudioHash>| audio == Some(track.audio);
    let playlist = library.playlists().unwrap()[0].id;
    let (_, entries) = library.playlist_page(playlist, 0, 9).unwrap().unwrap();
    (
        track.plays,
        track.rating,
        library
            .plays()
            .unwrap()
            .iter()
            .filter(|play| of(play.subject.audio))
            .count(),
        library
            .opinions()
            .unwrap()
            .iter()
            .filter(|opinion| opinion.audio == track.audio)
            .count(),
        entries[0]
            .track
            .as_ref()
            .is_some_and(|there| there.id == track.id),
    )
}

#[test]
fn a_better_copy_takes_over_what_was_said_and_played_of_the_old_one() {
    use segue_core::{Play, PlayContext, PlaySource, PlaySubject, Rating};
    let place = place();
    let (old, new) = (place.music.join("song.mp3"), place.music.join("song.flac"));
    copy("mp3-a.mp3", &old);
    copy("opus-b.opus", &place.music.join("other.opus"));
    tagged(&old, TagType::Id3v2, ["Song", "Ann", "Al"]);
    place.scan();
    let library = &place.library;
    let audio = library.track_by_path(&old).unwrap().unwrap().audio;
    let at = |second: i64| segue_core::Timestamp::from_second(1_700_000_000 + second).unwrap();
    let subject = PlaySubject {
        audio: Some(audio),
        path: Some(old.clone()),
        artist: Some("Ann".into()),
        title: Some("Song".into()),
        album: Some("Al".into()),
        duration_s: None,
    };
    let play = |second| Play {
        at: at(second),
        subject: subject.clone(),
        listened_s: 300.0,
        source: PlaySource::Album,
        skipped: false,
        rating: None,
        context: PlayContext::default(),
    };
    library.add_plays(&[play(1), play(2), play(3)]).unwrap();
    library.rate(audio, Some(Rating::Like), at(4)).unwrap();
    let entry = crate::NewEntry {
        subject: subject.clone(),
        reasons: None,
    };
    library
        .create_playlist("List", None, &[entry], at(5))
        .unwrap();
    let all = (3, Some(Rating::Like), 3, 1, true);
    assert_eq!(known_of(&place, &old), all);

    // Beside the old one it is another recording.
    copy("flac-a.flac", &new);
    tagged(&new, TagType::VorbisComments, ["Song", "Ann", "Al"]);
    place.scan();
    assert_eq!(known_of(&place, &new), (0, None, 0, 0, false));
    // In its place it is that song. What is told of the old one later is told of it; nothing counts twice.
    let aside = place.dir.path().join("aside.mp3");
    fs::rename(&old, &aside).unwrap();
    place.scan();
    assert_eq!(known_of(&place, &new), all);
    assert_eq!(library.add_plays(&[play(3), play(6)]).unwrap(), 1);
    assert_eq!(known_of(&place, &new), (4, Some(Rating::Like), 4, 1, true));
    let newer = library.track_by_path(&new).unwrap().unwrap().audio;
    library.rate(newer, Some(Rating::Dislike), at(7)).unwrap();
    // The old one is itself again when its file is back, with what was ever said and played of it.
    fs::rename(&aside, &old).unwrap();
    place.scan();
    assert_eq!(known_of(&place, &old), (4, Some(Rating::Like), 4, 1, true));
    assert_eq!(
        known_of(&place, &new),
        (0, Some(Rating::Dislike), 0, 1, false)
    );
    // And gone for good: forgotten by its row, not by what was said of it.
    fs::remove_file(&old).unwrap();
    place.scan();
    assert_eq!(library.forget_missing().unwrap(), 1);
    assert_eq!(
        known_of(&place, &new),
        (4, Some(Rating::Dislike), 4, 2, true)
    );
    // A newer one still.
    let newest = place.music.join("song.wav");
    fs::remove_file(&new).unwrap();
    copy("vorbis-a.ogg", &place.music.join("song.ogg"));
    let newest = newest.with_extension("ogg");
    tagged(&newest, TagType::VorbisComments, ["Song", "Ann", "Al"]);
    place.scan();
    assert_eq!(
        known_of(&place, &newest),
        (4, Some(Rating::Dislike), 4, 2, true)
    );
}

#[test]
fn a_file_encoded_anew_in_its_place_is_the_same_song_and_another_song_is_not() {
    use segue_core::Rating;
    for (title, expected) in [("Song", Some(Rating::Like)), ("Other", None)] {
        let place = place();
        let path = copy("mp3-a.mp3", &place.music.join("song.mp3"));
        tagged(&path, TagType::Id3v2, ["Song", "Ann", "Al"]);
        place.scan();
        let before = place.library.track_by_path(&path).unwrap().unwrap();
        let at = segue_core::Timestamp::UNIX_EPOCH;
        place
            .library
            .rate(before.audio, Some(Rating::Like), at)
            .unwrap();
        copy("mp3-b.mp3", &path);
        tagged(&path, TagType::Id3v2, [title, "Ann", "Al"]);
        place.scan();
        let after = place.library.track_by_path(&path).unwrap().unwrap();
        assert_ne!(after.audio, before.audio);
        assert_eq!(after.rating, expected, "{title}");
    }
}
