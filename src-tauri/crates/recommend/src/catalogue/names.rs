//! Names by number.

use std::collections::HashMap;

use segue_core::similar_key;

/// Spellings of one name share a number; the first spelling met is the one shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    pub(super) numbers: HashMap<Box<str>, u32>,
    shown: Vec<Box<str>>,
    /// Recordings that bear the name.
    pub(super) counts: Vec<u32>,
}

impl Names {
    pub(super) fn intern(&mut self, name: &str) -> Option<u32> {
        let key = similar_key(name);
        if key.is_empty() {
            return None;
        }
        let next = self.shown.len() as u32;
        let number = *self.numbers.entry(key.into()).or_insert(next);
        if number == next {
            self.shown.push(name.trim().into());
            self.counts.push(0);
        }
        Some(number)
    }

    pub(super) fn intern_all<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> Vec<u32> {
        let mut numbers: Vec<u32> = Vec::new();
        for name in names {
            if let Some(number) = self.intern(name)
                && !numbers.contains(&number)
            {
                self.counts[number as usize] += 1;
                numbers.push(number);
            }
        }
        numbers
    }

    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(similar_key(name).as_str()).copied()
    }

    /// All of them, as they are shown.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.shown.iter().map(|name| &**name)
    }

    pub(crate) fn len(&self) -> usize {
        self.shown.len()
    }

    pub(crate) fn show(&self, number: u32) -> &str {
        &self.shown[number as usize]
    }

    pub(crate) fn count(&self, number: u32) -> u32 {
        self.counts[number as usize]
    }
}
