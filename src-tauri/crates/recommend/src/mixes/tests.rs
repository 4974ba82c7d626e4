//! What mixes promise.

use std::collections::HashSet;

use proptest::prelude::*;
use segue_core::{Because, Mood, Play, ReasonKind, TagScore, Timestamp};

use super::*;
use crate::station::ARTIST_GAP;
use crate::test_support::{self, audio, now};
use crate::{
    Adjustments, Catalogue, Exclusions, Item, LocalTime, Ranking, Reason, Recommender, Taste,
};

const DAY_S: i64 = 86_400;

/// 6 styles of 40 recordings, of a decade each, in albums of five, tagged by style.
fn items() -> Vec<Item> {
    let library = test_support::library(5, 6, 40, 64).into_iter().enumerate();
    library
        .map(|(n, mut item)| {
            let (style, number) = (n % 6, n / 6);
            item.album_id = Some((40 * style + number / 5) as i64);
            item.album = Some(format!("Album {style}.{}", number / 5));
            item.place = Some((number % 5) as u32);
            item.artists = vec![format!("Artist {style}.{}", number / 5)];
            item.year = Some(1960 + 10 * style as i32 + (number % 10) as i32);
            item.tags = vec![TagScore {
                name: ["mellow", "happy", "dark", "exciting", "sad", "party"][style].into(),
                p: 0.9,
                present: true,
            }];
            item
        })
        .collect()
}

/// A play so many days before now.
fn ago(days: i64, item: usize, listened_s: f64) -> Play {
    let mut play = test_support::play(0, audio(item), listened_s);
    play.at = Timestamp::from_second(now().at.as_second() - days * DAY_S - 600).unwrap();
    play
}

fn ask<T>(catalogue: &Catalogue, log: &[Play], ask: impl FnOnce(Recommender) -> T) -> T {
    test_support::with_recommender(catalogue, &Taste::fit(catalogue, log), ask)
}

fn mix(catalogue: &Catalogue, log: &[Play], kind: MixKind) -> Option<Vec<Pick>> {
    let found = ask(catalogue, log, |recommender| recommender.mix(kind, 20));
    found.map(|(mix, picks)| {
        assert_eq!(mix.kind, kind);
        check(&picks);
        picks
    })
}

/// The score is the sum of its reasons, and nothing comes twice.
fn check(picks: &[Pick]) {
    let unlike: HashSet<usize> = picks.iter().map(|pick| pick.item).collect();
    assert_eq!(unlike.len(), picks.len());
    for pick in picks {
        let sum: f64 = pick.reasons.iter().map(|reason| reason.weight).sum();
        assert!((sum - pick.score).abs() < 1e-9, "{pick:?}");
    }
}

fn says(pick: &Pick, because: &Because) -> bool {
    let mut reasons = pick.reasons.iter();
    reasons.any(|reason| reason.because == *because)
}

/// Somebody who finishes styles 0 and 1, leaves the others, and has heard the first half of each.
fn log() -> Vec<Play> {
    let heard = |n: i64| {
        let item = (n * 7 % 120) as usize;
        ago(400 - n, item, if item % 6 < 2 { 200.0 } else { 12.0 })
    };
    (0..360).map(heard).collect()
}

#[test]
fn for_you_is_what_is_liked() {
    let catalogue = test_support::catalogue(items());
    let picks = mix(&catalogue, &log(), MixKind::ForYou).unwrap();
    assert!(
        picks.iter().filter(|pick| pick.item % 6 < 2).count() >= 18,
        "{picks:?}"
    );
    // Before anything was played there is a first look around.
    assert_eq!(mix(&catalogue, &[], MixKind::ForYou).unwrap().len(), 20);
    assert!(mix(&test_support::catalogue(Vec::new()), &[], MixKind::ForYou).is_none());
}

#[test]
fn discover_is_unheard_and_likely_liked() {
    let catalogue = test_support::catalogue(items());
    let picks = mix(&catalogue, &log(), MixKind::Discover).unwrap();
    assert!(picks.iter().all(|pick| pick.item >= 120), "{picks:?}");
    let liked = picks.iter().filter(|pick| pick.item % 6 < 2).count();
    assert!(liked >= 14, "{liked} of 20");
    assert!(picks.iter().all(|pick| says(pick, &Because::NewToYou)));
}

