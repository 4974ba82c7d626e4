//! The library's use cases: opening it, bringing it up to date, looking into it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Instant;

use jiff::Zoned;
use segue_core::query::Query;
use segue_core::{AudioHash, FileSpan, Track, TrackId};
use segue_library::{
    AlbumId, Library, ScanProgress, ScanReport, Sort, TrackPage, TrackQuery, Watched,
};
use segue_recommend::TagAbout;

use crate::convert::track_row;
use crate::models::{Coverage, ModelManager};
use crate::taste::SnapshotCache;
use crate::wire::{
    FailureRow, FileAttempt, MissingForgotten, Notice, ScanDone, SongSort, SongsQuery, TrackRow,
    TracksFound,
};
use crate::{AppError, places};

/// Segue on one data folder, without a window.
pub struct Segue {
    pub(crate) library: Library,
    pub(crate) model_manager: ModelManager,
    pub(crate) snapshots: SnapshotCache,
    pub(crate) coverage: Mutex<Option<Coverage>>,
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
            "rating" => Sort::Rating,
            "played" => Sort::Played,
            "bpm" => Sort::Bpm,
            "random" => Sort::Random,
            "relevance" => Sort::Relevance,
            _ => {
                return Err(
                    "not one of title, artist, album, year, duration, plays, added, path, rating, played, bpm, random, relevance".into(),
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
            model_manager: ModelManager::new(library.data_dir(), places::models()),
            library,
            snapshots: SnapshotCache::default(),
            coverage: Mutex::default(),
        })
    }

    /// Why the library can be read and not changed, if that is so: its disk is full or read-only.
    pub fn read_only(&self) -> Option<AppError> {
        self.library.read_only().cloned().map(AppError::from)
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

    /// Follows changes on disk for ever, telling of each that was taken up, and once if changes will show later than at
    /// once.
    pub fn watch(
        &self,
        tell: &mut dyn FnMut(&ScanDone),
        notice: &mut dyn FnMut(&Notice),
    ) -> Result<(), AppError> {
        let (changed, changes) = mpsc::channel();
        let roots: Vec<PathBuf> = self
            .library
            .roots()?
            .into_iter()
            .map(|root| root.path)
            .collect();
        let _watcher = segue_library::watch(&roots, move |watched| {
            // Fails only when nobody follows any more.
            _ = changed.send(watched);
        })?;
        for watched in changes {
            match watched {
                Watched::Changed(paths) => {
                    let begun = Instant::now();
                    tell(&scan_done(&self.library.scan_paths(&paths)?, begun));
                }
                Watched::Polling => notice(&Notice::Polling),
            }
        }
        Ok(())
    }

    /// A page of the tracks that `text` asks for.
    pub fn tracks(
        &self,
        text: &str,
        sort: TrackSort,
        descending: bool,
        limit: u32,
        offset: u32,
    ) -> Result<TracksFound, AppError> {
        let query = TrackQuery {
            query: query(text)?,
            heard_by: self.serving()?,
            now: Zoned::now(),
            album: None,
            sort: sort.0,
            descending,
            seed: seed_of_today(),
            limit: Some(limit),
            offset,
        };
        let (page, corrected) = self.found(query)?;
        Ok(TracksFound {
            total: page.total,
            corrected,
            // Nothing changes about a song because its disk is unplugged; the folders tell of that.
            tracks: self.rows_as_scanned(&page.tracks)?,
        })
    }

    /// What a query finds, and where that is nothing and a word is misspelt, what was meant finds, with what was meant.
    pub(crate) fn found(
        &self,
        mut query: TrackQuery,
    ) -> Result<(TrackPage, Option<String>), AppError> {
        let page = self.library.tracks(&query)?;
        if page.total > 0 || query.query.is_everything() {
            return Ok((page, None));
        }
        let Some(spelled) = self.library.spelled(&query.query)? else {
            return Ok((page, None));
        };
        let text = spelled.to_string();
        query.query = spelled;
        let meant = self.library.tracks(&query)?;
        Ok(match meant.total {
            0 => (page, None),
            _ => (meant, Some(text)),
        })
    }

    /// The window's query as the library takes it.
    pub(crate) fn track_query(
        &self,
        songs: &SongsQuery,
        offset: u32,
        limit: Option<u32>,
    ) -> Result<TrackQuery, AppError> {
        Ok(TrackQuery {
            query: query(&songs.text)?,
            heard_by: self.serving()?,
            now: Zoned::now(),
            album: songs.album.map(AlbumId),
            sort: sort_of(songs.sort),
            descending: songs.descending,
            seed: seed_of_today(),
            limit,
            offset,
        })
    }

    /// Rows for these tracks, with what was heard in them; what lies on a folder that is offline is missing.
    pub(crate) fn track_rows(&self, tracks: &[Track]) -> Result<Vec<TrackRow>, AppError> {
        let mut rows = self.rows_as_scanned(tracks)?;
        let offline = self.library.offline_roots(tracks)?;
        for (row, track) in rows.iter_mut().zip(tracks) {
            row.missing |= offline.iter().any(|root| track.path.starts_with(root));
        }
        Ok(rows)
    }

    /// The same, without a look at the folders.
    fn rows_as_scanned(&self, tracks: &[Track]) -> Result<Vec<TrackRow>, AppError> {
        let mut rows: Vec<TrackRow> = tracks.iter().map(track_row).collect();
        if let Some(model) = self.serving()? {
            let recordings: Vec<AudioHash> = tracks.iter().map(|track| track.audio).collect();
            let heard = self.library.plain_tags(&model, &recordings)?;
            let about = self.model_manager.tags_of(&model);
            let is_shown = |tag: &String| about.get(tag).is_none_or(TagAbout::is_shown);
            for (row, mut tags) in rows.iter_mut().zip(heard) {
                if let Some(tags) = &mut tags {
                    tags.retain(is_shown);
                }
                row.tags = tags;
            }
        }
        Ok(rows)
    }

    /// The track that `file` names: a path, the `file:` URL of one, or an id.
    pub(crate) fn find(&self, file: impl AsRef<OsStr>) -> Result<Track, AppError> {
        let file = file.as_ref();
        let unknown = || AppError::no_track(file.to_string_lossy());
        match named(file) {
            FileArgument::Track(id) => self.library.track(id)?.ok_or_else(unknown),
            FileArgument::File(path) => self.library.track_by_path(&path)?.ok_or_else(unknown),
        }
    }

    /// The file, or the stretch of one, that `file` names, in the library or not.
    pub(crate) fn file(&self, file: impl AsRef<OsStr>) -> Result<(PathBuf, FileSpan), AppError> {
        match named(file.as_ref()) {
            FileArgument::Track(_) => {
                let track = self.find(file)?;
                Ok((track.path, track.span))
            }
            FileArgument::File(path) => {
                let absolute =
                    std::path::absolute(&path).map_err(AppError::file(FileAttempt::Find, path))?;
                Ok((absolute, FileSpan::WHOLE))
            }
        }
    }
}

