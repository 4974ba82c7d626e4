//! Files that cue sheets and chapters part into several tracks.

use segue_core::{FileSpan, Play, PlayContext, PlaySource, PlaySubject, SheetFault};

use super::*;
use crate::audio_hash;

/// A sheet of three tracks in a file of half a second.
fn sheet(named: &str, titles: [&str; 3]) -> String {
    let [a, b, c] = titles;
    format!(
        "PERFORMER \"Somebody\"\nTITLE \"An Album\"\nREM DATE 1999\nREM GENRE Rock\nFILE \"{named}\" WAVE\n\
         TRACK 01 AUDIO\nTITLE \"{a}\"\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nTITLE \"{b}\"\nPERFORMER \"A Guest\"\n\
         INDEX 00 00:00:13\nINDEX 01 00:00:15\nTRACK 03 AUDIO\nTITLE \"{c}\"\nINDEX 01 00:00:30\n"
    )
}

const NAMES: [&str; 3] = ["First", "Second", "Third"];

/// Title, artist and number of what is there, and where it begins in CD frames.
fn there(library: &Library) -> Vec<(String, String, u32, u64)> {
    let tracks = all(library).into_iter();
    tracks
        .map(|track| {
            let artist = track.artists.first().cloned().unwrap_or_default();
            let begins = track.span.start_frame(75);
            (track.title, artist, track.track.unwrap_or_default(), begins)
        })
        .collect()
}

fn parted() -> Vec<(String, String, u32, u64)> {
    vec![
        ("First".into(), "Somebody".into(), 1, 0),
        ("Second".into(), "A Guest".into(), 2, 15),
        ("Third".into(), "Somebody".into(), 3, 30),
    ]
}

fn ids(library: &Library) -> Vec<segue_core::TrackId> {
    all(library).into_iter().map(|track| track.id).collect()
}

#[test]
fn an_image_is_its_tracks_as_long_as_there_is_a_sheet() {
    let place = place();
    let image = copy("flac-a.flac", &place.music.join("A/image.flac"));
    let cue = place.music.join("A/image.cue");
    assert_eq!(numbers(&place.scan()), [1, 1, 0, 0, 0, 0]);
    let whole = ids(&place.library);
    fs::write(&cue, sheet("image.wav", NAMES)).unwrap();
    assert_eq!(numbers(&place.scan()), [1, 3, 0, 0, 0, 1]);
    assert_eq!(there(&place.library), parted());
    let tracks = all(&place.library);
    let lengths: Vec<_> = tracks.iter().map(|track| track.duration_s).collect();
    assert_eq!(lengths.iter().sum::<f64>(), 0.5);
    assert!(place.library.track(whole[0]).unwrap().unwrap().missing);
    let album = &tracks[0];
    assert_eq!(
        (
            album.album.as_deref(),
            album.album_artist.as_deref(),
            album.year
        ),
        (Some("An Album"), Some("Somebody"), Some(1999))
    );
    let stretches = ids(&place.library);
    // Read once, they are as before.
    assert_eq!(numbers(&place.scan()), [1, 0, 0, 3, 0, 1]);
    // The path alone means none of them; the stretch does.
    assert_eq!(place.library.track_by_path(&image).unwrap(), None);
    let second = place.library.track_at(&image, album.span).unwrap().unwrap();
    assert_eq!(second.id, stretches[0]);
    // The sheet goes: the one track that it was, with its number. It comes back: so do they, with theirs.
    let kept = fs::read(&cue).unwrap();
    fs::remove_file(&cue).unwrap();
    assert_eq!(numbers(&place.scan())[..5], [1, 0, 0, 0, 1]);
    assert_eq!(ids(&place.library), whole);
    let gone = place.library.tracks_by_id(&stretches).unwrap();
    assert!(gone.len() == 3 && gone.iter().all(|track| track.missing));
    fs::write(&cue, kept).unwrap();
    assert_eq!(numbers(&place.scan())[..5], [1, 0, 0, 0, 3]);
    assert_eq!(
        (ids(&place.library), there(&place.library)),
        (stretches, parted())
    );
}

