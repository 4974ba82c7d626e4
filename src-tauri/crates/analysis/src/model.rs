//! A model, loaded and verified, and a track heard by it.

use std::path::Path;

use segue_core::{
    AnalysisError, Descriptors, Embedding, FailedFile, FileFault, FileSpan, Measures, ModelFault,
    ModelId, TagScore,
};
use segue_decode::MonoStream;

use crate::files::{Files, refuse};
use crate::listener::{NetworkHeard, NetworkListener, Stretch};
use crate::manifest::{Activation, Manifest, NetworkStatistic, Statistic, TagSource};
use crate::measure::FileMeter;
use crate::network::{Fallen, Network, NotOpened};
use crate::noise::noise;
use crate::projection::Projection;
use crate::warm_up::{self, Measured};
use crate::{Provider, Runtime, TagInfo, key, tempo, windows};

/// Under this peak (−80 dBFS) in all windows a track counts as silent.
const SILENCE_PEAK: f32 = 1e-4;
/// The rate at which tempo and key are found, or the next higher one that a network wants, or else the highest.
const SIGNAL_HZ: u32 = 16_000;

/// A model ready to listen. Owns its networks: one set per thread, and one network runs after the other.
pub struct Model {
    id: ModelId,
    manifest: Manifest,
    /// One for each network, in the manifest's order.
    listeners: Vec<NetworkListener>,
    projection: Option<Projection>,
    readout: Option<Projection>,
    /// All rates that the networks want, from the lowest on.
    rates_hz: Vec<u32>,
}

/// What a model heard in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Analyzed {
    /// The track's vector, stamped with the model.
    pub embedding: Embedding,
    /// The vectors of how it begins and how it ends: of the first and the last window.
    pub ends: [Embedding; 2],
    /// Every tag of the model with its probability, in the manifest's order.
    pub tags: Vec<TagScore>,
    /// Tempo and key.
    pub descriptors: Descriptors,
    /// What takes the whole of a file, where it was heard whole: so a short file is decoded once.
    pub measures: Option<Measures>,
    /// Seconds of sound that were decoded and heard.
    pub audio_seconds: f64,
}

impl Model {
    /// Reads the model in `folder`, checks the files against the hashes in its manifest, and makes its networks
    /// ready on `provider`, or for `Auto` on the first that takes all of them.
    pub fn load(
        runtime: &Runtime,
        folder: &Path,
        provider: Provider,
    ) -> Result<Model, AnalysisError> {
        let files = Files::read(folder)?;
        let mut reason = String::new();
        for candidate in provider.candidates() {
            match open(runtime, &files, candidate) {
                Ok(listeners) => return Ok(Self::new(files, listeners)),
                Err((path, NotOpened::Network(why))) => return Err(refuse(path, why)),
                Err((path, NotOpened::Provider(why))) if candidate == Provider::Cpu => {
                    return Err(refuse(path, why));
                }
                Err((_, NotOpened::Provider(why))) => {
                    tracing::debug!(provider = candidate.as_str(), reason = %why, "provider not available");
                    reason = why;
                }
            }
        }
        Err(AnalysisError::Provider {
            provider: provider.as_str().to_owned(),
            detail: reason,
        })
    }

    fn new(files: Files, listeners: Vec<NetworkListener>) -> Self {
        let rates_hz = listeners.iter();
        let mut rates_hz: Vec<u32> = rates_hz
            .map(|listener| listener.spec.front_end.sample_rate_hz)
            .collect();
        rates_hz.sort_unstable();
        rates_hz.dedup();
        Self {
            id: files.id,
            manifest: files.manifest,
            listeners,
            projection: files.projection,
            readout: files.readout,
            rates_hz,
        }
    }

    /// Loads a stranger's model on the processor and listens to noise with it: what comes out must be a vector and
    /// probabilities.
    pub fn try_out(runtime: &Runtime, folder: &Path) -> Result<ModelId, AnalysisError> {
        let mut model = Self::load(runtime, folder, Provider::Cpu)?;
        let mut heard = Vec::new();
        for place in 0..model.listeners.len() {
            let listener = &mut model.listeners[place];
            let path = folder.join(&listener.spec.onnx.name);
            let samples = listener.spec.front_end.patch_samples() * 3 / 2;
            let windows = [1, 2].map(|seed| noise(samples, seed));
            let outputs = listener
                .hear(&windows, model.manifest.windows.seconds)
                .map_err(|reason| refuse(&path, reason))?;
            if model.gives_no_probabilities(place, &outputs) {
                return Err(refuse(&path, ModelFault::NotProbabilities));
            }
            heard.push(outputs);
        }
        let path = folder.join(&model.manifest.networks[0].onnx.name);
        Embedding::new(model.id.clone(), model.vector(&heard, Stretch::Whole))
            .map_err(|error| refuse(&path, error.to_string()))?;
        Ok(model.id)
    }

