//! Headers of all kinds: what is played, how long it is, and why the others are not.

use std::io::Cursor;

use super::*;

/// Codec, rate and length, or the fault as programs see it.
fn check(name: &str, bytes: &[u8], expected: Result<(&str, u32, f64), &str>) {
    let told = look(&mut Cursor::new(bytes), Path::new(name)).unwrap();
    match (told, expected) {
        (Ok(facts), Ok((codec, rate_hz, duration_s))) => {
            let known = (
                facts.codec.unwrap_or_default(),
                facts.sample_rate_hz.unwrap_or(0),
            );
            assert_eq!(known, (codec, rate_hz), "{name}");
            let length_s = facts.duration_s.unwrap_or(0.0);
            assert!((length_s - duration_s).abs() < 1e-6, "{name}: {length_s} s");
        }
        (Err(fault), Err(expected)) => assert_eq!(fault.to_string(), expected, "{name}"),
        (told, expected) => panic!("{name}: {told:?} instead of {expected:?}"),
    }
}

fn wav(form: &[u8; 4], tag: u16, stated: u32, len: usize) -> Vec<u8> {
    let mut format = tag.to_le_bytes().to_vec();
    format.extend(2_u16.to_le_bytes());
    format.extend(44_100_u32.to_le_bytes());
    format.extend(16_000_u32.to_le_bytes());
    format.extend([4, 0, 16, 0]);
    [
        form.as_slice(),
        b"\xff\xff\xff\xffWAVEfmt \x10\0\0\0",
        &format,
        b"data",
        &stated.to_le_bytes(),
        &vec![1; len],
    ]
    .concat()
}

#[test]
fn a_wav_is_as_long_as_its_sound() {
    for (name, form, stated) in [
        ("honest.wav", b"RIFF", 44_100),
        ("pipe.wav", b"RIFF", u32::MAX),
        ("never_closed.wav", b"RIFF", 0),
        ("rf64.wav", b"RF64", u32::MAX),
        ("bw64.bw64", b"BW64", u32::MAX),
        ("too_long.wav", b"RIFF", 0xffff_fff0),
    ] {
        check(
            name,
            &wav(form, 1, stated, 44_100),
            Ok(("pcm", 44_100, 0.25)),
        );
    }
    check(
        "mp3.wav",
        &wav(b"RIFF", 0x55, 8_000, 8_000),
        Ok(("mp3", 44_100, 0.5)),
    );
    // A format that tells no bytes per second is asked for its frames.
    let mut slow = wav(b"RIFF", 0x55, 8_000, 8_000);
    slow[28..32].fill(0);
    check("no_rate.wav", &slow, Ok(("mp3", 44_100, 0.0)));
    let data = slow.windows(4).position(|four| four == b"data").unwrap();
    let fact = [b"fact\x04\0\0\0".as_slice(), &22_050_u32.to_le_bytes()].concat();
    slow.splice(data..data, fact);
    check("counted.wav", &slow, Ok(("mp3", 44_100, 0.5)));
    check(
        "ac3.wav",
        &wav(b"RIFF", 0x2000, 8_000, 8_000),
        Err("not playable: Dolby Digital (AC-3) in WAV"),
    );
    check(
        "odd.wav",
        &wav(b"RIFF", 0x270, 8_000, 8_000),
        Err("not playable: WAV of type 0x0270"),
    );
    let au = |kind: u32| {
        [24, u32::MAX, kind, 8_000, 1]
            .map(u32::to_be_bytes)
            .concat()
    };
    check(
        "x.au",
        &[b".snd".as_slice(), &au(3), &[0; 16_000]].concat(),
        Ok(("pcm", 8_000, 1.0)),
    );
    check(
        "adpcm.au",
        &[b".snd".as_slice(), &au(23), &[0; 16_000]].concat(),
        Err("not playable: AU of type 23"),
    );
}

fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [
        &(body.len() as u32 + 8).to_be_bytes(),
        kind.as_slice(),
        body,
    ]
    .concat()
}

/// An MP4 with a track of each of these handlers and sample entries.
fn mp4(of: &[(&[u8; 4], &[u8; 4], &[u8])]) -> Vec<u8> {
    let mut movie = Vec::new();
    for (handler, kind, entry) in of {
        let stsd = [
            &[0; 8],
            boxed(kind, &[&[0; 28], *entry].concat()).as_slice(),
        ]
        .concat();
        let tables = boxed(b"stbl", &boxed(b"stsd", &stsd));
        let hdlr = [&[0; 8], handler.as_slice(), &[0; 12]].concat();
        let media = [boxed(b"hdlr", &hdlr), boxed(b"minf", &tables)].concat();
        movie.extend(boxed(b"trak", &boxed(b"mdia", &media)));
    }
    [boxed(b"ftyp", b"M4A \0\0\0\0"), boxed(b"moov", &movie)].concat()
}

