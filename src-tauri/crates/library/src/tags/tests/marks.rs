//! Places that files name themselves: sheets among the tags, and chapters, in every form that is written.

use super::super::*;
use super::only;
use crate::fixtures::{copy, fixture};

/// The marks of a file of these bytes.
fn marks(bytes: &[u8]) -> Marks {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("file");
    std::fs::write(&path, bytes).unwrap();
    let mut room = Room::default();
    let len = bytes.len() as u64;
    let mut file = Buffered::new(File::open(&path).unwrap(), len, &mut room);
    find(&mut file, len).unwrap().0.marks
}

fn named(marks: &Marks) -> Vec<(u64, &str)> {
    let title = |chapter: &chapters::Chapter| chapter.title.clone().unwrap_or_default();
    let chapters = marks.chapters.iter();
    chapters
        .map(|chapter| (chapter.start_ns / 1_000_000, &*title(chapter).leak()))
        .collect()
}

const CHAPTERS: [(u64, &str); 2] = [(0, "Première"), (61_500, "Second")];

/// A FLAC with another metadata block behind its first.
fn flac_with(kind: u8, body: &[u8]) -> Vec<u8> {
    let bytes = std::fs::read(fixture("flac-a.flac")).unwrap();
    let (head, rest) = bytes.split_at(4 + 4 + 34);
    let len = (body.len() as u32).to_be_bytes();
    [head, &[kind, len[1], len[2], len[3]], body, rest].concat()
}

fn comments(fields: &[String]) -> Vec<u8> {
    let mut body = vec![0; 4];
    body.extend((fields.len() as u32).to_le_bytes());
    for field in fields {
        body.extend((field.len() as u32).to_le_bytes());
        body.extend(field.as_bytes());
    }
    body
}

fn mp4_box(name: &[u8; 4], bodies: &[&[u8]]) -> Vec<u8> {
    let body = bodies.concat();
    [&(body.len() as u32 + 8).to_be_bytes(), &name[..], &body].concat()
}

/// An MP4 of nothing but these boxes in its `moov`, and `data` behind it.
fn mp4(boxes: &[&[u8]], data: &[u8]) -> Vec<u8> {
    let data = mp4_box(b"mdat", &[data]);
    [
        mp4_box(b"ftyp", &[b"M4A \0\0\0\0"]),
        data,
        mp4_box(b"moov", boxes),
    ]
    .concat()
}

