//! Which recordings are one song, and which recording a play was of.

use segue_core::{Play, SAME_LENGTH_S, similar_key};

use super::{Catalogue, NONE};
use crate::counter_rng;
use crate::index::dot;

/// On two albums, lengths further apart than this are of two recordings: copies of one differ there by no more than the
/// silence at both ends. On one album that is [`SAME_LENGTH_S`]; a tenth of the length, where that is less.
const SAME_LENGTH_APART_S: f64 = 3.0;

/// Masterings of one recording sound alike: below this share of the way from chance to sameness they are two. Asked in
/// libraries that are large enough for chance to be known.
const UNLIKE: f32 = 0.5;
const VECTORS_MIN: usize = 64;

/// What a play was of, as far as the catalogue knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// The recording itself, or another copy or version under the same artist and title.
    Item(usize),
    /// Only the artist.
    Artist(u32),
}

/// A song by its artist and title. Two unlike ones that meet in 64 bits would be taken for one: among a million songs
/// once in forty million libraries.
pub(super) fn song_key(artist: u32, title: &str) -> u64 {
    let mut key = counter_rng::bits(0x50_4e60, u64::from(artist));
    for bytes in title.as_bytes().chunks(8) {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        key = counter_rng::bits(key, u64::from_le_bytes(word));
    }
    counter_rng::bits(key, title.len() as u64)
}

impl Catalogue {
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
    pub(super) fn join_songs(&mut self) {
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
        if self.vector_count() < VECTORS_MIN {
            return true;
        }
        let mean = self.index.mean();
        let chance = dot(mean, mean);
        self.cosine(a, b)
            .is_none_or(|cosine| cosine > chance + UNLIKE * (1.0 - chance))
    }
}
