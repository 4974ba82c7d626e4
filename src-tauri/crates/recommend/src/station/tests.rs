//! What stations promise, on synthetic libraries and listeners.

use super::*;
use std::collections::HashSet;

use crate::test_support::{self, audio, play};
use crate::{Catalogue, Item, Names, Taste, parse_prompt, similar};
use proptest::prelude::*;
use segue_core::{Because, Facet, Key, ReasonKind, TagScore};

fn request(seeds: &[usize], count: usize) -> StationQuery {
    let songs: Vec<_> = seeds.iter().map(|seed| audio(*seed)).collect();
    StationQuery {
        seeds: (!songs.is_empty())
            .then_some(Seed::Songs(songs))
            .into_iter()
            .collect(),
        less: Vec::new(),
        count,
        discovery: 0.5,
        recent: Vec::new(),
        more: None,
    }
}

fn radio(catalogue: &Catalogue, taste: &Taste, query: &StationQuery) -> Vec<Pick> {
    test_support::with_recommender(catalogue, taste, |recommender| recommender.station(query))
}

fn untaught(catalogue: &Catalogue) -> Taste {
    Taste::fit(catalogue, &[])
}

fn items(picks: &[Pick]) -> Vec<usize> {
    picks.iter().map(|pick| pick.item).collect()
}

/// The score is the sum of its reasons, and the strongest comes first.
fn check_reasons(picks: &[Pick]) {
    for pick in picks {
        let sum: f64 = pick.reasons.iter().map(|reason| reason.weight).sum();
        assert!((sum - pick.score).abs() < 1e-9 && pick.score.is_finite());
        assert!(pick.reasons.iter().all(|reason| reason.weight.is_finite()));
        assert!(pick.reasons.is_sorted_by(|a, b| a.weight >= b.weight));
    }
}

/// The smallest distance between two songs that share an artist, the seed standing at 0.
fn closest(catalogue: &Catalogue, seed: Option<usize>, picks: &[Pick]) -> usize {
    let line: Vec<Option<usize>> = std::iter::once(seed)
        .chain(picks.iter().map(|pick| Some(pick.item)))
        .collect();
    let shares = |a: usize, b: usize| {
        let theirs = catalogue.artist_numbers(b);
        catalogue
            .artist_numbers(a)
            .iter()
            .any(|artist| theirs.contains(artist))
    };
    let pairs = (0..line.len()).flat_map(|a| (a + 1..line.len()).map(move |b| (a, b)));
    pairs
        .filter(|(a, b)| matches!((line[*a], line[*b]), (Some(x), Some(y)) if shares(x, y)))
        .map(|(a, b)| b - a)
        .min()
        .unwrap_or(usize::MAX)
}

/// Songs of one sound, of whom every third shares the tempo and every fifth the key of the first.
fn grooves() -> Vec<Item> {
    let mut items = test_support::library(3, 1, 60, 16);
    for (n, item) in items.iter_mut().enumerate() {
        item.bpm = Some(if n % 3 == 0 {
            100.0
        } else {
            70.0 + n as f64 / 2.0
        });
        item.key = Key::parse(if n % 5 == 0 { "A minor" } else { "Eb" });
    }
    items
}

#[test]
fn a_station_may_ask_for_more_of_one_side() {
    let catalogue = test_support::catalogue(grooves());
    let taste = untaught(&catalogue);
    let picks = |more| {
        let query = StationQuery {
            more,
            ..request(&[0], 8)
        };
        radio(&catalogue, &taste, &query)
    };
    let share =
        |picks: &[Pick], each: usize| picks.iter().filter(|pick| pick.item % each == 0).count();
    let plain = picks(None);
    let (rhythm, harmony) = (picks(Some(Facet::Rhythm)), picks(Some(Facet::Harmony)));
    assert_eq!((share(&rhythm, 3), share(&harmony, 5)), (8, 8));
    assert!(share(&plain, 3) < 8 && share(&plain, 5) < 8);
    check_reasons(&rhythm);
    check_reasons(&harmony);
    for (picks, kind) in [
        (&rhythm, ReasonKind::Rhythm),
        (&harmony, ReasonKind::Harmony),
    ] {
        assert!(picks.iter().all(|pick| pick.reasons[0].kind == kind));
    }
    let said = |pick: &Pick| pick.reasons[0].because.clone();
    assert_eq!(
        said(&rhythm[0]),
        Because::GrooveLike {
            title: "Song 0".into(),
            bpm: Some(100),
            tags: Vec::new()
        }
    );
    assert_eq!(
        said(&harmony[0]),
        Because::KeyNear {
            title: "Song 0".into(),
            key: "A minor".into(),
            same: true
        }
    );
    let sound = picks(Some(Facet::Sound));
    check_reasons(&sound);
    assert!(sound[0].reasons[0].weight > plain[0].reasons[0].weight);
}