#[test]
fn deep_cuts_are_unheard_songs_of_artists_who_are_played() {
    let catalogue = test_support::catalogue(items());
    // Two songs of each of eight artists, again and again.
    let log: Vec<Play> = (0..96)
        .map(|n| ago(200 - n, ((n % 8) * 30 + n % 2) as usize, 200.0))
        .collect();
    let played: HashSet<&str> = log
        .iter()
        .flat_map(|play| {
            catalogue.artists(catalogue.position(&play.subject.audio.unwrap()).unwrap())
        })
        .collect();
    let picks = mix(&catalogue, &log, MixKind::DeepCuts).unwrap();
    for pick in &picks {
        assert!(
            catalogue
                .artists(pick.item)
                .all(|artist| played.contains(artist))
        );
        assert!(
            log.iter()
                .all(|play| play.subject.audio != Some(audio(pick.item)))
        );
    }
    assert!(mix(&catalogue, &[], MixKind::DeepCuts).is_none());
}

#[test]
fn rediscover_is_loved_and_long_unheard() {
    let catalogue = test_support::catalogue(items());
    let mut log: Vec<Play> = Vec::new();
    for n in 0..30 {
        for days in [500, 480, 460] {
            log.push(ago(days - n, n as usize, 200.0));
        }
        // The latter half was heard of late, too.
        if n >= 15 {
            log.push(ago(20, n as usize, 200.0));
        }
    }
    // Heard once is not loved.
    log.push(ago(300, 100, 200.0));
    let picks = mix(&catalogue, &log, MixKind::Rediscover).unwrap();
    assert_eq!(picks.len(), 15);
    assert!(picks.iter().all(|pick| pick.item < 15));
    let missed = |reason: &Reason| {
        // 460 days and more before the 19th of December 2023.
        let (times, year) = (3, 2022);
        matches!(reason.because, Because::Missed { times: found, year: last, month: 8..=9 }
            if (found, last) == (times, year))
    };
    assert!(picks.iter().all(|pick| pick.reasons.iter().any(missed)));
    assert!(mix(&catalogue, &[], MixKind::Rediscover).is_none());
}

#[test]
fn on_repeat_is_what_was_played_again_and_again_this_month() {
    let catalogue = test_support::catalogue(items());
    let mut log: Vec<Play> = (0..30).map(|n| ago(200, n * 8, 200.0)).collect();
    for n in 0..8 {
        for again in 0..=n {
            log.push(ago(2 + again as i64, n * 6, 200.0));
        }
    }
    let picks = mix(&catalogue, &log, MixKind::OnRepeat).unwrap();
    let mut found: Vec<usize> = picks.iter().map(|pick| pick.item).collect();
    found.sort_unstable();
    assert_eq!(found, [6, 12, 18, 24, 30, 36, 42]);
    assert!(
        picks
            .iter()
            .any(|pick| says(pick, &Because::WithinMonth { times: 8 }))
    );
}

#[test]
fn what_is_known_of_a_song_is_said_of_that_song() {
    let catalogue = test_support::catalogue(items());
    let log: Vec<Play> = (0..40)
        .flat_map(|n| (0..=n % 4).map(move |again| ago(3 + again as i64, n * 6, 200.0)))
        .collect();
    let picks = mix(&catalogue, &log, MixKind::ForYou).unwrap();
    let said = |pick: &Pick| {
        let known = |reason: &&Reason| reason.kind == ReasonKind::Familiar && reason.weight > 0.0;
        match pick.reasons.iter().find(known)?.because {
            Because::Heard { times } => Some((pick.item, times)),
            ref other => panic!("{other:?}"),
        }
    };
    let found: Vec<(usize, u32)> = picks.iter().filter_map(said).collect();
    assert!(found.len() > 1, "{found:?}");
    // As the log above plays them.
    let played = |item: usize| (item / 6 % 4 + 1) as u32;
    assert!(found.iter().all(|(item, times)| *times == played(*item)));
}

#[test]
fn nobody_is_told_of_seeds_they_never_chose() {
    let catalogue = test_support::catalogue(items());
    let offered = ask(&catalogue, &log(), |recommender| recommender.mixes());
    for kind in offered.into_iter().map(|mix| mix.kind) {
        let picks = mix(&catalogue, &log(), kind).unwrap();
        let of_seeds = [Because::Seed, Because::NearSeeds];
        let told = |pick: &Pick| of_seeds.iter().any(|because| says(pick, because));
        assert!(!picks.iter().any(told), "{kind}");
    }
}