    /// Whether what a network gives for tags, and should be probabilities as it is, is none.
    fn gives_no_probabilities(&self, network: usize, heard: &NetworkHeard) -> bool {
        let TagSource::Networks(places) = &self.manifest.tag_source else {
            return false;
        };
        let ports = &self.manifest.networks[network].ports;
        let beyond = |p: &f32| !(-0.01..=1.01).contains(p);
        let its = places.iter().filter(|place| place.0 == network);
        let mut its = its.map(|place| place.1);
        ports.tags_activation == Activation::None
            && its.any(|index| heard.tags().any(|tags| beyond(&tags[index])))
    }

    /// Measures this model on every provider that this build knows, the processor first; some tenths of a second each.
    pub fn warm_up(runtime: &Runtime, folder: &Path) -> Result<Vec<Measured>, AnalysisError> {
        warm_up::measure(runtime, &Files::read(folder)?)
    }

    /// The stamp on its vectors.
    pub fn id(&self) -> &ModelId {
        &self.id
    }

    /// Where its networks run now, or the processor, once one had to go there; never `Auto`.
    pub fn active_provider(&self) -> Provider {
        let mut providers = self.listeners.iter().map(|it| it.network.provider());
        let first = providers.next().unwrap_or(Provider::Cpu);
        match providers.all(|other| other == first) {
            true => first,
            false => Provider::Cpu,
        }
    }

    /// The provider that one of its networks had to leave for the processor.
    pub fn fallen(&self) -> Option<Fallen> {
        let fallen = self.listeners.iter().find_map(|listener| {
            let fallen = listener.network.fallen()?;
            Some((&listener.spec, fallen))
        });
        fallen.map(|(spec, fallen)| Fallen {
            provider: fallen.provider,
            reason: spec.named(fallen.reason.clone()),
        })
    }

    /// The tags that it hears.
    pub fn tags(&self) -> &[TagInfo] {
        &self.manifest.tags
    }

    /// Listens to the file at `path`, or to a stretch of it.
    pub fn analyze_file(&mut self, path: &Path, span: FileSpan) -> Result<Analyzed, FailedFile> {
        let stream = MonoStream::open(path, span, &self.rates_hz)?;
        let duration_s = stream.duration_s();
        let spans = windows::choose(&self.manifest.windows, duration_s);
        // For each rate, all windows.
        let (mut heard, measures) = match &spans[..] {
            [span] if span.length_s >= duration_s => {
                let mut meter = FileMeter::new(path, stream.decoder())?;
                let mut heard = Vec::new();
                let whole = stream.whole(|block| meter.add(block))?;
                for (mut whole, rate_hz) in whole.into_iter().zip(&self.rates_hz) {
                    whole.truncate((duration_s * f64::from(*rate_hz)).round() as usize);
                    heard.push(vec![whole]);
                }
                (heard, Some(meter.finish()?))
            }
            _ => (stream.windows(&spans)?, None),
        };
        let (place, rate_hz) = self.signal();
        self.leave_out_fragments(&mut heard[place], rate_hz);
        let signal = &heard[place];
        let samples: usize = signal.iter().map(Vec::len).sum();
        if samples == 0 {
            return Err(FailedFile::new(path, FileFault::Truncated));
        }
        if signal
            .iter()
            .flatten()
            .all(|sample| sample.abs() < SILENCE_PEAK)
        {
            return Err(FailedFile::new(path, FileFault::Silent));
        }
        let InferenceResult { vector, tags, ends } = self
            .hear(&heard)
            .map_err(|detail| FailedFile::new(path, FileFault::Network { detail }))?;
        let embedding = |vector| {
            Embedding::new(self.id.clone(), vector).map_err(|error| {
                let detail = error.to_string();
                FailedFile::new(path, FileFault::NoVector { detail })
            })
        };
        let [begins, stops] = ends;
        let (embedding, ends) = (embedding(vector)?, [embedding(begins)?, embedding(stops)?]);
        let tags = self.manifest.tags.iter().zip(tags);
        let tags = tags
            .map(|(tag, p)| TagScore {
                name: tag.name.clone(),
                p,
                present: p >= tag.threshold,
            })
            .collect();
        Ok(Analyzed {
            embedding,
            ends,
            tags,
            descriptors: Descriptors {
                bpm: tempo::tempo(&heard[place], rate_hz),
                key: key::key(&heard[place], rate_hz),
            },
            measures,
            audio_seconds: samples as f64 / f64::from(rate_hz),
        })
    }

