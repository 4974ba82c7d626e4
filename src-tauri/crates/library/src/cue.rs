//! Cue sheets: which tracks lie where in which files of sound, and what they are called.
//!
//! They stand here and not with the lists of other players (`exchange`), for a scan reads them as it reads tags: without them it
//! does not know which tracks a file is.
//!
//! Source: the CDRWIN User's Guide, appendix A ("Cue sheet commands"), and what rippers write beside it: `REM` with `DATE`,
//! `GENRE`, `DISCNUMBER`, `COMPOSER` and ReplayGain (Exact Audio Copy, XLD, foobar2000), and a track whose gap stands in the
//! file before its own. `PREGAP` and `POSTGAP` are silence that is in no file; nothing of it is played. What stands before the
//! first track's `INDEX 01` belongs to no track, as on a CD player.

use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};

use crate::parts::{FilePart, FileParts};
use crate::tags::text::utf8_or_1252;

/// Longest sheet that is read, in bytes; one of 99 tracks has some ten thousand.
pub(crate) const SHEET_MAX: u64 = 1 << 20;
/// Tracks that are taken of one sheet.
const TRACKS_MAX: usize = 1000;
/// Frames of a CD in a second.
const CD_FRAMES: u64 = 75;

/// A cue sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CueSheet {
    about: FileParts,
    /// The files that it names and that have tracks of sound, in its order.
    pub(crate) files: Vec<CueFile>,
}

/// A file that a sheet names.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CueFile {
    /// As it is written there.
    pub(crate) name: String,
    /// Whether it holds bare samples (`BINARY`, `MOTOROLA`), the image of a disc.
    pub(crate) is_image: bool,
    parts: Vec<FilePart>,
}

impl CueSheet {
    /// Reads a sheet. What cannot be read is passed over; what is no sheet names no files.
    pub(crate) fn read(bytes: &[u8]) -> Self {
        Self::parse(&decoded(bytes))
    }

    /// Reads a sheet's text.
    pub(crate) fn parse(text: &str) -> Self {
        let mut reading = Reading::default();
        for line in text.lines() {
            reading.take(line);
        }
        reading.finish()
    }

    /// The parts of one of its files.
    pub(crate) fn parts(&self, file: usize) -> FileParts {
        let parts = self.files.get(file).map(|file| file.parts.clone());
        FileParts {
            parts: parts.unwrap_or_default(),
            ..self.about.clone()
        }
        .in_order()
    }

    /// The parts of the file in whose tags this sheet stands, whatever it calls it. Some taggers leave `FILE` out.
    pub(crate) fn embedded(text: &str) -> FileParts {
        let mut reading = Reading::default();
        reading.files.push(CueFile::default());
        for line in text.lines() {
            reading.take(line);
        }
        reading.finish().parts(0)
    }
}

/// The text, in whatever encoding it is written.
fn decoded(bytes: &[u8]) -> String {
    for (encoding, mark) in [
        (UTF_8, [0xef, 0xbb, 0xbf].as_slice()),
        (UTF_16LE, &[0xff, 0xfe]),
        (UTF_16BE, &[0xfe, 0xff]),
    ] {
        if let Some(rest) = bytes.strip_prefix(mark) {
            return encoding.decode_without_bom_handling(rest).0.into_owned();
        }
    }
    utf8_or_1252(bytes)
}

/// A sheet as far as it is read.
#[derive(Default)]
struct Reading {
    about: FileParts,
    files: Vec<CueFile>,
    track: Option<TrackLines>,
    tracks: usize,
}

/// A track whose lines are being read.
#[derive(Default)]
struct TrackLines {
    part: FilePart,
    is_sound: bool,
    /// Where its gap begins, and where it does: the file's number and the time.
    gap: Option<(usize, u64)>,
    begins: Option<(usize, u64)>,
}

