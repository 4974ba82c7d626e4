//! Wishes in words, as they are read and as songs match them.

use segue_core::{Because, Key, Period, TagScore};

use super::*;
use crate::{CatalogueBuilder, TagAbout, test_support};

fn library() -> Catalogue {
    let heard = |n: usize, tags: &[&str], year, bpm| {
        let mut item = test_support::item(n, &format!("Song {n}"), ["Nina Simone", "Piano"][n % 2]);
        let tag = |name: &&str| TagScore {
            name: (*name).into(),
            p: 0.8,
            present: true,
        };
        item.tags = tags.iter().map(tag).collect();
        item.genres = vec![["Post-Rock", "Jazz"][n % 2].into()];
        (item.year, item.bpm) = (Some(year), Some(bpm));
        item
    };
    test_support::catalogue(vec![
        heard(0, &["piano", "mellow", "instrumental"], 1994, 70.0),
        heard(1, &["piano", "jazz", "female vocals"], 1961, 120.0),
        heard(2, &["electric guitar", "female vocals", "rap"], 1999, 150.0),
    ])
}

/// Years as tests write them.
fn spelt(years: YearRange) -> String {
    let spelt = |period: Period| match period {
        Period::Year { year } => year.to_string(),
        Period::Decade { decade } => format!("{decade}s"),
        Period::Early { decade } => format!("early {decade}s"),
        Period::Mid { decade } => format!("mid {decade}s"),
        Period::Late { decade } => format!("late {decade}s"),
    };
    match years {
        YearRange::In { period } => spelt(period),
        YearRange::Before { period } => format!("before {}", spelt(period)),
        YearRange::Until { period } => format!("until {}", spelt(period)),
        YearRange::After { period } => format!("after {}", spelt(period)),
        YearRange::Since { period } => format!("since {}", spelt(period)),
        YearRange::Around { period } => format!("around {}", spelt(period)),
        YearRange::Between { first, last } => format!("{}–{}", spelt(first), spelt(last)),
    }
}

fn check(text: &str, wanted: &[(&str, &str)], unwanted: &[&str], unknown: &[&str]) {
    let found = parse_prompt(&library(), text);
    let named = |names: &Names| -> Vec<(String, String)> {
        let parts = names.parts().map(|part| match part.term.clone() {
            WishTerm::Tag { name } => ("tag", name),
            WishTerm::Genre { name } => ("genre", name),
            WishTerm::Artist { name } => ("artist", name),
            WishTerm::Tempo { name } => ("tempo", name),
            WishTerm::Era { years } => ("era", spelt(years)),
            WishTerm::Bpm { range } => ("bpm", format!("{range:?}")),
            WishTerm::Key { name } => ("key", name),
            WishTerm::Mode { mode } => ("mode", format!("{mode:?}")),
            WishTerm::Scene { name } => ("scene", name),
            WishTerm::Title { name } => ("title", name),
            WishTerm::Like { name } => ("like", name),
            WishTerm::Than { word, name } => ("than", format!("{word} than {name}")),
        });
        parts.map(|(kind, name)| (kind.to_owned(), name)).collect()
    };
    let expected: Vec<(String, String)> = wanted
        .iter()
        .map(|(kind, name)| ((*kind).to_owned(), (*name).to_owned()))
        .collect();
    assert_eq!(named(&found.wanted), expected, "{text}");
    let names: Vec<String> = named(&found.unwanted)
        .into_iter()
        .map(|(_, name)| name)
        .collect();
    assert_eq!(names, unwanted, "{text}");
    let words: Vec<&str> = found
        .unknown
        .iter()
        .map(|unknown| unknown.word.as_str())
        .collect();
    assert_eq!(words, unknown, "{text}");
}

#[test]
fn wishes_are_understood() {
    check(
        "calm piano, no vocals",
        &[("scene", "calm"), ("tag", "piano")],
        &["vocals"],
        &[],
    );
    check(
        "Play me some PIANO music without rap or guitars",
        &[("tag", "piano")],
        &["rap", "guitars"],
        &[],
    );
    check(
        "fast jazz from the 90s",
        &[("tempo", "fast"), ("tag", "jazz"), ("era", "1990s")],
        &[],
        &[],
    );
    check(
        "post rock but not slow",
        &[("genre", "post rock")],
        &["slow"],
        &[],
    );
    check(
        "something by Nina Simone, -jazz",
        &[("artist", "Nina Simone")],
        &["jazz"],
        &[],
    );
    check(
        "no vocals with piano",
        &[("tag", "piano")],
        &["vocals"],
        &[],
    );
    check(
        "sixties, 1999, the 2000s",
        &[("era", "1960s"), ("era", "1999"), ("era", "2000s")],
        &[],
        &[],
    );
    check("no drum kit, no R&B", &[], &["drum kit", "r&b"], &[]);
    check("piano, no choir", &[("tag", "piano")], &["choir"], &[]);
    check(
        "choir singing, -women",
        &[("tag", "singing")],
        &["women"],
        &["choir"],
    );
    check(
        "no drums, steelpan, jazz",
        &[("tag", "jazz")],
        &["drums"],
        &["steelpan"],
    );
    check("zydeco for my flurble", &[], &[], &["zydeco", "flurble"]);
    check("", &[], &[], &[]);
    check(" ,;- ++ \u{202e}\u{0}", &[], &[], &[]);
}

