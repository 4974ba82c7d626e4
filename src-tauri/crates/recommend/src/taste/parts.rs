//! Which parts of the model stay: how a listener's own held-out plays voted on each.

/// Held out at the end of whatever is learned from, to judge what was learned.
const HELD_OUT: f64 = 0.2;

/// Where, among `count`, what is held out begins.
pub(crate) fn held_out_from(count: usize) -> usize {
    (count as f64 * (1.0 - HELD_OUT)) as usize
}

/// How a listener's own held-out plays voted on a part of the model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vote {
    /// Whether it stays.
    pub kept: bool,
    /// Nats per held-out play that it wins; `None` without enough plays to tell.
    pub gain: Option<f64>,
}

impl Default for Vote {
    fn default() -> Self {
        Self {
            kept: true,
            gain: None,
        }
    }
}

impl Vote {
    /// From the losses of the same plays with and without the part.
    pub(super) fn count(with: &[f64], without: &[f64]) -> Self {
        let count = with.len().max(1) as f64;
        let difference = |(with, without): (&f64, &f64)| without - with;
        Self {
            kept: !surely_less(without, with),
            gain: Some(with.iter().zip(without).map(difference).sum::<f64>() / count),
        }
    }
}

/// The votes on all parts.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Votes {
    /// The vectors.
    pub sound: Vote,
    /// An effect per corner of the library.
    pub corners: Vote,
    /// What is listened to at which hour.
    pub hours: Vote,
    /// The metric learned from what followed what.
    pub followed: Vote,
}

/// Whether `a` lies below `b` by more than the error of the mean difference; both in the same order.
fn surely_less(a: &[f64], b: &[f64]) -> bool {
    let count = a.len().min(b.len()).max(1) as f64;
    let differences = || a.iter().zip(b).map(|(a, b)| b - a);
    let mean = differences().sum::<f64>() / count;
    let variance = differences().map(|d| (d - mean).powi(2)).sum::<f64>() / count;
    mean > (variance / count).sqrt()
}
