//! From what was heard and what was played to what comes next, and why.
//!
//! - [`Catalogue`]: the recordings, their names interned and their vectors in one matrix.
//! - [`Index`]: exact nearest neighbours by cosine, and the moments that correct hubs.
//! - [`Taste`]: a Bayesian logistic regression folded from the play log. Same log, same bits.
//! - [`radio`]: an endless station around seeds; every [`Pick`] carries its score's own terms as [`Reason`]s.
//! - [`similar`]: neighbours by sound alone.
//!
//! The room is pure: it opens no file, reads no clock, draws no chance and starts no thread. The time and
//! the seed of the random numbers are arguments; whatever order a hash map has never reaches a result.

mod catalogue;
mod chance;
mod index;
mod kinship;
mod linear;
mod radio;
mod reason;
mod taste;
#[cfg(test)]
mod world;

pub use catalogue::{Catalogue, Item};
pub use index::Index;
pub use radio::{Pick, RadioRequest, radio, similar};
pub use reason::{Reason, ReasonKind};
pub use taste::{Effect, Taste, TasteSummary, Validation};
