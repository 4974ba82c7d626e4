//! Several networks under one manifest, against each of them run by itself and joined by hand.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use safetensors::tensor::TensorView;
use safetensors::{Dtype, serialize};
use segue_core::{AnalysisError, Embedding, FileSpan, ModelId};
use segue_decode::MonoStream;
use toml::{Table, Value};

use super::strangers::{sound, stranger};
use super::{runtime, wav};
use crate::files::Files;
use crate::listener::{NetworkHeard, NetworkListener, Stretch};
use crate::manifest::{Manifest, Statistic};
use crate::network::Network;
use crate::{Analyzed, Model, ModelSource, NetworkFile, Provider};

/// Strangers' models of unlike rates, front ends and layouts.
const NAMES: [&str; 3] = ["kaldi-like", "librosa-like", "decibel"];

fn table(name: &str) -> Table {
    let text = fs::read_to_string(stranger(name).join("manifest.toml")).unwrap();
    toml::from_str(&text).unwrap()
}

/// The networks of `names` under one manifest, in this order; `rest` is the manifest's other tables.
fn joined(names: &[&str], rest: &str) -> String {
    let mut networks = Vec::new();
    for name in names {
        let mut alone = table(name);
        let mut entry = Table::new();
        entry.insert("name".into(), (*name).into());
        entry.insert("onnx".into(), format!("{name}.onnx").into());
        entry.insert("front_end".into(), alone.remove("front_end").unwrap());
        if let Some(Value::Table(network)) = alone.remove("network") {
            entry.extend(network);
        }
        networks.push(Value::Table(entry));
    }
    let mut manifest: Table = toml::from_str(rest).unwrap();
    manifest.insert("name".into(), "joined".into());
    manifest.insert("description".into(), "for tests".into());
    manifest.insert("windows".into(), table(names[0]).remove("windows").unwrap());
    manifest.insert("networks".into(), Value::Array(networks));
    toml::to_string(&manifest).unwrap()
}

/// Tags and parts of all three.
const REST: &str = r#"
tags = [
    { name = "sad", kind = "mood", threshold = 0.5, network = "decibel" },
    { name = "rock", kind = "genre", threshold = 0.5, network = "kaldi-like" },
    { name = "jazz", kind = "genre", threshold = 0.5, network = "librosa-like" },
    { name = "film", kind = "theme", threshold = 0.5, network = "kaldi-like", index = 5 },
    { name = "bebop", kind = "genre", threshold = 0.5, network = "librosa-like", parent = "jazz" },
]
[track_vector]
parts = ["decibel.embedding_mean", "kaldi-like.mel_std", "kaldi-like.embedding_mean", "librosa-like.tags_mean", "librosa-like.mel_mean"]
"#;
const PARTS: [(&str, Statistic); 5] = [
    ("decibel", Statistic::EmbeddingMean),
    ("kaldi-like", Statistic::MelStd),
    ("kaldi-like", Statistic::EmbeddingMean),
    ("librosa-like", Statistic::TagsMean),
    ("librosa-like", Statistic::MelMean),
];

/// A model that was taken in: its manifest, the files beside it, and what else lies in the folder.
fn take_in(manifest: &str, beside: &[(&str, &[u8])]) -> Result<tempfile::TempDir, AnalysisError> {
    let from = tempfile::tempdir().unwrap();
    fs::write(from.path().join("manifest.toml"), manifest).unwrap();
    for (name, bytes) in beside {
        fs::write(from.path().join(name), bytes).unwrap();
    }
    let onnx = NAMES
        .iter()
        .filter(|name| manifest.contains(&format!("{name}.onnx")));
    let source = ModelSource {
        manifest: from.path().into(),
        onnx: onnx.map(|name| onnx_of(name, name)).collect(),
        weights: Vec::new(),
    };
    let folder = tempfile::tempdir().unwrap();
    source.stage(folder.path())?;
    Ok(folder)
}

fn onnx_of(network: &str, name: &str) -> NetworkFile {
    NetworkFile {
        network: Some(network.into()),
        path: stranger(name).join("model.onnx"),
    }
}

fn analyze(folder: &Path, file: &Path) -> Analyzed {
    let mut model = Model::load(&runtime(), folder, Provider::Cpu).unwrap();
    model.analyze_file(file, FileSpan::WHOLE).unwrap()
}

