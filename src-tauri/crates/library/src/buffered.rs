//! A file read through a few buffers that outlive a seek.
//!
//! Readers of tags jump between a file's beginning and its end, some bytes at a time, and `std::io::BufReader` throws its
//! buffer away at each jump. Here a jump costs nothing, and reads what was read before from memory.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// Files up to this length are read at once: their identity takes most of their bytes in any case.
const WHOLE_MAX: u64 = 192 * 1024;
/// Length of a buffer of a longer file.
const BUFFER: u64 = 64 * 1024;
/// What is read behind a stretch that is held: mostly little of what is read there is left.
const REST: u64 = 16 * 1024;
/// Buffers of a longer file: tags and audio at its beginning, its middle, its end, and the rests behind them.
const BUFFERS: usize = 6;

/// The memory of the buffers, for one file after the other: made anew for each, it would cost more than the reading.
pub(crate) struct Room(Vec<u8>);

impl Default for Room {
    fn default() -> Self {
        Self(vec![0; (BUFFER as usize * BUFFERS).max(WHOLE_MAX as usize)])
    }
}

/// Reads `inner`, whose length is known, through buffers.
pub(crate) struct Buffered<'a, R> {
    inner: R,
    /// Where `inner` stands.
    inner_at: u64,
    len: u64,
    /// Where the next byte is read.
    at: u64,
    /// The one used last comes last.
    buffers: Vec<Buffer<'a>>,
}

/// A stretch of the file.
struct Buffer<'a> {
    start: u64,
    room: &'a mut [u8],
    filled: usize,
}

impl Buffer<'_> {
    fn end(&self) -> u64 {
        self.start + self.filled as u64
    }

    /// What it holds from `at` on.
    fn from(&self, at: u64) -> &[u8] {
        at.checked_sub(self.start)
            .and_then(|skip| self.room[..self.filled].get(usize::try_from(skip).ok()?..))
            .unwrap_or_default()
    }
}

impl<'a, R: Read + Seek> Buffered<'a, R> {
    /// `len`: bytes of `inner`, which stands at its beginning.
    pub(crate) fn new(inner: R, len: u64, room: &'a mut Room) -> Self {
        let size = if len <= WHOLE_MAX { len } else { BUFFER };
        let rooms = room.0.chunks_exact_mut((size as usize).max(1));
        let empty = |room| Buffer {
            start: 0,
            room,
            filled: 0,
        };
        Self {
            inner,
            inner_at: 0,
            len,
            at: 0,
            buffers: rooms.take(BUFFERS).map(empty).collect(),
        }
    }

    /// Reads a stretch around [`at`](Self::at), up to what is held already, into the buffer that was not used for longest.
    fn fill(&mut self) -> io::Result<()> {
        let Some((buffer, others)) = self.buffers.split_first_mut() else {
            return Ok(());
        };
        let size = buffer.room.len() as u64;
        let held = || others.iter().filter(|other| other.filled > 0);
        let behind = held().any(|other| other.end() == self.at);
        // At the end of the file, what stands before is wanted too.
        let start = self.at.min(self.len - size);
        let mut end = if behind { self.at + REST } else { start + size };
        for other in held().filter(|other| other.start > self.at) {
            end = end.min(other.start);
        }
        let wanted = (end - start).min(size) as usize;
        if start != self.inner_at {
            self.inner.seek(SeekFrom::Start(start))?;
            self.inner_at = start;
        }
        (buffer.start, buffer.filled) = (start, 0);
        while buffer.filled < wanted {
            match self.inner.read(&mut buffer.room[buffer.filled..wanted]) {
                // The file was cut off meanwhile.
                Ok(0) => break,
                Ok(count) => buffer.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    // Where the file stands now is unknown.
                    self.inner_at = u64::MAX;
                    buffer.filled = 0;
                    return Err(error);
                }
            }
        }
        self.inner_at += buffer.filled as u64;
        self.buffers.rotate_left(1);
        Ok(())
    }
}

