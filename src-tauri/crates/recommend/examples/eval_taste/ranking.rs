//! Offline: what is learned from logs of several sizes, by ranking the library and by foretelling the next plays.

use segue_core::{ListenOutcome, Play};
use segue_recommend::{Catalogue, Taste};

use crate::listener::{Hazards, LEFT, Life, Listener, World, calibrate};
use crate::measures::{auc, bootstrap, calibration_error, gains, hit, mean, ndcg_10, order, platt};
use crate::music::{DURATION_S, Music};
use crate::recommender::moment;
use crate::rivals::{BASELINES, Way, own_scores, scores};
use crate::rng::Rng;

/// Plays after the log that are to be foretold: more where there are fewer listeners, for a calibration error is noise below
/// some thousand forecasts.
fn next_at(size: usize) -> usize {
    match size {
        0..=1_000 => 40,
        1_001..=5_000 => 200,
        _ => 1_000,
    }
}

/// Pieces that the listener puts on by hand after the log.
const CHOICES: usize = 20;

/// One way's figures for one listener.
#[derive(Clone, Default)]
struct Figures {
    ndcg: f64,
    /// The same among pieces never heard.
    ndcg_new: f64,
    hit_10: f64,
    hit_50: f64,
    auc: Option<f64>,
    foretold: Vec<(f64, bool)>,
}

/// Prints how often people left, to be held against [`LEFT`].
pub(crate) fn rates(music: &Music, hazards: &[(u64, Hazards)]) {
    let (mut left, mut half, mut plays) = ([0.0; 3], 0.0, 0.0);
    for (seed, hazards) in hazards {
        for number in 0..20 {
            let seed = listener_seed(*seed, number);
            let listener = Listener::new(music, Some(&World::PLAIN), seed, *hazards, 400);
            for play in Life::new(music, &listener, seed).live(400) {
                let ends = [5.0, 30.0, DURATION_S];
                left.iter_mut().zip(ends).for_each(|(count, end)| {
                    *count += f64::from(u8::from(play.listened_s < end));
                });
                half += f64::from(u8::from(play.outcome() == ListenOutcome::Listened));
                plays += 1.0;
            }
        }
    }
    let [a, b, c] = left.map(|count| 100.0 * count / plays);
    println!(
        "left within 5 s {a:.0} %, 30 s {b:.0} %, before the end {c:.0} % (wanted {:?}); listened to half {:.0} %",
        LEFT.map(|share| (100.0 * share).round()),
        100.0 * half / plays
    );
}

pub(crate) fn listener_seed(seed: u64, number: usize) -> u64 {
    seed.wrapping_mul(1_000_003)
        .wrapping_add(number as u64 * 7919)
}

/// All ways over one listener's log.
fn judge(music: &Music, listener: &Listener, seed: u64, size: usize, ways: &[Way]) -> Vec<Figures> {
    let mut life = Life::new(music, listener, seed);
    let log = numbered(music, life.live(size));
    let plays: Vec<Play> = log.iter().map(|(_, play)| play.clone()).collect();
    // What was just heard has recovered by then.
    let mut rested = life.clone();
    rested.now_s += 2.0 * 86_400.0;
    let now = rested.now();
    let utilities = listener.utilities(size);
    let gains = gains(&utilities);
    let mut heard = vec![false; music.len()];
    log.iter().for_each(|(piece, _)| heard[*piece] = true);
    let mut by_hand = life.clone();
    let choices: Vec<usize> = (0..CHOICES)
        .map(|_| {
            by_hand.begin_session();
            by_hand.choose()
        })
        .collect();
    let next = numbered(music, life.live(next_at(size)));
    let listened = |play: &Play| play.outcome() == ListenOutcome::Listened;
    let judge = |way: &Way| {
        let own = match way {
            Way::Ours => Some(&music.catalogue),
            Way::Shuffled => Some(&music.shuffled),
            _ => None,
        };
        let taste = own.map(|catalogue| (catalogue, Taste::fit(catalogue, &plays)));
        let scores = match (&taste, way) {
            (Some((catalogue, taste)), _) => own_scores(catalogue, taste, now, seed),
            (_, Way::Oracle) => utilities.clone(),
            _ => scores(music, *way, &log, seed),
        };
        let foretold = match &taste {
            Some((catalogue, taste)) => foretell(catalogue, taste.clone(), &plays, &next),
            None => {
                let recent = &log[log.len().saturating_sub(500)..];
                let pair = |(piece, play): &(usize, Play)| (scores[*piece], listened(play));
                let (offset, slope, middle) = platt(&recent.iter().map(pair).collect::<Vec<_>>());
                let p = |(x, listened)| {
                    (
                        1.0 / (1.0 + f64::exp(-offset - slope * (x - middle))),
                        listened,
                    )
                };
                next.iter().map(pair).map(p).collect()
            }
        };
        let order = order(&scores);
        let new: Vec<usize> = order
            .iter()
            .copied()
            .filter(|piece| !heard[*piece])
            .collect();
        Figures {
            ndcg: ndcg_10(&order, &gains),
            ndcg_new: ndcg_10(&new, &gains),
            hit_10: hit(&order, &choices, 10),
            hit_50: hit(&order, &choices, 50),
            auc: auc(&foretold),
            foretold,
        }
    };
    ways.iter().map(judge).collect()
}

