//! Each format, as the players that write it do.

use super::*;

#[test]
fn m3u_as_players_write_it() {
    let m3u = PlaylistFormat::M3u;
    check(
        "#EXTM3U\n#PLAYLIST:Road trip\n\n#EXTINF:201,Ann - Song\n../rock/a.mp3\n# a remark\n/abs/b c.flac\n",
        m3u,
        Some("Road trip"),
        &["/music/rock/a.mp3 | Ann – Song 201", "/abs/b c.flac"],
    );
    // Numbers with fractions, none, attributes with commas in quotes; names with more than one dash; no names.
    check(
        "#EXTM3U\n#EXTINF:201.6,A - B - C\na.mp3\n#EXTINF:-1 tvg-id=\"x,y\" group=\"z\",Radio\nb.mp3\n#EXTINF:5\nc.mp3\n\
         #EXTINF:0,\nd.mp3\n#extinf: 7 ,  Only a title \ne.mp3\n#EXTINF:9 odd=\"quote,Ann - Song\nf.mp3",
        m3u,
        None,
        &[
            "/music/lists/a.mp3 | A – B - C 201.6",
            "/music/lists/b.mp3 | ? – Radio",
            "/music/lists/c.mp3 5",
            "/music/lists/d.mp3",
            "/music/lists/e.mp3 | ? – Only a title 7",
            "/music/lists/f.mp3 | Ann – Song 9",
        ],
    );
    check(
        "#EXTM3U\n#EXTALB:Album\n#EXTART:A - B\n#EXTINF:3,A - B - Song\na.mp3\n#EXTINF:4,Lost - Song\n#EXTINF:5,Ann - Song\n\
         #EXTART:\nb.mp3\n#EXTINF:6,At - The end",
        m3u,
        None,
        &[
            "/music/lists/a.mp3 | A - B – Song [Album] 3",
            " | Lost – Song 4",
            "/music/lists/b.mp3 | ? – Ann - Song 5",
            " | At – The end 6",
        ],
    );
    // Without a mark the ending says what it is.
    let (format, plain) = parsed(b"a.mp3\r\nb.mp3", Some(m3u)).unwrap();
    assert_eq!((format, plain.entries.len()), (m3u, 2));
    assert_eq!(parsed(b"", Some(m3u)).unwrap().1, PlaylistFile::default());
    refuse(
        "a.mp3\nb.mp3",
        None,
        None,
        "neither its content nor its ending",
    );
    refuse(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXTINF:10,\nsegment.ts\n",
        None,
        Some(2),
        "HLS",
    );
}

#[test]
fn every_encoding_and_every_end_of_a_line() {
    let text =
        "#EXTM3U\n#EXTINF:12,Björk - Jóga\nBjörk/Jóga.mp3\n#EXTINF:13,久石譲 - 🎹\n久石譲/海.ogg\n";
    let expected = [
        "/music/lists/Björk/Jóga.mp3 | Björk – Jóga 12",
        "/music/lists/久石譲/海.ogg | 久石譲 – 🎹 13",
    ];
    for ends in ["\n", "\r\n", "\r", "\n\r\n"] {
        let text = text.replace('\n', ends);
        let units: Vec<u16> = text.encode_utf16().collect();
        let little: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let big: Vec<u8> = units.iter().flat_map(|unit| unit.to_be_bytes()).collect();
        for bytes in [
            text.clone().into_bytes(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [b"\xff\xfe".as_slice(), &little].concat(),
            [b"\xfe\xff".as_slice(), &big].concat(),
            little,
            big,
        ] {
            check(&bytes, PlaylistFormat::M3u, None, &expected);
        }
    }
    // Latin-1, with a sign that only Windows has there. The name of the file may be those bytes.
    let latin = b"#EXTM3U\n#EXTINF:12,Bj\xf6rk \x96 live - J\xf3ga\nBj\xf6rk/J\xf3ga.mp3\n#EXTINF:1,Ann - \xc3\xa4\nutf8.mp3";
    let (_, playlist) = parsed(latin, None).unwrap();
    let first = &playlist.entries[0];
    assert_eq!(first.artist.as_deref(), Some("Björk – live"));
    assert_eq!(first.paths[0], Path::new("/music/lists/Björk/Jóga.mp3"));
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let raw = std::ffi::OsStr::from_bytes(b"/music/lists/Bj\xf6rk/J\xf3ga.mp3");
        assert_eq!(first.paths[1].as_os_str(), raw);
    }
    assert_eq!(playlist.entries[1].title.as_deref(), Some("ä"));
    // XML may say that it is Latin-1; otherwise it must not be.
    let xml =
        b"<?xml version='1.0' encoding='ISO-8859-1'?><playlist><title>Bj\xf6rk</title></playlist>";
    check(xml, PlaylistFormat::Xspf, Some("Björk"), &[]);
    let cyrillic =
        b"<?xml version=\"1.0\" encoding=\"windows-1251\"?><playlist><title>\xca\xe8\xed\xee</title></playlist>";
    check(cyrillic, PlaylistFormat::Xspf, Some("Кино"), &[]);
    refuse(
        b"<?xml version='1.0' encoding='no-such'?><playlist><title>\xca</title></playlist>",
        None,
        Some(1),
        "no UTF-8",
    );
    refuse(
        b"<playlist>\n<title>\xf6</title></playlist>",
        None,
        Some(2),
        "no UTF-8",
    );
    refuse(b"{\"playlist\":\n\n\"\xf6\"}", None, Some(3), "no UTF-8");
    refuse(
        b"\xff\xfe#\0\n\0a\0\x00\xd8b\0",
        None,
        Some(2),
        "half of a letter",
    );
    refuse(b"\xff\xfe#\0\n\0a", None, Some(2), "half of a letter");
}

