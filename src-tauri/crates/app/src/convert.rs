//! From the rooms' nouns to the shapes that leave the process.

use std::path::Path;

use segue_core::{Key, Track, Waveform};
use segue_library::{Album, Root};
use segue_recommend::Reason;

use crate::wire::{AlbumRow, ReasonRow, RootRow, TrackRow, WaveformRow};

/// A row without the heard tags, which [`Segue::track_rows`](crate::Segue) adds.
pub(crate) fn track_row(track: &Track) -> TrackRow {
    // Tags spell keys in many ways; what is none in any of them is shown as it stands.
    let key = track.key.as_deref().and_then(Key::parse);
    TrackRow {
        id: track.id.0,
        path: track.path.to_string_lossy().into_owned(),
        path_url: path_url(&track.path),
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
        key: key.map(|key| key.to_string()).or_else(|| track.key.clone()),
        camelot: key.map(Key::camelot),
        loudness_lufs: track.loudness_lufs,
        tags: None,
        true_peak_dbtp: track.true_peak_dbtp,
        intro_lufs: track.intro_lufs,
        outro_lufs: track.outro_lufs,
        leading_silence_s: track.leading_silence_s,
        trailing_silence_s: track.trailing_silence_s,
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

pub(crate) fn waveform_row(waveform: Waveform) -> WaveformRow {
    WaveformRow {
        peak: waveform.peak,
        rms: waveform.rms,
    }
}

pub(crate) fn reason_row(reason: &Reason) -> ReasonRow {
    ReasonRow {
        kind: reason.kind,
        because: reason.because.clone(),
        weight: reason.weight,
        term: reason.term.as_ref().map(ToString::to_string),
    }
}

/// The `file:` URL of a path that text cannot hold without loss.
pub(crate) fn path_url(path: &Path) -> Option<String> {
    if path.to_str().is_some() {
        return None;
    }
    url::Url::from_file_path(path).ok().map(String::from)
}

pub(crate) fn root_row(root: &Root) -> RootRow {
    RootRow {
        path: root.path.to_string_lossy().into_owned(),
        online: root.online,
        tracks: root.tracks,
    }
}
