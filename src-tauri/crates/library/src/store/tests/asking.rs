//! Finding tracks by the query language: every field, against songs of which all is known.

use jiff::civil::date;
use jiff::tz::TimeZone;

use super::*;
use crate::NewEntry;

/// Six songs that differ in all that can be asked for.
fn shelf() -> Place {
    let place = place();
    fill(
        &place.library,
        &[
            (
                "/m/jazz/a.flac",
                "Blue Train",
                &["John Coltrane"],
                "Blue Train",
                None,
                1,
            ),
            (
                "/m/jazz/b.mp3",
                "So What",
                &["Miles Davis", "John Coltrane"],
                "Kind of Blue",
                Some("Miles Davis"),
                2,
            ),
            (
                "/m/pop/c.m4a",
                "Love Me Do",
                &["The Beatles"],
                "Past Masters",
                Some("Beatles"),
                3,
            ),
            ("/m/pop/d.m4a", "Me, Love and You", &["Ann"], "", None, 4),
            ("/m/x/e.opus", "!!!", &["???"], "C# (Live)", None, 5),
            (
                "/m/x/f.flac",
                "Blue Train",
                &["Cover Band"],
                "Tribute",
                None,
                6,
            ),
        ],
    );
    let day = |year, month, day| {
        let at = date(year, month, day)
            .at(12, 0, 0, 0)
            .to_zoned(TimeZone::UTC)
            .unwrap();
        at.timestamp().as_microsecond()
    };
    let sql = format!(
        "UPDATE tracks SET genres = 'Jazz' || char(31) || 'Hard Bop', codec = 'flac', year = 1957, original_date = '1957-09-15' WHERE id = 1;
         UPDATE tracks SET genres = 'Jazz', codec = 'mp3', bitrate_kbps = 320, year = 1997, original_date = '1959' WHERE id = 2;
         UPDATE tracks SET genres = 'Pop', codec = 'aac', bitrate_kbps = 256, year = 1988, compilation = 1, bpm = 147.6 WHERE id = 3;
         UPDATE tracks SET genres = '', codec = 'alac', year = NULL, label = 'Own Records', comment = 'from Ann''s tape', musical_key = 'Am', duration_s = 210.4 WHERE id = 4;
         UPDATE tracks SET codec = 'opus', sidecar = 1, sample_rate_hz = 48000, disc = 2, duration_s = 3725 WHERE id = 5;
         UPDATE tracks SET sample_rate_hz = 96000, track = 12, recording_id = (SELECT recording_id FROM tracks WHERE id = 1) WHERE id = 6;
         UPDATE recordings SET plays = 3, half_stars = 9, rating = 'like', bpm = 96, musical_key = 'C# minor', loudness_lufs = -9.6 WHERE id = 2;
         UPDATE recordings SET plays = 1, skips = 4, half_stars = 2, rating = 'dislike' WHERE id = 3;
         UPDATE tracks SET added_at = {}, mtime_ns = {} * 1000 WHERE id = 1;
         UPDATE tracks SET added_at = {} WHERE id = 2;
         UPDATE tracks SET added_at = {} WHERE id = 3;
         UPDATE tracks SET added_at = {} WHERE id IN (4, 5, 6);
         INSERT INTO plays (at, at_s, identity, recording_id, listened_s, source, skipped) VALUES ({}, 1, x'01', 2, 60, 'album', 0), ({}, 2, x'02', 3, 60, 'album', 0), ({}, 3, x'03', 3, 2, 'album', 1);
         INSERT INTO artists (id, key, name) VALUES (900, 'milesdavis', 'Miles Davis'), (901, 'lennon', 'John Lennon');
         INSERT INTO credits (track_id, role, place, artist_id) VALUES (2, 'composer', 0, 900), (3, 'composer', 0, 901), (3, 'producer', 0, 900);
         INSERT INTO lyrics (track_id, text) VALUES (3, 'Love, love me do. You know I love you');
         UPDATE search SET genres = 'jazz hard bop' WHERE 0;",
        day(2025, 6, 1),
        day(2020, 1, 1),
        day(2025, 5, 20),
        day(2024, 5, 31),
        day(2023, 1, 1),
        day(2025, 5, 31),
        day(2024, 12, 31),
        day(2025, 6, 1),
    );
    place
        .library
        .write(LibraryAction::SaveScan, Durability::Process, |db| {
            db.execute_batch(&sql)
        })
        .unwrap();
    place
}

