//! Archives, bombs and damage: nothing that a file holds costs more than that file.

use super::*;

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
