//! Each output: a card that is lost or takes nothing, a WAV file, and nothing at the pace of a card.

use super::*;

#[test]
fn a_lost_card_pauses_and_play_opens_it_again() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[2]));
    bench.pull(800);
    bench
        .transport
        .device_news(7, DeviceNews::Lost("an older card".to_owned()), bench.now);
    assert_eq!(bench.state().status, Status::Playing);
    bench
        .transport
        .device_news(0, DeviceNews::Lost("unplugged".to_owned()), bench.now);
    assert_eq!(
        (bench.state().status, bench.state().position_s),
        (Status::Paused, 0.1)
    );
    bench.send(EngineCommand::Play);
    assert_eq!(bench.pull(5000).len(), 4200);
    let expected = [
        "started 2",
        "OutputLost",
        "paused",
        "OutputChanged",
        "resumed",
        "ended 2 Finished",
    ];
    assert_eq!(bench.told()[..6], expected);
}

#[test]
fn a_card_that_takes_nothing_is_given_up() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    bench.send(set(&items, &[2]));
    bench.pull(50);
    bench.transport.pump(bench.now);
    bench.transport.pump(bench.now + Duration::from_secs(4));
    assert_eq!(bench.told(), ["started 2", "OutputLost", "paused"]);
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests_data")
        .join(name)
}

#[test]
fn a_split_recording_renders_as_if_it_were_whole() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("out.wav");
    let whole = decode(&data("whole.flac"), 44_100);
    assert_eq!(whole.len(), 22_050);
    let parts = [data("first.flac"), data("second.flac")];
    let rendered = render(&all_of(&parts), 0.0, None, &wav).unwrap();
    assert_eq!((rendered.frames, rendered.sample_rate_hz), (22_050, 44_100));
    assert_eq!((rendered.failures, rendered.notices), (vec![], vec![]));
    let paths = rendered.paths.iter();
    let told: Vec<_> = paths
        .map(|(path, signal)| (path, signal.bit_perfect))
        .collect();
    assert_eq!(told, [(&parts[0], true), (&parts[1], true)]);
    assert_eq!(decode(&wav, 44_100), whole);
    assert_eq!(
        fs::metadata(&wav).unwrap().len(),
        44 + 22_050 * 4,
        "16 bits stay 16 bits"
    );

    let rendered = render(&all_of(&parts), 0.2, Some(0.1), &wav).unwrap();
    assert_eq!(rendered.frames, 4410);
    let found = decode(&wav, 44_100);
    assert_eq!(
        found[221..],
        whole[8820 + 221..8820 + 4410],
        "the first 5 ms fade in, the join is bare"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn tracks_of_unlike_rates_meet_at_the_rate_of_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("out.wav");
    let slow = synth(&folder, "slow.wav", 22_050, &level(0.5, 2205));
    let broken = folder.path().join("broken.mp3");
    fs::write(&broken, b"no music").unwrap();
    let rendered = render(
        &all_of(&[data("first.flac"), broken.clone(), slow]),
        0.0,
        None,
        &wav,
    )
    .unwrap();
    assert_eq!(
        (rendered.sample_rate_hz, rendered.frames),
        (44_100, 9973 + 4410)
    );
    assert_eq!(rendered.failures.len(), 1);
    assert_eq!(rendered.failures[0].path, broken);
    let found = decode(&wav, 44_100);
    assert_eq!(found[..9973], decode(&data("first.flac"), 44_100));
    assert!((found[9973 + 2000][0] - 0.5).abs() < 0.001);
}

