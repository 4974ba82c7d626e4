//! Every file of `tests_data` against the formula it was made from (see `tests_data/make.py`), and damage.

mod ape;
mod containers;
mod dsd;
mod musepack;
mod streams;
mod stretches;
mod tta;
mod wavpack;

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;

use segue_core::{FailedFile, FileFault, FileSpan};

use crate::{Decoder, MonoStream, Span, StereoStream};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests_data")
        .join(name)
}

/// A near-sine of amplitude 2^30, as in `make.py`.
fn parabola(phase: u64) -> i64 {
    let x = i64::from(phase as u32 as i32);
    (x * ((1 << 31) - x.abs())) >> 30
}

/// A 24-bit sample of the formula, as in `make.py`.
fn tone(frame: u64, channel: u64) -> i64 {
    let steady = frame * (40_000_000 + 9_000_000 * channel);
    let rising = frame * (20_000_000 + 3_000_000 * channel) + frame * frame * 600;
    (parabola(steady) + parabola(rising)) >> 9
}

/// `frames` of the formula, interleaved, quantised to `bits`.
fn formula(frames: u64, channels: u64, bits: u32) -> Vec<f32> {
    let sample = |frame, channel| match bits {
        16 => (tone(frame, channel) >> 8) as f32 / 32_768.0,
        _ => tone(frame, channel) as f32 / 8_388_608.0,
    };
    (0..frames)
        .flat_map(|frame| (0..channels).map(move |channel| sample(frame, channel)))
        .collect()
}

/// All samples from where the decoder stands to the end.
fn rest(decoder: &mut Decoder) -> Vec<f32> {
    let mut all = Vec::new();
    while let Some(block) = decoder.next_block().unwrap() {
        assert!(!block.is_empty());
        all.extend_from_slice(block);
    }
    all
}

fn whole(name: &str) -> Vec<f32> {
    rest(&mut Decoder::open(&fixture(name), FileSpan::WHOLE).unwrap())
}

const LOSSLESS: [(&str, &str, u32, u64, u64, u32); 20] = [
    ("pcm16.wav", "pcm", 44_100, 2, 3_000, 16),
    ("pcm24.wav", "pcm", 44_100, 2, 3_000, 24),
    ("float.wav", "pcm", 44_100, 2, 3_000, 32),
    ("pcm16.aiff", "pcm", 44_100, 2, 3_000, 16),
    ("16.flac", "flac", 44_100, 2, 40_000, 16),
    ("24.flac", "flac", 44_100, 2, 5_000, 24),
    ("mono.flac", "flac", 44_100, 1, 20_000, 16),
    ("8k.flac", "flac", 8_000, 1, 8_000, 16),
    ("96k.flac", "flac", 96_000, 2, 5_000, 24),
    ("surround.flac", "flac", 44_100, 6, 4_000, 16),
    ("alac.m4a", "alac", 44_100, 2, 10_000, 16),
    ("mono.ape", "ape", 44_100, 1, 80_000, 16),
    ("24.ape", "ape", 44_100, 2, 3_000, 24),
    ("16.wv", "wavpack", 44_100, 2, 4_000, 16),
    ("24.wv", "wavpack", 96_000, 1, 4_000, 24),
    ("float.wv", "wavpack", 44_100, 2, 4_000, 32),
    ("surround.wv", "wavpack", 44_100, 6, 4_000, 16),
    ("16.tta", "tta", 8_000, 2, 18_000, 16),
    ("24.tta", "tta", 44_100, 1, 4_000, 24),
    ("surround.tta", "tta", 8_000, 6, 4_000, 16),
];

/// Name, codec, rate, frames of the source, whether the file states them.
const LOSSY: [(&str, &str, u32, u64, bool); 8] = [
    ("aac.m4a", "aac", 44_100, 60_000, true),
    ("cbr.mp3", "mp3", 44_100, 60_000, true),
    ("vbr.mp3", "mp3", 44_100, 60_000, true),
    ("vorbis.ogg", "vorbis", 44_100, 60_000, true),
    ("opus.opus", "opus", 48_000, 130_000, true),
    ("lossy.wv", "wavpack", 44_100, 60_000, true),
    ("sv7.mpc", "musepack", 44_100, 30_000, true),
    ("sv8.mpc", "musepack", 44_100, 60_000, true),
];

