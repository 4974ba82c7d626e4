//! Which sound card is played to: the cards that there are, and the listener's choice, kept as a setting.

use segue_core::{ChosenDevice, OutputSettings};
use segue_playback::{OutputDevice, output_devices};

use crate::wire::{OutputDeviceRow, OutputPage};
use crate::{AppError, Segue};

/// The setting that holds the choice.
const OUTPUT: &str = "output";

impl Segue {
    /// The cards that there are, and the choice among them.
    pub fn outputs(&self) -> Result<OutputPage, AppError> {
        let devices = devices();
        let settings = self.output_settings()?;
        let chosen = settings.device.as_ref().map(|chosen| &chosen.id);
        let row = |device: OutputDevice| OutputDeviceRow {
            chosen: chosen == Some(&device.id),
            id: device.id,
            name: device.name,
            is_default: device.is_default,
        };
        Ok(OutputPage {
            devices: devices.into_iter().map(row).collect(),
            settings,
            in_use: None,
            rate_hz: None,
        })
    }

    pub(crate) fn output_settings(&self) -> Result<OutputSettings, AppError> {
        let kept = self.library.setting(OUTPUT)?;
        // One that a newer Segue wrote is none: sound goes to the default.
        Ok(kept
            .and_then(|kept| serde_json::from_value(kept).ok())
            .unwrap_or_default())
    }

    /// Keeps the choice. A window that is open takes it up.
    pub fn set_output(&self, settings: &OutputSettings) -> Result<(), AppError> {
        let value = serde_json::to_value(settings).map_err(|error| AppError::NotSerialized {
            detail: error.to_string(),
        })?;
        Ok(self.library.put_setting(OUTPUT, &value)?)
    }

    /// Chooses a card by its name, by a part of it that no other name has, or by the system's name of it; none is the system's
    /// default.
    pub fn use_output(&self, name: Option<&str>) -> Result<OutputPage, AppError> {
        let device = match name {
            None => None,
            Some(name) => Some(named(connected(), name)?),
        };
        let settings = self.output_settings()?;
        self.set_output(&OutputSettings { device, ..settings })?;
        self.outputs()
    }
}

/// No card, or none that answers, is an ordinary state: then there are none.
fn devices() -> Vec<OutputDevice> {
    output_devices().unwrap_or_else(|fault| {
        tracing::debug!(%fault, "no sound cards");
        Vec::new()
    })
}

/// The cards that are there, to choose from.
pub(crate) fn connected() -> Vec<ChosenDevice> {
    let chosen = |OutputDevice { id, name, .. }| ChosenDevice { id, name };
    devices().into_iter().map(chosen).collect()
}

/// The one of these cards that is meant: by its name, by a part of it that no other name has, or by the system's name of it.
pub(crate) fn named(devices: Vec<ChosenDevice>, name: &str) -> Result<ChosenDevice, AppError> {
    let folded = segue_core::fold(name);
    let exact = devices
        .iter()
        .find(|device| device.id == name || device.name == name);
    let found = exact.or_else(|| {
        let part = |device: &&ChosenDevice| segue_core::fold(&device.name).contains(&folded);
        let mut found = devices.iter().filter(part);
        found.next().filter(|_| found.next().is_none())
    });
    found
        .cloned()
        .ok_or_else(|| AppError::NoSuchOutput { name: name.into() })
}

#[cfg(test)]
mod tests {
    use segue_core::WhenLost;

    use super::*;
    use crate::testing::world;

    #[test]
    fn a_card_is_named_in_full_in_part_or_as_the_system_does() {
        let device = |id: &str, name: &str| ChosenDevice {
            id: id.into(),
            name: name.into(),
        };
        let devices = [
            device("pulseaudio:hdmi", "HDMI"),
            device("pulseaudio:usb", "USB Audio"),
            device("pulseaudio:usb2", "USB Audio Interface"),
        ];
        let check = |name: &str, expected: Option<usize>| {
            let found = named(devices.to_vec(), name).ok();
            assert_eq!(found, expected.map(|at| devices[at].clone()), "{name}");
        };
        check("HDMI", Some(0));
        check("hdmi", Some(0));
        check("USB Audio", Some(1));
        check("interface", Some(2));
        check("usb", None);
        check("pulseaudio:usb2", Some(2));
        check("Phones", None);
    }

    #[test]
    fn the_choice_is_kept_and_a_strange_one_is_none() {
        let world = world();
        let segue = &world.segue;
        assert_eq!(segue.output_settings().unwrap(), OutputSettings::default());
        let settings = OutputSettings {
            device: Some(ChosenDevice {
                id: "pulseaudio:usb".into(),
                name: "USB Audio".into(),
            }),
            when_lost: WhenLost::Default,
            match_rate: true,
        };
        segue.set_output(&settings).unwrap();
        assert_eq!(segue.output_settings().unwrap(), settings);
        assert!(segue.use_output(Some("no such card")).is_err());
        assert_eq!(segue.output_settings().unwrap(), settings);
        // How the sound shall be is another question than where.
        segue.use_output(None).unwrap();
        let kept = segue.output_settings().unwrap();
        assert_eq!(
            kept,
            OutputSettings {
                device: None,
                ..settings
            }
        );
        let strange = serde_json::json!({ "device": 7 });
        segue.library.put_setting(OUTPUT, &strange).unwrap();
        assert_eq!(segue.output_settings().unwrap(), OutputSettings::default());
    }
}
