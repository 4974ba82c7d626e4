//! Musepack as PCM, in its stream versions 7 and 8.
//!
//! In version 8 each packet, of mostly 64 frames, is decoded by itself. In version 7 a frame needs what was told of the loudness of
//! its bands before it, so that a jump reads all frames from a mark on, without making sound of them; marks are kept as the file is
//! gone through. Both then go through one bank of filters, which remembers half a frame.

use std::io::{Seek, SeekFrom};

use oxideav_musepack::cns::CnsPrng;
use oxideav_musepack::huffman::Sv7BitReader;
use oxideav_musepack::ms_stereo::{StereoSubbandMatrix, undo_ms_stereo_pinned};
use oxideav_musepack::sv7_stereo_frame::{Sv7ScfMemory, decode_sv7_stereo_frame};
use oxideav_musepack::sv7_word_swap::word_swap_sv7_body;
use oxideav_musepack::sv8_stereo_frame::{
    Sv8FrameState, decode_sv8_stereo_frame, reconstruct_sv8_stereo_frame,
};
use segue_core::bytes::be;
use segue_core::{FileFault, MUSEPACK_FRAME, MusepackHead, MusepackPacket};
use symphonia::core::codecs::audio::well_known::CODEC_ID_PCM_F32LE;
use symphonia::core::common::FourCc;
use symphonia::core::errors::{Result, decode_error};
use symphonia::core::formats::{FormatId, FormatInfo};
use symphonia::core::io::MediaSourceStream;

use crate::bytes::read_at;
use crate::pcm_reader::{PartDecoder, PcmPart, PcmReader, PcmShape, speakers};

mod synthesis;

use synthesis::Synthesis;

static FORMAT: FormatInfo = FormatInfo {
    format: FormatId::new(FourCc::new(*b"MPC ")),
    short_name: "musepack",
    long_name: "Musepack",
};

/// CodedFrames between two marks of version 7.
const MARK_FRAMES: u64 = 16;
/// Bits in which a frame of version 7 tells its length.
const LENGTH_BITS: u64 = 20;
/// Bits behind the last frame of version 7 that tell how many of its samples are heard.
const TRAILER_BITS: u64 = 11;
/// Bytes read beyond a frame: the decoder looks ahead.
const SLACK: [u8; 4] = [0; 4];
/// The longest packet, in bytes: the most frames that one may have, of the longest kind.
const PACKET_BYTES_MAX: u64 = 64 << 20;

/// Whether a file is one of these by its first bytes.
pub(crate) fn is_musepack(head: &[u8]) -> bool {
    head.starts_with(b"MPCK") || head.starts_with(b"MP+")
}

/// Opens such a file.
pub(crate) fn open(
    mut stream: MediaSourceStream<'static>,
) -> std::result::Result<PcmReader<MusepackSource>, FileFault> {
    let byte_len = stream.seek(SeekFrom::End(0))?;
    let head = MusepackHead::find(byte_len, |at, len| read_at(&mut stream, at, len as u64))??;
    let shape = PcmShape {
        codec: CODEC_ID_PCM_F32LE,
        rate_hz: head.rate_hz,
        channels: speakers(head.channels, 0),
        frames: Some(head.samples),
    };
    let frames: Box<dyn CodedFrames> = match head.version {
        8 => Box::new(Packets::new(stream, head)),
        _ => Box::new(Bits::new(stream, head)),
    };
    let source = MusepackSource {
        frames,
        head,
        synthesis: Synthesis::new(),
        next: 0,
        any_good: false,
    };
    Ok(PcmReader::new(source, &FORMAT, shape))
}

/// What a frame turned out to be.
enum Coded {
    /// The samples of its bands.
    Bands(Box<StereoSubbandMatrix>),
    Damaged,
    End,
}

/// The frames of a file, as either version codes them.
trait CodedFrames: Send + Sync {
    /// The next frame.
    fn next(&mut self) -> std::io::Result<Coded>;

    /// Goes to a frame at or before this one, and returns it.
    fn seek(&mut self, frame: u64) -> std::io::Result<u64>;
}

/// A file's frames, made into sound.
pub(crate) struct MusepackSource {
    frames: Box<dyn CodedFrames>,
    head: MusepackHead,
    synthesis: Synthesis,
    /// The frame that comes next.
    next: u64,
    /// Whether any was decoded.
    any_good: bool,
}

impl MusepackSource {
    /// The place of a frame's first sample among those that are heard.
    fn start(&self, frame: u64) -> i64 {
        (frame * MUSEPACK_FRAME) as i64 - self.head.delay as i64
    }
}

impl PartDecoder for MusepackSource {
    fn seek(&mut self, frame: u64) -> Result<i64> {
        let wanted = (frame + self.head.delay) / MUSEPACK_FRAME;
        self.next = self.frames.seek(wanted.min(self.head.coded))?;
        self.synthesis = Synthesis::new();
        Ok(self.start(self.next))
    }

