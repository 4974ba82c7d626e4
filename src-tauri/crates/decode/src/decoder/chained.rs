//! A whole file, decoded as one stream, from any frame on.
//!
//! A file may hold several streams one behind the other (`chain.rs`). Each is a link with a timeline of its own
//! (`link.rs`); here their times are added up, and links of another rate or with other channels are brought to the
//! highest rate and the most channels that the file has, so that whoever listens need not know.

use std::fs::File;
use std::path::{Path, PathBuf};

use segue_core::{FailedFile, FileFault};
use symphonia::core::audio::Channels;

use super::chain::{self, ChainLink};
use super::link::LinkDecoder;

use crate::AudioFormat;
use crate::downmix::Downmix;
use crate::error::guarded;
use crate::resample::Resampler;
use crate::shown::Shown;

/// Decodes one file to interleaved `f32` samples.
pub(super) struct ChainDecoder {
    path: PathBuf,
    format: AudioFormat,
    channels: Channels,
    parts: Vec<LinkPart>,
    /// The part that `decoder` decodes.
    current: usize,
    decoder: LinkDecoder,
    fit: Fit,
    /// The frame that is owed next.
    next: u64,
}

/// One link in its place.
struct LinkPart {
    link: ChainLink,
    rate_hz: u32,
    /// Its frames at its own rate, where it states them or they were counted.
    frames: Option<u64>,
    estimate_s: Option<f64>,
}

impl ChainDecoder {
    /// Opens `path`, finds out what it is and decodes its first packet.
    pub(super) fn open(path: &Path) -> Result<Self, FailedFile> {
        let mut file = File::open(path).map_err(|e| FailedFile::new(path, e))?;
        let metadata = file.metadata().map_err(|e| FailedFile::new(path, e))?;
        if metadata.is_dir() {
            return Err(FailedFile::new(path, FileFault::Folder));
        }
        if metadata.len() == 0 {
            return Err(FailedFile::new(path, FileFault::Empty));
        }
        let shown = guarded(path, || Shown::of(&mut file, metadata.len()))?
            .map_err(|e| FailedFile::new(path, e))?;
        let first = LinkDecoder::open(path, &ChainLink::new(shown.clone()));
        // A first link that cannot be decoded does not keep the others of a chain from being heard.
        let container = first.as_ref().map_or("ogg", LinkDecoder::container);
        let links = chain::links(file, &shown, container).map_err(|e| FailedFile::new(path, e))?;
        if let [
            ChainLink {
                overruns: false, ..
            },
        ] = &links[..]
        {
            return Ok(Self::single(path, first?));
        }
        match Self::chained(path, links)? {
            Some(chained) => Ok(chained),
            None => Ok(Self::single(path, first?)),
        }
    }

    fn single(path: &Path, decoder: LinkDecoder) -> Self {
        Self {
            path: path.to_owned(),
            format: decoder.format().clone(),
            channels: decoder.channels().clone(),
            parts: vec![LinkPart::new(&decoder)],
            current: 0,
            decoder,
            fit: Fit::default(),
            next: 0,
        }
    }

    /// All links that can be decoded, one behind the other; `None` if there are none.
    fn chained(path: &Path, links: Vec<ChainLink>) -> Result<Option<Self>, FailedFile> {
        let mut parts = Vec::new();
        let mut first: Option<LinkDecoder> = None;
        let (mut format, mut channels) = (None::<AudioFormat>, Channels::default());
        for link in links {
            let decoder = match LinkDecoder::open(path, &link) {
                Ok(decoder) => decoder,
                Err(error) if error.why.is_io() => {
                    return Err(error);
                }
                Err(error) => {
                    tracing::warn!(%error, "one of several streams is left out");
                    continue;
                }
            };
            let part = LinkPart::new(&decoder);
            if let Some(format) = &mut format {
                format.sample_rate_hz = format.sample_rate_hz.max(part.rate_hz);
                format.lossless &= decoder.format().lossless;
            } else {
                format = Some(decoder.format().clone());
            }
            if decoder.channels().count() > channels.count() {
                channels = decoder.channels().clone();
            }
            parts.push(part);
            first.get_or_insert(decoder);
        }
        let (Some(decoder), Some(mut format)) = (first, format) else {
            return Ok(None);
        };
        format.channels = channels.count();
        let rate_hz = format.sample_rate_hz;
        format.frames = parts.iter().map(|part| part.frames_at(rate_hz)).sum();
        let fit = Fit::new(path, &decoder, &channels, rate_hz)?;
        Ok(Some(Self {
            path: path.to_owned(),
            format,
            channels,
            parts,
            current: 0,
            decoder,
            fit,
            next: 0,
        }))
    }

