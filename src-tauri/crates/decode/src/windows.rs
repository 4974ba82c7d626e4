//! A file for the analysis: mono, at the network's rate. Stretches of it are reached by seeking; where all of it is
//! wanted, its own samples can be heard by others on the way.

use std::path::Path;

use segue_core::FailedFile;

use crate::Decoder;
use crate::downmix::Downmix;
use crate::stream::Mixed;

/// A stretch of a file, in seconds from its start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Where it begins.
    pub start_s: f64,
    /// How long it lasts.
    pub length_s: f64,
}

/// A file, mixed to mono and resampled to one fixed rate.
///
/// Stereo is averaged, more channels are mixed by ITU-R BS.775. The same file gives the same bits, whatever else the
/// machine is doing.
pub struct MonoStream {
    mixed: Mixed,
    duration_s: f64,
}

impl MonoStream {
    /// Opens `path` to be read at `rate_hz`.
    pub fn open(path: &Path, rate_hz: u32) -> Result<MonoStream, FailedFile> {
        let mut mixed = Mixed::open(path, Some(rate_hz), Downmix::mono)?;
        let frames = mixed.frames()?;
        let duration_s = frames as f64 / f64::from(mixed.decoder().format().sample_rate_hz);
        Ok(Self { mixed, duration_s })
    }

    /// The file at its own rate, with its own channels.
    pub fn decoder(&self) -> &Decoder {
        self.mixed.decoder()
    }

    /// Length in seconds. A file that does not state it was counted through.
    pub fn duration_s(&self) -> f64 {
        self.duration_s
    }

    /// Decodes `spans`, each for itself. One that reaches beyond the end comes out shorter, possibly empty.
    pub fn windows(mut self, spans: &[Span]) -> Result<Vec<Vec<f32>>, FailedFile> {
        let rate_hz = f64::from(self.mixed.rate_hz());
        let samples = |seconds: f64| (seconds.max(0.0) * rate_hz).round() as u64;
        let mut windows = Vec::new();
        for span in spans {
            self.mixed.seek(samples(span.start_s))?;
            let mut window = vec![0.0; samples(span.length_s) as usize];
            let read = self.mixed.read(&mut window)?;
            window.truncate(read);
            windows.push(window);
        }
        Ok(windows)
    }

    /// Decodes everything, once. `hear` gets the file's own samples as they go by, interleaved; its error ends the work.
    pub fn whole(
        self,
        hear: impl FnMut(&[f32]) -> Result<(), FailedFile>,
    ) -> Result<Vec<f32>, FailedFile> {
        self.mixed.whole(hear)
    }
}
