//! What a file is, where its sound begins and ends, and its first block.

use std::fs::File;
use std::path::Path;

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::CODEC_ID_OPUS;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::errors::Error as CodecError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::clock::{Clock, clamp};
use super::reading::Decoded;
use super::{AudioFormat, Decoder, FRUITLESS_PACKETS_MAX};
use crate::DecodeError;
use crate::mp4::Movie;
use crate::shown::Shown;
use crate::source::{Budget, Source};

/// Rates outside are damage, not music: an FFT of a forged rate would fill the memory.
const RATE_HZ: std::ops::RangeInclusive<u32> = 1_000..=1_536_000;
const CHANNELS_MAX: usize = 64;

impl Decoder {
    pub(super) fn probe(path: &Path, file: File, byte_len: u64) -> Result<Decoder, DecodeError> {
        let mut file = file;
        let shown = Shown::of(&mut file, byte_len).map_err(|e| DecodeError::io(path, e))?;
        let (reader, budget) = open_container(path, file, shown.clone())?;
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
            shown,
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
                if let Some(movie) = &self.shown.movie {
                    let edit = movie.edit(stated, self.format.sample_rate_hz);
                    origin = clamp(edit.delay.into());
                    frames = edit.frames;
                }
            }
            // Written while streaming, the header claims more than the file can hold.
            (_, "pcm") => {
                let frame_bytes = u64::from(self.format.bits_per_sample.unwrap_or(8).div_ceil(8))
                    * self.format.channels.max(1) as u64;
                frames = self.shown.frames.or(stated);
                frames = frames.map(|frames| frames.min(byte_len / frame_bytes.max(1)));
            }
            (_, "flac") | ("aiff" | "wave" | "caf", _) => {}
            _ => frames = None,
        }
        self.clock.origin = origin;
        self.format.frames = frames;
        self.estimate_s = track.duration.zip(track.time_base).map(|(duration, base)| {
            duration.get() as f64 * f64::from(base.numer.get()) / f64::from(base.denom.get())
        });
        let fragments_s = self.shown.movie.as_ref().and_then(Movie::fragments_s);
        self.estimate_s = fragments_s.or(self.estimate_s);
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
}

/// Finds out which container the file is.
pub(super) fn open_container(
    path: &Path,
    file: File,
    shown: Shown,
) -> Result<(Box<dyn FormatReader>, Budget), DecodeError> {
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(&extension.to_lowercase());
    }
    let (source, budget) = Source::new(file, shown);
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
