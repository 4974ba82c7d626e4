//! Simulated listeners, to see what taste learns and how fast: prints tables.
//!
//! `cargo xtask eval taste` makes the features and runs this. Simulation proves mechanics, not taste.
//!
//! `--features FILE [--seeds 11,12,13,14,15] [--listeners 40] [--sizes 0,20,50,200,1000,5000,50000] [--parts ranking,…]`
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

mod listener;
mod measures;
mod music;
mod online;
mod programmes;
mod ranking;
mod recommender;
mod rivals;
mod rng;
mod sensitivity;
mod station;

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use listener::World;
use music::Music;

/// What is asked for.
struct StationQuery {
    features: PathBuf,
    seeds: Vec<u64>,
    /// Per seed.
    listeners: usize,
    sizes: Vec<usize>,
    parts: Vec<String>,
}

fn wish() -> Result<StationQuery, Box<dyn Error>> {
    let mut wish = StationQuery {
        features: PathBuf::new(),
        // Priors were chosen on seeds 1 and 2.
        seeds: vec![11, 12, 13, 14, 15],
        listeners: 40,
        sizes: vec![0, 20, 50, 200, 1_000, 5_000, 50_000],
        parts: [
            "ranking", "worlds", "controls", "online", "session", "stations", "mixes", "flow",
            "reasons",
        ]
        .map(String::from)
        .to_vec(),
    };
    let mut left = std::env::args().skip(1);
    while let Some(option) = left.next() {
        let value = left
            .next()
            .ok_or_else(|| format!("{option} wants a value"))?;
        match option.as_str() {
            "--features" => wish.features = value.into(),
            "--seeds" => wish.seeds = numbers(&value)?,
            "--listeners" => wish.listeners = value.parse()?,
            "--sizes" => wish.sizes = numbers(&value)?,
            "--parts" => wish.parts = value.split(',').map(String::from).collect(),
            other => return Err(format!("no option {other}").into()),
        }
    }
    Ok(wish)
}

fn numbers<T: std::str::FromStr>(list: &str) -> Result<Vec<T>, T::Err> {
    list.split(',').map(str::parse).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let wish = wish()?;
    let music = Music::read(&wish.features)?;
    let sources = music
        .sources
        .iter()
        .collect::<std::collections::BTreeSet<_>>();
    let artists = music
        .artists
        .iter()
        .flatten()
        .collect::<std::collections::BTreeSet<_>>();
    println!(
        "{} pieces of {} artists from {} sources; seeds {:?}, {} listeners each",
        music.len(),
        artists.len(),
        sources.len(),
        wish.seeds,
        wish.listeners
    );
    let hazards: Vec<_> = wish
        .seeds
        .iter()
        .map(|seed| {
            (
                *seed,
                listener::calibrate(&music, &World::PLAIN, *seed, 30, 200),
            )
        })
        .collect();
    ranking::rates(&music, &hazards);
    for part in &wish.parts {
        println!();
        match part.as_str() {
            "ranking" => ranking::tables(&music, &hazards, wish.listeners, &wish.sizes),
            "worlds" => ranking::worlds(&music, &wish.seeds, wish.listeners),
            "controls" => ranking::controls(&music, &hazards, wish.listeners),
            "online" => online::table(&music, &hazards, wish.listeners.div_ceil(8)),
            "session" => station::session(&music, &hazards, wish.listeners),
            "stations" => station::reach(&music),
            "mixes" => programmes::mixes(&music, &hazards, wish.listeners.div_ceil(2)),
            "flow" => programmes::flow(&music),
            "reasons" => programmes::reasons(&music, &hazards),
            // Not among the parts that are taken unasked: it takes as long as all of them.
            "sensitivity" => {
                sensitivity::table(&music, &hazards, wish.listeners.div_ceil(4), &wish.sizes)
            }
            other => return Err(format!("no part {other}").into()),
        }
        println!("({part}: {:.0} s so far)", begun.elapsed().as_secs_f64());
    }
    Ok(())
}
