//! True Audio that is damaged.

use segue_core::FileSpan;

use super::{fixture, rest, whole};
use crate::Decoder;

#[test]
fn a_damaged_frame_is_silent_and_what_follows_is_in_its_place() {
    let clean = whole("16.tta");
    let mut bytes = std::fs::read(fixture("16.tta")).unwrap();
    // Of three frames of 8,359 samples, the last one shorter, a byte of the second is turned.
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.tta");
    std::fs::write(&path, bytes).unwrap();
    let heard = rest(&mut Decoder::open(&path, FileSpan::WHOLE).unwrap());
    assert_eq!(heard.len(), clean.len());
    let (second, third) = (2 * 8_359, 4 * 8_359);
    assert!(heard[..second] == clean[..second]);
    assert!(heard[second..third].iter().all(|sample| *sample == 0.0));
    assert!(heard[third..] == clean[third..]);
}
