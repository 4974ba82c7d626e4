//! A file, or a stretch of one, decoded as one stream, from any frame on.
//!
//! The file is decoded as a whole elsewhere ([`chained`]); here a stretch of it is made to look like a file of its own, to
//! the sample: what is decoded for one stretch and for the next, one behind the other, is what the file has there.

mod chain;
mod chained;
mod clock;
mod container;
mod frames;
mod lengths;
mod link;
mod opening;
mod reading;
mod sbr;

use std::path::Path;

use segue_core::{FailedFile, FileFault, FileSpan};
use symphonia::core::audio::Channels;

use crate::AudioFormat;
use crate::downmix::loudness_weights;
use chained::ChainDecoder;
pub(crate) use lengths::packet_frames;

/// Decodes one file, or a stretch of it, to interleaved `f32` samples in `-1.0..=1.0` (lossy codecs may overshoot).
pub struct Decoder {
    chain: ChainDecoder,
    format: AudioFormat,
    /// Frame of the file that is frame 0 here.
    from: u64,
    /// Frame of the file that is the first behind the stretch.
    until: Option<u64>,
    /// Decoded on the way to `from` in a file that cannot be sought in, and not heard yet.
    head: Vec<f32>,
    /// What of it was given last.
    given: Vec<f32>,
}

impl Decoder {
    /// Opens `path`, finds out what it is and decodes its first packet.
    pub fn open(path: &Path, span: FileSpan) -> Result<Decoder, FailedFile> {
        let mut chain = ChainDecoder::open(path)?;
        let mut format = chain.format().clone();
        let from = span.start_frame(format.sample_rate_hz);
        let until = span.end_frame(format.sample_rate_hz);
        let mut head = Vec::new();
        if !span.is_whole() {
            // What the file does not say of its length is taken from the stretch.
            let end = [format.frames, until].into_iter().flatten().min();
            format.frames = end.map(|end| end.saturating_sub(from));
        }
        if from > 0
            && let Err(error) = chain.seek(from)
        {
            tracing::debug!(%error, "decoding from the start to reach a stretch");
            chain = ChainDecoder::open(path)?;
            head = roll(&mut chain, from)?;
        }
        Ok(Self {
            chain,
            format,
            from,
            until,
            head,
            given: Vec::new(),
        })
    }

    /// What the stretch holds.
    pub fn format(&self) -> &AudioFormat {
        &self.format
    }

    /// What is missing of what the file holds: nothing but HE-AAC's upper half so far. Opens an AAC anew to find out.
    pub fn notice(&self) -> Option<FileFault> {
        self.chain.notice()
    }

    /// Index of the first frame that the next call of [`next_block`](Self::next_block) yields.
    pub fn position(&self) -> u64 {
        // The block that was given last is cut at the end.
        let here = self.in_file().min(self.until.unwrap_or(u64::MAX));
        here.saturating_sub(self.from)
    }

    /// Moves to `frame` exactly. Beyond the end means at the end: [`next_block`](Self::next_block) then
    /// yields `None`.
    pub fn seek(&mut self, frame: u64) -> Result<(), FailedFile> {
        self.head.clear();
        let to = self.from.saturating_add(frame);
        self.chain.seek(to.min(self.until.unwrap_or(u64::MAX)))
    }

    /// The next samples, interleaved; never empty. `None` at the end.
    pub fn next_block(&mut self) -> Result<Option<&[f32]>, FailedFile> {
        let left = self
            .until
            .map_or(u64::MAX, |until| until.saturating_sub(self.in_file()));
        if left == 0 {
            return Ok(None);
        }
        let block = match self.head.is_empty() {
            true => self.chain.next_block()?,
            false => {
                self.given = std::mem::take(&mut self.head);
                Some(self.given.as_slice())
            }
        };
        let most = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .saturating_mul(self.format.channels);
        Ok(block.map(|block| &block[..block.len().min(most)]))
    }

    /// How much each channel counts towards loudness, by ITU-R BS.1770-4, table 4: 1 in front, 1.41 at the sides, 0 for
    /// the LFE.
    pub fn loudness_weights(&self) -> Vec<f64> {
        loudness_weights(self.chain.channels())
    }

    /// Which speaker each channel is for.
    pub(crate) fn channels(&self) -> &Channels {
        self.chain.channels()
    }

    /// Length in seconds: exact where the file states it, else the container's estimate.
    pub(crate) fn duration_s(&self) -> Option<f64> {
        let rate_hz = f64::from(self.format.sample_rate_hz);
        match (self.from, self.until, self.format.frames) {
            (0, None, _) => self.chain.duration_s(),
            (.., Some(frames)) => Some(frames as f64 / rate_hz),
            _ => {
                let from_s = self.from as f64 / rate_hz;
                self.chain
                    .duration_s()
                    .map(|all_s| (all_s - from_s).max(0.0))
            }
        }
    }

    /// Counts the audible frames of a file that does not state them: by the packets' lengths where every
    /// packet has one, else by decoding.
    pub(crate) fn count_frames(&mut self) -> Result<u64, FailedFile> {
        match self.format.frames {
            Some(frames) => Ok(frames),
            None => Ok(self.chain.count_frames()?.saturating_sub(self.from)),
        }
    }

    /// The frame of the file that comes next.
    fn in_file(&self) -> u64 {
        self.chain.position() - (self.head.len() / self.format.channels) as u64
    }
}

/// Decodes up to `frame`. Returns what was decoded beyond it.
fn roll(chain: &mut ChainDecoder, frame: u64) -> Result<Vec<f32>, FailedFile> {
    let channels = chain.format().channels;
    loop {
        let begin = chain.position();
        let Some(block) = chain.next_block()? else {
            return Ok(Vec::new());
        };
        let before = frame.saturating_sub(begin) as usize * channels;
        if before <= block.len() {
            return Ok(block[before..].to_vec());
        }
    }
}
