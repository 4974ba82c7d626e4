//! One link of a file, which nearly always is the whole file: one stream, decoded at its own rate and with its own
//! channels, from any frame on.
//!
//! There is one timeline. Packets carry timestamps; the encoder's delay shifts them; codecs need a run-up after a seek.
//! All of it is reduced to two numbers: `cursor`, the audible frame at which the next decoded block begins (negative
//! while still in the delay), and `next`, the audible frame that the next call must return first.
//!
//! [`opening`](super::opening) finds out what a link is and where its sound begins and ends,
//! [`reading`](super::reading) turns packets into blocks and jumps, [`clock`](super::clock) reckons between a
//! container's ticks and frames.

use std::fs::File;
use std::path::{Path, PathBuf};

use segue_core::{FailedFile, FileFault};
use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::formats::FormatReader;

use super::chain::ChainLink;
use super::clock::Clock;
use super::sbr;
use crate::AudioFormat;
use crate::error::guarded;
use crate::source::Budget;

/// Packets in a row that may yield nothing before the file is given up.
pub(super) const FRUITLESS_PACKETS_MAX: u32 = 5_000;

/// Decodes one link to interleaved `f32` samples, at its own rate and with its own channels.
pub(super) struct LinkDecoder {
    pub(super) path: PathBuf,
    pub(super) link: ChainLink,
    pub(super) format: AudioFormat,
    pub(super) channels: Channels,
    pub(super) reader: Box<dyn FormatReader>,
    pub(super) codec: Box<dyn AudioDecoder>,
    pub(super) budget: Budget,
    pub(super) track: u32,
    pub(super) clock: Clock,
    /// Frames that a codec needs before the wanted one to be in its stride after a jump.
    pub(super) run_up: u64,
    /// The first packet's timestamp.
    pub(super) first_tick: i64,
    /// Estimated length in seconds where `format.frames` is unknown.
    pub(super) estimate_s: Option<f64>,
    pub(super) packets_max: u64,
    /// The demuxer trims an end that it only estimated; it must not.
    pub(super) end_is_guessed: bool,

    pub(super) block: Vec<f32>,
    /// Audible frame at which `block` begins, where it waits to be delivered.
    pub(super) waiting: Option<i64>,
    /// Audible frame at which the next decoded block begins; unknown right after a jump.
    pub(super) cursor: Option<i64>,
    pub(super) next: u64,
    pub(super) at_end: bool,
    pub(super) packets: u64,
    pub(super) corrupt: u64,
    /// What every sample is multiplied by.
    pub(super) gain: f32,
    /// Whether the container announces HE-AAC.
    pub(super) is_he_aac: bool,
    /// Set by a panic: the codec is not touched again.
    pub(super) dead: Option<FailedFile>,
}

impl LinkDecoder {
    /// Opens the link of `path`, finds out what it is and decodes its first packet.
    pub(super) fn open(path: &Path, link: &ChainLink) -> Result<LinkDecoder, FailedFile> {
        let file = File::open(path).map_err(|e| FailedFile::new(path, e))?;
        guarded(path, || Self::probe(path, link, file))?
    }

    /// What the link holds.
    pub(super) fn format(&self) -> &AudioFormat {
        &self.format
    }

    /// Index of the first frame that the next call of [`next_block`](Self::next_block) yields.
    pub(super) fn position(&self) -> u64 {
        self.next
    }

    /// Moves to `frame` exactly. Beyond the end means at the end: [`next_block`](Self::next_block) then
    /// yields `None`.
    pub(super) fn seek(&mut self, frame: u64) -> Result<(), FailedFile> {
        if let Some(end) = self.format.frames
            && frame >= end
        {
            (self.next, self.at_end, self.waiting) = (end, true, None);
            return Ok(());
        }
        if self.clock.is_coarse() {
            // Nobody can tell which frame a jump lands on: frames are counted from where they are known.
            let known = self.waiting.or(self.cursor);
            if self.at_end || known.is_none_or(|known| known > frame as i64) {
                *self = Self::open(&self.path.clone(), &self.link.clone())?;
            }
        } else if self.jump(frame)? && self.advance_to(frame)? {
            return Ok(());
        } else {
            // The container could not jump, or landed behind the frame: decode from the start instead.
            *self = Self::open(&self.path.clone(), &self.link.clone())?;
        }
        if self.clock.is_coarse() {
            self.pass_over(frame)?;
        }
        self.next = frame;
        if !self.advance_to(frame)? {
            self.next = self
                .cursor
                .map_or(0, |cursor| cursor.max(0) as u64)
                .min(frame);
        }
        Ok(())
    }

    /// The next samples, interleaved; never empty. `None` at the end.
    pub(super) fn next_block(&mut self) -> Result<Option<&[f32]>, FailedFile> {
        if !self.fill()? {
            return Ok(None);
        }
        let channels = self.format.channels;
        let start = self.waiting.take().unwrap_or_default();
        let frames = (self.block.len() / channels) as i64;
        let skip = (self.next as i64 - start).clamp(0, frames) as usize;
        let mut stop = frames as usize;
        if let Some(end) = self.format.frames {
            stop = stop.min((end as i64 - start).max(0) as usize);
        }
        self.next += (stop - skip) as u64;
        Ok(Some(&self.block[skip * channels..stop * channels]))
    }

    /// What is missing of what the file holds, for the listener to know; looks at the first packets again.
    pub(super) fn notice(&self) -> Option<FileFault> {
        let is_he_aac = self.format.codec == "aac"
            && (self.is_he_aac || sbr::is_carried(&self.path, &self.link.shown));
        is_he_aac.then_some(FileFault::HeAac {
            core_hz: self.format.sample_rate_hz,
        })
    }

    /// Which speaker each channel is for.
    pub(super) fn channels(&self) -> &Channels {
        &self.channels
    }

    /// The container's estimate of the length in seconds.
    pub(super) fn estimate_s(&self) -> Option<f64> {
        self.estimate_s
    }

    /// The part of the file that is decoded.
    pub(super) fn link(&self) -> &ChainLink {
        &self.link
    }

    /// Symphonia's short name of the container.
    pub(super) fn container(&self) -> &'static str {
        self.reader.format_info().short_name
    }

    /// Counts the audible frames of a link that does not state them: by the packets' lengths where every
    /// packet has one, else by decoding.
    pub(super) fn count_frames(path: &Path, link: &ChainLink) -> Result<u64, FailedFile> {
        let mut decoder = Self::open(path, link)?;
        if let Some(frames) = decoder.format.frames {
            return Ok(frames);
        }
        let mut frames = decoder.cursor.unwrap_or_default().max(0) as u64;
        loop {
            match decoder.read_packet()? {
                None => return Ok(frames),
                Some(packet) if packet.dur.get() == 0 => break,
                Some(packet) => frames += decoder.clock.length(packet.dur.get()),
            }
        }
        let mut decoder = Self::open(path, link)?;
        while decoder.next_block()?.is_some() {}
        Ok(decoder.position())
    }
}
