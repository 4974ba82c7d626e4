//! The join of tracks at the output's rate: the one place where samples change their rate.
//!
//! Tracks of one rate that follow each other share one resampler, so that their seam sounds as if there were none, and
//! all of them together last as long as one file of their length would: no frame is lost or added at a seam. Where the rate
//! changes, one resampler's tail is let out, its delay taken off, and the next begins at that very frame.
//!
//! Indices are those of the ring (`ring.rs`). A resampler holds frames back; where a track begins or ends is known all
//! the same, from how many frames went in.

use std::path::Path;

use segue_core::FailedFile;
use segue_decode::StereoResampler;

use crate::ring::{Feed, StereoFrame};

/// See the module's doc.
#[derive(Default)]
pub(crate) struct Join {
    run: Option<RateRun>,
    /// Interleaved, at the output's rate, and how much of it is in the ring.
    ready: Vec<f32>,
    given: usize,
}

/// Tracks of one rate that is not the output's.
struct RateRun {
    resampler: StereoResampler,
    file_hz: u32,
    /// Ring index of its first frame.
    from: u64,
    /// Frames taken in.
    taken: u64,
}

impl RateRun {
    fn to(&self, rate_hz: u32) -> u64 {
        let (taken, file_hz) = (u128::from(self.taken), u128::from(self.file_hz));
        let sounding = (taken * u128::from(rate_hz) + file_hz / 2) / file_hz;
        self.from + u64::try_from(sounding).unwrap_or(u64::MAX)
    }
}

impl Join {
    /// Frames that wait for room.
    fn waiting(&self) -> usize {
        (self.ready.len() - self.given) / 2
    }

    /// Ring index at which the next frame that is pushed will sound.
    pub(crate) fn head(&self, feed: &Feed) -> u64 {
        match &self.run {
            Some(run) => run.to(feed.rate_hz()),
            None => feed.written() + self.waiting() as u64,
        }
    }

    /// Takes a track up, the file at `path`, behind what is joined already. Returns the ring index of its first frame, and
    /// whether a resampler's tail was let out before it: then the track before ends there.
    pub(crate) fn begin(
        &mut self,
        path: &Path,
        file_hz: u32,
        feed: &Feed,
    ) -> Result<(u64, bool), FailedFile> {
        let mut let_out = false;
        if self.run.as_ref().is_none_or(|run| run.file_hz != file_hz) {
            let resampler = (file_hz != feed.rate_hz())
                .then(|| StereoResampler::new(path, file_hz, feed.rate_hz()))
                .transpose()?;
            let_out = self.finish();
            let from = self.head(feed);
            self.run = resampler.map(|resampler| RateRun {
                resampler,
                file_hz,
                from,
                taken: 0,
            });
        }
        Ok((self.head(feed), let_out))
    }

    /// Takes frames of the track in.
    pub(crate) fn push(&mut self, frames: &[StereoFrame]) {
        match &mut self.run {
            Some(run) => {
                run.taken += frames.len() as u64;
                run.resampler.push(frames, &mut self.ready);
            }
            None => self.ready.extend_from_slice(frames.as_flattened()),
        }
    }

    /// Nothing of this rate follows: lets out what is held back. Whether there was a resampler.
    pub(crate) fn finish(&mut self) -> bool {
        match self.run.take() {
            Some(mut run) => {
                run.resampler.finish(&mut self.ready);
                true
            }
            None => false,
        }
    }

    /// What was pushed behind ring index `end` shall not sound; `end` is not before what is in the ring.
    pub(crate) fn cut(&mut self, end: u64, feed: &Feed) {
        self.finish();
        let kept = usize::try_from(end.saturating_sub(feed.written())).unwrap_or(usize::MAX);
        let kept = kept.saturating_mul(2).saturating_add(self.given);
        self.ready.truncate(kept);
    }

    /// Forgets everything: the next frame belongs to another sound.
    pub(crate) fn reset(&mut self) {
        self.run = None;
        self.ready.clear();
        self.given = 0;
    }

    /// Writes into the ring what finds room. Whether anything waited.
    pub(crate) fn drain(&mut self, feed: &mut Feed) -> bool {
        let (frames, _) = self.ready[self.given..].as_chunks::<2>();
        let count = frames.len().min(feed.room());
        let waited = !frames.is_empty();
        feed.write(&frames[..count]);
        self.given += 2 * count;
        if self.given == self.ready.len() {
            self.ready.clear();
            self.given = 0;
        }
        waited
    }
}
