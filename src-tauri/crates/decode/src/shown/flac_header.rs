//! Headers of FLAC frames (RFC 9639, 9.1): what each frame says of itself.

use crate::bytes::be;

/// What a frame says of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Frame {
    /// Bytes of the header.
    pub(super) header: usize,
    /// Whether frames are numbered by their samples, and may be of any length.
    pub(super) variable: bool,
    /// Number of the frame, or of its first sample.
    pub(super) number: u64,
    /// Samples of each channel.
    pub(super) length: u64,
    /// What STREAMINFO says as well; `None` where the frame leaves it to that.
    pub(super) rate_hz: Option<u64>,
    pub(super) bits: Option<u64>,
    pub(super) channels: u64,
}

/// Samples of each channel in the frame that `bytes` begin with.
pub(crate) fn flac_frames(bytes: &[u8]) -> Option<u64> {
    frame(bytes).map(|frame| frame.length)
}

/// Reads the frame header that `bytes` begin with (RFC 9639, 9.1), if it is one.
pub(super) fn frame(bytes: &[u8]) -> Option<Frame> {
    let head = bytes.get(..4)?;
    if head[0] != 0xff || head[1] & 0xfe != 0xf8 || head[3] & 1 != 0 {
        return None;
    }
    let variable = head[1] & 1 != 0;
    let (length_code, rate_code) = (head[2] >> 4, head[2] & 15);
    let channels = match head[3] >> 4 {
        code @ 0..=7 => u64::from(code) + 1,
        8..=10 => 2,
        _ => return None,
    };
    let bits = match head[3] >> 1 & 7 {
        0 => None,
        1 => Some(8),
        2 => Some(12),
        4 => Some(16),
        5 => Some(20),
        6 => Some(24),
        7 => Some(32),
        _ => return None,
    };
    // A number written as UTF-8 writes its letters, up to 36 bits.
    let lead = *bytes.get(4)?;
    let more = match lead.leading_ones() as usize {
        0 => 0,
        ones @ 2..=7 => ones - 1,
        _ => return None,
    };
    let mut number = u64::from(lead) & (0x7f >> (more + usize::from(more > 0)));
    for byte in bytes.get(5..5 + more)? {
        if byte & 0xc0 != 0x80 {
            return None;
        }
        number = number << 6 | u64::from(byte & 0x3f);
    }
    let mut at = 5 + more;
    let mut take = |count: usize| {
        let taken = bytes.get(at..at + count).map(be);
        at += count;
        taken
    };
    let length = match length_code {
        1 => 192,
        2..=5 => 576 << (length_code - 2),
        6 => take(1)? + 1,
        7 => take(2)? + 1,
        8..=15 => 256 << (length_code - 8),
        _ => return None,
    };
    let rate_hz = match rate_code {
        0 => None,
        code @ 1..=11 => Some(
            [
                88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000,
                96_000,
            ][usize::from(code) - 1],
        ),
        12 => Some(take(1)? * 1_000),
        13 => Some(take(2)?),
        14 => Some(take(2)? * 10),
        _ => return None,
    };
    let sum = *bytes.get(at)?;
    (crc_8(&bytes[..at]) == sum).then_some(Frame {
        header: at + 1,
        variable,
        number,
        length,
        rate_hz,
        bits,
        channels,
    })
}

/// CRC-8 of polynomial 0x07.
fn crc_8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ byte, |sum: u8, _| {
            sum << 1 ^ if sum & 0x80 != 0 { 0x07 } else { 0 }
        })
    })
}
