//! How loud tracks are played: on the target, below the ceiling, one gain for an album, and nothing at all where nothing is wanted.

use std::collections::HashMap;

use ebur128::{EbuR128, Mode};
use segue_core::{AlbumLevel, CEILING_DBTP, Level, LoudnessMode, LoudnessSettings, REFERENCE_LUFS};

use super::*;

const SECONDS: f64 = 2.0;
const HZ: u32 = 48_000;

/// Integrated loudness and true peak.
fn measured(frames: &[StereoFrame]) -> Level {
    let mut meter = EbuR128::new(2, HZ, Mode::I | Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(frames.as_flattened()).unwrap();
    let peak = (0..2)
        .map(|channel| meter.true_peak(channel).unwrap())
        .fold(0.0, f64::max);
    Level {
        lufs: meter.loudness_global().unwrap(),
        peak_db: Some(20.0 * peak.log10()),
    }
}

/// A song of some kind: tones and noise in a rhythm, as loud as `level`, with blows of `crest` times that.
fn song(seed: u32, level: f32, crest: f32) -> Vec<StereoFrame> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut noise = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from((state >> 16) as i16) / 32_768.0
    };
    let tone_hz = 80.0 + f64::from(seed % 13) * 97.0;
    (0..(SECONDS * f64::from(HZ)) as usize)
        .map(|n| {
            let t = n as f64 / f64::from(HZ);
            let tone = (std::f64::consts::TAU * tone_hz * t).sin() as f32;
            let blow = if n % 9_600 < 24 { crest } else { 1.0 };
            let swell = 0.6 + 0.4 * (std::f64::consts::TAU * 1.3 * t).cos() as f32;
            let left = level * blow * swell * (0.7 * tone + 0.3 * noise());
            let right = level * blow * swell * (0.5 * tone + 0.5 * noise());
            [left.clamp(-1.0, 1.0), right.clamp(-1.0, 1.0)]
        })
        .collect()
}

fn settings(mode: LoudnessMode) -> LoudnessSettings {
    LoudnessSettings {
        mode,
        ..LoudnessSettings::default()
    }
}

#[test]
fn songs_of_unlike_loudness_come_out_at_the_target_and_below_the_ceiling() {
    let folder = tempfile::tempdir().unwrap();
    let songs = (0..30_u32).map(|n| {
        let level = 10_f32.powf(-(n as f32) * 1.3 / 20.0);
        song(n, level, [1.0, 1.5, 12.0][n as usize % 3])
    });
    let songs: Vec<Vec<StereoFrame>> = songs.collect();
    let paths: Vec<PathBuf> = songs
        .iter()
        .enumerate()
        .map(|(n, frames)| synth(&folder, &format!("{n}.wav"), HZ, frames))
        .collect();
    let known: HashMap<PathBuf, Level> = paths
        .iter()
        .map(|path| (path.clone(), measured(&decode(path, HZ))))
        .collect();
    let profile_of = {
        let known = known.clone();
        move |item: &MediaItem| TrackProfile {
            loudness: TrackLoudness {
                track: known.get(&item.path).copied(),
                album: None,
            },
            bpm: None,
        }
    };
    let wav = folder.path().join("out.wav");
    let commands = vec![EngineCommand::SetLoudness(settings(LoudnessMode::Track))];
    crate::render(&all_of(&paths), 0.0, None, commands, profile_of, &wav).unwrap();

    let out = decode(&wav, HZ);
    let length = songs[0].len();
    assert_eq!(out.len(), songs.len() * length);
    let mut on_target = 0;
    for (path, frames) in paths.iter().zip(out.chunks(length)) {
        let level = measured(frames);
        let before = known[path];
        let peak_db = level.peak_db.unwrap();
        assert!(
            peak_db <= CEILING_DBTP + 0.01,
            "{path:?}: {before:?} gives {level:?}"
        );
        let room_db = CEILING_DBTP - before.peak_db.unwrap();
        if REFERENCE_LUFS - before.lufs < room_db.min(24.0) {
            let off = (level.lufs - REFERENCE_LUFS).abs();
            assert!(off < 0.5, "{path:?}: {before:?} gives {level:?}");
            on_target += 1;
        }
    }
    assert!((18..30).contains(&on_target), "{on_target}");
}

#[test]
fn without_a_gain_every_bit_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = synth(&folder, "a.wav", HZ, &song(1, 0.5, 1.0));
    let level = |lufs, peak_db| TrackLoudness {
        track: Some(Level {
            lufs,
            peak_db: Some(peak_db),
        }),
        album: None,
    };
    for (mode, loudness, same) in [
        (LoudnessMode::Off, level(-8.0, 0.3), true),
        (LoudnessMode::Track, level(REFERENCE_LUFS, -1.0), true),
        (LoudnessMode::Track, level(REFERENCE_LUFS, -0.5), false),
    ] {
        let wav = folder.path().join("out.wav");
        let commands = vec![EngineCommand::SetLoudness(settings(mode))];
        let paths = std::slice::from_ref(&path);
        let profile = TrackProfile {
            loudness,
            bpm: None,
        };
        crate::render(&all_of(paths), 0.0, None, commands, move |_| profile, &wav).unwrap();
        let bytes = |path: &Path| fs::read(path).unwrap();
        assert_eq!(bytes(&path) == bytes(&wav), same, "{mode:?} {loudness:?}");
    }
}

