//! FLAC (RFC 9639): its STREAMINFO, held against the frames, then the frames from the first to the end of the last.
//!
//! All other metadata blocks are left out, so that none of them can stop the sound. What stands behind the last frame
//! (ID3v1, APE, zeros, anything) is left out too: a parser that looks for the end of a frame in the beginning of the
//! next one would take it for a part of the last, whose checksum then fails.

use std::fs::File;
use std::io;

use symphonia::core::codecs::audio::well_known::CODEC_ID_FLAC;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, Timestamp};
use symphonia::default::codecs::FlacDecoder;

use super::Shown;
use super::flac_header::{Frame, frame};
use crate::bytes::{STEPS_MAX, be, read_at};
use crate::error::guarded;

/// The longest frame header (RFC 9639, 9.1).
const HEADER_BYTES_MAX: usize = 16;
/// How far the first frame is looked for where the blocks do not lead to it.
const FIRST_FRAME_REACH: u64 = 64 << 20;
/// How far before the end the last frame is looked for, step by step.
const LAST_FRAME_REACH: [u64; 3] = [64 << 10, 1 << 20, 16 << 20];
/// A stated length this many times that of the sound was never true.
const ABSURD: u64 = 16;
/// Frames from the end on that are tried.
const LAST_FRAMES_TRIED: usize = 4;
/// Places where a frame may end by its checksum that are tried, at most: one in 65,536 fits by chance.
const ENDS_MAX: usize = 1_000;

/// STREAMINFO's 34 bytes (RFC 9639, 8.2).
#[derive(Clone, Copy)]
struct Info([u8; 34]);

impl Info {
    fn packed(&self) -> u64 {
        be(&self.0[10..18])
    }

    fn rate_hz(&self) -> u64 {
        self.packed() >> 44
    }

    fn channels(&self) -> u64 {
        (self.packed() >> 41 & 7) + 1
    }

    fn bits(&self) -> u64 {
        (self.packed() >> 36 & 31) + 1
    }

    fn total(&self) -> u64 {
        self.packed() & 0xf_ffff_ffff
    }

    fn set(&mut self, rate_hz: u64, channels: u64, bits: u64, total: u64) {
        let packed = rate_hz << 44 | (channels - 1) << 41 | (bits - 1) << 36 | total;
        self.0[10..18].copy_from_slice(&packed.to_be_bytes());
    }

    /// Whether `frame` may be of this stream.
    fn fits(&self, frame: &Frame) -> bool {
        frame.channels == self.channels()
            && frame
                .rate_hz
                .is_none_or(|rate_hz| rate_hz == self.rate_hz())
            && frame.bits.is_none_or(|bits| bits == self.bits())
    }
}

pub(super) fn show(file: &mut File, start: u64, byte_len: u64) -> io::Result<Option<Shown>> {
    let (stated, after) = blocks(file, start + 4, byte_len)?;
    let Some((first_at, first, second)) = first_frame(file, after, byte_len)? else {
        return Ok(None);
    };
    let Some(mut info) = checked(stated, first, second) else {
        return Ok(None);
    };
    let end = match last_frame(file, first_at, byte_len, &info)? {
        Some((last, end)) => {
            // The last frame knows how much there is. A count that is a little higher is that of a file cut short.
            let before = match last.variable {
                true => last.number,
                false => last.number.saturating_mul(be(&info.0[2..4])),
            };
            let total = before.saturating_add(last.length);
            let wrong = info.total() < total || info.total() > total.saturating_mul(ABSURD);
            if info.total() > 0 && wrong && total <= 0xf_ffff_ffff && first.number == 0 {
                info.set(info.rate_hz(), info.channels(), info.bits(), total);
            }
            end
        }
        None => byte_len,
    };
    let mut shown = Shown::default();
    shown.bytes([b"fLaC\x80\0\0\x22", info.0.as_slice()].concat());
    shown.file(first_at..end);
    Ok(Some(shown))
}

/// Walks over the metadata blocks from `at` on: STREAMINFO, and where the blocks end.
fn blocks(file: &mut File, mut at: u64, byte_len: u64) -> io::Result<(Option<Info>, u64)> {
    let mut info = None;
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, HEADER_BYTES_MAX as u64)?;
        // A frame where a block should be: the block before forgot to say that it is the last.
        if head.len() < 4 || frame(&head).is_some() || head[0] & 0x7f == 0x7f {
            break;
        }
        let next = at + 4 + be(&head[1..4]);
        if head[0] & 0x7f == 0 && info.is_none() {
            info = read_at(file, at + 4, 34)?.try_into().ok().map(Info);
        }
        if next > byte_len {
            // A length that lies: what is behind the block's header is searched for the first frame.
            at += 4;
            break;
        }
        at = next;
        if head[0] & 0x80 != 0 {
            break;
        }
    }
    Ok((info, at))
}

/// The first frame at `from` or behind it that another one follows: its place, itself, the one after.
fn first_frame(
    file: &mut File,
    from: u64,
    byte_len: u64,
) -> io::Result<Option<(u64, Frame, Option<Frame>)>> {
    const WINDOW: u64 = 256 << 10;
    let mut at = from;
    while at < byte_len && at - from < FIRST_FRAME_REACH {
        let bytes = read_at(file, at, WINDOW)?;
        let to_end = at + bytes.len() as u64 >= byte_len;
        for (place, first) in frames(&bytes) {
            let next = frames(&bytes[place + first.header..])
                .map(|(_, next)| next)
                .find(|next| follows(&first, next));
            let straight = at + place as u64 == from && first.number == 0;
            if next.is_some() || straight || to_end && first.number == 0 {
                return Ok(Some((at + place as u64, first, next)));
            }
        }
        // A frame on the border is found in the next window.
        at += WINDOW / 2;
    }
    Ok(None)
}

