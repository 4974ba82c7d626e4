//! Why a file of music cannot be dealt with, or not wholly: one set of faults for scan, decoder and analysis, so that a
//! file has the same fault wherever it is met.
//!
//! What is here is for programs and logs. The sentences that people read are made where they are shown.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// A file that cannot be dealt with, or not wholly, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {why}", path.display())]
pub struct FailedFile {
    /// The file or folder.
    pub path: PathBuf,
    /// Its fault.
    pub why: FileFault,
}

impl FailedFile {
    /// `path` with its fault.
    pub fn new(path: &Path, why: impl Into<FileFault>) -> Self {
        Self {
            path: path.to_owned(),
            why: why.into(),
        }
    }
}

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum FileFault {
    /// It is not there.
    #[error("not found")]
    NotFound,
    /// It is a folder.
    #[error("a folder")]
    Folder,
    /// The system does not let it be read: rights, a failing or unplugged disk.
    #[error("unreadable: {detail}")]
    Unreadable {
        /// What the system said.
        detail: String,
    },
    /// It has no bytes.
    #[error("empty")]
    Empty,
    /// It has no sound: nothing but tags, or not one frame.
    #[error("no audio")]
    NoAudio,
    /// A container without a track of sound.
    #[error("no sound track")]
    NoSoundTrack,
    /// A film.
    #[error("a video")]
    Video,
    /// It ends before its sound begins.
    #[error("cut off before its sound")]
    CutOff,
    /// It ends before the table that tells its packets apart.
    #[error("no packet table")]
    NoPacketTable,
    /// It ends before the first place that is listened to, though it claims to be longer.
    #[error("shorter than stated")]
    Truncated,
    /// Its format is known, and nobody here plays it.
    #[error("not playable: {format}")]
    NotPlayable {
        /// The format.
        format: UnplayableFormat,
    },
    /// Nothing in it is known.
    #[error("unknown format")]
    UnknownFormat,
    /// Its channels or its rate are no music's.
    #[error("{channels} channels at {rate_hz} Hz")]
    Implausible {
        /// Channels stated.
        channels: u32,
        /// Rate stated.
        rate_hz: u32,
    },
    /// Its rate cannot be brought to another.
    #[error("no resampling to {to_hz} Hz: {detail}")]
    NotResampled {
        /// The rate that was wanted.
        to_hz: u32,
        /// What the resampler said.
        detail: String,
    },
    /// It has something that its reader does not know.
    #[error("unsupported: {detail}")]
    Unsupported {
        /// What the reader said.
        detail: String,
    },
    /// It is damaged beyond use.
    #[error("damaged: {damage}")]
    Damaged {
        /// What was found.
        damage: Damage,
    },
    /// Its reader gave up by a panic.
    #[error("reader panicked: {detail}")]
    Panicked {
        /// The panic's message.
        detail: String,
    },
    /// It, or the folder, is passed over as its name begins with a dot.
    #[error("hidden")]
    Hidden {
        /// Whether it is a folder with music in it.
        folder: bool,
    },
    /// Its name is not valid Unicode.
    #[error("name not unicode")]
    NameNotUnicode,
    /// It plays, and some of its tags cannot be read.
    #[error("tags lost: {}", lost.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))]
    TagsLost {
        /// Which ones; not all of very many.
        lost: Vec<LostTag>,
    },
    /// It is HE-AAC, of which the core alone is played: nothing above half the core's rate.
    #[error("HE-AAC: core at {core_hz} Hz alone")]
    HeAac {
        /// The core's rate.
        core_hz: u32,
    },
    /// A cue sheet and the files that it names do not go together.
    #[error("cue sheet: {why}")]
    Sheet {
        /// What does not.
        why: SheetFault,
    },
    /// It is silent wherever it was listened to.
    #[error("silent")]
    Silent,
    /// The network failed on it.
    #[error("network failed: {detail}")]
    Network {
        /// What ONNX Runtime said.
        detail: String,
    },
    /// The loudness meter refused it.
    #[error("not measurable: {detail}")]
    Loudness {
        /// What the meter said.
        detail: String,
    },
    /// The network's answer is no direction in space.
    #[error("no vector: {detail}")]
    NoVector {
        /// Why it is none.
        detail: String,
    },
    /// What an older Segue wrote, as it stands.
    #[error("{text}")]
    Told {
        /// Its sentence.
        text: String,
    },
}

impl FileFault {
    /// A format of this name that nobody here plays.
    pub fn not_playable(name: impl Into<String>) -> Self {
        let name = name.into();
        Self::NotPlayable {
            format: UnplayableFormat::Named { name },
        }
    }

    /// A codec with more channels than are played.
    pub fn channels(name: &str, channels: u32) -> Self {
        Self::NotPlayable {
            format: UnplayableFormat::Channels {
                name: name.to_owned(),
                channels,
            },
        }
    }

    /// Whether it lies with the disk and not with the file's content, so that it may be well another time.
    pub fn is_io(&self) -> bool {
        matches!(
            self,
            Self::NotFound | Self::Folder | Self::Unreadable { .. }
        )
    }

