//! Each service's own format.

use super::*;

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
    assert_ne!(play.outcome(), ListenOutcome::Listened);
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
