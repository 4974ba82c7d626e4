//! Playlist files as players write them, and as strangers might: odd names, broken documents, bombs.

use std::fs;
use std::path::Path;

#[cfg(unix)]
use proptest::prelude::*;

use super::entry::{ENTRIES_MAX, LOCATION_BYTES_MAX, join, part};
use super::*;

/// Where the files of these tests lie.
const FOLDER: &str = "/music/lists";

fn parsed(
    content: &[u8],
    ending: Option<PlaylistFormat>,
) -> Result<(PlaylistFormat, PlaylistFile), Broken> {
    parse(content, ending, Path::new(FOLDER))
}

/// `path or path | artist – title [album] seconds`, as far as it is known.
fn describe(entry: &FileEntry) -> String {
    let display = |path: &PathBuf| match cfg!(windows) {
        true => path.display().to_string().replace('\\', "/"),
        false => path.display().to_string(),
    };
    let paths: Vec<String> = entry.paths.iter().map(display).collect();
    let mut text = paths.join(" or ");
    if entry.artist.is_some() || entry.title.is_some() {
        let name = |name: &Option<String>| name.clone().unwrap_or("?".into());
        text.push_str(&format!(
            " | {} – {}",
            name(&entry.artist),
            name(&entry.title)
        ));
    }
    if let Some(album) = &entry.album {
        text.push_str(&format!(" [{album}]"));
    }
    if let Some(duration_s) = entry.duration_s {
        text.push_str(&format!(" {duration_s}"));
    }
    text
}

/// Reads by content alone, and compares name and places.
#[track_caller]
fn check(content: impl AsRef<[u8]>, format: PlaylistFormat, name: Option<&str>, expected: &[&str]) {
    let (found, playlist) = parsed(content.as_ref(), None).unwrap();
    let described: Vec<String> = playlist.entries.iter().map(describe).collect();
    assert_eq!((found, playlist.name.as_deref()), (format, name));
    assert_eq!(described, expected);
}

/// Refused, on that line, in these words.
#[track_caller]
fn refuse(
    content: impl AsRef<[u8]>,
    ending: Option<PlaylistFormat>,
    line: Option<usize>,
    words: &str,
) {
    let broken = parsed(content.as_ref(), ending).unwrap_err();
    assert!(broken.reason.contains(words), "{broken:?}");
    assert_eq!(broken.line, line, "{broken:?}");
}

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

#[test]
fn bombs_and_broken_documents_are_refused_where_they_break() {
    let xspf = Some(PlaylistFormat::Xspf);
    let laughs: String = (1..10)
        .map(|n| {
            format!(
                "<!ENTITY lol{n} \"{}\">\n",
                format!("&lol{};", n - 1).repeat(10)
            )
        })
        .collect();
    let bomb = format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE playlist [\n<!ENTITY lol0 \"lol\">\n{laughs}]>\n<playlist><title>&lol9;</title></playlist>"
    );
    refuse(&bomb, None, Some(14), "the entity &lol9; is not known");
    let outside = "<!DOCTYPE playlist [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<playlist>\n<title>&x;</title></playlist>";
    refuse(outside, None, Some(3), "the entity &x; is not known");
    refuse(
        "<playlist>\n<title>a</titel></playlist>",
        None,
        Some(2),
        "titel",
    );
    refuse(
        "<playlist>\n<trackList><track>",
        None,
        Some(2),
        "the file ends within <track>",
    );
    refuse(
        "<html>\n<body>not found</body></html>",
        None,
        Some(1),
        "the outermost element is <html>",
    );
    refuse(
        "<?xml version=\"1.0\"?>\n",
        None,
        Some(2),
        "there is no <playlist>",
    );
    refuse(
        "<playlist><title>&#0;</title></playlist>",
        None,
        Some(1),
        "character",
    );
    refuse("<playlist>&#xD800;</playlist>", xspf, Some(1), "character");
    refuse("nothing", xspf, Some(1), "there is no <playlist>");
    refuse("<a>".repeat(100_000), xspf, Some(1), "the outermost");
    let deep = format!("<playlist>{}", "\n<a>".repeat(100_000));
    refuse(deep, None, Some(65), "more than 64 elements in one another");
    let long = format!("<playlist><title>{}", "&amp;x".repeat(100_000));
    refuse(long, None, Some(1), "a text without end");
    let deep = format!(
        "{{\"playlist\": {{\"track\": [{{\"duration\": {}",
        "[".repeat(100_000)
    );
    refuse(deep, None, Some(1), "recursion limit");
    refuse(b"#EXTM3U\na.mp3\nb\0.mp3", None, Some(3), "a NUL");
    refuse(
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        Some(PlaylistFormat::M3u),
        Some(3),
        "a NUL",
    );
    let many = |one: &str| one.repeat(ENTRIES_MAX + 1);
    refuse(
        format!("#EXTM3U\n{}", many("a\n")),
        None,
        Some(ENTRIES_MAX + 2),
        "more than 500000 songs",
    );
    refuse(
        format!("<playlist><trackList>{}", many("<track/>")),
        None,
        Some(1),
        "more than 500000 songs",
    );
    refuse(
        format!("{{\"playlist\":{{\"track\":[{}", many("{},")),
        None,
        Some(1),
        "more than 500000 songs",
    );
}

