//! What a file is by its first bytes, where Segue cannot play it, and how long the tag before them is. The scan and the
//! decoder ask here, so that both say the same, whatever the file's ending claims.

use crate::FileFault;

/// How many bytes from the beginning of the sound [`unplayable_format`] looks at.
pub const SIGNATURE_BYTES: usize = 512;

/// The length in bytes, header and footer included, of the ID3v2 tag whose header is at the beginning of `head`, or, with the
/// mark `3DI`, whose footer is (ID3v2.4.0 structure, sections 3.1 and 3.4).
///
/// `None` where there is none; `head` needs 10 bytes.
pub fn id3v2_byte_len(head: &[u8], mark: &[u8; 3]) -> Option<u64> {
    let header = head.get(..10)?;
    let size = &header[6..];
    if !header.starts_with(mark) || header[3] == 0xff || header[4] == 0xff {
        return None;
    }
    if size.iter().any(|byte| byte & 0x80 != 0) {
        return None;
    }
    let size = size
        .iter()
        .fold(0, |size, byte| size << 7 | u64::from(*byte));
    let footer = if header[5] & 0x10 != 0 { 10 } else { 0 };
    Some(10 + size + footer)
}

/// The name of the format that `head`, a file's first bytes behind any ID3v2 tag, belongs to, where nothing here plays
/// it. `None` says nothing of whether the file can be played.
///
/// Several of these keep a WAV header inside, which a search for known markers would take for the music.
pub fn unplayable_format(head: &[u8]) -> Option<&'static str> {
    if let Some((_, name)) = MARKERS.iter().find(|(marker, _)| head.starts_with(marker)) {
        return Some(name);
    }
    let at = |index: usize| head.get(index).copied().unwrap_or_default();
    match head {
        // An Ogg page's first packet: 27 bytes, then the table of segments (RFC 3533, 6).
        _ if head.starts_with(b"OggS") => {
            let packet = head.get(27 + usize::from(at(26))..)?;
            packet.starts_with(b"Speex   ").then_some("Speex")
        }
        // ETSI TS 102 366: sync word, then the bit stream identification in the sixth byte, and no rate of code 3.
        [0x0b, 0x77, _, _, code, id, ..] => match id >> 3 {
            0..=10 if code >> 6 != 3 => Some("Dolby Digital (AC-3)"),
            11..=16 => Some("Dolby Digital Plus (E-AC-3)"),
            _ => None,
        },
        // ISO/IEC 14496-3, 1.7.2: AudioSyncStream, whose next frame stands where the length says.
        [0x56, high, low, ..] if high >> 5 == 0b111 => {
            let next = 3 + (usize::from(high & 0x1f) << 8 | usize::from(*low));
            (at(next) == 0x56 && at(next + 1) >> 5 == 0b111).then_some("AAC (LATM)")
        }
        // ISO/IEC 11172-3, 2.4.2.3: the bit rate's index is 0, so that only the next header tells a frame's length.
        [0xff, second, third, ..]
            if second & 0xe0 == 0xe0
                && second & 0x18 != 0x08
                && second & 0x06 != 0
                && third & 0xf0 == 0
                && third & 0x0c != 0x0c =>
        {
            Some("MP3 (free format)")
        }
        // ISO/IEC 13818-1: packets of 188 bytes.
        [0x47, ..] if at(188) == 0x47 && at(376) == 0x47 => Some("MPEG transport stream"),
        _ => None,
    }
}

/// Why Monkey's Audio that begins with `head` is not played: its version is one from before 2003, or it holds floating point.
pub fn ape_refusal(head: &[u8]) -> Option<FileFault> {
    let number = |at: usize| {
        head.get(at..at + 2)
            .map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
    };
    let version = number(4)?;
    if version < 3980 {
        let (major, minor) = (version / 1000, version % 1000 / 10);
        return Some(FileFault::not_playable(format!(
            "Monkey's Audio {major}.{minor:02}"
        )));
    }
    // Behind the descriptor, whose length stands in it, come the level and the flags.
    let flags = number(usize::from(number(8)?) + 2)?;
    (flags & 1 << 12 != 0).then(|| FileFault::not_playable("Monkey's Audio (floating point)"))
}

