//! Headers of MPEG audio and ADTS frames: enough to step from frame to frame, and to see that a stream has become
//! another one.

use segue_core::AAC_RATES_HZ;

/// What every frame of one stream has in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StreamParameters {
    family: Family,
    rate_hz: u32,
    /// MPEG audio: whether mono. ADTS: the channel configuration.
    channels: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    /// MPEG audio: the bits of version and layer.
    Mpeg(u8),
    /// AAC: the bits of the profile.
    Adts(u8),
}

/// A frame's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) kind: StreamParameters,
    /// Bytes from this header to the next.
    pub(super) byte_len: u64,
}

/// How many bytes [`Frame::read`] needs.
pub(super) const HEADER_BYTES: usize = 7;

/// kbit/s by index: MPEG 1 layers I, II, III; MPEG 2 layer I; MPEG 2 layers II and III (ISO/IEC 11172-3, 2.4.2.3, and
/// 13818-3, 2.4.2.3).
const BIT_RATES: [[u32; 15]; 5] = [
    [
        0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
    ],
    [
        0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
    ],
    [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ],
    [
        0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
    ],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

impl Frame {
    /// Reads the header that `head` begins with.
    pub(super) fn read(head: &[u8]) -> Option<Frame> {
        match head {
            [0xff, second, rest @ ..] if rest.len() >= 2 && second & 0xe0 == 0xe0 => {
                if second & 0x06 == 0 {
                    Self::adts(*second, rest)
                } else {
                    Self::mpeg(*second, rest)
                }
            }
            _ => None,
        }
    }

    fn mpeg(second: u8, rest: &[u8]) -> Option<Frame> {
        let (version, layer) = (second >> 3 & 3, second >> 1 & 3);
        let (rate, mode) = (usize::from(rest[0] >> 2 & 3), rest[1] >> 6);
        let rate_hz = *[44_100, 48_000, 32_000].get(rate)?;
        // Version 3 is MPEG 1, 2 is MPEG 2, 0 is MPEG 2.5; layer 3 is I, 2 is II, 1 is III.
        let (rate_hz, table) = match (version, layer) {
            (3, 1..=3) => (rate_hz, usize::from(3 - layer)),
            (2, 3) => (rate_hz / 2, 3),
            (2, 1 | 2) => (rate_hz / 2, 4),
            (0, 3) => (rate_hz / 4, 3),
            (0, 1 | 2) => (rate_hz / 4, 4),
            _ => return None,
        };
        let bit_rate = BIT_RATES[table].get(usize::from(rest[0] >> 4)).copied()? * 1_000;
        let padding = u32::from(rest[0] >> 1 & 1);
        let byte_len = match (layer, version) {
            (3, _) => (12 * bit_rate / rate_hz + padding) * 4,
            (1, 0 | 2) => 72 * bit_rate / rate_hz + padding,
            _ => 144 * bit_rate / rate_hz + padding,
        };
        let kind = StreamParameters {
            family: Family::Mpeg(second >> 1 & 15),
            rate_hz,
            channels: u8::from(mode == 3),
        };
        (bit_rate > 0).then_some(Frame {
            kind,
            byte_len: byte_len.into(),
        })
    }

    fn adts(second: u8, rest: &[u8]) -> Option<Frame> {
        let [a, b, c, d, _, ..] = rest else {
            return None;
        };
        let byte_len = u64::from(b & 3) << 11 | u64::from(*c) << 3 | u64::from(d >> 5);
        let kind = StreamParameters {
            family: Family::Adts(a >> 6),
            rate_hz: *AAC_RATES_HZ.get(usize::from(a >> 2 & 15))?,
            channels: (a & 1) << 2 | b >> 6,
        };
        let is_sync = second & 0xf6 == 0xf0;
        (is_sync && byte_len >= 7).then_some(Frame { kind, byte_len })
    }

    /// Where a layer III frame keeps its side information, and what the sound is cut into; `None` for other frames.
    fn side_info(&self, frame: &[u8]) -> Option<(usize, usize)> {
        let Family::Mpeg(bits) = self.kind.family else {
            return None;
        };
        let length = match (bits >> 2 == 3, self.kind.channels == 1) {
            _ if bits & 3 != 1 => return None,
            (true, true) | (false, false) => 17,
            (true, false) => 32,
            (false, true) => 9,
        };
        let checked = frame.get(1)? & 1 == 0;
        Some((if checked { 6 } else { 4 }, length))
    }

    /// How many frames, and bytes from this header on, a Xing, Info or VBRI header in this frame says there are.
    ///
    /// `None` where the frame holds sound.
    pub(super) fn stated(&self, frame: &[u8]) -> Option<Stated> {
        let (_, length) = self.side_info(frame)?;
        let number = |at: usize| {
            let bytes = frame.get(at..at + 4)?;
            Some(u64::from(u32::from_be_bytes(bytes.try_into().ok()?)))
        };
        let at = 4 + length;
        if let Some(b"Xing" | b"Info") = frame.get(at..at + 4) {
            let flags = number(at + 4)?;
            let frames = (flags & 1 != 0).then(|| number(at + 8)).flatten();
            let bytes_at = at + 8 + if flags & 1 != 0 { 4 } else { 0 };
            let bytes = (flags & 2 != 0).then(|| number(bytes_at)).flatten();
            return Some(Stated { frames, bytes });
        }
        (frame.get(36..40) == Some(b"VBRI")).then(|| Stated {
            bytes: number(46),
            frames: number(50),
        })
    }

    /// Whether this frame needs nothing of the frames before it, as an encoder's first one does.
    pub(super) fn stands_alone(&self, frame: &[u8]) -> bool {
        let Some((at, _)) = self.side_info(frame) else {
            return true;
        };
        // `main_data_begin`: 9 bits in MPEG 1, 8 in MPEG 2 (ISO/IEC 11172-3, 2.4.1.7).
        let is_mpeg_1 = matches!(self.kind.family, Family::Mpeg(bits) if bits >> 2 == 3);
        match frame.get(at..at + 2) {
            Some([0, second]) => !is_mpeg_1 || second & 0x80 == 0,
            _ => false,
        }
    }
}

/// What the header of an MP3 says of the stream behind it.
pub(super) struct Stated {
    /// Frames, without the one that holds the header.
    pub(super) frames: Option<u64>,
    /// Bytes, with the frame that holds the header.
    pub(super) bytes: Option<u64>,
}
