//! Where the bits, and the tags, lie in files of DSD.
//!
//! Sources: Sony, DSF File Format Specification 1.01; Philips, DSDIFF 1.5, and the `ID3 ` chunk that taggers put behind it.

use std::io::{self, BufRead, Seek};

use segue_core::{Damage, FileFault};

use crate::bytes::{be, le, read_at};

/// Chunks walked over before a file is taken for a trap.
const STEPS_MAX: usize = 10_000;

/// What a file of DSD says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Dsd {
    pub(crate) rate_hz: u64,
    pub(crate) channels: u64,
    /// Bytes of sound that each channel has.
    pub(crate) bytes_per_channel: u64,
    /// Where the sound lies: offset and length.
    pub(crate) sound: (u64, u64),
}

impl Dsd {
    /// Reads the headers of the file that begins at `start`; as `Err`, why it cannot be played.
    pub(crate) fn find(
        file: &mut (impl BufRead + Seek),
        start: u64,
        file_len: u64,
    ) -> io::Result<Result<Self, FileFault>> {
        match read_at(file, start, 4)?.as_slice() {
            b"FRM8" => dsdiff(file, start, file_len),
            _ => dsf(file, start, file_len),
        }
    }
}

/// Where the ID3v2 tag of a file lies, if it has one: offset and length.
pub(crate) fn id3v2(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<Option<(u64, u64)>> {
    let head = read_at(file, start, 28)?;
    if head.starts_with(b"DSD ") {
        let at = head.get(20..28).map_or(0, le);
        let at = Some(at).filter(|at| *at > 0 && start + at < file_len);
        return Ok(at.map(|at| (start + at, file_len - start - at)));
    }
    let mut found = None;
    chunks(file, start + 16, file_len, |_, name, body, len| {
        if name == b"ID3 " {
            found = Some((body, len));
        }
        Ok(found.is_none())
    })?;
    Ok(found)
}

fn dsf(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<Result<Dsd, FileFault>> {
    let head = read_at(file, start, 92)?;
    if head.len() < 92 {
        return Ok(Err(FileFault::CutOff));
    }
    if &head[28..32] != b"fmt " || &head[80..84] != b"data" {
        return Ok(Err(Damage::EndsEarly.into()));
    }
    let field = |at: usize| le(&head[at..at + 4]);
    let (kind, channels, block) = (field(44), field(52), field(72));
    if kind != 0 {
        return Ok(Err(FileFault::not_playable(format!("DSD ({kind})"))));
    }
    let body = start + 92;
    let len = le(&head[84..92]).saturating_sub(12);
    let len = len.min(file_len.saturating_sub(body));
    let blocks = len / (block * channels).max(1);
    Ok(Ok(Dsd {
        rate_hz: field(56),
        channels: if block == 0 || block > 1 << 20 {
            0
        } else {
            channels
        },
        bytes_per_channel: (le(&head[64..72]) / 8).min(blocks * block),
        sound: (body, len),
    }))
}

fn dsdiff(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<Result<Dsd, FileFault>> {
    let mut dsd = Dsd::default();
    let mut compressed = None;
    chunks(file, start + 16, file_len, |file, name, body, len| {
        match name {
            b"FS  " => dsd.rate_hz = be(&read_at(file, body, 4)?),
            b"CHNL" => dsd.channels = be(&read_at(file, body, 2)?),
            b"CMPR" => {
                let kind = read_at(file, body, 4)?;
                if kind != b"DSD " {
                    compressed = Some(String::from_utf8_lossy(&kind).trim().to_owned());
                }
            }
            b"DST " => compressed = Some("DST".to_owned()),
            b"DSD " => {
                let len = len.min(file_len.saturating_sub(body));
                dsd.sound = (body, len);
                dsd.bytes_per_channel = len / dsd.channels.max(1);
                return Ok(false);
            }
            _ => {}
        }
        Ok(compressed.is_none())
    })?;
    Ok(match compressed {
        Some(name) => Err(FileFault::not_playable(format!("DSD ({name})"))),
        None if dsd.sound.0 == 0 => Err(FileFault::CutOff),
        None => Ok(dsd),
    })
}

/// Calls `take` with each chunk's name, body and length, until it has enough. Those of `PROP` stand in it.
fn chunks<R: BufRead + Seek>(
    file: &mut R,
    mut at: u64,
    file_len: u64,
    mut take: impl FnMut(&mut R, &[u8], u64, u64) -> io::Result<bool>,
) -> io::Result<()> {
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 12)?;
        if head.len() < 12 {
            break;
        }
        let (body, len) = (at + 12, be(&head[4..12]));
        if &head[..4] == b"PROP" {
            at = body + 4;
            continue;
        }
        if !take(file, &head[..4], body, len)? {
            break;
        }
        at = body.saturating_add(len).saturating_add(len & 1);
        if at >= file_len {
            break;
        }
    }
    Ok(())
}
