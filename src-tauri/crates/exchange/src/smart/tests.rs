//! Navidrome's rules: what is read, what is refused, and that what is written is read again.

use segue_core::query::{Query, Sort};

use super::*;

fn parsed(text: &str) -> Result<SmartPlaylist, String> {
    read::parse(text.as_bytes())
}

#[test]
fn navidromes_own_examples_are_read() {
    for (text, query, order, limit) in [
        (
            r#"{"name": "Recently Played", "comment": "c", "all": [{"inTheLast": {"lastPlayed": 30}}], "sort": "lastPlayed", "order": "desc", "limit": 100}"#,
            "played:<30d",
            (Some(Sort::Played), true),
            Some(100),
        ),
        (
            r#"{"all": [{"any": [{"is": {"loved": true}}, {"gt": {"rating": 3}}]}, {"inTheRange": {"year": [1981, 1990]}}], "sort": "year", "order": "desc", "limit": 25}"#,
            "(is:liked OR rating:>3) year:1981..1990",
            (Some(Sort::Year), true),
            Some(25),
        ),
        (
            r#"{"all": [{"gt": {"playCount": -1}}], "sort": "random"}"#,
            "plays:>-1",
            (Some(Sort::Random), false),
            None,
        ),
        (
            r#"{"any": [{"contains": {"title": "love me"}}, {"notContains": {"albumArtist": "the"}}, {"startsWith": {"filepath": "jazz/"}}, {"is": {"filetype": "flac"}}], "sort": "-dateAdded,title"}"#,
            "title:\"*love me*\" OR -albumartist:*the* OR path:jazz/* OR path:*.flac",
            (Some(Sort::Added), true),
            None,
        ),
        (
            r#"{"all": [{"notInTheLast": {"lastPlayed": "90"}}, {"before": {"dateAdded": "2024-03-01"}}, {"after": {"dateAdded": "2023-12-31"}}, {"is": {"loved": false}}, {"is": {"rating": 0}}]}"#,
            "-played:<90d added:<=2024-02-29 added:>=2024-01-01 -is:liked rating:none",
            (None, false),
            None,
        ),
        (
            r#"{"all": [{"isMissing": {"composer": true}}, {"isMissing": {"bpm": false}}, {"isNot": {"genre": "Rock"}}]}"#,
            "composer:none bpm:any -genre:=\"Rock\"",
            (None, false),
            None,
        ),
    ] {
        let read = parsed(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!(read.query.to_string(), query);
        assert_eq!((read.sort, read.descending), order, "{query}");
        assert_eq!(read.limit, limit, "{query}");
        assert_eq!(Query::parse(query).unwrap().to_string(), query);
    }
    assert_eq!(
        parsed(r#"{"name": " A\nB ", "all": []}"#)
            .unwrap()
            .name
            .as_deref(),
        Some("A B")
    );
}

#[test]
fn what_means_nothing_here_is_refused_by_name() {
    for (text, why) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("[]", "it is no JSON object"),
        ("{}", "it has no rules: neither “all” nor “any”"),
        (
            r#"{"all": [], "any": []}"#,
            "it has rules both in “all” and in “any”",
        ),
        (
            r#"{"all": [{"is": {"mood": "x"}}]}"#,
            "there is no field “mood” here",
        ),
        (
            r#"{"all": [{"inPlaylist": {"id": "x"}}]}"#,
            "“inPlaylist” names a playlist of Navidrome's own",
        ),
        (
            r#"{"all": [{"gt": {"year": "soon"}}]}"#,
            "“gt” of “year” with \"soon\" has no like here",
        ),
        (
            r#"{"all": [{"is": {"title": "x", "album": "y"}}]}"#,
            "“is” names no single field",
        ),
        (r#"{"all": ["x"]}"#, "\"x\" is no rule"),
        (
            r#"{"all": [], "sort": "mood"}"#,
            "it is sorted by “mood”, which has no like here",
        ),
        (
            r#"{"all": [], "limit": "x"}"#,
            "its limit is no number of songs",
        ),
        (
            r#"{"all": [], "limitPercent": 10}"#,
            "a limit in percent (“limitPercent”) has no like here",
        ),
    ] {
        assert_eq!(parsed(text).unwrap_err(), why, "{text}");
    }
    let nested = |depth: usize| {
        let mut text = String::from("{\"all\": []}");
        for _ in 0..depth {
            text = format!("{{\"all\": [{text}]}}");
        }
        text
    };
    assert_eq!(
        parsed(&nested(40)).unwrap_err(),
        "its rules are nested too deeply"
    );
    // Deeper than the reader of JSON goes.
    assert!(parsed(&nested(1000)).is_err());
}

#[test]
fn what_is_written_is_read_again() {
    for (query, again) in [
        ("", "plays:>-1"),
        ("is:liked", "is:liked"),
        (
            "blue train",
            "(title:*blue* OR artist:*blue* OR album:*blue* OR genre:*blue*) (title:*train* OR artist:*train* OR album:*train* OR genre:*train*)",
        ),
        ("artist:coltrane", "artist:*coltrane*"),
        (
            "artist:=\"John Coltrane\" year:1957..1965",
            "artist:=\"John Coltrane\" year:1957..1965",
        ),
        ("-(genre:live or is:liked)", "-genre:*live* -is:liked"),
        (
            "plays:0 rating:>=4 rating:none",
            "plays:0 rating:>3 rating:none",
        ),
        ("-year:1990..1999", "year:<1990 OR year:>1999"),
        ("length:>5:00", "length:>300"),
        ("added:<2w played:never", "added:<14d played:never"),
        ("played:>30d", "-played:<30d played:ever"),
        ("added:2024-03", "added:>=2024-03-01 added:<=2024-03-31"),
        ("composer:none lyrics:any", "composer:none lyrics:any"),
        ("path:*.flac title:love*", "path:*.flac title:love*"),
    ] {
        let playlist = SmartPlaylist {
            name: Some("Name".into()),
            query: Query::parse(query).unwrap(),
            sort: Some(Sort::Rating),
            descending: true,
            limit: Some(50),
        };
        let text = write::text(&playlist).unwrap();
        let read = parsed(&text).unwrap_or_else(|why| panic!("{text}: {why}"));
        // Groups of one are groups no more once they are written as text.
        let found = Query::parse(&read.query.to_string()).unwrap().to_string();
        assert_eq!(found, again, "{text}");
        let without = |playlist: SmartPlaylist| SmartPlaylist {
            query: Query::default(),
            ..playlist
        };
        assert_eq!(without(read), without(playlist));
    }
    for (query, why) in [
        ("tag:jazz", "“tag” cannot be asked for in Navidrome"),
        (
            "is:duplicate",
            "“is:duplicate” cannot be asked for in Navidrome",
        ),
        ("added:<8h", "“added:<8h” cannot be asked for in Navidrome"),
        (
            "-title:love*",
            "“-title:love” cannot be asked for in Navidrome",
        ),
    ] {
        let playlist = SmartPlaylist {
            query: Query::parse(query).unwrap(),
            ..SmartPlaylist::default()
        };
        assert_eq!(write::text(&playlist).unwrap_err(), why);
    }
}

#[test]
fn a_file_is_replaced_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("liked.NSP");
    let playlist = SmartPlaylist {
        query: Query::parse("is:liked").unwrap(),
        ..SmartPlaylist::default()
    };
    assert!(is_smart(&path));
    super::write(&path, &playlist).unwrap();
    super::write(&path, &playlist).unwrap();
    assert_eq!(super::read(&path).unwrap().query.to_string(), "is:liked");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
