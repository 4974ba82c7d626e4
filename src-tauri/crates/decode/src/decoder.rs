//! One file, decoded at its own rate and with its own channels, from any frame on.
//!
//! The heart is one timeline. Packets carry timestamps; the encoder's delay shifts them; codecs need a run-up
//! after a jump. All of it is reduced to `cursor`, the audible frame at which the next decoded block begins
//! (negative while still in the delay), and `next`, the frame that the listener is owed.

use std::fs::File;
use std::path::{Path, PathBuf};

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::{Error as CodecError, SeekErrorKind};
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, SeekMode, SeekTo, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;
use symphonia::core::units::{Duration, TimeBase, Timestamp};

use crate::DecodeError;
use crate::downmix::loudness_weights;
use crate::error::guarded;
use crate::mp4;
use crate::source::{Budget, Source};

/// Rates outside are damage, not music: an FFT of a forged rate would fill the memory.
const RATE_HZ: std::ops::RangeInclusive<u32> = 1_000..=1_536_000;
const CHANNELS_MAX: usize = 64;
/// Packets in a row that may yield nothing before the file is given up.
const FRUITLESS_PACKETS_MAX: u32 = 5_000;
/// A longer hole in the timestamps is taken for a broken clock and not filled with silence.
const GAP_S_MAX: u64 = 30;
/// Ogg: a page entered alone is timed from its end, which is wrong for the last page, for it also carries
/// padding. Jumps near the end therefore land this far before it.
const OGG_TAIL_S: u64 = 10;

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

    fn probe(path: &Path, file: File, byte_len: u64) -> Result<Decoder, DecodeError> {
        let (reader, budget) = open_container(path, file, byte_len)?;
        let track = reader
            .default_track(TrackType::Audio)
            .or_else(|| reader.first_track(TrackType::Audio))
            .ok_or_else(|| DecodeError::unsupported(path, "it has no sound track"))?
            .clone();
        let mut params = track
            .codec_params
            .as_ref()
            .and_then(|params| params.audio())
            .ok_or_else(|| DecodeError::unsupported(path, "its sound track is of an unknown kind"))?
            .clone();
        let opus = params.codec == CODEC_ID_OPUS;
        if opus {
            // Without its header the adapter leaves the pre-skip alone. It would take it off the first packet
            // it sees, which after a jump is not the first packet of the file.
            params.extra_data = None;
        }
        let codec = registry()
            .make_audio_decoder(&params, &AudioDecoderOptions::default())
            .map_err(|_| DecodeError::unsupported(path, unknown_codec(&params)))?;
        let short_name = codec.codec_info().short_name;
        let name = codec_name(short_name);
        let bits_per_sample = params.bits_per_coded_sample.or(params.bits_per_sample);
        let container = reader.format_info().short_name;

        let rate_hz = params.sample_rate.unwrap_or(0);
        let clock = Clock {
            base: track.time_base,
            rate_hz,
            origin: 0,
        };
        let mut decoder = Decoder {
            path: path.to_owned(),
            format: AudioFormat {
                lossless: matches!(name.as_str(), "flac" | "alac" | "pcm"),
                bits_per_sample: bits_per_sample.or_else(|| match short_name {
                    // The sixth byte of the magic cookie (Apple, ALACSpecificConfig).
                    "alac" => params
                        .extra_data
                        .as_ref()?
                        .get(5)
                        .map(|bits| u32::from(*bits)),
                    _ => raw_bits(short_name),
                }),
                codec: name,
                sample_rate_hz: rate_hz,
                channels: params.channels.as_ref().map_or(0, Channels::count),
                frames: None,
            },
            channels: params.channels.clone().unwrap_or_default(),
            reader,
            codec,
            budget,
            track: track.id,
            clock,
            run_up: 0,
            first_tick: track.start_ts.get(),
            estimate_s: None,
            packets_max: byte_len.saturating_add(1_000),
            end_is_guessed: false,
            block: Vec::new(),
            waiting: None,
            cursor: None,
            next: 0,
            at_end: false,
            packets: 0,
            corrupt: 0,
            dead: None,
        };
        decoder.set_length(&track, container, byte_len);
        decoder.first_block()?;
        Ok(decoder)
    }

    /// Where the audible part begins and ends, by what each container is known to state.
    fn set_length(&mut self, track: &Track, container: &str, byte_len: u64) {
        let delay = u64::from(track.delay.unwrap_or(0));
        let stated = track.num_frames.filter(|frames| *frames > 0);
        let (mut origin, mut frames) = (0, stated);
        match (container, self.format.codec.as_str()) {
            // Timestamps count the pre-skip (RFC 7845, 4.2): frame 0 lies `delay` after the first packet.
            ("ogg", "opus") => {
                origin = track.start_ts.get().max(0) + delay as i64;
                frames = stated.map(|frames| frames.saturating_sub(origin as u64));
            }
            ("ogg", _) => {
                origin = track.start_ts.get().max(0);
                frames = stated.map(|frames| frames.saturating_sub(origin as u64));
            }
            // Without an encoder's delay the count is a guess from the bit rate.
            ("mp1" | "mp2" | "mp3", _) if track.delay.is_some() => {
                self.first_tick = -(delay as i64)
            }
            ("mp1" | "mp2" | "mp3", _) => {
                frames = None;
                self.end_is_guessed = true;
            }
            ("isomp4", _) => {
                let edit = File::open(&self.path)
                    .ok()
                    .and_then(|mut file| mp4::read_edit(&mut file, stated));
                if let Some(edit) = edit {
                    origin = edit.delay as i64;
                    frames = edit.frames;
                }
            }
            // Written while streaming, the header claims more than the file can hold.
            (_, "pcm") => {
                let frame_bytes = u64::from(self.format.bits_per_sample.unwrap_or(8).div_ceil(8))
                    * self.format.channels.max(1) as u64;
                frames = stated.map(|frames| frames.min(byte_len / frame_bytes.max(1)));
            }
            (_, "flac") | ("aiff" | "wave" | "caf", _) => {}
            _ => frames = None,
        }
        self.clock.origin = origin;
        self.format.frames = frames;
        self.estimate_s = track.duration.zip(track.time_base).map(|(duration, base)| {
            duration.get() as f64 * f64::from(base.numer.get()) / f64::from(base.denom.get())
        });
        self.run_up = match self.format.codec.as_str() {
            // The bit reservoir reaches back 511 bytes, at low rates 9 frames; one more for the overlap.
            "mp3" | "mp2" | "mp1" => 11 * 1152,
            "aac" => 4 * 1024,
            // RFC 7845, 4.6, asks for 80 ms; 200 ms bring the predictors closer.
            "opus" => 9_600,
            // Two of the longest blocks.
            "vorbis" => 2 * 8_192,
            "flac" | "alac" | "pcm" => 0,
            _ => 8_192,
        };
    }

    /// Decodes until there is a block: only a decoded block tells the true rate and channels.
    fn first_block(&mut self) -> Result<(), DecodeError> {
        let mut tries = 0;
        loop {
            let Some(packet) = self.read_packet()? else {
                return Err(self.nothing());
            };
            match self.decode(&packet)? {
                Decoded::Block(spec) => {
                    let (rate_hz, channels) = (spec.rate_hz, spec.channels);
                    let count = channels.count();
                    if !RATE_HZ.contains(&rate_hz) || !(1..=CHANNELS_MAX).contains(&count) {
                        let what = format!("{count} channels at {rate_hz} Hz");
                        return Err(DecodeError::unsupported(&self.path, what));
                    }
                    // HE-AAC states the doubled rate, and only its core is decoded.
                    if self.format.sample_rate_hz != rate_hz {
                        self.format.frames = None;
                        self.clock.rate_hz = rate_hz;
                        self.clock.origin = 0;
                    }
                    self.format.sample_rate_hz = rate_hz;
                    self.format.channels = count;
                    self.channels = channels;
                    if self.format.frames == Some(0) {
                        return Err(DecodeError::Empty {
                            path: self.path.clone(),
                        });
                    }
                    let start = self
                        .clock
                        .frame(packet.pts.get() + packet.trim_start.get() as i64);
                    if start > 0 {
                        // The first sound is the beginning, whatever the clock says.
                        self.clock.origin += start;
                    }
                    let start = start.min(0);
                    self.place(start);
                    return Ok(());
                }
                Decoded::Nothing => {}
                Decoded::Corrupt => self.corrupt += 1,
            }
            tries += 1;
            if tries > FRUITLESS_PACKETS_MAX {
                return Err(self.nothing());
            }
        }
    }

    /// Why a file that ended without a single frame is refused.
    fn nothing(&self) -> DecodeError {
        if self.corrupt > 0 {
            let reason = format!("none of its {} packets can be decoded", self.corrupt);
            DecodeError::broken(&self.path, reason)
        } else {
            DecodeError::Empty {
                path: self.path.clone(),
            }
        }
    }

    /// Asks the container to go to a packet before `frame`. `false` where it cannot.
    fn jump(&mut self, frame: u64) -> Result<bool, DecodeError> {
        self.alive()?;
        let mut target = frame as i64 - self.run_up as i64;
        if let Some(end) = self.format.frames
            && self.reader.format_info().short_name == "ogg"
        {
            target = target
                .min(end as i64 - (OGG_TAIL_S * u64::from(self.format.sample_rate_hz)) as i64);
        }
        if self.reader.format_info().short_name == "flac" {
            // Symphonia's FLAC reader keeps half a frame of the old place when the new one begins with a frame.
            let file = File::open(&self.path).map_err(|e| DecodeError::io(&self.path, e))?;
            let byte_len = file
                .metadata()
                .map_err(|e| DecodeError::io(&self.path, e))?
                .len();
            let renewed = guarded(&self.path, || open_container(&self.path, file, byte_len));
            (self.reader, self.budget) = self.note_panic(renewed)??;
        }
        let to = SeekTo::Timestamp {
            ts: Timestamp::from(self.clock.ticks(target).max(self.first_tick)),
            track_id: self.track,
        };
        self.budget.refill();
        let jumped = guarded(&self.path, || {
            let jumped = self.reader.seek(SeekMode::Accurate, to);
            self.codec.reset();
            jumped
        });
        (self.waiting, self.cursor, self.at_end, self.packets) = (None, None, false, 0);
        self.next = frame;
        match self.note_panic(jumped)? {
            Ok(_) => Ok(true),
            Err(CodecError::IoError(e))
                if !matches!(
                    e.kind(),
                    std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::InvalidData
                ) =>
            {
                Err(DecodeError::io(&self.path, e))
            }
            Err(CodecError::SeekError(SeekErrorKind::InvalidTrack)) => {
                Err(DecodeError::broken(&self.path, "its sound track vanished"))
            }
            Err(_) => Ok(false),
        }
    }

    /// Decodes up to the block that holds `frame`. `false` where the blocks begin behind it or end before it.
    fn advance_to(&mut self, frame: u64) -> Result<bool, DecodeError> {
        Ok(self.fill()? && self.waiting.is_some_and(|start| start <= frame as i64))
    }

    /// Decodes until a block waits that holds frame `next`. `false` at the end.
    fn fill(&mut self) -> Result<bool, DecodeError> {
        self.alive()?;
        let mut fruitless = 0;
        loop {
            if self.at_end || self.format.frames.is_some_and(|end| self.next >= end) {
                self.at_end = true;
                return Ok(false);
            }
            if let Some(start) = self.waiting {
                let frames = (self.block.len() / self.format.channels) as i64;
                if start + frames > self.next as i64 {
                    return Ok(true);
                }
                self.waiting = None;
            }
            let Some(packet) = self.read_packet()? else {
                self.at_end = true;
                return Ok(false);
            };
            let stamp = self.clock.frame(
                packet
                    .pts
                    .get()
                    .saturating_add(packet.trim_start.get() as i64),
            );
            match self.decode(&packet)? {
                Decoded::Block(spec)
                    if spec.rate_hz == self.format.sample_rate_hz
                        && spec.channels.count() == self.format.channels =>
                {
                    fruitless = 0;
                    let start = self.start_of_block(stamp);
                    self.place(start);
                }
                Decoded::Nothing => fruitless += 1,
                Decoded::Block(_) | Decoded::Corrupt => {
                    self.corrupt += 1;
                    fruitless += 1;
                    // In the run-up nobody hears it; later, silence keeps the time.
                    if let Some(start) = self.cursor
                        && start >= self.next as i64
                    {
                        let lost = self.clock.length(packet.dur.get());
                        let lost = lost.min(u64::from(self.format.sample_rate_hz)) as usize;
                        self.block.clear();
                        self.block.resize(lost * self.format.channels, 0.0);
                        self.place(start);
                    } else {
                        self.cursor = None;
                    }
                }
            }
            if fruitless > FRUITLESS_PACKETS_MAX {
                let reason = format!("{fruitless} packets in a row cannot be decoded");
                return Err(DecodeError::broken(&self.path, reason));
            }
        }
    }

    /// Where the block just decoded begins. In the run-up the timestamp is believed anew for every packet,
    /// for the first one after a jump may decode to less than it lasts. Then frames are counted, except that
    /// FLAC's frame numbers tell of a hole that the parser skipped.
    fn start_of_block(&mut self, stamp: i64) -> i64 {
        let Some(cursor) = self.cursor.filter(|cursor| *cursor >= self.next as i64) else {
            return match self.cursor {
                Some(cursor) if !self.clock.is_exact() => cursor,
                _ => stamp,
            };
        };
        let gap = stamp - cursor;
        let gap_max = (GAP_S_MAX * u64::from(self.format.sample_rate_hz)) as i64;
        if self.format.codec == "flac" && self.clock.is_exact() && gap > 0 && gap <= gap_max {
            self.corrupt += 1;
            let silence = gap as usize * self.format.channels;
            self.block.splice(0..0, std::iter::repeat_n(0.0, silence));
        }
        cursor
    }

    /// Lets the block wait from `start` on.
    fn place(&mut self, start: i64) {
        let frames = (self.block.len() / self.format.channels) as i64;
        self.waiting = (frames > 0).then_some(start);
        self.cursor = Some(start.saturating_add(frames));
    }

    /// The next packet of the sound track. `None` at the end, also at an end that comes too early.
    fn read_packet(&mut self) -> Result<Option<Packet>, DecodeError> {
        self.alive()?;
        for _ in 0..FRUITLESS_PACKETS_MAX {
            self.packets += 1;
            if self.packets > self.packets_max {
                return Err(DecodeError::broken(
                    &self.path,
                    "it claims more packets than it has bytes",
                ));
            }
            self.budget.refill();
            let packet = guarded(&self.path, || self.reader.next_packet());
            match self.note_panic(packet)? {
                Ok(Some(mut packet)) if packet.track_id == self.track => {
                    if self.end_is_guessed {
                        packet.trim_end = Duration::ZERO;
                    }
                    return Ok(Some(packet));
                }
                Ok(Some(_)) => {}
                Ok(None) => return Ok(None),
                Err(CodecError::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                    return Ok(None);
                }
                Err(CodecError::IoError(e)) => return Err(DecodeError::io(&self.path, e)),
                Err(CodecError::ResetRequired) => {
                    tracing::warn!(path = %self.path.display(), "a second stream follows; it is left out");
                    return Ok(None);
                }
                Err(_) => self.corrupt += 1,
            }
        }
        Err(DecodeError::broken(
            &self.path,
            "no more packets can be found in it",
        ))
    }

    /// Decodes `packet` into `block`.
    fn decode(&mut self, packet: &Packet) -> Result<Decoded, DecodeError> {
        self.alive()?;
        let decoded = guarded(&self.path, || match self.codec.decode(packet) {
            Ok(buffer) => {
                buffer.copy_to_vec_interleaved::<f32>(&mut self.block);
                let spec = buffer.spec();
                Ok(Spec {
                    rate_hz: spec.rate(),
                    channels: spec.channels().clone(),
                })
            }
            Err(error) => Err(error),
        });
        match self.note_panic(decoded)? {
            Ok(_) if self.block.is_empty() => Ok(Decoded::Nothing),
            Ok(spec) => {
                // A damaged float file may hold what no amplifier should get. Looking first is quicker, for nearly none does.
                let finite = self.block.iter().map(|sample| sample.is_finite());
                if !finite.fold(true, |all, one| all & one) {
                    for sample in self.block.iter_mut().filter(|s| !s.is_finite()) {
                        *sample = 0.0;
                    }
                }
                Ok(Decoded::Block(spec))
            }
            Err(_) => Ok(Decoded::Corrupt),
        }
    }

    fn note_panic<T>(&mut self, result: Result<T, DecodeError>) -> Result<T, DecodeError> {
        if let Err(DecodeError::Panicked { reason, .. }) = &result {
            self.dead = Some(reason.clone());
        }
        result
    }

    fn alive(&self) -> Result<(), DecodeError> {
        match &self.dead {
            Some(reason) => Err(DecodeError::Panicked {
                path: self.path.clone(),
                reason: reason.clone(),
            }),
            None => Ok(()),
        }
    }
}

