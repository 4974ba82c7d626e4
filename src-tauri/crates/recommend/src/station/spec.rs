//! What a station is asked for and gives: the query, the specification made of it, and picks.

use std::collections::HashMap;

use segue_core::{AudioHash, Because, Facet, ReasonKind};

use crate::prompt::Names;
use crate::reason::Reason;
use crate::tuning::Weights;

/// A recording picked for a station.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    /// Position in the catalogue.
    pub item: usize,
    /// Sum of the reasons' weights. It need not fall from pick to pick: spacing and sequencing may put a better one later.
    pub score: f64,
    /// The score's terms, the strongest first. Those that speak against the pick are negative.
    pub reasons: Vec<Reason>,
}

/// What a station starts from.
#[derive(Clone, Debug, PartialEq)]
pub enum Seed {
    /// These recordings, which do not come themselves.
    Songs(Vec<AudioHash>),
    /// These recordings, which may come themselves: an artist's, a playlist's.
    Around(Vec<AudioHash>),
    /// What matches the names that were asked for.
    Names(Names),
}

/// What a station is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct StationQuery {
    /// What it starts from. Without any, it starts from what the listener likes most.
    pub seeds: Vec<Seed>,
    /// What it shall keep away from.
    pub less: Vec<Seed>,
    /// Picks wanted.
    pub count: usize,
    /// The dial: 0 familiar, 0.5 neither, 1 new.
    pub discovery: f32,
    /// Not to be played again, the latest last; the last five also keep their artists away.
    pub recent: Vec<AudioHash>,
    /// By which side of music it shall be nearer to its seeds than by the others.
    pub more: Option<Facet>,
}

/// An additional term of one recording's score.
#[derive(Clone, Debug)]
pub(crate) struct Extra {
    pub(crate) kind: ReasonKind,
    pub(crate) weight: f64,
    pub(crate) because: Because,
}

/// What recordings to stay near to are to the listener.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Near {
    /// Chosen to start from.
    Seeds,
    /// What they like, for want of seeds.
    Favourites,
    /// Two songs of their queue.
    Queued,
}

/// What a list of picks is to be: near to what, away from what, by which weights.
pub(crate) struct StationSpec {
    /// Recordings to stay near to, with weights.
    pub(crate) near: Vec<(usize, f64)>,
    /// What these are to the listener.
    pub(crate) near_are: Near,
    /// Recordings to keep away from.
    pub(crate) away: Vec<usize>,
    pub(crate) wanted: Names,
    pub(crate) unwanted: Names,
    /// Songs that must not come.
    pub(crate) excluded: Vec<usize>,
    /// Only these; `None` for all.
    pub(crate) among: Option<Vec<usize>>,
    pub(crate) extras: HashMap<usize, Extra>,
    pub(crate) weights: Weights,
    pub(crate) count: usize,
    /// Positive for familiar, negative for new, in `-1..=1`.
    pub(crate) dial: f64,
    /// What played before, the latest last.
    pub(crate) before: Vec<usize>,
    /// By which side of music to be nearer.
    pub(crate) more: Option<Facet>,
}

impl StationSpec {
    /// A number of picks, by these weights, near to nothing in particular.
    pub(crate) fn new(weights: Weights, count: usize) -> Self {
        Self {
            near: Vec::new(),
            near_are: Near::Seeds,
            away: Vec::new(),
            wanted: Names::default(),
            unwanted: Names::default(),
            excluded: Vec::new(),
            among: None,
            extras: HashMap::new(),
            weights,
            count,
            dial: 0.0,
            before: Vec::new(),
            more: None,
        }
    }
}
