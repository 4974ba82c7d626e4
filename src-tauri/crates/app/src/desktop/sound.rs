//! What the window asks of the sound: how loud songs are played, the equaliser of the output in use, and the sound card.

use std::path::Path;

use segue_core::{ChosenDevice, Crossfade, LoudnessSettings, OutputSettings};
use segue_playback::{EngineCommand, OutputInUse};

use super::Desktop;
use crate::AppError;
use crate::wire::{EqualizerChange, EqualizerSetting, OutputPage, SoundPage};

impl Desktop {
    /// How things sound at the output in use.
    pub fn sound(&self) -> Result<SoundPage, AppError> {
        let output = self.output_in_use()?;
        self.segue.sound(output.as_ref())
    }

    /// Changes the equaliser of the output in use, and says what is kept.
    pub fn set_equalizer(&self, change: EqualizerChange) -> Result<EqualizerSetting, AppError> {
        let output = self.output_in_use()?;
        let kept = self.segue.set_equalizer(output.as_ref(), change)?;
        self.equalize()?;
        Ok(kept)
    }

    /// The same with the curve that a file holds.
    pub fn import_equalizer(&self, file: &Path) -> Result<EqualizerSetting, AppError> {
        let output = self.output_in_use()?;
        let kept = self.segue.import_equalizer(output.as_ref(), file)?;
        self.equalize()?;
        Ok(kept)
    }

    fn output_in_use(&self) -> Result<Option<ChosenDevice>, AppError> {
        let in_use = self.player.output()?;
        Ok(in_use.map(|OutputInUse { id, name, .. }| ChosenDevice { id, name }))
    }

    fn equalize(&self) -> Result<(), AppError> {
        let equalizers = Box::new(self.segue.equalizers()?);
        self.player
            .set_sound(EngineCommand::SetEqualizers(equalizers))
    }

    /// Sets how loud songs are played, and says what is kept.
    pub fn set_loudness(&self, settings: LoudnessSettings) -> Result<LoudnessSettings, AppError> {
        let kept = self.segue.set_loudness(settings)?;
        self.player.set_sound(EngineCommand::SetLoudness(kept))?;
        Ok(kept)
    }

    /// Sets how songs fade into each other, and says what is kept.
    pub fn set_crossfade(&self, crossfade: Crossfade) -> Result<Crossfade, AppError> {
        let kept = self.segue.set_crossfade(crossfade)?;
        self.player.set_sound(EngineCommand::SetCrossfade(kept))?;
        Ok(kept)
    }

    /// The sound cards, the choice among them, and the one that plays.
    pub fn outputs(&self) -> Result<OutputPage, AppError> {
        let in_use = self.player.output()?;
        Ok(OutputPage {
            rate_hz: in_use.as_ref().map(|output| output.rate_hz),
            in_use: in_use.map(|output| output.name),
            ..self.segue.outputs()?
        })
    }

    /// Plays to the card that is chosen, from now on.
    pub fn set_output(&self, settings: OutputSettings) -> Result<OutputPage, AppError> {
        self.segue.set_output(&settings)?;
        self.player.use_output(settings)?;
        self.outputs()
    }
}
