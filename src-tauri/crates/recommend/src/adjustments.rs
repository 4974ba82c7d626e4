//! What the listener adjusted by hand: *less because of this artist*, *more of this sound*.
//!
//! Adjustments are kept apart from what was learned: one works at once, before any play, and undoing it leaves no trace.
//! An adjusted name adds to the score of what has it; an adjusted kind of reason counts for more or less everywhere.

use std::collections::HashMap;

use segue_core::{ReasonKind, Term};

use crate::catalogue::Catalogue;
use crate::station::near_by_sound;

/// How many adjustments of one term count in one direction.
const STEPS_MAX: i32 = 4;

/// The factor that one adjustment applies to a kind of reason.
const KIND_DOWN: f64 = 0.5;
const KIND_UP: f64 = 1.5;

/// All adjustments in force, over one catalogue.
#[derive(Clone, Debug, Default)]
pub struct Adjustments {
    artists: HashMap<u32, i32>,
    genres: HashMap<u32, i32>,
    tags: HashMap<u32, i32>,
    albums: HashMap<u32, i32>,
    eras: HashMap<i32, i32>,
    /// Positions in the catalogue, in the order of the adjustments.
    sounds: Vec<(usize, i32)>,
    kinds: HashMap<String, i32>,
}

/// A term as the catalogue would name it; `None` if adjusting it would change nothing here.
pub fn canonical_term(catalogue: &Catalogue, term: &Term) -> Option<Term> {
    match term {
        Term::Artist(name) => {
            let names = catalogue.artist_names();
            Some(Term::Artist(names.show(names.find(name)?).to_owned()))
        }
        Term::Genre(name) => {
            let names = catalogue.genre_names();
            Some(Term::Genre(names.show(names.find(name)?).to_owned()))
        }
        Term::Tag(name) => {
            let names = catalogue.tag_names();
            Some(Term::Tag(names.show(names.find(name)?).to_owned()))
        }
        Term::Album { .. } => match catalogue.albums_of(term).as_slice() {
            [] => None,
            [one] => Some(catalogue.album_term(*one)),
            _ => Some(term.clone()),
        },
        Term::Era(year) => (year % 10 == 0).then(|| term.clone()),
        Term::Sound(audio) => catalogue.position(audio).map(|_| term.clone()),
        Term::Kind(name) => {
            let kind = ReasonKind::parse(name)?;
            kind.is_turnable().then(|| term.clone())
        }
    }
}

/// An adjusted term that a recording has.
#[derive(Clone, Debug)]
pub(crate) struct Adjustment {
    pub(crate) term: Term,
    /// How many times, by how clearly the recording has it; negative for less.
    pub(crate) steps: f64,
}

impl Adjustments {
    /// From the terms of which there shall be more (`true`) or less. What the catalogue does not hold is passed over.
    pub fn new(catalogue: &Catalogue, adjusted: &[(Term, bool)]) -> Self {
        let mut adjustments = Self::default();
        for (term, up) in adjusted {
            let step = if *up { 1 } else { -1 };
            let count = match term {
                Term::Artist(name) => catalogue
                    .artist_names()
                    .find(name)
                    .map(|n| adjustments.artists.entry(n)),
                Term::Genre(name) => catalogue
                    .genre_names()
                    .find(name)
                    .map(|n| adjustments.genres.entry(n)),
                Term::Tag(name) => catalogue
                    .tag_names()
                    .find(name)
                    .map(|n| adjustments.tags.entry(n)),
                Term::Album { .. } => {
                    for album in catalogue.albums_of(term) {
                        *adjustments.albums.entry(album).or_default() += step;
                    }
                    continue;
                }
                Term::Era(year) => {
                    *adjustments.eras.entry(*year).or_default() += step;
                    continue;
                }
                Term::Kind(name) => {
                    *adjustments.kinds.entry(name.clone()).or_default() += step;
                    continue;
                }
                Term::Sound(audio) => {
                    let Some(position) = catalogue.position(audio) else {
                        continue;
                    };
                    match adjustments
                        .sounds
                        .iter_mut()
                        .find(|(other, _)| *other == position)
                    {
                        Some((_, steps)) => *steps += step,
                        None => adjustments.sounds.push((position, step)),
                    }
                    continue;
                }
            };
            if let Some(entry) = count {
                *entry.or_default() += step;
            }
        }
        adjustments
    }

