//! Monkey's Audio as PCM.
//!
//! A reader that hands out each frame of the file decoded: they are independent of each other, and some seconds long. Files from
//! before version 3.98, of 2003, are refused by their version, and floating point by its name: there is one decoder that knows it,
//! its author's.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};

use ape_decoder::{ApeDecoder, ApeError};
use segue_core::FileFault;
use symphonia::core::audio::{Channels, Position};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::AudioCodecParameters;
use symphonia::core::codecs::audio::well_known::{
    CODEC_ID_PCM_S16LE, CODEC_ID_PCM_S24LE, CODEC_ID_PCM_S32LE, CODEC_ID_PCM_U8,
};
use symphonia::core::common::FourCc;
use symphonia::core::errors::{Error, Result, SeekErrorKind, decode_error, seek_error};
use symphonia::core::formats::{
    FormatId, FormatInfo, FormatReader, MediaInfo, SeekMode, SeekTo, SeekedTo, Track, TrackFlags,
};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::{Metadata, MetadataLog};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, TimeBase, Timestamp};

const FORMAT: FormatInfo = FormatInfo {
    format: FormatId::new(FourCc::new(*b"MAC ")),
    short_name: "ape",
    long_name: "Monkey's Audio",
};

/// Whether a file is one of these by its first bytes.
pub(crate) fn is_ape(head: &[u8]) -> bool {
    head.starts_with(b"MAC ")
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

/// A file of Monkey's Audio, read as PCM.
pub(crate) struct ApeReader {
    stream: LentStream,
    decoder: ApeDecoder<LentStream>,
    /// The frame of the file that comes next.
    next: u32,
    /// Whether any was decoded.
    any_good: bool,
    tracks: Vec<Track>,
    info: MediaInfo,
    log: MetadataLog,
}

impl ApeReader {
    /// `head`: the file's first bytes.
    pub(crate) fn open(
        stream: MediaSourceStream<'static>,
        head: &[u8],
    ) -> std::result::Result<Self, FileFault> {
        if let Some(why) = segue_core::ape_refusal(head) {
            return Err(why);
        }
        let stream = LentStream(Arc::new(Mutex::new(stream)));
        let mut decoder = ApeDecoder::new(stream.clone()).map_err(fault)?;
        let info = decoder.info().clone();
        if info.total_samples == 0 {
            return Err(FileFault::NoAudio);
        }
        let codec = match info.bits_per_sample {
            8 => CODEC_ID_PCM_U8,
            16 => CODEC_ID_PCM_S16LE,
            24 => CODEC_ID_PCM_S24LE,
            _ => CODEC_ID_PCM_S32LE,
        };
        let channels = match info.channels {
            1 => Channels::Positioned(Position::FRONT_CENTER),
            2 => Channels::Positioned(Position::FRONT_LEFT | Position::FRONT_RIGHT),
            count => Channels::Discrete(count),
        };
        // Cut off within its first frame, nothing of it sounds.
        if let Err(ApeError::DecodingError(_)) = decoder.read_frame_data(0) {
            return Err(FileFault::CutOff);
        }
        let params = AudioCodecParameters {
            codec,
            sample_rate: Some(info.sample_rate),
            channels: Some(channels),
            ..AudioCodecParameters::default()
        };
        let mut track = Track::new(0);
        track
            .with_codec_params(CodecParameters::Audio(params))
            .with_num_frames(info.total_samples)
            .with_flags(TrackFlags::DEFAULT);
        track.time_base = TimeBase::try_from_recip(info.sample_rate);
        Ok(Self {
            stream,
            decoder,
            next: 0,
            any_good: false,
            tracks: vec![track],
            info: MediaInfo::default(),
            log: MetadataLog::default(),
        })
    }
}

fn fault(error: ApeError) -> FileFault {
    match error {
        ApeError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => FileFault::CutOff,
        ApeError::Io(error) => error.into(),
        other => segue_core::Damage::Said {
            detail: other.to_string(),
        }
        .into(),
    }
}

impl FormatReader for ApeReader {
    fn format_info(&self) -> &FormatInfo {
        &FORMAT
    }

    fn media_info(&self) -> &MediaInfo {
        &self.info
    }

    fn metadata(&mut self) -> Metadata<'_> {
        self.log.metadata()
    }

    fn tracks(&self) -> &[Track] {
        &self.tracks
    }

    fn seek(&mut self, _mode: SeekMode, to: SeekTo) -> Result<SeekedTo> {
        let SeekTo::Timestamp { ts, track_id } = to else {
            return seek_error(SeekErrorKind::Unseekable);
        };
        let length = u64::from(self.decoder.info().blocks_per_frame.max(1));
        let frame = ts.get().max(0) as u64 / length;
        self.next = u32::try_from(frame).unwrap_or(u32::MAX);
        Ok(SeekedTo {
            track_id,
            required_ts: ts,
            actual_ts: Timestamp::from((frame * length) as i64),
        })
    }

    fn next_packet(&mut self) -> Result<Option<Packet>> {
        let info = self.decoder.info();
        if self.next >= info.total_frames {
            return Ok(None);
        }
        let frame = self.next;
        let begins = u64::from(frame) * u64::from(info.blocks_per_frame);
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
        let pcm = match decoded {
            Ok(pcm) => pcm,
            Err(ApeError::Io(error)) => return Err(Error::IoError(error)),
            // What is damaged in the middle is silent, so that what follows stays in its place.
            Err(_) if self.any_good => vec![if bits == 8 { 0x80 } else { 0 }; bytes],
            Err(_) => return decode_error("ape: a frame cannot be decoded"),
        };
        self.any_good = true;
        let pts = Timestamp::from(begins as i64);
        Ok(Some(Packet::new(
            0,
            pts,
            Duration::from(u64::from(length)),
            pcm,
        )))
    }

    fn into_inner<'s>(self: Box<Self>) -> MediaSourceStream<'s>
    where
        Self: 's,
    {
        // The decoder holds on to it, and nobody asks.
        MediaSourceStream::new(Box::new(io::Cursor::new(Vec::new())), Default::default())
    }
}
