//! Recommendations: from the library's sound and metadata and the listener's plays to what comes next, and why.
//!
//! - [`Catalogue`]: the recordings, their names interned and their vectors in one matrix.
//! - [`Taste`]: a Bayesian logistic regression folded from the play log. Same log, same bits.
//! - [`Adjustments`] and [`Exclusions`]: what the listener decided by hand: less of this, never that.
//! - [`Recommender`]: all of these at one moment. It makes stations ([`Recommender::station`]), mixes, paths from
//!   one sound to another, and what a guest DJ inserts into a queue; every [`Pick`] carries its score's own terms as
//!   [`Reason`]s.
//! - [`parse_prompt`]: what to play, asked for in words. [`similar`]: neighbours by sound alone.
//!
//! The room is pure: it opens no file, reads no clock, draws no random numbers of its own and starts no thread. The time and
//! the seed of the random numbers are arguments; whatever order a hash map has never reaches a result.

mod adjustments;
mod catalogue;
mod counter_rng;
mod dj;
mod first_choice;
mod index;
mod linear;
mod local_time;
mod medoids;
mod metadata_similarity;
mod mixes;
mod path;
mod prompt;
mod reason;
mod recommender;
mod replay;
mod sequencing;
mod sound_clusters;
mod station;
mod taste;
#[cfg(test)]
mod test_support;
mod tuning;

use segue_core::AudioHash;

pub use adjustments::{Adjustments, canonical_term};
pub use catalogue::{Catalogue, CatalogueBuilder, Item};
pub use dj::DjMode;
pub use index::Index;
pub use local_time::LocalTime;
pub use mixes::{Mix, Portrait};
pub use prompt::{Names, PromptPart, TextPrompt, parse_prompt};
pub use reason::Reason;
pub use recommender::{Exclusions, IntroOutroEmbeddings, Recommender};
pub use replay::{Ranked, Replay, replay};
pub use station::{Pick, Seed, StationQuery};
pub use taste::{AblationResult, Ablations, Effect, Interest, Taste, TasteSummary, Validation};
pub use tuning::{Learning, Ranking, Scoring, Weights};

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
