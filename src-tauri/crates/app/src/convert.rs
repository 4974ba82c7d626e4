//! From the rooms' nouns to the shapes that leave the process.

use segue_core::Track;
use segue_library::{Album, Failure, Root};
use segue_recommend::Reason;

use crate::dto::{AlbumRow, FailureRow, ReasonRow, RootRow, TrackRow};

/// A row without the heard tags, which [`Segue::track_rows`](crate::Segue) adds.
pub(crate) fn track_row(track: &Track) -> TrackRow {
    TrackRow {
        id: track.id.0,
        path: track.path.to_string_lossy().into_owned(),
        title: track.title.clone(),
        artists: track.artists.clone(),
        album: track.album.clone(),
        album_artist: track.album_artist.clone(),
        genres: track.genres.clone(),
        year: track.year,
        track: track.track,
        disc: track.disc,
        duration_s: track.duration_s,
        codec: track.codec.clone(),
        sample_rate_hz: track.sample_rate_hz,
        bitrate_kbps: track.bitrate_kbps,
        bpm: track.bpm,
        key: track.key.clone(),
        loudness_lufs: track.loudness_lufs,
        tags: None,
        plays: track.plays,
        skips: track.skips,
        rating: track.rating,
        added_at: track.added_at.to_string(),
        missing: track.missing,
        has_cover: track.has_cover,
    }
}

pub(crate) fn album_row(album: &Album) -> AlbumRow {
    AlbumRow {
        id: album.id.0,
        title: album.title.clone(),
        artist: album.artist.clone(),
        year: album.year,
        tracks: album.tracks,
        duration_s: album.duration_s,
        cover_track: album.cover_track.map(|id| id.0),
    }
}

pub(crate) fn reason_row(reason: &Reason) -> ReasonRow {
    ReasonRow {
        kind: reason.kind.as_str().into(),
        text: reason.text.clone(),
        weight: reason.weight,
    }
}

pub(crate) fn failure_row(failure: &Failure) -> FailureRow {
    FailureRow {
        path: failure.path.to_string_lossy().into_owned(),
        reason: failure.reason.clone(),
    }
}

pub(crate) fn root_row(root: &Root) -> RootRow {
    RootRow {
        path: root.path.to_string_lossy().into_owned(),
        online: root.online,
        tracks: root.tracks,
    }
}