/// What a FILE of the command line names.
#[derive(Debug, PartialEq)]
enum FileArgument {
    Track(TrackId),
    File(PathBuf),
}

/// Reads a FILE. A file that is there is meant by its name, whatever that looks like; its name need not be Unicode.
fn named(file: &OsStr) -> FileArgument {
    let path = Path::new(file);
    let text = file.to_str().filter(|_| !path.exists()).unwrap_or_default();
    if let Ok(id) = text.parse() {
        return FileArgument::Track(TrackId(id));
    }
    let url = text.starts_with("file:").then(|| url::Url::parse(text));
    let named = url.and_then(|url| url.ok()?.to_file_path().ok());
    FileArgument::File(named.unwrap_or_else(|| path.to_owned()))
}

/// The window's order as the library takes it.
pub(crate) fn sort_of(sort: SongSort) -> Sort {
    match sort {
        SongSort::Title => Sort::Title,
        SongSort::Artist => Sort::Artist,
        SongSort::Album => Sort::Album,
        SongSort::Year => Sort::Year,
        SongSort::Duration => Sort::Duration,
        SongSort::Plays => Sort::Plays,
        SongSort::Added => Sort::Added,
        SongSort::Rating => Sort::Rating,
        SongSort::Played => Sort::Played,
        SongSort::Bpm => Sort::Bpm,
        SongSort::Random => Sort::Random,
        SongSort::Relevance => Sort::Relevance,
    }
}

/// What chance depends on: a list by chance is the same all day, page by page.
fn seed_of_today() -> u32 {
    let today = Zoned::now().date();
    (i32::from(today.year()) * 366 + i32::from(today.day_of_year())).unsigned_abs()
}

/// Reads what somebody asks for.
pub(crate) fn query(text: &str) -> Result<Query, AppError> {
    Query::parse(text).map_err(|fault| AppError::BadQuery {
        text: text.to_owned(),
        fault,
    })
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
        failures: report.failures.iter().map(FailureRow::from).collect(),
        warnings: report.warnings.iter().map(FailureRow::from).collect(),
        finished: !report.stopped,
        seconds: begun.elapsed().as_secs_f64(),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    #[test]
    fn a_file_is_named_by_path_url_or_number() {
        let raw = OsStr::from_bytes(b"/m/caf\xe9.mp3");
        let file = |path: &OsStr| FileArgument::File(path.into());
        for (text, expected) in [
            (OsStr::new("17"), FileArgument::Track(TrackId(17))),
            (OsStr::new("-1"), FileArgument::Track(TrackId(-1))),
            (OsStr::new("/m/a.mp3"), file(OsStr::new("/m/a.mp3"))),
            (raw, file(raw)),
            (OsStr::new("file:///m/caf%E9.mp3"), file(raw)),
            (
                OsStr::new("file:///m/a%20b.mp3"),
                file(OsStr::new("/m/a b.mp3")),
            ),
            (OsStr::new("file:a"), file(OsStr::new("/a"))),
        ] {
            assert_eq!(named(text), expected, "{text:?}");
        }
        // What a script is told of such a path leads back to it.
        let url = crate::convert::path_url(Path::new(raw));
        assert_eq!(url.as_deref(), Some("file:///m/caf%E9.mp3"));
        assert_eq!(crate::convert::path_url(Path::new("/m/é.mp3")), None);
    }
}
