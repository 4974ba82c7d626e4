//! Equaliser and limiter in the callback, and the way by which new settings come to them.
//!
//! The engine's thread puts a whole [`Design`] into a lock-free queue, and the callback takes the last that is there: nothing is
//! locked, allocated or waited for. It goes from the old to the new one by running both for a while, so that the new one's filters
//! have settled, and then fading from the one to the other. Without an equaliser samples pass untouched, bit for bit.

use super::bank::Bank;
use super::design::Design;
use super::dither::Dither;
use super::limiter::Limiter;
use crate::frame::StereoFrame;

/// The new setting runs unheard for this long.
const SETTLE_S: f64 = 0.02;
/// The fade to it.
const FADE_S: f64 = 0.03;
/// Settings that may wait: of a slider that is dragged only the last counts.
const WAITING: usize = 8;

/// The engine's end.
pub(crate) struct Remote {
    designs: rtrb::Producer<Design>,
    /// What found no room.
    waiting: Option<Design>,
    sent: Design,
}

/// The callback's end.
pub(crate) struct Chain {
    designs: rtrb::Consumer<Design>,
    now: Bank,
    next: Bank,
    /// Frames since the next one runs, while it does.
    since: Option<usize>,
    settle: usize,
    fade: usize,
    limiter: Limiter,
    dither: Option<Dither>,
    /// Whether nothing has passed yet: the first setting needs no fade.
    fresh: bool,
}

/// A chain for this rate, without an equaliser.
pub(crate) fn chain(rate_hz: u32) -> (Remote, Chain) {
    let (producer, consumer) = rtrb::RingBuffer::new(WAITING);
    let frames = |seconds: f64| (seconds * f64::from(rate_hz)) as usize;
    let remote = Remote {
        designs: producer,
        waiting: None,
        sent: Design::OFF,
    };
    let chain = Chain {
        designs: consumer,
        now: Bank::new(),
        next: Bank::new(),
        since: None,
        settle: frames(SETTLE_S),
        fade: frames(FADE_S).max(1),
        limiter: Limiter::new(rate_hz),
        dither: None,
        fresh: true,
    };
    (remote, chain)
}

impl Remote {
    /// Has sound filtered so from now on.
    pub(crate) fn set(&mut self, design: Design) {
        self.sent = design;
        self.waiting = Some(design);
        self.send();
    }

    /// What was last set.
    pub(crate) fn design(&self) -> &Design {
        &self.sent
    }

    /// Sends what found no room before.
    pub(crate) fn send(&mut self) {
        if let Some(rtrb::PushError::Full(design)) = self
            .waiting
            .take()
            .and_then(|design| self.designs.push(design).err())
        {
            self.waiting = Some(design);
        }
    }
}

impl Chain {
    /// Has samples rounded to so many bits, for an output that takes no more.
    pub(crate) fn dither_to(&mut self, bits: u32) {
        self.dither = Some(Dither::new(bits));
    }

    /// Filters and rounds frames in their place.
    pub(crate) fn process(&mut self, frames: &mut [StereoFrame]) {
        self.filter_all(frames);
        if let Some(dither) = &mut self.dither {
            dither.round(frames);
        }
    }

    fn filter_all(&mut self, frames: &mut [StereoFrame]) {
        if self.since.is_none() {
            self.take_up();
        }
        if frames.is_empty() {
            return;
        }
        self.fresh = false;
        if !self.now.design.on && self.since.is_none() {
            return;
        }
        for frame in &mut *frames {
            *frame = self.filter(*frame);
        }
        self.now.settle();
        self.next.settle();
    }

    /// Frames by which sound is late now.
    pub(crate) fn latency(&mut self) -> usize {
        if self.fresh {
            self.take_up();
        }
        match self.now.design.on {
            true => self.limiter.latency(),
            false => 0,
        }
    }

    /// Begins to go to the last of the settings that have come.
    fn take_up(&mut self) {
        let mut last = None;
        while let Ok(design) = self.designs.pop() {
            last = Some(design);
        }
        let Some(design) = last.filter(|design| *design != self.now.design) else {
            return;
        };
        if self.fresh {
            self.now.design = design;
        } else {
            self.next.follow(design, &self.now);
            self.since = Some(0);
        }
    }

    fn filter(&mut self, frame: StereoFrame) -> StereoFrame {
        let (old, new) = (self.now.design.on, self.next.design.on);
        let Some(since) = &mut self.since else {
            // It went off within this block.
            if !old {
                return frame;
            }
            let sound = self.now.filter(frame);
            return self.limiter.limit(sound, self.now.design.may_exceed);
        };
        let past = since.saturating_sub(self.settle) as f64 / self.fade as f64;
        *since += 1;
        // Its corners, and the jump of what both differ by, are without a kink.
        let share = past * past * (3.0 - 2.0 * past);
        let mix = |a: f64, b: f64| a + (b - a) * share;
        let exceed = |bank: &Bank| bank.design.on && bank.design.may_exceed;
        let wanted = exceed(&self.now) || exceed(&self.next);
        let out = match (old, new) {
            (true, true) => {
                let (now, next) = (self.now.filter(frame), self.next.filter(frame));
                let sound = [mix(now[0], next[0]), mix(now[1], next[1])];
                self.limiter.limit(sound, wanted)
            }
            (false, _) => {
                let sound = self.next.filter(frame);
                let wet = self.limiter.limit(sound, wanted);
                crossed(frame, wet, share)
            }
            (true, false) => {
                let sound = self.now.filter(frame);
                let wet = self.limiter.limit(sound, wanted);
                crossed(wet, frame, share)
            }
        };
        if past >= 1.0 {
            std::mem::swap(&mut self.now, &mut self.next);
            self.since = None;
        }
        out
    }
}

fn crossed(from: StereoFrame, to: StereoFrame, share: f64) -> StereoFrame {
    let mix = |a: f32, b: f32| (f64::from(a) + f64::from(b - a) * share) as f32;
    [mix(from[0], to[0]), mix(from[1], to[1])]
}
