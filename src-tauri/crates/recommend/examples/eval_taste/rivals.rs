//! What the player's taste is held against: the ways of ranking a library that other players have.

use segue_core::{ListenOutcome, Play, Timestamp};
use segue_recommend::{Catalogue, Taste};

use crate::music::{Music, dot};
use crate::recommender::moment;
use crate::rng::Rng;

/// A way of ranking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Random,
    MostPlayed,
    SameNames,
    Mfcc,
    MeanVector,
    RawCosine,
    Ours,
    /// The same over vectors and tags that belong to other pieces.
    Shuffled,
    Oracle,
}

pub(crate) const BASELINES: [Way; 6] = [
    Way::Random,
    Way::MostPlayed,
    Way::SameNames,
    Way::Mfcc,
    Way::MeanVector,
    Way::RawCosine,
];

impl Way {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::MostPlayed => "most played",
            Self::SameNames => "artist or genre",
            Self::Mfcc => "MFCC",
            Self::MeanVector => "mean vector",
            Self::RawCosine => "raw cosine",
            Self::Ours => "Segue",
            Self::Shuffled => "shuffled vectors",
            Self::Oracle => "oracle",
        }
    }
}

/// Pieces looked at for the raw cosine: the last ones listened to.
const LAST: usize = 100;

/// The scores of all pieces by a way other than the player's own, given `log`.
///
/// Ties are broken at random, a little less than anything that was learned.
pub(crate) fn scores(music: &Music, way: Way, log: &[(usize, Play)], seed: u64) -> Vec<f64> {
    let mut chance = Rng::new(seed ^ 0x10_77e5);
    let lot: Vec<f64> = (0..music.len()).map(|_| 1e-6 * chance.uniform()).collect();
    let listened: Vec<usize> = log
        .iter()
        .filter(|(_, play)| play.outcome() == ListenOutcome::Listened)
        .map(|(piece, _)| *piece)
        .collect();
    let mean_cosine = |rows: &[Vec<f32>]| -> Vec<f64> {
        let mut mean = vec![0.0; rows[0].len()];
        for piece in &listened {
            mean.iter_mut()
                .zip(&rows[*piece])
                .for_each(|(m, x)| *m += x);
        }
        let length = dot(&mean, &mean).sqrt().max(1e-9);
        rows.iter()
            .map(|row| f64::from(dot(&mean, row) / length))
            .collect()
    };
    let names = music.len() * 4;
    let found: Vec<f64> = match way {
        Way::MostPlayed => {
            let mut count = vec![0.0; music.len()];
            listened.iter().for_each(|piece| count[*piece] += 1.0);
            count
        }
        Way::SameNames => {
            let mut count = vec![0.0; names];
            let of = |piece: usize| {
                let written = [
                    Some(music.sources[piece]),
                    music.genres[piece],
                    music.artists[piece],
                ];
                written.into_iter().flatten()
            };
            for piece in &listened {
                of(*piece).for_each(|name| count[name] += 1.0);
            }
            (0..music.len())
                .map(|piece| of(piece).map(|name| count[name]).sum())
                .collect()
        }
        Way::Mfcc => mean_cosine(&music.mfcc),
        Way::MeanVector => mean_cosine(&music.vectors),
        Way::RawCosine => {
            let last = &listened[listened.len().saturating_sub(LAST)..];
            let near = |piece: usize| {
                let mut best = [-1.0_f32; 3];
                for other in last {
                    let cosine = dot(&music.vectors[piece], &music.vectors[*other]);
                    if cosine > best[2] {
                        best[2] = cosine;
                        best.sort_by(|a, b| b.total_cmp(a));
                    }
                }
                best.iter().map(|x| f64::from(*x)).sum()
            };
            (0..music.len()).map(near).collect()
        }
        Way::Random | Way::Ours | Way::Shuffled | Way::Oracle => vec![0.0; music.len()],
    };
    found
        .into_iter()
        .zip(lot)
        .map(|(score, lot)| score + lot)
        .collect()
}

/// The player's own scores of all pieces.
pub(crate) fn own_scores(
    catalogue: &Catalogue,
    taste: &Taste,
    now: Timestamp,
    seed: u64,
) -> Vec<f64> {
    let mut chance = Rng::new(seed ^ 0x10_77e5);
    (0..catalogue.len())
        .map(|piece| taste.score(catalogue, piece, moment(now)) + 1e-6 * chance.uniform())
        .collect()
}
