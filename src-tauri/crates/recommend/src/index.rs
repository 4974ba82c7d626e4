//! Nearest neighbours by cosine: an exact scan over one contiguous matrix, and the correction of hubs.
//!
//! A scan of 100,000 x 128 numbers of 16 bits reads 26 MB and is bound by memory, not by arithmetic: a few
//! milliseconds on one core. A graph index would save nothing a listener notices and would cost
//! exactness, memory and a rebuild on every change.
//!
//! Hubs: in high dimensions some items are near to everything and crowd out the rest (Radovanović, Nanopoulos, Ivanović
//! 2010). Symmetric score normalisation (S-norm; Kenny, "Bayesian Speaker Verification with Heavy-Tailed Priors",
//! Odyssey 2010) asks whether two items are near *for each other's standards*: a similarity becomes the mean of its two
//! standard scores, each by the mean and deviation of one item's similarities to a cohort, here the whole library.
//! Mutual proximity (Schnitzer, Flexer, Schedl, Widmer, JMLR 13, 2012) multiplies the normal probabilities of the same
//! two scores; near the top, the only part a radio looks at, both probabilities saturate at one, and the scores do not.
//! For unit vectors mean and deviation have a closed form,
//! `mean(x) = x . m` and `var(x) = x' (S - m m') x` with the library's mean `m` and second moment `S`, so
//! they are computed for the few candidates that need them, not for every item.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use crate::tuning::Scoring;

/// Rows sampled, evenly spaced, for mean and covariance.
const MOMENT_ROWS_MAX: usize = 2048;

/// Unit vectors of one model, `[rows, dim]`, row-major, each component in 16 bits.
///
/// One part in 32,767 is a hundredth of what half precision, in which the library keeps vectors, may err by; rows are
/// half as long as in single precision, and products of 16-bit integers add up exactly, in any order.
#[derive(Clone, Debug, Default)]
pub struct Index {
    dim: usize,
    values: Vec<i16>,
    mean: Vec<f32>,
    /// Covariance of the vectors, `[dim, dim]`.
    covariance: Vec<f32>,
}

/// What 1 is in 16 bits.
const ONE: f32 = i16::MAX as f32;

/// A direction that rows are compared with, and its length.
#[derive(Clone, Debug, Default)]
pub(crate) struct VectorQuery {
    values: Vec<i16>,
    length: f32,
}

impl VectorQuery {
    /// Of a vector of any length, `[dim]`.
    pub(crate) fn new(vector: &[f32]) -> Self {
        let length = dot(vector, vector).sqrt();
        let scale = if length > 0.0 { ONE / length } else { 0.0 };
        Self {
            values: vector.iter().map(|x| (x * scale).round() as i16).collect(),
            length,
        }
    }

    /// The dot product of the vector and a row.
    pub(crate) fn dot(&self, row: &[i16]) -> f32 {
        self.length * unit_dot(&self.values, row)
    }
}

/// The dot product of two vectors of at most unit length.
///
/// By Cauchy and Schwarz no partial sum exceeds `ONE²` by more than rounding, so 32 bits hold them all.
pub(crate) fn unit_dot(a: &[i16], b: &[i16]) -> f32 {
    let products = a.iter().zip(b);
    let sum = products.fold(0_i32, |sum, (a, b)| {
        sum.wrapping_add(i32::from(*a).wrapping_mul(i32::from(*b)))
    });
    sum as f32 / (ONE * ONE)
}

