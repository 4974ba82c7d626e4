//! The bands of an equaliser, one after the other, over both channels.
//!
//! In `f64` and the transposed direct form II, whose rounding stays below that of 24 bits even for narrow bands at 20 Hz.

use segue_core::Equalizer;

use super::design::Design;
use crate::frame::StereoFrame;

/// A design and what its filters remember.
pub(super) struct Bank {
    pub(super) design: Design,
    /// Of each band, of each channel.
    memory: [[[f64; 2]; 2]; Equalizer::BANDS_MAX],
}

/// Below this what is remembered is silence. Numbers that fade further become denormal, which some processors take a
/// hundred times as long for.
const SILENCE: f64 = 1e-25;

impl Bank {
    pub(super) fn new() -> Self {
        Self {
            design: Design::OFF,
            memory: [[[0.0; 2]; 2]; Equalizer::BANDS_MAX],
        }
    }

    /// Takes another design up. Bands that `before` has too go on from where they are there.
    pub(super) fn follow(&mut self, design: Design, before: &Self) {
        self.design = design;
        self.memory = before.memory;
        let known = if before.design.on {
            before.design.count
        } else {
            0
        };
        for memory in &mut self.memory[known..] {
            *memory = [[0.0; 2]; 2];
        }
    }

    pub(super) fn filter(&mut self, frame: StereoFrame) -> [f64; 2] {
        let mut sound = frame.map(|sample| f64::from(sample) * self.design.preamp);
        let bands = self.design.bands[..self.design.count].iter();
        for (band, memory) in bands.zip(&mut self.memory) {
            for (x, [one, two]) in sound.iter_mut().zip(memory) {
                let y = band.b[0] * *x + *one;
                *one = band.b[1] * *x - band.a[0] * y + *two;
                *two = band.b[2] * *x - band.a[1] * y;
                *x = y;
            }
        }
        sound
    }

    /// Forgets what has faded beyond hearing.
    pub(super) fn settle(&mut self) {
        let memory = self.memory[..self.design.count].as_flattened_mut();
        for remembered in memory.as_flattened_mut() {
            if remembered.abs() < SILENCE {
                *remembered = 0.0;
            }
        }
    }
}
