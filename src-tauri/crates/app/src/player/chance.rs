//! Chance, which enters the program here.

use jiff::Timestamp;

/// A number that nobody can foretell, from the clock.
pub(super) fn chance() -> u64 {
    let now = Timestamp::now().as_nanosecond() as u64;
    // Mixes the clock's slow high digits into all (Steele, Lea, Flood 2014: SplitMix64's finaliser).
    let mut z = now.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
