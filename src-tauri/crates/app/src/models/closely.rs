//! Listening more closely: after the quick model has heard the library, the fine one that came with Segue hears it once more,
//! when the machine has nothing better to do.

use segue_core::ModelId;
use serde::{Deserialize, Serialize};

use super::idle;
use crate::wire::{CloselyStatus, CloselyWaits};
use crate::{AppError, Segue};

/// The setting that says whether the fine model listens.
const CLOSELY: &str = "listen-closely";
/// The setting that tells what it took so far.
const COST: &str = "listen-closely-cost";

/// What the fine model took so far.
#[derive(Serialize, Deserialize)]
struct Cost {
    model: ModelId,
    recordings: u64,
    /// Of one thread.
    seconds: f64,
}

impl Segue {
    /// Whether the fine model is to listen: where one came with Segue, unless it was turned off.
    pub(crate) fn listens_closely(&self) -> Result<bool, AppError> {
        let off = self.library.setting(CLOSELY)?.is_some_and(|on| on == false);
        Ok(!off && self.model_manager.fine().is_some())
    }

    /// The stamp on the fine model's vectors, where it is to listen.
    pub(super) fn fine_id(&self) -> Result<Option<ModelId>, AppError> {
        let Some(fine) = self.model_manager.fine() else {
            return Ok(None);
        };
        match self.listens_closely()? {
            true => Ok(self.model_manager.id_of(&fine.folder).ok()),
            false => Ok(None),
        }
    }

    /// Has the fine model listen from now on, or not; without it the quick one serves at once.
    pub fn set_closely(&self, on: bool) -> Result<CloselyStatus, AppError> {
        if self.model_manager.fine().is_none() {
            return Err(AppError::NoFineModel);
        }
        self.library.put_setting(CLOSELY, &on.into())?;
        self.hand_over()?;
        self.closely()?.ok_or(AppError::NoFineModel)
    }

    /// How far the fine model is; `None` where none came with Segue, or the listener chose a model.
    pub fn closely(&self) -> Result<Option<CloselyStatus>, AppError> {
        let Some(fine) = self.model_manager.fine() else {
            return Ok(None);
        };
        let (on, id) = (
            self.listens_closely()?,
            self.model_manager.id_of(&fine.folder),
        );
        let mut status = CloselyStatus {
            on,
            model: id
                .as_ref()
                .map_or_else(|_| fine.name.clone(), ToString::to_string),
            serving: false,
            heard: 0,
            to_hear: 0,
            left_s: None,
            waits: None,
            problem: None,
        };
        match id {
            Ok(id) => {
                let current = self.model_manager.model_id()?;
                (status.to_hear, status.heard) = self.coverage(&id, &current)?;
                status.serving = self.serving()?.as_ref() == Some(&id);
                let cost = self.cost(&id)?.filter(|cost| cost.recordings > 0);
                status.left_s =
                    cost.map(|cost| cost.seconds / cost.recordings as f64 * status.to_hear as f64);
                status.waits = (on && status.to_hear > 0).then(why_not_now).flatten();
            }
            Err(error) => status.problem = Some(error),
        }
        Ok(Some(status))
    }

    /// Adds to what the fine model took: so long one thread for so many recordings.
    pub(crate) fn add_cost(
        &self,
        model: &ModelId,
        recordings: u64,
        seconds: f64,
    ) -> Result<(), AppError> {
        let before = self.cost(model)?;
        let (many, long) = before.map_or((0, 0.0), |cost| (cost.recordings, cost.seconds));
        let cost = Cost {
            model: model.clone(),
            recordings: many + recordings,
            seconds: long + seconds,
        };
        let value = serde_json::to_value(cost).expect("a cost is plain data");
        Ok(self.library.put_setting(COST, &value)?)
    }

    /// What this model took so far.
    fn cost(&self, model: &ModelId) -> Result<Option<Cost>, AppError> {
        let cost = self.library.setting(COST)?;
        let cost: Option<Cost> = cost.and_then(|cost| serde_json::from_value(cost).ok());
        Ok(cost.filter(|cost| cost.model == *model))
    }
}

