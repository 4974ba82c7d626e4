//! The scan: brings the store up to date with the disk.
//!
//! One thread walks, a few read new and changed files, and the caller's thread writes what they read, in batches of
//! one transaction each. The library can be used meanwhile; a scan that is killed loses the batch it was in, and the
//! next one goes on from there.
//!
//! The file is long because the three hand work to each other: who ends first, and what is lost then, is read in one place.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use segue_core::{FailedFile, FileFault, FolderFault, LibraryAction, LibraryError, Timestamp};
use serde::Serialize;

use crate::buffered::Room;
use crate::store::changes::{self, Changes};
use crate::store::identity::Moves;
use crate::store::reading::root_paths;
use crate::store::rows::{self, IndexedFile, Outcome};

use crate::paths;
use crate::sheets;
use crate::store::{Durability, Library, bump, lock};
use crate::tags::{self, ReadTrack};
use crate::walk::{self, AudioFile, FileWalk, WalkEvent};

/// Files written in the first transaction, at most, so that the first tracks show soon.
const FIRST_BATCH_FILES: usize = 500;
/// Files written in each later one, at most: every batch writes nearly all pages of the indexes again.
const BATCH_FILES: usize = 2000;
/// Files and news that go from one thread to another at once.
const HANDFUL: usize = 16;
/// A batch is written after this long even if it is small, so that the first tracks show soon.
const BATCH_AGE: Duration = Duration::from_millis(1500);
/// Time between two reports of progress.
const OBSERVE_EVERY: Duration = Duration::from_millis(100);

/// What a scan came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ScanReport {
    /// Files with the ending of music that were met.
    pub files: u64,
    /// New tracks.
    pub added: u64,
    /// Known tracks read anew, or there again.
    pub updated: u64,
    /// Known tracks that were as before.
    pub unchanged: u64,
    /// Known tracks found at another path.
    pub moved: u64,
    /// Known tracks whose file is gone from a folder that is there.
    pub missing: u64,
    /// Folders that are not there; nothing was changed about their tracks.
    pub offline_roots: Vec<PathBuf>,
    /// Files and folders that could not be read, and why.
    pub failures: Vec<FailedFile>,
    /// Files that are in the library although part of them (tags, cover) could not be read.
    pub warnings: Vec<FailedFile>,
    /// Whether the observer stopped the scan before its end.
    pub stopped: bool,
}

/// How far a scan is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ScanProgress {
    /// Files met so far.
    pub files: u64,
    /// Of these, dealt with.
    pub done: u64,
    /// Whether all folders have been walked, so that `files` grows no more.
    pub walked: bool,
    /// Tracks new so far.
    pub added: u64,
    /// Files that could not be read so far.
    pub failed: u64,
    /// The file read last.
    pub path: Option<PathBuf>,
}

impl Library {
    /// Adds `folders` to the library and brings them up to date; without folders, all that the library has.
    ///
    /// A folder inside one of the library is brought up to date by itself. `observe` is called some ten times a
    /// second; its `false` stops the scan after what is read.
    pub fn scan(
        &self,
        folders: &[PathBuf],
        observe: &mut dyn FnMut(&ScanProgress) -> bool,
    ) -> Result<ScanReport, LibraryError> {
        let _alone = lock(&self.scanning);
        let known_roots = self.read(LibraryAction::ReadFolders, root_paths)?;
        let mut starts = Vec::new();
        for folder in folders {
            let absolute = paths::absolute(folder);
            let known = paths::to_bytes(&absolute)
                .filter(|bytes| known_roots.iter().any(|root| root == &**bytes));
            starts.push(match known {
                // May be offline, and then it has no canonical form.
                Some(known) => known.into_owned(),
                None => {
                    let folder = paths::canonical_folder(folder)?;
                    if let Some(root) = hidden_within(&folder, &known_roots) {
                        return Err(LibraryError::Folder {
                            path: paths::shown(&folder),
                            why: FolderFault::Hidden {
                                root: paths::shown(&root),
                            },
                        });
                    }
                    paths::to_bytes(&folder)
                        .map(|bytes| bytes.into_owned())
                        .unwrap_or_default()
                }
            });
        }
        if !starts.is_empty() {
            let now = Timestamp::now();
            self.write(LibraryAction::AddFolders, Durability::Process, |db| {
                starts
                    .iter()
                    .try_for_each(|folder| rows::add_root(db, folder, now))
            })?;
        }
        let starts = if folders.is_empty() {
            known_roots
        } else {
            starts
        };
        self.update(starts, observe)
    }

