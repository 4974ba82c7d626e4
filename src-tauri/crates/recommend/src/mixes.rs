//! Mixes: lists that need no seed, each with a purpose of its own.
//!
//! All are made as stations are, with the same terms and rules: a mix says which recordings may come, what they shall be
//! near to, where the dial stands, and sometimes one more reason ("you played it five times in 2019"). A mix without
//! enough songs is not offered.

mod memories;
mod moods;

use std::collections::{HashMap, HashSet};

use segue_core::{MixContent, MixKind, Mood};

use crate::Recommender;
use crate::counter_rng;
use crate::prompt::{Names, parse_prompt};
use crate::station::{Extra, Near, Pick, StationSpec, evenly};
use crate::taste::{Interest, Taste};
use memories::Memory;

/// Songs that a mix of names or years needs to be offered, and one of earlier plays.
const SONGS_MIN: usize = 15;
const MEMORIES_MIN: usize = 5;

/// Plays up to which a song counts as hardly played.
const HARDLY: u32 = 1;

/// Plays of an artist from which their other songs make deep cuts.
const FOND_PLAYS: u32 = 3;

/// Recordings whose covers may stand for a mix; more than are shown, since some have none.
const COVERS_MAX: usize = 12;

/// A mix that is offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Mix {
    /// Which.
    pub kind: MixKind,
    /// What it is made of.
    pub content: MixContent,
    /// Recordings whose covers may stand for it, each of another album, as positions in the catalogue.
    pub faces: Vec<usize>,
}

/// What a mix can be made of.
#[derive(Default)]
struct Offer {
    /// Whose covers may stand for it.
    faces: Vec<usize>,
    /// The recordings that may come; empty for all.
    among: Vec<usize>,
    extras: HashMap<usize, Extra>,
}

impl Offer {
    /// Only these may come; `None` if they are too few.
    fn only(&mut self, among: Vec<usize>, least: usize) -> Option<()> {
        self.among = among;
        (self.among.len() >= least.max(1)).then_some(())
    }

    /// Only what is remembered may come.
    fn remember(&mut self, memories: Vec<Memory>) -> Option<()> {
        let among: Vec<usize> = memories.iter().map(|(position, _)| *position).collect();
        self.faces.clone_from(&among);
        self.extras = memories.into_iter().collect();
        self.only(among, MEMORIES_MIN)
    }
}

/// What a group of songs that sound similar has in common, by a few names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Portrait {
    /// Tags that are more frequent here than elsewhere, the most distinctive first.
    pub tags: Vec<String>,
    /// The artists with most songs here.
    pub artists: Vec<String>,
}