    fn next(&mut self) -> Result<Option<PcmPart>> {
        let start = self.start(self.next);
        if start >= self.head.samples as i64 {
            return Ok(None);
        }
        let bands = match self.frames.next()? {
            Coded::Bands(bands) => Some(bands),
            Coded::Damaged if self.any_good => None,
            Coded::Damaged => {
                self.next += 1;
                return decode_error("bad frame");
            }
            // What the filters hold back is heard behind the last frame.
            Coded::End if self.next == self.head.coded => None,
            Coded::End => return Ok(None),
        };
        self.any_good = true;
        self.next += 1;
        let bytes = self
            .synthesis
            .sound(bands.as_deref(), self.head.channels.into());
        Ok(Some(PcmPart {
            start,
            frames: MUSEPACK_FRAME,
            bytes,
        }))
    }
}

/// Version 8: packets of frames.
struct Packets {
    stream: MediaSourceStream<'static>,
    head: MusepackHead,
    /// Where the packets of sound begin, as far as they are known.
    places: Vec<u64>,
    /// The packet of sound that is read, what it holds, and the bits of that that were read.
    packet: u64,
    body: Option<Vec<u8>>,
    read_bits: u64,
    /// CodedFrames of it that were read.
    read: u64,
    state: Sv8FrameState,
    noise: CnsPrng,
}

impl Packets {
    fn new(stream: MediaSourceStream<'static>, head: MusepackHead) -> Self {
        Self {
            stream,
            head,
            places: vec![head.start],
            packet: 0,
            body: None,
            read_bits: 0,
            read: 0,
            state: Sv8FrameState::new(),
            noise: CnsPrng::new(),
        }
    }

    /// The packet that begins at this place.
    fn packet_at(&mut self, at: u64) -> std::io::Result<Option<MusepackPacket>> {
        let head = read_at(&mut self.stream, at, MusepackPacket::HEADER_MAX as u64)?;
        Ok(MusepackPacket::read(&head).filter(|packet| packet.byte_len <= PACKET_BYTES_MAX))
    }

    /// Where the packet of sound of this number begins.
    fn place(&mut self, number: u64) -> std::io::Result<Option<u64>> {
        while self.places.len() as u64 <= number {
            let mut at = self.places[self.places.len() - 1];
            loop {
                let Some(packet) = self.packet_at(at)? else {
                    return Ok(None);
                };
                at += packet.byte_len;
                match self.packet_at(at)?.map(|packet| packet.key) {
                    Some([b'A', b'P']) => break,
                    Some([b'S', b'E']) | None => return Ok(None),
                    Some(_) => {}
                }
            }
            self.places.push(at);
        }
        Ok(self.places.get(number as usize).copied())
    }

    /// What the current packet holds. `None` at the end, and where the file is cut off.
    fn body(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let Some(at) = self.place(self.packet)? else {
            return Ok(None);
        };
        let Some(packet) = self.packet_at(at)? else {
            return Ok(None);
        };
        let len = packet.byte_len - packet.header_len;
        let mut body = read_at(&mut self.stream, at + packet.header_len, len)?;
        let is_whole = body.len() as u64 == len;
        body.extend(SLACK);
        Ok(is_whole.then_some(body))
    }

    /// CodedFrames of the current packet by the count of all.
    fn count(&self) -> u64 {
        let before = self.packet * self.head.per_packet;
        self.head
            .coded
            .saturating_sub(before)
            .min(self.head.per_packet)
    }

    fn frame(&mut self, body: &[u8]) -> oxideav_musepack::Result<StereoSubbandMatrix> {
        let (byte, bit) = ((self.read_bits / 8) as usize, (self.read_bits % 8) as u8);
        let mut reader = Sv7BitReader::new(body.get(byte..).unwrap_or_default());
        reader.read_bits(bit)?;
        let before = reader.bits_remaining();
        let frame = decode_sv8_stereo_frame(
            &mut reader,
            self.head.max_band,
            self.read == 0,
            self.head.mid_side,
            &mut self.state,
            &mut self.noise,
        )?;
        self.read_bits += before - reader.bits_remaining();
        let mut bands = reconstruct_sv8_stereo_frame(&frame)?;
        undo_ms_stereo_pinned(&mut bands, &frame.ms_flags)?;
        Ok(bands)
    }
}

impl CodedFrames for Packets {
    fn next(&mut self) -> std::io::Result<Coded> {
        loop {
            let body = match self.body.take() {
                Some(body) => body,
                None => {
                    let Some(body) = self.body()? else {
                        return Ok(Coded::End);
                    };
                    (self.read, self.read_bits) = (0, 0);
                    self.state.reset();
                    body
                }
            };
            let count = self.count();
            let bits = 8 * (body.len() - SLACK.len()) as u64;
            // The last packet may hold a frame more, which is not counted: the end of the sound is in it.
            let is_last = self.packet * self.head.per_packet + count >= self.head.coded;
            let has_more =
                is_last && self.read == count && bits.saturating_sub(self.read_bits) >= 8;
            if self.read >= count && !has_more {
                self.packet += 1;
                continue;
            }
            let frame = self.frame(&body);
            self.read += 1;
            return Ok(match frame {
                Ok(bands) => {
                    self.body = Some(body);
                    Coded::Bands(Box::new(bands))
                }
                Err(_) if self.read > count => Coded::End,
                // Nothing behind it can be read until the next packet.
                Err(_) => {
                    self.read_bits = bits;
                    if self.read < count {
                        self.body = Some(vec![0; SLACK.len()]);
                    } else {
                        self.packet += 1;
                    }
                    Coded::Damaged
                }
            });
        }
    }

