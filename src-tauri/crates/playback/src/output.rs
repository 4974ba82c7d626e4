//! Where sound goes: the sound card, nowhere at the pace of a card, or a WAV file as fast as it decodes.
//!
//! An output makes the ring at its own rate, keeps the consuming end and hands the feeding end to the
//! engine. It knows nothing of tracks. The card's rate is fixed when it is opened, and its stream runs
//! always, silent when nothing plays: streams that start and stop garble their first frames.

use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rodio::cpal::traits::{DeviceTrait, HostTrait};
use rodio::cpal::{self, ErrorKind};
use rodio::{
    ChannelCount, DeviceSinkBuilder, DeviceSinkError, MixerDeviceSink, Sample, SampleRate, Source,
};
use segue_core::{OutputFault, with_causes};
use segue_decode::AudioFormat;

use crate::ring::{Feed, StereoFrame, Tap, ring};
use crate::wav::{WavFormat, WavWriter};

/// What an engine plays to.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputKind {
    /// The default sound card, at its default rate.
    Device,
    /// Nothing, at the pace of a card of 48 kHz.
    Null,
    /// A stereo WAV file, faster than real time. It has the rate of the first file that plays, and 16 bits
    /// if that file is lossless with no more, else 24. It gets its name when the queue ends or is stopped;
    /// an engine dropped before leaves no file, and one that plays again writes it anew.
    Wav {
        /// The file, replaced if it exists.
        path: PathBuf,
        /// Stops the engine after so many seconds.
        length_s: Option<f64>,
    },
}

/// How much sound may lie ready: enough to ride over a busy disk, little enough to decode anew at a seek.
const RING_S: f64 = 0.75;

/// What an output did with the sound written so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drive {
    /// It takes sound at its own pace.
    Paced,
    /// It has taken all there was.
    Took,
    /// It wants no more.
    Full,
}

/// A file that an output has completed.
pub(crate) struct WrittenFile {
    pub(crate) path: PathBuf,
    pub(crate) frames: u64,
    pub(crate) rate_hz: u32,
    pub(crate) bits: u16,
}

/// The engine's view of an output.
pub(crate) trait Output {
    /// Starts consuming; `first` is the file that opens the run.
    fn open(&mut self, first: &AudioFormat) -> Result<Feed, OutputFault>;
    /// Lets an output without a pace of its own consume.
    fn drive(&mut self) -> Result<Drive, OutputFault>;
    /// The run of sound is over. An output that returns what it wrote must be opened again.
    fn finish(&mut self) -> Result<Option<WrittenFile>, OutputFault>;
    /// Which opening of the card its news are about.
    fn generation(&self) -> u64 {
        0
    }
}

/// What a card says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DeviceNews {
    /// It is gone.
    Lost(String),
    /// The sound goes elsewhere now, without a break.
    Rerouted,
    /// It wanted sound before it was given any.
    Underrun,
}

/// Takes news of the card opened as number so-and-so.
pub(crate) type NotifyDevice = Arc<dyn Fn(u64, DeviceNews) + Send + Sync>;

fn ring_at(rate_hz: u32) -> (Feed, Tap) {
    ring(rate_hz, (f64::from(rate_hz) * RING_S) as usize)
}

/// Opens the default sound card for a moment, and says what it is called and how it runs.
pub fn probe_device() -> Result<String, OutputFault> {
    let not_opened = |detail: String| OutputFault::NotOpened { detail };
    let device = cpal::default_host().default_output_device();
    let device = device.ok_or(OutputFault::NoDevice)?;
    let name = device
        .description()
        .map_err(|error| not_opened(error.to_string()))?
        .name()
        .to_owned();
    let sink =
        DeviceSinkBuilder::from_device(device).and_then(|builder| builder.open_sink_or_fallback());
    let mut sink = sink.map_err(|error| not_opened(with_causes(&error)))?;
    sink.log_on_drop(false);
    let config = sink.config();
    Ok(format!(
        "{name}, {} channels, {} Hz",
        config.channel_count(),
        config.sample_rate()
    ))
}

/// The default sound card.
pub(crate) struct Card {
    tell: NotifyDevice,
    generation: u64,
    /// Opened, and not yet taken by the engine.
    ready: Option<Feed>,
    sink: Option<MixerDeviceSink>,
}

impl Card {
    /// Opens the card at once, so that the first sound comes at once. If there is none now, there may be one when
    /// something is to be played: only then is its absence an error.
    pub(crate) fn new(tell: NotifyDevice) -> Self {
        let mut card = Self {
            tell,
            generation: 0,
            ready: None,
            sink: None,
        };
        card.ready = card.start().ok();
        card
    }

