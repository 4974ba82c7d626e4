//! A whole log learned at once: read as evidence, fitted, and judged by its own last plays.
//!
//! The parts of the model that may do more harm than good to this listener (vectors, corners, hours, the metric) stay only
//! if the last plays are not surely foretold better without them: a taste that learned them is never worse than one that
//! did not, as far as the listener's own plays can tell.

use segue_core::Play;

use super::evidence::{CONTEXT, DAY_S, HOUR, Line, LineKind, seconds_between};
use super::fit::{Layout, Parts, Subjects, fit_lines};
use super::memory::{Memory, Places};
use super::metric::Metric;
use super::parts::{Vote, Votes, held_out_from};
use super::sound::Sound;
use super::validation::{Belief, validate};
use super::{BACKGROUND, Taste, Validation, favourites};
use crate::catalogue::{Catalogue, Found};
use crate::tuning::Learning;

/// Plays below which nothing is held out.
const VALIDATION_PLAYS_MIN: usize = 20;

/// Steps of the search at most; fewer where the result is only judged.
const STEPS_MAX: usize = 60;
const TRIAL_STEPS_MAX: usize = 30;

/// The log, read with some of the parts.
struct Attempt<'a> {
    parts: Parts,
    sound: Sound,
    layout: Layout,
    memory: Memory,
    subjects: Subjects<'a>,
    lines: Vec<Line>,
    /// The lines to learn from, all of them and the earlier ones, each with what could have been chosen instead.
    all: Vec<Line>,
    taught: Vec<Line>,
    cut: usize,
}

/// What the earlier plays taught, and how it foretold the later ones.
struct Trial {
    fitted: Vec<f64>,
    belief: Belief,
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
        let names = Layout::new(catalogue, tuning, &sound, parts.corners, 0);
        let mut memory = Memory::new(catalogue, tuning);
        let mut subjects = Subjects::new(catalogue, sound);
        let mut lines = Vec::with_capacity(order.len() * 2);
        let mut places = Places::default();
        for (play, found) in order {
            let (subject, slot) = memory.place(*found, &mut places, &mut subjects, &names);
            memory.read(
                catalogue,
                play,
                *found,
                slot,
                subject,
                age(play),
                &mut lines,
            );
        }
        lines.retain(|line| line.weight > 0.0);
        if !parts.hours {
            lines.iter_mut().for_each(|line| line.hour = 0.0);
        }
        let cut = held_out_from(lines.len());
        let mut with_background = |lines: &[Line]| {
            let mut lines = lines.to_vec();
            memory.background(
                catalogue,
                true,
                BACKGROUND,
                0,
                |memory, position| memory.subject(position, &mut places, &mut subjects, &names),
                &mut lines,
            );
            lines
        };
        let (taught, all) = (with_background(&lines[..cut]), with_background(&lines));
        Some(Self {
            layout: Layout::new(catalogue, tuning, &sound, parts.corners, memory.known.len()),
            parts,
            sound,
            memory,
            subjects,
            lines,
            all,
            taught,
            cut,
        })
    }

    /// `None` where there are too few plays to hold any out.
    fn trial(&self) -> Option<Trial> {
        let heard = self
            .lines
            .iter()
            .filter(|line| line.kind == LineKind::Heard);
        if heard.count() < VALIDATION_PLAYS_MIN {
            return None;
        }
        let fitted = fit_lines(
            self.layout.expected(),
            &self.layout,
            &self.subjects,
            &self.taught,
            TRIAL_STEPS_MAX,
        );
        let (belief, validation) = self.judge(&fitted);
        Some(Trial {
            fitted,
            belief,
            validation,
        })
    }

    fn judge(&self, fitted: &[f64]) -> (Belief, Option<Validation>) {
        validate(fitted, &self.layout, &self.subjects, &self.lines, self.cut)
    }

    /// How the later plays are foretold by what was fitted, without some of its parameters.
    fn losses_without(&self, trial: &Trial, parameters: std::ops::Range<usize>) -> Vec<f64> {
        let mut fewer = trial.fitted.clone();
        fewer[parameters].fill(0.0);
        self.judge(&fewer).0.losses
    }
}

impl Taste {
    pub(super) fn learn_whole(&mut self, catalogue: &Catalogue, order: &[(&Play, Found)]) {
        let tuning = self.layout.tuning;
        let mut votes = Votes::default();
        let parts = Parts {
            sound: true,
            corners: catalogue.corners() > 0,
            hours: true,
        };
        let Some(mut attempt) = Attempt::read(catalogue, &tuning, order, parts) else {
            return;
        };
        let mut trial = attempt.trial();
        if let Some(whole) = &trial {
            let with = &whole.belief.losses;
            let layout = &attempt.layout;
            let corners = attempt.losses_without(whole, layout.corners..layout.albums);
            votes.corners = Vote::count(with, &corners);
            let hours = attempt.losses_without(whole, HOUR..HOUR + 1);
            votes.hours = Vote::count(with, &hours);
            let fewer = Parts {
                corners: parts.corners && votes.corners.kept,
                hours: votes.hours.kept,
                ..parts
            };
            if fewer != parts
                && let Some(again) = Attempt::read(catalogue, &tuning, order, fewer)
            {
                (trial, attempt) = (again.trial(), again);
            }
        }
        if let Some(with) = &trial {
            let deaf = Parts {
                sound: false,
                ..attempt.parts
            };
            if let Some(deaf) = Attempt::read(catalogue, &tuning, order, deaf)
                && let Some(without) = deaf.trial()
            {
                votes.sound = Vote::count(&with.belief.losses, &without.belief.losses);
                if !votes.sound.kept {
                    (trial, attempt) = (Some(without), deaf);
                }
            }
        }
        let (start, belief, validation) = match trial {
            Some(trial) => (trial.fitted, trial.belief, trial.validation),
            None => (attempt.layout.expected(), Belief::new(&tuning), None),
        };
        let Attempt {
            parts,
            sound,
            layout,
            memory,
            subjects,
            lines,
            all,
            ..
        } = attempt;
        let means = fit_lines(start, &layout, &subjects, &all, STEPS_MAX);
        let scores = subjects.scores(&means, &layout);
        let spoken = lines.iter().map(|line| line.weight).sum();
        let (metric, vote) = Metric::learn(catalogue, &memory);
        votes.followed = vote;
        *self = Self {
            edition: self.edition,
            plays: order.len(),
            evidence: spoken,
            belief: belief.settled(&means, &scores, &lines),
            reading: sound.reading(catalogue, &means[CONTEXT..layout.dense()]),
            dense: None,
            deviations: Vec::new(),
            favourites: favourites(&memory),
            memory,
            validation,
            votes,
            metric,
            means,
            layout,
            parts,
            sound,
        };
        self.spread(&subjects, &all, &scores);
    }
}
