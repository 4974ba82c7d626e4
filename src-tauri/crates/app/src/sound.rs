//! How things sound: what the listener set, kept in the library's settings and handed to whatever plays.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;

use segue_core::{
    ChosenDevice, Crossfade, Equalizer, EqualizerPreset, FileSpan, LoudnessMode, LoudnessSettings,
    TrackProfile,
};
use segue_exchange::equalizer;
use segue_playback::{EngineCommand, Equalizers, MediaItem};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::output::{connected, named};
use crate::{AppError, EqualizerChange, EqualizerSetting, Segue, SoundPage};

/// The setting that holds how loud tracks are played.
const LOUDNESS: &str = "loudness";
/// The setting that holds how songs fade into each other.
const CROSSFADE: &str = "crossfade";
/// The setting that holds the equalisers by the system's names of their outputs; that of all others has none.
const EQUALIZERS: &str = "equalizers";
const OTHERS: &str = "";

type ByOutput = BTreeMap<String, OutputEqualizer>;

#[derive(Serialize, Deserialize)]
struct OutputEqualizer {
    /// What people call the output.
    name: String,
    setting: EqualizerSetting,
}

impl Segue {
    /// How things sound at an output, or, without one, at all that have nothing of their own.
    pub fn sound(&self, output: Option<&ChosenDevice>) -> Result<SoundPage, AppError> {
        let equalizers: ByOutput = self.kept(EQUALIZERS)?;
        Ok(SoundPage {
            loudness: self.kept(LOUDNESS)?,
            crossfade: self.kept(CROSSFADE)?,
            output: output.map(|output| output.name.clone()),
            equalizer: in_force(&equalizers, output),
        })
    }

    /// The outputs that have an equaliser of their own.
    pub fn equalized_outputs(&self) -> Result<Vec<ChosenDevice>, AppError> {
        let equalizers: ByOutput = self.kept(EQUALIZERS)?;
        let own = equalizers.into_iter().filter(|(id, _)| id != OTHERS);
        let outputs = own.map(|(id, OutputEqualizer { name, .. })| ChosenDevice { id, name });
        Ok(outputs.collect())
    }

    /// The output of this name, of those that are there and those that have an equaliser of their own.
    pub fn output_named(&self, name: &str) -> Result<ChosenDevice, AppError> {
        let mut outputs = connected();
        let mut own = self.equalized_outputs()?;
        own.retain(|own| outputs.iter().all(|output| output.id != own.id));
        outputs.append(&mut own);
        named(outputs, name)
    }

    /// Keeps how loud tracks are played, and says what is kept.
    pub fn set_loudness(&self, settings: LoudnessSettings) -> Result<LoudnessSettings, AppError> {
        let settings = settings.within_range();
        self.keep(LOUDNESS, &settings)?;
        Ok(settings)
    }

    /// Keeps how songs fade into each other, and says what is kept.
    pub fn set_crossfade(&self, crossfade: Crossfade) -> Result<Crossfade, AppError> {
        let crossfade = crossfade.within_range();
        self.keep(CROSSFADE, &crossfade)?;
        Ok(crossfade)
    }

    /// Changes the equaliser of an output, or of all that have none of their own, and says what is kept.
    pub fn set_equalizer(
        &self,
        output: Option<&ChosenDevice>,
        change: EqualizerChange,
    ) -> Result<EqualizerSetting, AppError> {
        let mut equalizers: ByOutput = self.kept(EQUALIZERS)?;
        let mut setting = in_force(&equalizers, output);
        match change {
            EqualizerChange::Off => setting.on = false,
            EqualizerChange::On => setting.on = true,
            EqualizerChange::Preset { preset } => {
                setting = EqualizerSetting {
                    on: true,
                    preset: Some(preset),
                    equalizer: preset.equalizer(),
                };
            }
            EqualizerChange::Curve { equalizer } => {
                setting = EqualizerSetting {
                    on: true,
                    preset: None,
                    equalizer: equalizer.within_range(),
                };
            }
        }
        let (id, name) = output.map_or((OTHERS, ""), |output| (&output.id, &output.name));
        let kept = OutputEqualizer {
            name: name.to_owned(),
            setting: setting.clone(),
        };
        equalizers.insert(id.to_owned(), kept);
        self.keep(EQUALIZERS, &equalizers)?;
        Ok(setting)
    }

    /// The same with the curve that a file holds.
    pub fn import_equalizer(
        &self,
        output: Option<&ChosenDevice>,
        file: &Path,
    ) -> Result<EqualizerSetting, AppError> {
        let equalizer = equalizer::read(file)?;
        self.set_equalizer(output, EqualizerChange::Curve { equalizer })
    }

    /// The equalisers that are on, as an engine takes them.
    pub(crate) fn equalizers(&self) -> Result<Equalizers, AppError> {
        let mut by_output: BTreeMap<String, Equalizer> = self
            .kept::<ByOutput>(EQUALIZERS)?
            .into_iter()
            .map(|(id, kept)| (id, kept.setting.applied()))
            .collect();
        let otherwise = by_output.remove(OTHERS).unwrap_or_default();
        Ok(Equalizers {
            by_output,
            otherwise,
        })
    }