#[test]
fn chapters_are_read_in_every_form() {
    let comments = comments(&[
        "CHAPTER000=00:00:00.000".into(),
        "CHAPTER000NAME=Première".into(),
        "CHAPTER001=00:01:01.500".into(),
        "CHAPTER001NAME=Second".into(),
    ]);
    assert_eq!(
        named(&marks(&flac_with(4, &comments))),
        CHAPTERS,
        "comments"
    );

    let mut list = vec![1, 0, 0, 0, 0, 0, 0, 0, 2];
    for (ms, title) in CHAPTERS {
        list.extend((ms * 10_000).to_be_bytes());
        list.push(title.len() as u8);
        list.extend(title.as_bytes());
    }
    let nero = mp4_box(b"udta", &[&mp4_box(b"chpl", &[&list])]);
    assert_eq!(named(&marks(&mp4(&[&nero], b""))), CHAPTERS, "chpl");

    // A track of text, its samples in two chunks at the beginning of `mdat`, which begins at 16.
    let sample = |title: &str| [&(title.len() as u16).to_be_bytes(), title.as_bytes()].concat();
    let (first, second) = (sample(CHAPTERS[0].1), sample(CHAPTERS[1].1));
    let words =
        |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|word| word.to_be_bytes()).collect() };
    let sizes = [first.len() as u32, second.len() as u32];
    let data_at = 16 + 8;
    let table = mp4_box(
        b"stbl",
        &[
            &mp4_box(b"stts", &[&words(&[0, 2, 1, 61_500, 1, 1_000])]),
            &mp4_box(b"stsz", &[&words(&[0, 0, 2, sizes[0], sizes[1]])]),
            &mp4_box(b"stsc", &[&words(&[0, 1, 1, 1, 1])]),
            &mp4_box(b"stco", &[&words(&[0, 2, data_at, data_at + sizes[0]])]),
        ],
    );
    let media = mp4_box(
        b"mdia",
        &[
            &mp4_box(b"mdhd", &[&words(&[0, 0, 0, 1_000, 62_500, 0])]),
            &mp4_box(b"minf", &[&table]),
        ],
    );
    let header = |number: u32| mp4_box(b"tkhd", &[&words(&[0, 0, 0, number]), &[0; 68]]);
    let text = mp4_box(b"trak", &[&header(2), &media]);
    let refers = mp4_box(b"tref", &[&mp4_box(b"chap", &[&words(&[2])])]);
    let sound = mp4_box(b"trak", &[&header(1), &refers]);
    let file = mp4(&[&sound, &text], &[&first[..], &second].concat());
    assert_eq!(named(&marks(&file)), CHAPTERS, "a track of text");

    let mut frames = Vec::new();
    for (ms, title) in CHAPTERS {
        let title = [
            b"TIT2",
            &(title.len() as u32 + 1).to_be_bytes()[..],
            &[0, 0, 3],
            title.as_bytes(),
        ]
        .concat();
        let times = words(&[ms as u32, ms as u32 + 10, u32::MAX, u32::MAX]);
        let body = [b"ch\0", &times[..], &title].concat();
        frames.extend(
            [
                b"CHAP",
                &(body.len() as u32).to_be_bytes()[..],
                &[0, 0],
                &body,
            ]
            .concat(),
        );
    }
    let len = frames.len() as u32;
    let size = [0, 0, (len >> 7) as u8 & 0x7f, len as u8 & 0x7f];
    let mp3 = std::fs::read(fixture("mp3-a.mp3")).unwrap();
    let tagged = [b"ID3\x03\0\0", &size[..], &frames, &mp3].concat();
    assert_eq!(named(&marks(&tagged)), CHAPTERS, "CHAP");

    let element = |id: &[u8], bodies: &[&[u8]]| -> Vec<u8> {
        let body = bodies.concat();
        [
            id,
            &[0x08, 0, 0, 0],
            &(body.len() as u32).to_be_bytes()[..],
            &body,
        ]
        .concat()
    };
    let element = |id: &[u8], bodies: &[&[u8]]| -> Vec<u8> {
        // A size of eight bytes.
        let mut plain = element(id, bodies);
        plain[id.len()] = 0x01;
        plain
    };
    let atoms: Vec<Vec<u8>> = CHAPTERS
        .iter()
        .map(|(ms, title)| {
            let display = element(&[0x80], &[&element(&[0x85], &[title.as_bytes()])]);
            let start = element(&[0x91], &[&(ms * 1_000_000).to_be_bytes()]);
            element(&[0xb6], &[&start, &display])
        })
        .collect();
    let hidden = element(
        &[0xb6],
        &[&element(&[0x91], &[&[5]]), &element(&[0x98], &[&[1]])],
    );
    let edition = element(&[0x45, 0xb9], &[&atoms[0], &hidden, &atoms[1]]);
    let chapters = element(&[0x10, 0x43, 0xa7, 0x70], &[&edition]);
    let head = [0x1a, 0x45, 0xdf, 0xa3, 0x80];
    let segment = element(&[0x18, 0x53, 0x80, 0x67], &[&chapters]);
    assert_eq!(
        named(&marks(&[&head[..], &segment].concat())),
        CHAPTERS,
        "Matroska"
    );
}