#[test]
fn what_cannot_be_rendered_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let wav = folder.path().join("out.wav");
    let missing = folder.path().join("missing.flac");
    let error = render(&all_of(std::slice::from_ref(&missing)), 0.0, None, &wav).unwrap_err();
    assert!(error.to_string().contains("missing.flac"), "{error}");
    assert!(matches!(
        render(&[], 0.0, None, &wav),
        Err(RenderError::Silent { .. })
    ));
    let nowhere = folder.path().join("no/such/folder/out.wav");
    let error = render(&all_of(&[data("first.flac")]), 0.0, None, &nowhere).unwrap_err();
    assert!(error.to_string().contains("no/such/folder"), "{error}");
    {
        let engine = Engine::start(
            OutputKind::Wav {
                path: wav.clone(),
                length_s: None,
            },
            |_| TrackProfile::default(),
            |_| {},
        )
        .unwrap();
        engine.send(EngineCommand::Append(vec![item(&data("whole.flac"), 0)]));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn nothing_is_played_at_the_pace_of_a_card() {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..2)
        .map(|n| synth(&folder, &format!("{n}.wav"), 8000, &level(0.5, 80_000)))
        .collect();
    let items = paths
        .iter()
        .zip(0..)
        .map(|(path, key)| item(path, key))
        .collect();
    let mut live = Live::start();
    let begun = Instant::now();
    live.engine.send(EngineCommand::SetQueue {
        items,
        start: 0,
        play: true,
        shuffle: None,
    });
    let reached = |least_s: f64| {
        move |event: &Event| match event {
            Event::Position { position_s, .. } if *position_s >= least_s => Some(*position_s),
            _ => None,
        }
    };
    live.wait(reached(0.5));
    assert!(
        begun.elapsed() > Duration::from_millis(400),
        "{:?}",
        begun.elapsed()
    );

    live.engine.send(EngineCommand::Pause);
    live.wait(|event| matches!(event, Event::Paused { .. }).then_some(()));
    std::thread::sleep(Duration::from_millis(100));
    live.engine.send(EngineCommand::Pause);
    std::thread::sleep(Duration::from_millis(50));
    let held_s = live.engine.state().position_s;
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!(live.engine.state().position_s, held_s);

    live.engine.send(EngineCommand::Seek(5.0));
    live.engine.send(EngineCommand::Play);
    let position_s = live.wait(reached(5.1));
    assert!(position_s < 6.0, "{position_s}");
    live.engine.send(EngineCommand::Next);
    let (listened_s, how) = live.wait(|event| match event {
        Event::Ended {
            listened_s, how, ..
        } => Some((*listened_s, *how)),
        _ => None,
    });
    assert_eq!(how, End::Skipped);
    assert!(
        listened_s > 0.6 && listened_s < begun.elapsed().as_secs_f64(),
        "{listened_s}"
    );
    let key = live.wait(|event| match event {
        Event::Started { item, .. } => Some(item.key),
        _ => None,
    });
    assert_eq!(key, 1);
    live.engine.send(EngineCommand::Previous);
    let key = live.wait(|event| match event {
        Event::Started { item, .. } => Some(item.key),
        _ => None,
    });
    assert_eq!(key, 0);
    let Live {
        engine,
        events,
        mut grammar,
    } = live;
    let saved = engine.saved();
    assert_eq!(saved.queue, engine.queue());
    drop(engine);
    let last: Vec<TimedEvent> = events.iter().collect();
    last.iter().for_each(|told| grammar.check(told));
    assert!(
        matches!(
            last.last().map(|told| &told.event),
            Some(Event::Ended {
                how: End::Stopped,
                ..
            })
        ),
        "{last:?}"
    );
}

#[test]
fn what_is_missing_of_a_file_is_told_once_it_sounds() {
    let folder = tempfile::tempdir().unwrap();
    let plain = Path::new(env!("CARGO_MANIFEST_DIR")).join("../decode/tests_data/aac.m4a");
    let mut bytes = fs::read(&plain).unwrap();
    // The configuration of an AAC; then the same core, announced as that of HE-AAC by object type 5.
    let config = [0x12, 0x10, 0x56, 0xe5, 0x00];
    let at = bytes.windows(5).position(|five| five == config).unwrap();
    bytes[at..at + 5].copy_from_slice(&[0x2a, 0x10, 0x88, 0, 0]);
    let he_aac = folder.path().join("he.m4a");
    fs::write(&he_aac, &bytes).unwrap();
    let wav = folder.path().join("out.wav");
    let rendered = render(&all_of(&[plain, he_aac.clone()]), 0.0, None, &wav).unwrap();
    let missing = FileFault::HeAac { core_hz: 44_100 };
    assert_eq!(rendered.notices, [FailedFile::new(&he_aac, missing)]);
}