impl Reading {
    fn take(&mut self, line: &str) {
        let (command, rest) = word(line);
        match command.to_ascii_uppercase().as_str() {
            "FILE" => {
                let (name, kind) = file_name(rest);
                self.files.push(CueFile {
                    name: name.to_owned(),
                    is_image: matches!(kind.to_ascii_uppercase().as_str(), "BINARY" | "MOTOROLA"),
                    parts: Vec::new(),
                });
            }
            "TRACK" => {
                self.end_track();
                let (number, kind) = word(rest);
                self.track = Some(TrackLines {
                    part: FilePart {
                        number: number.parse().unwrap_or_default(),
                        ..FilePart::default()
                    },
                    is_sound: !kind.trim().to_ascii_uppercase().starts_with("MODE"),
                    ..TrackLines::default()
                });
            }
            "INDEX" => {
                let (number, time) = word(rest);
                let Some(file) = self.files.len().checked_sub(1) else {
                    return;
                };
                if let (Some(track), Ok(number), Some(ns)) =
                    (&mut self.track, number.parse::<u32>(), time_ns(time.trim()))
                {
                    match number {
                        0 => track.gap = Some((file, ns)),
                        1 => track.begins = Some((file, ns)),
                        _ => {}
                    }
                }
            }
            "REM" => {
                let (field, rest) = word(rest);
                self.put(&field.to_ascii_uppercase(), value(rest));
            }
            field @ ("TITLE" | "PERFORMER" | "SONGWRITER") => self.put(field, value(rest)),
            _ => {}
        }
    }

    /// Takes a field of the track whose lines these are, or of the whole sheet.
    fn put(&mut self, field: &str, text: Option<String>) {
        let Some(text) = text else { return };
        let about = &mut self.about;
        let place = match &mut self.track {
            Some(TrackLines { part, .. }) => match field {
                "TITLE" => &mut part.title,
                "PERFORMER" => &mut part.artist,
                "COMPOSER" => &mut part.composer,
                // The composer, where none is named.
                "SONGWRITER" if part.composer.is_none() => &mut part.composer,
                "GENRE" => &mut part.genre,
                "DATE" => &mut part.date,
                "REPLAYGAIN_TRACK_GAIN" => &mut part.gain,
                "REPLAYGAIN_TRACK_PEAK" => &mut part.peak,
                // Some writers put them behind the last track.
                "REPLAYGAIN_ALBUM_GAIN" => &mut about.album_gain,
                "REPLAYGAIN_ALBUM_PEAK" => &mut about.album_peak,
                _ => return,
            },
            None => match field {
                "TITLE" => &mut about.album,
                "PERFORMER" => &mut about.album_artist,
                "COMPOSER" => &mut about.composer,
                "SONGWRITER" if about.composer.is_none() => &mut about.composer,
                "GENRE" => &mut about.genre,
                "DATE" | "YEAR" => &mut about.date,
                "DISCNUMBER" => &mut about.disc,
                "TOTALDISCS" | "DISCTOTAL" => &mut about.disc_total,
                "REPLAYGAIN_ALBUM_GAIN" => &mut about.album_gain,
                "REPLAYGAIN_ALBUM_PEAK" => &mut about.album_peak,
                _ => return,
            },
        };
        *place = Some(text);
    }

    fn end_track(&mut self) {
        let Some(track) = self.track.take() else {
            return;
        };
        let Some((file, start_ns)) = track.begins.or(track.gap) else {
            return;
        };
        if track.is_sound && self.tracks < TRACKS_MAX {
            self.tracks += 1;
            self.files[file].parts.push(FilePart {
                start_ns,
                ..track.part
            });
        }
    }

    fn finish(mut self) -> CueSheet {
        self.end_track();
        self.files.retain(|file| !file.parts.is_empty());
        self.about.total = self.tracks as u32;
        CueSheet {
            about: self.about,
            files: self.files,
        }
    }
}

/// The first word of a line, and the rest.
fn word(line: &str) -> (&str, &str) {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    line.split_once(char::is_whitespace).unwrap_or((line, ""))
}

