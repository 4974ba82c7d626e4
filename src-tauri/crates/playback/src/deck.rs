//! One track on its way to the ring: the stream, opened and rolled to its first samples.
//!
//! What belongs to a single track is done here, sample by sample, before tracks meet in the engine's fill:
//! today the fade into the middle of a track. ReplayGain's factor has its place in [`Deck::read`]. Frames are at the file's
//! own rate.

use segue_decode::{AudioFormat, DecodeError, StereoStream};

use crate::queue::Entry;
use crate::ring::{FADE_S, Frame};

/// Frames decoded at opening, so that a broken file shows itself before its turn.
const PREROLL: usize = 1024;

/// A track being decoded.
pub(crate) struct Deck {
    entry: Entry,
    stream: StereoStream,
    notice: Option<String>,
    /// The first frames, decoded ahead, and how many of them are read.
    preroll: Vec<Frame>,
    preroll_read: usize,
    /// Frames since a start in the middle.
    since_cut: u64,
}

impl Deck {
    /// Opens an entry's file at `at_s` seconds. A file without any sound is an error.
    pub(crate) fn open(entry: &Entry, at_s: f64) -> Result<Self, DecodeError> {
        let path = &entry.item.path;
        let stream = StereoStream::open(path)?;
        let mut deck = Self {
            entry: entry.clone(),
            notice: stream.notice(),
            stream,
            preroll: Vec::new(),
            preroll_read: 0,
            since_cut: u64::MAX,
        };
        if at_s > 0.0 {
            deck.seek(at_s)?;
        } else {
            deck.roll()?;
            if deck.preroll.is_empty() {
                return Err(DecodeError::Empty { path: path.clone() });
            }
        }
        Ok(deck)
    }

    /// Whose it is.
    pub(crate) fn entry(&self) -> &Entry {
        &self.entry
    }

    /// What the file holds.
    pub(crate) fn format(&self) -> &AudioFormat {
        self.stream.format()
    }

    /// What is missing of what the file holds.
    pub(crate) fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// Frames per second.
    pub(crate) fn rate_hz(&self) -> u32 {
        self.stream.format().sample_rate_hz
    }

    /// Length of the track in seconds, where known.
    pub(crate) fn duration_s(&self) -> Option<f64> {
        self.stream.duration_s()
    }

    /// Position in seconds of the next frame to be read.
    pub(crate) fn position_s(&self) -> f64 {
        let ahead = self.preroll.len() - self.preroll_read;
        self.stream.position_s() - ahead as f64 / f64::from(self.rate_hz())
    }

    /// Moves to `to_s` seconds; from there the sound fades in. Beyond the end means the end. A file that
    /// cannot be sought in is decoded again up to there.
    pub(crate) fn seek(&mut self, to_s: f64) -> Result<(), DecodeError> {
        if let Err(error) = self.stream.seek(to_s) {
            tracing::debug!("decoding from the start to seek: {error}");
            self.stream = StereoStream::open(&self.entry.item.path)?;
            let mut skipped = vec![[0.0; 2]; PREROLL];
            while self.stream.position_s() < to_s && self.stream.read(&mut skipped)? > 0 {}
        }
        self.since_cut = if to_s > 0.0 { 0 } else { u64::MAX };
        self.roll()
    }

    /// Fills `out` from the front. Fewer frames than asked for do not mean the end; none do.
    pub(crate) fn read(&mut self, out: &mut [Frame]) -> Result<usize, DecodeError> {
        let ready = &self.preroll[self.preroll_read..];
        let count = if ready.is_empty() {
            self.stream.read(out)?
        } else {
            let count = ready.len().min(out.len());
            out[..count].copy_from_slice(&ready[..count]);
            self.preroll_read += count;
            count
        };
        let fade = (FADE_S * f64::from(self.rate_hz())) as u64;
        for frame in &mut out[..count] {
            if self.since_cut >= fade {
                break;
            }
            let gain = self.since_cut as f32 / fade as f32;
            *frame = [frame[0] * gain, frame[1] * gain];
            self.since_cut += 1;
        }
        Ok(count)
    }

    fn roll(&mut self) -> Result<(), DecodeError> {
        self.preroll.resize(PREROLL, [0.0; 2]);
        self.preroll_read = 0;
        let count = self.stream.read(&mut self.preroll)?;
        self.preroll.truncate(count);
        Ok(())
    }
}
