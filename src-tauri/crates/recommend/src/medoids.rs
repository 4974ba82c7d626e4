//! A few recordings that stand for many: greedy facility location over cosines.
//!
//! Each new medoid is the recording that most raises the weighted similarity of all to their nearest medoid
//! (Nemhauser, Wolsey, Fisher 1978: within 63 % of the best choice). The recordings nearest to it are its members.

use crate::catalogue::Catalogue;

/// A recording that stands for others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Medoid {
    pub(crate) position: usize,
    /// Share of the whole weight, in `0..=1`.
    pub(crate) share: f64,
    /// Those it stands for, itself among them, in the order given.
    pub(crate) members: Vec<usize>,
}

/// Up to `count` medoids of weighted recordings, of which those without a vector are left out. No more are chosen once
/// one more would raise the similarity by less than `least`, as a share of the whole weight.
pub(crate) fn medoids(
    catalogue: &Catalogue,
    weighted: &[(usize, f64)],
    count: usize,
    least: f64,
) -> Vec<Medoid> {
    let candidates: Vec<(usize, f64)> = weighted
        .iter()
        .copied()
        .filter(|(position, weight)| catalogue.has_vector(*position) && *weight > 0.0)
        .collect();
    let whole: f64 = candidates.iter().map(|(_, weight)| weight).sum();
    let similarity = |a: usize, b: usize| {
        let cosine = catalogue.cosine(candidates[a].0, candidates[b].0);
        f64::from(cosine.unwrap_or(-1.0))
    };
    // Similarity to the nearest medoid, and which that is.
    let mut covered = vec![(-1.0_f64, 0_usize); candidates.len()];
    let mut chosen: Vec<usize> = Vec::new();
    while chosen.len() < count.min(candidates.len()) {
        let gain = |candidate: usize| -> f64 {
            let raised = |(other, (best, _)): (usize, &(f64, usize))| {
                candidates[other].1 * (similarity(candidate, other) - best).max(0.0)
            };
            covered.iter().enumerate().map(raised).sum()
        };
        let open = (0..candidates.len()).filter(|candidate| !chosen.contains(candidate));
        let gains = open.map(|candidate| (gain(candidate), candidate));
        let Some((gained, best)) = gains.reduce(|a, b| if b.0 > a.0 { b } else { a }) else {
            break;
        };
        if !chosen.is_empty() && gained < least * whole {
            break;
        }
        for (other, covered) in covered.iter_mut().enumerate() {
            let similarity = similarity(best, other);
            if similarity > covered.0 {
                *covered = (similarity, chosen.len());
            }
        }
        chosen.push(best);
    }
    let medoid = |(place, at): (usize, &usize)| {
        let mine = (0..candidates.len()).filter(|other| covered[*other].1 == place);
        let members: Vec<usize> = mine.clone().map(|other| candidates[other].0).collect();
        Medoid {
            position: candidates[*at].0,
            share: mine.map(|other| candidates[other].1).sum::<f64>() / whole,
            members,
        }
    };
    chosen.iter().enumerate().map(medoid).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support;

    #[test]
    fn each_style_finds_its_medoid() {
        let catalogue = test_support::catalogue(test_support::library(3, 4, 30, 96));
        // Style 0 by far the weightiest, style 3 not among them.
        let weighted: Vec<(usize, f64)> = (0..120)
            .filter(|position| position % 4 < 3)
            .map(|position| (position, if position % 4 == 0 { 4.0 } else { 1.0 }))
            .collect();
        let found = medoids(&catalogue, &weighted, 8, 0.05);
        assert_eq!(found.len(), 3, "{found:?}");
        for medoid in &found {
            assert!(
                medoid
                    .members
                    .iter()
                    .all(|member| member % 4 == medoid.position % 4)
            );
            assert_eq!(medoid.members.len(), 30);
        }
        assert_eq!(found[0].position % 4, 0);
        assert!((found[0].share - 4.0 / 6.0).abs() < 1e-9);
        assert!(medoids(&catalogue, &[], 8, 0.05).is_empty());
        assert_eq!(medoids(&catalogue, &weighted, 2, 0.0).len(), 2);
    }
}
