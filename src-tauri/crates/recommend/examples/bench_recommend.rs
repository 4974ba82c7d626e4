//! Measures the recommender at the size of a large library: prints `name value unit` lines.
//!
//! `cargo run --release -p segue-recommend --example bench_recommend`
#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::hint::black_box;
use std::time::Instant;

use segue_core::{
    AudioHash, Embedding, ModelId, Play, PlaySource, PlaySubject, TagScore, Timestamp,
};
use segue_recommend::{Catalogue, Item, RadioRequest, Taste, radio, similar};

const ITEMS: usize = 100_000;
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

fn items(model: &ModelId, heard: bool) -> Vec<Item> {
    let mut lot = Lot(1);
    let centres: Vec<f32> = (0..STYLES * DIM).map(|_| lot.next() - 0.5).collect();
    let item = |number: usize| {
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
            album: Some(format!("Album {}", number / 10)),
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
    (0..ITEMS).map(item).collect()
}

fn plays() -> Vec<Play> {
    let mut lot = Lot(2);
    let play = |number: usize| {
        let item = lot.below(ITEMS);
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
        }
    };
    (0..PLAYS).map(play).collect()
}

/// The median of `runs`, in milliseconds.
fn measure<T>(name: &str, runs: usize, mut work: impl FnMut() -> T) {
    let mut took_ms: Vec<f64> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            black_box(work());
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    took_ms.sort_by(f64::total_cmp);
    println!("{name} {:.2} ms", took_ms[took_ms.len() / 2]);
}

fn main() {
    let model = ModelId("bench@000000000000".into());
    let now = Timestamp::from_second(1_800_000_000).unwrap_or_default();
    let unheard = Catalogue::new(None, items(&model, false));
    let heard = items(&model, true);
    let mut made = vec![heard.clone()];
    let catalogue = Catalogue::new(Some(model), heard);
    measure("catalogue_100k", 1, || {
        Catalogue::new(catalogue.model().cloned(), made.pop().unwrap_or_default())
    });
    let log = plays();
    let nothing = Taste::fit(&catalogue, &[], now);
    let taste = Taste::fit(&catalogue, &log, now);
    let wish = |seeds: usize, count| RadioRequest {
        seeds: (0..seeds).map(|seed| audio(seed * 7919)).collect(),
        count,
        discovery: 0.5,
        rng_seed: 1,
        now,
        recent: Vec::new(),
    };
    measure("similar_50_of_100k", 21, || {
        similar(&catalogue, audio(17), 50)
    });
    measure("radio_50_of_100k_no_plays", 9, || {
        radio(&catalogue, &nothing, &wish(1, 50))
    });
    measure("radio_50_of_100k", 9, || {
        radio(&catalogue, &taste, &wish(1, 50))
    });
    measure("radio_50_of_100k_8_seeds", 9, || {
        radio(&catalogue, &taste, &wish(8, 50))
    });
    measure("radio_50_of_100k_by_tags", 5, || {
        radio(&unheard, &Taste::fit(&unheard, &[], now), &wish(1, 50))
    });
    measure("fit_1k_plays", 3, || {
        Taste::fit(&catalogue, &log[..1_000], now)
    });
    measure("fit_50k_plays", 1, || Taste::fit(&catalogue, &log, now));
    if let Some(validation) = taste.validation() {
        println!("fit_50k_auc {:.3} ratio", validation.auc);
    }
}
