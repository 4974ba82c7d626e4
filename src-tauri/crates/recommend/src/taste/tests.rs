//! What taste promises, on synthetic libraries and logs.

use super::*;
use crate::test_support::{self, audio, now, play};
use crate::{Catalogue, Item};
use proptest::prelude::*;
use segue_core::Rating;

/// 8 styles of 30 recordings; the artist and tags of each follow its style.
fn library() -> Catalogue {
    test_support::catalogue(test_support::library(5, 8, 30, 32))
}

fn all_finite(taste: &Taste, catalogue: &Catalogue) -> bool {
    let scores = (0..catalogue.len()).all(|item| taste.score(catalogue, item, now()).is_finite());
    let draw = taste.draw(catalogue, 3);
    let drawn =
        (0..catalogue.len()).all(|item| draw.sampled_deviation(catalogue, item).is_finite());
    scores
        && drawn
        && taste
            .means
            .iter()
            .chain(&taste.deviations)
            .all(|x| x.is_finite())
        && taste.weight_in_ranking() >= 0.0
}

#[test]
fn a_listener_with_taste_is_predicted_and_one_without_is_not() {
    let catalogue = library();
    let listens = |style: usize| if style < 3 { 0.85 } else { 0.15 };
    let (mut with, mut without) = (Vec::new(), Vec::new());
    let (mut learned, mut noise) = (Vec::new(), Vec::new());
    for seed in 0..8 {
        let log = test_support::log(seed, 240, 600, |item| listens(item % 8));
        let taste = Taste::fit(&catalogue, &log);
        let validation = *taste.validation().unwrap();
        assert!(
            validation.log_loss < validation.log_loss_baseline,
            "{validation:?}"
        );
        assert!(validation.calibration_error < 0.2, "{validation:?}");
        learned.push(taste.weight_in_ranking());
        with.push(validation.auc);
        let log = test_support::log(seed + 100, 240, 600, |_| 0.6);
        let taste = Taste::fit(&catalogue, &log);
        without.push(taste.validation().unwrap().auc);
        noise.push(taste.weight_in_ranking());
    }
    let mean = |aucs: &[f64]| aucs.iter().sum::<f64>() / aucs.len() as f64;
    assert!(mean(&with) > 0.75, "{with:?}");
    assert!((mean(&without) - 0.5).abs() < 0.05, "{without:?}");
    assert!(
        mean(&learned) > 0.5 && mean(&noise) < 0.2,
        "{learned:?} against noise {noise:?}"
    );
}

#[test]
fn how_much_is_listened_to_is_asked_of_the_latest_plays() {
    let catalogue = library();
    let (mut log, earlier) = (
        test_support::log(1, 240, 6_000, |_| 0.4),
        test_support::log(1, 240, 3_000, |_| 0.9),
    );
    log.splice(..earlier.len(), earlier);
    let taste = Taste::fit(&catalogue, &log);
    let after = LocalTime::of(log.last().unwrap());
    let chances: f64 = (0..catalogue.len())
        .map(|item| taste.chance(&catalogue, item, PlaySource::Shuffle, after))
        .sum();
    let mean = chances / catalogue.len() as f64;
    assert!((mean - 0.4).abs() < 0.1, "{mean}");
}

#[test]
fn taste_without_vectors_is_learned_from_artists_genres_and_tags() {
    let items = test_support::library(5, 8, 30, 32)
        .into_iter()
        .enumerate()
        .map(|(n, mut item)| {
            item.vector = None;
            item.genres = vec![format!("Style {}", n % 8)];
            item
        });
    let catalogue = test_support::catalogue(items.collect());
    let log = test_support::log(1, 240, 400, |item| if item % 8 < 3 { 0.85 } else { 0.15 });
    let taste = Taste::fit(&catalogue, &log);
    assert!(taste.validation().unwrap().auc > 0.75);
    let summary = taste.summary(&catalogue, 3, &[]);
    let names = |effects: &[Effect]| {
        let mut names: Vec<String> = effects.iter().map(|effect| effect.name.clone()).collect();
        names.sort();
        names
    };
    assert_eq!(
        names(&summary.genres.liked),
        ["Style 0", "Style 1", "Style 2"]
    );
    assert!(
        summary
            .genres
            .disliked
            .iter()
            .all(|effect| effect.weight < 0.0 && effect.deviation > 0.0)
    );
    assert_eq!(summary.version, taste.version());
    // What is shown as odds is calibrated on the held-out plays.
    let liked = &summary.genres.liked[0];
    let number = catalogue.genre_names().find(&liked.name).unwrap() as usize;
    let fitted = taste.means[taste.layout.genres + number];
    assert!(taste.calibration.slope != 1.0 && fitted > 0.0);
    assert_eq!(liked.weight, taste.calibration.slope * fitted);
}

