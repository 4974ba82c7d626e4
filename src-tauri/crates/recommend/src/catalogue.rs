//! The recordings a listener owns, as the recommender sees them: names interned, vectors in one matrix.
//!
//! Built once, item by item, from whatever the library holds, and then only read. A recording takes about 0.4 kB, most of
//! it its vector of 128; a library need never stand in memory in any larger form.

use std::collections::{HashMap, HashSet};

use segue_core::{
    AudioHash, Embedding, Key, ModelId, Play, SAME_LENGTH_S, TagScore, Term, fold, similar_key,
};

use crate::chance;
use crate::corners::Corners;
use crate::index::{Index, dot, unit_dot};

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
}

/// Tags below this probability are noise to a listener.
const TAG_P_MIN: f32 = 0.2;

/// A tag heard in a recording, in four bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeardTag {
    number: u16,
    /// In 255ths.
    p: u8,
    /// Whether it is heard plainly.
    pub(crate) present: bool,
}

impl HeardTag {
    /// Its number among the catalogue's tags.
    pub(crate) fn number(self) -> u32 {
        u32::from(self.number)
    }

    /// Its probability.
    pub(crate) fn p(self) -> f64 {
        f64::from(self.p) / 255.0
    }

    /// How clearly it is heard, in `0..=1`: one that is heard plainly more than half.
    pub(crate) fn clear(self) -> f64 {
        0.5 * self.p() + if self.present { 0.5 } else { 0.0 }
    }
}

/// On two albums, lengths further apart than this are of two recordings: copies of one differ there by no more than the
/// silence at both ends. On one album that is [`SAME_LENGTH_S`]; a tenth of the length, where that is less.
const SAME_LENGTH_APART_S: f64 = 3.0;

/// Masterings of one recording sound alike: below this share of the way from chance to sameness they are two. Asked in
/// libraries that are large enough for chance to be known.
const UNLIKE: f32 = 0.5;
const HEARD_ENOUGH: usize = 64;

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

/// Marks what is not there: a row, an album, a place.
const NONE: u32 = u32::MAX;

/// The recordings, one position each, in the order of their first appearance.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    model: Option<ModelId>,
    audio: Vec<AudioHash>,
    /// Positions in the order of their audio.
    by_audio: Vec<u32>,
    titles: Text,
    songs: Vec<u32>,
    /// Mixed artist and title, and the first recording of each song that bears them, in order.
    by_song: Vec<(u64, u32)>,
    years: Vec<i16>,
    durations_s: Vec<f32>,
    albums: Vec<u32>,
    places: Vec<u32>,
    album_titles: Text,
    album_artists: Vec<u32>,
    artists: Ragged<u32>,
    genres: Ragged<u32>,
    tags: Ragged<HeardTag>,
    rows: Vec<u32>,
    item_of_row: Vec<u32>,
    index: Index,
    corners: Corners,
    /// Not a number where unknown.
    bpm: Vec<f32>,
    keys: Vec<Option<Key>>,
    edges_lufs: Vec<[f32; 2]>,
    artist_names: Names,
    genre_names: Names,
    tag_names: Names,
    edition: u64,
}

/// Texts of unlike length in one allocation.
#[derive(Clone, Debug, Default)]
struct Text {
    ends: Vec<u32>,
    text: String,
}

impl Text {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }

    fn get(&self, at: usize) -> &str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[at] as usize]
    }

    fn shrink(&mut self) {
        self.ends.shrink_to_fit();
        self.text.shrink_to_fit();
    }
}

/// Lists of unlike length in one allocation.
#[derive(Clone, Debug)]
struct Ragged<T> {
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

    fn get(&self, at: usize) -> &[T] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.values[start as usize..self.ends[at] as usize]
    }

    fn shrink(&mut self) {
        self.ends.shrink_to_fit();
        self.values.shrink_to_fit();
    }
}

/// Spellings of one name share a number; the first spelling met is the one shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    numbers: HashMap<Box<str>, u32>,
    shown: Vec<Box<str>>,
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
        let number = *self.numbers.entry(key.into()).or_insert(next);
        if number == next {
            self.shown.push(name.trim().into());
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

    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.numbers.get(similar_key(name).as_str()).copied()
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

/// A catalogue in the making.
#[derive(Debug, Default)]
pub struct CatalogueBuilder {
    catalogue: Catalogue,
    seen: HashSet<AudioHash>,
    albums: HashMap<i64, u32>,
}

/// A song by its artist and title. Two unlike ones that meet in 64 bits would be taken for one: among a million songs
/// once in forty million libraries.
fn song_key(artist: u32, title: &str) -> u64 {
    let mut key = chance::bits(0x50_4e60, u64::from(artist));
    for bytes in title.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        key = chance::bits(key, u64::from_le_bytes(word));
    }
    chance::bits(key, title.len() as u64)
}