fn follows(first: &Frame, next: &Frame) -> bool {
    let number = if first.variable { first.length } else { 1 } + first.number;
    next.number == number
        && (next.variable, next.channels, next.rate_hz, next.bits)
            == (first.variable, first.channels, first.rate_hz, first.bits)
}

/// STREAMINFO as the first frames have it. `None` where neither knows rate and depth.
fn checked(stated: Option<Info>, first: Frame, second: Option<Frame>) -> Option<Info> {
    let mut info = stated.unwrap_or(Info([0; 34]));
    let total = info.total();
    let known = |of: fn(&Info) -> u64| stated.map(|info| of(&info));
    let rate_hz = first
        .rate_hz
        .or(known(Info::rate_hz))
        .filter(|rate_hz| *rate_hz > 0)?;
    let bits = first.bits.or(known(Info::bits))?;
    info.set(rate_hz, first.channels, bits, total);
    let (least, most) = (be(&info.0[..2]), be(&info.0[2..4]));
    let (least, most) = if first.variable {
        // Symphonia tells the two ways of counting by whether these two differ.
        if least < most && most >= first.length {
            (least.max(16), most)
        } else {
            (16, 65_535)
        }
    } else {
        let length = match second {
            Some(_) => first.length,
            None => most.max(first.length),
        };
        (length, length)
    };
    info.0[..2].copy_from_slice(&(least as u16).to_be_bytes());
    info.0[2..4].copy_from_slice(&(most as u16).to_be_bytes());
    // Lengths of frames in bytes: unknown, so that a wrong one cuts none off.
    info.0[4..10].fill(0);
    Some(info)
}

/// The last frame that is whole, and where it ends.
fn last_frame(
    file: &mut File,
    first_at: u64,
    byte_len: u64,
    info: &Info,
) -> io::Result<Option<(Frame, u64)>> {
    let end = before_tags(file, first_at, byte_len)?;
    for reach in LAST_FRAME_REACH {
        let from = end.saturating_sub(reach).max(first_at);
        let bytes = read_at(file, from, end - from)?;
        let all: Vec<_> = frames(&bytes)
            .filter(|(_, frame)| info.fits(frame))
            .collect();
        // The last may be cut off, or none: what stands behind the sound may look like a header.
        for (place, last) in all.iter().rev().take(LAST_FRAMES_TRIED) {
            if let Some(length) = frame_length(&bytes[*place..], info) {
                return Ok(Some((*last, from + (place + length) as u64)));
            }
        }
        if from == first_at {
            break;
        }
    }
    Ok(None)
}

/// The end of what lies before ID3v1 and APE tags, whose text could hold what looks like a frame.
fn before_tags(file: &mut File, start: u64, byte_len: u64) -> io::Result<u64> {
    let mut end = byte_len;
    for _ in 0..16 {
        let tail_at = end.saturating_sub(128).max(start);
        let tail = read_at(file, tail_at, end - tail_at)?;
        let ape = tail.len().checked_sub(32).map(|at| &tail[at..]);
        let tag = if tail.len() == 128 && tail.starts_with(b"TAG") {
            128
        } else if let Some(ape) = ape.filter(|ape| ape.starts_with(b"APETAGEX")) {
            // The size counts items and footer; bit 31 of the flags says that a header stands before.
            let size = u64::from(u32::from_le_bytes([ape[12], ape[13], ape[14], ape[15]]));
            size.max(32) + if ape[23] & 0x80 != 0 { 32 } else { 0 }
        } else {
            0
        };
        if tag == 0 || tag >= end - start {
            break;
        }
        end -= tag;
    }
    Ok(end)
}

/// How long the frame is that `bytes` begin with: up to a place where its checksum fits (CRC-16 of polynomial 0x8005
/// over header, body and checksum comes to zero) and it decodes. The first such place, for zeros behind it fit as well.
fn frame_length(bytes: &[u8], info: &Info) -> Option<usize> {
    let mut sum: u16 = 0;
    let mut tries = 0;
    for (at, byte) in bytes.iter().enumerate() {
        sum = sum << 8 ^ CRC_16[usize::from((sum >> 8) as u8 ^ byte)];
        if sum == 0 && at >= 8 {
            tries += 1;
            if decodes(&bytes[..=at], info) {
                return Some(at + 1);
            }
            if tries >= ENDS_MAX {
                return None;
            }
        }
    }
    None
}

/// Whether these bytes hold a whole frame.
fn decodes(bytes: &[u8], info: &Info) -> bool {
    let mut params = AudioCodecParameters::new();
    params
        .for_codec(CODEC_ID_FLAC)
        .with_extra_data(Box::from(info.0.as_slice()));
    let Ok(mut decoder) = FlacDecoder::try_new(&params, &AudioDecoderOptions::default()) else {
        return false;
    };
    let packet = Packet::new(0, Timestamp::new(0), Duration::new(0), bytes);
    guarded("".as_ref(), || decoder.decode(&packet).is_ok()).unwrap_or(false)
}

/// All frame headers in `bytes`, by their place.
fn frames(bytes: &[u8]) -> impl Iterator<Item = (usize, Frame)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while let Some(step) = bytes.get(at..)?.iter().position(|byte| *byte == 0xff) {
            let place = at + step;
            at = place + 1;
            if let Some(frame) = frame(&bytes[place..]) {
                return Some((place, frame));
            }
        }
        at = bytes.len();
        None
    })
}

/// CRC-16 of polynomial 0x8005, by bytes.
const CRC_16: [u16; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = (byte as u16) << 8;
        let mut bit = 0;
        while bit < 8 {
            sum = sum << 1 ^ if sum & 0x8000 != 0 { 0x8005 } else { 0 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};
