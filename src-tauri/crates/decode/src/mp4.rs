//! Where the music begins and ends in an MP4 file. Symphonia yields every decoded frame, priming and padding
//! included; the truth stands in iTunes' `iTunSMPB` comment (delay, padding and length in samples), else in
//! the track's edit list (ISO/IEC 14496-12, 8.6.6).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// A `moov` larger than this is not read (covers lie in it, so megabytes are common).
const MOOV_BYTES_MAX: u64 = 256 << 20;

/// The part of an MP4 audio track that is to be heard, in samples at the track's time scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Decoded frames before the first audible one.
    pub(crate) delay: u64,
    /// Audible frames, where the file says so.
    pub(crate) frames: Option<u64>,
}

/// Reads the edit of the first sound track; `total` is the number of frames that its packets decode to.
///
/// `None` where the file states no edit, or is no MP4.
pub(crate) fn read_edit(file: &mut File, total: Option<u64>) -> Option<Edit> {
    let moov = read_moov(file)?;
    itunes_edit(&moov).or_else(|| list_edit(&moov, total))
}

/// Finds the top-level `moov` atom and reads its body.
fn read_moov(file: &mut File) -> Option<Vec<u8>> {
    let len = file.seek(SeekFrom::End(0)).ok()?;
    let mut at = 0;
    while at + 8 <= len {
        file.seek(SeekFrom::Start(at)).ok()?;
        let mut head = [0; 16];
        file.read_exact(&mut head[..8]).ok()?;
        let mut size = u64::from(u32::from_be_bytes(head[..4].try_into().ok()?));
        let mut header = 8;
        if size == 1 {
            file.read_exact(&mut head[8..]).ok()?;
            size = u64::from_be_bytes(head[8..].try_into().ok()?);
            header = 16;
        } else if size == 0 {
            size = len - at;
        }
        if size < header || size > len - at {
            return None;
        }
        if &head[4..8] == b"moov" {
            if size > MOOV_BYTES_MAX {
                return None;
            }
            let mut body = vec![0; (size - header) as usize];
            file.read_exact(&mut body).ok()?;
            return Some(body);
        }
        at += size;
    }
    None
}

/// The atoms directly inside `body`.
fn atoms(body: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = body;
    std::iter::from_fn(move || {
        let size = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let kind = rest.get(4..8)?;
        let inner = rest.get(8..size)?;
        rest = &rest[size..];
        Some((kind, inner))
    })
}

fn atom<'a>(body: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(body, |body, wanted| {
        atoms(body)
            .find(|(kind, _)| kind == &wanted.as_slice())
            .map(|(_, inner)| inner)
    })
}

/// `iTunSMPB`: ` 00000000 00000840 000001CA 00000000003F31F6 …`, in hexadecimal: nothing, delay, padding, frames.
fn itunes_edit(moov: &[u8]) -> Option<Edit> {
    let name = b"iTunSMPB";
    let at = moov.windows(name.len()).position(|window| window == name)?;
    let (kind, value) = atoms(&moov[at + name.len()..]).next()?;
    if kind != b"data" {
        return None;
    }
    let text = std::str::from_utf8(value.get(8..)?).ok()?;
    let mut numbers = text
        .split_whitespace()
        .map(|word| u64::from_str_radix(word, 16));
    let (_, delay, _, frames) = (
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
    );
    Some(Edit {
        delay,
        frames: (frames > 0).then_some(frames),
    })
}

