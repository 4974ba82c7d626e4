//! The terms of a score in plain words.

use super::{About, NEAREST_SHARE, Station, Term};
use crate::catalogue::HeardTag;
use crate::index::dot;
use crate::reason::{ReasonKind, times};
use crate::taste::Favourite;

/// Nearness that deserves the words "sounds like".
const SOUNDS_LIKE: f64 = 0.27;

/// A leaning that deserves the word "often"; below it taste is guessing, and says so.
const OFTEN: f64 = 0.05;

impl Station<'_> {
    /// A term in plain words.
    pub(super) fn say(&self, item: usize, term: &Term) -> String {
        let good = term.weight > 0.0;
        match (&term.about, term.kind) {
            (About::Anchor(anchor), _) => {
                let title = self.title_of(*anchor);
                let several = if self.anchors.len() > 1 {
                    NEAREST_SHARE
                } else {
                    1.0
                };
                if term.weight >= self.anchor_weight() * several * SOUNDS_LIKE {
                    match self.heard_in_both(item, *anchor).as_slice() {
                        [] => format!("sounds like {title}"),
                        tags => format!("sounds like {title}: {}", tags.join(", ")),
                    }
                } else {
                    format!("among the nearest left to {title}")
                }
            }
            (About::Names(_, names), ReasonKind::Genre) => {
                format!("same genre: {}", names.join(", "))
            }
            (About::Names(anchor, names), ReasonKind::Tag) => {
                format!(
                    "shares {} with {}",
                    names.join(", "),
                    self.title_of(*anchor)
                )
            }
            (About::Names(_, names), ReasonKind::Artist) => format!("also by {}", names.join(", ")),
            (About::Names(_, names), ReasonKind::Era) => {
                format!("from about the same time: the {}", names.join(", "))
            }
            (About::Names(..), _) => "from the same album".into(),
            (About::AllAnchors, _) if self.of_favourites => {
                "close to your favourites together".into()
            }
            (About::AllAnchors, _) => "close to all your seeds together".into(),
            (About::Odds, kind) => self.say_odds(item, kind, term.weight),
            (About::Plain, ReasonKind::Familiar) => {
                let listened = self
                    .taste
                    .and_then(|taste| taste.known(item))
                    .map_or(0, |k| k.listened);
                format!("you heard this {}", times(listened))
            }
            (About::Plain, ReasonKind::Mood) if good => {
                "goes with what you just listened to".into()
            }
            (About::Plain, ReasonKind::Mood) => "like what you just left".into(),
            (About::Plain, ReasonKind::New) => {
                let listened = self
                    .taste
                    .and_then(|taste| taste.known(item))
                    .map_or(0, |k| k.listened);
                if listened == 0 {
                    "new to you".into()
                } else {
                    format!("heard only {}", times(listened))
                }
            }
            (About::Plain, ReasonKind::Recent) => "played lately".into(),
            (About::Plain, ReasonKind::Opinion) if good => "you like this one".into(),
            (About::Plain, ReasonKind::Opinion) => "you said: not for me".into(),
            (About::Plain, _) if good => "a guess worth trying".into(),
            (About::Plain, _) => "a guess for another time".into(),
        }
    }

    fn say_odds(&self, item: usize, kind: ReasonKind, weight: f64) -> String {
        let good = weight > 0.0;
        let often = match (good, weight.abs() >= OFTEN) {
            (true, true) => "you often finish",
            (false, true) => "you often leave",
            (true, false) => "you seem to like",
            (false, false) => "you seem to pass over",
        };
        let catalogue = self.catalogue;
        let Some(taste) = self.taste else {
            return String::new();
        };
        match kind {
            ReasonKind::Artist => {
                format!(
                    "{often} {}",
                    catalogue.artists(item).collect::<Vec<_>>().join(", ")
                )
            }
            ReasonKind::Genre => {
                let genres = catalogue.genre_numbers(item).iter();
                let genres: Vec<&str> = genres
                    .map(|genre| catalogue.genre_names().show(*genre))
                    .collect();
                format!("{often} {}", genres.join(", "))
            }
            ReasonKind::Album => {
                let album = catalogue
                    .album(item)
                    .map(|album| &catalogue.album_titles()[album as usize]);
                format!("{often} “{}”", album.map_or("", |title| title))
            }
            ReasonKind::Tag => {
                let mut tags = catalogue.tag_numbers(item).to_vec();
                // What is heard plainly is what people would recognise.
                if tags.iter().any(|tag| tag.present) {
                    tags.retain(|tag| tag.present);
                }
                let pull = |tag: &HeardTag| {
                    let pull = taste.tag_effect(tag.number) * f64::from(tag.p);
                    if good { -pull } else { pull }
                };
                tags.sort_by(|a, b| pull(a).total_cmp(&pull(b)));
                tags.truncate(2);
                let names: Vec<&str> = tags
                    .iter()
                    .map(|tag| catalogue.tag_names().show(tag.number))
                    .collect();
                let shares = |favourite: &&Favourite| {
                    let theirs = catalogue.tag_numbers(favourite.position);
                    favourite.position != item
                        && favourite.listened > 0
                        && tags
                            .iter()
                            .all(|tag| theirs.iter().any(|other| other.number == tag.number))
                };
                match taste.favourites().iter().find(shares).filter(|_| good) {
                    Some(favourite) => {
                        format!(
                            "shares {} with {}",
                            names.join(", "),
                            self.finished(favourite)
                        )
                    }
                    None => format!("{often} {} music", names.join(", ")),
                }
            }
            ReasonKind::Taste if good => {
                let near = |favourite: &Favourite| {
                    let theirs = catalogue.vector(favourite.position)?;
                    Some(dot(catalogue.vector(item)?, theirs))
                        .filter(|_| favourite.position != item)
                };
                let heard = taste
                    .favourites()
                    .iter()
                    .filter(|favourite| favourite.listened > 0);
                let nearest = heard
                    .filter_map(|f| Some((near(f)?, f)))
                    .reduce(|a, b| if b.0 > a.0 { b } else { a });
                match nearest.filter(|(cosine, _)| *cosine > 0.35) {
                    Some((_, favourite)) => format!("sounds like {}", self.finished(favourite)),
                    None => "sounds like what you finish".into(),
                }
            }
            ReasonKind::Taste => "sounds like what you leave".into(),
            _ if good => "what you play again".into(),
            _ => "what you leave, or heard enough".into(),
        }
    }

    fn finished(&self, favourite: &Favourite) -> String {
        let title = self.catalogue.title(favourite.position);
        format!(
            "“{title}”, which you finished {}",
            times(favourite.listened)
        )
    }

    /// Up to two tags that the network heard plainly in a recording and in an anchor alike, the clearest first.
    fn heard_in_both(&self, item: usize, anchor: usize) -> Vec<&str> {
        let theirs = self.catalogue.tag_numbers(self.anchors[anchor].position);
        let mut both: Vec<(f32, u32)> = self
            .catalogue
            .tag_numbers(item)
            .iter()
            .filter(|tag| tag.present)
            .filter_map(|tag| {
                let mut theirs = theirs.iter().filter(|other| other.present);
                let other = theirs.find(|other| other.number == tag.number)?;
                Some((tag.p.min(other.p), tag.number))
            })
            .collect();
        both.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        both.truncate(2);
        both.iter()
            .map(|(_, tag)| self.catalogue.tag_names().show(*tag))
            .collect()
    }

    fn title_of(&self, anchor: usize) -> String {
        format!("“{}”", self.catalogue.title(self.anchors[anchor].position))
    }
}
