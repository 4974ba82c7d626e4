//! The system's cards, through cpal: PulseAudio or PipeWire (which answers as PulseAudio, too), else ALSA; CoreAudio; WASAPI.
//!
//! Our own [`Callback`] stands in the stream. Rodio's mixer, between, would lock and allocate there, and map channels its own way.
//! cpal 0.18 can open no card exclusively, and gives its stream no name in the mixer.

use std::sync::Arc;
use std::time::Instant;

use rodio::cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use rodio::cpal::{
    self, BufferSize, ErrorKind, I24, OutputCallbackInfo, SampleFormat, StreamConfig, U24,
};
use segue_core::OutputFault;

use crate::callback::Callback;
use crate::host::{CardStream, DeviceNews, HeedStream, Host, OpenedStream, OutputDevice};
use crate::output::ring_at;

/// Sound that a card holds at a time: little enough that a pause is heard at once, enough for a busy machine.
const BUFFER_S: f64 = 0.05;

/// See the file's promise.
pub(crate) struct SystemHost(cpal::Host);

impl SystemHost {
    pub(crate) fn new() -> Self {
        Self(cpal::default_host())
    }

    fn device(&self, id: Option<&str>) -> Option<cpal::Device> {
        match id {
            None => self.0.default_output_device(),
            Some(id) => {
                let mut devices = self.0.output_devices().ok()?;
                devices.find(|device| id_of(device) == id)
            }
        }
    }
}

/// Opens the default sound card for a moment, and says what it is called and how it runs.
pub fn probe_device() -> Result<String, OutputFault> {
    let opened = SystemHost::new().open(None, None, Arc::new(|_| {}))?;
    let (name, rate_hz) = (opened.device.name, opened.feed.rate_hz());
    Ok(format!("{name}, {rate_hz} Hz"))
}

impl Host for SystemHost {
    fn devices(&mut self) -> Result<Vec<OutputDevice>, OutputFault> {
        let default = self.0.default_output_device();
        let default = default.as_ref().map(id_of);
        let devices = self.0.output_devices().map_err(not_opened)?;
        let described = devices.map(|device| described(&device, default.as_deref()));
        Ok(described.filter(|device| is_card(&device.id)).collect())
    }

