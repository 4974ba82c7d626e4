//! The join of tracks at the output's rate: the one place where samples change their rate, and where two tracks are mixed.
//!
//! Tracks of one rate that follow each other share one resampler, so that their seam sounds as if there were none, and
//! all of them together last as long as one file of their length would: no frame is lost or added at a seam. Where the rate
//! changes, one resampler's tail is let out, its delay taken off, and the next begins at that very frame.
//!
//! Where one fades into the other, each has a lane of its own, and both are mixed with equal power: unlike sounds together are as
//! loud as one alone. Two loud ones may add up beyond full scale, so a limiter goes along; once it holds nothing back any more
//! it is taken out, and what follows is bit for bit what it was.
//!
//! Indices are those of the ring (`ring.rs`). A resampler holds frames back; where a track begins or ends is known all
//! the same, from how many frames went in.

use std::f64::consts::FRAC_PI_2;
use std::path::Path;

use segue_core::FailedFile;
use segue_decode::StereoResampler;

use crate::dsp::Limiter;
use crate::ring::{Feed, StereoFrame};

/// See the module's doc.
#[derive(Default)]
pub(crate) struct Join {
    lane: Lane,
    fade: Option<Fade>,
    /// What is mixed, before it is in the ring.
    mixed: Vec<StereoFrame>,
}

/// Tracks that follow each other.
#[derive(Default)]
struct Lane {
    run: Option<RateRun>,
    /// Interleaved, at the output's rate, and how much of it is given on.
    ready: Vec<f32>,
    given: usize,
    /// Ring index of the next frame that is given on.
    next: u64,
}

/// One lane gives way to the other one.
struct Fade {
    /// The one that fades out; none once it has.
    lane: Option<Lane>,
    /// Whether nothing is pushed there any more.
    ended: bool,
    /// From where to where, as ring indices.
    from: u64,
    to: u64,
    limiter: Limiter,
    /// Frames that the limiter still owes.
    owes: usize,
    /// Whether nothing follows what is pushed.
    last: bool,
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

impl Lane {
    /// Frames that wait.
    fn waiting(&self) -> usize {
        (self.ready.len() - self.given) / 2
    }

    fn frames(&self) -> &[StereoFrame] {
        self.ready[self.given..].as_chunks::<2>().0
    }

    fn give(&mut self, count: usize) {
        self.given += 2 * count;
        self.next += count as u64;
        if self.given == self.ready.len() {
            self.ready.clear();
            self.given = 0;
        }
    }

    fn head(&self, rate_hz: u32) -> u64 {
        match &self.run {
            Some(run) => run.to(rate_hz),
            None => self.next + self.waiting() as u64,
        }
    }

    fn begin(&mut self, path: &Path, file_hz: u32, rate_hz: u32) -> Result<bool, FailedFile> {
        let mut let_out = false;
        if self.run.as_ref().is_none_or(|run| run.file_hz != file_hz) {
            let resampler = (file_hz != rate_hz)
                .then(|| StereoResampler::new(path, file_hz, rate_hz))
                .transpose()?;
            let_out = self.finish();
            let from = self.head(rate_hz);
            self.run = resampler.map(|resampler| RateRun {
                resampler,
                file_hz,
                from,
                taken: 0,
            });
        }
        Ok(let_out)
    }

    fn push(&mut self, frames: &[StereoFrame]) {
        match &mut self.run {
            Some(run) => {
                run.taken += frames.len() as u64;
                run.resampler.push(frames, &mut self.ready);
            }
            None => self.ready.extend_from_slice(frames.as_flattened()),
        }
    }

    fn finish(&mut self) -> bool {
        match self.run.take() {
            Some(mut run) => {
                run.resampler.finish(&mut self.ready);
                true
            }
            None => false,
        }
    }
}

impl Join {
    /// Ring index at which the next frame that is pushed will sound.
    pub(crate) fn head(&self, feed: &Feed) -> u64 {
        self.lane.head(feed.rate_hz())
    }

