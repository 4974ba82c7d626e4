//! The recordings a listener owns, as the recommender sees them: names interned, vectors in one matrix.
//!
//! Built once from whatever the library holds and then only read. A hundred thousand recordings with vectors
//! of 128 take about 51 MB for the vectors and 20 MB for the rest.

use std::collections::HashMap;

use segue_core::{AudioHash, Embedding, ModelId, Play, TagScore, similar_key};

use crate::chance;
use crate::index::Index;

/// A recording as the library hands it over. What is unknown is `None` or empty.
#[derive(Clone, Debug)]
pub struct Item {
    /// The recording.
    pub audio: AudioHash,
    /// Title.
    pub title: String,
    /// Every artist by itself.
    pub artists: Vec<String>,
    /// Album title.
    pub album: Option<String>,
    /// Genres.
    pub genres: Vec<String>,
    /// Year of release.
    pub year: Option<i32>,
    /// Length in seconds.
    pub duration_s: f64,
    /// Tags heard by the model.
    pub tags: Vec<TagScore>,
    /// Place in the model's space.
    pub vector: Option<Embedding>,
}

/// Tags below this probability are noise to a listener.
const TAG_P_MIN: f32 = 0.2;

/// A tag heard in a recording.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeardTag {
    /// Its number among the catalogue's tags.
    pub(crate) number: u32,
    /// Its probability.
    pub(crate) p: f32,
    /// Whether it is heard plainly.
    pub(crate) present: bool,
}

/// The tags kept of one recording: the strongest.
const TAGS_MAX: usize = 12;

/// Names that stand for not knowing the artist; they are no artist to space, to like or to leave.
const NOBODY: [&str; 5] = [
    "unknownartist",
    "unknown",
    "variousartists",
    "various",
    "va",
];

/// Marks a row without a vector.
const NO_ROW: u32 = u32::MAX;

/// The recordings, one position each, in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    model: Option<ModelId>,
    positions: HashMap<AudioHash, u32>,
    audio: Vec<AudioHash>,
    titles: Vec<Box<str>>,
    songs: Vec<u32>,
    song_of: HashMap<(u32, String), u32>,
    years: Vec<Option<i16>>,
    durations_s: Vec<f32>,
    albums: Vec<Option<u32>>,
    album_titles: Vec<Box<str>>,
    artists: Ragged<u32>,
    genres: Ragged<u32>,
    tags: Ragged<HeardTag>,
    rows: Vec<u32>,
    item_of_row: Vec<u32>,
    index: Index,
    artist_names: Names,
    genre_names: Names,
    tag_names: Names,
    edition: u64,
}

/// Lists of unlike length in one allocation.
#[derive(Clone, Debug)]
pub(crate) struct Ragged<T> {
    ends: Vec<u32>,
    values: Vec<T>,
}

impl<T> Default for Ragged<T> {
    fn default() -> Self {
        Self {
            ends: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl<T> Ragged<T> {
    fn push(&mut self, list: impl IntoIterator<Item = T>) {
        self.values.extend(list);
        self.ends.push(self.values.len() as u32);
    }

    pub(crate) fn get(&self, at: usize) -> &[T] {
        let start = if at == 0 {
            0
        } else {
            self.ends[at - 1] as usize
        };
        &self.values[start..self.ends[at] as usize]
    }
}

/// Spellings of one name share a number; the first spelling met is the one shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    numbers: HashMap<String, u32>,
    shown: Vec<String>,
    /// Recordings that bear the name.
    counts: Vec<u32>,
}

impl Names {
    fn intern(&mut self, name: &str) -> Option<u32> {
        let key = similar_key(name);
        if key.is_empty() {
            return None;
        }
        let next = self.shown.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.shown.push(name.trim().to_owned());
            self.counts.push(0);
        }
        Some(number)
    }

    fn intern_all<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) -> Vec<u32> {
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

    fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(&similar_key(name)).copied()
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

/// What a play was of, as far as the catalogue knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The recording itself, or another copy or version under the same artist and title.
    Item(usize),
    /// Only the artist.
    Artist(u32),
}

impl Catalogue {
    /// Takes in the recordings. A second item of the same recording is ignored.
    ///
    /// Vectors of another model than `model`, or of another length than the first one taken, are left out:
    /// their recordings are ranked by their tags like those without a vector.
    pub fn new(model: Option<ModelId>, items: impl IntoIterator<Item = Item>) -> Self {
        let mut catalogue = Self {
            model,
            ..Self::default()
        };
        let (mut dim, mut values) = (0, Vec::new());
        let mut albums: HashMap<(String, Option<u32>), u32> = HashMap::new();
        let items = items.into_iter();
        let wanted = items.size_hint().0;
        for item in items {
            let position = catalogue.audio.len();
            if catalogue.positions.contains_key(&item.audio) {
                continue;
            }
            catalogue.positions.insert(item.audio, position as u32);
            let half = |bytes: [u8; 8]| u64::from_le_bytes(bytes);
            let [a @ .., _, _, _, _, _, _, _, _] = item.audio.0;
            let [_, _, _, _, _, _, _, _, b @ ..] = item.audio.0;
            catalogue.edition = chance::bits(chance::bits(catalogue.edition, half(a)), half(b));
            catalogue.audio.push(item.audio);
            catalogue.take_names(&item, position, &mut albums);
            catalogue.years.push(
                item.year
                    .filter(|year| *year > 0)
                    .and_then(|year| year.try_into().ok()),
            );
            catalogue.durations_s.push(item.duration_s as f32);
            let vector = item
                .vector
                .as_ref()
                .filter(|v| catalogue.model.as_ref() == Some(v.model()));
            match vector
                .map(Embedding::values)
                .filter(|v| dim == 0 || v.len() == dim)
            {
                Some(vector) => {
                    if dim == 0 {
                        dim = vector.len();
                        values.reserve_exact(dim * wanted);
                    }
                    values.extend_from_slice(vector);
                    catalogue.rows.push(catalogue.item_of_row.len() as u32);
                    catalogue.item_of_row.push(position as u32);
                }
                None => catalogue.rows.push(NO_ROW),
            }
        }
        catalogue.index = Index::new(dim, values);
        for size in [
            catalogue.item_of_row.len(),
            catalogue.artist_names.len(),
            catalogue.genre_names.len(),
            catalogue.tag_names.len(),
            catalogue.album_titles.len(),
        ] {
            catalogue.edition = chance::bits(catalogue.edition, size as u64);
        }
        catalogue
    }

