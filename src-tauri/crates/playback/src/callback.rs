//! What runs when a card wants samples: frames from the ring, as the card's channels and in its numbers. A clean room like the
//! [`Tap`] itself: no lock, allocation, log or file, and nothing is waited for (`tests/clean_room.rs`).

use std::time::{Duration, Instant};

use rodio::cpal::{FromSample, Sample};

use crate::ring::{StereoFrame, Tap};

/// Frames taken from the ring at a time.
const BLOCK: usize = 64;

/// Fills one stream of a card.
pub(crate) struct Callback {
    tap: Tap,
    channels: usize,
    rate_hz: u32,
    block: [StereoFrame; BLOCK],
}

impl Callback {
    /// For a card of so many channels, at least one.
    pub(crate) fn new(tap: Tap, channels: u16, rate_hz: u32) -> Self {
        Self {
            tap,
            channels: usize::from(channels.max(1)),
            rate_hz,
            block: [[0.0; 2]; BLOCK],
        }
    }

    /// Fills `out`, whose first frame will be heard after `ahead`. Stereo goes to the first two channels, or mixed into the only
    /// one; the others are silent.
    pub(crate) fn fill<T: Sample + FromSample<f32>>(
        &mut self,
        out: &mut [T],
        ahead: Duration,
        now: Instant,
    ) {
        let frames = out.len() / self.channels;
        // What the limiter looks ahead at is taken, and not heard yet.
        let held = frames + self.tap.latency();
        let length = Duration::from_secs_f64(held as f64 / f64::from(self.rate_hz));
        self.tap.will_sound(ahead + length);
        for out in out.chunks_mut(BLOCK * self.channels) {
            let block = &mut self.block[..out.len() / self.channels];
            self.tap.fill(block, now);
            for (out, [left, right]) in out.chunks_exact_mut(self.channels).zip(block) {
                match out {
                    [only] => *only = ((*left + *right) / 2.0).to_sample(),
                    [first, second, others @ ..] => {
                        *first = left.to_sample();
                        *second = right.to_sample();
                        others.fill(T::EQUILIBRIUM);
                    }
                    [] => {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ring::ring;

    fn filled<T: Sample + FromSample<f32>>(channels: u16, frames: usize) -> Vec<T> {
        let (mut feed, tap) = ring(48_000, 100);
        feed.run(true);
        feed.write(&[[0.25, 0.75], [0.5, -0.5]]);
        let mut callback = Callback::new(tap, channels, 48_000);
        let mut out = vec![T::EQUILIBRIUM; frames * usize::from(channels)];
        callback.fill(&mut out, Duration::ZERO, Instant::now());
        out
    }

    #[test]
    fn a_card_gets_stereo_on_its_first_channels_and_then_silence() {
        assert_eq!(filled::<f32>(2, 3), [0.25, 0.75, 0.5, -0.5, 0.0, 0.0]);
        assert_eq!(filled::<f32>(1, 3), [0.5, 0.0, 0.0]);
        assert_eq!(
            filled::<f32>(4, 2),
            [0.25, 0.75, 0.0, 0.0, 0.5, -0.5, 0.0, 0.0]
        );
        assert_eq!(filled::<i16>(2, 2), [8192, 24576, 16384, -16384]);
        assert_eq!(filled::<i32>(1, 2), [1 << 30, 0]);
        assert_eq!(filled::<u8>(2, 2), [160, 224, 192, 64]);
        assert_eq!(filled::<f32>(2, 200).len(), 400);
    }
}
