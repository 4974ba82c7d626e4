//! The fields that can be asked for, and what each is called.

/// A field that holds text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "fields are what their names say")]
pub enum TextField {
    Title,
    /// Artists of the song or of its album.
    Artist,
    AlbumArtist,
    Album,
    Genre,
    Composer,
    Lyricist,
    Conductor,
    Performer,
    Arranger,
    Remixer,
    Producer,
    Engineer,
    Mixer,
    Label,
    Comment,
    Lyrics,
    /// The whole path.
    Path,
    Codec,
    /// A musical key; the text is its name, as [`crate::Key`] writes it.
    Key,
    /// What the network heard.
    Tag,
    /// A playlist that holds it.
    Playlist,
}

/// A field that holds a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "fields are what their names say")]
pub enum NumberField {
    Year,
    OriginalYear,
    Track,
    Disc,
    /// Seconds.
    Length,
    Bpm,
    Plays,
    Skips,
    /// Stars, in halves.
    Rating,
    /// In kbit/s.
    Bitrate,
    /// In Hz.
    SampleRate,
    /// In LUFS.
    Loudness,
}

/// A field that holds a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "fields are what their names say")]
pub enum DateField {
    Added,
    /// When it was last played.
    Played,
    /// When its file was last changed.
    Changed,
}

/// Something that is so, or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "flags are what their names say")]
pub enum Flag {
    Liked,
    Disliked,
    Compilation,
    Lossless,
    /// Another file holds the same recording.
    Duplicate,
    /// The network has heard it.
    Heard,
    HasCover,
    HasLyrics,
}

/// A field of any kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "kinds are what their names say")]
pub enum QueryField {
    Text(TextField),
    Number(NumberField),
    Date(DateField),
    /// `is:`
    Is,
    /// `has:`
    Has,
}

/// Every field with its names; the first is the one that is written.
const FIELDS: &[(QueryField, &[&str])] = {
    use DateField as D;
    use NumberField as N;
    use QueryField::{Date, Number, Text};
    use TextField as T;
    &[
        (Text(T::Title), &["title"]),
        (Text(T::Artist), &["artist"]),
        (Text(T::Album), &["album"]),
        (Text(T::AlbumArtist), &["albumartist", "album-artist"]),
        (Text(T::Genre), &["genre"]),
        (Text(T::Composer), &["composer"]),
        (Text(T::Lyricist), &["lyricist", "writer"]),
        (Text(T::Conductor), &["conductor"]),
        (Text(T::Performer), &["performer"]),
        (Text(T::Arranger), &["arranger"]),
        (Text(T::Remixer), &["remixer"]),
        (Text(T::Producer), &["producer"]),
        (Text(T::Engineer), &["engineer"]),
        (Text(T::Mixer), &["mixer"]),
        (Text(T::Label), &["label"]),
        (Text(T::Comment), &["comment"]),
        (Text(T::Lyrics), &["lyrics"]),
        (Text(T::Path), &["path", "folder", "file"]),
        (Text(T::Codec), &["codec", "format"]),
        (Text(T::Key), &["key"]),
        (Text(T::Tag), &["tag"]),
        (Text(T::Playlist), &["playlist"]),
        (Number(N::Year), &["year", "date"]),
        (Number(N::OriginalYear), &["originalyear", "original"]),
        (Number(N::Track), &["track", "number"]),
        (Number(N::Disc), &["disc"]),
        (Number(N::Length), &["length", "duration"]),
        (Number(N::Bpm), &["bpm", "tempo"]),
        (Number(N::Plays), &["plays", "playcount"]),
        (Number(N::Skips), &["skips"]),
        (Number(N::Rating), &["rating", "stars"]),
        (Number(N::Bitrate), &["bitrate"]),
        (Number(N::SampleRate), &["samplerate"]),
        (Number(N::Loudness), &["loudness"]),
        (Date(D::Added), &["added"]),
        (Date(D::Played), &["played", "lastplayed"]),
        (Date(D::Changed), &["changed", "modified"]),
        (QueryField::Is, &["is"]),
        (QueryField::Has, &["has"]),
    ]
};

/// Every flag with the field that it is written behind, and its name there.
const FLAGS: &[(Flag, QueryField, &str)] = &[
    (Flag::Liked, QueryField::Is, "liked"),
    (Flag::Disliked, QueryField::Is, "disliked"),
    (Flag::Compilation, QueryField::Is, "compilation"),
    (Flag::Lossless, QueryField::Is, "lossless"),
    (Flag::Duplicate, QueryField::Is, "duplicate"),
    (Flag::Heard, QueryField::Is, "heard"),
    (Flag::HasCover, QueryField::Has, "cover"),
    (Flag::HasLyrics, QueryField::Has, "lyrics"),
];

impl QueryField {
    /// What it is called.
    pub fn name(self) -> &'static str {
        let named = FIELDS.iter().find(|(field, _)| *field == self);
        named.map_or("", |(_, names)| names[0])
    }

    /// The field of this name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let is = |own: &&str| own.eq_ignore_ascii_case(name);
        FIELDS
            .iter()
            .find(|(_, names)| names.iter().any(is))
            .map(|(field, _)| *field)
    }

    /// The field whose name is one slip of the fingers away from `name`.
    pub(super) fn meant(name: &str) -> Option<&'static str> {
        if name.chars().count() < 4 {
            return None;
        }
        let name = name.to_ascii_lowercase();
        let mut names = FIELDS.iter().flat_map(|(_, names)| names.iter());
        names.find(|own| one_slip(own, &name)).copied()
    }
}

impl Flag {
    /// What it is called behind [`Self::field`].
    pub fn name(self) -> &'static str {
        let named = FLAGS.iter().find(|(flag, ..)| *flag == self);
        named.map_or("", |(.., name)| name)
    }

    /// `is` or `has`.
    pub fn field(self) -> QueryField {
        let named = FLAGS.iter().find(|(flag, ..)| *flag == self);
        named.map_or(QueryField::Is, |(_, field, _)| *field)
    }

    /// Those that are written behind `field`.
    pub fn of(field: QueryField) -> impl Iterator<Item = Self> {
        let own = FLAGS.iter().filter(move |(_, of, _)| *of == field);
        own.map(|(flag, ..)| *flag)
    }
}

/// Whether one letter more, less, or other, or two that changed places, make the one of the other.
fn one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    let tail = |list: &[char], from: usize| list.get(from..).map(<[char]>::to_vec);
    match (a, b) {
        ([], []) => false,
        _ => {
            tail(a, 1) == tail(b, 1)
                || tail(a, 1).as_deref() == Some(b)
                || tail(b, 1).as_deref() == Some(a)
                || (a.len() > 1 && b.len() > 1 && (a[0], a[1]) == (b[1], b[0]) && a[2..] == b[2..])
        }
    }
}
