//! Monkey's Audio as PCM.
//!
//! A reader that hands out each frame of the file decoded: they are independent of each other, and some seconds long. Files from
//! before version 3.98, of 2003, are refused by their version, and floating point by its name: there is one decoder that knows it,
//! its author's.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use ape_decoder::{ApeDecoder, ApeError};
use segue_core::{Damage, FileFault};
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32LE, CODEC_ID_PCM_U8,
};
use symphonia::core::common::FourCc;
use symphonia::core::errors::{Error, Result, decode_error};
use symphonia::core::formats::{FormatId, FormatInfo};
use symphonia::core::io::MediaSourceStream;

use crate::pcm_reader::{PartDecoder, PcmPart, PcmReader, PcmShape, speakers};

static FORMAT: FormatInfo = FormatInfo {
    format: FormatId::new(FourCc::new(*b"MAC ")),
    short_name: "ape",
    long_name: "Monkey's Audio",
};

/// Whether a file is one of these by its first bytes.
pub(crate) fn is_ape(head: &[u8]) -> bool {
    head.starts_with(b"MAC ")
}

/// Opens such a file. `head`: its first bytes.
pub(crate) fn open(
    stream: MediaSourceStream<'static>,
    head: &[u8],
) -> std::result::Result<PcmReader<ApeSource>, FileFault> {
    if let Some(why) = segue_core::ape_refusal(head) {
        return Err(why);
    }
    let stream = LentStream(Arc::new(Mutex::new(stream)));
    let mut decoder = ApeDecoder::new(stream.clone()).map_err(fault)?;
    let info = decoder.info().clone();
    if info.total_samples == 0 {
        return Err(FileFault::NoAudio);
    }
    // Cut off within its first frame, nothing of it sounds.
    if let Err(ApeError::DecodingError(_)) = decoder.read_frame_data(0) {
        return Err(FileFault::CutOff);
    }
    let source = ApeSource {
        stream,
        decoder,
        next: 0,
        any_good: false,
    };
    let shape = PcmShape {
        codec: match info.bits_per_sample {
            8 => CODEC_ID_PCM_U8,
            16 => CODEC_ID_PCM_S16LE,
            24 => CODEC_ID_PCM_S24LE,
            _ => CODEC_ID_PCM_S32LE,
        },
        rate_hz: info.sample_rate,
        channels: speakers(info.channels, 0),
        frames: Some(info.total_samples),
    };
    Ok(PcmReader::new(source, &FORMAT, shape))
}

fn fault(error: ApeError) -> FileFault {
    match error {
        ApeError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => FileFault::CutOff,
        ApeError::Io(error) => error.into(),
        other => Damage::Said {
            detail: other.to_string(),
        }
        .into(),
    }
}

/// The file, lent to one decoder after the other.
#[derive(Clone)]
struct LentStream(Arc<Mutex<MediaSourceStream<'static>>>);

impl Read for LentStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stream.read(buffer)
    }
}

impl Seek for LentStream {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let mut stream = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stream.seek(to)
    }
}

/// The frames of a file, one after the other.
pub(crate) struct ApeSource {
    stream: LentStream,
    decoder: ApeDecoder<LentStream>,
    /// The frame of the file that comes next.
    next: u32,
    /// Whether any was decoded.
    any_good: bool,
}

impl ApeSource {
    /// Where a frame of the file begins.
    fn start(&self, frame: u32) -> i64 {
        (u64::from(frame) * u64::from(self.decoder.info().blocks_per_frame)) as i64
    }
}

impl PartDecoder for ApeSource {
    fn seek(&mut self, frame: u64) -> Result<i64> {
        let frame = frame / u64::from(self.decoder.info().blocks_per_frame.max(1));
        self.next = u32::try_from(frame).unwrap_or(u32::MAX);
        Ok(self.start(self.next))
    }

    fn next(&mut self) -> Result<Option<PcmPart>> {
        let info = self.decoder.info();
        if self.next >= info.total_frames {
            return Ok(None);
        }
        let frame = self.next;
        let length = info.frame_samples(frame);
        let (bytes, bits) = (
            length as usize * usize::from(info.block_align),
            info.bits_per_sample,
        );
        self.next += 1;
        let decoded = self.decoder.decode_frame(frame);
        if let Err(ApeError::InvalidChecksum) = decoded
            && bits == 24
        {
            // At 24 bits the decoder takes the first damaged frame for one of an older encoder, and what follows as well.
            if let Ok(decoder) = ApeDecoder::new(self.stream.clone()) {
                self.decoder = decoder;
            }
        }
        let bytes = match decoded {
            Ok(pcm) => pcm,
            Err(ApeError::Io(error)) => return Err(Error::IoError(error)),
            // What is damaged in the middle is silent, so that what follows stays in its place.
            Err(_) if self.any_good => vec![if bits == 8 { 0x80 } else { 0 }; bytes],
            Err(_) => return decode_error("bad frame"),
        };
        self.any_good = true;
        Ok(Some(PcmPart {
            start: self.start(frame),
            frames: length.into(),
            bytes,
        }))
    }
}
