//! An endless station around seeds, and plain neighbours.
//!
//! A pick's score is a sum of terms, and its reasons are those terms:
//!
//! - *nearness* to the seeds, by sound where both have a vector, else by names ([`crate::kinship`]); at most 1;
//! - *taste*: the parts of the listener's log odds, in the voice that the evidence allows, bounded so that
//!   taste shades a station and never replaces it;
//! - the *mood* of the session, which turns with every play that is left or heard;
//! - the *dial* between familiar and new, what was *just heard*, opinions, a little *exploration*;
//! - *variety*: against what lies nearer to an earlier pick than to the seeds. Marginal relevance (Carbonell,
//!   Goldstein 1998), counting only the excess, for in a tight style everything is near to everything.
//!
//! The seeds stay the anchor: the station does not drift. Picks are taken greedily, the best first, under the
//! rules of the house: nothing twice, no song in two versions, five songs between two of one artist.

mod anchor;
mod spacing;
mod words;

use std::collections::HashSet;

use segue_core::{AudioHash, Rating, Timestamp};

use crate::catalogue::Catalogue;
use crate::chance;
use crate::index::dot;
use crate::reason::{Reason, ReasonKind};
use crate::taste::{Draw, Taste};
use anchor::{Anchor, anchors, kin_scale, near_by_sound};
use spacing::{ARTIST_GAP, Spacing};

/// Recordings weighed in full at first; more if the rules need them.
const CANDIDATES_MIN: usize = 400;

/// With several seeds: what the nearest one counts, against the mean of all.
const NEAREST_SHARE: f64 = 0.7;

/// Full voice of taste, per unit of log odds, and the log odds at which it is bounded: where there are seeds taste
/// shades the station, where there are none it is the station.
const TASTE: f64 = 0.4;
const TASTE_ODDS_MAX: f64 = 2.0;
const TASTE_ODDS_MAX_SEEDLESS: f64 = 4.0;

/// What nearness to the favourites counts in a station without seeds, against nearness to seeds.
const FAVOURITES: f64 = 0.3;

/// The mood of the session, per unit of log odds, and the log odds at which it is bounded.
const MOOD_ODDS_MAX: f64 = 1.5;

/// Weights of the other terms at their strongest.
const MOOD: f64 = 1.0;
const DIAL: f64 = 0.2;
const JUST_HEARD: f64 = 0.3;
const LIKED: f64 = 0.1;
const DISLIKED: f64 = 1.5;
const EXPLORE: f64 = 0.06;
const VARIETY: f64 = 0.15;

/// What a station is asked for.
#[derive(Clone, Debug)]
pub struct RadioRequest {
    /// What it starts from. Without any, it starts from what the listener likes most.
    pub seeds: Vec<AudioHash>,
    /// Picks wanted.
    pub count: usize,
    /// The dial: 0 familiar, 0.5 neither, 1 new.
    pub discovery: f32,
    /// Decides the exploration, and nothing else.
    pub rng_seed: u64,
    /// The time, for what was heard lately.
    pub now: Timestamp,
    /// Not to be played again, the latest last; the last five also keep their artists away.
    pub recent: Vec<AudioHash>,
}

/// A recording picked for a station.
#[derive(Clone, Debug, PartialEq)]
pub struct Pick {
    /// Position in the catalogue.
    pub item: usize,
    /// Sum of the reasons' weights. It need not fall from pick to pick: spacing may put a better one later.
    pub score: f64,
    /// The score's terms, the strongest first. Those that speak against the pick are negative.
    pub reasons: Vec<Reason>,
}

/// The first `count` songs of a station.
///
/// Fewer only if the library has no more songs to give. Seeds and recent recordings, and other versions of
/// them, are not among them. Empty if seeds were named and none is in the catalogue. Without plays the order
/// is that of nearness alone. A taste of another catalogue ([`Taste::fits`]) is left out of account.
pub fn radio(catalogue: &Catalogue, taste: &Taste, request: &RadioRequest) -> Vec<Pick> {
    let Some(station) = Station::new(catalogue, taste, request) else {
        return Vec::new();
    };
    let mut near = station.nearest();
    let mut pool_size = CANDIDATES_MIN.max(
        request
            .count
            .saturating_mul(8)
            .min(request.count.saturating_add(2000)),
    );
    loop {
        let whole = pool_size >= near.len();
        let pool = station.pool(&mut near, pool_size);
        if let Some(picks) = station.choose(&pool, whole) {
            return picks;
        }
        pool_size = pool_size.saturating_mul(8);
    }
}