    /// Brings files or folders up to date that the watcher named. What lies outside the library is passed over.
    pub fn scan_paths(&self, changed: &[PathBuf]) -> Result<ScanReport, LibraryError> {
        let _alone = lock(&self.scanning);
        let changed = self.with_sheets(changed)?;
        let roots = self.read(LibraryAction::ReadFolders, root_paths)?;
        let in_library = |path: &Path| {
            paths::to_bytes(path)
                .is_some_and(|path| roots.iter().any(|root| paths::within(&path, root)))
        };
        let starts = changed
            .iter()
            // What lies behind a link is known by the link's name.
            .map(|path| match paths::absolute(path) {
                spelled if in_library(&spelled) => spelled,
                _ => paths::resolved(path),
            })
            .filter(|path| hidden_within(path, &roots).is_none())
            .filter_map(|path| paths::to_bytes(&path).map(|bytes| bytes.into_owned()))
            .collect();
        self.update(starts, &mut |_| true)
    }

    /// Brings the files and folders at `starts` up to date.
    fn update(
        &self,
        mut starts: Vec<Vec<u8>>,
        observe: &mut dyn FnMut(&ScanProgress) -> bool,
    ) -> Result<ScanReport, LibraryError> {
        // What lies in another start is scanned with it.
        let all: HashSet<Vec<u8>> = starts.iter().cloned().collect();
        starts.sort();
        starts.dedup();
        starts.retain(|start| !paths::folders_above(start).any(|folder| all.contains(folder)));

        let roots = self.read(LibraryAction::ReadFolders, root_paths)?;
        let mut scan = Scan {
            library: self,
            report: ScanReport::default(),
            progress: ScanProgress::default(),
            moves: Moves::new(
                self.read(LibraryAction::ReadTracks, rows::newest)?,
                self.offline()?,
            ),
            waiting: Vec::new(),
        };
        let mut known = HashMap::new();
        let mut walked = Vec::new();
        // Checked once for each root: the watcher may name a thousand files of one, and each check may wait for a disk.
        let mut online: HashMap<&[u8], bool> = HashMap::new();
        for start in starts {
            let Some(root) = roots.iter().find(|root| paths::within(&start, root)) else {
                continue;
            };
            let is_online = match online.get(root.as_slice()) {
                Some(is_online) => *is_online,
                None => {
                    let had_tracks = self.has_tracks(root)?;
                    let path = paths::from_bytes(root);
                    let is_online = walk::online(&path, had_tracks);
                    if !is_online {
                        scan.report.offline_roots.push(path);
                    }
                    online.insert(root, is_online);
                    is_online
                }
            };
            if is_online {
                walked.push(start);
            }
        }
        self.read(LibraryAction::ReadTracks, |db| {
            walked
                .iter()
                .try_for_each(|start| rows::known(db, start, &mut known))
        })?;
        let roots: Vec<PathBuf> = roots.iter().map(|root| paths::from_bytes(root)).collect();
        let writing = self.write_much();
        scan.run(&roots, &walked, &known, observe)?;
        drop(writing);
        if self.places_due.load(Ordering::Relaxed) {
            self.match_playlists()?;
            self.places_due.store(false, Ordering::Relaxed);
        }
        Ok(scan.report)
    }

    /// What changed, and what is to be looked at with it: a sheet's known files, and the sheets beside a file, which may name
    /// it. Files that are not known yet are told when they are whole.
    fn with_sheets(&self, changed: &[PathBuf]) -> Result<Vec<PathBuf>, LibraryError> {
        let mut all: Vec<PathBuf> = changed.to_vec();
        let mut folders = HashSet::new();
        for path in changed {
            let Some(folder) = path.parent() else {
                continue;
            };
            if walk::is_audio(path) && folders.insert(folder) {
                all.extend(sheets::sheets_in(folder));
            } else if sheets::is_sheet(path)
                && let Some(folder) = paths::to_bytes(folder)
            {
                let (from, to) = paths::beneath(&folder);
                let known: Vec<Vec<u8>> = self.read(LibraryAction::ReadTracks, |db| {
                    db.prepare_cached(
                        "SELECT DISTINCT path FROM tracks WHERE path >= ? AND path < ?",
                    )?
                    .query_map([&from, &to], |row| row.get(0))?
                    .collect()
                })?;
                let near = |path: &&Vec<u8>| {
                    let folders = paths::folders_above(path).take(2);
                    !paths::is_displaced(path) && folders.into_iter().any(|above| above == &*folder)
                };
                all.extend(
                    known
                        .iter()
                        .filter(near)
                        .map(|path| paths::from_bytes(path)),
                );
            }
        }
        Ok(all)
    }