#[test]
fn neighbours_are_found_by_each_side() {
    let catalogue = test_support::catalogue(grooves());
    let near = |by| similar(&catalogue, audio(0), by, 10);
    let all = |near: &[(usize, f32)], each: usize| near.iter().all(|(item, _)| item % each == 0);
    let (sound, rhythm, harmony) = (
        near(Facet::Sound),
        near(Facet::Rhythm),
        near(Facet::Harmony),
    );
    assert!(all(&rhythm, 3) && all(&harmony, 5));
    assert!(!all(&sound, 3) && !all(&sound, 5));
    for near in [&sound, &rhythm, &harmony] {
        assert_eq!(near.len(), 10);
        assert!(near.windows(2).all(|pair| pair[0].1 >= pair[1].1));
    }
    // Of equally near ones those that sound more alike come first.
    let cosines: Vec<f32> = harmony
        .iter()
        .map(|(item, _)| catalogue.cosine(0, *item).unwrap())
        .collect();
    assert!(cosines.windows(2).all(|pair| pair[0] >= pair[1]));
    assert!(similar(&catalogue, audio(999), Facet::Harmony, 10).is_empty());
}

#[test]
fn a_station_stays_in_its_style_and_begins_with_the_nearest() {
    let catalogue = test_support::catalogue(test_support::library(3, 10, 40, 64));
    let taste = untaught(&catalogue);
    for seed in 0..40 {
        let picks = radio(&catalogue, &taste, &request(&[seed], 20));
        check_reasons(&picks);
        let style = items(&picks)
            .iter()
            .filter(|item| *item % 10 == seed % 10)
            .count();
        assert!(style >= 18, "{seed}: {:?}", items(&picks));
        assert!(closest(&catalogue, Some(seed), &picks) > 5);
        let first = &picks[0].reasons[0].because;
        let title = catalogue.title(seed);
        assert!(
            matches!(first, Because::SoundsLike { title: of, .. } if of == title),
            "{first:?}"
        );
        // The first to come lie about as near as anything does; flow chooses among those that are almost as near.
        let cosine = |item: usize| catalogue.cosine(seed, item).unwrap();
        let near: f32 = similar(&catalogue, audio(seed), Facet::Sound, 10)
            .iter()
            .map(|near| near.1)
            .sum();
        let first: f32 = picks[..10].iter().map(|pick| cosine(pick.item)).sum();
        assert!(first > 0.85 * near, "{first} {near}");
    }
}

/// One style, whose even songs are sung.
fn half_sung() -> Catalogue {
    let library = test_support::library(3, 2, 1500, 32)
        .into_iter()
        .enumerate();
    let items = library.map(|(n, mut item)| {
        item.tags = vec![TagScore {
            name: ["female vocals", "instrumental"][n % 2].into(),
            p: 0.9,
            present: true,
        }];
        item
    });
    test_support::catalogue(items.collect())
}

