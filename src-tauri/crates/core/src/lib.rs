//! Nouns and their rules: what every room may speak of.
//!
//! This crate owns the words — [`Track`], [`AudioHash`], [`Play`], [`Embedding`] — and the rules that belong
//! to them alone, such as how names are folded for matching and when a play counts as a skip.
//! It does no I/O, reads no clock, starts no thread and holds no state: time, files and chance arrive as
//! arguments in the rooms above.

mod analysis_error;
pub mod bytes;
mod causes;
mod code;
mod crossfade;
mod descriptors;
mod embedding;
mod equalizer;
mod fault;
mod feedback;
mod forgotten;
mod he_aac;
mod id;
mod key;
mod library_error;
mod loudness;
mod mix;
mod musepack;
mod output_fault;
mod output_settings;
mod play;
pub mod query;
mod reason;
mod reason_kind;
mod session;
mod signal_path;
mod signature;
mod span;
mod station;
mod term;
mod text;
mod told;
mod track;
mod tta;
mod wavpack;
mod wish;

pub use analysis_error::{AnalysisError, ModelFault, RuntimeFault};
pub use causes::with_causes;
pub use code::ErrorCode;
pub use crossfade::{Crossfade, TrackProfile};
pub use descriptors::{Descriptors, Measures, Waveform};
pub use embedding::{Embedding, EmbeddingError, TagScore};
pub use equalizer::{BandShape, Equalizer, EqualizerBand, EqualizerPreset, OCTAVES_HZ};
pub use fault::{Damage, FailedFile, FileFault, LostTag, SheetFault, TagFault, UnplayableFormat};
pub use feedback::{Feedback, FeedbackEvent, FeedbackId, FeedbackTarget};
pub use forgotten::{Forgotten, ForgottenId};
pub use he_aac::{AAC_RATES_HZ, he_aac_core_hz};
pub use id::{AudioHash, AudioHashError, ModelId, TrackId};
pub use jiff::Timestamp;
pub use key::{Key, Mode};
pub use library_error::{DataDirFault, FolderFault, LibraryAction, LibraryError};
pub use loudness::{
    AlbumLevel, CEILING_DBTP, Gain, GainSource, Level, LoudnessMode, LoudnessSettings,
    REFERENCE_LUFS, TrackLoudness,
};
pub use mix::{MixContent, MixKind, Mood};
pub use musepack::{MUSEPACK_FRAME, MusepackHead, MusepackPacket};
pub use output_fault::OutputFault;
pub use output_settings::{ChosenDevice, OutputSettings, WhenLost};
pub use play::{
    EndReason, ListenOutcome, Play, PlayContext, PlaySource, PlaySubject, PlayedFrom, Rating, Tally,
};
pub use reason::{Because, Habit};
pub use reason_kind::ReasonKind;
pub use session::{SESSION_GAP_S, ends_session};
pub use signal_path::{OutputFormat, SignalPath, SignalStep, SourceFormat};
pub use signature::{SIGNATURE_BYTES, ape_refusal, id3v2_byte_len, unplayable_format};
pub use span::FileSpan;
pub use station::{Facet, SeedDetail, SeedName, StationTitle};
pub use term::{Term, TermName};
pub use text::{WantedArtist, artist_key, fold, is_word, similar_key, title_key};
pub use told::{typed_or_told, typed_or_told_if_any};
pub use track::{SAME_LENGTH_S, Track};
pub use tta::TtaHead;
pub use wavpack::{WAVPACK_HEADER_BYTES, WavpackBlock, WavpackHead};
pub use wish::{BpmRange, Period, UnknownWord, WishPart, WishTerm, YearRange};