#[test]
fn a_file_names_itself_when_it_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.xspf");
    fs::write(&path, "<playlist>\n\n<track").unwrap();
    let sentence = read(&path).unwrap_err().to_string();
    assert!(
        sentence.starts_with("cannot read the playlist "),
        "{sentence}"
    );
    assert!(sentence.contains("list.xspf: line 3: "), "{sentence}");
    let vast = folder.path().join("vast.m3u");
    fs::File::create(&vast)
        .unwrap()
        .set_len(FILE_BYTES_MAX + 1)
        .unwrap();
    assert!(
        read(&vast)
            .unwrap_err()
            .to_string()
            .ends_with("it is larger than 64 MB")
    );
    assert!(read(folder.path()).is_err());
    assert!(read(&folder.path().join("gone.pls")).is_err());
}

#[test]
fn paths_are_relative_where_playlist_and_song_lie_together() {
    let song = |path: &str| FileEntry {
        paths: vec![path.into()],
        ..FileEntry::default()
    };
    let playlist = PlaylistFile {
        name: None,
        entries: [
            "/music/lists/a.mp3",
            "/music/rock/b: c.mp3",
            "/music/lists/#1.mp3",
            "/music/lists/C:/x.mp3",
            "/music/lists/ x.mp3",
            "/music/lists/x .mp3",
            "/music/lists/back\\slash.mp3",
            "/music/lists/x\ny.mp3",
            "/home/me/d.mp3",
            r"D:\Music\e f.mp3",
            "http://radio.example/a b",
        ]
        .map(song)
        .into(),
    };
    let base = Base {
        folder: FOLDER.into(),
        roots: vec!["/other".into(), "/music".into()],
    };
    let text = m3u::write(&playlist, &base, false);
    let uris = xspf::write(&playlist, &base);
    let located = |line: &str| {
        let begin = line.trim().strip_prefix("<location>")?;
        Some(begin.strip_suffix("</location>")?.to_owned())
    };
    let uris: Vec<String> = uris.lines().filter_map(located).collect();
    if cfg!(unix) {
        let plain: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            plain,
            [
                "a.mp3",
                "../rock/b: c.mp3",
                "./#1.mp3",
                "./C:/x.mp3",
                "./ x.mp3",
                "x .mp3",
                "file:///music/lists/back%5Cslash.mp3",
                "file:///music/lists/x%0Ay.mp3",
                "/home/me/d.mp3",
                r"D:\Music\e f.mp3",
                "http://radio.example/a b",
            ]
        );
        assert_eq!(
            uris,
            [
                "a.mp3",
                "../rock/b%3A%20c.mp3",
                "%231.mp3",
                "C%3A/x.mp3",
                "%20x.mp3",
                "x%20.mp3",
                "back%5Cslash.mp3",
                "x%0Ay.mp3",
                "file:///home/me/d.mp3",
                "file:///D:/Music/e%20f.mp3",
                "http://radio.example/a%20b",
            ]
        );
    }
    // Apart from all folders of the library, what lies beneath the playlist still moves with it.
    let alone = Base {
        folder: FOLDER.into(),
        roots: Vec::new(),
    };
    let text = m3u::write(&playlist, &alone, true);
    assert!(
        text.starts_with(
            "#EXTM3U\n#EXTENC:UTF-8\n#EXTINF:-1,\na.mp3\n#EXTINF:-1,\n/music/rock/b: c.mp3\n"
        ),
        "{text}"
    );
}

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.m3u8");
    let playlist = PlaylistFile {
        name: Some("n".into()),
        entries: vec![FileEntry::default()],
    };
    for ending in ["M3U8", "m3u", "pls", "xspf", "jspf", "json"] {
        let path = path.with_extension(ending);
        fs::write(&path, "before").unwrap();
        let format = write(&path, &playlist, Vec::new()).unwrap();
        assert_eq!(read(&path).unwrap(), (format, playlist.clone()), "{ending}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().mode();
            let plain = folder.path().join("plain");
            fs::write(&plain, "").unwrap();
            assert_eq!(mode(&path), mode(&plain), "others may read it as any file");
        }
    }
    for ending in ["txt", ""] {
        let error = write(&path.with_extension(ending), &playlist, Vec::new()).unwrap_err();
        assert!(
            error.to_string().contains("its ending must say how"),
            "{error}"
        );
    }
    fs::create_dir(folder.path().join("folder.pls")).unwrap();
    assert!(write(&folder.path().join("folder.pls"), &playlist, Vec::new()).is_err());
    assert!(write(&folder.path().join("none/list.pls"), &playlist, Vec::new()).is_err());
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

