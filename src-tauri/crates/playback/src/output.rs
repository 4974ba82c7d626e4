//! Where sound goes: the sound card (`card.rs`), nowhere at the pace of a card, or a WAV file as fast as it decodes.
//!
//! An output makes the ring at its own rate, keeps the consuming end and hands the feeding end to the
//! engine. It knows nothing of tracks.

use std::io;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use segue_core::{OutputFault, OutputFormat, OutputSettings};
use segue_decode::AudioFormat;

use crate::host::{DeviceNews, OutputDevice};
use crate::ring::{Feed, StereoFrame, Tap, ring};
use crate::wav::{WavFormat, WavWriter};

/// What an engine plays to.
#[derive(Clone, Debug, PartialEq)]
pub enum OutputKind {
    /// A sound card.
    Device(OutputSettings),
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
    /// What it is given, as far as that does not depend on what plays; its rate is the ring's.
    fn format(&self) -> OutputFormat;
    /// Lets an output without a pace of its own consume.
    fn drive(&mut self) -> Result<Drive, OutputFault>;
    /// The run of sound is over. An output that returns what it wrote must be opened again.
    fn finish(&mut self) -> Result<Option<WrittenFile>, OutputFault>;
    /// Which opening of the card its news are about.
    fn generation(&self) -> u64 {
        0
    }
    /// The card that it plays to.
    fn in_use(&self) -> Option<OutputInUse> {
        None
    }
    /// Whether a file of this format is to be played by another opening than the one there is.
    fn reopens_for(&self, _: &AudioFormat) -> bool {
        false
    }
    /// Nothing plays. Lets the card rest after a while, and says when to be asked again.
    fn rest(&mut self, _: Instant) -> Option<Duration> {
        None
    }
    /// Something is about to play.
    fn wake(&mut self) -> Result<(), OutputFault> {
        Ok(())
    }
    /// Takes up the listener's choice. Whether it must be opened anew for that.
    fn choose(&mut self, _: OutputSettings) -> bool {
        false
    }
    /// These cards are there now.
    fn devices_seen(&mut self, _: &[OutputDevice]) -> DeviceChange {
        DeviceChange::None
    }
    /// The system has led the stream to another card.
    fn rerouted(&mut self) {}
    /// Whether a sound that has lost its card shall go on on another.
    fn goes_on_elsewhere(&self) -> bool {
        false
    }
    /// What was opened serves no more.
    fn lost(&mut self) {}
}

/// The card that is played to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputInUse {
    /// The system's name of it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Frames per second that it is given.
    pub rate_hz: u32,
}

/// What follows from the cards that are there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DeviceChange {
    None,
    /// Another card is to be played to.
    Reopen,
    /// The card is gone, and no other shall take its place.
    Lost(OutputFault),
}

/// Takes news of the card opened as number so-and-so.
pub(crate) type NotifyDevice = Arc<dyn Fn(u64, DeviceNews) + Send + Sync>;

/// A ring for an output of this rate.
pub(crate) fn ring_at(rate_hz: u32) -> (Feed, Tap) {
    ring(rate_hz, (f64::from(rate_hz) * RING_S) as usize)
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

    fn format(&self) -> OutputFormat {
        OutputFormat::default()
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
    /// Frames yet to come that are none of the music, because what filters it is late; none before the first.
    late: Option<usize>,
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
            late: None,
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
            if self.remaining == 0 {
                return Ok(Drive::Full);
            }
            let late = *self.late.get_or_insert_with(|| tap.latency());
            let remaining = usize::try_from(self.remaining).unwrap_or(usize::MAX);
            let wanted = self.block.len().min(remaining.saturating_add(late));
            let taken = tap.take(&mut self.block[..wanted], Instant::now());
            if taken == 0 {
                return Ok(Drive::Took);
            }
            let early = taken.min(late);
            self.late = Some(late - early);
            file.write(&self.block[early..taken])?;
            self.remaining -= (taken - early) as u64;
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
        let (feed, mut tap) = ring_at(rate_hz);
        if short {
            tap.dither_to(16);
        }
        (self.tap, self.late) = (Some(tap), None);
        Ok(feed)
    }

    fn format(&self) -> OutputFormat {
        let format = self.file.as_ref().and_then(|file| file.written().0);
        OutputFormat {
            bits: format.map(|format| u32::from(format.bits)),
            ..OutputFormat::default()
        }
    }

    fn drive(&mut self) -> Result<Drive, OutputFault> {
        self.consume().map_err(|source| self.failed(source))
    }

    fn finish(&mut self) -> Result<Option<WrittenFile>, OutputFault> {
        let tail = self.tap.take().map(|mut tap| tap.tail());
        let Some(mut file) = self.file.take() else {
            return Ok(None);
        };
        if let Some(tail) = tail {
            let early = self.late.unwrap_or(0).min(tail.len());
            let wanted = tail[early..].iter().copied();
            let wanted: Vec<_> = wanted
                .take(usize::try_from(self.remaining).unwrap_or(usize::MAX))
                .collect();
            file.write(&wanted).map_err(|source| self.failed(source))?;
        }
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