#[test]
fn years_are_bounded_by_what_stands_beside_them() {
    let wanted = |text: &str, shown: &str| check(text, &[("era", shown)], &[], &[]);
    check(
        "calm piano, no vocals, before 1990",
        &[("scene", "calm"), ("tag", "piano"), ("era", "before 1990")],
        &["vocals"],
        &[],
    );
    for text in [
        "before 1990",
        "older than 1990",
        "pre-1990",
        "from before the year 1990",
    ] {
        wanted(text, "before 1990");
    }
    for text in ["until the 80s", "up to the eighties", "1980s and earlier"] {
        wanted(text, "until 1980s");
    }
    for text in ["after 1999", "newer than 1999", "post-1999"] {
        wanted(text, "after 1999");
    }
    for text in [
        "since 1999",
        "1999 or later",
        "from 1999 onwards",
        "from 1999 on",
    ] {
        wanted(text, "since 1999");
    }
    for text in [
        "from 1970 to 1975",
        "between 1970 and 1975",
        "between 1975 and 1970",
        "1970-1975",
        "1970–1975",
        "1970 to 1975",
    ] {
        wanted(text, "1970–1975");
    }
    wanted("from the seventies to the 80s", "1970s–1980s");
    wanted("early 90s", "early 1990s");
    wanted("around 1994", "around 1994");
    check(
        "jazz not before the 90s",
        &[("tag", "jazz")],
        &["before 1990s"],
        &[],
    );
    check(
        "jazz, nothing after 1990",
        &[("tag", "jazz")],
        &["after 1990"],
        &[],
    );
    check("no later than 1990", &[], &["after 1990"], &[]);
    check("-90s jazz", &[("tag", "jazz")], &["1990s"], &[]);
    // A bound that bounds nothing is not understood, and the year with it.
    check("between 1990", &[], &[], &["between", "1990"]);
    check("before, jazz", &[("tag", "jazz")], &[], &["before"]);
    check(
        "80s and 90s",
        &[("era", "1980s"), ("era", "1990s")],
        &[],
        &[],
    );
}

#[test]
fn bounded_years_match_what_lies_within() {
    let catalogue = library();
    let matching = |text: &str, expected: [f64; 3]| {
        let found = parse_prompt(&catalogue, text).wanted;
        let found = [0, 1, 2].map(|at| found.matching(&catalogue, at));
        assert_eq!(found, expected, "{text}");
    };
    // Of 1994, 1961 and 1999.
    matching("before 1994", [0.0, 1.0, 0.0]);
    matching("until 1994", [1.0, 1.0, 0.0]);
    matching("after 1994", [0.0, 0.0, 1.0]);
    matching("since 1994", [1.0, 0.0, 1.0]);
    matching("before the 90s", [0.0, 1.0, 0.0]);
    matching("until the 90s", [1.0; 3]);
    matching("after the 90s", [0.0; 3]);
    matching("from 1961 to 1994", [1.0, 1.0, 0.0]);
    matching("late 90s", [0.0, 0.0, 1.0]);
}

#[test]
fn matching_says_how_well() {
    let catalogue = library();
    let calm = parse_prompt(&catalogue, "calm piano, no vocals");
    let wanted = |at| calm.wanted.matching(&catalogue, at);
    assert!(wanted(0) > wanted(1) && wanted(1) > wanted(2));
    let tag = |name: &str| WishTerm::Tag { name: name.into() };
    let scene = WishTerm::Scene {
        name: "calm".into(),
    };
    let terms = vec![scene, tag("piano")];
    let explained = calm.wanted.explain(&catalogue, 0, true).unwrap().1;
    assert_eq!(explained, Because::Asked { terms });
    assert!(calm.unwanted.explain(&catalogue, 0, false).is_none());
    let (vocals, because) = calm.unwanted.explain(&catalogue, 1, false).unwrap();
    let term = tag("vocals");
    assert!(vocals > 0.5);
    assert_eq!(because, Because::AskedToLeaveOut { term });
    let eras = parse_prompt(&catalogue, "nineties");
    assert_eq!(
        [0, 1, 2].map(|at| eras.wanted.matching(&catalogue, at)),
        [1.0, 0.0, 1.0]
    );
}

