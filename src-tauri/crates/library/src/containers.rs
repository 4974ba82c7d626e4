//! Containers that the tag reader does not know and the decoder does: CAF, Matroska, FLAC in Ogg.
//!
//! Read are codec, rate and length; the title is the file's name. Sources: Apple Core Audio Format Specification 1.0;
//! RFC 8794 (EBML) and RFC 9559 (Matroska); RFC 9639 10.1 (FLAC in Ogg).

use std::io::{self, Read, Seek, SeekFrom};

use crate::audio_hash::{be, read_at};
use crate::tags::Tags;

/// Chunks or elements walked over before a file is taken for a trap.
const STEPS_MAX: usize = 10_000;

/// Reads what can be known of a file of one of these kinds, or fails if it is none.
pub(crate) fn read(file: &mut (impl Read + Seek)) -> io::Result<Tags> {
    let file_len = file.seek(SeekFrom::End(0))?;
    let head = read_at(file, 0, 128)?;
    let found = if head.starts_with(b"caff") {
        caf(file, file_len)?
    } else if head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) {
        matroska(file, file_len)?
    } else {
        ogg_flac(file, &head, file_len)?
    };
    let tags = found.ok_or_else(|| io::Error::other("not a known container"))?;
    if !tags.duration_s.is_finite() || tags.duration_s < 0.0 {
        return Ok(Tags {
            duration_s: 0.0,
            ..tags
        });
    }
    Ok(tags)
}

fn rate_hz(rate: f64) -> Option<u32> {
    (1.0..=10_000_000.0).contains(&rate).then_some(rate as u32)
}

fn caf(file: &mut (impl Read + Seek), file_len: u64) -> io::Result<Option<Tags>> {
    let mut at = 8;
    let (mut desc, mut valid_frames, mut data_len) = (Vec::new(), None, 0);
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 12)?;
        if head.len() < 12 {
            break;
        }
        let body = at + 12;
        let rest = file_len.saturating_sub(body);
        // -1 as the length of the last chunk: up to the end.
        let len = be(&head[4..12]).min(rest);
        match &head[..4] {
            b"desc" => desc = read_at(file, body, len.min(32))?,
            b"pakt" => valid_frames = read_at(file, body, 16)?.get(8..16).map(be),
            b"data" => data_len = len.saturating_sub(4),
            _ => {}
        }
        at = body + len;
    }
    if desc.len() < 32 {
        return Ok(None);
    }
    let rate = f64::from_bits(be(&desc[..8]));
    let codec = match &desc[8..12] {
        b"lpcm" => "pcm",
        b"alac" => "alac",
        b"aac " => "aac",
        b".mp3" => "mp3",
        b"opus" => "opus",
        b"flac" => "flac",
        _ => "unknown",
    };
    let (packet_bytes, packet_frames) = (be(&desc[16..20]), be(&desc[20..24]));
    let frames = valid_frames.unwrap_or_else(|| {
        data_len
            .checked_div(packet_bytes)
            .unwrap_or(0)
            .saturating_mul(packet_frames)
    });
    Ok(Some(Tags {
        duration_s: frames as f64 / rate,
        codec: codec.into(),
        sample_rate_hz: rate_hz(rate),
        ..Tags::default()
    }))
}

/// An EBML element's id, start of its body, and length (RFC 8794 sections 4 and 5).
pub(crate) fn element(
    file: &mut (impl Read + Seek),
    at: u64,
    end: u64,
) -> io::Result<Option<(u64, u64, u64)>> {
    let head = read_at(file, at, 12)?;
    let vint = |from: usize| -> Option<(u64, usize)> {
        let first = *head.get(from)?;
        let len = first.leading_zeros() as usize + 1;
        (len <= 8).then_some(())?;
        Some((be(head.get(from..from + len)?), len))
    };
    let Some((id, id_len)) = vint(0) else {
        return Ok(None);
    };
    let Some((size, size_len)) = vint(id_len) else {
        return Ok(None);
    };
    let mask = (1u64 << (7 * size_len)) - 1;
    let body = at + (id_len + size_len) as u64;
    let rest = end.saturating_sub(body);
    let len = if size & mask == mask {
        rest
    } else {
        (size & mask).min(rest)
    };
    Ok(Some((id, body, len)))
}