/// `length_s` of the strangers' sound at a rate that none of them has.
fn sound_file(path: &Path, length_s: i64) {
    let pcm = sound(22_050, 22_050 * length_s);
    wav(path, 22_050, 2, length_s as f64, |second, channel| {
        let at = (second * 22_050.0).round() as usize;
        f64::from(pcm[at]) / 32_768.0 * (1.0 - 0.1 * f64::from(channel))
    });
}

/// What the network of the stranger `name` hears by itself, of a file that is decoded for it alone.
fn alone(name: &str, file: &Path) -> NetworkHeard {
    let manifest = joined(
        &[name],
        &format!("[track_vector]\nparts = [\"{name}.mel_mean\"]"),
    );
    let folder = take_in(&manifest, &[]).unwrap();
    let files = Files::read(folder.path()).unwrap();
    let spec = &files.manifest.networks[0];
    let network = Network::open(&runtime(), files.networks[0].clone(), spec, Provider::Cpu);
    let network = network.unwrap_or_else(|_| panic!("not opened"));
    let stream = MonoStream::open(file, FileSpan::WHOLE, &[spec.front_end.sample_rate_hz]).unwrap();
    let spans = crate::windows::choose(&files.manifest.windows, stream.duration_s());
    let windows = stream.windows(&spans).unwrap().remove(0);
    NetworkListener::new(spec, network)
        .hear(&windows, files.manifest.windows.seconds)
        .unwrap()
}

fn unit(values: Vec<f64>) -> Vec<f32> {
    let values = values.into_iter().map(|value| value as f32).collect();
    let embedding = Embedding::new(ModelId("by@hand".into()), values).unwrap();
    embedding.values().to_vec()
}

/// Files heard whole and in windows.
fn sound_files() -> (tempfile::TempDir, [std::path::PathBuf; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["short.wav", "long.wav"].map(|name| folder.path().join(name));
    sound_file(&paths[0], 3);
    sound_file(&paths[1], 31);
    (folder, paths)
}

#[test]
fn several_networks_hear_what_each_hears_alone() {
    let folder = take_in(&joined(&NAMES, REST), &[]).unwrap();
    let id = Model::try_out(&runtime(), folder.path()).unwrap();
    assert!(id.0.starts_with("joined@"), "{id}");
    let (_kept, paths) = sound_files();
    for file in &paths {
        let heard = analyze(folder.path(), file);
        let by_itself: HashMap<&str, NetworkHeard> =
            NAMES.map(|name| (name, alone(name, file))).into();
        let vector = |stretch| {
            let parts = PARTS.iter();
            let parts = parts.flat_map(|(name, part)| by_itself[name].statistic(*part, stretch));
            unit(parts.collect())
        };
        assert_eq!(heard.embedding.values(), vector(Stretch::Whole));
        assert_eq!(heard.ends[0].values(), vector(Stretch::Begin));
        assert_eq!(heard.ends[1].values(), vector(Stretch::End));
        let tags: Vec<f32> = [
            ("decibel", 0),
            ("kaldi-like", 0),
            ("librosa-like", 0),
            ("kaldi-like", 5),
            ("librosa-like", 1),
        ]
        .iter()
        .map(|(name, at)| {
            by_itself[name].statistic(Statistic::TagsMean, Stretch::Whole)[*at] as f32
        })
        .collect();
        let found: Vec<f32> = heard.tags.iter().map(|tag| tag.p).collect();
        assert_eq!(found, tags);
        // Tempo and key are those of the 16 kHz that one of the networks has.
        let single = tempfile::tempdir().unwrap();
        let source = ModelSource {
            manifest: stranger("librosa-like"),
            ..ModelSource::default()
        };
        source.stage(single.path()).unwrap();
        let single = analyze(single.path(), file);
        assert_eq!(heard.descriptors, single.descriptors);
        assert_eq!(heard.audio_seconds, single.audio_seconds);
        assert_eq!(heard.measures, single.measures);
    }
}

#[test]
fn the_order_of_the_networks_changes_nothing() {
    let (_kept, paths) = sound_files();
    let in_order = |names: &[&str]| {
        let folder = take_in(&joined(names, REST), &[]).unwrap();
        let heard = analyze(folder.path(), &paths[1]);
        let ends = heard.ends.map(|end| end.values().to_vec());
        let vector = heard.embedding.values().to_vec();
        (vector, ends, heard.tags, heard.descriptors)
    };
    let first = in_order(&NAMES);
    for [a, b, c] in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert_eq!(in_order(&[NAMES[a], NAMES[b], NAMES[c]]), first);
    }
}

