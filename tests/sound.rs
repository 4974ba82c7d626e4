//! How things sound, on the command line: loudness and equaliser as they are set and asked for, and what is told of them, all in
//! WAV files.

use std::fs;

use serde_json::Value;

use crate::world::{World, glide, read_wav, write_wav};

/// Plays a file into a WAV file with these options, and says what was told of its sound's way.
fn played(world: &World, options: &[&str]) -> (Value, Vec<[i16; 2]>) {
    let wav = world.path("out.wav");
    let output = format!("wav:{}", wav.display());
    let source = world.path("in.wav").display().to_string();
    let line = [&["play", &source, "--output", &output], options].concat();
    let report = world.json(&line);
    (report["signals"][0]["signal"].clone(), read_wav(&wav).1)
}

fn loudest(sound: &[[i16; 2]]) -> f64 {
    let samples = sound.as_flattened().iter();
    f64::from(samples.map(|sample| sample.unsigned_abs()).max().unwrap())
}

fn steps(signal: &Value) -> Vec<&str> {
    let steps = signal["steps"].as_array().unwrap().iter();
    steps.map(|step| step["step"].as_str().unwrap()).collect()
}

#[test]
fn loudness_is_set_and_asked_for_and_off_leaves_every_bit() {
    let world = World::new();
    let sound = glide(44_100, 1.0, 3);
    write_wav(&world.path("in.wav"), 44_100, &sound);
    let (signal, out) = played(&world, &[]);
    assert_eq!((steps(&signal), out), (vec![], sound.clone()));
    assert_eq!(signal["bit_perfect"], true, "{signal}");

    // Nothing is known of a file that was never scanned.
    let (signal, out) = played(&world, &["--loudness", "track"]);
    assert_eq!(steps(&signal), ["gain", "dither"]);
    assert_eq!(signal["steps"][0]["gain"]["source"], "fallback");
    let change_db = 20.0 * (loudest(&out) / loudest(&sound)).log10();
    assert!((change_db + 6.0).abs() < 0.05, "{change_db}");

    let kept = world.json(&[
        "output",
        "loudness",
        "auto",
        "--preamp",
        "2.5",
        "--fallback",
        "-40",
    ]);
    assert_eq!(
        (&kept["mode"], &kept["fallback_db"]),
        (&"auto".into(), &(-15.0).into())
    );
    assert_eq!(world.json(&["output", "loudness"]), kept);
    let (signal, _) = played(&world, &[]);
    assert_eq!(steps(&signal), ["gain", "dither"]);
    let (_, out) = played(&world, &["--loudness", "off"]);
    assert_eq!(out, sound);
    world.refuses(
        &["output", "loudness", "loud"],
        2,
        "not one of off, track, album, auto",
    );
}

#[test]
fn songs_fade_into_each_other_as_it_is_set_or_asked_for() {
    let world = World::new();
    for (name, seed) in [("a.wav", 3), ("b.wav", 5)] {
        write_wav(&world.path(name), 44_100, &glide(44_100, 4.0, seed));
    }
    let played = |options: &[&str]| {
        let path = |name: &str| world.path(name).display().to_string();
        let output = format!("wav:{}", path("out.wav"));
        let line = ["play", &path("a.wav"), &path("b.wav"), "--output", &output];
        let report = world.json(&[&line[..], options].concat());
        let signals = report["signals"].as_array().unwrap().clone();
        let faded = signals
            .iter()
            .map(|file| steps(&file["signal"]).contains(&"crossfade"));
        (
            report["seconds"].as_f64().unwrap(),
            faded.collect::<Vec<_>>(),
        )
    };
    assert_eq!(played(&[]), (8.0, vec![false, false]));
    let (seconds, faded) = played(&["--crossfade", "1"]);
    assert!((seconds - 7.0).abs() < 0.05, "{seconds}");
    assert_eq!(faded, [false, true]);
    let kept = world.json(&["output", "crossfade", "1.5"]);
    assert_eq!(
        (&kept["mode"], &kept["seconds"]),
        (&"fixed".into(), &1.5.into())
    );
    assert_eq!(world.json(&["output", "crossfade"]), kept);
    let (seconds, _) = played(&[]);
    assert!((seconds - 6.5).abs() < 0.05, "{seconds}");
    assert_eq!(played(&["--crossfade", "off"]), (8.0, vec![false, false]));
    world.refuses(
        &["output", "crossfade", "soft"],
        2,
        "not one of off, auto, 0.5 to 12",
    );
}

#[test]
fn the_equaliser_is_a_preset_ten_gains_or_a_file_for_each_output() {
    let world = World::new();
    let sound = glide(44_100, 1.0, 5);
    write_wav(&world.path("in.wav"), 44_100, &sound);
    let file = world.path("headphones.txt");
    let curve = "Preamp: -6.2 dB\nFilter 1: ON PK Fc 105 Hz Gain -3.1 dB Q 0.70\n";
    fs::write(&file, curve).unwrap();
    let name = file.display().to_string();

    let (signal, out) = played(&world, &["--eq", &name]);
    assert_eq!(
        (signal["steps"][0]["step"].as_str(), out.len()),
        (Some("equalizer"), sound.len())
    );
    assert_eq!(signal["steps"][0]["bands"], 1);
    assert_ne!(out, sound);

    let kept = world.json(&["output", "eq", "preset", "rock"]);
    assert_eq!(
        (&kept["on"], &kept["preset"]),
        (&true.into(), &"rock".into())
    );
    let (signal, _) = played(&world, &[]);
    assert_eq!(signal["steps"][0]["bands"], 10);
    let (_, out) = played(&world, &["--eq", "off"]);
    assert_eq!(out, sound);

    let gains = ["-3", "0", "0", "0", "0", "0", "0", "0", "0", "1.5"];
    let line = [&["output", "eq", "set"], &gains[..]].concat();
    let kept = world.json(&line);
    assert_eq!(kept["equalizer"]["bands"][0]["gain_db"], -3.0);
    assert_eq!(
        (&kept["preset"], &kept["outputs"]),
        (&Value::Null, &Value::Array(vec![]))
    );
    world.refuses(
        &["output", "eq", "--device", "no such card", "off"],
        1,
        "there is no one sound card named",
    );
    world.json(&["output", "eq", "import", &name]);
    assert_eq!(
        world.json(&["output", "eq"])["equalizer"]["preamp_db"],
        -6.2
    );
    world.json(&["output", "eq", "off"]);
    let (signal, out) = played(&world, &[]);
    assert_eq!((&signal["bit_perfect"], out), (&true.into(), sound));

    fs::write(&file, "Delay: 5 ms\n").unwrap();
    world.refuses(
        &["output", "eq", "import", &name],
        1,
        "line 1: `delay` is not understood",
    );
    world.refuses(&["output", "eq", "set", "1", "2"], 2, "10");
}
