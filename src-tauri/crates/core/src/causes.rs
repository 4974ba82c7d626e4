//! An error in words. Libraries say with each error only what they attempted, and leave to its causes why that failed.

use std::error::Error;

/// The error with all its causes, as one sentence. What an error says of its cause by itself is not said again.
pub fn with_causes(error: &dyn Error) -> String {
    let mut sentence = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let words = error.to_string();
        if !sentence.contains(&words) {
            sentence.push_str(": ");
            sentence.push_str(&words);
        }
        cause = error.source();
    }
    sentence
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    #[derive(Debug)]
    struct FakeError(&'static str, Option<Box<FakeError>>);

    impl fmt::Display for FakeError {
        fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for FakeError {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|cause| cause as &dyn Error)
        }
    }

    fn check(words: &[&'static str], expected: &str) {
        let error = words.iter().rev().fold(None, |cause, words| {
            Some(FakeError(words, cause.map(Box::new)))
        });
        assert_eq!(with_causes(&error.unwrap()), expected);
    }

    #[test]
    fn every_cause_is_said_once() {
        check(&["cannot play"], "cannot play");
        check(
            &["cannot play", "no card", "busy"],
            "cannot play: no card: busy",
        );
        check(
            &["cannot play: no card", "no card", "busy"],
            "cannot play: no card: busy",
        );
    }
}
