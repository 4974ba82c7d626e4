//! Digital filters that sound as the analog ones they are made of.
//!
//! The bilinear transform of the cookbook squeezes what is near half the sample rate: at 44.1 kHz a band at 16 kHz would be off by
//! decibels. So each band is fitted: from the cookbook's filter, or one with the poles of impulse invariance (M. Vicanek, *Matched
//! Second Order Digital Filters*, 2016), whichever ends nearer, all five coefficients are moved until the magnitude is the analog one's
//! from 10 Hz to 20 kHz, or as far as the rate reaches, in decibels (Levenberg and Marquardt's damped least squares, weighted
//! towards the greatest error). What is left over of one band is taken into account by the next, so that errors do not add up.
//!
//! A cut is the lift of the same size upside down, as it is with the analog filters; poles and zeros are kept within the unit
//! circle, so that both are stable.

use std::f64::consts::PI;

use segue_core::{Equalizer, EqualizerBand};

/// A filter of second order: `b` over `a`, of which the first is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct SecondOrderSection {
    pub(super) b: [f64; 3],
    pub(super) a: [f64; 2],
}

impl SecondOrderSection {
    pub(super) const THROUGH: Self = Self {
        b: [1.0, 0.0, 0.0],
        a: [0.0, 0.0],
    };
}

/// An equaliser for one sample rate, as the callback takes it: copied, never allocated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Design {
    /// Whether it does anything.
    pub(super) on: bool,
    /// Whether sound that is within full scale may come out beyond it.
    pub(super) may_exceed: bool,
    pub(super) preamp: f64,
    pub(super) count: usize,
    pub(super) bands: [SecondOrderSection; Equalizer::BANDS_MAX],
}

impl Design {
    /// Leaves sound as it is.
    pub(crate) const OFF: Self = Self {
        on: false,
        may_exceed: false,
        preamp: 1.0,
        count: 0,
        bands: [SecondOrderSection::THROUGH; Equalizer::BANDS_MAX],
    };

    pub(crate) fn new(equalizer: &Equalizer, rate_hz: u32) -> Self {
        if equalizer.is_flat() {
            return Self::OFF;
        }
        let mut design = Self {
            on: true,
            preamp: 10_f64.powf(equalizer.preamp_db / 20.0),
            ..Self::OFF
        };
        let mut bands: Vec<&EqualizerBand> = equalizer.bands.iter().collect();
        // The highest last: of what is left over of the others it can take most.
        bands.sort_by(|a, b| a.hz.total_cmp(&b.hz));
        let grid = Grid::new(rate_hz);
        let mut left_db = vec![0.0; grid.hz.len()];
        for band in bands.into_iter().filter(|band| band.gain_db != 0.0) {
            let Some(slot) = design.bands.get_mut(design.count) else {
                break;
            };
            *slot = fit(band, &grid, &mut left_db);
            design.count += 1;
        }
        design.may_exceed = design.peak_gain(rate_hz) > 1.0;
        design
    }

    /// So many bands that lift or lower.
    pub(crate) fn bands(&self) -> usize {
        self.count
    }

    /// Decibels for all frequencies.
    pub(crate) fn preamp_db(&self) -> f64 {
        20.0 * self.preamp.log10()
    }

    /// Whether it does anything.
    pub(crate) fn is_on(&self) -> bool {
        self.on
    }

    /// Whether sound that is within full scale may come out beyond it, so that it is limited.
    pub(crate) fn may_exceed(&self) -> bool {
        self.may_exceed
    }

    /// By how much a peak can grow at most: the sum of the magnitudes of the impulse response.
    fn peak_gain(&self, rate_hz: u32) -> f64 {
        let mut state = [[0.0; 2]; Equalizer::BANDS_MAX];
        let (mut sum, mut block) = (0.0, 0.0);
        // The slowest band has long decayed within a second.
        for n in 0..rate_hz {
            let mut x = if n == 0 { self.preamp } else { 0.0 };
            for (band, [one, two]) in self.bands[..self.count].iter().zip(&mut state) {
                let y = band.b[0] * x + *one;
                *one = band.b[1] * x - band.a[0] * y + *two;
                *two = band.b[2] * x - band.a[1] * y;
                x = y;
            }
            sum += x.abs();
            block += x.abs();
            if n % 4096 == 4095 {
                if block < 1e-6 {
                    break;
                }
                block = 0.0;
            }
        }
        sum
    }
}

/// The frequencies at which filters are held to their design.
struct Grid {
    rate_hz: f64,
    hz: Vec<f64>,
    /// z to the power of -1 at each: real and imaginary part.
    delay: Vec<[f64; 2]>,
}

