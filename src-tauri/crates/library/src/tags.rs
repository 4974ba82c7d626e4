//! Tags: what a file says of itself, cleaned. Nothing here trusts the file.
//!
//! Tags are read here, item by item, so that a broken item costs that item and no more; what the sound is, its length and
//! rate, `lofty` reads, given the sound without its tags.
//!
//! Several artists stand in several `ARTIST` fields, in `ARTISTS`, or behind null separators (ID3v2.4); a name is never
//! split at a comma, an ampersand or "feat.", for "Tyler, The Creator" is one person.

use std::fs::File;
use std::io::{self, BufRead, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use lofty::config::{ParseOptions, ParsingMode};
use lofty::file::{AudioFile, FileType};
use lofty::mp4::{Mp4Codec, Mp4File};
use lofty::mpeg::{Layer, MpegFile};
use lofty::probe::Probe;
use lofty::properties::FileProperties;
use lofty::tag::{ItemKey, Tag, TagType};
use segue_core::{
    AudioHash, Damage, FileFault, SIGNATURE_BYTES, id3v2_byte_len, unplayable_format, with_causes,
};

use crate::audio_hash::{Audio, end_tags};
use crate::buffered::{Buffered, Room};
use crate::bytes::{after_id3v2, le, read_at};
use crate::containers;
use crate::playable;
use credits::Credit;
use found::{AudioProperties, BLOCK_MAX, FoundTags};
use text::{clean, clean_lines};
use window::{FileRange, Metered};

mod behind;
pub(crate) mod credits;
pub(crate) mod found;
mod id3v2;
mod mp4;
mod riff;
pub(crate) mod text;
mod vorbis;
mod window;

/// What was read of a file, cleaned. What is unknown is `None`, empty or 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tags {
    pub(crate) title: Option<String>,
    pub(crate) artists: Vec<String>,
    pub(crate) album: Option<String>,
    pub(crate) album_artist: Option<String>,
    /// MusicBrainz' number of the release.
    pub(crate) release_id: Option<String>,
    /// MusicBrainz' number of the group of releases: what editions have in common.
    pub(crate) release_group_id: Option<String>,
    /// Those who made it, artists and album artists among them.
    pub(crate) credits: Vec<Credit>,
    pub(crate) genres: Vec<String>,
    pub(crate) composer: Option<String>,
    pub(crate) year: Option<i32>,
    /// The date of this release, and of the first one: `1969`, `1969-09` or `1969-09-26`.
    pub(crate) date: Option<String>,
    pub(crate) original_date: Option<String>,
    pub(crate) track: Option<u32>,
    pub(crate) disc: Option<u32>,
    pub(crate) track_total: Option<u32>,
    pub(crate) disc_total: Option<u32>,
    pub(crate) disc_subtitle: Option<String>,
    /// Such as `album`, `ep`, `live`; several joined as lists are.
    pub(crate) release_types: Vec<String>,
    pub(crate) label: Option<String>,
    pub(crate) comment: Option<String>,
    /// With their lines, and times in LRC where they have them.
    pub(crate) lyrics: Option<String>,
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
    pub(crate) warning: Option<FileFault>,
}

/// Loudness tags (ReplayGain 2.0; an Opus `R128_TRACK_GAIN` is converted to its -18 LUFS reference).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct ReplayGain {
    /// Gain for this track by itself.
    pub track_gain_db: Option<f64>,
    /// Highest sample of the track, 1.0 is full scale.
    pub track_peak: Option<f64>,
    /// Gain for the album as a whole.
    pub album_gain_db: Option<f64>,
    /// Highest sample of the album.
    pub album_peak: Option<f64>,
}

