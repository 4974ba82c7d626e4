//! WavPack as PCM: lossless and lossy, whole numbers and floating point, any count of channels. Of a hybrid file its lossy half
//! is played; the correction beside it is not looked at.
//!
//! Blocks of some tenths of a second are decoded one set after the other. Nothing tells where a set lies, so that a jump halves
//! the file until it is near.

use std::io::{self, Seek, SeekFrom};

use oxideav_wavpack::decode_multichannel_stream_muted_bounded;
use segue_core::{FileFault, WAVPACK_HEADER_BYTES, WavpackBlock, WavpackHead};
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_F32LE, CODEC_ID_PCM_S8, CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32LE,
};
use symphonia::core::common::FourCc;
use symphonia::core::errors::{Result, decode_error};
use symphonia::core::formats::{FormatId, FormatInfo};
use symphonia::core::io::MediaSourceStream;

use crate::bytes::read_at;
use crate::pcm_reader::{PartDecoder, PcmPart, PcmReader, PcmShape, speakers};

mod seeds;

static LOSSLESS: FormatInfo = FormatInfo {
    format: FormatId::new(FourCc::new(*b"wvpk")),
    short_name: "wavpack",
    long_name: "WavPack",
};
static LOSSY: FormatInfo = FormatInfo {
    format: FormatId::new(FourCc::new(*b"wvpk")),
    short_name: "wavpack-lossy",
    long_name: "WavPack (lossy)",
};

/// Blocks of a set, at most: two channels in each.
const SET_BLOCKS_MAX: usize = 32;
/// Bytes read at once in search of a block.
const SEARCH_BYTES: u64 = 64 * 1024;
/// A stretch in which a jump goes from block to block.
const NEAR_BYTES: u64 = 512 * 1024;

/// Whether a file is one of these by its first bytes.
pub(crate) fn is_wavpack(head: &[u8]) -> bool {
    head.starts_with(b"wvpk")
}

/// Opens such a file.
pub(crate) fn open(
    mut stream: MediaSourceStream<'static>,
) -> std::result::Result<PcmReader<WavpackSource>, FileFault> {
    let byte_len = stream.seek(SeekFrom::End(0))?;
    let head = WavpackHead::find(byte_len, |at, len| read_at(&mut stream, at, len as u64))??;
    let set = read_at(&mut stream, head.start, head.end - head.start)?;
    let speakers_told = oxideav_wavpack::stream_channel_info(&set).ok().flatten();
    let format = match head.block.is_lossy() {
        true => &LOSSY,
        false => &LOSSLESS,
    };
    let shape = PcmShape {
        codec: match (head.block.is_float(), head.block.sample_bytes()) {
            (true, _) => CODEC_ID_PCM_F32LE,
            (_, 1) => CODEC_ID_PCM_S8,
            (_, 2) => CODEC_ID_PCM_S16LE,
            (_, 3) => CODEC_ID_PCM_S24LE,
            _ => CODEC_ID_PCM_S32LE,
        },
        rate_hz: head.rate_hz,
        channels: speakers(head.channels, speakers_told.map_or(0, |told| told.mask)),
        frames: head.frames(),
    };
    let source = WavpackSource {
        stream,
        byte_len,
        at: head.start,
        expected: None,
        any_good: false,
        head,
    };
    Ok(PcmReader::new(source, format, shape))
}

/// The sets of a file, one after the other.
pub(crate) struct WavpackSource {
    stream: MediaSourceStream<'static>,
    byte_len: u64,
    head: WavpackHead,
    /// Where the next set is looked for.
    at: u64,
    /// The frame that comes next where nothing is missing; `None` after a jump.
    expected: Option<i64>,
    /// Whether anything was decoded.
    any_good: bool,
}

impl WavpackSource {
    /// The header at this place, if there is one.
    fn block_at(&mut self, at: u64) -> io::Result<Option<WavpackBlock>> {
        let head = read_at(&mut self.stream, at, WAVPACK_HEADER_BYTES as u64)?;
        Ok(WavpackBlock::read(&head))
    }

    /// The first set that begins at or behind `at`, and before `until`.
    fn find_set(&mut self, mut at: u64, until: u64) -> io::Result<Option<(u64, WavpackBlock)>> {
        while at < until {
            match self.block_at(at)? {
                Some(block) if block.is_first() && block.samples > 0 => {
                    return Ok(Some((at, block)));
                }
                Some(block) => at += block.byte_len,
                None => match self.find_block(at + 1, until)? {
                    Some(found) => at = found,
                    None => return Ok(None),
                },
            }
        }
        Ok(None)
    }

