//! HE-AAC, of which Segue plays the core alone: how a configuration announces it. The scan and the decoder ask here, so
//! that both say the same.

/// The sample rates of AAC in hertz, by their index (ISO/IEC 14496-3, table 1.18).
pub const AAC_RATES_HZ: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

/// The core's rate in hertz, where an AudioSpecificConfig announces spectral band replication or parametric stereo: by
/// the object type in front, or in the extension behind a plain core (ISO/IEC 14496-3, 1.6.2.1 and 1.6.5).
///
/// `None` where it announces neither. The sound may hold them all the same (implicit signalling, 1.6.5.3).
pub fn he_aac_core_hz(config: &[u8]) -> Option<u32> {
    let bits = (0..16).fold(0_u128, |bits, at| {
        bits << 8 | u128::from(config.get(at).copied().unwrap_or_default())
    });
    let take = |from: u32, count: u32| (bits << from >> (128 - count)) as u32;
    // 15 stands for a rate written out in 24 bits.
    let (core_hz, at) = match take(5, 4) {
        15 => (take(9, 24), 33),
        index => (*AAC_RATES_HZ.get(index as usize)?, 9),
    };
    let announced = match (take(0, 5), take(at, 4)) {
        (5 | 29, _) => true,
        // Channels that are described at length stand between the core and its extension.
        (2, 1..) => {
            let general = at + 4;
            // The second of three flags tells of a core coder's delay.
            let behind = general + if take(general + 1, 1) == 1 { 17 } else { 3 };
            take(behind, 11) == 0x2b7 && take(behind + 11, 5) == 5 && take(behind + 16, 1) == 1
        }
        _ => false,
    };
    (announced && core_hz > 0).then_some(core_hz)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_announces_he_aac_in_front_or_behind() {
        let check = |config: &[u8], expected: Option<u32>| {
            assert_eq!(he_aac_core_hz(config), expected, "{config:02x?}");
        };
        // Plain, without and with an extension that says that there is nothing.
        check(&[0x12, 0x10], None);
        check(&[0x12, 0x10, 0x56, 0xe5, 0x00], None);
        // Core of 22.05 kHz in stereo: object types 5 and 29, and the extension with its flag set.
        check(&[0x2b, 0x92, 0x08, 0x00], Some(22_050));
        check(&[0xeb, 0x8a, 0x08, 0x00], Some(22_050));
        check(&[0x13, 0x90, 0x56, 0xe5, 0xa0], Some(22_050));
        check(&[], None);
        check(&[0x2f], None);
    }
}
