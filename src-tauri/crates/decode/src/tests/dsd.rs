//! DSD as PCM.

use segue_core::{FileFault, FileSpan};

use super::{fixture, parabola, rest, whole};
use crate::Decoder;

const NAMES: [&str; 2] = ["dsd64.dsf", "dsd64.dff"];
const FRAMES: u64 = 2_000;

/// The tone that `make.py` writes as bits, at 88.2 kHz.
fn tone(frame: u64, channel: u64) -> f32 {
    let phase = frame * 32 * (40_000_000 + 9_000_000 * channel) / 64;
    parabola(phase) as f32 / (1u32 << 30) as f32 * 0.4
}

fn open(name: &str) -> Decoder {
    Decoder::open(&fixture(name), FileSpan::WHOLE).unwrap()
}

#[test]
fn one_bit_is_the_tone_that_it_was_made_of() {
    for name in NAMES {
        let mut decoder = open(name);
        let format = decoder.format().clone();
        assert_eq!(
            (
                format.codec.as_str(),
                format.sample_rate_hz,
                format.channels
            ),
            ("dsd", 88_200, 2),
            "{name}"
        );
        assert_eq!(
            (format.frames, format.bits_per_sample, format.lossless),
            (Some(FRAMES), Some(1), true),
            "{name}"
        );
        let samples = rest(&mut decoder);
        assert_eq!(samples.len() as u64, 2 * FRAMES, "{name}");
        // At the ends the tone is mirrored, and the shaper has yet to swing in.
        for frame in 100..FRAMES - 100 {
            for channel in 0..2 {
                let heard = samples[(2 * frame + channel) as usize];
                let off = (heard - tone(frame, channel)).abs();
                assert!(
                    off < 2e-3,
                    "{name}, frame {frame}, channel {channel}: {off}"
                );
            }
        }
    }
    assert!(whole(NAMES[0]) == whole(NAMES[1]), "the same bits in both");
}

#[test]
fn a_jump_lands_on_the_sample() {
    for name in NAMES {
        let all = whole(name);
        let mut decoder = open(name);
        for frame in [0, 1, 1_999, 700, 13, 1_024] {
            decoder.seek(frame).unwrap();
            assert_eq!(decoder.position(), frame, "{name}");
            assert!(
                rest(&mut decoder) == all[2 * frame as usize..],
                "{name} from {frame}"
            );
        }
        decoder.seek(FRAMES + 5).unwrap();
        assert_eq!(decoder.next_block().unwrap(), None, "{name}");
    }
}

/// A DSDIFF file of one channel with these bits.
fn dsdiff(data: &[u8], compression: &[u8; 4]) -> Vec<u8> {
    let chunk = |name: &[u8; 4], body: &[u8]| -> Vec<u8> {
        let pad = vec![0; body.len() % 2];
        [name, &(body.len() as u64).to_be_bytes()[..], body, &pad].concat()
    };
    let properties = [
        &b"SND "[..],
        &chunk(b"FS  ", &2_822_400u32.to_be_bytes()),
        &chunk(b"CHNL", b"\0\x01C   "),
        &chunk(b"CMPR", compression),
    ]
    .concat();
    let form = [
        &b"DSD "[..],
        &chunk(b"PROP", &properties),
        &chunk(b"DSD ", data),
    ]
    .concat();
    chunk(b"FRM8", &form)
}

#[test]
fn songs_that_run_into_each_other_do_so_without_a_click() {
    let bytes = std::fs::read(fixture(NAMES[1])).unwrap();
    let bits: Vec<u8> = bytes[bytes.len() - 2 * 8_000..]
        .iter()
        .step_by(2)
        .copied()
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let heard = |name: &str, bits: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, dsdiff(bits, b"DSD ")).unwrap();
        rest(&mut Decoder::open(&path, FileSpan::WHOLE).unwrap())
    };
    let all = heard("all.dff", &bits);
    // Cut near a peak of the tone and near a zero.
    for cut in [700, 752, 1_000] {
        let (first, second) = bits.split_at(cut * 4);
        let joined = [heard("a.dff", first), heard("b.dff", second)].concat();
        assert_eq!(joined.len(), all.len());
        let worst = joined
            .iter()
            .zip(&all)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(worst < 0.04, "cut at {cut}: {worst}");
    }
}

#[test]
fn what_is_compressed_is_refused_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.dff");
    std::fs::write(&path, dsdiff(&[0x69; 100], b"DST ")).unwrap();
    let refused = Decoder::open(&path, FileSpan::WHOLE).map(drop).unwrap_err();
    assert_eq!(refused.why, FileFault::not_playable("DSD (DST)"));
}