/// Names that have meant something to some format.
#[cfg(unix)]
const ODD: &[&str] = &[
    "#",
    "#EXTM3U",
    "#EXTINF:1,",
    "[playlist]",
    "File1=",
    "a=b",
    "<",
    "&amp;",
    "]]>",
    "<!--",
    "\"",
    "'",
    "\\",
    "\\\\x",
    "%41",
    "%",
    "%00",
    "C:",
    "file:",
    "file:///",
    "http://x/",
    "://",
    "..",
    ".",
    " ",
    "\u{a0}",
    "-",
    " - ",
    ",",
    ";",
    ":",
    "?",
    "*",
    "~",
    "\t",
    "\n",
    "\r\n",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}",
    "\u{fffe}",
    "\u{202e}",
    "שלום",
    "مرحبا",
    "🎷",
    "e\u{301}",
    "ａ",
    "ä",
    "{",
    "}",
    "$(rm)",
    "`",
];

#[cfg(unix)]
fn odd_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(ODD).prop_map(str::to_owned),
        2 => "[a-zA-Z0-9]{1,4}",
        1 => "\\PC{1,3}",
    ];
    prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat())
}

#[cfg(unix)]
fn odd_path() -> impl Strategy<Value = PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let bytes = prop_oneof![
        6 => odd_text().prop_map(String::into_bytes),
        1 => prop::collection::vec(1..=255u8, 1..6),
    ];
    let name = bytes.prop_filter_map("a name of a file", |mut bytes| {
        bytes.retain(|byte| *byte != b'/' && *byte != 0);
        let special = bytes.is_empty() || bytes == b"." || bytes == b"..";
        (!special).then(|| std::ffi::OsString::from_vec(bytes))
    });
    let begin = prop::sample::select(vec!["/music/lists", "/music", "/music/rock", "/home/me"]);
    let beneath = (begin, prop::collection::vec(name, 1..4)).prop_map(|(begin, names)| {
        names
            .iter()
            .fold(PathBuf::from(begin), |path, name| path.join(name))
    });
    let foreign = [
        "C:\\Music\\ä #1.mp3",
        r"\\nas\music\100%.mp3",
        "http://radio.example/live?x=1#y",
        "rtsp://ü/",
    ];
    prop_oneof![8 => beneath, 1 => prop::sample::select(foreign.map(PathBuf::from).to_vec())]
}

