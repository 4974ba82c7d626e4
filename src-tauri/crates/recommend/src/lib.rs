//! Recommendations: from the library's sound and metadata and the listener's plays to what comes next, and why.
//!
//! - [`Catalogue`]: the recordings, their names interned and their vectors in one matrix.
//! - [`Taste`]: a Bayesian logistic regression folded from the play log. Same log, same bits.
//! - [`Adjustments`] and [`Exclusions`]: what the listener decided by hand: less of this, never that.
//! - [`Recommender`]: all of these at one moment. It makes stations ([`Recommender::station`]), mixes, paths from
//!   one sound to another, and what a guest DJ inserts into a queue; every [`Pick`] carries its score's own terms as
//!   [`Reason`]s.
//! - [`parse_prompt`]: what to play, asked for in words. [`similar`]: neighbours by sound, rhythm or harmony alone.
//!
//! The room is pure: it opens no file, reads no clock, draws no random numbers of its own and starts no thread. The time and
//! the seed of the random numbers are arguments; whatever order a hash map has never reaches a result.

mod adjustments;
mod catalogue;
mod counter_rng;
mod dj;
mod facets;
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

use segue_core::{AudioHash, Facet};

use facets::{Rhythm, key_nearness};

pub use adjustments::{Adjustments, canonical_term};
pub use catalogue::{Catalogue, CatalogueBuilder, Item, TagAbout};
pub use dj::DjMode;
pub use index::Index;
pub use local_time::LocalTime;
pub use mixes::{Mix, Portrait};
pub use prompt::{Like, Names, PromptPart, TextPrompt, parse_prompt};
pub use reason::Reason;
pub use recommender::{Exclusions, IntroOutroEmbeddings, Recommender};
pub use replay::{Ranked, Replay, replay};
pub use station::{Pick, Seed, StationQuery};
pub use taste::{AblationResult, Ablations, Effect, Interest, Taste, TasteSummary, Validation};
pub use tuning::{Learning, Ranking, Scoring, Weights};

/// The `count` recordings nearest to `seed` by one side of music, with their nearness (a cosine, by sound), best first: of
/// equally near ones those that sound more alike. No taste.
///
/// Empty if the seed is unknown, or if it has no vector, neither pulse nor groove, or no key, whichever is asked for.
pub fn similar(
    catalogue: &Catalogue,
    seed: AudioHash,
    by: Facet,
    count: usize,
) -> Vec<(usize, f32)> {
    let Some(seed) = catalogue.position(&seed) else {
        return Vec::new();
    };
    match by {
        Facet::Sound => {
            let near = catalogue
                .row(seed)
                .map(|row| catalogue.index().nearest(row, count));
            let near = near.unwrap_or_default().into_iter();
            near.map(|(row, cosine)| (catalogue.item_of_row(row), cosine))
                .collect()
        }
        Facet::Rhythm => {
            let rhythm = Rhythm::new(catalogue, seed);
            nearest_by(catalogue, seed, count, |other| {
                Some(rhythm.nearness(&Rhythm::new(catalogue, other)))
            })
        }
        Facet::Harmony => match catalogue.key(seed) {
            Some(key) => nearest_by(catalogue, seed, count, |other| {
                Some(key_nearness(key, catalogue.key(other)?))
            }),
            None => Vec::new(),
        },
    }
}

/// The nearest by a measure, which is 0 or nothing for what is not near at all.
fn nearest_by(
    catalogue: &Catalogue,
    seed: usize,
    count: usize,
    nearness: impl Fn(usize) -> Option<f64>,
) -> Vec<(usize, f32)> {
    let others = (0..catalogue.len()).filter(|other| *other != seed);
    let mut near: Vec<(f32, f32, usize)> = others
        .filter_map(|other| {
            let near = nearness(other).filter(|near| *near > 0.0)? as f32;
            Some((near, catalogue.cosine(seed, other).unwrap_or(0.0), other))
        })
        .collect();
    near.sort_by(|a, b| {
        let by_nearness = b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1));
        by_nearness.then(a.2.cmp(&b.2))
    });
    near.truncate(count);
    near.into_iter()
        .map(|(near, _, other)| (other, near))
        .collect()
}