#[test]
fn an_imported_history_without_skips_teaches_by_what_was_chosen() {
    let catalogue = library();
    let mut log = test_support::log(2, 30, 200, |_| 1.0);
    for entry in &mut log {
        let chosen = catalogue.position(&entry.subject.audio.unwrap()).unwrap();
        entry.subject.audio = Some(audio(chosen * 8 + 1));
        entry.source = PlaySource::Import;
    }
    let taste = Taste::fit(&catalogue, &log);
    let mean = |style: usize| {
        (0..30)
            .map(|n| taste.score(&catalogue, n * 8 + style, now()))
            .sum::<f64>()
            / 30.0
    };
    assert!(
        (0..8)
            .filter(|style| *style != 1)
            .all(|style| mean(1) > mean(style) + 0.5)
    );
    assert_eq!(taste.validation(), None);
}

#[test]
fn opinions_weigh_more_than_plays_and_the_last_one_counts() {
    let catalogue = library();
    let rate = |at_s, item: usize, rating| {
        let mut entry = play(at_s, audio(item), 0.0);
        entry.rating = Some(rating);
        entry
    };
    let score = |log: &[Play], item| Taste::fit(&catalogue, log).score(&catalogue, item, now());
    let (liked, played) = (
        [rate(0, 3, Rating::Like)],
        [play(0, audio(3), 200.0), play(1, audio(4), 12.0)],
    );
    assert!(score(&liked, 3) > score(&played, 3) && score(&played, 3) > score(&played, 4));
    assert!(score(&[rate(0, 3, Rating::Dislike)], 3) < -score(&played, 3));
    let turned = [rate(0, 3, Rating::Like), rate(1, 3, Rating::Dislike)];
    assert_eq!(
        score(&turned, 3).to_bits(),
        score(&[rate(1, 3, Rating::Dislike)], 3).to_bits()
    );
}

#[test]
fn an_opinion_given_anew_leaves_nothing_of_the_earlier_one() {
    let catalogue = library();
    let check = |log: &[(i64, Rating)], expected: f64| {
        let log: Vec<Play> = log
            .iter()
            .map(|(years, rating)| {
                let mut entry = play(years * 365 * 86_400, audio(3), 0.0);
                entry.rating = Some(*rating);
                entry
            })
            .collect();
        let taste = Taste::fit(&catalogue, &log);
        let favour = taste.stats(3).unwrap().favour;
        assert!((favour - expected).abs() < 1e-9, "{favour} {expected}");
    };
    check(&[(0, Rating::Dislike)], -3.0);
    check(&[(0, Rating::Like), (2, Rating::Dislike)], -3.0);
    check(&[(0, Rating::Dislike), (2, Rating::Like)], 3.0);
}

#[test]
fn a_song_liked_while_it_sounds_is_learned_by_itself_when_it_ends() {
    let catalogue = library();
    let check = |liked_s: i64, ended_s: i64, by_itself: bool| {
        let mut log = test_support::log(1, 240, 21, |_| 0.5);
        let mut like = play(100_000 + liked_s, audio(3), 0.0);
        like.rating = Some(Rating::Like);
        log.push(like);
        let mut taste = Taste::fit(&catalogue, &log);
        let played = play(100_000, audio(3), ended_s as f64);
        log.push(played.clone());
        assert_eq!(taste.precedes(&played), by_itself, "{liked_s} {ended_s}");
        assert_eq!(taste.learn(&catalogue, &played), !by_itself);
        let whole = Taste::fit(&catalogue, &log);
        assert_eq!(taste.version() == whole.version(), by_itself);
    };
    check(-50, 200, true);
    check(50, 200, true);
    check(250, 200, false);
}

