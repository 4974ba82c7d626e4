//! Why a recording was picked: the terms of its score.

use segue_core::{Because, ReasonKind, Term};

/// One additive term of a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// What the term rests on.
    pub kind: ReasonKind,
    /// What the term says.
    pub because: Because,
    /// What the term adds to the score; negative where it speaks against the pick.
    pub weight: f64,
    /// What to turn to have less because of this.
    pub term: Option<Term>,
}
