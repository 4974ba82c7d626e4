//! Whole files through the shipped model. Needs the model in `models/segue-ear-4` and ONNX Runtime in
//! `models/runtime` (`cargo xtask setup`); without them these tests fail and say so.

use std::f64::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use segue_core::{AnalysisError, FailedFile, FileFault, FileSpan};

mod several;
mod strangers;

use crate::manifest::{FrontEnd, Manifest};
use crate::{Analyzed, Model, Provider, Runtime, TagKind, measure_file, provider_report};

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../models")
}

pub(crate) fn model_folder() -> PathBuf {
    models().join("segue-ear-4")
}

pub(crate) fn runtime() -> Runtime {
    let name = if cfg!(target_os = "windows") {
        "onnxruntime.dll"
    } else if cfg!(target_os = "macos") {
        "libonnxruntime.dylib"
    } else {
        "libonnxruntime.so"
    };
    let path = std::env::var_os("ORT_DYLIB_PATH")
        .map_or_else(|| models().join("runtime").join(name), PathBuf::from);
    Runtime::load(&path).unwrap()
}

pub(crate) const MANIFEST: &str = r#"
name = "test-1"
description = "for tests"
[files]
onnx = "model.onnx"
onnx_sha256 = "00"
projection = "projection.safetensors"
projection_sha256 = "00"
[front_end]
sample_rate_hz = 16000
n_fft = 1024
window = "hann-periodic"
window_length = 1024
hop = 320
mel_bands = 64
mel_scale = "htk"
mel_norm = "none"
f_min_hz = 30.0
f_max_hz = 7800.0
power_scale = 1.0
log_law = "ln1p"
log_scale = 10000.0
patch_frames = 150
patch_hop_frames = 150
[windows]
count_max = 6
seconds = 12.0
from = 0.10
to = 0.85
[network]
input = "mel"
layout = "b1mt"
embedding = "embedding"
embedding_size = 256
tags = "tags"
[track_vector]
parts = ["embedding_mean", "mel_mean", "mel_std"]
size = 128
[[tags]]
name = "rock"
kind = "genre"
threshold = 0.5
"#;

/// The test manifest's front end with another mel scale and norm.
pub(crate) fn front_end(scale: &str, norm: &str) -> FrontEnd {
    let text = MANIFEST
        .replace("\"htk\"", &format!("{scale:?}"))
        .replace("\"none\"", &format!("{norm:?}"));
    Manifest::parse(&text).unwrap().networks.remove(0).front_end
}

