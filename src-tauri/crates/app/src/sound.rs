//! How things sound: what the listener set, kept in the library's settings and handed to whatever plays.

use segue_core::{LoudnessMode, LoudnessSettings, TrackLoudness};
use segue_playback::{EngineCommand, MediaItem};
use serde::de::DeserializeOwned;

use crate::{AppError, Segue, SoundPage};

/// The setting that holds how loud tracks are played.
const LOUDNESS: &str = "loudness";

impl Segue {
    /// How things sound.
    pub fn sound(&self) -> Result<SoundPage, AppError> {
        Ok(SoundPage {
            loudness: self.kept(LOUDNESS)?,
        })
    }

    /// Keeps how loud tracks are played, and says what is kept.
    pub fn set_loudness(&self, settings: LoudnessSettings) -> Result<LoudnessSettings, AppError> {
        let settings = settings.within_range();
        self.keep(LOUDNESS, &settings)?;
        Ok(settings)
    }

    /// What has an engine sound as the listener set it, but for what is asked for this once.
    pub(crate) fn sound_commands(
        &self,
        loudness: Option<LoudnessMode>,
    ) -> Result<Vec<EngineCommand>, AppError> {
        let kept = self.sound()?;
        Ok(vec![EngineCommand::SetLoudness(LoudnessSettings {
            mode: loudness.unwrap_or(kept.loudness.mode),
            ..kept.loudness
        })])
    }

    /// What is known of an item's loudness. Not knowing it is no reason not to play.
    pub(crate) fn loudness_of(&self, item: &MediaItem) -> TrackLoudness {
        self.library.loudness(&item.path, item.span).unwrap_or_else(|error| {
            tracing::warn!(path = %item.path.display(), %error, "its loudness could not be looked up");
            TrackLoudness::default()
        })
    }

    /// The value under a key; its default where none is kept, or one of another version.
    fn kept<T: DeserializeOwned + Default>(&self, key: &str) -> Result<T, AppError> {
        let kept = self.library.setting(key)?;
        Ok(kept
            .and_then(|kept| serde_json::from_value(kept).ok())
            .unwrap_or_default())
    }

    fn keep(&self, key: &str, value: &impl serde::Serialize) -> Result<(), AppError> {
        let value = serde_json::to_value(value).map_err(|error| AppError::NotSerialized {
            detail: error.to_string(),
        })?;
        Ok(self.library.put_setting(key, &value)?)
    }
}
