//! A model tried on every provider that this build knows: how fast it is there, and whether it says there what it says on
//! the processor.

use std::time::{Duration, Instant};

use segue_core::AnalysisError;

use crate::files::{Files, NetworkFiles, refuse};
use crate::manifest::NetworkSpec;
use crate::mel::MelMaker;
use crate::network::{Network, NetworkOutput, NotOpened};
use crate::noise::noise;
use crate::{Provider, Runtime};

/// Patches that a warm-up measures with, of the network that takes the most of a track.
const PATCHES: f64 = 16.0;
/// It measures for so long, after one round that is not counted.
const MEASURE: Duration = Duration::from_millis(250);
/// A provider whose embeddings are further (in cosine) from the processor's would put vectors where they do not belong.
const LIKENESS_MIN: f64 = 0.999;

/// A provider tried with a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Which one.
    pub provider: Provider,
    /// Patches of all networks in a second, one after the other, or why it is not to be used.
    pub patches_per_s: Result<f64, String>,
}

/// One network and what it is tried with: as large a share of the patches as it has of a track's.
struct NetworkTrial<'a> {
    spec: &'a NetworkSpec,
    files: &'a NetworkFiles,
    patches: Vec<Vec<f32>>,
}

/// Lets every provider that this build knows run a few patches through each network, the processor first.
pub(crate) fn measure(runtime: &Runtime, files: &Files) -> Result<Vec<Measured>, AnalysisError> {
    let specs = &files.manifest.networks;
    let hop_s = |spec: &NetworkSpec| {
        let front = &spec.front_end;
        (front.patch_hop_frames * front.hop) as f64 / f64::from(front.sample_rate_hz)
    };
    let shortest_s = specs.iter().map(hop_s).fold(f64::INFINITY, f64::min);
    let trials: Vec<NetworkTrial<'_>> = specs
        .iter()
        .zip(&files.networks)
        .map(|(spec, files)| {
            let front = &spec.front_end;
            let mel = MelMaker::new(front, spec.ports.layout.time_first());
            let count = (PATCHES * shortest_s / hop_s(spec)).round().max(1.0) as u32;
            let windows = (0..count).map(|seed| noise(front.patch_samples(), seed));
            let patches = windows.flat_map(|window| mel.patches(&mel.log_mels(&[window])));
            NetworkTrial {
                spec,
                files,
                patches: patches.collect(),
            }
        })
        .collect();

    let mut expected = Vec::new();
    let mut networks = Vec::new();
    for trial in &trials {
        let open = || {
            let mut network = trial.open(runtime, Provider::Cpu)?;
            Ok((network.run(&trial.patches)?, network))
        };
        let (outputs, network) =
            open().map_err(|reason: String| refuse(&trial.files.path, trial.spec.named(reason)))?;
        expected.push(outputs);
        networks.push(network);
    }
    let mut all = vec![Measured {
        provider: Provider::Cpu,
        patches_per_s: speed(&mut networks, &trials),
    }];
    for provider in Provider::Auto.candidates() {
        if provider != Provider::Cpu {
            let networks = trials.iter().zip(&expected).map(|(trial, expected)| {
                let mut network = trial.open(runtime, provider)?;
                let outputs = network.run(&trial.patches)?;
                check(&outputs, expected).map(|()| network)
            });
            let named = networks
                .zip(specs)
                .map(|(network, spec)| network.map_err(|reason| spec.named(reason)));
            let networks: Result<Vec<Network>, String> = named.collect();
            all.push(Measured {
                provider,
                patches_per_s: networks.and_then(|mut networks| speed(&mut networks, &trials)),
            });
        }
    }
    Ok(all)
}

impl NetworkTrial<'_> {
    fn open(&self, runtime: &Runtime, provider: Provider) -> Result<Network, String> {
        let network = Network::open(runtime, self.files.clone(), self.spec, provider);
        network.map_err(|error| match error {
            NotOpened::Provider(reason) | NotOpened::Network(reason) => reason,
        })
    }
}

/// Whether a provider says what the processor says.
fn check(outputs: &[NetworkOutput], expected: &[NetworkOutput]) -> Result<(), String> {
    for (answer, expected) in outputs.iter().zip(expected) {
        let likeness = cosine(&answer.embedding, &expected.embedding);
        if likeness < LIKENESS_MIN {
            return Err(format!(
                "its embeddings are not the processor's (cosine {likeness:.4})"
            ));
        }
    }
    Ok(())
}

fn speed(networks: &mut [Network], trials: &[NetworkTrial<'_>]) -> Result<f64, String> {
    let begun = Instant::now();
    let mut count = 0;
    while begun.elapsed() < MEASURE {
        for (network, trial) in networks.iter_mut().zip(trials) {
            let outputs = network.run(&trial.patches);
            count += outputs.map_err(|reason| trial.spec.named(reason))?.len();
            if let Some(fallen) = network.fallen() {
                return Err(trial.spec.named(fallen.reason.clone()));
            }
        }
    }
    Ok(count as f64 / begun.elapsed().as_secs_f64())
}

pub(crate) fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        let products = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b));
        products.sum()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(1e-30)
}
