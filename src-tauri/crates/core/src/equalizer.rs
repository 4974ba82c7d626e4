//! An equaliser: the bands that a listener sets, as analog filters, and the response they mean.
//!
//! The shapes are the analog prototypes of Robert Bristow-Johnson's *Audio EQ Cookbook* (W3C Note, 2021): peaking, low shelf and
//! high shelf of second order, with frequency, gain and Q. How samples are filtered is the player's affair; this is what the
//! result is held to.

use std::f64::consts::SQRT_2;

use serde::{Deserialize, Serialize};

/// Centres of the ten bands, an octave apart (ISO 266).
pub const OCTAVES_HZ: [f64; 10] = [
    31.5, 63.0, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0,
];

/// The Q of a band that is an octave wide.
const OCTAVE_Q: f64 = SQRT_2;

/// What a band does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum BandShape {
    /// Lifts or lowers what is around its frequency.
    Peaking,
    /// Lifts or lowers what is below it.
    LowShelf,
    /// Lifts or lowers what is above it.
    HighShelf,
}

/// One band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EqualizerBand {
    /// What it does.
    pub shape: BandShape,
    /// Where: the middle of its slope, for shelves.
    pub hz: f64,
    /// By how much.
    pub gain_db: f64,
    /// How narrow, or, for shelves, how steep.
    pub q: f64,
}

impl EqualizerBand {
    /// The polynomials in s of the analog filter, highest power first, where its frequency is 1.
    pub fn prototype(&self) -> ([f64; 3], [f64; 3]) {
        let a = 10_f64.powf(self.gain_db / 40.0);
        let (wide, root) = (1.0 / self.q, a.sqrt());
        match self.shape {
            BandShape::Peaking => ([1.0, a * wide, 1.0], [1.0, wide / a, 1.0]),
            BandShape::LowShelf => ([a, a * root * wide, a * a], [a, root * wide, 1.0]),
            BandShape::HighShelf => ([a * a, a * root * wide, a], [1.0, root * wide, a]),
        }
    }

    /// The gain at a frequency.
    pub fn response_db(&self, hz: f64) -> f64 {
        let (numerator, denominator) = self.prototype();
        let w = hz / self.hz;
        let power = |[two, one, zero]: [f64; 3]| (zero - two * w * w).powi(2) + (one * w).powi(2);
        10.0 * (power(numerator) / power(denominator)).log10()
    }
}

/// Bands one after the other, behind a gain for all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Equalizer {
    /// Decibels for all frequencies.
    pub preamp_db: f64,
    /// At most [`BANDS_MAX`](Self::BANDS_MAX).
    pub bands: Vec<EqualizerBand>,
}

impl Equalizer {
    /// No equaliser has more bands.
    pub const BANDS_MAX: usize = 64;
    /// No gain is further from 0.
    pub const GAIN_MAX_DB: f64 = 20.0;

    /// Ten bands at the octaves.
    pub fn of_octaves(preamp_db: f64, gains_db: [f64; 10]) -> Self {
        let bands = OCTAVES_HZ.into_iter().zip(gains_db);
        Self {
            preamp_db,
            bands: bands
                .map(|(hz, gain_db)| EqualizerBand {
                    shape: BandShape::Peaking,
                    hz,
                    gain_db,
                    q: OCTAVE_Q,
                })
                .collect(),
        }
    }

    /// The same with numbers that make sense: what is out of range is brought to its edge, and what is no number is left out.
    pub fn within_range(mut self) -> Self {
        let gain = |db: f64| match db.is_nan() {
            true => 0.0,
            false => db.clamp(-Self::GAIN_MAX_DB, Self::GAIN_MAX_DB),
        };
        self.preamp_db = gain(self.preamp_db);
        self.bands.truncate(Self::BANDS_MAX);
        self.bands
            .retain(|band| !(band.hz.is_nan() || band.q.is_nan()));
        for band in &mut self.bands {
            band.gain_db = gain(band.gain_db);
            band.hz = band.hz.clamp(10.0, 24_000.0);
            band.q = band.q.clamp(0.1, 30.0);
        }
        self
    }

