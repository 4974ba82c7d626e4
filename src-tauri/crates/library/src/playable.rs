//! What the decoder will make of a file, by the file's own headers: the fault where it plays none of it, so that the scan
//! lists nothing that cannot be heard; and codec, rate and length where the tag reader knows none or takes a header
//! that was never filled in at its word.
//!
//! Sources: `mmreg.h`, EBU Tech 3306 and Sony Wave64 (WAV), the AU header of Sun, ISO/IEC 14496-12, -14 and -3 (MP4,
//! AAC), RFC 9559 (Matroska), RFC 7845 (Opus), ISO/IEC 13818-7 (ADTS), Apple Core Audio Format, AIFF-C.

use std::io::{self, BufRead, Seek, SeekFrom};
use std::path::Path;

use segue_core::{FileFault, UnplayableFormat, he_aac_core_hz};

use crate::bytes::{after_id3v2, be, box_lengths, le, read_at};
use crate::containers::element;
use crate::dsd::Dsd;

mod facts;
mod one_codec;

use facts::Facts;

/// Chunks, boxes or elements walked over before a file is taken for a trap.
const STEPS_MAX: usize = 100_000;
/// The longest header that is read.
const HEADER_MAX: u64 = 64 << 20;

/// What the headers tell; as `Err`, why the file cannot be played.
pub(crate) fn look(
    file: &mut (impl BufRead + Seek),
    path: &Path,
) -> io::Result<Result<Facts, FileFault>> {
    let file_len = file.seek(SeekFrom::End(0))?;
    let start = after_id3v2(file, 0, file_len)?;
    let head = read_at(file, start, 64)?;
    let four = |at: usize| head.get(at..at + 4).unwrap_or_default();
    let told = match (four(0), four(8)) {
        (b"RIFF" | b"RF64" | b"BW64", b"WAVE") => wav(file, start + 12, file_len, 8)?,
        (b"riff", _) => wav(file, start + 40, file_len, 24)?,
        (b".snd", _) => au(&head, file_len - start),
        (b"MAC ", _) => one_codec::ape(file, start, file_len)?,
        (b"TTA1", _) => one_codec::tta(file, start, file_len)?,
        (b"MPCK" | [b'M', b'P', b'+', _], _) => one_codec::musepack(file, start, file_len)?,
        (b"wvpk", _) => one_codec::wavpack(file, start, file_len)?,
        (b"DSD ", _) | (b"FRM8", _) => dsd(file, start, file_len)?,
        (b"FORM", b"AIFF" | b"AIFC") => aiff(file, start, file_len)?,
        (b"caff", _) => caf(file, start, file_len)?,
        (b"OggS", _) => ogg(&head),
        (b"\x1a\x45\xdf\xa3", _) => matroska(file, start, file_len, path)?,
        _ if four(4) == b"ftyp" => mp4(file, start, file_len, path)?,
        // Layer 0 behind the sync word: AAC in ADTS; three bits tell the channels.
        ([0xff, 0xf0 | 0xf1 | 0xf8 | 0xf9, high, low], _) => {
            channels_of_aac(u64::from(high & 1) << 2 | u64::from(low >> 6))
        }
        _ => Ok(Facts::default()),
    };
    Ok(told)
}

