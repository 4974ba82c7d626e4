//! What the window asks of playlists. Each change is told to all that listen. An edit of a playlist's places answers with
//! its number, by which it can be taken back as long as the window is open.

use std::path::Path;

use jiff::Zoned;
use segue_core::{PlaySource, PlayedFrom};
use segue_library::PlaylistBefore;

use super::Desktop;
use crate::AppError;
use crate::lock::lock;
use crate::playlists::named;
use crate::wire::{AppEvent, PlaylistPage, PlaylistRow, PlaylistSource};

/// Edits of playlists that can be undone.
const EDITS_MAX: usize = 50;

impl Desktop {
    /// All playlists, by name.
    pub fn playlists(&self) -> Result<Vec<PlaylistRow>, AppError> {
        Ok(self.segue.playlists()?.playlists)
    }

    /// A page of a playlist; a living one is made anew before if its day is over.
    pub fn playlist(&self, id: i64, offset: u32, limit: u32) -> Result<PlaylistPage, AppError> {
        let (page, made) = self.segue.open_playlist(id, offset, limit, &Zoned::now())?;
        if made {
            self.tell_playlists();
        }
        Ok(page)
    }

    /// Makes a playlist of a source: for good, or a living one.
    pub fn create_playlist(
        &self,
        name: &str,
        source: &PlaylistSource,
        living: bool,
    ) -> Result<PlaylistRow, AppError> {
        self.changed(match source {
            PlaylistSource::Queue if !living => {
                let entries = self.player.playlist_entries()?;
                self.segue.keep_playlist(&named(name)?, None, &entries)
            }
            source => self.segue.create_playlist(name, source, living),
        })
    }

    /// Gives a playlist another name.
    pub fn rename_playlist(&self, id: i64, name: &str) -> Result<(), AppError> {
        self.changed(self.segue.rename_playlist(id, name).map(drop))
    }

    /// Deletes a playlist; it can be brought back.
    pub fn delete_playlist(&self, id: i64) -> Result<(), AppError> {
        self.changed(self.segue.delete_playlist(id))
    }

    /// Brings a deleted playlist back.
    pub fn undelete_playlist(&self, id: i64) -> Result<(), AppError> {
        self.changed(self.segue.undelete_playlist(id).map(drop))
    }

    /// Puts songs at the end of a playlist.
    pub fn add_to_playlist(&self, id: i64, tracks: &[i64]) -> Result<u64, AppError> {
        self.edited(self.segue.add_to_playlist(id, tracks))
    }

    /// Takes places out of a playlist.
    pub fn remove_from_playlist(&self, id: i64, entries: &[i64]) -> Result<u64, AppError> {
        self.edited(self.segue.remove_from_playlist(id, entries))
    }

    /// Moves a place to an index of the order that comes of it.
    pub fn move_in_playlist(&self, id: i64, entry: i64, index: u32) -> Result<u64, AppError> {
        self.edited(self.segue.move_in_playlist(id, entry, index))
    }

    /// Makes a living playlist anew, now.
    pub fn refresh_playlist(&self, id: i64) -> Result<u64, AppError> {
        self.edited(self.segue.refresh_playlist(id))
    }

    /// Takes an edit of a playlist's places back, by its number.
    pub fn undo_playlist_edit(&self, edit: u64) -> Result<(), AppError> {
        let kept = lock(&self.playlist_edits);
        let before = kept.kept.iter().find(|(number, _)| *number == edit);
        let Some((_, before)) = before.cloned() else {
            return Err(AppError::TooLateToUndo);
        };
        drop(kept);
        self.changed(self.segue.take_back_playlist_edit(&before))?;
        lock(&self.playlist_edits)
            .kept
            .retain(|(number, _)| *number != edit);
        Ok(())
    }

    /// Makes a playlist of a file.
    pub fn import_playlist(&self, path: &Path) -> Result<PlaylistRow, AppError> {
        let imported = self.segue.import_playlist(path);
        self.changed(imported.map(|imported| imported.playlist))
    }

    /// Writes a playlist into a file, whose ending says how, and returns its path.
    pub fn export_playlist(&self, id: i64, path: &Path) -> Result<String, AppError> {
        self.make_anew_if_due(id)?;
        Ok(self.segue.export_playlist(id, path)?.path)
    }

    /// A name for the file of a playlist: its own, without what file systems refuse.
    pub fn playlist_file_name(&self, id: i64) -> Result<String, AppError> {
        let playlist = self.segue.existing(id)?;
        let refused = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
        let name: String = playlist.name.chars().take(80).collect();
        let name = name.replace(refused, "_");
        Ok(format!("{}.m3u8", name.trim_matches(['.', ' '])))
    }

    /// Plays a playlist from the place `index` on. From the beginning, a living one is made anew before if its day is
    /// over; any other place was chosen in the list as it was shown.
    pub fn play_playlist(&self, id: i64, index: u32) -> Result<(), AppError> {
        if index == 0 {
            self.make_anew_if_due(id)?;
        }
        let (name, tracks, before) = self.segue.playable(id, index)?;
        let from = PlayedFrom::Playlist { name };
        self.player
            .play(&tracks, before, PlaySource::Playlist, Some(from))
    }

    fn make_anew_if_due(&self, id: i64) -> Result<(), AppError> {
        if self.segue.make_anew_if_due(id, &Zoned::now())? {
            self.tell_playlists();
        }
        Ok(())
    }

    /// Tells of an edit of a playlist's places, if it came about, and keeps what was before it.
    fn edited(&self, edit: Result<PlaylistBefore, AppError>) -> Result<u64, AppError> {
        let before = self.changed(edit)?;
        let mut edits = lock(&self.playlist_edits);
        edits.made += 1;
        let number = edits.made;
        edits.kept.push_back((number, before));
        if edits.kept.len() > EDITS_MAX {
            edits.kept.pop_front();
        }
        Ok(number)
    }

    /// Tells of a change, if it came about.
    fn changed<T>(&self, change: Result<T, AppError>) -> Result<T, AppError> {
        if change.is_ok() {
            self.tell_playlists();
        }
        change
    }

    fn tell_playlists(&self) {
        (self.work.tell)(AppEvent::Playlists);
    }
}
