//! Finding tracks: words, order, pages, and what was analysed in them.

use super::*;

#[test]
fn words_are_found_anywhere_at_once() {
    let place = filled();
    for (text, expected) in [
        ("beat abb", vec!["Come Together", "Something"]),
        ("BJORK", vec!["Jóga", "Unravel"]),
        ("joga homogenic", vec!["Jóga"]),
        ("bob hey", vec!["Hey"]),
        ("trip hop come", vec!["Come Together"]),
        ("見える", vec!["海の見える街"]),
        ("石", vec!["海の見える街"]),
        ("shout", vec!["!!!"]),
        ("!!!", vec!["!!!"]),
        ("eatles", vec![]),
        ("title:beatles", vec![]),
        ("title: beatles", vec![]),
    ] {
        for sort in [Sort::Path, Sort::Relevance] {
            let query = TrackQuery {
                query: Query::parse(text).unwrap(),
                sort,
                ..TrackQuery::default()
            };
            let mut found = titles(&place.library, &query);
            found.sort();
            assert_eq!(found, expected, "{text:?} by {sort:?}");
            assert_eq!(
                place.library.tracks(&query).unwrap().total,
                expected.len() as u64
            );
        }
    }
}

#[test]
fn a_title_weighs_more_than_an_artist_and_an_artist_more_than_an_album() {
    let place = place();
    let rows: &[Row] = &[
        ("/m/1.flac", "Other", &["Ann"], "Bluebird Days", None, 1),
        ("/m/2.flac", "Other", &["Bluebird Band"], "Some", None, 2),
        ("/m/3.flac", "My Bluebird", &["Ann"], "Some", None, 3),
        ("/m/4.flac", "Else", &["Ann"], "Some", None, 4),
        ("/m/5.flac", "Song", &["The Blue"], "Some", None, 5),
        ("/m/6.flac", "Blue", &["Zoe"], "Some", None, 6),
    ];
    fill(&place.library, rows);
    for (text, expected) in [
        ("bl", &[3, 6, 5, 2, 1][..]),
        ("blue", &[6, 5, 3, 2, 1]),
        ("bluebird", &[3, 2, 1]),
        ("ann bluebird", &[3, 1]),
    ] {
        let query = TrackQuery {
            query: Query::parse(text).unwrap(),
            sort: Sort::Relevance,
            ..TrackQuery::default()
        };
        let page = place.library.tracks(&query).unwrap();
        let found: Vec<u8> = page.tracks.iter().map(|track| track.audio.0[0]).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn pages_are_stretches_of_the_whole_in_every_order() {
    let place = filled();
    for sort in [
        Sort::Title,
        Sort::Artist,
        Sort::Album,
        Sort::Year,
        Sort::Duration,
        Sort::Plays,
        Sort::Added,
        Sort::Path,
        Sort::Relevance,
    ] {
        for text in ["", "hop"] {
            let whole = TrackQuery {
                sort,
                query: Query::words(text),
                ..TrackQuery::default()
            };
            let all = titles(&place.library, &whole);
            let mut back = titles(
                &place.library,
                &TrackQuery {
                    descending: true,
                    ..whole.clone()
                },
            );
            back.reverse();
            assert_eq!(all, back, "{sort:?}");
            let page = TrackQuery {
                limit: Some(2),
                offset: 1,
                ..whole
            };
            assert_eq!(titles(&place.library, &page), all[1..3], "{sort:?}");
            assert_eq!(place.library.tracks(&page).unwrap().total, all.len() as u64);
        }
    }
    let by_artist = titles(&place.library, &TrackQuery::default());
    assert_eq!(by_artist[0], "!!!");
    assert_eq!(by_artist[1..4], ["Hey", "Come Together", "Something"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_query_is_an_error(text in "(\\PC|[\"*^:(){}\\-+\\\\' ]|NEAR|AND|OR|NOT| |\0){0,24}", sort in 0..3usize) {
        // One library for all cases would be shared state; a small one each is quick enough.
        let place = place();
        fill(&place.library, &ROWS[..2]);
        let sort = [Sort::Relevance, Sort::Title, Sort::Plays][sort];
        for query in [Ok(Query::words(&text)), Query::parse(&text)].into_iter().flatten() {
            place.library.spelled(&query).unwrap();
            place.library.tracks(&TrackQuery { query, sort, ..TrackQuery::default() }).unwrap();
        }
        place.library.albums(&text, AlbumSort::Added, true, 0, Some(5)).unwrap();
    }
}

#[test]
fn tracks_are_found_by_what_was_heard_in_them() {
    let place = place();
    let library = &place.library;
    fill(
        library,
        &[
            ("/m/a.flac", "Anna", &["One"], "", None, 1),
            ("/m/b.flac", "Bella", &["One"], "", None, 2),
            ("/m/c.flac", "Carla", &["Two"], "", None, 3),
            ("/m/d.flac", "Unheard", &["Two"], "", None, 4),
        ],
    );
    let (model, other) = (ModelId("m@1".into()), ModelId("m@2".into()));
    let hear = |model: &ModelId, recording: u8, present: &[&str], faint: &[&str]| {
        let embedding = Embedding::new(model.clone(), vec![1.0, 0.0]).unwrap();
        let tag = |(name, present): (&&str, bool)| TagScore {
            name: (*name).into(),
            p: 0.4,
            present,
        };
        let tags: Vec<TagScore> = present
            .iter()
            .map(|name| tag((name, true)))
            .chain(faint.iter().map(|name| tag((name, false))))
            .collect();
        library
            .put_analysis(
                audio(recording),
                &embedding,
                &ends_of(&embedding),
                &tags,
                &Descriptors::default(),
            )
            .unwrap();
    };
    hear(&model, 1, &["rock", "female vocals"], &["jazz"]);
    hear(&model, 2, &["jazz", "Female Vocals"], &["rock"]);
    hear(&model, 3, &["classic rock"], &[]);
    hear(&other, 3, &["jazz"], &[]);
    let found = |text: &str, heard_by: &ModelId| {
        let query = TrackQuery {
            query: Query::parse(text).unwrap(),
            heard_by: Some(heard_by.clone()),
            sort: Sort::Title,
            ..TrackQuery::default()
        };
        let titles = titles(library, &query);
        assert_eq!(library.tracks(&query).unwrap().total, titles.len() as u64);
        let ranked = TrackQuery {
            sort: Sort::Relevance,
            ..query
        };
        assert_eq!(library.tracks(&ranked).unwrap().tracks.len(), titles.len());
        titles
    };
    for (text, expected) in [
        ("tag:rock", &["Anna"][..]),
        ("tag:\"female vocals\"", &["Anna", "Bella"]),
        ("tag:\"female vocals\" -tag:rock", &["Bella"]),
        ("tag:\"female vocals\" ann", &["Anna"]),
        ("one -tag:jazz", &["Anna"]),
        ("tag:cla", &["Carla"]),
        ("tag:\"cla\"", &[]),
        ("tag:polka", &[]),
        ("-tag:polka two", &["Carla", "Unheard"]),
        ("-tag:jazz", &["Anna", "Carla", "Unheard"]),
        ("tag:rock tag:jazz", &[]),
    ] {
        assert_eq!(found(text, &model), expected, "{text}");
    }
    assert_eq!(found("tag:jazz", &other), ["Carla"]);
    assert_eq!(
        found("tag:jazz", &ModelId("none@0".into())),
        [""; 0] as [&str; 0]
    );
    assert_eq!(
        library
            .plain_tags(&model, &[audio(3), audio(4), audio(1)])
            .unwrap(),
        [
            Some(vec!["classic rock".to_owned()]),
            None,
            Some(vec!["rock".to_owned(), "female vocals".to_owned()])
        ]
    );
    // Heard again and otherwise, and then forgotten.
    hear(&model, 1, &["calm"], &["rock"]);
    assert_eq!(found("tag:rock", &model), [""; 0] as [&str; 0]);
    assert_eq!(found("tag:calm", &model), ["Anna"]);
    library.clear_analyses(&model).unwrap();
    assert_eq!(found("tag:calm", &model), [""; 0] as [&str; 0]);
}

#[test]
fn tracks_come_in_the_asked_order() {
    let place = filled();
    let ids = place.library.track_ids(&TrackQuery::default()).unwrap();
    let wanted = [ids[3], TrackId(12345), ids[0], ids[3]];
    let found: Vec<_> = place
        .library
        .tracks_by_id(&wanted)
        .unwrap()
        .into_iter()
        .map(|track| track.id)
        .collect();
    assert_eq!(found, [ids[3], ids[0], ids[3]]);
    let counts = place.library.counts().unwrap();
    assert_eq!(
        (
            counts.tracks,
            counts.albums,
            counts.recordings,
            counts.missing
        ),
        (8, 3, 8, 0)
    );
}
