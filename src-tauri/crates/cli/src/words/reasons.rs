//! Why Segue picked a song, in English.

use segue_core::{Because, Habit};

use super::names::{quoted, term_name, wish_term, wish_terms};

/// The sentence of a reason.
pub(crate) fn because(because: &Because) -> String {
    match because {
        Because::SoundsLike { title, tags } if tags.is_empty() => {
            format!("Sounds like {}", quoted(title))
        }
        Because::SoundsLike { title, tags } => {
            format!("Sounds like {}: {}", quoted(title), tags.join(", "))
        }
        Because::AmongNearest { title } => {
            format!("One of the closest left to {}", quoted(title))
        }
        Because::GrooveLike { title, bpm, tags } => {
            let bpm = bpm.map(|bpm| format!("{bpm} bpm"));
            let has: Vec<String> = bpm.into_iter().chain(tags.iter().cloned()).collect();
            match has.is_empty() {
                true => format!("Moves like {}", quoted(title)),
                false => format!("Moves like {}: {}", quoted(title), has.join(", ")),
            }
        }
        Because::KeyNear {
            title,
            key,
            same: true,
        } => format!("In the key of {}: {key}", quoted(title)),
        Because::KeyNear { title, key, .. } => {
            format!("In {key}, a key near that of {}", quoted(title))
        }
        Because::Favourite => "One of your favourites".into(),
        Because::Seed => "One of the songs you started from".into(),
        Because::ClearlyAsked => "One of the best matches for what you asked for".into(),
        Because::NearFavourites => "Close to your favourites".into(),
        Because::NearBoth => "Close to both songs".into(),
        Because::NearSeeds => "Close to everything you started from".into(),
        Because::NearAsked => "Sounds like most of what you asked for".into(),
        Because::SameGenre { genres } => format!("Same genre: {}", genres.join(", ")),
        Because::SharesTags { tags, title } => {
            format!("Shares {} with {}", tags.join(", "), quoted(title))
        }
        Because::SameArtist { artists } => format!("Also by {}", artists.join(", ")),
        Because::SameTime { decade } => format!("From about the same time: the {decade}s"),
        Because::SameAlbum => "From the same album".into(),
        Because::Asked { terms } => format!("As you asked: {}", wish_terms(terms)),
        Because::AskedToLeaveOut { term } => {
            format!("You asked to leave out: {}", wish_term(term))
        }
        Because::LessOfThis => "You asked for less of this song".into(),
        Because::NearUnwanted { title } => {
            format!("Close to {}, which you want less of", quoted(title))
        }
        Because::Turned { up: true, name } => format!("You asked for more of {}", term_name(name)),
        Because::Turned { up: false, name } => format!("You asked for less of {}", term_name(name)),
        Because::OfArtists { habit, artists } => does(*habit, &artists.join(", ")),
        Because::OfGenres { habit, genres } => does(*habit, &genres.join(", ")),
        Because::OfTags { habit, tags } => {
            does(*habit, &format!("songs like this: {}", tags.join(", ")))
        }
        Because::OfAlbum { habit, title } => does(*habit, &quoted(title)),
        Because::SharesTagsWithFinished { tags, title, times } => format!(
            "Shares {} with {}, which you finished {}",
            tags.join(", "),
            quoted(title),
            often(*times)
        ),
        Because::SoundsLikeFinished { title, times } => format!(
            "Sounds like {}, which you finished {}",
            quoted(title),
            often(*times)
        ),
        Because::SoundsLikeTaste => "Sounds like what you finish".into(),
        Because::SoundsLikeLeft => "Sounds like what you skip".into(),
        Because::SeemsLiked => "You seem to like this one".into(),
        Because::Heard { times } => format!("You heard it {}", often(*times)),
        Because::LeftOrHeardEnough => "You skip it, or have heard it enough".into(),
        Because::WellKnown => "You know it well".into(),
        Because::FitsSession => "Goes with what you just played".into(),
        Because::LikeJustLeft => "Like what you just skipped".into(),
        Because::FitsHour => "Fits this time of day".into(),
        Because::OtherHour => "More for another time of day".into(),
        Because::NewToYou => "New to you".into(),
        Because::HardlyHeard { times } => format!("Heard only {}", often(*times)),
        Because::PlayedLately => "Played lately".into(),
        Because::Liked => "You like it".into(),
        Because::Disliked => "You said: not for me".into(),
        Because::WorthTrying => "A guess worth trying".into(),
        Because::AnotherTime => "A guess for another time".into(),
        Because::Missed { times, year, month } => format!(
            "You finished it {}, last in {} {year}",
            often(*times),
            month_name(*month)
        ),
        Because::WithinMonth { times } => {
            format!("You heard it {} in the last month", often(*times))
        }
        Because::InYear { times, year } => format!("You played it {} in {year}", often(*times)),
        Because::OnDay { year, month, day } => {
            format!("You played it on {day} {} {year}", month_name(*month))
        }
        Because::PathStart => "The path starts here".into(),
        Because::PathEnd => "The path ends here".into(),
        Because::StepsFrom { steps, title } => format!("{} from {}", step(*steps), quoted(title)),
        Because::StepsTo { steps, title } => format!("{} to {}", step(*steps), quoted(title)),
        Because::Bridge { before, after } => {
            format!("Leads from {} to {}", quoted(before), quoted(after))
        }
        Because::CloseToEarlier { title } => {
            format!("Close to {}, earlier in the list", quoted(title))
        }
        Because::Told { text } => text.clone(),
    }
}

