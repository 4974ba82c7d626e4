//! Online: a listener whose every play one way of ranking decides, from the first play on.

use segue_core::{ListenOutcome, Play, PlaySource};
use segue_recommend::{StationQuery, Taste};

use crate::listener::{Hazards, Life, Listener, World};
use crate::measures::{bootstrap, mean, order};
use crate::music::{Music, audio};
use crate::ranking::listener_seed;
use crate::recommender::ask;
use crate::rivals::{Way, scores};

const WAYS: [Way; 7] = [
    Way::Random,
    Way::MostPlayed,
    Way::SameNames,
    Way::MeanVector,
    Way::RawCosine,
    Way::Ours,
    Way::Oracle,
];

const PLAYS: usize = 500;

/// Pieces that are not played again so soon, whoever decides.
const NOT_AGAIN: usize = 100;

/// Share of the library, the best liked, that counts as a discovery when first listened to.
const DISCOVERY: f64 = 0.10;

struct Course {
    /// Shares of the first 20, 100 and 500 plays that were left before the half.
    skipped: [f64; 3],
    /// Probability of listening given away per play, against the best piece at that moment.
    regret: f64,
    /// Liked pieces listened to for the first time.
    discoveries: f64,
}

pub(crate) fn table(music: &Music, hazards: &[(u64, Hazards)], listeners: usize) {
    println!("online, {} listeners", listeners * hazards.len());
    println!(
        "  {:18}{:>9}{:>9}{:>9}{:>9}{:>14}",
        "", "skip 20", "skip 100", "skip 500", "regret", "discoveries"
    );
    let mut courses: Vec<Vec<Course>> = Vec::new();
    for way in WAYS {
        let mut rows = Vec::new();
        for (seed, hazards) in hazards {
            for number in 0..listeners {
                let seed = listener_seed(*seed, number);
                let listener = Listener::new(music, Some(&World::PLAIN), seed, *hazards, PLAYS);
                rows.push(course(music, &listener, seed, way));
            }
        }
        let of =
            |figure: &dyn Fn(&Course) -> f64| mean(&rows.iter().map(figure).collect::<Vec<_>>());
        println!(
            "  {:18}{:9.3}{:9.3}{:9.3}{:9.3}{:14.1}",
            way.name(),
            of(&|c| c.skipped[0]),
            of(&|c| c.skipped[1]),
            of(&|c| c.skipped[2]),
            of(&|c| c.regret),
            of(&|c| c.discoveries)
        );
        courses.push(rows);
    }
    let place = |way| WAYS.iter().position(|w| *w == way).unwrap_or_default();
    let ours = place(Way::Ours);
    for (at, name) in ["20", "100", "500"].into_iter().enumerate() {
        let skipped = |way: usize| {
            mean(
                &courses[way]
                    .iter()
                    .map(|c| c.skipped[at])
                    .collect::<Vec<_>>(),
            )
        };
        let best = (0..ours)
            .min_by(|a, b| skipped(*a).total_cmp(&skipped(*b)))
            .unwrap_or_default();
        let pairs: Vec<f64> = courses[ours]
            .iter()
            .zip(&courses[best])
            .map(|(a, b)| a.skipped[at] - b.skipped[at])
            .collect();
        let (low, high) = bootstrap(&pairs, |rows| {
            rows.iter().copied().sum::<f64>() / rows.len() as f64
        });
        println!(
            "  first {name}: {:+.3} against {} [{low:+.3}, {high:+.3}]",
            mean(&pairs),
            WAYS[best].name()
        );
    }
}

fn course(music: &Music, listener: &Listener, seed: u64, way: Way) -> Course {
    let mut life = Life::new(music, listener, seed);
    let mut log: Vec<(usize, Play)> = Vec::new();
    let mut plays: Vec<Play> = Vec::new();
    let mut taste = Taste::fit(&music.catalogue, &[]);
    let (mut ranked, mut ranked_at) = (Vec::new(), usize::MAX);
    let mut skipped = [0.0; 3];
    let mut regret = 0.0;
    let mut liked = vec![false; music.len()];
    let best = (music.len() as f64 * DISCOVERY) as usize;
    order(&listener.utilities(0))[..best]
        .iter()
        .for_each(|piece| liked[*piece] = true);
    let mut discoveries = 0.0;
    for number in 0..PLAYS {
        let fresh = life.tired() || number == 0;
        if life.tired() {
            life.begin_session();
        }
        let recent = &log[log.len().saturating_sub(NOT_AGAIN)..];
        let barred = |piece: usize| recent.iter().any(|(other, _)| *other == piece);
        let open = (0..music.len()).filter(|piece| !barred(*piece));
        let chances: Vec<f64> = (0..music.len()).map(|piece| life.listens(piece)).collect();
        let best = open
            .max_by(|a, b| chances[*a].total_cmp(&chances[*b]))
            .unwrap_or_default();
        let piece = match way {
            Way::Oracle => best,
            Way::Ours => {
                let query = StationQuery {
                    seeds: Vec::new(),
                    less: Vec::new(),
                    count: 1,
                    discovery: 0.5,
                    recent: recent.iter().map(|(piece, _)| audio(*piece)).collect(),
                    more: None,
                };
                let rng_seed = seed ^ life.plays as u64;
                let picks = ask(music, &taste, life.now(), rng_seed, |recommender| {
                    recommender.station(&query)
                });
                picks.first().map_or(best, |pick| pick.item)
            }
            _ => {
                if way != Way::RawCosine || fresh || ranked_at == usize::MAX {
                    ranked = order(&scores(music, way, &log, seed ^ number as u64));
                    ranked_at = number;
                }
                ranked
                    .iter()
                    .copied()
                    .find(|piece| !barred(*piece))
                    .unwrap_or_default()
            }
        };
        regret += chances[best] - chances[piece];
        let play = life.listen(piece, PlaySource::Radio);
        let listened = play.outcome() == ListenOutcome::Listened;
        for (count, first) in skipped.iter_mut().zip([20, 100, PLAYS]) {
            *count += f64::from(u8::from(!listened && number < first)) / first as f64;
        }
        if listened && std::mem::take(&mut liked[piece]) {
            discoveries += 1.0;
        }
        if way == Way::Ours {
            plays.push(play.clone());
            if taste.learn(&music.catalogue, &play) {
                taste = Taste::fit(&music.catalogue, &plays);
            }
        }
        log.push((piece, play));
    }
    Course {
        skipped,
        regret: regret / PLAYS as f64,
        discoveries,
    }
}