    /// As it is stored: JSON.
    pub fn to_stored(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| self.to_string())
    }

    /// Reads what was stored; a sentence, as older versions of Segue stored them, is kept as it stands.
    pub fn from_stored(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_else(|_| Self::Told {
            text: text.to_owned(),
        })
    }
}

impl From<io::Error> for FileFault {
    fn from(error: io::Error) -> Self {
        if let Some(fault) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
            return Self::clone(fault);
        }
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::IsADirectory => Self::Folder,
            _ => Self::Unreadable {
                detail: error.to_string(),
            },
        }
    }
}

/// A format that nobody here plays. Names are the formats' own, such as `Dolby Digital (AC-3)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum UnplayableFormat {
    /// All of a format.
    #[error("{name}")]
    Named {
        /// Its name.
        name: String,
    },
    /// A format in a container that does not suit it.
    #[error("{name} in {container}")]
    InContainer {
        /// The format.
        name: String,
        /// The container.
        container: String,
    },
    /// A format with more channels than are played.
    #[error("{name} with {channels} channels")]
    Channels {
        /// The format.
        name: String,
        /// How many.
        channels: u32,
    },
    /// One type of a format that has many.
    #[error("{name} of type {subtype}")]
    Subtype {
        /// The format.
        name: String,
        /// The type, as the format numbers or names it.
        subtype: String,
    },
}

/// How a cue sheet and its files do not go together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum SheetFault {
    /// A file that it names is not there.
    #[error("no file {name}")]
    FileMissing {
        /// The name, as it is written in the sheet.
        name: String,
    },
    /// It names the image of a disc, samples without a header.
    #[error("disc image {name}")]
    DiscImage {
        /// The name, as it is written in the sheet.
        name: String,
    },
    /// A track begins behind the end of its file.
    #[error("track {number} begins behind the end")]
    BeyondEnd {
        /// The track's number.
        number: u32,
    },
}

/// How a file is damaged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Damage {
    /// It ends where more was promised.
    #[error("ends early")]
    EndsEarly,
    /// Not one of its packets can be decoded.
    #[error("none of {packets} packets decodes")]
    NothingDecodes {
        /// How many were tried.
        packets: u32,
    },
    /// So many packets one behind the other cannot be decoded.
    #[error("{packets} bad packets in a row")]
    BadPackets {
        /// How many.
        packets: u32,
    },
    /// Behind a jump its track of sound was no more to be found.
    #[error("sound track lost")]
    SoundTrackLost,
    /// It claims more packets than it has bytes.
    #[error("more packets than bytes")]
    MorePacketsThanBytes,
    /// No packets of the sound can be found in what follows.
    #[error("no more packets")]
    NoMorePackets,
    /// It leads its reader in circles.
    #[error("leads in circles")]
    Circles,
    /// What a reader said.
    #[error("{detail}")]
    Said {
        /// The reader's words.
        detail: String,
    },
}

impl From<Damage> for FileFault {
    fn from(damage: Damage) -> Self {
        Self::Damaged { damage }
    }
}

/// A tag, or a part of one, that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LostTag {
    /// What the format calls it; `None` where that cannot be read either.
    pub name: Option<String>,
    /// Why, where that is known.
    pub why: Option<TagFault>,
}

impl std::fmt::Display for LostTag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name.as_deref().unwrap_or("(unnamed)"))?;
        self.why
            .map_or(Ok(()), |why| write!(f, " ({})", why.as_str()))
    }
}

/// What is wrong with a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum TagFault {
    /// It is encrypted.
    Encrypted,
    /// It ends before its value does.
    TooShort,
    /// It is longer than what is read.
    TooLong,
    /// It is compressed, and cannot be unpacked.
    Compressed,
    /// Its text is in no known encoding.
    Encoding,
    /// It should hold a picture and holds none.
    NoPicture,
    /// The length that it states cannot be.
    Length,
}

impl TagFault {
    fn as_str(self) -> &'static str {
        match self {
            Self::Encrypted => "encrypted",
            Self::TooShort => "too short",
            Self::TooLong => "too long",
            Self::Compressed => "compressed",
            Self::Encoding => "encoding",
            Self::NoPicture => "no picture",
            Self::Length => "length",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_is_read_and_old_sentences_are_kept() {
        let faults = [
            FileFault::CutOff,
            FileFault::channels("Opus", 6),
            Damage::BadPackets { packets: 300 }.into(),
            FileFault::Sheet {
                why: SheetFault::FileMissing {
                    name: "a.wav".into(),
                },
            },
            FileFault::TagsLost {
                lost: vec![LostTag {
                    name: Some("TIT2".into()),
                    why: Some(TagFault::TooShort),
                }],
            },
        ];
        for fault in faults {
            assert_eq!(FileFault::from_stored(&fault.to_stored()), fault);
        }
        let text = "it is damaged: none of its 7 packets can be decoded".to_owned();
        assert_eq!(FileFault::from_stored(&text), FileFault::Told { text });
    }

    #[test]
    fn a_fault_is_found_again_in_an_error_of_the_system() {
        let fault = FileFault::from(Damage::Circles);
        assert_eq!(
            FileFault::from(io::Error::other(fault.clone())),
            fault.clone()
        );
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        assert!(FileFault::from(denied).is_io() && !fault.is_io());
    }
}
