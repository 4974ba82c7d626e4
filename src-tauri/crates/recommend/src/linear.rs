//! The little linear algebra that taste needs: a Cholesky factor and a minimiser. No framework.

use std::collections::VecDeque;

/// Steps remembered by the minimiser.
const MEMORY: usize = 10;

/// The lower triangular factor of a symmetric positive definite matrix.
#[derive(Clone, Debug)]
pub(crate) struct Cholesky {
    size: usize,
    /// `[size, size]`, row-major; above the diagonal it means nothing.
    lower: Vec<f64>,
}

impl Cholesky {
    /// Factors `matrix`, `[size, size]`, of which only the lower triangle is read.
    ///
    /// Pivots are kept above a small floor, so that a matrix spoiled by rounding still yields finite numbers.
    pub(crate) fn new(size: usize, mut matrix: Vec<f64>) -> Self {
        for row in 0..size {
            for column in 0..=row {
                let (above, below) = matrix.split_at(row * size);
                let mut sum = below[column];
                let left = if column == row {
                    below
                } else {
                    &above[column * size..]
                };
                sum -= below[..column]
                    .iter()
                    .zip(&left[..column])
                    .map(|(a, b)| a * b)
                    .sum::<f64>();
                matrix[row * size + column] = if column == row {
                    sum.max(1e-9).sqrt()
                } else {
                    sum / matrix[column * size + column]
                };
            }
        }
        Self {
            size,
            lower: matrix,
        }
    }

    /// Solves `L x = b`.
    fn solve_lower(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for row in 0..self.size {
            let line = &self.lower[row * self.size..];
            let known: f64 = line[..row].iter().zip(&x).map(|(l, x)| l * x).sum();
            x[row] = (x[row] - known) / line[row];
        }
        x
    }

    /// Solves `L L' x = b`.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        self.solve_transposed(&self.solve_lower(b))
    }

    /// Becomes the factor of `L L' + x x'` (Golub, Van Loan, 6.5.4).
    pub(crate) fn update(&mut self, mut x: Vec<f64>) {
        for column in 0..self.size {
            let pivot = self.lower[column * self.size + column];
            let longer = pivot.hypot(x[column]);
            let (c, s) = (longer / pivot, x[column] / pivot);
            self.lower[column * self.size + column] = longer;
            let below = self.lower[column..].iter_mut().step_by(self.size);
            for (value, x) in below.zip(&mut x).skip(column + 1) {
                *value = (*value + s * *x) / c;
                *x = c * *x - s * *value;
            }
        }
    }

    /// Solves `L' x = b`: standard normal `b` becomes a draw with the inverse of `L L'` as covariance.
    pub(crate) fn solve_transposed(&self, b: &[f64]) -> Vec<f64> {
        let mut x = b.to_vec();
        for row in (0..self.size).rev() {
            x[row] /= self.lower[row * self.size + row];
            let (before, here) = x.split_at_mut(row);
            for (value, factor) in before.iter_mut().zip(&self.lower[row * self.size..]) {
                *value -= factor * here[0];
            }
        }
        x
    }
}

