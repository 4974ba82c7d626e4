//! A broken item costs that item and never the tag: every format, item by item.

mod id3;

use proptest::prelude::*;
use proptest::sample::Index;

use lofty::picture::Picture;

use super::super::*;
use super::only;
use crate::fixtures::{copy, fixture};

/// What is read of tags without sound.
fn said(found: &FoundTags) -> Tags {
    tags_of(found, AudioProperties::default())
}

/// Title, artists and album.
type Names = (Option<String>, Vec<String>, Option<String>);

fn names(tags: &Tags) -> Names {
    (tags.title.clone(), tags.artists.clone(), tags.album.clone())
}

fn named(title: &str, artists: &[&str], album: &str) -> Names {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    (
        some(title),
        artists.iter().map(|artist| (*artist).to_owned()).collect(),
        some(album),
    )
}

fn syncsafe(n: usize) -> [u8; 4] {
    [n >> 21, n >> 14, n >> 7, n].map(|part| part as u8 & 0x7f)
}

/// A frame of ID3v2 as bytes, its size plain up to 2.3.
fn frame(version: u8, name: &str, flags: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = name.as_bytes().to_vec();
    let len = data.len() as u32;
    match version {
        2 => bytes.extend(&len.to_be_bytes()[1..]),
        3 => bytes.extend(len.to_be_bytes()),
        _ => bytes.extend(syncsafe(data.len())),
    }
    if version > 2 {
        bytes.extend([0, flags]);
    }
    bytes.extend(data);
    bytes
}

