//! Files of formats that are one codec in its own file, read as PCM: what their decoders have in common towards symphonia.

use symphonia::core::audio::{Channels, Position};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters};
use symphonia::core::errors::{Result, SeekErrorKind, seek_error};
use symphonia::core::formats::{
    FormatInfo, FormatReader, MediaInfo, SeekMode, SeekTo, SeekedTo, Track, TrackFlags,
};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::{Metadata, MetadataLog};
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, TimeBase, Timestamp};

/// Decodes such a file, one part after the other.
pub(crate) trait PartDecoder: Send + Sync {
    /// Goes to the part that holds this frame; returns the part's first frame, which may be before the first audible one.
    fn seek(&mut self, frame: u64) -> Result<i64>;

    /// The next part; `None` at the end.
    fn next(&mut self) -> Result<Option<PcmPart>>;
}

/// A part of a file's sound.
pub(crate) struct PcmPart {
    /// The first of its frames. What is before frame 0 is not heard.
    pub(crate) start: i64,
    pub(crate) frames: u64,
    /// Samples as the codec of its [`PcmShape`] has them, interleaved.
    pub(crate) bytes: Vec<u8>,
}

/// What a file's sound is.
pub(crate) struct PcmShape {
    /// Whose PCM it is.
    pub(crate) codec: AudioCodecId,
    pub(crate) rate_hz: u32,
    pub(crate) channels: Channels,
    /// How many frames are heard, where the file states it.
    pub(crate) frames: Option<u64>,
}

/// A file of a [`PartDecoder`].
pub(crate) struct PcmReader<S> {
    source: S,
    format: &'static FormatInfo,
    tracks: Vec<Track>,
    info: MediaInfo,
    log: MetadataLog,
}

impl<S: PartDecoder> PcmReader<S> {
    pub(crate) fn new(source: S, format: &'static FormatInfo, shape: PcmShape) -> Self {
        let params = AudioCodecParameters {
            codec: shape.codec,
            sample_rate: Some(shape.rate_hz),
            channels: Some(shape.channels),
            ..AudioCodecParameters::default()
        };
        let mut track = Track::new(0);
        track
            .with_codec_params(CodecParameters::Audio(params))
            .with_flags(TrackFlags::DEFAULT);
        track.num_frames = shape.frames;
        track.time_base = TimeBase::try_from_recip(shape.rate_hz);
        Self {
            source,
            format,
            tracks: vec![track],
            info: MediaInfo::default(),
            log: MetadataLog::default(),
        }
    }
}

/// Where `count` channels sound: by the mask of WAVE, in whose order they are, else where they usually do.
pub(crate) fn speakers(count: u16, mask: u32) -> Channels {
    let mask = match (mask, count) {
        (mask, _) if mask.count_ones() == u32::from(count) => mask,
        (_, 1) => 0x4,
        (_, 2) => 0x3,
        (_, 4) => 0x33,
        (_, 6) => 0x3f,
        (_, 8) => 0x63f,
        _ => 0,
    };
    match Position::from_wave_channel_mask(mask) {
        Some(positions) if mask != 0 => Channels::Positioned(positions),
        _ => Channels::Discrete(count),
    }
}

impl<S: PartDecoder> FormatReader for PcmReader<S> {
    fn format_info(&self) -> &FormatInfo {
        self.format
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
        let start = self.source.seek(ts.get().max(0) as u64)?;
        Ok(SeekedTo {
            track_id,
            required_ts: ts,
            actual_ts: Timestamp::from(start),
        })
    }

    fn next_packet(&mut self) -> Result<Option<Packet>> {
        Ok(self.source.next()?.map(|part| {
            let (pts, length) = (Timestamp::from(part.start), Duration::from(part.frames));
            Packet::new(0, pts, length, part.bytes)
        }))
    }

    fn into_inner<'s>(self: Box<Self>) -> MediaSourceStream<'s>
    where
        Self: 's,
    {
        // The source holds on to its own, and nobody asks.
        MediaSourceStream::new(
            Box::new(std::io::Cursor::new(Vec::new())),
            Default::default(),
        )
    }
}