const LOWEST_HZ: f64 = 10.0;
const HIGHEST_HZ: f64 = 20_000.0;

impl Grid {
    fn new(rate_hz: u32) -> Self {
        let rate_hz = f64::from(rate_hz);
        let top_hz = HIGHEST_HZ.min(0.465 * rate_hz);
        let octaves = (0..120).map(|n| LOWEST_HZ * (top_hz / LOWEST_HZ).powf(f64::from(n) / 119.0));
        // What is squeezed most lies within the last octaves.
        let top = (0..60).map(|n| top_hz * (0.2 + 0.8 * f64::from(n) / 59.0));
        let mut hz: Vec<f64> = octaves.chain(top).collect();
        hz.sort_by(f64::total_cmp);
        let delay = hz.iter().map(|hz| {
            let w = 2.0 * PI * hz / rate_hz;
            [w.cos(), -w.sin()]
        });
        Self {
            rate_hz,
            delay: delay.collect(),
            hz,
        }
    }

    /// The magnitude of a polynomial in z to the power of -1 at a frequency, squared, and its parts.
    fn polynomial(&self, at: usize, [zero, one, two]: [f64; 3]) -> [f64; 2] {
        let [re, im] = self.delay[at];
        let (re2, im2) = (re * re - im * im, 2.0 * re * im);
        [zero + one * re + two * re2, one * im + two * im2]
    }

    /// How far a filter is off, in decibels, at each frequency.
    fn errors(&self, x: &[f64; 5], wanted_db: &[f64], errors: &mut Vec<f64>) -> f64 {
        errors.clear();
        let (b, a) = ([x[0], x[1], x[2]], [1.0, x[3], x[4]]);
        errors.extend(wanted_db.iter().enumerate().map(|(at, wanted_db)| {
            let power = |p| {
                let [re, im] = self.polynomial(at, p);
                re * re + im * im
            };
            10.0 * (power(b) / power(a)).log10() - wanted_db
        }));
        // What is no number is as far off as can be.
        errors
            .iter()
            .fold(0.0, |greatest: f64, error| match error.is_finite() {
                true => greatest.max(error.abs()),
                false => f64::MAX,
            })
    }
}

/// The digital filter of a band, which takes what is left over of the bands before it, and leaves its own.
fn fit(band: &EqualizerBand, grid: &Grid, left_db: &mut [f64]) -> SecondOrderSection {
    // A cut is made as the lift that it undoes.
    let sign = band.gain_db.signum();
    let lift = EqualizerBand {
        gain_db: band.gain_db.abs(),
        ..*band
    };
    let wanted = grid.hz.iter().zip(&*left_db);
    let wanted_db: Vec<f64> = wanted
        .map(|(hz, left_db)| lift.response_db(*hz) + sign * left_db)
        .collect();
    let starts = [
        bilinear(&lift, grid.rate_hz),
        impulse_invariant(&lift, grid.rate_hz),
    ];
    let mut best = ([1.0, 0.0, 0.0, 0.0, 0.0], f64::MAX);
    for start in starts {
        let (x, off_db) = approach(start, &wanted_db, grid);
        if off_db < best.1 {
            best = (x, off_db);
        }
        if off_db < 0.01 {
            break;
        }
    }
    let mut x = best.0;
    [x[0], x[1], x[2]] = minimum_phase([x[0], x[1], x[2]]);
    let mut errors = Vec::new();
    grid.errors(&x, &wanted_db, &mut errors);
    for (left_db, error) in left_db.iter_mut().zip(errors) {
        *left_db = -sign * error;
    }
    match sign > 0.0 {
        true => SecondOrderSection {
            b: [x[0], x[1], x[2]],
            a: [x[3], x[4]],
        },
        false => SecondOrderSection {
            b: [1.0 / x[0], x[3] / x[0], x[4] / x[0]],
            a: [x[1] / x[0], x[2] / x[0]],
        },
    }
}

/// The cookbook's filter. A frequency that the rate does not reach is brought below its half.
fn bilinear(band: &EqualizerBand, rate_hz: f64) -> [f64; 5] {
    let (b, a) = band.prototype();
    let k = 1.0 / (PI * band.hz.min(0.49 * rate_hz) / rate_hz).tan();
    let digital = |[two, one, zero]: [f64; 3]| {
        let (two, one) = (two * k * k, one * k);
        [two + one + zero, 2.0 * (zero - two), two - one + zero]
    };
    let (b, a) = (digital(b), digital(a));
    [
        b[0] / a[0],
        b[1] / a[0],
        b[2] / a[0],
        a[1] / a[0],
        a[2] / a[0],
    ]
}