/// Brings files that are told of as tracks of one album, in the order of their keys.
fn of_an_album(levels: Vec<TrackLoudness>) -> Box<dyn Loader> {
    Box::new(AtOnce::new(move |wanted| {
        let profile_of = |item: &MediaItem| TrackProfile {
            loudness: levels[item.key as usize],
            bpm: None,
        };
        crate::loader::bring_known(wanted, &profile_of, &bring)
    }))
}

fn on_album(place: u32, track_lufs: f64, album_lufs: f64) -> TrackLoudness {
    let level = |lufs| {
        Some(Level {
            lufs,
            peak_db: Some(-12.0),
        })
    };
    TrackLoudness {
        track: level(track_lufs),
        album: Some(AlbumLevel {
            album: 7,
            place,
            level: level(album_lufs),
        }),
    }
}

/// Plays these keys of the shelf, and says by how many decibels each track's level was changed.
fn check_album(mode: LoudnessMode, keys: &[usize], levels: &[TrackLoudness], expected_db: &[f64]) {
    let (_folder, items) = shelf();
    let mut bench = Bench::with(of_an_album(levels.to_vec()), RATE_HZ);
    bench.send(EngineCommand::SetLoudness(settings(mode)));
    bench.send(set(&items, keys));
    let out = bench.pull(8_000);
    let lengths = [1000, 300, 5000];
    let mut from = 0;
    let found: Vec<f64> = keys
        .iter()
        .map(|key| {
            let track = &out[from..from + lengths[*key]];
            from += lengths[*key];
            assert!(
                track.iter().all(|frame| *frame == track[0]),
                "one gain for a track"
            );
            let was = [0.25, 0.5, 0.75][*key];
            let db = 20.0 * f64::from(track[0][0] / was).log10();
            (db * 100.0).round() / 100.0
        })
        .collect();
    assert_eq!(found, expected_db, "{mode:?} {keys:?}");
}

#[test]
fn an_album_in_its_order_has_one_gain_and_songs_from_anywhere_their_own() {
    let levels = [
        on_album(0, -10.0, -12.0),
        on_album(1, -14.0, -12.0),
        on_album(2, -16.0, -12.0),
    ];
    check_album(LoudnessMode::Auto, &[0, 1, 2], &levels, &[-6.0, -6.0, -6.0]);
    check_album(LoudnessMode::Auto, &[2, 1, 0], &levels, &[-2.0, -4.0, -8.0]);
    check_album(LoudnessMode::Auto, &[2, 0, 1], &levels, &[-2.0, -6.0, -6.0]);
    check_album(
        LoudnessMode::Album,
        &[2, 0, 1],
        &levels,
        &[-6.0, -6.0, -6.0],
    );
    check_album(
        LoudnessMode::Track,
        &[0, 1, 2],
        &levels,
        &[-8.0, -4.0, -2.0],
    );
    // What was measured anew while an album plays does not jump at a seam.
    let levels = [
        on_album(0, -10.0, -12.0),
        on_album(1, -14.0, -12.5),
        on_album(2, -16.0, -12.0),
    ];
    check_album(LoudnessMode::Auto, &[0, 1, 2], &levels, &[-6.0, -6.0, -6.0]);
}

#[test]
fn a_change_of_mind_is_heard_in_the_track_that_plays() {
    let (_folder, items) = shelf();
    let levels = [on_album(0, -10.0, -12.0); 3];
    let mut bench = Bench::with(of_an_album(levels.to_vec()), RATE_HZ);
    bench.send(set(&items, &[2, 0]));
    assert_eq!(bench.pull(300).last(), Some(&[0.75; 2]));
    bench.send(EngineCommand::SetLoudness(settings(LoudnessMode::Track)));
    assert_eq!(bench.state().gain.db, -8.0);
    let out = bench.pull(5_800);
    let quiet = 0.75 * 10_f32.powf(-8.0 / 20.0);
    assert!(
        (out[3 * FADE][0] - quiet).abs() < 1e-6,
        "{:?}",
        out[3 * FADE]
    );
    let mut grammar = Grammar::default();
    let events = bench.events();
    events.iter().for_each(|told| grammar.check(told));
    let ends = events.iter().filter_map(|told| match &told.event {
        Event::Ended {
            listened_s, how, ..
        } => Some((*listened_s, *how)),
        _ => None,
    });
    // One play, all of it.
    assert_eq!(ends.collect::<Vec<_>>()[0], (0.625, End::Finished));
    // A seek keeps the gain, and so does a change that changes nothing.
    bench.send(set(&items, &[2]));
    bench.send(EngineCommand::Seek(0.1));
    bench.send(EngineCommand::SetLoudness(settings(LoudnessMode::Track)));
    assert!((bench.pull(500)[400][0] - quiet).abs() < 1e-6);
}