    fn has_tracks(&self, root: &[u8]) -> Result<bool, LibraryError> {
        let (from, to) = paths::beneath(root);
        self.read(LibraryAction::ReadTracks, |db| {
            db.query_row(
                "SELECT EXISTS (SELECT 1 FROM tracks WHERE path >= ? AND path < ?)",
                [from, to],
                |row| row.get(0),
            )
        })
    }
}

/// One scan under way.
struct Scan<'a> {
    library: &'a Library,
    report: ScanReport,
    progress: ScanProgress,
    moves: Moves,
    /// Files whose path held other audio before. They are written last: only then is it known which audio moved where.
    waiting: Vec<ScanEvent>,
}

/// Sent by the walking and reading threads to the writing one.
enum ScanEvent {
    /// A known file of so many tracks, as before.
    Same { tracks: u64 },
    /// A known file, as before, that was missing, or whose folder gained or lost a cover.
    Touched { tracks: Vec<i64>, sidecar: bool },
    /// A new or changed file waits to be read.
    Found,
    /// A file was read.
    Read(AudioFile, Result<Vec<ReadTrack>, FileFault>),
    /// A file or folder cannot be read. `Some(file)`: it counts as a file.
    Failed { failure: FailedFile, is_file: bool },
    /// The walk is over.
    Walked,
}

impl ScanEvent {
    /// The path of a file that was read.
    fn path(&self) -> Option<&[u8]> {
        match self {
            ScanEvent::Read(file, _) => Some(&file.path),
            _ => None,
        }
    }
}

/// The result of the walk.
#[derive(Default)]
struct Walked<'a> {
    seen: HashSet<&'a [u8]>,
    closed: Vec<Vec<u8>>,
    refused: HashSet<Vec<u8>>,
}

