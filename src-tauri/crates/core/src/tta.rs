//! What a True Audio file says of itself in its head. The scan and the decoder ask here, so that both say the same.
//!
//! Source: the TTA1 file format description of the format's author.

use std::io;

use crate::bytes::le;
use crate::{FileFault, UnplayableFormat};

/// Bytes of the header, in front of the table of frames.
const HEADER_BYTES: u64 = 22;
const RATES_HZ: std::ops::RangeInclusive<u32> = 1_000..=1_536_000;
/// More are in no file that its own encoder writes.
const CHANNELS_MAX: u16 = 6;

/// The head of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TtaHead {
    /// Its channels.
    pub channels: u16,
    /// Bits of a sample, 16 to 24.
    pub bits: u16,
    /// Samples in a second.
    pub rate_hz: u32,
    /// Samples of one channel.
    pub samples: u32,
}

impl TtaHead {
    /// Reads it; as `Err`, why the file cannot be played. `read` gives up to so many bytes from a place on.
    pub fn find(
        byte_len: u64,
        mut read: impl FnMut(u64, usize) -> io::Result<Vec<u8>>,
    ) -> io::Result<Result<Self, FileFault>> {
        let bytes = read(0, HEADER_BYTES as usize)?;
        if bytes.len() < HEADER_BYTES as usize {
            return Ok(Err(FileFault::CutOff));
        }
        let short = |at: usize| le(&bytes[at..at + 2]) as u16;
        let long = |at: usize| le(&bytes[at..at + 4]) as u32;
        let head = Self {
            channels: short(6),
            bits: short(8),
            rate_hz: long(10),
            samples: long(14),
        };
        let subtype = |subtype: String| {
            let name = "True Audio".to_owned();
            let format = UnplayableFormat::Subtype { name, subtype };
            Ok(Err(FileFault::NotPlayable { format }))
        };
        match short(4) {
            1 => {}
            2 => return subtype("encrypted".to_owned()),
            3 => return subtype("floating point".to_owned()),
            kind => return subtype(kind.to_string()),
        }
        if !RATES_HZ.contains(&head.rate_hz) || head.channels == 0 {
            return Ok(Err(FileFault::Implausible {
                channels: head.channels.into(),
                rate_hz: head.rate_hz,
            }));
        }
        if head.channels > CHANNELS_MAX {
            return Ok(Err(FileFault::channels("True Audio", head.channels.into())));
        }
        if !(16..=24).contains(&head.bits) {
            return subtype(format!("{} bits", head.bits));
        }
        if head.samples == 0 {
            return Ok(Err(FileFault::NoAudio));
        }
        let first = read(HEADER_BYTES, 4)?;
        let first_ends = head.first_frame().saturating_add(le(&first));
        Ok(match first.len() == 4 && first_ends <= byte_len {
            true => Ok(head),
            false => Err(FileFault::CutOff),
        })
    }

    /// Samples of one channel in each frame but the last.
    pub fn frame_samples(&self) -> u32 {
        (u64::from(self.rate_hz) * 256 / 245) as u32
    }

    /// How many frames there are.
    pub fn frames(&self) -> u32 {
        self.samples.div_ceil(self.frame_samples())
    }

    /// Where the lengths of the frames stand, four bytes each.
    pub fn table(&self) -> u64 {
        HEADER_BYTES
    }

    /// Where the first frame begins: behind the table and its checksum.
    pub fn first_frame(&self) -> u64 {
        HEADER_BYTES + 4 * u64::from(self.frames()) + 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_played_is_named() {
        let check = |kind: u16, channels: u16, bits: u16, rate_hz: u32, expected: &str| {
            let mut bytes = b"TTA1".to_vec();
            bytes.extend([kind, channels, bits].map(u16::to_le_bytes).concat());
            bytes.extend([rate_hz, 1_000].map(u32::to_le_bytes).concat());
            bytes.extend([0; 4]);
            bytes.extend(20_u32.to_le_bytes());
            bytes.extend([0; 24]);
            let read = |at: u64, len: usize| {
                let rest = bytes.get(at as usize..).unwrap_or_default();
                Ok(rest[..rest.len().min(len)].to_vec())
            };
            let said = match TtaHead::find(bytes.len() as u64, read).unwrap() {
                Ok(head) => format!("{} frames", head.frames()),
                Err(why) => why.to_string(),
            };
            assert_eq!(said, expected);
        };
        check(1, 2, 16, 44_100, "1 frames");
        check(1, 2, 16, 1_000, "1 frames");
        check(
            2,
            2,
            16,
            44_100,
            "not playable: True Audio of type encrypted",
        );
        check(
            3,
            2,
            32,
            44_100,
            "not playable: True Audio of type floating point",
        );
        check(1, 2, 8, 44_100, "not playable: True Audio of type 8 bits");
        check(1, 8, 16, 44_100, "not playable: True Audio with 8 channels");
        check(1, 2, 16, 0, "2 channels at 0 Hz");
    }
}
