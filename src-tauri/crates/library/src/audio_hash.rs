//! The identity of a recording: a hash over its encoded audio, blind to tags, covers and padding.
//!
//! Read are 64 KiB at the start, in the middle and at the end of the audio, and hashed with its total length and a
//! word for its container: three reads per file, however long it is. What is audio is found per container:
//!
//! - **MP3, AAC in ADTS**: what lies between leading ID3v2 tags with whatever pads them (up to the first frame) and
//!   trailing ID3v1, APEv2, Lyrics3 and appended ID3v2 tags. Sources: id3.org/id3v2.4.0-structure, ISO 11172-3 2.4.2.3,
//!   ISO 13818-7 6.2 (ADTS), wiki.hydrogenaud.io APEv2, id3.org/Lyrics3v2.
//! - **FLAC** (RFC 9639): what follows the metadata blocks, with STREAMINFO's sample count and MD5.
//! - **Ogg** (RFC 3533; Vorbis I 4.2, RFC 7845, RFC 9639 10.1): the bodies of the pages after the header packets. Page
//!   headers are left out, as a longer comment renumbers all pages and so changes their checksums. A tool that cuts
//!   the audio into other pages (ffmpeg, vorbiscomment) makes another length and so another recording; Mutagen,
//!   TagLib and lofty do not.
//! - **MP4** (ISO 14496-12): the bodies of all `mdat` boxes, wherever they lie.
//! - **WAV, RF64, AIFF** (EBU Tech 3306, AIFF 1.3): the sound chunk with the format chunk.
//! - **Monkey's Audio, WavPack, True Audio, Musepack**: what lies between the tags; nothing in it changes with them.
//! - **DSF, DSDIFF**: the bits, with their rate and the count of channels.
//! - **all else** (CAF, Matroska): the whole file.
//!
//! Two recordings that differ only between the samples and in nothing else (length included) share a hash.

use std::fs::File;
use std::io::{self, BufRead, Seek, SeekFrom};
use std::path::Path;

use segue_core::{AudioHash, FailedFile, FileSpan, id3v2_byte_len};

use crate::buffered::{Buffered, Room};
use crate::bytes::{after_id3v2, be, box_lengths, le, pieces_at, read_at};
use crate::dsd::Dsd;

/// The identity of the recording in `path`. Reads at most some 200 KiB beside the headers.
pub fn audio_hash(path: &Path) -> Result<AudioHash, FailedFile> {
    let fail = |error| FailedFile::new(path, error);
    let file = File::open(path).map_err(fail)?;
    let len = file.metadata().map_err(fail)?.len();
    let mut room = Room::default();
    let mut file = Buffered::new(file, len, &mut room);
    Audio::find(&mut file)
        .and_then(|audio| audio.hash(&mut file))
        .map_err(fail)
}

/// The identity of a stretch of a recording: of which one, and from where to where. The stretch's own bytes say nothing of it, for
/// where a stretch begins is no edge of packets. A sheet that is corrected, be it by one frame, makes another recording.
pub(crate) fn hash_of_stretch(whole: AudioHash, span: FileSpan) -> AudioHash {
    if span.is_whole() {
        return whole;
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"segue stretch 1\0");
    hasher.update(&whole.0);
    hasher.update(&span.start_ns.to_le_bytes());
    hasher.update(&span.end_ns.unwrap_or(u64::MAX).to_le_bytes());
    let mut hash = [0; 16];
    hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    AudioHash(hash)
}

/// Length of each sample.
const SAMPLE: u64 = 64 * 1024;
/// Boxes, chunks or blocks walked over before a file is taken for a trap.
const STEPS_MAX: usize = 100_000;
/// How far behind the tags the first frame is looked for: players give up much earlier.
const JUNK_MAX: u64 = 256 * 1024;
/// How far it is looked for at first: it is nearly always there at once.
const FIRST_LOOK: u64 = 8 * 1024;
/// Pages of Ogg headers walked over; a 16 MB cover takes some 260.
const HEADER_PAGES_MAX: usize = 4096;

/// Where the audio of a file lies.
#[derive(Debug, Default)]
pub(crate) struct Audio {
    /// A word for the container.
    word: &'static str,
    /// Facts about the audio from its headers that no tagging changes.
    facts: Vec<u8>,
    /// Stretches of the file `(start, length)`, in order.
    spans: Vec<(u64, u64)>,
}

