//! A file as the playback engine reads it: stereo at the file's own rate.

use std::path::Path;

use segue_core::{FailedFile, FileFault, FileSpan};

use crate::downmix::Downmix;
use crate::{AudioFormat, Decoder};

/// A file, mixed to stereo, at its own rate. Files that follow each other are resampled together
/// ([`StereoResampler`](crate::StereoResampler)), so that no seam is heard.
///
/// Mono and stereo files come out bit for bit as decoded.
pub struct StereoStream {
    decoder: Decoder,
    downmix: Downmix,
    /// Frame that `read` yields next.
    position: u64,
    /// What the last block came to, from `ready_from` on not yet read.
    ready: Vec<f32>,
    ready_from: usize,
}

impl StereoStream {
    /// Opens `path`, or a stretch of it.
    pub fn open(path: &Path, span: FileSpan) -> Result<StereoStream, FailedFile> {
        let decoder = Decoder::open(path, span)?;
        Ok(Self {
            downmix: Downmix::stereo(decoder.channels()),
            decoder,
            position: 0,
            ready: Vec::new(),
            ready_from: 0,
        })
    }

    /// What the file holds, before mixing.
    pub fn format(&self) -> &AudioFormat {
        self.decoder.format()
    }

    /// What is missing of what the file holds, as [`Decoder::notice`] says it.
    pub fn notice(&self) -> Option<FileFault> {
        self.decoder.notice()
    }

    /// Length in seconds: exact where the file states it, else the container's estimate, if any.
    pub fn duration_s(&self) -> Option<f64> {
        self.decoder.duration_s()
    }

    /// Time of the next frame that [`read`](Self::read) yields, in seconds from the start.
    pub fn position_s(&self) -> f64 {
        self.position as f64 / self.rate_hz()
    }

    /// Moves to `to_s` seconds, to the nearest frame. Beyond the end means at the end.
    pub fn seek(&mut self, to_s: f64) -> Result<(), FailedFile> {
        let frame = (to_s.max(0.0) * self.rate_hz()).round();
        self.ready.clear();
        self.ready_from = 0;
        self.decoder.seek(frame as u64)?;
        self.position = self.decoder.position();
        Ok(())
    }

    /// Fills `out` from the front with frames of left and right. Fewer than asked for only before the end;
    /// 0 at the end.
    pub fn read(&mut self, out: &mut [[f32; 2]]) -> Result<usize, FailedFile> {
        let out = out.as_flattened_mut();
        let mut filled = 0;
        while filled < out.len() {
            let ready = &self.ready[self.ready_from..];
            if ready.is_empty() {
                if !self.more()? {
                    break;
                }
                continue;
            }
            let count = ready.len().min(out.len() - filled);
            out[filled..filled + count].copy_from_slice(&ready[..count]);
            self.ready_from += count;
            filled += count;
        }
        let frames = filled / 2;
        self.position += frames as u64;
        Ok(frames)
    }

    /// Decodes one more block into `ready`, which must be used up. `false` at the end.
    fn more(&mut self) -> Result<bool, FailedFile> {
        self.ready.clear();
        self.ready_from = 0;
        let Some(block) = self.decoder.next_block()? else {
            return Ok(false);
        };
        self.downmix.mix_into(block, &mut self.ready);
        Ok(true)
    }

    fn rate_hz(&self) -> f64 {
        f64::from(self.decoder.format().sample_rate_hz)
    }
}