#[test]
fn sheets_among_the_tags_part_a_file() {
    let sheet = "TITLE \"An Album\"\nFILE \"x.wav\" WAVE\nTRACK 01 AUDIO\nTITLE One\nINDEX 01 00:00:00\n\
        TRACK 02 AUDIO\nTITLE Two\nINDEX 01 00:00:15\n";
    // FLAC's own block: a catalogue number, lead-in and flag, then of each track its first sample, number, and indices.
    let mut block = vec![0; 395];
    block.push(3);
    for (number, sample) in [(1u8, 0u64), (2, 3_200), (170, 8_000)] {
        block.extend(sample.to_be_bytes());
        block.push(number);
        block.extend([0; 26]);
        block.extend([u8::from(number < 100)]);
        if number < 100 {
            block.extend([0; 8]);
            block.extend([1, 0, 0, 0]);
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let vorbis = file(
        "a.flac",
        &flac_with(4, &comments(&[format!("CUESHEET={sheet}")])),
    );
    let own = file("b.flac", &flac_with(5, &block));
    let mp3 = copy("mp3-a.mp3", &dir.path().join("c.mp3"));
    let item = [
        &(sheet.len() as u32).to_le_bytes()[..],
        &[0; 4],
        b"Cuesheet\0",
        sheet.as_bytes(),
    ]
    .concat();
    let footer = [
        &b"APETAGEX"[..],
        &2000u32.to_le_bytes(),
        &(item.len() as u32 + 32).to_le_bytes(),
        &1u32.to_le_bytes(),
        &[0; 12],
    ]
    .concat();
    let sound = std::fs::read(&mp3).unwrap();
    std::fs::write(&mp3, [&sound[..], &item, &footer].concat()).unwrap();
    for (path, titles) in [
        (vorbis, ["One", "Two"]),
        (own, ["b 01", "b 02"]),
        (mp3, ["One", "Two"]),
    ] {
        let tracks = read(&path, None, &mut Room::default()).unwrap();
        let told: Vec<_> = tracks
            .iter()
            .map(|track| (track.tags.title.as_deref(), track.span.start_frame(75)))
            .collect();
        assert_eq!(
            told,
            [(Some(titles[0]), 0), (Some(titles[1]), 15)],
            "{}",
            path.display()
        );
        // A sheet beside it says more.
        let beside = CueSheet::embedded("TRACK 01 AUDIO\nTITLE Mine\nINDEX 01 00:00:00\n");
        let tracks = read(&path, Some(&beside), &mut Room::default()).unwrap();
        assert_eq!(tracks.len(), 1);
        assert_eq!(tracks[0].tags.title.as_deref(), Some("Mine"));
    }
}

#[test]
fn chapters_of_a_book_and_of_whole_songs_are_tracks_and_verses_are_none() {
    let marks = |starts_s: &[u64]| Marks {
        chapters: starts_s
            .iter()
            .map(|s| chapters::Chapter {
                start_ns: s * 1_000_000_000,
                title: None,
            })
            .collect(),
        ..Marks::default()
    };
    for (name, starts_s, duration_s, expected) in [
        (
            "concert.m4a",
            &[0, 300, 700][..],
            1000.0,
            Some(vec![0, 300, 700]),
        ),
        (
            "concert.mka",
            &[10, 300, 700],
            1000.0,
            Some(vec![0, 300, 700]),
        ),
        ("song.opus", &[0, 30, 90], 170.0, None),
        ("book.m4b", &[0, 30, 90], 170.0, Some(vec![0, 30, 90])),
        ("book.m4b", &[0], 170.0, None),
        ("unknown.mp3", &[0, 30], 0.0, None),
    ] {
        let tags = Tags {
            duration_s,
            ..Tags::default()
        };
        let parts = named_within(Path::new(name), &marks(starts_s), &tags);
        let begin = parts.map(|parts| {
            let parts = parts.parts.iter();
            parts
                .map(|part| part.start_ns / 1_000_000_000)
                .collect::<Vec<_>>()
        });
        assert_eq!(begin, expected, "{name} {starts_s:?}");
    }
}

#[test]
fn a_file_without_marks_is_one_track() {
    let dir = tempfile::tempdir().unwrap();
    let tags = only(&copy("flac-a.flac", &dir.path().join("a.flac")));
    assert_eq!((tags.title, tags.duration_s), (None, 0.5));
}
