//! DSD, the one-bit sound of SACDs, as PCM: DSF and DSDIFF files without compression.
//!
//! A source of PCM in parts. Each is made by itself of the bits around it, so that a jump lands on the sample and leaves
//! no trace. At both ends of a file the bits are mirrored: silence there would be heard as a click between two songs that
//! run into each other.
//!
//! Sources: Sony, DSF File Format Specification 1.01; Philips, DSDIFF 1.5.

mod filter;

use std::io::{self, Read, Seek, SeekFrom};

use segue_core::bytes::{be, le};
use segue_core::{Damage, FileFault};
use symphonia::core::audio::{Channels, Position};
use symphonia::core::codecs::audio::well_known::CODEC_ID_PCM_F32LE;
use symphonia::core::common::FourCc;
use symphonia::core::errors::Result;
use symphonia::core::formats::{FormatId, FormatInfo};
use symphonia::core::io::MediaSourceStream;

use crate::pcm_reader::{PartDecoder, PcmPart, PcmReader, PcmShape};
use filter::Decimator;

/// Chunks walked over before a file is taken for a trap.
const STEPS_MAX: usize = 10_000;
/// Frames of PCM in a part.
const PART_FRAMES: u64 = 4096;
/// Rates that PCM is made at: the one that the bits' rate is a multiple of.
const PCM_RATES_HZ: [u32; 2] = [88_200, 96_000];
/// DsdBits per second that are DSD: 64 to 1,024 times a CD's rate, or that of a DAT.
const RATES_HZ: std::ops::RangeInclusive<u32> = 2_822_400..=49_152_000;
/// What silence is written as.
const SILENCE: u8 = 0x69;

const FORMAT: FormatInfo = FormatInfo {
    format: FormatId::new(FourCc::new(*b"DSD ")),
    short_name: "dsd",
    long_name: "Direct Stream Digital",
};

/// Whether a file is one of these by its first bytes.
pub(crate) fn is_dsd(head: &[u8]) -> bool {
    let form = || head.starts_with(b"FRM8") && head.get(12..16) == Some(b"DSD ");
    head.starts_with(b"DSD ") || form()
}

/// Where the bits lie in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct DsdBits {
    rate_hz: u32,
    channels: usize,
    /// Offset of the first byte, and how many each channel has.
    start: u64,
    len: u64,
    /// Bytes of one channel that lie together.
    block: u64,
    /// Whether a byte's first bit is its lowest.
    lowest_first: bool,
}

/// A file of DSD, as PCM.
pub(crate) struct DsdSource {
    stream: MediaSourceStream<'static>,
    bits: DsdBits,
    decimator: Decimator,
    /// Bytes of each channel that one frame of PCM stands for.
    step: u64,
    frames: u64,
    /// The frame that comes next.
    next: u64,
}

/// Opens such a file.
pub(crate) fn open(
    mut stream: MediaSourceStream<'static>,
) -> std::result::Result<PcmReader<DsdSource>, FileFault> {
    let head = read_at(&mut stream, 0, 16)?;
    let bits = match head.starts_with(b"FRM8") {
        true => dsdiff(&mut stream)?,
        false => dsf(&mut stream)?,
    };
    let pcm_hz = PCM_RATES_HZ
        .into_iter()
        .find(|hz| bits.rate_hz % (hz * 8) == 0);
    let Some(pcm_hz) = pcm_hz.filter(|_| RATES_HZ.contains(&bits.rate_hz)) else {
        return Err(FileFault::Implausible {
            channels: bits.channels as u32,
            rate_hz: bits.rate_hz,
        });
    };
    let step = u64::from(bits.rate_hz / pcm_hz / 8);
    let frames = bits.len / step;
    if frames == 0 {
        return Err(FileFault::NoAudio);
    }
    let channels = match bits.channels {
        1 => Channels::Positioned(Position::FRONT_CENTER),
        2 => Channels::Positioned(Position::FRONT_LEFT | Position::FRONT_RIGHT),
        6 => Channels::Positioned(
            Position::FRONT_LEFT
                | Position::FRONT_RIGHT
                | Position::FRONT_CENTER
                | Position::LFE1
                | Position::REAR_LEFT
                | Position::REAR_RIGHT,
        ),
        count => Channels::Discrete(count as u16),
    };
    let shape = PcmShape {
        codec: CODEC_ID_PCM_F32LE,
        rate_hz: pcm_hz,
        channels,
        frames: Some(frames),
    };
    let source = DsdSource {
        stream,
        bits,
        decimator: Decimator::new(bits.rate_hz),
        step,
        frames,
        next: 0,
    };
    Ok(PcmReader::new(source, &FORMAT, shape))
}

