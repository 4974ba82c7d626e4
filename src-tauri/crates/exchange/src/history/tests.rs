//! Histories as services write them, and as strangers might: odd names, truncated files, bombs.
//!
//! The shapes are those of the services' documentation, cited in each format's file; the names are invented.

use std::fs;
use std::io::Write;

use proptest::prelude::*;
use segue_core::{EndReason, Heard, Play, PlaySource, PlaySubject, Rating};

use super::record::{name, scrobble};
use super::*;
use crate::text::NAME_CHARS_MAX;

/// Everything that a file holds, and its format.
type All = (HistoryFormat, Vec<(String, u64, Result<Record, String>)>);

fn all(path: &Path, format: Option<HistoryFormat>) -> Result<All, FileError> {
    let mut found = Vec::new();
    let format = read(path, format, Timestamp::now(), |place, record| {
        found.push((place.file.to_owned(), place.number, record));
        Ok::<_, FileError>(())
    })?;
    Ok((format, found))
}

fn written(content: impl AsRef<[u8]>) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content.as_ref()).unwrap();
    file
}

fn describe(record: &Result<Record, String>) -> String {
    match record {
        Ok(Record::LeftOut) => "left out".into(),
        Ok(Record::Play(play)) => format!(
            "{} {} – {} [{}] {:.0}/{:?}s{}",
            play.at,
            play.subject.artist.as_deref().unwrap_or("?"),
            play.subject.title.as_deref().unwrap_or("?"),
            play.subject.album.as_deref().unwrap_or("?"),
            play.listened_s,
            play.subject.duration_s,
            if play.skipped { " skipped" } else { "" },
        ),
        Ok(Record::Tally(tally)) => format!(
            "{} {}+{} {:?} {:?} {:?}",
            tally.subject.title.as_deref().unwrap_or("?"),
            tally.plays,
            tally.skips,
            tally.last.map(|at| at.as_second()),
            tally.rating,
            tally.subject.path,
        ),
        Err(reason) => format!("refused: {reason}"),
    }
}

/// Reads by content alone, and compares each entry; a refusal by its first words.
fn check(content: &str, format: HistoryFormat, expected: &[&str]) {
    let file = written(content);
    let (found, entries) = all(file.path(), None).unwrap();
    assert_eq!(found, format, "{content}");
    let described: Vec<String> = entries
        .iter()
        .map(|(_, _, record)| describe(record))
        .collect();
    assert_eq!(described.len(), expected.len(), "{described:#?}");
    for (found, expected) in described.iter().zip(expected) {
        assert!(found.starts_with(expected), "{found}\nis not\n{expected}");
    }
}

#[test]
fn listenbrainz_lines_and_pages() {
    let line = |at: &str, artist: &str| {
        format!(
            r#"{{"listened_at": {at}, "inserted_at": 1700000000.5, "track_metadata": {{"track_name": "Song", "artist_name": "{artist}",
                "release_name": "Album", "recording_msid": "x", "mbid_mapping": null, "additional_info": {{"duration_ms": 200500}}}}}}"#
        )
        .replace('\n', " ")
    };
    let lines = [
        line("1700000000.000000", "Ann"),
        "{broken".into(),
        line("null", "Bob"),
        line("1700000300", ""),
    ];
    check(
        &lines.join("\n"),
        HistoryFormat::ListenBrainz,
        &[
            "2023-11-14T22:13:20Z Ann – Song [Album] 200/Some(200.5)s",
            "refused: ",
            "refused: it has no listened_at",
            "refused: it names no artist",
        ],
    );
    let page = format!(
        r#"{{"payload": {{"count": 1, "listens": [{}]}}}}"#,
        line("1700000000", "Ann")
    );
    check(
        &page,
        HistoryFormat::ListenBrainz,
        &["2023-11-14T22:13:20Z Ann"],
    );
    check(
        &format!("[{}]", line("1700000000", "Ann")),
        HistoryFormat::ListenBrainz,
        &["2023-11-14T22:13:20Z Ann"],
    );
}

