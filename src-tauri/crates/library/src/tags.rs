//! Tags: what a file says of itself, cleaned. Nothing here trusts the file.
//!
//! Several artists stand in several `ARTIST` fields, in `ARTISTS`, or behind null separators (ID3v2.4); a name is never
//! split at a comma, an ampersand or "feat.", for "Tyler, The Creator" is one person.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::{AudioFile, FileType, TaggedFile, TaggedFileExt};
use lofty::mp4::{Mp4Codec, Mp4File};
use lofty::mpeg::{Layer, MpegFile};
use lofty::picture::{Picture, PictureType};
use lofty::probe::Probe;
use lofty::tag::{ItemKey, Tag, TagType};
use segue_core::{AudioHash, SIGNATURE_BYTES, he_aac_notice, id3v2_byte_len, unplayable_format};

use crate::audio_hash::Audio;
use crate::buffered::Buffered;
use crate::playable;
use crate::store::tracks::ReplayGain;

/// What was read of a file, cleaned. What is unknown is `None`, empty or 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tags {
    pub(crate) title: Option<String>,
    pub(crate) artists: Vec<String>,
    pub(crate) album: Option<String>,
    pub(crate) album_artist: Option<String>,
    /// MusicBrainz' number of the release.
    pub(crate) release_id: Option<String>,
    pub(crate) genres: Vec<String>,
    pub(crate) composer: Option<String>,
    pub(crate) year: Option<i32>,
    pub(crate) track: Option<u32>,
    pub(crate) disc: Option<u32>,
    pub(crate) compilation: bool,
    pub(crate) bpm: Option<f64>,
    pub(crate) key: Option<String>,
    pub(crate) duration_s: f64,
    pub(crate) codec: String,
    pub(crate) sample_rate_hz: Option<u32>,
    pub(crate) bitrate_kbps: Option<u32>,
    pub(crate) replay_gain: ReplayGain,
    /// BLAKE3 of the embedded cover, its first 16 bytes.
    pub(crate) cover_hash: Option<[u8; 16]>,
    /// What could not be read, where the file is fit to play all the same.
    pub(crate) warning: Option<String>,
}

/// The longest text kept of a field, in bytes. The longest real title known has some 1,000.
const TEXT_MAX: usize = 1024;
/// The most artists or genres kept of one file.
const LIST_MAX: usize = 64;
/// Separates the items of a list in the database; cleaning takes it out of the items.
const UNIT_SEPARATOR: char = '\x1f';

/// Reads what a file is and says, or why it is no music.
pub(crate) fn read(path: &Path) -> Result<(AudioHash, Tags), String> {
    caught(|| {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let len = file.metadata().map_err(|error| error.to_string())?.len();
        if len == 0 {
            return Err("the file is empty".into());
        }
        let mut file = Metered::new(Buffered::new(file, len), len);
        refuse_unplayable(&mut file)?;
        let audio = Audio::find(&mut file).map_err(|error| error.to_string())?;
        if audio.len() == 0 {
            return Err("the file holds no audio".into());
        }
        let hash = audio.hash(&mut file).map_err(|error| error.to_string())?;
        let facts = playable::look(&mut file, path).map_err(|error| error.to_string())??;
        let mut tags = match read_tags(path, &mut file, &audio) {
            Err(reason) if facts.codec.is_none() => return Err(reason),
            read => read.unwrap_or_default(),
        };
        tags.codec = facts.codec.map_or(tags.codec, str::to_owned);
        tags.sample_rate_hz = facts.sample_rate_hz.or(tags.sample_rate_hz);
        tags.duration_s = facts.duration_s.unwrap_or(tags.duration_s);
        tags.warning = tags
            .warning
            .or_else(|| facts.he_aac_core_hz.map(he_aac_notice));
        Ok((hash, tags))
    })
}

/// Refuses, whatever the file's ending, what its first bytes show to be of a kind that no decoder here reads.
fn refuse_unplayable(file: &mut (impl Read + Seek)) -> Result<(), String> {
    let explain = |error: io::Error| error.to_string();
    let mut start = 0;
    loop {
        file.seek(SeekFrom::Start(start)).map_err(explain)?;
        let mut head = Vec::new();
        file.take(SIGNATURE_BYTES as u64)
            .read_to_end(&mut head)
            .map_err(explain)?;
        match (id3v2_byte_len(&head), unplayable_format(&head)) {
            (Some(length), _) => start += length,
            (None, Some(format)) => {
                return Err(format!("it is {format}, which Segue cannot play"));
            }
            (None, None) => return Ok(()),
        }
    }
}

