//! Synthetic libraries and listeners for the tests: clusters on the sphere, logs of simulated people.

use segue_core::{
    AudioHash, Embedding, ModelId, Play, PlayContext, PlaySource, PlaySubject, Timestamp,
};

use crate::counter_rng;
use crate::{Adjustments, Catalogue, Exclusions, Item, LocalTime, Ranking, Recommender, Taste};

pub(crate) fn audio(number: usize) -> AudioHash {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&(number as u64).to_le_bytes());
    AudioHash(bytes)
}

pub(crate) fn model() -> ModelId {
    ModelId("world@000000000001".into())
}

pub(crate) fn item(number: usize, title: &str, artist: &str) -> Item {
    Item {
        audio: audio(number),
        title: title.into(),
        artists: vec![artist.into()],
        album_id: None,
        album: None,
        place: None,
        genres: Vec::new(),
        year: None,
        duration_s: 200.0,
        tags: Vec::new(),
        vector: None,
        bpm: None,
        key: None,
        edges_lufs: [None, None],
        loudness_lufs: None,
    }
}

/// A vector around the axis of its cluster, of `dim` components.
pub(crate) fn vector(
    seed: u64,
    number: usize,
    cluster: usize,
    dim: usize,
    noise: f64,
) -> Embedding {
    let part = |d: usize| {
        let centre = counter_rng::normal(seed ^ 0xc1, (cluster * dim + d) as u64);
        (centre + noise * counter_rng::normal(seed ^ 0x17, (number * dim + d) as u64)) as f32
    };
    Embedding::new(model(), (0..dim).map(part).collect()).unwrap()
}

/// `clusters` styles of `each` recordings; item `n` is of style `n % clusters`; every artist has two songs.
pub(crate) fn library(seed: u64, clusters: usize, each: usize, dim: usize) -> Vec<Item> {
    (0..clusters * each)
        .map(|n| {
            let cluster = n % clusters;
            let artist = format!("Artist {cluster}.{}", n / clusters / 2);
            let mut item = item(n, &format!("Song {n}"), &artist);
            item.vector = Some(vector(seed, n, cluster, dim, 0.9));
            item
        })
        .collect()
}

pub(crate) fn catalogue(items: Vec<Item>) -> Catalogue {
    Catalogue::new(Some(model()), items)
}

/// A play that began `at_s` seconds after a fixed day.
pub(crate) fn play(at_s: i64, audio: AudioHash, listened_s: f64) -> Play {
    Play {
        at: Timestamp::from_second(1_700_000_000 + at_s).unwrap(),
        subject: PlaySubject {
            audio: Some(audio),
            duration_s: Some(200.0),
            ..PlaySubject::default()
        },
        listened_s,
        source: PlaySource::Radio,
        skipped: listened_s < 200.0,
        rating: None,
        context: PlayContext::default(),
    }
}

pub(crate) fn now() -> LocalTime {
    LocalTime {
        at: Timestamp::from_second(1_703_000_000).unwrap(),
        utc_offset_s: 0,
    }
}

/// Calls `ask` with a recommender to whom nothing was said but plays.
pub(crate) fn with_recommender<T>(
    catalogue: &Catalogue,
    taste: &Taste,
    ask: impl FnOnce(Recommender) -> T,
) -> T {
    ask(Recommender {
        catalogue,
        taste,
        adjustments: &Adjustments::default(),
        exclusions: &Exclusions::default(),
        ends: &|_| Vec::new(),
        tuning: &Ranking::DEFAULT,
        now: now(),
        rng_seed: 1,
    })
}

/// `count` plays of recordings drawn at random, an hour apart; `finishes` gives the probability of the end.
pub(crate) fn log(
    seed: u64,
    items: usize,
    count: usize,
    finishes: impl Fn(usize) -> f64,
) -> Vec<Play> {
    (0..count)
        .map(|n| {
            let item = (counter_rng::uniform(seed, 2 * n as u64) * items as f64) as usize;
            let finished = counter_rng::uniform(seed, 2 * n as u64 + 1) < finishes(item);
            play(
                n as i64 * 3600,
                audio(item),
                if finished { 200.0 } else { 12.0 },
            )
        })
        .collect()
}
