//! The first choice: a few songs as different as the library has, for a new listener to like or not.

use std::collections::HashSet;

use crate::Recommender;
use crate::medoids::medoids;

/// Recordings that the songs are chosen from, evenly spaced.
const SAMPLE: usize = 400;

impl Recommender<'_> {
    /// Up to `count` songs that together stand for the library, each by another artist: positions in the catalogue.
    pub fn first_choice(&self, count: usize) -> Vec<usize> {
        let with_vector: Vec<usize> = (0..self.catalogue.vector_count())
            .map(|row| self.catalogue.item_of_row(row))
            .filter(|position| !self.is_excluded(*position))
            .collect();
        let step = with_vector.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<(usize, f64)> = with_vector
            .into_iter()
            .step_by(step)
            .map(|at| (at, 1.0))
            .collect();
        let mut artists = HashSet::new();
        let chosen = medoids(self.catalogue, &sample, 3 * count, 0.0).into_iter();
        let by_others = chosen.map(|medoid| medoid.position).filter(|position| {
            let first = self.catalogue.artist_numbers(*position).first();
            first.is_none_or(|artist| artists.insert(*artist))
        });
        by_others.take(count).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::Taste;
    use crate::test_support;

    #[test]
    fn every_style_and_no_artist_twice() {
        let catalogue = test_support::catalogue(test_support::library(3, 8, 40, 64));
        let nobody = Taste::fit(&catalogue, &[]);
        let chosen = test_support::with_recommender(&catalogue, &nobody, |recommender| {
            recommender.first_choice(12)
        });
        let styles: HashSet<usize> = chosen.iter().map(|position| position % 8).collect();
        let artists: HashSet<&str> = chosen
            .iter()
            .flat_map(|at| catalogue.artists(*at))
            .collect();
        assert_eq!((chosen.len(), styles.len(), artists.len()), (12, 8, 12));
        let empty = test_support::catalogue(Vec::new());
        assert!(
            test_support::with_recommender(&empty, &Taste::fit(&empty, &[]), |recommender| {
                recommender.first_choice(12)
            })
            .is_empty()
        );
    }
}
