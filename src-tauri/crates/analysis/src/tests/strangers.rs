//! Models as people bring them, against what numpy and onnxruntime hear with them (`tests_data/make.py`), and files
//! that are refused.

use std::fs;
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;

use super::{runtime, wav};
use crate::files::Files;
use crate::mel::MelMaker;
use crate::network::Network;
use crate::warm_up::cosine;
use segue_core::{AnalysisError, FileSpan, ModelFault};

use crate::{Model, ModelSource, NetworkFile, Provider, describe, model_id};

pub(super) fn stranger(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests_data")
        .join(name)
}

/// The formula of `make.py`.
pub(super) fn sound(rate_hz: i64, frames: i64) -> Vec<i16> {
    let triangle = |phase: i64| (phase.rem_euclid(65_536) - 32_768).abs() - 16_384;
    (0..frames)
        .map(|n| {
            let noise = (n * 1_103_515_245 + 12_345).rem_euclid(65_536) - 32_768;
            let low = triangle(n * (4_000_000 / rate_hz) + n * n / 7);
            let high = triangle(n * (29_000_000 / rate_hz)).div_euclid(3);
            (low + high + noise.div_euclid(16)).div_euclid(2) as i16
        })
        .collect()
}

fn unnamed(path: PathBuf) -> NetworkFile {
    NetworkFile {
        network: None,
        path,
    }
}

/// The model `name`, taken in; with another network if one is named.
fn staged(
    name: &str,
    onnx: Option<PathBuf>,
) -> (tempfile::TempDir, Result<crate::Staged, AnalysisError>) {
    let folder = tempfile::tempdir().unwrap();
    let source = ModelSource {
        manifest: stranger(name),
        onnx: onnx.into_iter().map(unnamed).collect(),
        weights: Vec::new(),
    };
    let staged = source.stage(folder.path());
    (folder, staged)
}

fn golden(name: &str, tensor: &str) -> Vec<f32> {
    let bytes = fs::read(stranger(name).join("golden.safetensors")).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let data = tensors.tensor(tensor).unwrap().data().to_vec();
    data.chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect()
}

fn worst(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let distances = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    distances.fold(0.0, f32::max)
}

#[test]
fn strangers_models_hear_what_numpy_hears() {
    for (name, rate_hz, size, tags) in [
        ("kaldi-like", 8_000, 8, 3),
        ("librosa-like", 16_000, 12, 2),
        ("decibel", 11_025, 6, 3),
        ("outside-weights", 8_000, 8, 0),
    ] {
        let (folder, taken) = staged(name, None);
        let taken = taken.unwrap();
        assert_eq!(taken.name, name);
        assert_eq!(taken.id, model_id(folder.path()).unwrap());
        assert_eq!(describe(folder.path()).unwrap().name, name);
        assert_eq!(Model::try_out(&runtime(), folder.path()).unwrap(), taken.id);

        let pcm = sound(rate_hz, rate_hz * 2);
        let samples: Vec<f32> = pcm.iter().map(|x| f32::from(*x) / 32_768.0).collect();
        let manifest = Files::read(folder.path()).unwrap().manifest;
        let front = &manifest.networks[0].front_end;
        let mel = MelMaker::new(front, false);
        let segments = mel.log_mels(std::slice::from_ref(&samples));
        let frames: Vec<&Vec<f32>> = segments.iter().flat_map(|mel| &mel.frames).collect();
        let rows: Vec<f32> = (0..front.mel_bands)
            .flat_map(|band| frames.iter().map(move |frame| frame[band]))
            .collect();
        let distance = worst(&rows, &golden(name, "mel"));
        assert!(distance < 1e-3, "{name}: mel {distance}");

        let path = folder.path().join("sound.wav");
        let at = |second: f64| pcm[(second * rate_hz as f64).round() as usize];
        wav(&path, rate_hz as u32, 1, 2.0, |second, _| {
            // Half a step more, so that rounding towards zero gives the sample back.
            let value = f64::from(at(second));
            (value + 0.5_f64.copysign(value)) / 32_767.0
        });
        let mut model = Model::load(&runtime(), folder.path(), Provider::Cpu).unwrap();
        let heard = model.analyze_file(&path, FileSpan::WHOLE).unwrap();
        let expected = golden(name, "vector");
        assert_eq!(
            (heard.embedding.values().len(), expected.len()),
            (size, size),
            "{name}"
        );
        let likeness = cosine(heard.embedding.values(), &expected);
        assert!(likeness > 0.9999, "{name}: vector {likeness}");
        assert_eq!(heard.tags.len(), tags, "{name}");
        if tags > 0 {
            let found: Vec<f32> = heard.tags.iter().map(|tag| tag.p).collect();
            let distance = worst(&found, &golden(name, "tags"));
            assert!(distance < 1e-3, "{name}: tags {distance}");
        }
    }
}

