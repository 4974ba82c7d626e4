//! The places a station stays near to, and what near means by sound.

use crate::catalogue::Catalogue;
use crate::index::{Usual, dot};
use crate::kinship::Kin;

/// Places that several seeds are boiled down to.
const ANCHORS_MAX: usize = 8;

/// Seeds looked at when they are boiled down.
const SEEDS_WEIGHED_MAX: usize = 200;

/// How fast nearness falls with the cosine: 1 at 1, 0.37 at 0.5, 0.14 at 0.
const SOUND_FALL: f64 = 2.0;

/// Pairs of one genre that tell how nearness by sound and by names compare, and the fewest that do.
const PAIRS_MAX: usize = 1000;
const PAIRS_MIN: usize = 10;

/// What nearness by names counts against nearness by sound when no pairs tell.
const KIN_SCALE: f64 = 0.7;

/// A place the station stays near to.
pub(super) struct Anchor {
    pub(super) position: usize,
    /// Share of the seeds it stands for.
    pub(super) share: f64,
    pub(super) kin: Kin,
    pub(super) sound: Option<Sound>,
}

pub(super) struct Sound {
    /// Cosines to all rows.
    pub(super) cosines: Vec<f32>,
    pub(super) usual: Usual,
}

/// Nearness in `0..=1` of a cosine, counted from `chance`, the cosine of two recordings drawn by lot: models
/// differ in how much all their vectors have in common. Always positive, so that far is ranked below near.
pub(super) fn near_by_sound(cosine: f32, chance: f32) -> f64 {
    let above_chance = (cosine.min(1.0) - chance) / (1.0 - chance).max(0.01);
    (SOUND_FALL * (f64::from(above_chance) - 1.0)).exp()
}

/// What nearness by names must be multiplied with to stand on the scale of nearness by sound: measured on
/// pairs of one genre, which have both. 1 if nothing or everything has a vector, for then nothing is mixed.
pub(super) fn kin_scale(catalogue: &Catalogue, chance_cosine: f32) -> f64 {
    if catalogue.heard() == 0 || catalogue.heard() == catalogue.len() {
        return 1.0;
    }
    let mut last: Vec<Option<usize>> = vec![None; catalogue.genre_names().len()];
    let (mut pairs, mut by_sound, mut by_names) = (0, 0.0, 0.0);
    for position in (0..catalogue.heard()).map(|row| catalogue.item_of_row(row)) {
        let Some(genre) = catalogue.genre_numbers(position).first() else {
            continue;
        };
        let Some(other) = last[*genre as usize].replace(position) else {
            continue;
        };
        if let (Some(a), Some(b)) = (catalogue.vector(position), catalogue.vector(other)) {
            by_sound += near_by_sound(dot(a, b), chance_cosine);
            by_names += Kin::new(catalogue, position).nearness(catalogue, other);
            pairs += 1;
        }
        if pairs == PAIRS_MAX {
            break;
        }
    }
    if pairs < PAIRS_MIN || by_names <= 0.0 {
        KIN_SCALE
    } else {
        (by_sound / by_names).clamp(0.3, 1.2)
    }
}

/// Boils seeds down to a few: greedy facility location among those with a vector (each new anchor is the seed
/// that most raises the seeds' similarity to their nearest anchor), evenly spaced ones among the others.
pub(super) fn anchors(catalogue: &Catalogue, seeds: &[usize]) -> Vec<Anchor> {
    let spread = |all: Vec<usize>, count: usize| -> Vec<usize> {
        let len = all.len();
        if len <= count {
            all
        } else {
            (0..count).map(|at| all[at * len / count]).collect()
        }
    };
    let (heard, unheard): (Vec<usize>, Vec<usize>) = seeds
        .iter()
        .partition(|position| catalogue.row(**position).is_some());
    let heard = spread(heard, SEEDS_WEIGHED_MAX);
    let vectors: Vec<&[f32]> = heard
        .iter()
        .filter_map(|position| catalogue.vector(*position))
        .collect();
    let unheard_share = unheard.len() as f64 / seeds.len().max(1) as f64;
    let unheard = spread(unheard, ANCHORS_MAX / if heard.is_empty() { 1 } else { 2 });
    let wanted = (ANCHORS_MAX - if heard.is_empty() { 0 } else { unheard.len() }).min(heard.len());
    let mut covered = vec![(-1.0_f32, 0_usize); heard.len()];
    let mut chosen: Vec<usize> = Vec::new();
    for place in 0..wanted {
        let gain = |candidate: &usize| -> f32 {
            let similarity = |other: usize| dot(vectors[*candidate], vectors[other]);
            covered
                .iter()
                .enumerate()
                .map(|(other, (best, _))| (similarity(other) - best).max(0.0))
                .sum()
        };
        let open = (0..heard.len()).filter(|candidate| !chosen.contains(candidate));
        let Some((_, best)) = open
            .map(|at| (gain(&at), at))
            .reduce(|a, b| if b.0 > a.0 { b } else { a })
        else {
            break;
        };
        chosen.push(best);
        for (other, covered) in covered.iter_mut().enumerate() {
            let similarity = dot(vectors[best], vectors[other]);
            if similarity > covered.0 {
                *covered = (similarity, place);
            }
        }
    }
    let index = catalogue.index();
    let mut anchors: Vec<Anchor> = Vec::new();
    let queries: Vec<&[f32]> = chosen.iter().map(|at| vectors[*at]).collect();
    let similarities = index.similarities(&queries);
    for (place, (at, cosines)) in chosen.into_iter().zip(similarities).enumerate() {
        let mine = covered
            .iter()
            .filter(|(_, nearest)| *nearest == place)
            .count() as f64;
        let Some(row) = catalogue.row(heard[at]) else {
            continue;
        };
        anchors.push(Anchor {
            position: heard[at],
            share: (1.0 - unheard_share) * mine / heard.len() as f64,
            kin: Kin::new(catalogue, heard[at]),
            sound: Some(Sound {
                cosines,
                usual: index.usual(row),
            }),
        });
    }
    let each = unheard_share / unheard.len().max(1) as f64;
    anchors.extend(unheard.into_iter().map(|position| Anchor {
        position,
        share: each,
        kin: Kin::new(catalogue, position),
        sound: None,
    }));
    anchors
}