    /// The rate that signal processing hears a track at, with its place among the rates.
    fn signal(&self) -> (usize, u32) {
        let rates_hz = &self.rates_hz;
        let fit = rates_hz.iter().position(|rate_hz| *rate_hz >= SIGNAL_HZ);
        let place = fit.unwrap_or(rates_hz.len() - 1);
        (place, rates_hz[place])
    }

    /// Windows that a damaged file cut short are left out when they fill no network's patch; the longest stays.
    fn leave_out_fragments(&self, windows: &mut Vec<Vec<f32>>, rate_hz: u32) {
        let patch_s = self.listeners.iter().map(|listener| {
            let front = &listener.spec.front_end;
            front.patch_samples() as f64 / f64::from(front.sample_rate_hz)
        });
        let patch_s = patch_s.fold(f64::INFINITY, f64::min);
        let patch = (patch_s * f64::from(rate_hz)).round() as usize;
        let longest = windows.iter().map(Vec::len).max().unwrap_or(0);
        windows.retain(|window| window.len() >= patch.min(longest));
    }

    /// What the networks and what joins them make of mono windows, which are given for each rate.
    fn hear(&mut self, windows: &[Vec<Vec<f32>>]) -> Result<InferenceResult, String> {
        let window_s = self.manifest.windows.seconds;
        let mut heard = Vec::new();
        for listener in &mut self.listeners {
            let rate_hz = listener.spec.front_end.sample_rate_hz;
            let place = self.rates_hz.partition_point(|other| *other < rate_hz);
            heard.push(listener.hear(&windows[place], window_s)?);
        }
        Ok(InferenceResult {
            vector: self.vector(&heard, Stretch::Whole),
            tags: self.probabilities(&heard),
            ends: [
                self.vector(&heard, Stretch::Begin),
                self.vector(&heard, Stretch::End),
            ],
        })
    }

    /// The vector, not yet of unit length, of a stretch.
    fn vector(&self, heard: &[NetworkHeard], stretch: Stretch) -> Vec<f32> {
        let statistics = join(&self.manifest.parts, heard, stretch);
        match &self.projection {
            Some(projection) => projection.apply(&statistics),
            None => statistics,
        }
    }

    /// The probability of each tag.
    fn probabilities(&self, heard: &[NetworkHeard]) -> Vec<f32> {
        match (&self.manifest.tag_source, &self.readout) {
            (TagSource::Readout { parts, .. }, Some(readout)) => {
                let logits = readout.apply(&join(parts, heard, Stretch::Whole));
                let p = |logit: f32| 1.0 / (1.0 + (-f64::from(logit)).exp());
                logits.into_iter().map(|logit| p(logit) as f32).collect()
            }
            (TagSource::Networks(places), _) => {
                let mean =
                    |heard: &NetworkHeard| heard.statistic(Statistic::TagsMean, Stretch::Whole);
                let means: Vec<Vec<f64>> = heard.iter().map(mean).collect();
                let p = |(network, index): &(usize, usize)| means[*network][*index] as f32;
                places
                    .iter()
                    .map(|place| p(place).clamp(0.0, 1.0))
                    .collect()
            }
            (TagSource::Readout { .. }, None) => Vec::new(),
        }
    }
}

/// Opens all networks on one provider; or the file of one that was not opened, and why.
fn open<'a>(
    runtime: &Runtime,
    files: &'a Files,
    provider: Provider,
) -> Result<Vec<NetworkListener>, (&'a Path, NotOpened)> {
    let networks = files.manifest.networks.iter().zip(&files.networks);
    let open = networks.map(|(spec, files)| {
        let network = Network::open(runtime, files.clone(), spec, provider);
        let network = network.map_err(|error| {
            let error = match error {
                NotOpened::Provider(reason) => NotOpened::Provider(spec.named(reason)),
                NotOpened::Network(reason) => NotOpened::Network(spec.named(reason)),
            };
            (&*files.path, error)
        });
        Ok(NetworkListener::new(spec, network?))
    });
    open.collect()
}

