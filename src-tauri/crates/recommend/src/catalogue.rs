//! The recordings a listener owns, as the recommender sees them: names interned, vectors in one matrix.
//!
//! Built once, item by item, from whatever the library holds, and then only read. A recording takes about 0.4 kB, most of
//! it its vector of 128; a library need never stand in memory in any larger form.

mod builder;
mod columns;
mod lookup;
mod names;
mod songs;
#[cfg(test)]
mod tests;

use segue_core::{AudioHash, Embedding, Key, ModelId, TagScore};

use crate::index::{Index, unit_dot};
use crate::sound_clusters::SoundClusters;
pub use builder::CatalogueBuilder;
use columns::{ListColumn, TextColumn};
pub(crate) use names::Names;
pub(crate) use songs::Found;

/// A recording as the library hands it over. What is unknown is `None` or empty.
#[derive(Clone, Debug)]
pub struct Item {
    /// The recording.
    pub audio: AudioHash,
    /// Title.
    pub title: String,
    /// Every artist by itself.
    pub artists: Vec<String>,
    /// The library's number of its album. Without one it is on no album.
    pub album_id: Option<i64>,
    /// Title of the album.
    pub album: Option<String>,
    /// Place on the album: growing with disc and track number.
    pub place: Option<u32>,
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
    /// Beats per minute.
    pub bpm: Option<f64>,
    /// Key.
    pub key: Option<Key>,
    /// Loudness of the first and the last 10 s that are not silent, in LUFS.
    pub edges_lufs: [Option<f64>; 2],
    /// Loudness of the whole, in LUFS.
    pub loudness_lufs: Option<f64>,
}

/// What a model's maker says of one of its tags.
#[derive(Clone, Debug, PartialEq)]
pub struct TagAbout {
    /// Its name.
    pub name: String,
    /// A tag that holds wherever this one does.
    pub parent: Option<String>,
    /// How far it can be trusted, in `0..=1`.
    pub trust: f32,
}

impl TagAbout {
    /// Trust from which a tag is shown: below, people who were asked would too often not agree.
    const SHOWN: f32 = 0.5;

    /// Whether the tag may be shown, and be a reason.
    pub fn is_shown(&self) -> bool {
        self.trust >= Self::SHOWN
    }
}

/// What is known of a tag of the catalogue.
#[derive(Clone, Copy, Debug)]
struct TagNote {
    parent: Option<u32>,
    trust: f32,
    shown: bool,
}

/// What a tag counts in a wish at least, at no trust at all.
const UNTRUSTED: f64 = 0.55;

/// A tag that the model gave a recording, in four bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TrackTag {
    number: u16,
    /// In 255ths.
    p: u8,
    /// Whether its probability is above the tag's threshold.
    present: bool,
    /// Whether it may be shown where it is present.
    shown: bool,
}

impl TrackTag {
    /// Its number among the catalogue's tags.
    pub(crate) fn number(self) -> u32 {
        u32::from(self.number)
    }

    /// Its probability.
    pub(crate) fn p(self) -> f64 {
        f64::from(self.p) / 255.0
    }

    /// Whether it can be trusted enough to be shown, however plainly it is heard.
    pub(crate) fn is_shown(self) -> bool {
        self.shown
    }

    /// Whether it is heard plainly, and can be trusted enough to be shown.
    pub(crate) fn is_plain(self) -> bool {
        self.present && self.shown
    }

    /// How clearly the recording has it, in `0..=1`: more than half where it is above its threshold.
    pub(crate) fn clear(self) -> f64 {
        0.5 * self.p() + if self.present { 0.5 } else { 0.0 }
    }
}

/// Marks what is not there: a row, an album, a place.
const NONE: u32 = u32::MAX;

/// The recordings, one position each, in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    model: Option<ModelId>,
    audio: Vec<AudioHash>,
    /// Positions in the order of their audio.
    by_audio: Vec<u32>,
    titles: TextColumn,
    songs: Vec<u32>,
    /// Mixed artist and title, and the first recording of each song that bears them, in order.
    by_song: Vec<(u64, u32)>,
    years: Vec<i16>,
    durations_s: Vec<f32>,
    albums: Vec<u32>,
    places: Vec<u32>,
    album_titles: TextColumn,
    album_artists: Vec<u32>,
    artists: ListColumn<u32>,
    genres: ListColumn<u32>,
    tags: ListColumn<TrackTag>,
    rows: Vec<u32>,
    item_of_row: Vec<u32>,
    index: Index,
    clusters: SoundClusters,
    /// Not a number where unknown.
    bpm: Vec<f32>,
    keys: Vec<Option<Key>>,
    edges_lufs: Vec<[f32; 2]>,
    loudness_lufs: Vec<f32>,
    /// By the tags' numbers; those of which nothing is known are trusted.
    tag_notes: Vec<TagNote>,
    artist_names: Names,
    genre_names: Names,
    tag_names: Names,
    edition: u64,
}

impl Catalogue {
    /// The model whose vectors are compared here.
    pub fn model(&self) -> Option<&ModelId> {
        self.model.as_ref()
    }

    /// Tells catalogues apart: unlike in recordings, in how many have vectors, or in how many names there are, means unlike
    /// here.
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
    pub fn vector_count(&self) -> usize {
        self.item_of_row.len()
    }

    /// Where a recording stands.
    pub fn position(&self, audio: &AudioHash) -> Option<usize> {
        let found = self
            .by_audio
            .binary_search_by_key(audio, |position| self.audio[*position as usize]);
        found.ok().map(|at| self.by_audio[at] as usize)
    }

