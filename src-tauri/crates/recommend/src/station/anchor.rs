//! The places a station stays near to, and what near means by sound.

use std::collections::{HashMap, HashSet};

use crate::catalogue::Catalogue;
use crate::index::{SimilarityStats, VectorQuery};
use crate::medoids::medoids;
use crate::metadata_similarity::MetadataProfile;
use crate::sound_clusters::centred;
use crate::taste::Metric;
use crate::tuning::Scoring;

/// Medoids that several seeds are reduced to at most.
const ANCHORS_MAX: usize = 8;

/// Seeds that the medoids are sought among, at most.
const SEEDS_WEIGHED_MAX: usize = 200;

/// How fast nearness falls with the cosine: 1 at 1, 0.37 at 0.5, 0.14 at 0.
const SOUND_FALL: f64 = 2.0;

/// Pairs of one genre by which nearness by sound and by names are compared, at most and at least.
const PAIRS_MAX: usize = 1000;
const PAIRS_MIN: usize = 10;

/// What nearness by names counts against nearness by sound where there are too few such pairs.
const METADATA_SCALE: f64 = 0.7;

/// The cosine that stands for that of a near neighbour among names.
const OWN_BY_NAMES: f32 = 0.6;

/// A place the station stays near to.
pub(super) struct Anchor {
    pub(super) position: usize,
    /// Share of the seeds it stands for.
    pub(super) share: f64,
    pub(super) metadata: MetadataProfile,
    pub(super) sound: Option<Sound>,
    /// The cosine by which it counts as near to itself: that of a near neighbour. Where anchors may come themselves, they
    /// are no more than what lies around them.
    pub(super) own: f32,
}

pub(super) struct Sound {
    /// Cosines to all rows.
    pub(super) cosines: Vec<f32>,
    pub(super) stats: SimilarityStats,
}

/// Recordings that a station avoids.
pub(super) struct Avoided {
    songs: HashSet<usize>,
    /// Those that stand for them all, with their cosines to all rows.
    places: Vec<(usize, Vec<f32>)>,
    chance_cosine: f32,
}

impl Avoided {
    pub(super) fn new(catalogue: &Catalogue, songs: &[usize], chance_cosine: f32) -> Self {
        let weighted: Vec<(usize, f64)> = spread(songs, SEEDS_WEIGHED_MAX)
            .map(|song| (*song, 1.0))
            .collect();
        let places = medoids(catalogue, &weighted, ANCHORS_MAX, 0.0);
        let queries: Vec<VectorQuery> = places
            .iter()
            .filter_map(|place| catalogue.vector(place.position))
            .map(|vector| VectorQuery::new(&vector))
            .collect();
        let cosines = catalogue.index().similarities(&queries);
        Self {
            songs: songs.iter().copied().collect(),
            places: places
                .iter()
                .map(|place| place.position)
                .zip(cosines)
                .collect(),
            chance_cosine,
        }
    }

    /// How near a recording comes to them, in `0..=1`, and to which; itself if it is one of them.
    pub(super) fn near(&self, catalogue: &Catalogue, item: usize) -> Option<(f64, usize)> {
        if self.songs.contains(&item) {
            return Some((1.0, item));
        }
        let row = catalogue.row(item)?;
        let cosines = self
            .places
            .iter()
            .map(|(place, cosines)| (cosines[row], *place));
        let (cosine, place) = cosines.reduce(|a, b| if b.0 > a.0 { b } else { a })?;
        Some((near_by_sound(cosine, self.chance_cosine), place))
    }
}

/// Nearness in `0..=1` of a cosine, counted from `chance`, the cosine of two recordings drawn at random: models
/// differ in how much all their vectors have in common. Always positive, so that far is ranked below near.
pub(crate) fn near_by_sound(cosine: f32, chance: f32) -> f64 {
    let above_chance = (cosine.min(1.0) - chance) / (1.0 - chance).max(0.01);
    (SOUND_FALL * (f64::from(above_chance) - 1.0)).exp()
}

