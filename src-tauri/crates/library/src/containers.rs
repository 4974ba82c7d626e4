//! Containers that `lofty` does not know and the decoder does: CAF, Matroska, FLAC in Ogg.
//!
//! Sources: Apple Core Audio Format Specification 1.0; RFC 8794 (EBML), RFC 9559 (Matroska) and the tag names of
//! matroska.org/technical/tagging.html; RFC 9639 10.1 (FLAC in Ogg).

use std::io::{self, BufRead, Seek, SeekFrom};

use lofty::picture::PictureType;
use lofty::tag::{ItemKey, Tag, TagType};

use crate::bytes::{be, le, read_at};
use crate::tags::chapters::Chapter;
use crate::tags::found::{AudioProperties, FoundTags, mime, picture, push};
use crate::tags::text::utf8_or_1252;

/// Chunks or elements walked over before a file is taken for a trap.
const STEPS_MAX: usize = 10_000;
/// The longest block of tags, or file that is attached, in bytes.
const BLOCK_MAX: u64 = 64 << 20;

/// What the sound is in a file of one of these kinds; `None` if it is none.
pub(crate) fn read(file: &mut (impl BufRead + Seek)) -> io::Result<Option<AudioProperties>> {
    let file_len = file.seek(SeekFrom::End(0))?;
    let head = read_at(file, 0, 128)?;
    let sound = if head.starts_with(b"caff") {
        caf(file, file_len)?
    } else if head.starts_with(&EBML) {
        matroska(file, file_len)?
    } else {
        ogg_flac(file, &head, file_len)?
    };
    Ok(sound.map(|sound| AudioProperties {
        duration_s: Some(sound.duration_s)
            .filter(|s| s.is_finite() && *s >= 0.0)
            .unwrap_or_default(),
        ..sound
    }))
}

/// What CAF and Matroska files say of themselves.
pub(crate) fn find_tags(file: &mut (impl BufRead + Seek), found: &mut FoundTags) -> io::Result<()> {
    let file_len = file.seek(SeekFrom::End(0))?;
    if read_at(file, 0, 4)? == EBML {
        return matroska_tags(file, file_len, found);
    }
    let mut at = 8;
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 12)?;
        if head.len() < 12 {
            break;
        }
        let len = be(&head[4..12]).min(file_len.saturating_sub(at + 12));
        if &head[..4] == b"info" {
            // A count, then key and value by turns, each with a null behind it.
            let bytes = read_at(file, at + 12, len.min(BLOCK_MAX))?;
            let mut texts = bytes.get(4..).unwrap_or_default().split(|byte| *byte == 0);
            let tag = found.tag(TagType::VorbisComments);
            while let (Some(key), Some(text)) = (texts.next(), texts.next()) {
                let key = match utf8_or_1252(key).as_str() {
                    "track number" => Some(ItemKey::TrackNumber),
                    "tempo" => Some(ItemKey::Bpm),
                    "key signature" => Some(ItemKey::InitialKey),
                    key => named(key),
                };
                if let Some(key) = key {
                    push(tag, key, utf8_or_1252(text));
                }
            }
        }
        at += 12 + len;
    }
    Ok(())
}

/// The field of this name, as Vorbis comments, Matroska and FFmpeg call it.
fn named(name: &str) -> Option<ItemKey> {
    let name = name.to_ascii_uppercase();
    match name.as_str() {
        "ALBUM_ARTIST" => Some(ItemKey::AlbumArtist),
        "TRACK" | "PART_NUMBER" => Some(ItemKey::TrackNumber),
        "DISC" => Some(ItemKey::DiscNumber),
        "DATE_RELEASED" | "DATE_RECORDED" => Some(ItemKey::RecordingDate),
        "INITIAL_KEY" => Some(ItemKey::InitialKey),
        "REPLAYGAIN_GAIN" => Some(ItemKey::ReplayGainTrackGain),
        "REPLAYGAIN_PEAK" => Some(ItemKey::ReplayGainTrackPeak),
        _ => ItemKey::from_key(TagType::VorbisComments, &name),
    }
}