#[test]
fn lossless_files_decode_to_the_bit() {
    for (name, codec, rate_hz, channels, frames, bits) in LOSSLESS {
        let mut decoder = Decoder::open(&fixture(name), FileSpan::WHOLE).unwrap();
        let format = decoder.format().clone();
        assert_eq!(
            (format.codec.as_str(), format.sample_rate_hz),
            (codec, rate_hz),
            "{name}"
        );
        assert_eq!(
            (format.channels as u64, format.frames),
            (channels, Some(frames)),
            "{name}"
        );
        assert_eq!(
            (format.bits_per_sample, format.lossless),
            (Some(bits), true),
            "{name}"
        );
        let samples = rest(&mut decoder);
        assert_eq!(decoder.position(), frames, "{name}");
        assert!(
            samples == formula(frames, channels, bits),
            "{name} differs from its source"
        );
    }
}

#[test]
fn lossy_files_lie_on_their_source_without_a_shift() {
    for (name, codec, rate_hz, frames, stated) in LOSSY {
        let mut decoder = Decoder::open(&fixture(name), FileSpan::WHOLE).unwrap();
        let format = decoder.format().clone();
        assert_eq!(
            (format.codec.as_str(), format.sample_rate_hz),
            (codec, rate_hz),
            "{name}"
        );
        assert_eq!((format.channels, format.lossless), (2, false), "{name}");
        assert_eq!(format.frames, stated.then_some(frames), "{name}");
        let samples = rest(&mut decoder);
        assert_eq!(samples.len() as u64, frames * 2, "{name}");
        let source = formula(frames, 2, 24);
        let best = (-40..=40).max_by(|a, b| {
            correlation(&samples, &source, *a).total_cmp(&correlation(&samples, &source, *b))
        });
        assert_eq!(best, Some(0), "{name} is shifted");
        let likeness = correlation(&samples, &source, 0);
        assert!(likeness > 0.999, "{name}: {likeness}");
    }
}

#[test]
fn files_that_state_no_length_decode_whole() {
    // Without a header nobody can tell the encoder's delay, so the sound begins with it.
    for (name, frames, delay) in [("plain.mp3", 30_000, 1_105), ("raw.aac", 30_000, 1_024)] {
        let mut decoder = Decoder::open(&fixture(name), FileSpan::WHOLE).unwrap();
        assert_eq!(decoder.format().frames, None, "{name}");
        let samples = rest(&mut decoder);
        assert!(
            samples.len() as u64 / 2 >= frames,
            "{name}: {}",
            samples.len() / 2
        );
        assert_eq!(
            Decoder::open(&fixture(name), FileSpan::WHOLE)
                .unwrap()
                .count_frames()
                .unwrap(),
            samples.len() as u64 / 2,
            "{name}"
        );
        let likeness = correlation(&samples[2 * delay..], &formula(frames - 2_000, 2, 24), 0);
        assert!(likeness > 0.999, "{name}: {likeness}");
    }
}

/// Normalised correlation of `a`, shifted by `lag` frames of two samples, with `b`.
fn correlation(a: &[f32], b: &[f32], lag: i64) -> f64 {
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (index, y) in b.iter().enumerate() {
        let Some(x) = usize::try_from(index as i64 + 2 * lag)
            .ok()
            .and_then(|index| a.get(index))
        else {
            continue;
        };
        let (x, y) = (f64::from(*x), f64::from(*y));
        (ab, aa, bb) = (ab + x * y, aa + x * x, bb + y * y);
    }
    ab / (aa * bb).sqrt()
}

