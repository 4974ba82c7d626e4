//! True Audio as PCM: whole numbers of 16 to 24 bits. Its frames, of about a second, are independent of each other, and a table
//! in front tells where they lie.

use std::io::{Seek, SeekFrom};

use oxideav_tta::{FrameDescriptor, StreamHeader, decode_frame};
use segue_core::bytes::le;
use segue_core::{FileFault, TtaHead};
use symphonia::core::codecs::audio::well_known::{CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24LE};
use symphonia::core::common::FourCc;
use symphonia::core::errors::{Result, decode_error};
use symphonia::core::formats::{FormatId, FormatInfo};
use symphonia::core::io::MediaSourceStream;

use crate::bytes::read_at;
use crate::pcm_reader::{PartDecoder, PcmPart, PcmReader, PcmShape, speakers};

static FORMAT: FormatInfo = FormatInfo {
    format: FormatId::new(FourCc::new(*b"TTA1")),
    short_name: "tta",
    long_name: "True Audio",
};

/// Whether a file is one of these by its first bytes.
pub(crate) fn is_tta(head: &[u8]) -> bool {
    head.starts_with(b"TTA1")
}

/// Opens such a file.
pub(crate) fn open(
    mut stream: MediaSourceStream<'static>,
) -> std::result::Result<PcmReader<TtaSource>, FileFault> {
    let byte_len = stream.seek(SeekFrom::End(0))?;
    let head = TtaHead::find(byte_len, |at, len| read_at(&mut stream, at, len as u64))??;
    let table = read_at(&mut stream, head.table(), 4 * u64::from(head.frames()))?;
    let mut starts = vec![head.first_frame()];
    for len in table.chunks_exact(4) {
        let start = starts.last().copied().unwrap_or_default();
        starts.push(start + le(len));
    }
    let shape = PcmShape {
        codec: match head.bits {
            16 => CODEC_ID_PCM_S16LE,
            _ => CODEC_ID_PCM_S24LE,
        },
        rate_hz: head.rate_hz,
        channels: speakers(head.channels, 0),
        frames: Some(head.samples.into()),
    };
    let source = TtaSource {
        stream,
        head,
        starts,
        next: 0,
        any_good: false,
    };
    Ok(PcmReader::new(source, &FORMAT, shape))
}

/// The frames of a file, one after the other.
pub(crate) struct TtaSource {
    stream: MediaSourceStream<'static>,
    head: TtaHead,
    /// Where each frame begins, and where the last one ends.
    starts: Vec<u64>,
    /// The frame of the file that comes next.
    next: u32,
    /// Whether any was decoded.
    any_good: bool,
}

impl TtaSource {
    /// Samples of a sample's width, lowest byte first.
    fn bytes(&self, samples: &[i32]) -> Vec<u8> {
        let width = usize::from(self.head.bits.div_ceil(8));
        // Between the two widths, samples are at the upper end of the wider one.
        let shift = 8 * width - usize::from(self.head.bits);
        samples
            .iter()
            .flat_map(|sample| (sample << shift).to_le_bytes().into_iter().take(width))
            .collect()
    }
}

impl PartDecoder for TtaSource {
    fn seek(&mut self, frame: u64) -> Result<i64> {
        let frame = frame / u64::from(self.head.frame_samples());
        self.next = u32::try_from(frame).unwrap_or(u32::MAX);
        Ok((frame * u64::from(self.head.frame_samples())) as i64)
    }

    fn next(&mut self) -> Result<Option<PcmPart>> {
        let (frame, count) = (self.next, self.head.frames());
        let places = self
            .starts
            .get(frame as usize..)
            .and_then(|rest| rest.get(..2));
        let Some((start, end)) = places.map(|places| (places[0], places[1])) else {
            return Ok(None);
        };
        let begins = u64::from(frame) * u64::from(self.head.frame_samples());
        let is_last = frame + 1 == count;
        let samples = match is_last {
            true => self.head.samples - begins as u32,
            false => self.head.frame_samples(),
        };
        let bytes = read_at(&mut self.stream, start, end - start)?;
        if (bytes.len() as u64) < end - start {
            return Ok(None);
        }
        self.next += 1;
        let header = StreamHeader {
            format: 1,
            channels: self.head.channels,
            bits_per_sample: self.head.bits,
            sample_rate: self.head.rate_hz,
            total_samples: self.head.samples,
        };
        let frame = FrameDescriptor {
            file_offset: start,
            disk_size: (end - start) as u32,
            sample_count: samples,
            is_last,
        };
        let decoded = match decode_frame(&header, &frame, &bytes) {
            Ok(decoded) => decoded,
            // What is damaged in the middle is silent, so that what follows stays in its place.
            Err(_) if self.any_good => vec![0; samples as usize * usize::from(self.head.channels)],
            Err(_) => return decode_error("bad frame"),
        };
        self.any_good = true;
        Ok(Some(PcmPart {
            start: begins as i64,
            frames: samples.into(),
            bytes: self.bytes(&decoded),
        }))
    }
}