/// DSD that is not compressed.
fn dsd(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<Result<Facts, FileFault>> {
    let dsd = match Dsd::find(file, start, file_len)? {
        Ok(dsd) => dsd,
        Err(why) => return Ok(Err(why)),
    };
    let rate_hz = dsd.rate_hz;
    let plausible = (2_822_400..=49_152_000).contains(&rate_hz)
        && (rate_hz % (88_200 * 8) == 0 || rate_hz % (96_000 * 8) == 0)
        && (1..=6).contains(&dsd.channels);
    if !plausible {
        return Ok(Err(FileFault::Implausible {
            channels: dsd.channels as u32,
            rate_hz: rate_hz as u32,
        }));
    }
    let pcm_hz = match rate_hz % (88_200 * 8) {
        0 => 88_200,
        _ => 96_000,
    };
    // What is not a whole sample of PCM is not heard.
    let frames = dsd.bytes_per_channel * 8 / (rate_hz / pcm_hz);
    if frames == 0 {
        return Ok(Err(FileFault::NoAudio));
    }
    Ok(Ok(Facts {
        codec: Some("dsd"),
        sample_rate_hz: u32::try_from(rate_hz).ok(),
        duration_s: Some(frames as f64 / pcm_hz as f64),
        ..Facts::default()
    }))
}

fn not_playable(name: &str) -> Result<Facts, FileFault> {
    Err(FileFault::not_playable(name))
}

/// A format in a WAV.
fn in_a_wav(name: &str) -> Result<Facts, FileFault> {
    let (name, container) = (name.to_owned(), "WAV".to_owned());
    Err(FileFault::NotPlayable {
        format: UnplayableFormat::InContainer { name, container },
    })
}

/// A type that nobody here plays, of a format that has many.
fn subtype(name: &str, subtype: impl ToString) -> Result<Facts, FileFault> {
    let (name, subtype) = (name.to_owned(), subtype.to_string());
    Err(FileFault::NotPlayable {
        format: UnplayableFormat::Subtype { name, subtype },
    })
}

/// AAC of this channel configuration (ISO/IEC 14496-3, table 1.19).
fn channels_of_aac(configuration: u64) -> Result<Facts, FileFault> {
    match configuration {
        0..=2 => Ok(Facts::default()),
        7 => Err(FileFault::channels("AAC", 8)),
        channels => Err(FileFault::channels(
            "AAC",
            u32::try_from(channels).unwrap_or(u32::MAX),
        )),
    }
}

/// WAV, RF64 and BW64 with heads of 8 bytes before their chunks, Wave64 with heads of 24.
fn wav(
    file: &mut (impl BufRead + Seek),
    mut at: u64,
    file_len: u64,
    head_len: u64,
) -> io::Result<Result<Facts, FileFault>> {
    let (mut format, mut long_len, mut frames) = (Vec::new(), None, 0);
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, head_len)?;
        if head.len() < head_len as usize {
            break;
        }
        let body = at + head_len;
        let len = match head_len {
            24 => le(&head[16..]).saturating_sub(24),
            _ => le(&head[4..]),
        };
        match &head[..4] {
            b"ds64" => long_len = read_at(file, body, 16)?.get(8..16).map(le),
            b"fmt " => format = read_at(file, body, len.min(64))?,
            b"fact" => frames = read_at(file, body, 4)?.get(..4).map_or(0, le),
            b"data" if format.len() >= 16 => {
                let rest = file_len - body.min(file_len);
                let len = match len {
                    0 => rest,
                    0xffff_ffff => long_len.unwrap_or(rest),
                    len => len,
                };
                return Ok(wave(&format, len.min(rest), frames));
            }
            _ => {}
        }
        let next = body.saturating_add(len);
        at = if head_len == 24 {
            next.saturating_add(7) & !7
        } else {
            next.saturating_add(len & 1)
        };
        if at >= file_len {
            break;
        }
    }
    Ok(Ok(Facts::default()))
}