/// Play by play, as the player does: each is foretold before it is learned.
fn foretell(
    catalogue: &Catalogue,
    mut taste: Taste,
    before: &[Play],
    next: &[(usize, Play)],
) -> Vec<(f64, bool)> {
    let mut plays = before.to_vec();
    let mut foretold = Vec::with_capacity(next.len());
    for (piece, play) in next {
        let p = taste.chance(catalogue, *piece, play.source, moment(play.at));
        foretold.push((p, play.outcome() == ListenOutcome::Listened));
        plays.push(play.clone());
        if taste.learn(catalogue, play) {
            taste = Taste::fit(catalogue, &plays);
        }
    }
    foretold
}

pub(crate) fn numbered(music: &Music, plays: Vec<Play>) -> Vec<(usize, Play)> {
    let number = |play: Play| Some((music.catalogue.position(&play.subject.audio?)?, play));
    plays.into_iter().filter_map(number).collect()
}

/// Fewer listeners where a log is long.
fn listeners_at(size: usize, listeners: usize) -> usize {
    match size {
        0..=200 => listeners,
        201..=1_000 => listeners.div_ceil(2),
        1_001..=5_000 => listeners.div_ceil(8),
        _ => listeners.div_ceil(40),
    }
}

pub(crate) fn tables(music: &Music, hazards: &[(u64, Hazards)], listeners: usize, sizes: &[usize]) {
    let ways: Vec<Way> = BASELINES
        .into_iter()
        .chain([Way::Ours, Way::Oracle])
        .collect();
    for size in sizes {
        let rows = all(
            music,
            hazards,
            listeners_at(*size, listeners),
            *size,
            &World::PLAIN,
            &ways,
        );
        println!("{size} plays, {} listeners", rows.len());
        print(&ways, &rows);
        verdict(&ways, &rows);
    }
}

/// The same at 200 plays, for other listeners than the ones that the model was made with.
pub(crate) fn worlds(music: &Music, seeds: &[u64], listeners: usize) {
    let ways: Vec<Way> = BASELINES
        .into_iter()
        .chain([Way::Ours, Way::Oracle])
        .collect();
    for world in &World::OTHERS {
        let hazards: Vec<(u64, Hazards)> = seeds
            .iter()
            .map(|seed| (*seed, calibrate(music, world, *seed, 30, 200)))
            .collect();
        let rows = all(music, &hazards, listeners.div_ceil(2), 200, world, &ways);
        println!("{}: 200 plays, {} listeners", world.name, rows.len());
        print(&ways, &rows);
        verdict(&ways, &rows);
    }
}

fn all(
    music: &Music,
    hazards: &[(u64, Hazards)],
    listeners: usize,
    size: usize,
    world: &World,
    ways: &[Way],
) -> Vec<Vec<Figures>> {
    let mut rows = Vec::new();
    for (seed, hazards) in hazards {
        for number in 0..listeners {
            let seed = listener_seed(*seed, number);
            let listener = Listener::new(music, Some(world), seed, *hazards, size + next_at(size));
            rows.push(judge(music, &listener, seed, size, ways));
        }
    }
    rows
}

fn print(ways: &[Way], rows: &[Vec<Figures>]) {
    println!(
        "  {:18}{:>9}{:>9}{:>9}{:>9}{:>10}{:>13}",
        "", "nDCG@10", "of new", "hit@10", "hit@50", "skip AUC", "calibration"
    );
    for (at, way) in ways.iter().enumerate() {
        let of = |figure: &dyn Fn(&Figures) -> f64| {
            mean(&rows.iter().map(|row| figure(&row[at])).collect::<Vec<_>>())
        };
        let aucs: Vec<f64> = rows.iter().filter_map(|row| row[at].auc).collect();
        let foretold: Vec<(f64, bool)> = rows
            .iter()
            .flat_map(|row| row[at].foretold.iter().copied())
            .collect();
        println!(
            "  {:18}{:9.3}{:9.3}{:9.3}{:9.3}{:10.3}{:13.3}",
            way.name(),
            of(&|f| f.ndcg),
            of(&|f| f.ndcg_new),
            of(&|f| f.hit_10),
            of(&|f| f.hit_50),
            mean(&aucs),
            calibration_error(&foretold)
        );
    }
}