/// Tags that are read of one file, one after the other.
const TAGS_MAX: usize = 16;
/// The most artists or genres kept of one file.
const LIST_MAX: usize = 64;
/// Reads what a file is and says, or why it is no music.
pub(crate) fn read(path: &Path, room: &mut Room) -> Result<(AudioHash, Tags), FileFault> {
    caught(|| {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        if len == 0 {
            return Err(FileFault::Empty);
        }
        let mut file = Metered::new(Buffered::new(file, len, room), len);
        refuse_unplayable(&mut file, len)?;
        let audio = Audio::find(&mut file)?;
        if audio.len() == 0 {
            return Err(FileFault::NoAudio);
        }
        let hash = audio.hash(&mut file)?;
        let (found, start, end) = find(&mut file, len)?;
        let facts = playable::look(&mut file, path)??;
        let mut whole = FileRange::new(&mut file, start, len);
        let sound = match containers::read(&mut whole)? {
            Some(sound) => Ok(sound),
            None => sound(path, &mut FileRange::new(&mut file, start, end)),
        };
        let mut sound = match sound {
            Err(fault) if facts.codec.is_none() => return Err(fault),
            read => read.unwrap_or_default(),
        };
        if sound.duration_s == 0.0 {
            let mut whole = FileRange::new(&mut file, start, len);
            let cut = containers::ogg_to_the_cut(&mut whole);
            if let Some(until_s) = cut? {
                if until_s <= 0.0 {
                    return Err(FileFault::CutOff);
                }
                sound.duration_s = until_s;
            }
        }
        sound.codec = facts.codec.map_or(sound.codec, str::to_owned);
        sound.sample_rate_hz = facts.sample_rate_hz.or(sound.sample_rate_hz);
        sound.duration_s = facts.duration_s.unwrap_or(sound.duration_s);
        let mut tags = tags_of(&found, sound);
        tags.warning = tags.warning.or_else(|| {
            Some(FileFault::HeAac {
                core_hz: facts.he_aac_core_hz?,
            })
        });
        Ok((hash, tags))
    })
}

/// Refuses, whatever the file's ending, what its first bytes show to be of a kind that no decoder here reads.
fn refuse_unplayable(file: &mut (impl BufRead + Seek), file_len: u64) -> Result<(), FileFault> {
    let head = after_id3v2(file, 0, file_len)
        .and_then(|start| read_at(file, start, SIGNATURE_BYTES as u64))?;
    match unplayable_format(&head) {
        Some(format) => Err(FileFault::not_playable(format)),
        None => Ok(()),
    }
}

/// The embedded cover: the front, else the first picture.
pub(crate) fn embedded_cover(path: &Path) -> Result<Option<Vec<u8>>, FileFault> {
    caught(|| {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        let mut room = Room::default();
        let mut file = Metered::new(Buffered::new(file, len, &mut room), len);
        let (found, ..) = find(&mut file, len)?;
        Ok(found.cover().map(|picture| picture.data().to_vec()))
    })
}

/// Runs `read`; a panic in a parser costs one file.
fn caught<T>(read: impl FnOnce() -> Result<T, FileFault>) -> Result<T, FileFault> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(FileFault::Panicked {
            detail: said.unwrap_or_default().to_owned(),
        })
    })
}

/// Finds all tags of a file, and where it begins and ends without those in front and behind. The format's own tags speak
/// before those that were put around it, and among these ID3v1, with its thirty letters, last.
fn find(file: &mut (impl BufRead + Seek), file_len: u64) -> io::Result<(FoundTags, u64, u64)> {
    let (mut front, mut own) = (FoundTags::default(), FoundTags::default());
    let mut start = 0;
    for _ in 0..TAGS_MAX {
        let head = read_at(file, start, 32)?;
        let len = if let Some(len) = id3v2_byte_len(&head, b"ID3") {
            id3v2::read(&read_at(file, start, len.min(BLOCK_MAX))?, &mut front);
            len
        } else if head.len() == 32 && head.starts_with(b"APETAGEX") {
            // In front with a header, whose size counts items and footer.
            let len = 32 + le(&head[12..16]);
            if len > file_len - start {
                break;
            }
            behind::ape(&read_at(file, start, len.min(BLOCK_MAX))?, &mut front);
            len
        } else {
            break;
        };
        start = (start + len).min(file_len);
    }
    let head = read_at(file, start, 12)?;
    let mut bare = false;
    match (head.get(..4), head.get(4..8), head.get(8..12)) {
        (Some(b"fLaC"), ..) => vorbis::flac(file, start, &mut own)?,
        (Some(b"OggS"), ..) => vorbis::ogg(file, start, &mut own)?,
        (Some(b"RIFF" | b"RIFX" | b"RF64"), _, Some(b"WAVE"))
        | (Some(b"FORM"), _, Some(b"AIFF" | b"AIFC")) => {
            riff::read(file, start, file_len, &mut own)?;
        }
        (_, Some(b"ftyp"), _) => mp4::read(file, start, file_len, &mut own)?,
        (Some(b"caff" | b"\x1a\x45\xdf\xa3"), ..) => {
            containers::find_tags(&mut FileRange::new(file, start, file_len), &mut own)?;
        }
        _ => bare = true,
    }
    own.append(front);
    let mut end = file_len;
    // Containers end where they say; frames one behind the other, FLAC's as well, end where tags begin.
    if bare || head.starts_with(b"fLaC") {
        let (sound_end, spans) = end_tags(file, start, file_len)?;
        let mut last = FoundTags::default();
        for (at, len) in spans {
            behind::read(&read_at(file, at, len.min(BLOCK_MAX))?, &mut last);
        }
        last.tags.sort_by_key(|tag| match tag.tag_type() {
            TagType::Id3v2 => 0,
            TagType::Id3v1 => 2,
            _ => 1,
        });
        own.append(last);
        end = sound_end;
    }
    Ok((own, start, end))
}

