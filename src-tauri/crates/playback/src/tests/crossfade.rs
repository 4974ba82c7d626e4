//! Songs that fade into each other: with even power, at the right places, whatever happens meanwhile; and not where they must not.

use segue_core::{AlbumLevel, TrackLoudness};

use super::*;

const HZ: u32 = 48_000;
const ONE_S: Crossfade = Crossfade::Fixed { seconds: 1.0 };

/// Noise of its own for each seed.
fn noise(seed: u32, count: usize, level: f32) -> Vec<StereoFrame> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state as f32 / u32::MAX as f32 * 2.0 - 1.0) * level
    };
    (0..count).map(|_| [next(), next()]).collect()
}

/// What a WAV file gets of these files.
fn rendered(
    folder: &TempDir,
    items: &[(PathBuf, FileSpan)],
    crossfade: Crossfade,
    profile_of: impl Fn(&MediaItem) -> TrackProfile + Send + Sync + 'static,
) -> Vec<StereoFrame> {
    let wav = folder.path().join("out.wav");
    let commands = vec![EngineCommand::SetCrossfade(crossfade)];
    let done = crate::render(items, 0.0, None, commands, profile_of, &wav).unwrap();
    assert_eq!(done.failures, []);
    decode(&wav, done.sample_rate_hz)
}

fn unknown(_: &MediaItem) -> TrackProfile {
    TrackProfile::default()
}

fn power_db(frames: &[StereoFrame]) -> f64 {
    let samples = frames.as_flattened().iter();
    let sum: f64 = samples.map(|sample| f64::from(*sample).powi(2)).sum();
    10.0 * (sum / (2 * frames.len()) as f64).log10()
}

/// Two unlike noises of 4 s overlap for 1 s: the power stays even all the way.
fn check_power(second_hz: u32, level: f32) {
    let folder = tempfile::tempdir().unwrap();
    let first = synth(&folder, "a.wav", HZ, &noise(1, 4 * HZ as usize, level));
    let second = noise(2, 4 * second_hz as usize, level);
    let second = synth(&folder, "b.wav", second_hz, &second);
    let out = rendered(&folder, &all_of(&[first, second]), ONE_S, unknown);
    assert!(out.len().abs_diff(7 * HZ as usize) <= 2, "{}", out.len());
    let expected = power_db(&out[..2 * HZ as usize]);
    // Resampling takes the top off a noise.
    let after = power_db(&out[5 * HZ as usize..]);
    let window = HZ as usize / 5;
    for (n, part) in out[5 * HZ as usize / 2..9 * HZ as usize / 2]
        .chunks_exact(window)
        .enumerate()
    {
        let share = ((n as f64 + 0.5) * 0.2 - 0.5).clamp(0.0, 1.0);
        let mixed = |db: f64| 10_f64.powf(db / 10.0);
        let even = mixed(expected) * (1.0 - share) + mixed(after) * share;
        let off_db = power_db(part) - 10.0 * even.log10();
        assert!(off_db.abs() < 0.5, "{off_db} dB at {n}");
    }
}

#[test]
fn the_power_stays_even_over_a_fade() {
    check_power(HZ, 0.4);
    check_power(44_100, 0.4);
    check_power(96_000, 0.4);
}

#[test]
fn loud_songs_together_stay_below_full_scale_and_what_follows_is_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let loud = |seed| {
        let frames = noise(seed, 9 * HZ as usize, 1.0);
        let square = |sample: f32| 0.99_f32.copysign(sample);
        frames
            .iter()
            .map(|frame| frame.map(square))
            .collect::<Vec<_>>()
    };
    let paths = [1, 2].map(|seed| synth(&folder, &format!("{seed}.wav"), HZ, &loud(seed)));
    let out = rendered(&folder, &all_of(&paths), ONE_S, unknown);
    let mixed = &out[8 * HZ as usize..9 * HZ as usize];
    let peak = mixed
        .as_flattened()
        .iter()
        .fold(0.0_f32, |a, b| a.max(b.abs()));
    assert!(peak <= 0.92, "{peak}");
    assert_eq!(out.len(), 17 * HZ as usize);
    let second = decode(&paths[1], HZ);
    // What is limited comes back to what it is.
    assert!(out[out.len() - 4 * HZ as usize..] == second[5 * HZ as usize..]);
    assert!(out[..8 * HZ as usize] == decode(&paths[0], HZ)[..8 * HZ as usize]);
}

