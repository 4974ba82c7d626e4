//! A model, loaded and verified, and a track heard by it.

use std::path::Path;

use segue_core::{
    AnalysisError, Descriptors, Embedding, FailedFile, FileFault, Measures, ModelFault, ModelId,
    TagScore,
};
use segue_decode::MonoStream;

use crate::files::{Files, refuse};
use crate::manifest::{Activation, Manifest, Statistic};
use crate::measure::FileMeter;
use crate::mel::{Mel, MelMaker};
use crate::network::{self, Network, NetworkOutput};
use crate::projection::Projection;
use crate::{Fallen, Measured, Provider, Runtime, TagInfo, key, tempo, windows};

/// Under this peak (−80 dBFS) in all windows a track counts as silent.
const SILENCE_PEAK: f32 = 1e-4;
/// Patches that a warm-up measures with.
const WARM_UP_PATCHES: usize = 16;

/// A model ready to listen. Owns its network: one per thread.
pub struct Model {
    id: ModelId,
    manifest: Manifest,
    mel: MelMaker,
    projection: Option<Projection>,
    network: Network,
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
    /// Reads the model in `folder`, checks the files against the hashes in its manifest, and makes its network
    /// ready on `provider`.
    pub fn load(
        runtime: &Runtime,
        folder: &Path,
        provider: Provider,
    ) -> Result<Model, AnalysisError> {
        let Files {
            id,
            manifest,
            network,
            projection,
        } = Files::read(folder)?;
        Ok(Self {
            id,
            mel: MelMaker::new(&manifest.front_end, manifest.network.layout.time_first()),
            network: Network::open(runtime, network, &manifest, provider)?,
            manifest,
            projection,
        })
    }

    /// Loads a stranger's model on the processor and listens to noise with it: what comes out must be a vector and
    /// probabilities.
    pub fn try_out(runtime: &Runtime, folder: &Path) -> Result<ModelId, AnalysisError> {
        let onnx_path = Files::read(folder)?.network.path;
        let mut model = Self::load(runtime, folder, Provider::Cpu)?;
        let windows: Vec<Vec<f32>> = [1, 2]
            .map(|seed| noise(model.manifest.front_end.patch_samples() * 3 / 2, seed))
            .into();
        let network = &model.manifest.network;
        let raw = network.tags.is_some() && network.tags_activation == Activation::None;
        let patches = model.patches(&windows).1;
        let outputs = model
            .network
            .run(&patches)
            .map_err(|reason| refuse(&onnx_path, reason))?;
        let beyond = |p: &f32| !(-0.01..=1.01).contains(p);
        if raw && outputs.iter().flat_map(|answer| &answer.tags).any(beyond) {
            return Err(refuse(&onnx_path, ModelFault::NotProbabilities));
        }
        let heard = model
            .hear(&windows)
            .map_err(|reason| refuse(&onnx_path, reason))?;
        Embedding::new(model.id.clone(), heard.vector)
            .map_err(|error| refuse(&onnx_path, error.to_string()))?;
        Ok(model.id)
    }

    /// Measures this model on every provider that this build knows, the processor first; some tenths of a second each.
    pub fn warm_up(runtime: &Runtime, folder: &Path) -> Result<Vec<Measured>, AnalysisError> {
        let files = Files::read(folder)?;
        let front = &files.manifest.front_end;
        let mel = MelMaker::new(front, files.manifest.network.layout.time_first());
        let windows = (0..WARM_UP_PATCHES).map(|seed| noise(front.patch_samples(), seed as u32));
        let patches: Vec<Vec<f32>> = windows
            .flat_map(|window| mel.patches(&mel.log_mels(&[window])))
            .collect();
        network::measure(runtime, &files.network, &files.manifest, &patches)
    }

    /// The stamp on its vectors.
    pub fn id(&self) -> &ModelId {
        &self.id
    }

    /// Where its network runs now; never `Auto`.
    pub fn active_provider(&self) -> Provider {
        self.network.provider()
    }

    /// The provider that its network had to leave for the processor.
    pub fn fallen(&self) -> Option<&Fallen> {
        self.network.fallen()
    }

