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
    AudioHash, Damage, FileFault, FileSpan, SIGNATURE_BYTES, SheetFault, id3v2_byte_len,
    unplayable_format, with_causes,
};

use crate::audio_hash::{Audio, end_tags, hash_of_stretch};
use crate::buffered::{Buffered, Room};
use crate::bytes::{after_id3v2, le, read_at};
use crate::containers;
use crate::cue::CueSheet;
use crate::dsd;
use crate::parts::{FilePart, FileParts};
use crate::playable;
use crate::tag_text::title_of;
use chapters::Marks;
use credits::{Credit, Role};
use found::{AudioProperties, BLOCK_MAX, FoundTags};
use text::{clean, clean_lines};
use values::{date, decimal, genres_of, leading_number, year};
use window::{FileRange, Metered};

mod behind;
pub(crate) mod chapters;
pub(crate) mod credits;
pub(crate) mod found;
mod id3v2;
mod mp4;
mod riff;
pub(crate) mod text;
mod values;
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

/// A track that a file holds: all of it, or a stretch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReadTrack {
    pub(crate) span: FileSpan,
    pub(crate) audio: AudioHash,
    pub(crate) tags: Tags,
}

/// Reads what a file is and says, or why it is no music: the tracks that it holds, in its order, never none. `sheet`: what a cue
/// sheet beside it says.
pub(crate) fn read(
    path: &Path,
    sheet: Option<&FileParts>,
    room: &mut Room,
) -> Result<Vec<ReadTrack>, FileFault> {
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
        let named = sheet
            .cloned()
            .or_else(|| named_within(path, &found.marks, &tags));
        Ok(match named {
            Some(parts) => parted(hash, tags, &parts, path),
            None => vec![ReadTrack {
                span: FileSpan::WHOLE,
                audio: hash,
                tags,
            }],
        })
    })
}

/// Chapters shorter than this, on the average, are parts of a song, as its verses are.
const CHAPTER_MIN_S: f64 = 60.0;

/// The parts that a file itself names: by a cue sheet among its tags, by FLAC's own, or by chapters. Those of an audiobook, and
/// of whatever else is long enough for songs, are tracks, as other players have it that show them at all.
fn named_within(path: &Path, marks: &Marks, tags: &Tags) -> Option<FileParts> {
    let sheet = marks.cue_sheet.as_deref().map(CueSheet::embedded);
    if let Some(sheet) = sheet.filter(|sheet| sheet.parts.len() > 1) {
        return Some(sheet);
    }
    if marks.samples.len() > 1
        && let Some(rate_hz) = tags.sample_rate_hz
    {
        let ns = |sample: u64| {
            let ns = (u128::from(sample) * 1_000_000_000).div_ceil(u128::from(rate_hz));
            u64::try_from(ns).unwrap_or(u64::MAX)
        };
        let parts = marks.samples.iter().map(|(number, sample)| FilePart {
            start_ns: ns(*sample),
            number: *number,
            ..FilePart::default()
        });
        return Some(FileParts::of(parts));
    }
    let is_book = path
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("m4b"));
    let count = marks.chapters.len();
    if count < 2 || (!is_book && tags.duration_s < CHAPTER_MIN_S * count as f64) {
        return None;
    }
    let parts = marks
        .chapters
        .iter()
        .zip(1..)
        .map(|(chapter, number)| FilePart {
            start_ns: chapter.start_ns,
            number,
            title: chapter.title.clone(),
            ..FilePart::default()
        });
    let mut parts = FileParts::of(parts);
    // Nothing of the file is left out because its first chapter begins late.
    if let Some(first) = parts.parts.first_mut() {
        first.start_ns = 0;
    }
    Some(parts)
}

/// The tracks that a file with these tags is, by its parts. A part that begins behind the file's end is left out and named.
fn parted(hash: AudioHash, mut tags: Tags, parts: &FileParts, path: &Path) -> Vec<ReadTrack> {
    let file_s = tags.duration_s;
    let begins = |part: &&FilePart| file_s == 0.0 || (part.start_ns as f64) < file_s * 1e9;
    let there: Vec<&FilePart> = parts.parts.iter().filter(begins).collect();
    if let Some(beyond) = parts.parts.iter().find(|part| !begins(part)) {
        tags.warning.get_or_insert(FileFault::Sheet {
            why: SheetFault::BeyondEnd {
                number: beyond.number,
            },
        });
    }
    if let [] | [_] = there[..] {
        let tags = match there.first() {
            Some(part) => with_names_of(tags, part, parts),
            None => tags,
        };
        return vec![ReadTrack {
            span: FileSpan::WHOLE,
            audio: hash,
            tags,
        }];
    }
    let tracks = there.iter().enumerate().map(|(n, part)| {
        let span = FileSpan {
            start_ns: part.start_ns,
            end_ns: there.get(n + 1).map(|next| next.start_ns),
        };
        ReadTrack {
            span,
            audio: hash_of_stretch(hash, span),
            tags: tags_of_part(&tags, part, parts, span, path),
        }
    });
    tracks.collect()
}

