//! What the demuxers are shown of a file.
//!
//! A demuxer takes a header at its word, and refuses the whole file for a length that lies, for a picture cut short,
//! for a tag behind the sound. So a file of a kind known here is read first by a parser that expects damage, and the
//! demuxer is shown a clean one: a header made anew, and the stretches of the file that hold sound. Nothing is
//! written, and sound is never copied: it is read from where it lies.
//!
//! Some kinds are shown as others with the same samples, where Symphonia knows only those: RF64, BW64 and W64 as WAV,
//! AU as AIFF-C, an MPEG stream in a WAV as the bare stream.

mod chunks;
mod ends;
mod flac;
mod flac_header;
mod kinds;
mod matroska;
mod mp4;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use crate::mp4::Movie;
pub(crate) use ends::CodecTrim;
pub(crate) use flac_header::flac_frames;

/// A stretch of what is shown.
#[derive(Clone, Debug)]
enum Piece {
    /// Bytes of the file.
    File(Range<u64>),
    /// Bytes put in.
    Bytes(Arc<[u8]>),
}

impl Piece {
    fn len(&self) -> u64 {
        match self {
            Piece::File(range) => range.end - range.start,
            Piece::Bytes(bytes) => bytes.len() as u64,
        }
    }
}

/// A file as its demuxer is shown it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shown {
    /// Where each piece ends, and the piece.
    pieces: Vec<(u64, Piece)>,
    /// Audible frames, where the header shown has no room for so many.
    pub(crate) frames: Option<u64>,
    /// Where the music lies in an MP4.
    pub(crate) movie: Option<Arc<Movie>>,
    /// Where the music begins and ends in a Matroska file.
    pub(crate) ends: Option<CodecTrim>,
}

impl Shown {
    /// The file with these bytes in place of those that stand there.
    pub(crate) fn patched(mut patches: Vec<(u64, Vec<u8>)>, byte_len: u64) -> Self {
        patches.sort();
        let mut shown = Self::default();
        let mut from = 0;
        for (at, bytes) in patches {
            shown.file(from..at);
            from = at + bytes.len() as u64;
            shown.bytes(bytes);
        }
        shown.file(from..byte_len);
        shown
    }

    /// Bytes shown.
    pub(crate) fn len(&self) -> u64 {
        self.pieces.last().map_or(0, |(end, _)| *end)
    }

    /// Puts a stretch of the file behind what is there.
    pub(crate) fn file(&mut self, range: Range<u64>) {
        self.push(Piece::File(range));
    }

    /// Puts bytes behind what is there.
    pub(crate) fn bytes(&mut self, bytes: Vec<u8>) {
        self.push(Piece::Bytes(bytes.into()));
    }

    /// A stretch of what is shown, as if it were a file.
    pub(crate) fn part(&self, range: Range<u64>) -> Self {
        let mut part = Self::default();
        for (end, piece) in &self.pieces {
            let start = end - piece.len();
            let from = range.start.clamp(start, *end) - start;
            let to = range.end.clamp(start, *end) - start;
            match piece {
                Piece::File(file) => part.file(file.start + from..file.start + to.max(from)),
                Piece::Bytes(bytes) => {
                    part.bytes(bytes[from as usize..to.max(from) as usize].to_vec());
                }
            }
        }
        part
    }

    fn push(&mut self, piece: Piece) {
        let len = piece.len();
        if len > 0 {
            self.pieces.push((self.len().saturating_add(len), piece));
        }
    }

    /// Reads what is shown at `at`, as much as lies together; 0 at the end.
    pub(crate) fn read(&self, file: &mut File, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let index = self.pieces.partition_point(|(end, _)| *end <= at);
        let Some((end, piece)) = self.pieces.get(index) else {
            return Ok(0);
        };
        let inside = at - (end - piece.len());
        let room = usize::try_from(end - at)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        match piece {
            Piece::File(range) => {
                file.seek(SeekFrom::Start(range.start + inside))?;
                file.read(&mut buffer[..room])
            }
            Piece::Bytes(bytes) => {
                let from = inside as usize;
                buffer[..room].copy_from_slice(&bytes[from..from + room]);
                Ok(room)
            }
        }
    }
}
