//! The language: what is read, what is refused and where, and that what is written is read again.

use proptest::prelude::*;

use super::*;

fn written(text: &str) -> String {
    Query::parse(text)
        .unwrap_or_else(|fault| panic!("{text}: {fault:?}"))
        .to_string()
}

#[test]
fn what_is_read_is_what_was_meant() {
    for (text, meant) in [
        // Words, whatever signs are in them.
        ("beat abb", "beat abb"),
        ("AC/DC: Live (1992)", "AC/DC: Live (1992)"),
        ("now or never", "now or never"),
        ("Ann - Song", "Ann - Song"),
        ("-M- labo", "-M- labo"),
        ("Mission: Impossible :)", "Mission: Impossible :)"),
        ("Original: Mono", "Original: Mono"),
        ("OR", "OR"),
        ("!!!", "!!!"),
        // The issue's own.
        (
            "artist:coltrane year:1957..1965 -genre:live plays:0 added:<30d bpm:90..110 tag:\"female vocals\" rating:>=4 (codec:flac or codec:alac)",
            "artist:coltrane year:1957..1965 -genre:live plays:0 added:<30d bpm:90..110 tag:\"female vocals\" rating:>=4 (codec:flac OR codec:alac)",
        ),
        ("blue year:1959 train", "(blue train) year:1959"),
        ("love -live", "love -live"),
        ("\"kind of blue\" miles", "miles \"kind of blue\""),
        ("cats OR dogs", "cats OR dogs"),
        ("cats AND genre:pop", "cats genre:pop"),
        ("-(genre:pop OR genre:rock)", "-(genre:pop OR genre:rock)"),
        ("Artist:=\"John Coltrane\"", "artist:=\"John Coltrane\""),
        ("title:*love*", "title:*love*"),
        ("title:\"*in the*\"", "title:\"*in the*\""),
        ("title:love* title:*love", "title:love* title:*love"),
        (
            "album-artist:none composer:any",
            "albumartist:none composer:any",
        ),
        ("file:demos folder:x", "path:demos path:x"),
        ("year:1990s", "year:1990..1999"),
        ("year:90s or year:20s", "year:1990..1999 OR year:1920..1929"),
        ("year:1957.. year:..1965", "year:>=1957 year:<=1965"),
        ("year:<1957 plays:>3", "year:<1957 plays:>3"),
        ("length:3:30", "length:210"),
        ("length:>1h2m3s length:<=5min", "length:>3723 length:<=300"),
        (
            "samplerate:>=96k bitrate:320kbps",
            "samplerate:>=96000 bitrate:320",
        ),
        ("bpm:120 loudness:-14", "bpm:120 loudness:-14"),
        ("key:8a key:f#m", "key:\"A minor\" key:\"F# minor\""),
        (
            "added:2025 added:2025-03..2025-05-02",
            "added:2025 added:2025-03..2025-05-02",
        ),
        ("added:>2025", "added:>=2026-01-01"),
        ("added:<2025-03", "added:<=2025-02-28"),
        ("added:<=2025-03", "added:<=2025-03"),
        (
            "played:never added:30d added:>1y",
            "played:never added:<30d added:>1y",
        ),
        ("added:1w..2w", "added:1w..2w"),
        ("added:yesterday", "added:1d..1d"),
        ("is:liked -has:cover", "is:liked -has:cover"),
        // Not finished.
        ("love artist:", "love"),
        ("artist:\"miles d", "artist:\"miles d\""),
        ("artist:miles or", "artist:miles"),
        ("artist:miles or (", "artist:miles"),
        (
            "artist:miles (codec:flac or codec:al",
            "artist:miles (codec:flac OR codec:al)",
        ),
        ("artist:miles -", "- artist:miles"),
    ] {
        assert_eq!(written(text), meant, "{text}");
        assert_eq!(written(meant), meant, "{meant}");
    }
    for text in ["", "  ", "()", "artist:", "-year:"] {
        assert!(
            Query::parse(text).unwrap().is_everything() || text == "()",
            "{text}"
        );
    }
}