    fn open(
        &mut self,
        id: Option<&str>,
        rate_hz: Option<u32>,
        heed: HeedStream,
    ) -> Result<OpenedStream, OutputFault> {
        let device = match self.device(id) {
            Some(device) => device,
            None => {
                // The server may have been started anew since.
                self.0 = cpal::default_host();
                self.device(id).ok_or(OutputFault::NoDevice)?
            }
        };
        let mut failed = None;
        for (config, format) in configs(&device, rate_hz).map_err(not_opened)? {
            let (feed, mut tap) = ring_at(config.sample_rate);
            let bits = (!format.is_float()).then(|| format.bits_per_sample());
            if let Some(bits @ ..=16) = bits {
                tap.dither_to(bits);
            }
            let callback = Callback::new(tap, config.channels, config.sample_rate);
            let opened = build(&device, config, format, callback, Arc::clone(&heed))
                .and_then(|stream| StreamTrait::play(&stream).map(|()| stream));
            match opened {
                Ok(stream) => {
                    let default = self.0.default_output_device();
                    return Ok(OpenedStream {
                        device: described(&device, default.as_ref().map(id_of).as_deref()),
                        bits,
                        feed,
                        stream: Box::new(stream),
                    });
                }
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        Err(failed.map_or(OutputFault::NoDevice, not_opened))
    }
}

impl CardStream for cpal::Stream {
    fn play(&self) -> Result<(), String> {
        StreamTrait::play(self).map_err(|error| error.to_string())
    }

    fn pause(&self) -> Result<(), String> {
        StreamTrait::pause(self).map_err(|error| error.to_string())
    }
}

fn not_opened(error: cpal::Error) -> OutputFault {
    OutputFault::NotOpened {
        detail: error.to_string(),
    }
}

fn id_of(device: &cpal::Device) -> String {
    device.id().map(|id| id.to_string()).unwrap_or_default()
}

/// Whether sound can be heard there. ALSA names its filters, its bridge to JACK and its waste bin like cards.
fn is_card(id: &str) -> bool {
    const NONE: [&str; 10] = [
        "null",
        "jack",
        "oss",
        "lavrate",
        "samplerate",
        "speexrate",
        "speex",
        "upmix",
        "vdownmix",
        "usbstream",
    ];
    let name = id.strip_prefix("alsa:");
    let name = name.map(|name| name.split_once(':').map_or(name, |(plugin, _)| plugin));
    name.is_none_or(|name| !NONE.contains(&name))
}

fn described(device: &cpal::Device, default: Option<&str>) -> OutputDevice {
    let id = id_of(device);
    let name = device.description().map(|said| said.name().to_owned());
    OutputDevice {
        name: name.unwrap_or_else(|_| id.clone()),
        is_default: default == Some(id.as_str()),
        id,
    }
}

/// How the card may be opened, the best way first: at the wanted rate, at its own, with its own idea of a buffer, and in any other
/// way that it knows.
fn configs(
    device: &cpal::Device,
    rate_hz: Option<u32>,
) -> Result<Vec<(StreamConfig, SampleFormat)>, cpal::Error> {
    let default = device.default_output_config()?;
    let format = default.sample_format();
    let buffered = |channels: u16, sample_rate: u32| StreamConfig {
        channels,
        sample_rate,
        buffer_size: BufferSize::Fixed(
            ((f64::from(sample_rate) * BUFFER_S) as u32).next_power_of_two(),
        ),
    };
    let known: Vec<_> = device.supported_output_configs()?.collect();
    let wanted = rate_hz.filter(|rate_hz| {
        known.iter().any(|known| {
            known.channels() == default.channels()
                && known.sample_format() == format
                && known.contains_rate(*rate_hz)
        })
    });
    let mut ways = Vec::new();
    ways.extend(wanted.map(|rate_hz| (buffered(default.channels(), rate_hz), format)));
    ways.push((buffered(default.channels(), default.sample_rate()), format));
    ways.push((default.config(), format));
    ways.extend(known.into_iter().map(|known| {
        let rate_hz = default.sample_rate();
        let rate_hz = rate_hz.clamp(known.min_sample_rate(), known.max_sample_rate());
        let config = StreamConfig {
            channels: known.channels(),
            sample_rate: rate_hz,
            buffer_size: BufferSize::Default,
        };
        (config, known.sample_format())
    }));
    Ok(ways)
}

/// Has the thread of a stream run before others, where the system lets it (`RLIMIT_RTPRIO`, man 7 sched): one call, which waits
/// for nothing. CoreAudio's threads are of that kind by themselves, and cpal asks Windows for it.
fn hurry() {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{
            RealtimeThreadSchedulePolicy, ThreadPriority, ThreadPriorityValue,
            ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
        };
        let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::RoundRobin);
        // Low among its kind: the sound server's own threads come first. Refused, it plays all the same.
        if let Ok(low) = ThreadPriorityValue::try_from(10_u8) {
            let low = ThreadPriority::Crossplatform(low);
            _ = set_thread_priority_and_policy(thread_native_id(), low, policy);
        }
    }
}

fn build(
    device: &cpal::Device,
    config: StreamConfig,
    format: SampleFormat,
    mut callback: Callback,
    heed: HeedStream,
) -> Result<cpal::Stream, cpal::Error> {
    let heed = move |error: cpal::Error| match error.kind() {
        ErrorKind::DeviceChanged => heed(DeviceNews::Rerouted),
        ErrorKind::Xrun => heed(DeviceNews::Underrun),
        // It goes on without priority: it plays.
        ErrorKind::RealtimeDenied => {}
        _ => heed(DeviceNews::Lost(error.to_string())),
    };
    let mut hurries = false;
    macro_rules! streams {
        ($($format:ident $sample:ty),* $(,)?) => {
            match format {
                $(SampleFormat::$format => device.build_output_stream::<$sample, _, _>(
                    config,
                    move |out: &mut [$sample], info: &OutputCallbackInfo| {
                        if !std::mem::replace(&mut hurries, true) {
                            hurry();
                        }
                        let times = info.timestamp();
                        let ahead = times.playback.duration_since(times.callback);
                        callback.fill(out, ahead, Instant::now());
                    },
                    heed,
                    None,
                ),)*
                _ => Err(cpal::Error::new(ErrorKind::UnsupportedConfig)),
            }
        };
    }
    streams!(
        F32 f32, F64 f64, I8 i8, I16 i16, I24 I24, I32 i32, I64 i64, U8 u8, U16 u16, U24 U24, U32 u32, U64 u64,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_alsa_calls_a_device_and_nobody_can_hear_is_no_card() {
        for (id, heard) in [
            ("alsa:null", false),
            ("alsa:jack", false),
            ("alsa:usbstream:CARD=PCH", false),
            ("alsa:default", true),
            ("alsa:hw:CARD=PCH,DEV=0", true),
            ("alsa:pulse", true),
            ("pulseaudio:null", true),
            ("wasapi:{0.0.0.00000000}.{jack}", true),
        ] {
            assert_eq!(is_card(id), heard, "{id}");
        }
    }
}