    /// The recording at `position`, which must be below [`len`](Self::len), as for all that follow.
    pub fn audio(&self, position: usize) -> AudioHash {
        self.audio[position]
    }

    /// Title.
    pub fn title(&self, position: usize) -> &str {
        self.titles.get(position)
    }

    /// Names of the artists, in the tag's order; each as first spelled in the library.
    pub fn artists(&self, position: usize) -> impl Iterator<Item = &str> {
        self.artists
            .get(position)
            .iter()
            .map(|number| self.artist_names.show(*number))
    }

    /// Whether it has a vector of the catalogue's model.
    pub fn has_vector(&self, position: usize) -> bool {
        self.rows[position] != NONE
    }

    /// The vectors, by row: only recordings that have one.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The row of the recording's vector in [`index`](Self::index).
    pub fn row(&self, position: usize) -> Option<usize> {
        known(self.rows[position]).map(|row| row as usize)
    }

    /// The recording of a row of [`index`](Self::index).
    pub fn item_of_row(&self, row: usize) -> usize {
        self.item_of_row[row] as usize
    }

    /// The cosine of two recordings' vectors, where both have one.
    pub fn cosine(&self, a: usize, b: usize) -> Option<f32> {
        let (a, b) = (self.row(a)?, self.row(b)?);
        Some(unit_dot(self.index.row(a), self.index.row(b)))
    }

    /// The cluster of the library that it is in by its sound.
    pub(crate) fn cluster(&self, position: usize) -> Option<usize> {
        self.row(position).and_then(|row| self.clusters.of_row(row))
    }

    /// Number of clusters.
    pub(crate) fn cluster_count(&self) -> usize {
        self.clusters.count()
    }

    /// The unit vector, where there is one of the catalogue's model.
    pub(crate) fn vector(&self, position: usize) -> Option<Vec<f32>> {
        self.row(position).map(|row| self.index.vector(row))
    }

    /// Recordings of one song share this number: the position of the first of them.
    pub(crate) fn song(&self, position: usize) -> u32 {
        self.songs[position]
    }

    pub(crate) fn year(&self, position: usize) -> Option<i32> {
        Some(i32::from(self.years[position])).filter(|year| *year > 0)
    }

    pub(crate) fn duration_s(&self, position: usize) -> f64 {
        f64::from(self.durations_s[position])
    }

    pub(crate) fn album(&self, position: usize) -> Option<u32> {
        known(self.albums[position])
    }

    /// Number of albums.
    pub(crate) fn albums(&self) -> usize {
        self.album_artists.len()
    }

    pub(crate) fn album_title(&self, album: u32) -> &str {
        self.album_titles.get(album as usize)
    }

    /// The first artist of each of the album's recordings; `None` if they differ.
    pub(crate) fn album_artist(&self, album: u32) -> Option<u32> {
        known(self.album_artists[album as usize])
    }

    /// The place on the album; unknown ones come last.
    pub(crate) fn place(&self, position: usize) -> u32 {
        self.places[position]
    }

    pub(crate) fn artist_numbers(&self, position: usize) -> &[u32] {
        self.artists.get(position)
    }

    pub(crate) fn genre_numbers(&self, position: usize) -> &[u32] {
        self.genres.get(position)
    }

    /// Tags with their probabilities, the strongest first.
    pub(crate) fn tag_numbers(&self, position: usize) -> &[TrackTag] {
        self.tags.get(position)
    }

    pub(crate) fn bpm(&self, position: usize) -> Option<f64> {
        Some(f64::from(self.bpm[position])).filter(|bpm| !bpm.is_nan())
    }

    pub(crate) fn key(&self, position: usize) -> Option<Key> {
        self.keys[position]
    }

    /// Loudness of how it begins and ends, in LUFS.
    pub(crate) fn edges_lufs(&self, position: usize) -> [Option<f64>; 2] {
        self.edges_lufs[position].map(|lufs| Some(f64::from(lufs)).filter(|lufs| !lufs.is_nan()))
    }

    /// Loudness of the whole, in LUFS.
    pub(crate) fn loudness_lufs(&self, position: usize) -> Option<f64> {
        Some(f64::from(self.loudness_lufs[position])).filter(|lufs| !lufs.is_nan())
    }

    /// How clearly it has a tag, in `0..=1`; less where the tag is less to be trusted.
    pub(crate) fn tag_clear(&self, position: usize, number: u32) -> f64 {
        let mut tags = self.tag_numbers(position).iter();
        let found = tags.find(|tag| tag.number() == number);
        found.map_or(0.0, |tag| {
            let trust = f64::from(self.tag_notes[number as usize].trust);
            tag.clear() * (UNTRUSTED + (1.0 - UNTRUSTED) * trust)
        })
    }

    /// The tags that hold only where a wider one does, at any depth.
    pub(crate) fn narrower_tags(&self, wider: u32) -> impl Iterator<Item = u32> {
        let parent = |tag: u32| self.tag_notes[tag as usize].parent;
        (0..self.tag_notes.len() as u32).filter(move |tag| {
            let mut above = std::iter::successors(parent(*tag), |above| parent(*above));
            above.any(|above| above == wider)
        })
    }

    /// Whether a tag may be shown.
    pub(crate) fn is_tag_shown(&self, number: u32) -> bool {
        self.tag_notes[number as usize].shown
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

/// What is there.
fn known(number: u32) -> Option<u32> {
    Some(number).filter(|number| *number != NONE)
}