/// A descriptor of AAC with this configuration, or of another kind of sound.
fn esds(kind: u8, config: &[u8]) -> Vec<u8> {
    let specific = [&[5, config.len() as u8], config].concat();
    let decoder = [&[kind], [0; 12].as_slice(), &specific].concat();
    let stream = [&[0, 1, 0, 4, decoder.len() as u8], decoder.as_slice()].concat();
    boxed(
        b"esds",
        &[
            &[0; 4],
            [3, 0x80, 0x80, stream.len() as u8].as_slice(),
            &stream,
        ]
        .concat(),
    )
}

#[test]
fn of_an_mp4_it_is_told_what_cannot_be_played() {
    let fine = Ok(("", 0, 0.0));
    // Low complexity at 44.1 kHz, of one to seven in the channel field.
    let aac = |channels: u8| esds(0x40, &[0x12, channels << 3]);
    let sound = |kind: &[u8; 4], entry: &[u8]| mp4(&[(b"soun", kind, entry)]);
    check("stereo.m4a", &sound(b"mp4a", &aac(2)), fine);
    check(
        "5.1.m4a",
        &sound(b"mp4a", &aac(6)),
        Err("not playable: AAC with 6 channels"),
    );
    check(
        "7.1.m4a",
        &sound(b"mp4a", &aac(7)),
        Err("not playable: AAC with 8 channels"),
    );
    check(
        "xhe.m4a",
        &sound(b"mp4a", &esds(0x40, &[0xf9, 0x50])),
        Err("not playable: xHE-AAC"),
    );
    check("mp3.m4a", &sound(b"mp4a", &esds(0x6b, &[])), fine);
    check(
        "ac3.m4a",
        &sound(b"ac-3", b""),
        Err("not playable: Dolby Digital (AC-3)"),
    );
    check(
        "bought.m4p",
        &sound(b"drms", b""),
        Err("not playable: AAC (protected)"),
    );
    check(
        "opus51.mp4",
        &sound(b"Opus", &boxed(b"dOps", &[0, 6])),
        Err("not playable: Opus with 6 channels"),
    );
    let aac = aac(2);
    let with_pictures = mp4(&[(b"vide", b"avc1", b""), (b"soun", b"mp4a", &aac)]);
    check("film.mp4", &with_pictures, Err("a video"));
    check("chapters.m4b", &with_pictures, fine);
    check(
        "silent.m4a",
        &mp4(&[(b"vide", b"avc1", b"")]),
        Err("no sound track"),
    );
    let two = mp4(&[(b"soun", b"ac-3", b""), (b"soun", b"mp4a", &aac)]);
    check("two.m4a", &two, fine);
}

