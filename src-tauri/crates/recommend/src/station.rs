//! Stations: what comes next around seeds, names or favourites, scored in the open.
//!
//! A pick's score is a sum of terms, and its reasons are those terms:
//!
//! - *nearness* to the seeds, by sound where both have a vector, else by names ([`crate::kinship`]); at most 1;
//! - what was *asked for* in words, and what there shall be *less* of;
//! - *taste*: the parts of the listener's log odds, in the voice that the evidence allows, bounded so that taste shades a
//!   station with seeds and never replaces it;
//! - the *mood* of the session, which turns with every play that is left or heard, and the *hour*;
//! - the *dial* between familiar and new, what was *just heard*, opinions, what was *turned* by hand, a little *exploration*;
//! - *variety*: against what lies nearer to an earlier pick than to the seeds. Marginal relevance (Carbonell, Goldstein
//!   1998), counting only the excess, for in a tight style everything is near to everything.
//!
//! The seeds stay the anchor: the station does not drift. Picks are taken greedily, the best first, under the rules of the
//! house: nothing twice, no song in two versions, five songs between two of one artist. Then neighbours change places
//! until one flows into the next ([`crate::flow`]).

mod anchor;
mod brief;
mod choice;
mod explain;
mod spacing;
mod terms;

use crate::Recommender;
use crate::taste::Interest;
use crate::wish::Names;
pub(crate) use anchor::near_by_sound;
pub(crate) use brief::{Brief, Extra, Near};
pub use brief::{Pick, Seed, Wish};
use choice::StationScorer;
pub(crate) use spacing::ARTIST_GAP;

/// Recordings weighed in full at first; more if the rules need them.
const CANDIDATES_MIN: usize = 400;

impl Recommender<'_> {
    /// The next songs of a station.
    ///
    /// Fewer than asked for only if the library has no more songs to give. Songs that are seeds, recent recordings, and
    /// other versions of them, are not among them. Empty if seeds were named and none of them means anything here.
    /// Without plays the order is that of nearness alone.
    pub fn station(&self, wish: &Wish) -> Vec<Pick> {
        let Some(mut brief) = self.brief(wish) else {
            return Vec::new();
        };
        let recent = self.positions(&wish.recent);
        // A station that has not played yet comes after its seeds.
        brief.before = if recent.is_empty() {
            brief.excluded.clone()
        } else {
            recent.clone()
        };
        brief.excluded.extend(recent);
        self.programme(&brief)
    }

    fn brief(&self, wish: &Wish) -> Option<Brief> {
        let mut brief = Brief::new(self.tuning.seedless, wish.count);
        let discovery = if wish.discovery.is_finite() {
            wish.discovery.clamp(0.0, 1.0)
        } else {
            0.5
        };
        brief.dial = 1.0 - 2.0 * f64::from(discovery);
        for seed in &wish.seeds {
            match seed {
                Seed::Songs(audio) => {
                    let songs = self.positions(audio);
                    brief.near.extend(evenly(&songs));
                    brief.excluded.extend(songs);
                }
                Seed::Around(audio) => brief.near.extend(evenly(&self.positions(audio))),
                Seed::Names(names) => {
                    brief.near.extend(evenly(&self.likeliest(names)));
                    brief.wanted.extend(names);
                }
            }
        }
        for seed in &wish.less {
            match seed {
                Seed::Songs(audio) | Seed::Around(audio) => {
                    brief.away.extend(self.positions(audio))
                }
                Seed::Names(names) => brief.unwanted.extend(names),
            }
        }
        // A wish that only says what shall not come is one for anything else.
        let says_nothing = |seed: &Seed| matches!(seed, Seed::Names(names) if names.is_empty());
        if wish.seeds.iter().all(says_nothing) {
            brief.near = self.favourites(&self.interests());
            brief.near_are = Near::Favourites;
        } else {
            brief.weights = self.tuning.seeded;
            if brief.near.is_empty() && brief.wanted.is_empty() {
                return None;
            }
        }
        Some(brief)
    }

    /// What bears the names most clearly: what they sound like.
    pub(crate) fn likeliest(&self, names: &Names) -> Vec<usize> {
        const COUNT: usize = 40;
        const CLEAR: f64 = 0.5;
        let mut found: Vec<(f64, usize)> = (0..self.catalogue.len())
            .filter(|position| !self.is_barred(*position))
            .map(|position| (names.matching(self.catalogue, position), position))
            .filter(|(matching, _)| *matching > CLEAR)
            .collect();
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        found.truncate(COUNT);
        found.into_iter().map(|(_, position)| position).collect()
    }

    /// What the listener likes most, with weights.
    pub(crate) fn favourites(&self, interests: &[Interest]) -> Vec<(usize, f64)> {
        let Some(taste) = self.taste() else {
            return Vec::new();
        };
        if interests.is_empty() {
            let favourites = taste.favourites().iter();
            return favourites.map(|f| (f.position, f.favour)).collect();
        }
        interests
            .iter()
            .flat_map(|interest| {
                evenly(interest.members()).map(|(at, w)| (at, w * interest.share()))
            })
            .collect()
    }

    /// The programme of a brief, in the order in which to play it.
    pub(crate) fn programme(&self, brief: &Brief) -> Vec<Pick> {
        if brief.count == 0 || self.catalogue.is_empty() {
            return Vec::new();
        }
        let station = StationScorer::new(self, brief);
        let mut near = station.nearest();
        let mut size = CANDIDATES_MIN.max(
            brief
                .count
                .saturating_mul(8)
                .min(brief.count.saturating_add(2000)),
        );
        let picks = loop {
            let whole = size >= near.len();
            let pool = station.pool(&mut near, size);
            if let Some(picks) = station.choose(&pool, whole) {
                break picks;
            }
            size = size.saturating_mul(8);
        };
        self.in_flow(picks, brief)
    }

    /// Recordings in the order in which they stand, each with the terms of its score under a brief.
    pub(crate) fn told(&self, brief: &Brief, songs: &[usize]) -> Vec<Pick> {
        let station = StationScorer::new(self, brief);
        songs.iter().map(|song| station.pick_of(*song)).collect()
    }

    /// Of a few more picks than wanted, those that flow into one another, in that order.
    fn in_flow(&self, picks: Vec<Pick>, brief: &Brief) -> Vec<Pick> {
        let items: Vec<(usize, f64)> = picks.iter().map(|pick| (pick.item, pick.score)).collect();
        let mut picks: Vec<Option<Pick>> = picks.into_iter().map(Some).collect();
        self.flow(&items, brief.count, brief.weights.worth, &brief.before)
            .into_iter()
            .filter_map(|at| picks[at].take())
            .collect()
    }
}

/// The whole weight of 1, evenly over some recordings.
pub(crate) fn evenly(positions: &[usize]) -> impl Iterator<Item = (usize, f64)> {
    let each = 1.0 / positions.len().max(1) as f64;
    positions.iter().map(move |position| (*position, each))
}

#[cfg(test)]
mod tests;