/// Tells by lofty what the sound is; the codec is asked of the format where the format has several.
fn sound(path: &Path, file: &mut (impl Read + Seek)) -> Result<AudioProperties, FileFault> {
    let explain = |error: lofty::error::FileParseError| Damage::Said {
        detail: with_causes(&error),
    };
    let options = ParseOptions::new()
        .parsing_mode(ParsingMode::Relaxed)
        .read_tags(false)
        .read_cover_art(false);
    file.seek(SeekFrom::Start(0))?;
    let mut probe = Probe::new(&mut *file).options(options);
    if let Some(by_name) = FileType::from_path(path) {
        probe = probe.set_file_type(by_name);
    }
    let kind = probe.guess_file_type()?.file_type();
    file.seek(SeekFrom::Start(0))?;
    let (properties, codec): (FileProperties, &str) = match kind {
        Some(FileType::Mp4) => {
            let mp4 = Mp4File::read_from(file, options).map_err(explain)?;
            let codec = match mp4.properties().codec() {
                Some(Mp4Codec::ALAC) => "alac",
                Some(Mp4Codec::MP3) => "mp3",
                Some(Mp4Codec::FLAC) => "flac",
                _ => "aac",
            };
            (mp4.properties().clone().into(), codec)
        }
        Some(FileType::Mpeg) => {
            let mpeg = MpegFile::read_from(file, options).map_err(explain)?;
            let codec = match mpeg.properties().layer() {
                Layer::Layer1 => "mp1",
                Layer::Layer2 => "mp2",
                Layer::Layer3 => "mp3",
            };
            ((*mpeg.properties()).into(), codec)
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
            let read = Probe::with_file_type(file, kind).options(options).read();
            (read.map_err(explain)?.properties().clone(), codec)
        }
        None => return Err(FileFault::UnknownFormat),
    };
    Ok(AudioProperties {
        codec: codec.to_owned(),
        duration_s: properties.duration().as_secs_f64(),
        sample_rate_hz: properties.sample_rate().filter(|hz| *hz > 0),
        bitrate_kbps: properties
            .audio_bitrate()
            .or(properties.overall_bitrate())
            .filter(|kbps| *kbps > 0),
    })
}