/// `frames`: what a `fact` chunk states, 0 if there is none; asked only where the format tells no bytes per second.
fn wave(format: &[u8], len: u64, frames: u64) -> Result<Facts, FileFault> {
    let field = |at: usize| format.get(at..at + 2).map_or(0, le);
    let (channels, rate_hz, per_second) = (field(2).max(1), le(&format[4..8]), le(&format[8..12]));
    let (align, bits) = (field(12), field(14));
    let tag = match field(0) {
        0xfffe => field(24),
        tag => tag,
    };
    let packed = || match per_second {
        0 => frames as f64 / rate_hz.max(1) as f64,
        per_second => len as f64 / per_second as f64,
    };
    let by_rate = |bytes: u64, per_frame: u64| bytes as f64 / (per_frame * rate_hz).max(1) as f64;
    let (codec, duration_s) = match tag {
        1 | 3 => ("pcm", by_rate(len, bits.div_ceil(8).max(1) * channels)),
        6 | 7 => ("pcm", by_rate(len, channels)),
        2 | 0x11 => {
            // A block begins with whole samples, 7 or 4 bytes of each channel; four bits are one more.
            let (head, whole) = if tag == 2 { (7, 2) } else { (4, 1) };
            let frames = align.saturating_sub(head * channels) * 2 / channels + whole;
            (
                "adpcm",
                (len / align.max(1) * frames) as f64 / rate_hz.max(1) as f64,
            )
        }
        0x50 => ("mp2", packed()),
        0x55 => ("mp3", packed()),
        0x1600 => ("aac", packed()),
        0x2000 => return in_a_wav("Dolby Digital (AC-3)"),
        0x2001 | 8 => return in_a_wav("DTS"),
        0x160..=0x163 => return in_a_wav("Windows Media Audio"),
        tag => return subtype("WAV", format_args!("{tag:#06x}")),
    };
    Ok(Facts {
        codec: Some(codec),
        sample_rate_hz: u32::try_from(rate_hz).ok().filter(|hz| *hz > 0),
        duration_s: Some(duration_s),
        ..Facts::default()
    })
}

fn au(head: &[u8], len: u64) -> Result<Facts, FileFault> {
    if head.len() < 24 {
        return Ok(Facts::default());
    }
    let field = |at: usize| be(&head[at..at + 4]);
    let sample_bytes = match field(12) {
        1 | 2 | 27 => 1,
        3 => 2,
        4 => 3,
        5 | 6 => 4,
        7 => 8,
        kind => return subtype("AU", kind),
    };
    let rest = len.saturating_sub(field(4));
    let len = match field(8) {
        0 | 0xffff_ffff => rest,
        len => len.min(rest),
    };
    let (rate_hz, channels) = (field(16), field(20));
    Ok(Facts {
        codec: Some("pcm"),
        sample_rate_hz: u32::try_from(rate_hz).ok().filter(|hz| *hz > 0),
        duration_s: Some(len as f64 / (sample_bytes * channels * rate_hz).max(1) as f64),
        ..Facts::default()
    })
}

fn aiff(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<Result<Facts, FileFault>> {
    let (mut common, mut sound_len, mut at) = (Vec::new(), 0, start + 12);
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 30)?;
        if head.len() < 8 {
            break;
        }
        let len = be(&head[4..8]);
        match &head[..4] {
            b"COMM" => common = head[8..].iter().copied().take(len as usize).collect(),
            // Offset and block size stand in front of the samples. One that is cut off ends with the file.
            b"SSND" => sound_len = len.min(file_len.saturating_sub(at + 8)).saturating_sub(8),
            _ => {}
        }
        at = at.saturating_add(8 + len + (len & 1));
        if at >= file_len {
            break;
        }
    }
    let Some(plain) = common.get(..18) else {
        return Ok(Ok(Facts::default()));
    };
    let bits = be(&plain[6..8]);
    let sample_bytes = match common.get(18..22).map(<[u8]>::to_ascii_lowercase) {
        None => bits.div_ceil(8),
        Some(kind) => match kind.as_slice() {
            b"none" | b"sowt" | b"twos" => bits.div_ceil(8),
            b"raw " | b"alaw" | b"ulaw" => 1,
            b"in24" => 3,
            b"in32" | b"23ni" | b"fl32" => 4,
            b"fl64" => 8,
            kind => {
                let kind = String::from_utf8_lossy(kind).into_owned();
                return Ok(subtype("AIFF-C", kind.trim()));
            }
        },
    };
    let (channels, rate_hz) = (be(&plain[..2]), extended(&plain[8..18]));
    let frames = sound_len / (sample_bytes * channels).max(1);
    if frames == 0 || rate_hz < 1.0 {
        return Ok(Ok(Facts::default()));
    }
    Ok(Ok(Facts {
        codec: Some("pcm"),
        sample_rate_hz: Some(rate_hz as u32),
        duration_s: Some(frames as f64 / rate_hz),
        ..Facts::default()
    }))
}

