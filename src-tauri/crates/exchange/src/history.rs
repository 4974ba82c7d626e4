//! Histories of other players and services: which format a file has, and its entries one after the other.
//!
//! Whoever reads gets plays and tallies; what becomes of them is the use cases' business. Files come from strangers: they
//! are streamed, no entry may be larger than a megabyte, an entry that makes no sense is refused by its number, and a file
//! that breaks off keeps what stood before the break.

mod itunes;
mod json;
mod lastfm;
pub mod listenbrainz;
mod record;
mod rhythmbox;
pub mod segue;
mod source;
mod spotify;
#[cfg(test)]
mod tests;
mod xml;

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use segue_core::Tally;

use crate::FileError;
use record::Broken;
pub use record::{Record, RecordPlace};
use record::{Stop, Take};
use source::BoundedReader;

/// Before this no player kept a history; clocks that were never set show 1970 or 1980. 1990-01-01T00:00:00Z.
const EARLIEST: Timestamp = Timestamp::constant(631_152_000, 0);
/// So much may another machine's clock, or a time zone taken for another, be ahead.
const CLOCK_AHEAD: SignedDuration = SignedDuration::from_hours(24);
/// Files of a folder or an archive that are looked at.
const FILES_MAX: usize = 10_000;
/// Text of plays packs ten to fiftyfold. What unpacks to more than this, beyond a few megabytes, is no history.
const UNPACKED_RATIO_MAX: u64 = 100;
const UNPACKED_BYTES_FREE: u64 = 4 << 20;

/// Whose history a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryFormat {
    /// Segue's own JSON lines.
    Segue,
    /// ListenBrainz: the export's JSON lines, its archive, or an answer of the API.
    ListenBrainz,
    /// Last.fm: pages of `user.getRecentTracks`, the CSV files of exporters, `.scrobbler.log`.
    LastFm,
    /// Spotify's extended streaming history, or its account data: files, folder or archive.
    Spotify,
    /// Rhythmbox: `rhythmdb.xml`.
    Rhythmbox,
    /// iTunes or Music: `Library.xml`.
    ITunes,
}

impl HistoryFormat {
    const ALL: [Self; 6] = [
        Self::Segue,
        Self::ListenBrainz,
        Self::LastFm,
        Self::Spotify,
        Self::Rhythmbox,
        Self::ITunes,
    ];

    /// The name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Segue => "segue",
            Self::ListenBrainz => "listenbrainz",
            Self::LastFm => "lastfm",
            Self::Spotify => "spotify",
            Self::Rhythmbox => "rhythmbox",
            Self::ITunes => "itunes",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// Whether a file of this name, in a folder or an archive, holds plays in this format.
    fn holds_plays(self, name: &str) -> bool {
        let name = name.replace('\\', "/").to_lowercase();
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", &name));
        match self {
            Self::Spotify => {
                let audio =
                    file.starts_with("streaming_history_audio") || file.starts_with("endsong");
                // Of the account data: StreamingHistory0.json, StreamingHistory_music_0.json; podcasts have their own.
                let account = file.starts_with("streaminghistory")
                    && !file.contains("podcast")
                    && !file.contains("audiobook");
                (audio || account) && file.ends_with(".json")
            }
            Self::ListenBrainz => {
                file.ends_with(".jsonl") && folder.split('/').any(|part| part == "listens")
            }
            _ => false,
        }
    }
}

/// Why reading ended early: the file itself, or the caller.
enum ReadError {
    File(FileError),
    Stopped,
}

