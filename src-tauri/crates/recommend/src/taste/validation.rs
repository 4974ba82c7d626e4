//! How far a taste is to be believed, judged by plays it has not seen.

use serde::Serialize;

use super::evidence::{Line, LineKind};
use super::fit::{ALWAYS, CHOSEN, Layout, PRIOR_INTERCEPT, Subjects, sigmoid, solve_two};

/// Before validation: the slope of calibration that is expected, and the deviation of that guess.
pub(super) const SLOPE: f64 = 0.9;
pub(super) const SLOPE_DEVIATION: f64 = 0.5;

/// How well the taste learned from the first 80 % of the plays foretells the last 20 %.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Validation {
    /// Plays foretold.
    pub plays: usize,
    /// Probability that a listened play is ranked above one that was left; 0.5 is chance.
    pub auc: f64,
    /// Mean negative log likelihood, in nats per play.
    pub log_loss: f64,
    /// The same for always foretelling the share of listened plays among the first 80 %.
    pub log_loss_baseline: f64,
    /// Mean distance between foretold and found shares over ten bins.
    pub calibration_error: f64,
}

/// Foretells the lines from `cut` on, and finds how far the taste's log odds are to be believed.
///
/// Trust is the slope of held-out calibration (Cox 1958): the factor by which the foretold log odds must be
/// multiplied to fit what came, less its deviation. A taste that learned noise gets a slope near zero and falls
/// silent.
pub(super) fn validate(
    parameters: &[f64],
    layout: &Layout,
    subjects: &Subjects,
    lines: &[Line],
    cut: usize,
) -> (f64, Option<Validation>) {
    let scores = subjects.scores(parameters, layout);
    let heard = |lines: &'_ [Line]| -> Vec<usize> {
        (0..lines.len())
            .filter(|at| lines[*at].kind == LineKind::Heard)
            .collect()
    };
    let held_out = &lines[cut..];
    let mut deviation = SLOPE_DEVIATION;
    let (mut offset, mut slope) = (parameters[ALWAYS], SLOPE);
    for _ in 0..30 {
        let mut gradient = [
            offset / PRIOR_INTERCEPT,
            (slope - SLOPE) / SLOPE_DEVIATION.powi(2),
        ];
        let mut curve = [1.0 / PRIOR_INTERCEPT, 0.0, SLOPE_DEVIATION.powi(-2)];
        for line in held_out.iter().filter(|line| line.kind == LineKind::Heard) {
            let x = scores[line.subject];
            let chosen = parameters[CHOSEN] * f64::from(u8::from(line.chosen));
            let p = sigmoid(offset + chosen + slope * x);
            let weight = line.weight / line.decay.max(1e-6);
            let pull = weight * (p - f64::from(u8::from(line.listened)));
            let bend = weight * p * (1.0 - p);
            gradient = [gradient[0] + pull, gradient[1] + pull * x];
            curve = [
                curve[0] + bend,
                curve[1] + bend * x,
                curve[2] + bend * x * x,
            ];
        }
        let step = solve_two(curve, gradient);
        deviation = (curve[0] / (curve[0] * curve[2] - curve[1] * curve[1]).max(1e-12)).sqrt();
        offset -= step[0].clamp(-1.0, 1.0);
        slope -= step[1].clamp(-0.3, 0.3);
    }
    let share = |at: &[usize], lines: &[Line]| {
        let listened = at.iter().filter(|at| lines[**at].listened).count() as f64;
        (listened + 0.5) / (at.len() as f64 + 1.0)
    };
    let base = share(&heard(&lines[..cut]), &lines[..cut]);
    let foretold: Vec<(f64, bool)> = heard(held_out)
        .into_iter()
        .map(|at| &held_out[at])
        .map(|line| {
            (
                sigmoid(scores[line.subject] + line.context(parameters)),
                line.listened,
            )
        })
        .collect();
    (
        (slope - deviation).clamp(0.0, 1.0),
        measure(&foretold, base),
    )
}

/// Compares foretold probabilities with what came; `None` unless both outcomes are there.
fn measure(foretold: &[(f64, bool)], base: f64) -> Option<Validation> {
    let listened = foretold.iter().filter(|(_, listened)| *listened).count();
    let left = foretold.len() - listened;
    if listened == 0 || left == 0 {
        return None;
    }
    let mut sorted = foretold.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Mann and Whitney: ranks of the listened, ties sharing their mean.
    let (mut ranks, mut before) = (0.0, 0.0);
    for tied in sorted.chunk_by(|a, b| a.0 == b.0) {
        let listened = tied.iter().filter(|(_, listened)| *listened).count() as f64;
        ranks += listened * (before + (tied.len() as f64 + 1.0) / 2.0);
        before += tied.len() as f64;
    }
    let (positives, negatives) = (listened as f64, left as f64);
    let auc = (ranks - positives * (positives + 1.0) / 2.0) / (positives * negatives);
    let count = foretold.len() as f64;
    let loss = |p: f64, listened: bool| -(if listened { p } else { 1.0 - p }).max(1e-12).ln();
    let mut bins = [(0.0, 0.0); 10];
    for (p, listened) in foretold {
        let bin = &mut bins[((p * 10.0) as usize).min(9)];
        bin.0 += p;
        bin.1 += f64::from(u8::from(*listened));
    }
    Some(Validation {
        plays: foretold.len(),
        auc,
        log_loss: foretold
            .iter()
            .map(|(p, listened)| loss(*p, *listened))
            .sum::<f64>()
            / count,
        log_loss_baseline: foretold
            .iter()
            .map(|(_, listened)| loss(base, *listened))
            .sum::<f64>()
            / count,
        calibration_error: bins.iter().map(|(p, found)| (p - found).abs()).sum::<f64>() / count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_under_curves_are_right() {
        let auc = |foretold: &[(f64, bool)]| measure(foretold, 0.5).map(|v| v.auc);
        assert_eq!(auc(&[(0.1, false), (0.9, true)]), Some(1.0));
        assert_eq!(auc(&[(0.9, false), (0.1, true)]), Some(0.0));
        assert_eq!(auc(&[(0.5, false), (0.5, true), (0.5, true)]), Some(0.5));
        assert_eq!(
            auc(&[(0.2, false), (0.3, true), (0.4, false), (0.5, true)]),
            Some(0.75)
        );
        assert_eq!(auc(&[(0.2, true)]), None);
    }
}
