//! MP4: the file without the boxes that lead its demuxer astray. What its own boxes say of the music is read in
//! [`crate::mp4`].

use std::fs::File;
use std::io::{self, Read, Seek};
use std::ops::Range;
use std::sync::Arc;

use super::Shown;
use crate::bytes::{STEPS_MAX, be, read_at};
use crate::mp4::{Movie, first_chunk, fragment_ticks, others, table_ticks};

/// A `moov` larger than this is not read (covers lie in it, so megabytes are common).
const MOOV_BYTES_MAX: u64 = 256 << 20;
/// A `moof` larger than this is not read: a day in one fragment has some 30 MB.
const MOOF_BYTES_MAX: u64 = 64 << 20;

/// What is shown of an MP4: the file, with other names for the boxes that lead its demuxer astray. These are all segment
/// indexes, and all tracks but the sound that is played: a jump that a short one of them cannot follow would fail. A file
/// behind a tag is shown without it.
pub(crate) fn show(file: &mut File, start: u64, byte_len: u64) -> io::Result<Option<Shown>> {
    let mut movie = None;
    let (mut hidden, mut cut) = (Vec::new(), None);
    let (mut fragments, mut data) = (None, None);
    let mut at = start;
    for _ in 0..STEPS_MAX {
        let Some((kind, body)) = box_at(file, at, byte_len)? else {
            break;
        };
        match &kind {
            b"mdat" => {
                data = data.or(Some(body.start));
                if body.end == byte_len {
                    cut = Some((at, body.start - at));
                }
            }
            b"sidx" => hidden.push(at + 4),
            b"moov" if movie.is_none() && body.end - body.start <= MOOV_BYTES_MAX => {
                let moov = read_at(file, body.start, body.end - body.start)?;
                hidden.extend(others(&moov).map(|place| body.start + place as u64));
                movie = Some(moov);
            }
            b"moof" if body.end - body.start <= MOOF_BYTES_MAX => {
                let moof = read_at(file, body.start, body.end - body.start)?;
                let ticks = movie
                    .as_deref()
                    .map_or(0, |moov| fragment_ticks(moov, &moof));
                fragments = Some(fragments.unwrap_or(0_u64).saturating_add(ticks));
            }
            _ => {}
        }
        at = body.end;
    }
    let Some(moov) = movie else {
        return Ok(None);
    };
    let fragments = fragments.map(|ticks| ticks.saturating_add(table_ticks(&moov)));
    let mut patches: Vec<(u64, Vec<u8>)> = hidden
        .into_iter()
        .map(|place| (place, b"free".to_vec()))
        .collect();
    // A demuxer reads nothing of a box that reaches beyond the file: what is cut off ends with it. A length of 0 says so too.
    patches.extend(cut.map(|(at, header)| {
        let len = byte_len - at;
        match header {
            16 => (at + 8, len.to_be_bytes().to_vec()),
            _ => (
                at,
                u32::try_from(len)
                    .unwrap_or_default()
                    .to_be_bytes()
                    .to_vec(),
            ),
        }
    }));
    let mut shown = Shown::patched(patches, byte_len);
    // A tag that was put in front did not move the places that the tables state.
    let moved = data
        .zip(first_chunk(&moov))
        .is_none_or(|(data, stated)| stated < data);
    if start > 0 && moved {
        shown = shown.part(start..byte_len);
    }
    shown.movie = Some(Arc::new(Movie { moov, fragments }));
    Ok(Some(shown))
}

/// The box at `at`: its kind, and where its body lies. One that reaches beyond the file ends with it.
fn box_at(
    file: &mut (impl Read + Seek),
    at: u64,
    byte_len: u64,
) -> io::Result<Option<([u8; 4], Range<u64>)>> {
    let head = read_at(file, at, 16)?;
    let Some(kind) = head.get(4..8).and_then(|kind| kind.try_into().ok()) else {
        return Ok(None);
    };
    let (header, size) = match be(&head[..4]) {
        0 => (8, byte_len - at),
        1 if head.len() == 16 => (16, be(&head[8..])),
        size => (8, size),
    };
    if size < header {
        return Ok(None);
    }
    let end = at.saturating_add(size).min(byte_len);
    Ok((at + header <= end).then_some((kind, at + header..end)))
}