/// A positive number in the 80 bits of IEEE 754 extended precision, as AIFF states its rate.
fn extended(bytes: &[u8]) -> f64 {
    let exponent = be(&bytes[..2]) as i32 & 0x7fff;
    be(&bytes[2..10]) as f64 * 2_f64.powi(exponent - 16_383 - 63)
}

fn caf(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<Result<Facts, FileFault>> {
    let (mut description, mut data, mut packets) = (Vec::new(), false, false);
    let mut at = start + 8;
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 12)?;
        if head.len() < 12 {
            break;
        }
        let (body, len) = (at + 12, be(&head[4..12]));
        match &head[..4] {
            b"desc" => description = read_at(file, body, len.min(32))?,
            b"pakt" => packets = true,
            b"data" => data = file_len > body + 4,
            _ => {}
        }
        at = body.saturating_add(len);
        if at >= file_len {
            break;
        }
    }
    if description.len() < 32 || !data {
        return Ok(Err(FileFault::CutOff));
    }
    let told = match &description[8..12] {
        b"aac " => channels_of_aac(be(&description[24..28])),
        b"lpcm" | b"alac" | b"ulaw" | b"alaw" | b".mp1" | b".mp2" | b".mp3" | b"flac" | b"opus" => {
            Ok(Facts::default())
        }
        kind => subtype("CAF", String::from_utf8_lossy(kind).trim()),
    };
    // Packets of unlike length are told apart by a table, which stands at the end.
    Ok(match be(&description[16..20]) {
        0 if !packets && told.is_ok() => Err(FileFault::NoPacketTable),
        _ => told,
    })
}

fn ogg(head: &[u8]) -> Result<Facts, FileFault> {
    let packet = head
        .get(26)
        .and_then(|table| head.get(27 + usize::from(*table)..));
    let packet = packet.unwrap_or_default();
    if packet.starts_with(b"Speex   ") {
        return not_playable("Speex");
    }
    if packet.starts_with(b"OpusHead") {
        // RFC 7845, 5.1.
        return channels_of_opus(packet.get(9));
    }
    Ok(Facts::default())
}

fn channels_of_opus(channels: Option<&u8>) -> Result<Facts, FileFault> {
    match channels {
        Some(channels) if *channels > 2 => Err(FileFault::channels("Opus", (*channels).into())),
        _ => Ok(Facts::default()),
    }
}

/// Whether a file of this ending is a film where it holds pictures that move; others hold their cover so.
fn may_be_a_film(path: &Path) -> bool {
    let ending = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    matches!(ending.as_str(), "mp4" | "webm" | "3gp" | "3g2")
}

fn matroska(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
    path: &Path,
) -> io::Result<Result<Facts, FileFault>> {
    let (mut kinds, mut audio, mut sounds, mut at) = (Vec::new(), None, false, start);
    for _ in 0..STEPS_MAX {
        let Some((id, body, len)) = element(file, at, file_len)? else {
            break;
        };
        at = body + len;
        match id {
            // Segment and Tracks are entered.
            0x1853_8067 | 0x1654_ae6b => at = body,
            0xae => {
                let track = MatroskaTrack::read(file, body, body + len)?;
                kinds.push(track.kind);
                if track.kind == 2 && audio.is_none() {
                    audio = Some(track);
                }
            }
            0x1f43_b675 => {
                sounds = true;
                break;
            }
            _ => {}
        }
        if at >= file_len {
            break;
        }
    }
    if !sounds {
        return Ok(Err(FileFault::CutOff));
    }
    if kinds.is_empty() {
        return Ok(Ok(Facts::default()));
    }
    if kinds.contains(&1) && may_be_a_film(path) {
        return Ok(Err(FileFault::Video));
    }
    let Some(audio) = audio else {
        return Ok(Err(FileFault::NoSoundTrack));
    };
    let codec = audio.codec.as_str();
    let known = ["A_VORBIS", "A_FLAC", "A_MPEG/L", "A_ALAC", "A_PCM"];
    Ok(match codec {
        _ if codec.starts_with("A_AAC") => channels_of_aac(audio.channels),
        _ if codec.starts_with("A_OPUS") => channels_of_opus(audio.private.get(9)),
        _ if known.iter().any(|prefix| codec.starts_with(prefix)) => Ok(Facts::default()),
        _ => not_playable(name_of(codec.trim_start_matches("A_"))),
    })
}

