//! What decodes a file, as the engine asks for it.

use segue_decode::{AudioFormat, DecodeError, StereoStream};

use crate::ring::StereoFrame;

/// What decodes a file.
pub(crate) trait Stream: Send {
    /// See [`StereoStream`], which this is but in tests.
    fn format(&self) -> &AudioFormat;
    fn notice(&self) -> Option<String>;
    fn duration_s(&self) -> Option<f64>;
    fn position_s(&self) -> f64;
    fn seek(&mut self, to_s: f64) -> Result<(), DecodeError>;
    fn read(&mut self, out: &mut [StereoFrame]) -> Result<usize, DecodeError>;
}

impl Stream for StereoStream {
    fn format(&self) -> &AudioFormat {
        self.format()
    }

    fn notice(&self) -> Option<String> {
        self.notice()
    }

    fn duration_s(&self) -> Option<f64> {
        self.duration_s()
    }

    fn position_s(&self) -> f64 {
        self.position_s()
    }

    fn seek(&mut self, to_s: f64) -> Result<(), DecodeError> {
        self.seek(to_s)
    }

    fn read(&mut self, out: &mut [StereoFrame]) -> Result<usize, DecodeError> {
        self.read(out)
    }
}