impl<R: Read + Seek> BufRead for Buffered<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.len {
            return Ok(&[]);
        }
        let at = self.at;
        let holds = |buffer: &Buffer| !buffer.from(at).is_empty();
        match self.buffers.iter().rposition(holds) {
            Some(n) => self.buffers[n..].rotate_left(1),
            None => self.fill()?,
        }
        Ok(self
            .buffers
            .last()
            .map_or(&[][..], |buffer| buffer.from(at)))
    }

    fn consume(&mut self, count: usize) {
        self.at += count as u64;
    }
}

impl<R: Read + Seek> Read for Buffered<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let held = self.fill_buf()?;
        let count = held.len().min(into.len());
        into[..count].copy_from_slice(&held[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<R> Seek for Buffered<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
        };
        self.at =
            target.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "negative seek"))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    /// Counts what is read of a file.
    struct Counted {
        inner: Cursor<Vec<u8>>,
        calls: usize,
        bytes: usize,
    }

    impl Read for &mut Counted {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let read = self.inner.read(into)?;
            self.calls += 1;
            self.bytes += read;
            Ok(read)
        }
    }

    impl Seek for &mut Counted {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.inner.seek(to)
        }
    }

    fn bytes(len: usize) -> Vec<u8> {
        (0..len).map(|i| (i * 31 % 251) as u8).collect()
    }

    proptest! {
        /// Whatever is asked in whatever order, it answers as the file itself.
        #[test]
        fn it_reads_as_the_file_does(
            len in prop_oneof![0..70usize, 190_000..200_000usize, 400_000..900_000usize],
            asked in prop::collection::vec((0..3u8, 0.0..1.2f64, 0..200_000usize), 1..40),
        ) {
            let mut plain = Cursor::new(bytes(len));
            let mut room = Room::default();
            let mut buffered = Buffered::new(plain.clone(), len as u64, &mut room);
            for (whence, place, count) in asked {
                let place = (place * len as f64) as u64;
                let to = match whence {
                    0 => SeekFrom::Start(place),
                    1 => SeekFrom::End(-(place as i64)),
                    _ => SeekFrom::Current(place as i64 - len as i64 / 2),
                };
                let (expected, found) = (plain.seek(to), buffered.seek(to));
                prop_assert_eq!(found.ok(), expected.ok());
                let mut wanted = Vec::new();
                let mut got = Vec::new();
                plain.by_ref().take(count as u64).read_to_end(&mut wanted).unwrap();
                buffered.by_ref().take(count as u64).read_to_end(&mut got).unwrap();
                prop_assert!(wanted == got);
            }
        }
    }

    #[test]
    fn of_a_long_file_little_is_read_beside_the_samples() {
        let len = 5_000_000;
        let mut counted = Counted {
            inner: Cursor::new(bytes(len)),
            calls: 0,
            bytes: 0,
        };
        let mut room = Room::default();
        let mut buffered = Buffered::new(&mut counted, len as u64, &mut room);
        let sample = 65_536;
        // Heads of tags, a tag at the end, the samples of the identity between the tags, and the tags themselves.
        for (start, count) in [
            (0, 10),
            (len - 160, 160),
            (3_000, sample),
            (len / 2, sample),
            (len - 128 - sample, sample),
            (0, 3_000),
            (len - 128, 128),
        ] {
            buffered.seek(SeekFrom::Start(start as u64)).unwrap();
            buffered.read_exact(&mut vec![0; count]).unwrap();
        }
        assert_eq!(counted.bytes, 3 * sample + REST as usize + 128);
    }

    #[test]
    fn a_jump_reads_nothing_twice() {
        // Length of the file; jumps back and forth; bytes read of the file at most.
        for (len, jumps, most) in [(43_000, 50, 43_000), (5_000_000, 50, 3 * 65_536)] {
            let mut counted = Counted {
                inner: Cursor::new(bytes(len)),
                calls: 0,
                bytes: 0,
            };
            let mut room = Room::default();
            let mut buffered = Buffered::new(&mut counted, len as u64, &mut room);
            for n in 0..jumps {
                for start in [n, len as u64 / 2 + n, len as u64 - 160 + n] {
                    buffered.seek(SeekFrom::Start(start)).unwrap();
                    buffered.read_exact(&mut [0; 10]).unwrap();
                }
            }
            assert!(counted.bytes <= most, "{} of {len}", counted.bytes);
        }
    }
}
