//! Pieces of a file as its format writes them: numbers, and the heads of tags and boxes that several readers walk over.

use std::io::{self, BufRead, Seek, SeekFrom};

pub(crate) use segue_core::bytes::{be, le};
use segue_core::id3v2_byte_len;

/// Room made at first for what is read; what is longer makes its own as it comes, for a length may be a lie.
const FIRST_ROOM: u64 = 256 * 1024;

/// Up to `len` bytes at `start`; fewer at the end of the file.
pub(crate) fn read_at(
    file: &mut (impl BufRead + Seek),
    start: u64,
    len: u64,
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(len.min(FIRST_ROOM) as usize);
    pieces_at(file, start, len, |piece| bytes.extend_from_slice(piece))?;
    Ok(bytes)
}

/// Gives `take` up to `len` bytes at `start`, fewer at the end of the file, piece by piece as they lie in the reader's
/// buffer: what is only looked at once is not copied.
pub(crate) fn pieces_at(
    file: &mut (impl BufRead + Seek),
    start: u64,
    mut len: u64,
    mut take: impl FnMut(&[u8]),
) -> io::Result<()> {
    file.seek(SeekFrom::Start(start))?;
    while len > 0 {
        let held = file.fill_buf()?;
        let count = held.len().min(usize::try_from(len).unwrap_or(usize::MAX));
        if count == 0 {
            break;
        }
        take(&held[..count]);
        file.consume(count);
        len -= count as u64;
    }
    Ok(())
}

/// The lengths that the first 16 bytes of an MP4 box state (ISO/IEC 14496-12 4.2): of its head, and of all of it. `rest`: what
/// is left of the file or of the box around it, which a length of 0 stands for.
pub(crate) fn box_lengths(head: &[u8], rest: u64) -> (u64, u64) {
    match be(&head[..4]) {
        0 => (8, rest),
        1 if head.len() == 16 => (16, be(&head[8..16])),
        len => (8, len),
    }
}

/// The first offset behind all ID3v2 tags at `start`.
pub(crate) fn after_id3v2(
    file: &mut (impl BufRead + Seek),
    mut start: u64,
    file_len: u64,
) -> io::Result<u64> {
    for _ in 0..64 {
        let Some(len) = id3v2_byte_len(&read_at(file, start, 10)?, b"ID3") else {
            break;
        };
        start = (start + len).min(file_len);
    }
    Ok(start)
}
