//! Matroska (RFC 9559): how much of the first and the last packet is not to be heard, which its demuxer does not tell,
//! and a file cut short without the index that leads beyond its end.

use std::fs::File;
use std::io;

use super::{CodecTrim, Shown};
use crate::bytes::{STEPS_MAX, be, read_at};

/// How far before the end the last cluster is looked for, step by step.
const LAST_CLUSTER_REACH: [u64; 3] = [256 << 10, 4 << 20, 32 << 20];
const CLUSTER: [u8; 4] = [0x1f, 0x43, 0xb6, 0x75];

/// An element's id, and where its body begins and ends (RFC 8794, 4 to 6).
fn element(bytes: &[u8]) -> Option<(u64, u64, Option<u64>)> {
    let number = |from: usize| {
        let len = bytes.get(from)?.leading_zeros() as usize + 1;
        (len <= 8).then_some(())?;
        Some((be(bytes.get(from..from + len)?), len))
    };
    let (id, id_len) = number(0)?;
    let (size, size_len) = number(id_len)?;
    let mask = (1_u64 << (7 * size_len)) - 1;
    let len = (size & mask != mask).then_some(size & mask);
    Some((id, (id_len + size_len) as u64, len))
}

/// What was met on a walk over elements.
#[derive(Default)]
struct ElementWalk {
    scale_ns: u64,
    track: Option<u64>,
    delay_ns: u64,
    index_at: Option<u64>,
    /// Where the segment's body begins.
    segment_at: Option<u64>,
    clusters_at: Option<u64>,
    cluster: u64,
    /// The sound's first and last block: time in ticks, sound to leave out, beginning of the packet.
    blocks: Vec<(i64, u64, Vec<u8>)>,
    laced: bool,
}

