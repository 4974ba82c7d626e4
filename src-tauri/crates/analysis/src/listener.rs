//! One network of a model with its front end: what it hears in the windows of a track, and the statistics of that.

use crate::manifest::{NetworkSpec, Statistic};
use crate::mel::{Mel, MelMaker};
use crate::network::{Network, NetworkOutput};

/// A network that is ready, with what makes its input.
pub(crate) struct NetworkListener {
    pub(crate) spec: NetworkSpec,
    pub(crate) mel: MelMaker,
    pub(crate) network: Network,
}

/// What a network heard of a track.
pub(crate) struct NetworkHeard {
    outputs: Vec<NetworkOutput>,
    frames: Vec<Vec<f32>>,
    /// How many outputs and frames are of how it begins.
    first: (usize, usize),
    /// How many are of how it ends.
    last: (usize, usize),
}

/// A stretch of what was heard.
#[derive(Clone, Copy)]
pub(crate) enum Stretch {
    Whole,
    /// As long as a window: the first window, or so much of what was heard whole.
    Begin,
    /// The last window, likewise.
    End,
}

impl NetworkListener {
    pub(crate) fn new(spec: &NetworkSpec, network: Network) -> Self {
        Self {
            spec: spec.clone(),
            mel: MelMaker::new(&spec.front_end, spec.ports.layout.time_first()),
            network,
        }
    }

    /// Hears mono windows at the front end's rate. Windows that a damaged file cut short are left out when they fill no
    /// patch; the longest stays. `window_s` is how long a window is.
    pub(crate) fn hear(
        &mut self,
        windows: &[Vec<f32>],
        window_s: f64,
    ) -> Result<NetworkHeard, String> {
        let front = &self.spec.front_end;
        let longest = windows.iter().map(Vec::len).max().unwrap_or(0);
        let least = front.patch_samples().min(longest);
        let windows: Vec<&Vec<f32>> = windows.iter().filter(|w| w.len() >= least).collect();
        let mels = self.mel.log_mels(&windows);
        let outputs = self
            .network
            .run(&self.mel.patches(&mels))
            .map_err(|reason| self.spec.named(reason))?;
        let length = window_s * f64::from(front.sample_rate_hz);
        let length = (length / front.hop as f64).round() as usize;
        let stretch = |mel: Option<&Mel>| {
            let count = mel.map_or(0, |mel| mel.frames.len()).min(length);
            let beyond = count.saturating_sub(front.patch_frames);
            let patches = 1 + beyond.div_ceil(front.patch_hop_frames.max(1));
            (patches.min(outputs.len()), count)
        };
        Ok(NetworkHeard {
            first: stretch(mels.first()),
            last: stretch(mels.last()),
            outputs,
            frames: mels.into_iter().flat_map(|mel| mel.frames).collect(),
        })
    }
}

impl NetworkHeard {
    pub(crate) fn statistic(&self, statistic: Statistic, stretch: Stretch) -> Vec<f64> {
        let (outputs, frames) = match stretch {
            Stretch::Whole => (&self.outputs[..], &self.frames[..]),
            Stretch::Begin => (&self.outputs[..self.first.0], &self.frames[..self.first.1]),
            Stretch::End => (
                &self.outputs[self.outputs.len() - self.last.0..],
                &self.frames[self.frames.len() - self.last.1..],
            ),
        };
        match statistic {
            Statistic::EmbeddingMean => mean(outputs.iter().map(|output| &output.embedding)),
            Statistic::TagsMean => mean(outputs.iter().map(|output| &output.tags)),
            Statistic::MelMean => mean(frames.iter()),
            Statistic::MelStd => std(frames.iter(), &mean(frames.iter())),
        }
    }

    /// The tags' values of each patch.
    pub(crate) fn tags(&self) -> impl Iterator<Item = &[f32]> {
        self.outputs.iter().map(|output| &*output.tags)
    }
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
