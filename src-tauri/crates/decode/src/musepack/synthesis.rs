//! The bank of filters that makes sound of 32 bands (ISO/IEC 11172-3, figure A.2), which Musepack has in common with MPEG audio.

use std::f64::consts::PI;
use std::sync::OnceLock;

use oxideav_musepack::ms_stereo::StereoSubbandMatrix;
use oxideav_musepack::synthesis::SYNTHESIS_WINDOW;

const BANDS: usize = 32;
const SLOTS: usize = 36;
/// Of the sums that the window reaches over.
const MEMORY: usize = 1024;
/// Full scale of what the bands hold.
const FULL_SCALE: f32 = 32_768.0;

/// What the filters remember of both channels.
pub(super) struct Synthesis {
    memory: [Box<[f32; MEMORY]>; 2],
}

impl Synthesis {
    pub(super) fn new() -> Self {
        Self {
            memory: [Box::new([0.0; MEMORY]), Box::new([0.0; MEMORY])],
        }
    }

    /// The sound of a frame as 32-bit floats, interleaved; that of silence without one, which is what the filters hold back.
    pub(super) fn sound(
        &mut self,
        bands: Option<&StereoSubbandMatrix>,
        channels: usize,
    ) -> Vec<u8> {
        let mut samples = vec![0.0; SLOTS * BANDS * channels];
        for (channel, memory) in self.memory.iter_mut().enumerate().take(channels) {
            for slot in 0..SLOTS {
                let mut of_bands = [0.0; BANDS];
                if let Some(bands) = bands {
                    for (to, band) in of_bands.iter_mut().zip(&bands[channel]) {
                        *to = band[slot] as f32;
                    }
                }
                for (at, sample) in step(memory, &of_bands).into_iter().enumerate() {
                    samples[(slot * BANDS + at) * channels + channel] = sample / FULL_SCALE;
                }
            }
        }
        samples
            .iter()
            .flat_map(|sample| sample.to_le_bytes())
            .collect()
    }
}

/// One sample of each band to 32 samples.
fn step(memory: &mut [f32; MEMORY], bands: &[f32; BANDS]) -> [f32; BANDS] {
    memory.copy_within(..MEMORY - 64, 64);
    let mut sums = [0.0; 64];
    for (row, band) in matrix().iter().zip(bands) {
        for (sum, factor) in sums.iter_mut().zip(row) {
            *sum += factor * band;
        }
    }
    memory[..64].copy_from_slice(&sums);
    let mut out = [0.0; BANDS];
    for (block, window) in window().chunks_exact(64).enumerate() {
        let (near, far) = window.split_at(BANDS);
        let (first, second) = (block * 128, block * 128 + 96);
        for at in 0..BANDS {
            out[at] += memory[first + at] * near[at] + memory[second + at] * far[at];
        }
    }
    out
}

/// The weight of each band in each of the 64 sums.
fn matrix() -> &'static [[f32; 64]; BANDS] {
    static MATRIX: OnceLock<[[f32; 64]; BANDS]> = OnceLock::new();
    MATRIX.get_or_init(|| {
        std::array::from_fn(|band| {
            std::array::from_fn(|sum| {
                (((16 + sum) * (2 * band + 1)) as f64 * PI / 64.0).cos() as f32
            })
        })
    })
}

fn window() -> &'static [f32; 512] {
    static WINDOW: OnceLock<[f32; 512]> = OnceLock::new();
    WINDOW.get_or_init(|| SYNTHESIS_WINDOW.map(|weight| weight as f32))
}
