//! What Segue calls what it makes and what it learned of, in English: mixes, stations, playlists' sources, terms of taste.

use segue_app::{InterestName, PlaylistOrigin, SongSort, SongsLimit};
use segue_core::{
    BpmRange, MixContent, MixKind, Mode, Mood, Period, ReasonKind, SeedDetail, SeedName,
    StationTitle, TermName, UnknownWord, WishTerm, YearRange,
};

/// A title within a sentence.
pub(super) fn quoted(title: &str) -> String {
    format!("“{title}”")
}

/// The name of a mix.
pub(crate) fn mix_title(kind: MixKind) -> String {
    match kind {
        MixKind::ForYou => "For you".into(),
        MixKind::Discover => "Discover".into(),
        MixKind::Rediscover => "Rediscover".into(),
        MixKind::OnRepeat => "On repeat".into(),
        MixKind::DeepCuts => "Deep cuts".into(),
        MixKind::Daily { number } => format!("Daily mix {number}"),
        MixKind::Mood { mood } => match mood {
            Mood::Calm => "Calm",
            Mood::Happy => "Happy",
            Mood::Energetic => "Energetic",
            Mood::Melancholy => "Melancholy",
            Mood::Dark => "Dark",
            Mood::Dreamy => "Dreamy",
            Mood::Party => "Party",
            Mood::Focus => "Focus",
        }
        .into(),
        MixKind::Decade { decade } => format!("The {decade}s"),
        MixKind::TimeTravel { year } => format!("Back to {year}"),
        MixKind::OnThisDay => "On this day".into(),
        MixKind::RandomAlbum => "Random album".into(),
    }
}

/// What a mix is made of.
pub(crate) fn mix_content(content: &MixContent) -> String {
    match content {
        MixContent::Liked => "What you like, for right now".into(),
        MixContent::FirstLook => "A first look around your library".into(),
        MixContent::Unheard => "Songs you hardly know and will probably like".into(),
        MixContent::DeepCuts => "Lesser-played songs by artists you come back to".into(),
        MixContent::LongUnheard => "Songs you loved and haven't heard in a while".into(),
        MixContent::OnRepeat => "What you keep playing this month".into(),
        MixContent::Alike { tags, artists } => {
            let lists = [tags.join(", "), artists.join(", ")];
            let lists = lists.iter().filter(|list| !list.is_empty());
            lists.map(String::as_str).collect::<Vec<_>>().join(" · ")
        }
        MixContent::Mood { mood } => match mood {
            Mood::Calm => "Mellow, tender, slow",
            Mood::Happy => "Bright and light-hearted",
            Mood::Energetic => "Exciting and fast",
            Mood::Melancholy => "For rainy days",
            Mood::Dark => "Dark and heavy",
            Mood::Dreamy => "Ambient, hazy, beautiful",
            Mood::Party => "Made for dancing",
            Mood::Focus => "No words, no rush",
        }
        .into(),
        MixContent::Decade { songs, decade } => {
            format!("{} from {decade} to {}", songs_of(*songs), decade + 9)
        }
        MixContent::PlayedIn { year } => format!("What you played in {year}"),
        MixContent::OnThisDay => "What you played on this day in other years".into(),
        MixContent::Album { title, artist } => album(title, artist.as_deref()),
    }
}

fn album(title: &str, artist: Option<&str>) -> String {
    match artist {
        Some(artist) => format!("{} by {artist}", quoted(title)),
        None => quoted(title),
    }
}

