//! Files whose containers are damaged, odd or of a rare kind: what of them is heard.

use super::*;

/// What is heard of a file of these bytes, and how many frames it states; the reason, where it is refused.
fn heard(name: &str, bytes: &[u8]) -> Result<(Vec<f32>, Option<u64>), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let mut decoder = Decoder::open(&path, FileSpan::WHOLE).map_err(|error| error.to_string())?;
    let frames = decoder.format().frames;
    let all = rest(&mut decoder);
    let channels = decoder.format().channels;
    // A jump lands where playing would have come to. AAC fills noise bands with random numbers, never the same twice.
    for frame in [all.len() / channels / 3, all.len() / channels * 7 / 8] {
        decoder.seek(frame as u64).unwrap();
        let again = rest(&mut decoder);
        assert_eq!(
            again.len(),
            all.len() - frame * channels,
            "{name} from frame {frame}"
        );
        let worst = again.iter().zip(&all[frame * channels..]);
        let worst = worst.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-2, "{name} from frame {frame}: {worst}");
    }
    Ok((all, frames))
}

/// Checks that a file decodes to the formula in `bits`, all `frames` of it, and states its length or leaves it open.
fn check(name: &str, bytes: &[u8], frames: u64, channels: u64, bits: u32) {
    let (samples, stated) = heard(name, bytes).unwrap_or_else(|reason| panic!("{name}: {reason}"));
    assert_eq!(samples.len() as u64, frames * channels, "{name}");
    assert!(
        samples == formula(frames, channels, bits),
        "{name} differs from its source"
    );
    assert!(
        stated.is_none_or(|stated| stated == frames),
        "{name} states {stated:?}"
    );
}

/// A FLAC's metadata block.
fn block(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind], &(body.len() as u32).to_be_bytes()[1..], body].concat()
}

#[test]
fn the_sound_of_a_flac_does_not_depend_on_what_stands_around_it() {
    let flac = fs::read(fixture("16.flac")).unwrap();
    // STREAMINFO is the first block; its last-flag is clear, others follow.
    let (head, behind) = flac.split_at(42);
    let with = |name: &str, put: &[u8]| check(name, &[head, put, behind].concat(), 40_000, 2, 16);
    with("blank_picture.flac", &block(6, b""));
    with(
        "picture_cut_short.flac",
        &block(6, &[0, 0, 0, 3, 0, 0, 0, 9, b'i', b'm']),
    );
    with(
        "picture_too_long.flac",
        &block(
            6,
            b"\0\0\0\x03\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13\x88xx",
        ),
    );
    with("comment_cut_short.flac", &block(4, b"\xff\0\0\0"));
    with("blank_comment.flac", &block(4, b""));
    with("seek_points_cut_short.flac", &block(3, &[7; 25]));
    with("wrong_seek_points.flac", &block(3, &[1; 36]));
    with(
        "two_seek_tables.flac",
        &[block(3, &[0; 18]), block(3, &[0; 18])].concat(),
    );
    with("two_stream_infos.flac", &block(0, &head[8..42]));
    with("blank_application.flac", &block(2, b"ab"));
    with("cue_sheet_cut_short.flac", &block(5, &[0; 20]));
    with("unknown_block.flac", &block(77, b"abc"));
    // The length of the padding reaches beyond the file.
    with("padding_too_long.flac", &[1, 0xff, 0xff, 0xff]);

    let mut last_too_early = flac.clone();
    last_too_early[4] |= 0x80;
    check("last_too_early.flac", &last_too_early, 40_000, 2, 16);
    let tail =
        |name: &str, tail: &[u8]| check(name, &[flac.as_slice(), tail].concat(), 40_000, 2, 16);
    tail("id3v1.flac", &[b"TAG".as_slice(), &[0x41; 125]].concat());
    tail(
        "ape.flac",
        b"APETAGEX\xd0\x07\0\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
    );
    tail("zeros.flac", &[0; 5_000]);
    tail(
        "text.flac",
        "what is this doing here? ".repeat(400).as_bytes(),
    );
    tail("one_byte.flac", b"x");
    tail("ones.flac", &[0xff; 3_000]);
    let id3v2 = [b"ID3\x04\0\0\0\0\0\x0a".as_slice(), &[0; 10]].concat();
    check(
        "id3v2.flac",
        &[
            &id3v2,
            flac.as_slice(),
            &[b"TAG".as_slice(), &[0; 125]].concat(),
        ]
        .concat(),
        40_000,
        2,
        16,
    );
    check(
        "padded_id3v2.flac",
        &[id3v2.as_slice(), &[0; 600], &flac].concat(),
        40_000,
        2,
        16,
    );
}