#[test]
fn what_is_asked_away_stays_away_however_much_of_it_lies_near() {
    let catalogue = half_sung();
    // Somebody who hears sung music only.
    let chances = |item: usize| if item.is_multiple_of(2) { 0.95 } else { 0.05 };
    let log = test_support::log(1, 3000, 600, chances);
    let without = |names: Names| vec![Seed::Names(names)];
    let in_words = parse_prompt(&catalogue, "no vocals").unwanted;
    let by_tag = Names::tag(&catalogue, "female vocals").unwrap();
    let some = (0..400).map(|n| audio(2 * n)).collect();
    let wishes: [(&[usize], Vec<Seed>, usize); 3] = [
        (&[], without(in_words), 3000),
        (&[0], without(by_tag), 3000),
        (&[0], vec![Seed::Around(some)], 800),
    ];
    for log in [&[][..], &log] {
        let taste = Taste::fit(&catalogue, log);
        for (seeds, less, below) in &wishes {
            let less = less.clone();
            let query = StationQuery {
                less,
                ..request(seeds, 20)
            };
            let picks = radio(&catalogue, &taste, &query);
            check_reasons(&picks);
            assert_eq!(picks.len(), 20);
            let is_away = |item: &usize| item.is_multiple_of(2) && item < below;
            let away = items(&picks).into_iter().filter(is_away).count();
            assert_eq!(away, 0, "{below}: {:?}", items(&picks));
        }
    }
}

#[test]
fn likes_and_refusals_turn_a_station_between_two_styles() {
    let mut library = test_support::library(7, 6, 40, 64);
    let (a, b) = (
        library[0].vector.clone().unwrap(),
        library[1].vector.clone().unwrap(),
    );
    let middle = a
        .values()
        .iter()
        .zip(b.values())
        .map(|(a, b)| a + b)
        .collect();
    let mut seed = test_support::item(1000, "Between", "Nobody else");
    seed.vector = segue_core::Embedding::new(test_support::model(), middle).ok();
    library.push(seed);
    let catalogue = test_support::catalogue(library);
    let first_style = |log: &[segue_core::Play]| {
        let taste = Taste::fit(&catalogue, log);
        let picks = radio(&catalogue, &taste, &request(&[1000], 20));
        check_reasons(&picks);
        picks.iter().filter(|pick| pick.item % 6 == 0).count()
    };
    let log = test_support::log(3, 240, 400, |item| if item % 6 == 0 { 0.95 } else { 0.1 });
    let against = test_support::log(3, 240, 400, |item| if item % 6 == 1 { 0.95 } else { 0.1 });
    let (plain, toward, away) = (first_style(&[]), first_style(&log), first_style(&against));
    assert!(
        toward >= plain + 4 && away + 4 <= plain,
        "{away} {plain} {toward}"
    );
}

#[test]
fn a_listener_without_taste_hardly_moves_a_station() {
    let catalogue = test_support::catalogue(test_support::library(3, 10, 40, 64));
    let mut shared = 0;
    for seed in 0..10 {
        let log = test_support::log(seed as u64, 400, 500, |_| 0.6);
        let taste = Taste::fit(&catalogue, &log);
        let with = items(&radio(&catalogue, &taste, &request(&[seed], 20)));
        let without = items(&radio(
            &catalogue,
            &untaught(&catalogue),
            &request(&[seed], 20),
        ));
        shared += with.iter().filter(|item| without.contains(item)).count();
    }
    assert!(shared >= 145, "{shared} of 200 shared");
}

#[test]
fn before_anything_is_heard_tags_make_the_station() {
    let library = test_support::library(3, 10, 40, 8)
        .into_iter()
        .enumerate()
        .map(|(n, mut item)| {
            item.vector = None;
            item.genres = vec![format!("Style {}", n % 10)];
            item.year = Some(1950 + (n % 60) as i32);
            item
        });
    let catalogue = test_support::catalogue(library.collect());
    let picks = radio(&catalogue, &untaught(&catalogue), &request(&[12], 20));
    check_reasons(&picks);
    assert!(items(&picks).iter().all(|item| item % 10 == 2));
    let genres = vec!["Style 2".to_owned()];
    let first = &picks[0].reasons[0].because;
    assert_eq!(*first, Because::SameGenre { genres });
    assert!(similar(&catalogue, audio(12), Facet::Sound, 5).is_empty());
}

#[test]
fn half_heard_libraries_mix_both_kinds_of_nearness() {
    let library = test_support::library(3, 10, 40, 64)
        .into_iter()
        .enumerate()
        .map(|(n, mut item)| {
            item.vector = item.vector.filter(|_| n % 4 < 2);
            item.genres = vec![format!("Style {}", n % 10)];
            item.tags = vec![TagScore {
                name: format!("mood {}", n % 10),
                p: 0.8,
                present: true,
            }];
            item
        });
    let catalogue = test_support::catalogue(library.collect());
    for seed in [0, 2] {
        let picks = radio(&catalogue, &untaught(&catalogue), &request(&[seed], 20));
        check_reasons(&picks);
        let heard = picks
            .iter()
            .filter(|pick| catalogue.has_vector(pick.item))
            .count();
        assert!(
            (3..=17).contains(&heard),
            "{heard} heard of 20 around {seed}"
        );
        assert!(picks.iter().filter(|pick| pick.item % 10 == seed).count() >= 18);
    }
}

