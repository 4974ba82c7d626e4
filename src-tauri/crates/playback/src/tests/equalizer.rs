//! The equaliser through the engine: as it was designed, heard at once, held below the ceiling, and nothing where it is off; and what the
//! way of a sound tells of it.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use ebur128::{EbuR128, Mode};
use segue_core::{
    BandShape, CEILING_DBTP, Equalizer, EqualizerBand, EqualizerPreset, SignalPath, SignalStep,
};

use super::*;

fn everywhere(equalizer: Equalizer) -> EngineCommand {
    EngineCommand::SetEqualizers(Box::new(Equalizers {
        otherwise: equalizer,
        ..Equalizers::default()
    }))
}

/// What comes out of a file, and the way of its sound.
fn equalized(
    folder: &TempDir,
    (rate_hz, bits): (u32, u16),
    frames: &[StereoFrame],
    equalizer: &Equalizer,
) -> (Vec<StereoFrame>, SignalPath) {
    let (source, wav) = (folder.path().join("in.wav"), folder.path().join("out.wav"));
    let mut writer = WavWriter::create(&source).unwrap();
    writer.begin(WavFormat { rate_hz, bits }).unwrap();
    writer.write(frames).unwrap();
    writer.finish().unwrap();
    let commands = vec![everywhere(equalizer.clone())];
    let unknown = |_: &MediaItem| TrackProfile::default();
    let items = [(source, FileSpan::WHOLE)];
    let rendered = crate::render(&items, 0.0, None, commands, unknown, &wav).unwrap();
    let [(_, path)] = &rendered.paths[..] else {
        panic!("{:?}", rendered.paths)
    };
    (decode(&wav, rate_hz), path.clone())
}

fn check_response(rate_hz: u32, equalizer: &Equalizer) {
    const AT: usize = 500;
    let folder = tempfile::tempdir().unwrap();
    let mut impulse = vec![[0.0; 2]; rate_hz as usize];
    impulse[AT] = [0.05; 2];
    let (out, _) = equalized(&folder, (rate_hz, 24), &impulse, equalizer);
    // Neither late nor cut short.
    assert_eq!(out.len(), impulse.len());
    let loudest = (0..out.len()).max_by(|a, b| out[*a][0].abs().total_cmp(&out[*b][0].abs()));
    assert_eq!(loudest, Some(AT));
    for n in 0..=60 {
        let hz = 20.0 * 900_f64.powf(f64::from(n) / 60.0);
        let (mut re, mut im) = (0.0, 0.0);
        for (n, frame) in out.iter().enumerate() {
            let w = TAU * hz * n as f64 / f64::from(rate_hz);
            re += f64::from(frame[0]) * w.cos();
            im += f64::from(frame[0]) * w.sin();
        }
        let found_db = 10.0 * ((re * re + im * im) / (0.05 * 0.05)).log10();
        let off_db = found_db - equalizer.response_db(hz);
        assert!(
            off_db.abs() < 0.2,
            "{rate_hz} Hz, at {hz} Hz off by {off_db} dB"
        );
    }
}

#[test]
fn what_comes_out_is_the_design() {
    let band = |shape, hz, gain_db, q| EqualizerBand {
        shape,
        hz,
        gain_db,
        q,
    };
    let headphones = Equalizer {
        preamp_db: -6.2,
        bands: vec![
            band(BandShape::LowShelf, 105.0, 5.5, 0.7),
            band(BandShape::Peaking, 215.0, -3.1, 0.7),
            band(BandShape::Peaking, 2200.0, 4.0, 2.2),
            band(BandShape::Peaking, 8500.0, -7.5, 3.0),
            band(BandShape::HighShelf, 10_000.0, -4.0, 0.7),
        ],
    };
    let steep = Equalizer::of_octaves(
        -6.0,
        [6.0, -6.0, 6.0, -6.0, 6.0, -6.0, 6.0, -6.0, 6.0, -6.0],
    );
    for rate_hz in [44_100, 48_000, 96_000] {
        check_response(rate_hz, &headphones);
        check_response(rate_hz, &steep);
        check_response(rate_hz, &EqualizerPreset::Rock.equalizer());
    }
}

/// Noise at full scale.
fn noise(count: usize) -> Vec<StereoFrame> {
    let mut state = 3_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f32::from((state >> 16) as i16) / 32_768.0
    };
    (0..count).map(|_| [next(), next()]).collect()
}