/// What a search holds.
pub(crate) fn search(
    text: &str,
    album: Option<&str>,
    sort: SongSort,
    descending: bool,
    limit: Option<SongsLimit>,
) -> String {
    let mut words = match text.is_empty() {
        true => "all songs".to_owned(),
        false => format!("songs that match {}", quoted(text)),
    };
    if let Some(album) = album {
        words.push_str(&format!(" on {}", quoted(album)));
    }
    let order = match sort {
        SongSort::Title => "by title",
        SongSort::Artist => "by artist",
        SongSort::Album => "by album",
        SongSort::Year => "by year",
        SongSort::Duration => "by length",
        SongSort::Plays => "by plays",
        SongSort::Added => "by date added",
        SongSort::Rating => "by rating",
        SongSort::Played => "by date played",
        SongSort::Bpm => "by tempo",
        SongSort::Random => "in random order",
        SongSort::Relevance => "by best match",
    };
    let last_first = if descending { ", last first" } else { "" };
    let limit = match limit {
        None => String::new(),
        Some(SongsLimit::Songs { most }) => format!(", at most {most}"),
        Some(SongsLimit::Seconds { most }) => format!(", at most {} minutes", most / 60),
        Some(SongsLimit::Megabytes { most }) => format!(", at most {most} MB"),
    };
    format!("{words}, {order}{last_first}{limit}")
}

/// What a playlist that is kept up to date is made from.
pub(crate) fn playlist_origin(origin: &PlaylistOrigin) -> String {
    match origin {
        PlaylistOrigin::Search {
            text,
            album,
            sort,
            descending,
            limit,
        } => search(text, album.as_deref(), *sort, *descending, *limit),
        PlaylistOrigin::Chosen => "songs you chose".into(),
        PlaylistOrigin::Mix { mix } => format!("the mix {}", quoted(&mix_title(*mix))),
        PlaylistOrigin::Station { title } => station(title),
        PlaylistOrigin::Path => "a path from one song to another".into(),
    }
}

/// A station within a line.
fn station(title: &StationTitle) -> String {
    let (from, less) = match title {
        StationTitle::Liked { less } => ("what you like".to_owned(), less),
        StationTitle::Around { seeds, less } => (some(seeds), less),
        StationTitle::Gone { less } => ("songs that have left the library".to_owned(), less),
        StationTitle::Told { text } => return text.clone(),
    };
    match less.as_slice() {
        [] => format!("radio from {from}"),
        less => format!("radio from {from}, less of {}", some(less)),
    }
}

/// The first of some seeds, and how many more there are.
fn some(seeds: &[SeedName]) -> String {
    match seeds {
        [] => String::new(),
        [one] => seed_name(one),
        [first, second] => format!("{} and {}", seed_name(first), seed_name(second)),
        [first, rest @ ..] => format!("{} and {} more", seed_name(first), rest.len()),
    }
}

fn seed_name(seed: &SeedName) -> String {
    match seed {
        SeedName::Song { title } | SeedName::Album { title } => quoted(title),
        SeedName::Artist { name }
        | SeedName::Genre { name }
        | SeedName::Tag { name }
        | SeedName::Playlist { name } => name.clone(),
        SeedName::Words { text } => quoted(text),
    }
}

/// What tells a seed from others.
pub(crate) fn seed_detail(detail: &SeedDetail) -> String {
    match detail {
        SeedDetail::By { artists } => artists.join(", "),
        SeedDetail::Songs { count } => songs_of(*count),
        SeedDetail::Understood {
            wanted, unwanted, ..
        } => {
            let wanted = wanted.iter().map(wish_term);
            let unwanted = unwanted
                .iter()
                .map(|term| format!("no {}", wish_term(term)));
            wanted.chain(unwanted).collect::<Vec<_>>().join(", ")
        }
        SeedDetail::Told { text } => text.clone(),
    }
}

fn songs_of(count: u32) -> String {
    match count {
        1 => "1 song".into(),
        count => format!("{count} songs"),
    }
}

/// One of the styles that the listener likes.
pub(crate) fn interest_name(name: &InterestName) -> String {
    match name {
        InterestName::Tags { names } | InterestName::Artists { names } => names.join(", "),
        InterestName::Song { title } => title.clone(),
    }
}

