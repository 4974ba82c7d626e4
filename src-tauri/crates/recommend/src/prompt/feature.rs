//! What a part of a wish looks for in a recording: single features, each to a degree, and mixtures of them.

use segue_core::{Key, Mode, fold, is_word};

use crate::catalogue::Catalogue;

/// A feature that a part of a prompt looks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Feature {
    Tag(u32),
    Genre(u32),
    Artist(u32),
    /// Years, both included.
    Years(i32, i32),
    Slow,
    Fast,
    Quiet,
    Loud,
    /// Beats per minute, from one to another.
    Bpm(f64, f64),
    Key(Key),
    Mode(Mode),
    /// A word in the title, the album's title or a genre, folded.
    Title(&'static str),
}

/// How far outside of a stretch of tempos is none of it: pulses are found to a few hundredths.
const BPM_EDGE: f64 = 0.08;

/// The same notes with another tonic.
const RELATIVE_KEY: f64 = 0.6;

impl Feature {
    /// How well a recording has it, in `0..=1`.
    pub(super) fn matching(self, catalogue: &Catalogue, position: usize) -> f64 {
        let yes = |is: bool| f64::from(u8::from(is));
        match self {
            Self::Tag(number) => catalogue.tag_clear(position, number),
            Self::Genre(number) => yes(catalogue.genre_numbers(position).contains(&number)),
            Self::Artist(number) => yes(catalogue.artist_numbers(position).contains(&number)),
            Self::Years(from, to) => {
                let year = catalogue.year(position);
                yes(year.is_some_and(|year| (from..=to).contains(&year)))
            }
            Self::Slow => ramp(catalogue.bpm(position), 110.0, 80.0),
            Self::Fast => ramp(catalogue.bpm(position), 110.0, 140.0),
            Self::Quiet => ramp(catalogue.loudness_lufs(position), -11.0, -19.0),
            Self::Loud => ramp(catalogue.loudness_lufs(position), -15.0, -8.0),
            Self::Bpm(from, to) => catalogue.bpm(position).map_or(0.0, |bpm| {
                let outside = (from / bpm).ln().max((bpm / to).ln()).max(0.0);
                (1.0 - outside / BPM_EDGE).max(0.0)
            }),
            Self::Key(key) => match catalogue.key(position) {
                Some(other) if other == key => 1.0,
                Some(other) if other.fifths() == key.fifths() => RELATIVE_KEY,
                _ => 0.0,
            },
            Self::Mode(mode) => yes(catalogue
                .key(position)
                .is_some_and(|key| key.mode() == mode)),
            Self::Title(word) => yes(catalogue.bears(position, |name| has_word(name, word))),
        }
    }
}

/// 0 at one value, 1 at another and beyond; what is unknown, such as the tempo of a recording without a pulse, is neither.
fn ramp(value: Option<f64>, none: f64, whole: f64) -> f64 {
    let share = |value: f64| ((value - none) / (whole - none)).clamp(0.0, 1.0);
    value.map_or(0.0, share)
}

/// Whether a name has words, whole.
fn has_word(name: &str, words: &str) -> bool {
    let name = fold(name);
    let ends = |rest: &str, at: fn(&str) -> Option<char>| at(rest).is_none_or(|c| !is_word(c));
    name.match_indices(words).any(|(at, _)| {
        ends(&name[..at], |before| before.chars().next_back())
            && ends(&name[at + words.len()..], |after| after.chars().next())
    })
}

/// Several features by their weights, which may be negative.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Mixture {
    features: Vec<(Feature, f64)>,
    /// The value that counts as a whole match.
    whole: f64,
}

/// The share of a library whose best matches of a mixture are whole ones, and how many recordings at least.
const WHOLE_SHARE: usize = 40;
const WHOLE_COUNT: usize = 4;

/// The share of all wanted features below which nothing is a whole match, however little there is.
const WHOLE_MIN: f64 = 0.3;