fn matroska(file: &mut (impl Read + Seek), file_len: u64) -> io::Result<Option<Tags>> {
    let mut tags = Tags {
        codec: "unknown".into(),
        ..Tags::default()
    };
    let (mut scale_ns, mut ticks, mut is_matroska) = (1_000_000u64, 0.0, false);
    let mut at = 0;
    for _ in 0..STEPS_MAX {
        let Some((id, body, len)) = element(file, at, file_len)? else {
            break;
        };
        // Masters that lead to what is sought are entered, all others passed over.
        let enter = match id {
            0x1853_8067 | 0x1549_a966 | 0x1654_ae6b | 0xae | 0xe1 => true,
            0x2a_d7b1 => {
                scale_ns = be(&read_at(file, body, len.min(8))?);
                false
            }
            0x4489 => {
                let bytes = read_at(file, body, len.min(8))?;
                ticks = match bytes.len() {
                    4 => f64::from(f32::from_bits(be(&bytes) as u32)),
                    8 => f64::from_bits(be(&bytes)),
                    _ => 0.0,
                };
                false
            }
            0x86 => {
                let name = read_at(file, body, len.min(32))?;
                let named = |prefix: &str| name.starts_with(prefix.as_bytes());
                let codecs = [
                    ("A_OPUS", "opus"),
                    ("A_VORBIS", "vorbis"),
                    ("A_FLAC", "flac"),
                    ("A_AAC", "aac"),
                    ("A_MPEG/L3", "mp3"),
                    ("A_ALAC", "alac"),
                    ("A_PCM", "pcm"),
                ];
                if let Some((_, codec)) = codecs.iter().find(|(prefix, _)| named(prefix)) {
                    tags.codec = (*codec).into();
                }
                false
            }
            0xb5 => {
                let bytes = read_at(file, body, len.min(8))?;
                tags.sample_rate_hz = rate_hz(match bytes.len() {
                    4 => f64::from(f32::from_bits(be(&bytes) as u32)),
                    _ => f64::from_bits(be(&bytes)),
                });
                false
            }
            // The first cluster: headers are over.
            0x1f43_b675 => break,
            _ => false,
        };
        is_matroska |= id == 0x1853_8067;
        at = if enter { body } else { body + len };
        if at >= file_len {
            break;
        }
    }
    tags.duration_s = ticks * scale_ns as f64 / 1e9;
    Ok(is_matroska.then_some(tags))
}

fn ogg_flac(file: &mut (impl Read + Seek), head: &[u8], file_len: u64) -> io::Result<Option<Tags>> {
    let body = head
        .get(26)
        .and_then(|lacing| head.get(27 + usize::from(*lacing)..))
        .unwrap_or_default();
    let Some(info) = body
        .strip_prefix(b"\x7fFLAC")
        .and_then(|rest| rest.get(12..46))
    else {
        return Ok(None);
    };
    let packed = be(&info[10..18]);
    let rate = packed >> 44;
    let mut samples = packed & 0xf_ffff_ffff;
    if samples == 0 {
        // Written as a stream: the position of the last page tells (RFC 3533 section 6, little endian).
        let tail = read_at(file, file_len.saturating_sub(70_000), 70_000)?;
        let last = tail.windows(5).rposition(|window| window == b"OggS\0");
        let position = last
            .and_then(|at| tail.get(at + 6..at + 14))
            .unwrap_or_default();
        samples = be(&position.iter().rev().copied().collect::<Vec<_>>());
    }
    Ok(Some(Tags {
        duration_s: if rate > 0 && samples < 1 << 40 {
            samples as f64 / rate as f64
        } else {
            0.0
        },
        codec: "flac".into(),
        sample_rate_hz: rate_hz(rate as f64),
        ..Tags::default()
    }))
}
