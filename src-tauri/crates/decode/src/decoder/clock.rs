//! A container's ticks as audible frames.

use symphonia::core::units::TimeBase;

/// Turns a container's ticks into audible frames and back.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) base: Option<TimeBase>,
    pub(super) rate_hz: u32,
    /// Frames between tick 0 and the first audible frame.
    pub(super) origin: i64,
}

impl Clock {
    fn base(&self) -> (i128, i128) {
        let per_frame = (1, i128::from(self.rate_hz.max(1)));
        self.base.map_or(per_frame, |base| {
            (i128::from(base.numer.get()), i128::from(base.denom.get()))
        })
    }

    /// Whether one tick is one frame.
    pub(super) fn is_exact(&self) -> bool {
        let (numer, denom) = self.base();
        numer * i128::from(self.rate_hz) == denom
    }

    pub(super) fn frame(&self, ticks: i64) -> i64 {
        let (numer, denom) = self.base();
        let frames = (2 * i128::from(ticks) * numer * i128::from(self.rate_hz) + denom)
            .div_euclid(2 * denom);
        clamp(frames).saturating_sub(self.origin)
    }

    pub(super) fn ticks(&self, frame: i64) -> i64 {
        let (numer, denom) = self.base();
        let frame = i128::from(frame) + i128::from(self.origin);
        clamp((frame * denom).div_euclid(numer * i128::from(self.rate_hz.max(1))))
    }

    /// Whether a tick is longer than a frame, as Matroska's milliseconds are.
    pub(super) fn is_coarse(&self) -> bool {
        let (numer, denom) = self.base();
        numer * i128::from(self.rate_hz) > denom
    }

    pub(super) fn length(&self, ticks: u64) -> u64 {
        let (numer, denom) = self.base();
        clamp(i128::from(ticks) * numer * i128::from(self.rate_hz) / denom).max(0) as u64
    }
}

/// Keeps far from the ends of `i64`, so that sums of positions cannot overflow.
pub(super) fn clamp(value: i128) -> i64 {
    value.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
}
