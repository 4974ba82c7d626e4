//! The contract's library: files with tags as `contract.json` describes them, read, heard and played.

use std::fs;
use std::path::Path;

use segue_core::{Descriptors, Embedding, Measures, TagScore, Waveform};
use serde::Deserialize;

use crate::Segue;
use crate::testing::{World, quick_alone, real};

#[derive(Deserialize)]
pub(super) struct Described {
    tracks: Vec<DescribedTrack>,
    /// Folders with a cover.
    covers: Vec<String>,
    /// Files that were deleted after they were read.
    gone: Vec<String>,
    /// Files that are no music.
    refused: Vec<String>,
}

#[derive(Deserialize)]
struct DescribedTrack {
    file: String,
    title: String,
    artists: Vec<String>,
    album: Option<String>,
    album_artist: Option<String>,
    genres: Vec<String>,
    year: Option<i32>,
    track: Option<u32>,
    duration_s: f64,
    /// What the network heard; `null` before it was heard.
    tags: Option<Vec<String>>,
    /// Which songs it sounds like.
    corner: usize,
    plays: u32,
    skips: u32,
    /// Whether it was measured.
    outline: bool,
}

impl Described {
    /// The library in a folder of its own.
    pub(super) fn make(&self) -> World {
        let folder = tempfile::tempdir().unwrap();
        let music = real(folder.path()).join("music");
        for (number, track) in self.tracks.iter().enumerate() {
            write(
                &music.join(&track.file),
                &sound(track.duration_s, number, Some(track)),
            );
        }
        for (number, file) in self.gone.iter().enumerate() {
            write(&music.join(file), &sound(20.0, 100 + number, None));
        }
        for file in &self.refused {
            write(&music.join(file), b"no music");
        }
        let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/demo");
        for covered in &self.covers {
            let cover = demo.join("Felt & Lamplight/cover.jpg");
            fs::copy(cover, music.join(covered).join("cover.jpg")).unwrap();
        }
        let mut segue = Segue::open(Some(&folder.path().join("data"))).unwrap();
        quick_alone(&mut segue);
        let world = World { folder, segue };
        world.scan();
        for file in &self.gone {
            fs::remove_file(music.join(file)).unwrap();
        }
        world.scan();
        hear(&world, self);
        world
    }
}

/// Gives the songs what a network would have heard in them, and the plays they are described with.
fn hear(world: &World, library: &Described) {
    let model = world.segue.model_manager.model_id().unwrap();
    let mut hours_ago = 24;
    for track in world.tracks() {
        let number = library
            .tracks
            .iter()
            .position(|described| described.title == track.title)
            .unwrap();
        let described = &library.tracks[number];
        if let Some(tags) = &described.tags {
            let vector = |salt: usize| {
                let part = |d: usize| {
                    let noise = ((number * 31 + d * 17 + salt * 7) % 101) as f32 / 101.0 - 0.5;
                    noise * 0.3 + if d == described.corner { 1.0 } else { 0.0 }
                };
                Embedding::new(model.clone(), (0..8).map(part).collect()).unwrap()
            };
            let tags: Vec<TagScore> = tags
                .iter()
                .zip(0..)
                .map(|(name, place)| TagScore {
                    name: name.clone(),
                    p: 0.9 - 0.05 * place as f32,
                    present: true,
                })
                .collect();
            let found = Descriptors {
                bpm: Some(80.0 + 10.0 * described.corner as f64),
                key: None,
            };
            let ends = [vector(1), vector(2)];
            world
                .segue
                .library
                .put_analysis(track.audio, &vector(0), &ends, &tags, &found)
                .unwrap();
        }
        if described.outline {
            let measures = Measures {
                loudness_lufs: Some(-14.0),
                true_peak_dbtp: Some(-1.0),
                intro_lufs: Some(-16.0),
                outro_lufs: Some(-18.0),
                leading_silence_s: 0.0,
                trailing_silence_s: 0.0,
                duration_s: Some(described.duration_s),
                waveform: Waveform {
                    peak: vec![200; Waveform::BINS],
                    rms: vec![90; Waveform::BINS],
                },
            };
            world
                .segue
                .library
                .put_measures(track.audio, &measures)
                .unwrap();
        }
        for play in 0..described.plays + described.skips {
            hours_ago += 7;
            world.play(&track, hours_ago, play < described.plays);
        }
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// A WAV file of noise that no other has, with an ID3v2.4 tag (id3.org/id3v2.4.0-structure).
fn sound(duration_s: f64, number: usize, track: Option<&DescribedTrack>) -> Vec<u8> {
    const RATE_HZ: u32 = 8000;
    let chunk = |name: &[u8; 4], body: &[u8]| {
        let mut chunk = [&name[..], &(body.len() as u32).to_le_bytes(), body].concat();
        chunk.resize(chunk.len().next_multiple_of(2), 0);
        chunk
    };
    let mut frames = Vec::new();
    let mut frame = |name: &[u8; 4], text: Option<String>| {
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return;
        };
        let len = text.len() as u32 + 1;
        let syncsafe = [0, 0, (len >> 7) as u8, (len & 0x7f) as u8];
        frames.extend([&name[..], &syncsafe, &[0, 0, 3], text.as_bytes()].concat());
    };
    if let Some(track) = track {
        frame(b"TIT2", Some(track.title.clone()));
        frame(b"TPE1", Some(track.artists.join("\0")));
        frame(b"TALB", track.album.clone());
        frame(b"TPE2", track.album_artist.clone());
        frame(b"TCON", Some(track.genres.join("\0")));
        frame(b"TDRC", track.year.map(|year| year.to_string()));
        frame(b"TRCK", track.track.map(|track| track.to_string()));
    }
    let len = frames.len() as u32;
    let size = [0, 0, (len >> 7) as u8, (len & 0x7f) as u8];
    let tag = [b"ID3\x04\0\0", &size[..], &frames].concat();
    let format = [
        &1u16.to_le_bytes()[..],
        &1u16.to_le_bytes(),
        &RATE_HZ.to_le_bytes(),
        &(RATE_HZ * 2).to_le_bytes(),
        &2u16.to_le_bytes(),
        &16u16.to_le_bytes(),
    ]
    .concat();
    let frames = (duration_s * f64::from(RATE_HZ)) as usize;
    let samples = (0..frames).map(|at| (at * (at % 61 + number * 13 + 7) % 4001) as i16 - 2000);
    let data: Vec<u8> = samples.flat_map(i16::to_le_bytes).collect();
    let body = [
        &b"WAVE"[..],
        &chunk(b"fmt ", &format),
        &chunk(b"id3 ", &tag),
        &chunk(b"data", &data),
    ]
    .concat();
    chunk(b"RIFF", &body)
}