#[test]
fn a_jump_lands_on_the_frame() {
    let lossless = LOSSLESS.map(|(name, ..)| (name, 0.0));
    // AAC fills noise bands with random numbers (perceptual noise substitution), never the same twice.
    let lossy = LOSSY.map(|(name, codec, ..)| (name, if codec == "aac" { 1e-2 } else { 2e-3 }));
    // Matroska tells time in milliseconds, too coarse to name a frame.
    let unstated = [
        ("plain.mp3", 2e-3),
        ("raw.aac", 1e-2),
        ("vorbis.mka", 2e-3),
        ("opus.mka", 2e-3),
        ("flac.mka", 0.0),
    ];
    for (name, tolerance) in lossless.into_iter().chain(lossy).chain(unstated) {
        let all = whole(name);
        let mut decoder = Decoder::open(&fixture(name), FileSpan::WHOLE).unwrap();
        let channels = decoder.format().channels;
        let frames = all.len() / channels;
        let places = [
            0,
            1,
            frames / 2,
            17,
            frames - 1,
            frames / 3,
            1_151,
            frames * 9 / 10,
            2_500,
            1_000,
        ];
        for frame in places {
            decoder.seek(frame as u64).unwrap();
            assert_eq!(decoder.position(), frame as u64, "{name}");
            let heard = rest(&mut decoder);
            let expected = &all[frame * channels..];
            assert_eq!(heard.len(), expected.len(), "{name} from frame {frame}");
            let worst = heard
                .iter()
                .zip(expected)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst <= tolerance, "{name} from frame {frame}: {worst}");
        }
        decoder.seek(frames as u64 + 10).unwrap();
        assert_eq!(decoder.next_block().unwrap(), None, "{name}");
        assert_eq!(decoder.position(), frames as u64, "{name}");
        decoder.seek(5).unwrap();
        assert_eq!(
            rest(&mut decoder).len(),
            (frames - 5) * channels,
            "{name} after its end"
        );
    }
}

#[test]
fn two_halves_make_the_whole() {
    let all = whole("16.flac");
    let mut decoder = Decoder::open(&fixture("16.flac"), FileSpan::WHOLE).unwrap();
    let mut joined = Vec::new();
    while decoder.position() < 20_000 {
        let left = 2 * (20_000 - decoder.position()) as usize;
        let block = decoder.next_block().unwrap().unwrap();
        joined.extend_from_slice(&block[..block.len().min(left)]);
        if block.len() >= left {
            break;
        }
    }
    decoder.seek(20_000).unwrap();
    joined.extend(rest(&mut decoder));
    assert!(joined == all);
}

/// What became of a damaged file: frames heard, or the fault it was refused for.
#[derive(Debug, PartialEq)]
enum Fate {
    Frames(usize),
    Refused(FileFault),
}

fn fate(path: &Path) -> Fate {
    let decoded = Decoder::open(path, FileSpan::WHOLE).and_then(|mut decoder| {
        let channels = decoder.format().channels;
        let mut samples = 0;
        while let Some(block) = decoder.next_block()? {
            assert!(block.iter().all(|sample| sample.is_finite()));
            samples += block.len();
        }
        decoder.seek(777)?;
        decoder.next_block()?;
        Ok(samples / channels)
    });
    match decoded {
        Ok(frames) => Fate::Frames(frames),
        Err(error) => {
            assert_eq!(error.path, path);
            assert!(
                error.to_string().contains(&*path.to_string_lossy()),
                "{error}"
            );
            Fate::Refused(error.why)
        }
    }
}

