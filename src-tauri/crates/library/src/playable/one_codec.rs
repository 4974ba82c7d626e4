//! Files of formats that are one codec in its own file: Monkey's Audio, WavPack, True Audio, Musepack.

use std::io::{self, BufRead, Seek};

use segue_core::{FileFault, MusepackHead, SIGNATURE_BYTES, TtaHead, WavpackHead, ape_refusal};

use crate::bytes::{le, read_at};
use crate::playable::facts::Facts;

/// Monkey's Audio since version 3.98: a descriptor, a header, and where each frame begins.
pub(super) fn ape(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<Result<Facts, FileFault>> {
    let head = read_at(file, start, SIGNATURE_BYTES as u64)?;
    if let Some(why) = ape_refusal(&head) {
        return Ok(Err(why));
    }
    let field = |at: usize, len: usize| head.get(at..at + len).map(le);
    let fields = (field(8, 4), field(12, 4), field(16, 4), field(20, 4));
    let (Some(descriptor), Some(header), Some(seek), Some(wav)) = fields else {
        return Ok(Err(FileFault::CutOff));
    };
    let at = usize::try_from(descriptor)
        .unwrap_or(usize::MAX)
        .min(1 << 20);
    let numbers = (
        field(at + 4, 4),
        field(at + 8, 4),
        field(at + 12, 4),
        field(at + 20, 4),
    );
    let (Some(per_frame), Some(last), Some(frames), Some(rate_hz)) = numbers else {
        return Ok(Err(FileFault::CutOff));
    };
    if frames == 0 {
        return Ok(Err(FileFault::NoAudio));
    }
    // The first frame ends where the second begins.
    let first_ends = match frames {
        1 => {
            let body = (field(28, 4).unwrap_or_default() << 32) | field(24, 4).unwrap_or_default();
            (descriptor + header + seek + wav).saturating_add(body)
        }
        _ => read_at(file, start + descriptor + header + 4, 4)?
            .get(..4)
            .map_or(u64::MAX, le),
    };
    if start.saturating_add(first_ends) > file_len {
        return Ok(Err(FileFault::CutOff));
    }
    let samples = (frames - 1).saturating_mul(per_frame).saturating_add(last);
    Ok(Ok(Facts {
        codec: Some("ape"),
        sample_rate_hz: u32::try_from(rate_hz).ok().filter(|hz| *hz > 0),
        duration_s: Some(samples as f64 / rate_hz.max(1) as f64),
        ..Facts::default()
    }))
}

/// WavPack: blocks, each with a header.
pub(super) fn wavpack(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<Result<Facts, FileFault>> {
    let found = WavpackHead::find(file_len - start, |at, len| {
        read_at(file, start + at, len as u64)
    })?;
    Ok(found.map(|head| Facts {
        codec: Some("wavpack"),
        sample_rate_hz: Some(head.rate_hz).filter(|hz| *hz > 0),
        duration_s: head
            .frames()
            .map(|frames| frames as f64 / f64::from(head.rate_hz.max(1))),
        ..Facts::default()
    }))
}

/// True Audio: a header, and a table of frames.
pub(super) fn tta(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<Result<Facts, FileFault>> {
    let found = TtaHead::find(file_len - start, |at, len| {
        read_at(file, start + at, len as u64)
    })?;
    Ok(found.map(|head| told("tta", head.rate_hz, head.samples.into())))
}

/// Musepack: a header, and frames or packets of them.
pub(super) fn musepack(
    file: &mut (impl BufRead + Seek),
    start: u64,
    file_len: u64,
) -> io::Result<Result<Facts, FileFault>> {
    let found = MusepackHead::find(file_len - start, |at, len| {
        read_at(file, start + at, len as u64)
    })?;
    Ok(found.map(|head| told("musepack", head.rate_hz, head.samples)))
}

fn told(codec: &'static str, rate_hz: u32, samples: u64) -> Facts {
    Facts {
        codec: Some(codec),
        sample_rate_hz: Some(rate_hz),
        duration_s: Some(samples as f64 / f64::from(rate_hz.max(1))),
        ..Facts::default()
    }
}
