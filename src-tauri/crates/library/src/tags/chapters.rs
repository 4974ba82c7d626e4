//! Places that a file itself names: chapters, and the tracks of a sheet in its own tags.
//!
//! Sources: Apple QuickTime File Format Specification, "Chapter lists" and ISO 14496-12 8.6 and 8.7 (tables of samples);
//! Nero's `chpl` as FFmpeg reads it (`mov_read_chpl`); id3.org/id3v2-chapters-1.0; RFC 9639 8.7 (FLAC's `CUESHEET` block);
//! wiki.xiph.org/Chapter_Extension (`CHAPTERxxx` comments).

use std::collections::BTreeMap;

use super::text::{utf8_or_1252, utf16};
use crate::bytes::be;

/// Chapters that are taken of one file.
pub(crate) const CHAPTERS_MAX: usize = 5000;

/// A place in a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Chapter {
    pub(crate) start_ns: u64,
    pub(crate) title: Option<String>,
}

/// What a file names of places in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    /// The text of a cue sheet.
    pub(crate) cue_sheet: Option<String>,
    /// The tracks of FLAC's own sheet: number and sample.
    pub(crate) samples: Vec<(u32, u64)>,
    pub(crate) chapters: Vec<Chapter>,
}

impl Marks {
    /// Takes up what others found; what is known stays.
    pub(super) fn append(&mut self, other: Self) {
        self.cue_sheet = self.cue_sheet.take().or(other.cue_sheet);
        if self.samples.is_empty() {
            self.samples = other.samples;
        }
        // Where a file has two lists, the one that names more.
        if other.chapters.len() > self.chapters.len() {
            self.chapters = other.chapters;
        }
    }

    /// Takes chapters up, unless there are more already.
    pub(crate) fn offer(&mut self, mut chapters: Vec<Chapter>) {
        chapters.truncate(CHAPTERS_MAX);
        if chapters.len() > self.chapters.len() {
            self.chapters = chapters;
        }
    }
}

/// The tracks in FLAC's `CUESHEET` block. The lead-out, and what is no sound, are none.
pub(super) fn flac_sheet(block: &[u8]) -> Vec<(u32, u64)> {
    let count = block.get(395).copied().unwrap_or_default();
    let mut at = 396;
    let mut tracks = Vec::new();
    for _ in 0..count {
        let Some(track) = block.get(at..at + 36) else {
            break;
        };
        let (offset, number, is_data) = (be(&track[..8]), track[8], track[21] & 0x80 != 0);
        let indices = usize::from(track[35]);
        let first = block.get(at + 36..).unwrap_or_default().chunks_exact(12);
        let begins = first.take(indices).find(|index| index[8] == 1);
        if let Some(index) = begins
            && !is_data
            && number < 100
        {
            tracks.push((u32::from(number), offset.saturating_add(be(&index[..8]))));
        }
        at += 36 + 12 * indices;
    }
    tracks
}

/// Vorbis comments that name chapters, by their numbers.
#[derive(Default)]
pub(super) struct ChapterComments(BTreeMap<u32, (Option<u64>, Option<String>)>);

impl ChapterComments {
    /// Takes a comment up, if it is one of a chapter.
    pub(super) fn take(&mut self, key: &str, value: &[u8]) -> bool {
        let head = key.as_bytes();
        if !head
            .get(..7)
            .is_some_and(|head| head.eq_ignore_ascii_case(b"CHAPTER"))
        {
            return false;
        }
        let rest = &key[7..];
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let Ok(number) = rest[..digits].parse::<u32>() else {
            return false;
        };
        if self.0.len() >= CHAPTERS_MAX && !self.0.contains_key(&number) {
            return true;
        }
        let chapter = self.0.entry(number).or_default();
        match rest[digits..].to_ascii_uppercase().as_str() {
            "" => chapter.0 = clock_ns(&utf8_or_1252(value)),
            "NAME" => chapter.1 = Some(utf8_or_1252(value)),
            _ => {}
        }
        true
    }

    pub(super) fn chapters(self) -> Vec<Chapter> {
        let all = self.0.into_values();
        all.filter_map(|(start_ns, title)| {
            Some(Chapter {
                start_ns: start_ns?,
                title,
            })
        })
        .collect()
    }
}

/// `HH:MM:SS.mmm`, in nanoseconds.
fn clock_ns(text: &str) -> Option<u64> {
    let mut parts = text.trim().splitn(3, ':');
    let (hours, minutes) = (
        parts.next()?.parse::<u64>().ok()?,
        parts.next()?.parse::<u64>().ok()?,
    );
    let seconds = parts.next()?.parse::<f64>().ok()?;
    if hours > 10_000 || minutes >= 60 || !(0.0..60.0).contains(&seconds) {
        return None;
    }
    let whole = (hours * 60 + minutes) * 60 * 1_000_000_000;
    Some(whole + (seconds * 1e9).round() as u64)
}