#[test]
fn what_is_lifted_is_held_below_the_ceiling() {
    let folder = tempfile::tempdir().unwrap();
    let lift = Equalizer::of_octaves(0.0, [9.0, 9.0, 6.0, 3.0, 0.0, 0.0, 3.0, 6.0, 9.0, 9.0]);
    let (out, path) = equalized(&folder, (48_000, 24), &noise(96_000), &lift);
    let mut meter = EbuR128::new(2, 48_000, Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(out.as_flattened()).unwrap();
    let peak = meter.true_peak(0).unwrap().max(meter.true_peak(1).unwrap());
    let peak_db = 20.0 * peak.log10();
    assert!((-3.0..CEILING_DBTP + 0.1).contains(&peak_db), "{peak_db}");
    assert!(path.steps.contains(&SignalStep::Limiter));
    // What cannot go beyond full scale is not limited.
    let cut = Equalizer::of_octaves(-15.0, [-3.0; 10]);
    let (_, path) = equalized(&folder, (48_000, 24), &noise(4_800), &cut);
    assert!(
        matches!(path.steps[..], [SignalStep::Equalizer { bands: 10, .. }]),
        "{path:?}"
    );
}

#[test]
fn what_is_off_leaves_every_bit() {
    let folder = tempfile::tempdir().unwrap();
    for off in [Equalizer::default(), EqualizerPreset::Flat.equalizer()] {
        for bits in [16, 24] {
            let sound = noise(20_000);
            let (out, path) = equalized(&folder, (44_100, bits), &sound, &off);
            assert!(path.bit_perfect, "{path:?}");
            let bytes = |name: &str| fs::read(folder.path().join(name)).unwrap();
            assert_eq!(bytes("in.wav"), bytes("out.wav"));
            assert_eq!(out.len(), sound.len());
        }
    }
}

#[test]
fn sixteen_bits_are_dithered_where_they_are_not_enough() {
    let folder = tempfile::tempdir().unwrap();
    let quieter = Equalizer {
        preamp_db: -20.0,
        bands: Vec::new(),
    };
    // Far below the last bit: rounded plainly, nothing would be left of it.
    let tone = |n: usize| (2.0 * (TAU * n as f64 / 48.0).sin() / 32_768.0) as f32;
    let sound: Vec<StereoFrame> = (0..96_000).map(|n| [tone(n); 2]).collect();
    let (out, path) = equalized(&folder, (48_000, 16), &sound, &quieter);
    assert_eq!(path.steps.last(), Some(&SignalStep::Dither { bits: 16 }));
    let parts = out.iter().enumerate();
    let part: f64 = parts
        .map(|(n, frame)| f64::from(frame[0]) * (TAU * n as f64 / 48.0).sin())
        .sum();
    let found = part * 2.0 / 96_000.0 * 32_768.0;
    assert!((found - 0.2).abs() < 0.03, "{found}");
}

#[test]
fn each_output_has_its_own_and_the_way_of_the_sound_tells() {
    let (_folder, items) = shelf();
    let mut bench = Bench::new();
    let own = Equalizer::of_octaves(-12.0, [3.0; 10]);
    let equalizers = |id: &str| Equalizers {
        by_output: BTreeMap::from([(id.to_owned(), own.clone())]),
        otherwise: Equalizer::default(),
    };
    let steps = |bench: &Bench| bench.state().path.map(|path| path.steps);
    assert_eq!(steps(&bench), None);
    bench.send(set(&items, &[2]));
    assert_eq!(bench.pull(100), level(0.75, 100));
    let told = bench.state().path.and_then(|path| path.output.name);
    assert_eq!(told.as_deref(), Some("the script"));
    assert_eq!(steps(&bench), Some(vec![]));
    bench.send(EngineCommand::SetEqualizers(Box::new(equalizers(
        "headphones",
    ))));
    assert_eq!(
        (bench.pull(100), steps(&bench)),
        (level(0.75, 100), Some(vec![]))
    );
    // What is in the ring already is filtered too: it is heard at once.
    bench.send(EngineCommand::SetEqualizers(Box::new(equalizers("script"))));
    assert!(bench.pull(500)[450][0] < 0.6);
    bench.send(EngineCommand::SetVolume(0.5));
    let found = steps(&bench).unwrap();
    assert!(
        matches!(
            found[..],
            [SignalStep::Volume { db: Some(db) }, SignalStep::Equalizer { bands: 10, .. }] if (db + 18.06).abs() < 0.01
        ),
        "{found:?}"
    );
    assert_eq!(bench.state().path.unwrap().source.codec, "pcm");
    bench.send(EngineCommand::SetVolume(0.0));
    assert_eq!(steps(&bench).unwrap()[0], SignalStep::Volume { db: None });
}
