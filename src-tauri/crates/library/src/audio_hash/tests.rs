//! What changes the identity of a recording, and what must not: every container re-tagged, cut and mutated.

use std::fs;
use std::io::{BufReader, Cursor};
use std::path::PathBuf;

use lofty::tag::{ItemKey, TagType};
use proptest::prelude::*;

use super::*;
use crate::fixtures::{copy, fixture, retag};

/// Every fixture by its name without `-a` and ending, with the tags that lofty writes into it.
const FORMATS: &[(&str, &str, &[TagType])] = &[
    (
        "mp3",
        "mp3",
        &[TagType::Id3v2, TagType::Ape, TagType::Id3v1],
    ),
    ("mp2", "mp2", &[TagType::Id3v2]),
    ("flac", "flac", &[TagType::VorbisComments]),
    ("vorbis", "ogg", &[TagType::VorbisComments]),
    ("opus", "opus", &[TagType::VorbisComments]),
    ("oggflac", "oga", &[]),
    ("aac", "m4a", &[TagType::Mp4Ilst]),
    ("faststart", "m4a", &[TagType::Mp4Ilst]),
    ("alac", "m4a", &[TagType::Mp4Ilst]),
    ("adts", "aac", &[TagType::Id3v2, TagType::Id3v1]),
    ("wav", "wav", &[TagType::Id3v2, TagType::RiffInfo]),
    ("aiff", "aiff", &[TagType::Id3v2, TagType::AiffText]),
    ("ape", "ape", &[TagType::Ape, TagType::Id3v1]),
    ("tta", "tta", &[]),
    ("musepack", "mpc", &[TagType::Ape]),
    ("wavpack", "wv", &[TagType::Ape, TagType::Id3v1]),
    ("caf", "caf", &[]),
    ("matroska", "mka", &[]),
];

fn hash_of(bytes: &[u8]) -> AudioHash {
    let mut file = Cursor::new(bytes);
    Audio::find(&mut file).unwrap().hash(&mut file).unwrap()
}

/// Tags `path` in each way it can be, and holds that its hash stays.
fn check_tagging_keeps_the_hash(path: &Path, kinds: &[TagType]) {
    let before = audio_hash(path).unwrap();
    let long = "A long title ".repeat(400);
    for kind in kinds {
        for (title, picture_len) in [("short", 0), (long.as_str(), 100_000), ("again", 0)] {
            retag(
                path,
                *kind,
                &[
                    (ItemKey::TrackTitle, title),
                    (ItemKey::TrackArtist, "Somebody"),
                ],
                picture_len,
            );
            assert_eq!(
                audio_hash(path).unwrap(),
                before,
                "{kind:?} {picture_len} in {}",
                path.display()
            );
        }
    }
}

#[test]
fn tagging_keeps_the_hash() {
    let dir = tempfile::tempdir().unwrap();
    for (name, ending, kinds) in FORMATS {
        let path = copy(
            &format!("{name}-a.{ending}"),
            &dir.path().join(format!("{name}.{ending}")),
        );
        check_tagging_keeps_the_hash(&path, kinds);
    }
}

#[test]
fn other_audio_has_another_hash() {
    let mut all: Vec<AudioHash> = FORMATS
        .iter()
        .filter(|(name, ..)| *name != "faststart")
        .flat_map(|(name, ending, _)| {
            ["a", "b"].map(|tone| fixture(&format!("{name}-{tone}.{ending}")))
        })
        .map(|path| audio_hash(&path).unwrap())
        .collect();
    let n = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), n);
}

#[test]
fn every_container_is_known_for_what_it_is() {
    for (name, ending, _) in FORMATS {
        let path = fixture(&format!("{name}-a.{ending}"));
        let audio = Audio::find(&mut BufReader::new(File::open(&path).unwrap())).unwrap();
        let expected = match *name {
            "mp3" | "mp2" => "mpeg",
            "vorbis" | "opus" | "oggflac" => "ogg",
            "aac" | "alac" | "faststart" => "mp4",
            "caf" | "matroska" => "file",
            own => own,
        };
        assert_eq!(audio.word, expected, "{name}");
        assert!(audio.len() > 0);
    }
}

#[test]
fn where_the_index_of_an_mp4_lies_does_not_matter() {
    assert_eq!(
        audio_hash(&fixture("aac-a.m4a")).unwrap(),
        audio_hash(&fixture("faststart-a.m4a")).unwrap()
    );
}

