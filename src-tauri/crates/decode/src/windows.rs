//! A file for the analysis: mono, at the networks' rates. Stretches of it are reached by seeking; where all of it is
//! wanted, its own samples can be heard by others on the way.
//!
//! However many rates are wanted, a file is decoded once: each rate has a resampler of its own, and all of them take the
//! same decoded samples. So what one rate gets of a lossless file does not depend on which others are wanted; in a lossy
//! one a window's first samples may, in their last bits, since decoding begins where the rate that reaches back furthest does.

use std::path::Path;

use segue_core::{FailedFile, FileSpan};

use crate::Decoder;
use crate::downmix::Downmix;
use crate::resample::Resampler;

/// A stretch of a file, in seconds from its start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Where it begins.
    pub start_s: f64,
    /// How long it lasts.
    pub length_s: f64,
}

/// A file, mixed to mono and resampled to fixed rates.
///
/// Stereo is averaged, more channels are mixed by ITU-R BS.775. The same file gives the same bits, whatever else the
/// machine is doing.
pub struct MonoStream {
    decoder: Decoder,
    downmix: Downmix,
    rates: Vec<Rate>,
    duration_s: f64,
}

/// One of the rates, and what it has got of a stretch so far.
struct Rate {
    rate_hz: u32,
    /// None: the file's own rate.
    resampler: Option<Resampler>,
    /// The file's frame from which on it takes samples.
    from: u64,
    /// Frames of its output that lie before the stretch: the resampler's run-up.
    skip: usize,
    /// Frames of its output that it needs, the run-up with them.
    needed: usize,
    out: Vec<f32>,
}

impl MonoStream {
    /// Opens `path`, or a stretch of it, to be read at each of `rates_hz`.
    pub fn open(path: &Path, span: FileSpan, rates_hz: &[u32]) -> Result<MonoStream, FailedFile> {
        let mut decoder = Decoder::open(path, span)?;
        let downmix = Downmix::mono(decoder.channels());
        let file_hz = decoder.format().sample_rate_hz;
        let rates = rates_hz.iter().map(|rate_hz| {
            Ok(Rate {
                rate_hz: *rate_hz,
                resampler: match *rate_hz == file_hz {
                    true => None,
                    false => Some(Resampler::new(path, 1, file_hz, *rate_hz)?),
                },
                from: 0,
                skip: 0,
                needed: usize::MAX,
                out: Vec::new(),
            })
        });
        let rates = rates.collect::<Result<_, FailedFile>>()?;
        let duration_s = decoder.count_frames()? as f64 / f64::from(file_hz);
        Ok(Self {
            decoder,
            downmix,
            rates,
            duration_s,
        })
    }

    /// The file at its own rate, with its own channels.
    pub fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// Length in seconds. A file that does not state it was counted through.
    pub fn duration_s(&self) -> f64 {
        self.duration_s
    }

    /// Decodes `spans`, each for itself: for each rate, in the order asked for, all windows. One that reaches beyond the
    /// end comes out shorter, possibly empty.
    pub fn windows(mut self, spans: &[Span]) -> Result<Vec<Vec<Vec<f32>>>, FailedFile> {
        let mut windows = vec![Vec::new(); self.rates.len()];
        for span in spans {
            let starts = self.rates.iter_mut().map(|rate| rate.aim(span));
            let start = starts.min().unwrap_or(0);
            self.decoder.seek(start)?;
            // At the end the decoder stands before what was asked for, and nothing is to be had.
            if self.decoder.position() >= start {
                self.run(|_| Ok(()))?;
            }
            for (windows, rate) in windows.iter_mut().zip(&mut self.rates) {
                windows.push(rate.taken());
            }
        }
        Ok(windows)
    }

    /// Decodes everything, once, for each rate in the order asked for. `hear` gets the file's own samples as they go by,
    /// interleaved; its error ends the work.
    pub fn whole(
        mut self,
        hear: impl FnMut(&[f32]) -> Result<(), FailedFile>,
    ) -> Result<Vec<Vec<f32>>, FailedFile> {
        self.run(hear)?;
        Ok(self.rates.iter_mut().map(Rate::taken).collect())
    }

    /// Decodes from where the decoder stands until every rate has what it needs.
    fn run(
        &mut self,
        mut hear: impl FnMut(&[f32]) -> Result<(), FailedFile>,
    ) -> Result<(), FailedFile> {
        let mut at = self.decoder.position();
        let mut mixed = Vec::new();
        while self.rates.iter().any(|rate| rate.out.len() < rate.needed) {
            let Some(block) = self.decoder.next_block()? else {
                for rate in &mut self.rates {
                    rate.finish();
                }
                return Ok(());
            };
            hear(block)?;
            mixed.clear();
            self.downmix.mix_into(block, &mut mixed);
            for rate in &mut self.rates {
                let before = rate.from.saturating_sub(at).min(mixed.len() as u64);
                rate.push(&mixed[before as usize..]);
            }
            at += mixed.len() as u64;
        }
        Ok(())
    }
}

impl Rate {
    /// Makes ready for a stretch; returns the file's frame from which on it takes samples.
    fn aim(&mut self, span: &Span) -> u64 {
        let frames = |seconds: f64| (seconds.max(0.0) * f64::from(self.rate_hz)).round() as u64;
        let first = frames(span.start_s);
        let wanted = frames(span.length_s) as usize;
        let Some(resampler) = &mut self.resampler else {
            (self.from, self.skip, self.needed) = (first, 0, wanted);
            return first;
        };
        resampler.reset();
        self.from = resampler.start(first);
        self.skip = (first - resampler.output(self.from)) as usize;
        self.needed = self.skip + wanted;
        self.from
    }

    fn push(&mut self, samples: &[f32]) {
        if self.out.len() >= self.needed {
            return;
        }
        match &mut self.resampler {
            None => self.out.extend_from_slice(samples),
            Some(resampler) => resampler.push(samples, &mut self.out),
        }
    }

    /// The file has ended.
    fn finish(&mut self) {
        if let Some(resampler) = &mut self.resampler
            && self.out.len() < self.needed
        {
            resampler.finish(&mut self.out);
        }
    }

    /// What it got of the stretch.
    fn taken(&mut self) -> Vec<f32> {
        let mut window = std::mem::take(&mut self.out);
        window.truncate(self.needed);
        window.drain(..self.skip.min(window.len()));
        window
    }
}
