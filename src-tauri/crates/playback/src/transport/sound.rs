//! How things sound: the gain of each track, and what is done to all sound behind the ring; and what came of it, as the way of a
//! track's sound.

use segue_core::{
    Gain, GainSource, LoudnessSettings, OutputFormat, SignalPath, SignalStep, SourceFormat,
    TrackLoudness,
};

use super::Transport;
use super::track::TrackAccount;
use crate::dsp::Design;
use crate::protocol::Status;

impl Transport {
    pub(super) fn set_volume(&mut self, volume: f64) {
        if !volume.is_nan() {
            self.volume = volume.clamp(0.0, 1.0);
        }
        if let Some(feed) = &self.feed {
            feed.set_level(self.level());
        }
    }

    /// How loud tracks are played from now on: what sounds is taken up anew at its place where its gain becomes another.
    pub(super) fn set_loudness(&mut self, settings: LoudnessSettings) {
        if std::mem::replace(&mut self.loudness, settings) == settings {
            return;
        }
        let Some(track) = &mut self.sounding else {
            return;
        };
        let (loudness, in_order) = track.loudness;
        let gain = Gain::of(&settings, &loudness, in_order);
        if std::mem::replace(&mut track.gain, gain) == gain && self.coming.is_empty() {
            return;
        }
        self.unload();
        if self.status == Status::Playing {
            self.load();
        }
    }

    /// The gain of a track that is taken up behind `before`, if it follows one without a seam.
    pub(super) fn gain_of(
        &self,
        (loudness, in_order): (TrackLoudness, bool),
        before: Option<&TrackAccount>,
    ) -> Gain {
        let gain = Gain::of(&self.loudness, &loudness, in_order);
        // An album that goes on keeps its gain, even if it has been measured meanwhile: else it would jump at a seam.
        let kept = before.filter(|before| {
            gain.source == GainSource::Album
                && before.gain.source == GainSource::Album
                && before.loudness.0.leads_to(&loudness)
                && before.gain.suits(&loudness)
        });
        kept.map_or(gain, |before| before.gain)
    }

    /// Has all sound equalised as it is set for the output in use.
    pub(super) fn equalize(&mut self) {
        let Some(feed) = &mut self.feed else { return };
        let output = self.output.in_use();
        let own = output.and_then(|output| self.equalizers.by_output.get(&output.id));
        let equalizer = own.unwrap_or(&self.equalizers.otherwise);
        feed.set_equalizer(Design::new(equalizer, feed.rate_hz()));
    }

    /// The way of the sound of a track.
    pub(super) fn path_of(&self, track: &TrackAccount) -> Option<Box<SignalPath>> {
        let feed = self.feed.as_ref()?;
        let (format, to_hz, design) = (&*track.format, feed.rate_hz(), feed.equalizer());
        let mut steps = Vec::new();
        if format.channels > 2 {
            let channels = format.channels as u32;
            steps.push(SignalStep::Downmix { channels });
        }
        if track.gain.factor() != 1.0 {
            steps.push(SignalStep::Gain { gain: track.gain });
        }
        if format.sample_rate_hz != to_hz {
            steps.push(SignalStep::Resample {
                from_hz: format.sample_rate_hz,
                to_hz,
            });
        }
        if self.leaving.is_some() {
            steps.push(SignalStep::Crossfade);
        }
        if self.volume < 1.0 {
            let db = 20.0 * f64::from(self.level()).log10();
            steps.push(SignalStep::Volume {
                db: db.is_finite().then_some(db),
            });
        }
        if design.is_on() {
            steps.push(SignalStep::Equalizer {
                bands: design.bands() as u32,
                preamp_db: design.preamp_db(),
            });
            if design.may_exceed() {
                steps.push(SignalStep::Limiter);
            }
        }
        let source = SourceFormat {
            codec: format.codec.clone(),
            sample_rate_hz: format.sample_rate_hz,
            bits: format.bits_per_sample,
            channels: format.channels as u32,
            lossless: format.lossless,
        };
        let output = OutputFormat {
            sample_rate_hz: to_hz,
            ..self.output.format()
        };
        Some(Box::new(SignalPath::new(source, steps, output)))
    }

    pub(super) fn level(&self) -> f32 {
        (self.volume * self.wakefulness()).powi(3) as f32
    }
}