#[test]
fn a_damaged_file_plays_as_far_as_it_goes_or_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name| fs::read(fixture(name)).unwrap();
    let flac = read("16.flac");
    let wav = read("pcm16.wav");
    let mut holed = flac.clone();
    holed[20_000..20_500].fill(0);
    let check = |name: &str, bytes: &[u8], expected: Fate| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        assert_eq!(fate(&path), expected, "{name}");
    };
    check("empty.flac", b"", Fate::Refused(FileFault::Empty));
    check(
        "zeros.flac",
        &[0; 50_000],
        Fate::Refused(FileFault::UnknownFormat),
    );
    check(
        "zeros.mp3",
        &[0; 50_000],
        Fate::Refused(FileFault::UnknownFormat),
    );
    check(
        "letter.mp3",
        "Dear listener, this is a letter. ".repeat(300).as_bytes(),
        Fate::Refused(FileFault::UnknownFormat),
    );
    check("header.flac", &flac[..60], Fate::Refused(FileFault::CutOff));
    check("header.wav", &wav[..30], Fate::Refused(FileFault::CutOff));
    check(
        "silent.wav",
        &[&wav[..40], &[0; 4]].concat(),
        Fate::Refused(FileFault::NoAudio),
    );
    check("hole.flac", &holed, Fate::Frames(40_000));
    check("misnamed.mp3", &flac, Fate::Frames(40_000));
    check("short.wav", &wav[..6_000], Fate::Frames(1_489));
    for (name, at_least) in [
        ("16.flac", 13_000),
        ("cbr.mp3", 24_000),
        ("vbr.mp3", 20_000),
        ("opus.opus", 40_000),
        ("plain.mp3", 12_000),
        ("raw.aac", 12_000),
    ] {
        let bytes = read(name);
        let path = folder.path().join(format!("half-{name}"));
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let heard = fate(&path);
        assert!(
            matches!(heard, Fate::Frames(frames) if frames >= at_least),
            "half of {name}: {heard:?}"
        );
    }
    assert_eq!(
        fate(&folder.path().join("nowhere.flac")),
        Fate::Refused(FileFault::NotFound)
    );
    assert_eq!(fate(folder.path()), Fate::Refused(FileFault::Folder));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_damage_brings_the_decoder_down(
        file in 0..LOSSLESS.len() + LOSSY.len(),
        wounds in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        is_cut: bool,
    ) {
        let mut names = LOSSLESS.map(|(name, ..)| name).into_iter().chain(LOSSY.map(|(name, ..)| name));
        let name = names.nth(file).unwrap();
        let mut bytes = fs::read(fixture(name)).unwrap();
        for (place, byte) in wounds {
            // Headers are where the harm is: every second wound goes to the first 200 bytes.
            let reach = if byte % 2 == 0 { 200 } else { bytes.len() };
            let place = place.index(reach);
            bytes[place] = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        fate(&path);
        let _ = mono_windows(&path, 16_000, |duration_s| vec![
            Span { start_s: duration_s * 0.1, length_s: 0.2 },
            Span { start_s: duration_s * 0.9, length_s: 0.2 },
        ]);
    }
}

/// The stretches that `spans` chooses for the file's length.
fn mono_windows(
    path: &Path,
    rate_hz: u32,
    spans: impl FnOnce(f64) -> Vec<Span>,
) -> Result<Vec<Vec<f32>>, FailedFile> {
    let stream = MonoStream::open(path, FileSpan::WHOLE, &[rate_hz])?;
    let spans = spans(stream.duration_s());
    Ok(stream.windows(&spans)?.remove(0))
}

/// All frames of a stream from where it stands, read in odd portions.
fn listen(stream: &mut StereoStream) -> Vec<[f32; 2]> {
    let mut all = Vec::new();
    let mut portion = [[0.0; 2]; 331];
    loop {
        match stream.read(&mut portion).unwrap() {
            0 => return all,
            frames => all.extend_from_slice(&portion[..frames]),
        }
    }
}

#[test]
fn at_its_own_rate_a_stream_is_the_file_to_the_bit() {
    let mut stream = StereoStream::open(&fixture("16.flac"), FileSpan::WHOLE).unwrap();
    assert!(listen(&mut stream).as_flattened() == formula(40_000, 2, 16));
    assert_eq!(stream.position_s(), 40_000.0 / 44_100.0);
    assert_eq!(stream.duration_s(), Some(40_000.0 / 44_100.0));
    let mono: Vec<[f32; 2]> = whole("mono.flac")
        .iter()
        .map(|sample| [*sample; 2])
        .collect();
    assert!(
        listen(&mut StereoStream::open(&fixture("mono.flac"), FileSpan::WHOLE).unwrap()) == mono
    );
}

