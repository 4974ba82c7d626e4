//! A file as the playback engine reads it: stereo at the file's own rate; and the steps that any reader shares.

use std::path::Path;

use segue_core::{FailedFile, FileFault};

use crate::downmix::Downmix;
use crate::resample::Resampler;
use crate::{AudioFormat, Decoder};

/// A file, mixed to stereo, at its own rate. Files that follow each other are resampled together
/// ([`StereoResampler`](crate::StereoResampler)), so that no seam is heard.
///
/// Mono and stereo files come out bit for bit as decoded.
pub struct StereoStream {
    mixed: Mixed,
}

impl StereoStream {
    /// Opens `path`.
    pub fn open(path: &Path) -> Result<StereoStream, FailedFile> {
        Ok(Self {
            mixed: Mixed::open(path, None, Downmix::stereo)?,
        })
    }

    /// The same at another rate, to try the resampling that analysis relies on.
    #[cfg(test)]
    pub(crate) fn at(path: &Path, rate_hz: u32) -> Result<StereoStream, FailedFile> {
        Ok(Self {
            mixed: Mixed::open(path, Some(rate_hz), Downmix::stereo)?,
        })
    }

    /// What the file holds, before mixing.
    pub fn format(&self) -> &AudioFormat {
        self.mixed.decoder.format()
    }

    /// What is missing of what the file holds, as [`Decoder::notice`] says it.
    pub fn notice(&self) -> Option<FileFault> {
        self.mixed.decoder.notice()
    }

    /// Length in seconds: exact where the file states it, else the container's estimate, if any.
    pub fn duration_s(&self) -> Option<f64> {
        self.mixed.decoder.duration_s()
    }

    /// Time of the next frame that [`read`](Self::read) yields, in seconds from the start.
    pub fn position_s(&self) -> f64 {
        self.mixed.position as f64 / f64::from(self.mixed.rate_hz)
    }

    /// Moves to `to_s` seconds, to the nearest frame. Beyond the end means at the end.
    pub fn seek(&mut self, to_s: f64) -> Result<(), FailedFile> {
        let frame = (to_s.max(0.0) * f64::from(self.mixed.rate_hz)).round();
        self.mixed.seek(frame as u64)
    }

    /// Fills `out` from the front with frames of left and right. Fewer than asked for only before the end;
    /// 0 at the end.
    pub fn read(&mut self, out: &mut [[f32; 2]]) -> Result<usize, FailedFile> {
        self.mixed.read(out.as_flattened_mut())
    }
}

/// A decoder, a downmix and, where rates differ, a resampler.
pub(crate) struct Mixed {
    decoder: Decoder,
    downmix: Downmix,
    resampler: Option<Resampler>,
    rate_hz: u32,
    /// Output frame that `read` yields next.
    position: u64,
    /// Output frames yet to be dropped after a jump.
    skip: u64,
    mixed: Vec<f32>,
    ready: Vec<f32>,
    ready_from: usize,
    at_end: bool,
}

impl Mixed {
    /// Without a rate, the file's own.
    pub(crate) fn open(
        path: &Path,
        rate_hz: Option<u32>,
        downmix: impl FnOnce(&symphonia::core::audio::Channels) -> Downmix,
    ) -> Result<Self, FailedFile> {
        let decoder = Decoder::open(path)?;
        let downmix = downmix(decoder.channels());
        let file_hz = decoder.format().sample_rate_hz;
        let rate_hz = rate_hz.unwrap_or(file_hz);
        let resampler = match file_hz == rate_hz {
            true => None,
            false => Some(Resampler::new(path, downmix.outputs(), file_hz, rate_hz)?),
        };
        Ok(Self {
            decoder,
            downmix,
            resampler,
            rate_hz,
            position: 0,
            skip: 0,
            mixed: Vec::new(),
            ready: Vec::new(),
            ready_from: 0,
            at_end: false,
        })
    }

    pub(crate) fn decoder(&self) -> &Decoder {
        &self.decoder
    }

    /// The audible frames of the file, counted where it does not state them.
    pub(crate) fn frames(&mut self) -> Result<u64, FailedFile> {
        self.decoder.count_frames()
    }

    pub(crate) fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    /// Reads a file that was only just opened to its end. `hear` gets its blocks as decoded.
    pub(crate) fn whole(
        mut self,
        mut hear: impl FnMut(&[f32]) -> Result<(), FailedFile>,
    ) -> Result<Vec<f32>, FailedFile> {
        let mut all = Vec::new();
        while let Some(block) = self.decoder.next_block()? {
            hear(block)?;
            match &mut self.resampler {
                None => self.downmix.mix_into(block, &mut all),
                Some(resampler) => {
                    self.mixed.clear();
                    self.downmix.mix_into(block, &mut self.mixed);
                    resampler.push(&self.mixed, &mut all);
                }
            }
        }
        if let Some(resampler) = &mut self.resampler {
            resampler.finish(&mut all);
        }
        Ok(all)
    }

    /// Moves to output frame `frame`, or to the end.
    pub(crate) fn seek(&mut self, frame: u64) -> Result<(), FailedFile> {
        self.ready.clear();
        (self.ready_from, self.skip, self.at_end) = (0, 0, false);
        let Some(resampler) = &mut self.resampler else {
            self.decoder.seek(frame)?;
            self.position = self.decoder.position();
            return Ok(());
        };
        resampler.reset();
        let start = resampler.start(frame);
        self.decoder.seek(start)?;
        let landed = self.decoder.position();
        let first = resampler.output(landed);
        if landed < start {
            (self.position, self.at_end) = (first, true);
            return Ok(());
        }
        (self.position, self.skip) = (frame, frame - first);
        // At the end the position is where the music ended, not what was asked for.
        while self.ready.is_empty() && self.more()? {}
        if self.ready.is_empty() {
            self.position = frame - self.skip;
        }
        Ok(())
    }

    /// Fills the interleaved `out` as far as there is sound; returns frames.
    pub(crate) fn read(&mut self, out: &mut [f32]) -> Result<usize, FailedFile> {
        let mut filled = 0;
        while filled < out.len() {
            let ready = &self.ready[self.ready_from..];
            if ready.is_empty() {
                if !self.more()? {
                    break;
                }
                continue;
            }
            let count = ready.len().min(out.len() - filled);
            out[filled..filled + count].copy_from_slice(&ready[..count]);
            self.ready_from += count;
            filled += count;
        }
        let frames = filled / self.downmix.outputs();
        self.position += frames as u64;
        Ok(frames)
    }

    /// Decodes one more block into `ready`, which must be used up. `false` at the end.
    fn more(&mut self) -> Result<bool, FailedFile> {
        if self.at_end {
            return Ok(false);
        }
        self.ready.clear();
        self.ready_from = 0;
        match (self.decoder.next_block()?, &mut self.resampler) {
            (Some(block), None) => self.downmix.mix_into(block, &mut self.ready),
            (Some(block), Some(resampler)) => {
                self.mixed.clear();
                self.downmix.mix_into(block, &mut self.mixed);
                resampler.push(&self.mixed, &mut self.ready);
            }
            (None, None) => self.at_end = true,
            (None, Some(resampler)) => {
                resampler.finish(&mut self.ready);
                self.at_end = true;
            }
        }
        let outputs = self.downmix.outputs();
        let skip = self.skip.min((self.ready.len() / outputs) as u64);
        self.skip -= skip;
        self.ready_from = skip as usize * outputs;
        if self.ready_from == self.ready.len() {
            self.ready.clear();
            self.ready_from = 0;
        }
        Ok(!self.at_end || !self.ready.is_empty())
    }
}