impl Recommender<'_> {
    /// The mixes that can be had now, in the order to show them.
    pub fn mixes(&self) -> Vec<Mix> {
        let mut kinds = vec![
            MixKind::ForYou,
            MixKind::Discover,
            MixKind::DeepCuts,
            MixKind::Rediscover,
            MixKind::OnRepeat,
        ];
        let interests = self.interests();
        kinds.extend((1..=interests.len() as u32).map(|number| MixKind::Daily { number }));
        kinds.extend(Mood::ALL.map(|mood| MixKind::Mood { mood }));
        let decades = self.decades().into_iter();
        kinds.extend(decades.map(|decade| MixKind::Decade { decade }));
        let years = self.years_played().into_iter();
        kinds.extend(years.map(|year| MixKind::TimeTravel { year }));
        kinds.extend([MixKind::OnThisDay, MixKind::RandomAlbum]);
        let offered = kinds.into_iter();
        offered
            .filter_map(|kind| Some(self.offer(kind, &interests)?.0))
            .collect()
    }

    /// A mix with its songs; `None` if it has nothing to offer.
    pub fn mix(&self, kind: MixKind, count: usize) -> Option<(Mix, Vec<Pick>)> {
        let interests = self.interests();
        let (mix, offer) = self.offer(kind, &interests)?;
        let picks = match kind {
            MixKind::RandomAlbum => self.in_order(&offer.among, &interests),
            _ => self.picks_for(&self.mixed(kind, offer, &interests, count)),
        };
        (!picks.is_empty()).then_some((mix, picks))
    }

    /// The interests, the greatest first.
    pub fn interests(&self) -> Vec<Interest> {
        self.taste()
            .map(|taste| taste.interests(self.catalogue))
            .unwrap_or_default()
    }

    /// What an interest sounds like.
    pub fn portrait(&self, interest: &Interest) -> Portrait {
        self.portrait_of(interest.members())
    }

    /// What a mix can be made of; `None` if that is too little.
    fn offer(&self, kind: MixKind, interests: &[Interest]) -> Option<(Mix, Offer)> {
        let mut offer = Offer::default();
        let content = match kind {
            MixKind::ForYou => {
                if self.catalogue.is_empty() {
                    return None;
                }
                offer.faces = self.liked(interests);
                match self.taste() {
                    Some(_) => MixContent::Liked,
                    None => MixContent::FirstLook,
                }
            }
            MixKind::Discover => {
                offer.only(self.hardly_played(), SONGS_MIN.min(self.catalogue.len()))?;
                offer.faces = self.likely(&offer.among);
                MixContent::Unheard
            }
            MixKind::DeepCuts => {
                offer.only(self.deep_cuts(), MEMORIES_MIN)?;
                offer.faces = self.likely(&offer.among);
                MixContent::DeepCuts
            }
            MixKind::Rediscover => {
                offer.remember(self.missed())?;
                MixContent::LongUnheard
            }
            MixKind::OnRepeat => {
                offer.remember(self.on_repeat())?;
                MixContent::OnRepeat
            }
            MixKind::Daily { number } => {
                let interest = interests.get(number.checked_sub(1)? as usize)?;
                offer.faces = interest.members().to_vec();
                self.portrait(interest).shortened()
            }
            MixKind::Mood { mood } => {
                offer.faces = self.likeliest(&self.names_of(moods::prompt(mood)).0);
                if offer.faces.len() < SONGS_MIN {
                    return None;
                }
                MixContent::Mood { mood }
            }
            MixKind::Decade { decade } => {
                offer.only(self.of_years(decade, decade + 9), SONGS_MIN)?;
                offer.faces = self.likely(&offer.among);
                let songs = offer.among.len() as u32;
                MixContent::Decade { songs, decade }
            }
            MixKind::TimeTravel { year } => {
                offer.remember(self.played_in(year))?;
                MixContent::PlayedIn { year }
            }
            MixKind::OnThisDay => {
                offer.remember(self.on_this_day())?;
                MixContent::OnThisDay
            }
            MixKind::RandomAlbum => {
                let (album, songs) = self.random_album()?;
                (offer.faces, offer.among) = (songs.clone(), songs);
                let artists = self.catalogue.artist_names();
                let artist = self.catalogue.album_artist(album);
                MixContent::Album {
                    title: self.catalogue.album_title(album).to_owned(),
                    artist: artist.map(|artist| artists.show(artist).to_owned()),
                }
            }
        };
        let mix = Mix {
            kind,
            content,
            faces: self.faces(&offer.faces),
        };
        Some((mix, offer))
    }

    /// A mix as a station.
    fn mixed(
        &self,
        kind: MixKind,
        offer: Offer,
        interests: &[Interest],
        count: usize,
    ) -> StationSpec {
        let mut spec = StationSpec::new(self.tuning.seedless, count);
        spec.near = self.favourites(interests);
        spec.near_are = Near::Favourites;
        spec.among = (!offer.among.is_empty()).then_some(offer.among);
        spec.extras = offer.extras;
        match kind {
            MixKind::ForYou | MixKind::Decade { .. } | MixKind::RandomAlbum => {}
            MixKind::Discover | MixKind::DeepCuts => spec.dial = -1.0,
            MixKind::OnRepeat => (spec.weights.near, spec.weights.just_heard) = (0.0, 0.0),
            MixKind::Rediscover | MixKind::TimeTravel { .. } | MixKind::OnThisDay => {
                spec.weights.near = 0.0;
            }
            MixKind::Daily { number } => {
                let interest = interests.get(number as usize - 1);
                let members = interest.map_or(&[][..], Interest::members);
                spec.near = evenly(members).collect();
                spec.weights = self.tuning.seeded;
            }
            MixKind::Mood { mood } => {
                let (wanted, unwanted) = self.names_of(moods::prompt(mood));
                spec.near = evenly(&self.likeliest(&wanted)).collect();
                spec.near_are = Near::Seeds;
                (spec.wanted, spec.unwanted) = (wanted, unwanted);
                spec.weights = self.tuning.seeded;
            }
        }
        spec
    }

    /// Songs in the order in which they stand, each with the terms of its score.
    fn in_order(&self, songs: &[usize], interests: &[Interest]) -> Vec<Pick> {
        let mut spec = StationSpec::new(self.tuning.seedless, songs.len());
        spec.near = self.favourites(interests);
        spec.near_are = Near::Favourites;
        self.explained(&spec, songs)
    }

    fn names_of(&self, words: &str) -> (Names, Names) {
        let prompt = parse_prompt(self.catalogue, words);
        (prompt.wanted, prompt.unwanted)
    }

    /// What is liked most, by interest in turn.
    fn liked(&self, interests: &[Interest]) -> Vec<usize> {
        let most = interests
            .iter()
            .map(|interest| interest.members().len())
            .max();
        let in_turn = (0..most.unwrap_or(0)).flat_map(|at| {
            let one = interests.iter();
            one.filter_map(move |interest| interest.members().get(at).copied())
        });
        let mut liked: Vec<usize> = in_turn.collect();
        if liked.is_empty() {
            let taste = self.taste().map(Taste::favourites).unwrap_or_default();
            liked = taste.iter().map(|favourite| favourite.position).collect();
        }
        if liked.is_empty() {
            liked = (0..self.catalogue.len()).take(200).collect();
        }
        liked
    }

    /// Of some recordings the likeliest to be liked, among a sample of a few hundred.
    fn likely(&self, among: &[usize]) -> Vec<usize> {
        const SAMPLE: usize = 400;
        let step = among.len().div_ceil(SAMPLE).max(1);
        let mut seen: Vec<(f64, usize)> = among
            .iter()
            .step_by(step)
            .map(|position| {
                let odds = self
                    .taste()
                    .map(|taste| taste.odds(self.catalogue, *position, self.now));
                (odds.map_or(0.0, |odds| odds.lasting()), *position)
            })
            .collect();
        seen.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        seen.into_iter().map(|(_, position)| position).collect()
    }

    /// A few of these, each from another album.
    fn faces(&self, among: &[usize]) -> Vec<usize> {
        let mut albums = HashSet::new();
        let there = among
            .iter()
            .copied()
            .filter(|position| !self.is_excluded(*position));
        let by_album = there.filter(|position| {
            let album = self.catalogue.album(*position);
            album.is_none_or(|album| albums.insert(album))
        });
        by_album.take(COVERS_MAX).collect()
    }

    fn listened(&self, position: usize) -> u32 {
        let known = self.taste().and_then(|taste| taste.stats(position));
        known.map_or(0, |known| known.listened)
    }

    fn all(&self) -> impl Iterator<Item = usize> {
        (0..self.catalogue.len()).filter(|position| !self.is_excluded(*position))
    }

    /// Never or hardly played, and not skipped when it was.
    fn hardly_played(&self) -> Vec<usize> {
        self.all()
            .filter(|position| {
                let known = self.taste().and_then(|taste| taste.stats(*position));
                known.is_none_or(|known| known.listened <= HARDLY && known.left <= known.listened)
            })
            .collect()
    }

    /// Hardly played, by an artist whose other songs are.
    fn deep_cuts(&self) -> Vec<usize> {
        let mut plays = vec![0_u32; self.catalogue.artist_names().len()];
        let listened = self.taste().into_iter().flat_map(Taste::listened);
        for position in listened {
            for artist in self.catalogue.artist_numbers(position) {
                plays[*artist as usize] += self.listened(position);
            }
        }
        let fond = |position: &usize| {
            let artists = self.catalogue.artist_numbers(*position).iter();
            artists.map(|artist| plays[*artist as usize]).max() >= Some(FOND_PLAYS)
        };
        self.hardly_played().into_iter().filter(fond).collect()
    }

    fn of_years(&self, from: i32, to: i32) -> Vec<usize> {
        let within = |position: &usize| {
            let year = self.catalogue.year(*position);
            year.is_some_and(|year| (from..=to).contains(&year))
        };
        self.all().filter(within).collect()
    }

    /// The decades that have songs enough, the latest first.
    fn decades(&self) -> Vec<i32> {
        let mut counts = std::collections::BTreeMap::new();
        for year in self
            .all()
            .filter_map(|position| self.catalogue.year(position))
        {
            *counts.entry(year.div_euclid(10) * 10).or_insert(0_usize) += 1;
        }
        let enough = counts
            .into_iter()
            .rev()
            .filter(|(_, count)| *count >= SONGS_MIN);
        enough.map(|(decade, _)| decade).collect()
    }

    /// A random album, the likelier the better liked and the longer not played, and its songs in their order.
    fn random_album(&self) -> Option<(u32, Vec<usize>)> {
        const SONGS_OF_AN_ALBUM: usize = 4;
        let mut songs: Vec<Vec<usize>> = vec![Vec::new(); self.catalogue.albums()];
        for position in self.all() {
            if let Some(album) = self.catalogue.album(position) {
                songs[album as usize].push(position);
            }
        }
        let utility = |songs: &[usize]| {
            let Some(taste) = self.taste() else {
                return 0.0;
            };
            let each = songs.iter().map(|position| {
                let odds = taste.odds(self.catalogue, *position, self.now);
                taste.weight_in_ranking() * odds.lasting() - 2.0 * taste.lately(*position, self.now)
            });
            each.sum::<f64>() / songs.len() as f64
        };
        // The greatest of utilities with Gumbel noise is a draw by their softmax (Luce 1959; Yellott 1977).
        let noise =
            |album: usize| -(-counter_rng::uniform(self.rng_seed ^ 0xa1b, album as u64).ln()).ln();
        let whole = (0..songs.len()).filter(|album| songs[*album].len() >= SONGS_OF_AN_ALBUM);
        let drawn = whole
            .map(|album| (utility(&songs[album]) + noise(album), album))
            .reduce(|a, b| if b.0 > a.0 { b } else { a });
        let (_, album) = drawn?;
        let mut songs = std::mem::take(&mut songs[album]);
        songs.sort_by_key(|position| (self.catalogue.place(*position), *position));
        Some((album as u32, songs))
    }

    /// What some recordings have in common that the library has not.
    fn portrait_of(&self, members: &[usize]) -> Portrait {
        let catalogue = self.catalogue;
        let strongest = |counts: Vec<(f64, u32)>, count: usize| {
            let mut counts = counts;
            counts.retain(|(weight, _)| *weight > 0.0);
            counts.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            counts.truncate(count);
            counts
                .into_iter()
                .map(|(_, number)| number)
                .collect::<Vec<u32>>()
        };
        let tags = catalogue.tag_names();
        let mut tagged = vec![0.0; tags.len()];
        let mut songs = vec![0_u32; catalogue.artist_names().len()];
        for position in members {
            for tag in catalogue
                .tag_numbers(*position)
                .iter()
                .filter(|tag| tag.is_plain())
            {
                tagged[tag.number() as usize] += 1.0;
            }
            for artist in catalogue.artist_numbers(*position) {
                songs[*artist as usize] += 1;
            }
        }
        let count = members.len().max(1) as f64;
        // Its frequency here, times the logarithm of the ratio to its frequency in the library.
        let distinctiveness = |number: u32| {
            let here = tagged[number as usize] / count;
            let overall = f64::from(tags.count(number)) / catalogue.len().max(1) as f64;
            here * (here / overall.max(1e-3)).ln().max(0.0)
        };
        let tag_numbers = strongest(
            (0..tags.len() as u32)
                .map(|n| (distinctiveness(n), n))
                .collect(),
            4,
        );
        let artists = catalogue.artist_names();
        let by_songs = (0..artists.len() as u32).map(|n| (f64::from(songs[n as usize]), n));
        let artist_numbers = strongest(by_songs.collect(), 4);
        Portrait {
            tags: tag_numbers
                .iter()
                .map(|n| tags.show(*n).to_owned())
                .collect(),
            artists: artist_numbers
                .iter()
                .map(|n| artists.show(*n).to_owned())
                .collect(),
        }
    }
}

impl Portrait {
    /// As much of it as one line holds.
    fn shortened(mut self) -> MixContent {
        let tags = if self.artists.is_empty() { 3 } else { 2 };
        self.tags.truncate(tags);
        self.artists.truncate(3);
        MixContent::Alike {
            tags: self.tags,
            artists: self.artists,
        }
    }
}

#[cfg(test)]
mod tests;