    /// The tags that it hears.
    pub fn tags(&self) -> &[TagInfo] {
        &self.manifest.tags
    }

    /// Listens to the file at `path`.
    pub fn analyze_file(&mut self, path: &Path) -> Result<Analyzed, FailedFile> {
        let rate_hz = self.manifest.front_end.sample_rate_hz;
        let stream = MonoStream::open(path, rate_hz)?;
        let duration_s = stream.duration_s();
        let spans = windows::choose(&self.manifest.windows, duration_s);
        let (heard, measures) = match &spans[..] {
            [span] if span.length_s >= duration_s => {
                let mut meter = FileMeter::new(path, stream.decoder())?;
                let mut whole = stream.whole(|block| meter.add(block))?;
                whole.truncate((duration_s * f64::from(rate_hz)).round() as usize);
                (vec![whole], Some(meter.finish()?))
            }
            _ => (stream.windows(&spans)?, None),
        };
        let heard = self.worth_hearing(heard);
        let samples: usize = heard.iter().map(Vec::len).sum();
        if samples == 0 {
            return Err(FailedFile::new(path, FileFault::Truncated));
        }
        if heard
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
                bpm: tempo::tempo(&heard, rate_hz),
                key: key::key(&heard, rate_hz),
            },
            measures,
            audio_seconds: samples as f64 / f64::from(rate_hz),
        })
    }

    /// Windows that a damaged file cut short are left out when they fill no patch; the longest stays.
    fn worth_hearing(&self, mut heard: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
        let front = &self.manifest.front_end;
        let patch = front.patch_samples();
        let longest = heard.iter().map(Vec::len).max().unwrap_or(0);
        heard.retain(|window| window.len() >= patch.min(longest));
        heard
    }

    /// All log-mel frames and all patches of mono windows.
    fn patches(&self, windows: &[Vec<f32>]) -> (Vec<Mel>, Vec<Vec<f32>>) {
        let segments = self.mel.log_mels(windows);
        let patches = self.mel.patches(&segments);
        (segments, patches)
    }

    /// What the network and its projection make of mono windows.
    fn hear(&mut self, windows: &[Vec<f32>]) -> Result<InferenceResult, String> {
        let (mels, patches) = self.patches(windows);
        let outputs = self.network.run(&patches)?;
        let frames: Vec<&Vec<f32>> = mels.iter().flat_map(|mel| &mel.frames).collect();
        let all: Vec<&NetworkOutput> = outputs.iter().collect();
        let tags = mean(outputs.iter().map(|answer| &answer.tags))
            .into_iter()
            .map(|p| (p as f32).clamp(0.0, 1.0))
            .collect();
        // A stretch as long as a window: the first and the last window, or so much of what was heard whole.
        let front = &self.manifest.front_end;
        let length = self.manifest.windows.seconds * f64::from(front.sample_rate_hz);
        let length = (length / front.hop as f64).round() as usize;
        let stretch = |mel: Option<&Mel>| {
            let count = mel.map_or(0, |mel| mel.frames.len()).min(length);
            let beyond = count.saturating_sub(front.patch_frames);
            let patches = 1 + beyond.div_ceil(front.patch_hop_frames.max(1));
            (count, patches.min(outputs.len()))
        };
        let (first, last) = (stretch(mels.first()), stretch(mels.last()));
        Ok(InferenceResult {
            vector: self.vector(&all, &frames),
            tags,
            ends: [
                self.vector(&all[..first.1], &frames[..first.0]),
                self.vector(&all[all.len() - last.1..], &frames[frames.len() - last.0..]),
            ],
        })
    }

    /// The vector, not yet of unit length, of a stretch's outputs and frames.
    fn vector(&self, outputs: &[&NetworkOutput], frames: &[&Vec<f32>]) -> Vec<f32> {
        let embedding_mean = mean(outputs.iter().map(|answer| &answer.embedding));
        let mel_mean = mean(frames.iter().copied());
        let mel_std = std(frames.iter().copied(), &mel_mean);
        let mut statistics = Vec::with_capacity(self.manifest.statistics_size());
        for part in &self.manifest.track_vector.parts {
            let part = match part {
                Statistic::EmbeddingMean => &embedding_mean,
                Statistic::MelMean => &mel_mean,
                Statistic::MelStd => &mel_std,
            };
            statistics.extend(part.iter().map(|value| *value as f32));
        }
        match &self.projection {
            Some(projection) => projection.apply(&statistics),
            None => statistics,
        }
    }
}