/// What can be turned up and down.
pub(crate) fn term_name(name: &TermName) -> String {
    match name {
        TermName::Artist { name } | TermName::Genre { name } | TermName::Tag { name } => {
            name.clone()
        }
        TermName::Album { title, artist } => album(title, artist.as_deref()),
        TermName::Era { decade } => format!("the {decade}s"),
        TermName::Sound { title } => format!("songs that sound like {}", quoted(title)),
        TermName::SoundOfGone => "songs like one that has left the library".into(),
        TermName::Kind { kind } => match kind {
            ReasonKind::Sound => "songs that sound alike",
            ReasonKind::Rhythm => "songs of the same groove",
            ReasonKind::Harmony => "songs in a near key",
            ReasonKind::Genre => "genres",
            ReasonKind::Tag => "tags",
            ReasonKind::Artist => "artists",
            ReasonKind::Album => "albums",
            ReasonKind::Era => "decades",
            ReasonKind::Wish => "what you asked for",
            ReasonKind::Away => "what you want less of",
            ReasonKind::Taste => "songs that sound like what you finish",
            ReasonKind::Mood => "songs that go with what you just played",
            ReasonKind::Hour => "songs for the time of day",
            ReasonKind::Familiar => "songs you know well",
            ReasonKind::Missed => "songs you haven't heard in a while",
            ReasonKind::Then => "songs you played at a certain time",
            ReasonKind::New => "songs that are new to you",
            ReasonKind::Recent => "songs you played lately",
            ReasonKind::Opinion => "your likes and dislikes",
            ReasonKind::Turned => "what you asked for more or less of",
            ReasonKind::Explore => "guesses",
            ReasonKind::Bridge => "songs that lead from one to the next",
            ReasonKind::Variety => "variety",
        }
        .into(),
        TermName::OtherKind { name } => name.clone(),
    }
}

pub(super) fn wish_terms(terms: &[WishTerm]) -> String {
    terms.iter().map(wish_term).collect::<Vec<_>>().join(", ")
}

pub(super) fn wish_term(term: &WishTerm) -> String {
    match term {
        WishTerm::Tag { name }
        | WishTerm::Genre { name }
        | WishTerm::Artist { name }
        | WishTerm::Tempo { name } => name.clone(),
        WishTerm::Scene { name } => name.clone(),
        WishTerm::Era { years } => year_range(*years),
        WishTerm::Bpm { range } => match range {
            BpmRange::Around { bpm } => format!("about {bpm} bpm"),
            BpmRange::AtLeast { bpm } => format!("{bpm} bpm or faster"),
            BpmRange::AtMost { bpm } => format!("{bpm} bpm or slower"),
            BpmRange::Between { from, to } => format!("{from}–{to} bpm"),
        },
        WishTerm::Key { name } => format!("in {name}"),
        WishTerm::Mode { mode: Mode::Major } => "in a major key".into(),
        WishTerm::Mode { mode: Mode::Minor } => "in a minor key".into(),
        WishTerm::Title { name } => format!("{} in the title", quoted(name)),
        WishTerm::Like { name } => format!("like {}", quoted(name)),
        WishTerm::Than { word, name } => format!("{word} than {}", quoted(name)),
    }
}

/// What was not understood of a wish.
pub(crate) fn unknown_words(words: &[UnknownWord]) -> String {
    let said = words.iter().map(|UnknownWord { word, near }| {
        let near: Vec<String> = near.iter().map(|name| quoted(name)).collect();
        match near.is_empty() {
            true => quoted(word),
            false => format!("{} (did you mean {}?)", quoted(word), near.join(" or ")),
        }
    });
    format!("Not understood: {}", said.collect::<Vec<_>>().join(", "))
}

fn year_range(years: YearRange) -> String {
    match years {
        YearRange::In { period: on } => period(on),
        YearRange::Before { period } => format!("before {}", the(period)),
        YearRange::Until { period } => format!("until {}", the(period)),
        YearRange::After { period } => format!("after {}", the(period)),
        YearRange::Since { period } => format!("since {}", the(period)),
        YearRange::Around { period } => format!("around {}", the(period)),
        YearRange::Between { first, last } => format!("{}–{}", period(first), period(last)),
    }
}

