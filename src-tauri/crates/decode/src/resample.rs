//! Another sampling rate, in step with the clock: output frame `k` sounds at `k / to_hz` seconds, with the
//! filter's delay taken off. rubato's synchronous FFT resampler does the work.

use std::path::Path;

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};
use segue_core::{FailedFile, FileFault};

/// Frames per transform, at least, up to [`CHUNK_HZ`]: 1,024 keep the pass band to 95 % of the lower Nyquist frequency.
const CHUNK_FRAMES: u64 = 1024;
/// Faster files get as much more, or the filter's edge would reach further down the faster a file is, and the same
/// sound would be another.
const CHUNK_HZ: u64 = 44_100;

/// A resampler for interleaved samples.
pub(crate) struct Resampler {
    fft: Fft<f32>,
    channels: usize,
    from_hz: u64,
    to_hz: u64,
    input: Vec<f32>,
    chunk: Vec<f32>,
    /// Output frames still to be dropped: the filter's delay.
    delay: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    pub(crate) fn new(
        path: &Path,
        channels: usize,
        from_hz: u32,
        to_hz: u32,
    ) -> Result<Self, FailedFile> {
        // An even number of the smallest blocks: the filter's delay, half a block, is then whole frames.
        let grid = u64::from(from_hz) / gcd(u64::from(from_hz), u64::from(to_hz));
        let frames = CHUNK_FRAMES.max((CHUNK_FRAMES * u64::from(from_hz)).div_ceil(CHUNK_HZ));
        let chunk = frames.div_ceil(2 * grid) * 2 * grid;
        let fft = Fft::new_custom(
            from_hz as usize,
            to_hz as usize,
            chunk as usize,
            1,
            channels,
            rubato::WindowFunction::BlackmanHarris2,
            FixedSync::Both,
        )
        .map_err(|e| {
            let detail = e.to_string();
            FailedFile::new(path, FileFault::NotResampled { to_hz, detail })
        })?;
        let chunk = vec![0.0; fft.output_frames_max() * channels];
        let delay = fft.output_delay();
        Ok(Self {
            fft,
            channels,
            from_hz: u64::from(from_hz),
            to_hz: u64::from(to_hz),
            input: Vec::new(),
            chunk,
            delay,
            taken: 0,
            given: 0,
        })
    }

    /// The input frame from which on output frame `frame` sounds as in the whole: early enough for the filter, whose
    /// reach is twice its length, and at a whole frame of the output.
    pub(crate) fn start(&self, frame: u64) -> u64 {
        let grid = self.from_hz / gcd(self.from_hz, self.to_hz);
        let reach = 2 * self.fft.fft_size_in() as u64;
        scaled(frame, self.from_hz, self.to_hz).saturating_sub(reach) / grid * grid
    }

    /// The output frame that sounds when input frame `frame` does.
    pub(crate) fn output(&self, frame: u64) -> u64 {
        scaled(frame, self.to_hz, self.from_hz)
    }

    /// Forgets all input. The next frame pushed counts as frame 0.
    pub(crate) fn reset(&mut self) {
        self.fft.reset();
        self.input.clear();
        self.delay = self.fft.output_delay();
        (self.taken, self.given) = (0, 0);
    }

    /// Takes interleaved `samples` in and appends what comes out.
    pub(crate) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.input.extend_from_slice(samples);
        self.taken += (samples.len() / self.channels) as u64;
        let need = self.fft.input_frames_next();
        let mut used = 0;
        while self.input.len() / self.channels - used >= need {
            let stop = used + need;
            self.transform(used, need, None, out);
            used = stop;
        }
        self.input.drain(..used * self.channels);
    }

    /// Ends the input: appends the rest, so that all output lasts as long as all input.
    pub(crate) fn finish(&mut self, out: &mut Vec<f32>) {
        let whole = (self.taken * self.to_hz).div_ceil(self.from_hz);
        let mut rest = self.input.len() / self.channels;
        let need = self.fft.input_frames_next();
        self.input.resize(need * self.channels, 0.0);
        while self.given < whole {
            let before = out.len();
            self.transform(0, need, Some(rest), out);
            rest = 0;
            if self.given > whole {
                let over = (self.given - whole) as usize * self.channels;
                out.truncate(out.len().saturating_sub(over).max(before));
                self.given = whole;
            }
        }
        self.input.clear();
    }

    fn transform(
        &mut self,
        from: usize,
        frames: usize,
        partial: Option<usize>,
        out: &mut Vec<f32>,
    ) {
        let slice = &self.input[from * self.channels..(from + frames) * self.channels];
        let room = self.chunk.len() / self.channels;
        let indexing = Indexing {
            partial_len: partial,
            ..Indexing::default()
        };
        let result = InterleavedSlice::new(slice, self.channels, frames)
            .ok()
            .and_then(|input| {
                let mut output =
                    InterleavedSlice::new_mut(&mut self.chunk, self.channels, room).ok()?;
                self.fft
                    .process_into_buffer(&input, &mut output, Some(&indexing))
                    .ok()
            });
        // Buffers are cut to what the resampler asks for, so it has nothing to refuse.
        let (_, written) = result.expect("a resampler takes the buffers it asked for");
        let skip = self.delay.min(written);
        self.delay -= skip;
        self.given += (written - skip) as u64;
        out.extend_from_slice(&self.chunk[skip * self.channels..written * self.channels]);
    }
}

/// A resampler for stereo frames that follow each other without a gap, from however many files they come: a seam between
/// two of them sounds as if there were none.
pub struct StereoResampler(Resampler);

impl StereoResampler {
    /// From one rate to another; `path` is the file that needs it, for the error.
    pub fn new(path: &Path, from_hz: u32, to_hz: u32) -> Result<Self, FailedFile> {
        Ok(Self(Resampler::new(path, 2, from_hz, to_hz)?))
    }

    /// Takes frames in and appends what comes out, interleaved.
    pub fn push(&mut self, frames: &[[f32; 2]], out: &mut Vec<f32>) {
        self.0.push(frames.as_flattened(), out);
    }

    /// Appends the rest, so that all output lasts as long as all input, and is ready for another input.
    pub fn finish(&mut self, out: &mut Vec<f32>) {
        self.0.finish(out);
        self.0.reset();
    }
}

/// `frames * to / from`, rounded down.
fn scaled(frames: u64, to: u64, from: u64) -> u64 {
    let scaled = u128::from(frames) * u128::from(to) / u128::from(from);
    scaled.min(u128::from(u64::MAX)) as u64
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
