//! Files of chunks: a word, a length, a body. Lengths that were never filled in (0 or -1, as written to a pipe) or that
//! reach beyond the file mean "to the end".
//!
//! Sources: Multimedia Programming Interface 1.0 (RIFF, WAVE) and `mmreg.h`; EBU Tech 3306 (RF64) and ITU-R BS.2088
//! (BW64); Sony Wave64; AIFF 1.3 and AIFF-C; the AU header of Sun and NeXT; Apple Core Audio Format 1.0.

use std::fs::File;
use std::io;
use std::ops::Range;

use super::Shown;
use crate::bytes::{STEPS_MAX, be, le, read_at};

/// A format chunk longer than this is no format chunk.
const FORMAT_BYTES_MAX: u64 = 1 << 16;

/// RIFF, RF64 and BW64 of form WAVE.
pub(super) fn wav(file: &mut File, start: u64, byte_len: u64) -> io::Result<Option<Shown>> {
    let form_len = le(read_at(file, start, 8)?.get(4..).unwrap_or_default());
    let form_end = start + 8 + form_len;
    let (mut format, mut fact, mut long_len) = (Vec::new(), Vec::new(), None);
    let mut at = start + 12;
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 8)?;
        if head.len() < 8 {
            break;
        }
        let (body, len) = (at + 8, le(&head[4..]));
        match &head[..4] {
            // The sizes that have no room in 32 bits: of the form, of the data, and the count of samples.
            b"ds64" => long_len = read_at(file, body, 16)?.get(8..16).map(le),
            b"fmt " => format = read_at(file, body, len.min(FORMAT_BYTES_MAX))?,
            b"fact" => fact = read_at(file, body, len.min(4))?,
            b"data" => {
                let stated = match len {
                    0xffff_ffff => long_len.unwrap_or(u64::MAX),
                    len => len,
                };
                let rest = byte_len.saturating_sub(body);
                let mut end = body.saturating_add(stated);
                if stated == 0 && !only_chunks(file, body, byte_len)? || end > byte_len {
                    // The form's own length is better than none, where it was filled in.
                    let by_form = (body + 1..=byte_len).contains(&form_end);
                    end = if by_form { form_end } else { body + rest };
                }
                return Ok(Some(wave(&format, &fact, body..end)));
            }
            _ => {}
        }
        at = body.saturating_add(len.saturating_add(len & 1));
        if at >= byte_len {
            break;
        }
    }
    Ok(None)
}

/// Whether nothing but whole chunks follows up to the end of the file.
fn only_chunks(file: &mut File, mut at: u64, byte_len: u64) -> io::Result<bool> {
    for _ in 0..64 {
        if at >= byte_len {
            return Ok(at - byte_len <= 1);
        }
        let head = read_at(file, at, 8)?;
        if head.len() < 8 || !head[..4].iter().all(|byte| (0x20..0x7f).contains(byte)) {
            return Ok(false);
        }
        let len = le(&head[4..]);
        at = at + 8 + len + (len & 1);
    }
    Ok(false)
}

/// Sony's Wave64: words of 16 bytes, lengths of 8 that count their own header, bodies that begin at multiples of 8.
pub(super) fn w64(file: &mut File, start: u64, byte_len: u64) -> io::Result<Option<Shown>> {
    const RIFF: &[u8] = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";
    if read_at(file, start, 16)? != RIFF {
        return Ok(None);
    }
    let (mut format, mut fact) = (Vec::new(), Vec::new());
    let mut at = start + 40;
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 24)?;
        if head.len() < 24 {
            break;
        }
        let (body, len) = (at + 24, le(&head[16..]).saturating_sub(24));
        match &head[..4] {
            b"fmt " => format = read_at(file, body, len.min(FORMAT_BYTES_MAX))?,
            b"fact" => fact = read_at(file, body, len.min(4))?,
            b"data" => {
                let end = body.saturating_add(len);
                let end = if len == 0 || end > byte_len {
                    byte_len
                } else {
                    end
                };
                return Ok(Some(wave(&format, &fact, body..end.max(body))));
            }
            _ => {}
        }
        at = body.saturating_add(len).saturating_add(7) & !7;
        if at >= byte_len {
            break;
        }
    }
    Ok(None)
}