fn tag(version: u8, flags: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![b'I', b'D', b'3', version, 0, flags];
    bytes.extend(syncsafe(body.len()));
    bytes.extend(body);
    bytes
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn id3(bytes: &[u8]) -> Tags {
    let mut found = FoundTags::default();
    id3v2::read(bytes, &mut found);
    said(&found)
}

/// The bytes of a picture, as far as its signature.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n picture";

#[test]
fn the_first_tag_speaks_and_others_fill_its_gaps() {
    let sound = std::fs::read(fixture("mp3-a.mp3")).unwrap();
    let sound = sound[id3v2_byte_len(&sound, b"ID3").unwrap_or_default() as usize..].to_vec();
    let two = |title: &str, artist: &str| {
        let frames = [("TIT2", title), ("TPE1", artist)];
        let body: Vec<u8> = frames
            .iter()
            .flat_map(|(name, text)| frame(3, name, 0, &[b"\0", text.as_bytes()].concat()))
            .collect();
        tag(3, 0, &body)
    };
    let ape_item = |key: &str, value: &[u8]| {
        let mut item = (value.len() as u32).to_le_bytes().to_vec();
        item.extend([0; 4]);
        item.extend(key.as_bytes());
        item.push(0);
        item.extend(value);
        item
    };
    let ape = |items: &[u8], size: u32| {
        let mut tag = items.to_vec();
        tag.extend(b"APETAGEX");
        tag.extend([2000, size, 1, 0u32].iter().flat_map(|n| n.to_le_bytes()));
        tag.extend([0; 8]);
        tag
    };
    let sized = |items: &[u8]| ape(items, items.len() as u32 + 32);
    let id3v1 = |title: &str, artist: &str| {
        let mut tag = b"TAG".to_vec();
        for (text, len) in [(title, 30), (artist, 30), ("", 65)] {
            tag.extend(text.bytes().chain(std::iter::repeat(0)).take(len));
        }
        tag
    };
    let mut appended = two("Behind", "Ann");
    (appended[3], appended[5]) = (4, 0x10);
    let footer = [b"3DI".as_slice(), &appended[3..10]].concat();
    let appended = [appended, footer].concat();
    let items = |ends: &[Vec<u8>]| ends.concat();
    let (title, artist) = (ape_item("Title", b"Ape"), ape_item("Artist", b"Bob"));
    let mut long = title.clone();
    long[0] = 200;
    let cases: Vec<(&str, Vec<u8>, Vec<u8>, Names)> = vec![
        (
            "two in front",
            items(&[two("First", ""), two("Second", "Ann")]),
            vec![],
            named("First", &["Ann"], ""),
        ),
        (
            "empty after filled",
            items(&[two("First", "Ann"), two("", "")]),
            vec![],
            named("First", &["Ann"], ""),
        ),
        ("appended", vec![], appended, named("Behind", &["Ann"], "")),
        (
            "stray APE footer",
            two("Title", "Ann"),
            ape(&[], 32),
            named("Title", &["Ann"], ""),
        ),
        (
            "damaged APE footer",
            two("Title", "Ann"),
            ape(&[], u32::MAX),
            named("Title", &["Ann"], ""),
        ),
        (
            "damaged APE footer and ID3v1",
            vec![],
            items(&[ape(&[], 999_999), id3v1("Old", "Bob")]),
            named("Old", &["Bob"], ""),
        ),
        (
            "ID3v1 beside a broken ID3v2",
            tag(3, 0, &[0xff; 40]),
            id3v1("Old", "Bob"),
            named("Old", &["Bob"], ""),
        ),
        (
            "APE before ID3v1",
            vec![],
            items(&[
                sized(&items(&[title.clone(), artist.clone()])),
                id3v1("Old", "Old"),
            ]),
            named("Ape", &["Bob"], ""),
        ),
        (
            "an APE item too long",
            vec![],
            sized(&items(&[long, artist.clone()])),
            named("Ape", &["Bob"], ""),
        ),
        (
            "an APE item without a name",
            vec![],
            sized(&items(&[ape_item("\u{1}x", b"no"), artist.clone()])),
            named("", &["Bob"], ""),
        ),
        (
            "an APE item in Latin-1",
            vec![],
            sized(&ape_item("Title", b"Caf\xe9")),
            named("Café", &[], ""),
        ),
    ];
    for (what, before, behind, expected) in cases {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("song.mp3");
        std::fs::write(&path, [before, sound.clone(), behind].concat()).unwrap();
        let tags = only(&path);
        assert_eq!(names(&tags), expected, "{what}");
        assert!(
            (0.4..0.7).contains(&tags.duration_s) && tags.codec == "mp3",
            "{what}: {tags:?}"
        );
    }
}

#[test]
fn comments_items_and_chunks_are_read_each_for_itself() {
    let comment = |text: &[u8]| [&(text.len() as u32).to_le_bytes(), text].concat();
    let header = |comments: &[Vec<u8>]| {
        let count = (comments.len() as u32).to_le_bytes().to_vec();
        [comment(b"vendor"), count, comments.concat()].concat()
    };
    let flac = |comments: Vec<u8>| {
        let block = |kind: u8, body: &[u8]| {
            [&[kind], &(body.len() as u32).to_be_bytes()[1..], body].concat()
        };
        [
            b"fLaC".to_vec(),
            block(0, &[0; 34]),
            block(6, &[]),
            block(0x84, &comments),
        ]
        .concat()
    };
    let (artist, album) = (comment(b"ARTIST=Ann"), comment(b"album=Album"));
    let with = |odd: Vec<u8>| flac(header(&[artist.clone(), odd, album.clone()]));
    let mut vendor = header(&[artist.clone(), album.clone()]);
    vendor[3] = 0x7f;
    let mut count = header(&[artist.clone(), album.clone()]);
    count[10..14].copy_from_slice(&[0xff; 4]);

    let atom =
        |name: &[u8], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes(), name, body].concat();
    let data =
        |kind: u32, value: &[u8]| atom(b"data", &[&kind.to_be_bytes(), &[0; 4], value].concat());
    let mp4 = |items: &[Vec<u8>]| {
        let meta = atom(
            b"meta",
            &[&[0; 4], atom(b"ilst", &items.concat()).as_slice()].concat(),
        );
        let moov = atom(b"moov", &atom(b"udta", &meta));
        [atom(b"ftyp", b"M4A \0\0\0\0"), moov].concat()
    };
    let (by, on) = (
        atom(b"\xa9ART", &data(1, b"Ann")),
        atom(b"\xa9alb", &data(1, b"Album")),
    );
    let item = |odd: Vec<u8>| mp4(&[by.clone(), odd, on.clone()]);
    let mut short = atom(b"\xa9nam", &data(1, b"Title"));
    short[..4].copy_from_slice(&3u32.to_be_bytes());
    let mut long = atom(b"\xa9nam", &data(1, b"Title"));
    long[..4].copy_from_slice(&9999u32.to_be_bytes());

    let chunk = |name: &[u8], body: &[u8]| {
        let pad = vec![0; body.len() % 2];
        [name, &(body.len() as u32).to_le_bytes(), body, &pad].concat()
    };
    let wav = |chunks: &[Vec<u8>]| {
        let body = [b"WAVE".to_vec(), chunks.concat()].concat();
        [
            b"RIFF".to_vec(),
            (body.len() as u32).to_le_bytes().to_vec(),
            body,
        ]
        .concat()
    };
    let list = |items: &[Vec<u8>]| chunk(b"LIST", &[b"INFO".to_vec(), items.concat()].concat());
    let (iart, iprd) = (chunk(b"IART", b"Ann\0"), chunk(b"IPRD", b"Album\0"));
    let mut inam = chunk(b"INAM", b"Title\0");
    inam[5] = 0xff;
    let id3 = |text: &[u8]| chunk(b"id3 ", &tag(3, 0, &frame(3, "TIT2", 0, text)));
    let aiff = |chunks: &[(&[u8], &[u8])]| {
        let mut bytes = b"FORM\0\0\0\0AIFF".to_vec();
        for (name, body) in chunks {
            bytes.extend(*name);
            bytes.extend((body.len() as u32).to_be_bytes());
            bytes.extend(*body);
            bytes.extend(vec![0; body.len() % 2]);
        }
        bytes
    };

    let all = |title: &str| named(title, &["Ann"], "Album");
    let cases: Vec<(&str, Vec<u8>, Names)> = vec![
        ("FLAC", with(comment(b"TITLE=Title")), all("Title")),
        (
            "FLAC, not UTF-8",
            with(comment(b"TITLE=Caf\xe9")),
            all("Café"),
        ),
        (
            "FLAC, no sign of equality",
            with(comment(b"TITLE")),
            all(""),
        ),
        ("FLAC, empty comment", with(comment(b"")), all("")),
        ("FLAC, no key", with(comment(b"=Title")), all("")),
        (
            "FLAC, length past the end",
            with([&[0xff, 0xff, 0xff, 0x7f], b"TITLE=Title".as_slice()].concat()),
            all("Title"),
        ),
        (
            "FLAC, length too short",
            with([&[2, 0, 0, 0], b"TITLE=Title".as_slice()].concat()),
            all("Title"),
        ),
        ("FLAC, vendor past the end", flac(vendor), all("")),
        ("FLAC, false count", flac(count), all("")),
        (
            "MP4",
            item(atom(b"\xa9nam", &data(1, b"Title"))),
            all("Title"),
        ),
        (
            "MP4, unknown type",
            item(atom(b"\xa9nam", &data(77, b"Title"))),
            all("Title"),
        ),
        (
            "MP4, UTF-16",
            item(atom(b"\xa9nam", &data(2, b"\0T"))),
            all("T"),
        ),
        (
            "MP4, not UTF-8",
            item(atom(b"\xa9nam", &data(1, b"Caf\xe9"))),
            all("Café"),
        ),
        ("MP4, no data", item(atom(b"\xa9nam", b"")), all("")),
        (
            "MP4, data too short",
            item(atom(b"\xa9nam", &atom(b"data", b"\0\0\0\x01"))),
            all(""),
        ),
        ("MP4, item too short", item(short), all("Title")),
        ("MP4, item too long", item(long), all("Title")),
        (
            "WAV",
            wav(&[list(&[
                iart.clone(),
                chunk(b"INAM", b"Title\0"),
                iprd.clone(),
            ])]),
            all("Title"),
        ),
        (
            "WAV, Windows-1252",
            wav(&[list(&[
                iart.clone(),
                chunk(b"INAM", b"Gr\xf6\xdfe\0"),
                iprd.clone(),
            ])]),
            all("Größe"),
        ),
        (
            "WAV, UTF-8",
            wav(&[list(&[
                iart.clone(),
                chunk(b"INAM", "Größe".as_bytes()),
                iprd.clone(),
            ])]),
            all("Größe"),
        ),
        (
            "WAV, item past the end",
            wav(&[list(&[iart.clone(), inam, iprd.clone()])]),
            all("Title"),
        ),
        (
            "WAV, no byte to make it even",
            wav(&[list(&[
                iart.clone(),
                b"INAM\x03\0\0\0Tit".to_vec(),
                iprd.clone(),
            ])]),
            all("Tit"),
        ),
        (
            "WAV, ID3v2 beside",
            wav(&[
                list(&[iart.clone(), chunk(b"INAM", b"Cut"), iprd.clone()]),
                id3(b"\0Title"),
            ]),
            all("Title"),
        ),
        (
            "AIFF",
            aiff(&[(b"NAME", b"Caf\xe9"), (b"AUTH", b"Ann")]),
            named("Café", &["Ann"], ""),
        ),
    ];
    for (what, bytes, expected) in cases {
        let mut file = io::Cursor::new(&bytes);
        let (found, ..) = find(&mut file, bytes.len() as u64).unwrap();
        assert_eq!(names(&said(&found)), expected, "{what}");
    }
}

