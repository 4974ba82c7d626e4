//! From text to a query.

use super::expression::{Condition, Query};
use super::fault::{QueryFault, QueryFaultKind};
use super::field::QueryField;
use super::value::{self, FieldValue};

/// No one writes more; a pasted page should not become a query of ten thousand conditions.
const CONDITIONS_MAX: usize = 64;
/// What no word needs, and would be read as something else when it is written.
const BRACKETS: [char; 3] = ['(', ')', '"'];
/// Brackets within brackets.
const DEPTH_MAX: usize = 16;

/// A piece of a query and the characters that it stands at.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct QueryToken<'a> {
    pub(super) kind: TokenKind<'a>,
    /// Bytes.
    pub(super) from: usize,
    pub(super) to: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind<'a> {
    Open,
    Close,
    /// The sign before what is not wanted.
    Not,
    Word(&'a str),
    Phrase(&'a str),
    QueryField(QueryField, FieldValue<'a>),
    /// A name before a colon that is nearly a field's.
    Unknown(&'a str, &'static str),
}

/// Takes text apart.
pub(super) fn tokens(text: &str) -> Vec<QueryToken<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    // Brackets that are open, so that one of a word's own, as in "(Live)", is told from one that closes a group.
    let mut open = 0_usize;
    while let Some(step) = text[at..].find(|c: char| !c.is_whitespace()) {
        at += step;
        let rest = &text[at..];
        let mut push = |kind, from: usize, to: usize| tokens.push(QueryToken { kind, from, to });
        if rest.starts_with('(') {
            push(TokenKind::Open, at, at + 1);
            (open, at) = (open + 1, at + 1);
            continue;
        }
        if rest.starts_with(')') {
            push(TokenKind::Close, at, at + 1);
            (open, at) = (open.saturating_sub(1), at + 1);
            continue;
        }
        if let Some(behind) = rest.strip_prefix('-')
            && behind.starts_with(|c: char| c.is_alphanumeric() || c == '"' || c == '(')
            && !word(behind, open).0.ends_with('-')
        {
            push(TokenKind::Not, at, at + 1);
            at += 1;
            continue;
        }
        if let Some(quoted) = rest.strip_prefix('"') {
            let end = quoted.find('"').unwrap_or(quoted.len());
            let to = (at + 1 + end + 1).min(text.len());
            push(TokenKind::Phrase(&quoted[..end]), at, to);
            at = to;
            continue;
        }
        if let Some((name, behind)) = rest.split_once(':')
            && !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
        {
            let from = at + name.len() + 1;
            // "Original: Mono" is a title.
            if let Some(field) = QueryField::named(name)
                && !behind.starts_with(char::is_whitespace)
            {
                let (written, len) = value::written(behind, open > 0);
                push(TokenKind::QueryField(field, written), at, from + len);
                at = from + len;
                continue;
            }
            if let Some(meant) = QueryField::meant(name)
                && behind.starts_with(|c: char| !c.is_whitespace())
            {
                let (_, len) = value::written(behind, open > 0);
                push(TokenKind::Unknown(name, meant), at, at + name.len());
                at = from + len;
                continue;
            }
        }
        let (word, len) = word(rest, open);
        push(TokenKind::Word(word), at, at + len);
        at += len;
    }
    tokens
}

/// The word at the beginning of `text`: up to a space, or to a bracket that closes one outside of it.
fn word(text: &str, open: usize) -> (&str, usize) {
    let len = value::unbalanced(text, open > 0);
    (&text[..len], len)
}

impl Query {
    /// Reads what somebody typed.
    ///
    /// # Errors
    ///
    /// Where something is written as the language has it and means nothing: an unlikely field, a value that is no number.
    pub fn parse(text: &str) -> Result<Self, QueryFault> {
        query(text)
    }
}

/// Reads a whole query.
fn query(text: &str) -> Result<Query, QueryFault> {
    let text = text.trim_end();
    let tokens = tokens(text);
    if !tokens
        .iter()
        .enumerate()
        .any(|(n, _)| is_language(&tokens, n))
    {
        return Ok(Query::words(text));
    }
    let mut reader = Reader {
        text,
        tokens: &tokens,
        at: 0,
        conditions: 0,
    };
    let query = reader.any(0)?;
    match reader.tokens.get(reader.at) {
        // Only a bracket stops the reading.
        Some(stray) => Err(reader.fault(stray, QueryFaultKind::Unopened)),
        None => Ok(query),
    }
}

/// Whether a token makes the text one of the language: a field, a phrase, what is not wanted, or `OR` between two.
fn is_language(tokens: &[QueryToken], n: usize) -> bool {
    match tokens[n].kind {
        TokenKind::QueryField(..)
        | TokenKind::Unknown(..)
        | TokenKind::Phrase(_)
        | TokenKind::Not => true,
        TokenKind::Word("OR") => 0 < n && n + 1 < tokens.len(),
        _ => false,
    }
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [QueryToken<'a>],
    at: usize,
    conditions: usize,
}

impl<'a> Reader<'a> {
    fn any(&mut self, depth: usize) -> Result<Query, QueryFault> {
        let mut ways = vec![self.all(depth)?];
        while self.is_or() {
            self.at += 1;
            ways.push(self.all(depth)?);
        }
        // What is not typed yet asks for nothing, and would find everything.
        ways.retain(|way| !way.is_everything());
        Ok(match ways.len() {
            0 => Query::default(),
            1 => ways.remove(0),
            _ => Query::Any(ways),
        })
    }

    fn all(&mut self, depth: usize) -> Result<Query, QueryFault> {
        let mut parts = Vec::new();
        let mut words = String::new();
        while let Some(token) = self.tokens.get(self.at) {
            if token.kind == TokenKind::Close || self.is_or() {
                break;
            }
            if let TokenKind::Word(word) = token.kind {
                self.at += 1;
                // Between conditions it says what is so anyway.
                if word != "AND" {
                    words.extend(word.chars().filter(|c| !BRACKETS.contains(c)));
                    words.push(' ');
                }
                continue;
            }
            parts.extend(self.condition(depth)?);
        }
        if !words.trim().is_empty() {
            self.count()?;
            parts.insert(0, Query::words(&words));
        }
        Ok(match parts.len() {
            1 => parts.remove(0),
            _ => Query::All(parts),
        })
    }

    /// A condition that is no word; `None` where it is not finished.
    fn condition(&mut self, depth: usize) -> Result<Option<Query>, QueryFault> {
        let Some(token) = self.tokens.get(self.at) else {
            return Ok(None);
        };
        self.at += 1;
        Ok(match &token.kind {
            TokenKind::Not => {
                let negated = match self.tokens.get(self.at) {
                    Some(QueryToken {
                        kind: TokenKind::Word(word),
                        ..
                    }) => {
                        self.at += 1;
                        self.count()?;
                        Some(Query::words(&word.replace(BRACKETS, "")))
                            .filter(|words| !words.is_everything())
                    }
                    _ => self.condition(depth)?,
                };
                negated.map(|negated| Query::Not(Box::new(negated)))
            }
            TokenKind::Open => {
                if depth == DEPTH_MAX {
                    return Err(self.fault(token, QueryFaultKind::TooMuch));
                }
                let inner = self.any(depth + 1)?;
                if self
                    .tokens
                    .get(self.at)
                    .is_some_and(|t| t.kind == TokenKind::Close)
                {
                    self.at += 1;
                }
                Some(inner).filter(|inner| !inner.is_everything())
            }
            TokenKind::Phrase(phrase) => {
                let phrase = phrase.trim();
                self.count()?;
                (!phrase.is_empty()).then(|| Query::Is(Condition::Phrase(phrase.to_owned())))
            }
            TokenKind::QueryField(field, written) => {
                self.count()?;
                let condition = value::condition(*field, *written);
                let condition = condition.map_err(|kind| self.fault(token, kind))?;
                condition.map(Query::Is)
            }
            TokenKind::Unknown(name, meant) => {
                return Err(self.fault(
                    token,
                    QueryFaultKind::UnknownField {
                        name: (*name).to_owned(),
                        meant: (*meant).to_owned(),
                    },
                ));
            }
            TokenKind::Word(_) | TokenKind::Close => None,
        })
    }

    /// Whether an `or` stands here that parts two conditions, and is no word of a title: in capitals, or between two of the language.
    fn is_or(&self) -> bool {
        let Some(TokenKind::Word(word)) = self.tokens.get(self.at).map(|token| &token.kind) else {
            return false;
        };
        if *word == "OR" {
            return true;
        }
        let before = self
            .at
            .checked_sub(1)
            .map(|before| &self.tokens[before].kind);
        let behind = self.tokens.get(self.at + 1).map(|token| &token.kind);
        let ends = matches!(
            before,
            Some(TokenKind::QueryField(..) | TokenKind::Close | TokenKind::Phrase(_))
        );
        let begins = match behind {
            Some(
                TokenKind::QueryField(..) | TokenKind::Open | TokenKind::Not | TokenKind::Phrase(_),
            ) => true,
            // Somebody is typing what comes next.
            None => true,
            _ => false,
        };
        word.eq_ignore_ascii_case("or") && ends && begins
    }

    fn count(&mut self) -> Result<(), QueryFault> {
        self.conditions += 1;
        match self.conditions > CONDITIONS_MAX {
            true => Err(QueryFault {
                from: 0,
                to: self.text.chars().count(),
                kind: QueryFaultKind::TooMuch,
            }),
            false => Ok(()),
        }
    }

    fn fault(&self, token: &QueryToken, kind: QueryFaultKind) -> QueryFault {
        let characters = |bytes: usize| self.text[..bytes].chars().count();
        QueryFault {
            from: characters(token.from),
            to: characters(token.to),
            kind,
        }
    }
}