/// A WAV of this format chunk and this stretch of sound; a stream of MPEG audio is shown bare.
fn wave(format: &[u8], fact: &[u8], data: Range<u64>) -> Shown {
    let mut shown = Shown::default();
    let mut format = format.to_vec();
    let field = |format: &[u8], at: usize| format.get(at..at + 2).map_or(0, le);
    let tag = match field(&format, 0) {
        // WAVEFORMATEXTENSIBLE keeps the true one at the head of its GUID.
        0xfffe => field(&format, 24),
        tag => tag,
    };
    // MPEG layers 1 and 2, MPEG layer 3, AAC as ADTS.
    if matches!(tag, 0x50 | 0x55 | 0x1600) {
        shown.file(data);
        return shown;
    }
    let mut frame_bytes = 0;
    if matches!(tag, 1 | 3) && format.len() >= 16 {
        // Fields that follow from the others are not asked.
        let (channels, align, bits) = (field(&format, 2), field(&format, 12), field(&format, 14));
        let (rate_hz, per_second) = (le(&format[4..8]), le(&format[8..12]));
        // Two witnesses against one: the bytes per second say which of the others is right.
        let aligned = align.checked_div(channels).unwrap_or(0);
        let agreed = aligned > 0 && align % channels == 0 && per_second == rate_hz * align;
        let sample_bytes = match bits.div_ceil(8) {
            bytes if bytes == 0 || agreed => aligned,
            bytes => bytes,
        };
        if bits.div_ceil(8) != sample_bytes || bits % 8 != 0 {
            format[14..16].copy_from_slice(&((sample_bytes * 8) as u16).to_le_bytes());
        }
        frame_bytes = sample_bytes * channels;
        format[8..12].copy_from_slice(&(rate_hz.saturating_mul(frame_bytes) as u32).to_le_bytes());
        format[12..14].copy_from_slice(&(frame_bytes as u16).to_le_bytes());
    }
    let len = data.end - data.start;
    let stated = u32::try_from(len).unwrap_or(u32::MAX);
    if stated == u32::MAX && frame_bytes > 0 {
        shown.frames = Some(len / frame_bytes);
    }
    let mut head = b"RIFF\xff\xff\xff\xffWAVEfmt ".to_vec();
    head.extend((format.len() as u32).to_le_bytes());
    head.extend(&format);
    head.resize(head.len() + format.len() % 2, 0);
    if fact.len() == 4 {
        head.extend(b"fact\x04\0\0\0");
        head.extend(fact);
    }
    head.extend(b"data");
    head.extend(stated.to_le_bytes());
    shown.bytes(head);
    shown.file(data);
    shown
}

/// FORM of type AIFF and AIFC.
pub(super) fn aiff(file: &mut File, start: u64, byte_len: u64) -> io::Result<Option<Shown>> {
    let compressed = read_at(file, start + 8, 4)? == b"AIFC";
    let (mut common, mut data) = (Vec::new(), None);
    let mut at = start + 12;
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 8)?;
        if head.len() < 8 {
            break;
        }
        let (body, len) = (at + 8, be(&head[4..]));
        match &head[..4] {
            b"COMM" => common = read_at(file, body, len.min(FORMAT_BYTES_MAX))?,
            b"SSND" => {
                let end = body.saturating_add(len);
                let end = if len <= 8 || end > byte_len {
                    byte_len
                } else {
                    end
                };
                // An offset stands before the sound.
                let offset = be(read_at(file, body, 4)?.as_slice());
                let first = body + 8;
                let first = if first + offset < end {
                    first + offset
                } else {
                    first
                };
                data = Some(first..end.max(first));
            }
            _ => {}
        }
        at = body.saturating_add(len.saturating_add(len & 1));
        if at >= byte_len {
            break;
        }
    }
    let (Some(data), Some(fields)) = (data, common.get(..18)) else {
        return Ok(None);
    };
    let kind: [u8; 4] = match common.get(18..22) {
        Some(kind) if compressed => kind.try_into().unwrap_or_default(),
        _ => *b"NONE",
    };
    let (channels, bits) = (be(&fields[..2]), be(&fields[6..8]));
    // Little-endian samples are a WAV's; Symphonia takes them in 16 bits only.
    if kind == *b"sowt" && bits != 16 {
        let rate_hz = from_extended(&fields[8..18]);
        return Ok(Some(wave(&pcm_format(channels, rate_hz, bits), &[], data)));
    }
    let kind = if kind == *b"twos" { *b"NONE" } else { kind };
    Ok(Some(aifc(fields, &kind, data)))
}

/// A WAV's format chunk for whole numbers.
fn pcm_format(channels: u64, rate_hz: u64, bits: u64) -> Vec<u8> {
    let mut format = vec![1, 0];
    format.extend((channels as u16).to_le_bytes());
    format.extend((rate_hz as u32).to_le_bytes());
    // Bytes per second and per frame follow from the others.
    format.extend([0; 6]);
    format.extend((bits as u16).to_le_bytes());
    format
}