#[test]
fn of_other_containers_it_is_told_what_cannot_be_played() {
    let fine = Ok(("", 0, 0.0));
    let element = |id: &[u8], body: &[u8]| [id, &[0x40, body.len() as u8], body].concat();
    let track = |kind: u8, codec: &[u8], channels: u8, private: &[u8]| {
        let audio = element(b"\xe1", &element(b"\x9f", &[channels]));
        let inside = [
            element(b"\x83", &[kind]),
            element(b"\x86", codec),
            element(b"\x63\xa2", private),
            audio,
        ];
        element(b"\xae", &inside.concat())
    };
    let file = |tracks: &[Vec<u8>], sound: &[u8]| {
        let tracks = element(b"\x16\x54\xae\x6b", &tracks.concat());
        [
            element(b"\x1a\x45\xdf\xa3", b""),
            element(b"\x18\x53\x80\x67", &[&tracks, sound].concat()),
        ]
        .concat()
    };
    let mka = |tracks: &[Vec<u8>]| file(tracks, &element(b"\x1f\x43\xb6\x75", b"\0"));
    let before = "cut off before its sound";
    check(
        "cut.mka",
        &file(&[track(2, b"A_FLAC", 2, b"")], b""),
        Err(before),
    );
    let of =
        |codec: &[u8], channels: u8, private: &[u8]| mka(&[track(2, codec, channels, private)]);
    check("flac.mka", &of(b"A_FLAC", 6, b""), fine);
    check(
        "ac3.mka",
        &of(b"A_AC3", 2, b""),
        Err("not playable: Dolby Digital (AC-3)"),
    );
    check(
        "aac.mka",
        &of(b"A_AAC", 6, b""),
        Err("not playable: AAC with 6 channels"),
    );
    check("opus.webm", &of(b"A_OPUS", 2, b"OpusHead\x01\x02"), fine);
    check(
        "opus51.mka",
        &of(b"A_OPUS", 6, b"OpusHead\x01\x06"),
        Err("not playable: Opus with 6 channels"),
    );
    let film = [track(1, b"V_VP9", 0, b""), track(2, b"A_OPUS", 2, b"")];
    check("film.webm", &mka(&film), Err("a video"));
    check("cover.mka", &mka(&film), fine);
    check("silent.mka", &mka(&film[..1]), Err("no sound track"));

    let page = |packet: &[u8]| [b"OggS".as_slice(), &[0; 22], &[1, 30], packet, &[0; 30]].concat();
    check(
        "speex.ogg",
        &page(b"Speex   1.2"),
        Err("not playable: Speex"),
    );
    check("stereo.opus", &page(b"OpusHead\x01\x02"), fine);
    check(
        "5.1.opus",
        &page(b"OpusHead\x01\x06"),
        Err("not playable: Opus with 6 channels"),
    );
    check(
        "5.1.aac",
        b"\xff\xf1\x51\x80\0\0\0\0",
        Err("not playable: AAC with 6 channels"),
    );
    check("stereo.aac", b"\xff\xf1\x50\x80\0\0\0\0", fine);
    let aifc = |kind: &[u8; 4]| {
        [
            b"FORM\0\0\0\x30AIFCCOMM\0\0\0\x18".as_slice(),
            &[0; 18],
            kind,
            &[0; 4],
        ]
        .concat()
    };
    check(
        "ima.aifc",
        &aifc(b"ima4"),
        Err("not playable: AIFF-C of type ima4"),
    );
    check("sowt.aifc", &aifc(b"sowt"), fine);
}

#[test]
fn an_aiff_is_as_long_as_its_sound_and_a_caf_has_a_table_of_its_packets() {
    let aiff = |form: &[u8; 4], kind: &[u8], stated: u32, len: usize| {
        // Stereo, 16 bits, 44,100 Hz.
        let common = [
            b"\0\x02\0\0\x2b\x11\0\x10\x40\x0e\xac\x44".as_slice(),
            &[0; 6],
            kind,
        ]
        .concat();
        [
            b"FORM\0\0\0\0".as_slice(),
            form,
            b"COMM\0\0\0",
            &[common.len() as u8],
            &common,
            b"SSND",
            &stated.to_be_bytes(),
            &[0; 8],
            &vec![1; len],
        ]
        .concat()
    };
    let quarter = |codec| Ok((codec, 44_100, 0.25));
    check(
        "honest.aiff",
        &aiff(b"AIFF", b"", 44_108, 44_100),
        quarter("pcm"),
    );
    check(
        "cut.aiff",
        &aiff(b"AIFF", b"", 441_008, 44_100),
        quarter("pcm"),
    );
    check(
        "cut.aifc",
        &aiff(b"AIFC", b"sowt", 441_008, 44_100),
        quarter("pcm"),
    );
    check(
        "law.aifc",
        &aiff(b"AIFC", b"ulaw", 441_008, 22_050),
        quarter("pcm"),
    );
    // What states no sound is left to the tag reader.
    check("silent.aiff", &aiff(b"AIFF", b"", 8, 0), Ok(("", 0, 0.0)));

    let caf = |kind: &[u8; 4], packet_bytes: u32, more: &[&[u8]]| {
        let rate = 44_100_f64.to_be_bytes();
        let mut caf = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".to_vec();
        caf.extend(
            [
                rate.as_slice(),
                kind,
                &[0; 4],
                &packet_bytes.to_be_bytes(),
                &[0; 12],
            ]
            .concat(),
        );
        caf.extend(more.concat());
        caf
    };
    let data = b"data\0\0\0\0\0\0\0\x08\0\0\0\0abcd".as_slice();
    let packets = b"pakt\0\0\0\0\0\0\0\0".as_slice();
    let fine = Ok(("", 0, 0.0));
    check("raw.caf", &caf(b"lpcm", 4, &[data]), fine);
    check("alac.caf", &caf(b"alac", 0, &[data, packets]), fine);
    check("cut.caf", &caf(b"alac", 0, &[data]), Err("no packet table"));
    check(
        "head.caf",
        &caf(b"lpcm", 4, &[]),
        Err("cut off before its sound"),
    );
    check(
        "odd.caf",
        &caf(b"QDM2", 0, &[data]),
        Err("not playable: CAF of type QDM2"),
    );
}