#[test]
fn a_manifest_that_asks_for_the_unknown_is_refused_by_key() {
    let manifest = Manifest::parse(MANIFEST).unwrap();
    assert_eq!(manifest.parts_size(&manifest.parts), 384);
    let check = |from: &str, to: &str, named: &str| {
        assert!(MANIFEST.contains(from), "{from}");
        let refusal = Manifest::parse(&MANIFEST.replace(from, to)).unwrap_err();
        assert!(refusal.contains(named), "{to}: {refusal}");
    };
    check("hann-periodic", "kaiser", "kaiser");
    check("\"htk\"", "\"bark\"", "bark");
    check("ln1p", "db", "log_epsilon");
    check("ln1p", "cube root", "cube root");
    check("log_scale", "log_epsilon = 1e-3\nlog_scale", "log_epsilon");
    check("log_scale", "db_range = 80.0\nlog_scale", "db_range");
    check("log_law", "level = \"mean\"\nlog_law", "level_floor");
    check("log_law", "level_floor = 1e-4\nlog_law", "level_floor");
    check("log_law", "level = \"peak\"\nlog_law", "peak");
    check("b1mt", "bt1", "bt1");
    check("b1mt", "mb1t", "mb1t");
    check("b1mt", "bcmt", "bcmt");
    check("mel_std", "mel_median", "mel_median");
    check("hop = 320", "hop = 0", "front_end.hop");
    check("hop = 320", "hop = 320\ncentre = true", "centre");
    check("n_fft = 1024", "n_fft = 512", "window_length");
    check("hop = 320", "hop = 320\nsegment_hop_s = 5.0", "segment_s");
    check("f_max_hz = 7800.0", "f_max_hz = 9000.0", "f_max_hz");
    check("from = 0.10", "from = 0.90", "windows.from");
    check("seconds = 12.0", "seconds = nan", "windows.seconds");
    check("\"model.onnx\"", "\"../model.onnx\"", "../model.onnx");
    check("test-1", "a/b", "name");
    check("test-1", "..", "name");
    check("test-1", "", "name");
    check("\"model.onnx\"", "\"manifest.toml\"", "manifest.toml");
    check(
        "\"model.onnx\"",
        "\"projection.safetensors\"",
        "projection.safetensors",
    );
    check("\"model.onnx\"", "\"/etc/passwd\"", "/etc/passwd");
    check("size = 128", "size = 99999999", "track_vector.size");
    check(
        "embedding_size = 256",
        "embedding_size = 4000000000",
        "embedding_size",
    );
    check("tags = \"tags\"", "", "network.tags");
    check("\"rock\"", "\"\"", "a tag is named");
    check(
        "threshold = 0.5",
        "threshold = 0.5\nindex = 1",
        "value 1 of 1",
    );
    // Each number by itself is fine, together they ask for gigabytes.
    check("seconds = 12.0", "seconds = 600.0", "in samples");
    check("hop = 320", "hop = 1", "in values of log-mel");
    check(
        "patch_hop_frames = 150",
        "patch_hop_frames = 1",
        "the number of patches",
    );
    check("patch_frames = 150", "patch_frames = 100000", "a patch of");
    check("\"genre\"", "\"weather\"", "weather");
    check("description", "descripton", "descripton");
}

#[test]
fn a_model_that_is_missing_or_changed_is_refused_by_path() {
    let folder = tempfile::tempdir().unwrap();
    let load = || {
        Model::load(&runtime(), folder.path(), Provider::Cpu)
            .map(|_| ())
            .unwrap_err()
    };
    let missing = load();
    assert!(
        matches!(&missing, AnalysisError::ModelMissing { path, .. } if path.ends_with("manifest.toml")),
        "{missing}"
    );
    let files = [
        "mn04.onnx",
        "fcn.onnx",
        "projection.safetensors",
        "readout.safetensors",
    ];
    for name in ["manifest.toml"].iter().chain(&files) {
        fs::copy(model_folder().join(name), folder.path().join(name)).unwrap();
    }
    assert!(Model::load(&runtime(), folder.path(), Provider::Cpu).is_ok());
    for name in files {
        let whole = fs::read(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name), &whole[..whole.len() - 1]).unwrap();
        let message = load().to_string();
        assert!(
            message.contains(name) && message.contains("sha-256"),
            "{message}"
        );
        fs::remove_file(folder.path().join(name)).unwrap();
        assert!(
            matches!(load(), AnalysisError::ModelMissing { path, .. } if Path::new(&path).ends_with(name))
        );
        fs::write(folder.path().join(name), whole).unwrap();
    }
}

#[test]
fn the_runtime_is_loaded_once_and_tells_what_it_can() {
    let runtime = runtime();
    let version = runtime.version();
    assert!(
        version.starts_with("1.") || version.starts_with("commit "),
        "{version}"
    );
    let report = provider_report(&runtime);
    let names: Vec<_> = report
        .iter()
        .map(|status| status.provider.as_str())
        .collect();
    assert_eq!(names, ["cpu", "cuda", "directml", "coreml"]);
    assert!(report[0].available);
    assert!(report.iter().all(|status| !status.detail.is_empty()));
    for name in ["auto", "cpu", "cuda", "directml", "coreml"] {
        assert_eq!(Provider::parse(name).map(Provider::as_str), Some(name));
    }
    assert_eq!(Provider::parse("abacus"), None);
    // What the report calls unavailable is refused, and `auto` makes do.
    for status in report.iter().filter(|status| !status.available) {
        let refusal = Model::load(&runtime, &model_folder(), status.provider)
            .map(|_| ())
            .unwrap_err();
        assert!(
            matches!(refusal, AnalysisError::Provider { provider, .. } if provider == status.provider.as_str())
        );
    }
    let model = Model::load(&runtime, &model_folder(), Provider::Auto).unwrap();
    assert_ne!(model.active_provider(), Provider::Auto);
}

