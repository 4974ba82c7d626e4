//! What each constant of the recommender matters: all figures again with one constant at half its value, then at one and a
//! half times, the same listeners, logs and lots each time.
//!
//! Differences are paired by listener. One is marked `*` where it is more than four of its standard errors away from
//! nothing: some thousand differences are looked at, so that two would mark fifty that are chance. A constant without a
//! mark does not matter *to these listeners at this size of log*; nobody here says an opinion, and no log is years long.

use segue_core::{ListenOutcome, Play};
use segue_recommend::{Learning, Ranking, Scoring, Seed, StationQuery, Taste, Weights};

use crate::listener::{Hazards, Life, Listener, World};
use crate::measures::{gains, mean, ndcg_10, order};
use crate::music::{Music, audio, dot};
use crate::ranking::{listener_seed, numbered};
use crate::recommender::{ask_by, moment};
use crate::rivals::own_scores;

/// Plays that are foretold after the log, each before it is learned.
const NEXT: usize = 40;

/// Songs of a station that are looked at.
const SONGS: usize = 10;

const FIGURES: [&str; 6] = [
    "nDCG@10",
    "of new",
    "log loss",
    "taste st.",
    "seeded st.",
    "near seed",
];

/// All figures of one listener, as in [`FIGURES`]: how well the library is ranked, and what was never heard; nats per
/// foretold play; the true probability that a song of a station without and with a seed is listened to right now; and how
/// near the latter's songs are to the seed for the judge.
type Figures = [f64; FIGURES.len()];

/// A listener's log, and all that is asked of whoever learned it.
struct Case<'a> {
    music: &'a Music,
    life: Life<'a>,
    plays: Vec<Play>,
    next: Vec<(usize, Play)>,
    heard: Vec<bool>,
    gains: Vec<f64>,
    seed_song: usize,
    seed: u64,
}

impl<'a> Case<'a> {
    fn new(music: &'a Music, listener: &'a Listener, seed: u64, size: usize) -> Self {
        let mut life = Life::new(music, listener, seed);
        let log = numbered(music, life.live(size));
        let mut heard = vec![false; music.len()];
        log.iter().for_each(|(piece, _)| heard[*piece] = true);
        let mut later = life.clone();
        let liked = log.iter().rev().find(|(_, play)| is_listened(play));
        Self {
            music,
            next: numbered(music, later.live(NEXT)),
            plays: log.iter().map(|(_, play)| play.clone()).collect(),
            heard,
            gains: gains(&listener.utilities(size)),
            seed_song: liked.map_or(0, |(piece, _)| *piece),
            life,
            seed,
        }
    }

    fn learned(&self, learning: &Learning) -> Taste {
        Taste::fit_by(learning, &self.music.catalogue, &self.plays)
    }

    /// Ranking and forecasts: what a taste is worth by itself.
    fn of_taste(&self, taste: &Taste) -> [f64; 3] {
        let catalogue = &self.music.catalogue;
        let mut rested = self.life.clone();
        rested.now_s += 2.0 * 86_400.0;
        let order = order(&own_scores(catalogue, taste, rested.now(), self.seed));
        let new: Vec<usize> = order
            .iter()
            .copied()
            .filter(|piece| !self.heard[*piece])
            .collect();
        let mut taste = taste.clone();
        let foretold = self.next.iter().map(|(piece, play)| {
            let p = taste.chance(catalogue, *piece, play.source, moment(play.at));
            taste.learn(catalogue, play);
            -(if is_listened(play) { p } else { 1.0 - p })
                .max(1e-12)
                .ln()
        });
        let losses: Vec<f64> = foretold.collect();
        [
            ndcg_10(&order, &self.gains),
            ndcg_10(&new, &self.gains),
            mean(&losses),
        ]
    }

    /// Stations, as they are right after the log.
    fn of_stations(&self, taste: &Taste, ranking: &Ranking) -> [f64; 3] {
        let picks = |seeds: Vec<Seed>| -> Vec<usize> {
            let query = StationQuery {
                seeds,
                less: Vec::new(),
                count: SONGS,
                discovery: 0.5,
                recent: Vec::new(),
                more: None,
            };
            let at = self.life.now();
            let picks = ask_by(ranking, self.music, taste, at, self.seed, |recommender| {
                recommender.station(&query)
            });
            picks.into_iter().map(|pick| pick.item).collect()
        };
        let listened = |songs: &[usize]| {
            mean(
                &songs
                    .iter()
                    .map(|song| self.life.listens(*song))
                    .collect::<Vec<_>>(),
            )
        };
        let seeded = picks(vec![Seed::Songs(vec![audio(self.seed_song)])]);
        let judged = &self.music.judged;
        let near = |song: &usize| f64::from(dot(&judged[self.seed_song], &judged[*song]));
        [
            listened(&picks(Vec::new())),
            listened(&seeded),
            mean(&seeded.iter().map(near).collect::<Vec<_>>()),
        ]
    }