fn tags_of(found: &FoundTags, sound: AudioProperties) -> Tags {
    let all = |key: ItemKey| -> Vec<String> {
        found
            .tags
            .iter()
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
        for name in field.split(';').filter_map(clean).flat_map(genres_of) {
            if genres.len() < LIST_MAX && !genres.contains(&name) {
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
    let number_of = |key: ItemKey| {
        first(&[key])
            .filter(|id| id.len() <= 64)
            .map(|id| id.to_ascii_lowercase())
    };
    let dated = |keys: &[ItemKey]| {
        let texts = keys.iter().flat_map(|key| all(*key));
        texts.filter_map(|text| date(&text)).next()
    };
    let total = |own: ItemKey, number: ItemKey, max: u32| {
        let behind = |text: &String| leading_number(text.split_once('/')?.1, max);
        let said = all(own);
        let said = said.iter().find_map(|text| leading_number(text, max));
        said.or_else(|| all(number).iter().find_map(behind))
    };
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
        release_id: number_of(ItemKey::MusicBrainzReleaseId),
        release_group_id: number_of(ItemKey::MusicBrainzReleaseGroupId),
        credits: credits::credits(all),
        genres,
        composer: first(&[ItemKey::Composer]),
        year: years
            .into_iter()
            .find_map(|key| all(key).iter().find_map(|text| year(text))),
        date: dated(&[ItemKey::RecordingDate, ItemKey::ReleaseDate, ItemKey::Year]),
        original_date: dated(&[ItemKey::OriginalReleaseDate]),
        track: number(ItemKey::TrackNumber, 9999),
        disc: number(ItemKey::DiscNumber, 999),
        track_total: total(ItemKey::TrackTotal, ItemKey::TrackNumber, 9999),
        disc_total: total(ItemKey::DiscTotal, ItemKey::DiscNumber, 999),
        disc_subtitle: first(&[ItemKey::SetSubtitle]),
        release_types: all(ItemKey::MusicBrainzReleaseType)
            .iter()
            .flat_map(|text| text.split(['/', ';', ',']))
            .filter_map(clean)
            .map(|name| name.to_lowercase())
            .take(LIST_MAX)
            .collect(),
        label: first(&[ItemKey::Label, ItemKey::Publisher]),
        comment: first(&[ItemKey::Comment]),
        lyrics: lyrics(found),
        compilation: first(&[ItemKey::FlagCompilation]).is_some_and(|flag| flag != "0"),
        bpm: first(&[ItemKey::Bpm, ItemKey::IntegerBpm])
            .and_then(|text| decimal(&text))
            .filter(|bpm| (20.0..=400.0).contains(bpm)),
        key: first(&[ItemKey::InitialKey]).filter(|key| key.chars().count() <= 8),
        duration_s: sound.duration_s,
        codec: sound.codec,
        sample_rate_hz: sound.sample_rate_hz,
        bitrate_kbps: sound.bitrate_kbps,
        replay_gain: ReplayGain {
            track_gain_db: gain(ItemKey::ReplayGainTrackGain)
                .or_else(|| r128(ItemKey::R128TrackGain)),
            track_peak: peak(ItemKey::ReplayGainTrackPeak),
            album_gain_db: gain(ItemKey::ReplayGainAlbumGain)
                .or_else(|| r128(ItemKey::R128AlbumGain)),
            album_peak: peak(ItemKey::ReplayGainAlbumPeak),
        },
        cover_hash: found.cover().map(|picture| cover_hash(picture.data())),
        warning: found.warning(),
    }
}

/// The words that are sung, with their lines.
fn lyrics(found: &FoundTags) -> Option<String> {
    let fields = [ItemKey::Lyrics, ItemKey::UnsyncLyrics];
    let mut texts = fields
        .into_iter()
        .flat_map(|key| found.tags.iter().flat_map(move |tag| tag.get_strings(key)));
    texts.find_map(clean_lines)
}

/// The name of a cover's content in the cache of thumbnails.
pub(crate) fn cover_hash(bytes: &[u8]) -> [u8; 16] {
    let mut hash = [0; 16];
    hash.copy_from_slice(&blake3::hash(bytes).as_bytes()[..16]);
    hash
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

/// The genres that a text names; ID3 has numbers for them: `17`, `(17)`, `(17)(6)Refinement`, `(RX)` and `(CR)` for remix
/// and cover, and `((` where a name begins with a bracket (id3v2.3.0 4.2.1). A number without a genre, such as 255, is none.
fn genres_of(text: String) -> Vec<String> {
    let named = |word: &str| match word {
        "RX" => Some("Remix".to_owned()),
        "CR" => Some("Cover".to_owned()),
        number => {
            let number = number.parse::<u8>().ok()?;
            let name = lofty::id3::v1::GENRES.get(usize::from(number));
            Some(name.map_or_else(String::new, |name| (*name).to_owned()))
        }
    };
    let mut names = Vec::new();
    let mut rest = text.as_str();
    while let Some((word, behind)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        let Some(name) = named(word) else { break };
        names.push(name);
        rest = behind;
    }
    let rest = rest.trim();
    names.push(match named(rest) {
        Some(name) => name,
        None if rest.starts_with("((") => rest[1..].to_owned(),
        None => rest.to_owned(),
    });
    names.retain(|name| !name.is_empty());
    names
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

/// A date as it is written in ISO 8601, as much of it as is said: "1969-09-26", "1969-09"; else the year alone.
fn date(text: &str) -> Option<String> {
    let year = year(text)?;
    let digits = |text: &str, max: u32| {
        let number: u32 = text.parse().ok()?;
        (text.len() == 2 && (1..=max).contains(&number)).then_some(number)
    };
    let day = text.trim().get(..10).unwrap_or(text.trim());
    let mut parts = day.split('-');
    let date = match (parts.next(), parts.next(), parts.next()) {
        (Some(first), Some(month), rest) if first.parse() == Ok(year) => {
            digits(month, 12).map(|month| match rest.and_then(|day| digits(day, 31)) {
                Some(day) => format!("{year}-{month:02}-{day:02}"),
                None => format!("{year}-{month:02}"),
            })
        }
        _ => None,
    };
    Some(date.unwrap_or_else(|| format!("{year:04}")))
}

/// A number with an optional unit behind it: "-7.25 dB", "0,98".
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    let end = text
        .find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-'))
        .unwrap_or(text.len());
    text[..end].parse().ok().filter(|n: &f64| n.is_finite())
}

#[cfg(test)]
mod tests;