/// Why the fine model should not listen now, if so.
pub(crate) fn why_not_now() -> Option<CloselyWaits> {
    match () {
        () if idle::on_battery() => Some(CloselyWaits::Battery),
        () if idle::is_busy() => Some(CloselyWaits::Busy),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use segue_analysis::{ModelSource, Provider};

    use crate::analysis::AnalyzeRequest;
    use crate::models::ModelManager;
    use crate::places::{ShippedModel, ShippedModels};
    use crate::testing::{World, desktop, refused, until, world};
    use crate::wire::JobKind;

    use super::*;

    /// A stranger's small network, as if it had come with Segue.
    fn shipped(world: &World, name: &str) -> ShippedModel {
        let tests_data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../analysis/tests_data");
        let folder = world.folder.path().join("shipped").join(name);
        fs::create_dir_all(&folder).unwrap();
        let source = ModelSource {
            manifest: tests_data.join(name),
            ..ModelSource::default()
        };
        source.stage(&folder).unwrap();
        let name = name.to_owned();
        ShippedModel { name, folder }
    }

    /// Some of the demo library, and two models beside it.
    fn with_two_ears() -> World {
        let mut world = world();
        let models = ShippedModels {
            quick: shipped(&world, "kaldi-like"),
            fine: Some(shipped(&world, "librosa-like")),
        };
        let data = world.segue.library.data_dir().to_owned();
        world.segue.model_manager = ModelManager::new(&data, Ok(models));
        world
    }

    #[test]
    fn what_the_quick_model_heard_serves_until_the_fine_one_has_heard_it_all() {
        let world = with_two_ears();
        let segue = &world.segue;
        let quick = segue.model_manager.model_id().unwrap();
        let fine = segue.fine_id().unwrap().unwrap();
        let tracks = world.tracks();
        let check = |serves: &ModelId, heard: usize, to_hear: usize| {
            segue.hand_over().unwrap();
            assert_eq!(segue.serving().unwrap().as_ref(), Some(serves));
            let status = segue.closely().unwrap().unwrap();
            let numbers = (status.heard as usize, status.to_hear as usize);
            assert_eq!(
                (status.serving, numbers),
                (*serves == fine, (heard, to_hear))
            );
        };
        let all = tracks.len();
        check(&quick, 0, 0);
        world.heard_by(&quick, &tracks[1..]);
        check(&quick, 0, all - 1);
        world.heard_by(&fine, &tracks[2..]);
        check(&quick, all - 2, 1);
        world.heard_by(&fine, &tracks[1..2]);
        check(&fine, all - 1, 0);
        // Of a dozen songs one is many.
        world.heard_by(&quick, &tracks[..1]);
        check(&quick, all - 1, 1);
        world.heard_by(&fine, &tracks[..1]);
        check(&fine, all, 0);

        // Turned off, the quick one serves at once, and what the fine one heard is kept.
        assert!(!segue.set_closely(false).unwrap().on);
        assert_eq!(segue.serving().unwrap(), Some(quick.clone()));
        let again = segue.set_closely(true).unwrap();
        assert!(again.on && again.serving);
        assert_eq!(segue.serving().unwrap(), Some(fine.clone()));
        // As the current model the fine one is alone.
        segue.use_model("librosa-like").unwrap();
        assert_eq!(segue.closely().unwrap(), None);
        assert_eq!(segue.serving().unwrap(), Some(fine));
        segue.use_model("kaldi-like").unwrap();
        assert!(segue.closely().unwrap().is_some());
        refused(segue.remove_model("librosa-like"), "librosa-like");
    }

    #[test]
    fn few_new_songs_do_not_take_the_fine_model_out_of_service() {
        let world = with_two_ears();
        let segue = &world.segue;
        let quick = segue.model_manager.model_id().unwrap();
        let fine = segue.fine_id().unwrap().unwrap();
        let tracks = world.tracks();
        // A library grows by copies with other sound.
        for round in 0..12 {
            for (number, track) in tracks.iter().enumerate() {
                let from = fs::read(&track.path).unwrap();
                let to = world.music().join(format!("{round}-{number}.wav"));
                fs::write(to, another_sound(&from, round)).unwrap();
            }
        }
        world.scan();
        let all = world.tracks();
        assert!(all.len() > 100, "{}", all.len());
        world.heard_by(&quick, &all[2..]);
        world.heard_by(&fine, &all[2..]);
        segue.hand_over().unwrap();
        assert_eq!(segue.serving().unwrap(), Some(fine.clone()));
        world.heard_by(&quick, &all[..2]);
        segue.hand_over().unwrap();
        assert_eq!(segue.serving().unwrap(), Some(fine));
        assert_eq!(segue.closely().unwrap().unwrap().to_hear, 2);
    }

    /// A short WAV file of its own, whatever the bytes.
    fn another_sound(seed: &[u8], round: u8) -> Vec<u8> {
        let frames = 16_000_u32;
        let mut bytes = b"RIFF".to_vec();
        bytes.extend((36 + frames * 2).to_le_bytes());
        bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
        bytes.extend(16_000_u32.to_le_bytes());
        bytes.extend(32_000_u32.to_le_bytes());
        bytes.extend(b"\x02\0\x10\0data");
        bytes.extend((frames * 2).to_le_bytes());
        let sound = seed.iter().cycle().skip(1_000 * usize::from(round) + 4_096);
        bytes.extend(sound.take(frames as usize * 2));
        bytes
    }

    /// Needs ONNX Runtime (`cargo xtask setup`).
    #[test]
    fn the_fine_model_hears_what_the_quick_one_has_heard_and_tells_its_cost() {
        let world = with_two_ears();
        let segue = &world.segue;
        let all = world.tracks().len() as u64;
        let request = |closely| AnalyzeRequest {
            jobs: Some(2),
            provider: Provider::Cpu,
            again: false,
            closely,
        };
        let done = segue.analyze(&request(false), &mut |_| true).unwrap();
        assert_eq!((done.analyzed, done.analyzed_closely), (all, 0));
        let before = segue.closely().unwrap().unwrap();
        assert_eq!((before.to_hear, before.left_s), (all, None));
        // Stopped after the first, the rest has a cost.
        let stopped = segue.analyze(&request(true), &mut |_| false).unwrap();
        assert!(!stopped.finished && stopped.analyzed_closely < all);
        let status = segue.closely().unwrap().unwrap();
        assert!(status.left_s.unwrap() > 0.0 && !status.serving);
        let done = segue.analyze(&request(true), &mut |_| true).unwrap();
        assert!(done.finished);
        assert_eq!(done.analyzed_closely + stopped.analyzed_closely, all);
        let status = segue.closely().unwrap().unwrap();
        assert!(status.serving);
        assert_eq!((status.heard, status.left_s), (all, Some(0.0)));
    }

    #[test]
    fn without_a_fine_model_nothing_is_told_of_it() {
        let world = world();
        let segue = &world.segue;
        assert_eq!(segue.closely().unwrap(), None);
        refused(segue.set_closely(true), "no fine model");
        let (_folder, desktop, _) = desktop(world);
        let status = desktop.status().unwrap();
        assert_eq!(status.closely, None);
        assert!(status.jobs.iter().all(|job| job.job != JobKind::Closely));
        desktop.close();
    }

    /// A window with a fine model, whose switch and whose job are told.
    #[test]
    fn the_window_has_a_switch_and_a_job_for_it() {
        let (_folder, desktop, _) = desktop(with_two_ears());
        let has_job = || {
            let jobs = desktop.status().unwrap().jobs;
            jobs.iter().any(|job| job.job == JobKind::Closely)
        };
        assert!(desktop.status().unwrap().closely.unwrap().on && has_job());
        desktop.set_closely(false).unwrap();
        until("it is off", || {
            !desktop.status().unwrap().closely.unwrap().on
        });
        assert!(!has_job());
        desktop.close();
    }
}