#[test]
fn places_as_every_system_tells_them() {
    let location = |told: &str| {
        let paths = location::paths(
            told,
            None,
            location::LocationForm::PathOrFileUri,
            Path::new(FOLDER),
        )
        .unwrap();
        let paths: Vec<String> = paths
            .iter()
            .map(|path| path.display().to_string())
            .collect();
        paths.join(" or ")
    };
    for (told, expected) in [
        ("a.mp3", "/music/lists/a.mp3"),
        ("./x/../../a.mp3", "/music/a.mp3"),
        ("/a/b.mp3", "/a/b.mp3"),
        (
            r"..\Rock\a.mp3",
            r"/music/Rock/a.mp3 or /music/lists/..\Rock\a.mp3",
        ),
        (
            r"\Music\a.mp3",
            r"/Music/a.mp3 or /music/lists/\Music\a.mp3",
        ),
        (
            r"a/b\c.mp3",
            r"/music/lists/a/b\c.mp3 or /music/lists/a/b/c.mp3",
        ),
        (r"C:\Music\a b.mp3", r"C:\Music\a b.mp3"),
        ("d:/Music/a.mp3", r"d:\Music\a.mp3"),
        (r"\\nas\music\a.mp3", r"\\nas\music\a.mp3"),
        ("100%.mp3", "/music/lists/100%.mp3"),
        (
            "a%20b.mp3",
            "/music/lists/a%20b.mp3 or /music/lists/a b.mp3",
        ),
        ("50%00.mp3", "/music/lists/50%00.mp3"),
        ("file:///a/b%20c%23.mp3", "/a/b c#.mp3 or /a/b%20c%23.mp3"),
        ("file://localhost/a/ö.mp3", "/a/ö.mp3"),
        ("FILE:/a/b.mp3", "/a/b.mp3"),
        ("file:b.mp3", "/music/lists/b.mp3"),
        (
            "file:///C:/Music/a%20b.mp3",
            r"C:\Music\a b.mp3 or C:\Music\a%20b.mp3",
        ),
        (r"file://C:\Music\a.mp3", r"C:\Music\a.mp3"),
        ("file://nas/music/a.mp3", r"\\nas\music\a.mp3"),
        ("file:///a/100%.mp3", "/a/100%.mp3"),
        (
            "http://radio.example/live?x=1#y",
            "http://radio.example/live?x=1#y",
        ),
        ("AC: DC/a.mp3", "/music/lists/AC: DC/a.mp3"),
        ("://", "/music/lists/:"),
    ] {
        #[cfg(unix)]
        assert_eq!(location(told), expected, "{told}");
        #[cfg(not(unix))]
        let _ = (location(told), expected);
    }
    let long = "x".repeat(LOCATION_BYTES_MAX + 1);
    refuse(
        format!("#EXTM3U\n{long}"),
        None,
        Some(2),
        "a path of 32769 bytes",
    );
    refuse(
        "#EXTM3U\n\nfile:///a%00b.mp3",
        None,
        Some(3),
        "a path with a NUL",
    );
}

#[test]
fn pls_as_players_write_it() {
    let pls = PlaylistFormat::Pls;
    check(
        "[playlist]\nX-GNOME-Title=Evening\nNumberOfEntries=3\nfile2=b.mp3\nTitle2=Ann - Song\nLength2=61\n\n; remark\n\
         File10=http://radio.example/\nTITLE10=Radio = good\nLength10=-1\nFile1 = /a/#1.mp3 \nVersion=2\n\
         [other]\nFile1=no.mp3\n",
        pls,
        Some("Evening"),
        &[
            "/a/#1.mp3",
            "/music/lists/b.mp3 | Ann – Song 61",
            "http://radio.example/ | ? – Radio = good",
        ],
    );
    check(
        "[Playlist]\r\nFile1=\r\nTitle1=Ann - Kept\r\nFile4294967295=z.mp3\r\nFile99999999999=no.mp3\r\nFilename=x",
        pls,
        None,
        &[" | Ann – Kept", "/music/lists/z.mp3"],
    );
    refuse(
        "[playlist]\nFile1=a.mp3\nwhat is this",
        None,
        Some(3),
        "neither KEY=VALUE",
    );
    refuse(
        "File1=a.mp3",
        Some(pls),
        Some(1),
        "[playlist] does not stand before it",
    );
    refuse("", Some(pls), Some(1), "[playlist] does not stand here");
}