    /// What has an engine sound as the listener set it, but for what is asked for this once: `off`, a preset's name or a file.
    pub(crate) fn sound_commands(
        &self,
        loudness: Option<LoudnessMode>,
        equalizer: Option<&OsStr>,
        crossfade: Option<Crossfade>,
    ) -> Result<Vec<EngineCommand>, AppError> {
        let kept: LoudnessSettings = self.kept(LOUDNESS)?;
        let equalizers = match equalizer {
            None => self.equalizers()?,
            Some(asked) => Equalizers {
                by_output: BTreeMap::new(),
                otherwise: match asked.to_str() {
                    Some("off") => Equalizer::default(),
                    name => match name.and_then(EqualizerPreset::parse) {
                        Some(preset) => preset.equalizer(),
                        None => equalizer::read(asked.as_ref())?,
                    },
                },
            },
        };
        Ok(vec![
            EngineCommand::SetLoudness(LoudnessSettings {
                mode: loudness.unwrap_or(kept.mode),
                ..kept
            }),
            EngineCommand::SetEqualizers(Box::new(equalizers)),
            EngineCommand::SetCrossfade(match crossfade {
                Some(asked) => asked,
                None => self.kept(CROSSFADE)?,
            }),
        ])
    }

    /// What is known of a file, or a stretch of one, that decides how it is played.
    pub(crate) fn profile(&self, path: &Path, span: FileSpan) -> Result<TrackProfile, AppError> {
        let track = self.library.track_at(path, span)?;
        Ok(TrackProfile {
            loudness: self.library.loudness(path, span)?,
            bpm: track.and_then(|track| track.bpm),
        })
    }

    /// The same of an item. Not knowing it is no reason not to play.
    pub(crate) fn profile_of(&self, item: &MediaItem) -> TrackProfile {
        self.profile(&item.path, item.span).unwrap_or_else(|error| {
            tracing::warn!(path = %item.path.display(), %error, "its loudness could not be looked up");
            TrackProfile::default()
        })
    }

    /// The value under a key; its default where none is kept, or one of another version.
    fn kept<T: DeserializeOwned + Default>(&self, key: &str) -> Result<T, AppError> {
        let kept = self.library.setting(key)?;
        Ok(kept
            .and_then(|kept| serde_json::from_value(kept).ok())
            .unwrap_or_default())
    }

    fn keep(&self, key: &str, value: &impl Serialize) -> Result<(), AppError> {
        let value = serde_json::to_value(value).map_err(|error| AppError::NotSerialized {
            detail: error.to_string(),
        })?;
        Ok(self.library.put_setting(key, &value)?)
    }
}

fn in_force(equalizers: &ByOutput, output: Option<&ChosenDevice>) -> EqualizerSetting {
    let own = output.and_then(|output| equalizers.get(&output.id));
    let found = own.or_else(|| equalizers.get(OTHERS));
    found.map(|kept| kept.setting.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use segue_core::EqualizerBand;

    use super::*;

    #[test]
    fn each_output_keeps_its_equaliser_and_the_others_share_one() {
        let folder = tempfile::tempdir().unwrap();
        let segue = Segue::open(Some(folder.path())).unwrap();
        let rock = EqualizerChange::Preset {
            preset: EqualizerPreset::Rock,
        };
        segue.set_equalizer(None, rock).unwrap();
        let own = Equalizer::of_octaves(-3.0, [1.0; 10]);
        let change = EqualizerChange::Curve {
            equalizer: own.clone(),
        };
        let device = |id: &str, name: &str| ChosenDevice {
            id: id.into(),
            name: name.into(),
        };
        let phones = device("pulseaudio:usb", "USB Headphones");
        // Of the same name, and another one.
        let others = device("pulseaudio:usb2", "USB Headphones");
        segue.set_equalizer(Some(&phones), change).unwrap();
        assert_eq!(
            segue.equalized_outputs().unwrap(),
            std::slice::from_ref(&phones)
        );
        // It is known by its name though it is not there.
        assert_eq!(segue.output_named("usb head").unwrap(), phones);
        let unknown = segue.output_named("no such card").unwrap_err();
        assert!(matches!(unknown, AppError::NoSuchOutput { .. }));
        let rock = EqualizerPreset::Rock.equalizer();
        let page = |output| segue.sound(output).unwrap().equalizer;
        assert_eq!(page(Some(&phones)).equalizer, own);
        assert_eq!(page(Some(&others)).preset, Some(EqualizerPreset::Rock));
        let applied = segue.equalizers().unwrap();
        assert_eq!((&applied.otherwise, applied.by_output.len()), (&rock, 1));
        // Off, the curve is kept.
        let off = segue.set_equalizer(Some(&phones), EqualizerChange::Off);
        assert_eq!(
            (off.as_ref().unwrap().on, &off.as_ref().unwrap().equalizer),
            (false, &own)
        );
        assert!(segue.equalizers().unwrap().by_output[&phones.id].is_flat());
        let on = segue
            .set_equalizer(Some(&phones), EqualizerChange::On)
            .unwrap();
        assert_eq!((on.on, on.equalizer), (true, own));
    }

    #[test]
    fn a_file_of_another_program_is_taken_over_or_refused() {
        let folder = tempfile::tempdir().unwrap();
        let segue = Segue::open(Some(folder.path())).unwrap();
        let file = folder.path().join("headphones.txt");
        std::fs::write(
            &file,
            "Preamp: -6.2 dB\nFilter 1: ON PK Fc 105 Hz Gain -3.1 dB Q 0.70\n",
        )
        .unwrap();
        let found = segue.import_equalizer(None, &file).unwrap();
        assert_eq!((found.on, found.equalizer.preamp_db), (true, -6.2));
        assert!(matches!(
            found.equalizer.bands[..],
            [EqualizerBand { hz: 105.0, .. }]
        ));
        std::fs::write(&file, "Delay: 5 ms").unwrap();
        let refused = segue.import_equalizer(None, &file).unwrap_err();
        assert!(matches!(refused, AppError::Exchange { .. }), "{refused:?}");
    }
}