fn on_album(place: u32) -> TrackProfile {
    TrackProfile {
        loudness: TrackLoudness {
            track: None,
            album: Some(AlbumLevel {
                album: 7,
                place,
                level: None,
            }),
        },
        bpm: None,
    }
}

#[test]
fn an_album_in_its_order_a_sheets_stretches_and_a_song_that_repeats_are_never_faded() {
    let folder = tempfile::tempdir().unwrap();
    let whole = noise(3, 3 * HZ as usize, 0.5);
    let parts: Vec<PathBuf> = whole
        .chunks(HZ as usize)
        .zip(0..)
        .map(|(part, n)| synth(&folder, &format!("{n}.wav"), HZ, part))
        .collect();
    let whole: Vec<StereoFrame> = parts.iter().flat_map(|path| decode(path, HZ)).collect();
    let places = |item: &MediaItem| on_album(item.key as u32);
    let album = rendered(&folder, &all_of(&parts), ONE_S, places);
    assert!(album == whole);
    // Out of its order it is.
    let other = |item: &MediaItem| on_album(9 - item.key as u32);
    let turned = rendered(&folder, &all_of(&parts), ONE_S, other);
    assert_eq!(turned.len(), whole.len() - HZ as usize);
    assert!(rendered(&folder, &all_of(&parts), Crossfade::Off, unknown) == whole);

    let image = synth(&folder, "image.wav", HZ, &whole);
    let second = 1_000_000_000;
    let spans = [
        (0, Some(second)),
        (second, Some(2 * second)),
        (2 * second, None),
    ];
    let stretches = spans.map(|(start_ns, end_ns)| (image.clone(), FileSpan { start_ns, end_ns }));
    assert!(rendered(&folder, &stretches, ONE_S, unknown) == whole);

    let mut bench = Bench::new();
    let item = item(&synth(&folder, "r.wav", RATE_HZ, &level(0.5, 4000)), 0);
    bench.send(EngineCommand::SetCrossfade(ONE_S));
    bench.send(EngineCommand::SetRepeat(Repeat::One));
    bench.send(set(&[item], &[0]));
    let sound = bench.pull(12_000);
    assert!(sound.iter().all(|frame| *frame == [0.5; 2]));
    let told = bench.told();
    assert_eq!(told[..3], ["started 0", "ended 0 Finished", "started 0"]);
}

#[test]
fn silence_at_both_ends_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let pause = vec![[0.0; 2]; HZ as usize];
    let first = [noise(1, 4 * HZ as usize, 0.4), pause.clone()].concat();
    let second = [pause, noise(2, 4 * HZ as usize, 0.4)].concat();
    let paths = [
        synth(&folder, "a.wav", HZ, &first),
        synth(&folder, "b.wav", HZ, &second),
    ];
    let out = rendered(&folder, &all_of(&paths), ONE_S, unknown);
    assert!(out.len().abs_diff(7 * HZ as usize) < 200, "{}", out.len());
    assert!(
        (power_db(&out[3 * HZ as usize..4 * HZ as usize]) - power_db(&first[..100_000])).abs()
            < 0.5
    );
}

/// Three tracks of 2 s at 8 kHz that fade into each other over half a second: the fade is from 1.5 s to 2 s.
fn fading() -> (TempDir, Bench) {
    let folder = tempfile::tempdir().unwrap();
    let paths = (0..3).map(|n| {
        let frames = noise(n, 16_000, 0.3);
        synth(&folder, &format!("{n}.wav"), RATE_HZ, &frames)
    });
    let items: Vec<Arc<MediaItem>> = paths.zip(0..).map(|(path, key)| item(&path, key)).collect();
    let mut bench = Bench::new();
    let half = Crossfade::Fixed { seconds: 0.5 };
    bench.send(EngineCommand::SetCrossfade(half));
    bench.send(set(&items, &[0, 1, 2]));
    (folder, bench)
}