impl Audio {
    /// Finds the audio of a file. Whatever the bytes, this ends without a panic; the worst is the whole file.
    pub(crate) fn find(file: &mut (impl BufRead + Seek)) -> io::Result<Self> {
        let file_len = file.seek(SeekFrom::End(0))?;
        let start = after_id3v2(file, 0, file_len)?;
        let head = read_at(file, start, 16)?;
        let found = match head.as_slice() {
            [b'f', b'L', b'a', b'C', ..] => flac(file, start, file_len)?,
            [b'O', b'g', b'g', b'S', ..] => ogg(file, start, file_len)?,
            [
                b'R',
                b'I',
                b'F',
                b'F' | b'X',
                _,
                _,
                _,
                _,
                b'W',
                b'A',
                b'V',
                b'E',
                ..,
            ]
            | [
                b'R',
                b'F',
                b'6',
                b'4',
                _,
                _,
                _,
                _,
                b'W',
                b'A',
                b'V',
                b'E',
                ..,
            ] => wav(file, start, file_len)?,
            [
                b'F',
                b'O',
                b'R',
                b'M',
                _,
                _,
                _,
                _,
                b'A',
                b'I',
                b'F',
                b'F' | b'C',
                ..,
            ] => aiff(file, start, file_len)?,
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => mp4(file, start, file_len)?,
            [b'M', b'A', b'C', b' ', ..]
            | [b'w', b'v', b'p', b'k', ..]
            | [b'T', b'T', b'A', b'1', ..]
            | [b'M', b'P', b'C', b'K', ..]
            | [b'M', b'P', b'+', ..] => {
                let end = end_tags(file, start, file_len)?.0;
                Some(Audio {
                    word: match &head[..3] {
                        b"MAC" => "ape",
                        b"wvp" => "wavpack",
                        b"TTA" => "tta",
                        _ => "musepack",
                    },
                    facts: Vec::new(),
                    spans: vec![(start, end - start)],
                })
            }
            [b'D', b'S', b'D', b' ', ..] | [b'F', b'R', b'M', b'8', ..] => {
                dsd(file, start, file_len)?
            }
            _ => None,
        };
        if let Some(found) = found {
            return Ok(found);
        }
        if let Some(frames) = frames(file, start, file_len)? {
            return Ok(frames);
        }
        Ok(Self {
            word: "file",
            facts: Vec::new(),
            spans: vec![(0, file_len)],
        })
    }

    /// Bytes of audio.
    pub(crate) fn len(&self) -> u64 {
        self.spans.iter().map(|(_, len)| len).sum()
    }

    /// Hashes the samples.
    pub(crate) fn hash(&self, file: &mut (impl BufRead + Seek)) -> io::Result<AudioHash> {
        let len = self.len();
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"segue audio 1\0");
        hasher.update(self.word.as_bytes());
        hasher.update(&[0]);
        hasher.update(&(self.facts.len() as u64).to_le_bytes());
        hasher.update(&self.facts);
        hasher.update(&len.to_le_bytes());
        let samples = if len <= 3 * SAMPLE {
            vec![(0, len)]
        } else {
            vec![
                (0, SAMPLE),
                (len / 2 - SAMPLE / 2, SAMPLE),
                (len - SAMPLE, SAMPLE),
            ]
        };
        for (from, len) in samples {
            if self.word == "ogg" {
                let mut bytes = Vec::with_capacity(len as usize);
                let mut bodies = Vec::with_capacity(len as usize);
                self.read(file, from, len, |piece| bytes.extend_from_slice(piece))?;
                // Together: the hash takes many kilobytes at once several times faster than page by page.
                pages(&bytes, |body| bodies.extend_from_slice(body));
                hasher.update(&bodies);
            } else {
                self.read(file, from, len, |piece| {
                    hasher.update(piece);
                })?;
            }
        }
        let mut hash = [0; 16];
        hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Ok(AudioHash(hash))
    }

    /// Gives `take` the `len` bytes at `from`, counted over all spans as one.
    fn read(
        &self,
        file: &mut (impl BufRead + Seek),
        mut from: u64,
        mut len: u64,
        mut take: impl FnMut(&[u8]),
    ) -> io::Result<()> {
        for &(start, span) in &self.spans {
            if from >= span {
                from -= span;
                continue;
            }
            let here = len.min(span - from);
            pieces_at(file, start + from, here, &mut take)?;
            len -= here;
            from = 0;
            if len == 0 {
                break;
            }
        }
        Ok(())
    }
}

