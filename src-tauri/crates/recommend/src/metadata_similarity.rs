//! How similar two recordings are by their metadata: genre, tags, artist, album, decade.
//!
//! This stands in for the vector until there is one. Its parts are additive, each in its own weight, and add
//! up to at most one, the scale of nearness by sound. A shared name counts by its rarity (inverse document
//! frequency, Spärck Jones 1972): "Rock" in a rock library says little.

use segue_core::ReasonKind;

use crate::catalogue::{Catalogue, Names};

const GENRE: f64 = 0.45;
const TAG: f64 = 0.25;
const ARTIST: f64 = 0.15;
const ALBUM: f64 = 0.05;
const ERA: f64 = 0.10;

/// One part of the similarity.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) shared: SharedMetadata,
    pub(crate) nearness: f64,
}

/// What two recordings share. Names are at most two, the rarest first.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SharedMetadata {
    Genres(Vec<String>),
    Tags(Vec<String>),
    Artists(Vec<String>),
    Album(u32),
    /// About the same time; the decade is the other recording's.
    Decade(i32),
}

impl SharedMetadata {
    pub(crate) fn kind(&self) -> ReasonKind {
        match self {
            Self::Genres(_) => ReasonKind::Genre,
            Self::Tags(_) => ReasonKind::Tag,
            Self::Artists(_) => ReasonKind::Artist,
            Self::Album(_) => ReasonKind::Album,
            Self::Decade(_) => ReasonKind::Era,
        }
    }
}

/// A seed's names, ready to be compared with many recordings.
pub(crate) struct MetadataProfile {
    artists: Vec<u32>,
    genres: Weighed,
    tags: Weighed,
    album: Option<u32>,
    year: Option<i32>,
}

/// Names with weights, and the length of the whole.
struct Weighed {
    weights: Vec<(u32, f64)>,
    length: f64,
}

impl Weighed {
    fn new(weights: Vec<(u32, f64)>) -> Self {
        let length = weights.iter().map(|(_, w)| w * w).sum::<f64>().sqrt();
        Self { weights, length }
    }

    /// Cosine, in `0..=1`.
    fn cosine(&self, other: &Self) -> f64 {
        let shared: f64 = self.shared(other).map(|(_, product)| product).sum();
        if shared > 0.0 {
            (shared / (self.length * other.length)).min(1.0)
        } else {
            0.0
        }
    }

    fn shared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (u32, f64)> + 'a {
        let find = |name| {
            other
                .weights
                .iter()
                .find(move |(theirs, _)| *theirs == name)
        };
        self.weights
            .iter()
            .filter_map(move |(name, weight)| find(*name).map(|(_, w)| (*name, weight * w)))
    }

    fn names(&self, other: &Self, names: &Names) -> Vec<String> {
        let mut shared: Vec<(u32, f64)> = self.shared(other).collect();
        shared.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        shared
            .into_iter()
            .take(2)
            .map(|(name, _)| names.show(name).to_owned())
            .collect()
    }
}

/// Rarity of a name: 0 for one that all recordings bear, near 1 for one that few bear.
fn rarity(names: &Names, number: u32, recordings: usize) -> f64 {
    let recordings = recordings as f64 + 1.0;
    ((recordings / f64::from(names.count(number))).ln() / recordings.ln()).clamp(0.02, 1.0)
}

impl MetadataProfile {
    pub(crate) fn new(catalogue: &Catalogue, position: usize) -> Self {
        let rare = |names: &Names, number| rarity(names, number, catalogue.len());
        let genres = catalogue.genre_numbers(position).iter();
        let tags = catalogue.tag_numbers(position).iter();
        // What is shared is said, so only what can be trusted counts.
        let tags = tags.filter(|tag| tag.is_shown());
        Self {
            artists: catalogue.artist_numbers(position).to_vec(),
            genres: Weighed::new(
                genres
                    .map(|g| (*g, rare(catalogue.genre_names(), *g)))
                    .collect(),
            ),
            tags: Weighed::new(
                tags.map(|tag| {
                    let weight = tag.p() * rare(catalogue.tag_names(), tag.number());
                    (tag.number(), weight)
                })
                .collect(),
            ),
            album: catalogue.album(position),
            year: catalogue.year(position),
        }
    }

