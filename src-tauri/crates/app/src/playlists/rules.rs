//! Playlists by rules: what of a search they hold, whether it changed, and their files.

use std::path::Path;

use jiff::Timestamp;
use segue_core::query::{Query, Sort};
use segue_exchange::playlist::clean;
use segue_exchange::smart::{self, SmartPlaylist};
use segue_library::{AlbumId, Playlist, PlaylistId};

use super::{named, no_such};
use crate::segue::{query, sort_of};
use crate::wire::{
    PlaylistExported, PlaylistImported, PlaylistRow, PlaylistSource, SongSort, SongsLimit,
    SongsQuery,
};
use crate::{AppError, Segue};

/// What the format is called.
const FORMAT: &str = "nsp";

impl Segue {
    /// The songs that a search finds, as many as are wanted.
    pub(super) fn searched(
        &self,
        songs: &SongsQuery,
        limit: Option<SongsLimit>,
    ) -> Result<Vec<i64>, AppError> {
        if let Some(album) = songs.album
            && self.library.album(AlbumId(album))?.is_none()
        {
            return Err(AppError::AlbumGone);
        }
        let most = match limit {
            Some(SongsLimit::Songs { most }) => Some(most),
            _ => None,
        };
        let mut ids = self.library.track_ids(&self.track_query(songs, 0, most)?)?;
        let kept = match limit {
            Some(SongsLimit::Seconds { most }) => {
                let tracks = self.library.tracks_by_id(&ids)?;
                let lengths = tracks.iter().map(|track| track.duration_s);
                within(lengths, f64::from(most))
            }
            Some(SongsLimit::Megabytes { most }) => {
                let sizes = self.library.sizes(&ids)?;
                let sizes = sizes.iter().map(|bytes| *bytes as f64);
                within(sizes, f64::from(most) * 1e6)
            }
            Some(SongsLimit::Songs { .. }) | None => ids.len(),
        };
        ids.truncate(kept);
        Ok(ids.iter().map(|id| id.0).collect())
    }

    /// What a living search finds now, where that is other songs, or another order, than when its playlist was made.
    pub(super) fn found_anew(&self, playlist: &Playlist) -> Option<Vec<i64>> {
        let find = || {
            let PlaylistSource::Search { query, limit } = self.source_of(playlist)? else {
                return Ok(None);
            };
            let found = self.searched(&query, limit)?;
            let page = self.library.playlist_page(playlist.id, 0, u32::MAX)?;
            let held = page.map_or_else(Vec::new, |(_, entries)| entries);
            let held = held
                .iter()
                .map(|entry| entry.track.as_ref().map(|track| track.id.0));
            let same = held.eq(found.iter().copied().map(Some));
            Ok::<_, AppError>((!same).then_some(found))
        };
        // What cannot be told now is told with the next day's making.
        find().ok().flatten()
    }

    /// The rules of a living search.
    pub fn playlist_rules(&self, id: i64) -> Result<(SongsQuery, Option<SongsLimit>), AppError> {
        let playlist = self.existing(id)?;
        let source = playlist.source.as_ref().map(|_| self.source_of(&playlist));
        match source.transpose()? {
            Some(PlaylistSource::Search { query, limit }) => Ok((query, limit)),
            _ => Err(AppError::PlaylistFixed {
                playlist: playlist.name,
            }),
        }
    }

    /// Gives a living search other rules, and makes it anew by them.
    pub fn set_playlist_rules(
        &self,
        id: i64,
        songs: &SongsQuery,
        limit: Option<SongsLimit>,
    ) -> Result<PlaylistRow, AppError> {
        self.playlist_rules(id)?;
        query(&songs.text)?;
        let source = PlaylistSource::Search {
            query: songs.clone(),
            limit,
        };
        let kept = self.kept_source(&source)?;
        let now = Timestamp::now();
        if !self
            .library
            .set_playlist_source(PlaylistId(id), &kept, now)?
        {
            return Err(no_such(id));
        }
        self.make_anew(&self.existing(id)?, now)?;
        self.playlist_row(&self.existing(id)?)
    }

    /// Makes a living playlist of a file of rules.
    pub(super) fn import_smart(&self, path: &Path) -> Result<PlaylistImported, AppError> {
        let file = smart::read(path)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = file.name.or_else(|| clean(&stem));
        let source = PlaylistSource::Search {
            query: SongsQuery {
                text: file.query.to_string(),
                sort: file.sort.map(song_sort).unwrap_or_default(),
                descending: file.descending,
                album: None,
            },
            limit: file.limit.map(|most| SongsLimit::Songs { most }),
        };
        let name = named(&name.unwrap_or_else(|| "?".into()))?;
        let entries = self.songs_of(&source)?;
        let found = entries.len() as u64;
        Ok(PlaylistImported {
            playlist: self.keep_playlist(&name, Some(&source), &entries)?,
            format: FORMAT.into(),
            read: found,
            matched: found,
            unmatched: Vec::new(),
        })
    }

    /// Writes a living search as a file of rules.
    pub(super) fn export_smart(&self, id: i64, path: &Path) -> Result<PlaylistExported, AppError> {
        let playlist = self.existing(id)?;
        let (songs, limit) = self.playlist_rules(id)?;
        let mut asked = query(&songs.text)?;
        if let Some(album) = songs.album {
            let album = self
                .library
                .album(AlbumId(album))?
                .ok_or(AppError::AlbumGone)?;
            let album = query(&format!("album:=\"{}\"", album.title.replace('"', "")))?;
            asked = Query::All(vec![asked, album]);
        }
        let file = SmartPlaylist {
            name: clean(&playlist.name),
            query: asked,
            sort: Some(sort_of(songs.sort)).filter(|sort| *sort != Sort::Relevance),
            descending: songs.descending,
            limit: match limit {
                Some(SongsLimit::Songs { most }) => Some(most),
                // As many as it holds now: Navidrome knows no other limit.
                Some(_) => u32::try_from(self.searched(&songs, limit)?.len()).ok(),
                None => None,
            },
        };
        smart::write(path, &file)?;
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Ok(PlaylistExported {
            path: path.to_string_lossy().into_owned(),
            format: FORMAT.into(),
            written: u64::from(playlist.entries),
        })
    }
}

/// How many of the first fit.
fn within(sizes: impl Iterator<Item = f64>, most: f64) -> usize {
    let mut sum = 0.0;
    sizes
        .take_while(|size| {
            sum += size;
            sum <= most
        })
        .count()
}

fn song_sort(sort: Sort) -> SongSort {
    match sort {
        Sort::Title => SongSort::Title,
        // Songs of one folder stand together, as those of one artist mostly do.
        Sort::Artist | Sort::Path => SongSort::Artist,
        Sort::Album => SongSort::Album,
        Sort::Year => SongSort::Year,
        Sort::Duration => SongSort::Duration,
        Sort::Plays => SongSort::Plays,
        Sort::Added => SongSort::Added,
        Sort::Rating => SongSort::Rating,
        Sort::Played => SongSort::Played,
        Sort::Bpm => SongSort::Bpm,
        Sort::Random => SongSort::Random,
        Sort::Relevance => SongSort::Relevance,
    }
}

#[cfg(test)]
mod tests;
