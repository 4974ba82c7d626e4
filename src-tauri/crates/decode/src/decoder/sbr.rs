//! Spectral band replication that nothing announces: the data of HE-AAC's upper half stand in the packets of a plain core
//! (ISO/IEC 14496-3, 1.6.5.3, implicit signalling), as always in ADTS.

use std::fs::File;
use std::path::Path;

use super::container::{open_container, sound_track};
use crate::error::guarded;
use crate::shown::Shown;

/// Packets looked at.
const PACKETS: usize = 8;
/// Chance makes about one packet in fifty look so; three in four of a few do not by chance.
const PACKETS_MIN: usize = 4;

/// Whether the first packets carry it. A file that cannot be read says no.
pub(super) fn is_carried(path: &Path, shown: &Shown) -> bool {
    let look = || {
        let file = File::open(path).ok()?;
        let (mut reader, _budget) = open_container(path, file, shown).ok()?;
        let track = sound_track(&*reader)?.id;
        let (mut seen, mut with) = (0, 0);
        while seen < PACKETS
            && let Ok(Some(packet)) = reader.next_packet()
        {
            if packet.track_id == track {
                seen += 1;
                with += usize::from(ends_with_sbr(&packet.data));
            }
        }
        Some(seen >= PACKETS_MIN && 4 * with >= 3 * seen)
    };
    matches!(guarded(path, look), Ok(Some(true)))
}

/// Whether a packet of AAC ends with a fill element that holds such data (4.4.2.1 and 4.4.2.7), perhaps with one before
/// its end that only fills. What stands before is coded without lengths, so that it is read from the end.
fn ends_with_sbr(packet: &[u8]) -> bool {
    let Some(last) = packet.iter().rposition(|byte| *byte != 0) else {
        return false;
    };
    // The end is marked by three ones (ID_END); zeros fill up its byte.
    let behind = 8 * last + 8 - packet[last].trailing_zeros() as usize;
    let Some(end) = behind
        .checked_sub(3)
        .filter(|end| bits(packet, *end, 3) == 7)
    else {
        return false;
    };
    let is_sbr = |(_, kind)| matches!(kind, 0xd | 0xe);
    fills(packet, end).any(is_sbr)
        || fills(packet, end)
            .filter(|(_, kind)| matches!(kind, 0 | 1))
            .any(|(start, _)| fills(packet, start).any(is_sbr))
}

/// Where fill elements may begin that end before bit `end`, and of which kind their extension is.
fn fills(packet: &[u8], end: usize) -> impl Iterator<Item = (usize, u32)> {
    (1..=269).filter_map(move |bytes| {
        let (count, escape, header) = match bytes {
            ..15 => (bytes, None, 7),
            _ => (15, Some(bytes - 14), 15),
        };
        let start = end.checked_sub(8 * bytes + header)?;
        let is_fill = bits(packet, start, 3) == 6
            && bits(packet, start + 3, 4) as usize == count
            && escape.is_none_or(|escape| bits(packet, start + 7, 8) as usize == escape);
        is_fill.then(|| (start, bits(packet, start + header, 4)))
    })
}

/// `count` bits from bit `at` on.
fn bits(packet: &[u8], at: usize, count: usize) -> u32 {
    (at..at + count).fold(0, |bits, at| {
        let byte = packet.get(at / 8).copied().unwrap_or_default();
        bits << 1 | u32::from(byte >> (7 - at % 8) & 1)
    })
}
