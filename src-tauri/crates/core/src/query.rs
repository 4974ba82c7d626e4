//! What songs are asked for: one language for the search field, the command line and smart playlists.
//!
//! ```text
//! any       = all { "or" all }
//! all       = { condition }
//! condition = [ "-" ] ( "(" any ")" | FIELD ":" value | word | '"' phrase '"' )
//! ```
//!
//! `artist:coltrane year:1957..1965 -genre:live plays:0 added:<30d (codec:flac or codec:alac)` asks for six things at once.
//! Text that uses none of this is words, whatever signs are in it, so that any title can be typed as it is. What is not
//! finished yet (an open quote or bracket, a field without a value at the end) is read as far as it goes: somebody is typing.

mod day;
mod expression;
mod fault;
mod field;
mod read;
mod sort;
mod value;
mod write;

pub use day::{Age, AgeUnit, Day};
pub use expression::{Bound, Condition, DateTest, NumberTest, Query, TextTest};
pub use fault::{QueryFault, QueryFaultKind};
pub use field::{DateField, Flag, NumberField, QueryField, TextField};
pub use sort::Sort;

#[cfg(test)]
mod tests;
