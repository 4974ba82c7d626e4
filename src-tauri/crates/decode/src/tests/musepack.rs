//! Musepack that is damaged, or cut off.

use segue_core::FileSpan;

use super::{correlation, fixture, formula, rest, whole};
use crate::Decoder;

fn heard(name: &str, bytes: &[u8]) -> Vec<f32> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    rest(&mut Decoder::open(&path, FileSpan::WHOLE).unwrap())
}

#[test]
fn a_damaged_packet_leaves_the_others_in_their_place() {
    let clean = whole("sv8.mpc");
    let mut bytes = std::fs::read(fixture("sv8.mpc")).unwrap();
    // Four packets of sound, of 16 frames of 1,152 samples each but the last.
    let packets: Vec<usize> = (0..bytes.len() - 1)
        .filter(|at| bytes[*at..].starts_with(b"AP"))
        .collect();
    assert_eq!(packets.len(), 4);
    bytes[packets[1] + 10..packets[1] + 400].fill(0xff);
    let heard = heard("damaged.mpc", &bytes);
    assert_eq!(heard.len(), clean.len());
    // The filters' delay, and what they remember of the damage.
    let frames = |count: usize| 2 * (count * 1_152 - 481);
    assert!(heard[..frames(16)] == clean[..frames(16)]);
    assert!(heard[frames(16)..frames(32)] != clean[frames(16)..frames(32)]);
    assert!(heard[frames(33)..] == clean[frames(33)..]);
}

#[test]
fn what_is_cut_off_plays_as_far_as_it_goes() {
    for (name, at_least) in [("sv7.mpc", 13_000), ("sv8.mpc", 17_000)] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let heard = heard(name, &bytes[..bytes.len() / 2]);
        assert!(heard.len() / 2 >= at_least, "{name}: {}", heard.len() / 2);
        let likeness = correlation(&heard, &formula(heard.len() as u64 / 2, 2, 24), 0);
        assert!(likeness > 0.999, "{name}: {likeness}");
    }
}
