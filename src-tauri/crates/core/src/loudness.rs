//! How loud a track is played: what is known of its loudness, what the listener wants, and the gain that follows.
//!
//! The reference is that of ReplayGain 2.0: -18 LUFS (EBU R128, ITU-R BS.1770-4). A gain is a number of decibels for all of a
//! track; whether it is the track's own or its album's is decided here, where it is applied is the player's affair.

use serde::{Deserialize, Serialize};

/// Loudness that tracks are brought to.
pub const REFERENCE_LUFS: f64 = -18.0;

/// No sample is lifted above this by a gain, so that no converter overshoots: the true peak that EBU R128 allows.
pub const CEILING_DBTP: f64 = -1.0;

/// No gain lifts by more: a tag that claims near silence must not deafen.
const LIFT_MAX_DB: f64 = 24.0;

/// Whose loudness decides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum LoudnessMode {
    /// Nobody's: samples stay as they are.
    #[default]
    Off,
    /// Each track's own.
    Track,
    /// The album's, so that its quiet songs stay quiet.
    Album,
    /// The album's where it is played in its order, else the track's.
    Auto,
}

impl LoudnessMode {
    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Track => "track",
            Self::Album => "album",
            Self::Auto => "auto",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Off, Self::Track, Self::Album, Self::Auto]
            .into_iter()
            .find(|mode| mode.as_str() == name)
    }
}

/// What the listener wants.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(default)]
pub struct LoudnessSettings {
    /// Whose loudness decides.
    pub mode: LoudnessMode,
    /// Decibels on top, for tracks whose loudness is known.
    pub preamp_db: f64,
    /// The gain of tracks whose loudness is not known.
    pub fallback_db: f64,
}

impl Default for LoudnessSettings {
    fn default() -> Self {
        Self {
            mode: LoudnessMode::Off,
            preamp_db: 0.0,
            // Most records are mastered about this far above the reference or further: what is not yet measured shall not
            // jump out.
            fallback_db: -6.0,
        }
    }
}

impl LoudnessSettings {
    /// Both gains may be set within so many decibels of 0.
    pub const RANGE_DB: f64 = 15.0;

    /// The same with numbers that make sense.
    pub fn within_range(self) -> Self {
        let within = |db: f64| match db.is_finite() {
            true => db.clamp(-Self::RANGE_DB, Self::RANGE_DB),
            false => 0.0,
        };
        Self {
            preamp_db: within(self.preamp_db),
            fallback_db: within(self.fallback_db),
            ..self
        }
    }
}

/// How loud something is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Integrated loudness, told by a tag or measured.
    pub lufs: f64,
    /// Its highest peak in dBFS, the true one where that was measured.
    pub peak_db: Option<f64>,
}

/// A track's place on its album.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlbumLevel {
    /// Names the album.
    pub album: u64,
    /// The track's place among the album's, from 0.
    pub place: u32,
    /// How loud the album is as a whole.
    pub level: Option<Level>,
}

/// What is known of a track's loudness.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TrackLoudness {
    /// The track's own.
    pub track: Option<Level>,
    /// That of its album.
    pub album: Option<AlbumLevel>,
}

impl TrackLoudness {
    /// Whether `next` follows it on one album.
    pub fn leads_to(&self, next: &Self) -> bool {
        match (self.album, next.album) {
            (Some(this), Some(next)) => this.album == next.album && this.place + 1 == next.place,
            _ => false,
        }
    }
}

/// Whose loudness a gain was made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum GainSource {
    /// None: it is off.
    #[default]
    Off,
    /// The track's.
    Track,
    /// The album's.
    Album,
    /// Nothing is known.
    Fallback,
}

/// What a track's samples are multiplied by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Gain {
    /// In decibels.
    pub db: f64,
    /// What it was made of.
    pub source: GainSource,
    /// Whether it is less than what was wanted, so that no peak goes above [`CEILING_DBTP`].
    pub held_back: bool,
}