/// Ours against the best baseline, and how much of the way from random to the oracle is gone.
fn verdict(ways: &[Way], rows: &[Vec<Figures>]) {
    let place = |way| ways.iter().position(|w| *w == way).unwrap_or_default();
    let (random, ours, oracle) = (place(Way::Random), place(Way::Ours), place(Way::Oracle));
    for (name, figure) in [
        ("nDCG@10", (|f| f.ndcg) as fn(&Figures) -> f64),
        ("nDCG@10 of new", |f| f.ndcg_new),
    ] {
        let mean_of = |rows: &[&Vec<Figures>], at: usize| {
            mean(&rows.iter().map(|row| figure(&row[at])).collect::<Vec<_>>())
        };
        let everybody: Vec<&Vec<Figures>> = rows.iter().collect();
        let best = (0..BASELINES.len())
            .max_by(|a, b| mean_of(&everybody, *a).total_cmp(&mean_of(&everybody, *b)))
            .unwrap_or_default();
        let lift =
            |rows: &[&Vec<Figures>]| 100.0 * (mean_of(rows, ours) / mean_of(rows, best) - 1.0);
        let (low, high) = bootstrap(rows, lift);
        let gap = |rows: &[&Vec<Figures>]| {
            let floor = mean_of(rows, random);
            100.0 * (mean_of(rows, ours) - floor) / (mean_of(rows, oracle) - floor)
        };
        let (gap_low, gap_high) = bootstrap(rows, gap);
        if !low.is_finite() {
            println!("  {name}: too little is new");
            continue;
        }
        println!(
            "  {name}: {:+.1} % against {} [{low:+.1}, {high:+.1}]; {:.0} % of the way from random to oracle [{gap_low:.0}, {gap_high:.0}]",
            lift(&everybody),
            ways[best].name(),
            gap(&everybody)
        );
    }
}

/// Listeners without taste, whose utility is nothing: ranked against a utility drawn at random. And vectors that belong
/// to other pieces.
pub(crate) fn controls(music: &Music, hazards: &[(u64, Hazards)], listeners: usize) {
    let size = 200;
    let ways: Vec<Way> = BASELINES
        .into_iter()
        .chain([Way::Ours, Way::Shuffled])
        .collect();
    println!("controls at {size} plays");
    let rows = all(
        music,
        hazards,
        listeners.div_ceil(2),
        size,
        &World::PLAIN,
        &ways,
    );
    println!(" vectors and tags of other pieces");
    print(&ways, &rows);
    let mut rows = Vec::new();
    for (seed, hazards) in hazards {
        for number in 0..listeners {
            let seed = listener_seed(*seed, number);
            let listener = Listener::new(music, None, seed, *hazards, size + next_at(size));
            let mut figures = judge(music, &listener, seed, size, &ways);
            // Nothing is liked, so any ranking must find what a lot has drawn no better than chance does.
            let mut chance = Rng::new(seed ^ 0x0107);
            let drawn: Vec<f64> = (0..music.len()).map(|_| chance.uniform()).collect();
            let gains = gains(&drawn);
            let log = numbered(music, Life::new(music, &listener, seed).live(size));
            let plays: Vec<Play> = log.iter().map(|(_, play)| play.clone()).collect();
            let now = plays.last().map(|play| play.at).unwrap_or_default();
            for (way, figures) in ways.iter().zip(&mut figures) {
                let scores = match way {
                    Way::Ours => {
                        let taste = Taste::fit(&music.catalogue, &plays);
                        own_scores(&music.catalogue, &taste, now, seed)
                    }
                    _ => scores(music, *way, &log, seed),
                };
                figures.ndcg = ndcg_10(&order(&scores), &gains);
            }
            rows.push(figures);
        }
    }
    println!(" listeners without taste");
    print(&ways, &rows);
    let ours = BASELINES.len();
    let difference = |rows: &[&Vec<Figures>]| {
        mean(
            &rows
                .iter()
                .map(|row| row[ours].ndcg - row[0].ndcg)
                .collect::<Vec<_>>(),
        )
    };
    let (low, high) = bootstrap(&rows, difference);
    let everybody: Vec<&Vec<Figures>> = rows.iter().collect();
    println!(
        "  nDCG@10, Segue less random: {:+.4} [{low:+.4}, {high:+.4}]; skip AUC must be 0.5",
        difference(&everybody)
    );
}
