//! A catalogue from the recordings that the library hands over, one after another.

use std::collections::{HashMap, HashSet};

use segue_core::{AudioHash, Embedding, ModelId, TagScore, similar_key};

use super::songs::song_key;
use super::{Catalogue, Item, NONE, TagAbout, TagNote, TrackTag};
use crate::counter_rng;
use crate::index::Index;
use crate::sound_clusters::SoundClusters;

/// Tags below this probability are noise to a listener.
const TAG_P_MIN: f32 = 0.2;

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
}

/// A catalogue in the making.
#[derive(Debug, Default)]
pub struct CatalogueBuilder {
    catalogue: Catalogue,
    seen: HashSet<AudioHash>,
    albums: HashMap<i64, u32>,
    /// What is known of the model's tags, by their folded names.
    about: HashMap<String, TagAbout>,
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

    /// Says what is known of the model's tags, before any recording is taken in.
    #[must_use]
    pub fn about(mut self, tags: impl IntoIterator<Item = TagAbout>) -> Self {
        let named = |tag: TagAbout| (similar_key(&tag.name), tag);
        self.about = tags.into_iter().map(named).collect();
        self
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
        catalogue.edition =
            counter_rng::bits(counter_rng::bits(catalogue.edition, half(a)), half(b));
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
        catalogue.loudness_lufs.push(known(item.loudness_lufs));
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
        let mut kept: Vec<TrackTag> = Vec::new();
        for tag in tags.into_iter().take(TAGS_MAX) {
            let number = catalogue.tag_names.intern(&tag.name);
            if let Some(number) = number.and_then(|number| u16::try_from(number).ok())
                && kept.iter().all(|other| other.number != number)
            {
                catalogue.tag_names.counts[usize::from(number)] += 1;
                let about = self.about.get(&similar_key(&tag.name));
                if usize::from(number) == catalogue.tag_notes.len() {
                    catalogue.tag_notes.push(TagNote {
                        parent: None,
                        trust: about.map_or(1.0, |about| about.trust.clamp(0.0, 1.0)),
                        shown: about.is_none_or(TagAbout::is_shown),
                    });
                }
                kept.push(TrackTag {
                    number,
                    p: (tag.p * 255.0).round() as u8,
                    present: tag.present,
                    shown: catalogue.tag_notes[usize::from(number)].shown,
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
            about,
        } = self;
        drop((seen, albums));
        for tag in about.values() {
            let number = |name: &str| catalogue.tag_names.find(name);
            // A parent that no recording has widens nothing.
            if let (Some(tag), Some(parent)) =
                (number(&tag.name), tag.parent.as_deref().and_then(number))
            {
                catalogue.tag_notes[tag as usize].parent = Some(parent);
            }
        }
        catalogue.by_audio = (0..catalogue.audio.len() as u32).collect();
        let audio = &catalogue.audio;
        catalogue
            .by_audio
            .sort_unstable_by_key(|position| audio[*position as usize]);
        catalogue.titles.shrink();
        catalogue.artists.shrink();
        catalogue.genres.shrink();
        catalogue.tags.shrink();
        catalogue.index.finish();
        catalogue.join_songs();
        catalogue.clusters = SoundClusters::new(&catalogue.index);
        for size in [
            catalogue.item_of_row.len(),
            catalogue.artist_names.len(),
            catalogue.genre_names.len(),
            catalogue.tag_names.len(),
            catalogue.album_artists.len(),
        ] {
            catalogue.edition = counter_rng::bits(catalogue.edition, size as u64);
        }
        catalogue
    }
}