#[test]
fn every_interest_has_its_daily_mix() {
    let catalogue = test_support::catalogue(items());
    let offered = ask(&catalogue, &log(), |recommender| recommender.mixes());
    let daily: Vec<&Mix> = offered
        .iter()
        .filter(|mix| mix.kind.kind() == "daily")
        .collect();
    assert!(daily.len() >= 2, "{offered:?}");
    let mut styles = HashSet::new();
    for mix in &daily {
        let picks = self::mix(&catalogue, &log(), mix.kind).unwrap();
        let style = picks[0].item % 6;
        styles.insert(style);
        let same = picks.iter().filter(|pick| pick.item % 6 == style).count();
        assert!(same >= 15, "{mix:?}: {same}");
        let tag = ["mellow", "happy"][style];
        let first = match &mix.content {
            MixContent::Alike { tags, .. } => tags.first(),
            _ => None,
        };
        assert_eq!(first.map(String::as_str), Some(tag), "{mix:?}");
    }
    assert_eq!(styles, HashSet::from([0, 1]));
    assert!(self::mix(&catalogue, &log(), MixKind::Daily { number: 9 }).is_none());
}

#[test]
fn moods_and_decades_are_what_they_say() {
    let catalogue = test_support::catalogue(items());
    for (mood, styles) in [
        (Mood::Calm, &[0][..]),
        (Mood::Happy, &[1]),
        (Mood::Dark, &[2]),
        (Mood::Energetic, &[3, 5]),
        (Mood::Melancholy, &[4]),
        (Mood::Party, &[5]),
    ] {
        let picks = mix(&catalogue, &log(), MixKind::Mood { mood }).unwrap();
        assert!(
            picks.iter().all(|pick| styles.contains(&(pick.item % 6))),
            "{mood:?}: {picks:?}"
        );
        let asked = |reason: &Reason| matches!(reason.because, Because::Asked { .. });
        assert!(picks.iter().all(|pick| pick.reasons.iter().any(asked)));
    }
    assert!(mix(&catalogue, &[], MixKind::Mood { mood: Mood::Focus }).is_none());
    for style in 0..6 {
        let picks = mix(
            &catalogue,
            &log(),
            MixKind::Decade {
                decade: 1960 + 10 * style as i32,
            },
        )
        .unwrap();
        assert!(picks.iter().all(|pick| pick.item % 6 == style));
    }
    assert!(mix(&catalogue, &[], MixKind::Decade { decade: 2020 }).is_none());
}

/// Heard to its end at noon of a day.
fn on(date: &str, item: usize) -> Play {
    let mut play = test_support::play(0, audio(item), 200.0);
    play.at = format!("{date}T12:00:00Z").parse().unwrap();
    play
}

#[test]
fn memories_are_of_their_time() {
    let catalogue = test_support::catalogue(items());
    // Now is the 19th of December 2023.
    let mut log: Vec<Play> = (0..25).map(|n| on("2019-06-01", n)).collect();
    log.extend([30, 31, 32, 33, 34].map(|n| on("2021-12-17", n)));
    log.push(on("2022-12-20", 34));
    log.push(on("2023-12-18", 35));
    log.extend((0..30).map(|n| on("2023-05-01", 60 + n)));
    log.sort_by_key(|play| play.at);
    let offered = ask(&catalogue, &log, |recommender| recommender.mixes());
    let years: Vec<MixKind> = offered
        .iter()
        .map(|mix| mix.kind)
        .filter(|kind| kind.kind() == "time-travel")
        .collect();
    assert_eq!(years, [MixKind::TimeTravel { year: 2019 }]);
    let picks = mix(&catalogue, &log, MixKind::TimeTravel { year: 2019 }).unwrap();
    assert!(picks.len() == 20 && picks.iter().all(|pick| pick.item < 25));
    assert!(picks.iter().all(|pick| says(
        pick,
        &Because::InYear {
            times: 1,
            year: 2019
        }
    )));
    let picks = mix(&catalogue, &log, MixKind::OnThisDay).unwrap();
    let found: HashSet<usize> = picks.iter().map(|pick| pick.item).collect();
    assert_eq!(found, HashSet::from([30, 31, 32, 33, 34]));
    let again = picks.iter().find(|pick| pick.item == 34).unwrap();
    let on_day = Because::OnDay {
        year: 2022,
        month: 12,
        day: 20,
    };
    assert!(says(again, &on_day), "{again:?}");
}

