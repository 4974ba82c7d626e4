//! Bytes of files as the parsers here read them: stretches that may be cut short, and numbers.

use std::io::{self, Read, Seek, SeekFrom};

pub(crate) use segue_core::bytes::{be, le};

/// Chunks, blocks or boxes walked over before a file is taken for a trap.
pub(crate) const STEPS_MAX: usize = 200_000;

/// Up to `len` bytes at `start`; fewer at the end of the file.
pub(crate) fn read_at(file: &mut (impl Read + Seek), start: u64, len: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::with_capacity(len.min(64 * 1024) as usize);
    file.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}