    fn start(&mut self) -> Result<Feed, OutputFault> {
        self.sink = None;
        self.generation += 1;
        let (tell, generation) = (Arc::clone(&self.tell), self.generation);
        let heed = move |error: cpal::Error| match error.kind() {
            ErrorKind::DeviceChanged => tell(generation, DeviceNews::Rerouted),
            ErrorKind::Xrun => tell(generation, DeviceNews::Underrun),
            // It goes on without priority: it plays.
            ErrorKind::RealtimeDenied => {}
            _ => tell(generation, DeviceNews::Lost(error.to_string())),
        };
        let not_opened = |error: DeviceSinkError| match error {
            DeviceSinkError::NoDevice => OutputFault::NoDevice,
            error => OutputFault::NotOpened {
                detail: with_causes(&error),
            },
        };
        let builder = DeviceSinkBuilder::from_default_device()
            .map_err(not_opened)?
            .with_error_callback(heed);
        let mut sink = builder.open_sink_or_fallback().map_err(not_opened)?;
        sink.log_on_drop(false);
        let (channels, rate) = (sink.config().channel_count(), sink.config().sample_rate());
        let (feed, tap) = ring_at(rate.get());
        sink.mixer().add(CardSource {
            tap,
            channels,
            rate,
            block: [[0.0; 2]; BLOCK],
            frame: BLOCK - 1,
            channel: channels.get(),
        });
        self.sink = Some(sink);
        Ok(feed)
    }
}

impl Output for Card {
    fn open(&mut self, _: &AudioFormat) -> Result<Feed, OutputFault> {
        match self.ready.take() {
            Some(feed) => Ok(feed),
            None => self.start(),
        }
    }

    fn drive(&mut self) -> Result<Drive, OutputFault> {
        Ok(Drive::Paced)
    }

    fn finish(&mut self) -> Result<Option<WrittenFile>, OutputFault> {
        Ok(None)
    }

    fn generation(&self) -> u64 {
        self.generation
    }
}

/// Frames taken from the ring at a time.
const BLOCK: usize = 64;

/// The endless source in the card's callback. Stereo goes to the first two channels, or mixed into the only
/// one; rodio would drop the right one there.
struct CardSource {
    tap: Tap,
    channels: ChannelCount,
    rate: SampleRate,
    block: [StereoFrame; BLOCK],
    frame: usize,
    channel: u16,
}

impl Iterator for CardSource {
    type Item = Sample;

    fn next(&mut self) -> Option<Sample> {
        if self.channel == self.channels.get() {
            self.channel = 0;
            self.frame += 1;
            if self.frame == BLOCK {
                self.frame = 0;
                self.tap.fill(&mut self.block, Instant::now());
            }
        }
        let [left, right] = self.block[self.frame];
        let sample = match (self.channel, self.channels.get()) {
            (0, 1) => (left + right) / 2.0,
            (0, _) => left,
            (1, _) => right,
            _ => 0.0,
        };
        self.channel += 1;
        Some(sample)
    }
}

impl Source for CardSource {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> ChannelCount {
        self.channels
    }