#[test]
fn only_what_has_a_pictures_signature_is_a_cover() {
    let frame = |data: &[u8]| frame(3, "APIC", 0, data);
    for (what, frames, expected) in [
        (
            "PNG",
            vec![frame(&[b"\0image/png\0\x03\0", PNG].concat())],
            Some(PNG),
        ),
        (
            "false kind",
            vec![frame(&[b"\0image/jpeg\0\x03\0", PNG].concat())],
            Some(PNG),
        ),
        (
            "wide description",
            vec![frame(
                &[b"\x01image/png\0\x03\xff\xfea\0\0\0", PNG].concat(),
            )],
            Some(PNG),
        ),
        (
            "narrow end of a wide one",
            vec![frame(&[b"\x01image/png\0\x03\0", PNG].concat())],
            Some(PNG),
        ),
        (
            "link",
            vec![frame(b"\0-->\0\x03\0http://example.org/c.jpg")],
            None,
        ),
        ("empty", vec![frame(b"\0image/png\0\x03\0")], None),
        (
            "noise",
            vec![frame(
                &[b"\0image/png\0\x03\0".as_slice(), &[7; 500]].concat(),
            )],
            None,
        ),
        (
            "link, then PNG",
            vec![
                frame(b"\0-->\0\x03\0http://example.org/c.jpg"),
                frame(&[b"\0image/png\0\0\0", PNG].concat()),
            ],
            Some(PNG),
        ),
    ] {
        let mut found = FoundTags::default();
        id3v2::read(&tag(3, 0, &frames.concat()), &mut found);
        assert_eq!(found.cover().map(Picture::data), expected, "{what}");
    }
}

