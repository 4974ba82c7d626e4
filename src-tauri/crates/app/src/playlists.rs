//! Playlists' use cases: making, changing and showing them, and their files. How they are kept is the library's business,
//! what files look like is segue-exchange's.
//!
//! A living playlist is made anew from its source when it is opened or played and was last made on an earlier day of the
//! listener's; one of a search also when that finds other songs (`rules`). If that cannot be done, it stays as it was. Its places are not changed by hand: that would be lost.

mod kept_source;
mod recommended;
mod rules;

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use jiff::{Timestamp, Zoned};
use segue_core::{MixKind, PlaySubject, Track, TrackId};
use segue_exchange::playlist::{self, FileEntry, PlaylistFile, clean};
use segue_exchange::smart;
use segue_library::{
    AlbumId, NewEntry, Playlist, PlaylistBefore, PlaylistEntry, PlaylistEntryId, PlaylistId,
};

use crate::plays::subject;
use crate::recommend::no_mix;
use crate::wire::{
    PickRow, PlaylistEntryRow, PlaylistExported, PlaylistImported, PlaylistOrigin, PlaylistPage,
    PlaylistRow, PlaylistSource, PlaylistsListed, ReasonRow, TrackRow, UnmatchedSong,
};
use crate::{AppError, Segue};

/// Songs that are not in the library are reported one by one, so many.
const UNMATCHED_MAX: usize = 1000;

impl Segue {
    /// All playlists, by name.
    pub fn playlists(&self) -> Result<PlaylistsListed, AppError> {
        let playlists = self.library.playlists()?;
        let rows = playlists.iter().map(|playlist| self.playlist_row(playlist));
        Ok(PlaylistsListed {
            playlists: rows.collect::<Result<_, _>>()?,
        })
    }

    /// A page of a playlist, made anew before if it lives and its day is over.
    pub fn playlist(&self, id: i64, offset: u32, limit: u32) -> Result<PlaylistPage, AppError> {
        self.open_playlist(id, offset, limit, &Zoned::now())
            .map(|(page, _)| page)
    }

    /// The same, and whether it was made anew.
    pub(crate) fn open_playlist(
        &self,
        id: i64,
        offset: u32,
        limit: u32,
        now: &Zoned,
    ) -> Result<(PlaylistPage, bool), AppError> {
        // Later pages belong to what the first one showed.
        let made = offset == 0 && self.make_anew_if_due(id, now)?;
        let (playlist, entries) = self
            .library
            .playlist_page(PlaylistId(id), offset, limit)?
            .ok_or_else(|| no_such(id))?;
        let page = PlaylistPage {
            playlist: self.playlist_row(&playlist)?,
            offset,
            rows: self.entry_rows(&entries)?,
        };
        Ok((page, made))
    }

    /// Makes a playlist of a source: for good, or a living one.
    pub fn create_playlist(
        &self,
        name: &str,
        source: &PlaylistSource,
        living: bool,
    ) -> Result<PlaylistRow, AppError> {
        if living
            && matches!(
                source,
                PlaylistSource::Tracks { .. } | PlaylistSource::Queue
            )
        {
            return Err(AppError::SourceNeverChanges);
        }
        let name = named(name)?;
        let source = match source {
            // A kind alone means the first of them, today.
            PlaylistSource::Mix { id, count } => PlaylistSource::Mix {
                id: self.mix_named(id)?,
                count: *count,
            },
            other => other.clone(),
        };
        let entries = self.songs_of(&source)?;
        self.keep_playlist(&name, living.then_some(&source), &entries)
    }

    pub(crate) fn keep_playlist(
        &self,
        name: &str,
        source: Option<&PlaylistSource>,
        entries: &[NewEntry],
    ) -> Result<PlaylistRow, AppError> {
        let source = source.map(|source| self.kept_source(source)).transpose()?;
        let now = Timestamp::now();
        let id = self
            .library
            .create_playlist(name, source.as_ref(), entries, now)?;
        self.playlist_row(&self.existing(id.0)?)
    }

    /// Gives a playlist another name.
    pub fn rename_playlist(&self, id: i64, name: &str) -> Result<PlaylistRow, AppError> {
        let name = named(name)?;
        let renamed = self
            .library
            .rename_playlist(PlaylistId(id), &name, Timestamp::now())?;
        there(id, renamed)?;
        self.playlist_row(&self.existing(id)?)
    }

