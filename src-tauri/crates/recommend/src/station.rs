//! Stations: what comes next around seeds, names or favourites, scored in the open.
//!
//! A pick's score is a sum of terms, and its reasons are those terms:
//!
//! - *nearness* to the seeds, by sound where both have a vector, else by names ([`crate::metadata_similarity`]); at most 1;
//! - what was *asked for* in words, and what there shall be *less* of;
//! - *taste*: the parts of the listener's log odds, weighted by the evidence, bounded so that taste shades a station with
//!   seeds and never replaces it;
//! - the *mood* of the session, which every play changes, and the *hour*;
//! - the *dial* between familiar and new, what was *just heard*, opinions, what was *adjusted* by hand, a little *exploration*;
//! - *variety*: against what lies nearer to an earlier pick than to the seeds. Marginal relevance (Carbonell, Goldstein
//!   1998), counting only the excess, for in a tight style everything is near to everything.
//!
//! A station may ask for *more of one side*: of the sound, of the rhythm or of the harmony of its seeds ([`crate::facets`]).
//!
//! The seeds stay the anchor: the station does not drift. Picks are taken greedily, the best first, under these rules:
//! nothing twice, no song in two versions, five songs between two of one artist. Then they are ordered for smooth
//! transitions ([`crate::sequencing`]).

mod anchor;
mod choice;
mod explain;
mod more;
mod spacing;
mod spec;
mod terms;

use crate::Recommender;
use crate::prompt::Names;
use crate::taste::Interest;
pub(crate) use anchor::near_by_sound;
use choice::StationScorer;
pub(crate) use spacing::ARTIST_GAP;
pub(crate) use spec::{Extra, Near, StationSpec};
pub use spec::{Pick, Seed, StationQuery};

/// Recordings that get the full score at first; more if the rules need them.
const CANDIDATES_MIN: usize = 400;

impl Recommender<'_> {
    /// The next songs of a station.
    ///
    /// Fewer than asked for only if the library has no more songs to give. Songs that are seeds, recent recordings, and
    /// other versions of them, are not among them. Empty if seeds were named and none of them means anything here.
    /// Without plays the order is that of nearness alone.
    pub fn station(&self, query: &StationQuery) -> Vec<Pick> {
        let Some(mut spec) = self.spec(query) else {
            return Vec::new();
        };
        let recent = self.positions(&query.recent);
        // A station that has not played yet comes after its seeds.
        spec.before = if recent.is_empty() {
            spec.excluded.clone()
        } else {
            recent.clone()
        };
        spec.excluded.extend(recent);
        self.picks_for(&spec)
    }

    fn spec(&self, query: &StationQuery) -> Option<StationSpec> {
        let mut spec = StationSpec::new(self.tuning.seedless, query.count);
        let discovery = if query.discovery.is_finite() {
            query.discovery.clamp(0.0, 1.0)
        } else {
            0.5
        };
        spec.dial = 1.0 - 2.0 * f64::from(discovery);
        spec.more = query.more;
        for seed in &query.seeds {
            match seed {
                Seed::Songs(audio) => {
                    let songs = self.positions(audio);
                    spec.near.extend(evenly(&songs));
                    spec.excluded.extend(songs);
                }
                Seed::Around(audio) => spec.near.extend(evenly(&self.positions(audio))),
                Seed::Names(names) => {
                    if names.are_examples() {
                        spec.near.extend(evenly(&self.likeliest(names)));
                    }
                    spec.wanted.extend(names);
                }
            }
        }
        for seed in &query.less {
            match seed {
                Seed::Songs(audio) | Seed::Around(audio) => spec.away.extend(self.positions(audio)),
                Seed::Names(names) => spec.unwanted.extend(names),
            }
        }
        // A query that only says what shall not come asks for anything else.
        let says_nothing = |seed: &Seed| matches!(seed, Seed::Names(names) if names.is_empty());
        if query.seeds.iter().all(says_nothing) {
            spec.near = self.favourites(&self.interests());
            spec.near_are = Near::Favourites;
        } else {
            spec.weights = self.tuning.seeded;
            if spec.near.is_empty() && spec.wanted.is_empty() {
                return None;
            }
        }
        Some(spec)
    }

    /// The recordings that match the names most clearly, as examples of how they sound.
    pub(crate) fn likeliest(&self, names: &Names) -> Vec<usize> {
        const COUNT: usize = 40;
        const CLEAR: f64 = 0.5;
        let mut found: Vec<(f64, usize)> = (0..self.catalogue.len())
            .filter(|position| !self.is_excluded(*position))
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

    /// The picks for a specification, in the order in which to play them.
    pub(crate) fn picks_for(&self, spec: &StationSpec) -> Vec<Pick> {
        if spec.count == 0 || self.catalogue.is_empty() {
            return Vec::new();
        }
        let station = StationScorer::new(self, spec);
        let mut near = station.first_stage();
        let mut size = CANDIDATES_MIN.max(
            spec.count
                .saturating_mul(8)
                .min(spec.count.saturating_add(2000)),
        );
        let picks = loop {
            let whole = size >= near.len();
            let pool = station.pool(&mut near, size);
            if let Some(picks) = station.choose(&pool, whole) {
                break picks;
            }
            size = size.saturating_mul(8);
        };
        self.sequenced(picks, spec)
    }

    /// Recordings in the order given, each with the terms of its score.
    pub(crate) fn explained(&self, spec: &StationSpec, songs: &[usize]) -> Vec<Pick> {
        let station = StationScorer::new(self, spec);
        songs.iter().map(|song| station.pick_of(*song)).collect()
    }

    /// Orders a few more picks than wanted for smooth transitions, and leaves out what does not fit.
    fn sequenced(&self, picks: Vec<Pick>, spec: &StationSpec) -> Vec<Pick> {
        let items: Vec<(usize, f64)> = picks.iter().map(|pick| (pick.item, pick.score)).collect();
        let mut picks: Vec<Option<Pick>> = picks.into_iter().map(Some).collect();
        self.sequence(&items, spec.count, spec.weights.score_cost, &spec.before)
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
