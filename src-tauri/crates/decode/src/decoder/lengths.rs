//! How long a packet is, by its first bytes and without decoding it.

use crate::shown::flac_frames;

/// Frames that `packet` decodes to; `None` where its codec does not say so at its head.
pub(crate) fn packet_frames(codec: &str, packet: &[u8], rate_hz: u32) -> Option<u64> {
    match codec {
        "opus" => {
            // RFC 6716, 3.1: how long one frame is by the first five bits, how many by the last two.
            let first = *packet.first()?;
            let quarter_ms = match first >> 3 {
                config @ 0..=11 => [40, 80, 160, 240][usize::from(config & 3)],
                config @ 12..=15 => [40, 80][usize::from(config & 1)],
                config => [10, 20, 40, 80][usize::from(config & 3)],
            };
            let count = match first & 3 {
                0 => 1,
                1 | 2 => 2,
                _ => u64::from(packet.get(1)? & 0x3f),
            };
            Some(quarter_ms * count * u64::from(rate_hz) / 4_000)
        }
        "aac" => Some(1_024),
        // ISO/IEC 13818-3: the lower rates have half the samples.
        "mp3" => Some(if rate_hz < 32_000 { 576 } else { 1_152 }),
        "flac" => flac_frames(packet),
        _ => None,
    }
}