/// What nearness by names must be multiplied with to stand on the scale of nearness by sound: measured on
/// pairs of one genre, which have both. 1 if nothing or everything has a vector, for then nothing is mixed.
pub(super) fn metadata_scale(catalogue: &Catalogue, chance_cosine: f32) -> f64 {
    if catalogue.vector_count() == 0 || catalogue.vector_count() == catalogue.len() {
        return 1.0;
    }
    let mut last: Vec<Option<usize>> = vec![None; catalogue.genre_names().len()];
    let (mut pairs, mut by_sound, mut by_names) = (0, 0.0, 0.0);
    for position in (0..catalogue.vector_count()).map(|row| catalogue.item_of_row(row)) {
        let Some(genre) = catalogue.genre_numbers(position).first() else {
            continue;
        };
        let Some(other) = last[*genre as usize].replace(position) else {
            continue;
        };
        if let Some(cosine) = catalogue.cosine(position, other) {
            by_sound += near_by_sound(cosine, chance_cosine);
            by_names += MetadataProfile::new(catalogue, position).nearness(catalogue, other);
            pairs += 1;
        }
        if pairs == PAIRS_MAX {
            break;
        }
    }
    if pairs < PAIRS_MIN || by_names <= 0.0 {
        METADATA_SCALE
    } else {
        (by_sound / by_names).clamp(0.3, 1.2)
    }
}

/// Up to `count` of them, from all along.
fn spread<T>(all: &[T], count: usize) -> impl Iterator<Item = &T> {
    let len = all.len();
    (0..len.min(count)).map(move |at| &all[at * len / len.min(count)])
}

/// Reduces weighted recordings to a few: medoids of those with a vector, evenly spaced ones among the others.
pub(super) fn anchors(
    catalogue: &Catalogue,
    scoring: &Scoring,
    metric: Option<&Metric>,
    weighted: &[(usize, f64)],
) -> Vec<Anchor> {
    let (with_vector, without): (Vec<_>, Vec<_>) = once(weighted)
        .into_iter()
        .partition(|(position, _)| catalogue.has_vector(*position));
    let whole: f64 = weighted.iter().map(|(_, weight)| weight).sum();
    let share = |some: &[(usize, f64)]| some.iter().map(|(_, weight)| weight).sum::<f64>() / whole;
    let (with_vector_share, without_share) = (share(&with_vector), share(&without));
    let room = ANCHORS_MAX / if with_vector.is_empty() { 1 } else { 2 };
    let without: Vec<(usize, f64)> = spread(&without, room).copied().collect();
    let room = ANCHORS_MAX
        - if with_vector.is_empty() {
            0
        } else {
            without.len()
        };
    let with_vector: Vec<(usize, f64)> = spread(&with_vector, SEEDS_WEIGHED_MAX).copied().collect();
    let chosen = medoids(catalogue, &with_vector, room, 0.0);
    let index = catalogue.index();
    // Without a learned metric the plain cosine counts.
    let transformed: Vec<Vec<f32>> = chosen
        .iter()
        .filter_map(|medoid| catalogue.row(medoid.position))
        .map(|row| match metric {
            Some(metric) => metric.transformed(&centred(index, row)),
            None => index.vector(row),
        })
        .collect();
    let queries: Vec<VectorQuery> = transformed
        .iter()
        .map(|vector| VectorQuery::new(vector))
        .collect();
    let similarities = index.similarities(&queries);
    let mut anchors: Vec<Anchor> = Vec::new();
    for ((medoid, mut cosines), vector_of_metric) in
        chosen.iter().zip(similarities).zip(transformed)
    {
        let Some(vector) = catalogue.vector(medoid.position) else {
            continue;
        };
        let stats = index.similarity_stats(&vector);
        if metric.is_some() {
            // Brought back to the scale of cosines, on which all nearness is measured: the cosine of the same standard score.
            let theirs = index.similarity_stats(&vector_of_metric);
            cosines
                .iter_mut()
                .for_each(|s| *s = stats.similarity_at(theirs.score(*s)).min(1.0));
        }
        anchors.push(Anchor {
            position: medoid.position,
            share: with_vector_share * medoid.share,
            metadata: MetadataProfile::new(catalogue, medoid.position),
            sound: Some(Sound { cosines, stats }),
            own: stats.similarity_at(scoring.neighbour as f32),
        });
    }
    let each = without_share / without.len().max(1) as f64;
    anchors.extend(without.into_iter().map(|(position, _)| Anchor {
        position,
        share: each,
        metadata: MetadataProfile::new(catalogue, position),
        sound: None,
        own: OWN_BY_NAMES,
    }));
    anchors
}

/// Each recording once, with all its weight.
fn once(weighted: &[(usize, f64)]) -> Vec<(usize, f64)> {
    let mut places: HashMap<usize, usize> = HashMap::new();
    let mut all: Vec<(usize, f64)> = Vec::new();
    for (position, weight) in weighted {
        match places.get(position) {
            Some(at) => all[*at].1 += weight,
            None => {
                places.insert(*position, all.len());
                all.push((*position, *weight));
            }
        }
    }
    all
}
