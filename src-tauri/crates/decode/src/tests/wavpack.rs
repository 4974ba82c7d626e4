//! WavPack that is long, or damaged.

use std::path::Path;

use segue_core::FileSpan;

use super::{fixture, formula, rest, whole};
use crate::Decoder;

/// The blocks of a file.
fn blocks(bytes: &[u8]) -> Vec<&[u8]> {
    let (mut rest, mut blocks) = (bytes, Vec::new());
    while rest.starts_with(b"wvpk") {
        let len = u32::from_le_bytes(rest[4..8].try_into().unwrap()) as usize + 8;
        let (block, behind) = rest.split_at(len);
        blocks.push(block);
        rest = behind;
    }
    blocks
}

fn heard(path: &Path) -> Vec<f32> {
    rest(&mut Decoder::open(path, FileSpan::WHOLE).unwrap())
}

/// What stands behind a jump in a file of many blocks, where the place of each must be found.
#[test]
fn a_jump_in_a_long_file_lands_on_the_sample() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.wv");
    let (one, times) = (std::fs::read(fixture("16.wv")).unwrap(), 300_u32);
    let mut long = Vec::new();
    for time in 0..times {
        for block in blocks(&one) {
            let samples = u32::from_le_bytes(block[20..24].try_into().unwrap());
            if samples == 0 && time > 0 {
                continue;
            }
            let index = u32::from_le_bytes(block[16..20].try_into().unwrap());
            let mut block = block.to_vec();
            block[12..16].copy_from_slice(&(times * 4_000).to_le_bytes());
            block[16..20].copy_from_slice(&(index + time * 4_000).to_le_bytes());
            long.extend(block);
        }
    }
    assert!(long.len() > 1 << 20);
    std::fs::write(&path, long).unwrap();
    let once = formula(4_000, 2, 16);
    let mut decoder = Decoder::open(&path, FileSpan::WHOLE).unwrap();
    assert_eq!(decoder.format().frames, Some(u64::from(times) * 4_000));
    for frame in [1_000_000, 3, 499_999, 500_000, 1_199_999, 812_345, 77] {
        decoder.seek(frame).unwrap();
        let block = decoder.next_block().unwrap().unwrap();
        let from = (frame % 4_000) as usize * 2;
        let count = block.len().min(once.len() - from);
        assert!(
            count > 0 && block[..count] == once[from..from + count],
            "from {frame}"
        );
    }
}

#[test]
fn what_is_damaged_is_silent_and_what_follows_is_in_its_place() {
    let clean = whole("16.wv");
    let bytes = std::fs::read(fixture("16.wv")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged.wv");
    let blocks = blocks(&bytes);
    let sounding: Vec<usize> = (0..blocks.len())
        .filter(|n| blocks[*n][20..24] != [0; 4])
        .collect();
    let (third, samples) = (sounding[2], 1_000);
    let check = |what: &str, damaged: Vec<u8>| {
        std::fs::write(&path, damaged).unwrap();
        let heard = heard(&path);
        assert_eq!(heard.len(), clean.len(), "{what}");
        assert!(heard[..2 * samples] == clean[..2 * samples], "{what}");
        assert!(
            heard[2 * samples..3 * samples]
                .iter()
                .all(|sample| *sample == 0.0),
            "{what}"
        );
        assert!(heard[3 * samples..] == clean[3 * samples..], "{what}");
    };
    let join = |blocks: &[Vec<u8>]| blocks.concat();
    let mut turned: Vec<Vec<u8>> = blocks.iter().map(|block| block.to_vec()).collect();
    let middle = turned[third].len() / 2;
    turned[third][middle] ^= 0x55;
    check("a byte is turned", join(&turned));
    turned[third].truncate(middle);
    check("a block is cut short", join(&turned));
    turned.remove(third);
    check("a block is missing", join(&turned));
}
