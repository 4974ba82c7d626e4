//! Histories as services write them, and as strangers might: odd names, truncated files, bombs.
//!
//! The shapes are those of the services' documentation, cited in each format's file; the names are invented.

mod hostile;
mod services;

use std::fs;
use std::io::Write;

use proptest::prelude::*;
use segue_core::{EndReason, ListenOutcome, Play, PlaySource, PlaySubject, Rating};

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

fn stream(more: &str) -> String {
    format!(
        r#"{{"ts": "2019-11-05T14:28:00Z", "ms_played": 60000, "master_metadata_track_name": "Andromeda (feat. DRAM)",
            "master_metadata_album_artist_name": "Gorillaz", "master_metadata_album_album_name": "Humanz",
            "spotify_track_uri": "spotify:track:x", "episode_name": null, "spotify_episode_uri": null{more}}}"#
    )
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
