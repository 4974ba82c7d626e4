//! MP4 (ISO/IEC 14496-12): where the music lies in it.
//!
//! Symphonia yields every decoded frame, priming and padding included; the truth stands in iTunes' `iTunSMPB` comment
//! (delay, padding and length in samples), else in the track's edit list (8.6.6). Of a fragmented file it believes the
//! first segment index (`sidx`), though each may count one fragment only; the fragments themselves know (8.8).

use crate::bytes::be;

/// Frames that an encoder puts behind the music at most, to fill its last packets.
const PADDING_MAX: u64 = 8_192;

/// The part of an MP4 audio track that is to be heard, in samples at the track's time scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AudibleRange {
    /// Decoded frames before the first audible one.
    pub(crate) delay: u64,
    /// Audible frames, where the file says so.
    pub(crate) frames: Option<u64>,
}

/// What an MP4 says of the sound track that is played.
#[derive(Clone, Debug, Default)]
pub(crate) struct Movie {
    pub(crate) moov: Vec<u8>,
    /// Ticks of the track's clock that all samples last, where some lie in fragments.
    pub(crate) fragments: Option<u64>,
}

impl Movie {
    /// The edit of the sound track, in frames at `rate_hz`; `total` is the number of frames that the packets decode to,
    /// where the file has no fragments.
    pub(crate) fn edit(&self, total: Option<u64>, rate_hz: u32) -> AudibleRange {
        let scale = sound_trak(&self.moov).and_then(media_scale);
        let exact = scale == Some(rate_hz);
        let total = self.fragments.filter(|_| exact).or(total);
        if let Some(edit) = itunes_edit(&self.moov) {
            return edit;
        }
        let Some((edit, scale)) = list_edit(&self.moov, total).zip(scale) else {
            return AudibleRange {
                delay: 0,
                frames: total,
            };
        };
        let delay = u128::from(edit.delay) * u128::from(rate_hz) / u128::from(scale);
        let frames = match (edit.frames, total) {
            // Of a fragmented file the list may know no more than the first fragment.
            (Some(edited), Some(total)) if self.fragments.is_some() => {
                let whole = total.saturating_sub(edit.delay);
                Some(if edited.saturating_add(PADDING_MAX) < whole {
                    whole
                } else {
                    edited
                })
            }
            (edited, _) => edited,
        };
        AudibleRange {
            delay: u64::try_from(delay).unwrap_or(0),
            frames: frames.filter(|_| exact),
        }
    }

    /// Length of a fragmented file in seconds.
    pub(crate) fn fragments_s(&self) -> Option<f64> {
        let scale = sound_trak(&self.moov).and_then(media_scale)?;
        self.fragments.map(|ticks| ticks as f64 / f64::from(scale))
    }
}

/// Where the tables state that the sound begins.
pub(crate) fn first_chunk(moov: &[u8]) -> Option<u64> {
    let tables = atom(sound_trak(moov)?, &[b"mdia", b"minf", b"stbl"])?;
    let short = atom(tables, &[b"stco"]).and_then(|table| table.get(8..12));
    let long = || atom(tables, &[b"co64"])?.get(8..16);
    short.or_else(long).map(be)
}

/// The tracks of `moov`: where the kind of each stands, and its body.
fn traks(moov: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    places(moov).filter_map(|(place, kind, body)| (kind == b"trak").then_some((place, body)))
}

fn is_sound(trak: &[u8]) -> bool {
    atom(trak, &[b"mdia", b"hdlr"]).and_then(|hdlr| hdlr.get(8..12)) == Some(b"soun")
}

/// The sound track that is played: the first of a codec that is known here, else the first.
fn sound_trak(moov: &[u8]) -> Option<&[u8]> {
    let known = |trak: &[u8]| {
        let entry =
            atom(trak, &[b"mdia", b"minf", b"stbl", b"stsd"]).and_then(|stsd| stsd.get(12..16));
        entry.is_some_and(|entry| {
            !matches!(
                entry,
                b"ac-3" | b"ec-3" | b"ac-4" | b"dtsc" | b"dtsh" | b"enca"
            )
        })
    };
    let sounds = || {
        traks(moov)
            .map(|(_, trak)| trak)
            .filter(|trak| is_sound(trak))
    };
    sounds()
        .find(|trak| known(trak))
        .or_else(|| sounds().next())
}

/// A track's number in its header.
fn track_id(trak: &[u8]) -> Option<u64> {
    let header = atom(trak, &[b"tkhd"])?;
    let at = if *header.first()? == 1 { 20 } else { 12 };
    header.get(at..at + 4).map(be)
}

