//! The terms of a score in plain words, and what to turn to have less because of them.

use segue_core::Term;

use super::Near;
use super::choice::StationScorer;
use super::terms::{ScoreTerm, TermSubject};
use crate::catalogue::{HeardTag, Names};
use crate::reason::{Reason, ReasonKind, times};
use crate::taste::Favourite;

/// Nearness that deserves the words "sounds like".
const SOUNDS_LIKE: f64 = 0.27;

/// The cosine from which a favourite deserves them.
const ALIKE: f32 = 0.35;

/// A leaning that deserves the word "often"; below it taste is guessing, and says so.
const OFTEN: f64 = 0.05;

impl StationScorer<'_> {
    /// A term in plain words.
    pub(super) fn say(&self, item: usize, term: ScoreTerm) -> Reason {
        let (text, turnable) = self.words(item, &term);
        Reason {
            kind: term.kind,
            text,
            weight: term.weight,
            term: turnable,
        }
    }

    fn words(&self, item: usize, term: &ScoreTerm) -> (String, Option<Term>) {
        let catalogue = self.catalogue;
        let good = term.weight > 0.0;
        let kind = || Some(term.kind.term());
        match &term.about {
            TermSubject::Said(text) => {
                // What was asked for is not to be turned, only asked for otherwise.
                let own = matches!(term.kind, ReasonKind::Wish);
                (text.clone(), if own { None } else { kind() })
            }
            TermSubject::Anchor(anchor) => {
                let turnable = Term::Sound(catalogue.audio(self.anchors[*anchor].position));
                (self.say_near(item, *anchor, term.weight), Some(turnable))
            }
            TermSubject::Itself => {
                let text = match self.brief.near_are {
                    Near::Favourites => "one of your favourites",
                    _ if self.brief.wanted.is_empty() => "one of your seeds",
                    _ => "among the clearest of what you asked for",
                };
                (text.into(), kind())
            }
            TermSubject::Names(anchor, names) => self.say_shared(item, term.kind, *anchor, names),
            TermSubject::AllAnchors => {
                let text = match self.brief.near_are {
                    Near::Favourites => "close to your favourites together",
                    Near::Queued => "close to both songs",
                    Near::Seeds if self.brief.wanted.is_empty() => {
                        "close to all your seeds together"
                    }
                    Near::Seeds => "sounds like most of what you asked for",
                };
                (text.into(), kind())
            }
            TermSubject::Away(other) if *other == item => ("you want less of it".into(), None),
            TermSubject::Away(other) => {
                let title = catalogue.title(*other);
                (format!("near to “{title}”, which you want less of"), None)
            }
            TermSubject::Odds => self.say_odds(item, term.kind, term.weight),
            TermSubject::Turned(turned) => {
                let way = if good { "more" } else { "less" };
                let text = format!("you asked for {way} of {}", self.name_of(turned));
                (text, Some(turned.clone()))
            }
            TermSubject::Plain => {
                let turnable = match term.kind {
                    ReasonKind::Opinion => None,
                    _ => kind(),
                };
                (self.say_plain(item, term.kind, good), turnable)
            }
        }
    }

    fn say_near(&self, item: usize, anchor: usize, weight: f64) -> String {
        let title = self.title_of(anchor);
        let several = if self.anchors.len() > 1 {
            self.desk.tuning.scoring.nearest_share
        } else {
            1.0
        };
        if weight < self.brief.weights.near * several * SOUNDS_LIKE {
            return format!("among the nearest left to {title}");
        }
        match self.heard_in_both(item, anchor).as_slice() {
            [] => format!("sounds like {title}"),
            tags => format!("sounds like {title}: {}", tags.join(", ")),
        }
    }

    fn say_shared(
        &self,
        item: usize,
        kind: ReasonKind,
        anchor: usize,
        names: &[String],
    ) -> (String, Option<Term>) {
        let all = names.join(", ");
        let first = names.first().cloned();
        match kind {
            ReasonKind::Genre => (format!("same genre: {all}"), first.map(Term::Genre)),
            ReasonKind::Tag => {
                let text = format!("shares {all} with {}", self.title_of(anchor));
                (text, first.map(Term::Tag))
            }
            ReasonKind::Artist => (format!("also by {all}"), first.map(Term::Artist)),
            ReasonKind::Era => {
                let decade = self
                    .catalogue
                    .year(item)
                    .map(|year| year.div_euclid(10) * 10);
                (
                    format!("from about the same time: the {all}"),
                    decade.map(Term::Era),
                )
            }
            _ => {
                let album = self.catalogue.album(item);
                let term = album.map(|album| self.catalogue.album_term(album));
                ("from the same album".into(), term)
            }
        }
    }

    fn say_plain(&self, item: usize, kind: ReasonKind, good: bool) -> String {
        let known = self.taste.and_then(|taste| taste.known(item));
        let listened = known.map_or(0, |known| known.listened);
        match kind {
            ReasonKind::Familiar => "well known to you, as the dial asks".into(),
            ReasonKind::Mood if good => "goes with what you just listened to".into(),
            ReasonKind::Mood => "like what you just left".into(),
            ReasonKind::Hour if good => "goes with this time of your day".into(),
            ReasonKind::Hour => "rather for another time of your day".into(),
            ReasonKind::New if listened == 0 => "new to you".into(),
            ReasonKind::New => format!("heard only {}", times(listened)),
            ReasonKind::Recent => "played lately".into(),
            ReasonKind::Opinion if good => "you like this one".into(),
            ReasonKind::Opinion => "you said: not for me".into(),
            _ if good => "a guess worth trying".into(),
            _ => "a guess for another time".into(),
        }
    }

    fn say_odds(&self, item: usize, kind: ReasonKind, weight: f64) -> (String, Option<Term>) {
        let good = weight > 0.0;
        let often = match (good, weight.abs() >= OFTEN) {
            (true, true) => "you often finish",
            (false, true) => "you often leave",
            (true, false) => "you seem to like",
            (false, false) => "you seem to pass over",
        };
        let catalogue = self.catalogue;
        match kind {
            ReasonKind::Artist => {
                let artists: Vec<&str> = catalogue.artists(item).collect();
                let first = artists.first().map(|name| Term::Artist((*name).to_owned()));
                (format!("{often} {}", artists.join(", ")), first)
            }
            ReasonKind::Genre => {
                let genres = shown(catalogue.genre_numbers(item), catalogue.genre_names());
                let first = genres.first().map(|name| Term::Genre((*name).to_owned()));
                (format!("{often} {}", genres.join(", ")), first)
            }
            ReasonKind::Album => match catalogue.album(item) {
                Some(album) => {
                    let title = catalogue.album_title(album);
                    (
                        format!("{often} “{title}”"),
                        Some(catalogue.album_term(album)),
                    )
                }
                None => (often.into(), None),
            },
            ReasonKind::Tag => self.say_tags(item, often, good),
            ReasonKind::Taste => self.say_taste(item, good),
            _ if good => (self.say_known(item), Some(kind.term())),
            _ => ("what you leave, or heard enough".into(), Some(kind.term())),
        }
    }

    fn say_known(&self, item: usize) -> String {
        let known = self.taste.and_then(|taste| taste.known(item));
        match known.map_or(0, |known| known.listened) {
            0 => "you seem to like this one".into(),
            listened => format!("you heard this {}", times(listened)),
        }
    }

    fn say_tags(&self, item: usize, often: &str, good: bool) -> (String, Option<Term>) {
        let (catalogue, Some(taste)) = (self.catalogue, self.taste) else {
            return (String::new(), None);
        };
        let mut tags = catalogue.tag_numbers(item).to_vec();
        // What is heard plainly is what people would recognise.
        if tags.iter().any(|tag| tag.present) {
            tags.retain(|tag| tag.present);
        }
        let pull = |tag: &HeardTag| {
            let pull = taste.tag_effect(tag.number()) * tag.p();
            if good { -pull } else { pull }
        };
        tags.sort_by(|a, b| pull(a).total_cmp(&pull(b)));
        tags.truncate(2);
        let numbers: Vec<u32> = tags.iter().map(|tag| tag.number()).collect();
        let names = shown(&numbers, catalogue.tag_names());
        let first = names.first().map(|name| Term::Tag((*name).to_owned()));
        let shares = |favourite: &&Favourite| {
            let theirs = catalogue.tag_numbers(favourite.position);
            favourite.position != item
                && favourite.listened > 0
                && numbers
                    .iter()
                    .all(|tag| theirs.iter().any(|other| other.number() == *tag))
        };
        let names = names.join(", ");
        let text = match taste.favourites().iter().find(shares).filter(|_| good) {
            Some(favourite) => format!("shares {names} with {}", self.finished(favourite)),
            None => format!("{often} {names} music"),
        };
        (text, first)
    }

    fn say_taste(&self, item: usize, good: bool) -> (String, Option<Term>) {
        let favourites = self.taste.map_or(&[][..], |taste| taste.favourites());
        let near = |favourite: &Favourite| {
            let cosine = self.catalogue.cosine(item, favourite.position);
            cosine.filter(|_| favourite.position != item)
        };
        let heard = favourites.iter().filter(|favourite| favourite.listened > 0);
        let nearest = heard
            .filter_map(|favourite| Some((near(favourite)?, favourite)))
            .reduce(|a, b| if b.0 > a.0 { b } else { a })
            .filter(|(cosine, _)| good && *cosine > ALIKE);
        match nearest {
            Some((_, favourite)) => (
                format!("sounds like {}", self.finished(favourite)),
                Some(Term::Sound(self.catalogue.audio(favourite.position))),
            ),
            None if good => (
                "sounds like what you finish".into(),
                Some(ReasonKind::Taste.term()),
            ),
            None => (
                "sounds like what you leave".into(),
                Some(ReasonKind::Taste.term()),
            ),
        }
    }

    fn finished(&self, favourite: &Favourite) -> String {
        let title = self.catalogue.title(favourite.position);
        format!(
            "“{title}”, which you finished {}",
            times(favourite.listened)
        )
    }

    /// Something that can be turned, in a few words.
    fn name_of(&self, term: &Term) -> String {
        match term {
            Term::Artist(name) | Term::Genre(name) | Term::Tag(name) => name.clone(),
            Term::Album { title, .. } => format!("“{title}”"),
            Term::Era(year) => format!("the {year}s"),
            Term::Sound(audio) => match self.catalogue.position(audio) {
                Some(position) => format!("what sounds like “{}”", self.catalogue.title(position)),
                None => "something that is gone".into(),
            },
            Term::Kind(name) => ReasonKind::about(name).to_owned(),
        }
    }

    /// Up to two tags that the network heard plainly in a recording and in an anchor alike, the clearest first.
    fn heard_in_both(&self, item: usize, anchor: usize) -> Vec<&str> {
        let theirs = self.catalogue.tag_numbers(self.anchors[anchor].position);
        let mut both: Vec<(f64, u32)> = self
            .catalogue
            .tag_numbers(item)
            .iter()
            .filter(|tag| tag.present)
            .filter_map(|tag| {
                let mut theirs = theirs.iter().filter(|other| other.present);
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
        format!("“{}”", self.catalogue.title(self.anchors[anchor].position))
    }
}

fn shown<'a>(numbers: &[u32], names: &'a Names) -> Vec<&'a str> {
    numbers.iter().map(|number| names.show(*number)).collect()
}
