//! Measures the recommender at the size of a large library: prints `name value unit` lines.
//!
//! `cargo run --release -p segue-recommend --example bench_recommend [RECORDINGS]`
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::hint::black_box;
use std::time::Instant;

use segue_core::{
    AudioHash, Embedding, Key, MixKind, Mode, ModelId, Play, PlayContext, PlaySource, PlaySubject,
    TagScore, Timestamp,
};
use segue_recommend::{
    Adjustments, Catalogue, Exclusions, Item, LocalTime, Ranking, Recommender, Seed, StationQuery,
    Taste, similar,
};

const DIM: usize = 128;
const STYLES: usize = 200;
const PLAYS: usize = 50_000;

/// A linear congruential generator is random enough to measure with.
struct Lot(u64);

impl Lot {
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() * bound as f32) as usize % bound
    }
}

fn audio(number: usize) -> AudioHash {
    AudioHash((number as u128 + 1).to_le_bytes())
}

fn items(model: &ModelId, count: usize, heard: bool) -> impl Iterator<Item = Item> {
    let mut lot = Lot(1);
    let centres: Vec<f32> = (0..STYLES * DIM).map(|_| lot.next() - 0.5).collect();
    let model = model.clone();
    let item = move |number: usize| {
        let style = number % STYLES;
        let centre = &centres[style * DIM..(style + 1) * DIM];
        let vector = centre
            .iter()
            .map(|c| c + 0.8 * (lot.next() - 0.5))
            .collect();
        let tag = |lot: &mut Lot| TagScore {
            name: format!("tag {}", lot.below(50)),
            p: 0.3 + 0.6 * lot.next(),
            present: true,
        };
        Item {
            audio: audio(number),
            title: format!("Song {number}"),
            artists: vec![format!("Artist {}", number / 12)],
            album_id: Some(number as i64 / 10),
            album: Some(format!("Album {}", number / 10)),
            place: Some((number % 10) as u32),
            bpm: Some(60.0 + (number % 120) as f64),
            key: Some(Key::new((number % 12) as u8, Mode::Major)),
            edges_lufs: [Some(-14.0), Some(-20.0)],
            loudness_lufs: Some(-14.0),
            genres: vec![format!("Genre {style}")],
            year: Some(1960 + (number % 60) as i32),
            duration_s: 200.0,
            tags: (0..5).map(|_| tag(&mut lot)).collect(),
            vector: if heard {
                Embedding::new(model.clone(), vector).ok()
            } else {
                None
            },
        }
    };
    (0..count).map(item)
}

fn plays(count: usize) -> Vec<Play> {
    let mut lot = Lot(2);
    let play = |number: usize| {
        let item = lot.below(count);
        let finished = lot.next()
            < if item % STYLES < STYLES / 4 {
                0.85
            } else {
                0.3
            };
        Play {
            at: Timestamp::from_second(1_600_000_000 + number as i64 * 3_000).unwrap_or_default(),
            subject: PlaySubject {
                audio: Some(audio(item)),
                duration_s: Some(200.0),
                ..PlaySubject::default()
            },
            listened_s: if finished { 200.0 } else { 12.0 },
            source: if number.is_multiple_of(3) {
                PlaySource::Queue
            } else {
                PlaySource::Radio
            },
            skipped: !finished,
            rating: None,
            context: PlayContext::default(),
        }
    };
    (0..PLAYS).map(play).collect()
}

/// Milliseconds that this process was on a processor, or those of the clock where the system does not say.
fn spent_ms(begun: Instant) -> f64 {
    let spent = std::fs::read_to_string("/proc/self/schedstat").ok();
    let spent_ns = spent.and_then(|text| text.split_whitespace().next()?.parse::<f64>().ok());
    spent_ns.map_or(begun.elapsed().as_secs_f64() * 1e3, |ns| ns / 1e6)
}

/// The system counts what was spent in steps of some milliseconds: quicker work is done so long, again and again.
const LEAST_MS: f64 = 40.0;