/// A row of at most unit length, as numbers.
pub(crate) fn numbers(row: &[i16]) -> impl Iterator<Item = f32> {
    row.iter().map(|x| f32::from(*x) / ONE)
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
    /// An index of vectors of `dim` components; 0 makes an empty one.
    pub(crate) fn new(dim: usize) -> Self {
        Self {
            dim,
            ..Self::default()
        }
    }

    /// Makes room for so many rows.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.values.reserve_exact(rows * self.dim);
    }

    /// Adds a row of unit length, `[dim]`. [`finish`](Self::finish) must follow the last one.
    pub(crate) fn push(&mut self, vector: &[f32]) {
        let kept = vector
            .iter()
            .map(|x| (x.clamp(-1.0, 1.0) * ONE).round() as i16);
        self.values.extend(kept.take(self.dim));
    }

    /// Computes the mean and covariance of the rows.
    pub(crate) fn finish(&mut self) {
        self.values.shrink_to_fit();
        (self.mean, self.covariance) = moments(self.dim, &self.values);
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
    pub(crate) fn row(&self, row: usize) -> &[i16] {
        &self.values[row * self.dim..(row + 1) * self.dim]
    }

    /// One row, as numbers.
    pub(crate) fn vector(&self, row: usize) -> Vec<f32> {
        numbers(self.row(row)).collect()
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

    /// The `count` rows most similar to a row, best first, with their cosines; that row itself is left out. Ties go to
    /// the lower row.
    pub fn nearest(&self, query: usize, count: usize) -> Vec<(usize, f32)> {
        if count == 0 {
            return Vec::new();
        }
        let mut best: BinaryHeap<Worst> = BinaryHeap::with_capacity(count.min(self.rows()) + 1);
        let mut floor = f32::NEG_INFINITY;
        let vector = self.row(query);
        for (row, values) in self.values.chunks_exact(self.dim.max(1)).enumerate() {
            let similarity = unit_dot(vector, values);
            let full = best.len() >= count;
            if (full && similarity <= floor) || row == query {
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

    /// Dot products of each of `queries` with every row, `[queries][rows]`, in one pass over the rows.
    pub(crate) fn similarities(&self, queries: &[VectorQuery]) -> Vec<Vec<f32>> {
        let mut all = vec![Vec::with_capacity(self.rows()); queries.len()];
        for values in self.values.chunks_exact(self.dim.max(1)) {
            for (similarities, query) in all.iter_mut().zip(queries) {
                similarities.push(query.dot(values));
            }
        }
        all
    }

    /// Mean and standard deviation of a vector's similarities to the library.
    pub(crate) fn similarity_stats(&self, vector: &[f32]) -> SimilarityStats {
        let mut variance = 0.0;
        for (x, column) in vector.iter().zip(self.covariance.chunks_exact(self.dim)) {
            variance += x * dot(column, vector);
        }
        SimilarityStats {
            mean: dot(vector, &self.mean),
            deviation: variance.max(1e-6).sqrt(),
        }
    }

    /// The cosine of two vectors with hubs corrected by S-norm, still on the scale of cosines: the mean of the two standard
    /// scores, read back through the seed's own mean and deviation. In small libraries the plain cosine prevails.
    pub(crate) fn hub_corrected(
        &self,
        scoring: &Scoring,
        cosine: f32,
        seed: SimilarityStats,
        other: SimilarityStats,
    ) -> f32 {
        let read_back = seed.similarity_at(other.score(cosine));
        let rows = self.rows() as f64;
        let share = (scoring.hub_share * rows / (rows + scoring.hub_rows)) as f32;
        (cosine + share * (read_back - cosine)).clamp(-1.0, 1.0)
    }
}

/// Mean and deviation of one row's similarities to the library.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SimilarityStats {
    mean: f32,
    deviation: f32,
}

impl SimilarityStats {
    /// The standard score of a similarity.
    pub(crate) fn score(self, similarity: f32) -> f32 {
        (similarity - self.mean) / self.deviation
    }

    /// The similarity at a standard score.
    pub(crate) fn similarity_at(self, score: f32) -> f32 {
        self.mean + self.deviation * score
    }
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
fn moments(dim: usize, values: &[i16]) -> (Vec<f32>, Vec<f32>) {
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
        mean.iter_mut()
            .zip(numbers(row))
            .for_each(|(m, x)| *m += weight * x);
    }
    let mut centred = vec![0.0_f32; dim];
    for row in sample() {
        for ((c, x), m) in centred.iter_mut().zip(numbers(row)).zip(&mean) {
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
    use crate::counter_rng;
    use proptest::prelude::*;

    fn unit(mut v: Vec<f32>) -> Vec<f32> {
        let length = dot(&v, &v).sqrt().max(1e-12);
        v.iter_mut().for_each(|x| *x /= length);
        v
    }

    fn index(dim: usize, rows: &[Vec<f32>]) -> Index {
        let mut index = Index::new(dim);
        rows.iter().for_each(|row| index.push(row));
        index.finish();
        index
    }

    fn random_rows(seed: u64, rows: usize, dim: usize, shift: f64) -> Vec<Vec<f32>> {
        let draw = |row, d| {
            counter_rng::normal(seed, (row * dim + d) as u64) + if d == 0 { shift } else { 0.0 }
        };
        (0..rows)
            .map(|row| unit((0..dim).map(|d| draw(row, d) as f32).collect()))
            .collect()
    }

    proptest! {
        #[test]
        fn the_scan_agrees_with_sorting_everything(
            cells in prop::collection::vec(-2_i8..=2, 20..200),
            dim in 1_usize..20,
            count in 0_usize..12,
            query: prop::sample::Index,
        ) {
            let rows: Vec<Vec<f32>> = cells.chunks_exact(dim).map(|row| unit(row.iter().map(|c| f32::from(*c)).collect())).collect();
            let index = index(dim, &rows);
            let query = query.index(rows.len());
            let mut expected: Vec<(usize, f32)> = (0..rows.len())
                .filter(|row| *row != query)
                .map(|row| (row, unit_dot(index.row(row), index.row(query))))
                .collect();
            expected.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            expected.truncate(count);
            prop_assert_eq!(index.nearest(query, count), expected);
        }

        #[test]
        fn sixteen_bits_are_enough(seed: u64, length in 0.0_f32..9.0, aligned: bool) {
            // Rows alike in every component are the hardest to sum up.
            let dim = 300;
            let rows = match aligned {
                true => vec![vec![1.0 / (dim as f32).sqrt(); dim]; 2],
                false => random_rows(seed, 2, dim, 0.0),
            };
            let index = index(dim, &rows);
            let exact = dot(&rows[0], &rows[1]);
            prop_assert!((unit_dot(index.row(0), index.row(1)) - exact).abs() < 5e-4);
            let longer: Vec<f32> = rows[0].iter().map(|x| length * x).collect();
            prop_assert!((VectorQuery::new(&longer).dot(index.row(1)) - length * exact).abs() < 5e-4 * (1.0 + length));
        }
    }

    #[test]
    fn the_mean_similarity_is_what_counting_finds() {
        let rows = random_rows(3, 400, 24, 1.0);
        let index = index(24, &rows);
        let all = index.similarities(&[VectorQuery::new(&rows[5])]).remove(0);
        let mean = all.iter().sum::<f32>() / 400.0;
        let deviation = (all.iter().map(|s| (s - mean).powi(2)).sum::<f32>() / 400.0).sqrt();
        let stats = index.similarity_stats(&rows[5]);
        assert!((stats.mean - mean).abs() < 1e-4 && (stats.deviation - deviation).abs() < 1e-3);
    }

    #[test]
    fn the_correction_of_hubs_lets_more_of_a_library_be_reached() {
        let (count, near) = (1200, 3);
        let rows = random_rows(11, count, 64, 4.0);
        let index = index(64, &rows);
        let stats: Vec<SimilarityStats> =
            rows.iter().map(|row| index.similarity_stats(row)).collect();
        let reached = |corrected: bool| {
            let mut seen = vec![false; count];
            for seed in 0..count {
                let mut all: Vec<(usize, f32)> = index
                    .similarities(&[VectorQuery::new(&rows[seed])])
                    .remove(0)
                    .into_iter()
                    .enumerate()
                    .filter(|(row, _)| *row != seed)
                    .map(|(row, s)| match corrected {
                        true => (
                            row,
                            index.hub_corrected(&Scoring::DEFAULT, s, stats[seed], stats[row]),
                        ),
                        false => (row, s),
                    })
                    .collect();
                all.sort_by(|a, b| b.1.total_cmp(&a.1));
                all.iter().take(near).for_each(|(row, _)| seen[*row] = true);
            }
            seen.iter().filter(|seen| **seen).count()
        };
        let (plain, corrected) = (reached(false), reached(true));
        assert!(
            corrected > plain + count / 50,
            "{plain} reached by cosine, {corrected} with the correction"
        );
    }
}
