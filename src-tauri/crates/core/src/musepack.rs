//! What a Musepack file says of itself in its head, in its stream versions 7 and 8. The scan and the decoder ask here, so that
//! both say the same.
//!
//! Source: the Musepack SV7 and SV8 specifications of musepack.net.

use std::io;

use crate::bytes::{be, le};
use crate::{FileFault, UnplayableFormat};

/// Samples of one channel in a frame.
pub const MUSEPACK_FRAME: u64 = 1152;

/// Samples that the filter bank holds back.
const FILTER_DELAY: u64 = 481;
/// The bit at which the first frame of version 7 begins, counted in words of 32 bits, highest bit first.
const SV7_FRAMES: u64 = 200;
const RATES_HZ: [u32; 4] = [44_100, 48_000, 37_800, 32_000];
/// Packets walked over in search of the header and the first sound.
const PACKETS_MAX: usize = 1_000;

/// The head of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MusepackHead {
    /// 7 or 8.
    pub version: u8,
    /// Samples in a second.
    pub rate_hz: u32,
    /// Its channels, one or two.
    pub channels: u16,
    /// The highest of its bands.
    pub max_band: u8,
    /// Whether bands may have sum and difference in place of left and right.
    pub mid_side: bool,
    /// Frames that are coded.
    pub coded: u64,
    /// Frames in a packet of version 8.
    pub per_packet: u64,
    /// Samples of one channel that are decoded before the first that is heard.
    pub delay: u64,
    /// Samples of one channel that are heard.
    pub samples: u64,
    /// Where the sound begins: the byte of the first packet of sound in version 8, the bit of the first frame in version 7.
    pub start: u64,
}

/// A packet of version 8.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MusepackPacket {
    /// What it holds.
    pub key: [u8; 2],
    /// Bytes before what it holds.
    pub header_len: u64,
    /// All its bytes.
    pub byte_len: u64,
}

impl MusepackPacket {
    /// Bytes that a packet's header has at most.
    pub const HEADER_MAX: usize = 12;

    /// Reads a packet's header.
    pub fn read(head: &[u8]) -> Option<Self> {
        let key = [*head.first()?, *head.get(1)?];
        let (byte_len, count) = number(head.get(2..)?)?;
        let header_len = 2 + count as u64;
        let is_one = key.iter().all(u8::is_ascii_uppercase) && byte_len >= header_len;
        is_one.then_some(Self {
            key,
            header_len,
            byte_len,
        })
    }
}

/// A number in groups of seven bits, and its bytes.
fn number(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().enumerate().take(9) {
        number = number << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((number, at + 1));
        }
    }
    None
}

fn subtype(subtype: impl ToString) -> FileFault {
    let (name, subtype) = ("Musepack".to_owned(), subtype.to_string());
    FileFault::NotPlayable {
        format: UnplayableFormat::Subtype { name, subtype },
    }
}

impl MusepackHead {
    /// Reads it; as `Err`, why the file cannot be played. `read` gives up to so many bytes from a place on.
    pub fn find(
        byte_len: u64,
        mut read: impl FnMut(u64, usize) -> io::Result<Vec<u8>>,
    ) -> io::Result<Result<Self, FileFault>> {
        let head = read(0, 40)?;
        Ok(match (head.get(..4), head.get(3)) {
            (Some(b"MPCK"), _) => return Self::sv8(byte_len, read),
            (Some(_), Some(version)) if version & 15 == 7 => Self::sv7(&head, byte_len),
            (Some(_), Some(version)) => Err(subtype(version & 15)),
            _ => Err(FileFault::CutOff),
        })
    }

    fn sv7(head: &[u8], byte_len: u64) -> Result<Self, FileFault> {
        if head.len() < 36 {
            return Err(FileFault::CutOff);
        }
        let word = |at: usize| le(&head[4 * at..4 * at + 4]);
        let (coded, control, gapless) = (word(1), word(2), word(5));
        // How long a frame is stands before it, in 20 bits.
        let first_len = ((word(6) << 32 | word(7)) >> 36) & 0xf_ffff;
        if coded == 0 {
            return Err(FileFault::NoAudio);
        }
        if (SV7_FRAMES + 20 + first_len).div_ceil(32) * 4 > byte_len {
            return Err(FileFault::CutOff);
        }
        let last = gapless >> 20 & 0x7ff;
        let missing = match gapless >> 31 {
            1 if last > 0 => MUSEPACK_FRAME - last.min(MUSEPACK_FRAME),
            1 => 0,
            // Older encoders say nothing: the filter's delay is all that is known to be none of the sound.
            _ => FILTER_DELAY,
        };
        let max_band = (control >> 24 & 0x3f) as u8;
        if !(1..=31).contains(&max_band) {
            return Err(subtype(format!("with {max_band} bands")));
        }
        Ok(Self {
            version: 7,
            rate_hz: RATES_HZ[(control >> 16 & 3) as usize],
            channels: 2,
            max_band,
            mid_side: control >> 30 & 1 == 1,
            coded,
            per_packet: 1,
            delay: FILTER_DELAY,
            samples: coded * MUSEPACK_FRAME - missing,
            start: SV7_FRAMES,
        })
    }