impl Scan<'_> {
    fn run(
        &mut self,
        roots: &[PathBuf],
        starts: &[Vec<u8>],
        known: &HashMap<Vec<u8>, IndexedFile>,
        observe: &mut dyn FnMut(&ScanProgress) -> bool,
    ) -> Result<(), LibraryError> {
        let stop = AtomicBool::new(false);
        // The queues are short because everything read and not yet written is held in memory, covers excluded.
        let (jobs, waiting) = sync_channel::<Vec<AudioFile>>(256 / HANDFUL);
        let (tell, news) = sync_channel::<Vec<ScanEvent>>(256 / HANDFUL);
        let waiting = Mutex::new(waiting);
        let readers = std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 4));
        let walked = std::thread::scope(|threads| {
            for _ in 0..readers {
                let tell = tell.clone();
                let (waiting, stop) = (&waiting, &stop);
                threads.spawn(move || read_files(waiting, &tell, stop));
            }
            let (walker_tell, walker_stop) = (tell.clone(), &stop);
            let walker = threads
                .spawn(move || walk_all(roots, starts, known, &jobs, &walker_tell, walker_stop));
            drop(tell);
            let written = self.write_news(&news, &stop, observe);
            // Readers and walker must not wait for a receiver that is done.
            stop.store(true, Ordering::Relaxed);
            drop(news);
            let walked = walker.join().unwrap_or_default();
            written.map(|()| walked)
        })?;
        let mut waiting = std::mem::take(&mut self.waiting);
        self.write_batch(&mut waiting, true)?;
        if self.report.stopped {
            return self.settle_displaced();
        }
        self.settle(starts, known, &walked)
    }

    /// Writes what the others tell until they are done.
    fn write_news(
        &mut self,
        news: &Receiver<Vec<ScanEvent>>,
        stop: &AtomicBool,
        observe: &mut dyn FnMut(&ScanProgress) -> bool,
    ) -> Result<(), LibraryError> {
        let mut batch = Vec::new();
        let mut most = FIRST_BATCH_FILES;
        let mut written_at = Instant::now();
        let mut observed_at: Option<Instant> = None;
        loop {
            let open = match news.recv_timeout(OBSERVE_EVERY) {
                Ok(items) => {
                    for item in items {
                        self.take(item, &mut batch);
                    }
                    true
                }
                Err(RecvTimeoutError::Timeout) => true,
                Err(RecvTimeoutError::Disconnected) => false,
            };
            if batch.len() >= most || !open || written_at.elapsed() >= BATCH_AGE {
                if !batch.is_empty() {
                    most = BATCH_FILES;
                }
                self.write_batch(&mut batch, false)?;
                written_at = Instant::now();
            }
            if !open || observed_at.is_none_or(|at| at.elapsed() >= OBSERVE_EVERY) {
                observed_at = Some(Instant::now());
                if !observe(&self.progress) && open {
                    self.report.stopped = true;
                    stop.store(true, Ordering::Relaxed);
                }
            }
            if !open {
                return Ok(());
            }
        }
    }

    /// Counts an item, and puts what is to be written into the batch.
    fn take(&mut self, item: ScanEvent, batch: &mut Vec<ScanEvent>) {
        match item {
            ScanEvent::Same { tracks } => {
                self.report.files += 1;
                self.report.unchanged += tracks;
                self.progress.done += 1;
            }
            ScanEvent::Found => self.report.files += 1,
            ScanEvent::Touched { .. } => {
                self.report.files += 1;
                self.progress.done += 1;
                batch.push(item);
            }
            ScanEvent::Failed { is_file, .. } => {
                self.report.files += u64::from(is_file);
                self.progress.done += u64::from(is_file);
                batch.push(item);
            }
            ScanEvent::Read(ref file, _) => {
                self.progress.done += 1;
                self.progress.path = Some(paths::from_bytes(&file.path));
                batch.push(item);
            }
            ScanEvent::Walked => self.progress.walked = true,
        }
        self.progress.files = self.report.files;
    }

    /// Writes a batch, all of it or nothing. Whether it is the `last` one: then no file waits any more.
    fn write_batch(&mut self, batch: &mut Vec<ScanEvent>, last: bool) -> Result<(), LibraryError> {
        if batch.is_empty() {
            return Ok(());
        }
        // The readers race each other; what came together is numbered, and shown by date added, in the order of paths.
        batch.sort_by(|a, b| a.path().cmp(&b.path()));
        let now = Timestamp::now();
        let mut report = self.report.clone();
        let (moves, waiting) = (&mut self.moves, &mut self.waiting);
        self.library
            .write(LibraryAction::SaveScan, Durability::Process, |db| {
                let mut changes = Changes::default();
                for item in batch.drain(..) {
                    match item {
                        ScanEvent::Touched { tracks, sidecar } => {
                            for id in tracks {
                                rows::touch(db, id, sidecar, &mut changes)?;
                                report.updated += 1;
                            }
                        }
                        ScanEvent::Failed { failure, .. } => {
                            if let Some(path) = paths::to_bytes(&failure.path) {
                                rows::put_failure(db, &path, &failure.why, now)?;
                            }
                            report.failures.push(failure);
                        }
                        ScanEvent::Read(file, Ok(tracks)) => {
                            if !last {
                                rows::make_room(db, &file, &tracks, moves)?;
                            }
                            let mut wait = Vec::new();
                            for track in tracks {
                                match rows::put(db, &file, &track, moves, last, now, &mut changes)?
                                {
                                    Some(Outcome::Added) => report.added += 1,
                                    Some(Outcome::Updated) => report.updated += 1,
                                    Some(Outcome::Moved) => report.moved += 1,
                                    None => {
                                        wait.push(track);
                                        continue;
                                    }
                                }
                                let path = paths::from_bytes(&file.path);
                                let warned = |known: &FailedFile| known.path == path;
                                if let Some(why) = track.tags.warning
                                    && !report.warnings.last().is_some_and(warned)
                                {
                                    report.warnings.push(FailedFile { path, why });
                                }
                            }
                            if !wait.is_empty() {
                                waiting.push(ScanEvent::Read(file, Ok(wait)));
                            }
                        }
                        ScanEvent::Read(file, Err(why)) => {
                            rows::put_failure(db, &file.path, &why, now)?;
                            let path = paths::from_bytes(&file.path);
                            report.failures.push(FailedFile { path, why });
                        }
                        ScanEvent::Same { .. } | ScanEvent::Found | ScanEvent::Walked => {}
                    }
                }
                changes::follow(db, changes)?;
                bump(db)
            })?;
        self.library.places_due.store(true, Ordering::Relaxed);
        self.report = report;
        self.progress.added = self.report.added;
        self.progress.failed = self.report.failures.len() as u64;
        Ok(())
    }

    /// After a whole walk: what was not met is missing, and failures of files that are gone are forgotten.
    fn settle(
        &mut self,
        starts: &[Vec<u8>],
        known: &HashMap<Vec<u8>, IndexedFile>,
        walked: &Walked,
    ) -> Result<(), LibraryError> {
        let closed: HashSet<&[u8]> = walked.closed.iter().map(Vec::as_slice).collect();
        let beyond_reach = |path: &[u8]| {
            closed.contains(path) || paths::folders_above(path).any(|above| closed.contains(above))
        };
        let gone: Vec<(&Vec<u8>, i64, bool)> = known
            .iter()
            .filter(|(path, _)| !walked.seen.contains(path.as_slice()) && !beyond_reach(path))
            .flat_map(|(path, file)| file.tracks.iter().map(move |(id, gone)| (path, *id, *gone)))
            .collect();
        let newly: Vec<_> = gone.iter().filter(|(.., was_gone)| !was_gone).collect();
        self.report.missing = (gone.len() - newly.len()) as u64;
        // A row that was missing may have been found at a new path in this scan.
        let moved_away =
            |db: &rusqlite::Connection, id: i64, path: &[u8]| -> rusqlite::Result<bool> {
                db.prepare_cached("SELECT path <> ? FROM tracks WHERE id = ?")?
                    .query_row(rusqlite::params![path, id], |row| row.get(0))
            };
        let found_again = self.library.read(LibraryAction::ReadTracks, |db| {
            let mut n = 0;
            for (path, id, _) in gone.iter().filter(|(.., was_gone)| *was_gone) {
                n += u64::from(moved_away(db, *id, path)?);
            }
            Ok(n)
        })?;
        self.report.missing -= found_again;
        let stale: Vec<Vec<u8>> = self.library.read(LibraryAction::ReadFailures, |db| {
            let mut stale = Vec::new();
            for start in starts {
                stale.extend(rows::failures_within(db, start)?);
            }
            stale.retain(|path| !walked.refused.contains(path) && !beyond_reach(path));
            Ok(stale)
        })?;
        let failed: HashSet<&Path> = self
            .report
            .failures
            .iter()
            .map(|failure| failure.path.as_path())
            .collect();
        let stale: Vec<Vec<u8>> = stale
            .into_iter()
            .filter(|path| !failed.contains(paths::from_bytes(path).as_path()))
            .collect();
        if newly.is_empty() && stale.is_empty() {
            return self.settle_displaced();
        }
        let now = Timestamp::now();
        let marked = self
            .library
            .write(LibraryAction::SaveScan, Durability::Process, |db| {
                let (mut marked, mut changes) = (Vec::new(), Changes::default());
                for (path, id, _) in &newly {
                    if rows::mark_missing(db, *id, path, now, &mut changes)? {
                        marked.push(*id);
                    }
                }
                let mut missing = 0;
                for id in marked {
                    missing += u64::from(!rows::forget_passing(db, id, now, &mut changes)?);
                }
                changes::follow(db, changes)?;
                for path in &stale {
                    changes::forget_failure(db, path)?;
                }
                bump(db)?;
                Ok(missing)
            })?;
        self.library.places_due.store(true, Ordering::Relaxed);
        self.report.missing += marked;
        self.settle_displaced()
    }

    /// Marks as missing every track whose path now holds another file and whose audio was found nowhere else.
    fn settle_displaced(&mut self) -> Result<(), LibraryError> {
        if self.moves.any_displaced() {
            let moves = &self.moves;
            self.report.missing +=
                self.library
                    .write(LibraryAction::SaveScan, Durability::Process, |db| {
                        let mut changes = Changes::default();
                        let marked = moves.mark_displaced(db, &mut changes)?;
                        changes::follow(db, changes)?;
                        bump(db)?;
                        Ok(marked)
                    })?;
            self.library.places_due.store(true, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// The root beneath which `path` is hidden.
fn hidden_within(path: &Path, roots: &[Vec<u8>]) -> Option<PathBuf> {
    roots
        .iter()
        .map(|root| paths::from_bytes(root))
        .find(|root| walk::is_hidden(path, root))
}

/// Walks over all starts and sorts what is met into known and to be read.
fn walk_all<'a>(
    roots: &[PathBuf],
    starts: &[Vec<u8>],
    known: &'a HashMap<Vec<u8>, IndexedFile>,
    jobs: &SyncSender<Vec<AudioFile>>,
    tell: &SyncSender<Vec<ScanEvent>>,
    stop: &AtomicBool,
) -> Walked<'a> {
    let mut walked = Walked::default();
    let mut outgoing = Outgoing {
        jobs,
        tell,
        files: Vec::new(),
        news: Vec::new(),
    };
    let mut walk = FileWalk::new(roots);
    for start in starts {
        let start = paths::from_bytes(start);
        // A path that is gone is no failure: what was known there is missing.
        if matches!(start.symlink_metadata(), Err(error) if paths::is_gone(&error)) {
            continue;
        }
        walk.walk(&start, |met| {
            let told = match met {
                WalkEvent::Audio(file) => {
                    let row = known.get_key_value(&file.path);
                    if let Some((path, _)) = row {
                        walked.seen.insert(path);
                    }
                    match row {
                        Some((_, row)) if row.as_before(&file) => {
                            let was_gone = row.tracks.iter().any(|(_, gone)| *gone);
                            if was_gone || row.sidecar != file.sidecar {
                                outgoing.tell(ScanEvent::Touched {
                                    tracks: row.tracks.iter().map(|(id, _)| *id).collect(),
                                    sidecar: file.sidecar,
                                })
                            } else {
                                let tracks = row.tracks.len() as u64;
                                outgoing.tell(ScanEvent::Same { tracks })
                            }
                        }
                        _ => outgoing.read(file),
                    }
                }
                WalkEvent::Failed(failure) => {
                    walked
                        .refused
                        .extend(paths::to_bytes(&failure.path).map(|path| path.into_owned()));
                    outgoing.tell(ScanEvent::Failed {
                        failure,
                        is_file: true,
                    })
                }
                WalkEvent::Hidden(failure) | WalkEvent::SheetUnfit(failure) => {
                    walked
                        .refused
                        .extend(paths::to_bytes(&failure.path).map(|path| path.into_owned()));
                    outgoing.tell(ScanEvent::Failed {
                        failure,
                        is_file: false,
                    })
                }
                WalkEvent::Closed(failure) => {
                    if let Some(path) = paths::to_bytes(&failure.path) {
                        walked.closed.push(path.clone().into_owned());
                        walked.refused.insert(path.into_owned());
                    }
                    outgoing.tell(ScanEvent::Failed {
                        failure,
                        is_file: false,
                    })
                }
            };
            told && !stop.load(Ordering::Relaxed)
        });
    }
    // A failed send means that the writer has stopped, so it does not need to know that the walk is over.
    let _ = outgoing.tell(ScanEvent::Walked) && outgoing.send();
    walked
}

/// Collects what the walk sends to the other threads into handfuls, because every send wakes a thread.
struct Outgoing<'a> {
    jobs: &'a SyncSender<Vec<AudioFile>>,
    tell: &'a SyncSender<Vec<ScanEvent>>,
    files: Vec<AudioFile>,
    news: Vec<ScanEvent>,
}

