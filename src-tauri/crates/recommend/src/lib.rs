//! From what was heard and what was played to what comes next, and why.
//!
//! - [`Catalogue`]: the recordings, their names interned and their vectors in one matrix.
//! - [`Taste`]: a Bayesian logistic regression folded from the play log. Same log, same bits.
//! - [`Turns`] and [`Bars`]: what the listener said of it: less of this, never that.
//! - [`Recommender`]: all of these at one moment. It makes stations ([`Recommender::station`]), mixes, ways from one
//!   sound to another, and what a guest DJ threads into a queue; every [`Pick`] carries its score's own terms as
//!   [`Reason`]s.
//! - [`understand`]: a wish in words. [`similar`]: neighbours by sound alone.
//!
//! The room is pure: it opens no file, reads no clock, draws no chance and starts no thread. The time and
//! the seed of the random numbers are arguments; whatever order a hash map has never reaches a result.

mod catalogue;
mod chance;
mod corners;
mod dj;
mod first_choice;
mod flow;
mod index;
mod kinship;
mod linear;
mod medoids;
mod mixes;
mod moment;
mod path;
mod reason;
mod recommender;
mod replay;
mod station;
mod taste;
mod tuning;
mod turns;
mod wish;
#[cfg(test)]
mod world;

use segue_core::AudioHash;

pub use catalogue::{Catalogue, CatalogueBuilder, Item};
pub use dj::DjMode;
pub use index::Index;
pub use mixes::{Mix, Portrait};
pub use moment::Moment;
pub use reason::Reason;
pub use recommender::{Bars, Ends, Recommender};
pub use replay::{Ranked, Replay, replay};
pub use station::{Pick, Seed, Wish};
pub use taste::{Effect, Interest, Taste, TasteSummary, Validation, Vote, Votes};
pub use tuning::{Learning, Ranking, Scoring, Weights};
pub use turns::{Turns, meant};
pub use wish::{NamedPart, Names, Understood, understand};

/// The `count` recordings that sound most like `seed`, with their cosines, best first. No taste, no tags.
///
/// Empty if the seed is unknown or has no vector.
pub fn similar(catalogue: &Catalogue, seed: AudioHash, count: usize) -> Vec<(usize, f32)> {
    let row = catalogue.position(&seed).and_then(|at| catalogue.row(at));
    let Some(row) = row else {
        return Vec::new();
    };
    let near = catalogue.index().nearest(row, count).into_iter();
    near.map(|(row, cosine)| (catalogue.item_of_row(row), cosine))
        .collect()
}
