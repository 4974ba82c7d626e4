//! Decoding ahead of what is read, on a thread that may wait for a disk: one that went to sleep in a pause, or a share that
//! falters in the middle of a song. Who reads never waits; what is not decoded yet it gets the next time.

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};
use segue_core::FailedFile;

use crate::ring::StereoFrame;
use crate::stream::Stream;

/// Frames decoded at a time.
const BLOCK: usize = 2048;
/// So many blocks lie ready, beside what the ring holds.
const AHEAD: usize = 8;
/// So many before anything is read, so that the first sound does not hang on when the thread gets its turn.
const FIRST: usize = 4;

type Block = Result<Vec<StereoFrame>, FailedFile>;

/// The reading end.
pub(crate) struct ReadAhead {
    blocks: Receiver<Block>,
    back: Receiver<Box<dyn Stream>>,
    /// What was taken, and how much of it is read.
    block: Vec<StereoFrame>,
    given: usize,
}

/// The decoding end.
pub(crate) struct Decoding {
    stream: Box<dyn Stream>,
    blocks: Sender<Block>,
    back: Sender<Box<dyn Stream>>,
}

impl Decoding {
    pub(crate) fn new(stream: Box<dyn Stream>) -> (Self, ReadAhead) {
        let (give, blocks) = bounded(AHEAD);
        let (give_back, back) = bounded(1);
        let decoding = Self {
            stream,
            blocks: give,
            back: give_back,
        };
        let ahead = ReadAhead {
            blocks,
            back,
            block: Vec::new(),
            given: 0,
        };
        (decoding, ahead)
    }

    /// Decodes until the stream ends or nobody reads any more. `begun` is called once the first blocks lie ready.
    pub(crate) fn run(mut self, begun: impl FnOnce()) {
        let goes_on = (0..FIRST).all(|_| self.decode());
        begun();
        while goes_on && self.decode() {}
        // Fails where the reading end is gone.
        _ = self.back.send(self.stream);
    }

    /// Decodes a block. Whether there may be more, and somebody wants it.
    fn decode(&mut self) -> bool {
        let mut block = vec![[0.0; 2]; BLOCK];
        let read = self.stream.read(&mut block);
        let more = matches!(read, Ok(1..));
        let block = read.map(|count| {
            block.truncate(count);
            block
        });
        self.blocks.send(block).is_ok() && more
    }
}

impl ReadAhead {
    /// Fills `out` from the front; none means the end. Nothing is returned while nothing is decoded.
    pub(crate) fn read(&mut self, out: &mut [StereoFrame]) -> Result<Option<usize>, FailedFile> {
        if self.given == self.block.len() {
            self.given = 0;
            self.block.clear();
            self.block = match self.blocks.try_recv() {
                Ok(block) => block?,
                Err(TryRecvError::Empty) => return Ok(None),
                Err(TryRecvError::Disconnected) => Vec::new(),
            };
        }
        let ready = &self.block[self.given..];
        let count = ready.len().min(out.len());
        out[..count].copy_from_slice(&ready[..count]);
        self.given += count;
        Ok(Some(count))
    }

    /// Waits for the decoding to stop, and takes the stream back. None if it panicked.
    pub(crate) fn stop(self) -> Option<Box<dyn Stream>> {
        drop(self.blocks);
        self.back.recv().ok()
    }
}