/// The embedded cover: the front, else the first picture.
pub(crate) fn embedded_cover(path: &Path) -> Result<Option<Vec<u8>>, String> {
    caught(|| {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let len = file.metadata().map_err(|error| error.to_string())?.len();
        let mut file = Metered::new(Buffered::new(file, len), len);
        let (tagged, _) = parse(
            path,
            &mut file,
            options().read_properties(false).read_cover_art(true),
        )?;
        Ok(front(&tagged).map(|picture| picture.data().to_vec()))
    })
}

/// A title for a file without one: its name without ending and without a leading track number.
pub(crate) fn title_of(file_stem: &str) -> String {
    let name = clean(file_stem).unwrap_or_default();
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = name.len() - rest.len();
    let title = rest.trim_start_matches([' ', '.', '-', '_']);
    let numbered = (1..=3).contains(&digits) && title.len() < rest.len();
    let title = if numbered && !title.is_empty() {
        title
    } else {
        &name
    };
    if title.is_empty() {
        "?".to_owned()
    } else {
        title.replace('_', " ")
    }
}

/// A list as the database keeps it.
pub(crate) fn join(items: &[String]) -> String {
    items.join("\x1f")
}

/// Reads [`join`] back.
pub(crate) fn split(text: &str) -> Vec<String> {
    text.split(UNIT_SEPARATOR)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Runs `read`; a panic in a parser costs one file.
fn caught<T>(read: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("no reason");
        Err(format!("reading the tags failed inside: {said}"))
    })
}

fn options() -> ParseOptions {
    ParseOptions::new().parsing_mode(ParsingMode::Relaxed)
}

/// Tags and properties; if that fails, without pictures; if that fails, properties alone, with a warning.
fn read_tags(
    path: &Path,
    file: &mut Metered<impl Read + Seek>,
    audio: &Audio,
) -> Result<Tags, String> {
    let whole = parse(path, file, options());
    let reason = match whole {
        Ok((tagged, codec)) => return Ok(from_tagged(&tagged, codec)),
        Err(reason) => reason,
    };
    if let Ok((tagged, codec)) = parse(path, file, options().read_cover_art(false)) {
        let warning = Some(format!("the cover cannot be read: {reason}"));
        return Ok(Tags {
            warning,
            ..from_tagged(&tagged, codec)
        });
    }
    if let Ok((tagged, codec)) = parse(path, file, options().read_tags(false)) {
        let warning = Some(format!("the tags cannot be read: {reason}"));
        return Ok(Tags {
            warning,
            ..from_tagged(&tagged, codec)
        });
    }
    crate::containers::read(file).map_err(|_| {
        if audio.is_known() {
            reason.clone()
        } else {
            reason
        }
    })
}