/// The tags of a part: what is said of it, then of all parts, then what the file says of itself. What the file says of its
/// sound as a whole (tempo, key, words that are sung) is said of no part.
fn tags_of_part(
    whole: &Tags,
    part: &FilePart,
    parts: &FileParts,
    span: FileSpan,
    path: &Path,
) -> Tags {
    let said = |text: &Option<String>| text.as_deref().and_then(clean);
    let artist = said(&part.artist).or_else(|| said(&parts.album_artist));
    let album_artist = said(&parts.album_artist);
    let composer = said(&part.composer).or_else(|| said(&parts.composer));
    let stem = || title_of(&path.file_stem().unwrap_or_default().to_string_lossy());
    let of_file = || whole.title.clone().unwrap_or_else(stem);
    let mut tags = Tags {
        title: Some(
            said(&part.title).unwrap_or_else(|| format!("{} {:02}", of_file(), part.number)),
        ),
        album: said(&parts.album)
            .or_else(|| whole.album.clone())
            .or_else(|| whole.title.clone()),
        track: Some(part.number).filter(|number| *number > 0),
        track_total: Some(parts.total).filter(|total| *total > 0),
        duration_s: span.duration_s(whole.duration_s),
        bpm: None,
        key: None,
        lyrics: None,
        replay_gain: ReplayGain {
            track_gain_db: gain_db(&part.gain),
            track_peak: peak(&part.peak),
            // What a file says of its only track, it says of all of its parts.
            album_gain_db: gain_db(&parts.album_gain)
                .or(whole.replay_gain.album_gain_db)
                .or(whole.replay_gain.track_gain_db),
            album_peak: peak(&parts.album_peak)
                .or(whole.replay_gain.album_peak)
                .or(whole.replay_gain.track_peak),
        },
        ..whole.clone()
    };
    for (role, name) in [
        (Role::Artist, &artist),
        (Role::AlbumArtist, &album_artist),
        (Role::Composer, &composer),
    ] {
        if let Some(name) = name {
            tags.credits.retain(|credit| credit.role != role);
            tags.credits.push(Credit {
                role,
                name: name.clone(),
                sort_name: None,
                musicbrainz_id: None,
            });
        }
    }
    if let Some(artist) = artist {
        tags.artists = vec![artist];
    }
    tags.album_artist = album_artist.or(tags.album_artist);
    tags.composer = composer.or(tags.composer);
    if let Some(genre) = said(&part.genre).or_else(|| said(&parts.genre)) {
        tags.genres = genres_of(genre);
    }
    if let Some(text) = said(&part.date).or_else(|| said(&parts.date)) {
        (tags.year, tags.date) = (year(&text), date(&text));
    }
    let number = |text: &Option<String>| leading_number(text.as_deref()?, 999);
    tags.disc = number(&parts.disc).or(tags.disc);
    tags.disc_total = number(&parts.disc_total).or(tags.disc_total);
    tags
}

/// The tags of a file that is one track of a sheet: its own, and the sheet's where it has none.
fn with_names_of(tags: Tags, part: &FilePart, parts: &FileParts) -> Tags {
    let from_sheet = tags_of_part(
        &Tags::default(),
        part,
        parts,
        FileSpan::WHOLE,
        Path::new(""),
    );
    let titled = part.title.as_deref().and_then(clean);
    let has_artist = !tags.artists.is_empty();
    let mut credits = tags.credits;
    let missing: Vec<Credit> = from_sheet
        .credits
        .into_iter()
        .filter(|new| credits.iter().all(|known| known.role != new.role))
        .collect();
    credits.extend(missing);
    Tags {
        title: tags.title.or(titled),
        artists: match has_artist {
            true => tags.artists,
            false => from_sheet.artists,
        },
        album: tags.album.or(from_sheet.album),
        album_artist: tags.album_artist.or(from_sheet.album_artist),
        credits,
        genres: match tags.genres.is_empty() {
            true => from_sheet.genres,
            false => tags.genres,
        },
        composer: tags.composer.or(from_sheet.composer),
        year: tags.year.or(from_sheet.year),
        date: tags.date.or(from_sheet.date),
        track: tags.track.or(from_sheet.track),
        track_total: tags.track_total.or(from_sheet.track_total),
        disc: tags.disc.or(from_sheet.disc),
        disc_total: tags.disc_total.or(from_sheet.disc_total),
        ..tags
    }
}

fn gain_db(text: &Option<String>) -> Option<f64> {
    decimal(text.as_deref()?).filter(|gain_db| gain_db.abs() <= 60.0)
}

fn peak(text: &Option<String>) -> Option<f64> {
    decimal(text.as_deref()?).filter(|peak| (0.0..=16.0).contains(peak))
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
        (Some(b"DSD "), ..) | (Some(b"FRM8"), ..) => {
            if let Some((at, len)) = dsd::id3v2(file, start, file_len)? {
                id3v2::read(&read_at(file, at, len.min(BLOCK_MAX))?, &mut own);
            }
        }
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
    let gain = |key: ItemKey| gain_db(&all(key).into_iter().find(|text| decimal(text).is_some()));
    let peak = |key: ItemKey| peak(&all(key).into_iter().find(|text| decimal(text).is_some()));

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

#[cfg(test)]
mod tests;