/// Nero's list of chapters, the body of a `chpl` box: version, flags, a count, then of each the start in 100 ns and the name.
pub(super) fn nero(body: &[u8]) -> Vec<Chapter> {
    let mut at = match body.first() {
        Some(0) => 4,
        _ => 8,
    };
    let count = body.get(at).copied().unwrap_or_default();
    at += 1;
    let mut chapters = Vec::new();
    for _ in 0..count {
        let Some(head) = body.get(at..at + 9) else {
            break;
        };
        let end = at + 9 + usize::from(head[8]);
        let title = body.get(at + 9..end.min(body.len())).map(utf8_or_1252);
        chapters.push(Chapter {
            start_ns: be(&head[..8]).saturating_mul(100),
            title,
        });
        at = end;
    }
    chapters
}

/// The samples of a track of text: when each begins, in nanoseconds, where it lies in the file, and how long it is.
pub(super) fn text_samples(track: &[u8]) -> Vec<(u64, u64, u64)> {
    let Some(media) = child(track, b"mdia") else {
        return Vec::new();
    };
    let table = child(media, b"minf").and_then(|info| child(info, b"stbl"));
    let header = child(media, b"mdhd").unwrap_or_default();
    let scale = match header.first() {
        Some(1) => header.get(20..24),
        _ => header.get(12..16),
    };
    let scale = scale.map(be).filter(|scale| *scale > 0);
    let (Some(table), Some(scale)) = (table, scale) else {
        return Vec::new();
    };
    let entries = |name: &[u8; 4], len: usize, from: usize| {
        let body = child(table, name).unwrap_or_default();
        body.get(from..).unwrap_or_default().chunks_exact(len)
    };
    // When each sample begins.
    let mut starts = Vec::new();
    let mut time = 0u64;
    for entry in entries(b"stts", 8, 8) {
        for _ in 0..be(&entry[..4]) {
            if starts.len() >= CHAPTERS_MAX {
                break;
            }
            starts.push((u128::from(time) * 1_000_000_000 / u128::from(scale)) as u64);
            time = time.saturating_add(be(&entry[4..]));
        }
    }
    let sizes = child(table, b"stsz").unwrap_or_default();
    let one_size = sizes.get(4..8).map_or(0, be);
    let size = |n: usize| match one_size {
        0 => sizes.get(12 + 4 * n..16 + 4 * n).map(be),
        size => Some(size),
    };
    let mut chunks: Vec<u64> = entries(b"stco", 4, 8).map(be).collect();
    if chunks.is_empty() {
        chunks = entries(b"co64", 8, 8).map(be).collect();
    }
    // How many samples each chunk has: runs of chunks, by the first of them, from 1.
    let runs: Vec<(u64, u64)> = entries(b"stsc", 12, 8)
        .map(|entry| (be(&entry[..4]), be(&entry[4..8])))
        .collect();
    let mut samples = Vec::new();
    for (chunk, mut at) in (1u64..).zip(chunks) {
        let run = runs.iter().rev().find(|(first, _)| *first <= chunk);
        for _ in 0..run.map_or(1, |(_, count)| *count) {
            let n = samples.len();
            let (Some(start), Some(size)) = (starts.get(n), size(n)) else {
                return samples;
            };
            samples.push((*start, at, size));
            at = at.saturating_add(size);
        }
    }
    samples
}

/// The name in a sample of text: its length, and UTF-8 or, with a mark, UTF-16.
pub(super) fn sample_title(sample: &[u8]) -> Option<String> {
    let (len, rest) = sample.split_at_checked(2)?;
    let text = &rest[..(be(len) as usize).min(rest.len())];
    Some(match text {
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] => utf16(text, Some(true)),
        _ => utf8_or_1252(text),
    })
}

/// The body of the first box of this name.
pub(super) fn child<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    let mut rest = bytes;
    while rest.len() >= 8 {
        let len = be(&rest[..4]) as usize;
        let end = len.min(rest.len());
        if end < 8 {
            return None;
        }
        if &rest[4..8] == name {
            return Some(&rest[8..end]);
        }
        rest = &rest[end..];
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn comments_of_chapters_are_read_by_their_numbers() {
        let mut comments = ChapterComments::default();
        for (key, value) in [
            ("CHAPTER002", "00:01:00.500"),
            ("CHAPTER001", "00:00:00.000"),
            ("chapter002name", "Second"),
            ("CHAPTER001NAME", "First"),
            ("CHAPTER001URL", "http://example.org"),
            ("CHAPTER003", "soon"),
            ("CHAPTER003NAME", "Never"),
        ] {
            assert!(comments.take(key, value.as_bytes()), "{key}");
        }
        assert!(!comments.take("CHAPTERS", b"2") && !comments.take("TITLE", b"x"));
        let chapter = |start_ns, title: &str| Chapter {
            start_ns,
            title: Some(title.into()),
        };
        assert_eq!(
            comments.chapters(),
            [chapter(0, "First"), chapter(60_500_000_000, "Second")]
        );
    }

    proptest! {
        #[test]
        fn no_bytes_lead_astray(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            nero(&bytes);
            flac_sheet(&bytes);
            sample_title(&bytes);
            let long = (bytes.len() as u32 + 8).to_be_bytes();
            let nested = [&long[..], b"mdia", &bytes].concat();
            text_samples(&nested);
        }
    }
}
