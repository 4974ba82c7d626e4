//! The parts of a file: what a cue sheet, or a list of chapters, names in it. As it is written there; it is cleaned with the
//! tags.

/// What is said of a file's parts, and of all of them together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FileParts {
    pub(crate) album: Option<String>,
    pub(crate) album_artist: Option<String>,
    pub(crate) composer: Option<String>,
    pub(crate) genre: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) disc: Option<String>,
    pub(crate) disc_total: Option<String>,
    pub(crate) album_gain: Option<String>,
    pub(crate) album_peak: Option<String>,
    /// How many tracks the sheet has, in all files that it names.
    pub(crate) total: u32,
    /// One behind the other: each ends where the next begins, the last with the file.
    pub(crate) parts: Vec<FilePart>,
}

/// A part.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FilePart {
    pub(crate) start_ns: u64,
    pub(crate) number: u32,
    pub(crate) title: Option<String>,
    pub(crate) artist: Option<String>,
    pub(crate) composer: Option<String>,
    pub(crate) genre: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) gain: Option<String>,
    pub(crate) peak: Option<String>,
}

impl FileParts {
    /// These parts, of which nothing is said together.
    pub(crate) fn of(parts: impl IntoIterator<Item = FilePart>) -> Self {
        let parts: Vec<FilePart> = parts.into_iter().collect();
        Self {
            total: parts.len() as u32,
            parts,
            ..Self::default()
        }
        .in_order()
    }

    /// Puts the parts in order. Where several begin at one place, all but the last have no length, and are none.
    pub(crate) fn in_order(mut self) -> Self {
        self.parts.sort_by_key(|part| part.start_ns);
        self.parts.reverse();
        self.parts.dedup_by_key(|part| part.start_ns);
        self.parts.reverse();
        self
    }
}