    fn take_names(
        &mut self,
        item: &Item,
        position: usize,
        albums: &mut HashMap<(String, Option<u32>), u32>,
    ) {
        let somebody = |name: &&str| !NOBODY.contains(&similar_key(name).as_str());
        let artists = self
            .artist_names
            .intern_all(item.artists.iter().map(String::as_str).filter(somebody));
        let first = artists.first().copied();
        // Without an artist a title alone ("Track 1") does not say that two recordings are one song.
        let song = match (first, similar_key(&item.title)) {
            (Some(artist), title) if !title.is_empty() => *self
                .song_of
                .entry((artist, title))
                .or_insert(position as u32),
            _ => position as u32,
        };
        self.songs.push(song);
        self.titles.push(item.title.as_str().into());
        let next = albums.len() as u32;
        let album = item
            .album
            .as_deref()
            .map(similar_key)
            .filter(|key| !key.is_empty());
        let album = album.map(|key| *albums.entry((key, first)).or_insert(next));
        if album == Some(next) {
            let title = item.album.as_deref().unwrap_or_default().trim();
            self.album_titles.push(title.into());
        }
        self.albums.push(album);
        self.artists.push(artists);
        self.genres.push(
            self.genre_names
                .intern_all(item.genres.iter().map(String::as_str)),
        );
        let mut tags: Vec<&TagScore> = item
            .tags
            .iter()
            .filter(|tag| tag.p >= TAG_P_MIN && tag.p <= 1.0)
            .collect();
        tags.sort_by(|a, b| b.p.total_cmp(&a.p).then_with(|| a.name.cmp(&b.name)));
        let mut kept: Vec<HeardTag> = Vec::new();
        for tag in tags.into_iter().take(TAGS_MAX) {
            if let Some(number) = self.tag_names.intern(&tag.name)
                && kept.iter().all(|other| other.number != number)
            {
                self.tag_names.counts[number as usize] += 1;
                kept.push(HeardTag {
                    number,
                    p: tag.p,
                    present: tag.present,
                });
            }
        }
        self.tags.push(kept);
    }

    /// The model whose vectors are compared here.
    pub fn model(&self) -> Option<&ModelId> {
        self.model.as_ref()
    }

    /// Tells catalogues apart: unlike in recordings, vectors or number of names means unlike here.
    pub(crate) fn edition(&self) -> u64 {
        self.edition
    }

    /// Number of recordings.
    pub fn len(&self) -> usize {
        self.audio.len()
    }

    /// Whether there is nothing to choose from.
    pub fn is_empty(&self) -> bool {
        self.audio.is_empty()
    }

    /// Number of recordings with a vector.
    pub fn heard(&self) -> usize {
        self.item_of_row.len()
    }

    /// Where a recording stands.
    pub fn position(&self, audio: &AudioHash) -> Option<usize> {
        self.positions.get(audio).map(|position| *position as usize)
    }

    /// The recording at `position`, which must be below [`len`](Self::len), as for all that follow.
    pub fn audio(&self, position: usize) -> AudioHash {
        self.audio[position]
    }

    /// Title.
    pub fn title(&self, position: usize) -> &str {
        &self.titles[position]
    }