    fn seek(&mut self, frame: u64) -> std::io::Result<u64> {
        let wanted = frame / self.head.per_packet;
        self.place(wanted)?;
        self.packet = wanted.min(self.places.len() as u64 - 1);
        self.body = None;
        Ok(self.packet * self.head.per_packet)
    }
}

/// Version 7: one frame behind the other, with no regard to bytes.
struct Bits {
    stream: MediaSourceStream<'static>,
    head: MusepackHead,
    at: Mark,
    marks: Vec<Mark>,
}

/// A frame of version 7, and what it needs of those before it.
#[derive(Clone)]
struct Mark {
    frame: u64,
    bit: u64,
    loudness: Sv7ScfMemory,
    noise: CnsPrng,
}

impl Bits {
    fn new(stream: MediaSourceStream<'static>, head: MusepackHead) -> Self {
        let at = Mark {
            frame: 0,
            bit: head.start,
            loudness: Sv7ScfMemory::new(),
            noise: CnsPrng::new(),
        };
        Self {
            stream,
            head,
            marks: vec![at.clone()],
            at,
        }
    }

    /// Bytes from the word on that holds this bit, in order, and how far in them it stands. `None` if they are not all there.
    fn words(&mut self, bit: u64, count: u64) -> std::io::Result<Option<(Vec<u8>, u64)>> {
        let (first, last) = (bit / 32, (bit + count).div_ceil(32));
        let bytes = read_at(&mut self.stream, 4 * first, 4 * (last - first))?;
        // The last word may be cut off where it holds nothing.
        let is_whole = 8 * bytes.len() as u64 + 32 * first >= bit + count;
        Ok(is_whole.then(|| (word_swap_sv7_body(&bytes), bit % 32)))
    }

    /// The bands of the frame that is at hand, before sum and difference are undone, and goes behind it.
    fn frame(&mut self) -> std::io::Result<Coded> {
        if self.at.frame > self.head.coded {
            return Ok(Coded::End);
        }
        if self.at.frame == self.head.coded {
            self.at.bit += TRAILER_BITS;
        }
        let Some((bytes, skip)) = self.words(self.at.bit, LENGTH_BITS)? else {
            return Ok(Coded::End);
        };
        let mut bits = bytes.clone();
        bits.resize(8, 0);
        let len = be(&bits) << skip >> (64 - LENGTH_BITS);
        let body = self.at.bit + LENGTH_BITS;
        let Some((mut bytes, skip)) = self.words(body, len)? else {
            return Ok(Coded::End);
        };
        bytes.extend(SLACK);
        let decoded = self.bands(&bytes, skip, len);
        self.at.frame += 1;
        self.at.bit = body + len;
        if self.at.frame.is_multiple_of(MARK_FRAMES) && self.at.frame < self.head.coded {
            let known = self.marks.last().map_or(0, |mark| mark.frame);
            if self.at.frame > known {
                self.marks.push(self.at.clone());
            }
        }
        Ok(match decoded {
            Some(bands) => Coded::Bands(Box::new(bands)),
            // What is behind the last frame need not be one.
            None if self.at.frame > self.head.coded => Coded::End,
            None => Coded::Damaged,
        })
    }

    fn bands(&mut self, bytes: &[u8], skip: u64, len: u64) -> Option<StereoSubbandMatrix> {
        let mut reader = Sv7BitReader::new(bytes.get(skip as usize / 8..)?);
        reader.read_bits((skip % 8) as u8).ok()?;
        let before = reader.bits_remaining();
        let mut frame = decode_sv7_stereo_frame(
            &mut reader,
            self.head.max_band,
            self.head.mid_side,
            &mut self.at.loudness,
            &mut self.at.noise,
        )
        .ok()?;
        undo_ms_stereo_pinned(&mut frame.channels, &frame.ms_flags).ok()?;
        (before - reader.bits_remaining() == len).then_some(frame.channels)
    }
}

impl CodedFrames for Bits {
    fn next(&mut self) -> std::io::Result<Coded> {
        self.frame()
    }

    fn seek(&mut self, frame: u64) -> std::io::Result<u64> {
        let near = self.marks.iter().rev().find(|mark| mark.frame <= frame);
        if let Some(mark) = near
            && (self.at.frame > frame || self.at.frame < mark.frame)
        {
            self.at = mark.clone();
        }
        while self.at.frame < frame {
            if let Coded::End = self.frame()? {
                break;
            }
        }
        Ok(self.at.frame)
    }
}
