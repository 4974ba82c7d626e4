//! Musical keys: their names, how tags spell them, and where they stand on the circle of fifths.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Major or minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Third of four semitones.
    Major,
    /// Third of three semitones.
    Minor,
}

/// A key such as A minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    tonic: u8,
    mode: Mode,
}

/// The usual spelling of each tonic, from C upward.
const MAJOR: [&str; 12] = [
    "C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B",
];
const MINOR: [&str; 12] = [
    "C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B",
];

impl Key {
    /// The key on `tonic` semitones above C; whole octaves are dropped.
    pub fn new(tonic: u8, mode: Mode) -> Self {
        Self {
            tonic: tonic % 12,
            mode,
        }
    }

    /// Semitones of the tonic above C, `0..12`.
    pub fn tonic(self) -> u8 {
        self.tonic
    }

    /// Major or minor.
    pub fn mode(self) -> Mode {
        self.mode
    }

    /// Fifths that the key's signature stands above C major, `0..12`; keys with the same number share their notes, and
    /// neighbours share all but one.
    pub fn fifths(self) -> u8 {
        let major = match self.mode {
            Mode::Major => self.tonic,
            Mode::Minor => self.tonic + 3,
        };
        major * 7 % 12
    }

    /// The place on the Camelot wheel, as disc jockeys write keys: `8A` is A minor, `8B` C major, and one step is a fifth.
    pub fn camelot(self) -> String {
        let letter = match self.mode {
            Mode::Major => 'B',
            Mode::Minor => 'A',
        };
        format!("{}{letter}", (self.fifths() + 7) % 12 + 1)
    }

    /// Reads what tags hold: `A minor`, `Am`, `Amin`, `F#m`, `Gb`, `E♭ major`, `8A`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits > 0 {
            let number: u8 = text[..digits]
                .parse()
                .ok()
                .filter(|n| (1..=12).contains(n))?;
            let major = (number + 4) % 12 * 7 % 12;
            return match &text[digits..] {
                "A" | "a" => Some(Self::new(major + 9, Mode::Minor)),
                "B" | "b" => Some(Self::new(major, Mode::Major)),
                _ => None,
            };
        }
        let mut letters = text.chars();
        let natural = match letters.next()?.to_ascii_uppercase() {
            'C' => 12,
            'D' => 14,
            'E' => 16,
            'F' => 17,
            'G' => 19,
            'A' => 21,
            'B' => 23,
            _ => return None,
        };
        let rest = letters.as_str();
        let (tonic, rest) = match rest.chars().next() {
            Some('#' | '♯') => (natural + 1, rest.trim_start_matches(['#', '♯'])),
            Some('b' | '♭') => (natural - 1, rest.trim_start_matches(['b', '♭'])),
            _ => (natural, rest),
        };
        // A lone capital M means major where a lone small one means minor.
        let mode = match rest.trim() {
            "" | "M" => Mode::Major,
            "m" => Mode::Minor,
            word => match word.to_ascii_lowercase().as_str() {
                "maj" | "major" => Mode::Major,
                "min" | "minor" => Mode::Minor,
                _ => return None,
            },
        };
        Some(Self::new(tonic, mode))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tonic = usize::from(self.tonic);
        match self.mode {
            Mode::Major => write!(f, "{} major", MAJOR[tonic]),
            Mode::Minor => write!(f, "{} minor", MINOR[tonic]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_tags_spell_them() {
        let check = |text: &str, name: &str, camelot: &str| {
            let key = Key::parse(text).unwrap_or_else(|| panic!("{text:?} is no key"));
            assert_eq!(
                (key.to_string().as_str(), key.camelot().as_str()),
                (name, camelot),
                "{text:?}"
            );
        };
        check("A minor", "A minor", "8A");
        check("Am", "A minor", "8A");
        check(" amin ", "A minor", "8A");
        check("C", "C major", "8B");
        check("CM", "C major", "8B");
        check("F#m", "F# minor", "11A");
        check("Gbm", "F# minor", "11A");
        check("E♭ major", "Eb major", "5B");
        check("B", "B major", "1B");
        check("Bb", "Bb major", "6B");
        check("bbm", "Bb minor", "3A");
        check("8A", "A minor", "8A");
        check("12b", "E major", "12B");
        check("Cb", "B major", "1B");
        for text in [
            "", "o", "H", "13A", "0A", "8C", "A dorian", "A##x", "120", "♯",
        ] {
            assert_eq!(Key::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn every_key_has_its_own_name_and_place_and_comes_back() {
        let mut places = std::collections::BTreeSet::new();
        for tonic in 0..12 {
            for mode in [Mode::Major, Mode::Minor] {
                let key = Key::new(tonic, mode);
                assert_eq!(Key::parse(&key.to_string()), Some(key));
                assert_eq!(Key::parse(&key.camelot()), Some(key));
                places.insert(key.camelot());
                // A fifth up is one step on, and the relative key stands in the same place.
                let fifth = Key::new(tonic + 7, mode);
                assert_eq!(fifth.fifths(), (key.fifths() + 1) % 12);
            }
            let relative = Key::new(tonic + 9, Mode::Minor);
            assert_eq!(relative.fifths(), Key::new(tonic, Mode::Major).fifths());
        }
        assert_eq!(places.len(), 24);
    }
}
