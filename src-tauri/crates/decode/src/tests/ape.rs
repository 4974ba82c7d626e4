//! Monkey's Audio that is damaged.

use segue_core::FileSpan;

use super::{fixture, rest, whole};
use crate::Decoder;

#[test]
fn a_damaged_frame_is_silent_and_what_follows_is_in_its_place() {
    // Both have three frames of 73,728 samples, the last one shorter; of the second, a byte is turned.
    for (name, damaged_at) in [("three16.ape", 0.5), ("three24.ape", 0.5)] {
        let clean = whole(name);
        let mut bytes = std::fs::read(fixture(name)).unwrap();
        let at = (bytes.len() as f64 * damaged_at) as usize;
        bytes[at] ^= 0x55;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let heard = rest(&mut Decoder::open(&path, FileSpan::WHOLE).unwrap());
        assert_eq!(heard.len(), clean.len(), "{name}");
        let (second, third) = (73_728, 2 * 73_728);
        assert!(heard[..second] == clean[..second], "{name}");
        assert!(
            heard[second..third].iter().all(|sample| *sample == 0.0),
            "{name}"
        );
        assert!(heard[third..] == clean[third..], "{name}");
        assert!(clean[third..].iter().any(|sample| *sample != 0.0), "{name}");
    }
}