/// First bytes and what they mean.
const MARKERS: &[(&[u8], &str)] = &[
    (b"TTA2", "True Audio"),
    (b"OFR ", "OptimFROG"),
    (b"tBaK", "TAK"),
    (b"ajkg", "Shorten"),
    (b"LA02", "Lossless Audio"),
    (b"LA03", "Lossless Audio"),
    (b"LA04", "Lossless Audio"),
    (b"ADIF", "AAC (ADIF)"),
    (b"#!AMR", "AMR"),
    (b".RMF", "RealMedia"),
    (b".ra\xfd", "RealAudio"),
    (b"MThd", "MIDI"),
    // The GUID of an ASF header.
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media Audio"),
    // DTS core streams in their four orders of bits and bytes (ETSI TS 102 114, 5.3), and DTS-HD files.
    (b"\x7f\xfe\x80\x01", "DTS"),
    (b"\xfe\x7f\x01\x80", "DTS"),
    (b"\x1f\xff\xe8\x00", "DTS"),
    (b"\xff\x1f\x00\xe8", "DTS"),
    (b"DTSHDHDR", "DTS"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_played_is_known_by_its_first_bytes() {
        let check = |head: &[u8], expected: Option<&str>| {
            assert_eq!(unplayable_format(head), expected, "{head:?}");
        };
        check(b"wvpk\x10\0\0\0", None);
        check(b"MAC \x96\x0f", None);
        check(b"RIFF\0\0\0\0WAVE", None);
        check(b"fLaC", None);
        check(b"", None);
        check(b"MP", None);
        check(
            b"\x0b\x77\x12\x34\x50\x40\x43\xe1",
            Some("Dolby Digital (AC-3)"),
        );
        check(
            b"\x0b\x77\x02\xff\x3f\x85\x2f",
            Some("Dolby Digital Plus (E-AC-3)"),
        );
        // No such version is known.
        check(b"\x0b\x77\xff\xfb\xd0\xfc\0\0", None);
        let page = |packet: &[u8]| [b"OggS".as_slice(), &[0; 22], &[1, 80], packet].concat();
        check(&page(b"Speex   1.2"), Some("Speex"));
        check(&page(b"\x01vorbis"), None);
        check(b"\xff\xfb\x00\x64\0\0\0\0", Some("MP3 (free format)"));
        check(b"\xff\xfb\x90\x64\0\0\0\0", None);
        check(b"\xff\xf1\x0c\x80\0\0\0\0", None);
        let mut latm = vec![0; 64];
        (latm[0], latm[1], latm[2]) = (0x56, 0xe0, 20);
        check(&latm, None);
        (latm[23], latm[24]) = (0x56, 0xe0);
        check(&latm, Some("AAC (LATM)"));
    }

    #[test]
    fn an_older_or_floating_ape_is_refused_by_name() {
        let check = |version: u16, flags: u16, expected: Option<&str>| {
            let mut head = vec![0; 76];
            head[..4].copy_from_slice(b"MAC ");
            head[4..6].copy_from_slice(&version.to_le_bytes());
            head[8] = 52;
            head[54..56].copy_from_slice(&flags.to_le_bytes());
            let expected = expected.map(FileFault::not_playable);
            assert_eq!(ape_refusal(&head), expected, "{version}, {flags:#x}");
        };
        check(3990, 0, None);
        check(3950, 0, Some("Monkey's Audio 3.95"));
        check(3990, 1 << 12, Some("Monkey's Audio (floating point)"));
        assert_eq!(ape_refusal(b"MAC \x96\x0f"), None);
    }

    #[test]
    fn a_tag_says_how_long_it_is() {
        let check =
            |head: &[u8], expected: Option<u64>| assert_eq!(id3v2_byte_len(head, b"ID3"), expected);
        check(b"ID3\x04\0\0\0\0\x02\x01rest", Some(10 + 257));
        check(b"ID3\x04\0\x10\0\0\0\x05", Some(25));
        check(b"ID3\x04\0\0\0\0\x80\x01", None);
        check(b"ID3\x04\0\0\0\0", None);
        check(b"fLaC\0\0\0\x22\0\0", None);
    }
}