const EBML: [u8; 4] = [0x1a, 0x45, 0xdf, 0xa3];

/// The elements in `bytes`: id and body. One that is longer than what is there ends there.
fn elements(bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let mut cursor = io::Cursor::new(bytes);
    let mut at = 0;
    std::iter::from_fn(move || {
        let (id, body, len) = element(&mut cursor, at, bytes.len() as u64).ok()??;
        at = body + len;
        Some((id, bytes.get(body as usize..at as usize)?))
    })
}

/// The body of the first element of this id.
fn child(bytes: &[u8], id: u64) -> Option<&[u8]> {
    elements(bytes)
        .find(|(other, _)| *other == id)
        .map(|(_, body)| body)
}

fn matroska_tags(
    file: &mut (impl BufRead + Seek),
    file_len: u64,
    found: &mut FoundTags,
) -> io::Result<()> {
    let mut segment = None;
    let (mut at, mut after_sound) = (0, Vec::new());
    let (mut title, mut all_tags, mut pictures) = (None, Vec::new(), Vec::new());
    for _ in 0..STEPS_MAX {
        let Some((id, body, len)) = element(file, at, file_len)? else {
            let Some(next) = after_sound.pop() else { break };
            at = next;
            continue;
        };
        let bytes = |file: &mut _| read_at(file, body, len.min(BLOCK_MAX));
        at = body + len;
        match id {
            0x1853_8067 => {
                segment = Some(body);
                at = body;
            }
            // SeekHead: what lies behind the sound is found by it.
            0x114d_9b74 => {
                let heads = bytes(file)?;
                for (_, seek) in elements(&heads) {
                    let id = child(seek, 0x53ab).map(be);
                    let place = child(seek, 0x53ac).map(be).zip(segment);
                    if let (Some(0x1254_c367 | 0x1941_a469 | CHAPTERS), Some((offset, segment))) =
                        (id, place)
                    {
                        after_sound.push(segment.saturating_add(offset));
                    }
                }
            }
            0x1549_a966 => title = child(&bytes(file)?, 0x7ba9).map(utf8_or_1252),
            0x1254_c367 => {
                after_sound.retain(|place| *place > body);
                all_tags.push(bytes(file)?);
            }
            0x1941_a469 => {
                after_sound.retain(|place| *place > body);
                for (_, attached) in elements(&bytes(file)?) {
                    let name = child(attached, 0x466e)
                        .map(utf8_or_1252)
                        .unwrap_or_default();
                    if let Some(data) = child(attached, 0x465c)
                        && mime(data).is_some()
                    {
                        // RFC 9559 21.2: the front cover is called "cover", a smaller one "small_cover".
                        let front = name.to_lowercase().starts_with("cover");
                        let kind = if front {
                            PictureType::CoverFront
                        } else {
                            PictureType::Other
                        };
                        pictures.push(picture(kind, data.to_vec()));
                    }
                }
            }
            CHAPTERS => {
                after_sound.retain(|place| *place > body);
                found.marks.offer(matroska_chapters(&bytes(file)?));
            }
            // The first cluster: what is still sought lies behind all of them.
            0x1f43_b675 => match after_sound.pop() {
                Some(next) => at = next,
                None => break,
            },
            _ => {}
        }
    }
    let mut track = Tag::new(TagType::VorbisComments);
    let mut album = Tag::new(TagType::VorbisComments);
    for (_, tags) in all_tags.iter().flat_map(|bytes| elements(bytes)) {
        let targets = child(tags, 0x63c0);
        let level = targets.and_then(|targets| child(targets, 0x68ca)).map(be);
        for (_, simple) in elements(tags).filter(|(id, _)| *id == 0x67c8) {
            let name = child(simple, 0x45a3).map(utf8_or_1252);
            let text = child(simple, 0x4487).map(utf8_or_1252);
            let (Some(name), Some(text)) = (name, text) else {
                continue;
            };
            let Some(key) = named(&name) else { continue };
            match (level, key) {
                // Level 50, the album; FFmpeg and others write no level and mean the track.
                (Some(50..), ItemKey::TrackTitle) => push(&mut album, ItemKey::AlbumTitle, text),
                (Some(50..), ItemKey::TrackArtist) => {
                    push(&mut album, ItemKey::AlbumArtist, text.clone());
                    push(&mut album, key, text);
                }
                (Some(50..), ItemKey::TrackNumber) => {}
                (Some(50..), ItemKey::ReplayGainTrackGain) => {
                    push(&mut album, ItemKey::ReplayGainAlbumGain, text)
                }
                (Some(50..), ItemKey::ReplayGainTrackPeak) => {
                    push(&mut album, ItemKey::ReplayGainAlbumPeak, text)
                }
                (Some(50..), _) => push(&mut album, key, text),
                (Some(40), ItemKey::TrackNumber) => push(&mut album, ItemKey::DiscNumber, text),
                (Some(40), ItemKey::TrackTitle) => {}
                _ => push(&mut track, key, text),
            }
        }
    }
    // The segment's title is that of the track, or, where the track has its own, that of the album.
    if let Some(title) = title {
        let key = match track.get_string(ItemKey::TrackTitle) {
            Some(own) if own != title => ItemKey::AlbumTitle,
            _ => ItemKey::TrackTitle,
        };
        push(&mut album, key, title);
    }
    pictures
        .into_iter()
        .for_each(|picture| track.push_picture(picture));
    found.add(track);
    found.add(album);
    Ok(())
}