impl From<FileError> for ReadError {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl From<Stop> for ReadError {
    fn from(_: Stop) -> Self {
        Self::Stopped
    }
}

/// Reads a history and returns its format. Without `format`, the content tells. Plays that claim to be later than `now` are
/// refused. The first error of `take` ends the reading.
pub fn read<E: From<FileError>>(
    path: &Path,
    format: Option<HistoryFormat>,
    now: Timestamp,
    mut take: impl FnMut(RecordPlace, Result<Record, String>) -> Result<(), E>,
) -> Result<HistoryFormat, E> {
    let latest = now.saturating_add(CLOCK_AHEAD).unwrap_or(Timestamp::MAX);
    let mut failed = None;
    let read = read_until(path, format, latest, &mut |place, record| {
        take(place, record).map_err(|error| {
            failed = Some(error);
            Stop
        })
    });
    read.map_err(|ended| match (ended, failed) {
        (ReadError::File(error), _) => error.into(),
        (ReadError::Stopped, error) => error.expect("only a failure of `take` stops the reading"),
    })
}

fn read_until(
    path: &Path,
    format: Option<HistoryFormat>,
    latest: Timestamp,
    take: Take,
) -> Result<HistoryFormat, ReadError> {
    let refuse = FileError::of("read the history", path);
    if path.is_dir() {
        return folder(path, format, latest, take, &refuse);
    }
    let mut file = File::open(path).map_err(|error| refuse(error.to_string()))?;
    let mut magic = Vec::new();
    let seen = Read::by_ref(&mut file).take(4).read_to_end(&mut magic);
    seen.map_err(|error| refuse(error.to_string()))?;
    if magic == b"PK\x03\x04" || magic == b"PK\x05\x06" {
        return archive(file, format, latest, take, &refuse);
    }
    // A pipe cannot be rewound, but what was read of it is put back in front.
    let rest: Box<dyn Read> = match file.seek(SeekFrom::Start(0)) {
        Ok(_) => Box::new(file),
        Err(_) => Box::new(std::io::Cursor::new(magic).chain(file)),
    };
    let mut source = BoundedReader::new(rest);
    let head = source.head().map_err(|error| refuse(error.to_string()))?;
    let format = match format.or_else(|| detect(&head)) {
        Some(format) => format,
        None => {
            let reason = "its content is of no known format; say which with --format";
            return Err(refuse(reason.into()).into());
        }
    };
    one(source, format, "", latest, take)?;
    Ok(format)
}

/// Reads one file; a break in it is a refused entry.
fn one(
    source: BoundedReader,
    format: HistoryFormat,
    name: &str,
    latest: Timestamp,
    take: Take,
) -> Result<(), Stop> {
    let mut each =
        |number, record| take(RecordPlace { file: name, number }, in_time(record, latest));
    let outcome = match format {
        HistoryFormat::Segue => segue::read(source, &mut each),
        HistoryFormat::ListenBrainz => listenbrainz::read(source, &mut each),
        HistoryFormat::LastFm => lastfm::read(source, &mut each),
        HistoryFormat::Spotify => spotify::read(source, &mut each),
        HistoryFormat::Rhythmbox => rhythmbox::read(source, &mut each),
        HistoryFormat::ITunes => itunes::read(source, &mut each),
    };
    match outcome {
        Ok(()) => Ok(()),
        Err(Broken::Stopped) => Err(Stop),
        Err(Broken::File(number, reason)) => {
            each(number, Err(format!("the file breaks off here: {reason}")))
        }
    }
}

fn folder(
    path: &Path,
    format: Option<HistoryFormat>,
    latest: Timestamp,
    take: Take,
    refuse: &dyn Fn(String) -> FileError,
) -> Result<HistoryFormat, ReadError> {
    let mut files: Vec<(String, PathBuf)> = walkdir::WalkDir::new(path)
        .max_depth(6)
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .take(FILES_MAX)
        .map(|entry| {
            let name = entry.path().strip_prefix(path).unwrap_or(entry.path());
            // The folder itself may be the export's `listens`.
            let above = path.file_name().unwrap_or_default().to_string_lossy();
            (
                format!("{above}/{}", name.to_string_lossy()),
                entry.into_path(),
            )
        })
        .collect();
    files.sort();
    let format = chosen(format, files.iter().map(|(name, _)| name.as_str()), refuse)?;
    for (name, file) in files.iter().filter(|(name, _)| format.holds_plays(name)) {
        match File::open(file) {
            Ok(file) => one(
                BoundedReader::new(Box::new(file)),
                format,
                name,
                latest,
                take,
            )?,
            Err(error) => take(
                RecordPlace {
                    file: name,
                    number: 1,
                },
                Err(error.to_string()),
            )?,
        }
    }
    Ok(format)
}

fn archive(
    file: File,
    format: Option<HistoryFormat>,
    latest: Timestamp,
    take: Take,
    refuse: &dyn Fn(String) -> FileError,
) -> Result<HistoryFormat, ReadError> {
    let mut archive = zip::ZipArchive::new(BufReader::new(file))
        .map_err(|error| refuse(format!("the archive cannot be opened: {error}")))?;
    let mut names: Vec<String> = archive
        .file_names()
        .take(FILES_MAX)
        .filter_map(|name| Some(name.ok()?.into_owned()))
        .collect();
    names.sort();
    let format = chosen(format, names.iter().map(String::as_str), refuse)?;
    for name in names.iter().filter(|name| format.holds_plays(name)) {
        match archive.by_name(name) {
            Ok(entry) => {
                let allowed = UNPACKED_BYTES_FREE + entry.compressed_size() * UNPACKED_RATIO_MAX;
                let unpacked = Unpacked {
                    entry,
                    left: allowed,
                };
                // Borrowed from the archive, so read to its end before the next one.
                one(
                    BoundedReader::new(Box::new(unpacked)),
                    format,
                    name,
                    latest,
                    take,
                )?;
            }
            Err(error) => take(
                RecordPlace {
                    file: name,
                    number: 1,
                },
                Err(error.to_string()),
            )?,
        }
    }
    Ok(format)
}

/// The format of a folder or an archive, by the names in it.
fn chosen<'a>(
    format: Option<HistoryFormat>,
    names: impl Iterator<Item = &'a str> + Clone,
    refuse: &dyn Fn(String) -> FileError,
) -> Result<HistoryFormat, FileError> {
    let several = [HistoryFormat::Spotify, HistoryFormat::ListenBrainz];
    several
        .into_iter()
        .filter(|known| format.is_none_or(|format| format == *known))
        .find(|known| names.clone().any(|name| known.holds_plays(name)))
        .ok_or_else(|| {
            refuse(
                "it holds neither Streaming_History_Audio_*.json, endsong_*.json or StreamingHistory*.json (Spotify) nor \
                 listens/YEAR/MONTH.jsonl (ListenBrainz); name the file itself"
                    .into(),
            )
        })
}

