//! Identities. A path is where a track lies; these say *what* it is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A row of the library: one file with its tags. Stable across moves, renames and re-tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrackId(pub i64);

impl fmt::Display for TrackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The identity of a recording: 128 bits of BLAKE3 over its encoded audio, tags excluded.
///
/// Two files with the same hash are two copies of one recording. Vectors, plays and ratings belong to
/// the recording, so they survive whatever happens to the file. Written as 32 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AudioHash(pub [u8; 16]);

/// A text that is not 32 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an audio hash: {0:?}")]
pub struct AudioHashError(String);

impl fmt::Display for AudioHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for AudioHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AudioHash({self})")
    }
}

impl FromStr for AudioHash {
    type Err = AudioHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || AudioHashError(text.to_owned());
        if text.len() != 32 {
            return Err(refuse());
        }
        let digit = |ascii: u8| char::from(ascii).to_digit(16).ok_or_else(refuse);
        let mut bytes = [0; 16];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for AudioHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AudioHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Names the model that made a vector: `name@` and the first 12 hex digits of the SHA-256 over its files.
///
/// Vectors of unlike models are never compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModelId(pub String);

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_audio_hash_reads_back_what_it_wrote(bytes: [u8; 16]) {
            let hash = AudioHash(bytes);
            prop_assert_eq!(hash.to_string().parse(), Ok(hash));
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".{0,40}") {
            if let Ok(hash) = text.parse::<AudioHash>() {
                prop_assert_eq!(hash.to_string(), text.to_lowercase());
            }
        }
    }

    #[test]
    fn signs_are_not_digits() {
        assert!("+1".repeat(16).parse::<AudioHash>().is_err());
    }
}
