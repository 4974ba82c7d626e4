//! Scan and decoder hold one opinion of every file: what is listed plays, what is refused does not, and it lasts as long
//! as it is said to. Over the fixtures of all rooms, and over what may become of them on the way.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use segue_core::{FileFault, FileSpan};
use segue_decode::Decoder;
use segue_library::{Sort, TrackQuery};

use crate::Segue;
use crate::testing::real;

/// What becomes of a file: what is told of it, its ending if that is another, and its bytes.
type FormatFate = (&'static str, Option<&'static str>, Vec<u8>);

fn fates(bytes: &[u8]) -> Vec<FormatFate> {
    let mut fates = vec![("whole", None, bytes.to_vec())];
    for ending in ["mp3", "flac", "m4a", "ogg", "wav"] {
        fates.push(("renamed", Some(ending), bytes.to_vec()));
    }
    for (share, what) in [(1, "a quarter"), (2, "a half"), (3, "three quarters")] {
        fates.push((what, None, bytes[..bytes.len() * share / 4].to_vec()));
    }
    fates.push(("a head", None, bytes[..bytes.len().min(64)].to_vec()));
    // An ID3v2.4 tag of 2,000 empty bytes, and an ID3v1 tag.
    let mut tag = b"ID3\x04\0\0\0\0\x0f\x50".to_vec();
    tag.resize(10 + 2000, 0);
    fates.push(("behind ID3v2", None, [&tag, bytes].concat()));
    let mut tag = b"TAG".to_vec();
    tag.resize(128, 0);
    fates.push(("before ID3v1", None, [bytes, &tag].concat()));
    fates
}

/// The sounds among the fixtures of all rooms, and one of the demo library.
fn fixtures() -> Vec<PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for room in fs::read_dir(&crates).unwrap() {
        let folder = room.unwrap().path().join("tests_data");
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let ending = path.extension().unwrap_or_default().to_string_lossy();
            if path.is_file() && !["md", "sh", "py", "db", "jpg", "png"].contains(&&*ending) {
                found.push(path);
            }
        }
    }
    found.push(crates.join("../../assets/demo/Slow Weather/01 - Estuary Light.opus"));
    found.sort();
    assert!(found.len() > 50, "{found:?}");
    found
}

/// What sounds of a file.
#[derive(Debug)]
struct AudibleContent {
    length_s: f64,
    rate_hz: f64,
    codec: String,
}

/// Decodes a file to its end; as `Err`, why nothing sounds.
fn sounds(path: &Path) -> Result<AudibleContent, FileFault> {
    let mut decoder = Decoder::open(path, FileSpan::WHOLE).map_err(|failed| failed.why)?;
    let format = decoder.format().clone();
    let mut samples = 0;
    let broken = loop {
        match decoder.next_block() {
            Ok(Some(block)) => samples += block.len(),
            Ok(None) => break None,
            Err(failed) => break Some(failed.why),
        }
    };
    let frames = samples / format.channels;
    match (frames, broken) {
        (0, broken) => Err(broken.unwrap_or(FileFault::NoAudio)),
        (frames, _) => Ok(AudibleContent {
            length_s: frames as f64 / f64::from(format.sample_rate_hz),
            rate_hz: f64::from(format.sample_rate_hz),
            codec: format.codec,
        }),
    }
}

#[test]
fn what_is_listed_plays_and_what_is_refused_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let music = real(folder.path()).join("music");
    let mut files: Vec<(PathBuf, &str)> = Vec::new();
    for fixture in fixtures() {
        let name = fixture.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&fixture).unwrap();
        for (number, (fate, ending, bytes)) in fates(&bytes).into_iter().enumerate() {
            let room = fixture.components().rev().nth(2).unwrap();
            let path = music
                .join(room.as_os_str())
                .join(number.to_string())
                .join(&name);
            let path = ending.map_or(path.clone(), |ending| {
                path.with_file_name(format!("{name}.{ending}"))
            });
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, bytes).unwrap();
            files.push((path, fate));
        }
    }
    let segue = Segue::open(Some(&folder.path().join("data"))).unwrap();
    segue
        .scan(std::slice::from_ref(&music), &mut |_| true)
        .unwrap();
    let query = TrackQuery {
        sort: Sort::Path,
        ..TrackQuery::default()
    };
    let listed = segue.library.tracks(&query).unwrap().tracks;
    let listed: HashMap<PathBuf, f64> = listed
        .into_iter()
        .map(|track| (track.path, track.duration_s))
        .collect();
    let refused = segue.library.failures().unwrap();
    let refused: HashMap<PathBuf, FileFault> = refused
        .into_iter()
        .map(|failed| (failed.path, failed.why))
        .collect();

    let mut wrong = Vec::new();
    for (path, fate) in files {
        let name = path.strip_prefix(&music).unwrap().display().to_string();
        let said = match (listed.get(&path), refused.get(&path)) {
            (Some(length_s), None) => Ok(*length_s),
            (None, Some(why)) => Err(why.clone()),
            both => panic!("{name} ({fate}): {both:?}"),
        };
        let heard = sounds(&path);
        if !agree(&path, fate, &said, &heard) {
            wrong.push(format!("{name} ({fate}): said {said:?}, heard {heard:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of them:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Whether a scan may say this of what sounds so.
fn agree(
    path: &Path,
    fate: &str,
    said: &Result<f64, FileFault>,
    heard: &Result<AudibleContent, FileFault>,
) -> bool {
    let is_cut = ["a quarter", "a half", "three quarters", "a head"].contains(&fate);
    match (said, heard) {
        // What is wrong with a cut file the headers tell the scan, and the decoder only finds nothing that sounds.
        (Err(said), Err(heard)) => is_cut && is_of_the_sound(said) && is_of_the_sound(heard),
        (Ok(said_s), Ok(heard)) => {
            // FLAC, ALAC and raw samples are as long as they say, save that CAF counts the packets of ALAC, the last as long as
            // the others: 4,096 samples. What others cannot play without is counted by some headers and
            // not by others: up to two frames of MPEG, of 1,152 samples each, are the encoder's delay and its padding.
            let exact = [
                "flac", "alac", "pcm", "dsd", "ape", "wavpack", "tta", "musepack",
            ]
            .contains(&heard.codec.as_str());
            let samples = match exact {
                true if starts_with(path, b"caff") => 4096.0,
                true => 0.0,
                false => 2.0 * 1152.0,
            };
            let near_s = samples / heard.rate_hz + 0.001;
            // A header goes on telling of all that there was.
            let least_s = heard.length_s - near_s;
            let most_s = if is_cut {
                f64::INFINITY
            } else {
                heard.length_s + near_s
            };
            (least_s..=most_s).contains(said_s)
        }
        // Only who decodes knows that nothing is left of the first frame that sounds.
        (Ok(_), Err(why)) => is_cut && *why == FileFault::NoAudio && !starts_with(path, b"OggS"),
        (Err(_), Ok(_)) => false,
    }
}

/// Whether a fault is one of a file without sound, be it cut off, damaged or of another kind.
fn is_of_the_sound(why: &FileFault) -> bool {
    matches!(
        why,
        FileFault::NoAudio
            | FileFault::NoSoundTrack
            | FileFault::CutOff
            | FileFault::NoPacketTable
            | FileFault::UnknownFormat
            | FileFault::Damaged { .. }
    )
}

/// Whether it begins so, behind any tag.
fn starts_with(path: &Path, magic: &[u8]) -> bool {
    let bytes = fs::read(path).unwrap();
    bytes.starts_with(magic)
        || bytes[..bytes.len().min(4096)]
            .windows(4)
            .any(|four| four == magic)
}
