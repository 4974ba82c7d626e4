//! What sounds alike to this listener: a metric learned from what was listened to right after what.
//!
//! Likeness is `s(x, y) = x . y + Ux . Uy` over centred unit vectors: the plain cosine and a few directions that count
//! more. `U` is learned by Bayesian personalised ranking (Rendle et al. 2009): what followed a recording in one session
//! shall be likelier than something listened to in another; McFee and Lanckriet (2010) learn metrics from rankings in
//! the same spirit. The prior holds it to the identity, and it is kept only if it surely orders the last pairs better
//! than the plain cosine does: where both order them alike, the cosine stays.

use super::memory::{Followed, Memory};
use super::parts::{Vote, held_out_from};
use crate::catalogue::Catalogue;
use crate::chance;
use crate::corners::centred;
use crate::index::dot;
use crate::tuning::Learning;

/// Directions that may count more.
const RANK: usize = 8;

/// Pairs below which nothing is learned, and the latest that are looked at.
const PAIRS_MIN: usize = 100;
const PAIRS_MAX: usize = 20_000;

/// Times that the lessons are gone through.
const PASSES: usize = 3;

/// The directions that count more.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Metric {
    /// `[RANK][dim]`.
    directions: Vec<Vec<f32>>,
}

/// Recordings listened to in turn, and one that was listened to at another time; rows of the index.
type Lesson = [usize; 3];

impl Metric {
    /// Learned from the log so far; `None` if that is too little, or foretells nothing.
    pub(super) fn learn(catalogue: &Catalogue, memory: &Memory) -> (Option<Self>, Vote) {
        let (lessons, tuning) = (lessons(catalogue, memory), &memory.tuning);
        if lessons.len() < PAIRS_MIN {
            return (None, Vote::default());
        }
        let cut = held_out_from(lessons.len());
        let tried = Self::taught(catalogue, tuning, &lessons[..cut]);
        let plain = Self {
            directions: Vec::new(),
        };
        let losses = |metric: &Self| -> Vec<f64> {
            let held_out = lessons[cut..].iter();
            held_out
                .map(|lesson| f64::from(metric.margin(catalogue, lesson)))
                .map(|margin| (-tuning.metric_slope * margin).exp().ln_1p())
                .collect()
        };
        let vote = Vote::earned(&losses(&tried), &losses(&plain));
        let kept = vote.kept.then(|| Self::taught(catalogue, tuning, &lessons));
        (kept, vote)
    }

    fn taught(catalogue: &Catalogue, tuning: &Learning, lessons: &[Lesson]) -> Self {
        let (slope, shrink) = (tuning.metric_slope as f32, tuning.metric_shrink as f32);
        let dim = catalogue.index().dim();
        let start =
            |place: usize| 0.1 * chance::normal(0x3e7, place as u64) as f32 / (dim as f32).sqrt();
        let mut directions: Vec<Vec<f32>> = (0..RANK)
            .map(|rank| (0..dim).map(|d| start(rank * dim + d)).collect())
            .collect();
        for pass in 0..PASSES {
            let step = tuning.metric_step as f32 / (1 + pass) as f32;
            for lesson in lessons {
                let [from, to, other] = lesson.map(|row| centred(catalogue.index(), row));
                let apart: Vec<f32> = to.iter().zip(&other).map(|(a, b)| a - b).collect();
                let mut margin = dot(&from, &apart);
                let seen: Vec<(f32, f32)> = directions
                    .iter()
                    .map(|u| (dot(u, &from), dot(u, &apart)))
                    .collect();
                margin += seen.iter().map(|(a, b)| a * b).sum::<f32>();
                let pull = slope / (1.0 + (slope * margin).exp());
                for (u, (a, b)) in directions.iter_mut().zip(seen) {
                    for ((u, from), apart) in u.iter_mut().zip(&from).zip(&apart) {
                        *u += step * (pull * (b * from + a * apart) - shrink * *u);
                    }
                }
            }
        }
        Self { directions }
    }

    /// How much more alike the pair is than the first and the other one.
    fn margin(&self, catalogue: &Catalogue, lesson: &Lesson) -> f32 {
        let [from, to, other] = lesson.map(|row| centred(catalogue.index(), row));
        let from = self.seen_from(&from);
        dot(&from, &to) - dot(&from, &other)
    }

    /// The vector with which others' dot products are likeness to `centred`, a centred one.
    pub(crate) fn seen_from(&self, centred: &[f32]) -> Vec<f32> {
        let mut seen = centred.to_vec();
        for u in &self.directions {
            let weight = dot(u, centred);
            seen.iter_mut().zip(u).for_each(|(s, x)| *s += weight * x);
        }
        seen
    }

    /// Mixes all numbers into `hash`.
    pub(super) fn mix_into(&self, hash: u64) -> u64 {
        let numbers = self.directions.iter().flatten();
        numbers.fold(hash, |hash, x| chance::bits(hash, u64::from(x.to_bits())))
    }
}

fn lessons(catalogue: &Catalogue, memory: &Memory) -> Vec<Lesson> {
    let heard = &memory.listened;
    let pairs = &memory.followed;
    let pairs = &pairs[pairs.len().saturating_sub(PAIRS_MAX)..];
    let lesson = |(number, Followed { from, to, session }): (usize, &Followed)| {
        // Drawn from what was heard before the session and after it.
        let begin = heard.partition_point(|heard| heard.session < *session);
        let end = heard.partition_point(|heard| heard.session <= *session);
        let others = (heard.len() - (end - begin)).max(1) as u64;
        let drawn = (chance::bits(0xb9, number as u64) % others) as usize;
        let other = heard.get(if drawn < begin {
            drawn
        } else {
            drawn + end - begin
        })?;
        let other = other.position;
        let row = |position: u32| catalogue.row(position as usize);
        let lesson = [row(*from)?, row(*to)?, row(other)?];
        let apart = lesson[2] != lesson[0] && lesson[2] != lesson[1];
        (lesson[0] != lesson[1] && apart).then_some(lesson)
    };
    pairs.iter().enumerate().filter_map(lesson).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Taste;
    use crate::world::{self, audio, play};

    /// Sessions of recordings listened to in turn; what each pair is told apart from lies outside its session.
    fn check(sessions: &[&[usize]], expected: usize) {
        let catalogue = world::catalogue(world::library(5, 8, 30, 32));
        let mut log = Vec::new();
        for (number, session) in sessions.iter().enumerate() {
            let at_s = |place: usize| number as i64 * 86_400 + place as i64 * 200;
            let heard = session.iter().enumerate();
            log.extend(heard.map(|(place, item)| play(at_s(place), audio(*item), 200.0)));
        }
        let taste = Taste::fit(&catalogue, &log);
        let found = lessons(&catalogue, &taste.memory);
        assert_eq!(found.len(), expected, "{found:?}");
        for lesson in found {
            let [from, _, other] = lesson;
            let row = |item: &usize| {
                let position = catalogue.position(&audio(*item)).unwrap();
                catalogue.row(position).unwrap()
            };
            let mut with = sessions
                .iter()
                .filter(|s| s.iter().any(|item| row(item) == from));
            let session = with.next().unwrap();
            assert!(!session.iter().any(|item| row(item) == other), "{lesson:?}");
        }
    }

    #[test]
    fn what_followed_is_told_apart_from_what_was_heard_in_another_session() {
        check(&[&[0, 1, 2, 3]], 0);
        check(&[&[0, 1, 2, 3, 4, 5, 6, 7], &[8, 9, 10]], 9);
        check(&[&[20], &[0, 1, 2, 3, 4, 5, 6, 7, 8], &[21]], 8);
    }
}