/// What came out of the network and its projection.
struct InferenceResult {
    /// Of all that was heard; not yet of unit length.
    vector: Vec<f32>,
    /// Probabilities.
    tags: Vec<f32>,
    /// Of how it begins and how it ends.
    ends: [Vec<f32>; 2],
}

/// Noise between −0.5 and 0.5, the same for the same seed (xorshift, Marsaglia 2003).
fn noise(samples: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as f32 / u32::MAX as f32 - 0.5
    };
    (0..samples).map(|_| next()).collect()
}

/// Mean of rows of one length.
fn mean<'a>(rows: impl Iterator<Item = &'a Vec<f32>>) -> Vec<f64> {
    let mut sum = Vec::new();
    let mut count = 0.0;
    for row in rows {
        sum.resize(row.len(), 0.0);
        sum.iter_mut()
            .zip(row)
            .for_each(|(sum, value)| *sum += f64::from(*value));
        count += 1.0;
    }
    sum.iter_mut().for_each(|sum| *sum /= count);
    sum
}

/// Population standard deviation of rows around their mean.
fn std<'a>(rows: impl Iterator<Item = &'a Vec<f32>>, mean: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; mean.len()];
    let mut count = 0.0;
    for row in rows {
        for ((sum, value), mean) in sum.iter_mut().zip(row).zip(mean) {
            *sum += (f64::from(*value) - mean).powi(2);
        }
        count += 1.0;
    }
    sum.into_iter().map(|sum| (sum / count).sqrt()).collect()
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

    /// The export's own examples: the training code and this code must hear the same.
    #[test]
    fn golden_sounds_give_golden_vectors() {
        let mut model = Model::load(&runtime(), &model_folder(), Provider::Cpu).unwrap();
        let bytes = fs::read(model_folder().join("golden.safetensors")).unwrap();
        let golden = SafeTensors::deserialize(&bytes).unwrap();
        for example in 0..2 {
            let of = |name: &str| floats(&golden, &format!("{name}{example}"));
            let pcm = golden
                .tensor(&format!("pcm{example}"))
                .unwrap()
                .data()
                .to_vec();
            let pcm: Vec<f32> = pcm
                .chunks_exact(2)
                .map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0)
                .collect();

            let mel = model.mel.log_mels(std::slice::from_ref(&pcm)).remove(0);
            let bands = model.manifest.front_end.mel_bands;
            let rows: Vec<f32> = (0..bands)
                .flat_map(|band| mel.frames.iter().map(move |frame| frame[band]))
                .collect();
            let distance = worst(&rows, &of("mel"));
            assert!(distance < 1e-3, "mel {example}: {distance}");

            let runs: Vec<_> = model
                .mel
                .patches(std::slice::from_ref(&mel))
                .iter()
                .flat_map(|patch| model.network.run(std::slice::from_ref(patch)).unwrap())
                .collect();
            let embedding: Vec<f32> = runs
                .iter()
                .flat_map(|answer| answer.embedding.clone())
                .collect();
            let distance = worst(&embedding, &of("embedding"));
            assert!(distance < 1e-2, "embedding {example}: {distance}");
            let tags: Vec<f32> = runs.iter().flat_map(|answer| answer.tags.clone()).collect();
            assert!(worst(&tags, &of("tags")) < 1e-3, "tags {example}");

            let heard = model.hear(std::slice::from_ref(&pcm)).unwrap();
            let vector = Embedding::new(model.id().clone(), heard.vector).unwrap();
            let expected = Embedding::new(model.id().clone(), of("vector")).unwrap();
            let cosine: f32 = vector
                .values()
                .iter()
                .zip(expected.values())
                .map(|(a, b)| a * b)
                .sum();
            assert!(cosine > 0.9999, "vector {example}: {cosine}");
        }
    }
}
