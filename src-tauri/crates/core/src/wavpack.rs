//! What the blocks of a WavPack file say of themselves. The scan and the decoder ask here, so that both say the same.
//!
//! Source: WavPack 4 & 5 Binary File / Block Format, 2020-03-27.

use std::io;

use crate::bytes::le;
use crate::{FileFault, UnplayableFormat};

/// Bytes of a block's header.
pub const WAVPACK_HEADER_BYTES: usize = 32;

/// Blocks walked over in search of the first that sounds, and those that one set may have.
const BLOCKS_MAX: usize = 1_000;
/// The longest block that the format's own library reads, in bytes.
const BLOCK_BYTES_MAX: u64 = 1 << 20;
/// Samples of a block, at most: twice what its own library writes.
const BLOCK_SAMPLES_MAX: u32 = 1 << 18;
/// What is looked at of a block for a rate that is not in the table.
const LOOK_BYTES: usize = 512;
const RATES_HZ: [u32; 15] = [
    6_000, 8_000, 9_600, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 64_000,
    88_200, 96_000, 192_000,
];

/// The header of a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WavpackBlock {
    /// All its bytes, header included.
    pub byte_len: u64,
    /// Of all channels together one; 0 where it holds something else.
    pub samples: u32,
    /// Its first sample's place.
    pub index: u64,
    /// Samples of the file, where they were known when this was written.
    pub total: Option<u64>,
    version: u16,
    flags: u32,
}

impl WavpackBlock {
    /// Reads a header. `None` if `head` is none that the format allows.
    pub fn read(head: &[u8]) -> Option<Self> {
        let head = head.get(..WAVPACK_HEADER_BYTES)?;
        let field = |at: usize| le(&head[at..at + 4]);
        let block = Self {
            byte_len: field(4) + 8,
            samples: field(20) as u32,
            index: field(16) | u64::from(head[10]) << 32,
            // The count that means "unknown" is left out of those beyond 32 bits.
            total: (field(12) != 0xffff_ffff)
                .then(|| field(12) + (u64::from(head[11]) << 32) - u64::from(head[11])),
            version: le(&head[8..10]) as u16,
            flags: field(24) as u32,
        };
        let is_one = head.starts_with(b"wvpk")
            && (WAVPACK_HEADER_BYTES as u64..=BLOCK_BYTES_MAX).contains(&block.byte_len)
            && block.samples <= BLOCK_SAMPLES_MAX;
        is_one.then_some(block)
    }

    /// Whether it begins a set: the blocks of all channels for the same time.
    pub fn is_first(&self) -> bool {
        self.flags & 0x800 != 0
    }

    /// Whether it ends a set.
    pub fn is_last(&self) -> bool {
        self.flags & 0x1000 != 0
    }

    /// Its channels.
    pub fn channels(&self) -> u16 {
        if self.flags & 4 != 0 { 1 } else { 2 }
    }

    /// Whether one channel is coded for all of its.
    pub fn is_coded_as_mono(&self) -> bool {
        self.flags & (4 | 1 << 30) != 0
    }

    /// Bytes of a sample.
    pub fn sample_bytes(&self) -> usize {
        (self.flags & 3) as usize + 1
    }

    /// Whether its samples are floating point.
    pub fn is_float(&self) -> bool {
        self.flags & 0x80 != 0
    }

    /// Whether something was left out when it was coded.
    pub fn is_lossy(&self) -> bool {
        self.flags & 8 != 0
    }
}

/// What the first set of blocks that sounds tells of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct WavpackHead {
    /// Where it begins, and where the next one does.
    pub start: u64,
    /// See `start`.
    pub end: u64,
    /// The first of its blocks.
    pub block: WavpackBlock,
    /// The channels of all its blocks.
    pub channels: u16,
    /// Samples in a second.
    pub rate_hz: u32,
}

impl WavpackHead {
    /// Reads it from the beginning of a file; as `Err`, why the file cannot be played. `read` gives up to so many bytes from a
    /// place on.
    pub fn find(
        byte_len: u64,
        mut read: impl FnMut(u64, usize) -> io::Result<Vec<u8>>,
    ) -> io::Result<Result<Self, FileFault>> {
        let (mut at, mut found) = (0, None::<Self>);
        for _ in 0..BLOCKS_MAX {
            let head = read(at, LOOK_BYTES)?;
            if let Some(fault) = refusal(&head) {
                return Ok(Err(fault));
            }
            let Some(block) = WavpackBlock::read(&head) else {
                let is_cut = head.len() < WAVPACK_HEADER_BYTES;
                return Ok(Err(match is_cut || found.is_some() {
                    true => FileFault::CutOff,
                    false => FileFault::NoAudio,
                }));
            };
            let end = at + block.byte_len;
            if end > byte_len {
                return Ok(Err(FileFault::CutOff));
            }
            if let Some(set) = &mut found {
                set.channels += block.channels();
                set.end = end;
            } else if block.samples > 0 && block.is_first() {
                found = Some(Self {
                    start: at,
                    end,
                    block,
                    channels: block.channels(),
                    rate_hz: rate_hz(&block, &head).unwrap_or_default(),
                });
            }
            if let Some(set) = found.take_if(|_| block.is_last()) {
                return Ok(Ok(set));
            }
            at = end;
        }
        Ok(Err(FileFault::NoAudio))
    }