#[test]
fn resampling_keeps_the_time() {
    // Tones far below the filter's edge come out as the formula sounds at the new instants.
    for (name, from_hz, to_hz, frames) in [
        ("16.flac", 44_100, 48_000, 40_000_u64),
        ("16.flac", 44_100, 16_000, 40_000),
        ("96k.flac", 96_000, 44_100, 5_000),
        ("8k.flac", 8_000, 48_000, 8_000),
    ] {
        let heard_from = |start_s: f64| {
            let span = |length_s| {
                vec![Span {
                    start_s,
                    length_s: length_s + 1.0,
                }]
            };
            mono_windows(&fixture(name), to_hz, span).unwrap().remove(0)
        };
        let heard = heard_from(0.0);
        assert_eq!(
            heard.len() as u64,
            (frames * u64::from(to_hz)).div_ceil(from_hz),
            "{name}"
        );
        let ratio = from_hz as f64 / f64::from(to_hz);
        let channels = Decoder::open(&fixture(name), FileSpan::WHOLE)
            .unwrap()
            .format()
            .channels;
        let mut worst = 0.0_f64;
        for (index, sample) in heard
            .iter()
            .enumerate()
            .skip(2_000)
            .take(heard.len().max(4_000) - 4_000)
        {
            let at = index as f64 * ratio;
            let tones = (0..channels).map(|channel| tone_at(at, channel as f64));
            let mono = tones.sum::<f64>() / channels as f64;
            worst = worst.max((f64::from(*sample) - mono).abs());
        }
        assert!(worst < 0.002, "{name} to {to_hz}: {worst}");

        for to_s in [0.0, 0.011, 0.04] {
            let start = (to_s * f64::from(to_hz)).round() as usize;
            let again = heard_from(to_s);
            assert_eq!(again.len(), heard.len() - start, "{name} from {to_s} s");
            let worst = again.iter().zip(&heard[start..]);
            let worst = worst.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 1e-3, "{name} from {to_s} s: {worst}");
        }
        assert!(heard_from(1e9).is_empty(), "{name}");
    }
}

/// Whatever other rates a file is wanted at, one rate gets of it what it gets alone: to the bit where nothing was lost, to the
/// last bits where decoding begins elsewhere.
#[test]
fn rates_side_by_side_are_what_each_is_alone() {
    let spans = |length_s: f64| -> Vec<Span> {
        [(0.0, 0.1), (0.4, 0.2), (0.9, 0.5), (2.0, 0.1)]
            .map(|(at, length)| Span {
                start_s: at * length_s,
                length_s: length * length_s,
            })
            .into()
    };
    let rates = [16_000, 44_100, 32_000, 8_000, 22_050];
    let lossless = LOSSLESS.map(|(name, ..)| (name, 0.0));
    let lossy = LOSSY.map(|(name, codec, ..)| (name, if codec == "aac" { 1e-2 } else { 2e-3 }));
    for (name, tolerance) in lossless.into_iter().chain(lossy) {
        let path = fixture(name);
        let open = || MonoStream::open(&path, FileSpan::WHOLE, &rates).unwrap();
        let spans = spans(open().duration_s());
        let whole = open().whole(|_| Ok(())).unwrap();
        let windows = open().windows(&spans).unwrap();
        for (index, rate_hz) in rates.into_iter().enumerate() {
            let alone = MonoStream::open(&path, FileSpan::WHOLE, &[rate_hz]).unwrap();
            assert!(
                whole[index] == alone.whole(|_| Ok(())).unwrap()[0],
                "{name}"
            );
            let alone = mono_windows(&path, rate_hz, |_| spans.clone()).unwrap();
            for (found, expected) in windows[index].iter().zip(&alone) {
                assert_eq!(found.len(), expected.len(), "{name} at {rate_hz} Hz");
                let pairs = found.iter().zip(expected);
                let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                assert!(worst <= tolerance, "{name} at {rate_hz} Hz: {worst}");
            }
        }
    }
}

/// The formula between its samples.
fn tone_at(frame: f64, channel: f64) -> f64 {
    let wave = |turns: f64| {
        let x = (turns + 0.5).rem_euclid(1.0) * 2.0 - 1.0;
        4.0 * x * (1.0 - x.abs())
    };
    let turn = 4_294_967_296.0;
    let steady = wave(frame * (40_000_000.0 + 9_000_000.0 * channel) / turn);
    let rising =
        wave((frame * (20_000_000.0 + 3_000_000.0 * channel) + frame * frame * 600.0) / turn);
    (steady + rising) / 4.0
}

