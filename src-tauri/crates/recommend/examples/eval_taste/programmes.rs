//! Programmes as the listener gets them: mixes under all the rules, how one song flows into the next, and whether the reasons
//! are true.

use segue_core::{ListenOutcome, MixKind};
use segue_recommend::{Pick, Seed, StationQuery, Taste};

use crate::listener::{Hazards, Life, Listener, World};
use crate::measures::{bootstrap, gains, mean, ndcg_10};
use crate::music::{Music, audio};
use crate::ranking::{listener_seed, numbered};
use crate::recommender::ask;
use crate::rivals::{Way, scores};
use crate::rng::Rng;

/// Songs between two of one artist.
const ARTIST_GAP: usize = 5;

/// Plays before the mixes are asked for.
const SIZES: [usize; 4] = [0, 20, 200, 1_000];

/// What mixes are worth after all rules (five songs between two of one artist, flow, variety), against rankings that know
/// no rules.
pub(crate) fn mixes(music: &Music, hazards: &[(u64, Hazards)], listeners: usize) {
    println!("mixes: mean gain as nDCG@10 of the whole library, and of what was never heard");
    for size in SIZES {
        let mut rows: Vec<[f64; 5]> = Vec::new();
        for (seed, hazards) in hazards {
            for number in 0..listeners {
                let seed = listener_seed(*seed, number);
                let listener =
                    Listener::new(music, Some(&World::PLAIN), seed, *hazards, size.max(40));
                let mut life = Life::new(music, &listener, seed);
                let log = numbered(music, life.live(size));
                let plays: Vec<_> = log.iter().map(|(_, play)| play.clone()).collect();
                life.now_s += 2.0 * 86_400.0;
                let taste = Taste::fit(&music.catalogue, &plays);
                let gains = gains(&listener.utilities(size));
                let mut heard = vec![false; music.len()];
                log.iter().for_each(|(piece, _)| heard[*piece] = true);
                let order = |kind| {
                    let found = ask(music, &taste, life.now(), seed, |recommender| {
                        recommender.mix(kind, 50)
                    });
                    let picks = found.map_or(Vec::new(), |(_, picks)| picks);
                    let first: Vec<usize> = picks.iter().map(|pick| pick.item).collect();
                    let mut order = first.clone();
                    order.extend((0..music.len()).filter(|piece| !first.contains(piece)));
                    order
                };
                // A ranking of new pieces is judged among new pieces.
                let unheard = |order: Vec<usize>| -> Vec<usize> {
                    order.into_iter().filter(|piece| !heard[*piece]).collect()
                };
                let ranked = |way| crate::measures::order(&scores(music, way, &log, seed));
                rows.push([
                    ndcg_10(&order(MixKind::ForYou), &gains),
                    ndcg_10(&ranked(Way::MostPlayed), &gains),
                    ndcg_10(&unheard(order(MixKind::Discover)), &gains),
                    ndcg_10(&unheard(ranked(Way::MeanVector)), &gains),
                    ndcg_10(&unheard(ranked(Way::RawCosine)), &gains),
                ]);
            }
        }
        let of = |at: usize| mean(&rows.iter().map(|row| row[at]).collect::<Vec<_>>());
        let (low, high) = bootstrap(&rows, |rows| {
            mean(&rows.iter().map(|row| row[0] - row[1]).collect::<Vec<_>>())
        });
        println!(
            "  {size:5} plays, {} listeners: for-you {:.3} (most played {:.3}, difference [{low:+.3}, {high:+.3}]); discover {:.3} (mean vector {:.3}, raw cosine {:.3})",
            rows.len(),
            of(0),
            of(1),
            of(2),
            of(3),
            of(4)
        );
    }
}