    /// Deletes a playlist; it can be brought back.
    pub fn delete_playlist(&self, id: i64) -> Result<(), AppError> {
        let deleted = self
            .library
            .delete_playlist(PlaylistId(id), Timestamp::now())?;
        there(id, deleted)
    }

    /// Brings a deleted playlist back.
    pub fn undelete_playlist(&self, id: i64) -> Result<PlaylistRow, AppError> {
        if !self
            .library
            .undelete_playlist(PlaylistId(id), Timestamp::now())?
        {
            return Err(AppError::NoDeletedPlaylist {
                playlist: id.to_string(),
            });
        }
        self.playlist_row(&self.existing(id)?)
    }

    /// Puts songs at the end of a playlist.
    pub fn add_to_playlist(&self, id: i64, tracks: &[i64]) -> Result<PlaylistBefore, AppError> {
        self.by_hand(id)?;
        let entries = self.songs_by_id(tracks)?;
        let added = self
            .library
            .add_to_playlist(PlaylistId(id), &entries, Timestamp::now())?;
        added.ok_or_else(|| no_such(id))
    }

    /// Takes places out of a playlist; those that are gone already are passed over.
    pub fn remove_from_playlist(
        &self,
        id: i64,
        entries: &[i64],
    ) -> Result<PlaylistBefore, AppError> {
        self.by_hand(id)?;
        let entries: Vec<PlaylistEntryId> = entries.iter().copied().map(PlaylistEntryId).collect();
        let removed =
            self.library
                .remove_from_playlist(PlaylistId(id), &entries, Timestamp::now())?;
        removed.ok_or_else(|| no_such(id))
    }

    /// Moves a place to an index of the order that comes of it; beyond the end means the end.
    pub fn move_in_playlist(
        &self,
        id: i64,
        entry: i64,
        index: u32,
    ) -> Result<PlaylistBefore, AppError> {
        self.by_hand(id)?;
        let moved = self.library.move_in_playlist(
            PlaylistId(id),
            PlaylistEntryId(entry),
            index,
            Timestamp::now(),
        )?;
        moved.ok_or_else(|| no_such(id))
    }

    /// Takes an edit of a playlist's places back.
    pub fn take_back_playlist_edit(&self, edit: &PlaylistBefore) -> Result<(), AppError> {
        match self
            .library
            .take_back_playlist_edit(edit, Timestamp::now())?
        {
            true => Ok(()),
            false => Err(AppError::PlaylistChangedSince),
        }
    }

    /// Makes a living playlist anew, now.
    pub fn refresh_playlist(&self, id: i64) -> Result<PlaylistBefore, AppError> {
        let playlist = self.existing(id)?;
        if playlist.source.is_none() {
            return Err(AppError::PlaylistFixed {
                playlist: playlist.name,
            });
        }
        self.make_anew(&playlist, Timestamp::now())
    }

    /// Makes a playlist of a file. Songs that the library does not have keep their places.
    pub fn import_playlist(&self, path: &Path) -> Result<PlaylistImported, AppError> {
        if smart::is_smart(path) {
            return self.import_smart(path);
        }
        let (format, file) = playlist::read(path)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = file.name.or_else(|| clean(&stem));
        let mut unmatched = Vec::new();
        let (mut matched, read) = (0, file.entries.len() as u64);
        let mut entries = Vec::with_capacity(file.entries.len());
        for (entry, place) in file.entries.iter().zip(1..) {
            let subject = match self.library.recognise(&candidates(entry))? {
                Some(track) => {
                    matched += 1;
                    subject(&track)
                }
                None => {
                    let told = told(entry);
                    if unmatched.len() < UNMATCHED_MAX {
                        unmatched.push(UnmatchedSong {
                            place,
                            artist: told.artist.clone(),
                            title: told.title.clone(),
                            path: told.path.as_ref().map(|path| path.display().to_string()),
                        });
                    }
                    told
                }
            };
            entries.push(NewEntry {
                subject,
                reasons: None,
            });
        }
        let playlist = self.keep_playlist(&name.unwrap_or_else(|| "?".into()), None, &entries)?;
        Ok(PlaylistImported {
            playlist,
            format: format.as_str().into(),
            read,
            matched,
            unmatched,
        })
    }