/// Parses with lofty. The codec is asked of the format where the format has several.
fn parse(
    path: &Path,
    file: &mut Metered<impl Read + Seek>,
    options: ParseOptions,
) -> Result<(TaggedFile, String), String> {
    let explain = |error: lofty::error::FileParseError| chain(&error);
    file.seek(SeekFrom::Start(0))
        .map_err(|error| error.to_string())?;
    let mut probe = Probe::new(&mut *file).options(options);
    if let Some(by_name) = FileType::from_path(path) {
        probe = probe.set_file_type(by_name);
    }
    let kind = probe
        .guess_file_type()
        .map_err(|error| error.to_string())?
        .file_type();
    file.seek(SeekFrom::Start(0))
        .map_err(|error| error.to_string())?;
    let (tagged, codec): (TaggedFile, &str) = match kind {
        Some(FileType::Mp4) => {
            let mp4 = Mp4File::read_from(file, options).map_err(explain)?;
            let codec = match mp4.properties().codec() {
                Some(Mp4Codec::ALAC) => "alac",
                Some(Mp4Codec::MP3) => "mp3",
                Some(Mp4Codec::FLAC) => "flac",
                _ => "aac",
            };
            (mp4.into(), codec)
        }
        Some(FileType::Mpeg) => {
            let mpeg = MpegFile::read_from(file, options).map_err(explain)?;
            let codec = match mpeg.properties().layer() {
                Layer::Layer1 => "mp1",
                Layer::Layer2 => "mp2",
                Layer::Layer3 => "mp3",
            };
            (mpeg.into(), codec)
        }
        Some(kind) => {
            let codec = match kind {
                FileType::Aac => "aac",
                FileType::Flac => "flac",
                FileType::Opus => "opus",
                FileType::Vorbis => "vorbis",
                FileType::Speex => "speex",
                FileType::Aiff | FileType::Wav => "pcm",
                FileType::Ape => "ape",
                FileType::WavPack => "wavpack",
                FileType::Mpc => "musepack",
                _ => "unknown",
            };
            (
                Probe::with_file_type(file, kind)
                    .options(options)
                    .read()
                    .map_err(explain)?,
                codec,
            )
        }
        None => return Err("it is not a sound file of a known kind".into()),
    };
    Ok((tagged, codec.to_owned()))
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn from_tagged(tagged: &TaggedFile, codec: String) -> Tags {
    let properties = tagged.properties();
    // The format's own tags speak first, ID3v1 with its thirty characters last.
    let mut tags: Vec<&Tag> = tagged.tags().iter().collect();
    let primary = tagged.primary_tag_type();
    tags.sort_by_key(|tag| match tag.tag_type() {
        kind if kind == primary => 0,
        TagType::Id3v1 => 2,
        _ => 1,
    });
    let all = |key: ItemKey| -> Vec<String> {
        tags.iter()
            .map(|tag| texts(tag, key))
            .find(|texts| !texts.is_empty())
            .unwrap_or_default()
    };
    let first = |keys: &[ItemKey]| keys.iter().find_map(|key| all(*key).into_iter().next());
    let number =
        |key: ItemKey, max: u32| all(key).iter().find_map(|text| leading_number(text, max));
    let gain = |key: ItemKey| {
        all(key)
            .iter()
            .find_map(|text| decimal(text))
            .filter(|gain_db| gain_db.abs() <= 60.0)
    };
    let peak = |key: ItemKey| {
        all(key)
            .iter()
            .find_map(|text| decimal(text))
            .filter(|peak| (0.0..=16.0).contains(peak))
    };

    let artists = [ItemKey::TrackArtists, ItemKey::TrackArtist]
        .into_iter()
        .map(&all)
        .find(|artists| !artists.is_empty())
        .unwrap_or_default();
    let album_artists = [ItemKey::AlbumArtist, ItemKey::AlbumArtists]
        .into_iter()
        .map(&all)
        .find(|artists| !artists.is_empty())
        .unwrap_or_default();
    let mut genres = Vec::new();
    for field in all(ItemKey::Genre) {
        for name in field.split(';').filter_map(clean) {
            let name = genre(name);
            if !genres.contains(&name) {
                genres.push(name);
            }
        }
    }
    let years = [
        ItemKey::RecordingDate,
        ItemKey::Year,
        ItemKey::ReleaseDate,
        ItemKey::OriginalReleaseDate,
    ];
    let r128 = |key: ItemKey| {
        // RFC 7845 5.2.1: gain in 1/256 dB to reach -23 LUFS; ReplayGain's reference is 5 dB above.
        all(key)
            .iter()
            .find_map(|text| decimal(text))
            .filter(|q| q.abs() <= 32_768.0)
            .map(|q| q / 256.0 + 5.0)
    };
    Tags {
        title: first(&[ItemKey::TrackTitle]),
        artists,
        album: first(&[ItemKey::AlbumTitle]),
        album_artist: (!album_artists.is_empty()).then(|| album_artists.join(", ")),
        release_id: first(&[ItemKey::MusicBrainzReleaseId])
            .filter(|id| id.len() <= 64)
            .map(|id| id.to_ascii_lowercase()),
        genres,
        composer: first(&[ItemKey::Composer]),
        year: years
            .into_iter()
            .find_map(|key| all(key).iter().find_map(|text| year(text))),
        track: number(ItemKey::TrackNumber, 9999),
        disc: number(ItemKey::DiscNumber, 999),
        compilation: first(&[ItemKey::FlagCompilation]).is_some_and(|flag| flag != "0"),
        bpm: first(&[ItemKey::Bpm, ItemKey::IntegerBpm])
            .and_then(|text| decimal(&text))
            .filter(|bpm| (20.0..=400.0).contains(bpm)),
        key: first(&[ItemKey::InitialKey]).filter(|key| key.chars().count() <= 8),
        duration_s: properties.duration().as_secs_f64(),
        codec,
        sample_rate_hz: properties.sample_rate().filter(|hz| *hz > 0),
        bitrate_kbps: properties
            .audio_bitrate()
            .or(properties.overall_bitrate())
            .filter(|kbps| *kbps > 0),
        replay_gain: ReplayGain {
            track_gain_db: gain(ItemKey::ReplayGainTrackGain)
                .or_else(|| r128(ItemKey::R128TrackGain)),
            track_peak: peak(ItemKey::ReplayGainTrackPeak),
            album_gain_db: gain(ItemKey::ReplayGainAlbumGain)
                .or_else(|| r128(ItemKey::R128AlbumGain)),
            album_peak: peak(ItemKey::ReplayGainAlbumPeak),
        },
        cover_hash: front(tagged).map(|picture| cover_hash(picture.data())),
        warning: None,
    }
}

/// The name of a cover's content in the cache of thumbnails.
pub(crate) fn cover_hash(bytes: &[u8]) -> [u8; 16] {
    let mut hash = [0; 16];
    hash.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    hash
}

fn front(tagged: &TaggedFile) -> Option<&Picture> {
    let all = || {
        tagged
            .tags()
            .iter()
            .flat_map(|tag| tag.pictures())
            .filter(|picture| !picture.data().is_empty())
    };
    all()
        .find(|picture| picture.pic_type() == PictureType::CoverFront)
        .or_else(|| all().next())
}

/// The cleaned texts of a field, each once.
fn texts(tag: &Tag, key: ItemKey) -> Vec<String> {
    let mut texts = Vec::new();
    for text in tag
        .get_strings(key)
        .flat_map(|text| text.split('\0'))
        .filter_map(clean)
    {
        if texts.len() < LIST_MAX && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// `text` without control characters, trimmed, at most [`TEXT_MAX`] bytes; `None` if nothing is left.
fn clean(text: &str) -> Option<String> {
    let mut cleaned = String::new();
    for c in text.chars().map(|c| {
        if c.is_control() || c == '\u{feff}' {
            ' '
        } else {
            c
        }
    }) {
        if cleaned.is_empty() && c.is_whitespace() {
            continue;
        }
        if cleaned.len() + c.len_utf8() > TEXT_MAX {
            break;
        }
        cleaned.push(c);
    }
    cleaned.truncate(cleaned.trim_end().len());
    (!cleaned.is_empty()).then_some(cleaned)
}

/// A genre's name, where the tag holds ID3v1's number: `17` or `(17)` or `(17)Rock`.
fn genre(text: String) -> String {
    let named = |number: &str| {
        number
            .parse::<usize>()
            .ok()
            .and_then(|n| lofty::id3::v1::GENRES.get(n))
            .map(|name| (*name).to_owned())
    };
    if let Some(name) = named(&text) {
        return name;
    }
    match text.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((number, "")) => named(number).unwrap_or(text),
        Some((number, name)) if number.parse::<u8>().is_ok() => name.trim().to_owned(),
        _ => text,
    }
}

/// The number a text begins with, such as 3 in "3/12"; 0 means unknown.
fn leading_number(text: &str, max: u32) -> Option<u32> {
    let digits = text
        .trim_start()
        .split(|c: char| !c.is_ascii_digit())
        .next()?;
    digits.parse().ok().filter(|n| (1..=max).contains(n))
}

/// The first four digits in a row: "1999-05-03", "03.05.1999", "©1999".
fn year(text: &str) -> Option<i32> {
    text.split(|c: char| !c.is_ascii_digit())
        .filter(|run| run.len() == 4 || run.len() == 8)
        .find_map(|run| {
            run[..4]
                .parse()
                .ok()
                .filter(|year| (1000..=2999).contains(year))
        })
}

/// A number with an optional unit behind it: "-7.25 dB", "0,98".
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    let end = text
        .find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-'))
        .unwrap_or(text.len());
    text[..end].parse().ok().filter(|n: &f64| n.is_finite())
}

/// A file that refuses to be read for ever: a parser that runs in circles costs one file, not the scan.
struct Metered<R> {
    inner: R,
    calls_left: u64,
    bytes_left: u64,
}

impl<R> Metered<R> {
    fn new(inner: R, file_len: u64) -> Self {
        Self {
            inner,
            calls_left: 20_000_000,
            bytes_left: file_len.saturating_mul(8).saturating_add(64 << 20),
        }
    }

    fn spend(&mut self, bytes: u64) -> io::Result<()> {
        match (
            self.calls_left.checked_sub(1),
            self.bytes_left.checked_sub(bytes),
        ) {
            (Some(calls), Some(bytes)) => {
                (self.calls_left, self.bytes_left) = (calls, bytes);
                Ok(())
            }
            _ => Err(io::Error::other("the file makes its reader run in circles")),
        }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.spend(read as u64)?;
        Ok(read)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.spend(0)?;
        self.inner.seek(to)
    }
}

#[cfg(test)]
mod tests;