    fn sample_rate(&self) -> SampleRate {
        self.rate
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

/// A thread that consumes at the pace of a card, and drops what it hears.
pub(crate) struct Null {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

const NULL_RATE_HZ: u32 = 48_000;
const NULL_PERIOD: Duration = Duration::from_millis(10);

impl Null {
    pub(crate) fn new() -> Self {
        Self {
            stop: Arc::default(),
            thread: None,
        }
    }

    fn halt(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the null output's thread panicked");
        }
    }
}

impl Output for Null {
    fn open(&mut self, _: &AudioFormat) -> Result<Feed, OutputFault> {
        self.halt();
        self.stop = Arc::default();
        let (feed, mut tap) = ring_at(NULL_RATE_HZ);
        let stop = Arc::clone(&self.stop);
        let consume = move || {
            let mut block = vec![[0.0; 2]; (NULL_RATE_HZ / 100) as usize];
            let mut due = Instant::now();
            while !stop.load(Ordering::Acquire) {
                tap.fill(&mut block, Instant::now());
                due += NULL_PERIOD;
                match due.checked_duration_since(Instant::now()) {
                    Some(wait) => std::thread::sleep(wait),
                    // A machine that slept does not play the lost time in a rush.
                    None if due.elapsed() > Duration::from_millis(250) => due = Instant::now(),
                    None => {}
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("segue-null-output".to_owned())
            .spawn(consume);
        self.thread = Some(thread.map_err(|error| OutputFault::NoThread {
            detail: error.to_string(),
        })?);
        Ok(feed)
    }

    fn drive(&mut self) -> Result<Drive, OutputFault> {
        Ok(Drive::Paced)
    }

    fn finish(&mut self) -> Result<Option<WrittenFile>, OutputFault> {
        Ok(None)
    }
}

impl Drop for Null {
    fn drop(&mut self) {
        self.halt();
    }
}

fn unwritable(path: &Path, error: &io::Error) -> OutputFault {
    OutputFault::File {
        path: path.to_string_lossy().into_owned(),
        detail: error.to_string(),
    }
}

/// A WAV file.
pub(crate) struct Wav {
    path: PathBuf,
    length_s: Option<f64>,
    file: Option<WavWriter>,
    tap: Option<Tap>,
    /// Frames wanted yet.
    remaining: u64,
    block: Vec<StereoFrame>,
}

impl Wav {
    /// Makes sure that the file can be written.
    pub(crate) fn new(path: PathBuf, length_s: Option<f64>) -> Result<Self, OutputFault> {
        let file = WavWriter::create(&path).map_err(|error| unwritable(&path, &error))?;
        Ok(Self {
            path,
            length_s,
            file: Some(file),
            tap: None,
            remaining: 0,
            block: vec![[0.0; 2]; 4096],
        })
    }

    fn failed(&mut self, error: io::Error) -> OutputFault {
        (self.file, self.tap) = (None, None);
        unwritable(&self.path, &error)
    }

    fn consume(&mut self) -> io::Result<Drive> {
        let (Some(tap), Some(file)) = (&mut self.tap, &mut self.file) else {
            return Ok(Drive::Took);
        };
        loop {
            let wanted = self
                .block
                .len()
                .min(usize::try_from(self.remaining).unwrap_or(usize::MAX));
            if wanted == 0 {
                return Ok(Drive::Full);
            }
            let taken = tap.fill(&mut self.block[..wanted], Instant::now());
            if taken == 0 {
                return Ok(Drive::Took);
            }
            file.write(&self.block[..taken])?;
            self.remaining -= taken as u64;
        }
    }
}

impl Output for Wav {
    fn open(&mut self, first: &AudioFormat) -> Result<Feed, OutputFault> {
        let rate_hz = NonZero::new(first.sample_rate_hz).map_or(NULL_RATE_HZ, NonZero::get);
        let short = first.lossless && first.bits_per_sample.is_some_and(|bits| bits <= 16);
        let format = WavFormat {
            rate_hz,
            bits: if short { 16 } else { 24 },
        };
        let begun = match self.file.take().filter(|file| file.written().0.is_none()) {
            Some(file) => Ok(file),
            None => WavWriter::create(&self.path),
        }
        .and_then(|mut file| file.begin(format).map(|()| file));
        self.file = Some(begun.map_err(|source| self.failed(source))?);
        self.remaining = self.length_s.map_or(u64::MAX, |length_s| {
            (length_s * f64::from(rate_hz)).round() as u64
        });
        let (feed, tap) = ring_at(rate_hz);
        self.tap = Some(tap);
        Ok(feed)
    }

    fn drive(&mut self) -> Result<Drive, OutputFault> {
        self.consume().map_err(|source| self.failed(source))
    }

    fn finish(&mut self) -> Result<Option<WrittenFile>, OutputFault> {
        self.tap = None;
        let Some(mut file) = self.file.take() else {
            return Ok(None);
        };
        let (Some(format), frames @ 1..) = file.written() else {
            return Ok(None);
        };
        file.finish().map_err(|source| self.failed(source))?;
        let path = file.path().to_owned();
        Ok(Some(WrittenFile {
            path,
            frames,
            rate_hz: format.rate_hz,
            bits: format.bits,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_card(channels: u16, expected: &[f32]) {
        let (mut feed, tap) = ring(48_000, 100);
        feed.run(true);
        feed.write(&[[0.25, 0.75], [0.5, -0.5]]);
        let (channels, rate) = (
            NonZero::new(channels).unwrap(),
            NonZero::new(48_000).unwrap(),
        );
        let block = [[0.0; 2]; BLOCK];
        let source = CardSource {
            tap,
            channels,
            rate,
            block,
            frame: BLOCK - 1,
            channel: channels.get(),
        };
        let found: Vec<f32> = source.take(expected.len()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_card_gets_stereo_on_its_first_channels_and_then_silence_for_ever() {
        check_card(2, &[0.25, 0.75, 0.5, -0.5, 0.0, 0.0]);
        check_card(1, &[0.5, 0.0, 0.0]);
        check_card(4, &[0.25, 0.75, 0.0, 0.0, 0.5, -0.5, 0.0, 0.0, 0.0]);
    }
}