/// A track of a Matroska file.
#[derive(Default)]
struct MatroskaTrack {
    /// 1 for pictures that move, 2 for sound.
    kind: u64,
    codec: String,
    channels: u64,
    private: Vec<u8>,
}

impl MatroskaTrack {
    fn read(file: &mut (impl BufRead + Seek), mut at: u64, end: u64) -> io::Result<Self> {
        let mut entry = Self::default();
        for _ in 0..1_000 {
            if at >= end {
                break;
            }
            let Some((id, body, len)) = element(file, at, end)? else {
                break;
            };
            at = body + len;
            match id {
                0x83 => entry.kind = be(&read_at(file, body, len.min(8))?),
                0x86 => {
                    let name = read_at(file, body, len.min(64))?;
                    entry.codec = String::from_utf8_lossy(&name)
                        .trim_end_matches('\0')
                        .to_owned();
                }
                0x63a2 => entry.private = read_at(file, body, len.min(64))?,
                0x9f => entry.channels = be(&read_at(file, body, len.min(8))?),
                // Audio is entered.
                0xe1 => at = body,
                _ => {}
            }
        }
        Ok(entry)
    }
}

/// How people call a codec.
fn name_of(codec: &str) -> &str {
    match codec {
        "AC3" | "ac-3" => "Dolby Digital (AC-3)",
        "EAC3" | "ec-3" => "Dolby Digital Plus (E-AC-3)",
        "ac-4" => "Dolby AC-4",
        "TRUEHD" => "Dolby TrueHD",
        "DTS" | "dtsc" | "dtsh" | "dtsl" | "dtse" => "DTS",
        "WAVPACK4" => "WavPack",
        "TTA1" => "True Audio",
        "samr" | "sawb" => "AMR",
        "drms" | "enca" => "AAC (protected)",
        other => other,
    }
}

/// The boxes directly inside `body`.
fn boxes(body: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = body;
    std::iter::from_fn(move || {
        let size = be(rest.get(..4)?) as usize;
        let (kind, inner) = (rest.get(4..8)?, rest.get(8..size)?);
        rest = &rest[size..];
        Some((kind, inner))
    })
}

fn inside<'a>(body: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(body, |body, wanted| {
        boxes(body)
            .find(|(kind, _)| kind == &wanted.as_slice())
            .map(|(_, inner)| inner)
    })
}