/// Finds out which container the file is.
fn open_container(
    path: &Path,
    file: File,
    byte_len: u64,
) -> Result<(Box<dyn FormatReader>, Budget), DecodeError> {
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(&extension.to_lowercase());
    }
    let (source, budget) = Source::new(file, byte_len);
    let stream = MediaSourceStream::new(Box::new(source), Default::default());
    let reader = symphonia::default::get_probe()
        .probe(
            &hint,
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(|error| match error {
            CodecError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                DecodeError::unsupported(path, "no known audio format, or cut off in its header")
            }
            CodecError::Unsupported(_) => DecodeError::unsupported(path, "no known audio format"),
            other => DecodeError::codec(path, other),
        })?;
    Ok((reader, budget))
}

struct Spec {
    rate_hz: u32,
    channels: Channels,
}

enum Decoded {
    Block(Spec),
    Nothing,
    Corrupt,
}

/// Turns a container's ticks into audible frames and back.
#[derive(Clone, Copy)]
struct Clock {
    base: Option<TimeBase>,
    rate_hz: u32,
    /// Frames between tick 0 and the first audible frame.
    origin: i64,
}

impl Clock {
    fn base(&self) -> (i128, i128) {
        let per_frame = (1, i128::from(self.rate_hz.max(1)));
        self.base.map_or(per_frame, |base| {
            (i128::from(base.numer.get()), i128::from(base.denom.get()))
        })
    }

