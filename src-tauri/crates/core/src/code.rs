//! What the window does differently from one error to the next. A code exists only if the window acts on it.

use serde::{Deserialize, Serialize};

/// The kinds of failure that the window tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "ErrorCodeName"))]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// The file or folder is not there: offer to look again.
    NotFound,
    /// The file cannot be decoded: skip it.
    Unplayable,
    /// No sound card: offer another output.
    NoDevice,
    /// The model or ONNX Runtime is missing or refused: radio falls back to tags.
    NoModel,
    /// The database is from a newer Segue, damaged or read-only: nothing can be saved.
    Database,
    /// The request made no sense.
    Invalid,
    /// Anything else: show the sentence.
    Other,
}