    /// Names of the artists, in the tag's order; each as first spelled in the library.
    pub fn artists(&self, position: usize) -> impl Iterator<Item = &str> {
        self.artists
            .get(position)
            .iter()
            .map(|number| self.artist_names.show(*number))
    }

    /// The unit vector, where there is one of the catalogue's model.
    pub fn vector(&self, position: usize) -> Option<&[f32]> {
        self.row(position).map(|row| self.index.row(row))
    }

    /// The vectors, by row: only recordings that have one.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The row of the recording's vector in [`index`](Self::index).
    pub fn row(&self, position: usize) -> Option<usize> {
        Some(self.rows[position])
            .filter(|row| *row != NO_ROW)
            .map(|row| row as usize)
    }

    /// The recording of a row of [`index`](Self::index).
    pub fn item_of_row(&self, row: usize) -> usize {
        self.item_of_row[row] as usize
    }

    /// Finds a play's recording: by its audio, else by artist and title, else at least its artist.
    pub(crate) fn find(&self, play: &Play) -> Option<Found> {
        let subject = &play.subject;
        if let Some(position) = subject
            .audio
            .as_ref()
            .and_then(|audio| self.position(audio))
        {
            return Some(Found::Item(position));
        }
        let artist = self.artist_names.find(subject.artist.as_deref()?)?;
        let title = subject
            .title
            .as_deref()
            .map(similar_key)
            .unwrap_or_default();
        Some(match self.song_of.get(&(artist, title)) {
            Some(position) => Found::Item(*position as usize),
            None => Found::Artist(artist),
        })
    }

    /// Recordings of one song, by artist and title, share this number: the position of the first of them.
    pub(crate) fn song(&self, position: usize) -> u32 {
        self.songs[position]
    }

    pub(crate) fn year(&self, position: usize) -> Option<i16> {
        self.years[position]
    }

    pub(crate) fn duration_s(&self, position: usize) -> f64 {
        f64::from(self.durations_s[position])
    }

    pub(crate) fn album(&self, position: usize) -> Option<u32> {
        self.albums[position]
    }

    /// Titles of the albums, by number.
    pub(crate) fn album_titles(&self) -> &[Box<str>] {
        &self.album_titles
    }

    pub(crate) fn artist_numbers(&self, position: usize) -> &[u32] {
        self.artists.get(position)
    }

    pub(crate) fn genre_numbers(&self, position: usize) -> &[u32] {
        self.genres.get(position)
    }

    /// Tags with their probabilities, the strongest first.
    pub(crate) fn tag_numbers(&self, position: usize) -> &[HeardTag] {
        self.tags.get(position)
    }

    pub(crate) fn artist_names(&self) -> &Names {
        &self.artist_names
    }

    pub(crate) fn genre_names(&self) -> &Names {
        &self.genre_names
    }

    pub(crate) fn tag_names(&self) -> &Names {
        &self.tag_names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world;

    #[test]
    fn copies_spellings_and_foreign_vectors_are_sorted_out() {
        let mut a = world::item(1, "Song", "The Beatles");
        a.vector = Embedding::new(ModelId("here@1".into()), vec![1.0, 0.0]).ok();
        let mut b = world::item(2, "song!", "Beatles");
        b.vector = Embedding::new(ModelId("elsewhere@1".into()), vec![1.0, 0.0]).ok();
        let mut c = world::item(3, "Track 1", "Unknown Artist");
        c.vector = Embedding::new(ModelId("here@1".into()), vec![1.0, 0.0, 0.0]).ok();
        let d = world::item(4, "Track 1", "Unknown Artist");
        let catalogue = Catalogue::new(Some(ModelId("here@1".into())), [a.clone(), a, b, c, d]);
        assert_eq!((catalogue.len(), catalogue.heard()), (4, 1));
        assert_eq!(catalogue.song(0), catalogue.song(1));
        assert_ne!(catalogue.song(2), catalogue.song(3));
        assert_eq!(catalogue.artists(1).collect::<Vec<_>>(), ["The Beatles"]);
        assert_eq!(catalogue.artists(2).count(), 0);
    }

    #[test]
    fn a_play_finds_its_recording_again() {
        let catalogue = Catalogue::new(
            None,
            [world::item(1, "Halo", "Ann"), world::item(2, "Dusk", "Ann")],
        );
        let found = |audio, artist: &str, title: &str| {
            let mut play = world::play(0, world::audio(audio), 1.0);
            play.subject.artist = Some(artist.into());
            play.subject.title = Some(title.into());
            catalogue.find(&play)
        };
        assert_eq!(found(2, "", ""), Some(Found::Item(1)));
        assert_eq!(found(9, "ANN", "halo"), Some(Found::Item(0)));
        assert_eq!(found(9, "ann", "gone"), Some(Found::Artist(0)));
        assert_eq!(found(9, "bob", "halo"), None);
    }
}