impl Outgoing<'_> {
    /// Sends to the writing thread. `false`: it has stopped, and the walk should too.
    fn tell(&mut self, news: ScanEvent) -> bool {
        self.news.push(news);
        self.news.len() < HANDFUL || self.send()
    }

    /// Hands a file to the readers. `false`: they have stopped, and the walk should too.
    fn read(&mut self, file: AudioFile) -> bool {
        self.files.push(file);
        self.tell(ScanEvent::Found)
    }

    fn send(&mut self) -> bool {
        let (files, news) = (
            std::mem::take(&mut self.files),
            std::mem::take(&mut self.news),
        );
        self.tell.send(news).is_ok() && (files.is_empty() || self.jobs.send(files).is_ok())
    }
}

/// Reads files as they come, until there are no more. A reader never ends before the walker does: nobody else empties
/// the queue of files, and a walker that waits for room in it would wait for ever.
fn read_files(
    waiting: &Mutex<Receiver<Vec<AudioFile>>>,
    tell: &SyncSender<Vec<ScanEvent>>,
    stop: &AtomicBool,
) {
    let mut room = Room::default();
    loop {
        let job = lock(waiting).recv();
        let Ok(files) = job else { return };
        let mut news = Vec::with_capacity(files.len());
        for file in files {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let sheet = file.sheet.as_ref().map(|sheet| &sheet.parts);
            let read = tags::read(&paths::from_bytes(&file.path), sheet, &mut room);
            news.push(ScanEvent::Read(file, read));
        }
        if !news.is_empty() && tell.send(news).is_err() {
            stop.store(true, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