/// The `count` recordings that sound most like `seed`, with their cosines, best first. No taste, no tags.
///
/// Empty if the seed is unknown or has no vector.
pub fn similar(catalogue: &Catalogue, seed: AudioHash, count: usize) -> Vec<(usize, f32)> {
    let Some(row) = catalogue
        .position(&seed)
        .and_then(|position| catalogue.row(position))
    else {
        return Vec::new();
    };
    let index = catalogue.index();
    let near = index.nearest(index.row(row), count, |other| other == row);
    near.into_iter()
        .map(|(row, cosine)| (catalogue.item_of_row(row), cosine))
        .collect()
}

/// A request with all that is looked up once.
struct Station<'a> {
    catalogue: &'a Catalogue,
    taste: Option<&'a Taste>,
    request: &'a RadioRequest,
    anchors: Vec<Anchor>,
    /// Whether the anchors are the listener's favourites, for want of seeds.
    of_favourites: bool,
    /// The cosine of two recordings drawn by lot.
    chance_cosine: f32,
    /// What nearness by names counts.
    kin_scale: f64,
    /// Songs that must not come.
    excluded: HashSet<u32>,
    /// Positive for familiar, negative for new, in `-1..=1`.
    dial: f64,
    draw: Option<Draw<'a>>,
}

/// One term of a score before it is put into words.
struct Term {
    kind: ReasonKind,
    weight: f64,
    about: About,
}

enum About {
    /// An anchor, near by sound.
    Anchor(usize),
    /// Names shared with an anchor.
    Names(usize, Vec<String>),
    /// The mean of all anchors.
    AllAnchors,
    /// A part of taste.
    Odds,
    /// Nothing to add.
    Plain,
}

/// A recording that may be picked.
struct Candidate {
    item: usize,
    score: f64,
    nearness: f64,
    /// Excess of nearness to an earlier pick, and which.
    excess: Option<(f64, usize)>,
    taken: bool,
}

impl<'a> Station<'a> {
    fn new(catalogue: &'a Catalogue, taste: &'a Taste, request: &'a RadioRequest) -> Option<Self> {
        let find = |hashes: &[AudioHash]| -> Vec<usize> {
            let mut seen = HashSet::new();
            let known = hashes.iter().filter_map(|audio| catalogue.position(audio));
            known.filter(|position| seen.insert(*position)).collect()
        };
        let seeds = find(&request.seeds);
        if request.count == 0
            || catalogue.is_empty()
            || (seeds.is_empty() && !request.seeds.is_empty())
        {
            return None;
        }
        let taste = Some(taste).filter(|taste| taste.plays() > 0 && taste.fits(catalogue));
        let of_favourites = seeds.is_empty();
        let weighed = match taste {
            Some(taste) if of_favourites => taste.favourites().iter().map(|f| f.position).collect(),
            _ => seeds.clone(),
        };
        let mean = catalogue.index().mean();
        let chance_cosine = dot(mean, mean);
        let excluded = seeds
            .iter()
            .chain(&find(&request.recent))
            .map(|at| catalogue.song(*at))
            .collect();
        let discovery = if request.discovery.is_finite() {
            request.discovery.clamp(0.0, 1.0)
        } else {
            0.5
        };
        Some(Self {
            catalogue,
            taste,
            request,
            anchors: anchors(catalogue, &weighed),
            of_favourites,
            chance_cosine,
            kin_scale: kin_scale(catalogue, chance_cosine),
            excluded,
            dial: 1.0 - 2.0 * f64::from(discovery),
            draw: taste
                .filter(|_| discovery > 0.0)
                .map(|taste| taste.draw(catalogue, request.rng_seed)),
        })
    }

    /// All that may come, each with its nearness, in no order yet: a large library is never sorted as a whole.
    fn nearest(&self) -> Vec<(f32, u32)> {
        let allowed = |item: &usize| !self.excluded.contains(&self.catalogue.song(*item));
        let near = |item: usize| {
            if self.anchors.is_empty() {
                // Nothing to start from: any order is as good, but not always the same one.
                return chance::uniform(self.request.rng_seed, item as u64);
            }
            let all = self
                .anchors
                .iter()
                .map(|anchor| (self.nearness(anchor, item, false), anchor.share));
            let (nearest, mean) = all.fold((0.0_f64, 0.0), |(n, m), (x, w)| (n.max(x), m + w * x));
            NEAREST_SHARE * nearest + (1.0 - NEAREST_SHARE) * mean
        };
        (0..self.catalogue.len())
            .filter(allowed)
            .map(|item| (near(item) as f32, item as u32))
            .collect()
    }

