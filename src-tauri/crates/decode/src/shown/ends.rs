//! Where the music of a Matroska file (RFC 9559) begins and ends, in frames.

use crate::decoder::packet_frames;

/// What a Matroska file says of its sound track's two ends.
#[derive(Clone, Debug)]
pub(crate) struct CodecTrim {
    /// Sound to leave out at the beginning (CodecDelay) and at the end (DiscardPadding), in nanoseconds.
    pub(super) delay_ns: u64,
    pub(super) padding_ns: u64,
    /// From the beginning of the first packet to that of the last, to about a tick, in nanoseconds.
    pub(super) last_at_ns: u64,
    pub(super) last: Vec<u8>,
}

impl CodecTrim {
    /// Frames before the first audible one.
    pub(crate) fn delay(&self, rate_hz: u32) -> u64 {
        frames(self.delay_ns, rate_hz)
    }

    /// Audible frames. `None` where the last packet does not tell how long it is, as Vorbis' does not.
    ///
    /// Timestamps count milliseconds; packets of one length lie on a grid that is coarser, so the sample is known.
    pub(crate) fn frames(&self, codec: &str, rate_hz: u32) -> Option<u64> {
        let length = packet_frames(codec, &self.last, rate_hz)?;
        let grid = match codec {
            "opus" => u64::from(rate_hz) / 400,
            "aac" | "mp3" => length,
            _ => return None,
        };
        let at = (frames(self.last_at_ns, rate_hz) + grid / 2) / grid * grid;
        let silent = self.delay(rate_hz) + frames(self.padding_ns, rate_hz);
        (at + length).checked_sub(silent)
    }
}

fn frames(ns: u64, rate_hz: u32) -> u64 {
    ((u128::from(ns) * u128::from(rate_hz) + 500_000_000) / 1_000_000_000) as u64
}