#[test]
fn the_frames_of_a_flac_are_believed_before_its_header() {
    let flac = fs::read(fixture("16.flac")).unwrap();
    let with = |name: &str, at: usize, bytes: &[u8]| {
        let mut changed = flac.clone();
        changed[8 + at..8 + at + bytes.len()].copy_from_slice(bytes);
        check(name, &changed, 40_000, 2, 16);
    };
    with("least_block_0.flac", 0, &[0, 0]);
    with("most_block_16.flac", 2, &[0, 16]);
    with("blocks_swapped.flac", 0, &[0xff, 0xff, 0, 16]);
    with("longest_frame_1.flac", 7, &[0, 0, 1]);
    // 44,100 Hz, 2 channels, 16 bits stand in 20, 3 and 5 bits.
    with("rate.flac", 10, &[0x4b]);
    with("channels.flac", 12, &[0x44 ^ 0x08]);
    with("depth.flac", 13, &[0xf0 ^ 0x80]);
    with("no_length.flac", 14, &[0; 4]);
    with("half_the_length.flac", 14, &20_000_u32.to_be_bytes());
    with("a_length_without_end.flac", 14, &[0xff; 4]);
    with("checksum.flac", 18, &[1; 16]);
}

fn wave(form: &[u8; 4], chunks: &[(&[u8; 4], u32, &[u8])]) -> Vec<u8> {
    let mut body = b"WAVE".to_vec();
    for (kind, len, bytes) in chunks {
        body.extend(*kind);
        body.extend(len.to_le_bytes());
        body.extend(*bytes);
        body.resize(body.len() + bytes.len() % 2, 0);
    }
    [form.as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat()
}

#[test]
fn a_wav_plays_whatever_its_lengths_say() {
    let wav = fs::read(fixture("pcm16.wav")).unwrap();
    let (format, sound) = (&wav[20..36], &wav[44..]);
    let fmt = (b"fmt ", 16, format);
    let data = |len: u32| (b"data", len, sound);
    let len = sound.len() as u32;
    let whole = |name: &str, bytes: &[u8]| check(name, bytes, 3_000, 2, 16);
    let form_len = |len: u32, mut bytes: Vec<u8>| {
        bytes[4..8].copy_from_slice(&len.to_le_bytes());
        bytes
    };
    whole(
        "pipe.wav",
        &form_len(u32::MAX, wave(b"RIFF", &[fmt, data(u32::MAX)])),
    );
    whole(
        "never_closed.wav",
        &form_len(0, wave(b"RIFF", &[fmt, data(0)])),
    );
    whole(
        "four_gigabytes.wav",
        &wave(b"RIFF", &[fmt, data(0xffff_fff0)]),
    );
    whole(
        "short_form.wav",
        &form_len(4, wave(b"RIFF", &[fmt, data(len)])),
    );
    whole(
        "broken_list.wav",
        &wave(b"RIFF", &[fmt, (b"LIST", 6, b"INFOxx"), data(len)]),
    );
    whole(
        "long_fact.wav",
        &wave(b"RIFF", &[fmt, (b"fact", 8, &[1; 8]), data(len)]),
    );
    whole(
        "tags_behind.wav",
        &wave(b"RIFF", &[fmt, data(len), (b"LIST", 4, b"INFO")]),
    );
    let sizes = [0, u64::from(len), 3_000].map(u64::to_le_bytes).concat();
    let long = (b"ds64", 28, [sizes.as_slice(), &[0; 4]].concat());
    let long = (long.0, long.1, long.2.as_slice());
    for (name, form) in [
        ("rf64.wav", b"RF64"),
        ("named.rf64", b"RF64"),
        ("bw64.bw64", b"BW64"),
    ] {
        whole(
            name,
            &form_len(u32::MAX, wave(form, &[long, fmt, data(u32::MAX)])),
        );
    }
    let mut odd = format.to_vec();
    odd[8..14].fill(0);
    whole(
        "no_block.wav",
        &wave(b"RIFF", &[(b"fmt ", 16, &odd), data(len)]),
    );
    let mut odd = format.to_vec();
    odd[14..16].fill(0);
    whole(
        "no_depth.wav",
        &wave(b"RIFF", &[(b"fmt ", 16, &odd), data(len)]),
    );
    let mut odd = format.to_vec();
    odd[14] = 24;
    whole(
        "depth_of_others.wav",
        &wave(b"RIFF", &[(b"fmt ", 16, &odd), data(len)]),
    );
    check("cut.wav", &wav[..6_001], 1_489, 2, 16);
    // Nothing but an empty sound chunk and tags: nothing to hear.
    let empty = wave(b"RIFF", &[fmt, (b"data", 0, b""), (b"LIST", 4, b"INFO")]);
    assert!(heard("empty.wav", &empty).is_err());

    let chunk = |kind: &[u8; 4], rest: &[u8; 12], body: &[u8]| {
        let mut bytes = [
            kind.as_slice(),
            rest,
            &(24 + body.len() as u64).to_le_bytes(),
            body,
        ]
        .concat();
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    };
    const WAVE: &[u8; 12] = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a";
    let inside = [
        [b"wave".as_slice(), WAVE].concat(),
        chunk(b"fmt ", WAVE, format),
        chunk(b"data", WAVE, sound),
    ];
    let mut w64 = chunk(
        b"riff",
        b"\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00",
        &inside.concat(),
    );
    w64.truncate(w64.len() - w64.len() % 8);
    whole("w64.w64", &w64);
}

#[test]
fn an_mp3_inside_a_wav_plays() {
    let mp3 = fs::read(fixture("plain.mp3")).unwrap();
    let format = b"\x55\0\x02\0\x44\xac\0\0\x80\x3e\0\0\x01\0\0\0\x0c\0\x01\0\x02\0\0\0\xa2\x01\x01\0\x71\x05";
    let wav = wave(
        b"RIFF",
        &[(b"fmt ", 30, format), (b"data", mp3.len() as u32, &mp3)],
    );
    let (samples, _) = heard("mp3.wav", &wav).unwrap();
    assert!(samples == whole("plain.mp3"));
}

#[test]
fn big_endian_sound_plays_whatever_its_lengths_say() {
    let aiff = fs::read(fixture("pcm16.aiff")).unwrap();
    let place = |word: &[u8]| aiff.windows(4).position(|window| window == word).unwrap();
    let (common, sound) = (place(b"COMM"), place(b"SSND"));
    let samples = &aiff[sound + 16..];
    let whole = |name: &str, bytes: &[u8]| check(name, bytes, 3_000, 2, 16);
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = aiff.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        changed
    };
    whole("form_0.aiff", &with(4, &[0; 4]));
    whole("sound_0.aiff", &with(sound + 4, &[0; 4]));
    whole("sound_without_end.aiff", &with(sound + 4, &[0xff; 4]));
    whole("blocks.aiff", &with(sound + 12, &[0, 0, 2, 0]));
    whole("no_frames.aiff", &with(common + 10, &[0; 4]));
    check("cut.aiff", &aiff[..sound + 16 + 5_000], 1_250, 2, 16);

    let au = |len: u32, kind: u32| {
        let fields = [24, len, kind, 44_100, 2].map(u32::to_be_bytes).concat();
        [b".snd".as_slice(), &fields, samples].concat()
    };
    whole("au.au", &au(12_000, 3));
    whole("pipe.snd", &au(u32::MAX, 3));
    assert!(heard("adpcm.au", &au(12_000, 23)).is_err());

    let caf = |len: u64, samples: &[u8]| {
        let description = [
            &44_100_f64.to_bits().to_be_bytes(),
            b"lpcm\0\0\0\0".as_slice(),
            &[4, 1, 2, 16].map(u32::to_be_bytes).concat(),
        ];
        [
            b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".as_slice(),
            &description.concat(),
            b"free\0\0\0\0\0\0\0\x02xx",
            b"data",
            &len.to_be_bytes(),
            &[0; 4],
            samples,
        ]
        .concat()
    };
    whole("caf.caf", &caf(12_004, samples));
    whole("open.caf", &caf(u64::MAX, samples));
    whole(
        "tags_behind.caf",
        &[caf(12_004, samples), b"info\0\0\0\0\0\0\xff\xff".to_vec()].concat(),
    );
    check("cut.caf", &caf(12_004, &samples[..5_002]), 1_250, 2, 16);
}