    /// Takes a track up, the file at `path`, behind what is joined already. Returns the ring index of its first frame, and
    /// whether a resampler's tail was let out before it: then the track before ends there.
    pub(crate) fn begin(
        &mut self,
        path: &Path,
        file_hz: u32,
        feed: &Feed,
    ) -> Result<(u64, bool), FailedFile> {
        let let_out = self.lane.begin(path, file_hz, feed.rate_hz())?;
        if let Some(fade) = &mut self.fade {
            fade.last = false;
        }
        Ok((self.head(feed), let_out))
    }

    /// Takes a track up that fades in, over so many frames, while what is joined already fades out. Returns the ring indices
    /// from where and to where.
    pub(crate) fn fade(
        &mut self,
        path: &Path,
        file_hz: u32,
        frames: u64,
        feed: &Feed,
    ) -> Result<(u64, u64), FailedFile> {
        let from = self.head(feed);
        let mut lane = Lane {
            next: from,
            ..Lane::default()
        };
        lane.begin(path, file_hz, feed.rate_hz())?;
        let old = std::mem::replace(&mut self.lane, lane);
        // The limiter of the fade before may be at work yet.
        let (limiter, owes) = match self.fade.take() {
            Some(fade) => (fade.limiter, fade.owes),
            None => {
                let limiter = Limiter::new(feed.rate_hz());
                let owes = limiter.latency();
                (limiter, owes)
            }
        };
        self.fade = Some(Fade {
            lane: Some(old),
            ended: false,
            from,
            to: from + frames,
            limiter,
            owes,
            last: false,
        });
        Ok((from, from + frames))
    }

    /// Whether a track fades out yet.
    pub(crate) fn is_fading(&self) -> bool {
        self.fade.as_ref().is_some_and(|fade| fade.lane.is_some())
    }

    /// Whether what is joined goes to the ring by way of a limiter.
    pub(crate) fn is_limited(&self) -> bool {
        self.fade.is_some()
    }

    /// Whether the track that fades out is to be pushed next.
    pub(crate) fn lacks_fading(&self) -> bool {
        self.fade.as_ref().is_some_and(|fade| {
            !fade.ended && fade.lane.as_ref().is_some_and(|lane| lane.waiting() == 0)
        })
    }

    /// Takes frames of the track in.
    pub(crate) fn push(&mut self, frames: &[StereoFrame]) {
        self.lane.push(frames);
    }

    /// Takes frames of the track that fades out in.
    pub(crate) fn push_fading(&mut self, frames: &[StereoFrame]) {
        if let Some(lane) = self.fade.as_mut().and_then(|fade| fade.lane.as_mut()) {
            lane.push(frames);
        }
    }

    /// The track that fades out has no more to give. Returns the ring index at which it ends.
    pub(crate) fn end_fading(&mut self, feed: &Feed) -> Option<u64> {
        let fade = self.fade.as_mut()?;
        fade.ended = true;
        let lane = fade.lane.as_mut()?;
        lane.finish();
        Some(lane.head(feed.rate_hz()).clamp(fade.from, fade.to))
    }

    /// What fades in ends within the fade, at this ring index: there the fade ends too.
    pub(crate) fn cut_fade(&mut self, at: u64) {
        if let Some(fade) = &mut self.fade {
            fade.to = fade.to.min(at.max(fade.from));
        }
    }

    /// Nothing of this rate follows: lets out what is held back. Whether there was something.
    pub(crate) fn finish(&mut self) -> bool {
        let limited = match &mut self.fade {
            Some(fade) => !std::mem::replace(&mut fade.last, true),
            None => false,
        };
        self.lane.finish() || limited
    }

    /// What was pushed behind ring index `end` shall not sound; `end` is not before what is in the ring, and nothing fades.
    pub(crate) fn cut(&mut self, end: u64) {
        self.lane.finish();
        let kept = usize::try_from(end.saturating_sub(self.lane.next)).unwrap_or(usize::MAX);
        let kept = kept.saturating_mul(2).saturating_add(self.lane.given);
        self.lane.ready.truncate(kept);
    }

