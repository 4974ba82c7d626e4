//! What Navidrome calls what can be asked for here.

use segue_core::query::{DateField, Flag, NumberField, Sort, TextField};

/// Fields of text and what Navidrome calls them.
pub(super) const TEXT: &[(TextField, &str)] = {
    use TextField as T;
    &[
        (T::Title, "title"),
        (T::Artist, "artist"),
        (T::AlbumArtist, "albumartist"),
        (T::Album, "album"),
        (T::Genre, "genre"),
        (T::Composer, "composer"),
        (T::Lyricist, "lyricist"),
        (T::Conductor, "conductor"),
        (T::Performer, "performer"),
        (T::Arranger, "arranger"),
        (T::Remixer, "remixer"),
        (T::Producer, "producer"),
        (T::Engineer, "engineer"),
        (T::Mixer, "mixer"),
        (T::Label, "recordlabel"),
        (T::Comment, "comment"),
        (T::Lyrics, "lyrics"),
        (T::Path, "filepath"),
        (T::Key, "key"),
    ]
};

/// Fields of numbers, what Navidrome calls them, and whether they are whole there.
pub(super) const NUMBERS: &[(NumberField, &str, bool)] = {
    use NumberField as N;
    &[
        (N::Year, "year", true),
        (N::OriginalYear, "originalyear", true),
        (N::Track, "tracknumber", true),
        (N::Disc, "discnumber", true),
        (N::Length, "duration", false),
        (N::Bpm, "bpm", true),
        (N::Plays, "playcount", true),
        (N::Rating, "rating", true),
        (N::Bitrate, "bitrate", true),
        (N::SampleRate, "samplerate", true),
    ]
};

/// Fields of times.
pub(super) const DATES: &[(DateField, &str)] = {
    use DateField as D;
    &[
        (D::Added, "dateadded"),
        (D::Played, "lastplayed"),
        (D::Changed, "datemodified"),
    ]
};

/// Flags.
pub(super) const FLAGS: &[(Flag, &str)] = {
    use Flag as F;
    &[
        (F::Liked, "loved"),
        (F::Compilation, "compilation"),
        (F::HasCover, "hascoverart"),
    ]
};

/// Orders.
pub(super) const SORTS: &[(Sort, &str)] = &[
    (Sort::Title, "title"),
    (Sort::Artist, "artist"),
    (Sort::Album, "album"),
    (Sort::Year, "year"),
    (Sort::Duration, "duration"),
    (Sort::Plays, "playcount"),
    (Sort::Added, "dateadded"),
    (Sort::Path, "filepath"),
    (Sort::Rating, "rating"),
    (Sort::Played, "lastplayed"),
    (Sort::Bpm, "bpm"),
    (Sort::Random, "random"),
];