impl DsdSource {
    /// Each channel's bytes from one to another, the first bit highest; beyond the file's ends they are mirrored.
    fn bytes(&mut self, from: i64, to: i64) -> io::Result<Vec<Vec<u8>>> {
        let len = self.bits.len as i64;
        let inside = |at: i64| at.clamp(0, len);
        // Whatever is mirrored lies within a window of the ends.
        let reach = self.decimator.window() as i64;
        let first = inside(if from < 0 { 0 } else { from.min(len - reach) });
        let last = inside(if to > len { len } else { to.max(reach) });
        let DsdBits {
            block, channels, ..
        } = self.bits;
        let (first_block, last_block) = (first as u64 / block, (last as u64).div_ceil(block));
        let row = block * channels as u64;
        let raw = read_at(
            &mut self.stream,
            self.bits.start + first_block * row,
            (last_block - first_block) * row,
        )?;
        let lowest_first = self.bits.lowest_first;
        let byte = |channel: usize, at: i64| {
            let at = at as u64;
            let index = (at / block - first_block) * row + channel as u64 * block + at % block;
            let byte = raw.get(index as usize).copied().unwrap_or(SILENCE);
            if lowest_first {
                byte.reverse_bits()
            } else {
                byte
            }
        };
        Ok((0..channels)
            .map(|channel| {
                (from..to)
                    .map(|at| match at {
                        at if (first..last).contains(&at) => byte(channel, at),
                        at if at < 0 && (first..last).contains(&(-1 - at)) => {
                            byte(channel, -1 - at).reverse_bits()
                        }
                        at if (first..last).contains(&(2 * len - 1 - at)) => {
                            byte(channel, 2 * len - 1 - at).reverse_bits()
                        }
                        _ => SILENCE,
                    })
                    .collect()
            })
            .collect())
    }
}

impl PartDecoder for DsdSource {
    fn seek(&mut self, frame: u64) -> Result<i64> {
        self.next = frame.min(self.frames);
        Ok(self.next as i64)
    }

    fn next(&mut self) -> Result<Option<PcmPart>> {
        let count = PART_FRAMES.min(self.frames - self.next);
        if count == 0 {
            return Ok(None);
        }
        let (window, step) = (self.decimator.window(), self.step as usize);
        let start = self.next as i64;
        // The first frame's window begins half of it before its place.
        let from = (self.next * self.step) as i64 - window as i64 / 2;
        let to = from + ((count as usize - 1) * step + window) as i64;
        let channels = self.bytes(from, to)?;
        let mut pcm = Vec::with_capacity(count as usize * channels.len() * 4);
        for frame in 0..count as usize {
            for channel in &channels {
                let at = frame * step;
                let sample = self.decimator.sample(&channel[at..at + window]);
                pcm.extend(sample.to_le_bytes());
            }
        }
        self.next += count;
        Ok(Some(PcmPart {
            start,
            frames: count,
            bytes: pcm,
        }))
    }
}

fn read_at(stream: &mut MediaSourceStream, at: u64, len: u64) -> io::Result<Vec<u8>> {
    stream.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    stream.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn dsf(stream: &mut MediaSourceStream) -> std::result::Result<DsdBits, FileFault> {
    let head = read_at(stream, 0, 28 + 52 + 12)?;
    let (Some(b"fmt "), Some(b"data"), true) =
        (head.get(28..32), head.get(80..84), head.len() == 92)
    else {
        return Err(match head.len() {
            92 => Damage::EndsEarly.into(),
            _ => FileFault::CutOff,
        });
    };
    let field = |at: usize| le(&head[at..at + 4]);
    let (kind, channels, rate_hz, order) = (field(44), field(52), field(56), field(60));
    if kind != 0 {
        return Err(FileFault::not_playable(format!("DSD ({kind})")));
    }
    let block = field(72);
    if !(1..=6).contains(&channels) || block == 0 || block > 1 << 20 {
        return Err(FileFault::Implausible {
            channels: channels as u32,
            rate_hz: rate_hz as u32,
        });
    }
    let there = byte_len(stream)?.saturating_sub(92);
    let data = le(&head[84..92]).saturating_sub(12).min(there);
    // The last block is filled up; the count of bits says how far.
    let blocks = data / (block * channels);
    Ok(DsdBits {
        rate_hz: rate_hz as u32,
        channels: channels as usize,
        start: 92,
        len: (le(&head[64..72]) / 8).min(blocks * block),
        block,
        lowest_first: order == 1,
    })
}

fn dsdiff(stream: &mut MediaSourceStream) -> std::result::Result<DsdBits, FileFault> {
    let end = byte_len(stream)?;
    let mut bits = DsdBits {
        block: 1,
        ..DsdBits::default()
    };
    let mut at = 16;
    for _ in 0..STEPS_MAX {
        let head = read_at(stream, at, 16)?;
        let Some(len) = head.get(4..12).map(be) else {
            break;
        };
        let body = at + 12;
        match &head[..4] {
            // Its own chunks stand in it.
            b"PROP" => {
                at = body + 4;
                continue;
            }
            b"FS  " => bits.rate_hz = be(&read_at(stream, body, 4)?) as u32,
            b"CHNL" => bits.channels = be(&read_at(stream, body, 2)?) as usize,
            b"CMPR" => {
                let kind = read_at(stream, body, 4)?;
                if kind != b"DSD " {
                    let name = String::from_utf8_lossy(&kind).trim().to_owned();
                    return Err(FileFault::not_playable(format!("DSD ({name})")));
                }
            }
            b"DST " => return Err(FileFault::not_playable("DSD (DST)")),
            b"DSD " => {
                if !(1..=6).contains(&bits.channels) || bits.rate_hz == 0 {
                    return Err(FileFault::Implausible {
                        channels: bits.channels as u32,
                        rate_hz: bits.rate_hz,
                    });
                }
                bits.start = body;
                bits.len = len.min(end.saturating_sub(body)) / bits.channels as u64;
                return Ok(bits);
            }
            _ => {}
        }
        at = body.saturating_add(len).saturating_add(len & 1);
        if at >= end {
            break;
        }
    }
    Err(FileFault::CutOff)
}

fn byte_len(stream: &mut MediaSourceStream) -> io::Result<u64> {
    stream.seek(SeekFrom::End(0))
}
