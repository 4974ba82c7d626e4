//! What was asked for, part by part, and how well a recording matches it all.
//!
//! Of several wishes the mean counts. Within one all parts are wanted, so that *calm piano* is neither any calm song nor any
//! piano: their geometric mean counts. Parts that stand for each other (*80s and 90s*, *jazz or blues*) count as the better.

use segue_core::{Because, WishTerm, YearRange};

use super::feature::{Feature, Means};
use crate::catalogue::Catalogue;

/// A match above this is a clear one.
const CLEAR: f64 = 0.5;

/// What a part counts at least within a geometric mean: one that is missing must not hide the others altogether.
const MISSING: f64 = 0.04;

/// A part of a prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct PromptPart {
    /// What it is called.
    pub term: WishTerm,
    pub(super) means: Means,
    /// Parts of one number stand for each other.
    pub(super) either: usize,
}

impl PromptPart {
    fn matching(&self, catalogue: &Catalogue, position: usize) -> f64 {
        self.means.matching(catalogue, position)
    }
}

/// Names that recordings shall match, or shall not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// Wishes, each of some parts.
    wishes: Vec<Vec<PromptPart>>,
    /// Whether songs that match are no examples of how it shall sound, since others were named.
    pub(super) has_examples: bool,
}

impl Catalogue {
    /// The recordings that match names clearly, in the catalogue's order.
    pub fn matching(&self, names: &Names) -> Vec<usize> {
        (0..self.len())
            .filter(|position| names.matching(self, *position) > CLEAR)
            .collect()
    }
}

impl Names {
    /// A tag, where some recording has it; what holds wherever a narrower one does is met by that one as well.
    pub fn tag(catalogue: &Catalogue, name: &str) -> Option<Self> {
        let number = catalogue.tag_names().find(name)?;
        let name = catalogue.tag_names().show(number).to_owned();
        let any = with_narrower(catalogue, number);
        Some(Self::one(WishTerm::Tag { name }, any))
    }

    /// A genre of the library.
    pub fn genre(catalogue: &Catalogue, name: &str) -> Option<Self> {
        let number = catalogue.genre_names().find(name)?;
        let name = catalogue.genre_names().show(number).to_owned();
        let any = vec![Feature::Genre(number)];
        Some(Self::one(WishTerm::Genre { name }, any))
    }

    /// Years from one to another, both included.
    pub(super) fn years(from: i32, to: i32, years: YearRange) -> PromptPart {
        PromptPart {
            term: WishTerm::Era { years },
            means: Means::Any(vec![Feature::Years(from, to)]),
            either: 0,
        }
    }

    fn one(term: WishTerm, any: Vec<Feature>) -> Self {
        let part = PromptPart {
            term,
            means: Means::Any(any),
            either: 0,
        };
        Self {
            wishes: vec![vec![part]],
            has_examples: false,
        }
    }

    /// The parts.
    pub fn parts(&self) -> impl DoubleEndedIterator<Item = &PromptPart> {
        self.wishes.iter().flatten()
    }

    /// Whether there is nothing to match.
    pub fn is_empty(&self) -> bool {
        self.wishes.is_empty()
    }

    /// Adds a part to the wish that is being read, if it is not there yet: whether it was not.
    pub(super) fn add(&mut self, part: PromptPart) -> bool {
        let same = |other: &PromptPart| other.term == part.term && other.means == part.means;
        if self.parts().any(same) {
            return false;
        }
        match self.wishes.last_mut() {
            Some(wish) => wish.push(part),
            None => self.wishes.push(vec![part]),
        }
        true
    }

    /// The part that was added last.
    pub(super) fn last_mut(&mut self) -> Option<&mut PromptPart> {
        self.wishes.last_mut()?.last_mut()
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        self.wishes.extend_from_slice(&other.wishes);
    }

    /// Whether the songs that match best tell how it shall sound.
    pub(crate) fn are_examples(&self) -> bool {
        !self.has_examples
    }

    /// How well a recording matches all names together, in `0..=1`.
    pub(crate) fn matching(&self, catalogue: &Catalogue, position: usize) -> f64 {
        let each = self.wishes.iter();
        let sum: f64 = each.map(|wish| together(wish, catalogue, position)).sum();
        sum / self.wishes.len().max(1) as f64
    }

    /// How well a recording matches the name that it matches best, in `0..=1`.
    pub(crate) fn clearest(&self, catalogue: &Catalogue, position: usize) -> f64 {
        let all = self.parts().map(|part| part.matching(catalogue, position));
        all.fold(0.0, f64::max)
    }

    /// How well a recording matches them, in `0..=1`, and which: all together where they are `wanted`, else the one that it
    /// matches best. `None` where it matches none.
    pub(crate) fn explain(
        &self,
        catalogue: &Catalogue,
        position: usize,
        wanted: bool,
    ) -> Option<(f64, Because)> {
        let mut matched: Vec<(f64, &WishTerm)> = self
            .parts()
            .map(|part| (part.matching(catalogue, position), &part.term))
            .filter(|(matching, _)| *matching > 0.0)
            .collect();
        matched.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (most, clearest) = *matched.first()?;
        if !wanted {
            let term = clearest.clone();
            return Some((most, Because::AskedToLeaveOut { term }));
        }
        let terms = matched.into_iter().map(|(_, term)| term.clone()).collect();
        Some((self.matching(catalogue, position), Because::Asked { terms }))
    }
}

/// How well a recording matches all parts of one wish: 1 if it has all, 0 if it has none, and little where one is missing.
fn together(parts: &[PromptPart], catalogue: &Catalogue, position: usize) -> f64 {
    let mut groups: Vec<(usize, f64)> = Vec::with_capacity(parts.len());
    for part in parts {
        let matching = part.matching(catalogue, position);
        match groups.iter_mut().find(|(either, _)| *either == part.either) {
            Some((_, best)) => *best = best.max(matching),
            None => groups.push((part.either, matching)),
        }
    }
    let most = groups.iter().map(|(_, matching)| *matching);
    let most = most.fold(0.0, f64::max);
    if groups.len() < 2 || most <= 0.0 {
        return most;
    }
    let count = groups.len() as f64;
    let logs = groups
        .iter()
        .map(|(_, matching)| (MISSING + (1.0 - MISSING) * matching).ln());
    let mean = (logs.sum::<f64>() / count).exp();
    ((mean - MISSING) / (1.0 - MISSING)).clamp(0.0, 1.0)
}

/// A tag, and those that are kinds of it.
pub(super) fn with_narrower(catalogue: &Catalogue, tag: u32) -> Vec<Feature> {
    let mut all = vec![Feature::Tag(tag)];
    all.extend(catalogue.narrower_tags(tag).map(Feature::Tag));
    all
}