    /// How long the file is, where it says so.
    pub fn frames(&self) -> Option<u64> {
        self.block.total
    }
}

/// Why a file with such a block is not played.
fn refusal(head: &[u8]) -> Option<FileFault> {
    let version = head.get(8..10).map(le)?;
    let flags = head.get(24..28).map(le);
    let subtype = |subtype: &str| {
        let (name, subtype) = ("WavPack".to_owned(), subtype.to_owned());
        let format = UnplayableFormat::Subtype { name, subtype };
        Some(FileFault::NotPlayable { format })
    };
    match flags {
        _ if !head.starts_with(b"wvpk") => None,
        _ if version < 0x402 => subtype("3"),
        _ if version > 0x410 => subtype(&format!("{version:#x}")),
        Some(flags) if flags & 1 << 31 != 0 => subtype("DSD"),
        _ => None,
    }
}

/// By the table, else by a field of the block.
fn rate_hz(block: &WavpackBlock, head: &[u8]) -> Option<u32> {
    if let Some(rate_hz) = RATES_HZ.get((block.flags >> 23 & 15) as usize) {
        return Some(*rate_hz);
    }
    let mut at = WAVPACK_HEADER_BYTES;
    loop {
        let id = *head.get(at)?;
        let (words, body) = match id & 0x80 {
            0 => (le(head.get(at + 1..at + 2)?), at + 2),
            _ => (le(head.get(at + 1..at + 4)?), at + 4),
        };
        if id & 0x3f == 0x27 {
            return head.get(body..body + 3).map(|rate| le(rate) as u32);
        }
        at = body + 2 * words as usize;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block with these samples and flags, and a body of nothing.
    fn block(version: u16, samples: u32, flags: u32, body: &[u8]) -> Vec<u8> {
        let mut bytes = b"wvpk".to_vec();
        bytes.extend((24 + body.len() as u32).to_le_bytes());
        bytes.extend(version.to_le_bytes());
        bytes.extend([0, 0]);
        bytes.extend(1_000_u32.to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(samples.to_le_bytes());
        bytes.extend(flags.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(body);
        bytes
    }

    #[test]
    fn the_first_set_that_sounds_tells_of_the_file() {
        let both = 0x1800 | 9 << 23;
        let check = |bytes: &[u8], expected: Result<(u64, u16, u32), FileFault>| {
            let read = |at: u64, len: usize| {
                let rest = bytes.get(at as usize..).unwrap_or_default();
                Ok(rest[..rest.len().min(len)].to_vec())
            };
            let found = WavpackHead::find(bytes.len() as u64, read).unwrap();
            let found = found.map(|head| (head.start, head.channels, head.rate_hz));
            assert_eq!(found, expected);
        };
        let named = |subtype: &str| FileFault::NotPlayable {
            format: UnplayableFormat::Subtype {
                name: "WavPack".to_owned(),
                subtype: subtype.to_owned(),
            },
        };
        let plain = block(0x410, 500, both, &[]);
        check(&plain, Ok((0, 2, 44_100)));
        check(&plain[..31], Err(FileFault::CutOff));
        check(&plain[..4], Err(FileFault::CutOff));
        check(
            &[block(0x410, 0, both, &[0; 8]), plain].concat(),
            Ok((40, 2, 44_100)),
        );
        // Two channels and one, at a rate of its own.
        let three = [
            block(0x407, 500, 0x800 | 15 << 23, &[0x27, 2, 0x44, 0x33, 0, 0]),
            block(0x407, 500, 0x1004 | 15 << 23, &[]),
        ];
        check(&three.concat(), Ok((0, 3, 0x3344)));
        check(&three[0], Err(FileFault::CutOff));
        check(&block(0x302, 500, both, &[]), Err(named("3")));
        check(&block(0x410, 500, both | 1 << 31, &[]), Err(named("DSD")));
        check(b"wvpk", Err(FileFault::CutOff));
    }
}
