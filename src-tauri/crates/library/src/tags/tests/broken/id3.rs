//! ID3, frame by frame.

use super::*;

#[test]
fn each_frame_is_read_for_itself() {
    // A frame of each kind that is broken or odd, and the title that it holds, if one can be read of it.
    let frames: &[(&str, u8, Vec<u8>, Option<&str>)] = &[
        ("COMM", 0, vec![], None),
        ("POPM", 0, b"a@b\0\xff".to_vec(), None),
        ("TIT2", 0, b"\x07Title".to_vec(), None),
        ("TIT2", 0, b"\x03Caf\xe9".to_vec(), Some("Café")),
        ("COMM", 0, b"\x03eng\0\xff\xfe\xfd".to_vec(), None),
        (
            "TIT2",
            0,
            [b"\x01\xff\xfe".to_vec(), vec![0x00, 0xd8, b'a', 0]].concat(),
            Some("\u{fffd}a"),
        ),
        (
            "TIT2",
            0,
            [vec![1], utf16("No mark")].concat(),
            Some("No mark"),
        ),
        ("TIT2", 0, "\0Zoë".as_bytes().to_vec(), Some("Zoë")),
        ("TIT2", 0, b"\0Caf\xe9 \x93x\x94".to_vec(), Some("Café “x”")),
        ("TIT2", 0, b"Bare".to_vec(), Some("Bare")),
        ("TIT2", 0xff, b"\0Title".to_vec(), None),
        ("APIC", 0, b"\0image/png\0\x03".to_vec(), None),
        ("RVA2", 0, b"\0".to_vec(), None),
        ("TXXX", 0, b"\x09".to_vec(), None),
        ("UFID", 0, vec![0; 3], None),
    ];
    for version in [3, 4] {
        for (name, flags, data, title) in frames {
            for place in 0..3 {
                let mut list = vec![
                    frame(version, "TPE1", 0, b"\0Ann"),
                    frame(version, "TALB", 0, b"\0Album"),
                ];
                list.insert(place, frame(version, name, *flags, data));
                let tags = id3(&tag(version, 0, &list.concat()));
                let expected = named(title.unwrap_or_default(), &["Ann"], "Album");
                assert_eq!(
                    names(&tags),
                    expected,
                    "{name} {data:x?} at {place} in 2.{version}"
                );
                let lost = *name == "TIT2" && title.is_none() || data.as_slice() == b"\x09";
                assert_eq!(
                    tags.warning.is_some(),
                    lost,
                    "{name} {data:x?}: {:?}",
                    tags.warning
                );
            }
        }
    }
}