#[test]
fn a_runtime_that_is_missing_or_something_else_is_refused_by_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("libonnxruntime.so");
    let refusal = |path: &Path| Runtime::load(path).map(|_| ()).unwrap_err();
    assert!(
        matches!(refusal(&path), AnalysisError::RuntimeMissing { path: named } if Path::new(&named) == path)
    );
    fs::write(&path, "no library").unwrap();
    assert!(
        matches!(refusal(&path), AnalysisError::RuntimeRefused { path: named, .. } if Path::new(&named) == path)
    );
    fs::write(
        &path,
        "\x7fELF https://mobile.events.data.microsoft.com/OneCollector/1.0",
    )
    .unwrap();
    let refused = refusal(&path);
    assert!(
        matches!(&refused, AnalysisError::RuntimeUploads { path: named, .. } if Path::new(named) == path),
        "{refused}"
    );
    runtime();
}

/// White noise in `-1.0..1.0`, the same for the same seed (splitmix64).
pub(crate) fn noise(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

/// Up to three windows of up to `samples_max` of what no musician would play: silence, an offset, clicks, a square wave,
/// noise.
pub(crate) fn odd_windows(samples_max: usize) -> impl Strategy<Value = Vec<Vec<f32>>> {
    let lengths = prop::collection::vec(0..samples_max, 0..4);
    (lengths, 0..5, any::<u64>()).prop_map(|(lengths, kind, seed)| {
        let mut rustle = noise(seed);
        let mut sample = |n: usize| match kind {
            0 => 0.0,
            1 => 1.0,
            2 if n % 9_000 < 200 => 1.5,
            2 => -1.5,
            3 if n % 100 < 50 => 2.0,
            3 => -2.0,
            _ => rustle() as f32,
        };
        let windows = lengths.into_iter();
        windows
            .map(|length| (0..length).map(&mut sample).collect())
            .collect()
    })
}

/// How a WAV file holds a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bits {
    Int16,
    Int24,
    Float32,
}

/// A WAV file of 16 bits: `sample(second, channel)` in `-1.0..=1.0`.
pub(crate) fn wav(
    path: &Path,
    rate_hz: u32,
    channels: u16,
    length_s: f64,
    sample: impl Fn(f64, u16) -> f64,
) {
    wav_of(path, Bits::Int16, rate_hz, channels, length_s, sample);
}

fn wav_of(
    path: &Path,
    bits: Bits,
    rate_hz: u32,
    channels: u16,
    length_s: f64,
    sample: impl Fn(f64, u16) -> f64,
) {
    let (kind, width) = match bits {
        Bits::Int16 => (1_u16, 2_u16),
        Bits::Int24 => (1, 3),
        Bits::Float32 => (3, 4),
    };
    let frames = (length_s * f64::from(rate_hz)).round() as u32;
    let block = width * channels;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((36 + frames * u32::from(block)).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0");
    bytes.extend(kind.to_le_bytes());
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate_hz.to_le_bytes());
    bytes.extend((rate_hz * u32::from(block)).to_le_bytes());
    bytes.extend(block.to_le_bytes());
    bytes.extend((width * 8).to_le_bytes());
    bytes.extend(b"data");
    bytes.extend((frames * u32::from(block)).to_le_bytes());
    for frame in 0..frames {
        for channel in 0..channels {
            let value = sample(f64::from(frame) / f64::from(rate_hz), channel);
            match bits {
                Bits::Int16 => bytes.extend(((value * 32_767.0) as i16).to_le_bytes()),
                Bits::Int24 => {
                    let value = (value * 8_388_607.0) as i32;
                    bytes.extend(&value.to_le_bytes()[..3]);
                }
                Bits::Float32 => bytes.extend((value as f32).to_le_bytes()),
            }
        }
    }
    fs::write(path, bytes).unwrap();
}