const CHAPTERS: u64 = 0x1043_a770;

/// The chapters of the edition to be played, the first where none is marked (RFC 9559 5.1.7 and 20). What an ordered
/// edition plays is no stretch of the file after the other.
fn matroska_chapters(bytes: &[u8]) -> Vec<Chapter> {
    let flag = |bytes: &[u8], id, default| child(bytes, id).map_or(default, |value| be(value) != 0);
    let editions = || elements(bytes).filter(|(id, _)| *id == 0x45b9);
    let edition = editions()
        .find(|(_, edition)| flag(edition, 0x45db, false))
        .or_else(|| editions().next());
    let Some((_, edition)) = edition.filter(|(_, edition)| !flag(edition, 0x45dd, false)) else {
        return Vec::new();
    };
    let atoms = elements(edition)
        .filter(|(id, atom)| *id == 0xb6 && !flag(atom, 0x98, false) && flag(atom, 0x4598, true));
    atoms
        .filter_map(|(_, atom)| {
            Some(Chapter {
                start_ns: be(child(atom, 0x91)?),
                title: child(atom, 0x80)
                    .and_then(|display| child(display, 0x85))
                    .map(utf8_or_1252),
            })
        })
        .collect()
}

fn rate_hz(rate: f64) -> Option<u32> {
    (1.0..=10_000_000.0).contains(&rate).then_some(rate as u32)
}