impl CatalogueBuilder {
    /// For vectors of `model`.
    pub fn new(model: Option<ModelId>) -> Self {
        Self {
            catalogue: Catalogue {
                model,
                ..Catalogue::default()
            },
            ..Self::default()
        }
    }

    /// Makes room for so many recordings.
    pub fn reserve(&mut self, recordings: usize) {
        let catalogue = &mut self.catalogue;
        catalogue.audio.reserve_exact(recordings);
        catalogue.index.reserve(recordings);
    }

    /// Takes a recording in. A second item of the same recording is ignored: `false`.
    ///
    /// A vector of another model, or of another length than the first one taken, is left out: the recording is ranked
    /// by its tags like those without a vector.
    pub fn push(&mut self, item: &Item) -> bool {
        if !self.seen.insert(item.audio) {
            return false;
        }
        self.take_names(item);
        let catalogue = &mut self.catalogue;
        let position = catalogue.audio.len() as u32;
        let half = |bytes: [u8; 8]| u64::from_le_bytes(bytes);
        let [a @ .., _, _, _, _, _, _, _, _] = item.audio.0;
        let [_, _, _, _, _, _, _, _, b @ ..] = item.audio.0;
        catalogue.edition = chance::bits(chance::bits(catalogue.edition, half(a)), half(b));
        catalogue.audio.push(item.audio);
        let year = item.year.and_then(|year| i16::try_from(year).ok());
        catalogue
            .years
            .push(year.filter(|year| *year > 0).unwrap_or(0));
        catalogue.durations_s.push(item.duration_s as f32);
        catalogue.places.push(item.place.unwrap_or(NONE));
        let known = |value: Option<f64>| value.map_or(f32::NAN, |value| value as f32);
        catalogue.bpm.push(known(item.bpm.filter(|bpm| *bpm > 0.0)));
        catalogue.keys.push(item.key);
        catalogue.edges_lufs.push(item.edges_lufs.map(known));
        let model = catalogue.model.as_ref();
        let vector = item.vector.as_ref().filter(|v| model == Some(v.model()));
        let vector = vector.map(Embedding::values);
        if let Some(vector) = vector
            && catalogue.index.dim() == 0
        {
            catalogue.index = Index::new(vector.len());
            catalogue.index.reserve(catalogue.audio.capacity());
        }
        match vector.filter(|v| v.len() == catalogue.index.dim()) {
            Some(vector) => {
                catalogue.index.push(vector);
                catalogue.rows.push(catalogue.item_of_row.len() as u32);
                catalogue.item_of_row.push(position);
            }
            None => catalogue.rows.push(NONE),
        }
        true
    }

    fn take_names(&mut self, item: &Item) {
        let catalogue = &mut self.catalogue;
        let position = catalogue.audio.len() as u32;
        let somebody = |name: &&str| !NOBODY.contains(&similar_key(name).as_str());
        let artists = catalogue
            .artist_names
            .intern_all(item.artists.iter().map(String::as_str).filter(somebody));
        let first = artists.first().copied();
        // Without an artist a title alone ("Track 1") does not say that two recordings are one song.
        if let (Some(artist), title) = (first, similar_key(&item.title))
            && !title.is_empty()
        {
            catalogue.by_song.push((song_key(artist, &title), position));
        }
        catalogue.songs.push(position);
        catalogue.titles.push(&item.title);
        let next = self.albums.len() as u32;
        let album = item
            .album_id
            .map(|id| *self.albums.entry(id).or_insert(next));
        if album == Some(next) {
            let title = item.album.as_deref().unwrap_or_default().trim();
            catalogue.album_titles.push(title);
            catalogue.album_artists.push(first.unwrap_or(NONE));
        } else if let Some(artist) = album.map(|album| &mut catalogue.album_artists[album as usize])
            && Some(*artist) != first
        {
            *artist = NONE;
        }
        catalogue.albums.push(album.unwrap_or(NONE));
        catalogue.artists.push(artists);
        catalogue.genres.push(
            catalogue
                .genre_names
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
            let number = catalogue.tag_names.intern(&tag.name);
            if let Some(number) = number.and_then(|number| u16::try_from(number).ok())
                && kept.iter().all(|other| other.number != number)
            {
                catalogue.tag_names.counts[usize::from(number)] += 1;
                kept.push(HeardTag {
                    number,
                    p: (tag.p * 255.0).round() as u8,
                    present: tag.present,
                });
            }
        }
        catalogue.tags.push(kept);
    }