#[test]
fn a_fault_points_at_its_place() {
    for (text, at, kind) in [
        (
            "blue artits:miles",
            5..11,
            QueryFaultKind::UnknownField {
                name: "artits".into(),
                meant: "artist".into(),
            },
        ),
        (
            "björk year:199x",
            6..15,
            QueryFaultKind::NotANumber {
                field: "year".into(),
                text: "199x".into(),
            },
        ),
        (
            "bpm:1e9",
            0..7,
            QueryFaultKind::NotANumber {
                field: "bpm".into(),
                text: "1e9".into(),
            },
        ),
        (
            "added:soon",
            0..10,
            QueryFaultKind::NotADate {
                field: "added".into(),
                text: "soon".into(),
            },
        ),
        (
            "added:2025-02-30",
            0..16,
            QueryFaultKind::NotADate {
                field: "added".into(),
                text: "2025-02-30".into(),
            },
        ),
        ("key:H", 0..5, QueryFaultKind::NotAKey { text: "H".into() }),
        (
            "year:1990..1980",
            0..15,
            QueryFaultKind::EmptyRange {
                text: "1990..1980".into(),
            },
        ),
        ("is:liked ) x", 9..10, QueryFaultKind::Unopened),
    ] {
        let fault = Query::parse(text).unwrap_err();
        assert_eq!((fault.from..fault.to, fault.kind), (at, kind), "{text}");
    }
    let unknown = Query::parse("is:lovely").unwrap_err().kind;
    assert!(
        matches!(unknown, QueryFaultKind::UnknownFlag { known, .. } if known.contains(&"liked".to_owned()))
    );
    let much = "genre:a ".repeat(65);
    assert_eq!(
        Query::parse(&much).unwrap_err().kind,
        QueryFaultKind::TooMuch
    );
    let deep = format!("{}is:liked", "(".repeat(100_000));
    assert_eq!(
        Query::parse(&deep).unwrap_err().kind,
        QueryFaultKind::TooMuch
    );
}

#[test]
fn days_end_where_the_next_begins() {
    let day = |text: &str| match Query::parse(&format!("added:{text}")) {
        Ok(Query::Is(Condition::Date(_, DateTest::Between(Some(day), _)))) => day,
        other => panic!("{other:?}"),
    };
    for (text, first, after) in [
        ("2024", (2024, 1, 1), (2025, 1, 1)),
        ("2024-02", (2024, 2, 1), (2024, 3, 1)),
        ("2024-02-29", (2024, 2, 29), (2024, 3, 1)),
        ("2024-12-31", (2024, 12, 31), (2025, 1, 1)),
    ] {
        assert_eq!(day(text).first(), first);
        assert_eq!(day(text).after(), Some(after));
    }
}

/// Queries of every shape, as the reader would make them.
fn queries() -> impl Strategy<Value = Query> {
    let word = "[a-z]{1,6}[0-9]".prop_map(|word| word);
    let text = prop_oneof![
        word.clone().prop_map(TextTest::Words),
        "[a-z]{1,5} [a-z]{1,5}".prop_map(TextTest::Phrase),
        "[a-z]{1,5} [a-z]{1,5}".prop_map(TextTest::Is),
        "[a-z]{1,5}( [a-z]{1,5})?".prop_map(TextTest::Contains),
        word.clone().prop_map(TextTest::Begins),
        Just(TextTest::Absent),
    ];
    let number = prop_oneof![
        (0..3000_u32, 0..3000_u32).prop_map(|(a, b)| {
            NumberTest::Between(
                Bound::Closed(a.min(b).into()),
                Bound::Closed(a.max(b).into()),
            )
        }),
        (0..3000_u32).prop_map(|a| NumberTest::Between(Bound::Open(a.into()), Bound::None)),
        Just(NumberTest::Absent),
    ];
    let condition = prop_oneof![
        word.prop_map(Condition::Words),
        "[a-z]{1,5} [a-z]{1,5}".prop_map(Condition::Phrase),
        text.prop_map(|test| Condition::Text(TextField::Album, test)),
        number.prop_map(|test| Condition::Number(NumberField::Plays, test)),
        (1..99_u32).prop_map(|count| {
            let unit = AgeUnit::Months;
            Condition::Date(
                DateField::Played,
                DateTest::Ago(None, Some(Age { count, unit })),
            )
        }),
        Just(Condition::Flag(Flag::HasLyrics)),
    ];
    condition
        .prop_map(Query::Is)
        .prop_recursive(4, 24, 4, |inner| {
            // Words stand before all else, and together.
            let parts = |parts: Vec<Query>| {
                let mut words = Vec::new();
                let mut rest = Vec::new();
                for part in parts {
                    match part {
                        Query::Is(Condition::Words(word)) => words.push(word),
                        other => rest.push(other),
                    }
                }
                if !words.is_empty() {
                    rest.insert(0, Query::words(&words.join(" ")));
                }
                rest
            };
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(move |all| match parts(all) {
                    one if one.len() == 1 => one.into_iter().next().unwrap(),
                    all => Query::All(all),
                }),
                prop::collection::vec(inner.clone(), 2..4).prop_map(Query::Any),
                inner.prop_map(|inner| Query::Not(Box::new(inner))),
            ]
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(query in queries()) {
        let text = query.to_string();
        let again = Query::parse(&text).map_err(|fault| TestCaseError::fail(format!("{text}: {fault:?}")))?;
        prop_assert_eq!(again.to_string(), text.clone());
        // Words in brackets of their own mean the same beside others.
        if !text.contains("(") {
            prop_assert_eq!(again, query);
        }
    }

    #[test]
    fn nothing_that_is_typed_is_a_panic(text in "(\\PC|[\"*:(){}<>=.\\- ]|artist:|year:|added:|OR|or|is:|-| ){0,24}") {
        if let Ok(query) = Query::parse(&text) {
            let written = query.to_string();
            prop_assert!(Query::parse(&written).is_ok(), "{} from {}", written, text);
        }
    }
}
