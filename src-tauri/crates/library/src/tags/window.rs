//! Ways to read a file that guard its readers.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use segue_core::{Damage, FileFault};

/// A file that refuses to be read for ever: a parser that runs in circles costs one file, not the scan.
pub(super) struct Metered<R> {
    inner: R,
    calls_left: u64,
    bytes_left: u64,
}

impl<R> Metered<R> {
    pub(super) fn new(inner: R, file_len: u64) -> Self {
        Self {
            inner,
            calls_left: 20_000_000,
            bytes_left: file_len.saturating_mul(8).saturating_add(64 << 20),
        }
    }

    fn spend(&mut self, bytes: u64) -> io::Result<()> {
        match (
            self.calls_left.checked_sub(1),
            self.bytes_left.checked_sub(bytes),
        ) {
            (Some(calls), Some(bytes)) => {
                (self.calls_left, self.bytes_left) = (calls, bytes);
                Ok(())
            }
            _ => Err(io::Error::other(FileFault::from(Damage::Circles))),
        }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.spend(read as u64)?;
        Ok(read)
    }
}

impl<R: BufRead> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        // What is left was spent by `consume`, which cannot refuse.
        self.spend(u64::from(self.bytes_left == 0))?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.bytes_left = self.bytes_left.saturating_sub(count as u64);
        self.inner.consume(count);
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.spend(0)?;
        self.inner.seek(to)
    }
}

/// A stretch of a file, read as if it were the file.
pub(super) struct FileRange<'a, R> {
    inner: &'a mut R,
    start: u64,
    len: u64,
    at: u64,
}

impl<'a, R> FileRange<'a, R> {
    /// From `start` up to `end`.
    pub(super) fn new(inner: &'a mut R, start: u64, end: u64) -> Self {
        Self {
            inner,
            start,
            len: end.saturating_sub(start),
            at: 0,
        }
    }
}

impl<R: Read + Seek> Read for FileRange<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.len.saturating_sub(self.at);
        let wanted = (buffer.len() as u64).min(left) as usize;
        if wanted == 0 {
            return Ok(0);
        }
        let read = self.inner.read(&mut buffer[..wanted])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl<R: BufRead + Seek> BufRead for FileRange<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let left = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let held = self.inner.fill_buf()?;
        Ok(&held[..held.len().min(left)])
    }

    fn consume(&mut self, count: usize) {
        self.at += count as u64;
        self.inner.consume(count);
    }
}

impl<R: Seek> Seek for FileRange<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "negative seek");
        self.at = at.ok_or_else(before)?;
        self.inner
            .seek(SeekFrom::Start(self.start.saturating_add(self.at)))?;
        Ok(self.at)
    }
}
