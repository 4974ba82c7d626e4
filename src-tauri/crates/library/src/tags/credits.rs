//! Who made a song, and in which role. A name is split only where the tag itself holds several: in several fields, behind
//! null separators, or as the pairs of ID3's lists of people.

use lofty::tag::ItemKey;

/// What somebody did for a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    Artist,
    AlbumArtist,
    Composer,
    Lyricist,
    Conductor,
    Performer,
    Arranger,
    Remixer,
    Producer,
    Engineer,
    Mixer,
    DjMixer,
}

impl Role {
    /// The name in the database.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Artist => "artist",
            Self::AlbumArtist => "album-artist",
            Self::Composer => "composer",
            Self::Lyricist => "lyricist",
            Self::Conductor => "conductor",
            Self::Performer => "performer",
            Self::Arranger => "arranger",
            Self::Remixer => "remixer",
            Self::Producer => "producer",
            Self::Engineer => "engineer",
            Self::Mixer => "mixer",
            Self::DjMixer => "dj-mixer",
        }
    }
}

/// Somebody, in a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credit {
    pub(crate) role: Role,
    pub(crate) name: String,
    /// The name as it is sorted, such as "Coltrane, John".
    pub(crate) sort_name: Option<String>,
    /// MusicBrainz' number of the artist.
    pub(crate) musicbrainz_id: Option<String>,
}

/// A role, the fields that name people in it, and the fields of their sort names and numbers.
type Fields = (Role, &'static [ItemKey], Option<ItemKey>, Option<ItemKey>);

const FIELDS: &[Fields] = &[
    (
        Role::Artist,
        &[ItemKey::TrackArtists, ItemKey::TrackArtist],
        Some(ItemKey::TrackArtistSortOrder),
        Some(ItemKey::MusicBrainzArtistId),
    ),
    (
        Role::AlbumArtist,
        &[ItemKey::AlbumArtists, ItemKey::AlbumArtist],
        Some(ItemKey::AlbumArtistSortOrder),
        Some(ItemKey::MusicBrainzReleaseArtistId),
    ),
    (
        Role::Composer,
        &[ItemKey::Composer],
        Some(ItemKey::ComposerSortOrder),
        None,
    ),
    (
        Role::Lyricist,
        &[ItemKey::Lyricist, ItemKey::Writer],
        None,
        None,
    ),
    (Role::Conductor, &[ItemKey::Conductor], None, None),
    (Role::Performer, &[ItemKey::Performer], None, None),
    (Role::Arranger, &[ItemKey::Arranger], None, None),
    (Role::Remixer, &[ItemKey::Remixer], None, None),
    (Role::Producer, &[ItemKey::Producer], None, None),
    (Role::Engineer, &[ItemKey::Engineer], None, None),
    (Role::Mixer, &[ItemKey::MixEngineer], None, None),
    (Role::DjMixer, &[ItemKey::MixDj], None, None),
];

/// Those that a file credits; `texts` gives a field's texts.
pub(super) fn credits(texts: impl Fn(ItemKey) -> Vec<String>) -> Vec<Credit> {
    let mut credits = Vec::new();
    for (role, fields, sort, ids) in FIELDS {
        let names = fields.iter().map(|field| texts(*field));
        let Some(names) = names.into_iter().find(|names| !names.is_empty()) else {
            continue;
        };
        // They belong to the names one by one, or, where they are not as many, to nobody that one could tell.
        let beside = |texts: Vec<String>| match texts.len() == names.len() {
            true => texts.into_iter().map(Some).collect(),
            false => vec![None; names.len()],
        };
        let sort_names = beside(sort.map(&texts).unwrap_or_default());
        let ids = beside(ids.map(|ids| numbers(&texts(ids))).unwrap_or_default());
        let together = names.into_iter().zip(sort_names).zip(ids);
        credits.extend(together.map(|((name, sort_name), musicbrainz_id)| Credit {
            role: *role,
            name,
            sort_name,
            musicbrainz_id,
        }));
    }
    credits
}

/// MusicBrainz' numbers in these texts: several may be joined by whatever the format, or the tagger, joins with.
fn numbers(texts: &[String]) -> Vec<String> {
    let pieces = texts
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_ascii_hexdigit() && c != '-'));
    pieces
        .filter(|piece| piece.len() == 36)
        .map(str::to_ascii_lowercase)
        .collect()
}

/// The role that ID3's lists of people mean by a word (id3v2.4.0-frames 4.2.2, TIPL), as the field that is named after it. Of
/// musicians (TMCL), the word is their instrument.
pub(super) fn field_of(list: &str, involvement: &str) -> Option<ItemKey> {
    if list == "TMCL" {
        return Some(ItemKey::Performer);
    }
    match involvement.trim().to_ascii_lowercase().as_str() {
        "producer" => Some(ItemKey::Producer),
        "arranger" => Some(ItemKey::Arranger),
        "engineer" => Some(ItemKey::Engineer),
        "mix" | "mixer" => Some(ItemKey::MixEngineer),
        "dj-mix" | "djmix" | "dj mix" => Some(ItemKey::MixDj),
        "conductor" => Some(ItemKey::Conductor),
        "remixer" => Some(ItemKey::Remixer),
        _ => None,
    }
}
