//! Several streams in one file, streams that change on the way, gains in headers, surround in Vorbis, and formats that
//! are refused by name.

use std::fs;
use std::path::PathBuf;

use super::{Fate, correlation, fate, fixture, formula, rest, whole};
use segue_core::{FileFault, FileSpan, UnplayableFormat};

use crate::Decoder;

fn read(name: &str) -> Vec<u8> {
    fs::read(fixture(name)).unwrap()
}

/// A file of this name that holds these bytes, for as long as the folder lives.
fn write(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// An ID3v2 tag whose one frame is noise that looks like frames of sound here and there.
fn id3v2() -> Vec<u8> {
    let mut tag = b"ID3\x03\0\0\0\0\x10\0".to_vec();
    tag.extend(
        (0..2_048_u32).map(|n| ((n * n * 7) >> 3) as u8 | if n % 5 == 0 { 0xe0 } else { 0 }),
    );
    tag
}

fn id3v1() -> Vec<u8> {
    [b"TAG".as_slice(), &[b' '; 125]].concat()
}

#[test]
fn streams_of_one_kind_in_a_row_are_heard_as_each_alone() {
    let check = |name: &str, parts: &[&str], between: &[u8]| {
        let mut bytes = Vec::new();
        for part in parts {
            bytes.extend(read(part));
            bytes.extend(between);
        }
        let (_folder, path) = write(name, &bytes);
        let expected: Vec<f32> = parts.iter().flat_map(|part| whole(part)).collect();
        let mut decoder = Decoder::open(&path, FileSpan::WHOLE).unwrap();
        let stated = parts.iter().map(|part| {
            Decoder::open(&fixture(part), FileSpan::WHOLE)
                .unwrap()
                .format()
                .frames
        });
        assert_eq!(decoder.format().frames, stated.sum(), "{name}");
        let heard = rest(&mut decoder);
        assert_eq!(heard.len(), expected.len(), "{name}");
        assert!(heard == expected, "{name} differs from its parts");
        assert_eq!(decoder.position(), expected.len() as u64 / 2, "{name}");
        assert_eq!(
            Decoder::open(&path, FileSpan::WHOLE)
                .unwrap()
                .count_frames()
                .unwrap(),
            expected.len() as u64 / 2,
            "{name}"
        );
        let frames = expected.len() / 2;
        for frame in [0, frames / 2, 10, frames - 1, frames / 3, frames * 9 / 10] {
            decoder.seek(frame as u64).unwrap();
            assert_eq!(decoder.position(), frame as u64, "{name}");
            let again = rest(&mut decoder);
            let expected = &expected[2 * frame..];
            assert_eq!(again.len(), expected.len(), "{name} from frame {frame}");
            let pairs = again.iter().zip(expected);
            let worst = pairs.fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()));
            assert!(worst < 1e-2, "{name} from frame {frame}: {worst}");
        }
        decoder.seek(frames as u64 + 5).unwrap();
        assert_eq!(decoder.next_block().unwrap(), None, "{name}");
        assert_eq!(decoder.position(), frames as u64, "{name}");
    };
    check("one-serial.ogg", &["vorbis.ogg", "vorbis.ogg"], b"");
    check("three.opus", &["opus.opus"; 3], b"");
    check("flac.oga", &["flac.oga", "flac.oga"], b"");
    check("two-codecs.ogg", &["flac.oga", "vorbis.ogg"], b"");
    check("joined.mp3", &["cbr.mp3", "vbr.mp3", "cbr.mp3"], b"");
    check("first-stated.mp3", &["cbr.mp3", "plain.mp3"], b"");
    check("last-stated.mp3", &["plain.mp3", "vbr.mp3"], b"");
    check("tagged.mp3", &["vbr.mp3", "cbr.mp3"], &id3v1());
    check(
        "tags.mp3",
        &["plain.mp3", "plain.mp3"],
        &[id3v1(), id3v2()].concat(),
    );
}