impl Gain {
    /// The gain of a track. `in_order`: whether it is played among its album's tracks in their order.
    pub fn of(settings: &LoudnessSettings, loudness: &TrackLoudness, in_order: bool) -> Self {
        let own = loudness.track.map(|level| (level, GainSource::Track));
        let album = loudness.album.and_then(|album| album.level);
        let album = album.map(|level| (level, GainSource::Album));
        let chosen = match settings.mode {
            LoudnessMode::Off => return Self::default(),
            LoudnessMode::Track => own.or(album),
            LoudnessMode::Auto if !in_order => own.or(album),
            LoudnessMode::Album | LoudnessMode::Auto => album.or(own),
        };
        let (wanted_db, peak_db, source) = match chosen {
            Some((level, source)) => (
                REFERENCE_LUFS - level.lufs + settings.preamp_db,
                level.peak_db,
                source,
            ),
            None => (
                settings.fallback_db,
                loudness.track.and_then(|level| level.peak_db),
                GainSource::Fallback,
            ),
        };
        // Where no peak is known there may be one at full scale.
        let room_db = CEILING_DBTP - peak_db.unwrap_or(0.0);
        let db = wanted_db.min(room_db).min(LIFT_MAX_DB);
        Self {
            db: if db.is_finite() { db } else { 0.0 },
            source,
            held_back: db < wanted_db,
        }
    }

    /// Whether it lifts no peak of this track over the ceiling either.
    pub fn suits(&self, loudness: &TrackLoudness) -> bool {
        let peak_db = loudness.track.and_then(|level| level.peak_db);
        self.db <= CEILING_DBTP - peak_db.unwrap_or(0.0)
    }

    /// The factor for samples; exactly 1 where nothing is to be done.
    pub fn factor(&self) -> f32 {
        match self.db == 0.0 {
            true => 1.0,
            false => 10_f64.powf(self.db / 20.0) as f32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(lufs: f64, peak_db: impl Into<Option<f64>>) -> Option<Level> {
        Some(Level {
            lufs,
            peak_db: peak_db.into(),
        })
    }

    fn check(
        mode: LoudnessMode,
        (track, album): (Option<Level>, Option<Level>),
        in_order: bool,
        expected: (f64, GainSource, bool),
    ) {
        let settings = LoudnessSettings {
            mode,
            preamp_db: 1.0,
            fallback_db: -6.0,
        };
        let album = album.map(|level| AlbumLevel {
            album: 1,
            place: 0,
            level: Some(level),
        });
        let gain = Gain::of(&settings, &TrackLoudness { track, album }, in_order);
        assert_eq!((gain.db, gain.source, gain.held_back), expected);
    }

    #[test]
    fn the_gain_is_the_tracks_or_the_albums_and_lifts_no_peak_over_the_ceiling() {
        use GainSource as By;
        use LoudnessMode::{Album, Auto, Off, Track};
        let loud = (level(-8.0, 0.5), level(-10.0, 0.7));
        check(Off, loud, true, (0.0, By::Off, false));
        check(Track, loud, true, (-9.0, By::Track, false));
        check(Album, loud, false, (-7.0, By::Album, false));
        check(Auto, loud, true, (-7.0, By::Album, false));
        check(Auto, loud, false, (-9.0, By::Track, false));
        check(
            Album,
            (level(-8.0, 0.5), None),
            true,
            (-9.0, By::Track, false),
        );
        check(
            Track,
            (None, level(-10.0, 0.0)),
            true,
            (-7.0, By::Album, false),
        );
        let quiet = (level(-30.0, -5.0), None);
        check(Track, quiet, true, (4.0, By::Track, true));
        check(
            Track,
            (level(-30.0, None), None),
            true,
            (-1.0, By::Track, true),
        );
        check(
            Track,
            (level(-90.0, -80.0), None),
            true,
            (24.0, By::Track, true),
        );
        check(Track, (None, None), true, (-6.0, By::Fallback, false));
        check(
            Track,
            (level(f64::NAN, None), None),
            true,
            (-1.0, By::Track, false),
        );
    }

    #[test]
    fn a_gain_of_nothing_changes_no_sample() {
        assert_eq!(Gain::default().factor().to_bits(), 1.0_f32.to_bits());
        let settings = LoudnessSettings {
            mode: LoudnessMode::Track,
            ..LoudnessSettings::default()
        };
        let loudness = TrackLoudness {
            track: level(REFERENCE_LUFS, -3.0),
            album: None,
        };
        let gain = Gain::of(&settings, &loudness, false);
        assert_eq!((gain.db, gain.factor()), (0.0, 1.0));
    }

    #[test]
    fn settings_out_of_range_are_brought_into_it() {
        let wild = LoudnessSettings {
            mode: LoudnessMode::Auto,
            preamp_db: f64::NAN,
            fallback_db: -400.0,
        };
        let tame = wild.within_range();
        assert_eq!((tame.preamp_db, tame.fallback_db), (0.0, -15.0));
    }
}
