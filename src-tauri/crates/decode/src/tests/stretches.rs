//! Stretches of files, as cue sheets and chapters name them: each is like a file of its own, and one behind the other they
//! are the file.

use segue_core::FileSpan;

use super::{fixture, rest, whole};
use crate::{Decoder, StereoStream};

/// The stretch between two frames at this rate, rounded down to nanoseconds as a cue sheet's times are.
fn between(from: u64, until: Option<u64>, rate_hz: u32) -> FileSpan {
    let ns = |frame: u64| frame * 1_000_000_000 / u64::from(rate_hz);
    FileSpan {
        start_ns: ns(from),
        end_ns: until.map(ns),
    }
}

#[test]
fn stretches_of_a_file_make_the_whole() {
    let exact = [
        "16.flac",
        "24.flac",
        "96k.flac",
        "surround.flac",
        "pcm16.wav",
        "pcm24.wav",
        "pcm16.aiff",
        "alac.m4a",
        "flac.oga",
        "flac.mka",
        "mono.ape",
        "16.wv",
        "16.tta",
    ];
    let near = [
        "aac.m4a",
        "cbr.mp3",
        "vbr.mp3",
        "plain.mp3",
        "raw.aac",
        "vorbis.ogg",
        "opus.opus",
        "lossy.wv",
        "sv7.mpc",
        "sv8.mpc",
    ];
    let exact = exact.map(|name| (name, 0.0));
    // As near as a jump comes, as in the test of jumps: AAC fills bands with random numbers.
    let near = near.map(|name| (name, if name.contains("aac") { 1e-2 } else { 2e-3 }));
    for (name, tolerance) in exact.into_iter().chain(near) {
        let all = whole(name);
        let path = fixture(name);
        let (rate_hz, channels) = {
            let decoder = Decoder::open(&path, FileSpan::WHOLE).unwrap();
            let format = decoder.format();
            (format.sample_rate_hz, format.channels)
        };
        let frames = (all.len() / channels) as u64;
        let cuts = [0, 588, frames / 3, frames / 2 + 1, frames - 700];
        let mut joined = Vec::new();
        for (n, from) in cuts.iter().enumerate() {
            let until = cuts.get(n + 1).copied();
            let span = between(*from, until, rate_hz);
            let mut decoder = Decoder::open(&path, span).unwrap();
            let length = until.unwrap_or(frames) - from;
            if let Some(stated) = decoder.format().frames {
                assert_eq!(stated, length, "{name}, stretch {n}");
            }
            assert_eq!(
                decoder.count_frames().unwrap(),
                length,
                "{name}, stretch {n}"
            );
            assert_eq!(decoder.position(), 0, "{name}, stretch {n}");
            let heard = rest(&mut decoder);
            assert_eq!(decoder.position(), length, "{name}, stretch {n}");
            assert_eq!(
                heard.len() as u64,
                length * channels as u64,
                "{name}, stretch {n}"
            );
            // Sought in, it is still the same stretch.
            decoder.seek(length / 2).unwrap();
            assert_eq!(decoder.position(), length / 2, "{name}, stretch {n}");
            let half = rest(&mut decoder);
            assert_eq!(
                half.len() as u64,
                (length - length / 2) * channels as u64,
                "{name}, stretch {n}"
            );
            decoder.seek(length + 10).unwrap();
            assert_eq!(decoder.next_block().unwrap(), None, "{name}, stretch {n}");
            assert_eq!(decoder.position(), length, "{name}, stretch {n}");
            joined.extend(heard);
        }
        assert_eq!(joined.len(), all.len(), "{name}");
        let worst = joined
            .iter()
            .zip(&all)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max);
        assert!(worst <= tolerance, "{name}: {worst}");
    }
}

#[test]
fn a_stretch_that_the_file_does_not_have_is_empty_or_shorter() {
    let path = fixture("16.flac");
    for (from, until, expected) in [
        (39_000, Some(50_000), 1_000),
        (40_000, None, 0),
        (90_000, Some(100_000), 0),
        (u64::MAX / 2_000_000_000, None, 0),
    ] {
        let mut decoder = Decoder::open(&path, between(from, until, 44_100)).unwrap();
        assert_eq!(decoder.format().frames, Some(expected), "from {from}");
        assert_eq!(rest(&mut decoder).len() as u64, 2 * expected, "from {from}");
    }
    let stream = StereoStream::open(&path, between(10_000, Some(20_000), 44_100)).unwrap();
    assert_eq!(stream.duration_s(), Some(10_000.0 / 44_100.0));
}