#[test]
fn id3_is_read_as_its_writers_wrote_it() {
    let text = |text: &str| [b"\x03", text.as_bytes()].concat();
    let long = [b"\0eng\0".as_slice(), &[b'c'; 300]].concat();
    let plain = |frames: &[(&str, &[u8])]| -> Vec<u8> {
        frames
            .iter()
            .flat_map(|(name, data)| frame(3, name, 0, data))
            .collect()
    };
    let unsynchronised = |bytes: &[u8]| -> Vec<u8> {
        let mut out = Vec::new();
        for (at, byte) in bytes.iter().enumerate() {
            out.push(*byte);
            if *byte == 0xff
                && bytes
                    .get(at + 1)
                    .is_none_or(|next| *next >= 0xe0 || *next == 0)
            {
                out.push(0);
            }
        }
        out
    };
    let wide = [b"\x01\xff\xfe".to_vec(), utf16("ÿ Title")].concat();
    let zlib = {
        use std::io::Write;
        let mut encoder =
            flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(b"\x03Packed").unwrap();
        encoder.finish().unwrap()
    };
    let mut extended = vec![0, 0, 0, 6, 0, 0, 0, 0, 0, 0];
    extended.extend(plain(&[("TIT2", &text("Title"))]));
    let cases: Vec<(&str, Vec<u8>, Names)> = vec![
        (
            "plain sizes in 2.4",
            tag(
                4,
                0,
                &plain(&[
                    ("TIT2", &text("Title")),
                    ("COMM", &long),
                    ("TPE1", &text("Ann")),
                    ("TALB", &text("Album")),
                ]),
            ),
            named("Title", &["Ann"], "Album"),
        ),
        (
            "syncsafe sizes in 2.3",
            tag(
                3,
                0,
                &[
                    frame(4, "COMM", 0, &long),
                    frame(4, "TIT2", 0, &text("Title")),
                ]
                .concat(),
            ),
            named("Title", &[], ""),
        ),
        (
            "names of 2.2 in 2.3",
            tag(
                3,
                0,
                &plain(&[("TT2\0", &text("Title")), ("TP1 ", &text("Ann"))]),
            ),
            named("Title", &["Ann"], ""),
        ),
        (
            "2.2",
            tag(
                2,
                0,
                &[frame(2, "TT2", 0, b"\0Title"), frame(2, "TP1", 0, b"\0Ann")].concat(),
            ),
            named("Title", &["Ann"], ""),
        ),
        (
            "2.3 unsynchronised",
            tag(
                3,
                0x80,
                &unsynchronised(&plain(&[("TIT2", &wide), ("TPE1", &text("Ann"))])),
            ),
            named("ÿ Title", &["Ann"], ""),
        ),
        (
            "2.4 unsynchronised",
            tag(
                4,
                0x80,
                &[
                    frame(4, "TIT2", 2, &unsynchronised(&wide)),
                    frame(4, "TPE1", 0, &text("Ann")),
                ]
                .concat(),
            ),
            named("ÿ Title", &["Ann"], ""),
        ),
        (
            "2.4 that says so and is not",
            tag(4, 0x80, &frame(4, "TIT2", 0, &wide)),
            named("ÿ Title", &[], ""),
        ),
        (
            "2.3 packed",
            tag(
                3,
                0,
                &frame(3, "TIT2", 0x80, &[&[0, 0, 0, 7], zlib.as_slice()].concat()),
            ),
            named("Packed", &[], ""),
        ),
        (
            "2.4 packed",
            tag(
                4,
                0,
                &frame(4, "TIT2", 0x09, &[&[0, 0, 0, 7], zlib.as_slice()].concat()),
            ),
            named("Packed", &[], ""),
        ),
        (
            "extended header",
            tag(3, 0x40, &extended),
            named("Title", &[], ""),
        ),
        (
            "no extended header",
            tag(3, 0x40, &plain(&[("TIT2", &text("Title"))])),
            named("Title", &[], ""),
        ),
        (
            "padding",
            tag(
                3,
                0,
                &[
                    plain(&[("TIT2", &text("Title"))]),
                    vec![0; 100],
                    b"TPE1stale".to_vec(),
                ]
                .concat(),
            ),
            named("Title", &[], ""),
        ),
        (
            "several values",
            tag(
                4,
                0,
                &[
                    frame(4, "TPE1", 0, b"\x01\xff\xfeA\0\0\0\xfe\xff\0B"),
                    frame(4, "TIT2", 0, b"\x02\0T"),
                ]
                .concat(),
            ),
            named("T", &["A", "B"], ""),
        ),
        (
            "empty frames",
            tag(
                3,
                0,
                &plain(&[
                    ("TIT2", &text("Title")),
                    ("TIT2", b"\0"),
                    ("TPE1", b""),
                    ("TALB", b"\x01\xff\xfe\0\0"),
                ]),
            ),
            named("Title", &[], ""),
        ),
        (
            "a list of artists in 2.3",
            tag(
                3,
                0,
                &plain(&[
                    ("TPE1", &text("Ann feat. AC/DC")),
                    ("TXXX", &text("ARTISTS\0Ann/AC/DC")),
                ]),
            ),
            named("", &["Ann", "AC/DC"], ""),
        ),
        (
            "a name with a stroke in 2.3",
            tag(
                3,
                0,
                &plain(&[("TPE1", &text("AC/DC")), ("TXXX", &text("ARTISTS\0AC/DC"))]),
            ),
            named("", &["AC/DC"], ""),
        ),
        (
            "a list that is not the credit's",
            tag(
                3,
                0,
                &plain(&[
                    ("TPE1", &text("Nobody")),
                    ("TXXX", &text("ARTISTS\0Ann/Bob")),
                ]),
            ),
            named("", &["Nobody"], ""),
        ),
        (
            "a stroke in 2.4",
            tag(
                4,
                0,
                &[
                    frame(4, "TPE1", 0, &text("X")),
                    frame(4, "TXXX", 0, &text("ARTISTS\0A/B")),
                ]
                .concat(),
            ),
            named("", &["A/B"], ""),
        ),
    ];
    for (what, bytes, expected) in cases {
        assert_eq!(names(&id3(&bytes)), expected, "{what}");
    }
}
