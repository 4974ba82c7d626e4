//! The library's use cases: opening it, bringing it up to date, looking into it.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Instant;

use segue_core::{AudioHash, Track, TrackId};
use segue_library::{AlbumId, Library, ScanProgress, ScanReport, Sort, TrackQuery};

use crate::convert::{failure_row, track_row};
use crate::dto::{SongSort, SongsQuery, TrackRow};
use crate::known::Memory;
use crate::listen::Ear;
use crate::models::Uncovered;
use crate::reports::{MissingForgotten, ScanDone, TracksFound};
use crate::{AppError, places};

/// Segue on one data folder, without a window.
pub struct Segue {
    pub(crate) library: Library,
    pub(crate) ear: Ear,
    pub(crate) memory: Memory,
    pub(crate) uncovered: Mutex<Option<Uncovered>>,
}

/// The order of a list of tracks.
#[derive(Clone, Copy, Debug)]
pub struct TrackSort(pub(crate) Sort);

impl FromStr for TrackSort {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Ok(Self(match name {
            "title" => Sort::Title,
            "artist" => Sort::Artist,
            "album" => Sort::Album,
            "year" => Sort::Year,
            "duration" => Sort::Duration,
            "plays" => Sort::Plays,
            "added" => Sort::Added,
            "path" => Sort::Path,
            _ => {
                return Err(
                    "not one of title, artist, album, year, duration, plays, added, path".into(),
                );
            }
        }))
    }
}

impl Segue {
    /// Opens the data folder, by default the platform's, and creates what is not there.
    pub fn open(data_dir: Option<&Path>) -> Result<Self, AppError> {
        let data_dir = match data_dir {
            Some(folder) => folder.to_owned(),
            None => places::data_dir()?,
        };
        let library = Library::open(&data_dir)?;
        Ok(Self {
            ear: Ear::new(library.data_dir()),
            library,
            memory: Memory::default(),
            uncovered: Mutex::default(),
        })
    }

    /// Adds folders to the library and brings it up to date; without folders, all that it has.
    ///
    /// `observe` is called some ten times a second; its `false` ends the scan early, and loses nothing.
    pub fn scan(
        &self,
        folders: &[PathBuf],
        observe: &mut dyn FnMut(&ScanProgress) -> bool,
    ) -> Result<ScanDone, AppError> {
        let begun = Instant::now();
        let report = self.library.scan(folders, observe)?;
        Ok(scan_done(&report, begun))
    }

    /// Forgets the tracks whose files were deleted. Plays, opinions and playlists stay with their recordings.
    pub fn forget_missing(&self) -> Result<MissingForgotten, AppError> {
        let forgotten = self.library.forget_missing()?;
        Ok(MissingForgotten {
            forgotten,
            kept: self.library.counts()?.missing,
        })
    }

    /// Follows changes on disk for ever, telling of each that was taken up.
    pub fn watch(&self, tell: &mut dyn FnMut(&ScanDone)) -> Result<(), AppError> {
        let (changed, changes) = mpsc::channel();
        let roots: Vec<PathBuf> = self
            .library
            .roots()?
            .into_iter()
            .map(|root| root.path)
            .collect();
        let _watcher = segue_library::watch(&roots, move |paths| {
            // Fails only when nobody follows any more.
            _ = changed.send(paths);
        })?;
        for paths in changes {
            let begun = Instant::now();
            tell(&scan_done(&self.library.scan_paths(&paths)?, begun));
        }
        Ok(())
    }

    /// A page of the tracks in which all words of `text` occur.
    pub fn tracks(
        &self,
        text: &str,
        sort: TrackSort,
        descending: bool,
        limit: u32,
        offset: u32,
    ) -> Result<TracksFound, AppError> {
        let query = TrackQuery {
            text: text.into(),
            heard_by: self.serving()?,
            album: None,
            sort: sort.0,
            descending,
            limit: Some(limit),
            offset,
        };
        let page = self.library.tracks(&query)?;
        Ok(TracksFound {
            total: page.total,
            tracks: self.track_rows(&page.tracks)?,
        })
    }

    /// The window's query as the library takes it.
    pub(crate) fn track_query(
        &self,
        query: &SongsQuery,
        offset: u32,
        limit: Option<u32>,
    ) -> Result<TrackQuery, AppError> {
        Ok(TrackQuery {
            text: query.text.clone(),
            heard_by: self.serving()?,
            album: query.album.map(AlbumId),
            sort: match query.sort {
                SongSort::Title => Sort::Title,
                SongSort::Artist => Sort::Artist,
                SongSort::Album => Sort::Album,
                SongSort::Year => Sort::Year,
                SongSort::Duration => Sort::Duration,
                SongSort::Plays => Sort::Plays,
                SongSort::Added => Sort::Added,
                SongSort::Relevance => Sort::Relevance,
            },
            descending: query.descending,
            limit,
            offset,
        })
    }

    /// Rows for these tracks, with what was heard in them.
    pub(crate) fn track_rows(&self, tracks: &[Track]) -> Result<Vec<TrackRow>, AppError> {
        let mut rows: Vec<TrackRow> = tracks.iter().map(track_row).collect();
        let offline = self.library.offline_roots()?;
        for (row, track) in rows.iter_mut().zip(tracks) {
            row.missing |= offline.iter().any(|root| track.path.starts_with(root));
        }
        if let Some(model) = self.serving()? {
            let recordings: Vec<AudioHash> = tracks.iter().map(|track| track.audio).collect();
            let heard = self.library.plain_tags(&model, &recordings)?;
            rows.iter_mut()
                .zip(heard)
                .for_each(|(row, tags)| row.tags = tags);
        }
        Ok(rows)
    }

    /// The track that `file` names: a path, or an id.
    pub(crate) fn find(&self, file: &str) -> Result<Track, AppError> {
        let path = Path::new(file);
        if let Ok(id) = file.parse()
            && !path.exists()
        {
            return self
                .library
                .track(TrackId(id))?
                .ok_or_else(|| AppError::NoSuchTrack(file.into()));
        }
        self.library
            .track_by_path(path)?
            .ok_or_else(|| AppError::NoSuchTrack(file.into()))
    }

    /// The file that `file` names, in the library or not.
    pub(crate) fn file(&self, file: &str) -> Result<PathBuf, AppError> {
        if Path::new(file).exists() || file.parse::<i64>().is_err() {
            return std::path::absolute(file).map_err(|error| AppError::File {
                action: "find",
                path: file.into(),
                reason: error.to_string(),
            });
        }
        Ok(self.find(file)?.path)
    }
}

fn scan_done(report: &ScanReport, begun: Instant) -> ScanDone {
    ScanDone {
        files: report.files,
        added: report.added,
        updated: report.updated,
        unchanged: report.unchanged,
        moved: report.moved,
        missing: report.missing,
        offline_roots: report
            .offline_roots
            .iter()
            .map(|root| root.to_string_lossy().into_owned())
            .collect(),
        failures: report.failures.iter().map(failure_row).collect(),
        warnings: report.warnings.iter().map(failure_row).collect(),
        finished: !report.stopped,
        seconds: begun.elapsed().as_secs_f64(),
    }
}