/// The end of what lies before all tags at the end of the file, and where these lie `(start, length)`, the last first.
pub(crate) fn end_tags(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<(u64, Vec<(u64, u64)>)> {
    let mut end = file_len;
    let mut tags = Vec::new();
    for _ in 0..16 {
        let tail_start = end.saturating_sub(160).max(start);
        let tail = read_at(file, tail_start, end - tail_start)?;
        let back = |n: usize| tail.len().checked_sub(n).map(|at| &tail[at..]);
        let mut tag = 0;
        if back(128).is_some_and(|t| t.starts_with(b"TAG")) {
            tag = 128;
        } else if let Some(t) = back(32)
            && t.starts_with(b"APETAGEX")
        {
            // The size counts items and footer; bit 31 of the flags says that a header of 32 bytes stands before.
            let size = le(&t[12..16]);
            tag = size.max(32) + if t[23] & 0x80 != 0 { 32 } else { 0 };
            // A footer without its tag is 32 bytes of no sound.
            if tag > end - start {
                tag = 32;
            }
        } else if let Some(t) = back(15)
            && t.ends_with(b"LYRICS200")
        {
            let digits = std::str::from_utf8(&t[..6])
                .ok()
                .and_then(|text| text.parse::<u64>().ok());
            tag = digits.map_or(0, |size| size + 15);
        } else if back(9).is_some_and(|t| t == b"LYRICSEND") {
            // Version 1 has no size: its beginning is looked for in at most 5100 bytes and the marks.
            let from = end.saturating_sub(5100 + 20).max(start);
            let bytes = read_at(file, from, end - from)?;
            let mark = b"LYRICSBEGIN";
            tag = bytes
                .windows(mark.len())
                .position(|w| w == mark)
                .map_or(0, |at| (bytes.len() - at) as u64);
        } else if let Some(len) = back(10).and_then(|t| id3v2_byte_len(t, b"3DI")) {
            tag = len;
        }
        if tag == 0 || tag > end - start {
            break;
        }
        end -= tag;
        tags.push((end, tag));
    }
    Ok((end, tags))
}

fn dsd(file: &mut (impl BufRead + Seek), start: u64, file_len: u64) -> io::Result<Option<Audio>> {
    let found = Dsd::find(file, start, file_len)?.ok();
    Ok(found.map(|dsd| Audio {
        word: "dsd",
        facts: [dsd.rate_hz.to_le_bytes(), dsd.channels.to_le_bytes()].concat(),
        spans: vec![dsd.sound],
    }))
}

fn flac(file: &mut (impl BufRead + Seek), start: u64, file_len: u64) -> io::Result<Option<Audio>> {
    let mut at = start + 4;
    let mut facts = Vec::new();
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 4)?;
        let &[kind, a, b, c] = head.as_slice() else {
            break;
        };
        if kind & 0x7f == 0 {
            // STREAMINFO: bytes 10 to 17 hold rate, channels, depth and count of samples, then the MD5 (RFC 9639 8.2).
            facts = read_at(file, at + 4, 34)?
                .get(10..)
                .unwrap_or_default()
                .to_vec();
        }
        at += 4 + be(&[a, b, c]);
        if kind & 0x80 != 0 || at >= file_len {
            break;
        }
    }
    let at = at.min(file_len);
    let end = end_tags(file, at, file_len)?.0;
    Ok(Some(Audio {
        word: "flac",
        facts,
        spans: vec![(at, end - at)],
    }))
}

/// The sound of an MP4 file: all of its `mdat` boxes. A box whose length makes no sense ends the search.
fn mp4(file: &mut (impl BufRead + Seek), start: u64, file_len: u64) -> io::Result<Option<Audio>> {
    let mut at = start;
    let mut spans = Vec::new();
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 16)?;
        if head.len() < 8 {
            break;
        }
        let (header, len) = box_lengths(&head, file_len - at);
        let end = at.saturating_add(len).min(file_len);
        if len < header || end <= at {
            break;
        }
        if &head[4..8] == b"mdat" && end > at + header {
            spans.push((at + header, end - at - header));
        }
        at = end;
    }
    Ok((!spans.is_empty()).then(|| Audio {
        word: "mp4",
        facts: Vec::new(),
        spans,
    }))
}

