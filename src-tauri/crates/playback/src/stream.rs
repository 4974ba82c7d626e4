//! What decodes a file, as the engine asks for it.

use segue_core::{FailedFile, FileFault};
use segue_decode::{AudioFormat, StereoStream};

use crate::ring::StereoFrame;

/// What decodes a file.
pub(crate) trait Stream: Send {
    /// See [`StereoStream`], which this is but in tests.
    fn format(&self) -> &AudioFormat;
    fn notice(&self) -> Option<FileFault>;
    fn duration_s(&self) -> Option<f64>;
    fn position_s(&self) -> f64;
    fn seek(&mut self, to_s: f64) -> Result<(), FailedFile>;
    fn read(&mut self, out: &mut [StereoFrame]) -> Result<usize, FailedFile>;
}

impl Stream for StereoStream {
    fn format(&self) -> &AudioFormat {
        self.format()
    }

    fn notice(&self) -> Option<FileFault> {
        self.notice()
    }

    fn duration_s(&self) -> Option<f64> {
        self.duration_s()
    }

    fn position_s(&self) -> f64 {
        self.position_s()
    }

    fn seek(&mut self, to_s: f64) -> Result<(), FailedFile> {
        self.seek(to_s)
    }

    fn read(&mut self, out: &mut [StereoFrame]) -> Result<usize, FailedFile> {
        self.read(out)
    }
}