    /// What the file holds.
    pub(super) fn format(&self) -> &AudioFormat {
        &self.format
    }

    /// What is missing of what the file holds: nothing but HE-AAC's upper half so far. Opens an AAC anew to find out.
    pub(super) fn notice(&self) -> Option<FileFault> {
        self.decoder.notice()
    }

    /// Index of the first frame that the next call of [`next_block`](Self::next_block) yields.
    pub(super) fn position(&self) -> u64 {
        match self.parts.len() {
            1 => self.decoder.position(),
            _ => self.next,
        }
    }

    /// Moves to `frame` exactly. Beyond the end means at the end: [`next_block`](Self::next_block) then
    /// yields `None`.
    pub(super) fn seek(&mut self, frame: u64) -> Result<(), FailedFile> {
        if self.parts.len() == 1 {
            return self.decoder.seek(frame);
        }
        let mut begins = 0;
        for index in 0..self.parts.len() {
            let is_last = index + 1 == self.parts.len();
            let length = match is_last && frame < self.format.frames.unwrap_or(u64::MAX) {
                true => None,
                false => Some(self.length(index)?),
            };
            if length.is_some_and(|length| frame >= begins + length) {
                begins += length.unwrap_or_default();
                self.next = begins;
                continue;
            }
            self.enter(index)?;
            self.next = begins + self.fit.seek(&mut self.decoder, frame - begins)?;
            return Ok(());
        }
        // Behind the last link.
        self.enter(self.parts.len() - 1)?;
        self.decoder.seek(u64::MAX)?;
        self.fit.at_end = true;
        Ok(())
    }

    /// The next samples, interleaved; never empty. `None` at the end.
    pub(super) fn next_block(&mut self) -> Result<Option<&[f32]>, FailedFile> {
        if self.parts.len() == 1 {
            return self.decoder.next_block();
        }
        loop {
            match self.fit.fill(&mut self.decoder) {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) if error.why.is_io() => {
                    return Err(error);
                }
                Err(error) => tracing::warn!(%error, "one of several streams breaks off"),
            }
            if self.current + 1 == self.parts.len() {
                return Ok(None);
            }
            self.enter(self.current + 1)?;
        }
        self.next += (self.fit.out.len() / self.format.channels) as u64;
        Ok(Some(&self.fit.out))
    }

    /// Which speaker each channel is for.
    pub(super) fn channels(&self) -> &Channels {
        &self.channels
    }

    /// Length in seconds: exact where the file states it, else the container's estimate.
    pub(super) fn duration_s(&self) -> Option<f64> {
        let seconds = |part: &LinkPart| match part.frames {
            Some(frames) => Some(frames as f64 / f64::from(part.rate_hz)),
            None => part.estimate_s,
        };
        self.parts.iter().map(seconds).sum()
    }

    /// Counts the audible frames of a file that does not state them: by the packets' lengths where every
    /// packet has one, else by decoding.
    pub(super) fn count_frames(&mut self) -> Result<u64, FailedFile> {
        let mut frames = 0;
        for index in 0..self.parts.len() {
            frames += self.length(index)?;
        }
        Ok(frames)
    }

    /// The frames of a part at the rate of the whole; counted where it does not state them.
    fn length(&mut self, index: usize) -> Result<u64, FailedFile> {
        let part = &mut self.parts[index];
        if part.frames.is_none() {
            part.frames = Some(LinkDecoder::count_frames(&self.path, &part.link)?);
        }
        Ok(part
            .frames_at(self.format.sample_rate_hz)
            .unwrap_or_default())
    }

    /// Lets the decoder stand at the beginning of a part.
    fn enter(&mut self, index: usize) -> Result<(), FailedFile> {
        self.decoder = LinkDecoder::open(&self.path, &self.parts[index].link)?;
        let rate_hz = self.format.sample_rate_hz;
        self.fit = Fit::new(&self.path, &self.decoder, &self.channels, rate_hz)?;
        self.current = index;
        Ok(())
    }
}

