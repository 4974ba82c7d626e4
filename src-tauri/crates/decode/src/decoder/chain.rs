//! Streams that lie one behind the other in one file: chained Ogg (RFC 3533, 4), MP3s and AACs joined by appending, and
//! streams whose rate or channels change on the way. Each is a *link*, decoded as if it were a file.

use std::fs::File;
use std::io::{self, BufReader, Read};

use segue_core::id3v2_byte_len;

use super::frames::{Frame, HEADER_BYTES, StreamParameters};
use crate::shown::Shown;
use crate::source::{BoundedFile, Budget};

/// More links than a recording of days has; what is behind stays with the last one.
const LINKS_MAX: usize = 4_096;
/// Consecutive frames of another format after which a stream counts as having changed to it.
const FRAMES_TO_BELIEVE: u32 = 3;
/// Frames behind the stated end that are an encoder's miscount, and no second stream.
const FRAMES_UNCOUNTED: u32 = 8;
/// Places that looked like a frame and were none, after which the search ends: a file made of them would take for ever.
const MISSES_MAX: u32 = 200_000;
/// What a Xing header may leave unmentioned at the end, in bytes: two of the longest frames.
const UNMENTIONED_BYTES: u64 = 2 * 1_441;
/// What is looked at of a frame or a tag: an MP3's first frame states its length within.
const HEAD_BYTES: usize = 64;
const ID3V1_BYTES: u64 = 128;
/// An APE tag's footer, or its header (APEv2).
const APE_BYTES: u64 = 32;

/// A part of a file that is one stream from its beginning to its end.
#[derive(Clone)]
pub(super) struct ChainLink {
    /// Its bytes.
    pub(super) shown: Shown,
    /// It goes on behind the end that its header states.
    pub(super) overruns: bool,
}

impl ChainLink {
    pub(super) fn new(shown: Shown) -> Self {
        Self {
            shown,
            overruns: false,
        }
    }
}

/// The links of a file that symphonia knows as `container`. At least one.
pub(super) fn links(file: File, shown: &Shown, container: &str) -> io::Result<Vec<ChainLink>> {
    let (source, budget) = BoundedFile::new(file, shown.clone());
    let mut bytes = Bytes {
        file: BufReader::with_capacity(64 << 10, source),
        budget,
        at: 0,
        byte_len: shown.len(),
    };
    let cuts = match container {
        "ogg" => ogg_cuts(&mut bytes)?,
        "mp1" | "mp2" | "mp3" | "aac" => frame_cuts(&mut bytes)?,
        _ => Cuts::default(),
    };
    let starts = std::iter::once(0).chain(cuts.places.iter().copied());
    let ends = cuts.places.iter().copied().chain([shown.len()]);
    let links = starts
        .zip(ends)
        .enumerate()
        .map(|(index, (start, end))| ChainLink {
            shown: match cuts.places.is_empty() {
                true => shown.clone(),
                false => shown.part(start..end),
            },
            overruns: cuts.overruns.contains(&index),
        });
    Ok(links.collect())
}

/// Where links begin behind the first one.
#[derive(Default)]
struct Cuts {
    places: Vec<u64>,
    /// The links that go on behind the end that their header states.
    overruns: Vec<usize>,
}

/// A file read mostly forwards, a little at a time.
struct Bytes {
    file: BufReader<BoundedFile>,
    budget: Budget,
    at: u64,
    byte_len: u64,
}

impl Bytes {
    /// Up to `count` bytes from `at` on.
    fn peek(&mut self, at: u64, count: usize) -> io::Result<Vec<u8>> {
        self.budget.refill();
        if at != self.at {
            self.file.seek_relative(at as i64 - self.at as i64)?;
        }
        let mut bytes = Vec::with_capacity(count);
        (&mut self.file)
            .take(count as u64)
            .read_to_end(&mut bytes)?;
        self.at = at + bytes.len() as u64;
        Ok(bytes)
    }

    /// The first place from `from` on where `marker` stands; the end of the file if there is none.
    fn find(&mut self, marker: &[u8], mut from: u64) -> io::Result<u64> {
        loop {
            let bytes = self.peek(from, 4_096)?;
            if let Some(at) = bytes
                .windows(marker.len())
                .position(|window| window == marker)
            {
                return Ok(from + at as u64);
            }
            if bytes.len() < marker.len() || from + bytes.len() as u64 >= self.byte_len {
                return Ok(self.byte_len);
            }
            from += (bytes.len() - marker.len() + 1) as u64;
        }
    }

    /// The first place from `from` on that may be a frame's header.
    fn find_sync(&mut self, mut from: u64) -> io::Result<u64> {
        loop {
            let bytes = self.peek(from, 4_096)?;
            let sync = bytes.windows(3).position(|window| {
                window[0] == 0xff && window[1] >= 0xe0 && window[1..] != [0xff, 0xff]
            });
            match sync {
                Some(at) => return Ok(from + at as u64),
                None if bytes.len() < 3 => return Ok(self.byte_len),
                None => from += (bytes.len() - 2) as u64,
            }
        }
    }
}

/// Ogg: a link begins where, behind pages of sound, a page begins a stream (RFC 3533, 6, header type flag 0x02).
fn ogg_cuts(bytes: &mut Bytes) -> io::Result<Cuts> {
    let (mut at, mut cuts, mut in_sound) = (0, Vec::new(), false);
    while at < bytes.byte_len && cuts.len() + 1 < LINKS_MAX {
        let head = bytes.peek(at, 27)?;
        if head.len() < 27 || !head.starts_with(b"OggS") {
            at = bytes.find(b"OggS", at + 1)?;
            continue;
        }
        let begins = head[5] & 0x02 != 0;
        if begins && in_sound {
            cuts.push(at);
        }
        in_sound = !begins;
        let segments = bytes.peek(at + 27, head[26].into())?;
        let body: u64 = segments.iter().map(|length| u64::from(*length)).sum();
        at += 27 + u64::from(head[26]) + body;
    }
    Ok(Cuts {
        places: cuts,
        overruns: Vec::new(),
    })
}