#[test]
fn artists_are_found_whatever_signs_they_bear() {
    const ARTISTS: [&str; 8] = [
        "AC/DC",
        "Queens of the Stone Age",
        "St. Vincent",
        "Dr. Dre",
        "P!nk",
        "Florence + The Machine",
        "Godspeed You! Black Emperor",
        "Earth, Wind & Fire",
    ];
    let items = ARTISTS.iter().enumerate();
    let catalogue = test_support::catalogue(
        items
            .map(|(n, artist)| test_support::item(n, &format!("S{n}"), artist))
            .collect(),
    );
    for artist in ARTISTS {
        let found = parse_prompt(&catalogue, &format!("no P!nk, but some {artist}; zydeco"));
        let names: Vec<&str> = found
            .wanted
            .parts()
            .map(|part| match &part.term {
                WishTerm::Artist { name } => name.as_str(),
                _ => "",
            })
            .collect();
        assert_eq!((names, found.unknown.len()), (vec![artist], 1), "{found:?}");
        assert_eq!(found.unwanted.parts().count(), 1);
    }
}

#[test]
fn signs_end_clauses_where_they_are_not_part_of_a_name() {
    check("no rap/jazz", &[("tag", "jazz")], &["rap"], &[]);
    check("no rap + jazz", &[("tag", "jazz")], &["rap"], &[]);
    check("no rap (jazz)", &[("tag", "jazz")], &["rap"], &[]);
    check("no rap\njazz!", &[("tag", "jazz")], &["rap"], &[]);
    check("no rap jazz", &[], &["rap", "jazz"], &[]);
    check("“jazz”,-rap", &[("tag", "jazz")], &["rap"], &[]);
}

/// Two songs by each of three artists, unlike in all that is compared.
fn compared() -> Catalogue {
    let heard = |n: usize, artist: &str, tags: &[&str], bpm, lufs, year, key: &str| {
        let mut item = test_support::item(n, &format!("Song {n}"), artist);
        let tag = |name: &&str| TagScore {
            name: (*name).into(),
            p: 0.9,
            present: true,
        };
        item.tags = tags.iter().map(tag).collect();
        (item.bpm, item.loudness_lufs) = (Some(bpm), Some(lufs));
        (item.year, item.key) = (Some(year), Key::parse(key));
        (item.album, item.album_id) = (Some(format!("Album {}", n / 2)), Some(n as i64 / 2));
        item
    };
    test_support::catalogue(vec![
        heard(
            0,
            "Ann",
            &["rock", "electric guitar"],
            120.0,
            -9.0,
            1985,
            "A minor",
        ),
        heard(
            1,
            "Ann",
            &["rock", "electric guitar"],
            118.0,
            -9.0,
            1987,
            "C",
        ),
        heard(
            2,
            "Bob",
            &["mellow", "chill", "acoustic guitar"],
            75.0,
            -18.0,
            1972,
            "E minor",
        ),
        heard(
            3,
            "Bob",
            &["mellow", "tender", "piano"],
            80.0,
            -19.0,
            1974,
            "G",
        ),
        heard(
            4,
            "Cat",
            &["metal", "angry", "punk"],
            170.0,
            -6.0,
            2005,
            "B minor",
        ),
        heard(
            5,
            "Cat",
            &["metal", "exciting"],
            160.0,
            -6.0,
            2008,
            "F# minor",
        ),
    ])
}