/// The format that a file's beginning shows.
fn detect(head: &[u8]) -> Option<HistoryFormat> {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let has = |word: &str| text.contains(word);
    match text.chars().next()? {
        '<' if has("<rhythmdb") => Some(HistoryFormat::Rhythmbox),
        '<' if has("<plist") => Some(HistoryFormat::ITunes),
        '{' | '[' if has("\"ms_played\"") && has("\"ts\"") => Some(HistoryFormat::Spotify),
        '{' | '[' if has("\"msPlayed\"") && has("\"endTime\"") => Some(HistoryFormat::Spotify),
        '{' | '[' if has("\"track_metadata\"") => Some(HistoryFormat::ListenBrainz),
        '{' if has("\"listened_s\"") => Some(HistoryFormat::Segue),
        '{' | '['
            if ["\"recenttracks\"", "\"@attr\"", "\"uts\"", "\"scrobbles\""]
                .into_iter()
                .any(has) =>
        {
            Some(HistoryFormat::LastFm)
        }
        '<' | '{' | '[' => None,
        _ if has("#AUDIOSCROBBLER/") || lastfm::is_csv(text) => Some(HistoryFormat::LastFm),
        _ => None,
    }
}

/// Why an archive's entry gives no more.
struct Unpacked<R> {
    entry: R,
    left: u64,
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.entry.read(into)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            std::io::Error::other(
                "it unpacks to far more than a history would: it looks like a zip bomb",
            )
        })?;
        Ok(read)
    }
}

/// Refuses a play at an instant at which nobody can have heard it, and leaves such instants out of counts.
fn in_time(record: Result<Record, String>, latest: Timestamp) -> Result<Record, String> {
    let may_be = |at: &Timestamp| (EARLIEST..=latest).contains(at);
    match record? {
        Record::Play(play) if play.at < EARLIEST => Err(format!(
            "{} is no time of a play: the player's clock was not set",
            play.at
        )),
        Record::Play(play) if play.at > latest => Err(format!(
            "{} is no time of a play: it is yet to come",
            play.at
        )),
        Record::Tally(tally) => Ok(Record::Tally(Box::new(Tally {
            since: tally.since.filter(may_be),
            last: tally.last.filter(may_be),
            ..*tally
        }))),
        record => Ok(record),
    }
}
