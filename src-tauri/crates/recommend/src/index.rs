//! Nearest neighbours by cosine: an exact scan over one contiguous matrix, and the correction of hubs.
//!
//! A scan of 100,000 x 128 single-precision numbers reads 51 MB and is bound by memory, not by arithmetic:
//! a few milliseconds on one core. A graph index would save nothing a listener notices and would cost
//! exactness, memory and a rebuild on every change.
//!
//! Hubs: in high dimensions some items are near to everything and crowd out the rest. Mutual proximity
//! (Schnitzer, Flexer, Schedl, Widmer, "Local and Global Scaling Reduce Hubs in Space", JMLR 13, 2012) asks
//! whether two items are near *for each other's standards*. Its Gaussian form needs the mean and deviation of
//! each item's similarities to the whole library. For unit vectors both have a closed form,
//! `mean(x) = x . m` and `var(x) = x' (S - m m') x` with the library's mean `m` and second moment `S`, so
//! they are computed for the few candidates that need them, not for every item.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Rows sampled, evenly spaced, for the library's moments.
const MOMENT_ROWS_MAX: usize = 2048;

/// Below this many rows the moments say more about the sample than about hubs, so the correction fades.
const HUB_ROWS: f64 = 200.0;

/// Unit vectors of one model, `[rows, dim]`, row-major.
#[derive(Clone, Debug, Default)]
pub struct Index {
    dim: usize,
    values: Vec<f32>,
    mean: Vec<f32>,
    /// Covariance of the vectors, `[dim, dim]`.
    covariance: Vec<f32>,
}

/// An item in the heap of the best: the worst on top, ties broken towards the later row.
#[derive(PartialEq)]
struct Worst {
    similarity: f32,
    row: usize,
}

impl Eq for Worst {}

impl PartialOrd for Worst {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Worst {
    fn cmp(&self, other: &Self) -> Ordering {
        other
            .similarity
            .total_cmp(&self.similarity)
            .then(self.row.cmp(&other.row))
    }
}

impl Index {
    /// An index over `values`, `[rows, dim]` row-major, each row of unit length.
    ///
    /// A last row that is not whole is dropped; `dim` 0 makes an empty index.
    pub fn new(dim: usize, mut values: Vec<f32>) -> Self {
        let rows = values.len().checked_div(dim).unwrap_or(0);
        values.truncate(rows * dim);
        values.shrink_to_fit();
        let (mean, covariance) = moments(dim, &values);
        Self {
            dim,
            values,
            mean,
            covariance,
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.dim).unwrap_or(0)
    }

    /// Components of a vector.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// One row.
    pub(crate) fn row(&self, row: usize) -> &[f32] {
        &self.values[row * self.dim..(row + 1) * self.dim]
    }

    /// The mean of the rows, `[dim]`.
    pub(crate) fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// Root mean square distance of the rows from their mean.
    pub(crate) fn spread(&self) -> f64 {
        let trace: f64 = (0..self.dim)
            .map(|d| f64::from(self.covariance[d * self.dim + d]))
            .sum();
        trace.max(1e-6).sqrt()
    }

    /// The `count` rows most similar to `query`, best first, rows for which `skip` is true left out.
    ///
    /// Similarity is the dot product: the cosine, if `query` is of unit length. Ties go to the lower row.
    /// A query of another length than [`dim`](Self::dim) is similar to nothing.
    pub fn nearest(
        &self,
        query: &[f32],
        count: usize,
        skip: impl Fn(usize) -> bool,
    ) -> Vec<(usize, f32)> {
        if self.dim == 0 || query.len() != self.dim || count == 0 {
            return Vec::new();
        }
        let mut best: BinaryHeap<Worst> = BinaryHeap::with_capacity(count.min(self.rows()) + 1);
        let mut floor = f32::NEG_INFINITY;
        for (row, values) in self.values.chunks_exact(self.dim).enumerate() {
            let similarity = dot(query, values);
            let full = best.len() >= count;
            if (full && similarity <= floor) || similarity.is_nan() || skip(row) {
                continue;
            }
            if full {
                best.pop();
            }
            best.push(Worst { similarity, row });
            if best.len() >= count {
                floor = best.peek().map_or(floor, |worst| worst.similarity);
            }
        }
        best.into_sorted_vec()
            .into_iter()
            .map(|kept| (kept.row, kept.similarity))
            .collect()
    }

    /// Similarities of each of `queries` to every row, `[queries][rows]`, in one pass over the rows.
    pub(crate) fn similarities(&self, queries: &[&[f32]]) -> Vec<Vec<f32>> {
        let mut all = vec![Vec::with_capacity(self.rows()); queries.len()];
        for values in self.values.chunks_exact(self.dim.max(1)) {
            for (similarities, query) in all.iter_mut().zip(queries) {
                similarities.push(dot(query, values));
            }
        }
        all
    }

    /// What is usual for a row: mean and deviation of its similarities to the library.
    pub(crate) fn usual(&self, row: usize) -> Usual {
        let values = self.row(row);
        let mut variance = 0.0;
        for (x, column) in values.iter().zip(self.covariance.chunks_exact(self.dim)) {
            variance += x * dot(column, values);
        }
        Usual {
            mean: dot(values, &self.mean),
            deviation: variance.max(1e-6).sqrt(),
        }
    }

