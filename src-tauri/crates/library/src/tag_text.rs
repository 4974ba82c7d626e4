//! Names of tags as the database keeps them: lists in one text, and a title for what has none.

use crate::tags::text::clean;

/// Separates the items of a list in the database; cleaning takes it out of the items.
const UNIT_SEPARATOR: char = '\x1f';

/// A title for a file without one: its name without ending and without a leading track number.
pub(crate) fn title_of(file_stem: &str) -> String {
    let name = clean(file_stem).unwrap_or_default();
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = name.len() - rest.len();
    let title = rest.trim_start_matches([' ', '.', '-', '_']);
    let numbered = (1..=3).contains(&digits) && title.len() < rest.len();
    let title = if numbered && !title.is_empty() {
        title
    } else {
        &name
    };
    if title.is_empty() {
        "?".to_owned()
    } else {
        title.replace('_', " ")
    }
}

/// A list as the database keeps it.
pub(crate) fn join(items: &[String]) -> String {
    items.join("\x1f")
}

/// Reads [`join`] back.
pub(crate) fn split(text: &str) -> Vec<String> {
    text.split(UNIT_SEPARATOR)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}