/// A value, in quotation marks or without; `None` if it is empty. Titles have such marks in them that no one doubled.
fn value(text: &str) -> Option<String> {
    let text = text.trim();
    let inner = text.strip_prefix('"').map(|rest| match rest.rfind('"') {
        Some(end) => &rest[..end],
        None => rest,
    });
    let text = inner.unwrap_or(text).trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The name in a `FILE` line, and the type behind it.
fn file_name(text: &str) -> (&str, &str) {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('"')
        && let Some(end) = rest.rfind('"')
    {
        return (&rest[..end], rest[end + 1..].trim());
    }
    // Without marks a name with blanks in it ends at the last word, the type.
    text.rsplit_once(char::is_whitespace)
        .map_or((text, ""), |(name, kind)| (name.trim_end(), kind))
}

/// Minutes, seconds and frames (`mm:ss:ff`), in nanoseconds.
fn time_ns(text: &str) -> Option<u64> {
    let mut parts = text.split(':').map(|part| part.trim().parse::<u64>().ok());
    let (minutes, seconds, frames) = (parts.next()??, parts.next()??, parts.next()??);
    if seconds >= 60 || frames >= CD_FRAMES || minutes > 100_000 || parts.next().is_some() {
        return None;
    }
    let all = (minutes * 60 + seconds) * CD_FRAMES + frames;
    // To the nearest: 1/75 s is no whole number of nanoseconds.
    Some((all * 1_000_000_000 + CD_FRAMES / 2) / CD_FRAMES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Number, CD frame, title and artist.
    type ToldPart = (u32, u64, String, String);

    /// What is read of a sheet: of each file its name and its parts.
    fn told(sheet: &CueSheet) -> Vec<(String, Vec<ToldPart>)> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let files = sheet.files.iter().enumerate();
        files
            .map(|(n, file)| {
                let parts = sheet.parts(n).parts;
                let parts = parts.iter().map(|part| {
                    let cd_frame = (part.start_ns * 75 + 500_000_000) / 1_000_000_000;
                    (part.number, cd_frame, text(&part.title), text(&part.artist))
                });
                (file.name.clone(), parts.collect())
            })
            .collect()
    }

    #[test]
    fn an_image_is_read_with_all_that_is_said_of_it() {
        let text = "\u{feff}REM GENRE Rock\r\nREM DATE 1973\r\nREM DISCNUMBER 2\r\nREM TOTALDISCS 3\r\nREM COMMENT \"ExactAudioCopy v1.0\"\r\n\
            PERFORMER \"The \"Real\" Ones\"\r\nTITLE \"An Album\"\r\nREM REPLAYGAIN_ALBUM_GAIN -7.25 dB\r\nFILE \"An Album.wav\" WAVE\r\n  \
            TRACK 01 AUDIO\r\n    TITLE \"First\"\r\n    PERFORMER \"Someone\"\r\n    ISRC USABC1234567\r\n    FLAGS DCP\r\n    \
            INDEX 00 00:00:00\r\n    INDEX 01 00:00:33\r\n  TRACK 02 AUDIO\r\n    TITLE Second one\r\n    REM COMPOSER \"A Composer\"\r\n    \
            SONGWRITER \"A Writer\"\r\n    REM REPLAYGAIN_TRACK_GAIN -6.00 dB\r\n    PREGAP 00:02:00\r\n    INDEX 00 04:10:00\r\n    INDEX 01 04:12:74\r\n";
        let sheet = CueSheet::parse(text);
        let parts = sheet.parts(0);
        assert_eq!(
            told(&sheet),
            [(
                "An Album.wav".to_owned(),
                vec![
                    (1, 33, "First".into(), "Someone".into()),
                    (
                        2,
                        (4 * 60 + 12) * 75 + 74,
                        "Second one".into(),
                        String::new()
                    ),
                ]
            )]
        );
        let said = |text: &str| Some(text.to_owned());
        assert_eq!(parts.album, said("An Album"));
        assert_eq!(parts.album_artist, said("The \"Real\" Ones"));
        assert_eq!(
            (parts.genre.clone(), parts.date.clone()),
            (said("Rock"), said("1973"))
        );
        assert_eq!(
            (parts.disc.clone(), parts.disc_total.clone()),
            (said("2"), said("3"))
        );
        assert_eq!(parts.album_gain, said("-7.25 dB"));
        assert_eq!(parts.total, 2);
        assert_eq!(parts.parts[1].composer, said("A Composer"));
        assert_eq!(parts.parts[1].gain, said("-6.00 dB"));
    }

    #[test]
    fn several_files_and_a_gap_in_the_file_before() {
        let text = "FILE \"01.wav\" WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nTITLE \"B\"\nINDEX 00 03:00:00\n\
            FILE \"02.wav\" WAVE\nINDEX 01 00:00:00\nFILE Side B.flac FLAC\nTRACK 03 AUDIO\nINDEX 01 00:00:00\nTRACK 04 AUDIO\nINDEX 01 02:00:00\n\
            FILE \"game.bin\" BINARY\nTRACK 05 MODE1/2352\nINDEX 01 00:00:00\n";
        let no = String::new;
        assert_eq!(
            told(&CueSheet::parse(text)),
            [
                ("01.wav".into(), vec![(1, 0, no(), no())]),
                ("02.wav".into(), vec![(2, 0, "B".into(), no())]),
                (
                    "Side B.flac".into(),
                    vec![(3, 0, no(), no()), (4, 9000, no(), no())]
                ),
            ]
        );
    }

    #[test]
    fn times_are_minutes_seconds_and_frames() {
        for (text, cd_frames) in [
            ("00:00:00", Some(0)),
            ("00:00:01", Some(1)),
            ("01:02:03", Some(62 * 75 + 3)),
            ("120:00:00", Some(120 * 60 * 75)),
            ("00:60:00", None),
            ("00:00:75", None),
            ("00:00", None),
            ("-1:00:00", None),
            ("99999999999999999999:00:00", None),
            ("", None),
        ] {
            let ns = cd_frames.map(|frames: u64| (frames * 1_000_000_000 + 37) / 75);
            assert_eq!(time_ns(text), ns, "{text:?}");
        }
    }

    #[test]
    fn sheets_are_read_in_whatever_encoding_they_are_written() {
        let text =
            "TITLE \"Für Elise\"\r\nFILE \"a.wav\" WAVE\r\nTRACK 01 AUDIO\r\nINDEX 01 00:00:00\r\n";
        let utf16 = |to: fn(u16) -> [u8; 2], mark: [u8; 2]| {
            let mut bytes = mark.to_vec();
            bytes.extend(text.encode_utf16().flat_map(to));
            bytes
        };
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            utf16(u16::to_le_bytes, [0xff, 0xfe]),
            utf16(u16::to_be_bytes, [0xfe, 0xff]),
            latin,
        ] {
            let sheet = CueSheet::read(&bytes);
            assert_eq!(sheet.parts(0).album.as_deref(), Some("Für Elise"));
            assert_eq!(sheet.files.len(), 1);
        }
    }

    #[test]
    fn tracks_without_length_are_none() {
        let text = "FILE a WAVE\nTRACK 01 AUDIO\nINDEX 01 00:00:00\nTRACK 02 AUDIO\nINDEX 01 00:00:00\nTRACK 03 AUDIO\nINDEX 01 00:10:00\nTRACK 04 AUDIO\n";
        let parts = CueSheet::parse(text).parts(0).parts;
        let numbers: Vec<_> = parts.iter().map(|part| part.number).collect();
        assert_eq!(numbers, [2, 3]);
    }

    proptest! {
        #[test]
        fn whatever_stands_there_is_read_without_a_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            lines in proptest::collection::vec("(FILE|TRACK|INDEX|TITLE|REM|PERFORMER)? ?\"?[0-9a-z:\" ]{0,12}", 0..30),
        ) {
            CueSheet::read(&bytes);
            let sheet = CueSheet::parse(&lines.join("\n"));
            for n in 0..=sheet.files.len() {
                let parts = sheet.parts(n).parts;
                prop_assert!(parts.windows(2).all(|two| two[0].start_ns < two[1].start_ns));
            }
        }
    }
}