fn caf(file: &mut (impl BufRead + Seek), file_len: u64) -> io::Result<Option<AudioProperties>> {
    let mut at = 8;
    let (mut desc, mut valid_frames, mut data_len) = (Vec::new(), None, 0);
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 12)?;
        if head.len() < 12 {
            break;
        }
        let body = at + 12;
        let rest = file_len.saturating_sub(body);
        // -1 as the length of the last chunk: up to the end.
        let len = be(&head[4..12]).min(rest);
        match &head[..4] {
            b"desc" => desc = read_at(file, body, len.min(32))?,
            b"pakt" => valid_frames = read_at(file, body, 16)?.get(8..16).map(be),
            b"data" => data_len = len.saturating_sub(4),
            _ => {}
        }
        at = body + len;
    }
    if desc.len() < 32 {
        return Ok(None);
    }
    let rate = f64::from_bits(be(&desc[..8]));
    let codec = match &desc[8..12] {
        b"lpcm" => "pcm",
        b"alac" => "alac",
        b"aac " => "aac",
        b".mp3" => "mp3",
        b"opus" => "opus",
        b"flac" => "flac",
        _ => "unknown",
    };
    let (packet_bytes, packet_frames) = (be(&desc[16..20]), be(&desc[20..24]));
    let frames = valid_frames.unwrap_or_else(|| {
        data_len
            .checked_div(packet_bytes)
            .unwrap_or(0)
            .saturating_mul(packet_frames)
    });
    Ok(Some(AudioProperties {
        duration_s: frames as f64 / rate,
        codec: codec.into(),
        sample_rate_hz: rate_hz(rate),
        ..AudioProperties::default()
    }))
}

/// An EBML element's id, start of its body, and length (RFC 8794 sections 4 and 5).
pub(crate) fn element(
    file: &mut (impl BufRead + Seek),
    at: u64,
    end: u64,
) -> io::Result<Option<(u64, u64, u64)>> {
    let head = read_at(file, at, 12)?;
    let vint = |from: usize| -> Option<(u64, usize)> {
        let first = *head.get(from)?;
        let len = first.leading_zeros() as usize + 1;
        (len <= 8).then_some(())?;
        Some((be(head.get(from..from + len)?), len))
    };
    let Some((id, id_len)) = vint(0) else {
        return Ok(None);
    };
    let Some((size, size_len)) = vint(id_len) else {
        return Ok(None);
    };
    let mask = (1u64 << (7 * size_len)) - 1;
    let body = at + (id_len + size_len) as u64;
    let rest = end.saturating_sub(body);
    let len = if size & mask == mask {
        rest
    } else {
        (size & mask).min(rest)
    };
    Ok(Some((id, body, len)))
}

fn matroska(
    file: &mut (impl BufRead + Seek),
    file_len: u64,
) -> io::Result<Option<AudioProperties>> {
    let mut sound = AudioProperties {
        codec: "unknown".into(),
        ..AudioProperties::default()
    };
    let (mut scale_ns, mut ticks, mut is_matroska) = (1_000_000u64, 0.0, false);
    let mut at = 0;
    for _ in 0..STEPS_MAX {
        let Some((id, body, len)) = element(file, at, file_len)? else {
            break;
        };
        // Masters that lead to what is sought are entered, all others passed over.
        let enter = match id {
            0x1853_8067 | 0x1549_a966 | 0x1654_ae6b | 0xae | 0xe1 => true,
            0x2a_d7b1 => {
                scale_ns = be(&read_at(file, body, len.min(8))?);
                false
            }
            0x4489 => {
                let bytes = read_at(file, body, len.min(8))?;
                ticks = match bytes.len() {
                    4 => f64::from(f32::from_bits(be(&bytes) as u32)),
                    8 => f64::from_bits(be(&bytes)),
                    _ => 0.0,
                };
                false
            }
            0x86 => {
                let name = read_at(file, body, len.min(32))?;
                let named = |prefix: &str| name.starts_with(prefix.as_bytes());
                let codecs = [
                    ("A_OPUS", "opus"),
                    ("A_VORBIS", "vorbis"),
                    ("A_FLAC", "flac"),
                    ("A_AAC", "aac"),
                    ("A_MPEG/L3", "mp3"),
                    ("A_ALAC", "alac"),
                    ("A_PCM", "pcm"),
                ];
                if let Some((_, codec)) = codecs.iter().find(|(prefix, _)| named(prefix)) {
                    sound.codec = (*codec).into();
                }
                false
            }
            0xb5 => {
                let bytes = read_at(file, body, len.min(8))?;
                sound.sample_rate_hz = rate_hz(match bytes.len() {
                    4 => f64::from(f32::from_bits(be(&bytes) as u32)),
                    _ => f64::from_bits(be(&bytes)),
                });
                false
            }
            // The first cluster: headers are over.
            0x1f43_b675 => break,
            _ => false,
        };
        is_matroska |= id == 0x1853_8067;
        at = if enter { body } else { body + len };
        if at >= file_len {
            break;
        }
    }
    sound.duration_s = ticks * scale_ns as f64 / 1e9;
    Ok(is_matroska.then_some(sound))
}

