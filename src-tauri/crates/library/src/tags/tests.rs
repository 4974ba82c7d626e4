//! Tags as every format spells them, and tags that mean harm.

use lofty::tag::ItemKey::{
    AlbumArtist, AlbumTitle, Bpm, DiscNumber, FlagCompilation, Genre, InitialKey, RecordingDate,
    ReplayGainTrackGain, ReplayGainTrackPeak, TrackArtist, TrackArtists, TrackNumber, TrackTitle,
};

use super::text::TEXT_MAX;
use super::*;
use crate::fixtures::{copy, retag};
use crate::tag_text::title_of;

mod broken;
mod marks;

/// Every fixture that lofty writes, with its tag and its codec.
const FORMATS: &[(&str, TagType, &str)] = &[
    ("mp3-a.mp3", TagType::Id3v2, "mp3"),
    ("mp2-a.mp2", TagType::Id3v2, "mp2"),
    ("flac-a.flac", TagType::VorbisComments, "flac"),
    ("vorbis-a.ogg", TagType::VorbisComments, "vorbis"),
    ("opus-a.opus", TagType::VorbisComments, "opus"),
    ("aac-a.m4a", TagType::Mp4Ilst, "aac"),
    ("alac-a.m4a", TagType::Mp4Ilst, "alac"),
    ("adts-a.aac", TagType::Id3v2, "aac"),
    ("wav-a.wav", TagType::Id3v2, "pcm"),
    ("aiff-a.aiff", TagType::Id3v2, "pcm"),
    ("ape-a.ape", TagType::Ape, "ape"),
    ("wavpack-a.wv", TagType::Ape, "wavpack"),
    ("musepack-a.mpc", TagType::Ape, "musepack"),
];

/// What is read of a file that is one track.
fn only(path: &Path) -> Tags {
    let [track] = &mut read(path, None, &mut Room::default()).unwrap()[..] else {
        panic!("{} is not one track", path.display());
    };
    std::mem::take(&mut track.tags)
}

/// What is read of a fixture after these fields were written into it.
fn written(name: &str, kind: TagType, fields: &[(ItemKey, &str)]) -> Tags {
    let dir = tempfile::tempdir().unwrap();
    let path = copy(name, &dir.path().join(name));
    retag(&path, kind, fields, 0);
    only(&path)
}

#[test]
fn every_format_says_what_was_written_into_it() {
    for (name, kind, codec) in FORMATS {
        let tags = written(
            name,
            *kind,
            &[
                (TrackTitle, "Title"),
                (TrackArtist, "Tyler, The Creator"),
                (TrackArtist, "Simon & Garfunkel"),
                (AlbumTitle, "Album"),
                (AlbumArtist, "Various"),
                (Genre, "Rock"),
                (Genre, "Hip-Hop"),
                (RecordingDate, "1999-05-03"),
                (TrackNumber, "3"),
                (DiscNumber, "2"),
            ],
        );
        assert_eq!(tags.title.as_deref(), Some("Title"), "{name}");
        assert_eq!(
            tags.artists,
            ["Tyler, The Creator", "Simon & Garfunkel"],
            "{name}"
        );
        assert_eq!(
            (tags.album.as_deref(), tags.album_artist.as_deref()),
            (Some("Album"), Some("Various")),
            "{name}"
        );
        assert_eq!(tags.genres, ["Rock", "Hip-Hop"], "{name}");
        assert_eq!(
            (tags.year, tags.track, tags.disc),
            (Some(1999), Some(3), Some(2)),
            "{name}"
        );
        assert_eq!(tags.codec, *codec, "{name}");
        assert!(
            (0.4..0.7).contains(&tags.duration_s),
            "{name}: {}",
            tags.duration_s
        );
        assert!(tags.sample_rate_hz.is_some(), "{name}");
        assert_eq!(tags.warning, None, "{name}");
    }
}