#[test]
fn stretches_keep_their_numbers_and_their_plays_wherever_they_go() {
    let place = place();
    let image = copy("flac-a.flac", &place.music.join("A/image.flac"));
    fs::write(place.music.join("A/image.cue"), sheet("image.flac", NAMES)).unwrap();
    place.scan();
    let before = ids(&place.library);
    let second = all(&place.library).remove(1);
    place
        .library
        .add_plays(&[Play {
            at: Timestamp::from_second(1_700_000_000).unwrap(),
            subject: PlaySubject {
                audio: Some(second.audio),
                ..PlaySubject::default()
            },
            listened_s: 100.0,
            source: PlaySource::Album,
            skipped: false,
            rating: None,
            context: PlayContext::default(),
        }])
        .unwrap();
    fs::rename(place.music.join("A"), place.music.join("B")).unwrap();
    assert_eq!(numbers(&place.scan()), [1, 0, 0, 0, 3, 0]);
    assert_eq!(
        (ids(&place.library), there(&place.library)),
        (before.clone(), parted())
    );
    // Retagged, and with other words in the sheet, they are the same.
    let image = place.music.join("B").join(image.file_name().unwrap());
    retag(
        &image,
        TagType::VorbisComments,
        &[(ItemKey::Comment, "x")],
        500,
    );
    fs::write(
        place.music.join("B/image.cue"),
        sheet("image.flac", ["Erste", "Zweite", "Dritte"]),
    )
    .unwrap();
    assert_eq!(numbers(&place.scan()), [1, 0, 3, 0, 0, 0]);
    let after = all(&place.library);
    assert_eq!(
        after.iter().map(|track| track.id).collect::<Vec<_>>(),
        before
    );
    assert_eq!(
        after
            .iter()
            .map(|track| (track.title.as_str(), track.plays))
            .collect::<Vec<_>>(),
        [("Erste", 0), ("Zweite", 1), ("Dritte", 0)]
    );
    // A stretch is no copy of another, nor of the file.
    let mut audio: Vec<_> = after.iter().map(|track| track.audio).collect();
    audio.push(audio_hash(&image).unwrap());
    audio.sort();
    audio.dedup();
    assert_eq!(audio.len(), 4);
}

#[test]
fn a_sheet_whose_file_is_missing_says_so_until_it_is_there() {
    let place = place();
    let cue = place.music.join("image.cue");
    let other = copy("mp3-a.mp3", &place.music.join("other.mp3"));
    fs::write(&cue, sheet("lost.wav", NAMES)).unwrap();
    let missing = [FailedFile::new(
        &cue,
        FileFault::Sheet {
            why: SheetFault::FileMissing {
                name: "lost.wav".into(),
            },
        },
    )];
    let report = place.scan();
    assert_eq!(
        (numbers(&report), &report.failures[..]),
        ([1, 1, 0, 0, 0, 0], &missing[..])
    );
    assert_eq!(place.library.failures().unwrap(), missing);
    // The watcher tells of a file alone.
    place.library.scan_paths(&[other]).unwrap();
    assert_eq!(place.library.failures().unwrap(), missing);
    let image = copy("flac-a.flac", &place.music.join("Lost.FLAC"));
    place
        .library
        .scan_paths(std::slice::from_ref(&image))
        .unwrap();
    assert_eq!(place.library.failures().unwrap(), []);
    assert_eq!(there(&place.library).len(), 4);
    // And of a sheet alone.
    fs::write(&cue, sheet("lost.wav", ["A", "B", "C"])).unwrap();
    place
        .library
        .scan_paths(std::slice::from_ref(&cue))
        .unwrap();
    let titles: Vec<_> = there(&place.library)
        .into_iter()
        .map(|(title, ..)| title)
        .collect();
    assert_eq!(titles, ["A", "B", "C", "other"]);
    fs::remove_file(&cue).unwrap();
    place
        .library
        .scan_paths(std::slice::from_ref(&cue))
        .unwrap();
    let spans: Vec<_> = all(&place.library)
        .into_iter()
        .map(|track| track.span)
        .collect();
    assert_eq!(spans, [FileSpan::WHOLE; 2]);
}

#[test]
fn a_sheet_of_single_files_names_what_their_tags_do_not() {
    let place = place();
    copy("wav-a.wav", &place.music.join("01.wav"));
    let tagged = copy("flac-b.flac", &place.music.join("02.flac"));
    retag(
        &tagged,
        TagType::VorbisComments,
        &[(ItemKey::TrackTitle, "Its own")],
        0,
    );
    fs::write(
        place.music.join("album.cue"),
        "PERFORMER Somebody\nTITLE \"An Album\"\nFILE 01.wav WAVE\nTRACK 01 AUDIO\nTITLE One\nINDEX 01 00:00:00\n\
         TRACK 02 AUDIO\nTITLE Two\nINDEX 00 00:00:30\nFILE 02.wav WAVE\nINDEX 01 00:00:00\n",
    )
    .unwrap();
    assert_eq!(numbers(&place.scan()), [2, 2, 0, 0, 0, 0]);
    assert_eq!(
        there(&place.library),
        [
            ("One".into(), "Somebody".into(), 1, 0),
            ("Its own".into(), "Somebody".into(), 2, 0)
        ]
    );
    assert!(
        all(&place.library)
            .iter()
            .all(|track| track.span.is_whole())
    );
}

#[test]
fn a_sheet_that_is_longer_than_its_file_says_so() {
    let place = place();
    let image = copy("flac-a.flac", &place.music.join("image.flac"));
    let mut text = sheet("image.flac", NAMES);
    text += "TRACK 04 AUDIO\nINDEX 01 00:10:00\n";
    fs::write(place.music.join("image.cue"), text).unwrap();
    let report = place.scan();
    let why = FileFault::Sheet {
        why: SheetFault::BeyondEnd { number: 4 },
    };
    assert_eq!(report.warnings, [FailedFile::new(&image, why)]);
    assert_eq!(there(&place.library), parted());
}