/// An AIFF-C of these eighteen bytes of its common chunk, this compression, and this stretch of sound.
fn aifc(fields: &[u8], kind: &[u8; 4], data: Range<u64>) -> Shown {
    let len = u32::try_from(data.end - data.start).unwrap_or(u32::MAX - 100);
    let common = [b"COMM\0\0\0\x18", fields, kind, b"\0\0"].concat();
    let sound = [b"SSND", (len + 8).to_be_bytes().as_slice(), &[0; 8]].concat();
    let form_len = 4 + (common.len() + sound.len()) as u32 + len;
    let mut shown = Shown::default();
    shown.bytes(
        [
            b"FORM",
            form_len.to_be_bytes().as_slice(),
            b"AIFC",
            &common,
            &sound,
        ]
        .concat(),
    );
    shown.file(data.start..data.start + u64::from(len));
    shown
}

/// Sun's and NeXT's AU, shown as AIFF-C.
pub(super) fn au(file: &mut File, start: u64, byte_len: u64) -> io::Result<Option<Shown>> {
    let head = read_at(file, start, 24)?;
    if head.len() < 24 {
        return Ok(None);
    }
    let field = |at: usize| be(&head[at..at + 4]);
    let (kind, bits): (&[u8; 4], u16) = match field(12) {
        1 => (b"ulaw", 16),
        2 => (b"NONE", 8),
        3 => (b"NONE", 16),
        4 => (b"NONE", 24),
        5 => (b"NONE", 32),
        6 => (b"fl32", 32),
        7 => (b"fl64", 64),
        27 => (b"alaw", 16),
        _ => return Ok(None),
    };
    let first = (start + field(4)).min(byte_len);
    let end = match field(8) {
        0 | 0xffff_ffff => byte_len,
        len => first.saturating_add(len).min(byte_len),
    };
    let mut fields = (field(20) as u16).to_be_bytes().to_vec();
    fields.extend([0; 4]);
    fields.extend(bits.to_be_bytes());
    fields.extend(extended(field(16)));
    Ok(Some(aifc(&fields, kind, first..end)))
}

/// A whole number as an 80-bit float, as AIFF writes its rate (IEEE 754 extended).
fn extended(value: u64) -> [u8; 10] {
    let mut bytes = [0; 10];
    if value > 0 {
        let shift = value.leading_zeros();
        bytes[..2].copy_from_slice(&(16_383 + 63 - shift as u16).to_be_bytes());
        bytes[2..].copy_from_slice(&(value << shift).to_be_bytes());
    }
    bytes
}

/// Reads [`extended`] back; fractions are dropped.
fn from_extended(bytes: &[u8]) -> u64 {
    let (exponent, mantissa) = (be(&bytes[..2]), be(&bytes[2..10]));
    let shift = (16_383_u64 + 63).saturating_sub(exponent & 0x7fff);
    mantissa.checked_shr(shift as u32).unwrap_or(0)
}

/// Apple's CAF: the chunks that tell of the sound, whole, then the sound.
pub(super) fn caf(file: &mut File, start: u64, byte_len: u64) -> io::Result<Option<Shown>> {
    let (mut description, mut others, mut data) = (None, Vec::new(), None);
    let mut packet_bytes = 0;
    let mut at = start + 8;
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 12)?;
        if head.len() < 12 {
            break;
        }
        let body = at + 12;
        // A length of -1 is that of the last chunk: up to the end.
        let end = body.saturating_add(be(&head[4..])).min(byte_len);
        let whole = be(&head[4..]) == end.saturating_sub(body);
        match &head[..4] {
            b"desc" if whole => {
                packet_bytes = be(&read_at(file, body + 16, 4)?);
                description = Some(at..end);
            }
            b"chan" | b"kuki" | b"pakt" if whole => others.push(at..end),
            b"data" => data = Some(body..end.max(body)),
            _ => {}
        }
        at = end;
        if at >= byte_len {
            break;
        }
    }
    let (Some(description), Some(data)) = (description, data) else {
        return Ok(None);
    };
    // Four bytes that count edits stand before the sound.
    let sound = (data.end - data.start).saturating_sub(4);
    let sound = sound - sound.checked_rem(packet_bytes).unwrap_or(0);
    let mut shown = Shown::default();
    shown.bytes(b"caff\0\x01\0\0".to_vec());
    shown.file(description);
    for chunk in others {
        shown.file(chunk);
    }
    let head = [b"data", (sound + 4).to_be_bytes().as_slice(), &[0; 4]].concat();
    shown.bytes(head);
    shown.file(data.start + 4..data.start + 4 + sound);
    Ok(Some(shown))
}
