//! The seeds of the predictors in a block, in the order that oxideav-wavpack 0.0.4 takes them to have.
//!
//! The format has the seeds of a predictor that looks back up to eight samples oldest first, the two channels by turns. The crate
//! reads them newest first, one channel behind the other, and those of the predictor that crosses channels (−3) the other way
//! round. Its own tests never meet such a predictor where seeds are stored; the encoder's extra modes (`-x`) often do. Without
//! this, such blocks fail their checksum and are silent.

/// Metadata that holds the predictors, and their seeds.
const TERMS: u8 = 2;
const SEEDS: u8 = 4;
const HEADER_BYTES: usize = segue_core::WAVPACK_HEADER_BYTES;

/// Brings the seeds of `block`, its header included, in the crate's order. `is_mono`: one channel is coded.
pub(super) fn reorder(block: &mut [u8], is_mono: bool) {
    let (mut at, mut terms) = (HEADER_BYTES, Vec::new());
    while let Some(head) = block.get(at..at + 2) {
        let (id, mut words, mut body) = (head[0], usize::from(head[1]), at + 2);
        if id & 0x80 != 0 {
            let Some(more) = block.get(at + 2..at + 4) else {
                return;
            };
            words |= usize::from(more[0]) << 8 | usize::from(more[1]) << 16;
            body += 2;
        }
        // A length that is odd is filled up.
        let len = (2 * words).saturating_sub(usize::from(id & 0x40 != 0));
        let Some(data) = block.get_mut(body..body + len) else {
            return;
        };
        match id & 0x3f {
            // Five bits of each byte are the predictor, with 5 added.
            TERMS => terms = data.iter().map(|byte| i32::from(byte & 31) - 5).collect(),
            SEEDS => reorder_seeds(data, &terms, is_mono),
            _ => {}
        }
        at = body + 2 * words;
    }
}

fn reorder_seeds(mut data: &mut [u8], terms: &[i32], is_mono: bool) {
    for term in terms {
        let count = match term {
            17 | 18 => 2,
            1..=8 => *term as usize,
            _ => 1,
        };
        let len = 2 * if is_mono { count } else { 2 * count };
        let Some((seeds, rest)) = data.split_at_mut_checked(len) else {
            return;
        };
        let words: Vec<[u8; 2]> = seeds
            .chunks_exact(2)
            .map(|word| [word[0], word[1]])
            .collect();
        let newest_first = |step: usize, channel: usize| {
            let one = words.iter().skip(channel).step_by(step).copied();
            one.collect::<Vec<_>>().into_iter().rev()
        };
        let ordered: Vec<[u8; 2]> = match term {
            1..=8 if is_mono => newest_first(1, 0).collect(),
            1..=8 => newest_first(2, 0).chain(newest_first(2, 1)).collect(),
            -3 => newest_first(1, 0).collect(),
            _ => words,
        };
        seeds.copy_from_slice(ordered.as_flattened());
        data = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_comes_first_and_one_channel_behind_the_other() {
        let check = |term: i32, is_mono: bool, seeds: &[u8], expected: &[u8]| {
            // A block of nothing but the predictor and the seeds, each byte of a seed the same.
            let mut block = vec![0; HEADER_BYTES];
            block.extend([
                TERMS | 0x40,
                1,
                (term + 5) as u8,
                0,
                SEEDS,
                seeds.len() as u8,
            ]);
            let body = block.len();
            block.extend(seeds.iter().flat_map(|seed| [*seed; 2]));
            reorder(&mut block, is_mono);
            let found: Vec<u8> = block[body..].iter().step_by(2).copied().collect();
            assert_eq!(found, expected, "{term}");
        };
        check(3, true, &[1, 2, 3], &[3, 2, 1]);
        check(3, false, &[1, 11, 2, 12, 3, 13], &[3, 2, 1, 13, 12, 11]);
        check(-3, false, &[1, 11], &[11, 1]);
        check(-1, false, &[1, 11], &[1, 11]);
        check(17, false, &[1, 2, 11, 12], &[1, 2, 11, 12]);
        // Fewer than the predictor needs are left as they are.
        check(4, false, &[1, 2, 3], &[1, 2, 3]);
    }
}