#[test]
fn a_wish_moves_on_from_what_it_is_like() {
    let catalogue = compared();
    let check = |text: &str, terms: &[&str], matching: [bool; 6]| {
        let found = parse_prompt(&catalogue, text);
        assert_eq!(found.unknown, [], "{text}");
        let named = found.wanted_terms.iter().map(|part| match &part.term {
            WishTerm::Like { name } => format!("like {name}"),
            WishTerm::Than { word, name } => format!("{word} than {name}"),
            other => format!("{other:?}"),
        });
        assert_eq!(named.collect::<Vec<_>>(), terms, "{text}");
        assert_eq!(found.like.len(), 1, "{text}");
        let all = |at| found.wanted.matching(&catalogue, at) > 0.5;
        assert_eq!([0, 1, 2, 3, 4, 5].map(all), matching, "{text}");
    };
    let (calmer, wilder) = (
        [false, false, true, true, false, false],
        [false, false, false, false, true, true],
    );
    check(
        "like Ann but calmer",
        &["like Ann", "calmer than Ann"],
        calmer,
    );
    check("like Ann, slower", &["like Ann", "slower than Ann"], calmer);
    check(
        "similar to Ann but much quieter",
        &["like Ann", "much quieter than Ann"],
        calmer,
    );
    check(
        "wie Ann, aber ruhiger",
        &["like Ann", "ruhiger than Ann"],
        calmer,
    );
    check("faster than Ann", &["faster than Ann"], wilder);
    check(
        "like Album 0 but heavier",
        &["like Album 0", "heavier than Album 0"],
        wilder,
    );
    check(
        "like Song 1 but louder",
        &["like Song 1", "louder than Song 1"],
        wilder,
    );
    check(
        "like Ann but newer",
        &["like Ann", "newer than Ann"],
        wilder,
    );
    check(
        "like Ann but older",
        &["like Ann", "older than Ann"],
        calmer,
    );
    check(
        "like Cat but not as fast",
        &["like Cat", "not as fast than Cat"],
        [true, true, true, true, false, false],
    );
    check(
        "like Bob but less piano",
        &["like Bob", "less piano than Bob"],
        [true, true, true, false, true, true],
    );
    // What is like something and no more has nothing else to match.
    let like = parse_prompt(&catalogue, "like Song 1");
    assert!(like.wanted.is_empty() && !like.is_empty());
    assert!(!like.like[0].may_come && like.like[0].songs == [1]);
    assert!(parse_prompt(&catalogue, "like Ann").like[0].may_come);
    // Without anything to be like, it is a wish for what is so; and "like" is a word like any other.
    let calmer = parse_prompt(&catalogue, "calmer");
    assert!(matches!(&calmer.wanted_terms[0].term, WishTerm::Scene { name } if name == "calmer"));
    let like = parse_prompt(&catalogue, "something like rock");
    assert!(like.like.is_empty() && like.wanted.parts().count() == 1);
}

