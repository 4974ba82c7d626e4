//! Calibration and validation of a taste, on plays that it was not fitted to.

use serde::Serialize;

use super::evidence::{ALWAYS, CHOSEN, Observation, ObservationKind};
use super::fit::{Layout, Subjects, sigmoid};
use crate::tuning::Learning;

/// What probability a taste's log odds mean.
///
/// The slope is that of held-out calibration (Cox 1958): the factor by which the predicted log odds must be multiplied
/// to fit the outcomes. A taste that learned noise gets a slope near zero, and counts for nothing. All plays count alike
/// here, those left at once too: whatever they say of taste, they were left.
#[derive(Clone, Debug)]
pub(super) struct Calibration {
    tuning: Learning,
    offset: f64,
    chosen: f64,
    pub(super) slope: f64,
    deviation: f64,
    /// Negative log likelihood of each of the held-out plays by which parts are chosen.
    pub(super) losses: Vec<f64>,
}

impl Calibration {
    /// Before any play.
    pub(super) fn new(tuning: &Learning) -> Self {
        Self {
            tuning: *tuning,
            offset: tuning.offset,
            chosen: tuning.offset_chosen,
            slope: tuning.slope,
            deviation: tuning.slope_deviation,
            losses: Vec::new(),
        }
    }

    /// The slope less its standard deviation, in `0..=1`: by how much the taste's log odds hold at least.
    pub(super) fn lower_bound(&self) -> f64 {
        (self.slope - self.deviation).clamp(0.0, 1.0)
    }

    /// Probability that half is listened to, from log odds without intercepts.
    pub(super) fn chance(&self, chosen: bool, score: f64) -> f64 {
        sigmoid(self.logit(chosen, score))
    }

    fn logit(&self, chosen: bool, score: f64) -> f64 {
        self.offset + self.chosen * f64::from(u8::from(chosen)) + self.slope * score
    }

    /// The same slope with the offsets that fit `observations`, the later ones above all.
    pub(super) fn refit_offsets(
        mut self,
        parameters: &[f64],
        scores: &[f64],
        observations: &[Observation],
    ) -> Self {
        let mut plays = predictions(parameters, scores, observations);
        for (later, play) in plays.iter_mut().rev().enumerate() {
            play.weight *= 0.5_f64.powf(later as f64 / self.tuning.offset_plays);
        }
        self.solve(&plays, false);
        self
    }

    /// Newton's steps to the most probable offsets, and slope if it is not held.
    fn solve(&mut self, plays: &[Prediction], with_slope: bool) {
        let tuning = self.tuning;
        for _ in 0..30 {
            let mut gradient = [
                (self.offset - tuning.offset) / tuning.offset_variance,
                (self.chosen - tuning.offset_chosen) / tuning.offset_variance,
                (self.slope - tuning.slope) / tuning.slope_deviation.powi(2),
            ];
            let mut curve = [[0.0; 3]; 3];
            curve[0][0] = 1.0 / tuning.offset_variance;
            curve[1][1] = 1.0 / tuning.offset_variance;
            curve[2][2] = tuning.slope_deviation.powi(-2);
            for play in plays {
                let x = [1.0, f64::from(u8::from(play.chosen)), play.score];
                let p = sigmoid(self.logit(play.chosen, play.score));
                let pull = play.weight * (p - f64::from(u8::from(play.listened)));
                let bend = play.weight * p * (1.0 - p);
                for row in 0..3 {
                    gradient[row] += pull * x[row];
                    (0..3).for_each(|column| curve[row][column] += bend * x[row] * x[column]);
                }
            }
            if !with_slope {
                gradient[2] = 0.0;
                curve[2] = [0.0, 0.0, 1.0];
                (curve[0][2], curve[1][2]) = (0.0, 0.0);
            }
            let inverse = inverse(curve);
            let step =
                inverse.map(|row| row.iter().zip(&gradient).map(|(a, b)| a * b).sum::<f64>());
            self.offset -= step[0].clamp(-1.0, 1.0);
            self.chosen -= step[1].clamp(-1.0, 1.0);
            self.slope = (self.slope - step[2].clamp(-0.3, 0.3)).clamp(0.0, 2.0);
            if with_slope {
                self.deviation = inverse[2][2].max(0.0).sqrt();
            }
        }
    }
}

/// The score of a play before it, and its outcome.
#[derive(Clone, Copy)]
struct Prediction {
    chosen: bool,
    /// Log odds without intercepts.
    score: f64,
    weight: f64,
    listened: bool,
}

