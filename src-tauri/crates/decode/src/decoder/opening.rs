//! What a file is, where its sound begins and ends, and its first block.

use std::fs::File;
use std::path::Path;

use segue_core::{Damage, FailedFile, FileFault, he_aac_core_hz};
use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::well_known::{CODEC_ID_AAC, CODEC_ID_OPUS};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoderOptions};
use symphonia::core::codecs::registry::CodecRegistry;
use symphonia::core::formats::Track;

use super::chain::ChainLink;
use super::clock::{Clock, clamp};
use super::container::{open_container, sound_track};
use super::link::{FRUITLESS_PACKETS_MAX, LinkDecoder};
use super::reading::Decoded;
use crate::AudioFormat;
use crate::mp4::Movie;

/// Rates outside are damage, not music: an FFT of a forged rate would fill the memory.
const RATE_HZ: std::ops::RangeInclusive<u32> = 1_000..=1_536_000;
const CHANNELS_MAX: usize = 64;

impl LinkDecoder {
    pub(super) fn probe(
        path: &Path,
        link: &ChainLink,
        file: File,
    ) -> Result<LinkDecoder, FailedFile> {
        let (reader, budget) = open_container(path, file, &link.shown)?;
        let track = sound_track(&*reader)
            .ok_or_else(|| FailedFile::new(path, FileFault::NoSoundTrack))?
            .clone();
        let mut params = track
            .codec_params
            .as_ref()
            .and_then(|params| params.audio())
            .ok_or_else(|| FailedFile::new(path, FileFault::UnknownFormat))?
            .clone();
        let mut gain = 1.0;
        if params.codec == CODEC_ID_OPUS {
            gain = params.extra_data.as_deref().map_or(1.0, opus_gain);
            // Without its header the adapter leaves the pre-skip alone. It would take it off the first packet
            // it sees, which after a jump is not the first packet of the file.
            params.extra_data = None;
        }
        let is_aac = params.codec == CODEC_ID_AAC;
        let config = params.extra_data.as_deref().filter(|_| is_aac);
        let is_he_aac = config.and_then(he_aac_core_hz).is_some();
        if let Some(core) = config.and_then(aac_core) {
            params.extra_data = Some(core.into());
        }
        let codec = registry()
            .make_audio_decoder(&params, &AudioDecoderOptions::default())
            .map_err(|_| FailedFile::new(path, unknown_codec(&params)))?;
        let container = reader.format_info().short_name;
        let short_name = codec.codec_info().short_name;
        let mut name = codec_name(short_name);
        let bits_per_sample = params.bits_per_coded_sample.or(params.bits_per_sample);
        // What its reader hands out is PCM already.
        if let Some(own) = own_codec(container) {
            name = own.to_owned();
        }

        let rate_hz = params.sample_rate.unwrap_or(0);
        let clock = Clock {
            base: track.time_base,
            rate_hz,
            origin: 0,
        };
        let mut decoder = LinkDecoder {
            path: path.to_owned(),
            link: link.clone(),
            format: AudioFormat {
                lossless: matches!(container, "dsd" | "ape" | "wavpack" | "tta")
                    || matches!(name.as_str(), "flac" | "alac" | "pcm"),
                bits_per_sample: bits_per_sample.or_else(|| match short_name {
                    _ if container == "dsd" => Some(1),
                    _ if container == "musepack" => None,
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
            packets_max: link.shown.len().saturating_add(1_000),
            end_is_guessed: false,
            block: Vec::new(),
            waiting: None,
            cursor: None,
            next: 0,
            at_end: false,
            packets: 0,
            corrupt: 0,
            gain,
            is_he_aac,
            dead: None,
        };
        decoder.set_length(&track, container);
        decoder.first_block()?;
        Ok(decoder)
    }

    /// Where the audible part begins and ends, by what each container is known to state.
    fn set_length(&mut self, track: &Track, container: &str) {
        let delay = u64::from(track.delay.unwrap_or(0));
        let stated = track.num_frames.filter(|frames| *frames > 0);
        let (mut origin, mut frames) = (0, stated);
        match (container, self.format.codec.as_str()) {
            // Timestamps count the pre-skip (RFC 7845, 4.2): frame 0 lies `delay` after the first packet.
            ("ogg", "opus") => {
                origin = clamp(i128::from(track.start_ts.get().max(0)) + i128::from(delay));
                frames = stated.map(|frames| frames.saturating_sub(origin as u64));
            }
            ("ogg", _) => {
                origin = clamp(track.start_ts.get().max(0).into());
                frames = stated.map(|frames| frames.saturating_sub(origin as u64));
            }
            // Without an encoder's delay the count is a guess from the bit rate.
            ("mp1" | "mp2" | "mp3", _) if track.delay.is_some() => {
                self.first_tick = -(delay as i64);
                if self.link.overruns {
                    frames = None;
                    self.end_is_guessed = true;
                }
            }
            ("mp1" | "mp2" | "mp3", _) => {
                frames = None;
                self.end_is_guessed = true;
            }
            ("isomp4", _) => {
                if let Some(movie) = &self.link.shown.movie {
                    let edit = movie.edit(stated, self.format.sample_rate_hz);
                    origin = clamp(edit.delay.into());
                    frames = edit.frames;
                }
            }
            ("matroska", codec) => {
                let rate_hz = self.format.sample_rate_hz;
                let ends = self.link.shown.ends.as_ref();
                frames = ends.and_then(|ends| ends.frames(codec, rate_hz));
            }
            // Written while streaming, the header claims more than the file can hold.
            (_, "pcm") => {
                let frame_bytes = u64::from(self.format.bits_per_sample.unwrap_or(8).div_ceil(8))
                    * self.format.channels.max(1) as u64;
                frames = self.link.shown.frames.or(stated);
                let byte_len = self.link.shown.len();
                frames = frames.map(|frames| frames.min(byte_len / frame_bytes.max(1)));
            }
            (_, "flac") | ("aiff" | "wave" | "caf", _) => {}
            (own, _) if own_codec(own).is_some() => {}
            _ => frames = None,
        }
        self.clock.origin = origin;
        self.format.frames = frames.map(|frames| clamp(frames.into()) as u64);
        self.estimate_s = track.duration.zip(track.time_base).map(|(duration, base)| {
            duration.get() as f64 * f64::from(base.numer.get()) / f64::from(base.denom.get())
        });
        let fragments_s = self
            .link
            .shown
            .movie
            .as_deref()
            .and_then(Movie::fragments_s);
        self.estimate_s = fragments_s.or(self.estimate_s);
        self.run_up = match self.format.codec.as_str() {
            // The bit reservoir reaches back 511 bytes, at low rates 9 frames; one more for the overlap.
            "mp3" | "mp2" | "mp1" => 11 * 1152,
            "aac" => 4 * 1024,
            // RFC 7845, 4.6, asks for 80 ms; 200 ms bring the predictors closer.
            "opus" => 9_600,
            // Two of the longest blocks.
            "vorbis" => 2 * 8_192,
            "flac" | "alac" | "pcm" | "dsd" | "ape" | "wavpack" | "tta" => 0,
            // The filters remember half a frame.
            "musepack" => 1_152,
            _ => 8_192,
        };
    }

    /// Decodes until there is a block: only a decoded block tells the true rate and channels.
    fn first_block(&mut self) -> Result<(), FailedFile> {
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
                        let channels = u32::try_from(count).unwrap_or(u32::MAX);
                        let why = FileFault::Implausible { channels, rate_hz };
                        return Err(FailedFile::new(&self.path, why));
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
                        return Err(FailedFile::new(&self.path, FileFault::NoAudio));
                    }
                    let start = self.stamp(&packet);
                    let ends = self.link.shown.ends.as_ref();
                    let start = match ends.map(|ends| clamp(ends.delay(rate_hz).into())) {
                        Some(delay) if delay > 0 => {
                            // Ticks are too coarse to tell the delay; the header tells it to the frame.
                            self.move_origin(start.saturating_add(delay));
                            -delay
                        }
                        _ => start,
                    };
                    if start > 0 {
                        // The first sound is the beginning, whatever the clock says.
                        self.move_origin(start);
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

    /// Lets the sound begin so many frames later on the clock.
    fn move_origin(&mut self, frames: i64) {
        self.clock.origin = clamp(i128::from(self.clock.origin) + i128::from(frames));
    }

    /// Why a file that ended without a single frame is refused.
    fn nothing(&self) -> FailedFile {
        if self.corrupt > 0 {
            let packets = u32::try_from(self.corrupt).unwrap_or(u32::MAX);
            FailedFile::new(&self.path, Damage::NothingDecodes { packets })
        } else {
            FailedFile::new(&self.path, FileFault::NoAudio)
        }
    }
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

/// The factor by which an Opus header asks all samples to be scaled: its output gain in Q7.8 decibels (RFC 7845, 5.1).
/// Headers of MP4 have version 0 and the other byte order (Encapsulation of Opus in ISO Base Media File Format, 4.3.2).
fn opus_gain(header: &[u8]) -> f32 {
    let Some([low, high]) = header.get(16..18) else {
        return 1.0;
    };
    let gain = match header[8] {
        0 => i16::from_be_bytes([*low, *high]),
        _ => i16::from_le_bytes([*low, *high]),
    };
    10_f32.powf(f32::from(gain) / (20.0 * 256.0))
}

/// The configuration of the core alone, where HE-AAC says outright that it is that (ISO/IEC 14496-3, 1.6.2.1: object
/// type 5 or 29 in front). The decoder refuses the whole, and knows the core.
fn aac_core(config: &[u8]) -> Option<[u8; 2]> {
    let bits = u32::from_be_bytes(config.get(..4)?.try_into().ok()?);
    let (object, rate, channels) = (bits >> 27, bits >> 23 & 15, bits >> 19 & 15);
    let (extended_rate, core, general) = (bits >> 15 & 15, bits >> 10 & 31, bits >> 7 & 7);
    // 15 stands for a rate written out, which no encoder does for rates in the table.
    let is_he = [5, 29].contains(&object) && core == 2 && rate != 15 && extended_rate != 15;
    let core = core << 11 | rate << 7 | channels << 3 | general;
    is_he.then_some((core as u16).to_be_bytes())
}

/// The codec of a file whose reader hands out PCM.
fn own_codec(container: &str) -> Option<&str> {
    match container {
        "dsd" | "ape" | "wavpack" | "tta" | "musepack" => Some(container),
        "wavpack-lossy" => Some("wavpack"),
        _ => None,
    }
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

fn unknown_codec(params: &AudioCodecParameters) -> FileFault {
    let channels = params.channels.as_ref().map_or(0, Channels::count) as u32;
    match params.codec {
        CODEC_ID_OPUS if channels > 2 => FileFault::channels("Opus", channels),
        CODEC_ID_AAC if channels > 2 => FileFault::channels("AAC", channels),
        codec => FileFault::not_playable(codec.to_string()),
    }
}