    /// The adjusted terms that a recording has. `chance` is the cosine of two recordings drawn at random.
    pub(crate) fn of(
        &self,
        catalogue: &Catalogue,
        position: usize,
        chance: f32,
    ) -> Vec<Adjustment> {
        let mut found = Vec::new();
        self.visit(catalogue, position, chance, |steps, term| {
            found.push(Adjustment {
                term: term(),
                steps,
            });
        });
        found
    }

    /// All adjustments of what a recording has.
    pub(crate) fn sum(&self, catalogue: &Catalogue, position: usize, chance: f32) -> f64 {
        let mut sum = 0.0;
        if self.names_nothing() {
            return sum;
        }
        self.visit(catalogue, position, chance, |steps, _| sum += steps);
        sum
    }

    /// Whether no name was adjusted: most listeners adjust nothing, and a station asks for every song.
    fn names_nothing(&self) -> bool {
        let names = [&self.artists, &self.genres, &self.tags, &self.albums];
        names.iter().all(|names| names.is_empty()) && self.eras.is_empty() && self.sounds.is_empty()
    }

    fn visit(
        &self,
        catalogue: &Catalogue,
        position: usize,
        chance: f32,
        mut visit: impl FnMut(f64, &dyn Fn() -> Term),
    ) {
        let mut add = |steps: Option<&i32>, share: f64, term: &dyn Fn() -> Term| {
            if let Some(steps) = steps.filter(|steps| **steps != 0) {
                let steps = (*steps).clamp(-STEPS_MAX, STEPS_MAX);
                visit(share * f64::from(steps), term);
            }
        };
        for artist in catalogue.artist_numbers(position) {
            let name = || Term::Artist(catalogue.artist_names().show(*artist).to_owned());
            add(self.artists.get(artist), 1.0, &name);
        }
        for genre in catalogue.genre_numbers(position) {
            let name = || Term::Genre(catalogue.genre_names().show(*genre).to_owned());
            add(self.genres.get(genre), 1.0, &name);
        }
        for tag in catalogue.tag_numbers(position) {
            let name = || Term::Tag(catalogue.tag_names().show(tag.number()).to_owned());
            add(self.tags.get(&tag.number()), tag.clear(), &name);
        }
        if let Some(album) = catalogue.album(position) {
            add(self.albums.get(&album), 1.0, &|| {
                catalogue.album_term(album)
            });
        }
        if let Some(year) = catalogue.year(position) {
            let decade = year.div_euclid(10) * 10;
            add(self.eras.get(&decade), 1.0, &|| Term::Era(decade));
        }
        for (other, steps) in &self.sounds {
            if let Some(cosine) = catalogue.cosine(position, *other) {
                let near = near_by_sound(cosine, chance);
                add(Some(steps), near, &|| Term::Sound(catalogue.audio(*other)));
            }
        }
    }