/// Minimises a smooth, strictly convex function by L-BFGS (Liu, Nocedal 1989) with halving steps.
///
/// `evaluate` writes the gradient and returns the value. `scale` is a guess of the inverse curvature of each
/// coordinate, with which the memory starts. Ends when the value no longer falls by a ten-millionth.
pub(crate) fn minimise(
    mut x: Vec<f64>,
    scale: &[f64],
    steps_max: usize,
    mut evaluate: impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Vec<f64> {
    let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let mut gradient = vec![0.0; x.len()];
    let mut value = evaluate(&x, &mut gradient);
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
    let (mut trial, mut trial_gradient) = (x.clone(), gradient.clone());
    for _ in 0..steps_max {
        let mut direction: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut alphas = Vec::with_capacity(memory.len());
        for (step, turn, curvature) in memory.iter().rev() {
            let alpha = inner(step, &direction) / curvature;
            direction
                .iter_mut()
                .zip(turn)
                .for_each(|(d, t)| *d -= alpha * t);
            alphas.push(alpha);
        }
        direction.iter_mut().zip(scale).for_each(|(d, s)| *d *= s);
        for ((step, turn, curvature), alpha) in memory.iter().zip(alphas.iter().rev()) {
            let beta = inner(turn, &direction) / curvature;
            direction
                .iter_mut()
                .zip(step)
                .for_each(|(d, s)| *d += (alpha - beta) * s);
        }
        let slope = inner(&gradient, &direction);
        if slope >= 0.0 || !slope.is_finite() {
            break;
        }
        let mut length = 1.0;
        let trial_value = loop {
            for ((t, x), d) in trial.iter_mut().zip(&x).zip(&direction) {
                *t = x + length * d;
            }
            let found = evaluate(&trial, &mut trial_gradient);
            if found <= value + 1e-4 * length * slope || length < 1e-6 {
                break found;
            }
            length *= 0.5;
        };
        // Asked this way round, a NaN stops the descent too.
        let falls = trial_value < value;
        if !falls {
            break;
        }
        let step: Vec<f64> = trial.iter().zip(&x).map(|(t, x)| t - x).collect();
        let turn: Vec<f64> = trial_gradient
            .iter()
            .zip(&gradient)
            .map(|(t, g)| t - g)
            .collect();
        let curvature = inner(&step, &turn);
        if curvature > 1e-12 {
            if memory.len() == MEMORY {
                memory.pop_front();
            }
            memory.push_back((step, turn, curvature));
        }
        let fall = value - trial_value;
        std::mem::swap(&mut x, &mut trial);
        std::mem::swap(&mut gradient, &mut trial_gradient);
        value = trial_value;
        if fall <= 1e-7 * (1.0 + value.abs()) {
            break;
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn factor_and_solution_agree(cells in prop::collection::vec(-3.0_f64..3.0, 25), b in prop::collection::vec(-5.0_f64..5.0, 5)) {
            let mut a = vec![0.0; 25];
            for i in 0..5 {
                for j in 0..5 {
                    a[i * 5 + j] = (0..5).map(|k| cells[i * 5 + k] * cells[j * 5 + k]).sum::<f64>();
                }
                a[i * 5 + i] += 1.0;
            }
            let factor = Cholesky::new(5, a.clone());
            let at = |i: usize, j: usize| if j <= i { factor.lower[i * 5 + j] } else { 0.0 };
            for i in 0..5 {
                for j in 0..5 {
                    let product: f64 = (0..5).map(|k| at(i, k) * at(j, k)).sum();
                    prop_assert!((product - a[i * 5 + j]).abs() < 1e-9);
                }
            }
            let x = factor.solve_transposed(&b);
            for (i, expected) in b.iter().enumerate() {
                let back: f64 = (0..5).map(|k| at(k, i) * x[k]).sum();
                prop_assert!((back - expected).abs() < 1e-9);
            }
            let solved = factor.solve(&b);
            for (i, expected) in b.iter().enumerate() {
                let back: f64 = (0..5).map(|k| a[i * 5 + k] * solved[k]).sum();
                prop_assert!((back - expected).abs() < 1e-8);
            }
            let mut updated = factor.clone();
            updated.update(b.clone());
            let sum = (0..25).map(|at| a[at] + b[at / 5] * b[at % 5]).collect();
            for (x, y) in updated.lower.iter().zip(&Cholesky::new(5, sum).lower).enumerate().filter(|(at, _)| at % 5 <= at / 5).map(|(_, pair)| pair) {
                prop_assert!((x - y).abs() < 1e-8);
            }
            // The minimum of x'Ax/2 - b'x solves Ax = b.
            let minimum = minimise(vec![0.0; 5], &[1.0; 5], 200, |x, gradient| {
                let mut value = 0.0;
                for i in 0..5 {
                    let ax: f64 = (0..5).map(|k| a[i * 5 + k] * x[k]).sum();
                    gradient[i] = ax - b[i];
                    value += x[i] * (0.5 * ax - b[i]);
                }
                value
            });
            for (i, expected) in b.iter().enumerate() {
                let ax: f64 = (0..5).map(|k| a[i * 5 + k] * minimum[k]).sum();
                prop_assert!((ax - expected).abs() < 0.05, "{} {}", ax, expected);
            }
        }
    }
}
