//! What a living playlist is made from, as it is kept: beside its numbers of tracks and albums stands what they meant, so that
//! it means the same once a folder was taken out and put back, and never something else under an old number.

use segue_core::{AudioHash, TrackId, fold};
use segue_library::{AlbumId, AlbumSort, Playlist};
use serde::{Deserialize, Serialize};

use crate::wire::{PlaylistSource, SeedRef};
use crate::{AppError, Segue};

/// A number that nothing has.
const GONE: i64 = 0;

#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    source: PlaylistSource,
    #[serde(default)]
    tracks: Vec<MeantTrack>,
    #[serde(default)]
    albums: Vec<MeantAlbum>,
}

#[derive(Serialize, Deserialize)]
struct MeantTrack {
    id: i64,
    audio: AudioHash,
}

#[derive(Serialize, Deserialize)]
struct MeantAlbum {
    id: i64,
    title: String,
    artist: Option<String>,
}

/// A number in a source.
enum Number<'a> {
    Track(&'a mut i64),
    Album(&'a mut i64),
}

impl Segue {
    /// The source as it is to be kept.
    pub(crate) fn kept_source(
        &self,
        source: &PlaylistSource,
    ) -> Result<serde_json::Value, AppError> {
        let mut kept = Kept {
            source: source.clone(),
            tracks: Vec::new(),
            albums: Vec::new(),
        };
        for number in numbers(&mut kept.source) {
            match number {
                Number::Track(id) => {
                    let track = self.library.track(TrackId(*id))?;
                    kept.tracks.extend(track.map(|track| MeantTrack {
                        id: *id,
                        audio: track.audio,
                    }));
                }
                Number::Album(id) => {
                    let album = self.library.album(AlbumId(*id))?;
                    kept.albums.extend(album.map(|album| MeantAlbum {
                        id: *id,
                        title: album.title,
                        artist: album.artist,
                    }));
                }
            }
        }
        serde_json::to_value(&kept).map_err(|error| AppError::NotSerialized {
            detail: error.to_string(),
        })
    }

    /// The source of a living playlist, under today's numbers.
    pub(crate) fn source_of(&self, playlist: &Playlist) -> Result<PlaylistSource, AppError> {
        let kept = playlist.source.clone().unwrap_or_default();
        let mut kept: Kept =
            serde_json::from_value(kept).map_err(|error| AppError::PlaylistSourceUnreadable {
                playlist: playlist.name.clone(),
                detail: error.to_string(),
            })?;
        for number in numbers(&mut kept.source) {
            match number {
                Number::Track(id) => {
                    if let Some(meant) = kept.tracks.iter().find(|meant| meant.id == *id) {
                        *id = self.track_meant(meant)?;
                    }
                }
                Number::Album(id) => {
                    if let Some(meant) = kept.albums.iter().find(|meant| meant.id == *id) {
                        *id = self.album_meant(meant)?;
                    }
                }
            }
        }
        Ok(kept.source)
    }

    fn track_meant(&self, meant: &MeantTrack) -> Result<i64, AppError> {
        let copies = self.library.tracks_of(meant.audio)?;
        let same = copies.iter().find(|track| track.id.0 == meant.id);
        let there = copies.iter().find(|track| !track.missing);
        let track = same.or(there).or(copies.first());
        Ok(track.map_or(GONE, |track| track.id.0))
    }

    fn album_meant(&self, meant: &MeantAlbum) -> Result<i64, AppError> {
        let is_meant = |title: &str| fold(title) == fold(&meant.title);
        let same = self.library.album(AlbumId(meant.id))?;
        if same.is_some_and(|album| is_meant(&album.title)) {
            return Ok(meant.id);
        }
        let found = self
            .library
            .albums(&meant.title, AlbumSort::Title, false, 0, None)?;
        let mut titled = found.albums.iter().filter(|album| is_meant(&album.title));
        let album = titled.find(|album| album.artist == meant.artist);
        Ok(album.map_or(GONE, |album| album.id.0))
    }
}

/// All numbers of tracks and albums in a source that a playlist may live from.
fn numbers(source: &mut PlaylistSource) -> Vec<Number<'_>> {
    match source {
        PlaylistSource::Search { query, .. } => query.album.iter_mut().map(Number::Album).collect(),
        PlaylistSource::Path { from, to, .. } => vec![Number::Track(from), Number::Track(to)],
        PlaylistSource::Station { request, .. } => {
            let seeds = request.seeds.iter_mut().chain(&mut request.less);
            seeds
                .filter_map(|seed| match seed {
                    SeedRef::Track { id } => Some(Number::Track(id)),
                    SeedRef::Album { id } => Some(Number::Album(id)),
                    _ => None,
                })
                .collect()
        }
        PlaylistSource::Tracks { .. } | PlaylistSource::Mix { .. } | PlaylistSource::Queue => {
            Vec::new()
        }
    }
}