/// Values that no row or column shares.
fn values(count: usize, seed: usize) -> Vec<f32> {
    let value = |n: usize| ((n * 37 + seed * 11) % 101) as f32 / 50.0 - 1.0;
    (0..count).map(value).collect()
}

fn map(inputs: usize, outputs: usize, bias: bool) -> Vec<u8> {
    let bytes = |values: Vec<f32>| -> Vec<u8> {
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    };
    let mut tensors = vec![
        ("mean", vec![inputs], bytes(values(inputs, 1))),
        (
            "matrix",
            vec![inputs, outputs],
            bytes(values(inputs * outputs, 2)),
        ),
    ];
    if bias {
        tensors.push(("bias", vec![outputs], bytes(values(outputs, 3))));
    }
    let views = tensors.iter().map(|(name, shape, bytes)| {
        (
            *name,
            TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap(),
        )
    });
    serialize(views, None).unwrap()
}

/// `(x − mean) · matrix` of the map above.
fn mapped(x: &[f64], outputs: usize) -> Vec<f64> {
    let (mean, matrix) = (values(x.len(), 1), values(x.len() * outputs, 2));
    let column = |output: usize| {
        let terms = x.iter().enumerate().map(|(row, x)| {
            (f64::from(*x as f32) - f64::from(mean[row]))
                * f64::from(matrix[row * outputs + output])
        });
        terms.sum()
    };
    (0..outputs).map(column).collect()
}

const READOUT: &str = r#"
tags = [
    { name = "jazz", kind = "genre", threshold = 0.5 },
    { name = "bebop", kind = "genre", threshold = 0.5, parent = "jazz" },
]
[files]
projection = "projection.safetensors"
readout = "tags.safetensors"
[track_vector]
parts = ["kaldi-like.embedding_mean", "librosa-like.mel_mean"]
size = 5
[tags_readout]
parts = ["librosa-like.tags_mean", "kaldi-like.mel_std"]
"#;

#[test]
fn a_projection_and_a_readout_take_the_join_of_all_networks() {
    let manifest = joined(&NAMES[..2], READOUT);
    let (projection, readout) = (map(8 + 24, 5, false), map(2 + 16, 2, true));
    let beside: [(&str, &[u8]); 2] = [
        ("projection.safetensors", &projection),
        ("tags.safetensors", &readout),
    ];
    let folder = take_in(&manifest, &beside).unwrap();
    Model::try_out(&runtime(), folder.path()).unwrap();
    let (_kept, paths) = sound_files();
    let heard = analyze(folder.path(), &paths[1]);
    let [kaldi, librosa] = ["kaldi-like", "librosa-like"].map(|name| alone(name, &paths[1]));
    let of = |heard: &NetworkHeard, statistic| heard.statistic(statistic, Stretch::Whole);
    let parts = [
        of(&kaldi, Statistic::EmbeddingMean),
        of(&librosa, Statistic::MelMean),
    ];
    assert_eq!(heard.embedding.values(), unit(mapped(&parts.concat(), 5)));
    let parts = [
        of(&librosa, Statistic::TagsMean),
        of(&kaldi, Statistic::MelStd),
    ];
    let logits = mapped(&parts.concat(), 2);
    for ((tag, logit), bias) in heard.tags.iter().zip(logits).zip(values(2, 3)) {
        let p = 1.0 / (1.0 + (-(logit + f64::from(bias))).exp());
        assert!((f64::from(tag.p) - p).abs() < 1e-6, "{tag:?} {p}");
        assert_eq!(tag.present, tag.p >= 0.5);
    }

    // Files of other sizes, and without what a readout has.
    for (name, bytes, words) in [
        ("projection.safetensors", map(31, 5, false), "mean is"),
        ("projection.safetensors", map(32, 6, false), "matrix is"),
        ("tags.safetensors", map(18, 3, true), "[2] is expected"),
        ("tags.safetensors", map(17, 2, true), "mean is"),
        ("tags.safetensors", map(18, 2, false), "bias"),
        ("tags.safetensors", b"none".to_vec(), "tags.safetensors"),
    ] {
        let mut beside = beside;
        for (other, old) in &mut beside {
            if *other == name {
                *old = &bytes;
            }
        }
        let refusal = take_in(&manifest, &beside).unwrap_err().to_string();
        assert!(refusal.contains(name), "{refusal}");
        assert!(refusal.contains(words), "{words}: {refusal}");
    }
}