#[test]
fn leaving_at_once_is_mood_and_leaving_soon_is_dislike() {
    let catalogue = library();
    let both = |listened_s: f64| {
        let log = [play(0, audio(0), listened_s), play(1, audio(7), 200.0)];
        Taste::fit(&catalogue, &log).score(&catalogue, 0, now())
    };
    let (refused, abandoned, glimpsed, listened) = (both(12.0), both(60.0), both(2.0), both(200.0));
    assert!(refused < abandoned && abandoned < glimpsed && glimpsed < listened);
}

#[test]
fn nothing_played_is_nothing_known() {
    let catalogue = library();
    let stranger = play(0, audio(9999), 200.0);
    for log in [&[][..], &[stranger][..]] {
        let taste = Taste::fit(&catalogue, log);
        assert_eq!((taste.plays(), taste.weight_in_ranking()), (0, 0.0));
        assert_eq!(taste.means, taste.layout.expected());
        assert!(taste.summary(&catalogue, 5, &[]).artists.liked.is_empty());
    }
    assert!(!Taste::fit(&catalogue, &[]).fits(&test_support::catalogue(vec![])));
}

#[test]
fn an_artist_is_learned_from_recordings_the_library_lacks() {
    let catalogue = library();
    let mut entry = play(0, audio(9999), 200.0);
    entry.subject.artist = Some("artist 2.0".into());
    entry.subject.title = Some("lost".into());
    let taste = Taste::fit(&catalogue, &[entry]);
    assert!(taste.score(&catalogue, 2, now()) > taste.score(&catalogue, 3, now()));
}

fn any_play() -> impl Strategy<Value = Play> {
    let seconds = prop_oneof![
        Just(0.0),
        Just(-5.0),
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(1e300),
        0.0..400.0
    ];
    let rating = prop_oneof![
        Just(None),
        Just(Some(Rating::Like)),
        Just(Some(Rating::Dislike))
    ];
    let sources = [
        "radio", "mix", "album", "search", "shuffle", "playlist", "queue", "import",
    ];
    let source = prop::sample::select(sources.to_vec());
    (
        seconds.clone(),
        prop::option::of(seconds),
        rating,
        source,
        0_usize..14,
        -4_i64..40,
    )
        .prop_map(|(listened_s, duration_s, rating, source, item, at)| {
            let mut entry = play(at * 5_000_000, audio(item), listened_s);
            entry.subject.duration_s = duration_s;
            entry.rating = rating;
            entry.source = PlaySource::parse(source).unwrap();
            entry
        })
}

#[test]
fn checkpoints_leave_an_eighth_at_most_to_single_steps() {
    for plays in 0..100_000 {
        let whole = checkpoint(plays);
        assert!(whole <= plays && (plays - whole) * 8 <= plays, "{plays}");
        assert_eq!(checkpoint(whole), whole);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn learning_play_by_play_is_learning_the_log(log in prop::collection::vec(any_play(), 1..60)) {
        let catalogue = test_support::catalogue(test_support::library(9, 2, 6, 8));
        let mut taste = Taste::fit(&catalogue, &[]);
        for (number, play) in log.iter().enumerate() {
            let anew = taste.learn(&catalogue, play);
            prop_assert!(all_finite(&taste, &catalogue));
            let folded = Taste::fit(&catalogue, &log[..=number]);
            if anew {
                taste = folded;
            } else {
                prop_assert_eq!(taste.version(), folded.version());
            }
        }
    }

    #[test]
    fn any_log_gives_the_same_finite_taste_twice(log in prop::collection::vec(any_play(), 0..60)) {
        let mut items: Vec<Item> = test_support::library(9, 2, 6, 8);
        items[3].vector = None;
        items[4].duration_s = f64::NAN;
        let catalogue = test_support::catalogue(items);
        let doubled: Vec<Play> = log.iter().chain(&log).cloned().collect();
        for log in [&log, &doubled] {
            let taste = Taste::fit(&catalogue, log);
            prop_assert!(all_finite(&taste, &catalogue));
            prop_assert_eq!(taste.version(), Taste::fit(&catalogue, log).version());
        }
    }
}