impl LinkPart {
    fn new(decoder: &LinkDecoder) -> Self {
        Self {
            link: decoder.link().clone(),
            rate_hz: decoder.format().sample_rate_hz,
            frames: decoder.format().frames,
            estimate_s: decoder.estimate_s(),
        }
    }

    /// Its frames at another rate, as the resampler makes them.
    fn frames_at(&self, rate_hz: u32) -> Option<u64> {
        let (from, to) = (u128::from(self.rate_hz), u128::from(rate_hz));
        self.frames
            .map(|frames| (u128::from(frames) * to).div_ceil(from) as u64)
    }
}

/// Brings the blocks of one link to the rate and the channels of the whole.
#[derive(Default)]
struct Fit {
    downmix: Option<Downmix>,
    resampler: Option<Resampler>,
    channels: usize,
    mixed: Vec<f32>,
    /// What is to be heard next.
    out: Vec<f32>,
    /// Samples of what comes out that a jump leaves out.
    skip: usize,
    at_end: bool,
}

impl Fit {
    fn new(
        path: &Path,
        decoder: &LinkDecoder,
        channels: &Channels,
        rate_hz: u32,
    ) -> Result<Self, FailedFile> {
        let own_hz = decoder.format().sample_rate_hz;
        let count = channels.count();
        let resampler = match own_hz == rate_hz {
            true => None,
            false => Some(guarded(path, || {
                Resampler::new(path, count, own_hz, rate_hz)
            })??),
        };
        Ok(Self {
            downmix: Some(Downmix::widened(decoder.channels(), count)),
            resampler,
            channels: count,
            ..Self::default()
        })
    }

    /// Moves to `frame` of what comes out. Returns the frame that comes next, which is an earlier one only at the end.
    fn seek(&mut self, decoder: &mut LinkDecoder, frame: u64) -> Result<u64, FailedFile> {
        let Some(resampler) = &mut self.resampler else {
            decoder.seek(frame)?;
            return Ok(decoder.position());
        };
        resampler.reset();
        decoder.seek(resampler.start(frame))?;
        let first = resampler.output(decoder.position());
        self.skip = frame.saturating_sub(first) as usize * self.channels;
        Ok(frame)
    }

    /// Decodes until something waits in `out`. `false` at the link's end.
    fn fill(&mut self, decoder: &mut LinkDecoder) -> Result<bool, FailedFile> {
        self.out.clear();
        while !self.at_end && self.out.is_empty() {
            let block = decoder.next_block()?;
            match (block, &self.downmix, &mut self.resampler) {
                (Some(block), Some(downmix), None) => downmix.mix_into(block, &mut self.out),
                (Some(block), Some(downmix), Some(resampler)) => {
                    self.mixed.clear();
                    downmix.mix_into(block, &mut self.mixed);
                    resampler.push(&self.mixed, &mut self.out);
                }
                (_, _, resampler) => {
                    if let Some(resampler) = resampler {
                        resampler.finish(&mut self.out);
                    }
                    self.at_end = true;
                }
            }
            let skip = self.skip.min(self.out.len());
            self.out.drain(..skip);
            self.skip -= skip;
        }
        Ok(!self.out.is_empty())
    }
}
