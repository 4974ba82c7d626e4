//! Histories of other players and services: which format a file has, and its entries one after the other.
//!
//! Whoever reads gets plays and tallies; what becomes of them is `plays.rs`'s business. Files come from strangers: they
//! are streamed, no entry may be larger than [`ENTRY_BYTES_MAX`], an entry that makes no sense is refused by its number,
//! and a file that breaks off keeps what stood before the break.

mod itunes;
mod json;
mod lastfm;
pub(crate) mod listenbrainz;
mod rhythmbox;
pub(crate) mod segue;
mod spotify;
#[cfg(test)]
mod tests;
mod xml;

use std::cell::Cell;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use encoding_rs::{Decoder, Encoding, UTF_8};
use jiff::{SignedDuration, Timestamp};
use segue_core::{Play, PlayContext, PlaySource, PlaySubject, Tally};

use crate::AppError;
use crate::playlist_files::one_line;

/// Largest entry (a line, a record, a JSON object) that is read, in bytes: no play is longer.
const ENTRY_BYTES_MAX: u64 = 1 << 20;
/// So much of a file's beginning tells its format.
const HEAD_BYTES: usize = 1 << 16;
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

/// What an entry of a history is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Record {
    /// A play.
    Play(Box<Play>),
    /// A count without times.
    Tally(Box<Tally>),
    /// Nothing to be remembered: a podcast, a private session, what is playing just now.
    LeftOut,
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    /// The file's name within its folder or archive; empty if it stands alone.
    pub(crate) file: &'a str,
    /// Line, row or entry, from 1.
    pub(crate) number: u64,
}

/// Takes entries; its error ends the reading.
pub(crate) type Take<'a> = &'a mut dyn FnMut(Place, Result<Record, String>) -> Result<(), AppError>;

/// Takes the entries of one file: number, and what it is or why it is refused.
type TakeOne<'a> = &'a mut dyn FnMut(u64, Result<Record, String>) -> Result<(), AppError>;

/// Why the reading of one file ended early.
enum Broken {
    /// The file is damaged behind this entry.
    File(u64, String),
    /// Whoever takes the entries failed.
    Taker(AppError),
}

impl From<AppError> for Broken {
    fn from(error: AppError) -> Self {
        Self::Taker(error)
    }
}

/// Reads a history and returns its format. Without `format`, the content tells.
pub(crate) fn read(
    path: &Path,
    format: Option<HistoryFormat>,
    take: Take,
) -> Result<HistoryFormat, AppError> {
    let refuse = |reason: String| AppError::File {
        action: "read the history",
        path: path.to_owned(),
        reason,
    };
    if path.is_dir() {
        return folder(path, format, take, &refuse);
    }
    let mut file = File::open(path).map_err(|error| refuse(error.to_string()))?;
    let mut magic = Vec::new();
    let seen = Read::by_ref(&mut file).take(4).read_to_end(&mut magic);
    seen.map_err(|error| refuse(error.to_string()))?;
    if magic == b"PK\x03\x04" || magic == b"PK\x05\x06" {
        return archive(file, format, take, &refuse);
    }
    // A pipe cannot be rewound, but what was read of it is put back in front.
    let rest: Box<dyn Read> = match file.seek(SeekFrom::Start(0)) {
        Ok(_) => Box::new(file),
        Err(_) => Box::new(std::io::Cursor::new(magic).chain(file)),
    };
    let mut source = Source::new(rest);
    let head = source.head().map_err(|error| refuse(error.to_string()))?;
    let format = match format.or_else(|| detect(&head)) {
        Some(format) => format,
        None => {
            let reason = "its content is of no known format; say which with --format";
            return Err(refuse(reason.into()));
        }
    };
    one(source, format, "", take)?;
    Ok(format)
}

/// Reads one file; a break in it is a refused entry.
fn one(source: Source, format: HistoryFormat, name: &str, take: Take) -> Result<(), AppError> {
    let latest = Timestamp::now()
        .saturating_add(CLOCK_AHEAD)
        .unwrap_or(Timestamp::MAX);
    let mut each = |number, record| take(Place { file: name, number }, in_time(record, latest));
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
        Err(Broken::Taker(error)) => Err(error),
        Err(Broken::File(number, reason)) => {
            each(number, Err(format!("the file breaks off here: {reason}")))
        }
    }
}

