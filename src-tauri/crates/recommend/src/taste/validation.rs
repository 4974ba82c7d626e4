//! How far a taste is to be believed, judged by plays it has not seen.

use serde::Serialize;

use super::evidence::{ALWAYS, CHOSEN, Line, LineKind};
use super::fit::{Layout, Subjects, sigmoid};
use crate::tuning::Learning;

/// How far a taste's log odds are to be believed, and what probability they mean.
///
/// The slope is that of held-out calibration (Cox 1958): the factor by which the foretold log odds must be multiplied
/// to fit what came. A taste that learned noise gets a slope near zero and falls silent. All plays count alike here,
/// those left at once too: whatever they say of taste, they were left.
#[derive(Clone, Debug)]
pub(super) struct Belief {
    tuning: Learning,
    offset: f64,
    chosen: f64,
    pub(super) slope: f64,
    deviation: f64,
    /// Negative log likelihood of each of the held-out plays by which parts are chosen.
    pub(super) losses: Vec<f64>,
}

impl Belief {
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

    /// The slope less its deviation: what is surely true of the taste, in `0..=1`.
    pub(super) fn trust(&self) -> f64 {
        (self.slope - self.deviation).clamp(0.0, 1.0)
    }

    /// Probability of hearing half, from log odds without intercepts.
    pub(super) fn chance(&self, chosen: bool, score: f64) -> f64 {
        sigmoid(self.logit(chosen, score))
    }

    fn logit(&self, chosen: bool, score: f64) -> f64 {
        self.offset + self.chosen * f64::from(u8::from(chosen)) + self.slope * score
    }

    /// The same slope with the offsets that fit `lines`, the later ones above all.
    pub(super) fn settled(mut self, parameters: &[f64], scores: &[f64], lines: &[Line]) -> Self {
        let mut plays = read(parameters, scores, lines);
        for (later, play) in plays.iter_mut().rev().enumerate() {
            play.weight *= 0.5_f64.powf(later as f64 / self.tuning.offset_plays);
        }
        self.solve(&plays, false);
        self
    }