/// Where the kinds of all tracks stand that are not the one played, and of what fragments say of them.
pub(crate) fn others(moov: &[u8]) -> impl Iterator<Item = usize> {
    let played = sound_trak(moov);
    let id = played.and_then(track_id);
    let same = move |trak: &[u8]| played.is_none_or(|played| std::ptr::eq(played, trak));
    let tracks = traks(moov)
        .filter(move |(_, trak)| !same(trak))
        .map(|(place, _)| place);
    let extends = places(moov)
        .filter(|(_, kind, _)| kind == b"mvex")
        .flat_map(|(place, _, body)| {
            places(body).map(move |(inner, kind, body)| (place + 4 + inner, kind, body))
        })
        .filter(move |(_, kind, body)| {
            kind == b"trex" && id.is_some() && body.get(4..8).map(be) != id
        })
        .map(|(place, _, _)| place);
    tracks.chain(extends)
}

/// Ticks that the played track's samples in this fragment last (ISO/IEC 14496-12, 8.8.3 and 8.8.7 to 8.8.8).
pub(crate) fn fragment_ticks(moov: &[u8], moof: &[u8]) -> u64 {
    let Some(id) = sound_trak(moov).and_then(track_id) else {
        return 0;
    };
    let by_movie = atom(moov, &[b"mvex"])
        .into_iter()
        .flat_map(atoms)
        .find(|(kind, body)| kind == b"trex" && body.get(4..8).map(be) == Some(id))
        .and_then(|(_, body)| body.get(12..16).map(be));
    let mut ticks = 0_u64;
    for (_, traf) in atoms(moof).filter(|(kind, _)| kind == b"traf") {
        let Some(header) = atom(traf, &[b"tfhd"]).filter(|header| header.len() >= 8) else {
            continue;
        };
        if be(&header[4..8]) != id {
            continue;
        }
        let flags = be(&header[1..4]);
        // Optional fields before the usual duration: the place of the data, the number of the description.
        let at = 8 + if flags & 1 != 0 { 8 } else { 0 } + if flags & 2 != 0 { 4 } else { 0 };
        let by_fragment = (flags & 8 != 0)
            .then(|| header.get(at..at + 4).map(be))
            .flatten();
        let usual = by_fragment.or(by_movie).unwrap_or(0);
        for (_, run) in atoms(traf).filter(|(kind, run)| kind == b"trun" && run.len() >= 8) {
            ticks = ticks.saturating_add(run_ticks(run, usual));
        }
    }
    ticks
}

/// Ticks that the samples last that the movie itself lists (8.6.1.2).
pub(crate) fn table_ticks(moov: &[u8]) -> u64 {
    let table = sound_trak(moov).and_then(|trak| atom(trak, &[b"mdia", b"minf", b"stbl", b"stts"]));
    let rows = table.and_then(|table| table.get(8..)).unwrap_or_default();
    rows.chunks_exact(8).fold(0, |ticks: u64, row| {
        ticks.saturating_add(be(&row[..4]).saturating_mul(be(&row[4..])))
    })
}

/// Ticks that the samples of a `trun` last.
fn run_ticks(run: &[u8], usual: u64) -> u64 {
    let (flags, count) = (be(&run[1..4]), be(&run[4..8]));
    if flags & 0x100 == 0 {
        return count.saturating_mul(usual);
    }
    // The place of the data and the flags of the first sample stand before the table.
    let table = 8 + if flags & 1 != 0 { 4 } else { 0 } + if flags & 4 != 0 { 4 } else { 0 };
    let row = 4 * (flags >> 8 & 15).count_ones() as usize;
    let rows = run.get(table..).unwrap_or_default().chunks_exact(row);
    rows.take(count as usize).map(|row| be(&row[..4])).sum()
}

/// The atoms directly inside `body`, with the place where the kind of each stands.
fn places(body: &[u8]) -> impl Iterator<Item = (usize, &[u8], &[u8])> {
    let mut at = 0;
    atoms(body).map(move |(kind, inner)| {
        let place = at + 4;
        at += 8 + inner.len();
        (place, kind, inner)
    })
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
fn itunes_edit(moov: &[u8]) -> Option<AudibleRange> {
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
    Some(AudibleRange {
        delay,
        frames: (frames > 0).then_some(frames),
    })
}

/// The first edit of the sound track that shows media, in ticks of its clock (media time −1 means an empty edit).
fn list_edit(moov: &[u8], total: Option<u64>) -> Option<AudibleRange> {
    let movie_scale = time_scale(atom(moov, &[b"mvhd"])?)?;
    let trak = sound_trak(moov)?;
    let media_scale = media_scale(trak)?;
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
    Some(AudibleRange { delay, frames })
}

/// Ticks per second of a track's clock.
fn media_scale(trak: &[u8]) -> Option<u32> {
    time_scale(atom(trak, &[b"mdia", b"mdhd"])?)
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
            Some(AudibleRange {
                delay: 0x840,
                frames: Some(0x3F_31F6)
            })
        );
        assert_eq!(itunes_edit(&moov[..moov.len() - 30]), None);
    }
}