/// MPEG audio and ADTS: a link begins behind a tag, at a header that states a length, at frames of another kind, and
/// where a stated length is over and a frame needs none of those before it.
fn frame_cuts(bytes: &mut Bytes) -> io::Result<Cuts> {
    let end = sound_end(bytes)?;
    let (mut at, mut misses) = (0, 0);
    let (mut cuts, mut overruns) = (Vec::new(), Vec::new());
    let mut kind: Option<StreamParameters> = None;
    // Where the next link begins if sound follows: behind the tags of the last, before those of the next.
    let mut behind_tag = None;
    let mut stated_left: Option<u64> = None;
    let mut surplus: Option<Surplus> = None;
    while at < end && cuts.len() + 1 < LINKS_MAX && misses < MISSES_MAX {
        let head = bytes.peek(at, HEAD_BYTES)?;
        if let Some((length, is_of_next)) = tag(&head) {
            if kind.is_some() {
                behind_tag = match (behind_tag, is_of_next) {
                    (Some(start), true) => Some(start),
                    (None, true) => Some(at),
                    (_, false) => Some(at + length),
                };
            }
            at += length;
            continue;
        }
        let Some(frame) = believed(bytes, at, &head, kind)? else {
            at = bytes.find_sync(at + 1)?;
            misses += 1;
            continue;
        };
        let stated = frame.stated(&head);
        if kind.is_none()
            && let Some(length) = stated.as_ref().and_then(|stated| stated.bytes)
            && end <= at + length + UNMENTIONED_BYTES
        {
            break;
        }
        let changed = kind.is_some_and(|kind| kind != frame.kind);
        if kind.is_some() && (changed || stated.is_some() || behind_tag.is_some()) {
            cuts.push(behind_tag.unwrap_or(at));
            (stated_left, surplus) = (None, None);
        }
        if let Some(stated) = stated {
            stated_left = stated.frames.filter(|frames| *frames > 0);
        } else if let Some(left) = &mut stated_left {
            if *left == 0 {
                let surplus = surplus.get_or_insert(Surplus {
                    at,
                    stands_alone: frame.stands_alone(&head),
                    frames: 0,
                });
                surplus.frames += 1;
            }
            *left = left.saturating_sub(1);
        }
        if let Some(more) = surplus.take_if(|surplus| surplus.frames > FRAMES_UNCOUNTED) {
            match more.stands_alone {
                true => cuts.push(more.at),
                // The header lies: the same stream goes on.
                false => overruns.push(cuts.len()),
            }
            stated_left = None;
        }
        (kind, behind_tag) = (Some(frame.kind), None);
        at += frame.byte_len;
    }
    Ok(Cuts {
        places: cuts,
        overruns,
    })
}

/// Frames behind the end that a header states.
struct Surplus {
    /// The first of them.
    at: u64,
    /// Whether it needs none of those before it.
    stands_alone: bool,
    frames: u32,
}

/// The frame at `at`. One of another kind than those before, or the first, must be followed by more of its kind.
fn believed(
    bytes: &mut Bytes,
    at: u64,
    head: &[u8],
    known: Option<StreamParameters>,
) -> io::Result<Option<Frame>> {
    let Some(frame) = Frame::read(head) else {
        return Ok(None);
    };
    if known == Some(frame.kind) {
        return Ok(Some(frame));
    }
    let mut next = at + frame.byte_len;
    for _ in 1..FRAMES_TO_BELIEVE {
        if next >= bytes.byte_len && known.is_none() {
            break;
        }
        match Frame::read(&bytes.peek(next, HEADER_BYTES)?) {
            Some(follower) if follower.kind == frame.kind => next += follower.byte_len,
            _ => return Ok(None),
        }
    }
    Ok(Some(frame))
}

/// The length of the tag that `head` begins, and whether it speaks of what follows it.
fn tag(head: &[u8]) -> Option<(u64, bool)> {
    if let Some(length) = id3v2_byte_len(head, b"ID3") {
        return Some((length, true));
    }
    if head.starts_with(b"TAG") {
        return Some((ID3V1_BYTES, false));
    }
    ape_byte_len(head).map(|length| (length, false))
}

/// The length of an APE tag whose header or footer is at hand, and of that: the size it states counts items and footer.
fn ape_byte_len(head: &[u8]) -> Option<u64> {
    let size = head.get(12..16)?.try_into().ok()?;
    head.starts_with(b"APETAGEX")
        .then(|| u64::from(u32::from_le_bytes(size)) + APE_BYTES)
}

/// Where the tags at the end of the file begin, as far as they tell.
fn sound_end(bytes: &mut Bytes) -> io::Result<u64> {
    let mut end = bytes.byte_len;
    if end >= ID3V1_BYTES && bytes.peek(end - ID3V1_BYTES, 3)? == b"TAG" {
        end -= ID3V1_BYTES;
    }
    if end >= APE_BYTES {
        let footer = bytes.peek(end - APE_BYTES, APE_BYTES as usize)?;
        if let Some(length) = ape_byte_len(&footer) {
            // The size counts the footer, not the header.
            end = end.saturating_sub(length);
        }
    }
    Ok(end)
}
