//! Which parts of the model stay: an ablation of each on the listener's own held-out plays.

/// Share held out at the end of whatever is learned from, to validate what was learned.
const HELD_OUT: f64 = 0.2;

/// Where, among `count`, what is held out begins.
pub(crate) fn held_out_from(count: usize) -> usize {
    (count as f64 * (1.0 - HELD_OUT)) as usize
}

/// What leaving out a part of the model does to the predictions of a listener's own held-out plays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AblationResult {
    /// Whether it stays.
    pub kept: bool,
    /// Nats per held-out play that it wins; `None` without enough plays to tell.
    pub gain: Option<f64>,
}

impl Default for AblationResult {
    fn default() -> Self {
        Self {
            kept: true,
            gain: None,
        }
    }
}

impl AblationResult {
    /// From the losses of the same plays with and without the part, which stays unless it does harm by more than chance.
    pub(super) fn of(with: &[f64], without: &[f64]) -> Self {
        Self {
            kept: !significantly_less(without, with),
            gain: Some(gain(with, without)),
        }
    }

    /// The same of a part that must earn its place: where both predict equally well, the simpler one stays.
    pub(super) fn earned(with: &[f64], without: &[f64]) -> Self {
        Self {
            kept: significantly_less(with, without),
            gain: Some(gain(with, without)),
        }
    }
}

/// The ablations of all parts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ablations {
    /// The vectors.
    pub sound: AblationResult,
    /// An effect per cluster of the library.
    pub sound_clusters: AblationResult,
    /// What is listened to at which hour.
    pub hours: AblationResult,
    /// The metric learned from what followed what.
    pub followed: AblationResult,
}

/// How much less is lost with a part than without it, per play.
fn gain(with: &[f64], without: &[f64]) -> f64 {
    let count = with.len().max(1) as f64;
    let both = with.iter().zip(without);
    both.map(|(with, without)| without - with).sum::<f64>() / count
}

/// Whether `a` lies below `b` by more than the error of the mean difference; both in the same order.
fn significantly_less(a: &[f64], b: &[f64]) -> bool {
    let count = a.len().min(b.len()).max(1) as f64;
    let differences = || a.iter().zip(b).map(|(a, b)| b - a);
    let mean = differences().sum::<f64>() / count;
    let variance = differences().map(|d| (d - mean).powi(2)).sum::<f64>() / count;
    mean > (variance / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_earn_its_place_gains_nothing_by_a_tie() {
        let losses = [0.3, 0.7, 0.5, 0.6];
        let check = |without: f64, kept: bool, earned: bool| {
            // Not all plays say the same.
            let without: Vec<f64> = (0..4)
                .map(|at| losses[at] + without + [0.01, -0.01][at % 2])
                .collect();
            assert_eq!(
                AblationResult::of(&losses, &without).kept,
                kept,
                "{without:?}"
            );
            assert_eq!(
                AblationResult::earned(&losses, &without).kept,
                earned,
                "{without:?}"
            );
        };
        check(0.0, true, false);
        check(0.002, true, false);
        check(-0.002, true, false);
        check(0.1, true, true);
        check(-0.1, false, false);
    }
}
