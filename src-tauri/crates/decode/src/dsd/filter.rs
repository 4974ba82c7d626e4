//! From one bit to PCM: a low pass over the bits, of which every so many samples are kept.
//!
//! A windowed sinc (Kaiser; Oppenheim and Schafer, Discrete-Time Signal Processing, 7.6), flat up to 20 kHz and down by 120 dB
//! from 44.1 kHz on: what DSD's noise shaping has put above the music stays out of the amplifier, and nothing of it is folded into
//! the music. Bits of a byte are summed at once, by a table. Full modulation is full scale.

/// Up to here the music is untouched.
const PASS_HZ: f64 = 20_000.0;
/// From here on nothing is left.
const STOP_HZ: f64 = 44_100.0;
/// How little.
const STOP_DB: f64 = 120.0;

/// Makes PCM of one channel's bits.
pub(super) struct Decimator {
    /// For each byte of the window its share, for each value that it may have.
    tables: Vec<[f32; 256]>,
}

impl Decimator {
    /// For bits at this rate.
    pub(super) fn new(rate_hz: u32) -> Self {
        let taps = taps(f64::from(rate_hz));
        let tables = taps.chunks_exact(8).map(|taps| {
            std::array::from_fn(|byte| {
                let bits = (0..8).map(|bit| {
                    if byte >> (7 - bit) & 1 == 1 {
                        1.0
                    } else {
                        -1.0
                    }
                });
                bits.zip(taps).map(|(bit, tap)| bit * tap).sum::<f64>() as f32
            })
        });
        Self {
            tables: tables.collect(),
        }
    }

    /// Bytes that go into one sample: as many before its place as behind it.
    pub(super) fn window(&self) -> usize {
        self.tables.len()
    }

    /// The sample in whose window these bytes lie.
    pub(super) fn sample(&self, window: &[u8]) -> f32 {
        let shares = self.tables.iter().zip(window);
        shares.map(|(table, byte)| table[usize::from(*byte)]).sum()
    }
}

/// The low pass: an even count of bytes, so that the window's middle lies between two of them.
fn taps(rate_hz: f64) -> Vec<f64> {
    let width = std::f64::consts::TAU * (STOP_HZ - PASS_HZ) / rate_hz;
    let least = (STOP_DB - 7.95) / (2.285 * width);
    let count = (least / 16.0).ceil() as usize * 16;
    let beta = 0.1102 * (STOP_DB - 8.7);
    let cutoff = (PASS_HZ + STOP_HZ) / rate_hz;
    let middle = (count - 1) as f64 / 2.0;
    let taps: Vec<f64> = (0..count)
        .map(|n| {
            let at = n as f64 - middle;
            let sinc = (std::f64::consts::PI * cutoff * at).sin() / (std::f64::consts::PI * at);
            let edge = 1.0 - (at / (middle + 0.5)).powi(2);
            sinc * bessel(beta * edge.max(0.0).sqrt()) / bessel(beta)
        })
        .collect();
    let sum: f64 = taps.iter().sum();
    taps.into_iter().map(|tap| tap / sum).collect()
}

/// The modified Bessel function of order zero.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..200 {
        term *= (x / (2.0 * f64::from(n))).powi(2);
        sum += term;
        if term < sum * 1e-18 {
            break;
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_low_pass_is_as_it_is_said_to_be() {
        for rate_hz in [2_822_400.0, 3_072_000.0, 5_644_800.0, 11_289_600.0] {
            let taps = taps(rate_hz);
            assert_eq!(taps.len() % 16, 0);
            let middle = (taps.len() - 1) as f64 / 2.0;
            let gain_db = |hz: f64| {
                let sum: f64 = taps
                    .iter()
                    .enumerate()
                    .map(|(n, tap)| {
                        tap * (std::f64::consts::TAU * hz / rate_hz * (n as f64 - middle)).cos()
                    })
                    .sum();
                20.0 * sum.abs().max(1e-12).log10()
            };
            for hz in (0..=20).map(|khz| f64::from(khz) * 1_000.0) {
                assert!(gain_db(hz).abs() < 1e-3, "{hz} Hz: {} dB", gain_db(hz));
            }
            let mut hz = STOP_HZ;
            while hz < rate_hz / 2.0 {
                assert!(gain_db(hz) < -119.0, "{hz} Hz: {} dB", gain_db(hz));
                hz *= 1.013;
            }
        }
    }

    #[test]
    fn ones_are_full_scale_and_halves_are_silence() {
        let decimator = Decimator::new(2_822_400);
        let window = decimator.window();
        for (byte, expected) in [
            (0xff, 1.0),
            (0x00, -1.0),
            (0x69, 0.0),
            (0x96, 0.0),
            (0xaa, 0.0),
        ] {
            let sample = decimator.sample(&vec![byte; window]);
            assert!((sample - expected).abs() < 1e-5, "{byte:#x}: {sample}");
        }
    }
}
