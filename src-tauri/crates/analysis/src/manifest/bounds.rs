//! What a manifest's numbers and names may be, and how a refusal says so.

use std::ops::RangeInclusive;

/// Whether a name can stand for a file or folder on every system, and leads nowhere else.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    (1..=64).contains(&name.len()) && !name.starts_with('.') && name.chars().all(plain)
}

pub(super) fn within(key: &str, value: f64, range: RangeInclusive<f64>) -> Result<(), String> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(format!(
        "{key} is {value}; between {} and {} is expected",
        range.start(),
        range.end()
    ))
}

pub(super) fn at_most(what: &str, value: f64, max: f64) -> Result<(), String> {
    if value <= max {
        return Ok(());
    }
    Err(format!(
        "{what} is {value:.0}; at most {max:.0} is expected"
    ))
}