    fn figures(&self, taste: &Taste, ranking: &Ranking) -> Figures {
        let [a, b, c] = self.of_taste(taste);
        let [d, e, f] = self.of_stations(taste, ranking);
        [a, b, c, d, e, f]
    }
}

fn is_listened(play: &Play) -> bool {
    play.outcome() == ListenOutcome::Listened
}

pub(crate) fn table(music: &Music, hazards: &[(u64, Hazards)], listeners: usize, sizes: &[usize]) {
    for size in sizes {
        let people: Vec<(u64, Listener)> = hazards
            .iter()
            .flat_map(|(seed, hazards)| {
                (0..listeners).map(|number| {
                    let seed = listener_seed(*seed, number);
                    let world = Some(&World::PLAIN);
                    let life = size + NEXT;
                    (seed, Listener::new(music, world, seed, *hazards, life))
                })
            })
            .collect();
        let cases: Vec<Case> = people
            .iter()
            .map(|(seed, listener)| Case::new(music, listener, *seed, *size))
            .collect();
        of_size(&cases, *size);
    }
}

fn of_size(cases: &[Case], size: usize) {
    let tastes: Vec<Taste> = cases
        .iter()
        .map(|case| case.learned(&Learning::DEFAULT))
        .collect();
    let usual: Vec<Figures> = cases
        .iter()
        .zip(&tastes)
        .map(|(case, taste)| case.figures(taste, &Ranking::DEFAULT))
        .collect();
    println!(
        "each constant at half and at one and a half times, {size} plays, {} listeners; differences, * beyond four standard errors",
        cases.len()
    );
    print!("  {:34}", "");
    FIGURES.iter().for_each(|name| print!("{name:>11}"));
    println!();
    print!("  {:34}", "as it is");
    let column = |rows: &[Figures], at: usize| rows.iter().map(|row| row[at]).collect::<Vec<_>>();
    (0..FIGURES.len()).for_each(|at| print!("{:11.3} ", mean(&column(&usual, at))));
    println!();
    let row = |name: &str, value: f64, figures: Vec<Figures>| {
        print!("  {:34}", format!("{name} {value:.3}"));
        for at in 0..FIGURES.len() {
            let differences: Vec<f64> = column(&figures, at)
                .iter()
                .zip(column(&usual, at))
                .map(|(now, usual)| now - usual)
                .collect();
            let middle = mean(&differences);
            let squares = differences.iter().map(|x| (x - middle).powi(2));
            let count = differences.len() as f64;
            let error = (squares.sum::<f64>() / (count * (count - 1.0).max(1.0))).sqrt();
            let mark = if middle.abs() > 4.0 * error { '*' } else { ' ' };
            print!("{middle:+11.4}{mark}");
        }
        println!();
    };
    for (name, field) in Learning::FIELDS {
        for times in [0.5, 1.5] {
            let mut learning = Learning::DEFAULT;
            *field(&mut learning) *= times;
            let value = *field(&mut learning);
            let figures = cases.iter().map(|case| {
                let taste = case.learned(&learning);
                case.figures(&taste, &Ranking::DEFAULT)
            });
            row(name, value, figures.collect());
        }
    }
    let ranked = |name: String, value: f64, ranking: Ranking| {
        let figures = cases.iter().zip(&tastes).zip(&usual);
        let figures = figures.map(|((case, taste), usual)| {
            let [a, b, c, ..] = *usual;
            let [d, e, f] = case.of_stations(taste, &ranking);
            [a, b, c, d, e, f]
        });
        row(&name, value, figures.collect());
    };
    for times in [0.5, 1.5] {
        for (name, field) in Weights::FIELDS {
            let mut ranking = Ranking::DEFAULT;
            *field(&mut ranking.seeded) *= times;
            let value = *field(&mut ranking.seeded);
            ranked(format!("seeded.{name}"), value, ranking);
            let mut ranking = Ranking::DEFAULT;
            *field(&mut ranking.seedless) *= times;
            let value = *field(&mut ranking.seedless);
            ranked(format!("seedless.{name}"), value, ranking);
        }
        for (name, field) in Scoring::FIELDS {
            let mut ranking = Ranking::DEFAULT;
            *field(&mut ranking.scoring) *= times;
            let value = *field(&mut ranking.scoring);
            ranked((*name).to_owned(), value, ranking);
        }
    }
}
