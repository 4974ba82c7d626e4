//! Which part of a query is being typed, so that what it may become can be offered.

use super::expression::Query;
use super::field::QueryField;
use super::read::{TokenKind, tokens};

/// The characters that are being typed, from 0, and what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The first of them.
    pub from: usize,
    /// The character behind them.
    pub to: usize,
    /// What they are.
    pub kind: SpotKind,
}

/// What is being typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpotKind {
    /// A word, or the name of a field.
    Word(String),
    /// What a field shall hold.
    Value(QueryField, String),
}

impl Query {
    /// What is being typed at `cursor`, which stands behind so many characters of `text`.
    pub fn spot(text: &str, cursor: usize) -> Option<Spot> {
        let end = text
            .char_indices()
            .nth(cursor)
            .map_or(text.len(), |(at, _)| at);
        let typed = &text[..end];
        let tokens = tokens(typed);
        let token = tokens.last().filter(|token| token.to == typed.len())?;
        let (kind, from) = match token.kind {
            TokenKind::Word(word) => (SpotKind::Word(word.to_owned()), token.from),
            TokenKind::QueryField(field, written) => {
                // A value that is closed is finished.
                if written.quoted {
                    return None;
                }
                let behind_colon = typed[token.from..].find(':')? + token.from + 1;
                let value = &typed[behind_colon..];
                let signs = value.len() - value.trim_start_matches(['<', '>', '=']).len();
                (
                    SpotKind::Value(field, written.text.to_owned()),
                    behind_colon + signs,
                )
            }
            _ => return None,
        };
        Some(Spot {
            from: typed[..from].chars().count(),
            to: typed.chars().count(),
            kind,
        })
    }
}
