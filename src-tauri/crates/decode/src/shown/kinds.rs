//! Which kind of file it is, and whose parser says what to show of it.

use std::fs::File;
use std::io;

use segue_core::id3v2_byte_len;

use super::{Shown, chunks, flac, matroska, mp4};
use crate::bytes::read_at;

/// ID3v2 tags in a row in front of the sound, at most.
const TAGS_MAX: usize = 64;
/// Zeros behind an ID3v2 tag that are taken for its padding, at most.
const PADDING_MAX: u64 = 64 * 1024;

impl Shown {
    /// Finds out what to show of `file`. Whatever its bytes, this ends; the worst is the file as it is.
    pub(crate) fn of(file: &mut File, byte_len: u64) -> io::Result<Self> {
        let start = sound_start(file, byte_len)?;
        let head = read_at(file, start, 16)?;
        let four = |at: usize| head.get(at..at + 4).unwrap_or_default();
        let shown = match (four(0), four(8)) {
            (b"fLaC", _) => flac::show(file, start, byte_len)?,
            (b"RIFF" | b"RF64" | b"BW64", b"WAVE") => chunks::wav(file, start, byte_len)?,
            (b"riff", _) => chunks::w64(file, start, byte_len)?,
            (b"FORM", b"AIFF" | b"AIFC") => chunks::aiff(file, start, byte_len)?,
            (b".snd", _) => chunks::au(file, start, byte_len)?,
            (b"\x1a\x45\xdf\xa3", _) => matroska::show(file, start, byte_len)?,
            (b"caff", _) => chunks::caf(file, start, byte_len)?,
            // Their readers count from the first byte.
            (
                b"DSD " | b"FRM8" | b"MAC " | b"wvpk" | b"TTA1" | b"MPCK" | [b'M', b'P', b'+', _],
                _,
            ) => {
                let mut shown = Self::default();
                shown.file(start..byte_len);
                Some(shown)
            }
            _ if four(4) == b"ftyp" => mp4::show(file, start, byte_len)?,
            _ => None,
        };
        Ok(shown.unwrap_or_else(|| Self::patched(Vec::new(), byte_len)))
    }
}

/// Where the file proper begins: behind ID3v2 tags and the zeros that pad them (id3v2.4.0-structure, 3.1 and 3.4).
fn sound_start(file: &mut File, byte_len: u64) -> io::Result<u64> {
    let mut start = 0;
    for _ in 0..TAGS_MAX {
        let Some(len) = id3v2_byte_len(&read_at(file, start, 10)?, b"ID3") else {
            break;
        };
        start = (start + len).min(byte_len);
    }
    if start > 0 {
        let padding = read_at(file, start, PADDING_MAX)?;
        let zeros = padding.iter().take_while(|byte| **byte == 0).count();
        // The length in front of the first box of an MP4 begins with zeros too.
        let is_mp4 = padding.get(zeros + 1..zeros + 5) == Some(b"ftyp");
        start += zeros.saturating_sub(if is_mp4 { 3 } else { 0 }) as u64;
    }
    Ok(start)
}