#[test]
fn a_fragmented_mp4_plays_all_its_fragments() {
    // A segment index, a `moof` and an `mdat` for each packet.
    let mp4 = fs::read(fixture("fragments.m4a")).unwrap();
    let renamed = |from: &[u8; 4], to: &[u8; 4]| {
        let mut bytes = mp4.clone();
        for at in 0..bytes.len() - 4 {
            if &bytes[at..at + 4] == from {
                bytes[at..at + 4].copy_from_slice(to);
            }
        }
        bytes
    };
    check("indexed.m4a", &mp4, 10_000, 2, 16);
    check("no_index.mp4", &renamed(b"sidx", b"skip"), 10_000, 2, 16);
    check("segments.m4s", &renamed(b"sidx", b"styp"), 10_000, 2, 16);
    let last = mp4
        .windows(4)
        .rposition(|window| window == b"mdat")
        .unwrap();
    let (cut, _) = heard("cut.m4a", &mp4[..last + 1_000]).unwrap();
    assert!(cut == formula(8_192, 2, 16));

    let aac = fs::read(fixture("fragments-aac.m4a")).unwrap();
    let (samples, stated) = heard("aac.m4a", &aac).unwrap();
    assert_eq!(stated, Some(samples.len() as u64 / 2));
    let likeness = correlation(&samples, &formula(60_000, 2, 24), 0);
    assert!(likeness > 0.999, "{likeness}");
}