#[test]
fn yesterday_is_not_an_earlier_year_on_new_years_day() {
    let catalogue = test_support::catalogue(items());
    let log: Vec<Play> = (0..8).map(|n| on("2024-12-31", n)).collect();
    let offered = |at: &str| {
        ask(&catalogue, &log, |recommender| {
            let now = LocalTime {
                at: at.parse().unwrap(),
                utc_offset_s: 0,
            };
            let recommender = Recommender { now, ..recommender };
            recommender.mix(MixKind::OnThisDay, 9).is_some()
        })
    };
    assert!(!offered("2025-01-01T18:00:00Z"));
    assert!(offered("2026-01-01T18:00:00Z"));
}

#[test]
fn a_random_album_is_whole_and_rather_a_liked_one() {
    let catalogue = test_support::catalogue(items());
    let draw = |log: &[Play], rng_seed: u64| {
        ask(&catalogue, log, |recommender| {
            let recommender = Recommender {
                rng_seed,
                ..recommender
            };
            recommender.mix(MixKind::RandomAlbum, 3).unwrap()
        })
    };
    let mut liked = 0;
    let mut albums = HashSet::new();
    for rng_seed in 0..40 {
        let (mix, picks) = draw(&log(), rng_seed);
        check(&picks);
        assert_eq!(picks.len(), 5, "all of it, however many were asked for");
        let places: Vec<u32> = picks
            .iter()
            .map(|pick| catalogue.place(pick.item))
            .collect();
        assert_eq!(places, [0, 1, 2, 3, 4]);
        let unlike: HashSet<Option<u32>> = picks
            .iter()
            .map(|pick| catalogue.album(pick.item))
            .collect();
        assert_eq!(unlike.len(), 1);
        let artist = catalogue.artists(picks[0].item).next();
        assert!(
            matches!(&mix.content, MixContent::Album { artist: Some(by), .. } if Some(by.as_str()) == artist),
            "{mix:?}"
        );
        liked += usize::from(picks[0].item % 6 < 2);
        albums.insert(picks[0].item);
        assert_eq!(draw(&log(), rng_seed).1, picks);
    }
    assert!(
        liked > 20 && albums.len() > 8,
        "{liked} liked, {} unlike",
        albums.len()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_mix_that_is_offered_keeps_the_rules(
        plays in prop::collection::vec((0_i64..800, 0_usize..240, 0_usize..3), 0..200),
        barred in prop::collection::hash_set(0_usize..240, 0..60),
        rng_seed: u64,
        hour in 0_i64..24,
    ) {
        let catalogue = test_support::catalogue(items());
        let mut log: Vec<Play> = plays.iter().map(|(days, item, l)| ago(*days, *item, [200.0, 12.0, 2.0][*l])).collect();
        log.sort_by_key(|play| play.at);
        let taste = Taste::fit(&catalogue, &log);
        let exclusions = Exclusions {
            recordings: barred.iter().map(|n| audio(*n)).collect(),
            ..Exclusions::default()
        };
        let recommender = Recommender {
            tuning: &Ranking::DEFAULT,
            catalogue: &catalogue,
            taste: &taste,
            adjustments: &Adjustments::default(),
            exclusions: &exclusions,
            ends: &|_| Vec::new(),
            now: LocalTime { at: now().at, utc_offset_s: hour as i32 * 3600 },
            rng_seed,
        };
        for mix in recommender.mixes() {
            let (same, picks) = recommender.mix(mix.kind, 12).unwrap();
            prop_assert_eq!(&same, &mix);
            check(&picks);
            prop_assert!(!picks.is_empty());
            prop_assert!(picks.iter().all(|pick| !barred.contains(&pick.item)));
            prop_assert!(mix.faces.len() <= 12 && mix.faces.iter().all(|face| !barred.contains(face)));
            prop_assert_eq!(MixKind::parse(&mix.kind.to_string()), Some(mix.kind));
            // 48 artists of five songs each: whoever offers all of them can keep them apart.
            let wide = matches!(mix.kind, MixKind::ForYou | MixKind::Discover);
            let close = (0..picks.len()).any(|at| {
                let before = &picks[at.saturating_sub(ARTIST_GAP as usize)..at];
                before.iter().any(|other| recommender.share_artist(other.item, picks[at].item))
            });
            prop_assert!(!(wide && close), "{:?}", mix.kind);
        }
    }
}