#[test]
fn tempos_keys_and_modes_are_wishes() {
    let catalogue = compared();
    let matching = |text: &str, expected: [f64; 6]| {
        let found = parse_prompt(&catalogue, text);
        assert_eq!(found.unknown, [], "{text}");
        let found = [0, 1, 2, 3, 4, 5].map(|at| found.wanted.matching(&catalogue, at));
        assert_eq!(found, expected, "{text}");
    };
    matching("120 bpm", [1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    matching("faster than 150", [0.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
    matching("70-80 bpm", [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    matching("in A minor", [1.0, 0.6, 0.0, 0.0, 0.0, 0.0]);
    matching("in a minor key", [1.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
    matching("major", [0.0, 1.0, 0.0, 1.0, 0.0, 0.0]);
    matching("der 70er", [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    matching("vor 1980", [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    matching("seit den Achtzigern", [1.0, 1.0, 0.0, 0.0, 1.0, 1.0]);
    // A year has one decade, so decades stand for each other; bounds are both meant.
    matching("80s and 2000s", [1.0, 1.0, 0.0, 0.0, 1.0, 1.0]);
    let bounded = parse_prompt(&catalogue, "after 1973, before 1986");
    let clear = |at| bounded.wanted.matching(&catalogue, at) > 0.5;
    assert_eq!(
        [0, 1, 2, 3, 4, 5].map(clear),
        [true, false, false, true, false, false]
    );
}

#[test]
fn a_wish_of_two_words_wants_both() {
    let catalogue = compared();
    let matching = |text: &str, at| {
        parse_prompt(&catalogue, text)
            .wanted
            .matching(&catalogue, at)
    };
    let calm_piano = |at| matching("calm piano", at);
    assert!(
        calm_piano(3) > 0.8 && calm_piano(2) < 0.3,
        "{} {}",
        calm_piano(3),
        calm_piano(2)
    );
    assert!(matching("piano or metal", 3) > 0.8 && matching("piano or metal", 4) > 0.8);
    assert!(matching("metal, piano", 4) < 0.3);
}

#[test]
fn what_was_understood_can_be_taken_away() {
    let catalogue = compared();
    for (text, rests) in [
        (
            "calm piano, no metal",
            vec!["piano, no metal", "calm, no metal", "calm piano"],
        ),
        ("no metal, piano", vec!["no metal", "piano"]),
        (
            "no metal or punk, piano",
            vec!["no metal or punk", "no or punk, piano", "no metal, piano"],
        ),
        ("rock from the 80s", vec!["from the 80s", "rock"]),
        ("like Ann but calmer", vec!["but calmer", "like Ann but"]),
        ("for running, 160 bpm", vec!["160 bpm", "for running"]),
        ("piano", vec![""]),
    ] {
        let found = parse_prompt(&catalogue, text);
        let parts: Vec<&segue_core::WishPart> = found
            .wanted_terms
            .iter()
            .chain(&found.unwanted_terms)
            .collect();
        let mut told: Vec<&str> = parts.iter().map(|part| part.rest.as_str()).collect();
        let mut expected = rests.clone();
        told.sort_unstable();
        expected.sort_unstable();
        assert_eq!(told, expected, "{text}");
        for part in &parts {
            let rest = parse_prompt(&catalogue, &part.rest);
            let left = rest.wanted_terms.len() + rest.unwanted_terms.len();
            assert_eq!(
                (left, rest.unknown.len()),
                (parts.len() - 1, 0),
                "{text}: {}",
                part.rest
            );
        }
    }
}

#[test]
fn what_is_misspelt_is_said_with_what_may_be_meant() {
    let found = parse_prompt(&compared(), "clam paino, zydeco");
    let said: Vec<(&str, &[String])> = found
        .unknown
        .iter()
        .map(|unknown| (unknown.word.as_str(), unknown.near.as_slice()))
        .collect();
    assert_eq!(
        said,
        [
            ("clam", &["calm".to_owned()][..]),
            ("paino", &["piano".to_owned()][..]),
            ("zydeco", &[][..])
        ]
    );
}

#[test]
fn words_mean_what_the_model_has_of_them() {
    // A model that hears but one of the tags of a rainy day, and one that hears none.
    let catalogue = compared();
    let found = parse_prompt(&catalogue, "rainy day").wanted;
    let best = (0..6).max_by(|a, b| {
        let matching = |at: &usize| found.matching(&catalogue, *at);
        matching(a).total_cmp(&matching(b))
    });
    assert!(matches!(best, Some(2 | 3)), "{best:?}");
    let bare = test_support::catalogue(vec![test_support::item(0, "S", "A")]);
    let found = parse_prompt(&bare, "rainy day");
    assert_eq!(found.wanted.matching(&bare, 0), 0.0);
    let titled = |title: &str, expected: f64| {
        let catalogue = test_support::catalogue(vec![test_support::item(0, title, "A")]);
        let found = parse_prompt(&catalogue, "christmas").wanted;
        assert_eq!(found.matching(&catalogue, 0), expected, "{title}");
    };
    titled("Xmas in June", 1.0);
    titled("Santa's Song", 1.0);
    titled("Santana", 0.0);
    let live = parse_prompt(&bare, "no live");
    assert!(matches!(
        live.unwanted_terms[0].term,
        WishTerm::Title { .. }
    ));
}

#[test]
fn a_wider_tag_is_met_by_a_narrower_one_and_little_trust_counts_less() {
    let about = |name: &str, parent: Option<&str>, trust| TagAbout {
        name: name.into(),
        parent: parent.map(ToOwned::to_owned),
        trust,
    };
    let tagged = |n: usize, tag: &str| {
        let mut item = test_support::item(n, &format!("S{n}"), &format!("A{n}"));
        item.tags = vec![TagScore {
            name: tag.into(),
            p: 1.0,
            present: true,
        }];
        item
    };
    let mut builder = CatalogueBuilder::new(None).about([
        about("bebop", Some("jazz"), 1.0),
        about("jazz", None, 1.0),
        about("mellow", None, 0.1),
    ]);
    for (n, tag) in ["jazz", "bebop", "mellow", "banjo"].into_iter().enumerate() {
        builder.push(&tagged(n, tag));
    }
    let catalogue = builder.finish();
    let matching = |tag: &str, at| {
        Names::tag(&catalogue, tag)
            .unwrap()
            .matching(&catalogue, at)
    };
    assert_eq!((matching("jazz", 0), matching("jazz", 1)), (1.0, 1.0));
    assert_eq!((matching("bebop", 0), matching("bebop", 1)), (0.0, 1.0));
    // What nothing is said of is taken at its word.
    assert_eq!(matching("banjo", 3), 1.0);
    assert!((0.5..0.7).contains(&matching("mellow", 2)));
    let plain = |at: usize| catalogue.tag_numbers(at)[0].is_plain();
    assert_eq!([0, 1, 2, 3].map(plain), [true, true, false, true]);
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,80}") {
        let catalogue = library();
        let found = parse_prompt(&catalogue, &text);
        for at in 0..3 {
            for names in [&found.wanted, &found.unwanted] {
                proptest::prop_assert!((0.0..=1.0).contains(&names.matching(&catalogue, at)));
            }
        }
    }
}