impl ElementWalk {
    /// Walks from `at` on. Stops at the first block if `first`.
    fn go(&mut self, file: &mut File, mut at: u64, byte_len: u64, first: bool) -> io::Result<()> {
        let (mut kind, mut number, mut delay_ns) = (0, 0, 0);
        for _ in 0..STEPS_MAX {
            let head = read_at(file, at, 12)?;
            let Some((id, head_len, len)) = element(&head) else {
                return Ok(());
            };
            let body = at + head_len;
            let end = body.saturating_add(len.unwrap_or(u64::MAX)).min(byte_len);
            let value = |file: &mut File| {
                Ok::<_, io::Error>(be(&read_at(file, body, (end - body.min(end)).min(8))?))
            };
            let mut next = end;
            match id {
                0x1853_8067 => {
                    self.segment_at = Some(body);
                    next = body;
                }
                // Info, Tracks, BlockGroup.
                0x1549_a966 | 0x1654_ae6b | 0xa0 => next = body,
                0x114d_9b74 => self.index_at = Some(at),
                0x2a_d7b1 => self.scale_ns = value(file)?,
                0xae => {
                    (kind, number, delay_ns) = (0, 0, 0);
                    next = body;
                }
                0xd7 => number = value(file)?,
                0x83 => kind = value(file)?,
                0x56aa => delay_ns = value(file)?,
                0x1f43_b675 => {
                    self.clusters_at.get_or_insert(at);
                    next = body;
                }
                0xe7 => self.cluster = value(file)?,
                0xa3 | 0xa1 => {
                    // The number of the track, in one byte as all have it; time, flags, packet.
                    let block = read_at(file, body, (end - body.min(end)).min(68))?;
                    if block.len() > 4 && self.track == Some(u64::from(block[0] & 0x7f)) {
                        let time = i64::from(i16::from_be_bytes([block[1], block[2]]));
                        self.laced |= block[3] & 6 != 0;
                        let block = (self.cluster as i64 + time, 0, block[4..].to_vec());
                        self.blocks.truncate(1);
                        self.blocks.push(block);
                        if first {
                            return Ok(());
                        }
                    }
                }
                0x75a2 => {
                    let bytes = read_at(file, body, (end - body.min(end)).min(8))?;
                    // A negative one is at the beginning of a packet.
                    let positive = bytes.first().is_some_and(|byte| byte & 0x80 == 0);
                    if let Some(last) = self.blocks.last_mut().filter(|_| positive) {
                        last.1 = be(&bytes);
                    }
                }
                _ => {}
            }
            if self.track.is_none() && kind == 2 && number > 0 {
                self.track = Some(number);
            }
            if self.track == Some(number) && delay_ns > 0 {
                self.delay_ns = delay_ns;
            }
            at = next;
            if at >= byte_len {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// The length that leads from `body` to the end of the file, written as long as the one that stands before `body`.
fn length_to_end(file: &mut File, body: u64, byte_len: u64) -> io::Result<Option<(u64, Vec<u8>)>> {
    let head_at = body.saturating_sub(12);
    let head = read_at(file, head_at, body - head_at)?;
    // Both elements have ids of four bytes.
    for size_len in 1..=8 {
        let at = head.len().checked_sub(size_len);
        let id = at.and_then(|at| head.get(at.checked_sub(4)?..at));
        if id.is_some_and(|id| id == CLUSTER || id == [0x18, 0x53, 0x80, 0x67]) {
            let len = byte_len.saturating_sub(body) | 1 << (7 * size_len);
            let bytes = len.to_be_bytes()[8 - size_len..].to_vec();
            return Ok(Some((body - size_len as u64, bytes)));
        }
    }
    Ok(None)
}

pub(super) fn show(file: &mut File, start: u64, byte_len: u64) -> io::Result<Option<Shown>> {
    let mut walk = ElementWalk {
        scale_ns: 1_000_000,
        ..ElementWalk::default()
    };
    walk.go(file, start, byte_len, true)?;
    let Some(clusters_at) = walk.clusters_at else {
        return Ok(None);
    };
    // Lengths that reach beyond the end, as those of a file cut short do: where each stands, and what it should be.
    let mut changed: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut is_whole = false;
    for reach in LAST_CLUSTER_REACH {
        let from = byte_len.saturating_sub(reach).max(clusters_at);
        let bytes = read_at(file, from, byte_len - from)?;
        let last = (0..bytes.len().saturating_sub(4)).rev().find(|at| {
            // Clusters begin with their time.
            let inside =
                element(&bytes[*at..]).and_then(|(_, head, _)| bytes.get(at + head as usize));
            bytes[*at..].starts_with(&CLUSTER) && inside.is_some_and(|id| matches!(id, 0xe7 | 0xbf))
        });
        if let Some(last) = last {
            let (_, head, len) = element(&bytes[last..]).unwrap_or_default();
            let at = from + last as u64;
            is_whole = len.is_none_or(|len| at + head + len <= byte_len);
            if !is_whole {
                for body in walk.segment_at.into_iter().chain([at + head]) {
                    changed.extend(length_to_end(file, body, byte_len)?);
                }
            }
            walk.go(file, at, byte_len, false)?;
            break;
        }
    }
    if let Some(index_at) = walk.index_at.filter(|_| !is_whole) {
        // Hidden as an element that stands for nothing: an id of one byte, a length of eight.
        let (_, head, len) = element(&read_at(file, index_at, 12)?).unwrap_or_default();
        let void = (head + len.unwrap_or(0)).saturating_sub(9) | 1 << 56;
        changed.push((index_at, [&[0xec], void.to_be_bytes().as_slice()].concat()));
    }
    let mut shown = Shown::patched(changed, byte_len);
    if let [(first, ..), .., (last, padding_ns, packet)] = walk.blocks.as_slice()
        && !walk.laced
    {
        shown.ends = Some(CodecTrim {
            delay_ns: walk.delay_ns,
            padding_ns: *padding_ns,
            last_at_ns: (last.saturating_sub(*first).max(0) as u64).saturating_mul(walk.scale_ns),
            last: packet.clone(),
        });
    }
    Ok(Some(shown))
}
