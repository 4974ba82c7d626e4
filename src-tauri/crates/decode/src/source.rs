//! The file as symphonia reads it: as it is [shown](Shown), and with a budget, so that a demuxer that runs in circles
//! comes to an end.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use segue_core::{Damage, FileFault};
use symphonia::core::io::MediaSource;

use crate::shown::Shown;

/// What one step (open, next packet, seek) may read beyond a few times the file.
const STEP_BYTES_SPARE: u64 = 16 << 20;

/// Bytes and calls that the current step may still spend. Refilled before every step.
#[derive(Clone)]
pub(crate) struct Budget {
    left: Arc<AtomicU64>,
    step: u64,
}

impl Budget {
    /// Opens the next step.
    pub(crate) fn refill(&self) {
        self.left.store(self.step, Ordering::Relaxed);
    }
}

/// A file that refuses to be read once its [`Budget`] is spent.
pub(crate) struct BoundedFile {
    file: File,
    shown: Shown,
    at: u64,
    budget: Budget,
}

impl BoundedFile {
    pub(crate) fn new(file: File, shown: Shown) -> (Self, Budget) {
        let step = shown
            .len()
            .saturating_mul(8)
            .saturating_add(STEP_BYTES_SPARE);
        let budget = Budget {
            left: Arc::new(AtomicU64::new(step)),
            step,
        };
        (
            Self {
                file,
                shown,
                at: 0,
                budget: budget.clone(),
            },
            budget,
        )
    }

    fn spend(&self, cost: u64) -> io::Result<()> {
        let left = self.budget.left.load(Ordering::Relaxed);
        self.budget
            .left
            .store(left.saturating_sub(cost), Ordering::Relaxed);
        if left < cost {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                FileFault::from(Damage::Circles),
            ));
        }
        Ok(())
    }
}

impl Read for BoundedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.shown.read(&mut self.file, self.at, buffer)?;
        self.at += read as u64;
        self.spend(read.max(64) as u64)?;
        Ok(read)
    }
}

impl Seek for BoundedFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.spend(64)?;
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.shown.len().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

impl MediaSource for BoundedFile {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.shown.len())
    }
}