fn wav(file: &mut (impl BufRead + Seek), start: u64, file_len: u64) -> io::Result<Option<Audio>> {
    let swapped = read_at(file, start, 4)? == b"RIFX";
    let mut at = start + 12;
    let mut facts = Vec::new();
    let mut data_len_64 = None;
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 8)?;
        let &[k0, k1, k2, k3, a, b, c, d] = head.as_slice() else {
            break;
        };
        let mut len = if swapped {
            be(&[a, b, c, d])
        } else {
            le(&[a, b, c, d])
        };
        let body = at + 8;
        match &[k0, k1, k2, k3] {
            b"ds64" => {
                let sizes = read_at(file, body, 16)?;
                data_len_64 = (sizes.len() == 16).then(|| le(&sizes[8..]));
            }
            b"fmt " => facts = read_at(file, body, len.min(64))?,
            b"data" => {
                // A recorder that was cut off leaves 0 or -1; RF64 keeps the length elsewhere.
                if len == 0xffff_ffff {
                    len = data_len_64.unwrap_or(u64::MAX);
                }
                let rest = file_len.saturating_sub(body);
                let len = if len == 0 { rest } else { len.min(rest) };
                return Ok(Some(Audio {
                    word: "wav",
                    facts,
                    spans: vec![(body, len)],
                }));
            }
            _ => {}
        }
        at = body.saturating_add(len + (len & 1));
        if at >= file_len {
            break;
        }
    }
    Ok(None)
}

fn aiff(file: &mut (impl BufRead + Seek), start: u64, file_len: u64) -> io::Result<Option<Audio>> {
    let mut at = start + 12;
    let mut facts = Vec::new();
    let mut span = None;
    for _ in 0..STEPS_MAX {
        let head = read_at(file, at, 8)?;
        if head.len() < 8 {
            break;
        }
        let len = be(&head[4..8]);
        let body = at + 8;
        match &head[..4] {
            b"COMM" => facts = read_at(file, body, len.min(64))?,
            b"SSND" => span = Some((body, len.min(file_len.saturating_sub(body)))),
            _ => {}
        }
        at = body.saturating_add(len + (len & 1));
        if at >= file_len {
            break;
        }
    }
    Ok(span.map(|span| Audio {
        word: "aiff",
        facts,
        spans: vec![span],
    }))
}

/// The header of an Ogg page at the beginning of `bytes`: `(length of the header, lacing values)`.
fn page(bytes: &[u8]) -> Option<(usize, &[u8])> {
    if bytes.len() < 27 || !bytes.starts_with(b"OggS\0") {
        return None;
    }
    let header = 27 + usize::from(bytes[26]);
    Some((header, bytes.get(27..header)?))
}

/// Gives `take` the bodies of the pages in `bytes`, from the first that is followed by another or by the end.
/// Of a page that is cut off, what is there.
fn pages(bytes: &[u8], mut take: impl FnMut(&[u8])) {
    let end_of = |at: usize| {
        page(&bytes[at..]).map(|(header, lacing)| {
            at + header + lacing.iter().map(|l| usize::from(*l)).sum::<usize>()
        })
    };
    // "OggS" may stand in audio by chance: a true page is followed by a page, or runs to the end.
    let sound = |at: usize| {
        end_of(at).filter(|&end| {
            end >= bytes.len() || bytes[end..].starts_with(b"OggS") || bytes.len() - end < 4
        })
    };
    let mut at = 0;
    while at < bytes.len() {
        match sound(at) {
            Some(end) => {
                let (header, _) = page(&bytes[at..]).unwrap_or_default();
                take(&bytes[at + header..end.min(bytes.len())]);
                at = end;
            }
            None => {
                at += 1 + bytes[at + 1..]
                    .iter()
                    .position(|&b| b == b'O')
                    .unwrap_or(bytes.len() - at - 1)
            }
        }
    }
}