#[cfg(unix)]
fn odd_playlist() -> impl Strategy<Value = PlaylistFile> {
    let name =
        || prop::option::weighted(0.8, odd_text()).prop_map(|name| name.as_deref().and_then(clean));
    let length = prop::option::of((1..9_000_000u32).prop_map(|ms| f64::from(ms) / 1000.0));
    let paths = prop::option::weighted(0.9, odd_path());
    let entry = (paths, name(), name(), name(), length).prop_map(
        |(path, artist, title, album, duration_s)| FileEntry {
            paths: path.into_iter().collect(),
            artist,
            title,
            album,
            duration_s,
            joined: None,
        },
    );
    (name(), prop::collection::vec(entry, 0..6))
        .prop_map(|(name, entries)| PlaylistFile { name, entries })
}

/// What a format keeps of a playlist: whole seconds, or one line of artist and title.
#[cfg(unix)]
fn kept(playlist: &PlaylistFile, format: PlaylistFormat) -> PlaylistFile {
    let mut kept = playlist.clone();
    for entry in &mut kept.entries {
        if matches!(format, PlaylistFormat::M3u | PlaylistFormat::Pls) {
            let whole = entry.duration_s.map(f64::round);
            entry.duration_s = whole.filter(|duration_s| *duration_s > 0.0);
        }
        if format == PlaylistFormat::Pls {
            let line = join(entry).or_else(|| entry.artist.clone());
            (entry.artist, entry.title, entry.album) = (None, None, None);
            if let Some(line) = line {
                part(entry, &line);
                entry.joined = None;
            }
        }
    }
    kept
}

#[cfg(unix)]
proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back_as_it_was_meant(playlist in odd_playlist(), latin: bool) {
        let base = Base { folder: FOLDER.into(), roots: vec!["/music".into()] };
        for format in PlaylistFormat::ALL {
            let text = match format {
                PlaylistFormat::M3u => m3u::write(&playlist, &base, latin),
                PlaylistFormat::Pls => pls::write(&playlist, &base),
                PlaylistFormat::Xspf => xspf::write(&playlist, &base),
                PlaylistFormat::Jspf => jspf::write(&playlist, &base),
            };
            let (found, mut read) = parsed(text.as_bytes(), None).unwrap();
            prop_assert_eq!(found, format);
            for entry in &mut read.entries {
                // The likeliest is the one that was meant, and a guess is no more than that.
                entry.paths.truncate(1);
                entry.joined = None;
            }
            prop_assert_eq!(&read, &kept(&playlist, format), "{}", text);
        }
    }

    #[test]
    fn no_file_is_too_odd_to_be_read_or_refused(
        begin in prop::sample::select(vec![
            "", "#EXTM3U\n#EXTINF:", "[playlist]\nFile1=", "<playlist><trackList><track><location>", "{\"playlist\":{\"track\":[{",
        ]),
        rest in prop::collection::vec(any::<u8>(), 0..60),
        words in odd_text(),
        ending in prop::sample::select(PlaylistFormat::ALL.to_vec()),
    ) {
        _ = parsed(&[begin.as_bytes(), &rest, words.as_bytes()].concat(), Some(ending));
        _ = parsed(&[begin.as_bytes(), words.as_bytes(), &rest].concat(), None);
    }

    #[test]
    fn no_damage_to_a_good_file_is_more_than_refused(playlist in odd_playlist(), at: prop::sample::Index, byte: u8, cut: bool) {
        let base = Base { folder: FOLDER.into(), roots: Vec::new() };
        for text in [
            m3u::write(&playlist, &base, false),
            pls::write(&playlist, &base),
            xspf::write(&playlist, &base),
            jspf::write(&playlist, &base),
        ] {
            let mut bytes = text.into_bytes();
            let at = at.index(bytes.len());
            if cut {
                bytes.truncate(at);
            } else {
                bytes[at] = byte;
            }
            _ = parsed(&bytes, Some(PlaylistFormat::M3u));
        }
    }
}