#[test]
fn the_dial_leads_to_the_familiar_or_the_new() {
    let catalogue = test_support::catalogue(test_support::library(3, 4, 60, 64));
    let log: Vec<_> = (0..360)
        .map(|n| play(n * 3600, audio(n as usize % 120), 200.0))
        .collect();
    let taste = Taste::fit(&catalogue, &log);
    let known = |discovery| {
        let query = StationQuery {
            discovery,
            ..request(&[121], 20)
        };
        let picks = radio(&catalogue, &taste, &query);
        check_reasons(&picks);
        picks.iter().filter(|pick| pick.item < 120).count()
    };
    let (familiar, middle, new) = (known(0.0), known(0.5), known(1.0));
    assert!(
        familiar > middle && middle > new,
        "{familiar} {middle} {new}"
    );
}

#[test]
fn the_less_was_played_the_more_the_picks_vary() {
    let catalogue = test_support::catalogue(test_support::library(3, 4, 60, 32));
    // How many of twenty picks two draws share, and how far exploration moves a pick at most.
    let found = |plays: usize| {
        let (mut shared, mut moved) = (0, 0.0_f64);
        for listener in 0..6 {
            let taste = Taste::fit(
                &catalogue,
                &test_support::log(listener, 240, plays, |_| 0.6),
            );
            let drawn = |rng_seed| {
                test_support::with_recommender(&catalogue, &taste, |recommender| {
                    let recommender = Recommender {
                        rng_seed,
                        ..recommender
                    };
                    recommender.station(&request(&[listener as usize], 20))
                })
            };
            let (first, second) = (drawn(1), drawn(2));
            check_reasons(&first);
            let second = items(&second);
            shared += first
                .iter()
                .filter(|pick| second.contains(&pick.item))
                .count();
            let reasons = first.iter().flat_map(|pick| &pick.reasons);
            let explored = reasons.filter(|reason| reason.kind == ReasonKind::Explore);
            moved += explored.map(|reason| reason.weight.powi(2)).sum::<f64>();
        }
        (shared, moved)
    };
    let (few, many) = (found(8), found(2_000));
    assert!(few.0 < many.0 && few.1 > many.1, "{few:?} {many:?}");
}

#[test]
fn a_reason_names_what_was_finished() {
    let library = test_support::library(3, 4, 20, 16)
        .into_iter()
        .enumerate()
        .map(|(n, mut item)| {
            item.tags = vec![TagScore {
                name: ["dreamy", "harsh"][n % 2].into(),
                p: 0.9,
                present: true,
            }];
            item.artists = vec![format!("Artist {n}")];
            item
        });
    let catalogue = test_support::catalogue(library.collect());
    let mut log = test_support::log(1, 80, 150, |item| if item % 2 == 0 { 0.95 } else { 0.05 });
    log.extend((0..6).map(|n| play(1_000_000 + n, audio(8), 200.0)));
    let taste = Taste::fit(&catalogue, &log);
    let picks = radio(&catalogue, &taste, &request(&[0], 10));
    check_reasons(&picks);
    let all: Vec<&Because> = picks
        .iter()
        .flat_map(|pick| &pick.reasons)
        .map(|reason| &reason.because)
        .collect();
    let found = all.iter().any(|because| {
        matches!(because, Because::SharesTagsWithFinished { tags, title, times }
            if *tags == ["dreamy"] && title == "Song 8" && *times >= 6)
    });
    assert!(found, "{all:?}");
}

