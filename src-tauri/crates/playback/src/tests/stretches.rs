//! Stretches of files, as cue sheets name them, played one after the other.

use super::*;

/// From one frame of the file to another, in the nanoseconds of a sheet.
fn between(from: u64, until: Option<u64>) -> FileSpan {
    let ns = |frame: u64| frame * 1_000_000_000 / 44_100;
    FileSpan {
        start_ns: ns(from),
        end_ns: until.map(ns),
    }
}

#[test]
fn the_stretches_of_a_file_sound_as_the_file() {
    let folder = TempDir::new().unwrap();
    let frames: Vec<StereoFrame> = (0..60_000i32)
        .map(|n| [n * 7 % 30_000, -n * 11 % 30_000].map(|sample| sample as f32 / 32_768.0))
        .collect();
    let path = synth(&folder, "image.wav", 44_100, &frames);
    let heard = |spans: &[FileSpan]| {
        let wav = folder.path().join("heard.wav");
        let files: Vec<_> = spans.iter().map(|span| (path.clone(), *span)).collect();
        let rendered = render(&files, 0.0, None, &wav).unwrap();
        (rendered.frames, fs::read(&wav).unwrap())
    };
    // Frames of a CD are 588 samples; one of these stretches is shorter than what is decoded ahead.
    let cuts = [0, 588, 588 * 30, 588 * 31, 588 * 90];
    let parts: Vec<_> = cuts
        .iter()
        .enumerate()
        .map(|(n, from)| between(*from, cuts.get(n + 1).copied()))
        .collect();
    let whole = heard(&[FileSpan::WHOLE]);
    assert_eq!(whole.0, 60_000);
    assert!(heard(&parts) == whole);
    // By itself, one begins and ends where it is said to.
    let (count, bytes) = heard(&parts[2..3]);
    assert_eq!(count, 588);
    let header = whole.1.len() - 4 * 60_000;
    let from = header + 4 * 588 * 30;
    assert!(bytes[header..] == whole.1[from..from + 4 * 588]);
}