    /// Writes a playlist into a file, whose ending says how.
    pub fn export_playlist(&self, id: i64, path: &Path) -> Result<PlaylistExported, AppError> {
        if smart::is_smart(path) {
            return self.export_smart(id, path);
        }
        self.make_anew_if_due(id, &Zoned::now())?;
        let (playlist, entries) = self
            .library
            .playlist_page(PlaylistId(id), 0, u32::MAX)?
            .ok_or_else(|| no_such(id))?;
        let file = PlaylistFile {
            name: clean(&playlist.name),
            entries: entries.into_iter().map(file_entry).collect(),
        };
        let roots = self.library.roots()?.into_iter().map(|root| root.path);
        let format = playlist::write(path, &file, roots.collect())?;
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Ok(PlaylistExported {
            path: path.to_string_lossy().into_owned(),
            format: format.as_str().into(),
            written: file.entries.len() as u64,
        })
    }

    /// The playlist that is meant by a name or a number; names go first.
    pub fn find_playlist(&self, name_or_id: &str) -> Result<i64, AppError> {
        by_name_or_number(&self.library.playlists()?, name_or_id)
    }

    /// The same among the deleted ones; of several of one name the one deleted last.
    pub fn find_deleted_playlist(&self, name_or_id: &str) -> Result<i64, AppError> {
        let mut deleted = self.library.deleted_playlists()?;
        if let Some(last) = deleted
            .iter()
            .position(|playlist| playlist.name == name_or_id)
        {
            deleted = vec![deleted.swap_remove(last)];
        }
        by_name_or_number(&deleted, name_or_id).map_err(|_| AppError::NoDeletedPlaylist {
            playlist: name_or_id.to_owned(),
        })
    }

    /// The tracks of a playlist that are there to be played, and how many of them stand before the place `index`.
    pub(crate) fn playable(
        &self,
        id: i64,
        index: u32,
    ) -> Result<(String, Vec<TrackId>, usize), AppError> {
        let (playlist, entries) = self
            .library
            .playlist_page(PlaylistId(id), 0, u32::MAX)?
            .ok_or_else(|| no_such(id))?;
        let track = |entry: &PlaylistEntry| {
            let there = entry.track.as_ref().filter(|track| !track.missing);
            there.map(|track| track.id)
        };
        let before = entries
            .iter()
            .take(index as usize)
            .filter_map(track)
            .count();
        let tracks = entries.iter().filter_map(track).collect();
        Ok((playlist.name, tracks, before))
    }

    pub(crate) fn existing(&self, id: i64) -> Result<Playlist, AppError> {
        self.library
            .playlist(PlaylistId(id))?
            .ok_or_else(|| no_such(id))
    }

    /// Whether its places may be changed by hand.
    fn by_hand(&self, id: i64) -> Result<(), AppError> {
        let playlist = self.existing(id)?;
        if playlist.source.is_some() {
            return Err(AppError::PlaylistRenewed {
                playlist: playlist.name,
            });
        }
        Ok(())
    }

    /// Makes a playlist anew if it lives and was last made on an earlier day, or is a search that finds other songs now. Returns whether it did.
    pub(crate) fn make_anew_if_due(&self, id: i64, now: &Zoned) -> Result<bool, AppError> {
        let playlist = self.existing(id)?;
        if playlist.source.is_none() {
            return Ok(false);
        }
        let made = match is_due(playlist.made_at, now) {
            true => self.make_anew(&playlist, now.timestamp()),
            false => match self.found_anew(&playlist) {
                Some(found) => self
                    .songs_by_id(&found)
                    .and_then(|entries| self.remake(&playlist, &entries, now.timestamp())),
                None => return Ok(false),
            },
        };
        if let Err(error) = &made {
            tracing::warn!(%error, name = playlist.name, "a living playlist stays as it was");
        }
        Ok(made.is_ok())
    }

    fn make_anew(&self, playlist: &Playlist, now: Timestamp) -> Result<PlaylistBefore, AppError> {
        let entries = self.songs_of(&self.source_of(playlist)?)?;
        self.remake(playlist, &entries, now)
    }

    fn remake(
        &self,
        playlist: &Playlist,
        entries: &[NewEntry],
        now: Timestamp,
    ) -> Result<PlaylistBefore, AppError> {
        let made = self.library.remake_playlist(playlist.id, entries, now)?;
        made.ok_or_else(|| no_such(playlist.id.0))
    }

    /// The songs that a source gives now.
    fn songs_of(&self, source: &PlaylistSource) -> Result<Vec<NewEntry>, AppError> {
        match source {
            PlaylistSource::Tracks { ids } => self.songs_by_id(ids),
            PlaylistSource::Search { query, limit } => {
                self.songs_by_id(&self.searched(query, *limit)?)
            }
            PlaylistSource::Queue => Err(AppError::NoQueue),
            PlaylistSource::Mix { .. }
            | PlaylistSource::Station { .. }
            | PlaylistSource::Path { .. } => self.picks_to_keep(&self.recommend_for(source)?),
        }
    }