#[test]
fn without_its_strongest_term_a_pick_falls() {
    let catalogue = test_support::catalogue(test_support::library(3, 10, 60, 32));
    let log = test_support::log(4, 600, 300, |item| if item % 10 < 3 { 0.9 } else { 0.2 });
    let taste = Taste::fit(&catalogue, &log);
    let (mut fallen, mut all) = (0, 0);
    for seed in 0..50 {
        let query = request(&[seed * 11], 20);
        let picks = radio(&catalogue, &taste, &query);
        check_reasons(&picks);
        test_support::with_recommender(&catalogue, &taste, |recommender| {
            let spec = recommender.spec(&query).unwrap();
            let station = StationScorer::new(&recommender, &spec);
            let pool = station.pool(&mut station.first_stage(), CANDIDATES_MIN);
            let rank = |item: usize, score: f64| {
                let above = pool.iter().filter(|other| other.item != item);
                above.filter(|other| other.score > score).count()
            };
            for pick in &picks {
                let without = pick.score - pick.reasons[0].weight;
                fallen += usize::from(rank(pick.item, without) > rank(pick.item, pick.score));
                all += 1;
            }
        });
    }
    assert!(all == 1000 && fallen * 100 >= all * 95, "{fallen} of {all}");
}

#[test]
fn a_station_goes_on_until_the_library_is_played() {
    let catalogue = test_support::catalogue(test_support::library(3, 10, 40, 16));
    let taste = untaught(&catalogue);
    let mut query = request(&[0], 50);
    let mut heard = HashSet::from([0]);
    loop {
        let picks = radio(&catalogue, &taste, &query);
        assert!(picks.iter().all(|pick| heard.insert(pick.item)));
        query
            .recent
            .extend(picks.iter().map(|pick| catalogue.audio(pick.item)));
        if picks.len() < 50 {
            break;
        }
    }
    assert_eq!(heard.len(), 400);
}

#[test]
fn without_seeds_the_station_starts_from_favourites() {
    let catalogue = test_support::catalogue(test_support::library(3, 10, 40, 64));
    let log = test_support::log(1, 400, 300, |item| if item % 10 == 4 { 0.95 } else { 0.05 });
    let taste = Taste::fit(&catalogue, &log);
    let picks = radio(&catalogue, &taste, &request(&[], 20));
    check_reasons(&picks);
    assert!(
        picks.iter().filter(|pick| pick.item % 10 == 4).count() >= 14,
        "{:?}",
        items(&picks)
    );
    assert_eq!(
        radio(&catalogue, &untaught(&catalogue), &request(&[], 20)).len(),
        20
    );
}

#[test]
fn a_taste_of_another_library_has_no_voice() {
    let (here, there) = (
        test_support::library(3, 4, 20, 16),
        test_support::library(4, 2, 20, 16),
    );
    let (here, there) = (
        test_support::catalogue(here),
        test_support::catalogue(there),
    );
    let foreign = Taste::fit(&there, &test_support::log(1, 40, 100, |_| 0.5));
    let query = request(&[0], 10);
    assert_eq!(
        radio(&here, &foreign, &query),
        radio(&here, &untaught(&here), &query)
    );
}

#[test]
fn requests_that_make_no_sense_get_what_is_there() {
    let check = |library: Vec<Item>, query: StationQuery, expected: usize| {
        let catalogue = test_support::catalogue(library);
        assert_eq!(
            radio(&catalogue, &untaught(&catalogue), &query).len(),
            expected,
            "{query:?}"
        );
    };
    let one = || vec![test_support::item(0, "A", "X")];
    let alike = |n| {
        (0..n)
            .map(|n| test_support::item(n, &format!("T{n}"), "X"))
            .collect::<Vec<_>>()
    };
    check(vec![], request(&[0], 5), 0);
    check(vec![], request(&[], 5), 0);
    check(one(), request(&[0], 5), 0);
    check(one(), request(&[], 5), 1);
    check(one(), request(&[77], 5), 0);
    check(alike(9), request(&[0], 0), 0);
    check(alike(9), request(&[0], 5), 5);
    check(alike(9), request(&[0], usize::MAX), 8);
    check(
        alike(9),
        StationQuery {
            discovery: f32::NAN,
            ..request(&[0, 0, 99], 5)
        },
        5,
    );
    check(
        (0..6).map(|n| test_support::item(n, "Same", "X")).collect(),
        request(&[], 5),
        1,
    );
}