#[test]
fn windows_are_cut_from_the_mono_file_at_their_place() {
    let path = fixture("16.flac");
    let spans = |_: f64| {
        vec![
            Span {
                start_s: 0.5,
                length_s: 0.25,
            },
            Span {
                start_s: 0.1,
                length_s: 0.1,
            },
            Span {
                start_s: 0.9,
                length_s: 1.0,
            },
            Span {
                start_s: 3.0,
                length_s: 1.0,
            },
        ]
    };
    let mut heard_s = 0.0;
    let windows = mono_windows(&path, 44_100, |duration_s| {
        heard_s = duration_s;
        spans(duration_s)
    })
    .unwrap();
    assert_eq!(heard_s, 40_000.0 / 44_100.0);
    let mono: Vec<f32> = whole("16.flac")
        .chunks(2)
        .map(|frame| frame[0] * 0.5 + frame[1] * 0.5)
        .collect();
    assert!(windows[0] == mono[22_050..33_075]);
    assert!(windows[1] == mono[4_410..8_820]);
    assert!(windows[2] == mono[39_690..]);
    assert!(windows[3].is_empty());

    let once = mono_windows(&path, 16_000, spans).unwrap();
    assert_eq!(once[0].len(), 4_000);
    assert!(
        once == mono_windows(&path, 16_000, spans).unwrap(),
        "not the same bits twice"
    );
    // Windows do not hang together: each is what it would be alone.
    assert!(once[1] == mono_windows(&path, 16_000, |_| vec![spans(0.0)[1]]).unwrap()[0]);
}

#[test]
fn heard_whole_a_file_is_what_its_windows_are_and_nothing_of_it_is_missed() {
    let lossless = LOSSLESS.map(|(name, ..)| (name, 0.0));
    let lossy = LOSSY.map(|(name, codec, ..)| (name, if codec == "aac" { 1e-2 } else { 2e-3 }));
    let unstated = [("plain.mp3", 2e-3), ("vorbis.mka", 2e-3)];
    for (name, tolerance) in lossless.into_iter().chain(lossy).chain(unstated) {
        for rate_hz in [16_000, 44_100] {
            let path = fixture(name);
            let mut own = Vec::new();
            let stream = MonoStream::open(&path, FileSpan::WHOLE, &[rate_hz]).unwrap();
            let all = stream
                .whole(|block| {
                    own.extend_from_slice(block);
                    Ok(())
                })
                .unwrap()
                .remove(0);
            assert!(own == whole(name), "{name}");
            let windows = mono_windows(&path, rate_hz, |length_s| {
                vec![Span {
                    start_s: 0.0,
                    length_s: length_s + 1.0,
                }]
            });
            let window = &windows.unwrap()[0];
            assert_eq!(all.len(), window.len(), "{name} at {rate_hz} Hz");
            let pairs = all.iter().zip(window);
            let worst = pairs.fold(0.0_f32, |worst, (a, b)| worst.max((a - b).abs()));
            assert!(worst <= tolerance, "{name} at {rate_hz} Hz: {worst}");
        }
    }
}

#[test]
fn surround_is_mixed_by_bs_775_and_does_not_clip() {
    let (half, total) = (
        std::f32::consts::FRAC_1_SQRT_2,
        1.0 + 2.0 * std::f32::consts::FRAC_1_SQRT_2,
    );
    let file = whole("surround.flac");
    let stereo =
        listen(&mut StereoStream::open(&fixture("surround.flac"), FileSpan::WHOLE).unwrap());
    assert_eq!(stereo.len(), 4_000);
    for (frame, heard) in file.chunks(6).zip(&stereo) {
        let [fl, fr, fc, _lfe, bl, br] = frame else {
            unreachable!()
        };
        assert!((heard[0] - (fl + half * fc + half * bl) / total).abs() < 1e-6);
        assert!((heard[1] - (fr + half * fc + half * br) / total).abs() < 1e-6);
        assert!(heard.iter().all(|sample| sample.abs() <= 1.0));
    }
    let mono = mono_windows(&fixture("surround.flac"), 44_100, |d| {
        vec![Span {
            start_s: 0.0,
            length_s: d,
        }]
    });
    for (heard, stereo) in mono.unwrap()[0].iter().zip(&stereo) {
        assert!((heard - (stereo[0] + stereo[1]) / 2.0).abs() < 1e-6);
    }
}