#[test]
fn a_short_second_track_does_not_keep_an_mp4_from_jumping() {
    // The same track again as a text track: the demuxer would have to follow it.
    let mp4 = fs::read(fixture("alac.m4a")).unwrap();
    let size = |at: usize| u32::from_be_bytes(mp4[at..at + 4].try_into().unwrap()) as usize;
    let find = |word: &[u8]| mp4.windows(4).position(|window| window == word).unwrap() - 4;
    let (moov, trak) = (find(b"moov"), find(b"trak"));
    let mut second = mp4[trak..trak + size(trak)].to_vec();
    let kind = second
        .windows(4)
        .position(|window| window == b"soun")
        .unwrap();
    second[kind..kind + 4].copy_from_slice(b"text");
    let table = second
        .windows(4)
        .position(|window| window == b"stts")
        .unwrap();
    second[table..table + 4].copy_from_slice(b"junk");
    let mut movie = mp4[moov..moov + size(moov)].to_vec();
    let at = trak - moov + size(trak);
    movie.splice(at..at, second);
    let len = (movie.len() as u32).to_be_bytes();
    movie[..4].copy_from_slice(&len);
    assert!(
        find(b"mdat") < moov,
        "sound comes first, so no place of it moves"
    );
    check(
        "chapters.m4b",
        &[&mp4[..moov], &movie].concat(),
        10_000,
        2,
        16,
    );
}

#[test]
fn a_trap_of_empty_boxes_ends() {
    let boxes = b"\0\0\0\x08free".repeat(300_000);
    let trap = [b"\0\0\0\x10ftypM4A \0\0\0\0".as_slice(), &boxes].concat();
    assert!(heard("trap.m4a", &trap).is_err());
}

#[test]
fn matroska_leaves_out_what_the_encoder_put_at_both_ends() {
    let mka = fs::read(fixture("gapless.mka")).unwrap();
    let (samples, stated) = heard("gapless.mka", &mka).unwrap();
    assert_eq!((samples.len(), stated), (60_000, Some(30_000)));
    let likeness = correlation(&samples, &formula(30_000, 2, 24), 0);
    assert!(likeness > 0.999, "{likeness}");
    // Cut short: the index leads beyond the end.
    let (cut, _) = heard("cut.mka", &mka[..mka.len() / 2]).unwrap();
    assert!(cut.len() > 20_000, "{}", cut.len());
    let likeness = correlation(&cut, &formula(10_000, 2, 24), 0);
    assert!(likeness > 0.999, "{likeness}");
}