    /// The factor of a kind of reason.
    pub(crate) fn factor(&self, kind: ReasonKind) -> f64 {
        let steps = self.kinds.get(kind.as_str()).copied().unwrap_or(0);
        let steps = steps.clamp(-STEPS_MAX, STEPS_MAX);
        if steps < 0 {
            KIND_DOWN.powi(-steps)
        } else {
            KIND_UP.powi(steps)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support;

    #[test]
    fn an_adjustment_weighs_on_what_has_the_name_until_it_is_undone() {
        let catalogue = test_support::catalogue(test_support::library(3, 4, 30, 16));
        let artist = || Term::Artist("artist 0.0".into());
        let weight = |turned: &[(Term, bool)], position| {
            let adjustments = Adjustments::new(&catalogue, turned);
            let of = adjustments.of(&catalogue, position, 0.0);
            let sum = adjustments.sum(&catalogue, position, 0.0);
            assert_eq!(
                sum,
                of.iter().map(|adjustment| adjustment.steps).sum::<f64>()
            );
            sum
        };
        assert_eq!(weight(&[(artist(), false)], 0), -1.0);
        assert_eq!(weight(&[(artist(), false)], 1), 0.0);
        assert_eq!(weight(&[(artist(), false), (artist(), true)], 0), 0.0);
        let often: Vec<_> = (0..9).map(|_| (artist(), false)).collect();
        assert_eq!(weight(&often, 0), f64::from(-STEPS_MAX));
        // An adjustment by sound reaches what sounds similar.
        let sound = [(Term::Sound(test_support::audio(2)), false)];
        assert!(weight(&sound, 6) < weight(&sound, 7) - 0.08 && weight(&sound, 7) < 0.0);
        let stranger = [
            (Term::Sound(test_support::audio(999)), false),
            (Term::Artist("?".into()), true),
        ];
        assert_eq!(weight(&stranger, 0), 0.0);
    }

    #[test]
    fn an_album_is_turned_by_its_title_and_whose_it_is() {
        let library = |albums: &[(i64, &str, &[&str])]| {
            let songs = albums.iter().flat_map(|(id, title, artists)| {
                artists.iter().map(move |artist| (*id, *title, *artist))
            });
            let items = songs.enumerate().map(|(n, (id, title, artist))| {
                let mut item = test_support::item(n, &format!("S{n}"), artist);
                (item.album_id, item.album) = (Some(id), Some(title.into()));
                item
            });
            test_support::catalogue(items.collect())
        };
        let turned = |catalogue: &Catalogue, term: &Term| -> Vec<usize> {
            let adjustments = Adjustments::new(catalogue, &[(term.clone(), false)]);
            let all = 0..catalogue.len();
            all.filter(|at| adjustments.sum(catalogue, *at, 0.0) < 0.0)
                .collect()
        };
        let term = |artist: Option<&str>| Term::Album {
            title: "Hits".into(),
            artist: artist.map(Into::into),
        };
        let shelf = library(&[
            (1, "Hits", &["Ann", "Ann"]),
            (2, "Hits", &["Ann", "Bob"]),
            (3, "Hits", &["Cid", "Dee"]),
            (4, "Other", &["Ann"]),
        ]);
        for (artist, expected) in [
            (Some("Ann"), vec![0, 1]),
            (Some("Bob"), vec![2, 3]),
            (Some("Nobody"), vec![]),
            (None, vec![2, 3, 4, 5]),
        ] {
            assert_eq!(turned(&shelf, &term(artist)), expected, "{artist:?}");
        }
        // A guest comes onto the album: what was turned stays turned. And a title alone finds an album of one artist.
        let before = library(&[(1, "Hits", &["Ann", "Ann"])]);
        assert_eq!(turned(&before, &term(None)), [0, 1]);
        let own = before.album_term(0);
        let after = library(&[(1, "Hits", &["Ann", "Ann", "Bob"])]);
        assert_eq!(turned(&after, &own), [0, 1, 2]);
    }

    #[test]
    fn only_what_is_here_can_be_turned() {
        let mut items = test_support::library(3, 4, 30, 16);
        items[0].genres = vec!["Jazz".into()];
        (items[0].album_id, items[0].album) = (Some(1), Some("Hits".into()));
        let catalogue = test_support::catalogue(items);
        for (said, expected) in [
            ("artist:ARTIST 0.0", Some("artist:Artist 0.0")),
            ("genre:jazz", Some("genre:Jazz")),
            ("album:hits", Some("album:Hits\u{1f}Artist 0.0")),
            ("era:1990", Some("era:1990")),
            ("kind:sound", Some("kind:sound")),
            ("artist:Nobody", None),
            ("genre:Polka", None),
            ("tag:polka", None),
            ("album:Misses", None),
            ("era:1994", None),
            ("kind:moood", None),
            ("kind:wish", None),
        ] {
            let found = canonical_term(&catalogue, &Term::parse(said).unwrap());
            let found = found.map(|term| term.to_string());
            assert_eq!(found.as_deref(), expected, "{said}");
        }
    }

    #[test]
    fn a_kind_counts_for_more_or_less() {
        let catalogue = test_support::catalogue(Vec::new());
        let turned = |ups: &[bool]| {
            let turned: Vec<_> = ups.iter().map(|up| (ReasonKind::New.term(), *up)).collect();
            Adjustments::new(&catalogue, &turned).factor(ReasonKind::New)
        };
        assert_eq!((turned(&[]), turned(&[true, false])), (1.0, 1.0));
        assert!(turned(&[false]) == 0.5 && turned(&[true]) == 1.5);
    }
}