fn folder(
    path: &Path,
    format: Option<HistoryFormat>,
    take: Take,
    refuse: &dyn Fn(String) -> AppError,
) -> Result<HistoryFormat, AppError> {
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
            Ok(file) => one(Source::new(Box::new(file)), format, name, take)?,
            Err(error) => take(
                Place {
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
    take: Take,
    refuse: &dyn Fn(String) -> AppError,
) -> Result<HistoryFormat, AppError> {
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
                one(Source::new(Box::new(unpacked)), format, name, take)?;
            }
            Err(error) => take(
                Place {
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
    refuse: &dyn Fn(String) -> AppError,
) -> Result<HistoryFormat, AppError> {
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

/// UTF-16 with a byte order mark, as Windows' programs export tables, read as UTF-8.
struct Utf16<'a> {
    inner: BufReader<Box<dyn Read + 'a>>,
    decoder: Decoder,
    text: String,
    given: usize,
}

impl Read for Utf16<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.text.len() {
            let raw = self.inner.fill_buf()?;
            self.given = 0;
            self.text.clear();
            let room = self.decoder.max_utf8_buffer_length(raw.len());
            self.text.reserve(room.unwrap_or(raw.len()));
            let (_, taken, _) = self.decoder.decode_to_string(raw, &mut self.text, false);
            if raw.is_empty() {
                return Ok(0);
            }
            self.inner.consume(taken);
        }
        let rest = &self.text.as_bytes()[self.given..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

/// A file being read, which gives at most [`ENTRY_BYTES_MAX`] bytes from one [`Entries::next`] to another.
struct Source<'a> {
    inner: BufReader<Box<dyn Read + 'a>>,
    given: Entries,
}

/// Tells a [`Source`] that another entry begins.
#[derive(Clone, Default)]
struct Entries(Rc<Cell<u64>>);

impl Entries {
    fn next(&self) {
        self.0.set(0);
    }
}

impl<'a> Source<'a> {
    fn new(file: Box<dyn Read + 'a>) -> Self {
        let mut inner = BufReader::with_capacity(HEAD_BYTES, file);
        // An error shows again at the first entry.
        let marked = inner.fill_buf().ok().and_then(Encoding::for_bom);
        if let Some((encoding, _)) = marked.filter(|(encoding, _)| *encoding != UTF_8) {
            let text: Box<dyn Read + 'a> = Box::new(Utf16 {
                inner,
                decoder: encoding.new_decoder(),
                text: String::new(),
                given: 0,
            });
            inner = BufReader::with_capacity(HEAD_BYTES, text);
        }
        Self {
            inner,
            given: Entries::default(),
        }
    }

    /// What stands at the beginning, without consuming it.
    fn head(&mut self) -> std::io::Result<Vec<u8>> {
        self.inner.fill_buf().map(<[u8]>::to_vec)
    }

    fn entries(&self) -> Entries {
        self.given.clone()
    }

    fn give(&mut self, count: usize) {
        self.given.0.set(self.given.0.get() + count as u64);
    }

    fn within(&self) -> std::io::Result<()> {
        if self.given.0.get() > ENTRY_BYTES_MAX {
            return Err(std::io::Error::other(format!(
                "an entry is larger than {ENTRY_BYTES_MAX} bytes"
            )));
        }
        Ok(())
    }

    /// Passes over a byte order mark.
    fn skip_mark(&mut self) -> std::io::Result<()> {
        if self.inner.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            self.inner.consume(3);
        }
        Ok(())
    }

    /// The next line without its end, `None` at the end of the file. Of a line that is too long the beginning, which
    /// no JSON document survives; the rest of it is passed over.
    fn line(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        let read = Read::by_ref(&mut self.inner)
            .take(ENTRY_BYTES_MAX)
            .read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        if read as u64 == ENTRY_BYTES_MAX && line.last() != Some(&b'\n') {
            self.inner.skip_until(b'\n')?;
        }
        Ok(Some(line))
    }
}

impl Read for Source<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.within()?;
        let read = self.inner.read(into)?;
        self.give(read);
        Ok(read)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> std::io::Result<&[u8]> {
        self.within()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.give(count);
        self.inner.consume(count);
    }
}

/// Reads line by line; each that is not blank is an entry.
fn lines(
    mut source: Source,
    take: TakeOne,
    read: impl Fn(&[u8]) -> Result<Record, String>,
) -> Result<(), Broken> {
    let broken = |number, error: std::io::Error| Broken::File(number, error.to_string());
    source.skip_mark().map_err(|error| broken(1, error))?;
    for number in 1.. {
        let Some(line) = source.line().map_err(|error| broken(number, error))? else {
            break;
        };
        let line = line.trim_ascii();
        if !line.is_empty() {
            take(number, read(line))?;
        }
    }
    Ok(())
}

/// A name as it is kept: without control characters and marks that turn the direction of writing, not endless.
/// `None` if nothing is left.
fn name(text: &str) -> Option<String> {
    one_line(
        text,
        |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'),
    )
}

/// A subject known by its names; both artist and title must be there.
fn named(
    artist: Option<String>,
    title: Option<String>,
    album: Option<String>,
) -> Result<PlaySubject, String> {
    match (artist, title) {
        (None, _) => Err("it names no artist".into()),
        (_, None) => Err("it names no title".into()),
        (artist, title) => Ok(PlaySubject {
            artist,
            title,
            album,
            ..PlaySubject::default()
        }),
    }
}

/// A play of which only is known that it counted, as scrobbles are: sent once half of a track, or four minutes, sounded.
fn scrobble(at: Timestamp, subject: PlaySubject) -> Play {
    Play {
        at,
        listened_s: Play::counted_s(subject.duration_s),
        subject,
        source: PlaySource::Import,
        skipped: false,
        rating: None,
        context: PlayContext::default(),
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

/// An instant from seconds since 1970. Players without a clock wrote 0.
fn instant(seconds: f64) -> Result<Timestamp, String> {
    if !(1.0..=1e12).contains(&seconds) {
        return Err(format!("{seconds} is no time"));
    }
    Timestamp::from_second(seconds.floor() as i64).map_err(|_| format!("{seconds} is no time"))
}

/// A length in seconds, if it can be one.
fn length(seconds: f64) -> Option<f64> {
    (seconds.is_finite() && seconds > 0.0 && seconds < 864_000.0).then_some(seconds)
}

/// The path that a file URL names.
fn path_of(location: &str) -> Option<PathBuf> {
    url::Url::parse(location).ok()?.to_file_path().ok()
}