/// A filter with the poles of impulse invariance, whose magnitude is right at 0 Hz, at the band's middle and near the top.
fn impulse_invariant(band: &EqualizerBand, rate_hz: f64) -> [f64; 5] {
    let (_, [two, one, zero]) = band.prototype();
    let w = 2.0 * PI * band.hz / rate_hz * (zero / two).sqrt();
    let damping = one / (2.0 * (two * zero).sqrt());
    let decay = (-damping * w).exp();
    let a1 = match damping <= 1.0 {
        true => -2.0 * decay * ((1.0 - damping * damping).sqrt() * w).cos(),
        false => -2.0 * decay * ((damping * damping - 1.0).sqrt() * w).cosh(),
    };
    let a2 = decay * decay;
    // Vicanek's terms: magnitudes are linear in the squares of these.
    let of = [(1.0 + a1 + a2).powi(2), (1.0 - a1 + a2).powi(2), -4.0 * a2];
    let phi = |hz: f64| {
        let high = (PI * hz / rate_hz).sin().powi(2);
        [1.0 - high, high, 4.0 * high * (1.0 - high)]
    };
    let mut system = [[0.0; 4]; 3];
    for (row, hz) in system
        .iter_mut()
        .zip([0.0, band.hz.min(0.36 * rate_hz), 0.45 * rate_hz])
    {
        let phi = phi(hz);
        let denominator: f64 = phi.iter().zip(of).map(|(phi, of)| phi * of).sum();
        let gain = 10_f64.powf(band.response_db(hz) / 10.0);
        *row = [phi[0], phi[1], phi[2], gain * denominator];
    }
    let Some([zero, one, two]) = solve(system) else {
        return bilinear(band, rate_hz);
    };
    let (low, high) = (zero.max(1e-12).sqrt(), one.max(1e-12).sqrt());
    let half = (low + high) / 2.0;
    let b0 = (half + (half * half + two).max(0.0).sqrt()) / 2.0;
    [b0, (low - high) / 2.0, -two / (4.0 * b0), a1, a2]
}

/// Moves coefficients towards the wanted magnitude. Returns how far off it still is, too.
fn approach(mut x: [f64; 5], wanted_db: &[f64], grid: &Grid) -> ([f64; 5], f64) {
    const STEPS: usize = 40;
    /// An error that nobody hears, nor all of a cascade's together.
    const GOOD_DB: f64 = 0.003;
    let cost = |errors: &[f64]| errors.iter().map(|error| error.powi(4)).sum::<f64>();
    let stable = |x: &[f64; 5]| x[4].abs() < 1.0 && x[3].abs() < 1.0 + x[4];
    let (mut errors, mut tried) = (Vec::new(), Vec::new());
    let mut off_db = grid.errors(&x, wanted_db, &mut errors);
    if off_db == f64::MAX || !stable(&x) {
        return (x, f64::MAX);
    }
    let mut damping = 1e-3;
    for _ in 0..STEPS {
        if off_db < GOOD_DB || damping > 1e12 {
            break;
        }
        let normal = normal_equations(&x, &errors, grid);
        let mut damped = normal;
        for (n, row) in damped.iter_mut().enumerate() {
            row[n] *= 1.0 + damping;
        }
        let step = solve(damped);
        let next = step.map(|step| std::array::from_fn(|n| x[n] - step[n]));
        if let Some(next) = next.filter(stable) {
            let next_off_db = grid.errors(&next, wanted_db, &mut tried);
            if next_off_db < f64::MAX && cost(&tried) < cost(&errors) {
                (x, off_db) = (next, next_off_db);
                std::mem::swap(&mut errors, &mut tried);
                damping /= 3.0;
                continue;
            }
        }
        damping *= 4.0;
    }
    (x, off_db)
}

/// The least squares of the errors, each weighted by itself, as equations for the next step: five, with their right side.
fn normal_equations(x: &[f64; 5], errors: &[f64], grid: &Grid) -> [[f64; 6]; 5] {
    let decibels = 20.0 / std::f64::consts::LN_10;
    let mut equations = [[0.0; 6]; 5];
    for (at, error) in errors.iter().enumerate() {
        let [re, im] = grid.delay[at];
        let powers = [[1.0, 0.0], [re, im], [re * re - im * im, 2.0 * re * im]];
        // The real part of a power of z over a polynomial, which is the slope of the polynomial's logarithm.
        let slope = |[p_re, p_im]: [f64; 2], [re, im]: [f64; 2]| {
            (re * p_re + im * p_im) / (p_re * p_re + p_im * p_im)
        };
        let numerator = grid.polynomial(at, [x[0], x[1], x[2]]);
        let denominator = grid.polynomial(at, [1.0, x[3], x[4]]);
        let slopes = [
            slope(numerator, powers[0]),
            slope(numerator, powers[1]),
            slope(numerator, powers[2]),
            -slope(denominator, powers[1]),
            -slope(denominator, powers[2]),
        ]
        .map(|slope| slope * decibels);
        let weight = error.abs().max(1e-4).powi(2);
        for (row, own) in equations.iter_mut().zip(slopes) {
            for (cell, other) in row.iter_mut().zip(slopes) {
                *cell += weight * own * other;
            }
            row[5] += weight * own * error;
        }
    }
    equations
}

