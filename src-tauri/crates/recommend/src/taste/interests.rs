//! The listener's interests: a few recordings that stand for all that is liked, each with those it stands for.
//!
//! One mean of what somebody likes lies between their interests, where nothing need be; up to eight weighted medoids
//! lie in them. They are the anchors of stations without a seed, and one daily mix is made of each.

use super::Taste;
use crate::catalogue::Catalogue;
use crate::medoids::{Medoid, medoids};

/// Interests at most, and what one more must add (see [`medoids`]).
const INTERESTS_MAX: usize = 8;
const LEAST: f64 = 0.02;

/// Liked recordings for each interest, at least: one song is not an interest.
const LIKED_EACH: usize = 4;

/// An interest that stands for less of what is liked is none.
const SHARE_MIN: f64 = 0.04;

/// A kind of music that the listener likes.
#[derive(Clone, Debug, PartialEq)]
pub struct Interest {
    /// The recording that stands for it.
    pub(crate) medoid: Medoid,
}

impl Interest {
    /// The recording that stands for it: a position in the catalogue.
    pub fn position(&self) -> usize {
        self.medoid.position
    }

    /// Its share of what is liked, in `0..=1`.
    pub fn share(&self) -> f64 {
        self.medoid.share
    }

    /// The liked recordings that belong to it, the best liked first.
    pub fn members(&self) -> &[usize] {
        &self.medoid.members
    }
}

impl Taste {
    /// The interests, the greatest first. Empty before anything is liked that has a vector.
    pub fn interests(&self, catalogue: &Catalogue) -> Vec<Interest> {
        if !self.fits(catalogue) {
            return Vec::new();
        }
        let liked: Vec<(usize, f64)> = self
            .favourites
            .iter()
            .map(|favourite| (favourite.position, favourite.favour))
            .collect();
        let count = liked.len().div_ceil(LIKED_EACH).min(INTERESTS_MAX);
        let mut found = medoids(catalogue, &liked, count, LEAST);
        found.retain(|medoid| medoid.share >= SHARE_MIN);
        found.sort_by(|a, b| b.share.total_cmp(&a.share));
        found
            .into_iter()
            .map(|medoid| Interest { medoid })
            .collect()
    }

    /// How many plays of an interest's recordings fell into each hour on the listener's clock.
    pub fn hours_of(&self, interest: &Interest) -> [u32; 24] {
        let mut hours = [0; 24];
        for listened in &self.history.listened {
            if interest.members().contains(&(listened.position as usize)) {
                hours[usize::from(listened.hour)] += 1;
            }
        }
        hours
    }

    /// How many plays fell into each hour on the listener's clock.
    pub fn hours(&self) -> [u32; 24] {
        self.history.hours.all().map(|count| count as u32)
    }
}
