//! What of a query means nothing, and where it stands.

use serde::{Deserialize, Serialize};

/// What is wrong, and where: characters of the text, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct QueryFault {
    /// The first character of what is wrong.
    pub from: usize,
    /// The character behind it.
    pub to: usize,
    /// What it is.
    pub kind: QueryFaultKind,
}

/// What is wrong with a part of a query. `field` is the field's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
#[expect(missing_docs, reason = "a field means what its name says")]
pub enum QueryFaultKind {
    /// There is no such field, but one that is nearly called so.
    UnknownField { name: String, meant: String },
    /// It holds numbers, and this is none.
    NotANumber { field: String, text: String },
    /// It holds times, and this is none.
    NotADate { field: String, text: String },
    /// It holds keys, and this is none.
    NotAKey { text: String },
    /// `is:` and `has:` know other words.
    UnknownFlag {
        field: String,
        text: String,
        known: Vec<String>,
    },
    /// A range that ends before it begins.
    EmptyRange { text: String },
    /// A bracket is closed that was not opened.
    Unopened,
    /// More brackets in brackets, or more conditions, than are read.
    TooMuch,
}