/// Solves linear equations, each with its right side last (Gauss, with pivots). None where they have no one solution.
fn solve<const N: usize, const M: usize>(mut rows: [[f64; M]; N]) -> Option<[f64; N]> {
    for column in 0..N {
        let pivot = (column..N).max_by(|a, b| {
            let size = |row: usize| rows[row][column].abs();
            size(*a).total_cmp(&size(*b))
        })?;
        rows.swap(column, pivot);
        let lead = rows[column];
        if lead[column] == 0.0 || !lead[column].is_finite() {
            return None;
        }
        for row in &mut rows[column + 1..] {
            let factor = row[column] / lead[column];
            for (cell, lead) in row.iter_mut().zip(lead) {
                *cell -= factor * lead;
            }
        }
    }
    let mut solution = [0.0; N];
    for at in (0..N).rev() {
        let known: f64 = (at + 1..N).map(|n| rows[at][n] * solution[n]).sum();
        solution[at] = (rows[at][N] - known) / rows[at][at];
    }
    solution.iter().all(|x| x.is_finite()).then_some(solution)
}

/// The same magnitude with both zeros within the unit circle: what is outside is mirrored.
fn minimum_phase([b0, b1, b2]: [f64; 3]) -> [f64; 3] {
    let root = b1 * b1 - 4.0 * b0 * b2;
    if root < 0.0 {
        // A pair, both as far out.
        let [b0, b1, b2] = match b2.abs() > b0.abs() {
            true => [b2, b1, b0],
            false => [b0, b1, b2],
        };
        let sign = b0.signum();
        return [sign * b0, sign * b1, sign * b2];
    }
    // The zeros are `q / b0` and `b2 / q`; one at infinity, where b0 is 0, becomes one at 0.
    let q = -(b1 + root.sqrt().copysign(b1)) / 2.0;
    let (mut gain, mut zeros) = (b0, [0.0; 2]);
    let pairs = match q == 0.0 {
        true => [(0.0, 1.0), (0.0, 1.0)],
        false => [(q, b0), (b2, q)],
    };
    if q != 0.0 {
        gain = 1.0;
    }
    for (zero, (high, low)) in zeros.iter_mut().zip(pairs) {
        // A factor of `low - high / z`.
        let (outer, inner) = match high.abs() > low.abs() {
            true => (high, low),
            false => (low, high),
        };
        if q != 0.0 {
            gain *= outer.abs();
        }
        *zero = if outer == 0.0 { 0.0 } else { inner / outer };
    }
    // The two factors together are q times too large; without them one power is all there is.
    let gain = match q == 0.0 {
        true => gain.abs().max(b2.abs()),
        false => gain / q.abs(),
    };
    [
        gain,
        -gain * (zeros[0] + zeros[1]),
        gain * zeros[0] * zeros[1],
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use segue_core::BandShape;

    use super::*;

    /// The greatest error from 20 Hz to 18 kHz, in decibels.
    fn off_db(equalizer: &Equalizer, rate_hz: u32) -> f64 {
        let design = Design::new(equalizer, rate_hz);
        let steps = (0..=600).map(|n| 20.0 * 900_f64.powf(f64::from(n) / 600.0));
        let errors = steps.map(|hz| {
            let w = 2.0 * PI * hz / f64::from(rate_hz);
            let power = |[zero, one, two]: [f64; 3]| {
                let re = zero + one * w.cos() + two * (2.0 * w).cos();
                let im = one * w.sin() + two * (2.0 * w).sin();
                re * re + im * im
            };
            let bands = design.bands[..design.count].iter();
            let bands = bands.map(|band| power(band.b) / power([1.0, band.a[0], band.a[1]]));
            let found_db = 10.0 * bands.product::<f64>().log10() + equalizer.preamp_db;
            (found_db - equalizer.response_db(hz)).abs()
        });
        errors.fold(0.0, f64::max)
    }

    #[test]
    fn single_bands_are_as_their_analog_selves() {
        for rate_hz in [44_100, 48_000, 96_000, 192_000] {
            for hz in [
                20.0, 31.5, 100.0, 1000.0, 4000.0, 8000.0, 12_000.0, 16_000.0, 20_000.0,
            ] {
                for gain_db in [-20.0, -12.0, 3.0, 12.0, 20.0] {
                    for (shape, qs) in [
                        (BandShape::Peaking, [0.3, 1.41, 8.0]),
                        (BandShape::LowShelf, [0.4, 0.7, 1.0]),
                        (BandShape::HighShelf, [0.4, 0.7, 1.0]),
                    ] {
                        for q in qs {
                            let band = EqualizerBand {
                                shape,
                                hz,
                                gain_db,
                                q,
                            };
                            let equalizer = Equalizer {
                                preamp_db: 0.0,
                                bands: vec![band],
                            };
                            let off = off_db(&equalizer, rate_hz);
                            assert!(off < 0.2, "{rate_hz} Hz {band:?}: off by {off} dB");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_cannot_exceed_full_scale_is_known_for_it() {
        let cut = Equalizer::of_octaves(-12.0, [-3.0; 10]);
        assert!(!Design::new(&cut, 44_100).may_exceed());
        let lift = Equalizer::of_octaves(0.0, [3.0; 10]);
        assert!(Design::new(&lift, 44_100).may_exceed());
        let quieter = Equalizer::of_octaves(-3.0, [0.0; 10]);
        assert!(!Design::new(&quieter, 44_100).may_exceed());
        assert!(!Design::new(&Equalizer::default(), 44_100).is_on());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn equalisers_are_as_their_analog_selves(
            bands in prop::collection::vec(
                (0..3_u8, 1.3..4.3_f64, -12.0..12.0_f64, 0.4..5.0_f64),
                1..12,
            ),
            rate_hz in prop::sample::select(vec![44_100_u32, 48_000, 88_200, 96_000]),
        ) {
            let bands = bands.into_iter().map(|(shape, log_hz, gain_db, q)| {
                let (shape, q) = match shape {
                    0 => (BandShape::LowShelf, q.min(1.0)),
                    1 => (BandShape::HighShelf, q.min(1.0)),
                    _ => (BandShape::Peaking, q),
                };
                EqualizerBand { shape, hz: 10_f64.powf(log_hz), gain_db, q }
            });
            let equalizer = Equalizer { preamp_db: -3.0, bands: bands.collect() };
            let off = off_db(&equalizer, rate_hz);
            prop_assert!(off < 0.2, "{rate_hz} Hz {equalizer:?}: off by {off} dB");
        }

        #[test]
        fn whatever_is_set_makes_filters_that_die_away(
            bands in prop::collection::vec(
                (0..3_u8, prop::num::f64::ANY, prop::num::f64::ANY, prop::num::f64::ANY),
                0..6,
            ),
            rate_hz in prop::sample::select(vec![8_000_u32, 11_025, 44_100, 192_000]),
        ) {
            let shapes = [BandShape::Peaking, BandShape::LowShelf, BandShape::HighShelf];
            let bands = bands.into_iter().map(|(shape, hz, gain_db, q)| EqualizerBand {
                shape: shapes[usize::from(shape)],
                hz,
                gain_db,
                q,
            });
            let equalizer = Equalizer { preamp_db: 0.0, bands: bands.collect() }.within_range();
            let design = Design::new(&equalizer, rate_hz);
            for band in &design.bands[..design.count] {
                prop_assert!(band.b.iter().chain(&band.a).all(|x| x.is_finite()), "{band:?}");
                prop_assert!(band.a[1].abs() < 1.0 && band.a[0].abs() < 1.0 + band.a[1], "{band:?}");
            }
        }

        #[test]
        fn mirrored_zeros_keep_the_magnitude(
            b in prop::array::uniform3(prop_oneof![-4.0..4.0_f64, Just(0.0)]),
            w in 0.01..3.1_f64,
        ) {
            prop_assume!(b.iter().any(|b| b.abs() > 1e-3));
            let power = |[zero, one, two]: [f64; 3]| {
                let re = zero + one * w.cos() + two * (2.0 * w).cos();
                let im = one * w.sin() + two * (2.0 * w).sin();
                re * re + im * im
            };
            let mirrored = minimum_phase(b);
            let (before, after) = (power(b), power(mirrored));
            prop_assert!((before - after).abs() < 1e-6 * (1.0 + before), "{b:?} {mirrored:?}");
            prop_assert!(mirrored[2].abs() <= mirrored[0].abs() * (1.0 + 1e-9), "{mirrored:?}");
        }
    }
}