    /// The catalogue, whole.
    pub fn finish(self) -> Catalogue {
        let Self {
            mut catalogue,
            seen,
            albums,
        } = self;
        drop((seen, albums));
        catalogue.by_audio = (0..catalogue.audio.len() as u32).collect();
        let audio = &catalogue.audio;
        catalogue
            .by_audio
            .sort_unstable_by_key(|position| audio[*position as usize]);
        catalogue.titles.shrink();
        catalogue.artists.shrink();
        catalogue.genres.shrink();
        catalogue.tags.shrink();
        catalogue.index.settle();
        catalogue.join_songs();
        catalogue.corners = Corners::new(&catalogue.index);
        for size in [
            catalogue.item_of_row.len(),
            catalogue.artist_names.len(),
            catalogue.genre_names.len(),
            catalogue.tag_names.len(),
            catalogue.album_artists.len(),
        ] {
            catalogue.edition = chance::bits(catalogue.edition, size as u64);
        }
        catalogue
    }
}

impl Catalogue {
    /// Takes in the recordings, as [`CatalogueBuilder::push`] does.
    pub fn new(model: Option<ModelId>, items: impl IntoIterator<Item = Item>) -> Self {
        let mut builder = CatalogueBuilder::new(model);
        let items = items.into_iter();
        builder.reserve(items.size_hint().0);
        for item in items {
            builder.push(&item);
        }
        builder.finish()
    }

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
    pub fn heard(&self) -> usize {
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

    /// The recordings that an artist plays on.
    pub fn songs_by(&self, artist: &str) -> Vec<usize> {
        let Some(artist) = self.artist_names.find(artist) else {
            return Vec::new();
        };
        (0..self.len())
            .filter(|position| self.artists.get(*position).contains(&artist))
            .collect()
    }

    /// Up to `limit` names of artists, genres and heard tags that hold `text`: those that begin with it first, then the
    /// commonest. Each with its kind: `artist`, `genre` or `tag`.
    pub fn names_with(&self, text: &str, limit: usize) -> Vec<(&'static str, String)> {
        let wanted = fold(text.trim());
        // AC/DC is found as acdc too, and P!nk as pink.
        let bare = similar_key(text);
        let kinds = [
            ("artist", &self.artist_names),
            ("genre", &self.genre_names),
            ("tag", &self.tag_names),
        ];
        let mut found: Vec<(bool, u32, &'static str, &str)> = Vec::new();
        for (kind, names) in kinds {
            for (key, number) in &names.numbers {
                let name = names.show(*number);
                let plainly = fold(name).find(&wanted);
                let barely = || key.find(&bare).filter(|_| !bare.is_empty());
                if let Some(at) = plainly.or_else(barely) {
                    found.push((at > 0, names.count(*number), kind, name));
                }
            }
        }
        found.sort_by(|a, b| {
            (a.0, std::cmp::Reverse(a.1), a.2, a.3).cmp(&(b.0, std::cmp::Reverse(b.1), b.2, b.3))
        });
        found.truncate(limit);
        found
            .into_iter()
            .map(|(_, _, kind, name)| (kind, name.to_owned()))
            .collect()
    }

    /// Whether it was listened to by the catalogue's model.
    pub fn is_heard(&self, position: usize) -> bool {
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

    /// The corner of the library in which it lies by its sound.
    pub(crate) fn corner(&self, position: usize) -> Option<usize> {
        self.row(position).and_then(|row| self.corners.of_row(row))
    }

    /// Number of corners.
    pub(crate) fn corners(&self) -> usize {
        self.corners.count()
    }

    /// The unit vector, where there is one of the catalogue's model.
    pub(crate) fn vector(&self, position: usize) -> Option<Vec<f32>> {
        self.row(position).map(|row| self.index.vector(row))
    }

    /// Whether a play was of anything here, if only of an artist.
    pub fn knows(&self, play: &Play) -> bool {
        self.find(play).is_some()
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
        let title = subject.title.as_deref().map(similar_key);
        let key = song_key(artist, &title.unwrap_or_default());
        let start = self.by_song.partition_point(|(other, _)| *other < key);
        let songs = self.by_song[start..].iter();
        let songs = songs.take_while(|(other, _)| *other == key);
        let songs: Vec<usize> = songs.map(|(_, position)| *position as usize).collect();
        // Of several songs of one name the length says which; without it nothing is guessed.
        let far_s =
            |song: &usize| (self.duration_s(*song) - subject.duration_s.unwrap_or(f64::NAN)).abs();
        let nearest = songs.iter().min_by(|a, b| far_s(a).total_cmp(&far_s(b)));
        Some(match (nearest, songs.len()) {
            (Some(song), 1) => Found::Item(*song),
            (Some(song), _) if far_s(song) <= SAME_LENGTH_S => Found::Item(*song),
            _ => Found::Artist(artist),
        })
    }

    /// Finds the recordings of one song: of one artist and title, and by nothing told apart.
    fn join_songs(&mut self) {
        self.by_song.sort_unstable();
        let all = std::mem::take(&mut self.by_song);
        for named in all.chunk_by(|a, b| a.0 == b.0) {
            let start = self.by_song.len();
            for (key, position) in named {
                let songs = self.by_song[start..].iter();
                let mut songs = songs.map(|(_, first)| *first);
                match songs.find(|first| self.is_same_song(*first as usize, *position as usize)) {
                    Some(first) => self.songs[*position as usize] = first,
                    None => self.by_song.push((*key, *position)),
                }
            }
        }
        self.by_song.shrink_to_fit();
    }

    /// Whether two recordings of one artist and title are one song in two copies or masterings. Movements, interludes and
    /// preludes share their names: they differ in length, stand at other places of one album, or sound unlike.
    fn is_same_song(&self, a: usize, b: usize) -> bool {
        let (one, other) = (self.duration_s(a), self.duration_s(b));
        let albums = (self.album(a), self.album(b));
        let tolerance_s = match albums {
            (Some(one), Some(other)) if one != other => SAME_LENGTH_APART_S,
            _ => SAME_LENGTH_S,
        };
        let tolerance_s = tolerance_s.min((0.1 * one.max(other)).max(1.0));
        if one > 0.0 && other > 0.0 && (one - other).abs() > tolerance_s {
            return false;
        }
        let places = (self.places[a], self.places[b]);
        if albums.0.is_some() && albums.0 == albums.1 && places.0 != places.1 {
            // Where a place is unknown it contradicts nothing.
            return places.0 == NONE || places.1 == NONE;
        }
        if self.heard() < HEARD_ENOUGH {
            return true;
        }
        let mean = self.index.mean();
        let chance = dot(mean, mean);
        self.cosine(a, b)
            .is_none_or(|cosine| cosine > chance + UNLIKE * (1.0 - chance))
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
    pub(crate) fn tag_numbers(&self, position: usize) -> &[HeardTag] {
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

    pub(crate) fn artist_names(&self) -> &Names {
        &self.artist_names
    }

    pub(crate) fn genre_names(&self) -> &Names {
        &self.genre_names
    }

    pub(crate) fn tag_names(&self) -> &Names {
        &self.tag_names
    }

    /// The albums that a term means. With an artist: those that are all theirs; if there are none, those of several artists
    /// that they are on. Without one: those of several artists; if there are none, any of that title.
    pub(crate) fn albums_of(&self, term: &Term) -> Vec<u32> {
        let Term::Album { title, artist } = term else {
            return Vec::new();
        };
        let title = similar_key(title);
        let titled: Vec<u32> = (0..self.albums() as u32)
            .filter(|album| similar_key(self.album_title(*album)) == title)
            .collect();
        let by = |artist: Option<u32>| -> Vec<u32> {
            let theirs = titled.iter().copied();
            theirs
                .filter(|album| self.album_artist(*album) == artist)
                .collect()
        };
        match artist {
            None => Some(by(None))
                .filter(|albums| !albums.is_empty())
                .unwrap_or(titled),
            Some(name) => {
                let Some(artist) = self.artist_names.find(name) else {
                    return Vec::new();
                };
                let theirs = by(Some(artist));
                if !theirs.is_empty() {
                    return theirs;
                }
                let mut shared = by(None);
                let on: HashSet<u32> = (0..self.len())
                    .filter(|position| self.artist_numbers(*position).contains(&artist))
                    .filter_map(|position| self.album(position))
                    .collect();
                shared.retain(|album| on.contains(album));
                shared
            }
        }
    }

    /// The album of a recording, by the name under which it can be turned up and down.
    pub(crate) fn album_term(&self, album: u32) -> Term {
        let artist = self.album_artist(album);
        Term::Album {
            title: self.album_title(album).to_owned(),
            artist: artist.map(|artist| self.artist_names.show(artist).to_owned()),
        }
    }
}

/// What is there.
fn known(number: u32) -> Option<u32> {
    Some(number).filter(|number| *number != NONE)
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

    /// Recordings of one title and artist: length, album and place on it; which are one song, by the number of the first.
    fn check(recordings: &[(f64, Option<i64>, Option<u32>)], expected: &[u32]) {
        let items = recordings.iter().enumerate().map(|(n, recording)| {
            let (duration_s, album_id, place) = *recording;
            Item {
                duration_s,
                album_id,
                album: album_id.map(|id| format!("Concerto {id}")),
                place,
                ..world::item(n, "I. Allegro", "Old Master")
            }
        });
        let catalogue = Catalogue::new(None, items);
        let songs: Vec<u32> = (0..catalogue.len()).map(|at| catalogue.song(at)).collect();
        assert_eq!(songs, expected, "{recordings:?}");
    }

    #[test]
    fn pieces_of_one_name_are_two_and_copies_of_one_piece_are_one() {
        let of = |duration_s| (duration_s, None, None);
        let on = |album, duration_s| (duration_s, Some(album), Some(1));
        // Six movements of six concertos.
        let movements = [4.0, 10.0, 16.0, 22.0, 28.0, 34.0];
        let all: Vec<_> = (0..6).map(|n| on(n, movements[n as usize])).collect();
        check(&all, &[0, 1, 2, 3, 4, 5]);
        // A song on its album and on a collection, in another mastering, and of unknown length.
        check(
            &[on(1, 200.0), on(2, 202.0), of(206.0), of(0.0)],
            &[0, 0, 0, 0],
        );
        check(&[on(1, 200.0), on(2, 205.0), of(208.0)], &[0, 1, 1]);
        // Two interludes of one album; two copies of one.
        check(
            &[
                (60.0, Some(1), Some(2)),
                (61.0, Some(1), Some(9)),
                (61.0, Some(1), Some(2)),
                (61.0, Some(1), None),
            ],
            &[0, 1, 0, 0],
        );
    }

    #[test]
    fn pieces_of_one_name_and_length_are_two_where_they_sound_unlike() {
        let mut items = world::library(7, 8, 12, 16);
        for (item, (n, vector)) in items.iter_mut().take(3).zip([(0, 5), (1, 6), (2, 5)]) {
            item.title = "I. Allegro".into();
            item.artists = vec!["Old Master".into()];
            item.album_id = Some(1000 + n);
            item.vector = Some(world::vector(7, 0, vector, 16, 0.0));
        }
        let catalogue = Catalogue::new(Some(world::model()), items);
        let songs: Vec<u32> = (0..3).map(|at| catalogue.song(at)).collect();
        assert_eq!(songs, [0, 1, 0]);
    }

    #[test]
    fn a_play_of_a_name_that_several_songs_bear_is_told_by_its_length() {
        let items = [180.0, 300.0].map(|duration_s| Item {
            duration_s,
            ..world::item(duration_s as usize, "I. Allegro", "Old Master")
        });
        let catalogue = Catalogue::new(None, items);
        for (duration_s, expected) in [
            (Some(301.0), Found::Item(1)),
            (Some(182.0), Found::Item(0)),
            (Some(240.0), Found::Artist(0)),
            (None, Found::Artist(0)),
        ] {
            let mut play = world::play(0, world::audio(9), 1.0);
            play.subject.artist = Some("Old Master".into());
            play.subject.title = Some("I. Allegro".into());
            play.subject.duration_s = duration_s;
            assert_eq!(catalogue.find(&play), Some(expected), "{duration_s:?}");
        }
    }

    #[test]
    fn names_are_suggested_without_their_signs() {
        let names = ["AC/DC", "P!nk", "R.E.M.", "C++"];
        let items = (0..)
            .zip(names)
            .map(|(n, name)| world::item(n, "Song", name));
        let catalogue = Catalogue::new(None, items);
        for (text, expected) in [
            ("acdc", "AC/DC"),
            ("pink", "P!nk"),
            ("rem", "R.E.M."),
            ("c++", "C++"),
        ] {
            let found = catalogue.names_with(text, 9);
            let found: Vec<&str> = found.iter().map(|(_, name)| name.as_str()).collect();
            assert_eq!(found, [expected], "{text}");
        }
    }
}