    /// The nearest `size`, and as many familiar ones if the dial asks for them, weighed in full, the best
    /// first, one per song. Ties by position.
    fn pool(&self, near: &mut [(f32, u32)], size: usize) -> Vec<Candidate> {
        let nearer = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if size < near.len() {
            near.select_nth_unstable_by(size, nearer);
        }
        let (first, farther) = near.split_at_mut(size.min(near.len()));
        first.sort_unstable_by(nearer);
        let mut items: Vec<usize> = first.iter().map(|(_, item)| *item as usize).collect();
        if let Some(taste) = self.taste.filter(|_| self.dial > 0.0) {
            let familiar: HashSet<usize> = taste.listened().collect();
            let mut farther: Vec<(f32, u32)> = farther
                .iter()
                .copied()
                .filter(|(_, item)| familiar.contains(&(*item as usize)))
                .collect();
            farther.sort_unstable_by(nearer);
            items.extend(
                farther
                    .iter()
                    .map(|(_, item)| *item as usize)
                    .take(size / 2),
            );
        }
        let mut pool: Vec<Candidate> = items
            .into_iter()
            .map(|item| {
                let terms = self.terms(item);
                let near = self
                    .anchors
                    .iter()
                    .map(|anchor| self.nearness(anchor, item, true));
                Candidate {
                    item,
                    score: terms.iter().map(|term| term.weight).sum(),
                    nearness: near.fold(0.0, f64::max),
                    excess: None,
                    taken: false,
                }
            })
            .collect();
        // A stable sort: where scores are equal the nearer stays first.
        pool.sort_by(|a, b| b.score.total_cmp(&a.score));
        let mut songs = HashSet::new();
        pool.retain(|candidate| songs.insert(self.catalogue.song(candidate.item)));
        pool
    }

    /// Nearness in `0..=1` to one anchor.
    fn nearness(&self, anchor: &Anchor, item: usize, hubs_corrected: bool) -> f64 {
        match (&anchor.sound, self.catalogue.row(item)) {
            (Some(sound), Some(row)) => {
                let cosine = sound.cosines[row];
                let index = self.catalogue.index();
                let cosine = if hubs_corrected {
                    index.mutual(cosine, sound.usual, index.usual(row))
                } else {
                    cosine
                };
                near_by_sound(cosine, self.chance_cosine)
            }
            _ => self.kin_scale * anchor.kin.nearness(self.catalogue, item),
        }
    }

    /// The terms of an item's score, all but variety.
    fn terms(&self, item: usize) -> Vec<Term> {
        let mut terms = self.nearness_terms(item);
        let Some(taste) = self.taste else {
            return terms;
        };
        let mut push = |kind, weight: f64, about| {
            if weight != 0.0 {
                terms.push(Term {
                    kind,
                    weight,
                    about,
                });
            }
        };
        let odds = taste.odds(self.catalogue, item, self.request.now);
        let bound = (self.odds_max() / odds.lasting().abs().max(1e-9)).min(1.0);
        let voice = TASTE * taste.voice() * bound;
        push(ReasonKind::Taste, voice * odds.sound, About::Odds);
        push(ReasonKind::Artist, voice * odds.artist, About::Odds);
        push(ReasonKind::Genre, voice * odds.genre, About::Odds);
        push(ReasonKind::Tag, voice * odds.tag, About::Odds);
        push(ReasonKind::Album, voice * odds.album, About::Odds);
        push(
            ReasonKind::Mood,
            MOOD * odds.session.clamp(-MOOD_ODDS_MAX, MOOD_ODDS_MAX),
            About::Plain,
        );
        push(
            ReasonKind::Familiar,
            voice * (1.0 + self.dial) / 2.0 * (odds.recording + odds.context),
            About::Odds,
        );
        let listened = taste.known(item).map_or(0, |known| known.listened);
        let familiar = f64::from(listened) / (f64::from(listened) + 1.0);
        if self.dial > 0.0 {
            push(
                ReasonKind::Familiar,
                DIAL * self.dial * familiar,
                About::Plain,
            );
        } else {
            push(
                ReasonKind::New,
                DIAL * -self.dial * (1.0 - familiar),
                About::Plain,
            );
        }
        push(
            ReasonKind::Recent,
            -JUST_HEARD * taste.lately(item, self.request.now),
            About::Plain,
        );
        match taste.known(item).and_then(|known| known.rating) {
            Some(Rating::Like) => push(ReasonKind::Opinion, LIKED, About::Plain),
            Some(Rating::Dislike) => push(ReasonKind::Opinion, -DISLIKED, About::Plain),
            None => {}
        }
        if let Some(draw) = &self.draw {
            let surprise = draw
                .surprise(self.catalogue, item)
                .clamp(-TASTE_ODDS_MAX, TASTE_ODDS_MAX);
            let share = (1.0 - self.dial) / 2.0 * taste.confidence();
            push(
                ReasonKind::Explore,
                EXPLORE * share * surprise,
                About::Plain,
            );
        }
        terms
    }