fn mp4(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
    path: &Path,
) -> io::Result<Result<Facts, FileFault>> {
    let (mut movie, mut fragments) = (None, None::<u64>);
    let mut at = start;
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 16)?;
        if head.len() < 8 {
            break;
        }
        let (header, len) = box_lengths(&head, file_len - at);
        if len < header {
            break;
        }
        let body_len = (len - header).min(HEADER_MAX);
        match &head[4..8] {
            b"moov" => movie = Some(read_at(file, at + header, body_len)?),
            b"moof" => {
                if let Some(sound) = movie.as_deref().and_then(sound_track) {
                    let moof = read_at(file, at + header, body_len)?;
                    let ticks = fragment_ticks(movie.as_deref().unwrap_or_default(), sound, &moof);
                    fragments = Some(fragments.unwrap_or(0_u64).saturating_add(ticks));
                }
            }
            _ => {}
        }
        at = at.saturating_add(len);
        if at >= file_len {
            break;
        }
    }
    let Some(movie) = movie else {
        return Ok(Ok(Facts::default()));
    };
    let is_film = tracks(&movie).any(|track| handler(track) == Some(b"vide"));
    if is_film && may_be_a_film(path) {
        return Ok(Err(FileFault::Video));
    }
    let Some(sound) = sound_track(&movie) else {
        return Ok(Err(FileFault::NoSoundTrack));
    };
    let told = sound_of(sound);
    let Ok(mut facts) = told else {
        return Ok(told);
    };
    // A fragmented file states its length in its fragments (ISO/IEC 14496-12, 8.8), and there alone.
    let scale = inside(sound, &[b"mdia", b"mdhd"]).and_then(|header| {
        let at = if header.first() == Some(&1) { 20 } else { 12 };
        header.get(at..at + 4).map(be).filter(|scale| *scale > 0)
    });
    if let Some((ticks, scale)) = fragments.zip(scale) {
        let rows =
            inside(sound, &[b"mdia", b"minf", b"stbl", b"stts"]).and_then(|table| table.get(8..));
        let listed = rows
            .unwrap_or_default()
            .chunks_exact(8)
            .fold(0_u64, |ticks, row| {
                ticks.saturating_add(be(&row[..4]).saturating_mul(be(&row[4..])))
            });
        facts.duration_s = Some(ticks.saturating_add(listed) as f64 / scale as f64);
    }
    Ok(Ok(facts))
}

fn tracks(movie: &[u8]) -> impl Iterator<Item = &[u8]> {
    boxes(movie)
        .filter(|(kind, _)| kind == b"trak")
        .map(|(_, track)| track)
}

fn handler(track: &[u8]) -> Option<&[u8; 4]> {
    inside(track, &[b"mdia", b"hdlr"])?
        .get(8..12)?
        .try_into()
        .ok()
}

/// The kind and the body of a track's first sample entry.
fn sample_entry(track: &[u8]) -> Option<(&[u8], &[u8])> {
    boxes(inside(track, &[b"mdia", b"minf", b"stbl", b"stsd"])?.get(8..)?).next()
}

/// The sound track that the decoder takes: the first that it may know, else the first.
fn sound_track(movie: &[u8]) -> Option<&[u8]> {
    const UNKNOWN: [&[u8]; 6] = [b"ac-3", b"ec-3", b"ac-4", b"dtsc", b"dtsh", b"enca"];
    let sounds = || tracks(movie).filter(|track| handler(track) == Some(b"soun"));
    let known =
        |track: &&[u8]| sample_entry(track).is_some_and(|(kind, _)| !UNKNOWN.contains(&kind));
    sounds().find(known).or_else(|| sounds().next())
}

fn sound_of(track: &[u8]) -> Result<Facts, FileFault> {
    let Some((kind, entry)) = sample_entry(track) else {
        return Ok(Facts::default());
    };
    match kind {
        b"mp4a" => aac_of(entry),
        b"Opus" => {
            let header = entry.windows(4).position(|window| window == b"dOps");
            // Version, then the channels (Encapsulation of Opus in ISO BMFF, 4.3.2).
            channels_of_opus(header.and_then(|at| entry.get(at + 5)))
        }
        b"ac-3" | b"ec-3" | b"ac-4" | b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" | b"samr" | b"sawb"
        | b"drms" | b"enca" => not_playable(name_of(&String::from_utf8_lossy(kind))),
        _ => Ok(Facts::default()),
    }
}

