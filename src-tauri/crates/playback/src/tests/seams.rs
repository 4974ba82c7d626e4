//! Tracks that meet: however short they are, however fast their files, and whatever the output takes at a time.

use super::*;

/// Frames that tell their place.
fn noise(count: usize) -> Vec<StereoFrame> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from((state >> 16) as i16 / 2) / 32_768.0
    };
    (0..count).map(|_| [next(), next()]).collect()
}

/// One recording in parts, as files of `file_hz`.
fn parts(
    folder: &TempDir,
    file_hz: u32,
    frames: &[StereoFrame],
    lengths: &[usize],
) -> Vec<Arc<MediaItem>> {
    let mut from = 0;
    let paths = lengths.iter().enumerate().map(|(n, length)| {
        let part = &frames[from..from + length];
        from += length;
        item(
            &synth(folder, &format!("{file_hz}-{n}.wav"), file_hz, part),
            n as u64,
        )
    });
    paths.collect()
}

/// All that an output at `rate_hz` gets of a queue, in blocks, and the seconds that were listened to each part.
fn sound_of(
    items: Vec<Arc<MediaItem>>,
    rate_hz: u32,
    block: usize,
) -> (Vec<StereoFrame>, Vec<f64>) {
    let mut bench = Bench::with(Box::new(AtOnce::new(bring)), rate_hz);
    bench.send(EngineCommand::SetQueue {
        items,
        start: 0,
        play: true,
        shuffle: None,
    });
    let mut sound = Vec::new();
    for _ in 0..10_000 {
        sound.extend(bench.pull_in(block, block));
        if bench.state().status == Status::Stopped {
            break;
        }
    }
    let mut grammar = Grammar::default();
    let events = bench.events();
    let heard = |told: &TimedEvent| match &told.event {
        Event::Ended {
            listened_s, how, ..
        } => {
            assert_eq!(*how, End::Finished);
            Some(*listened_s)
        }
        _ => None,
    };
    events.iter().for_each(|told| grammar.check(told));
    assert_eq!(
        events
            .last()
            .map(|told| matches!(told.event, Event::QueueEnded | Event::QueueChanged { .. })),
        Some(true)
    );
    (sound, events.iter().filter_map(heard).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tracks_of_any_length_are_all_played(
        lengths in prop::collection::vec(prop_oneof![1..8_usize, 1..700_usize, 1..20_000_usize], 1..7),
        block in prop_oneof![1..50_usize, 50..5_000_usize],
        file_hz in prop::sample::select(vec![8_000_u32, 6_000, 11_025]),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let total: usize = lengths.iter().sum();
        // The output is asked ten thousand times at most, and may have more frames than the files.
        let block = block.max(total / 2_500);
        let whole = noise(total);
        let (sound, heard) = sound_of(parts(&folder, file_hz, &whole, &lengths), RATE_HZ, block);
        let frames = (total as u64 * u64::from(RATE_HZ)).div_ceil(u64::from(file_hz));
        prop_assert_eq!(sound.len() as u64, frames);
        if file_hz == RATE_HZ {
            prop_assert!(sound == whole);
            prop_assert_eq!(heard.len(), lengths.len());
        } else {
            let at_once = sound_of(parts(&folder, file_hz, &whole, &[total]), RATE_HZ, block).0;
            prop_assert!(sound == at_once, "a seam is heard");
        }
        let listened = heard.iter().sum::<f64>() * f64::from(RATE_HZ);
        prop_assert_eq!(listened.round() as u64, frames);

        let wav = folder.path().join("out.wav");
        let paths: Vec<PathBuf> = parts(&folder, file_hz, &whole, &lengths).iter().map(|i| i.path.clone()).collect();
        let rendered = render(&all_of(&paths), 0.0, None, &wav).unwrap();
        prop_assert_eq!((rendered.frames, rendered.failures.len()), (total as u64, 0));
        prop_assert!(decode(&wav, file_hz) == whole);
    }
}

#[test]
fn short_tracks_are_all_played_at_the_pace_of_a_card() {
    let folder = tempfile::tempdir().unwrap();
    let lengths = [9_000, 10, 2_048, 1, 1, 500, 8_000, 3];
    let items = parts(&folder, 48_000, &noise(lengths.iter().sum()), &lengths);
    let mut live = Live::start();
    live.engine.send(EngineCommand::SetQueue {
        items,
        start: 0,
        play: true,
        shuffle: None,
    });
    let mut heard = Vec::new();
    live.wait(|event| match event {
        Event::Ended { listened_s, .. } => {
            heard.push((listened_s * 48_000.0).round() as usize);
            None
        }
        Event::QueueEnded => Some(()),
        _ => None,
    });
    assert_eq!(heard, lengths);
}

#[test]
fn parts_at_another_rate_sound_as_the_whole_does() {
    let folder = tempfile::tempdir().unwrap();
    for (file_hz, rate_hz) in [
        (44_100, 48_000),
        (48_000, 44_100),
        (96_000, 48_000),
        (44_100, 96_000),
    ] {
        let whole = noise(40_000);
        let (expected, _) = sound_of(parts(&folder, file_hz, &whole, &[40_000]), rate_hz, 400);
        let in_parts = parts(&folder, file_hz, &whole, &[7_001, 333, 12_345, 20_321]);
        let (sound, heard) = sound_of(in_parts, rate_hz, 400);
        assert_eq!(heard.len(), 4);
        assert!(sound == expected, "{file_hz} on {rate_hz}");
    }
}

#[test]
fn files_of_unlike_rates_meet_without_a_gap() {
    let folder = tempfile::tempdir().unwrap();
    let (slow, fast) = (noise(5_000), noise(4_000));
    let alone = sound_of(parts(&folder, 6_000, &slow, &[5_000]), RATE_HZ, 100).0;
    assert_eq!(alone.len(), 6_667);
    let items = [
        parts(&folder, 6_000, &slow, &[5_000]),
        parts(&folder, 8_000, &fast, &[4_000]),
        parts(&folder, 16_000, &slow, &[5_000]),
        parts(&folder, 6_000, &slow, &[5_000]),
    ];
    let (sound, heard) = sound_of(items.concat(), RATE_HZ, 100);
    assert_eq!(heard.len(), 4);
    assert_eq!(sound.len(), 6_667 + 4_000 + 2_500 + 6_667);
    assert!(sound[..6_667] == alone && sound[6_667..10_667] == fast && sound[13_167..] == alone);
}

#[test]
fn an_edit_at_a_resampled_seam_loses_nothing_of_what_stays() {
    let folder = tempfile::tempdir().unwrap();
    let whole = noise(6_000);
    let alone = sound_of(parts(&folder, 6_000, &whole, &[6_000]), RATE_HZ, 50).0;
    let items = parts(&folder, 6_000, &whole, &[3_000, 3_000]);
    for pulled in [3_200, 3_500, 3_900] {
        let mut bench = Bench::new();
        bench.send(EngineCommand::SetQueue {
            items: items.clone(),
            start: 0,
            play: true,
            shuffle: None,
        });
        let mut sound = bench.pull(pulled);
        let second = bench.entry(1);
        bench.send(EngineCommand::Remove(second));
        sound.extend(bench.pull(2_000));
        assert_eq!(sound.len(), 4_000, "{pulled}");
        assert!(sound[..3_000] == alone[..3_000]);
        bench.send(EngineCommand::Undo);
        assert_eq!(bench.told().last().unwrap(), "undone Removed");
    }
}