#[test]
fn a_stream_that_changes_its_rate_or_channels_is_heard_to_its_end() {
    // Files, and where the formula begins in what each decodes to.
    let check = |name: &str, parts: [(&str, usize); 2]| {
        let bytes: Vec<u8> = parts.iter().flat_map(|(part, _)| read(part)).collect();
        let (_folder, path) = write(name, &bytes);
        let mut decoder = Decoder::open(&path, FileSpan::WHOLE).unwrap();
        let format = decoder.format().clone();
        assert_eq!(
            (format.sample_rate_hz, format.channels),
            (48_000, 2),
            "{name}"
        );
        let heard = rest(&mut decoder);
        let mut at = 0;
        for (part, delay) in parts {
            let own = Decoder::open(&fixture(part), FileSpan::WHOLE)
                .unwrap()
                .format()
                .clone();
            let frames = whole(part).len() / own.channels;
            let length = (frames * 48_000).div_ceil(own.sample_rate_hz as usize);
            let half = &heard[2 * at..2 * (at + length)];
            let (channels, rate_hz) = (own.channels, own.sample_rate_hz as usize);
            let source = formula(frames as u64, channels as u64, 24);
            // The formula at the common rate, by straight lines: its tones are far below the rates.
            let expected: Vec<f32> = (0..length - 3_000)
                .flat_map(|frame| {
                    let place = frame as f64 * rate_hz as f64 / 48_000.0;
                    let (below, share) = (place as usize, place.fract() as f32);
                    let source = &source;
                    (0..2).map(move |channel| {
                        let one = |frame: usize| {
                            let index = frame * channels + channel.min(channels - 1);
                            source.get(index).copied().unwrap_or_default()
                        };
                        one(below) * (1.0 - share) + one(below + 1) * share
                    })
                })
                .collect();
            let delay = delay * 48_000 / rate_hz;
            let likeness = correlation(&half[2 * delay..], &expected, 0);
            assert!(likeness > 0.98, "{part} in {name}: {likeness}");
            at += length;
        }
        assert_eq!(heard.len(), 2 * at, "{name}");
        assert_eq!(
            Decoder::open(&path, FileSpan::WHOLE)
                .unwrap()
                .count_frames()
                .unwrap(),
            at as u64,
            "{name}"
        );
        for frame in [at - 2_000, 500, at / 2] {
            decoder.seek(frame as u64).unwrap();
            let again = rest(&mut decoder);
            let expected = &heard[2 * frame..];
            assert_eq!(again.len(), expected.len(), "{name} from frame {frame}");
            let worst = again
                .iter()
                .zip(expected)
                .fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()));
            assert!(worst < 1e-2, "{name} from frame {frame}: {worst}");
        }
    };
    check("wider.mp3", [("mono48k.mp3", 1_105), ("plain.mp3", 1_105)]);
    check(
        "narrower.mp3",
        [("plain.mp3", 1_105), ("mono48k.mp3", 1_105)],
    );
    check("wider.aac", [("mono48k.aac", 1_024), ("raw.aac", 1_024)]);
    check("narrower.aac", [("raw.aac", 1_024), ("mono48k.aac", 1_024)]);
    check("faster.ogg", [("vorbis.ogg", 0), ("opus.opus", 0)]);
}

#[test]
fn a_length_stated_too_short_does_not_end_the_music() {
    let mut bytes = read("cbr.mp3");
    let tag = bytes.windows(4).position(|four| four == b"Info").unwrap();
    // Half the frames and bytes are stated, as an editor leaves behind that only appends.
    for (at, value) in [(tag + 8, 24_u32), (tag + 12, 9_000)] {
        bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
    }
    let (_folder, path) = write("understated.mp3", &bytes);
    let heard = rest(&mut Decoder::open(&path, FileSpan::WHOLE).unwrap());
    let expected = whole("cbr.mp3");
    assert!(heard.len() >= expected.len(), "{}", heard.len());
    let likeness = correlation(&heard, &expected, 0);
    assert!(likeness > 0.999, "{likeness}");
}

/// The checksum of an Ogg page (RFC 3533, 6).
fn ogg_crc(page: &[u8]) -> u32 {
    page.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ (u32::from(*byte) << 24), |crc, _| {
            (crc << 1) ^ if crc >> 31 == 1 { 0x04c1_1db7 } else { 0 }
        })
    })
}

/// A fixture whose Opus header states a gain in 1/256 dB.
fn with_gain(name: &str, gain: i16) -> Vec<u8> {
    let mut bytes = read(name);
    let find = |bytes: &[u8], marker: &[u8]| {
        let place = bytes.windows(marker.len()).position(|w| w == marker);
        place.unwrap() + marker.len()
    };
    if name.ends_with(".mp4") {
        let at = find(&bytes, b"dOps") + 8;
        bytes[at..at + 2].copy_from_slice(&gain.to_be_bytes());
    } else {
        let at = find(&bytes, b"OpusHead") + 8;
        bytes[at..at + 2].copy_from_slice(&gain.to_le_bytes());
    }
    if bytes.starts_with(b"OggS") {
        let table = 27 + usize::from(bytes[26]);
        let length = table
            + bytes[27..table]
                .iter()
                .map(|b| usize::from(*b))
                .sum::<usize>();
        bytes[22..26].fill(0);
        let crc = ogg_crc(&bytes[..length]);
        bytes[22..26].copy_from_slice(&crc.to_le_bytes());
    }
    bytes
}