    /// Whether it leaves sound as it is.
    pub fn is_flat(&self) -> bool {
        self.preamp_db == 0.0 && self.bands.iter().all(|band| band.gain_db == 0.0)
    }

    /// The gain at a frequency.
    pub fn response_db(&self, hz: f64) -> f64 {
        let bands = self.bands.iter().map(|band| band.response_db(hz));
        self.preamp_db + bands.sum::<f64>()
    }

    /// The highest gain that any frequency of hearing gets, without the preamp.
    pub fn highest_db(&self) -> f64 {
        let steps = (0..=240).map(|step| 20.0 * 1000_f64.powf(f64::from(step) / 240.0));
        let highest = steps.map(|hz| self.response_db(hz) - self.preamp_db);
        highest.fold(0.0, f64::max)
    }
}

/// A curve that is often asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "their names are what they are for")]
pub enum EqualizerPreset {
    Flat,
    Acoustic,
    BassBoost,
    BassCut,
    Classical,
    Dance,
    Electronic,
    HipHop,
    Jazz,
    Latin,
    Loudness,
    Pop,
    Rock,
    SmallSpeakers,
    SpokenWord,
    TrebleBoost,
    TrebleCut,
    Vocal,
}

impl EqualizerPreset {
    /// All, in the order to show them.
    pub const ALL: [Self; 18] = [
        Self::Flat,
        Self::Acoustic,
        Self::BassBoost,
        Self::BassCut,
        Self::Classical,
        Self::Dance,
        Self::Electronic,
        Self::HipHop,
        Self::Jazz,
        Self::Latin,
        Self::Loudness,
        Self::Pop,
        Self::Rock,
        Self::SmallSpeakers,
        Self::SpokenWord,
        Self::TrebleBoost,
        Self::TrebleCut,
        Self::Vocal,
    ];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Acoustic => "acoustic",
            Self::BassBoost => "bass-boost",
            Self::BassCut => "bass-cut",
            Self::Classical => "classical",
            Self::Dance => "dance",
            Self::Electronic => "electronic",
            Self::HipHop => "hip-hop",
            Self::Jazz => "jazz",
            Self::Latin => "latin",
            Self::Loudness => "loudness",
            Self::Pop => "pop",
            Self::Rock => "rock",
            Self::SmallSpeakers => "small-speakers",
            Self::SpokenWord => "spoken-word",
            Self::TrebleBoost => "treble-boost",
            Self::TrebleCut => "treble-cut",
            Self::Vocal => "vocal",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == name)
    }

    /// Gains at the octaves.
    fn octaves_db(self) -> [f64; 10] {
        match self {
            Self::Flat => [0.0; 10],
            Self::Acoustic => [4.0, 4.0, 3.0, 1.0, 1.5, 1.5, 3.0, 3.5, 3.0, 2.0],
            Self::BassBoost => [6.0, 5.0, 4.0, 2.5, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            Self::BassCut => [-6.0, -5.0, -4.0, -2.5, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            Self::Classical => [4.0, 3.0, 2.5, 2.0, -1.0, -1.0, 0.0, 2.0, 3.0, 3.5],
            Self::Dance => [3.5, 6.0, 4.5, 0.0, 1.5, 3.0, 4.5, 4.0, 3.0, 0.0],
            Self::Electronic => [4.0, 3.5, 1.0, 0.0, -2.0, 2.0, 1.0, 1.0, 3.5, 4.5],
            Self::HipHop => [5.0, 4.0, 1.5, 3.0, -1.0, -1.0, 1.5, -0.5, 2.0, 3.0],
            Self::Jazz => [4.0, 3.0, 1.5, 2.0, -1.5, -1.5, 0.0, 1.5, 3.0, 3.5],
            Self::Latin => [4.5, 3.0, 0.0, 0.0, -1.5, -1.5, -1.5, 0.0, 3.0, 4.5],
            Self::Loudness => [6.0, 4.0, 1.0, 0.0, -1.0, 0.0, -0.5, -1.5, 3.0, 1.5],
            Self::Pop => [-1.5, -1.0, 0.0, 2.0, 4.0, 4.0, 2.0, 0.0, -1.0, -1.5],
            Self::Rock => [5.0, 4.0, 3.0, 1.5, -0.5, -1.0, 0.5, 2.5, 3.5, 4.5],
            Self::SmallSpeakers => [-6.0, -2.0, 4.0, 4.0, 2.0, 0.0, -1.0, -1.0, 0.0, 1.0],
            Self::SpokenWord => [-6.0, -3.0, 0.0, 0.5, 2.5, 4.0, 4.0, 3.0, 1.0, -1.0],
            Self::TrebleBoost => [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.5, 4.0, 5.0, 6.0],
            Self::TrebleCut => [0.0, 0.0, 0.0, 0.0, 0.0, -1.0, -2.5, -4.0, -5.0, -6.0],
            Self::Vocal => [-2.0, -3.0, -3.0, 1.0, 3.5, 3.5, 3.0, 1.5, 0.0, -1.5],
        }
    }

    /// The curve, as much quieter as it lifts, so that it is no louder than without.
    pub fn equalizer(self) -> Equalizer {
        let mut equalizer = Equalizer::of_octaves(0.0, self.octaves_db());
        equalizer.preamp_db = -(equalizer.highest_db() * 10.0).ceil() / 10.0 + 0.0;
        equalizer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shape: BandShape, gain_db: f64, expected_db: [f64; 3]) {
        let band = EqualizerBand {
            shape,
            hz: 1000.0,
            gain_db,
            q: 0.707,
        };
        let found = [1.0, 1000.0, 1_000_000.0].map(|hz| band.response_db(hz));
        for (found, expected) in found.into_iter().zip(expected_db) {
            assert!(
                (found - expected).abs() < 0.01,
                "{shape:?} {gain_db}: {found}"
            );
        }
    }

    #[test]
    fn bands_lift_what_they_say() {
        check(BandShape::Peaking, 6.0, [0.0, 6.0, 0.0]);
        check(BandShape::Peaking, -6.0, [0.0, -6.0, 0.0]);
        check(BandShape::LowShelf, 8.0, [8.0, 4.0, 0.0]);
        check(BandShape::HighShelf, -8.0, [0.0, -4.0, -8.0]);
    }

    #[test]
    fn every_preset_has_a_name_of_its_own_and_lifts_nothing_over_full_scale() {
        for preset in EqualizerPreset::ALL {
            assert_eq!(EqualizerPreset::parse(preset.as_str()), Some(preset));
            let json = serde_json::to_value(preset).unwrap();
            assert_eq!(json, preset.as_str());
            let equalizer = preset.equalizer();
            let lifted = equalizer.highest_db() + equalizer.preamp_db;
            assert!(
                (-0.1..1e-9).contains(&lifted),
                "{preset:?} lifts by {lifted}"
            );
            assert_eq!(equalizer.is_flat(), preset == EqualizerPreset::Flat);
        }
    }

    #[test]
    fn what_makes_no_sense_is_brought_into_range() {
        let band = |hz, gain_db, q| EqualizerBand {
            shape: BandShape::Peaking,
            hz,
            gain_db,
            q,
        };
        let wild = Equalizer {
            preamp_db: f64::NEG_INFINITY,
            bands: [
                vec![band(f64::NAN, 1.0, 1.0), band(1e9, f64::NAN, 0.0)],
                vec![band(100.0, 99.0, f64::INFINITY); 100],
            ]
            .concat(),
        };
        let tame = wild.within_range();
        assert_eq!(tame.preamp_db, -20.0);
        assert_eq!(tame.bands[0], band(24_000.0, 0.0, 0.1));
        assert_eq!(tame.bands[1], band(100.0, 20.0, 30.0));
        assert_eq!(tame.bands.len(), Equalizer::BANDS_MAX - 1);
        assert!(tame.response_db(100.0).is_finite());
    }
}