/// What transitions cost in stations of 50, against the same songs shuffled and sorted by nearness to the seed; and whether
/// the artists' rule holds.
pub(crate) fn flow(music: &Music) {
    let nobody = Taste::fit(&music.catalogue, &[]);
    let mut chance = Rng::new(0xf10);
    let (mut rows, mut broken, mut twice) = (Vec::new(), 0, 0);
    let (mut near_seed, mut near_best) = (Vec::new(), Vec::new());
    for seed in (0..music.len()).step_by(7) {
        let query = StationQuery {
            seeds: vec![Seed::Songs(vec![audio(seed)])],
            less: Vec::new(),
            count: 50,
            discovery: 0.5,
            recent: Vec::new(),
            more: None,
        };
        let at = segue_core::Timestamp::UNIX_EPOCH;
        let costs = ask(music, &nobody, at, seed as u64, |recommender| {
            let picks = recommender.station(&query);
            let songs: Vec<usize> = picks.iter().map(|pick| pick.item).collect();
            broken += usize::from(is_broken(music, seed, &picks));
            twice += usize::from((1..songs.len()).any(|at| songs[..at].contains(&songs[at])));
            let mut shuffled = songs.clone();
            chance.shuffle(&mut shuffled);
            let mut sorted = songs.clone();
            let near = |song: &usize| music.catalogue.cosine(seed, *song).unwrap_or(-1.0);
            sorted.sort_by(|a, b| near(b).total_cmp(&near(a)));
            let mut library: Vec<usize> = (0..music.len()).collect();
            chance.shuffle(&mut library);
            library.truncate(50);
            near_seed.push(mean(
                &songs[..10]
                    .iter()
                    .map(|song| f64::from(near(song)))
                    .collect::<Vec<_>>(),
            ));
            near_best.push(mean(
                &sorted[..10]
                    .iter()
                    .map(|song| f64::from(near(song)))
                    .collect::<Vec<_>>(),
            ));
            [songs, shuffled, sorted, library]
                .map(|order| recommender.transitions_cost(&order) / 49.0)
        });
        rows.push(costs);
    }
    let of = |at: usize| mean(&rows.iter().map(|row| row[at]).collect::<Vec<_>>());
    let less = |than: usize| {
        let share = |rows: &[&[f64; 4]]| {
            let sum = |at: usize| rows.iter().map(|row| row[at]).sum::<f64>();
            100.0 * (1.0 - sum(0) / sum(than))
        };
        let (low, high) = bootstrap(&rows, share);
        format!(
            "{:.0} % [{low:.0}, {high:.0}]",
            share(&rows.iter().collect::<Vec<_>>())
        )
    };
    println!(
        "flow: {} stations of 50, mean cost of a transition {:.3}; the same songs shuffled {:.3}, less {}; sorted by nearness {:.3}, less {}; the library shuffled {:.3}, less {}",
        rows.len(),
        of(0),
        of(1),
        less(1),
        of(2),
        less(2),
        of(3),
        less(3)
    );
    println!(
        "  cosine to the seed of the first ten {:.3}, of the ten nearest {:.3}",
        mean(&near_seed),
        mean(&near_best)
    );
    println!(
        "  stations in which five songs do not lie between two of one artist: {broken}; with a recording twice: {twice}"
    );
}

fn is_broken(music: &Music, seed: usize, picks: &[Pick]) -> bool {
    let line: Vec<usize> = std::iter::once(seed)
        .chain(picks.iter().map(|pick| pick.item))
        .collect();
    (1..line.len()).any(|at| {
        let before = &line[at.saturating_sub(ARTIST_GAP)..at];
        let by = |piece: usize| music.catalogue.artists(piece).collect::<Vec<_>>();
        let mine = by(line[at]);
        before
            .iter()
            .any(|other| by(*other).iter().any(|artist| mine.contains(artist)))
    })
}

/// Whether the strongest reason of a pick is what put it there: a thousand picks, each ranked anew among all that may come
/// with that term taken out of its score.
pub(crate) fn reasons(music: &Music, hazards: &[(u64, Hazards)]) {
    const PICKS: usize = 1_000;
    let (mut fallen, mut all, mut worst) = (0, 0, 0.0_f64);
    let mut kinds: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    'listeners: for (seed, hazards) in hazards {
        for number in 0..40 {
            let seed = listener_seed(*seed, number);
            let listener = Listener::new(music, Some(&World::PLAIN), seed, *hazards, 400);
            let mut life = Life::new(music, &listener, seed);
            let log = numbered(music, life.live(200));
            let plays: Vec<_> = log.iter().map(|(_, play)| play.clone()).collect();
            let taste = Taste::fit(&music.catalogue, &plays);
            let liked = log
                .iter()
                .rev()
                .find(|(_, play)| play.outcome() == ListenOutcome::Listened);
            let seeds = match liked {
                Some((piece, _)) if number % 2 == 0 => vec![Seed::Songs(vec![audio(*piece)])],
                _ => Vec::new(),
            };
            let query = |count| StationQuery {
                seeds: seeds.clone(),
                less: Vec::new(),
                count,
                discovery: 0.5,
                recent: Vec::new(),
                more: None,
            };
            let (picks, pool) = ask(music, &taste, life.now(), seed, |recommender| {
                (
                    recommender.station(&query(10)),
                    recommender.station(&query(music.len())),
                )
            });
            let rank = |item: usize, score: f64| {
                pool.iter()
                    .filter(|other| other.item != item && other.score > score)
                    .count()
            };
            for pick in &picks {
                let sum: f64 = pick.reasons.iter().map(|reason| reason.weight).sum();
                worst = worst.max((sum - pick.score).abs());
                let strongest = &pick.reasons[0];
                *kinds.entry(strongest.kind.as_str()).or_default() += 1;
                let without = pick.score - strongest.weight;
                fallen += usize::from(rank(pick.item, without) > rank(pick.item, pick.score));
                all += 1;
                if all == PICKS {
                    break 'listeners;
                }
            }
        }
    }
    println!(
        "reasons: without its strongest term {:.1} % of {all} picks fall in rank; reasons and scores differ by at most {worst:.1e}; strongest were {kinds:?}",
        100.0 * fallen as f64 / all as f64
    );
}