#[test]
fn the_gain_in_an_opus_header_is_applied() {
    for name in ["opus.opus", "opus.mka", "opus.mp4"] {
        let plain = whole(name);
        for (gain, factor) in [(0, 1.0), (-12 * 256, 0.251_188_64), (6 * 256, 1.995_262_3)] {
            let (_folder, path) = write(name, &with_gain(name, gain));
            let heard = rest(&mut Decoder::open(&path, FileSpan::WHOLE).unwrap());
            assert_eq!(heard.len(), plain.len(), "{name}");
            let pairs = heard.iter().zip(&plain);
            let worst = pairs.fold(0.0_f32, |worst, (a, b)| worst.max((a - b * factor).abs()));
            assert!(worst < 1e-5, "{name} with {gain}: {worst}");
        }
    }
    // In a chain, to each its own.
    let chain = [with_gain("opus.opus", 0), with_gain("opus.opus", -256 * 6)].concat();
    let (_folder, path) = write("chain.opus", &chain);
    let heard = rest(&mut Decoder::open(&path, FileSpan::WHOLE).unwrap());
    let (loud, soft) = heard.split_at(heard.len() / 2);
    let worst = loud.iter().zip(soft).fold(0.0_f32, |worst, (a, b)| {
        worst.max((a * 0.501_187_2 - b).abs())
    });
    assert!(worst < 1e-5, "{worst}");
}

#[test]
fn vorbis_surround_has_each_channel_in_its_place() {
    let mut decoder = Decoder::open(&fixture("surround.ogg"), FileSpan::WHOLE).unwrap();
    assert_eq!(decoder.format().channels, 6);
    let heard = rest(&mut decoder);
    let source = formula(22_050, 6, 24);
    assert_eq!(heard.len(), source.len());
    for channel in 0..6 {
        // The LFE is coded for low notes only.
        if channel == 3 {
            continue;
        }
        let one = |samples: &[f32]| -> Vec<f32> {
            samples.iter().skip(channel).step_by(6).copied().collect()
        };
        let likeness = correlation(&one(&heard), &one(&source), 0);
        assert!(likeness > 0.9, "channel {channel}: {likeness}");
    }
}

#[test]
fn what_cannot_be_played_is_refused_by_name_whatever_its_ending() {
    let wav = read("pcm16.wav");
    let noise: Vec<u8> = (0..40_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let check = |name: &str, head: &[u8], fault: FileFault| {
        // As these formats do: the header of the WAV within, then what looks like nothing.
        let (_folder, path) = write(name, &[head, &wav[..44], &noise].concat());
        match Decoder::open(&path, FileSpan::WHOLE) {
            Err(error) => assert_eq!(error.why, fault, "{name}"),
            Ok(_) => panic!("{name} plays"),
        }
    };
    check("a.ofr", b"OFR ", FileFault::not_playable("OptimFROG"));
    check("b.flac", b"OFR ", FileFault::not_playable("OptimFROG"));
    check(
        "b.mp3",
        b"wvpk\x10\x20\0\0\x03\x03\0\0",
        FileFault::NotPlayable {
            format: UnplayableFormat::Subtype {
                name: "WavPack".to_owned(),
                subtype: "3".to_owned(),
            },
        },
    );
    check(
        "c.mp3",
        b"MAC \x6e\x0f\0\0\x34\0\0\0",
        FileFault::not_playable("Monkey's Audio 3.95"),
    );
    check(
        "d.mp3",
        &[&id3v2(), b"tBaK".as_slice()].concat(),
        FileFault::not_playable("TAK"),
    );
    check(
        "e.mp3",
        b"\xff\xfb\0\x64",
        FileFault::not_playable("MP3 (free format)"),
    );
    // Something unknown with a WAV inside is not that WAV.
    check("f.wav", b"XYZ1\0\0\0\0\0\0\0\0", FileFault::UnknownFormat);
}

#[test]
fn the_core_of_he_aac_plays_where_it_is_announced() {
    let plain = read("aac.m4a");
    // Object type 2, 44.1 kHz, stereo, then an extension that is not used.
    let config = [0x12, 0x10, 0x56, 0xe5, 0x00];
    let at = plain.windows(5).position(|five| five == config).unwrap();
    // Object type 5 (spectral band replication) and 29 (parametric stereo) over the same core.
    for announced in [[0x2a, 0x10, 0x88, 0, 0], [0xea, 0x10, 0x88, 0, 0]] {
        let mut bytes = plain.clone();
        bytes[at..at + 5].copy_from_slice(&announced);
        let (_folder, path) = write("he.m4a", &bytes);
        let heard = rest(&mut Decoder::open(&path, FileSpan::WHOLE).unwrap());
        assert!(correlation(&heard, &formula(60_000, 2, 24), 0) > 0.999);
        let notice = Decoder::open(&path, FileSpan::WHOLE).unwrap().notice();
        assert_eq!(notice, Some(FileFault::HeAac { core_hz: 44_100 }));
    }
}

/// Puts a fill element with `payload` before the end of a packet of AAC (ISO/IEC 14496-3, 4.4.2.7).
fn with_fill(packet: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bits: Vec<u8> = packet
        .iter()
        .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1))
        .collect();
    while bits.pop_if(|bit| *bit == 0).is_some() {}
    bits.truncate(bits.len() - 3);
    let mut put = |value: usize, count: usize| {
        bits.extend((0..count).rev().map(|at| (value >> at & 1) as u8));
    };
    put(6, 3);
    put(payload.len().min(15), 4);
    if let Some(escape) = payload.len().checked_sub(14).filter(|more| *more > 0) {
        put(escape, 8);
    }
    payload.iter().for_each(|byte| put(usize::from(*byte), 8));
    put(7, 3);
    let byte = |eight: &[u8]| (0..8).fold(0, |byte, at| byte << 1 | eight.get(at).unwrap_or(&0));
    bits.chunks(8).map(byte).collect()
}