    fn odds_max(&self) -> f64 {
        if self.of_favourites {
            TASTE_ODDS_MAX_SEEDLESS
        } else {
            TASTE_ODDS_MAX
        }
    }

    fn anchor_weight(&self) -> f64 {
        if self.of_favourites { FAVOURITES } else { 1.0 }
    }

    fn nearness_terms(&self, item: usize) -> Vec<Term> {
        let near: Vec<f64> = self
            .anchors
            .iter()
            .map(|anchor| self.nearness(anchor, item, true))
            .collect();
        let Some(best) =
            (0..near.len()).max_by(|a, b| near[*a].total_cmp(&near[*b]).then(b.cmp(a)))
        else {
            return Vec::new();
        };
        let anchor = &self.anchors[best];
        let several = self.anchors.len() > 1;
        let share = self.anchor_weight() * if several { NEAREST_SHARE } else { 1.0 };
        let mut terms: Vec<Term> = if anchor.sound.is_some() && self.catalogue.row(item).is_some() {
            vec![Term {
                kind: ReasonKind::Sound,
                weight: share * near[best],
                about: About::Anchor(best),
            }]
        } else {
            let parts = anchor.kin.parts(self.catalogue, item).into_iter();
            parts
                .map(|part| Term {
                    kind: part.kind,
                    weight: share * self.kin_scale * part.nearness,
                    about: About::Names(best, part.names),
                })
                .collect()
        };
        let mean: f64 = near
            .iter()
            .zip(&self.anchors)
            .map(|(near, anchor)| near * anchor.share)
            .sum();
        if several && mean > 0.0 {
            let weight = self.anchor_weight() * (1.0 - NEAREST_SHARE) * mean;
            terms.push(Term {
                kind: ReasonKind::Sound,
                weight,
                about: About::AllAnchors,
            });
        }
        terms
    }

    /// Picks greedily from `pool`. `None` if the pool is not the `whole` library and more of it may help.
    fn choose(&self, pool: &[Candidate], whole: bool) -> Option<Vec<Pick>> {
        let count = self.request.count.min(pool.len());
        if !whole && count < self.request.count {
            return None;
        }
        let mut spacing = Spacing::new(
            self.catalogue,
            [&self.request.seeds, &self.request.recent],
            pool.iter().map(|candidate| candidate.item).collect(),
        );
        let mut keep = spacing.possible(count);
        if !whole && !keep {
            return None;
        }
        let mut pool: Vec<Candidate> = pool.iter().map(Candidate::fresh).collect();
        let mut picks = Vec::with_capacity(count);
        for left in (0..count).rev() {
            let mut open: Vec<(f64, usize)> = (0..pool.len())
                .filter(|at| !pool[*at].taken)
                .map(|at| (pool[at].score_now(), at))
                .collect();
            let better =
                |a: &(f64, usize), b: &(f64, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
            open.sort_unstable_by(better);
            let open: Vec<usize> = open.into_iter().map(|(_, at)| at).collect();
            let free: Vec<usize> = open
                .iter()
                .copied()
                .filter(|at| spacing.distance(*at) > ARTIST_GAP)
                .collect();
            let free = free.into_iter();
            let kept = if keep {
                free.clone().find(|at| spacing.possible_after(*at, left))
            } else {
                None
            };
            keep &= kept.is_some();
            // Out of songs by others: the artist who has been away longest, among the free the one with most left.
            let at = kept
                .or_else(|| {
                    free.reduce(|a, b| {
                        if spacing.left(b) > spacing.left(a) {
                            b
                        } else {
                            a
                        }
                    })
                })
                .or_else(|| {
                    let farther = |a, b| {
                        if spacing.distance(b) > spacing.distance(a) {
                            b
                        } else {
                            a
                        }
                    };
                    open.into_iter().reduce(farther)
                })?;
            spacing.take(at);
            pool[at].taken = true;
            picks.push(self.pick(&pool[at]));
            let chosen = pool[at].item;
            for candidate in pool.iter_mut().filter(|candidate| !candidate.taken) {
                self.see(candidate, chosen);
            }
        }
        Some(picks)
    }

    /// Notes how much nearer a candidate is to the song just chosen than to the seeds.
    fn see(&self, candidate: &mut Candidate, chosen: usize) {
        let (a, b) = (
            self.catalogue.vector(candidate.item),
            self.catalogue.vector(chosen),
        );
        if let (Some(a), Some(b)) = (a, b) {
            let excess = near_by_sound(dot(a, b), self.chance_cosine) - candidate.nearness;
            if excess > candidate.excess.map_or(0.0, |(excess, _)| excess) {
                candidate.excess = Some((excess, chosen));
            }
        }
    }

    fn pick(&self, candidate: &Candidate) -> Pick {
        let item = candidate.item;
        let mut reasons: Vec<Reason> = self
            .terms(item)
            .into_iter()
            .map(|term| Reason {
                kind: term.kind,
                text: self.say(item, &term),
                weight: term.weight,
            })
            .collect();
        if let Some((excess, earlier)) = candidate.excess {
            let text = format!(
                "close to “{}”, which comes earlier",
                self.catalogue.title(earlier)
            );
            reasons.push(Reason {
                kind: ReasonKind::Variety,
                text,
                weight: -VARIETY * excess,
            });
        }
        reasons.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        Pick {
            item,
            score: reasons.iter().map(|reason| reason.weight).sum(),
            reasons,
        }
    }
}

impl Candidate {
    fn fresh(&self) -> Self {
        Self {
            excess: None,
            taken: false,
            ..*self
        }
    }