#[test]
fn one_network_may_have_a_readout_and_its_tags_as_a_part() {
    let mut manifest = table("librosa-like");
    manifest.insert(
        "tags".into(),
        toml::from_str::<Table>(READOUT)
            .unwrap()
            .remove("tags")
            .unwrap(),
    );
    let files = manifest["files"].as_table_mut().unwrap();
    files.insert("onnx".into(), "librosa-like.onnx".into());
    files.insert("readout".into(), "tags.safetensors".into());
    let parts = |parts: &[&str]| -> Value {
        let parts = parts.iter().map(|part| Value::from(*part)).collect();
        Value::Table(Table::from_iter([(
            "parts".to_owned(),
            Value::Array(parts),
        )]))
    };
    manifest.insert(
        "track_vector".into(),
        parts(&["tags_mean", "embedding_mean"]),
    );
    manifest.insert("tags_readout".into(), parts(&["tags_mean"]));
    let from = tempfile::tempdir().unwrap();
    fs::write(
        from.path().join("manifest.toml"),
        toml::to_string(&manifest).unwrap(),
    )
    .unwrap();
    fs::write(from.path().join("tags.safetensors"), map(2, 2, true)).unwrap();
    fs::copy(
        stranger("librosa-like").join("model.onnx"),
        from.path().join("librosa-like.onnx"),
    )
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let source = ModelSource {
        manifest: from.path().into(),
        ..ModelSource::default()
    };
    source.stage(folder.path()).unwrap();
    let (_kept, paths) = sound_files();
    let heard = analyze(folder.path(), &paths[0]);
    let by_hand = alone("librosa-like", &paths[0]);
    let of = |statistic| by_hand.statistic(statistic, Stretch::Whole);
    let parts = [of(Statistic::TagsMean), of(Statistic::EmbeddingMean)];
    assert_eq!(heard.embedding.values(), unit(parts.concat()));
    let logit = mapped(&of(Statistic::TagsMean), 2)[1] + f64::from(values(2, 3)[1]);
    assert!((f64::from(heard.tags[1].p) - 1.0 / (1.0 + (-logit).exp())).abs() < 1e-6);
}

#[test]
fn a_manifest_of_several_that_does_not_add_up_is_refused_by_name() {
    let whole = joined(&NAMES, REST);
    assert!(Manifest::parse(&whole).is_ok());
    let check = |from: &str, to: &str, words: &[&str]| {
        assert!(whole.contains(from), "{from}");
        let refusal = Manifest::parse(&whole.replacen(from, to, 1)).unwrap_err();
        for words in words {
            assert!(refusal.contains(words), "{to}: {refusal}");
        }
    };
    check(
        "\"decibel.embedding_mean\"",
        "\"decimal.embedding_mean\"",
        &[
            "decimal.embedding_mean",
            "kaldi-like, librosa-like, decibel",
        ],
    );
    check(
        "\"decibel.embedding_mean\"",
        "\"embedding_mean\"",
        &["\"embedding_mean\""],
    );
    check(
        "\"decibel.embedding_mean\"",
        "\"decibel.median\"",
        &["decibel.median"],
    );
    check(
        "name = \"decibel\"",
        "name = \"kaldi-like\"",
        &["kaldi-like", "twice"],
    );
    check(
        "name = \"decibel\"",
        "name = \"../decibel\"",
        &["../decibel"],
    );
    check(
        "\"decibel.onnx\"",
        "\"kaldi-like.onnx\"",
        &["files names", "kaldi-like.onnx"],
    );
    check(
        "embedding_size = 10",
        "embedding_size = 0",
        &["\"decibel\"", "embedding_size"],
    );
    check("hop = 110", "hop = 0", &["\"decibel\"", "front_end.hop"]);
    check(
        "hop = 256",
        "hop = 3",
        &["\"librosa-like\"", "number of patches"],
    );
    check(
        "input = \"mel\"",
        "input = \"mel\"\ninputs = 2",
        &["inputs"],
    );
    check(
        "tags = \"logits\"\n",
        "",
        &["\"librosa-like\"", "tags_mean"],
    );
    check(
        "network = \"decibel\"",
        "network = \"decimal\"",
        &["\"sad\"", "decimal"],
    );
    check("network = \"decibel\"\n", "", &["\"sad\"", "no network"]);
    check(
        "index = 5",
        "index = 6",
        &["\"film\"", "\"kaldi-like\"", "value 6 of 6"],
    );
    check(
        "parent = \"jazz\"",
        "parent = \"swing\"",
        &["\"bebop\"", "swing"],
    );
    check(
        "parent = \"jazz\"",
        "parent = \"bebop\"",
        &["\"bebop\"", "its own parents"],
    );
    check(
        "parts = [",
        "size = 3\nparts = [",
        &["track_vector.size is 3"],
    );
    check(
        "[track_vector]",
        "[files]\nonnx = \"model.onnx\"\n[track_vector]",
        &["files.onnx"],
    );
    check(
        "[track_vector]",
        "[tags_readout]\nparts = [\"decibel.mel_mean\"]\n[track_vector]",
        &["files.readout is missing"],
    );
    check(
        "[track_vector]",
        "[files]\nreadout = \"tags.safetensors\"\n[tags_readout]\nparts = [\"decibel.mel_mean\"]\n[track_vector]",
        &["\"sad\"", "tags_readout"],
    );
    let readout = joined(&NAMES[..2], READOUT);
    let unsaid = readout.replacen("tags_size = 2\n", "", 1);
    assert_ne!(unsaid, readout);
    let refusal = Manifest::parse(&unsaid).unwrap_err();
    assert!(refusal.contains("tags_size is missing"), "{refusal}");
    let mut none: Table = toml::from_str(&whole).unwrap();
    none.remove("networks");
    let refusal = Manifest::parse(&toml::to_string(&none).unwrap()).unwrap_err();
    assert!(refusal.contains("network is missing"), "{refusal}");
    let circle = REST.replace(
        "network = \"librosa-like\" }",
        "network = \"librosa-like\", parent = \"bebop\" }",
    );
    let refusal = Manifest::parse(&joined(&NAMES, &circle)).unwrap_err();
    assert!(
        refusal.contains("\"jazz\" is among its own parents"),
        "{refusal}"
    );
}