    /// Forgets everything: the next frame belongs to another sound.
    pub(crate) fn reset(&mut self, feed: Option<&Feed>) {
        self.fade = None;
        self.lane = Lane {
            next: feed.map_or(0, Feed::written),
            ..Lane::default()
        };
    }

    /// Writes into the ring what finds room. Whether anything waited.
    pub(crate) fn drain(&mut self, feed: &mut Feed) -> bool {
        if self.fade.is_some() {
            return self.drain_mixed(feed);
        }
        let frames = self.lane.frames();
        let count = frames.len().min(feed.room());
        let waited = !frames.is_empty();
        feed.write(&frames[..count]);
        self.lane.give(count);
        waited
    }

    fn drain_mixed(&mut self, feed: &mut Feed) -> bool {
        let Some(fade) = &mut self.fade else {
            return false;
        };
        // What the limiter owes is not given on yet.
        let room = feed.room();
        let most = room + fade.owes;
        self.mixed.clear();
        let mut limit = |frame: StereoFrame, wanted: bool, owes: &mut usize| {
            let late = fade.limiter.limit(frame.map(f64::from), wanted);
            match owes.checked_sub(1) {
                Some(left) => *owes = left,
                None => self.mixed.push(late),
            }
        };
        let mut owes = fade.owes;
        let taken;
        if let Some(old) = &mut fade.lane {
            if old.next < fade.from {
                let before = usize::try_from(fade.from - old.next).unwrap_or(usize::MAX);
                taken = most.min(before).min(old.waiting());
                for frame in &old.frames()[..taken] {
                    limit(*frame, false, &mut owes);
                }
                old.give(taken);
            } else {
                let at = old.next;
                let left = usize::try_from(fade.to.saturating_sub(at)).unwrap_or(usize::MAX);
                let fading = match fade.ended {
                    true => usize::MAX,
                    false => old.waiting(),
                };
                taken = most.min(left).min(fading).min(self.lane.waiting());
                let length = (fade.to - fade.from).max(1) as f64;
                let fading = old.frames().iter().copied();
                let fading = fading.chain(std::iter::repeat([0.0; 2]));
                for ((n, out), into) in (0..).zip(fading).zip(&self.lane.frames()[..taken]) {
                    let share = ((at - fade.from + n) as f64 + 0.5) / length * FRAC_PI_2;
                    let (gain_in, gain_out) = share.sin_cos();
                    let (gain_in, gain_out) = (gain_in as f32, gain_out as f32);
                    let mixed = [0, 1].map(|side| into[side] * gain_in + out[side] * gain_out);
                    limit(mixed, true, &mut owes);
                }
                old.give(taken.min(old.waiting()));
                old.next = at + taken as u64;
                self.lane.give(taken);
            }
            if old.next >= fade.to {
                fade.lane = None;
            }
        } else {
            taken = most.min(self.lane.waiting());
            for frame in &self.lane.frames()[..taken] {
                limit(*frame, false, &mut owes);
            }
            self.lane.give(taken);
        }
        fade.owes = owes;
        feed.write(&self.mixed);
        // The limiter has done its work once nothing is held back, or nothing follows.
        let through = fade.lane.is_none()
            && (fade.limiter.at_rest() || (fade.last && self.lane.waiting() == 0));
        let latency = fade.limiter.latency();
        if through && feed.room() >= latency {
            match fade.limiter.at_rest() {
                true => self.mixed = fade.limiter.on_their_way().collect(),
                false => {
                    let rest = |_| fade.limiter.limit([0.0; 2], false);
                    self.mixed = (0..latency).map(rest).collect();
                }
            }
            // The first of them may be from before the fade, when there was nothing.
            feed.write(&self.mixed[fade.owes.min(latency)..]);
            self.fade = None;
            return true;
        }
        taken > 0
    }
}