    /// Searches for a block: a header with another behind it, or the end.
    fn find_block(&mut self, mut from: u64, until: u64) -> io::Result<Option<u64>> {
        while from < until {
            let bytes = read_at(&mut self.stream, from, SEARCH_BYTES)?;
            for (at, _) in bytes
                .windows(4)
                .enumerate()
                .filter(|(_, four)| four == b"wvpk")
            {
                let place = from + at as u64;
                let Some(block) = self.block_at(place)? else {
                    continue;
                };
                let behind = place + block.byte_len;
                if behind == self.byte_len || self.block_at(behind)?.is_some() {
                    return Ok(Some(place).filter(|place| *place < until));
                }
            }
            if (bytes.len() as u64) < SEARCH_BYTES {
                break;
            }
            // A marker may lie across.
            from += SEARCH_BYTES - 3;
        }
        Ok(None)
    }

    /// The frame at which a block begins.
    fn start(&self, block: &WavpackBlock) -> i64 {
        block.index.saturating_sub(self.head.block.index) as i64
    }

    /// The bytes of the set whose first block is this, and where it ends. `None` if it is cut off.
    fn set(&mut self, at: u64, first: WavpackBlock) -> io::Result<Option<(Vec<u8>, u64)>> {
        let (mut at, mut block, mut set) = (at, first, Vec::new());
        for _ in 0..SET_BLOCKS_MAX {
            let mut bytes = read_at(&mut self.stream, at, block.byte_len)?;
            if (bytes.len() as u64) < block.byte_len {
                break;
            }
            seeds::reorder(&mut bytes, block.is_coded_as_mono());
            set.extend(bytes);
            at += block.byte_len;
            if block.is_last() {
                return Ok(Some((set, at)));
            }
            match self.block_at(at)? {
                Some(next) if !next.is_first() => block = next,
                _ => break,
            }
        }
        Ok(None)
    }

    /// Decodes a set to interleaved samples. `None` if it is damaged.
    fn decode(&self, set: &[u8], block: &WavpackBlock) -> Option<Vec<i32>> {
        let count = u64::from(block.samples) * u64::from(self.head.channels);
        let (decoded, is_sound) = decode_multichannel_stream_muted_bounded(set, count).ok()?;
        (is_sound && decoded.samples.len() as u64 == count).then_some(decoded.samples)
    }

    fn silence(&self, frames: u64) -> Vec<i32> {
        vec![0; frames as usize * usize::from(self.head.channels)]
    }

    /// Samples as the codec of the file's PCM has them.
    fn bytes(&self, samples: &[i32]) -> Vec<u8> {
        let width = match self.head.block.is_float() {
            true => 4,
            false => self.head.block.sample_bytes(),
        };
        let top = i32::MAX >> (8 * (4 - width));
        let mut bytes = Vec::with_capacity(samples.len() * width);
        for sample in samples {
            let sample = match width {
                4 => *sample,
                _ => (*sample).clamp(-top - 1, top),
            };
            bytes.extend_from_slice(&sample.to_le_bytes()[..width]);
        }
        bytes
    }
}

impl PartDecoder for WavpackSource {
    fn seek(&mut self, frame: u64) -> Result<i64> {
        let (mut low, mut high) = (self.head.start, self.byte_len);
        while high - low > NEAR_BYTES {
            let middle = low + (high - low) / 2;
            match self.find_set(middle, high)? {
                Some((at, block)) if self.start(&block) as u64 <= frame => low = at,
                _ => high = middle,
            }
        }
        let mut start = 0;
        while let Some((at, block)) = self.find_set(low, self.byte_len)? {
            start = self.start(&block);
            self.at = at;
            if start as u64 + u64::from(block.samples) > frame {
                break;
            }
            low = at + block.byte_len;
            self.at = low;
        }
        self.expected = None;
        Ok(start)
    }

    fn next(&mut self) -> Result<Option<PcmPart>> {
        loop {
            let Some((at, block)) = self.find_set(self.at, self.byte_len)? else {
                return Ok(None);
            };
            let start = self.start(&block);
            if let Some(expected) = self.expected
                && expected < start
            {
                // Lost sets are silent, so that what follows stays in its place.
                let frames = (start - expected).min(self.head.rate_hz.into()) as u64;
                self.expected = Some(expected + frames as i64);
                let bytes = self.bytes(&self.silence(frames));
                return Ok(Some(PcmPart {
                    start: expected,
                    frames,
                    bytes,
                }));
            }
            let Some((set, end)) = self.set(at, block)? else {
                self.at = at + block.byte_len;
                continue;
            };
            self.at = end;
            let samples = match self.decode(&set, &block) {
                Some(samples) => samples,
                // Cut short, it reaches into the next.
                None if end < self.byte_len && self.block_at(end)?.is_none() => {
                    self.at = at + 1;
                    continue;
                }
                None if self.any_good => self.silence(block.samples.into()),
                None => return decode_error("bad set"),
            };
            self.any_good = true;
            self.expected = Some(start + i64::from(block.samples));
            return Ok(Some(PcmPart {
                start,
                frames: block.samples.into(),
                bytes: self.bytes(&samples),
            }));
        }
    }
}
