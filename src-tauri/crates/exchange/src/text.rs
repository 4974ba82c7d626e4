//! What texts of other programs have in common, whatever the format.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;

/// Longest name that is kept, in characters, as for tags.
pub(crate) const NAME_CHARS_MAX: usize = 1000;

/// `text` as one line without control characters and what is `dropped`, not endless; `None` if nothing is left.
pub(crate) fn one_line(text: &str, dropped: impl Fn(char) -> bool) -> Option<String> {
    let kept: String = text
        .chars()
        .filter(|c| !dropped(*c))
        .map(|c| if c.is_control() { ' ' } else { c })
        .skip_while(|c| c.is_whitespace())
        .take(NAME_CHARS_MAX)
        .collect();
    let kept = kept.trim_end();
    (!kept.is_empty()).then(|| kept.to_owned())
}

/// Text of a format that does not say how it is encoded: what is valid UTF-8 is UTF-8, all else is Windows-1252, which is
/// what "Latin-1" means in practice (<https://encoding.spec.whatwg.org/#names-and-labels>).
pub(crate) fn utf8_or_1252(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}
