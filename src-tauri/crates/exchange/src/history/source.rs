//! The bytes of a history as they are read: UTF-16 turned into UTF-8, lines, and no entry larger than
//! [`ENTRY_BYTES_MAX`].

use std::cell::Cell;
use std::io::{BufRead, BufReader, Read};
use std::rc::Rc;

use encoding_rs::{Decoder, Encoding, UTF_8};

/// Largest entry (a line, a record, a JSON object) that is read, in bytes: no play is longer.
pub(super) const ENTRY_BYTES_MAX: u64 = 1 << 20;
/// So much of a file's beginning tells its format.
const HEAD_BYTES: usize = 1 << 16;

/// UTF-16 with a byte order mark, as Windows' programs export tables, read as UTF-8.
struct Utf16<'a> {
    inner: BufReader<Box<dyn Read + 'a>>,
    decoder: Decoder,
    text: String,
    given: usize,
}

impl Read for Utf16<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.text.len() {
            let raw = self.inner.fill_buf()?;
            self.given = 0;
            self.text.clear();
            let room = self.decoder.max_utf8_buffer_length(raw.len());
            self.text.reserve(room.unwrap_or(raw.len()));
            let (_, taken, _) = self.decoder.decode_to_string(raw, &mut self.text, false);
            if raw.is_empty() {
                return Ok(0);
            }
            self.inner.consume(taken);
        }
        let rest = &self.text.as_bytes()[self.given..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

/// A file being read, which gives at most [`ENTRY_BYTES_MAX`] bytes from one [`Entries::next`] to the next.
pub(super) struct BoundedReader<'a> {
    inner: BufReader<Box<dyn Read + 'a>>,
    given: Entries,
}

/// Tells a [`BoundedReader`] that another entry begins.
#[derive(Clone, Default)]
pub(super) struct Entries(Rc<Cell<u64>>);

impl Entries {
    pub(super) fn next(&self) {
        self.0.set(0);
    }
}

impl<'a> BoundedReader<'a> {
    pub(super) fn new(file: Box<dyn Read + 'a>) -> Self {
        let mut inner = BufReader::with_capacity(HEAD_BYTES, file);
        // An error shows again at the first entry.
        let marked = inner.fill_buf().ok().and_then(Encoding::for_bom);
        if let Some((encoding, _)) = marked.filter(|(encoding, _)| *encoding != UTF_8) {
            let text: Box<dyn Read + 'a> = Box::new(Utf16 {
                inner,
                decoder: encoding.new_decoder(),
                text: String::new(),
                given: 0,
            });
            inner = BufReader::with_capacity(HEAD_BYTES, text);
        }
        Self {
            inner,
            given: Entries::default(),
        }
    }

    /// What stands at the beginning, without consuming it.
    pub(super) fn head(&mut self) -> std::io::Result<Vec<u8>> {
        self.inner.fill_buf().map(<[u8]>::to_vec)
    }

    pub(super) fn entries(&self) -> Entries {
        self.given.clone()
    }

    fn give(&mut self, count: usize) {
        self.given.0.set(self.given.0.get() + count as u64);
    }

    fn within(&self) -> std::io::Result<()> {
        if self.given.0.get() > ENTRY_BYTES_MAX {
            return Err(std::io::Error::other(format!(
                "an entry is larger than {ENTRY_BYTES_MAX} bytes"
            )));
        }
        Ok(())
    }

    /// Passes over a byte order mark.
    pub(super) fn skip_mark(&mut self) -> std::io::Result<()> {
        if self.inner.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            self.inner.consume(3);
        }
        Ok(())
    }

    /// The next line without its end, `None` at the end of the file. Of a line that is too long the beginning, which
    /// no JSON document survives; the rest of it is passed over.
    pub(super) fn line(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = Read::by_ref(&mut self.inner)
            .take(ENTRY_BYTES_MAX)
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        if read as u64 == ENTRY_BYTES_MAX && line.last() != Some(&b'\n') {
            self.inner.skip_until(b'\n')?;
        }
        Ok(Some(line))
    }
}

impl Read for BoundedReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.within()?;
        let read = self.inner.read(into)?;
        self.give(read);
        Ok(read)
    }
}

impl BufRead for BoundedReader<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.within()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.give(count);
        self.inner.consume(count);
    }
}
