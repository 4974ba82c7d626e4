//! What is written is read back as it was, and damage is refused: for any names, paths and bytes.

use super::*;

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
