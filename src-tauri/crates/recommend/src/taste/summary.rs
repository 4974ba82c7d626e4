//! A taste in words and numbers.

use segue_core::Term;

use super::{Taste, Validation};
use crate::catalogue::Catalogue;

/// Log odds from which an effect is listed.
const LISTED_MIN: f64 = 0.1;

/// A learned effect of a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Artist, genre, tag or album, as it is shown.
    pub name: String,
    /// The term by which it can be adjusted by hand.
    pub term: Term,
    /// Log odds of being listened to, against the average: what was fitted, times the slope of calibration that the
    /// listener's held-out plays ask for.
    pub weight: f64,
    /// Posterior standard deviation of `weight`, all other effects being as they are: the least that it can be, since effects
    /// of names that often come together are less sure than that. It orders and is drawn, and is never shown as a number.
    pub deviation: f64,
    /// Times that something of this name was listened to.
    pub plays: u32,
}

/// The strongest effects of one kind, those first that are most surely strong: by their weight less one deviation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leanings {
    /// What is listened to.
    pub liked: Vec<Effect>,
    /// What is left.
    pub disliked: Vec<Effect>,
}

/// What was learned. The most surely strong effects come first in every list.
#[derive(Clone, Debug, PartialEq)]
pub struct TasteSummary {
    /// Plays that were learned from.
    pub plays: usize,
    /// Names these very numbers: `taste@` and 16 hex digits.
    pub version: String,
    /// What the taste counts in a ranking, in `0..=1`.
    pub weight_in_ranking: f64,
    /// Artists.
    pub artists: Leanings,
    /// Genres.
    pub genres: Leanings,
    /// Heard tags.
    pub tags: Leanings,
    /// Albums.
    pub albums: Leanings,
    /// Absent for short logs.
    pub validation: Option<Validation>,
}

/// One kind of names: where its parameters begin, how many there are, and what each is called.
struct Kind<'a> {
    first: usize,
    count: usize,
    term: &'a dyn Fn(u32) -> Term,
    /// The names of a recording.
    of: &'a dyn Fn(usize) -> Vec<u32>,
}

impl Taste {
    /// What was learned, in words and numbers: at most `count` effects of each kind and sign, and those of the terms in
    /// `always` besides.
    pub fn summary(&self, catalogue: &Catalogue, count: usize, always: &[Term]) -> TasteSummary {
        let (artists, genres, tags) = (
            catalogue.artist_names(),
            catalogue.genre_names(),
            catalogue.tag_names(),
        );
        let layout = &self.layout;
        let leanings = |kind: Kind| self.leanings(catalogue, count, always, &kind);
        TasteSummary {
            plays: self.plays,
            version: self.version(),
            weight_in_ranking: self.weight_in_ranking(),
            artists: leanings(Kind {
                first: layout.artists,
                count: artists.len(),
                term: &|number| Term::Artist(artists.show(number).to_owned()),
                of: &|position| catalogue.artist_numbers(position).to_vec(),
            }),
            genres: leanings(Kind {
                first: layout.genres,
                count: genres.len(),
                term: &|number| Term::Genre(genres.show(number).to_owned()),
                of: &|position| catalogue.genre_numbers(position).to_vec(),
            }),
            tags: leanings(Kind {
                first: layout.tags,
                count: tags.len(),
                term: &|number| Term::Tag(tags.show(number).to_owned()),
                of: &|position| {
                    let tags = catalogue.tag_numbers(position).iter();
                    tags.filter(|tag| tag.is_plain())
                        .map(|tag| tag.number())
                        .collect()
                },
            }),
            albums: leanings(Kind {
                first: layout.albums,
                count: catalogue.albums(),
                term: &|number| catalogue.album_term(number),
                of: &|position| catalogue.album(position).into_iter().collect(),
            }),
            validation: self.validation,
        }
    }

    fn leanings(
        &self,
        catalogue: &Catalogue,
        count: usize,
        always: &[Term],
        kind: &Kind,
    ) -> Leanings {
        if !self.fits(catalogue) || self.deviations.is_empty() {
            return Leanings::default();
        }
        let mut plays = vec![0_u32; kind.count];
        for known in self
            .history
            .recordings
            .iter()
            .filter(|known| known.listened > 0)
        {
            for number in (kind.of)(known.position as usize) {
                plays[number as usize] += known.listened;
            }
        }
        let slope = self.calibration.slope;
        let weight = |number: &usize| slope * self.means[kind.first + number];
        let deviation =
            |number: &usize| slope * self.deviations[kind.first + number - self.layout.dense()];
        let strongest = |sign: f64| {
            let mut found: Vec<usize> = (0..kind.count)
                .filter(|number| sign * weight(number) > LISTED_MIN)
                .collect();
            // By what is at least so: a strong effect of few plays is a guess, and stands behind a sure one.
            found.sort_by(|a, b| {
                let (a, b) = (
                    sign * weight(a) - deviation(a),
                    sign * weight(b) - deviation(b),
                );
                b.total_cmp(&a)
            });
            let rest = found.split_off(count.min(found.len()));
            if !always.is_empty() {
                let asked = |number: &usize| always.contains(&(kind.term)(*number as u32));
                found.extend(rest.into_iter().filter(asked));
            }
            let effect = |number: usize| {
                let term = (kind.term)(number as u32);
                Effect {
                    name: match &term {
                        Term::Artist(name) | Term::Genre(name) | Term::Tag(name) => name.clone(),
                        Term::Album { title, .. } => title.clone(),
                        other => other.to_string(),
                    },
                    term,
                    weight: weight(&number),
                    deviation: deviation(&number),
                    plays: plays[number],
                }
            };
            found.into_iter().map(effect).collect()
        };
        Leanings {
            liked: strongest(1.0),
            disliked: strongest(-1.0),
        }
    }
}