/// The first edit of the first sound track that shows media (media time −1 means an empty edit).
fn list_edit(moov: &[u8], total: Option<u64>) -> Option<Edit> {
    let movie_scale = time_scale(atom(moov, &[b"mvhd"])?)?;
    let trak = atoms(moov)
        .filter(|(kind, _)| kind == b"trak")
        .map(|(_, inner)| inner)
        .find(|trak| {
            atom(trak, &[b"mdia", b"hdlr"]).and_then(|hdlr| hdlr.get(8..12)) == Some(b"soun")
        })?;
    let media_scale = time_scale(atom(trak, &[b"mdia", b"mdhd"])?)?;
    let list = atom(trak, &[b"edts", b"elst"])?;
    let wide = *list.first()? == 1;
    let count = u32::from_be_bytes(list.get(4..8)?.try_into().ok()?) as usize;
    let (duration, delay) = list
        .get(8..)?
        .chunks_exact(if wide { 20 } else { 12 })
        .take(count)
        .map(|entry| {
            if wide {
                let (duration, time) = (entry[..8].try_into(), entry[8..16].try_into());
                (
                    u64::from_be_bytes(duration.unwrap_or_default()),
                    i64::from_be_bytes(time.unwrap_or_default()),
                )
            } else {
                let (duration, time) = (entry[..4].try_into(), entry[4..8].try_into());
                (
                    u64::from(u32::from_be_bytes(duration.unwrap_or_default())),
                    i64::from(i32::from_be_bytes(time.unwrap_or_default())),
                )
            }
        })
        .find(|(_, time)| *time >= 0)?;
    let delay = delay as u64;
    // The edit's length counts ticks of the movie, often milliseconds: when it agrees with the packets to one
    // tick, the packets know the sample.
    let ticks = u128::from(duration) * u128::from(media_scale);
    let edited = (ticks / u128::from(movie_scale)).min(u128::from(u64::MAX)) as u64;
    let tick = u64::from(media_scale).div_ceil(u64::from(movie_scale));
    let frames = match total.map(|total| total.saturating_sub(delay)) {
        Some(whole) if duration == 0 || whole <= edited.saturating_add(tick) => Some(whole),
        _ => (duration > 0).then_some(edited),
    };
    Some(Edit { delay, frames })
}

/// The time scale in an `mvhd` or `mdhd` body.
fn time_scale(body: &[u8]) -> Option<u32> {
    let at = if *body.first()? == 1 { 20 } else { 12 };
    let scale = u32::from_be_bytes(body.get(at..at + 4)?.try_into().ok()?);
    (scale > 0).then_some(scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn make(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [
            &(body.len() as u32 + 8).to_be_bytes(),
            kind.as_slice(),
            body,
        ]
        .concat()
    }

    /// A `moov` with one sound track at 44.1 kHz, a movie clock in milliseconds and this edit list.
    fn moov(edits: &[(u32, i32)]) -> Vec<u8> {
        let clock = |scale: u32| [&[0; 12], scale.to_be_bytes().as_slice(), &[0; 4]].concat();
        let mut list = (edits.len() as u64).to_be_bytes().to_vec();
        for (duration, time) in edits {
            list.extend(duration.to_be_bytes());
            list.extend(time.to_be_bytes());
            list.extend([0, 1, 0, 0]);
        }
        let media = [
            make(b"mdhd", &clock(44_100)),
            make(b"hdlr", &[&[0; 8], b"soun".as_slice(), &[0; 12]].concat()),
        ];
        let track = [
            make(b"edts", &make(b"elst", &list)),
            make(b"mdia", &media.concat()),
        ]
        .concat();
        [make(b"mvhd", &clock(1_000)), make(b"trak", &track)].concat()
    }

    #[test]
    fn the_edit_says_where_the_music_is() {
        let check = |edits: &[(u32, i32)], total, expected| {
            let found = list_edit(&moov(edits), total).map(|edit| (edit.delay, edit.frames));
            assert_eq!(found, expected, "{edits:?}");
        };
        // 60,000 frames last 1,360.5 ms: rounded to 1,361 ms, the packets know better.
        check(&[(1_361, 1_024)], Some(61_024), Some((1_024, Some(60_000))));
        check(&[(1_000, 1_024)], Some(61_024), Some((1_024, Some(44_100))));
        check(
            &[(500, -1), (1_000, 2_112)],
            None,
            Some((2_112, Some(44_100))),
        );
        check(&[(0, 1_024)], Some(61_024), Some((1_024, Some(60_000))));
        check(&[], Some(61_024), None);
        assert_eq!(list_edit(b"\0\0\0\x08trak", None), None);
    }

    #[test]
    fn itunes_writes_delay_and_length_in_a_comment() {
        let text = b" 00000000 00000840 000001CA 00000000003F31F6 00000000 00000000";
        let comment = [
            make(b"name", b"\0\0\0\0iTunSMPB"),
            make(b"data", &[&[0; 8], text.as_slice()].concat()),
        ];
        let moov = make(b"----", &comment.concat());
        assert_eq!(
            itunes_edit(&moov),
            Some(Edit {
                delay: 0x840,
                frames: Some(0x3F_31F6)
            })
        );
        assert_eq!(itunes_edit(&moov[..moov.len() - 30]), None);
    }
}
