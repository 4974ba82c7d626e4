//! Why Segue picked a song: what a term of its score rests on, and what exactly it says, without a word of any language.
//!
//! A sentence is made of a [`Because`] where a person reads it: by the window and by the command line.

#![expect(
    missing_docs,
    reason = "a field means what its name and the line above its variant say"
)]

use serde::{Deserialize, Serialize};

use crate::{TermName, WishTerm};

/// What the listener does with music of a name, as far as taste has learned it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "kebab-case")]
pub enum Habit {
    /// Plenty of plays say that it is finished.
    Finishes,
    /// Plenty of plays say that it is left.
    Leaves,
    /// A guess: rather finished.
    SeemsToFinish,
    /// A guess: rather left.
    SeemsToLeave,
}

/// What one term of a score says. Titles, names and tags are as they are shown, never quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Because {
    /// It sounds like a song that the list is built around. `tags` are heard plainly in both, the clearest first.
    SoundsLike { title: String, tags: Vec<String> },
    /// It is among the nearest that are left to a song that the list is built around, and no more than that.
    AmongNearest { title: String },
    /// Its tempo and groove are near to those of a song that the list is built around. `bpm` is its own; `tags` of rhythm are
    /// heard plainly in both.
    GrooveLike {
        title: String,
        bpm: Option<u32>,
        tags: Vec<String>,
    },
    /// Its key is near to that of a song that the list is built around, or the same; `key` is its own.
    KeyNear {
        title: String,
        key: String,
        same: bool,
    },
    /// It is one of the listener's favourites, which the list is built around.
    Favourite,
    /// It is one of the songs that the listener chose to start from.
    Seed,
    /// It has what was asked for in words more clearly than most.
    ClearlyAsked,
    /// It lies near to all favourites together.
    NearFavourites,
    /// It lies near to both songs of the queue between which it was put.
    NearBoth,
    /// It lies near to all songs together that the listener chose to start from.
    NearSeeds,
    /// It sounds like most of what was asked for in words.
    NearAsked,
    /// It has the genres of a song that the list is built around.
    SameGenre { genres: Vec<String> },
    /// It shares heard tags with a song that the list is built around.
    SharesTags { tags: Vec<String>, title: String },
    /// It is by an artist of a song that the list is built around, or that is wanted of the guest DJ.
    SameArtist { artists: Vec<String> },
    /// It is from about the same time as a song that the list is built around; `decade` is its own, such as 1990.
    SameTime { decade: i32 },
    /// It is from the album of a song that the list is built around.
    SameAlbum,
    /// It has what was asked for in words: the parts that it has, the clearest first.
    Asked { terms: Vec<WishTerm> },
    /// It has what the wish said to leave out.
    AskedToLeaveOut { term: WishTerm },
    /// The listener wants less of this very song.
    LessOfThis,
    /// It lies near to a song that the listener wants less of.
    NearUnwanted { title: String },
    /// What it bears was turned up or down by hand.
    Turned { up: bool, name: TermName },
    /// What the listener does with music of its artists.
    OfArtists { habit: Habit, artists: Vec<String> },
    /// What the listener does with music of its genres.
    OfGenres { habit: Habit, genres: Vec<String> },
    /// What the listener does with music that has its tags, the most telling first.
    OfTags { habit: Habit, tags: Vec<String> },
    /// What the listener does with songs of its album.
    OfAlbum { habit: Habit, title: String },
    /// It shares tags that the listener likes with a song that was finished so many times.
    SharesTagsWithFinished {
        tags: Vec<String>,
        title: String,
        times: u32,
    },
    /// It sounds like a song that was finished so many times.
    SoundsLikeFinished { title: String, times: u32 },
    /// It sounds like what the listener finishes.
    SoundsLikeTaste,
    /// It sounds like what the listener leaves.
    SoundsLikeLeft,
    /// What is known of this very song speaks for it, though it was not heard to its end yet.
    SeemsLiked,
    /// The listener heard this very song so many times.
    Heard { times: u32 },
    /// What is known of this very song speaks against it: it was left, or heard enough.
    LeftOrHeardEnough,
    /// It is well known, and the dial asks for what is.
    WellKnown,
    /// It goes with what was just listened to.
    FitsSession,
    /// It is like what was just left.
    LikeJustLeft,
    /// It goes with what is listened to at this time of the day.
    FitsHour,
    /// It is rather listened to at another time of the day.
    OtherHour,
    /// It was never heard.
    NewToYou,
    /// It was heard only so many times.
    HardlyHeard { times: u32 },
    /// It was played lately.
    PlayedLately,
    /// The listener said that they like it.
    Liked,
    /// The listener said that it is not for them.
    Disliked,
    /// Taste is unsure of it, and the draw says to try it.
    WorthTrying,
    /// Taste is unsure of it, and the draw says not now.
    AnotherTime,
    /// It was finished so many times, and last in this month.
    Missed { times: u32, year: i32, month: u8 },
    /// It was heard so many times within the last month.
    WithinMonth { times: u32 },
    /// It was played so many times in a year.
    InYear { times: u32, year: i32 },
    /// It was played on this day.
    OnDay { year: i32, month: u8, day: u8 },
    /// The path begins with it.
    PathStart,
    /// The path ends with it.
    PathEnd,
    /// It lies so many steps from the song with which the path begins.
    StepsFrom { steps: u32, title: String },
    /// It lies so many steps before the song with which the path ends.
    StepsTo { steps: u32, title: String },
    /// It leads from one song of the queue to the next.
    Bridge { before: String, after: String },
    /// It is close to a song that comes earlier in the list.
    CloseToEarlier { title: String },
    /// In the words of an older Segue, which kept sentences.
    Told { text: String },
}

impl From<String> for Because {
    fn from(text: String) -> Self {
        Self::Told { text }
    }
}