#[test]
fn lastfm_pages_tracks_and_what_plays_now() {
    let track = r##"{"artist": {"mbid": "", "#text": "Ann"}, "streamable": "0", "image": [{"size": "small", "#text": ""}],
        "mbid": "", "album": {"mbid": "", "#text": "Album"}, "name": "Song", "url": "x",
        "date": {"uts": "1700000000", "#text": "14 Nov 2023, 22:13"}}"##;
    let now = r##"{"artist": {"#text": "Ann"}, "name": "Now", "album": {"#text": ""}, "@attr": {"nowplaying": "true"}}"##;
    let loved = r##"{"artist": {"name": "Bob"}, "name": "Loved", "album": {"#text": ""}, "loved": "1", "date": {"uts": "1700000300"}}"##;
    let page = format!(
        r#"{{"recenttracks": {{"track": [{now}, {track}, {loved}], "@attr": {{"page": "1", "total": "2"}}}}}}"#
    );
    let expected = [
        "left out",
        "2023-11-14T22:13:20Z Ann – Song [Album] 240/None",
        "2023-11-14T22:18:20Z Bob – Loved",
    ];
    check(&page, HistoryFormat::LastFm, &expected);
    // One track is no array; several pages in an array, one after the other, and tracks without pages.
    check(
        &format!(r#"{{"recenttracks": {{"track": {track}, "@attr": {{}}}}}}"#),
        HistoryFormat::LastFm,
        &expected[1..2],
    );
    check(
        &format!("[{page}, {page}]"),
        HistoryFormat::LastFm,
        &[expected, expected].concat(),
    );
    check(
        &format!("{page}\n{page}"),
        HistoryFormat::LastFm,
        &[expected, expected].concat(),
    );
    check(
        &format!("[{track}]"),
        HistoryFormat::LastFm,
        &expected[1..2],
    );
    check(
        r#"{"username": "x", "scrobbles": [{"track": "Song", "artist": "Ann", "album": "Album", "date": 1700000000000}]}"#,
        HistoryFormat::LastFm,
        &expected[1..2],
    );
    let file = written(&page);
    let (_, entries) = all(file.path(), None).unwrap();
    let Ok(Record::Play(play)) = &entries[2].2 else {
        panic!()
    };
    assert_eq!(play.rating, Some(Rating::Like));
    // Cut in the middle: what stood before the break is there.
    check(
        &page[..page.len() - 60],
        HistoryFormat::LastFm,
        &[expected[0], expected[1], "refused: the file breaks off"],
    );
}

#[test]
fn lastfm_tables() {
    let expected = "2007-06-15T22:30:00Z Tyler The Creator – IGOR'S THEME [IGOR]";
    check(
        "Tyler The Creator,IGOR,IGOR'S THEME,15 Jun 2007 22:30\n",
        HistoryFormat::LastFm,
        &[expected],
    );
    check(
        "\u{feff}Ann,,Now,\n\"Tyler The Creator\",\"IGOR\",\"IGOR'S THEME\",\"15 Jun 2007, 22:30\"\nAnn,Album,Song\nAnn,Album,Song,soon\n",
        HistoryFormat::LastFm,
        &[
            "left out",
            expected,
            "refused: it has 3 columns",
            "refused: \"soon\" is no time",
        ],
    );
    check(
        "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n\"1700000000\",\"14 Nov 2023, 22:13\",\"A, B\",\"\",\"C\",\"\",\"D \"\"E\"\"\",\"\"\n",
        HistoryFormat::LastFm,
        &["2023-11-14T22:13:20Z A, B – D \"E\" [C]"],
    );
    check(
        "Artist;Album;AlbumId;Track;Date#somebody\n\"A\";\"B\";\"\";\"C\";\"1700000000000\"\n",
        HistoryFormat::LastFm,
        &["2023-11-14T22:13:20Z A – C [B]"],
    );
    check(
        "#AUDIOSCROBBLER/1.1\n#TZ/UTC\n#CLIENT/Rockbox h3xx 1.1\nMetallica\tMetallica\tEnter \"Sandman\t1\t365\tL\t1143374412\tx\nPortishead\t\tCowboys\t2\t312\tS\t1143374777\nA\tB\tC\t1\t9\tX\t1143374777\nA\tB\n",
        HistoryFormat::LastFm,
        &[
            "2006-03-26T12:00:12Z Metallica – Enter \"Sandman [Metallica] 365/Some(365.0)s",
            "2006-03-26T12:06:17Z Portishead – Cowboys [?] 30/Some(312.0)s skipped",
            "refused: \"X\" is neither",
            "refused: it has 2 columns",
        ],
    );
}

