//! Taste as it is shown, corrected and forgotten.

use segue_core::TermName;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::library::TrackRow;

/// What is said of a song that came at the wrong time, or at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FeedbackKind {
    /// Not for the rest of this session.
    NotNow,
    /// By no station, mix or shuffle.
    Never,
    /// Not right after another song.
    WrongAfter,
    /// A reason was turned down.
    Less,
    /// Something of taste was turned up.
    More,
}

/// What was said, and holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FeedbackRow {
    pub id: i64,
    /// ISO 8601, UTC.
    pub at: String,
    pub kind: FeedbackKind,
    /// The song it was said of; `null` if it has left the library, or if an artist was meant.
    pub track: Option<TrackRow>,
    /// The artist it was said of.
    pub artist: Option<String>,
    /// Of *wrong after*: the song before.
    pub earlier: Option<TrackRow>,
    /// Of *less* and *more*: what was turned, and the name to turn it by.
    pub turned: Option<TermName>,
    pub term: Option<String>,
}

/// Something learned of a name: an artist, a genre, a tag, an album.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct LeaningRow {
    pub name: String,
    /// Log odds of being listened to, against the average recording.
    pub weight: f64,
    /// Standard deviation of `weight`, all else being as it is: the least that it can be.
    pub deviation: f64,
    /// Times listened to.
    pub plays: u32,
    /// Names it, to be turned with.
    pub term: String,
    /// How often it was turned up less how often down.
    pub turned: i32,
}

/// What an interest is called after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum InterestName {
    /// After what is heard in its songs more than elsewhere.
    Tags { names: Vec<String> },
    /// After who made most of its songs.
    Artists { names: Vec<String> },
    /// After the song in its middle.
    Song { title: String },
}

/// One of the corners of music that the listener likes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct InterestRow {
    /// From 1; the daily mix of this number is made from it.
    pub number: u32,
    pub title: InterestName,
    /// Share of what is liked, in 0..1.
    pub share: f64,
    pub tags: Vec<String>,
    pub artists: Vec<String>,
    /// Songs that stand for it, the best liked first.
    pub examples: Vec<TrackRow>,
    /// Share of its plays by hour on the listener's clock, `[24]`.
    pub hours: Vec<f64>,
    pub term: String,
    pub turned: i32,
}

/// A part of the taste model that can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum TastePart {
    /// How near a song is to what is liked.
    Sound,
    /// In which cluster of sound it lies.
    Corners,
    /// The hour of the day.
    Hours,
    /// What was listened to before it.
    Followed,
}

/// A part of the taste model, and whether the listener's own held-out plays kept it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TastePartRow {
    pub part: TastePart,
    pub kept: bool,
    /// Nats per held-out play that it wins; negative where it loses. `null` without enough plays to tell.
    pub gain: Option<f64>,
}

/// How well the taste of the earlier plays foretold the later ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ForetoldRow {
    pub plays: u64,
    /// Area under the ROC curve; 0.5 is chance.
    pub auc: f64,
    /// Mean logarithmic loss in nats, and that of foretelling without taste.
    pub log_loss: f64,
    pub log_loss_baseline: f64,
    /// Mean distance between foretold and found shares.
    pub calibration_error: f64,
}

/// A stretch of time whose plays teach nothing any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ForgottenRow {
    pub id: i64,
    /// When it was said.
    pub at: String,
    /// `null` for everything before `at`.
    pub since: Option<String>,
    /// Plays that lie in it.
    pub plays: u64,
}

/// What was learned, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TastePage {
    /// Plays in the log.
    pub plays: u64,
    /// Those of them that taught: of music that is here, by no guest, not forgotten.
    pub taught: u64,
    pub first_play: Option<String>,
    pub version: String,
    /// How much of itself the taste brings into a ranking, in 0..1.
    pub voice: f64,
    pub foretold: Option<ForetoldRow>,
    pub parts: Vec<TastePartRow>,
    pub interests: Vec<InterestRow>,
    pub liked_artists: Vec<LeaningRow>,
    pub disliked_artists: Vec<LeaningRow>,
    pub liked_genres: Vec<LeaningRow>,
    pub disliked_genres: Vec<LeaningRow>,
    pub liked_tags: Vec<LeaningRow>,
    pub disliked_tags: Vec<LeaningRow>,
    pub liked_albums: Vec<LeaningRow>,
    /// Share of all listening by hour on the listener's clock, `[24]`.
    pub hours: Vec<f64>,
    /// What was turned by hand and holds, the latest first.
    pub turned: Vec<FeedbackRow>,
    pub forgotten: Vec<ForgottenRow>,
    /// Plays of guest sessions, which taught nothing.
    pub guest_plays: u64,
}