#[test]
fn every_format_says_who_made_it_and_where_it_belongs() {
    use ItemKey::{
        AlbumArtistSortOrder, Comment, Composer, Label, MusicBrainzArtistId,
        MusicBrainzReleaseGroupId, MusicBrainzReleaseType,
    };
    let ann = "11111111-2222-3333-4444-555555555555";
    let bob = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    for (name, kind, _) in FORMATS {
        let tags = written(
            name,
            *kind,
            &[
                (TrackArtist, "Ann Orr"),
                (TrackArtist, "Bob"),
                (MusicBrainzArtistId, ann),
                (MusicBrainzArtistId, bob),
                (AlbumTitle, "Album"),
                (AlbumArtist, "Ann Orr"),
                (AlbumArtistSortOrder, "Orr, Ann"),
                (Composer, "Cid"),
                (MusicBrainzReleaseGroupId, "GROUP"),
                (MusicBrainzReleaseType, "album/live"),
                (Label, "Label"),
                (Comment, "a remark"),
                (RecordingDate, "1999-05"),
                (TrackNumber, "3"),
                (ItemKey::TrackTotal, "12"),
            ],
        );
        let credited: Vec<(&str, &str, Option<&str>, Option<&str>)> = tags
            .credits
            .iter()
            .map(|credit| {
                (
                    credit.role.as_str(),
                    credit.name.as_str(),
                    credit.sort_name.as_deref(),
                    credit.musicbrainz_id.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            credited,
            [
                ("artist", "Ann Orr", None, Some(ann)),
                ("artist", "Bob", None, Some(bob)),
                ("album-artist", "Ann Orr", Some("Orr, Ann"), None),
                ("composer", "Cid", None, None),
            ],
            "{name}"
        );
        assert_eq!(tags.release_group_id.as_deref(), Some("group"), "{name}");
        assert_eq!(tags.release_types, ["album", "live"], "{name}");
        assert_eq!(
            (tags.label.as_deref(), tags.comment.as_deref()),
            (Some("Label"), Some("a remark")),
            "{name}"
        );
        assert_eq!(
            (tags.year, tags.date.as_deref()),
            (Some(1999), Some("1999-05")),
            "{name}"
        );
        assert_eq!(
            (tags.track, tags.track_total),
            (Some(3), Some(12)),
            "{name}"
        );
    }
}

#[test]
fn sort_names_and_numbers_belong_to_names_one_by_one_or_to_nobody() {
    use ItemKey::{MusicBrainzArtistId, TrackArtistSortOrder};
    let flac = |fields: &[(ItemKey, &str)]| {
        let tags = written("flac-a.flac", TagType::VorbisComments, fields);
        let credits = tags.credits.into_iter();
        credits
            .map(|credit| {
                (
                    credit.name,
                    credit.sort_name,
                    credit.musicbrainz_id.is_some(),
                )
            })
            .collect::<Vec<_>>()
    };
    let two = "11111111-2222-3333-4444-555555555555/aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    let named = |name: &str, id: bool| (name.to_owned(), None, id);
    assert_eq!(
        flac(&[
            (TrackArtist, "A & B"),
            (TrackArtistSortOrder, "B"),
            (TrackArtistSortOrder, "A"),
            (MusicBrainzArtistId, two)
        ]),
        [named("A & B", false)]
    );
    assert_eq!(
        flac(&[
            (TrackArtists, "A"),
            (TrackArtists, "B"),
            (MusicBrainzArtistId, two)
        ]),
        [named("A", true), named("B", true)]
    );
    assert_eq!(
        flac(&[(TrackArtist, "A"), (MusicBrainzArtistId, "nonsense")]),
        [named("A", false)]
    );
}

#[test]
fn id3_tells_people_in_pairs_and_texts_behind_descriptions() {
    let frame = |name: &[u8; 4], body: &[u8]| {
        let size = (body.len() as u32).to_be_bytes();
        [&name[..], &size, &[0, 0], body].concat()
    };
    let frames = [
        frame(b"TPE1", b"\0Ann"),
        frame(b"IPLS", b"\0producer\0Bob\0Mix\0Cid\0barber\0Dan"),
        frame(b"COMM", b"\0engiTunNORM\0 000003"),
        frame(b"COMM", b"\0eng\0a remark"),
        frame(
            b"USLT",
            "\u{3}eng\0[00:01.00]One\r\n\r\n[00:02.00]Two".as_bytes(),
        ),
    ]
    .concat();
    let size = frames.len() as u32;
    let safe = [21, 14, 7, 0].map(|shift| (size >> shift & 0x7f) as u8);
    let tag = [&b"ID3\x03\0\0"[..], &safe, &frames].concat();
    let dir = tempfile::tempdir().unwrap();
    let path = copy("mp3-a.mp3", &dir.path().join("a.mp3"));
    let sound = std::fs::read(&path).unwrap();
    let start = id3v2_byte_len(&sound, b"ID3").unwrap_or(0) as usize;
    std::fs::write(&path, [&tag, &sound[start..]].concat()).unwrap();
    let tags = only(&path);
    let credited: Vec<_> = tags
        .credits
        .iter()
        .map(|credit| (credit.role.as_str(), credit.name.as_str()))
        .collect();
    assert_eq!(
        credited,
        [("artist", "Ann"), ("producer", "Bob"), ("mixer", "Cid")]
    );
    assert_eq!(tags.comment.as_deref(), Some("a remark"));
    assert_eq!(
        tags.lyrics.as_deref(),
        Some("[00:01.00]One\n\n[00:02.00]Two")
    );
}

#[test]
fn dates_are_as_exact_as_they_are_told() {
    for (text, expected) in [
        ("1969-09-26", Some("1969-09-26")),
        ("1969-09-26T12:00:00Z", Some("1969-09-26")),
        ("1969-09", Some("1969-09")),
        ("1969-00-00", Some("1969")),
        ("1969-13-01", Some("1969")),
        ("26.09.1969", Some("1969")),
        ("19690926", Some("1969")),
        ("©1969", Some("1969")),
        ("soon", None),
    ] {
        assert_eq!(date(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn fields_are_cleaned() {
    let flac = |fields: &[(ItemKey, &str)]| written("flac-a.flac", TagType::VorbisComments, fields);
    let tags = flac(&[
        (TrackTitle, "  A\u{1}B\n\0tail "),
        (TrackArtist, "A feat. B"),
        (TrackArtists, "A"),
        (TrackArtists, "B"),
        (TrackArtists, "A"),
        (Genre, "(17)"),
        (Genre, "Pop; Rock;"),
        (Genre, "9"),
        (Genre, "(17)(6)Refinement"),
        (Genre, "(255)"),
        (Genre, "255"),
        (Genre, "(RX)(CR)"),
        (Genre, "((Brackets)"),
        (Genre, "(Not a number)"),
        (Genre, "Rock/Pop"),
        (RecordingDate, "released 12.03.2004"),
        (TrackNumber, "07/12"),
        (DiscNumber, "0"),
        (Bpm, "128,5"),
        (InitialKey, "F#m"),
        (FlagCompilation, "1"),
        (ReplayGainTrackGain, "-7.25 dB"),
        (ReplayGainTrackPeak, "0.98"),
    ]);
    assert_eq!(tags.title.as_deref(), Some("A B"));
    assert_eq!(tags.artists, ["A", "B"]);
    assert_eq!(
        tags.genres,
        [
            "Rock",
            "Pop",
            "Metal",
            "Grunge",
            "Refinement",
            "Remix",
            "Cover",
            "(Brackets)",
            "(Not a number)",
            "Rock/Pop"
        ]
    );
    assert_eq!(
        (tags.year, tags.track, tags.disc),
        (Some(2004), Some(7), None)
    );
    assert_eq!(
        (tags.bpm, tags.key.as_deref(), tags.compilation),
        (Some(128.5), Some("F#m"), true)
    );
    assert_eq!(
        (tags.replay_gain.track_gain_db, tags.replay_gain.track_peak),
        (Some(-7.25), Some(0.98))
    );

    let long = "é".repeat(3_000_000);
    let tags = flac(&[
        (TrackTitle, &long),
        (Bpm, "1e9"),
        (RecordingDate, "31"),
        (TrackNumber, "4294967297"),
    ]);
    assert_eq!(tags.title.map(|title| title.len()), Some(TEXT_MAX));
    assert_eq!((tags.bpm, tags.year, tags.track), (None, None, None));
}

#[test]
fn text_is_shown_as_it_was_meant() {
    for (text, expected) in [
        ("a\u{202e}cod.exe\u{202c}", Some("acod.exe")),
        ("\u{2066}a\u{2069}b\u{200b}c", Some("abc")),
        ("\u{feff}a\u{85}b\u{2028}c", Some("a b c")),
        ("\u{200e}a\u{200f}", Some("a")),
        ("שלום!\u{200f} a", Some("שלום!\u{200f} a")),
        ("می\u{200c}خواهم", Some("می\u{200c}خواهم")),
        ("क्\u{200d}ष 👩\u{200d}🎤", Some("क्\u{200d}ष 👩\u{200d}🎤")),
        ("\u{200b}\u{202e} \u{200d}", None),
    ] {
        assert_eq!(clean(text).as_deref(), expected, "{text:?}");
    }
}

#[test]
fn a_file_without_a_title_is_called_by_its_name() {
    for (stem, expected) in [
        ("01 - Song", "Song"),
        ("12. Song", "Song"),
        ("1999", "1999"),
        ("12 Song", "Song"),
        ("some_name", "some name"),
        ("7", "7"),
        ("", "?"),
    ] {
        assert_eq!(title_of(stem), expected, "{stem:?}");
    }
}

#[test]
fn what_cannot_be_played_is_refused_by_name_whatever_its_ending() {
    let dir = tempfile::tempdir().unwrap();
    let wav = std::fs::read(copy("wav-a.wav", &dir.path().join("a.wav"))).unwrap();
    for (name, head, format) in [
        ("b.flac", b"OFR \x10\x20\0\0".as_slice(), "OptimFROG"),
        ("c.mp3", b"MAC \x6e\x0f\0\0", "Monkey's Audio 3.95"),
        ("d.mp3", b"ID3\x03\0\0\0\0\0\x02\0\0tBaK", "TAK"),
    ] {
        let path = dir.path().join(name);
        std::fs::write(&path, [head, &wav].concat()).unwrap();
        let refusal = read(&path, None, &mut Room::default()).unwrap_err();
        assert_eq!(refusal, FileFault::not_playable(format));
    }
}

#[test]
fn he_aac_is_known_by_what_it_announces() {
    let dir = tempfile::tempdir().unwrap();
    let path = copy("aac-a.m4a", &dir.path().join("a.m4a"));
    assert_eq!(only(&path).warning, None);
    let mut bytes = std::fs::read(&path).unwrap();
    // The decoder-specific descriptor: its tag and its length; behind it the object type in five bits.
    let descriptor = [5, 0x80, 0x80, 0x80, 5];
    let at = bytes
        .windows(5)
        .position(|five| five == descriptor)
        .unwrap()
        + 5;
    bytes[at] = (5 << 3) | (bytes[at] & 7);
    std::fs::write(&path, &bytes).unwrap();
    let tags = only(&path);
    assert_eq!(tags.codec, "aac");
    assert!(matches!(tags.warning, Some(FileFault::HeAac { .. })));
    // A plain core, and behind it the extension (0x2b7, object type 5) with its flag set.
    bytes[at] = (2 << 3) | (bytes[at] & 7);
    bytes[at + 2..at + 5].copy_from_slice(&[0x56, 0xe5, 0x80]);
    std::fs::write(&path, &bytes).unwrap();
    let tags = only(&path);
    assert!(matches!(tags.warning, Some(FileFault::HeAac { .. })));
}