    fn songs_by_id(&self, ids: &[i64]) -> Result<Vec<NewEntry>, AppError> {
        let wanted: Vec<TrackId> = ids.iter().copied().map(TrackId).collect();
        let tracks = self.library.tracks_by_id(&wanted)?;
        let known: HashSet<TrackId> = tracks.iter().map(|track| track.id).collect();
        if let Some(unknown) = wanted.iter().find(|id| !known.contains(id)) {
            return Err(AppError::no_track(unknown));
        }
        tracks.iter().map(|track| song(track, &[])).collect()
    }

    fn picks_to_keep(&self, picks: &[PickRow]) -> Result<Vec<NewEntry>, AppError> {
        let ids: Vec<TrackId> = picks.iter().map(|pick| TrackId(pick.track.id)).collect();
        let tracks = self.library.tracks_by_id(&ids)?;
        let mut picks = picks.iter();
        let reasons = |track: &Track| {
            let pick = picks.find(|pick| pick.track.id == track.id.0);
            song(track, pick.map_or(&[], |pick| &pick.reasons))
        };
        tracks.iter().map(reasons).collect()
    }

    fn playlist_row(&self, playlist: &Playlist) -> Result<PlaylistRow, AppError> {
        // A list is shown whatever it was made from.
        let origin = playlist.source.as_ref().and_then(|_| {
            let source = self.source_of(playlist);
            source.and_then(|source| self.origin(&source)).ok()
        });
        Ok(PlaylistRow {
            id: playlist.id.0,
            name: playlist.name.clone(),
            living: playlist.source.is_some(),
            origin,
            tracks: playlist.entries,
            missing: playlist.missing,
            duration_s: playlist.duration_s,
            cover_tracks: playlist.cover_tracks.iter().map(|id| id.0).collect(),
            changed_at: playlist.changed_at.to_string(),
        })
    }

    /// What a source is, by name.
    fn origin(&self, source: &PlaylistSource) -> Result<PlaylistOrigin, AppError> {
        Ok(match source {
            PlaylistSource::Search { query, limit } => {
                let album = match query.album {
                    Some(id) => self.library.album(AlbumId(id))?,
                    None => None,
                };
                PlaylistOrigin::Search {
                    text: query.text.trim().to_owned(),
                    album: album.map(|album| album.title),
                    sort: query.sort,
                    descending: query.descending,
                    limit: *limit,
                }
            }
            PlaylistSource::Tracks { .. } | PlaylistSource::Queue => PlaylistOrigin::Chosen,
            PlaylistSource::Mix { id, .. } => PlaylistOrigin::Mix {
                mix: MixKind::parse(id).ok_or_else(|| no_mix(id))?,
            },
            PlaylistSource::Station { request, .. } => PlaylistOrigin::Station {
                title: self.station_title(request)?,
            },
            PlaylistSource::Path { .. } => PlaylistOrigin::Path,
        })
    }

    fn entry_rows(&self, entries: &[PlaylistEntry]) -> Result<Vec<PlaylistEntryRow>, AppError> {
        let tracks: Vec<Track> = entries
            .iter()
            .filter_map(|entry| entry.track.clone())
            .collect();
        let mut rows = self.track_rows(&tracks)?.into_iter();
        let row = |entry: &PlaylistEntry| PlaylistEntryRow {
            entry: entry.id.0,
            track: match &entry.track {
                Some(_) => rows.next().unwrap_or_default(),
                None => absent(&entry.subject),
            },
            reasons: entry
                .reasons
                .as_ref()
                .and_then(|reasons| serde_json::from_value(reasons.clone()).ok())
                .unwrap_or_default(),
        };
        Ok(entries.iter().map(row).collect())
    }
}

/// A song to be put into a playlist, with why.
pub(crate) fn song(track: &Track, reasons: &[ReasonRow]) -> Result<NewEntry, AppError> {
    Ok(NewEntry {
        subject: subject(track),
        reasons: match reasons {
            [] => None,
            reasons => Some(serde_json::to_value(reasons).expect("reasons are plain data")),
        },
    })
}

/// A playlist's name, in one line.
pub(crate) fn named(name: &str) -> Result<String, AppError> {
    clean(name).ok_or(AppError::NoPlaylistName)
}

