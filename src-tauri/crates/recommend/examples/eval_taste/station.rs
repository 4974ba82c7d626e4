//! Stations: how they turn when a style is skipped, and how much of a library they reach.

use segue_core::{Play, PlaySource, PlaySubject};
use segue_recommend::{Seed, StationQuery, Taste, similar};

use crate::listener::{Hazards, Life, Listener, World};
use crate::measures::{bootstrap, mean, median};
use crate::music::{DURATION_S, Music, STYLES, audio};
use crate::ranking::listener_seed;
use crate::recommender::ask;
use crate::rng::Rng;

/// Plays before the station begins.
const LOG: usize = 200;

/// The next so many are looked at.
const NEXT: usize = 10;

/// After two skips of a style in a radio: how much less of it is in the next ten, against the same two heard to the end
/// and against the same two merely left out.
pub(crate) fn session(music: &Music, hazards: &[(u64, Hazards)], listeners: usize) {
    let (mut less, mut less_than_heard, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    for (seed, hazards) in hazards {
        for number in 0..listeners {
            let seed = listener_seed(*seed, number);
            let listener = Listener::new(music, Some(&World::PLAIN), seed, *hazards, LOG);
            let mut life = Life::new(music, &listener, seed);
            let plays = life.live(LOG);
            life.begin_session();
            let taste = Taste::fit(&music.catalogue, &plays);
            let now_s = life.now_s;
            // Half of the stations have a seed, half go by taste alone.
            let mut chance = Rng::new(seed ^ 0x57a7);
            let seeds = if number % 2 == 0 {
                vec![Seed::Songs(vec![audio(chance.below(music.len()))])]
            } else {
                Vec::new()
            };
            let picks = |taste: &Taste, recent: &[usize], count: usize| -> Vec<usize> {
                let query = StationQuery {
                    seeds: seeds.clone(),
                    less: Vec::new(),
                    count,
                    discovery: 0.5,
                    recent: recent.iter().map(|piece| audio(*piece)).collect(),
                    more: None,
                };
                let at = segue_core::Timestamp::from_second(now_s as i64 + 60).unwrap_or_default();
                let picks = ask(music, taste, at, seed, |recommender| {
                    recommender.station(&query)
                });
                picks.into_iter().map(|pick| pick.item).collect()
            };
            let first = picks(&taste, &[], 2 + NEXT);
            let of = |style: usize| {
                first
                    .iter()
                    .copied()
                    .filter(move |piece| music.styles[*piece] == style)
            };
            let Some(style) = (0..STYLES).max_by_key(|style| of(*style).count()) else {
                continue;
            };
            let two: Vec<usize> = of(style).take(2).collect();
            if two.len() < 2 {
                continue;
            }
            let share = |taste: &Taste| {
                let next = picks(taste, &two, NEXT);
                let same = next
                    .iter()
                    .filter(|piece| music.styles[**piece] == style)
                    .count();
                same as f64 / next.len().max(1) as f64
            };
            let after = |listened_s: f64| {
                let mut taste = taste.clone();
                for (number, piece) in two.iter().enumerate() {
                    let at_s = now_s as i64 + 20 * number as i64;
                    taste.learn(&music.catalogue, &play(*piece, at_s, listened_s));
                }
                share(&taste)
            };
            let (before, skipped, heard) = (share(&taste), after(12.0), after(DURATION_S));
            shares.push((before, skipped, heard));
            if before > 0.0 {
                less.push(1.0 - skipped / before);
            }
            if heard > 0.0 {
                less_than_heard.push(1.0 - skipped / heard);
            }
        }
    }
    let of = |part: fn(&(f64, f64, f64)) -> f64| mean(&shares.iter().map(part).collect::<Vec<_>>());
    println!(
        "two skips of a station's strongest style, {} stations: its share of the next ten is {:.2} untouched, {:.2} after two skips, {:.2} after two heard to the end",
        shares.len(),
        of(|s| s.0),
        of(|s| s.1),
        of(|s| s.2)
    );
    let interval =
        |rows: &[f64]| bootstrap(rows, |rows| median(rows.iter().map(|x| **x).collect()));
    let (low, high) = interval(&less);
    println!(
        "  less of it, median: {:.0} % [{:.0}, {:.0}] against untouched, {:.0} % against heard; mean {:.0} %",
        100.0 * median(less.clone()),
        100.0 * low,
        100.0 * high,
        100.0 * median(less_than_heard),
        100.0 * mean(&less)
    );
}

fn play(piece: usize, at_s: i64, listened_s: f64) -> Play {
    Play {
        at: segue_core::Timestamp::from_second(at_s).unwrap_or_default(),
        subject: PlaySubject {
            audio: Some(audio(piece)),
            duration_s: Some(DURATION_S),
            ..PlaySubject::default()
        },
        listened_s,
        source: PlaySource::Radio,
        skipped: listened_s < DURATION_S,
        rating: None,
        context: segue_core::PlayContext::default(),
    }
}

/// From a piece to those that follow it.
type Way<'a> = &'a dyn Fn(usize) -> Vec<usize>;

/// A station from every piece: how many pieces are ever reached, and how often the commonest one.
pub(crate) fn reach(music: &Music) {
    let nobody = Taste::fit(&music.catalogue, &[]);
    println!("a station from every one of {} pieces", music.len());
    for count in [5, 10, 20] {
        let near = |seed: usize| -> Vec<usize> {
            let near = similar(
                &music.catalogue,
                audio(seed),
                segue_core::Facet::Sound,
                count,
            );
            near.into_iter().map(|(item, _)| item).collect()
        };
        let station = |seed: usize| -> Vec<usize> {
            let query = StationQuery {
                seeds: vec![Seed::Songs(vec![audio(seed)])],
                less: Vec::new(),
                count,
                discovery: 0.5,
                recent: Vec::new(),
                more: None,
            };
            let (at, lot) = (segue_core::Timestamp::UNIX_EPOCH, seed as u64);
            let picks = ask(music, &nobody, at, lot, |recommender| {
                recommender.station(&query)
            });
            picks.into_iter().map(|pick| pick.item).collect()
        };
        let ways: [(&str, Way); 2] = [("nearest by cosine", &near), ("radio", &station)];
        for (name, way) in ways {
            let mut times = vec![0_usize; music.len()];
            for seed in 0..music.len() {
                way(seed).into_iter().for_each(|piece| times[piece] += 1);
            }
            let reached = times.iter().filter(|times| **times > 0).count();
            let most = times.iter().max().copied().unwrap_or_default();
            println!(
                "  {name:18} {count:3} each: {:5.1} % reached, the commonest is in {:4.1} % of the stations",
                100.0 * reached as f64 / music.len() as f64,
                100.0 * most as f64 / music.len() as f64
            );
        }
    }
}
