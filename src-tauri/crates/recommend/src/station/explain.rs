//! What the terms of a score say, and which term to adjust to have less because of them.

use segue_core::{Because, Habit, ReasonKind, Term};

use super::Near;
use super::choice::StationScorer;
use super::terms::{ScoreTerm, TermSubject};
use crate::catalogue::{Names, TrackTag};
use crate::facets::is_groove;
use crate::metadata_similarity::SharedMetadata;
use crate::reason::Reason;
use crate::taste::{Favourite, Taste};

/// Nearness from which a reason says that a song sounds like another; below, it is only among the nearest.
const SOUNDS_LIKE: f64 = 0.27;

/// The cosine from which it sounds like a favourite.
const ALIKE: f32 = 0.35;

/// Weight from which a reason states a habit; below it taste is guessing, and the reason says so.
const HABIT: f64 = 0.05;

impl StationScorer<'_> {
    /// What a term says.
    pub(super) fn explain(&self, item: usize, term: ScoreTerm) -> Reason {
        let (because, adjustable) = self.because(item, &term);
        Reason {
            kind: term.kind,
            because,
            weight: term.weight,
            term: adjustable,
        }
    }

    fn because(&self, item: usize, term: &ScoreTerm) -> (Because, Option<Term>) {
        let catalogue = self.catalogue;
        let good = term.weight > 0.0;
        let kind = || Some(term.kind.term());
        match &term.about {
            TermSubject::Explained(because) => {
                // What was asked for is changed by asking otherwise, not by an adjustment.
                let own = matches!(term.kind, ReasonKind::Wish);
                (because.clone(), if own { None } else { kind() })
            }
            TermSubject::Anchor(anchor) => {
                let adjustable = Term::Sound(catalogue.audio(self.anchors[*anchor].position));
                (
                    self.near_anchor(item, *anchor, term.weight),
                    Some(adjustable),
                )
            }
            TermSubject::Facet(anchor) => (self.near_by_facet(item, *anchor, term.kind), kind()),
            TermSubject::Itself => {
                let because = match self.spec.near_are {
                    Near::Favourites => Because::Favourite,
                    _ if self.spec.wanted.is_empty() => Because::Seed,
                    _ => Because::ClearlyAsked,
                };
                (because, kind())
            }
            TermSubject::Shared(anchor, shared) => self.shared(*anchor, shared),
            TermSubject::AllAnchors => {
                let because = match self.spec.near_are {
                    Near::Favourites => Because::NearFavourites,
                    Near::Queued => Because::NearBoth,
                    Near::Seeds if self.spec.wanted.is_empty() => Because::NearSeeds,
                    Near::Seeds => Because::NearAsked,
                };
                (because, kind())
            }
            TermSubject::Away(other) if *other == item => (Because::LessOfThis, None),
            TermSubject::Away(other) => {
                let title = catalogue.title(*other).to_owned();
                (Because::NearUnwanted { title }, None)
            }
            TermSubject::Odds => self.odds(item, term.kind, term.weight),
            TermSubject::Adjusted(adjusted) => {
                let title = match adjusted {
                    Term::Sound(audio) => catalogue.position(audio).map(|at| catalogue.title(at)),
                    _ => None,
                };
                let name = adjusted.named(title.map(ToOwned::to_owned));
                (Because::Turned { up: good, name }, Some(adjusted.clone()))
            }
            TermSubject::Plain => {
                let adjustable = match term.kind {
                    ReasonKind::Opinion => None,
                    _ => kind(),
                };
                (self.plain(item, term.kind, good), adjustable)
            }
        }
    }

    fn near_anchor(&self, item: usize, anchor: usize, weight: f64) -> Because {
        let title = self.title_of(anchor);
        let several = if self.anchors.len() > 1 {
            self.recommender.tuning.scoring.nearest_share
        } else {
            1.0
        };
        if weight < self.sound_weight() * several * SOUNDS_LIKE {
            return Because::AmongNearest { title };
        }
        let tags = self.tags_of_both(item, anchor, |_| true);
        Because::SoundsLike { title, tags }
    }

    /// What rhythm or harmony a recording shares with an anchor.
    fn near_by_facet(&self, item: usize, anchor: usize, kind: ReasonKind) -> Because {
        let catalogue = self.catalogue;
        let title = self.title_of(anchor);
        let key = catalogue.key(item);
        match key.filter(|_| kind == ReasonKind::Harmony) {
            Some(key) => Because::KeyNear {
                title,
                same: catalogue.key(self.anchors[anchor].position) == Some(key),
                key: key.to_string(),
            },
            None => Because::GrooveLike {
                title,
                bpm: catalogue.bpm(item).map(|bpm| bpm.round() as u32),
                tags: self.tags_of_both(item, anchor, |tag| is_groove(catalogue, tag)),
            },
        }
    }

    fn shared(&self, anchor: usize, shared: &SharedMetadata) -> (Because, Option<Term>) {
        match shared {
            SharedMetadata::Genres(genres) => {
                let genres = genres.clone();
                let first = genres.first().cloned();
                (Because::SameGenre { genres }, first.map(Term::Genre))
            }
            SharedMetadata::Tags(tags) => {
                let (tags, title) = (tags.clone(), self.title_of(anchor));
                let first = tags.first().cloned();
                (Because::SharesTags { tags, title }, first.map(Term::Tag))
            }
            SharedMetadata::Artists(artists) => {
                let artists = artists.clone();
                let first = artists.first().cloned();
                (Because::SameArtist { artists }, first.map(Term::Artist))
            }
            SharedMetadata::Decade(decade) => {
                let decade = *decade;
                (Because::SameTime { decade }, Some(Term::Era(decade)))
            }
            SharedMetadata::Album(album) => {
                let term = self.catalogue.album_term(*album);
                (Because::SameAlbum, Some(term))
            }
        }
    }

    fn plain(&self, item: usize, kind: ReasonKind, good: bool) -> Because {
        let times = self.listened(item);
        match kind {
            ReasonKind::Familiar => Because::WellKnown,
            ReasonKind::Mood if good => Because::FitsSession,
            ReasonKind::Mood => Because::LikeJustLeft,
            ReasonKind::Hour if good => Because::FitsHour,
            ReasonKind::Hour => Because::OtherHour,
            ReasonKind::New if times == 0 => Because::NewToYou,
            ReasonKind::New => Because::HardlyHeard { times },
            ReasonKind::Recent => Because::PlayedLately,
            ReasonKind::Opinion if good => Because::Liked,
            ReasonKind::Opinion => Because::Disliked,
            _ if good => Because::WorthTrying,
            _ => Because::AnotherTime,
        }
    }

    fn odds(&self, item: usize, kind: ReasonKind, weight: f64) -> (Because, Option<Term>) {
        let good = weight > 0.0;
        let habit = match (good, weight.abs() >= HABIT) {
            (true, true) => Habit::Finishes,
            (false, true) => Habit::Leaves,
            (true, false) => Habit::SeemsToFinish,
            (false, false) => Habit::SeemsToLeave,
        };
        let catalogue = self.catalogue;
        match (kind, catalogue.album(item)) {
            (ReasonKind::Artist, _) => {
                let artists: Vec<String> = catalogue.artists(item).map(ToOwned::to_owned).collect();
                let first = artists.first().cloned().map(Term::Artist);
                (Because::OfArtists { habit, artists }, first)
            }
            (ReasonKind::Genre, _) => {
                let genres = shown(catalogue.genre_numbers(item), catalogue.genre_names());
                let first = genres.first().cloned().map(Term::Genre);
                (Because::OfGenres { habit, genres }, first)
            }
            (ReasonKind::Album, Some(album)) => {
                let title = catalogue.album_title(album).to_owned();
                let term = catalogue.album_term(album);
                (Because::OfAlbum { habit, title }, Some(term))
            }
            (ReasonKind::Tag, _) => self.tags(item, habit, good),
            (ReasonKind::Taste, _) => self.taste_in_sound(item, good),
            _ if good => (self.own(item), Some(kind.term())),
            _ => (Because::LeftOrHeardEnough, Some(kind.term())),
        }
    }

    /// What is known of the song itself and speaks for it.
    fn own(&self, item: usize) -> Because {
        match self.listened(item) {
            0 => Because::SeemsLiked,
            times => Because::Heard { times },
        }
    }

    fn tags(&self, item: usize, habit: Habit, good: bool) -> (Because, Option<Term>) {
        let catalogue = self.catalogue;
        let mut tags = catalogue.tag_numbers(item).to_vec();
        tags.retain(|tag| tag.is_shown());
        if tags.is_empty() {
            let because = match good {
                true => Because::SoundsLikeTaste,
                false => Because::SoundsLikeLeft,
            };
            return (because, Some(ReasonKind::Tag.term()));
        }
        // Tags above their threshold are those that people would recognise.
        if tags.iter().any(|tag| tag.is_plain()) {
            tags.retain(|tag| tag.is_plain());
        }
        let pull = |tag: &TrackTag| {
            let effect = self
                .taste
                .map_or(0.0, |taste| taste.tag_effect(tag.number()));
            let pull = effect * tag.p();
            if good { -pull } else { pull }
        };
        tags.sort_by(|a, b| pull(a).total_cmp(&pull(b)));
        tags.truncate(2);
        let numbers: Vec<u32> = tags.iter().map(|tag| tag.number()).collect();
        let tags = shown(&numbers, catalogue.tag_names());
        let first = tags.first().cloned().map(Term::Tag);
        let shares = |favourite: &&Favourite| {
            let theirs = catalogue.tag_numbers(favourite.position);
            favourite.position != item
                && favourite.listened > 0
                && numbers
                    .iter()
                    .all(|tag| theirs.iter().any(|other| other.number() == *tag))
        };
        let because = match self.favourites().iter().find(shares).filter(|_| good) {
            Some(favourite) => Because::SharesTagsWithFinished {
                tags,
                title: catalogue.title(favourite.position).to_owned(),
                times: favourite.listened,
            },
            None => Because::OfTags { habit, tags },
        };
        (because, first)
    }

    fn taste_in_sound(&self, item: usize, good: bool) -> (Because, Option<Term>) {
        let near = |favourite: &Favourite| {
            let cosine = self.catalogue.cosine(item, favourite.position);
            cosine.filter(|_| favourite.position != item)
        };
        let favourites = self.favourites().iter();
        let played = favourites.filter(|favourite| favourite.listened > 0);
        let nearest = played
            .filter_map(|favourite| Some((near(favourite)?, favourite)))
            .reduce(|a, b| if b.0 > a.0 { b } else { a })
            .filter(|(cosine, _)| good && *cosine > ALIKE);
        let whole = Some(ReasonKind::Taste.term());
        match nearest {
            Some((_, favourite)) => (
                Because::SoundsLikeFinished {
                    title: self.catalogue.title(favourite.position).to_owned(),
                    times: favourite.listened,
                },
                Some(Term::Sound(self.catalogue.audio(favourite.position))),
            ),
            None if good => (Because::SoundsLikeTaste, whole),
            None => (Because::SoundsLikeLeft, whole),
        }
    }

    fn favourites(&self) -> &[Favourite] {
        self.taste.map_or(&[], Taste::favourites)
    }

    /// How often a recording was listened to.
    fn listened(&self, item: usize) -> u32 {
        let known = self.taste.and_then(|taste| taste.stats(item));
        known.map_or(0, |known| known.listened)
    }

    /// Up to two of the tags that `counts`, which a recording and an anchor share above their thresholds, the clearest first.
    fn tags_of_both(
        &self,
        item: usize,
        anchor: usize,
        counts: impl Fn(u32) -> bool,
    ) -> Vec<String> {
        let theirs = self.catalogue.tag_numbers(self.anchors[anchor].position);
        let mut both: Vec<(f64, u32)> = self
            .catalogue
            .tag_numbers(item)
            .iter()
            .filter(|tag| tag.is_plain() && counts(tag.number()))
            .filter_map(|tag| {
                let mut theirs = theirs.iter().filter(|other| other.is_plain());
                let other = theirs.find(|other| other.number() == tag.number())?;
                Some((tag.p().min(other.p()), tag.number()))
            })
            .collect();
        both.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        both.truncate(2);
        let numbers: Vec<u32> = both.into_iter().map(|(_, number)| number).collect();
        shown(&numbers, self.catalogue.tag_names())
    }

    fn title_of(&self, anchor: usize) -> String {
        let position = self.anchors[anchor].position;
        self.catalogue.title(position).to_owned()
    }
}

fn shown(numbers: &[u32], names: &Names) -> Vec<String> {
    let names = numbers.iter().map(|number| names.show(*number));
    names.map(ToOwned::to_owned).collect()
}