/// Whether `count` songs can be laid out after `line` by trying everything.
fn can_be_laid_out(left: &mut [usize], line: &mut Vec<usize>, count: usize) -> bool {
    if count == 0 {
        return true;
    }
    for artist in 0..left.len() {
        let rested = line
            .iter()
            .rev()
            .take(ARTIST_GAP as usize)
            .all(|other| *other != artist);
        if left[artist] > 0 && rested {
            left[artist] -= 1;
            line.push(artist);
            let can = can_be_laid_out(left, line, count - 1);
            line.pop();
            left[artist] += 1;
            if can {
                return true;
            }
        }
    }
    false
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn artists_are_spaced_whenever_the_library_allows(
        artists in prop::collection::vec(0_usize..9, 2..24),
        count in 1_usize..14,
        seed: u64,
    ) {
        let library = artists.iter().enumerate().map(|(n, artist)| {
            let mut item = test_support::item(n, &format!("T{n}"), &format!("A{artist}"));
            item.vector = Some(test_support::vector(seed, n, n % 3, 8, 1.0));
            item
        });
        let catalogue = test_support::catalogue(library.collect());
        let picks = radio(&catalogue, &untaught(&catalogue), &request(&[0], count));
        prop_assert_eq!(picks.len(), count.min(artists.len() - 1));
        let mut left = vec![0; 9];
        artists.iter().skip(1).for_each(|artist| left[*artist] += 1);
        if can_be_laid_out(&mut left, &mut vec![artists[0]], picks.len()) {
            prop_assert!(closest(&catalogue, Some(0), &picks) > 5, "{:?}", items(&picks));
        }
    }

    #[test]
    fn any_station_keeps_its_promises(
        shapes in prop::collection::vec((0_usize..6, 0_usize..12, 0_usize..4, any::<bool>()), 0..40),
        seeds in prop::collection::vec(0_usize..45, 0..12),
        recent in prop::collection::vec(0_usize..45, 0..12),
        plays in prop::collection::vec((0_usize..45, 0_usize..4), 0..40),
        count in 0_usize..50,
        discovery in prop_oneof![Just(f32::NAN), Just(-3.0), Just(f32::INFINITY), 0.0_f32..=1.0],
        rng_seed: u64,
    ) {
        let library = shapes.iter().enumerate().map(|(n, (artist, title, genre, heard))| {
            let mut item = test_support::item(n, &format!("T{title}"), &format!("A{artist}"));
            item.artists.extend((artist % 3 == 0).then(|| format!("A{title}")));
            item.artists.retain(|_| *genre != 3);
            item.genres = vec![format!("G{genre}")];
            item.vector = heard.then(|| test_support::vector(rng_seed, n, *genre, 6, 0.5));
            item.year = (title % 2 == 0).then_some(1990 + *title as i32);
            item
        });
        let catalogue = test_support::catalogue(library.collect());
        let listened = [200.0, 60.0, 12.0, 2.0];
        let log: Vec<_> =
            plays.iter().enumerate().map(|(n, (item, l))| play(n as i64 * 99, audio(*item), listened[*l])).collect();
        let taste = Taste::fit(&catalogue, &log);
        let hashes = |numbers: &[usize]| numbers.iter().map(|n| audio(*n)).collect::<Vec<_>>();
        let query = StationQuery {
            seeds: request(&seeds, 0).seeds, less: Vec::new(), count, discovery, recent: hashes(&recent), more: None, };
        let picks = radio(&catalogue, &taste, &query);
        check_reasons(&picks);
        prop_assert_eq!(&picks, &radio(&catalogue, &taste, &query));
        let song = |n: &usize| catalogue.song(*n);
        let excluded: HashSet<u32> =
            seeds.iter().chain(&recent).filter(|n| **n < catalogue.len()).map(song).collect();
        let open: HashSet<u32> =
            (0..catalogue.len()).map(|n| song(&n)).filter(|song| !excluded.contains(song)).collect();
        let picked: HashSet<u32> = picks.iter().map(|pick| song(&pick.item)).collect();
        prop_assert_eq!(picked.len(), picks.len());
        prop_assert!(picked.is_subset(&open));
        let lost = !seeds.is_empty() && seeds.iter().all(|n| *n >= catalogue.len());
        prop_assert_eq!(picks.len(), if lost { 0 } else { count.min(open.len()) });
    }
}