fn period(period: Period) -> String {
    match period {
        Period::Year { year } => year.to_string(),
        Period::Decade { decade } => format!("{decade}s"),
        Period::Early { decade } => format!("early {decade}s"),
        Period::Mid { decade } => format!("mid {decade}s"),
        Period::Late { decade } => format!("late {decade}s"),
    }
}

/// A period within a sentence.
fn the(on: Period) -> String {
    match on {
        Period::Year { .. } => period(on),
        _ => format!("the {}", period(on)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixes_are_named_and_told_apart() {
        let mixes = [
            (MixKind::Daily { number: 2 }, "Daily mix 2"),
            (MixKind::Mood { mood: Mood::Focus }, "Focus"),
            (MixKind::Decade { decade: 1990 }, "The 1990s"),
            (MixKind::TimeTravel { year: 2019 }, "Back to 2019"),
        ];
        for (kind, name) in mixes {
            assert_eq!(mix_title(kind), name);
        }
        let alike = |tags: &[&str], artists: &[&str]| {
            let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            mix_content(&MixContent::Alike {
                tags: owned(tags),
                artists: owned(artists),
            })
        };
        assert_eq!(alike(&["calm", "piano"], &["Ann"]), "calm, piano · Ann");
        assert_eq!(alike(&[], &["Ann", "Bob"]), "Ann, Bob");
        let decade = |songs| {
            let decade = 1990;
            mix_content(&MixContent::Decade { songs, decade })
        };
        assert_eq!(decade(1), "1 song from 1990 to 1999");
        assert_eq!(decade(20), "20 songs from 1990 to 1999");
    }

    #[test]
    fn sources_and_seeds_are_told() {
        let song = |title: &str| SeedName::Song {
            title: title.into(),
        };
        let around = |seeds: &[&str], less: &[&str]| {
            let songs = |titles: &[&str]| titles.iter().map(|title| song(title)).collect();
            playlist_origin(&PlaylistOrigin::Station {
                title: StationTitle::Around {
                    seeds: songs(seeds),
                    less: songs(less),
                },
            })
        };
        assert_eq!(around(&["A"], &[]), "radio from “A”");
        assert_eq!(
            around(&["A", "B"], &["C"]),
            "radio from “A” and “B”, less of “C”"
        );
        assert_eq!(around(&["A", "B", "C"], &[]), "radio from “A” and 2 more");
        let search = |text: &str, album: Option<&str>, sort, descending| {
            playlist_origin(&PlaylistOrigin::Search {
                text: text.into(),
                album: album.map(ToOwned::to_owned),
                sort,
                descending,
                limit: None,
            })
        };
        assert_eq!(
            search("", None, SongSort::Plays, true),
            "all songs, by plays, last first"
        );
        assert_eq!(
            search("tag:jazz", None, SongSort::Added, false),
            "songs that match “tag:jazz”, by date added"
        );
        assert_eq!(
            search("a", Some("B"), SongSort::Album, false),
            "songs that match “a” on “B”, by album"
        );
        let detail = SeedDetail::Understood {
            wanted: vec![WishTerm::Tag {
                name: "calm".into(),
            }],
            unwanted: vec![WishTerm::Era {
                years: YearRange::After {
                    period: Period::Year { year: 1990 },
                },
            }],
            unknown: Vec::new(),
        };
        assert_eq!(seed_detail(&detail), "calm, no after 1990");
        let than = WishTerm::Than {
            word: "calmer".into(),
            name: "Nina Simone".into(),
        };
        assert_eq!(wish_term(&than), "calmer than “Nina Simone”");
        let unknown = |word: &str, near: &[&str]| UnknownWord {
            word: word.into(),
            near: near.iter().map(|name| (*name).to_owned()).collect(),
        };
        assert_eq!(
            unknown_words(&[unknown("clam", &["calm", "clap"]), unknown("flurble", &[])]),
            "Not understood: “clam” (did you mean “calm” or “clap”?), “flurble”"
        );
    }
}