/// Whether a living playlist that was last made then is to be made anew: once a day, on the listener's clock.
fn is_due(made_at: Option<Timestamp>, now: &Zoned) -> bool {
    made_at.is_none_or(|at| at.to_zoned(now.time_zone().clone()).date() < now.date())
}

/// A row for a song that the library does not have.
fn absent(song: &PlaySubject) -> TrackRow {
    let path = song.path.as_deref().unwrap_or(Path::new(""));
    let name = || {
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    TrackRow {
        path: path.to_string_lossy().into_owned(),
        title: song.title.clone().unwrap_or_else(name),
        artists: song.artist.iter().cloned().collect(),
        album: song.album.clone(),
        duration_s: song.duration_s.unwrap_or_default(),
        missing: true,
        ..TrackRow::default()
    }
}

/// All that a file's place may mean: by each of its paths, by its names, and, where artist and title stand in one line,
/// by every way to part them, the title first too, as iTunes writes it.
fn candidates(entry: &FileEntry) -> Vec<PlaySubject> {
    let names = |artist: &str, title: &str| PlaySubject {
        artist: Some(artist.trim().into()),
        title: Some(title.trim().into()),
        album: entry.album.clone(),
        duration_s: entry.duration_s,
        ..PlaySubject::default()
    };
    let at = |path: &PathBuf| PlaySubject {
        path: Some(path.clone()),
        title: entry.title.clone(),
        ..PlaySubject::default()
    };
    let mut candidates: Vec<PlaySubject> = entry.paths.iter().map(at).collect();
    if let (Some(artist), Some(title)) = (&entry.artist, &entry.title) {
        candidates.push(names(artist, title));
    }
    if let Some(line) = &entry.joined {
        let parts: Vec<(&str, &str)> = line
            .match_indices(" - ")
            .map(|(at, dash)| (&line[..at], &line[at + dash.len()..]))
            .collect();
        candidates.extend(
            parts
                .iter()
                .skip(1)
                .map(|(artist, title)| names(artist, title)),
        );
        candidates.extend(parts.iter().map(|(title, artist)| names(artist, title)));
    }
    candidates
}

/// What is kept of a place that means no song of the library.
fn told(entry: &FileEntry) -> PlaySubject {
    let path = match entry.paths.as_slice() {
        // Of several, the one where a file lies: it may come into the library yet. What leads to another machine is
        // not looked at.
        [_, _, ..] => entry
            .paths
            .iter()
            .find(|path| !segue_library::leads_away(path) && path.is_file())
            .or(entry.paths.first()),
        paths => paths.first(),
    };
    PlaySubject {
        audio: None,
        path: path.cloned(),
        artist: entry.artist.clone(),
        title: entry.title.clone(),
        album: entry.album.clone(),
        duration_s: entry.duration_s,
    }
}

fn file_entry(entry: PlaylistEntry) -> FileEntry {
    let song = match &entry.track {
        Some(track) => PlaySubject {
            artist: Some(track.artists.join(", ")),
            ..subject(track)
        },
        None => entry.subject,
    };
    let name = |name: Option<String>| name.as_deref().and_then(clean);
    FileEntry {
        paths: song.path.into_iter().collect(),
        artist: name(song.artist),
        title: name(song.title),
        album: name(song.album),
        duration_s: song.duration_s,
        joined: None,
    }
}

/// The one of `playlists` that is meant by its name, else by its number.
fn by_name_or_number(playlists: &[Playlist], name_or_id: &str) -> Result<i64, AppError> {
    let ids = || playlists.iter().map(|playlist| playlist.id.0);
    let named: Vec<i64> = playlists
        .iter()
        .filter(|playlist| playlist.name == name_or_id)
        .map(|playlist| playlist.id.0)
        .collect();
    match named[..] {
        [] => ids().find(|id| id.to_string() == name_or_id),
        [id] => Some(id),
        _ => {
            return Err(AppError::AmbiguousPlaylist {
                name: name_or_id.to_owned(),
                ids: named,
            });
        }
    }
    .ok_or_else(|| AppError::NoSuchPlaylist {
        playlist: name_or_id.to_owned(),
    })
}

fn there(id: i64, done: bool) -> Result<(), AppError> {
    if done { Ok(()) } else { Err(no_such(id)) }
}

fn no_such(id: i64) -> AppError {
    AppError::NoSuchPlaylist {
        playlist: id.to_string(),
    }
}

#[cfg(test)]
mod tests;