/// Files longer than the three samples together, made by repeating audio; a tag shifts all of it.
#[test]
fn long_files_keep_their_hash_and_show_a_change_anywhere_it_is_sampled() {
    let dir = tempfile::tempdir().unwrap();
    let long = |name: &str, audio_from: usize, times: usize| -> PathBuf {
        let bytes = fs::read(fixture(name)).unwrap();
        let mut whole = bytes[..audio_from].to_vec();
        for _ in 0..times {
            whole.extend(&bytes[audio_from..]);
        }
        let path = dir.path().join(name);
        fs::write(&path, whole).unwrap();
        path
    };
    let start = |name: &str| {
        Audio::find(&mut BufReader::new(File::open(fixture(name)).unwrap()))
            .unwrap()
            .spans[0]
            .0 as usize
    };
    for (name, kind) in [
        ("mp3-a.mp3", TagType::Id3v2),
        ("flac-a.flac", TagType::VorbisComments),
        ("opus-a.opus", TagType::VorbisComments),
        ("vorbis-a.ogg", TagType::VorbisComments),
    ] {
        let path = long(name, start(name), 1200);
        assert!(path.metadata().unwrap().len() > 6 * SAMPLE, "{name}");
        check_tagging_keeps_the_hash(&path, &[kind]);
        let (bytes, hash) = (fs::read(&path).unwrap(), audio_hash(&path).unwrap());
        let audio = Audio::find(&mut BufReader::new(File::open(&path).unwrap())).unwrap();
        let (from, len) = (audio.spans[0].0 as usize, audio.len() as usize);
        for at in [from + 300, from + len / 2, from + len - 300] {
            let mut other = bytes.clone();
            // Several bytes, so that a page header of Ogg among them is not all that changes.
            other[at..at + 60].iter_mut().for_each(|byte| *byte ^= 0x15);
            assert_ne!(hash_of(&other), hash, "{name} at {at}");
        }
        assert_ne!(hash_of(&bytes[..bytes.len() - 400]), hash, "{name} cut");
    }
}

#[test]
fn tags_stacked_at_the_end_are_all_taken_off() {
    let bytes = fs::read(fixture("mp3-a.mp3")).unwrap();
    let hash = hash_of(&bytes);
    let id3v1 = [b"TAG".as_slice(), &[b' '; 125]].concat();
    let mut ape = b"APETAGEX".to_vec();
    ape.extend([
        0xd0, 7, 0, 0, 32, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    let lyrics3 = b"LYRICSBEGININD0000200LYR00003abc000030LYRICS200".as_slice();
    let lyrics1 = b"LYRICSBEGINla la laLYRICSEND".as_slice();
    let size = lyrics3.len() - 15;
    let lyrics3 = [&lyrics3[..size], format!("{size:06}LYRICS200").as_bytes()].concat();
    for tail in [
        id3v1.clone(),
        ape.clone(),
        [ape.clone(), id3v1.clone()].concat(),
        [lyrics3, id3v1.clone()].concat(),
        [lyrics1, &ape, &id3v1].concat(),
    ] {
        assert_eq!(hash_of(&[bytes.as_slice(), &tail].concat()), hash);
    }
    let id3v2 = b"ID3\x04\0\0\0\0\0\x0a0123456789".as_slice();
    assert_eq!(hash_of(&[id3v2, id3v2, &[0; 500], &bytes].concat()), hash);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_broken_file_is_no_danger(
        which in 0..FORMATS.len(),
        cut in 0.0..1.0f64,
        changes in prop::collection::vec((0.0..1.0f64, any::<u8>()), 0..12),
        tail in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let (name, ending, _) = FORMATS[which];
        let mut bytes = fs::read(fixture(&format!("{name}-a.{ending}"))).unwrap();
        for (at, byte) in changes {
            // Headers are where the danger is.
            let at = (at * at * at * bytes.len() as f64) as usize;
            bytes[at] = byte;
        }
        if cut < 0.5 {
            bytes.truncate((cut * 2.0 * bytes.len() as f64) as usize);
        }
        bytes.extend(tail);
        hash_of(&bytes);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(format!("broken.{ending}"));
        fs::write(&path, &bytes).unwrap();
        if let Err(fault) = crate::tags::read(&path, None, &mut Room::default()) {
            let panicked = matches!(fault, segue_core::FileFault::Panicked { .. });
            prop_assert!(!panicked, "{fault}");
        }
    }

    #[test]
    fn any_bytes_behind_any_mark_are_no_danger(which in 0..8usize, bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let marks: [&[u8]; 8] = [b"fLaC", b"OggS\0\x02", b"RIFF\0\0\0\0WAVE", b"FORM\0\0\0\0AIFF", b"\0\0\0\x08ftyp", b"ID3\x04\0\0", b"\xff\xfb\x90\x00", b"caff"];
        hash_of(&[marks[which], &bytes].concat());
    }
}