/// A way to break a frame: what it does to the bytes of the frame, whose header has ten.
fn broken(kind: u8, salt: u8, frame: &mut [u8]) {
    let size = frame.len() - 10;
    match kind {
        0 => frame[10] = 4 + salt % 28,
        1 => frame[11] = 0xff,
        2 => frame[4..8].copy_from_slice(&[0x7f, salt & 0x7f, 0x7f, 0x7f]),
        3 => frame[7] = (size as u8).saturating_sub(1 + salt % 6).min(0x7f),
        4 => frame[7] = (size as u8 + 1 + salt % 6).min(0x7f),
        5 => frame[usize::from(salt % 4)] = 0xc0 | salt,
        6 => frame[9] = 0xff,
        7 => frame[..10].fill(0),
        8 => frame[4..8].fill(0),
        9 => frame[..4].fill(0),
        _ => frame[4..8].fill(0xff),
    }
}

proptest! {
    #[test]
    fn one_broken_frame_leaves_all_others(
        version in 3..=4u8,
        order in Just(vec![0, 1, 2, 3, 4, 5, 6, 7]).prop_shuffle(),
        words in proptest::collection::vec("[a-z]{2,40}", 8),
        at in any::<Index>(),
        kind in 0..=10u8,
        salt in any::<u8>(),
        padding in 0..300usize,
    ) {
        const FIELDS: [&str; 8] = ["TIT2", "TPE1", "TALB", "TPE2", "TCON", "TCOM", "COMM", "APIC"];
        let frame_of = |field: usize| {
            let text = &words[field];
            let data = match FIELDS[field] {
                "COMM" => format!("\0eng\0{text}").into_bytes(),
                "APIC" => [b"\0image/png\0\x03\0", PNG, text.as_bytes()].concat(),
                _ => format!("\x03{text}").into_bytes(),
            };
            frame(version, FIELDS[field], 0, &data)
        };
        let odd = at.index(order.len());
        let mut body = Vec::new();
        for (place, field) in order.iter().enumerate() {
            let mut frame = frame_of(*field);
            if place == odd {
                broken(kind, salt, &mut frame);
            }
            body.extend(frame);
        }
        body.extend(vec![0; padding]);
        let mut found = FoundTags::default();
        id3v2::read(&tag(version, 0, &body), &mut found);
        let tags = said(&found);
        let read = [
            tags.title.clone(),
            tags.artists.first().cloned(),
            tags.album.clone(),
            tags.album_artist.clone(),
            tags.genres.first().cloned(),
            tags.composer.clone(),
        ];
        for field in order.iter().enumerate().filter(|(place, _)| *place != odd).map(|(_, field)| *field) {
            if let Some(read) = read.get(field) {
                prop_assert_eq!(read.as_deref(), Some(words[field].as_str()), "{}", FIELDS[field]);
            } else if FIELDS[field] == "APIC" {
                let cover = found.cover().map(|cover| cover.data().to_vec());
                prop_assert_eq!(cover, Some([PNG, words[field].as_bytes()].concat()));
            }
        }
    }

    #[test]
    fn no_bytes_make_a_tag_reader_fail(bytes in proptest::collection::vec(any::<u8>(), 0..600), kind in 0..9usize) {
        let head: [&[u8]; 9] = [
            b"ID3\x03\0\0\0\0\x03\0", b"ID3\x04\0\x40\0\0\x03\0TIT2", b"ID3\x02\0\x80\0\0\x02\0", b"fLaC\x84\0\x01\0",
            b"\0\0\0\x08ftyp\0\0\x01\0moov\0\0\x01\0udta\0\0\x01\0meta\0\0\0\0\0\0\x01\0ilst", b"RIFF\0\0\0\0WAVELIST\0\x01\0\0INFO",
            b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff", b"caff\0\x01\0\0info\0\0\0\0\0\0\x01\0", b"",
        ];
        let bytes = [head[kind], &bytes].concat();
        let mut file = io::Cursor::new(&bytes);
        prop_assert!(find(&mut file, bytes.len() as u64).is_ok());
    }
}

#[test]
fn a_broken_length_of_a_comment_costs_no_field() {
    let dir = tempfile::tempdir().unwrap();
    let path = copy("flac-a.flac", &dir.path().join("song.flac"));
    crate::fixtures::retag(
        &path,
        TagType::VorbisComments,
        &[
            (ItemKey::TrackTitle, "Title"),
            (ItemKey::AlbumTitle, "Album"),
        ],
        0,
    );
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes
        .windows(11)
        .position(|window| window == b"TITLE=Title")
        .unwrap();
    bytes[at - 4..at].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f]);
    std::fs::write(&path, bytes).unwrap();
    let tags = only(&path);
    assert_eq!(names(&tags), named("Title", &[], "Album"));
    assert!(tags.warning.is_some() && tags.duration_s > 0.4, "{tags:?}");
}