/// What an `mp4a` entry holds, by its elementary stream descriptor (ISO/IEC 14496-1, 7.2.6).
fn aac_of(entry: &[u8]) -> Result<Facts, FileFault> {
    let at = entry.windows(4).position(|window| window == b"esds");
    let bytes = at.and_then(|at| entry.get(at + 8..)).unwrap_or_default();
    // A descriptor: its tag, its length in groups of seven bits, its body.
    let descriptor = |bytes: &'_ [u8], tag: u8| -> Option<usize> {
        let mut at = 0;
        (*bytes.first()? == tag).then_some(())?;
        for _ in 0..4 {
            at += 1;
            if bytes.get(at)? & 0x80 == 0 {
                break;
            }
        }
        Some(at + 1)
    };
    let config = descriptor(bytes, 3).and_then(|body| {
        let bytes = bytes.get(body + 3..)?;
        bytes.get(descriptor(bytes, 4)?..)
    });
    let Some(config) = config else {
        return Ok(Facts::default());
    };
    match config.first() {
        // MPEG-4 audio, and the profiles of MPEG-2 AAC.
        Some(0x40 | 0x66..=0x68) => {}
        Some(0xa5) => return not_playable("Dolby Digital (AC-3)"),
        Some(0xa6) => return not_playable("Dolby Digital Plus (E-AC-3)"),
        Some(0xa9) => return not_playable("DTS"),
        _ => return Ok(Facts::default()),
    }
    let specific = config
        .get(13..)
        .and_then(|bytes| bytes.get(descriptor(bytes, 5)?..));
    let bits = specific.map_or(0, |bytes| {
        be(&bytes[..bytes.len().min(8)]) << (8 * (8 - bytes.len().min(8)))
    });
    let take = |from: u32, count: u32| bits << from >> (64 - count);
    // AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1): kind, rate, channels.
    let (kind, at) = match take(0, 5) {
        31 => (32 + take(5, 6), 11),
        kind => (kind, 5),
    };
    let at = if take(at, 4) == 15 { at + 28 } else { at + 4 };
    match kind {
        0 => Ok(Facts::default()),
        // Low complexity, and the two that HE-AAC is known by.
        2 | 5 | 29 => channels_of_aac(take(at, 4)).map(|facts| Facts {
            he_aac_core_hz: specific.and_then(he_aac_core_hz),
            ..facts
        }),
        42 => not_playable("xHE-AAC"),
        kind => subtype("AAC", kind),
    }
}

/// Ticks that a track's samples in a fragment last (ISO/IEC 14496-12, 8.8.3, 8.8.7 and 8.8.8).
fn fragment_ticks(movie: &[u8], track: &[u8], moof: &[u8]) -> u64 {
    let id = inside(track, &[b"tkhd"]).and_then(|header| {
        let at = if header.first() == Some(&1) { 20 } else { 12 };
        header.get(at..at + 4).map(be)
    });
    let by_movie = inside(movie, &[b"mvex"])
        .into_iter()
        .flat_map(boxes)
        .find(|(kind, body)| kind == b"trex" && body.get(4..8).map(be) == id)
        .and_then(|(_, body)| body.get(12..16).map(be));
    let mut ticks = 0_u64;
    for (_, fragment) in boxes(moof).filter(|(kind, _)| kind == b"traf") {
        let header = inside(fragment, &[b"tfhd"]).filter(|header| header.len() >= 8);
        let Some(header) = header.filter(|header| Some(be(&header[4..8])) == id) else {
            continue;
        };
        let flags = be(&header[1..4]);
        let at = 8 + if flags & 1 != 0 { 8 } else { 0 } + if flags & 2 != 0 { 4 } else { 0 };
        let own = (flags & 8 != 0)
            .then(|| header.get(at..at + 4).map(be))
            .flatten();
        let usual = own.or(by_movie).unwrap_or(0);
        for (_, run) in boxes(fragment).filter(|(kind, run)| kind == b"trun" && run.len() >= 8) {
            let (flags, count) = (be(&run[1..4]), be(&run[4..8]));
            let table = 8 + if flags & 1 != 0 { 4 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
            let row = 4 * (flags >> 8 & 15).count_ones() as usize;
            ticks = ticks.saturating_add(match flags & 0x100 {
                0 => count.saturating_mul(usual),
                _ => {
                    let rows = run.get(table..).unwrap_or_default().chunks_exact(row);
                    rows.take(count as usize).map(|row| be(&row[..4])).sum()
                }
            });
        }
    }
    ticks
}

#[cfg(test)]
mod tests;