fn does(habit: Habit, what: &str) -> String {
    match habit {
        Habit::Finishes => format!("You usually finish {what}"),
        Habit::Leaves => format!("You often skip {what}"),
        Habit::SeemsToFinish => format!("You seem to like {what}"),
        Habit::SeemsToLeave => format!("You seem to skip {what}"),
    }
}

fn often(times: u32) -> String {
    match times {
        1 => "once".into(),
        times => format!("{times} times"),
    }
}

fn step(steps: u32) -> String {
    match steps {
        1 => "1 step".into(),
        steps => format!("{steps} steps"),
    }
}

/// The months from 1 on; a number that is none is shown as it is.
fn month_name(month: u8) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let named = MONTHS.get(usize::from(month).wrapping_sub(1));
    named.map_or_else(|| month.to_string(), |name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use segue_core::{Period, TermName, WishTerm, YearRange};

    use super::*;

    #[test]
    fn reasons_are_said_in_plain_english() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let title = || "Shalimar".to_owned();
        let before = WishTerm::Era {
            years: YearRange::Before {
                period: Period::Decade { decade: 1990 },
            },
        };
        let cases = [
            (
                Because::SoundsLike {
                    title: title(),
                    tags: names(&["dreamy", "airy"]),
                },
                "Sounds like “Shalimar”: dreamy, airy",
            ),
            (
                Because::SoundsLike {
                    title: title(),
                    tags: Vec::new(),
                },
                "Sounds like “Shalimar”",
            ),
            (
                Because::OfGenres {
                    habit: Habit::Finishes,
                    genres: names(&["City Pop"]),
                },
                "You usually finish City Pop",
            ),
            (
                Because::OfTags {
                    habit: Habit::SeemsToLeave,
                    tags: names(&["metal", "dark"]),
                },
                "You seem to skip songs like this: metal, dark",
            ),
            (
                Because::OfAlbum {
                    habit: Habit::Leaves,
                    title: title(),
                },
                "You often skip “Shalimar”",
            ),
            (
                Because::SoundsLikeFinished {
                    title: title(),
                    times: 1,
                },
                "Sounds like “Shalimar”, which you finished once",
            ),
            (
                Because::SharesTagsWithFinished {
                    tags: names(&["dreamy"]),
                    title: title(),
                    times: 2,
                },
                "Shares dreamy with “Shalimar”, which you finished 2 times",
            ),
            (
                Because::GrooveLike {
                    title: title(),
                    bpm: Some(98),
                    tags: names(&["reggae"]),
                },
                "Moves like “Shalimar”: 98 bpm, reggae",
            ),
            (
                Because::KeyNear {
                    title: title(),
                    key: "E minor".into(),
                    same: false,
                },
                "In E minor, a key near that of “Shalimar”",
            ),
            (Because::HardlyHeard { times: 1 }, "Heard only once"),
            (Because::Heard { times: 18 }, "You heard it 18 times"),
            (
                Because::Missed {
                    times: 3,
                    year: 2022,
                    month: 8,
                },
                "You finished it 3 times, last in August 2022",
            ),
            (
                Because::OnDay {
                    year: 2022,
                    month: 12,
                    day: 20,
                },
                "You played it on 20 December 2022",
            ),
            (
                Because::StepsFrom {
                    steps: 1,
                    title: title(),
                },
                "1 step from “Shalimar”",
            ),
            (
                Because::StepsTo {
                    steps: 2,
                    title: title(),
                },
                "2 steps to “Shalimar”",
            ),
            (
                Because::Asked {
                    terms: vec![
                        WishTerm::Tag {
                            name: "calm".into(),
                        },
                        before.clone(),
                    ],
                },
                "As you asked: calm, before the 1990s",
            ),
            (
                Because::AskedToLeaveOut { term: before },
                "You asked to leave out: before the 1990s",
            ),
            (
                Because::Turned {
                    up: false,
                    name: TermName::Sound { title: title() },
                },
                "You asked for less of songs that sound like “Shalimar”",
            ),
            (
                Because::Told {
                    text: "what an older one said".into(),
                },
                "what an older one said",
            ),
        ];
        for (reason, sentence) in cases {
            assert_eq!(because(&reason), sentence);
        }
    }
}
