//! What may have been meant where nothing was found: words of the library that are nearly what was typed.

use rusqlite::{Connection, OptionalExtension};
use segue_core::query::Query;
use segue_core::{LibraryAction, LibraryError, fold, is_word};

use super::Library;

/// Shorter words are near too many others.
const LETTERS_MIN: usize = 4;
/// From so many letters on two slips are one word's.
const LONG: usize = 6;

impl Library {
    /// The query with words of the library in the place of those that begin none of its words; `None` where none is near.
    pub fn spelled(&self, query: &Query) -> Result<Option<Query>, LibraryError> {
        self.read(LibraryAction::ReadTracks, |db| {
            let mut outcome = Ok(());
            let (query, replaced) = query.clone().with_words(|words| {
                words_spelled(db, words).unwrap_or_else(|error| {
                    outcome = Err(error);
                    None
                })
            });
            outcome.map(|()| replaced.then_some(query))
        })
    }
}

fn words_spelled(db: &Connection, words: &str) -> rusqlite::Result<Option<String>> {
    let mut replaced = false;
    let mut spelled = Vec::new();
    for word in words.split_whitespace() {
        let folded = fold(word);
        let near = match folded.chars().all(is_word) {
            true => nearest(db, &folded)?,
            // What has signs in it is known under several names.
            false => None,
        };
        replaced |= near.is_some();
        spelled.push(near.unwrap_or_else(|| word.to_owned()));
    }
    Ok(replaced.then(|| spelled.join(" ")))
}

/// The word of the library that is nearest to one that begins none; of several the commonest.
fn nearest(db: &Connection, word: &str) -> rusqlite::Result<Option<String>> {
    let letters = word.chars().count();
    if letters < LETTERS_MIN {
        return Ok(None);
    }
    let known = db
        .prepare_cached("SELECT term FROM search_terms WHERE term >= ? AND term < ? LIMIT 1")?
        .query_row([word, &format!("{word}\u{10ffff}")], |_| Ok(()))
        .optional()?;
    if known.is_some() {
        return Ok(None);
    }
    let slips_max = if letters < LONG { 1 } else { 2 };
    let mut statement = db.prepare_cached("SELECT term, doc FROM search_terms")?;
    let mut rows = statement.query([])?;
    let mut best: Option<(usize, i64, String)> = None;
    while let Some(row) = rows.next()? {
        let term = row.get_ref(0)?.as_str()?;
        let len = term.chars().count();
        if len + slips_max < letters {
            continue;
        }
        // What is typed may be the beginning of a word.
        let begun: String = term.chars().take(letters).collect();
        let whole = match len <= letters + slips_max {
            true => strsim::osa_distance(word, term),
            false => usize::MAX,
        };
        let slips = whole.min(strsim::osa_distance(word, &begun));
        let common: i64 = row.get(1)?;
        let better = best
            .as_ref()
            .is_none_or(|(least, most, _)| slips < *least || (slips == *least && common > *most));
        if slips <= slips_max && better {
            best = Some((slips, common, term.to_owned()));
        }
    }
    Ok(best.map(|(.., term)| term))
}