/// How long an Ogg of Opus or Vorbis sounds up to its last page that is whole, in seconds: one that was cut off states no
/// more. `None` if it is no Ogg.
pub(crate) fn ogg_to_the_cut(file: &mut (impl BufRead + Seek)) -> io::Result<Option<f64>> {
    let file_len = file.seek(SeekFrom::End(0))?;
    let head = read_at(file, 0, 128)?;
    if !head.starts_with(b"OggS") {
        return Ok(None);
    }
    let packet = head
        .get(26)
        .and_then(|table| head.get(27 + usize::from(*table)..));
    let packet = packet.unwrap_or_default();
    // RFC 7845, 5.1: 48 kHz whatever was encoded, and what a decoder needs before it sounds. Vorbis I, 4.2.2.
    let (rate_hz, before) = match packet.starts_with(b"OpusHead") {
        true => (48_000, packet.get(10..12).map_or(0, le)),
        false => (packet.get(12..16).map_or(0, le), 0),
    };
    let frames = last_position(file, file_len)?.unwrap_or_default();
    let sounding = frames.saturating_sub(before);
    Ok(Some(sounding as f64 / rate_hz.max(1) as f64))
}

/// The position that the last whole page of an Ogg states (RFC 3533, section 6): the frames up to its end. A page on which
/// no packet ends states none.
fn last_position(file: &mut (impl BufRead + Seek), file_len: u64) -> io::Result<Option<u64>> {
    // Two pages of the greatest length.
    let from = file_len.saturating_sub(2 * 65_307);
    let tail = read_at(file, from, file_len - from)?;
    let mut starts = tail.windows(5).enumerate().rev();
    Ok(starts.find_map(|(at, window)| {
        let lacing = tail
            .get(at + 27..)?
            .get(..usize::from(*tail.get(at + 26)?))?;
        let body: usize = lacing.iter().map(|len| usize::from(*len)).sum();
        let is_whole = window == b"OggS\0" && at + 27 + lacing.len() + body <= tail.len();
        Some(le(&tail[at + 6..at + 14])).filter(|position| is_whole && *position != u64::MAX)
    }))
}

fn ogg_flac(
    file: &mut (impl BufRead + Seek),
    head: &[u8],
    file_len: u64,
) -> io::Result<Option<AudioProperties>> {
    let body = head
        .get(26)
        .and_then(|lacing| head.get(27 + usize::from(*lacing)..))
        .unwrap_or_default();
    let Some(info) = body
        .strip_prefix(b"\x7fFLAC")
        .and_then(|rest| rest.get(12..46))
    else {
        return Ok(None);
    };
    let packed = be(&info[10..18]);
    let rate = packed >> 44;
    // Written as a stream it states nothing, and cut off more than there is.
    let stated = packed & 0xf_ffff_ffff;
    let there = last_position(file, file_len)?.unwrap_or_default();
    let samples = if stated == 0 {
        there
    } else {
        stated.min(there)
    };
    Ok(Some(AudioProperties {
        duration_s: if rate > 0 && samples < 1 << 40 {
            samples as f64 / rate as f64
        } else {
            0.0
        },
        codec: "flac".into(),
        sample_rate_hz: rate_hz(rate as f64),
        ..AudioProperties::default()
    }))
}