    fn sv8(
        byte_len: u64,
        mut read: impl FnMut(u64, usize) -> io::Result<Vec<u8>>,
    ) -> io::Result<Result<Self, FileFault>> {
        let (mut at, mut found) = (4, None::<Self>);
        for _ in 0..PACKETS_MAX {
            let head = read(at, 64)?;
            let Some(packet) = MusepackPacket::read(&head) else {
                break;
            };
            let end = at.saturating_add(packet.byte_len);
            match (&packet.key, &mut found) {
                (b"SH", None) => {
                    match Self::stream_header(head.get(packet.header_len as usize..)) {
                        Ok(head) => found = Some(head),
                        Err(why) => return Ok(Err(why)),
                    }
                }
                (b"AP", Some(head)) if end <= byte_len => {
                    head.start = at;
                    return Ok(Ok(*head));
                }
                (b"SE", _) => return Ok(Err(FileFault::NoAudio)),
                _ => {}
            }
            at = end;
            if at >= byte_len {
                break;
            }
        }
        Ok(Err(FileFault::CutOff))
    }

    fn stream_header(body: Option<&[u8]>) -> Result<Self, FileFault> {
        let read = || -> Option<(u8, u64, u64, u64)> {
            let body = body?;
            let (samples, len) = number(body.get(5..)?)?;
            let (silence, more) = number(body.get(5 + len..)?)?;
            let at = 5 + len + more;
            Some((*body.get(4)?, samples, silence, be(body.get(at..at + 2)?)))
        };
        let (version, samples, silence, bits) = read().ok_or(FileFault::CutOff)?;
        if version != 8 {
            return Err(subtype(version));
        }
        let channels = (bits >> 4 & 15) as u16 + 1;
        if channels > 2 {
            return Err(FileFault::channels("Musepack", channels.into()));
        }
        let Some(rate_hz) = RATES_HZ.get((bits >> 13) as usize) else {
            return Err(subtype(format!("with rate {}", bits >> 13)));
        };
        if samples <= silence || samples > 1 << 48 {
            return Err(FileFault::NoAudio);
        }
        Ok(Self {
            version: 8,
            rate_hz: *rate_hz,
            channels,
            max_band: (bits >> 8 & 31) as u8 + 1,
            mid_side: bits >> 3 & 1 == 1,
            coded: samples.div_ceil(MUSEPACK_FRAME),
            per_packet: 1 << (2 * (bits & 7)),
            delay: FILTER_DELAY + silence,
            samples: samples - silence,
            start: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Result<(u8, u32, u16, u64), &str>) {
        let read = |at: u64, len: usize| {
            let rest = bytes.get(at as usize..).unwrap_or_default();
            Ok(rest[..rest.len().min(len)].to_vec())
        };
        let found = MusepackHead::find(bytes.len() as u64, read).unwrap();
        let found = found.map(|head| (head.version, head.rate_hz, head.channels, head.samples));
        let expected = expected.map_err(str::to_owned);
        assert_eq!(found.map_err(|why| why.to_string()), expected);
    }

    #[test]
    fn version_7_says_how_many_samples_its_last_frame_has() {
        let head = |gapless: u32| -> Vec<u8> {
            let words = [10_u32, 0x5a01_0000, 0, 0, gapless, 0, 0, 0];
            [b"MP+\x07", words.map(u32::to_le_bytes).as_flattened()].concat()
        };
        check(
            &head(1 << 31 | 100 << 20),
            Ok((7, 48_000, 2, 9 * 1152 + 100)),
        );
        check(&head(1 << 31), Ok((7, 48_000, 2, 10 * 1152)));
        check(&head(0), Ok((7, 48_000, 2, 10 * 1152 - 481)));
        check(&head(0)[..30], Err("cut off before its sound"));
        check(b"MP+\x06", Err("not playable: Musepack of type 6"));
    }

    #[test]
    fn version_8_has_its_sound_in_packets() {
        // Check sum, version, 1,000 samples and 10 before them, 44.1 kHz, 20 bands, then channels, sides and packets.
        let header = |version: u8, last: u8| -> Vec<u8> {
            let body = [0, 0, 0, 0, version, 0x87, 0x68, 10, 19, last];
            [b"SH\x0d", body.as_slice()].concat()
        };
        let sound = b"AP\x05ab".as_slice();
        let file = |packets: &[&[u8]]| [b"MPCK", packets.concat().as_slice()].concat();
        check(&file(&[&header(8, 0x1b), sound]), Ok((8, 44_100, 2, 990)));
        check(
            &file(&[b"RG\x03", &header(8, 0x0b), b"XY\x04.", sound]),
            Ok((8, 44_100, 1, 990)),
        );
        check(
            &file(&[&header(8, 0x2b), sound]),
            Err("not playable: Musepack with 3 channels"),
        );
        check(
            &file(&[&header(9, 0x1b), sound]),
            Err("not playable: Musepack of type 9"),
        );
        check(
            &file(&[&header(8, 0x1b), &sound[..4]]),
            Err("cut off before its sound"),
        );
        check(&file(&[&header(8, 0x1b), b"SE\x03"]), Err("no audio"));
        check(b"MPCKSH", Err("cut off before its sound"));
    }
}