#[test]
fn both_are_accounted_for_and_the_newer_one_is_current() {
    let (_folder, mut bench) = fading();
    let sound = bench.pull(40_000);
    assert_eq!(sound.len(), 3 * 16_000 - 2 * 4_000);
    let mut grammar = Grammar::default();
    let (mut order, mut heard) = (Vec::new(), Vec::new());
    let begun = bench.events.borrow()[0].at;
    for told in bench.events() {
        grammar.check(&told);
        let at_s = (told.at - begun).as_secs_f64();
        match told.event {
            Event::Started { play, .. } => order.push((format!("started {}", play.0), at_s)),
            Event::Ended {
                play,
                listened_s,
                how,
                ..
            } => {
                assert_eq!(how, End::Finished);
                heard.push(listened_s);
                order.push((format!("ended {}", play.0), at_s));
            }
            _ => {}
        }
    }
    assert_eq!(heard, [2.0, 2.0, 2.0]);
    let expected = [
        ("started 1", 0.0),
        ("started 2", 1.5),
        ("ended 1", 2.0),
        ("started 3", 3.0),
        ("ended 2", 3.5),
        ("ended 3", 5.0),
    ];
    for ((found, at_s), (expected, expected_s)) in order.iter().zip(expected) {
        assert_eq!(found, expected);
        assert!((at_s - expected_s).abs() < 1e-3, "{found} at {at_s}");
    }
    assert_eq!(order.len(), expected.len());
}

/// In the middle of the first fade the listener does something: what is told from then on.
fn check_during(act: impl FnOnce(&mut Bench), then: usize, expected: &[&str]) {
    let (_folder, mut bench) = fading();
    bench.pull(14_000);
    assert_eq!(bench.current(), Some(1));
    assert_eq!(bench.told(), ["started 0", "started 1"]);
    let before = bench.state().position_s;
    assert!((before - 0.25).abs() < 0.02, "{before}");
    act(&mut bench);
    bench.pull(then);
    assert_eq!(bench.told(), expected);
}

#[test]
fn whatever_is_asked_during_a_fade_ends_the_older_one_first() {
    let send = |command: EngineCommand| move |bench: &mut Bench| bench.send(command);
    check_during(send(EngineCommand::Seek(1.0)), 100, &["ended 0 Finished"]);
    let next = ["ended 0 Finished", "ended 1 Skipped", "started 2"];
    check_during(send(EngineCommand::Next), 100, &next);
    let back = ["ended 0 Finished", "ended 1 Skipped", "started 0"];
    check_during(send(EngineCommand::Previous), 100, &back);
    let stop = ["ended 0 Finished", "ended 1 Stopped", "Stopped"];
    check_during(send(EngineCommand::Stop), 100, &stop);
    let remove = |bench: &mut Bench| {
        let current = bench.entry(1);
        bench.send(EngineCommand::Remove(current));
    };
    check_during(remove, 100, &next);
    let hold = |bench: &mut Bench| {
        bench.send(EngineCommand::Pause);
        bench.pull(500);
        bench.send(EngineCommand::Play);
    };
    let held = ["paused", "paused", "resumed", "resumed", "ended 0 Finished"];
    check_during(hold, 3_000, &held);
    let lose = |bench: &mut Bench| {
        let news = DeviceNews::Lost("gone".to_owned());
        bench.transport.device_news(0, news, bench.now);
    };
    check_during(lose, 100, &["ended 0 Finished", "OutputLost", "paused"]);
}

#[test]
fn what_follows_may_change_when_the_fade_is_prepared_or_mixed() {
    // The ring holds 600 frames: the second track is opened, and then mixed, before it sounds.
    for pulled in [1_000, 11_000, 11_700] {
        let (_folder, mut bench) = fading();
        bench.pull(pulled);
        let second = bench.entry(1);
        bench.send(EngineCommand::Remove(second));
        let sound = bench.pull(28_200 - pulled);
        assert!(
            sound.len().abs_diff(28_000 - pulled) <= FADE,
            "{}",
            sound.len()
        );
        let told = bench.told();
        let expected = [
            "started 0",
            "started 2",
            "ended 0 Finished",
            "ended 2 Finished",
        ];
        assert_eq!(told[..4], expected, "{pulled}");
    }
}

#[test]
fn a_track_that_is_shorter_than_the_fade_fades_in_before_its_middle() {
    let folder = tempfile::tempdir().unwrap();
    let lengths = [4 * HZ, HZ / 2, HZ / 5, 4 * HZ];
    let paths = lengths.iter().zip(0..).map(|(length, n)| {
        let frames = noise(n, *length as usize, 0.3);
        synth(&folder, &format!("{n}.wav"), HZ, &frames)
    });
    let paths: Vec<PathBuf> = paths.collect();
    let out = rendered(
        &folder,
        &all_of(&paths),
        Crossfade::Fixed { seconds: 6.0 },
        unknown,
    );
    let overlaps = HZ / 4 + HZ / 10 + HZ / 10;
    assert_eq!(out.len() as u32, lengths.iter().sum::<u32>() - overlaps);
}
