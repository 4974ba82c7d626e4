//! Columns of values of unlike length, each in one allocation: a hundred thousand small ones would cost more than what they
//! hold.

/// Texts.
#[derive(Clone, Debug, Default)]
pub(super) struct TextColumn {
    ends: Vec<u32>,
    text: String,
}

impl TextColumn {
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }

    pub(super) fn get(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[at] as usize]
    }

    pub(super) fn shrink(&mut self) {
        self.ends.shrink_to_fit();
        self.text.shrink_to_fit();
    }
}

/// Lists.
#[derive(Clone, Debug)]
pub(super) struct ListColumn<T> {
    ends: Vec<u32>,
    values: Vec<T>,
}

impl<T> Default for ListColumn<T> {
    fn default() -> Self {
        Self {
            ends: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl<T> ListColumn<T> {
    pub(super) fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.values.extend(list);
        self.ends.push(self.values.len() as u32);
    }

    pub(super) fn get(&self, at: usize) -> &[T] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.values[start as usize..self.ends[at] as usize]
    }

    pub(super) fn shrink(&mut self) {
        self.ends.shrink_to_fit();
        self.values.shrink_to_fit();
    }
}