    /// The cosine of two rows with hubs corrected, still on the scale of cosines.
    ///
    /// Mutual proximity multiplies the two normal probabilities; near the top, the only part a radio looks
    /// at, both saturate at one, so we average the standard scores instead and read the result back through
    /// the seed's own mean and deviation. In small libraries the plain cosine prevails.
    pub(crate) fn mutual(&self, cosine: f32, seed: Usual, other: Usual) -> f32 {
        let theirs = (cosine - other.mean) / other.deviation;
        let read_back = seed.mean + seed.deviation * theirs;
        let rows = self.rows() as f64;
        let share = 0.5 * (rows / (rows + HUB_ROWS)) as f32;
        (cosine + share * (read_back - cosine)).clamp(-1.0, 1.0)
    }
}

/// Mean and deviation of one row's similarities to the library.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usual {
    mean: f32,
    deviation: f32,
}

/// Dot product in sixteen lanes, which the compiler turns into vector instructions of any width.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut lanes = [0.0_f32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f32 = a_chunks
        .remainder()
        .iter()
        .zip(b_chunks.remainder())
        .map(|(x, y)| x * y)
        .sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            lanes[lane] += x[lane] * y[lane];
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// Mean `[dim]` and covariance `[dim, dim]` of evenly spaced rows.
fn moments(dim: usize, values: &[f32]) -> (Vec<f32>, Vec<f32>) {
    let rows = values.len().checked_div(dim).unwrap_or(0);
    let (mut mean, mut covariance) = (vec![0.0_f32; dim], vec![0.0_f32; dim * dim]);
    if rows == 0 {
        return (mean, covariance);
    }
    let step = rows.div_ceil(MOMENT_ROWS_MAX);
    let sample = || {
        (0..rows)
            .step_by(step)
            .map(|row| &values[row * dim..(row + 1) * dim])
    };
    let weight = 1.0 / sample().count() as f32;
    for row in sample() {
        mean.iter_mut().zip(row).for_each(|(m, x)| *m += weight * x);
    }
    let mut centred = vec![0.0_f32; dim];
    for row in sample() {
        for ((c, x), m) in centred.iter_mut().zip(row).zip(&mean) {
            *c = x - m;
        }
        for (x, line) in centred.iter().zip(covariance.chunks_exact_mut(dim)) {
            let scale = weight * x;
            line.iter_mut()
                .zip(&centred)
                .for_each(|(sum, y)| *sum += scale * y);
        }
    }
    (mean, covariance)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance;
    use proptest::prelude::*;

    fn unit(mut v: Vec<f32>) -> Vec<f32> {
        let length = dot(&v, &v).sqrt().max(1e-12);
        v.iter_mut().for_each(|x| *x /= length);
        v
    }

    fn random_rows(seed: u64, rows: usize, dim: usize, shift: f64) -> Vec<f32> {
        let draw = |row, d| {
            chance::normal(seed, (row * dim + d) as u64) + if d == 0 { shift } else { 0.0 }
        };
        (0..rows)
            .flat_map(|row| unit((0..dim).map(|d| draw(row, d) as f32).collect()))
            .collect()
    }

    proptest! {
        #[test]
        fn the_scan_agrees_with_sorting_everything(
            cells in prop::collection::vec(-2_i8..=2, 0..120),
            dim in 1_usize..20,
            count in 0_usize..12,
        ) {
            let values: Vec<f32> = cells.iter().map(|c| f32::from(*c)).collect();
            let query: Vec<f32> = (0..dim).map(|d| if d % 2 == 0 { 1.0 } else { -1.0 }).collect();
            let index = Index::new(dim, values);
            let mut expected: Vec<(usize, f32)> = (0..index.rows())
                .filter(|row| row % 3 != 0)
                .map(|row| (row, dot(index.row(row), &query)))
                .collect();
            expected.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            expected.truncate(count);
            prop_assert_eq!(index.nearest(&query, count, |row| row % 3 == 0), expected);
        }
    }

    #[test]
    fn the_usual_similarity_is_what_counting_finds() {
        let index = Index::new(24, random_rows(3, 400, 24, 1.0));
        let all = index.similarities(&[index.row(5)]).remove(0);
        let mean = all.iter().sum::<f32>() / 400.0;
        let deviation = (all.iter().map(|s| (s - mean).powi(2)).sum::<f32>() / 400.0).sqrt();
        let usual = index.usual(5);
        assert!((usual.mean - mean).abs() < 1e-4 && (usual.deviation - deviation).abs() < 1e-3);
    }

    #[test]
    fn mutual_proximity_lets_more_of_a_library_be_reached() {
        let (rows, near) = (1200, 3);
        let index = Index::new(64, random_rows(11, rows, 64, 4.0));
        let usual: Vec<Usual> = (0..rows).map(|row| index.usual(row)).collect();
        let reached = |corrected: bool| {
            let mut seen = vec![false; rows];
            for seed in 0..rows {
                let mut all: Vec<(usize, f32)> = index
                    .similarities(&[index.row(seed)])
                    .remove(0)
                    .into_iter()
                    .enumerate()
                    .filter(|(row, _)| *row != seed)
                    .map(|(row, s)| {
                        (
                            row,
                            if corrected {
                                index.mutual(s, usual[seed], usual[row])
                            } else {
                                s
                            },
                        )
                    })
                    .collect();
                all.sort_by(|a, b| b.1.total_cmp(&a.1));
                all.iter().take(near).for_each(|(row, _)| seen[*row] = true);
            }
            seen.iter().filter(|seen| **seen).count()
        };
        let (plain, corrected) = (reached(false), reached(true));
        assert!(
            corrected > plain + rows / 50,
            "{plain} reached by cosine, {corrected} with the correction"
        );
    }
}