    /// Nearness in `0..=1`: the sum of the [`parts`](Self::parts).
    pub(crate) fn nearness(&self, catalogue: &Catalogue, position: usize) -> f64 {
        let other = Self::new(catalogue, position);
        self.weigh(&other).iter().sum()
    }

    /// The parts that are not zero.
    pub(crate) fn parts(&self, catalogue: &Catalogue, position: usize) -> Vec<Part> {
        let other = Self::new(catalogue, position);
        let [genre, tag, artist, album, era] = self.weigh(&other);
        let artists = self.artists.iter().filter(|a| other.artists.contains(a));
        let artists = artists
            .take(2)
            .map(|a| catalogue.artist_names().show(*a).to_owned())
            .collect();
        let genres = self.genres.names(&other.genres, catalogue.genre_names());
        let tags = self.tags.names(&other.tags, catalogue.tag_names());
        let decade = other.year.map(|year| year.div_euclid(10) * 10);
        let parts = [
            (Some(SharedMetadata::Genres(genres)), genre),
            (Some(SharedMetadata::Tags(tags)), tag),
            (Some(SharedMetadata::Artists(artists)), artist),
            (other.album.map(SharedMetadata::Album), album),
            (decade.map(SharedMetadata::Decade), era),
        ];
        parts
            .into_iter()
            .filter(|(_, nearness)| *nearness > 0.0)
            .filter_map(|(shared, nearness)| {
                let shared = shared?;
                Some(Part { shared, nearness })
            })
            .collect()
    }

    /// Genre, tag, artist, album, era.
    fn weigh(&self, other: &Self) -> [f64; 5] {
        let yes = |is: bool, weight: f64| if is { weight } else { 0.0 };
        let era = match (self.year, other.year) {
            (Some(a), Some(b)) => {
                let decades = (f64::from(a) - f64::from(b)).abs() / 10.0;
                ERA * (1.0 - decades).max(0.0)
            }
            _ => 0.0,
        };
        [
            GENRE * self.genres.cosine(&other.genres),
            TAG * self.tags.cosine(&other.tags),
            yes(
                self.artists.iter().any(|a| other.artists.contains(a)),
                ARTIST,
            ),
            yes(self.album.is_some() && self.album == other.album, ALBUM),
            era,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support;

    #[test]
    fn a_shared_rare_genre_counts_more_than_a_common_one() {
        let named = |n: usize, genres: &[&str], year| {
            let mut item = test_support::item(n, &format!("t{n}"), &format!("a{n}"));
            item.genres = genres.iter().map(|g| (*g).to_owned()).collect();
            item.year = year;
            item
        };
        let mut items = vec![
            named(0, &["Rock", "Zeuhl"], Some(1973)),
            named(1, &["zeuhl"], None),
            named(2, &["Rock"], None),
            named(3, &["Jazz"], Some(1974)),
        ];
        items.extend((4..40).map(|n| named(n, &["Rock"], None)));
        let catalogue = Catalogue::new(None, items);
        let metadata = MetadataProfile::new(&catalogue, 0);
        let near = |position| metadata.nearness(&catalogue, position);
        assert!(near(0) > near(1) && near(1) > near(2) && near(2) > 0.0 && near(3) > 0.0);
        assert!((near(3) - 0.09).abs() < 1e-9, "only the era: {}", near(3));
        let parts = metadata.parts(&catalogue, 1);
        assert_eq!(
            (parts.len(), &parts[0].shared),
            (1, &SharedMetadata::Genres(vec!["Zeuhl".into()]))
        );
        assert!((parts.iter().map(|p| p.nearness).sum::<f64>() - near(1)).abs() < 1e-12);
    }
}