/// A chord with a beat, below 4 kHz.
fn music(second: f64, channel: u16) -> f64 {
    let chord: f64 = [220.0, 277.2, 329.6, 1_760.0]
        .iter()
        .map(|hz| (TAU * hz * second).sin())
        .sum();
    let beat = 1.0 - (second * 2.0).fract();
    chord / 6.0 * beat * (1.0 - 0.1 * f64::from(channel))
}

fn cosine(a: &Analyzed, b: &Analyzed) -> f32 {
    a.embedding
        .values()
        .iter()
        .zip(b.embedding.values())
        .map(|(a, b)| a * b)
        .sum()
}

fn check_sound(model: &Model, heard: &Analyzed) {
    assert_eq!(heard.embedding.values().len(), 192);
    assert_eq!(heard.embedding.model(), model.id());
    assert_eq!(heard.tags.len(), model.tags().len());
    for (score, tag) in heard.tags.iter().zip(model.tags()) {
        assert_eq!(score.name, tag.name);
        assert!((0.0..=1.0).contains(&score.p), "{score:?}");
    }
}

#[test]
fn any_length_rate_and_layout_gives_a_vector() {
    let mut model = Model::load(&runtime(), &model_folder(), Provider::Cpu).unwrap();
    assert!(
        model.id().0.starts_with("segue-ear-4@") && model.id().0.len() == "segue-ear-4@".len() + 12
    );
    assert!(model.tags().iter().any(|tag| tag.kind == TagKind::Voice));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("music.wav");
    let mut hear = |rate_hz, channels, length_s| {
        wav(&path, rate_hz, channels, length_s, music);
        let heard = model.analyze_file(&path, FileSpan::WHOLE).unwrap();
        check_sound(&model, &heard);
        assert_eq!(
            heard,
            model.analyze_file(&path, FileSpan::WHOLE).unwrap(),
            "not the same bits twice"
        );
        heard
    };
    let whole = hear(44_100, 2, 40.0);
    assert_eq!(whole.audio_seconds, 40.0);
    for (rate_hz, channels, length_s, seconds, at_least) in [
        (16_000, 1, 40.0, 40.0, 0.97),
        (8_000, 1, 40.0, 40.0, 0.8),
        (96_000, 2, 80.0, 60.0, 0.98),
        (48_000, 6, 20.0, 20.0, 0.9),
        (44_100, 2, 10.0, 10.0, 0.98),
        (44_100, 2, 3.0, 3.0, 0.95),
        (44_100, 1, 1.0, 1.0, 0.8),
        (44_100, 2, 0.01, 0.01, -1.0),
    ] {
        let heard = hear(rate_hz, channels, length_s);
        assert!(
            (heard.audio_seconds - seconds).abs() < 1e-3,
            "{length_s} s: {}",
            heard.audio_seconds
        );
        // What is heard whole is measured on the way, as it would be by itself.
        let measured = (seconds == length_s).then(|| measure_file(&path, FileSpan::WHOLE).unwrap());
        assert!(heard.measures == measured, "{length_s} s");
        let likeness = cosine(&heard, &whole);
        assert!(
            likeness > at_least,
            "{rate_hz} Hz, {channels} channels, {length_s} s: {likeness}"
        );
    }
}