#[test]
fn a_network_among_several_that_lies_is_refused_by_name() {
    let from = tempfile::tempdir().unwrap();
    fs::write(from.path().join("manifest.toml"), joined(&NAMES, REST)).unwrap();
    let stage = |onnx: Vec<NetworkFile>| {
        let folder = tempfile::tempdir().unwrap();
        let manifest = from.path().into();
        let weights = Vec::new();
        let staged = ModelSource {
            manifest,
            onnx,
            weights,
        }
        .stage(folder.path());
        (folder, staged)
    };
    let all = || NAMES.map(|name| onnx_of(name, name)).to_vec();
    assert!(stage(all()).1.is_ok());

    let message = stage(all()[..2].to_vec()).1.unwrap_err().to_string();
    assert!(message.contains("decibel.onnx"), "{message}");
    let mut other = all();
    other[1].network = Some("nobody".into());
    let message = stage(other).1.unwrap_err().to_string();
    assert!(message.contains("networks.nobody.onnx"), "{message}");
    let mut unnamed = all();
    unnamed[1].network = None;
    let message = stage(unnamed).1.unwrap_err().to_string();
    assert!(message.contains("files.onnx"), "{message}");

    for (hostile, words) in [
        ("nan.onnx", "not finite"),
        ("other-length.onnx", "8 values a patch"),
        ("logits.onnx", "no probabilities"),
        ("unknown-operator.onnx", "Summon"),
    ] {
        let mut onnx = all();
        onnx[0].path = stranger("hostile").join(hostile);
        let (folder, staged) = stage(onnx);
        staged.unwrap();
        let message = Model::try_out(&runtime(), folder.path())
            .unwrap_err()
            .to_string();
        assert!(message.contains("kaldi-like.onnx"), "{message}");
        assert!(message.contains(words), "{message}");
    }
    let mut swapped = all();
    swapped[0].path = stranger("decibel").join("model.onnx");
    let (folder, _) = stage(swapped);
    let message = Model::try_out(&runtime(), folder.path())
        .unwrap_err()
        .to_string();
    assert!(message.contains("network \"kaldi-like\""), "{message}");
}

#[test]
fn a_warm_up_measures_all_networks_together() {
    let folder = take_in(&joined(&NAMES, REST), &[]).unwrap();
    let measured = Model::warm_up(&runtime(), folder.path()).unwrap();
    assert_eq!(measured[0].provider, Provider::Cpu);
    assert!(measured[0].patches_per_s.as_ref().unwrap() > &1.0);
}
