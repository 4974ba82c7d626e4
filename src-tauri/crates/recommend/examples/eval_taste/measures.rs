//! How good a ranking and a forecast are, and how sure that is.

use crate::rng::Rng;

/// Gains by rank of true utility, as shares of the library: the best 2 % are worth 7, the next 3, the next 1.
const GRADES: [(f64, f64); 3] = [(0.02, 7.0), (0.05, 3.0), (0.15, 1.0)];

/// Gains of all pieces from their utilities.
pub(crate) fn gains(utilities: &[f64]) -> Vec<f64> {
    let mut gains = vec![0.0; utilities.len()];
    for (rank, piece) in order(utilities).into_iter().enumerate() {
        let share = (rank as f64 + 0.5) / utilities.len() as f64;
        let grade = GRADES.iter().find(|(to, _)| share < *to);
        gains[piece] = grade.map_or(0.0, |(_, gain)| *gain);
    }
    gains
}

/// Places by value, the highest first.
pub(crate) fn order(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    order
}

/// Normalised discounted cumulative gain (Järvelin, Kekäläinen 2002) of the first ten of `order`.
pub(crate) fn ndcg_10(order: &[usize], gains: &[f64]) -> f64 {
    let sum = |gains: &mut dyn Iterator<Item = f64>| -> f64 {
        let discounted = gains.take(10).enumerate();
        discounted
            .map(|(rank, gain)| gain / (rank as f64 + 2.0).log2())
            .sum()
    };
    let mut best: Vec<f64> = order.iter().map(|piece| gains[*piece]).collect();
    best.sort_by(|a, b| b.total_cmp(a));
    let ideal = sum(&mut best.into_iter());
    if ideal > 0.0 {
        sum(&mut order.iter().map(|piece| gains[*piece])) / ideal
    } else {
        0.0
    }
}

/// Share of `wanted` among the first `count` of `order`.
pub(crate) fn hit(order: &[usize], wanted: &[usize], count: usize) -> f64 {
    let first = &order[..count.min(order.len())];
    let found = wanted.iter().filter(|piece| first.contains(piece)).count();
    found as f64 / wanted.len().max(1) as f64
}

/// Probability that a play that was listened to is scored above one that was not; `None` if all went one way.
pub(crate) fn auc(foretold: &[(f64, bool)]) -> Option<f64> {
    let (mut above, mut pairs) = (0.0, 0.0);
    for (x, _) in foretold.iter().filter(|(_, listened)| *listened) {
        for (y, _) in foretold.iter().filter(|(_, listened)| !*listened) {
            above += if x > y {
                1.0
            } else if x == y {
                0.5
            } else {
                0.0
            };
            pairs += 1.0;
        }
    }
    (pairs > 0.0).then_some(above / pairs)
}

/// Expected calibration error over ten equal bins.
pub(crate) fn calibration_error(foretold: &[(f64, bool)]) -> f64 {
    let mut bins = [0.0_f64; 10];
    for (p, listened) in foretold {
        bins[((p * 10.0) as usize).min(9)] += p - f64::from(u8::from(*listened));
    }
    bins.iter().map(|gap| gap.abs()).sum::<f64>() / foretold.len().max(1) as f64
}

/// The logistic curve `(offset, slope)` from scores to listening (Platt 1999), lightly held to no slope.
pub(crate) fn platt(pairs: &[(f64, bool)]) -> (f64, f64, f64) {
    let count = pairs.len().max(1) as f64;
    let mean = pairs.iter().map(|(x, _)| x).sum::<f64>() / count;
    let spread = pairs.iter().map(|(x, _)| (x - mean).powi(2)).sum::<f64>() / count;
    let scale = spread.sqrt().max(1e-9).recip();
    let (mut offset, mut slope) = (0.4_f64, 0.0_f64);
    for _ in 0..12 {
        let (mut g, mut h) = ([offset - 0.4, slope], [1.0, 0.0, 1.0]);
        for (x, listened) in pairs {
            let x = (x - mean) * scale;
            let p = 1.0 / (1.0 + (-offset - slope * x).exp());
            let (pull, bend) = (p - f64::from(u8::from(*listened)), p * (1.0 - p));
            g = [g[0] + pull, g[1] + pull * x];
            h = [h[0] + bend, h[1] + bend * x, h[2] + bend * x * x];
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        offset -= (h[2] * g[0] - h[1] * g[1]) / determinant;
        slope -= (h[0] * g[1] - h[1] * g[0]) / determinant;
    }
    (offset, slope * scale, mean)
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[n / 2],
        n => (values[n / 2 - 1] + values[n / 2]) / 2.0,
    }
}

/// 95 % interval of `statistic` over resampled listeners; rows of one listener stay together.
pub(crate) fn bootstrap<T>(rows: &[T], statistic: impl Fn(&[&T]) -> f64) -> (f64, f64) {
    const DRAWS: usize = 1000;
    let mut chance = Rng::new(0xb007);
    let mut found: Vec<f64> = (0..DRAWS)
        .map(|_| {
            let drawn: Vec<&T> = (0..rows.len())
                .map(|_| &rows[chance.below(rows.len())])
                .collect();
            statistic(&drawn)
        })
        .collect();
    found.sort_by(f64::total_cmp);
    (found[DRAWS / 40], found[DRAWS - 1 - DRAWS / 40])
}
