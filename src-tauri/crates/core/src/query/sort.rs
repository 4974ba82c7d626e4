//! What songs are ordered by.

/// An order of songs; whether it is turned round is said beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Title, then artist.
    Title,
    /// First artist, then album, disc and number.
    #[default]
    Artist,
    /// Album title, then disc and number: the order of an album.
    Album,
    /// Year, then artist and album.
    Year,
    /// Length.
    Duration,
    /// Times listened to.
    Plays,
    /// When it came into the library.
    Added,
    /// Path.
    Path,
    /// Stars.
    Rating,
    /// When it was last played.
    Played,
    /// Tempo.
    Bpm,
    /// By chance.
    Random,
    /// How well it matches the words, best first; without words, as [`Artist`](Self::Artist).
    Relevance,
}
