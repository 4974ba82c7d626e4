//! One file, decoded at its own rate and with its own channels, from any frame on.
//!
//! The heart is one timeline. Packets carry timestamps; the encoder's delay shifts them; codecs need a run-up
//! after a jump. All of it is reduced to `cursor`, the audible frame at which the next decoded block begins
//! (negative while still in the delay), and `next`, the frame that the listener is owed.
//!
//! [`opening`] finds out what a file is and where its sound begins and ends, [`reading`] turns packets into blocks
//! and jumps, [`clock`] reckons between a container's ticks and frames.

mod clock;
mod opening;
mod reading;

use std::fs::File;
use std::path::{Path, PathBuf};

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::formats::FormatReader;

use crate::DecodeError;
use crate::downmix::loudness_weights;
use crate::error::guarded;
use crate::shown::Shown;
use crate::source::Budget;
use clock::Clock;

/// Packets in a row that may yield nothing before the file is given up.
const FRUITLESS_PACKETS_MAX: u32 = 5_000;

/// What a file holds, as found by decoding its first packet.
#[derive(Clone, Debug, PartialEq)]
pub struct AudioFormat {
    /// Lower-case name of the codec: `flac`, `mp3`, `aac`, `alac`, `vorbis`, `opus`, `pcm`, `adpcm` …
    pub codec: String,
    /// Frames per second.
    pub sample_rate_hz: u32,
    /// Samples per frame, at least 1.
    pub channels: usize,
    /// Audible frames, where the file states them to the sample; a damaged file may hold fewer.
    pub frames: Option<u64>,
    /// Bits per sample of the original, where the codec knows such a thing.
    pub bits_per_sample: Option<u32>,
    /// Whether the samples are those that were encoded.
    pub lossless: bool,
}

/// Decodes one file to interleaved `f32` samples in `-1.0..=1.0` (lossy codecs may overshoot).
pub struct Decoder {
    path: PathBuf,
    format: AudioFormat,
    channels: Channels,
    reader: Box<dyn FormatReader>,
    codec: Box<dyn AudioDecoder>,
    budget: Budget,
    shown: Shown,
    track: u32,
    clock: Clock,
    /// Frames that a codec needs before the wanted one to be in its stride after a jump.
    run_up: u64,
    /// The first packet's timestamp.
    first_tick: i64,
    /// Estimated length in seconds where `format.frames` is unknown.
    estimate_s: Option<f64>,
    packets_max: u64,
    /// The demuxer trims an end that it only estimated; it must not.
    end_is_guessed: bool,

    block: Vec<f32>,
    /// Audible frame at which `block` begins, where it waits to be delivered.
    waiting: Option<i64>,
    /// Audible frame at which the next decoded block begins; unknown right after a jump.
    cursor: Option<i64>,
    next: u64,
    at_end: bool,
    packets: u64,
    corrupt: u64,
    /// Set by a panic: the codec is not touched again.
    dead: Option<String>,
}

impl Decoder {
    /// Opens `path`, finds out what it is and decodes its first packet.
    pub fn open(path: &Path) -> Result<Decoder, DecodeError> {
        let file = File::open(path).map_err(|e| DecodeError::io(path, e))?;
        let metadata = file.metadata().map_err(|e| DecodeError::io(path, e))?;
        if metadata.is_dir() {
            let folder = std::io::Error::new(std::io::ErrorKind::IsADirectory, "it is a folder");
            return Err(DecodeError::io(path, folder));
        }
        if metadata.len() == 0 {
            return Err(DecodeError::Empty {
                path: path.to_owned(),
            });
        }
        guarded(path, || Self::probe(path, file, metadata.len()))?
    }

    /// What the file holds.
    pub fn format(&self) -> &AudioFormat {
        &self.format
    }

    /// Index of the first frame that the next call of [`next_block`](Self::next_block) yields.
    pub fn position(&self) -> u64 {
        self.next
    }

    /// Moves to `frame` exactly. Beyond the end means at the end: [`next_block`](Self::next_block) then
    /// yields `None`.
    pub fn seek(&mut self, frame: u64) -> Result<(), DecodeError> {
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
                *self = Self::open(&self.path.clone())?;
            }
        } else if self.jump(frame)? && self.advance_to(frame)? {
            return Ok(());
        } else {
            // The container could not jump, or landed behind the frame: decode from the start instead.
            *self = Self::open(&self.path.clone())?;
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
    pub fn next_block(&mut self) -> Result<Option<&[f32]>, DecodeError> {
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

    /// How much each channel counts towards loudness, by ITU-R BS.1770-4, table 4: 1 in front, 1.41 at the sides, 0 for
    /// the LFE.
    pub fn loudness_weights(&self) -> Vec<f64> {
        loudness_weights(&self.channels)
    }

    /// Which speaker each channel is for.
    pub(crate) fn channels(&self) -> &Channels {
        &self.channels
    }

    /// Length in seconds: exact where the file states it, else the container's estimate.
    pub(crate) fn duration_s(&self) -> Option<f64> {
        let rate_hz = f64::from(self.format.sample_rate_hz);
        self.format
            .frames
            .map(|frames| frames as f64 / rate_hz)
            .or(self.estimate_s)
    }

    /// Counts the audible frames of a file that does not state them: by the packets' lengths where every
    /// packet has one, else by decoding.
    pub(crate) fn count_frames(path: &Path) -> Result<u64, DecodeError> {
        let mut decoder = Self::open(path)?;
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
        let mut decoder = Self::open(path)?;
        while decoder.next_block()?.is_some() {}
        Ok(decoder.position())
    }
}
