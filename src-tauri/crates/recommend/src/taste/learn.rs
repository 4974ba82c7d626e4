//! A whole log learned at once: read as observations, fitted, and validated on its own last plays.
//!
//! The parts of the model that may do more harm than good for this listener (vectors, clusters, hours, the metric) are
//! ablated: one stays only if the last plays are not significantly better predicted without it. So a taste with all parts
//! is never worse than one without, as far as the listener's own plays can tell.

use segue_core::Play;

use super::evidence::{CONTEXT, DAY_S, HOUR, Observation, ObservationKind, seconds_between};
use super::fit::{Layout, Parts, Subjects, fit_observations};
use super::history::{ListeningHistory, SubjectIndex};
use super::metric::Metric;
use super::parts::{AblationResult, Ablations, held_out_from};
use super::sound::Sound;
use super::validation::{Calibration, validate};
use super::{BACKGROUND, Taste, Validation, favourites};
use crate::catalogue::{Catalogue, Found};
use crate::tuning::Learning;

/// Plays below which nothing is held out.
const VALIDATION_PLAYS_MIN: usize = 20;

/// Steps of the search at most; fewer where the result is only validated.
const STEPS_MAX: usize = 60;
const TRIAL_STEPS_MAX: usize = 30;

/// The log, read with some of the parts.
struct Attempt<'a> {
    parts: Parts,
    sound: Sound,
    layout: Layout,
    history: ListeningHistory,
    subjects: Subjects<'a>,
    observations: Vec<Observation>,
    /// The observations to fit to, all of them and those before `cut`, each with what could have been chosen instead.
    all: Vec<Observation>,
    training: Vec<Observation>,
    cut: usize,
}

/// What was fitted to the plays before the cut, and how it predicted the others.
struct Trial {
    fitted: Vec<f64>,
    calibration: Calibration,
    validation: Option<Validation>,
}

impl<'a> Attempt<'a> {
    fn read(
        catalogue: &'a Catalogue,
        tuning: &Learning,
        order: &[(&Play, Found)],
        parts: Parts,
    ) -> Option<Self> {
        let (last, _) = order.last()?;
        let half_life_s = tuning.half_life_days * DAY_S;
        let age = |play: &Play| 0.5_f64.powf(seconds_between(play.at, last.at) / half_life_s);
        let sound = Sound::new(catalogue, parts.sound);
        let names = Layout::new(catalogue, tuning, &sound, parts.clusters, 0);
        let mut history = ListeningHistory::new(catalogue, tuning);
        let mut subjects = Subjects::new(catalogue, sound);
        let mut observations = Vec::with_capacity(order.len() * 2);
        let mut subject_index = SubjectIndex::default();
        for (play, found) in order {
            let (subject, slot) =
                history.subject_of_play(*found, &mut subject_index, &mut subjects, &names);
            history.read(
                catalogue,
                play,
                *found,
                slot,
                subject,
                age(play),
                &mut observations,
            );
        }
        observations.retain(|observation| observation.weight > 0.0);
        if !parts.hours {
            observations
                .iter_mut()
                .for_each(|observation| observation.hour = 0.0);
        }
        let cut = held_out_from(observations.len());
        let mut with_background = |observations: &[Observation]| {
            let mut observations = observations.to_vec();
            history.background(
                catalogue,
                true,
                BACKGROUND,
                0,
                |history, position| {
                    history.subject(position, &mut subject_index, &mut subjects, &names)
                },
                &mut observations,
            );
            observations
        };
        let (training, all) = (
            with_background(&observations[..cut]),
            with_background(&observations),
        );
        Some(Self {
            layout: Layout::new(
                catalogue,
                tuning,
                &sound,
                parts.clusters,
                history.recordings.len(),
            ),
            parts,
            sound,
            history,
            subjects,
            observations,
            all,
            training,
            cut,
        })
    }