fn ogg(file: &mut (impl BufRead + Seek), start: u64, file_len: u64) -> io::Result<Option<Audio>> {
    let mut at = start;
    let mut serial: Option<[u8; 4]> = None;
    let mut packets_left: usize = 0;
    let mut flac_until_last = false;
    let mut facts = Vec::new();
    let mut fresh = true;
    for _ in 0..HEADER_PAGES_MAX {
        let bytes = read_at(file, at, 27 + 255 + 128)?;
        let Some((header, lacing)) = page(&bytes) else {
            return Ok(None);
        };
        let body = &bytes[header..];
        let page_serial = [bytes[14], bytes[15], bytes[16], bytes[17]];
        let len = (header + lacing.iter().map(|l| usize::from(*l)).sum::<usize>()) as u64;
        let begins = bytes[5] & 0x02 != 0;
        if serial.is_none() && begins {
            let known = match body {
                [1, b'v', b'o', b'r', b'b', b'i', b's', ..] => Some(3),
                [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', ..] => Some(2),
                [0x7f, b'F', b'L', b'A', b'C', _, _, hi, lo, ..] => {
                    facts = body.get(27..51).unwrap_or_default().to_vec();
                    let count = usize::from(u16::from_be_bytes([*hi, *lo]));
                    // A count of 0 is "unknown": headers end with the block that says it is the last.
                    flac_until_last = count == 0;
                    Some(if count == 0 { usize::MAX } else { count + 1 })
                }
                [b'S', b'p', b'e', b'e', b'x', b' ', ..] => Some(2),
                _ => None,
            };
            if let Some(count) = known {
                serial = Some(page_serial);
                packets_left = count;
            }
        }
        if serial == Some(page_serial) {
            if flac_until_last
                && fresh
                && !begins
                && body.first().is_some_and(|kind| kind & 0x80 != 0)
            {
                packets_left = 1;
                flac_until_last = false;
            }
            let ended = lacing.iter().filter(|l| **l < 255).count();
            fresh = lacing.last().is_some_and(|l| *l < 255);
            packets_left = packets_left.saturating_sub(ended);
        }
        at += len;
        if at >= file_len {
            break;
        }
        if serial.is_some() && packets_left == 0 {
            return Ok(Some(Audio {
                word: "ogg",
                facts,
                spans: vec![(at, file_len - at)],
            }));
        }
    }
    Ok(None)
}

/// MPEG audio or ADTS: from the first frame that another follows.
fn frames(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<Option<Audio>> {
    let end = end_tags(file, start, file_len)?.0;
    let mut start = start;
    // An APEv2 tag may stand in front as well, with a header of its own.
    let head = read_at(file, start, 32)?;
    if head.len() == 32 && head.starts_with(b"APETAGEX") {
        start = (start + 32 + le(&head[12..16])).min(end);
    }
    for look in [FIRST_LOOK, JUNK_MAX] {
        let bytes = read_at(file, start, look.min(end.saturating_sub(start)))?;
        for at in 0..bytes.len().saturating_sub(4) {
            let Some((len, word)) = frame(&bytes[at..]) else {
                continue;
            };
            let next = at + len;
            let followed = match bytes.get(next..) {
                Some(rest) if rest.len() >= 6 => frame(rest).is_some_and(|(_, same)| same == word),
                // The one frame of a very short file.
                _ => at == 0 && next as u64 == end - start,
            };
            if followed {
                let first = start + at as u64;
                return Ok(Some(Audio {
                    word,
                    facts: Vec::new(),
                    spans: vec![(first, end - first)],
                }));
            }
        }
    }
    Ok(None)
}

/// The length and kind of the frame that begins here, if one does.
fn frame(head: &[u8]) -> Option<(usize, &'static str)> {
    let [0xff, b, c, d, rest @ ..] = head else {
        return None;
    };
    let (b, c, d) = (*b, *c, *d);
    if b & 0xf6 == 0xf0 {
        // ADTS: layer 0, thirteen bits of length from bit 30.
        let [e, f, ..] = rest else { return None };
        let len = usize::from(d & 3) << 11 | usize::from(*e) << 3 | usize::from(*f) >> 5;
        return (len >= 7 && c >> 2 & 15 < 13).then_some((len, "adts"));
    }
    let (version, layer) = (b >> 3 & 3, b >> 1 & 3);
    let (rate, frequency) = (usize::from(c >> 4), usize::from(c >> 2 & 3));
    if b & 0xe0 != 0xe0 || version == 1 || layer == 0 || rate == 0 || rate == 15 || frequency == 3 {
        return None;
    }
    // ISO 11172-3 table of bit rates in kbit/s; MPEG 2 and 2.5 have their own.
    const V1_L1: [usize; 15] = [
        0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
    ];
    const V1_L2: [usize; 15] = [
        0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
    ];
    const V1_L3: [usize; 15] = [
        0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
    ];
    const V2_L1: [usize; 15] = [
        0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
    ];
    const V2_L23: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let v1 = version == 3;
    let kbps = match (v1, layer) {
        (true, 3) => V1_L1,
        (true, 2) => V1_L2,
        (true, _) => V1_L3,
        (false, 3) => V2_L1,
        (false, _) => V2_L23,
    }[rate];
    let hz = [44_100, 48_000, 32_000][frequency]
        >> match version {
            3 => 0,
            2 => 1,
            _ => 2,
        };
    let padding = usize::from(c >> 1 & 1);
    let len = match layer {
        3 => (12_000 * kbps / hz + padding) * 4,
        1 if !v1 => 72_000 * kbps / hz + padding,
        _ => 144_000 * kbps / hz + padding,
    };
    (len > 4).then_some((len, "mpeg"))
}

#[cfg(test)]
mod tests;