/// The statistics of a stretch, one after the other.
fn join(parts: &[NetworkStatistic], heard: &[NetworkHeard], stretch: Stretch) -> Vec<f32> {
    let values = parts
        .iter()
        .flat_map(|part| heard[part.network].statistic(part.statistic, stretch));
    values.map(|value| value as f32).collect()
}

/// What came out of the networks and what joins them.
struct InferenceResult {
    /// Of all that was heard; not yet of unit length.
    vector: Vec<f32>,
    /// Probabilities.
    tags: Vec<f32>,
    /// Of how it begins and how it ends.
    ends: [Vec<f32>; 2],
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::tests::{model_folder, runtime};
    use safetensors::SafeTensors;

    fn floats(tensors: &SafeTensors<'_>, name: &str) -> Vec<f32> {
        let data = tensors.tensor(name).unwrap().data().to_vec();
        data.chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect()
    }

    fn worst(a: &[f32], b: &[f32]) -> f32 {
        assert_eq!(a.len(), b.len());
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f32::max)
    }

    /// A chord of triangles under noise that dies away twice a second; `models/train/fit.py` makes the same from whole numbers.
    fn golden_clip(rate_hz: usize, seconds: usize, seed: u32) -> Vec<f32> {
        let samples = seconds * rate_hz;
        let beat = rate_hz / 2;
        let sounds = noise(samples, seed).into_iter().enumerate();
        let sounds = sounds.map(|(n, noise)| {
            let chord: f32 = [110, 165, 220, 277]
                .map(|hz| {
                    let period = rate_hz / hz;
                    (2 * (n % period)).abs_diff(period) as f32 / period as f32 - 0.5
                })
                .iter()
                .sum();
            0.1 * chord + 0.2 * ((beat - n % beat) as f32 / beat as f32) * noise
        });
        sounds.collect()
    }

    /// The fit's own examples: what made the maps and this code must hear the same. A clip shorter than a segment, and one longer.
    #[test]
    fn golden_sounds_give_golden_vectors() {
        let mut model = Model::load(&runtime(), &model_folder(), Provider::Cpu).unwrap();
        let bytes = fs::read(model_folder().join("golden.safetensors")).unwrap();
        let golden = SafeTensors::deserialize(&bytes).unwrap();
        for (clip, seconds) in [4, 12].into_iter().enumerate() {
            let of = |name: &str| floats(&golden, &format!("{name}{clip}"));
            let sounds = model.rates_hz.iter();
            let sounds: Vec<Vec<Vec<f32>>> = sounds
                .map(|rate_hz| vec![golden_clip(*rate_hz as usize, seconds, clip as u32 + 1)])
                .collect();
            for listener in &mut model.listeners {
                let name = listener.spec.name.clone().unwrap();
                let of = |what: &str| of(&format!("{name}.{what}"));
                let rate_hz = listener.spec.front_end.sample_rate_hz;
                let at = model.rates_hz.iter().position(|rate| *rate == rate_hz);
                let segments = listener.mel.log_mels(&sounds[at.unwrap()]);
                let frames = segments.iter().flat_map(|mel| &mel.frames).step_by(50);
                let distance = worst(&frames.flatten().copied().collect::<Vec<_>>(), &of("mel"));
                assert!(distance < 2e-3, "{name}, mel {clip}: {distance}");

                let patches = listener.mel.patches(&segments);
                let runs = patches.chunks(1);
                let runs: Vec<_> = runs
                    .flat_map(|patch| listener.network.run(patch).unwrap())
                    .collect();
                let embedding = runs.iter().flat_map(|answer| answer.embedding.clone());
                let distance = worst(&embedding.collect::<Vec<_>>(), &of("embedding"));
                assert!(distance < 1e-2, "{name}, embedding {clip}: {distance}");
                let tags = runs.iter().flat_map(|answer| answer.tags.clone());
                let distance = worst(&tags.collect::<Vec<_>>(), &of("tags"));
                assert!(distance < 1e-2, "{name}, tags {clip}: {distance}");
            }
            let heard = model.hear(&sounds).unwrap();
            let distance = worst(&heard.tags, &of("tags"));
            assert!(distance < 1e-3, "tags {clip}: {distance}");
            let vector = Embedding::new(model.id().clone(), heard.vector).unwrap();
            let expected = Embedding::new(model.id().clone(), of("vector")).unwrap();
            let products = vector.values().iter().zip(expected.values());
            let cosine: f32 = products.map(|(a, b)| a * b).sum();
            assert!(cosine > 0.9999, "vector {clip}: {cosine}");
        }
    }
}