    fn score_now(&self) -> f64 {
        self.score - VARIETY * self.excess.map_or(0.0, |(excess, _)| excess)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Item;
    use crate::world::{self, audio, now, play};
    use proptest::prelude::*;
    use segue_core::TagScore;

    fn request(seeds: &[usize], count: usize) -> RadioRequest {
        RadioRequest {
            seeds: seeds.iter().map(|seed| audio(*seed)).collect(),
            count,
            discovery: 0.5,
            rng_seed: 1,
            now: now(),
            recent: Vec::new(),
        }
    }

    fn untaught(catalogue: &Catalogue) -> Taste {
        Taste::fit(catalogue, &[])
    }

    fn items(picks: &[Pick]) -> Vec<usize> {
        picks.iter().map(|pick| pick.item).collect()
    }

    /// The score is the sum of its reasons, all are worded, and the strongest one carries weight.
    fn check_reasons(picks: &[Pick]) {
        for pick in picks {
            let sum: f64 = pick.reasons.iter().map(|reason| reason.weight).sum();
            assert!((sum - pick.score).abs() < 1e-9 && pick.score.is_finite());
            assert!(
                pick.reasons
                    .iter()
                    .all(|reason| !reason.text.is_empty() && reason.weight.is_finite())
            );
            assert!(pick.reasons.is_sorted_by(|a, b| a.weight >= b.weight));
            if let Some(first) = pick.reasons.first() {
                assert!(first.weight <= 0.0 || pick.score - first.weight < pick.score);
            }
        }
    }

    /// The smallest distance between two songs that share an artist, the seed standing at 0.
    fn closest(catalogue: &Catalogue, seed: Option<usize>, picks: &[Pick]) -> usize {
        let line: Vec<Option<usize>> = std::iter::once(seed)
            .chain(picks.iter().map(|pick| Some(pick.item)))
            .collect();
        let shares = |a: usize, b: usize| {
            let theirs = catalogue.artist_numbers(b);
            catalogue
                .artist_numbers(a)
                .iter()
                .any(|artist| theirs.contains(artist))
        };
        let pairs = (0..line.len()).flat_map(|a| (a + 1..line.len()).map(move |b| (a, b)));
        pairs
            .filter(|(a, b)| matches!((line[*a], line[*b]), (Some(x), Some(y)) if shares(x, y)))
            .map(|(a, b)| b - a)
            .min()
            .unwrap_or(usize::MAX)
    }

    #[test]
    fn a_station_stays_in_its_style_and_begins_with_the_nearest() {
        let catalogue = world::catalogue(world::library(3, 10, 40, 64));
        let taste = untaught(&catalogue);
        for seed in 0..40 {
            let picks = radio(&catalogue, &taste, &request(&[seed], 20));
            check_reasons(&picks);
            let style = items(&picks)
                .iter()
                .filter(|item| *item % 10 == seed % 10)
                .count();
            assert!(style >= 18, "{seed}: {:?}", items(&picks));
            assert!(closest(&catalogue, Some(seed), &picks) > 5);
            assert!(picks[0].reasons[0].text.starts_with("sounds like “Song"));
            // All but the seed's own artist among the ten nearest are the first to come.
            let near: Vec<usize> = similar(&catalogue, audio(seed), 10)
                .into_iter()
                .map(|n| n.0)
                .collect();
            let first = items(&picks[..5]);
            assert!(
                first.iter().filter(|item| near.contains(item)).count() >= 4,
                "{first:?} {near:?}"
            );
        }
    }

    #[test]
    fn likes_and_refusals_turn_a_station_between_two_styles() {
        let mut library = world::library(7, 6, 40, 64);
        let (a, b) = (
            library[0].vector.clone().unwrap(),
            library[1].vector.clone().unwrap(),
        );
        let middle = a
            .values()
            .iter()
            .zip(b.values())
            .map(|(a, b)| a + b)
            .collect();
        let mut seed = world::item(1000, "Between", "Nobody else");
        seed.vector = segue_core::Embedding::new(world::model(), middle).ok();
        library.push(seed);
        let catalogue = world::catalogue(library);
        let first_style = |log: &[segue_core::Play]| {
            let taste = Taste::fit(&catalogue, log);
            let picks = radio(&catalogue, &taste, &request(&[1000], 20));
            check_reasons(&picks);
            picks.iter().filter(|pick| pick.item % 6 == 0).count()
        };
        let log = world::log(3, 240, 400, |item| if item % 6 == 0 { 0.95 } else { 0.1 });
        let against = world::log(3, 240, 400, |item| if item % 6 == 1 { 0.95 } else { 0.1 });
        let (plain, toward, away) = (first_style(&[]), first_style(&log), first_style(&against));
        assert!(
            toward >= plain + 4 && away + 4 <= plain,
            "{away} {plain} {toward}"
        );
    }

    #[test]
    fn a_listener_without_taste_hardly_moves_a_station() {
        let catalogue = world::catalogue(world::library(3, 10, 40, 64));
        let mut shared = 0;
        for seed in 0..10 {
            let log = world::log(seed as u64, 400, 500, |_| 0.6);
            let taste = Taste::fit(&catalogue, &log);
            let with = items(&radio(&catalogue, &taste, &request(&[seed], 20)));
            let without = items(&radio(
                &catalogue,
                &untaught(&catalogue),
                &request(&[seed], 20),
            ));
            shared += with.iter().filter(|item| without.contains(item)).count();
        }
        assert!(shared >= 145, "{shared} of 200 shared");
    }

    #[test]
    fn before_anything_is_heard_tags_make_the_station() {
        let library = world::library(3, 10, 40, 8)
            .into_iter()
            .enumerate()
            .map(|(n, mut item)| {
                item.vector = None;
                item.genres = vec![format!("Style {}", n % 10)];
                item.year = Some(1950 + (n % 60) as i32);
                item
            });
        let catalogue = world::catalogue(library.collect());
        let picks = radio(&catalogue, &untaught(&catalogue), &request(&[12], 20));
        check_reasons(&picks);
        assert!(items(&picks).iter().all(|item| item % 10 == 2));
        assert_eq!(picks[0].reasons[0].text, "same genre: Style 2");
        assert!(similar(&catalogue, audio(12), 5).is_empty());
    }

    #[test]
    fn half_heard_libraries_mix_both_kinds_of_nearness() {
        let library = world::library(3, 10, 40, 64)
            .into_iter()
            .enumerate()
            .map(|(n, mut item)| {
                item.vector = item.vector.filter(|_| n % 4 < 2);
                item.genres = vec![format!("Style {}", n % 10)];
                item.tags = vec![TagScore {
                    name: format!("mood {}", n % 10),
                    p: 0.8,
                    present: true,
                }];
                item
            });
        let catalogue = world::catalogue(library.collect());
        for seed in [0, 2] {
            let picks = radio(&catalogue, &untaught(&catalogue), &request(&[seed], 20));
            check_reasons(&picks);
            let heard = picks
                .iter()
                .filter(|pick| catalogue.vector(pick.item).is_some())
                .count();
            assert!(
                (3..=17).contains(&heard),
                "{heard} heard of 20 around {seed}"
            );
            assert!(picks.iter().filter(|pick| pick.item % 10 == seed).count() >= 18);
        }
    }

    #[test]
    fn the_dial_leads_to_the_familiar_or_the_new() {
        let catalogue = world::catalogue(world::library(3, 4, 60, 64));
        let log: Vec<_> = (0..360)
            .map(|n| play(n * 3600, audio(n as usize % 120), 200.0))
            .collect();
        let taste = Taste::fit(&catalogue, &log);
        let known = |discovery| {
            let wish = RadioRequest {
                discovery,
                ..request(&[121], 20)
            };
            let picks = radio(&catalogue, &taste, &wish);
            check_reasons(&picks);
            picks.iter().filter(|pick| pick.item < 120).count()
        };
        let (familiar, middle, new) = (known(0.0), known(0.5), known(1.0));
        assert!(
            familiar > middle && middle > new,
            "{familiar} {middle} {new}"
        );
    }

    #[test]
    fn a_reason_names_what_was_finished() {
        let library = world::library(3, 4, 20, 16)
            .into_iter()
            .enumerate()
            .map(|(n, mut item)| {
                item.tags = vec![TagScore {
                    name: ["dreamy", "harsh"][n % 2].into(),
                    p: 0.9,
                    present: true,
                }];
                item.artists = vec![format!("Artist {n}")];
                item
            });
        let catalogue = world::catalogue(library.collect());
        let mut log = world::log(1, 80, 150, |item| if item % 2 == 0 { 0.95 } else { 0.05 });
        log.extend((0..6).map(|n| play(1_000_000 + n, audio(8), 200.0)));
        let taste = Taste::fit(&catalogue, &log);
        let picks = radio(&catalogue, &taste, &request(&[0], 10));
        check_reasons(&picks);
        let texts: Vec<&str> = picks
            .iter()
            .flat_map(|pick| &pick.reasons)
            .map(|r| r.text.as_str())
            .collect();
        let said =
            |text: &&&str| text.starts_with("shares dreamy with “Song 8”, which you finished ");
        assert!(texts.iter().find(said).is_some(), "{texts:?}");
    }

    #[test]
    fn without_its_strongest_term_a_pick_falls() {
        let catalogue = world::catalogue(world::library(3, 10, 60, 32));
        let log = world::log(4, 600, 300, |item| if item % 10 < 3 { 0.9 } else { 0.2 });
        let taste = Taste::fit(&catalogue, &log);
        let (mut fallen, mut all) = (0, 0);
        for seed in 0..50 {
            let wish = request(&[seed * 11], 20);
            let picks = radio(&catalogue, &taste, &wish);
            check_reasons(&picks);
            let station = Station::new(&catalogue, &taste, &wish).unwrap();
            let pool = station.pool(&mut station.nearest(), CANDIDATES_MIN);
            let rank = |item: usize, score: f64| {
                let above = pool
                    .iter()
                    .filter(|other| other.item != item && other.score > score);
                above.count()
            };
            for pick in &picks {
                let without = pick.score - pick.reasons[0].weight;
                fallen += usize::from(rank(pick.item, without) > rank(pick.item, pick.score));
                all += 1;
            }
        }
        assert!(all == 1000 && fallen * 100 >= all * 95, "{fallen} of {all}");
    }

    #[test]
    fn a_station_goes_on_until_the_library_is_played() {
        let catalogue = world::catalogue(world::library(3, 10, 40, 16));
        let taste = untaught(&catalogue);
        let mut wish = request(&[0], 50);
        let mut heard = HashSet::from([0]);
        loop {
            let picks = radio(&catalogue, &taste, &wish);
            assert!(picks.iter().all(|pick| heard.insert(pick.item)));
            wish.recent
                .extend(picks.iter().map(|pick| catalogue.audio(pick.item)));
            if picks.len() < 50 {
                break;
            }
        }
        assert_eq!(heard.len(), 400);
    }

    #[test]
    fn without_seeds_the_station_starts_from_favourites() {
        let catalogue = world::catalogue(world::library(3, 10, 40, 64));
        let log = world::log(1, 400, 300, |item| if item % 10 == 4 { 0.95 } else { 0.05 });
        let taste = Taste::fit(&catalogue, &log);
        let picks = radio(&catalogue, &taste, &request(&[], 20));
        check_reasons(&picks);
        assert!(
            picks.iter().filter(|pick| pick.item % 10 == 4).count() >= 14,
            "{:?}",
            items(&picks)
        );
        assert_eq!(
            radio(&catalogue, &untaught(&catalogue), &request(&[], 20)).len(),
            20
        );
    }

    #[test]
    fn a_taste_of_another_library_has_no_voice() {
        let (here, there) = (world::library(3, 4, 20, 16), world::library(4, 2, 20, 16));
        let (here, there) = (world::catalogue(here), world::catalogue(there));
        let foreign = Taste::fit(&there, &world::log(1, 40, 100, |_| 0.5));
        let wish = request(&[0], 10);
        assert_eq!(
            radio(&here, &foreign, &wish),
            radio(&here, &untaught(&here), &wish)
        );
    }

    #[test]
    fn requests_that_make_no_sense_get_what_is_there() {
        let check = |library: Vec<Item>, wish: RadioRequest, expected: usize| {
            let catalogue = world::catalogue(library);
            assert_eq!(
                radio(&catalogue, &untaught(&catalogue), &wish).len(),
                expected,
                "{wish:?}"
            );
        };
        let one = || vec![world::item(0, "A", "X")];
        let alike = |n| {
            (0..n)
                .map(|n| world::item(n, &format!("T{n}"), "X"))
                .collect::<Vec<_>>()
        };
        check(vec![], request(&[0], 5), 0);
        check(vec![], request(&[], 5), 0);
        check(one(), request(&[0], 5), 0);
        check(one(), request(&[], 5), 1);
        check(one(), request(&[77], 5), 0);
        check(alike(9), request(&[0], 0), 0);
        check(alike(9), request(&[0], 5), 5);
        check(alike(9), request(&[0], usize::MAX), 8);
        check(
            alike(9),
            RadioRequest {
                discovery: f32::NAN,
                ..request(&[0, 0, 99], 5)
            },
            5,
        );
        check(
            (0..6).map(|n| world::item(n, "Same", "X")).collect(),
            request(&[], 5),
            1,
        );
    }

    /// Whether `count` songs can be laid out after `line` by trying everything.
    fn can_be_laid_out(left: &mut [usize], line: &mut Vec<usize>, count: usize) -> bool {
        if count == 0 {
            return true;
        }
        for artist in 0..left.len() {
            let rested = line
                .iter()
                .rev()
                .take(ARTIST_GAP as usize)
                .all(|other| *other != artist);
            if left[artist] > 0 && rested {
                left[artist] -= 1;
                line.push(artist);
                let can = can_be_laid_out(left, line, count - 1);
                line.pop();
                left[artist] += 1;
                if can {
                    return true;
                }
            }
        }
        false
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn artists_are_spaced_whenever_the_library_allows(
            artists in prop::collection::vec(0_usize..9, 2..24),
            count in 1_usize..14,
            seed: u64,
        ) {
            let library = artists.iter().enumerate().map(|(n, artist)| {
                let mut item = world::item(n, &format!("T{n}"), &format!("A{artist}"));
                item.vector = Some(world::vector(seed, n, n % 3, 8, 1.0));
                item
            });
            let catalogue = world::catalogue(library.collect());
            let picks = radio(&catalogue, &untaught(&catalogue), &request(&[0], count));
            prop_assert_eq!(picks.len(), count.min(artists.len() - 1));
            let mut left = vec![0; 9];
            artists.iter().skip(1).for_each(|artist| left[*artist] += 1);
            if can_be_laid_out(&mut left, &mut vec![artists[0]], picks.len()) {
                prop_assert!(closest(&catalogue, Some(0), &picks) > 5, "{:?}", items(&picks));
            }
        }

        #[test]
        fn any_station_keeps_its_promises(
            shapes in prop::collection::vec((0_usize..6, 0_usize..12, 0_usize..4, any::<bool>()), 0..40),
            seeds in prop::collection::vec(0_usize..45, 0..12),
            recent in prop::collection::vec(0_usize..45, 0..12),
            plays in prop::collection::vec((0_usize..45, 0_usize..4), 0..40),
            count in 0_usize..50,
            discovery in prop_oneof![Just(f32::NAN), Just(-3.0), Just(f32::INFINITY), 0.0_f32..=1.0],
            rng_seed: u64,
        ) {
            let library = shapes.iter().enumerate().map(|(n, (artist, title, genre, heard))| {
                let mut item = world::item(n, &format!("T{title}"), &format!("A{artist}"));
                item.artists.extend((artist % 3 == 0).then(|| format!("A{title}")));
                item.artists.retain(|_| *genre != 3);
                item.genres = vec![format!("G{genre}")];
                item.vector = heard.then(|| world::vector(rng_seed, n, *genre, 6, 0.5));
                item.year = (title % 2 == 0).then_some(1990 + *title as i32);
                item
            });
            let catalogue = world::catalogue(library.collect());
            let listened = [200.0, 60.0, 12.0, 2.0];
            let log: Vec<_> =
                plays.iter().enumerate().map(|(n, (item, l))| play(n as i64 * 99, audio(*item), listened[*l])).collect();
            let taste = Taste::fit(&catalogue, &log);
            let hashes = |numbers: &[usize]| numbers.iter().map(|n| audio(*n)).collect::<Vec<_>>();
            let wish = RadioRequest {
                seeds: hashes(&seeds), count, discovery, rng_seed, now: now(), recent: hashes(&recent),
            };
            let picks = radio(&catalogue, &taste, &wish);
            check_reasons(&picks);
            prop_assert_eq!(&picks, &radio(&catalogue, &taste, &wish));
            let song = |n: &usize| catalogue.song(*n);
            let excluded: HashSet<u32> =
                seeds.iter().chain(&recent).filter(|n| **n < catalogue.len()).map(song).collect();
            let open: HashSet<u32> =
                (0..catalogue.len()).map(|n| song(&n)).filter(|song| !excluded.contains(song)).collect();
            let picked: HashSet<u32> = picks.iter().map(|pick| song(&pick.item)).collect();
            prop_assert_eq!(picked.len(), picks.len());
            prop_assert!(picked.is_subset(&open));
            let lost = !seeds.is_empty() && seeds.iter().all(|n| *n >= catalogue.len());
            prop_assert_eq!(picks.len(), if lost { 0 } else { count.min(open.len()) });
        }
    }
}
