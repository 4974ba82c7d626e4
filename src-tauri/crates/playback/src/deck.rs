//! One track on its way to the ring: the stream, opened and rolled to its first samples.
//!
//! What belongs to a single track is done here, sample by sample, before tracks meet in the engine's fill: its gain, and the
//! fade into the middle of it. Frames are at the file's own rate.
//!
//! A deck decodes as it is read, or, once it is [parted](Deck::part) from its stream, reads what another thread decodes.

use segue_core::{FailedFile, FileFault, TrackLoudness};
use segue_decode::{AudioFormat, StereoStream};

use crate::blend::Blend;
use crate::queue::Entry;
use crate::read_ahead::{Decoding, ReadAhead};
use crate::ring::{FADE_S, StereoFrame, fade_gain};
use crate::stream::Stream;

/// Frames decoded at opening, so that a broken file shows itself before its turn.
const PREROLL: usize = 1024;

/// A track being decoded.
pub(crate) struct Deck {
    entry: Entry,
    format: AudioFormat,
    notice: Option<FileFault>,
    duration_s: Option<f64>,
    /// None where a seek failed.
    source: Option<PcmSource>,
    /// The first frames, decoded ahead, and how many of them are read.
    preroll: Vec<StereoFrame>,
    preroll_read: usize,
    /// Where the first of them is, in seconds, and how many frames were read since.
    from_s: f64,
    read: u64,
    /// Frames since a start in the middle.
    since_cut: u64,
    /// What is known of its loudness, and whether it is played among its album's tracks in their order.
    loudness: (TrackLoudness, bool),
    /// What its samples are multiplied by.
    gain: f32,
    /// How it and the track before it overlap, if they do.
    blend: Option<Blend>,
}

enum PcmSource {
    /// Decoded as it is read.
    Here(Box<dyn Stream>),
    /// Decoded on another thread.
    Elsewhere(ReadAhead),
}

impl Deck {
    /// Opens an entry's file at `at_s` seconds. A file without any sound is an error.
    pub(crate) fn open(entry: &Entry, at_s: f64) -> Result<Self, FailedFile> {
        Self::new(
            entry,
            Box::new(StereoStream::open(&entry.item.path, entry.item.span)?),
            at_s,
        )
    }

    /// The same of what decodes its file.
    pub(crate) fn new(
        entry: &Entry,
        stream: Box<dyn Stream>,
        at_s: f64,
    ) -> Result<Self, FailedFile> {
        let mut deck = Self {
            entry: entry.clone(),
            format: stream.format().clone(),
            notice: stream.notice(),
            duration_s: None,
            source: None,
            preroll: Vec::new(),
            preroll_read: 0,
            from_s: 0.0,
            read: 0,
            since_cut: u64::MAX,
            loudness: (TrackLoudness::default(), false),
            gain: 1.0,
            blend: None,
        };
        if at_s > 0.0 {
            deck.source = Some(PcmSource::Here(stream));
            deck.seek(at_s)?;
        } else {
            deck.roll(stream)?;
            if deck.preroll.is_empty() {
                return Err(FailedFile::new(&entry.item.path, FileFault::NoAudio));
            }
        }
        Ok(deck)
    }

    /// From here on the deck reads what the returned one decodes, on a thread that the caller gives it. None where that is so
    /// already.
    pub(crate) fn part(&mut self) -> Option<Decoding> {
        match self.source.take() {
            Some(PcmSource::Here(stream)) => {
                let (decoding, ahead) = Decoding::new(stream);
                self.source = Some(PcmSource::Elsewhere(ahead));
                Some(decoding)
            }
            source => {
                self.source = source;
                None
            }
        }
    }

    /// Whose it is.
    pub(crate) fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Tells it what is known of its track's loudness.
    pub(crate) fn know_loudness(&mut self, loudness: TrackLoudness, in_order: bool) {
        self.loudness = (loudness, in_order);
    }

    /// What is known of its track's loudness, and whether it is played among its album's tracks in their order.
    pub(crate) fn loudness(&self) -> (TrackLoudness, bool) {
        self.loudness
    }

    /// From here on samples are multiplied by this; 1 leaves them as they are.
    pub(crate) fn set_gain(&mut self, factor: f32) {
        self.gain = factor;
    }