/// The plays among `observations`, scored.
fn predictions(
    parameters: &[f64],
    scores: &[f64],
    observations: &[Observation],
) -> Vec<Prediction> {
    let intercepts = |observation: &Observation| {
        parameters[ALWAYS] + parameters[CHOSEN] * f64::from(u8::from(observation.chosen))
    };
    observations
        .iter()
        .filter(|observation| observation.kind == ObservationKind::Outcome)
        .map(|observation| Prediction {
            chosen: observation.chosen,
            score: scores[observation.subject] + observation.context(parameters)
                - intercepts(observation),
            weight: observation.decay,
            listened: observation.listened,
        })
        .collect()
}

/// The inverse of a symmetric positive definite matrix, by cofactors.
fn inverse(m: [[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let minor = |row: usize, column: usize| {
        let (a, b) = ((row + 1) % 3, (row + 2) % 3);
        let (c, d) = ((column + 1) % 3, (column + 2) % 3);
        m[a][c] * m[b][d] - m[a][d] * m[b][c]
    };
    let determinant: f64 = (0..3).map(|column| m[0][column] * minor(0, column)).sum();
    let scale = determinant.max(1e-12).recip();
    [0, 1, 2].map(|row| [0, 1, 2].map(|column| minor(column, row) * scale))
}

/// How well the taste learned from the first 80 % of the log predicts the last 10 % of the plays. On those between it is
/// calibrated and its parts are chosen, so that nothing is reported on plays by which it was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Validation {
    /// Plays predicted.
    pub plays: usize,
    /// Probability that a listened play is ranked above one that was left; 0.5 is chance.
    pub auc: f64,
    /// Mean negative log likelihood, in nats per play.
    pub log_loss: f64,
    /// The same without taste: predicted only from how much is listened to, of what was chosen by hand and of the rest.
    pub log_loss_baseline: f64,
    /// Expected calibration error: the mean distance between predicted and observed shares over ten bins.
    pub calibration_error: f64,
}

/// Calibrates on the observations from `cut` on, and validates on them.
pub(super) fn validate(
    parameters: &[f64],
    layout: &Layout,
    subjects: &Subjects,
    observations: &[Observation],
    cut: usize,
) -> (Calibration, Option<Validation>) {
    let scores = subjects.scores(parameters, layout);
    let mut held_out = predictions(parameters, &scores, &observations[cut..]);
    held_out.iter_mut().for_each(|play| play.weight = 1.0);
    let before =
        Calibration::new(&layout.tuning).refit_offsets(parameters, &scores, &observations[..cut]);
    judge(before, &held_out)
}

/// What held-out plays say of a taste: on the earlier half it is calibrated, on the later half validated.
fn judge(before: Calibration, held_out: &[Prediction]) -> (Calibration, Option<Validation>) {
    let (choosing, reporting) = held_out.split_at(held_out.len() / 2);
    let calibrated = |plays: &[Prediction], with_slope: bool| {
        let mut calibration = before.clone();
        if !with_slope {
            calibration.slope = 0.0;
        }
        calibration.solve(plays, with_slope);
        calibration
    };
    let (taste, base) = (calibrated(choosing, true), calibrated(choosing, false));
    let predicted = |calibration: &Calibration, play: &Prediction| {
        (calibration.chance(play.chosen, play.score), play.listened)
    };
    let with_taste: Vec<(f64, bool)> = reporting
        .iter()
        .map(|play| predicted(&taste, play))
        .collect();
    let baseline: Vec<(f64, bool)> = reporting
        .iter()
        .map(|play| predicted(&base, play))
        .collect();
    // Cross-fitted: each half of the choosing plays is predicted with the calibration of the other half.
    let by = |parity: usize| {
        let half = choosing.iter().skip(parity).step_by(2).copied();
        calibrated(&half.collect::<Vec<_>>(), true)
    };
    let others = [by(1), by(0)];
    let mut calibration = before.clone();
    calibration.solve(held_out, true);
    calibration.losses = choosing
        .iter()
        .enumerate()
        .map(|(at, play)| predicted(&others[at % 2], play))
        .map(|(p, listened)| loss(p, listened))
        .collect();
    (calibration, measure(&with_taste, &baseline))
}

fn loss(p: f64, listened: bool) -> f64 {
    -(if listened { p } else { 1.0 - p }).max(1e-12).ln()
}

/// The probability that a listened play is scored above one that was left; `None` unless both outcomes are there.
pub(crate) fn auc(scored: &[(f64, bool)]) -> Option<f64> {
    let listened = scored.iter().filter(|(_, listened)| *listened).count();
    let left = scored.len() - listened;
    if listened == 0 || left == 0 {
        return None;
    }
    let mut sorted = scored.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Mann and Whitney: ranks of the listened, ties sharing their mean.
    let (mut ranks, mut before) = (0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let listened = tied.iter().filter(|(_, listened)| *listened).count() as f64;
        ranks += listened * (before + (tied.len() as f64 + 1.0) / 2.0);
        before += tied.len() as f64;
    }
    let (positives, negatives) = (listened as f64, left as f64);
    Some((ranks - positives * (positives + 1.0) / 2.0) / (positives * negatives))
}

/// Compares predicted probabilities with the outcomes; `None` unless both outcomes are there.
fn measure(predicted: &[(f64, bool)], baseline: &[(f64, bool)]) -> Option<Validation> {
    let auc = auc(predicted)?;
    let count = predicted.len() as f64;
    let log_loss = |predicted: &[(f64, bool)]| {
        let losses = predicted.iter().map(|(p, listened)| loss(*p, *listened));
        losses.sum::<f64>() / count
    };
    let mut bins = [(0.0, 0.0); 10];
    for (p, listened) in predicted {
        let bin = &mut bins[((p * 10.0) as usize).min(9)];
        bin.0 += p;
        bin.1 += f64::from(u8::from(*listened));
    }
    Some(Validation {
        plays: predicted.len(),
        auc,
        log_loss: log_loss(predicted),
        log_loss_baseline: log_loss(baseline),
        calibration_error: bins.iter().map(|(p, found)| (p - found).abs()).sum::<f64>() / count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_under_curves_are_right() {
        let auc = |predicted: &[(f64, bool)]| measure(predicted, predicted).map(|v| v.auc);
        assert_eq!(auc(&[(0.1, false), (0.9, true)]), Some(1.0));
        assert_eq!(auc(&[(0.9, false), (0.1, true)]), Some(0.0));
        assert_eq!(auc(&[(0.5, false), (0.5, true), (0.5, true)]), Some(0.5));
        assert_eq!(
            auc(&[(0.2, false), (0.3, true), (0.4, false), (0.5, true)]),
            Some(0.75)
        );
        assert_eq!(auc(&[(0.2, true)]), None);
    }

    /// Held-out plays, nine of ten listened to, where six of ten were before.
    fn held_out(score: impl Fn(bool) -> f64) -> Vec<Prediction> {
        let play = |n: usize| {
            let listened = n % 10 != 3;
            Prediction {
                chosen: n.is_multiple_of(3),
                score: score(listened),
                weight: 1.0,
                listened,
            }
        };
        (0..200).map(play).collect()
    }

    #[test]
    fn only_a_true_score_predicts_better_than_no_taste() {
        let gain = |score: &dyn Fn(bool) -> f64| {
            let validation = judge(Calibration::new(&Learning::DEFAULT), &held_out(score))
                .1
                .unwrap();
            assert_eq!(validation.plays, 100);
            validation.log_loss_baseline - validation.log_loss
        };
        let signed = |size: f64| move |listened: bool| if listened { size } else { -size };
        assert!(gain(&|_| 0.0).abs() < 1e-9);
        assert!(gain(&signed(1.0)) > 0.01);
        // What predicts the opposite counts for nothing.
        assert!(gain(&signed(-1.0)) < 1e-9);
    }

    #[test]
    fn what_is_reported_chooses_nothing_and_what_chooses_is_not_reported() {
        let plays = held_out(|listened| f64::from(u8::from(listened)));
        let found = |turned: std::ops::Range<usize>| {
            let mut plays = plays.clone();
            plays[turned]
                .iter_mut()
                .for_each(|play| play.score = -play.score);
            let (calibration, validation) = judge(Calibration::new(&Learning::DEFAULT), &plays);
            (calibration.losses, validation.unwrap().auc)
        };
        let (losses, auc) = found(0..0);
        assert_eq!((losses.len(), found(100..200).0), (100, losses.clone()));
        assert_ne!(found(0..50).0, losses);
        assert!(auc > 0.99 && found(100..200).1 < 0.01);
    }
}