/// Music up to 7 kHz, so that every rate from 16 kHz on can hold it: the same sound, whatever holds it.
#[test]
fn the_same_sound_in_another_file_gives_the_same_vector() {
    let mut model = Model::load(&runtime(), &model_folder(), Provider::Cpu).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("music.wav");
    let rich = |second: f64, _: u16| {
        let glide = (TAU * (300.0 * second + 220.0 * second * second)).sin();
        let bright = (TAU * 6_300.0 * second).sin() * (1.0 - (second * 4.0).fract());
        0.5 * music(second, 0) + 0.2 * glide + 0.1 * bright
    };
    let mut hear = |bits, rate_hz, channels, length_s| {
        wav_of(&path, bits, rate_hz, channels, length_s, rich);
        model.analyze_file(&path, FileSpan::WHOLE).unwrap()
    };
    for length_s in [1.0, 3.0, 10.0] {
        let first = hear(Bits::Int16, 44_100, 2, length_s);
        for (bits, rate_hz, channels, at_least) in [
            (Bits::Int16, 44_100, 1, 1.0 - 1e-6),
            (Bits::Int24, 44_100, 2, 0.999),
            (Bits::Float32, 44_100, 2, 0.999),
            (Bits::Int16, 48_000, 2, 0.999),
            (Bits::Int16, 96_000, 2, 0.999),
            (Bits::Int24, 192_000, 1, 0.999),
            (Bits::Float32, 88_200, 1, 0.999),
            (Bits::Int16, 22_050, 2, 0.99),
        ] {
            let likeness = cosine(&first, &hear(bits, rate_hz, channels, length_s));
            assert!(
                likeness >= at_least,
                "{length_s} s, {bits:?}, {rate_hz} Hz, {channels} channels: {likeness}"
            );
        }
    }
}

#[test]
fn lossless_files_of_the_same_samples_give_the_same_bits() {
    let mut model = Model::load(&runtime(), &model_folder(), Provider::Cpu).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("same.wav");
    let pcm = strangers::sound(11_025, 16_000);
    let at = |second: f64| f64::from(pcm[(second * 11_025.0).round() as usize]);
    // Half a step more, so that rounding towards zero gives the sample back.
    let sample = |second, _| (at(second) + 0.5_f64.copysign(at(second))) / 32_767.0;
    wav(&path, 11_025, 1, 16_000.0 / 11_025.0, sample);
    let heard = model.analyze_file(&path, FileSpan::WHOLE).unwrap();
    for name in ["same.flac", "same.m4a"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests_data")
            .join(name);
        assert_eq!(
            model.analyze_file(&file, FileSpan::WHOLE).unwrap(),
            heard,
            "{name}"
        );
    }
}

#[test]
fn what_cannot_be_heard_is_refused_by_name() {
    let mut model = Model::load(&runtime(), &model_folder(), Provider::Cpu).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file.wav");

    wav(&path, 44_100, 2, 5.0, |_, _| 0.0);
    let refuse = |model: &mut Model| model.analyze_file(&path, FileSpan::WHOLE).unwrap_err();
    let silent = FailedFile::new(&path, FileFault::Silent);
    assert_eq!(refuse(&mut model), silent);

    wav(&path, 44_100, 2, 40.0, music);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let heard = model.analyze_file(&path, FileSpan::WHOLE).unwrap();
    check_sound(&model, &heard);

    for (bytes, expected) in [
        (b"".to_vec(), FileFault::Empty),
        (
            b"Dear listener, this is a letter. ".repeat(300),
            FileFault::UnknownFormat,
        ),
        (vec![0; 50_000], FileFault::UnknownFormat),
    ] {
        fs::write(&path, bytes).unwrap();
        assert_eq!(refuse(&mut model), FailedFile::new(&path, expected));
    }
    fs::remove_file(&path).unwrap();
    let gone = FailedFile::new(&path, FileFault::NotFound);
    assert_eq!(refuse(&mut model), gone);
}

#[test]
fn models_side_by_side_hear_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("music.wav");
    wav(&path, 44_100, 2, 30.0, music);
    let hear = || {
        let mut model = Model::load(&runtime(), &model_folder(), Provider::Cpu).unwrap();
        model.analyze_file(&path, FileSpan::WHOLE).unwrap()
    };
    let alone = hear();
    std::thread::scope(|scope| {
        let together: Vec<_> = (0..4).map(|_| scope.spawn(hear)).collect();
        for heard in together {
            assert_eq!(heard.join().unwrap(), alone);
        }
    });
}