    /// It is to fade in while the track before it fades out, so: goes to where that begins.
    pub(crate) fn blend_in(&mut self, blend: Blend) -> Result<(), FailedFile> {
        self.blend = Some(blend);
        match blend.in_from_s > 0.0 {
            true => self.seek(blend.in_from_s),
            false => Ok(()),
        }
    }

    /// How it and the track before it overlap, if they do.
    pub(crate) fn blend(&self) -> Option<Blend> {
        self.blend
    }

    /// It follows the track before it after all.
    pub(crate) fn forget_blend(&mut self) {
        self.blend = None;
    }

    /// What the file holds.
    pub(crate) fn format(&self) -> &AudioFormat {
        &self.format
    }

    /// What is missing of what the file holds.
    pub(crate) fn notice(&self) -> Option<&FileFault> {
        self.notice.as_ref()
    }

    /// Frames per second.
    pub(crate) fn rate_hz(&self) -> u32 {
        self.format.sample_rate_hz
    }

    /// Length of the track in seconds, where known.
    pub(crate) fn duration_s(&self) -> Option<f64> {
        self.duration_s
    }

    /// Position in seconds of the next frame to be read.
    pub(crate) fn position_s(&self) -> f64 {
        self.from_s + self.read as f64 / f64::from(self.rate_hz())
    }

    /// Moves to `to_s` seconds; from there the sound fades in. Beyond the end means the end. A file that
    /// cannot be sought in is decoded again up to there.
    pub(crate) fn seek(&mut self, to_s: f64) -> Result<(), FailedFile> {
        let stream = match self.source.take() {
            Some(PcmSource::Here(stream)) => Some(stream),
            Some(PcmSource::Elsewhere(ahead)) => ahead.stop(),
            None => None,
        };
        let reopened = || StereoStream::open(&self.entry.item.path, self.entry.item.span);
        let mut stream = match stream {
            Some(stream) => stream,
            None => Box::new(reopened()?),
        };
        if let Err(error) = stream.seek(to_s) {
            tracing::debug!("decoding from the start to seek: {error}");
            stream = Box::new(reopened()?);
            let mut skipped = vec![[0.0; 2]; PREROLL];
            while stream.position_s() < to_s && stream.read(&mut skipped)? > 0 {}
        }
        self.since_cut = if to_s > 0.0 { 0 } else { u64::MAX };
        self.roll(stream)
    }

    /// Fills `out` from the front. Fewer frames than asked for do not mean the end; none do. None is returned while another
    /// thread has not decoded them.
    pub(crate) fn read(&mut self, out: &mut [StereoFrame]) -> Result<Option<usize>, FailedFile> {
        let ready = &self.preroll[self.preroll_read..];
        let count = if ready.is_empty() {
            let read = match &mut self.source {
                Some(PcmSource::Here(stream)) => Some(stream.read(out)?),
                Some(PcmSource::Elsewhere(ahead)) => ahead.read(out)?,
                None => Some(0),
            };
            let Some(count) = read else { return Ok(None) };
            count
        } else {
            let count = ready.len().min(out.len());
            out[..count].copy_from_slice(&ready[..count]);
            self.preroll_read += count;
            count
        };
        self.read += count as u64;
        let fade = (FADE_S * f64::from(self.rate_hz())) as u64;
        for frame in &mut out[..count] {
            if self.since_cut >= fade {
                break;
            }
            let gain = fade_gain(self.since_cut as f32 / fade as f32);
            *frame = [frame[0] * gain, frame[1] * gain];
            self.since_cut += 1;
        }
        if self.gain != 1.0 {
            for sample in out[..count].as_flattened_mut() {
                *sample *= self.gain;
            }
        }
        Ok(Some(count))
    }

    fn roll(&mut self, mut stream: Box<dyn Stream>) -> Result<(), FailedFile> {
        self.preroll.resize(PREROLL, [0.0; 2]);
        self.preroll_read = 0;
        let count = stream.read(&mut self.preroll)?;
        self.preroll.truncate(count);
        self.from_s = stream.position_s() - count as f64 / f64::from(self.rate_hz());
        self.read = 0;
        self.duration_s = stream.duration_s();
        self.source = Some(PcmSource::Here(stream));
        Ok(())
    }
}