impl Mixture {
    /// A mixture whose clearest matches in this library are whole: no song has all features of a rainy day.
    pub(super) fn new(catalogue: &Catalogue, features: Vec<(Feature, f64)>) -> Self {
        let mut mixture = Self {
            features,
            whole: 1.0,
        };
        let wanted = mixture.features.iter().map(|(_, weight)| weight.max(0.0));
        let least = WHOLE_MIN * wanted.sum::<f64>();
        let mut values: Vec<f64> = (0..catalogue.len())
            .map(|position| mixture.value(catalogue, position))
            .collect();
        let rank = (values.len() / WHOLE_SHARE).max(WHOLE_COUNT);
        if rank < values.len() {
            let (_, at, _) = values.select_nth_unstable_by(rank, |a, b| b.total_cmp(a));
            mixture.whole = at.max(least);
        } else {
            mixture.whole = values.into_iter().fold(least, f64::max);
        }
        mixture
    }

    /// The sum of the features by their weights.
    pub(super) fn value(&self, catalogue: &Catalogue, position: usize) -> f64 {
        let parts = self.features.iter();
        parts
            .map(|(feature, weight)| weight * feature.matching(catalogue, position))
            .sum()
    }

    fn matching(&self, catalogue: &Catalogue, position: usize) -> f64 {
        (self.value(catalogue, position) / self.whole.max(1e-6)).clamp(0.0, 1.0)
    }
}

/// What can be compared: more of it, or less.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Axis {
    Tempo,
    Loudness,
    Year,
    Mixture(Mixture),
}

impl Axis {
    fn value(&self, catalogue: &Catalogue, position: usize) -> Option<f64> {
        match self {
            // Steps of tempo are heard as ratios.
            Self::Tempo => catalogue.bpm(position).map(f64::ln),
            Self::Loudness => catalogue.loudness_lufs(position),
            Self::Year => catalogue.year(position).map(f64::from),
            Self::Mixture(mixture) => Some(mixture.value(catalogue, position)),
        }
    }

    /// A difference that is plainly heard.
    fn step(&self, catalogue: &Catalogue) -> f64 {
        match self {
            Self::Tempo => 0.12,
            Self::Loudness => 3.0,
            Self::Year => 4.0,
            Self::Mixture(mixture) => {
                let count = catalogue.len().max(1) as f64;
                let values = || (0..catalogue.len()).map(|at| mixture.value(catalogue, at));
                let mean = values().sum::<f64>() / count;
                let variance = values().map(|v| (v - mean).powi(2)).sum::<f64>() / count;
                (0.6 * variance.sqrt()).max(0.05)
            }
        }
    }
}

/// More (or, with a negative step, less) along an axis than some recordings have.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparison {
    axis: Axis,
    from: f64,
    step: f64,
}

impl Comparison {
    /// `None` where nothing is known of those recordings on the axis.
    pub(super) fn new(catalogue: &Catalogue, axis: Axis, up: bool, than: &[usize]) -> Option<Self> {
        let known: Vec<f64> = than
            .iter()
            .filter_map(|position| axis.value(catalogue, *position))
            .collect();
        if known.is_empty() {
            return None;
        }
        let step = axis.step(catalogue);
        Some(Self {
            from: known.iter().sum::<f64>() / known.len() as f64,
            step: if up { step } else { -step },
            axis,
        })
    }

    /// A step away is a whole match and so is all beyond: among what is calmer, likeness decides, not calmness.
    fn matching(&self, catalogue: &Catalogue, position: usize) -> f64 {
        let value = self.axis.value(catalogue, position);
        value.map_or(0.0, |value| {
            ((value - self.from) / self.step).clamp(0.0, 1.0)
        })
    }
}

/// What a part of a wish looks for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Means {
    /// The clearest of some features, each of which is what was asked for.
    Any(Vec<Feature>),
    Mixture(Mixture),
    Comparison(Comparison),
}

impl Means {
    /// How well a recording is it, in `0..=1`.
    pub(super) fn matching(&self, catalogue: &Catalogue, position: usize) -> f64 {
        match self {
            Self::Any(features) => {
                let each = features.iter();
                each.map(|feature| feature.matching(catalogue, position))
                    .fold(0.0, f64::max)
            }
            Self::Mixture(mixture) => mixture.matching(catalogue, position),
            Self::Comparison(comparison) => comparison.matching(catalogue, position),
        }
    }

    /// Whether nothing here can be it.
    pub(super) fn is_nothing(&self) -> bool {
        match self {
            Self::Any(features) => features.is_empty(),
            Self::Mixture(mixture) => mixture.features.iter().all(|(_, weight)| *weight < 0.0),
            Self::Comparison(_) => false,
        }
    }
}