fn stream(more: &str) -> String {
    format!(
        r#"{{"ts": "2019-11-05T14:28:00Z", "ms_played": 60000, "master_metadata_track_name": "Andromeda (feat. DRAM)",
            "master_metadata_album_artist_name": "Gorillaz", "master_metadata_album_album_name": "Humanz",
            "spotify_track_uri": "spotify:track:x", "episode_name": null, "spotify_episode_uri": null{more}}}"#
    )
}

#[test]
fn spotify_streams_end_at_their_time_and_podcasts_stay_out() {
    let nothing = r#"{"ts": "2019-11-05T14:28:00Z", "ms_played": 60000, "master_metadata_track_name": null, "spotify_episode_uri": "e"}"#;
    let streams = [
        stream(r#", "reason_end": "trackdone", "skipped": null, "shuffle": false"#),
        stream(r#", "reason_end": "fwdbtn", "skipped": false, "shuffle": true"#),
        stream(r#", "reason_end": "unexpected-exit", "skipped": null"#),
        stream(r#", "incognito_mode": true"#),
        nothing.into(),
        r#"{"ts": "yesterday", "ms_played": 1}"#.into(),
        stream("").replace("60000", "0"),
        "7".into(),
    ];
    let text = format!("[{}]", streams.join(","));
    let play = "2019-11-05T14:27:00Z Gorillaz – Andromeda (feat. DRAM) [Humanz] 60/None";
    let skipped = format!("{play}s skipped");
    check(
        &text,
        HistoryFormat::Spotify,
        &[
            play,
            &skipped,
            play,
            "left out",
            "left out",
            "refused: ts",
            "left out",
            "refused: it is no object",
        ],
    );
    let file = written(&text);
    let (_, entries) = all(file.path(), None).unwrap();
    let plays: Vec<&Play> = entries
        .iter()
        .filter_map(|(_, _, record)| match record {
            Ok(Record::Play(play)) => Some(play.as_ref()),
            _ => None,
        })
        .collect();
    let reasons: Vec<_> = plays.iter().map(|play| play.context.end_reason).collect();
    assert_eq!(
        reasons,
        [
            Some(EndReason::Finished),
            Some(EndReason::Next),
            Some(EndReason::Quit)
        ]
    );
    assert_eq!(
        [plays[0].source, plays[1].source],
        [PlaySource::Import, PlaySource::Shuffle]
    );
    assert_eq!(
        (plays[0].context.completion, plays[1].context.completion),
        (Some(1.0), None)
    );
}

#[test]
fn rhythmbox_counts() {
    let xml = r#"<?xml version="1.0" standalone="yes"?>
<rhythmdb version="2.0">
  <entry type="song"><title>Rock &amp; Roll &#x266b;</title><artist>Ann</artist><album>A</album><duration>200</duration>
    <location>file:///m/a%20b.mp3</location><rating>5,000000</rating><play-count>12</play-count><last-played>1700000000</last-played></entry>
  <entry type="iradio"><title>Station</title><play-count>3</play-count></entry>
  <entry type="song"><title>Unplayed</title><artist>Ann</artist><location>file:///m/c.mp3</location></entry>
  <entry type="song"><title>Odd</title><play-count>-4</play-count><rating>1.0</rating><location>file:///m/d.mp3</location></entry>
  <entry type="song"><play-count>99999999999999999999</play-count></entry>
</rhythmdb>"#;
    check(
        xml,
        HistoryFormat::Rhythmbox,
        &[
            "Rock & Roll ♫ 12+0 Some(1700000000) Some(Like) Some(\"/m/a b.mp3\")",
            "Odd 0+0 None Some(Dislike)",
            "refused: it has neither",
        ],
    );
    let cut = &xml[..xml.find("Unplayed").unwrap()];
    check(
        cut,
        HistoryFormat::Rhythmbox,
        &["Rock", "refused: the file breaks off"],
    );
}

#[test]
fn itunes_counts() {
    let track = |more: &str| {
        format!(
            "<key>1</key><dict><key>Track ID</key><integer>1</integer><key>Name</key><string>Song &amp; Dance</string>
             <key>Artist</key><string>Ann</string><key>Total Time</key><integer>211382</integer>
             <key>Location</key><string>file://localhost/m/Best%20Of.mp3</string>{more}</dict>\n"
        )
    };
    let counted = "<key>Play Count</key><integer>12</integer><key>Play Date UTC</key><date>2016-01-03T09:19:36Z</date>
        <key>Skip Count</key><integer>3</integer>";
    let tracks = [
        track(&format!(
            "{counted}<key>Rating</key><integer>60</integer><key>Rating Computed</key><true/><key>Loved</key><true/>"
        )),
        track("<key>Rating</key><integer>20</integer><key>Rating Computed</key><true/>"),
        track("<key>Rating</key><integer>20</integer>"),
        track(&format!("{counted}<key>Podcast</key><true/>")),
    ];
    let xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>Major Version</key><integer>1</integer><key>Tracks</key><dict>{}</dict>
<key>Playlists</key><array><dict><key>Name</key><string>x</string><key>Playlist Items</key><array><dict><key>Play Count</key><integer>9</integer></dict></array></dict></array>
</dict></plist>"#,
        tracks.concat()
    );
    let expected = [
        "Song & Dance 12+3 Some(1451812776) Some(Like) Some(\"/m/Best Of.mp3\")",
        "Song & Dance 0+0 None Some(Dislike)",
        "left out",
    ];
    check(&xml, HistoryFormat::ITunes, &expected);
    let cut = &xml[..xml.rfind("Podcast").unwrap()];
    check(
        cut,
        HistoryFormat::ITunes,
        &[expected[0], expected[1], "refused: the file breaks off"],
    );
}

fn zipped(files: &[(&str, &str)]) -> tempfile::NamedTempFile {
    let mut archive = zip::ZipWriter::new(tempfile::NamedTempFile::new().unwrap());
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, content) in files {
        archive.start_file(*name, options).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap()
}

#[test]
fn archives_and_folders_hold_the_same() {
    let listen =
        r#"{"listened_at": 1700000000, "track_metadata": {"track_name": "S", "artist_name": "A"}}"#;
    let streams = format!("[{}]", stream(""));
    for (format, files) in [
        (
            HistoryFormat::ListenBrainz,
            [
                ("user.json", "{}"),
                ("feedback.jsonl", "{}"),
                ("listens/2023/11.jsonl", &format!("{listen}\n{{}}\n")),
            ],
        ),
        (
            HistoryFormat::Spotify,
            [
                ("Spotify Extended Streaming History/ReadMeFirst.pdf", "%PDF"),
                (
                    "Spotify Extended Streaming History/Streaming_History_Video_2021.json",
                    "[{}]",
                ),
                (
                    "Spotify Extended Streaming History/Streaming_History_Audio_2019_0.json",
                    &streams,
                ),
            ],
        ),
    ] {
        let zip = zipped(&files);
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let (found, from_zip) = all(zip.path(), None).unwrap();
        assert_eq!(found, format);
        let (_, from_folder) = all(folder.path(), None).unwrap();
        let what = |entries: &[(String, u64, Result<Record, String>)]| -> Vec<_> {
            entries
                .iter()
                .map(|(_, number, record)| (*number, record.clone()))
                .collect()
        };
        assert_eq!(what(&from_zip), what(&from_folder));
        assert!(
            matches!(from_zip[0].2, Ok(Record::Play(_))),
            "{:?}",
            from_zip[0]
        );
        assert!(from_zip[0].0.ends_with(files[2].0));
        // Another format's name does not make it one.
        assert!(all(zip.path(), Some(HistoryFormat::ITunes)).is_err());
    }
    let endless = zipped(&[("endsong_0.json", "[]"), ("x.json", "[")]);
    assert_eq!(all(endless.path(), None).unwrap().1.len(), 0);
    let error = all(zipped(&[("notes.txt", "x")]).path(), None)
        .unwrap_err()
        .to_string();
    assert!(error.contains("Streaming_History_Audio"), "{error}");
}

#[test]
fn bombs_do_no_harm() {
    // A gigabyte of blanks in a megabyte.
    let blanks = format!("[{}]", " ".repeat(200 << 20));
    let bomb = zipped(&[("endsong_0.json", &blanks)]);
    assert!(bomb.as_file().metadata().unwrap().len() < 1 << 20);
    let (_, entries) = all(bomb.path(), None).unwrap();
    assert_eq!(entries.len(), 1);
    assert!(
        describe(&entries[0].2).contains("is larger than")
            || describe(&entries[0].2).contains("zip bomb")
    );
    let lines = zipped(&[(
        "listens/2023/1.jsonl",
        &format!("{}{{}}\n", " ".repeat(500)).repeat(100_000),
    )]);
    let mut last = String::new();
    read(lines.path(), None, Timestamp::now(), |_, record| {
        last = describe(&record);
        Ok::<_, FileError>(())
    })
    .unwrap();
    assert!(last.contains("zip bomb"), "{last}");

    // A truncated archive, and one that only begins like one.
    let whole = fs::read(zipped(&[("endsong_0.json", "[]")]).path()).unwrap();
    for broken in [&whole[..whole.len() / 2], b"PK\x03\x04rubbish"] {
        let error = all(written(broken).path(), None).unwrap_err().to_string();
        assert!(error.contains("archive"), "{error}");
    }

    // Entities: nothing expands, and none is fetched.
    let laughs = r#"<?xml version="1.0"?><!DOCTYPE rhythmdb [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
        <rhythmdb><entry type="song"><title>&b;</title><artist>&f;</artist><play-count>1</play-count></entry></rhythmdb>"#;
    check(
        laughs,
        HistoryFormat::Rhythmbox,
        &["refused: the file breaks off here: the entity &b; is not known"],
    );

    // Nesting.
    let deep = format!("<rhythmdb>{}", "<entry>".repeat(100_000));
    check(
        &deep,
        HistoryFormat::Rhythmbox,
        &["refused: the file breaks off here: elements stand more than 64 deep"],
    );
    let deep = format!("{{\"recenttracks\": {}", "[".repeat(100_000));
    check(
        &deep,
        HistoryFormat::LastFm,
        &["refused: the file breaks off here: recursion limit"],
    );

    // One endless name, quoted cell or text.
    let long = "x".repeat(3 << 20);
    for (content, format) in [
        (
            format!("[{{\"ts\": \"\", \"ms_played\": 1, \"x\": \"{long}\"}}]"),
            HistoryFormat::Spotify,
        ),
        (
            format!("<rhythmdb><entry type=\"song\"><title>{long}</title></entry></rhythmdb>"),
            HistoryFormat::Rhythmbox,
        ),
        (
            format!("A,B,C,15 Jun 2007 22:30\n\"{long}"),
            HistoryFormat::LastFm,
        ),
    ] {
        let (found, entries) = all(written(&content).path(), None).unwrap();
        assert_eq!(found, format);
        let last = describe(&entries.last().unwrap().2);
        assert!(last.contains("is larger than"), "{last}");
    }
}

#[test]
fn an_endless_line_does_not_swallow_the_next() {
    let line = r#"{"at": "2026-01-31T20:15:00Z", "path": "/a", "listened_s": 20}"#;
    let text = format!("{line}\n{}\n{line}\n", "x".repeat(3 << 20));
    check(
        &text,
        HistoryFormat::Segue,
        &["2026-01-31", "refused", "2026-01-31"],
    );
}

#[test]
fn odd_names_are_kept_and_made_harmless() {
    for (text, expected) in [
        (
            "  Björk\u{0}Guð\u{7}mundsdóttir ",
            Some("Björk Guð mundsdóttir"),
        ),
        ("abc\u{202e}def\u{2066}", Some("abcdef")),
        ("\u{feff}\t\n", None),
        ("久石譲", Some("久石譲")),
    ] {
        assert_eq!(name(text).as_deref(), expected, "{text:?}");
    }
    assert_eq!(
        name(&"é".repeat(10_000)).unwrap().chars().count(),
        NAME_CHARS_MAX
    );
}

#[test]
fn what_is_no_history_is_refused_in_words() {
    for (content, words) in [
        ("", "no known format"),
        ("hello", "no known format"),
        ("<html></html>", "no known format"),
        ("{\"a\": 1}", "no known format"),
    ] {
        let error = all(written(content).path(), None).unwrap_err().to_string();
        assert!(error.contains(words), "{content}: {error}");
    }
}

#[test]
fn what_is_exported_for_listenbrainz_comes_back() {
    let subject = PlaySubject {
        artist: Some("Ann".into()),
        title: Some("Song".into()),
        album: Some("Album".into()),
        duration_s: Some(200.0),
        ..PlaySubject::default()
    };
    let mut play = scrobble(Timestamp::from_second(1_700_000_000).unwrap(), subject);
    play.listened_s = 150.0;
    let line = listenbrainz::line(&play).unwrap();
    let (_, entries) = all(written(format!("{line}\n")).path(), None).unwrap();
    assert_eq!(entries[0].2, Ok(Record::Play(Box::new(play.clone()))));
    play.listened_s = 20.0;
    assert_ne!(play.heard(), Heard::Listened);
    assert_eq!(listenbrainz::line(&play), None);
}

fn brief(ended: &str, title: &str, ms: u64) -> String {
    format!(
        r#"{{"endTime" : "{ended}", "artistName" : "Ann", "trackName" : "{title}", "msPlayed" : {ms}}}"#
    )
}

#[test]
fn spotifys_account_data_is_read_for_what_it_tells() {
    let all_of_it = [
        brief("2023-11-14 22:13", "Song", 200_500),
        brief("2023-11-14 22:13", "Left", 29_000),
        brief("2023-11-14 22:13", "Never", 0),
        brief("tomorrow", "Song", 5000),
        r#"{"endTime": "2023-11-14 22:13", "podcastName": "Talk", "episodeName": "1", "msPlayed": 9000000}"#.into(),
        r#"{"endTime": "2023-11-14 22:13", "artistName": "", "trackName": "x", "msPlayed": 9000}"#.into(),
        brief("2023-02-29 22:13", "Song", 5000),
        brief("1970-01-01 00:10", "Song", 5000),
    ];
    check(
        &format!("[\n{}\n]", all_of_it.join(",\n")),
        HistoryFormat::Spotify,
        &[
            "2023-11-14T22:09:39.5Z Ann – Song [?] 200/None",
            "2023-11-14T22:12:31Z Ann – Left [?] 29/Nones skipped",
            "left out",
            "refused: endTime",
            "left out",
            "refused: it names no artist",
            "refused: endTime",
            "refused: 1970-01-01T00:09:55Z is no time of a play",
        ],
    );
    let one = format!("[{}]", brief("2023-11-14 22:13", "Song", 200_500));
    let talk = r#"[{"endTime": "2023-11-14 22:13", "artistName": "Talk", "trackName": "1", "msPlayed": 9000000}]"#;
    let files = [
        (
            "Spotify Account Data/StreamingHistory_music_0.json",
            one.as_str(),
        ),
        ("Spotify Account Data/StreamingHistory_podcast_0.json", talk),
        (
            "Spotify Account Data/StreamingHistory_audiobook_0.json",
            talk,
        ),
        ("MyData/StreamingHistory1.json", one.as_str()),
        ("Spotify Account Data/SearchQueries.json", "[]"),
    ];
    let (format, entries) = all(zipped(&files).path(), None).unwrap();
    assert_eq!((format, entries.len()), (HistoryFormat::Spotify, 2));
    let Ok(Record::Play(play)) = &entries[0].2 else {
        panic!("{entries:?}")
    };
    assert_eq!(play.context.within_s, Some(60));
}

#[test]
fn times_are_those_of_their_zone_and_else_of_utc() {
    for date in [
        "15 Jun 2007 22:30",
        "15 Jun 2007 22:30:00",
        "\"15 Jun 2007, 22:30\"",
        "2007-06-15 22:30",
        "2007-06-15 22:30:00",
        "2007/06/15 22:30",
        "2007-06-15T22:30:00Z",
        "2007-06-15T22:30:00",
        "2007-06-16T00:30:00+02:00",
        "2007-06-15 17:30:00-05:00",
        "2007-06-16T04:00:00+05:30",
        "\"Sat, 16 Jun 2007 00:30:00 +0200\"",
        "1181946600",
        "1181946600000",
    ] {
        check(
            &format!("Ann,Album,Song,{date}\n"),
            HistoryFormat::LastFm,
            &["2007-06-15T22:30:00Z Ann – Song [Album]"],
        );
    }
}

#[test]
fn times_at_which_nobody_played_anything_are_refused() {
    let row = |date: &str| format!("Ann,Album,Song,{date}\n");
    let dates = [
        "15 Jun 2007 22:30",
        "01 Jan 1970 00:00",
        "01 Jan 1970, 01:00",
        "01 Jan 0001 00:00",
        "1980-01-01 00:00:00",
        "31 Dec 2099 23:59",
        "0001-01-01T00:00:00Z",
        "4102444800",
        "0",
        "1",
        "-5",
    ];
    let rows: String = dates.iter().map(|date| row(date)).collect();
    let mut expected = vec!["refused: "; dates.len()];
    expected[0] = "2007-06-15T22:30:00Z";
    check(&rows, HistoryFormat::LastFm, &expected);
    let lines = [
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "2099-01-01T00:00:00Z",
    ]
    .map(|at| format!(r#"{{"at": "{at}", "artist": "A", "title": "T", "listened_s": 9}}"#));
    check(
        &lines.join("\n"),
        HistoryFormat::Segue,
        &[
            "refused: 1970-01-01T00:00:00Z is no time of a play: the player's clock was not set",
            "refused: 0001-01-01T00:00:00Z is no time",
            "refused: 2099-01-01T00:00:00Z is no time of a play: it is yet to come",
        ],
    );
    let soon = Timestamp::now() + SignedDuration::from_hours(12);
    check(
        &format!(r#"{{"at": "{soon}", "artist": "A", "title": "T", "listened_s": 9}}"#),
        HistoryFormat::Segue,
        &[""],
    );
}

#[test]
fn tables_are_read_in_every_encoding_and_with_every_delimiter() {
    let expected = ["2007-06-15T22:30:00Z Björk – Jóga – “live” [Café]"];
    let head = "Artist;Album;Track;Date\n";
    let row = "Björk;Café;Jóga – “live”;15 Jun 2007 22:30\n";
    let read = |bytes: &[u8]| {
        let (format, entries) = all(written(bytes).path(), None).unwrap();
        assert_eq!(format, HistoryFormat::LastFm);
        let found: Vec<String> = entries
            .iter()
            .map(|(_, _, entry)| describe(entry))
            .collect();
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(expected[0]), "{found:?}");
    };
    let utf16 = |text: &str, bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let units = std::iter::once(0xfeff).chain(text.encode_utf16());
        units.flat_map(bytes).collect()
    };
    for (with_head, delimiter) in [
        (true, ";"),
        (true, "\t"),
        (false, "\t"),
        (true, ","),
        (false, ";"),
    ] {
        let text = if with_head {
            format!("{head}{row}")
        } else {
            row.into()
        };
        let text = text.replace(';', delimiter);
        read(text.as_bytes());
        read(format!("\u{feff}{text}").as_bytes());
        read(&utf16(&text, u16::to_le_bytes));
        read(&utf16(&text, u16::to_be_bytes));
        read(&encoding_rs::WINDOWS_1252.encode(&text).0);
    }
    // A quote that is part of a title, in a table that knows none.
    check(
        "Artist\tAlbum\tTrack\tDate\nAnn\t\t\"Un\t15 Jun 2007 22:30\nBob\t\tSong\t15 Jun 2007 22:31\n",
        HistoryFormat::LastFm,
        &[
            "2007-06-15T22:30:00Z Ann – \"Un",
            "2007-06-15T22:31:00Z Bob – Song",
        ],
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the bytes, reading ends, and without a panic.
    #[test]
    fn no_bytes_are_too_odd(which in 0..6usize, cut in 0..2000usize, flip in 0..2000usize, byte: u8, noise in proptest::collection::vec(any::<u8>(), 0..40)) {
        let whole = [
            format!("[{}, {}]", stream(""), stream(r#", "skipped": 7"#)),
            "<rhythmdb><entry type=\"song\"><title>a</title><artist>b</artist><play-count>1</play-count></entry></rhythmdb>".into(),
            "<plist><dict><key>Tracks</key><dict><key>1</key><dict><key>Name</key><string>a</string><key>Artist</key><string>b</string><key>Play Count</key><integer>2</integer></dict></dict></dict></plist>".into(),
            "A,B,C,15 Jun 2007 22:30\n\"A,\"\"B\",C,D,1700000000\n".into(),
            r##"{"recenttracks": {"track": [{"name": "a", "artist": {"#text": "b"}, "date": {"uts": "1700000000"}}]}}"##.into(),
            r#"{"listened_at": 1700000000, "track_metadata": {"track_name": "a", "artist_name": "b"}}"#.to_owned(),
        ][which].clone();
        let mut bytes = whole.into_bytes();
        let at = flip % bytes.len();
        bytes[at] = byte;
        bytes.truncate(cut.max(1));
        bytes.extend(noise);
        let file = written(&bytes);
        for format in HistoryFormat::ALL {
            _ = all(file.path(), Some(format));
        }
        _ = all(file.path(), None);
    }
}
