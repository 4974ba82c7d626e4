//! Stretches of a file for the analysis: mono, at the network's rate, reached by seeking.

use std::path::Path;

use crate::downmix::Downmix;
use crate::stream::Mixed;
use crate::{DecodeError, Decoder};

/// A stretch of a file, in seconds from its start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Where it begins.
    pub start_s: f64,
    /// How long it lasts.
    pub length_s: f64,
}

/// Decodes the spans that `spans` chooses for the file's length in seconds, each to `rate_hz` mono samples.
///
/// Stereo is averaged, more channels are mixed by ITU-R BS.775. A span that reaches beyond the end comes out
/// shorter, possibly empty. The same file gives the same bits, whatever else the machine is doing.
pub fn mono_windows(
    path: &Path,
    rate_hz: u32,
    spans: impl FnOnce(f64) -> Vec<Span>,
) -> Result<Vec<Vec<f32>>, DecodeError> {
    let mut mixed = Mixed::open(path, rate_hz, Downmix::mono)?;
    let format = mixed.decoder().format();
    let frames = match format.frames {
        Some(frames) => frames,
        None => Decoder::count_frames(path)?,
    };
    let duration_s = frames as f64 / f64::from(format.sample_rate_hz);
    let mut windows = Vec::new();
    for span in spans(duration_s) {
        let start = (span.start_s.max(0.0) * f64::from(rate_hz)).round() as u64;
        let length = (span.length_s.max(0.0) * f64::from(rate_hz)).round() as usize;
        mixed.seek(start)?;
        let mut window = vec![0.0; length];
        let read = mixed.read(&mut window)?;
        window.truncate(read);
        windows.push(window);
    }
    Ok(windows)
}