#[test]
fn every_field_can_be_asked_for() {
    let place = shelf();
    let library = &place.library;
    let entries = [audio(1), audio(4)].map(|audio| NewEntry {
        subject: PlaySubject {
            audio: Some(audio),
            ..PlaySubject::default()
        },
        reasons: None,
    });
    library
        .create_playlist("Late Night", None, &entries, at(0))
        .unwrap();
    let now = date(2025, 6, 1)
        .at(18, 0, 0, 0)
        .to_zoned(TimeZone::get("Europe/Berlin").unwrap())
        .unwrap();
    let check = |text: &str, expected: &[i64]| {
        let query = TrackQuery {
            query: Query::parse(text).unwrap(),
            now: now.clone(),
            sort: Sort::Path,
            ..TrackQuery::default()
        };
        let page = library.tracks(&query).unwrap();
        let mut found: Vec<i64> = page.tracks.iter().map(|track| track.id.0).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{text}");
        assert_eq!(page.total, expected.len() as u64, "{text}");
        let ranked = TrackQuery {
            sort: Sort::Relevance,
            ..query.clone()
        };
        assert_eq!(
            library.tracks(&ranked).unwrap().tracks.len(),
            expected.len(),
            "{text}"
        );
        // What is not asked for is all the rest.
        let others = TrackQuery {
            query: Query::Not(Box::new(query.query.clone())),
            ..query
        };
        assert_eq!(
            library.tracks(&others).unwrap().total,
            6 - expected.len() as u64,
            "not {text}"
        );
    };
    for (text, expected) in [
        ("", &[1, 2, 3, 4, 5, 6][..]),
        // Text.
        ("title:blue", &[1, 6]),
        ("title:\"love me\"", &[3]),
        ("title:=\"love me do\"", &[3]),
        ("title:love*", &[3]),
        ("title:*you", &[4]),
        ("title:*ov*", &[3, 4]),
        ("title:!!!", &[5]),
        ("artist:coltrane", &[1, 2]),
        ("artist:\"john col\"", &[1, 2]),
        ("artist:=\"John Coltrane\"", &[1, 2]),
        ("artist:=beatles", &[3]),
        ("albumartist:none", &[1, 4, 5, 6]),
        ("albumartist:miles", &[2]),
        ("album:none", &[4]),
        ("album:C#", &[5]),
        ("album:=\"c# live\"", &[5]),
        ("genre:none", &[4]),
        ("genre:=\"hard bop\"", &[1]),
        ("composer:davis", &[2]),
        ("producer:davis", &[3]),
        ("composer:none -genre:none", &[1, 5, 6]),
        ("label:own", &[4]),
        ("comment:\"ann's tape\"", &[4]),
        ("lyrics:\"love me do\"", &[3]),
        ("lyrics:none", &[1, 2, 4, 5, 6]),
        ("path:jazz", &[1, 2]),
        ("path:*.m4a", &[3, 4]),
        ("codec:flac or codec:alac", &[1, 4, 6]),
        ("key:Am or key:12A", &[2, 4]),
        ("key:none", &[1, 3, 5, 6]),
        ("playlist:late", &[1, 4, 6]),
        ("playlist:=\"late night\"", &[1, 4, 6]),
        ("playlist:morning", &[]),
        // Numbers.
        ("year:1957..1990 -artist:ann", &[1, 3]),
        ("year:none", &[4]),
        ("year:1950s", &[1]),
        ("original:1950s", &[1, 2]),
        ("track:12 disc:none", &[6]),
        ("disc:2", &[5]),
        ("length:3:30", &[4]),
        ("length:>1h", &[5]),
        ("bpm:96", &[2]),
        ("bpm:148", &[3]),
        ("plays:0", &[1, 4, 5, 6]),
        ("plays:>=1 skips:<4", &[2]),
        ("rating:>=4", &[2]),
        ("rating:4.5", &[2]),
        ("rating:none", &[1, 4, 5, 6]),
        ("bitrate:>=256", &[2, 3]),
        ("samplerate:>48k", &[6]),
        ("loudness:-10", &[2]),
        // Times: it is 18:00 on 1 June in Berlin.
        ("added:today", &[1]),
        ("added:yesterday", &[]),
        ("added:<30d", &[1, 2]),
        ("added:<8h", &[1]),
        ("added:>1y", &[3, 4, 5, 6]),
        ("added:2w..2mo", &[]),
        ("added:1w..2mo", &[2]),
        ("added:2024", &[3]),
        ("added:2024-05-31..2025-05", &[2, 3]),
        ("added:>2025-05", &[1]),
        ("played:<1d", &[2]),
        ("played:never", &[1, 4, 5, 6]),
        ("played:2024", &[3]),
        ("changed:2020", &[1]),
        // Flags.
        ("is:liked", &[2]),
        ("is:disliked", &[3]),
        ("is:compilation", &[3]),
        ("is:lossless", &[1, 4, 6]),
        ("is:duplicate", &[1, 6]),
        ("is:heard", &[]),
        ("has:cover", &[5]),
        ("has:lyrics", &[3]),
        // Together.
        ("blue -artist:coltrane", &[6]),
        ("\"kind of\"", &[2]),
        ("blue (year:1957 or codec:mp3)", &[1, 2]),
        ("coltrane -(is:liked or codec:opus)", &[1]),
        ("love -title:do", &[4]),
    ] {
        check(text, expected);
    }
}

#[test]
fn a_misspelt_word_finds_what_was_meant() {
    let place = shelf();
    let spelled = |text: &str| {
        let query = place.library.spelled(&Query::parse(text).unwrap()).unwrap();
        query.map(|query| query.to_string())
    };
    for (text, meant) in [
        ("coltrain", Some("coltrane")),
        ("beetles", Some("beatles")),
        ("betales love", Some("beatles love")),
        (
            "artist:coltrain year:1957",
            Some("artist:coltrane year:1957"),
        ),
        ("mastr", Some("masters")),
        // What there is, what is too short, what is like nothing, what is not wanted.
        ("coltr", None),
        ("xyz", None),
        ("zeppelin", None),
        ("-coltrain", None),
        ("codec:flax", None),
    ] {
        assert_eq!(spelled(text).as_deref(), meant, "{text}");
    }
}
