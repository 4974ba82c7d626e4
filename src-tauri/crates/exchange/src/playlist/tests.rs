//! Playlist files as players write them, and as strangers might: odd names, broken documents, bombs.

mod formats;
mod round_trip;

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