#[test]
fn a_model_that_lies_is_refused_with_a_reason() {
    let hostile = |name: &str| Some(stranger("hostile").join(name));
    let check = |onnx: Option<PathBuf>, words: &str| {
        let (folder, taken) = staged("kaldi-like", onnx.clone());
        let refusal = match taken {
            Ok(_) => Model::try_out(&runtime(), folder.path()).unwrap_err(),
            Err(refusal) => refusal,
        };
        let message = refusal.to_string();
        assert!(message.contains(words), "{onnx:?}: {message}");
        assert!(
            matches!(refusal, AnalysisError::ModelRefused { .. }),
            "{message}"
        );
    };
    check(hostile("nan.onnx"), "not finite");
    check(hostile("fixed-batch.onnx"), "model.onnx");
    check(
        hostile("other-length.onnx"),
        "8 values a patch are expected",
    );
    check(hostile("logits.onnx"), "tags no probabilities");
    check(hostile("unknown-operator.onnx"), "Summon");
    check(hostile("huge-claim.onnx"), "claim");
    check(hostile("outside.onnx"), "../../../../etc/passwd");
    check(hostile("elsewhere.onnx"), "/etc/passwd");
    check(
        Some(stranger("outside-weights").join("model.onnx")),
        "weights.bin",
    );
    check(
        Some(stranger("librosa-like").join("model.onnx")),
        "model.onnx",
    );
    check(Some(stranger("make.py")), "not an ONNX file");

    let folder = tempfile::tempdir().unwrap();
    let whole = fs::read(stranger("kaldi-like").join("model.onnx")).unwrap();
    let path = folder.path().join("cut.onnx");
    for length in [0, 1, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..length]).unwrap();
        check(Some(path.clone()), ".onnx");
    }
    // Whatever byte is wrong, it is a refusal or a network, never a crash.
    for place in (0..whole.len()).step_by(97) {
        let mut bytes = whole.clone();
        bytes[place] ^= 0x55;
        fs::write(&path, &bytes).unwrap();
        let (folder, taken) = staged("kaldi-like", Some(path.clone()));
        if taken.is_ok() {
            let _ = Model::try_out(&runtime(), folder.path());
        }
    }
}

#[test]
fn files_that_changed_since_they_were_taken_in_are_refused() {
    let (folder, taken) = staged("outside-weights", None);
    taken.unwrap();
    for name in ["model.onnx", "weights.bin"] {
        let path = folder.path().join(name);
        let mut bytes = fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, &bytes).unwrap();
        let refused = model_id(folder.path()).unwrap_err();
        assert!(
            matches!(&refused, AnalysisError::ModelRefused { path, why: ModelFault::OtherHash { .. } } if path.ends_with(name)),
            "{refused}"
        );
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, &bytes).unwrap();
    }
    assert!(model_id(folder.path()).is_ok());
    // A stranger's own manifest has no hashes, and is not loaded as it lies.
    let message = model_id(&stranger("kaldi-like")).unwrap_err().to_string();
    assert!(message.contains("no sha-256"), "{message}");
}

/// A session that fails stands for a card that does: what it was asked is done on the processor, to the bit.
#[test]
fn what_fails_elsewhere_is_done_again_on_the_processor() {
    let (folder, taken) = staged("kaldi-like", None);
    taken.unwrap();
    let files = Files::read(folder.path()).unwrap();
    let open = || {
        Network::open(
            &runtime(),
            files.networks[0].clone(),
            &files.manifest.networks[0],
            Provider::Cpu,
        )
        .unwrap_or_else(|_| panic!("not opened"))
    };
    let patches: Vec<Vec<f32>> = (0..130)
        .map(|seed| {
            (0..16 * 50)
                .map(|n| ((n * (seed + 3)) % 17) as f32 / 17.0)
                .collect()
        })
        .collect();
    let embeddings = |network: &mut Network| -> Vec<Vec<f32>> {
        let answers = network.run(&patches).unwrap();
        answers.into_iter().map(|answer| answer.embedding).collect()
    };
    let expected = embeddings(&mut open());

    let mut batches = open();
    batches.pretend(Provider::Cuda, None);
    for (found, expected) in embeddings(&mut batches).iter().zip(&expected) {
        assert!(worst(found, expected) < 1e-5);
    }
    assert_eq!(
        (batches.provider(), batches.fallen()),
        (Provider::Cuda, None)
    );

    for broken in ["fixed-batch.onnx", "nan.onnx"] {
        let mut network = open();
        let onnx = fs::read(stranger("hostile").join(broken)).unwrap();
        network.pretend(Provider::Cuda, Some(&onnx));
        assert_eq!(embeddings(&mut network), expected, "{broken}");
        assert_eq!(network.provider(), Provider::Cpu);
        let fallen = network.fallen().unwrap();
        assert_eq!(fallen.provider, Provider::Cuda);
        assert!(!fallen.reason.is_empty());
        assert_eq!(embeddings(&mut network), expected, "{broken}, afterwards");
    }
}

#[test]
fn a_warm_up_measures_the_processor_and_says_why_not_the_others() {
    let (folder, taken) = staged("librosa-like", None);
    taken.unwrap();
    let measured = Model::warm_up(&runtime(), folder.path()).unwrap();
    assert_eq!(measured[0].provider, Provider::Cpu);
    assert!(measured[0].patches_per_s.as_ref().unwrap() > &1.0);
    for other in &measured[1..] {
        // Where a card is, its speed; where none is, the reason.
        match &other.patches_per_s {
            Ok(speed) => assert!(*speed > 0.0),
            Err(reason) => assert!(!reason.is_empty()),
        }
    }
}