    /// Whether one tick is one frame.
    fn is_exact(&self) -> bool {
        let (numer, denom) = self.base();
        numer * i128::from(self.rate_hz) == denom
    }

    fn frame(&self, ticks: i64) -> i64 {
        let (numer, denom) = self.base();
        let frames = (2 * i128::from(ticks) * numer * i128::from(self.rate_hz) + denom)
            .div_euclid(2 * denom);
        clamp(frames).saturating_sub(self.origin)
    }

    fn ticks(&self, frame: i64) -> i64 {
        let (numer, denom) = self.base();
        let frame = i128::from(frame) + i128::from(self.origin);
        clamp((frame * denom).div_euclid(numer * i128::from(self.rate_hz.max(1))))
    }

    /// Whether a tick is longer than a frame, as Matroska's milliseconds are.
    fn is_coarse(&self) -> bool {
        let (numer, denom) = self.base();
        numer * i128::from(self.rate_hz) > denom
    }

    fn length(&self, ticks: u64) -> u64 {
        let (numer, denom) = self.base();
        clamp(i128::from(ticks) * numer * i128::from(self.rate_hz) / denom).max(0) as u64
    }
}

/// Keeps far from the ends of `i64`, so that sums of positions cannot overflow.
fn clamp(value: i128) -> i64 {
    value.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
}

fn registry() -> &'static CodecRegistry {
    static REGISTRY: std::sync::OnceLock<CodecRegistry> = std::sync::OnceLock::new();
    REGISTRY.get_or_init(|| {
        let mut registry = CodecRegistry::new();
        symphonia::default::register_enabled_codecs(&mut registry);
        registry.register_audio_decoder::<symphonia_adapter_libopus::OpusDecoder>();
        registry
    })
}

/// Folds the many names of raw samples into one.
fn codec_name(short_name: &str) -> String {
    match short_name.split('_').next() {
        Some(family @ ("pcm" | "adpcm")) => family.to_owned(),
        _ => short_name.to_lowercase(),
    }
}

/// The bits in a name such as `pcm_f32le`.
fn raw_bits(short_name: &str) -> Option<u32> {
    let digits: String = short_name
        .strip_prefix("pcm_")?
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

fn unknown_codec(params: &AudioCodecParameters) -> String {
    let channels = params.channels.as_ref().map_or(0, Channels::count);
    if params.codec == CODEC_ID_OPUS && channels > 2 {
        return format!("opus with {channels} channels");
    }
    format!("no decoder for its codec ({})", params.codec)
}
