//! Clusters of a library by sound: its recordings in some two dozen groups, with no names but their members.
//!
//! Where a straight line through the model's space cannot say "this and that, but not what lies between", an effect per
//! cluster can; hours of the day are counted by cluster too. Spherical k-means (Dhillon, Modha 2001) over centred vectors of
//! evenly spaced rows, from starts that lie far apart (Gonzalez 1985); same vectors, same clusters.

use crate::index::{Index, VectorQuery, dot, numbers};

/// Clusters of a large library, and the rows that make one more in a small one.
const CLUSTERS_MAX: usize = 24;
const ROWS_EACH: usize = 40;

/// Rows sampled, evenly spaced, to find them.
const SAMPLE_MAX: usize = 2048;

const STEPS: usize = 10;

/// Which row is in which cluster.
#[derive(Clone, Debug, Default)]
pub(crate) struct SoundClusters {
    count: usize,
    /// `[rows]`.
    of_row: Vec<u8>,
}

impl SoundClusters {
    /// Of all rows of a finished index. None for a small one, where a cluster would say no more than a recording.
    pub(crate) fn new(index: &Index) -> Self {
        let count = (index.rows() / ROWS_EACH).min(CLUSTERS_MAX);
        if count < 2 {
            return Self::default();
        }
        let step = index.rows().div_ceil(SAMPLE_MAX);
        let sample: Vec<Vec<f32>> = (0..index.rows())
            .step_by(step)
            .map(|row| centred(index, row))
            .collect();
        let centres = lloyd(farthest_first(&sample, count), &sample);
        let queries: Vec<(VectorQuery, f32)> = centres
            .iter()
            .map(|centre| (VectorQuery::new(centre), dot(centre, index.mean())))
            .collect();
        // The length of the centred row scales all its products alike, so the nearest centre needs no division.
        let nearest = |row: usize| {
            let row = index.row(row);
            let near = queries
                .iter()
                .map(|(query, at_mean)| query.dot(row) - at_mean);
            best(near) as u8
        };
        Self {
            count,
            of_row: (0..index.rows()).map(nearest).collect(),
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn of_row(&self, row: usize) -> Option<usize> {
        self.of_row.get(row).map(|cluster| usize::from(*cluster))
    }
}

/// A row less the library's mean, of unit length.
pub(crate) fn centred(index: &Index, row: usize) -> Vec<f32> {
    let numbers = numbers(index.row(row)).zip(index.mean());
    unit(numbers.map(|(x, m)| x - m).collect())
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let scale = dot(&vector, &vector).sqrt().max(1e-6).recip();
    vector.iter_mut().for_each(|x| *x *= scale);
    vector
}

/// The place of the greatest; of equals the first.
fn best(values: impl Iterator<Item = f32>) -> usize {
    let reduced = values
        .enumerate()
        .reduce(|a, b| if b.1 > a.1 { b } else { a });
    reduced.map_or(0, |(at, _)| at)
}

/// Rows to start from: each the farthest from all before.
fn farthest_first(sample: &[Vec<f32>], count: usize) -> Vec<Vec<f32>> {
    let mut nearest = vec![f32::NEG_INFINITY; sample.len()];
    let mut chosen = vec![0];
    while chosen.len() < count {
        let last = &sample[chosen[chosen.len() - 1]];
        for (near, row) in nearest.iter_mut().zip(sample) {
            *near = near.max(dot(last, row));
        }
        chosen.push(best(nearest.iter().map(|near| -near)));
    }
    chosen.into_iter().map(|at| sample[at].clone()).collect()
}

/// Lloyd's iterations: each centre becomes the mean of the rows nearest to it.
fn lloyd(mut centres: Vec<Vec<f32>>, sample: &[Vec<f32>]) -> Vec<Vec<f32>> {
    for _ in 0..STEPS {
        let mut sums = vec![vec![0.0; sample[0].len()]; centres.len()];
        for row in sample {
            let nearest = best(centres.iter().map(|centre| dot(centre, row)));
            sums[nearest]
                .iter_mut()
                .zip(row)
                .for_each(|(sum, x)| *sum += x);
        }
        for (centre, sum) in centres.iter_mut().zip(sums) {
            if sum.iter().any(|x| *x != 0.0) {
                *centre = unit(sum);
            }
        }
    }
    centres
}

#[cfg(test)]
mod tests {
    use crate::test_support;

    #[test]
    fn what_sounds_similar_shares_a_cluster() {
        let catalogue = test_support::catalogue(test_support::library(3, 6, 80, 32));
        assert_eq!(catalogue.cluster_count(), 12);
        // Every cluster holds one style, though a style may fill two clusters.
        for cluster in 0..catalogue.cluster_count() {
            let mut styles = [0; 6];
            (0..catalogue.len())
                .filter(|position| catalogue.cluster(*position) == Some(cluster))
                .for_each(|position| styles[position % 6] += 1);
            let most = styles.iter().max().unwrap();
            assert!(*most * 10 >= styles.iter().sum::<usize>() * 9, "{styles:?}");
        }
    }

    #[test]
    fn a_small_library_has_none() {
        let catalogue = test_support::catalogue(test_support::library(3, 2, 30, 8));
        assert_eq!((catalogue.cluster_count(), catalogue.cluster(3)), (0, None));
    }
}
