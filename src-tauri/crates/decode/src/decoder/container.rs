//! Finding out which container a link is, and which of its tracks is decoded.

use std::fs::File;
use std::path::Path;
use std::sync::OnceLock;

use segue_core::{FailedFile, FileFault, SIGNATURE_BYTES, id3v2_byte_len, unplayable_format};
use symphonia::core::errors::Error as CodecError;
use symphonia::core::formats::probe::{Hint, Probe};
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::default::formats::{AdtsReader, MpaReader};
use symphonia::default::meta::{ApeReader as ApeTags, Id3v1Reader, Id3v2Reader};

use crate::ape;
use crate::dsd;
use crate::error;
use crate::shown::Shown;
use crate::source::{BoundedFile, Budget};
use crate::{musepack, tta, wavpack};

/// Finds out which container the link is.
pub(super) fn open_container(
    path: &Path,
    mut file: File,
    shown: &Shown,
) -> Result<(Box<dyn FormatReader>, Budget), FailedFile> {
    let head = head(&mut file, shown).map_err(|e| FailedFile::new(path, e))?;
    if let Some(name) = unplayable_format(&head) {
        return Err(FailedFile::new(path, FileFault::not_playable(name)));
    }
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|extension| extension.to_str()) {
        hint.with_extension(&extension.to_lowercase());
    }
    let (source, budget) = BoundedFile::new(file, shown.clone());
    let stream = MediaSourceStream::new(Box::new(source), Default::default());
    let own = |reader: Result<Box<dyn FormatReader>, FileFault>| match reader {
        Ok(reader) => Ok((reader, budget.clone())),
        Err(why) => Err(FailedFile::new(path, why)),
    };
    if ape::is_ape(&head) {
        return own(ape::open(stream, &head).map(|reader| Box::new(reader) as _));
    }
    if wavpack::is_wavpack(&head) {
        return own(wavpack::open(stream).map(|reader| Box::new(reader) as _));
    }
    if tta::is_tta(&head) {
        return own(tta::open(stream).map(|reader| Box::new(reader) as _));
    }
    if musepack::is_musepack(&head) {
        return own(musepack::open(stream).map(|reader| Box::new(reader) as _));
    }
    if dsd::is_dsd(&head) {
        return own(dsd::open(stream).map(|reader| Box::new(reader) as _));
    }
    let probe = match is_container(&head) {
        true => symphonia::default::get_probe(),
        false => frames_probe(),
    };
    let reader = probe
        .probe(
            &hint,
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(|error| match error {
            // It is known what it is, and it ends before its sound.
            CodecError::IoError(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => {
                let why = match is_container(&head) {
                    true => FileFault::CutOff,
                    false => FileFault::UnknownFormat,
                };
                FailedFile::new(path, why)
            }
            CodecError::Unsupported(_) => FailedFile::new(path, FileFault::UnknownFormat),
            other => error::codec(path, other),
        })?;
    Ok((reader, budget))
}

/// The track that is decoded.
pub(super) fn sound_track(reader: &dyn FormatReader) -> Option<&Track> {
    reader
        .default_track(TrackType::Audio)
        .or_else(|| reader.first_track(TrackType::Audio))
}

/// The first bytes behind any ID3v2 tags.
fn head(file: &mut File, shown: &Shown) -> std::io::Result<Vec<u8>> {
    let mut start = 0;
    loop {
        let mut head = vec![0; SIGNATURE_BYTES];
        let mut filled = 0;
        loop {
            match shown.read(file, start + filled as u64, &mut head[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        head.truncate(filled);
        match id3v2_byte_len(&head, b"ID3") {
            Some(length) if start + length < shown.len() => start += length,
            _ => return Ok(head),
        }
    }
}

/// Whether a file begins with the marker of a container. Further inside, such a marker is chance or a file within
/// another: formats that nobody here decodes keep a WAV header for when they are unpacked.
fn is_container(head: &[u8]) -> bool {
    const MARKERS: [&[u8]; 6] = [
        b"RIFF",
        b"FORM",
        b"OggS",
        b"fLaC",
        b"caff",
        b"\x1aE\xdf\xa3",
    ];
    MARKERS.iter().any(|marker| head.starts_with(marker)) || head.get(4..8) == Some(b"ftyp")
}

/// Finds MPEG and AAC frames, which have no marker but themselves and may begin anywhere.
fn frames_probe() -> &'static Probe {
    static PROBE: OnceLock<Probe> = OnceLock::new();
    PROBE.get_or_init(|| {
        let mut probe = Probe::new();
        probe.register_format::<AdtsReader<'_>>();
        probe.register_format::<MpaReader<'_>>();
        probe.register_metadata::<ApeTags<'_>>();
        probe.register_metadata::<Id3v1Reader<'_>>();
        probe.register_metadata::<Id3v2Reader<'_>>();
        probe
    })
}