/// The median of `runs`, in milliseconds of one core.
fn measure<T>(name: &str, runs: usize, mut work: impl FnMut() -> T) {
    let mut took_ms: Vec<f64> = (0..runs)
        .map(|_| {
            let begun = Instant::now();
            let before = spent_ms(begun);
            let mut times = 0.0;
            while times == 0.0 || spent_ms(begun) - before < LEAST_MS {
                black_box(work());
                times += 1.0;
            }
            (spent_ms(begun) - before) / times
        })
        .collect();
    took_ms.sort_by(f64::total_cmp);
    println!("{name} {:.2} ms", took_ms[took_ms.len() / 2]);
}

/// The most memory that was ever resident, where the system says so.
fn memory_peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

fn main() {
    let model = ModelId("bench@000000000000".into());
    let now = LocalTime {
        at: Timestamp::from_second(1_800_000_000).unwrap_or_default(),
        utc_offset_s: 3600,
    };
    let count = std::env::args()
        .nth(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(100_000);
    let begun = Instant::now();
    let catalogue = Catalogue::new(Some(model.clone()), items(&model, count, true));
    println!("catalogue {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);
    let log = plays(count);
    let nothing = Taste::fit(&catalogue, &[]);
    let taste = Taste::fit(&catalogue, &log);
    let query = |seeds: usize, count| StationQuery {
        seeds: vec![Seed::Songs(
            (0..seeds).map(|seed| audio(seed * 7919)).collect(),
        )],
        less: Vec::new(),
        count,
        discovery: 0.5,
        recent: Vec::new(),
        more: None,
    };
    let (adjustments, exclusions) = (Adjustments::default(), Exclusions::default());
    let radio = |catalogue: &Catalogue, taste: &Taste, query: &StationQuery| {
        let recommender = Recommender {
            catalogue,
            taste,
            adjustments: &adjustments,
            exclusions: &exclusions,
            ends: &|_| Vec::new(),
            tuning: &Ranking::DEFAULT,
            now,
            rng_seed: 1,
        };
        recommender.station(query)
    };
    measure("similar_50_of_all", 21, || {
        similar(&catalogue, audio(17), segue_core::Facet::Sound, 50)
    });
    measure("radio_50_of_all_no_plays", 9, || {
        radio(&catalogue, &nothing, &query(1, 50))
    });
    measure("radio_50_of_all", 9, || {
        radio(&catalogue, &taste, &query(1, 50))
    });
    measure("radio_50_of_all_8_seeds", 9, || {
        radio(&catalogue, &taste, &query(8, 50))
    });
    let mix = |kind| {
        let recommender = Recommender {
            catalogue: &catalogue,
            taste: &taste,
            adjustments: &adjustments,
            exclusions: &exclusions,
            ends: &|_| Vec::new(),
            tuning: &Ranking::DEFAULT,
            now,
            rng_seed: 1,
        };
        recommender.mix(kind, 50)
    };
    measure("for_you_50_of_all", 5, || mix(MixKind::ForYou));
    measure("discover_50_of_all", 5, || mix(MixKind::Discover));
    println!("memory_peak_{count} {} kB", memory_peak_kb());
    let unheard = Catalogue::new(None, items(&model, count, false));
    measure("radio_50_of_all_by_tags", 5, || {
        radio(&unheard, &Taste::fit(&unheard, &[]), &query(1, 50))
    });
    let next = &log[PLAYS - 1];
    let mut learned = Taste::fit(&catalogue, &log[..PLAYS - 1]);
    measure("learn_one_play_after_50k", 1, || {
        learned.learn(&catalogue, next)
    });
    measure("fit_1k_plays", 3, || Taste::fit(&catalogue, &log[..1_000]));
    // Far from a checkpoint, thousands of plays are learned one by one.
    measure("fit_49k_plays", 1, || {
        Taste::fit(&catalogue, &log[..49_000])
    });
    measure("fit_50k_plays", 1, || Taste::fit(&catalogue, &log));
    if let Some(validation) = taste.validation() {
        println!("fit_50k_auc {:.3} ratio", validation.auc);
    }
}