#[test]
fn he_aac_that_nothing_announces_is_known_by_its_packets() {
    let check = |fills: &[&[u8]], expected: bool| {
        let (mut bytes, mut rest) = (Vec::new(), &read("raw.aac")[..]);
        while let [_, _, _, a, b, c, ..] = *rest {
            let length = usize::from(a & 3) << 11 | usize::from(b) << 3 | usize::from(c >> 5);
            let mut packet = rest[7..length].to_vec();
            for fill in fills {
                packet = with_fill(&packet, fill);
            }
            let mut header = rest[..7].to_vec();
            let new = packet.len() + 7;
            header[3] = (header[3] & !3) | (new >> 11) as u8;
            header[4] = (new >> 3) as u8;
            header[5] = (header[5] & 0x1f) | ((new & 7) << 5) as u8;
            bytes.extend([header, packet].concat());
            rest = &rest[length..];
        }
        let (_folder, path) = write("a.aac", &bytes);
        let notice = Decoder::open(&path, FileSpan::WHOLE).unwrap().notice();
        assert_eq!(notice.is_some(), expected, "{fills:?}: {notice:?}");
    };
    let sbr = [0xd5; 40];
    check(&[], false);
    check(&[&[0; 30]], false);
    check(&[&sbr], true);
    check(&[&[0xe1, 2, 3]], true);
    // Bits that only fill, behind it.
    check(&[&sbr, &[0; 20]], true);
    for name in ["aac.m4a", "mono48k.aac", "cbr.mp3"] {
        let decoder = Decoder::open(&fixture(name), FileSpan::WHOLE).unwrap();
        assert_eq!(decoder.notice(), None, "{name}");
    }
}

#[test]
fn times_at_the_end_of_all_times_do_not_overflow() {
    for name in ["opus.opus", "vorbis.ogg", "flac.oga"] {
        let bytes = read(name);
        let pages: Vec<usize> = (0..bytes.len() - 4)
            .filter(|at| bytes[*at..].starts_with(b"OggS"))
            .chain([bytes.len()])
            .collect();
        for granule in [i64::MAX, i64::MAX - 1_000, i64::MAX / 4, i64::MIN, -2] {
            let mut hostile = bytes.clone();
            // The two or more pages of headers stand at 0.
            for page in pages.windows(2) {
                let page = &mut hostile[page[0]..page[1]];
                if page[6..14] == [0; 8] {
                    continue;
                }
                page[6..14].copy_from_slice(&granule.to_le_bytes());
                page[22..26].fill(0);
                let crc = ogg_crc(page);
                page[22..26].copy_from_slice(&crc.to_le_bytes());
            }
            let (_folder, path) = write(name, &hostile);
            // Refused or played, but never by a panic.
            assert!(
                !matches!(fate(&path), Fate::Refused(FileFault::Panicked { .. })),
                "{name} at {granule}"
            );
        }
    }
}