    /// Newton's steps to the most probable offsets, and slope if it is not held.
    fn solve(&mut self, plays: &[Foretold], with_slope: bool) {
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

/// A play as its foretelling sees it.
#[derive(Clone, Copy)]
struct Foretold {
    chosen: bool,
    /// Log odds without intercepts.
    score: f64,
    weight: f64,
    listened: bool,
}

/// The plays among `lines`.
fn read(parameters: &[f64], scores: &[f64], lines: &[Line]) -> Vec<Foretold> {
    let intercepts =
        |line: &Line| parameters[ALWAYS] + parameters[CHOSEN] * f64::from(u8::from(line.chosen));
    lines
        .iter()
        .filter(|line| line.kind == LineKind::Heard)
        .map(|line| Foretold {
            chosen: line.chosen,
            score: scores[line.subject] + line.context(parameters) - intercepts(line),
            weight: line.decay,
            listened: line.listened,
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

/// How well the taste learned from the first 80 % of the log foretells the last 10 % of the plays. Those between say how
/// far it is to be believed, and which of its parts are: what is chosen by some plays is judged by others.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Validation {
    /// Plays foretold.
    pub plays: usize,
    /// Probability that a listened play is ranked above one that was left; 0.5 is chance.
    pub auc: f64,
    /// Mean negative log likelihood, in nats per play.
    pub log_loss: f64,
    /// The same without taste: foretold from the same plays, but only by how much is listened to, of what was chosen by
    /// hand and of the rest.
    pub log_loss_baseline: f64,
    /// Mean distance between foretold and found shares over ten bins.
    pub calibration_error: f64,
}

/// Foretells the lines from `cut` on, and finds how far the taste's log odds are to be believed.
pub(super) fn validate(
    parameters: &[f64],
    layout: &Layout,
    subjects: &Subjects,
    lines: &[Line],
    cut: usize,
) -> (Belief, Option<Validation>) {
    let scores = subjects.scores(parameters, layout);
    let mut held_out = read(parameters, &scores, &lines[cut..]);
    held_out.iter_mut().for_each(|play| play.weight = 1.0);
    let before = Belief::new(&layout.tuning).settled(parameters, &scores, &lines[..cut]);
    judge(before, &held_out)
}

/// What held-out plays say of a taste: the earlier half how far it is to be believed, the later half how well it foretells.
fn judge(before: Belief, held_out: &[Foretold]) -> (Belief, Option<Validation>) {
    let (choosing, reporting) = held_out.split_at(held_out.len() / 2);
    let believed = |plays: &[Foretold], with_slope: bool| {
        let mut belief = before.clone();
        if !with_slope {
            belief.slope = 0.0;
        }
        belief.solve(plays, with_slope);
        belief
    };
    let (taste, base) = (believed(choosing, true), believed(choosing, false));
    let told =
        |belief: &Belief, play: &Foretold| (belief.chance(play.chosen, play.score), play.listened);
    let foretold: Vec<(f64, bool)> = reporting.iter().map(|play| told(&taste, play)).collect();
    let baseline: Vec<(f64, bool)> = reporting.iter().map(|play| told(&base, play)).collect();
    // Each half of the choosing plays is foretold as the other half says that the taste is to be believed.
    let by = |parity: usize| {
        let half = choosing.iter().skip(parity).step_by(2).copied();
        believed(&half.collect::<Vec<_>>(), true)
    };
    let others = [by(1), by(0)];
    let mut belief = before.clone();
    belief.solve(held_out, true);
    belief.losses = choosing
        .iter()
        .enumerate()
        .map(|(at, play)| told(&others[at % 2], play))
        .map(|(p, listened)| loss(p, listened))
        .collect();
    (belief, measure(&foretold, &baseline))
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

/// Compares foretold probabilities with what came; `None` unless both outcomes are there.
fn measure(foretold: &[(f64, bool)], baseline: &[(f64, bool)]) -> Option<Validation> {
    let auc = auc(foretold)?;
    let count = foretold.len() as f64;
    let log_loss = |foretold: &[(f64, bool)]| {
        let losses = foretold.iter().map(|(p, listened)| loss(*p, *listened));
        losses.sum::<f64>() / count
    };
    let mut bins = [(0.0, 0.0); 10];
    for (p, listened) in foretold {
        let bin = &mut bins[((p * 10.0) as usize).min(9)];
        bin.0 += p;
        bin.1 += f64::from(u8::from(*listened));
    }
    Some(Validation {
        plays: foretold.len(),
        auc,
        log_loss: log_loss(foretold),
        log_loss_baseline: log_loss(baseline),
        calibration_error: bins.iter().map(|(p, found)| (p - found).abs()).sum::<f64>() / count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_under_curves_are_right() {
        let auc = |foretold: &[(f64, bool)]| measure(foretold, foretold).map(|v| v.auc);
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
    fn held_out(score: impl Fn(bool) -> f64) -> Vec<Foretold> {
        let play = |n: usize| {
            let listened = n % 10 != 3;
            Foretold {
                chosen: n.is_multiple_of(3),
                score: score(listened),
                weight: 1.0,
                listened,
            }
        };
        (0..200).map(play).collect()
    }

    #[test]
    fn only_knowledge_foretells_better_than_no_taste() {
        let gain = |score: &dyn Fn(bool) -> f64| {
            let validation = judge(Belief::new(&Learning::DEFAULT), &held_out(score))
                .1
                .unwrap();
            assert_eq!(validation.plays, 100);
            validation.log_loss_baseline - validation.log_loss
        };
        let signed = |size: f64| move |listened: bool| if listened { size } else { -size };
        assert!(gain(&|_| 0.0).abs() < 1e-9);
        assert!(gain(&signed(1.0)) > 0.01);
        // What is wrong is not believed.
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
            let (belief, validation) = judge(Belief::new(&Learning::DEFAULT), &plays);
            (belief.losses, validation.unwrap().auc)
        };
        let (losses, auc) = found(0..0);
        assert_eq!((losses.len(), found(100..200).0), (100, losses.clone()));
        assert_ne!(found(0..50).0, losses);
        assert!(auc > 0.99 && found(100..200).1 < 0.01);
    }
}