#[test]
fn xspf_as_players_write_it() {
    let xspf = PlaylistFormat::Xspf;
    check(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE playlist [ <!ELEMENT playlist ANY> ]>
        <!-- a remark -->
        <playlist version="1" xmlns="http://xspf.org/ns/0/" xmlns:vlc="http://www.videolan.org/vlc/playlist/ns/0/">
          <title> Caf&#233; &amp; bar </title><creator>somebody</creator>
          <trackList>
            <track>
              <location>../a%20b/c.mp3</location><location>http://mirror.example/c.mp3</location>
              <title><![CDATA[1 < 2]]></title><creator>Ann &quot;A&quot;</creator><album>Album</album><duration>201500</duration>
              <extension application="http://www.videolan.org/vlc/playlist/0"><title>no</title><vlc:id>0</vlc:id></extension>
            </track>
            <track/>
            <track><title>By name alone</title><creator>Bob</creator><duration>x</duration></track>
            <track><location>/plain/path with spaces.mp3</location></track>
          </trackList>
          <extension><track><title>no</title></track></extension>
        </playlist>"#,
        xspf,
        Some("Café & bar"),
        &[
            "/music/a b/c.mp3 or /music/a%20b/c.mp3 or http://mirror.example/c.mp3 | Ann \"A\" – 1 < 2 [Album] 201.5",
            "",
            " | Bob – By name alone",
            "/plain/path with spaces.mp3",
        ],
    );
    // Relative to a base, to one within that, to one that is relative itself, to one elsewhere; without one again.
    let track = |location: &str| format!("<track><location>{location}</location></track>");
    check(
        format!(
            "<playlist xmlns='http://xspf.org/ns/0/' xml:base='file:///m%C3%BCsik/a/'><trackList>{}{}</trackList>
             <trackList xml:base='../b/'>{}<track xml:base='http://h.example/'><location>c.mp3</location></track>
             <track><location xml:base='c/d'>e%20f.mp3</location></track></trackList></playlist>",
            track("1%20(x).mp3"),
            track("/abs.mp3"),
            track("2.mp3"),
        ),
        xspf,
        None,
        &[
            "/müsik/a/1 (x).mp3 or /m%C3%BCsik/a/1%20(x).mp3 or /music/lists/1 (x).mp3 or /music/lists/1%20(x).mp3",
            "/abs.mp3",
            "/müsik/b/2.mp3 or /m%C3%BCsik/b/2.mp3 or /music/lists/2.mp3",
            "http://h.example/c.mp3 or /music/lists/c.mp3",
            "/müsik/b/c/e f.mp3 or /m%C3%BCsik/b/c/e%20f.mp3 or /music/lists/e f.mp3 or /music/lists/e%20f.mp3",
        ],
    );
    check(
        format!(
            "<playlist xmlns='http://xspf.org/ns/0/' xml:base='../songs/'><trackList>{}</trackList></playlist>",
            track("1.mp3"),
        ),
        xspf,
        None,
        &["/music/songs/1.mp3 or /music/lists/1.mp3"],
    );
    // With a prefix.
    check(
        "<x:playlist xmlns:x='http://xspf.org/ns/0/'><x:trackList><x:track><x:title>T</x:title></x:track></x:trackList></x:playlist>",
        xspf,
        None,
        &[" | ? – T"],
    );
}

#[test]
fn jspf_as_services_write_it() {
    let jspf = PlaylistFormat::Jspf;
    check(
        r#"{"playlist": {"title": "Weekly", "creator": "ListenBrainz", "extension": {"https://musicbrainz.org/doc/jspf#playlist": {}},
            "track": [
              {"identifier": ["https://musicbrainz.org/recording/x"], "creator": "Ann", "title": "Song", "album": "Album", "duration": 201500},
              {"location": "a%20b.mp3", "duration": "5000", "meta": [{"x": [1, {"y": null}]}]},
              {"location": ["file:///a/b.mp3", "c.mp3"], "duration": null}
            ]}}"#,
        jspf,
        Some("Weekly"),
        &[
            " | Ann – Song [Album] 201.5",
            "/music/lists/a b.mp3 or /music/lists/a%20b.mp3 5",
            "/a/b.mp3 or /music/lists/c.mp3",
        ],
    );
    check("{ \"playlist\" : {} }", jspf, None, &[]);
    refuse(
        "{\"playlist\": {\n\"track\": [{\"title\": 7}]}}",
        None,
        Some(2),
        "invalid type: integer `7`",
    );
    refuse(
        "{\"playlist\": {\"track\": [\n\n{\"title\": \"x",
        None,
        Some(3),
        "EOF while parsing",
    );
    refuse("{}", None, Some(1), "missing field `playlist`");
    refuse(
        "{\"playlist\": {\"track\": [{\"location\": \"a%00\"}]}}",
        None,
        None,
        "song 1: a path with a NUL",
    );
}
