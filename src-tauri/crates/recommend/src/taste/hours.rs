//! What is listened to at which hour of the day, by cluster of the library.
//!
//! Counts of what was listened to, smoothed around the clock. How well a recording fits an hour is the logarithm of how
//! much likelier its cluster is listened to at that hour than any music is. How much that counts is learned from the log
//! like any other effect: it is one feature of the regression.

use std::f64::consts::TAU;

use crate::tuning::Learning;

/// Counts by cluster and hour.
#[derive(Clone, Debug, Default)]
pub(super) struct Hours {
    /// `[clusters][24]`.
    clusters: Vec<[f32; 24]>,
    all: [f32; 24],
}

impl Hours {
    pub(super) fn new(clusters: usize) -> Self {
        Self {
            clusters: vec![[0.0; 24]; clusters],
            all: [0.0; 24],
        }
    }

    /// Counts a recording that was listened to.
    pub(super) fn count(&mut self, cluster: Option<usize>, hour: usize) {
        self.all[hour] += 1.0;
        if let Some(counts) = cluster.and_then(|cluster| self.clusters.get_mut(cluster)) {
            counts[hour] += 1.0;
        }
    }

    /// How well the cluster fits the hour: 0 for as well as any.
    pub(super) fn fit(&self, tuning: &Learning, cluster: Option<usize>, hour: usize) -> f64 {
        let Some(counts) = cluster.and_then(|cluster| self.clusters.get(cluster)) else {
            return 0.0;
        };
        let usual = smoothed(tuning, &self.all, hour);
        let plays: f64 = counts.iter().map(|count| f64::from(*count)).sum();
        let all: f64 = self.all.iter().map(|count| f64::from(*count)).sum();
        if plays == 0.0 || all == 0.0 {
            return 0.0;
        }
        let usual = (usual + 1.0) / (all + 24.0);
        let half = tuning.hours_plays_half;
        let here = (smoothed(tuning, counts, hour) + half * usual) / (plays + half);
        (here / usual).ln()
    }

    /// All that was listened to, by hour.
    pub(super) fn all(&self) -> &[f32; 24] {
        &self.all
    }
}

/// Counts around an hour; over all hours they add up to the counts.
fn smoothed(tuning: &Learning, counts: &[f32; 24], hour: usize) -> f64 {
    let concentration = tuning.hours_concentration;
    let weight = |away: usize| (concentration * ((TAU * away as f64 / 24.0).cos() - 1.0)).exp();
    let sum: f64 = (0..24).map(weight).sum();
    let near = counts
        .iter()
        .enumerate()
        .map(|(other, count)| f64::from(*count) * weight(hour.abs_diff(other)));
    near.sum::<f64>() / sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mornings_and_evenings_have_their_music() {
        let mut hours = Hours::new(3);
        for _ in 0..100 {
            hours.count(Some(0), 8);
            hours.count(Some(1), 22);
            hours.count(None, 22);
        }
        let fit = |cluster, hour| hours.fit(&Learning::DEFAULT, cluster, hour);
        assert!(fit(Some(0), 8) > 0.5 && fit(Some(0), 22) < -0.5);
        assert!(fit(Some(1), 23) > 0.2 && fit(Some(1), 8) < -0.5);
        // Around midnight the clock goes on.
        assert!((fit(Some(1), 21) - fit(Some(1), 23)).abs() < 1e-2);
        assert!(fit(Some(1), 0) > fit(Some(1), 3));
        for silent in [None, Some(2), Some(9)] {
            assert_eq!(fit(silent, 8), 0.0);
        }
    }
}