    /// `None` where there are too few plays to hold any out.
    fn trial(&self) -> Option<Trial> {
        let outcomes = self
            .observations
            .iter()
            .filter(|observation| observation.kind == ObservationKind::Outcome);
        if outcomes.count() < VALIDATION_PLAYS_MIN {
            return None;
        }
        let fitted = fit_observations(
            self.layout.expected(),
            &self.layout,
            &self.subjects,
            &self.training,
            TRIAL_STEPS_MAX,
        );
        let (calibration, validation) = self.judge(&fitted);
        Some(Trial {
            fitted,
            calibration,
            validation,
        })
    }

    fn judge(&self, fitted: &[f64]) -> (Calibration, Option<Validation>) {
        validate(
            fitted,
            &self.layout,
            &self.subjects,
            &self.observations,
            self.cut,
        )
    }

    /// The losses on the later plays by what was fitted, with some of its parameters set to nothing.
    fn losses_without(&self, trial: &Trial, parameters: std::ops::Range<usize>) -> Vec<f64> {
        let mut fewer = trial.fitted.clone();
        fewer[parameters].fill(0.0);
        self.judge(&fewer).0.losses
    }
}

impl Taste {
    pub(super) fn learn_log(&mut self, catalogue: &Catalogue, order: &[(&Play, Found)]) {
        let tuning = self.layout.tuning;
        let mut ablations = Ablations::default();
        let parts = Parts {
            sound: true,
            clusters: catalogue.cluster_count() > 0,
            hours: true,
        };
        let Some(mut attempt) = Attempt::read(catalogue, &tuning, order, parts) else {
            return;
        };
        let mut trial = attempt.trial();
        if let Some(whole) = &trial {
            let with = &whole.calibration.losses;
            let layout = &attempt.layout;
            let clusters = attempt.losses_without(whole, layout.clusters..layout.albums);
            ablations.sound_clusters = AblationResult::of(with, &clusters);
            let hours = attempt.losses_without(whole, HOUR..HOUR + 1);
            ablations.hours = AblationResult::of(with, &hours);
            let fewer = Parts {
                clusters: parts.clusters && ablations.sound_clusters.kept,
                hours: ablations.hours.kept,
                ..parts
            };
            if fewer != parts
                && let Some(again) = Attempt::read(catalogue, &tuning, order, fewer)
            {
                (trial, attempt) = (again.trial(), again);
            }
        }
        if let Some(with) = &trial {
            let without_vectors = Parts {
                sound: false,
                ..attempt.parts
            };
            if let Some(without_vectors) = Attempt::read(catalogue, &tuning, order, without_vectors)
                && let Some(without) = without_vectors.trial()
            {
                ablations.sound =
                    AblationResult::of(&with.calibration.losses, &without.calibration.losses);
                if !ablations.sound.kept {
                    (trial, attempt) = (Some(without), without_vectors);
                }
            }
        }
        let (start, calibration, validation) = match trial {
            Some(trial) => (trial.fitted, trial.calibration, trial.validation),
            None => (attempt.layout.expected(), Calibration::new(&tuning), None),
        };
        let Attempt {
            parts,
            sound,
            layout,
            history,
            subjects,
            observations,
            all,
            ..
        } = attempt;
        let means = fit_observations(start, &layout, &subjects, &all, STEPS_MAX);
        let scores = subjects.scores(&means, &layout);
        let evidence = observations
            .iter()
            .map(|observation| observation.weight)
            .sum();
        let (metric, ablation) = Metric::learn(catalogue, &history);
        ablations.followed = ablation;
        *self = Self {
            edition: self.edition,
            plays: order.len(),
            evidence,
            calibration: calibration.refit_offsets(&means, &scores, &observations),
            sound_weights: sound.weights(catalogue, &means[CONTEXT..layout.dense()]),
            dense: None,
            deviations: Vec::new(),
            favourites: favourites(&history),
            history,
            validation,
            ablations,
            metric,
            means,
            layout,
            parts,
            sound,
        };
        self.fit_posterior(&subjects, &all, &scores);
    }
}
